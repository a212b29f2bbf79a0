/* earn_limit_test.c
 * Goal    a rule pays what its multipliers make of the points and what its caps and quotas leave of them, to the point;
 *         counts go by the day it occurred, in the program's offset, whatever the day is now.
 * Method  stories in the fixture's world, in which the 15th of February 2027 has come and what happened may be told
 *         years later; event "e" of campaign y (2026 to 2031, a point is worth a fen) has the rule of the story. */
#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/verify.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

static void patient(struct merit_ledger_birth *birth)
{
	birth->late_days = 2000;
}

static void in_china(struct merit_ledger_birth *birth)
{
	birth->late_days = 2000;
	birth->offset_minutes = 480;
}

/* "2026-02-01" is its first millisecond in UTC. */
static int64_t day_ms(const char *day)
{
	int32_t days;

	assert_true(merit_day_parse(day, strlen(day), &days));
	return days * FIXTURE_DAY_MS;
}

static void campaign_add(struct fixture *f, const char *name, const char *sponsor, const char *currency, int minor,
                         int points)
{
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'%s','sponsor':'%s','starts':'2026-01-01','ends':'2031-12-31','currency':'%s',"
	                     "'value_minor':%d,'value_points':%d,'contract':'sponsor','months':0,'round':'none',"
	                     "'from':'occurred'",
	                     name, sponsor, currency, minor, points));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':1000000", name));
}

/* The next version of e's rule in a campaign: up to 1000 points, and what rest says. */
static void rule_in(struct fixture *f, const char *campaign, const char *rest)
{
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'e','maximum':1000,'evidence':'none'%s", campaign, rest));
}

static struct fixture *world_with(void (*change)(struct merit_ledger_birth *birth), const char *rest)
{
	struct fixture *f = fixture_new_with(change);

	fixture_world(f);
	fixture_member(f, "m2");
	campaign_add(f, "y", "acme", "CNY", 1, 1);
	rule_in(f, "y", rest);
	fixture_advance(f, day_ms("2027-02-15") - f->now_ms);
	return f;
}

static struct fixture *world(const char *rest)
{
	return world_with(patient, rest);
}

/* An earn in a campaign, for a reference of its own where none is given. */
static enum merit_status earn_in(struct fixture *f, const char *campaign, const char *member, const char *reference,
                                 int64_t occurred_ms, int64_t points)
{
	char own[16];

	snprintf(own, sizeof(own), "own%u", f->ids);
	return fixture_call(f, "svc", "earn",
	                    "'member':'%s','campaign':'%s','event':'e','reference':'%s','occurred':%" PRId64
	                    ",'points':%" PRId64,
	                    member, campaign, reference == NULL ? own : reference, occurred_ms, points);
}

static enum merit_status earn(struct fixture *f, const char *day, int64_t points)
{
	return earn_in(f, "y", "m1", NULL, day_ms(day), points);
}

/* The last answer is a refusal for these reasons and no others. */
static void why_is(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void why_is(struct fixture *f, const char *format, ...)
{
	char want[128] = "\"why\":{";
	size_t before = strlen(want);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(want + before, sizeof(want) - before - 1, format, arguments);
	va_end(arguments);
	for (char *byte = want; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	strcat(want, "}");
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("no %s in %s", want, f->reply.data);
}

/* ---- Caps and quotas of a member ---- */

/* The first day of a period, its last one, and the first of the next. */
static const struct {
	const char *period, *first, *last, *next;
} periods[] = {
	{ "day", "2026-03-31", "2026-03-31", "2026-04-01" },
	{ "month", "2026-12-01", "2026-12-31", "2027-01-01" },
	{ "year", "2026-01-01", "2026-12-31", "2027-01-01" },
	{ "lifetime", "2026-01-01", "2027-02-15", NULL },
};

#define PERIODS_COUNT (sizeof(periods) / sizeof(periods[0]))

static void a_cap_pays_its_last_point_and_not_one_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < PERIODS_COUNT; i++) {
		char rest[64];
		snprintf(rest, sizeof(rest), ",'cap_%s':100", periods[i].period);
		struct fixture *f = world(rest);
		must(f, earn(f, periods[i].first, 60));
		assert_int_equal(earn(f, periods[i].last, 41), MERIT_CAP_REACHED);
		why_is(f, "'rule':1,'cap_%s':100,'left':40", periods[i].period);
		must(f, earn(f, periods[i].last, 40));
		assert_int_equal(earn(f, periods[i].first, 1), MERIT_CAP_REACHED);
		why_is(f, "'rule':1,'cap_%s':100,'left':0", periods[i].period);
		if (periods[i].next != NULL)
			must(f, earn(f, periods[i].next, 100));
		must(f, earn_in(f, "y", "m2", NULL, day_ms(periods[i].first), 100)); /* each member has its own */
		world_free(f);
	}
}

static void a_quota_makes_its_last_award_and_not_one_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < PERIODS_COUNT; i++) {
		char rest[64];
		snprintf(rest, sizeof(rest), ",'quota_%s':2", periods[i].period);
		struct fixture *f = world(rest);
		must(f, earn(f, periods[i].first, 1000));
		must(f, earn(f, periods[i].last, 1));
		assert_int_equal(earn(f, periods[i].last, 1), MERIT_QUOTA_REACHED);
		why_is(f, "'rule':1,'quota_%s':2,'left':0", periods[i].period);
		if (periods[i].next != NULL)
			must(f, earn(f, periods[i].next, 1));
		must(f, earn_in(f, "y", "m2", NULL, day_ms(periods[i].first), 1));
		world_free(f);
	}
}

/* Midnight of New Year in China is 16:00 in UTC: a day, a month and a year end there. */
static void periods_end_at_midnight_of_the_programs_offset(void **state)
{
	int64_t midnight_ms = day_ms("2026-12-31") + 16 * 3600000LL;

	(void)state;
	for (size_t i = 0; i < PERIODS_COUNT && periods[i].next != NULL; i++) {
		char rest[64];
		snprintf(rest, sizeof(rest), ",'cap_%s':10", periods[i].period);
		struct fixture *f = world_with(in_china, rest);
		must(f, earn_in(f, "y", "m1", NULL, midnight_ms - 1, 10));
		must(f, earn_in(f, "y", "m1", NULL, midnight_ms, 10));
		assert_int_equal(earn_in(f, "y", "m1", NULL, midnight_ms - 1, 1), MERIT_CAP_REACHED);
		assert_int_equal(earn_in(f, "y", "m1", NULL, midnight_ms, 1), MERIT_CAP_REACHED);
		world_free(f);
	}
}

static void a_clip_pays_what_the_tightest_cap_leaves(void **state)
{
	struct fixture *f = world(",'cap_day':50,'cap_month':70,'clip':true");

	(void)state;
	must(f, earn(f, "2026-03-01", 60));
	assert_int_equal(fixture_integer(f, "paid"), 50);
	assert_int_equal(fixture_integer(f, "asked"), 60);
	assert_int_equal(earn(f, "2026-03-01", 1), MERIT_CAP_REACHED); /* a clip to 0 pays nothing */
	why_is(f, "'rule':1,'cap_day':50,'left':0");
	must(f, earn(f, "2026-03-02", 60));
	assert_int_equal(fixture_integer(f, "paid"), 20);
	assert_int_equal(earn(f, "2026-03-02", 60), MERIT_CAP_REACHED);
	why_is(f, "'rule':1,'cap_month':70,'left':0");
	must(f, earn(f, "2026-04-01", 50));
	assert_null(strstr(f->reply.data, "asked")); /* nothing was clipped */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 120);
	world_free(f);
}

static void of_two_limits_the_upper_one_is_named(void **state)
{
	struct fixture *f = world(",'cap_day':10,'cap_year':10,'quota_day':1,'quota_year':1,'quota_reference':1,"
	                          "'quota_event':1");

	(void)state;
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':10"));
	must(f, earn_in(f, "y", "m1", "r", f->now_ms, 10));
	assert_int_equal(earn_in(f, "y", "m1", "r2", f->now_ms, 1), MERIT_CAP_REACHED);
	why_is(f, "'rule':1,'cap_day':10,'left':0");
	rule_in(f, "y", ",'quota_day':1,'quota_year':1,'quota_reference':1,'quota_event':1");
	assert_int_equal(earn_in(f, "y", "m1", "r2", f->now_ms, 1), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':2,'quota_day':1,'left':0");
	rule_in(f, "y", ",'quota_reference':1,'quota_event':1");
	assert_int_equal(earn_in(f, "y", "m2", "r", f->now_ms, 1), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':3,'quota_reference':1,'left':0");
	assert_int_equal(earn_in(f, "y", "m1", "r2", f->now_ms, 1), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':3,'quota_event':1,'left':0");
	rule_in(f, "y", "");
	assert_int_equal(earn_in(f, "y", "m1", "r2", f->now_ms, 1), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':10,'left':0");
	world_free(f);
}

/* ---- What counts ---- */

static void a_limit_counts_from_the_version_that_first_sets_it(void **state)
{
	struct fixture *f = world("");

	(void)state;
	must(f, earn(f, "2026-03-01", 1000));
	rule_in(f, "y", ",'cap_lifetime':60");
	must(f, earn(f, "2026-03-01", 60));
	assert_int_equal(fixture_integer(f, "rule"), 2);
	assert_int_equal(earn(f, "2026-03-01", 1), MERIT_CAP_REACHED);
	why_is(f, "'rule':2,'cap_lifetime':60,'left':0");
	rule_in(f, "y", ""); /* no limit, but what is paid goes on being counted */
	must(f, earn(f, "2026-03-01", 5));
	rule_in(f, "y", ",'cap_lifetime':70,'clip':true");
	must(f, earn(f, "2026-03-01", 50));
	assert_int_equal(fixture_integer(f, "rule"), 4);
	assert_int_equal(fixture_integer(f, "paid"), 5);
	rule_in(f, "y", ",'cap_lifetime':20"); /* less than was paid */
	assert_int_equal(earn(f, "2026-03-01", 1), MERIT_CAP_REACHED);
	why_is(f, "'rule':5,'cap_lifetime':20,'left':0");
	world_free(f);
}

static void a_refusal_counts_nothing_and_a_reversal_gives_nothing_back(void **state)
{
	struct fixture *f = world(",'cap_day':100,'quota_lifetime':3,'quota_event':3");

	(void)state;
	assert_int_equal(earn(f, "2026-03-01", 101), MERIT_CAP_REACHED);
	must(f, earn(f, "2026-03-01", 70));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'wrong'", fixture_integer(f, "seq")));
	assert_int_equal(earn(f, "2026-03-01", 31), MERIT_CAP_REACHED);
	why_is(f, "'rule':1,'cap_day':100,'left':30");
	must(f, earn(f, "2026-03-01", 30));
	must(f, earn(f, "2026-03-02", 30));
	assert_int_equal(earn(f, "2026-03-03", 30), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':1,'quota_lifetime':3,'left':0");
	world_free(f);
}

static void awards_that_wait_count_too(void **state)
{
	struct fixture *f = world(",'cap_day':100,'review':true");

	(void)state;
	must(f, earn(f, "2026-03-01", 60));
	assert_string_equal(fixture_text(f, "state"), "review");
	assert_int_equal(earn(f, "2026-03-01", 41), MERIT_CAP_REACHED);
	why_is(f, "'rule':1,'cap_day':100,'left':40");
	world_free(f);
}

static void other_events_and_campaigns_have_their_own_counts(void **state)
{
	struct fixture *f = world(",'cap_day':100,'quota_event':1");

	(void)state;
	must(f, earn(f, "2026-03-01", 100));
	campaign_add(f, "z", "acme", "CNY", 1, 1);
	rule_in(f, "z", ",'cap_day':100,'quota_event':1");
	must(f, earn_in(f, "z", "m1", NULL, day_ms("2026-03-01"), 100));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y','event':'f','points':100,'evidence':'none','cap_day':100"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'y','event':'f','reference':'r','occurred':%" PRId64,
	                     day_ms("2026-03-01")));
	world_free(f);
}

static void members_share_the_quotas_of_a_reference_and_of_the_event(void **state)
{
	struct fixture *f = world(",'quota_reference':2,'quota_event':3");

	(void)state;
	fixture_member(f, "m3");
	must(f, earn_in(f, "y", "m1", "talk", day_ms("2026-03-01"), 1));
	must(f, earn_in(f, "y", "m2", "talk", day_ms("2026-05-01"), 1));
	assert_int_equal(earn_in(f, "y", "m3", "talk", day_ms("2027-01-01"), 1), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':1,'quota_reference':2,'left':0");
	must(f, earn_in(f, "y", "m3", "other", day_ms("2027-01-01"), 1));
	assert_int_equal(earn_in(f, "y", "m1", "third", day_ms("2027-01-01"), 1), MERIT_QUOTA_REACHED);
	why_is(f, "'rule':1,'quota_event':3,'left':0");
	world_free(f);
}

/* ---- Multipliers ---- */

static void tag(struct fixture *f, const char *name, bool on)
{
	must(f, fixture_call(f, "ops", "member.tag", "'member':'m1','tag':'%s','on':%s", name, on ? "true" : "false"));
}

static void the_highest_multiplier_applies_and_is_rounded_down_once(void **state)
{
	static const struct {
		const char *name, *tags[2];
		int64_t points, paid, multiplier; /* 0: none is told */
		enum merit_status want;
	} rows[] = {
		{ "none applies", { NULL, NULL }, 7, 7, 0, MERIT_OK },
		{ "another tag", { "other", NULL }, 7, 7, 0, MERIT_OK },
		{ "half, rounded down", { "half", NULL }, 7, 3, 5000, MERIT_OK },
		{ "half of a point", { "half", NULL }, 1, 0, 5000, MERIT_ZERO_AMOUNT },
		{ "half of two", { "half", NULL }, 2, 1, 5000, MERIT_OK },
		{ "one and a half times", { "more", NULL }, 7, 10, 15000, MERIT_OK },
		{ "of two the higher", { "more", "half" }, 7, 10, 15000, MERIT_OK },
		{ "whatever their order", { "half", "most" }, 7, 17, 25001, MERIT_OK },
		{ "just once", { "once", NULL }, 7, 7, 0, MERIT_OK },
		{ "once beats half", { "once", "half" }, 7, 7, 0, MERIT_OK },
		{ "the maximum is the caller's", { "most", NULL }, 1000, 2500, 25001, MERIT_OK },
		{ "and not one more", { "half", NULL }, 1001, 0, 0, MERIT_OVER_MAXIMUM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world(",'multipliers':[{'tag':'half','basis_points':5000},"
		                          "{'tag':'more','basis_points':15000},{'tag':'most','basis_points':25001},"
		                          "{'tag':'once','basis_points':10000}]");
		for (size_t j = 0; j < 2 && rows[i].tags[j] != NULL; j++)
			tag(f, rows[i].tags[j], true);
		enum merit_status got = earn(f, "2026-03-01", rows[i].points);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", rows[i].paid);
		assert_true((strstr(f->reply.data, "multiplier") != NULL) == (rows[i].multiplier != 0));
		if (rows[i].multiplier != 0)
			assert_int_equal(fixture_integer(f, "multiplier"), rows[i].multiplier);
		world_free(f);
	}
}

static void caps_count_what_was_multiplied(void **state)
{
	struct fixture *f = world(",'cap_day':20,'clip':true,'multipliers':[{'tag':'twice','basis_points':20000}]");

	(void)state;
	tag(f, "twice", true);
	must(f, earn(f, "2026-03-01", 7));
	must(f, earn(f, "2026-03-01", 7));
	assert_int_equal(fixture_integer(f, "paid"), 6);
	assert_int_equal(fixture_integer(f, "asked"), 14);
	tag(f, "twice", false);
	must(f, earn(f, "2026-03-02", 20));
	assert_null(strstr(f->reply.data, "multiplier"));
	world_free(f);
}

static void a_product_beyond_the_safe_integers_is_refused(void **state)
{
	struct fixture *f = world("");

	(void)state;
	tag(f, "most", true);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y','event':'e','maximum':%lld,'evidence':'none',"
	                     "'multipliers':[{'tag':'most','basis_points':10001}]",
	                     MERIT_AMOUNT_MAX));
	assert_int_equal(earn(f, "2026-03-01", MERIT_AMOUNT_MAX), MERIT_AMOUNT_RANGE);
	why_is(f, "'rule':2,'multiplier':10001");
	assert_int_equal(earn(f, "2026-03-01", 9006298624878504), MERIT_SHORT_BUDGET);
	assert_int_equal(earn(f, "2026-03-01", 9006298624878505), MERIT_AMOUNT_RANGE);
	world_free(f);
}

/* A tier is that of the year in which it occurred, and a multiplier is for exactly that one. */
static void a_tiers_multiplier_goes_by_the_points_of_the_year(void **state)
{
	struct fixture *f = world("");

	(void)state;
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'silver','points':100"));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':500"));
	rule_in(f, "y", ",'multipliers':[{'tier':'silver','basis_points':20000}]");
	must(f, earn(f, "2026-03-01", 99));
	must(f, earn(f, "2026-03-01", 1));
	assert_int_equal(fixture_integer(f, "paid"), 1);
	must(f, earn(f, "2026-01-01", 10)); /* silver now, with the whole year behind and before it */
	assert_int_equal(fixture_integer(f, "paid"), 20);
	must(f, earn(f, "2027-01-01", 10));
	assert_int_equal(fixture_integer(f, "paid"), 10);
	must(f, earn(f, "2026-12-31", 190));
	assert_int_equal(fixture_integer(f, "paid"), 380);
	must(f, earn(f, "2026-12-31", 10)); /* 500: gold, for which there is none */
	assert_int_equal(fixture_integer(f, "paid"), 10);
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1','tier':'silver'"));
	must(f, earn(f, "2027-01-01", 10));
	assert_int_equal(fixture_integer(f, "paid"), 20);
	world_free(f);
}

/* ---- Sponsors' caps ---- */

static void cap(struct fixture *f, const char *sponsor, const char *currency, int64_t minor)
{
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'%s','currency':'%s','cap_minor':%" PRId64, sponsor,
	                     currency, minor));
}

static void a_sponsors_cap_adds_up_what_its_campaigns_points_are_worth(void **state)
{
	struct fixture *f = world("");

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	campaign_add(f, "q", "acme", "CNY", 1, 4); /* four points a fen */
	campaign_add(f, "d", "acme", "USD", 1, 1);
	campaign_add(f, "b", "bolt", "CNY", 1, 1);
	rule_in(f, "q", "");
	rule_in(f, "d", "");
	rule_in(f, "b", "");
	must(f, earn(f, "2026-03-01", 500)); /* before there is a cap */
	cap(f, "acme", "CNY", 10);
	must(f, earn(f, "2026-03-01", 6));
	assert_int_equal(earn_in(f, "q", "m1", NULL, day_ms("2026-12-31"), 19), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':10,'left':4");
	must(f, earn_in(f, "q", "m1", NULL, day_ms("2026-12-31"), 15)); /* 3.75 */
	assert_int_equal(earn(f, "2026-01-01", 1), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':10,'left':0"); /* a quarter is, and a quarter there is */
	must(f, earn_in(f, "q", "m1", NULL, day_ms("2026-01-01"), 1));
	assert_int_equal(earn_in(f, "q", "m1", NULL, day_ms("2026-01-01"), 1), MERIT_SPONSOR_CAP_REACHED);
	must(f, earn(f, "2027-01-01", 10));
	must(f, earn_in(f, "y", "m2", NULL, day_ms("2026-01-01"), 10));
	must(f, earn_in(f, "d", "m1", NULL, day_ms("2026-01-01"), 1000));
	must(f, earn_in(f, "b", "m1", NULL, day_ms("2026-01-01"), 1000));
	world_free(f);
}

static void a_sponsors_cap_clips_where_the_rule_says_so(void **state)
{
	struct fixture *f = world(",'cap_day':30,'clip':true");

	(void)state;
	campaign_add(f, "q", "acme", "CNY", 3, 4); /* four points are three fen */
	rule_in(f, "q", ",'clip':true");
	cap(f, "acme", "CNY", 40);
	must(f, earn(f, "2026-03-01", 35));
	assert_int_equal(fixture_integer(f, "paid"), 30);
	must(f, earn_in(f, "q", "m1", NULL, day_ms("2026-03-01"), 1000));
	assert_int_equal(fixture_integer(f, "paid"),
	                 13); /* 9.75 fen: a quarter is left, and no point is worth so little */
	assert_int_equal(fixture_integer(f, "asked"), 1000);
	assert_int_equal(earn_in(f, "q", "m1", NULL, day_ms("2026-03-01"), 1), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':40,'left':0");
	world_free(f);
}

static void a_cap_that_is_lifted_goes_on_counting(void **state)
{
	struct fixture *f = world("");

	(void)state;
	cap(f, "acme", "CNY", 10);
	cap(f, "acme", "CNY", 0);
	must(f, earn(f, "2026-03-01", 700));
	cap(f, "acme", "CNY", 701);
	must(f, earn(f, "2026-03-01", 1));
	assert_int_equal(earn(f, "2026-03-01", 1), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':701,'left':0");
	cap(f, "acme", "CNY", 5); /* less than was paid */
	assert_int_equal(earn(f, "2026-03-01", 1), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "'sponsor_cap':5,'left':0");
	must(f, fixture_query(f, "ops", "sponsor.get", "'sponsor':'acme'"));
	assert_int_equal(fixture_integer(f, "cap_minor"), 5);
	assert_string_equal(fixture_text(f, "currency"), "CNY");
	assert_int_equal(f->ledger->model.program.sponsor_caps, 1);
	world_free(f);
}

static void many_small_awards_do_not_pass_for_nothing(void **state)
{
	struct fixture *f = world("");

	(void)state;
	campaign_add(f, "q", "acme", "CNY", 1, 10); /* ten points a fen */
	rule_in(f, "q", "");
	cap(f, "acme", "CNY", 1);
	for (int i = 0; i < 2; i++)
		must(f, earn_in(f, "q", "m1", NULL, day_ms("2026-03-01"), 5));
	assert_int_equal(earn_in(f, "q", "m1", NULL, day_ms("2026-03-01"), 1), MERIT_SPONSOR_CAP_REACHED);
	world_free(f);
}

static void worth_is_counted_in_millionths_and_rounded_up(void **state)
{
	static const struct {
		int64_t minor, points, of, want;
	} rows[] = {
		{ 1, 1, 999, 999000000 },
		{ 1, 4, 1, 250000 },
		{ 1, 3, 1, 333334 },
		{ 1, 3, 2, 666667 },
		{ 1, 3, 3, 1000000 },
		{ 5, 1, 2, 10000000 },
		{ 0, 1, 999, 0 },
		{ 1, MERIT_AMOUNT_MAX, 1, 1 },
		{ 1, 1, INT64_MAX / 1000000, INT64_MAX / 1000000 * 1000000 },
		{ 1, 1, INT64_MAX / 1000000 + 1, INT64_MAX },
		{ MERIT_AMOUNT_MAX, 1, MERIT_AMOUNT_MAX, INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_campaign campaign = { .value_minor = rows[i].minor, .value_points = rows[i].points };
		assert_int_equal(merit_award_worth(&campaign, rows[i].of), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cap_pays_its_last_point_and_not_one_more),
		cmocka_unit_test(a_quota_makes_its_last_award_and_not_one_more),
		cmocka_unit_test(periods_end_at_midnight_of_the_programs_offset),
		cmocka_unit_test(a_clip_pays_what_the_tightest_cap_leaves),
		cmocka_unit_test(of_two_limits_the_upper_one_is_named),
		cmocka_unit_test(a_limit_counts_from_the_version_that_first_sets_it),
		cmocka_unit_test(a_refusal_counts_nothing_and_a_reversal_gives_nothing_back),
		cmocka_unit_test(awards_that_wait_count_too),
		cmocka_unit_test(other_events_and_campaigns_have_their_own_counts),
		cmocka_unit_test(members_share_the_quotas_of_a_reference_and_of_the_event),
		cmocka_unit_test(the_highest_multiplier_applies_and_is_rounded_down_once),
		cmocka_unit_test(caps_count_what_was_multiplied),
		cmocka_unit_test(a_product_beyond_the_safe_integers_is_refused),
		cmocka_unit_test(a_tiers_multiplier_goes_by_the_points_of_the_year),
		cmocka_unit_test(a_sponsors_cap_adds_up_what_its_campaigns_points_are_worth),
		cmocka_unit_test(a_sponsors_cap_clips_where_the_rule_says_so),
		cmocka_unit_test(a_cap_that_is_lifted_goes_on_counting),
		cmocka_unit_test(many_small_awards_do_not_pass_for_nothing),
		cmocka_unit_test(worth_is_counted_in_millionths_and_rounded_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
