/* pause.c - how long one waits at most while something large goes on.
 *
 * Method   two probe clients send a small write and a small read every 5 ms, each at its time whether the one before
 *          was answered or not, and keep the longest answer; a third writes 10,000 entries a second in bulk. First with
 *          nothing else, then with each of the large things. */
#include "bench/probes.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST_MS          250
#define PROBE_RATE       200 /* messages a second */
#define QUIET_SECONDS    5
#define BUSY_RATE        10000           /* entries a second */
#define FAST_RATE        50000           /* so that state is written back again and again */
#define STEP             100000000000ULL /* between the firsts of streams */
#define MIDNIGHT_MINUTES 3
#define EXPIRY_SECONDS   30 /* behind midnight */

enum { BUSY, WRITER, READER, STREAMS_COUNT };

extern char **environ;

/* One phase: what it is called, what goes on beside it. */
struct phase {
	const char *name;
	uint64_t rate;    /* entries a second of the busy stream */
	uint32_t seconds; /* 0: until the command ends */
	char *const *command;
};

struct pauses {
	struct bench_probe *probe;
	struct bench_service service;
	struct bench_stream *streams;
	uint64_t phases_count;
};

/* ---- Commands ---- */

static pid_t spawn(char *const *command)
{
	posix_spawn_file_actions_t actions;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawn(&child, command[0], &actions, NULL, command, environ) != 0)
		bench_fail("cannot run %s", command[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	bench_child_begins(child);
	return child;
}

/* Whether the command still runs; fails the bench when it failed. */
static bool is_running(void *context)
{
	const pid_t *child = context;
	int status;
	pid_t ended = waitpid(*child, &status, WNOHANG);

	if (ended == 0)
		return true;
	if (ended != *child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_fail("the command failed");
	bench_child_ended(ended);
	return false;
}

/* ---- Phases ---- */

static void streams_set(struct pauses *pauses, const struct phase *phase)
{
	struct bench_stream *streams = pauses->streams;
	uint32_t members = pauses->probe->members;
	uint64_t first = STEP * ++pauses->phases_count;

	memset(streams, 0, STREAMS_COUNT * sizeof(*streams));
	streams[BUSY] = (struct bench_stream){
		.load = { .form = BENCH_BULK, .batch = 100, .members = members, .first = first },
		.connections = 4,
		.rate = phase->rate,
	};
	streams[WRITER] = (struct bench_stream){
		.load = { .form = BENCH_SINGLE, .batch = 1, .members = members, .first = first + STEP / 4 },
		.connections = 1,
		.rate = PROBE_RATE,
	};
	streams[READER] = (struct bench_stream){
		.load = { .workload = BENCH_BALANCE, .batch = 1, .members = members, .first = first + STEP / 2 },
		.connections = 1,
		.rate = PROBE_RATE,
	};
	for (size_t i = 0; i < STREAMS_COUNT; i++)
		streams[i].in_flight = 64; /* A pause must not keep the next ones from leaving at their time. */
}

static void phase_run(struct pauses *pauses, const struct phase *phase)
{
	struct bench_drive drive = {
		.url = pauses->service.url,
		.service = pauses->service.process,
		.streams = pauses->streams,
		.streams_count = STREAMS_COUNT,
		.seconds = phase->seconds,
	};
	pid_t child;
	char name[64];

	streams_set(pauses, phase);
	if (phase->command != NULL) {
		child = spawn(phase->command);
		drive.tick = is_running;
		drive.context = &child;
	}
	uint64_t start_ns = bench_clock_ns();
	bench_drive(&drive);
	(void)snprintf(name, sizeof(name), "%s: took", phase->name);
	bench_probe_ceiling(pauses->probe, name, "ms", (bench_clock_ns() - start_ns) / 1000000, 0);
	(void)snprintf(name, sizeof(name), "%s: longest write", phase->name);
	bench_probe_ceiling(pauses->probe, name, "ms",
	                    pauses->streams[WRITER].outcome.latencies[BENCH_EARN].max_ns / 1000000, MUST_MS);
	(void)snprintf(name, sizeof(name), "%s: longest read", phase->name);
	bench_probe_ceiling(pauses->probe, name, "ms",
	                    pauses->streams[READER].outcome.latencies[BENCH_BALANCE].max_ns / 1000000, MUST_MS);
}

void bench_probe_pause(struct bench_probe *probe)
{
	struct pauses pauses = { .probe = probe };
	struct bench_world world;
	char target[PATH_MAX], year[8];
	time_t now = time(NULL);
	struct tm date;

	(void)strftime(year, sizeof(year), "%Y", gmtime_r(&now, &date));
	pauses.streams = bench_allocate(STREAMS_COUNT, sizeof(*pauses.streams));
	bench_probe_begin(probe, &world, &pauses.service);
	(void)snprintf(target, sizeof(target), "%s/backup", world.root);
	char *backup[] = { (char *)probe->merit, (char *)"backup", world.directory, target, NULL };
	char *report[] = { (char *)probe->merit,
		           (char *)"report",
		           (char *)"trial-balance",
		           (char *)"--period",
		           year,
		           (char *)"--data",
		           world.directory,
		           (char *)"--json",
		           NULL };
	const struct phase phases[] = {
		{ "nothing else", BUSY_RATE, QUIET_SECONDS, NULL },
		{ "state written back", FAST_RATE, probe->seconds, NULL },
		{ "backup", BUSY_RATE, 0, backup },
		{ "report over all entries", BUSY_RATE, 0, report },
	};
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		phase_run(&pauses, &phases[i]);
	bench_run_end(probe->means, &world, &pauses.service);
	free(pauses.streams);
}

/* ---- Midnight ---- */

/* The offset under which a day begins at midnight, a time of whole minutes; within what a ledger may have. */
static int offset_of(time_t midnight)
{
	int offset = 1440 - (int)(midnight / 60 % 1440);

	return offset > 720 ? offset - 1440 : offset;
}

static uint64_t entries_of(const struct bench_world *world)
{
	uint64_t leaf_size;

	return bench_run_entries(world, &leaf_size);
}

/* Gives every member points that die tonight. */
static void fill_dying(const struct bench_probe *probe, const struct bench_service *service)
{
	struct bench_stream *stream = bench_allocate(1, sizeof(*stream));
	struct bench_drive drive;

	stream->load =
		(struct bench_load){ .form = BENCH_BULK, .batch = 1000, .members = probe->members, .is_dying = true };
	stream->connections = 2;
	stream->in_flight = 1;
	stream->operations = (uint64_t)probe->members * 3; /* members are drawn by lot: nineteen of twenty, then */
	stream->made_inside = true;
	bench_probe_drive(service, stream, 1, 0, &drive);
	free(stream);
}

void bench_probe_expiry(struct bench_probe *probe)
{
	struct bench_means means = *probe->means;
	struct bench_probe here = *probe;
	struct pauses pauses = { .probe = probe };
	struct bench_world world;
	time_t midnight = (time(NULL) / 60 + MIDNIGHT_MINUTES) * 60;

	means.offset_minutes = offset_of(midnight);
	here.means = &means;
	pauses.streams = bench_allocate(STREAMS_COUNT, sizeof(*pauses.streams));
	bench_probe_begin(&here, &world, &pauses.service);
	fill_dying(probe, &pauses.service);
	if (time(NULL) >= midnight)
		bench_fail("midnight came before everything was written: fewer --members");
	uint64_t before = entries_of(&world);
	struct phase phase = { "lots of all members die", BUSY_RATE, (uint32_t)(midnight - time(NULL)) + EXPIRY_SECONDS,
		               NULL };
	phase_run(&pauses, &phase);
	uint64_t written = bench_outcome_operations(&pauses.streams[BUSY].outcome) +
	                   bench_outcome_operations(&pauses.streams[WRITER].outcome);
	bench_probe_floor(probe, "lots of all members die: expired", "members", entries_of(&world) - before - written,
	                  (uint64_t)probe->members * 9 / 10);
	bench_run_end(&means, &world, &pauses.service);
	free(pauses.streams);
}
