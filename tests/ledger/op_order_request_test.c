/* op_order_request_test.c
 * Goal    asking for a refund and declining it move nothing; a refund answers what was asked; an order that is over is
 *         made to forget, once, where it went; and an order tells all that happened to it.
 * Method  stories in the fixture's world, where shop has 10 cups of 30 points. */
#include "tests/ledger/orders.h"

/* Two lines of cups: 3 and 1, all shipped. */
static struct fixture *shipped_new(void)
{
	struct fixture *f = world_new(200);

	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3},"
	                     "{'item':'cup','version':1,'points':30,'quantity':1}]"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','carrier':'顺丰','tracking':'SF1'"));
	return f;
}

/* What order.get says of the order's first line. */
static void line_is(struct fixture *f, int64_t requested, int64_t fulfilled)
{
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_int_equal(fixture_integer(f, "requested"), requested);
	assert_int_equal(fixture_integer(f, "fulfilled"), fulfilled);
}

/* ---- order.refund_request, order.refund_decline ---- */

static void what_is_asked_for_must_be_there(void **state)
{
	static const struct step steps[] = {
		{ "zero behind negative", "m1", "order.refund_request",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':-1},{'line':0,'quantity':0}]",
		  MERIT_ZERO_AMOUNT },
		{ "no such order", "m1", "order.refund_request", "'order':'x','reason':'r'", MERIT_ORDER_UNKNOWN },
		{ "no such line", "m1", "order.refund_request",
		  "'order':'o','reason':'r','lines':[{'line':2,'quantity':9}]", MERIT_LINE_UNKNOWN },
		{ "one too many", "m1", "order.refund_request",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':4}]", MERIT_OVER_FULFILLED },
		{ "without a reason", "m1", "order.refund_request", "'order':'o'", MERIT_BAD_PARAMS },
		{ "nothing was asked", "shop", "order.refund_decline", "'order':'o','reason':'r'",
		  MERIT_NOTHING_TO_DO },
		{ "two", "m1", "order.refund_request", "'order':'o','reason':'r','lines':[{'line':0,'quantity':2}]",
		  MERIT_OK },
		{ "two more", "m1", "order.refund_request",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':2}]", MERIT_OVER_FULFILLED },
		{ "all the rest", "svc", "order.refund_request", "'order':'o','reason':'r'", MERIT_OK },
		{ "again", "m1", "order.refund_request", "'order':'o','reason':'r'", MERIT_NOTHING_TO_DO },
		{ "decline too many", "shop", "order.refund_decline",
		  "'order':'o','reason':'r','lines':[{'line':1,'quantity':2}]", MERIT_OVER_REQUESTED },
		{ "decline one", "shop", "order.refund_decline",
		  "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]", MERIT_OK },
		{ "and again", "shop", "order.refund_decline",
		  "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]", MERIT_OVER_REQUESTED },
		{ "decline all", "ops", "order.refund_decline", "'order':'o','reason':'r'", MERIT_OK },
		{ "nothing is left", "ops", "order.refund_decline", "'order':'o','reason':'r'", MERIT_NOTHING_TO_DO },
	};
	struct fixture *f = shipped_new();

	(void)state;
	STEPS_RUN(f, steps);
	line_is(f, 0, 3);
	world_free(f);
}

static void a_declined_request_leaves_everything(void **state)
{
	struct fixture *f = shipped_new();
	struct merit_entry entry;

	(void)state;
	must(f, fixture_call(f, "m1", "order.refund_request", "'order':'o','reason':'one is broken'"));
	fixture_entry(f, (uint64_t)fixture_integer(f, "seq"), &entry);
	assert_int_equal(entry.postings_count, 0);
	line_is(f, 3, 3);
	must(f, fixture_call(f, "shop", "order.refund_decline", "'order':'o','reason':'they were not'"));
	fixture_entry(f, (uint64_t)fixture_integer(f, "seq"), &entry);
	assert_int_equal(entry.postings_count, 0);
	line_is(f, 0, 3);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 80);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 120);
	must(f, fixture_call(f, "m1", "order.refund_request", "'order':'o','reason':'they were'")); /* and again */
	must(f, fixture_call(f, "m1", "order.receive", "'order':'o'"));
	world_free(f);
}

static void a_refund_answers_what_was_asked(void **state)
{
	struct fixture *f = shipped_new();

	(void)state;
	must(f, fixture_call(f, "m1", "order.refund_request",
	                     "'order':'o','reason':'r','lines':[{'line':0,'quantity':2}]"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]"));
	line_is(f, 1, 2);
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':2}]"));
	line_is(f, 0, 0);                                                             /* one more than was asked */
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'")); /* or without being asked */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 200);
	assert_int_equal(fixture_call(f, "m1", "order.refund_request", "'order':'o','reason':'r'"),
	                 MERIT_NOTHING_TO_DO);
	world_free(f);
}

static void a_member_asks_for_its_own_and_a_merchant_declines_its_own(void **state)
{
	static const struct step steps[] = {
		{ "another member", "m2", "order.refund_request", "'order':'o','reason':'r'", MERIT_NOT_PERMITTED },
		{ "a merchant", "shop", "order.refund_request", "'order':'o','reason':'r'", MERIT_NOT_PERMITTED },
		{ "its member", "m1", "order.refund_request", "'order':'o','reason':'r'", MERIT_OK },
		{ "a member declines", "m1", "order.refund_decline", "'order':'o','reason':'r'", MERIT_NOT_PERMITTED },
		{ "a service declines", "svc", "order.refund_decline", "'order':'o','reason':'r'",
		  MERIT_NOT_PERMITTED },
		{ "another merchant", "book", "order.refund_decline", "'order':'o','reason':'r'", MERIT_NOT_PERMITTED },
		{ "of a line", "book", "order.refund_decline",
		  "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]", MERIT_NOT_PERMITTED },
		{ "its merchant", "shop", "order.refund_decline", "'order':'o','reason':'r'", MERIT_OK },
	};
	struct fixture *f = shipped_new();

	(void)state;
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'book'"));
	fixture_key_add(f, "book", "k1");
	STEPS_RUN(f, steps);
	world_free(f);
}

/* ---- order.erase ---- */

/* The last answer's events hold these words, in this order. */
static void events_are(struct fixture *f, const char *const *words, size_t count)
{
	const char *at = strstr(f->reply.data, "\"events\":[");

	assert_non_null(at);
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(at, words[i]);
		if (found == NULL)
			fail_msg("no %s at its place in %s", words[i], f->reply.data);
		at = found + strlen(words[i]);
	}
}

static struct {
	uint8_t commitments[8][MERIT_HASH_SIZE];
	size_t count;
} erased;

static void note_erased(void *context, const uint8_t *commitment)
{
	(void)context;
	assert_true(erased.count < sizeof(erased.commitments) / sizeof(erased.commitments[0]));
	memcpy(erased.commitments[erased.count++], commitment, MERIT_HASH_SIZE);
}

static void erased_is(size_t index, const char *commitment)
{
	struct merit_buffer hex = { 0 };

	merit_buffer_put_hex(&hex, erased.commitments[index], MERIT_HASH_SIZE);
	assert_true(index < erased.count && hex.size == strlen(commitment));
	assert_memory_equal(hex.data, commitment, hex.size);
	merit_buffer_free(&hex);
}

/* A cup to an address, and a code; returns the address's commitment, valid until the fourth next private text. */
static const char *sent_order(struct fixture *f, const char **code_out)
{
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','delivery':'address'"));
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'film','merchant':'shop','class':'code','points':50,'currency':'CNY',"
	                     "'price_minor':45"));
	*code_out = fixture_private(f, "CODE-1");
	must(f, fixture_call(f, "shop", "code.add", "'item':'film','code':'%s'", *code_out));
	const char *recipient = fixture_private(f, "王医生, 上海");
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','recipient':'%s','lines':[{'item':'cup','version':2,"
	                     "'points':30,'quantity':1},{'item':'film','version':1,'points':50,'quantity':1}]",
	                     recipient));
	return recipient;
}

static void recipient_is(struct fixture *f, const char *want)
{
	char text[64];

	must(f, fixture_query(f, "shop", "order.get", "'order':'o'"));
	snprintf(text, sizeof(text), "\"recipient\":%s,", want);
	if (strstr(f->reply.data, text) == NULL)
		fail_msg("no %s in %s", text, f->reply.data);
}

static void an_order_that_is_over_forgets_where_it_went(void **state)
{
	struct fixture *f = world_new(100);
	const char *code, *recipient = sent_order(f, &code);

	(void)state;
	memset(&erased, 0, sizeof(erased));
	f->ledger->model.private_erased = note_erased;
	recipient_is(f, "true");
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	fixture_advance(f, 29 * FIXTURE_DAY_MS);
	must(f, fixture_call(f, "m1", "order.receive", "'order':'o'")); /* over from here on */
	fixture_advance(f, 30 * FIXTURE_DAY_MS - 1);
	recipient_is(f, "true");
	uint64_t before = fixture_size(f);
	fixture_advance(f, 1);
	assert_int_equal(fixture_size(f), before + 1);
	assert_int_equal(erased.count, 1);
	erased_is(0, recipient);
	recipient_is(f, "\"erased\"");
	fixture_advance(f, 60 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before + 1); /* once */
	world_free(f);
}

/* A proposal's parameters: to erase an order and its codes. */
#define PROPOSED(name, order)                                                                                          \
	"'proposal':'" name "','reason':'r','call':{'method':'order.erase','params':{'order':'" order                  \
	"','codes':true,'reason':'a slip'}}"

static void an_operator_erases_what_is_over_and_two_its_codes(void **state)
{
	static const struct step steps[] = {
		{ "no such order", "ops", "order.erase", "'order':'x'", MERIT_ORDER_UNKNOWN },
		{ "no such order with codes", "ops", "order.erase", "'order':'x','codes':true", MERIT_ORDER_UNKNOWN },
		{ "under way", "ops", "order.erase", "'order':'o'", MERIT_NOT_DUE },
		{ "codes and all", "ops", "order.erase", "'order':'o','codes':true", MERIT_PROPOSAL_REQUIRED },
		{ "asked too early", "ops", "proposal.create", PROPOSED("p1", "o"), MERIT_OK },
		{ "agreed too early", "ops2", "proposal.approve", "'proposal':'p1'", MERIT_NOT_DUE },
		{ "not a service", "svc", "order.erase", "'order':'o'", MERIT_NOT_PERMITTED },
		{ "over", "m1", "order.cancel", "'order':'o'", MERIT_OK },
		{ "where it went", "ops", "order.erase", "'order':'o','reason':'asked to'", MERIT_OK },
		{ "again", "ops", "order.erase", "'order':'o','codes':false", MERIT_NOTHING_TO_DO },
		{ "its codes, alone", "ops", "order.erase", "'order':'o','codes':true", MERIT_PROPOSAL_REQUIRED },
		{ "both times the same", "ops", "proposal.approve", "'proposal':'p1'", MERIT_SAME_PARTY },
		{ "its codes", "ops2", "proposal.approve", "'proposal':'p1'", MERIT_OK },
		{ "asked again", "ops", "proposal.create", PROPOSED("p2", "o"), MERIT_OK },
		{ "again", "ops2", "proposal.approve", "'proposal':'p2'", MERIT_NOTHING_TO_DO },
	};
	static const char *const words[] = { "\"op\":\"order.erase\",\"by\":\"ops/k1\"", "\"reason\":\"asked to\"",
		                             "\"op\":\"order.erase\",\"by\":\"ops2/k1\"", "\"reason\":\"a slip\"" };
	struct fixture *f = world_new(100);
	const char *code, *recipient = sent_order(f, &code);

	(void)state;
	fixture_party(f, "ops2", "operator");
	memset(&erased, 0, sizeof(erased));
	f->ledger->model.private_erased = note_erased;
	STEPS_RUN(f, steps);
	assert_int_equal(erased.count, 2); /* The recipient once: another order may have the same by then. */
	erased_is(0, recipient);
	erased_is(1, code);
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	events_are(f, words, sizeof(words) / sizeof(words[0]));
	uint64_t before = fixture_size(f);
	fixture_advance(f, 60 * FIXTURE_DAY_MS);
	assert_int_equal(fixture_size(f), before);
	world_free(f);
}

static void an_order_that_says_nothing_of_anybody_has_nothing_to_erase(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	assert_int_equal(fixture_call(f, "ops", "order.erase", "'order':'o'"), MERIT_NOTHING_TO_DO);
	recipient_is(f, "false");
	world_free(f);
}

/* Who adds codes knows their salts, and could name one as the recipient of an order to be erased. */
static void an_order_erases_no_code_that_it_did_not_hand_over(void **state)
{
	struct fixture *f = world_new(110);
	const char *code;

	(void)state;
	(void)sent_order(f, &code);
	memset(&erased, 0, sizeof(erased));
	f->ledger->model.private_erased = note_erased;
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'trap','member':'m1','recipient':'%s','lines':[{'item':'cup','version':2,"
	                     "'points':30,'quantity':1}]",
	                     fixture_private(f, "CODE-1")));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'trap'"));
	must(f, fixture_call(f, "ops", "order.erase", "'order':'trap'"));
	assert_int_equal(erased.count, 0);
	assert_int_equal(fixture_call(f, "ops", "order.erase", "'order':'trap'"), MERIT_NOTHING_TO_DO);
	world_free(f);
}

static void a_code_withdrawn_is_erased(void **state)
{
	struct fixture *f = world_new(100);

	(void)state;
	memset(&erased, 0, sizeof(erased));
	f->ledger->model.private_erased = note_erased;
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'film','merchant':'shop','class':'code','points':50,'currency':'CNY',"
	                     "'price_minor':45"));
	const char *code = fixture_private(f, "CODE-1");
	must(f, fixture_call(f, "shop", "code.add", "'item':'film','code':'%s'", code));
	must(f, fixture_call(f, "shop", "code.withdraw", "'item':'film','code':'%s'", code));
	assert_int_equal(erased.count, 1);
	erased_is(0, code);
	world_free(f);
}

/* ---- Events ---- */

static void an_order_tells_what_happened_to_it(void **state)
{
	static const char *const all[] = {
		"\"op\":\"order.place\",\"by\":\"m1/k1\",\"lines\":[{\"line\":0,\"quantity\":3},"
		"{\"line\":1,\"quantity\":1}]",
		"\"op\":\"order.fulfil\",\"by\":\"shop/k1\"",
		"\"carrier\":\"顺丰\",\"tracking\":\"SF1\"",
		"\"op\":\"order.refund_request\"",
		"\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"broken\"",
		"\"op\":\"order.refund_decline\"",
		"\"op\":\"order.refund\"",
		"\"op\":\"order.receive\",\"by\":\"system/k1\",\"lines\":[{\"line\":0,\"quantity\":3}]}],",
	};
	struct fixture *f = shipped_new();

	(void)state;
	must(f, fixture_call(f, "m1", "order.refund_request",
	                     "'order':'o','reason':'broken','lines':[{'line':1,'quantity':1}]"));
	must(f, fixture_call(f, "shop", "order.refund_decline", "'order':'o','reason':'no'"));
	assert_int_equal(fixture_call(f, "shop", "order.refund_decline", "'order':'o','reason':'no'"),
	                 MERIT_NOTHING_TO_DO); /* what was refused did not happen */
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':1,'quantity':1}]"));
	fixture_advance(f, 30 * FIXTURE_DAY_MS);
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	events_are(f, all, sizeof(all) / sizeof(all[0]));
	assert_non_null(strstr(f->reply.data, "\"more\":false"));
	const char *second = strstr(strstr(f->reply.data, "order.refund_decline") + 1, "order.refund_decline");
	assert_null(second);
	world_free(f);
}

static void a_merchant_is_told_of_its_own_lines_only(void **state)
{
	struct fixture *f = world_new(200);

	(void)state;
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'book'"));
	fixture_key_add(f, "book", "k1");
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'novel','merchant':'book','class':'goods','points':7,'currency':'CNY',"
	                     "'price_minor':1,'stock':10"));
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':2},"
	                     "{'item':'novel','version':1,'points':7,'quantity':3}]"));
	must(f,
	     fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':2}],'tracking':'SF1'"));
	must(f,
	     fixture_call(f, "book", "order.fulfil", "'order':'o','lines':[{'line':1,'quantity':3}],'tracking':'YT2'"));
	must(f, fixture_query(f, "book", "order.get", "'order':'o'"));
	assert_null(strstr(f->reply.data, "SF1"));
	assert_null(strstr(f->reply.data, "\"line\":0"));
	assert_non_null(strstr(f->reply.data, "YT2"));
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_non_null(strstr(f->reply.data, "SF1"));
	assert_non_null(strstr(f->reply.data, "YT2"));
	world_free(f);
}

static void an_order_tells_its_newest_hundred_events(void **state)
{
	struct fixture *f = shipped_new();
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 49; i++) { /* 100 with place and fulfil */
		must(f, fixture_call(f, "m1", "order.refund_request", "'order':'o','reason':'r'"));
		must(f, fixture_call(f, "shop", "order.refund_decline", "'order':'o','reason':'r'"));
	}
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_non_null(strstr(f->reply.data, "\"more\":false"));
	assert_non_null(strstr(f->reply.data, "\"op\":\"order.place\""));
	must(f, fixture_call(f, "m1", "order.receive", "'order':'o'"));
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_non_null(strstr(f->reply.data, "\"more\":true"));
	assert_null(strstr(f->reply.data, "\"op\":\"order.place\""));
	for (const char *at = f->reply.data; (at = strstr(at, "\"op\":")) != NULL; at++)
		count++;
	assert_int_equal(count, 100);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_must_be_there),
		cmocka_unit_test(a_declined_request_leaves_everything),
		cmocka_unit_test(a_refund_answers_what_was_asked),
		cmocka_unit_test(a_member_asks_for_its_own_and_a_merchant_declines_its_own),
		cmocka_unit_test(an_order_that_is_over_forgets_where_it_went),
		cmocka_unit_test(an_operator_erases_what_is_over_and_two_its_codes),
		cmocka_unit_test(an_order_that_says_nothing_of_anybody_has_nothing_to_erase),
		cmocka_unit_test(an_order_erases_no_code_that_it_did_not_hand_over),
		cmocka_unit_test(a_code_withdrawn_is_erased),
		cmocka_unit_test(an_order_tells_what_happened_to_it),
		cmocka_unit_test(a_merchant_is_told_of_its_own_lines_only),
		cmocka_unit_test(an_order_tells_its_newest_hundred_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
