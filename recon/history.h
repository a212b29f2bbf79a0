/* history.h - what the entries before a place say of one source of files: its declaration, its runs, its breaks.
 *
 * As of  the entries alone, as the state of the ledger would have it there: a run that was superseded counts no more,
 *        what it found is withdrawn, and what it had cleared is open again.
 * Without  a run may be taken for superseded that is not yet: the one a new run is to replace. */
#ifndef MERIT_RECON_HISTORY_H
#define MERIT_RECON_HISTORY_H

#include "recon/match.h"
#include "report/index.h"
#include "report/journal.h"

/* What of the ledger a file speaks of: places in the type RECON_SUBJECT of ledger/value.h. */
enum merit_subject {
	MERIT_SUBJECT_ORDERS,      /* points of orders placed, less what was cancelled: order, points */
	MERIT_SUBJECT_FULFILMENTS, /* what a merchant shipped or took back: order, its settlement price in money */
	MERIT_SUBJECT_SETTLEMENTS, /* payments of settlements, at the bank: bank reference, money in or out */
	MERIT_SUBJECT_DEPOSITS,    /* a sponsor's deposits and withdrawals, at the bank */
	MERIT_SUBJECT_EARNS,       /* what was earned: reference, points */
	MERIT_SUBJECT_CASH,        /* all that touches the account cash */
};

/* How often a file is due: places in the type EVERY. Weeks begin on Mondays. */
enum merit_every { MERIT_EVERY_NONE, MERIT_EVERY_DAY, MERIT_EVERY_WEEK, MERIT_EVERY_MONTH };

/* A source as its last declaration says. */
struct merit_declaration {
	struct merit_text name, party; /* party empty: all */
	enum merit_subject subject;
	char currency[4];    /* "" = points */
	bool is_out;         /* direction */
	enum merit_every every;
	int32_t starts, ends; /* MERIT_DAY_NEVER: no end */
	int64_t break_rate;  /* -1: any */
	int64_t limit;       /* 0: none */
};

struct merit_past_run {
	struct merit_text name;
	int32_t first_day, last_day;
	uint64_t seq;
	uint64_t size; /* made of the entries before this one */
	uint64_t gone; /* the entry that superseded it; UINT64_MAX: none */
	struct merit_hash file;
	bool is_here; /* of the source asked for */
	bool is_live;
};

enum merit_past_side { MERIT_SIDE_THEIRS, MERIT_SIDE_OURS, MERIT_SIDE_BOTH }; /* places in the type SIDE */

struct merit_past_break {
	struct merit_text name, reference;
	struct merit_past_run *run;         /* that found it */
	struct merit_past_run *resolved_by; /* a run, or NULL */
	bool is_resolved;                   /* by a run or a person */
	bool is_explained;
	enum merit_class class_;            /* as explained, where it is; else as found */
	enum merit_class found_class;
	enum merit_past_side side;
	int32_t leg, first_day;
	char currency[4];
	int64_t theirs, ours; /* of those the side has */
	uint64_t line, entry;
	int64_t set_right_by;               /* the entry that a person ended it with; -1: none */
	uint32_t items, items_clean; /* a run's own: items that take part for it, and those matched now */
};

struct merit_history {
	struct merit_declaration source;
	bool is_declared;
	struct merit_index runs;   /* of all sources, by name: struct merit_past_run */
	struct merit_index breaks; /* of the source, by name: struct merit_past_break */
	struct merit_arena arena;
};

/* Reads entries before the one at before. A source that was never declared leaves is_declared false.
 *
 * without  a run of this source to be taken for superseded; empty: none
 * Returns  RUN_UNKNOWN, OTHER_SOURCE or SUPERSEDED for such a run; what merit_journal_each does */
MERIT_MUST_USE enum merit_status merit_history_read(struct merit_journal *source, uint64_t before,
						    struct merit_text name, struct merit_text without,
						    const struct merit_journal_progress *progress,
						    struct merit_history *history_out);
void merit_history_free(struct merit_history *history);

/* Whether the break is open or explained. */
bool merit_past_break_stands(const struct merit_past_break *past);

/* A live run of the source that covers the day, or was made of the file; NULL when none is. */
const struct merit_past_run *merit_history_covers(const struct merit_history *history, int32_t day);
const struct merit_past_run *merit_history_used(const struct merit_history *history, const struct merit_hash *file);

/* Whether a live run of later days has seen what entry seq booked on the day, which was late there: behind the run that
 * covered its day. */
bool merit_history_took_up(const struct merit_history *history, uint64_t seq, int32_t day);

/* Whether a person ended a break of a live run with entry seq, which booked just what was missing: amount. */
bool merit_history_set_right(const struct merit_history *history, uint64_t seq, int64_t amount);

#endif
