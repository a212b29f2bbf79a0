/* statements_test.c
 * Goal    every camt.053 and MT940 file of the data folder is read, its rows are what another program read of it, and
 *         then its controls agree, or refuse it with line and reason.
 * Method  beside most MT940 files lies what a Python library made of them (mt940, by Wolph), as a dump of its objects.
 *         Count, amount, currency and reference of each transaction are taken from that text and compared. It differs
 *         from us, and from the statements' own balances, in these points:
 *           RC      it takes a credit that was taken back for a credit (status RC). In sepa_mt9401 two entries are RC;
 *                   only with them below zero do their statements add up.
 *           MTLG    it takes the bank's message behind an end-to-end reference for a part of it.
 *           :86:    where that has numbered parts it forgets the customer's reference of :61:. Ours is then compared
 *                   with the file's own line.
 *           EREF    where :61: only points to :86: between slashes (rabobank-iban) it keeps the pointer. */
#include <stdbool.h>
#include <string.h>

#include "ledger/currency.h"
#include "recon/file.h"
#include "tests/ledger/shared_data.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define FOLDER      "statements/"

/* ---- Reading ---- */

static enum merit_status read_shared(const char *name, const char *currency, struct merit_file *file,
                                     struct merit_file_fault *fault)
{
	struct merit_file_options options = { .offset_minutes = 60 };
	size_t size;
	char *bytes = shared_read(&size, FOLDER "%s", name);

	if (currency != NULL)
		memcpy(options.currency, currency, 3);
	enum merit_status status = merit_file_parse(bytes, size, &options, file, fault);
	free(bytes);
	return status;
}

/* Every file: how many rows and controls it has, and what the check says. why NULL: all controls agree. */
static const struct {
	const char *name;
	const char *currency;
	size_t rows, controls;
	uint64_t line;
	const char *why;
} files[] = {
	{ "mt940-wolph/betterplace/amount_formats.sta", NULL, 0, 6, 1, "cut off" },
	{ "mt940-wolph/betterplace/currency_in_25.sta", NULL, 0, 0, 0, NULL },
	{ "mt940-wolph/betterplace/empty_86.sta", NULL, 0, 0, 0, NULL },
	{ "mt940-wolph/betterplace/empty_entry_date.sta", "EUR", 1, 0, 0, NULL },
	{ "mt940-wolph/betterplace/empty_line.sta", NULL, 0, 0, 0, NULL },
	{ "mt940-wolph/betterplace/missing_crlf_at_end.sta", NULL, 0, 1, 1, "is its beginning missing?" },
	{ "mt940-wolph/betterplace/sepa_mt9401.sta", NULL, 97, 32, 0, NULL }, /* 26 statements, 6 of them go on */
	{ "mt940-wolph/betterplace/sepa_snippet.sta", NULL, 11, 2, 55, "closes with -4,472,049.09 EUR in place of" },
	{ "mt940-wolph/betterplace/sepa_snippet_broken.sta", NULL, 1, 1, 10,
	  "closes with 1,125,250.40 EUR in place of" },
	{ "mt940-wolph/betterplace/with_binary_character.sta", NULL, 4, 2, 0, NULL },
	{ "mt940-wolph/jejik/abnamro.sta", NULL, 10, 2, 27, "closes with 876.84 EUR in place of" },
	{ "mt940-wolph/jejik/generic.sta", NULL, 2, 2, 0, NULL },
	{ "mt940-wolph/jejik/ing.sta", NULL, 7, 1, 26, "closes with 3.47 EUR in place of" },
	{ "mt940-wolph/jejik/knab.sta", NULL, 3, 2, 20, "closes with 798.98 EUR in place of" },
	{ "mt940-wolph/jejik/postfinance.sta", NULL, 4, 3, 27, "closes with 159.60 CHF in place of" },
	{ "mt940-wolph/jejik/rabobank-iban.sta", NULL, 4, 2, 0, NULL },
	{ "mt940-wolph/jejik/rabobank.sta", NULL, 5, 4, 11, "closes with 395.82 EUR in place of" },
	{ "mt940-wolph/jejik/sns.sta", NULL, 2, 2, 0, NULL },
	{ "mt940-wolph/jejik/triodos.sta", NULL, 2, 1, 12, "closes with 4,370.79 EUR in place of" },
	{ "mt940-wolph/ASNB/mt940.txt", NULL, 8, 31, 0, NULL },
	{ "mt940-wolph/ASNB/mt940_with_spaces_for_entry_date.txt", NULL, 8, 31, 0, NULL },
	{ "camt-csv-bankstatementparser/sample.mt940", NULL, 2, 1, 0, NULL },
	{ "camt-csv-bankstatementparser/camt.053.001.02.xml", NULL, 3, 1, 0, NULL },
	{ "camt-genkgo/camt053.v2.all-balance-types.xml", NULL, 1, 1, 68, "closes with 4.04 EUR in place of" },
	{ "camt-genkgo/camt053.v2.five.decimals.xml", NULL, 1, 1, 49, "closes with 27.05 EUR in place of" },
	{ "camt-genkgo/camt053.v2.minimal.ultimate.xml", NULL, 1, 2, 42, "has no closing balance in " },
	{ "camt-genkgo/camt053.v2.minimal.xml", NULL, 1, 2, 42, "has no closing balance in " },
	{ "camt-genkgo/camt053.v2.multi.statement.xml", NULL, 2, 2, 0, NULL },
	{ "camt-genkgo/camt053.v2.with-account-name.xml", NULL, 1, 0, 0, NULL },
	{ "camt-genkgo/camt053.v2.with-party-ids.xml", NULL, 1, 2, 42, "has no closing balance in " },
};

static void check_file(size_t row)
{
	struct merit_file file;
	struct merit_file_fault fault = { 0 };

	if (read_shared(files[row].name, files[row].currency, &file, &fault) != MERIT_OK)
		fail_msg("%s:%llu: %s", files[row].name, (unsigned long long)fault.line, fault.why);
	if (file.items_count != files[row].rows || file.controls_count != files[row].controls || file.skips_count != 0)
		fail_msg("%s: %zu rows, %zu controls", files[row].name, file.items_count, file.controls_count);
	bool agrees = merit_file_check(&file, &fault);
	if (agrees != (files[row].why == NULL))
		fail_msg("%s: its controls %s", files[row].name, agrees ? "agree" : fault.why);
	if (!agrees && (fault.line != files[row].line || strstr(fault.why, files[row].why) == NULL))
		fail_msg("%s:%llu: %s", files[row].name, (unsigned long long)fault.line, fault.why);
	merit_file_free(&file);
}

static void each_statement_is_read_and_then_agrees_or_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		check_file(i);
}

static void what_is_no_statement_is_refused_by_name(void **state)
{
	static const struct {
		const char *name, *why;
	} rows[] = {
		{ "camt-genkgo/camt052.v1.xml", "camt.052" },
		{ "camt-genkgo/camt052.v2.other-account.xml", "camt.052" },
		{ "camt-genkgo/camt052.v2.with-account-name.xml", "camt.052" },
		{ "camt-genkgo/camt052.v2.xml", "camt.052" },
		{ "camt-genkgo/camt052.v4.xml", "camt.052" },
		{ "camt-genkgo/camt052.v6.Amt-zero.xml", "camt.052" },
		{ "camt-genkgo/camt052.v6.xml", "camt.052" },
		{ "camt-genkgo/camt052.v8.xml", "camt.052" },
		{ "camt-genkgo/camt053.v2.wrong.xml", "without a statement" },
		{ "camt-csv-bankstatementparser/invalid.xml", "no camt.053" },
		{ "mt940-wolph/betterplace/empty_entry_date.sta", "the file names no currency" },
		{ "ofx-ofxparse/checking.ofx", "not a format merit knows" },
		{ "bai2-moov/sample1.txt", "not a format merit knows" },
	};
	struct merit_file_fault fault;
	struct merit_file file;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(read_shared(rows[i].name, NULL, &file, &fault), MERIT_BAD_FORMAT);
		if (strstr(fault.why, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].name, fault.why);
	}
}

/* ---- What the Python library read ---- */

/* A transaction of the dump. Texts are empty where it has null. */
struct expected {
	char amount[40], currency[8], customer[200], bank[80], end_to_end[200], status[4], details[300];
};

/* A scalar of YAML as far as these dumps use them: plain or in single quotes, over lines that are indented deeper.
 * Lines are joined by a blank, and what quotes double or escape is left as it is. */
static void read_scalar(const char *at, size_t indent, char *out, size_t capacity)
{
	size_t size = 0;

	for (bool is_first = true;; is_first = false) {
		size_t blanks = strspn(at, " ");
		if (!is_first && *at != '\n' && blanks <= indent)
			break;
		at += is_first ? 0 : blanks;
		if (!is_first && size + 1 < capacity)
			out[size++] = ' ';
		for (; *at != '\n' && *at != '\0'; at++) {
			if (*at != '\'' && size + 1 < capacity)
				out[size++] = *at;
		}
		if (*at == '\0')
			break;
		at++;
	}
	out[size] = '\0';
	while (size > 0 && out[size - 1] == ' ')
		out[--size] = '\0';
	if (strcmp(out, "null") == 0)
		out[0] = '\0';
}

static void read_member(const char *transaction, const char *end, const char *name, char *out, size_t capacity)
{
	char key[64];
	int size = snprintf(key, sizeof(key), "\n    %s: ", name);
	const char *found = strstr(transaction, key);

	out[0] = '\0';
	if (found != NULL && found < end)
		read_scalar(found + size, 4, out, capacity);
}

/* The next transaction of a dump; NULL behind the last. */
static const char *next_expected(const char *dump, struct expected *expected)
{
	static const char start[] = "- !!python/object:mt940.models.Transaction\n";
	const char *transaction = strstr(dump, start);

	if (transaction == NULL)
		return NULL;
	const char *end = strstr(transaction + 1, start);
	if (end == NULL)
		end = transaction + strlen(transaction);
	const char *amount = strstr(transaction, "      - '");
	assert_non_null(amount);
	read_scalar(amount + 8, 6, expected->amount, sizeof(expected->amount));
	read_member(transaction, end, "currency", expected->currency, sizeof(expected->currency));
	read_member(transaction, end, "customer_reference", expected->customer, sizeof(expected->customer));
	read_member(transaction, end, "bank_reference", expected->bank, sizeof(expected->bank));
	read_member(transaction, end, "end_to_end_reference", expected->end_to_end, sizeof(expected->end_to_end));
	read_member(transaction, end, "status", expected->status, sizeof(expected->status));
	read_member(transaction, end, "transaction_details", expected->details, sizeof(expected->details));
	return end;
}

/* ---- Comparing ---- */

static bool begins_with(const char *text, struct merit_text beginning)
{
	return strncmp(text, beginning.data, beginning.size) == 0;
}

/* Whether reference is all of text, or all in front of the bank's message. */
static bool is_reference(const char *text, struct merit_text reference)
{
	const char *rest = text + reference.size;

	return strlen(text) >= reference.size && begins_with(text, reference) &&
	       (*rest == '\0' || strncmp(rest, "MTLG:", 5) == 0);
}

static bool is_none(const char *reference)
{
	return reference[0] == '\0' || strcmp(reference, "NONREF") == 0;
}

/* The line of the file in which our row begins. */
static const char *line_of(const char *bytes, uint64_t line)
{
	for (; line > 1; line--)
		bytes = strchr(bytes, '\n') + 1;
	return bytes;
}

/* Whether our reference is the first one that the library has, by the rules at the top. */
static bool is_expected(const struct expected *expected, struct merit_text reference, const char *line)
{
	if (!is_none(expected->end_to_end))
		return is_reference(expected->end_to_end, reference);
	if (strcmp(expected->customer, "EREF") == 0)
		return begins_with(expected->details, MERIT_TEXT("/EREF/")) &&
		       begins_with(expected->details + 6, reference) && expected->details[6 + reference.size] == '/';
	if (strncmp(expected->customer, "KREF+", 5) == 0)
		return is_reference(expected->customer + 5 + strspn(expected->customer + 5, " "), reference);
	if (!is_none(expected->customer))
		return is_reference(expected->customer, reference);
	/* In :61: behind the amount's currency and type, up to the bank's reference. */
	const char *end = strchr(line, '\n'), *own = memmem(line, (size_t)(end - line), "NTRF", 4);
	bool is_own = own != NULL && begins_with(own + 4, reference) &&
	              (strncmp(own + 4 + reference.size, "//", 2) == 0 || own[4 + reference.size] == '\n');
	if (expected->customer[0] == '\0' && is_own)
		return true;
	return is_none(expected->bank) ? reference.size == 0 : is_reference(expected->bank, reference);
}

static void compare(const char *name, const char *bytes, const struct merit_recon_item *item,
                    const struct expected *expected)
{
	char currency[4] = "";
	int64_t amount;

	memcpy(currency, expected->currency[0] != '\0' ? expected->currency : "EUR", 3); /* empty_entry_date has none */
	if (!merit_money_parse(expected->amount, currency, &amount))
		fail_msg("%s: \"%s\"", name, expected->amount);
	if (strcmp(expected->status, "RC") == 0)
		amount = -amount;
	assert_string_equal(item->currency, currency);
	if (item->amount != amount)
		fail_msg("%s:%llu: %lld, not %lld", name, (unsigned long long)item->line, (long long)item->amount,
		         (long long)amount);
	if (!is_expected(expected, item->reference, line_of(bytes, item->line)))
		fail_msg("%s:%llu: reference \"%.*s\"", name, (unsigned long long)item->line, (int)item->reference.size,
		         item->reference.data);
}

/* Returns how many transactions were compared. */
static size_t compare_file(const char *name, const char *currency)
{
	struct merit_file file;
	struct merit_file_fault fault;
	struct expected expected;
	size_t count = 0;
	char *bytes = shared_read(NULL, FOLDER "%s", name);
	char *dump = shared_read(NULL, FOLDER "%.*s.yml", (int)(strlen(name) - 4), name);

	assert_int_equal(read_shared(name, currency, &file, &fault), MERIT_OK);
	for (const char *at = dump; (at = next_expected(at, &expected)) != NULL; count++) {
		if (count == file.items_count)
			fail_msg("%s: the library read more than %zu rows", name, count);
		compare(name, bytes, &file.items[count], &expected);
	}
	assert_int_equal(count, file.items_count);
	merit_file_free(&file);
	free(dump);
	free(bytes);
	return count;
}

static void rows_are_those_that_another_program_read(void **state)
{
	size_t files_count = 0, rows_count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		size_t size = strlen(files[i].name);
		if (strcmp(files[i].name + size - 4, ".sta") != 0)
			continue;
		rows_count += compare_file(files[i].name, files[i].currency);
		files_count++;
	}
	assert_int_equal(files_count, 19);
	assert_int_equal(rows_count, 153);
}

/* Fields :62F: and :62M: of the file, counted another way. */
static void the_26_chained_statements_all_reconcile(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	size_t closings = 0, pages = 0;

	(void)state;
	assert_int_equal(read_shared("mt940-wolph/betterplace/sepa_mt9401.sta", "EUR", &file, &fault), MERIT_OK);
	for (size_t i = 0; i < file.controls_count; i++) {
		closings += strcmp(file.controls[i].what, "closing balance") == 0;
		pages += strcmp(file.controls[i].what, "balance brought forward from the page before") == 0;
		assert_int_equal(file.controls[i].stated, file.controls[i].computed);
	}
	assert_int_equal(closings, 26);
	assert_int_equal(pages, 6);
	merit_file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_statement_is_read_and_then_agrees_or_is_refused),
		cmocka_unit_test(what_is_no_statement_is_refused_by_name),
		cmocka_unit_test(rows_are_those_that_another_program_read),
		cmocka_unit_test(the_26_chained_statements_all_reconcile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
