/* state_fixture.h - what the tests of state share: a directory, a state in it, numbers that look random. */
#ifndef MERIT_TESTS_STATE_FIXTURE_H
#define MERIT_TESTS_STATE_FIXTURE_H

#include "ledger/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ORDERED_TABLE 2
#define TEST(name)    cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const unsigned char no_anchor[MERIT_STATE_ANCHOR_SIZE];
static char dir[64];
static uint64_t random_state;

static inline uint64_t next_random(void)
{
	random_state += 0x9e3779b97f4a7c15; /* splitmix64 */
	uint64_t mixed = random_state;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
	return mixed ^ (mixed >> 31);
}

static inline size_t random_below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

static inline int set_up(void **fixture)
{
	(void)fixture;
	snprintf(dir, sizeof(dir), "/tmp/merit-state-test-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static inline int tear_down(void **fixture)
{
	(void)fixture;
	bool removed = merit_state_destroy(dir) == MERIT_OK;
	return !removed || rmdir(dir) != 0;
}

static inline struct merit_state_options options_of(struct merit_fault *fault)
{
	return (struct merit_state_options){
		.map_size = 1ULL << 30,
		.version = 7,
		.ordered_table = ORDERED_TABLE,
		.hash_key = "any sixteen byte",
		.fault = fault,
	};
}

static inline struct merit_state *open_state(void)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *state = NULL;
	assert_int_equal(merit_state_open(dir, &options, &state), MERIT_OK);
	return state;
}

static inline void flush(struct merit_state *state, uint64_t cut)
{
	assert_true(merit_state_freeze(state, cut, no_anchor));
	merit_state_flushed(state, merit_state_flush(state));
	assert_int_equal(merit_state_failure(state), MERIT_OK);
	assert_int_equal(merit_state_cut(state), cut);
}

#endif
