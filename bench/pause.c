/* pause.c - how long one waits at most while something large goes on.
 *
 * Method   two probe clients send a small write and a small read every 5 ms, each at its time whether the one before
 *          was answered or not, and keep the longest answer; a third writes entries in bulk. First with nothing else,
 *          then with a backup, then with a report, then so many that state is written back and tables grow. */
#include "bench/probes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST_MS         250
#define PROBE_RATE      200 /* messages a second */
#define QUIET_SECONDS   5
#define BUSY_RATE       10000   /* entries a second */
#define FAST_RATE       50000   /* where state is to be written back, or half of what bulks of 100 reach then */
#define FAST_ENTRIES    1200000 /* at a million a write-back is due */
#define PEAK_OPERATIONS 200000
#define STEP            1000000000000ULL /* between the firsts of streams: of a range, a tenth */
#define EXPIRY_BEFORE   5       /* seconds before midnight */
#define EXPIRY_BEHIND   30
#define FILLED_A_MINUTE 2000000 /* entries, at least */

enum { BUSY, WRITER, READER, STREAMS_COUNT };

extern char **environ;

/* One phase: what it is called, what goes on beside it. */
struct phase {
	const char *name;
	uint64_t rate;        /* entries a second of the busy stream */
	uint64_t entries;     /* of it, made before; it ends behind them. 0: by time or command */
	uint32_t seconds;     /* 0: by entries or command */
	char *const *command; /* again and again as often as it ends within the probe's seconds, but once at least */
	char *target;         /* the command's argument that has to be another each time, PATH_MAX; or NULL */
};

struct pauses {
	struct bench_probe *probe;
	const struct bench_service *service;
	struct bench_stream *streams;
};

/* A phase's command at work. */
struct work {
	const struct phase *phase;
	const char *root; /* of targets */
	pid_t child;
	uint64_t begun_ns, until_ns;
	uint64_t count; /* how often it was begun */
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

static void work_begin(struct work *work)
{
	work->count++;
	work->begun_ns = bench_clock_ns();
	if (work->phase->target != NULL)
		(void)snprintf(work->phase->target, PATH_MAX, "%s/backup-%" PRIu64, work->root, work->count);
	work->child = spawn(work->phase->command);
}

/* Whether the phase goes on: its command runs, or runs again. Fails the bench when it failed. */
static bool work_goes_on(void *context)
{
	struct work *work = context;
	int status;
	pid_t ended = waitpid(work->child, &status, WNOHANG);

	if (ended == 0)
		return true;
	if (ended != work->child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_fail("%s failed", work->phase->command[1]);
	bench_child_ended(ended);
	uint64_t now_ns = bench_clock_ns();
	if (now_ns + (now_ns - work->begun_ns) > work->until_ns)
		return false; /* Once more would take too long; backups of a large ledger would fill the disk. */
	work_begin(work);
	return true;
}

/* ---- Phases ---- */

static void streams_set(struct pauses *pauses, const struct phase *phase)
{
	struct bench_stream *streams = pauses->streams;
	uint32_t members = pauses->probe->members;
	uint64_t first = bench_probe_first(pauses->probe);

	memset(streams, 0, STREAMS_COUNT * sizeof(*streams));
	streams[BUSY] = (struct bench_stream){
		.load = { .form = BENCH_BULK, .batch = 100, .members = members, .first = first },
		.connections = 4,
		.rate = phase->rate,
		.operations = phase->entries,
	};
	streams[WRITER] = (struct bench_stream){
		.load = { .form = BENCH_SINGLE, .batch = 1, .members = members, .first = first + STEP },
		.connections = 1,
		.rate = PROBE_RATE,
	};
	streams[READER] = (struct bench_stream){
		.load = { .workload = BENCH_BALANCE, .batch = 1, .members = members, .first = first + 2 * STEP },
		.connections = 1,
		.rate = PROBE_RATE,
	};
	for (size_t i = 0; i < STREAMS_COUNT; i++)
		streams[i].in_flight = 64; /* A pause must not keep the next ones from leaving at their time. */
}

static void put_longest(struct pauses *pauses, const char *phase, const char *what, size_t stream, size_t kind)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s: longest %s", phase, what);
	bench_probe_ceiling(pauses->probe, name, "ms",
	                    pauses->streams[stream].outcome.latencies[kind].max_ns / 1000000, MUST_MS,
	                    BENCH_SCALE_LESSER);
}

static void phase_run(struct pauses *pauses, const struct phase *phase)
{
	struct bench_drive drive = {
		.url = pauses->service->url,
		.service = pauses->service->process,
		.streams = pauses->streams,
		.streams_count = STREAMS_COUNT,
		.seconds = phase->seconds,
	};
	struct work work = { .phase = phase, .root = pauses->probe->world.root };
	char name[64];

	bench_service_settle(pauses->service);
	streams_set(pauses, phase);
	if (phase->command != NULL) {
		work.until_ns = bench_clock_ns() + (uint64_t)pauses->probe->seconds * 1000000000;
		work_begin(&work);
		drive.tick = work_goes_on;
		drive.context = &work;
	}
	bench_drive(&drive);
	(void)snprintf(name, sizeof(name), "%s: took", phase->name);
	bench_probe_tell(pauses->probe, name, "ms", drive.wall_ns / 1000000);
	(void)snprintf(name, sizeof(name), "%s: times", phase->name);
	if (phase->command != NULL)
		bench_probe_tell(pauses->probe, name, "", work.count);
	put_longest(pauses, phase->name, "write", WRITER, BENCH_EARN);
	put_longest(pauses, phase->name, "read", READER, BENCH_BALANCE);
}

/* So many entries that state is written back, and tables, which start anew each time, grow. */
static void written_back_run(struct pauses *pauses)
{
	static const char counter[] = "merit_write_backs_total";
	struct phase phase = { .name = "state written back, tables grow", .entries = FAST_ENTRIES };

	streams_set(pauses, &phase);
	uint64_t peak = bench_probe_peak(pauses->service, &pauses->streams[BUSY], PEAK_OPERATIONS, 0);
	phase.rate = peak / 2 < FAST_RATE ? peak / 2 : FAST_RATE;
	bench_probe_tell(pauses->probe, "state written back, tables grow: meanwhile", "entries/s", phase.rate);
	uint64_t before = bench_service_counter(pauses->service, counter);
	phase_run(pauses, &phase);
	bench_service_settle(pauses->service);
	bench_probe_floor(pauses->probe, "state written back, tables grow: times", "",
	                  bench_service_counter(pauses->service, counter) - before, 1, BENCH_SCALE_NONE);
}

void bench_probe_pause(struct bench_probe *probe)
{
	struct pauses pauses = { .probe = probe, .service = bench_probe_service(probe) };
	char target[PATH_MAX], year[8];
	time_t now = time(NULL);
	struct tm date;
	char *merit = (char *)probe->merit, *directory = probe->world.directory;
	char *backup[] = { merit, (char *)"backup", directory, target, NULL };
	char *report[] = { merit, (char *)"report", (char *)"trial-balance", (char *)"--period", year, (char *)"--data",
		           directory, (char *)"--json", NULL };
	const struct phase phases[] = {
		{ .name = "nothing else", .rate = BUSY_RATE, .seconds = QUIET_SECONDS },
		{ .name = "backup", .rate = BUSY_RATE, .command = backup, .target = target },
		{ .name = "report over all entries", .rate = BUSY_RATE, .command = report },
	};

	(void)strftime(year, sizeof(year), "%Y", gmtime_r(&now, &date));
	pauses.streams = bench_allocate(STREAMS_COUNT, sizeof(*pauses.streams));
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		phase_run(&pauses, &phases[i]);
	written_back_run(&pauses);
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

/* Gives nearly every member points that die tonight. */
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

/* A midnight far enough away for all that is written before. */
static time_t midnight_for(const struct bench_probe *probe)
{
	uint64_t written = probe->entries + (uint64_t)probe->members * 4;

	return (time(NULL) / 60 + 2 + (time_t)(written / FILLED_A_MINUTE)) * 60;
}

static void wait_until(time_t moment)
{
	while (time(NULL) < moment)
		(void)sleep(1);
}

void bench_probe_expiry(struct bench_probe *probe)
{
	struct bench_means means = *probe->means;
	struct bench_shape shape = { .load = { .members = probe->members }, .prefill = probe->entries };
	struct bench_world world;
	struct bench_service service;
	struct pauses pauses = { .probe = probe, .service = &service };
	struct phase phase = { .name = "lots of all members die", .rate = BUSY_RATE };

	bench_probe_end(probe); /* Its days end at another time. */
	time_t midnight = midnight_for(probe);
	means.offset_minutes = offset_of(midnight);
	pauses.streams = bench_allocate(STREAMS_COUNT, sizeof(*pauses.streams));
	bench_run_begin(&means, &shape, &world, &service);
	fill_dying(probe, &service);
	if (time(NULL) >= midnight)
		bench_fail("midnight came before everything was written: fewer --members or --entries");
	uint64_t before = entries_of(&world);
	bench_service_settle(&service);
	wait_until(midnight - EXPIRY_BEFORE);
	phase.seconds = (uint32_t)(midnight - time(NULL)) + EXPIRY_BEHIND;
	phase_run(&pauses, &phase);
	uint64_t written = bench_outcome_operations(&pauses.streams[BUSY].outcome) +
	                   bench_outcome_operations(&pauses.streams[WRITER].outcome);
	bench_probe_floor(probe, "lots of all members die: expired", "members", entries_of(&world) - before - written,
	                  (uint64_t)probe->members * 9 / 10, BENCH_SCALE_NONE);
	bench_run_end(&means, &world, &service);
	free(pauses.streams);
}
