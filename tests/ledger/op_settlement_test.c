/* op_settlement_test.c
 * Goal    a settlement is opened, issued, confirmed or disputed, and paid, in this order and no other; each refusal has
 *         its own status; partners see and answer their own and nothing else.
 * Method  tables of steps, each differing from the one above in one thing. What settlements are made of are deposits
 *         and adjustments here; sales are settlement_test.c. */
#include "tests/ledger/settling.h"

/* ---- States ---- */

static void to_open(struct fixture *f)
{
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 500, today(f)));
	must(f, settle(f, "s1", "shop", today(f)));
}

static void to_issued(struct fixture *f)
{
	to_open(f);
	must(f, issue(f, "s1"));
}

static void to_confirmed(struct fixture *f)
{
	to_issued(f);
	must(f, fixture_call(f, "shop", "settlement.confirm", "'settlement':'s1'"));
}

static void to_disputed(struct fixture *f)
{
	to_issued(f);
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s1','reason':'x'"));
}

static void to_partly_paid(struct fixture *f)
{
	to_issued(f);
	must(f, pay(f, "s1", 1));
}

static void to_partly_paid_and_disputed(struct fixture *f)
{
	to_partly_paid(f);
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s1','reason':'x'"));
}

static void to_paid(struct fixture *f)
{
	to_issued(f);
	must(f, pay(f, "s1", 500));
}

static void each_state_answers_each_step(void **state)
{
	static const struct {
		void (*go)(struct fixture *f);
		const char *state;
		enum merit_status issue, confirm, dispute, pay;
	} rows[] = {
		{ to_open, "open", MERIT_OK, MERIT_NOT_ISSUED, MERIT_NOT_ISSUED, MERIT_NOT_ISSUED },
		{ to_issued, "issued", MERIT_ALREADY_ISSUED, MERIT_OK, MERIT_OK, MERIT_OK },
		{ to_confirmed, "confirmed", MERIT_ALREADY_ISSUED, MERIT_ALREADY_CONFIRMED, MERIT_OK, MERIT_OK },
		{ to_disputed, "disputed", MERIT_ALREADY_ISSUED, MERIT_OK, MERIT_DISPUTED, MERIT_DISPUTED },
		{ to_partly_paid, "confirmed", MERIT_ALREADY_ISSUED, MERIT_ALREADY_CONFIRMED, MERIT_OK, MERIT_OK },
		{ to_partly_paid_and_disputed, "disputed", MERIT_ALREADY_ISSUED, MERIT_OK, MERIT_DISPUTED,
		  MERIT_DISPUTED },
		{ to_paid, "paid", MERIT_ALREADY_ISSUED, MERIT_ALREADY_PAID, MERIT_ALREADY_PAID, MERIT_ALREADY_PAID },
	};
	static const char *const methods[] = { "settlement.issue", "settlement.confirm", "settlement.dispute",
		                               "settlement.pay" };
	static const char *const params[] = {
		"'settlement':'s1'", "'settlement':'s1'", "'settlement':'s1','reason':'y'",
		"'settlement':'s1','currency':'CNY','amount_minor':2,'bank_reference':'two'"
	};
	static const char *const behind[] = { "issued", "confirmed", "disputed", "confirmed" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const enum merit_status want[] = { rows[i].issue, rows[i].confirm, rows[i].dispute, rows[i].pay };
		for (size_t step = 0; step < 4; step++) {
			struct fixture *f = settling_new();
			rows[i].go(f);
			assert_string_equal(state_of(f, "s1"), rows[i].state);
			enum merit_status got = fixture_call(f, "fin", methods[step], "%s", params[step]);
			if (got != want[step])
				fail_msg("%s of row %zu: %s", methods[step], i, merit_status_word(got));
			assert_string_equal(state_of(f, "s1"), got == MERIT_OK ? behind[step] : rows[i].state);
			world_free(f);
		}
	}
}

static void a_settlement_is_paid_in_parts(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	to_issued(f);
	must(f, pay(f, "s1", 199));
	assert_int_equal(fixture_integer(f, "left_minor"), 301);
	assert_string_equal(fixture_text(f, "state"), "confirmed");
	assert_int_equal(pay(f, "s1", 302), MERIT_OVER_TOTAL);
	assert_int_equal(fixture_integer(f, "left"), 301);
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s1','reason':'x'"));
	assert_int_equal(pay(f, "s1", 300), MERIT_DISPUTED);
	must(f, fixture_call(f, "fin", "settlement.confirm", "'settlement':'s1'"));
	must(f, pay(f, "s1", 300));
	assert_string_equal(fixture_text(f, "state"), "confirmed");
	must(f, pay(f, "s1", 1));
	assert_int_equal(fixture_integer(f, "left_minor"), 0);
	assert_string_equal(fixture_text(f, "state"), "paid");
	assert_int_equal(merit_model_money_balance(&f->ledger->model, MERIT_ACCOUNT_MERCHANT, MERIT_TEXT("shop"),
	                                           MERIT_TEXT("CNY")),
	                 0);
	assert_int_equal(merit_model_money_balance(&f->ledger->model, MERIT_ACCOUNT_CASH, MERIT_TEXT(""),
	                                           MERIT_TEXT("CNY")),
	                 -500);
	assert_int_equal(settle(f, "s2", "shop", today(f)), MERIT_NOTHING_TO_DO); /* payments are in none */
	world_free(f);
}

static void what_a_sponsor_pays_comes_to_cash(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	must(f, adjust(f, "sponsor/acme", "margin", "CNY", 70, today(f)));
	opens(f, "s1", "acme", today(f), 1, 70);
	must(f, issue(f, "s1"));
	must(f, pay(f, "s1", 70));
	assert_int_equal(merit_model_money_balance(&f->ledger->model, MERIT_ACCOUNT_SPONSOR, MERIT_TEXT("acme"),
	                                           MERIT_TEXT("CNY")),
	                 0);
	assert_int_equal(merit_model_money_balance(&f->ledger->model, MERIT_ACCOUNT_CASH, MERIT_TEXT(""),
	                                           MERIT_TEXT("CNY")),
	                 70);
	world_free(f);
}

/* ---- Refusals ---- */

#define OPEN(name, party, currency, cutoff) \
	"'settlement':'" name "','party':'" party "','currency':'" currency "','cutoff':'" cutoff "'"

static void an_opening_is_refused_for_its_first_fault(void **state)
{
	static const struct step steps[] = {
		{ "nobody", "fin", "settlement.open", OPEN("s1", "nobody", "CNY", "2026-01-01"), MERIT_PARTY_UNKNOWN },
		{ "a member", "fin", "settlement.open", OPEN("s1", "m1", "CNY", "2026-01-01"), MERIT_PARTY_UNKNOWN },
		{ "staff", "fin", "settlement.open", OPEN("s1", "ops", "CNY", "2026-01-01"), MERIT_PARTY_UNKNOWN },
		{ "the platform", "fin", "settlement.open", OPEN("s1", "own", "CNY", "2026-01-01"),
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "tomorrow", "fin", "settlement.open", OPEN("s1", "acme", "CNY", "2026-01-02"), MERIT_IN_FUTURE },
		{ "nothing fell due", "fin", "settlement.open", OPEN("s1", "shop", "CNY", "2026-01-01"),
		  MERIT_NOTHING_TO_DO },
		{ "nothing in that currency", "fin", "settlement.open", OPEN("s1", "acme", "USD", "2026-01-01"),
		  MERIT_NOTHING_TO_DO },
		{ "nothing until then", "fin", "settlement.open", OPEN("s1", "acme", "CNY", "2025-12-30"),
		  MERIT_NOTHING_TO_DO },
		{ "not by operators", "ops", "settlement.open", OPEN("s1", "acme", "CNY", "2026-01-01"),
		  MERIT_NOT_PERMITTED },
		{ "up to yesterday", "fin", "settlement.open", OPEN("s1", "acme", "CNY", "2025-12-31"), MERIT_OK },
		{ "the name is taken", "fin", "settlement.open", OPEN("s1", "own", "CNY", "2026-01-02"),
		  MERIT_SETTLEMENT_EXISTS },
		{ "one is open", "fin", "settlement.open", OPEN("s2", "acme", "CNY", "2026-01-02"),
		  MERIT_ANOTHER_OPEN },
		{ "of another currency none is", "fin", "settlement.open", OPEN("s2", "acme", "USD", "2026-01-01"),
		  MERIT_NOTHING_TO_DO },
		{ "issued", "fin", "settlement.issue", "'settlement':'s1'", MERIT_OK },
		{ "now the rest", "fin", "settlement.open", OPEN("s2", "acme", "CNY", "2026-01-01"), MERIT_OK },
		{ "unknown to issue", "fin", "settlement.issue", "'settlement':'s9'", MERIT_SETTLEMENT_UNKNOWN },
		{ "unknown to confirm", "fin", "settlement.confirm", "'settlement':'s9'", MERIT_SETTLEMENT_UNKNOWN },
		{ "unknown to dispute", "fin", "settlement.dispute", "'settlement':'s9','reason':'r'",
		  MERIT_SETTLEMENT_UNKNOWN },
	};
	struct fixture *f = settling_new();

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'own','platform':true"));
	must(f, deposit(f, 10, today(f) - 1));
	must(f, deposit(f, 20, today(f)));
	STEPS_RUN(f, steps);
	world_free(f);
}

static void of_two_openings_at_once_one_is_refused(void **state)
{
	static const char *const calls =
		"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"settlement.open\",\"params\":{\"id\":\"a\","
		"\"settlement\":\"s1\",\"party\":\"acme\",\"currency\":\"CNY\",\"cutoff\":\"2026-01-01\"}},"
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"settlement.open\",\"params\":{\"id\":\"b\","
		"\"settlement\":\"s2\",\"party\":\"acme\",\"currency\":\"CNY\",\"cutoff\":\"2026-01-01\"}}]";
	struct fixture *f = settling_new();

	(void)state;
	must(f, deposit(f, 10, today(f)));
	for (int i = 0; i < 2; i++) { /* sent again, both get what they got */
		must(f, fixture_send(f, "fin", calls));
		assert_int_equal(fixture_status(f), MERIT_ANOTHER_OPEN);
		assert_int_equal(fixture_integer(f, "lines"), 1);
	}
	assert_int_equal(fixture_query(f, "fin", "settlement.get", "'settlement':'s2'"), MERIT_SETTLEMENT_UNKNOWN);
	world_free(f);
}

#define PAY(name, currency, amount, reference)                                                         \
	"'settlement':'" name "','currency':'" currency "','amount_minor':" amount ",'bank_reference':'" \
	reference "'"

static void a_payment_is_refused_for_its_first_fault(void **state)
{
	static const struct step steps[] = {
		{ "nothing", "fin", "settlement.pay", PAY("s9", "CNY", "0", "b"), MERIT_ZERO_AMOUNT },
		{ "less than nothing", "fin", "settlement.pay", PAY("s9", "CNY", "-1", "b"), MERIT_NEGATIVE_AMOUNT },
		{ "unknown", "fin", "settlement.pay", PAY("s9", "USD", "1", "b"), MERIT_SETTLEMENT_UNKNOWN },
		{ "not by the merchant", "shop", "settlement.pay", PAY("s1", "CNY", "1", "b"), MERIT_NOT_PERMITTED },
		{ "issued", "fin", "settlement.issue", "'settlement':'s1'", MERIT_OK },
		{ "another currency", "fin", "settlement.pay", PAY("s1", "USD", "501", "b"), MERIT_CURRENCY_MISMATCH },
		{ "one too many, tomorrow", "fin", "settlement.pay",
		  PAY("s1", "CNY", "501", "b") ",'day':'2026-01-02'", MERIT_OVER_TOTAL },
		{ "tomorrow", "fin", "settlement.pay", PAY("s1", "CNY", "100", "b") ",'day':'2026-01-02'",
		  MERIT_IN_FUTURE },
		{ "too long ago", "fin", "settlement.pay", PAY("s1", "CNY", "100", "b") ",'day':'2025-11-01'",
		  MERIT_TOO_LATE },
		{ "a part", "fin", "settlement.pay", PAY("s1", "CNY", "100", "b"), MERIT_OK },
		{ "booked before", "fin", "settlement.pay", PAY("s1", "USD", "999", "b"), MERIT_REFERENCE_USED },
		{ "of another settlement it was not", "fin", "settlement.pay", PAY("s2", "CNY", "100", "b"),
		  MERIT_NOT_ISSUED },
		{ "the rest, with its invoice and day", "fin", "settlement.pay",
		  PAY("s1", "CNY", "400", "b2") ",'invoice':'7','day':'2025-12-31'", MERIT_OK },
		{ "paid", "fin", "settlement.pay", PAY("s1", "CNY", "1", "b3"), MERIT_ALREADY_PAID },
		{ "another currency counts first", "fin", "settlement.pay", PAY("s1", "USD", "1", "b3"),
		  MERIT_CURRENCY_MISMATCH },
	};
	struct fixture *f = settling_new();

	(void)state;
	to_open(f);
	must(f, adjust(f, "opening", "merchant/other", "CNY", 500, today(f)));
	must(f, settle(f, "s2", "other", today(f)));
	STEPS_RUN(f, steps);
	world_free(f);
}

static void a_payment_is_not_dated_in_a_closed_period(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	to_issued(f);
	fixture_advance(f, 31 * FIXTURE_DAY_MS);
	must(f, fixture_close_month(f, "2026-01"));
	assert_int_equal(fixture_call(f, "fin", "settlement.pay", PAY("s1", "USD", "1", "b") ",'day':'2026-01-31'"),
	                 MERIT_PERIOD_CLOSED);
	must(f, fixture_call(f, "fin", "settlement.pay", PAY("s1", "CNY", "1", "b") ",'day':'2026-02-01'"));
	world_free(f);
}

static void sums_beyond_safe_integers_are_refused(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	for (int i = 0; i < 3; i++) { /* each day for itself is beyond any amount, both together are 0 */
		must(f, deposit(f, MERIT_MONEY_MAX - 200000, day - 1));
		must(f, adjust(f, "sponsor/acme", "opening", "CNY", MERIT_MONEY_MAX - 200000, day));
		must(f, adjust(f, "opening", "cash", "CNY", MERIT_MONEY_MAX - 200000, day));
	}
	assert_int_equal(settle(f, "s1", "acme", day - 1), MERIT_AMOUNT_RANGE);
	opens(f, "s1", "acme", day, 6, 0);
	world_free(f);
}

static void two_parties_can_agree_to_open_and_to_pay(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 500, today(f)));
	must(f, agreed(f, "settlement.open", OPEN("s1", "shop", "CNY", "2026-01-01")));
	must(f, agreed(f, "settlement.issue", "'settlement':'s1','invoice':'A7'"));
	must(f, agreed(f, "settlement.pay", PAY("s1", "CNY", "500", "b")));
	assert_string_equal(state_of(f, "s1"), "paid");
	assert_non_null(strstr(f->reply.data, "\"op\":\"settlement.pay\",\"by\":\"fin2/k1\",\"amount_minor\":500"));
	assert_int_equal(settle(f, "s2", "shop", today(f)), MERIT_NOTHING_TO_DO);
	world_free(f);
}

/* ---- What is carried over ---- */

static void less_than_nothing_is_carried_to_the_next(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	must(f, adjust(f, "merchant/shop", "opening", "CNY", 100, day));
	opens(f, "s1", "shop", day, 1, -100);
	assert_int_equal(fixture_integer(f, "total_minor"), -100);
	must(f, issue(f, "s1"));
	assert_int_equal(pay(f, "s1", 1), MERIT_OVER_TOTAL);
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 30, day));
	opens(f, "s2", "shop", day, 1, 30);
	assert_int_equal(fixture_integer(f, "carried_minor"), -100);
	assert_int_equal(fixture_integer(f, "total_minor"), -70);
	must(f, issue(f, "s2"));
	opens(f, "s3", "shop", day, 0, 0); /* nothing but what is carried */
	assert_int_equal(fixture_integer(f, "total_minor"), -70);
	must(f, issue(f, "s3"));
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 90, day));
	opens(f, "s4", "shop", day, 1, 90);
	assert_int_equal(fixture_integer(f, "total_minor"), 20);
	must(f, issue(f, "s4"));
	must(f, pay(f, "s4", 20));
	assert_int_equal(settle(f, "s5", "shop", day), MERIT_NOTHING_TO_DO);
	assert_int_equal(merit_model_money_balance(&f->ledger->model, MERIT_ACCOUNT_MERCHANT, MERIT_TEXT("shop"),
	                                           MERIT_TEXT("CNY")),
	                 0);
	world_free(f);
}

static void what_a_sponsor_prepaid_is_carried(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	must(f, deposit(f, 100, day));
	opens(f, "s1", "acme", day, 1, -100);
	must(f, issue(f, "s1"));
	must(f, adjust(f, "sponsor/acme", "margin", "CNY", 60, day));
	opens(f, "s2", "acme", day, 1, 60);
	assert_int_equal(fixture_integer(f, "total_minor"), -40);
	must(f, issue(f, "s2"));
	must(f, adjust(f, "sponsor/acme", "margin", "CNY", 60, day));
	opens(f, "s3", "acme", day, 1, 60);
	assert_int_equal(fixture_integer(f, "total_minor"), 20);
	world_free(f);
}

static void a_late_posting_is_a_line_of_the_next(void **state)
{
	struct fixture *f = settling_new();
	int32_t day = today(f);

	(void)state;
	must(f, deposit(f, 1, day - 1));
	must(f, deposit(f, 2, day - 2));
	must(f, deposit(f, 4, day));
	must(f, deposit(f, 8, day - 3));
	opens(f, "s1", "acme", day - 2, 2, -10);
	must(f, issue(f, "s1"));
	must(f, deposit(f, 16, day - 3));
	opens(f, "s2", "acme", day - 2, 1, -16);
	must(f, issue(f, "s2"));
	opens(f, "s3", "acme", day, 2, -5);
	world_free(f);
}

/* ---- Partners ---- */

static void partners_see_and_answer_their_own_once_it_is_issued(void **state)
{
	static const struct step before[] = {
		{ "open, it is not told of", "shop", "settlement.confirm", "'settlement':'s1'", MERIT_SETTLEMENT_UNKNOWN },
		{ "another's", "other", "settlement.confirm", "'settlement':'s1'", MERIT_SETTLEMENT_UNKNOWN },
		{ "a sponsor not", "acme", "settlement.dispute", "'settlement':'s1','reason':'r'",
		  MERIT_SETTLEMENT_UNKNOWN },
		{ "they do not issue", "shop", "settlement.issue", "'settlement':'s1'", MERIT_NOT_PERMITTED },
		{ "members are not asked", "m1", "settlement.confirm", "'settlement':'s1'", MERIT_NOT_PERMITTED },
	};
	static const struct step behind[] = {
		{ "another's", "other", "settlement.confirm", "'settlement':'s1'", MERIT_SETTLEMENT_UNKNOWN },
		{ "another's", "other", "settlement.dispute", "'settlement':'s1','reason':'r'",
		  MERIT_SETTLEMENT_UNKNOWN },
		{ "its own", "shop", "settlement.dispute", "'settlement':'s1','reason':'r'", MERIT_OK },
		{ "its own", "shop", "settlement.confirm", "'settlement':'s1'", MERIT_OK },
		{ "unknown", "shop", "settlement.confirm", "'settlement':'s9'", MERIT_SETTLEMENT_UNKNOWN },
	};
	static const struct { const char *kid; bool sees; } readers[] = {
		{ "shop", true }, { "other", false }, { "acme", false }, { "fin", true }, { "aud", true },
	};
	struct fixture *f = settling_new();

	(void)state;
	to_open(f);
	STEPS_RUN(f, before);
	assert_int_equal(fixture_query(f, "shop", "settlement.get", "'settlement':'s1'"), MERIT_SETTLEMENT_UNKNOWN);
	assert_int_equal(fixture_query(f, "shop", "settlement.lines", "'settlement':'s1'"), MERIT_SETTLEMENT_UNKNOWN);
	must(f, fixture_query(f, "shop", "settlement.list", "%s", ""));
	assert_null(strstr(f->reply.data, "s1"));
	must(f, issue(f, "s1"));
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		enum merit_status want = readers[i].sees ? MERIT_OK : MERIT_SETTLEMENT_UNKNOWN;
		const char *kid = readers[i].kid;
		assert_int_equal(fixture_query(f, kid, "settlement.get", "'settlement':'s1'"), want);
		assert_int_equal(fixture_query(f, kid, "settlement.lines", "'settlement':'s1'"), want);
		must(f, fixture_query(f, kid, "settlement.list", "%s", ""));
		assert_true((strstr(f->reply.data, "\"s1\"") != NULL) == readers[i].sees);
	}
	assert_int_equal(fixture_query(f, "m1", "settlement.get", "'settlement':'s1'"), MERIT_NOT_PERMITTED);
	STEPS_RUN(f, behind);
	world_free(f);
}

/* ---- Reads ---- */

static void a_settlement_tells_where_it_stands_and_what_happened(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	to_open(f);
	char hash[MERIT_HASH_SIZE * 2 + 1];
	snprintf(hash, sizeof(hash), "%s", fixture_text(f, "hash"));
	must(f, fixture_call(f, "fin", "settlement.issue", "'settlement':'s1','invoice':'INV-1'"));
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s1','reason':'one too few'"));
	must(f, fixture_call(f, "fin", "settlement.confirm", "'settlement':'s1'"));
	must(f, fixture_call(f, "fin", "settlement.pay", PAY("s1", "CNY", "1", "bank7") ",'day':'2025-12-31'"));
	must(f, fixture_query(f, "shop", "settlement.get", "'settlement':'s1'"));
	static const char *const holds[] = {
		"\"settlement\":\"s1\",\"party\":\"shop\",\"kind\":\"merchant\",\"currency\":\"CNY\",\"cutoff\":"
		"\"2026-01-01\",\"state\":\"confirmed\",\"lines\":1,\"sum_minor\":500,\"carried_minor\":0,"
		"\"total_minor\":500,\"paid_minor\":1,\"left_minor\":499,",
		"\"invoice\":\"INV-1\",\"more\":false,\"events\":[",
		"\"op\":\"settlement.open\",\"by\":\"fin/k1\"}",
		"\"op\":\"settlement.issue\",\"by\":\"fin/k1\",\"invoice\":\"INV-1\"}",
		"\"op\":\"settlement.dispute\",\"by\":\"shop/k1\",\"reason\":\"one too few\"}",
		"\"op\":\"settlement.confirm\",\"by\":\"fin/k1\"}",
		"\"day\":\"2025-12-31\",\"op\":\"settlement.pay\",\"by\":\"fin/k1\",\"amount_minor\":1,"
		"\"bank_reference\":\"bank7\"}",
	};
	const char *at = f->reply.data;
	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++) {
		at = strstr(at, holds[i]);
		if (at == NULL)
			fail_msg("no %s in %s", holds[i], f->reply.data);
	}
	assert_string_equal(fixture_text(f, "hash"), hash);
	world_free(f);
}

static void settlements_are_listed_by_party_currency_and_state(void **state)
{
	static const struct { const char *params, *names; } rows[] = {
		{ "", "s1 s2 s3 s4 " },
		{ "'party':'shop'", "s1 s2 s3 " },
		{ "'party':'shop','currency':'USD'", "s3 " },
		{ "'state':'open'", "s2 s3 s4 " },
		{ "'state':'open','party':'acme'", "s4 " },
		{ "'from':'s2','limit':2", "s2 s3 " },
	};
	struct fixture *f = settling_new();

	(void)state;
	to_issued(f);
	must(f, adjust(f, "opening", "merchant/shop", "CNY", 5, today(f)));
	must(f, adjust(f, "opening", "merchant/shop", "USD", 5, today(f)));
	must(f, deposit(f, 5, today(f)));
	must(f, settle(f, "s2", "shop", today(f)));
	must(f, settle_in(f, "s3", "shop", "USD", today(f)));
	must(f, settle(f, "s4", "acme", today(f)));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char names[64] = "";
		cJSON *root;
		must(f, fixture_query(f, "aud", "settlement.list", "%s", rows[i].params));
		const cJSON *list = merit_json_member(result_of(f, &root), "rows"), *row;
		cJSON_ArrayForEach(row, list)
		{
			strcat(strcat(names, merit_json_member(row, "settlement")->valuestring), " ");
		}
		assert_string_equal(names, rows[i].names);
		merit_json_free(root);
	}
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_answers_each_step),
		cmocka_unit_test(a_settlement_is_paid_in_parts),
		cmocka_unit_test(what_a_sponsor_pays_comes_to_cash),
		cmocka_unit_test(an_opening_is_refused_for_its_first_fault),
		cmocka_unit_test(of_two_openings_at_once_one_is_refused),
		cmocka_unit_test(a_payment_is_refused_for_its_first_fault),
		cmocka_unit_test(a_payment_is_not_dated_in_a_closed_period),
		cmocka_unit_test(sums_beyond_safe_integers_are_refused),
		cmocka_unit_test(two_parties_can_agree_to_open_and_to_pay),
		cmocka_unit_test(less_than_nothing_is_carried_to_the_next),
		cmocka_unit_test(what_a_sponsor_prepaid_is_carried),
		cmocka_unit_test(a_late_posting_is_a_line_of_the_next),
		cmocka_unit_test(partners_see_and_answer_their_own_once_it_is_issued),
		cmocka_unit_test(a_settlement_tells_where_it_stands_and_what_happened),
		cmocka_unit_test(settlements_are_listed_by_party_currency_and_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
