/* client_bulk_test.c
 * Goal    a bulk says what its rows say and no more; what cannot be sent is not added; of an answer only what fits is
 *         believed, and every row finds its own outcome in it.
 * Method  the text of a bulk is compared byte by byte; answers are given to it as texts; at last a server in this
 *         process answers. Sending, and sending again, is client_test.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/client_inner.h"
#include "tests/support/serving.h"

#define HEAD "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"bulk\",\"params\":{\"method\":"

static const char *const earn_columns[] = { "id", "member", "points", NULL };

static struct merit_client_bulk *bulk_open(const char *method, const char *const *columns)
{
	struct merit_client_bulk *bulk = NULL;

	assert_int_equal(merit_client_bulk_open(method, columns, &bulk), MERIT_OK);
	return bulk;
}

static enum merit_status earn_add(struct merit_client_bulk *bulk, const char *id, const char *member, int64_t points)
{
	const struct merit_client_cell cells[] = { merit_client_text(id), merit_client_text(member),
		                                   merit_client_integer(points) };

	return merit_client_bulk_add(bulk, cells);
}

/* Three rows of earns, which answers are given to. */
static struct merit_client_bulk *three_rows(void)
{
	struct merit_client_bulk *bulk = bulk_open("earn", earn_columns);

	assert_int_equal(earn_add(bulk, "e-1", "m1", 10), MERIT_OK);
	assert_int_equal(earn_add(bulk, "e-2", "m2", 20), MERIT_OK);
	assert_int_equal(earn_add(bulk, "e-3", "m3", 30), MERIT_OK);
	return bulk;
}

static void assert_json(const struct merit_client_bulk *bulk, const char *want)
{
	assert_int_equal(bulk->json.size, strlen(want));
	assert_memory_equal(bulk->json.data, want, bulk->json.size);
}

static void assert_slice(const char *text, size_t size, const char *want)
{
	assert_int_equal(size, strlen(want));
	assert_memory_equal(text, want, size);
}

/* ---- Building ---- */

static void names_are_said_once_and_each_row_says_its_values(void **state)
{
	static const char *const columns[] = { "member", "id", "tags", "note", NULL };
	struct merit_client_bulk *bulk = bulk_open("member.update", columns);
	const struct merit_client_cell full[] = { merit_client_text("m1"), merit_client_text("u-1"),
		                                  merit_client_json("[1,true]", 8), merit_client_text("a \"b\"") };
	const struct merit_client_cell empty[] = { merit_client_integer(-7), merit_client_bytes("u-2 and more", 3),
		                                   merit_client_absent(), merit_client_absent() };

	(void)state;
	assert_int_equal(merit_client_bulk_set(bulk, "campaign", merit_client_text("c1")), MERIT_OK);
	assert_int_equal(merit_client_bulk_set(bulk, "points", merit_client_integer(5)), MERIT_OK);
	assert_int_equal(merit_client_bulk_detail(bulk), MERIT_OK);
	assert_int_equal(merit_client_bulk_add(bulk, full), MERIT_OK);
	assert_int_equal(merit_client_bulk_add(bulk, empty), MERIT_OK);
	assert_int_equal(merit_client_bulk_rows(bulk), 2);
	assert_json(bulk, HEAD "\"member.update\",\"columns\":[\"member\",\"id\",\"tags\",\"note\"],"
	                       "\"params\":{\"campaign\":\"c1\",\"points\":5},\"detail\":true,"
	                       "\"rows\":[[\"m1\",\"u-1\",[1,true],\"a \\\"b\\\"\"],[-7,\"u-2\",null,null]");
	merit_client_bulk_close(bulk);
	merit_client_bulk_close(NULL);
}

static void a_cleared_bulk_keeps_its_columns_and_common_parameters(void **state)
{
	struct merit_client_bulk *bulk = bulk_open("earn", earn_columns);

	(void)state;
	assert_int_equal(merit_client_bulk_set(bulk, "campaign", merit_client_text("c1")), MERIT_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(earn_add(bulk, "e-1", "m1", 10), MERIT_OK);
		assert_int_equal(merit_client_bulk_set(bulk, "event", merit_client_text("x")), MERIT_BUSY);
		assert_int_equal(merit_client_bulk_detail(bulk), MERIT_BUSY);
		assert_json(bulk, HEAD "\"earn\",\"columns\":[\"id\",\"member\",\"points\"],"
		                       "\"params\":{\"campaign\":\"c1\"},\"rows\":[[\"e-1\",\"m1\",10]");
		merit_client_bulk_clear(bulk);
		merit_client_bulk_clear(bulk);
		assert_int_equal(merit_client_bulk_rows(bulk), 0);
	}
	assert_int_equal(merit_client_bulk_set(bulk, "event", merit_client_text("x")), MERIT_OK);
	assert_int_equal(earn_add(bulk, "e-2", "m2", 20), MERIT_OK);
	assert_json(bulk, HEAD "\"earn\",\"columns\":[\"id\",\"member\",\"points\"],"
	                       "\"params\":{\"campaign\":\"c1\",\"event\":\"x\"},\"rows\":[[\"e-2\",\"m2\",20]");
	merit_client_bulk_close(bulk);
}

static void a_private_cell_brings_its_line_and_clearing_takes_it_away(void **state)
{
	static const char *const columns[] = { "id", "code", NULL };
	struct merit_client_bulk *bulk = bulk_open("code.add", columns);
	const struct merit_client_private concealed = { .commitment = "0123abcd", .line = "secret" };
	const struct merit_client_cell cells[] = { merit_client_text("c-1"), merit_client_private_cell(&concealed) };

	(void)state;
	assert_int_equal(merit_client_bulk_set(bulk, "item", merit_client_private_cell(&concealed)), MERIT_BAD_PARAMS);
	assert_int_equal(merit_client_bulk_add(bulk, cells), MERIT_OK);
	assert_int_equal(merit_client_bulk_add(bulk, cells), MERIT_OK);
	assert_json(bulk, HEAD "\"code.add\",\"columns\":[\"id\",\"code\"],"
	                       "\"rows\":[[\"c-1\",\"0123abcd\"],[\"c-1\",\"0123abcd\"]");
	assert_slice(bulk->lines.data, bulk->lines.size, "secret\nsecret");
	merit_client_bulk_clear(bulk);
	assert_int_equal(bulk->lines.size, 0);
	merit_client_bulk_close(bulk);
}

static void names_that_cannot_be_are_refused(void **state)
{
	static const struct {
		const char *name, *method, *columns[4];
		enum merit_status want;
	} cases[] = {
		{ "as it should be", "earn", { "id", "member" }, MERIT_OK },
		{ "ids behind", "earn", { "member", "id" }, MERIT_OK },
		{ "no ids", "earn", { "member" }, MERIT_BAD_PARAMS },
		{ "no columns", "earn", { NULL }, MERIT_BAD_PARAMS },
		{ "ids twice", "earn", { "id", "id" }, MERIT_BAD_PARAMS },
		{ "a name twice", "earn", { "id", "member", "member" }, MERIT_BAD_PARAMS },
		{ "an empty name", "earn", { "id", "" }, MERIT_BAD_PARAMS },
		{ "a name with a quote", "earn", { "id", "a\"" }, MERIT_BAD_PARAMS },
		{ "an empty method", "", { "id" }, MERIT_BAD_PARAMS },
		{ "a method with a quote", "a\"", { "id" }, MERIT_BAD_PARAMS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct merit_client_bulk *bulk = NULL;
		enum merit_status got = merit_client_bulk_open(cases[i].method, cases[i].columns, &bulk);
		if (got != cases[i].want)
			print_error("%s: %s\n", cases[i].name, merit_status_word(got));
		assert_int_equal(got, cases[i].want);
		merit_client_bulk_close(bulk);
	}
}

static void columns_and_common_parameters_are_32_together(void **state)
{
	char names[MERIT_CLIENT_COLUMNS_MAX + 1][16];
	const char *columns[MERIT_CLIENT_COLUMNS_MAX + 2] = { "id" };
	struct merit_client_bulk *bulk = NULL;

	(void)state;
	for (int i = 1; i <= MERIT_CLIENT_COLUMNS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "n%d", i);
		columns[i] = names[i];
	}
	assert_int_equal(merit_client_bulk_open("earn", columns, &bulk), MERIT_BAD_PARAMS);
	columns[MERIT_CLIENT_COLUMNS_MAX - 1] = NULL;
	bulk = bulk_open("earn", columns);
	assert_int_equal(merit_client_bulk_set(bulk, "n1", merit_client_integer(1)), MERIT_BAD_PARAMS);
	assert_int_equal(merit_client_bulk_set(bulk, "m1", merit_client_integer(1)), MERIT_OK);
	assert_int_equal(merit_client_bulk_set(bulk, "m2", merit_client_integer(1)), MERIT_BAD_PARAMS);
	merit_client_bulk_close(bulk);
}

static void a_row_that_cannot_be_sent_changes_nothing(void **state)
{
	const struct {
		const char *name;
		struct merit_client_cell cells[3];
	} cases[] = {
		{ "no id", { merit_client_absent(), merit_client_text("m1"), merit_client_integer(1) } },
		{ "a number for an id", { merit_client_integer(1), merit_client_text("m1"), merit_client_integer(1) } },
		{ "an empty id", { merit_client_text(""), merit_client_text("m1"), merit_client_integer(1) } },
		{ "a space in an id", { merit_client_text("a b"), merit_client_text("m1"), merit_client_integer(1) } },
		{ "not UTF-8", { merit_client_text("e-2"), merit_client_text("\xC3"), merit_client_integer(1) } },
		{ "a NUL", { merit_client_text("e-2"), merit_client_bytes("a\0b", 3), merit_client_integer(1) } },
		{ "too much", { merit_client_text("e-2"), merit_client_text("m1"), merit_client_integer(1LL << 53) } },
		{ "too little",
		  { merit_client_text("e-2"), merit_client_text("m"), merit_client_integer(-(1LL << 53)) } },
		{ "no JSON", { merit_client_text("e-2"), merit_client_text("m1"), merit_client_json("", 0) } },
	};
	struct merit_client_bulk *bulk = bulk_open("earn", earn_columns);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum merit_status got = merit_client_bulk_add(bulk, cases[i].cells);
		if (got != MERIT_BAD_PARAMS)
			print_error("%s: %s\n", cases[i].name, merit_status_word(got));
		assert_int_equal(got, MERIT_BAD_PARAMS);
	}
	assert_int_equal(earn_add(bulk, "e-1", "\xE5\x8C\xBB\xE7\x94\x9F", (1LL << 53) - 1), MERIT_OK);
	assert_json(bulk, HEAD "\"earn\",\"columns\":[\"id\",\"member\",\"points\"],"
	                       "\"rows\":[[\"e-1\",\"\xE5\x8C\xBB\xE7\x94\x9F\",9007199254740991]");
	merit_client_bulk_close(bulk);
}

/* ---- Limits ---- */

static void without_memory_a_bulk_stays_as_it_was(void **state)
{
	struct merit_client_bulk *bulk = bulk_open("earn", earn_columns);

	(void)state;
	bulk->json.bad = true; /* As a buffer is that found none. */
	assert_int_equal(merit_client_bulk_set(bulk, "campaign", merit_client_text("c1")), MERIT_NO_MEMORY);
	assert_int_equal(merit_client_bulk_set(bulk, "campaign", merit_client_text("c1")), MERIT_OK);
	bulk->lines.bad = true;
	assert_int_equal(earn_add(bulk, "e-1", "m1", 10), MERIT_NO_MEMORY);
	assert_int_equal(merit_client_bulk_rows(bulk), 0);
	assert_int_equal(earn_add(bulk, "e-1", "m1", 10), MERIT_OK);
	bulk->json.bad = true;
	assert_int_equal(earn_add(bulk, "e-2", "m2", 20), MERIT_NO_MEMORY);
	assert_int_equal(earn_add(bulk, "e-2", "m2", 20), MERIT_OK);
	assert_json(bulk, HEAD "\"earn\",\"columns\":[\"id\",\"member\",\"points\"],"
	                       "\"params\":{\"campaign\":\"c1\"},"
	                       "\"rows\":[[\"e-1\",\"m1\",10],[\"e-2\",\"m2\",20]");
	merit_client_bulk_close(bulk);
}

static void a_bulk_takes_8192_rows_and_not_one_more(void **state)
{
	struct merit_client_bulk *bulk = bulk_open("earn", earn_columns);

	(void)state;
	for (int i = 0; i < MERIT_CLIENT_ROWS_MAX; i++)
		assert_int_equal(earn_add(bulk, "e-1", "m1", i), MERIT_OK);
	size_t size = bulk->json.size;
	assert_int_equal(earn_add(bulk, "e-1", "m1", 0), MERIT_TOO_LARGE);
	assert_int_equal(bulk->json.size, size);
	assert_int_equal(merit_client_bulk_rows(bulk), MERIT_CLIENT_ROWS_MAX);
	merit_client_bulk_clear(bulk);
	assert_int_equal(earn_add(bulk, "e-1", "m1", 0), MERIT_OK);
	merit_client_bulk_close(bulk);
}

/* Adds a row whose JSON cell and line fill the message, and these bytes more. */
static enum merit_status fill(struct merit_client_bulk *bulk, size_t line_size, size_t more)
{
	size_t room = MERIT_MESSAGE_SIZE_MAX - MERIT_ENVELOPE_SIZE_MAX + more;
	size_t around = strlen(HEAD "\"earn\",\"columns\":[\"id\",\"x\"],\"rows\":[[\"e-1\",]"
	                            "]}}");
	char *bytes = malloc(room);

	assert_non_null(bytes);
	memset(bytes, '1', room);
	struct merit_client_cell cells[] = {
		merit_client_text("e-1"),
		merit_client_json(bytes, room - around - (line_size > 0 ? line_size + 1 : 0)),
	};
	cells[1].line = bytes;
	cells[1].line_size = line_size;
	enum merit_status status = merit_client_bulk_add(bulk, cells);
	free(bytes);
	return status;
}

static void a_bulk_fits_its_message_to_the_byte_with_its_private_lines(void **state)
{
	static const char *const columns[] = { "id", "x", NULL };
	struct merit_client_bulk *bulk = bulk_open("earn", columns);

	(void)state;
	for (size_t line_size = 0; line_size < 200; line_size += 100) {
		assert_int_equal(fill(bulk, line_size, 0), MERIT_OK);
		merit_client_bulk_clear(bulk);
		assert_int_equal(fill(bulk, line_size, 1), MERIT_TOO_LARGE);
		assert_int_equal(merit_client_bulk_rows(bulk), 0);
		assert_int_equal(bulk->lines.size, 0);
	}
	merit_client_bulk_close(bulk);
}

/* ---- Answers ---- */

#define RESULT(outcomes, counts) "{\"jsonrpc\":\"2.0\",\"result\":{\"outcomes\":" outcomes "," counts "},\"id\":1}"
#define COUNTS                   "\"accepted\":1,\"refused\":1,\"failed\":1"
#define REFUSED                  "{\"status\":\"short_budget\",\"seq\":18,\"why\":{\"have\":10,\"need\":20}}"
#define FAILED                   "{\"status\":\"id_conflict\",\"field\":\"points\"}"

/* A bulk of three rows that this reply has answered. */
static struct merit_client_bulk *answered(const char *reply, struct merit_client_bulk_answer *answer_out)
{
	struct merit_client_bulk *bulk = three_rows();

	assert_int_equal(merit_inner_answer_read(bulk, reply, strlen(reply), answer_out), MERIT_OK);
	return bulk;
}

static void each_row_finds_its_outcome(void **state)
{
	static const char reply[] = RESULT("[17," REFUSED "," FAILED "]", COUNTS);
	struct merit_client_bulk_answer answer;
	struct merit_client_bulk *bulk = answered(reply, &answer);
	struct merit_client_outcome outcome;
	int64_t number;

	(void)state;
	assert_int_equal(answer.status, MERIT_OK);
	assert_int_equal(answer.accepted_count, 1);
	assert_int_equal(answer.refused_count, 1);
	assert_int_equal(answer.failed_count, 1);

	merit_client_bulk_outcome(bulk, 0, &outcome);
	assert_int_equal(outcome.status, MERIT_OK);
	assert_true(outcome.has_seq && outcome.seq == 17);
	assert_slice(outcome.word, outcome.word_size, "accepted");
	assert_slice(outcome.json, outcome.json_size, "17");
	assert_false(merit_client_outcome_number(&outcome, "have", &number));

	merit_client_bulk_outcome(bulk, 1, &outcome);
	assert_int_equal(outcome.status, MERIT_SHORT_BUDGET);
	assert_true(outcome.has_seq && outcome.seq == 18);
	assert_slice(outcome.word, outcome.word_size, "short_budget");
	assert_slice(outcome.why, outcome.why_size, "{\"have\":10,\"need\":20}");
	assert_slice(outcome.json, outcome.json_size, REFUSED);
	assert_true(merit_client_outcome_number(&outcome, "need", &number));
	assert_int_equal(number, 20);
	assert_false(merit_client_outcome_number(&outcome, "free", &number));

	merit_client_bulk_outcome(bulk, 2, &outcome);
	assert_int_equal(outcome.status, MERIT_ID_CONFLICT);
	assert_false(outcome.has_seq);
	assert_slice(outcome.field, outcome.field_size, "points");
	assert_int_equal(outcome.why_size, 0);
	merit_client_bulk_close(bulk);
}

static void outcomes_may_be_whole_spaced_and_of_a_newer_ledger(void **state)
{
	static const char reply[] =
		" { \"id\" : 1 , \"result\" : { \"accepted\" : 1 , \"outcomes\" : [ "
		"{ \"seq\" : 17 , \"result\" : { \"p\\u0061id\" : [ 1 ] } , \"status\" : \"accepted\" } , "
		"{ \"status\" : \"word_of_tomorrow\" } , "
		"{ \"status\" : \"id_conflict\" , \"field\" : \"member\" } ] , \"refused\" : 0 , \"failed\" : 2 } } ";
	struct merit_client_bulk_answer answer;
	struct merit_client_bulk *bulk = answered(reply, &answer);
	struct merit_client_outcome outcome;

	(void)state;
	merit_client_bulk_outcome(bulk, 0, &outcome);
	assert_int_equal(outcome.status, MERIT_OK);
	assert_true(outcome.has_seq && outcome.seq == 17);
	merit_client_bulk_outcome(bulk, 1, &outcome);
	assert_int_equal(outcome.status, MERIT_BAD_REPLY);
	assert_slice(outcome.word, outcome.word_size, "word_of_tomorrow");
	merit_client_bulk_outcome(bulk, 2, &outcome);
	assert_int_equal(outcome.status, MERIT_ID_CONFLICT);
	merit_client_bulk_close(bulk);
}

static void texts_of_outcomes_are_lent_as_the_answer_has_them(void **state)
{
	static const char reply[] = RESULT("[17,{\"status\":\"short\\u005fbudget\",\"why\":{\"ne\\u0065d\":1}},"
	                                   "{\"status\":\"busy\",\"field\":\"\\\"\"}]",
	                                   "\"accepted\":1,\"refused\":0,\"failed\":2");
	struct merit_client_bulk_answer answer;
	struct merit_client_bulk *bulk = answered(reply, &answer);
	struct merit_client_outcome outcome;
	int64_t number;

	(void)state;
	for (int again = 0; again < 2; again++) {
		merit_client_bulk_outcome(bulk, 1, &outcome);
		assert_int_equal(outcome.status, MERIT_BAD_REPLY);
		assert_slice(outcome.word, outcome.word_size, "short\\u005fbudget");
		assert_true(outcome.word > bulk->answer.data && outcome.word < bulk->answer.data + bulk->answer.size);
		assert_false(merit_client_outcome_number(&outcome, "need", &number));
		merit_client_bulk_outcome(bulk, 2, &outcome);
		assert_slice(outcome.field, outcome.field_size, "\\\"");
	}
	merit_client_bulk_close(bulk);
}

static const struct {
	const char *name, *reply;
} strange_replies[] = {
	{ "nothing", "" },
	{ "no JSON", "result" },
	{ "no object", "[" RESULT("[1,2,3]", COUNTS) "]" },
	{ "cut off", "{\"result\":{\"outcomes\":[1,2,3]" },
	{ "more behind it", RESULT("[1,2,3]", COUNTS) "1" },
	{ "neither result nor error", "{\"id\":1}" },
	{ "no outcomes", "{\"result\":{\"accepted\":3}}" },
	{ "too few", RESULT("[1,2]", COUNTS) },
	{ "too many", RESULT("[1,2,3,4]", COUNTS) },
	{ "outcomes twice", "{\"result\":{\"outcomes\":[1,2,3],\"outcomes\":[1,2,3]}}" },
	{ "an outcome that is a text", RESULT("[1,2,\"3\"]", COUNTS) },
	{ "an outcome below 0", RESULT("[1,2,-3]", COUNTS) },
	{ "an outcome that is no integer", RESULT("[1,2,3.5]", COUNTS) },
	{ "an outcome without a status", RESULT("[1,2,{\"seq\":3}]", COUNTS) },
	{ "accepted without a seq", RESULT("[1,2,{\"status\":\"accepted\"}]", COUNTS) },
	{ "a seq that is a text", RESULT("[1,2,{\"status\":\"short_budget\",\"seq\":\"3\"}]", COUNTS) },
	{ "a why that is a number", RESULT("[1,2,{\"status\":\"short_budget\",\"why\":3}]", COUNTS) },
	{ "a status twice", RESULT("[1,2,{\"status\":\"short_budget\",\"status\":\"busy\"}]", COUNTS) },
	{ "a seq twice", RESULT("[1,2,{\"status\":\"short_budget\",\"seq\":3,\"seq\":4}]", COUNTS) },
	{ "a field twice", RESULT("[1,2,{\"status\":\"id_conflict\",\"field\":\"a\",\"field\":\"b\"}]", COUNTS) },
	{ "a why twice", RESULT("[1,2,{\"status\":\"short_budget\",\"why\":{},\"why\":{}}]", COUNTS) },
	{ "a status under an escaped name", RESULT("[1,2,{\"\\u0073tatus\":\"busy\"}]", COUNTS) },
	{ "a status with U+0000", RESULT("[1,2,{\"status\":\"busy\\u0000\"}]", COUNTS) },
	{ "no counts", "{\"result\":{\"outcomes\":[1,2,3]}}" },
	{ "a count short of the rows", RESULT("[1,2,3]", "\"accepted\":2,\"refused\":0,\"failed\":0") },
	{ "counts beyond the rows", RESULT("[1,2,3]", "\"accepted\":3,\"refused\":1,\"failed\":0") },
	{ "a count below 0", RESULT("[1,2,3]", "\"accepted\":-1") },
	{ "an error and a result", "{\"error\":{\"data\":{\"status\":\"busy\"}},\"result\":{\"outcomes\":[1,2,3]}}" },
	{ "an error that says accepted", "{\"error\":{\"data\":{\"status\":\"accepted\"}}}" },
	{ "an error that is a text", "{\"error\":\"busy\"}" },
	{ "a call that is a text", "{\"error\":{\"data\":{\"status\":\"busy\",\"call\":\"1\"}}}" },
	{ "a call behind the last row", "{\"error\":{\"data\":{\"status\":\"busy\",\"call\":3}}}" },
};

static void an_answer_that_does_not_fit_is_not_believed(void **state)
{
	struct merit_client_bulk *bulk = three_rows();
	struct merit_client_bulk_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(strange_replies) / sizeof(strange_replies[0]); i++) {
		const char *reply = strange_replies[i].reply;
		enum merit_status got = merit_inner_answer_read(bulk, reply, strlen(reply), &answer);
		if (got != MERIT_BAD_REPLY)
			print_error("%s: %s\n", strange_replies[i].name, merit_status_word(got));
		assert_int_equal(got, MERIT_BAD_REPLY);
		assert_int_equal(bulk->outcomes_count, 0);
	}
	merit_client_bulk_close(bulk);
}

static void a_refusal_of_the_whole_names_row_and_parameter_where_there_are(void **state)
{
	static const char fault[] = "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"m\",\"data\":"
				    "{\"status\":\"bad_params\",\"call\":2,\"field\":\"points\"}},\"id\":1}";
	static const char busy[] = "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32031,\"message\":\"m\",\"data\":"
				   "{\"status\":\"busy\",\"number\":31}},\"id\":null}";
	static const char bare[] = "{\"error\":{\"code\":-1}}";
	struct merit_client_bulk *bulk = three_rows();
	struct merit_client_bulk_answer answer;

	(void)state;
	assert_int_equal(merit_inner_answer_read(bulk, fault, strlen(fault), &answer), MERIT_OK);
	assert_int_equal(answer.status, MERIT_BAD_PARAMS);
	assert_int_equal(answer.row_index, 2);
	assert_slice(answer.field, answer.field_size, "points");
	assert_int_equal(merit_inner_answer_read(bulk, busy, strlen(busy), &answer), MERIT_OK);
	assert_int_equal(answer.status, MERIT_BUSY);
	assert_int_equal(answer.row_index, MERIT_CLIENT_ROWS_MAX);
	assert_int_equal(answer.field_size, 0);
	assert_int_equal(merit_inner_answer_read(bulk, bare, strlen(bare), &answer), MERIT_OK);
	assert_int_equal(answer.status, MERIT_BAD_REPLY);
	merit_client_bulk_close(bulk);
}

/* ---- A ledger that answers ---- */

static void a_ledger_decides_rows_in_their_order_and_says_the_same_again(void **state)
{
	static const char *const columns[] = { "id", "member", NULL };
	static const char *const rows[][2] = { { "f-1", "M1" }, { "f-2", "M2" }, { "f-3", "M9" }, { "f-2", "M9" } };
	struct merit_client *admin = serving_client(*state, "root/k1", ADMIN_KEY, 1);
	struct merit_client_bulk *bulk = bulk_open("member.freeze", columns);
	struct merit_client_bulk_answer answer;
	struct merit_client_outcome outcome;
	uint64_t seqs[2][3];
	char json[160];

	(void)serving_call(admin, serving_member_create(json, "m-1", "M1"));
	(void)serving_call(admin, serving_member_create(json, "m-2", "M2"));
	assert_int_equal(merit_client_bulk_set(bulk, "reason", merit_client_text("shared")), MERIT_OK);
	for (size_t i = 0; i < 4; i++) {
		const struct merit_client_cell cells[] = { merit_client_text(rows[i][0]),
			                                   merit_client_text(rows[i][1]) };
		assert_int_equal(merit_client_bulk_add(bulk, cells), MERIT_OK);
	}
	for (int again = 0; again < 2; again++) {
		assert_int_equal(merit_client_bulk_call(admin, bulk, &answer), MERIT_OK);
		assert_int_equal(answer.status, MERIT_OK);
		assert_int_equal(answer.accepted_count, 2);
		assert_int_equal(answer.refused_count, 1);
		assert_int_equal(answer.failed_count, 1);
		for (size_t i = 0; i < 3; i++) {
			merit_client_bulk_outcome(bulk, i, &outcome);
			assert_int_equal(outcome.status, i < 2 ? MERIT_OK : MERIT_MEMBER_UNKNOWN);
			assert_true(outcome.has_seq);
			seqs[again][i] = outcome.seq;
		}
		assert_true(seqs[again][0] + 1 == seqs[again][1] && seqs[again][1] + 1 == seqs[again][2]);
		merit_client_bulk_outcome(bulk, 3, &outcome);
		assert_int_equal(outcome.status, MERIT_ID_CONFLICT);
		assert_slice(outcome.field, outcome.field_size, "member");
	}
	assert_memory_equal(seqs[0], seqs[1], sizeof(seqs[0]));
	merit_client_bulk_close(bulk);
	merit_client_close(admin);
}

static int serving_make_started(void **state)
{
	int failed = serving_make(state);

	if (failed == 0)
		merit_server_start(((struct serving *)*state)->server);
	return failed;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_said_once_and_each_row_says_its_values),
		cmocka_unit_test(a_cleared_bulk_keeps_its_columns_and_common_parameters),
		cmocka_unit_test(a_private_cell_brings_its_line_and_clearing_takes_it_away),
		cmocka_unit_test(names_that_cannot_be_are_refused),
		cmocka_unit_test(columns_and_common_parameters_are_32_together),
		cmocka_unit_test(a_row_that_cannot_be_sent_changes_nothing),
		cmocka_unit_test(without_memory_a_bulk_stays_as_it_was),
		cmocka_unit_test(a_bulk_takes_8192_rows_and_not_one_more),
		cmocka_unit_test(a_bulk_fits_its_message_to_the_byte_with_its_private_lines),
		cmocka_unit_test(each_row_finds_its_outcome),
		cmocka_unit_test(outcomes_may_be_whole_spaced_and_of_a_newer_ledger),
		cmocka_unit_test(texts_of_outcomes_are_lent_as_the_answer_has_them),
		cmocka_unit_test(an_answer_that_does_not_fit_is_not_believed),
		cmocka_unit_test(a_refusal_of_the_whole_names_row_and_parameter_where_there_are),
		cmocka_unit_test_setup_teardown(a_ledger_decides_rows_in_their_order_and_says_the_same_again,
		                                serving_make_started, serving_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
