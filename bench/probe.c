/* probe.c - merit-probe: what merit must hold besides throughput, one probe after the other. See README.md. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/html.h"
#include "bench/options.h"
#include "bench/probes.h"
#include "bench/report.h"

#define FULL_ENTRIES 10000000
#define FULL_MEMBERS 1000000

static const char usage[] =
	"usage: merit-probe [option]... PROBE... [-- meritd's option...]\n"
	"Measures, on scratch ledgers of its own, beside what must be held:\n"
	"\n"
	"  start      from spawn to ready: after a clean stop, after kill -9\n"
	"  reads      balances in signed messages of 100 while writes run at a third of their peak; memory then\n"
	"  statement  a page of a member with 100,000 entries: the newest, any\n"
	"  receipt    a receipt\n"
	"  past       a campaign's balance at a time behind half of the entries\n"
	"  tail       single earns at half of what 64 connections reach\n"
	"  pause      the longest wait while a backup runs, a report reads all entries, state is written back and\n"
	"             tables grow\n"
	"  expiry     the longest wait while the lots of all members die at once\n"
	"  soak       memory under mixed load at 10,000 entries a second: at the end beside a third of it, or beside\n"
	"             10 minutes where that is less; a default soak takes 20 GB of disk; as root\n"
	"  all        all but soak\n"
	"\n"
	"  --entries N    that a ledger has beforehand (default 100000)\n"
	"  --members N    (default 10000)\n"
	"  --full         10 million entries and 1 million members; takes 30 GB of disk\n"
	"  --seconds N    that a load goes on (default 10; of the soak 1800)\n"
	"  --strict       exit with 1 where something is missed even when scaled\n"
	"  --json         print JSON instead of a table in Markdown\n"
	"  --html FILE    of the soak: a report with its memory over time\n"
	"  --dir DIR      where scratch directories go (default /var/tmp)\n"
	"  --meritd FILE  the service (default: meritd beside this program; merit stands there, too)\n"
	"  --help\n"
	"\n"
	"Exit codes: 0 measured, whether or not it was held (but see --strict); 1 something failed; 2 wrong usage.\n";

static const struct {
	const char *name;
	bench_probe_fn *run;
	bool has_own;  /* ledger */
	bool is_apart; /* not one of all */
} probes[] = {
	{ "start", bench_probe_start, false, false },
	{ "reads", bench_probe_reads, false, false },
	{ "statement", bench_probe_statement, false, false },
	{ "receipt", bench_probe_receipt, false, false },
	{ "past", bench_probe_past, false, false },
	{ "tail", bench_probe_tail, false, false },
	{ "pause", bench_probe_pause, false, false },
	{ "expiry", bench_probe_expiry, true, false },
	{ "soak", bench_probe_soak, true, true },
};
#define PROBES_COUNT (sizeof(probes) / sizeof(probes[0]))

struct arguments {
	struct bench_probe probe;
	struct bench_means means;
	bool chosen[PROBES_COUNT], json, strict;
	const char *html;
	char meritd[PATH_MAX], merit[PATH_MAX];
};

/* ---- Results ---- */

static bool is_held(const struct bench_measure *measure, uint64_t value)
{
	return measure->is_ceiling ? value <= measure->must : value >= measure->must;
}

static const char *verdict_of(const struct bench_measure *measure)
{
	if (measure->must == 0)
		return "";
	return is_held(measure, measure->value)    ? "held"
	       : is_held(measure, measure->scaled) ? "held when scaled"
	                                           : "MISSED";
}

/* What is less the better takes longer in a slow moment; of all else there is less. */
static uint64_t scaled_value(const struct bench_measure *measure)
{
	uint64_t slowness = bench_moment_slowness(&measure->moment, measure->scale);

	return measure->is_ceiling ? measure->value * 1000 / slowness : measure->value * slowness / 1000;
}

static void print_head(void)
{
	printf("\n| | measured | scaled | must | | flushes | verifies | of CPU | %% stolen |\n"
	       "|---|---:|---:|---:|---|---:|---:|---:|---:|\n");
	(void)fflush(stdout);
}

static void print_measures(const struct bench_probe *probe, size_t from)
{
	for (size_t i = from; i < probe->measures_count; i++) {
		const struct bench_measure *measure = &probe->measures[i];
		printf("| %-52s | %10" PRIu64 " %-9s | ", measure->name, measure->value, measure->unit);
		if (measure->scale != BENCH_SCALE_NONE)
			printf("%10" PRIu64 " | ", measure->scaled);
		else
			printf("%10s | ", "");
		if (measure->must > 0)
			printf("%s %8" PRIu64, measure->is_ceiling ? "at most " : "at least", measure->must);
		else
			printf("%17s", "");
		printf(" | %-16s | %6" PRIu64 " | %6" PRIu64 " | %6" PRIu64 " | %2u |\n", verdict_of(measure),
		       measure->moment.flushes, measure->moment.verifies, measure->moment.cpu_verifies,
		       measure->stolen_percent);
	}
	(void)fflush(stdout);
}

static void put_measure(struct merit_buffer *out, const struct bench_measure *measure)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_buffer_put_text_member(out, "name", measure->name);
	merit_buffer_put_text_member(out, "unit", measure->unit);
	bench_json_number(out, "value", measure->value);
	merit_buffer_put_text_member(out, "scaled_by", bench_scale_words[measure->scale]);
	bench_json_number(out, "scaled", measure->scaled);
	bench_json_number(out, "control_flushes_per_second", measure->moment.flushes);
	bench_json_number(out, "control_verifies_per_second", measure->moment.verifies);
	bench_json_number(out, "control_verifies_per_cpu_second", measure->moment.cpu_verifies);
	bench_json_number(out, "stolen_percent", measure->stolen_percent);
	if (measure->must > 0) {
		bench_json_number(out, "must", measure->must);
		merit_buffer_put_text_member(out, "at", measure->is_ceiling ? "most" : "least");
		bench_json_number(out, "held", is_held(measure, measure->value));
		bench_json_number(out, "held_scaled", is_held(measure, measure->scaled));
	}
	merit_buffer_put_char(out, '}');
}

static void print_json(const struct arguments *arguments, const struct bench_machine *machine)
{
	const struct bench_probe *probe = &arguments->probe;
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	bench_json_machine(&out, machine);
	bench_json_number(&out, "entries", probe->entries);
	bench_json_number(&out, "members", probe->members);
	bench_json_number(&out, "load_percent", bench_load_percent());
	merit_buffer_put_key(&out, "measures");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < probe->measures_count; i++)
		put_measure(&out, &probe->measures[i]);
	merit_buffer_put_char(&out, ']');
	if (probe->run->operations > 0) {
		merit_buffer_put_key(&out, "soak");
		bench_json_run(&out, probe->run);
	}
	merit_buffer_put_text(&out, "}\n");
	if (out.bad)
		bench_fail("no memory");
	(void)fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}

/* One probe, with the moments before and behind it. */
static void run_probe(struct bench_probe *probe, size_t index)
{
	size_t from = probe->measures_count;
	const char *directory = probe->means->parent;

	if (!probes[index].has_own)
		bench_service_settle(bench_probe_service(probe));
	struct bench_moment before = bench_moment_now(directory);
	struct bench_cores cores = bench_cores_now();
	probes[index].run(probe);
	unsigned stolen_percent = bench_stolen_percent(&cores);
	if (probe->is_served)
		bench_service_settle(&probe->service);
	struct bench_moment behind = bench_moment_now(directory);
	for (size_t i = from; i < probe->measures_count; i++) {
		struct bench_measure *measure = &probe->measures[i];
		measure->moment = bench_moment_mean(&before, &behind);
		measure->scaled = scaled_value(measure);
		measure->stolen_percent = stolen_percent;
	}
}

static void run_chosen(struct arguments *arguments)
{
	struct bench_probe *probe = &arguments->probe;
	struct bench_machine machine;

	bench_machine_describe(arguments->means.parent, &machine);
	if (!arguments->json) {
		bench_report_machine(&machine);
		printf("%" PRIu64 " entries, %" PRIu32 " members\n", probe->entries, probe->members);
		print_head();
	}
	for (size_t i = 0; i < PROBES_COUNT; i++) {
		size_t from = probe->measures_count;
		if (!arguments->chosen[i])
			continue;
		run_probe(probe, i);
		if (!arguments->json)
			print_measures(probe, from);
	}
	bench_probe_end(probe);
	if (arguments->json)
		print_json(arguments, &machine);
	if (arguments->html != NULL && probe->run->operations > 0)
		bench_html_write(arguments->html, &machine, probe->run, 1);
}

static bool is_any_missed(const struct bench_probe *probe)
{
	for (size_t i = 0; i < probe->measures_count; i++) {
		const struct bench_measure *measure = &probe->measures[i];
		if (measure->must > 0 && !is_held(measure, measure->value) && !is_held(measure, measure->scaled))
			return true;
	}
	return false;
}

/* ---- Arguments ---- */

enum option_number { ENTRIES = 256, MEMBERS, FULL, SECONDS, STRICT, JSON, HTML, DIR, MERITD, HELP };

static const struct option options[] = {
	{ "entries", required_argument, NULL, ENTRIES },
	{ "members", required_argument, NULL, MEMBERS },
	{ "full", no_argument, NULL, FULL },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "strict", no_argument, NULL, STRICT },
	{ "json", no_argument, NULL, JSON },
	{ "html", required_argument, NULL, HTML },
	{ "dir", required_argument, NULL, DIR },
	{ "meritd", required_argument, NULL, MERITD },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static void take_option(struct arguments *arguments, int option, const char *name)
{
	struct bench_probe *probe = &arguments->probe;

	switch (option) {
	case ENTRIES: probe->entries = bench_option_number(name, optarg, 1000000000); break;
	case MEMBERS: probe->members = (uint32_t)bench_option_number(name, optarg, 9999999); break;
	case FULL:
		probe->entries = FULL_ENTRIES;
		probe->members = FULL_MEMBERS;
		break;
	case SECONDS:
		probe->seconds = (uint32_t)bench_option_number(name, optarg, 86400);
		probe->has_seconds = true;
		break;
	case STRICT: arguments->strict = true; break;
	case JSON: arguments->json = true; break;
	case HTML: arguments->html = optarg; break;
	case DIR: arguments->means.parent = optarg; break;
	case MERITD: (void)snprintf(arguments->meritd, sizeof(arguments->meritd), "%s", optarg); break;
	case HELP: (void)fputs(usage, stdout); exit(0);
	default: exit(2); /* getopt has said what is wrong. */
	}
}

static void choose(struct arguments *arguments, const char *name)
{
	bool is_known = false;

	for (size_t i = 0; i < PROBES_COUNT; i++) {
		if (strcmp(name, probes[i].name) != 0 && (strcmp(name, "all") != 0 || probes[i].is_apart))
			continue;
		arguments->chosen[i] = is_known = true;
	}
	if (!is_known)
		bench_option_fault("probe", name);
}

int main(int argc, char **argv)
{
	static struct arguments arguments = {
		.probe = { .entries = 100000, .members = 10000, .seconds = 10 },
		.means = { .parent = "/var/tmp" },
	};
	int option, index = 0;

	bench_program_beside("meritd", arguments.meritd);
	bench_program_beside("merit", arguments.merit);
	while ((option = getopt_long(argc, argv, "+", options, &index)) != -1)
		take_option(&arguments, option, option >= ENTRIES ? options[index].name : "");
	if (optind == argc)
		bench_option_fault("probe", "");
	while (optind < argc && strcmp(argv[optind], "--") != 0)
		choose(&arguments, argv[optind++]);
	arguments.means.meritd = arguments.meritd;
	arguments.means.arguments = optind < argc ? argv + optind + 1 : argv + argc;
	arguments.probe.means = &arguments.means;
	arguments.probe.merit = arguments.merit;
	arguments.probe.run = bench_allocate(1, sizeof(*arguments.probe.run));
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	run_chosen(&arguments);
	bool is_bad = arguments.strict && is_any_missed(&arguments.probe);
	free(arguments.probe.run);
	return is_bad ? 1 : 0;
}
