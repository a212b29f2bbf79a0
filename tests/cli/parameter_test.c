/* parameter_test.c
 * Goal    what a person writes becomes the JSON a method takes, or is refused; nothing is guessed.
 * Method  one row a text: the parameter's type, the zone, and the JSON wanted (NULL: refused). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cli/parameter.h"

#define UNKNOWN MERIT_OFFSET_UNKNOWN

static void texts_become_json_by_their_type(void **state)
{
	static const struct {
		enum merit_type type;
		int32_t offset_minutes;
		const char *text, *want;
	} rows[] = {
		{ MERIT_TYPE_POINTS, 0, "60", "60" },
		{ MERIT_TYPE_POINTS, 0, "+60", "60" },
		{ MERIT_TYPE_POINTS, 0, "-60", "-60" },
		{ MERIT_TYPE_POINTS, 0, "060", "60" },
		{ MERIT_TYPE_POINTS, 0, "9007199254740991", "9007199254740991" },
		{ MERIT_TYPE_POINTS, 0, "9007199254740992", NULL },
		{ MERIT_TYPE_POINTS, 0, "99999999999999999999999999", NULL },
		{ MERIT_TYPE_POINTS, 0, "", NULL },
		{ MERIT_TYPE_POINTS, 0, "-", NULL },
		{ MERIT_TYPE_POINTS, 0, "6.5", NULL },
		{ MERIT_TYPE_POINTS, 0, "1e3", NULL },
		{ MERIT_TYPE_POINTS, 0, " 6", NULL },
		{ MERIT_TYPE_POINTS, 0, "?", NULL },
		{ MERIT_TYPE_VERSION, 0, "0", NULL },
		{ MERIT_TYPE_MONTHS, 0, "1201", NULL },
		{ MERIT_TYPE_NAME, 0, "M1", "\"M1\"" },
		{ MERIT_TYPE_TEXT, 0, "say \"hi\"", "\"say \\\"hi\\\"\"" },
		{ MERIT_TYPE_DAY, 0, "2026-11-21", "\"2026-11-21\"" },
		{ MERIT_TYPE_PERIOD, 0, "2026-11", "\"2026-11\"" },
		{ MERIT_TYPE_FLAG, 0, "true", "true" },
		{ MERIT_TYPE_FLAG, 0, "0", "false" },
		{ MERIT_TYPE_FLAG, 0, "maybe", NULL },
		{ MERIT_TYPE_OFFSET, 0, "+08:00", "480" },
		{ MERIT_TYPE_OFFSET, 0, "-210", "-210" },
		{ MERIT_TYPE_OFFSET, 0, "+24:00", NULL },
		{ MERIT_TYPE_LINES, 0, "[{\"line\":0,\"quantity\":1}]", "[{\"line\":0,\"quantity\":1}]" },
		{ MERIT_TYPE_LINES, 0, "[{", NULL },
		{ MERIT_TYPE_TIME, UNKNOWN, "1764000000000", "1764000000000" },
		{ MERIT_TYPE_TIME, UNKNOWN, "1970-01-02T00:00:00Z", "86400000" },
		{ MERIT_TYPE_TIME, UNKNOWN, "1970-01-02T08:00:00+08:00", "86400000" },
		{ MERIT_TYPE_TIME, UNKNOWN, "1970-01-02", NULL },
		{ MERIT_TYPE_TIME, UNKNOWN, "1970-01-02 00:00:00", NULL },
		{ MERIT_TYPE_TIME, 0, "1970-01-02", "86400000" },
		{ MERIT_TYPE_TIME, 480, "1970-01-02", "57600000" },
		{ MERIT_TYPE_TIME, 480, "1970-01-02 08:00", "86400000" },
		{ MERIT_TYPE_TIME, 480, "1970-01-02T08:00:05", "86405000" },
		{ MERIT_TYPE_TIME, 480, "1970-01-02 08:00:05.250", "86405250" },
		{ MERIT_TYPE_TIME, 480, "1970-01-02 08:00:", NULL },
		{ MERIT_TYPE_TIME, 480, "1970-02-30 08:00", NULL },
		{ MERIT_TYPE_TIME, 480, "1970-01-02x08:00", NULL },
		{ MERIT_TYPE_TIME, 480, "02/01/1970", NULL },
		{ MERIT_TYPE_TIME, 480, "1970-01-01", NULL }, /* Before 1970 in UTC. */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_parameter parameter = { "x", rows[i].type, true, "" };
		struct merit_buffer out = { 0 };
		bool is_taken = merit_parameter_put(&out, &parameter, rows[i].text, rows[i].offset_minutes);
		merit_buffer_put_char(&out, '\0');
		if (is_taken != (rows[i].want != NULL) || strcmp(out.data, is_taken ? rows[i].want : "") != 0)
			fail_msg("%s: \"%s\"", rows[i].text, out.data);
		merit_buffer_free(&out);
	}
}

static void every_method_is_found_by_its_name(void **state)
{
	struct merit_method method, found;
	size_t count = 0;

	(void)state;
	for (; merit_method_at(count, &method); count++) {
		assert_true(merit_method_find(method.name, &found));
		assert_string_equal(found.name, method.name);
		assert_true((found.operation == NULL) != (found.query == NULL));
		assert_ptr_equal(found.params, method.params);
	}
	assert_true(count > 20);
	assert_false(merit_method_find("earn.", &method));
	assert_false(merit_method_find("", &method));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_json_by_their_type),
		cmocka_unit_test(every_method_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
