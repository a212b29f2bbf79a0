/* op_adjust.c - corrections that two parties agreed on: points, debts, money.
 *
 * They post beside what they correct and never change it. Where an outcome is decided only as the call of an approved
 * proposal, model->approved says so. */
#include <assert.h>

#include "ledger/funding.h"
#include "ledger/money.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

/* Both refuse the entry, and say true. */
static bool refuse(struct merit_entry *entry, enum merit_status status)
{
	merit_entry_refuse(entry, status);
	return true;
}

static bool refuse_because(struct merit_entry *entry, enum merit_status status, const char *why, int64_t number)
{
	merit_entry_refuse(entry, status);
	merit_entry_why(entry, why, number);
	return true;
}

/* ---- adjust.points ---- */

struct adjustment {
	struct merit_text name, campaign_name;
	struct merit_member member;
	bool has_member;
	const struct merit_campaign *campaign; /* NULL: there is none */
	bool is_funded;                        /* given by a closed campaign: out of its sponsor's account */
	int64_t points;
	int32_t today, last_day;
	enum merit_status date; /* what the day asked for comes to */
};

static void adjustment_read(struct merit_model *model, struct merit_entry *entry, struct adjustment *adjustment)
{
	const struct merit_value *values = entry->values, *last_day = &values[ADJUST_LAST_DAY];

	adjustment->name = values[ADJUST_MEMBER].text;
	adjustment->campaign_name = values[ADJUST_CAMPAIGN].text;
	adjustment->points = values[ADJUST_AMOUNT].integer;
	adjustment->has_member = merit_model_member(model, adjustment->name, 0, &adjustment->member);
	adjustment->campaign = merit_model_campaign(model, adjustment->campaign_name);
	adjustment->today = merit_model_day(model, entry->time_ms);
	adjustment->date = merit_entry_date(model, entry, &values[ADJUST_DAY]);
	if (adjustment->campaign == NULL)
		return;
	adjustment->is_funded = adjustment->points > 0 && adjustment->campaign->closed;
	adjustment->last_day = last_day->present ? (int32_t)last_day->integer
	                                         : merit_campaign_last_day(adjustment->campaign, adjustment->today);
}

/* A frozen member's points may be wrong as well. */
static bool adjustment_is_barred(struct merit_model *model, struct merit_entry *entry,
                                 const struct adjustment *adjustment)
{
	if (adjustment->points == 0)
		return refuse(entry, MERIT_ZERO_AMOUNT);
	if (adjustment->is_funded && merit_funding_is_beyond(model, entry, adjustment->campaign, adjustment->points))
		return true;
	if (!adjustment->has_member)
		return refuse(entry, MERIT_MEMBER_UNKNOWN);
	if (adjustment->campaign == NULL)
		return refuse(entry, MERIT_CAMPAIGN_UNKNOWN);
	if (adjustment->member.head.closed)
		return refuse(entry, MERIT_MEMBER_CLOSED);
	if (!model->approved)
		return refuse(entry, MERIT_PROPOSAL_REQUIRED);
	if (adjustment->date == MERIT_PERIOD_CLOSED)
		return refuse(entry, MERIT_PERIOD_CLOSED);
	if (adjustment->is_funded && merit_funding_is_short(model, entry, adjustment->campaign, adjustment->points))
		return true;
	return adjustment->date != MERIT_OK && refuse(entry, adjustment->date);
}

static void points_give(struct merit_entry *entry, const struct adjustment *adjustment)
{
	const struct merit_campaign *campaign = adjustment->campaign;
	uint32_t number = campaign->holder.number;
	int64_t budget = campaign->holder.balance[MERIT_BUDGET];

	if (!adjustment->is_funded && budget < adjustment->points) {
		refuse_because(entry, MERIT_SHORT_BUDGET, "budget", budget);
		return;
	}
	if (adjustment->last_day < adjustment->today) {
		refuse(entry, MERIT_LOT_EXPIRED);
		return;
	}
	if (!merit_lot_fits(&adjustment->member, number, adjustment->last_day, adjustment->points)) {
		refuse(entry, MERIT_TOO_MANY_LOTS);
		return;
	}
	if (adjustment->last_day != MERIT_DAY_NEVER)
		merit_entry_result_integer(entry, OPENING_LAST, adjustment->last_day);
	merit_post_award(entry, adjustment->is_funded ? MERIT_ACCOUNT_SPONSOR : MERIT_ACCOUNT_CAMPAIGN,
	                 adjustment->is_funded ? merit_name_text(&campaign->sponsor) : adjustment->campaign_name,
	                 adjustment->name, &adjustment->member, adjustment->campaign_name, number, adjustment->last_day,
	                 adjustment->points);
}

static int64_t available_of(const struct adjustment *adjustment)
{
	const struct merit_member *member = &adjustment->member;
	int64_t available = 0;

	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign == adjustment->campaign->holder.number)
			available += member->lots[i].available;
	}
	return available;
}

/* The earliest day first, as an order would pay: lots stand by day. */
static void points_take(struct merit_entry *entry, const struct adjustment *adjustment)
{
	const struct merit_member *member = &adjustment->member;
	int64_t wanted = -adjustment->points, left = wanted, have = available_of(adjustment);

	if (have < wanted) {
		refuse_because(entry, MERIT_SHORT_POINTS, "have", have);
		return;
	}
	for (size_t i = 0; left > 0; i++) {
		const struct merit_lot *lot = &member->lots[i];
		if (lot->campaign != adjustment->campaign->holder.number)
			continue;
		int64_t taken = lot->available < left ? lot->available : left;
		merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, adjustment->name, adjustment->campaign_name, lot->day, -1,
		                 -taken);
		left -= taken;
	}
	merit_post_back(entry, adjustment->campaign, adjustment->campaign_name, wanted);
}

void merit_decide_adjust_points(struct merit_model *model, struct merit_entry *entry)
{
	struct adjustment adjustment = { 0 };

	adjustment_read(model, entry, &adjustment);
	if (adjustment_is_barred(model, entry, &adjustment))
		return;
	if (adjustment.points > 0)
		points_give(entry, &adjustment);
	else
		points_take(entry, &adjustment);
}

void merit_evolve_adjust_points(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, entry->values[ADJUST_CAMPAIGN].text);
	int64_t points = entry->values[ADJUST_AMOUNT].integer;

	if (points > 0 && campaign->closed) /* then they were funded */
		merit_funding_count(model, campaign, points);
}

/* ---- adjust.debt ---- */

static bool write_off_is_barred(struct merit_model *model, struct merit_entry *entry,
                                const struct merit_campaign *campaign)
{
	const struct merit_value *values = entry->values;
	enum merit_status date = merit_entry_date(model, entry, &values[WRITEOFF_DAY]);
	enum merit_status fault = merit_amount_fault(values[WRITEOFF_POINTS].integer);

	if (fault == MERIT_OK && !merit_model_has_member(model, values[WRITEOFF_MEMBER].text))
		fault = MERIT_MEMBER_UNKNOWN;
	if (fault == MERIT_OK && campaign == NULL)
		fault = MERIT_CAMPAIGN_UNKNOWN;
	if (fault == MERIT_OK && !model->approved)
		fault = MERIT_PROPOSAL_REQUIRED;
	if (fault == MERIT_OK)
		fault = date;
	return fault != MERIT_OK && refuse(entry, fault);
}

/* A closed member's debts too: they are those that nobody will pay. */
void merit_decide_adjust_debt(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[WRITEOFF_MEMBER].text,
			  campaign_name = entry->values[WRITEOFF_CAMPAIGN].text;
	const struct merit_campaign *campaign = merit_model_campaign(model, campaign_name);
	int64_t points = entry->values[WRITEOFF_POINTS].integer;
	struct merit_member member;

	if (write_off_is_barred(model, entry, campaign))
		return;
	bool found = merit_model_member(model, name, 0, &member);
	assert(found);
	int64_t owed = merit_member_debt(&member, campaign->holder.number);
	if (owed == 0) {
		refuse(entry, MERIT_NOTHING_TO_DO);
		return;
	}
	if (points > owed) {
		refuse_because(entry, MERIT_OVER_MAXIMUM, "owed", owed);
		return;
	}
	merit_entry_post(entry, MERIT_ACCOUNT_WRITEOFF, campaign_name, campaign_name, MERIT_DAY_NONE, -1, -points);
	merit_entry_post(entry, MERIT_ACCOUNT_DEBT, name, campaign_name, MERIT_DAY_NONE, -1, points);
}

void merit_evolve_adjust_debt(struct merit_model *model, const struct merit_entry *entry)
{
	(void)model; /* The postings say it all. */
	(void)entry;
}

/* ---- adjust.money ---- */

/* A side of an adjustment. */
struct side {
	enum merit_account account;
	struct merit_text holder;
};

static bool side_exists(struct merit_model *model, struct merit_text text, struct side *side_out)
{
	if (!merit_account_read(text, &side_out->account, &side_out->holder) ||
	    !merit_account_takes(side_out->account, true))
		return false;
	switch (side_out->account) {
	case MERIT_ACCOUNT_SPONSOR: return merit_model_sponsor(model, side_out->holder) != NULL;
	case MERIT_ACCOUNT_MERCHANT: return merit_model_merchant(model, side_out->holder) != NULL;
	default: return true;
	}
}

static bool side_is_platform(struct merit_model *model, const struct side *side)
{
	return side->account == MERIT_ACCOUNT_SPONSOR && merit_model_sponsor(model, side->holder)->is_platform;
}

/* The sides are set once none is ACCOUNT_UNKNOWN. */
static enum merit_status money_fault(struct merit_model *model, struct merit_entry *entry, struct side *debit,
                                     struct side *credit)
{
	const struct merit_value *values = entry->values;
	enum merit_status fault = merit_amount_fault(values[MONEY_AMOUNT].integer);
	enum merit_status date = merit_entry_date(model, entry, &values[MONEY_DAY]);

	if (fault != MERIT_OK)
		return fault;
	if (!side_exists(model, values[MONEY_DEBIT].text, debit) ||
	    !side_exists(model, values[MONEY_CREDIT].text, credit))
		return MERIT_ACCOUNT_UNKNOWN;
	if (!model->approved)
		return MERIT_PROPOSAL_REQUIRED;
	if (date == MERIT_PERIOD_CLOSED)
		return MERIT_PERIOD_CLOSED;
	if (side_is_platform(model, debit) || side_is_platform(model, credit))
		return MERIT_SPONSOR_IS_PLATFORM;
	if (date != MERIT_OK)
		return date;
	return merit_text_equal(values[MONEY_DEBIT].text, values[MONEY_CREDIT].text) ? MERIT_NOTHING_TO_DO : MERIT_OK;
}

/* A sponsor is not asked for what it has free: what it truly paid or owes must be sayable, and funding waits for it. */
void merit_decide_adjust_money(struct merit_model *model, struct merit_entry *entry)
{
	struct side debit, credit;
	enum merit_status fault = money_fault(model, entry, &debit, &credit);
	struct merit_text currency = entry->values[MONEY_CURRENCY].text;
	int64_t amount = entry->values[MONEY_AMOUNT].integer;

	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	merit_entry_post_money(entry, debit.account, debit.holder, currency, MERIT_TEXT(""), -1, amount);
	merit_entry_post_money(entry, credit.account, credit.holder, currency, MERIT_TEXT(""), -1, -amount);
}

void merit_evolve_adjust_money(struct merit_model *model, const struct merit_entry *entry)
{
	(void)model; /* The postings say it all; and what falls to a settlement, settlement.c takes from them. */
	(void)entry;
}
