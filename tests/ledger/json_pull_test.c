/* json_pull_test.c
 * Goal    a pull gives the values of a text as they stand, leaves what it is not asked for, and ends at a fault.
 * Method  small texts read call by call; letters of every kind at every place of texts of every short length, each in a
 *         block of its exact size so that the address sanitizer sees a step too far. Which texts are strict JSON is
 *         json_test.c's: both readers look at the bytes by the same code. */
#include "ledger/json_pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct merit_arena arena;

static int tear_down(void **state)
{
	(void)state;
	merit_arena_free(&arena);
	return 0;
}

static struct merit_json_pull pull_of(const char *text)
{
	return merit_json_pull_begin(text, strlen(text), &arena);
}

static void assert_text(struct merit_text text, const char *want)
{
	assert_int_equal(text.size, strlen(want));
	assert_memory_equal(text.data, want, text.size);
}

static void values_come_in_the_order_of_the_bytes(void **state)
{
	struct merit_json_pull pull =
		pull_of(" { \"a\" : [ 1 , -2,true ,false,null ] ,\"b\":{},\"c\":[],\"d\":\"x\" } ");
	struct merit_text key, text;
	int64_t integer;
	bool flag;

	(void)state;
	assert_true(merit_json_pull_open(&pull, '{'));
	assert_true(merit_json_pull_key(&pull, &key));
	assert_text(key, "a");
	assert_int_equal(merit_json_pull_count(&pull), 5);
	assert_true(merit_json_pull_open(&pull, '['));
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_integer(&pull, &integer));
	assert_int_equal(integer, 1);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_integer(&pull, &integer));
	assert_int_equal(integer, -2);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_flag(&pull, &flag) && flag);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_flag(&pull, &flag) && !flag);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_null(&pull));
	assert_false(merit_json_pull_item(&pull));
	assert_true(merit_json_pull_key(&pull, &key) && merit_json_pull_open(&pull, '{'));
	assert_false(merit_json_pull_key(&pull, &key));
	assert_true(merit_json_pull_key(&pull, &key) && merit_json_pull_open(&pull, '['));
	assert_false(merit_json_pull_item(&pull));
	assert_true(merit_json_pull_key(&pull, &key) && merit_json_pull_text(&pull, &text));
	assert_text(key, "d");
	assert_text(text, "x");
	assert_false(merit_json_pull_key(&pull, &key));
	assert_int_equal(merit_json_pull_end(&pull), MERIT_OK);
}

static void what_is_not_asked_for_stays(void **state)
{
	static const char *const values[] = { "{}", "[]", "\"t\"", "7", "true", "null" };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct merit_json_pull pull = pull_of(values[i]);
		struct merit_text text;
		int64_t integer;
		bool flag;
		assert_int_equal(merit_json_pull_next(&pull), values[i][0]);
		assert_true(i == 0 || !merit_json_pull_open(&pull, '{'));
		assert_true(i == 1 || !merit_json_pull_open(&pull, '['));
		assert_true(i == 2 || !merit_json_pull_text(&pull, &text));
		assert_true(i == 3 || !merit_json_pull_integer(&pull, &integer));
		assert_true(i == 4 || !merit_json_pull_flag(&pull, &flag));
		assert_true(i == 5 || !merit_json_pull_null(&pull));
		assert_ptr_equal(pull.at, values[i]);
		assert_true(merit_json_pull_skip(&pull));
		assert_int_equal(merit_json_pull_end(&pull), MERIT_OK);
	}
}

static void escapes_are_resolved_in_the_arena(void **state)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"a\\u0041b\"", "aAb" },
		{ "\"\\u00e9\\u20ac\"", "\xc3\xa9\xe2\x82\xac" },
		{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
		{ "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
		{ "\"\xe4\xbd\xa0\\n\xe4\xbd\xa0\"", "\xe4\xbd\xa0\n\xe4\xbd\xa0" },
	};
	struct merit_text text;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_json_pull pull = pull_of(rows[i].json);
		assert_true(merit_json_pull_text(&pull, &text));
		assert_text(text, rows[i].want);
		assert_int_equal(merit_json_pull_end(&pull), MERIT_OK);
	}
}

static void a_text_without_escapes_is_borrowed(void **state)
{
	static const char json[] = "\"\xe4\xbd\xa0 and more than eight bytes\"";
	struct merit_json_pull pull = pull_of(json);
	struct merit_text text;

	(void)state;
	assert_true(merit_json_pull_text(&pull, &text));
	assert_ptr_equal(text.data, json + 1);
	assert_int_equal(text.size, strlen(json) - 2);
}

static void without_an_arena_a_text_stays_as_it_is_written(void **state)
{
	static const char json[] = "{\"k\\u0065y\":\"a \\\"\\uD834\\uDD1E\\u005c\"}";
	struct merit_json_pull pull = merit_json_pull_begin(json, strlen(json), NULL);
	struct merit_text key, text;

	(void)state;
	assert_true(merit_json_pull_open(&pull, '{') && merit_json_pull_key(&pull, &key));
	assert_ptr_equal(key.data, json + 2);
	assert_text(key, "k\\u0065y");
	assert_true(merit_json_pull_text(&pull, &text));
	assert_text(text, "a \\\"\\uD834\\uDD1E\\u005c");
	assert_false(merit_json_pull_key(&pull, &key));
	assert_int_equal(merit_json_pull_end(&pull), MERIT_OK);
}

/* size letters, the one at place being byte. */
static enum merit_status read_with(size_t size, size_t place, unsigned char byte, bool is_closed)
{
	char *json = malloc(size + 2);
	struct merit_text text = { NULL, 0 };

	assert_non_null(json);
	memset(json, 'x', size + 2);
	json[0] = '"';
	if (place < size)
		json[1 + place] = (char)byte;
	json[1 + size] = is_closed ? '"' : 'x';
	struct merit_json_pull pull = merit_json_pull_begin(json, size + 2, &arena);
	bool is_text = merit_json_pull_text(&pull, &text);
	enum merit_status status = merit_json_pull_end(&pull);
	assert_true(is_text == (text.data != NULL));
	if (status == MERIT_OK)
		assert_int_equal(text.size, size);
	free(json);
	return status;
}

static void the_end_of_a_text_is_found_at_any_place(void **state)
{
	(void)state;
	for (size_t size = 0; size < 40; size++) {
		assert_int_equal(read_with(size, size, 'x', true), MERIT_OK);
		assert_int_equal(read_with(size, size, 'x', false), MERIT_BAD_JSON);
		for (size_t place = 0; place < size; place++) {
			for (unsigned byte = 0; byte < 256; byte++) {
				bool is_good = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
				enum merit_status want = is_good ? MERIT_OK : MERIT_BAD_JSON;
				assert_int_equal(read_with(size, place, (unsigned char)byte, true), want);
			}
		}
	}
}

/* Whatever is asked for behind the fault, nothing is left; and the fault is named. */
static void a_fault_ends_the_reading(void **state)
{
	static const struct {
		const char *json;
		enum merit_status want;
	} rows[] = {
		{ "[1,]", MERIT_BAD_JSON },
		{ "[1 2]", MERIT_BAD_JSON },
		{ "[1,\"a", MERIT_BAD_JSON },
		{ "[1,tru]", MERIT_BAD_JSON },
		{ "[1,2", MERIT_BAD_JSON },
		{ "[1]]", MERIT_BAD_JSON },
		{ "[1,{\"a\"}]", MERIT_BAD_JSON },
		{ "[1,[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", MERIT_TOO_DEEP },
		{ "[1.5,1.", MERIT_BAD_JSON },
		{ "[1.5,9007199254740992]", MERIT_NOT_INTEGER },
		{ "[\"\\u0000\",9007199254740992]", MERIT_NUMBER_RANGE },
		{ "[\"\\u0000\"]", MERIT_NUL_IN_TEXT },
	};
	struct merit_text text;
	int64_t integer;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_json_pull pull = pull_of(rows[i].json);
		assert_true(merit_json_pull_open(&pull, '['));
		while (merit_json_pull_item(&pull))
			(void)merit_json_pull_skip(&pull);
		assert_int_equal(merit_json_pull_end(&pull), rows[i].want);
		if (!pull.is_broken)
			continue; /* Well-formed: it was read to its end. */
		assert_false(merit_json_pull_item(&pull) || merit_json_pull_key(&pull, &text));
		assert_false(merit_json_pull_text(&pull, &text) || merit_json_pull_integer(&pull, &integer));
		assert_int_equal(merit_json_pull_end(&pull), rows[i].want);
	}
}

static void no_text_with_nul_and_no_number_beside_the_integers_is_given(void **state)
{
	struct merit_json_pull pull = pull_of("[\"a\\u0000\",1.0,1e1,9007199254740992,-9007199254740991,-0]");
	struct merit_text text;
	int64_t integer = 7;

	(void)state;
	assert_true(merit_json_pull_open(&pull, '['));
	assert_true(merit_json_pull_item(&pull));
	assert_false(merit_json_pull_text(&pull, &text));
	for (int i = 0; i < 3; i++) {
		assert_true(merit_json_pull_item(&pull));
		assert_false(merit_json_pull_integer(&pull, &integer));
	}
	assert_int_equal(integer, 7);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_integer(&pull, &integer));
	assert_int_equal(integer, -9007199254740991);
	assert_true(merit_json_pull_item(&pull) && merit_json_pull_integer(&pull, &integer));
	assert_int_equal(integer, 0);
	assert_false(merit_json_pull_item(&pull));
}

static void a_broken_array_has_no_count(void **state)
{
	struct merit_json_pull pull = pull_of("[{\"a\":1},{\"a\":1 x}]");

	(void)state;
	assert_int_equal(merit_json_pull_count(&pull), 0);
	pull = pull_of("{}");
	assert_int_equal(merit_json_pull_count(&pull), 0);
	pull = pull_of("[]");
	assert_int_equal(merit_json_pull_count(&pull), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_in_the_order_of_the_bytes),
		cmocka_unit_test(what_is_not_asked_for_stays),
		cmocka_unit_test(escapes_are_resolved_in_the_arena),
		cmocka_unit_test(a_text_without_escapes_is_borrowed),
		cmocka_unit_test(without_an_arena_a_text_stays_as_it_is_written),
		cmocka_unit_test(the_end_of_a_text_is_found_at_any_place),
		cmocka_unit_test(a_fault_ends_the_reading),
		cmocka_unit_test(no_text_with_nul_and_no_number_beside_the_integers_is_given),
		cmocka_unit_test(a_broken_array_has_no_count),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
