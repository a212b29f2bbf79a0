/* adversary_test.c
 * Goal    whatever is sent, by whomever, however often: a clear status, nothing posted that should not be, nothing
 *         lost, and nobody else stopped.
 * Method  the real meritd on a free port of the loopback, asked by clients, by nng without our client, and by plain
 *         sockets; after each case the books are looked at. tests/rpc/mishap_test.c has disk, clock and directory. */
#include "ledger/envelope.h"
#include "tests/support/service.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define GIFT(id, points)                                                                                               \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":\"" id "\",\"member\":\"m1\","           \
	"\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"" id                                                   \
	"\",\"occurred\":1700000000000,\"points\":" points "}}"

/* ---- Messages no client would send ---- */

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
		assert_int_equal(service_exchange_json(s, rows[i].kid, rows[i].key, rows[i].origin, rows[i].age_s,
		                                       GIFT("g", "10")),
		                 rows[i].want);
	}
	assert_int_equal(service_entries(s), entries);
	assert_int_equal(service_exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, GIFT("g", "10")), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 10);
}

static void a_changed_byte_breaks_the_signature(void **state)
{
	struct service *s = *state;
	struct merit_buffer message = { 0 };
	struct merit_secret_key key = fixture_key("svc/k1");
	const char json[] = GIFT("g", "10");

	service_start(s);
	assert_int_equal(
		merit_envelope_make(&message, &key, "svc/k1", FIXTURE_ORIGIN, (int64_t)time(NULL), json, strlen(json)),
		MERIT_OK);
	char *points = memmem(message.data, message.size, ":10}", 4);
	assert_non_null(points);
	points[1] = '9';
	assert_int_equal(service_exchange(s, message.data, message.size), MERIT_BAD_SIGNATURE);
	points[1] = '1';
	assert_int_equal(service_exchange(s, message.data, message.size), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 10);
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
		{ "a call cut short",
		  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"a\"",
		  MERIT_BAD_JSON },
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
		{ "what only meritd does",
		  CALL("expire", "{\"id\":\"a\",\"member\":\"m1\",\"last_day\":\"2026-01-01\"}"), MERIT_NOT_PERMITTED },
		{ "a parameter too many", MEMBER(",\"bonus\":1"), MERIT_BAD_PARAMS },
		{ "a parameter too few", CALL("member.create", "{\"id\":\"a\"}"), MERIT_BAD_PARAMS },
		{ "no id", CALL("member.create", "{\"member\":\"x1\"}"), MERIT_BAD_PARAMS },
		{ "a name too long",
		  CALL("member.create", "{\"id\":\"a\",\"member\":\"123456789012345678901234567890123\"}"),
		  MERIT_BAD_PARAMS },
		{ "a name with a slash", CALL("member.create", "{\"id\":\"a\",\"member\":\"m1/held\"}"),
		  MERIT_BAD_PARAMS },
		{ "parameters in a list", CALL("member.create", "[\"a\",\"x1\"]"), MERIT_BAD_REQUEST },
		{ "a notification",
		  "{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":\"x1\"}}",
		  MERIT_BAD_REQUEST },
		{ "another JSON-RPC",
		  "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":"
		  "\"x1\"}}",
		  MERIT_BAD_REQUEST },
		{ "an empty batch", "[]", MERIT_BAD_REQUEST },
		{ "a number", "1", MERIT_BAD_REQUEST },
		{ "a read among writes", "[" MEMBER("") "," CALL("program.get", "{}") "]", MERIT_MIXED_BATCH },
		{ "one bad call behind a good one", "[" MEMBER("") "," CALL("member.create", "{}") "]",
		  MERIT_BAD_PARAMS },
	};
	struct service *s = *state;

	service_start(s);
	int64_t entries = service_entries(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status =
			service_exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, rows[i].json);
		if (status != rows[i].want)
			fail_msg("%s: %s in place of %s", rows[i].name, merit_status_word(status),
			         merit_status_word(rows[i].want));
	}
	assert_int_equal(service_entries(s), entries);
	/* None of them used the id up. */
	assert_int_equal(service_exchange_json(s, "svc/k1", "svc/k1", FIXTURE_ORIGIN, 0, MEMBER("")), MERIT_OK);
	assert_int_equal(service_entries(s), entries + 1);
}

/* ---- Lines behind the JSON ---- */

/* An item of codes, and m1 with a key and the points for three. */
static void mall_make(struct service *s)
{
	struct merit_client *ops = service_client(s, "ops/k1", 1), *root = service_client(s, "root/k1", 1);

	assert_int_equal(service_call(s, ops, "item.create",
	                              "'id':'v','item':'voucher','merchant':'shop','class':'code','points':30,"
	                              "'currency':'GBP','price_minor':25"),
	                 MERIT_OK);
	assert_int_equal(service_call(s, root, "key.add", "'id':'k','party':'m1','key':'k1','public':'%s'",
	                              fixture_public("m1/k1")),
	                 MERIT_OK);
	assert_int_equal(service_earn(s, service_client(s, "svc/k1", 1), 1), MERIT_OK);
}

/* code.add by shop with what stands behind the JSON. */
static enum merit_status code_exchange(struct service *s, const char *commitment, const char *tail, size_t tail_size)
{
	struct merit_secret_key key = fixture_key("shop/k1");
	struct merit_buffer json = { 0 }, message = { 0 };

	merit_buffer_put_format(&json,
	                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"code.add\",\"params\":{\"id\":\"c\","
	                        "\"item\":\"voucher\",\"code\":\"%s\"}}",
	                        commitment);
	assert_int_equal(merit_envelope_make(&message, &key, "shop/k1", FIXTURE_ORIGIN, (int64_t)time(NULL), json.data,
	                                     json.size),
	                 MERIT_OK);
	merit_buffer_put(&message, tail, tail_size);
	enum merit_status status = service_exchange(s, message.data, message.size);
	merit_buffer_free(&json);
	merit_buffer_free(&message);
	return status;
}

/* The lines are not signed: whoever stands between may change them, and gets nothing by it. */
static void private_lines_that_do_not_fit_are_named_and_use_up_no_id(void **state)
{
	struct service *s = *state;
	struct merit_client_private good, other;
	char wrong_salt[MERIT_CLIENT_LINE_SIZE_MAX + 2], oversized[MERIT_CLIENT_LINE_SIZE_MAX + 64] = "\n";
	char extra[2 * MERIT_CLIENT_LINE_SIZE_MAX + 4];

	service_start(s);
	mall_make(s);
	struct merit_client *shop = service_client(s, "shop/k1", 1);
	assert_int_equal(merit_client_conceal(shop, "a", "GIFT-1", 6, &good), MERIT_OK);
	assert_int_equal(merit_client_conceal(shop, "b", "GIFT-1", 6, &other), MERIT_OK);
	int64_t entries = service_entries(s);
	(void)snprintf(wrong_salt, sizeof(wrong_salt), "\n%s", other.line);
	(void)snprintf(extra, sizeof(extra), "\n%s\n%s", good.line, other.line);
	memset(oversized + 1, 'A', sizeof(oversized) - 1);
	assert_int_equal(code_exchange(s, good.commitment, "", 0), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(code_exchange(s, good.commitment, "\n", 1), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(code_exchange(s, good.commitment, wrong_salt, strlen(wrong_salt)), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(code_exchange(s, good.commitment, extra, strlen(extra)), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(code_exchange(s, good.commitment, oversized, sizeof(oversized)), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(service_entries(s), entries);
	(void)snprintf(extra, sizeof(extra), "\n%s", good.line);
	assert_int_equal(code_exchange(s, good.commitment, extra, strlen(extra)), MERIT_OK);
	assert_int_equal(service_entries(s), entries + 1);
	static const char read[] = "\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"program.get\"}\nAAAA";
	assert_int_equal(service_exchange(s, read, strlen(read)), MERIT_PRIVATE_MISMATCH);
}

/* One code more, by the client library. */
static enum merit_status code_add(struct service *s, const char *code)
{
	struct merit_client *shop = service_client(s, "shop/k1", 1);
	struct merit_client_private private;
	struct merit_client_reply reply;
	char json[512];

	assert_int_equal(merit_client_conceal(shop, "code.add voucher", code, strlen(code), &private), MERIT_OK);
	(void)snprintf(json, sizeof(json),
	               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"code.add\",\"params\":{\"id\":\"add-%s\","
	               "\"item\":\"voucher\",\"code\":\"%s\"}}",
	               code, private.commitment);
	enum merit_status status =
		merit_client_call_private(shop, json, strlen(json), private.line, strlen(private.line), &reply);
	assert_int_equal(status, MERIT_OK);
	bool is_accepted = memmem(reply.json, reply.json_size, "\"accepted\"", 10) != NULL;
	service_close(s, shop);
	return is_accepted ? MERIT_OK : MERIT_CODE_EXISTS;
}

static void private_data_outlives_kill_9_and_goes_to_nobody_else(void **state)
{
	struct service *s = *state;

	service_start(s);
	mall_make(s);
	assert_int_equal(code_add(s, "GIFT-2"), MERIT_OK);
	assert_int_equal(service_call(s, service_client(s, "svc/k1", 1), "order.place",
	                              "'id':'o1','order':'o1','member':'m1','lines':[{'item':'voucher','version':1,"
	                              "'points':30,'quantity':1}]"),
	                 MERIT_OK);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	service_start(s);
	assert_int_equal(code_add(s, "GIFT-2"), MERIT_OK); /* The same call again: its first outcome. */
	assert_int_equal(service_call(s, service_client(s, "m1/k1", 1), "order.code", "'order':'o1'"), MERIT_OK);
	assert_non_null(strstr(s->reply.data, "GIFT-2"));
	assert_int_equal(service_call(s, service_client(s, "svc/k1", 1), "order.code", "'order':'o1'"),
	                 MERIT_NOT_PERMITTED);
	assert_null(strstr(s->reply.data, "GIFT-2"));
	assert_int_equal(service_end(s, SIGTERM), 0);
	FILE *log = fopen(s->log_path, "re");
	char text[65536];
	assert_non_null(log);
	size_t size = fread(text, 1, sizeof(text), log);
	(void)fclose(log);
	assert_true(size > 0 && memmem(text, size, "GIFT", 4) == NULL);
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
		enum merit_status status = service_exchange(s, rows[i].bytes, strlen(rows[i].bytes));
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
	assert_int_equal(service_points(s, "m1"), 10);
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
			(void)snprintf(json, sizeof(json),
			               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":"
			               "\"f%d-%d\",\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\","
			               "\"reference\":\"f%d-%d\","
			               "\"occurred\":1700000000000,\"points\":10}}",
			               i, j, i, j);
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
	assert_int_equal(service_points(s, "m1"), 10 * accepted);
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
		(void)snprintf(json, sizeof(json),
		               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{\"id\":\"e%d\","
		               "\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"e%d\","
		               "\"occurred\":1700000000000,\"points\":10}}",
		               i, i);
		assert_int_equal(merit_client_submit(svc, json, strlen(json)), MERIT_OK);
		if (i == MERIT_CLIENT_IN_FLIGHT_MAX / 2) {
			static const char revoke[] =
				CALL("key.revoke", "{\"id\":\"r\",\"party\":\"svc\",\"key\":\"k1\"}");
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
	assert_int_equal(service_points(s, "m1"), 10 * accepted);
	assert_int_equal(service_earn(s, svc, 99), MERIT_REVOKED_KEY);
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
	assert_int_equal(service_earn(s, svc, 0), MERIT_OK);
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
			assert_int_equal(service_earn(s, svc, i + 1), MERIT_OK);
	}
	struct merit_client *late = service_client(s, "svc/k1", 1);
	assert_int_equal(service_earn(s, late, 1000), MERIT_OK);
	for (int i = 0; i < 200; i++)
		(void)close(fds[i]);
	assert_int_equal(service_points(s, "m1"), 100 * 12);
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
#ifdef __SANITIZE_THREAD__
	s->patience_ms = 60000; /* Everything takes ten times as long: that others are served at all is what is left. */
#else
	s->patience_ms = 5000;
#endif
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	for (int i = 0; i < 5000; i++) {
		frame[11] = (unsigned char)(i % 200 + 1);
		if (send(fd, frame, sizeof(frame), MSG_NOSIGNAL) != sizeof(frame))
			break; /* It is made to wait, or was thrown out. */
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(service_earn(s, svc, i), MERIT_OK);
	(void)close(fd);
	assert_int_equal(service_points(s, "m1"), 2000);
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
			assert_int_equal(service_earn(s, svc, i), MERIT_OK);
	}
	struct merit_client *late = service_client(s, "svc/k1", 1);
	assert_int_equal(service_earn(s, late, 5000), MERIT_OK);
	assert_int_equal(service_points(s, "m1"), 2100);
	service_close(s, svc);
	service_close(s, late);
	assert_int_equal(service_end(s, SIGTERM), 0);
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
		ROW(private_lines_that_do_not_fit_are_named_and_use_up_no_id),
		ROW(private_data_outlives_kill_9_and_goes_to_nobody_else),
		ROW(the_same_call_from_64_connections_is_one_entry),
		ROW(a_flood_is_answered_whole),
		ROW(behind_a_revocation_nothing_is_posted),
		ROW(silent_clients_and_broken_frames_stop_nobody),
		ROW(a_client_that_never_reads_stops_nobody),
		ROW(connecting_and_closing_at_once_stops_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
