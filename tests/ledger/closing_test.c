/* closing_test.c
 * Goal    a month closes when nothing of it is missing and nothing came behind its reports, and not before; what is
 *         missing is told.
 * Method  each row leaves one thing undone, sees the refusal count it, does it, and closes; then what period.missing
 *         says of files, day by day. */
#include "ledger/closing.h"
#include "tests/ledger/reconciling.h"

/* The world in February: nothing of January is missing. */
static struct fixture *february_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	must(f, declare(f, "s", "'subject':'cash','direction':'in','every':'none','starts':'2026-01-01','due_days':1"));
	go_to(f, "2026-02-15");
	return f;
}

static enum merit_status close_january(struct fixture *f)
{
	return fixture_call(f, "fin", "period.close", "%s", fixture_closing("2026-01", fixture_size(f)));
}

static void deposit(struct fixture *f, const char *reference, const char *day)
{
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'%s','day':'%s'",
	                     reference, day));
}

static void settle(struct fixture *f, const char *name, const char *cutoff)
{
	must(f, fixture_call(f, "fin", "settlement.open",
	                     "'settlement':'%s','party':'acme','currency':'CNY','cutoff':'%s'", name, cutoff));
}

static void issue(struct fixture *f, const char *name)
{
	must(f, fixture_call(f, "fin", "settlement.issue", "'settlement':'%s'", name));
}

/* ---- What is missing ---- */

static void file_leave(struct fixture *f)
{
	must(f, declare(f, "bank",
	                "'subject':'cash','direction':'in','every':'month','starts':'2026-01-29','due_days':99"));
	must(f, COMMIT(f, .run = "part", .source = "bank", .from = "2026-01-28", .to = "2026-01-29"));
}

static void file_mend(struct fixture *f)
{
	must(f, COMMIT(f, .run = "rest", .source = "bank", .from = "2026-01-30", .to = "2026-02-03"));
}

static void run_leave(struct fixture *f)
{
	must(f, COMMIT(f, .run = "r1", .from = "2026-01-31", .to = "2026-02-01", .breaks = 2));
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'a','class':'fee','side':'ours','first_day':'2026-02-01','item':'" HASH
	                     "'"));
}

static void run_mend(struct fixture *f)
{
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'b','class':'fee','side':'ours','first_day':'2026-02-01','item':'" HASH
	                     "'"));
}

static void break_leave(struct fixture *f)
{
	must(f, COMMIT(f, .run = "r1", .from = "2026-02-01", .breaks = 2));
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'a','class':'fee','side':'ours','first_day':'2026-01-31','item':'" HASH
	                     "'"));
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'b','class':'fee','side':'ours','first_day':'2026-02-01','item':'" HASH
	                     "'"));
}

static void break_mend(struct fixture *f)
{
	must(f, explain(f, "a")); /* which may stay open: it is explained */
}

static void break_end(struct fixture *f)
{
	must(f, resolve(f, "a", NULL));
}

static void settlement_leave(struct fixture *f)
{
	deposit(f, "b1", "2026-02-01");
	deposit(f, "b2", "2026-01-31");
	deposit(f, "b3", "2026-01-30");
}

static void settlement_mend(struct fixture *f)
{
	settle(f, "s1", "2026-01-31");
	issue(f, "s1");
}

static void issue_leave(struct fixture *f)
{
	deposit(f, "b1", "2026-01-31");
	settle(f, "s1", "2026-01-31");
}

/* Its cutoff is in February, but part of what it takes is January's. */
static void later_issue_leave(struct fixture *f)
{
	deposit(f, "b1", "2026-01-31");
	deposit(f, "b2", "2026-02-02");
	settle(f, "s1", "2026-02-02");
}

static void issue_mend(struct fixture *f)
{
	issue(f, "s1");
}

/* Besides what an open one took, something fell due: the party waits once for both. */
static void both_leave(struct fixture *f)
{
	issue_leave(f);
	deposit(f, "b2", "2026-01-30");
}

static void both_mend(struct fixture *f)
{
	issue(f, "s1");
	settle(f, "s2", "2026-02-15");
	issue(f, "s2");
}

static void a_month_waits_for_what_is_missing(void **state)
{
	static const struct {
		const char *name;
		void (*leave)(struct fixture *f), (*mend)(struct fixture *f);
		const char *why;
	} rows[] = {
		{ "days of a file", file_leave, file_mend, "\"files\":2,\"runs\":0,\"breaks\":0,\"settlements\":0" },
		{ "a run", run_leave, run_mend, "\"files\":0,\"runs\":1,\"breaks\":0,\"settlements\":0" },
		{ "a break", break_leave, break_mend, "\"files\":0,\"runs\":0,\"breaks\":1,\"settlements\":0" },
		{ "a break that ends", break_leave, break_end,
		  "\"files\":0,\"runs\":0,\"breaks\":1,\"settlements\":0" },
		{ "a settlement", settlement_leave, settlement_mend,
		  "\"files\":0,\"runs\":0,\"breaks\":0,\"settlements\":1" },
		{ "an open one", issue_leave, issue_mend, "\"files\":0,\"runs\":0,\"breaks\":0,\"settlements\":1" },
		{ "a later one", later_issue_leave, issue_mend,
		  "\"files\":0,\"runs\":0,\"breaks\":0,\"settlements\":1" },
		{ "both", both_leave, both_mend, "\"files\":0,\"runs\":0,\"breaks\":0,\"settlements\":1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = february_new();
		rows[i].leave(f);
		enum merit_status got = close_january(f);
		if (got != MERIT_NOT_READY || strstr(f->reply.data, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		rows[i].mend(f);
		got = close_january(f);
		if (got != MERIT_OK)
			fail_msg("%s, done: %s", rows[i].name, f->reply.data);
		world_free(f);
	}
}

static void everything_that_is_missing_is_counted_at_once(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	file_leave(f);
	must(f, COMMIT(f, .run = "r1", .breaks = 3));
	must(f, found(f, "r1", "a", 1));
	must(f, found(f, "r1", "b", 1));
	deposit(f, "b1", "2026-01-31");
	assert_int_equal(close_january(f), MERIT_NOT_READY);
	assert_non_null(strstr(f->reply.data, "\"files\":2,\"runs\":1,\"breaks\":2,\"settlements\":1"));
	world_free(f);
}

static void what_is_missing_later_keeps_no_month_open(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	must(f,
	     declare(f, "bank", "'subject':'cash','direction':'in','every':'day','starts':'2026-02-01','due_days':0"));
	must(f, declare(f, "old",
	                "'subject':'cash','direction':'in','every':'day','starts':'2025-11-01','ends':'2025-12-31',"
	                "'due_days':0"));
	must(f, COMMIT(f, .run = "r1", .from = "2026-02-01", .breaks = 2));
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'a','class':'fee','side':'ours','first_day':'2026-02-01','item':'" HASH
	                     "'"));
	deposit(f, "b1", "2026-02-01");
	must(f, close_january(f));
	deposit(f, "b2", "2026-02-02");
	settle(f, "s1", "2026-02-15");
	world_free(f);
}

/* ---- Books that moved ---- */

static void a_late_gift(struct fixture *f, const char *reference, const char *day)
{
	must(f, fixture_call(
			f, "svc", "earn",
			"'member':'m1','campaign':'c1','event':'gift','reference':'%s','points':1,'occurred':%" PRId64,
			reference, merit_day_start_ms(day_of(day), 0)));
}

static enum merit_status close_by(struct fixture *f, uint64_t size)
{
	return fixture_call(f, "fin", "period.close", "%s", fixture_closing("2026-01", size));
}

static void reports_are_of_all_that_was_made_in_the_month(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	go_to(f, "2026-01-31");
	must(f, fixture_gift(f, "m1", "last", 1));
	f->now_ms += FIXTURE_DAY_MS - 1;
	assert_int_equal(fixture_gift(f, "m1", "last", 1),
	                 MERIT_ALREADY_EARNED); /* which moved nothing: it is there, too */
	uint64_t size = fixture_size(f);
	go_to(f, "2026-02-01");
	assert_int_equal(close_by(f, 0), MERIT_BOOKS_MOVED);
	assert_int_equal(close_by(f, 1), MERIT_BOOKS_MOVED);
	assert_int_equal(close_by(f, size - 1), MERIT_BOOKS_MOVED);
	must(f, close_by(f, size)); /* the refusals behind it are February's */
	world_free(f);
}

static void reports_are_of_all_that_was_dated_back(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	uint64_t before = fixture_size(f);
	a_late_gift(f, "february", "2026-02-01");
	a_late_gift(f, "january", "2026-01-31");
	uint64_t behind = fixture_size(f);
	a_late_gift(f, "february-again", "2026-02-14");
	assert_int_equal(close_by(f, before), MERIT_BOOKS_MOVED);
	assert_int_equal(close_by(f, behind - 1), MERIT_BOOKS_MOVED);
	must(f, close_by(f, behind));
	a_late_gift(f, "closed", "2026-01-30"); /* dated in February */
	must(f, agreed(f, "period.reopen", "'period':'2026-01','reason':'r'"));
	must(f, close_by(f, behind));
	must(f, agreed(f, "period.reopen", "'period':'2026-01','reason':'r'"));
	a_late_gift(f, "reopened", "2026-01-30");
	assert_int_equal(close_by(f, behind), MERIT_BOOKS_MOVED);
	must(f, close_january(f));
	world_free(f);
}

/* Both months opened again and something came to January: February begins with it, so older reports of February are
 * of books that moved, though nothing is dated in February itself. */
static void reports_are_of_what_came_to_an_earlier_month(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	must(f, close_january(f));
	go_to(f, "2026-03-01");
	must(f, fixture_call(f, "fin", "period.close", "%s", fixture_closing("2026-02", fixture_size(f))));
	uint64_t size = fixture_size(f);
	must(f, agreed(f, "period.reopen", "'period':'2026-01','reason':'r'"));
	a_late_gift(f, "reopened", "2026-01-31");
	must(f, close_january(f));
	assert_int_equal(fixture_call(f, "fin", "period.close", "%s", fixture_closing("2026-02", size)),
	                 MERIT_BOOKS_MOVED);
	must(f, fixture_call(f, "fin", "period.close", "%s", fixture_closing("2026-02", fixture_size(f))));
	world_free(f);
}

/* What the clock did in January and nobody had written is written before the closing, behind its reports. */
static void reports_are_of_what_happened_by_itself(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "start", 100));
	go_to(f, "2026-01-20");
	must(f, fixture_order(f, "o", "m1", 1)); /* lapses an hour later */
	f->now_ms = merit_day_start_ms(day_of("2026-02-15"), 0);
	uint64_t size = fixture_size(f);
	assert_int_equal(close_by(f, size), MERIT_BOOKS_MOVED);
	must(f, close_by(f, size + 1));
	world_free(f);
}

/* The order was received on 31 January and nobody had written that: it moves nothing, so no report changes by it. But what
 * it made due is settled first. */
static void what_moves_nothing_leaves_the_books_as_they_are(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "start", 100));
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	uint64_t size = fixture_size(f);
	f->now_ms = merit_day_start_ms(day_of("2026-02-15"), 0);
	assert_int_equal(close_by(f, size), MERIT_NOT_READY);
	assert_non_null(strstr(f->reply.data, "\"settlements\":2"));
	must(f, fixture_call(f, "fin", "settlement.open",
	                     "'settlement':'m','party':'shop','currency':'CNY','cutoff':'2026-01-31'"));
	issue(f, "m");
	settle(f, "s", "2026-01-31");
	issue(f, "s");
	must(f, close_by(f, size));
	world_free(f);
}

static void moved_books_are_named_before_what_is_missing(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	file_leave(f);
	assert_int_equal(close_by(f, 1), MERIT_BOOKS_MOVED);
	assert_int_equal(close_january(f), MERIT_NOT_READY);
	world_free(f);
}

static void a_month_that_was_late_and_never_closed_is_listed_as_open(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	a_late_gift(f, "february", "2026-02-01"); /* made in the month it is dated in */
	assert_null(merit_model_closing(&f->ledger->model, day_of("2026-02-01")));
	assert_null(merit_model_closing(&f->ledger->model, day_of("2026-01-01")));
	a_late_gift(f, "january", "2026-01-31");
	assert_non_null(merit_model_closing(&f->ledger->model, day_of("2026-01-01")));
	must(f, fixture_query(f, "aud", "period.list", "%s", ""));
	assert_non_null(strstr(f->reply.data,
	                       "{\"rows\":[{\"period\":\"2026-01\",\"state\":\"open\"},{\"period\":\"2026-02\","
	                       "\"state\":\"open\"}]"));
	world_free(f);
}

/* ---- period.missing ---- */

static void files_are_due_by_their_day_week_or_month(void **state)
{
	static const struct {
		const char *every;
		int64_t now, january; /* days missing by 15 February, a Sunday; and to close January */
	} rows[] = {
		{ "'every':'none','starts':'2026-01-01','due_days':0", 0, 0 },
		{ "'every':'day','starts':'2026-02-01','due_days':0", 14, 0 },
		{ "'every':'day','starts':'2026-02-01','due_days':1", 13, 0 },
		{ "'every':'day','starts':'2026-02-01','due_days':14", 0, 0 },
		{ "'every':'day','starts':'2026-02-01','ends':'2026-02-03','due_days':0", 3, 0 },
		{ "'every':'day','starts':'2026-01-31','due_days':14", 1, 1 },
		{ "'every':'day','starts':'2025-12-01','due_days':0", 45, 31 }, /* the ledger begins in January */
		{ "'every':'day','starts':'2025-12-01','due_days':99", 0, 31 },
		{ "'every':'week','starts':'2026-01-29','due_days':0", 11, 3 }, /* to the Sundays 1 and 8 February */
		{ "'every':'week','starts':'2026-01-29','due_days':6", 11, 3 },
		{ "'every':'week','starts':'2026-01-29','due_days':7", 4, 3 },
		{ "'every':'week','starts':'2026-01-29','due_days':13", 4, 3 },
		{ "'every':'week','starts':'2026-01-29','due_days':14", 0, 3 },
		{ "'every':'week','starts':'2026-02-09','due_days':0", 0, 0 },
		{ "'every':'month','starts':'2026-01-20','due_days':14", 12, 12 },
		{ "'every':'month','starts':'2026-01-20','due_days':15", 0, 12 },
		{ "'every':'month','starts':'2026-01-20','ends':'2026-01-21','due_days':0", 2, 2 },
	};
	struct fixture *f = february_new();
	char more[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(more, sizeof(more), "'subject':'cash','direction':'in',%s", rows[i].every);
		declare_anew(f, "bank", more);
		int64_t now = missing(f, NULL, "files"), january = missing(f, "2026-01", "files");
		if (now != rows[i].now || january != rows[i].january)
			fail_msg("%s: %" PRId64 " and %" PRId64, rows[i].every, now, january);
	}
	world_free(f);
}

static void files_of_closed_months_are_due_no_more(void **state)
{
	struct fixture *f = february_new();

	(void)state;
	must(f, close_january(f));
	must(f, declare(f, "bank", EVERY_DAY));
	assert_int_equal(missing(f, NULL, "files"), 13);
	assert_int_equal(missing(f, "2026-01", "files"), 31); /* for who would reopen it */
	world_free(f);
}

static void told_is(struct fixture *f, const char *params, const char *want)
{
	must(f, fixture_query(f, "aud", "period.missing", "%s", params));
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("%s\nis not in\n%s", want, f->reply.data);
}

static void what_is_missing_is_told_thing_by_thing(void **state)
{
	static const char january[] =
		"{\"rows\":[{\"what\":\"file\",\"source\":\"bank\",\"from\":\"2026-01-01\",\"to\":\"2026-01-09\"},"
		"{\"what\":\"file\",\"source\":\"bank\",\"from\":\"2026-01-12\",\"to\":\"2026-01-31\"},"
		"{\"what\":\"run\",\"run\":\"r1\",\"source\":\"bank\",\"breaks\":3,\"recorded\":2,\"cleared\":4,"
		"\"resolved\":0},"
		"{\"what\":\"break\",\"break\":\"b1\",\"source\":\"bank\",\"class\":\"theirs_only\",\"first_day\":"
		"\"2026-01-01\","
		"\"currency\":\"CNY\",\"difference\":7},"
		"{\"what\":\"break\",\"break\":\"b2\",\"source\":\"bank\",\"class\":\"amount\",\"first_day\":\"2026-01-"
		"02\","
		"\"currency\":null,\"difference\":-2},"
		"{\"what\":\"settlement\",\"party\":\"acme\",\"currency\":\"CNY\",\"settlement\":null,\"due_day\":"
		"\"2026-01-30\"}],"
		"\"files\":29,\"runs\":1,\"breaks\":2,\"settlements\":1,\"more\":false,\"seq\":";
	static const char now[] =
		"{\"rows\":[{\"what\":\"file\",\"source\":\"bank\",\"from\":\"2026-01-01\",\"to\":\"2026-01-09\"},"
		"{\"what\":\"file\",\"source\":\"bank\",\"from\":\"2026-01-12\",\"to\":\"2026-02-13\"},{\"what\":"
		"\"run\",";
	static const char open[] = "\"currency\":\"CNY\",\"settlement\":\"s1\",\"due_day\":\"2026-01-30\"}],";
	struct fixture *f = february_new();

	(void)state;
	must(f, declare(f, "bank", EVERY_DAY));
	must(f, COMMIT(f, .run = "r1", .source = "bank", .from = "2026-01-10", .to = "2026-01-11", .breaks = 3,
	               .cleared = 4));
	must(f, found(f, "r1", "b1", 7));
	must(f,
	     fixture_call(f, "fin", "recon.break",
	                  "'run':'r1','break':'b2','class':'amount','side':'both','first_day':'2026-01-02','theirs':-4,"
	                  "'ours':-2,'item':'" HASH "'"));
	deposit(f, "d1", "2026-02-01");
	deposit(f, "d2", "2026-01-30");
	deposit(f, "d3", "2026-01-31");
	told_is(f, "'period':'2026-01'", january);
	told_is(f, "", now);
	fixture_flush(f); /* the same from the disk */
	told_is(f, "'period':'2026-01'", january);
	settle(f, "s1", "2026-02-15");
	told_is(f, "'period':'2026-01'", open);
	told_is(f, "", open);
	issue(f, "s1");
	told_is(f, "'period':'2026-01'", "\"difference\":-2}],\"files\":29,\"runs\":1,\"breaks\":2,\"settlements\":0,");
	assert_int_equal(fixture_query(f, "acme", "period.missing", "%s", ""), MERIT_UNKNOWN_KEY);
	assert_int_equal(fixture_query(f, "m1", "period.missing", "%s", ""), MERIT_NOT_PERMITTED);
	world_free(f);
}

/* All that is due by the clock is written first: what is missing then stays so. */
static void what_happened_by_itself_is_written_before_it_is_told(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "start", 100));
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	f->now_ms = merit_day_start_ms(day_of("2026-02-15"), 0);
	assert_int_equal(missing(f, "2026-01", "settlements"),
	                 2); /* received by itself: the merchant's sale, too, is due */
	must(f, fixture_close_month(f, "2026-01"));
	world_free(f);
}

static void a_page_of_missing_things_ends_and_their_count_does_not(void **state)
{
	struct fixture *f = february_new();
	char day[MERIT_DAY_TEXT_SIZE], name[16];

	(void)state;
	for (int i = 0; i < 15; i++) { /* every other day of January: 16 stretches are left */
		merit_day_format(day_of("2026-01-02") + 2 * i, day);
		snprintf(name, sizeof(name), "r%d", i);
		must(f, COMMIT(f, .run = name, .from = day));
	}
	declare_anew(f, "s", "'subject':'cash','direction':'in','every':'day','starts':'2026-01-01','due_days':0");
	assert_int_equal(missing(f, "2026-01", "files"), 16);
	assert_non_null(strstr(f->reply.data, "\"more\":false"));
	for (int i = 0; i < MERIT_PAGE_ROWS_MAX - 16; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		must(f, declare(f, name, EVERY_DAY ",'ends':'2026-01-01'"));
	}
	assert_int_equal(missing(f, "2026-01", "files"), MERIT_PAGE_ROWS_MAX);
	assert_non_null(strstr(f->reply.data, "\"more\":false"));
	must(f, declare(f, "t", EVERY_DAY ",'ends':'2026-01-02'"));
	assert_int_equal(missing(f, "2026-01", "files"), MERIT_PAGE_ROWS_MAX + 2);
	assert_non_null(strstr(f->reply.data, "\"more\":true"));
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_waits_for_what_is_missing),
		cmocka_unit_test(everything_that_is_missing_is_counted_at_once),
		cmocka_unit_test(what_is_missing_later_keeps_no_month_open),
		cmocka_unit_test(reports_are_of_all_that_was_made_in_the_month),
		cmocka_unit_test(reports_are_of_all_that_was_dated_back),
		cmocka_unit_test(reports_are_of_what_came_to_an_earlier_month),
		cmocka_unit_test(reports_are_of_what_happened_by_itself),
		cmocka_unit_test(what_moves_nothing_leaves_the_books_as_they_are),
		cmocka_unit_test(moved_books_are_named_before_what_is_missing),
		cmocka_unit_test(a_month_that_was_late_and_never_closed_is_listed_as_open),
		cmocka_unit_test(files_are_due_by_their_day_week_or_month),
		cmocka_unit_test(files_of_closed_months_are_due_no_more),
		cmocka_unit_test(what_is_missing_is_told_thing_by_thing),
		cmocka_unit_test(what_happened_by_itself_is_written_before_it_is_told),
		cmocka_unit_test(a_page_of_missing_things_ends_and_their_count_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
