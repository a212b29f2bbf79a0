/* sheet_csv.c - see sheet.h: a sheet as comma-separated values, and its hash, which is over them. */
#include "report/sheet.h"

#include <assert.h>

#include "ledger/csv.h"

static void headings_put(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	for (size_t i = 0; i < sheet->columns_count; i++) {
		if (i > 0)
			merit_buffer_put_char(out, ',');
		merit_csv_put(out, sheet->columns[i].name);
	}
	merit_buffer_put_char(out, '\n');
}

static void row_put(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row)
{
	for (size_t i = 0; i < sheet->columns_count; i++) {
		const struct merit_cell *cell = &sheet->cells[row * sheet->columns_count + i];
		if (i > 0)
			merit_buffer_put_char(out, ',');
		if (sheet->columns[i].kind == MERIT_CELL_TEXT)
			merit_csv_put_safe(out, cell->text);
		else
			merit_sheet_put_cell(out, sheet, row, i, true);
	}
	merit_buffer_put_char(out, '\n');
}

void merit_sheet_put_csv(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	headings_put(out, sheet);
	for (size_t i = 0; i < sheet->rows_count; i++) {
		if (!sheet->is_total[i])
			row_put(out, sheet, i);
	}
}

enum merit_status merit_sheet_hash(const struct merit_sheet *sheet, struct merit_hash *hash_out)
{
	struct merit_buffer text = { 0 };
	enum merit_status status = MERIT_NO_MEMORY;

	assert(!sheet->bad);
	merit_sheet_put_csv(&text, sheet);
	if (!text.bad) {
		merit_sha256(text.data, text.size, hash_out->bytes);
		status = MERIT_OK;
	}
	merit_buffer_free(&text);
	return status;
}
