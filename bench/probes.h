/* probes.h - what merit must hold besides throughput: starts, reads, tails, pauses, memory; each on its own ledger. */
#ifndef MERIT_BENCH_PROBES_H
#define MERIT_BENCH_PROBES_H

#include "bench/run.h"

/* What was found. */
struct bench_measure {
	char name[64];
	const char *unit;
	uint64_t value, must; /* must 0: told, not judged */
	bool is_ceiling;      /* the less the better */
};
#define BENCH_MEASURES_MAX 64

struct bench_probe {
	const struct bench_means *means;
	const char *merit;    /* the command line */
	uint64_t entries;     /* of the ledger */
	uint32_t members, seconds;
	bool has_seconds;     /* asked for; the soak has a default of its own */
	struct bench_measure measures[BENCH_MEASURES_MAX];
	size_t measures_count;
	struct bench_run *run; /* of the soak, for its samples; else its shape is empty */
};

typedef void bench_probe_fn(struct bench_probe *probe);

bench_probe_fn bench_probe_start;     /* from spawn to ready: after a clean stop, after kill -9 */
bench_probe_fn bench_probe_reads;     /* balances in messages of 100 while writes run at a third of their peak */
bench_probe_fn bench_probe_statement; /* a page of a member with 100,000 entries */
bench_probe_fn bench_probe_receipt;
bench_probe_fn bench_probe_past;      /* a campaign's balance at a time behind half of the entries */
bench_probe_fn bench_probe_tail;      /* single earns at half of what 64 connections reach */
bench_probe_fn bench_probe_pause;     /* the longest wait while state is written back, a backup, a report over all */
bench_probe_fn bench_probe_expiry;    /* the longest wait while the lots of all members die at once */
bench_probe_fn bench_probe_soak;      /* memory under mixed load */

/* One measure more. */
void bench_probe_floor(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must);
void bench_probe_ceiling(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must);

/* A ledger for the probe: its members, and its entries. */
void bench_probe_begin(const struct bench_probe *probe, struct bench_world *world, struct bench_service *service);

/* Drives streams for so many seconds. */
void bench_probe_drive(const struct bench_service *service, struct bench_stream *streams, size_t count,
                       uint32_t seconds, struct bench_drive *drive_out);

#endif
