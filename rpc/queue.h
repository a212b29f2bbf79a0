/* queue.h - a bounded queue between threads: so many messages and so many bytes, then no more.
 *
 * Use      init; any thread pushes, any thread takes; close ends it: pushes are refused, takers get what is left, then
 *          nothing. free when no thread uses it any longer; it must be empty then.
 * Memory   items are the caller's and live inside the caller's own structs; the queue only links them.
 * Full     a push that would cross a bound is refused at once; nobody waits to push. */
#ifndef MERIT_RPC_QUEUE_H
#define MERIT_RPC_QUEUE_H

#include "ledger/status.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct merit_queue_item {
	struct merit_queue_item *next; /* the queue's; after take: the next item taken, or NULL */
	size_t size;                   /* bytes it stands for; set by who pushes */
	size_t calls_count;            /* calls it stands for; set by who pushes */
};

struct merit_queue {
	pthread_mutex_t mutex;
	pthread_cond_t pushed;
	struct merit_queue_item *first, **end; /* end: where the next item is linked */
	size_t items_count, items_max;
	size_t size, size_max; /* bytes */
	bool closed;
	bool woken; /* the next wait of a taker ends at once */
};

void merit_queue_init(struct merit_queue *queue, size_t items_max, size_t size_max);
void merit_queue_free(struct merit_queue *queue);

/* Adds item at the end. Returns BUSY when either bound would be crossed, STOPPING when the queue is closed. */
MERIT_MUST_USE enum merit_status merit_queue_push(struct merit_queue *queue, struct merit_queue_item *item);

/* Takes items from the front, linked by next, as many as fit calls_max and size_max, but always one when there is one.
 * Waits up to wait_ms (0: not at all; below 0: for ever) while the queue is empty, open and nobody wakes the taker.
 * NULL when the wait is over, or when the queue is closed and empty: then *ended_out is set. */
struct merit_queue_item *merit_queue_take(struct merit_queue *queue, size_t calls_max, size_t size_max, int64_t wait_ms,
                                          bool *ended_out);

/* Ends the wait of the one taker there is: this one, or the next. */
void merit_queue_wake(struct merit_queue *queue);

/* Refuses every push from now on and wakes every taker. */
void merit_queue_close(struct merit_queue *queue);

/* Items waiting at this moment, for metrics and tests. */
size_t merit_queue_depth(struct merit_queue *queue);

#endif
