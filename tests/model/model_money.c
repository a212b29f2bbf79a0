/* model_money.c - see model.h: every movement of money in one long list, on which all else is added up again. */
#include "tests/model/model.h"

#include <assert.h>

/* ---- An entry ---- */

bool model_is_closed(int32_t day)
{
	return model.closed_through != NO_DAY && day <= model.closed_through;
}

int32_t model_dated(int32_t day)
{
	return model_is_closed(day) ? model.closed_through + 1 : day;
}

enum merit_status model_day_fault(int32_t day)
{
	if (day > model_today())
		return MERIT_IN_FUTURE;
	return model_today() - day > LATE_DAYS ? MERIT_TOO_LATE : MERIT_OK;
}

void model_begin(int32_t day)
{
	model_book(model_dated(model_today()));
	model.day = model_dated(day);
	model.first_day = model.day < model.first_day ? model.day : model.first_day;
	for (int i = 0; i < CAMPAIGNS; i++)
		model.expired_before[i] = model.campaigns[i].expired;
}

struct posting *model_post(enum account account, int holder, int currency, int64_t amount)
{
	assert(model.postings_count < POSTINGS);
	struct posting *posting = &model.postings[model.postings_count];

	*posting = (struct posting){ .account = account,
		                     .holder = holder,
		                     .currency = currency,
		                     .order = -1,
		                     .line = -1,
		                     .amount = amount,
		                     .day = model.day,
		                     .due = model.day,
		                     .settlement = UNSETTLED };
	model.postings_count += amount != 0; /* What moves nothing is no posting. */
	return posting;
}

/* A sponsor pays what points are worth; the platform, for its own. */
static void sponsor_debit(int campaign, int64_t minor)
{
	const struct campaign *row = &model.campaigns[campaign];
	bool is_platform = row->sponsor == model.platform;

	model_post(is_platform ? MARKETING : OF_SPONSOR, is_platform ? 0 : row->sponsor, row->currency, minor);
}

void model_end(void)
{
	for (int i = 0; i < CAMPAIGNS; i++) {
		const struct campaign *row = &model.campaigns[i];
		int64_t minor = model_value(i, row->expired) - model_value(i, model.expired_before[i]);
		sponsor_debit(i, minor);
		model_post(BREAKAGE, 0, row->currency, -minor);
	}
	model_book(model.day);
}

/* ---- Balances ---- */

int64_t model_balance_on(enum account account, int holder, int currency, int32_t day)
{
	int64_t sum = 0;

	for (int i = 0; i < model.postings_count; i++) {
		const struct posting *posting = &model.postings[i];
		if (posting->account == account && posting->holder == holder && posting->currency == currency &&
		    posting->day <= day)
			sum += posting->amount;
	}
	return sum;
}

int64_t model_balance(enum account account, int holder, int currency)
{
	return model_balance_on(account, holder, currency, NEVER);
}

bool model_is_beyond(int64_t debit_balance, int64_t credit_balance, int64_t minor)
{
	return debit_balance > MONEY_MOST - minor || credit_balance < minor - MONEY_MOST;
}

/* ---- What points are worth ---- */

int64_t model_value(int campaign, int64_t points)
{
	const struct campaign *row = &model.campaigns[campaign];
	int64_t product = points * row->value_minor, whole = product / row->value_points;
	int64_t rest = product % row->value_points;

	if (2 * rest == row->value_points)
		return whole + whole % 2;
	return 2 * rest > row->value_points ? whole + 1 : whole;
}

int64_t model_backing(int campaign, int64_t points)
{
	const struct campaign *row = &model.campaigns[campaign];

	return (points * row->value_minor + row->value_points - 1) / row->value_points;
}

int64_t model_outstanding(int campaign)
{
	int64_t sum = model.campaigns[campaign].budget;

	for (int i = 0; i < model.members_count; i++) {
		const struct member *member = &model.members[i];
		sum += member->pending[campaign];
		for (int lot = 0; lot < member->lots_count; lot++) {
			if (member->lots[lot].campaign == campaign)
				sum += member->lots[lot].available + member->lots[lot].held;
		}
	}
	return sum;
}

int64_t model_exposure(int sponsor, int currency)
{
	int64_t sum = 0;

	for (int i = 0; i < CAMPAIGNS; i++) {
		if (model.campaigns[i].sponsor == sponsor && model.campaigns[i].currency == currency)
			sum += model_backing(i, model_outstanding(i));
	}
	return sum;
}

int64_t model_free(int sponsor, int currency)
{
	if (sponsor == model.platform)
		return INT64_MAX;
	int64_t prepaid = -model_balance(OF_SPONSOR, sponsor, currency);
	return prepaid + model.credit[sponsor][currency] - model_exposure(sponsor, currency);
}

/* ---- Sales ---- */

static int64_t captured(const struct order *order, int line, int campaign)
{
	int64_t sum = 0;

	for (int i = 0; i < order->parts_count; i++) {
		if (order->parts[i].line == line && order->parts[i].campaign == campaign)
			sum += order->parts[i].captured;
	}
	return sum;
}

static void line_sell(const struct order *before, const struct order *order, int line)
{
	const struct line *row = &order->lines[line];
	const struct item *item = &model.items[row->item];
	int64_t price = (row->fulfilled - before->lines[line].fulfilled) * row->price, paid = 0;

	for (int i = 0; i < CAMPAIGNS; i++) {
		int64_t minor = model_value(i, captured(order, line, i)) - model_value(i, captured(before, line, i));
		sponsor_debit(i, minor);
		paid += minor;
	}
	struct posting *sale = model_post(OF_MERCHANT, item->merchant, item->currency, -price);
	sale->order = (int)(order - model.orders);
	sale->line = line;
	sale->due = NEVER;
	model_post(MARGIN, 0, item->currency, price - paid);
}

void model_sell(const struct order *before, struct order *order)
{
	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].fulfilled != before->lines[i].fulfilled)
			line_sell(before, order, i);
	}
}

/* Only of lines for which something waits. */
static void line_due(struct order *order, int line, bool is_receipt)
{
	struct line *row = &order->lines[line];
	int32_t due = is_receipt ? model.day + model.settle_days[model.items[row->item].merchant] : model.day;

	if (!is_receipt)
		due = row->due > due ? row->due : due;
	row->due = row->due > due ? row->due : due;
	for (int i = 0; i < model.postings_count; i++) {
		struct posting *posting = &model.postings[i];
		if (posting->order == order - model.orders && posting->line == line && posting->due == NEVER)
			posting->due = due;
	}
}

static bool waits(const struct order *order, int line)
{
	for (int i = 0; i < model.postings_count; i++) {
		const struct posting *posting = &model.postings[i];
		if (posting->order == order - model.orders && posting->line == line && posting->due == NEVER)
			return true;
	}
	return false;
}

void model_sales_due(struct order *order, bool is_receipt)
{
	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].fulfilled == order->lines[i].received && waits(order, i))
			line_due(order, i, is_receipt);
	}
}
