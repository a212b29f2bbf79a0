/* drive.h - drives a service with streams of messages and takes the time.
 *
 * Method   a stream has connections with messages under way on each; one thread sends, receives and judges for all of
 *          them. Without a rate the load is closed: the next message leaves when an answer came, so a slow service is
 *          asked less. With a rate it is open: every message has its time to leave, and its latency counts from then,
 *          whether it could leave or not.
 * Counts   from the first send to the last answer. Connecting is over by then; making and signing messages too, unless
 *          the stream says they are made inside.
 * Busy     a message the service had no room for is sent again after a pause; its latency counts from the first time.
 * Fails    the bench at any other answer that is not acceptance of all of the message: what is counted was done. */
#ifndef MERIT_BENCH_DRIVE_H
#define MERIT_BENCH_DRIVE_H

#include "bench/latency.h"
#include "bench/work.h"

/* What came of a stream. */
struct bench_outcome {
	uint64_t operations[BENCH_WORKLOAD_COUNT]; /* accepted or answered, by kind of message */
	uint64_t messages_count, busy_count;
	uint64_t messages_size; /* bytes sent, envelopes and all */
	uint64_t wall_ns;       /* from the drive's start to the stream's last answer */
	struct bench_latencies latencies[BENCH_WORKLOAD_COUNT]; /* of a message, by kind */
};

struct bench_stream {
	struct bench_load load;
	uint32_t connections;
	uint32_t in_flight;   /* messages under way on each */
	uint64_t operations;  /* to ask for, rounded up to whole messages; 0: as long as the drive goes on */
	uint64_t rate;        /* operations a second; 0: as many as are answered */
	bool made_inside;     /* messages are made and signed while the clock runs; always so without operations */
	struct bench_outcome outcome;
};

struct bench_drive {
	const char *url;
	pid_t service;
	struct bench_stream *streams;
	size_t streams_count;
	uint32_t seconds;                /* it ends after these; 0: when all streams with operations are through */
	bool (*tick)(void *context);     /* every 100 ms; false ends the drive; may be NULL */
	void *context;
	/* What it took, of both sides together. */
	uint64_t wall_ns, own_cpu_ns, service_cpu_ns, service_written_size;
};

void bench_drive(struct bench_drive *drive);

/* Over all kinds. */
uint64_t bench_outcome_operations(const struct bench_outcome *outcome);
void bench_outcome_latencies(const struct bench_outcome *outcome, struct bench_latencies *sum_out);

#endif
