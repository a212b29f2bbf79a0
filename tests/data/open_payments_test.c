/* open_payments_test.c
 * Goal    what companies paid to doctors goes through as earns, and every doctor's count and sum are those that
 *         somebody else added up, to the cent.
 * Method  CMS Open Payments (US public domain), general payments to Iowa physicians, August 2013 to 2015. A cent is a
 *         point, a company (by its id: some have several names) is a sponsor with one campaign that is funded with
 *         exactly what it paid. A record's id is its reference and its operation's id: rows that look alike under
 *         different ids are real. Rows of 0.00 are refused, all others post. The totals of the control file hold
 *         where it counted no research, which is not in this set. No text of the data is longer than a TEXT may be
 *         or holds what one may not, so nothing is cut. All is added from the entries in the log. */
#include "ledger/verify.h"
#include "tests/data/payments.h"

/* ---- Adding up again ---- */

static void entry_add(struct payments *payments, const struct merit_entry *entry)
{
	char id[NAME_SIZE];

	if (entry->operation->number != MERIT_OP_EARN)
		return;
	(void)snprintf(id, sizeof(id), "%.*s", (int)entry->values[EARN_MEMBER].text.size - 1,
	               entry->values[EARN_MEMBER].text.data + 1);
	struct party *physician = party_find(&payments->physicians, id);
	assert_non_null(physician);
	assert_true(merit_text_equal(entry->values[EARN_REFERENCE].text, entry->id));
	if (entry->status == MERIT_OK) {
		physician->posted++;
		physician->points += entry->results[EARN_PAID].integer;
		return;
	}
	assert_int_equal(entry->status, MERIT_ZERO_AMOUNT);
	assert_int_equal(entry->values[EARN_POINTS].integer, 0);
	physician->refused++;
}

static void log_add(struct payments *payments)
{
	struct merit_store_reader *reader;
	struct merit_arena arena = { 0 };
	struct merit_entry entry;
	const void *leaf_bytes;
	size_t size;

	good(merit_store_reader_open(payments->f->ledger->store, &reader));
	good(merit_store_reader_begin(reader));
	for (uint64_t seq = 0; seq < fixture_size(payments->f); seq++) {
		merit_arena_reset(&arena);
		good(merit_store_read_entry(reader, seq, &leaf_bytes, &size));
		good(merit_entry_read(leaf_bytes, size, &arena, &entry));
		entry_add(payments, &entry);
	}
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_arena_free(&arena);
}

static void physician_compare(const void *node, VISIT visit, int depth)
{
	const struct party *physician = *(const struct party *const *)node;
	char name[NAME_SIZE + 1];

	(void)depth;
	if (visit != postorder && visit != leaf)
		return;
	(void)snprintf(name, sizeof(name), "p%s", physician->name);
	assert_int_equal(physician->points, physician->cents);
	assert_int_equal(fixture_balance(walked->f, MERIT_ACCOUNT_MEMBER, name), physician->points);
}

static void sponsor_compare(const void *node, VISIT visit, int depth)
{
	const struct party *sponsor = *(const struct party *const *)node;
	char name[NAME_SIZE + 1];

	(void)depth;
	if (visit != postorder && visit != leaf)
		return;
	(void)snprintf(name, sizeof(name), "c%s", sponsor->name);
	assert_int_equal(fixture_balance(walked->f, MERIT_ACCOUNT_CAMPAIGN, name), 0);
	(void)snprintf(name, sizeof(name), "s%s", sponsor->name);
	assert_int_equal(fixture_balance(walked->f, MERIT_ACCOUNT_SPONSOR, name), -sponsor->cents);
}

/* ---- The test ---- */

static void what_companies_paid_to_doctors_adds_up_to_the_cent(void **state)
{
	struct payments *payments = *state;
	struct merit_verify_options options = { 0 };
	struct merit_verify_report report;

	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++) {
		unsigned rows = payments->rows;
		int64_t cents = payments->cents;
		payments_read(payments, years[i].year, row_count);
		assert_int_equal(payments->rows - rows, years[i].rows);
		assert_int_equal(payments->cents - cents, years[i].cents);
	}
	assert_int_equal(payments->zeros, 21);
	payments->f = fixture_new_with(born_behind_the_payments);
	world_open(payments);
	uint64_t size = fixture_size(payments->f);
	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++)
		payments_read(payments, years[i].year, row_pay);
	batch_send(payments);
	assert_int_equal(payments->refused, payments->zeros);
	assert_int_equal(fixture_size(payments->f), size + payments->rows);
	payments_read(payments, years[0].year, row_pay); /* The same ids again have the outcomes they had. */
	batch_send(payments);
	assert_int_equal(fixture_size(payments->f), size + payments->rows);
	log_add(payments);
	assert_int_equal(control_compare(payments), 966);
	twalk(payments->physicians, physician_compare);
	twalk(payments->sponsors, sponsor_compare);
	print_message("%u payments of %" PRId64 " cents, %u of them of nothing\n", payments->rows, payments->cents,
	              payments->zeros);
	fixture_close(payments->f);
	options.directory = payments->f->directory;
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("%s", report.fault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_companies_paid_to_doctors_adds_up_to_the_cent, payments_setup,
		                                payments_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
