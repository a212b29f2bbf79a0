/* campaigns_test.c
 * Goal    a budget's way from funding to what is left, what became of the points, and a line of what was left at each
 *         month's end; as of the end of the period.
 * Method  a story worked out by hand. */
#include "tests/ledger/sales.h"
#include "tests/report/memory.h"

#define HEADINGS                                                                                                       \
	"sponsor,campaign,starts,ends,state,currency,funded,awarded,returned,left,used,pending,outstanding,redeemed,"  \
	"expired,debt,outstanding_worth,left_worth\n"

static const struct deal deal = { "b", "acme", "CNY", "breakage", 1, 3, 1 };

/* In the sheet c1 of the world stands too, funded and never used. */
#define C1 "acme,c1,2026-01-01,2026-12-31,open,CNY,100000,0,0,100000,0,0,0,0,0,0,0.00,1000.00\n"

static struct fixture *story(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	deal_add(f, &deal, 1000);
	give(f, "b", 100);
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "ops", "order.fulfil", "'order':'o1'")); /* 30 */
	fixture_advance(f, MONTH_MS + FIXTURE_DAY_MS);                   /* 70 die */
	give(f, "b", 50);
	int64_t seq = give(f, "b", 20);
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'", seq));
	fixture_advance(f, FIXTURE_DAY_MS);
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'b'"));
	return f;
}

static const char *campaign_csv(const char *b, char text[1024])
{
	snprintf(text, 1024, "%s%s%s", HEADINGS, b, C1);
	return text;
}

static void a_budget_burns_down(void **state)
{
	struct fixture *f = story();
	struct memory *memory = memory_of(f);
	struct merit_report_options known = memory_all();
	char text[1024];

	(void)state;
	memory_csv_is(memory, "campaigns", memory_days("2026-01-01", "2026-01-31"),
	              campaign_csv("acme,b,2026-01-01,2026-12-31,open,CNY,1000,100,0,900,1000,0,70,30,0,0,0.23,3.00\n",
	                           text));
	memory_csv_is(
		memory, "campaigns", memory_all(),
		campaign_csv("acme,b,2026-01-01,2026-12-31,closed,CNY,1000,150,850,0,1500,0,50,30,70,0,0.17,0.00\n",
	                     text));
	known.size = memory->journal.size - 1; /* before its close was known */
	memory_csv_is(memory, "campaigns", known,
	              campaign_csv("acme,b,2026-01-01,2026-12-31,open,CNY,1000,150,0,850,1500,0,50,30,70,0,0.17,2.83\n",
	                           text));
	memory->journal.close(&memory->journal);
	world_free(f);
}

static void a_line_goes_down_month_by_month(void **state)
{
	struct fixture *f = story();
	struct memory *memory = memory_of(f);
	struct merit_sheet sheet = memory_sheet(memory, "campaigns", memory_all());
	const struct merit_chart *chart = &sheet.charts[0];

	(void)state;
	assert_int_equal(sheet.charts_count, 1);
	assert_int_equal(chart->series_count, 2);
	assert_string_equal(chart->series[0], "c1"); /* which got the most */
	assert_string_equal(chart->series[1], "b");
	assert_int_equal(chart->labels_count, 2);
	assert_string_equal(chart->labels[1].data, "2026-02");
	assert_int_equal(chart->numbers[0], 100000);
	assert_int_equal(chart->numbers[1], 900);
	assert_int_equal(chart->numbers[2], 100000);
	assert_int_equal(chart->numbers[3], 0);
	merit_sheet_free(&sheet);
	memory->journal.close(&memory->journal);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_budget_burns_down),
		cmocka_unit_test(a_line_goes_down_month_by_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
