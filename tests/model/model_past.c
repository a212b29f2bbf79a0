/* model_past.c - see model.h: what all accounts in points come to, and by which day's entries they came to it. */
#include "tests/model/model.h"

#include <assert.h>

static void campaign_total(int campaign, int64_t row[TOTALS])
{
	const struct campaign *from = &model.campaigns[campaign];

	row[TOTAL_GRANTED] = -from->granted;
	row[TOTAL_BUDGET] = from->budget;
	row[TOTAL_REDEEMED] = from->redeemed;
	row[TOTAL_EXPIRED] = from->expired;
	row[TOTAL_WRITTEN_OFF] = -from->written_off;
}

static void member_total(int member, struct totals *totals)
{
	const struct member *from = &model.members[member];
	int64_t *row = totals->members[member];

	for (int i = 0; i < CAMPAIGNS; i++) {
		totals->campaigns[i][TOTAL_PENDING] += from->pending[i];
		totals->campaigns[i][TOTAL_DEBT] -= from->debt[i];
		row[1] += from->pending[i];
		row[3] += from->debt[i];
	}
	for (int i = 0; i < from->lots_count; i++) {
		const struct lot *lot = &from->lots[i];
		totals->campaigns[lot->campaign][TOTAL_AVAILABLE] += lot->available;
		totals->campaigns[lot->campaign][TOTAL_HELD] += lot->held;
		row[0] += lot->available;
		row[2] += lot->held;
	}
}

void model_totals(struct totals *totals_out)
{
	*totals_out = (struct totals){ .campaigns = { { 0 } } };
	for (int i = 0; i < CAMPAIGNS; i++)
		campaign_total(i, totals_out->campaigns[i]);
	for (int i = 0; i < model.members_count; i++)
		member_total(i, totals_out);
}

void model_totals_on(int32_t day, struct totals *totals_out)
{
	*totals_out = (struct totals){ .campaigns = { { 0 } } };
	for (int i = 0; i < model.changes_count; i++) {
		const struct change *change = &model.changes[i];
		if (change->day <= day)
			((int64_t *)totals_out)[change->place] += change->by;
	}
}

/* What changed since the last time is of that day. */
void model_book(int32_t day)
{
	struct totals totals;
	const int64_t *now = (const int64_t *)&totals;
	int64_t *before = (int64_t *)&model.booked;

	model_totals(&totals);
	for (size_t i = 0; i < sizeof(totals) / sizeof(now[0]); i++) {
		if (now[i] == before[i])
			continue;
		assert(model.changes_count < CHANGES);
		model.changes[model.changes_count++] = (struct change){ day, (int)i, now[i] - before[i] };
		before[i] = now[i];
	}
}
