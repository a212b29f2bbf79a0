/* run.h - one reconciliation: a source's file, and perhaps a payment file, against the ledger; and what it came to.
 *
 * Legs     the first compares the ledger with the party's file; the second, of a three-way run, the same things of the
 *          ledger with the payment or bank file. A thing of ours is clean only when every leg matches it.
 * Carried  breaks of earlier runs of the source that are still open take part, on their side and with their first day:
 *          matched now, they are cleared by this run; else they stay open under their old names. What a pass only
 *          suggested, a wrong status and an unreadable row wait for a person and take no part.
 * Covered  things of days that another live run covers were its business: they are not looked at again, but for what it
 *          left open.
 * Late     what was booked behind the run that covers its day is the business of the next run of later days, with its
 *          own day: it was there for nobody to see before.
 * Same input, same bytes: file, rules, mapping, entries before `size`, carried breaks. */
#ifndef MERIT_RECON_RUN_H
#define MERIT_RECON_RUN_H

#include "recon/history.h"
#include "recon/match.h"
#include "report/sheet.h"
#include "report/journal.h"

/* ---- Things of ours ---- */

/* Which of ours: a source as declared (source.declare). */
struct merit_ours_options {
	enum merit_subject subject;
	struct merit_text party; /* the merchant or sponsor; empty: all */
	char currency[4];        /* "" = points */
	int32_t first_day, last_day; /* accounting days; those within `slack` days around them come along for timing */
	int32_t slack;
	uint64_t size; /* only entries before this one; at most the source's */
	const struct merit_history *history; /* not NULL: things of days before that a live run covers come along, as late,
	                                      * where they were booked behind it */
};

/* Gathers items of ours from the source's entries, in the order of their seq and place; an order's stands where it was
 * placed. Texts and items are in the list's arena. */
struct merit_items {
	struct merit_recon_item *items;
	size_t count, capacity;
	struct merit_arena arena;
};
MERIT_MUST_USE enum merit_status merit_ours_collect(struct merit_journal *source,
						    const struct merit_ours_options *options,
						    const struct merit_journal_progress *progress,
						    struct merit_items *items_out);
void merit_items_free(struct merit_items *items);

/* Whether its things are points: else they are money, and a source of it names a currency. */
bool merit_subject_is_points(enum merit_subject subject);

/* ---- A run ---- */

#define MERIT_RECON_LEGS_MAX 2

struct merit_recon_options {
	struct merit_text source;
	const struct merit_file *files[MERIT_RECON_LEGS_MAX]; /* the second NULL where there is none */
	const struct merit_rules *rules;
	int32_t first_day, last_day;  /* MERIT_DAY_NONE: the first file's own days */
	struct merit_text supersedes; /* a run that this one replaces; empty: none */
	uint64_t size;                /* only entries before this one; at most the source's */
	void (*tell)(void *context, const char *what, uint64_t done, uint64_t of); /* NULL: nobody is told */
	void *context;
};

/* What the findings of a leg point into: the file's items and ours, and behind them those carried. */
struct merit_recon_leg {
	const struct merit_recon_item *theirs, *ours;
	size_t theirs_count, ours_count;
	void *theirs_made, *ours_made; /* lists of the run's own; NULL: the file's, or run.ours */
	struct merit_findings findings;
};

/* What becomes of a finding in the record. */
enum merit_line_state {
	MERIT_LINE_CLEAN,   /* both sides agree, in every leg */
	MERIT_LINE_HALF,    /* they agree here, but not in the other leg, whose line is the break */
	MERIT_LINE_NEW,     /* a new break */
	MERIT_LINE_CARRIED, /* an earlier one, still open */
	MERIT_LINE_CLEARED, /* an earlier one that this run ends: both sides agree now */
};

/* A line of the report: a finding as it is told; or a carried break that took no part, which has no finding. */
struct merit_recon_line {
	enum merit_line_state state;
	int32_t leg; /* 1 or 2 */
	enum merit_class class_;
	bool is_suggested;
	const struct merit_finding *finding;    /* NULL: it took no part */
	struct merit_past_break *past;          /* CARRIED and CLEARED: the first that it is about */
	const struct merit_recon_item *theirs, *ours; /* the first of each side, or NULL */
	bool has_theirs, has_ours;
	int64_t theirs_sum, ours_sum;
	int64_t difference; /* theirs less ours, one that is absent counting as 0 */
	int32_t first_day;
	int32_t break_index; /* in breaks, or -1 */
};

/* A new break, as recon.break takes it: of the items of a finding that stand in the window. */
struct merit_recon_break {
	char name[MERIT_NAME_SIZE_MAX + 1];
	struct merit_hash item;
	enum merit_class class_;
	int32_t leg, first_day;
	bool has_theirs, has_ours;
	int64_t theirs, ours;
	char reference[MERIT_TEXT_SIZE_MAX + 1]; /* printable and cut; "" = none */
	uint64_t line;  /* of the file; 0 = none */
	int64_t entry;  /* the ledger's; -1 = none */
};

/* A bank's statement beside the account cash, at the beginning of the run's first day and at its cut-off: what neither
 * the ledger nor the breaks that are open then explain is unexplained, and 0 where all is well. */
struct merit_balance_side {
	int64_t ledger; /* the entries dated up to then; at the beginning without what this run found late */
	int64_t breaks; /* theirs less ours */
	int64_t file;   /* all accounts of the file */
};
struct merit_recon_balance {
	bool is_there, has_opening; /* the subject is cash, of all parties; the first file states balances */
	struct merit_balance_side opening, closing;
};

struct merit_class_sum {
	uint64_t count;
	int64_t theirs, ours;
};

struct merit_recon_run {
	struct merit_history history;
	struct merit_items ours;
	struct merit_window window;
	struct merit_recon_leg legs[MERIT_RECON_LEGS_MAX];
	int32_t legs_count;
	struct merit_recon_line *lines;
	size_t lines_count;
	struct merit_recon_break *breaks; /* new ones */
	size_t breaks_count;
	struct merit_past_break **cleared;
	size_t cleared_count;
	size_t carried_count;              /* breaks of earlier runs that stay */
	uint64_t theirs_count, ours_count; /* in the window */
	struct merit_class_sum classes[MERIT_RECON_LEGS_MAX][MERIT_CLASS_COUNT]; /* of all lines of a leg */
	struct merit_recon_balance balance;
	uint64_t size;
	const struct merit_rules *rules;
	int32_t offset_minutes;
};

/* Compares. Files and rules are the caller's and stay until the run is freed. Changes nothing.
 * Returns BAD_FORMAT with the fault set and *fault_leg_out the file it is of (-1: of none): another period, a currency
 *         that is not the source's, a file or days that a run has already; SOURCE_UNKNOWN, RUN_UNKNOWN, OTHER_SOURCE or
 *         SUPERSEDED (options.supersedes); AMOUNT_RANGE; and what merit_journal_each and merit_match return */
MERIT_MUST_USE enum merit_status merit_recon_make(struct merit_journal *source,
						  const struct merit_recon_options *options,
						  struct merit_recon_run *run_out,
						  struct merit_file_fault *fault_out, int *fault_leg_out);
void merit_recon_free(struct merit_recon_run *run);

/* Of all legs. */
struct merit_class_sum merit_recon_class_sum(const struct merit_recon_run *run, enum merit_class class_);

int64_t merit_balance_unexplained(const struct merit_balance_side *side);

/* Whether everything agrees: no break new or carried. */
bool merit_recon_is_clean(const struct merit_recon_run *run);

/* 长款 (more cash than the books say), 短款 (less), or "" for no difference. Of money at a bank the sign tells; else the
 * source's direction. */
const char *merit_recon_cash_word(const struct merit_declaration *declaration, int64_t difference);

/* ---- A run as sheets (recon/run_sheet.c) ---- */

/* The CSV of every line: what recon.commit names by its hash, report. */
void merit_recon_put_csv(struct merit_buffer *out, const struct merit_recon_run *run);

/* The same as a sheet; with only_differences those that are open, or cleared. */
void merit_recon_put_lines(const struct merit_recon_run *run, bool only_differences, struct merit_sheet *sheet);
void merit_recon_put_classes(const struct merit_recon_run *run, struct merit_sheet *sheet);
void merit_recon_put_ageing(const struct merit_recon_run *run, struct merit_sheet *sheet);
void merit_recon_put_balance(const struct merit_recon_run *run, struct merit_sheet *sheet); /* no row: no statement */

/* What the files say of themselves; a row says "no control totals" where one says nothing. */
void merit_recon_put_controls(const struct merit_file *const *files, const char *const *names, size_t count,
			      int32_t offset_minutes, struct merit_sheet *sheet);

#endif
