/* load.c - merit-bench: how many earns a second a real meritd makes durable, and what each costs.
 *
 * A run is a scratch ledger, meritd as a child with its default options, members, then earns as fast as they are
 * answered; then the machine's own figures, and merit verify over the log. See README.md. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/report.h"
#include "bench/service.h"
#include "ledger/limits.h"
#include "ledger/store.h"
#include "ledger/verify.h"

#define RUNS_MAX 16

static const char usage[] =
	"usage: merit-bench [option]... [-- meritd's option...]\n"
	"Measures durable earns through a meritd of its own on a scratch ledger.\n"
	"\n"
	"  --batch N        calls in a message (default 1000)\n"
	"  --connections N  (default 16)\n"
	"  --in-flight N    messages outstanding on each connection (default 1)\n"
	"  --entries N      earns in all, rounded up to whole messages (default: what takes some seconds)\n"
	"  --members N      who earn in turns (default 10000)\n"
	"  --matrix         the standard shapes, one run each: batch 1 on 1 and 64 connections; 64, 100, 1000, 8000\n"
	"                   on 16\n"
	"  --sign-inside    sign while the clock runs; else everything is signed before\n"
	"  --no-verify      leave out merit verify\n"
	"  --json           print JSON instead of a table\n"
	"  --dir DIR        where scratch directories go; its file system is what is measured (default /var/tmp)\n"
	"  --keep           leave the scratch directory\n"
	"  --meritd FILE    the service (default: meritd beside this program)\n"
	"  --help\n"
	"\n"
	"Exit codes: 0 measured; 1 something was refused or failed, its scratch directory is kept; 2 wrong usage.\n";

struct arguments {
	struct bench_shape shape; /* entries 0: the default */
	bool matrix, json, keep, no_verify;
	const char *parent;
	char meritd[PATH_MAX];
	char **service_arguments;
};

/* ---- One run ---- */

/* What takes some seconds where the targets are met. */
static uint64_t default_entries(const struct bench_shape *shape)
{
	if (shape->batch == 1)
		return shape->connections * shape->in_flight == 1 ? 15000 : 60000;
	return 400000;
}

static uint64_t log_size(const struct bench_world *world)
{
	char path[PATH_MAX];

	bench_world_path(world, "log/data.mdb", path);
	return bench_disk_size(path);
}

static uint64_t state_size(const struct bench_world *world)
{
	char path[PATH_MAX];

	bench_world_path(world, "state/data.mdb", path);
	return bench_disk_size(path);
}

/* Entries in all, and the size of the last one: an earn like the others. */
static uint64_t read_log(const struct bench_world *world, uint64_t *leaf_size_out)
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

static void verify(const struct bench_world *world, struct bench_run *run)
{
	struct merit_secret_key log_key = bench_key("log");
	struct merit_public_key public_key = merit_secret_key_public(&log_key);
	struct merit_verify_options options = { .directory = world->directory, .log_key = &public_key };
	struct merit_verify_report report;

	uint64_t cpu_ns = bench_own_cpu_ns(), wall_ns = bench_clock_ns();
	enum merit_status status = merit_verify(&options, &report);
	if (status != MERIT_OK)
		bench_fail("verify: %s: %s", merit_status_word(status), report.fault);
	run->verify_cpu_ns = bench_own_cpu_ns() - cpu_ns;
	run->verify_wall_ns = bench_clock_ns() - wall_ns;
	run->verified_entries = report.entries;
	run->is_verified = true;
}

/* Drives the service and stops it. */
static void drive(const struct arguments *arguments, struct bench_world *world, struct bench_run *run)
{
	struct bench_service service;

	bench_service_start(&service, arguments->meritd, world, arguments->service_arguments);
	bench_service_populate(&service, run->shape.members);
	uint64_t log_before = log_size(world);
	run->load_percent = bench_load_percent();
	bench_drive(&run->shape, service.url, service.process, &run->timing);
	run->log_size = bench_divide(log_size(world) - log_before, run->shape.entries);
	run->anonymous_size = bench_process_anonymous_size(service.process);
	bench_service_stop(&service);
}

static void run_shape(const struct arguments *arguments, const struct bench_shape *shape, struct bench_run *run)
{
	struct bench_world world;
	uint64_t leaf_size;

	*run = (struct bench_run){ .shape = *shape };
	uint64_t entries = shape->entries == 0 ? default_entries(shape) : shape->entries;
	run->shape.entries = (entries + shape->batch - 1) / shape->batch * shape->batch;
	bench_world_create(&world, arguments->parent);
	drive(arguments, &world, run);
	uint64_t entries_in_all = read_log(&world, &leaf_size);
	run->state_size = bench_divide(state_size(&world), entries_in_all);
	run->controls.row_size = leaf_size + run->timing.message_size / run->shape.batch;
	run->controls.group_size = run->shape.batch;
	bench_control(world.root, &run->controls);
	if (!arguments->no_verify)
		verify(&world, run);
	if (!arguments->keep) {
		bench_world_remove(&world);
		return;
	}
	fprintf(stderr, "kept: %s\n", world.root);
	bench_scratch(NULL);
}

/* ---- All of it ---- */

/* The rows of design and README: batch and connections. */
static const struct { uint32_t batch, connections; } matrix[] = {
	{ 1, 1 }, { 1, 64 }, { 64, 16 }, { 100, 16 }, { 1000, 16 }, { 8000, 16 },
};
_Static_assert(sizeof(matrix) / sizeof(matrix[0]) <= RUNS_MAX, "the matrix fits");

static size_t list_shapes(const struct arguments *arguments, struct bench_shape shapes[RUNS_MAX])
{
	size_t count = arguments->matrix ? sizeof(matrix) / sizeof(matrix[0]) : 1;

	for (size_t i = 0; i < count; i++) {
		shapes[i] = arguments->shape;
		if (!arguments->matrix)
			continue;
		shapes[i].batch = matrix[i].batch;
		shapes[i].connections = matrix[i].connections;
	}
	return count;
}

static void run_all(const struct arguments *arguments)
{
	struct bench_shape shapes[RUNS_MAX];
	struct bench_run runs[RUNS_MAX];
	struct bench_machine machine;
	size_t count = list_shapes(arguments, shapes);

	bench_machine_describe(arguments->parent, &machine);
	if (!arguments->json) {
		bench_report_machine(&machine);
		bench_report_head();
	}
	for (size_t i = 0; i < count; i++) {
		run_shape(arguments, &shapes[i], &runs[i]);
		if (!arguments->json)
			bench_report_run(&runs[i]);
	}
	if (arguments->json)
		bench_report_json(&machine, runs, count);
}

/* ---- Arguments ---- */

enum option_number {
	BATCH = 256, CONNECTIONS, IN_FLIGHT, ENTRIES, MEMBERS, MATRIX, SIGN_INSIDE, NO_VERIFY, JSON, DIR, KEEP, MERITD,
	HELP
};

static const struct option options[] = {
	{ "batch", required_argument, NULL, BATCH },
	{ "connections", required_argument, NULL, CONNECTIONS },
	{ "in-flight", required_argument, NULL, IN_FLIGHT },
	{ "entries", required_argument, NULL, ENTRIES },
	{ "members", required_argument, NULL, MEMBERS },
	{ "matrix", no_argument, NULL, MATRIX },
	{ "sign-inside", no_argument, NULL, SIGN_INSIDE },
	{ "no-verify", no_argument, NULL, NO_VERIFY },
	{ "json", no_argument, NULL, JSON },
	{ "dir", required_argument, NULL, DIR },
	{ "keep", no_argument, NULL, KEEP },
	{ "meritd", required_argument, NULL, MERITD },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static __attribute__((noreturn)) void usage_fault(const char *option, const char *value)
{
	fprintf(stderr, "merit-bench: %s: cannot use '%s'; see merit-bench --help\n", option, value);
	exit(2);
}

static uint32_t read_number(const char *option, const char *text, uint32_t max)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || number < 1 || number > max)
		usage_fault(option, text);
	return (uint32_t)number;
}

static void take_option(struct arguments *arguments, int option, const char *name)
{
	switch (option) {
	case BATCH: arguments->shape.batch = read_number(name, optarg, MERIT_CALLS_MAX); break;
	case CONNECTIONS: arguments->shape.connections = read_number(name, optarg, 4000); break;
	case IN_FLIGHT: arguments->shape.in_flight = read_number(name, optarg, 1000); break;
	case ENTRIES: arguments->shape.entries = read_number(name, optarg, 100000000); break;
	case MEMBERS: arguments->shape.members = read_number(name, optarg, 9999999); break;
	case MATRIX: arguments->matrix = true; break;
	case SIGN_INSIDE: arguments->shape.sign_inside = true; break;
	case NO_VERIFY: arguments->no_verify = true; break;
	case JSON: arguments->json = true; break;
	case DIR: arguments->parent = optarg; break;
	case KEEP: arguments->keep = true; break;
	case MERITD: (void)snprintf(arguments->meritd, sizeof(arguments->meritd), "%s", optarg); break;
	case HELP: (void)fputs(usage, stdout); exit(0);
	default: exit(2); /* getopt has said what is wrong. */
	}
}

/* meritd beside this program. */
static void find_meritd(char path_out[PATH_MAX])
{
	ssize_t size = readlink("/proc/self/exe", path_out, PATH_MAX - sizeof("meritd"));

	path_out[size < 0 ? 0 : size] = '\0';
	char *slash = strrchr(path_out, '/');
	strcpy(slash == NULL ? path_out : slash + 1, "meritd");
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.shape = { .batch = 1000, .connections = 16, .in_flight = 1, .members = 10000 },
		.parent = "/var/tmp",
	};
	int option, index = 0;

	find_meritd(arguments.meritd);
	while ((option = getopt_long(argc, argv, "", options, &index)) != -1)
		take_option(&arguments, option, option >= BATCH ? options[index].name : "");
	arguments.service_arguments = argv + optind;
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		usage_fault("argument", argv[optind]);
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	run_all(&arguments);
	return 0;
}
