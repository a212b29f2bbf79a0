/* bulk_call_test.c
 * Goal    a row of a bulk is a call like any other: an id, an outcome and an entry of its own, whatever form it has.
 * Method  bulks beside single calls, batches and atomic groups in a fixture's ledger; answers are compared whole, and
 *         at the end of each story the log proves itself, signatures and requests included. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

/* Sends JSON with ' in place of ". */
static void send(struct fixture *f, const char *kid, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void send(struct fixture *f, const char *kid, const char *format, ...)
{
	char json[4096];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(json, sizeof(json), format, arguments);
	va_end(arguments);
	assert_true(size > 0 && (size_t)size < sizeof(json));
	for (char *at = json; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	(void)!fixture_send(f, kid, json);
}

/* Ends the test where the answer is another one than this, with ' in place of ". */
static void answer_is(const struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void answer_is(const struct fixture *f, const char *format, ...)
{
	char want[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(want, sizeof(want), format, arguments);
	va_end(arguments);
	for (char *at = want; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	assert_string_equal(f->reply.data, want);
}

#define CALL(method, params) "{'jsonrpc':'2.0','id':1,'method':'" method "','params':{" params "}}"
#define GIFTS(more, rows)                                                                                              \
	CALL("bulk", "'method':'earn','params':{'campaign':'c1','event':'gift','occurred':1767225600000},"             \
	             "'columns':['id','member','reference','points']," more "'rows':[" rows "]")
#define GIFT(id, reference, points)                                                                                    \
	"'id':'" id "','member':'m1','campaign':'c1','event':'gift','reference':'" reference "','points':" points      \
	",'occurred':1767225600000"
#define OUTCOMES "{'jsonrpc':'2.0','result':{'outcomes':["
#define COUNTS   "],'accepted':%d,'refused':%d,'failed':%d},'id':1}"

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	return f;
}

static void every_row_is_an_entry_of_its_own(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = fixture_size(f);
	struct merit_entry entry;

	(void)state;
	send(f, "svc",
	     "[" CALL("member.create", "'id':'m','member':'m2'") "," GIFTS(
		     "", "['a','m1','r-1',10],['b','m2','r-2',20]") "," CALL("member.create",
	                                                                     "'id':'n','member':'m3'") "]");
	answer_has(f, "'id':'m'");
	assert_int_equal(fixture_size(f), first + 4);
	for (uint32_t i = 0; i < 2; i++) {
		fixture_entry(f, first + 1 + i, &entry);
		assert_true(merit_text_equal(entry.id, i == 0 ? MERIT_TEXT("a") : MERIT_TEXT("b")));
		assert_int_equal(entry.request_index, 1 + i);
		assert_int_equal(entry.group_count, 0);
		assert_int_equal(entry.values[EARN_POINTS].integer, i == 0 ? 10 : 20);
	}
	fixture_entry(f, first + 3, &entry);
	assert_int_equal(entry.request_index, 3);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 10);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 20);
	world_free(f);
}

static void a_bulk_sent_again_gets_the_same_answer(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	send(f, "svc", GIFTS("", "['a','m1','r-1',10],['b','m1','r-1',20],['c','m1','r-2',2000]"));
	answer_has(f, "'accepted':1,'refused':2,'failed':0");
	char *first = strdup(f->reply.data);
	uint64_t size = fixture_size(f);
	send(f, "svc", GIFTS("", "['a','m1','r-1',10],['b','m1','r-1',20],['c','m1','r-2',2000]"));
	assert_string_equal(f->reply.data, first);
	send(f, "svc", "[" GIFTS("", "['a','m1','r-1',10]") "," GIFTS("", "['c','m1','r-2',2000]") "]");
	answer_has(f, "'refused':1");
	assert_int_equal(fixture_size(f), size);
	free(first);
	world_free(f);
}

/* Alone first and in a bulk then, and the other way round; among n rows, and n + 1. */
static void a_row_is_the_same_call_as_one_outside_a_bulk(void **state)
{
	struct fixture *f = world_new();
	int seq = (int)fixture_size(f);

	(void)state;
	send(f, "svc", CALL("earn", GIFT("a", "r-1", "10")));
	answer_has(f, "'status':'accepted'");
	send(f, "svc", GIFTS("", "['a','m1','r-1',10]"));
	answer_is(f, OUTCOMES "%d" COUNTS, seq, 1, 0, 0);
	send(f, "svc", GIFTS("", "['a','m1','r-1',10],['b','m1','r-2',20]"));
	answer_is(f, OUTCOMES "%d,%d" COUNTS, seq, seq + 1, 2, 0, 0);
	send(f, "svc", CALL("earn", GIFT("b", "r-2", "20")));
	assert_int_equal(fixture_integer(f, "seq"), seq + 1);
	send(f, "svc",
	     CALL("bulk", "'method':'earn','params':{"
	                  "'member':'m1','campaign':'c1','event':'gift',"
	                  "'occurred':1767225600000},'columns':['points','reference','id'],"
	                  "'rows':[[20,'r-2','b'],[30,'r-3','c'],[10,'r-1','a']]"));
	answer_is(f, OUTCOMES "%d,%d,%d" COUNTS, seq + 1, seq + 2, seq, 3, 0, 0);
	assert_int_equal(fixture_size(f), seq + 3);
	world_free(f);
}

static void a_row_without_an_entry_stops_no_other(void **state)
{
	struct fixture *f = world_new();
	int seq = (int)fixture_size(f);

	(void)state;
	send(f, "svc", GIFTS("", "['a','m1','r-1',10],['a','m1','r-1',11],['a','m1','r-1',10],['b','m1','r-2',20]"));
	answer_is(f, OUTCOMES "%d,{'status':'id_conflict','field':'points'},%d,%d" COUNTS, seq, seq, seq + 1, 3, 0, 1);
	send(f, "svc", CALL("atomic", "'calls':[{'method':'earn','params':{" GIFT("g", "r-3", "5") "}}]"));
	answer_has(f, "'status':'accepted'");
	send(f, "svc", GIFTS("", "['g','m1','r-3',5],['c','m1','r-4',30]"));
	answer_is(f, OUTCOMES "{'status':'group_conflict'},%d" COUNTS, seq + 3, 1, 0, 1);
	world_free(f);
}

/* Whoever may call the method may send it in rows; who may not is told so in each. */
static void roles_are_those_of_the_method(void **state)
{
	static const struct {
		const char *kid;
		bool may;
	} rows[] = {
		{ "svc", true },  { "ops", true }, { "aud", false },
		{ "fin", false }, { "m1", false }, { "shop", false },
	};
	struct fixture *f = world_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t size = fixture_size(f);
		send(f, rows[i].kid,
		     CALL("bulk", "'method':'member.create','columns':['id','member'],"
		                  "'rows':[['a','m-%zu-a'],['b','m-%zu-b']]"),
		     i, i);
		if (rows[i].may)
			answer_is(f, OUTCOMES "%d,%d" COUNTS, (int)size, (int)size + 1, 2, 0, 0);
		else
			answer_is(f, OUTCOMES "{'status':'not_permitted'},{'status':'not_permitted'}" COUNTS, 0, 0, 2);
		assert_int_equal(fixture_size(f), size + (rows[i].may ? 2 : 0));
	}
	world_free(f);
}

static void detail_gives_the_outcomes_of_single_calls(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	send(f, "svc", GIFTS("'detail':false,", "['a','m1','r-1',10]"));
	answer_is(f, OUTCOMES "%d" COUNTS, (int)fixture_size(f) - 1, 1, 0, 0);
	send(f, "svc", GIFTS("'detail':true,", "['a','m1','r-1',10],['b','m1','r-1',20],['a','m1','r-1',11]"));
	answer_has(f, "'id':'a','result':{'rule':1,'paid':10,");
	answer_has(f, "'balances':{'campaign/c1':99990,'member/m1':10}},{'status':'already_earned','seq':");
	answer_has(f, "'id':'b','why':{");
	answer_has(f, "},{'status':'id_conflict','field':'points'}],'accepted':1,'refused':1,'failed':1}");
	world_free(f);
}

static void one_bad_row_refuses_the_whole_message(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);

	(void)state;
	send(f, "svc", GIFTS("", "['a','m1','r-1',10],['b','m1','r-2','20']"));
	answer_has(f, "'status':'bad_params'");
	answer_has(f, "'field':'points'");
	assert_int_equal(fixture_size(f), size);
	world_free(f);
}

/* Two orders with where they go, and one between them that says nothing: the lines follow in the order of the rows. */
static void private_lines_follow_in_the_order_of_the_rows(void **state)
{
	static const char orders[] =
		CALL("bulk",
	             "'method':'order.place','params':{'member':'m1','lines':[{'item':'cup','version':1,'points':30,"
	             "'quantity':1}]},"
	             "'columns':['id','order','recipient'],'rows':[['a','o1','%s'],['b','o2',null],['c','o3','%s']]");
	struct fixture *f = world_new();
	char first[65], second[65];

	(void)state;
	must(f, fixture_gift(f, "m1", "r", 500));
	uint64_t size = fixture_size(f);
	snprintf(first, sizeof(first), "%s", fixture_private(f, "Li Lei, Suzhou"));
	snprintf(second, sizeof(second), "%s", fixture_private(f, "Han Meimei, Wuxi"));
	send(f, "svc", orders, second, first); /* in the other order than their lines */
	answer_has(f, "'status':'private_mismatch'");
	assert_int_equal(fixture_size(f), size);
	(void)fixture_private(f, "Li Lei, Suzhou");
	(void)fixture_private(f, "Han Meimei, Wuxi");
	send(f, "svc", orders, first, second);
	answer_is(f, OUTCOMES "%d,%d,%d" COUNTS, (int)size, (int)size + 1, (int)size + 2, 3, 0, 0);
	must(f, fixture_query(f, "m1", "order.recipient", "'order':'o1'"));
	answer_has(f, "Li Lei, Suzhou");
	must(f, fixture_query(f, "m1", "order.recipient", "'order':'o3'"));
	answer_has(f, "Han Meimei, Wuxi");
	world_free(f);
}

/* As many rows as a message may hold, and one more. */
static void a_bulk_holds_rows_up_to_the_limit(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);

	(void)state;
	for (size_t count = MERIT_CALLS_MAX + 1; count >= MERIT_CALLS_MAX; count--) {
		struct merit_buffer json = { 0 };
		merit_buffer_put_text(&json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"bulk\",\"params\":{\"method\":"
		                             "\"member.create\",\"columns\":[\"id\",\"member\"],\"rows\":[");
		for (size_t i = 0; i < count; i++)
			merit_buffer_put_format(&json, "%s[\"b-%zu\",\"b-%zu\"]", i == 0 ? "" : ",", i, i);
		merit_buffer_put(&json, "]}}", sizeof("]}}"));
		assert_false(json.bad);
		(void)!fixture_send(f, "svc", json.data);
		merit_buffer_free(&json);
		if (count > MERIT_CALLS_MAX)
			answer_has(f, "'status':'too_many_calls'");
	}
	answer_has(f, "'accepted':8192,'refused':0,'failed':0}");
	assert_int_equal(fixture_size(f), size + MERIT_CALLS_MAX);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_an_entry_of_its_own),
		cmocka_unit_test(a_bulk_sent_again_gets_the_same_answer),
		cmocka_unit_test(a_row_is_the_same_call_as_one_outside_a_bulk),
		cmocka_unit_test(a_row_without_an_entry_stops_no_other),
		cmocka_unit_test(roles_are_those_of_the_method),
		cmocka_unit_test(detail_gives_the_outcomes_of_single_calls),
		cmocka_unit_test(one_bad_row_refuses_the_whole_message),
		cmocka_unit_test(private_lines_follow_in_the_order_of_the_rows),
		cmocka_unit_test(a_bulk_holds_rows_up_to_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
