/* report.c - results as a table: see report.h. */
#include "bench/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *bench_signed_word(const struct bench_shape *shape)
{
	return shape->made_inside || shape->seconds > 0 ? "inside" : "before";
}

uint64_t bench_percent_of_rows(const struct bench_run *run)
{
	return bench_divide(bench_per_second(run->load_entries, run->wall_ns) * 100, run->controls.rows);
}

uint64_t bench_percent_of_flushes(const struct bench_run *run)
{
	uint64_t messages_rate = bench_per_second(run->messages_count, run->wall_ns);

	return run->load_entries == 0 ? 0 : bench_divide(messages_rate * 100, run->controls.flushes);
}

void bench_report_machine(const struct bench_machine *machine)
{
	printf("machine: %s, %ld cores; %s; %s; %s\n", machine->cpu, machine->cores_count, machine->kernel,
	       machine->file_system, machine->build_type);
}

/* Wide enough for two words of what is not as by default. */
#define WORK_WIDTH 24

void bench_report_head(void)
{
	printf("%*s | %-35s | %-13s | %-17s   MiB | %-43s |\n", WORK_WIDTH + 64, "", "ms a message", "us CPU/op",
	       "bytes/entry", "controls, a second, and ratios");
	printf("%-*s %-6s %5s %5s %3s %7s %8s %-6s %8s %7s | %8s %8s %8s %8s | %6s %6s | ", WORK_WIDTH, "work", "form",
	       "batch", "conns", "fly", "members", "prefill", "signed", "done", "per s", "p50", "p99", "p99.9", "max",
	       "meritd", "bench");
	printf("%5s %5s %5s %5s | %7s %8s %7s %5s %5s %6s | %5s %5s %8s\n", "log", "state", "wrote", "anon", "flushes",
	       "verifies", "rows", "%rows", "%flsh", "%stole", "load", "busy", "verify/s");
}

/* Hundredths of something as a decimal, with a space in front. */
static void print_hundredths(int width, uint64_t hundredths)
{
	printf(" %*" PRIu64 ".%02" PRIu64, width - 3, hundredths / 100, hundredths % 100);
}

static void print_latencies(const struct bench_tail *tail)
{
	const uint64_t latencies_ns[] = { tail->p50_ns, tail->p99_ns, tail->p999_ns, tail->max_ns };

	for (size_t i = 0; i < sizeof(latencies_ns) / sizeof(latencies_ns[0]); i++)
		print_hundredths(8, latencies_ns[i] / 10000);
}

/* The workload, and behind it whatever is not as by default: rows that differ in that must not look alike. */
static void print_work(const struct bench_shape *shape)
{
	const struct bench_load *load = &shape->load;
	char text[64], rate[24] = "";

	if (shape->rate > 0)
		(void)snprintf(rate, sizeof(rate), ",%" PRIu64 "/s", shape->rate);
	(void)snprintf(text, sizeof(text), "%s%s%s%s%s", bench_workload_words[load->workload],
	               load->is_zipf ? ",zipf" : "", load->has_random_ids ? ",random-ids" : "",
	               load->no_evidence ? ",no-evidence" : "", rate);
	printf("%-*s", WORK_WIDTH, text);
}

/* Which kinds of message there were, where there was more than one. */
static void print_kinds(const struct bench_run *run)
{
	if (run->shape.load.workload != BENCH_MIXED)
		return;
	for (size_t kind = 0; kind < BENCH_WORKLOAD_COUNT; kind++) {
		if (run->kinds[kind] == 0)
			continue;
		printf("  %-*s %46s %8" PRIu64 " %7" PRIu64 " |", WORK_WIDTH - 2, bench_workload_words[kind], "",
		       run->kinds[kind], bench_per_second(run->kinds[kind], run->wall_ns));
		print_latencies(&run->tails[kind]);
		printf("\n");
	}
}

void bench_report_run(const struct bench_run *run)
{
	const struct bench_shape *shape = &run->shape;
	const struct bench_controls *controls = &run->controls;

	print_work(shape);
	printf(" %-6s %5" PRIu32 " %5" PRIu32 " %3" PRIu32, bench_form_words[shape->load.form], shape->load.batch,
	       shape->connections, shape->in_flight);
	printf(" %7" PRIu32 " %8" PRIu64 " %-6s %8" PRIu64 " %7" PRIu64 " |", shape->load.members, shape->prefill,
	       bench_signed_word(shape), run->operations, bench_run_rate(run));
	print_latencies(&run->tail);
	printf(" |");
	print_hundredths(6, bench_divide(run->service_cpu_ns, run->operations) / 10);
	print_hundredths(6, bench_divide(run->own_cpu_ns, run->operations) / 10);
	printf(" | %5" PRIu64 " %5" PRIu64 " %5" PRIu64 " %5" PRIu64, run->log_size, run->state_size,
	       run->written_size, run->anonymous_size >> 20);
	printf(" | %7" PRIu64 " %8" PRIu64 " %7" PRIu64, controls->flushes, controls->verifies, controls->rows);
	printf(" %5" PRIu64 " %5" PRIu64 " %6u |", bench_percent_of_rows(run), bench_percent_of_flushes(run),
	       run->stolen_percent);
	print_hundredths(5, run->load_percent);
	printf(" %5" PRIu64, run->busy_count);
	if (run->is_verified)
		printf(" %8" PRIu64 "\n", bench_per_second(run->verified_entries, run->verify_cpu_ns));
	else
		printf(" %8s\n", "-");
	print_kinds(run);
	(void)fflush(stdout);
}
