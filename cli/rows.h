/* rows.h - a file of rows with named fields, whatever its format: CSV with a line of names, or one JSON object a line.
 *
 * Order    open; next until NOT_FOUND; rewind to read again; close.
 * Input    "-" is standard input. Everything is copied to a temporary file first: what others do to the file between
 *          two readings changes neither.
 * Fields   are texts: a JSON string is its text, any other JSON value its JSON, null like a member that is absent.
 * Memory   fields are the reader's, until the next row. */
#ifndef MERIT_CLI_ROWS_H
#define MERIT_CLI_ROWS_H

#include <sys/stat.h>

#include "ledger/csv.h"
#include "ledger/json.h"

enum merit_rows_format { MERIT_ROWS_CSV, MERIT_ROWS_JSON };

struct merit_rows {
	const char *path;
	enum merit_rows_format format;
	char delimiter;
	FILE *file;                        /* the copy */
	struct stat source;                /* what was copied */
	uint64_t number;                   /* of the last row, from 1 */
	uint64_t line;                     /* on which it begins, from 1 */
	const char *fault;                 /* of BAD_FORMAT: what is wrong, */
	uint64_t fault_line, fault_column; /* and where; column 0: the whole line */
	/* Inner. */
	struct merit_csv csv;
	struct merit_buffer names; /* of the columns, a NUL behind each */
	size_t names_count;
	size_t name_starts[MERIT_CSV_FIELDS_MAX + 1]; /* in names; behind the last one where it ends */
	char *json_line;
	size_t json_line_capacity;
	cJSON *object;
	struct merit_arena arena; /* holds printed JSON values of one row */
};

/* Takes the format from path's ending, .json, .jsonl or .ndjson, unless format_name ("csv" or "jsonl") is given.
 * delimiter counts for CSV only. Returns NOT_FOUND, BAD_FORMAT with the fault set, IO_FAILED or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_rows_open(struct merit_rows *rows, const char *path, const char *format_name,
                                                 char delimiter);
void merit_rows_close(struct merit_rows *rows);

/* Back before the first row. Returns as open does. */
MERIT_MUST_USE enum merit_status merit_rows_rewind(struct merit_rows *rows);

/* Returns NOT_FOUND behind the last row; BAD_FORMAT for a row that cannot be read. After a bad JSON line, or a CSV
 * record with the wrong number of fields, the next call goes on behind it; after another CSV fault the rest cannot be
 * told apart, and merit_rows_is_torn says so. */
MERIT_MUST_USE enum merit_status merit_rows_next(struct merit_rows *rows);
bool merit_rows_is_torn(const struct merit_rows *rows);

/* The field of the last row; NULL when it has none of this name. */
const char *merit_rows_field(struct merit_rows *rows, const char *name, size_t size);

/* Whether a column of this name can exist: always, for JSON. */
bool merit_rows_has_column(const struct merit_rows *rows, const char *name, size_t size);

#endif
