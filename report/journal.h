/* journal.h - the entries of a log, for whoever reads them all: the first so many records, in order.
 *
 * Kinds    a data directory or a backup (report/journal_directory.c), beside a running service and without disturbing it;
 *          a service far away (cli/journal_service.c). Reports cannot tell them apart, and print the same bytes.
 * Fixed    size, root and offset are read at open and stay: entries that come later are not looked at.
 * Threads  one at a time.
 * Never    writes anywhere. */
#ifndef MERIT_REPORT_JOURNAL_H
#define MERIT_REPORT_JOURNAL_H

#include "ledger/entry.h"

/* An entry's record: leaf, and sealed line where there is one (ledger/entry.h). Borrowed until the next fetch. */
struct merit_journal_record {
	const void *bytes;
	size_t size;
};

#define MERIT_JOURNAL_PAGE_RECORDS 1000 /* of one fetch */

struct merit_journal {
	uint64_t size;          /* entries under the checkpoint that was newest at open; 0 to lower it is the caller's */
	struct merit_hash root; /* of that checkpoint */
	char origin[MERIT_ORIGIN_SIZE_MAX + 1];
	int32_t offset_minutes; /* the program's, from the first entry */
	int64_t time_ms;        /* of the last entry under it */

	/* Records from seq on, 1 to MERIT_JOURNAL_PAGE_RECORDS of them, none at or behind size; from < size. */
	enum merit_status (*fetch)(struct merit_journal *journal, uint64_t from, const struct merit_journal_record **records_out,
				   size_t *count_out);
	/* One record, borrowed until the next of these: it leaves what fetch returned as it is. seq < size. */
	enum merit_status (*fetch_one)(struct merit_journal *journal, uint64_t seq, struct merit_journal_record *record_out);
	void (*close)(struct merit_journal *journal); /* frees the journal too */
};

/* Opens DIR, a data directory or a backup. Returns what merit_store_open does, and BAD_FORMAT where the first entry or
 * the newest checkpoint cannot be read. */
MERIT_MUST_USE enum merit_status merit_journal_open_directory(const char *dir, struct merit_journal **journal_out);

/* Closes it; NULL does nothing. */
void merit_journal_close(struct merit_journal *journal);

/* Gives take the entries from from to before, in order, read afresh into an arena that is reset between them: what take
 * keeps it copies. Stops at the first status of take that is not OK, and returns it; else what fetch or reading returned.
 * progress, where it is not NULL, is told now and then how many were done. */
typedef enum merit_status merit_journal_take_fn(void *context, const struct merit_entry *entry);
struct merit_journal_progress {
	void (*tell)(void *context, uint64_t done, uint64_t of);
	void *context;
};
MERIT_MUST_USE enum merit_status merit_journal_each(struct merit_journal *journal, uint64_t from, uint64_t before,
						   merit_journal_take_fn *take, void *context,
						   const struct merit_journal_progress *progress);

/* Reads one entry, texts in arena; also while merit_journal_each is under way. seq < size. */
MERIT_MUST_USE enum merit_status merit_journal_read(struct merit_journal *journal, uint64_t seq, struct merit_arena *arena,
						   struct merit_entry *entry_out);

/* For the kinds of journal: of a journal whose size, root and origin are set and which can be fetched from, fills offset
 * and time. BAD_FORMAT where the first entry is not the origin's. */
MERIT_MUST_USE enum merit_status merit_journal_learn(struct merit_journal *journal);

#endif
