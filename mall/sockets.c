/* sockets.c - see sockets.h. Looking for one to end goes over all rows; it comes seldom, and there are few thousand. */
#include "mall/sockets.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t uptime_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum merit_status merit_sockets_init(struct merit_sockets *sockets, const struct merit_sockets_limits *limits)
{
	*sockets = (struct merit_sockets){ .limits = *limits };
	sockets->rows = calloc(limits->rows_count, sizeof(*sockets->rows));
	int rc = pthread_mutex_init(&sockets->mutex, NULL);
	assert(rc == 0);
	return sockets->rows == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

void merit_sockets_free(struct merit_sockets *sockets)
{
	if (sockets->limits.rows_count == 0)
		return;
	(void)pthread_mutex_destroy(&sockets->mutex);
	free(sockets->rows);
}

/* Address and peer of the other end. IPv4 in IPv6 is written as what it is. */
static void name_peer(struct merit_socket *socket, const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)address;
		(void)inet_ntop(AF_INET, &in->sin_addr, socket->address, sizeof(socket->address));
	} else {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			(void)inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, socket->address, sizeof(socket->address));
		else
			(void)inet_ntop(AF_INET6, &in6->sin6_addr, socket->address, sizeof(socket->address));
	}
	bool is_read = merit_peer_read(merit_text_of(socket->address), &socket->peer);
	assert(is_read);
}

static bool is_proxy(const struct merit_sockets *sockets, const char *address)
{
	for (size_t i = 0; i < sockets->limits.proxies_count; i++)
		if (strcmp(sockets->limits.proxies[i], address) == 0)
			return true;
	return false;
}

static bool is_same(const struct merit_peer *a, const struct merit_peer *b)
{
	return a->size == b->size && memcmp(a->address, b->address, a->size) == 0;
}

/* Ends a connection: whoever owns it reads the end of the stream, and closes it. */
static void end(struct merit_sockets *sockets, struct merit_socket *socket)
{
	(void)shutdown(socket->fd, SHUT_RDWR);
	socket->is_ending = true;
	sockets->count--;
	(void)atomic_fetch_add(&sockets->ended_count, 1);
}

/* Ends who has let us wait longest; of peer, where that is not NULL. False when nobody does. */
static bool end_longest(struct merit_sockets *sockets, const struct merit_peer *peer)
{
	struct merit_socket *longest = NULL;

	for (size_t i = 0; i < sockets->rows_end; i++) {
		struct merit_socket *row = &sockets->rows[i];
		if (!row->is_used || row->is_ending || row->since_us == 0)
			continue;
		if (peer != NULL && (row->is_proxy || !is_same(&row->peer, peer)))
			continue;
		if (longest == NULL || row->since_us < longest->since_us)
			longest = row;
	}
	if (longest != NULL)
		end(sockets, longest);
	return longest != NULL;
}

static size_t count_same(const struct merit_sockets *sockets, const struct merit_peer *peer)
{
	size_t count = 0;

	for (size_t i = 0; i < sockets->rows_end; i++) {
		const struct merit_socket *row = &sockets->rows[i];
		count += row->is_used && !row->is_ending && is_same(&row->peer, peer);
	}
	return count;
}

/* Whether there is room for one more of peer, or could be made. */
static bool make_room(struct merit_sockets *sockets, const struct merit_socket *socket)
{
	if (!socket->is_proxy && count_same(sockets, &socket->peer) >= sockets->limits.address_max &&
	    !end_longest(sockets, &socket->peer))
		return false;
	return sockets->count < sockets->limits.count_max || end_longest(sockets, NULL);
}

struct merit_socket *merit_sockets_add(struct merit_sockets *sockets, int fd, const struct sockaddr *address,
                                       int64_t wait_ms)
{
	bool is_ip = address->sa_family == AF_INET || address->sa_family == AF_INET6;

	if (!is_ip || (size_t)fd >= sockets->limits.rows_count)
		return NULL;
	pthread_mutex_lock(&sockets->mutex);
	struct merit_socket *socket = &sockets->rows[fd];
	if (socket->is_used && !socket->is_ending)
		sockets->count--; /* The system gave fd anew: its last owner has closed it without a word. */
	*socket = (struct merit_socket){ .fd = fd, .serial = ++sockets->last_serial };
	name_peer(socket, address);
	socket->is_proxy = is_proxy(sockets, socket->address);
	bool has_room = make_room(sockets, socket);
	if (has_room) {
		merit_socket_expect(socket, wait_ms);
		socket->is_used = true;
		sockets->count++;
		if ((size_t)fd >= sockets->rows_end)
			sockets->rows_end = (size_t)fd + 1;
	}
	pthread_mutex_unlock(&sockets->mutex);
	return has_room ? socket : NULL;
}

void merit_sockets_remove(struct merit_sockets *sockets, int fd, uint64_t serial)
{
	pthread_mutex_lock(&sockets->mutex);
	struct merit_socket *socket = &sockets->rows[fd];
	if (socket->is_used && socket->serial == serial) {
		if (!socket->is_ending)
			sockets->count--;
		socket->is_used = false;
	}
	pthread_mutex_unlock(&sockets->mutex);
}

struct merit_socket *merit_sockets_find(struct merit_sockets *sockets, int fd)
{
	pthread_mutex_lock(&sockets->mutex); /* For the row's content to be seen: another thread has added it. */
	struct merit_socket *socket = &sockets->rows[fd];
	assert(socket->is_used);
	pthread_mutex_unlock(&sockets->mutex);
	return socket;
}

void merit_socket_expect(struct merit_socket *socket, int64_t wait_ms)
{
	int64_t now_us = uptime_us();

	socket->until_us = now_us + wait_ms * 1000;
	socket->since_us = now_us;
}

void merit_socket_rest(struct merit_socket *socket)
{
	socket->since_us = 0;
}

static size_t held_by(const struct merit_sockets *sockets, const struct merit_peer *peer)
{
	size_t size = 0;

	for (size_t i = 0; i < sockets->rows_end; i++) {
		const struct merit_socket *row = &sockets->rows[i];
		if (row->is_used && row->held_size != 0 && is_same(&row->peer, peer))
			size += row->held_size;
	}
	return size;
}

bool merit_sockets_hold(struct merit_sockets *sockets, struct merit_socket *socket, size_t size)
{
	const struct merit_sockets_limits *limits = &sockets->limits;

	pthread_mutex_lock(&sockets->mutex);
	size_t same_size = socket->is_proxy ? 0 : held_by(sockets, &socket->peer);
	bool fits = size <= limits->held_max - sockets->held_size &&
	            (same_size == 0 || same_size + size <= limits->address_held_max);
	if (fits) {
		socket->held_size += size;
		sockets->held_size += size;
	}
	pthread_mutex_unlock(&sockets->mutex);
	return fits;
}

void merit_sockets_let_go(struct merit_sockets *sockets, struct merit_socket *socket)
{
	pthread_mutex_lock(&sockets->mutex);
	sockets->held_size -= socket->held_size;
	socket->held_size = 0;
	pthread_mutex_unlock(&sockets->mutex);
}

void merit_sockets_sweep(struct merit_sockets *sockets)
{
	int64_t now_us = uptime_us();

	pthread_mutex_lock(&sockets->mutex);
	for (size_t i = 0; i < sockets->rows_end; i++) {
		struct merit_socket *row = &sockets->rows[i];
		if (row->is_used && !row->is_ending && row->since_us != 0 && row->until_us <= now_us)
			end(sockets, row);
	}
	pthread_mutex_unlock(&sockets->mutex);
}

size_t merit_sockets_held(struct merit_sockets *sockets)
{
	pthread_mutex_lock(&sockets->mutex);
	size_t size = sockets->held_size;
	pthread_mutex_unlock(&sockets->mutex);
	return size;
}

size_t merit_sockets_count(struct merit_sockets *sockets)
{
	pthread_mutex_lock(&sockets->mutex);
	size_t count = sockets->count;
	pthread_mutex_unlock(&sockets->mutex);
	return count;
}
