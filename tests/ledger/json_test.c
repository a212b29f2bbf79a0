/* json_test.c
 * Goal    only JSON that every reader understands alike becomes a tree; what is refused is refused by its own status.
 * Method  rows of text and status at both sides of every border, each read from a block of its exact size so that
 *         the address sanitizer sees a step too far; every prefix of a document; cJSON out of memory at each
 *         allocation; the public JSON test suite, where MERIT_SHARED_DATA leads to it. */
#include "ledger/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/buffer.h"
#include "ledger/limits.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Reads from a copy of exactly size bytes, and frees the tree. */
static enum merit_status read_exact(const char *bytes, size_t size)
{
	char *exact = malloc(size + (size == 0));
	cJSON *root = NULL;

	assert_non_null(exact);
	memcpy(exact, bytes, size);
	enum merit_status status = merit_json_read(exact, size, &root);
	free(exact);
	if ((status == MERIT_OK) != (root != NULL))
		fail_msg("a root on %s", merit_status_word(status));
	merit_json_free(root);
	return status;
}

struct row {
	const char *text;
	size_t size;
	enum merit_status want;
};

#define ROW(text, want) { text, sizeof(text) - 1, want }

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum merit_status got = read_exact(rows[i].text, rows[i].size);
		if (got != rows[i].want)
			fail_msg("row %zu, %s: %s", i, rows[i].text, merit_status_word(got));
	}
}

static void the_grammar_is_kept(void **state)
{
	static const struct row rows[] = {
		ROW("{}", MERIT_OK),
		ROW("[]", MERIT_OK),
		ROW(" \t\r\n[ \t\r\n] \t\r\n", MERIT_OK),
		ROW("{ \"a\" : [ 1 , true , false , null , \"b\" ] }", MERIT_OK),
		ROW("\"text\"", MERIT_OK),
		ROW("true", MERIT_OK),
		ROW("", MERIT_BAD_JSON),
		ROW(" ", MERIT_BAD_JSON),
		ROW("{", MERIT_BAD_JSON),
		ROW("[1", MERIT_BAD_JSON),
		ROW("[1}", MERIT_BAD_JSON),
		ROW("{\"a\":1]", MERIT_BAD_JSON),
		ROW("[1,]", MERIT_BAD_JSON),
		ROW("[,1]", MERIT_BAD_JSON),
		ROW("[1 2]", MERIT_BAD_JSON),
		ROW("{\"a\":1,}", MERIT_BAD_JSON),
		ROW("{\"a\"}", MERIT_BAD_JSON),
		ROW("{\"a\" 1}", MERIT_BAD_JSON),
		ROW("{a:1}", MERIT_BAD_JSON),
		ROW("{1:1}", MERIT_BAD_JSON),
		ROW("[] []", MERIT_BAD_JSON),
		ROW("[]\0", MERIT_BAD_JSON),
		ROW("[]x", MERIT_BAD_JSON),
		ROW("[\v]", MERIT_BAD_JSON),
		ROW("\xEF\xBB\xBF[]", MERIT_BAD_JSON), /* a byte order mark, which cJSON would skip */
		ROW("True", MERIT_BAD_JSON),
		ROW("nul", MERIT_BAD_JSON),
		ROW("NaN", MERIT_BAD_JSON),
		ROW("'a'", MERIT_BAD_JSON),
		ROW("/**/1", MERIT_BAD_JSON),
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void numbers_are_integers_in_range(void **state)
{
	static const struct row rows[] = {
		ROW("0", MERIT_OK),
		ROW("-0", MERIT_OK),
		ROW("-1", MERIT_OK),
		ROW("9007199254740991", MERIT_OK),
		ROW("-9007199254740991", MERIT_OK),
		ROW("9007199254740992", MERIT_NUMBER_RANGE),
		ROW("-9007199254740992", MERIT_NUMBER_RANGE),
		ROW("10000000000000000", MERIT_NUMBER_RANGE),
		ROW("18446744073709551617", MERIT_NUMBER_RANGE), /* 2^64 + 1 must not wrap round to 1. */
		ROW("100000000000000000000000000000000000000000000000000000000000000000000000", MERIT_NUMBER_RANGE),
		ROW("1.0", MERIT_NOT_INTEGER),
		ROW("-0.5", MERIT_NOT_INTEGER),
		ROW("1e3", MERIT_NOT_INTEGER),
		ROW("1E+3", MERIT_NOT_INTEGER),
		ROW("1.5e-3", MERIT_NOT_INTEGER),
		ROW("99999999999999999999.5", MERIT_NOT_INTEGER),
		ROW("01", MERIT_BAD_JSON),
		ROW("-01", MERIT_BAD_JSON),
		ROW("00", MERIT_BAD_JSON),
		ROW("+1", MERIT_BAD_JSON),
		ROW("-", MERIT_BAD_JSON),
		ROW("--1", MERIT_BAD_JSON),
		ROW(".5", MERIT_BAD_JSON),
		ROW("1.", MERIT_BAD_JSON),
		ROW("1.e3", MERIT_BAD_JSON),
		ROW("1e", MERIT_BAD_JSON),
		ROW("1e+", MERIT_BAD_JSON),
		ROW("1e+-3", MERIT_BAD_JSON),
		ROW("0x10", MERIT_BAD_JSON),
		ROW("1a", MERIT_BAD_JSON),
		ROW("1_000", MERIT_BAD_JSON),
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void texts_are_utf8_with_the_eight_escapes(void **state)
{
	static const struct row rows[] = {
		ROW("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", MERIT_OK),
		ROW("\"\\u00e9\\u00E9\xC3\xA9\"", MERIT_OK),
		ROW("\"\\ud83c\\udf81\"", MERIT_OK),
		ROW("\"\\uD800\\uDC00\"", MERIT_OK),
		ROW("\"\\udbff\\udfff\"", MERIT_OK),
		ROW("\"\x7F\"", MERIT_OK),
		ROW("\"\\ud800\"", MERIT_BAD_JSON),
		ROW("\"\\ud800x\"", MERIT_BAD_JSON),
		ROW("\"\\ud800\\n\"", MERIT_BAD_JSON),
		ROW("\"\\ud800\\ud800\"", MERIT_BAD_JSON),
		ROW("\"\\ud800\\ue000\"", MERIT_BAD_JSON),
		ROW("\"\\udc00\"", MERIT_BAD_JSON),
		ROW("\"\\udc00\\ud800\"", MERIT_BAD_JSON),
		ROW("\"\\udc00\\udc00\"", MERIT_BAD_JSON),
		ROW("\"\\u12\"", MERIT_BAD_JSON),
		ROW("\"\\u123g\"", MERIT_BAD_JSON),
		ROW("\"\\u123", MERIT_BAD_JSON),
		ROW("\"\\U0041\"", MERIT_BAD_JSON),
		ROW("\"\\x41\"", MERIT_BAD_JSON),
		ROW("\"\\'\"", MERIT_BAD_JSON),
		ROW("\"\\\0\"", MERIT_BAD_JSON),
		ROW("\"\\", MERIT_BAD_JSON),
		ROW("\"\\\"", MERIT_BAD_JSON),
		ROW("\"a", MERIT_BAD_JSON),
		ROW("\"a\nb\"", MERIT_BAD_JSON),
		ROW("\"\x1F\"", MERIT_BAD_JSON),
		ROW("\"a\0b\"", MERIT_BAD_JSON), /* a bare NUL is a control character, no JSON */
		ROW("\"\x80\"", MERIT_BAD_JSON),
		ROW("\"\xC0\x80\"", MERIT_BAD_JSON),     /* overlong */
		ROW("\"\xED\xA0\x80\"", MERIT_BAD_JSON), /* a surrogate */
		ROW("\"\xF4\x90\x80\x80\"", MERIT_BAD_JSON),
		ROW("\"\xE2\x82\"", MERIT_BAD_JSON),
		ROW("\"\\u0000\"", MERIT_NUL_IN_TEXT),
		ROW("{\"a\\u0000\":1}", MERIT_NUL_IN_TEXT),
		ROW("\"\\\\u0000\"", MERIT_OK), /* a backslash and u0000 */
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void a_key_is_named_once(void **state)
{
	static const struct row rows[] = {
		ROW("{\"a\":1,\"b\":1}", MERIT_OK),
		ROW("{\"a\":1,\"A\":1}", MERIT_OK),
		ROW("{\"\":1,\"a\":1}", MERIT_OK),
		ROW("{\"a\":{\"a\":1}}", MERIT_OK),
		ROW("[{\"a\":1},{\"a\":1}]", MERIT_OK),
		ROW("{\"a\":1,\"a\":1}", MERIT_DUPLICATE_KEY),
		ROW("{\"a\":1,\"b\":1,\"a\":2}", MERIT_DUPLICATE_KEY),
		ROW("{\"\":1,\"\":1}", MERIT_DUPLICATE_KEY),
		ROW("{\"a\":1,\"\\u0061\":1}", MERIT_DUPLICATE_KEY),
		ROW("{\"\xF0\x9F\x8E\x81\":1,\"\\ud83c\\udf81\":1}", MERIT_DUPLICATE_KEY),
		ROW("[1,{\"x\":[{\"a\":1,\"a\":1}]}]", MERIT_DUPLICATE_KEY),
		ROW("{\"x\":{\"a\":1,\"a\":1},\"y\":1}", MERIT_DUPLICATE_KEY),
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

/* {"k0":1,...} with count keys, the last one named like place when place is not count - 1. */
static void put_object(struct merit_buffer *buffer, size_t count, size_t last_name)
{
	merit_buffer_clear(buffer);
	merit_buffer_put_char(buffer, '{');
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(buffer, "%s\"k%zu\":1", i == 0 ? "" : ",", i == count - 1 ? last_name : i);
	merit_buffer_put_char(buffer, '}');
	assert_false(buffer->bad);
}

static void a_key_is_named_once_among_any_number(void **state)
{
	static const size_t counts[] = { 2, 3, 15, 16, 17, 18, 1000, 100000 };
	struct merit_buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		put_object(&buffer, counts[i], counts[i] - 1);
		assert_int_equal(read_exact(buffer.data, buffer.size), MERIT_OK);
		put_object(&buffer, counts[i], 0);
		assert_int_equal(read_exact(buffer.data, buffer.size), MERIT_DUPLICATE_KEY);
		put_object(&buffer, counts[i], counts[i] - 2);
		assert_int_equal(read_exact(buffer.data, buffer.size), MERIT_DUPLICATE_KEY);
	}
	merit_buffer_free(&buffer);
}

static enum merit_status read_nested(const char *open, const char *close, size_t depth)
{
	struct merit_buffer buffer = { 0 };

	for (size_t i = 0; i < depth; i++)
		merit_buffer_put_text(&buffer, open);
	merit_buffer_put_text(&buffer, "1");
	for (size_t i = 0; i < depth; i++)
		merit_buffer_put_text(&buffer, close);
	enum merit_status status = read_exact(buffer.data, buffer.size);
	merit_buffer_free(&buffer);
	return status;
}

static void depth_has_its_limit(void **state)
{
	(void)state;
	assert_int_equal(read_nested("[", "]", MERIT_JSON_DEPTH_MAX), MERIT_OK);
	assert_int_equal(read_nested("[", "]", MERIT_JSON_DEPTH_MAX + 1), MERIT_TOO_DEEP);
	assert_int_equal(read_nested("{\"a\":", "}", MERIT_JSON_DEPTH_MAX), MERIT_OK);
	assert_int_equal(read_nested("{\"a\":", "}", MERIT_JSON_DEPTH_MAX + 1), MERIT_TOO_DEEP);
	assert_int_equal(read_nested("[", "]", 1000000), MERIT_TOO_DEEP);
	assert_int_equal(read_nested("[", "", 1000000), MERIT_TOO_DEEP);
}

static void brackets_side_by_side_are_not_deep(void **state)
{
	struct merit_buffer buffer = { 0 };

	(void)state;
	merit_buffer_put_text(&buffer, "[[]");
	for (size_t i = 0; i < 1000; i++)
		merit_buffer_put_text(&buffer, ",[],{}");
	merit_buffer_put_text(&buffer, "]");
	assert_int_equal(read_exact(buffer.data, buffer.size), MERIT_OK);
	merit_buffer_free(&buffer);
}

static void of_two_faults_the_first_in_the_list_is_named(void **state)
{
	static const struct row rows[] = {
		ROW("[1.5,99999999999999999]", MERIT_NOT_INTEGER),
		ROW("[99999999999999999,1.5]", MERIT_NOT_INTEGER),
		ROW("[\"\\u0000\",99999999999999999]", MERIT_NUMBER_RANGE),
		ROW("[\"\\u0000\",[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", MERIT_NUL_IN_TEXT),
		ROW("[1.5", MERIT_BAD_JSON),
		ROW("[99999999999999999,\"\\u0000\",1.5]x", MERIT_BAD_JSON),
		ROW("{\"a\":1,\"a\":1", MERIT_BAD_JSON),
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void no_prefix_of_a_document_is_a_document(void **state)
{
	static const char text[] =
		"{\"a\":[-12,true,null,\"\\u00e9\\ud83c\\udf81\xE7\xA7\xAF\\n\"],\"b\":{\"c\":false}}";

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++)
		assert_int_equal(read_exact(text, size), MERIT_BAD_JSON);
	assert_int_equal(read_exact(text, sizeof(text) - 1), MERIT_OK);
}

static void integers_come_out_exactly(void **state)
{
	static const int64_t values[] = { 0, 1, -1, 4294967296, 1795255200123, MERIT_AMOUNT_MAX, -MERIT_AMOUNT_MAX };
	struct merit_buffer buffer = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		cJSON *root = NULL;
		int64_t value = 7;
		merit_buffer_clear(&buffer);
		merit_buffer_put_integer(&buffer, values[i]);
		assert_int_equal(merit_json_read(buffer.data, buffer.size, &root), MERIT_OK);
		assert_true(merit_json_integer(root, &value));
		assert_true(value == values[i]);
		merit_json_free(root);
	}
	merit_buffer_free(&buffer);
}

static void members_are_found_by_their_exact_name(void **state)
{
	static const char text[] = "{\"Id\":1,\"id\":\"x\\u00e9\",\"list\":[],\"flag\":true}";
	cJSON *root = NULL;
	int64_t value = 7;
	const char *found = NULL;
	size_t size = 0;

	(void)state;
	assert_int_equal(merit_json_read(text, sizeof(text) - 1, &root), MERIT_OK);
	assert_true(merit_json_text(merit_json_member(root, "id"), &found, &size));
	assert_int_equal(size, 3);
	assert_string_equal(found, "x\xC3\xA9");
	assert_true(merit_json_integer(merit_json_member(root, "Id"), &value));
	assert_true(value == 1);

	assert_null(merit_json_member(root, "ID"));
	assert_null(merit_json_member(root, "i"));
	assert_null(merit_json_member(root, ""));
	assert_null(merit_json_member(NULL, "id"));
	assert_null(merit_json_member(merit_json_member(root, "list"), "id"));
	assert_false(merit_json_integer(merit_json_member(root, "id"), &value));
	assert_false(merit_json_integer(merit_json_member(root, "flag"), &value));
	assert_false(merit_json_integer(NULL, &value));
	assert_false(merit_json_text(merit_json_member(root, "Id"), &found, &size));
	assert_false(merit_json_text(NULL, &found, &size));
	merit_json_free(root);
}

static size_t allocations_left;

static void *allocate_while_any_are_left(size_t size)
{
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return malloc(size);
}

static void memory_may_run_out_at_any_allocation(void **state)
{
	static const char text[] = "{\"id\":\"x\",\"lines\":[{\"n\":12},{\"n\":-3}],\"text\":\"\\u00e9\"}";
	cJSON_Hooks hooks = { .malloc_fn = allocate_while_any_are_left, .free_fn = free };
	enum merit_status status = MERIT_NO_MEMORY;
	size_t failures = 0;

	(void)state;
	cJSON_InitHooks(&hooks);
	for (; failures < 1000 && status == MERIT_NO_MEMORY; failures++) {
		allocations_left = failures;
		status = read_exact(text, sizeof(text) - 1);
	}
	cJSON_InitHooks(NULL);
	assert_int_equal(status, MERIT_OK);
	assert_true(failures > 10);
}

/* Stands behind the test that sets cJSON's hooks: from here on they are the arena's. */
static void an_arena_holds_one_message_after_another(void **state)
{
	struct merit_arena arena = { 0 };
	char text[64];

	(void)state;
	for (int round = 0; round < 1000; round++) {
		cJSON *root = NULL;
		int64_t value = -1;
		int size = snprintf(text, sizeof(text), "{\"a\":%d,\"b\":[\"%d\",{}]}", round, round);
		merit_json_arena_begin(&arena);
		assert_int_equal(merit_json_read(text, (size_t)size, &root), MERIT_OK);
		merit_json_free(root); /* Does nothing: */
		merit_json_arena_end();
		assert_true(merit_json_integer(merit_json_member(root, "a"), &value));
		assert_true(value == round);
		merit_arena_reset(&arena);
	}
	merit_json_arena_begin(&arena);
	cJSON *root = NULL;
	assert_int_equal(merit_json_read("{\"a\":1,\"a\":2}", 13, &root), MERIT_DUPLICATE_KEY);
	merit_json_arena_end();
	merit_arena_free(&arena);
}

static void without_an_arena_memory_is_the_callers(void **state)
{
	cJSON *root = NULL;

	(void)state;
	assert_int_equal(merit_json_read("[\"a\",\"b\"]", 9, &root), MERIT_OK);
	merit_json_free(root); /* The leak checker would report what stays. */
}

/* The suite's valid files (y_) that merit refuses all the same, and the invalid ones (n_) that are left as too deep
 * before the place where they go wrong. */
static const struct {
	const char *file;
	enum merit_status want;
} exceptions[] = {
	{ "y_number.json", MERIT_NOT_INTEGER },
	{ "y_number_0e1.json", MERIT_NOT_INTEGER },
	{ "y_number_double_close_to_zero.json", MERIT_NOT_INTEGER },
	{ "y_number_real_capital_e.json", MERIT_NOT_INTEGER },
	{ "y_number_real_capital_e_pos_exp.json", MERIT_NOT_INTEGER },
	{ "y_number_real_fraction_exponent.json", MERIT_NOT_INTEGER },
	{ "y_number_real_pos_exponent.json", MERIT_NOT_INTEGER },
	{ "y_number_simple_real.json", MERIT_NOT_INTEGER },
	{ "y_object_duplicated_key_and_value.json", MERIT_DUPLICATE_KEY },
	{ "y_object_extreme_numbers.json", MERIT_NOT_INTEGER },
	{ "y_string_null_escape.json", MERIT_NUL_IN_TEXT },
	{ "y_structure_lonely_negative_real.json", MERIT_NOT_INTEGER },
	{ "n_structure_100000_opening_arrays.json", MERIT_TOO_DEEP },
	{ "n_structure_open_array_object.json", MERIT_TOO_DEEP },
};

static enum merit_status wanted(const char *file)
{
	for (size_t i = 0; i < COUNT(exceptions); i++) {
		if (strcmp(exceptions[i].file, file) == 0)
			return exceptions[i].want;
	}
	return file[0] == 'y' ? MERIT_OK : MERIT_BAD_JSON;
}

static enum merit_status read_suite_file(const char *folder, const char *file)
{
	static char bytes[1024 * 1024];
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	FILE *stream = fopen(path, "rb");
	assert_non_null(stream);
	size_t size = fread(bytes, 1, sizeof(bytes), stream);
	fclose(stream);
	return read_exact(bytes, size);
}

static void the_public_test_suite_agrees(void **state)
{
	const char *data = getenv("MERIT_SHARED_DATA");
	char folder[2048];
	size_t count = 0;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/vectors/jsontestsuite/test_parsing", data == NULL ? "" : data);
	DIR *dir = data == NULL ? NULL : opendir(folder);
	if (dir == NULL) {
		print_message("skipped: MERIT_SHARED_DATA does not lead to vectors/jsontestsuite\n");
		skip();
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		const char *file = entry->d_name;
		if (strstr(file, ".json") == NULL)
			continue;
		enum merit_status got = read_suite_file(folder, file);
		bool may_differ = file[0] == 'i'; /* Only must not crash. */
		if (!may_differ && got != wanted(file))
			fail_msg("%s: %s", file, merit_status_word(got));
		count++;
	}
	closedir(dir);
	print_message("%zu files\n", count);
	assert_true(count >= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_is_kept),
		cmocka_unit_test(numbers_are_integers_in_range),
		cmocka_unit_test(texts_are_utf8_with_the_eight_escapes),
		cmocka_unit_test(a_key_is_named_once),
		cmocka_unit_test(a_key_is_named_once_among_any_number),
		cmocka_unit_test(depth_has_its_limit),
		cmocka_unit_test(brackets_side_by_side_are_not_deep),
		cmocka_unit_test(of_two_faults_the_first_in_the_list_is_named),
		cmocka_unit_test(no_prefix_of_a_document_is_a_document),
		cmocka_unit_test(integers_come_out_exactly),
		cmocka_unit_test(members_are_found_by_their_exact_name),
		cmocka_unit_test(memory_may_run_out_at_any_allocation),
		cmocka_unit_test(an_arena_holds_one_message_after_another),
		cmocka_unit_test(without_an_arena_memory_is_the_callers),
		cmocka_unit_test(the_public_test_suite_agrees),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
