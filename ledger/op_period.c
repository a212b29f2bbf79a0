/* op_period.c - accounting periods: months that close in order, and open again by two parties.
 *
 * What is closed is one stretch of days, from the month of the first entry's to program.closed_through, so that asking
 * whether a day is open costs a comparison. Closing dates later entries elsewhere (decide.c) and changes nothing else.
 * Everything due by the time of a closing is written before it: the ledger settles all of it for a call that names no
 * member and no order. */
#include "ledger/calendar.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

static int32_t month_last(int32_t first)
{
	return merit_day_span_last(first, MERIT_SPAN_MONTH);
}

/* The first day of the first month there is, and of the month that closes next. */
static int32_t first_period(const struct merit_model *model)
{
	return merit_day_span_first(model->program.first_day, MERIT_SPAN_MONTH);
}

static int32_t next_period(const struct merit_model *model)
{
	int32_t closed = model->program.closed_through;

	return closed == MERIT_DAY_NONE ? first_period(model) : closed + 1;
}

/* A month before the first one was never closed, though nothing may be dated there. */
static bool is_closed(const struct merit_model *model, int32_t first)
{
	return first >= first_period(model) && first < next_period(model);
}

static struct merit_closing *closing_edit(struct merit_model *model, int32_t first)
{
	struct merit_text key = merit_model_number_key(model, (uint64_t)first);

	return merit_model_edit(model, MERIT_TABLE_PERIOD, key, sizeof(struct merit_closing));
}

/* ---- period.close ---- */

void merit_decide_period_close(struct merit_model *model, struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;

	if (is_closed(model, first)) {
		merit_entry_refuse(entry, MERIT_PERIOD_CLOSED);
	} else if (month_last(first) >= merit_model_day(model, entry->time_ms)) {
		merit_entry_refuse(entry, MERIT_PERIOD_NOT_OVER);
	} else if (first != next_period(model)) {
		struct merit_date next = merit_date_of_day(next_period(model));
		merit_entry_refuse(entry, MERIT_PERIOD_ORDER);
		merit_entry_why(entry, "next", next.year * 100 + next.month);
	}
}

void merit_evolve_period_close(struct merit_model *model, const struct merit_entry *entry)
{
	int32_t first = (int32_t)entry->values[CLOSE_PERIOD].integer;

	closing_edit(model, first)->closed = entry->seq + 1;
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

	for (int32_t month = first; month < next_period(model); month = month_last(month) + 1)
		closing_edit(model, month)->reopened = entry->seq + 1;
	model->program.closed_through = first == first_period(model) ? MERIT_DAY_NONE : first - 1;
	merit_model_edit_program(model);
}
