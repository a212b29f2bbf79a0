/* op_order_place_test.c
 * Goal    an order holds exactly what it costs, of points that may buy it, within the limits of its items. The last
 *         piece can be bought; nothing can be bought of what is not there.
 * Method  stories in the fixture's world, where shop has 10 cups of 30 points; codes are op_code_test.c. */
#include "tests/ledger/orders.h"

/* ---- Prices and stock ---- */

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
	world_free(f);
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
	world_free(f);
}

static void the_last_piece_can_be_bought_and_comes_back(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':-9"));
	must(f, fixture_order(f, "o1", "m1", 1));
	assert_int_equal(fixture_order(f, "o2", "m1", 1), MERIT_SHORT_STOCK);
	assert_int_equal(fixture_integer(f, "stock"), 0);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o1'"));
	must(f, fixture_order(f, "o2", "m1", 1));
	world_free(f);
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
	world_free(f);
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
	world_free(f);
}

/* ---- Who may buy what with which points ---- */

static void a_member_frozen_or_closed_orders_nothing(void **state)
{
	static const struct step steps[] = {
		{ "freeze", "ops", "member.freeze", "'member':'m1','reason':'r'", MERIT_OK },
		{ "frozen", "svc", "order.place", PLACE("o", "m1", "cup", "9", "30", "1"), MERIT_MEMBER_FROZEN },
		{ "frozen, of nothing", "svc", "order.place", PLACE("o", "m1", "x", "9", "30", "1"),
		  MERIT_ITEM_UNKNOWN },
		{ "unfreeze", "ops", "member.unfreeze", "'member':'m1','reason':'r'", MERIT_OK },
		{ "as before", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "1"), MERIT_OK },
		{ "freeze again", "ops", "member.freeze", "'member':'m1','reason':'r'", MERIT_OK },
		{ "what was ordered is shipped", "shop", "order.fulfil", "'order':'o'", MERIT_OK },
		{ "close", "ops", "member.close", "'member':'m1','reason':'r'", MERIT_OK },
		{ "closed", "svc", "order.place", PLACE("p", "m1", "cup", "9", "30", "1"), MERIT_MEMBER_CLOSED },
	};
	struct fixture *f = world_new(100);

	(void)state;
	STEPS_RUN(f, steps);
	world_free(f);
}

static void points_buy_what_their_campaign_allows(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.eligibility",
	                     "'campaign':'c1','class':'goods','allowed':true,'tag':'gold'"));
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_ITEM_BARRED); /* no point of m1's buys goods */
	assert_int_equal(fixture_integer(f, "line"), 0);
	campaign_add(f, "c2", "CNY", 12);
	earn(f, "c2", 20);
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "have"), 20);
	assert_int_equal(fixture_integer(f, "eligible"), 20);
	earn(f, "c2", 10);
	must(f, fixture_order(f, "o", "m1", 1)); /* with those of c2 alone */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'gold','on':true"));
	must(f, fixture_order(f, "p", "m1", 3));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 10);
	world_free(f);
}

static void who_has_no_points_is_short_of_them_whatever_the_class(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	item_add(f, "cash", "shop", "cash", "CNY", 5);
	assert_int_equal(fixture_call(f, "svc", "order.place", PLACE("o", "m1", "cash", "1", "5", "1")),
	                 MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "eligible"), 0);
	world_free(f);
}

/* ---- What an item asks of an order ---- */

static void what_is_delivered_needs_a_recipient(void **state)
{
	static const char *const deliveries[] = { "address", "account" };
	struct fixture *f = world_new(100);

	(void)state;
	for (int i = 0; i < 2; i++) {
		must(f, fixture_call(f, "ops", "item.update", "'item':'cup','delivery':'%s'", deliveries[i]));
#define CUP "'order':'o%d','member':'m1','lines':[{'item':'cup','version':%d,'points':30,'quantity':%d}]"
		assert_int_equal(fixture_call(f, "svc", "order.place", CUP, i, 2 + i, 11), MERIT_RECIPIENT_MISSING);
		assert_int_equal(fixture_integer(f, "line"), 0);
		must(f, fixture_call(f, "svc", "order.place", CUP ",'recipient':'%s'", i, 2 + i, 1,
		                     fixture_private(f, "王医生")));
#undef CUP
	}
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','delivery':'none'"));
	must(f, fixture_call(f, "svc", "order.place", PLACE("o3", "m1", "cup", "4", "30", "1")));
	world_free(f);
}

static void limit_set(struct fixture *f, const char *limit, int most)
{
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','%s':%d", limit, most));
}

static enum merit_status order_now(struct fixture *f, const char *order, int quantity)
{
	must(f, fixture_query(f, "svc", "item.get", "'item':'cup'"));
	return fixture_call(f, "svc", "order.place",
	                    "'order':'%s','member':'m1','lines':[{'item':'cup','version':%" PRId64
	                    ",'points':30,'quantity':%d}]",
	                    order, fixture_integer(f, "version"), quantity);
}

static void a_member_orders_up_to_the_items_limit_in_each_period(void **state)
{
	/* Ordered on 1 January; so many days later it is still the period, and on the next day it is not. */
	static const struct {
		const char *limit;
		int days;
		enum merit_status behind;
	} rows[] = {
		{ "limit_day", 0, MERIT_OK },
		{ "limit_month", 30, MERIT_OK },
		{ "limit_year", 364, MERIT_OK },
		{ "limit_lifetime", 364, MERIT_LIMIT_REACHED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new(1000);
		limit_set(f, rows[i].limit, 3);
		must(f, order_now(f, "o1", 2));
		must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
		fixture_advance(f, rows[i].days * FIXTURE_DAY_MS + FIXTURE_DAY_MS - 1);
		assert_int_equal(order_now(f, "o2", 2), MERIT_LIMIT_REACHED);
		assert_int_equal(fixture_integer(f, rows[i].limit), 3);
		assert_int_equal(fixture_integer(f, "left"), 1);
		must(f, order_now(f, "o2", 1));
		must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o2'"));
		assert_int_equal(order_now(f, "o3", 1), MERIT_LIMIT_REACHED);
		fixture_advance(f, 1);
		if (order_now(f, "o3", 1) != rows[i].behind)
			fail_msg("%s: %s", rows[i].limit, f->reply.data);
		world_free(f);
	}
}

static void lines_of_one_item_share_its_limit_and_members_do_not(void **state)
{
	struct fixture *f = world_new(1000);

	(void)state;
	limit_set(f, "limit_day", 3);
#define TWO(member, a, b)                                                                                              \
	"'order':'o" member "','member':'" member "','lines':[{'item':'cup','version':2,'points':30,'quantity':" a     \
	"},{'item':'cup','version':2,'points':30,'quantity':" b "}]"
	assert_int_equal(fixture_call(f, "svc", "order.place", TWO("m1", "2", "2")), MERIT_LIMIT_REACHED);
	assert_int_equal(fixture_integer(f, "line"), 1);
	must(f, fixture_call(f, "svc", "order.place", TWO("m1", "2", "1")));
	fixture_member(f, "m2");
	must(f, fixture_gift(f, "m2", "start", 100));
	must(f, fixture_call(f, "svc", "order.place", TWO("m2", "1", "2")));
#undef TWO
	world_free(f);
}

static void what_is_not_kept_does_not_count(void **state)
{
	struct fixture *f = world_new(1000);

	(void)state;
	limit_set(f, "limit_month", 3);
	must(f, order_now(f, "o1", 3));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o1','lines':[{'line':0,'quantity':1}]"));
	must(f, order_now(f, "o2", 1));
	assert_int_equal(order_now(f, "o3", 1), MERIT_LIMIT_REACHED);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o2'"));
	fixture_advance(f, 3600000); /* o1 lapses */
	assert_int_equal(order_now(f, "o3", 3), MERIT_LIMIT_REACHED);
	must(f, order_now(f, "o3", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o3'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o2','reason':'r'"));
	must(f, order_now(f, "o4", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o4'"));
	fixture_advance(f, 31 * FIXTURE_DAY_MS);
	must(f, order_now(f, "o5", 2));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o3','reason':'r'")); /* of the month before */
	assert_int_equal(order_now(f, "o6", 2), MERIT_LIMIT_REACHED);
	must(f, order_now(f, "o6", 1));
	world_free(f);
}

static void a_limit_counts_from_when_it_is_first_set(void **state)
{
	struct fixture *f = world_new(1000);

	(void)state;
	must(f, order_now(f, "o1", 2));
	limit_set(f, "limit_lifetime", 2);
	must(f, order_now(f, "o2", 1));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o1'")); /* was not counted and gives nothing back */
	assert_int_equal(order_now(f, "o3", 2), MERIT_LIMIT_REACHED);
	limit_set(f, "limit_lifetime", 0);
	must(f, order_now(f, "o3", 4)); /* counted on, so that the limit can come back */
	limit_set(f, "limit_lifetime", 3);
	assert_int_equal(order_now(f, "o4", 1), MERIT_LIMIT_REACHED);
	assert_int_equal(fixture_integer(f, "left"), 0);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o3','lines':[{'line':0,'quantity':3}]"));
	must(f, order_now(f, "o4", 1));
	world_free(f);
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
	world_free(f);
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
	world_free(f);
}

static void points_of_another_currency_buy_nothing(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	campaign_add(f, "usd", "USD", 12);
	earn(f, "usd", 500);
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "eligible"), 0);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(the_last_point_buys_and_one_point_too_few_does_not),
		cmocka_unit_test(the_last_piece_can_be_bought_and_comes_back),
		cmocka_unit_test(lines_of_one_item_share_its_stock),
		cmocka_unit_test(cash_and_medicine_are_barred),
		cmocka_unit_test(a_member_frozen_or_closed_orders_nothing),
		cmocka_unit_test(points_buy_what_their_campaign_allows),
		cmocka_unit_test(who_has_no_points_is_short_of_them_whatever_the_class),
		cmocka_unit_test(what_is_delivered_needs_a_recipient),
		cmocka_unit_test(a_member_orders_up_to_the_items_limit_in_each_period),
		cmocka_unit_test(lines_of_one_item_share_its_limit_and_members_do_not),
		cmocka_unit_test(what_is_not_kept_does_not_count),
		cmocka_unit_test(a_limit_counts_from_when_it_is_first_set),
		cmocka_unit_test(lots_that_die_first_pay_first),
		cmocka_unit_test(the_line_with_the_fewest_eligible_points_is_served_first),
		cmocka_unit_test(points_of_another_currency_buy_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
