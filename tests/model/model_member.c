/* model_member.c - see model.h: tags, tiers, freezing, closing, opening balances, and which points may buy what. */
#include "tests/model/model.h"

enum merit_status model_member_fault(int member)
{
	if (member >= model.members_count)
		return MERIT_MEMBER_UNKNOWN;
	if (model.members[member].is_closed)
		return MERIT_MEMBER_CLOSED;
	return model.members[member].is_frozen ? MERIT_MEMBER_FROZEN : MERIT_OK;
}

/* ---- Tiers ---- */

/* What was earned counts in the latest year in which anything was, and in the one before it. */
int64_t model_earned(int of, int year)
{
	const struct member *member = &model.members[of];
	int latest = YEARS - 1;

	while (latest > 0 && member->earned[latest] == 0)
		latest--;
	int place = year - FIRST_YEAR;
	return place < 0 || place > latest || place < latest - 1 ? 0 : member->earned[place];
}

int model_tier(int member, int year)
{
	const struct member *row = &model.members[member];
	int best = -1;

	if (row->tier >= 0)
		return row->tier;
	for (int i = 0; i < model.tiers_count; i++) {
		if (model.tiers[i] <= model_earned(member, year) && (best < 0 || model.tiers[i] > model.tiers[best]))
			best = i;
	}
	return best;
}

bool model_reaches(int member, int year, int tier)
{
	int has = model_tier(member, year);

	return has >= 0 && tier < model.tiers_count && model.tiers[has] >= model.tiers[tier];
}

enum merit_status model_tier_set(int tier, int64_t points)
{
	if (tier == model.tiers_count)
		model.tiers_count++;
	model.tiers[tier] = points;
	return MERIT_OK;
}

enum merit_status model_member_tier(int member, int tier)
{
	if (member >= model.members_count)
		return MERIT_MEMBER_UNKNOWN;
	if (tier >= model.tiers_count)
		return MERIT_TIER_UNKNOWN;
	model.members[member].tier = tier;
	return MERIT_OK;
}

enum merit_status model_tag(int member, int tag, bool on)
{
	if (member >= model.members_count)
		return MERIT_MEMBER_UNKNOWN;
	if (model.members[member].tags[tag] == on)
		return MERIT_NOTHING_TO_DO;
	model.members[member].tags[tag] = on;
	return MERIT_OK;
}

/* ---- Freezing and closing ---- */

enum merit_status model_freeze(int member, bool is_frozen)
{
	enum merit_status fault = model_member_fault(member);

	if (fault == MERIT_MEMBER_UNKNOWN || fault == MERIT_MEMBER_CLOSED)
		return fault;
	if (model.members[member].is_frozen == is_frozen)
		return MERIT_NOTHING_TO_DO;
	model.members[member].is_frozen = is_frozen;
	return MERIT_OK;
}

enum merit_status model_close(int member)
{
	enum merit_status fault = model_member_fault(member);

	if (fault == MERIT_MEMBER_UNKNOWN || fault == MERIT_MEMBER_CLOSED)
		return fault;
	if (model_held(member) > 0 || model_pending(member) > 0)
		return MERIT_MEMBER_BUSY;
	model.members[member].is_closed = true;
	return MERIT_OK;
}

/* ---- Opening balances ---- */

enum merit_status model_open(int member, int campaign, int64_t points, int reference, int32_t last_day)
{
	struct campaign *row = &model.campaigns[campaign];
	int32_t today = model_day(model.now_ms);

	if (points <= 0)
		return points == 0 ? MERIT_ZERO_AMOUNT : MERIT_NEGATIVE_AMOUNT;
	enum merit_status fault = model_member_fault(member);
	if (fault != MERIT_OK)
		return fault;
	if (row->is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	if (model.members[member].opened[campaign][reference])
		return MERIT_ALREADY_EARNED;
	if (points > row->budget)
		return MERIT_SHORT_BUDGET;
	if (last_day == NO_DAY)
		last_day = model_last_day(campaign, today);
	if (last_day < today)
		return MERIT_LOT_EXPIRED;
	model.members[member].opened[campaign][reference] = true;
	row->budget -= points;
	model_give(member, campaign, last_day, points); /* Earned elsewhere: for no tier here. */
	return MERIT_OK;
}

/* ---- Eligibility ---- */

bool model_may_buy(int campaign, enum class class_, int member)
{
	const struct eligibility *row = &model.campaigns[campaign].eligibility[class_];

	if (!row->is_set)
		return class_ != CASH && class_ != MEDICINE;
	if (!row->is_allowed || (row->tag >= 0 && !model.members[member].tags[row->tag]))
		return false;
	return row->tier < 0 || model_reaches(member, model_year(model_day(model.now_ms)), row->tier);
}
