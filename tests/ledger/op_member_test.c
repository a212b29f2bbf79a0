/* op_member_test.c
 * Goal    tiers and tags are what was set or earned; frozen, a member neither earns nor orders; closed, it keeps
 *         nothing that can be used; what it had before this ledger is given once.
 * Method  stories in the fixture's world beside a second sponsor, bolt, whose campaign b1 keeps what expires. Stories
 *         with entries of the system's end with a proof of the whole log. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

#include "ledger/op_common.h"
#include "ledger/verify.h"

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	fixture_key_add(f, "acme", "k1");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	fixture_key_add(f, "bolt", "k1");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'b1','sponsor':'bolt','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'breakage','months':0,'round':'none',"
	                  "'from':'occurred'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'b1','points':1000"));
	return f;
}

static enum merit_status opening(struct fixture *f, const char *campaign, const char *reference, int64_t points)
{
	return fixture_call(f, "fin", "member.opening",
	                    "'member':'m1','campaign':'%s','reference':'%s','points':%" PRId64, campaign, reference,
	                    points);
}

static void member_has(struct fixture *f, const char *kid, const char *text)
{
	must(f, fixture_query(f, kid, "member.get", "'member':'m1'"));
	answer_has(f, text);
}

/* The entry at seq is the system's and of this kind; its postings name campaigns of one sponsor. */
static void entry_is(struct fixture *f, uint64_t seq, enum merit_operation_number number, const char *campaign)
{
	struct merit_entry entry;

	fixture_entry(f, seq, &entry);
	assert_int_equal(entry.operation->number, number);
	assert_int_equal(entry.status, MERIT_OK);
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("system")));
	for (size_t i = 0; i < entry.postings_count; i++)
		assert_true(merit_text_equal(entry.postings[i].campaign, merit_text_of(campaign)));
}

/* ---- Precedence ---- */

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "a tier nobody added", "ops", "member.tier", "'member':'m1','tier':'gold'", MERIT_TIER_UNKNOWN },
		{ "of nobody", "ops", "member.tier", "'member':'x','tier':'gold'", MERIT_MEMBER_UNKNOWN },
		{ "a tier below zero", "ops", "program.tier", "'tier':'gold','points':-1", MERIT_BAD_PARAMS },
		{ "a tag of nobody's", "ops", "member.tag", "'member':'x','tag':'t','on':false", MERIT_MEMBER_UNKNOWN },
		{ "a tag that is not on", "ops", "member.tag", "'member':'m1','tag':'t','on':false",
		  MERIT_NOTHING_TO_DO },
		{ "no name", "ops", "member.tag", "'member':'m1','tag':'two words','on':true", MERIT_BAD_PARAMS },
		{ "freeze nobody", "ops", "member.freeze", "'member':'x','reason':'r'", MERIT_MEMBER_UNKNOWN },
		{ "unfreeze an active one", "ops", "member.unfreeze", "'member':'m1','reason':'r'",
		  MERIT_NOTHING_TO_DO },
		{ "close nobody", "ops", "member.close", "'member':'x','reason':'r'", MERIT_MEMBER_UNKNOWN },
		{ "zero, and nobody", "fin", "member.opening", "'member':'x','campaign':'x','reference':'r','points':0",
		  MERIT_ZERO_AMOUNT },
		{ "below zero", "fin", "member.opening", "'member':'x','campaign':'x','reference':'r','points':-1",
		  MERIT_NEGATIVE_AMOUNT },
		{ "nobody, out of nothing", "fin", "member.opening",
		  "'member':'x','campaign':'x','reference':'r','points':1", MERIT_MEMBER_UNKNOWN },
		{ "out of nothing", "fin", "member.opening", "'member':'m1','campaign':'x','reference':'r','points':1",
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "too much, and dead", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','reference':'r','points':100001,'last_day':'2025-12-31'",
		  MERIT_SHORT_BUDGET },
		{ "dead", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','reference':'r','points':100000,'last_day':'2025-12-31'",
		  MERIT_LOT_EXPIRED },
		{ "until tonight", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','reference':'r','points':1,'last_day':'2026-01-01'", MERIT_OK },
		{ "again, and too much", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','reference':'r','points':100000", MERIT_ALREADY_EARNED },
		{ "freeze", "ops", "member.freeze", "'member':'m2','reason':'r'", MERIT_OK },
		{ "again", "ops", "member.freeze", "'member':'m2','reason':'r'", MERIT_NOTHING_TO_DO },
		{ "close the campaign", "ops", "campaign.close", "'campaign':'c1'", MERIT_OK },
		{ "frozen, and the campaign closed", "fin", "member.opening",
		  "'member':'m2','campaign':'c1','reference':'r','points':1", MERIT_MEMBER_FROZEN },
		{ "the campaign closed, and again", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','reference':'r','points':1", MERIT_CAMPAIGN_CLOSED },
		{ "close a frozen one", "ops", "member.close", "'member':'m2','reason':'r'", MERIT_OK },
		{ "closed before frozen", "fin", "member.opening",
		  "'member':'m2','campaign':'c1','reference':'r','points':1", MERIT_MEMBER_CLOSED },
		{ "close it again", "ops", "member.close", "'member':'m2','reason':'r'", MERIT_MEMBER_CLOSED },
		{ "closed for ever", "ops", "member.unfreeze", "'member':'m2','reason':'r'", MERIT_MEMBER_CLOSED },
		{ "and never frozen", "ops", "member.freeze", "'member':'m2','reason':'r'", MERIT_MEMBER_CLOSED },
	};
	struct fixture *f = world_new();

	(void)state;
	STEPS_RUN(f, steps);
	world_free(f);
}

static void why_an_opening_was_refused_is_told(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	assert_int_equal(opening(f, "b1", "r", 1001), MERIT_SHORT_BUDGET);
	assert_int_equal(fixture_integer(f, "budget"), 1000);
	must(f, opening(f, "b1", "r", 1000));
	long long seq = fixture_integer(f, "seq");
	assert_int_equal(opening(f, "b1", "r", 1), MERIT_ALREADY_EARNED);
	answer_has(f, "'why':{'seq':");
	assert_int_equal(strtoll(strstr(f->reply.data, "\"why\":{\"seq\":") + 13, NULL, 10), seq);
	fixture_free(f);
}

/* ---- Tiers ---- */

static void tiers_have_an_order_of_points_not_of_names(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':300"));
	must(f, fixture_call(f, "root", "program.tier", "'tier':'silver','points':100"));
	must(f, fixture_query(f, NULL, "program.get", "%s", ""));
	answer_has(f, "'tiers':[{'tier':'gold','points':300},{'tier':'silver','points':100}]");
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':200"));
	must(f, fixture_query(f, NULL, "program.get", "%s", ""));
	answer_has(f, "'tiers':[{'tier':'gold','points':200},{'tier':'silver','points':100}]");
	world_free(f);
}

static void a_tier_is_earned_year_by_year(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':300"));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'silver','points':100"));
	member_has(f, "m1", "'tier':null,'tier_points':0");
	must(f, fixture_gift(f, "m1", "r1", 99));
	member_has(f, "m1", "'tier':null,'tier_points':99");
	must(f, fixture_gift(f, "m1", "r2", 1));
	member_has(f, "m1", "'tier':'silver','tier_points':100");
	must(f, fixture_gift(f, "m1", "r3", 200));
	member_has(f, "m1", "'tier':'gold','tier_points':300");
	must(f, fixture_order(f, "o", "m1", 10)); /* spending takes nothing from it */
	member_has(f, "m1", "'tier':'gold','tier_points':300");
	must(f, opening(f, "c1", "r", 500)); /* nor do points of another time add to it */
	member_has(f, "m1", "'tier':'gold','tier_points':300");
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':301"));
	member_has(f, "m1", "'tier':'silver','tier_points':300");
	fixture_advance(f, 365 * FIXTURE_DAY_MS - 1);
	member_has(f, "m1", "'tier':'silver','tier_points':300");
	fixture_advance(f, 1); /* a new year */
	member_has(f, "m1", "'tier':null,'tier_points':0");
	world_free(f);
}

static void a_given_tier_stays_until_it_is_taken(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':300"));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'silver','points':100"));
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1','tier':'silver'"));
	member_has(f, "m1", "'tier':'silver','tier_points':0");
	must(f, fixture_gift(f, "m1", "r1", 300));
	member_has(f, "m1", "'tier':'silver'"); /* whatever was earned */
	fixture_advance(f, 400 * FIXTURE_DAY_MS);
	member_has(f, "m1", "'tier':'silver','tier_points':0");
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1'"));
	member_has(f, "m1", "'tier':null");
	world_free(f);
}

/* Two years are kept, since earns may come late; what is older counts for no tier. */
static void what_was_earned_counts_in_its_own_year(void **state)
{
	static const struct {
		int32_t year;
		int64_t points, this_year, last_year;
	} rows[] = {
		{ 2026, 10, 10, 0 },
		{ 2026, 5, 15, 0 },
		{ 2025, 7, 15, 7 },
		{ 2024, 9, 15, 7 },
	};
	struct fixture *f = world_new();
	struct merit_model *model = &f->ledger->model;
	struct merit_text m1 = MERIT_TEXT("m1");

	(void)state;
	merit_state_mark(model->state);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		merit_member_earned(model, m1, rows[i].year, rows[i].points);
		const struct merit_member_head *head = merit_model_get(model, MERIT_TABLE_MEMBER, m1, NULL);
		assert_int_equal(merit_member_earned_in(head, 2026), rows[i].this_year);
		assert_int_equal(merit_member_earned_in(head, 2025), rows[i].last_year);
		assert_int_equal(merit_member_earned_in(head, 2027), 0);
	}
	merit_member_earned(model, m1, 2027, 1); /* the years move on by one */
	const struct merit_member_head *head = merit_model_get(model, MERIT_TABLE_MEMBER, m1, NULL);
	assert_int_equal(merit_member_earned_in(head, 2026), 15);
	assert_int_equal(merit_member_earned_in(head, 2025), 0);
	merit_member_earned(model, m1, 2029, MERIT_AMOUNT_MAX - 1); /* and by two */
	merit_member_earned(model, m1, 2029, 2);                    /* and no sum leaves the safe integers */
	head = merit_model_get(model, MERIT_TABLE_MEMBER, m1, NULL);
	assert_int_equal(merit_member_earned_in(head, 2028), 0);
	assert_int_equal(merit_member_earned_in(head, 2029), MERIT_AMOUNT_MAX);
	merit_state_rollback(model->state);
	fixture_free(f);
}

/* ---- Tags ---- */

static void tags_are_put_on_and_taken_off(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	member_has(f, "m1", "'tags':[]");
	must(f, fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'oncology','on':true"));
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardio','on':true"));
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardiology','on':true"));
	member_has(f, "m1", "'tags':['cardio','cardiology','oncology']");
	assert_int_equal(fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardio','on':true"),
	                 MERIT_NOTHING_TO_DO);
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardiology','on':false"));
	member_has(f, "m1", "'tags':['cardio','oncology']");
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardio','on':false"));
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'oncology','on':false"));
	member_has(f, "m1", "'tags':[]");
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'cardio','on':true"));
	member_has(f, "m1", "'tags':['cardio']");
	world_free(f);
}

/* ---- Freezing ---- */

static void a_frozen_member_neither_earns_nor_orders(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 100));
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "root", "member.freeze", "'member':'m1','reason':'two accounts'"));
	member_has(f, "m1", "'state':'frozen'");
	assert_int_equal(fixture_gift(f, "m1", "r2", 100), MERIT_MEMBER_FROZEN);
	assert_int_equal(opening(f, "c1", "r", 1), MERIT_MEMBER_FROZEN);
	assert_int_equal(fixture_order(f, "o2", "m1", 1), MERIT_MEMBER_FROZEN);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'")); /* what was ordered takes its course */
	must(f, fixture_call(f, "m1", "order.receive", "'order':'o1'"));
	must(f, fixture_call(f, "ops", "member.unfreeze", "'member':'m1','reason':'one of them'"));
	member_has(f, "m1", "'state':'active'");
	must(f, fixture_gift(f, "m1", "r2", 100));
	must(f, fixture_order(f, "o2", "m1", 1));
	world_free(f);
}

/* Only earning and ordering stop: the calendar does not. */
static void a_frozen_members_points_expire(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 100));
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'r'"));
	fixture_advance(f, 366 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	world_free(f);
}

/* ---- Closing ---- */

static void a_member_with_something_under_way_is_busy(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 100));
	must(f, fixture_order(f, "o", "m1", 2));
	assert_int_equal(fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"), MERIT_MEMBER_BUSY);
	answer_has(f, "'why':{'held':60,'pending':0}");
	f->now_ms += 60 * 60000LL; /* the order's deadline: it lapses before the call is decided */
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	world_free(f);
}

static void an_award_under_way_keeps_a_member_open(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'study','points':40,'evidence':'none','review':true"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'study','reference':'r','occurred':%" PRId64,
	                     f->now_ms));
	long long seq = fixture_integer(f, "seq");
	member_has(f, "m1", "{'campaign':'c1','sponsor':'acme','last_day':null,'available':0,'held':0,'pending':40}");
	assert_int_equal(fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"), MERIT_MEMBER_BUSY);
	answer_has(f, "'why':{'held':0,'pending':40}");
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%lld,'decision':'reject','reason':'r'", seq));
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	world_free(f);
}

/* An entry may be shown to a sponsor only when it shows no other sponsor's points. */
static void what_a_closed_member_had_dies_at_once_sponsor_by_sponsor(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 100));
	must(f, opening(f, "b1", "r", 30));
	must(f, opening(f, "c1", "r", 5));
	uint64_t before = fixture_size(f);
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'gone'"));
	assert_int_equal(fixture_size(f), before + 3); /* in the same group, with no clock moved */
	entry_is(f, before + 1, MERIT_OP_FORFEIT, "c1");
	entry_is(f, before + 2, MERIT_OP_FORFEIT, "b1");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100000 + 105); /* by its contract */
	balance_is(f, MERIT_ACCOUNT_EXPIRED, "c1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "bolt", -1000);
	balance_is(f, MERIT_ACCOUNT_EXPIRED, "b1", 30);
	must(f, fixture_query(f, "acme", "entry.get", "'seq':%llu", (unsigned long long)before + 1));
	assert_int_equal(fixture_query(f, "acme", "entry.get", "'seq':%llu", (unsigned long long)before + 2),
	                 MERIT_NOT_FOUND);
	member_has(f, "m1", "'state':'closed'"); /* it reads on */
	assert_int_equal(fixture_gift(f, "m1", "r2", 1), MERIT_MEMBER_CLOSED);
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_MEMBER_CLOSED);
	fixture_advance(f, 400 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + 5); /* nothing of its dead lots is due any more */
	world_free(f);
}

static void closing_with_nothing_left_is_one_entry(void **state)
{
	struct fixture *f = world_new();
	uint64_t before = fixture_size(f);

	(void)state;
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	assert_int_equal(fixture_size(f), before + 1);
	world_free(f);
}

#define LONGEST(letter) letter "123456789.123456789.123456789.1"

/* More lots of one sponsor than an entry takes, with the longest names and sums there are. */
static void many_lots_are_forfeited_in_parts(void **state)
{
	static const char member[] = LONGEST("m"), campaign[] = LONGEST("c"), sponsor[] = LONGEST("s");
	struct fixture *f = world_new();

	(void)state;
	fixture_member(f, member);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'%s'", sponsor));
	fixture_credit(f, sponsor, "CNY");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'%s','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1000,'contract':'sponsor','months':0,'round':'none',"
	                  "'from':'occurred'",
	                  campaign, sponsor));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':9000000000000000", campaign));
	for (int month = 1; month <= 10; month++) {
		for (int day = 1; day <= 15; day++)
			must(f,
			     fixture_call(f, "fin", "member.opening",
			                  "'member':'%s','campaign':'%s','reference':'r%d-%d','points':60000000000000,"
			                  "'last_day':'2027-%02d-%02d'",
			                  member, campaign, month, day, month, day));
	}
	uint64_t before = fixture_size(f);
	must(f, fixture_call(f, "ops", "member.close", "'member':'%s','reason':'r'", member));
	assert_int_equal(fixture_size(f), before + 3); /* 100 lots and 50 */
	entry_is(f, before + 1, MERIT_OP_FORFEIT, campaign);
	entry_is(f, before + 2, MERIT_OP_FORFEIT, campaign);
	balance_is(f, MERIT_ACCOUNT_MEMBER, member, 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, sponsor, 0);
	world_free(f);
}

static void a_refund_to_a_closed_member_dies_at_once(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 90));
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	for (int i = 0; i < 2; i++) { /* each time anew */
		uint64_t before = fixture_size(f);
		must(f, fixture_call(f, "shop", "order.refund",
		                     "'order':'o','reason':'broken','lines':[{'line':0,'quantity':1}]"));
		assert_int_equal(fixture_size(f), before + 2);
		entry_is(f, before + 1, MERIT_OP_FORFEIT, "c1");
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	}
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 30);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100000 + 60);
	world_free(f);
}

static void a_closed_members_debt_stays(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 90));
	long long seq = fixture_integer(f, "seq");
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", seq));
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	member_has(f, "m1", "'debts':[{'campaign':'c1','sponsor':'acme','owed':90}]");
	world_free(f);
}

/* ---- Closing in a group ---- */

#define ATOMIC(calls) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":[" calls "]}}"
#define CLOSE         "{\"method\":\"member.close\",\"params\":{\"id\":\"g1\",\"member\":\"m1\",\"reason\":\"r\"}}"
#define REFUND        "{\"method\":\"order.refund\",\"params\":{\"id\":\"g2\",\"order\":\"o\",\"reason\":\"r\"}}"
#define OPENING                                                                                                        \
	"{\"method\":\"member.opening\",\"params\":{\"id\":\"g3\",\"member\":\"m1\",\"campaign\":\"c1\","              \
	"\"points\":1,\"reference\":\"late\"}}"

/* 30 points of m1's are available and 60 with the shop. */
static struct fixture *spent_new(void)
{
	struct fixture *f = world_new();

	must(f, fixture_gift(f, "m1", "r1", 90));
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	return f;
}

/* What follows at once follows the whole group, not one of its calls. */
static void a_group_that_closes_is_followed_by_what_it_left(void **state)
{
	struct fixture *f = spent_new();
	uint64_t before = fixture_size(f);

	(void)state;
	must(f, fixture_send(f, "ops", ATOMIC(CLOSE "," REFUND)));
	assert_int_equal(fixture_status(f), MERIT_OK);
	assert_int_equal(fixture_size(f), before + 3);
	entry_is(f, before + 2, MERIT_OP_FORFEIT, "c1");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100000 + 90);
	world_free(f);
}

static void a_group_that_fails_closes_nobody(void **state)
{
	struct fixture *f = spent_new();
	uint64_t before = fixture_size(f);

	(void)state;
	must(f, fixture_send(f, "ops", ATOMIC(CLOSE "," OPENING))); /* a closed member gets nothing, in the group too */
	assert_non_null(strstr(f->reply.data, "\"member_closed\""));
	assert_int_equal(fixture_size(f), before + 2); /* two refusals */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 30);
	member_has(f, "m1", "'state':'active'");
	must(f, opening(f, "c1", "r", 1));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 31);
	world_free(f);
}

/* ---- Opening balances ---- */

static void an_opening_balance_is_given_once(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, opening(f, "c1", "r", 50));
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-01"); /* by the campaign's months, from today */
	must(f, opening(f, "b1", "r", 7));                              /* another campaign's */
	assert_null(strstr(f->reply.data, "last_day"));                 /* never */
	must(f, opening(f, "c1", "r2", 8));                             /* another reference */
	must(f, fixture_call(f, "fin", "member.opening",
	                     "'member':'m2','campaign':'c1','reference':'r','points':9,'last_day':'2026-03-31'"));
	must(f, fixture_gift(f, "m1", "r", 20)); /* an event's references are others */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 85);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000 - 50 - 8 - 9 - 20);
	fixture_advance(f, 90 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 0); /* a day that was named counts */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 85);
	world_free(f);
}

static void an_opening_balance_pays_down_debt_first(void **state)
{
	struct fixture *f = spent_new();

	(void)state;
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'course','reference':'r9','occurred':%" PRId64,
	                     f->now_ms));
	long long seq = fixture_integer(f, "seq");
	must(f,
	     fixture_call(f, "m1", "order.place",
	                  "'order':'o2','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':4}]"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o2'"));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", seq)); /* 10 are there, 90 are owed */
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	must(f, opening(f, "b1", "r", 5)); /* another sponsor's points pay for nothing of it */
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	must(f, opening(f, "c1", "r", 70));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -20);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 5);
	must(f, opening(f, "c1", "r2", 70));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 55);
	world_free(f);
}

/* Staff may ask a second party to agree to it. */
static void what_ends_a_member_may_be_proposed(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r1", 90));
	must(f, fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'member.close','params':{'member':'m1',"
	                     "'reason':'fraud'}}"));
	uint64_t before = fixture_size(f);
	must(f, fixture_call(f, "root", "proposal.approve", "'proposal':'p'"));
	assert_int_equal(fixture_size(f), before + 2);
	entry_is(f, before + 1, MERIT_OP_FORFEIT, "c1");
	must(f, fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'q','reason':'r','call':{'method':'member.opening','params':{'member':'m2',"
	                     "'campaign':'c1','points':5,'reference':'r'}}"));
	must(f, fixture_call(f, "fin", "proposal.approve", "'proposal':'q'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 5);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(why_an_opening_was_refused_is_told),
		cmocka_unit_test(tiers_have_an_order_of_points_not_of_names),
		cmocka_unit_test(a_tier_is_earned_year_by_year),
		cmocka_unit_test(a_given_tier_stays_until_it_is_taken),
		cmocka_unit_test(what_was_earned_counts_in_its_own_year),
		cmocka_unit_test(tags_are_put_on_and_taken_off),
		cmocka_unit_test(a_frozen_member_neither_earns_nor_orders),
		cmocka_unit_test(a_frozen_members_points_expire),
		cmocka_unit_test(a_member_with_something_under_way_is_busy),
		cmocka_unit_test(an_award_under_way_keeps_a_member_open),
		cmocka_unit_test(what_a_closed_member_had_dies_at_once_sponsor_by_sponsor),
		cmocka_unit_test(closing_with_nothing_left_is_one_entry),
		cmocka_unit_test(many_lots_are_forfeited_in_parts),
		cmocka_unit_test(a_refund_to_a_closed_member_dies_at_once),
		cmocka_unit_test(a_closed_members_debt_stays),
		cmocka_unit_test(a_group_that_closes_is_followed_by_what_it_left),
		cmocka_unit_test(a_group_that_fails_closes_nobody),
		cmocka_unit_test(an_opening_balance_is_given_once),
		cmocka_unit_test(an_opening_balance_pays_down_debt_first),
		cmocka_unit_test(what_ends_a_member_may_be_proposed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
