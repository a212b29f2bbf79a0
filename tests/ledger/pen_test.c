/* pen_test.c
 * Goal    every piece is written whole, byte for byte, and not one byte beside it.
 * Method  each piece goes between two guards; its size and value walk over every step of how it is written: names of
 *         every size up to a line, numbers around every power of ten, all digits, days of every month and century. */
#include "ledger/pen.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "ledger/limits.h"

#define GUARD      '#'
#define GUARD_SIZE 16

static char paper[2048];

static char *paper_begin(void)
{
	memset(paper, GUARD, sizeof(paper));
	return paper + GUARD_SIZE;
}

/* What stands between the guards, up to end. */
static void check_paper(const char *end, const char *want, size_t want_size)
{
	const char *start = paper + GUARD_SIZE;

	assert_int_equal(end - start, want_size);
	assert_memory_equal(start, want, want_size);
	for (size_t i = 0; i < GUARD_SIZE; i++) {
		assert_int_equal(paper[i], GUARD);
		assert_int_equal(end[i], GUARD);
	}
}

static void bytes_of_every_size_are_copied_exactly(void **state)
{
	char *bytes = malloc(300);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 300; i++)
		bytes[i] = (char)(i * 7 + 1);
	for (size_t size = 0; size <= 300; size++) {
		const char *from = bytes + 300 - size; /* at the end of its memory: one byte too many is noticed */
		check_paper(merit_pen_bytes(paper_begin(), from, size), from, size);
	}
	check_paper(merit_pen_bytes(paper_begin(), NULL, 0), "", 0);
	free(bytes);
}

static void literals_and_characters_stand_behind_one_another(void **state)
{
	char *at = merit_pen_literal(paper_begin(), "{\"seq\":");

	(void)state;
	at = merit_pen_char(at, '}');
	check_paper(at, "{\"seq\":}", 8);
}

static void check_integer(int64_t value)
{
	char want[32];

	check_paper(merit_pen_integer(paper_begin(), value), want,
	            (size_t)snprintf(want, sizeof(want), "%" PRId64, value));
}

static void integers_have_every_digit_and_no_zero_in_front(void **state)
{
	int64_t power = 1;

	(void)state;
	for (int64_t value = -100001; value <= 100001; value++)
		check_integer(value);
	for (int digits = 1; digits <= 18; digits++) {
		power *= 10;
		for (int64_t beside = -2; beside <= 2; beside++) {
			check_integer(power + beside);
			check_integer(-power + beside);
			check_integer(power * 9 + beside);
			check_integer(power / 3 * 2 + beside);
		}
	}
	check_integer(MERIT_AMOUNT_MAX);
	check_integer(-MERIT_AMOUNT_MAX);
	check_integer(INT64_MAX);
	check_integer(INT64_MIN);
}

static void hex_has_two_digits_of_every_byte(void **state)
{
	unsigned char bytes[256];
	char want[2 * sizeof(bytes) + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (unsigned char)i;
		(void)snprintf(want + 2 * i, 3, "%02x", (unsigned)i);
	}
	check_paper(merit_pen_hex(paper_begin(), bytes, sizeof(bytes)), want, 2 * sizeof(bytes));
}

static void hex_of_every_size_ends_where_it_should(void **state)
{
	unsigned char bytes[70];
	char want[2 * sizeof(bytes) + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (unsigned char)(i * 37 + 9);
		(void)snprintf(want + 2 * i, 3, "%02x", bytes[i]);
	}
	for (size_t size = 0; size <= sizeof(bytes); size++)
		check_paper(merit_pen_hex(paper_begin(), bytes, size), want, 2 * size);
}

static void days_take_ten_bytes(void **state)
{
	char want[64];

	(void)state;
	for (int32_t day = 0; day <= MERIT_DAY_MAX; day += day % 50000 < 1500 ? 1 : 97) {
		struct merit_date date = merit_date_of_day(day);
		(void)snprintf(want, sizeof(want), "%04d-%02d-%02d", (int)date.year, (int)date.month,
		               (int)date.day_of_month);
		check_paper(merit_day_put(paper_begin(), day), want, 10);
	}
	check_paper(merit_day_put(paper_begin(), MERIT_DAY_MAX), "9999-12-31", 10);
}

/* The worst text takes all the room that may be asked for, and no more. */
static void an_escape_takes_six_bytes_at_most(void **state)
{
	char text[256];
	size_t longest = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	for (size_t i = 0; i < sizeof(text); i++) {
		size_t size = (size_t)(merit_pen_escaped(paper_begin(), text + i, 1) - (paper + GUARD_SIZE));
		longest = size > longest ? size : longest;
	}
	assert_int_equal(longest, MERIT_PEN_ESCAPE_SIZE);
	check_paper(merit_pen_escaped(paper_begin(), "a\"b\\c\x01\xE7\xA7\xAF", 9), "a\\\"b\\\\c\\u0001\xE7\xA7\xAF",
	            16);
	check_paper(merit_pen_escaped(paper_begin(), "", 0), "", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_every_size_are_copied_exactly),
		cmocka_unit_test(literals_and_characters_stand_behind_one_another),
		cmocka_unit_test(integers_have_every_digit_and_no_zero_in_front),
		cmocka_unit_test(hex_has_two_digits_of_every_byte),
		cmocka_unit_test(hex_of_every_size_ends_where_it_should),
		cmocka_unit_test(days_take_ten_bytes),
		cmocka_unit_test(an_escape_takes_six_bytes_at_most),
	};

	return cmocka_run_group_tests_name("pen", tests, NULL, NULL);
}
