/* targets.c - see targets.h.
 *
 * Trials are run in rounds, one after the other, so that a slow quarter of an hour hits no row alone; on the large
 * ledger each right behind the same one on a small ledger, so that both are of one moment. A value is also given as it
 * would be in a quiet moment, and whether a target is met is said of each. Scaled are
 *   bulks and batches  by the verifies: the processor bounds them;
 *   singles            by the control that was hurt less: they wait for flushes as well;
 *   merit verify       by verifies a CPU second. Of logs of singles it is mostly these. Of logs of bulks it hashes and
 *                      decides again, within one thread and without the disk: what bends it is the core's speed, and
 *                      that the verifies tell as well as hashes would, in one control for the whole table;
 *   sizes              by nothing. */
#include "bench/targets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/html.h"
#include "bench/report.h"

#define FULL_PREFILL 10000000
#define FULL_MEMBERS 1000000
#define FULL_PERCENT 85 /* of the same trial on a small ledger */
#define FULL_AIM     95
#define SMALL_NAME   "10 thousand members"
#define FULL_NAME    "10 million entries, 1 million members"

/* ---- What is run ---- */

enum trial { BULK_8000, BULK_1000, BULK_100, BATCH_8000, BATCH_1000, BATCH_100, SINGLE_64, SINGLE_1, TRIALS_COUNT };

static const struct {
	const char *name;
	enum bench_form form;
	uint32_t batch, connections;
} trials[TRIALS_COUNT] = {
	[BULK_8000] = { "bulk of 8,000 on 16", BENCH_BULK, 8000, 16 },
	[BULK_1000] = { "bulk of 1,000 on 16", BENCH_BULK, 1000, 16 },
	[BULK_100] = { "bulk of 100 on 16", BENCH_BULK, 100, 16 },
	[BATCH_8000] = { "batch of 8,000 on 16", BENCH_BATCH, 8000, 16 },
	[BATCH_1000] = { "batch of 1,000 on 16", BENCH_BATCH, 1000, 16 },
	[BATCH_100] = { "batch of 100 on 16", BENCH_BATCH, 100, 16 },
	[SINGLE_64] = { "singles on 64", BENCH_SINGLE, 1, 64 },
	[SINGLE_1] = { "singles on 1", BENCH_SINGLE, 1, 1 },
};

/* Every trial of every round, one behind the other in memory; full ones are not run where nobody asked for them. */
struct runs {
	struct bench_run (*small)[BENCH_ROUNDS], (*full)[BENCH_ROUNDS];
};

/* ---- What is held against it ---- */

enum metric { RATE, DISK_SIZE, VERIFY_RATE, MEMORY_SIZE, PART };

struct target {
	enum trial trial;
	enum metric metric;
	uint64_t must, aim; /* 0: none */
	enum bench_scale scale;
};

static const struct target targets[] = {
	{ BULK_8000, RATE, 300000, 450000, BENCH_SCALE_VERIFIES },
	{ BULK_1000, RATE, 220000, 300000, BENCH_SCALE_VERIFIES },
	{ BULK_100, RATE, 100000, 150000, BENCH_SCALE_VERIFIES },
	{ BATCH_8000, RATE, 200000, 300000, BENCH_SCALE_VERIFIES },
	{ BATCH_1000, RATE, 150000, 220000, BENCH_SCALE_VERIFIES },
	{ BATCH_100, RATE, 80000, 120000, BENCH_SCALE_VERIFIES },
	{ SINGLE_64, RATE, 15000, 20000, BENCH_SCALE_LESSER },
	{ SINGLE_1, RATE, 3000, 4000, BENCH_SCALE_LESSER },
	{ BATCH_1000, DISK_SIZE, 1200, 900, BENCH_SCALE_NONE },
	{ SINGLE_64, DISK_SIZE, 1800, 1500, BENCH_SCALE_NONE },
	{ BATCH_1000, VERIFY_RATE, 200000, 0, BENCH_SCALE_CPU_VERIFIES },
	{ SINGLE_64, VERIFY_RATE, 20000, 0, BENCH_SCALE_CPU_VERIFIES },
};
#define TARGETS_COUNT (sizeof(targets) / sizeof(targets[0]))
#define ROWS_MAX      (TARGETS_COUNT + 2 * TRIALS_COUNT + 1) /* rates and parts of the full ledger, and memory */

static const struct {
	const char *name, *unit;
	bool is_ceiling;
} metrics[] = {
	[RATE] = { "throughput", "entries/s", false },
	[DISK_SIZE] = { "disk", "bytes on the disk an entry", true },
	[VERIFY_RATE] = { "verify", "verified entries a CPU second", false },
	[MEMORY_SIZE] = { "memory", "bytes of memory, claims among it", true },
	[PART] = { "part of the small ledger's", "% of the small ledger's entries/s", false },
};

static uint64_t value_of(const struct bench_run *run, enum metric metric)
{
	switch (metric) {
	case RATE:
	case PART: return bench_run_rate(run);
	case DISK_SIZE: return run->log_size + run->state_size;
	case VERIFY_RATE: return bench_per_second(run->verified_entries, run->verify_cpu_ns);
	case MEMORY_SIZE: return run->anonymous_size == 0 ? 0 : run->anonymous_size + run->shared_size;
	}
	return 0;
}

static uint64_t scaled_value(const struct bench_run *run, uint64_t value, enum bench_scale scale)
{
	const struct bench_moment moment = {
		.flushes = run->controls.flushes,
		.verifies = run->controls.verifies,
		.cpu_verifies = run->verify_control,
	};

	return value * bench_moment_slowness(&moment, scale) / 1000;
}

/* ---- Rows ---- */

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t median(const uint64_t values[BENCH_ROUNDS])
{
	uint64_t sorted[BENCH_ROUNDS];

	for (size_t i = 0; i < BENCH_ROUNDS; i++)
		sorted[i] = values[i];
	qsort(sorted, BENCH_ROUNDS, sizeof(sorted[0]), compare);
	return sorted[BENCH_ROUNDS / 2];
}

/* Whether value is as must asks. What could not be read is 0, and is not met. */
static bool is_met(const struct target *target, uint64_t value)
{
	return metrics[target->metric].is_ceiling ? value > 0 && value <= target->must : value >= target->must;
}

/* small: the runs that a PART is a part of; else NULL. */
static void take_values(struct bench_target_row *row, const struct target *target, const struct bench_run *runs,
                        const struct bench_run *small)
{
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		const struct bench_run *run = &runs[i];
		uint64_t value = value_of(run, target->metric);
		row->values[i] = value;
		row->scaled[i] = scaled_value(run, value, target->scale);
		row->flushes[i] = run->controls.flushes;
		row->verifies[i] = run->controls.verifies;
		row->cpu_verifies[i] = run->verify_control;
		row->stolen_percent[i] = run->stolen_percent;
		if (small == NULL)
			continue;
		uint64_t whole = value_of(&small[i], target->metric);
		row->values[i] = bench_divide(value * 100, whole);
		row->scaled[i] = bench_divide(row->scaled[i] * 100, scaled_value(&small[i], whole, target->scale));
	}
}

static struct bench_target_row row_of(const struct target *target, const char *ledger, const struct bench_run *runs,
                                      const struct bench_run *small)
{
	struct bench_target_row row = {
		.trial = trials[target->trial].name,
		.ledger = ledger,
		.metric = metrics[target->metric].name,
		.unit = metrics[target->metric].unit,
		.is_ceiling = metrics[target->metric].is_ceiling,
		.scale = target->scale,
		.must = target->must,
		.aim = target->aim,
	};

	take_values(&row, target, runs, small);
	row.median = median(row.values);
	row.median_scaled = median(row.scaled);
	row.met = is_met(target, row.median);
	row.met_scaled = is_met(target, row.median_scaled);
	return row;
}

static size_t list_rows(const struct runs *runs, bool is_full, struct bench_target_row rows[ROWS_MAX])
{
	static const struct target memory = { BATCH_1000, MEMORY_SIZE, 2ULL << 30, 1ULL << 30, BENCH_SCALE_NONE };
	size_t count = 0;

	for (size_t i = 0; i < TARGETS_COUNT; i++)
		rows[count++] = row_of(&targets[i], SMALL_NAME, runs->small[targets[i].trial], NULL);
	for (size_t i = 0; is_full && i < TARGETS_COUNT; i++) {
		struct target rate = targets[i], part = targets[i];
		enum trial trial = rate.trial;
		if (rate.metric != RATE)
			continue;
		rate.must = rate.aim = 0;
		part.metric = PART;
		part.must = FULL_PERCENT;
		part.aim = FULL_AIM;
		rows[count++] = row_of(&rate, FULL_NAME, runs->full[trial], NULL);
		rows[count++] = row_of(&part, FULL_NAME, runs->full[trial], runs->small[trial]);
	}
	if (is_full)
		rows[count++] = row_of(&memory, FULL_NAME, runs->full[memory.trial], NULL);
	return count;
}

/* ---- Running ---- */

/* The large ledger, which is served all the time; what small ones need is inside its scratch directory. */
struct large {
	struct bench_world world;
	struct bench_service service;
	uint64_t first; /* of its next load */
};

static struct bench_shape shape_of(enum trial trial, uint64_t operations)
{
	return (struct bench_shape){
		.load = { .form = trials[trial].form, .batch = trials[trial].batch, .members = 10000 },
		.connections = trials[trial].connections,
		.in_flight = 1,
		.operations = operations,
	};
}

static void announce(enum trial trial, size_t round, const char *ledger, const struct bench_run *run)
{
	fprintf(stderr, "round %zu, %s, %s: %" PRIu64 "/s; flushes %" PRIu64 ", verifies %" PRIu64 "\n", round + 1,
	        trials[trial].name, ledger, bench_run_rate(run), run->controls.flushes, run->controls.verifies);
}

static void large_begin(const struct bench_means *means, struct large *large)
{
	struct bench_shape shape = { .load = { .members = FULL_MEMBERS }, .prefill = FULL_PREFILL };

	bench_run_begin(means, &shape, &large->world, &large->service);
	large->first = 0;
}

static void large_run(const struct bench_means *means, struct large *large, const struct bench_shape *shape,
                      struct bench_run *run)
{
	run->shape = *shape;
	run->shape.load.members = FULL_MEMBERS;
	run->shape.load.first = large->first;
	run->shape.prefill = FULL_PREFILL;
	bench_run_load(means, &large->world, &large->service, run);
	large->first += run->operations;
}

static void run_trials(const struct bench_means *means, const struct bench_target_options *options,
                       const struct runs *runs)
{
	struct bench_means small_means = *means;
	struct large large;

	if (options->is_full) {
		large_begin(means, &large);
		small_means.parent = large.world.root;
	}
	for (size_t round = 0; round < BENCH_ROUNDS; round++) {
		for (enum trial trial = 0; trial < TRIALS_COUNT; trial++) {
			struct bench_run *small = &runs->small[trial][round], *full = &runs->full[trial][round];
			struct bench_shape shape = shape_of(trial, options->operations);
			bench_run(&small_means, &shape, small);
			announce(trial, round, SMALL_NAME, small);
			if (!options->is_full)
				continue;
			large_run(means, &large, &shape, full);
			announce(trial, round, FULL_NAME, full);
		}
	}
	if (options->is_full)
		bench_run_end(means, &large.world, &large.service);
}

void bench_targets(const struct bench_means *means, const struct bench_target_options *options)
{
	struct bench_run(*all)[BENCH_ROUNDS] = bench_allocate((size_t)2 * TRIALS_COUNT, sizeof(*all));
	const struct runs runs = { .small = all, .full = all + TRIALS_COUNT };
	struct bench_target_row rows[ROWS_MAX];
	struct bench_machine machine;
	size_t runs_count = (size_t)(options->is_full ? 2 : 1) * TRIALS_COUNT * BENCH_ROUNDS;

	bench_machine_describe(means->parent, &machine);
	run_trials(means, options, &runs);
	struct bench_target_table table = {
		.machine = &machine,
		.rows = rows,
		.rows_count = list_rows(&runs, options->is_full, rows),
		.runs = all[0],
		.runs_count = runs_count,
	};
	if (options->as_json)
		bench_targets_print_json(&table);
	else
		bench_targets_print_markdown(&table);
	if (options->html != NULL)
		bench_html_write(options->html, &machine, table.runs, runs_count);
	free(all);
}
