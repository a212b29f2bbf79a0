/* control.c - see control.h. */
#include "bench/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/world.h"

#define FLUSHES_NS  500000000
#define VERIFIES_NS 300000000
#define ROWS_NS     1000000000
#define BLOCK_SIZE  4096
#define MAP_SIZE    ((size_t)64 << 30) /* address space */

static uint64_t per_second(uint64_t count, uint64_t spent_ns)
{
	return bench_divide(count * 1000000000, spent_ns);
}

static uint64_t measure_flushes(const char *directory)
{
	static const char block[BLOCK_SIZE] = "control";
	char path[PATH_MAX];
	uint64_t count = 0, spent_ns;

	(void)snprintf(path, sizeof(path), "%s/control-flush", directory);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		bench_fail("cannot make %s: %s", path, strerror(errno));
	uint64_t start_ns = bench_clock_ns();
	do {
		if (write(file, block, sizeof(block)) != (ssize_t)sizeof(block) || fdatasync(file) != 0)
			bench_fail("cannot write %s: %s", path, strerror(errno));
		count++;
		spent_ns = bench_clock_ns() - start_ns;
	} while (spent_ns < FLUSHES_NS);
	(void)close(file);
	(void)unlink(path);
	return per_second(count, spent_ns);
}

static uint64_t measure_verifies(void)
{
	struct merit_secret_key key = bench_key("control");
	struct merit_public_key public_key = merit_secret_key_public(&key);
	uint8_t message[256] = { 0 }, signature[MERIT_SIGNATURE_SIZE];
	uint64_t count = 0, spent_ns;

	merit_key_sign(&key, message, sizeof(message), signature);
	uint64_t start_ns = bench_clock_ns();
	do {
		if (!merit_key_verify(&public_key, message, sizeof(message), signature))
			bench_fail("a good signature does not verify");
		count++;
		spent_ns = bench_clock_ns() - start_ns;
	} while (spent_ns < VERIFIES_NS);
	return per_second(count, spent_ns);
}

/* ---- LMDB ---- */

static void check_lmdb(int rc)
{
	if (rc != 0)
		bench_fail("lmdb: %s", mdb_strerror(rc));
}

static MDB_env *open_environment(const char *path)
{
	MDB_env *environment;

	if (mkdir(path, 0700) != 0)
		bench_fail("cannot make %s: %s", path, strerror(errno));
	check_lmdb(mdb_env_create(&environment));
	check_lmdb(mdb_env_set_mapsize(environment, MAP_SIZE));
	check_lmdb(mdb_env_open(environment, path, 0, 0600));
	return environment;
}

/* One durable transaction of group_size rows with numbers first and on, as big-endian keys. */
static void append_group(MDB_env *environment, uint64_t first, const struct bench_controls *controls, const void *row)
{
	MDB_txn *txn;
	MDB_dbi table;

	check_lmdb(mdb_txn_begin(environment, NULL, 0, &txn));
	check_lmdb(mdb_dbi_open(txn, NULL, 0, &table));
	for (uint64_t i = 0; i < controls->group_size; i++) {
		uint64_t number = __builtin_bswap64(first + i);
		MDB_val key = { sizeof(number), &number }, value = { controls->row_size, (void *)row };
		check_lmdb(mdb_put(txn, table, &key, &value, MDB_APPEND));
	}
	check_lmdb(mdb_txn_commit(txn));
}

static void remove_environment(const char *path)
{
	char file[PATH_MAX + 16];

	(void)snprintf(file, sizeof(file), "%s/data.mdb", path);
	(void)unlink(file);
	(void)snprintf(file, sizeof(file), "%s/lock.mdb", path);
	(void)unlink(file);
	(void)rmdir(path);
}

static uint64_t measure_rows(const char *directory, const struct bench_controls *controls)
{
	char path[PATH_MAX];
	uint64_t count = 0, spent_ns;

	(void)snprintf(path, sizeof(path), "%s/control-lmdb", directory);
	MDB_env *environment = open_environment(path);
	void *row = bench_allocate(controls->row_size, 1);
	uint64_t start_ns = bench_clock_ns();
	do {
		append_group(environment, count, controls, row);
		count += controls->group_size;
		spent_ns = bench_clock_ns() - start_ns;
	} while (spent_ns < ROWS_NS);
	mdb_env_close(environment);
	free(row);
	remove_environment(path);
	return per_second(count, spent_ns);
}

void bench_control(const char *directory, struct bench_controls *controls)
{
	controls->flushes = measure_flushes(directory);
	controls->verifies = measure_verifies();
	controls->rows = measure_rows(directory, controls);
}
