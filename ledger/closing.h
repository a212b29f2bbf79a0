/* closing.h - what a month waits for before it closes, and what is kept of months.
 *
 * Cost     a walk over the sources' days of the month, incomplete runs, open breaks, and partners with their batches:
 *          as much as is open, not as much as there ever was. For closing a month and for whoever prepares it. */
#ifndef MERIT_LEDGER_CLOSING_H
#define MERIT_LEDGER_CLOSING_H

#include "ledger/model.h"

/* The first day of the first month there is, and of the month that closes next. */
int32_t merit_first_period(const struct merit_model *model);
int32_t merit_next_period(const struct merit_model *model);

/* The row of the month that begins on a day, NULL while it was neither closed nor late; for evolve the row to change. */
const struct merit_closing *merit_model_closing(struct merit_model *model, int32_t first);
struct merit_closing *merit_model_edit_closing(struct merit_model *model, int32_t first);

/* The part of evolve every entry shares: a month in which something is dated after its end remembers the last of it. */
void merit_closing_follow(struct merit_model *model, const struct merit_entry *entry);

/* What may be missing, in the order in which it is told. */
enum merit_missing_kind {
	MERIT_MISSING_FILE,       /* days of a source that no live run covers */
	MERIT_MISSING_RUN,        /* a run whose breaks are not all in the log */
	MERIT_MISSING_BREAK,      /* a break nobody explained */
	MERIT_MISSING_SETTLEMENT, /* something of a partner fell due and is in no settlement that was issued */
	MERIT_MISSING_KINDS
};

/* One thing that is missing. Texts are borrowed for the visit. */
struct merit_missing {
	enum merit_missing_kind kind;
	struct merit_text name;       /* of the source, run or break; the party */
	int32_t from, to;             /* of a file: a stretch of days; of a settlement from, the day it fell due */
	struct merit_text currency;   /* of a settlement */
	struct merit_text settlement; /* the one that is open; empty: none is */
};

struct merit_missing_walk {
	int32_t first, last; /* the days asked for */
	int32_t due_before;  /* of files: only those that were due before this day; NEVER: all the days need */
	void (*visit)(void *context, const struct merit_missing *missing); /* NULL: only counted */
	void *context;
	int64_t count[MERIT_MISSING_KINDS]; /* what it came to; of files, days */
};

/* Finds what is missing for the days asked for: files of these days; and runs that begin, breaks, and what fell due to
 * partners, up to the last of them. */
void merit_closing_missing(struct merit_model *model, struct merit_missing_walk *walk);

#endif
