/* latency.h - how long many things took, in little memory: counts by size, 64 steps for every doubling.
 *
 * A percentile is the upper end of its step, at most 1.6 % above the truth; the largest is exact. */
#ifndef MERIT_BENCH_LATENCY_H
#define MERIT_BENCH_LATENCY_H

#include <stdint.h>

#define BENCH_LATENCY_STEPS     64
#define BENCH_LATENCY_DOUBLINGS 40 /* 64 ns x 2^39 is nine hours */

struct bench_latencies {
	uint64_t counts[BENCH_LATENCY_DOUBLINGS][BENCH_LATENCY_STEPS];
	uint64_t count, max_ns;
};

void bench_latency_note(struct bench_latencies *latencies, uint64_t spent_ns);
void bench_latency_add(struct bench_latencies *sum, const struct bench_latencies *more);

/* What per_mille of a thousand did not exceed; 0 of none. */
uint64_t bench_latency_at(const struct bench_latencies *latencies, unsigned per_mille);

#endif
