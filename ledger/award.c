/* award.c - see award.h. */
#include "ledger/award.h"

#include <assert.h>

#include "ledger/calendar.h"
#include "ledger/count.h"
#include "ledger/op_common.h"

/* The places of the words of a campaign's from. */
enum { FROM_OCCURRED, FROM_AVAILABLE };

/* ---- What an award counts ---- */

void merit_award_count(struct merit_model *model, const struct merit_entry *earn, uint8_t counted, int sign)
{
	const struct merit_value *values = earn->values;
	int64_t points = earn->results[EARN_PAID].integer;
	int32_t day = merit_model_day(model, values[EARN_OCCURRED].integer);

	if (counted == 0) /* as with most rules: then no row need be looked at */
		return;
	const struct merit_campaign *campaign = merit_model_campaign(model, values[EARN_CAMPAIGN].text);
	struct merit_counted what = {
		.counter = MERIT_COUNT_MEMBER,
		.number = campaign->holder.number,
		.a = values[EARN_EVENT].text,
		.b = values[EARN_MEMBER].text,
		.day = day,
	};
	for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
		what.period = (enum merit_period)period;
		if ((counted & 1u << period) != 0)
			merit_count_add(model, &what, sign, sign * points);
	}
	what.period = MERIT_PERIOD_LIFETIME;
	what.counter = MERIT_COUNT_REFERENCE;
	what.b = values[EARN_REFERENCE].text;
	if ((counted & MERIT_COUNTED_REFERENCE) != 0)
		merit_count_add(model, &what, sign, sign * points);
	what.counter = MERIT_COUNT_EVENT;
	what.b = MERIT_TEXT("");
	if ((counted & MERIT_COUNTED_EVENT) != 0)
		merit_count_add(model, &what, sign, sign * points);
	if ((counted & MERIT_COUNTED_SPONSOR) != 0)
		merit_sponsor_count(model, campaign, values[EARN_MEMBER].text, day, points, sign);
}

/* ---- Where an award stands ---- */

static void row_keep(struct merit_model *model, enum merit_table table, struct merit_text key, bool keeps)
{
	if (keeps)
		merit_model_add(model, table, key, 0);
	else
		merit_state_delete(model->state, (uint8_t)table, key.data, key.size);
}

/* Sets or clears the rows under which an award waits in this state. */
static void waits(struct merit_model *model, uint64_t seq, struct merit_text member, const struct merit_award *award,
                  bool waits_here)
{
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_PENDING, member, &slot);

	assert(holder != NULL);
	if (award->state != MERIT_AWARD_REVIEW && award->state != MERIT_AWARD_MATURING)
		return;
	row_keep(model, MERIT_TABLE_MEMBER_AWARD, merit_model_pair_key(model, holder->number, seq), waits_here);
	if (award->state == MERIT_AWARD_REVIEW)
		row_keep(model, MERIT_TABLE_REVIEW, merit_model_number_key(model, seq), waits_here);
	else
		merit_model_set_due(model, award->due_ms, MERIT_DUE_MATURE, merit_model_award_name(model, seq),
		                    waits_here);
}

void merit_award_set(struct merit_model *model, uint64_t seq, struct merit_text member, const struct merit_award *award)
{
	const struct merit_award *before = merit_model_award(model, seq);
	struct merit_award behind = *award; /* which may be the row itself */

	if (before != NULL)
		waits(model, seq, member, before, false);
	*(struct merit_award *)merit_model_edit(model, MERIT_TABLE_AWARD, merit_model_number_key(model, seq),
	                                        sizeof(behind)) = behind;
	waits(model, seq, member, &behind, true);
}

int32_t merit_award_last_day(const struct merit_campaign *campaign, int32_t occurred_day, int32_t available_day)
{
	return merit_campaign_last_day(campaign, campaign->from == FROM_OCCURRED ? occurred_day : available_day);
}

/* ---- Sponsors' caps ---- */

int64_t merit_award_worth(const struct merit_campaign *campaign, int64_t points)
{
	__int128 product = (__int128)points * campaign->value_minor * MERIT_WORTH_MINOR; /* below 2^126 */
	__int128 worth = (product + campaign->value_points - 1) / campaign->value_points;

	return worth > INT64_MAX ? INT64_MAX : (int64_t)worth;
}

static struct merit_counted sponsor_counted(uint32_t sponsor, const struct merit_campaign *campaign,
                                            struct merit_text member, int32_t day)
{
	return (struct merit_counted){
		.counter = MERIT_COUNT_SPONSOR,
		.number = sponsor,
		.a = { campaign->currency, sizeof(campaign->currency) },
		.b = member,
		.period = MERIT_PERIOD_YEAR,
		.day = day,
	};
}

static const struct merit_sponsor_cap *sponsor_cap(struct merit_model *model, const struct merit_campaign *campaign,
                                                   uint32_t *sponsor_out)
{
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };

	if (model->program.sponsor_caps == 0)
		return NULL;
	*sponsor_out = merit_model_sponsor(model, merit_name_text(&campaign->sponsor))->holder.number;
	return merit_model_get(model, MERIT_TABLE_SPONSOR_CAP, merit_model_id_key(model, *sponsor_out, currency), NULL);
}

bool merit_sponsor_counts(struct merit_model *model, const struct merit_campaign *campaign)
{
	uint32_t sponsor;

	return sponsor_cap(model, campaign, &sponsor) != NULL;
}

bool merit_sponsor_left(struct merit_model *model, const struct merit_campaign *campaign, struct merit_text member,
                        int32_t day, int64_t *cap_out, int64_t *left_out)
{
	uint32_t sponsor;
	const struct merit_sponsor_cap *row = sponsor_cap(model, campaign, &sponsor);

	if (row == NULL)
		return false;
	struct merit_counted counted = sponsor_counted(sponsor, campaign, member, day);
	*cap_out = row->minor == 0 ? MERIT_AMOUNT_MAX : row->minor;
	__int128 left = (__int128)*cap_out * MERIT_WORTH_MINOR - merit_count_get(model, &counted).amount;
	*left_out = left < 0 ? 0 : left > INT64_MAX ? INT64_MAX : (int64_t)left;
	return true;
}

int64_t merit_award_clip(const struct merit_campaign *campaign, int64_t points, int64_t worth)
{
	if (merit_award_worth(campaign, points) <= worth)
		return points;
	/* A point is worth something, or all of them had fitted. */
	__int128 most =
		(__int128)worth * campaign->value_points / ((__int128)campaign->value_minor * MERIT_WORTH_MINOR);
	return most < points ? (int64_t)most : points;
}

void merit_sponsor_count(struct merit_model *model, const struct merit_campaign *campaign, struct merit_text member,
                         int32_t day, int64_t points, int sign)
{
	uint32_t sponsor = merit_model_sponsor(model, merit_name_text(&campaign->sponsor))->holder.number;
	struct merit_counted counted = sponsor_counted(sponsor, campaign, member, day);

	merit_count_add(model, &counted, sign, sign * merit_award_worth(campaign, points));
}
