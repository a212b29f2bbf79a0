/* state_level_test.c
 * Goal    the ways around the levels (what was looked up lately, what was flushed last, which tables have rows) never
 *         change an answer, and spare the disk; what is flushed comes to the disk in order.
 * Method  one row's way through undo, freeze and flush, step by step; store calls counted; keys that differ late. */
#include "tests/ledger/state_fixture.h"

/* Onto an empty disk rows are appended, which LMDB refuses unless they come in order. */
static void rows_with_long_common_beginnings_are_written_in_order(void **fixture)
{
	struct merit_state *state = open_state();
	unsigned char key[MERIT_STATE_KEY_SIZE_MAX] = { 0 };
	size_t size;

	(void)fixture;
	for (uint32_t i = 0; i < 5000; i++) {
		key[12] = (unsigned char)(i / 60);
		memcpy(merit_state_put(state, 1, key, 13 + i % 60, sizeof(i)), &i, sizeof(i));
	}
	flush(state, 1);
	merit_state_close(state);
	state = open_state();
	for (uint32_t i = 0; i < 5000; i++) {
		key[12] = (unsigned char)(i / 60);
		assert_memory_equal(merit_state_get(state, 1, key, 13 + i % 60, &size), &i, sizeof(i));
	}
	merit_state_close(state);
}

/* What a look-up remembers is found again without the levels; whatever changes the answer must change it there too. */
static void what_is_remembered_does_not_outlive_a_rollback_or_a_freeze(void **fixture)
{
	struct merit_state *state = open_state();
	uint64_t *value;
	size_t size = 0;

	(void)fixture;
	assert_null(merit_state_get(state, 1, "row", 3, &size));
	merit_state_mark(state);
	value = merit_state_put(state, 1, "row", 3, sizeof(*value));
	*value = 5;
	assert_ptr_equal(merit_state_get(state, 1, "row", 3, &size), value);
	merit_state_rollback(state);
	assert_null(merit_state_get(state, 1, "row", 3, &size));
	value = merit_state_put(state, 1, "row", 3, sizeof(*value));
	assert_int_equal(*value, 0);
	*value = 6;
	merit_state_mark(state);
	merit_state_delete(state, 1, "row", 3);
	assert_null(merit_state_get(state, 1, "row", 3, &size));
	merit_state_rollback(state);
	assert_ptr_equal(merit_state_get(state, 1, "row", 3, &size), value);

	assert_true(merit_state_freeze(state, 1, no_anchor));
	uint64_t *next = merit_state_put(state, 1, "row", 3, sizeof(*value));
	assert_ptr_not_equal(next, value);
	assert_int_equal(*next, 6);
	*next = 7;
	assert_int_equal(*value, 6);
	merit_state_flushed(state, merit_state_flush(state));
	assert_memory_equal(merit_state_get(state, 1, "row", 3, &size), &(uint64_t){ 7 }, sizeof(uint64_t));
	merit_state_close(state);
	state = open_state();
	assert_memory_equal(merit_state_get(state, 1, "row", 3, &size), &(uint64_t){ 6 }, sizeof(uint64_t));
	merit_state_close(state);
}

/* How many store calls the get makes. */
static uint64_t calls_of_get(struct merit_state *state, struct merit_fault *fault, uint8_t table, const char *key,
                             bool found)
{
	size_t size;

	*fault = (struct merit_fault){ .calls_left = 1000, .rc = 5 };
	assert_int_equal(merit_state_get(state, table, key, strlen(key), &size) != NULL, found);
	return 1000 - fault->calls_left;
}

static void the_disk_is_asked_only_for_what_memory_cannot_know(void **fixture)
{
	struct merit_fault fault = { 0 };
	struct merit_state_options options = options_of(&fault);
	struct merit_state *state = NULL;

	(void)fixture;
	assert_int_equal(merit_state_open(dir, &options, &state), MERIT_OK);
	merit_state_put(state, 1, "old", 3, 8);
	flush(state, 1);
	merit_state_put(state, 1, "new", 3, 8);
	merit_state_delete(state, 1, "gone", 4);
	flush(state, 2);
	assert_int_equal(calls_of_get(state, &fault, 1, "new", true), 0); /* flushed last: still in memory */
	assert_int_equal(calls_of_get(state, &fault, 1, "gone", false), 0);
	assert_int_equal(calls_of_get(state, &fault, 1, "old", true), 1);
	assert_int_equal(calls_of_get(state, &fault, 1, "old", true), 0); /* remembered */
	assert_int_equal(calls_of_get(state, &fault, 1, "nobody", false), 1);
	assert_int_equal(calls_of_get(state, &fault, 1, "nobody", false), 0); /* that there is none, too */
	assert_int_equal(calls_of_get(state, &fault, 9, "nobody", false), 0); /* a table without rows */
	fault = (struct merit_fault){ 0 };
	merit_state_close(state);
}

/* The memory of one cut serves the next ones, and what only a large one needed is given back bit by bit. */
static void memory_is_used_again_and_given_back(void **fixture)
{
	struct merit_state *state = open_state();
	uint64_t large = 0, small = 0;

	(void)fixture;
	for (uint64_t cut = 1; cut <= 12; cut++) {
		uint32_t row_count = cut <= 6 ? 60000 : 100;
		for (uint32_t i = 0; i < row_count; i++) {
			memset(merit_state_put(state, 1, &i, sizeof(i), 300), 1, 300);
			(void)merit_state_append(state, cut * 60000 + i, 104);
		}
		flush(state, cut);
		if (cut == 2)
			large = merit_state_memory_size(state);
		if (cut == 6)
			assert_true(merit_state_memory_size(state) <= large + large / 8);
		small = merit_state_memory_size(state);
	}
	assert_true(small < large / 2);
	merit_state_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_with_long_common_beginnings_are_written_in_order),
		TEST(what_is_remembered_does_not_outlive_a_rollback_or_a_freeze),
		TEST(the_disk_is_asked_only_for_what_memory_cannot_know),
		TEST(memory_is_used_again_and_given_back),
	};

	return cmocka_run_group_tests_name("state: levels", tests, NULL, NULL);
}
