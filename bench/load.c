/* load.c - merit-bench: what a real meritd makes durable in a second, and what each operation costs. See README.md. */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/html.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/targets.h"
#include "ledger/limits.h"

#define RUNS_MAX 16

static const char usage[] =
	"usage: merit-bench [option]... [-- meritd's option...]\n"
	"Measures durable operations through a meritd of its own on a scratch ledger.\n"
	"\n"
	"  --workload W     earn, redeem, referral, mixed, balance, statement, receipt, past (default earn)\n"
	"  --form F         single, batch or bulk (default batch)\n"
	"  --batch N        operations in a message, 1 to 8192 (default 1000; 1 is --form single)\n"
	"  --connections N  (default 16)\n"
	"  --in-flight N    messages outstanding on each connection (default 1)\n"
	"  --entries N      operations in all, rounded up to whole messages (default: what takes some seconds)\n"
	"  --seconds N      how long, in place of --entries; messages are then made while the clock runs\n"
	"  --rate N         operations a second, each with its time to leave (default: as many as are answered)\n"
	"  --members N      (default 10000)\n"
	"  --pick P         uniform or zipf: some members far more often than others (default uniform)\n"
	"  --ids I          rising or random (default rising)\n"
	"  --no-evidence    earns without evidence\n"
	"  --shares E,B,S,R of mixed, in percent of messages: earns, balances, statements, receipts\n"
	"                   (default 70,20,5,5)\n"
	"  --prefill N      entries written before the clock starts (default 0)\n"
	"  --sign-inside    make and sign messages while the clock runs; else all of it before\n"
	"  --matrix         the standard shapes, one run each: singles on 1 and 64 connections; 64, 100, 1000, 8000\n"
	"                   on 16\n"
	"  --vary WHAT      entries: one run each with 0, 100 thousand, 1 and 10 million beforehand; members: with\n"
	"                   10 thousand, 100 thousand, 1 million\n"
	"  --targets        the table of targets, three runs each, medians beside what must be reached, as Markdown;\n"
	"                   of the options above, --entries alone is looked at\n"
	"  --full           with --targets: also with 10 million entries and 1 million members; takes 20 GB\n"
	"  --no-verify      leave out merit verify\n"
	"  --no-controls    leave out the machine's own figures\n"
	"  --json           print JSON instead of a table\n"
	"  --html FILE      write a report with plots, too\n"
	"  --dir DIR        where scratch directories go; its file system is what is measured (default /var/tmp)\n"
	"  --keep           leave the scratch directory at the end; an interrupt removes it all the same\n"
	"  --meritd FILE    the service (default: meritd beside this program)\n"
	"  --help\n"
	"\n"
	"Exit codes: 0 measured; 1 something was refused or failed, its scratch directory is kept; 2 wrong usage.\n";

enum vary { VARY_NOTHING, VARY_ENTRIES, VARY_MEMBERS, VARY_BATCH };

struct arguments {
	struct bench_shape shape;
	struct bench_means means;
	enum vary vary;
	bool json, targets, full;
	const char *html;
	char meritd[PATH_MAX];
};

/* ---- All of it ---- */

/* The rows of README: batch and connections. */
static const struct { uint32_t batch, connections; } matrix[] = {
	{ 1, 1 }, { 1, 64 }, { 64, 16 }, { 100, 16 }, { 1000, 16 }, { 8000, 16 },
};
static const uint64_t prefills[] = { 0, 100000, 1000000, 10000000 };
static const uint32_t members[] = { 10000, 100000, 1000000 };

/* Fills in what the i-th run differs in; false when there is no such run. */
static bool vary_shape(enum vary vary, size_t i, struct bench_shape *shape)
{
	switch (vary) {
	case VARY_ENTRIES:
		if (i < sizeof(prefills) / sizeof(prefills[0]))
			shape->prefill = prefills[i];
		return i < sizeof(prefills) / sizeof(prefills[0]);
	case VARY_MEMBERS:
		if (i < sizeof(members) / sizeof(members[0]))
			shape->load.members = members[i];
		return i < sizeof(members) / sizeof(members[0]);
	case VARY_BATCH:
		if (i >= sizeof(matrix) / sizeof(matrix[0]))
			return false;
		shape->load.batch = matrix[i].batch;
		shape->connections = matrix[i].connections;
		return true;
	case VARY_NOTHING: break;
	}
	return i == 0;
}

static size_t list_shapes(const struct arguments *arguments, struct bench_shape shapes[RUNS_MAX])
{
	size_t count = 0;

	for (; count < RUNS_MAX; count++) {
		struct bench_shape *shape = &shapes[count];
		*shape = arguments->shape;
		if (!vary_shape(arguments->vary, count, shape))
			break;
		if (shape->load.batch == 1 || shape->load.form == BENCH_SINGLE) {
			shape->load.form = BENCH_SINGLE;
			shape->load.batch = 1;
		}
	}
	return count;
}

static void run_all(const struct arguments *arguments)
{
	struct bench_shape shapes[RUNS_MAX];
	struct bench_run *runs = bench_allocate(RUNS_MAX, sizeof(*runs));
	struct bench_machine machine;
	size_t count = list_shapes(arguments, shapes);

	bench_machine_describe(arguments->means.parent, &machine);
	if (!arguments->json) {
		bench_report_machine(&machine);
		bench_report_head();
	}
	for (size_t i = 0; i < count; i++) {
		bench_run(&arguments->means, &shapes[i], &runs[i]);
		if (!arguments->json)
			bench_report_run(&runs[i]);
	}
	if (arguments->json)
		bench_report_json(&machine, runs, count);
	if (arguments->html != NULL)
		bench_html_write(arguments->html, &machine, runs, count);
	free(runs);
}

static void run_targets(const struct arguments *arguments)
{
	const struct bench_target_options options = {
		.operations = arguments->shape.operations,
		.is_full = arguments->full,
		.as_json = arguments->json,
		.html = arguments->html,
	};

	bench_targets(&arguments->means, &options);
}

/* ---- Arguments ---- */

enum option_number {
	WORKLOAD = 256, FORM, BATCH, CONNECTIONS, IN_FLIGHT, ENTRIES, SECONDS, RATE, MEMBERS, PICK, IDS, NO_EVIDENCE,
	SHARES, PREFILL, SIGN_INSIDE, MATRIX, VARY, TARGETS, FULL, NO_VERIFY, NO_CONTROLS, JSON, HTML, DIR, KEEP,
	MERITD, HELP
};

static const struct option options[] = {
	{ "workload", required_argument, NULL, WORKLOAD },
	{ "form", required_argument, NULL, FORM },
	{ "batch", required_argument, NULL, BATCH },
	{ "connections", required_argument, NULL, CONNECTIONS },
	{ "in-flight", required_argument, NULL, IN_FLIGHT },
	{ "entries", required_argument, NULL, ENTRIES },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "rate", required_argument, NULL, RATE },
	{ "members", required_argument, NULL, MEMBERS },
	{ "pick", required_argument, NULL, PICK },
	{ "ids", required_argument, NULL, IDS },
	{ "no-evidence", no_argument, NULL, NO_EVIDENCE },
	{ "shares", required_argument, NULL, SHARES },
	{ "prefill", required_argument, NULL, PREFILL },
	{ "sign-inside", no_argument, NULL, SIGN_INSIDE },
	{ "matrix", no_argument, NULL, MATRIX },
	{ "vary", required_argument, NULL, VARY },
	{ "targets", no_argument, NULL, TARGETS },
	{ "full", no_argument, NULL, FULL },
	{ "no-verify", no_argument, NULL, NO_VERIFY },
	{ "no-controls", no_argument, NULL, NO_CONTROLS },
	{ "json", no_argument, NULL, JSON },
	{ "html", required_argument, NULL, HTML },
	{ "dir", required_argument, NULL, DIR },
	{ "keep", no_argument, NULL, KEEP },
	{ "meritd", required_argument, NULL, MERITD },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static void read_shares(const char *option, const char *text, uint32_t shares_out[4])
{
	uint32_t *s = shares_out;
	int end = 0;
	int found = sscanf(text, "%3u,%3u,%3u,%3u%n", &s[0], &s[1], &s[2], &s[3], &end);

	bool is_too_much = found == 4 && (s[0] > 100 || s[1] > 100 || s[2] > 100 || s[3] > 100);

	if (found != 4 || is_too_much || text[end] != '\0' || s[0] + s[1] + s[2] + s[3] != 100)
		bench_option_fault(option, text);
}

static void take_load_option(struct bench_load *load, int option, const char *name)
{
	static const char *const picks[] = { "uniform", "zipf" }, *const ids[] = { "rising", "random" };

	switch (option) {
	case WORKLOAD:
		load->workload = (enum bench_workload)bench_option_word(name, optarg, bench_workload_words,
		                                                        BENCH_WORKLOAD_COUNT);
		break;
	case FORM:
		load->form = (enum bench_form)bench_option_word(name, optarg, bench_form_words, BENCH_FORM_COUNT);
		break;
	case BATCH: load->batch = (uint32_t)bench_option_number(name, optarg, MERIT_CALLS_MAX); break;
	case MEMBERS: load->members = (uint32_t)bench_option_number(name, optarg, 9999999); break;
	case PICK: load->is_zipf = bench_option_word(name, optarg, picks, 2) == 1; break;
	case IDS: load->has_random_ids = bench_option_word(name, optarg, ids, 2) == 1; break;
	case NO_EVIDENCE: load->no_evidence = true; break;
	case SHARES: read_shares(name, optarg, load->shares); break;
	default: exit(2); /* getopt has said what is wrong. */
	}
}

static void take_option(struct arguments *arguments, int option, const char *name)
{
	static const char *const varied[] = { "entries", "members" };
	struct bench_shape *shape = &arguments->shape;

	switch (option) {
	case CONNECTIONS: shape->connections = (uint32_t)bench_option_number(name, optarg, 4000); break;
	case IN_FLIGHT: shape->in_flight = (uint32_t)bench_option_number(name, optarg, 1000); break;
	case ENTRIES: shape->operations = bench_option_number(name, optarg, 100000000); break;
	case SECONDS: shape->seconds = (uint32_t)bench_option_number(name, optarg, 86400); break;
	case RATE: shape->rate = bench_option_number(name, optarg, 10000000); break;
	case PREFILL: shape->prefill = bench_option_number(name, optarg, 1000000000); break;
	case SIGN_INSIDE: shape->made_inside = true; break;
	case MATRIX: arguments->vary = VARY_BATCH; break;
	case VARY:
		arguments->vary = bench_option_word(name, optarg, varied, 2) == 0 ? VARY_ENTRIES : VARY_MEMBERS;
		break;
	case TARGETS: arguments->targets = true; break;
	case FULL: arguments->full = true; break;
	case NO_VERIFY: arguments->means.no_verify = true; break;
	case NO_CONTROLS: arguments->means.no_controls = true; break;
	case JSON: arguments->json = true; break;
	case HTML: arguments->html = optarg; break;
	case DIR: arguments->means.parent = optarg; break;
	case KEEP: arguments->means.keep = true; break;
	case MERITD: (void)snprintf(arguments->meritd, sizeof(arguments->meritd), "%s", optarg); break;
	case HELP: (void)fputs(usage, stdout); exit(0);
	default: take_load_option(&shape->load, option, name); break;
	}
}

int main(int argc, char **argv)
{
	static struct arguments arguments = {
		.shape = { .load = { .form = BENCH_BATCH, .batch = 1000, .members = 10000, .shares = { 70, 20, 5, 5 } },
		           .connections = 16, .in_flight = 1 },
		.means = { .parent = "/var/tmp" },
	};
	int option, index = 0;

	bench_program_beside("meritd", arguments.meritd);
	while ((option = getopt_long(argc, argv, "", options, &index)) != -1)
		take_option(&arguments, option, option >= WORKLOAD ? options[index].name : "");
	arguments.means.meritd = arguments.meritd;
	arguments.means.arguments = argv + optind;
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		bench_option_fault("argument", argv[optind]);
	if (arguments.full && !arguments.targets)
		bench_option_fault("full", "without --targets");
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	if (arguments.targets)
		run_targets(&arguments);
	else
		run_all(&arguments);
	return 0;
}
