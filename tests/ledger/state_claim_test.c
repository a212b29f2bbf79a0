/* state_claim_test.c
 * Goal    the file in which claims stand grows with them and no further, is on the disk under no name, and a disk
 *         without room for it stops nothing that can go on.
 * Method  claims counted in and looked up while the file grows; store calls that fail; a child that dies; a file left
 *         behind. */
#include "ledger/state_inner.h"
#include "tests/ledger/state_fixture.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
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

static void path_of_file(char path_out[PATH_MAX])
{
	snprintf(path_out, PATH_MAX, "%s/state/claims", dir);
}

static void assert_nameless(void)
{
	char path[PATH_MAX];

	path_of_file(path);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(errno, ENOENT);
}

static void a_small_state_has_a_small_file(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, 300);
	assert_true(merit_state_claims_file_size(state) <= 128 * KIB);
	assert_nameless();
	merit_state_close(state);
}

/* 8 bytes a claim, in slots filled by half or more; twice that while shards move, and a little more while they are so
 * few that they move at very different times. */
static void the_file_grows_with_the_claims_and_returns_what_it_outgrew(void **fixture)
{
	struct merit_state *state = open_state();
	uint64_t memory_size = merit_state_memory_size(state);

	(void)fixture;
	for (uint32_t cut = 1; cut <= 12; cut++) {
		claim(state, (cut - 1) * KEY_COUNT / 12, cut * KEY_COUNT / 12);
		flush(state, cut);
		assert_true(merit_state_claims_file_size(state) <= 1024 * KIB + cut * KEY_COUNT / 12 * 40);
	}
	check_claimed(state, KEY_COUNT);
	flush(state, 13);
	assert_true(merit_state_claims_file_size(state) <= KEY_COUNT * 24);
	assert_true(merit_state_memory_size(state) - memory_size <
	            KEY_COUNT * 8); /* The slots are not counted there. */
	merit_state_close(state);
	state = open_state(); /* Now it knows how many there will be. */
	check_claimed(state, KEY_COUNT);
	flush(state, 14);
	assert_true(merit_state_claims_file_size(state) <= KEY_COUNT * 24);
	claim(state, KEY_COUNT, 2 * KEY_COUNT);
	check_claimed(state, 2 * KEY_COUNT);
	merit_state_close(state);
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

static struct merit_state *open_with(struct merit_fault *fault)
{
	struct merit_state_options options = options_of(fault);
	struct merit_state *state = NULL;

	assert_int_equal(merit_state_open(dir, &options, &state), MERIT_OK);
	return state;
}

/* From here on the disk gives nothing to who leaves others what they were promised; or gives again. */
static void set_disk_full(struct merit_state *state, bool is_full)
{
	state->claims.file.kept_free_size = is_full ? UINT64_MAX / 2 : 0;
}

static void without_room_on_the_disk_claims_go_on_for_a_while_and_are_then_refused(void **fixture)
{
	struct merit_state *state = open_state();
	const uint32_t before = 2 * KEY_COUNT, step = 1000;
	uint32_t count = before;

	(void)fixture;
	claim(state, 0, before);
	flush(state, 1);
	uint64_t size = merit_state_claims_file_size(state);
	set_disk_full(state, true);
	for (; merit_state_claims_make_room(state, step) == MERIT_OK; count += step)
		claim(state, count, count + step);
	assert_true(count > before + before / 16 && count < 2 * before);
	assert_int_equal(merit_state_claims_make_room(state, step), MERIT_STORE_FULL);
	assert_int_equal(merit_state_claims_file_size(state), size);
	check_claimed(state, count);
	flush(state, 2); /* What they changed goes to the disk all the same. */

	set_disk_full(state, false);
	assert_int_equal(merit_state_claims_make_room(state, step), MERIT_OK);
	claim(state, count, 2 * count);
	check_claimed(state, 2 * count);
	merit_state_close(state);
}

static void a_small_state_is_refused_claims_without_room_too(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	set_disk_full(state, true);
	assert_int_equal(merit_state_claims_make_room(state, 3), MERIT_STORE_FULL);
	claim(state, 0, 300);
	check_claimed(state, 300);
	set_disk_full(state, false);
	assert_int_equal(merit_state_claims_make_room(state, 3), MERIT_OK);
	merit_state_close(state);
}

static void claims_that_room_was_made_for_ask_the_disk_for_none(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	for (uint32_t from = 0; from < 200000; from += 50000) {
		assert_int_equal(merit_state_claims_make_room(state, 50000), MERIT_OK);
		uint64_t size = merit_state_claims_file_size(state);
		set_disk_full(state, true);
		claim(state, from, from + 50000);
		assert_int_equal(merit_state_claims_file_size(state), size);
		set_disk_full(state, false);
	}
	check_claimed(state, 200000);
	merit_state_close(state);
}

static void making_room_may_fail_and_is_tried_again(void **fixture)
{
	struct merit_fault fault = { 0 };
	struct merit_state *state = open_with(&fault);

	(void)fixture;
	fault = (struct merit_fault){ .calls_left = 1, .rc = EIO };
	assert_int_equal(merit_state_claims_make_room(state, 3), MERIT_IO_FAILED);
	fault = (struct merit_fault){ .calls_left = 2, .rc = EDQUOT };
	assert_int_equal(merit_state_claims_make_room(state, 3), MERIT_STORE_FULL);
	assert_int_equal(merit_state_failure(state), MERIT_OK);
	assert_int_equal(merit_state_claims_make_room(state, 3), MERIT_OK);
	merit_state_close(state);
}

static void claims_made_without_room_fail_as_a_full_store(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, 50000);
	set_disk_full(state, true);
	claim(state, 50000, 2 * KEY_COUNT);
	assert_int_equal(merit_state_failure(state), MERIT_STORE_FULL);
	assert_false(is_claimed(state, 0));
	merit_state_close(state);
}

static void every_store_call_may_fail_while_the_file_grows(void **fixture)
{
	uint64_t call = 1;

	(void)fixture;
	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = EIO };
		struct merit_state_options options = options_of(&fault);
		struct merit_state *state = NULL;
		assert_int_equal(merit_state_destroy(dir), MERIT_OK);
		enum merit_status status = merit_state_open(dir, &options, &state);
		if (status == MERIT_OK) {
			claim(state, 0, 40000);
			status = merit_state_failure(state);
			if (status != MERIT_OK)
				assert_false(is_claimed(state, 0));
			else
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

static void a_kill_leaves_no_file_and_no_claim_that_was_not_flushed(void **fixture)
{
	int status = 0;

	(void)fixture;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		claim_and_die();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_nameless();
	struct merit_state *state = open_state();
	check_claimed(state, KEY_COUNT / 2);
	merit_state_close(state);
}

static void leave_file(void)
{
	char path[PATH_MAX];
	static unsigned char junk[1024 * 1024];

	path_of_file(path);
	memset(junk, 0x55, sizeof(junk));
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(junk, sizeof(junk), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

/* As a kill leaves it in the one moment in which it has a name. */
static void a_file_left_behind_is_not_trusted(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	claim(state, 0, 2000);
	flush(state, 1);
	merit_state_close(state);
	leave_file();
	state = open_state();
	check_claimed(state, 2000);
	assert_nameless();
	merit_state_close(state);

	leave_file();
	assert_int_equal(merit_state_destroy(dir), MERIT_OK);
	state = open_state();
	check_claimed(state, 0);
	merit_state_close(state);

	leave_file();
	struct merit_state_options options = options_of(NULL);
	options.version++; /* The directory is forgotten, with all that is in it. */
	assert_int_equal(merit_state_open(dir, &options, &state), MERIT_OK);
	check_claimed(state, 0);
	merit_state_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_small_state_has_a_small_file),
		TEST(the_file_grows_with_the_claims_and_returns_what_it_outgrew),
		TEST(claims_made_and_given_back_over_and_over_are_read_in_order),
		TEST(without_room_on_the_disk_claims_go_on_for_a_while_and_are_then_refused),
		TEST(a_small_state_is_refused_claims_without_room_too),
		TEST(claims_that_room_was_made_for_ask_the_disk_for_none),
		TEST(making_room_may_fail_and_is_tried_again),
		TEST(claims_made_without_room_fail_as_a_full_store),
		TEST(every_store_call_may_fail_while_the_file_grows),
		TEST(a_kill_leaves_no_file_and_no_claim_that_was_not_flushed),
		TEST(a_file_left_behind_is_not_trusted),
	};

	return cmocka_run_group_tests_name("state: claims", tests, NULL, NULL);
}
