/* limiter.h - token buckets in front of the queue: how many calls a party may send, by its role; and an address, for
 * who is not known.
 *
 * Bucket   holds up to burst tokens, gains per_second of them each second; a message takes one for each of its calls.
 *          A message with more calls than burst can never pass.
 * Memory   fixed: 65,536 buckets. A full bucket says nothing and gives way to a new one; where all are in use, the
 *          fullest does, and its party starts with a full one again: errs towards letting pass.
 * Time     the caller's, any clock that does not fall, in milliseconds.
 * Threads  any number at once. */
#ifndef MERIT_RPC_LIMITER_H
#define MERIT_RPC_LIMITER_H

#include "ledger/value.h"

#include <pthread.h>

#define MERIT_RATE_MAX 1000000000 /* the most per_second and burst may be */

struct merit_rate {
	int64_t per_second; /* calls, 1 to MERIT_RATE_MAX */
	int64_t burst;      /* calls, 1 to MERIT_RATE_MAX */
};

struct merit_limiter_bucket; /* See limiter.c. */

struct merit_limiter {
	pthread_mutex_t mutex;
	struct merit_limiter_bucket *buckets;
	uint8_t hash_key[16];
};

/* Returns NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_limiter_init(struct merit_limiter *limiter);
void merit_limiter_free(struct merit_limiter *limiter);

/* Takes calls_count tokens from the bucket of name, or none: RATE_LIMITED, and for more than burst TOO_MANY_CALLS. A
 * name has one rate all its life; kind keeps the names of parties and those of addresses apart. */
MERIT_MUST_USE enum merit_status merit_limiter_take(struct merit_limiter *limiter, unsigned char kind,
                                                    struct merit_text name, const struct merit_rate *rate,
                                                    size_t calls_count, int64_t now_ms);

#endif
