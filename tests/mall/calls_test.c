/* calls_test.c
 * Goal    a call comes to meritd as it was signed, and its answer comes back with its checkpoint; what only this
 *         machine may ask, nobody may ask through the mall; meritd may go and come back.
 * Method  a meritd and a mall in this process, requests as bytes. */
#include "tests/support/mall.h"

#include "ledger/encode.h"
#include "ledger/limits.h"
#include "ledger/private.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* nng 1.5.2 leaves memory behind where a socket is closed while it connects: whoever lets the mall connect waits until
 * both its connections are there. */
static void wait_for_links(struct mall *m)
{
	serving_wait_until_connected(m->ledger, 2);
	serving_nap_ms(20); /* The mall is told of the second. */
}

static int open_mall(void **state)
{
	struct mall *m = mall_new();

	mall_open(m);
	wait_for_links(m);
	*state = m;
	return 0;
}

static int close_mall(void **state)
{
	mall_free(*state);
	return 0;
}

static void a_public_call_is_answered_under_its_checkpoint(void **state)
{
	struct mall *m = *state;
	struct merit_buffer note = { 0 };
	size_t size = 0;

	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
	assert_string_equal(mall_field(m, "Content-Type"), "application/json");
	assert_string_equal(mall_field(m, "Cache-Control"), "no-store");
	assert_non_null(strstr(mall_body(m), "\"result\""));
	const char *field = mall_field(m, "Merit-Checkpoint");
	assert_non_null(field);
	assert_true(merit_buffer_reserve(&note, strlen(field)));
	assert_true(merit_base64url_decode(field, strlen(field), note.data, strlen(field), &size));
	assert_memory_equal(note.data, SERVING_ORIGIN "\n", sizeof(SERVING_ORIGIN));
	merit_buffer_free(&note);
}

static void a_signed_call_is_the_signers(void **state)
{
	struct mall *m = *state;
	char json[160];

	mall_call_signed(m, "root/k1", ADMIN_KEY, serving_member_create(json, "a1", "m1"), "");
	assert_int_equal(m->reply.code, 200);
	assert_non_null(strstr(mall_body(m), "\"status\":\"accepted\""));
	mall_call_signed(m, "root/k1", OTHER_KEY, serving_member_create(json, "a2", "m2"), "");
	assert_int_equal(m->reply.code, 200);
	assert_non_null(strstr(mall_body(m), "bad_signature"));
	mall_call(m, "", serving_member_create(json, "a3", "m3"));
	assert_non_null(strstr(mall_body(m), "not_signed"));
	mall_call(m, "Merit-Signature: \r\n", MALL_CHECKPOINT_GET); /* An empty field is none. */
	assert_non_null(strstr(mall_body(m), "\"result\""));
}

static void private_lines_go_along(void **state)
{
	static const uint8_t salt[MERIT_PRIVATE_SALT_SIZE] = { 7 };
	struct mall *m = *state;
	struct merit_buffer line = { 0 };
	struct merit_hash commitment;
	char json[400], hex[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];

	merit_buffer_put_char(&line, '\n');
	assert_true(merit_private_put(&line, salt, "Li Lei", 6, &commitment));
	merit_buffer_put_char(&line, '\0');
	merit_hex_encode(commitment.bytes, sizeof(commitment.bytes), hex);
	(void)snprintf(json, sizeof(json),
	               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"order.place\",\"params\":{\"id\":\"o1\","
	               "\"order\":\"o1\",\"member\":\"m1\",\"recipient\":\"%s\",\"lines\":[{\"item\":\"cup\","
	               "\"version\":1,\"quantity\":1,\"points\":1}]}}",
	               hex);
	mall_call_signed(m, "root/k1", ADMIN_KEY, json, line.data);
	assert_int_equal(m->reply.code, 200);
	assert_null(strstr(mall_body(m), "private_mismatch"));
	line.data[line.size - 2] ^= 1;
	mall_call_signed(m, "root/k1", ADMIN_KEY, json, line.data);
	assert_non_null(strstr(mall_body(m), "private_mismatch"));
	mall_call_signed(m, "root/k1", ADMIN_KEY, json, "");
	assert_non_null(strstr(mall_body(m), "private_mismatch"));
	merit_buffer_free(&line);
}

static void what_is_for_this_machine_cannot_be_asked_through_the_mall(void **state)
{
	static const char *const calls[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"metrics.get\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\u006detrics.get\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health\\u002eget\"}",
		"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\"}]",
	};
	struct mall *m = *state;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		print_message("           %s\n", calls[i]);
		mall_call(m, "", calls[i]);
		assert_int_equal(m->reply.code, 200);
		assert_non_null(strstr(mall_body(m), "not_permitted"));
	}
	mall_call_signed(m, "root/k1", ADMIN_KEY, calls[1], "");
	assert_non_null(strstr(mall_body(m), "not_permitted"));
	/* With a relay line of one's own. */
	mall_call(m, "", "@127.0.0.1\n\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\"}");
	assert_null(strstr(mall_body(m), "\"result\""));
}

static void what_is_no_call_is_answered_as_the_ledger_does(void **state)
{
	struct mall *m = *state;

	mall_call(m, "", "");
	assert_int_equal(m->reply.code, 200);
	assert_non_null(strstr(mall_body(m), "\"error\""));
	mall_call(m, "", "{");
	assert_non_null(strstr(mall_body(m), "bad_json"));
}

static void one_connection_carries_many_calls(void **state)
{
	static const char request[] =
		"POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"checkpoint.get\"}";
	struct mall *m = *state;
	int fd = mall_connect(m);

	for (int i = 0; i < 20; i++)
		mall_say(fd, request); /* Without waiting for answers. */
	for (int i = 0; i < 20; i++) {
		mall_hear(m, fd);
		assert_int_equal(m->reply.code, 200);
		assert_non_null(strstr(mall_body(m), "\"result\""));
	}
	(void)close(fd);
}

/* Asks until the answer has this code: meritd and its connection take a moment. */
static void wait_for_health(struct mall *m, int code)
{
	for (int waited_ms = 0; waited_ms < MALL_WAIT_MS; waited_ms += 20) {
		mall_ask(m, "GET /healthz HTTP/1.1\r\nHost: mall\r\n\r\n");
		if (m->reply.code == code)
			return;
		serving_nap_ms(20);
	}
	fail_msg("no %d from /healthz", code);
}

static void meritd_may_go_and_come_back(void **state)
{
	struct mall *m = *state;

	wait_for_health(m, 200);
	mall_stop_ledger(m);
	wait_for_health(m, 503);
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 504);
	assert_non_null(strstr(mall_body(m), "\"status\":\"unreachable\""));
	mall_ask(m, "GET / HTTP/1.1\r\nHost: mall\r\n\r\n"); /* The pages are still there. */
	assert_int_equal(m->reply.code, 200);
	mall_start_ledger(m);
	wait_for_health(m, 200);
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
	wait_for_links(m);
}

static void a_call_sent_while_meritd_starts_is_answered(void **state)
{
	struct mall *m = *state;

	mall_stop_ledger(m);
	wait_for_health(m, 503);
	int fd = mall_connect(m);
	mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\nContent-Length: "
	             "50\r\n\r\n" MALL_CHECKPOINT_GET);
	serving_nap_ms(100);
	mall_start_ledger(m);
	mall_hear(m, fd);
	assert_int_equal(m->reply.code, 200);
	(void)close(fd);
	wait_for_links(m);
}

static _Atomic int stranger_links;

static void on_stranger_link(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
	(void)pipe, (void)argument;
	stranger_links += event == NNG_PIPE_EV_ADD_POST ? 1 : -1;
}

/* Listens as meritd does, but is none; port 0 takes a free one. */
static nng_socket listen_as_ledger(int *port)
{
	nng_socket socket;
	nng_listener listener;
	char url[64];

	stranger_links = 0;
	(void)snprintf(url, sizeof(url), "tcp://127.0.0.1:%d", *port);
	assert_int_equal(nng_rep0_open(&socket), 0);
	assert_int_equal(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, MALL_WAIT_MS), 0);
	assert_int_equal(nng_pipe_notify(socket, NNG_PIPE_EV_ADD_POST, on_stranger_link, NULL), 0);
	assert_int_equal(nng_pipe_notify(socket, NNG_PIPE_EV_REM_POST, on_stranger_link, NULL), 0);
	assert_int_equal(nng_listener_create(&listener, socket, url), 0);
	assert_int_equal(nng_listener_start(listener, 0), 0);
	assert_int_equal(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, port), 0);
	return socket;
}

static void stop_listening_as_ledger(struct mall *m, nng_socket socket)
{
	for (int waited_ms = 0; stranger_links != 2; waited_ms += 20) {
		assert_true(waited_ms < MALL_WAIT_MS);
		serving_nap_ms(20);
	}
	serving_nap_ms(20);
	mall_close(m);
	assert_int_equal(nng_close(socket), 0);
}

static void a_call_whose_connection_breaks_is_sent_again(void **state)
{
	static const char sent[] = "@127.0.0.1\n\n" MALL_CHECKPOINT_GET;
	static const char answer[] = "Y2hlY2twb2ludA\n{\"answer\":1}";
	struct mall *m = *state;
	char bytes[256];
	size_t size = sizeof(bytes);
	int port = 0;

	mall_close(m);
	nng_socket ledger = listen_as_ledger(&port);
	(void)snprintf(m->ledger_url, sizeof(m->ledger_url), "tcp://127.0.0.1:%d", port);
	mall_open(m);
	int fd = mall_connect(m);
	mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\nContent-Length: "
	             "50\r\n\r\n" MALL_CHECKPOINT_GET);
	for (int i = 0; i < 3; i++) {
		size = sizeof(bytes);
		assert_int_equal(nng_recv(ledger, bytes, &size, 0), 0);
		assert_int_equal(size, sizeof(sent) - 1);
		assert_memory_equal(bytes, sent, size);
		if (i == 2)
			break;
		assert_int_equal(nng_close(ledger), 0); /* Without a word. */
		ledger = listen_as_ledger(&port);
	}
	assert_int_equal(nng_send(ledger, (void *)(uintptr_t)answer, sizeof(answer) - 1, 0), 0);
	mall_hear(m, fd);
	assert_int_equal(m->reply.code, 200);
	assert_string_equal(mall_body(m), "{\"answer\":1}");
	assert_string_equal(mall_field(m, "Merit-Checkpoint"), "Y2hlY2twb2ludA");
	(void)close(fd);
	stop_listening_as_ledger(m, ledger);
}

static void an_answer_that_is_none_is_not_passed_on(void **state)
{
	static const struct {
		const char *name, *answer;
		int code;
	} rows[] = {
		{ "nothing", "", 502 },
		{ "no line", "{\"answer\":1}", 502 },
		{ "no checkpoint", "\n{\"answer\":1}", 200 }, /* A message refused before the ledger has none. */
	};
	struct mall *m = *state;
	int port = 0;

	mall_close(m);
	nng_socket ledger = listen_as_ledger(&port);
	(void)snprintf(m->ledger_url, sizeof(m->ledger_url), "tcp://127.0.0.1:%d", port);
	mall_open(m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char bytes[256];
		size_t size = sizeof(bytes);
		int fd = mall_connect(m);
		print_message("           %s\n", rows[i].name);
		mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
		             "Content-Length: 2\r\n\r\n{}");
		assert_int_equal(nng_recv(ledger, bytes, &size, 0), 0);
		assert_int_equal(nng_send(ledger, (void *)(uintptr_t)rows[i].answer, strlen(rows[i].answer), 0), 0);
		mall_hear(m, fd);
		assert_int_equal(m->reply.code, rows[i].code);
		assert_null(mall_field(m, "Merit-Checkpoint"));
		(void)close(fd);
	}
	stop_listening_as_ledger(m, ledger);
}

/* A server whose ledger thread does not run yet keeps its messages. */
static void hold_the_ledger(struct mall *m)
{
	mall_stop_ledger(m);
	m->ledger->urls[0] = m->ledger_url;
	serving_open(m->ledger);
	wait_for_links(m);
}

static void one_call_too_many_is_busy_and_the_others_are_answered(void **state)
{
	static const char begin[] = "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n";
	struct mall *m = *state;
	char request[400];
	int fds[3];

	mall_close(m);
	m->options.relays_max = 2;
	mall_open(m);
	wait_for_links(m);
	hold_the_ledger(m);
	(void)snprintf(request, sizeof(request), "%sContent-Length: 50\r\n\r\n" MALL_CHECKPOINT_GET, begin);
	for (int i = 0; i < 2; i++) {
		fds[i] = mall_connect(m);
		mall_say(fds[i], request);
		serving_wait_until_queued(m->ledger, (size_t)i + 1);
	}
	mall_ask(m, request);
	assert_int_equal(m->reply.code, 503);
	assert_string_equal(mall_field(m, "Retry-After"), "1");
	assert_non_null(strstr(mall_body(m), "\"status\":\"busy\""));
	merit_server_start(m->ledger->server);
	for (int i = 0; i < 2; i++) {
		mall_hear(m, fds[i]);
		assert_int_equal(m->reply.code, 200);
		(void)close(fds[i]);
	}
	mall_ask(m, request);
	assert_int_equal(m->reply.code, 200);
}

static void who_leaves_before_the_answer_harms_nobody(void **state)
{
	struct mall *m = *state;

	hold_the_ledger(m);
	for (int i = 0; i < 8; i++) {
		int fd = mall_connect(m);
		mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
		             "Content-Length: 50\r\n\r\n" MALL_CHECKPOINT_GET);
		serving_wait_until_queued(m->ledger, (size_t)i + 1);
		(void)close(fd);
	}
	merit_server_start(m->ledger->server);
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
}

static void the_mall_may_end_while_a_call_is_under_way(void **state)
{
	struct mall *m = *state;

	hold_the_ledger(m);
	int fd = mall_connect(m), idle = mall_connect(m);
	mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\nContent-Length: "
	             "50\r\n\r\n" MALL_CHECKPOINT_GET);
	serving_wait_until_queued(m->ledger, 1);
	merit_server_start(m->ledger->server);
	mall_close(m);
	mall_hear(m, fd);
	assert_int_equal(m->reply.code, 200);
	assert_true(mall_is_ended(fd));
	assert_true(mall_is_ended(idle));
	(void)close(fd);
	(void)close(idle);
}

static void each_client_behind_our_proxy_has_its_own_rate_at_meritd(void **state)
{
	static const char *const proxies[] = { "127.0.0.1" };
	struct mall *m = *state;

	mall_stop_ledger(m);
	m->ledger->options.public_rate = (struct merit_rate){ 1, 2 };
	mall_close(m);
	m->options.proxies = proxies;
	m->options.proxies_count = 1;
	mall_open(m);
	mall_start_ledger(m);
	wait_for_links(m);
	for (int i = 0; i < 2; i++) {
		mall_call(m, "X-Forwarded-For: 192.0.2.7\r\n", MALL_CHECKPOINT_GET);
		assert_non_null(strstr(mall_body(m), "\"result\""));
	}
	mall_call(m, "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n", MALL_CHECKPOINT_GET);
	assert_non_null(strstr(mall_body(m), "rate_limited"));
	mall_call(m, "X-Forwarded-For: 192.0.2.8\r\n", MALL_CHECKPOINT_GET);
	assert_non_null(strstr(mall_body(m), "\"result\""));
	mall_call(m, "X-Forwarded-Proto: https\r\nOrigin: https://mall\r\nX-Forwarded-For: 192.0.2.9\r\n",
	          MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
}

static void who_is_no_proxy_of_ours_is_not_believed(void **state)
{
	struct mall *m = *state;

	mall_stop_ledger(m);
	m->ledger->options.public_rate = (struct merit_rate){ 1, 1 };
	mall_start_ledger(m);
	wait_for_links(m);
	mall_call(m, "X-Forwarded-For: 192.0.2.7\r\n", MALL_CHECKPOINT_GET);
	assert_non_null(strstr(mall_body(m), "\"result\""));
	mall_call(m, "X-Forwarded-For: 192.0.2.8\r\n", MALL_CHECKPOINT_GET);
	assert_non_null(strstr(mall_body(m), "rate_limited"));
	mall_call(m, "X-Forwarded-Proto: https\r\nOrigin: https://mall\r\n", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 403);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_mall, close_mall)
	const struct CMUnitTest tests[] = {
		TEST(a_public_call_is_answered_under_its_checkpoint),
		TEST(a_signed_call_is_the_signers),
		TEST(private_lines_go_along),
		TEST(what_is_for_this_machine_cannot_be_asked_through_the_mall),
		TEST(what_is_no_call_is_answered_as_the_ledger_does),
		TEST(one_connection_carries_many_calls),
		TEST(meritd_may_go_and_come_back),
		TEST(a_call_sent_while_meritd_starts_is_answered),
		TEST(a_call_whose_connection_breaks_is_sent_again),
		TEST(an_answer_that_is_none_is_not_passed_on),
		TEST(one_call_too_many_is_busy_and_the_others_are_answered),
		TEST(who_leaves_before_the_answer_harms_nobody),
		TEST(the_mall_may_end_while_a_call_is_under_way),
		TEST(each_client_behind_our_proxy_has_its_own_rate_at_meritd),
		TEST(who_is_no_proxy_of_ours_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
