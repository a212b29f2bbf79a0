/* loop.h - keeps connections to a server busy: as many messages in flight on each as the shape says, until all are
 * answered. A closed load, as merit-bench's: a slow server is asked less.
 *
 * Never   knows what a message is: the protocol's functions do, and they fail the bench at what is not a done transfer.
 * Threads one; connections are sockets that do not block, watched by epoll. */
#ifndef MERIT_BENCH_PEERS_LOOP_H
#define MERIT_BENCH_PEERS_LOOP_H

#include "bench/peers/peer.h"

struct peer_protocol {
	int (*socket)(void *connection);
	void (*send)(void *connection, size_t message); /* takes the message with this index; flush writes it */
	bool (*flush)(void *connection);                /* writes what can be written; whether that was all */
	size_t (*receive)(void *connection);            /* reads what is there; how many messages that completes */
};

/* connections: shape->connections pointers. latencies_ns of timing_out is the caller's to free. */
void peer_loop(const struct peer_shape *shape, const struct peer_protocol *protocol, void **connections,
	       struct peer_timing *timing_out);

#endif
