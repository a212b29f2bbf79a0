/* sealed_test.c
 * Goal    the money of an entry stands in a line of its own: only staff and auditors see it, what others are shown proves
 *         it nevertheless, and it fits wherever its order was accepted.
 * Method  one sale, read by each role; one digit changed behind the store's back; an order as large as they come. */
#include "tests/ledger/sales.h"

#include <lmdb.h>

#include "ledger/encode.h"
#include "ledger/store_env.h"

/* The record of the last entry. */
static struct merit_buffer last_record(struct fixture *f)
{
	struct merit_buffer record = { 0 };
	struct merit_entry entry;

	fixture_entry(f, fixture_size(f) - 1, &entry);
	merit_entry_put(&record, &entry);
	assert_false(record.bad);
	return record;
}

/* ---- Who sees it, and what proves it ---- */

static struct fixture *sold(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_key_add(f, "acme", "k1");
	give(f, "c1", 60);
	must(f, fixture_order(f, "o", "m1", 2));
	order_change(f, "shop", "order.fulfil", "o");
	return f;
}

/* The leaf of the last entry in a receipt, and nothing else: the line as JSON escapes it. */
static void receipt_is_of_leaf(struct fixture *f)
{
	struct merit_buffer line = { 0 }, record = last_record(f);

	merit_buffer_put_text(&line, "extra ");
	merit_base64_put(&line, record.data, merit_record_leaf_size(record.data, record.size));
	merit_buffer_put_text(&line, "\\u000aindex ");
	merit_buffer_put_char(&line, '\0');
	assert_non_null(strstr(f->reply.data, line.data));
	merit_buffer_free(&line);
	merit_buffer_free(&record);
}

static void money_is_for_staff_and_auditors(void **state)
{
	static const char *const sealed[] = { "\"salt\"", "\"CNY\"", "margin", "merchant/shop" };
	static const struct {
		const char *kid;
		bool sees;
	} readers[] = {
		{ "m1", false }, { "shop", false }, { "aud", true }, { "fin", true }, { "ops", true },
	};
	struct fixture *f = sold();
	uint64_t sale = fixture_size(f) - 1;

	(void)state;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		print_message("%s\n", readers[i].kid);
		must(f, fixture_query(f, readers[i].kid, "entry.get", "'seq':%" PRIu64, sale));
		assert_non_null(strstr(f->reply.data, "\"sealed\":\"")); /* its hash, which proves it is there */
		for (size_t word = 0; word < sizeof(sealed) / sizeof(sealed[0]); word++)
			assert_true((strstr(f->reply.data, sealed[word]) != NULL) == readers[i].sees);
		must(f, fixture_query(f, readers[i].kid, "proof.get", "'seq':%" PRIu64, sale));
		receipt_is_of_leaf(f);
	}
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'"));
	assert_null(strstr(f->reply.data, "CNY"));
	assert_null(strstr(f->reply.data, "merchant/shop"));
	world_free(f);
}

/* What a sponsor paid for is between member, merchant and platform; its own money it sees where nothing else moves. */
static void a_sponsor_sees_its_money_but_no_sale(void **state)
{
	static const struct step steps[] = {
		{ "codes placed", "m1", "order.place",
		  "'order':'o2','member':'m1','lines':[{'item':'voucher','version':1,'points':20,'quantity':1}]",
		  MERIT_OK },
		{ "goods fulfilled", "shop", "order.fulfil", "'order':'o'", MERIT_OK },
		{ "goods refunded", "shop", "order.refund", "'order':'o','reason':'r'", MERIT_OK },
		{ "codes refunded", "shop", "order.refund", "'order':'o2','reason':'r'", MERIT_OK },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	fixture_key_add(f, "acme", "k1");
	give(f, "c1", 80);
	item_sell(f, "voucher", "shop", "code", "CNY", 20, 15);
	must(f, fixture_call(f, "shop", "code.add", "'item':'voucher','code':'%s'", fixture_private(f, "CODE")));
	must(f, fixture_order(f, "o", "m1", 2));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps_run(f, &steps[i], 1);
		uint64_t seq = fixture_size(f) - 1;
		must(f, fixture_query(f, "shop", "entry.get", "'seq':%" PRIu64, seq));
		assert_int_equal(fixture_query(f, "acme", "entry.get", "'seq':%" PRIu64, seq), MERIT_NOT_FOUND);
		assert_int_equal(fixture_query(f, "acme", "proof.get", "'seq':%" PRIu64, seq), MERIT_NOT_FOUND);
	}
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':5,'bank_reference':'b'"));
	must(f, fixture_query(f, "acme", "entry.get", "'seq':%" PRIu64, fixture_size(f) - 1));
	world_free(f);
}

static void a_sponsors_statement_tells_of_no_order(void **state)
{
	static const char *const of_orders[] = { "\"order\"", "\"by\":\"shop\"" };
	struct fixture *f = sold();

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *kid = i == 0 ? "acme" : "fin";
		must(f, fixture_query(f, kid, "statement.get", "'account':'sponsor/acme','currency':'CNY'"));
		for (size_t word = 0; word < sizeof(of_orders) / sizeof(of_orders[0]); word++)
			assert_true((strstr(f->reply.data, of_orders[word]) != NULL) == (i == 1));
		assert_true((strstr(f->reply.data, "\"op\":\"order.fulfil\",\"change_minor\":60") != NULL) == (i == 0));
	}
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':5,'bank_reference':'b'"));
	must(f, fixture_query(f, "acme", "statement.get", "'account':'sponsor/acme','currency':'CNY'"));
	assert_non_null(strstr(f->reply.data, "\"by\":\"fin\""));
	world_free(f);
}

/* The last digit of the last sealed line becomes another one, behind the store's back. */
static void digit_flip(const struct fixture *f)
{
	char path[PATH_MAX];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi table;
	MDB_cursor *cursor;
	MDB_val key, value;

	assert_true(merit_env_path(path, f->directory, "log"));
	assert_int_equal(merit_env_open(path, (uint64_t)1 << 30, 0, NULL, &env), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "log", 0, &table), 0);
	assert_int_equal(mdb_cursor_open(txn, table, &cursor), 0);
	assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_LAST), 0); /* its checkpoint */
	assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_PREV), 0);
	assert_true(merit_record_sealed(value.mv_data, value.mv_size).size > 0);
	char *record = malloc(value.mv_size);
	assert_non_null(record);
	memcpy(record, value.mv_data, value.mv_size);
	size_t at = value.mv_size;
	while (strchr("12345678", record[at - 1]) == NULL)
		at--;
	record[at - 1]++;
	value.mv_data = record;
	assert_int_equal(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
	mdb_cursor_close(cursor);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	free(record);
}

static void a_changed_amount_is_found(void **state)
{
	struct fixture *f = sold();
	struct merit_verify_options options = { .directory = f->directory };
	struct merit_verify_report report;

	(void)state;
	fixture_flush(f);
	fixture_close(f);
	assert_int_equal(merit_verify(&options, &report), MERIT_OK);
	digit_flip(f);
	assert_int_equal(merit_verify(&options, &report), MERIT_CORRUPT);
	print_message("%s\n", report.fault);
	assert_string_not_equal(report.fault, "");
	fixture_free(f);
}

/* ---- Its size ---- */

/* A hundred lines of as many merchants, paid by fifty campaigns, all with the longest names, refunded into dead lots. */
static void the_largest_order_fits_with_its_money(void **state)
{
	struct fixture *f = fixture_new_with(forfeit);
	struct merit_buffer lines = { 0 };
	char name[MERIT_NAME_SIZE_MAX + 1];

	(void)state;
	fixture_world(f);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "campaign-%023d", i);
		deal_add(f, &(struct deal){ name, "acme", "CNY", "breakage", 1000000000000, 3, 1 }, 6);
		give(f, name, 6);
	}
	for (int i = 0; i < MERIT_ORDER_LINES_MAX; i++) {
		snprintf(name, sizeof(name), "merchant-%023d", i);
		must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'%s'", name));
		item_sell(f, name, name, "goods", "CNY", 3, i % 2 == 0 ? 900000000001 : 1100000000001);
		merit_buffer_put_format(&lines, "%s{'item':'%s','version':1,'points':3,'quantity':1}",
		                        i == 0 ? "" : ",", name);
	}
	merit_buffer_put_char(&lines, '\0');
	must(f, fixture_call(f, "m1", "order.place", "'order':'o','member':'m1','lines':[%s]", lines.data));
	order_change(f, "ops", "order.fulfil", "o");
	fixture_advance(f, 2 * MONTH_MS);
	order_change(f, "ops", "order.refund", "o");
	struct merit_buffer record = last_record(f);
	assert_true(merit_record_sealed(record.data, record.size).size > 20000); /* and it was accepted */
	merit_buffer_free(&record);
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY", -100000000000000);
	merit_buffer_free(&lines);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_is_for_staff_and_auditors),
		cmocka_unit_test(a_sponsor_sees_its_money_but_no_sale),
		cmocka_unit_test(a_sponsors_statement_tells_of_no_order),
		cmocka_unit_test(a_changed_amount_is_found),
		cmocka_unit_test(the_largest_order_fits_with_its_money),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
