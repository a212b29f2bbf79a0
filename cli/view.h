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
	MERIT_VIEW_FLAG,   /* true is its heading's word, false nothing */
};

struct merit_view_column {
	const char *heading; /* as merit_table_column takes it; NULL ends a list */
	const char *member;
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

/* A table of rows, a list of objects or NULL. title, NULL for none, stands above it behind an empty line; none, NULL
 * for silence, is the sentence in its place when there are no rows. */
void merit_view_table(FILE *file, const char *title, const cJSON *rows, const struct merit_view_column *columns,
                      const char *none, int32_t offset_minutes);

/* The members of one object, a line each under its heading. */
void merit_view_lines(FILE *file, const cJSON *object, const struct merit_view_column *columns, int32_t offset_minutes);

/* The headings as a line of CSV, and rows: numbers without separators, nothing a spreadsheet would run. */
void merit_view_csv_headings(FILE *file, const struct merit_view_column *columns);
void merit_view_csv(FILE *file, const cJSON *rows, const struct merit_view_column *columns, int32_t offset_minutes);

/* Appends an amount of minor units and its currency: 1,500 GBP. */
void merit_view_money_put(struct merit_buffer *out, int64_t minor, const char *currency);

#endif
