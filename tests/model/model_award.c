/* model_award.c - see model.h: what becomes of an award. */
#include "tests/model/model.h"

#include <assert.h>

static int32_t occurred_day(const struct award *award)
{
	return model_day(award->occurred_ms);
}

static int32_t last_day_from(const struct award *award, int32_t available)
{
	bool from_available = model.campaigns[award->campaign].from_available;

	return model_last_day(award->campaign, from_available ? available : occurred_day(award));
}

static void become_available(struct award *award, int32_t last_day)
{
	award->state = AVAILABLE;
	award->day = last_day;
	model_pay(award->member, award->campaign, last_day, occurred_day(award), award->points);
}

void model_earn(const struct award *award)
{
	assert(model.awards_count < AWARDS);
	struct award *row = &model.awards[model.awards_count++];

	*row = *award;
	model_begin(occurred_day(row));
	model.campaigns[row->campaign].budget -= row->points;
	if (row->evidence >= 0)
		model.evidence[row->evidence]++;
	row->worth = model_money_counts(row->campaign) ? model_worth(row->campaign, row->points) : 0;
	model_money_add(row->campaign, row->member, occurred_day(row), row->worth);
	if (row->state == AVAILABLE)
		become_available(row, row->day);
	else
		model.members[row->member].pending[row->campaign] += row->points;
	if (row->state != REVIEW)
		model_qualify(row);
	model_end();
}

void model_mature(struct award *award)
{
	model.members[award->member].pending[award->campaign] -= award->points;
	become_available(award, last_day_from(award, model_day(award->due_ms)));
}

static void reject(struct award *award)
{
	award->state = REJECTED;
	model.members[award->member].pending[award->campaign] -= award->points;
	model_pay_back(award->campaign, award->points);
	model_money_add(award->campaign, award->member, occurred_day(award), -award->worth);
	if (award->evidence >= 0)
		model.evidence[award->evidence]--;
}

enum merit_status model_review(struct award *award, enum party by, bool approve)
{
	if (by == award->by)
		return MERIT_SAME_PARTY;
	if (award->state != REVIEW)
		return MERIT_NOT_PENDING;
	if (!approve) {
		reject(award);
		return MERIT_OK;
	}
	int32_t today = model_day(model.now_ms), day = last_day_from(award, today);
	if (award->due_ms <= model.now_ms && day < today)
		return MERIT_LOT_EXPIRED;
	if (award->due_ms > model.now_ms) {
		award->state = MATURING;
	} else {
		model.members[award->member].pending[award->campaign] -= award->points;
		become_available(award, day);
	}
	model_qualify(award);
	return MERIT_OK;
}

/* Takes from the member's points of the campaign, those of the award's own lot first; what they lack is owed. */
static void claw_back(const struct award *award)
{
	struct member *member = &model.members[award->member];
	int64_t points = award->points;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < member->lots_count; i++) {
			struct lot *lot = &member->lots[i];
			if (lot->campaign != award->campaign || (lot->day == award->day) != (round == 0))
				continue;
			int64_t taken = model_least(lot->available, points);
			lot->available -= taken;
			points -= taken;
		}
	}
	member->debt[award->campaign] += points;
}

enum merit_status model_reverse(struct award *award)
{
	if (award->is_reversed)
		return MERIT_ALREADY_REVERSED;
	if (award->state == REJECTED)
		return MERIT_NOT_PENDING;
	if (award->state == AVAILABLE)
		claw_back(award);
	else
		model.members[award->member].pending[award->campaign] -= award->points;
	award->state = REVERSED;
	award->is_reversed = true;
	model_pay_back(award->campaign, award->points);
	return MERIT_OK;
}
