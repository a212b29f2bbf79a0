/* report_test.c
 * Goal    reports made together are those made alone; a closed month's are the same bytes whatever comes behind it,
 *         until it is opened again; entries are in the opening, in the movement or in neither by the day they are
 *         dated.
 * Method  a ledger of two months: closed, late entries, reopened, closed again; the size that each moment is bound
 *         to. */
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

static void the_table_has_no_name_twice(void **state)
{
	size_t count = 0;

	(void)state;
	for (; merit_report_at(count) != NULL; count++) {
		const struct merit_report_kind *kind = merit_report_at(count);
		assert_ptr_equal(merit_report_named(kind->name), kind);
		assert_true(strlen(kind->title) > 0 && strlen(kind->about) > 0);
		assert_false(kind->is_closing && kind->needs_party);
	}
	assert_true(count >= 4);
	assert_null(merit_report_named("none"));
}

static void a_day_is_in_one_part(void **state)
{
	static const struct {
		int32_t first, last, day;
		enum merit_report_part want;
	} rows[] = {
		{ 100, 130, 99, MERIT_PART_OPENING },
		{ 100, 130, 100, MERIT_PART_MOVEMENT },
		{ 100, 130, 130, MERIT_PART_MOVEMENT },
		{ 100, 130, 131, MERIT_PART_NEITHER },
		{ MERIT_DAY_NONE, 130, 0, MERIT_PART_MOVEMENT },
		{ 100, MERIT_DAY_NEVER, 99999, MERIT_PART_MOVEMENT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_report_options options = { .first_day = rows[i].first, .last_day = rows[i].last };
		assert_int_equal(merit_report_part(&options, rows[i].day), rows[i].want);
	}
}

static void csv_put(struct merit_buffer *out, const struct merit_sheet *sheet)
{
	merit_sheet_put_csv(out, sheet);
	merit_buffer_put_char(out, '\0');
}

static void together_is_as_alone(void **state)
{
	struct story story = story_begin(3, is_restore);
	const struct merit_report_kind *kinds[16];
	struct merit_sheet sheets[16];
	const char *fault;
	size_t count = 0;

	(void)state;
	story_tell(&story, 300);
	struct memory *memory = memory_of(story.f);
	memory->page_count = 7;
	for (size_t i = 0; merit_report_at(i) != NULL; i++) {
		if (merit_report_at(i)->is_closing)
			kinds[count++] = merit_report_at(i);
	}
	struct merit_report_options options = memory_days("2026-02-01", "2026-02-28");
	assert_int_equal(merit_reports_make(&memory->journal, kinds, count, &options, NULL, sheets, &fault), MERIT_OK);
	for (size_t i = 0; i < count; i++) {
		struct merit_sheet alone = memory_sheet(memory, kinds[i]->name, options);
		struct merit_buffer got = { 0 }, want = { 0 };
		csv_put(&got, &sheets[i]);
		csv_put(&want, &alone);
		assert_string_equal(got.data, want.data);
		merit_buffer_free(&got);
		merit_buffer_free(&want);
		merit_sheet_free(&alone);
		merit_sheet_free(&sheets[i]);
	}
	memory->journal.close(&memory->journal);
	world_free(story.f);
}

static void a_sum_beyond_64_bits_is_said(void **state)
{
	struct merit_report_job job = { .is_beyond = false };
	int64_t sum = INT64_MAX - 1;

	(void)state;
	merit_report_add(&job, &sum, 1);
	assert_int_equal(sum, INT64_MAX);
	assert_false(job.is_beyond);
	merit_report_add(&job, &sum, 1);
	assert_true(job.is_beyond);
}

/* ---- Closed months ---- */

/* What a period is bound to with the entries there are: its size, or 0 where it is not closed. */
static uint64_t bound(struct fixture *f, const char *first, const char *last, uint64_t size)
{
	struct memory *memory = memory_of(f);
	struct merit_report_options options = memory_days(first, last);
	bool is_closed = true;

	options.size = size;
	memory->page_count = 5;
	assert_int_equal(merit_report_bind(&memory->journal, &options, &is_closed), MERIT_OK);
	if (!is_closed)
		assert_int_equal(options.size, size);
	memory->journal.close(&memory->journal);
	return is_closed ? options.size : 0;
}

static char *liability_of(struct fixture *f, uint64_t size)
{
	struct memory *memory = memory_of(f);
	struct merit_report_options options = memory_days("2026-01-01", "2026-01-31");
	struct merit_buffer csv = { 0 };

	options.size = size;
	struct merit_sheet sheet = memory_sheet(memory, "liability", options);
	csv_put(&csv, &sheet);
	merit_sheet_free(&sheet);
	memory->journal.close(&memory->journal);
	return csv.data;
}

static void reopen(struct fixture *f, const char *name, const char *period)
{
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'period.close period.reopen','call':{'method':'period.reopen',"
	                     "'params':{'period':'%s','reason':'r'}}",
	                     name, period));
	must(f, fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name));
}

static struct fixture *world(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	must(f, fixture_earn(f, "m1", "r1"));
	f->now_ms += 40 * FIXTURE_DAY_MS; /* February */
	fixture_tick(f);
	return f;
}

static void a_closed_month_stays_as_it_was(void **state)
{
	struct fixture *f = world();

	(void)state;
	assert_int_equal(bound(f, "2026-01-01", "2026-01-31", UINT64_MAX), 0);
	must(f, fixture_close_month(f, "2026-01"));
	uint64_t closing = fixture_size(f) - 1, size = bound(f, "2026-01-01", "2026-01-31", UINT64_MAX);
	assert_in_range(size, 1, closing);
	char *before = liability_of(f, size);
	must(f, fixture_earn(f, "m1", "r2"));
	assert_int_equal(bound(f, "2026-01-01", "2026-01-31", UINT64_MAX), size);
	char *behind = liability_of(f, size);
	assert_string_equal(behind, before);
	assert_int_equal(bound(f, NULL, "2026-01-31", UINT64_MAX), size);
	assert_int_equal(bound(f, "2026-01-01", "2026-01-30", UINT64_MAX), 0); /* no month */
	assert_int_equal(bound(f, "2026-01-02", "2026-01-31", UINT64_MAX), 0);
	assert_int_equal(bound(f, "2026-02-01", "2026-02-28", UINT64_MAX), 0); /* open */
	assert_int_equal(bound(f, "2026-01-01", "2026-02-28", UINT64_MAX), 0);
	assert_int_equal(bound(f, "2026-01-01", NULL, UINT64_MAX), 0);
	assert_int_equal(bound(f, "2026-01-01", "2026-01-31", closing), 0); /* not known to be closed yet */
	assert_int_equal(bound(f, "2026-01-01", "2026-01-31", closing + 1), size);
	free(before);
	free(behind);
	world_free(f);
}

static void a_reopened_month_is_bound_no_more(void **state)
{
	struct fixture *f = world();

	(void)state;
	must(f, fixture_close_month(f, "2026-01"));
	f->now_ms += 30 * FIXTURE_DAY_MS;
	fixture_tick(f);
	must(f, fixture_close_month(f, "2026-02"));
	uint64_t second = bound(f, "2026-02-01", "2026-02-28", UINT64_MAX);
	assert_true(second > bound(f, "2026-01-01", "2026-01-31", UINT64_MAX));
	assert_int_equal(bound(f, "2026-01-01", "2026-02-28", UINT64_MAX), second);
	reopen(f, "p1", "2026-02");
	assert_int_equal(bound(f, "2026-02-01", "2026-02-28", UINT64_MAX), 0);
	assert_int_not_equal(bound(f, "2026-01-01", "2026-01-31", UINT64_MAX), 0);
	must(f, fixture_close_month(f, "2026-02"));
	assert_true(bound(f, "2026-02-01", "2026-02-28", UINT64_MAX) > second);
	reopen(f, "p2", "2026-01"); /* and all behind it */
	assert_int_equal(bound(f, "2026-01-01", "2026-01-31", UINT64_MAX), 0);
	assert_int_equal(bound(f, "2026-02-01", "2026-02-28", UINT64_MAX), 0);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_no_name_twice),    cmocka_unit_test(a_day_is_in_one_part),
		cmocka_unit_test(together_is_as_alone),           cmocka_unit_test(a_sum_beyond_64_bits_is_said),
		cmocka_unit_test(a_closed_month_stays_as_it_was), cmocka_unit_test(a_reopened_month_is_bound_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
