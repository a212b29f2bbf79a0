/* books_closed.c - see books.h: the entry that closed a month, and whether books are what it says. */
#include "report/books.h"

#include <string.h>

/* ---- The closing entry ---- */

/* The last entry of a stretch of the log that closed the month, or opened it again. */
struct turn {
	int32_t first_day;
	bool is_found, is_closed;
	uint64_t seq;
};

static enum merit_status turn_take(void *context, const struct merit_entry *entry)
{
	struct turn *turn = context;
	struct merit_entry unwrapped = *entry;

	if (entry->status != MERIT_OK)
		return MERIT_OK;
	if (merit_entry_done(entry) != entry->operation)
		merit_entry_unwrap(&unwrapped);
	bool is_close = unwrapped.operation->number == MERIT_OP_PERIOD_CLOSE &&
	                unwrapped.values[CLOSE_PERIOD].integer == turn->first_day;
	bool is_reopen =
		unwrapped.operation->number == MERIT_OP_PERIOD_REOPEN &&
		unwrapped.values[REOPEN_PERIOD].integer <= turn->first_day; /* All later months open with it. */
	if (is_close || is_reopen)
		*turn = (struct turn){ turn->first_day, true, is_close, entry->seq };
	return MERIT_OK;
}

enum merit_status merit_books_find(struct merit_journal *journal, int32_t first_day, struct merit_arena *arena,
                                   struct merit_entry *entry_out)
{
	struct turn turn = { .first_day = first_day };
	enum merit_status status = MERIT_OK;

	for (uint64_t from, before = journal->size; before > 0 && !turn.is_found && status == MERIT_OK; before = from) {
		from = before > MERIT_JOURNAL_PAGE_RECORDS ? before - MERIT_JOURNAL_PAGE_RECORDS : 0;
		status = merit_journal_each(journal, from, before, turn_take, &turn, NULL);
	}
	if (status != MERIT_OK)
		return status;
	return turn.is_closed ? merit_journal_read(journal, turn.seq, arena, entry_out) : MERIT_NOT_FOUND;
}

/* ---- Comparing ---- */

static bool hash_is(const struct merit_hash *hash, struct merit_text hex)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put_hex(&text, hash->bytes, sizeof(hash->bytes));
	bool is_same = !text.bad && merit_text_equal((struct merit_text){ text.data, text.size }, hex);
	merit_buffer_free(&text);
	return is_same;
}

static void text_put(struct merit_buffer *out, struct merit_text text)
{
	merit_buffer_put(out, text.data, text.size);
}

static bool total_agrees(const struct merit_books_total *total, const struct merit_value *cells,
                         struct merit_buffer *why)
{
	static const char *const names[TOTAL_COLUMNS] = { [TOTAL_DEBIT] = "the debit of the trial balance",
		                                          [TOTAL_OPENING] = "the liability before the month",
		                                          [TOTAL_CLOSING] = "the liability at its end" };
	const int64_t now[TOTAL_COLUMNS] = {
		[TOTAL_DEBIT] = total->debit, [TOTAL_OPENING] = total->opening, [TOTAL_CLOSING] = total->closing
	};

	if (!merit_text_equal(cells[TOTAL_UNIT].text, merit_text_of(total->unit))) {
		merit_buffer_put_format(why, "totals of %s stand in place of those of ", total->unit);
		text_put(why, cells[TOTAL_UNIT].text);
		return false;
	}
	for (size_t i = TOTAL_DEBIT; i < TOTAL_COLUMNS; i++) {
		if (cells[i].integer == now[i])
			continue;
		merit_buffer_put_format(why, "%s in %s is %lld, not %lld", names[i], total->unit, (long long)now[i],
		                        (long long)cells[i].integer);
		return false;
	}
	return true;
}

static bool totals_agree(const struct merit_books *books, const struct merit_value *said, struct merit_buffer *why)
{
	if (said->row_count != books->totals_count) {
		merit_buffer_put_format(why, "totals of %zu units are totals of %zu now", said->row_count,
		                        books->totals_count);
		return false;
	}
	for (size_t i = 0; i < said->row_count; i++) {
		if (!total_agrees(&books->totals[i], &said->cells[i * TOTAL_COLUMNS], why))
			return false;
	}
	return true;
}

static bool report_agrees(const struct merit_books *books, const struct merit_value *cells, struct merit_buffer *why)
{
	struct merit_text name = cells[REPORT_REPORT].text;
	size_t at = 0;

	while (at < books->sheets_count && !merit_text_equal(name, merit_text_of(books->sheets[at].name)))
		at++;
	bool is_known = at < books->sheets_count;
	if (is_known && hash_is(&books->hashes[at], cells[REPORT_HASH].text))
		return true;
	merit_buffer_put_text(why, "the report ");
	text_put(why, name);
	merit_buffer_put_text(why, is_known ? " is not the one that was closed: its hash was "
	                                    : " is none this program knows: its hash was ");
	text_put(why, cells[REPORT_HASH].text);
	return false;
}

bool merit_books_agree(const struct merit_books *books, const struct merit_entry *closing, struct merit_buffer *why)
{
	const struct merit_value *reports = &closing->values[CLOSE_REPORTS];

	if (!hash_is(&books->root, closing->values[CLOSE_ROOT].text)) {
		merit_buffer_put_format(why, "the first %lld entries have another root: it was ",
		                        (long long)closing->values[CLOSE_SIZE].integer);
		text_put(why, closing->values[CLOSE_ROOT].text);
		return false;
	}
	if (!totals_agree(books, &closing->values[CLOSE_TOTALS], why))
		return false;
	for (size_t i = 0; i < reports->row_count; i++) {
		if (!report_agrees(books, &reports->cells[i * REPORT_COLUMNS], why))
			return false;
	}
	return true;
}
