/* request_test.c
 * Goal    a message's calls are read as they stand, or the whole message is refused with the place of its first fault.
 * Method  each row differs from a good one in one thing; what is refused names status, call, field and correlation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ledger/request.h"

static struct merit_arena arena;
static struct merit_request request;

static int tear_down(void **state)
{
	(void)state;
	merit_arena_free(&arena);
	return 0;
}

/* Reads json as the message "\n" json. It must stay where it is while request is looked at. */
static enum merit_status read_json(const char *json, size_t size)
{
	merit_arena_reset(&arena);
	request = (struct merit_request){ .envelope.json = { json, size }, .bytes = { json, size } };
	return merit_request_read(&request, &arena);
}

static void assert_text(struct merit_text text, const char *want)
{
	assert_int_equal(text.size, strlen(want));
	assert_memory_equal(text.data, want, text.size);
}

/* Calls by pieces. */
#define HEAD(id)        "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":"
#define CALL(id, params) HEAD(id) "\"member.create\",\"params\":" params "}"
#define GOOD            CALL("1", "{\"id\":\"a\",\"member\":\"m1\"}")
#define STOCK(params)   HEAD("1") "\"item.stock\",\"params\":" params "}"
#define CLOSE(period)   HEAD("1") "\"period.close\",\"params\":{\"id\":\"a\",\"period\":" period CLOSE_MORE "}}"
#define CLOSE_MORE      ",\"size\":1,\"root\":\"" HEX64 "\",\"totals\":[{\"unit\":\"points\",\"debit\":0,\"opening\":0," \
                        "\"closing\":0}],\"reports\":[{\"report\":\"r\",\"hash\":\"" HEX64 "\",\"rows\":0}]"
#define HEX64           "00000000000000000000000000000000000000000000000000000000000000aa"
#define READ            HEAD("2") "\"rpc.discover\"}"
#define ATOMIC(calls)   HEAD("9") "\"atomic\",\"params\":{\"calls\":" calls "}}"
#define INNER           "{\"method\":\"member.create\",\"params\":{\"id\":\"b\",\"member\":\"m2\"}}"
#define BULK(members)   HEAD("7") "\"bulk\",\"params\":{" members "}}"
#define OF(method)      "\"method\":\"" method "\""
#define COLUMNS(names)  ",\"columns\":[" names "]"
#define ROWS(rows)      ",\"rows\":[" rows "]"
#define TABLE(names, rows) BULK(OF("item.stock") COLUMNS(names) ROWS(rows)) /* takes item, quantity, may take reason */
#define ALL             "\"id\",\"item\",\"quantity\",\"reason\""
#define ID64            "0123456789012345678901234567890123456789012345678901234567890123"
#define TEXT200         ID64 ID64 ID64 "01234567"

static const struct {
	const char *name, *json;
	enum merit_status want;
	size_t call;
	const char *field;       /* NULL: none is named */
	const char *correlation; /* of a refused message */
} rows[] = {
	/* The text. */
	{ "a good call", GOOD, MERIT_OK, 0, NULL, NULL },
	{ "nothing", "", MERIT_BAD_JSON, 0, NULL, "null" },
	{ "a torn call", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.cre", MERIT_BAD_JSON, 0, NULL, "null" },
	{ "something behind", GOOD "x", MERIT_BAD_JSON, 0, NULL, "null" },
	{ "bytes that are not UTF-8",
	  CALL("1", "{\"id\":\"a\",\"member\":\"m\xff\"}"), MERIT_BAD_JSON, 0, NULL, "null" },
	{ "a key twice",
	  CALL("1", "{\"id\":\"a\",\"id\":\"a\",\"member\":\"m1\"}"), MERIT_DUPLICATE_KEY, 0, NULL, "null" },
	{ "a fraction", STOCK("{\"id\":\"a\",\"item\":\"i1\",\"quantity\":1.5}"), MERIT_NOT_INTEGER, 0, NULL, "null" },
	{ "an exponent", STOCK("{\"id\":\"a\",\"item\":\"i1\",\"quantity\":1e2}"), MERIT_NOT_INTEGER, 0, NULL, "null" },
	{ "the largest number",
	  STOCK("{\"id\":\"a\",\"item\":\"i1\",\"quantity\":9007199254740991}"), MERIT_OK, 0, NULL, NULL },
	{ "one above it",
	  STOCK("{\"id\":\"a\",\"item\":\"i1\",\"quantity\":9007199254740992}"), MERIT_NUMBER_RANGE, 0, NULL, "null" },
	{ "U+0000", CALL("1", "{\"id\":\"a\",\"member\":\"m\\u0000\"}"), MERIT_NUL_IN_TEXT, 0, NULL, "null" },
	{ "17 arrays", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", MERIT_TOO_DEEP, 0, NULL, "null" },

	/* JSON-RPC. */
	{ "a number", "1", MERIT_BAD_REQUEST, 0, NULL, "null" },
	{ "an empty batch", "[]", MERIT_BAD_REQUEST, 0, NULL, "null" },
	{ "an empty object", "{}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "a batch of a number", "[1]", MERIT_BAD_REQUEST, 0, NULL, "null" },
	{ "a batch in a batch", "[[" GOOD "]]", MERIT_BAD_REQUEST, 0, NULL, "null" },
	{ "a batch", "[" GOOD "," GOOD "]", MERIT_OK, 0, NULL, NULL },
	{ "no version", "{\"id\":1,\"method\":\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "jsonrpc", "1" },
	{ "an old version",
	  "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "jsonrpc", "1" },
	{ "a number as version",
	  "{\"jsonrpc\":2,\"id\":1,\"method\":\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "jsonrpc", "1" },
	{ "a notification", "{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "an id of null", HEAD("null") "\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "an id of true", HEAD("true") "\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "an id in a list", HEAD("[1]") "\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "200 bytes of id", HEAD("\"" TEXT200 "\"") "\"rpc.discover\"}", MERIT_OK, 0, NULL, NULL },
	{ "201 bytes of id", HEAD("\"" TEXT200 "x\"") "\"rpc.discover\"}", MERIT_BAD_REQUEST, 0, "id", "null" },
	{ "no method", "{\"jsonrpc\":\"2.0\",\"id\":\"x\"}", MERIT_BAD_REQUEST, 0, "method", "\"x\"" },
	{ "a number as method", HEAD("1") "7}", MERIT_BAD_REQUEST, 0, "method", "1" },
	{ "a member too many", HEAD("1") "\"rpc.discover\",\"extra\":1}", MERIT_BAD_REQUEST, 0, "extra", "1" },
	{ "a member in capitals", HEAD("1") "\"rpc.discover\",\"Params\":{}}", MERIT_BAD_REQUEST, 0, "Params", "1" },
	{ "params in a list", CALL("1", "[\"a\",\"m1\"]"), MERIT_BAD_REQUEST, 0, "params", "1" },
	{ "params of null", HEAD("1") "\"rpc.discover\",\"params\":null}", MERIT_BAD_REQUEST, 0, "params", "1" },
	{ "no params, for none", READ, MERIT_OK, 0, NULL, NULL },
	{ "empty params, for none", HEAD("1") "\"rpc.discover\",\"params\":{}}", MERIT_OK, 0, NULL, NULL },

	/* Methods. */
	{ "an unknown method", HEAD("1") "\"member.delete\"}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "a method in capitals", HEAD("1") "\"RPC.discover\"}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "half a method", HEAD("1") "\"member\"}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "an empty method", HEAD("1") "\"\"}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "a ledger's birth",
	  HEAD("1") "\"program.create\",\"params\":{\"id\":\"a\"}}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "what only the system may",
	  HEAD("1") "\"order.lapse\",\"params\":{\"id\":\"a\",\"order\":\"o1\"}}", MERIT_OK, 0, NULL, NULL },

	/* Parameters. */
	{ "no params", HEAD("1") "\"member.create\"}", MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "no id", CALL("1", "{\"member\":\"m1\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "an id that is a number", CALL("1", "{\"id\":1,\"member\":\"m1\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "an empty id", CALL("1", "{\"id\":\"\",\"member\":\"m1\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "an id with a space", CALL("1", "{\"id\":\"a b\",\"member\":\"m1\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "64 bytes of operation id", CALL("1", "{\"id\":\"" ID64 "\",\"member\":\"m1\"}"), MERIT_OK, 0, NULL, NULL },
	{ "65 bytes of operation id",
	  CALL("1", "{\"id\":\"" ID64 "x\",\"member\":\"m1\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "a parameter missing", CALL("1", "{\"id\":\"a\"}"), MERIT_BAD_PARAMS, 0, "member", "1" },
	{ "a parameter of null", CALL("1", "{\"id\":\"a\",\"member\":null}"), MERIT_BAD_PARAMS, 0, "member", "1" },
	{ "a number for a name", CALL("1", "{\"id\":\"a\",\"member\":1}"), MERIT_BAD_PARAMS, 0, "member", "1" },
	{ "a name too long", CALL("1", "{\"id\":\"a\",\"member\":\"" ID64 "\"}"), MERIT_BAD_PARAMS, 0, "member", "1" },
	{ "an unknown parameter",
	  CALL("1", "{\"id\":\"a\",\"member\":\"m1\",\"name\":\"x\"}"), MERIT_BAD_PARAMS, 0, "name", "1" },
	{ "a text for a number",
	  STOCK("{\"id\":\"a\",\"item\":\"i1\",\"quantity\":\"1\"}"), MERIT_BAD_PARAMS, 0, "quantity", "1" },
	{ "a month", CLOSE("\"2026-02\""), MERIT_OK, 0, NULL, NULL },
	{ "a month that is none", CLOSE("\"2026-13\""), MERIT_BAD_PARAMS, 0, "period", "1" },
	{ "a day for a month", CLOSE("\"2026-02-01\""), MERIT_BAD_PARAMS, 0, "period", "1" },
	{ "a month of one digit", CLOSE("\"2026-2\""), MERIT_BAD_PARAMS, 0, "period", "1" },
	{ "a month that is a number", CLOSE("202602"), MERIT_BAD_PARAMS, 0, "period", "1" },
	{ "a month of nothing", CLOSE("\"\""), MERIT_BAD_PARAMS, 0, "period", "1" },
	{ "an unknown parameter of a read",
	  HEAD("1") "\"rpc.discover\",\"params\":{\"x\":1}}", MERIT_BAD_PARAMS, 0, "x", "1" },
	{ "an id for a read", HEAD("1") "\"rpc.discover\",\"params\":{\"id\":\"a\"}}", MERIT_BAD_PARAMS, 0, "id", "1" },

	/* Batches: the first bad call is named, and what is wrong with the whole comes last. */
	{ "a bad call in second place",
	  "[" GOOD "," CALL("\"two\"", "{\"id\":\"a\"}") "," HEAD("3") "1}]",
	  MERIT_BAD_PARAMS, 1, "member", "\"two\"" },
	{ "a read behind a write", "[" GOOD "," READ "]", MERIT_MIXED_BATCH, 1, NULL, "2" },
	{ "a write behind two reads", "[" READ "," READ "," GOOD "]", MERIT_MIXED_BATCH, 2, NULL, "1" },
	{ "a mixed batch with a bad call",
	  "[" READ "," GOOD "," CALL("1", "{\"id\":\"a\"}") "]", MERIT_BAD_PARAMS, 2, "member", "1" },

	/* Atomic groups. */
	{ "a group", ATOMIC("[" INNER "," INNER "]"), MERIT_OK, 0, NULL, NULL },
	{ "a group among others", "[" GOOD "," ATOMIC("[" INNER "," INNER "]") "," GOOD "]", MERIT_OK, 0, NULL, NULL },
	{ "an empty group", ATOMIC("[]"), MERIT_BAD_PARAMS, 0, "calls", "9" },
	{ "a group that is no list", ATOMIC("{}"), MERIT_BAD_PARAMS, 0, "calls", "9" },
	{ "a group of nothing", HEAD("9") "\"atomic\"}", MERIT_BAD_PARAMS, 0, "calls", "9" },
	{ "a group with an id",
	  HEAD("9") "\"atomic\",\"params\":{\"id\":\"g\",\"calls\":[" INNER "]}}", MERIT_BAD_PARAMS, 0, "calls", "9" },
	{ "a group in a group",
	  ATOMIC("[" INNER ",{\"method\":\"atomic\",\"params\":{\"calls\":[" INNER "]}}]"),
	  MERIT_BAD_REQUEST, 1, "method", "9" },
	{ "a whole call in a group", ATOMIC("[" GOOD "]"), MERIT_BAD_REQUEST, 0, "jsonrpc", "9" },
	{ "a number in a group", ATOMIC("[" INNER ",1]"), MERIT_BAD_REQUEST, 1, NULL, "9" },
	{ "a read in a group", ATOMIC("[" INNER ",{\"method\":\"rpc.discover\"}]"), MERIT_MIXED_BATCH, 1, NULL, "9" },
	{ "a read alone in a group", ATOMIC("[{\"method\":\"rpc.discover\"}]"), MERIT_MIXED_BATCH, 0, NULL, "9" },
	{ "an unknown method in a group",
	  ATOMIC("[" INNER "," INNER ",{\"method\":\"x\"}]"), MERIT_UNKNOWN_METHOD, 2, NULL, "9" },
	{ "a bulk in a group", ATOMIC("[" INNER ",{\"method\":\"bulk\",\"params\":{" OF("item.stock")
	  COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]") "}}]"), MERIT_BAD_REQUEST, 1, "method", "9" },
	{ "a bad call in a group behind others",
	  "[" GOOD "," GOOD "," ATOMIC("[" INNER ",{\"method\":\"member.create\"}]") "]",
	  MERIT_BAD_PARAMS, 3, "id", "9" },

	/* Members may come in any order, and what comes last is at fault all the same. */
	{ "params in front", "{\"params\":{\"member\":\"m1\",\"id\":\"a\"},\"method\":\"member.create\",\"id\":1,"
	  "\"jsonrpc\":\"2.0\"}", MERIT_OK, 0, NULL, NULL },
	{ "bad params in front of a bad method", "{\"params\":{\"member\":1},\"method\":\"x\",\"id\":1,"
	  "\"jsonrpc\":\"2.0\"}", MERIT_UNKNOWN_METHOD, 0, NULL, "1" },
	{ "bad params in front of the id", "{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":{\"id\":1},"
	  "\"id\":\"last\"}", MERIT_BAD_PARAMS, 0, "id", "\"last\"" },
	{ "a bad parameter in front of a bad id",
	  CALL("1", "{\"member\":1,\"id\":\"\"}"), MERIT_BAD_PARAMS, 0, "id", "1" },
	{ "a bad call in front of bytes that are no JSON",
	  "[" CALL("1", "{\"id\":1}") "," GOOD, MERIT_BAD_JSON, 0, NULL, "null" },
	{ "a bad call in front of a key twice", "[" CALL("1", "{\"id\":1}") ",{\"a\":1,\"a\":1}]", MERIT_DUPLICATE_KEY,
	  0, NULL, "null" },
	{ "a key twice, once written in escapes",
	  CALL("1", "{\"id\":\"a\",\"member\":\"m1\",\"\\u006dember\":\"m1\"}"), MERIT_DUPLICATE_KEY, 0, NULL, "null" },
	{ "a member twice", HEAD("1") "\"rpc.discover\",\"method\":\"rpc.discover\"}", MERIT_DUPLICATE_KEY, 0, NULL,
	  "null" },
	{ "keys and texts in escapes", "{\"jsonrpc\":\"\\u0032.0\",\"i\\u0064\":1,\"method\":\"member\\u002ecreate\","
	  "\"params\":{\"\\u0069d\":\"\\u0061\",\"memb\\u0065r\":\"m\\u0031\"}}", MERIT_OK, 0, NULL, NULL },

	/* Bulks. */
	{ "a bulk", TABLE(ALL, "[\"a\",\"i1\",1,\"r\"],[\"b\",\"i1\",2,null]"), MERIT_OK, 0, NULL, NULL },
	{ "a bulk with common parameters", BULK(OF("item.stock") ",\"params\":{\"item\":\"i1\",\"reason\":\"r\"}"
	  COLUMNS("\"quantity\",\"id\"") ROWS("[1,\"a\"]") ",\"detail\":true"), MERIT_OK, 0, NULL, NULL },
	{ "a bulk that begins with its rows", BULK("\"rows\":[[\"a\",1]],\"columns\":[\"id\",\"quantity\"],"
	  "\"params\":{\"item\":\"i1\"}," OF("item.stock")), MERIT_OK, 0, NULL, NULL },
	{ "common parameters behind the rows", BULK(OF("item.stock") COLUMNS("\"id\",\"quantity\"") ROWS("[\"a\",1]")
	  ",\"params\":{\"item\":\"i1\"}"), MERIT_OK, 0, NULL, NULL },
	{ "bulks among others", "[" GOOD "," TABLE(ALL, "[\"a\",\"i1\",1,null]") "," ATOMIC("[" INNER "]") ","
	  TABLE(ALL, "[\"b\",\"i1\",1,null]") "]", MERIT_OK, 0, NULL, NULL },
	{ "a bulk of nothing", HEAD("7") "\"bulk\"}", MERIT_BAD_PARAMS, 0, "method", "7" },
	{ "a bulk in a list", HEAD("7") "\"bulk\",\"params\":[]}", MERIT_BAD_REQUEST, 0, "params", "7" },
	{ "a bulk with an id", BULK(OF("item.stock") ",\"id\":\"a\"" COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")),
	  MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a bulk without a method", BULK("\"detail\":false" COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")),
	  MERIT_BAD_PARAMS, 0, "method", "7" },
	{ "a bulk of a number", BULK("\"method\":1" COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_PARAMS, 0,
	  "method", "7" },
	{ "a bulk of an unknown method", BULK(OF("x") COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")), MERIT_UNKNOWN_METHOD,
	  0, NULL, "7" },
	{ "a bulk of bulks", BULK(OF("bulk") COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_REQUEST, 0,
	  "method", "7" },
	{ "a bulk of groups", BULK(OF("atomic") COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_REQUEST, 0,
	  "method", "7" },
	{ "a bulk of reads", BULK(OF("balance.get") COLUMNS("\"id\",\"member\"") ROWS("[\"a\",\"m1\"]")),
	  MERIT_MIXED_BATCH, 0, NULL, "7" },
	{ "a read behind a bulk",
	  "[" TABLE(ALL, "[\"a\",\"i1\",1,null]") "," READ "]", MERIT_MIXED_BATCH, 1, NULL, "2" },
	{ "detail that is no flag", BULK(OF("item.stock") COLUMNS(ALL) ROWS("[\"a\",\"i1\",1,null]") ",\"detail\":1"),
	  MERIT_BAD_PARAMS, 0, "detail", "7" },
	{ "common parameters in a list", BULK(OF("item.stock") ",\"params\":[]" COLUMNS(ALL)
	  ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_PARAMS, 0, "params", "7" },
	{ "an unknown common parameter", BULK(OF("item.stock") ",\"params\":{\"x\":1}" COLUMNS(ALL)
	  ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_PARAMS, 0, "x", "7" },
	{ "a common id", BULK(OF("item.stock") ",\"params\":{\"id\":\"a\"}" COLUMNS(ALL)
	  ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a common parameter out of range", BULK(OF("item.stock") ",\"params\":{\"item\":\"\"}"
	  COLUMNS("\"id\",\"quantity\"") ROWS("[\"a\",1]")), MERIT_BAD_PARAMS, 0, "item", "7" },
	{ "no columns", BULK(OF("item.stock") ROWS("[\"a\"]")), MERIT_BAD_PARAMS, 0, "columns", "7" },
	{ "columns that are no list", BULK(OF("item.stock") ",\"columns\":{}" ROWS("[\"a\"]")), MERIT_BAD_PARAMS, 0,
	  "columns", "7" },
	{ "a column that is a number", TABLE("\"id\",1", "[\"a\",1]"), MERIT_BAD_PARAMS, 0, "columns", "7" },
	{ "no column for the id", TABLE("\"item\",\"quantity\"", "[\"i1\",1]"), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "two columns for the id", TABLE("\"id\",\"id\",\"item\",\"quantity\"", "[\"a\",\"a\",\"i1\",1]"),
	  MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a column twice", TABLE("\"id\",\"item\",\"quantity\",\"item\"", "[\"a\",\"i1\",1,\"i1\"]"),
	  MERIT_BAD_PARAMS, 0, "item", "7" },
	{ "an unknown column", TABLE("\"id\",\"item\",\"quantity\",\"x\"", "[\"a\",\"i1\",1,1]"), MERIT_BAD_PARAMS, 0,
	  "x", "7" },
	{ "a column more than there are parameters", TABLE(ALL ",\"member\"", "[\"a\",\"i1\",1,null,\"m1\"]"),
	  MERIT_BAD_PARAMS, 0, "member", "7" },
	{ "a column that is common", BULK(OF("item.stock") ",\"params\":{\"item\":\"i1\"}" COLUMNS(ALL)
	  ROWS("[\"a\",\"i1\",1,null]")), MERIT_BAD_PARAMS, 0, "item", "7" },
	{ "no rows", BULK(OF("item.stock") COLUMNS(ALL)), MERIT_BAD_PARAMS, 0, "rows", "7" },
	{ "an empty list of rows", TABLE(ALL, ""), MERIT_BAD_PARAMS, 0, "rows", "7" },
	{ "rows in an object", BULK(OF("item.stock") COLUMNS(ALL) ",\"rows\":{}"), MERIT_BAD_PARAMS, 0, "rows", "7" },
	{ "a row that is an object", TABLE(ALL, "[\"a\",\"i1\",1,null],{}"), MERIT_BAD_PARAMS, 1, "rows", "7" },
	{ "a row too short", TABLE(ALL, "[\"a\",\"i1\",1,null],[\"b\",\"i1\",1]"), MERIT_BAD_PARAMS, 1, "rows", "7" },
	{ "a row too long", TABLE(ALL, "[\"a\",\"i1\",1,null],[\"b\",\"i1\",1,null,null]"), MERIT_BAD_PARAMS, 1, "rows",
	  "7" },
	{ "a row without an id", TABLE(ALL, "[null,\"i1\",1,null]"), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a row whose id is a number", TABLE(ALL, "[1,\"i1\",1,null]"), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a row whose id has a space", TABLE(ALL, "[\"a b\",\"i1\",1,null]"), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a row with 65 bytes of id", TABLE(ALL, "[\"" ID64 "x\",\"i1\",1,null]"), MERIT_BAD_PARAMS, 0, "id", "7" },
	{ "a row without what is required",
	  TABLE(ALL, "[\"a\",\"i1\",1,null],[\"b\",null,1,null]"), MERIT_BAD_PARAMS, 1, "item", "7" },
	{ "rows without a column that is required", TABLE("\"id\",\"item\"", "[\"a\",\"i1\"]"), MERIT_BAD_PARAMS, 0,
	  "quantity", "7" },
	{ "a row with a text for a number", TABLE(ALL, "[\"a\",\"i1\",1,null],[\"b\",\"i1\",\"1\",null]"),
	  MERIT_BAD_PARAMS, 1, "quantity", "7" },
	{ "a bad row behind other calls", "[" GOOD "," ATOMIC("[" INNER "," INNER "]") ","
	  TABLE(ALL, "[\"a\",\"i1\",1,null],[\"b\",\"i1\",1,1]") "]", MERIT_BAD_PARAMS, 4, "reason", "7" },
	{ "a row with a fraction", TABLE(ALL, "[\"a\",\"i1\",1.5,null]"), MERIT_NOT_INTEGER, 0, NULL, "null" },
	{ "a row with a comma at its end", TABLE(ALL, "[\"a\",\"i1\",1,null,]"), MERIT_BAD_JSON, 0, NULL, "null" },
	{ "a comma behind the rows", TABLE(ALL, "[\"a\",\"i1\",1,null],"), MERIT_BAD_JSON, 0, NULL, "null" },
	{ "a bad row in front of a key twice", TABLE(ALL, "[\"a\",\"i1\",1,{\"x\":1,\"x\":1}]"), MERIT_DUPLICATE_KEY, 0,
	  NULL, "null" },
};

static void a_message_is_read_or_its_first_fault_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = read_json(rows[i].json, strlen(rows[i].json));
		if (got != rows[i].want || request.bad_call != rows[i].call)
			print_error("%s: %s in call %zu\n", rows[i].name, merit_status_word(got), request.bad_call);
		assert_int_equal(got, rows[i].want);
		assert_int_equal(request.bad_call, rows[i].call);
		if (rows[i].field == NULL)
			assert_null(request.bad_field);
		else
			assert_string_equal(request.bad_field, rows[i].field);
		if (got != MERIT_OK)
			assert_text(request.bad_correlation, rows[i].correlation);
	}
}

static void every_part_of_a_write_is_found(void **state)
{
	static const char json[] = STOCK("{\"quantity\":-3,\"id\":\"op-1\",\"item\":\"i1\"}");

	(void)state;
	assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
	assert_true(request.is_write);
	assert_false(request.is_batch);
	assert_false(request.has_bulk);
	assert_int_equal(request.calls_count, 1);
	const struct merit_call *call = &request.calls[0];
	assert_int_equal(call->operation->number, MERIT_OP_ITEM_STOCK);
	assert_null(call->query);
	assert_text(call->correlation, "1");
	assert_text(call->id, "op-1");
	assert_text(call->values[STOCK_ITEM].text, "i1");
	assert_int_equal(call->values[STOCK_QUANTITY].integer, -3);
	assert_false(call->values[STOCK_REASON].present);
	assert_int_equal(call->group_count, 0);
}

/* A month is its first day, and prints as the month again. */
static void a_month_is_kept_as_its_first_day(void **state)
{
	static const char json[] = CLOSE("\"2028-02\"");
	struct merit_buffer out = { 0 };

	(void)state;
	assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
	const struct merit_call *call = &request.calls[0];
	assert_int_equal(call->operation->number, MERIT_OP_PERIOD_CLOSE);
	assert_int_equal(call->values[CLOSE_PERIOD].integer, 21215); /* 2028-02-01 */
	merit_values_put(&out, call->operation->params, CLOSE_PERIOD + 1, call->values);
	assert_text((struct merit_text){ out.data, out.size }, "{\"period\":\"2028-02\"}");
	merit_buffer_free(&out);
}

static void a_write_has_the_hash_of_its_bytes_and_a_read_has_none(void **state)
{
	struct merit_hash want, zero = { { 0 } };

	(void)state;
	assert_int_equal(read_json(GOOD, strlen(GOOD)), MERIT_OK);
	merit_sha256(GOOD, strlen(GOOD), want.bytes);
	assert_true(merit_hash_equal(&request.hash, &want));
	assert_int_equal(read_json(READ, strlen(READ)), MERIT_OK);
	assert_false(request.is_write);
	assert_non_null(request.calls[0].query);
	assert_true(merit_hash_equal(&request.hash, &zero));
}

static void a_batch_keeps_its_order(void **state)
{
	static const char json[] = "[" GOOD "," CALL("\"x\"", "{\"id\":\"b\",\"member\":\"m2\"}") "]";

	(void)state;
	assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
	assert_true(request.is_batch);
	assert_int_equal(request.calls_count, 2);
	assert_text(request.calls[0].id, "a");
	assert_text(request.calls[1].id, "b");
	assert_text(request.calls[1].correlation, "\"x\"");
	assert_text(request.calls[1].values[MEMBER_MEMBER].text, "m2");
}

static void a_batch_of_one_is_a_batch(void **state)
{
	(void)state;
	assert_int_equal(read_json("[" READ "]", strlen("[" READ "]")), MERIT_OK);
	assert_true(request.is_batch);
	assert_int_equal(request.calls_count, 1);
}

static void a_group_is_spread_into_rows(void **state)
{
	static const char json[] = "[" GOOD "," ATOMIC("[" INNER "," INNER "]") "," GOOD "]";

	(void)state;
	assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
	assert_true(request.is_write);
	assert_int_equal(request.calls_count, 4);
	assert_int_equal(request.calls[0].group_count, 0);
	for (uint32_t i = 0; i < 2; i++) {
		const struct merit_call *call = &request.calls[1 + i];
		assert_text(call->correlation, "9");
		assert_text(call->id, "b");
		assert_int_equal(call->group_index, i);
		assert_int_equal(call->group_count, 2);
	}
	assert_int_equal(request.calls[3].group_count, 0);
}

static void a_bulk_is_spread_into_rows(void **state)
{
	static const char json[] = "[" GOOD "," BULK(OF("item.stock") ",\"params\":{\"reason\":\"r\"},\"detail\":true"
				   COLUMNS("\"quantity\",\"id\",\"item\"") ROWS("[7,\"a\",\"i1\"],[-8,\"b\",\"i2\"]"))
				   "," TABLE(ALL, "[\"c\",\"i3\",9,null]") "]";

	(void)state;
	assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
	assert_true(request.is_write);
	assert_int_equal(request.calls_count, 4);
	assert_int_equal(request.calls[0].bulk_count, 0);
	for (uint32_t i = 0; i < 2; i++) {
		const struct merit_call *call = &request.calls[1 + i];
		assert_int_equal(call->operation->number, MERIT_OP_ITEM_STOCK);
		assert_text(call->correlation, "7");
		assert_text(call->id, i == 0 ? "a" : "b");
		assert_text(call->values[STOCK_ITEM].text, i == 0 ? "i1" : "i2");
		assert_int_equal(call->values[STOCK_QUANTITY].integer, i == 0 ? 7 : -8);
		assert_text(call->values[STOCK_REASON].text, "r");
		assert_int_equal(call->bulk_index, i);
		assert_int_equal(call->bulk_count, 2);
		assert_true(call->is_detailed);
		assert_int_equal(call->group_count, 0);
	}
	assert_true(request.has_bulk);
	assert_int_equal(request.calls[3].bulk_count, 1);
	assert_false(request.calls[3].is_detailed);
	assert_false(request.calls[3].values[STOCK_REASON].present);
}

/* What goes back is JSON with the same meaning; escapes that need not be are gone. */
static const struct { const char *id, *want; } correlations[] = {
	{ "0", "0" },
	{ "-1", "-1" },
	{ "9007199254740991", "9007199254740991" },
	{ "-9007199254740991", "-9007199254740991" },
	{ "\"\"", "\"\"" },
	{ "\"null\"", "\"null\"" },
	{ "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\"" },
	{ "\"\\u0041\\n\"", "\"A\\u000a\"" },
	{ "\"\xe4\xbd\xa0\"", "\"\xe4\xbd\xa0\"" },
};

static void a_correlation_goes_back_with_its_meaning(void **state)
{
	char json[200];

	(void)state;
	for (size_t i = 0; i < sizeof(correlations) / sizeof(correlations[0]); i++) {
		snprintf(json, sizeof(json), HEAD("%s") "\"rpc.discover\"}", correlations[i].id);
		assert_int_equal(read_json(json, strlen(json)), MERIT_OK);
		assert_text(request.calls[0].correlation, correlations[i].want);
	}
}

/* count calls in a batch, the last group_count of them in one group. */
static enum merit_status read_many(size_t count, size_t group_count)
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_char(&json, '[');
	for (size_t i = 0; i < count - group_count; i++) {
		merit_buffer_put_comma(&json);
		merit_buffer_put_text(&json, GOOD);
	}
	if (group_count > 0) {
		merit_buffer_put_comma(&json);
		merit_buffer_put_text(&json, HEAD("9") "\"atomic\",\"params\":{\"calls\":[");
		for (size_t i = 0; i < group_count; i++) {
			merit_buffer_put_comma(&json);
			merit_buffer_put_text(&json, INNER);
		}
		merit_buffer_put_text(&json, "]}}");
	}
	merit_buffer_put_char(&json, ']');
	assert_false(json.bad);
	enum merit_status status = read_json(json.data, json.size);
	merit_buffer_free(&json);
	return status;
}

static void a_message_holds_calls_up_to_the_limit(void **state)
{
	(void)state;
	assert_int_equal(read_many(MERIT_CALLS_MAX, 0), MERIT_OK);
	assert_int_equal(request.calls_count, MERIT_CALLS_MAX);
	assert_int_equal(read_many(MERIT_CALLS_MAX + 1, 0), MERIT_TOO_MANY_CALLS);
	assert_int_equal(request.bad_call, MERIT_CALLS_MAX);
	assert_text(request.bad_correlation, "null");
}

static void calls_in_groups_count_one_by_one(void **state)
{
	(void)state;
	assert_int_equal(read_many(MERIT_CALLS_MAX, MERIT_CALLS_MAX), MERIT_OK);
	assert_int_equal(request.calls[0].group_count, MERIT_CALLS_MAX);
	assert_int_equal(read_many(MERIT_CALLS_MAX, 1000), MERIT_OK);
	assert_int_equal(read_many(MERIT_CALLS_MAX + 1, 1000), MERIT_TOO_MANY_CALLS);
	assert_int_equal(read_many(MERIT_CALLS_MAX + 1, MERIT_CALLS_MAX + 1), MERIT_TOO_MANY_CALLS);
}

/* A bulk of count rows behind others calls. */
static enum merit_status read_bulk(size_t others, size_t count)
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_char(&json, '[');
	for (size_t i = 0; i < others; i++) {
		merit_buffer_put_comma(&json);
		merit_buffer_put_text(&json, GOOD);
	}
	merit_buffer_put_comma(&json);
	merit_buffer_put_text(&json, HEAD("7") "\"bulk\",\"params\":{" OF("item.stock") COLUMNS(ALL) ",\"rows\":[");
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put_comma(&json);
		merit_buffer_put_text(&json, "[\"a\",\"i1\",1,null]");
	}
	merit_buffer_put_text(&json, "]}}]");
	assert_false(json.bad);
	enum merit_status status = read_json(json.data, json.size);
	merit_buffer_free(&json);
	return status;
}

static void rows_of_bulks_count_one_by_one(void **state)
{
	(void)state;
	assert_int_equal(read_bulk(0, MERIT_CALLS_MAX), MERIT_OK);
	assert_int_equal(request.calls_count, MERIT_CALLS_MAX);
	assert_int_equal(request.calls[MERIT_CALLS_MAX - 1].bulk_index, MERIT_CALLS_MAX - 1);
	assert_int_equal(read_bulk(0, MERIT_CALLS_MAX + 1), MERIT_TOO_MANY_CALLS);
	assert_int_equal(request.bad_call, MERIT_CALLS_MAX);
	assert_text(request.bad_correlation, "null");
	assert_int_equal(read_bulk(1, MERIT_CALLS_MAX - 1), MERIT_OK);
	assert_int_equal(read_bulk(1, MERIT_CALLS_MAX), MERIT_TOO_MANY_CALLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_read_or_its_first_fault_is_named),
		cmocka_unit_test(every_part_of_a_write_is_found),
		cmocka_unit_test(a_month_is_kept_as_its_first_day),
		cmocka_unit_test(a_write_has_the_hash_of_its_bytes_and_a_read_has_none),
		cmocka_unit_test(a_batch_keeps_its_order),
		cmocka_unit_test(a_batch_of_one_is_a_batch),
		cmocka_unit_test(a_group_is_spread_into_rows),
		cmocka_unit_test(a_bulk_is_spread_into_rows),
		cmocka_unit_test(a_correlation_goes_back_with_its_meaning),
		cmocka_unit_test(a_message_holds_calls_up_to_the_limit),
		cmocka_unit_test(calls_in_groups_count_one_by_one),
		cmocka_unit_test(rows_of_bulks_count_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
