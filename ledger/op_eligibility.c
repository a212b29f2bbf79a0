/* op_eligibility.c - which points may buy which class of item. */
#include "ledger/eligibility.h"

#include "ledger/op.h"
#include "ledger/op_common.h"

static bool is_barred_by_default(enum merit_class class_)
{
	return class_ == MERIT_CLASS_CASH || class_ == MERIT_CLASS_MEDICINE;
}

static struct merit_text eligibility_key(struct merit_model *model, uint32_t campaign, enum merit_class class_)
{
	char byte = (char)class_;

	return merit_model_id_key(model, campaign, (struct merit_text){ &byte, 1 }); /* copied into scratch */
}

bool merit_points_may_buy(struct merit_model *model, uint32_t campaign, enum merit_class class_,
                          struct merit_text member, const struct merit_member_head *head, int32_t year)
{
	const struct merit_eligibility *row =
		merit_model_get(model, MERIT_TABLE_ELIGIBILITY, eligibility_key(model, campaign, class_), NULL);

	if (row == NULL)
		return !is_barred_by_default(class_);
	return row->allowed &&
	       (row->tag.size == 0 || merit_member_has_tag(model, member, merit_name_text(&row->tag))) &&
	       (row->tier.size == 0 || merit_member_reaches(model, head, year, merit_name_text(&row->tier)));
}

/* ---- campaign.eligibility ---- */

/* A closed campaign's too: its points live on with members and go on buying. */
void merit_decide_campaign_eligibility(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;

	if (merit_model_campaign(model, values[ELIGIBILITY_CAMPAIGN].text) == NULL)
		merit_entry_refuse(entry, MERIT_CAMPAIGN_UNKNOWN);
	else if (values[ELIGIBILITY_TIER].present &&
	         merit_tier_place(merit_model_tiers(model), values[ELIGIBILITY_TIER].text) < 0)
		merit_entry_refuse(entry, MERIT_TIER_UNKNOWN);
	else if (values[ELIGIBILITY_ALLOWED].integer != 0 && !model->approved &&
	         is_barred_by_default((enum merit_class)values[ELIGIBILITY_CLASS].integer))
		merit_entry_refuse(entry, MERIT_PROPOSAL_REQUIRED);
}

void merit_evolve_campaign_eligibility(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *tag = &values[ELIGIBILITY_TAG],
				 *tier = &values[ELIGIBILITY_TIER];
	uint32_t campaign = merit_model_campaign(model, values[ELIGIBILITY_CAMPAIGN].text)->holder.number;
	struct merit_text key = eligibility_key(model, campaign, (enum merit_class)values[ELIGIBILITY_CLASS].integer);
	struct merit_eligibility *row = merit_model_edit(model, MERIT_TABLE_ELIGIBILITY, key, sizeof(*row));

	row->allowed = values[ELIGIBILITY_ALLOWED].integer != 0;
	row->tag = merit_name_of(tag->present ? tag->text : MERIT_TEXT(""));
	row->tier = merit_name_of(tier->present ? tier->text : MERIT_TEXT(""));
}
