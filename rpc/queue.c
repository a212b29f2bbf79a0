/* queue.c - see queue.h. */
#include "rpc/queue.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

void merit_queue_init(struct merit_queue *queue, size_t items_max, size_t size_max)
{
	pthread_condattr_t attributes;

	*queue = (struct merit_queue){ .items_max = items_max, .size_max = size_max };
	queue->end = &queue->first;
	int rc = pthread_condattr_init(&attributes);
	assert(rc == 0);
	/* A step of the wall clock must not stretch a wait. */
	rc = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	assert(rc == 0);
	rc = pthread_cond_init(&queue->pushed, &attributes);
	assert(rc == 0);
	rc = pthread_mutex_init(&queue->mutex, NULL);
	assert(rc == 0);
	(void)pthread_condattr_destroy(&attributes);
}

void merit_queue_free(struct merit_queue *queue)
{
	assert(queue->items_count == 0);
	(void)pthread_cond_destroy(&queue->pushed);
	(void)pthread_mutex_destroy(&queue->mutex);
}

enum merit_status merit_queue_push(struct merit_queue *queue, struct merit_queue_item *item)
{
	enum merit_status status = MERIT_OK;

	pthread_mutex_lock(&queue->mutex);
	if (queue->closed) {
		status = MERIT_STOPPING;
	} else if (queue->items_count == queue->items_max || item->size > queue->size_max - queue->size) {
		status = MERIT_BUSY;
	} else {
		item->next = NULL;
		*queue->end = item;
		queue->end = &item->next;
		queue->items_count++;
		queue->size += item->size;
		pthread_cond_signal(&queue->pushed);
	}
	pthread_mutex_unlock(&queue->mutex);
	return status;
}

/* Cuts the front off the queue: the first item, and those behind it that fit with it. */
static struct merit_queue_item *cut(struct merit_queue *queue, size_t calls_max, size_t size_max)
{
	struct merit_queue_item *taken = queue->first, **link = &queue->first;
	size_t calls_count = 0, size = 0;

	while (*link != NULL) {
		struct merit_queue_item *item = *link;
		bool is_first = item == taken;
		if (!is_first && (item->calls_count > calls_max - calls_count || item->size > size_max - size))
			break;
		queue->items_count--;
		queue->size -= item->size;
		link = &item->next;
		if (is_first && (item->calls_count >= calls_max || item->size >= size_max))
			break; /* Alone over a limit: the differences above would wrap round. */
		calls_count += item->calls_count;
		size += item->size;
	}
	queue->first = *link;
	if (queue->first == NULL)
		queue->end = &queue->first;
	*link = NULL;
	return taken;
}

static struct timespec moment_after(int64_t wait_ms)
{
	struct timespec moment;

	(void)clock_gettime(CLOCK_MONOTONIC, &moment);
	moment.tv_sec += (time_t)(wait_ms / 1000);
	moment.tv_nsec += (long)(wait_ms % 1000) * 1000000L;
	if (moment.tv_nsec >= 1000000000L) {
		moment.tv_sec++;
		moment.tv_nsec -= 1000000000L;
	}
	return moment;
}

struct merit_queue_item *merit_queue_take(struct merit_queue *queue, size_t calls_max, size_t size_max, int64_t wait_ms,
                                          bool *ended_out)
{
	struct merit_queue_item *taken = NULL;
	int rc = wait_ms == 0 ? ETIMEDOUT : 0;
	struct timespec until = { .tv_sec = 0 };

	pthread_mutex_lock(&queue->mutex);
	while (queue->first == NULL && !queue->closed && !queue->woken && rc != ETIMEDOUT) {
		if (wait_ms > 0 && until.tv_sec == 0)
			until = moment_after(wait_ms);
		if (wait_ms < 0)
			rc = pthread_cond_wait(&queue->pushed, &queue->mutex);
		else
			rc = pthread_cond_timedwait(&queue->pushed, &queue->mutex, &until);
	}
	if (queue->first != NULL)
		taken = cut(queue, calls_max, size_max);
	queue->woken = false;
	*ended_out = taken == NULL && queue->closed;
	pthread_mutex_unlock(&queue->mutex);
	return taken;
}

void merit_queue_wake(struct merit_queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->woken = true;
	pthread_cond_signal(&queue->pushed);
	pthread_mutex_unlock(&queue->mutex);
}

void merit_queue_close(struct merit_queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->closed = true;
	pthread_cond_broadcast(&queue->pushed);
	pthread_mutex_unlock(&queue->mutex);
}

size_t merit_queue_depth(struct merit_queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	size_t depth = queue->items_count;
	pthread_mutex_unlock(&queue->mutex);
	return depth;
}
