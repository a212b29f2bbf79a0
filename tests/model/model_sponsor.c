/* model_sponsor.c - see model.h: what sponsors pay in and take out, what they may fund, and adjustments. */
#include "tests/model/model.h"

static int32_t asked_day(int32_t day)
{
	return day == NO_DAY ? model_today() : day;
}

static enum merit_status amount_fault(int64_t amount)
{
	if (amount == 0)
		return MERIT_ZERO_AMOUNT;
	return amount < 0 ? MERIT_NEGATIVE_AMOUNT : MERIT_OK;
}

/* ---- Deposits, withdrawals, credit ---- */

static bool transfer_is_beyond(const struct transfer *transfer)
{
	int64_t cash = model_balance(IN_CASH, 0, transfer->currency);
	int64_t sponsor = model_balance(OF_SPONSOR, transfer->sponsor, transfer->currency);

	return transfer->is_withdrawal ? model_is_beyond(sponsor, cash, transfer->minor)
	                               : model_is_beyond(cash, sponsor, transfer->minor);
}

static enum merit_status transfer_wanted(const struct transfer *transfer)
{
	int64_t prepaid = -model_balance(OF_SPONSOR, transfer->sponsor, transfer->currency);
	enum merit_status fault = amount_fault(transfer->minor);

	if (fault != MERIT_OK)
		return fault;
	if (transfer->sponsor == SPONSORS)
		return MERIT_SPONSOR_UNKNOWN;
	if (model_is_closed(asked_day(transfer->day)))
		return MERIT_PERIOD_CLOSED;
	if (transfer->sponsor == model.platform)
		return MERIT_SPONSOR_IS_PLATFORM;
	if (transfer->reference < model.references[transfer->sponsor][transfer->currency])
		return MERIT_REFERENCE_USED;
	if (transfer->is_withdrawal && transfer->minor > prepaid)
		return MERIT_SHORT_PREPAID;
	if (transfer->is_withdrawal && transfer->minor > model_free(transfer->sponsor, transfer->currency))
		return MERIT_OVER_CREDIT;
	fault = model_day_fault(asked_day(transfer->day));
	return fault == MERIT_OK && transfer_is_beyond(transfer) ? MERIT_MONEY_RANGE : fault;
}

enum merit_status model_transfer(const struct transfer *transfer)
{
	int64_t minor = transfer->is_withdrawal ? -transfer->minor : transfer->minor;
	enum merit_status fault = transfer_wanted(transfer);

	if (fault != MERIT_OK)
		return fault;
	model.references[transfer->sponsor][transfer->currency]++;
	model_begin(asked_day(transfer->day));
	model_post(IN_CASH, 0, transfer->currency, minor);
	model_post(OF_SPONSOR, transfer->sponsor, transfer->currency, -minor);
	model_end();
	return MERIT_OK;
}

enum merit_status model_credit(int sponsor, int currency, int64_t minor)
{
	if (minor < 0)
		return MERIT_NEGATIVE_AMOUNT;
	if (sponsor == SPONSORS)
		return MERIT_SPONSOR_UNKNOWN;
	if (sponsor == model.platform)
		return MERIT_SPONSOR_IS_PLATFORM;
	model.credit[sponsor][currency] = minor;
	return MERIT_OK;
}

/* ---- Budgets ---- */

/* Whether so many points more of a campaign would be worth more than backs them. */
static bool is_over_credit(int campaign, int64_t points)
{
	const struct campaign *row = &model.campaigns[campaign];
	int64_t before = model_outstanding(campaign);
	int64_t needed = model_backing(campaign, before + points) - model_backing(campaign, before);

	return needed > 0 && needed > model_free(row->sponsor, row->currency);
}

enum merit_status model_fund(int campaign, int64_t points)
{
	struct campaign *row = &model.campaigns[campaign];
	enum merit_status fault = amount_fault(points);

	if (fault != MERIT_OK)
		return fault;
	if (is_over_credit(campaign, points))
		return MERIT_OVER_CREDIT;
	if (row->is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	row->budget += points;
	row->granted += points;
	return MERIT_OK;
}

/* ---- Adjustments ---- */

static enum merit_status member_fault(int member)
{
	enum merit_status fault = model_member_fault(member);

	return fault == MERIT_MEMBER_FROZEN ? MERIT_OK : fault;
}

static enum merit_status agreement_fault(const struct adjustment *adjustment)
{
	if (!adjustment->is_agreed)
		return MERIT_PROPOSAL_REQUIRED;
	return model_is_closed(asked_day(adjustment->day)) ? MERIT_PERIOD_CLOSED : MERIT_OK;
}

static int64_t available_of(int member, int campaign)
{
	int64_t sum = 0;

	for (int i = 0; i < model.members[member].lots_count; i++) {
		const struct lot *lot = &model.members[member].lots[i];
		sum += lot->campaign == campaign ? lot->available : 0;
	}
	return sum;
}

static int32_t given_until(const struct adjustment *adjustment)
{
	return adjustment->last_day == NO_DAY ? model_last_day(adjustment->campaign, model_today())
	                                      : adjustment->last_day;
}

static enum merit_status adjust_points_wanted(const struct adjustment *adjustment)
{
	const struct campaign *row = &model.campaigns[adjustment->campaign];
	int64_t points = adjustment->points;
	enum merit_status fault = points == 0 ? MERIT_ZERO_AMOUNT : member_fault(adjustment->member);

	if (fault == MERIT_OK)
		fault = agreement_fault(adjustment);
	if (fault != MERIT_OK)
		return fault;
	if (points > 0 && row->is_closed && is_over_credit(adjustment->campaign, points))
		return MERIT_OVER_CREDIT;
	fault = model_day_fault(asked_day(adjustment->day));
	if (fault != MERIT_OK)
		return fault;
	if (points > 0 && !row->is_closed && points > row->budget)
		return MERIT_SHORT_BUDGET;
	if (points > 0)
		return given_until(adjustment) < model_today() ? MERIT_LOT_EXPIRED : MERIT_OK;
	return -points > available_of(adjustment->member, adjustment->campaign) ? MERIT_SHORT_POINTS : MERIT_OK;
}

static void take_back(int member, int campaign, int64_t points)
{
	model_pay_back(campaign, points);
	for (int i = 0; i < model.members[member].lots_count; i++) {
		struct lot *lot = &model.members[member].lots[i];
		int64_t taken = lot->campaign == campaign ? model_least(lot->available, points) : 0;
		lot->available -= taken;
		points -= taken;
	}
	model_lots_tidy(member);
}

enum merit_status model_adjust_points(const struct adjustment *adjustment)
{
	struct campaign *row = &model.campaigns[adjustment->campaign];
	enum merit_status fault = adjust_points_wanted(adjustment);

	if (fault != MERIT_OK)
		return fault;
	model_begin(asked_day(adjustment->day));
	if (adjustment->points < 0) {
		take_back(adjustment->member, adjustment->campaign, -adjustment->points);
	} else {
		*(row->is_closed ? &row->granted : &row->budget) +=
			row->is_closed ? adjustment->points : -adjustment->points;
		model_give(adjustment->member, adjustment->campaign, given_until(adjustment), adjustment->points);
	}
	model_end();
	return MERIT_OK;
}

enum merit_status model_adjust_debt(const struct adjustment *adjustment)
{
	enum merit_status fault = amount_fault(adjustment->points);

	if (fault == MERIT_OK && adjustment->member >= model.members_count)
		fault = MERIT_MEMBER_UNKNOWN;
	if (fault == MERIT_OK)
		fault = agreement_fault(adjustment);
	if (fault == MERIT_OK)
		fault = model_day_fault(asked_day(adjustment->day));
	if (fault != MERIT_OK)
		return fault;
	int64_t *owed = &model.members[adjustment->member].debt[adjustment->campaign];
	if (*owed < adjustment->points)
		return *owed == 0 ? MERIT_NOTHING_TO_DO : MERIT_OVER_MAXIMUM;
	model_begin(asked_day(adjustment->day));
	*owed -= adjustment->points;
	model.campaigns[adjustment->campaign].written_off += adjustment->points;
	model_end();
	return MERIT_OK;
}

static bool is_platforms(enum account account, int holder)
{
	return account == OF_SPONSOR && holder == model.platform;
}

static enum merit_status adjust_money_wanted(const struct adjustment *adjustment)
{
	enum merit_status fault = amount_fault(adjustment->minor);

	if (fault != MERIT_OK)
		return fault;
	if (adjustment->debit == ACCOUNTS || adjustment->credit == ACCOUNTS)
		return MERIT_ACCOUNT_UNKNOWN;
	fault = agreement_fault(adjustment);
	if (fault != MERIT_OK)
		return fault;
	if (is_platforms(adjustment->debit, adjustment->debit_holder) ||
	    is_platforms(adjustment->credit, adjustment->credit_holder))
		return MERIT_SPONSOR_IS_PLATFORM;
	fault = model_day_fault(asked_day(adjustment->day));
	if (fault != MERIT_OK)
		return fault;
	if (adjustment->debit == adjustment->credit && adjustment->debit_holder == adjustment->credit_holder)
		return MERIT_NOTHING_TO_DO;
	int64_t debit = model_balance(adjustment->debit, adjustment->debit_holder, adjustment->currency);
	int64_t credit = model_balance(adjustment->credit, adjustment->credit_holder, adjustment->currency);
	return model_is_beyond(debit, credit, adjustment->minor) ? MERIT_MONEY_RANGE : MERIT_OK;
}

enum merit_status model_adjust_money(const struct adjustment *adjustment)
{
	enum merit_status fault = adjust_money_wanted(adjustment);

	if (fault != MERIT_OK)
		return fault;
	model_begin(asked_day(adjustment->day));
	model_post(adjustment->debit, adjustment->debit_holder, adjustment->currency, adjustment->minor);
	model_post(adjustment->credit, adjustment->credit_holder, adjustment->currency, -adjustment->minor);
	model_end();
	return MERIT_OK;
}
