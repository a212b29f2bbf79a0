/* books.h - a month's books as its closing entry names them: the closing reports by their hashes, the totals, and the
 * root of the entries they were made from.
 *
 * Made again  whoever has the log makes the same books from it, and compares them with the closing entry.
 * Hashed      the root is that of the entries as they were read: what the reports say is what the root covers.
 * Memory      books hold their sheets, until merit_books_free.
 * Threads     one at a time. */
#ifndef MERIT_REPORT_BOOKS_H
#define MERIT_REPORT_BOOKS_H

#include "ledger/limits.h"
#include "report/report.h"

/* Of points or of a currency: the debit side of the trial balance, and the liability before and behind the month, in
 * points or in what they are worth. */
struct merit_books_total {
	char unit[sizeof("points")];
	int64_t debit, opening, closing;
};

struct merit_books {
	int32_t first_day; /* of the month */
	uint64_t size;     /* made from the entries before this one */
	struct merit_hash root;
	struct merit_sheet sheets[MERIT_CLOSE_REPORTS_MAX];
	struct merit_hash hashes[MERIT_CLOSE_REPORTS_MAX]; /* of the sheets as CSV */
	size_t sheets_count;
	struct merit_books_total totals[MERIT_CLOSE_TOTALS_MAX]; /* points, then currencies by their letters */
	size_t totals_count;
};

/* Makes the books of a month from the entries before size in one pass.
 *
 * fault_out  set on BAD_PARAMS: a sentence
 * Returns    what merit_reports_make does; TOO_LARGE for more currencies or larger totals than a closing entry holds */
MERIT_MUST_USE enum merit_status merit_books_make(struct merit_journal *journal, int32_t first_day, uint64_t size,
                                                  const struct merit_journal_progress *progress,
                                                  struct merit_books *books_out, const char **fault_out);
void merit_books_free(struct merit_books *books);

/* Appends "size":..,"root":..,"totals":[..],"reports":[..]: what period.close takes beside the month. */
void merit_books_put_params(struct merit_buffer *out, const struct merit_books *books);

/* The entry that closed the month, texts in arena: the last one, unless the month was opened again behind it. Looks from
 * the end of the log backwards. NOT_FOUND where the month is open. */
MERIT_MUST_USE enum merit_status merit_books_find(struct merit_journal *journal, int32_t first_day,
                                                  struct merit_arena *arena, struct merit_entry *entry_out);

/* Whether all that the closing entry says is so in these books. Else false, with the first thing that is not appended to
 * why as half a sentence: "the report liability has another hash". */
bool merit_books_agree(const struct merit_books *books, const struct merit_entry *closing, struct merit_buffer *why);

#endif
