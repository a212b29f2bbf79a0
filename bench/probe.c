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

static const char usage[] =
	"usage: merit-probe [option]... PROBE... [-- meritd's option...]\n"
	"Measures, each on a scratch ledger of its own, beside what must be held:\n"
	"\n"
	"  start      from spawn to ready: after a clean stop, after kill -9\n"
	"  reads      balances in signed messages of 100 while writes run at a third of their peak\n"
	"  statement  a page of a member with 100,000 entries\n"
	"  receipt    a receipt\n"
	"  past       a campaign's balance at a time behind half of the entries\n"
	"  tail       single earns at half of what 64 connections reach\n"
	"  pause      the longest wait while state is written back and tables grow, a backup runs, a report reads\n"
	"             all entries\n"
	"  expiry     the longest wait while the lots of all members die at once; takes four minutes\n"
	"  soak       memory under mixed load at 10,000 entries a second: at the end beside a third of it, or beside\n"
	"             10 minutes where that is less; a default soak takes 20 GB of disk; as root\n"
	"  all        all but soak\n"
	"\n"
	"  --entries N    that each ledger has beforehand (default 100000)\n"
	"  --members N    (default 10000)\n"
	"  --seconds N    that a load goes on (default 10; of the soak 1800)\n"
	"  --json         print JSON instead of a table\n"
	"  --html FILE    of the soak: a report with its memory over time\n"
	"  --dir DIR      where scratch directories go (default /var/tmp)\n"
	"  --meritd FILE  the service (default: meritd beside this program; merit stands there, too)\n"
	"  --help\n"
	"\n"
	"Exit codes: 0 measured, whether or not it was held; 1 something failed; 2 wrong usage.\n";

static const struct {
	const char *name;
	bench_probe_fn *run;
	bool is_apart; /* not one of all */
} probes[] = {
	{ "start", bench_probe_start, false },
	{ "reads", bench_probe_reads, false },
	{ "statement", bench_probe_statement, false },
	{ "receipt", bench_probe_receipt, false },
	{ "past", bench_probe_past, false },
	{ "tail", bench_probe_tail, false },
	{ "pause", bench_probe_pause, false },
	{ "expiry", bench_probe_expiry, false },
	{ "soak", bench_probe_soak, true },
};
#define PROBES_COUNT (sizeof(probes) / sizeof(probes[0]))

struct arguments {
	struct bench_probe probe;
	struct bench_means means;
	bool chosen[PROBES_COUNT], json;
	const char *html;
	char meritd[PATH_MAX], merit[PATH_MAX];
};

/* ---- Results ---- */

static bool is_held(const struct bench_measure *measure)
{
	return measure->is_ceiling ? measure->value <= measure->must : measure->value >= measure->must;
}

static void print_measures(const struct bench_probe *probe, size_t from)
{
	for (size_t i = from; i < probe->measures_count; i++) {
		const struct bench_measure *measure = &probe->measures[i];
		printf("%-46s %10" PRIu64 " %-10s", measure->name, measure->value, measure->unit);
		if (measure->must > 0)
			printf(" %s %8" PRIu64 "  %s", measure->is_ceiling ? "at most " : "at least", measure->must,
			       is_held(measure) ? "held" : "MISSED");
		printf("\n");
	}
	(void)fflush(stdout);
}

static void put_measure(struct merit_buffer *out, const struct bench_measure *measure)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	bench_json_text(out, "name", measure->name);
	bench_json_text(out, "unit", measure->unit);
	bench_json_number(out, "value", measure->value);
	if (measure->must > 0) {
		bench_json_number(out, "must", measure->must);
		bench_json_text(out, "at", measure->is_ceiling ? "most" : "least");
		bench_json_number(out, "held", is_held(measure));
	}
	merit_buffer_put_char(out, '}');
}

static void print_json(const struct arguments *arguments, const struct bench_machine *machine, uint64_t flushes,
                       uint64_t verifies)
{
	const struct bench_probe *probe = &arguments->probe;
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	bench_json_machine(&out, machine);
	bench_json_number(&out, "entries", probe->entries);
	bench_json_number(&out, "members", probe->members);
	bench_json_number(&out, "control_flushes_per_second", flushes);
	bench_json_number(&out, "control_verifies_per_second", verifies);
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

static void run_chosen(struct arguments *arguments)
{
	struct bench_probe *probe = &arguments->probe;
	struct bench_machine machine;

	bench_machine_describe(arguments->means.parent, &machine);
	uint64_t flushes = bench_control_flushes(arguments->means.parent), verifies = bench_control_verifies();
	if (!arguments->json) {
		bench_report_machine(&machine);
		printf("%" PRIu64 " entries, %" PRIu32 " members; controls: %" PRIu64 " flushes, %" PRIu64
		       " verifies\n",
		       probe->entries, probe->members, flushes, verifies);
	}
	for (size_t i = 0; i < PROBES_COUNT; i++) {
		size_t from = probe->measures_count;
		if (!arguments->chosen[i])
			continue;
		probes[i].run(probe);
		if (!arguments->json)
			print_measures(probe, from);
	}
	if (arguments->json)
		print_json(arguments, &machine, flushes, verifies);
	if (arguments->html != NULL && probe->run->operations > 0)
		bench_html_write(arguments->html, &machine, probe->run, 1);
}

/* ---- Arguments ---- */

enum option_number { ENTRIES = 256, MEMBERS, SECONDS, JSON, HTML, DIR, MERITD, HELP };

static const struct option options[] = {
	{ "entries", required_argument, NULL, ENTRIES },
	{ "members", required_argument, NULL, MEMBERS },
	{ "seconds", required_argument, NULL, SECONDS },
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
	case SECONDS:
		probe->seconds = (uint32_t)bench_option_number(name, optarg, 86400);
		probe->has_seconds = true;
		break;
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
	free(arguments.probe.run);
	return 0;
}
