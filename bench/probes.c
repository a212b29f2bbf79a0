/* probes.c - see probes.h. */
#include "bench/probes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pick.h"

#define STATEMENT_ENTRIES 100000
#define NS_PER_MS         1000000
#define RANGE_SIZE        10000000000000ULL
#define READS_MAX         200000 /* a second that are made before: twice what is asked for */
#define PEAK_BULK         2000000         /* operations made to find a peak: what some seconds take */
#define PEAK_SINGLE       100000
#define MESSAGE_MAX       10000 /* operations in a message, at most */

static void add(struct bench_probe *probe, struct bench_measure measure, const char *name)
{
	if (probe->measures_count == BENCH_MEASURES_MAX)
		bench_fail("more measures than there is room for");
	(void)snprintf(measure.name, sizeof(measure.name), "%s", name);
	probe->measures[probe->measures_count++] = measure;
}

void bench_probe_tell(struct bench_probe *probe, const char *name, const char *unit, uint64_t value)
{
	add(probe, (struct bench_measure){ .unit = unit, .value = value }, name);
}

void bench_probe_floor(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must,
                       enum bench_scale scale)
{
	add(probe, (struct bench_measure){ .unit = unit, .value = value, .must = must, .scale = scale }, name);
}

void bench_probe_ceiling(struct bench_probe *probe, const char *name, const char *unit, uint64_t value, uint64_t must,
                         enum bench_scale scale)
{
	struct bench_measure measure = { .unit = unit, .value = value, .must = must, .scale = scale, .is_ceiling = true };

	add(probe, measure, name);
}

/* ---- The shared ledger ---- */

uint64_t bench_probe_first(struct bench_probe *probe)
{
	return RANGE_SIZE * ++probe->ranges_count;
}

struct bench_service *bench_probe_service(struct bench_probe *probe)
{
	struct bench_shape shape = { .load = { .members = probe->members }, .prefill = probe->entries / 2 };

	if (probe->is_served)
		return &probe->service;
	bench_run_begin(probe->means, &shape, &probe->world, &probe->service);
	probe->half_ms = bench_wall_ms();
	bench_run_fill(&probe->service, bench_probe_first(probe), probe->entries - probe->entries / 2, probe->members);
	probe->is_served = true;
	return &probe->service;
}

void bench_probe_end(struct bench_probe *probe)
{
	if (probe->is_served)
		bench_run_end(probe->means, &probe->world, &probe->service);
	probe->is_served = false;
}

void bench_probe_drive(const struct bench_service *service, struct bench_stream *streams, size_t count,
                       uint32_t seconds, struct bench_drive *drive_out)
{
	*drive_out = (struct bench_drive){ .url = service->url,
		                           .service = service->process,
		                           .streams = streams,
		                           .streams_count = count,
		                           .seconds = seconds };
	bench_drive(drive_out);
}

static uint64_t rate_of(const struct bench_stream *stream)
{
	return bench_per_second(bench_outcome_operations(&stream->outcome), stream->outcome.wall_ns);
}

/* ---- Starts ---- */

static uint64_t start_ms(struct bench_probe *probe)
{
	uint64_t start_ns = bench_clock_ns();

	bench_service_start(&probe->service, probe->means->meritd, &probe->world, probe->means->arguments);
	return (bench_clock_ns() - start_ns) / NS_PER_MS;
}

void bench_probe_start(struct bench_probe *probe)
{
	struct bench_service *service = bench_probe_service(probe);

	bench_service_stop(service);
	bench_probe_ceiling(probe, "start after a clean stop", "ms", start_ms(probe), 5000, BENCH_SCALE_VERIFIES);
	/* Something that may not be written back. */
	bench_run_fill(service, bench_probe_first(probe), probe->entries / 10, probe->members);
	bench_service_kill(service);
	bench_probe_ceiling(probe, "start after kill -9", "ms", start_ms(probe), 30000, BENCH_SCALE_VERIFIES);
}

/* ---- Reads ---- */

uint64_t bench_probe_peak(const struct bench_service *service, struct bench_stream *stream, uint64_t operations,
                          uint32_t seconds)
{
	struct bench_drive drive;

	bench_service_settle(service);
	stream->operations = operations;
	bench_probe_drive(service, stream, 1, seconds, &drive);
	stream->load.first += operations + MESSAGE_MAX; /* of the stream's next load; messages are filled up */
	return rate_of(stream);
}

void bench_probe_reads(struct bench_probe *probe)
{
	const struct bench_service *service = bench_probe_service(probe);
	struct bench_stream *streams = bench_allocate(2, sizeof(*streams));
	struct bench_stream *writes = &streams[0], *reads = &streams[1];
	struct bench_drive drive;

	writes->load = (struct bench_load){
		.form = BENCH_BULK, .batch = 1000, .members = probe->members, .first = bench_probe_first(probe)
	};
	writes->connections = 16;
	writes->in_flight = 1;
	uint64_t peak = bench_probe_peak(service, writes, PEAK_BULK, probe->seconds);
	writes->rate = peak / 3;
	writes->operations = writes->rate * (probe->seconds + 1); /* more than are sent in time */
	reads->load = (struct bench_load){
		.workload = BENCH_BALANCE, .batch = 100, .members = probe->members, .first = bench_probe_first(probe)
	};
	reads->connections = 16;
	reads->in_flight = 1;
	reads->operations = (uint64_t)READS_MAX * probe->seconds;
	bench_service_settle(service);
	bench_probe_drive(service, streams, 2, probe->seconds, &drive);
	bench_probe_tell(probe, "bulks of 1,000 at their peak", "entries/s", peak);
	bench_probe_floor(probe, "bulks meanwhile, a third of it asked for", "entries/s", rate_of(writes),
	                  peak / 3 * 95 / 100, BENCH_SCALE_NONE);
	bench_probe_floor(probe, "balance reads in signed messages of 100", "reads/s", rate_of(reads), 100000,
	                  BENCH_SCALE_VERIFIES);
	bench_probe_ceiling(probe, "anonymous memory then", "MiB",
	                    bench_process_anonymous_size(service->process) >> 20, 2048, BENCH_SCALE_NONE);
	bench_probe_tell(probe, "claims besides", "MiB", bench_process_shared_size(service->process) >> 20);
	free(streams);
}

/* Asks one by one on one connection, and says how long an answer took, and what the service spent on it, which is judged
 * alone where in_server. */
static void probe_single_reads(struct bench_probe *probe, const struct bench_load *load, const char *name,
                               uint64_t must_us, bool in_server)
{
	const struct bench_service *service = &probe->service;
	struct bench_stream *stream = bench_allocate(1, sizeof(*stream));
	struct bench_latencies *sum = bench_allocate(1, sizeof(*sum));
	struct bench_drive drive;
	uint64_t must_answer_us = in_server ? 0 : must_us;
	char text[64];

	stream->load = *load;
	stream->load.batch = 1;
	stream->load.first = bench_probe_first(probe);
	stream->connections = stream->in_flight = 1;
	bench_service_settle(service);
	bench_probe_drive(service, stream, 1, probe->seconds, &drive);
	bench_outcome_latencies(&stream->outcome, sum);
	(void)snprintf(text, sizeof(text), "%s, median", name);
	bench_probe_ceiling(probe, text, "us", bench_latency_at(sum, 500) / 1000, must_answer_us, BENCH_SCALE_VERIFIES);
	(void)snprintf(text, sizeof(text), "%s, p99", name);
	bench_probe_ceiling(probe, text, "us", bench_latency_at(sum, 990) / 1000, must_answer_us, BENCH_SCALE_VERIFIES);
	(void)snprintf(text, sizeof(text), "%s, CPU of the service", name);
	bench_probe_ceiling(probe, text, "us",
	                    bench_divide(drive.service_cpu_ns, bench_outcome_operations(&stream->outcome)) / 1000,
	                    must_us, BENCH_SCALE_CPU_VERIFIES);
	free(sum);
	free(stream);
}

void bench_probe_statement(struct bench_probe *probe)
{
	const struct bench_service *service = bench_probe_service(probe);
	struct bench_load load = { .workload = BENCH_STATEMENT, .members = 1 };
	uint64_t leaf_size, before = bench_run_entries(&probe->world, &leaf_size);

	bench_run_fill(service, bench_probe_first(probe), STATEMENT_ENTRIES, 1);
	probe_single_reads(probe, &load, "newest page of 100,000 entries", 20000, false);
	load.pages_first = before;
	load.entries = STATEMENT_ENTRIES;
	probe_single_reads(probe, &load, "any page of 100,000 entries", 20000, false);
}

void bench_probe_receipt(struct bench_probe *probe)
{
	struct bench_load load = { .workload = BENCH_RECEIPT, .members = probe->members };
	uint64_t leaf_size;

	(void)bench_probe_service(probe);
	load.entries = bench_run_entries(&probe->world, &leaf_size);
	probe_single_reads(probe, &load, "receipt of any entry", 1000, true);
}

void bench_probe_past(struct bench_probe *probe)
{
	struct bench_load load = { .workload = BENCH_PAST, .members = probe->members };

	(void)bench_probe_service(probe);
	load.past_ms = probe->half_ms;
	probe_single_reads(probe, &load, "campaign's balance at a past time", 50000, false);
}

/* ---- Tail ---- */

void bench_probe_tail(struct bench_probe *probe)
{
	const struct bench_service *service = bench_probe_service(probe);
	struct bench_stream *stream = bench_allocate(1, sizeof(*stream));
	const struct bench_latencies *latencies = &stream->outcome.latencies[BENCH_EARN];
	struct bench_drive drive;

	stream->load = (struct bench_load){
		.form = BENCH_SINGLE, .batch = 1, .members = probe->members, .first = bench_probe_first(probe)
	};
	stream->connections = 64;
	stream->in_flight = 1;
	uint64_t peak = bench_probe_peak(service, stream, PEAK_SINGLE, probe->seconds);
	stream->rate = peak / 2;
	stream->operations = stream->rate * probe->seconds;
	bench_service_settle(service);
	bench_probe_drive(service, stream, 1, 0, &drive);
	bench_probe_tell(probe, "single earns at their peak", "entries/s", peak);
	bench_probe_floor(probe, "single earns, half of it asked for", "entries/s", rate_of(stream),
	                  peak / 2 * 95 / 100, BENCH_SCALE_NONE);
	bench_probe_tell(probe, "single earns at half of it, median", "us", bench_latency_at(latencies, 500) / 1000);
	bench_probe_ceiling(probe, "single earns at half of it, p99", "us", bench_latency_at(latencies, 990) / 1000,
	                    5000, BENCH_SCALE_LESSER);
	bench_probe_tell(probe, "single earns at half of it, p99.9", "us", bench_latency_at(latencies, 999) / 1000);
	free(stream);
}

/* ---- Memory ---- */

#define SOAK_ENTRIES 10000 /* a second */
#define SOAK_RATE    12900 /* operations a second: 70 of 90 are earns, in messages of 100 */
#define SOAK_SECONDS 1800
#define SOAK_SETTLED 600 /* seconds, or a third of the soak when that is less */

void bench_probe_soak(struct bench_probe *probe)
{
	struct bench_run *run = probe->run;
	struct bench_shape shape = {
		.load = { .workload = BENCH_MIXED,
		          .form = BENCH_BULK,
		          .batch = 100,
		          .members = probe->members,
		          .shares = { 70, 20, 5, 5 } },
		.connections = 16,
		.in_flight = 1,
		.rate = SOAK_RATE,
		.prefill = probe->entries,
		.seconds = probe->has_seconds ? probe->seconds : SOAK_SECONDS,
	};
	uint32_t settled = shape.seconds / 3 < SOAK_SETTLED ? shape.seconds / 3 : SOAK_SETTLED;
	struct bench_sample before = { 0 };
	char name[64];

	bench_probe_end(probe);
	bench_run(probe->means, &shape, run);
	for (size_t i = 0; i < run->samples_count && run->samples[i].second <= settled; i++)
		before = run->samples[i];
	if (before.anonymous_size == 0)
		bench_fail("the service's memory is shown to root only");
	bench_probe_floor(probe, "soak: entries", "entries/s", bench_per_second(run->load_entries, run->wall_ns),
	                  SOAK_ENTRIES * 95 / 100, BENCH_SCALE_NONE);
	(void)snprintf(name, sizeof(name), "soak: anonymous memory after %" PRIu32 " s", before.second);
	bench_probe_tell(probe, name, "KiB", before.anonymous_size >> 10);
	(void)snprintf(name, sizeof(name), "soak: claims besides after %" PRIu32 " s", before.second);
	bench_probe_tell(probe, name, "KiB", before.shared_size >> 10);
	(void)snprintf(name, sizeof(name), "soak: anonymous memory after %" PRIu32 " s", shape.seconds);
	bench_probe_ceiling(probe, name, "KiB", run->anonymous_size >> 10, (before.anonymous_size >> 10) * 105 / 100,
	                    BENCH_SCALE_NONE);
	(void)snprintf(name, sizeof(name), "soak: claims besides after %" PRIu32 " s", shape.seconds);
	bench_probe_tell(probe, name, "KiB", run->shared_size >> 10);
	bench_probe_tell(probe, "soak: longest answer", "ms", run->tail.max_ns / NS_PER_MS);
}
