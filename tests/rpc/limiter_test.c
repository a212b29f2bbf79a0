/* limiter_test.c
 * Goal    a bucket lets pass exactly its burst, then what its rate refills; names do not touch each other.
 * Method  time is a number the test sets. */
#include "rpc/limiter.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct merit_rate member = { .per_second = 20, .burst = 60 };

static int make(void **state)
{
	static struct merit_limiter limiter;

	*state = &limiter;
	return merit_limiter_init(&limiter) == MERIT_OK ? 0 : -1;
}

static int drop(void **state)
{
	merit_limiter_free(*state);
	return 0;
}

static enum merit_status take(void **state, const char *name, const struct merit_rate *rate, size_t calls_count,
                              int64_t now_ms)
{
	return merit_limiter_take(*state, 0, merit_text_of(name), rate, calls_count, now_ms);
}

static void a_burst_passes_and_one_call_more_does_not(void **state)
{
	for (int i = 0; i < 60; i++)
		assert_int_equal(take(state, "m1", &member, 1, 1000), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 1, 1000), MERIT_RATE_LIMITED);
}

static void a_refused_message_takes_nothing(void **state)
{
	assert_int_equal(take(state, "m1", &member, 50, 1000), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 11, 1000), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "m1", &member, 10, 1000), MERIT_OK);
}

static void the_rate_refills_to_the_millisecond(void **state)
{
	assert_int_equal(take(state, "m1", &member, 60, 1000), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 1, 1049), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "m1", &member, 1, 1050), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 1, 1050), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "m1", &member, 60, 4049), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "m1", &member, 60, 4050), MERIT_OK);
}

static void a_long_silence_fills_the_bucket_no_higher_than_its_burst(void **state)
{
	assert_int_equal(take(state, "m1", &member, 60, 1000), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 60, INT64_MAX), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 1, INT64_MAX), MERIT_RATE_LIMITED);
}

static void a_message_over_the_burst_never_passes(void **state)
{
	assert_int_equal(take(state, "m1", &member, 61, 1000), MERIT_TOO_MANY_CALLS);
	assert_int_equal(take(state, "m1", &member, 60, 1000), MERIT_OK); /* It took nothing. */
}

static void names_and_kinds_have_their_own_buckets(void **state)
{
	assert_int_equal(take(state, "m1", &member, 60, 1000), MERIT_OK);
	assert_int_equal(take(state, "m2", &member, 60, 1000), MERIT_OK);
	assert_int_equal(merit_limiter_take(*state, 1, merit_text_of("m1"), &member, 60, 1000), MERIT_OK);
	assert_int_equal(take(state, "m1", &member, 1, 1000), MERIT_RATE_LIMITED);
}

static void the_largest_rates_do_not_overflow(void **state)
{
	static const struct merit_rate largest = { MERIT_RATE_MAX, MERIT_RATE_MAX };

	assert_int_equal(take(state, "s", &largest, MERIT_RATE_MAX, 0), MERIT_OK);
	assert_int_equal(take(state, "s", &largest, 1, 0), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "s", &largest, MERIT_RATE_MAX, 999), MERIT_RATE_LIMITED);
	assert_int_equal(take(state, "s", &largest, MERIT_RATE_MAX, INT64_MAX), MERIT_OK);
}

/* Far more names than buckets: full ones give way, so a party in use keeps what it has spent. */
static void a_spent_bucket_outlives_a_flood_of_other_names(void **state)
{
	char name[16];

	assert_int_equal(take(state, "spent", &member, 60, 1000), MERIT_OK);
	for (int i = 0; i < 300000; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(take(state, name, &member, 1, 1000), MERIT_OK);
	}
	assert_int_equal(take(state, "spent", &member, 1, 1000), MERIT_RATE_LIMITED);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		ROW(a_burst_passes_and_one_call_more_does_not),
		ROW(a_refused_message_takes_nothing),
		ROW(the_rate_refills_to_the_millisecond),
		ROW(a_long_silence_fills_the_bucket_no_higher_than_its_burst),
		ROW(a_message_over_the_burst_never_passes),
		ROW(names_and_kinds_have_their_own_buckets),
		ROW(the_largest_rates_do_not_overflow),
		ROW(a_spent_bucket_outlives_a_flood_of_other_names),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
