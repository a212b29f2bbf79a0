/* award_test.c
 * Goal    an award that must wait is the member's, but not to use: its points are pending, its row says what it waits
 *         for, and the rows by which it is found are there while it does and not a moment longer.
 * Method  earns by rules with review and delay in the fixture's world; then every way from one state into another. */
#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/verify.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define HOUR_MS 3600000LL

static void patient(struct merit_ledger_birth *birth)
{
	birth->late_days = 1000;
}

static void in_china(struct merit_ledger_birth *birth)
{
	birth->offset_minutes = 480;
	birth->late_days = 1000;
}

static int64_t day_ms(const char *day)
{
	int32_t days;

	assert_true(merit_day_parse(day, strlen(day), &days));
	return days * FIXTURE_DAY_MS;
}

/* Campaign y, 2026 to 2031, whose points live for months from one day or the other; event "e" pays as rest says. */
static struct fixture *world_with(void (*change)(struct merit_ledger_birth *birth), int months, const char *from,
                                  const char *rest)
{
	struct fixture *f = fixture_new_with(change);

	fixture_world(f);
	must(f, fixture_call(
			f, "ops", "campaign.create",
			"'campaign':'y','sponsor':'acme','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
			"'value_minor':1,'value_points':1,'contract':'sponsor','months':%d,'round':'none','from':'%s'",
			months, from));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'y','points':1000"));
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'y','event':'e','maximum':100,'evidence':'none'%s",
	                     rest));
	return f;
}

static struct fixture *world(const char *rest)
{
	return world_with(patient, 12, "available", rest);
}

static enum merit_status earn(struct fixture *f, const char *reference, int64_t occurred_ms)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'y','event':'e','reference':'%s','points':10,'occurred':%" PRId64,
	                    reference, occurred_ms);
}

/* The rows of one award say the same as its state. */
static void waits_for(struct fixture *f, uint64_t seq, enum merit_award_state state, int64_t due_ms)
{
	struct merit_model *model = &f->ledger->model;
	const struct merit_award *award = merit_model_award(model, seq);
	struct merit_text name = merit_model_award_name(model, seq);
	int slot;
	uint32_t member = merit_model_holder(model, MERIT_ACCOUNT_PENDING, MERIT_TEXT("m1"), &slot)->number;
	bool is_maturing = state == MERIT_AWARD_MATURING;

	assert_non_null(award);
	assert_int_equal(award->state, state);
	assert_int_equal(award->due_ms, due_ms);
	assert_true(merit_model_has(model, MERIT_TABLE_REVIEW, merit_model_number_key(model, seq)) ==
	            (state == MERIT_AWARD_REVIEW));
	assert_true(merit_model_has(model, MERIT_TABLE_MEMBER_AWARD, merit_model_pair_key(model, member, seq)) ==
	            (is_maturing || state == MERIT_AWARD_REVIEW));
	assert_true(merit_model_has(model, MERIT_TABLE_DUE,
	                            merit_model_due_key(model, due_ms, MERIT_DUE_MATURE, name)) == is_maturing);
	merit_arena_reset(&model->scratch);
}

static int64_t earned_this_year(struct fixture *f)
{
	struct merit_member member;

	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	merit_arena_reset(&f->ledger->model.scratch);
	return member.head.earned[0];
}

/* ---- Earning what must wait ---- */

static void an_award_under_review_is_pending(void **state)
{
	struct fixture *f = world(",'review':true");

	(void)state;
	must(f, earn(f, "r", f->now_ms));
	assert_string_equal(fixture_text(f, "state"), "review");
	assert_int_equal(fixture_integer(f, "paid"), 10);
	assert_null(strstr(f->reply.data, "last_day"));
	assert_null(strstr(f->reply.data, "matures"));
	waits_for(f, fixture_size(f) - 1, MERIT_AWARD_REVIEW, 0);
	balance_is(f, MERIT_ACCOUNT_PENDING, "m1", 10);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "y", 990);
	assert_int_equal(earned_this_year(f), 0);
	assert_int_equal(earn(f, "r", f->now_ms), MERIT_ALREADY_EARNED);
	world_free(f);
}

/* Three days behind a day in China that began at 16:00 in UTC is 16:00 in UTC, three days later. */
static void a_delay_counts_days_of_the_program_from_the_occurrence(void **state)
{
	static const struct {
		const char *name;
		int64_t early_ms; /* before the moment it matures */
		bool waits;
	} rows[] = {
		{ "three days before", 3 * 24 * HOUR_MS, true },
		{ "a millisecond before", 1, true },
		{ "that moment", 0, false },
		{ "long behind it", -100 * 24 * HOUR_MS, false },
	};
	int64_t occurred_ms = day_ms("2026-01-31") + 16 * HOUR_MS, matures_ms = occurred_ms + 3 * 24 * HOUR_MS;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_with(in_china, 12, "available", ",'delay_days':3");
		fixture_advance(f, matures_ms - rows[i].early_ms - f->now_ms);
		must(f, earn(f, "r", occurred_ms));
		balance_is(f, MERIT_ACCOUNT_PENDING, "m1", rows[i].waits ? 10 : 0);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", rows[i].waits ? 0 : 10);
		if (rows[i].waits) {
			assert_string_equal(fixture_text(f, "state"), "maturing");
			assert_int_equal(fixture_integer(f, "matures"), matures_ms);
			waits_for(f, fixture_size(f) - 1, MERIT_AWARD_MATURING, matures_ms);
		} else {
			assert_null(strstr(f->reply.data, "\"state\""));
			assert_null(strstr(f->reply.data, "matures"));
			assert_null(merit_model_award(&f->ledger->model, fixture_size(f) - 1));
			assert_int_equal(earned_this_year(f), 10);
		}
		world_free(f);
	}
}

/* From the last millisecond of the day it makes no difference: days are counted, not hours. */
static void the_time_of_day_does_not_matter_to_a_delay(void **state)
{
	struct fixture *f = world(",'delay_days':1");

	(void)state;
	fixture_advance(f, FIXTURE_DAY_MS - 1);
	must(f, earn(f, "r", f->now_ms));
	assert_int_equal(fixture_integer(f, "matures"), f->now_ms + 1);
	fixture_advance(f, 1);
	balance_is(f, MERIT_ACCOUNT_PENDING, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 10);
	world_free(f);
}

static void review_and_delay_wait_for_the_review_first(void **state)
{
	struct fixture *f = world(",'review':true,'delay_days':3");

	(void)state;
	must(f, earn(f, "r", f->now_ms));
	assert_string_equal(fixture_text(f, "state"), "review");
	assert_int_equal(fixture_integer(f, "matures"), f->now_ms + 3 * FIXTURE_DAY_MS);
	waits_for(f, fixture_size(f) - 1, MERIT_AWARD_REVIEW, f->now_ms + 3 * FIXTURE_DAY_MS);
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_PENDING, "m1", 10); /* a day alone releases nothing */
	must(f, earn(f, "r2", day_ms("2026-01-01")));
	waits_for(f, fixture_size(f) - 1, MERIT_AWARD_REVIEW, 0); /* its day is behind it already */
	world_free(f);
}

static void points_that_would_die_before_they_mature_are_refused(void **state)
{
	static const struct {
		const char *name, *from, *rest;
		enum merit_status want;
	} rows[] = {
		{ "on the last day", "occurred", ",'delay_days':31", MERIT_OK },
		{ "a day later", "occurred", ",'delay_days':32", MERIT_LOT_EXPIRED },
		{ "a day later, behind a review", "occurred", ",'delay_days':32,'review':true", MERIT_LOT_EXPIRED },
		{ "counted from when they are available", "available", ",'delay_days':32", MERIT_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_with(patient, 1, rows[i].from, rows[i].rest);
		if (earn(f, "r", day_ms("2026-01-01")) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		world_free(f);
	}
	struct fixture *f = world_with(patient, 1, "occurred", ",'review':true");
	fixture_advance(f, 31 * FIXTURE_DAY_MS); /* 1 February */
	must(f, earn(f, "r", day_ms("2026-01-01")));
	fixture_advance(f, FIXTURE_DAY_MS);
	assert_int_equal(earn(f, "r2", day_ms("2026-01-01")), MERIT_LOT_EXPIRED);
	world_free(f);
}

static void all_that_waits_of_a_campaign_is_one_lot(void **state)
{
	struct fixture *f = world_with(patient, 12, "occurred", "");
	char reference[16];

	(void)state;
	fixture_advance(f, 300 * FIXTURE_DAY_MS);
	for (int i = 0; i < MERIT_MEMBER_LOTS_MAX - 1; i++) {
		snprintf(reference, sizeof(reference), "r%d", i);
		must(f, earn(f, reference, f->now_ms - i * FIXTURE_DAY_MS));
		must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'y','points':10"));
	}
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y','event':'e','maximum':100,'evidence':'none','review':true"));
	must(f, earn(f, "waits", f->now_ms - 250 * FIXTURE_DAY_MS)); /* lot 200 */
	must(f, earn(f, "waits2", f->now_ms - 251 * FIXTURE_DAY_MS));
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'y','event':'e','maximum':100,'evidence':'none'"));
	assert_int_equal(earn(f, "new", f->now_ms - 250 * FIXTURE_DAY_MS), MERIT_TOO_MANY_LOTS);
	must(f, earn(f, "old", f->now_ms));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'gift','maximum':100,'evidence':'none','review':true"));
	assert_int_equal(fixture_gift(f, "m1", "other", 1), MERIT_TOO_MANY_LOTS);
	world_free(f);
}

static void a_debt_waits_until_the_points_are_there(void **state)
{
	struct fixture *f = world("");

	(void)state;
	must(f, earn(f, "r", f->now_ms));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':10"));
	must(f,
	     fixture_call(f, "svc", "order.place",
	                  "'order':'o','member':'m1','lines':[{'item':'cup','version':2,'points':10,'quantity':1}]"));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'wrong'", seq));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -10);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y','event':'e','maximum':100,'evidence':'none','delay_days':1"));
	must(f, earn(f, "r2", f->now_ms));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -10);
	balance_is(f, MERIT_ACCOUNT_PENDING, "m1", 10);
	world_free(f);
}

/* What waits for a day will be paid; what waits for a reviewer may not be. */
static void an_earn_under_review_does_not_qualify_a_referral(void **state)
{
	static const struct {
		const char *rest;
		uint64_t entries; /* the earn's own, and the reward's */
	} rows[] = {
		{ "", 2 }, { ",'delay_days':5", 2 }, { ",'review':true", 1 }, { ",'review':true,'delay_days':5", 1 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world(rows[i].rest);
		fixture_member(f, "m2");
		must(f, fixture_call(f, "ops", "campaign.referral",
		                     "'campaign':'y','event':'e','referrer_points':5,'referee_points':0"));
		must(f, fixture_call(f, "svc", "referral.record", "'referrer':'m2','referee':'m1','campaign':'y'"));
		uint64_t before = fixture_size(f);
		must(f, earn(f, "r", f->now_ms));
		assert_int_equal(fixture_size(f) - before, rows[i].entries);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", rows[i].entries == 2 ? 5 : 0);
		world_free(f);
	}
}

/* ---- From one state into another ---- */

static void rows_keep_in_step_with_every_change_of_state(void **state)
{
	static const enum merit_award_state path[] = {
		MERIT_AWARD_MATURING, MERIT_AWARD_AVAILABLE, MERIT_AWARD_REVIEW,   MERIT_AWARD_REVIEW,
		MERIT_AWARD_REJECTED, MERIT_AWARD_MATURING,  MERIT_AWARD_MATURING, MERIT_AWARD_REVERSED,
		MERIT_AWARD_REVIEW,   MERIT_AWARD_MATURING,  MERIT_AWARD_REJECTED,
	};
	struct fixture *f = world(",'review':true");

	(void)state;
	must(f, earn(f, "r", f->now_ms));
	uint64_t seq = fixture_size(f) - 1;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		struct merit_award award = *merit_model_award(&f->ledger->model, seq);
		int64_t before_ms = award.due_ms;
		award.state = (uint8_t)path[i];
		award.due_ms = f->now_ms + (int64_t)i * FIXTURE_DAY_MS;
		merit_award_set(&f->ledger->model, seq, MERIT_TEXT("m1"), &award);
		waits_for(f, seq, path[i], award.due_ms);
		struct merit_text name = merit_model_award_name(&f->ledger->model, seq);
		assert_false(
			before_ms != award.due_ms &&
			merit_model_has(&f->ledger->model, MERIT_TABLE_DUE,
		                        merit_model_due_key(&f->ledger->model, before_ms, MERIT_DUE_MATURE, name)));
	}
	fixture_free(f);
}

/* The rows of COUNT, told apart by how many there are. */
static bool count_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	(void)key;
	(void)key_size;
	(void)value;
	(void)size;
	++*(int *)context;
	return true;
}

static int counts(struct fixture *f)
{
	int count = 0;

	merit_state_scan(f->ledger->model.state, MERIT_TABLE_COUNT, "", 0, count_visit, &count);
	return count;
}

static void only_what_is_limited_is_counted(void **state)
{
	static const struct {
		const char *rest;
		int rows; /* of two awards on two days of a month, for two references */
	} rows[] = {
		{ "", 0 },
		{ ",'minimum':0,'clip':true,'review':true", 0 },
		{ ",'cap_day':50", 2 },
		{ ",'quota_month':5", 1 },
		{ ",'cap_month':50,'quota_month':5", 1 },
		{ ",'quota_lifetime':5", 1 },
		{ ",'quota_reference':5", 2 },
		{ ",'quota_event':5", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world(rows[i].rest);
		must(f, earn(f, "r1", f->now_ms));
		fixture_advance(f, FIXTURE_DAY_MS);
		must(f, earn(f, "r2", f->now_ms));
		if (counts(f) != rows[i].rows)
			fail_msg("%s: %d rows", rows[i].rest, counts(f));
		world_free(f);
	}
}

static void all_that_was_counted_can_be_given_back(void **state)
{
	struct fixture *f = world(",'review':true,'cap_day':50,'quota_month':5,'cap_year':50,'quota_lifetime':9,"
	                          "'quota_reference':5,'quota_event':5");
	struct merit_entry earned;

	(void)state;
	must(f, earn(f, "early", f->now_ms));
	assert_int_equal(counts(f), 6);
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':20"));
	must(f, earn(f, "late", f->now_ms));
	assert_int_equal(counts(f), 8); /* another reference, and the sponsor's money */
	for (uint64_t seq = fixture_size(f) - 3; seq < fixture_size(f); seq += 2) {
		const struct merit_award *award = merit_model_award(&f->ledger->model, seq);
		fixture_entry(f, seq, &earned);
		assert_int_equal(award->counted & MERIT_COUNTED_SPONSOR,
		                 seq == fixture_size(f) - 1 ? MERIT_COUNTED_SPONSOR : 0);
		merit_award_count(&f->ledger->model, &earned, award->counted, -1);
	}
	assert_int_equal(counts(f), 0);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_award_under_review_is_pending),
		cmocka_unit_test(a_delay_counts_days_of_the_program_from_the_occurrence),
		cmocka_unit_test(the_time_of_day_does_not_matter_to_a_delay),
		cmocka_unit_test(review_and_delay_wait_for_the_review_first),
		cmocka_unit_test(points_that_would_die_before_they_mature_are_refused),
		cmocka_unit_test(all_that_waits_of_a_campaign_is_one_lot),
		cmocka_unit_test(a_debt_waits_until_the_points_are_there),
		cmocka_unit_test(an_earn_under_review_does_not_qualify_a_referral),
		cmocka_unit_test(rows_keep_in_step_with_every_change_of_state),
		cmocka_unit_test(only_what_is_limited_is_counted),
		cmocka_unit_test(all_that_was_counted_can_be_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
