/* op_item_test.c
 * Goal    every change of an item is its next version, and stock is never below zero.
 * Method  stories in the fixture's world, where shop has 10 cups of 30 points. */
#include "tests/ledger/orders.h"

#define ITEM(name, merchant, points, price, stock)                                                                     \
	"'item':'" name "','merchant':'" merchant "','class':'goods','points':" points                                 \
	",'currency':'CNY','price_minor':" price ",'stock':" stock

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "for nothing", "ops", "item.create", ITEM("cup", "x", "0", "-1", "-1"), MERIT_ZERO_AMOUNT },
		{ "price below zero", "ops", "item.create", ITEM("cup", "x", "1", "-1", "0"), MERIT_NEGATIVE_AMOUNT },
		{ "stock below zero", "ops", "item.create", ITEM("cup", "x", "1", "0", "-1"), MERIT_NEGATIVE_AMOUNT },
		{ "no stock, at more than an account takes", "ops", "item.create",
		  ITEM("cup", "x", "1", "4503599627370496", "-1"), MERIT_NEGATIVE_AMOUNT },
		{ "at more than an account takes", "ops", "item.create", ITEM("cup", "x", "1", "4503599627370496", "0"),
		  MERIT_AMOUNT_RANGE },
		{ "at all that one takes", "ops", "item.create", ITEM("cup", "x", "1", "4503599627370495", "0"),
		  MERIT_MERCHANT_UNKNOWN },
		{ "nobody's", "ops", "item.create", ITEM("cup", "x", "1", "0", "0"), MERIT_MERCHANT_UNKNOWN },
		{ "a sponsor's", "ops", "item.create", ITEM("cup", "acme", "1", "0", "0"), MERIT_MERCHANT_UNKNOWN },
		{ "a name that is taken", "ops", "item.create", ITEM("cup", "shop", "1", "0", "0"), MERIT_ITEM_EXISTS },
		{ "a currency in lower case", "ops", "item.create",
		  "'item':'pen','merchant':'shop','class':'goods','points':1,'currency':'cny','price_minor':0",
		  MERIT_BAD_PARAMS },
		{ "a gift of the merchant", "shop", "item.create", ITEM("pen", "shop", "1", "0", "5"), MERIT_OK },
		{ "not to be had yet", "svc", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'pen','version':1,'points':1,'quantity':1}]",
		  MERIT_ITEM_CLOSED },
		{ "by its own leave", "shop", "item.update", "'item':'pen','offered':true", MERIT_NOT_PERMITTED },
		{ "at another price", "shop", "item.update", "'item':'pen','points':2", MERIT_NOT_PERMITTED },
		{ "for another due", "shop", "item.update", "'item':'pen','price_minor':9", MERIT_NOT_PERMITTED },
		{ "without its limit", "shop", "item.update", "'item':'pen','limit_day':0", MERIT_NOT_PERMITTED },
		{ "to another place", "shop", "item.update", "'item':'pen','title':'Pen','delivery':'none'",
		  MERIT_NOT_PERMITTED },
		{ "under another title", "shop", "item.update", "'item':'pen','title':'Pen'", MERIT_OK },
		{ "with the platform's leave", "ops", "item.update", "'item':'pen','offered':true", MERIT_OK },
		{ "on offer", "svc", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'pen','version':3,'points':1,'quantity':1}]",
		  MERIT_SHORT_POINTS },
		{ "another merchant's", "shop", "item.create", ITEM("hat", "x", "1", "0", "0"), MERIT_NOT_PERMITTED },
		{ "a change to nothing", "ops", "item.update", "'item':'x','points':0", MERIT_ZERO_AMOUNT },
		{ "a change below zero", "ops", "item.update", "'item':'x','price_minor':-1", MERIT_NEGATIVE_AMOUNT },
		{ "a change to more than an account takes", "ops", "item.update",
		  "'item':'x','price_minor':4503599627370496", MERIT_AMOUNT_RANGE },
		{ "a change to all that one takes", "ops", "item.update", "'item':'x','price_minor':4503599627370495",
		  MERIT_ITEM_UNKNOWN },
		{ "a change of nothing", "ops", "item.update", "'item':'x'", MERIT_ITEM_UNKNOWN },
		{ "no change", "ops", "item.update", "'item':'cup'", MERIT_NOTHING_TO_DO },
		{ "no pieces", "svc", "item.stock", "'item':'x','quantity':0", MERIT_ZERO_AMOUNT },
		{ "pieces of nothing", "svc", "item.stock", "'item':'x','quantity':1", MERIT_ITEM_UNKNOWN },
		{ "one piece too many", "svc", "item.stock", "'item':'cup','quantity':9007199254740982",
		  MERIT_AMOUNT_RANGE },
		{ "more than there are", "svc", "item.stock", "'item':'cup','quantity':-11", MERIT_SHORT_STOCK },
		{ "all there are", "svc", "item.stock", "'item':'cup','quantity':-10", MERIT_OK },
		{ "all there can be", "svc", "item.stock", "'item':'cup','quantity':9007199254740991", MERIT_OK },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	world_free(f);
}

static void a_change_is_a_new_version_and_keeps_what_it_does_not_name(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':40"));
	assert_int_equal(fixture_integer(f, "version"), 2);
	must(f, fixture_call(f, "shop", "item.update", "'item':'cup','title':'杯子'"));
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','offered':false"));
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "version"), 4);
	assert_int_equal(fixture_integer(f, "points"), 40);
	assert_int_equal(fixture_integer(f, "price_minor"), 25);
	assert_int_equal(fixture_integer(f, "stock"), 10);
	assert_string_equal(fixture_text(f, "title"), "杯子");
	assert_non_null(strstr(f->reply.data, "\"offered\":false"));
	world_free(f);
}

static void an_order_keeps_the_price_it_was_placed_at(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_earn(f, "m1", "r1"));
	must(f, fixture_order(f, "o1", "m1", 2));
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':90"));
	assert_int_equal(fixture_order(f, "o2", "m1", 1), MERIT_PRICE_CHANGED);
	assert_int_equal(fixture_integer(f, "version"), 2);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 60);
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o1','reason':'broken'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	world_free(f);
}

static void limits_and_delivery_are_kept_until_named_again(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "shop", "item.create",
	                     ITEM("pen", "shop", "1", "0", "5") ",'delivery':'account','limit_month':2,"
	                                                        "'limit_lifetime':9"));
	must(f, fixture_query(f, NULL, "item.get", "'item':'pen'"));
	assert_non_null(strstr(f->reply.data, "\"delivery\":\"account\",\"limit_month\":2,\"limit_lifetime\":9"));
	must(f, fixture_call(f, "ops", "item.update", "'item':'pen','limit_month':0,'limit_year':3"));
	must(f, fixture_query(f, NULL, "item.get", "'item':'pen'"));
	assert_non_null(strstr(f->reply.data, "\"delivery\":\"account\",\"limit_year\":3,\"limit_lifetime\":9"));
	must(f, fixture_call(f, "ops", "item.update", "'item':'pen','delivery':'address'"));
	must(f, fixture_query(f, NULL, "item.get", "'item':'pen'"));
	assert_string_equal(fixture_text(f, "delivery"), "address");
	assert_int_equal(fixture_integer(f, "version"), 3);
	must(f, fixture_query(f, NULL, "item.get", "'item':'cup'"));
	assert_string_equal(fixture_text(f, "delivery"), "none");
	world_free(f);
}

static void a_category_is_kept_until_another_is_named(void **state)
{
	static const struct step steps[] = {
		{ "a merchant files its own", "shop", "item.create", ITEM("pen", "shop", "1", "0", "5") ",'category':'office'",
		  MERIT_OK },
		{ "which stays where it is filed", "shop", "item.update", "'item':'pen','category':'gifts'",
		  MERIT_NOT_PERMITTED },
		{ "in no more than a name", "ops", "item.update", "'item':'pen','category':'for the office'",
		  MERIT_BAD_PARAMS },
		{ "offered", "ops", "item.update", "'item':'pen','offered':true", MERIT_OK },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	must(f, fixture_query(f, NULL, "item.get", "'item':'pen'"));
	assert_string_equal(fixture_text(f, "category"), "office");
	must(f, fixture_call(f, "ops", "item.update", "'item':'pen','category':'gifts'"));
	must(f, fixture_query(f, NULL, "item.list", "'from':'pen'"));
	assert_string_equal(fixture_text(f, "category"), "gifts");
	assert_int_equal(fixture_integer(f, "version"), 3);
	must(f, fixture_query(f, NULL, "item.get", "'item':'cup'"));
	assert_null(strstr(f->reply.data, "category"));
	world_free(f);
}

static void every_version_keeps_its_price(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':40,'price_minor':33"));
	int64_t entry = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','offered':false"));
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup','version':1"));
	assert_int_equal(fixture_integer(f, "points"), 30);
	assert_int_equal(fixture_integer(f, "price_minor"), 25);
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup','version':2"));
	assert_int_equal(fixture_integer(f, "version"), 2);
	assert_int_equal(fixture_integer(f, "points"), 40);
	assert_int_equal(fixture_integer(f, "price_minor"), 33);
	assert_int_equal(fixture_integer(f, "entry"), entry);
	must(f, fixture_query(f, NULL, "item.get", "'item':'cup','version':2"));
	assert_null(strstr(f->reply.data, "price_minor")); /* what the merchant is due is not everybody's */
	assert_int_equal(fixture_query(f, "shop", "item.get", "'item':'cup','version':4"), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "shop", "item.get", "'item':'x','version':1"), MERIT_ITEM_UNKNOWN);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_change_is_a_new_version_and_keeps_what_it_does_not_name),
		cmocka_unit_test(an_order_keeps_the_price_it_was_placed_at),
		cmocka_unit_test(limits_and_delivery_are_kept_until_named_again),
		cmocka_unit_test(a_category_is_kept_until_another_is_named),
		cmocka_unit_test(every_version_keeps_its_price),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
