/* tax_test.c
 * Goal    who withholds tax reads what each member was given in each month, by class of income, before tax.
 * Method  a small world, one thing a test; the CSV is compared whole. */
#include "tests/ledger/steps.h"
#include "tests/report/reports.h"

#define HEADINGS "month,member,income,currency,awards,gross,reversed,net\n"

/* Points of c1 are a fen each: event gift pays what the caller says, of no class of income but what the earn says. */
static struct fixture *world(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','income':'labour'"));
	return f;
}

static void talk(struct fixture *f, const char *member, const char *reference, int points, const char *more)
{
	must(f,
	     fixture_call(f, "svc", "earn",
	                  "'member':'%s','campaign':'c1','event':'talk','reference':'%s','occurred':%lld,'points':%d%s",
	                  member, reference, (long long)f->now_ms, points, more));
}

static void months_and_classes_stand_apart(void **state)
{
	struct fixture *f = world();

	(void)state;
	fixture_member(f, "m2");
	talk(f, "m2", "a", 100, "");
	talk(f, "m1", "a", 100, "");
	talk(f, "m1", "b", 50, "");
	talk(f, "m1", "c", 7, ",'income':'prize'");
	f->now_ms += 31 * FIXTURE_DAY_MS;
	talk(f, "m1", "d", 3, "");
	must(f, fixture_gift(f, "m1", "e", 5));
	report_is(f, "tax", period_of("2026-01", "2026-12"),
	          HEADINGS "2026-01,m1,labour,CNY,2,1.50,0.00,1.50\n2026-01,m1,prize,CNY,1,0.07,0.00,0.07\n"
	                   "2026-01,m2,labour,CNY,1,1.00,0.00,1.00\n2026-02,m1,,CNY,1,0.05,0.00,0.05\n"
	                   "2026-02,m1,labour,CNY,1,0.03,0.00,0.03\n");
	report_is(f, "tax", period_of("2026-02", "2026-02"),
	          HEADINGS "2026-02,m1,,CNY,1,0.05,0.00,0.05\n2026-02,m1,labour,CNY,1,0.03,0.00,0.03\n");
	fixture_free(f);
}

static void what_is_taken_back_comes_off_in_its_month(void **state)
{
	struct fixture *f = world();

	(void)state;
	talk(f, "m1", "a", 100, "");
	unsigned long long seq = fixture_size(f) - 1;
	f->now_ms += 31 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", seq));
	report_is(f, "tax", REPORT_ALL,
	          HEADINGS "2026-01,m1,labour,CNY,1,1.00,0.00,1.00\n2026-02,m1,labour,CNY,0,0.00,1.00,-1.00\n");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_and_classes_stand_apart),
		cmocka_unit_test(what_is_taken_back_comes_off_in_its_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
