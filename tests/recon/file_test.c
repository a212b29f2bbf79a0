/* file_test.c
 * Goal    a file is read whole or refused by name, whatever its path leads to; what a file says of itself is compared.
 * Method  small files in a directory of their own; rows differ in one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/entry.h"
#include "recon/mapping.h"

static const char mapping_text[] = "{\"header\":[\"no\",\"day\",\"amount\"],\"currency\":\"CNY\",\"reference\":\"no\","
				   "\"day\":\"day\",\"amount\":\"amount\"}";

static struct merit_mapping_file *mapping_new(void)
{
	struct merit_mapping_file *mapping;
	struct merit_file_fault fault;

	assert_int_equal(merit_mapping_file_parse(mapping_text, strlen(mapping_text), &mapping, &fault), MERIT_OK);
	return mapping;
}

static enum merit_status parse(const char *text, const struct merit_file_options *options, struct merit_file *file,
                               struct merit_file_fault *fault)
{
	return merit_file_parse(text, strlen(text), options, file, fault);
}

static void every_format_has_a_name_of_its_own(void **state)
{
	size_t count = 0;

	(void)state;
	for (; merit_file_format_at(count) != NULL; count++) {
		assert_non_null(merit_file_format_at(count)->about);
		for (size_t before = 0; before < count; before++)
			assert_string_not_equal(merit_file_format_at(before)->name, merit_file_format_at(count)->name);
	}
	assert_int_equal(count, 9);
}

static void what_no_format_looks_like_is_refused_by_name(void **state)
{
	struct merit_file_options options = { 0 };
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(parse("no,day,amount\n1,2026-10-01,5\n", &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_non_null(strstr(fault.why, "CSV needs a mapping; known are camt.053, mt940, wechat"));
	options.format = "bai2";
	assert_int_equal(parse("01,SENDER,RECEIVER\n", &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_non_null(strstr(fault.why, "no such format: bai2; known are "));
	options.format = "csv";
	assert_int_equal(parse("no,day,amount\n", &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_string_equal(fault.why, "CSV needs a mapping, which says what its columns are");
}

static void what_is_no_text_is_refused_by_name_whatever_was_told(void **state)
{
	static const struct {
		const char *bytes, *why;
	} rows[] = {
		{ "PK\3\4\x14", "an Excel workbook (.xlsx) or a zip archive: save it as CSV, or unpack it" },
		{ "\xd0\xcf\x11\xe0\xa1", "an Excel workbook (.xls): save it as CSV" },
		{ "\x1f\x8b\x08", "packed with gzip: unpack it" },
		{ "%PDF-1.7\n", "a PDF: ask for the same as a file of data" },
		{ "OFXHEADER:100\n", "OFX, not a format merit knows: ask the bank for camt.053 or MT940" },
	};
	static const char *const told[] = { NULL, "wechat", "mt940" };
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 3; i++) {
		struct merit_file_options options = { .format = told[i % 3] };
		assert_int_equal(parse(rows[i / 3].bytes, &options, &file, &fault), MERIT_BAD_FORMAT);
		assert_string_equal(fault.why, rows[i / 3].why);
	}
}

static void an_empty_file_is_refused(void **state)
{
	struct merit_file_options options = { 0 };
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(parse("", &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_string_equal(fault.why, "the file is empty");
}

static void a_file_holds_its_hash_its_days_and_its_items(void **state)
{
	static const char text[] = "no,day,amount\nA,2026-10-03,5.00\nB,2026-10-01,-1.5\n";
	struct merit_file_options options = { .mapping = mapping_new() };
	struct merit_file file;
	struct merit_file_fault fault;
	uint8_t hash[MERIT_HASH_SIZE];

	(void)state;
	assert_int_equal(parse(text, &options, &file, &fault), MERIT_OK);
	merit_sha256(text, strlen(text), hash);
	assert_memory_equal(file.hash.bytes, hash, sizeof(hash));
	assert_string_equal(file.format, "csv");
	assert_int_equal(file.items_count, 2);
	assert_int_equal(file.last_day - file.first_day, 2);
	assert_int_equal(file.items[1].amount, -150);
	assert_int_equal(file.items[1].line, 3);
	assert_string_equal(file.items[1].currency, "CNY");
	assert_true(merit_file_check(&file, &fault)); /* It says nothing of itself. */
	merit_file_free(&file);
	merit_file_free(&file); /* Once more does nothing. */
	merit_mapping_file_free((struct merit_mapping_file *)(uintptr_t)options.mapping);
}

static void another_currency_than_promised_is_refused(void **state)
{
	struct merit_file_options options = { .mapping = mapping_new(), .currency = "CNY" };
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(parse("no,day,amount\nA,2026-10-03,5\n", &options, &file, &fault), MERIT_OK);
	merit_file_free(&file);
	memcpy(options.currency, "EUR", 4);
	assert_int_equal(parse("no,day,amount\nA,2026-10-03,5\n", &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 2);
	assert_string_equal(fault.why, "an amount in CNY, where all should be in EUR");
	merit_mapping_file_free((struct merit_mapping_file *)(uintptr_t)options.mapping);
}

static void a_control_that_disagrees_is_named(void **state)
{
	static const struct {
		struct merit_file_control control;
		const char *why;
	} rows[] = {
		{ { .kind = MERIT_CONTROL_COUNT, .what = "count of rows", .stated = 3, .computed = 2 },
		  "count of rows: the file says 3, and has 2" },
		{ { .kind = MERIT_CONTROL_SUM,
		    .what = "sum of fees",
		    .stated = 123450,
		    .computed = -5,
		    .currency = "EUR" },
		  "sum of fees: the file says 1,234.50 EUR, its lines come to -0.05 EUR" },
		{ { .kind = MERIT_CONTROL_SUM, .what = "sum of fees", .stated = 123450, .computed = 7 },
		  "sum of fees: the file says 123,450, its lines come to 7" },
		{ { .kind = MERIT_CONTROL_CLOSING,
		    .opening = 10000,
		    .stated = 9000,
		    .computed = 8000,
		    .currency = "EUR" },
		  "it opens with 100.00 EUR, its lines come to -20.00 EUR, "
		  "and it closes with 90.00 EUR in place of 80.00 EUR" },
		{ { .kind = MERIT_CONTROL_UNCLOSED, .currency = "EUR" },
		  "it opens with 0.00 EUR and has no closing balance in EUR: is it cut off?" },
		{ { .kind = MERIT_CONTROL_UNOPENED, .stated = 500, .computed = 500, .currency = "EUR" },
		  "it closes with 5.00 EUR and has no opening balance in EUR: is its beginning missing?" },
	};
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_file file = { 0 };
		*merit_file_add_control(&file) =
			(struct merit_file_control){ .what = "count of rows", .stated = 7, .computed = 7, .line = 1 };
		assert_true(merit_file_check(&file, &fault));
		struct merit_file_control *added = merit_file_add_control(&file);
		*added = rows[i].control;
		added->line = 9;
		assert_false(merit_file_check(&file, &fault));
		assert_int_equal(fault.line, 9);
		assert_string_equal(fault.why, rows[i].why);
		merit_file_free(&file);
	}
}

static void a_fault_too_long_for_its_place_ends_with_a_whole_character(void **state)
{
	struct merit_file_fault fault;
	char text[300] = "";

	(void)state;
	for (int i = 0; i < 90; i++)
		strcat(text, "账");
	for (size_t shift = 0; shift < 3; shift++) {
		assert_int_equal(merit_file_refuse(&fault, 1, 2, "%.*s%s", (int)shift, "ab", text), MERIT_BAD_FORMAT);
		size_t size = strlen(fault.why);
		assert_true(size > sizeof(fault.why) - 6);
		assert_int_equal((size - shift) % 3, 0);
	}
}

static void lists_keep_what_was_added_while_they_grow(void **state)
{
	struct merit_file file = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		merit_file_add_item(&file)->line = i;
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(file.items[i].line, i);
	assert_int_equal(file.items_count, 1000);
	merit_file_free(&file);
}

/* ---- Paths ---- */

static char directory[] = "/tmp/merit_file_test.XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

/* A file of this size; text at its beginning and nothing behind it takes no room. */
static void make_file(const char *path, const char *text, off_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(close(fd), 0);
}

static void a_path_that_leads_nowhere_is_told_apart(void **state)
{
	struct merit_file_options options = { 0 };
	struct merit_file file;
	struct merit_file_fault fault;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/none", directory);
	assert_int_equal(merit_file_read(path, &options, &file, &fault), MERIT_NOT_FOUND);
	assert_true(fault.why[0] != '\0');
	assert_int_equal(merit_file_read(directory, &options, &file, &fault), MERIT_IO_FAILED);
	assert_string_equal(fault.why, "it is a directory");
}

static void a_file_over_the_limit_is_not_read(void **state)
{
	struct merit_file_options options = { 0 };
	struct merit_file file;
	struct merit_file_fault fault;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/large", directory);
	make_file(path, "", MERIT_FILE_SIZE_MAX + 1);
	assert_int_equal(merit_file_read(path, &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_string_equal(fault.why, "the file is over 1 GiB; split it");
	assert_int_equal(unlink(path), 0);
}

static void a_file_and_its_bytes_read_alike(void **state)
{
	static const char text[] = "no,day,amount\nA,2026-10-03,5.00\n";
	struct merit_file_options options = { .mapping = mapping_new() };
	struct merit_file file;
	struct merit_file_fault fault;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", directory);
	make_file(path, text, (off_t)strlen(text));
	assert_int_equal(merit_file_read(path, &options, &file, &fault), MERIT_OK);
	assert_int_equal(file.items[0].amount, 500);
	merit_file_free(&file);
	make_file(path, "", 0);
	assert_int_equal(merit_file_read(path, &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(unlink(path), 0);
	merit_mapping_file_free((struct merit_mapping_file *)(uintptr_t)options.mapping);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_has_a_name_of_its_own),
		cmocka_unit_test(what_no_format_looks_like_is_refused_by_name),
		cmocka_unit_test(what_is_no_text_is_refused_by_name_whatever_was_told),
		cmocka_unit_test(an_empty_file_is_refused),
		cmocka_unit_test(a_file_holds_its_hash_its_days_and_its_items),
		cmocka_unit_test(another_currency_than_promised_is_refused),
		cmocka_unit_test(a_control_that_disagrees_is_named),
		cmocka_unit_test(a_fault_too_long_for_its_place_ends_with_a_whole_character),
		cmocka_unit_test(lists_keep_what_was_added_while_they_grow),
		cmocka_unit_test(a_path_that_leads_nowhere_is_told_apart),
		cmocka_unit_test(a_file_over_the_limit_is_not_read),
		cmocka_unit_test(a_file_and_its_bytes_read_alike),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
