/* feed.h - who waits for new entries: the parked calls of feed.read.
 *
 * A waiter is parked only while nothing it asked for is durable; it comes back once: when an entry it asked for is,
 * when its time is over, or when the feed closes.
 * Threads  any; the lists handed back are the caller's.
 * Memory   waiters are the caller's and live inside its own structs. */
#ifndef MERIT_RPC_FEED_H
#define MERIT_RPC_FEED_H

#include "ledger/limits.h"
#include "ledger/value.h"

#include <pthread.h>

struct merit_feed_waiter {
	struct merit_feed_waiter *next; /* the feed's; in a list handed back: the next, or NULL */
	struct merit_text party;        /* who waits */
	uint64_t from_seq;              /* wakes when more entries than this are durable */
	int64_t until_ms;               /* or at this time of a clock that does not fall */
};

struct merit_feed {
	pthread_mutex_t mutex;
	struct merit_feed_waiter *first;
	size_t waiters_count, waiters_max;
	uint64_t entries_count; /* durable */
	bool closed;
};

void merit_feed_init(struct merit_feed *feed, size_t waiters_max, uint64_t entries_count);
void merit_feed_free(struct merit_feed *feed);

/* Parks waiter. False, and nothing parked, when there is something to read, when as many wait as may, in all or
 * MERIT_FEED_PARTY_WAITERS_MAX of its party, or when the feed is closed: answer at once with what is there. */
bool merit_feed_park(struct merit_feed *feed, struct merit_feed_waiter *waiter);

/* Entries up to entries_count are durable. Hands back the waiters this concerns. */
struct merit_feed_waiter *merit_feed_advance(struct merit_feed *feed, uint64_t entries_count);

/* Hands back the waiters whose time is over at now_ms. */
struct merit_feed_waiter *merit_feed_expire(struct merit_feed *feed, int64_t now_ms);

/* Hands back everybody; nobody is parked from now on. */
struct merit_feed_waiter *merit_feed_close(struct merit_feed *feed);

/* Durable entries, as last told; waiters at this moment. */
uint64_t merit_feed_entries(struct merit_feed *feed);
size_t merit_feed_waiters(struct merit_feed *feed);

#endif
