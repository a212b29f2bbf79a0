/* adversary_test.c
 * Goal    whatever is sent, and whatever happens to clock, disk and keys: a clear status, nothing posted, nothing lost,
 *         nobody else stopped, and writes again as soon as the cause is gone.
 * Method  the real meritd on a free port of the loopback, asked by clients, by nng without our client, and by plain
 *         sockets. Behind each case the books are looked at.
 * Needs   for a full disk: root, who may mount; for the clock: faketime. Without them these cases are skipped. */
#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "ledger/store_env.h"
#include "tests/support/service.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define GIFT(id, points)                                                                                               \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":\"" id "\",\"member\":\"m1\","             \
	"\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"" id "\",\"occurred\":1700000000000,\"points\":" points "}}"

/* One earn of 100 points by m1, numbered. */
static enum merit_status earn(struct service *s, struct merit_client *client, int number)
{
	return service_call(s, client, "earn",
			    "'id':'e%d','member':'m1','campaign':'c1','event':'gift','reference':'r%d',"
			    "'occurred':1700000000000,'points':100", number, number);
}

static int64_t points_of(struct service *s, const char *member)
{
	struct merit_client *client = service_client(s, "fin/k1", 1);

	assert_int_equal(service_call(s, client, "balance.get", "'account':'member/%s'", member), MERIT_OK);
	service_close(s, client);
	return service_integer(s, "points");
}

/* ---- Messages no client would send ---- */

/* Sends bytes as they are, and keeps the answer's JSON. */
static enum merit_status exchange(struct service *s, const void *bytes, size_t size)
{
	nng_socket socket;
	char *answer = NULL, word[64] = "";
	size_t answer_size = 0;
	enum merit_status status = MERIT_OK;

	assert_int_equal(nng_req0_open(&socket), 0);
	assert_int_equal(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, SERVICE_WAIT_MS), 0);
	assert_int_equal(nng_dial(socket, s->url, NULL, 0), 0);
	assert_int_equal(nng_send(socket, (void *)bytes, size, 0), 0);
	assert_int_equal(nng_recv(socket, &answer, &answer_size, NNG_FLAG_ALLOC), 0);
	const char *json = memchr(answer, '\n', answer_size);
	assert_non_null(json);
	merit_buffer_clear(&s->reply);
	merit_buffer_put(&s->reply, json + 1, answer_size - (size_t)(json + 1 - answer));
	merit_buffer_put_char(&s->reply, '\0');
	nng_free(answer, answer_size);
	(void)nng_close(socket);
	const char *at = strstr(s->reply.data, "\"status\":\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"status\":\"%63[^\"]", word), 1);
	assert_true(merit_status_from_word(word, &status));
	return status;
}

static enum merit_status exchange_json(struct service *s, const char *kid, const char *key, const char *origin,
				       int64_t age_s, const char *json)
{
	struct merit_buffer message = { 0 };
	struct merit_secret_key secret = fixture_key(key);

	assert_int_equal(merit_envelope_make(&message, kid == NULL ? NULL : &secret, kid, origin, (int64_t)time(NULL) - age_s,
					     json, strlen(json)), MERIT_OK);
	enum merit_status status = exchange(s, message.data, message.size);
	merit_buffer_free(&message);
	return status;
}

/* Who signed, for whom, when. */
static void a_wrong_signature_is_named_and_posts_nothing(void **state)
{
	static const struct {
		const char *name, *kid, *key, *origin;
		int64_t age_s;
		enum merit_status want;
	} rows[] = {
		{ "unsigned", NULL, "svc/k1", FIXTURE_ORIGIN, 0, MERIT_NOT_SIGNED },
		{ "for another ledger", "svc/k1", "svc/k1", "merit.test/other", 0, MERIT_WRONG_AUDIENCE },
		{ "too old", "svc/k1", "svc/k1", FIXTURE_ORIGIN, MERIT_IAT_WINDOW_S + 30, MERIT_STALE },
		{ "too early", "svc/k1", "svc/k1", FIXTURE_ORIGIN, -MERIT_IAT_WINDOW_S - 30, MERIT_STALE },
		{ "a key nobody added", "svc/k9", "svc/k9", FIXTURE_ORIGIN, 0, MERIT_UNKNOWN_KEY },
		{ "a party nobody added", "xyz/k1", "svc/k1", FIXTURE_ORIGIN, 0, MERIT_UNKNOWN_KEY },
		{ "signed by another party's key", "svc/k1", "ops/k1", FIXTURE_ORIGIN, 0, MERIT_BAD_SIGNATURE },
		{ "an auditor, who changes nothing", "aud/k1", "aud/k1", FIXTURE_ORIGIN, 0, MERIT_NOT_PERMITTED },
		{ "a merchant, who pays nobody", "shop/k1", "shop/k1", FIXTURE_ORIGIN, 0, MERIT_NOT_PERMITTED },
		{ "the ledger's own key", "system/k1", "system", FIXTURE_ORIGIN, 0, MERIT_UNKNOWN_KEY },
	};
	struct service *s = *state;

	service_start(s);
	int64_t entries = service_entries(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].name);
		assert_int_equal(exchange_json(s, rows[i].kid, rows[i].key, rows[i].origin, rows[i].age_s, GIFT("g", "10")),
				 rows[i].want);
	}
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, GIFT("g", "10")), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 10);
}

static void a_changed_byte_breaks_the_signature(void **state)
{
	struct service *s = *state;
	struct merit_buffer message = { 0 };
	struct merit_secret_key key = fixture_key("svc/k1");
	const char json[] = GIFT("g", "10");

	service_start(s);
	assert_int_equal(merit_envelope_make(&message, &key, "svc/k1", FIXTURE_ORIGIN, (int64_t)time(NULL), json, strlen(json)),
			 MERIT_OK);
	char *points = memmem(message.data, message.size, ":10}", 4);
	assert_non_null(points);
	points[1] = '9';
	assert_int_equal(exchange(s, message.data, message.size), MERIT_BAD_SIGNATURE);
	points[1] = '1';
	assert_int_equal(exchange(s, message.data, message.size), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 10);
	merit_buffer_free(&message);
}

#define CALL(method, params) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"
#define MEMBER(members)      CALL("member.create", "{\"id\":\"a\",\"member\":\"x1\"" members "}")
#define NESTED_16            "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"

/* Signed well, by who may do much. */
static void json_that_is_not_a_call_is_named_and_posts_nothing(void **state)
{
	static const struct {
		const char *name, *json;
		enum merit_status want;
	} rows[] = {
		{ "nothing", "", MERIT_BAD_JSON },
		{ "a call cut short", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"a\"", MERIT_BAD_JSON },
		{ "a byte behind it", MEMBER("") "x", MERIT_BAD_JSON },
		{ "not UTF-8", CALL("member.create", "{\"id\":\"a\",\"member\":\"\xff\xfe\"}"), MERIT_BAD_JSON },
		{ "half a surrogate", CALL("member.create", "{\"id\":\"a\",\"member\":\"\\ud800\"}"), MERIT_BAD_JSON },
		{ "a NUL", CALL("member.create", "{\"id\":\"a\",\"member\":\"\\u0000\"}"), MERIT_NUL_IN_TEXT },
		{ "nested deeper than anything", NESTED_16 "[", MERIT_BAD_JSON },
		{ "nested too deep", "[" NESTED_16 "]", MERIT_TOO_DEEP },
		{ "one key twice", MEMBER(",\"member\":\"x2\""), MERIT_DUPLICATE_KEY },
		{ "one key twice, once escaped", MEMBER(",\"\\u006dember\":\"x2\""), MERIT_DUPLICATE_KEY },
		{ "a fraction", GIFT("g", "10.5"), MERIT_NOT_INTEGER },
		{ "an exponent", GIFT("g", "1e2"), MERIT_NOT_INTEGER },
		{ "2^53", GIFT("g", "9007199254740992"), MERIT_NUMBER_RANGE },
		{ "-2^53", GIFT("g", "-9007199254740992"), MERIT_NUMBER_RANGE },
		{ "more than 64 bits", GIFT("g", "18446744073709551617"), MERIT_NUMBER_RANGE },
		{ "not a number", GIFT("g", "NaN"), MERIT_BAD_JSON },
		{ "a number as text", GIFT("g", "\"10\""), MERIT_BAD_PARAMS },
		{ "no number", GIFT("g", "null"), MERIT_BAD_PARAMS },
		{ "no such method", CALL("member.destroy", "{\"id\":\"a\",\"member\":\"x1\"}"), MERIT_UNKNOWN_METHOD },
		{ "what only meritd does", CALL("expire", "{\"id\":\"a\",\"member\":\"m1\",\"last_day\":\"2026-01-01\"}"), MERIT_NOT_PERMITTED },
		{ "a parameter too many", MEMBER(",\"bonus\":1"), MERIT_BAD_PARAMS },
		{ "a parameter too few", CALL("member.create", "{\"id\":\"a\"}"), MERIT_BAD_PARAMS },
		{ "no id", CALL("member.create", "{\"member\":\"x1\"}"), MERIT_BAD_PARAMS },
		{ "a name too long", CALL("member.create", "{\"id\":\"a\",\"member\":\"123456789012345678901234567890123\"}"), MERIT_BAD_PARAMS },
		{ "a name with a slash", CALL("member.create", "{\"id\":\"a\",\"member\":\"m1/held\"}"), MERIT_BAD_PARAMS },
		{ "parameters in a list", CALL("member.create", "[\"a\",\"x1\"]"), MERIT_BAD_REQUEST },
		{ "a notification", "{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":\"x1\"}}", MERIT_BAD_REQUEST },
		{ "another JSON-RPC", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":\"x1\"}}", MERIT_BAD_REQUEST },
		{ "an empty batch", "[]", MERIT_BAD_REQUEST },
		{ "a number", "1", MERIT_BAD_REQUEST },
		{ "a read among writes", "[" MEMBER("") "," CALL("program.get", "{}") "]", MERIT_MIXED_BATCH },
		{ "one bad call behind a good one", "[" MEMBER("") "," CALL("member.create", "{}") "]", MERIT_BAD_PARAMS },
	};
	struct service *s = *state;

	service_start(s);
	int64_t entries = service_entries(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status = exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, rows[i].json);
		if (status != rows[i].want)
			fail_msg("%s: %s in place of %s", rows[i].name, merit_status_word(status),
				 merit_status_word(rows[i].want));
	}
	assert_int_equal(service_entries(s), entries);
	/* None of them used the id up. */
	assert_int_equal(exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, MEMBER("")), MERIT_OK);
	assert_int_equal(service_entries(s), entries + 1);
}

static void bytes_that_are_no_message_are_named(void **state)
{
	static const struct {
		const char *name, *bytes;
		enum merit_status want;
	} rows[] = {
		{ "no line", "{}", MERIT_BAD_ENVELOPE },
		{ "one byte", "x", MERIT_BAD_ENVELOPE },
		{ "a line that is no JWS", "hello\n{}", MERIT_BAD_ENVELOPE },
		{ "no algorithm", "eyJhbGciOiJub25lIn0..\n{}", MERIT_BAD_ENVELOPE },
		{ "an empty line and no JSON", "\n", MERIT_BAD_JSON },
		{ "dots", "...\n{}", MERIT_BAD_ENVELOPE },
	};
	struct service *s = *state;

	service_start(s);
	int64_t entries = service_entries(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status = exchange(s, rows[i].bytes, strlen(rows[i].bytes));
		if (status != rows[i].want)
			fail_msg("%s: %s in place of %s", rows[i].name, merit_status_word(status),
				 merit_status_word(rows[i].want));
	}
	assert_int_equal(service_entries(s), entries);
}

/* ---- Many at once ---- */

#define CLIENTS_MAX 64

static void the_same_call_from_64_connections_is_one_entry(void **state)
{
	struct service *s = *state;
	struct merit_client *clients[CLIENTS_MAX];
	struct merit_buffer first = { 0 };
	const char json[] = GIFT("same", "10");

	service_start(s);
	int64_t entries = service_entries(s);
	for (int i = 0; i < CLIENTS_MAX; i++) {
		clients[i] = service_client(s, "svc/k1", 1);
		assert_int_equal(merit_client_submit(clients[i], json, strlen(json)), MERIT_OK);
	}
	for (int i = 0; i < CLIENTS_MAX; i++) {
		assert_int_equal(service_wait(s, clients[i]), MERIT_OK);
		if (i == 0)
			merit_buffer_put(&first, s->reply.data, s->reply.size);
		assert_string_equal(s->reply.data, first.data);
		service_close(s, clients[i]);
	}
	assert_int_equal(service_entries(s), entries + 1);
	assert_int_equal(points_of(s, "m1"), 10);
	merit_buffer_free(&first);
}

/* More messages than there is room for: each is accepted or told to come again, and those accepted are all there. */
static void a_flood_is_answered_whole(void **state)
{
	struct service *s = *state;
	struct merit_client *clients[CLIENTS_MAX / 2];
	int accepted = 0, busy = 0;
	char json[320];

	service_start(s);
	int64_t entries = service_entries(s);
	for (int i = 0; i < CLIENTS_MAX / 2; i++) {
		clients[i] = service_client(s, "svc/k1", MERIT_CLIENT_IN_FLIGHT_MAX);
		for (int j = 0; j < MERIT_CLIENT_IN_FLIGHT_MAX; j++) {
			(void)snprintf(json, sizeof(json), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":"
				       "\"f%d-%d\",\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"f%d-%d\","
				       "\"occurred\":1700000000000,\"points\":10}}", i, j, i, j);
			assert_int_equal(merit_client_submit(clients[i], json, strlen(json)), MERIT_OK);
		}
	}
	for (int i = 0; i < CLIENTS_MAX / 2; i++) {
		for (int j = 0; j < MERIT_CLIENT_IN_FLIGHT_MAX; j++) {
			enum merit_status status = service_wait(s, clients[i]);
			accepted += status == MERIT_OK;
			busy += status == MERIT_BUSY;
		}
		service_close(s, clients[i]);
	}
	print_message("%d accepted, %d told to come again\n", accepted, busy);
	assert_int_equal(accepted + busy, CLIENTS_MAX / 2 * MERIT_CLIENT_IN_FLIGHT_MAX);
	assert_int_equal(service_entries(s), entries + accepted);
	assert_int_equal(points_of(s, "m1"), 10 * accepted);
}

/* Calls race against the revocation of their key: those in front of it count, those behind it do not. */
static void behind_a_revocation_nothing_is_posted(void **state)
{
	struct service *s = *state;
	int accepted = 0;

	service_start(s);
	struct merit_client *root = service_client(s, "root/k1", 1);
	struct merit_client *svc = service_client(s, "svc/k1", MERIT_CLIENT_IN_FLIGHT_MAX);
	int64_t entries = service_entries(s);
	for (int i = 0; i < MERIT_CLIENT_IN_FLIGHT_MAX; i++) {
		char json[320];
		(void)snprintf(json, sizeof(json), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":\"e%d\","
			       "\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"e%d\","
			       "\"occurred\":1700000000000,\"points\":10}}", i, i);
		assert_int_equal(merit_client_submit(svc, json, strlen(json)), MERIT_OK);
		if (i == MERIT_CLIENT_IN_FLIGHT_MAX / 2) {
			static const char revoke[] = CALL("key.revoke", "{\"id\":\"r\",\"party\":\"svc\",\"key\":\"k1\"}");
			assert_int_equal(merit_client_submit(root, revoke, strlen(revoke)), MERIT_OK);
		}
	}
	assert_int_equal(service_wait(s, root), MERIT_OK);
	int64_t revoked_seq = service_integer(s, "seq");
	for (int i = 0; i < MERIT_CLIENT_IN_FLIGHT_MAX; i++) {
		enum merit_status status = service_wait(s, svc);
		if (status == MERIT_OK) {
			accepted++;
			assert_true(service_integer(s, "seq") < revoked_seq);
		} else {
			assert_int_equal(status, MERIT_REVOKED_KEY);
		}
	}
	assert_int_equal(service_entries(s), entries + accepted + 1);
	assert_int_equal(points_of(s, "m1"), 10 * accepted);
	assert_int_equal(earn(s, svc, 99), MERIT_REVOKED_KEY);
	service_close(s, root);
	service_close(s, svc);
}

/* ---- Clients that do not behave ---- */

static int plain_connect(const struct service *s)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };

	address.sin_port = htons((uint16_t)atoi(strrchr(s->url, ':') + 1));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* How nng begins: version, and that a REQ speaks. */
static const unsigned char hello[] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 };

static void silent_clients_and_broken_frames_stop_nobody(void **state)
{
	static const unsigned char huge[] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const unsigned char half[] = { 0, 0, 0, 0, 0, 0, 1, 0, 0x80, 0, 0, 1, '\n' };
	static const unsigned char none[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
	struct service *s = *state;
	int fds[200];

	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, svc, 0), MERIT_OK);
	for (int i = 0; i < 200; i++) {
		fds[i] = plain_connect(s);
		if (i % 5 > 0)
			assert_int_equal(send(fds[i], hello, sizeof(hello), MSG_NOSIGNAL), sizeof(hello));
		if (i % 5 == 2)
			(void)send(fds[i], huge, sizeof(huge), MSG_NOSIGNAL);
		if (i % 5 == 3)
			(void)send(fds[i], half, sizeof(half), MSG_NOSIGNAL);
		if (i % 5 == 4)
			(void)send(fds[i], none, sizeof(none), MSG_NOSIGNAL);
		if (i % 20 == 0)
			assert_int_equal(earn(s, svc, i + 1), MERIT_OK);
	}
	struct merit_client *late = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, late, 1000), MERIT_OK);
	for (int i = 0; i < 200; i++)
		(void)close(fds[i]);
	assert_int_equal(points_of(s, "m1"), 100 * 12);
	service_close(s, svc);
	service_close(s, late);
}

/* Asks and asks, and reads no answer: its own connection fills up, nobody else's. Others are answered long before the
 * service gives up on it. */
static void a_client_that_never_reads_stops_nobody(void **state)
{
	static const char json[] = "\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\",\"params\":{}}";
	struct service *s = *state;
	unsigned char frame[8 + 4 + sizeof(json) - 1] = { 0 };
	struct timeval patience = { .tv_usec = 500000 };

	service_start(s);
	frame[7] = 4 + sizeof(json) - 1;
	frame[8] = 0x80; /* The last id of a chain, as REQ marks it. */
	memcpy(frame + 12, json, sizeof(json) - 1);
	int fd = plain_connect(s);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)), 0);
	assert_int_equal(send(fd, hello, sizeof(hello), MSG_NOSIGNAL), sizeof(hello));
	s->patience_ms = 5000;
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	for (int i = 0; i < 5000; i++) {
		frame[11] = (unsigned char)(i % 200 + 1);
		if (send(fd, frame, sizeof(frame), MSG_NOSIGNAL) != sizeof(frame))
			break; /* It is made to wait, or was thrown out. */
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(earn(s, svc, i), MERIT_OK);
	(void)close(fd);
	assert_int_equal(points_of(s, "m1"), 2000);
	service_close(s, svc);
}

static void connecting_and_closing_at_once_stops_nobody(void **state)
{
	static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct service *s = *state;

	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	for (int i = 0; i < 2000; i++) {
		int fd = plain_connect(s);
		if (i % 3 == 0)
			(void)send(fd, hello, sizeof(hello), MSG_NOSIGNAL);
		if (i % 2 == 0) /* A reset in place of an end. */
			assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
		(void)close(fd);
		if (i % 100 == 0)
			assert_int_equal(earn(s, svc, i), MERIT_OK);
	}
	struct merit_client *late = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, late, 5000), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 2100);
	service_close(s, svc);
	service_close(s, late);
	assert_int_equal(service_end(s, SIGTERM), 0);
}

/* ---- No room ---- */

/* A batch of 500 earns of 1 point each; ids after number. */
static enum merit_status send_batch(struct service *s, struct merit_client *client, int number)
{
	struct merit_buffer json = { 0 };

	for (int i = 0; i < 500; i++)
		merit_buffer_put_format(&json, "%c{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"earn\",\"params\":{\"id\":\"b%d-%d\","
					"\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"b%d-%d\","
					"\"occurred\":1700000000000,\"points\":1}}", i == 0 ? '[' : ',', i, number, i, number, i);
	merit_buffer_put_char(&json, ']');
	merit_buffer_put_char(&json, '\0');
	assert_false(json.bad);
	enum merit_status status = service_send(s, client, json.data);
	merit_buffer_free(&json);
	return status;
}

/* Sends batches until one is refused: how many were accepted. */
static int fill(struct service *s, struct merit_client *client)
{
	enum merit_status status;
	int number = 0;

	while ((status = send_batch(s, client, number)) == MERIT_OK) {
		number++;
		assert_true(number < 1000);
	}
	assert_int_equal(status, MERIT_STORE_FULL);
	return number;
}

static void a_full_map_refuses_writes_until_it_is_larger(void **state)
{
	struct service *s = *state;

	s->options[0] = "--map-size";
	s->options[1] = "8M";
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	int64_t before = service_entries(s);
	int full = fill(s, svc);
	assert_true(full > 0);
	assert_int_equal(send_batch(s, svc, full), MERIT_STORE_FULL);
	assert_int_equal(points_of(s, "m1"), 500 * full); /* Reads go on. */
	assert_int_equal(service_entries(s), before + 500 * full);
	assert_int_equal(service_end(s, SIGTERM), 0);
	service_start(s); /* As full as before, and ready all the same. */
	assert_int_equal(send_batch(s, svc, full), MERIT_STORE_FULL);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	s->options[1] = "64M";
	service_start(s);
	assert_int_equal(send_batch(s, svc, full), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 500 * (full + 1));
	service_close(s, svc);
}

/* Moves the ledger onto a disk of its own. */
static void disk_mount(struct service *s, const char *size)
{
	struct fixture *f = s->fixture;
	char options[64], command[400], mounted[72];

	(void)snprintf(mounted, sizeof(mounted), "%s/d", f->root);
	(void)snprintf(options, sizeof(options), "size=%s", size);
	assert_int_equal(mkdir(mounted, 0700), 0);
	if (geteuid() != 0 || mount("merit", mounted, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
		print_message("a disk cannot be mounted here: a full one is not tested\n");
		skip();
	}
	(void)snprintf(command, sizeof(command), "mv '%s' '%s/data'", f->directory, mounted);
	assert_int_equal(system(command), 0);
	(void)snprintf(f->directory, sizeof(f->directory), "%s/data", mounted);
}

static int disk_teardown(void **state)
{
	struct service *s = *state;
	char mounted[72];

	if (s->pid != 0)
		(void)service_end(s, SIGKILL);
	(void)snprintf(mounted, sizeof(mounted), "%s/d", s->fixture->root);
	(void)umount2(mounted, MNT_DETACH);
	service_free(s);
	return 0;
}

/* Writes a file until the disk has no byte left. */
static void disk_fill(struct service *s, char path[96])
{
	static char block[65536];

	(void)snprintf(path, 96, "%s/d/filler", s->fixture->root);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	(void)close(fd);
}

static void a_full_disk_refuses_writes_until_there_is_room(void **state)
{
	struct service *s = *state;
	char filler[96];
	int waited_ms = 0;

	disk_mount(s, "256m");
	s->options[0] = "--state-rows";
	s->options[1] = "50";
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(send_batch(s, svc, 0), MERIT_OK);
	int64_t entries = service_entries(s);
	disk_fill(s, filler);
	assert_int_equal(send_batch(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(earn(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(points_of(s, "m1"), 500);
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	service_start(s); /* Also without room. */
	assert_int_equal(earn(s, svc, 1), MERIT_STORE_FULL);
	assert_int_equal(points_of(s, "m1"), 500);
	assert_int_equal(unlink(filler), 0);
	while (earn(s, svc, 1) == MERIT_STORE_FULL && waited_ms < SERVICE_WAIT_MS) {
		service_nap_ms(50); /* Room is looked for about once a second. */
		waited_ms += 50;
	}
	assert_int_equal(earn(s, svc, 1), MERIT_OK);
	assert_int_equal(send_batch(s, svc, 1), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 1100);
	service_close(s, svc);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "verify", s->fixture->directory, NULL }), 0);
}

/* ---- The clock ---- */

/* Lets meritd's wall clock, but no other, follow a file that says by how much it is wrong. */
static void clock_hook(struct service *s, char path[96])
{
	static const char library[] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
	static char preload[160], file[128];

	if (access(library, R_OK) != 0) {
		print_message("faketime is not installed: a wrong clock is not tested with meritd itself\n");
		skip();
	}
	(void)snprintf(path, 96, "%s/clock", s->fixture->root);
	(void)snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", library);
	(void)snprintf(file, sizeof(file), "FAKETIME_TIMESTAMP_FILE=%s", path);
	const char *const before[] = { "env", preload, file, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
				       "DONT_FAKE_MONOTONIC=1", "ASAN_OPTIONS=verify_asan_link_order=0", NULL };
	memcpy(s->before, before, sizeof(before));
}

static void clock_set(const char *path, const char *offset)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fprintf(file, "%s\n", offset) > 0);
	assert_int_equal(fclose(file), 0);
}

/* A signature must be as wrong as the clock, or it is stale before it is looked at by anybody else. */
static enum merit_status earn_at(struct service *s, int64_t offset_s)
{
	return exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, -offset_s, GIFT("clock", "10"));
}

static void a_clock_set_back_or_far_ahead_stops_writes_until_confirmed(void **state)
{
	struct service *s = *state;
	char path[96];

	clock_hook(s, path);
	clock_set(path, "+0");
	service_start(s);
	int64_t entries = service_entries(s);
	clock_set(path, "-3600"); /* While it runs. */
	service_nap_ms(1500);
	assert_int_equal(earn_at(s, -3600), MERIT_CLOCK_UNSURE);
	clock_set(path, "+40000000");
	service_nap_ms(1500);
	assert_int_equal(earn_at(s, 40000000), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(service_end(s, SIGTERM), 0);
	clock_set(path, "-3600"); /* At its start, before the last entry; */
	service_start(s);
	assert_int_equal(earn_at(s, -3600), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_end(s, SIGTERM), 0);
	clock_set(path, "+40000000"); /* or more than 400 days behind it. */
	service_start(s);
	assert_int_equal(earn_at(s, 40000000), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_entries(s), entries);
	clock_set(path, "+0"); /* Right again, but a person has to say so. */
	service_nap_ms(1500);
	assert_int_equal(earn_at(s, 0), MERIT_CLOCK_UNSURE);
	assert_int_equal(service_merit((const char *[]){ "clock", "confirm", s->fixture->directory, NULL }), 0);
	assert_true(service_said(s, "clock confirmed"));
	assert_int_equal(earn_at(s, 0), MERIT_OK);
	assert_int_equal(service_entries(s), entries + 1);
	assert_int_equal(points_of(s, "m1"), 10);
}

/* ---- The directory ---- */

static void a_second_meritd_is_refused_and_harms_nothing(void **state)
{
	struct service *s = *state, second;

	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, svc, 1), MERIT_OK);
	second = *s;
	second.pid = 0;
	(void)snprintf(second.url, sizeof(second.url), "tcp://127.0.0.1:0");
	service_begin(&second);
	assert_true(service_said(&second, "status=in_use"));
	assert_int_equal(service_end(&second, 0), 1);
	assert_int_equal(earn(s, svc, 2), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 200);
	service_close(s, svc);
}

/* Writes the format's number as another merit would have. */
static void format_set(struct service *s, const char *format)
{
	char path[128];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi meta;
	MDB_val key = { 6, (void *)"format" }, value = { strlen(format), (void *)format };

	(void)snprintf(path, sizeof(path), "%s/log", s->fixture->directory);
	assert_int_equal(merit_env_open(path, MERIT_STORE_MAP_SIZE_DEFAULT, 0, NULL, &env), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
	assert_int_equal(mdb_put(txn, meta, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void another_format_is_refused_with_a_way_forward(void **state)
{
	struct service *s = *state;

	format_set(s, "2");
	service_begin(s);
	assert_true(service_said(s, "status=format_version"));
	assert_true(service_said(s, "use the merit that wrote it"));
	assert_int_equal(service_end(s, 0), 1);
	format_set(s, "1"); /* Nothing was touched. */
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, svc, 1), MERIT_OK);
	service_close(s, svc);
}

/* Keeps the newest checkpoint, as an answer carries it. */
static void checkpoint_keep(struct service *s, const char *path)
{
	static const char json[] = CALL("checkpoint.get", "{}");
	struct merit_client *client = service_client(s, NULL, 1);
	struct merit_client_reply reply;

	assert_int_equal(merit_client_call(client, json, strlen(json), &reply), MERIT_OK);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(reply.checkpoint, 1, reply.checkpoint_size, file), reply.checkpoint_size);
	assert_int_equal(fclose(file), 0);
	service_close(s, client);
}

/* Goes on with a copy of the ledger restored from backup under name; the keys are brought along by hand. */
static void move_to_restored(struct service *s, const char *backup, const char *name)
{
	struct fixture *f = s->fixture;
	char directory[80], command[400];

	(void)snprintf(directory, sizeof(directory), "%.60s/%.16s", f->root, name);
	assert_int_equal(service_merit((const char *[]){ "restore", backup, directory, NULL }), 0);
	(void)snprintf(command, sizeof(command), "cp -rp '%s/keys' '%s/keys'", f->directory, directory);
	assert_int_equal(system(command), 0);
	memcpy(f->directory, directory, sizeof(directory));
}

static void a_restored_backup_writes_only_when_nothing_is_lost(void **state)
{
	struct service *s = *state;
	char early[96], late[96], newest[96];

	(void)snprintf(early, sizeof(early), "%s/early", s->fixture->root);
	(void)snprintf(late, sizeof(late), "%s/late", s->fixture->root);
	(void)snprintf(newest, sizeof(newest), "%s/newest.checkpoint", s->fixture->root);
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	assert_int_equal(earn(s, svc, 1), MERIT_OK);
	assert_int_equal(service_merit((const char *[]){ "backup", s->fixture->directory, early, NULL }), 0);
	assert_int_equal(earn(s, svc, 2), MERIT_OK);
	assert_int_equal(service_merit((const char *[]){ "backup", s->fixture->directory, late, NULL }), 0);
	assert_int_equal(service_merit((const char *[]){ "verify", late, NULL }), 0);
	checkpoint_keep(s, newest);
	assert_int_equal(service_end(s, SIGTERM), 0);

	move_to_restored(s, early, "r1"); /* An entry behind. */
	service_start(s);
	assert_int_equal(earn(s, svc, 2), MERIT_READ_ONLY);
	assert_int_equal(points_of(s, "m1"), 100);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "restore", "--confirm", s->fixture->directory, "--checkpoint", newest,
							 NULL }), 1);
	service_start(s);
	assert_int_equal(earn(s, svc, 2), MERIT_READ_ONLY);
	assert_int_equal(service_end(s, SIGTERM), 0);

	move_to_restored(s, late, "r2");
	service_start(s);
	assert_int_equal(earn(s, svc, 3), MERIT_READ_ONLY);
	assert_int_equal(service_end(s, SIGTERM), 0);
	assert_int_equal(service_merit((const char *[]){ "restore", "--confirm", s->fixture->directory, "--checkpoint", newest,
							 NULL }), 0);
	service_start(s);
	assert_int_equal(earn(s, svc, 2), MERIT_OK); /* The one it knows. */
	assert_int_equal(points_of(s, "m1"), 200);
	assert_int_equal(earn(s, svc, 3), MERIT_OK);
	assert_int_equal(points_of(s, "m1"), 300);
	service_close(s, svc);
}

static int setup(void **state)
{
	*state = service_new();
	return 0;
}

static int teardown(void **state)
{
	service_free(*state);
	return 0;
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(a_wrong_signature_is_named_and_posts_nothing),
		ROW(a_changed_byte_breaks_the_signature),
		ROW(json_that_is_not_a_call_is_named_and_posts_nothing),
		ROW(bytes_that_are_no_message_are_named),
		ROW(the_same_call_from_64_connections_is_one_entry),
		ROW(a_flood_is_answered_whole),
		ROW(behind_a_revocation_nothing_is_posted),
		ROW(silent_clients_and_broken_frames_stop_nobody),
		ROW(a_client_that_never_reads_stops_nobody),
		ROW(connecting_and_closing_at_once_stops_nobody),
		ROW(a_full_map_refuses_writes_until_it_is_larger),
		cmocka_unit_test_setup_teardown(a_full_disk_refuses_writes_until_there_is_room, setup, disk_teardown),
		ROW(a_clock_set_back_or_far_ahead_stops_writes_until_confirmed),
		ROW(a_second_meritd_is_refused_and_harms_nothing),
		ROW(another_format_is_refused_with_a_way_forward),
		ROW(a_restored_backup_writes_only_when_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
