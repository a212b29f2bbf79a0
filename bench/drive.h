/* drive.h - drives a service with earns and takes the time: many connections, each with messages in flight.
 *
 * Counts   from the first send to the last answer; connecting is over by then, and signing unless it is asked for.
 * Method   a slot is one message in flight; when its answer comes, the slot notes how long it took, looks whether every
 *          call was accepted, and sends the next message. So the load is closed: a slow service is asked less.
 * Busy     a message the service had no room for is sent again after a pause; its latency counts from the first time.
 * Fails    the bench at anything else that is not acceptance. */
#ifndef MERIT_BENCH_DRIVE_H
#define MERIT_BENCH_DRIVE_H

#include "bench/world.h"

struct bench_shape {
	uint32_t batch;       /* calls in a message; 1 is a single call, not an array */
	uint32_t connections;
	uint32_t in_flight;   /* messages outstanding on each connection */
	uint32_t members;
	uint64_t entries;     /* in all: a multiple of batch */
	bool sign_inside;     /* sign while the clock runs */
};

struct bench_timing {
	uint64_t wall_ns, own_cpu_ns, service_cpu_ns;
	uint64_t p50_ns, p90_ns, p99_ns, max_ns; /* of a message */
	uint64_t busy_count;                     /* times a message was sent again */
	uint64_t message_size;                   /* bytes on average, envelope and all */
};

void bench_drive(const struct bench_shape *shape, const char *url, pid_t service, struct bench_timing *timing_out);

#endif
