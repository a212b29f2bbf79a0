/* sheet_show.h - a sheet (report/sheet.h) as a table on the terminal, and bytes as a file. */
#ifndef MERIT_CLI_SHEET_SHOW_H
#define MERIT_CLI_SHEET_SHOW_H

#include "cli/command.h"
#include "report/sheet.h"

/* Prints the table with the columns that are shown: as many flags as the sheet has columns. */
void merit_sheet_print(const struct merit_sheet *sheet, const bool *shown);

/* Prints the table without the columns that no row has anything in, and those whose names are in hidden, a list that
 * ends with NULL; hidden may be NULL. */
void merit_sheet_show(const struct merit_sheet *sheet, const char *const *hidden);

/* Writes bytes to the file at path, in place of what is there. USAGE, with the reason printed, where it cannot. */
MERIT_MUST_USE enum merit_exit merit_bytes_write(const char *path, const struct merit_buffer *bytes);

#endif
