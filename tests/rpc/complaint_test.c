/* complaint_test.c
 * Goal    what users of other systems complain about when many come at once: the last piece sold twice, the same points
 *         spent twice, one event paid twice, one code given to several. Each test says what merit does in place of
 *         that, and which complaint it answers. tests/ledger/complaint_*_test.c have what needs no crowd.
 * Method  the real meritd; so many connections, each with one call that all but one of them must lose. All are sent
 *         before any answer is read. Then the books are looked at, and the log is decided again. */
#include "ledger/verify.h"
#include "tests/support/service.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CROWD      50

#define need(call) assert_int_equal(call, MERIT_OK)

static int make(void **state)
{
	*state = service_new();
	return 0;
}

static int drop(void **state)
{
	service_free(*state);
	return 0;
}

/* Ends a story: the log is decided again from its first entry on, and its state compared. */
static void prove(struct service *s)
{
	struct merit_verify_options options = { .directory = s->fixture->directory };
	struct merit_verify_report report;

	assert_int_equal(service_end(s, SIGTERM), 0);
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("%s", report.fault);
}

/* The points of the first members, as gifts of an earlier time. */
static void gifts_give(struct service *s, int members, int points)
{
	fixture_open(s->fixture);
	for (int i = 0; i < members; i++) {
		char member[MERIT_NAME_SIZE_MAX + 1];
		snprintf(member, sizeof(member), "m%d", i);
		if (i >= SERVICE_MEMBERS)
			fixture_member(s->fixture, member);
		need(fixture_gift(s->fixture, member, "start", points));
	}
	fixture_close(s->fixture);
}

/* Each of count connections sends one call, its parameters a format with the number of the connection up to four times:
 * how many are accepted. All others must end in the status other. */
__attribute__((format(printf, 5, 0))) static int race(struct service *s, int count, enum merit_status other,
                                                      const char *method, const char *format)
{
	struct merit_client *clients[SERVICE_CLIENTS_MAX];
	int accepted = 0;

	for (int i = 0; i < count; i++) {
		struct merit_buffer json = { 0 };
		merit_buffer_put_format(&json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{", method);
		size_t start = json.size;
		merit_buffer_put_format(&json, format, i, i, i, i);
		for (size_t at = start; at < json.size; at++)
			json.data[at] = (char)(json.data[at] == '\'' ? '"' : json.data[at]);
		merit_buffer_put_text(&json, "}}");
		assert_false(json.bad);
		clients[i] = service_client(s, "svc/k1", 1);
		need(merit_client_submit(clients[i], json.data, json.size));
		merit_buffer_free(&json);
	}
	for (int i = 0; i < count; i++) {
		enum merit_status status = service_wait(s, clients[i]);
		if (status != MERIT_OK && status != other)
			fail_msg("%s", s->reply.data);
		accepted += status == MERIT_OK;
		service_close(s, clients[i]);
	}
	return accepted;
}

/* ---- Orders ---- */

/* macrozheng/mall#185, shopxo#38: oversold under load. ruoyi-vue-pro#802: the last piece cannot be bought at all. */
static void fifty_who_want_the_last_piece_are_one_order(void **state)
{
	struct service *s = *state;

	gifts_give(s, CROWD, 100);
	service_start(s);
	struct merit_client *shop = service_client(s, "shop/k1", 1);
	need(service_call(s, shop, "item.stock", "'id':'s1','item':'cup','quantity':%d", 1 - SERVICE_STOCK));
	assert_int_equal(race(s, CROWD, MERIT_SHORT_STOCK, "order.place",
	                      "'id':'p%d','order':'o%d','member':'m%d',"
	                      "'lines':[{'item':'cup','version':1,'points':30,'quantity':1}]"),
	                 1);
	need(service_call(s, shop, "item.get", "'item':'cup'"));
	assert_int_equal(service_integer(s, "stock"), 0);
	prove(s);
}

/* Nova-Rewards#190, fuint#71: the same points are spent by everybody who asks at the same time. */
static void fifty_orders_for_the_same_points_spend_them_once(void **state)
{
	struct service *s = *state;

	gifts_give(s, 1, 75);
	service_start(s);
	assert_int_equal(race(s, CROWD, MERIT_SHORT_POINTS, "order.place",
	                      "'id':'p%d','order':'o%d','member':'m0',"
	                      "'lines':[{'item':'cup','version':1,'points':30,'quantity':1}]"),
	                 2);
	assert_int_equal(service_points(s, "m0"), 15);
	prove(s);
}

/* Blnk#171: two commits of what is in flight, at the same time, are both taken. */
static void fifty_ends_of_one_hold_are_one(void **state)
{
	struct service *s = *state;

	gifts_give(s, 1, 75);
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	for (int kind = 0; kind < 2; kind++) {
		need(service_call(s, svc, "order.place",
		                  "'id':'hold%d','order':'o%d','member':'m0',"
		                  "'lines':[{'item':'cup','version':1,'points':30,'quantity':1}]",
		                  kind, kind));
		assert_int_equal(
			kind == 0 ? race(s, CROWD, MERIT_NOTHING_TO_DO, "order.cancel", "'id':'c%d','order':'o0'")
				  : race(s, CROWD, MERIT_NOTHING_TO_DO, "order.fulfil", "'id':'f%d','order':'o1'"),
			1);
		assert_int_equal(service_points(s, "m0"), kind == 0 ? 75 : 45);
	}
	prove(s);
}

/* one-api#2399, The-Leetcode-City#162: one code is redeemed by several users. */
static void a_code_that_twenty_want_goes_to_one(void **state)
{
	struct service *s = *state;

	gifts_give(s, 20, 100);
	fixture_open(s->fixture);
	need(fixture_call(s->fixture, "ops", "item.create",
	                  "'item':'film','merchant':'shop','class':'code','points':50,'currency':'GBP',"
	                  "'price_minor':45"));
	for (int i = 0; i < 3; i++) {
		static const char *const codes[] = { "film-a", "film-b", "film-c" };
		const char *commitment = fixture_private(s->fixture, codes[i]);
		need(fixture_call(s->fixture, "shop", "code.add", "'item':'film','code':'%s'", commitment));
	}
	fixture_close(s->fixture);
	service_start(s);
	assert_int_equal(race(s, 20, MERIT_SHORT_STOCK, "order.place",
	                      "'id':'p%d','order':'o%d','member':'m%d',"
	                      "'lines':[{'item':'film','version':1,'points':50,'quantity':1}]"),
	                 3);
	int64_t points = 0;
	for (int i = 0; i < 20; i++) {
		char member[MERIT_NAME_SIZE_MAX + 1];
		snprintf(member, sizeof(member), "m%d", i);
		points += service_points(s, member);
	}
	assert_int_equal(points, 20 * 100 - 3 * 50);
	prove(s);
}

/* ---- Awards ---- */

/* compressor#1476, formance stack#1464: one event is paid as often as it is told, where all of it comes at once. */
static void twenty_tellings_of_one_event_are_one_award(void **state)
{
	struct service *s = *state;

	service_start(s);
	assert_int_equal(race(s, 20, MERIT_ALREADY_EARNED, "earn",
	                      "'id':'e%d','member':'m0','campaign':'c1','event':'gift','reference':'once',"
	                      "'occurred':1700000000000,'points':10"),
	                 1);
	assert_int_equal(service_points(s, "m0"), 10);
	prove(s);
}

/* Midaz#1974: what one id means is not said. Here the first content that comes has it, and every other is told so. */
static void one_id_with_twenty_contents_is_the_first_of_them(void **state)
{
	struct service *s = *state;

	service_start(s);
	int64_t entries = service_entries(s);
	assert_int_equal(race(s, 20, MERIT_ID_CONFLICT, "earn",
	                      "'id':'same','member':'m0','campaign':'c1','event':'gift','reference':'r%d',"
	                      "'occurred':1700000000000,'points':10"),
	                 1);
	assert_int_equal(service_entries(s), entries + 1);
	assert_int_equal(service_points(s, "m0"), 10);
	prove(s);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(fifty_who_want_the_last_piece_are_one_order),
		ROW(fifty_orders_for_the_same_points_spend_them_once),
		ROW(fifty_ends_of_one_hold_are_one),
		ROW(a_code_that_twenty_want_goes_to_one),
		ROW(twenty_tellings_of_one_event_are_one_award),
		ROW(one_id_with_twenty_contents_is_the_first_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
