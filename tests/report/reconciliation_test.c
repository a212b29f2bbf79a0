/* reconciliation_test.c
 * Goal    of each source the runs of a period, their sums by class, and the breaks that are open, by age; what was
 *         superseded counts no more.
 * Method  runs and breaks told to the ledger as a reconciliation would; the CSV is compared whole, or a row of it
 *         looked for. */
#include "tests/ledger/reconciling.h"
#include "tests/report/reports.h"

#define HEADINGS                                                                                                       \
	"source,part,name,first_day,last_day,state,class,count,theirs_rows,ours_rows,unit,theirs,ours,side,reference," \
	"days,age,reason,expected,run,seq\n"

/* A break of source s in CNY, first seen on a day. */
static void found_on(struct fixture *f, const char *run, const char *name, const char *day, int64_t theirs)
{
	must(f,
	     fixture_call(
		     f, "fin", "recon.break",
		     "'run':'%s','break':'%s','class':'theirs_only','side':'theirs','first_day':'%s','currency':'CNY',"
		     "'theirs':%" PRId64 ",'reference':'ref of %s','item':'" HASH "'",
		     run, name, day, theirs, name));
}

static void commit_with_classes(struct fixture *f, const char *run, const char *day, const char *classes)
{
	struct told_run told = { .run = run, .from = day, .theirs = 40, .breaks = 3 };

	must(f, fixture_call(f, "fin", "recon.commit", "%s,'classes':[%s]", run_text(&told), classes));
}

static void runs_classes_and_open_breaks_stand_under_their_source(void **state)
{
	struct fixture *f = reconciling_new();
	char want[2048];

	(void)state;
	must(f, declare(f, "a", EVERY_DAY ",'currency':'CNY'"));
	struct told_run told = { .run = "a1", .source = "a", .from = "2026-01-30", .theirs = 10, .breaks = 3 };
	must(f, fixture_call(f, "fin", "recon.commit",
	                     "%s,'classes':[{'class':'matched','count':8,'theirs':9000,'ours':9000},"
	                     "{'class':'theirs_only','count':3,'theirs':777,'ours':0}]",
	                     run_text(&told)));
	long long seq = (long long)fixture_size(f) - 1;
	found_on(f, "a1", "b2", "2026-01-30", 500);
	found_on(f, "a1", "b1", "2026-01-28", 200);
	found_on(f, "a1", "b3", "2026-01-30", 77);
	must(f, explain(f, "b1"));
	must(f, resolve(f, "b3", NULL));
	(void)snprintf(
		want, sizeof(want),
		HEADINGS
		"a,run,a1,2026-01-30,2026-01-30,live,,3,10,0,,,,,,,,,,,%lld\n"
		"a,class,,,,,matched,8,,,CNY,90.00,90.00,,,,,,,,\n"
		"a,class,,,,,theirs_only,3,,,CNY,7.77,0.00,,,,,,,,\n"
		"a,break,b1,2026-01-28,,explained,timing,,,,CNY,2.00,,theirs,ref of b1,3,2-3,late,2026-12-31,a1,\n"
		"a,break,b2,2026-01-30,,open,theirs_only,,,,CNY,5.00,,theirs,ref of b2,1,0-1,,,a1,\n",
		seq);
	report_is(f, "reconciliation", period_of("2026-01", "2026-01"), want);
	fixture_free(f);
}

/* At the period's end, 31 January. */
static void a_break_ages_up_to_the_periods_end(void **state)
{
	static const struct {
		const char *first_day, *want;
	} rows[] = {
		{ "2026-01-31", ",0,0-1," },  { "2026-01-30", ",1,0-1," },   { "2026-01-29", ",2,2-3," },
		{ "2026-01-28", ",3,2-3," },  { "2026-01-27", ",4,4-7," },   { "2026-01-24", ",7,4-7," },
		{ "2026-01-23", ",8,8-30," }, { "2026-01-01", ",30,8-30," }, { "2025-12-31", ",31,over 30," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = reconciling_new();
		struct merit_report_options january = period_of("2026-01", "2026-01");
		struct merit_sheet sheet;
		struct merit_buffer csv = { 0 };
		must(f, COMMIT(f, .run = "r", .from = "2026-01-31", .breaks = 1, .theirs = 1));
		found_on(f, "r", "b", rows[i].first_day, 5);
		assert_int_equal(sheet_of(f, "reconciliation", &january, &sheet), MERIT_OK);
		merit_sheet_put_csv(&csv, &sheet);
		merit_buffer_put_char(&csv, '\0');
		if (strstr(csv.data, rows[i].want) == NULL)
			fail_msg("%s: not %s\n%s", rows[i].first_day, rows[i].want, csv.data);
		assert_int_equal(sheet.charts_count, 1);
		merit_buffer_free(&csv);
		merit_sheet_free(&sheet);
		fixture_free(f);
	}
}

/* Without a period: 15 February. */
static void without_a_period_it_ages_up_to_the_last_entry(void **state)
{
	struct fixture *f = reconciling_new();
	char want[1024];

	(void)state;
	must(f, COMMIT(f, .run = "r", .from = "2026-01-31", .breaks = 1, .theirs = 1));
	found_on(f, "r", "b", "2026-02-10", 5);
	(void)snprintf(want, sizeof(want),
	               HEADINGS "s,run,r,2026-01-31,2026-01-31,live,,1,1,0,,,,,,,,,,,%llu\n"
	                        "s,break,b,2026-02-10,,open,theirs_only,,,,CNY,0.05,,theirs,ref of b,5,4-7,,,r,\n",
	               (unsigned long long)fixture_size(f) - 2);
	report_is(f, "reconciliation", REPORT_ALL, want);
	fixture_free(f);
}

static void runs_are_of_the_period_their_days_touch(void **state)
{
	struct fixture *f = reconciling_new();
	char want[1024];

	(void)state;
	must(f, COMMIT(f, .run = "december", .from = "2025-12-31", .theirs = 1));
	must(f, COMMIT(f, .run = "both", .from = "2026-01-31", .to = "2026-02-01", .theirs = 2));
	must(f, COMMIT(f, .run = "february", .from = "2026-02-02", .theirs = 3, .breaks = 1));
	found_on(f, "february", "late", "2026-02-01", 5);
	(void)snprintf(want, sizeof(want), HEADINGS "s,run,both,2026-01-31,2026-02-01,live,,0,2,0,,,,,,,,,,,%llu\n",
	               (unsigned long long)fixture_size(f) - 3);
	report_is(f, "reconciliation", period_of("2026-01", "2026-01"), want);
	fixture_free(f);
}

static void what_was_superseded_counts_no_more(void **state)
{
	struct fixture *f = reconciling_new();
	char want[2048];

	(void)state;
	commit_with_classes(f, "r1", "2026-01-10", "{'class':'matched','count':1,'theirs':5,'ours':5}");
	found_on(f, "r1", "stays", "2026-01-05", 1);
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-11", .theirs = 1, .breaks = 1, .cleared = 1));
	found_on(f, "r2", "goes", "2026-01-11", 2);
	must(f, resolve(f, "stays", "r2"));
	unsigned long long seq = fixture_size(f) - 1;
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-11", .theirs = 1, .supersedes = "r2"));
	(void)snprintf(want, sizeof(want),
	               HEADINGS
	               "s,run,r1,2026-01-10,2026-01-10,live,,3,40,0,,,,,,,,,,,%llu\n"
	               "s,run,r2,2026-01-11,2026-01-11,superseded,,1,1,0,,,,,,,,,,,%llu\n"
	               "s,run,r3,2026-01-11,2026-01-11,live,,0,1,0,,,,,,,,,,,%llu\n"
	               "s,class,,,,,matched,1,,,points,5,5,,,,,,,,\n"
	               "s,break,stays,2026-01-05,,open,theirs_only,,,,CNY,0.01,,theirs,ref of stays,26,8-30,,,r1,\n",
	               seq - 4, seq - 2, seq + 1);
	report_is(f, "reconciliation", period_of("2026-01", "2026-01"), want);
	fixture_free(f);
}

/* Explained on 15 February; asked by then, and the day before. */
static void what_is_explained_is_overdue_on_the_day_it_was_to_come(void **state)
{
	static const struct {
		int32_t before; /* days */
		const char *word, *note;
	} rows[] = {
		{ 0, ",overdue,", "Open breaks: 2, of them not explained: 1, explained and overdue: 1." },
		{ 1, ",explained,", "Open breaks: 2, of them not explained: 1, explained and overdue: 0." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = reconciling_new();
		struct merit_report_options options = REPORT_ALL;
		struct merit_sheet sheet;
		struct merit_buffer csv = { 0 };
		options.last_day = day_of("2026-02-15") - rows[i].before;
		must(f, COMMIT(f, .run = "r", .from = "2026-01-31", .breaks = 2, .theirs = 2));
		found_on(f, "r", "b1", "2026-01-31", 5);
		found_on(f, "r", "b2", "2026-01-31", 5);
		must(f, fixture_call(f, "fin", "break.explain",
		                     "'break':'b1','class':'timing','reason':'late','expected':'2026-02-15'"));
		assert_int_equal(sheet_of(f, "reconciliation", &options, &sheet), MERIT_OK);
		merit_sheet_put_csv(&csv, &sheet);
		merit_buffer_put_char(&csv, '\0');
		assert_non_null(strstr(csv.data, rows[i].word));
		assert_string_equal(sheet.notes[0], rows[i].note);
		merit_buffer_free(&csv);
		merit_sheet_free(&sheet);
		fixture_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_classes_and_open_breaks_stand_under_their_source),
		cmocka_unit_test(a_break_ages_up_to_the_periods_end),
		cmocka_unit_test(without_a_period_it_ages_up_to_the_last_entry),
		cmocka_unit_test(runs_are_of_the_period_their_days_touch),
		cmocka_unit_test(what_was_superseded_counts_no_more),
		cmocka_unit_test(what_is_explained_is_overdue_on_the_day_it_was_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
