/* control.h - what the machine itself gives at this moment: figures to judge a run by.
 *
 * Machines are shared and may be several times slower an hour later. So each run is printed beside its own controls,
 * and compared by its ratio to them. */
#ifndef MERIT_BENCH_CONTROL_H
#define MERIT_BENCH_CONTROL_H

#include "bench/bench.h"

struct bench_controls {
	uint64_t flushes;  /* a second: append 4 KiB to a file, fdatasync */
	uint64_t verifies; /* a second and core, all cores at once: Ed25519 over 256 bytes, by ledger/key.h */
	uint64_t rows;     /* a second: durable LMDB append of rows of row_size, group_size a transaction */
	uint64_t row_size, group_size;
};

/* A moment of the machine, and what a value that was measured in it is multiplied by to be that of a quiet moment. */
struct bench_moment {
	uint64_t flushes, verifies; /* a second */
	uint64_t cpu_verifies;      /* a second of CPU time */
};

enum bench_scale {
	BENCH_SCALE_NONE,
	BENCH_SCALE_VERIFIES,     /* what the processor bounds */
	BENCH_SCALE_LESSER,       /* verifies or flushes, whichever was hurt less: what waits for both */
	BENCH_SCALE_CPU_VERIFIES, /* what is counted in CPU time */
	BENCH_SCALES_COUNT
};

/* Their words in results. */
extern const char *const bench_scale_words[BENCH_SCALES_COUNT];

/* Both, in directory; takes 0.8 s. */
struct bench_moment bench_moment_now(const char *directory);
struct bench_moment bench_moment_mean(const struct bench_moment *one, const struct bench_moment *other);

/* How much slower than a quiet moment, in thousandths: 1000 for a quiet one or a faster, 4000 for four times slower. */
uint64_t bench_moment_slowness(const struct bench_moment *moment, enum bench_scale scale);

/* Measures all of it, in files in directory. row_size and group_size are given in controls. Takes about 2 s. */
void bench_control(const char *directory, struct bench_controls *controls);

/* The first of them alone; about half a second. */
uint64_t bench_control_flushes(const char *directory);

/* The second alone; a third of a second, and every core's: what a machine promises each of its guests it may not keep for
 * all of their cores at once. of_cpu_out: a second of the CPU time it was given, which tells of the core and
 * not of who else is at work here; may be NULL. */
uint64_t bench_control_verifies(uint64_t *of_cpu_out);

/* The third step by step: an LMDB environment in a directory of its own, and one durable transaction of count more rows
 * of row_size bytes. Closing removes it. */
struct bench_rows;
struct bench_rows *bench_rows_open(const char *directory, size_t row_size);
void bench_rows_append(struct bench_rows *rows, uint64_t count);
void bench_rows_close(struct bench_rows *rows);

#endif
