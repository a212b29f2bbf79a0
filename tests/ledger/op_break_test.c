/* op_break_test.c
 * Goal    a break is recorded behind its run, explained by a class it may have and a day to come, and ended once: by
 *         people, two of them above the source's limit, or by a later run of the same source.
 * Method  a row a fault, on the state the rows before left; then stories of what each break went through. */
#include "tests/ledger/reconciling.h"

#define BREAK(run, name)                                                                                               \
	"'run':'" run "','break':'" name "','class':'fee','side':'ours','first_day':'2026-01-02','item':'" HASH "'"
#define EXPLAIN_AS(name, class, expected)                                                                              \
	"'break':'" name "','class':'" class "','reason':'r','expected':'" expected "'"
#define EXPLAIN(name) EXPLAIN_AS(name, "timing", LATER)
#define RESOLVE(name) "'break':'" name "','reason':'r'"

/* Of source s: r0 superseded, r1 with breaks small and large and room for one more, r2 that clears one; of other: o. */
static struct fixture *breaks_new(void)
{
	struct fixture *f = reconciling_new();

	must(f, COMMIT(f, .run = "r0", .breaks = 1));
	must(f, found(f, "r0", "old", 1));
	must(f, COMMIT(f, .run = "before", .from = "2026-01-09", .cleared = 1));
	must(f, COMMIT(f, .run = "r1", .supersedes = "r0", .breaks = 3, .cleared = 1));
	must(f, found(f, "r1", "small", 100));
	must(f, found(f, "r1", "large", 101));
	must(f, COMMIT(f, .run = "o", .source = "other", .cleared = 1));
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-11", .cleared = 1));
	return f;
}

static void of_two_faults_of_a_new_break_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "not its business", "aud", "recon.break", BREAK("r1", "new"), MERIT_NOT_PERMITTED },
		{ "of an entry to come, of no run", "fin", "recon.break", BREAK("none", "new") ",'entry':100000",
		  MERIT_ENTRY_UNKNOWN },
		{ "of no run, with a used name", "fin", "recon.break", BREAK("none", "small"), MERIT_RUN_UNKNOWN },
		{ "of a superseded run, with a used name", "fin", "recon.break", BREAK("r0", "small"),
		  MERIT_SUPERSEDED },
		{ "with a used name, of a complete run", "fin", "recon.break", BREAK("r2", "small"),
		  MERIT_BREAK_EXISTS },
		{ "with the name of a withdrawn one", "fin", "recon.break", BREAK("r1", "old"), MERIT_BREAK_EXISTS },
		{ "of a complete run", "fin", "recon.break", BREAK("r2", "new"), MERIT_RUN_COMPLETE },
		{ "the last of its run", "fin", "recon.break", BREAK("r1", "new") ",'entry':0", MERIT_OK },
		{ "one more", "fin", "recon.break", BREAK("r1", "newer"), MERIT_RUN_COMPLETE },
	};
	struct fixture *f = breaks_new();

	(void)state;
	STEPS_RUN(f, steps);
	world_free(f);
}

static void an_entry_is_named_that_is_there(void **state)
{
	struct fixture *f = breaks_new();

	(void)state;
	assert_int_equal(fixture_call(f, "fin", "recon.break", BREAK("r1", "new") ",'entry':%" PRIu64, fixture_size(f)),
	                 MERIT_ENTRY_UNKNOWN);
	must(f, fixture_call(f, "fin", "recon.break", BREAK("r1", "new") ",'entry':%" PRIu64, fixture_size(f) - 1));
	world_free(f);
}

static void what_set_a_break_right_moved_something(void **state)
{
	struct fixture *f = breaks_new();

	(void)state;
	uint64_t moved = money_moved(f);
	assert_int_equal(fixture_call(f, "fin", "sponsor.deposit",
	                              "'sponsor':'acme','currency':'CNY','amount_minor':0,'bank_reference':'none'"),
	                 MERIT_ZERO_AMOUNT);
	uint64_t refused = fixture_size(f) - 1;
#define RIGHT_BY(seq) fixture_call(f, "fin", "break.resolve", RESOLVE("small") ",'entry':%" PRIu64, (uint64_t)(seq))
	assert_int_equal(RIGHT_BY(0), MERIT_ENTRY_UNKNOWN); /* program.create */
	assert_int_equal(RIGHT_BY(refused), MERIT_ENTRY_UNKNOWN);
	assert_int_equal(RIGHT_BY(fixture_size(f)), MERIT_ENTRY_UNKNOWN); /* itself */
	assert_int_equal(fixture_call(f, "fin", "break.resolve", RESOLVE("small") ",'run':'r2','entry':0"),
	                 MERIT_ENTRY_UNKNOWN);
	must(f, RIGHT_BY(moved));
#undef RIGHT_BY
	world_free(f);
}

static void of_two_faults_of_an_end_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "not its business", "ops", "break.explain", EXPLAIN("small"), MERIT_NOT_PERMITTED },
		{ "none to explain", "fin", "break.explain", EXPLAIN("none"), MERIT_BREAK_UNKNOWN },
		{ "a withdrawn one", "fin", "break.explain", EXPLAIN("old"), MERIT_BREAK_ENDED },
		{ "a withdrawn one, by a day that is past", "fin", "break.explain",
		  EXPLAIN_AS("old", "timing", "2026-02-14"), MERIT_BREAK_ENDED },
		{ "by a day that is past, as what agrees", "fin", "break.explain",
		  EXPLAIN_AS("large", "matched", "2026-02-14"), MERIT_EXPECTED_PAST },
		{ "as what agrees, above the limit", "fin", "break.explain", EXPLAIN_AS("large", "matched", LATER),
		  MERIT_CLASS_UNFIT },
		{ "above the limit", "fin", "break.explain", EXPLAIN("large"), MERIT_PROPOSAL_REQUIRED },
		{ "by yesterday", "fin", "break.explain", EXPLAIN_AS("small", "timing", "2026-02-14"),
		  MERIT_EXPECTED_PAST },
		{ "by today", "fin", "break.explain", EXPLAIN_AS("small", "timing", "2026-02-15"), MERIT_OK },
		{ "at the limit", "fin", "break.explain", EXPLAIN("small"), MERIT_OK },
		{ "again", "fin", "break.explain", EXPLAIN("small"), MERIT_OK },
		{ "by an entry to come and no run", "fin", "break.resolve",
		  RESOLVE("none") ",'run':'none','entry':100000", MERIT_ENTRY_UNKNOWN },
		{ "none, by no run", "fin", "break.resolve", RESOLVE("none") ",'run':'none'", MERIT_RUN_UNKNOWN },
		{ "none, by a superseded run", "fin", "break.resolve", RESOLVE("none") ",'run':'r0'",
		  MERIT_SUPERSEDED },
		{ "none, by a run", "fin", "break.resolve", RESOLVE("none") ",'run':'r2'", MERIT_BREAK_UNKNOWN },
		{ "none", "fin", "break.resolve", RESOLVE("none"), MERIT_BREAK_UNKNOWN },
		{ "one of a later run's", "fin", "break.resolve", RESOLVE("small") ",'run':'before'",
		  MERIT_RUN_UNKNOWN },
		{ "one of the run's own", "fin", "break.resolve", RESOLVE("small") ",'run':'r1'", MERIT_RUN_UNKNOWN },
		{ "one of another source's", "fin", "break.resolve", RESOLVE("small") ",'run':'o'",
		  MERIT_OTHER_SOURCE },
		{ "a withdrawn one", "fin", "break.resolve", RESOLVE("old") ",'run':'r2'", MERIT_BREAK_ENDED },
		{ "above the limit", "fin", "break.resolve", RESOLVE("large"), MERIT_PROPOSAL_REQUIRED },
		{ "by a run, which needs nobody", "fin", "break.resolve", RESOLVE("large") ",'run':'r2'", MERIT_OK },
		{ "again, by a run that is complete", "fin", "break.resolve", RESOLVE("large") ",'run':'r2'",
		  MERIT_BREAK_ENDED },
		{ "another, by a run that is complete", "fin", "break.resolve", RESOLVE("small") ",'run':'r2'",
		  MERIT_RUN_COMPLETE },
		{ "an ended one above the limit", "fin", "break.explain", EXPLAIN("large"), MERIT_BREAK_ENDED },
		{ "an explained one", "fin", "break.resolve", RESOLVE("small"), MERIT_OK },
		{ "again", "fin", "break.resolve", RESOLVE("small"), MERIT_BREAK_ENDED },
	};
	struct fixture *f = breaks_new();

	(void)state;
	STEPS_RUN(f, steps);
	world_free(f);
}

/* ---- Classes ---- */

static void what_a_run_alone_can_find_is_explained_only_as_found(void **state)
{
	static const char *const classes[] = { "matched", "within_tolerance", "theirs_only", "ours_only",
		                               "amount",  "status",           "duplicate",   "timing",
		                               "fee",     "refund",           "unreadable" };
	const size_t count = sizeof(classes) / sizeof(classes[0]);
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = (int64_t)count));
	for (size_t i = 0; i < count; i++)
		must(f, fixture_call(f, "fin", "recon.break",
		                     "'run':'r1','break':'b%zu','class':'%s','side':'both','first_day':'2026-01-02',"
		                     "'item':'" HASH "'",
		                     i, classes[i]));
	for (size_t i = 0; i < count * count; i++) {
		size_t found = i / count, said = i % count;
		bool is_free = said != 0 && said != 1 && said != 10;
		enum merit_status got = fixture_call(f, "fin", "break.explain",
		                                     "'break':'b%zu','class':'%s','reason':'r','expected':'" LATER "'",
		                                     found, classes[said]);
		if (got != (is_free || said == found ? MERIT_OK : MERIT_CLASS_UNFIT))
			fail_msg("%s as %s: %s", classes[found], classes[said], f->reply.data);
	}
	/* As it was found, whatever was said of it meanwhile. */
	must(f, fixture_call(f, "fin", "break.explain", EXPLAIN_AS("b0", "matched", LATER)));
	world_free(f);
}

/* ---- Agreed to too late ---- */

static void a_day_that_passed_while_the_other_party_thought_is_past(void **state)
{
	struct fixture *f = breaks_new();

	(void)state;
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'break.explain','params':{%s}}",
	                     EXPLAIN_AS("large", "timing", "2026-02-16")));
	go_to(f, "2026-02-17");
	assert_int_equal(fixture_call(f, "fin2", "proposal.approve", "'proposal':'p'"), MERIT_EXPECTED_PAST);
	assert_int_equal(break_state(f, "large"), MERIT_BREAK_OPEN);
	world_free(f);
}

/* ---- Limits ---- */

static void above_the_limit_two_must_agree(void **state)
{
	static const struct {
		const char *amounts;
		int64_t limit;
		bool takes_two;
	} rows[] = {
		{ "", 0, false }, /* no limit */
		{ ",'theirs':9007199254740991", 0, false },
		{ "", 1, false }, /* of no amount */
		{ ",'theirs':5", 5, false },
		{ ",'theirs':6", 5, true },
		{ ",'ours':6", 5, true },
		{ ",'ours':-6", 5, true },
		{ ",'theirs':3,'ours':-3", 5, true },
		{ ",'theirs':103,'ours':98", 5, false }, /* what they differ by */
		{ ",'theirs':98,'ours':104", 5, true },
		{ ",'theirs':9007199254740991,'ours':-9007199254740991", 9007199254740991, true },
	};
	static const char *const methods[] = { "break.explain", "break.resolve" };
	struct fixture *f = reconciling_new();
	size_t count = sizeof(rows) / sizeof(rows[0]);
	char params[2][200], more[200];

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = (int64_t)count));
	for (size_t i = 0; i < count; i++) {
		snprintf(params[0], sizeof(params[0]),
		         "'break':'b%zu','class':'fee','reason':'r','expected':'2026-03-01'", i);
		snprintf(params[1], sizeof(params[1]), "'break':'b%zu','reason':'r'", i);
		snprintf(more, sizeof(more), EVERY_DAY ",'limit':%" PRId64, rows[i].limit);
		declare_anew(f, "s", more);
		must(f, fixture_call(f, "fin", "recon.break",
		                     "'run':'r1','break':'b%zu','class':'amount','side':'both','first_day':'2026-01-02'"
		                     ",'item':'" HASH "'%s",
		                     i, rows[i].amounts));
		for (size_t j = 0; j < 2; j++) { /* explained, then resolved */
			enum merit_status got = fixture_call(f, "fin", methods[j], "%s", params[j]);
			if (got != (rows[i].takes_two ? MERIT_PROPOSAL_REQUIRED : MERIT_OK))
				fail_msg("%s of row %zu: %s", methods[j], i, f->reply.data);
			if (rows[i].takes_two)
				must(f, agreed(f, methods[j], params[j]));
		}
	}
	world_free(f);
}

static void the_limit_is_that_of_the_day(void **state)
{
	struct fixture *f = breaks_new();

	(void)state;
	assert_int_equal(explain(f, "large"), MERIT_PROPOSAL_REQUIRED);
	declare_anew(f, "s", EVERY_DAY ",'limit':101");
	must(f, explain(f, "large"));
	declare_anew(f, "s", EVERY_DAY ",'limit':1");
	assert_int_equal(explain(f, "small"), MERIT_PROPOSAL_REQUIRED);
	declare_anew(f, "s", EVERY_DAY);
	must(f, explain(f, "small"));
	world_free(f);
}

/* ---- What a run waits for ---- */

static void a_run_is_complete_with_all_it_said(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "first", .breaks = 1));
	assert_int_equal(missing(f, "2026-01", "runs"), 1);
	must(f, found(f, "first", "carried", 1));
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	must(f, COMMIT(f, .run = "r1", .from = "2026-01-11", .breaks = 1, .cleared = 1));
	must(f, found(f, "r1", "b", 1));
	assert_int_equal(missing(f, "2026-01", "runs"), 1);
	must(f, resolve(f, "b", NULL)); /* by people: no matter of the run's */
	assert_int_equal(missing(f, "2026-01", "runs"), 1);
	must(f, resolve(f, "carried", "r1"));
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	must(f, COMMIT(f, .run = "clean", .from = "2026-01-12"));
	assert_int_equal(missing(f, "2026-01", "runs"), 0);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_of_a_new_break_the_upper_one_is_named),
		cmocka_unit_test(an_entry_is_named_that_is_there),
		cmocka_unit_test(what_set_a_break_right_moved_something),
		cmocka_unit_test(of_two_faults_of_an_end_the_upper_one_is_named),
		cmocka_unit_test(what_a_run_alone_can_find_is_explained_only_as_found),
		cmocka_unit_test(a_day_that_passed_while_the_other_party_thought_is_past),
		cmocka_unit_test(above_the_limit_two_must_agree),
		cmocka_unit_test(the_limit_is_that_of_the_day),
		cmocka_unit_test(a_run_is_complete_with_all_it_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
