/* chinese_bills_test.c
 * Goal    each transaction in the journals beside real exports is exactly one row of ours: day, amount, currency; rows
 *         without one are left out for a reason, or named here.
 * Method  the journals' transactions are read in the plainest way, their amount being the sum of what they add, and
 *         each takes one item. What is left of either side is counted.
 * Data    statements/cn-bills-deg: consumers' exports, made anonymous, with journals by double-entry-generator */
#include "ledger/calendar.h"
#include "ledger/currency.h"
#include "recon/mapping.h"
#include "tests/ledger/shared_data.h"

#include <string.h>

/* left: items that the journal does not have, though nothing in their rows says why. Of hsbchk's account it is a
 * payment to a person, which its owner told the journal to leave out. */
static const struct {
	const char *folder, *records, *journal, *format;
	size_t items, skips, left;
} bills[] = {
	{ "alipay", "example-alipay-records.csv", "example-alipay-output.beancount", "alipay", 7, 3, 0 },
	{ "cmb/credit", "example-cmb-records.csv", "example-cmb-credit-output.beancount", "cmb", 5, 1, 0 },
	{ "cmb/debit", "example-cmb-records.csv", "example-cmb-debit-output.beancount", "cmb", 5, 0, 0 },
	{ "hsbchk/credit", "example-hsbchk-credit-records.csv", "example-hsbchk-credit-output.beancount", "hsbchk", 11,
	  0, 0 },
	{ "hsbchk/debit", "example-hsbchk-debit-records.csv", "example-hsbchk-debit-output.beancount", "hsbchk", 10, 0,
	  1 },
	{ "icbc/credit", "example-icbc-credit-records.csv", "example-icbc-credit-output.beancount", "icbc", 4, 5, 0 },
	{ "icbc/debit-v1", "example-icbc-debit-v1-records.csv", "example-icbc-debit-v1-output.beancount", "icbc", 7, 4,
	  0 },
	{ "icbc/debit-v2", "example-icbc-debit-v2-records.csv", "example-icbc-debit-v2-output.beancount", "icbc", 7, 4,
	  0 },
	{ "jd", "example-jd-records.csv", "example-jd-output.beancount", "jd", 22, 4, 0 },
	{ "wechat", "example-wechat-records.csv", "example-wechat-output.beancount", "wechat", 27, 0, 0 },
};

struct transaction {
	int32_t day;
	int64_t amount;
	char currency[4];
};

#define TRANSACTIONS_MAX 100

/* A line such as "  Assets:Alipay 222228.50 CNY" adds to the transaction. */
static void take_posting(const char *line, struct transaction *transaction)
{
	char account[256], amount[64], currency[8];
	int64_t minor;

	if (sscanf(line, " %255s %63s %7s", account, amount, currency) != 3 || strchr(account, ':') == NULL ||
	    !merit_money_parse(amount, currency, &minor))
		return;
	memcpy(transaction->currency, currency, sizeof(transaction->currency));
	transaction->amount += minor > 0 ? minor : 0;
}

static size_t journal_read(const char *path, struct transaction *transactions)
{
	FILE *file = fopen(path, "re");
	char line[1024];
	size_t count = 0;
	int32_t day;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (merit_day_parse(line, 10, &day) && strncmp(line + 10, " * ", 3) == 0) {
			assert_true(count < TRANSACTIONS_MAX);
			transactions[count++] = (struct transaction){ .day = day };
		} else if (count > 0 && (line[0] == ' ' || line[0] == '\t')) {
			take_posting(line, &transactions[count - 1]);
		}
	}
	assert_int_equal(fclose(file), 0);
	return count;
}

/* Whether one more item is this transaction; it is taken. */
static bool take_item(const struct merit_file *file, bool *taken, const struct transaction *transaction)
{
	for (size_t i = 0; i < file->items_count; i++) {
		const struct merit_recon_item *item = &file->items[i];
		if (!taken[i] && item->day == transaction->day && llabs(item->amount) == transaction->amount &&
		    strcmp(item->currency, transaction->currency) == 0) {
			taken[i] = true;
			return true;
		}
	}
	return false;
}

static void compare(const char *name, const struct merit_file *file, const struct transaction *transactions,
                    size_t count, size_t left)
{
	bool *taken = calloc(file->items_count + 1, sizeof(*taken));

	assert_non_null(taken);
	for (size_t i = 0; i < count; i++) {
		if (!take_item(file, taken, &transactions[i]))
			fail_msg("%s: no row for %lld %s", name, (long long)transactions[i].amount,
			         transactions[i].currency);
	}
	assert_int_equal(file->items_count - count, left);
	free(taken);
}

static void each_transaction_of_the_journals_is_one_row(void **state)
{
	struct transaction transactions[TRANSACTIONS_MAX];
	struct merit_file_options options = { .offset_minutes = 480 };
	struct merit_file file;
	struct merit_file_fault fault;
	char path[1024];

	(void)state;
	const char *data = shared_data();
	for (size_t i = 0; i < sizeof(bills) / sizeof(bills[0]); i++) {
		snprintf(path, sizeof(path), "%s/statements/cn-bills-deg/%s/%s", data, bills[i].folder,
		         bills[i].records);
		if (merit_file_read(path, &options, &file, &fault) != MERIT_OK)
			fail_msg("%s: line %llu: %s", path, (unsigned long long)fault.line, fault.why);
		assert_string_equal(file.format, bills[i].format);
		assert_int_equal(file.items_count, bills[i].items);
		assert_int_equal(file.skips_count, bills[i].skips);
		for (size_t j = 0; j < file.skips_count; j++)
			printf("%s:%llu: %s\n", bills[i].folder, (unsigned long long)file.skips[j].line,
			       file.skips[j].why);
		assert_int_equal(file.controls_count, 0);
		snprintf(path, sizeof(path), "%s/statements/cn-bills-deg/%s/%s", data, bills[i].folder,
		         bills[i].journal);
		size_t count = journal_read(path, transactions);
		assert_true(count > 0);
		compare(bills[i].folder, &file, transactions, count, bills[i].left);
		merit_file_free(&file);
	}
}

/* Mappings a person would write for two banks' CSV. */
static const struct {
	const char *name, *mapping;
	int64_t first, second;
} banks[] = {
	{ "sample_statement.csv",
	  "{\"reference\":\"Reference\",\"day\":\"Date\",\"amount\":\"Amount\",\"currency\":\"EUR\",\"text\":"
	  "\"Description\","
	  "\"balance\":{\"column\":\"Balance\",\"newest\":\"last\"}}",
	  250000, -120000 },
	{ "sample_split_amounts.csv",
	  "{\"separator\":\";\",\"decimal\":\",\",\"reference\":\"Ref\",\"day\":\"Booking Date\",\"credit\":\"Credit\","
	  "\"debit\":\"Debit\",\"currency\":\"EUR\",\"balance\":{\"column\":\"Running Balance\",\"newest\":\"last\"}}",
	  125050, -20025 },
};

static void banks_csv_is_read_by_a_mapping_and_adds_up(void **state)
{
	struct merit_file_options options = { 0 };
	struct merit_mapping_file *mapping;
	struct merit_file file;
	struct merit_file_fault fault;
	char path[1024];

	(void)state;
	const char *data = shared_data();
	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		assert_int_equal(merit_mapping_file_parse(banks[i].mapping, strlen(banks[i].mapping), &mapping, &fault),
		                 MERIT_OK);
		options.mapping = mapping;
		snprintf(path, sizeof(path), "%s/statements/camt-csv-bankstatementparser/%s", data, banks[i].name);
		if (merit_file_read(path, &options, &file, &fault) != MERIT_OK)
			fail_msg("%s: line %llu: %s", path, (unsigned long long)fault.line, fault.why);
		merit_mapping_file_free(mapping);
		assert_int_equal(file.items_count, 2);
		assert_int_equal(file.items[0].amount, banks[i].first);
		assert_int_equal(file.items[1].amount, banks[i].second);
		assert_int_equal(file.controls_count, 1);
		assert_true(merit_file_check(&file, &fault));
		merit_file_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_transaction_of_the_journals_is_one_row),
		cmocka_unit_test(banks_csv_is_read_by_a_mapping_and_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
