/* op_code_test.c
 * Goal    a code is in one pool, goes to one member, the oldest first, and never comes back; its line of an order is
 *         over at once, whatever becomes of the others.
 * Method  stories in the fixture's world, with an item of class code for 50 points; the pool's rows against a list. */
#include "ledger/code_pool.h"
#include "tests/ledger/orders.h"

static struct fixture *films_new(int64_t points)
{
	struct fixture *f = world_new(points);

	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'film','merchant':'shop','class':'code','points':50,'currency':'CNY',"
	                     "'price_minor':45"));
	return f;
}

static enum merit_status code_add(struct fixture *f, const char *kid, const char *item, const char *code)
{
	const char *commitment = fixture_private(f, code);

	return fixture_call(f, kid, "code.add", "'item':'%s','code':'%s'", item, commitment);
}

static const char *commitment_of(struct fixture *f, const char *code)
{
	const char *commitment = fixture_private(f, code);

	merit_buffer_clear(&f->private_lines); /* for a call that takes no private line */
	return commitment;
}

static enum merit_status code_withdraw(struct fixture *f, const char *kid, const char *item, const char *code)
{
	return fixture_call(f, kid, "code.withdraw", "'item':'%s','code':'%s'", item, commitment_of(f, code));
}

static enum merit_status order_films(struct fixture *f, const char *order, const char *member, int quantity)
{
	return fixture_call(
		f, "svc", "order.place",
		"'order':'%s','member':'%s','lines':[{'item':'film','version':1,'points':50,'quantity':%d}]", order,
		member, quantity);
}

static void stock_is(struct fixture *f, const char *item, int64_t want)
{
	must(f, fixture_query(f, "svc", "item.get", "'item':'%s'", item));
	assert_int_equal(fixture_integer(f, "stock"), want);
}

/* The row at index of the codes that the last answer hands over. */
static void code_is(struct fixture *f, size_t index, int line, const char *code)
{
	char row[128];
	const char *at = strstr(f->reply.data, "\"codes\":[");

	snprintf(row, sizeof(row), "{\"line\":%d,\"code\":\"%s\"}", line, commitment_of(f, code));
	assert_non_null(at);
	at += strlen("\"codes\":[") + index * (strlen(row) + 1);
	if (strncmp(at, row, strlen(row)) != 0)
		fail_msg("code %zu of %s is not %s", index, f->reply.data, row);
}

/* ---- The pool ---- */

static void a_code_is_added_once_and_withdrawn_once(void **state)
{
	struct fixture *f = films_new(0);

	(void)state;
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'song','merchant':'shop','class':'code','points':5,'currency':'CNY',"
	                     "'price_minor':4"));
	assert_int_equal(code_add(f, "shop", "none", "A"), MERIT_ITEM_UNKNOWN);
	assert_int_equal(code_add(f, "shop", "cup", "A"), MERIT_ITEM_UNKNOWN);
	must(f, code_add(f, "shop", "film", "A"));
	assert_int_equal(code_add(f, "svc", "film", "A"), MERIT_CODE_EXISTS);
	assert_int_equal(code_add(f, "ops", "song", "A"), MERIT_CODE_EXISTS);
	assert_int_equal(code_add(f, "ops", "none", "A"), MERIT_ITEM_UNKNOWN);
	stock_is(f, "film", 1);
	assert_int_equal(code_withdraw(f, "ops", "none", "A"), MERIT_ITEM_UNKNOWN);
	assert_int_equal(code_withdraw(f, "ops", "song", "A"), MERIT_CODE_UNKNOWN);
	assert_int_equal(code_withdraw(f, "ops", "film", "B"), MERIT_CODE_UNKNOWN);
	must(f, code_withdraw(f, "shop", "film", "A"));
	stock_is(f, "film", 0);
	assert_int_equal(code_withdraw(f, "shop", "film", "A"), MERIT_CODE_UNKNOWN);
	assert_int_equal(code_add(f, "shop", "film", "A"), MERIT_CODE_EXISTS); /* somebody may have seen it */
	world_free(f);
}

static void a_pool_is_its_merchants(void **state)
{
	struct fixture *f = films_new(0);

	(void)state;
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'book'"));
	fixture_key_add(f, "book", "k1");
	assert_int_equal(code_add(f, "book", "film", "A"), MERIT_NOT_PERMITTED);
	assert_int_equal(code_add(f, "m1", "film", "A"), MERIT_NOT_PERMITTED);
	must(f, code_add(f, "shop", "film", "A"));
	assert_int_equal(code_withdraw(f, "book", "film", "A"), MERIT_NOT_PERMITTED);
	assert_int_equal(code_withdraw(f, "m1", "film", "A"), MERIT_NOT_PERMITTED);
	world_free(f);
}

static void the_stock_of_codes_is_its_pool(void **state)
{
	static const struct step steps[] = {
		{ "codes without codes", "ops", "item.create",
		  "'item':'gift','merchant':'shop','class':'code','points':5,'currency':'CNY','price_minor':4,'stock':"
		  "1",
		  MERIT_STOCK_IS_CODES },
		{ "below zero", "ops", "item.create",
		  "'item':'gift','merchant':'shop','class':'code','points':5,'currency':'CNY','price_minor':4,'stock':-"
		  "1",
		  MERIT_NEGATIVE_AMOUNT },
		{ "none yet", "ops", "item.create",
		  "'item':'gift','merchant':'shop','class':'code','points':5,'currency':'CNY','price_minor':4,'stock':"
		  "0",
		  MERIT_OK },
		{ "a piece", "svc", "item.stock", "'item':'film','quantity':1", MERIT_STOCK_IS_CODES },
		{ "two less", "svc", "item.stock", "'item':'film','quantity':-2", MERIT_SHORT_STOCK },
		{ "one less", "svc", "item.stock", "'item':'film','quantity':-1", MERIT_STOCK_IS_CODES },
	};
	struct fixture *f = films_new(0);

	(void)state;
	must(f, code_add(f, "shop", "film", "A"));
	STEPS_RUN(f, steps);
	stock_is(f, "film", 1);
	world_free(f);
}

/* ---- Orders ---- */

static void a_code_is_paid_handed_over_and_received_in_one_entry(void **state)
{
	static const struct step steps[] = {
		{ "nothing to ship", "shop", "order.fulfil", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "nothing to wait for", "m1", "order.receive", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "nothing to take back", "m1", "order.cancel", "'order':'o'", MERIT_NOTHING_TO_DO },
		{ "not by line either", "m1", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}]",
		  MERIT_OVER_HELD },
	};
	struct fixture *f = films_new(120);
	struct merit_entry entry;

	(void)state;
	must(f, code_add(f, "shop", "film", "A"));
	must(f, code_add(f, "shop", "film", "B"));
	must(f, order_films(f, "o", "m1", 2));
	assert_string_equal(fixture_text(f, "state"), "ended");
	assert_null(strstr(f->reply.data, "deadline"));
	code_is(f, 0, 0, "A");
	code_is(f, 1, 0, "B");
	fixture_entry(f, (uint64_t)fixture_integer(f, "seq"), &entry);
	assert_int_equal(entry.postings_count, 5); /* points from m1 to shop; money of acme, shop and the margin */
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 100);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 20);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	STEPS_RUN(f, steps);
	stock_is(f, "film", 0);
	must(f, fixture_query(f, "m1", "order.get", "'order':'o'"));
	assert_null(strstr(f->reply.data, "deadline")); /* nothing is held */
	assert_int_equal(fixture_integer(f, "codes"), 2);
	assert_int_equal(fixture_integer(f, "received"), 2);
	uint64_t before = fixture_size(f);
	fixture_advance(f, 60 * FIXTURE_DAY_MS); /* and the clock has no more to do with it */
	assert_int_equal(fixture_size(f), before);
	world_free(f);
}

static void of_two_members_one_gets_the_last_code(void **state)
{
	struct fixture *f = films_new(100);

	(void)state;
	fixture_member(f, "m2");
	must(f, fixture_gift(f, "m2", "start", 100));
	must(f, code_add(f, "shop", "film", "A"));
	must(f, order_films(f, "o1", "m1", 1));
	assert_int_equal(order_films(f, "o2", "m2", 1), MERIT_SHORT_STOCK);
	assert_int_equal(fixture_integer(f, "stock"), 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 100);
	assert_int_equal(code_withdraw(f, "shop", "film", "A"), MERIT_CODE_UNKNOWN); /* it is m1's */
	world_free(f);
}

static void codes_go_oldest_first_past_those_withdrawn(void **state)
{
	static const char *const codes[] = { "A", "B", "C", "D", "E", "F" };
	struct fixture *f = films_new(1000);

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		must(f, code_add(f, "shop", "film", codes[i]));
	must(f, code_withdraw(f, "shop", "film", "A")); /* the first, and one in between */
	must(f, code_withdraw(f, "shop", "film", "C"));
	must(f, order_films(f, "o1", "m1", 1));
	code_is(f, 0, 0, "B");
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o2','member':'m1','lines':[{'item':'film','version':1,'points':50,'quantity':2},"
	                     "{'item':'film','version':1,'points':50,'quantity':1}]"));
	code_is(f, 0, 0, "D");
	code_is(f, 1, 0, "E");
	code_is(f, 2, 1, "F");
	assert_int_equal(order_films(f, "o3", "m1", 1), MERIT_SHORT_STOCK);
	must(f, code_add(f, "shop", "film", "G"));
	must(f, order_films(f, "o3", "m1", 1));
	code_is(f, 0, 0, "G");
	world_free(f);
}

static bool row_count(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	(void)key;
	(void)key_size;
	(void)value;
	(void)size;
	++*(size_t *)context;
	return true;
}

/* How many rows the pools have: one for each code, and two, or one, for each run of places without. */
static size_t pool_rows(struct fixture *f)
{
	size_t count = 0;

	merit_state_scan(f->ledger->model.state, MERIT_TABLE_POOL, "", 0, row_count, &count);
	return count;
}

/* So a run costs one step, and the pool's begin is never one of them. */
static void codes_withdrawn_side_by_side_are_one_run(void **state)
{
	static const struct {
		const char *code;
		size_t rows, first;
	} withdrawn[] = {
		{ "F", 12, 0 }, { "D", 12, 0 }, { "E", 11, 0 }, { "H", 11, 0 }, { "B", 11, 0 },
		{ "A", 9, 2 },  { "L", 9, 2 },  { "C", 6, 6 },  { "I", 6, 6 },
	};
	static const char *const left[] = { "G", "J", "K" };
	char code[2] = "A";
	struct fixture *f = films_new(1000);

	(void)state;
	for (; code[0] <= 'L'; code[0]++)
		must(f, code_add(f, "shop", "film", code));
	for (size_t i = 0; i < sizeof(withdrawn) / sizeof(withdrawn[0]); i++) {
		must(f, code_withdraw(f, "shop", "film", withdrawn[i].code));
		const struct merit_item *item = merit_model_item(&f->ledger->model, MERIT_TEXT("film"));
		if (pool_rows(f) != withdrawn[i].rows || item->codes_first != withdrawn[i].first)
			fail_msg("without %s: %zu rows from %zu", withdrawn[i].code, pool_rows(f),
			         (size_t)item->codes_first);
	}
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		must(f, order_films(f, left[i], "m1", 1));
		code_is(f, 0, 0, left[i]);
	}
	assert_int_equal(pool_rows(f), 0);
	must(f, code_add(f, "shop", "film", "M"));
	must(f, order_films(f, "M", "m1", 1));
	code_is(f, 0, 0, "M");
	world_free(f);
}

static void mixed_order(struct fixture *f)
{
	must(f, code_add(f, "shop", "film", "A"));
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':2},"
	                     "{'item':'film','version':1,'points':50,'quantity':1}]"));
	assert_string_equal(fixture_text(f, "state"), "open");
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 60);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 50);
}

static void a_code_stays_handed_over_when_the_rest_is_not_wanted(void **state)
{
	static const char *const ways[] = { "cancel", "lapse", "fulfil" };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct fixture *f = films_new(200);
		mixed_order(f);
		if (strcmp(ways[i], "cancel") == 0)
			must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
		else if (strcmp(ways[i], "lapse") == 0)
			fixture_advance(f, 3600000);
		else
			must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
		int64_t spent = strcmp(ways[i], "fulfil") == 0 ? 110 : 50;
		balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
		balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", spent);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 200 - spent);
		stock_is(f, "cup", spent == 110 ? 8 : 10);
		stock_is(f, "film", 0);
		world_free(f);
	}
}

static void a_refunded_code_is_never_on_the_shelf_again(void **state)
{
	struct fixture *f = films_new(200);

	(void)state;
	mixed_order(f);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'does not work','restock':true"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 200);
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 0);
	stock_is(f, "cup", 10);
	stock_is(f, "film", 0);
	assert_int_equal(order_films(f, "o2", "m1", 1), MERIT_SHORT_STOCK);
	assert_int_equal(code_add(f, "shop", "film", "A"), MERIT_CODE_EXISTS);
	world_free(f);
}

static void an_order_has_its_codes(void **state)
{
	struct fixture *f = films_new(0);

	(void)state;
	must(f, fixture_call(f, "ops", "item.update", "'item':'film','points':1"));
	must(f, fixture_gift(f, "m1", "start", 500));
	for (int i = 0; i < MERIT_ORDER_CODES_MAX + 1; i++) {
		char code[16];
		snprintf(code, sizeof(code), "code%d", i);
		must(f, code_add(f, "shop", "film", code));
	}
#define FILMS(quantity)                                                                                                \
	"'order':'o','member':'m1','lines':[{'item':'film','version':2,'points':1,'quantity':1},"                      \
	"{'item':'film','version':2,'points':1,'quantity':%d}]",                                                       \
		quantity
	assert_int_equal(fixture_call(f, "svc", "order.place", FILMS(MERIT_ORDER_CODES_MAX)), MERIT_ORDER_TOO_LARGE);
	must(f, fixture_call(f, "svc", "order.place", FILMS(MERIT_ORDER_CODES_MAX - 1)));
#undef FILMS
	stock_is(f, "film", 1);
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 500);
	world_free(f);
}

/* What started again has the same pools: places given out stay given out. */
static void a_restart_forgets_no_code(void **state)
{
	struct fixture *f = films_new(200);

	(void)state;
	must(f, code_add(f, "shop", "film", "A"));
	must(f, code_add(f, "shop", "film", "B"));
	must(f, order_films(f, "o1", "m1", 1));
	fixture_close(f);
	fixture_open(f);
	must(f, order_films(f, "o2", "m1", 1));
	code_is(f, 0, 0, "B");
	assert_int_equal(order_films(f, "o3", "m1", 1), MERIT_SHORT_STOCK);
	world_free(f);
}

/* ---- Places against a list ---- */

#define WALK_STEPS 1200

/* Which places of the pool have a code, as the test's own list has it. */
struct places {
	bool has_code[WALK_STEPS + 1];
	uint64_t count; /* places that ever had one */
	size_t codes;   /* rows of codes met on a scan */
};

static struct merit_text place_code(uint64_t place, unsigned char bytes[MERIT_HASH_SIZE])
{
	memset(bytes, 0, MERIT_HASH_SIZE);
	memcpy(bytes, &place, sizeof(place));
	return (struct merit_text){ (const char *)bytes, MERIT_HASH_SIZE };
}

/* A row is a code where the list has one; else it ends a run that has none, and ends where one stands. */
static bool row_check(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct places *places = context;
	unsigned char bytes[MERIT_HASH_SIZE];
	uint64_t place = 0, end;

	for (size_t i = key_size - sizeof(place); i < key_size; i++)
		place = place << 8 | ((const unsigned char *)key)[i];
	if (size == MERIT_HASH_SIZE) {
		assert_true(places->has_code[place]);
		assert_memory_equal(value, place_code(place, bytes).data, size);
		places->codes++;
		return true;
	}
	assert_int_equal(size, sizeof(end));
	memcpy(&end, value, sizeof(end));
	uint64_t first = place < end ? place : end, last = place < end ? end : place;
	assert_true(first > 0 && places->has_code[first - 1]);
	assert_true(last + 1 == places->count || places->has_code[last + 1]);
	for (uint64_t i = first; i <= last; i++)
		assert_false(places->has_code[i]);
	return true;
}

static void pool_is(struct merit_model *model, struct places *places)
{
	const struct merit_item *item = merit_model_item(model, MERIT_TEXT("film"));
	uint64_t first = 0;
	size_t stock = 0;

	while (first < places->count && !places->has_code[first])
		first++;
	for (uint64_t i = 0; i < places->count; i++)
		stock += places->has_code[i];
	assert_int_equal(item->codes_first, first);
	assert_int_equal(item->stock, stock);
	places->codes = 0;
	merit_state_scan(model->state, MERIT_TABLE_POOL, "", 0, row_check, places);
	assert_int_equal(places->codes, stock);
}

static void places_are_a_list_in_whatever_order_codes_go(void **state)
{
	struct fixture *f = films_new(0);
	struct merit_model *model = &f->ledger->model;
	static struct places places;
	unsigned char bytes[MERIT_HASH_SIZE];
	uint32_t chance = 1;

	(void)state;
	memset(&places, 0, sizeof(places));
	for (uint32_t step = 0; step < WALK_STEPS; step++) {
		chance = chance * 1664525 + 1013904223;
		uint64_t place = places.count == 0 ? 0 : (chance >> 8) % places.count;
		merit_arena_reset(&model->scratch);
		if (places.has_code[place] && step / 200 % 2 == 1) { /* a while of each, with some of the other */
			merit_code_take(model, MERIT_TEXT("film"), place_code(place, bytes));
			places.has_code[place] = false;
		} else if (step / 200 % 2 == 0 || chance >> 30 == 0) {
			merit_code_put(model, MERIT_TEXT("film"), place_code(places.count, bytes));
			places.has_code[places.count++] = true;
		}
		pool_is(model, &places);
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_added_once_and_withdrawn_once),
		cmocka_unit_test(a_pool_is_its_merchants),
		cmocka_unit_test(the_stock_of_codes_is_its_pool),
		cmocka_unit_test(a_code_is_paid_handed_over_and_received_in_one_entry),
		cmocka_unit_test(of_two_members_one_gets_the_last_code),
		cmocka_unit_test(codes_go_oldest_first_past_those_withdrawn),
		cmocka_unit_test(codes_withdrawn_side_by_side_are_one_run),
		cmocka_unit_test(places_are_a_list_in_whatever_order_codes_go),
		cmocka_unit_test(a_code_stays_handed_over_when_the_rest_is_not_wanted),
		cmocka_unit_test(a_refunded_code_is_never_on_the_shelf_again),
		cmocka_unit_test(an_order_has_its_codes),
		cmocka_unit_test(a_restart_forgets_no_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
