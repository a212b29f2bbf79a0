/* view.c - see view.h. */
#include "cli/view.h"

#include <string.h>

#include "ledger/csv.h"
#include "cli/money.h"
#include "cli/show.h"
#include "ledger/calendar.h"

#define MEMBER_NAME_SIZE 32 /* of a path, with its NUL */

static const char *heading_text(const struct merit_view_column *column)
{
	return column->heading + (column->heading[0] == '>');
}

/* ---- Cells ---- */

/* The member of a path: closed.time is the member time of the member closed. */
static const cJSON *member_of(const cJSON *row, const char *path)
{
	size_t size = strcspn(path, ".");
	char name[MEMBER_NAME_SIZE];

	if (path[size] == '\0')
		return merit_json_member(row, path);
	snprintf(name, sizeof(name), "%.*s", (int)size, path);
	return member_of(merit_json_member(row, name), path + size + 1);
}

static void texts_put(struct merit_buffer *out, const cJSON *list)
{
	for (const cJSON *text = list->child; text != NULL; text = text->next) {
		if (text != list->child)
			merit_buffer_put_char(out, ' ');
		merit_show_scalar_put(out, text);
	}
}

static void time_put(struct merit_buffer *out, int64_t time_ms, int32_t offset_minutes)
{
	char text[MERIT_TIME_TEXT_SIZE];

	merit_time_format(time_ms, offset_minutes, text);
	merit_buffer_put_text(out, text);
}

/* Where a cell stands. */
enum place {
	IN_TABLE,
	IN_LINES, /* alone: money needs its currency */
	IN_CSV,   /* plain: without what only people want */
};

static void money_put(struct merit_buffer *out, int64_t minor, const char *currency, enum place place)
{
	merit_money_put(out, minor, currency, place == IN_CSV);
	if (place == IN_LINES && currency != NULL)
		merit_buffer_put_format(out, " %s", currency);
}

static void amount_put(struct merit_buffer *out, int64_t amount, const char *currency, enum place place)
{
	if (currency != NULL)
		money_put(out, amount, currency, place);
	else if (place == IN_CSV)
		merit_buffer_put_integer(out, amount);
	else
		merit_put_thousands(out, amount);
	if (currency == NULL && place == IN_LINES)
		merit_buffer_put_text(out, " points");
}

static void cell_put(struct merit_buffer *out, const struct merit_view_column *column, const cJSON *row,
                     enum place place, int32_t offset_minutes)
{
	const cJSON *member = column->put == NULL ? member_of(row, column->member) : NULL;
	int64_t integer;
	bool is_integer = merit_json_integer(member, &integer);

	if (column->put != NULL)
		column->put(out, row);
	else if (member == NULL || cJSON_IsNull(member))
		return;
	else if (column->kind == MERIT_VIEW_FLAG)
		merit_buffer_put_text(out, cJSON_IsTrue(member) ? heading_text(column) : "");
	else if (column->kind == MERIT_VIEW_TIME && is_integer && integer >= 0 && integer <= MERIT_TIME_MS_MAX)
		time_put(out, integer, offset_minutes);
	else if (column->kind == MERIT_VIEW_MONEY && is_integer)
		money_put(out, integer, merit_show_text(row, "currency"), place);
	else if (column->kind == MERIT_VIEW_AMOUNT && is_integer)
		amount_put(out, integer, merit_show_text(row, "currency"), place);
	else if (column->kind == MERIT_VIEW_COUNT && is_integer && place != IN_CSV)
		merit_put_thousands(out, integer);
	else if (cJSON_IsArray(member))
		texts_put(out, member);
	else
		merit_show_scalar_put(out, member);
}

void merit_view_money_put(struct merit_buffer *out, int64_t minor, const char *currency)
{
	money_put(out, minor, currency, IN_LINES);
}

void merit_view_rows_set(cJSON *rows, const char *name, const char *text)
{
	for (cJSON *row = rows == NULL || text == NULL ? NULL : rows->child; row != NULL; row = row->next)
		merit_need(cJSON_AddStringToObject(row, name, text));
}

/* ---- For people ---- */

static void row_put(struct merit_table *table, const struct merit_view_column *columns, const cJSON *row,
                    int32_t offset_minutes)
{
	struct merit_buffer cell = { 0 };

	for (; columns->heading != NULL; columns++) {
		merit_buffer_clear(&cell);
		cell_put(&cell, columns, row, IN_TABLE, offset_minutes);
		merit_table_text(table, merit_buffer_text(&cell));
	}
	merit_buffer_free(&cell);
}

void merit_view_table_begin(struct merit_table *table, const struct merit_view_column *columns)
{
	for (; columns->heading != NULL; columns++)
		merit_table_column(table, columns->heading);
}

void merit_view_table_rows(struct merit_table *table, const cJSON *rows, const struct merit_view_column *columns,
                           int32_t offset_minutes)
{
	for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next)
		row_put(table, columns, row, offset_minutes);
}

void merit_view_table(FILE *file, const char *title, const cJSON *rows, const struct merit_view_column *columns,
                      const char *none, int32_t offset_minutes)
{
	struct merit_table table = { 0 };
	bool is_empty = rows == NULL || rows->child == NULL;

	if (is_empty && none == NULL)
		return;
	if (title != NULL)
		fprintf(file, "\n%s:\n", title);
	if (is_empty) {
		fprintf(file, "%s\n", none);
		return;
	}
	merit_view_table_begin(&table, columns);
	merit_view_table_rows(&table, rows, columns, offset_minutes);
	merit_table_print(&table, file, false);
	merit_table_free(&table);
}

void merit_view_lines(FILE *file, const cJSON *object, const struct merit_view_column *columns, int32_t offset_minutes)
{
	struct merit_table table = { 0 };
	struct merit_buffer cell = { 0 };

	merit_table_column(&table, "name");
	merit_table_column(&table, "value");
	for (; columns->heading != NULL; columns++) {
		merit_buffer_clear(&cell);
		cell_put(&cell, columns, object, IN_LINES, offset_minutes);
		if (cell.size == 0)
			continue;
		merit_table_text(&table, heading_text(columns));
		merit_table_text(&table, merit_buffer_text(&cell));
	}
	merit_table_print(&table, file, true);
	merit_buffer_free(&cell);
	merit_table_free(&table);
}

/* ---- For spreadsheets ---- */

static void line_print(FILE *file, struct merit_buffer *line)
{
	fprintf(file, "%s\n", merit_buffer_text(line));
	merit_buffer_clear(line);
}

void merit_view_csv_headings(FILE *file, const struct merit_view_column *columns)
{
	struct merit_buffer line = { 0 };

	for (const struct merit_view_column *column = columns; column->heading != NULL; column++) {
		if (column != columns)
			merit_buffer_put_char(&line, ',');
		merit_csv_put(&line, heading_text(column));
	}
	line_print(file, &line);
	merit_buffer_free(&line);
}

void merit_view_csv(FILE *file, const cJSON *rows, const struct merit_view_column *columns, int32_t offset_minutes)
{
	struct merit_buffer line = { 0 }, cell = { 0 };

	for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
		for (const struct merit_view_column *column = columns; column->heading != NULL; column++) {
			if (column != columns)
				merit_buffer_put_char(&line, ',');
			merit_buffer_clear(&cell);
			cell_put(&cell, column, row, IN_CSV, offset_minutes);
			merit_csv_put_safe(&line, merit_buffer_text(&cell));
		}
		line_print(file, &line);
	}
	merit_buffer_free(&line);
	merit_buffer_free(&cell);
}
