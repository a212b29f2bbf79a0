/* op_campaign_test.c
 * Goal    a campaign keeps what it promised; its budget comes from its sponsor and goes back there when it closes.
 * Method  stories in the fixture's world, where c1 of acme has 100000 points left of 100000. */
#include "tests/ledger/steps.h"

#define CAMPAIGN(name, sponsor, starts, ends, minor, points)                                                           \
	"'campaign':'" name "','sponsor':'" sponsor "','starts':'" starts "','ends':'" ends                            \
	"','currency':'CNY','value_minor':" minor ",'value_points':" points                                            \
	",'contract':'sponsor','months':12,'round':'none','from':'occurred'"

/* All points there may be are worth what money there may be. */
#define CHEAP(name) CAMPAIGN(name, "acme", "2026-01-01", "2026-12-31", "1", "1000")

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "value of no points", "ops", "campaign.create",
		  CAMPAIGN("c1", "x", "2026-02-01", "2026-01-01", "-1", "0"), MERIT_ZERO_AMOUNT },
		{ "value below zero", "ops", "campaign.create",
		  CAMPAIGN("c1", "x", "2026-02-01", "2026-01-01", "-1", "1"), MERIT_NEGATIVE_AMOUNT },
		{ "nobody's", "ops", "campaign.create", CAMPAIGN("c1", "x", "2026-02-01", "2026-01-01", "1", "1"),
		  MERIT_SPONSOR_UNKNOWN },
		{ "a member's", "ops", "campaign.create", CAMPAIGN("c1", "m1", "2026-02-01", "2026-01-01", "1", "1"),
		  MERIT_SPONSOR_UNKNOWN },
		{ "a name that is taken", "ops", "campaign.create",
		  CAMPAIGN("c1", "acme", "2026-02-01", "2026-01-01", "1", "1"), MERIT_CAMPAIGN_EXISTS },
		{ "ends before it starts", "ops", "campaign.create",
		  CAMPAIGN("c2", "acme", "2026-02-01", "2026-01-31", "1", "1"), MERIT_OUTSIDE_WINDOW },
		{ "no such day", "ops", "campaign.create", CAMPAIGN("c2", "acme", "2026-02-30", "2026-03-31", "1", "1"),
		  MERIT_BAD_PARAMS },
		{ "one day, worth nothing", "ops", "campaign.create",
		  CAMPAIGN("c2", "acme", "2026-02-01", "2026-02-01", "0", "1"), MERIT_OK },
		{ "zero and negative", "ops", "campaign.rule",
		  "'campaign':'x','event':'e','points':-1,'maximum':0,'evidence':'none'", MERIT_ZERO_AMOUNT },
		{ "negative", "ops", "campaign.rule",
		  "'campaign':'x','event':'e','points':1,'maximum':-1,'evidence':'none'", MERIT_NEGATIVE_AMOUNT },
		{ "no such campaign", "ops", "campaign.rule", "'campaign':'x','event':'e','evidence':'none'",
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "fixed and up to", "ops", "campaign.rule",
		  "'campaign':'c2','event':'e','points':1,'maximum':1,'evidence':'none'", MERIT_POINTS_FIXED },
		{ "neither", "ops", "campaign.rule", "'campaign':'c2','event':'e','evidence':'none'",
		  MERIT_POINTS_MISSING },
		{ "fund nothing", "fin", "campaign.fund", "'campaign':'x','points':0", MERIT_ZERO_AMOUNT },
		{ "fund less than nothing", "fin", "campaign.fund", "'campaign':'x','points':-5",
		  MERIT_NEGATIVE_AMOUNT },
		{ "fund nobody", "fin", "campaign.fund", "'campaign':'x','points':5", MERIT_CAMPAIGN_UNKNOWN },
		{ "close nobody", "fin", "campaign.close", "'campaign':'x'", MERIT_CAMPAIGN_UNKNOWN },
		{ "close", "fin", "campaign.close", "'campaign':'c2'", MERIT_OK },
		{ "close again", "fin", "campaign.close", "'campaign':'c2'", MERIT_CAMPAIGN_CLOSED },
		{ "fund what is closed", "fin", "campaign.fund", "'campaign':'c2','points':5", MERIT_CAMPAIGN_CLOSED },
		{ "a rule for what is closed", "ops", "campaign.rule",
		  "'campaign':'c2','event':'e','points':1,'evidence':'none'", MERIT_CAMPAIGN_CLOSED },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000);
	fixture_free(f);
}

static void a_rules_versions_count_up_and_the_last_one_pays(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_earn(f, "m1", "r1"));
	assert_int_equal(fixture_integer(f, "rule"), 1);
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c1','event':'course','points':70,'evidence':'none'"));
	assert_int_equal(fixture_integer(f, "version"), 2);
	must(f, fixture_earn(f, "m1", "r2"));
	assert_int_equal(fixture_integer(f, "rule"), 2);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 170);
	fixture_free(f);
}

static void a_budget_ends_at_the_last_safe_integer(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.create", CHEAP("c2")));
	assert_int_equal(
		fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':%lld", MERIT_AMOUNT_MAX - 100000 + 1),
		MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "left"), MERIT_AMOUNT_MAX - 100000);
	assert_int_equal(fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':%lld", MERIT_AMOUNT_MAX + 1),
	                 MERIT_NUMBER_RANGE);
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':%lld", MERIT_AMOUNT_MAX - 100000));
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c2", MERIT_AMOUNT_MAX - 100000);
	assert_int_equal(fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':1"), MERIT_AMOUNT_RANGE);
	/* What went back to the sponsor can be granted again. */
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c1'"));
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c2'"));
	must(f, fixture_call(f, "ops", "campaign.create", CHEAP("c3")));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c3','points':%lld", MERIT_AMOUNT_MAX));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -MERIT_AMOUNT_MAX);
	fixture_free(f);
}

static void closing_gives_the_budget_back_and_leaves_members_theirs(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_earn(f, "m1", "r1"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100000);
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	assert_int_equal(fixture_earn(f, "m1", "r2"), MERIT_CAMPAIGN_CLOSED);
	must(f, fixture_order(f, "o1", "m1", 3)); /* and they still buy */
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_rules_versions_count_up_and_the_last_one_pays),
		cmocka_unit_test(a_budget_ends_at_the_last_safe_integer),
		cmocka_unit_test(closing_gives_the_budget_back_and_leaves_members_theirs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
