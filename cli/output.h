/* output.h - what people read: complaints, numbers, times and tables.
 *
 * Never  lets a byte from a service or a file drive the terminal: control characters are shown as '?', those beyond
 *        ASCII (C1) and those that turn the direction of the text too. */
#ifndef MERIT_CLI_OUTPUT_H
#define MERIT_CLI_OUTPUT_H

#include <stdio.h>

#include "ledger/arena.h"
#include "ledger/buffer.h"
#include "ledger/status.h"

/* "merit: <what>; <what to do next>" on standard error. */
void merit_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Complains of subject with the status's word and sentence: "merit: <subject>: short_budget: the campaign's ...". */
void merit_complain_status(const char *subject, enum merit_status status);

/* Prints text with a '?' in place of every character that is not for people to read. */
void merit_print_plain(FILE *file, const char *text);

/* Ends the process when memory ran out: a command line can do nothing better. */
void merit_need(const void *memory);
void merit_buffer_need(const struct merit_buffer *buffer);

/* What the buffer holds, with a NUL behind it that does not count. */
const char *merit_buffer_text(struct merit_buffer *buffer);

/* ---- Tables ---- */

#define MERIT_TABLE_COLUMNS_MAX 40

/* Rows of text under headings, aligned when printed. Start from { 0 }. */
struct merit_table {
	const char *headings[MERIT_TABLE_COLUMNS_MAX];
	bool right[MERIT_TABLE_COLUMNS_MAX]; /* numbers stand to the right */
	size_t columns_count;
	struct merit_arena arena;
	const char **cells;
	size_t cells_count, cells_capacity;
};

/* heading is borrowed; one that starts with '>' heads a column of numbers. */
void merit_table_column(struct merit_table *table, const char *heading);

/* The next cell, row by row; the text is copied. */
void merit_table_cell(struct merit_table *table, const char *text, size_t size);
void merit_table_text(struct merit_table *table, const char *text); /* up to its NUL; NULL counts as "" */
void merit_table_integer(struct merit_table *table, int64_t value); /* with separators */
void merit_table_time(struct merit_table *table, int64_t time_ms, int32_t offset_minutes);

/* Prints the table and forgets its rows; without_headings leaves those out. */
void merit_table_print(struct merit_table *table, FILE *file, bool without_headings);
void merit_table_free(struct merit_table *table);

#endif
