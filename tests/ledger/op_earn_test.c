/* op_earn_test.c
 * Goal    a member is paid once for what happened, by the rules of its day; what is taken back is taken where it may be;
 *         and points die when their day is over.
 * Method  stories in the fixture's world; campaigns of other terms are added where a story needs them. */
#include "ledger/calendar.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define HOUR_MS 3600000LL

/* A thousand of its points are a fen: all points there may be are worth what money there may be. */
static void campaign_add(struct fixture *f, const char *name, const char *contract, int months, const char *round,
                         const char *from)
{
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1000,'contract':'%s','months':%d,'round':'%s','from':'%s'",
	                  name, contract, months, round, from));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'gift','maximum':1000,'evidence':'none'", name));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':100000", name));
}

static enum merit_status earn(struct fixture *f, const char *campaign, const char *reference, int64_t occurred_ms,
                              int64_t points)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'%s','event':'gift','reference':'%s','occurred':%" PRId64
	                    ",'points':%" PRId64,
	                    campaign, reference, occurred_ms, points);
}

static enum merit_status reverse(struct fixture *f, int64_t seq)
{
	return fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'wrong'", seq);
}

static int64_t day_ms(const char *day)
{
	int32_t days;

	assert_true(merit_day_parse(day, strlen(day), &days));
	return days * FIXTURE_DAY_MS;
}

/* ---- earn ---- */

#define EARN(member, campaign, event, rest) "'member':'" member "','campaign':'" campaign "','event':'" event "'," rest
#define NOW                                 "'occurred':1767225600000"
#define HASH                                "0000000000000000000000000000000000000000000000000000000000000000"

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "nothing for nobody", "svc", "earn", EARN("x", "x", "x", NOW ",'reference':'r','points':0"),
		  MERIT_ZERO_AMOUNT },
		{ "less than nothing", "svc", "earn", EARN("x", "x", "x", NOW ",'reference':'r','points':-1"),
		  MERIT_NEGATIVE_AMOUNT },
		{ "nobody", "svc", "earn", EARN("x", "x", "x", NOW ",'reference':'r'"), MERIT_MEMBER_UNKNOWN },
		{ "a party that is no member", "svc", "earn", EARN("shop", "x", "x", NOW ",'reference':'r'"),
		  MERIT_MEMBER_UNKNOWN },
		{ "no campaign", "svc", "earn", EARN("m1", "x", "x", NOW ",'reference':'r'"), MERIT_CAMPAIGN_UNKNOWN },
		{ "no rule", "svc", "earn", EARN("m1", "c1", "x", "'occurred':0,'reference':'r'"), MERIT_NO_RULE },
		{ "before the window", "svc", "earn",
		  EARN("m1", "c1", "course", "'occurred':1767225599999,'reference':'r','points':5"),
		  MERIT_OUTSIDE_WINDOW },
		{ "behind it, and in future", "svc", "earn",
		  EARN("m1", "c1", "course", "'occurred':1798761600000,'reference':'r','points':5"),
		  MERIT_OUTSIDE_WINDOW },
		{ "in future", "svc", "earn",
		  EARN("m1", "c1", "course", "'occurred':1767225600001,'reference':'r','points':5"), MERIT_IN_FUTURE },
		{ "other points than the fixed", "svc", "earn",
		  EARN("m1", "c1", "course", NOW ",'reference':'r','points':5"), MERIT_POINTS_FIXED },
		{ "points left out", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r'"),
		  MERIT_POINTS_MISSING },
		{ "one over the maximum", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r','points':1001"),
		  MERIT_OVER_MAXIMUM },
		{ "its own doing", "svc", "earn",
		  EARN("m1", "c1", "gift", NOW ",'reference':'r','points':1,'actor':'m1'"), MERIT_ACTOR_IS_MEMBER },
		{ "the maximum", "svc", "earn",
		  EARN("m1", "c1", "gift", NOW ",'reference':'r','points':1000,'actor':'m2'"), MERIT_OK },
		{ "again", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r','points':1,'actor':'m1'"),
		  MERIT_ALREADY_EARNED },
		{ "as another event", "svc", "earn", EARN("m1", "c1", "course", NOW ",'reference':'r','points':100"),
		  MERIT_OK },
		{ "a rule that wants evidence", "ops", "campaign.rule",
		  "'campaign':'c1','event':'case','points':7,'evidence':'unique'", MERIT_OK },
		{ "none", "svc", "earn", EARN("m1", "c1", "case", NOW ",'reference':'r'"), MERIT_EVIDENCE_MISSING },
		{ "evidence", "svc", "earn", EARN("m1", "c1", "case", NOW ",'reference':'r','evidence':'" HASH "'"),
		  MERIT_OK },
		{ "the same evidence and reference", "svc", "earn",
		  EARN("m1", "c1", "case", NOW ",'reference':'r','evidence':'" HASH "'"), MERIT_EVIDENCE_USED },
		{ "the same evidence", "svc", "earn",
		  EARN("m1", "c1", "case", NOW ",'reference':'r2','evidence':'" HASH "'"), MERIT_EVIDENCE_USED },
		{ "evidence in capitals", "svc", "earn",
		  EARN("m1", "c1", "case",
		       NOW ",'reference':'r2','evidence':'"
		           "000000000000000000000000000000000000000000000000000000000000000A'"),
		  MERIT_BAD_PARAMS },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 1107);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000 - 1107);
	fixture_free(f);
}

/* What the rule refuses it refuses in its name. */
static void why_has(struct fixture *f, const char *want)
{
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("no %s in %s", want, f->reply.data);
}

static void a_refusal_by_the_rule_names_its_version_and_number(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'gift','maximum':10,'evidence':'required','minimum':20"));
	static const struct step steps[] = {
		{ "points for the caller to name", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r'"),
		  MERIT_POINTS_MISSING },
		{ "too many of them, too little watched", "svc", "earn",
		  EARN("m1", "c1", "gift", NOW ",'reference':'r','points':11,'quantity':19"), MERIT_OVER_MAXIMUM },
		{ "too little watched, no evidence", "svc", "earn",
		  EARN("m1", "c1", "gift", NOW ",'reference':'r','points':10,'quantity':19"), MERIT_BELOW_MINIMUM },
		{ "nothing said of it", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r','points':10"),
		  MERIT_BELOW_MINIMUM },
		{ "no evidence", "svc", "earn",
		  EARN("m1", "c1", "gift", NOW ",'reference':'r','points':10,'quantity':20"), MERIT_EVIDENCE_MISSING },
		{ "other points than the fixed", "svc", "earn",
		  EARN("m1", "c1", "course", NOW ",'reference':'r','points':10"), MERIT_POINTS_FIXED },
	};
	static const char *const whys[] = {
		"\"why\":{\"rule\":2}",
		"\"why\":{\"rule\":2,\"maximum\":10}",
		"\"why\":{\"rule\":2,\"minimum\":20,\"quantity\":19}",
		"\"why\":{\"rule\":2,\"minimum\":20}",
		"\"why\":{\"rule\":2}",
		"\"why\":{\"rule\":1,\"points\":100}",
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps_run(f, &steps[i], 1);
		why_has(f, whys[i]);
	}
	must(f, fixture_call(f, "svc", "earn",
	                     EARN("m1", "c1", "gift", NOW ",'reference':'r','points':10,'quantity':20,'evidence':'%s'"),
	                     HASH));
	fixture_free(f);
}

static void who_is_frozen_or_closed_earns_nothing(void **state)
{
	static const struct step steps[] = {
		{ "freeze", "ops", "member.freeze", "'member':'m1','reason':'doubts'", MERIT_OK },
		{ "no such campaign", "svc", "earn", EARN("m1", "x", "gift", NOW ",'reference':'r','points':1"),
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "frozen, and no rule", "svc", "earn", EARN("m1", "c1", "x", NOW ",'reference':'r','points':1"),
		  MERIT_MEMBER_FROZEN },
		{ "unfreeze", "ops", "member.unfreeze", "'member':'m1','reason':'cleared'", MERIT_OK },
		{ "earns again", "svc", "earn", EARN("m1", "c1", "gift", NOW ",'reference':'r','points':1"), MERIT_OK },
		{ "freeze again", "ops", "member.freeze", "'member':'m1','reason':'doubts'", MERIT_OK },
		{ "close", "ops", "member.close", "'member':'m1','reason':'gone'", MERIT_OK },
		{ "closed and frozen", "svc", "earn", EARN("m1", "c1", "x", NOW ",'reference':'r2','points':1"),
		  MERIT_MEMBER_CLOSED },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	fixture_free(f);
}

static void what_is_for_disclosure_is_kept_in_the_entry(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_entry entry;

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "svc", "earn",
	                     EARN("m1", "c1", "gift",
	                          NOW ",'reference':'r','points':1,'quantity':0,'product':'P',"
	                              "'nature':'N','form':'F','income':'I'")));
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_true(merit_text_equal(entry.values[EARN_PRODUCT].text, MERIT_TEXT("P")));
	assert_true(merit_text_equal(entry.values[EARN_NATURE].text, MERIT_TEXT("N")));
	assert_true(merit_text_equal(entry.values[EARN_FORM].text, MERIT_TEXT("F")));
	assert_true(merit_text_equal(entry.values[EARN_INCOME].text, MERIT_TEXT("I")));
	assert_true(entry.values[EARN_QUANTITY].present);
	fixture_free(f);
}

static void a_budget_pays_its_last_point_and_not_one_more(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'all','maximum':200000,'evidence':'none'"));
	static const struct step steps[] = {
		{ "one too many", "svc", "earn", EARN("m1", "c1", "all", NOW ",'reference':'r','points':100001"),
		  MERIT_SHORT_BUDGET },
		{ "all", "svc", "earn", EARN("m1", "c1", "all", NOW ",'reference':'r','points':100000"), MERIT_OK },
		{ "one more", "svc", "earn", EARN("m1", "c1", "all", NOW ",'reference':'r2','points':1"),
		  MERIT_SHORT_BUDGET },
	};
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 0);
	fixture_free(f);
}

static void a_refused_earn_leaves_reference_and_evidence_free(void **state)
{
	static const struct step steps[] = {
		{ "a rule", "ops", "campaign.rule",
		  "'campaign':'c1','event':'big','maximum':200000,'evidence':'unique'", MERIT_OK },
		{ "too much", "svc", "earn",
		  EARN("m1", "c1", "big", NOW ",'reference':'r','points':100001,'evidence':'" HASH "'"),
		  MERIT_SHORT_BUDGET },
		{ "less", "svc", "earn",
		  EARN("m1", "c1", "big", NOW ",'reference':'r','points':5,'evidence':'" HASH "'"), MERIT_OK },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	fixture_free(f);
}

/* ---- Days ---- */

static void in_china(struct merit_ledger_birth *birth)
{
	birth->offset_minutes = 480;
	birth->time_ms = FIXTURE_BIRTH_MS + 12 * HOUR_MS;
}

static void the_window_and_the_late_limit_follow_the_programs_days(void **state)
{
	struct fixture *f = fixture_new_with(in_china);

	(void)state;
	fixture_world(f);
	assert_int_equal(earn(f, "c1", "r1", FIXTURE_BIRTH_MS - 8 * HOUR_MS - 1, 1), MERIT_OUTSIDE_WINDOW);
	must(f, earn(f, "c1", "r1", FIXTURE_BIRTH_MS - 8 * HOUR_MS, 1)); /* midnight of New Year in China */
	assert_string_equal(fixture_text(f, "day"), "2026-01-01");
	/* The last millisecond of 2 March in China; 31 and 30 days before its day are 30 and 31 January. */
	fixture_advance(f, day_ms("2026-03-02") + 16 * HOUR_MS - 1 - f->now_ms);
	assert_int_equal(earn(f, "c1", "r2", day_ms("2026-01-30") + 16 * HOUR_MS - 1, 1), MERIT_TOO_LATE);
	assert_int_equal(fixture_integer(f, "late_days"), 30);
	must(f, earn(f, "c1", "r2b", day_ms("2026-01-30") + 16 * HOUR_MS, 1));
	assert_string_equal(fixture_text(f, "day"), "2026-01-31");
	/* The window's last day ends at 16:00 UTC. */
	fixture_advance(f, day_ms("2027-01-02") - f->now_ms);
	must(f, earn(f, "c1", "r3", day_ms("2026-12-31") + 16 * HOUR_MS - 1, 1));
	assert_int_equal(earn(f, "c1", "r4", day_ms("2026-12-31") + 16 * HOUR_MS, 1), MERIT_OUTSIDE_WINDOW);
	fixture_free(f);
}

static void last_days_are_counted_in_months_and_rounded_up(void **state)
{
	static const struct {
		const char *name;
		int months;
		const char *round, *from, *occurred, *now, *want;
	} rows[] = {
		{ "a month", 1, "none", "occurred", "2026-01-15", "2026-01-15", "2026-02-15" },
		{ "31 January and a month", 1, "none", "occurred", "2026-01-31", "2026-01-31", "2026-02-28" },
		{ "into a leap year", 25, "none", "occurred", "2026-01-31", "2026-01-31", "2028-02-29" },
		{ "from a leap day", 12, "none", "occurred", "2028-02-29", "2028-02-29", "2029-02-28" },
		{ "to the month's end", 1, "month", "occurred", "2026-01-15", "2026-01-15", "2026-02-28" },
		{ "to the quarter's end", 1, "quarter", "occurred", "2026-03-31", "2026-03-31", "2026-06-30" },
		{ "to the year's end", 12, "year", "occurred", "2026-01-01", "2026-01-01", "2027-12-31" },
		{ "from its arrival", 1, "none", "available", "2026-01-05", "2026-01-25", "2026-02-25" },
		{ "from its occurrence", 1, "none", "occurred", "2026-01-05", "2026-01-25", "2026-02-05" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = fixture_new();
		fixture_world(f);
		campaign_add(f, "c2", "sponsor", rows[i].months, rows[i].round, rows[i].from);
		fixture_advance(f, day_ms(rows[i].now) - f->now_ms);
		enum merit_status status = earn(f, "c2", "r", day_ms(rows[i].occurred), 1);
		if (status != MERIT_OK || strcmp(fixture_text(f, "last_day"), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		fixture_free(f);
	}
}

static void points_of_no_months_live_for_ever(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 0, "none", "occurred");
	must(f, earn(f, "c2", "r", f->now_ms, 5));
	assert_null(strstr(f->reply.data, "last_day"));
	fixture_advance(f, 3000 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 5);
	fixture_free(f);
}

static void patient(struct merit_ledger_birth *birth)
{
	birth->late_days = 100;
}

static void a_lot_that_would_be_dead_on_arrival_is_refused(void **state)
{
	struct fixture *f = fixture_new_with(patient);

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 1, "none", "occurred");
	fixture_advance(f, day_ms("2026-02-15") + FIXTURE_DAY_MS - 1 - f->now_ms); /* the last moment of 15 February */
	assert_int_equal(earn(f, "c2", "r1", day_ms("2026-01-14"), 5), MERIT_LOT_EXPIRED);
	must(f, earn(f, "c2", "r2", day_ms("2026-01-15"), 5));
	fixture_advance(f, 1);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 + 5);
	fixture_free(f);
}

static void expired_points_go_where_the_contract_says(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_entry entry;

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 1, "none", "occurred");
	campaign_add(f, "c3", "breakage", 1, "none", "occurred");
	must(f, earn(f, "c2", "r", f->now_ms, 5));
	must(f, earn(f, "c3", "r", f->now_ms, 7));
	uint64_t before = fixture_size(f);
	fixture_advance(f, day_ms("2026-02-02") - 1 - f->now_ms);
	assert_int_equal(fixture_size(f), before);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 12);
	fixture_advance(f, 1);
	assert_int_equal(fixture_size(f), before + 1); /* one entry for the member's day */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_EXPIRED, "c2", 0);
	balance_is(f, MERIT_ACCOUNT_EXPIRED, "c3", 7);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -300000 + 5);
	fixture_entry(f, before, &entry);
	assert_int_equal(entry.day,
	                 day_ms("2026-02-01") / FIXTURE_DAY_MS); /* the day that ended, not that of its end */
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("system")));
	fixture_free(f);
}

/* A sponsor is shown its own expiries, so none stands in an entry with another's. */
static void lots_of_two_sponsors_die_in_two_entries(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	fixture_key_add(f, "acme", "k1");
	fixture_key_add(f, "bolt", "k1");
	campaign_add(f, "c2", "breakage", 1, "none", "occurred");
	campaign_add(f, "c3", "breakage", 1, "none", "occurred");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'b1','sponsor':'bolt','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':1,'round':'none','from':"
	                  "'occurred'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'b1','event':'gift','maximum':9,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'b1','points':9"));
	must(f, earn(f, "c2", "r", f->now_ms, 5));
	must(f, earn(f, "b1", "r", f->now_ms, 7));
	must(f, earn(f, "c3", "r", f->now_ms, 6));
	uint64_t before = fixture_size(f);
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + 2);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_query(f, "acme", "entry.get", "'seq':%llu", (unsigned long long)before));
	assert_null(strstr(f->reply.data, "b1"));
	assert_int_equal(fixture_query(f, "bolt", "entry.get", "'seq':%llu", (unsigned long long)before),
	                 MERIT_NOT_FOUND);
	must(f, fixture_query(f, "bolt", "proof.get", "'seq':%llu", (unsigned long long)before + 1));
	fixture_free(f);
}

/* ---- reverse ---- */

static void a_reversal_takes_its_own_lot_then_others_then_makes_a_debt(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 12, "none", "occurred");
	must(f, earn(f, "c1", "old", f->now_ms, 50)); /* an earlier lot of c1 */
	int64_t old = fixture_integer(f, "seq");
	must(f, earn(f, "c2", "other", f->now_ms, 400));
	fixture_advance(f, FIXTURE_DAY_MS);
	must(f, earn(f, "c1", "own", f->now_ms, 100));
	int64_t own = fixture_integer(f, "seq");
	fixture_advance(f, FIXTURE_DAY_MS);
	must(f, earn(f, "c1", "new", f->now_ms, 30));
	/* 450 of 580 go into an order, the earliest first: all of the first day, and nothing else. */
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':45"));
	must(f,
	     fixture_call(f, "svc", "order.place",
	                  "'order':'o1','member':'m1','lines':[{'item':'cup','version':2,'points':45,'quantity':10}]"));
	must(f, reverse(f, own));
	assert_int_equal(fixture_integer(f, "owed"), 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 30);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 450);
	assert_int_equal(reverse(f, own), MERIT_ALREADY_REVERSED);
	/* The old lot is held: 30 come from the other lot of c1, 20 are owed, and c2's are not touched. */
	must(f, reverse(f, old));
	assert_int_equal(fixture_integer(f, "owed"), 20);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 450);
	fixture_free(f);
}

static void what_is_missing_becomes_a_debt_that_only_the_same_campaign_pays_down(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 12, "none", "occurred");
	must(f, earn(f, "c1", "r1", f->now_ms, 90));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_order(f, "o1", "m1", 2)); /* 60 held, and never touched */
	must(f, reverse(f, seq));
	assert_int_equal(fixture_integer(f, "owed"), 60);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 60);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -60);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000);
	must(f, earn(f, "c2", "r2", f->now_ms, 500));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -60);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 500);
	must(f, earn(f, "c1", "r3", f->now_ms, 40));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -20);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 500);
	must(f, earn(f, "c1", "r4", f->now_ms, 50));
	assert_int_equal(fixture_integer(f, "paid"), 50);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 530);
	/* The order's points come back to the member, not to the debt that is paid. */
	must(f, fixture_call(f, "svc", "order.cancel", "'order':'o1'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 590);
	fixture_free(f);
}

static void a_reversal_frees_neither_reference_nor_evidence(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_earn(f, "m1", "r1"));
	must(f, reverse(f, fixture_integer(f, "seq")));
	assert_int_equal(fixture_earn(f, "m1", "r1"), MERIT_ALREADY_EARNED);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	fixture_free(f);
}

static void a_closed_campaigns_points_are_clawed_back_to_its_sponsor(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_earn(f, "m1", "r1"));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	must(f, reverse(f, seq));
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", 0);
	fixture_free(f);
}

/* Points that died and are taken back nevertheless: the debt stands for points that are in two places, so the sponsor
 * may have back more than it granted until the debt is paid down. */
static void a_sponsor_may_hold_what_members_owe_it(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_entry entry;

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'c2','sponsor':'bolt','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':1,'round':'none','from':"
	                  "'occurred'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c2','event':'gift','maximum':90,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':90"));
	must(f, earn(f, "c2", "r", f->now_ms, 90));
	int64_t seq = fixture_integer(f, "seq");
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "bolt", 0);
	must(f, reverse(f, seq));
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c2", 90);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	must(f, earn(f, "c2", "r2", f->now_ms, 30)); /* pays a third of it down */
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c2'"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "bolt", 60);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -60);
	assert_int_equal(merit_model_sponsor(&f->ledger->model, MERIT_TEXT("bolt"))->owed, 60);
	assert_int_equal(f->ledger->model.program.owed, 60);
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_null(merit_floors_fault(&f->ledger->model, &entry));
	fixture_free(f);
}

/* A debt doubles points. Without a bound on both, merchants would be paid beyond the safe integers. */
static void debts_and_grants_together_stay_within_the_safe_integers(void **state)
{
	struct fixture *f = fixture_new();
	int64_t half = MERIT_AMOUNT_MAX / 2; /* twice that is one less than all */

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c1'"));
	campaign_add(f, "c2", "sponsor", 1, "none", "occurred");
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'all','maximum':%lld,'evidence':'none'", MERIT_AMOUNT_MAX));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':%" PRId64, half - 100000 + 1));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'all','reference':'r','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     f->now_ms, half + 1));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':%" PRId64, half + 1));
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':2,'points':%" PRId64
	                     ",'quantity':1}]",
	                     half + 1));
	assert_int_equal(reverse(f, seq), MERIT_AMOUNT_RANGE); /* one too many */
	must(f, fixture_call(f, "svc", "order.cancel", "'order':'o'"));
	must(f, reverse(f, seq)); /* nothing of it is owed now */
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'all','reference':'r2','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     f->now_ms, half));
	seq = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':%" PRId64, half));
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o2','member':'m1','lines':[{'item':'cup','version':3,'points':%" PRId64
	                     ",'quantity':1}]",
	                     half));
	must(f, reverse(f, seq)); /* half granted and one, half owed */
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -half);
	assert_int_equal(fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':1"), MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "left"), 0);
	fixture_free(f);
}

/* A sponsor that has everything back could grant it again, and again. */
static void debts_alone_stay_within_the_safe_integers(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c1'"));
	campaign_add(f, "c2", "sponsor", 1, "none", "occurred");
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':%lld", MERIT_AMOUNT_MAX - 100000));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'all','maximum':%lld,'evidence':'none'", MERIT_AMOUNT_MAX));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'all','reference':'r','occurred':%" PRId64
	                     ",'points':%lld",
	                     f->now_ms, MERIT_AMOUNT_MAX));
	int64_t seq = fixture_integer(f, "seq");
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	must(f, reverse(f, seq));
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c2'"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", MERIT_AMOUNT_MAX);
	campaign_add(f, "c3", "sponsor", 1, "none", "occurred");
	must(f, earn(f, "c3", "r", f->now_ms, 1));
	seq = fixture_integer(f, "seq");
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	assert_int_equal(reverse(f, seq), MERIT_AMOUNT_RANGE);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -MERIT_AMOUNT_MAX);
	fixture_free(f);
}

static void only_an_accepted_earn_can_be_reversed(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	assert_int_equal(reverse(f, 0), MERIT_ENTRY_UNKNOWN);
	assert_int_equal(reverse(f, 1000000), MERIT_ENTRY_UNKNOWN);
	assert_int_equal(reverse(f, (int64_t)fixture_size(f)), MERIT_ENTRY_UNKNOWN); /* itself */
	assert_int_equal(fixture_gift(f, "m1", "r1", 2000), MERIT_OVER_MAXIMUM);
	assert_int_equal(reverse(f, fixture_integer(f, "seq")), MERIT_ENTRY_UNKNOWN);
	assert_int_equal(reverse(f, -1), MERIT_BAD_PARAMS);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_refusal_by_the_rule_names_its_version_and_number),
		cmocka_unit_test(who_is_frozen_or_closed_earns_nothing),
		cmocka_unit_test(what_is_for_disclosure_is_kept_in_the_entry),
		cmocka_unit_test(a_budget_pays_its_last_point_and_not_one_more),
		cmocka_unit_test(a_refused_earn_leaves_reference_and_evidence_free),
		cmocka_unit_test(the_window_and_the_late_limit_follow_the_programs_days),
		cmocka_unit_test(last_days_are_counted_in_months_and_rounded_up),
		cmocka_unit_test(points_of_no_months_live_for_ever),
		cmocka_unit_test(a_lot_that_would_be_dead_on_arrival_is_refused),
		cmocka_unit_test(expired_points_go_where_the_contract_says),
		cmocka_unit_test(lots_of_two_sponsors_die_in_two_entries),
		cmocka_unit_test(a_reversal_takes_its_own_lot_then_others_then_makes_a_debt),
		cmocka_unit_test(what_is_missing_becomes_a_debt_that_only_the_same_campaign_pays_down),
		cmocka_unit_test(a_reversal_frees_neither_reference_nor_evidence),
		cmocka_unit_test(a_closed_campaigns_points_are_clawed_back_to_its_sponsor),
		cmocka_unit_test(a_sponsor_may_hold_what_members_owe_it),
		cmocka_unit_test(debts_and_grants_together_stay_within_the_safe_integers),
		cmocka_unit_test(debts_alone_stay_within_the_safe_integers),
		cmocka_unit_test(only_an_accepted_earn_can_be_reversed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
