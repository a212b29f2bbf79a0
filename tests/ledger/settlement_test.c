/* settlement_test.c
 * Goal    each posting falls due when it should, and is told as it was posted: sales settle_days behind the receipt and
 *         not before all of their line has come, refunds never before what they take back, all else on its day.
 * Method  sales of one item, 25 minor units to the merchant and 30 of the sponsor's, seen through what an opening takes
 *         and through settlement.lines; hashes are computed again from the lines told. */
#include "ledger/encode.h"
#include "tests/ledger/settling.h"

static void order_in(struct fixture *f, const char *order, const char *item, int points, int quantity)
{
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'%s','member':'m1','lines':"
	                     "[{'item':'%s','version':1,'points':%d,'quantity':%d}]",
	                     order, item, points, quantity));
}

static void fulfil(struct fixture *f, const char *order, int pieces)
{
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'%s','lines':[{'line':0,'quantity':%d}]", order,
	                     pieces));
}

static void receive(struct fixture *f, const char *order)
{
	must(f, fixture_call(f, "m1", "order.receive", "'order':'%s'", order));
}

static void refund(struct fixture *f, const char *order, int pieces)
{
	must(f, fixture_call(f, "shop", "order.refund",
	                     "'order':'%s','reason':'r','lines':[{'line':0,'quantity':%d}]", order, pieces));
}

static void terms(struct fixture *f, int settle_days)
{
	must(f, fixture_call(f, "fin", "merchant.terms", "'merchant':'shop','settle_days':%d", settle_days));
}

/* Nothing of the shop's is due. */
static void is_idle(struct fixture *f, int32_t cutoff)
{
	assert_int_equal(settle(f, "idle", "shop", cutoff), MERIT_NOTHING_TO_DO);
}

static void ship(struct fixture *f, const char *order, int pieces)
{
	order_in(f, order, "cup", 30, pieces);
	fulfil(f, order, pieces);
}

/* ---- When ---- */

static void a_sale_falls_due_so_many_days_behind_its_receipt(void **state)
{
	struct fixture *f = settling_new();
	struct told_line line;

	(void)state;
	terms(f, 3);
	ship(f, "o", 1);
	opens(f, "a1", "acme", today(f), 1, 30); /* the sponsor's side does not wait */
	fixture_advance(f, FIXTURE_DAY_MS);
	int32_t day = today(f);
	receive(f, "o");
	fixture_advance(f, 3 * FIXTURE_DAY_MS);
	is_idle(f, day + 2);
	opens(f, "s1", "shop", day + 3, 1, 25);
	assert_int_equal(lines_told(f, "s1", 1000, &line, 1), 1);
	assert_string_equal(line.due_day, day_text(day + 3));
	world_free(f);
}

static void what_the_clock_received_falls_due_from_that_day_on(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	ship(f, "o", 1);
	f->now_ms += 40 * FIXTURE_DAY_MS; /* no sweep: the opening has what is due written first */
	is_idle(f, day + 29);
	opens(f, "s1", "shop", day + 30, 1, 25);
	world_free(f);
}

static void parts_fall_due_when_nothing_of_the_line_is_under_way(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	order_in(f, "o", "cup", 30, 4);
	fulfil(f, "o", 1);
	is_idle(f, day);
	receive(f, "o");
	opens(f, "s1", "shop", day, 1, 25);
	must(f, issue(f, "s1"));
	fulfil(f, "o", 1);
	fulfil(f, "o", 2);
	is_idle(f, day);
	receive(f, "o");
	opens(f, "s2", "shop", day, 2, 75);
	world_free(f);
}

static void lines_of_an_order_fall_due_each_by_itself(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"
	                     "{'item':'cup','version':1,'points':30,'quantity':2}]"));
	fulfil(f, "o", 1);
	receive(f, "o");
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	opens(f, "s1", "shop", day, 1, 25);
	must(f, issue(f, "s1"));
	receive(f, "o");
	opens(f, "s2", "shop", day, 1, 50);
	world_free(f);
}

static void codes_and_services_fall_due_as_they_are_handed_over(void **state)
{
	static const int settle_days[] = { 0, 2 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture *f = settling_new();
		int days = settle_days[i];
		int32_t day = today(f);
		terms(f, days);
		must(f, fixture_call(f, "ops", "item.create",
		                     "'item':'voucher','merchant':'shop','class':'code','points':20,'currency':'CNY',"
		                     "'price_minor':15"));
		must(f, fixture_call(f, "ops", "item.create",
		                     "'item':'wash','merchant':'shop','class':'service','points':10,'currency':'CNY',"
		                     "'price_minor':7,'stock':9"));
		must(f, fixture_call(f, "shop", "code.add", "'item':'voucher','code':'%s'",
		                     fixture_private(f, "CODE-1")));
		order_in(f, "o1", "voucher", 20, 1);
		order_in(f, "o2", "wash", 10, 2);
		fulfil(f, "o2", 2);
		fixture_advance(f, days * FIXTURE_DAY_MS);
		is_idle(f, day + days - 1);
		opens(f, "s1", "shop", day + days, 2, 15 + 14);
		world_free(f);
	}
}

/* ---- Refunds ---- */

static void a_refund_before_receipt_nets_out(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	ship(f, "o", 3);
	refund(f, "o", 1);
	is_idle(f, day);
	receive(f, "o");
	opens(f, "s1", "shop", day, 2, 50);
	must(f, issue(f, "s1"));
	ship(f, "o2", 2); /* nothing of it ever comes: sale and refund are due at once */
	refund(f, "o2", 2);
	opens(f, "s2", "shop", day, 2, 0);
	world_free(f);
}

static void a_refund_behind_the_settlement_is_a_line_of_the_next(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	ship(f, "o", 2);
	receive(f, "o");
	opens(f, "s1", "shop", day, 1, 50);
	opens(f, "a1", "acme", day, 1, 60);
	must(f, issue(f, "s1"));
	must(f, issue(f, "a1"));
	must(f, pay(f, "s1", 50));
	refund(f, "o", 1);
	opens(f, "s2", "shop", day, 1, -25);
	opens(f, "a2", "acme", day, 1, -30);
	must(f, issue(f, "s2"));
	ship(f, "o2", 2);
	receive(f, "o2");
	opens(f, "s3", "shop", day, 1, 50);
	assert_int_equal(fixture_integer(f, "total_minor"), 25);
	world_free(f);
}

static void a_refund_does_not_come_before_its_sale(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	terms(f, 5);
	ship(f, "o", 2);
	receive(f, "o");
	fixture_advance(f, FIXTURE_DAY_MS);
	refund(f, "o", 1);
	fixture_advance(f, 4 * FIXTURE_DAY_MS);
	is_idle(f, day + 4);
	opens(f, "s1", "shop", day + 5, 2, 25);
	must(f, issue(f, "s1"));
	fixture_advance(f, FIXTURE_DAY_MS);
	refund(f, "o", 1);
	is_idle(f, day + 5);
	opens(f, "s2", "shop", day + 6, 1, -25);
	world_free(f);
}

/* Which of the pieces came back is not said: it counts as the one that is due last. */
static void a_refund_does_not_come_before_the_last_of_its_line(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	terms(f, 10);
	order_in(f, "o", "cup", 30, 2);
	fulfil(f, "o", 1);
	receive(f, "o");
	terms(f, 1);
	fulfil(f, "o", 1);
	receive(f, "o");
	refund(f, "o", 1);
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	opens(f, "s1", "shop", day + 9, 1, 25);
	must(f, issue(f, "s1"));
	opens(f, "s2", "shop", day + 10, 2, 0);
	world_free(f);
}

/* ---- What lines tell ---- */

static bool is_told(struct fixture *f, const char *text)
{
	return strstr(f->reply.data, text) != NULL;
}

static void lines_tell_each_party_its_own_side(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	ship(f, "o", 3);
	refund(f, "o", 1);
	receive(f, "o");
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':9,'bank_reference':'bank1'"));
	must(f, settle(f, "s1", "shop", day));
	must(f, settle(f, "a1", "acme", day));
	must(f, issue(f, "s1"));
	must(f, issue(f, "a1"));
	must(f, fixture_query(f, "shop", "settlement.lines", "'settlement':'s1'"));
	assert_true(is_told(f, "\"day\":\"2026-01-01\",\"due_day\":\"2026-01-01\",\"op\":\"order.fulfil\","
	                       "\"order\":\"o\",\"order_line\":0,\"item\":\"cup\",\"quantity\":3,\"amount_minor\":75}"));
	assert_true(is_told(f, "\"op\":\"order.refund\",\"order\":\"o\",\"order_line\":0,\"item\":\"cup\","
	                       "\"quantity\":-1,\"amount_minor\":-25}],\"next\":null}"));
	assert_false(is_told(f, "acme") || is_told(f, "c1") || is_told(f, "m1"));
	must(f, fixture_query(f, "acme", "settlement.lines", "'settlement':'a1'"));
	assert_true(is_told(f, "\"op\":\"order.fulfil\",\"campaign\":\"c1\",\"points\":90,\"amount_minor\":90}"));
	assert_true(is_told(f, "\"op\":\"order.refund\",\"campaign\":\"c1\",\"points\":-30,\"amount_minor\":-30}"));
	assert_true(is_told(f, "\"op\":\"sponsor.deposit\",\"reference\":\"bank1\",\"amount_minor\":-9}"));
	assert_false(is_told(f, "cup") || is_told(f, "shop") || is_told(f, "m1"));
	must(f, fixture_query(f, "fin", "settlement.lines", "'settlement':'a1'")); /* staff are told the order */
	assert_true(is_told(f, "\"op\":\"order.fulfil\",\"order\":\"o\",\"order_line\":0,\"campaign\":\"c1\","
	                       "\"points\":90,\"amount_minor\":90}"));
	world_free(f);
}

/* As doc/format.md says. */
static void the_hash_is_that_of_the_lines_told(void **state)
{
	struct told_line lines[64];
	uint8_t hash[MERIT_HASH_SIZE] = { 0 };
	char text[MERIT_HASH_SIZE + 64], hex[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1] = "";
	struct merit_buffer hashes = { 0 };
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	for (int i = 0; i < 50; i++)
		must(f, deposit(f, 100 + i, day - i % 3));
	opens(f, "a1", "acme", day, 50, -(50 * 100 + 49 * 50 / 2));
	char want[sizeof(hex)];
	snprintf(want, sizeof(want), "%s", fixture_text(f, "hash"));
	size_t count = lines_told(f, "a1", 1000, lines, 64);
	for (size_t i = 0; i < count; i++) {
		memcpy(text, hash, sizeof(hash));
		int size = snprintf(text + sizeof(hash), 64, "%" PRIu64 ",%" PRIu64 ",%" PRId64 "\n", lines[i].seq,
		                    lines[i].place, lines[i].amount);
		merit_sha256(text, sizeof(hash) + (size_t)size, hash);
		if (i + 1 < count && strcmp(lines[i].due_day, lines[i + 1].due_day) == 0)
			continue;
		assert_true(i + 1 == count || strcmp(lines[i].due_day, lines[i + 1].due_day) < 0);
		merit_buffer_put(&hashes, hash, sizeof(hash));
		memset(hash, 0, sizeof(hash));
	}
	merit_sha256(hashes.data, hashes.size, hash);
	merit_hex_encode(hash, sizeof(hash), hex);
	assert_string_equal(hex, want);
	merit_buffer_free(&hashes);
	world_free(f);
}

static void pages_of_any_size_tell_the_same_lines(void **state)
{
	static const int sizes[] = { 1, 2, 31, 32, 33, 89, 90, 91 };
	struct told_line whole[128], paged[128];
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	memset(whole, 0, sizeof(whole));
	memset(paged, 0, sizeof(paged));
	for (int i = 0; i < 90; i++)
		must(f, deposit(f, 1 + i, day - (i > 70) - (i > 40)));
	must(f, settle(f, "a1", "acme", day));
	assert_int_equal(lines_told(f, "a1", 1000, whole, 128), 90);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(lines_told(f, "a1", sizes[i], paged, 128), 90);
		assert_memory_equal(paged, whole, sizeof(whole));
	}
	must(f, fixture_query(f, "fin", "settlement.lines", "'settlement':'a1','from':90"));
	assert_true(is_told(f, "{\"rows\":[],\"next\":null}"));
	must(f, fixture_query(f, "fin", "settlement.lines", "'settlement':'a1','from':9007199254740991"));
	assert_true(is_told(f, "{\"rows\":[],\"next\":null}"));
	world_free(f);
}

/* Orders of 100 lines, of which one is the shop's: 12 kB of records are read for each line of its settlement. */
static void a_page_ends_early_where_much_must_be_read(void **state)
{
	enum { ORDERS = 150 };
	struct told_line lines[ORDERS];
	struct merit_buffer others = { 0 };
	struct fixture *f = settling_new();

	(void)state;
	for (int i = 0; i < 99; i++)
		merit_buffer_put_text(&others, ",{'item':'far','version':1,'points':1,'quantity':1}");
	merit_buffer_put_char(&others, '\0');
	for (int i = 0; i < 2; i++)
		must(f, fixture_call(f, "ops", "item.create",
		                     "'item':'%s','merchant':'%s','class':'service','points':1,'currency':'CNY',"
		                     "'price_minor':1,'stock':100000",
		                     i == 0 ? "near" : "far", i == 0 ? "shop" : "other"));
	for (int i = 0; i < ORDERS; i++) {
		if (i % 10 == 0)
			must(f, fixture_gift(f, "m1", day_text(i), 1000));
		must(f, fixture_call(f, "svc", "order.place",
		                     "'order':'o%d','member':'m1','lines':"
		                     "[{'item':'near','version':1,'points':1,'quantity':1}%s]",
		                     i, others.data));
		must(f, fixture_call(f, "ops", "order.fulfil", "'order':'o%d'", i));
	}
	merit_buffer_free(&others);
	opens(f, "s1", "shop", today(f), ORDERS, ORDERS);
	must(f, fixture_query(f, "fin", "settlement.lines", "'settlement':'s1','limit':1000"));
	int64_t next = fixture_integer(f, "next");
	if (next <= 1 || next >= ORDERS)
		fail_msg("a page of %" PRId64 " lines", next);
	assert_int_equal(lines_told(f, "s1", 1000, lines, ORDERS), ORDERS);
	world_free(f);
}

static void issued_lines_are_the_same_bytes_for_ever(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	ship(f, "o", 3);
	receive(f, "o");
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 11, day));
	must(f, settle(f, "s1", "shop", day));
	must(f, issue(f, "s1"));
	must(f, fixture_query(f, "shop", "settlement.lines", "'settlement':'s1'"));
	char *before = strdup(f->reply.data);
	refund(f, "o", 2);
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 13, day)); /* of the same day: a batch of its own */
	must(f, settle(f, "s2", "shop", day));
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s1','reason':'r'"));
	for (int i = 0; i < 3; i++) {
		must(f, fixture_query(f, i == 0 ? "shop" : "aud", "settlement.lines", "'settlement':'s1'"));
		assert_string_equal(f->reply.data, before);
		fixture_flush(f);
		fixture_close(f);
		if (i == 1)
			assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
		fixture_open(f);
	}
	free(before);
	world_free(f);
}

static void each_currency_is_settled_by_itself(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31',"
	                     "'currency':'USD','value_minor':1,'value_points':1,'contract':'sponsor','months':12,"
	                     "'round':'none','from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'gift','maximum':99,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':99"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'gift','reference':'usd','occurred':%" PRId64
	                     ",'points':40",
	                     f->now_ms));
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'lamp','merchant':'shop','class':'goods','points':40,'currency':'USD',"
	                     "'price_minor':33,'stock':1"));
	ship(f, "o1", 1);
	order_in(f, "o2", "lamp", 40, 1);
	fulfil(f, "o2", 1);
	receive(f, "o1");
	receive(f, "o2");
	opens(f, "s1", "shop", day, 1, 25);
	must(f, settle_in(f, "s2", "shop", "USD", day));
	assert_int_equal(fixture_integer(f, "sum_minor"), 33);
	must(f, settle_in(f, "a2", "acme", "USD", day));
	assert_int_equal(fixture_integer(f, "sum_minor"), 40);
	must(f, issue(f, "s2"));
	assert_int_equal(pay(f, "s2", 33), MERIT_CURRENCY_MISMATCH);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sale_falls_due_so_many_days_behind_its_receipt),
		cmocka_unit_test(what_the_clock_received_falls_due_from_that_day_on),
		cmocka_unit_test(parts_fall_due_when_nothing_of_the_line_is_under_way),
		cmocka_unit_test(lines_of_an_order_fall_due_each_by_itself),
		cmocka_unit_test(codes_and_services_fall_due_as_they_are_handed_over),
		cmocka_unit_test(a_refund_before_receipt_nets_out),
		cmocka_unit_test(a_refund_behind_the_settlement_is_a_line_of_the_next),
		cmocka_unit_test(a_refund_does_not_come_before_its_sale),
		cmocka_unit_test(a_refund_does_not_come_before_the_last_of_its_line),
		cmocka_unit_test(lines_tell_each_party_its_own_side),
		cmocka_unit_test(the_hash_is_that_of_the_lines_told),
		cmocka_unit_test(pages_of_any_size_tell_the_same_lines),
		cmocka_unit_test(a_page_ends_early_where_much_must_be_read),
		cmocka_unit_test(issued_lines_are_the_same_bytes_for_ever),
		cmocka_unit_test(each_currency_is_settled_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
