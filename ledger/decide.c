/* decide.c - what every decision shares: the operation's own part, the money that follows its points, and its day. */
#include "ledger/money.h"

int32_t merit_first_open_day(const struct merit_model *model)
{
	int32_t closed = model->program.closed_through;

	return closed == MERIT_DAY_NONE ? MERIT_DAY_NONE : closed + 1;
}

enum merit_status merit_entry_date(const struct merit_model *model, struct merit_entry *entry,
                                   const struct merit_value *day)
{
	if (!day->present)
		return MERIT_OK;
	int32_t today = merit_model_day(model, entry->time_ms);
	if (day->integer < merit_first_open_day(model))
		return MERIT_PERIOD_CLOSED;
	if (day->integer > today)
		return MERIT_IN_FUTURE;
	if (day->integer < today - model->program.late_days)
		return MERIT_TOO_LATE;
	entry->day = (int32_t)day->integer;
	return MERIT_OK;
}

/* Nothing is dated in a closed period: what belongs there says so. */
static void day_move(const struct merit_model *model, struct merit_entry *entry)
{
	int32_t open = merit_first_open_day(model);

	if (entry->day >= open)
		return;
	entry->has_belongs_to = true;
	entry->belongs_to = entry->day;
	entry->day = open;
}

static bool has_expired_points(const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (entry->postings[i].account == MERIT_ACCOUNT_EXPIRED)
			return true;
	}
	return false;
}

void merit_decide(struct merit_model *model, struct merit_entry *entry)
{
	entry->operation->decide(model, entry);
	if (has_expired_points(entry))
		merit_post_breakage(model, entry);
	if (entry->role != MERIT_ROLE_SYSTEM && merit_entry_has_money(entry) && merit_money_is_beyond(model, entry))
		merit_entry_refuse(entry, MERIT_MONEY_RANGE);
	if (entry->status != MERIT_OK) /* whatever day was meant, nothing happened on it */
		entry->day = merit_model_day(model, entry->time_ms);
	day_move(model, entry);
}
