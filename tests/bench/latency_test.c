/* latency_test.c
 * Goal    a percentile is never below the truth and at most a sixtieth above it, whatever the size of the times.
 * Method  known times go in, in an order of their own; the truth is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/latency.h"

static void of_nothing_every_percentile_is_nothing(void **state)
{
	static struct bench_latencies latencies;

	(void)state;
	assert_int_equal(bench_latency_at(&latencies, 500), 0);
	assert_int_equal(bench_latency_at(&latencies, 1000), 0);
}

static void percentiles_are_near_the_truth_at_every_size(void **state)
{
	(void)state;
	for (uint64_t unit = 1; unit <= 10000000000; unit *= 10) {
		static struct bench_latencies latencies;
		memset(&latencies, 0, sizeof(latencies));
		for (uint64_t i = 0; i < 1000; i++)
			bench_latency_note(&latencies, (i * 7 % 1000 + 1) * unit); /* each of 1 to 1000 once */
		for (unsigned per_mille = 1; per_mille <= 1000; per_mille++) {
			uint64_t truth = per_mille * unit;
			assert_in_range(bench_latency_at(&latencies, per_mille), truth, truth + truth / 60);
		}
		assert_int_equal(latencies.max_ns, 1000 * unit);
	}
}

static void the_longest_is_exact(void **state)
{
	static struct bench_latencies latencies;

	(void)state;
	bench_latency_note(&latencies, 5);
	bench_latency_note(&latencies, UINT64_MAX); /* beyond the last step */
	assert_int_equal(bench_latency_at(&latencies, 500), 5);
	assert_true(latencies.max_ns == UINT64_MAX);
}

static void a_sum_has_both(void **state)
{
	static struct bench_latencies one, other;

	(void)state;
	bench_latency_note(&one, 10);
	bench_latency_note(&other, 30);
	bench_latency_note(&other, 20);
	bench_latency_add(&one, &other);
	assert_int_equal(one.count, 3);
	assert_int_equal(bench_latency_at(&one, 500), 20);
	assert_int_equal(bench_latency_at(&one, 1000), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_nothing_every_percentile_is_nothing),
		cmocka_unit_test(percentiles_are_near_the_truth_at_every_size),
		cmocka_unit_test(the_longest_is_exact),
		cmocka_unit_test(a_sum_has_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
