/* store_env_test.c
 * Goal    what others do beside the writer costs it nothing for long: a reader that was killed, one that was opened with a
 *         smaller map, and a file with pages that belong to nobody, which only the plain copy takes.
 * Method  an environment with one table, its file's head edited, and other processes. */
#include "ledger/store_env.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MAP_SIZE      ((uint64_t)1 << 28)
#define ROWS          200
#define COMMITS       300
#define LAST_PAGE_AT  136 /* in either meta page: the number of the last page in use (mdb.c, struct MDB_meta) */
#define PAGE_SIZE_MAX 65536

static char root[64], path[96];

static int fill(MDB_txn *txn, void *context)
{
	MDB_dbi table;

	(void)context;
	return mdb_dbi_open(txn, "rows", MDB_CREATE | MDB_INTEGERKEY, &table);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/merit-env-test-XXXXXX");
	if (mkdtemp(root) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/env", root);
	return merit_env_create(root, "env", MAP_SIZE, NULL, fill, NULL) == MERIT_OK ? 0 : 1;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static MDB_env *open_env(const char *at, uint64_t map_size, unsigned flags)
{
	MDB_env *env = NULL;

	assert_int_equal(merit_env_open(at, map_size, flags, NULL, &env), 0);
	return env;
}

/* Puts a row anew, in a commit of its own. */
static void commit(MDB_env *env, size_t number)
{
	static const char bytes[1500] = "a row";
	MDB_val key = { sizeof(number), &number }, value = { sizeof(bytes), (void *)bytes };
	MDB_txn *txn;
	MDB_dbi table;

	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "rows", 0, &table), 0);
	assert_int_equal(mdb_put(txn, table, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
}

static size_t row_count(MDB_env *env)
{
	MDB_txn *txn;
	MDB_dbi table;
	MDB_stat stat;

	assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "rows", 0, &table), 0);
	assert_int_equal(mdb_stat(txn, table, &stat), 0);
	mdb_txn_abort(txn);
	return stat.ms_entries;
}

static MDB_envinfo info_of(MDB_env *env)
{
	MDB_envinfo info;

	assert_int_equal(mdb_env_info(env, &info), 0);
	return info;
}

/* Pages that so many commits over the same rows add to the file. */
static size_t growth(MDB_env *env)
{
	size_t before = info_of(env).me_last_pgno;

	for (size_t i = 0; i < COMMITS; i++)
		commit(env, i % ROWS);
	return info_of(env).me_last_pgno - before;
}

static void who_only_reads_has_at_least_the_writers_map(void **state)
{
	MDB_env *env = open_env(path, MAP_SIZE, 0);

	(void)state;
	commit(env, 1);
	mdb_env_close(env);
	env = open_env(path, (uint64_t)1 << 20, MDB_RDONLY);
	assert_int_equal(info_of(env).me_mapsize, MAP_SIZE);
	mdb_env_close(env);
	env = open_env(path, 2 * MAP_SIZE, MDB_RDONLY);
	assert_int_equal(info_of(env).me_mapsize, 2 * MAP_SIZE);
	assert_int_equal(row_count(env), 1);
	mdb_env_close(env);
}

/* Another process, which looks at the environment and says so; it stays until it is killed. */
static pid_t begin_reader(void)
{
	int pipe_ends[2];
	char byte;

	fflush(NULL);
	assert_int_equal(pipe(pipe_ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		MDB_env *env = NULL;
		MDB_txn *txn;
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (merit_env_open(path, MAP_SIZE, MDB_RDONLY, NULL, &env) == 0 &&
		    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0 && write(pipe_ends[1], "!", 1) == 1)
			(void)pause();
		_exit(1);
	}
	(void)close(pipe_ends[1]);
	assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
	(void)close(pipe_ends[0]);
	return child;
}

static void a_killed_reader_keeps_pages_only_until_it_is_looked_for(void **state)
{
	MDB_env *env = open_env(path, MAP_SIZE, 0);
	int status;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		commit(env, i);
	size_t usual = growth(env);
	pid_t reader = begin_reader();
	assert_int_equal(kill(reader, SIGKILL), 0);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_true(usual < COMMITS / 2 && growth(env) > COMMITS);
	merit_env_drop_dead_readers(env);
	assert_true(growth(env) <= usual + 16);
	mdb_env_close(env);
}

static void a_living_reader_is_left_alone(void **state)
{
	MDB_env *env = open_env(path, MAP_SIZE, 0);
	int status;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		commit(env, i);
	pid_t reader = begin_reader();
	merit_env_drop_dead_readers(env);
	assert_true(growth(env) > COMMITS);
	assert_int_equal(kill(reader, SIGKILL), 0);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	mdb_env_close(env);
}

/* Makes the file ten pages longer, and both meta pages say that these are in use. */
static void leak_pages(size_t page_size)
{
	char file[128];
	uint64_t last;
	struct stat status;

	snprintf(file, sizeof(file), "%s/data.mdb", path);
	int fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	for (size_t meta = 0; meta < 2; meta++) {
		off_t at = (off_t)(meta * page_size + LAST_PAGE_AT);
		assert_int_equal(pread(fd, &last, sizeof(last), at), sizeof(last));
		last += 10;
		assert_int_equal(pwrite(fd, &last, sizeof(last), at), sizeof(last));
	}
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(ftruncate(fd, status.st_size + (off_t)(10 * page_size)), 0);
	assert_int_equal(close(fd), 0);
}

static void a_copy_is_taken_although_pages_belong_to_nobody(void **state)
{
	MDB_env *env = open_env(path, MAP_SIZE, 0);
	char copy[128];
	MDB_stat stat;
	bool is_compact = false;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		commit(env, i);
	assert_int_equal(mdb_env_stat(env, &stat), 0);
	assert_in_range(stat.ms_psize, 512, PAGE_SIZE_MAX);
	assert_int_equal(merit_env_copy(env, root, "compact", &is_compact), MERIT_OK);
	assert_true(is_compact);
	mdb_env_close(env);
	leak_pages(stat.ms_psize);
	env = open_env(path, MAP_SIZE, 0);
	assert_int_equal(merit_env_copy(env, root, "plain", &is_compact), MERIT_OK);
	assert_false(is_compact);
	mdb_env_close(env);
	snprintf(copy, sizeof(copy), "%s/plain", root);
	env = open_env(copy, MAP_SIZE, 0);
	assert_int_equal(row_count(env), ROWS);
	commit(env, ROWS);
	mdb_env_close(env);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(who_only_reads_has_at_least_the_writers_map),
		TEST(a_killed_reader_keeps_pages_only_until_it_is_looked_for),
		TEST(a_living_reader_is_left_alone),
		TEST(a_copy_is_taken_although_pages_belong_to_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
