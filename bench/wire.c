/* wire.c - see wire.h. */
#include "bench/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LENGTH_SIZE 8
#define NUMBER_SIZE 4
#define HEAD_SIZE   (LENGTH_SIZE + NUMBER_SIZE)
#define REQUEST_BIT 0x80000000u
#define IN_SIZE_MIN ((size_t)256 * 1024)
#define ANSWER_MAX  ((uint64_t)64 * 1024 * 1024)

static const char greeting[] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 };
static const char greeting_back[] = { 0, 'S', 'P', 0, 0, 0x31, 0, 0 };

/* ---- Frames ---- */

static void store_number(char *at, uint64_t number, size_t size)
{
	for (size_t i = size; i-- > 0; number >>= 8)
		at[i] = (char)(number & 0xff);
}

static uint64_t load_number(const char *at, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | (uint8_t)at[i];
	return number;
}

size_t bench_frame_open(struct merit_buffer *frames)
{
	static const char room[HEAD_SIZE];
	size_t start = frames->size;

	merit_buffer_put(frames, room, sizeof(room));
	return start;
}

void bench_frame_close(struct merit_buffer *frames, size_t start)
{
	if (frames->bad)
		bench_fail("no memory for messages");
	store_number(frames->data + start, frames->size - start - LENGTH_SIZE, LENGTH_SIZE);
}

/* ---- The connection ---- */

static struct sockaddr_in address_of(const char *url)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	char host[64];
	unsigned port;

	if (sscanf(url, "tcp://%63[0-9.]:%u", host, &port) != 2 || port > 65535 ||
	    inet_pton(AF_INET, host, &address.sin_addr) != 1)
		bench_fail("%s is no address of numbers", url);
	address.sin_port = htons((uint16_t)port);
	return address;
}

static void greet(int wire)
{
	char back[sizeof(greeting_back)];

	if (send(wire, greeting, sizeof(greeting), MSG_NOSIGNAL) != (ssize_t)sizeof(greeting) ||
	    recv(wire, back, sizeof(back), MSG_WAITALL) != (ssize_t)sizeof(back) ||
	    memcmp(back, greeting_back, sizeof(back)) != 0)
		bench_fail("the service does not greet");
}

void bench_wire_open(struct bench_wire *wire, const char *url, size_t in_flight)
{
	struct sockaddr_in address = address_of(url);
	int on = 1;

	*wire = (struct bench_wire){ .pieces_max = in_flight, .in_capacity = IN_SIZE_MIN };
	wire->pieces = bench_allocate(in_flight, sizeof(*wire->pieces));
	wire->in = bench_allocate(wire->in_capacity, 1);
	wire->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (wire->socket < 0 || connect(wire->socket, (struct sockaddr *)&address, sizeof(address)) != 0)
		bench_fail("cannot connect to %s: %s", url, strerror(errno));
	(void)setsockopt(wire->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	greet(wire->socket);
	if (fcntl(wire->socket, F_SETFL, O_NONBLOCK) != 0)
		bench_fail("cannot set up a connection: %s", strerror(errno));
}

void bench_wire_close(struct bench_wire *wire)
{
	(void)close(wire->socket);
	free(wire->pieces);
	free(wire->in);
}

/* ---- Sending ---- */

bool bench_wire_flush(struct bench_wire *wire)
{
	while (wire->pieces_count > 0) {
		struct bench_wire_piece *piece = &wire->pieces[wire->pieces_first];
		ssize_t sent = send(wire->socket, piece->bytes, piece->size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN)
			return false;
		if (sent < 0)
			bench_fail("cannot send: %s", strerror(errno));
		piece->bytes += sent;
		piece->size -= (size_t)sent;
		if (piece->size > 0)
			return false;
		wire->pieces_first = (wire->pieces_first + 1) % wire->pieces_max;
		wire->pieces_count--;
	}
	return true;
}

bool bench_wire_send(struct bench_wire *wire, char *frame, size_t size, uint32_t number)
{
	store_number(frame + LENGTH_SIZE, REQUEST_BIT | number, NUMBER_SIZE);
	if (wire->pieces_count == wire->pieces_max)
		bench_fail("more messages under way than were announced");
	size_t last = (wire->pieces_first + wire->pieces_count++) % wire->pieces_max;
	wire->pieces[last] = (struct bench_wire_piece){ frame, size };
	return bench_wire_flush(wire);
}

/* ---- Receiving ---- */

/* The answer at the front, head and all; 0 where not even its length is there. */
static uint64_t front_size(const struct bench_wire *wire)
{
	if (wire->in_size - wire->in_start < HEAD_SIZE)
		return 0;
	uint64_t size = load_number(wire->in + wire->in_start, LENGTH_SIZE);
	if (size < NUMBER_SIZE || size > ANSWER_MAX)
		bench_fail("an answer of %llu bytes", (unsigned long long)size);
	return LENGTH_SIZE + size;
}

/* Moves what is left of the last answers to the front and makes room for all of the one that has begun. */
static void make_room(struct bench_wire *wire)
{
	uint64_t needed = front_size(wire);

	memmove(wire->in, wire->in + wire->in_start, wire->in_size - wire->in_start);
	wire->in_size -= wire->in_start;
	wire->in_start = 0;
	if (needed <= wire->in_capacity && wire->in_size < wire->in_capacity)
		return;
	wire->in_capacity = needed * 2;
	wire->in = realloc(wire->in, wire->in_capacity);
	if (wire->in == NULL)
		bench_fail("no memory for an answer");
}

bool bench_wire_receive(struct bench_wire *wire)
{
	make_room(wire);
	size_t room = wire->in_capacity - wire->in_size;
	ssize_t came = recv(wire->socket, wire->in + wire->in_size, room, 0);
	if (came < 0 && errno == EAGAIN)
		return false;
	if (came <= 0)
		bench_fail("the service has gone: %s", came == 0 ? "closed" : strerror(errno));
	wire->in_size += (size_t)came;
	return (size_t)came == room;
}

bool bench_wire_next(struct bench_wire *wire, uint32_t *number_out, struct merit_text *answer_out)
{
	uint64_t size = front_size(wire);

	if (size == 0 || wire->in_size - wire->in_start < size)
		return false;
	const char *front = wire->in + wire->in_start;
	*number_out = (uint32_t)load_number(front + LENGTH_SIZE, NUMBER_SIZE) & ~REQUEST_BIT;
	*answer_out = (struct merit_text){ front + HEAD_SIZE, size - HEAD_SIZE };
	wire->in_start += size;
	return true;
}
