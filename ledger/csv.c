/* csv.c - see csv.h: a machine of four states over the bytes. */
#include "ledger/csv.h"

#include <assert.h>
#include <string.h>

enum place {
	FIELD_START, /* nothing of the field yet */
	BARE,        /* inside a field without quotes */
	QUOTED,      /* inside quotes */
	QUOTE_SEEN,  /* behind a quote in quotes: its end, or the first of two */
};

static enum merit_status fault_at(struct merit_csv *csv, const char *fault, uint64_t line, uint64_t column)
{
	csv->fault = fault;
	csv->fault_line = line;
	csv->fault_column = column;
	return MERIT_BAD_FORMAT;
}

/* A fault at the byte read last. */
static enum merit_status fault_here(struct merit_csv *csv, const char *fault)
{
	return fault_at(csv, fault, csv->at_line + 1, csv->at_column);
}

static int next_byte(struct merit_csv *csv)
{
	int byte = getc_unlocked(csv->file);

	csv->at_column++;
	return byte;
}

/* Whether a line ends at byte, with the LF of a CRLF taken. A CR alone stays one. */
static bool is_line_end(struct merit_csv *csv, int *byte)
{
	if (*byte == '\r') {
		int second = getc_unlocked(csv->file);
		if (second == '\n')
			*byte = '\n';
		else if (second != EOF)
			ungetc(second, csv->file);
	}
	return *byte == '\n' || *byte == EOF;
}

static enum merit_status field_begin(struct merit_csv *csv)
{
	if (csv->fields_count == MERIT_CSV_FIELDS_MAX)
		return fault_here(csv, "more fields than a record may have");
	csv->starts[csv->fields_count++] = csv->bytes.size;
	return MERIT_OK;
}

/* One byte that ends neither the record nor the file. */
static enum merit_status take_byte(struct merit_csv *csv, int byte, enum place *place)
{
	if (byte == '\0')
		return fault_here(csv, "a NUL byte: save it as CSV UTF-8");
	if (*place == QUOTED) {
		if (byte == '"')
			*place = QUOTE_SEEN;
		else
			merit_buffer_put_char(&csv->bytes, (char)byte);
		return MERIT_OK;
	}
	if (byte == '\r')
		return fault_here(csv, "a carriage return without a line feed");
	if (byte == csv->delimiter) {
		merit_buffer_put_char(&csv->bytes, '\0');
		*place = FIELD_START;
		return field_begin(csv);
	}
	if (byte == '"') {
		if (*place == BARE)
			return fault_here(csv, "a quote inside a field without quotes");
		if (*place == QUOTE_SEEN)
			merit_buffer_put_char(&csv->bytes, '"');
		*place = QUOTED;
		return MERIT_OK;
	}
	if (*place == QUOTE_SEEN)
		return fault_here(csv, "text behind a closing quote");
	merit_buffer_put_char(&csv->bytes, (char)byte);
	*place = BARE;
	return MERIT_OK;
}

/* From its first byte to the line's end. */
static enum merit_status record_read(struct merit_csv *csv, int byte)
{
	enum place place = FIELD_START;
	uint64_t quote_line = 0, quote_column = 0;
	enum merit_status status = field_begin(csv);

	for (; status == MERIT_OK; byte = next_byte(csv)) {
		if (place != QUOTED && is_line_end(csv, &byte))
			break;
		if (byte == EOF)
			return fault_at(csv, "a quote that is never closed", quote_line, quote_column);
		if (csv->bytes.size >= MERIT_CSV_RECORD_SIZE_MAX)
			return place == QUOTED
			               ? fault_at(csv, "a quote not closed within 1 MiB", quote_line, quote_column)
			               : fault_here(csv, "a record over 1 MiB");
		if (place == FIELD_START && byte == '"') {
			quote_line = csv->at_line + 1;
			quote_column = csv->at_column;
		}
		status = take_byte(csv, byte, &place);
		if (byte == '\n') {
			csv->at_line++;
			csv->at_column = 0;
		}
	}
	merit_buffer_put_char(&csv->bytes, '\0');
	return status;
}

enum merit_status merit_csv_next(struct merit_csv *csv)
{
	int byte;

	merit_buffer_clear(&csv->bytes);
	csv->fields_count = 0;
	for (;;) { /* Passes over empty lines. */
		csv->at_column = 0;
		csv->line = csv->at_line + 1;
		byte = next_byte(csv);
		if (byte == EOF)
			return ferror(csv->file) ? MERIT_IO_FAILED : MERIT_NOT_FOUND;
		if (!is_line_end(csv, &byte))
			break;
		csv->at_line++;
	}
	enum merit_status status = record_read(csv, byte);
	if (status != MERIT_OK)
		return status;
	csv->at_line++;
	if (ferror(csv->file))
		return MERIT_IO_FAILED;
	return csv->bytes.bad ? MERIT_NO_MEMORY : MERIT_OK;
}

const char *merit_csv_field(const struct merit_csv *csv, size_t index)
{
	assert(index < csv->fields_count);
	return csv->bytes.data + csv->starts[index];
}

void merit_csv_free(struct merit_csv *csv)
{
	merit_buffer_free(&csv->bytes);
}

/* Digits with at most one sign in front and one point among them: what no spreadsheet takes for a formula. */
static bool is_plain_number(const char *text)
{
	text += *text == '-' || *text == '+';
	size_t whole_size = strspn(text, "0123456789");
	text += whole_size;
	size_t part_size = *text == '.' ? strspn(text + 1, "0123456789") : 0;
	text += part_size > 0 ? part_size + 1 : 0;
	return whole_size > 0 && *text == '\0';
}

/* before, '\0' or not, stands in front of the text. */
static void field_put(struct merit_buffer *out, char before, const char *text)
{
	bool is_quoted = text[strcspn(text, ",\"\r\n")] != '\0';

	if (is_quoted)
		merit_buffer_put_char(out, '"');
	if (before != '\0')
		merit_buffer_put_char(out, before);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			merit_buffer_put_char(out, '"');
		merit_buffer_put_char(out, *text);
	}
	if (is_quoted)
		merit_buffer_put_char(out, '"');
}

void merit_csv_put(struct merit_buffer *out, const char *text)
{
	field_put(out, '\0', text);
}

/* What a spreadsheet may begin a formula with: also the wide signs of Chinese and Japanese keyboards, in UTF-8. */
static bool begins_formula(const char *text)
{
	static const char *const signs[] = { "=",  "+",      "-",      "@",      "\t",    "\r",
		                             "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return true;
	}
	return false;
}

void merit_csv_put_safe(struct merit_buffer *out, const char *text)
{
	bool is_formula = begins_formula(text) && !is_plain_number(text);

	field_put(out, is_formula ? '\'' : '\0', text);
}
