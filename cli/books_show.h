/* books_show.h - a month's books for people, for programs, and as files to keep. */
#ifndef MERIT_CLI_BOOKS_SHOW_H
#define MERIT_CLI_BOOKS_SHOW_H

#include "cli/command.h"
#include "report/books.h"

/* Prints totals, the hashes of the reports, and explained breaks that are overdue, as tables. */
void merit_books_print(const struct merit_books *books);

/* Writes each report as DIR/MONTH-REPORT.csv.new, and all of them, with what the closing entry carries in front, as
 * DIR/MONTH.html.new; makes DIR. origin: whose books they are. USAGE, with the reason printed and nothing of it left, where
 * a file cannot be written. */
MERIT_MUST_USE enum merit_exit merit_books_draft(const struct merit_books *books, const char *directory,
						 const char *month, const char *origin);

/* Gives the files their names, in place of files of these names. REFUSED, with the reason printed, where it cannot. */
MERIT_MUST_USE enum merit_exit merit_books_publish(const struct merit_books *books, const char *directory,
						   const char *month);

/* Takes away what was drafted. */
void merit_books_discard(const struct merit_books *books, const char *directory, const char *month);

#endif
