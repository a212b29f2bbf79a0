/* funding.c - see funding.h. */
#include "ledger/funding.h"

#include "ledger/money.h"
#include "ledger/op_common.h"

/* What of MERIT_WORTH_MAX is left in the campaign's currency. */
static int64_t worth_left(struct merit_model *model, const struct merit_campaign *campaign)
{
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };
	const int64_t *row = merit_model_get(model, MERIT_TABLE_WORTH, currency, NULL);

	return MERIT_WORTH_MAX - (row == NULL ? 0 : *row);
}

bool merit_funding_is_beyond(struct merit_model *model, struct merit_entry *entry,
                             const struct merit_campaign *campaign, int64_t points)
{
	int64_t left = merit_points_left(&model->program);

	if (points > left) {
		merit_entry_refuse(entry, MERIT_AMOUNT_RANGE);
		merit_entry_why(entry, "left", left);
		return true;
	}
	if (campaign == NULL || merit_points_worth(campaign, points) <= worth_left(model, campaign))
		return false;
	merit_entry_refuse(entry, MERIT_AMOUNT_RANGE);
	merit_entry_why(entry, "left_minor", worth_left(model, campaign));
	return true;
}

bool merit_funding_is_short(struct merit_model *model, struct merit_entry *entry, const struct merit_campaign *campaign,
                            int64_t points)
{
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };
	int64_t needed = merit_points_worth(campaign, campaign->outstanding + points) -
	                 merit_points_worth(campaign, campaign->outstanding);
	int64_t free = merit_sponsor_free(model, merit_name_text(&campaign->sponsor), currency);

	if (needed == 0 || needed <= free) /* What needs nothing may be funded however little is free. */
		return false;
	merit_entry_refuse(entry, MERIT_OVER_CREDIT);
	merit_entry_why(entry, "needed", needed);
	merit_entry_why(entry, "free", free);
	return true;
}

void merit_funding_count(struct merit_model *model, const struct merit_campaign *campaign, int64_t points)
{
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };
	int64_t worth = merit_points_worth(campaign, points);

	if (worth == 0)
		return;
	int64_t *row = merit_model_edit(model, MERIT_TABLE_WORTH, currency, sizeof(*row));
	*row += worth;
}
