/* report.c - see report.h. */
#include "bench/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/buffer.h"

static uint64_t rate(uint64_t count, uint64_t spent_ns)
{
	return bench_divide(count * 1000000000, spent_ns);
}

static uint64_t entries_per_second(const struct bench_run *run)
{
	return rate(run->shape.entries, run->timing.wall_ns);
}

/* Throughput in percent of the raw LMDB append. */
static uint64_t percent_of_rows(const struct bench_run *run)
{
	return bench_divide(entries_per_second(run) * 100, run->controls.rows);
}

/* Messages made durable for each flush the disk could have done, in percent: above 100, groups hold more than one. */
static uint64_t percent_of_flushes(const struct bench_run *run)
{
	uint64_t messages = run->shape.entries / run->shape.batch;

	return bench_divide(rate(messages, run->timing.wall_ns) * 100, run->controls.flushes);
}

void bench_report_machine(const struct bench_machine *machine)
{
	printf("machine: %s, %ld cores; %s; %s; %s\n", machine->cpu, machine->cores_count, machine->kernel,
	       machine->file_system, machine->build_type);
}

void bench_report_head(void)
{
	printf("%32s | %-35s | %-13s | %-11s   MiB | %-36s |\n", "", "ms a message", "us CPU/entry", "bytes/entry",
	       "controls, a second, and ratios");
	printf("%5s %5s %3s %8s %7s | %8s %8s %8s %8s | %6s %6s | ", "batch", "conns", "fly", "entries", "per s", "p50",
	       "p90", "p99", "max", "meritd", "bench");
	printf("%5s %5s %5s | %7s %8s %7s %5s %5s | %5s %5s %8s\n", "log", "state", "anon", "flushes", "verifies",
	       "rows", "%rows", "%flsh", "load", "busy", "verify/s");
}

/* Hundredths of something as a decimal, with a space in front. */
static void print_hundredths(int width, uint64_t hundredths)
{
	printf(" %*" PRIu64 ".%02" PRIu64, width - 3, hundredths / 100, hundredths % 100);
}

static void print_latencies(const struct bench_timing *timing)
{
	const uint64_t latencies_ns[] = { timing->p50_ns, timing->p90_ns, timing->p99_ns, timing->max_ns };

	for (size_t i = 0; i < sizeof(latencies_ns) / sizeof(latencies_ns[0]); i++)
		print_hundredths(8, latencies_ns[i] / 10000);
}

void bench_report_run(const struct bench_run *run)
{
	const struct bench_shape *shape = &run->shape;
	const struct bench_timing *timing = &run->timing;
	const struct bench_controls *controls = &run->controls;

	printf("%5" PRIu32 " %5" PRIu32 " %3" PRIu32 " %8" PRIu64 " %7" PRIu64 " |", shape->batch, shape->connections,
	       shape->in_flight, shape->entries, entries_per_second(run));
	print_latencies(timing);
	printf(" |");
	print_hundredths(6, bench_divide(timing->service_cpu_ns, shape->entries) / 10);
	print_hundredths(6, bench_divide(timing->own_cpu_ns, shape->entries) / 10);
	printf(" | %5" PRIu64 " %5" PRIu64 " %5" PRIu64, run->log_size, run->state_size, run->anonymous_size >> 20);
	printf(" | %7" PRIu64 " %8" PRIu64 " %7" PRIu64, controls->flushes, controls->verifies, controls->rows);
	printf(" %5" PRIu64 " %5" PRIu64 " |", percent_of_rows(run), percent_of_flushes(run));
	print_hundredths(5, run->load_percent);
	printf(" %5" PRIu64, timing->busy_count);
	if (run->is_verified)
		printf(" %8" PRIu64 "\n", rate(run->verified_entries, run->verify_cpu_ns));
	else
		printf(" %8s\n", "-");
	(void)fflush(stdout);
}

/* ---- JSON ---- */

static void put_number(struct merit_buffer *out, const char *name, uint64_t number)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_integer(out, (int64_t)number);
}

static void put_text(struct merit_buffer *out, const char *name, const char *text)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_json(out, text, strlen(text));
}

static void put_run(struct merit_buffer *out, const struct bench_run *run)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	put_number(out, "batch", run->shape.batch);
	put_number(out, "connections", run->shape.connections);
	put_number(out, "in_flight", run->shape.in_flight);
	put_number(out, "members", run->shape.members);
	put_number(out, "entries", run->shape.entries);
	put_number(out, "sign_inside", run->shape.sign_inside);
	put_number(out, "entries_per_second", entries_per_second(run));
	put_number(out, "wall_ns", run->timing.wall_ns);
	put_number(out, "p50_ns", run->timing.p50_ns);
	put_number(out, "p90_ns", run->timing.p90_ns);
	put_number(out, "p99_ns", run->timing.p99_ns);
	put_number(out, "max_ns", run->timing.max_ns);
	put_number(out, "service_cpu_ns", run->timing.service_cpu_ns);
	put_number(out, "bench_cpu_ns", run->timing.own_cpu_ns);
	put_number(out, "busy_count", run->timing.busy_count);
	put_number(out, "message_size", run->timing.message_size);
	put_number(out, "log_size_per_entry", run->log_size);
	put_number(out, "state_size_per_entry", run->state_size);
	put_number(out, "anonymous_size", run->anonymous_size);
	put_number(out, "load_percent", run->load_percent);
	put_number(out, "control_flushes_per_second", run->controls.flushes);
	put_number(out, "control_verifies_per_second", run->controls.verifies);
	put_number(out, "control_rows_per_second", run->controls.rows);
	put_number(out, "control_row_size", run->controls.row_size);
	put_number(out, "percent_of_rows", percent_of_rows(run));
	put_number(out, "percent_of_flushes", percent_of_flushes(run));
	put_number(out, "verified_entries", run->verified_entries);
	put_number(out, "verify_cpu_ns", run->verify_cpu_ns);
	put_number(out, "verify_wall_ns", run->verify_wall_ns);
	merit_buffer_put_char(out, '}');
}

void bench_report_json(const struct bench_machine *machine, const struct bench_run *runs, size_t count)
{
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	put_text(&out, "cpu", machine->cpu);
	put_number(&out, "cores", (uint64_t)machine->cores_count);
	put_text(&out, "kernel", machine->kernel);
	put_text(&out, "file_system", machine->file_system);
	put_text(&out, "build", machine->build_type);
	merit_buffer_put_key(&out, "runs");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < count; i++)
		put_run(&out, &runs[i]);
	merit_buffer_put_text(&out, "]}\n");
	if (out.bad)
		bench_fail("no memory");
	(void)fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}
