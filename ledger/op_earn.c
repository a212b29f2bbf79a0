/* op_earn.c - paying a member for what happened: once, by the rule in force, now or when a reviewer or a day allows. */
#include <assert.h>

#include "ledger/calendar.h"
#include "ledger/earn_limit.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/referral.h"

/* The places of the words of a rule's evidence. */
enum { EVIDENCE_NONE, EVIDENCE_REQUIRED, EVIDENCE_UNIQUE };

/* ---- Checks, each the refusal of the earn or true ---- */

static bool refuse(struct merit_entry *entry, enum merit_status status)
{
	merit_entry_refuse(entry, status);
	return false;
}

static bool refuse_why(struct merit_entry *entry, enum merit_status status, const char *name, int64_t number)
{
	merit_entry_refuse(entry, status);
	merit_entry_why(entry, name, number);
	return false;
}

static bool earn_names(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	const struct merit_value *values = entry->values;
	enum merit_status fault = MERIT_OK;

	if (values[EARN_POINTS].present)
		fault = merit_amount_fault(values[EARN_POINTS].integer);
	if (fault == MERIT_OK && !merit_model_view_member(model, values[EARN_MEMBER].text, &earning->member))
		fault = MERIT_MEMBER_UNKNOWN;
	earning->campaign = merit_model_campaign(model, values[EARN_CAMPAIGN].text);
	if (fault == MERIT_OK && earning->campaign == NULL)
		fault = MERIT_CAMPAIGN_UNKNOWN;
	if (fault == MERIT_OK)
		fault = merit_member_fault(&earning->member.head);
	if (fault == MERIT_OK && earning->campaign->closed)
		fault = MERIT_CAMPAIGN_CLOSED;
	if (fault != MERIT_OK)
		return refuse(entry, fault);
	earning->rule = merit_model_rule(model, earning->campaign->holder.number, values[EARN_EVENT].text);
	return earning->rule != NULL || refuse(entry, MERIT_NO_RULE);
}

static bool earn_window(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	int64_t occurred_ms = entry->values[EARN_OCCURRED].integer;
	int32_t today = merit_model_day(model, entry->time_ms), late_days = model->program.late_days;

	earning->occurred_day = merit_model_day(model, occurred_ms);
	if (earning->occurred_day < earning->campaign->starts || earning->occurred_day > earning->campaign->ends)
		return refuse(entry, MERIT_OUTSIDE_WINDOW);
	if (occurred_ms > entry->time_ms)
		return refuse(entry, MERIT_IN_FUTURE);
	return today - earning->occurred_day <= late_days || refuse_why(entry, MERIT_TOO_LATE, "late_days", late_days);
}

static bool earn_points(struct merit_entry *entry, struct merit_earning *earning)
{
	const struct merit_value *points = &entry->values[EARN_POINTS];
	const struct merit_rule *rule = earning->rule;

	if (rule->points != 0) {
		earning->points = rule->points;
		return !points->present || points->integer == rule->points ||
		       merit_earn_refuse(entry, earning, MERIT_POINTS_FIXED, "points", rule->points);
	}
	if (!points->present)
		return merit_earn_refuse(entry, earning, MERIT_POINTS_MISSING, NULL, 0);
	earning->points = points->integer;
	return points->integer <= rule->maximum ||
	       merit_earn_refuse(entry, earning, MERIT_OVER_MAXIMUM, "maximum", rule->maximum);
}

static bool earn_quantity(struct merit_entry *entry, const struct merit_earning *earning)
{
	const struct merit_value *quantity = &entry->values[EARN_QUANTITY];
	int64_t minimum = earning->rule->minimum;

	if (minimum == 0 || (quantity->present && quantity->integer >= minimum))
		return true;
	merit_earn_refuse(entry, earning, MERIT_BELOW_MINIMUM, "minimum", minimum);
	if (quantity->present)
		merit_entry_why(entry, "quantity", quantity->integer);
	return false;
}

static struct merit_reference reference_of(const struct merit_value *values, uint32_t campaign)
{
	return (struct merit_reference){ values[EARN_CAMPAIGN].text, campaign, values[EARN_EVENT].text,
		                         values[EARN_MEMBER].text, values[EARN_REFERENCE].text };
}

/* Whether something is not used yet. A failure to tell leaves no entry. */
static bool is_unused(struct merit_entry *entry, enum merit_status found)
{
	if (found != MERIT_NOT_FOUND && found != MERIT_OK)
		entry->no_memory = true;
	return found == MERIT_NOT_FOUND;
}

static bool evidence_fits(struct merit_model *model, struct merit_entry *entry, const struct merit_earning *earning)
{
	const struct merit_value *evidence = &entry->values[EARN_EVIDENCE];
	struct merit_evidence used = { 0 };

	if (earning->rule->evidence != EVIDENCE_NONE && !evidence->present)
		return merit_earn_refuse(entry, earning, MERIT_EVIDENCE_MISSING, NULL, 0);
	return earning->rule->evidence != EVIDENCE_UNIQUE ||
	       is_unused(entry, merit_model_evidence(model, evidence->text, &used)) ||
	       merit_earn_refuse(entry, earning, MERIT_EVIDENCE_USED, "seq", (int64_t)used.seq);
}

static bool earn_once(struct merit_model *model, struct merit_entry *entry, const struct merit_earning *earning)
{
	const struct merit_value *values = entry->values;
	struct merit_reference reference = reference_of(values, earning->campaign->holder.number);
	uint64_t seq = 0;

	if (!evidence_fits(model, entry, earning))
		return false;
	if (!is_unused(entry, merit_model_reference(model, &reference, &seq)))
		return merit_earn_refuse(entry, earning, MERIT_ALREADY_EARNED, "seq", (int64_t)seq);
	return !values[EARN_ACTOR].present || !merit_text_equal(values[EARN_ACTOR].text, values[EARN_MEMBER].text) ||
	       refuse(entry, MERIT_ACTOR_IS_MEMBER);
}

/* Finds when the points become available and when they die, and whether there is a lot for them until then. */
static bool earn_lot(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning)
{
	const struct merit_campaign *campaign = earning->campaign;
	uint32_t number = campaign->holder.number;
	int32_t day = merit_model_day(model, entry->time_ms);
	int32_t ripe_day = earning->occurred_day + earning->rule->delay_days;

	if (campaign->holder.balance[MERIT_BUDGET] < earning->points)
		return refuse_why(entry, MERIT_SHORT_BUDGET, "budget", campaign->holder.balance[MERIT_BUDGET]);
	if (ripe_day > day) {
		day = ripe_day;
		earning->due_ms = merit_model_day_end_ms(model, ripe_day - 1);
	}
	earning->state = earning->due_ms > 0 ? MERIT_AWARD_MATURING : MERIT_AWARD_AVAILABLE;
	if (earning->rule->review)
		earning->state = MERIT_AWARD_REVIEW;
	earning->last_day = merit_award_last_day(campaign, earning->occurred_day, day);
	if (earning->last_day < day)
		return refuse(entry, MERIT_LOT_EXPIRED);
	bool fits = earning->state == MERIT_AWARD_AVAILABLE
	                    ? merit_lot_fits(&earning->member, number, earning->last_day, earning->points)
	                    : earning->member.head.lots_count < MERIT_MEMBER_LOTS_MAX ||
	                              merit_member_has_lot(&earning->member, number, MERIT_DAY_NONE);
	return fits || refuse(entry, MERIT_TOO_MANY_LOTS);
}

/* ---- earn ---- */

static void earn_results(struct merit_entry *entry, const struct merit_earning *earning)
{
	bool waits = earning->state != MERIT_AWARD_AVAILABLE;

	merit_entry_result_integer(entry, EARN_RULE, earning->rule->version);
	merit_entry_result_integer(entry, EARN_PAID, earning->points);
	if (!waits && earning->last_day != MERIT_DAY_NEVER)
		merit_entry_result_integer(entry, EARN_LAST_DAY, earning->last_day);
	if (waits)
		entry->results[EARN_STATE] = merit_type_word_value(MERIT_TYPE_AWARD_STATE, earning->state);
	if (earning->due_ms > 0)
		merit_entry_result_integer(entry, EARN_MATURES, earning->due_ms);
	if (earning->multiplier != MERIT_BASIS_ONCE)
		merit_entry_result_integer(entry, EARN_MULTIPLIER, earning->multiplier);
	if (earning->points < earning->asked)
		merit_entry_result_integer(entry, EARN_ASKED, earning->asked);
}

static void earn_post(struct merit_entry *entry, const struct merit_earning *earning)
{
	struct merit_text member = entry->values[EARN_MEMBER].text, campaign = entry->values[EARN_CAMPAIGN].text;

	if (earning->state == MERIT_AWARD_AVAILABLE) {
		merit_post_award(entry, MERIT_ACCOUNT_CAMPAIGN, campaign, member, &earning->member, campaign,
		                 earning->campaign->holder.number, earning->last_day, earning->points);
		return;
	}
	merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, campaign, campaign, MERIT_DAY_NONE, -1, -earning->points);
	merit_entry_post(entry, MERIT_ACCOUNT_PENDING, member, campaign, MERIT_DAY_NONE, -1, earning->points);
}

void merit_decide_earn(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_earning earning = { 0 };

	if (!earn_names(model, entry, &earning) || !earn_window(model, entry, &earning) ||
	    !earn_points(entry, &earning) || !merit_earn_multiply(model, entry, &earning) ||
	    !earn_quantity(entry, &earning) || !earn_once(model, entry, &earning) ||
	    !merit_earn_limit(model, entry, &earning) || !earn_lot(model, entry, &earning))
		return;
	entry->day = earning.occurred_day;
	earn_results(entry, &earning);
	earn_post(entry, &earning);
}

void merit_expect_earn(struct merit_model *model, const struct merit_value *values)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, values[EARN_CAMPAIGN].text);

	merit_model_expect_member(model, values[EARN_MEMBER].text);
	if (campaign == NULL)
		return;
	struct merit_reference reference = reference_of(values, campaign->holder.number);
	merit_model_expect_reference(model, &reference);
	if (values[EARN_EVIDENCE].present)
		merit_model_expect_evidence(model, values[EARN_EVIDENCE].text);
}

/* The reference is used up; so is the evidence, where there is any. */
static void earn_use(struct merit_model *model, const struct merit_entry *entry, uint32_t campaign)
{
	const struct merit_value *evidence = &entry->values[EARN_EVIDENCE];
	struct merit_reference reference = reference_of(entry->values, campaign);

	merit_model_use_reference(model, &reference, entry->seq);
	if (!evidence->present)
		return;
	enum merit_status status = merit_model_use_evidence(model, evidence->text, entry->seq);
	if (status != MERIT_OK) /* Too late to refuse. */
		model->failure = status;
}

void merit_evolve_earn(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *results = entry->results;
	const struct merit_campaign *campaign = merit_model_campaign(model, values[EARN_CAMPAIGN].text);
	uint32_t number = campaign->holder.number;
	const struct merit_rule *rule = merit_model_rule(model, number, values[EARN_EVENT].text);
	unsigned counted = rule->counted | (merit_sponsor_counts(model, campaign) ? MERIT_COUNTED_SPONSOR : 0);
	struct merit_award award = {
		.state = (uint8_t)results[EARN_STATE].integer, /* available when absent */
		.counted = (uint8_t)counted,
		.last_day = MERIT_DAY_NONE,
		.due_ms = results[EARN_MATURES].integer,
	};

	earn_use(model, entry, number);
	merit_award_count(model, entry, award.counted, 1);
	if (award.state == MERIT_AWARD_AVAILABLE)
		merit_member_earned(model, values[EARN_MEMBER].text, merit_day_year(merit_entry_true_day(entry)),
		                    results[EARN_PAID].integer);
	else
		merit_award_set(model, entry->seq, values[EARN_MEMBER].text, &award);
	if (rule->qualifies && award.state != MERIT_AWARD_REVIEW)
		merit_referral_qualify(model, values[EARN_MEMBER].text, number, values[EARN_OCCURRED].integer,
		                       entry->seq);
}
