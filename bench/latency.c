/* latency.c - see latency.h. */
#include "bench/latency.h"

#include <stddef.h>

/* The doubling 0 is 0 to 63 ns in steps of 1; doubling n is from 64 x 2^(n-1) on, in 64 steps. */
static void place_of(uint64_t spent_ns, size_t *doubling_out, size_t *step_out)
{
	size_t doubling = spent_ns < BENCH_LATENCY_STEPS ? 0 : 58 - (size_t)__builtin_clzll(spent_ns);

	if (doubling >= BENCH_LATENCY_DOUBLINGS) {
		*doubling_out = BENCH_LATENCY_DOUBLINGS - 1;
		*step_out = BENCH_LATENCY_STEPS - 1;
		return;
	}
	*doubling_out = doubling;
	*step_out = (doubling == 0 ? spent_ns : spent_ns >> (doubling - 1)) % BENCH_LATENCY_STEPS;
}

static uint64_t upper_end(size_t doubling, size_t step)
{
	return doubling == 0 ? step : ((uint64_t)(BENCH_LATENCY_STEPS + step + 1) << (doubling - 1)) - 1;
}

void bench_latency_note(struct bench_latencies *latencies, uint64_t spent_ns)
{
	size_t doubling, step;

	place_of(spent_ns, &doubling, &step);
	latencies->counts[doubling][step]++;
	latencies->count++;
	if (spent_ns > latencies->max_ns)
		latencies->max_ns = spent_ns;
}

void bench_latency_add(struct bench_latencies *sum, const struct bench_latencies *more)
{
	for (size_t i = 0; i < BENCH_LATENCY_DOUBLINGS; i++) {
		for (size_t j = 0; j < BENCH_LATENCY_STEPS; j++)
			sum->counts[i][j] += more->counts[i][j];
	}
	sum->count += more->count;
	if (more->max_ns > sum->max_ns)
		sum->max_ns = more->max_ns;
}

uint64_t bench_latency_at(const struct bench_latencies *latencies, unsigned per_mille)
{
	uint64_t rank = (latencies->count * per_mille + 999) / 1000, seen = 0;

	for (size_t i = 0; i < BENCH_LATENCY_DOUBLINGS; i++) {
		for (size_t j = 0; j < BENCH_LATENCY_STEPS; j++) {
			seen += latencies->counts[i][j];
			if (seen >= rank && seen > 0)
				return upper_end(i, j) < latencies->max_ns ? upper_end(i, j) : latencies->max_ns;
		}
	}
	return 0;
}
