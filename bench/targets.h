/* targets.h - the table of what merit must reach, measured: each row three times, medians, beside what must and what
 * should be. */
#ifndef MERIT_BENCH_TARGETS_H
#define MERIT_BENCH_TARGETS_H

#include "bench/run.h"

#define BENCH_ROUNDS 3

/* One row: values by round, and what is said of them. */
struct bench_target_row {
	const char *trial, *ledger, *metric, *unit;
	bool is_ceiling;                  /* the less the better */
	enum bench_scale scale;
	uint64_t values[BENCH_ROUNDS], scaled[BENCH_ROUNDS];
	uint64_t flushes[BENCH_ROUNDS], verifies[BENCH_ROUNDS], cpu_verifies[BENCH_ROUNDS]; /* controls beside each */
	uint64_t stolen_percent[BENCH_ROUNDS];
	uint64_t median, median_scaled;
	uint64_t must, aim;               /* 0: none */
	bool met, met_scaled;             /* as measured; as scaled */
};

struct bench_target_table {
	const struct bench_machine *machine;
	const struct bench_target_row *rows;
	size_t rows_count;
	const struct bench_run *runs;     /* all that rows are of */
	size_t runs_count;
};

struct bench_target_options {
	uint64_t operations; /* of a run; 0: what takes some seconds */
	bool is_full;        /* also with 10 million entries and a million members, which takes long and some 20 GB */
	bool as_json;        /* else a table in Markdown */
	const char *html;    /* a report goes there; or NULL */
};

/* Measures and prints; its progress goes to standard error. */
void bench_targets(const struct bench_means *means, const struct bench_target_options *options);

/* ---- Printing: targets_print.c ---- */

void bench_targets_print_markdown(const struct bench_target_table *table);
void bench_targets_print_json(const struct bench_target_table *table);

#endif
