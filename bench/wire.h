/* wire.h - one connection to a service, as bytes: SP request frames over TCP, many under way at once.
 *
 * In place of nng, whose threads and hand-overs would be counted as the load's cost: a message here is one send and
 * about one receive. Frames are laid out beforehand, one behind the other in a buffer, and sent from there.
 *
 * Source   doc/protocol.md, section 1: 8 bytes of greeting either way; a frame is its length, a number, the message
 * Threads  one. What goes wrong ends the bench. */
#ifndef MERIT_BENCH_WIRE_H
#define MERIT_BENCH_WIRE_H

#include "bench/bench.h"
#include "ledger/buffer.h"
#include "ledger/value.h"

/* Opens a frame at the buffer's end, for the message to be put behind it, and says where; close when it is whole. */
size_t bench_frame_open(struct merit_buffer *frames);
void bench_frame_close(struct merit_buffer *frames, size_t start);

struct bench_wire_piece {
	const char *bytes;
	size_t size;
};

struct bench_wire {
	int socket;
	struct bench_wire_piece *pieces; /* a ring of what waits to be sent */
	size_t pieces_first, pieces_count, pieces_max;
	char *in;                        /* what came, from in_start to in_size */
	size_t in_start, in_size, in_capacity;
};

/* Connects to tcp://HOST:PORT, an address of numbers. At most in_flight frames may be under way. */
void bench_wire_open(struct bench_wire *wire, const char *url, size_t in_flight);
void bench_wire_close(struct bench_wire *wire);

/* Numbers the frame and sends as much of what waits as the socket takes. The frame stays the caller's until its answer.
 * False: some of it still waits, for bench_wire_flush once the socket can be written to. */
bool bench_wire_send(struct bench_wire *wire, char *frame, size_t size, uint32_t number);
bool bench_wire_flush(struct bench_wire *wire);

/* Receives what is there, once. False when that was all. */
bool bench_wire_receive(struct bench_wire *wire);

/* The next whole answer among it, until the next receive, and the number of its request. False when there is none. */
bool bench_wire_next(struct bench_wire *wire, uint32_t *number_out, struct merit_text *answer_out);

#endif
