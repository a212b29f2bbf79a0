/* follow_test.c
 * Goal    what an entry sets off at once stands right behind it, before any other call, whatever the entry came in:
 *         many calls of one message, an atomic group, a review; and where it cannot stand there yet, before whatever
 *         comes next. A log without it is no valid log.
 * Method  referrals and closed members in the fixture's world; the log's operations read back in order. Logs that are
 *         not valid are written by a ledger whose state was changed behind its back: their signatures are good. */
#include "ledger/store_inner.h"
#include "ledger/verify.h"
#include "tests/ledger/referral_steps.h"

#include <inttypes.h>

/* m1 referred m2 and m3. */
static struct fixture *followed_new(void)
{
	struct fixture *f = world_new(TERMS);

	must(f, record(f, "m1", "m2"));
	must(f, record(f, "m1", "m3"));
	return f;
}

/* The entries from first on are of these operations, one behind the other, and there are no more. The system's have the
 * ids that verify asks for, and no place in a group. */
static void entries_are(struct fixture *f, uint64_t first, const char *const *names, size_t count)
{
	char id[MERIT_ID_SIZE_MAX];

	assert_int_equal(fixture_size(f), first + count);
	for (size_t i = 0; i < count; i++) {
		struct merit_entry entry;
		fixture_entry(f, first + i, &entry);
		if (strcmp(entry.operation->name, names[i]) != 0)
			fail_msg("entry %zu is %s, not %s", i, entry.operation->name, names[i]);
		assert_int_equal(entry.status, MERIT_OK);
		if (!merit_text_equal(entry.party, MERIT_TEXT("system")))
			continue;
		snprintf(id, sizeof(id), "%s:%" PRIu64, names[i], first + i);
		assert_true(merit_text_equal(entry.id, merit_text_of(id)));
		assert_int_equal(entry.group_count, 0);
	}
}

#define ENTRIES_ARE(f, first, ...)                                                                                     \
	entries_are((f), (first), (const char *const[]){ __VA_ARGS__ },                                                \
	            sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

/* Messages: a batch of calls, and an atomic group with its calls. */
#define EARN(member, id)                                                                                               \
	"\"id\":\"" id "\",\"member\":\"" member "\",\"campaign\":\"c1\",\"event\":\"course\",\"reference\":\"" id     \
	"\",\"occurred\":1767225600000"
#define MEMBER(name)          "\"id\":\"new:" name "\",\"member\":\"" name "\""
#define CLOSE(name)           "\"id\":\"close:" name "\",\"member\":\"" name "\",\"reason\":\"left\""
#define APPROVE(referee)      "\"id\":\"v\",\"referee\":\"" referee "\",\"decision\":\"approve\",\"reason\":\"seen\""
#define STOCK                 "\"id\":\"w\",\"item\":\"cup\",\"quantity\":1"
#define INNER(method, params) "{\"method\":\"" method "\",\"params\":{" params "}}"
#define CALL(method, params)  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":{" params "}}"
#define ATOMIC(calls)         CALL("atomic", "\"calls\":[" calls "]")

static void send(struct fixture *f, const char *kid, const char *json)
{
	must(f, fixture_send(f, kid, json));
	must(f, fixture_status(f));
}

/* ---- Right behind it ---- */

static void it_stands_behind_each_of_many_calls(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f);
	struct merit_entry entry;
	(void)state;

	send(f, "svc",
	     "[" CALL("earn", EARN("m2", "a")) "," CALL("earn", EARN("m3", "b")) "," CALL(
		     "member.create", MEMBER("m5")) "," CALL("earn", EARN("m2", "c")) "]");
	ENTRIES_ARE(f, first, "earn", "referral", "earn", "referral", "member.create", "earn");
	fixture_entry(f, first + 1, &entry);
	assert_int_equal(entry.request_index, 0);
	fixture_entry(f, first + 3, &entry);
	assert_int_equal(entry.request_index, 1); /* of the one message the system signs in a group */
	fixture_entry(f, first + 4, &entry);
	assert_int_equal(entry.request_index, 2);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	world_free(f);
}

static void an_answer_tells_what_its_own_entry_did(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	must(f, fixture_earn(f, "m2", "a"));
	assert_int_equal(fixture_integer(f, "seq"), fixture_size(f) - 2);
	assert_non_null(strstr(f->reply.data, ":100"));
	assert_null(strstr(f->reply.data, ":120"));
	must(f, fixture_send_message(f, f->message.data, f->message.size)); /* the same again */
	assert_int_equal(fixture_integer(f, "seq"), fixture_size(f) - 2);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	world_free(f);
}

static void it_stands_behind_an_atomic_group(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f);
	struct merit_entry entry;
	(void)state;

	send(f, "svc",
	     "[" ATOMIC(INNER("earn", EARN("m2", "a")) "," INNER("earn", EARN("m3", "b")) "," INNER(
		     "member.create", MEMBER("m5"))) "," CALL("member.create", MEMBER("m6")) "]");
	ENTRIES_ARE(f, first, "earn", "earn", "member.create", "referral", "referral", "member.create");
	fixture_entry(f, first + 3, &entry);
	assert_true(merit_text_equal(entry.values[REFERRAL_REFEREE].text, MERIT_TEXT("m2")));
	world_free(f);
}

static void a_refused_group_sets_nothing_off(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f);
	(void)state;

	must(f,
	     fixture_send(f, "svc", ATOMIC(INNER("earn", EARN("m2", "a")) "," INNER("member.create", MEMBER("m1")))));
	assert_int_equal(fixture_status(f), MERIT_PARTY_EXISTS);
	assert_int_equal(fixture_size(f), first + 2);
	fixture_tick(f);
	assert_int_equal(fixture_size(f), first + 2);
	must(f, fixture_earn(f, "m2", "a"));
	ENTRIES_ARE(f, first + 2, "earn", "referral");
	world_free(f);
}

static void it_stands_behind_an_approval(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'course','points':100,'evidence':'none','review':true"));
	uint64_t first = fixture_size(f);
	must(f, fixture_earn(f, "m2", "a"));
	ENTRIES_ARE(f, first, "earn"); /* nobody has approved it yet */
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%d,'decision':'approve','reason':'seen'", (int)first));
	ENTRIES_ARE(f, first + 1, "earn.review", "referral");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 120);
	must(f, fixture_earn(f, "m3", "b"));
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%d,'decision':'reject','reason':'no'", (int)first + 3));
	ENTRIES_ARE(f, first + 3, "earn", "earn.review");
	world_free(f);
}

static void it_stands_behind_the_release_of_a_flag(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	must(f, fixture_call(f, "ops", "campaign.referral", TERMS ",'flag_day':1"));
	must(f, record(f, "m1", "m4"));
	uint64_t first = fixture_size(f);
	must(f, fixture_earn(f, "m4", "a"));
	send(f, "ops", "[" CALL("referral.review", APPROVE("m4")) "," CALL("item.stock", STOCK) "]");
	ENTRIES_ARE(f, first, "earn", "referral.review", "referral", "item.stock");
	world_free(f);
}

static void a_closed_members_points_go_at_once(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f);
	(void)state;

	must(f, fixture_gift(f, "m1", "g", 7));
	send(f, "ops", "[" CALL("member.close", CLOSE("m1")) "," CALL("item.stock", STOCK) "]");
	ENTRIES_ARE(f, first, "earn", "member.close", "forfeit", "item.stock");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, fixture_earn(f, "m2", "a")); /* which pays the closed referrer nothing */
	ENTRIES_ARE(f, first + 4, "earn", "referral");
	world_free(f);
}

/* In one group two things follow: the reward finds the member closed, whatever else of it is still to come. */
static void two_things_follow_in_a_fixed_order(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	must(f, fixture_gift(f, "m1", "g", 7));
	uint64_t first = fixture_size(f);
	send(f, "ops", ATOMIC(INNER("earn", EARN("m2", "a")) "," INNER("member.close", CLOSE("m1"))));
	ENTRIES_ARE(f, first, "earn", "member.close", "referral", "forfeit");
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	world_free(f);
}

/* So many members, each with a point of the day of birth; in the due table they stand before m1. */
static void crowd_create(struct fixture *f, int count)
{
	struct merit_buffer members = { 0 }, earns = { 0 };

	for (int i = 0; i < count; i++) {
		merit_buffer_put_format(&members, "%c" CALL("member.create", "\"id\":\"c%d\",\"member\":\"a%d\""),
		                        i == 0 ? '[' : ',', i, i);
		merit_buffer_put_format(&earns,
		                        "%c" CALL("earn", "\"id\":\"e%d\",\"member\":\"a%d\",\"campaign\":\"c1\","
		                                          "\"event\":\"gift\",\"reference\":\"r\","
		                                          "\"occurred\":1767225600000,\"points\":1"),
		                        i == 0 ? '[' : ',', i, i);
	}
	merit_buffer_put(&members, "]", 2); /* with its NUL */
	merit_buffer_put(&earns, "]", 2);
	send(f, "svc", members.data);
	send(f, "svc", earns.data);
	merit_buffer_free(&members);
	merit_buffer_free(&earns);
}

/* More died overnight than one sweep writes; the referrer's lot is the last of all. */
static void both_sides_are_settled_first(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	crowd_create(f, 2 * MERIT_TICK_EFFECTS_MAX + 10);
	must(f, fixture_gift(f, "m1", "g", 7));
	f->now_ms += 366 * FIXTURE_DAY_MS;
	uint64_t first = fixture_size(f);
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m2','campaign':'c1','event':'course','reference':'a','occurred':%lld",
	                     FIXTURE_BIRTH_MS + 364 * FIXTURE_DAY_MS));
	ENTRIES_ARE(f, fixture_size(f) - 3, "earn", "expire", "referral");
	uint64_t swept = fixture_size(f) - 3 - first;
	assert_true(swept > 0 && swept <= MERIT_TICK_EFFECTS_MAX);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50); /* its 7 are dead */
	world_free(f);
}

/* ---- Where there is no room for it ---- */

/* Adds an earn of the member's to an open group, as a message would, but for what follows. */
static void earn_alone(struct fixture *f, const char *member)
{
	struct merit_cause source = { .bytes = MERIT_TEXT("a message") };
	struct merit_model *model = &f->ledger->model;
	struct merit_entry entry = {
		.arena = &model->scratch,
		.seq = merit_ledger_next_seq(f->ledger),
		.time_ms = f->now_ms,
		.operation = merit_operation_numbered(MERIT_OP_EARN),
		.party = MERIT_TEXT("svc"),
		.key = MERIT_TEXT("k1"),
		.role = MERIT_ROLE_SERVICE,
		.id = MERIT_TEXT("alone"),
	};

	entry.values[EARN_MEMBER] = (struct merit_value){ .present = true, .text = merit_text_of(member) };
	entry.values[EARN_CAMPAIGN] = (struct merit_value){ .present = true, .text = MERIT_TEXT("c1") };
	entry.values[EARN_EVENT] = (struct merit_value){ .present = true, .text = MERIT_TEXT("course") };
	entry.values[EARN_REFERENCE] = (struct merit_value){ .present = true, .text = MERIT_TEXT("r") };
	entry.values[EARN_OCCURRED] = (struct merit_value){ .present = true, .integer = f->now_ms };
	entry.operation->decide(model, &entry);
	assert_int_equal(entry.status, MERIT_OK);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &source), MERIT_OK);
}

static void without_room_it_comes_before_whatever_comes_next(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f), reserve = f->ledger->store->disk_reserve_size;
	(void)state;

	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 1), MERIT_OK);
	earn_alone(f, "m2");
	f->ledger->store->disk_reserve_size = UINT64_MAX / 2; /* the disk is full from here on */
	f->ledger->pending.allowed_count = 0;
	assert_int_equal(merit_ledger_follow(f->ledger), MERIT_STORE_FULL);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	ENTRIES_ARE(f, first, "earn");
	fixture_tick(f); /* reads go on without it */
	ENTRIES_ARE(f, first, "earn");
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 1), MERIT_STORE_FULL);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	f->ledger->store->disk_reserve_size = reserve;
	fixture_close(f);
	fixture_open(f); /* it is still due */
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "available"), 50);
	ENTRIES_ARE(f, first, "earn", "referral");
	fixture_free(f); /* its message was none, which verify would say */
}

static void what_is_still_due_outlives_a_start_from_written_rows(void **state)
{
	struct fixture *f = followed_new();
	uint64_t first = fixture_size(f);
	(void)state;

	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 1), MERIT_OK);
	earn_alone(f, "m2");
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	fixture_flush(f);
	fixture_close(f);
	fixture_open(f);
	must(f, fixture_earn(f, "m3", "b"));
	ENTRIES_ARE(f, first, "earn", "referral", "earn", "referral");
	fixture_free(f);
}

/* ---- Logs that are not valid ---- */

static struct merit_referral *referral_edit(struct fixture *f, const char *member)
{
	return merit_model_edit(&f->ledger->model, MERIT_TABLE_REFERRAL, merit_text_of(member),
	                        sizeof(struct merit_referral));
}

static void verify_says(struct fixture *f, const char *words)
{
	struct merit_verify_options options = { .directory = f->directory };
	struct merit_verify_report report;

	fixture_close(f);
	assert_int_equal(merit_verify(&options, &report), MERIT_CORRUPT);
	if (strstr(report.fault, words) == NULL)
		fail_msg("\"%s\" where \"%s\" was expected", report.fault, words);
	fixture_free(f);
}

static void a_log_without_it_is_refused(void **state)
{
	static const struct step next[] = {
		{ "a call that the clock may move", "ops", "item.stock", "'item':'cup','quantity':1", MERIT_OK },
		{ "one that it does not", "svc", "member.create", "'member':'m5'", MERIT_OK },
		{ "a refusal", "svc", "member.create", "'member':'m3'", MERIT_PARTY_EXISTS },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		struct fixture *f = followed_new();
		referral_edit(f, "m2")->qualified = 1; /* so the ledger takes it for done */
		uint64_t first = fixture_size(f);
		must(f, fixture_earn(f, "m2", "a"));
		steps_run(f, &next[i], 1);
		assert_int_equal(fixture_size(f), first + 2);
		verify_says(f, "something that was due before it had not happened");
	}
}

static void a_log_without_it_behind_a_group_is_refused(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	referral_edit(f, "m2")->qualified = 1;
	for (int i = 0; i < 2; i++) {
		char json[400];
		snprintf(json, sizeof(json),
		         "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":["
		         "{\"method\":\"earn\",\"params\":{\"id\":\"g%d\",\"member\":\"m2\",\"campaign\":\"c1\","
		         "\"event\":\"course\",\"reference\":\"g%d\",\"occurred\":1767225600000}}]}}",
		         i, i);
		must(f, fixture_send(f, "svc", json));
		must(f, fixture_status(f));
	}
	verify_says(f, "something that was due before it had not happened");
}

static void a_log_with_it_for_nothing_is_refused(void **state)
{
	struct fixture *f = followed_new();
	(void)state;

	referral_edit(f, "m2")->qualified = 1;
	merit_model_set_due(&f->ledger->model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_REFERRAL, MERIT_TEXT("m2"), true);
	uint64_t first = fixture_size(f);
	must(f, fixture_call(f, "ops", "item.stock", "'item':'cup','quantity':1"));
	ENTRIES_ARE(f, first, "referral", "item.stock");
	verify_says(f, "it was not due: not_due");
}

static void a_log_with_another_reward_is_refused(void **state)
{
	struct fixture *f = followed_new();
	struct merit_model *model = &f->ledger->model;
	uint32_t number = merit_model_campaign(model, MERIT_TEXT("c1"))->holder.number;
	struct merit_terms *terms =
		merit_model_edit(model, MERIT_TABLE_TERMS, merit_model_number_key(model, number), sizeof(*terms));
	(void)state;

	terms->referrer_points = 51;
	must(f, fixture_earn(f, "m2", "a"));
	verify_says(f, "its result is not what the rules decide");
}

/* The referrer's points of January never die in this ledger's state. */
static void a_log_in_which_a_side_was_not_settled_first_is_refused(void **state)
{
	struct fixture *f = followed_new();
	struct merit_model *model = &f->ledger->model;
	struct merit_member member;
	(void)state;

	must(f, fixture_gift(f, "m1", "g", 7));
	assert_true(merit_model_member(model, MERIT_TEXT("m1"), 0, &member));
	merit_model_set_due(model, merit_model_day_end_ms(model, member.lots[0].day), MERIT_DUE_EXPIRE,
	                    MERIT_TEXT("m1"), false);
	member.lots[0].day = MERIT_DAY_NEVER;
	member_put(f, "m1", &member);
	f->now_ms += 366 * FIXTURE_DAY_MS;
	uint64_t first = fixture_size(f);
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m2','campaign':'c1','event':'course','reference':'a','occurred':%lld",
	                     FIXTURE_BIRTH_MS + 364 * FIXTURE_DAY_MS));
	ENTRIES_ARE(f, first, "earn", "referral");
	verify_says(f, "something that was due before it had not happened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_stands_behind_each_of_many_calls),
		cmocka_unit_test(an_answer_tells_what_its_own_entry_did),
		cmocka_unit_test(it_stands_behind_an_atomic_group),
		cmocka_unit_test(a_refused_group_sets_nothing_off),
		cmocka_unit_test(it_stands_behind_an_approval),
		cmocka_unit_test(it_stands_behind_the_release_of_a_flag),
		cmocka_unit_test(a_closed_members_points_go_at_once),
		cmocka_unit_test(two_things_follow_in_a_fixed_order),
		cmocka_unit_test(both_sides_are_settled_first),
		cmocka_unit_test(without_room_it_comes_before_whatever_comes_next),
		cmocka_unit_test(what_is_still_due_outlives_a_start_from_written_rows),
		cmocka_unit_test(a_log_without_it_is_refused),
		cmocka_unit_test(a_log_without_it_behind_a_group_is_refused),
		cmocka_unit_test(a_log_with_it_for_nothing_is_refused),
		cmocka_unit_test(a_log_with_another_reward_is_refused),
		cmocka_unit_test(a_log_in_which_a_side_was_not_settled_first_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
