/* run.h - one measurement: a scratch ledger, meritd as a child, entries to begin with, the load; then the machine's own
 * figures, and merit verify over the log. */
#ifndef MERIT_BENCH_RUN_H
#define MERIT_BENCH_RUN_H

#include "bench/control.h"
#include "bench/drive.h"
#include "bench/service.h"

/* What is asked for. */
struct bench_shape {
	struct bench_load load;
	uint32_t connections, in_flight; /* messages under way on each */
	uint64_t operations;  /* 0: what takes some seconds; not looked at where seconds are given */
	uint64_t rate;        /* operations a second; 0: as many as are answered */
	uint32_t seconds;     /* how long; 0: until the operations are through */
	uint64_t prefill;     /* entries written before the clock starts */
	bool made_inside;     /* messages are made and signed while the clock runs */
};

/* How, and where. */
struct bench_means {
	const char *parent;        /* of the scratch directory */
	const char *meritd;
	char *const *arguments;    /* further ones of meritd; NULL-terminated */
	bool keep, no_verify, no_controls;
	int offset_minutes;        /* of the ledger's days against UTC */
};

struct bench_sample {
	uint32_t second;
	uint64_t anonymous_size, shared_size, operations;
};

#define BENCH_SAMPLES_MAX    1024
#define BENCH_SAMPLE_SECONDS 10

/* A percentile of every kind of message together, or of one. */
struct bench_tail {
	uint64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
};

struct bench_run {
	struct bench_shape shape;
	struct bench_controls controls;
	uint64_t operations, messages_count, busy_count, message_size;
	uint64_t kinds[BENCH_WORKLOAD_COUNT];         /* operations by kind of message */
	struct bench_tail tail, tails[BENCH_WORKLOAD_COUNT];
	uint64_t entries;                             /* in the log, at the end; those of the load, too */
	uint64_t load_entries;
	uint64_t wall_ns, own_cpu_ns, service_cpu_ns;
	uint64_t log_size, state_size, written_size;  /* bytes on the disk an entry, and written an entry of the load */
	uint64_t anonymous_size;                      /* of meritd at the end; 0 = not known */
	uint64_t shared_size;                         /* the claims, besides */
	struct bench_sample samples[BENCH_SAMPLES_MAX];
	size_t samples_count;
	unsigned stolen_percent;                      /* of the CPU time that was wanted meanwhile */
	unsigned load_percent;                        /* load average before the run, in hundredths */
	bool is_verified;
	uint64_t verified_entries, verify_cpu_ns, verify_wall_ns;
	uint64_t verify_control;                      /* Ed25519 verifications a CPU second around it */
};

/* Fails the bench where anything does. */
void bench_run(const struct bench_means *means, const struct bench_shape *shape, struct bench_run *run_out);

/* Operations a second. */
uint64_t bench_run_rate(const struct bench_run *run);

/* ---- The parts, for probes ---- */

/* A ledger with its members and prefill entries, served. */
void bench_run_begin(const struct bench_means *means, const struct bench_shape *shape, struct bench_world *world,
                     struct bench_service *service);

/* The load of run->shape on it, and the controls; all of run but the state's size and verify. Loads one after the other
 * need shapes with other firsts. */
void bench_run_load(const struct bench_means *means, const struct bench_world *world,
                    const struct bench_service *service, struct bench_run *run);

/* merit verify over a ledger that nobody serves, which must find nothing. run may be NULL. */
void bench_run_verify(const struct bench_world *world, struct bench_run *run);

/* Stops the service, verifies the ledger and removes it, unless it is kept. */
void bench_run_end(const struct bench_means *means, struct bench_world *world, struct bench_service *service);

/* Makes members_count members earn count entries as fast as it goes, counted from first. */
void bench_run_fill(const struct bench_service *service, uint64_t first, uint64_t count, uint32_t members_count);

/* Durable entries in the log, served or not, and the size of the last. */
uint64_t bench_run_entries(const struct bench_world *world, uint64_t *leaf_size_out);

struct bench_tail bench_tail_of(const struct bench_latencies *latencies);

#endif
