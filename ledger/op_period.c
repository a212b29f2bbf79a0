/* op_period.c - accounting periods: months that close in order, and open again by two parties.
 *
 * What is closed is one stretch of days, from the month of the first entry's to program.closed_through, so that asking
 * whether a day is open costs a comparison. Closing dates later entries elsewhere (decide.c) and changes nothing else.
 * Everything due by the time of a closing is written before it: the ledger settles all of it for a call that names no
 * member and no order.
 * The root, totals and reports a closing names are not looked at: state knows no old roots, and no reports. Whoever
 * closes made them of the first `size` entries, and anybody can again; that these are all the month has is checked. */
#include "ledger/calendar.h"
#include "ledger/closing.h"
#include "ledger/op.h"

static int32_t month_last(int32_t first)
{
	return merit_day_span_last(first, MERIT_SPAN_MONTH);
}

/* A month before the first one was never closed, though nothing may be dated there. */
static bool is_closed(const struct merit_model *model, int32_t first)
{
	return first >= merit_first_period(model) && first < merit_next_period(model);
}

/* ---- period.close ---- */

/* Whether an entry behind those before size was dated in some month up to this one after that month's end. Earlier
 * months count: what changed them while they were open again is in this one's opening. */
static bool is_late_behind(struct merit_model *model, int32_t first, uint64_t size)
{
	for (int32_t month = merit_first_period(model); month <= first; month = month_last(month) + 1) {
		const struct merit_closing *closing = merit_model_closing(model, month);
		if (closing != NULL && closing->late > size)
			return true;
	}
	return false;
}

/* Whether something came behind the entries before size. Months' rows remember what was dated in them after their end;
 * of what was made by the month's end the entry at size tells, as times never fall. */
static bool have_books_moved(struct merit_model *model, struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;
	uint64_t size = (uint64_t)entry->values[CLOSE_SIZE].integer;
	struct merit_entry behind;

	if (size == 0 || is_late_behind(model, first, size))
		return true;
	if (size == entry->seq)
		return false;
	if (merit_model_entry(model, size, &model->scratch, &behind) != MERIT_OK) {
		entry->no_memory = true; /* The log holds every entry: only memory can be short. */
		return false;
	}
	return merit_model_day(model, behind.time_ms) <= month_last(first);
}

/* Refuses what is missing, by counts: period.missing tells which. */
static void missing_refuse(struct merit_model *model, struct merit_entry *entry)
{
	static const char *const names[MERIT_MISSING_KINDS] = { "files", "runs", "breaks", "settlements" };
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;
	struct merit_missing_walk walk = { .first = first, .last = month_last(first), .due_before = MERIT_DAY_NEVER };
	int64_t all = 0;

	merit_closing_missing(model, &walk);
	for (int kind = 0; kind < MERIT_MISSING_KINDS; kind++)
		all += walk.count[kind];
	if (all == 0)
		return;
	merit_entry_refuse(entry, MERIT_NOT_READY);
	for (int kind = 0; kind < MERIT_MISSING_KINDS; kind++)
		merit_entry_why(entry, names[kind], walk.count[kind]);
}

void merit_decide_period_close(struct merit_model *model, struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;

	if (entry->values[CLOSE_SIZE].integer > (int64_t)entry->seq) {
		merit_entry_refuse(entry, MERIT_ENTRY_UNKNOWN);
	} else if (is_closed(model, first)) {
		merit_entry_refuse(entry, MERIT_PERIOD_CLOSED);
	} else if (month_last(first) >= merit_model_day(model, entry->time_ms)) {
		merit_entry_refuse(entry, MERIT_PERIOD_NOT_OVER);
	} else if (first != merit_next_period(model)) {
		struct merit_date next = merit_date_of_day(merit_next_period(model));
		merit_entry_refuse(entry, MERIT_PERIOD_ORDER);
		merit_entry_why(entry, "next", next.year * 100 + next.month);
	} else if (have_books_moved(model, entry)) {
		merit_entry_refuse(entry, MERIT_BOOKS_MOVED);
	} else {
		missing_refuse(model, entry);
	}
}

void merit_evolve_period_close(struct merit_model *model, const struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;

	merit_model_edit_closing(model, first)->closed = entry->seq + 1;
	model->program.closed_through = month_last(first);
	merit_model_edit_program(model);
}

/* ---- period.reopen ---- */

void merit_decide_period_reopen(struct merit_model *model, struct merit_entry *entry)
{
	if (!model->approved)
		merit_entry_refuse(entry, MERIT_PROPOSAL_REQUIRED);
	else if (!is_closed(model, (int32_t)entry->values[REOPEN_PERIOD].integer))
		merit_entry_refuse(entry, MERIT_PERIOD_OPEN);
}

void merit_evolve_period_reopen(struct merit_model *model, const struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[REOPEN_PERIOD].integer;

	for (int32_t month = first; month < merit_next_period(model); month = month_last(month) + 1)
		merit_model_edit_closing(model, month)->reopened = entry->seq + 1;
	model->program.closed_through = first == merit_first_period(model) ? MERIT_DAY_NONE : first - 1;
	merit_model_edit_program(model);
}
