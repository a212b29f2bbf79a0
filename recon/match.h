/* match.h - which of theirs is which of ours: ordered passes over two lists of items, and the class of what is left.
 *
 * Passes   by the rules file, in order: "reference" (exact, or with tolerances of amount and days), "amount" (amount
 *          and days, no reference needed), "sum" (one to many and many to one: items that share a reference, a group or
 *          a day, or any few of them within the window, sum to one of the other side). See "Sums" below.
 * Always   the currency is the same ("" is points, a currency like any other); neither is below zero where the other is
 *          above; the status is the same or told by one side at most; a fee of theirs is no payment of ours, unless a
 *          sum takes it along with what it was a fee of, or it was booked: a pass by reference, once it has paired the
 *          others, takes a fee with what is left of ours under its reference with exactly its amount; an empty
 *          reference or group is nothing in common; what is unreadable matches nothing.
 * Claimed  an item that a pass takes is gone for all later ones, on both sides: nothing matches twice.
 * Confirm  a pass confirms, or only suggests: what it suggests is claimed and shown, and stays a break until a person
 *          resolves it.
 * Unambiguous  a pass with this takes a pair only where neither side has another candidate in this pass.
 * Order    within a pass the best pair of all goes first: the nearest amount (of two as near the smaller), then the
 *          nearest day (the earlier), then the smaller reference, then the smaller line. The answer depends on the
 *          items alone, not on their order in the lists.
 * Carried  an open break of earlier days takes part as if it was of the window. Where a reference or a group brings
 *          items together, days do not count for it: it waited for this very thing.
 * Cut-off  passes take what is within the window, was carried or is late. A partner beyond is found afterwards: timing.
 * Cost     sorting: near linear in the number of items, whatever they say; memory about 100 bytes an item beside the
 *          items. A search gives up after 256 items that are near and do not suit. Of a crowd that shares a reference,
 *          or where amounts have a tolerance, the farthest pairs may be left: looking again for what went to a better
 *          pair is bounded by 100,000 times and 8 an item.
 *
 * Sums     By a reference, a group or a day: all that is open of the many side and shares it is one sum, of one item or
 *          more; it is paired like an item, by its earliest day, with one that has what they share for its reference or
 *          its group (by day: with any), all days within `days`. Where the whole does not sum, its payments alone may,
 *          and its refunds alone; else nothing of it is taken.
 *          By "any": for each of the one side by day, reference, line: two to six of the 24 open items nearest by day;
 *          an exact sum first, then the fewest, then the nearest. Where unambiguous: only one sum, of 24 at most.
 * Left     what no pass took is of the first of these classes that applies, in this order:
 *          unreadable  its kind
 *          duplicate   an item of the same side, with the same reference, currency, kind and amount, is taken by a
 *                      pass; or, of what the next three leave: is in one of their findings, or stands there earlier;
 *                      or, of theirs, one with another amount of the same sign, when ours has nothing left under the
 *                      reference. Of ours never another part of the same entry
 *          status      pairs of one reference and amount that tell different statuses. Here and for the amount, what is
 *                      left of the payments of one entry of ours, such as an order's lines, is one thing where theirs
 *                      has just one payment under the reference that it could be
 *          fee         pairs of one reference that differ by the fee theirs states; theirs, the fees of theirs that
 *                      share its reference or group, and one of ours it differs from by their sum; a fee alone
 *          amount      other pairs of one reference whose amounts are not of opposite sign
 *          timing      such pairs of the same amount: the days are further apart than any pass allows; an item within
 *                      the window and its partner of the same reference and amount beyond it; an item alone on one of
 *                      the last timing_days days of the window
 *          refund      of that kind; or below zero, where both sides are one-way (struct merit_window)
 *          theirs_only, ours_only
 * Integers only. No clock, no locale. Threads: none. */
#ifndef MERIT_RECON_MATCH_H
#define MERIT_RECON_MATCH_H

#include "recon/file.h"

/* What became of an item. The words are the same in rules files, reports, entries and documents. Numbers are places in
 * the type RECON_CLASS of ledger/value.h. */
enum merit_class {
	MERIT_CLASS_MATCHED,
	MERIT_CLASS_WITHIN_TOLERANCE,
	MERIT_CLASS_THEIRS_ONLY, /* 长款 or 短款, by the source's direction */
	MERIT_CLASS_OURS_ONLY,
	MERIT_CLASS_AMOUNT,      /* the same thing, another amount */
	MERIT_CLASS_STATUS,      /* the same thing and amount, another status */
	MERIT_CLASS_DUPLICATE,   /* a second row of what is matched, or stands there, already */
	MERIT_CLASS_TIMING,      /* the other follows in the next file, by how near the cut-off it is or as is seen there */
	MERIT_CLASS_FEE,         /* theirs is a fee, or differs by the fee it states or that has a row of its own */
	MERIT_CLASS_REFUND,      /* a refund that the other side does not know */
	MERIT_CLASS_UNREADABLE,
	MERIT_CLASS_COUNT
};
const char *merit_class_word(enum merit_class class_);

/* Whether items of the class are differences: all but the first two. */
bool merit_class_is_break(enum merit_class class_);

#define MERIT_PASSES_MAX 16

enum merit_pass_by { MERIT_BY_REFERENCE, MERIT_BY_AMOUNT, MERIT_BY_SUM };
enum merit_pass_group { MERIT_GROUP_REFERENCE, MERIT_GROUP_GROUP, MERIT_GROUP_DAY, MERIT_GROUP_ANY };

struct merit_pass {
	char name[33];
	enum merit_pass_by by;
	int64_t amount;              /* minor units or points that both may differ by */
	int32_t amount_basis;        /* or so many basis points of ours, rounded down; the larger of the two counts */
	int32_t days;                /* and days */
	enum merit_pass_group group; /* of "sum": what the many share */
	bool many_ours;              /* of "sum": the many are ours; else theirs */
	bool confirms;
	bool unambiguous;
};

#define MERIT_PASS_DAYS_MAX  366
#define MERIT_PASS_BASIS_MAX 10000

struct merit_rules {
	struct merit_pass passes[MERIT_PASSES_MAX];
	size_t passes_count;
	int32_t timing_days; /* so many days up to the cut-off, its own the first: items of one side alone are timing */
	struct merit_hash hash; /* of the rules file's bytes, or of the built-in text */
};

/* Reads a rules file: JSON, read strictly; doc/reconcile.md. NULL and 0: the built-in rules (exact reference; reference
 * with 0 of amount and 3 days; sums by reference; sums by group; either side the many; the last day is timing).
 * Returns BAD_FORMAT with the fault set, or NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_rules_parse(const char *text, size_t size, struct merit_rules *rules_out,
						   struct merit_file_fault *fault_out);
#define MERIT_RULES_SIZE_MAX (64 * 1024)

/* One finding: an item, a pair, or one and many (or theirs, its fees, and ours). Every item within the window of both
 * sides is in exactly one, and the differences of all findings add up to theirs less ours within it. */
struct merit_finding {
	enum merit_class class_;
	int32_t pass;       /* its place in the rules; -1: no pass took it */
	bool is_suggested;  /* taken by a pass that only suggests */
	size_t theirs, theirs_count; /* places in merit_findings.theirs[]; by day, reference, line */
	size_t ours, ours_count;     /* and in .ours[] */
	int64_t difference; /* theirs less ours, of what is within the window: of ours alone the amount negated */
};

struct merit_findings {
	struct merit_finding *findings; /* by the earliest item's day, reference, theirs before ours, line, place */
	size_t count;
	uint32_t *theirs, *ours; /* indexes into the lists of items, finding by finding */
	uint64_t unsearched;     /* items that a pass for any few did not look at: its limit of steps was reached */
};

/* Where both sides end. Items outside these days that were not carried and are not late are looked at for timing only:
 * one may be the partner of an item within, and is no finding otherwise. An unreadable item is always within. */
struct merit_window {
	int32_t first_day, last_day;
	bool is_one_way; /* both sides tell of one direction alone, as shops of what they sold: what is below zero was
			  * given back. Not so of a bank's account, where money goes either way */
};

#define MERIT_MATCH_ITEMS_MAX (1u << 29) /* of a side */

/* Compares. Items are the caller's and stay. A tell of NULL: nobody is told.
 * Returns NO_MEMORY, or TOO_LARGE for more than MERIT_MATCH_ITEMS_MAX items of a side or an amount or fee beyond
 * MERIT_AMOUNT_MAX. */
MERIT_MUST_USE enum merit_status merit_match(const struct merit_rules *rules, const struct merit_window *window,
					     const struct merit_recon_item *theirs, size_t theirs_count,
					     const struct merit_recon_item *ours, size_t ours_count,
					     void (*tell)(void *context, const char *what, uint64_t done, uint64_t of),
					     void *context, struct merit_findings *findings_out);
void merit_findings_free(struct merit_findings *findings);

#endif
