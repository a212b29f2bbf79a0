/* op_reward.c - what a referral pays: once, to both sides, right behind the earn that its referee had still to make.
 *
 * Nobody asks for this entry, so it is never refused: a side that cannot be paid gets nothing, and the results say
 * why. What one side is kept from never keeps the other from its own. */
#include <assert.h>

#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/count.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/referral.h"

/* ---- What sets it off ---- */

static bool is_in_window(const struct merit_model *model, const struct merit_terms *terms, int64_t referred_ms,
                         int64_t occurred_ms)
{
	if (occurred_ms < referred_ms)
		return false;
	return terms->window_days < 0 ||
	       merit_model_day(model, occurred_ms) - merit_model_day(model, referred_ms) <= terms->window_days;
}

void merit_referral_qualify(struct merit_model *model, struct merit_text member, uint32_t campaign, int64_t occurred_ms,
                            uint64_t seq)
{
	const struct merit_referral *referral = merit_model_referral(model, member);
	const struct merit_terms *terms = merit_model_terms(model, campaign);

	if (terms == NULL || referral == NULL || referral->referrer.size == 0 || referral->campaign != campaign ||
	    referral->qualified || seq < referral->seq)
		return;
	bool is_open = referral->state == MERIT_REFERRAL_RECORDED || referral->state == MERIT_REFERRAL_FLAGGED;
	if (!is_open || !is_in_window(model, terms, referral->occurred_ms, occurred_ms))
		return;
	struct merit_referral *row = merit_model_edit(model, MERIT_TABLE_REFERRAL, member, sizeof(*row));
	row->qualified = 1;
	merit_referral_set(model, member, (enum merit_referral_state)row->state);
}

/* ---- referral ---- */

/* One of the two. */
struct side {
	struct merit_text name;
	struct merit_member member;
	int64_t points;        /* by the terms; once weighed, those to be paid */
	int32_t day;           /* of the lot they land in */
	enum merit_status why; /* what keeps it from points by the terms, or OK */
};

struct reward {
	const struct merit_campaign *campaign;
	const struct merit_terms *terms;
	struct merit_text campaign_name;
	uint32_t number; /* the campaign's */
	int32_t today;
	struct side referrer, referee;
};

static struct merit_counted referrer_count(uint32_t campaign, struct merit_text referrer, enum merit_period period,
                                           int32_t day)
{
	return (struct merit_counted){ MERIT_COUNT_REFERRER, campaign, referrer, MERIT_TEXT(""), period, day };
}

int64_t merit_referrer_left(struct merit_model *model, const struct merit_terms *terms, uint32_t campaign,
                            struct merit_text referrer, enum merit_period period, int32_t day)
{
	struct merit_counted counted = referrer_count(campaign, referrer, period, day);
	int64_t most = terms->caps.most[period], so_far = merit_count_get(model, &counted).amount;

	return so_far < most ? most - so_far : 0;
}

static enum merit_status cap_fault(struct merit_model *model, const struct reward *reward)
{
	const struct side *referrer = &reward->referrer;

	for (enum merit_period period = 0; period < MERIT_PERIOD_COUNT; period++) {
		if (reward->terms->caps.most[period] != 0 &&
		    referrer->points > merit_referrer_left(model, reward->terms, reward->number, referrer->name,
		                                           period, reward->today))
			return MERIT_CAP_REACHED;
	}
	return MERIT_OK;
}

static enum merit_status sponsor_fault(struct merit_model *model, const struct reward *reward, const struct side *side)
{
	int64_t cap, left;

	if (!merit_sponsor_left(model, reward->campaign, side->name, reward->today, &cap, &left))
		return MERIT_OK;
	return merit_award_worth(reward->campaign, side->points) > left ? MERIT_SPONSOR_CAP_REACHED : MERIT_OK;
}

/* Returns may pass the limit of lots, and so may this, but not what a member's row holds. */
static enum merit_status lot_fault(const struct reward *reward, const struct side *side)
{
	const struct merit_member_head *head = &side->member.head;
	int64_t owed = merit_member_debt(&side->member, reward->number);

	if (side->points <= owed || merit_member_has_lot(&side->member, reward->number, side->day))
		return MERIT_OK;
	uint32_t rows = head->lots_count + head->debts_count - (owed > 0 ? 1 : 0); /* A debt paid down makes room. */
	return rows >= MERIT_MEMBER_ROWS_MAX ? MERIT_TOO_MANY_LOTS : MERIT_OK;
}

/* Takes its points from a side that may not have them. */
static void side_bar(struct side *side, enum merit_status why)
{
	if (side->points == 0 || why == MERIT_OK)
		return;
	side->points = 0;
	side->why = why;
}

static void side_weigh(struct merit_model *model, const struct reward *reward, struct side *side)
{
	int32_t last_day = merit_campaign_last_day(reward->campaign, reward->today);
	enum merit_status fault = merit_member_fault(&side->member.head);

	side->day = merit_landing_day(&side->member, reward->number, last_day, reward->today);
	if (fault == MERIT_OK && side == &reward->referrer)
		fault = cap_fault(model, reward);
	if (fault == MERIT_OK)
		fault = sponsor_fault(model, reward, side);
	if (fault == MERIT_OK)
		fault = lot_fault(reward, side);
	side_bar(side, fault);
}

static bool is_short(const struct reward *reward)
{
	return reward->referrer.points + reward->referee.points > reward->campaign->holder.balance[MERIT_BUDGET];
}

enum merit_status merit_referrer_fault(struct merit_model *model, const struct merit_campaign *campaign,
                                       const struct merit_terms *terms, struct merit_text referrer, int32_t today)
{
	struct reward reward = {
		.campaign = campaign,
		.terms = terms,
		.number = campaign->holder.number,
		.today = today,
		.referrer = { .name = referrer, .points = terms->referrer_points },
		.referee = { .points = terms->referee_points },
	};

	if (!merit_model_member(model, referrer, 0, &reward.referrer.member))
		return MERIT_MEMBER_UNKNOWN;
	side_weigh(model, &reward, &reward.referrer);
	if (reward.referrer.why != MERIT_OK)
		return reward.referrer.why;
	return is_short(&reward) ? MERIT_SHORT_BUDGET : merit_member_fault(&reward.referrer.member.head);
}

/* A name out of a row that evolve will change. */
static struct merit_text name_keep(struct merit_entry *entry, const struct merit_name *name)
{
	const char *copy = merit_arena_copy(entry->arena, name->text, name->size);

	entry->no_memory = entry->no_memory || copy == NULL;
	return (struct merit_text){ copy, copy == NULL ? 0 : name->size };
}

static void reward_begin(struct merit_model *model, struct merit_entry *entry, const struct merit_referral *referral,
                         struct reward *reward)
{
	*reward = (struct reward){ .number = referral->campaign, .today = merit_model_day(model, entry->time_ms) };
	reward->campaign_name = merit_model_campaign_name(model, reward->number);
	reward->campaign = merit_model_campaign(model, reward->campaign_name);
	reward->terms = merit_model_terms(model, reward->number);
	reward->referrer.name = name_keep(entry, &referral->referrer);
	reward->referrer.points = reward->terms->referrer_points;
	reward->referee.name = entry->values[REFERRAL_REFEREE].text;
	reward->referee.points = reward->terms->referee_points;
	bool found =
		entry->no_memory || (merit_model_member(model, reward->referrer.name, 0, &reward->referrer.member) &&
	                             merit_model_member(model, reward->referee.name, 0, &reward->referee.member));
	assert(found);
}

static void side_post(struct merit_entry *entry, const struct reward *reward, const struct side *side)
{
	merit_post_award(entry, MERIT_ACCOUNT_CAMPAIGN, reward->campaign_name, side->name, &side->member,
	                 reward->campaign_name, reward->number, side->day, side->points);
}

static void why_result(struct merit_entry *entry, size_t index, enum merit_status why)
{
	if (why != MERIT_OK)
		merit_entry_result_text(entry, index, merit_text_of(merit_status_word(why)));
}

static void reward_post(struct merit_entry *entry, const struct reward *reward, enum merit_referral_state state)
{
	const struct side *referrer = &reward->referrer, *referee = &reward->referee;

	merit_entry_result_text(entry, REFERRAL_REFERRER, referrer->name);
	merit_entry_result_text(entry, REFERRAL_CAMPAIGN, reward->campaign_name);
	merit_entry_result_integer(entry, REFERRAL_TERMS, reward->terms->version);
	merit_entry_result_integer(entry, REFERRAL_REFERRER_PAID, referrer->points);
	merit_entry_result_integer(entry, REFERRAL_REFEREE_PAID, referee->points);
	why_result(entry, REFERRAL_REFERRER_WHY, referrer->why);
	why_result(entry, REFERRAL_REFEREE_WHY, referee->why);
	merit_referral_result(entry, REFERRAL_STATE, state);
	side_post(entry, reward, referrer);
	side_post(entry, reward, referee);
}

void merit_decide_referral(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_referral *referral = merit_model_referral(model, entry->values[REFERRAL_REFEREE].text);
	struct reward reward;

	if (referral == NULL || !referral->qualified || referral->state != MERIT_REFERRAL_RECORDED) {
		merit_entry_refuse(entry, MERIT_NOT_DUE); /* for whoever decides a forged log again */
		return;
	}
	reward_begin(model, entry, referral, &reward);
	if (entry->no_memory)
		return;
	side_weigh(model, &reward, &reward.referrer);
	side_weigh(model, &reward, &reward.referee);
	bool is_flagged = is_short(&reward);
	if (is_flagged) { /* Neither, rather than whoever comes first: a reviewer pays both once there is enough. */
		enum merit_status why = reward.campaign->closed ? MERIT_CAMPAIGN_CLOSED : MERIT_SHORT_BUDGET;
		side_bar(&reward.referrer, why);
		side_bar(&reward.referee, why);
	}
	reward_post(entry, &reward, is_flagged ? MERIT_REFERRAL_FLAGGED : MERIT_REFERRAL_PAID);
}

/* What one side's points count towards, besides its balance. */
static void side_count(struct merit_model *model, const struct merit_campaign *campaign, struct merit_text name,
                       int32_t day, int64_t points)
{
	if (points == 0)
		return;
	merit_member_earned(model, name, merit_day_year(day), points);
	if (merit_sponsor_counts(model, campaign))
		merit_sponsor_count(model, campaign, name, day, points, 1);
}

static void caps_count(struct merit_model *model, uint32_t campaign, struct merit_text referrer, int32_t day,
                       int64_t points)
{
	uint8_t counted = merit_model_terms(model, campaign)->counted;

	for (enum merit_period period = 0; points > 0 && period < MERIT_PERIOD_COUNT; period++) {
		struct merit_counted count = referrer_count(campaign, referrer, period, day);
		if ((counted & 1u << period) != 0)
			merit_count_add(model, &count, 1, points);
	}
}

void merit_evolve_referral(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *results = entry->results;
	struct merit_text referee = entry->values[REFERRAL_REFEREE].text, referrer = results[REFERRAL_REFERRER].text;
	const struct merit_campaign *campaign = merit_model_campaign(model, results[REFERRAL_CAMPAIGN].text);
	int64_t points = results[REFERRAL_REFERRER_PAID].integer;
	enum merit_referral_state state = (enum merit_referral_state)results[REFERRAL_STATE].integer;

	side_count(model, campaign, referrer, merit_entry_true_day(entry), points);
	side_count(model, campaign, referee, merit_entry_true_day(entry), results[REFERRAL_REFEREE_PAID].integer);
	caps_count(model, campaign->holder.number, referrer, merit_entry_true_day(entry), points);
	merit_model_set_due(model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_REFERRAL, referee, false);
	if (state == MERIT_REFERRAL_PAID) {
		struct merit_referral *row = merit_model_edit(model, MERIT_TABLE_REFERRAL, referee, sizeof(*row));
		row->paid = entry->seq + 1;
	}
	merit_referral_set(model, referee, state);
}
