/* run.c - see run.h. */
#include "bench/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/store.h"
#include "ledger/verify.h"

#define FILL_FIRST   1000000000000ULL /* operations of the load are counted from 0: these are others */
#define FILL_BATCH   8000
#define FILL_FLIGHTS 3

uint64_t bench_run_rate(const struct bench_run *run)
{
	return bench_per_second(run->operations, run->wall_ns);
}

struct bench_tail bench_tail_of(const struct bench_latencies *latencies)
{
	return (struct bench_tail){
		.p50_ns = bench_latency_at(latencies, 500),
		.p90_ns = bench_latency_at(latencies, 900),
		.p99_ns = bench_latency_at(latencies, 990),
		.p999_ns = bench_latency_at(latencies, 999),
		.max_ns = latencies->max_ns,
	};
}

/* What takes some seconds where the targets are met. */
static uint64_t default_operations(const struct bench_shape *shape)
{
	if (shape->load.form == BENCH_SINGLE)
		return shape->connections * shape->in_flight == 1 ? 15000 : 60000;
	return shape->load.workload == BENCH_EARN && shape->load.batch >= 1000 ? 1000000 : 400000;
}

static uint64_t file_size(const struct bench_world *world, const char *name)
{
	char path[PATH_MAX];

	bench_world_path(world, name, path);
	return bench_disk_size(path);
}

uint64_t bench_run_entries(const struct bench_world *world, uint64_t *leaf_size_out)
{
	struct merit_store_options options = { 0 };
	struct merit_store *store;
	struct merit_store_reader *reader;
	const void *leaf;
	size_t leaf_size;
	uint64_t count;

	enum merit_status status = merit_store_open(world->directory, MERIT_STORE_READ_ONLY, &options, &store, NULL);
	bench_check(status, "reading the log");
	bench_check(merit_store_reader_open(store, &reader), "reading the log");
	bench_check(merit_store_reader_begin(reader), "reading the log");
	bench_check(merit_store_entry_count(reader, &count), "reading the log");
	bench_check(merit_store_read_entry(reader, count - 1, &leaf, &leaf_size), "reading the log");
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
	*leaf_size_out = leaf_size;
	return count;
}

void bench_run_verify(const struct bench_world *world, struct bench_run *run)
{
	struct merit_secret_key log_key = bench_key("log");
	struct merit_public_key public_key = merit_secret_key_public(&log_key);
	struct merit_verify_options options = { .directory = world->directory, .log_key = &public_key };
	struct merit_verify_report report;

	uint64_t cpu_ns = bench_own_cpu_ns(), wall_ns = bench_clock_ns();
	enum merit_status status = merit_verify(&options, &report);
	if (status != MERIT_OK)
		bench_fail("verify: %s: %s", merit_status_word(status), report.fault);
	if (run == NULL)
		return;
	run->verify_cpu_ns = bench_own_cpu_ns() - cpu_ns;
	run->verify_wall_ns = bench_clock_ns() - wall_ns;
	run->verified_entries = report.entries;
	run->is_verified = true;
}

/* ---- Beginning ---- */

void bench_run_fill(const struct bench_service *service, uint64_t first, uint64_t count, uint32_t members_count)
{
	struct bench_stream *stream = bench_allocate(1, sizeof(*stream));
	struct bench_drive drive = {
		.url = service->url, .service = service->process, .streams = stream, .streams_count = 1
	};

	stream->load = (struct bench_load){
		.form = BENCH_BULK, .batch = FILL_BATCH, .members = members_count, .first = first
	};
	stream->connections = FILL_FLIGHTS;
	stream->in_flight = 1;
	stream->operations = count;
	stream->made_inside = true;
	if (count > 0)
		bench_drive(&drive);
	free(stream);
}

void bench_run_begin(const struct bench_means *means, const struct bench_shape *shape, struct bench_world *world,
                     struct bench_service *service)
{
	bench_world_create(world, means->parent, means->offset_minutes);
	bench_service_start(service, means->meritd, world, means->arguments);
	bench_service_populate(service, shape->load.members);
	bench_run_fill(service, FILL_FIRST, shape->prefill, shape->load.members);
}

static void remove_world(const struct bench_means *means, struct bench_world *world)
{
	if (!means->keep)
		bench_world_remove(world);
	else
		fprintf(stderr, "kept: %s\n", world->root);
	bench_scratch_ended(world->root);
}

void bench_run_end(const struct bench_means *means, struct bench_world *world, struct bench_service *service)
{
	bench_service_stop(service);
	if (!means->no_verify)
		bench_run_verify(world, NULL);
	remove_world(means, world);
}

/* ---- The load ---- */

struct sampling {
	struct bench_run *run;
	const struct bench_stream *stream;
	pid_t service;
	uint64_t start_ns;
};

static void sample(const struct sampling *sampling, uint32_t second)
{
	struct bench_run *run = sampling->run;

	if (run->samples_count == BENCH_SAMPLES_MAX)
		return;
	run->samples[run->samples_count++] = (struct bench_sample){
		.second = second,
		.anonymous_size = bench_process_anonymous_size(sampling->service),
		.shared_size = bench_process_shared_size(sampling->service),
		.operations = bench_outcome_operations(&sampling->stream->outcome),
	};
}

static bool sample_when_due(void *context)
{
	const struct sampling *sampling = context;
	uint64_t seconds = (bench_clock_ns() - sampling->start_ns) / 1000000000;

	if (seconds >= sampling->run->samples_count * BENCH_SAMPLE_SECONDS)
		sample(sampling, (uint32_t)seconds);
	return true;
}

static void summarize(struct bench_run *run, const struct bench_drive *drive)
{
	const struct bench_outcome *outcome = &drive->streams[0].outcome;
	struct bench_latencies *sum = bench_allocate(1, sizeof(*sum));

	bench_outcome_latencies(outcome, sum);
	run->tail = bench_tail_of(sum);
	free(sum);
	for (size_t kind = 0; kind < BENCH_WORKLOAD_COUNT; kind++) {
		run->tails[kind] = bench_tail_of(&outcome->latencies[kind]);
		run->kinds[kind] = outcome->operations[kind];
	}
	run->operations = bench_outcome_operations(outcome);
	run->messages_count = outcome->messages_count;
	run->busy_count = outcome->busy_count;
	run->message_size = bench_divide(outcome->messages_size, outcome->messages_count);
	run->wall_ns = outcome->wall_ns;
	run->own_cpu_ns = drive->own_cpu_ns;
	run->service_cpu_ns = drive->service_cpu_ns;
	run->written_size = drive->service_written_size;
}

static void drive(const struct bench_service *service, struct bench_run *run, uint64_t entries)
{
	const struct bench_shape *shape = &run->shape;
	struct bench_stream *stream = bench_allocate(1, sizeof(*stream));
	struct sampling sampling = { .run = run, .stream = stream, .service = service->process };
	struct bench_drive drive = { .url = service->url,
		                     .service = service->process,
		                     .streams = stream,
		                     .streams_count = 1,
		                     .seconds = shape->seconds,
		                     .tick = sample_when_due,
		                     .context = &sampling };

	stream->load = shape->load;
	stream->load.entries = entries;
	stream->load.past_ms = bench_wall_ms();
	stream->connections = shape->connections;
	stream->in_flight = shape->in_flight;
	stream->operations = shape->seconds > 0 ? 0 : shape->operations;
	stream->rate = shape->rate;
	stream->made_inside = shape->made_inside;
	run->load_percent = bench_load_percent();
	sampling.start_ns = bench_clock_ns();
	struct bench_cores before = bench_cores_now();
	bench_drive(&drive);
	run->stolen_percent = bench_stolen_percent(&before);
	summarize(run, &drive);
	free(stream);
}

/* What was counted as written must be in the log. */
static void check_entries(const struct bench_run *run)
{
	uint64_t written = run->kinds[BENCH_EARN] + run->kinds[BENCH_REDEEM] + run->kinds[BENCH_REFERRAL];

	if (run->load_entries < written)
		bench_fail("%" PRIu64 " writes were accepted, but the log grew by %" PRIu64, written,
		           run->load_entries);
}

void bench_run_load(const struct bench_means *means, const struct bench_world *world,
                    const struct bench_service *service, struct bench_run *run)
{
	uint64_t leaf_size;

	if (run->shape.operations == 0)
		run->shape.operations = default_operations(&run->shape);
	bench_service_settle(service);
	uint64_t entries_before = bench_run_entries(world, &leaf_size), log_before = file_size(world, "log/data.mdb");
	uint64_t flushes = means->no_controls ? 0 : bench_control_flushes(world->root);
	uint64_t verifies = means->no_controls ? 0 : bench_control_verifies(NULL);
	drive(service, run, entries_before);
	run->anonymous_size = bench_process_anonymous_size(service->process);
	run->shared_size = bench_process_shared_size(service->process);
	run->entries = bench_run_entries(world, &leaf_size);
	run->load_entries = run->entries - entries_before;
	check_entries(run);
	run->log_size = bench_divide(file_size(world, "log/data.mdb") - log_before, run->load_entries);
	run->written_size = bench_divide(run->written_size, run->load_entries);
	run->controls.row_size = leaf_size + bench_divide(run->message_size, run->shape.load.batch);
	run->controls.group_size = run->shape.load.batch;
	if (means->no_controls)
		return;
	bench_service_settle(service);
	bench_control(world->root, &run->controls);
	run->controls.flushes = (run->controls.flushes + flushes) / 2; /* of the moments before and behind */
	run->controls.verifies = (run->controls.verifies + verifies) / 2;
}

/* What it takes is CPU time, so its control is, too. */
static void verify(const struct bench_means *means, const struct bench_world *world, struct bench_run *run)
{
	uint64_t before = 0, behind = 0;

	if (!means->no_controls)
		(void)bench_control_verifies(&before);
	bench_run_verify(world, run);
	if (!means->no_controls)
		(void)bench_control_verifies(&behind);
	run->verify_control = (before + behind) / 2;
}

void bench_run(const struct bench_means *means, const struct bench_shape *shape, struct bench_run *run_out)
{
	struct bench_run *run = run_out;
	struct bench_world world;
	struct bench_service service;

	memset(run, 0, sizeof(*run));
	run->shape = *shape;
	bench_run_begin(means, shape, &world, &service);
	bench_run_load(means, &world, &service, run);
	bench_service_stop(&service);
	run->state_size = bench_divide(file_size(&world, "state/data.mdb"), run->entries);
	if (!means->no_verify)
		verify(means, &world, run);
	remove_world(means, &world);
}
