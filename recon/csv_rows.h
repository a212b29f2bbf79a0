/* csv_rows.h - a decoded CSV text as rows of fields, with the place of each.
 *
 * Form     RFC 4180 as in ledger/csv.h, but over memory, and nothing copied but fields with doubled quotes: for a
 *          million rows. Of two manners: strict as there; loose for exports that put blanks or tabs around their quotes, and
 *          quotes inside bare fields, which are then part of the field.
 * Strip    characters that may stand around every value, inside the quotes too: blanks, tabs.
 * Lead     a character that every value of a row begins with, such as a back-tick. In a row that begins with it a
 *          separator is one only in front of another: values may hold bare commas then.
 * Faults   a quote never closed, text behind one (strict), a carriage return alone, a NUL, a row over 1 MiB or 1024
 *          fields.
 * Memory   fields are borrowed from the text or the reader, until the next row. */
#ifndef MERIT_RECON_CSV_ROWS_H
#define MERIT_RECON_CSV_ROWS_H

#include "recon/file.h"

#define MERIT_ROW_SIZE_MAX   (1024 * 1024) /* bytes of UTF-8: a forgotten quote must not eat the file */
#define MERIT_ROW_FIELDS_MAX 1024

struct merit_csv_cell {
	struct merit_text value; /* stripped */
	uint64_t line, column;   /* of its first byte, from 1; column in bytes of UTF-8 */
};

/* Start from { .text = ..., .separator = ',', .strip = " \t" }. */
struct merit_csv_rows {
	struct merit_text text;
	char separator;
	bool is_loose;
	const char *strip;
	char lead; /* 0: none */
	/* The row read last. */
	uint64_t line;         /* on which it begins, from 1 */
	struct merit_text raw; /* its bytes without the line's end */
	struct merit_csv_cell fields[MERIT_ROW_FIELDS_MAX];
	size_t fields_count;
	bool is_blank; /* no field holds anything */
	/* Inner. */
	size_t at;
	uint64_t lines_count;
	size_t line_start; /* of the line that at is on */
	bool has_lead;     /* the row begins with it */
	struct merit_buffer unquoted;
};

/* Reads the next row. Returns NOT_FOUND behind the last, BAD_FORMAT with the fault set, or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_csv_rows_next(struct merit_csv_rows *rows, struct merit_file_fault *fault);

/* Where a value stands in the row read last; its fields_count when it does not. */
size_t merit_csv_rows_place(const struct merit_csv_rows *rows, struct merit_text value);

/* Text without the characters of strip at both ends. */
struct merit_text merit_text_strip(struct merit_text text, const char *strip);

/* The part of text that is at most size bytes and ends with a whole character. */
struct merit_text merit_text_cut(struct merit_text text, size_t size);

void merit_csv_rows_free(struct merit_csv_rows *rows);

#endif
