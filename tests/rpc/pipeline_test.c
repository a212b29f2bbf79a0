/* pipeline_test.c
 * Goal    nothing that is not durable is told to anyone: not the reply to a write, not a read that saw it, not the answer
 *         to a duplicate, not the feed, not a key; and once a reply is out, whatever comes next sees what it tells.
 * Method  the real server in this process. The test holds the log's writer lock, so that a commit under way cannot end
 *         until the test lets it: on the ledger's own thread for a small group, on the committer for a large one. */
#include "tests/support/serving.h"

#include "ledger/encode.h"
#include "ledger/ledger_inner.h"
#include "ledger/store_inner.h"
#include "rpc/log.h"
#include "rpc/server_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LARGE_GROUP 200 /* calls: a group that is committed beside the ledger's thread */
#define PATIENCE_MS 500 /* in which no reply may come */
#define HELD_MS     100 /* for what must not happen to happen */

/* ---- The log, held ---- */

static MDB_txn *held; /* whose writer lock no commit gets past; NULL while nothing is held */

static void log_hold(struct serving *f)
{
	assert_int_equal(mdb_txn_begin(merit_ledger_store(f->ledger)->env, NULL, 0, &held), 0);
}

static void log_let_go(void)
{
	if (held != NULL)
		mdb_txn_abort(held);
	held = NULL;
}

/* A test that fails while it holds the log must not keep the server from ending. */
static int drop(void **state)
{
	log_let_go();
	return serving_drop(state);
}

/* Waits until the committer has a group and cannot end it. */
static void wait_until_committing(struct serving *f)
{
	struct merit_committer *committer = &f->server->committer;

	for (int waited_ms = 0;; waited_ms += 5) {
		pthread_mutex_lock(&committer->mutex);
		bool is_wanted = committer->phase == MERIT_COMMITTER_WANTED;
		pthread_mutex_unlock(&committer->mutex);
		if (is_wanted)
			return;
		assert_true(waited_ms < SERVING_WAIT_MS);
		serving_nap_ms(5);
	}
}

/* Waits until the ledger's thread has decided all that was sent: so many calls in all. */
static void wait_until_decided(struct serving *f, uint64_t writes, uint64_t reads)
{
	const struct merit_metrics *metrics = &f->server->metrics;

	for (int waited_ms = 0; merit_metrics_value(metrics, MERIT_METRIC_WRITES) < writes ||
	                        merit_metrics_value(metrics, MERIT_METRIC_READS) < reads;
	     waited_ms += 5) {
		assert_true(waited_ms < SERVING_WAIT_MS);
		serving_nap_ms(5);
	}
}

/* A client that gives up soon after what it sent was decided; and that it heard nothing until then. */
static struct merit_client *impatient(struct serving *f)
{
	return serving_client_patient(merit_server_url(f->server, 0), "root/k1", ADMIN_KEY, 1, PATIENCE_MS);
}

static void expect_silence(struct merit_client *client)
{
	struct merit_client_reply reply;

	assert_int_equal(merit_client_wait(client, &reply), MERIT_UNREACHABLE);
	merit_client_close(client);
}

static const char checkpoint_get[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"checkpoint.get\",\"params\":{}}";

/* Sends a batch whose commit cannot end: LARGE_GROUP members, named after 0. */
static struct merit_client *send_large_by(struct serving *f, struct merit_client *client)
{
	struct merit_buffer json = { 0 };

	serving_members_create(&json, 0, LARGE_GROUP);
	serving_submit(client, json.data);
	wait_until_committing(f);
	merit_buffer_free(&json);
	return client;
}

static struct merit_client *send_large(struct serving *f)
{
	return send_large_by(f, serving_client(f, "root/k1", ADMIN_KEY, 1));
}

/* ---- Silence ---- */

static void a_small_group_is_silent_until_it_is_durable(void **state)
{
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1), *client = impatient(f);
	log_hold(f);
	serving_submit(client, serving_member_create(json, "a", "m1"));
	wait_until_decided(f, 1, 0);
	expect_silence(client);
	log_let_go();
	assert_member(serving_call(admin, json), "seq", "1"); /* It was durable all the same, and stays the first. */
	merit_client_close(admin);
}

static void a_large_group_is_silent_until_it_is_durable(void **state)
{
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	expect_silence(send_large_by(f, impatient(f)));
	log_let_go();
	assert_member(serving_call(admin, serving_member_create(json, "m0-7", "m0-7")), "seq", "8");
	merit_client_close(admin);
}

static void nothing_leaves_before_what_it_tells_is_durable(void **state)
{
	static const char member_get[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.get\",\"params\":"
					 "{\"member\":\"m0-7\"}}";
	struct serving *f = *state;
	char same[160], new[160];

	merit_server_start(f->server);
	struct merit_client *patient = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	struct merit_client *large = send_large(f);
	struct merit_client *reader = impatient(f), *again = impatient(f), *writer = impatient(f);
	serving_submit(reader, member_get); /* A read that sees what the commit under way brings, */
	serving_submit(again, serving_member_create(same, "m0-7", "m0-7")); /* a duplicate of a call in it, */
	wait_until_decided(f, LARGE_GROUP + 1, 1);
	serving_submit(writer, serving_member_create(new, "b", "m1")); /* and a write behind it. */
	wait_until_decided(f, LARGE_GROUP + 2, 1);                     /* Decided beside the commit, */
	expect_silence(reader);                                        /* and not told. */
	expect_silence(again);
	expect_silence(writer);
	assert_int_equal(merit_feed_entries(&f->server->feed), 1);
	log_let_go();
	assert_member(serving_wait(large), "status", "accepted");
	assert_member(serving_call(patient, member_get), "member", "m0-7");
	assert_member(serving_call(patient, same), "seq", "8"); /* The birth is 0, m0-0 is 1. */
	assert_member(serving_call(patient, new), "seq", "201");
	merit_client_close(large);
	merit_client_close(patient);
}

/* Reads alone behind a commit: their group has nothing to write, and waits all the same. */
static void a_group_of_reads_waits_for_the_commit_before_it(void **state)
{
	struct serving *f = *state;

	merit_server_start(f->server);
	struct merit_client *reader = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	struct merit_client *large = send_large(f), *hasty = impatient(f);
	serving_submit(reader, checkpoint_get);
	serving_submit(hasty, checkpoint_get);
	wait_until_decided(f, LARGE_GROUP, 2);
	expect_silence(hasty);
	log_let_go();
	assert_member(serving_wait(reader), "size", "1"); /* Of what was durable when it was asked. */
	assert_member(serving_wait(large), "status", "accepted");
	merit_client_close(large);
	merit_client_close(reader);
}

static void a_key_is_not_known_before_it_is_durable(void **state)
{
	struct serving *f = *state;
	char json[160];
	struct merit_keyring_fact fact;
	struct merit_text party = MERIT_TEXT("lms"), key = MERIT_TEXT("k1");

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	struct merit_client *large = send_large(f);
	struct merit_secret_key secret = serving_key(SERVICE_KEY);
	struct merit_public_key public_key = merit_secret_key_public(&secret);
	char text[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1], create[320];
	merit_base64url_encode(public_key.bytes, sizeof(public_key.bytes), text);
	(void)snprintf(create, sizeof(create),
	               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"party.create\",\"params\":{\"id\":\"p\","
	               "\"party\":\"lms\",\"role\":\"service\",\"key\":\"k1\",\"public\":\"%s\"}}",
	               text);
	serving_submit(admin, create);
	wait_until_decided(f, LARGE_GROUP + 1, 0);
	assert_false(merit_keyring_find(&f->server->keyring, party, key, &fact));
	log_let_go();
	assert_member(serving_wait(large), "status", "accepted");
	assert_member(serving_wait(admin), "status", "accepted");
	struct merit_client *lms = serving_client(f, "lms/k1", SERVICE_KEY, 1);
	assert_member(serving_call(lms, serving_member_create(json, "a", "m1")), "status", "accepted");
	merit_client_close(lms);
	merit_client_close(large);
	merit_client_close(admin);
}

/* ---- Sight ---- */

/* The first line of a reply covers what it tells, and a message sent after it finds that taken over. */
static void what_a_reply_tells_is_seen_by_the_next_message(void **state)
{
	struct serving *f = *state;
	struct merit_buffer json = { 0 };
	char size_text[32], line[160];

	merit_server_start(f->server);
	struct merit_client *writer = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *reader = serving_client(f, "root/k1", ADMIN_KEY, 1);
	for (int round = 0; round < 20; round++) {
		size_t size = 1 + (size_t)(round + 1) * LARGE_GROUP;
		serving_members_create(&json, round, LARGE_GROUP);
		struct merit_client_reply reply = serving_call(writer, json.data);
		assert_member(reply, "status", "accepted");
		int length = snprintf(line, sizeof(line), "%s\n%zu\n", SERVING_ORIGIN, size);
		assert_true(reply.checkpoint_size > (size_t)length &&
		            memcmp(reply.checkpoint, line, (size_t)length) == 0);
		(void)snprintf(size_text, sizeof(size_text), "%zu", size);
		assert_member(serving_call(reader, checkpoint_get), "size", size_text);
		(void)snprintf(line, sizeof(line),
		               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"proof.get\",\"params\":{\"seq\":%zu}}",
		               size - 1);
		reply = serving_call(reader, line);
		assert_non_null(memmem(reply.json, reply.json_size, "receipt", 7));
	}
	merit_buffer_free(&json);
	merit_client_close(writer);
	merit_client_close(reader);
}

/* ---- The group at hand ---- */

static void messages_join_the_group_at_hand_while_a_commit_runs(void **state)
{
	struct serving *f = *state;
	struct merit_client *clients[8];
	char json[160], name[16];

	merit_server_start(f->server);
	log_hold(f);
	struct merit_client *large = send_large(f);
	for (int i = 0; i < 8; i++) {
		(void)snprintf(name, sizeof(name), "j%d", i);
		clients[i] = serving_client(f, "root/k1", ADMIN_KEY, 1);
		serving_submit(clients[i], serving_member_create(json, name, name));
		wait_until_decided(f, (uint64_t)(LARGE_GROUP + i + 1), 0);
	}
	log_let_go();
	assert_member(serving_wait(large), "status", "accepted");
	for (int i = 0; i < 8; i++) {
		assert_member(serving_wait(clients[i]), "status", "accepted");
		merit_client_close(clients[i]);
	}
	assert_int_equal(merit_metrics_value(&f->server->metrics, MERIT_METRIC_GROUPS), 2);
	merit_client_close(large);
}

static void what_has_queued_shares_a_commit(void **state)
{
	struct serving *f = *state;
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, SERVING_IN_FLIGHT);

	serving_queue_members(f, admin);
	merit_server_start(f->server);
	for (int i = 0; i < SERVING_IN_FLIGHT; i++)
		assert_member(serving_wait(admin), "status", "accepted");
	assert_int_equal(merit_metrics_value(&f->server->metrics, MERIT_METRIC_GROUPS), 1);
	merit_client_close(admin);
}

static void a_full_group_waits_and_the_rest_comes_in_the_next(void **state)
{
	struct serving *f = *state;
	struct merit_buffer json = { 0 };
	struct merit_client *clients[3];

	merit_server_start(f->server);
	log_hold(f);
	struct merit_client *large = send_large(f);
	for (int i = 0; i < 3; i++) { /* Two fill a group. */
		clients[i] = serving_client(f, "root/k1", ADMIN_KEY, 1);
		serving_members_create(&json, i + 1, MERIT_GROUP_CALLS_MAX / 2);
		serving_submit(clients[i], json.data);
	}
	wait_until_decided(f, LARGE_GROUP + MERIT_GROUP_CALLS_MAX, 0);
	serving_nap_ms(HELD_MS);
	assert_int_equal(merit_metrics_value(&f->server->metrics, MERIT_METRIC_WRITES),
	                 LARGE_GROUP + MERIT_GROUP_CALLS_MAX);
	log_let_go();
	assert_member(serving_wait(large), "status", "accepted");
	for (int i = 0; i < 3; i++) {
		assert_member(serving_wait(clients[i]), "status", "accepted");
		merit_client_close(clients[i]);
	}
	merit_client_close(large);
	merit_buffer_free(&json);
}

static void a_stop_waits_for_the_commit_and_what_joined_behind_it(void **state)
{
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	struct merit_client *large = send_large(f);
	serving_submit(admin, serving_member_create(json, "a", "m1"));
	wait_until_decided(f, LARGE_GROUP + 1, 0);
	log_let_go();
	merit_server_stop(f->server);
	assert_member(serving_wait(large), "status", "accepted");
	assert_member(serving_wait(admin), "status", "accepted");
	merit_client_close(admin);
	merit_client_close(large);
	assert_int_equal(merit_ledger_size(f->ledger), LARGE_GROUP + 2);
}

/* State may be behind the log, never ahead: the write-back waits for the commit. */
static void a_write_back_waits_for_the_commit_under_way(void **state)
{
	struct serving *f = *state;
	char json[160];

	f->ledger->state_rows_max = 1;
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	log_hold(f);
	struct merit_client *large = send_large(f);
	serving_nap_ms(HELD_MS);
	assert_false(merit_state_is_frozen(f->ledger->model.state));
	log_let_go();
	assert_member(serving_wait(large), "status", "accepted");
	assert_member(serving_call(admin, serving_member_create(json, "a", "m1")), "status", "accepted");
	merit_client_close(admin);
	merit_client_close(large);
	serving_close(f);
	assert_int_equal(merit_state_cut(f->ledger->model.state), LARGE_GROUP + 2);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, serving_make, drop)
	const struct CMUnitTest tests[] = {
		ROW(a_small_group_is_silent_until_it_is_durable),
		ROW(a_large_group_is_silent_until_it_is_durable),
		ROW(nothing_leaves_before_what_it_tells_is_durable),
		ROW(a_group_of_reads_waits_for_the_commit_before_it),
		ROW(a_key_is_not_known_before_it_is_durable),
		ROW(what_a_reply_tells_is_seen_by_the_next_message),
		ROW(messages_join_the_group_at_hand_while_a_commit_runs),
		ROW(what_has_queued_shares_a_commit),
		ROW(a_full_group_waits_and_the_rest_comes_in_the_next),
		ROW(a_stop_waits_for_the_commit_and_what_joined_behind_it),
		ROW(a_write_back_waits_for_the_commit_under_way),
	};

	merit_log_set_level(MERIT_LOG_ERROR);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
