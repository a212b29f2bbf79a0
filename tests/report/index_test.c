/* index_test.c
 * Goal    a row is found by its key and by no other; rows stay where they are and in order while more come; keys made of
 *         parts go in the order of the parts.
 * Method  some thousand rows, looked up again after each growth and after sorting; pairs of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "report/index.h"

#define ROWS 5000

static struct merit_index_key key_of(const char *text, int64_t number)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_text(&key, merit_text_of(text));
	merit_index_key_number(&key, number);
	return key;
}

static void rows_are_found_by_their_keys(void **state)
{
	struct merit_index index = { .count = 0 };
	struct merit_arena arena = { 0 };
	int64_t *rows[ROWS];

	(void)state;
	for (int64_t i = 0; i < ROWS; i++) {
		struct merit_index_key key = key_of("row", (i * 7919) % ROWS);
		assert_null(merit_index_find(&index, merit_index_key_whole(&key)));
		rows[i] = merit_index_get(&index, &arena, merit_index_key_whole(&key), sizeof(*rows[i]));
		assert_non_null(rows[i]);
		assert_int_equal(*rows[i], 0);
		*rows[i] = (i * 7919) % ROWS;
		assert_ptr_equal(merit_index_get(&index, &arena, merit_index_key_whole(&key), sizeof(*rows[i])),
		                 rows[i]);
	}
	assert_int_equal(index.count, ROWS);
	for (size_t i = 0; i < ROWS; i++)
		assert_ptr_equal(merit_index_at(&index, i), rows[i]);
	merit_index_sort(&index);
	for (int64_t i = 0; i < ROWS; i++) {
		struct merit_index_key key = key_of("row", i);
		assert_int_equal(*(int64_t *)merit_index_at(&index, (size_t)i), i);
		assert_ptr_equal(merit_index_find(&index, merit_index_key_whole(&key)),
		                 merit_index_at(&index, (size_t)i));
	}
	merit_index_free(&index);
	merit_arena_free(&arena);
}

static void keys_go_in_the_order_of_their_parts(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} rows[] = { { "", 5 },  { "a", INT64_MIN }, { "a", -1 },  { "a", 0 },
		     { "a", 1 }, { "a", INT64_MAX }, { "aa", -9 }, { "b", -9 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
			struct merit_index_key a = key_of(rows[i].text, rows[i].number);
			struct merit_index_key b = key_of(rows[j].text, rows[j].number);
			int order = merit_text_order(merit_index_key_whole(&a), merit_index_key_whole(&b));
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void an_empty_index_has_nothing(void **state)
{
	struct merit_index index = { .count = 0 };

	(void)state;
	assert_null(merit_index_find(&index, MERIT_TEXT("x")));
	merit_index_sort(&index);
	merit_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_by_their_keys),
		cmocka_unit_test(keys_go_in_the_order_of_their_parts),
		cmocka_unit_test(an_empty_index_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
