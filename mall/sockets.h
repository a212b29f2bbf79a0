/* sockets.h - the browsers' open connections: how many, whose, and how long each may keep us waiting.
 *
 * Limits   in all and for each address (IPv6: network of 64 bits). One too many does not stay out: the connection that
 *          has let us wait longest gives way to it, for the address's limit one of the same address. So neither silent
 *          nor slow clients can keep others out. Where nobody lets us wait, the new one is refused.
 * Answers  long ones wait in our memory until their client has taken them. So they have limits, too, in all and for
 *          each address: who does not take what it asked for gets no more, while others do.
 * Deadline for what the client has to do next; what we do is not counted. It does not move with each byte, so that a
 *          trickle is as late as silence.
 * Memory   fixed, by the highest descriptor the process may have.
 * Threads  any. A row is its owner's from add to remove; remove comes before the descriptor is closed, or, where
 *          somebody else closes it, as soon as that is known: the system may have given it anew by then. */
#ifndef MERIT_MALL_SOCKETS_H
#define MERIT_MALL_SOCKETS_H

#include "mall/fields.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

/* One connection. */
struct merit_socket {
	int fd;
	uint64_t serial;    /* no other connection has it, before or after */
	bool is_used;
	bool is_ending;     /* shut down, and soon gone */
	bool is_proxy;      /* one of ours: carries many clients, so the limit of an address is not for it */
	size_t held_size;   /* bytes of a long body it sends, or of a long answer it has yet to take */
	struct merit_peer peer;
	char address[MERIT_ADDRESS_SIZE];
	_Atomic int64_t since_us; /* when we began to wait for the client; 0: we do not */
	_Atomic int64_t until_us; /* and when that ends */
};

struct merit_sockets_limits {
	size_t rows_count;          /* one more than the highest descriptor */
	size_t count_max, address_max;
	size_t held_max, address_held_max; /* bytes */
	const char *const *proxies; /* addresses of ours, as the system prints them; they outlive the sockets */
	size_t proxies_count;
};

struct merit_sockets {
	struct merit_sockets_limits limits;
	pthread_mutex_t mutex;
	struct merit_socket *rows;        /* by descriptor */
	size_t rows_end;                  /* behind the highest one that was ever in use */
	size_t count;                     /* is_used and not is_ending */
	size_t held_size;                 /* in all rows */
	uint64_t last_serial;
	atomic_uint_fast64_t ended_count; /* by us: over a limit, or late */
};

/* Returns NO_MEMORY. free takes a zero-filled one, too. */
MERIT_MUST_USE enum merit_status merit_sockets_init(struct merit_sockets *sockets,
                                                    const struct merit_sockets_limits *limits);
void merit_sockets_free(struct merit_sockets *sockets);

/* Notes connection fd, from which the client's request must come within wait_ms. NULL when there is no room for it. */
struct merit_socket *merit_sockets_add(struct merit_sockets *sockets, int fd, const struct sockaddr *address,
                                       int64_t wait_ms);

/* Forgets connection serial; where that is gone already, nothing happens. */
void merit_sockets_remove(struct merit_sockets *sockets, int fd, uint64_t serial);

/* The row of a descriptor that is there. */
struct merit_socket *merit_sockets_find(struct merit_sockets *sockets, int fd);

/* From now on the client has so long for what it does next; and: it is not the client's turn. */
void merit_socket_expect(struct merit_socket *socket, int64_t wait_ms);
void merit_socket_rest(struct merit_socket *socket);

/* Notes that a request or an answer of so many bytes is under way. False where that would be too many; the first one of
 * an address is not, as long as there is room in all. let_go ends it. */
MERIT_MUST_USE bool merit_sockets_hold(struct merit_sockets *sockets, struct merit_socket *socket, size_t size);
void merit_sockets_let_go(struct merit_sockets *sockets, struct merit_socket *socket);

/* Shuts down who is late. To be called every second or so. */
void merit_sockets_sweep(struct merit_sockets *sockets);

size_t merit_sockets_held(struct merit_sockets *sockets); /* bytes, of all */
size_t merit_sockets_count(struct merit_sockets *sockets);

#endif
