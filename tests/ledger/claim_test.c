/* claim_test.c
 * Goal    what is used up stays used, and what is given back is free, whoever used what else under the same hash; and
 *         the balances behind an entry are found again: before and after a write-back, a restart, and once derived
 *         afresh.
 * Method  every story once for each kind of pause, taken between its steps; claims of other entries put in the way. */
#include "tests/ledger/awards.h"

#define OTHER_HASH "00000000000000000000000000000000000000000000000000000000000000bb"

enum pause { NONE, WRITE_BACK, RESTART, WRITE_BACK_AND_RESTART, AFRESH, PAUSES };

static void take(struct fixture *f, enum pause pause)
{
	if (pause == WRITE_BACK || pause == WRITE_BACK_AND_RESTART)
		fixture_flush(f);
	if (pause == NONE || pause == WRITE_BACK)
		return;
	fixture_close(f);
	if (pause == AFRESH)
		assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	fixture_open(f);
}

static void each_pause(void (*story)(enum pause pause))
{
	for (enum pause pause = 0; pause < PAUSES; pause++)
		story(pause);
}

/* ---- Ids ---- */

static void parties_with_one_id(enum pause pause)
{
	struct fixture *f = world_new();

	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	int64_t first = fixture_integer(f, "seq");
	take(f, pause);
	must(f, fixture_call_id(f, "ops", "x", "member.create", "'member':'m3'"));
	assert_int_equal(fixture_integer(f, "seq"), first + 1);
	take(f, pause);
	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	assert_int_equal(fixture_integer(f, "seq"), first);
	must(f, fixture_call_id(f, "ops", "x", "member.create", "'member':'m3'"));
	assert_int_equal(fixture_integer(f, "seq"), first + 1);
	assert_int_equal(fixture_call_id(f, "svc", "x", "member.create", "'member':'m3'"), MERIT_ID_CONFLICT);
	assert_int_equal(fixture_size(f), (uint64_t)first + 2);
	world_free(f);
}

static void one_id_of_two_parties_is_two(void **state)
{
	(void)state;
	each_pause(parties_with_one_id);
}

/* Other entries, under the hash of what is about to be used: those before seq and those behind it. */
static void put_in_the_way(struct fixture *f, enum merit_claim claim, struct merit_text key)
{
	for (uint64_t seq = 0; seq < 3; seq++)
		merit_state_claim(f->ledger->model.state, (uint8_t)claim, key.data, key.size, seq);
}

static void colliding_id(enum pause pause)
{
	struct fixture *f = world_new();
	struct merit_model *model = &f->ledger->model;
	uint32_t svc = merit_model_party(model, MERIT_TEXT("svc"))->number;

	put_in_the_way(f, MERIT_CLAIM_ID, merit_model_id_key(model, svc, MERIT_TEXT("x")));
	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	int64_t seq = fixture_integer(f, "seq");
	assert_int_equal((uint64_t)seq, fixture_size(f) - 1);
	model = &f->ledger->model;
	put_in_the_way(f, MERIT_CLAIM_ID, merit_model_id_key(model, svc, MERIT_TEXT("x")));
	take(f, pause);
	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	assert_int_equal(fixture_integer(f, "seq"), seq);
	fixture_free(f);
}

static void an_id_that_shares_a_hash_is_still_new(void **state)
{
	(void)state;
	each_pause(colliding_id);
}

/* ---- References ---- */

static void freed_reference(enum pause pause)
{
	struct fixture *f = world_new();
	int64_t first = award(f, "c1", "talk", "r", 5);

	take(f, pause);
	assert_int_equal(earn(f, "c1", "talk", "r", 5), MERIT_ALREADY_EARNED);
	assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), first);
	must(f, review(f, "ops", first, "reject"));
	take(f, pause);
	int64_t second = award(f, "c1", "talk", "r", 6);
	take(f, pause);
	assert_int_equal(earn(f, "c1", "talk", "r", 5), MERIT_ALREADY_EARNED);
	assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), second);
	must(f, earn(f, "c1", "visit", "r", 5)); /* another event */
	must(f, earn(f, "c2", "talk", "r", 5));  /* another campaign */
	world_free(f);
}

static void a_reference_given_back_is_used_again(void **state)
{
	(void)state;
	each_pause(freed_reference);
}

static void colliding_reference(enum pause pause)
{
	struct fixture *f = world_new();
	struct merit_model *model = &f->ledger->model;
	uint32_t campaign = merit_model_campaign(model, MERIT_TEXT("c1"))->holder.number;
	struct merit_text m1 = MERIT_TEXT("m1"), talk = MERIT_TEXT("talk"), none = MERIT_TEXT("");
	int64_t other = award(f, "c1", "talk", "other", 5); /* differs in its reference alone */

	struct merit_text key = merit_model_reference_key(model, campaign, talk, m1, MERIT_TEXT("r"));
	put_in_the_way(f, MERIT_CLAIM_REFERENCE, key);
	merit_state_claim(model->state, MERIT_CLAIM_REFERENCE, key.data, key.size, (uint64_t)other);
	key = merit_model_reference_key(model, campaign, none, m1, MERIT_TEXT("r"));
	merit_state_claim(model->state, MERIT_CLAIM_REFERENCE, key.data, key.size, (uint64_t)other);
	take(f, pause);
	int64_t seq = award(f, "c1", "talk", "r", 5);
	take(f, pause);
	assert_int_equal(earn(f, "c1", "talk", "r", 5), MERIT_ALREADY_EARNED);
	assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), seq);
	must(f, fixture_call(f, "ops", "member.opening", "'member':'m1','campaign':'c1','reference':'r','points':7"));
	seq = fixture_integer(f, "seq");
	take(f, pause);
	assert_int_equal(
		fixture_call(f, "ops", "member.opening", "'member':'m1','campaign':'c1','reference':'r','points':7"),
		MERIT_ALREADY_EARNED);
	assert_int_equal(fixture_integer(f, "why\":{\"seq"), seq);
	fixture_free(f);
}

static void a_reference_that_shares_a_hash_is_still_new(void **state)
{
	(void)state;
	each_pause(colliding_reference);
}

static void a_proposed_opening_balance_uses_its_reference(void **state)
{
	static const struct step steps[] = {
		{ "asked for", "fin", "proposal.create",
		  "'proposal':'p','call':{'method':'member.opening','params':{'member':'m1','campaign':'c1',"
		  "'reference':'r','points':7}},'reason':'x'",
		  MERIT_OK },
		{ "agreed", "ops", "proposal.approve", "'proposal':'p'", MERIT_OK },
		{ "again", "ops", "member.opening", "'member':'m1','campaign':'c1','reference':'r','points':7",
		  MERIT_ALREADY_EARNED },
	};

	(void)state;
	struct fixture *f = world_new();
	STEPS_RUN(f, steps);
	assert_int_equal(fixture_integer(f, "why\":{\"seq"), (int64_t)fixture_size(f) - 2);
	world_free(f);
}

/* ---- Evidence ---- */

static enum merit_status talk_with(struct fixture *f, const char *reference, const char *hash)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'c1','event':'talk','reference':'%s','occurred':%" PRId64
	                    ",'points':5,'evidence':'%s'",
	                    reference, f->now_ms, hash);
}

static void is_used_by(struct fixture *f, int64_t seq)
{
	assert_int_equal(earn(f, "c1", "case", "r", 60), MERIT_EVIDENCE_USED);
	assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), seq);
}

/* Three bring it, and are rejected in one order or the other: the first is named as long as any is left. */
static void shared_evidence(enum pause pause)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 } };
	static const char *const references[] = { "r0", "r1", "r2" };

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct fixture *f = world_new();
		int64_t seqs[3];
		for (int j = 0; j < 3; j++) {
			must(f, talk_with(f, references[j], HASH));
			seqs[j] = fixture_integer(f, "seq");
			take(f, pause);
			is_used_by(f, seqs[0]);
		}
		must(f, talk_with(f, "r3", OTHER_HASH));
		for (int j = 0; j < 3; j++) {
			is_used_by(f, seqs[0]);
			must(f, review(f, "ops", seqs[orders[i][j]], "reject"));
			take(f, pause);
		}
		int64_t seq = award(f, "c1", "case", "r", 60);
		take(f, pause);
		assert_int_equal(earn(f, "c1", "case", "r2", 60), MERIT_EVIDENCE_USED);
		assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), seq);
		world_free(f);
	}
}

static void evidence_is_free_once_all_that_brought_it_were_rejected(void **state)
{
	(void)state;
	each_pause(shared_evidence);
}

static void evidence_that_shares_a_hash_is_still_new(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, talk_with(f, "r0", OTHER_HASH));
	int64_t other = fixture_integer(f, "seq");
	put_in_the_way(f, MERIT_CLAIM_EVIDENCE, MERIT_TEXT(HASH));
	merit_state_claim(f->ledger->model.state, MERIT_CLAIM_EVIDENCE, HASH, strlen(HASH), (uint64_t)other);
	int64_t seq = award(f, "c1", "case", "r", 60);
	assert_int_equal(earn(f, "c1", "case", "r2", 60), MERIT_EVIDENCE_USED);
	assert_int_equal(fixture_integer(f, "why\":{\"rule\":1,\"seq"), seq);
	fixture_free(f);
}

/* Entries that named a reference and its evidence without using them, or no longer: under the hash of both. */
static void a_refused_or_rejected_earn_uses_nothing_whatever_its_hash(void **state)
{
	struct fixture *f = world_new();
	struct merit_state *claims = f->ledger->model.state;
	uint32_t campaign = merit_model_campaign(&f->ledger->model, MERIT_TEXT("c1"))->holder.number;
	int64_t seqs[2];

	(void)state;
	assert_int_equal(earn(f, "c1", "case", "r", 100000), MERIT_OVER_MAXIMUM);
	seqs[0] = (int64_t)fixture_size(f) - 1;
	seqs[1] = award(f, "c1", "case", "r", 60);
	must(f, review(f, "ops", seqs[1], "reject"));
	struct merit_text key = merit_model_reference_key(&f->ledger->model, campaign, MERIT_TEXT("case"),
	                                                  MERIT_TEXT("m1"), MERIT_TEXT("r"));
	for (int i = 0; i < 2; i++) {
		merit_state_claim(claims, MERIT_CLAIM_REFERENCE, key.data, key.size, (uint64_t)seqs[i]);
		merit_state_claim(claims, MERIT_CLAIM_EVIDENCE, HASH, strlen(HASH), (uint64_t)seqs[i]);
	}
	int64_t seq = award(f, "c1", "case", "r", 60);
	is_used_by(f, seq);
	fixture_free(f);
}

/* ---- Groups that are rolled back ---- */

/* An atomic group of one call and one that is always refused. */
static void try_and_fail(struct fixture *f, const char *kid, const char *method, const char *params)
{
	struct merit_buffer json = { 0 };

	f->ids++;
	merit_buffer_put_format(&json,
	                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":["
	                        "{\"method\":\"%s\",\"params\":{\"id\":\"g%u\",%s}},"
	                        "{\"method\":\"member.create\",\"params\":{\"id\":\"h%u\",\"member\":\"m1\"}}]}}",
	                        method, f->ids, params, f->ids);
	for (size_t i = 0; i < json.size; i++)
		json.data[i] = json.data[i] == '\'' ? '"' : json.data[i];
	merit_buffer_put_char(&json, '\0');
	assert_int_equal(fixture_send(f, kid, json.data), MERIT_OK);
	assert_int_equal(fixture_status(f), MERIT_PARTY_EXISTS);
	merit_buffer_free(&json);
}

static const char *talk_params(struct fixture *f, const char *reference, char text[256])
{
	(void)snprintf(text, 256,
	               "'member':'m1','campaign':'c1','event':'talk','reference':'%s','occurred':%" PRId64
	               ",'points':5,'evidence':'" HASH "'",
	               reference, f->now_ms);
	return text;
}

static void rolled_back_uses(enum pause pause)
{
	struct fixture *f = world_new();
	char text[256];

	try_and_fail(f, "svc", "earn", talk_params(f, "r", text));
	take(f, pause);
	int64_t paid = award(f, "c1", "case", "other", 60); /* nobody has brought the evidence */
	must(f, review(f, "ops", paid, "reject"));
	must(f, talk_with(f, "r", HASH));
	int64_t first = fixture_integer(f, "seq");
	try_and_fail(f, "svc", "earn", talk_params(f, "r2", text)); /* which brings it again */
	take(f, pause);
	must(f, review(f, "ops", first, "reject"));
	take(f, pause);
	must(f, earn(f, "c1", "case", "r", 60));
	world_free(f);
}

static void what_a_refused_group_used_is_free(void **state)
{
	(void)state;
	each_pause(rolled_back_uses);
}

static void rolled_back_rejection(enum pause pause)
{
	struct fixture *f = world_new();
	char text[256];

	must(f, talk_with(f, "r", HASH));
	int64_t first = fixture_integer(f, "seq");
	take(f, pause);
	(void)snprintf(text, sizeof(text), "'entry':%" PRId64 ",'decision':'reject','reason':'x'", first);
	try_and_fail(f, "ops", "earn.review", text);
	take(f, pause);
	is_used_by(f, first);
	assert_int_equal(talk_with(f, "r", OTHER_HASH), MERIT_ALREADY_EARNED);
	must(f, talk_with(f, "r2", HASH));
	int64_t second = fixture_integer(f, "seq");
	must(f, review(f, "ops", first, "reject"));
	take(f, pause);
	(void)snprintf(text, sizeof(text), "'entry':%" PRId64 ",'decision':'reject','reason':'x'", second);
	try_and_fail(f, "ops", "earn.review", text); /* the last that brought it */
	take(f, pause);
	is_used_by(f, first);
	world_free(f);
}

static void what_a_refused_group_gave_back_is_used(void **state)
{
	(void)state;
	each_pause(rolled_back_rejection);
}

/* ---- Histories ---- */

/* More of them than are gathered at once, with balances of every length. */
static void the_balances_of_many_holders_are_found_behind_one_entry(void **state)
{
	enum { HOLDERS = 100 };
	struct fixture *f = world_new();
	struct merit_model *model = &f->ledger->model;
	struct merit_holder holders[HOLDERS] = { 0 };
	struct merit_histories histories = { .seq = fixture_size(f) + 300 };
	struct merit_history history;

	(void)state;
	for (uint32_t i = 0; i < HOLDERS; i++) {
		holders[i].number = 40000001u * i + 1;
		holders[i].last = i % 3 == 0 ? 0 : i;
		for (unsigned slot = 0; slot < MERIT_BALANCES_MAX; slot++)
			holders[i].balance[slot] =
				(i + slot) % 5 == 0 ? 0 : (INT64_MIN + (int64_t)i) >> (i + slot) % 64;
		holders[i].balance[i % MERIT_BALANCES_MAX] = i % 2 == 0 ? INT64_MAX : 0;
		merit_histories_put(model, &histories, &holders[i]);
		assert_int_equal(holders[i].last, histories.seq + 1);
	}
	merit_histories_end(model, &histories);
	for (uint32_t i = 0; i < HOLDERS; i++) {
		assert_true(merit_model_balances_at(model, holders[i].number, histories.seq, &history));
		assert_int_equal(history.previous, i % 3 == 0 ? 0 : i);
		assert_memory_equal(history.balance, holders[i].balance, sizeof(history.balance));
	}
	assert_false(merit_model_balances_at(model, 99999, histories.seq, &history));
	assert_false(merit_model_balances_at(model, holders[0].number, histories.seq - 1, &history));
	fixture_free(f);
}

static void past_balances(enum pause pause)
{
	struct fixture *f = world_new();
	int64_t seqs[3 * MERIT_MARK_EVERY];

	for (int i = 0; i < 3 * MERIT_MARK_EVERY; i++) {
		char reference[16];
		(void)snprintf(reference, sizeof(reference), "r%d", i);
		must(f, fixture_gift(f, "m1", reference, 1));
		seqs[i] = fixture_integer(f, "seq");
		if (i % 50 == 49)
			take(f, pause);
	}
	for (int i = 0; i < 3 * MERIT_MARK_EVERY; i++) {
		must(f, fixture_query(f, "svc", "balance.get", "'account':'campaign/c1','seq':%" PRId64, seqs[i]));
		if (fixture_integer(f, "points") != 100000 - i - 1)
			fail_msg("behind entry %d: %s", i, f->reply.data);
	}
	world_free(f);
}

static void balances_of_the_past_are_found_over_every_pause(void **state)
{
	(void)state;
	each_pause(past_balances);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_id_of_two_parties_is_two),
		cmocka_unit_test(an_id_that_shares_a_hash_is_still_new),
		cmocka_unit_test(a_reference_given_back_is_used_again),
		cmocka_unit_test(a_reference_that_shares_a_hash_is_still_new),
		cmocka_unit_test(a_proposed_opening_balance_uses_its_reference),
		cmocka_unit_test(evidence_is_free_once_all_that_brought_it_were_rejected),
		cmocka_unit_test(evidence_that_shares_a_hash_is_still_new),
		cmocka_unit_test(a_refused_or_rejected_earn_uses_nothing_whatever_its_hash),
		cmocka_unit_test(what_a_refused_group_used_is_free),
		cmocka_unit_test(what_a_refused_group_gave_back_is_used),
		cmocka_unit_test(the_balances_of_many_holders_are_found_behind_one_entry),
		cmocka_unit_test(balances_of_the_past_are_found_over_every_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
