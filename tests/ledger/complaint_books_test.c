/* complaint_books_test.c
 * Goal    what users of other systems complain about, of what they are told: a balance that changed for no reason, a
 *         history with a gap, a 0 that means "unknown", an error that means "something". Each test says what merit does
 *         in place of that, and which complaint it answers.
 * Method  stories in the fixture's world; answers are read as a caller reads them. */
#include "tests/ledger/orders.h"

/* ---- A story in which a member's points move in every way there is ---- */

static int64_t award(struct fixture *f, const char *member, const char *campaign, const char *event, const char *rest)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'%s','campaign':'%s','event':'%s','reference':'r%u','occurred':%" PRId64 "%s",
	                     member, campaign, event, f->ids, f->now_ms, rest));
	return fixture_integer(f, "seq");
}

static void awards_tell(struct fixture *f)
{
	static const struct step rules[] = {
		{ "reviewed", "ops", "campaign.rule",
		  "'campaign':'c1','event':'case','points':70,'evidence':'none','review':true", MERIT_OK },
		{ "delayed", "ops", "campaign.rule",
		  "'campaign':'c1','event':'visit','points':40,'evidence':'none','delay_days':1", MERIT_OK },
		{ "for bringing in", "ops", "campaign.referral",
		  "'campaign':'c1','event':'course','referrer_points':50,'referee_points':20", MERIT_OK },
		{ "who brought in whom", "svc", "referral.record", "'referrer':'m1','referee':'m2','campaign':'c1'",
		  MERIT_OK },
		{ "from before", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','points':500,'reference':'old-1'", MERIT_OK },
	};

	fixture_member(f, "m2");
	fixture_party(f, "ops2", "operator");
	STEPS_RUN(f, rules);
	int64_t seq = award(f, "m1", "c1", "gift", ",'points':100");
	must(f, fixture_call(f, "ops", "reverse", "'entry':%" PRId64 ",'reason':'a mistake'", seq));
	seq = award(f, "m1", "c1", "gift", ",'points':200");
	must(f, fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'reverse','params':{'entry':%" PRId64
	                     ",'reason':'fraud'}}",
	                     seq));
	must(f, fixture_call(f, "ops2", "proposal.approve", "'proposal':'p'"));
	seq = award(f, "m1", "c1", "case", "");
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%" PRId64 ",'decision':'approve','reason':'seen'", seq));
	seq = award(f, "m1", "c1", "case", "");
	must(f,
	     fixture_call(f, "ops", "earn.review", "'entry':%" PRId64 ",'decision':'reject','reason':'a copy'", seq));
	award(f, "m1", "c1", "visit", "");
	award(f, "m2", "c1", "course", "");
}

static void story_tell(struct fixture *f)
{
	awards_tell(f);
	campaign_add(f, "c2", "CNY", 1);
	award(f, "m1", "c2", "gift", ",'points':35");
	must(f, fixture_order(f, "o1", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1','lines':[{'line':0,'quantity':2}]"));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o1','reason':'too late'"));
	must(f, fixture_call(f, "shop", "order.refund",
	                     "'order':'o1','reason':'broken','lines':[{'line':0,'quantity':1}]"));
	must(f, fixture_order(f, "o2", "m1", 1));
	fixture_advance(f, 2 * FIXTURE_DAY_MS);  /* o2 lapses, the visit matures */
	fixture_advance(f, 40 * FIXTURE_DAY_MS); /* what is left of c2 expires */
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'retired'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
}

/* ---- Statements ---- */

#define ROWS_MAX 64

/* The rows of the last answer, each with an end of its own, the newest first. */
static size_t rows_split(struct fixture *f, char *rows[ROWS_MAX])
{
	size_t count = 0;
	char *at = strstr(f->reply.data, "\"rows\":[");

	assert_non_null(at);
	while ((at = strstr(at, "{\"seq\":")) != NULL) {
		assert_true(count < ROWS_MAX);
		rows[count++] = at;
		at = strchr(at, '}');
		assert_non_null(at);
		*at++ = '\0';
	}
	return count;
}

static bool row_has(const char *row, const char *name)
{
	char key[32];

	snprintf(key, sizeof(key), "\"%s\":", name);
	return strstr(row, key) != NULL;
}

static int64_t row_integer(const char *row, const char *name)
{
	char key[32];

	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(row, key);
	if (at == NULL)
		fail_msg("no %s in %s", name, row);
	return strtoll(at + strlen(key), NULL, 10);
}

/* What the statement's row of each kind of movement says, besides when, by whom and with which id. */
static const struct {
	const char *op, *words[4];
} movements[] = {
	{ "member.opening", { "campaign", "reference" } },
	{ "earn", { "campaign", "event", "reference" } },
	{ "earn.review", { "campaign", "entry", "reason" } },
	{ "mature", { "campaign", "entry" } },
	{ "reverse", { "entry", "reason" } },
	{ "proposal.approve", { "proposal", "call", "entry", "reason" } },
	{ "referral", { "campaign" } },
	{ "order.place", { "order" } },
	{ "order.fulfil", { "order" } },
	{ "order.cancel", { "order", "reason" } },
	{ "order.refund", { "order", "reason" } },
	{ "order.lapse", { "order" } },
	{ "expire", { "last_day" } },
	{ "forfeit", { NULL } }, /* says it all */
};

#define MOVEMENTS_COUNT (sizeof(movements) / sizeof(movements[0]))

/* The row's kind, when it says what it has to. */
static size_t movement_of(const char *row)
{
	char op[40];

	for (size_t kind = 0; kind < MOVEMENTS_COUNT; kind++) {
		snprintf(op, sizeof(op), "\"op\":\"%s\",", movements[kind].op);
		if (strstr(row, op) == NULL)
			continue;
		assert_true(row_has(row, "by") && row_has(row, "time") && row_has(row, "id"));
		for (size_t i = 0; i < 4 && movements[kind].words[i] != NULL; i++) {
			if (!row_has(row, movements[kind].words[i]))
				fail_msg("no %s in %s", movements[kind].words[i], row);
		}
		return kind;
	}
	fail_msg("of no known kind: %s", row);
	return 0;
}

/* lotus-rewards-app#19: "Why did my balance change?" has no answer. */
static void every_movement_says_why(void **state)
{
	struct fixture *f = world_new(0);
	bool seen[MOVEMENTS_COUNT] = { false };
	char *rows[ROWS_MAX];

	(void)state;
	story_tell(f);
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1'"));
	size_t count = rows_split(f, rows);
	for (size_t i = 0; i < count; i++)
		seen[movement_of(rows[i])] = true;
	for (size_t kind = 0; kind < MOVEMENTS_COUNT; kind++) {
		if (!seen[kind])
			fail_msg("no %s in the statement", movements[kind].op);
	}
	world_free(f);
}

/* TigerBeetle#2045: no opening balance, so that a report of a period cannot start. Midaz#1782: gaps in the versions of
 * a balance. A statement runs back to nothing, and each row stands on the one before. */
static void a_statement_begins_at_nothing_and_has_no_gap(void **state)
{
	struct fixture *f = world_new(0);
	char *rows[ROWS_MAX];
	int64_t available = 0, moved = 0;

	(void)state;
	story_tell(f);
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1'"));
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	size_t count = rows_split(f, rows);
	for (size_t i = count; i > 0; i--) {
		available += row_integer(rows[i - 1], "change");
		assert_int_equal(row_integer(rows[i - 1], "available"), available);
		assert_true(row_integer(rows[i - 1], "pending") >= 0 && row_integer(rows[i - 1], "held") >= 0);
		if (i < count)
			assert_true(row_integer(rows[i - 1], "seq") > row_integer(rows[i], "seq"));
	}
	assert_int_equal(available, 0);
	/* And the other side of it: all that left the budget, came back to it or is at a merchant. */
	must(f, fixture_query(f, "aud", "statement.get", "'account':'campaign/c1'"));
	count = rows_split(f, rows);
	for (size_t i = count; i > 0; i--) {
		moved += row_integer(rows[i - 1], "change");
		assert_int_equal(row_integer(rows[i - 1], "balance"), moved);
	}
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", moved);
	world_free(f);
}

/* TigerBeetle#2105, #2693: a balance and what is pending of it are read at two moments, and do not fit. */
static void a_balance_is_read_with_what_waits_and_what_is_held(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'case','points':70,'evidence':'none','review':true"));
	award(f, "m1", "c1", "case", "");
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_query(f, "m1", "balance.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "available"), 40);
	assert_int_equal(fixture_integer(f, "pending"), 70);
	assert_int_equal(fixture_integer(f, "held"), 60);
	assert_int_equal(fixture_integer(f, "debt"), 0);
	const char *lots = strstr(f->reply.data, "\"lots\":");
	assert_non_null(strstr(lots, "\"available\":40,\"held\":60,\"pending\":0"));
	assert_non_null(strstr(lots, "\"available\":0,\"held\":0,\"pending\":70"));
	assert_int_equal(fixture_integer(f, "seq"), fixture_size(f) - 1); /* and of which moment it is */
	world_free(f);
}

/* TigerBeetle#27: after a transfer one has to ask for the balance, and gets that of another moment. */
static void an_answer_tells_the_balances_behind_it(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_call_id(f, "svc", "x", "order.place", "%s", PLACE("o", "m1", "cup", "1", "30", "2")));
	assert_int_equal(fixture_integer(f, "member/m1"), 40);
	assert_int_equal(fixture_integer(f, "member/m1/held"), 60);
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	must(f, fixture_call_id(f, "svc", "x", "order.place", "%s", PLACE("o", "m1", "cup", "1", "30", "2")));
	assert_int_equal(fixture_integer(f, "member/m1"), 40); /* of its moment, whenever it is asked again */
	world_free(f);
}

/* Formance#1416: a question about what is not there is answered with nothing, and "reconciles to zero". HearHealth#80:
 * a page shows 0 for what it does not know. */
static void what_is_not_known_is_said_and_is_never_0(void **state)
{
	static const struct {
		const char *method, *params;
		enum merit_status want;
	} rows[] = {
		{ "member.get", "'member':'nobody'", MERIT_MEMBER_UNKNOWN },
		{ "balance.get", "'member':'nobody'", MERIT_MEMBER_UNKNOWN },
		{ "balance.get", "'account':'member/nobody'", MERIT_NOT_FOUND },
		{ "balance.get", "'account':'campaign/nothing'", MERIT_NOT_FOUND },
		{ "balance.get", "'account':'merchants/shop'", MERIT_BAD_PARAMS },
		{ "statement.get", "'member':'nobody'", MERIT_MEMBER_UNKNOWN },
		{ "statement.get", "'account':'redeemed/nobody'", MERIT_NOT_FOUND },
		{ "statement.get", "'member':'m1','before':3", MERIT_NOT_FOUND },
		{ "campaign.get", "'campaign':'nothing'", MERIT_CAMPAIGN_UNKNOWN },
		{ "order.get", "'order':'nothing'", MERIT_ORDER_UNKNOWN },
		{ "order.list", "'member':'nobody'", MERIT_MEMBER_UNKNOWN },
		{ "award.get", "'entry':1", MERIT_ENTRY_UNKNOWN },
		{ "entry.get", "'seq':1000", MERIT_NOT_FOUND },
		{ "proof.get", "'seq':1000", MERIT_NOT_FOUND },
	};
	struct fixture *f = world_new(100);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = fixture_query(f, "aud", rows[i].method, "%s", rows[i].params);
		if (got != rows[i].want)
			fail_msg("%s %s: %s", rows[i].method, rows[i].params, f->reply.data);
		assert_null(strstr(f->reply.data, "\"result\""));
	}
	fixture_member(f, "m2"); /* and what is known to be nothing is 0 */
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m2'"));
	assert_int_equal(fixture_integer(f, "available"), 0);
	world_free(f);
}

/* ---- Errors ---- */

/* The word of the answer that has this id, in the answer to a batch. */
static void word_is(const struct fixture *f, const char *id, const char *word)
{
	char key[32], status[48];
	const char *from = f->reply.data, *at;

	snprintf(key, sizeof(key), "\"id\":\"%s\"", id);
	snprintf(status, sizeof(status), "\"status\":\"%s\"", word);
	at = strstr(from, key);
	assert_non_null(at);
	const char *last = NULL; /* the status that stands nearest before the id */
	for (const char *next = from; (next = strstr(next, "\"status\":\"")) != NULL && next < at; next++)
		last = next;
	if (last == NULL || strncmp(last, status, strlen(status)) != 0)
		fail_msg("%s is not %s: %s", id, word, f->reply.data);
}

/* Formance#1600: errors of the business inside a bulk come back as INTERNAL. */
static void each_call_of_a_batch_has_its_own_word(void **state)
{
	static const struct {
		const char *id, *method, *params, *word;
	} rows[] = {
		{ "b1", "order.place", PLACE("o1", "m1", "cup", "1", "30", "2"), "accepted" },
		{ "b2", "order.place", PLACE("o2", "m1", "cup", "1", "30", "1"), "short_points" },
		{ "b3", "order.place", PLACE("o1", "m1", "cup", "1", "30", "1"), "order_exists" },
		{ "b4", "order.place", PLACE("o3", "m1", "cup", "2", "30", "1"), "price_changed" },
		{ "b5", "reverse", "'entry':3,'reason':'r'", "entry_unknown" },
		{ "b6", "member.create", "'member':'m1'", "party_exists" },
		{ "b7", "member.create", "'member':'m2'", "accepted" },
	};
	struct fixture *f = world_new(70);
	struct merit_buffer json = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		merit_buffer_put_format(&json, "%s{'jsonrpc':'2.0','id':1,'method':'%s','params':{'id':'%s',%s}}",
		                        i == 0 ? "[" : ",", rows[i].method, rows[i].id, rows[i].params);
	merit_buffer_put(&json, "]", 2);
	assert_false(json.bad);
	for (char *at = json.data; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	must(f, fixture_send(f, "svc", json.data));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		word_is(f, rows[i].id, rows[i].word);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 60);
	merit_buffer_free(&json);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_movement_says_why),
		cmocka_unit_test(a_statement_begins_at_nothing_and_has_no_gap),
		cmocka_unit_test(a_balance_is_read_with_what_waits_and_what_is_held),
		cmocka_unit_test(an_answer_tells_the_balances_behind_it),
		cmocka_unit_test(what_is_not_known_is_said_and_is_never_0),
		cmocka_unit_test(each_call_of_a_batch_has_its_own_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
