/* query_item_test.c
 * Goal    what an item is to a member is told to who may see the member, and is what order.place would answer.
 * Method  tables that change one thing a row; each status told is held against an order that is then placed. Random
 *         stories hold it against the model: tests/random. */
#include "tests/ledger/orders.h"

/* The outcome of a read whose rows have a status of their own. */
static enum merit_status asked(struct fixture *f, const char *kid, const char *method, const char *params)
{
	enum merit_status status = fixture_query(f, kid, method, "%s", params);

	return strstr(f->reply.data, "\"result\":") != NULL ? MERIT_OK : status;
}

/* ---- Who may ask ---- */

static void what_an_item_is_to_a_member_is_for_who_may_see_the_member(void **state)
{
	static const struct {
		const char *name, *kid, *params;
		enum merit_status want;
	} rows[] = {
		{ "a guest, of nobody", NULL, "", MERIT_OK },
		{ "a guest, of a member", NULL, ",'member':'m1'", MERIT_NOT_SIGNED },
		{ "a guest, of no member there is", NULL, ",'member':'m9'", MERIT_NOT_SIGNED },
		{ "a member, of itself", "m1", ",'member':'m1'", MERIT_OK },
		{ "a member, of another", "m1", ",'member':'m2'", MERIT_NOT_PERMITTED },
		{ "a member, of no member there is", "m1", ",'member':'m9'", MERIT_NOT_PERMITTED },
		{ "the item's merchant", "shop", ",'member':'m1'", MERIT_NOT_PERMITTED },
		{ "a sponsor", "acme", ",'member':'m1'", MERIT_NOT_PERMITTED },
		{ "a service", "svc", ",'member':'m1'", MERIT_OK },
		{ "an auditor", "aud", ",'member':'m2'", MERIT_OK },
		{ "a service, of no member there is", "svc", ",'member':'m9'", MERIT_MEMBER_UNKNOWN },
	};
	struct fixture *f = world_new(0);

	(void)state;
	fixture_member(f, "m2");
	fixture_key_add(f, "acme", "k1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool is_of_member = rows[i].params[0] != '\0' && rows[i].want == MERIT_OK;
		char params[64];
		snprintf(params, sizeof(params), "'item':'cup'%s", rows[i].params);
		enum merit_status one = asked(f, rows[i].kid, "item.get", params);
		bool is_told = strstr(f->reply.data, "\"for_member\"") != NULL;
		snprintf(params, sizeof(params), "'limit':10%s", rows[i].params);
		enum merit_status all = asked(f, rows[i].kid, "item.list", params);
		if (one != rows[i].want || all != rows[i].want || is_told != is_of_member)
			fail_msg("%s: %s, %s: %s", rows[i].name, merit_status_word(one), merit_status_word(all),
			         f->reply.data);
	}
	assert_int_equal(asked(f, "svc", "item.get", "'item':'x','member':'m1'"), MERIT_ITEM_UNKNOWN);
	world_free(f);
}

/* ---- What it would come to ---- */

/* The part of the last answer that is about the item for the member. */
static const char *for_member(const struct fixture *f, const char *item)
{
	char name[64];

	snprintf(name, sizeof(name), "{\"item\":\"%s\",", item);
	const char *at = strstr(f->reply.data, name);
	assert_non_null(at);
	at = strstr(at, "\"for_member\":");
	assert_non_null(at);
	return at;
}

static void told(const struct fixture *f, const char *what, const char *item, const char *text)
{
	char want[200];
	size_t size = 0;

	for (; text[size] != '\0' && size < sizeof(want) - 1; size++)
		want[size] = text[size] == '\'' ? '"' : text[size];
	want[size] = '\0';
	const char *at = for_member(f, item);
	if (strncmp(at + strlen("\"for_member\":"), want, size) != 0)
		fail_msg("%s: not %s but %.160s", what, want, at);
}

/* m1 has 100 points of c1; shop's cups cost 30 and there are 10. Each row stays in force for the ones below it. */
static void the_status_is_that_of_an_order_placed_now(void **state)
{
	static const struct {
		const char *name, *kid, *method, *params, *want;
		enum merit_status status;
	} rows[] = {
		{ "as it is", "ops", "item.update", "'item':'cup','title':'Cup'",
		  "{'member':'m1','eligible':100,'status':'accepted'}", MERIT_OK },
		{ "with somewhere to go", "ops", "item.update", "'item':'cup','delivery':'address'",
		  "{'member':'m1','eligible':70,'status':'accepted'}", MERIT_RECIPIENT_MISSING },
		{ "with limits", "ops", "item.update", "'item':'cup','delivery':'none','limit_day':2,'limit_year':5",
		  "{'member':'m1','eligible':70,'left':2,'status':'accepted'}", MERIT_OK },
		{ "after one of two", "ops", "item.update", "'item':'cup','limit_year':1",
		  "{'member':'m1','eligible':40,'left':0,'status':'limit_reached'}", MERIT_LIMIT_REACHED },
		{ "with none left on the shelf", "ops", "item.stock", "'item':'cup','quantity':-8",
		  "{'member':'m1','eligible':40,'left':0,'status':'limit_reached'}", MERIT_LIMIT_REACHED },
		{ "without limits", "ops", "item.update", "'item':'cup','limit_year':0,'limit_day':0",
		  "{'member':'m1','eligible':40,'status':'short_stock'}", MERIT_SHORT_STOCK },
		{ "at another price", "ops", "item.update", "'item':'cup','points':41",
		  "{'member':'m1','eligible':40,'status':'short_stock'}", MERIT_SHORT_STOCK },
		{ "on the shelf again", "ops", "item.stock", "'item':'cup','quantity':1",
		  "{'member':'m1','eligible':40,'status':'short_points'}", MERIT_SHORT_POINTS },
		{ "not for these points", "ops", "campaign.eligibility",
		  "'campaign':'c1','class':'goods','allowed':false",
		  "{'member':'m1','eligible':0,'status':'item_barred'}", MERIT_ITEM_BARRED },
		{ "not on offer", "ops", "item.update", "'item':'cup','offered':false",
		  "{'member':'m1','eligible':0,'status':'item_closed'}", MERIT_ITEM_CLOSED },
		{ "to a frozen member", "ops", "member.freeze", "'member':'m1','reason':'r'",
		  "{'member':'m1','eligible':0,'status':'member_frozen'}", MERIT_MEMBER_FROZEN },
	};
	struct fixture *f = world_new(100);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(f, fixture_call(f, rows[i].kid, rows[i].method, "%s", rows[i].params));
		must(f, asked(f, "m1", "item.list", "'member':'m1'"));
		told(f, rows[i].name, "cup", rows[i].want);
		must(f, asked(f, "m1", "item.get", "'item':'cup','member':'m1'"));
		told(f, rows[i].name, "cup", rows[i].want);
		long long version = fixture_integer(f, "version"), points = fixture_integer(f, "points");
		enum merit_status got =
			fixture_call(f, "m1", "order.place",
		                     "'order':'o%zu','member':'m1','lines':[{'item':'cup','version':%lld,"
		                     "'points':%lld,'quantity':1}]",
		                     i, version, points);
		if (got != rows[i].status)
			fail_msg("%s: an order is %s", rows[i].name, f->reply.data);
	}
	fixture_member(f, "m2");
	must(f, fixture_call(f, "ops", "member.close", "'member':'m2','reason':'r'"));
	must(f, asked(f, "svc", "item.get", "'item':'cup','member':'m2'"));
	told(f, "to a closed member", "cup", "{'member':'m2','eligible':0,'status':'member_closed'}");
	world_free(f);
}

/* Of the member's points those count that may buy: by class and in the item's currency. */
static void eligible_points_are_those_that_may_buy(void **state)
{
	struct fixture *f = world_new(50);

	(void)state;
	campaign_add(f, "c2", "CNY", 12);
	campaign_add(f, "c3", "USD", 12);
	earn(f, "c2", 7);
	earn(f, "c3", 9);
	item_add(f, "import", "shop", "goods", "USD", 5);
	item_add(f, "visit", "shop", "service", "CNY", 55);
	item_add(f, "pill", "shop", "medicine", "CNY", 5);
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c2','class':'service','allowed':false"));
	must(f, asked(f, "m1", "item.list", "'member':'m1'"));
	told(f, "goods", "cup", "{'member':'m1','eligible':57,'status':'accepted'}");
	told(f, "another currency", "import", "{'member':'m1','eligible':9,'status':'accepted'}");
	told(f, "another class", "visit", "{'member':'m1','eligible':50,'status':'short_points'}");
	told(f, "a class that none may buy", "pill", "{'member':'m1','eligible':0,'status':'item_barred'}");
	must(f, fixture_call(f, "m1", "order.place", PLACE("o", "m1", "cup", "1", "30", "1")));
	must(f, asked(f, "m1", "item.list", "'member':'m1'"));
	told(f, "what is held buys nothing", "cup", "{'member':'m1','eligible':27,'status':'short_points'}");
	world_free(f);
}

/* The first takes all points; the second is told of as if it were alone. */
static void one_item_takes_nothing_from_the_next(void **state)
{
	struct fixture *f = world_new(30);

	(void)state;
	item_add(f, "mug", "shop", "goods", "CNY", 30);
	must(f, asked(f, "m1", "item.list", "'member':'m1'"));
	told(f, "the first", "cup", "{'member':'m1','eligible':30,'status':'accepted'}");
	told(f, "the next", "mug", "{'member':'m1','eligible':30,'status':'accepted'}");
	uint64_t size = fixture_size(f);
	must(f, asked(f, "m1", "item.list", "'member':'m1'"));
	assert_int_equal(fixture_size(f), size); /* nothing was written for it */
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 30);
	world_free(f);
}

/* All cups are held by another member's order, whose hour has passed: they are free before the member is told. */
static void what_is_overdue_elsewhere_comes_first(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	fixture_member(f, "m2");
	must(f, fixture_gift(f, "m2", "start", 900));
	must(f, fixture_order(f, "o", "m2", 10));
	must(f, asked(f, "m1", "item.get", "'item':'cup','member':'m1'"));
	told(f, "held", "cup", "{'member':'m1','eligible':100,'status':'short_stock'}");
	f->now_ms += 31 * FIXTURE_DAY_MS;
	must(f, asked(f, "m1", "item.get", "'item':'cup','member':'m1'"));
	told(f, "lapsed", "cup", "{'member':'m1','eligible':100,'status':'accepted'}");
	world_free(f);
}

static void a_version_has_its_price_and_the_member_what_is_now(void **state)
{
	struct fixture *f = world_new(35);

	(void)state;
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':40"));
	must(f, asked(f, "m1", "item.get", "'item':'cup','version':1,'member':'m1'"));
	assert_int_equal(fixture_integer(f, "points"), 30);
	told(f, "now", "cup", "{'member':'m1','eligible':35,'status':'short_points'}");
	world_free(f);
}

static void pages_of_a_list_are_for_the_member_alike(void **state)
{
	struct fixture *f = world_new(100);
	char from[64] = "";

	(void)state;
	for (int i = 0; i < 5; i++) {
		char name[16];
		snprintf(name, sizeof(name), "item%d", i);
		item_add(f, name, "shop", "goods", "CNY", 20 * (i + 1) + 10);
	}
	for (int page = 0; page < 3; page++) {
		char params[96];
		snprintf(params, sizeof(params), "'limit':2,'member':'m1'%s", from);
		must(f, asked(f, "m1", "item.list", params));
		int rows = 0;
		for (const char *at = f->reply.data; (at = strstr(at, "\"for_member\":")) != NULL; at++)
			rows++;
		assert_int_equal(rows, 2);
		if (page < 2)
			snprintf(from, sizeof(from), ",'from':'%s'", fixture_text(f, "next"));
	}
	told(f, "the dearest", "item4", "{'member':'m1','eligible':100,'status':'short_points'}");
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_item_is_to_a_member_is_for_who_may_see_the_member),
		cmocka_unit_test(the_status_is_that_of_an_order_placed_now),
		cmocka_unit_test(eligible_points_are_those_that_may_buy),
		cmocka_unit_test(one_item_takes_nothing_from_the_next),
		cmocka_unit_test(what_is_overdue_elsewhere_comes_first),
		cmocka_unit_test(a_version_has_its_price_and_the_member_what_is_now),
		cmocka_unit_test(pages_of_a_list_are_for_the_member_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
