/* csv_inner.h - what the parts of the CSV reader share: the reading of one file by one mapping.
 *
 * format_csv.c  finds the header, goes through the rows, keeps items
 * csv_item.c    one row as an item
 * csv_day.c     days and times as files write them
 * csv_rows.h    the rows of a decoded text
 * csv_totals.c  what the file says of itself */
#ifndef MERIT_RECON_CSV_INNER_H
#define MERIT_RECON_CSV_INNER_H

#include "recon/mapping_inner.h"
#include "recon/csv_rows.h"

#define MERIT_CSV_ABSENT SIZE_MAX /* the place of a column that the file does not have */

/* A total of the mapping as the file states it. */
struct merit_csv_stated {
	bool has_count, has_sum;
	int64_t count, sum;
	uint64_t line;       /* 0: not seen */
	size_t place_behind; /* of a table whose header was the row before: the place of its column, and one */
};

struct merit_csv_reading {
	const struct merit_mapping_file *mapping;
	const struct merit_file_options *options;
	struct merit_file *file;
	struct merit_file_fault *fault;
	const char *encoding; /* of the file, found among the mapping's */
	struct merit_csv_rows rows;

	uint64_t header_line;
	size_t header_size; /* fields up to the last that has a name */
	size_t row_size;    /* fields of the first row; 0: none yet */
	struct merit_text header[MERIT_ROW_FIELDS_MAX];
	size_t places[MERIT_MAPPING_COLUMNS_MAX]; /* of the mapping's columns in a row */

	int32_t year, month; /* of the statement; 0: not told */
	uint64_t rows_count; /* between header and stop, blank ones not counted */
	struct merit_csv_stated stated[MERIT_MAPPING_LIST_MAX];

	bool has_balance;
	int64_t first_balance, last_balance;
	uint64_t first_balance_line, last_balance_line;
	int64_t first_amount, last_amount; /* of the first row with a balance, and of the last */
	int64_t amounts_sum, last_sum;     /* from the first of them on, and to the last */

	struct merit_text statuses[MERIT_MAPPING_STATUSES_MAX]; /* the mapping's, as the file keeps them */
	const char *whys[MERIT_MAPPING_LIST_MAX];

	size_t *undone; /* items that an undone row makes none if their refund is there */
	size_t undone_count, undone_capacity;
};

/* ---- format_csv.c ---- */

/* How much of the mapping's header, of MERIT_FILE_LIKENESS_MAX, a row has within the first 64 KiB: how built-in mappings
 * are told apart. It names a header. */
unsigned merit_csv_likeness(const struct merit_mapping_file *mapping, const char *bytes, size_t size);

/* Reads a file by a mapping; as merit_file_format's parse. */
MERIT_MUST_USE enum merit_status merit_csv_parse(const struct merit_mapping_file *mapping, const char *bytes,
                                                 size_t size, const struct merit_file_options *options,
                                                 struct merit_file *file, struct merit_file_fault *fault);

/* ---- csv_item.c ---- */

bool merit_csv_words_fit(const struct merit_words *words, struct merit_text text);

/* The field of the first of these columns that the file has and that is not blank; NULL without one. */
const struct merit_csv_cell *merit_csv_column(const struct merit_csv_reading *reading,
                                              const struct merit_columns *columns);

bool merit_csv_conditions_hold(const struct merit_csv_reading *reading, const struct merit_skip_rule *rule);

/* A fault at a field of this row, or at the row where field is NULL. */
enum merit_status merit_csv_refuse(struct merit_csv_reading *reading, const struct merit_csv_cell *field,
                                   const char *why, struct merit_text shown);

/* The number of minor units, or points, in a text. False with the reason. */
bool merit_csv_amount(const struct merit_csv_reading *reading, const char *currency, struct merit_text text,
                      int64_t *amount_out, const char **why_out);

/* The row read last as an item whose texts are borrowed from the row. BAD_FORMAT with the fault set. */
MERIT_MUST_USE enum merit_status merit_csv_item(struct merit_csv_reading *reading, struct merit_recon_item *item_out);

/* Whether an item is of the currency that the source promises: another one is a fault of the file, not of the row. */
MERIT_MUST_USE enum merit_status merit_csv_promise(struct merit_csv_reading *reading, const struct merit_recon_item *item);

/* The balance behind the row, if the mapping has a column for it. */
MERIT_MUST_USE enum merit_status merit_csv_balance(struct merit_csv_reading *reading, const struct merit_recon_item *item);

/* ---- csv_day.c ---- */

/* A day in a format of days, a time perhaps behind it or in a text of its own (empty: none), as the program's day.
 * year and month are of the statement, for formats without a year. False with the reason. */
bool merit_csv_day(const char *format, struct merit_text text, struct merit_text time, int32_t year, int32_t month,
                   int32_t file_offset_minutes, int32_t program_offset_minutes, int32_t *day_out, const char **why_out);

/* ---- csv_totals.c ---- */

/* Looks at a row above the header, or behind the stop, for what the file says of itself. */
MERIT_MUST_USE enum merit_status merit_csv_preamble(struct merit_csv_reading *reading);
MERIT_MUST_USE enum merit_status merit_csv_footer(struct merit_csv_reading *reading);

/* Makes controls of what was stated, with all items there. */
MERIT_MUST_USE enum merit_status merit_csv_controls(struct merit_csv_reading *reading);

/* ---- csv_undone.c ---- */

/* Notes that the item added last is undone if its refund is in the file. */
MERIT_MUST_USE enum merit_status merit_csv_undone_note(struct merit_csv_reading *reading);

/* Makes skips of the noted items whose refund is there, and of the refunds. */
MERIT_MUST_USE enum merit_status merit_csv_undone_settle(struct merit_csv_reading *reading);

#endif
