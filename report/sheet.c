/* sheet.c - see sheet.h: building a sheet cell by cell, and what a cell looks like. Its forms are in sheet_*.c. */
#include "report/sheet.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/currency.h"
#include "ledger/entry.h"
#include "ledger/text.h"

#define ROWS_FIRST   64
#define LABELS_FIRST 16

void merit_sheet_begin(struct merit_sheet *sheet, const char *name, const char *title, int32_t offset_minutes)
{
	*sheet = (struct merit_sheet){ .name = name, .title = title, .offset_minutes = offset_minutes };
}

void merit_sheet_free(struct merit_sheet *sheet)
{
	for (size_t i = 0; i < sheet->charts_count; i++) {
		free(sheet->charts[i].labels);
		free(sheet->charts[i].numbers);
	}
	free(sheet->cells);
	free(sheet->is_total);
	merit_arena_free(&sheet->arena);
	*sheet = (struct merit_sheet){ 0 };
}

const char *merit_sheet_keep(struct merit_sheet *sheet, struct merit_text text)
{
	const char *copy = merit_arena_copy(&sheet->arena, text.size == 0 ? "" : text.data, text.size);

	sheet->bad = sheet->bad || copy == NULL;
	return copy == NULL ? "" : copy;
}

/* Room for more pieces of size behind pieces_io. False, and the sheet bad, without memory. */
static bool array_grow(struct merit_sheet *sheet, void **pieces_io, size_t count, size_t size)
{
	void *pieces = realloc(*pieces_io, count * size);

	if (pieces == NULL) {
		sheet->bad = true;
		return false;
	}
	*pieces_io = pieces;
	return true;
}

/* ---- Cells ---- */

void merit_sheet_column(struct merit_sheet *sheet, enum merit_cell_kind kind, const char *name, const char *heading)
{
	assert(sheet->columns_count < MERIT_SHEET_COLUMNS_MAX && sheet->rows_count == 0 && sheet->filled == 0);
	sheet->columns[sheet->columns_count++] = (struct merit_sheet_column){ name, heading, kind };
}

static bool rows_grow(struct merit_sheet *sheet)
{
	size_t capacity = sheet->rows_capacity == 0 ? ROWS_FIRST : 2 * sheet->rows_capacity;
	void *cells = sheet->cells, *is_total = sheet->is_total;
	bool grown = array_grow(sheet, &cells, capacity * sheet->columns_count, sizeof(sheet->cells[0]));

	sheet->cells = cells;
	grown = grown && array_grow(sheet, &is_total, capacity, sizeof(sheet->is_total[0]));
	sheet->is_total = is_total;
	if (grown)
		sheet->rows_capacity = capacity;
	return grown;
}

static void cell_put(struct merit_sheet *sheet, struct merit_cell cell)
{
	assert(sheet->columns_count > 0);
	if (sheet->bad || (sheet->rows_count == sheet->rows_capacity && !rows_grow(sheet)))
		return;
	sheet->cells[sheet->rows_count * sheet->columns_count + sheet->filled++] = cell;
	if (sheet->filled < sheet->columns_count)
		return;
	sheet->is_total[sheet->rows_count++] = false;
	sheet->filled = 0;
}

/* A copy, '?' in place of each character that is not printable. */
static const char *keep_printable(struct merit_sheet *sheet, struct merit_text text)
{
	char *copy = merit_arena_allocate(&sheet->arena, text.size + 1);
	size_t size = 0;

	if (copy == NULL) {
		sheet->bad = true;
		return "";
	}
	for (size_t at = 0, step; at < text.size; at += step) {
		uint32_t point;
		step = merit_text_first(text.data + at, text.size - at, &point);
		bool is_printable = step > 0 && merit_text_is_printable(text.data + at, step, step);
		step = step > 0 ? step : 1;
		memcpy(copy + size, is_printable ? text.data + at : "?", is_printable ? step : 1);
		size += is_printable ? step : 1;
	}
	copy[size] = '\0';
	return copy;
}

void merit_sheet_text(struct merit_sheet *sheet, struct merit_text text)
{
	assert(sheet->bad || sheet->columns[sheet->filled].kind == MERIT_CELL_TEXT);
	cell_put(sheet, (struct merit_cell){ .text = keep_printable(sheet, text) });
}

void merit_sheet_word(struct merit_sheet *sheet, const char *text)
{
	merit_sheet_text(sheet, merit_text_of(text));
}

void merit_sheet_integer(struct merit_sheet *sheet, int64_t integer)
{
	assert(sheet->bad || sheet->columns[sheet->filled].kind != MERIT_CELL_TEXT);
	cell_put(sheet, (struct merit_cell){ .integer = integer });
}

void merit_sheet_empty(struct merit_sheet *sheet)
{
	struct merit_cell cell = { .is_empty = true };

	if (sheet->columns[sheet->filled].kind == MERIT_CELL_TEXT)
		cell.text = "";
	cell_put(sheet, cell);
}

void merit_sheet_total(struct merit_sheet *sheet)
{
	assert(sheet->bad || (sheet->rows_count > 0 && sheet->filled == 0));
	if (!sheet->bad)
		sheet->is_total[sheet->rows_count - 1] = true;
}

void merit_sheet_note(struct merit_sheet *sheet, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	int size = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert(size >= 0 && (size_t)size < sizeof(line) && sheet->notes_count < MERIT_SHEET_NOTES_MAX);
	sheet->notes[sheet->notes_count++] = merit_sheet_keep(sheet, (struct merit_text){ line, (size_t)size });
}

/* ---- Charts ---- */

struct merit_chart *merit_sheet_chart(struct merit_sheet *sheet, enum merit_chart_kind kind, const char *title,
                                      const char *unit)
{
	if (sheet->bad || sheet->charts_count == MERIT_SHEET_CHARTS_MAX)
		return NULL;
	struct merit_chart *chart = &sheet->charts[sheet->charts_count++];
	*chart = (struct merit_chart){ .kind = kind, .title = title, .unit = unit };
	return chart;
}

void merit_chart_series(struct merit_chart *chart, const char *name)
{
	assert(chart->labels_count == 0);
	if (chart->series_count < MERIT_CHART_SERIES_MAX)
		chart->series[chart->series_count++] = name;
}

static bool labels_grow(struct merit_sheet *sheet, struct merit_chart *chart)
{
	size_t capacity = chart->labels_capacity == 0 ? LABELS_FIRST : 2 * chart->labels_capacity;
	void *labels = chart->labels, *numbers = chart->numbers;
	bool grown = array_grow(sheet, &labels, capacity, sizeof(chart->labels[0]));

	chart->labels = labels;
	grown = grown && array_grow(sheet, &numbers, capacity * chart->series_count, sizeof(chart->numbers[0]));
	chart->numbers = numbers;
	if (grown)
		chart->labels_capacity = capacity;
	return grown;
}

void merit_chart_label(struct merit_sheet *sheet, struct merit_chart *chart, struct merit_text label,
                       const int64_t *numbers)
{
	assert(chart->series_count > 0);
	if (sheet->bad || (chart->labels_count == chart->labels_capacity && !labels_grow(sheet, chart)))
		return;
	chart->labels[chart->labels_count] = (struct merit_text){ merit_sheet_keep(sheet, label), label.size };
	memcpy(chart->numbers + chart->labels_count * chart->series_count, numbers,
	       chart->series_count * sizeof(numbers[0]));
	chart->labels_count++;
}

/* ---- What a cell looks like ---- */

const char *merit_sheet_currency(const struct merit_sheet *sheet, size_t row)
{
	for (size_t i = 0; i < sheet->columns_count; i++) {
		const struct merit_sheet_column *column = &sheet->columns[i];
		if (column->kind == MERIT_CELL_TEXT &&
		    (strcmp(column->name, "currency") == 0 || strcmp(column->name, "unit") == 0))
			return sheet->cells[row * sheet->columns_count + i].text;
	}
	return "";
}

bool merit_sheet_column_is_idle(const struct merit_sheet *sheet, size_t column)
{
	enum merit_cell_kind kind = sheet->columns[column].kind;

	if (kind != MERIT_CELL_INTEGER && kind != MERIT_CELL_MONEY)
		return false;
	for (size_t i = 0; i < sheet->rows_count; i++) {
		if (sheet->cells[i * sheet->columns_count + column].integer != 0)
			return false;
	}
	return true;
}

static void integer_put(struct merit_buffer *out, int64_t integer, bool is_plain)
{
	if (is_plain)
		merit_buffer_put_integer(out, integer);
	else
		merit_put_thousands(out, integer);
}

static void money_put(struct merit_buffer *out, int64_t minor, const char *currency, bool is_plain)
{
	if (strcmp(currency, "points") == 0)
		integer_put(out, minor, is_plain);
	else
		merit_money_put(out, minor, currency, is_plain);
}

/* text_size is that of a day or of a month, which is how a day begins. */
static void day_put(struct merit_buffer *out, int64_t day, size_t text_size)
{
	char text[MERIT_DAY_TEXT_SIZE];

	if (day == MERIT_DAY_NONE)
		return;
	if (day == MERIT_DAY_NEVER) {
		merit_buffer_put_text(out, "never");
		return;
	}
	merit_day_format((int32_t)day, text);
	merit_buffer_put(out, text, text_size - 1);
}

static void time_put(struct merit_buffer *out, int64_t time_ms, int32_t offset_minutes)
{
	char text[MERIT_TIME_TEXT_SIZE];

	merit_time_format(time_ms, offset_minutes, text);
	merit_buffer_put_text(out, text);
}

static void basis_put(struct merit_buffer *out, int64_t basis, bool is_plain)
{
	if (is_plain)
		merit_buffer_put_integer(out, basis);
	else
		merit_buffer_put_format(out, "%s%lld.%02lld %%", basis < 0 ? "-" : "",
		                        (long long)(basis < 0 ? -basis : basis) / 100,
		                        (long long)(basis < 0 ? -basis : basis) % 100);
}

void merit_sheet_put_cell(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, size_t column,
                          bool is_plain)
{
	assert(row < sheet->rows_count && column < sheet->columns_count);
	const struct merit_cell *cell = &sheet->cells[row * sheet->columns_count + column];

	if (cell->is_empty)
		return;
	switch (sheet->columns[column].kind) {
	case MERIT_CELL_TEXT: merit_buffer_put_text(out, cell->text); return;
	case MERIT_CELL_INTEGER: integer_put(out, cell->integer, is_plain); return;
	case MERIT_CELL_MONEY: money_put(out, cell->integer, merit_sheet_currency(sheet, row), is_plain); return;
	case MERIT_CELL_DAY: day_put(out, cell->integer, MERIT_DAY_TEXT_SIZE); return;
	case MERIT_CELL_MONTH: day_put(out, cell->integer, MERIT_MONTH_TEXT_SIZE); return;
	case MERIT_CELL_TIME: time_put(out, cell->integer, sheet->offset_minutes); return;
	case MERIT_CELL_BASIS: basis_put(out, cell->integer, is_plain); return;
	case MERIT_CELL_SEQ:
		if (cell->integer >= 0)
			merit_buffer_put_integer(out, cell->integer);
		return;
	}
}
