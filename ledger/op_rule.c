/* op_rule.c - what a campaign pays for: the rules of its events; and what a sponsor lets a member get in a year. */
#include "ledger/award.h"
#include "ledger/count.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

/* ---- campaign.rule ---- */

static enum merit_status amounts_fault(const struct merit_value *points, const struct merit_value *maximum)
{
	if ((points->present && points->integer == 0) || (maximum->present && maximum->integer == 0))
		return MERIT_ZERO_AMOUNT;
	if ((points->present && points->integer < 0) || (maximum->present && maximum->integer < 0))
		return MERIT_NEGATIVE_AMOUNT;
	return MERIT_OK;
}

/* TIER_UNKNOWN for a multiplier of a tier that does not exist, else OK. */
static enum merit_status tiers_fault(struct merit_model *model, const struct merit_value *multipliers)
{
	for (size_t i = 0; i < multipliers->row_count; i++) {
		const struct merit_value *tier = &multipliers->cells[i * MULTIPLIER_COLUMNS + MULTIPLIER_TIER];
		if (tier->present && merit_tier_place(merit_model_tiers(model), tier->text) < 0)
			return MERIT_TIER_UNKNOWN;
	}
	return MERIT_OK;
}

static enum merit_status multipliers_fault(const struct merit_value *multipliers)
{
	for (size_t i = 0; i < multipliers->row_count; i++) {
		const struct merit_value *cells = &multipliers->cells[i * MULTIPLIER_COLUMNS];
		if (cells[MULTIPLIER_TIER].present == cells[MULTIPLIER_TAG].present)
			return MERIT_MULTIPLIER_UNCLEAR;
	}
	return MERIT_OK;
}

void merit_decide_campaign_rule(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_campaign *campaign = merit_model_campaign(model, values[RULE_CAMPAIGN].text);
	const struct merit_value *points = &values[RULE_POINTS], *maximum = &values[RULE_MAXIMUM];
	enum merit_status fault = amounts_fault(points, maximum);

	if (fault == MERIT_OK && campaign == NULL)
		fault = MERIT_CAMPAIGN_UNKNOWN;
	if (fault == MERIT_OK)
		fault = tiers_fault(model, &values[RULE_MULTIPLIERS]);
	if (fault == MERIT_OK && campaign->closed)
		fault = MERIT_CAMPAIGN_CLOSED;
	if (fault == MERIT_OK && points->present && maximum->present)
		fault = MERIT_POINTS_FIXED;
	if (fault == MERIT_OK && !points->present && !maximum->present)
		fault = MERIT_POINTS_MISSING;
	if (fault == MERIT_OK)
		fault = multipliers_fault(&values[RULE_MULTIPLIERS]);
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	const struct merit_rule *rule = merit_model_rule(model, campaign->holder.number, values[RULE_EVENT].text);
	merit_entry_result_integer(entry, RESULT_VERSION, rule == NULL ? 1 : rule->version + 1);
}

/* The limits a version sets, and from then on what is counted: a later version without them may be followed by one with
 * them again. */
static void rule_limits(struct merit_rule *rule, const struct merit_value *values)
{
	for (int period = 0; period < MERIT_PERIOD_COUNT; period++) { /* integer is 0 where a value is absent */
		rule->caps.most[period] = values[RULE_CAP_DAY + period].integer;
		rule->quotas.most[period] = values[RULE_QUOTA_DAY + period].integer;
	}
	rule->quota_reference = values[RULE_QUOTA_REFERENCE].integer;
	rule->quota_event = values[RULE_QUOTA_EVENT].integer;
	unsigned counted = rule->counted | merit_caps_mask(&rule->caps) | merit_caps_mask(&rule->quotas);
	counted |= rule->quota_reference != 0 ? MERIT_COUNTED_REFERENCE : 0;
	counted |= rule->quota_event != 0 ? MERIT_COUNTED_EVENT : 0;
	rule->counted = (uint8_t)counted;
}

static void rule_multipliers(struct merit_rule *rule, const struct merit_value *multipliers)
{
	rule->multipliers_count = (uint32_t)multipliers->row_count;
	for (size_t i = 0; i < multipliers->row_count; i++) {
		const struct merit_value *cells = &multipliers->cells[i * MULTIPLIER_COLUMNS];
		bool is_tag = cells[MULTIPLIER_TAG].present;
		rule->multipliers[i] = (struct merit_multiplier){
			.name = merit_name_of(cells[is_tag ? MULTIPLIER_TAG : MULTIPLIER_TIER].text),
			.is_tag = is_tag,
			.basis_points = (int32_t)cells[MULTIPLIER_BASIS_POINTS].integer,
		};
	}
}

void merit_evolve_campaign_rule(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *multipliers = &values[RULE_MULTIPLIERS];
	uint32_t number = merit_model_campaign(model, values[RULE_CAMPAIGN].text)->holder.number;
	struct merit_text key = merit_model_rule_key(model, number, values[RULE_EVENT].text);
	size_t size = sizeof(struct merit_rule) + multipliers->row_count * sizeof(struct merit_multiplier);
	struct merit_rule *row = merit_model_edit(model, MERIT_TABLE_RULE, key, size);

	row->points = values[RULE_POINTS].integer;
	row->maximum = values[RULE_MAXIMUM].integer;
	row->minimum = values[RULE_MINIMUM].integer;
	row->seq = entry->seq;
	row->version = (int32_t)entry->results[RESULT_VERSION].integer;
	row->evidence = (int32_t)values[RULE_EVIDENCE].integer;
	row->delay_days = (int32_t)values[RULE_DELAY].integer;
	row->review = values[RULE_REVIEW].integer != 0;
	row->clip = values[RULE_CLIP].integer != 0;
	rule_limits(row, values);
	rule_multipliers(row, multipliers);
	key = merit_model_numbered_key(model, key, (uint64_t)row->version);
	uint64_t *seq = merit_model_add(model, MERIT_TABLE_RULE_VERSION, key, sizeof(*seq));
	*seq = entry->seq;
}

/* ---- sponsor.cap ---- */

void merit_decide_sponsor_cap(struct merit_model *model, struct merit_entry *entry)
{
	if (merit_model_sponsor(model, entry->values[CAP_SPONSOR].text) == NULL)
		merit_entry_refuse(entry, MERIT_SPONSOR_UNKNOWN);
}

void merit_evolve_sponsor_cap(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	uint32_t sponsor = merit_model_sponsor(model, values[CAP_SPONSOR].text)->holder.number;
	struct merit_text key = merit_model_id_key(model, sponsor, values[CAP_CURRENCY].text);
	struct merit_sponsor_cap *row = merit_model_edit(model, MERIT_TABLE_SPONSOR_CAP, key, sizeof(*row));

	if (row->seq == 0) { /* entry 0 sets no cap: the row is new */
		model->program.sponsor_caps++;
		merit_model_edit_program(model);
	}
	*row = (struct merit_sponsor_cap){ values[CAP_MINOR].integer, entry->seq };
	merit_model_add_currency(model, values[CAP_CURRENCY].text);
}
