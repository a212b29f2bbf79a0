/* query_award_test.c
 * Goal    an award is told to whose business it is, with all that it was for and where it stands; those that wait are
 *         listed, for who reviews them and for who waits.
 * Method  reads by every role in the world of awards.h. */
#include "tests/ledger/awards.h"

static void an_award_is_told_to_whose_business_it_is(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	fixture_key_add(f, "acme", "k1");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'other'"));
	fixture_key_add(f, "other", "k1");
	int64_t seq = award(f, "c1", "talk", "r", 60), fund = 1;
	const struct {
		const char *kid;
		int64_t seq;
		enum merit_status want;
	} rows[] = {
		{ "svc", seq, MERIT_OK },
		{ "ops", seq, MERIT_OK },
		{ "aud", seq, MERIT_OK },
		{ "m1", seq, MERIT_OK },
		{ "acme", seq, MERIT_OK },
		{ "m2", seq, MERIT_ENTRY_UNKNOWN },
		{ "other", seq, MERIT_ENTRY_UNKNOWN },
		{ "shop", seq, MERIT_NOT_PERMITTED },
		{ NULL, seq, MERIT_NOT_SIGNED },
		{ "svc", fund, MERIT_ENTRY_UNKNOWN },
		{ "svc", 100000, MERIT_ENTRY_UNKNOWN },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (fixture_query(f, rows[i].kid, "award.get", "'entry':%" PRId64, rows[i].seq) != rows[i].want)
			fail_msg("row %zu: %s", i, f->reply.data);
	}
	assert_int_equal(fixture_query(f, "acme", "award.list", "'limit':9"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "m1", "award.list", "'member':'m2'"), MERIT_NOT_PERMITTED);
	must(f, fixture_query(f, "m2", "award.list", "'limit':9"));
	assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
	fixture_free(f);
}

static void an_award_says_all_it_was_for(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','review':true,"
	                     "'nature':'honorarium','form':'points','income':'services'"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'talk','reference':'r','occurred':1767225600000,"
	                     "'points':60,'evidence':'" HASH "','actor':'nurse','quantity':45,'product':'a device',"
	                     "'form':'in kind'"));
	int64_t seq = fixture_integer(f, "seq");
	/* A later version of the rule does not change what was said of this one. */
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','review':true"));
	must(f, fixture_query(f, "m1", "award.get", "'entry':%" PRId64, seq));
	char want[1024];
	snprintf(want, sizeof(want),
	         "{\"entry\":%" PRId64 ",\"by\":\"svc\",\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"talk\","
	         "\"rule\":2,\"reference\":\"r\","
	         "\"occurred\":1767225600000,\"points\":60,\"evidence\":\"" HASH
	         "\",\"actor\":\"nurse\",\"quantity\":45,\"product\":\"a device\",\"nature\":\"honorarium\","
	         "\"form\":\"in kind\",\"income\":\"services\",\"state\":\"review\",\"seq\":",
	         seq);
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("%s in place of %s", f->reply.data, want);
	seq = award(f, "c1", "gift", "g", 7); /* one that never waited, by a rule that says nothing */
	assert_string_equal(standing(f, seq), "available");
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-01");
	assert_null(strstr(f->reply.data, "nature"));
	must(f, reverse(f, seq));
	assert_string_equal(standing(f, seq), "reversed");
	fixture_free(f);
}

static void awards_that_wait_are_listed_in_their_order(void **state)
{
	struct fixture *f = world_new();
	int64_t seqs[5];
	char reference[16];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(reference, sizeof(reference), "r%d", i);
		seqs[i] = award(f, "c1", "talk", reference, 10 + i);
		award(f, "c1", "visit", reference, 1); /* waits for no reviewer */
	}
	must(f, review(f, "ops", seqs[1], "approve"));
	must(f, review(f, "ops", seqs[3], "reject"));
	must(f, fixture_query(f, "aud", "award.list", "'limit':2"));
	assert_int_equal(fixture_integer(f, "entry"), seqs[0]);
	assert_int_equal(fixture_integer(f, "next"), seqs[4]);
	assert_non_null(strstr(f->reply.data, "\"points\":12"));
	assert_null(strstr(f->reply.data, "\"points\":14"));
	must(f, fixture_query(f, "aud", "award.list", "'from':%" PRId64, fixture_integer(f, "next")));
	assert_int_equal(fixture_integer(f, "entry"), seqs[4]);
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	must(f, fixture_query(f, "aud", "award.list", "'from':%" PRId64, seqs[4] + 1));
	assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
	fixture_free(f);
}

/* A member is shown what it still waits for, whoever or whatever it waits for. */
static void a_members_awards_that_wait_are_listed(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	fixture_member(f, "m2");
	int64_t reviewed = award(f, "c1", "talk", "r", 10), maturing = award(f, "c1", "visit", "r", 1);
	int64_t third = award(f, "c1", "talk", "s", 30);
	for (int asks = 0; asks < 2; asks++) { /* staff for it, then itself */
		must(f, asks == 0 ? fixture_query(f, "ops", "award.list", "'member':'m1','limit':2")
		                  : fixture_query(f, "m1", "award.list", "'limit':2"));
		assert_int_equal(fixture_integer(f, "entry"), reviewed);
		assert_non_null(strstr(f->reply.data, "\"state\":\"maturing\",\"matures\":"));
		assert_int_equal(fixture_integer(f, "next"), third);
	}
	must(f, fixture_query(f, "m1", "award.list", "'from':%" PRId64, maturing + 1));
	assert_int_equal(fixture_integer(f, "entry"), third);
	must(f, review(f, "ops", reviewed, "approve"));
	fixture_advance(f, 400 * FIXTURE_DAY_MS);
	must(f, fixture_query(f, "m1", "award.list", "'limit':9"));
	assert_int_equal(fixture_integer(f, "entry"), third); /* the others wait no more */
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	assert_int_equal(fixture_query(f, "ops", "award.list", "'member':'m3'"), MERIT_MEMBER_UNKNOWN);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_award_is_told_to_whose_business_it_is),
		cmocka_unit_test(an_award_says_all_it_was_for),
		cmocka_unit_test(awards_that_wait_are_listed_in_their_order),
		cmocka_unit_test(a_members_awards_that_wait_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
