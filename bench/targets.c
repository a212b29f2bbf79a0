/* targets.c - see targets.h.
 *
 * Trials are run in rounds, one after the other, so that a slow quarter of an hour hits no row alone. A value is also
 * given as it would be in a quiet moment: multiplied by what a control gives then over what it gave beside the run,
 * where that is more than 1. Whether a target is met is said of each. Bulks and batches, which the processor bounds,
 * follow the verifies; singles, which wait for flushes as well, follow the control that was hurt less. Sizes follow
 * nothing, nor does what CPU time tells. */
#include "bench/targets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/html.h"
#include "bench/report.h"

#define ROUNDS         3
#define QUIET_FLUSHES  18000 /* a second: fdatasync of appends of 4 KiB */
#define QUIET_VERIFIES 25000 /* a second and core: Ed25519 */
#define FULL_PREFILL   10000000
#define FULL_MEMBERS   1000000
#define FULL_PERCENT   85 /* of the same trial on a small ledger */
#define FULL_AIM       95

/* ---- What is run ---- */

enum trial { BULK_8000, BULK_1000, BULK_100, BATCH_8000, BATCH_1000, BATCH_100, SINGLE_64, SINGLE_1, TRIALS_COUNT };

static const struct {
	const char *name;
	enum bench_form form;
	uint32_t batch, connections;
} trials[TRIALS_COUNT] = {
	[BULK_8000] = { "bulk of 8000", BENCH_BULK, 8000, 16 },
	[BULK_1000] = { "bulk of 1000", BENCH_BULK, 1000, 16 },
	[BULK_100] = { "bulk of 100", BENCH_BULK, 100, 16 },
	[BATCH_8000] = { "batch of 8000", BENCH_BATCH, 8000, 16 },
	[BATCH_1000] = { "batch of 1000", BENCH_BATCH, 1000, 16 },
	[BATCH_100] = { "batch of 100", BENCH_BATCH, 100, 16 },
	[SINGLE_64] = { "single, 64 connections", BENCH_SINGLE, 1, 64 },
	[SINGLE_1] = { "single, 1 connection", BENCH_SINGLE, 1, 1 },
};

/* ---- What is held against it ---- */

enum metric { RATE, DISK_SIZE, VERIFY_RATE, ANONYMOUS_SIZE };
enum scale { SCALE_NONE, SCALE_VERIFIES, SCALE_LESSER };

struct target {
	enum trial trial;
	enum metric metric;
	uint64_t must, aim; /* 0: none */
	enum scale scale;
};

static const struct target targets[] = {
	{ BULK_8000, RATE, 300000, 450000, SCALE_VERIFIES },  { BULK_1000, RATE, 220000, 300000, SCALE_VERIFIES },
	{ BULK_100, RATE, 100000, 150000, SCALE_VERIFIES },   { BATCH_8000, RATE, 200000, 300000, SCALE_VERIFIES },
	{ BATCH_1000, RATE, 150000, 220000, SCALE_VERIFIES }, { BATCH_100, RATE, 80000, 120000, SCALE_VERIFIES },
	{ SINGLE_64, RATE, 15000, 20000, SCALE_LESSER },      { SINGLE_1, RATE, 3000, 4000, SCALE_LESSER },
	{ BATCH_1000, DISK_SIZE, 1200, 900, SCALE_NONE },     { SINGLE_64, DISK_SIZE, 1800, 1500, SCALE_NONE },
	{ BATCH_1000, VERIFY_RATE, 200000, 0, SCALE_NONE },   { SINGLE_64, VERIFY_RATE, 20000, 0, SCALE_NONE },
};
#define TARGETS_COUNT (sizeof(targets) / sizeof(targets[0]))

static const struct {
	const char *name, *unit;
	bool is_ceiling; /* the less the better */
} metrics[] = {
	[RATE] = { "throughput", "entries/s", false },
	[DISK_SIZE] = { "disk", "bytes/entry", true },
	[VERIFY_RATE] = { "verify", "entries/s of one core", false },
	[ANONYMOUS_SIZE] = { "anonymous memory", "bytes", true },
};

static uint64_t value_of(const struct bench_run *run, enum metric metric)
{
	switch (metric) {
	case RATE: return bench_run_rate(run);
	case DISK_SIZE: return run->log_size + run->state_size;
	case VERIFY_RATE: return bench_per_second(run->verified_entries, run->verify_cpu_ns);
	case ANONYMOUS_SIZE: return run->anonymous_size;
	}
	return 0;
}

/* What the moment took, in thousandths: 1000 for a quiet one, 4000 for one four times slower. */
static uint64_t slowness(uint64_t found, uint64_t quiet)
{
	return found == 0 || found >= quiet ? 1000 : quiet * 1000 / found;
}

static uint64_t scaled_value(const struct bench_run *run, uint64_t value, enum scale scale)
{
	uint64_t verifies = slowness(run->controls.verifies, QUIET_VERIFIES);
	uint64_t flushes = slowness(run->controls.flushes, QUIET_FLUSHES);

	switch (scale) {
	case SCALE_NONE: break;
	case SCALE_VERIFIES: return value * verifies / 1000;
	case SCALE_LESSER: return value * (verifies < flushes ? verifies : flushes) / 1000;
	}
	return value;
}

/* ---- The table ---- */

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t median(const uint64_t values[ROUNDS])
{
	uint64_t sorted[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		sorted[i] = values[i];
	qsort(sorted, ROUNDS, sizeof(sorted[0]), compare);
	return sorted[ROUNDS / 2];
}

static void put_values(struct merit_buffer *out, const char *name, const uint64_t values[ROUNDS])
{
	merit_buffer_put_key(out, name);
	for (size_t i = 0; i < ROUNDS; i++) {
		merit_buffer_put_char(out, i == 0 ? '[' : ',');
		merit_buffer_put_integer(out, (int64_t)values[i]);
	}
	merit_buffer_put_char(out, ']');
}

/* Medians of a target: as measured, and as they would be in a quiet moment. */
struct medians {
	uint64_t measured, scaled;
};

/* Whether value is as must asks. What could not be read is 0, and is not met. */
static bool is_met(const struct target *target, uint64_t value, uint64_t must)
{
	return metrics[target->metric].is_ceiling ? value > 0 && value <= must : value >= must;
}

/* The line about a target for who waits. */
static void tell_target(const struct target *target, bool is_full, const struct medians *found, bool met_measured,
                        bool met_scaled)
{
	fprintf(stderr,
	        "%-24s %-5s %-16s %10" PRIu64 "  scaled %10" PRIu64 "  must %10" PRIu64 "  aim %10" PRIu64 "  %s\n",
	        trials[target->trial].name, is_full ? "full" : "", metrics[target->metric].name, found->measured,
	        found->scaled, target->must, target->aim,
	        met_measured ? "met"
	        : met_scaled ? "met when scaled"
	                     : "MISSED");
}

/* One row of the table. small: of a full ledger's rate, the medians of the small one, of which it must be a part; else
 * NULL. */
static struct medians put_target(struct merit_buffer *out, const struct bench_run runs[][ROUNDS],
                                 const struct target *target, bool is_full, const struct medians *small)
{
	static const char *const scales[] = { "none", "verifies", "the lesser of verifies and flushes" };
	uint64_t values[ROUNDS], scaled[ROUNDS];
	uint64_t must_measured = small == NULL ? target->must : small->measured * FULL_PERCENT / 100;

	for (size_t round = 0; round < ROUNDS; round++) {
		const struct bench_run *run = &runs[target->trial][round];
		values[round] = value_of(run, target->metric);
		scaled[round] = scaled_value(run, values[round], target->scale);
	}
	struct medians found = { median(values), median(scaled) };
	bool met_measured = is_met(target, found.measured, must_measured);
	bool met_scaled = is_met(target, found.scaled, target->must);
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	bench_json_text(out, "trial", trials[target->trial].name);
	bench_json_text(out, "ledger", is_full ? "10 million entries, 1 million members" : "10 thousand members");
	bench_json_text(out, "metric", metrics[target->metric].name);
	bench_json_text(out, "unit", metrics[target->metric].unit);
	put_values(out, "values", values);
	bench_json_number(out, "median", found.measured);
	bench_json_text(out, "scaled_by", scales[target->scale]);
	put_values(out, "scaled", scaled);
	bench_json_number(out, "median_scaled", found.scaled);
	bench_json_number(out, "must", target->must);
	bench_json_number(out, "aim", target->aim);
	bench_json_number(out, "met", met_measured);
	bench_json_number(out, "met_scaled", met_scaled);
	merit_buffer_put_char(out, '}');
	tell_target(target, is_full, &found, met_measured, met_scaled);
	return found;
}

/* ---- Running ---- */

static struct bench_shape shape_of(enum trial trial, uint64_t operations)
{
	return (struct bench_shape){
		.load = { .form = trials[trial].form, .batch = trials[trial].batch, .members = 10000 },
		.connections = trials[trial].connections,
		.in_flight = 1,
		.operations = operations,
	};
}

static void announce(enum trial trial, size_t round, const struct bench_run *run)
{
	fprintf(stderr, "round %zu, %s: %" PRIu64 "/s; flushes %" PRIu64 ", verifies %" PRIu64 "\n", round + 1,
	        trials[trial].name, bench_run_rate(run), run->controls.flushes, run->controls.verifies);
}

static void run_small(const struct bench_means *means, uint64_t operations, struct bench_run runs[][ROUNDS])
{
	for (size_t round = 0; round < ROUNDS; round++) {
		for (enum trial trial = 0; trial < TRIALS_COUNT; trial++) {
			struct bench_shape shape = shape_of(trial, operations);
			bench_run(means, &shape, &runs[trial][round]);
			announce(trial, round, &runs[trial][round]);
		}
	}
}

/* All of it on one ledger, which is large already. */
static void run_full(const struct bench_means *means, uint64_t operations, struct bench_run runs[][ROUNDS])
{
	struct bench_shape large = { .load = { .members = FULL_MEMBERS }, .prefill = FULL_PREFILL };
	struct bench_world world;
	struct bench_service service;
	uint64_t first = 0;

	bench_run_begin(means, &large, &world, &service);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (enum trial trial = 0; trial < TRIALS_COUNT; trial++) {
			struct bench_run *run = &runs[trial][round];
			run->shape = shape_of(trial, operations);
			run->shape.load.members = FULL_MEMBERS;
			run->shape.load.first = first;
			run->shape.prefill = FULL_PREFILL;
			bench_run_load(means, &world, &service, run);
			first += run->operations;
			announce(trial, round, run);
		}
	}
	bench_run_end(means, &world, &service);
}

static void put_full(struct merit_buffer *out, const struct bench_run runs[][ROUNDS],
                     const struct medians small[TARGETS_COUNT])
{
	struct target memory = { BATCH_1000, ANONYMOUS_SIZE, 2ULL << 30, 1ULL << 30, SCALE_NONE };

	for (size_t i = 0; i < TARGETS_COUNT; i++) {
		struct target target = targets[i];
		if (target.metric != RATE)
			continue;
		target.must = small[i].scaled * FULL_PERCENT / 100;
		target.aim = small[i].scaled * FULL_AIM / 100;
		(void)put_target(out, runs, &target, true, &small[i]);
	}
	(void)put_target(out, runs, &memory, true, NULL);
}

static void put_runs(struct merit_buffer *out, const struct bench_run *runs, size_t count)
{
	merit_buffer_put_key(out, "runs");
	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < count; i++)
		bench_json_run(out, &runs[i]);
	merit_buffer_put_char(out, ']');
}

void bench_targets(const struct bench_means *means, uint64_t operations, bool is_full, const char *html)
{
	struct bench_run(*runs)[ROUNDS] = bench_allocate((size_t)2 * TRIALS_COUNT, sizeof(*runs));
	struct bench_run(*full)[ROUNDS] = runs + TRIALS_COUNT;
	struct medians medians[TARGETS_COUNT];
	size_t count = (size_t)(is_full ? 2 : 1) * TRIALS_COUNT * ROUNDS;
	struct bench_machine machine;
	struct merit_buffer out = { 0 };

	bench_machine_describe(means->parent, &machine);
	run_small(means, operations, runs);
	if (is_full)
		run_full(means, operations, full);
	merit_buffer_put_char(&out, '{');
	bench_json_machine(&out, &machine);
	merit_buffer_put_key(&out, "targets");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < TARGETS_COUNT; i++)
		medians[i] = put_target(&out, runs, &targets[i], false, NULL);
	if (is_full)
		put_full(&out, full, medians);
	merit_buffer_put_char(&out, ']');
	put_runs(&out, runs[0], count);
	merit_buffer_put_text(&out, "}\n");
	if (out.bad)
		bench_fail("no memory");
	(void)fwrite(out.data, 1, out.size, stdout);
	if (html != NULL)
		bench_html_write(html, &machine, runs[0], count);
	merit_buffer_free(&out);
	free(runs);
}
