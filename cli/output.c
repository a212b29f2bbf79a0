/* output.c - see output.h. */
#include "cli/output.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cli/command.h"
#include "ledger/calendar.h"
#include "ledger/text.h"
#include "ledger/currency.h"

void merit_complain(const char *format, ...)
{
	va_list arguments;
	char *text;

	fflush(stdout);
	fputs("merit: ", stderr);
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) >= 0) {
		merit_print_plain(stderr, text);
		free(text);
	}
	va_end(arguments);
	fputc('\n', stderr);
}

/* The bytes of the first character of text, which is not empty; *is_plain_out when it may be shown. */
static size_t character_first(const char *text, bool *is_plain_out)
{
	uint32_t point;
	size_t size = merit_text_first(text, strlen(text), &point);

	*is_plain_out = size > 0 && merit_text_is_printable(text, size, size);
	return size == 0 ? 1 : size;
}

void merit_print_plain(FILE *file, const char *text)
{
	bool is_plain;

	for (size_t size; *text != '\0'; text += size) {
		size = character_first(text, &is_plain);
		if (is_plain)
			fwrite(text, 1, size, file);
		else
			fputc('?', file);
	}
}

void merit_complain_status(const char *subject, enum merit_status status)
{
	merit_complain("%s: %s: %s", subject, merit_status_word(status), merit_status_text(status));
}

void merit_need(const void *memory)
{
	if (memory != NULL)
		return;
	merit_complain("out of memory; nothing that was answered is lost, and the same command may be repeated");
	exit(MERIT_EXIT_UNREACHABLE);
}

void merit_buffer_need(const struct merit_buffer *buffer)
{
	merit_need(buffer->bad ? NULL : buffer);
}

const char *merit_buffer_text(struct merit_buffer *buffer)
{
	merit_buffer_put_char(buffer, '\0');
	merit_buffer_need(buffer);
	buffer->size--;
	return buffer->data;
}

/* ---- Tables ---- */

void merit_table_column(struct merit_table *table, const char *heading)
{
	assert(table->columns_count < MERIT_TABLE_COLUMNS_MAX);
	assert(table->cells_count == 0);
	bool is_right = heading[0] == '>';
	table->right[table->columns_count] = is_right;
	table->headings[table->columns_count++] = is_right ? heading + 1 : heading;
}

void merit_table_cell(struct merit_table *table, const char *text, size_t size)
{
	if (table->cells_count == table->cells_capacity) {
		table->cells_capacity = table->cells_capacity == 0 ? 64 : table->cells_capacity * 2;
		table->cells = realloc(table->cells, table->cells_capacity * sizeof(*table->cells));
		merit_need(table->cells);
	}
	char *copy = merit_arena_copy(&table->arena, text, size);
	merit_need(copy);
	table->cells[table->cells_count++] = copy;
}

void merit_table_text(struct merit_table *table, const char *text)
{
	merit_table_cell(table, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

void merit_table_integer(struct merit_table *table, int64_t value)
{
	struct merit_buffer text = { 0 };

	merit_put_thousands(&text, value);
	merit_buffer_need(&text);
	merit_table_cell(table, text.data, text.size);
	merit_buffer_free(&text);
}

void merit_table_time(struct merit_table *table, int64_t time_ms, int32_t offset_minutes)
{
	char text[MERIT_TIME_TEXT_SIZE];

	if (time_ms < 0 || time_ms > MERIT_TIME_MS_MAX) {
		merit_table_integer(table, time_ms);
		return;
	}
	merit_time_format(time_ms, offset_minutes, text);
	merit_table_text(table, text);
}

/* The columns of a terminal that text takes when printed: a Chinese character two, a '?' in place of another one. */
static size_t width_of(const char *text)
{
	size_t width = 0;
	bool is_plain;

	for (size_t size; *text != '\0'; text += size) {
		uint32_t point = 0;
		size = character_first(text, &is_plain);
		(void)merit_text_first(text, size, &point);
		int columns = is_plain ? wcwidth((wchar_t)point) : 1; /* below 0 for what the locale does not know */
		width += columns < 0 ? 1 : (size_t)columns;
	}
	return width;
}

/* No blanks behind the last cell that says something. */
static void row_print(const struct merit_table *table, const char *const *cells, const size_t *widths, FILE *file)
{
	size_t count = table->columns_count;

	while (count > 0 && cells[count - 1][0] == '\0')
		count--;
	for (size_t i = 0; i < count; i++) {
		int pad = (int)(widths[i] - width_of(cells[i]));
		if (table->right[i])
			fprintf(file, "%*s", pad, "");
		merit_print_plain(file, cells[i]);
		if (!table->right[i])
			fprintf(file, "%*s", i + 1 == count ? 0 : pad, "");
		fputs(i + 1 == count ? "" : "  ", file);
	}
	fputc('\n', file);
}

void merit_table_print(struct merit_table *table, FILE *file, bool without_headings)
{
	size_t widths[MERIT_TABLE_COLUMNS_MAX] = { 0 };

	assert(table->columns_count > 0 && table->cells_count % table->columns_count == 0);
	for (size_t i = 0; !without_headings && i < table->columns_count; i++)
		widths[i] = width_of(table->headings[i]);
	for (size_t i = 0; i < table->cells_count; i++) {
		size_t width = width_of(table->cells[i]);
		if (width > widths[i % table->columns_count])
			widths[i % table->columns_count] = width;
	}
	if (!without_headings)
		row_print(table, table->headings, widths, file);
	for (size_t i = 0; i < table->cells_count; i += table->columns_count)
		row_print(table, table->cells + i, widths, file);
	table->cells_count = 0;
	merit_arena_reset(&table->arena);
}

void merit_table_free(struct merit_table *table)
{
	merit_arena_free(&table->arena);
	free(table->cells);
	*table = (struct merit_table){ 0 };
}
