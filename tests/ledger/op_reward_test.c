/* op_reward_test.c
 * Goal    a referral pays both sides exactly once: what one side may not have never keeps the other from its own.
 * Method  one world a case, rows that change one thing. That the reward comes right behind its earn: follow_test.c. */
#include "tests/ledger/referral_steps.h"

#include <inttypes.h>

/* ---- What qualifies ---- */

static void both_sides_are_paid_exactly_once(void **state)
{
	struct fixture *f = world_new(TERMS);
	struct merit_entry entry;
	char id[32];
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	must(f, fixture_earn(f, "m2", "r1"));
	uint64_t size = fixture_size(f);
	reward_is(f, 50, NULL, 20, NULL, "paid");
	fixture_entry(f, size - 1, &entry);
	snprintf(id, sizeof(id), "referral:%d", (int)size - 1);
	assert_true(merit_text_equal(entry.id, merit_text_of(id)));
	assert_int_equal(entry.results[REFERRAL_TERMS].integer, 1);
	must(f, fixture_earn(f, "m2", "r2"));
	assert_int_equal(fixture_size(f), size + 1); /* no second reward */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 220);
	must(f, fixture_earn(f, "m3", "r1"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100); /* another referee, another reward */
	state_is(f, "m2", "paid");
	assert_int_equal(record(f, "m1", "m2"), MERIT_ALREADY_REFERRED);
	fixture_free(f);
}

static void it_stays_paid_when_the_earn_is_reversed(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, fixture_earn(f, "m2", "r1"));
	int earn = (int)fixture_size(f) - 2;
	must(f, fixture_order(f, "o1", "m2", 1));
	must(f, fixture_call(f, "ops", "reverse", "'entry':%d,'reason':'void'", earn));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m2", -10); /* 90 of 120 were there to be taken */
	must(f, fixture_earn(f, "m2", "r2"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	fixture_free(f);
}

static void only_an_earn_behind_the_record_and_in_the_window_qualifies(void **state)
{
	struct fixture *f = world_new(TERMS ",'window_days':2");
	int64_t day = FIXTURE_DAY_MS, referred;
	(void)state;

	f->now_ms += 10 * day + 1000;
	referred = f->now_ms - 5 * day;
	must(f, fixture_earn(f, "m2", "before"));
	must(f, fixture_call(f, "svc", "referral.record",
	                     "'referrer':'m1','referee':'m2','campaign':'c1','occurred':%" PRId64, referred));
	const struct {
		const char *name;
		int64_t occurred_ms, paid;
	} rows[] = {
		{ "a millisecond before the referral", referred - 1, 0 },
		{ "the third day behind it", referred + 3 * day - 1000, 0 },
		{ "the end of the second", referred + 3 * day - 1001, 50 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(f, fixture_call(
				f, "svc", "earn",
				"'member':'m2','campaign':'c1','event':'course','reference':'w%zu','occurred':%" PRId64,
				i, rows[i].occurred_ms));
		if (fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1") != rows[i].paid)
			fail_msg("%s: %" PRId64, rows[i].name, fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"));
	}
	fixture_free(f);
}

/* However late it is approved. */
static void an_award_from_before_the_record_does_not_qualify(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'course','points':100,'evidence':'none','review':true"));
	int before = (int)fixture_size(f);
	must(f, fixture_earn(f, "m2", "r1"));
	must(f, record(f, "m1", "m2"));
	must(f, fixture_earn(f, "m2", "r2"));
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%d,'decision':'approve','reason':'seen'", before));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%d,'decision':'approve','reason':'seen'", before + 2));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	fixture_free(f);
}

static void points_of_another_campaign_do_not_qualify(void **state)
{
	static const struct step steps[] = {
		{ "another campaign", "ops", "campaign.create",
		  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
		  "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none','from':'occurred'",
		  MERIT_OK },
		{ "its rule", "ops", "campaign.rule", "'campaign':'c2','event':'course','points':9,'evidence':'none'",
		  MERIT_OK },
		{ "its budget", "fin", "campaign.fund", "'campaign':'c2','points':1000", MERIT_OK },
		{ "its terms", "ops", "campaign.referral",
		  "'campaign':'c2','event':'course','referrer_points':1,'referee_points':1", MERIT_OK },
		{ "a record for the first", RECORD("m1", "m2", "'c1'"), MERIT_OK },
		{ "an earn of the second", "svc", "earn",
		  "'member':'m2','campaign':'c2','event':'course','reference':'r','occurred':1767225600000", MERIT_OK },
	};
	struct fixture *f = world_new(TERMS);
	(void)state;

	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_earn(f, "m2", "r1"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	fixture_free(f);
}

/* ---- What keeps a side from its points, and never the other ---- */

static void a_side_that_may_not_be_paid_does_not_block_the_other(void **state)
{
	static const struct {
		const char *name, *kid, *method, *params;
		const char *referrer_why;
		int64_t referrer;
	} rows[] = {
		{ "nothing is wrong", "ops", "campaign.rule",
		  "'campaign':'c1','event':'x','points':1,'evidence':'none'", NULL, 50 },
		{ "a frozen referrer", "ops", "member.freeze", "'member':'m1','reason':'r'", "member_frozen", 0 },
		{ "a closed referrer", "ops", "member.close", "'member':'m1','reason':'r'", "member_closed", 0 },
		{ "a cap below it", "ops", "campaign.referral", TERMS ",'cap_day':49", "cap_reached", 0 },
		{ "a cap of just as much", "ops", "campaign.referral", TERMS ",'cap_year':50", NULL, 50 },
		{ "a sponsor's cap below it", "fin", "sponsor.cap", "'sponsor':'acme','currency':'EUR','cap_minor':1",
		  NULL, 50 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new(TERMS);
		must(f, record(f, "m1", "m2"));
		must(f, fixture_call(f, rows[i].kid, rows[i].method, "%s", rows[i].params));
		must(f, fixture_earn(f, "m2", "r1"));
		reward_is(f, rows[i].referrer, rows[i].referrer_why, 20, NULL, "paid");
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", rows[i].referrer);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 120);
		must(f, fixture_call(f, "ops", "campaign.referral", TERMS)); /* no later version pays it after all */
		must(f, fixture_earn(f, "m2", "r2"));
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", rows[i].referrer);
		fixture_free(f);
	}
}

static void a_referrer_caps_count_in_their_periods(void **state)
{
	struct fixture *f = world_new(TERMS ",'cap_day':100,'cap_month':150,'cap_lifetime':200");
	static const struct {
		const char *referee;
		int64_t days, sum;
	} rows[] = {
		{ "a", 0, 50 },  { "b", 0, 100 },  { "c", 0, 100 },  { "d", 1, 150 },
		{ "e", 1, 150 }, { "f", 30, 200 }, { "g", 30, 200 }, { "h", 300, 200 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_member(f, rows[i].referee);
		must(f, record(f, "m1", rows[i].referee));
		fixture_advance(f, rows[i].days * FIXTURE_DAY_MS);
		must(f, fixture_earn(f, rows[i].referee, "r"));
		if (fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1") != rows[i].sum)
			fail_msg("%s: %" PRId64, rows[i].referee, fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"));
		balance_is(f, MERIT_ACCOUNT_MEMBER, rows[i].referee, 120);
	}
	fixture_free(f);
}

static void a_sponsors_cap_counts_rewards_of_both(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':119"));
	must(f, record(f, "m1", "m2"));
	must(f, fixture_earn(f, "m2", "r1"));
	reward_is(f, 50, NULL, 0, "sponsor_cap_reached", "paid"); /* 100 of 119 were the earn */
	must(f, record(f, "m1", "m3"));
	must(f, fixture_earn(f, "m3", "r1"));
	reward_is(f, 50, NULL, 0, "sponsor_cap_reached", "paid");
	must(f, record(f, "m1", "m4"));
	must(f, fixture_earn(f, "m4", "r1"));
	reward_is(f, 0, "sponsor_cap_reached", 0, "sponsor_cap_reached", "paid"); /* the rewards counted, too */
	fixture_free(f);
}

static void a_debt_is_paid_down_first(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, fixture_gift(f, "m1", "g1", 30));
	uint64_t gift = fixture_size(f) - 1;
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "ops", "reverse", "'entry':%d,'reason':'void'", (int)gift));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -30);
	must(f, fixture_earn(f, "m2", "r1"));
	reward_is(f, 50, NULL, 20, NULL, "paid");
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 20);
	fixture_free(f);
}

static void rewards_count_towards_tiers(void **state)
{
	struct fixture *f = world_new(TERMS);
	struct merit_member member;
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, fixture_earn(f, "m2", "r1"));
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	assert_int_equal(member.head.year, 2026);
	assert_int_equal(member.head.earned[0], 50);
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m2"), 0, &member));
	assert_int_equal(member.head.earned[0], 120);
	fixture_free(f);
}

/* Lots of other days, as many as one may hold: the reward joins the campaign's next later one, here its last. */
static void a_reward_lands_in_a_lot_there_is_when_there_are_as_many_as_may_be(void **state)
{
	struct fixture *f = world_new(TERMS);
	struct merit_member member;
	(void)state;

	must(f, record(f, "m1", "m2"));
	for (int i = 0; i < MERIT_MEMBER_LOTS_MAX; i++) {
		char reference[16];
		snprintf(reference, sizeof(reference), "g%d", i);
		must(f, fixture_gift(f, "m1", reference, 1));
		f->now_ms += FIXTURE_DAY_MS;
	}
	must(f, fixture_earn(f, "m2", "r1"));
	reward_is(f, 50, NULL, 20, NULL, "paid");
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	assert_int_equal(member.head.lots_count, MERIT_MEMBER_LOTS_MAX);
	assert_int_equal(member.lots[MERIT_MEMBER_LOTS_MAX - 1].available, 51);
	fixture_free(f);
}

/* As many lots and debts of other campaigns as a member's row holds, or one fewer. */
static void a_full_row_is_no_place_to_land(void **state)
{
	(void)state;

	for (uint32_t spare = 0; spare < 2; spare++) {
		struct fixture *f = world_new(TERMS);
		struct merit_member member;
		must(f, record(f, "m1", "m2"));
		assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), MERIT_MEMBER_ROWS_MAX, &member));
		for (uint32_t i = 0; i < MERIT_MEMBER_LOTS_MAX; i++)
			merit_member_lot(&member, MERIT_DAY_NEVER, 1000 + i)->available = 1;
		member.head.debts_count = MERIT_MEMBER_ROWS_MAX - MERIT_MEMBER_LOTS_MAX - spare;
		for (uint32_t i = 0; i < member.head.debts_count; i++)
			member.debts[i] = (struct merit_debt){ .campaign = 1000 + i, .owed = 1 };
		member_put(f, "m1", &member);
		must(f, fixture_earn(f, "m2", "r1"));
		reward_is(f, spare * 50, spare == 0 ? "too_many_lots" : NULL, 20, NULL, "paid");
		fixture_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_are_paid_exactly_once),
		cmocka_unit_test(it_stays_paid_when_the_earn_is_reversed),
		cmocka_unit_test(only_an_earn_behind_the_record_and_in_the_window_qualifies),
		cmocka_unit_test(an_award_from_before_the_record_does_not_qualify),
		cmocka_unit_test(points_of_another_campaign_do_not_qualify),
		cmocka_unit_test(a_side_that_may_not_be_paid_does_not_block_the_other),
		cmocka_unit_test(a_referrer_caps_count_in_their_periods),
		cmocka_unit_test(a_sponsors_cap_counts_rewards_of_both),
		cmocka_unit_test(a_debt_is_paid_down_first),
		cmocka_unit_test(rewards_count_towards_tiers),
		cmocka_unit_test(a_reward_lands_in_a_lot_there_is_when_there_are_as_many_as_may_be),
		cmocka_unit_test(a_full_row_is_no_place_to_land),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
