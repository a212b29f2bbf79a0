/* referral_test.c
 * Goal    real vouches, with their repeats, second vouchers, mutual pairs and circles, make exactly the referrals that
 *         a second, simple set of books makes; each is paid once, and every balance is as counted there.
 * Method  debian-wot: 12,760 dated vouches between Debian members' keys, in the order of the file, as referral.record.
 *         The books here walk up from the voucher to see a circle. Then every referee earns twice. */
#include "ledger/csv.h"
#include "ledger/calendar.h"
#include "ledger/verify.h"
#include "tests/ledger/shared_data.h"
#include "tests/support/fixture.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VOUCHES_MAX     13000
#define PEOPLE_MAX      600
#define BATCH_CALLS     4000
#define YEAR_2013_MS    1356998400000LL /* behind the last vouch */
#define EARN_POINTS     100
#define REFERRER_POINTS 5
#define REFEREE_POINTS  3
#define FLAG_DAY        2 /* some went to key signing parties */

/* Columns of the file. */
enum { SIGNED_AT, VOUCHER, MEMBER };

struct person {
	char name[20];
	int referrer; /* place among the people, -1 = none */
	int64_t referred_ms;
	bool is_flagged;
	int64_t points; /* as these books have it */
};

struct vouch {
	int voucher, member; /* places */
	int64_t time_ms;
	enum merit_status want; /* what these books say of it */
};

struct web {
	struct fixture *f;
	struct person people[PEOPLE_MAX];
	int people_count;
	struct vouch vouches[VOUCHES_MAX];
	int vouches_count;
	int flag_day; /* 0 = none */
	struct merit_buffer json;
	int calls, ids;
};

#define good(call) assert_int_equal(call, MERIT_OK)

/* ---- Reading ---- */

static int place_of(struct web *web, const char *name)
{
	for (int i = 0; i < web->people_count; i++) {
		if (strcmp(web->people[i].name, name) == 0)
			return i;
	}
	assert_true(web->people_count < PEOPLE_MAX);
	struct person *person = &web->people[web->people_count];
	snprintf(person->name, sizeof(person->name), "%s", name);
	person->referrer = -1;
	return web->people_count++;
}

static void vouches_read(struct web *web)
{
	struct merit_csv csv = { .delimiter = ',' };
	char path[512];

	snprintf(path, sizeof(path), "%s/debian-wot/vouches.csv", shared_data());
	csv.file = fopen(path, "r");
	assert_non_null(csv.file);
	good(merit_csv_next(&csv));
	assert_string_equal(merit_csv_field(&csv, VOUCHER), "voucher_key_id");
	while (merit_csv_next(&csv) == MERIT_OK) {
		const char *time = merit_csv_field(&csv, SIGNED_AT);
		assert_true(web->vouches_count < VOUCHES_MAX);
		struct vouch *vouch = &web->vouches[web->vouches_count++];
		vouch->voucher = place_of(web, merit_csv_field(&csv, VOUCHER));
		vouch->member = place_of(web, merit_csv_field(&csv, MEMBER));
		assert_true(merit_time_parse(time, strlen(time), &vouch->time_ms));
	}
	fclose(csv.file);
	merit_csv_free(&csv);
}

/* ---- The second books ---- */

static bool goes_back_to(const struct web *web, int person, int ancestor)
{
	while (person >= 0 && person != ancestor)
		person = web->people[person].referrer;
	return person >= 0;
}

static bool is_one_too_many(const struct web *web, const struct vouch *vouch)
{
	int count = 0;

	for (int i = 0; i < web->people_count; i++) {
		const struct person *person = &web->people[i];
		count += person->referrer == vouch->voucher &&
		         person->referred_ms / FIXTURE_DAY_MS == vouch->time_ms / FIXTURE_DAY_MS;
	}
	return web->flag_day > 0 && count >= web->flag_day;
}

static enum merit_status vouch_foresee(struct web *web, const struct vouch *vouch)
{
	struct person *member = &web->people[vouch->member];

	if (vouch->voucher == vouch->member)
		return MERIT_SELF_REFERRAL;
	if (member->referrer >= 0)
		return member->referrer == vouch->voucher ? MERIT_ALREADY_REFERRED : MERIT_OTHER_REFERRER;
	if (goes_back_to(web, vouch->voucher, vouch->member))
		return MERIT_REFERRAL_CYCLE;
	member->is_flagged = is_one_too_many(web, vouch);
	member->referrer = vouch->voucher;
	member->referred_ms = vouch->time_ms;
	return MERIT_OK;
}

static int foreseen(const struct web *web, enum merit_status status)
{
	int count = 0;

	for (int i = 0; i < web->vouches_count; i++)
		count += web->vouches[i].want == status;
	return count;
}

/* ---- The ledger ---- */

static void batch_send(struct web *web)
{
	if (web->calls == 0)
		return;
	merit_buffer_put(&web->json, "]", 2); /* with its NUL */
	assert_false(web->json.bad);
	good(fixture_send(web->f, "svc", web->json.data));
	merit_buffer_clear(&web->json);
	web->calls = 0;
}

/* Begins a call of a batch: the caller puts the rest of its parameters and "}}". */
static struct merit_buffer *batch_call(struct web *web, const char *method)
{
	if (web->calls == BATCH_CALLS)
		batch_send(web);
	merit_buffer_put_format(&web->json,
	                        "%c{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"id\":\"b%d\",",
	                        web->calls == 0 ? '[' : ',', method, web->ids++);
	web->calls++;
	return &web->json;
}

static void born_in_2013(struct merit_ledger_birth *birth)
{
	birth->time_ms = YEAR_2013_MS;
	birth->late_days = MERIT_DAYS_MAX;
}

static void world_open(struct web *web)
{
	struct fixture *f = web->f = fixture_new_with(born_in_2013);

	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	good(fixture_call(f, "ops", "sponsor.create", "'sponsor':'acme'"));
	fixture_credit(f, "acme", "EUR");
	good(fixture_call(
		f, "ops", "campaign.create",
		"'campaign':'web','sponsor':'acme','starts':'1990-01-01','ends':'2013-12-31','currency':'EUR',"
		"'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
		"'from':'available'"));
	good(fixture_call(f, "ops", "campaign.rule", "'campaign':'web','event':'upload','points':%d,'evidence':'none'",
	                  EARN_POINTS));
	good(fixture_call(f, "fin", "campaign.fund", "'campaign':'web','points':1000000"));
	good(fixture_call(f, "ops", "campaign.referral",
	                  "'campaign':'web','event':'upload','referrer_points':%d,'referee_points':%d,'flag_day':%d",
	                  REFERRER_POINTS, REFEREE_POINTS, web->flag_day));
	for (int i = 0; i < web->people_count; i++)
		merit_buffer_put_format(batch_call(web, "member.create"), "\"member\":\"%s\"}}", web->people[i].name);
	batch_send(web);
	good(fixture_status(f));
}

/* Every record, and its outcome against the books'. */
static void vouches_run(struct web *web)
{
	uint64_t first = fixture_size(web->f);

	for (int i = 0; i < web->vouches_count; i++) {
		struct vouch *vouch = &web->vouches[i];
		vouch->want = vouch_foresee(web, vouch);
		merit_buffer_put_format(
			batch_call(web, "referral.record"),
			"\"referrer\":\"%s\",\"referee\":\"%s\",\"campaign\":\"web\",\"occurred\":%" PRId64 "}}",
			web->people[vouch->voucher].name, web->people[vouch->member].name, vouch->time_ms);
	}
	batch_send(web);
	for (int i = 0; i < web->vouches_count; i++) {
		struct merit_entry entry;
		fixture_entry(web->f, first + (uint64_t)i, &entry);
		if (entry.status != web->vouches[i].want)
			fail_msg("vouch %d: %s in place of %s", i, merit_status_word(entry.status),
			         merit_status_word(web->vouches[i].want));
	}
}

/* Every referee earns once; the rewards that followed. */
static int referees_earn(struct web *web, int round)
{
	uint64_t first = fixture_size(web->f);
	int rewards = 0;

	for (int i = 0; i < web->people_count; i++) {
		struct person *person = &web->people[i];
		if (person->referrer < 0)
			continue;
		person->points += EARN_POINTS;
		merit_buffer_put_format(
			batch_call(web, "earn"),
			"\"member\":\"%s\",\"campaign\":\"web\",\"event\":\"upload\",\"reference\":\"%d\","
			"\"occurred\":%lld}}",
			person->name, round, YEAR_2013_MS);
	}
	batch_send(web);
	good(fixture_status(web->f));
	for (uint64_t seq = first; seq < fixture_size(web->f); seq++) {
		struct merit_entry entry;
		fixture_entry(web->f, seq, &entry);
		rewards += entry.operation->number == MERIT_OP_REFERRAL;
	}
	return rewards;
}

/* What the books make of everybody's first earn; returns how many pairs are paid. */
static int rewards_foresee(struct web *web)
{
	int count = 0;

	for (int i = 0; i < web->people_count; i++) {
		struct person *person = &web->people[i];
		if (person->referrer < 0 || person->is_flagged)
			continue;
		person->points += REFEREE_POINTS;
		web->people[person->referrer].points += REFERRER_POINTS;
		count++;
	}
	return count;
}

static void balances_compare(const struct web *web)
{
	int64_t sum = 0;

	for (int i = 0; i < web->people_count; i++) {
		const struct person *person = &web->people[i];
		assert_int_equal(fixture_balance(web->f, MERIT_ACCOUNT_MEMBER, person->name), person->points);
		sum += person->points;
	}
	assert_int_equal(fixture_balance(web->f, MERIT_ACCOUNT_CAMPAIGN, "web"), 1000000 - sum);
}

static void prove(struct web *web)
{
	struct merit_verify_options options = { .directory = web->f->directory };
	struct merit_verify_report report;

	fixture_close(web->f);
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("%s", report.fault);
}

static void every_pair_of_the_web_is_paid_once(void **state)
{
	struct web *web = *state;

	vouches_read(web);
	world_open(web);
	vouches_run(web);
	assert_int_equal(foreseen(web, MERIT_OK), 412);
	assert_int_equal(foreseen(web, MERIT_ALREADY_REFERRED), 603);
	assert_int_equal(foreseen(web, MERIT_OTHER_REFERRER), 11572);
	assert_int_equal(foreseen(web, MERIT_REFERRAL_CYCLE), 173);
	assert_int_equal(foreseen(web, MERIT_SELF_REFERRAL), 0);
	assert_int_equal(rewards_foresee(web), 412);
	assert_int_equal(referees_earn(web, 1), 412);
	balances_compare(web);
	assert_int_equal(referees_earn(web, 2), 0);
	balances_compare(web);
	prove(web);
}

static void busy_days_wait_for_a_reviewer(void **state)
{
	struct web *web = *state;
	int flagged = 0;

	web->flag_day = FLAG_DAY;
	vouches_read(web);
	world_open(web);
	vouches_run(web);
	int paid = rewards_foresee(web);
	assert_in_range(paid, 1, 411);
	assert_int_equal(referees_earn(web, 1), paid);
	balances_compare(web);
	good(fixture_query(web->f, "ops", "referral.list", "'limit':1000"));
	for (const char *at = web->f->reply.data; (at = strstr(at, "\"state\":\"flagged\"")) != NULL; at++)
		flagged++;
	assert_int_equal(paid + flagged, 412);
	print_message("%d of 412 were one too many of their day\n", flagged);
	prove(web);
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct web));
	return *state == NULL;
}

static int teardown(void **state)
{
	struct web *web = *state;

	if (web->f != NULL)
		fixture_free(web->f);
	merit_buffer_free(&web->json);
	free(web);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_pair_of_the_web_is_paid_once, setup, teardown),
		cmocka_unit_test_setup_teardown(busy_days_wait_for_a_reviewer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
