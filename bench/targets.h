/* targets.h - the table of what merit must reach, measured: each row three times, medians, beside what must and what
 * should be. */
#ifndef MERIT_BENCH_TARGETS_H
#define MERIT_BENCH_TARGETS_H

#include "bench/run.h"

/* Prints it as JSON, and writes a report to html where that is not NULL. operations: of a run, 0 for what takes some
 * seconds. is_full: also with 10 million entries and a million members, which takes long and some 20 GB. */
void bench_targets(const struct bench_means *means, uint64_t operations, bool is_full, const char *html);

#endif
