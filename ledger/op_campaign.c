/* op_campaign.c - campaigns: what they promise, and their budgets. */
#include <assert.h>
#include <string.h>

#include "ledger/funding.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

/* ---- campaign.create ---- */

void merit_decide_campaign_create(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	enum merit_status fault = merit_amount_fault(values[CAMPAIGN_VALUE_POINTS].integer);

	if (fault == MERIT_OK && values[CAMPAIGN_VALUE_MINOR].integer < 0)
		fault = MERIT_NEGATIVE_AMOUNT;
	if (fault == MERIT_OK && merit_model_sponsor(model, values[CAMPAIGN_SPONSOR].text) == NULL)
		fault = MERIT_SPONSOR_UNKNOWN;
	if (fault == MERIT_OK && merit_model_campaign(model, values[CAMPAIGN_CAMPAIGN].text) != NULL)
		fault = MERIT_CAMPAIGN_EXISTS;
	if (fault == MERIT_OK && values[CAMPAIGN_ENDS].integer < values[CAMPAIGN_STARTS].integer)
		fault = MERIT_OUTSIDE_WINDOW;
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_campaign_create(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[CAMPAIGN_CAMPAIGN].text;
	uint32_t number = ++model->program.numbers;
	struct merit_text key = merit_model_number_key(model, number);

	merit_model_edit_program(model);
	memcpy(merit_model_edit(model, MERIT_TABLE_CAMPAIGN_NAME, key, name.size), name.data, name.size);
	struct merit_campaign *row = merit_model_edit(model, MERIT_TABLE_CAMPAIGN, name, sizeof(*row));
	row->holder.number = number;
	row->sponsor = merit_name_of(values[CAMPAIGN_SPONSOR].text);
	memcpy(row->currency, values[CAMPAIGN_CURRENCY].text.data, sizeof(row->currency));
	row->contract = (uint8_t)values[CAMPAIGN_CONTRACT].integer;
	row->round = (uint8_t)values[CAMPAIGN_ROUND].integer;
	row->from = (uint8_t)values[CAMPAIGN_FROM].integer;
	row->starts = (int32_t)values[CAMPAIGN_STARTS].integer;
	row->ends = (int32_t)values[CAMPAIGN_ENDS].integer;
	row->months = (int32_t)values[CAMPAIGN_MONTHS].integer;
	row->value_minor = values[CAMPAIGN_VALUE_MINOR].integer;
	row->value_points = values[CAMPAIGN_VALUE_POINTS].integer;
}

/* ---- campaign.fund, campaign.close ---- */

void merit_decide_campaign_fund(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[FUND_CAMPAIGN].text;
	const struct merit_campaign *campaign = merit_model_campaign(model, name);
	int64_t points = entry->values[FUND_POINTS].integer;
	enum merit_status fault = merit_amount_fault(points);

	if (fault == MERIT_OK && merit_funding_is_beyond(model, entry, campaign, points))
		return;
	if (fault == MERIT_OK && campaign == NULL)
		fault = MERIT_CAMPAIGN_UNKNOWN;
	if (fault == MERIT_OK && merit_funding_is_short(model, entry, campaign, points))
		return;
	if (fault == MERIT_OK && campaign->closed)
		fault = MERIT_CAMPAIGN_CLOSED;
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	merit_entry_post(entry, MERIT_ACCOUNT_SPONSOR, merit_name_text(&campaign->sponsor), name, MERIT_DAY_NONE, -1,
	                 -points);
	merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, name, name, MERIT_DAY_NONE, -1, points);
}

void merit_evolve_campaign_fund(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, entry->values[FUND_CAMPAIGN].text);

	merit_funding_count(model, campaign, entry->values[FUND_POINTS].integer);
}

void merit_decide_campaign_close(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[CLOSE_CAMPAIGN].text;
	const struct merit_campaign *campaign = merit_model_campaign(model, name);

	if (campaign == NULL || campaign->closed) {
		merit_entry_refuse(entry, campaign == NULL ? MERIT_CAMPAIGN_UNKNOWN : MERIT_CAMPAIGN_CLOSED);
		return;
	}
	int64_t left = campaign->holder.balance[MERIT_BUDGET];
	merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, name, name, MERIT_DAY_NONE, -1, -left);
	merit_entry_post(entry, MERIT_ACCOUNT_SPONSOR, merit_name_text(&campaign->sponsor), name, MERIT_DAY_NONE, -1,
	                 left);
}

void merit_evolve_campaign_close(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_campaign *row =
		merit_model_edit(model, MERIT_TABLE_CAMPAIGN, entry->values[CLOSE_CAMPAIGN].text, sizeof(*row));

	row->closed = 1;
}
