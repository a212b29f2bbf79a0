/* money_test.c
 * Goal    amounts are read and printed with the digits of their currency, and nothing is ever rounded.
 * Method  rows of texts and minor units, both ways; what is not an amount is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/money.h"
#include "ledger/limits.h"

static void an_amount_is_read_and_printed_with_its_digits(void **state)
{
	static const struct {
		const char *text, *currency;
		int64_t minor;
		const char *printed, *plain;
	} rows[] = {
		{ "12.50", "CNY", 1250, "12.50", "12.50" },
		{ "12.5", "CNY", 1250, "12.50", "12.50" },
		{ "0.1", "CNY", 10, "0.10", "0.10" },
		{ "0", "CNY", 0, "0.00", "0.00" },
		{ "-0.05", "CNY", -5, "-0.05", "-0.05" },
		{ "-1234.5", "CNY", -123450, "-1,234.50", "-1234.50" },
		{ "1234567", "JPY", 1234567, "1,234,567", "1234567" },
		{ "-7", "KRW", -7, "-7", "-7" },
		{ "1.005", "KWD", 1005, "1.005", "1.005" },
		{ "1234", "KWD", 1234000, "1,234.000", "1234.000" },
		{ "0.0001", "CLF", 1, "0.0001", "0.0001" },
		{ "1.5", "XYZ", 150, "1.50", "1.50" }, /* a currency that no list has */
		{ "90071992547409.91", "CNY", MERIT_AMOUNT_MAX, "90,071,992,547,409.91", "90071992547409.91" },
		{ "-9007199254740991", "JPY", -MERIT_AMOUNT_MAX, "-9,007,199,254,740,991", "-9007199254740991" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer printed = { 0 }, plain = { 0 };
		int64_t minor = 77;
		assert_true(merit_money_parse(rows[i].text, rows[i].currency, &minor));
		assert_int_equal(minor, rows[i].minor);
		merit_money_put(&printed, minor, rows[i].currency, false);
		merit_money_put(&plain, minor, rows[i].currency, true);
		assert_string_equal(merit_buffer_text(&printed), rows[i].printed);
		assert_string_equal(merit_buffer_text(&plain), rows[i].plain);
		merit_buffer_free(&printed);
		merit_buffer_free(&plain);
	}
}

static void what_a_currency_cannot_say_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "12.345", "CNY" },
		{ "12.340", "CNY" },
		{ "0.1", "JPY" },
		{ "1.", "JPY" },
		{ "1.0001", "KWD" },
		{ "1.", "CNY" },
		{ ".5", "CNY" },
		{ "", "CNY" },
		{ "-", "CNY" },
		{ "+1", "CNY" },
		{ "--1", "CNY" },
		{ "1,000", "CNY" },
		{ "1.5.0", "CNY" },
		{ "1 ", "CNY" },
		{ "1e3", "CNY" },
		{ "90071992547409.92", "CNY" },
		{ "9007199254740992", "JPY" },
		{ "99999999999999999999999999999999999999", "CNY" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t minor = 77;
		if (merit_money_parse(rows[i][0], rows[i][1], &minor))
			fail_msg("\"%s\" is no amount in %s", rows[i][0], rows[i][1]);
		assert_int_equal(minor, 77);
	}
}

static void what_a_person_gives_becomes_the_text_of_an_integer(void **state)
{
	char minor[MERIT_MONEY_TEXT_SIZE];

	(void)state;
	assert_true(merit_money_given("-90071992547409.91", "CNY", minor));
	assert_string_equal(minor, "-9007199254740991");
	assert_false(merit_money_given("1", "cny", minor));
	assert_false(merit_money_given("1", "", minor));
	assert_false(merit_money_given("1.5", "JPY", minor));
	assert_string_equal(minor, "-9007199254740991");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_amount_is_read_and_printed_with_its_digits),
		cmocka_unit_test(what_a_currency_cannot_say_is_refused),
		cmocka_unit_test(what_a_person_gives_becomes_the_text_of_an_integer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
