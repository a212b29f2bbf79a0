/* op_order_test.c
 * Goal    an order holds exactly what it costs, of points that may buy it, and each held point ends once: captured,
 *         released, or dead. The last piece can be bought; nothing can be bought of what is not there.
 * Method  stories in the fixture's world, where shop has 10 cups of 30 points; refunds are op_refund_test.c. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define PLACE(order, member, item, version, points, quantity)                                                          \
	"'order':'" order "','member':'" member "','lines':[{'item':'" item "','version':" version ",'points':" points \
	",'quantity':" quantity "}]"

static struct fixture *world_new(int64_t points)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	if (points > 0)
		must(f, fixture_gift(f, "m1", "start", points));
	return f;
}

static void campaign_add(struct fixture *f, const char *name, const char *currency, int months)
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

static void earn(struct fixture *f, const char *campaign, int64_t points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'%s','event':'gift','reference':'r%u','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     campaign, f->ids, f->now_ms, points));
}

static void item_add(struct fixture *f, const char *item, const char *merchant, const char *class_,
                     const char *currency, int points)
{
	must(f,
	     fixture_call(
		     f, "ops", "item.create",
		     "'item':'%s','merchant':'%s','class':'%s','points':%d,'currency':'%s','price_minor':1,'stock':10",
		     item, merchant, class_, points, currency));
}

/* ---- order.place ---- */

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "zero behind negative", "svc", "order.place",
		  "'order':'o','member':'x','lines':[{'item':'x','version':1,'points':30,'quantity':-1},"
		  "{'item':'x','version':1,'points':30,'quantity':0}]",
		  MERIT_ZERO_AMOUNT },
		{ "no pieces", "svc", "order.place", PLACE("o", "x", "x", "9", "30", "0"), MERIT_ZERO_AMOUNT },
		{ "less than none", "svc", "order.place", PLACE("o", "x", "x", "9", "30", "-1"),
		  MERIT_NEGATIVE_AMOUNT },
		{ "a price below zero", "svc", "order.place", PLACE("o", "x", "x", "9", "-30", "1"),
		  MERIT_NEGATIVE_AMOUNT },
		{ "a sum beyond all", "svc", "order.place", PLACE("o", "x", "x", "9", "9007199254740991", "2"),
		  MERIT_AMOUNT_RANGE },
		{ "nobody", "svc", "order.place", PLACE("o", "x", "x", "9", "30", "1"), MERIT_MEMBER_UNKNOWN },
		{ "nothing", "svc", "order.place", PLACE("o", "m1", "x", "9", "30", "1"), MERIT_ITEM_UNKNOWN },
		{ "too many at once", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "1000001"),
		  MERIT_BAD_PARAMS },
		{ "a version to come", "svc", "order.place", PLACE("o", "m1", "cup", "2", "30", "11"),
		  MERIT_PRICE_CHANGED },
		{ "another price", "svc", "order.place", PLACE("o", "m1", "cup", "1", "29", "11"),
		  MERIT_PRICE_CHANGED },
		{ "one piece too many", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "11"),
		  MERIT_SHORT_STOCK },
		{ "no points", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "1"), MERIT_SHORT_POINTS },
		{ "points", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':330",
		  MERIT_OK },
		{ "the last ones", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "10"), MERIT_OK },
		{ "one more", "svc", "order.place", PLACE("o2", "m1", "cup", "1", "30", "1"), MERIT_SHORT_STOCK },
		{ "its name again", "svc", "order.place", PLACE("o", "m1", "cup", "7", "30", "1"), MERIT_ORDER_EXISTS },
		{ "off the shelf", "ops", "item.update", "'item':'cup','offered':false", MERIT_OK },
		{ "and asked for", "svc", "order.place", PLACE("o2", "m1", "cup", "1", "30", "1"), MERIT_ITEM_CLOSED },
	};
	struct fixture *f = world_new(0);

	(void)state;
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 30);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 300);
	fixture_free(f);
}

static void the_last_point_buys_and_one_point_too_few_does_not(void **state)
{
	struct fixture *f = world_new(89);

	(void)state;
	assert_int_equal(fixture_order(f, "o1", "m1", 3), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "need"), 90);
	assert_int_equal(fixture_integer(f, "have"), 89);
	must(f, fixture_gift(f, "m1", "one", 1));
	must(f, fixture_order(f, "o1", "m1", 3));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 90);
	fixture_free(f);
}

static void lines_of_one_item_share_its_stock(void **state)
{
	struct fixture *f = world_new(1000);

	(void)state;
#define TWO(a, b)                                                                                                      \
	"'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':" a "},"                  \
	"{'item':'cup','version':1,'points':30,'quantity':" b "}]"
	assert_int_equal(fixture_call(f, "svc", "order.place", TWO("5", "6")), MERIT_SHORT_STOCK);
	assert_int_equal(fixture_integer(f, "line"), 1);
	must(f, fixture_call(f, "svc", "order.place", TWO("5", "5")));
#undef TWO
	fixture_free(f);
}

static void cash_and_medicine_are_barred(void **state)
{
	static const struct {
		const char *class_;
		enum merit_status want;
	} rows[] = {
		{ "goods", MERIT_OK },
		{ "service", MERIT_OK },
		{ "cash", MERIT_ITEM_BARRED },
		{ "medicine", MERIT_ITEM_BARRED },
	};
	struct fixture *f = world_new(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		item_add(f, rows[i].class_, "shop", rows[i].class_, "CNY", 5);
		assert_int_equal(
			fixture_call(f, "svc", "order.place",
		                     "'order':'o%zu','member':'m1','lines':[{'item':'%s','version':1,'points':5,"
		                     "'quantity':1}]",
		                     i, rows[i].class_),
			rows[i].want);
	}
	fixture_free(f);
}

/* ---- Which lots pay ---- */

static void lots_that_die_first_pay_first(void **state)
{
	struct fixture *f = world_new(0);
	struct merit_entry entry;

	(void)state;
	campaign_add(f, "c2", "CNY", 12); /* the same last day as c1's, and a later campaign */
	campaign_add(f, "c3", "CNY", 6);
	earn(f, "c2", 10);
	earn(f, "c1", 10);
	earn(f, "c3", 10);
	must(f, fixture_order(f, "o1", "m1", 1)); /* 30: all of them, in order */
	fixture_entry(f, (uint64_t)fixture_integer(f, "seq"), &entry);
	assert_int_equal(entry.postings_count, 6);
	assert_true(merit_text_equal(entry.postings[0].campaign, MERIT_TEXT("c3")));
	assert_true(merit_text_equal(entry.postings[1].campaign, MERIT_TEXT("c1")));
	assert_true(merit_text_equal(entry.postings[2].campaign, MERIT_TEXT("c2")));
	fixture_free(f);
}

static void the_line_with_the_fewest_eligible_points_is_served_first(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	campaign_add(f, "usd", "USD", 12);
	item_add(f, "pen", "shop", "goods", "USD", 20);
	earn(f, "c1", 30);
	earn(f, "usd", 19);
#define BOTH                                                                                                           \
	"'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"                      \
	"{'item':'pen','version':1,'points':20,'quantity':1}]"
	assert_int_equal(fixture_call(f, "svc", "order.place", BOTH), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "line"), 1);
	assert_int_equal(fixture_integer(f, "eligible"), 19);
	earn(f, "usd", 1);
	must(f, fixture_call(f, "svc", "order.place", BOTH));
#undef BOTH
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	fixture_free(f);
}

static void points_of_another_currency_buy_nothing(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	campaign_add(f, "usd", "USD", 12);
	earn(f, "usd", 500);
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "eligible"), 0);
	fixture_free(f);
}

/* ---- fulfil, cancel, receive ---- */

static void what_is_named_must_be_there(void **state)
{
	static const struct step steps[] = {
		{ "zero behind negative", "svc", "order.fulfil",
		  "'order':'x','lines':[{'line':0,'quantity':-1},{'line':0,'quantity':0}]", MERIT_ZERO_AMOUNT },
		{ "negative", "svc", "order.fulfil", "'order':'x','lines':[{'line':0,'quantity':-1}]",
		  MERIT_NEGATIVE_AMOUNT },
		{ "no such order", "svc", "order.fulfil", "'order':'x','lines':[{'line':9,'quantity':1}]",
		  MERIT_ORDER_UNKNOWN },
		{ "no such line", "svc", "order.fulfil", "'order':'o','lines':[{'line':1,'quantity':9}]",
		  MERIT_LINE_UNKNOWN },
		{ "a line no order has", "svc", "order.fulfil", "'order':'o','lines':[{'line':100,'quantity':9}]",
		  MERIT_BAD_PARAMS },
		{ "no lines", "svc", "order.fulfil", "'order':'o','lines':[]", MERIT_BAD_PARAMS },
		{ "too many, and twice", "svc", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':1},{'line':0,'quantity':4}]", MERIT_OVER_HELD },
		{ "twice", "svc", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':1},{'line':0,'quantity':1}]", MERIT_LINE_TWICE },
		{ "nothing has arrived", "svc", "order.receive", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "nothing to give back", "ops", "order.refund", "'order':'o','reason':'r'", MERIT_NOTHING_TO_DO },
		{ "nothing of it either", "ops", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]", MERIT_OVER_FULFILLED },
		{ "all but one", "svc", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':2}]", MERIT_OK },
		{ "two more", "svc", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':2}]", MERIT_OVER_HELD },
		{ "or taken back", "svc", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':2}]",
		  MERIT_OVER_HELD },
		{ "the rest", "svc", "order.cancel", "'order':'o'", MERIT_OK },
		{ "again", "svc", "order.cancel", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "or sent", "svc", "order.fulfil", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "arrived", "m1", "order.receive", "'order':'o'", MERIT_OK },
		{ "again", "m1", "order.receive", "'order':'o'", MERIT_NOTHING_TO_DO },
	};
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_order(f, "o", "m1", 3));
	STEPS_RUN(f, steps);
	assert_int_equal(fixture_query(f, "m1", "order.get", "'order':'o'"), MERIT_OK);
	assert_string_equal(fixture_text(f, "state"), "ended");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 40);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 60);
	fixture_free(f);
}

static void a_merchant_ships_only_its_own_lines(void **state)
{
	static const struct step steps[] = {
		{ "all", "shop", "order.fulfil", "'order':'o'", MERIT_NOT_PERMITTED },
		{ "the other's", "shop", "order.fulfil", "'order':'o','lines':[{'line':1,'quantity':1}]",
		  MERIT_NOT_PERMITTED },
		{ "both", "shop", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':1},{'line':1,'quantity':1}]", MERIT_NOT_PERMITTED },
		{ "its own", "shop", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':1}],'carrier':'顺丰','tracking':'SF1'", MERIT_OK },
		{ "the other its own", "book", "order.fulfil", "'order':'o','lines':[{'line':1,'quantity':2}]",
		  MERIT_OK },
		{ "give back the other's", "book", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]", MERIT_NOT_PERMITTED },
		{ "give back by a service", "svc", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]", MERIT_NOT_PERMITTED },
		{ "give back its own", "book", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]", MERIT_OK },
		{ "cancel the other's", "book", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}]",
		  MERIT_NOT_PERMITTED },
		{ "cancel its own", "shop", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}]", MERIT_OK },
		{ "cancel what is unknown", "shop", "order.cancel", "'order':'x'", MERIT_NOT_PERMITTED },
	};
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'book'"));
	fixture_key_add(f, "book", "k1");
	item_add(f, "novel", "book", "goods", "CNY", 7);
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':2},"
	                     "{'item':'novel','version':1,'points':7,'quantity':2}]"));
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 30);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "book", 7);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 63);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	fixture_free(f);
}

static void a_service_is_received_when_it_is_used(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	item_add(f, "massage", "shop", "service", "CNY", 50);
	must(f, fixture_call(
			f, "m1", "order.place",
			"'order':'o','member':'m1','lines':[{'item':'massage','version':1,'points':50,'quantity':1}]"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	assert_string_equal(fixture_text(f, "state"), "ended");
	assert_int_equal(fixture_call(f, "m1", "order.receive", "'order':'o'"), MERIT_NOTHING_TO_DO);
	fixture_free(f);
}

static void cancelling_an_unknown_order_uses_its_name_up(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	assert_int_equal(fixture_call(f, "svc", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}]"),
	                 MERIT_ORDER_UNKNOWN);
	must(f, fixture_call(f, "svc", "order.cancel", "'order':'o'"));
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_ORDER_EXISTS);
	assert_int_equal(fixture_call(f, "svc", "order.cancel", "'order':'o'"), MERIT_ORDER_UNKNOWN);
	assert_int_equal(fixture_call(f, "svc", "order.fulfil", "'order':'o'"), MERIT_ORDER_UNKNOWN);
	assert_int_equal(fixture_query(f, "svc", "order.get", "'order':'o'"), MERIT_ORDER_UNKNOWN);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	fixture_free(f);
}

static void a_member_orders_and_cancels_for_nobody_else(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	must(f, fixture_call(f, "m1", "order.place", PLACE("o", "m1", "cup", "1", "30", "1")));
	assert_int_equal(fixture_call(f, "m2", "order.place", PLACE("p", "m1", "cup", "1", "30", "1")),
	                 MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_call(f, "m2", "order.cancel", "'order':'o'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_call(f, "m2", "order.receive", "'order':'o'"), MERIT_NOT_PERMITTED);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	/* Names of orders to come are not a member's to use up. */
	assert_int_equal(fixture_call(f, "m2", "order.cancel", "'order':'next'"), MERIT_NOT_PERMITTED);
	must(f, fixture_order(f, "next", "m1", 1));
	fixture_free(f);
}

/* ---- Held points and the calendar ---- */

static void a_year(struct merit_ledger_birth *birth)
{
	birth->hold_minutes = 60 * 24 * 366;
}

static void a_held_lot_outlives_its_day_and_dies_when_released(void **state)
{
	struct fixture *f = fixture_new_with(a_year);
	struct merit_entry entry;

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "CNY", 1);
	earn(f, "c2", 100);
	must(f, fixture_order(f, "o", "m1", 2));
	fixture_advance(f, 60 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0); /* the 40 that were free died */
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 60);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':1}]"));
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 30);
	uint64_t before = fixture_size(f);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	assert_int_equal(fixture_size(f), before + 1); /* dead in the same entry */
	fixture_entry(f, before, &entry);
	assert_int_equal(entry.postings[0].account, MERIT_ACCOUNT_HELD);
	assert_int_equal(entry.postings[entry.postings_count - 1].account, MERIT_ACCOUNT_EXPIRED);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 + 70);
	fixture_free(f);
}

/* ---- However an order is split, the sums are those of one step ---- */

static void any_split_ends_in_the_same_sums(void **state)
{
	static const char *const ways[][6] = {
		{ "fulfil:6" },
		{ "fulfil:1", "fulfil:2", "fulfil:3" },
		{ "fulfil:5", "refund:5", "fulfil:1" },
		{ "fulfil:2", "cancel:1", "fulfil:3", "refund:2" },
		{ "cancel:1", "fulfil:5", "refund:1", "refund:1" },
		{ "fulfil:6", "refund:3" },
		{ "cancel:6" },
	};
	static const int kept[] = { 6, 6, 1, 3, 3, 3, 0 };

	(void)state;
	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		struct fixture *f = world_new(0);
		campaign_add(f, "c2", "CNY", 3);
		earn(f, "c1", 77); /* 180 points of two lots that do not divide by 30 */
		earn(f, "c2", 103);
		must(f, fixture_order(f, "o", "m1", 6));
		for (size_t i = 0; i < 6 && ways[way][i] != NULL; i++) {
			const char *colon = strchr(ways[way][i], ':');
			char method[16];
			snprintf(method, sizeof(method), "order.%.*s", (int)(colon - ways[way][i]), ways[way][i]);
			must(f, fixture_call(f, "ops", method, "'order':'o','lines':[{'line':0,'quantity':%s}]%s",
			                     colon + 1, strcmp(method, "order.refund") == 0 ? ",'reason':'r'" : ""));
		}
		balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 30 * kept[way]);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 180 - 30 * kept[way]);
		balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
		fixture_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(the_last_point_buys_and_one_point_too_few_does_not),
		cmocka_unit_test(lines_of_one_item_share_its_stock),
		cmocka_unit_test(cash_and_medicine_are_barred),
		cmocka_unit_test(lots_that_die_first_pay_first),
		cmocka_unit_test(the_line_with_the_fewest_eligible_points_is_served_first),
		cmocka_unit_test(points_of_another_currency_buy_nothing),
		cmocka_unit_test(what_is_named_must_be_there),
		cmocka_unit_test(a_merchant_ships_only_its_own_lines),
		cmocka_unit_test(a_service_is_received_when_it_is_used),
		cmocka_unit_test(cancelling_an_unknown_order_uses_its_name_up),
		cmocka_unit_test(a_member_orders_and_cancels_for_nobody_else),
		cmocka_unit_test(a_held_lot_outlives_its_day_and_dies_when_released),
		cmocka_unit_test(any_split_ends_in_the_same_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
