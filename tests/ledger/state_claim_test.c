/* state_claim_test.c
 * Goal    the tables in which claims stand grow with them and no further, are made again from the disk, and end with the
 *         process.
 * Method  claims counted in and looked up while the tables grow; store calls and memory that fail; a child that dies. */
#include "ledger/state_inner.h"
#include "tests/ledger/state_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define TABLE     'I'
#define KEY_COUNT 150000
#define KIB       1024ULL

static void claim(struct merit_state *state, uint32_t from, uint32_t to)
{
	for (uint32_t key = from; key < to; key++)
		merit_state_claim(state, TABLE, &key, sizeof(key), key);
}

static bool is_claimed(struct merit_state *state, uint32_t key)
{
	struct merit_claim_walk walk = { 0 };
	uint64_t seq = 0;

	while (merit_state_claimed(state, TABLE, &key, sizeof(key), &walk, &seq)) {
		if (seq == key)
			return true;
	}
	return false;
}

static void check_claimed(struct merit_state *state, uint32_t count)
{
	assert_int_equal(merit_state_failure(state), MERIT_OK);
	assert_int_equal(merit_state_claim_count(state), count);
	for (uint32_t key = 0; key < count; key++)
		assert_true(is_claimed(state, key));
	assert_false(is_claimed(state, count));
}

static void a_small_state_has_small_tables(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, 300);
	assert_true(merit_state_claims_memory_size(&state->claims) <= 512 * KIB);
	merit_state_close(state);
}

/* 8 bytes a claim, in slots filled by half or more; more while shards move, or are so few that they move at very different
 * times. */
static void the_tables_grow_with_the_claims_and_those_outgrown_are_gone(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	for (uint32_t cut = 1; cut <= 12; cut++) {
		claim(state, (cut - 1) * KEY_COUNT / 12, cut * KEY_COUNT / 12);
		flush(state, cut);
		assert_true(state->claims.tables_size <= 1024 * KIB + cut * KEY_COUNT / 12 * 48);
	}
	check_claimed(state, KEY_COUNT);
	assert_true(state->claims.tables_size <= KEY_COUNT * 24);
	assert_true(merit_state_memory_size(state) > state->claims.tables_size);
	merit_state_close(state);
	state = open_state(); /* Now it knows how many there will be. */
	check_claimed(state, KEY_COUNT);
	assert_true(state->claims.tables_size <= KEY_COUNT * 24);
	claim(state, KEY_COUNT, 2 * KEY_COUNT);
	check_claimed(state, 2 * KEY_COUNT);
	merit_state_close(state);
}

/* Tables grow within the mark, past the size of a huge page. */
static void claims_made_and_given_back_since_a_mark_are_rolled_back_out_of_larger_tables(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, KEY_COUNT);
	merit_state_mark(state);
	uint64_t size = state->claims.tables_size;
	claim(state, KEY_COUNT, 4 * KEY_COUNT);
	for (uint32_t key = 0; key < 4 * KEY_COUNT; key += 3)
		merit_state_unclaim(state, TABLE, &key, sizeof(key), key);
	assert_true(state->claims.tables_size > size && state->claims.tables_size > HUGE_PAGE_SIZE);
	merit_state_rollback(state);
	check_claimed(state, KEY_COUNT);
	merit_state_close(state);
}

/* Of this process, in KiB; -1 where the system does not say. */
static long long huge_shared_size(void)
{
	FILE *maps = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long long size = -1;

	while (maps != NULL && size < 0 && fgets(line, sizeof(line), maps) != NULL)
		(void)sscanf(line, "ShmemPmdMapped: %lld kB", &size);
	if (maps != NULL)
		(void)fclose(maps);
	return size;
}

/* 3,456 slots a shard: the first tables that are no whole number of huge pages. */
static void large_tables_are_whole_huge_pages(void **fixture)
{
	struct claims *claims = test_malloc(sizeof(*claims));
	struct claim_load load;
	const struct claim_change last = { UINT64_MAX, 7 };

	(void)fixture;
	merit_state_claims_init(claims);
	assert_int_equal(merit_state_claims_open(claims), 0);
	assert_int_equal(merit_state_claims_load_begin(claims, &load, 2000000), 0);
	assert_int_equal(merit_state_claims_load(claims, &load, &last, 1), 0);
	assert_int_equal(merit_state_claims_load_end(claims, &load), 0);
	const struct claim_shard *shard = &claims->shards[CLAIM_SHARDS - 1];
	assert_int_equal(shard->count, 1);
	assert_int_equal(claims->tables_size % HUGE_PAGE_SIZE, 0);
	assert_int_equal((uintptr_t)claims->shards[0].slots % HUGE_PAGE_SIZE, 0);
	assert_int_not_equal((uint64_t)CLAIM_SHARDS * shard->capacity * sizeof(*shard->slots) % HUGE_PAGE_SIZE, 0);
	bool is_huge = !claims->tables[shard->size_index].small_pages;
	long long huge_size = huge_shared_size();
	merit_state_claims_free(claims);
	assert_int_equal(claims->tables_size, 0);
	test_free(claims);
	if (!is_huge || huge_size < 0)
		print_message("no huge pages of shared memory here: not tested\n");
	else
		assert_true(huge_size > 0);
}

/* All in one shard, so that what is read at open goes to it in several goes. */
static void claims_made_and_given_back_over_and_over_are_read_in_order(void **fixture)
{
	struct merit_state *state = open_state();
	uint32_t key = 0;

	(void)fixture;
	for (uint32_t i = 0; i < 10001; i++) {
		if (i % 2 == 0)
			merit_state_claim(state, TABLE, &key, sizeof(key), key);
		else
			merit_state_unclaim(state, TABLE, &key, sizeof(key), key);
	}
	flush(state, 1);
	merit_state_close(state);
	state = open_state();
	check_claimed(state, 1);
	merit_state_close(state);
}

static void claims_without_memory_fail_the_state(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, KEY_COUNT / 2);
	for (uint32_t i = 0; i < CLAIM_SIZES; i++) {
		if (state->claims.tables[i].slots == NULL)
			state->claims.tables[i].capacity = 0; /* as where no larger table can be had */
	}
	claim(state, KEY_COUNT / 2, 2 * KEY_COUNT);
	assert_int_equal(merit_state_failure(state), MERIT_NO_MEMORY);
	assert_false(is_claimed(state, 0));
	merit_state_close(state);
}

static void every_store_call_may_fail_while_claims_are_read(void **fixture)
{
	struct merit_state *state = open_state();
	uint64_t call = 1;

	(void)fixture;
	claim(state, 0, 40000);
	flush(state, 1);
	merit_state_close(state);
	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = EIO };
		struct merit_state_options options = options_of(&fault);
		enum merit_status status = merit_state_open(dir, &options, &state);
		if (status == MERIT_OK) {
			check_claimed(state, 40000);
			merit_state_close(state);
		}
		assert_int_equal(status, fault.calls_left > 0 ? MERIT_OK : MERIT_IO_FAILED);
		if (fault.calls_left > 0)
			break;
	}
	assert_true(call > 10);
}

/* Claims, flushes half and dies. */
static void claim_and_die(void)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *state = NULL;

	if (merit_state_open(dir, &options, &state) != MERIT_OK)
		_exit(1);
	claim(state, 0, KEY_COUNT / 2);
	if (!merit_state_freeze(state, 1, no_anchor))
		_exit(2);
	merit_state_flushed(state, merit_state_flush(state));
	claim(state, KEY_COUNT / 2, KEY_COUNT);
	(void)kill(getpid(), SIGKILL);
}

static void a_kill_leaves_no_claim_that_was_not_flushed(void **fixture)
{
	int status = 0;

	(void)fixture;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		claim_and_die();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	struct merit_state *state = open_state();
	check_claimed(state, KEY_COUNT / 2);
	merit_state_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_small_state_has_small_tables),
		TEST(the_tables_grow_with_the_claims_and_those_outgrown_are_gone),
		TEST(claims_made_and_given_back_since_a_mark_are_rolled_back_out_of_larger_tables),
		TEST(large_tables_are_whole_huge_pages),
		TEST(claims_made_and_given_back_over_and_over_are_read_in_order),
		TEST(claims_without_memory_fail_the_state),
		TEST(every_store_call_may_fail_while_claims_are_read),
		TEST(a_kill_leaves_no_claim_that_was_not_flushed),
	};

	return cmocka_run_group_tests_name("state: claims", tests, NULL, NULL);
}
