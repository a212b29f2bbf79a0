/* crowd_test.c
 * Goal    clients that are silent, slow or many keep nobody out: whoever lets us wait longest gives way, and time is up
 *         for a trickle as for silence.
 * Method  a mall with short times and small limits, crowds of connections. No time is measured: what must end is waited
 *         for, and what must go on is done meanwhile. */
#include "tests/support/mall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A socket of nng 1.5.2 that is closed while it connects leaves memory behind; the program never closes its own. That
 * our code leaves none of nng's shows in calls_test. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libnng\n";
}

#define CROWD    1000
#define DISCOVER "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}"
#define PAGE     "GET / HTTP/1.1\r\nHost: mall\r\n\r\n"

static int make_mall(void **state)
{
	*state = mall_new();
	return 0;
}

static int free_mall(void **state)
{
	mall_free(*state);
	return 0;
}

static void assert_served(struct mall *m)
{
	mall_ask(m, PAGE);
	assert_int_equal(m->reply.code, 200);
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 200);
}

/* Many connections, each of which has sent only the beginning of something. */
static void gather(struct mall *m, int *fds, const char *beginning)
{
	for (int i = 0; i < CROWD; i++) {
		fds[i] = mall_connect(m);
		mall_say(fds[i], beginning);
	}
}

static void disperse(const int *fds)
{
	for (int i = 0; i < CROWD; i++)
		(void)close(fds[i]);
}

static void a_thousand_who_say_nothing_stop_nobody(void **state)
{
	static const char *const beginnings[] = {
		"",
		"GET / HT",
		"GET / HTTP/1.1\r\nHost: mall\r\nX: ",
		"POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
	};
	struct mall *m = *state;
	int fds[CROWD];

	mall_open(m);
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		print_message("           %s\n", beginnings[i]);
		gather(m, fds, beginnings[i]);
		for (int calls = 0; calls < 20; calls++)
			assert_served(m);
		disperse(fds);
	}
}

static void the_longest_silent_gives_way(void **state)
{
	struct mall *m = *state;

	m->options.connections_max = 3;
	m->options.address_connections_max = 100;
	mall_open(m);
	int a = mall_connect(m), b, c;
	serving_nap_ms(5);
	b = mall_connect(m);
	serving_nap_ms(5);
	c = mall_connect(m);
	serving_nap_ms(5);
	int d = mall_connect(m);
	assert_true(mall_is_ended(a));
	mall_say(b, PAGE);
	mall_hear(m, b);
	assert_int_equal(m->reply.code, 200);
	int e = mall_connect(m); /* b has spoken since, so c is it. */
	assert_true(mall_is_ended(c));
	mall_say(b, PAGE);
	mall_hear(m, b);
	assert_int_equal(m->reply.code, 200);
	for (const int *fd = (int[]){ a, b, c, d, e, -1 }; *fd >= 0; fd++)
		(void)close(*fd);
}

static void an_address_has_its_own_limit(void **state)
{
	struct mall *m = *state;

	m->options.address_connections_max = 2;
	mall_open(m);
	int other = mall_connect_from(m, "127.0.0.2");
	serving_nap_ms(5);
	int a = mall_connect(m);
	serving_nap_ms(5);
	int b = mall_connect(m), c = mall_connect(m);
	assert_true(mall_is_ended(a));
	mall_say(other, PAGE); /* It was silent for longer, but of another address. */
	mall_hear(m, other);
	assert_int_equal(m->reply.code, 200);
	mall_say(c, PAGE);
	mall_hear(m, c);
	assert_int_equal(m->reply.code, 200);
	for (const int *fd = (int[]){ a, b, c, other, -1 }; *fd >= 0; fd++)
		(void)close(*fd);
}

/* Sends a byte again and again, until the connection is ended. */
static void trickle(int fd)
{
	for (int waited_ms = 0; waited_ms < MALL_WAIT_MS; waited_ms += 20) {
		char byte;
		if (send(fd, "x", 1, MSG_NOSIGNAL) < 0 || recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
			return;
		serving_nap_ms(20);
	}
	fail_msg("a trickle went on");
}

static void before_its_first_request_a_trickle_is_as_late_as_silence(void **state)
{
	struct mall *m = *state;

	m->options.head_ms = 300;
	mall_open(m);
	int silent = mall_connect(m);
	assert_true(mall_is_ended(silent));
	(void)close(silent);
	int slow = mall_connect(m);
	mall_say(slow, "GET / HT");
	trickle(slow);
	(void)close(slow);
	assert_served(m);
}

static void a_request_that_trickles_is_late(void **state)
{
	struct mall *m = *state;

	m->options.request_ms = 300;
	mall_open(m);
	int slow = mall_connect(m);
	mall_say(slow, "GET / HTTP/1.1\r\nX: ");
	trickle(slow);
	(void)close(slow);
	slow = mall_connect(m);
	mall_say(slow, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
	               "Content-Length: 99999\r\n\r\n");
	trickle(slow);
	(void)close(slow);
	assert_served(m);
}

static void an_idle_connection_is_ended_and_a_used_one_is_not(void **state)
{
	struct mall *m = *state;

	m->options.idle_ms = 1000;
	mall_open(m);
	int used = mall_connect(m), idle = mall_connect(m);
	mall_say(idle, PAGE);
	mall_hear(m, idle);
	for (int i = 0; i < 15; i++) {
		mall_say(used, PAGE);
		mall_hear(m, used);
		assert_int_equal(m->reply.code, 200);
		serving_nap_ms(100);
	}
	assert_true(mall_is_ended(idle));
	(void)close(idle);
	(void)close(used);
}

static void an_address_has_its_own_rate(void **state)
{
	struct mall *m = *state;

	m->options.rate = (struct merit_rate){ 1, 5 };
	mall_open(m);
	for (int i = 0; i < 5; i++) {
		mall_ask(m, PAGE);
		assert_int_equal(m->reply.code, 200);
	}
	mall_call(m, "", MALL_CHECKPOINT_GET);
	assert_int_equal(m->reply.code, 429);
	assert_string_equal(mall_field(m, "Retry-After"), "1");
	assert_non_null(strstr(mall_body(m), "\"status\":\"rate_limited\""));
	int other = mall_connect_from(m, "127.0.0.2");
	mall_say(other, PAGE);
	mall_hear(m, other);
	assert_int_equal(m->reply.code, 200);
	(void)close(other);
}

static void more_than_can_be_ready_at_once_are_served(void **state)
{
	struct mall *m = *state;
	int fds[CROWD];

	m->options.threads_count = 1;
	m->options.address_connections_max = CROWD;
	mall_open(m);
	for (int i = 0; i < CROWD; i++)
		fds[i] = mall_connect(m);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < CROWD; i++)
			mall_say(fds[i], PAGE);
		for (int i = 0; i < CROWD; i++) {
			mall_hear(m, fds[i]);
			assert_int_equal(m->reply.code, 200);
		}
	}
	disperse(fds);
}

static void who_does_not_take_a_long_answer_gets_no_other(void **state)
{
	static const char long_answer[] =
		"[" DISCOVER "," DISCOVER "," DISCOVER "," DISCOVER "," DISCOVER "," DISCOVER "]";
	struct mall *m = *state;
	char request[1024], said[sizeof("HTTP/1.1 200")] = "";

	m->options.address_held_max = 1;
	mall_open(m);
	(void)snprintf(request, sizeof(request),
	               "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
	               "Content-Length: %zu\r\n\r\n%s",
	               strlen(long_answer), long_answer);
	int slow = mall_connect(m), other = mall_connect_from(m, "127.0.0.2");
	mall_say(slow, request);
	assert_int_equal(recv(slow, said, sizeof(said) - 1, MSG_PEEK | MSG_WAITALL), sizeof(said) - 1);
	assert_string_equal(said, "HTTP/1.1 200"); /* Its answer is on its way, and not taken. */
	mall_call(m, "", DISCOVER);
	assert_int_equal(m->reply.code, 503);
	assert_non_null(strstr(mall_body(m), "\"status\":\"busy\""));
	assert_served(m);
	mall_say(other, request);
	mall_hear(m, other);
	assert_int_equal(m->reply.code, 200);
	mall_hear(m, slow);
	assert_int_equal(m->reply.code, 200);
	do /* It has the last byte a moment before that is known. */
		mall_call(m, "", DISCOVER);
	while (m->reply.code != 200);
	(void)close(slow);
	(void)close(other);
}

/* Announces a long body that never comes. The first line of the answer must begin with line: to go on, or a refusal. */
static int announce(struct mall *m, const char *address, const char *line)
{
	int fd = mall_connect_from(m, address);
	char said[sizeof("HTTP/1.1 100")] = "";

	mall_say(fd, "POST /rpc HTTP/1.1\r\nHost: mall\r\nContent-Type: application/json\r\n"
	             "Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n");
	assert_int_equal(recv(fd, said, sizeof(said) - 1, MSG_WAITALL), sizeof(said) - 1);
	assert_string_equal(said, line);
	return fd;
}

static void who_announces_long_bodies_takes_only_its_own_room(void **state)
{
	struct mall *m = *state;

	m->options.address_held_max = 500000;
	mall_open(m);
	int a = announce(m, "127.0.0.2", "HTTP/1.1 100"), b = announce(m, "127.0.0.2", "HTTP/1.1 100");
	int c = announce(m, "127.0.0.2", "HTTP/1.1 503"); /* 600,000 bytes */
	int other = announce(m, "127.0.0.3", "HTTP/1.1 100");
	assert_served(m);
	for (const int *fd = (int[]){ a, b, c, other, -1 }; *fd >= 0; fd++)
		(void)close(*fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_mall, free_mall)
	const struct CMUnitTest tests[] = {
		TEST(a_thousand_who_say_nothing_stop_nobody),
		TEST(the_longest_silent_gives_way),
		TEST(an_address_has_its_own_limit),
		TEST(before_its_first_request_a_trickle_is_as_late_as_silence),
		TEST(a_request_that_trickles_is_late),
		TEST(an_idle_connection_is_ended_and_a_used_one_is_not),
		TEST(an_address_has_its_own_rate),
		TEST(more_than_can_be_ready_at_once_are_served),
		TEST(who_does_not_take_a_long_answer_gets_no_other),
		TEST(who_announces_long_bodies_takes_only_its_own_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
