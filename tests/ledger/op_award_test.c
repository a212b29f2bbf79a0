/* op_award_test.c
 * Goal    an award that waits is nobody's to spend, and ends once: approved or matured it is the member's, rejected it
 *         never was, reversed it is back where it came from.
 * Method  stories in the fixture's world with rules that review and delay. Each ends with the log decided again, from
 *         its first entry on, and its state compared. */
#include "ledger/calendar.h"
#include "tests/ledger/awards.h"

/* ---- Review ---- */

static void an_award_under_review_is_pending_until_it_is_approved(void **state)
{
	struct fixture *f = world_new();
	int64_t seq = award(f, "c1", "talk", "r", 60);

	(void)state;
	assert_string_equal(fixture_text(f, "state"), "review");
	assert_null(strstr(f->reply.data, "last_day"));
	points_are(f, 0, 60, "c1", 99940);
	assert_int_equal(earned_in_2026(f), 0);
	assert_int_equal(fixture_order(f, "o", "m1", 1), MERIT_SHORT_POINTS);
	fixture_advance(f, 400 * FIXTURE_DAY_MS); /* what waits does not die */
	points_are(f, 0, 60, "c1", 99940);
	assert_int_equal(review(f, "ops", seq, "approve"), MERIT_LOT_EXPIRED);
	world_free(f);
}

static void an_approved_award_is_available_and_counts_from_then_on(void **state)
{
	struct fixture *f = world_new();
	int64_t from_occurred = award(f, "c1", "talk", "r", 60), from_available = award(f, "c2", "talk", "r", 40);

	(void)state;
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	must(f, review(f, "ops", from_occurred, "approve"));
	assert_string_equal(fixture_text(f, "state"), "available");
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-01");
	assert_string_equal(fixture_text(f, "member"), "m1");
	assert_string_equal(fixture_text(f, "campaign"), "c1");
	assert_int_equal(fixture_integer(f, "points"), 60);
	assert_string_equal(fixture_text(f, "day"), "2026-02-10");
	int64_t reviewed = fixture_integer(f, "seq");
	points_are(f, 60, 40, "c1", 99940);
	assert_int_equal(earned_in_2026(f), 60);
	must(f, review(f, "ops", from_available, "approve"));
	assert_string_equal(fixture_text(f, "last_day"), "2026-03-10");
	points_are(f, 100, 0, "c2", 99960);
	assert_string_equal(standing(f, from_occurred), "available");
	assert_int_equal(fixture_integer(f, "reviewed"), reviewed);
	must(f, fixture_order(f, "o", "m1", 3));
	world_free(f);
}

static void a_review_is_anothers_and_once(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	fixture_party(f, "svc2", "service");
	fixture_key_add(f, "svc", "k2");
	int64_t approved = award(f, "c1", "talk", "r1", 10), rejected = award(f, "c1", "talk", "r2", 10);
	int64_t reversed = award(f, "c1", "talk", "r3", 10), plain = award(f, "c1", "gift", "r4", 10);
	int64_t maturing = award(f, "c1", "visit", "r5", 10);
	assert_int_equal(earn(f, "c1", "gift", "r4", 10), MERIT_ALREADY_EARNED);
	int64_t refused = fixture_integer(f, "seq");
	must(f, reverse(f, reversed));
	const struct {
		const char *name, *kid;
		int64_t seq;
		const char *decision;
		enum merit_status want;
	} rows[] = {
		{ "its own", "svc", approved, "approve", MERIT_SAME_PARTY },
		{ "its own, by another key", "svc/k2", approved, "reject", MERIT_SAME_PARTY },
		{ "its own, which waits for nobody", "svc", plain, "approve", MERIT_SAME_PARTY },
		{ "by finance", "fin", approved, "approve", MERIT_NOT_PERMITTED },
		{ "by the member", "m1", approved, "approve", MERIT_NOT_PERMITTED },
		{ "an entry that is no earn", "ops", 1, "approve", MERIT_ENTRY_UNKNOWN },
		{ "an entry to come", "ops", 100000, "approve", MERIT_ENTRY_UNKNOWN },
		{ "a refused earn", "ops", refused, "approve", MERIT_ENTRY_UNKNOWN },
		{ "an award that never waited", "ops", plain, "approve", MERIT_NOT_PENDING },
		{ "one that only matures", "ops", maturing, "reject", MERIT_NOT_PENDING },
		{ "one that was reversed", "ops", reversed, "approve", MERIT_NOT_PENDING },
		{ "no such decision", "ops", approved, "postpone", MERIT_BAD_PARAMS },
		{ "by the operator", "ops", approved, "approve", MERIT_OK },
		{ "again", "ops", approved, "approve", MERIT_NOT_PENDING },
		{ "by another service", "svc2", rejected, "reject", MERIT_OK },
		{ "after all", "ops", rejected, "approve", MERIT_NOT_PENDING },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (review(f, rows[i].kid, rows[i].seq, rows[i].decision) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	points_are(f, 20, 10, "c1", 99970);
	world_free(f);
}

static void a_rejected_award_frees_all_it_took(void **state)
{
	static const char *const limits[] = {
		"'cap_day':60",    "'cap_month':60",      "'cap_year':60",     "'cap_lifetime':60",
		"'quota_day':1",   "'quota_month':1",     "'quota_year':1",    "'quota_lifetime':1",
		"'quota_event':1", "'quota_reference':1", "'evidence':'none'",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		bool is_capped = strstr(limits[i], "cap") != NULL, is_limited = strstr(limits[i], "evidence") == NULL;
		struct fixture *f = world_new();
		must(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'c1','event':'case','maximum':1000,'review':true,%s%s", limits[i],
		                     is_limited ? ",'evidence':'unique'" : ""));
		int64_t seq = award(f, "c1", "case", "r", 60);
		if (is_limited) {
			must(f, fixture_call(f, "ops", "campaign.rule",
			                     "'campaign':'c1','event':'case','maximum':1000,'review':true,%s,"
			                     "'evidence':'none'",
			                     limits[i]));
			/* another reference, but for what counts by reference, which another member uses */
			bool by_reference = strstr(limits[i], "reference") != NULL;
			if (by_reference)
				fixture_member(f, "m2");
			enum merit_status got = fixture_call(
				f, "svc", "earn",
				"'member':'%s','campaign':'c1','event':'case','reference':'%s','occurred':%" PRId64
				",'points':1",
				by_reference ? "m2" : "m1", by_reference ? "r" : "r2", f->now_ms);
			if (got != (is_capped ? MERIT_CAP_REACHED : MERIT_QUOTA_REACHED))
				fail_msg("%s: %s", limits[i], f->reply.data);
			must(f, fixture_call(f, "ops", "campaign.rule",
			                     "'campaign':'c1','event':'case','maximum':1000,'review':true,%s,"
			                     "'evidence':'unique'",
			                     limits[i]));
		}
		must(f, review(f, "ops", seq, "reject"));
		assert_string_equal(fixture_text(f, "state"), "rejected");
		points_are(f, 0, 0, "c1", 100000);
		assert_string_equal(standing(f, seq), "rejected");
		seq = award(f, "c1", "case", "r", 60); /* the same in all */
		must(f, review(f, "ops", seq, "approve"));
		points_are(f, 60, 0, "c1", 99940);
		world_free(f);
	}
}

/* Whoever brought it first: it is free once nobody is paid for it. */
static void a_rejected_award_leaves_evidence_that_was_anothers_too(void **state)
{
	static const char *const events[][2] = { { "gift", "talk" }, { "talk", "gift" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture *f = world_new();
		int64_t talk = 0;
		for (size_t j = 0; j < 2; j++) {
			must(f, fixture_call(f, "svc", "earn",
			                     "'member':'m1','campaign':'c1','event':'%s','reference':'r',"
			                     "'occurred':%" PRId64 ",'points':5,'evidence':'" HASH "'",
			                     events[i][j], f->now_ms));
			if (strcmp(events[i][j], "talk") == 0)
				talk = fixture_integer(f, "seq");
		}
		must(f, review(f, "ops", talk, "reject"));
		assert_int_equal(earn(f, "c1", "case", "r", 60), MERIT_EVIDENCE_USED);
		world_free(f);
	}
}

static void a_rejected_award_gives_the_sponsors_money_back(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':100"));
	int64_t seq = award(f, "c1", "talk", "r", 100);
	assert_int_equal(earn(f, "c2", "gift", "r", 1), MERIT_SPONSOR_CAP_REACHED);
	must(f, review(f, "ops", seq, "reject"));
	must(f, earn(f, "c2", "gift", "r", 100));
	assert_int_equal(earn(f, "c2", "gift", "r2", 1), MERIT_SPONSOR_CAP_REACHED);
	world_free(f);
}

static void an_award_reviewed_too_late_can_only_be_rejected(void **state)
{
	struct fixture *f = world_new();
	int64_t seq = award(f, "c3", "talk", "r", 60);

	(void)state;
	fixture_advance(f, 32 * FIXTURE_DAY_MS - 1); /* the last millisecond of 1 February, its last day */
	int64_t in_time = award(f, "c3", "talk", "r2", 1);
	must(f,
	     fixture_call(f, "ops", "earn.review", "'entry':%" PRId64 ",'decision':'approve','reason':'r'", in_time));
	fixture_advance(f, 1);
	assert_int_equal(review(f, "ops", seq, "approve"), MERIT_LOT_EXPIRED);
	must(f, review(f, "ops", seq, "reject"));
	points_are(f, 1, 0, "c3", 99999);
	world_free(f);
}

static void an_award_can_be_approved_on_its_last_day(void **state)
{
	struct fixture *f = world_new();
	int64_t seq = award(f, "c3", "talk", "r", 60);

	(void)state;
	fixture_advance(f, 32 * FIXTURE_DAY_MS - 1);
	must(f, review(f, "ops", seq, "approve"));
	assert_string_equal(fixture_text(f, "last_day"), "2026-02-01");
	points_are(f, 60, 0, "c3", 99940);
	fixture_advance(f, 1);
	points_are(f, 0, 0, "c3", 99940);
	world_free(f);
}

/* What the referee does first counts once somebody has looked at it, by when it was done. */
static void an_approved_award_may_qualify_a_referral(void **state)
{
	static const char *const decisions[] = { "reject", "approve" };
	static const char *const events[] = { "talk", "case" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct fixture *f = world_new();
		fixture_member(f, "m2");
		must(f, fixture_call(f, "ops", "campaign.referral",
		                     "'campaign':'c1','event':'%s','referrer_points':20,'referee_points':3",
		                     events[i / 2]));
		must(f, fixture_call(f, "svc", "referral.record", "'referrer':'m2','referee':'m1','campaign':'c1'"));
		int64_t seq = award(f, "c1", events[i / 2], "r", 60);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 0);
		must(f, review(f, "ops", seq, decisions[i % 2]));
		/* Approved it is paid for, though a case still has days to wait for. */
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", i % 2 == 0 ? 0 : 20);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", i % 2 == 0 ? 0 : i < 2 ? 63 : 3);
		world_free(f);
	}
}

/* ---- Maturing ---- */

static void an_award_matures_at_the_start_of_its_day(void **state)
{
	struct fixture *f = world_new();
	struct merit_entry entry;

	(void)state;
	f->now_ms += FIXTURE_DAY_MS / 2;
	int64_t seq = award(f, "c1", "visit", "r", 60);
	assert_string_equal(fixture_text(f, "state"), "maturing");
	int64_t matures_ms = FIXTURE_BIRTH_MS + 10 * FIXTURE_DAY_MS;
	assert_int_equal(fixture_integer(f, "matures"), matures_ms);
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), matures_ms);
	assert_string_equal(standing(f, seq), "maturing");
	assert_int_equal(fixture_integer(f, "matures"), matures_ms);
	points_are(f, 0, 60, "c1", 99940);
	uint64_t before = fixture_size(f);
	fixture_advance(f, matures_ms - 1 - f->now_ms);
	assert_int_equal(fixture_size(f), before);
	assert_int_equal(earned_in_2026(f), 0);
	fixture_advance(f, 1);
	assert_int_equal(fixture_size(f), before + 1);
	fixture_entry(f, before, &entry);
	assert_int_equal(entry.operation->number, MERIT_OP_MATURE);
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("system")));
	assert_int_equal(entry.values[MATURE_ENTRY].integer, seq);
	assert_int_equal(entry.day * FIXTURE_DAY_MS, matures_ms);
	points_are(f, 60, 0, "c1", 99940);
	assert_int_equal(earned_in_2026(f), 60);
	assert_string_equal(standing(f, seq), "available");
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-01");
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), FIXTURE_BIRTH_MS + 366 * FIXTURE_DAY_MS);
	world_free(f);
}

static void an_award_approved_before_its_day_waits_for_it(void **state)
{
	struct fixture *f = world_new();
	int64_t matures_ms = FIXTURE_BIRTH_MS + 10 * FIXTURE_DAY_MS;
	int64_t early = award(f, "c1", "case", "r", 60);

	(void)state;
	assert_string_equal(fixture_text(f, "state"), "review");
	fixture_advance(f, matures_ms - 1 - f->now_ms);
	must(f, review(f, "ops", early, "approve"));
	assert_string_equal(fixture_text(f, "state"), "maturing");
	assert_int_equal(fixture_integer(f, "matures"), matures_ms);
	assert_null(strstr(f->reply.data, "last_day"));
	int64_t reviewed = fixture_integer(f, "seq");
	points_are(f, 0, 60, "c1", 99940);
	assert_int_equal(review(f, "ops", early, "reject"), MERIT_NOT_PENDING);
	fixture_advance(f, 1);
	points_are(f, 60, 0, "c1", 99940);
	assert_string_equal(standing(f, early), "available");
	assert_int_equal(fixture_integer(f, "reviewed"), reviewed);
	world_free(f);
}

static void an_award_approved_on_its_day_does_not_wait(void **state)
{
	struct fixture *f = world_new();
	int64_t seq = award(f, "c1", "case", "r", 60);

	(void)state;
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	points_are(f, 0, 60, "c1", 99940); /* its day alone does not release it */
	must(f, review(f, "ops", seq, "approve"));
	assert_string_equal(fixture_text(f, "state"), "available");
	points_are(f, 60, 0, "c1", 99940);
	world_free(f);
}

/* ---- Debts, closed campaigns, frozen members ---- */

static void what_becomes_available_pays_a_debt_first(void **state)
{
	struct fixture *f = world_new();
	int64_t gift = award(f, "c1", "gift", "g", 90);
	int64_t talk = award(f, "c1", "talk", "t", 60), visit = award(f, "c1", "visit", "v", 60);
	int64_t other = award(f, "c2", "talk", "t", 60);

	(void)state;
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, reverse(f, gift));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	must(f, review(f, "ops", other, "approve")); /* of another campaign */
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	must(f, review(f, "ops", talk, "approve"));
	assert_int_equal(fixture_integer(f, "points"), 60);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -30);
	points_are(f, 60, 60, "c1", 99880);
	assert_int_equal(earned_in_2026(f), 90 + 60 + 60);
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	points_are(f, 90, 0, "c1", 99880);
	must(f, reverse(f, visit)); /* whole, also what paid the debt */
	points_are(f, 60, 0, "c1", 99940);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -30);
	world_free(f);
}

static void awards_of_a_closed_campaign_end_as_any(void **state)
{
	struct fixture *f = world_new();
	int64_t rejected = award(f, "c1", "talk", "r1", 1), approved = award(f, "c1", "talk", "r2", 10);
	int64_t reversed = award(f, "c1", "talk", "r3", 100);

	(void)state;
	award(f, "c1", "visit", "r4", 1000);
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 - 1111);
	must(f, review(f, "ops", rejected, "reject"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 - 1110);
	must(f, review(f, "ops", approved, "approve"));
	must(f, reverse(f, reversed));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 - 1010);
	points_are(f, 10, 1000, "c1", 0);
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	points_are(f, 1010, 0, "c1", 0);
	world_free(f);
}

static void a_frozen_members_awards_go_on(void **state)
{
	struct fixture *f = world_new();
	int64_t talk = award(f, "c1", "talk", "r", 60);

	(void)state;
	award(f, "c1", "visit", "r", 40);
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'asked'"));
	must(f, review(f, "ops", talk, "approve"));
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	points_are(f, 100, 0, "c1", 99900);
	world_free(f);
}

/* ---- Reversal ---- */

static void an_award_that_waits_is_reversed_whole(void **state)
{
	static const char *const events[] = { "talk", "visit", "case" };

	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct fixture *f = world_new();
		award(f, "c1", "gift", "g", 500);
		int64_t due_ms = merit_ledger_next_due_ms(f->ledger), seq = award(f, "c1", events[i], "r", 60);
		must(f, reverse(f, seq));
		assert_int_equal(fixture_integer(f, "points"), 60);
		assert_int_equal(fixture_integer(f, "owed"), 0);
		int64_t reversed = fixture_integer(f, "seq");
		points_are(f, 500, 0, "c1", 99500); /* what else there is stays */
		assert_string_equal(standing(f, seq), "reversed");
		assert_int_equal(fixture_integer(f, "reversed"), reversed);
		assert_int_equal(reverse(f, seq), MERIT_ALREADY_REVERSED);
		assert_int_equal(merit_ledger_next_due_ms(f->ledger), due_ms);
		must(f, fixture_query(f, "ops", "award.list", "'limit':9"));
		assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
		/* It frees nothing. */
		assert_int_equal(earn(f, "c1", events[i], "r", 60),
		                 i == 2 ? MERIT_EVIDENCE_USED : MERIT_ALREADY_EARNED);
		uint64_t size = fixture_size(f);
		fixture_advance(f, 20 * FIXTURE_DAY_MS);
		assert_int_equal(fixture_size(f), size);
		world_free(f);
	}
}

static void a_reversal_frees_no_limit(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','review':true,"
	                     "'quota_month':1"));
	must(f, reverse(f, award(f, "c1", "talk", "r", 60)));
	assert_int_equal(earn(f, "c1", "talk", "r2", 60), MERIT_QUOTA_REACHED);
	world_free(f);
}

static void a_rejected_award_cannot_be_reversed(void **state)
{
	struct fixture *f = world_new();
	int64_t seq = award(f, "c1", "talk", "r", 60);

	(void)state;
	award(f, "c1", "gift", "g", 500);
	must(f, review(f, "ops", seq, "reject"));
	assert_int_equal(reverse(f, seq), MERIT_NOT_PENDING);
	points_are(f, 500, 0, "c1", 99500);
	world_free(f);
}

/* Its own lot is the one it landed in, which the earn could not know. */
static void a_matured_award_is_taken_from_its_own_lot_first(void **state)
{
	struct fixture *f = world_new();
	int64_t visit = award(f, "c2", "visit", "v", 60); /* available on 11 January, until 11 February */

	(void)state;
	fixture_advance(f, 5 * FIXTURE_DAY_MS);
	award(f, "c2", "gift", "g", 60); /* until 6 February */
	fixture_advance(f, 5 * FIXTURE_DAY_MS);
	points_are(f, 120, 0, "c2", 99880);
	must(f, reverse(f, visit));
	fixture_query(f, "svc", "member.get", "'member':'m1'");
	assert_non_null(strstr(f->reply.data, "\"last_day\":\"2026-02-06\",\"available\":60"));
	assert_null(strstr(f->reply.data, "2026-02-11"));
	world_free(f);
}

/* ---- As many lots as one may have ---- */

/* Lots of one campaign each, until the member has this many over all. */
static void fill_lots(struct fixture *f, uint32_t count)
{
	struct merit_member member;

	for (int i = 0;; i++) {
		merit_arena_reset(&f->ledger->model.scratch);
		assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
		if (member.head.lots_count >= count)
			return;
		char name[MERIT_NAME_SIZE_MAX + 1];
		snprintf(name, sizeof(name), "f%03d", i);
		must(f,
		     fixture_call(f, "ops", "campaign.create",
		                  "'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2031-12-31',"
		                  "'currency':'CNY','value_minor':1,'value_points':1,'contract':'sponsor','months':0,"
		                  "'round':'none','from':'occurred'",
		                  name));
		must(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'%s','event':'gift','maximum':9,'evidence':'none'", name));
		must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':9", name));
		award(f, name, "gift", "r", 9);
	}
}

static void what_becomes_available_finds_a_lot(void **state)
{
	struct fixture *f = world_new();
	int64_t first = award(f, "c2", "talk", "r1", 1), last = award(f, "c2", "talk", "r2", 2);

	(void)state;
	award(f, "c2", "gift", "g", 100); /* until 1 February */
	fill_lots(f, MERIT_MEMBER_LOTS_MAX);
	fixture_advance(f, FIXTURE_DAY_MS);
	must(f,
	     review(f, "ops", first, "approve")); /* the other one still pends: there is no room for a lot of its own */
	assert_string_equal(fixture_text(f, "last_day"), "2026-02-01");
	must(f, review(f, "ops", last, "approve")); /* the pending lot makes room */
	assert_string_equal(fixture_text(f, "last_day"), "2026-02-02");
	must(f, fixture_query(f, "svc", "member.get", "'member':'m1'"));
	assert_non_null(strstr(f->reply.data, "\"campaign\":\"c2\",\"sponsor\":\"acme\",\"last_day\":\"2026-02-01\","
	                                      "\"available\":101"));
	assert_int_equal(earn(f, "c1", "talk", "r", 1), MERIT_TOO_MANY_LOTS); /* what pends is a lot, too */
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_award_under_review_is_pending_until_it_is_approved),
		cmocka_unit_test(an_approved_award_is_available_and_counts_from_then_on),
		cmocka_unit_test(a_review_is_anothers_and_once),
		cmocka_unit_test(a_rejected_award_frees_all_it_took),
		cmocka_unit_test(a_rejected_award_leaves_evidence_that_was_anothers_too),
		cmocka_unit_test(a_rejected_award_gives_the_sponsors_money_back),
		cmocka_unit_test(an_award_reviewed_too_late_can_only_be_rejected),
		cmocka_unit_test(an_award_can_be_approved_on_its_last_day),
		cmocka_unit_test(an_approved_award_may_qualify_a_referral),
		cmocka_unit_test(an_award_matures_at_the_start_of_its_day),
		cmocka_unit_test(an_award_approved_before_its_day_waits_for_it),
		cmocka_unit_test(an_award_approved_on_its_day_does_not_wait),
		cmocka_unit_test(what_becomes_available_pays_a_debt_first),
		cmocka_unit_test(awards_of_a_closed_campaign_end_as_any),
		cmocka_unit_test(a_frozen_members_awards_go_on),
		cmocka_unit_test(an_award_that_waits_is_reversed_whole),
		cmocka_unit_test(a_reversal_frees_no_limit),
		cmocka_unit_test(a_rejected_award_cannot_be_reversed),
		cmocka_unit_test(a_matured_award_is_taken_from_its_own_lot_first),
		cmocka_unit_test(what_becomes_available_finds_a_lot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
