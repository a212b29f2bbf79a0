/* service_test.c
 * Goal    the reads the service answers itself: the feed wakes, ends and is capped; health and metrics answer.
 * Method  the real server in this process, two clients. */
#include "tests/support/serving.h"

#include "rpc/log.h"
#include "rpc/server_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *feed_read(char text[160], int from_seq, int wait_ms)
{
	(void)snprintf(
		text, 160,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"feed.read\",\"params\":{\"from_seq\":%d,\"wait_ms\":%d}}",
		from_seq, wait_ms);
	return text;
}

static void a_reader_of_the_feed_is_woken_by_the_next_entry(void **state)
{
	struct serving *f = *state;
	char json[160];
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *reader = serving_client(f, "root/k1", ADMIN_KEY, 1);

	assert_member(serving_call(reader, feed_read(json, 0, MERIT_FEED_WAIT_MS_MAX)), "next_seq",
	              "1"); /* There is one already. */
	serving_submit(reader, feed_read(json, 1, MERIT_FEED_WAIT_MS_MAX));
	serving_nap_ms(50);
	assert_member(serving_call(admin, serving_member_create(json, "a", "m1")), "status", "accepted");
	struct merit_client_reply reply = serving_wait(reader);
	assert_member(reply, "next_seq", "2");
	assert_non_null(memmem(reply.json, reply.json_size, "member.create", strlen("member.create")));
	merit_client_close(admin);
	merit_client_close(reader);
}

static bool has(struct merit_client_reply reply, const char *text)
{
	return memmem(reply.json, reply.json_size, text, strlen(text)) != NULL;
}

/* Who reads the feed keeps a copy of the log: of an entry that moves money it needs both lines. */
static void the_feed_has_the_sealed_lines_of_its_entries(void **state)
{
	static const char sponsor[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sponsor.create\",\"params\":"
				      "{\"id\":\"s\",\"sponsor\":\"acme\"}}";
	static const char deposit[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sponsor.deposit\",\"params\":"
				      "{\"id\":\"d\",\"sponsor\":\"acme\",\"currency\":\"CNY\",\"amount_minor\":7,"
				      "\"bank_reference\":\"b\"}}";
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *finance = serving_client(f, "fin/k1", OTHER_KEY, 1);
	serving_add_party(admin, "fin", "finance", OTHER_KEY);
	assert_member(serving_call(admin, sponsor), "status", "accepted");
	struct merit_client_reply reply = serving_call(finance, feed_read(json, 2, 0));
	assert_member(reply, "next_seq", "3");
	assert_true(has(reply, "],\"sealed\":[],"));
	assert_member(serving_call(finance, deposit), "status", "accepted");
	reply = serving_call(finance, feed_read(json, 2, 0));
	assert_member(reply, "next_seq", "4");
	assert_true(has(reply, "\"op\":\"sponsor.create\""));
	assert_true(has(reply, "],\"sealed\":[{\"salt\":\""));
	assert_true(has(reply, "\"seq\":3,\"postings\":[["));
	assert_true(has(reply, "[\"cash\",\"CNY\",[[null,null,7]]]"));
	merit_client_close(admin);
	merit_client_close(finance);
}

static void a_wait_for_the_feed_ends_with_its_time(void **state)
{
	struct serving *f = *state;
	char json[160];
	merit_server_start(f->server);
	struct merit_client *reader = serving_client(f, "root/k1", ADMIN_KEY, 1);

	serving_submit(reader, feed_read(json, 1, 30));
	for (int i = 0; i < 10; i++) {
		serving_nap_ms(20);
		merit_server_tick(f->server);
	}
	assert_member(serving_wait(reader), "next_seq", "1");
	merit_client_close(reader);
}

static void a_reader_over_the_cap_of_waiters_does_not_wait(void **state)
{
	struct serving *f = *state;
	char json[160];

	f->options.waiters_max = 1;
	serving_reopen(f);
	merit_server_start(f->server);
	struct merit_client *first = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *second = serving_client(f, "root/k1", ADMIN_KEY, 1);
	serving_submit(first, feed_read(json, 1, MERIT_FEED_WAIT_MS_MAX));
	serving_nap_ms(50);
	assert_member(serving_call(second, feed_read(json, 1, MERIT_FEED_WAIT_MS_MAX)), "next_seq", "1");
	merit_server_stop(f->server); /* Ends the first one's wait. */
	assert_member(serving_wait(first), "next_seq", "1");
	merit_client_close(first);
	merit_client_close(second);
}

static void a_party_may_wait_eight_times_and_no_more(void **state)
{
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *waiting = serving_client(f, "root/k1", ADMIN_KEY, MERIT_FEED_PARTY_WAITERS_MAX),
			    *late = serving_client(f, "root/k1", ADMIN_KEY, 1);
	for (int i = 0; i < MERIT_FEED_PARTY_WAITERS_MAX; i++)
		serving_submit(waiting, feed_read(json, 1, MERIT_FEED_WAIT_MS_MAX));
	while (merit_feed_waiters(&f->server->feed) < MERIT_FEED_PARTY_WAITERS_MAX)
		serving_nap_ms(5);
	assert_member(serving_call(late, feed_read(json, 1, MERIT_FEED_WAIT_MS_MAX)), "next_seq", "1");
	merit_server_stop(f->server);
	for (int i = 0; i < MERIT_FEED_PARTY_WAITERS_MAX; i++)
		assert_member(serving_wait(waiting), "next_seq", "1");
	merit_client_close(waiting);
	merit_client_close(late);
}

/* What wakes the reader is the revocation of its own key. */
static void a_reader_whose_key_is_revoked_is_told_nothing(void **state)
{
	static const char revoke[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"key.revoke\",\"params\":{\"id\":\"r\","
				     "\"party\":\"lms\",\"key\":\"k1\"}}";
	struct serving *f = *state;
	char json[160];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *reader = serving_client(f, "lms/k1", SERVICE_KEY, 1);
	serving_add_service(admin);
	serving_submit(reader, feed_read(json, 2, MERIT_FEED_WAIT_MS_MAX));
	while (merit_feed_waiters(&f->server->feed) == 0)
		serving_nap_ms(5);
	assert_member(serving_call(admin, revoke), "status", "accepted");
	assert_member(serving_wait(reader), "status", "revoked_key");
	merit_client_close(admin);
	merit_client_close(reader);
}

static void health_and_metrics_answer_this_machine_unsigned(void **state)
{
	static const char health[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\",\"params\":{}}";
	static const char metrics[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"metrics.get\"}";
	struct serving *f = *state;
	struct merit_client_options options = { .url = merit_server_url(f->server, 0) };
	struct merit_client *client = NULL;

	assert_int_equal(merit_client_open(&options, &client), MERIT_OK);
	assert_member(serving_call(client, health), "writes", "accepted");
	struct merit_client_reply reply = serving_call(client, metrics);
	assert_non_null(memmem(reply.json, reply.json_size, "\\u000amerit_entries 1\\u000a",
	                       strlen("\\u000amerit_entries 1\\u000a")));
	merit_client_close(client);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, serving_make, serving_drop)
	const struct CMUnitTest tests[] = {
		ROW(a_reader_of_the_feed_is_woken_by_the_next_entry),
		ROW(the_feed_has_the_sealed_lines_of_its_entries),
		ROW(a_wait_for_the_feed_ends_with_its_time),
		ROW(a_reader_over_the_cap_of_waiters_does_not_wait),
		ROW(a_party_may_wait_eight_times_and_no_more),
		ROW(a_reader_whose_key_is_revoked_is_told_nothing),
		ROW(health_and_metrics_answer_this_machine_unsigned),
	};

	merit_log_set_level(MERIT_LOG_ERROR);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
