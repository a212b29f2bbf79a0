/* connections.c - see connections.h. A connection comes seldom and there are few thousand: every look goes over all. */
#include "rpc/connections.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct merit_connection {
	uint32_t id;
	struct merit_peer peer;
};

struct merit_peer merit_peer_of(const nng_sockaddr *address)
{
	struct merit_peer peer = { .size = 0 };
	struct in6_addr in6;

	if (address->s_family == NNG_AF_INET) {
		peer.size = sizeof(address->s_in.sa_addr);
		memcpy(peer.address, &address->s_in.sa_addr, peer.size);
		peer.is_local = (unsigned char)peer.address[0] == 127;
	} else if (address->s_family == NNG_AF_INET6) {
		memcpy(&in6, address->s_in6.sa_addr, sizeof(in6));
		bool is_mapped = IN6_IS_ADDR_V4MAPPED(&in6);
		peer.size = is_mapped ? 4 : 8;
		memcpy(peer.address, in6.s6_addr + (is_mapped ? 12 : 0), peer.size);
		peer.is_local = IN6_IS_ADDR_LOOPBACK(&in6) || (is_mapped && in6.s6_addr[12] == 127);
	}
	return peer;
}

bool merit_peer_read(struct merit_text text, struct merit_peer *peer_out)
{
	char line[INET6_ADDRSTRLEN];
	nng_sockaddr address = { .s_family = NNG_AF_INET };

	if (text.size == 0 || text.size >= sizeof(line) || memchr(text.data, '\0', text.size) != NULL)
		return false;
	memcpy(line, text.data, text.size);
	line[text.size] = '\0';
	if (inet_pton(AF_INET, line, &address.s_in.sa_addr) != 1) {
		address.s_family = NNG_AF_INET6;
		if (inet_pton(AF_INET6, line, address.s_in6.sa_addr) != 1)
			return false;
	}
	*peer_out = merit_peer_of(&address);
	return true;
}

enum merit_status merit_connections_init(struct merit_connections *connections, size_t count_max, size_t address_max)
{
	*connections = (struct merit_connections){ .count_max = count_max, .address_max = address_max };
	connections->rows = calloc(count_max, sizeof(*connections->rows));
	int rc = pthread_mutex_init(&connections->mutex, NULL);
	assert(rc == 0);
	return connections->rows == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

void merit_connections_free(struct merit_connections *connections)
{
	if (connections->count_max == 0)
		return;
	(void)pthread_mutex_destroy(&connections->mutex);
	free(connections->rows);
}

static bool is_same(const struct merit_peer *a, const struct merit_peer *b)
{
	return a->size == b->size && memcmp(a->address, b->address, a->size) == 0;
}

bool merit_connections_add(struct merit_connections *connections, uint32_t id, struct merit_peer peer)
{
	size_t same_count = 0;

	pthread_mutex_lock(&connections->mutex);
	for (size_t i = 0; i < connections->count; i++)
		same_count += is_same(&connections->rows[i].peer, &peer);
	bool fits = connections->count < connections->count_max && same_count < connections->address_max;
	if (fits)
		connections->rows[connections->count++] = (struct merit_connection){ id, peer };
	pthread_mutex_unlock(&connections->mutex);
	return fits;
}

void merit_connections_remove(struct merit_connections *connections, uint32_t id)
{
	pthread_mutex_lock(&connections->mutex);
	for (size_t i = 0; i < connections->count; i++) {
		if (connections->rows[i].id == id) {
			connections->rows[i] = connections->rows[--connections->count];
			break;
		}
	}
	pthread_mutex_unlock(&connections->mutex);
}

size_t merit_connections_count(struct merit_connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	size_t count = connections->count;
	pthread_mutex_unlock(&connections->mutex);
	return count;
}
