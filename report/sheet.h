/* sheet.h - a report as a table of typed cells, and its forms: CSV, JSON, HTML. The command line prints tables from it.
 *
 * Bytes   the same cells make the same bytes, for ever and on any machine: no clock, no locale, no order of pointers.
 * Money   minor units inside; CSV and HTML print them with the currency's digits, JSON as integers of minor units.
 * CSV     RFC 4180 with LF, headings first; texts that a spreadsheet would take for a formula get a ' in front. Amounts
 *         are plain: -1234.50.
 * Texts   a cell's characters that drive a terminal or turn the text around them (ledger/text.h: those that are not
 *         printable), and bytes that are no character, are '?' in every form: a party may have named itself so.
 * HTML    one page with its style and its charts (inline SVG) inside and nothing from elsewhere, no script; printable;
 *         texts are escaped, and of them also what nobody sees is '?'.
 * Errors  a put that finds no memory marks the sheet: sheet->bad, checked once at the end. */
#ifndef MERIT_REPORT_SHEET_H
#define MERIT_REPORT_SHEET_H

#include "ledger/arena.h"
#include "ledger/buffer.h"
#include "ledger/hash.h"
#include "ledger/value.h"

enum merit_cell_kind {
	MERIT_CELL_TEXT,
	MERIT_CELL_INTEGER, /* points, counts */
	MERIT_CELL_MONEY,   /* minor units of the row's currency: the column named "currency" or "unit" of the same row;
			     * where that says "points", points */
	MERIT_CELL_DAY,     /* days since 1970; MERIT_DAY_NONE is empty, MERIT_DAY_NEVER "never" */
	MERIT_CELL_MONTH,   /* its first day; the same two exceptions */
	MERIT_CELL_TIME,    /* ms; printed in the sheet's offset */
	MERIT_CELL_BASIS,   /* basis points, printed as percent with two digits: 1234 is 12.34 % (CSV, JSON: 1234) */
	MERIT_CELL_SEQ,     /* an entry's; -1 is empty. Integers without separators */
};

struct merit_cell { /* small: a reconciliation has millions */
	union {
		int64_t integer;
		const char *text; /* of TEXT, in the sheet's arena; never NULL */
	};
	bool is_empty; /* nothing there, which is not 0; a text is "" then, an integer 0 */
};

struct merit_sheet_column {
	const char *name;    /* of JSON's members and CSV's headings: a literal such as "last_day" */
	const char *heading; /* for people */
	enum merit_cell_kind kind;
};

#define MERIT_SHEET_COLUMNS_MAX 40

enum merit_chart_kind {
	MERIT_CHART_BARS,  /* a bar a label; stacked where there are several series */
	MERIT_CHART_LINES, /* a line a series over the labels */
	MERIT_CHART_BRIDGE, /* one series: the first label where it began, then steps up and down, the last where it ended */
};

/* What people would rather look at. A chart has up to 8 series of one number a label. */
#define MERIT_CHART_SERIES_MAX 8
struct merit_chart {
	const char *title; /* both literals, or in the sheet's arena */
	const char *unit;  /* "points", or a currency: then numbers are minor units */
	enum merit_chart_kind kind;
	const char *series[MERIT_CHART_SERIES_MAX];
	size_t series_count;
	struct merit_text *labels; /* labels_count, their bytes in the sheet's arena */
	int64_t *numbers;          /* labels_count x series_count, label by label */
	size_t labels_count, labels_capacity;
};
#define MERIT_SHEET_CHARTS_MAX 12
#define MERIT_SHEET_NOTES_MAX 16

/* Start with merit_sheet_begin; free with merit_sheet_free. */
struct merit_sheet {
	const char *name;  /* "liability" */
	const char *title; /* "Liability roll-forward" */
	int32_t offset_minutes;
	struct merit_sheet_column columns[MERIT_SHEET_COLUMNS_MAX];
	size_t columns_count;
	struct merit_cell *cells; /* rows_count x columns_count */
	bool *is_total;           /* rows_count: a row that sums up others; people see it apart, CSV and JSON leave it out */
	size_t rows_count, rows_capacity;
	struct merit_chart charts[MERIT_SHEET_CHARTS_MAX];
	size_t charts_count;
	const char *notes[MERIT_SHEET_NOTES_MAX]; /* sentences under the table, for people; in the arena */
	size_t notes_count;
	bool differs; /* what must agree does not: exit code 1 */
	struct merit_arena arena;
	bool bad; /* no memory */
	size_t filled; /* inner: cells of the row at hand */
};

/* name and title are literals. */
void merit_sheet_begin(struct merit_sheet *sheet, const char *name, const char *title, int32_t offset_minutes);
void merit_sheet_free(struct merit_sheet *sheet);

/* A copy in the sheet's arena, for titles and series; "" without memory. */
const char *merit_sheet_keep(struct merit_sheet *sheet, struct merit_text text);

/* Before the first row. */
void merit_sheet_column(struct merit_sheet *sheet, enum merit_cell_kind kind, const char *name, const char *heading);

/* Cells, row by row; a row ends by itself with its last column. Texts are copied, '?' for what is not printable. */
void merit_sheet_text(struct merit_sheet *sheet, struct merit_text text);
void merit_sheet_word(struct merit_sheet *sheet, const char *text); /* up to its NUL */
void merit_sheet_integer(struct merit_sheet *sheet, int64_t integer); /* of every kind but TEXT */
void merit_sheet_empty(struct merit_sheet *sheet);
void merit_sheet_total(struct merit_sheet *sheet); /* the row that ended last is a total */

/* A sentence, printf-like. */
void merit_sheet_note(struct merit_sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A chart: series first, then a label with as many numbers. NULL when there are too many, or no memory. */
struct merit_chart *merit_sheet_chart(struct merit_sheet *sheet, enum merit_chart_kind kind, const char *title,
				      const char *unit);
void merit_chart_series(struct merit_chart *chart, const char *name); /* a literal, or in the sheet's arena */
void merit_chart_label(struct merit_sheet *sheet, struct merit_chart *chart, struct merit_text label,
		       const int64_t *numbers);

/* The currency of a row's money, "points", or "" where the sheet has no such column. */
const char *merit_sheet_currency(const struct merit_sheet *sheet, size_t row);

/* The cell as people read it (separators, percent), and as CSV has it (plain). row < rows_count. */
void merit_sheet_put_cell(struct merit_buffer *out, const struct merit_sheet *sheet, size_t row, size_t column,
			  bool is_plain);

/* Whether it is a column of numbers in which no row has anything but 0: people are spared it. */
bool merit_sheet_column_is_idle(const struct merit_sheet *sheet, size_t column);

void merit_sheet_put_csv(struct merit_buffer *out, const struct merit_sheet *sheet);

/* {"report":..,"differs":..,"rows":[{..}],"notes":[..]} */
void merit_sheet_put_json(struct merit_buffer *out, const struct merit_sheet *sheet);

/* A whole page of one or several sheets. subtitle stands under the title: the program and the moment. */
void merit_sheets_put_html(struct merit_buffer *out, const char *title, const char *subtitle,
			   const struct merit_sheet *const *sheets, size_t count);

/* SHA-256 of its CSV: what a closing entry and a run of a reconciliation name. */
MERIT_MUST_USE enum merit_status merit_sheet_hash(const struct merit_sheet *sheet, struct merit_hash *hash_out);

#endif
