/* encode_test.c
 * Goal    bytes survive the way to text and back, and each value is read from exactly one text.
 * Method  RFC 4648's own examples; then rows that each break one rule; then all texts of two characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "ledger/encode.h"

typedef bool decoder(const char *text, size_t text_size, void *bytes_out, size_t capacity, size_t *size_out);

/* Source: RFC 4648, section 10. */
static void the_standards_examples_go_both_ways(void **state)
{
	static const struct { const char *bytes, *base64, *base64url, *hex; } rows[] = {
		{ "", "", "", "" },
		{ "f", "Zg==", "Zg", "66" },
		{ "fo", "Zm8=", "Zm8", "666f" },
		{ "foo", "Zm9v", "Zm9v", "666f6f" },
		{ "foob", "Zm9vYg==", "Zm9vYg", "666f6f62" },
		{ "\xfb\xff", "+/8=", "-_8", "fbff" },
	};
	char text[16], bytes[16];
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t want = strlen(rows[i].bytes);
		merit_base64_encode(rows[i].bytes, want, text);
		assert_string_equal(text, rows[i].base64);
		assert_int_equal(strlen(text), MERIT_BASE64_SIZE(want));
		assert_true(merit_base64_decode(text, strlen(text), bytes, sizeof(bytes), &size));
		assert_int_equal(size, want);
		assert_memory_equal(bytes, rows[i].bytes, want);
		merit_base64url_encode(rows[i].bytes, want, text);
		assert_string_equal(text, rows[i].base64url);
		assert_int_equal(strlen(text), MERIT_BASE64URL_SIZE(want));
		assert_true(merit_base64url_decode(text, strlen(text), bytes, sizeof(bytes), &size));
		assert_int_equal(size, want);
		assert_memory_equal(bytes, rows[i].bytes, want);
		merit_hex_encode(rows[i].bytes, want, text);
		assert_string_equal(text, rows[i].hex);
		assert_true(merit_hex_decode(text, strlen(text), bytes, sizeof(bytes), &size));
		assert_int_equal(size, want);
		assert_memory_equal(bytes, rows[i].bytes, want);
	}
}

static void a_text_with_one_fault_is_refused(void **state)
{
	static const struct { const char *fault; decoder *decode; const char *text; size_t size; } rows[] = {
		{ "no padding", merit_base64_decode, "Zg", 2 },
		{ "half the padding", merit_base64_decode, "Zg=", 3 },
		{ "too much padding", merit_base64_decode, "Zg===", 5 },
		{ "padding after a whole group", merit_base64_decode, "Zm9v=", 5 },
		{ "a whole group of padding", merit_base64_decode, "Zm9v====", 8 },
		{ "more after the padding", merit_base64_decode, "Zg==Zg==", 8 },
		{ "four unused bits set", merit_base64_decode, "Zh==", 4 },
		{ "two unused bits set", merit_base64_decode, "Zm9=", 4 },
		{ "one character alone", merit_base64_decode, "Z", 1 },
		{ "the other alphabet", merit_base64_decode, "-_8=", 4 },
		{ "a space", merit_base64_decode, "Zm 9v", 5 },
		{ "a newline", merit_base64_decode, "Zm9v\n", 5 },
		{ "a NUL", merit_base64_decode, "Zm9v\0", 5 },
		{ "padding", merit_base64url_decode, "Zg==", 4 },
		{ "four unused bits set", merit_base64url_decode, "Zh", 2 },
		{ "two unused bits set", merit_base64url_decode, "Zm9", 3 },
		{ "one character alone", merit_base64url_decode, "Z", 1 },
		{ "the other alphabet", merit_base64url_decode, "+/8", 3 },
		{ "a newline", merit_base64url_decode, "Zm9v\n", 5 },
		{ "a NUL", merit_base64url_decode, "Zm9v\0", 5 },
		{ "a capital", merit_hex_decode, "6F", 2 },
		{ "half a byte", merit_hex_decode, "6f6", 3 },
		{ "not a digit", merit_hex_decode, "6g", 2 },
		{ "a space", merit_hex_decode, "6f 6f", 5 },
		{ "a prefix", merit_hex_decode, "0x6f", 4 },
	};
	char bytes[16];
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].decode(rows[i].text, rows[i].size, bytes, sizeof(bytes), &size))
			fail_msg("taken with %s: %s", rows[i].fault, rows[i].text);
	}
}

/* Of all 65,536 texts of two characters 256 stand for a byte, each for another. */
static void no_value_has_two_texts(void **state)
{
	char text[3], again[8];
	uint8_t bytes[4];
	size_t size = 0;
	unsigned taken = 0;

	(void)state;
	assert_false(merit_base64_decode("Zm\x80=", 4, bytes, sizeof(bytes), &size));
	for (unsigned pair = 0; pair < 65536; pair++) {
		text[0] = (char)(pair >> 8);
		text[1] = (char)(pair & 0xff);
		if (!merit_base64url_decode(text, 2, bytes, sizeof(bytes), &size))
			continue;
		assert_int_equal(size, 1);
		merit_base64url_encode(bytes, 1, again);
		assert_memory_equal(again, text, 2);
		taken++;
	}
	assert_int_equal(taken, 256);
}

/* Any character in any place of a text, whole groups and what is left behind them: what is taken is what its bytes
 * give. */
static void every_character_counts_in_every_place(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x9f, 0xe7, 0x5a, 0x31, 0xc8 };
	char text[16], again[16];
	uint8_t read[8];
	size_t size = 0;

	(void)state;
	for (size_t count = 1; count <= sizeof(bytes); count++) {
		unsigned taken = 0;
		merit_base64url_encode(bytes, count, text);
		size_t text_size = strlen(text), rest = text_size % 4;
		for (size_t place = 0; place < text_size; place++) {
			char right = text[place];
			for (int character = 0; character < 256; character++) {
				text[place] = (char)character;
				if (!merit_base64url_decode(text, text_size, read, sizeof(read), &size))
					continue;
				assert_int_equal(size, count);
				merit_base64url_encode(read, size, again);
				assert_memory_equal(again, text, text_size);
				taken++;
			}
			text[place] = right;
		}
		/* 64 letters in every place but a last one with unused bits. */
		assert_int_equal(taken, rest == 0 ? text_size * 64 : (text_size - 1) * 64 + (rest == 2 ? 4 : 16));
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	char bytes[3];
	size_t size = 0;

	(void)state;
	assert_true(merit_base64_decode("Zm9v", 4, bytes, 3, &size));
	assert_false(merit_base64_decode("Zm9v", 4, bytes, 2, &size));
	assert_true(merit_base64url_decode("Zm8", 3, bytes, 2, &size));
	assert_false(merit_base64url_decode("Zm8", 3, bytes, 1, &size));
	assert_true(merit_hex_decode("666f6f", 6, bytes, 3, &size));
	assert_false(merit_hex_decode("666f6f", 6, bytes, 2, &size));
}

static void putting_goes_behind_what_is_there(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "a:");
	merit_base64_put(&buffer, "fo", 2);
	merit_buffer_put_char(&buffer, ' ');
	merit_base64url_put(&buffer, "fo", 2);
	merit_base64_put(&buffer, "", 0);
	assert_int_equal(buffer.size, strlen("a:Zm8= Zm8"));
	assert_memory_equal(buffer.data, "a:Zm8= Zm8", buffer.size);
	merit_buffer_free(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples_go_both_ways),
		cmocka_unit_test(a_text_with_one_fault_is_refused),
		cmocka_unit_test(no_value_has_two_texts),
		cmocka_unit_test(every_character_counts_in_every_place),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(putting_goes_behind_what_is_there),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
