/* control_test.c
 * Goal    a value is scaled by what its own moment lacked of a quiet one, and never down.
 * Method  moments by hand; a row changes one control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "bench/control.h"

static const struct {
	const char *name;
	struct bench_moment moment;
	uint64_t slowness[BENCH_SCALES_COUNT]; /* none, verifies, lesser, CPU verifies */
} rows[] = {
	{ "a quiet moment", { 18000, 25000, 25000 }, { 1000, 1000, 1000, 1000 } },
	{ "a fast one", { 36000, 50000, 50000 }, { 1000, 1000, 1000, 1000 } },
	{ "half the verifies", { 18000, 12500, 25000 }, { 1000, 2000, 1000, 1000 } },
	{ "a third of the flushes, too", { 6000, 12500, 25000 }, { 1000, 2000, 2000, 1000 } },
	{ "the flushes alone", { 6000, 25000, 25000 }, { 1000, 1000, 1000, 1000 } },
	{ "both alike", { 4500, 6250, 25000 }, { 1000, 4000, 4000, 1000 } },
	{ "a core half as fast", { 18000, 25000, 12500 }, { 1000, 1000, 1000, 2000 } },
	{ "controls left out", { 0, 0, 0 }, { 1000, 1000, 1000, 1000 } },
};

static void a_slow_moment_is_scaled_by_its_own_control(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (enum bench_scale scale = 0; scale < BENCH_SCALES_COUNT; scale++) {
			if (bench_moment_slowness(&rows[i].moment, scale) != rows[i].slowness[scale])
				fail_msg("%s, scaled by %s", rows[i].name, bench_scale_words[scale]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_slow_moment_is_scaled_by_its_own_control) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
