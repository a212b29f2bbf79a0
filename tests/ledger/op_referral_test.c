/* op_referral_test.c
 * Goal    a member has one referrer for ever, nobody refers in a circle, and what looks too busy waits for a reviewer.
 * Method  tables of steps in the fixture's world, rows that change one thing. What a referral pays is op_reward_test.c;
 *         that long chains stay cheap is referral_tree_test.c. */
#include "tests/ledger/referral_steps.h"

#include <inttypes.h>

static enum merit_status review(struct fixture *f, const char *kid, const char *referee, const char *decision)
{
	return fixture_call(f, kid, "referral.review", "'referee':'%s','decision':'%s','reason':'seen'", referee,
	                    decision);
}

/* ---- campaign.referral ---- */

static void terms_are_checked_in_the_documented_order(void **state)
{
	static const struct step steps[] = {
		{ "nothing for either", "ops", "campaign.referral",
		  "'campaign':'c9','event':'e','referrer_points':0,'referee_points':0", MERIT_ZERO_AMOUNT },
		{ "no campaign", "ops", "campaign.referral",
		  "'campaign':'c9','event':'e','referrer_points':0,'referee_points':1", MERIT_CAMPAIGN_UNKNOWN },
		{ "no rule", "ops", "campaign.referral",
		  "'campaign':'c1','event':'e','referrer_points':0,'referee_points':1", MERIT_NO_RULE },
		{ "one side is enough", "ops", "campaign.referral",
		  "'campaign':'c1','event':'course','referrer_points':0,'referee_points':1", MERIT_OK },
		{ "the next version", "ops", "campaign.referral",
		  "'campaign':'c1','event':'gift','referrer_points':1,'referee_points':0", MERIT_OK },
		{ "by a service", "svc", "campaign.referral", TERMS, MERIT_NOT_PERMITTED },
		{ "the campaign ends", "ops", "campaign.close", "'campaign':'c1'", MERIT_OK },
		{ "a closed campaign, no rule", "ops", "campaign.referral",
		  "'campaign':'c1','event':'e','referrer_points':0,'referee_points':1", MERIT_CAMPAIGN_CLOSED },
	};
	struct fixture *f = world_new(NULL);
	(void)state;

	STEPS_RUN(f, steps);
	const struct merit_terms *terms = merit_model_terms(
		&f->ledger->model, merit_model_campaign(&f->ledger->model, MERIT_TEXT("c1"))->holder.number);
	assert_int_equal(terms->version, 2);
	assert_true(merit_text_equal(merit_name_text(&terms->event), MERIT_TEXT("gift")));
	fixture_free(f);
}

static void only_the_event_of_the_newest_terms_qualifies(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c1','event':'gift','referrer_points':7,'referee_points':5"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c1','event':'gift','maximum':9,'evidence':'none'"));
	must(f, record(f, "m1", "m2"));
	must(f, fixture_earn(f, "m2", "r1"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_gift(f, "m2", "r2", 1));
	reward_is(f, 7, NULL, 5, NULL, "paid"); /* a new version of the event's rule did not end it */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 7);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 106);
	fixture_free(f);
}

/* ---- referral.record ---- */

static void records_are_refused_in_the_documented_order(void **state)
{
#define FUTURE ",'occurred':253402300799999"
	static const struct step steps[] = {
		{ "nobody knows the referrer", RECORD("m9", "m2", "'c9'" FUTURE), MERIT_MEMBER_UNKNOWN },
		{ "nor the referee", RECORD("m1", "m9", "'c9'" FUTURE), MERIT_MEMBER_UNKNOWN },
		{ "nor the campaign", RECORD("m1", "m1", "'c9'" FUTURE), MERIT_CAMPAIGN_UNKNOWN },
		{ "not yet", RECORD("m1", "m1", "'c1'" FUTURE), MERIT_IN_FUTURE },
		{ "too late", RECORD("m1", "m1", "'c1','occurred':0"), MERIT_TOO_LATE },
		{ "no terms", RECORD("m1", "m1", "'c1'"), MERIT_NO_TERMS },
		{ "terms", "ops", "campaign.referral", TERMS, MERIT_OK },
		{ "oneself", RECORD("m1", "m1", "'c1'"), MERIT_SELF_REFERRAL },
		{ "a good one", RECORD("m1", "m2", "'c1'"), MERIT_OK },
		{ "oneself, with a referrer", RECORD("m2", "m2", "'c1'"), MERIT_SELF_REFERRAL },
		{ "again", RECORD("m1", "m2", "'c1'"), MERIT_ALREADY_REFERRED },
		{ "by another", RECORD("m3", "m2", "'c1'"), MERIT_OTHER_REFERRER },
		{ "back", RECORD("m2", "m1", "'c1'"), MERIT_REFERRAL_CYCLE },
		{ "frozen", "ops", "member.freeze", "'member':'m3','reason':'r'", MERIT_OK },
		{ "a frozen referee", RECORD("m1", "m3", "'c1'"), MERIT_MEMBER_FROZEN },
		{ "a frozen referrer", RECORD("m3", "m2", "'c1'"), MERIT_MEMBER_FROZEN },
		{ "closed", "ops", "member.close", "'member':'m4','reason':'r'", MERIT_OK },
		{ "a closed referee of a frozen referrer", RECORD("m3", "m4", "'c1'" FUTURE), MERIT_MEMBER_CLOSED },
		{ "a closed referrer", RECORD("m4", "m2", "'c1'"), MERIT_MEMBER_CLOSED },
		{ "the campaign ends", "ops", "campaign.close", "'campaign':'c1'", MERIT_OK },
		{ "a closed campaign", RECORD("m1", "m1", "'c1'" FUTURE), MERIT_CAMPAIGN_CLOSED },
	};
	struct fixture *f = world_new(NULL);
	(void)state;

	STEPS_RUN(f, steps);
	state_is(f, "m2", "recorded");
	fixture_free(f);
}

static void a_refused_record_leaves_the_referee_free(void **state)
{
	static const struct step steps[] = {
		{ "down", RECORD("m1", "m2", "'c1'"), MERIT_OK },
		{ "and down", RECORD("m2", "m3", "'c1'"), MERIT_OK },
		{ "a circle", RECORD("m3", "m1", "'c1'"), MERIT_REFERRAL_CYCLE },
		{ "from outside", RECORD("m4", "m1", "'c1'"), MERIT_OK },
		{ "a longer circle", RECORD("m3", "m4", "'c1'"), MERIT_REFERRAL_CYCLE },
		{ "the first record came first", RECORD("m4", "m3", "'c1'"), MERIT_OTHER_REFERRER },
	};
	struct fixture *f = world_new(TERMS);
	(void)state;

	STEPS_RUN(f, steps);
	assert_int_equal(fixture_integer(f, "seq"), fixture_size(f) - 1);
	struct merit_entry entry;
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_string_equal(entry.why[0].name, "seq");
	assert_int_equal(entry.why[0].number, fixture_size(f) - 5); /* the record of m3 */
	fixture_free(f);
}

/* ---- Flags and their review ---- */

static void more_records_in_a_day_than_the_terms_say_wait_for_a_reviewer(void **state)
{
	static const struct {
		const char *referee, *state;
		int64_t days;
	} rows[] = {
		{ "a", "recorded", 0 }, { "b", "recorded", 0 }, { "c", "flagged", 0 },
		{ "d", "flagged", 0 },  { "e", "recorded", 1 },
	};
	struct fixture *f = world_new(TERMS ",'flag_day':2");
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_member(f, rows[i].referee);
		fixture_advance(f, rows[i].days * FIXTURE_DAY_MS);
		must(f, record(f, "m1", rows[i].referee));
		assert_string_equal(fixture_text(f, "state"), rows[i].state);
	}
	must(f, fixture_query(f, "ops", "referral.list", "'limit':100"));
	assert_non_null(strstr(f->reply.data, "\"referee\":\"c\""));
	assert_non_null(strstr(f->reply.data, "\"referee\":\"d\""));
	assert_null(strstr(f->reply.data, "\"referee\":\"e\""));
	must(f, fixture_earn(f, "c", "r"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_earn(f, "a", "r"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	fixture_free(f);
}

static void a_reviewer_releases_or_rejects_for_ever(void **state)
{
#define REVIEW(kid, referee, decision)                                                                                 \
	kid, "referral.review", "'referee':'" referee "','decision':'" decision "','reason':'seen'"
	static const struct step steps[] = {
		{ "the first in a day", RECORD("m1", "m2", "'c1'"), MERIT_OK },
		{ "one more", RECORD("m1", "m3", "'c1'"), MERIT_OK },
		{ "and one more", RECORD("m1", "m4", "'c1'"), MERIT_OK },
		{ "nobody", REVIEW("svc", "m9", "approve"), MERIT_MEMBER_UNKNOWN },
		{ "not referred", REVIEW("svc", "m1", "approve"), MERIT_REFERRAL_UNKNOWN },
		{ "one's own record, not flagged", REVIEW("svc", "m2", "approve"), MERIT_SAME_PARTY },
		{ "not flagged", REVIEW("ops", "m2", "reject"), MERIT_NOT_FLAGGED },
		{ "an auditor", REVIEW("aud", "m3", "approve"), MERIT_NOT_PERMITTED },
		{ "released", REVIEW("ops", "m3", "approve"), MERIT_OK },
		{ "once", REVIEW("ops", "m3", "reject"), MERIT_NOT_FLAGGED },
		{ "rejected", REVIEW("ops", "m4", "reject"), MERIT_OK },
		{ "for ever", REVIEW("ops", "m4", "approve"), MERIT_NOT_FLAGGED },
		{ "and its referee stays taken", RECORD("m3", "m4", "'c1'"), MERIT_OTHER_REFERRER },
	};
	struct fixture *f = world_new(TERMS ",'flag_day':1");
	(void)state;

	STEPS_RUN(f, steps);
	must(f, fixture_earn(f, "m4", "r1"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_earn(f, "m3", "r1"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	state_is(f, "m4", "rejected");
	state_is(f, "m3", "paid");
	must(f, fixture_query(f, "ops", "referral.list", "'limit':100"));
	assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
	fixture_free(f);
}

static void what_qualified_while_flagged_is_paid_with_its_release(void **state)
{
	struct fixture *f = world_new(TERMS ",'flag_day':1");
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	must(f, fixture_earn(f, "m3", "r1"));
	must(f, fixture_query(f, "ops", "referral.get", "'referee':'m3'"));
	assert_non_null(strstr(f->reply.data, "\"qualified\":true"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, review(f, "ops", "m3", "approve"));
	assert_string_equal(fixture_text(f, "state"), "recorded");
	reward_is(f, 50, NULL, 20, NULL, "paid");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	fixture_free(f);
}

static void a_short_budget_pays_neither_and_waits_for_a_reviewer(void **state)
{
	struct fixture *f = world_new("'campaign':'c1','event':'gift','referrer_points':50,'referee_points':20");
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'big','maximum':100000,'evidence':'none'"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m4','campaign':'c1','event':'big','reference':'r','occurred':%" PRId64
	                     ",'points':99930",
	                     f->now_ms));
	must(f, record(f, "m1", "m2"));
	must(f, fixture_gift(f, "m2", "r1", 1)); /* leaves 69 */
	reward_is(f, 0, "short_budget", 0, "short_budget", "flagged");
	state_is(f, "m2", "flagged");
	must(f, review(f, "ops", "m2", "approve"));
	reward_is(f, 0, "short_budget", 0, "short_budget", "flagged");
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c1','points':1"));
	must(f, review(f, "ops", "m2", "approve"));
	reward_is(f, 50, NULL, 20, NULL, "paid");
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 0);
	assert_int_equal(review(f, "ops", "m2", "approve"), MERIT_NOT_FLAGGED);
	fixture_free(f);
}

static void a_closed_campaign_pays_no_more(void **state)
{
	struct fixture *f = world_new(TERMS ",'flag_day':1");
	(void)state;

	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	must(f, fixture_earn(f, "m3", "r1"));
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	assert_int_equal(review(f, "ops", "m3", "approve"), MERIT_CAMPAIGN_CLOSED);
	assert_int_equal(review(f, "ops", "m2", "approve"), MERIT_CAMPAIGN_CLOSED); /* before not_flagged */
	must(f, review(f, "ops", "m3", "reject"));
	fixture_free(f);
}

static void an_award_approved_behind_the_campaigns_end_pays_no_referral(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'course','points':100,'evidence':'none','review':true"));
	must(f, record(f, "m1", "m2"));
	int earn = (int)fixture_size(f);
	must(f, fixture_earn(f, "m2", "r1"));
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%d,'decision':'approve','reason':'seen'", earn));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 100);
	reward_is(f, 0, "campaign_closed", 0, "campaign_closed", "flagged");
	fixture_free(f);
}

/* ---- Reads ---- */

static void members_read_their_own_referrals_and_rewards(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	fixture_key_add(f, "m2", "k1");
	fixture_key_add(f, "m3", "k1");
	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	int64_t second = (int64_t)fixture_size(f) - 1;
	must(f, fixture_earn(f, "m2", "r1"));
	int reward = (int)fixture_size(f) - 1;
	must(f, fixture_query(f, "m1", "referral.get", "'referee':'m2'"));
	assert_int_equal(fixture_integer(f, "paid_by"), reward);
	assert_int_equal(fixture_integer(f, "entry"), second - 1);
	assert_string_equal(fixture_text(f, "campaign"), "c1");
	must(f, fixture_query(f, "m2", "referral.get", "'referee':'m2'"));
	assert_int_equal(fixture_query(f, "m3", "referral.get", "'referee':'m2'"), MERIT_REFERRAL_UNKNOWN);
	assert_int_equal(fixture_query(f, "aud", "referral.get", "'referee':'m1'"), MERIT_REFERRAL_UNKNOWN);
	must(f, fixture_query(f, "m1", "referral.list", "'limit':1"));
	assert_string_equal(fixture_text(f, "referee"), "m2");
	assert_int_equal(fixture_integer(f, "next"), second);
	must(f, fixture_query(f, "m1", "referral.list", "'from':%" PRId64 ",'referrer':'m1'", second));
	assert_string_equal(fixture_text(f, "referee"), "m3");
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	assert_int_equal(fixture_query(f, "m3", "referral.list", "'referrer':'m1'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "aud", "referral.list", "'referrer':'m9'"), MERIT_MEMBER_UNKNOWN);
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%d", reward));
	must(f, fixture_query(f, "m2", "entry.get", "'seq':%d", reward));
	assert_int_equal(fixture_query(f, "m3", "entry.get", "'seq':%d", reward), MERIT_NOT_FOUND);
	fixture_free(f);
}

/* What keeps the other side from its reward, or what it owes, is the other's business. */
static void a_reward_that_tells_how_the_other_stands_is_not_shown(void **state)
{
	struct fixture *f = world_new(TERMS);
	(void)state;

	fixture_key_add(f, "m2", "k1");
	fixture_key_add(f, "m3", "k1");
	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	must(f, fixture_earn(f, "m1", "r0")); /* spent, and taken back: a debt */
	long long earned = fixture_integer(f, "seq");
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", earned));
	must(f, fixture_earn(f, "m2", "r1"));
	int owed = (int)fixture_size(f) - 1;
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%d", owed));
	assert_int_equal(fixture_query(f, "m2", "entry.get", "'seq':%d", owed), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "m2", "proof.get", "'seq':%d", owed), MERIT_NOT_FOUND);
	must(f, fixture_query(f, "m2", "statement.get", "'member':'m2'"));
	assert_non_null(strstr(f->reply.data, "\"op\":\"referral\"")); /* its own points it sees */
	assert_null(strstr(f->reply.data, "\"account\":\"debt\""));     /* and no lot of the other's */
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'r'"));
	must(f, fixture_earn(f, "m3", "r2"));
	int frozen = (int)fixture_size(f) - 1;
	assert_int_equal(fixture_query(f, "m3", "entry.get", "'seq':%d", frozen), MERIT_NOT_FOUND);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_checked_in_the_documented_order),
		cmocka_unit_test(only_the_event_of_the_newest_terms_qualifies),
		cmocka_unit_test(records_are_refused_in_the_documented_order),
		cmocka_unit_test(a_refused_record_leaves_the_referee_free),
		cmocka_unit_test(more_records_in_a_day_than_the_terms_say_wait_for_a_reviewer),
		cmocka_unit_test(a_reviewer_releases_or_rejects_for_ever),
		cmocka_unit_test(what_qualified_while_flagged_is_paid_with_its_release),
		cmocka_unit_test(a_short_budget_pays_neither_and_waits_for_a_reviewer),
		cmocka_unit_test(a_closed_campaign_pays_no_more),
		cmocka_unit_test(an_award_approved_behind_the_campaigns_end_pays_no_referral),
		cmocka_unit_test(members_read_their_own_referrals_and_rewards),
		cmocka_unit_test(a_reward_that_tells_how_the_other_stands_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
