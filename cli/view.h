/* view.h - rows of JSON under chosen headings: for people as tables and lines, for spreadsheets as CSV.
 *
 * Where show.h prints whatever an answer holds, a view says which members a person wants, in which order.
 * Absent  a member that is absent or null is an empty cell, and no line at all. */
#ifndef MERIT_CLI_VIEW_H
#define MERIT_CLI_VIEW_H

#include "cli/output.h"
#include "ledger/json.h"

enum merit_view_kind {
	MERIT_VIEW_TEXT,   /* as it is; a list of texts with blanks between them */
	MERIT_VIEW_COUNT,  /* an integer with separators between thousands */
	MERIT_VIEW_NUMBER, /* an integer that is a name, such as a seq */
	MERIT_VIEW_TIME,   /* milliseconds, shown as RFC 3339 */
	MERIT_VIEW_MONEY, /* minor units of the currency that the row's member of this name says, shown as money.h does */
	MERIT_VIEW_AMOUNT, /* the same, and points where the row names no currency */
	MERIT_VIEW_FLAG, /* true is its heading's word, false nothing */
};

struct merit_view_column {
	const char *heading; /* as merit_table_column takes it; NULL ends a list */
	const char *member;  /* closed.time is the member time of the member closed */
	enum merit_view_kind kind;
	void (*put)(struct merit_buffer *out,
	            const cJSON *row); /* makes the cell, in place of member, where not NULL */
};

#define MERIT_VIEW(heading, member, kind)                                                                              \
	{                                                                                                              \
		heading, member, MERIT_VIEW_##kind, NULL                                                               \
	}
#define MERIT_VIEW_MADE(heading, function)                                                                             \
	{                                                                                                              \
		heading, NULL, MERIT_VIEW_TEXT, function                                                               \
	}
#define MERIT_VIEW_END                                                                                                 \
	{                                                                                                              \
		NULL, NULL, MERIT_VIEW_TEXT, NULL                                                                      \
	}

/* A table in parts, where its rows come page by page: begin, rows as often as wanted, then merit_table_print. */
void merit_view_table_begin(struct merit_table *table, const struct merit_view_column *columns);
void merit_view_table_rows(struct merit_table *table, const cJSON *rows, const struct merit_view_column *columns,
                           int32_t offset_minutes);

/* A table of rows, a list of objects or NULL. title, NULL for none, stands above it behind an empty line; none, NULL
 * for silence, is the sentence in its place when there are no rows. */
void merit_view_table(FILE *file, const char *title, const cJSON *rows, const struct merit_view_column *columns,
                      const char *none, int32_t offset_minutes);

/* The members of one object, a line each under its heading. */
void merit_view_lines(FILE *file, const cJSON *object, const struct merit_view_column *columns, int32_t offset_minutes);

/* The headings as a line of CSV, and rows: numbers without separators, nothing a spreadsheet would run. */
void merit_view_csv_headings(FILE *file, const struct merit_view_column *columns);
void merit_view_csv(FILE *file, const cJSON *rows, const struct merit_view_column *columns, int32_t offset_minutes);

/* Gives every row a member with this text, such as the currency that stands in the head of an answer. rows may be NULL;
 * text NULL leaves them as they are. */
void merit_view_rows_set(cJSON *rows, const char *name, const char *text);

/* Appends an amount of minor units as people write it, and its currency: 15.00 GBP. */
void merit_view_money_put(struct merit_buffer *out, int64_t minor, const char *currency);

#endif
