/* sales.h - the world of the tests of money that follows points: campaigns and items at any value and price, and what
 * points are worth, computed apart from the ledger. */
#ifndef MERIT_TESTS_LEDGER_SALES_H
#define MERIT_TESTS_LEDGER_SALES_H

#include "tests/ledger/steps.h"

#include <inttypes.h>

#define MONTH_MS (31 * FIXTURE_DAY_MS)

static inline void forfeit(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "forfeit";
}

/* value_minor of the currency are worth value_points; months = 0: for ever. */
struct deal {
	const char *campaign, *sponsor, *currency, *contract;
	int64_t value_minor, value_points;
	int months;
};

/* A campaign of 2026 with event gift for up to 1000, and a budget. */
static inline void deal_add(struct fixture *f, const struct deal *deal, int64_t budget)
{
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'%s','sponsor':'%s','starts':'2026-01-01','ends':'2026-12-31','currency':'%s',"
	                     "'value_minor':%" PRId64 ",'value_points':%" PRId64 ",'contract':'%s','months':%d,"
	                     "'round':'none','from':'occurred'",
	                     deal->campaign, deal->sponsor, deal->currency, deal->value_minor, deal->value_points,
	                     deal->contract, deal->months));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'gift','maximum':1000,'evidence':'none'", deal->campaign));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':%" PRId64, deal->campaign, budget));
}

/* Gives m1 points now; returned is the earn's seq. */
static inline int64_t give(struct fixture *f, const char *campaign, int64_t points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'%s','event':'gift','reference':'r%u','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     campaign, f->ids, f->now_ms, points));
	return fixture_integer(f, "seq");
}

static inline void item_sell(struct fixture *f, const char *item, const char *merchant, const char *class_,
                             const char *currency, int64_t points, int64_t price_minor)
{
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'%s','merchant':'%s','class':'%s','points':%" PRId64
	                     ",'currency':'%s','price_minor':%" PRId64 ",'stock':%d",
	                     item, merchant, class_, points, currency, price_minor,
	                     strcmp(class_, "code") == 0 ? 0 : 100));
}

/* m1 orders one line. */
static inline enum merit_status buy(struct fixture *f, const char *order, const char *item, int64_t points,
                                    int quantity)
{
	return fixture_call(f, "m1", "order.place",
	                    "'order':'%s','member':'m1','lines':[{'item':'%s','version':1,'points':%" PRId64
	                    ",'quantity':%d}]",
	                    order, item, points, quantity);
}

static inline void order_change(struct fixture *f, const char *kid, const char *method, const char *order)
{
	must(f, fixture_call(f, kid, method, "'order':'%s'%s", order,
	                     strcmp(method, "order.refund") == 0 ? ",'reason':'r'" : ""));
}

/* What points are worth: the nearer of two neighbours, the even one when both are as near. */
static inline int64_t value_of(const struct deal *deal, int64_t points)
{
	int64_t below = points * deal->value_minor / deal->value_points;
	int64_t from_below = points * deal->value_minor - below * deal->value_points;
	int64_t from_above = deal->value_points - from_below;

	if (from_below == from_above)
		return below % 2 == 0 ? below : below + 1;
	return from_below < from_above ? below : below + 1;
}

static inline void money_is(struct fixture *f, enum merit_account account, const char *holder, const char *currency,
                            int64_t want)
{
	int64_t got = fixture_money(f, account, holder, currency);

	if (got != want)
		fail_msg("%s has %" PRId64 " %s, not %" PRId64 ", in account %d", holder, got, currency, want,
		         (int)account);
}

#endif
