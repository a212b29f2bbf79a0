/* op_recon_test.c
 * Goal    a run becomes part of the record once: no day and no file counts twice, too many breaks need a second party;
 *         and a file issued again takes the place of its first run, with all that hangs on it.
 * Method  a row a fault, the limits at n and n + 1, then stories; each ends with the log decided again and its state
 *         compared. */
#include "tests/ledger/reconciling.h"

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct {
		const char *name;
		struct told_run told;
		enum merit_status want;
	} rows[] = {
		{ "of entries to come, and of no source",
		  { .run = "r1", .source = "none", .size = 100000 },
		  MERIT_ENTRY_UNKNOWN },
		{ "of no source, with a used name", { .run = "r1", .source = "none" }, MERIT_SOURCE_UNKNOWN },
		{ "with a used name, for an unknown run", { .run = "r1", .supersedes = "none" }, MERIT_RUN_EXISTS },
		{ "for an unknown run, backwards",
		  { .run = "new", .supersedes = "none", .from = "2026-01-02", .to = "2026-01-01" },
		  MERIT_RUN_UNKNOWN },
		{ "for one superseded, of another source",
		  { .run = "new", .source = "other", .supersedes = "r0" },
		  MERIT_SUPERSEDED },
		{ "for one of another source, backwards",
		  { .run = "new", .source = "other", .supersedes = "r1", .from = "2026-01-02", .to = "2026-01-01" },
		  MERIT_OTHER_SOURCE },
		{ "backwards, behind a covered day",
		  { .run = "new", .from = "2026-01-11", .to = "2026-01-10" },
		  MERIT_DAYS_REVERSED },
		{ "too many days, one of them covered",
		  { .run = "new", .from = "2025-02-01", .to = "2026-02-02" },
		  MERIT_TOO_MANY_DAYS },
		{ "as many as may be, one of them covered",
		  { .run = "new", .from = "2025-02-01", .to = "2026-02-01" },
		  MERIT_DAY_COVERED },
		{ "covered, of a used file", { .run = "new", .file = "r1" }, MERIT_DAY_COVERED },
		{ "a used file, with too many breaks",
		  { .run = "new", .from = "2026-01-11", .file = "r1", .breaks = MERIT_RUN_BREAKS_MAX + 1 },
		  MERIT_FILE_USED },
		{ "too many breaks, above the rate",
		  { .run = "new", .from = "2026-01-11", .breaks = MERIT_RUN_BREAKS_MAX + 1 },
		  MERIT_TOO_MANY_BREAKS },
		{ "too many cleared",
		  { .run = "new", .from = "2026-01-11", .cleared = MERIT_RUN_BREAKS_MAX + 1 },
		  MERIT_TOO_MANY_BREAKS },
		{ "above the rate, to come",
		  { .run = "new", .from = "2026-02-16", .breaks = 2, .theirs = 9999 },
		  MERIT_PROPOSAL_REQUIRED },
		{ "to come", { .run = "new", .from = "2026-02-14", .to = "2026-02-16" }, MERIT_IN_FUTURE },
		{ "until today, with all that may be",
		  { .run = "new",
		    .from = "2026-02-14",
		    .to = "2026-02-15",
		    .breaks = MERIT_RUN_BREAKS_MAX,
		    .theirs = 1000000000,
		    .cleared = MERIT_RUN_BREAKS_MAX,
		    .carried = 90000 },
		  MERIT_OK },
	};
	struct fixture *f = reconciling_new();

	(void)state;
	declare_anew(f, "s", EVERY_DAY ",'break_rate':1");
	must(f, COMMIT(f, .run = "r0"));
	must(f, COMMIT(f, .run = "r1", .supersedes = "r0"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = commit_run(f, &rows[i].told);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	world_free(f);
}

static void a_file_was_compared_with_entries_that_are_there(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	int64_t size = (int64_t)fixture_size(f);
	assert_int_equal(COMMIT(f, .run = "r1", .size = size + 1), MERIT_ENTRY_UNKNOWN);
	must(f, COMMIT(f, .run = "r1", .size = size + 1)); /* which the refusal has made one more of */
	world_free(f);
}

static void a_day_is_covered_once(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1", .from = "2026-01-10", .to = "2026-01-12"));
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-13"));
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-08", .to = "2026-01-09"));
	must(f, COMMIT(f, .run = "r4", .source = "other", .from = "2026-01-08", .to = "2026-01-13"));
	assert_int_equal(COMMIT(f, .run = "r5", .from = "2026-01-01", .to = "2026-01-31"), MERIT_DAY_COVERED);
	assert_non_null(strstr(f->reply.data, "\"year\":2026,\"month\":1,\"day\":8"));
	assert_int_equal(COMMIT(f, .run = "r5", .from = "2026-01-12", .to = "2026-01-31", .supersedes = "r2"),
	                 MERIT_DAY_COVERED); /* by another than that one */
	assert_non_null(strstr(f->reply.data, "\"year\":2026,\"month\":1,\"day\":12"));
	world_free(f);
}

static void a_file_is_of_one_run(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1"));
	assert_int_equal(COMMIT(f, .run = "r2", .from = "2026-01-11", .file = "r1"), MERIT_FILE_USED);
	must(f, COMMIT(f, .run = "r3", .source = "other", .file = "r1"));
	must(f, COMMIT(f, .run = "r4", .file = "r1", .supersedes = "r1")); /* its mapping was wrong */
	assert_int_equal(COMMIT(f, .run = "r5", .from = "2026-01-11", .file = "r1"), MERIT_FILE_USED);
	must(f, COMMIT(f, .run = "r6", .supersedes = "r4"));
	must(f,
	     COMMIT(f, .run = "r7", .from = "2026-01-11", .file = "r1")); /* free again: no run that counts is of it */
	world_free(f);
}

static void many_breaks_take_two(void **state)
{
	static const struct {
		const char *name, *rate;
		struct told_run told;
		enum merit_status want;
	} rows[] = {
		{ "none is declared", "", { .breaks = 9, .theirs = 1 }, MERIT_OK },
		{ "at the rate", ",'break_rate':250", { .breaks = 1, .theirs = 40 }, MERIT_OK },
		{ "above it", ",'break_rate':250", { .breaks = 1, .theirs = 39 }, MERIT_PROPOSAL_REQUIRED },
		{ "carried ones do not count",
		  ",'break_rate':250",
		  { .breaks = 1, .carried = 1000000000, .theirs = 40 },
		  MERIT_OK },
		{ "cleared ones do not", ",'break_rate':250", { .breaks = 1, .cleared = 9, .theirs = 40 }, MERIT_OK },
		{ "none at all", ",'break_rate':0", { .breaks = 0, .theirs = 0 }, MERIT_OK },
		{ "one is too many",
		  ",'break_rate':0",
		  { .breaks = 1, .theirs = 1000000000 },
		  MERIT_PROPOSAL_REQUIRED },
		{ "as many as rows", ",'break_rate':10000", { .breaks = 3, .theirs = 3 }, MERIT_OK },
		{ "of an empty file", ",'break_rate':10000", { .breaks = 1, .theirs = 0 }, MERIT_OK },
		{ "more than an empty file has",
		  ",'break_rate':10000",
		  { .breaks = 2, .theirs = 0 },
		  MERIT_PROPOSAL_REQUIRED },
		{ "beyond 32 bits", ",'break_rate':10000", { .breaks = 10000, .theirs = 429497 }, MERIT_OK },
	};
	struct fixture *f = reconciling_new();
	char more[200], name[16], day[MERIT_DAY_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct told_run told = rows[i].told;
		snprintf(name, sizeof(name), "r%zu", i);
		merit_day_format(day_of("2026-01-01") + (int32_t)i, day);
		told.run = name;
		told.from = day;
		snprintf(more, sizeof(more), EVERY_DAY "%s", rows[i].rate);
		declare_anew(f, "s", more);
		enum merit_status got = commit_run(f, &told);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		if (got == MERIT_PROPOSAL_REQUIRED)
			must(f, agreed(f, "recon.commit", run_text(&told)));
		else
			assert_int_equal(agreed(f, "recon.commit", run_text(&told)), MERIT_RUN_EXISTS);
	}
	world_free(f);
}

/* ---- A file issued again ---- */

static void a_superseded_run_leaves_nothing_open(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1", .from = "2026-01-10", .to = "2026-01-12", .breaks = 5));
	must(f, found(f, "r1", "open", 1));
	must(f, found(f, "r1", "explained", 1));
	must(f, explain(f, "explained"));
	must(f, found(f, "r1", "resolved", 1));
	must(f, resolve(f, "resolved", NULL));
	must(f, found(f, "r1", "matched", 1));
	must(f, COMMIT(f, .run = "later", .from = "2026-01-13", .cleared = 1));
	must(f, resolve(f, "matched", "later"));
	assert_int_equal(missing(f, "2026-01", "breaks"), 1);
	assert_int_equal(missing(f, "2026-01", "runs"), 1); /* a fifth break is not recorded yet */
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-10", .to = "2026-01-11", .supersedes = "r1"));
	assert_int_equal(break_state(f, "open"), MERIT_BREAK_WITHDRAWN);
	assert_int_equal(break_state(f, "explained"), MERIT_BREAK_WITHDRAWN);
	assert_int_equal(break_state(f, "resolved"), MERIT_BREAK_WITHDRAWN);
	assert_int_equal(break_state(f, "matched"), MERIT_BREAK_WITHDRAWN);
	assert_int_equal(missing(f, "2026-01", "breaks"), 0);
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	assert_int_equal(found(f, "r1", "fifth", 1), MERIT_SUPERSEDED);
	assert_int_equal(COMMIT(f, .run = "r3", .from = "2026-01-12", .supersedes = "r1"), MERIT_SUPERSEDED);
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-12")); /* which r2 left */
	assert_int_equal(COMMIT(f, .run = "r4", .from = "2026-01-11"), MERIT_DAY_COVERED);
	must(f, COMMIT(f, .run = "last", .from = "2026-01-13",
	               .supersedes = "later")); /* what it matched stays withdrawn */
	assert_int_equal(break_state(f, "matched"), MERIT_BREAK_WITHDRAWN);
	world_free(f);
}

static void what_a_superseded_run_matched_stands_as_before(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = 3));
	must(f, found(f, "r1", "open", 1));
	must(f, found(f, "r1", "explained", 1));
	must(f, explain(f, "explained"));
	must(f, found(f, "r1", "by-people", 1));
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-11", .breaks = 1, .cleared = 3));
	must(f, resolve(f, "open", "r2"));
	must(f, resolve(f, "explained", "r2"));
	must(f, resolve(f, "by-people", NULL));
	must(f, found(f, "r2", "its-own", 1));
	assert_int_equal(missing(f, "2026-01", "breaks"), 1);
	assert_int_equal(missing(f, "2026-01", "runs"), 1); /* a third is not resolved */
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-11", .supersedes = "r2"));
	assert_int_equal(break_state(f, "open"), MERIT_BREAK_OPEN);
	assert_int_equal(break_state(f, "explained"), MERIT_BREAK_EXPLAINED);
	assert_int_equal(break_state(f, "by-people"), MERIT_BREAK_RESOLVED);
	assert_int_equal(break_state(f, "its-own"), MERIT_BREAK_WITHDRAWN);
	assert_int_equal(missing(f, "2026-01", "breaks"), 1); /* the one that is open again */
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	must(f, COMMIT(f, .run = "r4", .from = "2026-01-12", .cleared = 2));
	must(f, resolve(f, "open", "r4"));
	must(f, resolve(f, "explained", "r4"));
	assert_int_equal(missing(f, "2026-01", "breaks"), 0);
	world_free(f);
}

/* ---- The longest run ---- */

static void put_break(struct merit_buffer *out, int number)
{
	merit_buffer_put_format(
		out,
		"'run':'r1','break':'b%d','class':'theirs_only','side':'theirs','first_day':'2026-01-01',"
		"'theirs':1,'item':'" HASH "'",
		number);
}

static void put_resolve(struct merit_buffer *out, int number)
{
	merit_buffer_put_format(out, "'break':'b%d','reason':'matched','run':'r2'", number);
}

static void a_run_of_all_the_breaks_there_may_be_is_superseded(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = MERIT_RUN_BREAKS_MAX));
	many(f, "recon.break", 0, MERIT_RUN_BREAKS_MAX / 2, put_break);
	assert_int_equal(missing(f, "2026-01", "runs"), 1);
	many(f, "recon.break", MERIT_RUN_BREAKS_MAX / 2, MERIT_RUN_BREAKS_MAX / 2, put_break);
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	assert_int_equal(missing(f, "2026-01", "breaks"), MERIT_RUN_BREAKS_MAX);
	assert_non_null(strstr(f->reply.data, "\"more\":true"));
	assert_int_equal(found(f, "r1", "more", 1), MERIT_RUN_COMPLETE);
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-11", .cleared = MERIT_RUN_BREAKS_MAX));
	many(f, "break.resolve", 0, MERIT_RUN_BREAKS_MAX / 2, put_resolve);
	many(f, "break.resolve", MERIT_RUN_BREAKS_MAX / 2, MERIT_RUN_BREAKS_MAX / 2, put_resolve);
	assert_int_equal(missing(f, "2026-01", "breaks"), 0);
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-11", .supersedes = "r2"));
	assert_int_equal(missing(f, "2026-01", "breaks"), MERIT_RUN_BREAKS_MAX);
	must(f, COMMIT(f, .run = "r4", .supersedes = "r1", .breaks = 1));
	assert_int_equal(missing(f, "2026-01", "breaks"), 0);
	must(f, found(f, "r4", "z", 1));
	/* A page looks at so many rows at most, and says where to go on. */
	must(f, fixture_query(f, "aud", "break.list", "%s", "'state':'open'"));
	assert_non_null(strstr(f->reply.data, "{\"rows\":[],\"next\":\"z\"}"));
	must(f, fixture_query(f, "aud", "break.list", "%s", "'state':'open','from':'z'"));
	assert_non_null(strstr(f->reply.data, "{\"rows\":[{\"break\":\"z\""));
	must(f, fixture_query(f, "aud", "break.list", "%s", "'run':'r4'"));
	assert_non_null(strstr(f->reply.data, "{\"rows\":[{\"break\":\"z\""));
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_file_was_compared_with_entries_that_are_there),
		cmocka_unit_test(a_day_is_covered_once),
		cmocka_unit_test(a_file_is_of_one_run),
		cmocka_unit_test(many_breaks_take_two),
		cmocka_unit_test(a_superseded_run_leaves_nothing_open),
		cmocka_unit_test(what_a_superseded_run_matched_stands_as_before),
		cmocka_unit_test(a_run_of_all_the_breaks_there_may_be_is_superseded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
