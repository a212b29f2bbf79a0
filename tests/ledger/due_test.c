/* due_test.c
 * Goal    what the clock makes due happens once, as an entry of the system's, and no operation or read can tell whether
 *         the sweep has been by: what it touches is settled first.
 * Method  stories in the fixture's world; a backlog larger than one sweep for what must be settled on demand. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define MINUTE_MS 60000LL

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	must(f, fixture_gift(f, "m1", "start", 200));
	return f;
}

static void an_order_lapses_at_its_deadline(void **state)
{
	struct fixture *f = world_new();
	struct merit_entry entry;

	(void)state;
	must(f, fixture_order(f, "o", "m1", 5));
	assert_int_equal(fixture_integer(f, "deadline"), f->now_ms + 60 * MINUTE_MS);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':2}]"));
	uint64_t before = fixture_size(f);
	fixture_advance(f, 60 * MINUTE_MS - 1);
	assert_int_equal(fixture_size(f), before);
	fixture_advance(f, 1);
	assert_int_equal(fixture_size(f), before + 1);
	fixture_entry(f, before, &entry);
	assert_int_equal(entry.operation->number, MERIT_OP_ORDER_LAPSE);
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("system")));
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 140);
	must(f, fixture_query(f, "svc", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "stock"), 8);
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'o'"), MERIT_NOTHING_TO_DO);
	fixture_tick(f);
	assert_int_equal(fixture_size(f), before + 2); /* once: the refused fulfilment is the other entry */
	fixture_free(f);
}

static void a_shipped_order_counts_as_received_in_time(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':1}]"));
	fixture_advance(f, 30 * MINUTE_MS);
	must(f,
	     fixture_call(f, "shop", "order.fulfil", "'order':'o'")); /* the clock starts again with the last parcel */
	uint64_t before = fixture_size(f);
	fixture_advance(f, 30 * FIXTURE_DAY_MS - 1);
	assert_int_equal(fixture_size(f), before);
	fixture_advance(f, 1);
	assert_int_equal(fixture_size(f), before + 1);
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_int_equal(fixture_integer(f, "received"), 2);
	assert_string_equal(fixture_text(f, "state"), "ended");
	fixture_advance(f, 300 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + 1);
	fixture_free(f);
}

static void what_was_received_or_refunded_is_not_due_again(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_order(f, "o2", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o2'"));
	must(f, fixture_call(f, "m1", "order.receive", "'order':'o1'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o2','reason':'r'"));
	uint64_t before = fixture_size(f);
	fixture_advance(f, 100 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before);
	fixture_free(f);
}

static void time_does_not_go_back(void **state)
{
	struct fixture *f = world_new();
	int64_t now_ms = f->now_ms;

	(void)state;
	fixture_member(f, "m2");
	f->now_ms -= MINUTE_MS;
	must(f, fixture_call(f, "svc", "member.create", "'member':'m3'"));
	assert_int_equal(fixture_integer(f, "time"), now_ms);
	fixture_free(f);
}

static void the_next_due_time_is_known(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	assert_true(merit_ledger_next_due_ms(f->ledger) == INT64_MAX);
	must(f, fixture_gift(f, "m1", "r", 100));
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), FIXTURE_BIRTH_MS + 366 * FIXTURE_DAY_MS);
	must(f, fixture_order(f, "o", "m1", 1));
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), f->now_ms + 60 * MINUTE_MS);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), FIXTURE_BIRTH_MS + 366 * FIXTURE_DAY_MS);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'visit','points':5,'evidence':'none','delay_days':3"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'visit','reference':'v','occurred':%" PRId64,
	                     f->now_ms));
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), FIXTURE_BIRTH_MS + 3 * FIXTURE_DAY_MS);
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'", fixture_integer(f, "seq")));
	assert_int_equal(merit_ledger_next_due_ms(f->ledger), FIXTURE_BIRTH_MS + 366 * FIXTURE_DAY_MS);
	fixture_free(f);
}

/* ---- A backlog ---- */

#define BACKLOG       (MERIT_TICK_EFFECTS_MAX + 300)
#define LARGE_BACKLOG (2 * MERIT_TICK_EFFECTS_MAX + 300) /* more than one group may sweep */

/* More members than one sweep serves, each with ten points of one day; the one told of is the last to be served. */
static struct fixture *backlog_of(int count)
{
	struct fixture *f = fixture_new();
	struct merit_buffer json = { 0 };

	fixture_world(f);
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c1','points':100000"));
	for (int half = 0; half < 2; half++) {
		merit_buffer_clear(&json);
		merit_buffer_put_char(&json, '[');
		for (int i = 0; i < count; i++) {
			merit_buffer_put_format(
				&json,
				"%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"id\":\"%d-%d\","
				"\"member\":\"a%04d\"",
				i > 0 ? "," : "", half == 0 ? "member.create" : "earn", half, i, i);
			if (half == 1)
				merit_buffer_put_format(&json,
				                        ",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"r\","
				                        "\"occurred\":%lld,\"points\":60",
				                        FIXTURE_BIRTH_MS);
			merit_buffer_put_text(&json, "}}");
		}
		merit_buffer_put_text(&json, "]");
		merit_buffer_put_char(&json, '\0');
		must(f, fixture_send(f, "svc", json.data));
		assert_int_equal(fixture_status(f), MERIT_OK);
	}
	merit_buffer_free(&json);
	return f;
}

static struct fixture *backlog_new(void)
{
	return backlog_of(BACKLOG);
}

static void sweep_once(struct fixture *f)
{
	uint64_t before = fixture_size(f);

	fixture_advance(f, 366 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + MERIT_TICK_EFFECTS_MAX);
	assert_true(merit_ledger_has_backlog(f->ledger));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "a1299", 60);
}

static void a_sweep_is_bounded_and_the_next_one_goes_on(void **state)
{
	struct fixture *f = backlog_new();

	(void)state;
	sweep_once(f);
	fixture_tick(f);
	assert_false(merit_ledger_has_backlog(f->ledger));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "a1299", 0);
	fixture_free(f);
}

static void a_call_comes_in_between_what_is_due(void **state)
{
	struct fixture *f = backlog_new();
	uint64_t size = fixture_size(f);

	(void)state;
	f->now_ms += 366 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "svc", "member.create", "'member':'new'"));
	uint64_t before_it = fixture_size(f) - 1 - size;
	assert_true(before_it > 0 && before_it <= MERIT_TICK_EFFECTS_MAX / 4);
	fixture_free(f);
}

/* Within one group the sweep at its begin leaves a backlog: what follows must not see it. */
static void what_a_call_or_read_touches_is_settled_first(void **state)
{
	static const struct {
		const char *name, *json;
		bool is_write;
		const char *want;
	} rows[] = {
		{ "a read of the member",
		  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.get\",\"params\":{\"member\":\"a1299\"}}", false,
		  "\"available\":0" },
		{ "a read of the account",
		  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"balance.get\",\"params\":{\"account\":\"member/a1299\"}}",
		  false, "\"points\":0" },
		{ "an order",
		  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"order.place\",\"params\":{\"id\":\"x\",\"order\":\"o\","
		  "\"member\":\"a1299\","
		  "\"lines\":[{\"item\":\"cup\",\"version\":1,\"points\":30,\"quantity\":1}]}}",
		  true, "short_points" },
		{ "an order in a group",
		  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":[{\"method\":\"order."
		  "place\",\"params\":{"
		  "\"id\":\"x\",\"order\":\"o\",\"member\":\"a1299\",\"lines\":[{\"item\":\"cup\",\"version\":1,"
		  "\"points\":30,"
		  "\"quantity\":1}]}}]}}",
		  true, "short_points" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = backlog_new();
		f->now_ms += 366 * FIXTURE_DAY_MS; /* no sweep before the message's own */
		must(f, fixture_send(f, "svc", rows[i].json));
		if (strstr(f->reply.data, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		for (int ticks = 0; ticks < 2 && merit_ledger_has_backlog(f->ledger); ticks++)
			fixture_tick(f);
		assert_false(merit_ledger_has_backlog(f->ledger));
		fixture_close(f);
		assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
		fixture_open(f); /* the entries can be read and evolved again */
		balance_is(f, MERIT_ACCOUNT_MEMBER, "a1299", 0);
		fixture_free(f);
	}
}

#define READ(method, params) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":{" params "}}"
#define PLACE(member)                                                                                                  \
	"\"id\":\"x\",\"order\":\"o\",\"member\":\"" member "\","                                                      \
	"\"lines\":[{\"item\":\"cup\",\"version\":1,\"points\":30,\"quantity\":1}]"

/* One group's effects are bounded: what depends on more than it may sweep is asked to come again, and took nothing. */
static void what_depends_on_more_than_a_group_may_sweep_is_busy(void **state)
{
	static const struct {
		const char *name, *json;
		enum merit_status want, later;
	} rows[] = {
		{ "a read of much", READ("item.list", ""), MERIT_BUSY, MERIT_OK },
		{ "a read of one member", READ("member.get", "\"member\":\"a2299\""), MERIT_OK, MERIT_OK },
		{ "a read of a member's account", READ("balance.get", "\"account\":\"member/a2299\""), MERIT_OK,
		  MERIT_OK },
		{ "a read of nothing that falls due", READ("program.get", ""), MERIT_OK, MERIT_OK },
		{ "a call that nothing due bears on", READ("member.create", "\"id\":\"x\",\"member\":\"new\""),
		  MERIT_OK, MERIT_OK },
		{ "a refusal that nothing due bears on", READ("member.create", "\"id\":\"x\",\"member\":\"a0001\""),
		  MERIT_PARTY_EXISTS, MERIT_PARTY_EXISTS },
		{ "a refusal", READ("order.place", PLACE("a2299")), MERIT_BUSY, MERIT_SHORT_POINTS },
		{ "a group", READ("atomic", "\"calls\":[{\"method\":\"order.place\",\"params\":{" PLACE("a2299") "}}]"),
		  MERIT_BUSY, MERIT_SHORT_POINTS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = backlog_of(LARGE_BACKLOG);
		uint64_t size = fixture_size(f);
		f->now_ms += 366 * FIXTURE_DAY_MS;
		must(f, fixture_send(f, "svc", rows[i].json));
		if (fixture_status(f) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		assert_true(fixture_size(f) <= size + 2 * MERIT_TICK_EFFECTS_MAX + 1); /* and the member's own */
		assert_true(merit_ledger_has_backlog(f->ledger));
		while (merit_ledger_has_backlog(f->ledger))
			fixture_tick(f);
		must(f, fixture_send(f, "svc", rows[i].json));
		if (fixture_status(f) != rows[i].later)
			fail_msg("%s, later: %s", rows[i].name, f->reply.data);
		fixture_free(f);
	}
}

/* The member's own overdue order gives its points back before the member spends, though others' are due first. */
/* A member whose two cups lapse with 1,000 lots due before: those die in the sweep of the next group. */
static struct fixture *overdue_order_new(void)
{
	struct fixture *f = backlog_new();

	fixture_advance(f, 365 * FIXTURE_DAY_MS - 90 * MINUTE_MS);
	fixture_member(f, "rich");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2030-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':0,'round':'none','from':'"
	                  "occurred'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c2','event':'gift','points':60,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c2','points':1000"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'rich','campaign':'c2','event':'gift','reference':'r','occurred':%" PRId64,
	                     f->now_ms));
	fixture_advance(f, FIXTURE_DAY_MS + 89 * MINUTE_MS);
	must(f, fixture_order(f, "o1", "rich", 2));
	f->now_ms += 61 * MINUTE_MS; /* midnight, and then the order's deadline */
	return f;
}

static void a_members_overdue_order_comes_back_first(void **state)
{
	struct fixture *f = overdue_order_new();

	(void)state;
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_HELD, "rich"), 60);
	must(f, fixture_query(f, "svc", "member.get", "'member':'rich'"));
	assert_int_equal(fixture_integer(f, "available"), 60);
	assert_int_equal(fixture_integer(f, "held"), 0);
	assert_true(merit_ledger_has_backlog(f->ledger)); /* and nobody else's was swept for it */
	fixture_free(f);
}

/* What another member's order held is on the shelf again for who looks at it. */
static void an_overdue_order_of_anothers_frees_its_pieces_first(void **state)
{
	static const char *const reads[][2] = { { "item.get", "'item':'cup','member':'m1'" },
		                                { "item.list", "'member':'m1'" } };

	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct fixture *f = overdue_order_new();
		assert_int_equal(merit_model_item(&f->ledger->model, MERIT_TEXT("cup"))->stock, 8);
		(void)fixture_query(f, "svc", reads[i][0], "%s", reads[i][1]);
		assert_int_equal(fixture_integer(f, "stock"), 10);
		assert_non_null(strstr(f->reply.data, "\"status\":\"short_points\""));
		fixture_free(f);
	}
}

/* What a receipt made due before new terms is owed by the old ones, though nothing had swept it. */
static void an_overdue_receipt_keeps_the_terms_of_its_day(void **state)
{
	struct fixture *f = backlog_new();

	(void)state;
	must(f, fixture_call(f, "fin", "merchant.terms", "'merchant':'shop','settle_days':0"));
	fixture_advance(f, 337 * FIXTURE_DAY_MS); /* its 30 days end behind the lots of the backlog */
	must(f, fixture_gift(f, "m1", "g", 60));
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	f->now_ms += 31 * FIXTURE_DAY_MS; /* no sweep before the call's own */
	must(f, fixture_call(f, "fin", "merchant.terms", "'merchant':'shop','settle_days':90"));
	must(f, fixture_call(f, "fin", "settlement.open",
	                     "'settlement':'s','party':'shop','currency':'CNY','cutoff':'2027-01-03'"));
	assert_int_equal(fixture_integer(f, "sum_minor"), 25);
	fixture_free(f);
}

/* Of two awards that mature into a debt the one whose day came first pays it, though it was earned last, and though
 * both are settled at once. */
static void a_members_awards_mature_in_the_order_of_their_days(void **state)
{
	struct fixture *f = backlog_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'slow','points':100,'evidence':'none','delay_days':10"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'quick','points':100,'evidence':'none','delay_days':5"));
	fixture_advance(f, 363 * FIXTURE_DAY_MS);
	must(f, fixture_gift(f, "m1", "g", 60));
	int64_t gift = fixture_integer(f, "seq");
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'", gift));
	for (int i = 0; i < 2; i++) { /* of 29 and 30 December, until 8 and 4 January */
		must(f, fixture_call(f, "svc", "earn",
		                     "'member':'m1','campaign':'c1','event':'%s','reference':'r','occurred':%" PRId64,
		                     i == 0 ? "slow" : "quick", (int64_t)(f->now_ms - (1 - i) * FIXTURE_DAY_MS)));
	}
	f->now_ms = FIXTURE_BIRTH_MS + 400 * FIXTURE_DAY_MS;
	must(f, fixture_query(f, "svc", "member.get", "'member':'m1'"));
	assert_true(merit_ledger_has_backlog(f->ledger));
	assert_non_null(strstr(f->reply.data, "\"available\":140,\"pending\":0,\"held\":0,\"debt\":0"));
	assert_non_null(strstr(f->reply.data, "\"last_day\":\"2027-12-29\",\"available\":100"));
	assert_non_null(strstr(f->reply.data, "\"last_day\":\"2027-12-30\",\"available\":40"));
	fixture_free(f);
}

/* 200 campaigns of long names whose points die on one day do not fit one entry. */
static void a_day_of_many_lots_dies_in_parts(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (int i = 0; i < MERIT_MEMBER_LOTS_MAX; i++) {
		char name[MERIT_NAME_SIZE_MAX + 1];
		snprintf(name, sizeof(name), "campaign-with-the-longest-nm-%03u", (unsigned)i % 1000);
		must(f, fixture_call(f, "ops", "campaign.create",
		                     "'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','"
		                     "currency':'CNY',"
		                     "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
		                     "'from':'occurred'",
		                     name));
		must(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'%s','event':'gift','maximum':9000000000000,'evidence':'none'", name));
		must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':9000000000000", name));
		must(f, fixture_call(f, "svc", "earn",
		                     "'member':'m1','campaign':'%s','event':'gift','reference':'r','occurred':%" PRId64
		                     ",'points':9000000000000",
		                     name, f->now_ms));
	}
	uint64_t before = fixture_size(f);
	fixture_advance(f, 366 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + 2);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -100000);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_lapses_at_its_deadline),
		cmocka_unit_test(a_shipped_order_counts_as_received_in_time),
		cmocka_unit_test(what_was_received_or_refunded_is_not_due_again),
		cmocka_unit_test(time_does_not_go_back),
		cmocka_unit_test(the_next_due_time_is_known),
		cmocka_unit_test(a_sweep_is_bounded_and_the_next_one_goes_on),
		cmocka_unit_test(a_call_comes_in_between_what_is_due),
		cmocka_unit_test(what_a_call_or_read_touches_is_settled_first),
		cmocka_unit_test(what_depends_on_more_than_a_group_may_sweep_is_busy),
		cmocka_unit_test(a_members_overdue_order_comes_back_first),
		cmocka_unit_test(an_overdue_order_of_anothers_frees_its_pieces_first),
		cmocka_unit_test(an_overdue_receipt_keeps_the_terms_of_its_day),
		cmocka_unit_test(a_members_awards_mature_in_the_order_of_their_days),
		cmocka_unit_test(a_day_of_many_lots_dies_in_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
