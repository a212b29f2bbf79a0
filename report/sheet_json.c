/* sheet_json.c - see sheet.h: a sheet as one JSON object.
 *
 * Integers are integers: points, counts, minor units, basis points, seqs, times in ms. Days and months are texts,
 * "never" where there is no last one. What is not there is null. */
#include "report/sheet.h"

#include <string.h>

#include "ledger/entry.h"

static void text_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, size_t column)
{
	struct merit_buffer text = { 0 };

	merit_sheet_put_cell(&text, sheet, row, column, true);
	merit_buffer_put_json(out, text.size == 0 ? "" : text.data, text.size);
	out->bad = out->bad || text.bad;
	merit_buffer_free(&text);
}

static bool is_nothing(enum merit_cell_kind kind, const struct merit_cell *cell)
{
	bool is_day = kind == MERIT_CELL_DAY || kind == MERIT_CELL_MONTH;

	return cell->is_empty || (is_day && cell->integer == MERIT_DAY_NONE) ||
	       (kind == MERIT_CELL_SEQ && cell->integer < 0);
}

static void cell_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, size_t column)
{
	const struct merit_cell *cell = &sheet->cells[row * sheet->columns_count + column];
	enum merit_cell_kind kind = sheet->columns[column].kind;

	merit_buffer_put_key(out, sheet->columns[column].name);
	if (is_nothing(kind, cell))
		merit_buffer_put_text(out, "null");
	else if (kind == MERIT_CELL_TEXT || kind == MERIT_CELL_DAY || kind == MERIT_CELL_MONTH)
		text_put(out, sheet, row, column);
	else
		merit_buffer_put_integer(out, cell->integer);
}

static void row_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	for (size_t i = 0; i < sheet->columns_count; i++)
		cell_put(out, sheet, row, i);
	merit_buffer_put_char(out, '}');
}

void merit_sheet_put_json(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	merit_buffer_put_text(out, "{\"report\":");
	merit_buffer_put_json(out, sheet->name, strlen(sheet->name));
	merit_buffer_put_text(out, sheet->differs ? ",\"differs\":true" : ",\"differs\":false");
	merit_buffer_put_text(out, ",\"rows\":[");
	for (size_t i = 0; i < sheet->rows_count; i++) {
		if (!sheet->is_total[i])
			row_put(out, sheet, i);
	}
	merit_buffer_put_text(out, "],\"notes\":[");
	for (size_t i = 0; i < sheet->notes_count; i++) {
		merit_buffer_put_comma(out);
		merit_buffer_put_json(out, sheet->notes[i], strlen(sheet->notes[i]));
	}
	merit_buffer_put_text(out, "]}");
}
