/* query_disclosure_test.c
 * Goal    a member is told each payment that is disclosed of it, once, with what it was for and what it was worth;
 *         newest first, page by page, and nothing of anybody else's.
 * Method  every kind of payment on its own; then pages, readers and the bound of a page. That sums are those of
 *         `merit report disclosure` is tests/report/disclosure_random_test.c's. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

static size_t rows_count(const struct fixture *f)
{
	size_t count = 0;

	for (const char *at = f->reply.data; (at = strstr(at, "{\"seq\":")) != NULL; at++)
		count++;
	return count;
}

static void read_all(struct fixture *f, const char *member)
{
	must(f, fixture_query(f, "ops", "member.disclosure", "'member':'%s'", member));
}

/* Sponsor acme's campaign c2: three points are worth two fen. An event with its nature, one that is reviewed, and one
 * that waits. */
static struct fixture *world_new(void)
{
	static const struct step steps[] = {
		{ "a campaign", "ops", "campaign.create",
		  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2027-12-31','currency':'CNY',"
		  "'value_minor':2,'value_points':3,'contract':'sponsor','months':0,'round':'none','from':'occurred'",
		  MERIT_OK },
		{ "at once", "ops", "campaign.rule",
		  "'campaign':'c2','event':'talk','maximum':1000,'evidence':'none','nature':'lecture','form':'points',"
		  "'income':'labour'",
		  MERIT_OK },
		{ "reviewed", "ops", "campaign.rule",
		  "'campaign':'c2','event':'judged','points':60,'evidence':'none','review':true", MERIT_OK },
		{ "delayed", "ops", "campaign.rule",
		  "'campaign':'c2','event':'late','points':30,'evidence':'none','delay_days':10", MERIT_OK },
		{ "a budget", "fin", "campaign.fund", "'campaign':'c2','points':100000", MERIT_OK },
	};
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	STEPS_RUN(f, steps);
	return f;
}

/* Returns the earn's seq. */
static unsigned long long earn(struct fixture *f, const char *member, const char *event, const char *more)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'%s','campaign':'c2','event':'%s','reference':'r%u','occurred':%" PRId64 "%s",
	                     member, event, f->ids, f->now_ms, more));
	return fixture_size(f) - 1;
}

static void agree(struct fixture *f, const char *proposal, const char *call)
{
	must(f, fixture_call(f, "ops", "proposal.create", "'proposal':'%s','reason':'r','call':{%s}", proposal, call));
	must(f, fixture_call(f, "fin", "proposal.approve", "'proposal':'%s'", proposal));
}

/* ---- Rows ---- */

static void an_award_is_told_with_what_it_was_for(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'talk','reference':'congress','occurred':%" PRId64
	                     ",'points':300,'product':'a device','form':'in kind'",
	                     f->now_ms));
	char want[512];
	unsigned long long seq = fixture_size(f) - 1;
	must(f, fixture_call(f, "ops", "campaign.rule", /* which is for what is earned behind it */
	                     "'campaign':'c2','event':'talk','maximum':9,'evidence':'none','nature':'consulting'"));
	read_all(f, "m1");
	(void)snprintf(want, sizeof(want),
	               "{'rows':[{'seq':%llu,'time':1767225600000,'day':'2026-01-01','op':'earn','campaign':'c2',"
	               "'sponsor':'acme','event':'talk','reference':'congress','award':%llu,'points':300,"
	               "'currency':'CNY','value_minor':200,'product':'a device','nature':'lecture','form':'in kind',"
	               "'income':'labour'}],'next':null,'seq':%llu,'time':1767225600000}",
	               seq, seq, seq + 1);
	answer_has(f, want);
	world_free(f);
}

static void what_waits_is_told_once_it_can_be_used(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	unsigned long long judged = earn(f, "m1", "judged", ""), rejected = earn(f, "m1", "judged", "");
	unsigned long long reversed = earn(f, "m1", "late", "");
	earn(f, "m1", "late", "");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", reversed));
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%llu,'decision':'reject','reason':'bad'", rejected));
	read_all(f, "m1");
	answer_has(f, "'rows':[]");
	f->now_ms += 5 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%llu,'decision':'approve','reason':'good'", judged));
	read_all(f, "m1");
	assert_int_equal(rows_count(f), 1);
	answer_has(f, "'day':'2026-01-06','op':'earn.review','campaign':'c2','sponsor':'acme','event':'judged'");
	fixture_advance(f, 20 * FIXTURE_DAY_MS);
	read_all(f, "m1");
	assert_int_equal(rows_count(f), 2);
	answer_has(f, "'day':'2026-01-11','op':'mature','campaign':'c2','sponsor':'acme','event':'late'");
	world_free(f);
}

/* 300 points are 2.00; without them 30 are 0.20. */
static void what_is_taken_back_is_told_as_it_was_given(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	unsigned long long seq = earn(f, "m1", "talk", ",'points':300,'nature':'meal'");
	earn(f, "m1", "talk", ",'points':30");
	f->now_ms += FIXTURE_DAY_MS;
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", seq));
	read_all(f, "m1");
	assert_int_equal(rows_count(f), 3);
	answer_has(f, "'day':'2026-01-02','op':'reverse','campaign':'c2','sponsor':'acme','event':'talk'");
	answer_has(
		f,
		"'points':-300,'currency':'CNY','value_minor':-200,'nature':'meal','form':'points','income':'labour'}");
	world_free(f);
}

/* One point is two thirds of a fen: of three that are worth two, the second is worth none. */
static void a_payment_is_worth_its_share_of_all(void **state)
{
	static const char *const pages[] = { "'value_minor':1,", "'value_minor':0,", "'value_minor':1," };
	struct fixture *f = world_new();
	int64_t next = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		earn(f, "m1", "talk", ",'points':1");
		earn(f, "m2", "talk", ",'points':1"); /* whose share is its own */
	}
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		char before[64] = "";
		if (i > 0)
			(void)snprintf(before, sizeof(before), ",'before':%" PRId64, next);
		must(f, fixture_query(f, "ops", "member.disclosure", "'member':'m1','limit':1%s", before));
		answer_has(f, pages[i]);
		next = i < 2 ? fixture_integer(f, "next") : 0;
	}
	world_free(f);
}

static void a_side_of_a_referral_is_its_members_alone(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c2','event':'talk','referrer_points':150,'referee_points':75"));
	must(f, fixture_call(f, "svc", "referral.record", "'referrer':'m1','referee':'m2','campaign':'c2'"));
	earn(f, "m2", "talk", ",'points':300");
	read_all(f, "m1");
	assert_int_equal(rows_count(f), 1);
	answer_has(f,
	           "'op':'referral','campaign':'c2','sponsor':'acme','points':150,'currency':'CNY','value_minor':100}");
	read_all(f, "m2");
	assert_int_equal(rows_count(f), 2);
	answer_has(f,
	           "'op':'referral','campaign':'c2','sponsor':'acme','points':75,'currency':'CNY','value_minor':50}");
	assert_null(strstr(f->reply.data, "m1"));
	world_free(f);
}

/* What was agreed on counts as what was done; a debt written off is given after all. */
static void corrections_are_told_as_what_was_agreed_on(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	unsigned long long seq = earn(f, "m1", "talk", ",'points':300");
	agree(f, "p1",
	      "'method':'adjust.points','params':{'member':'m1','campaign':'c2','points':-150,'reason':'r',"
	      "'reference':'case-1'}");
	read_all(f, "m1");
	answer_has(f, "'op':'adjust.points','campaign':'c2','sponsor':'acme','reference':'case-1','points':-150,"
	              "'currency':'CNY','value_minor':-100}");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'wrong'", seq));
	agree(f, "p2",
	      "'method':'adjust.debt','params':{'member':'m1','campaign':'c2','points':75,'reason':'r',"
	      "'reference':'case-2'}");
	read_all(f, "m1");
	assert_int_equal(rows_count(f), 4);
	answer_has(f, "'op':'adjust.debt','campaign':'c2','sponsor':'acme','reference':'case-2','points':75,"
	              "'currency':'CNY','value_minor':50}");
	world_free(f);
}

static void what_is_no_payment_is_left_out(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "member.opening",
	                     "'member':'m1','campaign':'c1','points':90,'last_day':'2026-06-30','reference':'old'"));
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "ops", "order.cancel", "'order':'o1','reason':'no'"));
	read_all(f, "m1");
	answer_has(f, "{'rows':[],'next':null,");
	world_free(f);
}

/* ---- Pages ---- */

static void pages_go_on_where_the_last_one_ended(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	earn(f, "m1", "talk", ",'points':1,'product':'oldest'");
	earn(f, "m2", "talk", ",'points':1");
	int64_t others = (int64_t)fixture_size(f); /* an entry's of m2 */
	earn(f, "m1", "talk", ",'points':1,'product':'newest'");
	must(f, fixture_query(f, "m1", "member.disclosure", "'member':'m1','limit':1"));
	answer_has(f, "'product':'newest'");
	int64_t next = fixture_integer(f, "next");
	must(f, fixture_query(f, "m1", "member.disclosure", "'member':'m1','limit':1,'before':%" PRId64, next));
	answer_has(f, "'product':'oldest'");
	answer_has(f, "'next':null");
	assert_int_equal(rows_count(f), 1);
	const int64_t elsewhere[] = { 0, others, 1000000 };
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		assert_int_equal(
			fixture_query(f, "m1", "member.disclosure", "'member':'m1','before':%" PRId64, elsewhere[i]),
			MERIT_NOT_FOUND);
	world_free(f);
}

/* Awards under review are many entries and no payment. */
static void a_page_looks_at_so_many_entries(void **state)
{
	struct fixture *f = world_new();
	struct merit_buffer json = { 0 };

	(void)state;
	earn(f, "m1", "talk", ",'points':3");
	for (int i = 0; i < MERIT_PAST_ENTRIES_MAX; i++)
		merit_buffer_put_format(&json,
		                        "%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{"
		                        "\"id\":\"g%d\",\"member\":\"m1\",\"campaign\":\"c2\",\"event\":\"judged\","
		                        "\"reference\":\"g%d\",\"occurred\":%lld}}",
		                        i > 0 ? "," : "[", i, i, FIXTURE_BIRTH_MS);
	merit_buffer_put_text(&json, "]");
	merit_buffer_put_char(&json, '\0');
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':1000000"));
	assert_int_equal(fixture_send(f, "svc", json.data), MERIT_OK);
	merit_buffer_free(&json);
	read_all(f, "m1");
	answer_has(f, "{'rows':[],'next':");
	must(f, fixture_query(f, "ops", "member.disclosure", "'member':'m1','before':%" PRId64,
	                      fixture_integer(f, "next")));
	assert_int_equal(rows_count(f), 1);
	answer_has(f, "'next':null");
	fixture_free(f);
}

/* ---- Readers ---- */

static void a_member_is_told_its_own(void **state)
{
	static const struct {
		const char *kid, *member;
		enum merit_status want;
	} rows[] = {
		{ "m1", "m1", MERIT_OK },
		{ "m1", "m2", MERIT_NOT_PERMITTED },
		{ "m1", "m9", MERIT_NOT_PERMITTED },
		{ "svc", "m2", MERIT_OK },
		{ "aud", "m2", MERIT_OK },
		{ "aud", "m9", MERIT_MEMBER_UNKNOWN },
		{ "shop", "m1", MERIT_NOT_PERMITTED },
		{ "acme", "m1", MERIT_NOT_PERMITTED },
		{ NULL, "m1", MERIT_NOT_SIGNED },
	};
	static const char *const methods[] = { "member.disclosure", "member.campaigns" };
	struct fixture *f = world_new();

	(void)state;
	fixture_key_add(f, "acme", "k1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t j = 0; j < 2; j++) {
			if (fixture_query(f, rows[i].kid, methods[j], "'member':'%s'", rows[i].member) != rows[i].want)
				fail_msg("row %zu, %s: %s", i, methods[j], f->reply.data);
		}
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_award_is_told_with_what_it_was_for),
		cmocka_unit_test(what_waits_is_told_once_it_can_be_used),
		cmocka_unit_test(what_is_taken_back_is_told_as_it_was_given),
		cmocka_unit_test(a_payment_is_worth_its_share_of_all),
		cmocka_unit_test(a_side_of_a_referral_is_its_members_alone),
		cmocka_unit_test(corrections_are_told_as_what_was_agreed_on),
		cmocka_unit_test(what_is_no_payment_is_left_out),
		cmocka_unit_test(pages_go_on_where_the_last_one_ended),
		cmocka_unit_test(a_page_looks_at_so_many_entries),
		cmocka_unit_test(a_member_is_told_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
