/* rows.c - see rows.h. */
#include "cli/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/show.h"
#include "ledger/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static enum merit_status fault(struct merit_rows *rows, const char *what, uint64_t line, uint64_t column)
{
	rows->fault = what;
	rows->fault_line = line;
	rows->fault_column = column;
	return MERIT_BAD_FORMAT;
}

static bool ends_in(const char *path, const char *ending)
{
	size_t size = strlen(path), ending_size = strlen(ending);

	return size >= ending_size && strcmp(path + size - ending_size, ending) == 0;
}

/* A copy nobody else can change: both readings of the rows see the same bytes. */
static FILE *private_copy(FILE *from)
{
	char bytes[65536];
	size_t size;
	bool is_whole = true;
	FILE *copy = tmpfile();

	if (copy == NULL)
		return NULL;
	while (is_whole && (size = fread(bytes, 1, sizeof(bytes), from)) > 0)
		is_whole = fwrite(bytes, 1, size, copy) == size;
	if (is_whole && ferror(from) == 0 && fflush(copy) == 0)
		return copy;
	fclose(copy);
	return NULL;
}

static void skip_byte_order_mark(FILE *file)
{
	char mark[3];

	if (fread(mark, 1, sizeof(mark), file) != sizeof(mark) || memcmp(mark, BYTE_ORDER_MARK, sizeof(mark)) != 0)
		rewind(file);
}

/* ---- CSV ---- */

/* JSON could not carry anything else. */
static bool is_utf8(const char *bytes, size_t size)
{
	size_t at = 0, used = 1;
	uint32_t point;

	for (; at < size && used > 0; at += used)
		used = bytes[at] >= 0 ? 1 : merit_text_first(bytes + at, size - at, &point); /* Mostly ASCII. */
	return used > 0;
}

static enum merit_status csv_step(struct merit_rows *rows)
{
	enum merit_status status = merit_csv_next(&rows->csv);

	rows->line = rows->csv.line;
	if (status == MERIT_BAD_FORMAT)
		return fault(rows, rows->csv.fault, rows->csv.fault_line, rows->csv.fault_column);
	if (status == MERIT_OK && !is_utf8(rows->csv.bytes.data, rows->csv.bytes.size))
		return fault(rows, "not UTF-8: save it as CSV UTF-8", rows->line, 0);
	return status;
}

/* The place of the column, or names_count. */
static size_t column_index(const struct merit_rows *rows, const char *name, size_t size)
{
	size_t index = 0;

	for (; index < rows->names_count; index++) {
		size_t start = rows->name_starts[index];
		if (rows->name_starts[index + 1] - start == size + 1 &&
		    memcmp(rows->names.data + start, name, size) == 0)
			break;
	}
	return index;
}

static enum merit_status names_read(struct merit_rows *rows)
{
	enum merit_status status = csv_step(rows);

	if (status == MERIT_NOT_FOUND)
		return fault(rows, "no line with the columns' names", 1, 0);
	if (status != MERIT_OK)
		return status;
	merit_buffer_clear(&rows->names);
	rows->names_count = 0;
	for (size_t i = 0; i < rows->csv.fields_count; i++) {
		const char *name = merit_csv_field(&rows->csv, i);
		if (column_index(rows, name, strlen(name)) != rows->names_count)
			return fault(rows, "two columns of the same name", rows->line, 0);
		merit_buffer_put(&rows->names, name, strlen(name) + 1);
		rows->name_starts[++rows->names_count] = rows->names.size;
		if (rows->names.bad)
			return MERIT_NO_MEMORY;
	}
	return MERIT_OK;
}

static enum merit_status csv_next(struct merit_rows *rows)
{
	enum merit_status status = csv_step(rows);

	if (status == MERIT_OK && rows->csv.fields_count != rows->names_count)
		return fault(rows,
		             rows->csv.fields_count < rows->names_count ? "fewer fields than columns"
		                                                        : "more fields than columns",
		             rows->line, 0);
	return status;
}

/* ---- JSON ---- */

static enum merit_status json_next(struct merit_rows *rows)
{
	ssize_t size;

	merit_json_free(rows->object);
	rows->object = NULL;
	merit_arena_reset(&rows->arena);
	do {
		rows->line++;
		size = getline(&rows->json_line, &rows->json_line_capacity, rows->file);
		if (size < 0)
			return ferror(rows->file) ? MERIT_IO_FAILED : MERIT_NOT_FOUND;
	} while (rows->json_line[strspn(rows->json_line, " \t\r\n")] == '\0' &&
	         (size_t)size == strlen(rows->json_line));
	enum merit_status status = merit_json_read(rows->json_line, (size_t)size, &rows->object);
	if (status == MERIT_NO_MEMORY)
		return status;
	if (status != MERIT_OK)
		return fault(rows, merit_status_text(status), rows->line, 0);
	if (!cJSON_IsObject(rows->object))
		return fault(rows, "not a JSON object", rows->line, 0);
	return MERIT_OK;
}

static const char *json_field(struct merit_rows *rows, const char *name)
{
	const cJSON *member = merit_json_member(rows->object, name);
	struct merit_buffer text = { 0 };

	if (member == NULL || cJSON_IsNull(member))
		return NULL;
	if (cJSON_IsString(member))
		return member->valuestring;
	merit_json_put(&text, member);
	merit_buffer_need(&text);
	const char *copy = merit_arena_copy(&rows->arena, text.data, text.size);
	merit_need(copy);
	merit_buffer_free(&text);
	return copy;
}

/* ---- Both ---- */

enum merit_status merit_rows_rewind(struct merit_rows *rows)
{
	rewind(rows->file);
	skip_byte_order_mark(rows->file);
	rows->number = 0;
	rows->line = 0;
	merit_csv_free(&rows->csv);
	rows->csv = (struct merit_csv){ .file = rows->file, .delimiter = rows->delimiter };
	return rows->format == MERIT_ROWS_CSV ? names_read(rows) : MERIT_OK;
}

enum merit_status merit_rows_open(struct merit_rows *rows, const char *path, const char *format_name, char delimiter)
{
	bool is_json = format_name == NULL
	                       ? ends_in(path, ".jsonl") || ends_in(path, ".ndjson") || ends_in(path, ".json")
	                       : strcmp(format_name, "jsonl") == 0;

	*rows = (struct merit_rows){ .path = path, .delimiter = delimiter };
	rows->format = is_json ? MERIT_ROWS_JSON : MERIT_ROWS_CSV;
	FILE *from = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (from == NULL)
		return errno == ENOENT ? MERIT_NOT_FOUND : MERIT_IO_FAILED;
	bool is_known = fstat(fileno(from), &rows->source) == 0;
	rows->file = is_known ? private_copy(from) : NULL;
	if (from != stdin)
		fclose(from);
	return rows->file == NULL ? MERIT_IO_FAILED : merit_rows_rewind(rows);
}

void merit_rows_close(struct merit_rows *rows)
{
	if (rows->file != NULL)
		fclose(rows->file);
	merit_csv_free(&rows->csv);
	merit_buffer_free(&rows->names);
	free(rows->json_line);
	merit_json_free(rows->object);
	merit_arena_free(&rows->arena);
	*rows = (struct merit_rows){ 0 };
}

enum merit_status merit_rows_next(struct merit_rows *rows)
{
	enum merit_status status = rows->format == MERIT_ROWS_CSV ? csv_next(rows) : json_next(rows);

	rows->number += status != MERIT_NOT_FOUND;
	return status;
}

bool merit_rows_is_torn(const struct merit_rows *rows)
{
	return rows->format == MERIT_ROWS_CSV && rows->csv.fault != NULL;
}

const char *merit_rows_field(struct merit_rows *rows, const char *name, size_t size)
{
	char text[256];

	if (rows->format == MERIT_ROWS_CSV) {
		size_t index = column_index(rows, name, size);
		return index < rows->csv.fields_count ? merit_csv_field(&rows->csv, index) : NULL;
	}
	if (size >= sizeof(text))
		return NULL;
	memcpy(text, name, size);
	text[size] = '\0';
	return json_field(rows, text);
}

bool merit_rows_has_column(const struct merit_rows *rows, const char *name, size_t size)
{
	return rows->format == MERIT_ROWS_JSON || column_index(rows, name, size) != rows->names_count;
}
