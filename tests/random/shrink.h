/* shrink.h - a long story that fails, made short: parts of it are left out as long as what is left still fails. */
#ifndef MERIT_TESTS_RANDOM_SHRINK_H
#define MERIT_TESTS_RANDOM_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the story of these steps fails. */
typedef bool shrink_fails_fn(void *context, const uint32_t *steps, size_t count);

/* Leaves steps out, first halves, in the end single ones, in place, until none can go. Returns how many are left.
 * Asks at most tries_max times. */
size_t shrink(uint32_t *steps, size_t count, unsigned tries_max, shrink_fails_fn *fails, void *context);

#endif
