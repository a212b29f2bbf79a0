/* money_test.c
 * Goal    money follows points in the same entry, to the last minor unit: sponsors pay what points are worth, merchants
 *         get their price, the platform the difference.
 * Method  single rows of prices and values, with the money of an entry compared as it is printed; sums of steps against
 *         those of the whole; limits at n and n + 1. tests/ledger/refund_matrix_test.c has the combinations,
 *         tests/ledger/sealed_test.c who sees it. */
#include "tests/ledger/sales.h"

/* The money of the last entry, as its sealed line has it: JSON with ' in place of ". */
static void sealed_is(struct fixture *f, const char *postings)
{
	char want[2048];

	snprintf(want, sizeof(want), ",\"postings\":%s}}", postings);
	for (char *byte = want; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%" PRIu64, fixture_size(f) - 1));
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("%s\nis not the money of\n%s", want, f->reply.data);
}

static void nothing_is_sealed(struct fixture *f)
{
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%" PRIu64, fixture_size(f) - 1));
	assert_null(strstr(f->reply.data, "sealed"));
}

/* ---- What points are worth ---- */

static void values_are_rounded_half_to_even(void **state)
{
	static const struct {
		int64_t minor, per, points, want;
	} rows[] = {
		{ 1, 1, 7, 7 },
		{ 1, 2, 1, 0 }, /* 0.5 is as near to 0, which is even */
		{ 1, 2, 2, 1 },
		{ 1, 2, 3, 2 }, /* 1.5 */
		{ 1, 2, 5, 2 }, /* 2.5 */
		{ 1, 2, 7, 4 },
		{ 3, 2, 1, 2 },
		{ 5, 2, 1, 2 },
		{ 7, 2, 1, 4 },
		{ 1, 3, 1, 0 },
		{ 1, 3, 2, 1 },
		{ 1, 3, 3, 1 },
		{ 1, 3, 4, 1 },
		{ 1, 3, 5, 2 },
		{ 0, 1, 1000, 0 },
		{ 0, 3, MERIT_AMOUNT_MAX, 0 },
		{ 1, 1, 0, 0 },
		{ 1, 1, MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX },
		{ MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX },
		{ MERIT_AMOUNT_MAX, 2, 1, MERIT_AMOUNT_MAX / 2 + 1 }, /* half of an odd one, up to even */
		{ 1, MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX / 2, 0 },
		{ MERIT_AMOUNT_MAX, 1, MERIT_AMOUNT_MAX, INT64_MAX }, /* beyond: as much as there is */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_campaign campaign = { .value_minor = rows[i].minor, .value_points = rows[i].per };
		int64_t got = merit_points_value(&campaign, rows[i].points);
		if (got != rows[i].want)
			fail_msg("row %zu: %" PRId64 ", not %" PRId64, i, got, rows[i].want);
	}
}

/* ---- One order ---- */

static void a_sale_pays_the_merchant_its_price_and_the_platform_the_rest(void **state)
{
	/* Two pieces of 30 points each, a minor unit a point. */
	static const struct {
		const char *name;
		int64_t price;
		const char *sale, *refund;
	} rows[] = {
		{ "a margin", 25,
		  "[['merchant/shop','CNY',[[null,null,-50,0]]],['margin','CNY',[[null,null,-10,0]]],"
		  "['sponsor/acme','CNY',[['c1',null,60,0]]]]",
		  "[['sponsor/acme','CNY',[['c1',null,-60,0]]],['merchant/shop','CNY',[[null,null,50,0]]],"
		  "['margin','CNY',[[null,null,10,0]]]]" },
		{ "none", 30, "[['merchant/shop','CNY',[[null,null,-60,0]]],['sponsor/acme','CNY',[['c1',null,60,0]]]]",
		  "[['sponsor/acme','CNY',[['c1',null,-60,0]]],['merchant/shop','CNY',[[null,null,60,0]]]]" },
		{ "a loss", 35,
		  "[['merchant/shop','CNY',[[null,null,-70,0]]],['sponsor/acme','CNY',[['c1',null,60,0]]],"
		  "['margin','CNY',[[null,null,10,0]]]]",
		  "[['sponsor/acme','CNY',[['c1',null,-60,0]]],['margin','CNY',[[null,null,-10,0]]],"
		  "['merchant/shop','CNY',[[null,null,70,0]]]]" },
		{ "all of it", 0, "[['margin','CNY',[[null,null,-60,0]]],['sponsor/acme','CNY',[['c1',null,60,0]]]]",
		  "[['sponsor/acme','CNY',[['c1',null,-60,0]]],['margin','CNY',[[null,null,60,0]]]]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = fixture_new();
		print_message("%s\n", rows[i].name);
		fixture_world(f);
		give(f, "c1", 60);
		item_sell(f, "mug", "shop", "goods", "CNY", 30, rows[i].price);
		must(f, buy(f, "o", "mug", 30, 2));
		nothing_is_sealed(f);
		order_change(f, "shop", "order.fulfil", "o");
		sealed_is(f, rows[i].sale);
		order_change(f, "m1", "order.receive", "o");
		nothing_is_sealed(f);
		order_change(f, "shop", "order.refund", "o");
		sealed_is(f, rows[i].refund);
		world_free(f);
	}
}

/* What is worth nothing and costs nothing moves no money. */
static void points_without_a_value_may_buy_what_is_free(void **state)
{
	static const struct deal deal = { "c2", "acme", "CNY", "breakage", 0, 1, 1 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	deal_add(f, &deal, 100);
	item_sell(f, "leaflet", "shop", "goods", "CNY", 5, 0);
	item_sell(f, "mug", "shop", "goods", "CNY", 5, 7);
	give(f, "c2", 15);
	must(f, buy(f, "o1", "leaflet", 5, 1));
	order_change(f, "shop", "order.fulfil", "o1");
	nothing_is_sealed(f);
	must(f, buy(f, "o2", "mug", 5, 1));
	order_change(f, "shop", "order.fulfil", "o2");
	sealed_is(f, "[['merchant/shop','CNY',[[null,null,-7,0]]],['margin','CNY',[[null,null,7,0]]]]");
	fixture_advance(f, 2 * MONTH_MS);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_EXPIRED, "c2"), 5);
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", 0);
	world_free(f);
}

static void the_price_is_that_of_the_version_ordered(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	give(f, "c1", 60);
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','price_minor':1"));
	order_change(f, "shop", "order.fulfil", "o");
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY", -50);
	order_change(f, "shop", "order.refund", "o");
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY", 0);
	world_free(f);
}

static void a_code_is_sold_as_it_is_placed(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	give(f, "c1", 80);
	item_sell(f, "voucher", "shop", "code", "CNY", 20, 15);
	for (int i = 0; i < 2; i++) {
		char code[32];
		snprintf(code, sizeof(code), "CODE-%d", i);
		must(f, fixture_call(f, "shop", "code.add", "'item':'voucher','code':'%s'", fixture_private(f, code)));
	}
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"
	                     "{'item':'voucher','version':1,'points':20,'quantity':2}]"));
	sealed_is(f, "[['merchant/shop','CNY',[[null,null,-30,1]]],['margin','CNY',[[null,null,-10,1]]],"
	             "['sponsor/acme','CNY',[['c1',null,40,1]]]]");
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]"));
	sealed_is(f, "[['sponsor/acme','CNY',[['c1',null,-20,1]]],['merchant/shop','CNY',[[null,null,15,1]]],"
	             "['margin','CNY',[[null,null,5,1]]]]");
	world_free(f);
}

static void what_is_held_is_no_money_until_it_is_fulfilled(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	give(f, "c1", 90);
	must(f, fixture_order(f, "o1", "m1", 1));
	order_change(f, "m1", "order.cancel", "o1");
	nothing_is_sealed(f);
	must(f, fixture_order(f, "o2", "m1", 1));
	fixture_advance(f, 2 * 60 * 60000); /* an hour is enough */
	nothing_is_sealed(f);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 90);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", 0);
	world_free(f);
}

/* ---- Sums ---- */

static const struct deal mixed[] = {
	{ "d1", "acme", "CNY", "sponsor", 1, 3, 4 },
	{ "d2", "bolt", "CNY", "sponsor", 5, 2, 5 },
	{ "d3", "acme", "CNY", "sponsor", 7, 11, 6 },
};

#define MIXED_EACH 35 /* points of each, in this order, for seven pieces of 15 */

/* What the first so many points of the line are worth to a sponsor. */
static int64_t mixed_value(const char *sponsor, int64_t points)
{
	int64_t value = 0;

	for (size_t i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++) {
		int64_t of_this = points < MIXED_EACH ? points : MIXED_EACH;
		if (strcmp(mixed[i].sponsor, sponsor) == 0)
			value += value_of(&mixed[i], of_this);
		points -= of_this;
	}
	return value;
}

static struct fixture *mixed_world(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	for (size_t i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++) {
		deal_add(f, &mixed[i], 1000);
		give(f, mixed[i].campaign, MIXED_EACH);
	}
	item_sell(f, "mug", "shop", "goods", "CNY", 15, 13);
	must(f, buy(f, "o", "mug", 15, 7));
	return f;
}

static void mixed_is(struct fixture *f, int pieces)
{
	int64_t acme = mixed_value("acme", 15 * pieces), bolt = mixed_value("bolt", 15 * pieces);

	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", acme);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "bolt", "CNY", bolt);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY", -13 * pieces);
	money_is(f, MERIT_ACCOUNT_MARGIN, "", "CNY", 13 * pieces - acme - bolt);
}

static void parts_come_to_what_the_whole_comes_to(void **state)
{
	static const int steps[][7] = { { 7 }, { 1, 1, 1, 1, 1, 1, 1 }, { 1, 2, 4 }, { 4, 2, 1 }, { 3, 3, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct fixture *f = mixed_world();
		int pieces = 0;
		for (size_t step = 0; step < 7 && steps[i][step] > 0; step++) {
			must(f, fixture_call(f, "shop", "order.fulfil",
			                     "'order':'o','lines':[{'line':0,'quantity':%d}]", steps[i][step]));
			mixed_is(f, pieces += steps[i][step]);
		}
		for (size_t step = 0; step < 7 && steps[i][step] > 0; step++) {
			must(f, fixture_call(f, "shop", "order.refund",
			                     "'order':'o','reason':'r','lines':[{'line':0,'quantity':%d}]",
			                     steps[i][step]));
			mixed_is(f, pieces -= steps[i][step]);
		}
		assert_int_equal(pieces, 0);
		world_free(f);
	}
}

static void two_currencies_stand_side_by_side(void **state)
{
	static const struct deal dollars = { "d1", "acme", "USD", "sponsor", 1, 7, 12 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	deal_add(f, &dollars, 1000);
	item_sell(f, "mug", "shop", "goods", "USD", 50, 9);
	give(f, "c1", 60);
	give(f, "d1", 100);
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'mug','version':1,'points':50,'quantity':2},"
	                     "{'item':'cup','version':1,'points':30,'quantity':2}]"));
	order_change(f, "shop", "order.fulfil", "o");
	sealed_is(f, "[['merchant/shop','CNY',[[null,null,-50,1]]],['merchant/shop','USD',[[null,null,-18,0]]],"
	             "['margin','CNY',[[null,null,-10,1]]],['sponsor/acme','CNY',[['c1',null,60,1]]],"
	             "['sponsor/acme','USD',[['d1',null,14,0]]],['margin','USD',[[null,null,4,0]]]]");
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':2}]"));
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "USD", 0);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "USD", 0);
	money_is(f, MERIT_ACCOUNT_MARGIN, "", "USD", 0);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", 60);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY", -50);
	money_is(f, MERIT_ACCOUNT_MARGIN, "", "CNY", -10);
	world_free(f);
}

/* ---- Points that expire ---- */

static void breakage_is_of_all_that_ever_expired(void **state)
{
	static const struct deal kept = { "d1", "acme", "CNY", "breakage", 1, 3, 1 };
	static const struct deal given_back = { "d2", "acme", "CNY", "sponsor", 1, 3, 1 };
	struct fixture *f = fixture_new();
	int64_t seen = 0;

	(void)state;
	fixture_world(f);
	deal_add(f, &kept, 1000);
	deal_add(f, &given_back, 1000);
	for (int day = 0; day < 10; day++) { /* ten lots, which die on ten days */
		give(f, "d1", 1);
		give(f, "d2", 1);
		fixture_advance(f, FIXTURE_DAY_MS);
	}
	for (int day = 0; day < 40; day++) {
		fixture_advance(f, FIXTURE_DAY_MS);
		int64_t expired = fixture_balance(f, MERIT_ACCOUNT_EXPIRED, "d1");
		assert_true(expired == seen || expired == seen + 1);
		seen = expired;
		money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", -value_of(&kept, expired));
		money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", value_of(&kept, expired));
	}
	assert_int_equal(seen, 10);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_EXPIRED, "d2"), 0); /* the sponsor has them */
	world_free(f);
}

static void an_expiry_shows_whose_money_it_moves(void **state)
{
	static const struct deal deals[] = {
		{ "d1", "acme", "CNY", "breakage", 3, 2, 1 },
		{ "d2", "acme", "CNY", "sponsor", 3, 2, 1 },
		{ "d3", "acme", "USD", "breakage", 1, 10, 1 },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (size_t i = 0; i < sizeof(deals) / sizeof(deals[0]); i++) {
		deal_add(f, &deals[i], 100);
		give(f, deals[i].campaign, 35);
	}
	fixture_advance(f, 2 * MONTH_MS);
	sealed_is(f, "[['sponsor/acme','CNY',[['d1',null,52]]],['breakage','CNY',[['d1',null,-52]]],"
	             "['sponsor/acme','USD',[['d3',null,4]]],['breakage','USD',[['d3',null,-4]]]]");
	world_free(f);
}

/* The refund gives the sponsor back what the sale took; then the points die, and it pays for that. */
static void a_forfeited_refund_is_breakage(void **state)
{
	static const struct deal deal = { "d1", "acme", "CNY", "breakage", 1, 1, 1 };
	struct fixture *f = fixture_new_with(forfeit);

	(void)state;
	fixture_world(f);
	deal_add(f, &deal, 100);
	give(f, "d1", 60);
	must(f, fixture_order(f, "o", "m1", 2));
	order_change(f, "shop", "order.fulfil", "o");
	fixture_advance(f, 2 * MONTH_MS);
	order_change(f, "shop", "order.refund", "o");
	sealed_is(f, "[['sponsor/acme','CNY',[['d1',null,-60,0]]],['merchant/shop','CNY',[[null,null,50,0]]],"
	             "['margin','CNY',[[null,null,10,0]]],['sponsor/acme','CNY',[['d1',null,60]]],"
	             "['breakage','CNY',[['d1',null,-60]]]]");
	world_free(f);
}

static void what_dies_on_its_way_back_is_breakage(void **state)
{
	static const struct deal deal = { "d1", "acme", "CNY", "breakage", 1, 2, 1 };
	struct fixture *f = fixture_new_with(forfeit);

	(void)state;
	fixture_world(f);
	deal_add(f, &deal, 1000);
	give(f, "d1", 61);
	fixture_advance(f, 32 * FIXTURE_DAY_MS - 10 * 60000); /* the lot's last ten minutes */
	must(f, fixture_order(f, "o", "m1", 2));
	fixture_advance(f, 20 * 60000);                    /* what was not ordered is dead */
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", 0); /* half a minor unit, to even */
	order_change(f, "m1", "order.cancel", "o");
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", -30); /* 30.5 */
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", 30);
	world_free(f);
}

static void a_closed_member_leaves_breakage(void **state)
{
	static const struct deal deal = { "d1", "acme", "CNY", "breakage", 2, 1, 1 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	deal_add(f, &deal, 1000);
	give(f, "d1", 11);
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", -22);
	world_free(f);
}

/* ---- The platform as a sponsor ---- */

static void the_platform_spends_marketing(void **state)
{
	static const struct deal deal = { "d1", "mall", "CNY", "breakage", 1, 1, 1 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'mall','platform':true"));
	deal_add(f, &deal, 1000);
	give(f, "d1", 64);
	must(f, fixture_order(f, "o", "m1", 2));
	order_change(f, "shop", "order.fulfil", "o");
	sealed_is(f, "[['merchant/shop','CNY',[[null,null,-50,0]]],['margin','CNY',[[null,null,-10,0]]],"
	             "['expense/marketing','CNY',[['d1',null,60,0]]]]");
	fixture_advance(f, 2 * MONTH_MS);
	sealed_is(f, "[['expense/marketing','CNY',[['d1',null,4]]],['breakage','CNY',[['d1',null,-4]]]]");
	order_change(f, "shop", "order.refund", "o");
	money_is(f, MERIT_ACCOUNT_MARKETING, "", "CNY", 4);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "mall", "CNY", 0);
	world_free(f);
}

/* ---- Limits ---- */

#define LEAST "{'item':'least','version':1,'points':1,'quantity':1}"
#define CODES(pieces) "{'item':'code','version':1,'points':1,'quantity':" pieces "}"

/* shop sells at all an account may hold: goods, and more codes than one order may have. */
static struct fixture *dear_world(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	for (int i = 0; i < 3; i++)
		give(f, "c1", 1000);
	item_sell(f, "most", "shop", "goods", "CNY", 1, MERIT_MONEY_MAX);
	item_sell(f, "least", "shop", "goods", "CNY", 1, 1);
	item_sell(f, "code", "shop", "code", "CNY", 1, MERIT_MONEY_MAX);
	must(f, fixture_call(f, "shop", "item.stock", "'item':'most','quantity':3000"));
	for (int i = 0; i <= MERIT_ORDER_CODES_MAX; i++) {
		char code[32];
		snprintf(code, sizeof(code), "CODE-%d", i);
		must(f, fixture_call(f, "shop", "code.add", "'item':'code','code':'%s'", fixture_private(f, code)));
	}
	return f;
}

static void an_order_stays_in_the_range_of_money(void **state)
{
	static const struct {
		const char *name, *lines;
		enum merit_status want;
		int64_t line;
	} rows[] = {
		{ "goods for more than all there may be", "{'item':'most','version':1,'points':1,'quantity':2}",
		  MERIT_MONEY_RANGE, 0 },
		{ "for more than 64 bits hold", "{'item':'most','version':1,'points':1,'quantity':2500}",
		  MERIT_MONEY_RANGE, 0 },
		{ "codes", LEAST "," CODES("2"), MERIT_MONEY_RANGE, 1 },
		{ "too many of them", LEAST "," CODES("101"), MERIT_ORDER_TOO_LARGE, -1 },
		{ "more pieces than there are", "{'item':'most','version':1,'points':1,'quantity':3101}",
		  MERIT_SHORT_STOCK, 0 },
		{ "for more points than there are", "{'item':'most','version':1,'points':1,'quantity':3001}",
		  MERIT_SHORT_POINTS, 0 },
		{ "all there may be", "{'item':'most','version':1,'points':1,'quantity':1}", MERIT_OK, -1 },
	};
	struct fixture *f = dear_world();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(fixture_call(f, "m1", "order.place", "'order':'o','member':'m1','lines':[%s]",
		                              rows[i].lines),
		                 rows[i].want);
		if (rows[i].line >= 0)
			assert_int_equal(fixture_integer(f, "line"), rows[i].line);
	}
	world_free(f);
}

static void money_stays_in_its_range(void **state)
{
	static const struct step steps[] = {
		{ "all there may be", "shop", "order.fulfil", "'order':'most'", MERIT_OK },
		{ "and one", "shop", "order.fulfil", "'order':'least'", MERIT_MONEY_RANGE },
		{ "until that goes back", "shop", "order.refund", "'order':'most','reason':'r'", MERIT_OK },
		{ "and then it may have one", "shop", "order.fulfil", "'order':'least'", MERIT_OK },
		{ "but not all there may be any more", "shop", "order.fulfil", "'order':'again'", MERIT_MONEY_RANGE },
		{ "nor by a code, which is not even placed", "m1", "order.place",
		  "'order':'code','member':'m1','lines':[" CODES("1") "]", MERIT_MONEY_RANGE },
	};
	struct fixture *f = dear_world();

	(void)state;
	must(f, buy(f, "most", "most", 1, 1));
	must(f, buy(f, "again", "most", 1, 1));
	must(f, buy(f, "least", "least", 1, 1));
	STEPS_RUN(f, steps);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY", -1);
	world_free(f);
}

static enum merit_status pay_in(struct fixture *f, const char *sponsor, int64_t amount)
{
	return fixture_call(f, "fin", "sponsor.deposit",
	                    "'sponsor':'%s','currency':'CNY','amount_minor':%" PRId64 ",'bank_reference':'b%u'",
	                    sponsor, amount, f->ids);
}

static void cash_ends_where_any_account_does(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	must(f, pay_in(f, "acme", MERIT_MONEY_MAX));
	assert_int_equal(pay_in(f, "bolt", 1), MERIT_MONEY_RANGE);
	must(f, fixture_call(f, "fin", "sponsor.withdraw",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'w'"));
	must(f, pay_in(f, "bolt", 1));
	money_is(f, MERIT_ACCOUNT_CASH, "", "CNY", MERIT_MONEY_MAX);
	world_free(f);
}

/* Nobody can refuse what the clock posts; from beyond there is a way back, and none further out. */
static void the_clock_may_pass_the_limit(void **state)
{
	static const struct deal deal = { "d1", "acme", "CNY", "breakage", 1, 1, 1 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	deal_add(f, &deal, 100);
	give(f, "d1", 10);
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'adjust.money','params':{"
	                     "'debit':'sponsor/acme','credit':'opening','currency':'CNY','amount_minor':%lld,"
	                     "'reason':'before','reference':'r'}}",
	                     MERIT_MONEY_MAX));
	must(f, fixture_call(f, "fin2", "proposal.approve", "'proposal':'p'"));
	fixture_advance(f, 2 * MONTH_MS);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", MERIT_MONEY_MAX + 10);
	must(f, pay_in(f, "acme", 3));
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", "CNY", MERIT_MONEY_MAX + 7);
	give(f, "c1", 30);
	must(f, fixture_order(f, "o", "m1", 1));
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'o'"), MERIT_MONEY_RANGE);
	world_free(f);
}

/* ---- From the log alone ---- */

static void money_is_derived_again_from_the_log(void **state)
{
	struct fixture *f = mixed_world();

	(void)state;
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':5}]"));
	mixed_is(f, 5);
	fixture_flush(f);
	fixture_close(f);
	assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	fixture_open(f);
	mixed_is(f, 5);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	mixed_is(f, 7);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_rounded_half_to_even),
		cmocka_unit_test(a_sale_pays_the_merchant_its_price_and_the_platform_the_rest),
		cmocka_unit_test(points_without_a_value_may_buy_what_is_free),
		cmocka_unit_test(the_price_is_that_of_the_version_ordered),
		cmocka_unit_test(a_code_is_sold_as_it_is_placed),
		cmocka_unit_test(what_is_held_is_no_money_until_it_is_fulfilled),
		cmocka_unit_test(parts_come_to_what_the_whole_comes_to),
		cmocka_unit_test(two_currencies_stand_side_by_side),
		cmocka_unit_test(breakage_is_of_all_that_ever_expired),
		cmocka_unit_test(an_expiry_shows_whose_money_it_moves),
		cmocka_unit_test(a_forfeited_refund_is_breakage),
		cmocka_unit_test(what_dies_on_its_way_back_is_breakage),
		cmocka_unit_test(a_closed_member_leaves_breakage),
		cmocka_unit_test(the_platform_spends_marketing),
		cmocka_unit_test(an_order_stays_in_the_range_of_money),
		cmocka_unit_test(money_stays_in_its_range),
		cmocka_unit_test(cash_ends_where_any_account_does),
		cmocka_unit_test(the_clock_may_pass_the_limit),
		cmocka_unit_test(money_is_derived_again_from_the_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
