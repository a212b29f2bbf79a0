/* limiter.c - see limiter.h. */
#include "rpc/limiter.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SETS_COUNT ((size_t)8192)
#define SET_SIZE   ((size_t)8) /* a name has eight places it can be in */
#define MILLI      INT64_C(1000)

struct merit_limiter_bucket {
	uint64_t name_hash; /* 0 = never used; two names with one hash share a bucket, which does no harm */
	int64_t missing;    /* thousandths of a token below full: what a millisecond refills at 1 a second */
	int64_t per_second; /* how fast it fills */
	int64_t at_ms;      /* when missing was worked out */
};

enum merit_status merit_limiter_init(struct merit_limiter *limiter)
{
	*limiter = (struct merit_limiter){ 0 };
	limiter->buckets = calloc(SETS_COUNT * SET_SIZE, sizeof(*limiter->buckets));
	if (limiter->buckets == NULL)
		return MERIT_NO_MEMORY;
	randombytes_buf(limiter->hash_key, sizeof(limiter->hash_key));
	int rc = pthread_mutex_init(&limiter->mutex, NULL);
	assert(rc == 0);
	return MERIT_OK;
}

void merit_limiter_free(struct merit_limiter *limiter)
{
	(void)pthread_mutex_destroy(&limiter->mutex);
	free(limiter->buckets);
}

static uint64_t name_hash(const struct merit_limiter *limiter, unsigned char kind, struct merit_text name)
{
	unsigned char bytes[64] = { kind };
	size_t size = name.size < sizeof(bytes) - 1 ? name.size : sizeof(bytes) - 1;
	uint64_t hash = 0;

	static_assert(MERIT_NAME_SIZE_MAX < sizeof(bytes), "names count whole");
	memcpy(bytes + 1, name.data, size);
	(void)crypto_shorthash((unsigned char *)&hash, bytes, size + 1, limiter->hash_key);
	return hash == 0 ? 1 : hash;
}

/* Fills the bucket up to now. */
static void refill(struct merit_limiter_bucket *bucket, int64_t now_ms)
{
	int64_t gone_ms = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;

	if (bucket->missing == 0 || gone_ms > bucket->missing / bucket->per_second)
		bucket->missing = 0; /* Compared by division: the product below could overflow. */
	else
		bucket->missing -= gone_ms * bucket->per_second;
	bucket->at_ms = now_ms;
}

/* The name's bucket, or the one of its set that is fullest, made its own and full. */
static struct merit_limiter_bucket *bucket_of(struct merit_limiter *limiter, uint64_t hash,
                                              const struct merit_rate *rate, int64_t now_ms)
{
	struct merit_limiter_bucket *set = &limiter->buckets[hash % SETS_COUNT * SET_SIZE];
	struct merit_limiter_bucket *fullest = set;

	for (size_t i = 0; i < SET_SIZE; i++) {
		if (set[i].name_hash == 0) {
			fullest = &set[i];
			break; /* Buckets are never given back, so the name stands in none behind this. */
		}
		refill(&set[i], now_ms);
		if (set[i].name_hash == hash)
			return &set[i];
		if (set[i].missing < fullest->missing)
			fullest = &set[i];
	}
	*fullest = (struct merit_limiter_bucket){ .name_hash = hash, .per_second = rate->per_second, .at_ms = now_ms };
	return fullest;
}

enum merit_status merit_limiter_take(struct merit_limiter *limiter, unsigned char kind, struct merit_text name,
                                     const struct merit_rate *rate, size_t calls_count, int64_t now_ms)
{
	int64_t full = rate->burst * MILLI;
	enum merit_status status = MERIT_RATE_LIMITED;

	assert(rate->per_second > 0 && rate->per_second <= MERIT_RATE_MAX);
	assert(rate->burst > 0 && rate->burst <= MERIT_RATE_MAX);
	if (calls_count > (size_t)rate->burst)
		return MERIT_TOO_MANY_CALLS;
	int64_t cost = (int64_t)calls_count * MILLI;
	pthread_mutex_lock(&limiter->mutex);
	struct merit_limiter_bucket *bucket = bucket_of(limiter, name_hash(limiter, kind, name), rate, now_ms);
	if (cost <= full - bucket->missing) {
		bucket->missing += cost;
		status = MERIT_OK;
	}
	pthread_mutex_unlock(&limiter->mutex);
	return status;
}
