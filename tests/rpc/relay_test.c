/* relay_test.c
 * Goal    a relay on this machine may say for whom it asks: rates and what is local go by that; nobody else may, and
 *         the line is a part neither of the message nor of the request that is stored.
 * Method  messages as bytes, to a server that listens on every address of this machine. */
#include "tests/support/serving.h"

#include "ledger/envelope.h"
#include "ledger/limits.h"
#include "ledger/store.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CALL   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"checkpoint.get\"}"
#define HEALTH "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\"}"

/* Sends bytes to a url as they are; the reply's JSON is put into text_out. */
static void exchange_at(const char *url, const void *bytes, size_t size, char *text_out, size_t text_size)
{
	nng_socket socket;
	void *reply = NULL;
	size_t reply_size = 0;

	assert_int_equal(nng_req0_open(&socket), 0);
	assert_int_equal(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, SERVING_WAIT_MS), 0);
	assert_int_equal(nng_dial(socket, url, NULL, 0), 0);
	assert_int_equal(nng_send(socket, (void *)(uintptr_t)bytes, size, 0), 0);
	assert_int_equal(nng_recv(socket, &reply, &reply_size, NNG_FLAG_ALLOC), 0);
	const char *newline = memchr(reply, '\n', reply_size);
	assert_non_null(newline);
	int json_size = (int)(reply_size - (size_t)(newline + 1 - (char *)reply));
	(void)snprintf(text_out, text_size, "%.*s", json_size, newline + 1);
	nng_free(reply, reply_size);
	(void)nng_close(socket);
}

static const char *exchange(struct serving *f, const void *bytes, size_t size)
{
	static char text[4096];

	exchange_at(merit_server_url(f->server, 0), bytes, size, text, sizeof(text));
	return text;
}

static void a_relay_says_for_whom_it_asks(void **state)
{
#define ROW(name, text, want)                                                                                          \
	{                                                                                                              \
		name, text, sizeof(text) - 1, want                                                                     \
	}
	static const struct {
		const char *name, *message;
		size_t size;
		const char *want;
	} rows[] = {
		ROW("nobody", "\n" CALL, "\"result\""),
		ROW("an IPv4 address", "@192.0.2.7\n\n" CALL, "\"result\""),
		ROW("an IPv6 address", "@2001:db8::7\n\n" CALL, "\"result\""),
		ROW("IPv4 inside IPv6", "@::ffff:192.0.2.7\n\n" CALL, "\"result\""),
		ROW("no address", "@\n\n" CALL, "bad_envelope"),
		ROW("a name", "@localhost\n\n" CALL, "bad_envelope"),
		ROW("a port", "@192.0.2.7:80\n\n" CALL, "bad_envelope"),
		ROW("brackets", "@[2001:db8::7]\n\n" CALL, "bad_envelope"),
		ROW("a zone", "@fe80::1%lo\n\n" CALL, "bad_envelope"),
		ROW("too many bytes", "@1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa\n\n" CALL, "bad_envelope"),
		ROW("a space", "@192.0.2.7 \n\n" CALL, "bad_envelope"),
		ROW("a carriage return", "@192.0.2.7\r\n\n" CALL, "bad_envelope"),
		ROW("NUL", "@192.0.2.7\0\n\n" CALL, "bad_envelope"),
		ROW("two of them", "@192.0.2.7\n@192.0.2.8\n\n" CALL, "bad_envelope"),
		ROW("no line feed", "@192.0.2.7", "bad_envelope"),
		ROW("nothing behind it", "@192.0.2.7\n", "bad_envelope"),
		ROW("only the sign", "@", "bad_envelope"),
		ROW("health", "\n" HEALTH, "\"result\""),
		ROW("health for another", "@192.0.2.7\n\n" HEALTH, "not_permitted"),
		ROW("health for this machine", "@127.0.0.1\n\n" HEALTH, "not_permitted"),
		ROW("health for this machine by IPv6", "@::1\n\n" HEALTH, "not_permitted"),
	};
#undef ROW
	struct serving *f = *state;

	merit_server_start(f->server);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].name);
		assert_non_null(strstr(exchange(f, rows[i].message, rows[i].size), rows[i].want));
	}
}

static void rates_are_those_of_whom_it_asks_for(void **state)
{
	static const char first[] = "@192.0.2.7\n\n" CALL, second[] = "@192.0.2.8\n\n" CALL, own[] = "\n" CALL;
	struct serving *f = *state;

	f->options.public_rate = (struct merit_rate){ 1, 2 };
	serving_reopen(f);
	merit_server_start(f->server);
	for (int i = 0; i < 2; i++)
		assert_non_null(strstr(exchange(f, first, sizeof(first) - 1), "\"result\""));
	assert_non_null(strstr(exchange(f, first, sizeof(first) - 1), "rate_limited"));
	assert_non_null(strstr(exchange(f, second, sizeof(second) - 1), "\"result\""));
	assert_non_null(strstr(exchange(f, own, sizeof(own) - 1), "\"result\""));
}

/* A relayed public message of size bytes behind the relay's line. */
static const char *exchange_spaces(struct serving *f, size_t size)
{
	struct merit_buffer message = { 0 };

	merit_buffer_put_text(&message, "@2001:db8:1111:2222:3333:4444:5555:6666\n");
	size_t end = message.size + size;
	merit_buffer_put_text(&message, "\n" CALL);
	while (message.size < end)
		merit_buffer_put_char(&message, ' ');
	assert_false(message.bad);
	const char *text = exchange(f, message.data, message.size);
	merit_buffer_free(&message);
	return text;
}

static void the_line_is_not_counted_as_a_part_of_the_message(void **state)
{
	struct serving *f = *state;

	merit_server_start(f->server);
	assert_non_null(strstr(exchange_spaces(f, MERIT_STRANGER_SIZE_MAX), "\"result\""));
	assert_non_null(strstr(exchange_spaces(f, MERIT_STRANGER_SIZE_MAX + 1), "too_large"));
}

/* A member created for somebody behind a relay: what is kept is what was signed. */
static void the_stored_request_begins_behind_the_line(void **state)
{
	struct serving *f = *state;
	struct merit_secret_key key = serving_key(ADMIN_KEY);
	struct merit_buffer message = { 0 };
	struct merit_store_reader *reader = NULL;
	const void *bytes = NULL;
	char json[160];
	size_t line_size, size = 0;

	merit_server_start(f->server);
	merit_buffer_put_text(&message, "@192.0.2.7\n");
	line_size = message.size;
	(void)serving_member_create(json, "a1", "m1");
	assert_int_equal(
		merit_envelope_make(&message, &key, "root/k1", SERVING_ORIGIN, (int64_t)time(NULL), json, strlen(json)),
		MERIT_OK);
	assert_non_null(strstr(exchange(f, message.data, message.size), "accepted"));
	serving_close(f);
	uint64_t seq = merit_ledger_size(f->ledger) - 1; /* its only entry */
	assert_int_equal(merit_store_reader_open(merit_ledger_store(f->ledger), &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_request(reader, seq, &bytes, &size), MERIT_OK);
	assert_int_equal(size, message.size - line_size);
	assert_memory_equal(bytes, message.data + line_size, size);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_buffer_free(&message);
}

/* An IPv4 address of this machine that is not its own loopback. */
static bool find_address(char text_out[64])
{
	struct ifaddrs *all = NULL;
	bool is_found = false;

	assert_int_equal(getifaddrs(&all), 0);
	for (struct ifaddrs *at = all; at != NULL && !is_found; at = at->ifa_next) {
		if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET)
			continue;
		int rc = getnameinfo(at->ifa_addr, sizeof(struct sockaddr_in), text_out, 64, NULL, 0, NI_NUMERICHOST);
		is_found = rc == 0 && strncmp(text_out, "127.", 4) != 0;
	}
	freeifaddrs(all);
	return is_found;
}

static void from_elsewhere_the_line_is_no_envelope(void **state)
{
	static const char relayed[] = "@192.0.2.7\n\n" CALL, own[] = "\n" CALL;
	struct serving *f = *state;
	char address[64], url[128], text[4096];

	if (!find_address(address)) {
		print_message("           skipped: this machine has no address but its own loopback\n");
		skip();
	}
	f->urls[0] = "tcp://0.0.0.0:0";
	serving_reopen(f);
	merit_server_start(f->server);
	(void)snprintf(url, sizeof(url), "tcp://%s%s", address, strrchr(merit_server_url(f->server, 0), ':'));
	exchange_at(url, own, sizeof(own) - 1, text, sizeof(text));
	assert_non_null(strstr(text, "\"result\""));
	exchange_at(url, relayed, sizeof(relayed) - 1, text, sizeof(text));
	assert_non_null(strstr(text, "bad_envelope"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, serving_make, serving_drop)
	const struct CMUnitTest tests[] = {
		TEST(a_relay_says_for_whom_it_asks),
		TEST(rates_are_those_of_whom_it_asks_for),
		TEST(the_line_is_not_counted_as_a_part_of_the_message),
		TEST(the_stored_request_begins_behind_the_line),
		TEST(from_elsewhere_the_line_is_no_envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
