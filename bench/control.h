/* control.h - what the machine itself gives at this moment: figures to judge a run by.
 *
 * Machines are shared and may be several times slower an hour later. So each run is printed beside its own controls,
 * and compared by its ratio to them. */
#ifndef MERIT_BENCH_CONTROL_H
#define MERIT_BENCH_CONTROL_H

#include "bench/bench.h"

struct bench_controls {
	uint64_t flushes;  /* a second: append 4 KiB to a file, fdatasync */
	uint64_t verifies; /* a second, on one core: Ed25519 over 256 bytes, by ledger/key.h */
	uint64_t rows;     /* a second: durable LMDB append of rows of row_size, group_size a transaction */
	uint64_t row_size, group_size;
};

/* Measures all of it, in files in directory. row_size and group_size are given in controls. Takes about 2 s. */
void bench_control(const char *directory, struct bench_controls *controls);

/* The first of them alone; about half a second. */
uint64_t bench_control_flushes(const char *directory);

/* The second alone; a third of a second. */
uint64_t bench_control_verifies(void);

/* The third step by step: an LMDB environment in a directory of its own, and one durable transaction of count more rows
 * of row_size bytes. Closing removes it. */
struct bench_rows;
struct bench_rows *bench_rows_open(const char *directory, size_t row_size);
void bench_rows_append(struct bench_rows *rows, uint64_t count);
void bench_rows_close(struct bench_rows *rows);

#endif
