/* csv_rows.c - see csv_rows.h. */
#include "recon/csv_rows.h"

#include <string.h>

struct merit_text merit_text_strip(struct merit_text text, const char *strip)
{
	while (text.size > 0 && text.data[0] != '\0' && strchr(strip, text.data[0]) != NULL) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && text.data[text.size - 1] != '\0' && strchr(strip, text.data[text.size - 1]) != NULL)
		text.size--;
	return text;
}

struct merit_text merit_text_cut(struct merit_text text, size_t size)
{
	if (text.size <= size)
		return text;
	while (size > 0 && ((unsigned char)text.data[size] & 0xc0) == 0x80)
		size--;
	return (struct merit_text){ text.data, size };
}

static enum merit_status refuse_at(const struct merit_csv_rows *rows, size_t at, struct merit_file_fault *fault,
                                   const char *why)
{
	return merit_file_refuse(fault, rows->lines_count + 1, at - rows->line_start + 1, "%s", why);
}

/* Whether the byte at this place ends a line: LF, CRLF, or the end of the text. *size_out is how many bytes do. */
static bool is_line_end(const struct merit_csv_rows *rows, size_t at, size_t *size_out)
{
	const char *text = rows->text.data;

	*size_out = 0;
	if (at == rows->text.size)
		return true;
	*size_out = text[at] == '\r' && at + 1 < rows->text.size && text[at + 1] == '\n' ? 2 : 1;
	return text[at] == '\n' || *size_out == 2;
}

/* Whether the separator at this place ends a field. */
static bool separates(const struct merit_csv_rows *rows, size_t at)
{
	return !rows->has_lead || at + 1 == rows->text.size || rows->text.data[at + 1] == rows->lead;
}

/* The end of a field without quotes, from at on. */
static enum merit_status bare_end(const struct merit_csv_rows *rows, size_t at, size_t *end_out,
                                  struct merit_file_fault *fault)
{
	size_t ignored;

	for (; at < rows->text.size; at++) {
		char byte = rows->text.data[at];
		if (byte == '\n' || (byte == rows->separator && separates(rows, at)))
			break;
		if (byte == '\r') {
			if (is_line_end(rows, at, &ignored))
				break;
			return refuse_at(rows, at, fault, "a carriage return without a line feed");
		}
		if (byte == '\0')
			return refuse_at(rows, at, fault, "a NUL byte: is the file in another encoding?");
		if (byte == '"' && !rows->is_loose)
			return refuse_at(rows, at, fault, "a quote inside a field without quotes");
	}
	*end_out = at;
	return MERIT_OK;
}

/* The place behind the closing quote of a field that opens at start, with lines counted and doubled quotes counted. */
static enum merit_status quoted_end(struct merit_csv_rows *rows, size_t start, size_t *end_out, size_t *doubled_out,
                                    struct merit_file_fault *fault)
{
	uint64_t open_line = rows->lines_count + 1, open_column = start - rows->line_start + 1;
	size_t row_start = (size_t)(rows->raw.data - rows->text.data);

	*doubled_out = 0;
	for (size_t at = start + 1; at < rows->text.size && at - row_start <= MERIT_ROW_SIZE_MAX; at++) {
		char byte = rows->text.data[at];
		if (byte == '"') {
			if (at + 1 == rows->text.size || rows->text.data[at + 1] != '"') {
				*end_out = at + 1;
				return MERIT_OK;
			}
			(*doubled_out)++;
			at++;
		} else if (byte == '\n') {
			rows->lines_count++;
			rows->line_start = at + 1;
		} else if (byte == '\0') {
			return refuse_at(rows, at, fault, "a NUL byte: is the file in another encoding?");
		}
	}
	return merit_file_refuse(fault, open_line, open_column, "a quote that is never closed, or not within 1 MiB");
}

/* Text between quotes with its doubled quotes made one, behind what the row has there already. Room is made for all
 * that a row may hold, so that the buffer never moves under a row's fields. */
static bool unquote(struct merit_csv_rows *rows, struct merit_text inner)
{
	if (!merit_buffer_reserve(&rows->unquoted, MERIT_ROW_SIZE_MAX - rows->unquoted.size))
		return false;
	for (size_t i = 0; i < inner.size; i++) {
		merit_buffer_put_char(&rows->unquoted, inner.data[i]);
		i += inner.data[i] == '"'; /* The second of two. */
	}
	return true;
}

/* Blanks and tabs that loose files have before an opening quote and behind a closing one. */
static size_t skip_blanks(const struct merit_csv_rows *rows, size_t at)
{
	while (at < rows->text.size && (rows->text.data[at] == ' ' || rows->text.data[at] == '\t') &&
	       rows->text.data[at] != rows->separator)
		at++;
	return at;
}

/* One field in quotes, which open at quote; *at_io is set behind it. */
static enum merit_status read_quoted(struct merit_csv_rows *rows, size_t quote, size_t *at_io,
                                     struct merit_csv_cell *field, struct merit_file_fault *fault)
{
	size_t end = quote, doubled = 0, ignored;
	enum merit_status status = quoted_end(rows, quote, &end, &doubled, fault);

	if (status != MERIT_OK)
		return status;
	field->value = (struct merit_text){ rows->text.data + quote + 1, end - quote - 2 };
	if (doubled > 0) {
		size_t start = rows->unquoted.size;
		if (!unquote(rows, field->value))
			return MERIT_NO_MEMORY;
		field->value = (struct merit_text){ rows->unquoted.data + start, rows->unquoted.size - start };
	}
	end = rows->is_loose ? skip_blanks(rows, end) : end;
	if (end < rows->text.size && rows->text.data[end] != rows->separator && !is_line_end(rows, end, &ignored))
		return refuse_at(rows, end, fault, "text behind a closing quote");
	*at_io = end;
	return MERIT_OK;
}

static enum merit_status read_field(struct merit_csv_rows *rows, size_t *at_io, struct merit_csv_cell *field,
                                    struct merit_file_fault *fault)
{
	size_t start = *at_io, quote = rows->is_loose ? skip_blanks(rows, start) : start;
	enum merit_status status;

	field->line = rows->lines_count + 1;
	field->column = start - rows->line_start + 1;
	if (quote < rows->text.size && rows->text.data[quote] == '"') {
		status = read_quoted(rows, quote, at_io, field, fault);
	} else {
		status = bare_end(rows, start, at_io, fault);
		if (status == MERIT_OK)
			field->value = (struct merit_text){ rows->text.data + start, *at_io - start };
	}
	if (status != MERIT_OK)
		return status;
	if (rows->has_lead && field->value.size > 0 && field->value.data[0] == rows->lead) {
		field->value.data++;
		field->value.size--;
	}
	field->value = merit_text_strip(field->value, rows->strip);
	return MERIT_OK;
}

/* The fields of the row that begins at rows->at. */
static enum merit_status read_row(struct merit_csv_rows *rows, struct merit_file_fault *fault)
{
	size_t at = rows->at, end_size;

	rows->line = rows->lines_count + 1;
	rows->raw = (struct merit_text){ rows->text.data + at, 0 };
	rows->fields_count = 0;
	rows->is_blank = true;
	rows->has_lead = rows->lead != '\0' && rows->text.data[at] == rows->lead;
	for (;;) {
		if (rows->fields_count == MERIT_ROW_FIELDS_MAX)
			return refuse_at(rows, at, fault, "more than 1024 fields in a row");
		struct merit_csv_cell *field = &rows->fields[rows->fields_count++];
		enum merit_status status = read_field(rows, &at, field, fault);
		if (status != MERIT_OK)
			return status;
		rows->is_blank = rows->is_blank && field->value.size == 0;
		if (at - rows->at > MERIT_ROW_SIZE_MAX)
			return refuse_at(rows, at, fault, "a row over 1 MiB: is a quote or a line break missing?");
		if (is_line_end(rows, at, &end_size))
			break;
		at++; /* The separator. */
	}
	rows->raw.size = at - rows->at;
	rows->at = at + end_size;
	rows->lines_count++;
	rows->line_start = rows->at;
	return MERIT_OK;
}

enum merit_status merit_csv_rows_next(struct merit_csv_rows *rows, struct merit_file_fault *fault)
{
	if (rows->at == rows->text.size)
		return MERIT_NOT_FOUND;
	merit_buffer_clear(&rows->unquoted);
	return read_row(rows, fault);
}

size_t merit_csv_rows_place(const struct merit_csv_rows *rows, struct merit_text value)
{
	size_t place = 0;

	while (place < rows->fields_count && !merit_text_equal(rows->fields[place].value, value))
		place++;
	return place;
}

void merit_csv_rows_free(struct merit_csv_rows *rows)
{
	merit_buffer_free(&rows->unquoted);
}
