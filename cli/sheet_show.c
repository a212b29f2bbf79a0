/* sheet_show.c - see sheet_show.h. */
#include "cli/sheet_show.h"

#include <errno.h>
#include <string.h>

#include "cli/output.h"

static bool is_number(enum merit_cell_kind kind)
{
	return kind == MERIT_CELL_INTEGER || kind == MERIT_CELL_MONEY || kind == MERIT_CELL_BASIS ||
	       kind == MERIT_CELL_SEQ;
}

static bool is_hidden(const char *name, const char *const *hidden)
{
	while (hidden != NULL && *hidden != NULL && strcmp(*hidden, name) != 0)
		hidden++;
	return hidden != NULL && *hidden != NULL;
}

static bool has_texts(const struct merit_sheet *sheet, size_t column)
{
	if (sheet->columns[column].kind != MERIT_CELL_TEXT)
		return true;
	for (size_t row = 0; row < sheet->rows_count; row++) {
		if (sheet->cells[row * sheet->columns_count + column].text[0] != '\0')
			return true;
	}
	return false;
}

static bool is_shown(const struct merit_sheet *sheet, size_t column, const char *const *hidden)
{
	return !is_hidden(sheet->columns[column].name, hidden) && has_texts(sheet, column) &&
	       !merit_sheet_column_is_idle(sheet, column);
}

void merit_sheet_print(const struct merit_sheet *sheet, const bool *shown)
{
	struct merit_table table = { .columns_count = 0 };
	struct merit_buffer text = { 0 };

	for (size_t i = 0; i < sheet->columns_count; i++) {
		if (!shown[i])
			continue;
		merit_table_column(&table, sheet->columns[i].heading);
		table.right[table.columns_count - 1] = is_number(sheet->columns[i].kind);
	}
	for (size_t i = 0; i < sheet->rows_count * sheet->columns_count; i++) {
		if (!shown[i % sheet->columns_count])
			continue;
		merit_buffer_clear(&text);
		merit_sheet_put_cell(&text, sheet, i / sheet->columns_count, i % sheet->columns_count, false);
		merit_table_text(&table, merit_buffer_text(&text));
	}
	merit_table_print(&table, stdout, false);
	merit_table_free(&table);
	merit_buffer_free(&text);
}

void merit_sheet_show(const struct merit_sheet *sheet, const char *const *hidden)
{
	bool shown[MERIT_SHEET_COLUMNS_MAX];

	for (size_t i = 0; i < sheet->columns_count; i++)
		shown[i] = is_shown(sheet, i, hidden);
	merit_sheet_print(sheet, shown);
}

enum merit_exit merit_bytes_write(const char *path, const struct merit_buffer *bytes)
{
	FILE *file = fopen(path, "we");
	bool is_good = file != NULL && fwrite(bytes->data, 1, bytes->size, file) == bytes->size;

	is_good = file != NULL && fclose(file) == 0 && is_good;
	if (!is_good)
		merit_complain("cannot write %s: %s", path, strerror(errno));
	return is_good ? MERIT_EXIT_DONE : MERIT_EXIT_USAGE;
}
