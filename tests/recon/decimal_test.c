/* decimal_test.c
 * Goal    a decimal text is exactly its minor units, or refused with the reason; nothing is guessed or rounded.
 * Method  rows that differ from a good one in one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "recon/file.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void decimals_are_minor_units(void **state)
{
	static const struct {
		const char *text;
		char mark, thousands;
		unsigned digits;
		int64_t minor;
	} rows[] = {
		{ "0", '.', 0, 2, 0 },
		{ "12.34", '.', 0, 2, 1234 },
		{ "12,34", ',', 0, 2, 1234 },
		{ "12.3", '.', 0, 2, 1230 },
		{ "12.", '.', 0, 2, 1200 },
		{ "12", '.', 0, 2, 1200 },
		{ "12", 0, 0, 0, 12 },
		{ "12", '.', 0, 3, 12000 },
		{ "-12.34", '.', 0, 2, -1234 },
		{ "+12.34", '.', 0, 2, 1234 },
		{ "-0.01", '.', 0, 2, -1 },
		{ "-0", '.', 0, 2, 0 },
		{ "000000000012,34", ',', 0, 2, 1234 },
		{ "1,234.50", '.', ',', 2, 123450 },
		{ "1.234.567,89", ',', '.', 2, 123456789 },
		{ "12 345,6", ',', ' ', 2, 1234560 },
		{ "1234.50", '.', ',', 2, 123450 }, /* Separators may be left out. */
		{ "90071992547409.91", '.', 0, 2, MERIT_AMOUNT_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = NULL;
		int64_t minor = -99;
		if (!merit_decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].mark, rows[i].thousands,
		                         rows[i].digits, &minor, &why))
			fail_msg("\"%s\": %s", rows[i].text, why);
		if (minor != rows[i].minor)
			fail_msg("\"%s\" is %lld", rows[i].text, (long long)minor);
	}
}

static void what_is_no_decimal_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text;
		char mark, thousands;
		unsigned digits;
		const char *why;
	} rows[] = {
		{ "", '.', 0, 2, "is empty" },
		{ "-", '.', 0, 2, "is empty" },
		{ ".5", '.', 0, 2, "no digit in front" },
		{ ".", '.', 0, 2, "no digit in front" },
		{ "--1", '.', 0, 2, "no digit" },
		{ "1-", '.', 0, 2, "no digit" },
		{ " 1", '.', 0, 2, "no digit" },
		{ "1 ", '.', 0, 2, "no digit" },
		{ "1e3", '.', 0, 2, "no digit" },
		{ "NaN", '.', 0, 2, "no digit" },
		{ "\xef\xbc\x91", '.', 0, 2, "no digit" }, /* A full-width 1. */
		{ "1.234", '.', 0, 2, "more digits" },
		{ "1.230", '.', 0, 2, "more digits" },
		{ "1.5", '.', 0, 0, "more digits" },
		{ "20.000,00", '.', 0, 2, "a comma, which is not its decimal mark" },
		{ "1.2.3", '.', 0, 2, "two decimal marks" },
		{ "1,5", '.', 0, 2, "a comma" },
		{ "1.5", ',', 0, 2, "a point" },
		{ "1,234.50", '.', 0, 2, "a comma" },
		{ "1234,567.00", '.', ',', 2, "groups of three" },
		{ "1,23.00", '.', ',', 2, "groups of three" },
		{ "1,2345", '.', ',', 2, "groups of three" },
		{ "12,34,567", '.', ',', 2, "groups of three" },
		{ ",123", '.', ',', 2, "groups of three" },
		{ "1,", '.', ',', 2, "groups of three" },
		{ "1,,234", '.', ',', 2, "groups of three" },
		{ "1.00,0", '.', ',', 2, "groups of three" },
		{ "90071992547409.92", '.', 0, 2, "beyond 2^53-1" },
		{ "90071992547410", '.', 0, 2, "beyond 2^53-1" },
		{ "99999999999999999999999999", '.', 0, 2, "beyond 2^53-1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = "";
		int64_t minor = -99;
		if (merit_decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].mark, rows[i].thousands,
		                        rows[i].digits, &minor, &why))
			fail_msg("\"%s\" is %lld", rows[i].text, (long long)minor);
		assert_int_equal(minor, -99);
		if (strstr(why, rows[i].why) == NULL)
			fail_msg("\"%s\": %s", rows[i].text, why);
	}
}

/* Only the bytes of the text are looked at: they stand in the middle of a file. */
static void a_decimal_ends_where_its_size_says(void **state)
{
	const char *why = NULL;
	int64_t minor = 0;

	(void)state;
	assert_true(merit_decimal_parse("12.345", 5, '.', '\0', 2, &minor, &why));
	assert_int_equal(minor, 1234);
	assert_false(merit_decimal_parse("1\0002", 3, '.', '\0', 2, &minor, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimals_are_minor_units),
		cmocka_unit_test(what_is_no_decimal_is_refused_with_the_reason),
		cmocka_unit_test(a_decimal_ends_where_its_size_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
