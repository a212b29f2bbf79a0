/* query_earning_test.c
 * Goal    a member is told which campaigns pay now, for what, how much is left of each limit, and whether a rule would
 *         pay; what it is told is what an earn then comes to.
 * Method  one campaign compared whole; then rows that bring about one outcome each, asked for and then earned; limits
 *         before and behind an earn; referrals likewise; which campaigns are listed, on which page. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

/* Each row says a status of its own, so the answer is looked at for a result. */
static void ask(struct fixture *f, const char *from)
{
	(void)fixture_query(f, "m1", "member.campaigns", "'member':'m1','from':'%s'", from);
	answer_has(f, "'result':{'rows':[");
}

static void rule(struct fixture *f, const char *campaign, const char *event, const char *more)
{
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'%s','event':'%s','evidence':'none'%s", campaign,
	                     event, more));
}

static void campaign(struct fixture *f, const char *name, const char *starts, const char *ends)
{
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'%s','sponsor':'acme','starts':'%s','ends':'%s','currency':'CNY',"
	                     "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
	                     "'from':'occurred'",
	                     name, starts, ends));
}

static enum merit_status earn(struct fixture *f, const char *event, const char *more)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'c2','event':'%s','reference':'r%u','occurred':%" PRId64 "%s",
	                    event, f->ids, f->now_ms, more);
}

/* Two parties agree on a call. */
static void agree(struct fixture *f, const char *proposal, const char *call)
{
	must(f, fixture_call(f, "ops", "proposal.create", "'proposal':'%s','reason':'r','call':{%s}", proposal, call));
	must(f, fixture_call(f, "ops2", "proposal.approve", "'proposal':'%s'", proposal));
}

/* The fixture's world and campaign c2 of 2026 without a rule, with a budget of 1000. */
static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "ops2", "operator");
	campaign(f, "c2", "2026-01-01", "2026-12-31");
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':1000"));
	return f;
}

/* ---- A campaign ---- */

static void a_campaign_is_told_with_its_rules(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	rule(f, "c2", "visit", ",'points':5,'delay_days':3,'minimum':10,'quota_day':2,'quota_event':50");
	rule(f, "c2", "talk", ",'maximum':300,'review':true,'clip':true,'cap_day':300,'cap_year':900,'quota_year':4");
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c2','event':'talk','referrer_points':50,'referee_points':20,"
	                     "'window_days':30,'cap_month':120"));
	ask(f, "c2");
	answer_has(
		f,
		"{'rows':[{'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','months':12,"
		"'round':'none','from':'occurred','rules':["
		"{'event':'talk','version':1,'maximum':300,'evidence':'none','review':true,'clip':true,'limits':["
		"{'period':'day','points':300,'points_left':300},"
		"{'period':'year','points':900,'points_left':900,'awards':4,'awards_left':4}],'status':'accepted'},"
		"{'event':'visit','version':1,'points':5,'evidence':'none','minimum':10,'review':false,'delay_days':3,"
		"'clip':false,'limits':[{'period':'day','awards':2,'awards_left':2}],"
		"'shared':{'awards':50,'awards_left':50},'status':'accepted'}],"
		"'referral':{'event':'talk','referrer_points':50,'referee_points':20,'window_days':30,'limits':["
		"{'period':'month','points':120,'points_left':120}],'status':'accepted'},"
		"'buys':['goods','code','service']}],'next':null,");
	world_free(f);
}

static void what_its_points_buy_is_told_for_this_member(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	agree(f, "p1", "'method':'campaign.eligibility','params':{'campaign':'c2','class':'code','allowed':false}");
	agree(f, "p2",
	      "'method':'campaign.eligibility','params':{'campaign':'c2','class':'cash','allowed':true,"
	      "'tag':'doctor'}");
	ask(f, "c2");
	answer_has(f, "'buys':['goods','service']");
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'doctor','on':true"));
	ask(f, "c2");
	answer_has(f, "'buys':['goods','service','cash']");
	world_free(f);
}

/* ---- What a rule would come to ---- */

static void nothing(struct fixture *f)
{
	(void)f;
}

static void earn_before(struct fixture *f)
{
	must(f, earn(f, "e", ""));
}

static void other_earns_before(struct fixture *f)
{
	fixture_member(f, "m2");
	must(f,
	     fixture_call(f, "svc", "earn",
	                  "'member':'m2','campaign':'c2','event':'e','reference':'r','occurred':%" PRId64, f->now_ms));
}

static void freeze(struct fixture *f)
{
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'r'"));
}

static void close_member(struct fixture *f)
{
	agree(f, "p", "'method':'member.close','params':{'member':'m1','reason':'r'}");
}

static void sponsor_cap(struct fixture *f)
{
	must(f, fixture_call(f, "ops", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':150"));
	earn_before(f);
}

static void full_lots(struct fixture *f)
{
	for (int i = 0; i < MERIT_MEMBER_LOTS_MAX; i++)
		must(f, fixture_call(f, "ops", "member.opening",
		                     "'member':'m1','campaign':'c1','points':1,'last_day':'20%02d-%02d-%02d',"
		                     "'reference':'o%d'",
		                     30 + i / 336, 1 + i / 28 % 12, 1 + i % 28, i));
}

/* The rule of e; what came before; and what an earn that brings what the rule asks for comes to. */
static const struct {
	const char *name, *rule, *more;
	void (*prepare)(struct fixture *f);
	enum merit_status want;
} outcomes[] = {
	{ "paid", ",'points':100", "", nothing, MERIT_OK },
	{ "as much as the rule may", ",'maximum':100", ",'points':1", nothing, MERIT_OK },
	{ "over the minimum", ",'points':100,'minimum':5", ",'quantity':5", nothing, MERIT_OK },
	{ "a frozen member", ",'points':100", "", freeze, MERIT_MEMBER_FROZEN },
	{ "a closed member", ",'points':100", "", close_member, MERIT_MEMBER_CLOSED },
	{ "the budget to a point", ",'points':1000", "", nothing, MERIT_OK },
	{ "a point more", ",'points':1001", "", nothing, MERIT_SHORT_BUDGET },
	{ "a cap to a point", ",'points':100,'cap_day':200", "", earn_before, MERIT_OK },
	{ "a cap of a point less", ",'points':100,'cap_day':199", "", earn_before, MERIT_CAP_REACHED },
	{ "which is clipped", ",'points':100,'cap_day':199,'clip':true", "", earn_before, MERIT_OK },
	{ "to nothing", ",'points':100,'cap_day':100,'clip':true", "", earn_before, MERIT_CAP_REACHED },
	{ "a quota", ",'points':100,'quota_month':1", "", earn_before, MERIT_QUOTA_REACHED },
	{ "another's quota", ",'points':100,'quota_month':1", "", other_earns_before, MERIT_OK },
	{ "a quota of all", ",'points':100,'quota_event':1", "", other_earns_before, MERIT_QUOTA_REACHED },
	{ "a quota of each reference", ",'points':100,'quota_reference':1", "", earn_before, MERIT_OK },
	{ "a sponsor's cap", ",'points':100", "", sponsor_cap, MERIT_SPONSOR_CAP_REACHED },
	{ "no lot is left", ",'points':100", "", full_lots, MERIT_TOO_MANY_LOTS },
};

static void a_rule_is_told_to_pay_where_it_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		struct fixture *f = world_new();
		char want[64];
		rule(f, "c2", "e", outcomes[i].rule);
		outcomes[i].prepare(f);
		ask(f, "c2");
		(void)snprintf(want, sizeof(want), "'status':'%s'}]", merit_status_word(outcomes[i].want));
		if (!fixture_holds(f, want))
			fail_msg("%s: no %s in %s", outcomes[i].name, want, f->reply.data);
		uint64_t size = fixture_size(f);
		enum merit_status got = earn(f, "e", outcomes[i].more);
		if (got != outcomes[i].want)
			fail_msg("%s: earned, %s", outcomes[i].name, merit_status_word(got));
		assert_int_equal(fixture_size(f), size + 1); /* asking made no entry */
		world_free(f);
	}
}

static void evidence_need_not_be_shown_to_ask(void **state)
{
	static const char *const evidences[] = { "required", "unique" };
	struct fixture *f = world_new();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		must(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'c2','event':'e','points':1,'evidence':'%s'", evidences[i]));
		ask(f, "c2");
		answer_has(f, "'status':'accepted'}]");
	}
	world_free(f);
}

/* ---- Limits ---- */

static void limits_are_told_as_they_are_used_up(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	rule(f, "c2", "e",
	     ",'maximum':100,'cap_day':150,'cap_lifetime':400,'quota_day':3,'quota_event':9,'review':true");
	must(f, earn(f, "e", ",'points':80"));
	uint64_t first = fixture_size(f) - 1;
	must(f, earn(f, "e", ",'points':50"));
	ask(f, "c2");
	answer_has(f, "'limits':[{'period':'day','points':150,'points_left':20,'awards':3,'awards_left':1},"
	              "{'period':'lifetime','points':400,'points_left':270}],'shared':{'awards':9,'awards_left':7},"
	              "'status':'accepted'}"); /* 20 points are, though not as many as the rule may pay */
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%" PRIu64 ",'decision':'reject','reason':'r'", first));
	ask(f, "c2");
	answer_has(f, "'points_left':100,'awards':3,'awards_left':2}");
	f->now_ms += FIXTURE_DAY_MS;
	ask(f, "c2");
	answer_has(f, "'limits':[{'period':'day','points':150,'points_left':150,'awards':3,'awards_left':3},"
	              "{'period':'lifetime','points':400,'points_left':350}],'shared':{'awards':9,'awards_left':8}");
	rule(f, "c2", "e", ",'maximum':100,'cap_lifetime':40"); /* below what was paid */
	ask(f, "c2");
	answer_has(f, "'limits':[{'period':'lifetime','points':40,'points_left':0}],'status':'cap_reached'}");
	world_free(f);
}

static void a_sponsors_cap_is_told_of_the_year(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	rule(f, "c2", "e", ",'maximum':100");
	must(f, fixture_call(f, "ops", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':150"));
	must(f, earn(f, "e", ",'points':60"));
	must(f, fixture_gift(f, "m1", "g", 50)); /* of the sponsor's other campaign */
	ask(f, "c2");
	answer_has(f, "'sponsor_cap':{'currency':'CNY','minor':150,'left_minor':40},'buys'");
	must(f, fixture_call(f, "ops", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':0"));
	ask(f, "c2");
	assert_false(fixture_holds(f, "sponsor_cap"));
	world_free(f);
}

static void a_multiplier_is_told_to_whom_it_applies(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	rule(f, "c2", "e",
	     ",'maximum':3,'multipliers':[{'tag':'slow','basis_points':3000},{'tag':'fast','basis_points':20000}]");
	ask(f, "c2");
	assert_false(fixture_holds(f, "multiplier"));
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'slow','on':true"));
	ask(f, "c2");
	answer_has(f,
	           "'clip':false,'multiplier':3000,'limits':[],'status':'zero_amount'}"); /* three at most: not one */
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'fast','on':true"));
	ask(f, "c2");
	answer_has(f, "'multiplier':20000,'limits':[],'status':'accepted'}");
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'fast','on':false"));
	rule(f, "c2", "e", ",'maximum':4,'multipliers':[{'tag':'slow','basis_points':3000}]");
	ask(f, "c2");
	answer_has(f, "'multiplier':3000,'limits':[],'status':'accepted'}"); /* four come to one */
	world_free(f);
}

/* ---- Referrals ---- */

/* What m1 would get for a referral paid now, and what it then gets. */
static void a_referral_is_told_to_pay_where_it_does(void **state)
{
	static const struct {
		const char *name, *more;
		void (*prepare)(struct fixture *f);
		const char *want;
		int64_t paid;
	} rows[] = {
		{ "paid", "", nothing, "'limits':[],'status':'accepted'}", 50 },
		{ "a cap", ",'cap_year':49", nothing,
		  "'limits':[{'period':'year','points':49,'points_left':49}],'status':'cap_reached'}", 0 },
		{ "a cap to a point", ",'cap_year':50", nothing,
		  "'limits':[{'period':'year','points':50,'points_left':50}],'status':'accepted'}", 50 },
		{ "a frozen member", "", freeze, "'status':'member_frozen'}", 0 },
		{ "a sponsor's cap", "", sponsor_cap, "'status':'accepted'}", 50 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new();
		fixture_member(f, "m3");
		rule(f, "c2", "e", ",'points':100");
		must(f, fixture_call(f, "ops", "campaign.referral",
		                     "'campaign':'c2','event':'e','referrer_points':50,'referee_points':20%s",
		                     rows[i].more));
		must(f, fixture_call(f, "svc", "referral.record", "'referrer':'m1','referee':'m3','campaign':'c2'"));
		rows[i].prepare(f);
		ask(f, "c2");
		if (!fixture_holds(f, rows[i].want))
			fail_msg("%s: no %s in %s", rows[i].name, rows[i].want, f->reply.data);
		int64_t before = fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1");
		must(f, fixture_call(f, "svc", "earn",
		                     "'member':'m3','campaign':'c2','event':'e','reference':'r','occurred':%" PRId64,
		                     f->now_ms));
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", before + rows[i].paid);
		ask(f, "c2");
		assert_int_equal(fixture_holds(f, "'points_left':0"), i == 2);
		world_free(f);
	}
}

static void a_referral_needs_a_budget_for_both_sides(void **state)
{
	static const struct {
		const char *points;
		const char *want;
	} rows[] = { { "950", "accepted" }, { "951", "short_budget" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture *f = world_new();
		char want[64];
		rule(f, "c2", "e", ",'points':1");
		must(f, fixture_call(f, "ops", "campaign.referral",
		                     "'campaign':'c2','event':'e','referrer_points':50,'referee_points':%s",
		                     rows[i].points));
		ask(f, "c2");
		(void)snprintf(want, sizeof(want), "'limits':[],'status':'%s'},'buys'", rows[i].want);
		answer_has(f, want);
		world_free(f);
	}
}

/* ---- Which campaigns ---- */

static void a_campaign_is_listed_until_it_ends_or_closes(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	campaign(f, "d1", "2026-02-01", "2026-02-02");
	rule(f, "d1", "e", ",'points':1");
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'d1','event':'e','referrer_points':1,'referee_points':1"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'d1','points':10"));
	ask(f, "a"); /* it has not begun */
	answer_has(f, "'campaign':'d1'");
	answer_has(f, "'status':'outside_window'}],'referral':{'event':'e','referrer_points':1,'referee_points':1,"
	              "'limits':[],'status':'outside_window'}");
	f->now_ms += 32 * FIXTURE_DAY_MS; /* its last day */
	ask(f, "a");
	answer_has(f,
	           "'status':'accepted'}],'referral':{'event':'e','referrer_points':1,'referee_points':1,'limits':[],"
	           "'status':'accepted'}");
	f->now_ms += FIXTURE_DAY_MS;
	ask(f, "a");
	assert_false(fixture_holds(f, "'campaign':'d1'"));
	answer_has(f, "'campaign':'c2'");
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c2'"));
	ask(f, "a");
	assert_false(fixture_holds(f, "'campaign':'c2'"));
	answer_has(f, "'campaign':'c1'");
	world_free(f);
}

static void campaigns_come_by_name_and_page(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	campaign(f, "c0", "2026-01-01", "2026-01-01");
	campaign(f, "b", "2026-01-01", "2026-12-31"); /* numbered behind those of later names */
	rule(f, "b", "of-b", ",'points':1");
	rule(f, "c2", "of-c2", ",'points':1");
	f->now_ms += FIXTURE_DAY_MS; /* c0 is over */
	(void)fixture_query(f, "m1", "member.campaigns", "'member':'m1','limit':1");
	answer_has(f, "{'rows':[{'campaign':'b',");
	answer_has(f, "'rules':[{'event':'of-b',");
	answer_has(f, "'next':'c1',");
	(void)fixture_query(f, "m1", "member.campaigns", "'member':'m1','limit':2,'from':'c1'");
	answer_has(f, "{'rows':[{'campaign':'c1',");
	answer_has(f, "},{'campaign':'c2',");
	answer_has(f, "'rules':[{'event':'of-c2',");
	answer_has(f, "'next':null,");
	ask(f, "c3");
	answer_has(f, "{'rows':[],'next':null,");
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_campaign_is_told_with_its_rules),
		cmocka_unit_test(what_its_points_buy_is_told_for_this_member),
		cmocka_unit_test(a_rule_is_told_to_pay_where_it_does),
		cmocka_unit_test(evidence_need_not_be_shown_to_ask),
		cmocka_unit_test(limits_are_told_as_they_are_used_up),
		cmocka_unit_test(a_sponsors_cap_is_told_of_the_year),
		cmocka_unit_test(a_multiplier_is_told_to_whom_it_applies),
		cmocka_unit_test(a_referral_is_told_to_pay_where_it_does),
		cmocka_unit_test(a_referral_needs_a_budget_for_both_sides),
		cmocka_unit_test(a_campaign_is_listed_until_it_ends_or_closes),
		cmocka_unit_test(campaigns_come_by_name_and_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
