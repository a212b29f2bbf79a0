/* clock_test.c
 * Goal    a clock that was set by more than a minute, or that does not fit the log, is not believed until confirmed.
 * Method  both clocks are numbers the test sets; each bound at n and n + 1. */
#include "rpc/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW INT64_C(1800000000000)

struct times {
	int64_t wall_ms, boot_ms;
};

static int64_t wall_of(void *context)
{
	return ((struct times *)context)->wall_ms;
}

static int64_t boot_of(void *context)
{
	return ((struct times *)context)->boot_ms;
}

static struct merit_clock started(struct times *times, int64_t entry_ms)
{
	struct merit_clock_source source = { wall_of, boot_of, times };
	struct merit_clock clock;

	merit_clock_start(&clock, &source, entry_ms);
	return clock;
}

static bool look(struct merit_clock *clock)
{
	int64_t wall_ms = 0;

	return merit_clock_look(clock, &wall_ms);
}

static void a_start_far_from_the_last_entry_is_doubted(void **state)
{
	static const struct {
		int64_t entry_ms;
		bool sure;
	} rows[] = {
		{ NOW, true },
		{ NOW + MERIT_CLOCK_STEP_MS, true },
		{ NOW + MERIT_CLOCK_STEP_MS + 1, false },
		{ NOW - MERIT_CLOCK_ABSENCE_MS, true },
		{ NOW - MERIT_CLOCK_ABSENCE_MS - 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct times times = { NOW, 5000 };
		struct merit_clock clock = started(&times, rows[i].entry_ms);
		assert_int_equal(look(&clock), rows[i].sure);
	}
}

static void a_jump_of_more_than_a_minute_is_doubted(void **state)
{
	static const struct {
		int64_t step_ms;
		bool sure;
	} rows[] = {
		{ MERIT_CLOCK_STEP_MS, true },
		{ MERIT_CLOCK_STEP_MS + 1, false },
		{ -MERIT_CLOCK_STEP_MS, true },
		{ -MERIT_CLOCK_STEP_MS - 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct times times = { NOW, 5000 };
		struct merit_clock clock = started(&times, NOW);
		times.boot_ms += 1000;
		times.wall_ms += 1000 + rows[i].step_ms;
		assert_int_equal(look(&clock), rows[i].sure);
	}
}

static void passing_time_is_no_jump(void **state)
{
	struct times times = { NOW, 5000 };
	struct merit_clock clock = started(&times, NOW);

	(void)state;
	times.wall_ms += 86400000; /* A day asleep: CLOCK_BOOTTIME counts it too. */
	times.boot_ms += 86400000;
	assert_true(look(&clock));
}

static void a_slow_correction_is_forgotten_and_steps_add_up(void **state)
{
	struct times times = { NOW, 5000 };
	struct merit_clock clock = started(&times, NOW);

	(void)state;
	for (int i = 0; i < 100; i++) { /* 100 s in all, a second at a time */
		times.wall_ms += MERIT_CLOCK_DRIFT_MS;
		assert_true(look(&clock));
	}
	for (int i = 0; i < 2; i++) {
		times.wall_ms += 30000;
		assert_true(look(&clock));
	}
	times.wall_ms += 1;
	assert_false(look(&clock));
}

static void doubt_stays_when_the_clock_jumps_back(void **state)
{
	struct times times = { NOW, 5000 };
	struct merit_clock clock = started(&times, NOW);

	(void)state;
	times.wall_ms += 3600000;
	assert_false(look(&clock));
	times.wall_ms -= 3600000;
	assert_false(look(&clock));
}

/* Writes text as the confirmation in directory. */
static void confirm(const char *directory, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, MERIT_CLOCK_CONFIRM_FILE);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static bool confirmation_there(const char *directory)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, MERIT_CLOCK_CONFIRM_FILE);
	return access(path, F_OK) == 0;
}

static void a_confirmation_counts_within_a_minute_and_is_used_up(void **state)
{
	static const struct {
		const char *text;
		bool counts;
	} rows[] = {
		{ "1800000000000\n", true },
		{ "1800000000000", true },
		{ "1800000060000\n", true },
		{ "1800000060001\n", false },
		{ "1799999940000", true },
		{ "1799999939999", false },
		{ "", false },
		{ "yes\n", false },
		{ "1800000000000 \n", false },
		{ "-1800000000000", false },
		{ "01800000000000", false },
		{ "18000000000000000000000000000000", false },
	};
	char directory[] = "/tmp/merit-clock-XXXXXX";
	const char *reason = "";

	(void)state;
	assert_non_null(mkdtemp(directory));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct times times = { NOW, 5000 };
		struct merit_clock clock = started(&times, NOW + 3600000);
		assert_false(look(&clock));
		confirm(directory, rows[i].text);
		assert_int_equal(merit_clock_take_confirmation(&clock, directory, &reason), rows[i].counts);
		assert_int_equal(reason == NULL, rows[i].counts);
		assert_int_equal(look(&clock), rows[i].counts);
		assert_false(confirmation_there(directory));
	}
	assert_int_equal(rmdir(directory), 0);
}

static void after_a_confirmation_the_next_jump_is_doubted_again(void **state)
{
	char directory[] = "/tmp/merit-clock-XXXXXX";
	const char *reason = "";
	struct times times = { NOW, 5000 };
	struct merit_clock clock = started(&times, NOW);

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_false(merit_clock_take_confirmation(&clock, directory, &reason));
	times.wall_ms += 3600000;
	assert_false(look(&clock));
	confirm(directory, "1800003600000\n");
	assert_true(merit_clock_take_confirmation(&clock, directory, &reason));
	assert_true(look(&clock));
	times.wall_ms += MERIT_CLOCK_STEP_MS + 1;
	assert_false(look(&clock));
	assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_far_from_the_last_entry_is_doubted),
		cmocka_unit_test(a_jump_of_more_than_a_minute_is_doubted),
		cmocka_unit_test(passing_time_is_no_jump),
		cmocka_unit_test(a_slow_correction_is_forgotten_and_steps_add_up),
		cmocka_unit_test(doubt_stays_when_the_clock_jumps_back),
		cmocka_unit_test(a_confirmation_counts_within_a_minute_and_is_used_up),
		cmocka_unit_test(after_a_confirmation_the_next_jump_is_doubted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
