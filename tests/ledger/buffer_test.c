/* buffer_test.c
 * Goal    what is put comes out, every digit and escape of it, and a buffer without memory says so and stays quiet.
 * Method  rows of value and text; sizes around the growth steps; printed JSON read back by the strict reader. */
#include "ledger/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/json.h"
#include "ledger/limits.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void check_content(const struct merit_buffer *buffer, const char *want)
{
	assert_false(buffer->bad);
	assert_int_equal(buffer->size, strlen(want));
	assert_memory_equal(buffer->data, want, strlen(want));
}

static void an_integer_keeps_every_digit(void **state)
{
	static const struct {
		int64_t value;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -7, "-7" },
		{ 10, "10" },
		{ MERIT_AMOUNT_MAX, "9007199254740991" },
		{ -MERIT_AMOUNT_MAX, "-9007199254740991" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct merit_buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		merit_buffer_clear(&buffer);
		merit_buffer_put_integer(&buffer, rows[i].value);
		check_content(&buffer, rows[i].want);
	}
	merit_buffer_free(&buffer);
}

static void a_buffer_grows_without_losing_a_byte(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		merit_buffer_put_char(&buffer, (char)('a' + i % 26));
	assert_int_equal(buffer.size, 5000);
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(buffer.data[i], 'a' + i % 26);
	merit_buffer_free(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.size, 0);
}

static void clearing_keeps_the_memory(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "first");
	const char *data = buffer.data;
	merit_buffer_clear(&buffer);
	merit_buffer_put_text(&buffer, "second");
	check_content(&buffer, "second");
	assert_ptr_equal(buffer.data, data);
	merit_buffer_free(&buffer);
}

static void pieces_are_put_as_they_are(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put(&buffer, NULL, 0);
	merit_buffer_put_hex(&buffer, "\x00\x0F\xA5\xFF", 4);
	merit_buffer_put_format(&buffer, " %s=%d", "n", 42);
	check_content(&buffer, "000fa5ff n=42");
	merit_buffer_free(&buffer);
}

static void json_text_escapes_what_json_must(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *want;
	} rows[] = {
		{ "", 0, "\"\"" },
		{ "plain", 5, "\"plain\"" },
		{ "\"", 1, "\"\\\"\"" },
		{ "\\", 1, "\"\\\\\"" },
		{ "/", 1, "\"/\"" },
		{ "a\nb", 3, "\"a\\u000ab\"" },
		{ "\x1F", 1, "\"\\u001f\"" },
		{ "\x7F", 1, "\"\x7F\"" },
		{ "\0", 1, "\"\\u0000\"" },
		{ "\xE7\xA7\xAF", 3, "\"\xE7\xA7\xAF\"" },
		{ "\"a\"", 3, "\"\\\"a\\\"\"" },
	};
	struct merit_buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		merit_buffer_clear(&buffer);
		merit_buffer_put_json(&buffer, rows[i].text, rows[i].size);
		check_content(&buffer, rows[i].want);
	}
	merit_buffer_free(&buffer);
}

static void printed_text_is_read_back(void **state)
{
	struct merit_buffer buffer = { 0 };
	char all[0x7F];
	cJSON *root = NULL;
	const char *text = NULL;
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)(i + 1); /* Every ASCII character but NUL. */
	merit_buffer_put_json(&buffer, all, sizeof(all));
	assert_int_equal(merit_json_read(buffer.data, buffer.size, &root), MERIT_OK);
	assert_true(merit_json_text(root, &text, &size));
	assert_int_equal(size, sizeof(all));
	assert_memory_equal(text, all, sizeof(all));
	merit_json_free(root);
	merit_buffer_free(&buffer);
}

static void commas_stand_between_and_nowhere_else(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_comma(&buffer);
	merit_buffer_put_char(&buffer, '{');
	merit_buffer_put_key(&buffer, "a");
	merit_buffer_put_char(&buffer, '[');
	for (int64_t i = 1; i <= 3; i++) {
		merit_buffer_put_comma(&buffer);
		merit_buffer_put_integer(&buffer, i);
	}
	merit_buffer_put_char(&buffer, ']');
	merit_buffer_put_key(&buffer, "b");
	merit_buffer_put_comma(&buffer); /* Behind a key none is due. */
	merit_buffer_put_text(&buffer, "{}}");
	check_content(&buffer, "{\"a\":[1,2,3],\"b\":{}}");
	merit_buffer_free(&buffer);
}

static void a_bad_buffer_stays_bad_until_cleared(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "kept");
	buffer.bad = true;
	assert_false(merit_buffer_reserve(&buffer, 1));
	merit_buffer_put_text(&buffer, "x");
	merit_buffer_put_integer(&buffer, 1);
	merit_buffer_put_hex(&buffer, "x", 1);
	merit_buffer_put_format(&buffer, "%d", 1);
	merit_buffer_put_json(&buffer, "\n", 1);
	assert_true(buffer.bad);
	assert_int_equal(buffer.size, 4);
	merit_buffer_clear(&buffer);
	merit_buffer_put_text(&buffer, "again");
	check_content(&buffer, "again");
	merit_buffer_free(&buffer);
}

static void members_are_printed_with_their_commas_and_escapes(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_char(&buffer, '{');
	merit_buffer_put_text_member(&buffer, "a", "x\"\n");
	merit_buffer_put_integer_member(&buffer, "b", INT64_MIN);
	merit_buffer_put_text_member(&buffer, "c", "");
	check_content(&buffer, "{\"a\":\"x\\\"\\u000a\",\"b\":-9223372036854775808,\"c\":\"\"");
	merit_buffer_free(&buffer);
}

/* Around the steps in which long texts are printed, and in the worst case: every byte escaped. */
static void long_texts_are_printed_whole(void **state)
{
	char text[1030];

	(void)state;
	for (size_t size = 0; size <= sizeof(text); size += size % 256 < 3 || size % 256 > 252 ? 1 : 25) {
		struct merit_buffer buffer = { 0 };
		cJSON *root = NULL;
		const char *back = NULL;
		size_t back_size = 0;
		for (size_t i = 0; i < size; i++)
			text[i] = (char)(i % 3 == 0 ? '"' : i % 3 == 1 ? 0x01 + i % 0x1F : 'a' + i % 26);
		merit_buffer_put_json(&buffer, text, size);
		assert_int_equal(merit_json_read(buffer.data, buffer.size, &root), MERIT_OK);
		assert_true(merit_json_text(root, &back, &back_size));
		assert_int_equal(back_size, size);
		assert_memory_equal(back, text, size);
		merit_json_free(root);
		merit_buffer_free(&buffer);
	}
}

/* Room is asked for once, and what is written there joins what was put before and what is put behind. */
static void what_is_written_into_room_becomes_content(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "<");
	for (size_t room = 1; room < 3000; room += 101) {
		char *at = merit_buffer_begin(&buffer, room);
		assert_non_null(at);
		memset(at, 'x', room); /* all of it may be used */
		assert_int_equal(buffer.data[0], '<');
		merit_buffer_end(&buffer, at + 1);
	}
	merit_buffer_put_text(&buffer, ">");
	check_content(&buffer, "<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>");
	merit_buffer_free(&buffer);
}

static void room_that_no_memory_has_turns_the_buffer_bad(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "kept");
	assert_null(merit_buffer_begin(&buffer, SIZE_MAX / 2));
	assert_true(buffer.bad);
	merit_buffer_clear(&buffer);
	assert_null(merit_buffer_begin(&buffer, SIZE_MAX));
	assert_true(buffer.bad);
	assert_null(merit_buffer_begin(&buffer, 1));
	merit_buffer_free(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_integer_keeps_every_digit),
		cmocka_unit_test(a_buffer_grows_without_losing_a_byte),
		cmocka_unit_test(clearing_keeps_the_memory),
		cmocka_unit_test(pieces_are_put_as_they_are),
		cmocka_unit_test(json_text_escapes_what_json_must),
		cmocka_unit_test(printed_text_is_read_back),
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(members_are_printed_with_their_commas_and_escapes),
		cmocka_unit_test(long_texts_are_printed_whole),
		cmocka_unit_test(what_is_written_into_room_becomes_content),
		cmocka_unit_test(room_that_no_memory_has_turns_the_buffer_bad),
		cmocka_unit_test(a_bad_buffer_stays_bad_until_cleared),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
