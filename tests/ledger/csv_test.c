/* csv_test.c
 * Goal    a CSV file is read as RFC 4180 says, and what the RFC does not allow is named with its line and column.
 * Method  each row is one file; its records are printed back as field|field/field|field and compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ledger/csv.h"

static FILE *file_of(const char *bytes, size_t size)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	rewind(file);
	return file;
}

/* All records of the file; the status that ended them. */
static enum merit_status read_all(struct merit_csv *csv, struct merit_buffer *out)
{
	enum merit_status status;

	while ((status = merit_csv_next(csv)) == MERIT_OK) {
		if (out->size > 0)
			merit_buffer_put_char(out, '/');
		for (size_t i = 0; i < csv->fields_count; i++)
			merit_buffer_put_format(out, "%s%s", i == 0 ? "" : "|", merit_csv_field(csv, i));
	}
	merit_buffer_put_char(out, '\0');
	assert_false(out->bad);
	return status;
}

static void records_are_read_as_the_rfc_says(void **state)
{
	static const struct {
		const char *name, *file, *want;
	} rows[] = {
		{ "LF", "a,b\n1,2\n", "a|b/1|2" },
		{ "CRLF", "a,b\r\n1,2\r\n", "a|b/1|2" },
		{ "no line end at the end", "a,b\n1,2", "a|b/1|2" },
		{ "empty fields", "a,b\n,\n", "a|b/|" },
		{ "quotes", "a,b\n\"1\",\"2\"\n", "a|b/1|2" },
		{ "delimiter in quotes", "a,b\n\"1,5\",2\n", "a|b/1,5|2" },
		{ "line break in quotes", "a,b\n\"1\n5\",2\n", "a|b/1\n5|2" },
		{ "CRLF in quotes", "a,b\r\n\"1\r\n5\",2\r\n", "a|b/1\r\n5|2" },
		{ "doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", "a|b/say \"hi\"|2" },
		{ "only doubled quotes", "a,b\n\"\"\"\",2\n", "a|b/\"|2" },
		{ "empty quotes", "a,b\n\"\",2\n", "a|b/|2" },
		{ "quotes at the end of the file", "a,b\n1,\"2\"", "a|b/1|2" },
		{ "empty lines", "\na,b\n\n\r\n1,2\n\n", "a|b/1|2" },
		{ "blanks are kept", "a, b \n", "a| b " },
		{ "nothing", "", "" },
		{ "UTF-8", "名,数\n张三,2\n", "名|数/张三|2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_csv csv = { .file = file_of(rows[i].file, strlen(rows[i].file)), .delimiter = ',' };
		struct merit_buffer got = { 0 };
		enum merit_status status = read_all(&csv, &got);
		if (status != MERIT_NOT_FOUND || strcmp(got.data, rows[i].want) != 0)
			fail_msg("%s: %s, \"%s\"", rows[i].name, merit_status_word(status), got.data);
		fclose(csv.file);
		merit_csv_free(&csv);
		merit_buffer_free(&got);
	}
}

static void faults_are_named_with_their_place(void **state)
{
	static const struct {
		const char *name, *file, *want;
		uint64_t line, column;
	} rows[] = {
		{ "a quote inside", "a,b\n1,2\"3\n", "a quote inside a field without quotes", 2, 4 },
		{ "text behind quotes", "a,b\n\"1\"2,3\n", "text behind a closing quote", 2, 4 },
		{ "a blank behind quotes", "a,b\n\"1\" ,3\n", "text behind a closing quote", 2, 4 },
		{ "an open quote", "a,b\n1,\"2\n3,4\n", "a quote that is never closed", 2, 3 },
		{ "an open quote behind another", "\"a\",\"b\n", "a quote that is never closed", 1, 5 },
		{ "a lone CR", "a,b\n1\r2,3\n", "a carriage return without a line feed", 2, 2 },
		{ "behind a field of two lines", "a,b\n\"1\n5\"x,2\n", "text behind a closing quote", 3, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_csv csv = { .file = file_of(rows[i].file, strlen(rows[i].file)), .delimiter = ',' };
		struct merit_buffer got = { 0 };
		enum merit_status status = read_all(&csv, &got);
		if (status != MERIT_BAD_FORMAT || strcmp(csv.fault, rows[i].want) != 0 ||
		    csv.fault_line != rows[i].line || csv.fault_column != rows[i].column)
			fail_msg("%s: %s, %s at %llu:%llu", rows[i].name, merit_status_word(status),
			         csv.fault == NULL ? "-" : csv.fault, (unsigned long long)csv.fault_line,
			         (unsigned long long)csv.fault_column);
		fclose(csv.file);
		merit_csv_free(&csv);
		merit_buffer_free(&got);
	}
}

static void a_nul_byte_is_a_fault(void **state)
{
	struct merit_csv csv = { .file = file_of("a,b\n1,\0\n", 8), .delimiter = ',' };

	(void)state;
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_int_equal(merit_csv_next(&csv), MERIT_BAD_FORMAT);
	assert_string_equal(csv.fault, "a NUL byte: save it as CSV UTF-8");
	fclose(csv.file);
	merit_csv_free(&csv);
}

static void lines_are_counted_through_quotes_and_empty_lines(void **state)
{
	const char *text = "a,b\n\n\"1\n\n5\",2\n3,4\n";
	struct merit_csv csv = { .file = file_of(text, strlen(text)), .delimiter = ',' };

	(void)state;
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_int_equal(csv.line, 1);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_int_equal(csv.line, 3);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_int_equal(csv.line, 6);
	fclose(csv.file);
	merit_csv_free(&csv);
}

static void a_record_may_be_as_large_as_the_limit_and_no_larger(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t size = MERIT_CSV_RECORD_SIZE_MAX + extra;
		char *text = malloc(size);
		assert_non_null(text);
		memset(text, 'x', size);
		struct merit_csv csv = { .file = file_of(text, size), .delimiter = ',' };
		assert_int_equal(merit_csv_next(&csv), extra == 0 ? MERIT_OK : MERIT_BAD_FORMAT);
		fclose(csv.file);
		merit_csv_free(&csv);
		free(text);
	}
}

static void what_is_written_reads_back(void **state)
{
	static const char *const texts[] = { "plain", "", "a,b", "say \"hi\"", "two\nlines", "\r\n", "名" };
	struct merit_buffer line = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		merit_buffer_clear(&line);
		merit_csv_put(&line, texts[i]);
		merit_buffer_put_text(&line, ",end\n");
		struct merit_csv csv = { .file = file_of(line.data, line.size), .delimiter = ',' };
		assert_int_equal(merit_csv_next(&csv), MERIT_OK);
		assert_int_equal(csv.fields_count, 2);
		assert_string_equal(merit_csv_field(&csv, 0), texts[i]);
		fclose(csv.file);
		merit_csv_free(&csv);
	}
	merit_buffer_free(&line);
}

static void what_a_spreadsheet_would_run_gets_a_quote(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "=1+1", "'=1+1" },
		{ "+1", "+1" },
		{ "-12.50", "-12.50" },
		{ "-1+cmd", "'-1+cmd" },
		{ "-", "'-" },
		{ "-.5", "'-.5" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "\tx", "'\tx" },
		{ "\rx", "\"'\rx\"" },
		{ "\n=x", "\"'\n=x\"" },
		{ "\uff1d1+1", "'\uff1d1+1" },
		{ "\uff0b1", "'\uff0b1" },
		{ "\uff0d1", "'\uff0d1" },
		{ "\uff20x", "'\uff20x" },
		{ "\uff1ax", "\uff1ax" },
		{ "=a,b", "\"'=a,b\"" },
		{ "a=1", "a=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer out = { 0 };
		merit_csv_put_safe(&out, rows[i].text);
		merit_buffer_put_char(&out, '\0');
		assert_string_equal(out.data, rows[i].want);
		merit_buffer_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_as_the_rfc_says),
		cmocka_unit_test(faults_are_named_with_their_place),
		cmocka_unit_test(a_nul_byte_is_a_fault),
		cmocka_unit_test(lines_are_counted_through_quotes_and_empty_lines),
		cmocka_unit_test(a_record_may_be_as_large_as_the_limit_and_no_larger),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(what_a_spreadsheet_would_run_gets_a_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
