/* server_test.c
 * Goal    what the server promises whatever the rules decide: one outcome per id however often it is sent at once, BUSY
 *         at the bound, no key trusted after its revocation, nothing lost at the end; and where it listens.
 * Method  the real server in this process; its ledger's thread starts when the test says so. */
#include "tests/support/serving.h"

#include "rpc/log.h"
#include "rpc/server_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_write_is_answered_with_the_checkpoint_that_covers_it(void **state)
{
	struct serving *f = *state;
	char json[160], size_line[32];
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);

	struct merit_client_reply reply = serving_call(admin, serving_member_create(json, "a", "m1"));
	assert_member(reply, "status", "accepted");
	assert_member(reply, "seq", "1");
	int size = snprintf(size_line, sizeof(size_line), "%s\n2\n", SERVING_ORIGIN);
	assert_true(reply.checkpoint_size > (size_t)size && memcmp(reply.checkpoint, size_line, (size_t)size) == 0);
	merit_client_close(admin);
}

static void duplicates_in_flight_have_one_seq(void **state)
{
	struct serving *f = *state;
	char json[160];
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, SERVING_IN_FLIGHT);

	for (int i = 0; i < SERVING_IN_FLIGHT; i++)
		serving_submit(admin, serving_member_create(json, "same", "m1"));
	for (int i = 0; i < SERVING_IN_FLIGHT; i++) {
		struct merit_client_reply reply = serving_wait(admin);
		assert_member(reply, "status", "accepted");
		assert_member(reply, "seq", "1");
	}
	merit_client_close(admin);
	serving_close(f);
	assert_int_equal(merit_ledger_size(f->ledger), 2);
}

static void n_messages_queue_and_one_more_is_busy(void **state)
{
	struct serving *f = *state;
	char json[160];

	f->options.queue_messages_max = 3;
	serving_reopen(f);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 3),
			    *late = serving_client(f, "root/k1", ADMIN_KEY, 1);
	for (int i = 0; i < 3; i++)
		serving_submit(admin, serving_member_create(json, (const char *[]){ "a", "b", "c" }[i],
		                                            (const char *[]){ "a", "b", "c" }[i]));
	serving_wait_until_queued(f, 3);
	assert_member(serving_call(late, serving_member_create(json, "d", "d")), "status",
	              "busy"); /* Nothing is decided meanwhile. */
	merit_server_start(f->server);
	for (int i = 0; i < 3; i++)
		assert_member(serving_wait(admin), "status", "accepted");
	assert_member(serving_call(late, serving_member_create(json, "d", "d")), "status", "accepted");
	merit_client_close(admin);
	merit_client_close(late);
}

static void a_message_over_the_bytes_of_the_queue_is_busy(void **state)
{
	struct serving *f = *state;
	char json[160];

	f->options.queue_size_max = 600; /* One message of about 400 bytes fits, two do not. */
	serving_reopen(f);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *late = serving_client(f, "root/k1", ADMIN_KEY, 1);
	serving_submit(admin, serving_member_create(json, "a", "a"));
	serving_wait_until_queued(f, 1);
	assert_member(serving_call(late, serving_member_create(json, "b", "b")), "status", "busy");
	merit_server_start(f->server);
	assert_member(serving_wait(admin), "status", "accepted");
	merit_client_close(admin);
	merit_client_close(late);
}

static void a_new_key_is_known_once_its_reply_is_out(void **state)
{
	struct serving *f = *state;
	char json[160];
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *lms = serving_client(f, "lms/k1", SERVICE_KEY, 1);

	assert_member(serving_call(lms, serving_member_create(json, "a", "m1")), "status", "unknown_key");
	serving_add_service(admin);
	assert_member(serving_call(lms, serving_member_create(json, "a", "m1")), "status", "accepted");
	merit_client_close(admin);
	merit_client_close(lms);
}

static void a_key_revoked_while_its_request_waits_is_refused(void **state)
{
	static const char revoke[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"key.revoke\",\"params\":{\"id\":\"r\","
				     "\"party\":\"lms\",\"key\":\"k1\"}}";
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	serving_add_service(admin);
	merit_client_close(admin);
	serving_reopen(f);
	admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	struct merit_client *lms = serving_client(f, "lms/k1", SERVICE_KEY, 1);
	serving_submit(admin, revoke);
	serving_wait_until_queued(f, 1);
	serving_submit(lms, serving_member_create(json, "a", "m1")); /* Its key is live by the keyring: it queues. */
	serving_wait_until_queued(f, 2);
	merit_server_start(f->server);
	assert_member(serving_wait(admin), "status", "accepted");
	assert_member(serving_wait(lms), "status", "revoked_key");
	assert_member(serving_call(lms, serving_member_create(json, "a", "m1")), "status", "revoked_key");
	merit_client_close(admin);
	merit_client_close(lms);
}

static void a_stop_answers_what_was_queued(void **state)
{
	struct serving *f = *state;
	char json[160];
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, SERVING_IN_FLIGHT);

	serving_queue_members(f, admin);
	merit_server_start(f->server);
	merit_server_stop(f->server);
	for (int i = 0; i < SERVING_IN_FLIGHT; i++)
		assert_member(serving_wait(admin), "status", "accepted");
	assert_member(serving_call(admin, serving_member_create(json, "late", "late")), "status", "stopping");
	merit_client_close(admin);
	assert_int_equal(merit_ledger_size(f->ledger), 1 + SERVING_IN_FLIGHT);
}

static void after_a_jump_of_the_clock_writes_wait_for_a_confirmation(void **state)
{
	struct serving *f = *state;
	char json[160], path[128];
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);

	assert_member(serving_call(admin, serving_member_create(json, "a", "m1")), "status", "accepted");
	serving_close(f);
	serving_open(f);
	f->boot_shift_ms = MERIT_CLOCK_STEP_MS + 5000;
	merit_server_start(f->server);
	merit_client_close(admin);
	admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	assert_member(serving_call(admin, serving_member_create(json, "b", "m2")), "status", "clock_unsure");
	(void)snprintf(path, sizeof(path), "%s/%s", f->directory, MERIT_CLOCK_CONFIRM_FILE);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file, "%lld\n", (long long)serving_wall_ms(NULL)) > 0);
	assert_int_equal(fclose(file), 0);
	assert_member(serving_call(admin, serving_member_create(json, "b", "m2")), "status", "accepted");
	merit_client_close(admin);
}

static void a_full_store_refuses_writes_and_answers_reads(void **state)
{
	static const char program[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"program.get\",\"params\":{}}";
	struct serving *f = *state;
	struct merit_buffer json = { 0 };
	char status[64] = "accepted";

	serving_close(f);
	merit_ledger_close(f->ledger);
	serving_open_ledger(f, (size_t)16 * 1024 * 1024);
	f->options.ledger = f->ledger;
	serving_open(f);
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	for (int i = 0; strcmp(status, "accepted") == 0; i++) {
		assert_true(i < 1000);
		serving_members_create(&json, i, 500);
		serving_member_of(serving_call(admin, json.data), "status", status, sizeof(status));
	}
	assert_string_equal(status, "store_full");
	assert_member(serving_call(admin, program), "origin", SERVING_ORIGIN);
	assert_member(serving_call(admin, json.data), "status", "store_full");
	merit_client_close(admin);
	serving_close(f);
	merit_ledger_close(f->ledger);
	serving_open_ledger(f, (size_t)64 * 1024 * 1024); /* Room again: the same message goes through. */
	f->options.ledger = f->ledger;
	serving_open(f);
	merit_server_start(f->server);
	admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	assert_member(serving_call(admin, json.data), "status", "accepted");
	merit_client_close(admin);
	merit_buffer_free(&json);
}

/* Signed by a clock that the jump did not touch. */
static void after_a_jump_of_the_clock_reads_go_on(void **state)
{
	static const char program[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"program.get\",\"params\":{}}";
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	assert_member(serving_call(admin, program), "origin", SERVING_ORIGIN);
	f->wall_shift_ms = 3600 * 1000;
	assert_member(serving_call(admin, program), "origin", SERVING_ORIGIN);
	assert_member(serving_call(admin, serving_member_create(json, "b", "m2")), "status", "clock_unsure");
	merit_client_close(admin);
}

static void a_workspace_that_grew_large_is_not_kept(void **state)
{
	struct serving *f = *state;

	struct merit_workspace *workspace = merit_workspace_take(f->server);
	assert_true(merit_buffer_reserve(&workspace->reply, 1024));
	merit_workspace_give(f->server, workspace);
	assert_ptr_equal(merit_workspace_take(f->server), workspace);
	assert_true(merit_buffer_reserve(&workspace->reply, (size_t)32 * 1024 * 1024));
	merit_workspace_give(f->server, workspace);
	assert_int_equal(f->server->workspaces_size, 0);
}

static void what_cannot_be_listened_on_is_named(void **state)
{
	static const char *const urls[] = { "ipc:///tmp/merit.sock", "ws://127.0.0.1:0/rpc", "inproc://merit",
		                            "tls+tcp://127.0.0.1:0", "127.0.0.1:0",          "",
		                            "tcp://127.0.0.1" };
	struct serving *f = *state;
	struct merit_server *server = NULL;
	struct merit_server_options options = f->options;
	const char *bad_url = NULL, *taken = merit_server_url(f->server, 0);

	options.urls_count = 1;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		options.urls = &urls[i];
		assert_int_equal(merit_server_open(&options, &server, &bad_url), MERIT_BAD_FORMAT);
		assert_string_equal(bad_url, urls[i]);
	}
	options.urls = &taken;
	assert_int_equal(merit_server_open(&options, &server, &bad_url), MERIT_IO_FAILED);
	assert_string_equal(bad_url, taken);
}

static void a_connection_over_the_cap_gets_no_answer(void **state)
{
	struct serving *f = *state;
	struct merit_client_reply reply;
	char json[160];

	f->options.address_connections_max = 1;
	serving_reopen(f);
	merit_server_start(f->server);
	struct merit_client *first = serving_client(f, "root/k1", ADMIN_KEY, 1);
	assert_member(serving_call(first, serving_member_create(json, "a", "m1")), "status", "accepted");
	struct merit_client *second =
		serving_client_patient(merit_server_url(f->server, 0), "root/k1", ADMIN_KEY, 1, 300);
	assert_int_equal(merit_client_call(second, json, strlen(json), &reply), MERIT_UNREACHABLE);
	merit_client_close(second);
	merit_client_close(first); /* Its place is free again. */
	struct merit_client *third = serving_client(f, "root/k1", ADMIN_KEY, 1);
	assert_member(serving_call(third, json), "status", "accepted");
	merit_client_close(third);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, serving_make, serving_drop)
	const struct CMUnitTest tests[] = {
		ROW(a_write_is_answered_with_the_checkpoint_that_covers_it),
		ROW(duplicates_in_flight_have_one_seq),
		ROW(n_messages_queue_and_one_more_is_busy),
		ROW(a_message_over_the_bytes_of_the_queue_is_busy),
		ROW(a_new_key_is_known_once_its_reply_is_out),
		ROW(a_key_revoked_while_its_request_waits_is_refused),
		ROW(a_stop_answers_what_was_queued),
		ROW(after_a_jump_of_the_clock_writes_wait_for_a_confirmation),
		ROW(after_a_jump_of_the_clock_reads_go_on),
		ROW(a_workspace_that_grew_large_is_not_kept),
		ROW(a_full_store_refuses_writes_and_answers_reads),
		ROW(what_cannot_be_listened_on_is_named),
		ROW(a_connection_over_the_cap_gets_no_answer),
	};

	merit_log_set_level(MERIT_LOG_ERROR);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
