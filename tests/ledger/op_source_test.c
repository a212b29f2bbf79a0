/* op_source_test.c
 * Goal    a source is declared, and by two parties declared anew; what was declared before is gone, its files are not.
 * Method  a row a fault; the limit at n and n + 1; declarations as source.list tells them. */
#include "tests/ledger/reconciling.h"

static void of_two_faults_the_upper_one_is_named(void **state)
{
#define CASH "'source':'new','subject':'cash','direction':'out','every':'month','due_days':0"
	static const struct step steps[] = {
		{ "not its business", "ops", "source.declare", CASH ",'starts':'2026-01-01'", MERIT_NOT_PERMITTED },
		{ "no such subject", "fin", "source.declare",
		  "'source':'new','subject':'coins','direction':'out','every':'day','due_days':0,'starts':'2026-01-01'",
		  MERIT_BAD_PARAMS },
		{ "more than all", "fin", "source.declare", CASH ",'starts':'2026-01-01','break_rate':10001",
		  MERIT_BAD_PARAMS },
		{ "nobody's, and backwards", "fin", "source.declare",
		  CASH ",'party':'nobody','starts':'2026-01-02','ends':'2026-01-01'", MERIT_PARTY_UNKNOWN },
		{ "a member's", "fin", "source.declare", CASH ",'party':'m1','starts':'2026-01-01'",
		  MERIT_PARTY_UNKNOWN },
		{ "staff's", "fin", "source.declare", CASH ",'party':'fin','starts':'2026-01-01'",
		  MERIT_PARTY_UNKNOWN },
		{ "a sponsor's, and backwards", "fin", "source.declare",
		  CASH ",'party':'acme','starts':'2026-01-02','ends':'2026-01-01'", MERIT_DAYS_REVERSED },
		{ "of one day", "fin", "source.declare",
		  CASH ",'party':'acme','starts':'2026-01-02','ends':'2026-01-02'", MERIT_OK },
		{ "a merchant's, anew", "fin", "source.declare", CASH ",'party':'shop','starts':'2026-01-02'",
		  MERIT_PROPOSAL_REQUIRED },
		{ "anew, nothing changed", "fin", "source.declare",
		  CASH ",'party':'acme','starts':'2026-01-02','ends':'2026-01-02'", MERIT_PROPOSAL_REQUIRED },
		{ "anew, backwards", "fin", "source.declare", CASH ",'starts':'2026-01-02','ends':'2026-01-01'",
		  MERIT_DAYS_REVERSED },
	};
	struct fixture *f = reconciling_new();

	(void)state;
	STEPS_RUN(f, steps);
	world_free(f);
}

static void put_source(struct merit_buffer *out, int number)
{
	merit_buffer_put_format(out, "'source':'s%d'," EVERY_DAY, number);
}

static void a_thousand_sources_are_enough(void **state)
{
	struct fixture *f = reconciling_new(); /* with two of them */

	(void)state;
	many(f, "source.declare", 2, MERIT_SOURCES_MAX - 2, put_source);
	assert_int_equal(declare(f, "more", EVERY_DAY ",'ends':'2025-01-01'"), MERIT_TOO_MANY_SOURCES);
	assert_int_equal(declare(f, "s2", EVERY_DAY ",'ends':'2025-01-01'"), MERIT_DAYS_REVERSED);
	declare_anew(f, "s2", EVERY_DAY);
	world_free(f);
}

static void source_is(struct fixture *f, const char *want)
{
	must(f, fixture_query(f, "aud", "source.list", "'from':'bank','limit':1"));
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("%s\nis not in\n%s", want, f->reply.data);
}

static void a_source_is_declared_anew_and_keeps_its_files(void **state)
{
	struct fixture *f = reconciling_new();
	char want[600];

	(void)state;
	must(f, declare(f, "bank",
	                "'subject':'deposits','party':'acme','currency':'CNY','direction':'in','every':'week','starts':"
	                "'2026-01-05','ends':'2026-06-30','due_days':3,'break_rate':10000,'limit':900"));
	snprintf(want, sizeof(want),
	         "{\"source\":\"bank\",\"subject\":\"deposits\",\"party\":\"acme\",\"currency\":\"CNY\",\"direction\":"
	         "\"in\","
	         "\"every\":\"week\",\"starts\":\"2026-01-05\",\"ends\":\"2026-06-30\",\"due_days\":3,\"break_rate\":"
	         "10000,"
	         "\"limit\":900,\"covered_to\":null,\"seq\":%" PRIu64 "}",
	         fixture_size(f) - 1);
	source_is(f, want);
	must(f, COMMIT(f, .run = "r1", .source = "bank", .from = "2026-01-06", .to = "2026-01-08"));
	source_is(f, "\"covered_to\":null");
	must(f, COMMIT(f, .run = "r2", .source = "bank", .from = "2026-01-05"));
	source_is(f, "\"covered_to\":\"2026-01-08\"");
	declare_anew(f, "bank", "'subject':'cash','direction':'out','every':'none','starts':'2026-01-07','due_days':0");
	snprintf(want, sizeof(want),
	         "{\"source\":\"bank\",\"subject\":\"cash\",\"party\":null,\"currency\":null,\"direction\":\"out\","
	         "\"every\":\"none\",\"starts\":\"2026-01-07\",\"ends\":null,\"due_days\":0,\"break_rate\":null,"
	         "\"limit\":0,"
	         "\"covered_to\":\"2026-01-08\",\"seq\":%" PRIu64 "}",
	         fixture_size(f) - 1);
	source_is(f, want);
	assert_int_equal(COMMIT(f, .run = "r3", .source = "bank", .from = "2026-01-05"), MERIT_DAY_COVERED);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_thousand_sources_are_enough),
		cmocka_unit_test(a_source_is_declared_anew_and_keeps_its_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
