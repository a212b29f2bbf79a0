/* op_period_test.c
 * Goal    months close in order and open again by two; a closed one changes the date of an entry and nothing else.
 * Method  stories in the fixture's world, whose days are those of UTC from 2026-01-01 on. Each ends with the log
 *         decided again, from its first entry on, and its state compared. */
#include "ledger/calendar.h"
#include "ledger/op_common.h"
#include "tests/ledger/awards.h"

static int32_t day_of(const char *text)
{
	int32_t day;

	assert_true(merit_day_parse(text, strlen(text), &day));
	return day;
}

/* The first millisecond of a day; what is due by then is written. */
static void go_to(struct fixture *f, const char *day)
{
	fixture_advance(f, merit_day_start_ms(day_of(day), 0) - f->now_ms);
}

static struct fixture *periods_new(void)
{
	struct fixture *f = world_new();

	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c3','event':'gift','maximum':1000,'evidence':'none'"));
	fixture_party(f, "fin2", "finance");
	return f;
}

/* With nothing in its way: what a month waits for is closing_test.c. */
static enum merit_status close_month(struct fixture *f, const char *period)
{
	return fixture_close_month(f, period);
}

static void close_2026(struct fixture *f)
{
	static const char *const months[] = { "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
		                              "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12" };

	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
		must(f, close_month(f, months[i]));
}

/* fin proposes it under a name of its own, fin2 agrees. */
static enum merit_status reopen(struct fixture *f, const char *period)
{
	char name[16];

	snprintf(name, sizeof(name), "p%u", f->ids);
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'r','call':{'method':'period.reopen','params':"
	                     "{'period':'%s','reason':'late invoices'}}",
	                     name, period));
	return fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name);
}

static enum merit_status earn_on(struct fixture *f, const char *event, const char *reference, const char *day)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'c1','event':'%s','reference':'%s','occurred':%" PRId64
	                    ",'points':10",
	                    event, reference, merit_day_start_ms(day_of(day), 0));
}

/* The last entry is dated so, and belongs to that day, or where it is dated when NULL. */
static void last_is_dated(struct fixture *f, const char *day, const char *belongs_to)
{
	struct merit_entry entry;

	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_int_equal(entry.day, day_of(day));
	assert_int_equal(entry.has_belongs_to, belongs_to != NULL);
	if (belongs_to != NULL)
		assert_int_equal(entry.belongs_to, day_of(belongs_to));
}

/* ---- Closing ---- */

struct row {
	const char *name, *kid, *period;
	enum merit_status want;
	bool is_ahead; /* its reports are of an entry more than there are */
};

static void rows_run(struct fixture *f, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *params = fixture_closing(rows[i].period, fixture_size(f) + rows[i].is_ahead);
		enum merit_status got = fixture_call(f, rows[i].kid, "period.close", "%s", params);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
}

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct row in_january[] = {
		{ "not its business", "ops", "2026-01", MERIT_NOT_PERMITTED, false },
		{ "an auditor's neither", "aud", "2026-01", MERIT_NOT_PERMITTED, false },
		{ "no month", "fin", "2026-13", MERIT_BAD_PARAMS, false },
		{ "a day", "fin", "2026-01-01", MERIT_BAD_PARAMS, false },
		{ "the current one, of entries to come", "fin", "2026-01", MERIT_ENTRY_UNKNOWN, true },
		{ "the current one", "fin", "2026-01", MERIT_PERIOD_NOT_OVER, false },
		{ "one to come", "fin", "2026-02", MERIT_PERIOD_NOT_OVER, false },
		{ "one before the first", "fin", "2025-12", MERIT_PERIOD_ORDER, false },
	};
	static const struct row in_april[] = {
		{ "not the next, and not over", "fin", "2026-04", MERIT_PERIOD_NOT_OVER, false },
		{ "not the next", "fin", "2026-02", MERIT_PERIOD_ORDER, false },
		{ "the first, of entries to come", "fin", "2026-01", MERIT_ENTRY_UNKNOWN, true },
		{ "the first", "fin", "2026-01", MERIT_OK, false },
		{ "again, of entries to come", "fin", "2026-01", MERIT_ENTRY_UNKNOWN, true },
		{ "again", "fin", "2026-01", MERIT_PERIOD_CLOSED, false },
		{ "not the next", "fin", "2026-03", MERIT_PERIOD_ORDER, false },
		{ "one before the first still", "fin", "2025-12", MERIT_PERIOD_ORDER, false },
		{ "the next", "fin", "2026-02", MERIT_OK, false },
		{ "that closed before it", "fin", "2026-01", MERIT_PERIOD_CLOSED, false },
		{ "the last that is over", "fin", "2026-03", MERIT_OK, false },
	};
	struct fixture *f = periods_new();

	(void)state;
	rows_run(f, in_january, sizeof(in_january) / sizeof(in_january[0]));
	assert_int_equal(fixture_call(f, "fin", "period.reopen", "'period':'2026-01','reason':'r'"),
	                 MERIT_PROPOSAL_REQUIRED);
	go_to(f, "2026-04-01");
	rows_run(f, in_april, sizeof(in_april) / sizeof(in_april[0]));
	assert_int_equal(fixture_call(f, "fin", "period.reopen", "'period':'2026-03','reason':'r'"),
	                 MERIT_PROPOSAL_REQUIRED);
	world_free(f);
}

static void a_month_is_over_at_the_first_millisecond_behind_it(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	fixture_advance(f, 31 * FIXTURE_DAY_MS - 1);
	assert_int_equal(close_month(f, "2026-01"), MERIT_PERIOD_NOT_OVER);
	fixture_advance(f, 1);
	must(f, close_month(f, "2026-01"));
	world_free(f);
}

static void a_refusal_names_the_month_that_is_next(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	go_to(f, "2027-02-01");
	assert_int_equal(close_month(f, "2026-03"), MERIT_PERIOD_ORDER);
	assert_int_equal(fixture_integer(f, "next"), 202601);
	close_2026(f);
	assert_int_equal(close_month(f, "2025-12"), MERIT_PERIOD_ORDER);
	assert_int_equal(fixture_integer(f, "next"), 202701);
	world_free(f);
}

static void the_first_month_is_that_of_the_earliest_entry(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'c0','sponsor':'acme','starts':'2025-12-01','ends':'2026-12-31',"
	                     "'currency':'CNY','value_minor':1,'value_points':1,'contract':'sponsor','months':12,"
	                     "'round':'none','from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c0','event':'gift','maximum':1000,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c0','points':1000"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c0','event':'gift','reference':'r','occurred':%" PRId64
	                     ",'points':10",
	                     f->now_ms - 1));
	last_is_dated(f, "2025-12-31", NULL);
	assert_int_equal(close_month(f, "2026-01"), MERIT_PERIOD_NOT_OVER);
	go_to(f, "2026-02-01");
	assert_int_equal(close_month(f, "2026-01"), MERIT_PERIOD_ORDER);
	assert_int_equal(fixture_integer(f, "next"), 202512);
	must(f, close_month(f, "2025-12"));
	must(f, close_month(f, "2026-01"));
	world_free(f);
}

/* What an order, an award and a lot came to by themselves stands before the closing, though nobody asked for it. */
static void a_month_closes_behind_all_that_is_due(void **state)
{
	static const struct {
		enum merit_operation_number number;
		const char *day;
	} rows[] = {
		{ MERIT_OP_ORDER_LAPSE, "2026-01-01" },  { MERIT_OP_MATURE, "2026-01-11" },
		{ MERIT_OP_EXPIRE, "2026-02-01" },       { MERIT_OP_EXPIRE, "2026-02-11" },
		{ MERIT_OP_PERIOD_CLOSE, "2026-03-02" },
	};
	struct fixture *f = periods_new();
	struct merit_entry entry;

	(void)state;
	award(f, "c3", "gift", "short", 100); /* until 1 February */
	award(f, "c2", "visit", "v", 7);      /* on 11 January, until 11 February */
	must(f, fixture_order(f, "o", "m1", 2));
	uint64_t before = fixture_size(f);
	f->now_ms = merit_day_start_ms(day_of("2026-03-02"), 0);
	must(f, close_month(f, "2026-01"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_entry(f, before + i, &entry);
		assert_int_equal(entry.operation->number, rows[i].number);
		assert_int_equal(entry.day, day_of(rows[i].day));
		assert_false(entry.has_belongs_to);
	}
	world_free(f);
}

/* A closing of January with so many totals and reports. */
static enum merit_status close_with(struct fixture *f, int totals, int reports)
{
	struct merit_buffer params = { 0 };

	merit_buffer_put_format(&params, "'period':'2026-01','size':%" PRIu64 ",'root':'" HASH "','totals':[",
	                        fixture_size(f));
	for (int i = 0; i < totals; i++)
		merit_buffer_put_format(&params, "%s{'unit':'u%d','debit':1,'opening':-2,'closing':3}",
		                        i == 0 ? "" : ",", i);
	merit_buffer_put_text(&params, "],'reports':[");
	for (int i = 0; i < reports; i++)
		merit_buffer_put_format(&params, "%s{'report':'r%d','hash':'" HASH "','rows':%d}", i == 0 ? "" : ",", i,
		                        i);
	merit_buffer_put(&params, "]", 2);
	assert_false(params.bad);
	enum merit_status status = fixture_call(f, "fin", "period.close", "%s", params.data);
	merit_buffer_free(&params);
	return status;
}

static void a_closing_names_as_many_totals_and_reports_as_may_be(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	go_to(f, "2026-02-01");
	assert_int_equal(close_with(f, 0, 1), MERIT_BAD_PARAMS);
	assert_int_equal(close_with(f, 1, 0), MERIT_BAD_PARAMS);
	assert_int_equal(close_with(f, MERIT_CLOSE_TOTALS_MAX + 1, 1), MERIT_BAD_PARAMS);
	assert_int_equal(close_with(f, 1, MERIT_CLOSE_REPORTS_MAX + 1), MERIT_BAD_PARAMS);
	must(f, close_with(f, MERIT_CLOSE_TOTALS_MAX, MERIT_CLOSE_REPORTS_MAX));
	world_free(f);
}

/* ---- Reopening ---- */

static void reopening_takes_two_and_opens_all_later_ones(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	assert_int_equal(reopen(f, "2026-01"), MERIT_PERIOD_OPEN);
	go_to(f, "2026-05-01");
	must(f, close_month(f, "2026-01"));
	must(f, close_month(f, "2026-02"));
	must(f, close_month(f, "2026-03"));
	assert_int_equal(reopen(f, "2026-04"), MERIT_PERIOD_OPEN);
	assert_int_equal(reopen(f, "2025-12"), MERIT_PERIOD_OPEN); /* never closed, though before the first */
	must(f, reopen(f, "2026-02"));
	assert_int_equal(reopen(f, "2026-02"), MERIT_PERIOD_OPEN);
	assert_int_equal(reopen(f, "2026-03"), MERIT_PERIOD_OPEN);
	assert_int_equal(close_month(f, "2026-01"), MERIT_PERIOD_CLOSED);
	assert_int_equal(close_month(f, "2026-03"), MERIT_PERIOD_ORDER);
	assert_int_equal(fixture_integer(f, "next"), 202602);
	must(f, close_month(f, "2026-02"));
	must(f, reopen(f, "2026-01"));
	assert_int_equal(close_month(f, "2026-02"), MERIT_PERIOD_ORDER);
	assert_int_equal(fixture_integer(f, "next"), 202601);
	world_free(f);
}

/* "name":{"seq":...,"time":...,"by":"by"} of the last entry, into turn_out. */
static void turn(struct fixture *f, const char *name, const char *by, char turn_out[100])
{
	snprintf(turn_out, 100, "\"%s\":{\"seq\":%" PRIu64 ",\"time\":%" PRId64 ",\"by\":\"%s\"}", name,
	         fixture_size(f) - 1, f->now_ms, by);
}

static void months_are_listed_with_who_closed_and_opened_them(void **state)
{
	struct fixture *f = periods_new();
	char first[100], second[100], third[100], fourth[100], want[800];

	(void)state;
	go_to(f, "2026-04-15");
	must(f, close_month(f, "2026-01"));
	turn(f, "closed", "fin", first);
	must(f, close_month(f, "2026-02"));
	turn(f, "closed", "fin", second);
	must(f, reopen(f, "2026-01"));
	turn(f, "reopened", "fin2", third);
	must(f, fixture_query(f, "aud", "period.list", "%s", ""));
	snprintf(want, sizeof(want),
	         "{\"rows\":[{\"period\":\"2026-01\",\"state\":\"open\",%s,%s},{\"period\":\"2026-02\",\"state\":"
	         "\"open\","
	         "%s,%s},{\"period\":\"2026-03\",\"state\":\"open\"},{\"period\":\"2026-04\",\"state\":\"open\"}]",
	         first, third, second, third);
	assert_non_null(strstr(f->reply.data, want));
	must(f, close_month(f, "2026-01"));
	turn(f, "closed", "fin", fourth);
	must(f, fixture_query(f, "fin", "period.list", "%s", ""));
	snprintf(want, sizeof(want), "{\"period\":\"2026-01\",\"state\":\"closed\",%s,%s}", fourth, third);
	assert_non_null(strstr(f->reply.data, want));
	assert_int_equal(fixture_query(f, "m1", "period.list", "%s", ""), MERIT_NOT_PERMITTED);
	world_free(f);
}

/* ---- Dating ---- */

static void what_occurred_in_a_closed_month_is_dated_behind_it(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	go_to(f, "2026-02-10");
	must(f, earn_on(f, "gift", "before", "2026-01-20"));
	last_is_dated(f, "2026-01-20", NULL);
	must(f, close_month(f, "2026-01"));
	last_is_dated(f, "2026-02-10", NULL);
	must(f, earn_on(f, "gift", "closed", "2026-01-20"));
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-20"); /* as if it were open */
	last_is_dated(f, "2026-02-01", "2026-01-20");
	must(f, earn_on(f, "gift", "last", "2026-01-31"));
	last_is_dated(f, "2026-02-01", "2026-01-31");
	must(f, earn_on(f, "gift", "open", "2026-02-01"));
	last_is_dated(f, "2026-02-01", NULL);
	assert_int_equal(earn_on(f, "gift", "closed", "2026-01-20"), MERIT_ALREADY_EARNED);
	last_is_dated(f, "2026-02-10", NULL);
	must(f, reopen(f, "2026-01"));
	must(f, earn_on(f, "gift", "reopened", "2026-01-20"));
	last_is_dated(f, "2026-01-20", NULL);
	world_free(f);
}

static void what_occurred_in_a_closed_month_counts_in_it(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'capped','maximum':100,'evidence':'none','cap_month':20"));
	go_to(f, "2026-02-10");
	must(f, close_month(f, "2026-01"));
	must(f, earn_on(f, "capped", "r1", "2026-01-20"));
	must(f, earn_on(f, "capped", "r2", "2026-01-21"));
	assert_int_equal(earn_on(f, "capped", "r3", "2026-01-22"), MERIT_CAP_REACHED);
	must(f, earn_on(f, "capped", "r4", "2026-02-01"));
	must(f, earn_on(f, "capped", "r5", "2026-02-01"));
	assert_int_equal(earn_on(f, "capped", "r6", "2026-02-01"), MERIT_CAP_REACHED);
	world_free(f);
}

/* Also a year: its window, its tier. */
static void what_occurred_in_a_closed_year_counts_in_it(void **state)
{
	struct fixture *f = periods_new();

	(void)state;
	go_to(f, "2027-01-15");
	close_2026(f);
	must(f, earn_on(f, "gift", "r", "2026-12-31"));
	last_is_dated(f, "2027-01-01", "2026-12-31");
	assert_int_equal(earn_on(f, "gift", "r2", "2027-01-01"), MERIT_OUTSIDE_WINDOW);
	assert_int_equal(earned_in_2026(f), 10);
	world_free(f);
}

static void a_day_that_a_caller_asks_for_must_be_open(void **state)
{
	static const struct step steps[] = {
		{ "its last day", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'b1','day':'2026-01-31'",
		  MERIT_PERIOD_CLOSED },
		{ "the day behind it", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'b1','day':'2026-02-01'",
		  MERIT_OK },
		{ "a day to come", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'b2','day':'2026-02-11'",
		  MERIT_IN_FUTURE },
	};
	struct fixture *f = periods_new();

	(void)state;
	go_to(f, "2026-02-10");
	must(f, close_month(f, "2026-01"));
	STEPS_RUN(f, steps);
	world_free(f);
}

/* ---- What happens by itself ---- */

static void entry_begin(struct fixture *f, struct merit_entry *entry, enum merit_operation_number number)
{
	struct merit_model *model = &f->ledger->model;

	memset(entry, 0, sizeof(*entry));
	merit_arena_reset(&model->scratch);
	entry->arena = &model->scratch;
	entry->operation = merit_operation_numbered(number);
	entry->party = MERIT_TEXT("system");
	entry->role = MERIT_ROLE_SYSTEM;
	entry->time_ms = f->now_ms;
	entry->day = merit_model_day(model, f->now_ms);
}

/* The ledger writes all that is due before it closes a month, so none of these can be met in a log: a month is closed
 * here by hand, and nothing is kept. */
static void effects_of_a_closed_month_are_dated_behind_it(void **state)
{
	static const struct {
		enum merit_operation_number number;
		const char *about, *day;
	} rows[] = {
		{ MERIT_OP_ORDER_LAPSE, "o", "2026-01-05" },
		{ MERIT_OP_ORDER_RECEIVE, "shipped", "2026-02-04" },
		{ MERIT_OP_EXPIRE, "m1", "2026-02-05" },
		{ MERIT_OP_MATURE, NULL, "2026-01-15" },
	};
	struct fixture *f = periods_new();
	struct merit_program *program = &f->ledger->model.program;
	struct merit_entry entry;

	(void)state;
	go_to(f, "2026-01-05");
	award(f, "c3", "gift", "short", 200); /* until 5 February */
	int64_t seq = award(f, "c2", "visit", "v", 7);
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_order(f, "shipped", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'shipped'"));
	f->now_ms = merit_day_start_ms(day_of("2026-03-15"), 0);
	program->closed_through = day_of("2026-02-28");
	assert_int_equal(merit_ledger_begin(f->ledger, f->ledger->time_ms, 0, 0), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		entry_begin(f, &entry, rows[i].number);
		entry.values[0] = (struct merit_value){ .present = true, .integer = seq };
		if (rows[i].about != NULL)
			entry.values[0].text = merit_text_of(rows[i].about);
		if (rows[i].number == MERIT_OP_EXPIRE)
			entry.values[EXPIRE_DAY] =
				(struct merit_value){ .present = true, .integer = day_of(rows[i].day) };
		merit_decide(&f->ledger->model, &entry);
		assert_int_equal(entry.status, MERIT_OK);
		assert_int_equal(entry.day, day_of("2026-03-01"));
		assert_true(entry.has_belongs_to);
		assert_int_equal(entry.belongs_to, day_of(rows[i].day));
		if (rows[i].number == MERIT_OP_MATURE) /* its month counts from the day it was due */
			assert_int_equal(entry.results[AWARD_LAST_DAY].integer, day_of("2026-02-15"));
	}
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	program->closed_through = MERIT_DAY_NONE;
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(a_month_is_over_at_the_first_millisecond_behind_it),
		cmocka_unit_test(a_refusal_names_the_month_that_is_next),
		cmocka_unit_test(the_first_month_is_that_of_the_earliest_entry),
		cmocka_unit_test(a_month_closes_behind_all_that_is_due),
		cmocka_unit_test(a_closing_names_as_many_totals_and_reports_as_may_be),
		cmocka_unit_test(reopening_takes_two_and_opens_all_later_ones),
		cmocka_unit_test(months_are_listed_with_who_closed_and_opened_them),
		cmocka_unit_test(what_occurred_in_a_closed_month_is_dated_behind_it),
		cmocka_unit_test(what_occurred_in_a_closed_month_counts_in_it),
		cmocka_unit_test(what_occurred_in_a_closed_year_counts_in_it),
		cmocka_unit_test(a_day_that_a_caller_asks_for_must_be_open),
		cmocka_unit_test(effects_of_a_closed_month_are_dated_behind_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
