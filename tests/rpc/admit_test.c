/* admit_test.c
 * Goal    what a message must pass before it may queue; of two faults the one higher in MERIT_STATUS_MAP is named.
 * Method  messages no client would send, one row each; then a member's key from its binding to its limits. */
#include "tests/support/serving.h"

#include "ledger/envelope.h"
#include "rpc/log.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include <setjmp.h>
#include <stdarg.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Sends bytes as they are; the reply's JSON is put into text_out. */
static void exchange(struct serving *f, const struct merit_buffer *message, char *text_out, size_t text_size)
{
	nng_socket socket;
	void *reply = NULL;
	size_t size = 0;

	assert_false(message->bad);
	assert_int_equal(nng_req0_open(&socket), 0);
	assert_int_equal(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, SERVING_WAIT_MS), 0);
	assert_int_equal(nng_dial(socket, merit_server_url(f->server, 0), NULL, 0), 0);
	assert_int_equal(nng_send(socket, message->data, message->size, 0), 0);
	assert_int_equal(nng_recv(socket, &reply, &size, NNG_FLAG_ALLOC), 0);
	const char *newline = memchr(reply, '\n', size);
	assert_non_null(newline);
	size_t json_size = size - (size_t)(newline + 1 - (char *)reply);
	assert_true(json_size < text_size);
	memcpy(text_out, newline + 1, json_size);
	text_out[json_size] = '\0';
	nng_free(reply, size);
	(void)nng_close(socket);
}

#define GOOD "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":\"m1\"}}"

static void faults_of_a_message_are_named_in_order(void **state)
{
	static const struct {
		const char *name, *kid, *origin;
		int key;
		int64_t age_s;
		const char *json, *want, *id;
	} rows[] = {
		{ "unsigned", NULL, SERVING_ORIGIN, 0, 0, GOOD, "not_signed", "7" },
		{ "another ledger", "root/k1", "merit.test/other", ADMIN_KEY, 0, GOOD, "wrong_audience", "null" },
		{ "too old", "root/k1", SERVING_ORIGIN, ADMIN_KEY, MERIT_IAT_WINDOW_S + 5, GOOD, "stale", "null" },
		{ "too early", "root/k1", SERVING_ORIGIN, ADMIN_KEY, -MERIT_IAT_WINDOW_S - 5, GOOD, "stale", "null" },
		{ "no such key", "root/k2", SERVING_ORIGIN, ADMIN_KEY, 0, GOOD, "unknown_key", "null" },
		{ "forged", "root/k1", SERVING_ORIGIN, OTHER_KEY, 0, GOOD, "bad_signature", "null" },
		{ "forged and torn", "root/k1", SERVING_ORIGIN, OTHER_KEY, 0, "{\"jsonrpc\":", "bad_json", "null" },
		{ "torn", "root/k1", SERVING_ORIGIN, ADMIN_KEY, 0, "{\"jsonrpc\":", "bad_json", "null" },
		{ "forged and no call", "root/k1", SERVING_ORIGIN, OTHER_KEY, 0, "{}", "bad_signature", "null" },
		{ "no call", "root/k1", SERVING_ORIGIN, ADMIN_KEY, 0, "{}", "bad_request", "null" },
		{ "unknown method", "root/k1", SERVING_ORIGIN, ADMIN_KEY, 0,
		  "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"nope\",\"params\":{}}", "unknown_method", "x" },
		{ "a parameter missing", "root/k1", SERVING_ORIGIN, ADMIN_KEY, 0,
		  "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"member.create\",\"params\":{\"id\":\"a\"}}",
		  "bad_params", "x" },
		{ "a stranger's key", "", SERVING_ORIGIN, OTHER_KEY, 0, GOOD, "unknown_key", "7" },
	};
	struct serving *f = *state;
	char text[2048];

	merit_server_start(f->server);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer message = { 0 };
		struct merit_secret_key key = serving_key((uint8_t)rows[i].key);
		print_message("           %s\n", rows[i].name);
		if (rows[i].kid == NULL)
			merit_buffer_put_format(&message, "\n%s", rows[i].json);
		else
			assert_int_equal(merit_envelope_make(&message, &key,
			                                     rows[i].kid[0] != '\0' ? rows[i].kid : NULL,
			                                     rows[i].origin, (int64_t)time(NULL) - rows[i].age_s,
			                                     rows[i].json, strlen(rows[i].json)),
			                 MERIT_OK);
		exchange(f, &message, text, sizeof(text));
		struct merit_client_reply reply = { .json = text, .json_size = strlen(text) };
		assert_member(reply, "status", rows[i].want);
		assert_member(reply, "id", rows[i].id);
		merit_buffer_free(&message);
	}
	serving_close(f);
	assert_int_equal(merit_ledger_size(f->ledger), 1);
}

/* A message of size bytes: spaces behind the envelope of root/k1 signed with key, or behind none. */
static void make_spaces(struct merit_buffer *message, size_t size, int key)
{
	struct merit_secret_key secret = serving_key((uint8_t)key);
	size_t spaces = size - 1;
	char *json = malloc(size);

	assert_non_null(json);
	memset(json, ' ', size);
	for (int i = 0; i < 2; i++) { /* The first one tells how long the envelope is. */
		merit_buffer_clear(message);
		enum merit_status status = merit_envelope_make(message, key == 0 ? NULL : &secret, "root/k1",
		                                               SERVING_ORIGIN, (int64_t)time(NULL), json, spaces);
		assert_true(status == MERIT_OK || status == MERIT_TOO_LARGE);
		spaces -= message->size - size;
	}
	free(json);
	assert_int_equal(message->size, size);
}

static void a_message_one_byte_too_large_is_told_so(void **state)
{
	static const struct {
		const char *name;
		size_t size;
		int key;
		const char *want;
	} rows[] = {
		{ "signed, as large as may be", MERIT_MESSAGE_SIZE_MAX, ADMIN_KEY, "\"bad_json\"" },
		{ "one byte more", MERIT_MESSAGE_SIZE_MAX + 1, ADMIN_KEY, "\"too_large\"" },
		{ "unsigned, as large as may be", MERIT_STRANGER_SIZE_MAX, 0, "\"bad_json\"" },
		{ "one byte more", MERIT_STRANGER_SIZE_MAX + 1, 0, "\"too_large\"" },
		{ "forged: its JSON is read while it is short", MERIT_STRANGER_SIZE_MAX, OTHER_KEY, "\"bad_json\"" },
		{ "and not when it is long", MERIT_MESSAGE_SIZE_MAX, OTHER_KEY, "\"bad_signature\"" },
	};
	struct serving *f = *state;
	struct merit_buffer message = { 0 };
	char text[1024];

	merit_server_start(f->server);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].name);
		make_spaces(&message, rows[i].size, rows[i].key);
		exchange(f, &message, text, sizeof(text));
		assert_non_null(strstr(text, rows[i].want));
	}
	merit_buffer_free(&message);
}

/* The address pays before anything is parsed or verified: so a fault of the JSON is not even found. */
static void a_stranger_without_tokens_is_not_listened_to(void **state)
{
	static const struct {
		const char *name, *message;
	} rows[] = {
		{ "unsigned and torn", "\n{" },
		{ "unsigned and good", "\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}" },
	};
	struct serving *f = *state;
	struct merit_buffer message = { 0 };
	char text[1024];

	f->options.public_rate = (struct merit_rate){ 1, 2 };
	serving_reopen(f);
	merit_server_start(f->server);
	for (int i = 0; i < 2; i++) {
		make_spaces(&message, 500, OTHER_KEY); /* Forged. */
		exchange(f, &message, text, sizeof(text));
		assert_non_null(strstr(text, "\"bad_json\""));
	}
	make_spaces(&message, 500, OTHER_KEY);
	exchange(f, &message, text, sizeof(text));
	assert_non_null(strstr(text, "\"rate_limited\""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].name);
		merit_buffer_clear(&message);
		merit_buffer_put_text(&message, rows[i].message);
		exchange(f, &message, text, sizeof(text));
		assert_non_null(strstr(text, "\"rate_limited\""));
	}
	merit_buffer_free(&message);
}

/* count calls of a public read. */
static void make_reads(struct merit_buffer *message, int count)
{
	merit_buffer_clear(message);
	merit_buffer_put_text(message, "\n[");
	for (int i = 0; i < count; i++) {
		merit_buffer_put_comma(message);
		merit_buffer_put_text(message, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health.get\"}");
	}
	merit_buffer_put_char(message, ']');
}

static void sixteen_calls_may_come_unsigned_and_no_more(void **state)
{
	struct serving *f = *state;
	struct merit_buffer message = { 0 };
	char text[8192];

	make_reads(&message, MERIT_MEMBER_CALLS_MAX);
	exchange(f, &message, text, sizeof(text));
	assert_non_null(strstr(text, "\"result\""));
	make_reads(&message, MERIT_MEMBER_CALLS_MAX + 1);
	exchange(f, &message, text, sizeof(text));
	assert_non_null(strstr(text, "\"too_many_calls\""));
	merit_buffer_free(&message);
}

static void a_party_over_its_rate_is_refused(void **state)
{
	struct serving *f = *state;
	char json[160], name[16];

	f->options.rates[MERIT_ROLE_ADMIN] = (struct merit_rate){ 1, 5 };
	serving_reopen(f);
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, SERVING_IN_FLIGHT);
	int limited = 0;
	for (int i = 0; i < SERVING_IN_FLIGHT; i++) {
		(void)snprintf(name, sizeof(name), "m%d", i);
		serving_submit(admin, serving_member_create(json, name, name));
	}
	for (int i = 0; i < SERVING_IN_FLIGHT; i++) {
		char status[64];
		serving_member_of(serving_wait(admin), "status", status, sizeof(status));
		limited += strcmp(status, "rate_limited") == 0;
	}
	assert_true(limited >= 1 && limited <= SERVING_IN_FLIGHT - 5);
	merit_client_close(admin);
}

/* A bulk that makes count members. */
static void make_bulk(struct merit_buffer *json, const char *prefix, int count)
{
	merit_buffer_clear(json);
	merit_buffer_put_text(json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"bulk\",\"params\":{"
	                            "\"method\":\"member.create\",\"columns\":[\"id\",\"member\"],\"rows\":[");
	for (int i = 0; i < count; i++)
		merit_buffer_put_format(json, "%s[\"%s%d\",\"%s%d\"]", i == 0 ? "" : ",", prefix, i, prefix, i);
	merit_buffer_put(json, "]}}", sizeof("]}}"));
	assert_false(json->bad);
}

static void rows_of_a_bulk_are_paid_for_one_by_one(void **state)
{
	struct serving *f = *state;
	struct merit_buffer json = { 0 };

	f->options.rates[MERIT_ROLE_ADMIN] = (struct merit_rate){ 1, 5 };
	serving_reopen(f);
	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	make_bulk(&json, "a", 6); /* more than the bucket ever holds */
	assert_member(serving_call(admin, json.data), "status", "too_many_calls");
	make_bulk(&json, "a", 5);
	assert_member(serving_call(admin, json.data), "accepted", "5");
	merit_client_close(admin);
	merit_buffer_free(&json);
}

/* Binds OTHER_KEY to member m1 with a token of lms's; its name is put into kid_out. */
static void bind_member(struct serving *f, char kid_out[64])
{
	struct merit_secret_key service_key = serving_key(SERVICE_KEY);
	struct merit_buffer json = { 0 };
	char name[40];
	struct merit_client *browser = serving_client(f, NULL, OTHER_KEY, 1);

	merit_buffer_put_text(
		&json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"key.bind\",\"params\":{\"id\":\"b\",\"token\":\"");
	assert_int_equal(
		merit_token_make(&json, &service_key, "lms/k1", "m1", SERVING_ORIGIN, "j1", (int64_t)time(NULL) + 60),
		MERIT_OK);
	merit_buffer_put(&json, "\"}}", sizeof("\"}}"));
	struct merit_client_reply reply = serving_call(browser, json.data);
	assert_member(reply, "status", "accepted");
	serving_member_of(reply, "key", name, sizeof(name));
	(void)snprintf(kid_out, 64, "m1/%s", name);
	merit_client_close(browser);
	merit_buffer_free(&json);
}

static void a_member_binds_a_key_and_may_send_sixteen_calls(void **state)
{
	struct serving *f = *state;
	struct merit_buffer json = { 0 };
	char text[160], kid[64];

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1);
	serving_add_service(admin);
	assert_member(serving_call(admin, serving_member_create(text, "a", "m1")), "status", "accepted");
	bind_member(f, kid);
	struct merit_client *member = serving_client(f, kid, OTHER_KEY, 1);
	serving_members_create(&json, 0, MERIT_MEMBER_CALLS_MAX); /* Taken as a message; each call is another matter. */
	assert_member(serving_call(member, json.data), "status", "not_permitted");
	serving_members_create(&json, 0, MERIT_MEMBER_CALLS_MAX + 1);
	assert_member(serving_call(member, json.data), "status", "too_many_calls");
	make_bulk(&json, "b", MERIT_MEMBER_CALLS_MAX);
	assert_member(serving_call(member, json.data), "failed", "16");
	make_bulk(&json, "b", MERIT_MEMBER_CALLS_MAX + 1);
	assert_member(serving_call(member, json.data), "status", "too_many_calls");
	merit_client_close(admin);
	merit_client_close(member);
	merit_buffer_free(&json);
}

static void a_token_not_signed_by_a_service_binds_nothing(void **state)
{
	struct serving *f = *state;
	struct merit_secret_key forger = serving_key(OTHER_KEY);
	static const char *const kids[] = { "lms/k1", "root/k1", "nobody/k1" }; /* forged, no service, unknown */

	merit_server_start(f->server);
	struct merit_client *admin = serving_client(f, "root/k1", ADMIN_KEY, 1),
			    *browser = serving_client(f, NULL, OTHER_KEY, 1);
	serving_add_service(admin);
	for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++) {
		struct merit_buffer json = { 0 };
		merit_buffer_put_text(&json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"key.bind\",\"params\":"
		                             "{\"id\":\"b\",\"token\":\"");
		assert_int_equal(merit_token_make(&json, i == 1 ? &f->admin_key : &forger, kids[i], "m1",
		                                  SERVING_ORIGIN, "j1", (int64_t)time(NULL) + 60),
		                 MERIT_OK);
		merit_buffer_put(&json, "\"}}", sizeof("\"}}"));
		assert_member(serving_call(browser, json.data), "status", "bad_token");
		merit_buffer_free(&json);
	}
	merit_client_close(admin);
	merit_client_close(browser);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, serving_make, serving_drop)
	const struct CMUnitTest tests[] = {
		ROW(faults_of_a_message_are_named_in_order),
		ROW(a_message_one_byte_too_large_is_told_so),
		ROW(a_stranger_without_tokens_is_not_listened_to),
		ROW(sixteen_calls_may_come_unsigned_and_no_more),
		ROW(a_party_over_its_rate_is_refused),
		ROW(rows_of_a_bulk_are_paid_for_one_by_one),
		ROW(a_member_binds_a_key_and_may_send_sixteen_calls),
		ROW(a_token_not_signed_by_a_service_binds_nothing),
	};

	merit_log_set_level(MERIT_LOG_ERROR);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
