/* op_order_test.c
 * Goal    each held point ends once: captured, released, or dead.
 * Method  stories in the fixture's world, where shop has 10 cups of 30 points; what can be ordered is
 *         op_order_place_test.c, refunds are op_refund_test.c. */
#include "tests/ledger/orders.h"

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
	world_free(f);
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
	world_free(f);
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
	world_free(f);
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
	world_free(f);
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
	world_free(f);
}

static void each_line_ends_in_its_own_way(void **state)
{
	static const struct step steps[] = {
		{ "ship some of two lines", "shop", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':2},{'line':1,'quantity':1}]", MERIT_OK },
		{ "take back one line", "m1", "order.cancel", "'order':'o','lines':[{'line':2,'quantity':1}]",
		  MERIT_OK },
		{ "and the rest of another", "m1", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}]",
		  MERIT_OK },
		{ "give back of the first", "shop", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]", MERIT_OK },
		{ "never what was not shipped", "shop", "order.refund",
		  "'order':'o','reason':'r','lines':[{'line':2,'quantity':1}]", MERIT_OVER_FULFILLED },
	};
	struct fixture *f = world_new(300);

	(void)state;
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3},"
	                     "{'item':'cup','version':1,'points':30,'quantity':2},"
	                     "{'item':'cup','version':1,'points':30,'quantity':1}]"));
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 30);       /* one piece of line 1 */
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 60); /* one of line 0, one of line 1 */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 210);
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_string_equal(fixture_text(f, "state"), "open");
	fixture_advance(f, 3600000);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 240);
	world_free(f);
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
	assert_int_equal(entry.postings_count, 4); /* from what was held, through what expired, to the sponsor */
	assert_int_equal(entry.postings[0].account, MERIT_ACCOUNT_HELD);
	assert_int_equal(entry.postings[1].account, MERIT_ACCOUNT_EXPIRED);
	assert_int_equal(entry.postings[2].account, MERIT_ACCOUNT_SPONSOR);
	assert_int_equal(entry.postings[3].account, MERIT_ACCOUNT_EXPIRED);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 + 70);
	world_free(f);
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
		world_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_named_must_be_there),
		cmocka_unit_test(a_merchant_ships_only_its_own_lines),
		cmocka_unit_test(a_service_is_received_when_it_is_used),
		cmocka_unit_test(cancelling_an_unknown_order_uses_its_name_up),
		cmocka_unit_test(a_member_orders_and_cancels_for_nobody_else),
		cmocka_unit_test(each_line_ends_in_its_own_way),
		cmocka_unit_test(a_held_lot_outlives_its_day_and_dies_when_released),
		cmocka_unit_test(any_split_ends_in_the_same_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
