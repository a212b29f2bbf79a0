/* model_referral.c - see model.h: who brought whom in. */
#include "tests/model/model.h"

#include <assert.h>

/* ---- Recording ---- */

static int64_t recorded_on(int referrer, int campaign, int32_t day)
{
	int64_t count = 0;

	for (int i = 0; i < model.members_count; i++) {
		const struct member *row = &model.members[i];
		count += row->referral != NOBODY && row->referrer == referrer && row->referral_campaign == campaign &&
		         model_day(row->referred_ms) == day;
	}
	return count;
}

/* Whether the referrer goes back to the referee. */
static bool is_cycle(int referrer, int referee)
{
	for (int member = referrer;; member = model.members[member].referrer) {
		if (member == referee)
			return true;
		if (model.members[member].referral == NOBODY)
			return false;
	}
}

static enum merit_status parties_fault(int referrer, int referee)
{
	if (referrer >= model.members_count || referee >= model.members_count)
		return MERIT_MEMBER_UNKNOWN;
	if (model.members[referrer].is_closed || model.members[referee].is_closed)
		return MERIT_MEMBER_CLOSED;
	return model.members[referrer].is_frozen || model.members[referee].is_frozen ? MERIT_MEMBER_FROZEN : MERIT_OK;
}

static enum merit_status record_wanted(int referrer, int referee, int campaign, int64_t occurred_ms)
{
	const struct campaign *row = &model.campaigns[campaign];
	enum merit_status fault = parties_fault(referrer, referee);

	if (fault != MERIT_OK)
		return fault;
	if (row->is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	if (occurred_ms > model.now_ms)
		return MERIT_IN_FUTURE;
	if (model_day(model.now_ms) - model_day(occurred_ms) > LATE_DAYS)
		return MERIT_TOO_LATE;
	if (row->terms.version == 0)
		return MERIT_NO_TERMS;
	if (referrer == referee)
		return MERIT_SELF_REFERRAL;
	if (model.members[referee].referral != NOBODY)
		return model.members[referee].referrer == referrer ? MERIT_ALREADY_REFERRED : MERIT_OTHER_REFERRER;
	return is_cycle(referrer, referee) ? MERIT_REFERRAL_CYCLE : MERIT_OK;
}

enum merit_status model_record(int referrer, int referee, int campaign, int64_t occurred_ms, enum party by)
{
	enum merit_status fault = record_wanted(referrer, referee, campaign, occurred_ms);
	int64_t most = model.campaigns[campaign].terms.flag_day;

	if (fault != MERIT_OK)
		return fault;
	bool is_flagged = most != 0 && recorded_on(referrer, campaign, model_day(occurred_ms)) >= most;
	struct member *row = &model.members[referee];
	row->referrer = referrer;
	row->referral_campaign = campaign;
	row->referral = is_flagged ? FLAGGED : RECORDED;
	row->recorded_by = by;
	row->referred_ms = occurred_ms;
	return MERIT_OK;
}

enum merit_status model_referral_review(int referee, enum party by, bool approve)
{
	if (referee >= model.members_count)
		return MERIT_MEMBER_UNKNOWN;
	struct member *row = &model.members[referee];
	if (row->referral == NOBODY)
		return MERIT_REFERRAL_UNKNOWN;
	if (by == row->recorded_by)
		return MERIT_SAME_PARTY;
	if (approve && model.campaigns[row->referral_campaign].is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	if (row->referral != FLAGGED)
		return MERIT_NOT_FLAGGED;
	row->referral = approve ? RECORDED : TURNED_DOWN;
	row->due = approve && row->qualified;
	return MERIT_OK;
}

/* ---- Qualifying and paying ---- */

void model_qualify(const struct award *award)
{
	const struct terms *terms = &model.campaigns[award->campaign].terms;
	struct member *row = &model.members[award->member];

	if (terms->version == 0 || terms->event != award->event)
		return;
	if ((row->referral != RECORDED && row->referral != FLAGGED) || row->qualified)
		return;
	if (row->referral_campaign != award->campaign || award->seq < row->recorded_seq)
		return;
	if (award->occurred_ms < row->referred_ms)
		return;
	if (terms->window_days >= 0 && model_day(award->occurred_ms) - model_day(row->referred_ms) > terms->window_days)
		return;
	row->qualified = true;
	row->due = row->referral == RECORDED;
}

static int64_t rewarded(const struct member *referrer, int campaign, enum period period, int32_t day)
{
	int64_t sum = 0;

	for (int i = 0; i < referrer->rewards_count; i++) {
		const struct reward *reward = &referrer->rewards[i];
		if (reward->campaign == campaign && (reward->counted & 1u << period) != 0 &&
		    model_period_first(period, reward->day) == model_period_first(period, day))
			sum += reward->points;
	}
	return sum;
}

static bool is_capped(int referrer, int campaign, int32_t today)
{
	const struct terms *terms = &model.campaigns[campaign].terms;

	for (enum period period = DAY; period < PERIODS; period++) {
		if (terms->caps[period] != 0 &&
		    rewarded(&model.members[referrer], campaign, period, today) + terms->referrer_points >
		            terms->caps[period])
			return true;
	}
	return false;
}

/* What one side gets: all or nothing. */
static int64_t reward_of(int member, int campaign, int64_t points, bool is_capped_too)
{
	int year = model_year(model_day(model.now_ms));

	if (model_member_fault(member) != MERIT_OK || is_capped_too)
		return 0;
	return model_worth(campaign, points) > model_money_left(campaign, member, year) ? 0 : points;
}

static void reward_pay(int member, int campaign, int32_t today, int64_t points)
{
	if (points == 0)
		return;
	if (model_money_counts(campaign))
		model_money_add(campaign, member, today, model_worth(campaign, points));
	model_pay(member, campaign, model_last_day(campaign, today), today, points);
}

void model_referral_pay(int referee)
{
	struct member *row = &model.members[referee];
	struct campaign *campaign = &model.campaigns[row->referral_campaign];
	int place = row->referral_campaign, referrer = row->referrer;
	int32_t today = model_day(model.now_ms);
	int64_t to_referrer =
		reward_of(referrer, place, campaign->terms.referrer_points, is_capped(referrer, place, today));
	int64_t to_referee = reward_of(referee, place, campaign->terms.referee_points, false);

	row->due = false;
	if (to_referrer + to_referee > campaign->budget) {
		row->referral = FLAGGED;
		return;
	}
	row->referral = PAID;
	campaign->budget -= to_referrer + to_referee;
	reward_pay(referrer, place, today, to_referrer);
	reward_pay(referee, place, today, to_referee);
	struct member *paid = &model.members[referrer];
	assert(paid->rewards_count < MEMBERS);
	paid->rewards[paid->rewards_count++] = (struct reward){ place, today, to_referrer, campaign->terms.counted };
}
