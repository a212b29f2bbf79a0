/* disclosure_test.c
 * Goal    a disclosure counts what a member was given, once, on the day it could be used; what was taken back comes
 *         off; small awards count where the year's total says so; shares of a minor unit sum to what all points are
 *         worth.
 * Method  each test adds one thing to a small world; the CSV is compared whole, and with what each member is told. */
#include "tests/ledger/steps.h"
#include "tests/report/disclosed.h"
#include "tests/report/reports.h"

#define HEADINGS "recipient,sponsor,nature,form,currency,awards,points,gross,reversed,net\n"

static struct merit_report_options year(void)
{
	return period_of("2026-01", "2026-12");
}

/* Sponsor acme's campaign c2: three points are worth two fen. Events with a nature, that wait, that mature. */
static struct fixture *world(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2027-12-31','currency':'CNY',"
	                  "'value_minor':2,'value_points':3,'contract':'sponsor','months':0,'round':'none',"
	                  "'from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'talk','maximum':1000,'evidence':'none','nature':'lecture',"
	                     "'form':'points','income':'labour'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'late','points':30,'evidence':'none','delay_days':40,"
	                     "'nature':'study'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'judged','points':60,'evidence':'none','review':true,"
	                     "'nature':'study'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':100000"));
	return f;
}

static void earn(struct fixture *f, const char *member, const char *event, const char *reference, const char *more)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'%s','campaign':'c2','event':'%s','reference':'%s','occurred':%lld%s", member,
	                     event, reference, (long long)f->now_ms, more));
}

/* Whatever happened, members are told the same, row by row. */
static void world_end(struct fixture *f)
{
	disclosed_agree(f);
	fixture_free(f);
}

static void awards_are_summed_by_nature_and_form(void **state)
{
	struct fixture *f = world();

	(void)state;
	fixture_member(f, "m2");
	earn(f, "m1", "talk", "a", ",'points':300");
	earn(f, "m1", "talk", "b", ",'points':150");
	earn(f, "m1", "talk", "c", ",'points':30,'nature':'travel','form':'cash, or so'");
	earn(f, "m2", "talk", "a", ",'points':15");
	report_is(f, "disclosure", year(),
	          HEADINGS "m1,acme,lecture,points,CNY,2,450,3.00,0.00,3.00\n"
	                   "m1,acme,travel,\"cash, or so\",CNY,1,30,0.20,0.00,0.20\n"
	                   "m2,acme,lecture,points,CNY,1,15,0.10,0.00,0.10\n");
	world_end(f);
}

static void another_years_awards_are_not_in_it(void **state)
{
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':300");
	f->now_ms += 365 * FIXTURE_DAY_MS;
	earn(f, "m1", "talk", "b", ",'points':150");
	report_is(f, "disclosure", year(), HEADINGS "m1,acme,lecture,points,CNY,1,300,2.00,0.00,2.00\n");
	report_is(f, "disclosure", period_of("2027-01", "2027-12"),
	          HEADINGS "m1,acme,lecture,points,CNY,1,150,1.00,0.00,1.00\n");
	world_end(f);
}

static void what_waits_counts_once_it_can_be_used(void **state)
{
	struct fixture *f = world();

	(void)state;
	f->now_ms += 340 * FIXTURE_DAY_MS; /* 2026-12-07: it matures in January. */
	earn(f, "m1", "late", "a", "");
	earn(f, "m1", "judged", "b", "");
	uint64_t judged = fixture_size(f) - 1;
	report_is(f, "disclosure", year(), HEADINGS);
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%llu,'decision':'approve','reason':'good'",
	                     (unsigned long long)judged));
	fixture_advance(f, 60 * FIXTURE_DAY_MS);
	report_is(f, "disclosure", year(), HEADINGS "m1,acme,study,,CNY,1,60,0.40,0.00,0.40\n");
	report_is(f, "disclosure", period_of("2027-01", "2027-12"),
	          HEADINGS "m1,acme,study,,CNY,1,30,0.20,0.00,0.20\n");
	world_end(f);
}

/* The nature is the rule's as the earn found it, though it counts, or is taken back, under another. */
static void a_changed_rule_is_for_what_is_earned_behind_it(void **state)
{
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':300");
	earn(f, "m1", "judged", "b", "");
	unsigned long long judged = fixture_size(f) - 1;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'talk','maximum':1000,'evidence':'none','nature':'consulting'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c2','event':'judged','points':90,'evidence':'none','review':true,"
	                     "'nature':'contest'"));
	earn(f, "m1", "talk", "c", ",'points':30");
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%llu,'decision':'approve','reason':'good'", judged));
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", judged - 1));
	report_is(f, "disclosure", year(),
	          HEADINGS "m1,acme,consulting,,CNY,1,30,0.20,0.00,0.20\n"
	                   "m1,acme,lecture,points,CNY,1,0,2.00,2.00,0.00\n"
	                   "m1,acme,study,,CNY,1,60,0.40,0.00,0.40\n");
	world_end(f);
}

static void what_was_rejected_was_never_given(void **state)
{
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "judged", "b", "");
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%llu,'decision':'reject','reason':'bad'",
	                     (unsigned long long)fixture_size(f) - 1));
	earn(f, "m1", "late", "c", "");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'",
	                     (unsigned long long)fixture_size(f) - 1));
	fixture_advance(f, 60 * FIXTURE_DAY_MS);
	report_is(f, "disclosure", year(), HEADINGS);
	world_end(f);
}

static void what_is_taken_back_comes_off_in_its_year(void **state)
{
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':300");
	unsigned long long first = fixture_size(f) - 1;
	earn(f, "m1", "talk", "b", ",'points':150");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", first + 1));
	f->now_ms += 365 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", first));
	report_is(f, "disclosure", year(), HEADINGS "m1,acme,lecture,points,CNY,2,300,3.00,1.00,2.00\n");
	report_is(f, "disclosure", period_of("2027-01", "2027-12"),
	          HEADINGS "m1,acme,lecture,points,CNY,0,-300,0.00,2.00,-2.00\n");
	world_end(f);
}

/* One point is two thirds of a fen: 0.67 rounds to 1, 1.33 to 1, 2 is 2. */
static void shares_of_a_minor_unit_sum_to_the_whole(void **state)
{
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':1");
	earn(f, "m1", "talk", "b", ",'points':1,'nature':'meal'");
	earn(f, "m1", "talk", "c", ",'points':1,'nature':'travel'");
	report_is(f, "disclosure", year(),
	          HEADINGS "m1,acme,lecture,points,CNY,1,1,0.01,0.00,0.01\n"
	                   "m1,acme,meal,points,CNY,1,1,0.00,0.00,0.00\n"
	                   "m1,acme,travel,points,CNY,1,1,0.01,0.00,0.01\n");
	world_end(f);
}

static void both_sides_of_a_referral_are_given_something(void **state)
{
	struct fixture *f = world();

	(void)state;
	fixture_member(f, "m2");
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c2','event':'talk','referrer_points':150,'referee_points':75"));
	must(f, fixture_call(f, "svc", "referral.record", "'referrer':'m1','referee':'m2','campaign':'c2'"));
	earn(f, "m2", "talk", "a", ",'points':300");
	report_is(f, "disclosure", year(),
	          HEADINGS "m1,acme,,,CNY,1,150,1.00,0.00,1.00\nm2,acme,,,CNY,1,75,0.50,0.00,0.50\n"
	                   "m2,acme,lecture,points,CNY,1,300,2.00,0.00,2.00\n");
	world_end(f);
}

/* Two parties agree on a call; the second is finance. */
static void agree(struct fixture *f, const char *proposal, const char *call)
{
	must(f, fixture_call(f, "ops", "proposal.create", "'proposal':'%s','reason':'r','call':{%s}", proposal, call));
	must(f, fixture_call(f, "fin", "proposal.approve", "'proposal':'%s'", proposal));
}

/* What was spent is owed once it is taken back; written off, it was given after all. */
static void corrections_are_given_too(void **state)
{
	struct fixture *f = world();
	struct merit_report_options options = year();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':300");
	unsigned long long seq = fixture_size(f) - 1;
	agree(f, "p1",
	      "'method':'adjust.points','params':{'member':'m1','campaign':'c2','points':75,'reason':'r',"
	      "'reference':'t'}");
	agree(f, "p2",
	      "'method':'adjust.points','params':{'member':'m1','campaign':'c2','points':-150,'reason':'r',"
	      "'reference':'t'}");
	report_is(f, "disclosure", options,
	          HEADINGS "m1,acme,,,CNY,1,-75,0.50,1.00,-0.50\nm1,acme,lecture,points,CNY,1,300,2.00,0.00,2.00\n");
	options.each_minor = 51; /* The 0.50 given is small; the 1.00 taken is not. */
	options.total_minor = 1000;
	report_is(f, "disclosure", options,
	          HEADINGS "m1,acme,,,CNY,0,-150,0.00,1.00,-1.00\nm1,acme,lecture,points,CNY,1,300,2.00,0.00,2.00\n");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", seq));
	agree(f, "p3",
	      "'method':'adjust.debt','params':{'member':'m1','campaign':'c2','points':75,'reason':'r',"
	      "'reference':'t'}");
	report_is(f, "disclosure", year(),
	          HEADINGS "m1,acme,,,CNY,2,0,1.00,1.00,0.00\nm1,acme,lecture,points,CNY,1,0,2.00,2.00,0.00\n");
	world_end(f);
}

/* Awards below 1.00 count where the year comes to 3.00. */
static void small_awards_count_once_the_years_total_is_reached(void **state)
{
	static const struct {
		int64_t total;
		const char *want;
	} rows[] = {
		{ 260,
		  "m1,acme,lecture,points,CNY,2,345,2.30,0.00,2.30\nm1,acme,meal,points,CNY,1,45,0.30,0.00,0.30\n" },
		{ 261, "m1,acme,lecture,points,CNY,1,300,2.00,0.00,2.00\n" },
	};
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':45");
	earn(f, "m1", "talk", "b", ",'points':45,'nature':'meal'");
	earn(f, "m1", "talk", "c", ",'points':300");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_report_options options = year();
		char want[512];
		options.each_minor = 100;
		options.total_minor = rows[i].total;
		(void)snprintf(want, sizeof(want), "%s%s", HEADINGS, rows[i].want);
		report_is(f, "disclosure", options, want);
	}
	world_end(f);
}

/* Where all but the small is taken back, the year's net is below the total, and the small counts no more. */
static void taking_back_brings_the_years_total_down(void **state)
{
	struct fixture *f = world();
	struct merit_report_options options = year();

	(void)state;
	options.each_minor = 100;
	options.total_minor = 200;
	earn(f, "m1", "talk", "a", ",'points':45");
	earn(f, "m1", "talk", "c", ",'points':300");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'",
	                     (unsigned long long)fixture_size(f) - 1));
	report_is(f, "disclosure", options, HEADINGS "m1,acme,lecture,points,CNY,1,0,2.00,2.00,0.00\n");
	world_end(f);
}

static void thresholds_in_a_currency_are_for_awards_in_it(void **state)
{
	static const struct {
		const char *currency, *want;
	} rows[] = {
		{ "CNY", HEADINGS },
		{ "USD", HEADINGS "m1,acme,lecture,points,CNY,1,45,0.30,0.00,0.30\n" },
	};
	struct fixture *f = world();

	(void)state;
	earn(f, "m1", "talk", "a", ",'points':45");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_report_options options = year();
		options.each_minor = 100;
		options.total_minor = 300;
		options.currency = merit_text_of(rows[i].currency);
		report_is(f, "disclosure", options, rows[i].want);
	}
	world_end(f);
}

static void a_disclosure_is_of_twelve_months(void **state)
{
	static const struct {
		const char *first, *last;
		enum merit_status want;
	} rows[] = {
		{ "2026-01", "2026-12", MERIT_OK },
		{ "2026-04", "2027-03", MERIT_OK },
		{ "2026-01", "2026-11", MERIT_BAD_PARAMS },
		{ "2026-01", "2027-01", MERIT_BAD_PARAMS },
	};
	struct fixture *f = world();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_report_options options = period_of(rows[i].first, rows[i].last);
		struct merit_sheet sheet;
		assert_int_equal(sheet_of(f, "disclosure", &options, &sheet), rows[i].want);
		if (rows[i].want == MERIT_OK)
			merit_sheet_free(&sheet);
	}
	world_end(f);
}

static void thresholds_are_told_as_money(void **state)
{
	struct fixture *f = world();
	struct merit_report_options options = year();
	struct merit_sheet sheet;

	(void)state;
	options.each_minor = 1000;
	options.total_minor = 123456;
	options.currency = MERIT_TEXT("CNY");
	assert_int_equal(sheet_of(f, "disclosure", &options, &sheet), MERIT_OK);
	assert_string_equal(sheet.notes[1], "Awards worth less than 10.00 CNY count only where the year's net from the "
	                                    "sponsor comes to 1,234.56 CNY or more.");
	merit_sheet_free(&sheet);
	world_end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thresholds_are_told_as_money),
		cmocka_unit_test(awards_are_summed_by_nature_and_form),
		cmocka_unit_test(another_years_awards_are_not_in_it),
		cmocka_unit_test(what_waits_counts_once_it_can_be_used),
		cmocka_unit_test(a_changed_rule_is_for_what_is_earned_behind_it),
		cmocka_unit_test(what_was_rejected_was_never_given),
		cmocka_unit_test(what_is_taken_back_comes_off_in_its_year),
		cmocka_unit_test(shares_of_a_minor_unit_sum_to_the_whole),
		cmocka_unit_test(both_sides_of_a_referral_are_given_something),
		cmocka_unit_test(corrections_are_given_too),
		cmocka_unit_test(small_awards_count_once_the_years_total_is_reached),
		cmocka_unit_test(taking_back_brings_the_years_total_down),
		cmocka_unit_test(thresholds_in_a_currency_are_for_awards_in_it),
		cmocka_unit_test(a_disclosure_is_of_twelve_months),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
