/* queue_test.c
 * Goal    a queue holds n messages or n bytes and refuses one more at once; what it took comes out once, in order, in
 *         groups that keep their limits; closing loses nothing.
 * Method  bounds at n and n + 1, then one taker against several pushers. */
#include "rpc/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define PUSHERS 4
#define EACH    2000

static struct merit_queue_item item_of(size_t size, size_t calls_count)
{
	return (struct merit_queue_item){ .size = size, .calls_count = calls_count };
}

static struct merit_queue_item *take_now(struct merit_queue *queue, size_t calls_max, size_t size_max)
{
	bool ended = false;

	return merit_queue_take(queue, calls_max, size_max, 0, &ended);
}

static void n_messages_fit_and_one_more_is_busy(void **state)
{
	struct merit_queue queue;
	struct merit_queue_item items[4] = { item_of(1, 1), item_of(1, 1), item_of(1, 1), item_of(1, 1) };

	(void)state;
	merit_queue_init(&queue, 3, 1000);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(merit_queue_push(&queue, &items[i]), MERIT_OK);
	assert_int_equal(merit_queue_push(&queue, &items[3]), MERIT_BUSY);
	assert_int_equal(merit_queue_depth(&queue), 3);
	assert_ptr_equal(take_now(&queue, 1, 1), &items[0]);
	assert_int_equal(merit_queue_push(&queue, &items[3]), MERIT_OK);
	for (size_t i = 1; i < 4; i++)
		assert_ptr_equal(take_now(&queue, 1, 1), &items[i]);
	merit_queue_free(&queue);
}

static void n_bytes_fit_and_one_more_is_busy(void **state)
{
	struct merit_queue queue;
	struct merit_queue_item first = item_of(60, 1), fits = item_of(40, 1), over = item_of(41, 1),
				empty = item_of(0, 1);

	(void)state;
	merit_queue_init(&queue, 10, 100);
	assert_int_equal(merit_queue_push(&queue, &first), MERIT_OK);
	assert_int_equal(merit_queue_push(&queue, &over), MERIT_BUSY);
	assert_int_equal(merit_queue_push(&queue, &fits), MERIT_OK);
	assert_int_equal(merit_queue_push(&queue, &empty), MERIT_OK);
	assert_ptr_equal(take_now(&queue, 100, 100), &first);
	assert_ptr_equal(first.next, &fits);
	assert_ptr_equal(fits.next, &empty);
	assert_int_equal(merit_queue_push(&queue, &over), MERIT_OK); /* The bytes were given back. */
	assert_ptr_equal(take_now(&queue, 1, 1), &over);
	merit_queue_free(&queue);
}

/* Three messages of 10 bytes and 4 calls; the row above the limit takes one fewer. */
static void a_group_keeps_its_limits(void **state)
{
	static const struct {
		size_t calls_max, size_max, want;
	} rows[] = {
		{ 12, 30, 3 }, { 11, 30, 2 }, { 12, 29, 2 }, { 4, 30, 1 }, { 3, 30, 1 }, { 12, 9, 1 }, { 8, 20, 2 },
	};

	(void)state;
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		struct merit_queue queue;
		struct merit_queue_item items[3] = { item_of(10, 4), item_of(10, 4), item_of(10, 4) };
		size_t count = 0;

		merit_queue_init(&queue, 3, 30);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(merit_queue_push(&queue, &items[i]), MERIT_OK);
		for (struct merit_queue_item *at = take_now(&queue, rows[row].calls_max, rows[row].size_max);
		     at != NULL; at = at->next)
			assert_ptr_equal(at, &items[count++]);
		assert_int_equal(count, rows[row].want);
		assert_int_equal(merit_queue_depth(&queue), 3 - count);
		while (take_now(&queue, 1, 1) != NULL)
			count++;
		assert_int_equal(count, 3);
		merit_queue_free(&queue);
	}
}

static void closing_refuses_pushes_and_hands_out_the_rest(void **state)
{
	struct merit_queue queue;
	struct merit_queue_item item = item_of(1, 1), late = item_of(1, 1);
	bool ended = true;

	(void)state;
	merit_queue_init(&queue, 3, 30);
	assert_int_equal(merit_queue_push(&queue, &item), MERIT_OK);
	merit_queue_close(&queue);
	assert_int_equal(merit_queue_push(&queue, &late), MERIT_STOPPING);
	assert_ptr_equal(merit_queue_take(&queue, 1, 1, -1, &ended), &item);
	assert_false(ended);
	assert_null(merit_queue_take(&queue, 1, 1, -1, &ended));
	assert_true(ended);
	merit_queue_free(&queue);
}

static void an_empty_queue_gives_nothing_after_the_wait(void **state)
{
	struct merit_queue queue;
	bool ended = true;

	(void)state;
	merit_queue_init(&queue, 3, 30);
	assert_null(merit_queue_take(&queue, 1, 1, 5, &ended));
	assert_false(ended);
	merit_queue_free(&queue);
}

struct pusher {
	struct merit_queue *queue;
	struct merit_queue_item items[EACH];
};

/* calls_count carries the item's number, so that the taker sees the order. */
static void *push_all(void *argument)
{
	struct pusher *pusher = argument;

	for (size_t i = 0; i < EACH; i++) {
		pusher->items[i] = item_of(1, i);
		while (merit_queue_push(pusher->queue, &pusher->items[i]) == MERIT_BUSY)
			sched_yield();
	}
	return NULL;
}

static size_t pusher_of(const struct pusher *pushers, const struct merit_queue_item *item)
{
	size_t pusher = 0;

	while (item < pushers[pusher].items || item >= pushers[pusher].items + EACH)
		pusher++;
	return pusher;
}

static void a_wake_ends_one_wait_and_loses_nothing(void **state)
{
	struct merit_queue queue;
	struct merit_queue_item item = item_of(1, 1);
	bool ended = true;

	(void)state;
	merit_queue_init(&queue, 10, 10);
	merit_queue_wake(&queue);
	assert_null(merit_queue_take(&queue, 1, 1, -1, &ended)); /* Woken before it waited. */
	assert_false(ended);
	merit_queue_wake(&queue);
	assert_int_equal(merit_queue_push(&queue, &item), MERIT_OK);
	assert_ptr_equal(merit_queue_take(&queue, 1, 1, -1, &ended), &item);
	assert_null(merit_queue_take(&queue, 1, 1, 1, &ended)); /* Nothing of it is left for the next. */
	merit_queue_free(&queue);
}

static void many_pushers_lose_nothing_and_keep_their_order(void **state)
{
	static struct pusher pushers[PUSHERS];
	size_t next[PUSHERS] = { 0 };
	pthread_t threads[PUSHERS];
	struct merit_queue queue;
	bool ended = false;

	(void)state;
	merit_queue_init(&queue, 16, 1000);
	for (size_t i = 0; i < PUSHERS; i++) {
		pushers[i].queue = &queue;
		assert_int_equal(pthread_create(&threads[i], NULL, push_all, &pushers[i]), 0);
	}
	for (size_t taken = 0; taken < (size_t)PUSHERS * EACH;) {
		struct merit_queue_item *at = merit_queue_take(&queue, SIZE_MAX, 8, -1, &ended);
		for (size_t group = 1; at != NULL; at = at->next, taken++, group++) {
			size_t pusher = pusher_of(pushers, at);
			assert_true(group <= 8);
			assert_int_equal(at->calls_count, next[pusher]);
			next[pusher]++;
		}
	}
	for (size_t i = 0; i < PUSHERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(merit_queue_depth(&queue), 0);
	merit_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(n_messages_fit_and_one_more_is_busy),
		cmocka_unit_test(n_bytes_fit_and_one_more_is_busy),
		cmocka_unit_test(a_group_keeps_its_limits),
		cmocka_unit_test(closing_refuses_pushes_and_hands_out_the_rest),
		cmocka_unit_test(an_empty_queue_gives_nothing_after_the_wait),
		cmocka_unit_test(a_wake_ends_one_wait_and_loses_nothing),
		cmocka_unit_test(many_pushers_lose_nothing_and_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
