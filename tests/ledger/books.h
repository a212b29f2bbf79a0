/* books.h - every posting of a ledger, read from its records, and what they sum to: all of them, the first so many
 * entries', or those dated up to a day. It knows nothing of state, and adds everything up each time it is asked. */
#ifndef MERIT_TESTS_LEDGER_BOOKS_H
#define MERIT_TESTS_LEDGER_BOOKS_H

#include "tests/ledger/steps.h"

struct booked {
	uint64_t seq;
	int64_t time_ms;
	int32_t day; /* the entry's; the posting's own is its lot's last day */
	struct merit_posting posting;
};

struct books {
	struct merit_arena arena; /* of names */
	struct booked *rows;
	size_t count, capacity;
	uint64_t entries;
	int64_t *times_ms; /* by entry */
};

static inline struct merit_text books_copy(struct books *books, struct merit_text text)
{
	return (struct merit_text){ merit_arena_copy(&books->arena, text.data, text.size), text.size };
}

static inline void books_add(struct books *books, const struct merit_entry *entry, const struct merit_posting *posting)
{
	if (books->count == books->capacity) {
		books->capacity = books->capacity == 0 ? 1024 : 2 * books->capacity;
		books->rows = realloc(books->rows, books->capacity * sizeof(books->rows[0]));
		assert_non_null(books->rows);
	}
	struct booked *row = &books->rows[books->count++];
	*row = (struct booked){ entry->seq, entry->time_ms, entry->day, *posting };
	row->posting.holder = books_copy(books, posting->holder);
	row->posting.campaign = books_copy(books, posting->campaign);
	row->posting.currency = books_copy(books, posting->currency);
}

/* Takes over what was appended since the last time. */
static inline void books_read(struct books *books, struct fixture *f)
{
	uint64_t size = fixture_size(f);

	books->times_ms = realloc(books->times_ms, size * sizeof(books->times_ms[0]));
	assert_non_null(books->times_ms);
	for (; books->entries < size; books->entries++) {
		struct merit_entry entry;
		fixture_entry(f, books->entries, &entry);
		books->times_ms[books->entries] = entry.time_ms;
		for (size_t i = 0; i < entry.postings_count; i++)
			books_add(books, &entry, &entry.postings[i]);
	}
}

static inline void books_free(struct books *books)
{
	merit_arena_free(&books->arena);
	free(books->rows);
	free(books->times_ms);
}

/* Which entries count: the first so many, or all dated up to a day. */
struct books_moment {
	bool is_dated;
	uint64_t count;
	int32_t day;
};

/* Which postings: of an account, and where they are given, of a holder, a campaign and a lot. A currency: in money. */
struct books_filter {
	enum merit_account account;
	const char *holder, *campaign, *currency;
	bool has_lot;
	int32_t lot;
};

static inline bool books_is(struct merit_text text, const char *want)
{
	return want == NULL || merit_text_equal(text, merit_text_of(want));
}

static inline int64_t books_sum(const struct books *books, struct books_moment moment, struct books_filter filter)
{
	int64_t sum = 0;

	for (size_t i = 0; i < books->count; i++) {
		const struct booked *row = &books->rows[i];
		const struct merit_posting *posting = &row->posting;
		if (moment.is_dated ? row->day > moment.day : row->seq >= moment.count)
			continue;
		if (posting->account == filter.account && books_is(posting->holder, filter.holder) &&
		    books_is(posting->campaign, filter.campaign) &&
		    books_is(posting->currency, filter.currency == NULL ? "" : filter.currency) &&
		    (!filter.has_lot || posting->day == filter.lot))
			sum += posting->amount;
	}
	return sum;
}

/* How many entries were made by a time. */
static inline uint64_t books_known_at(const struct books *books, int64_t time_ms)
{
	uint64_t count = 0;

	while (count < books->entries && books->times_ms[count] <= time_ms)
		count++;
	return count;
}

#endif
