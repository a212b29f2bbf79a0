/* op_rule_test.c
 * Goal    a rule says what it says for as long as the log lives: each version can be read as it was set, and an entry
 *         names the one that paid it; what cannot be a rule is refused.
 * Method  stories in the fixture's world, where c1 has rules for course and gift. */
#include "ledger/award.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define RULE(rest)        "'campaign':'c1','event':'e','evidence':'none'," rest
#define MULTIPLIERS(rows) RULE("'points':1,'multipliers':[" rows "]")
#define EIGHT(row)        row "," row "," row "," row "," row "," row "," row "," row

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "a tier", "ops", "program.tier", "'tier':'gold','points':100", MERIT_OK },
		{ "nothing for nobody", "ops", "campaign.rule",
		  "'campaign':'x','event':'e','evidence':'none','points':0,'maximum':-1", MERIT_ZERO_AMOUNT },
		{ "less than nothing", "ops", "campaign.rule",
		  "'campaign':'x','event':'e','evidence':'none','points':-1", MERIT_NEGATIVE_AMOUNT },
		{ "no campaign, no tier", "ops", "campaign.rule",
		  "'campaign':'x','event':'e','evidence':'none','multipliers':[{'tier':'x','basis_points':1}]",
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "no tier, both kinds of points", "ops", "campaign.rule",
		  RULE("'points':1,'maximum':1,'multipliers':[{'tier':'x','basis_points':1}]"), MERIT_TIER_UNKNOWN },
		{ "both kinds of points", "ops", "campaign.rule",
		  RULE("'points':1,'maximum':1,'multipliers':[{'basis_points':1}]"), MERIT_POINTS_FIXED },
		{ "neither kind", "ops", "campaign.rule", RULE("'multipliers':[{'basis_points':1}]"),
		  MERIT_POINTS_MISSING },
		{ "for neither tier nor tag", "ops", "campaign.rule", MULTIPLIERS("{'basis_points':1}"),
		  MERIT_MULTIPLIER_UNCLEAR },
		{ "for both", "ops", "campaign.rule", MULTIPLIERS("{'tier':'gold','tag':'x','basis_points':1}"),
		  MERIT_MULTIPLIER_UNCLEAR },
		{ "the second is unclear", "ops", "campaign.rule",
		  MULTIPLIERS("{'tier':'gold','basis_points':1},{'basis_points':1}"), MERIT_MULTIPLIER_UNCLEAR },
		{ "one of each", "ops", "campaign.rule",
		  MULTIPLIERS("{'tier':'gold','basis_points':1},{'tag':'x','basis_points':1}"), MERIT_OK },
		{ "not a multiplier", "ops", "campaign.rule", MULTIPLIERS("{'tag':'x'}"), MERIT_BAD_PARAMS },
		{ "times nothing", "ops", "campaign.rule", MULTIPLIERS("{'tag':'x','basis_points':0}"),
		  MERIT_BAD_PARAMS },
		{ "the highest", "ops", "campaign.rule", MULTIPLIERS("{'tag':'x','basis_points':1000000}"), MERIT_OK },
		{ "and a bit", "ops", "campaign.rule", MULTIPLIERS("{'tag':'x','basis_points':1000001}"),
		  MERIT_BAD_PARAMS },
		{ "none", "ops", "campaign.rule", MULTIPLIERS(""), MERIT_BAD_PARAMS },
		{ "sixteen", "ops", "campaign.rule",
		  MULTIPLIERS(EIGHT("{'tag':'x','basis_points':1}") "," EIGHT("{'tag':'x','basis_points':1}")),
		  MERIT_OK },
		{ "seventeen", "ops", "campaign.rule",
		  MULTIPLIERS(EIGHT("{'tag':'x','basis_points':1}") "," EIGHT(
			  "{'tag':'x','basis_points':1}") ","
		                                          "{'tag':'x','basis_points':1}"),
		  MERIT_BAD_PARAMS },
		{ "a cap below zero", "ops", "campaign.rule", RULE("'points':1,'cap_day':-1"), MERIT_BAD_PARAMS },
		{ "the longest delay", "ops", "campaign.rule", RULE("'points':1,'delay_days':36525"), MERIT_OK },
		{ "and a day", "ops", "campaign.rule", RULE("'points':1,'delay_days':36526"), MERIT_BAD_PARAMS },
		{ "a cap for nobody", "fin", "sponsor.cap", "'sponsor':'x','currency':'CNY','cap_minor':1",
		  MERIT_SPONSOR_UNKNOWN },
		{ "a member's", "fin", "sponsor.cap", "'sponsor':'m1','currency':'CNY','cap_minor':1",
		  MERIT_SPONSOR_UNKNOWN },
		{ "below zero", "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':-1",
		  MERIT_BAD_PARAMS },
		{ "the operator's", "ops", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':0", MERIT_OK },
		{ "a service's", "svc", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':0",
		  MERIT_NOT_PERMITTED },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	fixture_free(f);
}

#define WHOLE                                                                                                          \
	"'campaign':'c1','event':'visit','maximum':50,'evidence':'required','minimum':20,'review':true,"               \
	"'delay_days':7,'clip':true,'cap_day':1,'cap_month':2,'cap_year':3,'cap_lifetime':4,'quota_day':5,"            \
	"'quota_month':6,'quota_year':7,'quota_lifetime':8,'quota_reference':9,'quota_event':10,"                      \
	"'multipliers':[{'tag':'vip','basis_points':15000}],'nature':'consulting','form':'points','income':'labour'"

/* WHOLE as it is answered. */
static void answer_has_whole(const struct fixture *f)
{
	char whole[] = "{" WHOLE;

	for (char *byte = whole; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	if (strstr(f->reply.data, whole) == NULL)
		fail_msg("no %s in %s", whole, f->reply.data);
}

static void every_version_can_be_read_as_it_was_set(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.rule", WHOLE));
	int64_t seq = fixture_integer(f, "seq"), time_ms = f->now_ms;
	fixture_advance(f, 1000);
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c1','event':'visit','points':5,'evidence':'none'"));
	int64_t second = fixture_integer(f, "seq");
	for (int opened = 0; opened < 2; opened++) { /* from memory, then from the disk */
		must(f, fixture_query(f, "aud", "rule.get", "'campaign':'c1','event':'visit','version':1"));
		answer_has_whole(f);
		assert_int_equal(fixture_integer(f, "version"), 1);
		assert_int_equal(fixture_integer(f, "entry"), seq);
		assert_int_equal(fixture_integer(f, "set"), time_ms);
		must(f, fixture_query(f, "aud", "rule.get", "'campaign':'c1','event':'visit'"));
		assert_int_equal(fixture_integer(f, "points"), 5);
		assert_int_equal(fixture_integer(f, "version"), 2);
		assert_int_equal(fixture_integer(f, "entry"), second);
		assert_null(strstr(f->reply.data, "cap_day"));
		assert_int_equal(fixture_query(f, "aud", "rule.get", "'campaign':'c1','event':'visit','version':3"),
		                 MERIT_NOT_FOUND);
		assert_int_equal(fixture_query(f, "aud", "rule.get", "'campaign':'c1','event':'x'"), MERIT_NO_RULE);
		assert_int_equal(fixture_query(f, "aud", "rule.get", "'campaign':'x','event':'visit'"),
		                 MERIT_CAMPAIGN_UNKNOWN);
		fixture_flush(f);
		fixture_close(f);
		fixture_open(f);
	}
	fixture_free(f);
}

static void a_rule_two_parties_agreed_to_can_be_read_too(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	fixture_party(f, "ops2", "operator");
	must(f,
	     fixture_call(f, "ops2", "proposal.create",
	                  "'proposal':'p','call':{'method':'campaign.rule','params':{" WHOLE "}},'reason':'agreed'"));
	must(f, fixture_call(f, "ops", "proposal.approve", "'proposal':'p'"));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_query(f, "ops", "rule.get", "'campaign':'c1','event':'visit'"));
	answer_has_whole(f);
	assert_int_equal(fixture_integer(f, "entry"), seq);
	assert_int_equal(fixture_integer(f, "version"), 1);
	fixture_free(f);
}

static void a_sponsor_reads_the_rules_it_pays_for(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	fixture_key_add(f, "acme", "k1");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_key_add(f, "bolt", "k1");
	must(f, fixture_query(f, "acme", "rule.get", "'campaign':'c1','event':'gift'"));
	assert_int_equal(fixture_integer(f, "maximum"), 1000);
	assert_int_equal(fixture_query(f, "bolt", "rule.get", "'campaign':'c1','event':'gift'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "m1", "rule.get", "'campaign':'c1','event':'gift'"), MERIT_NOT_PERMITTED);
	fixture_free(f);
}

static void a_campaign_shows_every_rule_in_force(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31',"
	                     "'currency':'CNY','value_minor':1,'value_points':1,'contract':'sponsor','months':12,"
	                     "'round':'none','from':'occurred'"));
	must(f, fixture_query(f, "ops", "campaign.get", "'campaign':'c2'"));
	assert_non_null(strstr(f->reply.data, "\"rules\":[],\"eligibility\":[],\"seq\""));
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'c2','event':'z','points':9,'evidence':'none'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c1','event':'gift','maximum':7,'evidence':'none'"));
	must(f, fixture_call(f, "ops", "campaign.rule", WHOLE));
	must(f, fixture_call(f, "ops", "campaign.eligibility",
	                     "'campaign':'c1','class':'service','allowed':true,'tag':'vip'"));
	must(f, fixture_query(f, "ops", "campaign.get", "'campaign':'c1'"));
	assert_null(strstr(f->reply.data, "referral"));
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c1','event':'visit','referrer_points':5,'referee_points':0"));
	must(f, fixture_query(f, "ops", "campaign.get", "'campaign':'c1'"));
	assert_non_null(strstr(f->reply.data, ",\"referral\":{\"campaign\":\"c1\",\"event\":\"visit\","
	                                      "\"referrer_points\":5,\"referee_points\":0,\"version\":1,\"entry\":"));
	answer_has_whole(f);
	const char *course = strstr(f->reply.data, "\"event\":\"course\",\"points\":100");
	const char *gift = strstr(f->reply.data, "\"event\":\"gift\",\"maximum\":7");
	assert_non_null(course);
	assert_true(gift > course); /* in order of their names */
	assert_null(strstr(f->reply.data, "\"maximum\":1000"));
	assert_null(strstr(f->reply.data, "\"event\":\"z\""));
	assert_non_null(
		strstr(f->reply.data, "\"eligibility\":[{\"class\":\"service\",\"allowed\":true,\"tag\":\"vip\"}]"));
	fixture_free(f);
}

static void a_sponsors_caps_are_shown_by_currency(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_query(f, "ops", "sponsor.get", "'sponsor':'acme'"));
	assert_non_null(strstr(f->reply.data, "\"caps\":[]"));
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'bolt','currency':'CNY','cap_minor':3"));
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'USD','cap_minor':1"));
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':2"));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_query(f, "ops", "sponsor.get", "'sponsor':'acme'"));
	char want[128];
	snprintf(want, sizeof(want),
	         "\"caps\":[{\"currency\":\"CNY\",\"cap_minor\":2,\"entry\":%" PRId64
	         "},{\"currency\":\"USD\",\"cap_minor\":1,",
	         seq);
	assert_non_null(strstr(f->reply.data, want));
	assert_null(strstr(f->reply.data, "\"cap_minor\":3"));
	assert_int_equal(f->ledger->model.program.sponsor_caps, 3);
	fixture_free(f);
}

/* What was ever limited goes on being counted, and what the terms name stays named. */
static void a_new_version_forgets_limits_and_multipliers_but_not_what_is_counted(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_model *model;

	(void)state;
	fixture_world(f);
	model = &f->ledger->model;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     RULE("'points':1,'cap_month':5,'quota_event':2,'minimum':3,"
	                          "'multipliers':[{'tag':'x','basis_points':1},"
	                          "{'tag':'y','basis_points':2}]")));
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c1','event':'e','referrer_points':5,'referee_points':0"));
	must(f, fixture_call(f, "ops", "campaign.rule", RULE("'maximum':9,'quota_day':4")));
	const struct merit_campaign *campaign = merit_model_campaign(model, MERIT_TEXT("c1"));
	const struct merit_rule *rule = merit_model_rule(model, campaign->holder.number, MERIT_TEXT("e"));
	assert_int_equal(rule->counted, 1 << MERIT_PERIOD_DAY | 1 << MERIT_PERIOD_MONTH | MERIT_COUNTED_EVENT);
	assert_int_equal(rule->caps.most[MERIT_PERIOD_MONTH], 0);
	assert_int_equal(rule->quotas.most[MERIT_PERIOD_DAY], 4);
	assert_int_equal(rule->quota_event, 0);
	assert_int_equal(rule->points, 0);
	assert_int_equal(rule->maximum, 9);
	assert_int_equal(rule->minimum, 0);
	assert_int_equal(rule->multipliers_count, 0);
	assert_int_equal(rule->version, 2);
	assert_true(rule->qualifies);
	merit_arena_reset(&model->scratch);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(every_version_can_be_read_as_it_was_set),
		cmocka_unit_test(a_rule_two_parties_agreed_to_can_be_read_too),
		cmocka_unit_test(a_sponsor_reads_the_rules_it_pays_for),
		cmocka_unit_test(a_campaign_shows_every_rule_in_force),
		cmocka_unit_test(a_sponsors_caps_are_shown_by_currency),
		cmocka_unit_test(a_new_version_forgets_limits_and_multipliers_but_not_what_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
