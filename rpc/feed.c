/* feed.c - see feed.h. There are few waiters: every look goes over all of them. */
#include "rpc/feed.h"

#include <assert.h>

void merit_feed_init(struct merit_feed *feed, size_t waiters_max, uint64_t entries_count)
{
	*feed = (struct merit_feed){ .waiters_max = waiters_max, .entries_count = entries_count };
	int rc = pthread_mutex_init(&feed->mutex, NULL);
	assert(rc == 0);
}

void merit_feed_free(struct merit_feed *feed)
{
	assert(feed->first == NULL);
	(void)pthread_mutex_destroy(&feed->mutex);
}

/* Whether one more of the party may wait. The caller holds the mutex. */
static bool has_room(const struct merit_feed *feed, struct merit_text party)
{
	size_t count = 0;

	for (const struct merit_feed_waiter *waiter = feed->first; waiter != NULL; waiter = waiter->next)
		count += merit_text_equal(waiter->party, party);
	return feed->waiters_count < feed->waiters_max && count < MERIT_FEED_PARTY_WAITERS_MAX;
}

bool merit_feed_park(struct merit_feed *feed, struct merit_feed_waiter *waiter)
{
	pthread_mutex_lock(&feed->mutex);
	bool parked =
		!feed->closed && feed->entries_count <= waiter->from_seq && has_room(feed, waiter->party);
	if (parked) {
		waiter->next = feed->first;
		feed->first = waiter;
		feed->waiters_count++;
	}
	pthread_mutex_unlock(&feed->mutex);
	return parked;
}

/* Takes out those with something to read or until_ms reached. The caller holds the mutex. */
static struct merit_feed_waiter *wake(struct merit_feed *feed, int64_t now_ms)
{
	struct merit_feed_waiter *woken = NULL, **link = &feed->first;

	while (*link != NULL) {
		struct merit_feed_waiter *waiter = *link;
		if (waiter->from_seq >= feed->entries_count && waiter->until_ms > now_ms) {
			link = &waiter->next;
			continue;
		}
		*link = waiter->next;
		waiter->next = woken;
		woken = waiter;
		feed->waiters_count--;
	}
	return woken;
}

struct merit_feed_waiter *merit_feed_advance(struct merit_feed *feed, uint64_t entries_count)
{
	pthread_mutex_lock(&feed->mutex);
	assert(entries_count >= feed->entries_count);
	feed->entries_count = entries_count;
	struct merit_feed_waiter *woken = wake(feed, INT64_MIN);
	pthread_mutex_unlock(&feed->mutex);
	return woken;
}

struct merit_feed_waiter *merit_feed_expire(struct merit_feed *feed, int64_t now_ms)
{
	pthread_mutex_lock(&feed->mutex);
	struct merit_feed_waiter *woken = wake(feed, now_ms);
	pthread_mutex_unlock(&feed->mutex);
	return woken;
}

struct merit_feed_waiter *merit_feed_close(struct merit_feed *feed)
{
	pthread_mutex_lock(&feed->mutex);
	feed->closed = true;
	struct merit_feed_waiter *woken = wake(feed, INT64_MAX);
	pthread_mutex_unlock(&feed->mutex);
	return woken;
}

uint64_t merit_feed_entries(struct merit_feed *feed)
{
	pthread_mutex_lock(&feed->mutex);
	uint64_t count = feed->entries_count;
	pthread_mutex_unlock(&feed->mutex);
	return count;
}

size_t merit_feed_waiters(struct merit_feed *feed)
{
	pthread_mutex_lock(&feed->mutex);
	size_t count = feed->waiters_count;
	pthread_mutex_unlock(&feed->mutex);
	return count;
}
