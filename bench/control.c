/* control.c - see control.h. */
#include "bench/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/world.h"

#define QUIET_FLUSHES  18000 /* a second */
#define QUIET_VERIFIES 25000
#define FLUSHES_NS     500000000
#define VERIFIES_NS    300000000
#define ROWS_NS        1000000000
#define CORES_MAX      64
#define BLOCK_SIZE     4096
#define MAP_SIZE       ((size_t)64 << 30) /* address space */

uint64_t bench_control_flushes(const char *directory)
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
	return bench_per_second(count, spent_ns);
}

/* One core's part: how often it verified. */
static void *verify_for_a_while(void *count_out)
{
	struct merit_secret_key key = bench_key("control");
	struct merit_public_key public_key = merit_secret_key_public(&key);
	uint8_t message[256] = { 0 }, signature[MERIT_SIGNATURE_SIZE];
	uint64_t count = 0, start_ns = bench_clock_ns();

	merit_key_sign(&key, message, sizeof(message), signature);
	do {
		if (!merit_key_verify(&public_key, message, sizeof(message), signature))
			bench_fail("a good signature does not verify");
		count++;
	} while (bench_clock_ns() - start_ns < VERIFIES_NS);
	*(uint64_t *)count_out = count;
	return NULL;
}

uint64_t bench_control_verifies(uint64_t *of_cpu_out)
{
	pthread_t threads[CORES_MAX];
	uint64_t counts[CORES_MAX], count = 0;
	long cores_count = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads_count = cores_count > CORES_MAX ? CORES_MAX : (size_t)cores_count;

	uint64_t start_ns = bench_clock_ns(), cpu_ns = bench_own_cpu_ns();
	for (size_t i = 0; i < threads_count; i++) {
		if (pthread_create(&threads[i], NULL, verify_for_a_while, &counts[i]) != 0)
			bench_fail("no thread");
	}
	for (size_t i = 0; i < threads_count; i++) {
		(void)pthread_join(threads[i], NULL);
		count += counts[i];
	}
	if (of_cpu_out != NULL)
		*of_cpu_out = bench_per_second(count, bench_own_cpu_ns() - cpu_ns);
	return bench_per_second(count / threads_count, bench_clock_ns() - start_ns);
}

/* ---- Moments ---- */

const char *const bench_scale_words[BENCH_SCALES_COUNT] = {
	[BENCH_SCALE_NONE] = "none",
	[BENCH_SCALE_VERIFIES] = "verifies",
	[BENCH_SCALE_LESSER] = "the lesser of verifies and flushes",
	[BENCH_SCALE_CPU_VERIFIES] = "verifies a CPU second",
};

struct bench_moment bench_moment_now(const char *directory)
{
	struct bench_moment now = { .flushes = bench_control_flushes(directory) };

	now.verifies = bench_control_verifies(&now.cpu_verifies);
	return now;
}

struct bench_moment bench_moment_mean(const struct bench_moment *one, const struct bench_moment *other)
{
	return (struct bench_moment){
		.flushes = (one->flushes + other->flushes) / 2,
		.verifies = (one->verifies + other->verifies) / 2,
		.cpu_verifies = (one->cpu_verifies + other->cpu_verifies) / 2,
	};
}

static uint64_t slowness(uint64_t found, uint64_t quiet)
{
	return found == 0 || found >= quiet ? 1000 : quiet * 1000 / found;
}

uint64_t bench_moment_slowness(const struct bench_moment *moment, enum bench_scale scale)
{
	uint64_t verifies = slowness(moment->verifies, QUIET_VERIFIES);
	uint64_t flushes = slowness(moment->flushes, QUIET_FLUSHES);

	switch (scale) {
	case BENCH_SCALE_VERIFIES: return verifies;
	case BENCH_SCALE_LESSER: return verifies < flushes ? verifies : flushes;
	case BENCH_SCALE_CPU_VERIFIES: return slowness(moment->cpu_verifies, QUIET_VERIFIES);
	default: return 1000;
	}
}

/* ---- LMDB ---- */

static void check_lmdb(int rc)
{
	if (rc != 0)
		bench_fail("lmdb: %s", mdb_strerror(rc));
}

struct bench_rows {
	char path[PATH_MAX];
	MDB_env *environment;
	void *row;
	size_t row_size;
	uint64_t next; /* number of a row, its big-endian key */
};

struct bench_rows *bench_rows_open(const char *directory, size_t row_size)
{
	struct bench_rows *rows = bench_allocate(1, sizeof(*rows));

	(void)snprintf(rows->path, sizeof(rows->path), "%s/control-lmdb", directory);
	if (mkdir(rows->path, 0700) != 0)
		bench_fail("cannot make %s: %s", rows->path, strerror(errno));
	rows->row = bench_allocate(row_size, 1);
	rows->row_size = row_size;
	check_lmdb(mdb_env_create(&rows->environment));
	check_lmdb(mdb_env_set_mapsize(rows->environment, MAP_SIZE));
	check_lmdb(mdb_env_open(rows->environment, rows->path, 0, 0600));
	return rows;
}

void bench_rows_append(struct bench_rows *rows, uint64_t count)
{
	MDB_txn *txn;
	MDB_dbi table;

	check_lmdb(mdb_txn_begin(rows->environment, NULL, 0, &txn));
	check_lmdb(mdb_dbi_open(txn, NULL, 0, &table));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t number = __builtin_bswap64(rows->next++);
		MDB_val key = { sizeof(number), &number }, value = { rows->row_size, rows->row };
		check_lmdb(mdb_put(txn, table, &key, &value, MDB_APPEND));
	}
	check_lmdb(mdb_txn_commit(txn));
}

static void remove_file(const struct bench_rows *rows, const char *name)
{
	char file[PATH_MAX + 16];

	(void)snprintf(file, sizeof(file), "%s/%s", rows->path, name);
	(void)unlink(file);
}

void bench_rows_close(struct bench_rows *rows)
{
	mdb_env_close(rows->environment);
	remove_file(rows, "data.mdb");
	remove_file(rows, "lock.mdb");
	(void)rmdir(rows->path);
	free(rows->row);
	free(rows);
}

static uint64_t measure_rows(const char *directory, const struct bench_controls *controls)
{
	struct bench_rows *rows = bench_rows_open(directory, controls->row_size);
	uint64_t count = 0, spent_ns, start_ns = bench_clock_ns();

	do {
		bench_rows_append(rows, controls->group_size);
		count += controls->group_size;
		spent_ns = bench_clock_ns() - start_ns;
	} while (spent_ns < ROWS_NS);
	bench_rows_close(rows);
	return bench_per_second(count, spent_ns);
}

void bench_control(const char *directory, struct bench_controls *controls)
{
	controls->flushes = bench_control_flushes(directory);
	controls->verifies = bench_control_verifies(NULL);
	controls->rows = measure_rows(directory, controls);
}
