/* state_disk_test.c
 * Goal    whatever befalls the disk, a cut is there whole or state starts empty, and says what went wrong.
 * Method  a child that dies at random moments of a flush; a script of which every store call fails once; files that
 *         are missing, cut short, overwritten, or of another version. */
#include "tests/ledger/state_fixture.h"

#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#define KILL_ROUNDS    50
#define KILL_ROW_COUNT 3000

static void a_failed_flush_keeps_the_old_cut(void **fixture)
{
	struct merit_fault fault = { 0 };
	struct merit_state_options options = options_of(&fault);
	struct merit_state *rows = NULL;
	size_t size;

	(void)fixture;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	merit_state_put(rows, 1, "a", 1, 8);
	flush(rows, 3);
	merit_state_put(rows, 1, "b", 1, 8);
	assert_true(merit_state_freeze(rows, 4, no_anchor));
	fault = (struct merit_fault){ .calls_left = 2, .rc = MDB_MAP_FULL };
	merit_state_flushed(rows, merit_state_flush(rows));
	assert_int_equal(merit_state_failure(rows), MERIT_STORE_FULL);
	assert_int_equal(merit_state_cut(rows), 3);
	assert_false(merit_state_freeze(rows, 5, no_anchor));
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 3);
	assert_non_null(merit_state_get(rows, 1, "a", 1, &size));
	assert_null(merit_state_get(rows, 1, "b", 1, &size));
	merit_state_close(rows);
}

static void a_missing_or_other_directory_starts_empty(void **fixture)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = open_state();
	size_t size;

	(void)fixture;
	assert_int_equal(merit_state_cut(rows), 0);
	memset(merit_state_put(rows, 1, "a", 1, 3), 'x', 3);
	flush(rows, 12);
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 12);
	assert_memory_equal(merit_state_get(rows, 1, "a", 1, &size), "xxx", 3);
	merit_state_close(rows);

	options.version++;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	assert_int_equal(merit_state_cut(rows), 0);
	assert_false(merit_state_was_unreadable(rows));
	assert_null(merit_state_get(rows, 1, "a", 1, &size));
	merit_state_close(rows);
}

static void a_file_cut_short_or_overwritten_starts_empty(void **fixture)
{
	char path[PATH_MAX];

	(void)fixture;
	snprintf(path, sizeof(path), "%s/state/data.mdb", dir);
	for (unsigned damage = 0; damage < 2; damage++) {
		struct merit_state *rows = open_state();
		for (uint32_t i = 0; i < 1000; i++)
			merit_state_put(rows, 1, &i, sizeof(i), 100);
		flush(rows, 5);
		merit_state_close(rows);
		if (damage == 0) {
			assert_int_equal(truncate(path, 3 * 4096), 0);
		} else {
			FILE *file = fopen(path, "r+b");
			char junk[2 * 4096] = { 0 };
			assert_int_equal(fwrite(junk, sizeof(junk), 1, file), 1);
			assert_int_equal(fclose(file), 0);
		}
		rows = open_state();
		assert_int_equal(merit_state_cut(rows), 0);
		assert_true(merit_state_was_unreadable(rows));
		merit_state_close(rows);
	}
}

/* Puts the value under the key, or, without a value, takes the row away. */
static void damage_row(const char *table, const void *key, size_t key_size, const void *value, size_t size)
{
	char path[PATH_MAX];
	MDB_val at = { key_size, (void *)key }, bytes = { size, (void *)value };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	snprintf(path, sizeof(path), "%s/state", dir);
	assert_int_equal(merit_env_open(path, 1 << 26, 0, NULL, &env), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, table, 0, &dbi), 0);
	assert_int_equal(value == NULL ? mdb_del(txn, dbi, &at, NULL) : mdb_put(txn, dbi, &at, &bytes, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* Without its cut it would be derived once more, on top of what it holds. */
static void a_damaged_row_that_open_needs_starts_empty(void **fixture)
{
	static const struct {
		const char *name, *table, *key;
		size_t key_size;
		const char *value;
		size_t size;
	} damages[] = {
		{ "no cut", "meta", "cut", 3, NULL, 0 },
		{ "a cut record of nine bytes", "meta", "cut", 3, "123456789", 9 },
		{ "a claims block of a bad size", "claims", "\7\0\0\0\0\0\0", 8, "123456789", 9 },
		{ "a name that is none", "rows", "\0\0\0\0\0\0\0\11", 8, "\0\0\0\0\0\0\0\10", 8 },
	};

	(void)fixture;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct merit_state *rows = open_state();
		size_t size;
		(void)merit_state_put(rows, 1, "a", 1, 3);
		merit_state_claim(rows, 'I', "a", 1, 3);
		flush(rows, 5);
		merit_state_close(rows);
		damage_row(damages[i].table, damages[i].key, damages[i].key_size, damages[i].value, damages[i].size);
		rows = open_state();
		if (!merit_state_was_unreadable(rows) || merit_state_cut(rows) != 0)
			fail_msg("%s was not noticed", damages[i].name);
		assert_null(merit_state_get(rows, 1, "a", 1, &size));
		assert_int_equal(merit_state_claim_count(rows), 0);
		merit_state_close(rows);
	}
}

static void an_anchor_is_kept_with_its_cut(void **fixture)
{
	static const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE] = "of this log",
				   other[MERIT_STATE_ANCHOR_SIZE] = "later";
	struct merit_state *rows = open_state();

	(void)fixture;
	assert_memory_equal(merit_state_anchor(rows), no_anchor, sizeof(no_anchor));
	merit_state_put(rows, 1, "a", 1, 8);
	assert_true(merit_state_freeze(rows, 3, anchor));
	assert_memory_equal(merit_state_anchor(rows), no_anchor, sizeof(no_anchor));
	merit_state_flushed(rows, merit_state_flush(rows));
	assert_memory_equal(merit_state_anchor(rows), anchor, sizeof(anchor));
	assert_true(merit_state_freeze(rows, 4, other)); /* and never flushed */
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 3);
	assert_memory_equal(merit_state_anchor(rows), anchor, sizeof(anchor));
	merit_state_close(rows);
}

/* Every row holds the cut it was last changed in; a third of the rows change in each, some of them go. */
static void change_for_cut(struct merit_state *rows, uint64_t cut)
{
	for (uint32_t i = 0; i < KILL_ROW_COUNT; i++) {
		if ((i + cut) % 3 != 0)
			continue;
		if ((i + cut) % 7 == 0)
			merit_state_delete(rows, 1, &i, sizeof(i));
		else
			memcpy(merit_state_put(rows, 1, &i, sizeof(i), 100), &cut, sizeof(cut));
	}
}

static void check_cut(struct merit_state *rows)
{
	uint64_t cut = merit_state_cut(rows);

	for (uint32_t i = 0; i < KILL_ROW_COUNT; i++) {
		uint64_t want = cut; /* The last cut that touched row i. */
		while (want > 0 && (i + want) % 3 != 0)
			want--;
		size_t size = 0;
		const void *value = merit_state_get(rows, 1, &i, sizeof(i), &size);
		assert_int_equal(value == NULL, want == 0 || (i + want) % 7 == 0);
		if (value != NULL)
			assert_memory_equal(value, &want, sizeof(want));
	}
}

static void die(int signal_number)
{
	(void)signal_number;
	kill(getpid(), SIGKILL);
}

/* Flushes one more cut and dies within delay_us, or flushes on until it does. */
static void flush_until_killed(long delay_us)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = NULL;

	if (merit_state_open(dir, &options, &rows) != MERIT_OK)
		_exit(1);
	signal(SIGALRM, die);
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { .tv_usec = delay_us } }, NULL);
	for (;;) {
		uint64_t cut = merit_state_cut(rows) + 1;
		change_for_cut(rows, cut);
		if (!merit_state_freeze(rows, cut, no_anchor))
			_exit(2);
		merit_state_flushed(rows, merit_state_flush(rows));
	}
}

static void a_kill_leaves_one_cut_whole(void **fixture)
{
	(void)fixture;
	random_state = 3;
	for (unsigned round = 0; round < KILL_ROUNDS; round++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			flush_until_killed((long)(1 + random_below(12000)));
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		struct merit_state *rows = open_state();
		check_cut(rows);
		merit_state_close(rows);
	}
	struct merit_state *rows = open_state();
	assert_true(merit_state_cut(rows) > 0);
	merit_state_close(rows);
}

/* Two cuts with everything in between. MERIT_OK only if all of it worked. */
static enum merit_status run_script(struct merit_fault *fault)
{
	struct merit_state_options options = options_of(fault);
	struct merit_state *rows = NULL;
	const void *key, *value;
	size_t key_size, size;

	enum merit_status status = merit_state_open(dir, &options, &rows);
	if (status != MERIT_OK)
		return status;
	for (uint64_t cut = merit_state_cut(rows) + 1; cut <= 2; cut++) {
		for (uint32_t i = 0; i < 3; i++)
			memcpy(merit_state_put(rows, ORDERED_TABLE, &i, sizeof(i), 8), &cut, sizeof(cut));
		*(uint64_t *)merit_state_append(rows, cut, sizeof(cut)) = cut;
		merit_state_claim(rows, 'I', &cut, sizeof(cut), cut);
		if (merit_state_freeze(rows, cut, no_anchor))
			merit_state_flushed(rows, merit_state_flush(rows));
		(void)merit_state_record(rows, cut, &size);
		(void)merit_state_get(rows, ORDERED_TABLE, &(uint32_t){ 1 }, 4, &size);
		(void)merit_state_first(rows, &key, &key_size, &value, &size);
		if (merit_state_failure(rows) != MERIT_OK)
			break;
	}
	status = merit_state_failure(rows);
	if (status != MERIT_OK) {
		assert_null(merit_state_get(rows, ORDERED_TABLE, &(uint32_t){ 1 }, 4, &size));
		assert_non_null(merit_state_put(rows, ORDERED_TABLE, "k", 1, MERIT_STATE_VALUE_SIZE_MAX));
	}
	merit_state_close(rows);
	return status;
}

static void every_store_call_may_fail_once(void **fixture)
{
	uint64_t call = 1;

	(void)fixture;
	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = 5 /* EIO */ };
		assert_int_equal(merit_state_destroy(dir), MERIT_OK);
		enum merit_status status = run_script(&fault);
		if (fault.calls_left > 0) { /* Beyond the last call: nothing failed. */
			assert_int_equal(status, MERIT_OK);
			break;
		}
		assert_int_equal(status, MERIT_IO_FAILED);
		/* What is on the disk is a cut; the rest is done again. */
		assert_int_equal(run_script(NULL), MERIT_OK);
		struct merit_state *rows = open_state();
		size_t size = 0;
		assert_int_equal(merit_state_cut(rows), 2);
		for (uint32_t i = 0; i < 3; i++)
			assert_memory_equal(merit_state_get(rows, ORDERED_TABLE, &i, 4, &size), &(uint64_t){ 2 }, 8);
		for (uint64_t cut = 1; cut <= 2; cut++)
			assert_memory_equal(merit_state_record(rows, cut, &size), &cut, sizeof(cut));
		assert_int_equal(merit_state_claim_count(rows), 2);
		merit_state_close(rows);
	}
	assert_true(call > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_failed_flush_keeps_the_old_cut),
		TEST(a_missing_or_other_directory_starts_empty),
		TEST(a_file_cut_short_or_overwritten_starts_empty),
		TEST(a_damaged_row_that_open_needs_starts_empty),
		TEST(a_kill_leaves_one_cut_whole),
		TEST(every_store_call_may_fail_once),
		TEST(an_anchor_is_kept_with_its_cut),
	};

	return cmocka_run_group_tests_name("state: disk", tests, NULL, NULL);
}
