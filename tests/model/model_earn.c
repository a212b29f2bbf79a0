/* model_earn.c - see model.h: what an earn comes to. Counts are added again from all awards each time. */
#include "tests/model/model.h"

/* ---- Money ---- */

int64_t model_worth(int campaign, int64_t points)
{
	const struct campaign *row = &model.campaigns[campaign];
	int64_t product = points * row->value_minor * 1000000, worth = product / row->value_points;

	return product % row->value_points == 0 ? worth : worth + 1;
}

int64_t model_money_left(int campaign, int member, int year)
{
	const struct campaign *row = &model.campaigns[campaign];
	int64_t cap = model.caps[row->sponsor][row->currency].minor * 1000000;
	int64_t used = model.members[member].money[row->sponsor][row->currency][year - FIRST_YEAR];

	if (cap == 0)
		return INT64_MAX;
	return used < cap ? cap - used : 0;
}

bool model_money_counts(int campaign)
{
	const struct campaign *row = &model.campaigns[campaign];

	return model.caps[row->sponsor][row->currency].is_set;
}

void model_money_add(int campaign, int member, int32_t day, int64_t worth)
{
	const struct campaign *row = &model.campaigns[campaign];

	model.members[member].money[row->sponsor][row->currency][model_year(day) - FIRST_YEAR] += worth;
}

/* ---- Counts ---- */

static bool is_of_rule(const struct award *award, const struct earn *earn, unsigned counted)
{
	return award->campaign == earn->campaign && award->event == earn->event && award->state != REJECTED &&
	       (award->counted & counted) != 0;
}

/* Awards, or their points, of the member by the rule in the period in which the earn occurred. */
static int64_t counted_of_member(const struct earn *earn, enum period period, bool is_points)
{
	int32_t first = model_period_first(period, model_day(earn->occurred_ms));
	int64_t sum = 0;

	for (int i = 0; i < model.awards_count; i++) {
		const struct award *award = &model.awards[i];
		if (award->member == earn->member && is_of_rule(award, earn, 1u << period) &&
		    model_period_first(period, model_day(award->occurred_ms)) == first)
			sum += is_points ? award->points : 1;
	}
	return sum;
}

static int64_t counted_of_all(const struct earn *earn, bool is_reference)
{
	int64_t count = 0;

	for (int i = 0; i < model.awards_count; i++) {
		const struct award *award = &model.awards[i];
		count += is_of_rule(award, earn, is_reference ? COUNTS_REFERENCE : COUNTS_EVENT) &&
		         (!is_reference || award->reference == earn->reference);
	}
	return count;
}

/* ---- The checks, in the order of statuses ---- */

static enum merit_status names_wanted(const struct earn *earn)
{
	if (earn->has_points && earn->points <= 0)
		return earn->points == 0 ? MERIT_ZERO_AMOUNT : MERIT_NEGATIVE_AMOUNT;
	enum merit_status fault = model_member_fault(earn->member);
	if (fault != MERIT_OK)
		return fault;
	if (model.campaigns[earn->campaign].is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	return model.campaigns[earn->campaign].rules[earn->event].version == 0 ? MERIT_NO_RULE : MERIT_OK;
}

static enum merit_status window_wanted(const struct earn *earn)
{
	const struct campaign *campaign = &model.campaigns[earn->campaign];
	int32_t day = model_day(earn->occurred_ms);

	if (day < campaign->starts || day > campaign->ends)
		return MERIT_OUTSIDE_WINDOW;
	if (earn->occurred_ms > model.now_ms)
		return MERIT_IN_FUTURE;
	return model_day(model.now_ms) - day > LATE_DAYS ? MERIT_TOO_LATE : MERIT_OK;
}

static int64_t basis_points_of(const struct earn *earn, const struct rule *rule)
{
	int tier = model_tier(earn->member, model_year(model_day(earn->occurred_ms)));
	int64_t best = 0;

	for (int i = 0; i < rule->multipliers_count; i++) {
		const struct multiplier *row = &rule->multipliers[i];
		bool applies = row->is_tag ? model.members[earn->member].tags[row->name] : row->name == tier;
		if (applies && row->basis_points > best)
			best = row->basis_points;
	}
	return best == 0 ? 10000 : best;
}

static enum merit_status points_wanted(const struct earn *earn, const struct rule *rule, struct award *award)
{
	if (rule->points != 0 && earn->has_points && earn->points != rule->points)
		return MERIT_POINTS_FIXED;
	if (rule->points == 0 && !earn->has_points)
		return MERIT_POINTS_MISSING;
	if (rule->points == 0 && earn->points > rule->maximum)
		return MERIT_OVER_MAXIMUM;
	award->points = (rule->points != 0 ? rule->points : earn->points) * basis_points_of(earn, rule) / 10000;
	if (award->points == 0)
		return MERIT_ZERO_AMOUNT;
	return rule->minimum > 0 && earn->quantity < rule->minimum ? MERIT_BELOW_MINIMUM : MERIT_OK;
}

static enum merit_status once_wanted(const struct earn *earn, const struct rule *rule)
{
	if (rule->evidence != NONE && earn->evidence < 0)
		return MERIT_EVIDENCE_MISSING;
	if (rule->evidence == UNIQUE && model.evidence[earn->evidence] != 0)
		return MERIT_EVIDENCE_USED;
	for (int i = 0; i < model.awards_count; i++) {
		const struct award *award = &model.awards[i];
		if (award->campaign == earn->campaign && award->event == earn->event && award->member == earn->member &&
		    award->reference == earn->reference && award->state != REJECTED)
			return MERIT_ALREADY_EARNED;
	}
	return earn->actor == earn->member ? MERIT_ACTOR_IS_MEMBER : MERIT_OK;
}

static enum merit_status caps_wanted(struct earn *earn, const struct rule *rule, struct award *award)
{
	for (enum period period = DAY; period < PERIODS; period++) {
		if (rule->caps[period] == 0)
			continue;
		int64_t left = rule->caps[period] - counted_of_member(earn, period, true);
		if (award->points > left && (!rule->clip || left <= 0)) {
			earn->left = left < 0 ? 0 : left;
			return MERIT_CAP_REACHED;
		}
		award->points = model_least(award->points, left);
	}
	earn->left = 0;
	for (enum period period = DAY; period < PERIODS; period++) {
		if (rule->quotas[period] != 0 && counted_of_member(earn, period, false) >= rule->quotas[period])
			return MERIT_QUOTA_REACHED;
	}
	if (rule->quota_reference != 0 && counted_of_all(earn, true) >= rule->quota_reference)
		return MERIT_QUOTA_REACHED;
	if (rule->quota_event != 0 && counted_of_all(earn, false) >= rule->quota_event)
		return MERIT_QUOTA_REACHED;
	return MERIT_OK;
}

static enum merit_status money_wanted(const struct earn *earn, const struct rule *rule, struct award *award)
{
	const struct campaign *campaign = &model.campaigns[earn->campaign];
	int64_t left = model_money_left(earn->campaign, earn->member, model_year(model_day(earn->occurred_ms)));

	if (model_worth(earn->campaign, award->points) <= left)
		return MERIT_OK;
	award->points = left / 1000000 * campaign->value_points / campaign->value_minor;
	while (model_worth(earn->campaign, award->points + 1) <= left)
		award->points++;
	return rule->clip && award->points > 0 ? MERIT_OK : MERIT_SPONSOR_CAP_REACHED;
}

/* When it becomes available, and until when it lives. */
static enum merit_status days_wanted(const struct earn *earn, const struct rule *rule, struct award *award)
{
	const struct campaign *campaign = &model.campaigns[earn->campaign];
	int32_t today = model_day(model.now_ms), occurred = model_day(earn->occurred_ms);
	int64_t due_ms = rule->delay_days == 0 ? 0 : model_day_start_ms(occurred + rule->delay_days);

	award->due_ms = due_ms > model.now_ms ? due_ms : 0;
	award->state = rule->review ? REVIEW : award->due_ms != 0 ? MATURING : AVAILABLE;
	int32_t available = award->due_ms != 0 ? occurred + rule->delay_days : today;
	award->day = model_last_day(earn->campaign, campaign->from_available ? available : occurred);
	return award->day < available ? MERIT_LOT_EXPIRED : MERIT_OK;
}

enum merit_status model_earn_wanted(struct earn *earn, struct award *award_out)
{
	const struct rule *rule = &model.campaigns[earn->campaign].rules[earn->event];

	*award_out = (struct award){ .member = earn->member,
		                     .campaign = earn->campaign,
		                     .event = earn->event,
		                     .reference = earn->reference,
		                     .evidence = earn->evidence,
		                     .occurred_ms = earn->occurred_ms,
		                     .by = earn->by,
		                     .counted = rule->counted };
	enum merit_status fault = names_wanted(earn);
	if (fault == MERIT_OK)
		fault = window_wanted(earn);
	if (fault == MERIT_OK)
		fault = points_wanted(earn, rule, award_out);
	if (fault == MERIT_OK)
		fault = once_wanted(earn, rule);
	if (fault == MERIT_OK)
		fault = caps_wanted(earn, rule, award_out);
	if (fault == MERIT_OK)
		fault = money_wanted(earn, rule, award_out);
	if (fault == MERIT_OK && award_out->points > model.campaigns[earn->campaign].budget)
		fault = MERIT_SHORT_BUDGET;
	return fault == MERIT_OK ? days_wanted(earn, rule, award_out) : fault;
}
