/* text_test.c
 * Goal    each check takes exactly the characters its header names, and looks at no byte beyond the size it is given.
 * Method  rows at both sides of every border; every code point through the walker; texts copied to blocks of their
 *         exact size, so that the address sanitizer sees a step too far. */
#include "ledger/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/limits.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

typedef bool check(const char *text, size_t size, size_t size_max);

struct row {
	const char *text;
	size_t size;
	bool want;
};

#define ROW(text, want) { text, sizeof(text) - 1, want }

static void check_rows(check *is_fine, const struct row *rows, size_t count, size_t size_max)
{
	for (size_t i = 0; i < count; i++) {
		char *exact = malloc(rows[i].size + (rows[i].size == 0));
		assert_non_null(exact);
		memcpy(exact, rows[i].text, rows[i].size);
		if (is_fine(exact, rows[i].size, size_max) != rows[i].want)
			fail_msg("row %zu, \"%s\": want %d", i, rows[i].text, rows[i].want);
		free(exact);
	}
}

static void an_id_holds_its_characters_only(void **state)
{
	static const struct row rows[] = {
		ROW("a", true),     ROW("z", true),   ROW("A", true),     ROW("Z", true),    ROW("0", true),
		ROW("9", true),     ROW(".", true),   ROW("_", true),     ROW(":", true),    ROW("-", true),
		ROW("", false),     ROW("/", false),  ROW("@", false),    ROW("[", false),   ROW("`", false),
		ROW("{", false),    ROW(" ", false),  ROW("a b", false),  ROW("a\0", false), ROW("\0", false),
		ROW("a\n", false),  ROW("+", false),  ROW("\xC3\xA9", false), ROW("order:2026-11.7_b", true),
	};

	(void)state;
	check_rows(merit_text_is_id, rows, COUNT(rows), MERIT_ID_SIZE_MAX);
}

/* Of sizes on both sides of sixteen letters, each letter in each place. */
static void hex_holds_its_sixteen_letters_only(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 65; size++) {
		char *exact = malloc(size + (size == 0));
		assert_non_null(exact);
		memset(exact, 'e', size);
		assert_true(merit_text_is_hex(exact, size));
		for (size_t place = 0; place < size; place++) {
			for (int letter = 0; letter < 256; letter++) {
				bool want = letter != 0 && strchr("0123456789abcdef", letter) != NULL;
				exact[place] = (char)letter;
				if (merit_text_is_hex(exact, size) != want)
					fail_msg("letter %d in place %zu of %zu", letter, place, size);
			}
			exact[place] = '0';
		}
		free(exact);
	}
}

static void a_kid_is_two_ids(void **state)
{
	static const struct row rows[] = {
		ROW("p/k", true),      ROW("l:1/k._-", true), ROW("1234/5678", true),  ROW("p", false),
		ROW("", false),        ROW("/", false),          ROW("p/", false),        ROW("/k", false),
		ROW("p/k/x", false),   ROW("p//k", false),       ROW("p\0/k", false),     ROW("p/k\0", false),
		ROW("p /k", false),    ROW("12345/k", false),    ROW("p/12345", false),
	};

	(void)state;
	check_rows(merit_text_is_kid, rows, COUNT(rows), 4);
}

static void a_text_fits_its_limit_and_not_one_byte_more(void **state)
{
	static check *const checks[] = { merit_text_is_id, merit_text_is_printable, merit_text_is_origin };
	char text[MERIT_TEXT_SIZE_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < COUNT(checks); i++) {
		assert_true(checks[i](text, MERIT_TEXT_SIZE_MAX, MERIT_TEXT_SIZE_MAX));
		assert_false(checks[i](text, MERIT_TEXT_SIZE_MAX + 1, MERIT_TEXT_SIZE_MAX));
		assert_false(checks[i](text, 0, MERIT_TEXT_SIZE_MAX));
	}
}

static void the_walker_takes_only_the_shortest_form_of_a_character(void **state)
{
	static const struct {
		const char *text;
		size_t size, want;
		uint32_t point;
	} rows[] = {
		{ "", 0, 0, 0 },
		{ "\x00", 1, 1, 0 },
		{ "\x7F", 1, 1, 0x7F },
		{ "\x80", 1, 0, 0 },             /* a continuation without its lead */
		{ "\xC2\x80", 2, 2, 0x80 },
		{ "\xC1\xBF", 2, 0, 0 },         /* U+007F in two bytes */
		{ "\xDF\xBF", 2, 2, 0x7FF },
		{ "\xC2", 1, 0, 0 },             /* cut off */
		{ "\xC2\x41", 2, 0, 0 },         /* no continuation */
		{ "\xC2\xC0", 2, 0, 0 },
		{ "\xE0\xA0\x80", 3, 3, 0x800 },
		{ "\xE0\x9F\xBF", 3, 0, 0 },     /* U+07FF in three bytes */
		{ "\xED\x9F\xBF", 3, 3, 0xD7FF },
		{ "\xED\xA0\x80", 3, 0, 0 },     /* U+D800, a surrogate */
		{ "\xED\xBF\xBF", 3, 0, 0 },     /* U+DFFF, the last one */
		{ "\xEE\x80\x80", 3, 3, 0xE000 },
		{ "\xEF\xBF\xBF", 3, 3, 0xFFFF },
		{ "\xE2\x82", 2, 0, 0 },
		{ "\xF0\x90\x80\x80", 4, 4, 0x10000 },
		{ "\xF0\x8F\xBF\xBF", 4, 0, 0 }, /* U+FFFF in four bytes */
		{ "\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF },
		{ "\xF4\x90\x80\x80", 4, 0, 0 }, /* U+110000 */
		{ "\xF5\x80\x80\x80", 4, 0, 0 },
		{ "\xF8\x88\x80\x80\x80", 5, 0, 0 },
		{ "\xFF", 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t point = 0;
		if (merit_text_first(rows[i].text, rows[i].size, &point) != rows[i].want || point != rows[i].point)
			fail_msg("row %zu", i);
	}
}

/* The UTF-8 of point, surrogates included, written by bits rather than by the walker's table. */
static size_t put_point(char *text, uint32_t point)
{
	if (point < 0x80) {
		text[0] = (char)point;
		return 1;
	}
	size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	for (size_t i = size - 1; i > 0; i--, point >>= 6)
		text[i] = (char)(0x80 | (point & 0x3F));
	text[0] = (char)((0xF00U >> size & 0xFF) | point);
	return size;
}

static void every_character_is_read_back(void **state)
{
	char text[4];

	(void)state;
	for (uint32_t point = 0; point <= 0x10FFFF; point++) {
		uint32_t got = 0;
		size_t size = put_point(text, point);
		bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
		size_t step = merit_text_first(text, size, &got);
		if (step != (is_surrogate ? 0 : size) || got != (is_surrogate ? 0 : point))
			fail_msg("U+%04X", (unsigned)point);
	}
}

static void a_printable_text_hides_nothing(void **state)
{
	static const struct row rows[] = {
		ROW("paid for course 7", true),
		ROW("\xE7\xA7\xAF\xE5\x88\x86", true), /* 积分 */
		ROW("\xF0\x9F\x8E\x81", true),         /* a gift */
		ROW(" ", true),
		ROW("~", true),
		ROW("", false),
		ROW("a\x1F", false),
		ROW("a\0b", false),
		ROW("a\tb", false),
		ROW("a\nb", false),
		ROW("\x7F", false),             /* DEL */
		ROW("\xC2\x80", false),         /* U+0080, the first of C1 */
		ROW("\xC2\x9F", false),         /* U+009F, the last */
		ROW("\xC2\xA0", true),          /* U+00A0 */
		ROW("\xE2\x80\xA9", true),      /* U+2029 */
		ROW("\xE2\x80\xAA", false),     /* U+202A */
		ROW("\xE2\x80\xAE", false),     /* U+202E, right to left from here */
		ROW("\xE2\x80\xAF", true),      /* U+202F */
		ROW("\xE2\x81\xA5", true),      /* U+2065 */
		ROW("\xE2\x81\xA6", false),     /* U+2066 */
		ROW("\xE2\x81\xA9", false),     /* U+2069 */
		ROW("\xE2\x81\xAA", true),      /* U+206A */
		ROW("\xEF\xB7\x8F", true),      /* U+FDCF */
		ROW("\xEF\xB7\x90", false),     /* U+FDD0 */
		ROW("\xEF\xB7\xAF", false),     /* U+FDEF */
		ROW("\xEF\xB7\xB0", true),      /* U+FDF0 */
		ROW("\xEF\xBF\xBD", true),      /* U+FFFD */
		ROW("\xEF\xBF\xBE", false),     /* U+FFFE */
		ROW("\xF4\x8F\xBF\xBF", false), /* U+10FFFF */
		ROW("a\xFF", false),
		ROW("a\xE2\x82", false),
	};

	(void)state;
	check_rows(merit_text_is_printable, rows, COUNT(rows), MERIT_TEXT_SIZE_MAX);
}

static void an_origin_is_a_url_without_its_scheme(void **state)
{
	static const struct row rows[] = {
		ROW("merit.example/ledger1", true),
		ROW("merit.example:8443/a~b_c%20d-e", true),
		ROW("localhost", true),
		ROW("https://merit.example", false),
		ROW("/ledger1", false),
		ROW("-merit.example", false),
		ROW("merit.example/ledger 1", false),
		ROW("merit.example/ledger+1", false),
		ROW("merit.example\n", false),
		ROW("merit.example\0", false),
		ROW("merit.\xC3\xA9xample", false),
		ROW("", false),
	};

	(void)state;
	check_rows(merit_text_is_origin, rows, COUNT(rows), MERIT_ORIGIN_SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_holds_its_characters_only),
		cmocka_unit_test(hex_holds_its_sixteen_letters_only),
		cmocka_unit_test(a_kid_is_two_ids),
		cmocka_unit_test(a_text_fits_its_limit_and_not_one_byte_more),
		cmocka_unit_test(the_walker_takes_only_the_shortest_form_of_a_character),
		cmocka_unit_test(every_character_is_read_back),
		cmocka_unit_test(a_printable_text_hides_nothing),
		cmocka_unit_test(an_origin_is_a_url_without_its_scheme),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
