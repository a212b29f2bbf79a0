/* loop.c - see loop.h. */
#include "bench/peers/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 64

/* One connection; messages are answered in the order they were sent. */
struct line {
	void *connection;
	size_t *messages;      /* a ring of in_flight: those under way */
	size_t sent, answered; /* how many so far */
	bool is_full;          /* not all is written: the socket is watched for room */
};

struct loop {
	const struct peer_shape *shape;
	const struct peer_protocol *protocol;
	struct line *lines;
	uint64_t *times_ns; /* by message: when it was sent; once it is answered, how long that took */
	size_t next, answered;
	int epoll;
};

static void watch(struct loop *loop, struct line *line, int operation)
{
	struct epoll_event event = { .events = EPOLLIN | (line->is_full ? EPOLLOUT : 0), .data.ptr = line };

	if (epoll_ctl(loop->epoll, operation, loop->protocol->socket(line->connection), &event) != 0)
		bench_fail("epoll: %s", strerror(errno));
}

static void flush(struct loop *loop, struct line *line)
{
	bool is_full = !loop->protocol->flush(line->connection);

	if (is_full == line->is_full)
		return;
	line->is_full = is_full;
	watch(loop, line, EPOLL_CTL_MOD);
}

/* Sends until enough is in flight or there is no more. */
static void fill(struct loop *loop, struct line *line)
{
	uint32_t in_flight = loop->shape->in_flight;
	size_t count = peer_message_count(loop->shape);

	for (; line->sent - line->answered < in_flight && loop->next < count; loop->next++) {
		line->messages[line->sent++ % in_flight] = loop->next;
		loop->times_ns[loop->next] = bench_clock_ns();
		loop->protocol->send(line->connection, loop->next);
	}
	flush(loop, line);
}

static void take_answers(struct loop *loop, struct line *line)
{
	size_t count = loop->protocol->receive(line->connection);
	uint64_t now_ns = bench_clock_ns();

	if (count > line->sent - line->answered)
		bench_fail("more answers than messages");
	for (size_t i = 0; i < count; i++) {
		size_t message = line->messages[line->answered++ % loop->shape->in_flight];
		loop->times_ns[message] = now_ns - loop->times_ns[message];
	}
	loop->answered += count;
}

static void run(struct loop *loop)
{
	struct epoll_event events[EVENTS_MAX];

	for (uint32_t i = 0; i < loop->shape->connections; i++)
		fill(loop, &loop->lines[i]);
	while (loop->answered < peer_message_count(loop->shape)) {
		int count = epoll_wait(loop->epoll, events, EVENTS_MAX, -1);
		if (count < 0 && errno != EINTR)
			bench_fail("epoll: %s", strerror(errno));
		for (int i = 0; i < count; i++) {
			struct line *line = events[i].data.ptr;
			if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0)
				take_answers(loop, line);
			fill(loop, line);
		}
	}
}

void peer_loop(const struct peer_shape *shape, const struct peer_protocol *protocol, void **connections,
               struct peer_timing *timing_out)
{
	struct loop loop = { .shape = shape, .protocol = protocol, .epoll = epoll_create1(EPOLL_CLOEXEC) };

	loop.lines = bench_allocate(shape->connections, sizeof(*loop.lines));
	loop.times_ns = bench_allocate(peer_message_count(shape), sizeof(*loop.times_ns));
	for (uint32_t i = 0; i < shape->connections; i++) {
		loop.lines[i].connection = connections[i];
		loop.lines[i].messages = bench_allocate(shape->in_flight, sizeof(size_t));
		watch(&loop, &loop.lines[i], EPOLL_CTL_ADD);
	}
	uint64_t start_ns = bench_clock_ns(), own_ns = bench_own_cpu_ns();
	run(&loop);
	timing_out->wall_ns = bench_clock_ns() - start_ns;
	timing_out->own_cpu_ns = bench_own_cpu_ns() - own_ns;
	timing_out->latencies_ns = loop.times_ns;
	for (uint32_t i = 0; i < shape->connections; i++)
		free(loop.lines[i].messages);
	free(loop.lines);
	(void)close(loop.epoll);
}
