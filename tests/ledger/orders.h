/* orders.h - the world of the tests of orders: the fixture's, with more campaigns and items where a test adds them. */
#ifndef MERIT_TESTS_LEDGER_ORDERS_H
#define MERIT_TESTS_LEDGER_ORDERS_H

#include "ledger/verify.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define PLACE(order, member, item, version, points, quantity)                                                          \
	"'order':'" order "','member':'" member "','lines':[{'item':'" item "','version':" version ",'points':" points \
	",'quantity':" quantity "}]"

static inline struct fixture *world_new(int64_t points)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	if (points > 0)
		must(f, fixture_gift(f, "m1", "start", points));
	return f;
}

static inline void campaign_add(struct fixture *f, const char *name, const char *currency, int months)
{
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'%s',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':%d,'round':'none',"
	                  "'from':'occurred'",
	                  name, currency, months));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'gift','maximum':1000,'evidence':'none'", name));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':100000", name));
}

static inline void earn(struct fixture *f, const char *campaign, int64_t points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'%s','event':'gift','reference':'r%u','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     campaign, f->ids, f->now_ms, points));
}

static inline void item_add(struct fixture *f, const char *item, const char *merchant, const char *class_,
                            const char *currency, int points)
{
	must(f,
	     fixture_call(
		     f, "ops", "item.create",
		     "'item':'%s','merchant':'%s','class':'%s','points':%d,'currency':'%s','price_minor':1,'stock':10",
		     item, merchant, class_, points, currency));
}

#endif
