/* age.h - how old a break is, in the buckets that reports count by. */
#ifndef MERIT_REPORT_AGE_H
#define MERIT_REPORT_AGE_H

#include <stddef.h>
#include <stdint.h>

#define MERIT_AGES_COUNT 5

/* The bucket that an age in days falls into, and what a bucket is called: "0-1", ... "over 30". */
size_t merit_age_of(int64_t days);
const char *merit_age_word(size_t age); /* age < MERIT_AGES_COUNT */

#endif
