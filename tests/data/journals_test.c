/* journals_test.c
 * Goal    the independent check on real books: hledger and beancount take the journals of a university's completions,
 *         and find the ledger's balance of every account.
 * Method  Open University Learning Analytics (CC-BY 4.0): Pass and Distinction earn their credits when the run ends,
 *         in a ledger opened behind all of them. The same check of Online Retail's books stands in
 *         retail_settlement_test.c, of Open Payments' in disclosure_test.c, where those ledgers are made. */
#include "ledger/calendar.h"
#include "ledger/csv.h"
#include "tests/ledger/shared_data.h"
#include "tests/support/journals.h"

#include <inttypes.h>
#include <string.h>

#define BIRTH_MS    1451606400000LL /* 2016-01-01T00:00Z */
#define BATCH_CALLS 500
#define COMPLETIONS 8409
#define CREDITS     598950
#define COURSES_MAX 64

enum { COURSE_MODULE, COURSE_RUN, COURSE_SIZE, COURSE_COLUMNS };
enum { INFO_MODULE, INFO_RUN, INFO_STUDENT, INFO_ATTEMPTS, INFO_CREDITS, INFO_RESULT, INFO_COLUMNS };

#define good(call) assert_int_equal(call, MERIT_OK)

/* A run of a module. */
struct course {
	char module[8], run[8];
	int64_t ended_ms;
};

struct university {
	struct fixture *f;
	struct course courses[COURSES_MAX];
	size_t courses_count;
	struct merit_buffer json; /* calls of a batch */
	size_t calls;
	unsigned completions;
	int64_t credits;
};

/* ---- Reading ---- */

static void file_each(const char *name, size_t columns, void (*row)(struct university *, const struct merit_csv *),
                      struct university *university)
{
	struct merit_csv csv = { .delimiter = ',' };
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/oulad/%s", shared_data(), name);
	csv.file = fopen(path, "r");
	assert_non_null(csv.file);
	good(merit_csv_next(&csv));
	while (merit_csv_next(&csv) == MERIT_OK) {
		assert_int_equal(csv.fields_count, columns);
		row(university, &csv);
	}
	merit_csv_free(&csv);
	(void)fclose(csv.file);
}

/* B runs begin on 1 February, J runs on 1 October. */
static void course_read(struct university *university, const struct merit_csv *csv)
{
	struct course *course = &university->courses[university->courses_count++];
	const char *run = merit_csv_field(csv, COURSE_RUN);
	struct merit_date starts = { .year = (int32_t)strtol(run, NULL, 10),
		                     .month = run[4] == 'B' ? 2 : 10,
		                     .day_of_month = 1 };

	assert_true(university->courses_count < COURSES_MAX && strlen(run) == 5);
	(void)snprintf(course->module, sizeof(course->module), "%s", merit_csv_field(csv, COURSE_MODULE));
	(void)snprintf(course->run, sizeof(course->run), "%s", run);
	course->ended_ms =
		(merit_day_of_date(starts) + strtoll(merit_csv_field(csv, COURSE_SIZE), NULL, 10)) * MERIT_DAY_MS;
}

static const struct course *course_of(const struct university *university, const struct merit_csv *csv)
{
	for (size_t i = 0; i < university->courses_count; i++) {
		const struct course *course = &university->courses[i];
		if (strcmp(course->module, merit_csv_field(csv, INFO_MODULE)) == 0 &&
		    strcmp(course->run, merit_csv_field(csv, INFO_RUN)) == 0)
			return course;
	}
	fail_msg("no such run");
	return NULL;
}

/* ---- Calls ---- */

static void batch_send(struct university *university)
{
	if (university->calls == 0)
		return;
	merit_buffer_put(&university->json, "]", 2); /* With its NUL. */
	assert_false(university->json.bad);
	good(fixture_send(university->f, "svc", university->json.data));
	merit_buffer_clear(&university->json);
	university->calls = 0;
}

static struct merit_buffer *batch_call(struct university *university, const char *method)
{
	if (university->calls == BATCH_CALLS)
		batch_send(university);
	merit_buffer_put_format(&university->json, "%c{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{",
	                        university->calls++ == 0 ? '[' : ',', method);
	return &university->json;
}

/* Who sits several runs is there already the second time: refused, and that is as well. */
static void student_add(struct university *university, const struct merit_csv *csv)
{
	merit_buffer_put_format(batch_call(university, "member.create"), "\"id\":\"m-%s-%s-%s\",\"member\":\"%s\"}}",
	                        merit_csv_field(csv, INFO_STUDENT), merit_csv_field(csv, INFO_MODULE),
	                        merit_csv_field(csv, INFO_RUN), merit_csv_field(csv, INFO_STUDENT));
}

static void completion_earn(struct university *university, const struct merit_csv *csv)
{
	const char *result = merit_csv_field(csv, INFO_RESULT), *student = merit_csv_field(csv, INFO_STUDENT);

	if (strcmp(result, "Pass") != 0 && strcmp(result, "Distinction") != 0)
		return;
	const struct course *course = course_of(university, csv);
	int64_t credits = strtoll(merit_csv_field(csv, INFO_CREDITS), NULL, 10);
	merit_buffer_put_format(batch_call(university, "earn"),
	                        "\"id\":\"e-%s-%s-%s\",\"member\":\"%s\",\"campaign\":\"studies\",\"event\":\"course\","
	                        "\"reference\":\"%s-%s\",\"occurred\":%" PRId64 ",\"points\":%" PRId64 "}}",
	                        student, course->module, course->run, student, course->module, course->run,
	                        course->ended_ms, credits);
	university->completions++;
	university->credits += credits;
}

/* ---- The test ---- */

static void born_behind_the_runs(struct merit_ledger_birth *birth)
{
	birth->time_ms = BIRTH_MS;
	birth->late_days = MERIT_DAYS_MAX;
}

static void campaign_open(struct fixture *f)
{
	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	good(fixture_call(f, "ops", "sponsor.create", "'sponsor':'university'"));
	fixture_credit(f, "university", "GBP");
	good(fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'studies','sponsor':'university','starts':'2013-01-01','ends':'2015-12-31',"
	                  "'currency':'GBP','value_minor':1,'value_points':1,'contract':'sponsor','months':0,"
	                  "'round':'none','from':'occurred'"));
	good(fixture_call(f, "ops", "campaign.rule",
	                  "'campaign':'studies','event':'course','maximum':1000,'evidence':'none'"));
	good(fixture_call(f, "fin", "campaign.fund", "'campaign':'studies','points':600000"));
}

static void other_programs_read_a_universitys_books(void **state)
{
	struct university *university = *state;

	file_each("courses.csv", COURSE_COLUMNS, course_read, university);
	struct fixture *f = university->f = fixture_new_with(born_behind_the_runs);
	campaign_open(f);
	file_each("studentInfo.csv", INFO_COLUMNS, student_add, university);
	batch_send(university);
	file_each("studentInfo.csv", INFO_COLUMNS, completion_earn, university);
	batch_send(university);
	assert_int_equal(university->completions, COMPLETIONS);
	assert_int_equal(university->credits, CREDITS);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_CAMPAIGN, "studies"), 600000 - CREDITS);
	journals_agree(f, MERIT_DAY_NONE);
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct university));
	return *state == NULL;
}

static int teardown(void **state)
{
	struct university *university = *state;

	if (university->f != NULL)
		fixture_free(university->f);
	merit_buffer_free(&university->json);
	free(university);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(other_programs_read_a_universitys_books, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
