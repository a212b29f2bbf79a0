/* connections.h - who is connected: bounds the connections in all, and those of one address, so that nobody takes the
 * memory of all.
 *
 * Address  IPv4: its 4 bytes, also where IPv6 carries them; IPv6: the first 8, since a customer gets as many of the
 *          rest as they like.
 * Memory   fixed, by connections_max.
 * Threads  any. */
#ifndef MERIT_RPC_CONNECTIONS_H
#define MERIT_RPC_CONNECTIONS_H

#include "ledger/value.h"

#include <nng/nng.h>
#include <pthread.h>

/* The other end of a connection. Unknown: size 0 and not local. */
struct merit_peer {
	char address[8];
	size_t size;
	bool is_local; /* this machine's own */
};

struct merit_connection; /* See connections.c. */

struct merit_connections {
	pthread_mutex_t mutex;
	struct merit_connection *rows; /* count of them are in use */
	size_t count, count_max, address_max;
};

struct merit_peer merit_peer_of(const nng_sockaddr *address);

/* The same of an address as text, such as 192.0.2.7 or 2001:db8::7: no port, no brackets, no zone. False for others. */
MERIT_MUST_USE bool merit_peer_read(struct merit_text text, struct merit_peer *peer_out);

/* Returns NO_MEMORY. free takes one that was never made, zero-filled, too. */
MERIT_MUST_USE enum merit_status merit_connections_init(struct merit_connections *connections, size_t count_max,
                                                        size_t address_max);
void merit_connections_free(struct merit_connections *connections);

/* Notes connection id. False, and nothing noted, when there are too many in all or of this peer. */
bool merit_connections_add(struct merit_connections *connections, uint32_t id, struct merit_peer peer);

/* Forgets it; one that was refused is not there, and that is all right. */
void merit_connections_remove(struct merit_connections *connections, uint32_t id);

size_t merit_connections_count(struct merit_connections *connections);

#endif
