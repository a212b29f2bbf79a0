/* csv.h - reading comma-separated values, one record at a time.
 *
 * Form    RFC 4180: fields in quotes may hold the delimiter, line breaks and doubled quotes; lines end in CRLF or LF.
 *         Empty lines are passed over. Everything else the RFC does not allow is a fault with its line and column,
 *         never a guess: a quote inside a bare field, text behind a closing quote, a quote never closed, a NUL, a
 *         carriage return alone. A byte order mark is the caller's to skip.
 * Why     our own: libcsv (Debian's libcsv3) hands out fields through callbacks without their line, drops the count of
 *         empty lines, and takes those faults silently unless asked; a row of money needs the place it came from.
 * Memory  fields are the reader's, until the next record; the file is the caller's. */
#ifndef MERIT_LEDGER_CSV_H
#define MERIT_LEDGER_CSV_H

#include <stdio.h>

#include "ledger/buffer.h"
#include "ledger/status.h"

#define MERIT_CSV_RECORD_SIZE_MAX (1024 * 1024) /* bytes: a forgotten quote must not read the whole file */
#define MERIT_CSV_FIELDS_MAX      1024

/* Start from { .file = file, .delimiter = ',' }, the file at its first line. */
struct merit_csv {
	FILE *file;
	char delimiter;
	uint64_t line;         /* on which the last record began, from 1 */
	size_t fields_count;   /* of the last record */
	const char *fault;     /* of BAD_FORMAT: what is wrong, */
	uint64_t fault_line;   /* and where */
	uint64_t fault_column; /* in bytes, from 1 */
	/* Inner. */
	struct merit_buffer bytes; /* the fields, a NUL behind each */
	size_t starts[MERIT_CSV_FIELDS_MAX];
	uint64_t at_line, at_column; /* of the next byte, from 0 */
};

/* Reads the next record. Returns NOT_FOUND behind the last, BAD_FORMAT, IO_FAILED or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_csv_next(struct merit_csv *csv);

/* The field in place index of the last record, NUL-terminated. index < fields_count. */
const char *merit_csv_field(const struct merit_csv *csv, size_t index);

void merit_csv_free(struct merit_csv *csv);

/* Appends text as one field, in quotes where it needs them. */
void merit_csv_put(struct merit_buffer *out, const char *text);

/* The same for a file that a spreadsheet may open: a text it would take for a formula, one that begins with = + - @ or
 * one of their wide forms, a tab or an end of line, and is no plain number, gets a ' in front. */
void merit_csv_put_safe(struct merit_buffer *out, const char *text);

#endif
