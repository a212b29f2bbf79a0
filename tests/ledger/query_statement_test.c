/* query_statement_test.c
 * Goal    a statement tells of each movement which lots it moved, and finds the movements of one operation.
 * Method  rows by hand, so that they can be read; then stories by chance: the lots of a row sum to what its balances
 *         moved by, and the rows of all operations together are the whole statement. */
#include "tests/ledger/orders.h"
#include "tests/ledger/story.h"

/* ---- Lots ---- */

static void a_row_tells_the_lots_it_moved(void **state)
{
	static const struct {
		const char *name, *kid, *method, *params, *want;
	} rows[] = {
		{ "an earn", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'a','occurred':1767225600000,'points':20",
		  "'lots':[{'account':'available','campaign':'c1','sponsor':'acme','last_day':'2027-01-01','change':20}"
		  "]" },
		{ "a longer lot", "svc", "earn",
		  "'member':'m1','campaign':'k1','event':'gift','reference':'b','occurred':1767225600000,'points':50",
		  "'lots':[{'account':'available','campaign':'k1','sponsor':'acme','last_day':'2028-01-01','change':50}"
		  "]" },
		{ "two lines of one lot and another", "svc", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'pen','version':1,'points':5,'quantity':2},"
		  "{'item':'cup','version':1,'points':30,'quantity':1}]",
		  "'lots':[{'account':'available','campaign':'c1','sponsor':'acme','last_day':'2027-01-01','change':-"
		  "20},"
		  "{'account':'available','campaign':'k1','sponsor':'acme','last_day':'2028-01-01','change':-20},"
		  "{'account':'held','campaign':'c1','sponsor':'acme','last_day':'2027-01-01','change':20},"
		  "{'account':'held','campaign':'k1','sponsor':'acme','last_day':'2028-01-01','change':20}]" },
		{ "what is taken back and is not there any more", "ops", "reverse", "'entry':%d,'reason':'r'",
		  "{'account':'debt','campaign':'c1','sponsor':'acme','last_day':null,'change':20}" },
	};
	struct fixture *f = world_new(0);
	int first = 0;

	(void)state;
	campaign_add(f, "k1", "CNY", 24);
	item_add(f, "pen", "shop", "goods", "CNY", 5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char params[300];
		snprintf(params, sizeof(params), rows[i].params, first);
		must(f, fixture_call(f, rows[i].kid, rows[i].method, "%s", params));
		first = i == 0 ? (int)fixture_integer(f, "seq") : first;
		must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','limit':1"));
		answer_has(f, rows[i].want);
	}
	must(f, fixture_query(f, "m1", "statement.get", "'account':'member/m1'"));
	assert_null(strstr(f->reply.data, "\"lots\"")); /* an account has them all in its name */
	world_free(f);
}

/* ---- One operation ---- */

static int rows_of(const struct fixture *f)
{
	int count = 0;

	for (const char *at = f->reply.data; (at = strstr(at, "{\"seq\":")) != NULL; at++)
		count++;
	return count;
}

static void only_the_operation_asked_for_is_told(void **state)
{
	static const struct {
		const char *name, *params;
		enum merit_status want;
		int rows;
	} rows[] = {
		{ "all", "'member':'m1'", MERIT_OK, 5 },
		{ "earns", "'member':'m1','op':'earn'", MERIT_OK, 3 },
		{ "of one account", "'account':'member/m1','op':'order.place'", MERIT_OK, 1 },
		{ "what did not move the account", "'account':'member/m1/pending','op':'earn'", MERIT_OK, 0 },
		{ "what an approval carried out", "'member':'m1','op':'adjust.points'", MERIT_OK, 1 },
		{ "the approval", "'member':'m1','op':'proposal.approve'", MERIT_OK, 1 },
		{ "what never happened", "'member':'m1','op':'order.refund'", MERIT_OK, 0 },
		{ "no operation", "'member':'m1','op':'order.steal'", MERIT_BAD_PARAMS, 0 },
		{ "a read", "'member':'m1','op':'member.get'", MERIT_BAD_PARAMS, 0 },
		{ "another's", "'member':'m2','op':'earn'", MERIT_NOT_PERMITTED, 0 },
	};
	struct fixture *f = world_new(10);

	(void)state;
	fixture_member(f, "m2");
	fixture_party(f, "fin2", "finance");
	must(f, fixture_earn(f, "m1", "a"));
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'adjust.points','params':{'member':'m1',"
	                     "'campaign':'c1','points':5,'reason':'r','reference':'x'}}"));
	must(f, fixture_call(f, "fin2", "proposal.approve", "'proposal':'p'"));
	must(f, fixture_earn(f, "m1", "b"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = fixture_query(f, "m1", "statement.get", "%s", rows[i].params);
		if (got != rows[i].want || (got == MERIT_OK && rows_of(f) != rows[i].rows))
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	world_free(f);
}

/* As many earns behind an order as a page looks at, and then one more. */
static void a_page_looks_at_so_many_entries_for_one_operation(void **state)
{
	struct fixture *f = world_new(100);
	struct merit_buffer json = { 0 };

	(void)state;
	must(f, fixture_order(f, "o", "m1", 1));
	for (int i = 0; i < MERIT_PAST_ENTRIES_MAX - 1; i++)
		merit_buffer_put_format(&json,
		                        "%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{"
		                        "\"id\":\"g%d\",\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\","
		                        "\"reference\":\"g%d\",\"occurred\":%lld,\"points\":1}}",
		                        i > 0 ? "," : "[", i, i, FIXTURE_BIRTH_MS);
	merit_buffer_put_text(&json, "]");
	merit_buffer_put_char(&json, '\0');
	assert_int_equal(fixture_send(f, "svc", json.data), MERIT_OK);
	merit_buffer_free(&json);
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','op':'order.place'"));
	assert_int_equal(rows_of(f), 1);
	long long next = fixture_integer(f, "next"); /* the earn before it was not looked at */
	must(f, fixture_gift(f, "m1", "more", 1));
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','op':'order.place'"));
	assert_int_equal(rows_of(f), 0);
	assert_true(fixture_integer(f, "next") > next);
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','op':'order.place','before':%lld",
	                      (long long)fixture_integer(f, "next")));
	assert_int_equal(rows_of(f), 1);
	answer_has(f, "'next':null");
	world_free(f);
}

/* ---- By chance ---- */

#define ROWS_MAX 1000

struct row {
	int64_t seq;
	const char *op; /* of an approval, what it carried out */
	int64_t balance[4];
};

static const char *const accounts[4] = { "available", "pending", "held", "debt" };

static const char *operation_named(const char *name)
{
	return merit_operation_named(name, strlen(name))->name; /* which outlives the answer */
}

/* All rows of a member, by pages of so many; each row's lots are held against its balances. */
static size_t rows_read(struct fixture *f, const char *member, const char *op, int limit, struct row rows[ROWS_MAX])
{
	char before[64] = "";
	size_t count = 0;

	for (bool is_over = false; !is_over;) {
		must(f, fixture_query(f, "aud", "statement.get", "'member':'%s','limit':%d%s%s", member, limit, op,
		                      before));
		cJSON *page = answer(f);
		const cJSON *row, *next = cJSON_GetObjectItem(page, "next");
		cJSON_ArrayForEach(row, cJSON_GetObjectItem(page, "rows"))
		{
			assert_true(count < ROWS_MAX);
			const char *call = text_of(row, "call");
			rows[count].op = operation_named(call == NULL ? text_of(row, "op") : call);
			rows[count].seq = number_of(row, "seq");
			for (int i = 0; i < 4; i++)
				rows[count].balance[i] = number_of(row, accounts[i]);
			count++;
		}
		is_over = cJSON_IsNull(next);
		if (!is_over)
			snprintf(before, sizeof(before), ",'before':%lld", (long long)next->valuedouble);
		cJSON_Delete(page);
	}
	return count;
}

/* What the lots of the member's row at seq sum to, by account. */
static void lots_sum(struct fixture *f, const char *member, int64_t seq, int64_t sums[4])
{
	must(f, fixture_query(f, "aud", "statement.get", "'member':'%s','limit':1,'before':%lld", member,
	                      (long long)seq + 1));
	cJSON *page = answer(f);
	const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "rows"), 0), *lot;

	assert_int_equal(number_of(row, "seq"), seq);
	memset(sums, 0, 4 * sizeof(sums[0]));
	cJSON_ArrayForEach(lot, cJSON_GetObjectItem(row, "lots"))
	{
		int account = 0;
		while (strcmp(accounts[account], text_of(lot, "account")) != 0)
			account++;
		assert_int_not_equal(number_of(lot, "change"), 0);
		assert_string_equal(text_of(lot, "sponsor"),
		                    strcmp(text_of(lot, "campaign"), "c3") == 0 ? "plat" : "acme");
		sums[account] += number_of(lot, "change");
	}
	cJSON_Delete(page);
}

static void the_lots_of_a_row_sum_to_what_it_moved(struct fixture *f, const char *member, const struct row *rows,
                                                   size_t count)
{
	static const struct row nothing;

	for (size_t i = 0; i < count; i++) {
		const struct row *before = i + 1 < count ? &rows[i + 1] : &nothing;
		int64_t sums[4];
		lots_sum(f, member, rows[i].seq, sums);
		for (int account = 0; account < 4; account++)
			assert_int_equal(sums[account], rows[i].balance[account] - before->balance[account]);
	}
}

/* Each operation's rows are those of the whole that it did, in their order. */
static void each_row_is_its_operations(struct fixture *f, const char *member, const struct row *rows, size_t count)
{
	static struct row found[ROWS_MAX];
	const struct merit_operation *operation;
	size_t all = 0;

	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		char op[64];
		size_t at = 0;
		if (operation->number == MERIT_OP_PROPOSAL_APPROVE)
			continue;
		snprintf(op, sizeof(op), ",'op':'%s'", operation->name);
		size_t own = rows_read(f, member, op, 7, found);
		for (size_t j = 0; j < own; j++, at++) {
			while (at < count && rows[at].op != operation->name)
				at++;
			assert_true(at < count);
			assert_int_equal(found[j].seq, rows[at].seq);
		}
		all += own;
	}
	assert_int_equal(all, count);
}

static void a_storys_statements_hold_together(void **state)
{
	static const char *const members[] = { "m1", "m2", "m3" };
	static struct row rows[ROWS_MAX];
	struct story story = story_begin(5, is_grace);

	(void)state;
	story_tell(&story, 400);
	fixture_tick(story.f);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		size_t count = rows_read(story.f, members[i], "", 100, rows);
		assert_true(count > 20);
		the_lots_of_a_row_sum_to_what_it_moved(story.f, members[i], rows, count);
		each_row_is_its_operations(story.f, members[i], rows, count);
	}
	world_free(story.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_tells_the_lots_it_moved),
		cmocka_unit_test(only_the_operation_asked_for_is_told),
		cmocka_unit_test(a_page_looks_at_so_many_entries_for_one_operation),
		cmocka_unit_test(a_storys_statements_hold_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
