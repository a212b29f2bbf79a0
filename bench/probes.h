/* probes.h - what merit must hold besides throughput: starts, reads, tails, pauses, memory.
 *
 * All but those that need days or a quiet beginning of their own (expiry, soak) share one ledger, made when the first
 * of them asks: one of 10 million entries takes minutes. */
#ifndef MERIT_BENCH_PROBES_H
#define MERIT_BENCH_PROBES_H

#include "bench/run.h"

/* What was found. */
struct bench_measure {
	char name[64];
	const char *unit;
	uint64_t value, must;       /* must 0: told, not judged */
	uint64_t scaled;            /* as it would be in a quiet moment; filled in behind the probe, as is the moment */
	bool is_ceiling;            /* the less the better */
	enum bench_scale scale;
	struct bench_moment moment; /* what the machine gave right before and right behind the probe, on average */
	unsigned stolen_percent;    /* of the CPU time that was wanted during the probe */
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
	/* The shared ledger. */
	bool is_served;
	struct bench_world world;
	struct bench_service service;
	int64_t half_ms;       /* when half of its entries were there */
	uint64_t ranges_count; /* of numbers, given out so far */
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

/* One measure more: told, or judged, as measured and scaled. */
void bench_probe_tell(struct bench_probe *probe, const char *name, const char *unit, uint64_t value);
void bench_probe_floor(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must,
                       enum bench_scale scale);
void bench_probe_ceiling(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must,
                         enum bench_scale scale);

/* The shared ledger, with its members and at least its entries, served; made when there is none. */
struct bench_service *bench_probe_service(struct bench_probe *probe);

/* Stops and removes it, if there is one. */
void bench_probe_end(struct bench_probe *probe);

/* The first of numbers that no load on it has used yet: room for 10^13. */
uint64_t bench_probe_first(struct bench_probe *probe);

/* What the stream reaches as fast as it goes, of at most operations made before; entries a second. Its next load is
 * counted from behind them. */
uint64_t bench_probe_peak(const struct bench_service *service, struct bench_stream *stream, uint64_t operations,
                          uint32_t seconds);

/* Drives streams for so many seconds. */
void bench_probe_drive(const struct bench_service *service, struct bench_stream *streams, size_t count,
                       uint32_t seconds, struct bench_drive *drive_out);

#endif
