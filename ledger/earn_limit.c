/* earn_limit.c - see earn_limit.h. Nothing is counted here: an earn's evolve does that. */
#include "ledger/earn_limit.h"

#include "ledger/calendar.h"
#include "ledger/count.h"
#include "ledger/op_common.h"

bool merit_earn_refuse(struct merit_entry *entry, const struct merit_earning *earning, enum merit_status status,
                       const char *name, int64_t number)
{
	merit_entry_refuse(entry, status);
	merit_entry_why(entry, "rule", earning->rule->version);
	if (name != NULL)
		merit_entry_why(entry, name, number);
	return false;
}

static bool refuse_left(struct merit_entry *entry, const struct merit_earning *earning, enum merit_status status,
                        const char *name, int64_t number, int64_t left)
{
	merit_earn_refuse(entry, earning, status, name, number);
	merit_entry_why(entry, "left", left);
	return false;
}

/* ---- Multipliers ---- */

int64_t merit_earn_multiplier(struct merit_model *model, const struct merit_earning *earning, struct merit_text member)
{
	const struct merit_rule *rule = earning->rule;
	int64_t highest = 0;

	if (rule->multipliers_count == 0)
		return MERIT_BASIS_ONCE;
	const struct merit_tiers *tiers = merit_model_tiers(model);
	int tier = merit_member_tier(model, &earning->member.head, merit_day_year(earning->occurred_day));
	for (uint32_t i = 0; i < rule->multipliers_count; i++) {
		const struct merit_multiplier *multiplier = &rule->multipliers[i];
		struct merit_text name = merit_name_text(&multiplier->name);
		bool applies = multiplier->is_tag
		                       ? merit_member_has_tag(model, member, name)
		                       : tier >= 0 && merit_text_equal(merit_name_text(&tiers->tiers[tier].name), name);
		if (applies && multiplier->basis_points > highest)
			highest = multiplier->basis_points;
	}
	return highest == 0 ? MERIT_BASIS_ONCE : highest;
}

bool merit_earn_multiply(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	earning->multiplier = merit_earn_multiplier(model, earning, entry->values[EARN_MEMBER].text);
	__int128 points = (__int128)earning->points * earning->multiplier / MERIT_BASIS_ONCE;
	if (points == 0)
		return merit_earn_refuse(entry, earning, MERIT_ZERO_AMOUNT, "multiplier", earning->multiplier);
	if (points > MERIT_AMOUNT_MAX)
		return merit_earn_refuse(entry, earning, MERIT_AMOUNT_RANGE, "multiplier", earning->multiplier);
	earning->points = (int64_t)points;
	return true;
}

/* ---- Caps and quotas ---- */

/* The count of one of the rule's counters. */
static struct merit_count count_of(struct merit_model *model, const struct merit_earning *earning,
                                   struct merit_text event, enum merit_counter counter, struct merit_text of,
                                   enum merit_period period)
{
	struct merit_counted counted = {
		.counter = counter,
		.number = earning->campaign->holder.number,
		.a = event,
		.b = of,
		.period = period,
		.day = earning->occurred_day,
	};

	return merit_count_get(model, &counted);
}

/* A limit may have come down since. */
static int64_t left_of(int64_t most, int64_t so_far)
{
	return so_far < most ? most - so_far : 0;
}

struct merit_left merit_earn_left(struct merit_model *model, const struct merit_earning *earning,
                                  struct merit_text event, struct merit_text member, enum merit_period period)
{
	int64_t cap = earning->rule->caps.most[period], quota = earning->rule->quotas.most[period];

	if (cap == 0 && quota == 0)
		return (struct merit_left){ 0, 0 };
	struct merit_count so_far = count_of(model, earning, event, MERIT_COUNT_MEMBER, member, period);
	return (struct merit_left){ left_of(cap, so_far.amount), left_of(quota, so_far.times) };
}

int64_t merit_earn_event_left(struct merit_model *model, const struct merit_earning *earning, struct merit_text event)
{
	struct merit_count so_far =
		count_of(model, earning, event, MERIT_COUNT_EVENT, MERIT_TEXT(""), MERIT_PERIOD_LIFETIME);

	return left_of(earning->rule->quota_event, so_far.times);
}

static bool caps_leave(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	static const char *const names[MERIT_PERIOD_COUNT] = { "cap_day", "cap_month", "cap_year", "cap_lifetime" };
	struct merit_text event = entry->values[EARN_EVENT].text, member = entry->values[EARN_MEMBER].text;

	for (enum merit_period period = 0; period < MERIT_PERIOD_COUNT; period++) {
		int64_t most = earning->rule->caps.most[period];
		if (most == 0)
			continue;
		int64_t left = merit_earn_left(model, earning, event, member, period).points;
		if (earning->points <= left)
			continue;
		if (!earning->rule->clip || left == 0)
			return refuse_left(entry, earning, MERIT_CAP_REACHED, names[period], most, left);
		earning->points = left;
	}
	return true;
}

static bool quotas_leave(struct merit_model *model, struct merit_entry *entry, const struct merit_earning *earning)
{
	static const char *const names[MERIT_PERIOD_COUNT] = { "quota_day", "quota_month", "quota_year",
		                                               "quota_lifetime" };
	struct merit_text event = entry->values[EARN_EVENT].text, member = entry->values[EARN_MEMBER].text;

	for (enum merit_period period = 0; period < MERIT_PERIOD_COUNT; period++) {
		int64_t most = earning->rule->quotas.most[period];
		if (most != 0 && merit_earn_left(model, earning, event, member, period).awards == 0)
			return refuse_left(entry, earning, MERIT_QUOTA_REACHED, names[period], most, 0);
	}
	return true;
}

/* Quotas that all members share. */
static bool shared_leave(struct merit_model *model, struct merit_entry *entry, const struct merit_earning *earning)
{
	struct merit_text event = entry->values[EARN_EVENT].text, reference = entry->values[EARN_REFERENCE].text;
	int64_t of_reference = earning->rule->quota_reference, of_event = earning->rule->quota_event;

	if (of_reference != 0 &&
	    count_of(model, earning, event, MERIT_COUNT_REFERENCE, reference, MERIT_PERIOD_LIFETIME).times >=
	            of_reference)
		return refuse_left(entry, earning, MERIT_QUOTA_REACHED, "quota_reference", of_reference, 0);
	if (of_event != 0 && merit_earn_event_left(model, earning, event) == 0)
		return refuse_left(entry, earning, MERIT_QUOTA_REACHED, "quota_event", of_event, 0);
	return true;
}

/* ---- Sponsors' caps ---- */

static bool sponsor_leaves(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	struct merit_text member = entry->values[EARN_MEMBER].text;
	int64_t cap, left, points = earning->points;

	if (!merit_sponsor_left(model, earning->campaign, member, earning->occurred_day, &cap, &left))
		return true;
	points = merit_award_clip(earning->campaign, points, left);
	if (points == 0 || (points < earning->points && !earning->rule->clip)) {
		merit_entry_refuse(entry, MERIT_SPONSOR_CAP_REACHED);
		merit_entry_why(entry, "sponsor_cap", cap);
		merit_entry_why(entry, "left", left / MERIT_WORTH_MINOR);
		return false;
	}
	earning->points = points;
	return true;
}

/* What no version of the rule ever limited is not counted. */
bool merit_earn_limit(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	bool is_limited = earning->rule->counted != 0;

	earning->asked = earning->points;
	return (!is_limited || (caps_leave(model, entry, earning) && quotas_leave(model, entry, earning) &&
	                        shared_leave(model, entry, earning))) &&
	       sponsor_leaves(model, entry, earning);
}
