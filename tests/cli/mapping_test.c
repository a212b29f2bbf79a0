/* mapping_test.c
 * Goal    a row of a file becomes exactly the parameters the mapping says, or a fault that names row and column.
 * Method  small files through merit_rows; each row of a table changes one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/mapping.h"
#include "cli/seen.h"

/* A file with an ending, and rows open on it. */
struct fixture {
	char path[64];
	struct merit_rows rows;
	struct merit_mapping mapping;
};

static enum merit_status fixture_open(struct fixture *fixture, const char *ending, const char *text)
{
	snprintf(fixture->path, sizeof(fixture->path), "/tmp/merit-mapping-XXXXXX%s", ending);
	int fd = mkstemps(fixture->path, (int)strlen(ending));
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	memset(&fixture->mapping, 0, sizeof(fixture->mapping));
	assert_true(merit_method_find("earn", &fixture->mapping.method));
	return merit_rows_open(&fixture->rows, fixture->path, NULL, ',');
}

static void fixture_close(struct fixture *fixture)
{
	merit_rows_close(&fixture->rows);
	merit_mapping_free(&fixture->mapping);
	unlink(fixture->path);
}

static void a_field_passes_through_its_filters(void **state)
{
	static const struct {
		enum merit_filter filter;
		const char *text, *want;
	} rows[] = {
		{ MERIT_FILTER_LOWER, "AbC-1", "abc-1" },     { MERIT_FILTER_UPPER, "AbC-1", "ABC-1" },
		{ MERIT_FILTER_TRIM, "  a b\t", "a b" },      { MERIT_FILTER_TRIM, "   ", "" },
		{ MERIT_FILTER_INTEGER, "17850.0", "17850" }, { MERIT_FILTER_INTEGER, "17850", "17850" },
		{ MERIT_FILTER_INTEGER, "17850.5", NULL },    { MERIT_FILTER_INTEGER, "17850.", NULL },
		{ MERIT_FILTER_INTEGER, "", NULL },           { MERIT_FILTER_INTEGER, "1e3", NULL },
		{ MERIT_FILTER_MINOR, "2.5", "250" },         { MERIT_FILTER_MINOR, "2", "200" },
		{ MERIT_FILTER_MINOR, "-0.05", "-005" },      { MERIT_FILTER_MINOR, "2.550", "255" },
		{ MERIT_FILTER_MINOR, "2.555", NULL },        { MERIT_FILTER_MINOR, ".5", NULL },
		{ MERIT_FILTER_MINOR, "1,000.00", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer out = { 0 };
		bool is_taken = merit_filter_put(&out, rows[i].filter, rows[i].text);
		merit_buffer_put_char(&out, '\0');
		if (is_taken != (rows[i].want != NULL) || (is_taken && strcmp(out.data, rows[i].want) != 0))
			fail_msg("%s: \"%s\"", rows[i].text, out.data);
		merit_buffer_free(&out);
	}
}

static void a_template_is_filled_from_the_row(void **state)
{
	static const struct {
		const char *template, *want; /* NULL: refused */
	} rows[] = {
		{ "{a}-{b}", "X-2.50" },
		{ "{a|lower}", "x" },
		{ "{b|minor}/{#}", "250/1" },
		{ "{b|minor|integer}", "250" },
		{ "{{{a}}}", "{X}" },
		{ "plain", "plain" },
		{ "", "" },
		{ "{a", NULL },
		{ "a}", NULL },
		{ "{}", NULL },
		{ "{a|loud}", NULL },
		{ "{a|}", NULL },
	};
	struct fixture fixture;

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", "a,b\nX,2.50\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_template template;
		struct merit_buffer out = { 0 };
		const char *why = NULL, *column = NULL;
		size_t column_size = 0;
		bool is_parsed = merit_template_parse(rows[i].template, &template, &why);
		if (is_parsed != (rows[i].want != NULL))
			fail_msg("%s: %s", rows[i].template, why);
		if (!is_parsed)
			continue;
		assert_true(merit_template_put(&out, &template, &fixture.rows, &why, &column, &column_size));
		merit_buffer_put_char(&out, '\0');
		assert_string_equal(out.data, rows[i].want);
		merit_buffer_free(&out);
	}
	fixture_close(&fixture);
}

/* The file's rows as their parameters, a line each; faults as "line N column: why". */
static void params_of_all(struct fixture *fixture, struct merit_buffer *out)
{
	enum merit_status status;
	struct merit_row_fault fault;
	struct merit_buffer params = { 0 }, lines = { 0 };

	while ((status = merit_rows_next(&fixture->rows)) == MERIT_OK) {
		if (!merit_mapping_keeps(&fixture->mapping, &fixture->rows))
			continue;
		merit_buffer_clear(&params);
		if (merit_mapping_params(&fixture->mapping, &fixture->rows, &params, &lines, &fault))
			merit_buffer_put(out, params.data, params.size);
		else
			merit_buffer_put_format(out, "line %d %.*s %s \"%s\"", (int)fixture->rows.line,
			                        (int)fault.column_size, fault.column == NULL ? "" : fault.column,
			                        fault.parameter == NULL ? "-" : fault.parameter, fault.value);
		merit_buffer_put_char(out, '\n');
	}
	assert_int_equal(status, MERIT_NOT_FOUND);
	merit_buffer_put_char(out, '\0');
	merit_buffer_free(&params);
}

static void map_oulad(struct merit_mapping *mapping)
{
	assert_true(merit_mapping_map(mapping, "member=id_student"));
	assert_true(merit_mapping_map(mapping, "points=studied_credits"));
	assert_true(merit_mapping_map(mapping, "reference={code_module}-{code_presentation}"));
	assert_true(merit_mapping_set(mapping, "campaign=OULAD"));
	assert_true(merit_mapping_set(mapping, "event=course"));
	assert_true(merit_mapping_set(mapping, "occurred=2014-01-01T00:00:00Z"));
}

#define OULAD_HEAD "code_module,code_presentation,id_student,studied_credits,final_result\n"

static void rows_become_parameters(void **state)
{
	static const char file[] = "\xef\xbb\xbf" OULAD_HEAD "AAA,2013J,11391,240,Pass\n"
				   "AAA,2013J,30268,60,Withdrawn\n"
				   "AAA,2013J,30269,,Distinction\n"
				   "AAA,2013J,3026 9,60,Pass\n"
				   "AAA,2013J,,60,Pass\n"
				   "AAA,2013J,30270,6.5,Pass\n";
	static const char want[] =
		"{\"member\":\"11391\",\"campaign\":\"OULAD\",\"event\":\"course\",\"reference\":\"AAA-2013J\","
		"\"occurred\":1388534400000,\"points\":240}\n"
		"{\"member\":\"30269\",\"campaign\":\"OULAD\",\"event\":\"course\",\"reference\":\"AAA-2013J\","
		"\"occurred\":1388534400000}\n"
		"line 5 id_student member \"3026 9\"\n"
		"line 6 id_student member \"\"\n"
		"line 7 studied_credits points \"6.5\"\n";
	struct fixture fixture;
	struct merit_buffer got = { 0 };

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", file), MERIT_OK);
	map_oulad(&fixture.mapping);
	assert_true(merit_mapping_add_where(&fixture.mapping, "final_result=Pass,Distinction"));
	assert_true(merit_mapping_finish(&fixture.mapping, &fixture.rows));
	params_of_all(&fixture, &got);
	assert_string_equal(got.data, want);
	/* Read again from the start, the same comes out. */
	assert_int_equal(merit_rows_rewind(&fixture.rows), MERIT_OK);
	merit_buffer_clear(&got);
	params_of_all(&fixture, &got);
	assert_string_equal(got.data, want);
	merit_buffer_free(&got);
	fixture_close(&fixture);
}

static void columns_named_like_parameters_need_no_map(void **state)
{
	static const char file[] =
		"{\"member\":\"M1\",\"campaign\":\"C\",\"event\":\"e\",\"reference\":\"r\",\"occurred\":5}\n"
		"\n"
		"{\"member\":\"M2\",\"campaign\":\"C\",\"event\":\"e\",\"reference\":\"r\",\"occurred\":5,"
		"\"points\":null,\"other\":[1]}\n";
	static const char want[] =
		"{\"member\":\"M1\",\"campaign\":\"C\",\"event\":\"e\",\"reference\":\"r\",\"occurred\":5}\n"
		"{\"member\":\"M2\",\"campaign\":\"C\",\"event\":\"e\",\"reference\":\"r\",\"occurred\":5}\n";
	struct fixture fixture;
	struct merit_buffer got = { 0 };

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".jsonl", file), MERIT_OK);
	assert_true(merit_mapping_finish(&fixture.mapping, &fixture.rows));
	params_of_all(&fixture, &got);
	assert_string_equal(got.data, want);
	merit_buffer_free(&got);
	fixture_close(&fixture);
}

static void what_the_file_cannot_give_is_said_before_any_row(void **state)
{
	struct fixture fixture;

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", OULAD_HEAD), MERIT_OK);
	assert_false(merit_mapping_map(&fixture.mapping, "nobody=id_student"));
	assert_false(merit_mapping_map(&fixture.mapping, "member"));
	assert_false(merit_mapping_map(&fixture.mapping, "reference={a"));
	assert_false(merit_mapping_map(&fixture.mapping, "reference=run-{#}")); /* would change with a row in front */
	assert_false(merit_mapping_map(&fixture.mapping, "reference=#"));
	assert_true(merit_mapping_id(&fixture.mapping, "run-{#}"));
	assert_false(merit_mapping_set(&fixture.mapping, "=1"));
	assert_false(merit_mapping_add_where(&fixture.mapping, "!=1"));
	assert_false(merit_mapping_finish(&fixture.mapping, &fixture.rows)); /* member has no source */
	map_oulad(&fixture.mapping);
	assert_true(merit_mapping_finish(&fixture.mapping, &fixture.rows));
	assert_true(merit_mapping_map(&fixture.mapping, "member=student"));
	assert_false(merit_mapping_finish(&fixture.mapping, &fixture.rows)); /* no such column */
	assert_true(merit_mapping_map(&fixture.mapping, "member=id_student"));
	assert_true(merit_mapping_add_where(&fixture.mapping, "result=Pass"));
	assert_false(merit_mapping_finish(&fixture.mapping, &fixture.rows));
	fixture_close(&fixture);
}

static void conditions_keep_and_leave_out(void **state)
{
	static const struct {
		const char *where;
		bool want;
	} rows[] = {
		{ "b=2", true },   { "b=1,2", true }, { "b=1,3", false }, { "b=", false },
		{ "b!=2", false }, { "b!=1", true },  { "c=", true },     { "c!=", false },
	};
	struct fixture fixture;

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", "a,b,c\n1,2,\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture.mapping.where_count = 0;
		assert_true(merit_mapping_add_where(&fixture.mapping, rows[i].where));
		if (merit_mapping_keeps(&fixture.mapping, &fixture.rows) != rows[i].want)
			fail_msg("%s", rows[i].where);
	}
	fixture_close(&fixture);
}

static void a_file_that_is_no_table_is_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", ""), MERIT_BAD_FORMAT);
	fixture_close(&fixture);
	assert_int_equal(fixture_open(&fixture, ".csv", "a,a\n"), MERIT_BAD_FORMAT);
	fixture_close(&fixture);
	assert_int_equal(fixture_open(&fixture, ".csv", "a,b\n1\n2,3\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_BAD_FORMAT);
	assert_false(merit_rows_is_torn(&fixture.rows));
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	fixture_close(&fixture);
	assert_int_equal(fixture_open(&fixture, ".csv", "a,b\n1,\xe9\n2,\xc3\xa9\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_BAD_FORMAT);
	assert_string_equal(fixture.rows.fault, "not UTF-8: save it as CSV UTF-8");
	assert_false(merit_rows_is_torn(&fixture.rows));
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	fixture_close(&fixture);
	assert_int_equal(fixture_open(&fixture, ".csv", "a,b\n1,\"2\n2,3\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_BAD_FORMAT);
	assert_true(merit_rows_is_torn(&fixture.rows));
	fixture_close(&fixture);
	assert_int_equal(fixture_open(&fixture, ".jsonl", "{\"a\":1}\n[1]\n{\"a\":1,\"a\":2}\n{\"a\":3}\n"), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_BAD_FORMAT);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_BAD_FORMAT);
	assert_int_equal(fixture.rows.fault_line, 3);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	fixture_close(&fixture);
}

static void a_file_that_changes_is_read_twice_as_it_was(void **state)
{
	struct fixture fixture;
	uint64_t counts[2] = { 0 };

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", "a\n1\n2\n3\n"), MERIT_OK);
	for (size_t i = 0; i < 2; i++) {
		while (merit_rows_next(&fixture.rows) == MERIT_OK)
			counts[i]++;
		FILE *file = fopen(fixture.path, "w");
		assert_non_null(file);
		assert_true(fputs("a\n", file) >= 0 && fclose(file) == 0);
		assert_int_equal(merit_rows_rewind(&fixture.rows), MERIT_OK);
	}
	assert_int_equal(counts[0], 3);
	assert_int_equal(counts[1], 3);
	fixture_close(&fixture);
}

static void equal_rows_are_told_apart_by_their_count(void **state)
{
	struct merit_seen seen = { 0 };
	uint8_t hash[MERIT_HASH_SIZE];

	(void)state;
	for (uint64_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 5000; i++) {
			merit_sha256(&i, sizeof(i), hash);
			assert_int_equal(merit_seen_add(&seen, hash), round);
		}
	}
	merit_seen_free(&seen);
}

/* The value in the place of a parameter, or "" where the row leaves it out. */
static void assert_place(const struct fixture *fixture, const struct merit_buffer *params, const char *name,
                         const char *want)
{
	const struct merit_method *method = &fixture->mapping.method;
	size_t index = (size_t)(merit_method_parameter(method, name, strlen(name)) - method->params);
	const struct merit_place *place = &fixture->mapping.places[index];

	assert_int_equal(place->size, strlen(want));
	assert_true(place->start + place->size <= params->size);
	assert_memory_equal(params->data + place->start, want, place->size);
}

static void each_value_of_a_row_has_its_place(void **state)
{
	struct merit_buffer params = { 0 }, lines = { 0 };
	struct merit_row_fault fault;
	struct fixture fixture;

	(void)state;
	assert_int_equal(fixture_open(&fixture, ".csv", "who,course,credits\nM1,AAA,100\nM22,BBBB,\n"), MERIT_OK);
	fixture.mapping.offset_minutes = 0;
	assert_true(merit_mapping_map(&fixture.mapping, "member=who"));
	assert_true(merit_mapping_map(&fixture.mapping, "reference=run-{course}"));
	assert_true(merit_mapping_map(&fixture.mapping, "points=credits"));
	assert_true(merit_mapping_set(&fixture.mapping, "campaign=C"));
	assert_true(merit_mapping_set(&fixture.mapping, "event=course"));
	assert_true(merit_mapping_set(&fixture.mapping, "occurred=1767225600000"));
	assert_true(merit_mapping_finish(&fixture.mapping, &fixture.rows));

	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	assert_true(merit_mapping_params(&fixture.mapping, &fixture.rows, &params, &lines, &fault));
	assert_place(&fixture, &params, "member", "\"M1\"");
	assert_place(&fixture, &params, "campaign", "\"C\"");
	assert_place(&fixture, &params, "reference", "\"run-AAA\"");
	assert_place(&fixture, &params, "points", "100");
	assert_place(&fixture, &params, "occurred", "1767225600000");
	assert_place(&fixture, &params, "evidence", "");

	merit_buffer_clear(&params);
	assert_int_equal(merit_rows_next(&fixture.rows), MERIT_OK);
	assert_true(merit_mapping_params(&fixture.mapping, &fixture.rows, &params, &lines, &fault));
	assert_place(&fixture, &params, "member", "\"M22\"");
	assert_place(&fixture, &params, "reference", "\"run-BBBB\"");
	assert_place(&fixture, &params, "points", "");
	merit_buffer_free(&params);
	merit_buffer_free(&lines);
	fixture_close(&fixture);
}

static void what_all_rows_say_alike_is_no_column_unless_it_is_private(void **state)
{
	static const struct {
		const char *method, *set, *parameter;
		bool is_common;
	} rows[] = {
		{ "earn", "campaign=C", "campaign", true },
		{ "code.add", "item=voucher", "item", true },
		{ "code.add", "code=GIFT", "code", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_mapping mapping = { 0 };
		assert_true(merit_method_find(rows[i].method, &mapping.method));
		assert_true(merit_mapping_set(&mapping, rows[i].set));
		for (size_t p = 0; p < mapping.method.params_count; p++) {
			bool is_set = strcmp(mapping.method.params[p].name, rows[i].parameter) == 0;
			assert_int_equal(merit_mapping_is_common(&mapping, p), is_set && rows[i].is_common);
			assert_int_equal(merit_mapping_is_column(&mapping, p), is_set && !rows[i].is_common);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_passes_through_its_filters),
		cmocka_unit_test(a_template_is_filled_from_the_row),
		cmocka_unit_test(rows_become_parameters),
		cmocka_unit_test(each_value_of_a_row_has_its_place),
		cmocka_unit_test(what_all_rows_say_alike_is_no_column_unless_it_is_private),
		cmocka_unit_test(columns_named_like_parameters_need_no_map),
		cmocka_unit_test(what_the_file_cannot_give_is_said_before_any_row),
		cmocka_unit_test(conditions_keep_and_leave_out),
		cmocka_unit_test(a_file_that_is_no_table_is_refused),
		cmocka_unit_test(a_file_that_changes_is_read_twice_as_it_was),
		cmocka_unit_test(equal_rows_are_told_apart_by_their_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
