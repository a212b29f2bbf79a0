/* report_json.c - results as JSON: every number by name, times in nanoseconds. Names stay: others read them. */
#include <inttypes.h>
#include <stdio.h>

#include "bench/report.h"

void bench_json_number(struct merit_buffer *out, const char *name, uint64_t number)
{
	merit_buffer_put_integer_member(out, name, (int64_t)number);
}

void bench_json_machine(struct merit_buffer *out, const struct bench_machine *machine)
{
	merit_buffer_put_text_member(out, "cpu", machine->cpu);
	bench_json_number(out, "cores", (uint64_t)machine->cores_count);
	merit_buffer_put_text_member(out, "kernel", machine->kernel);
	merit_buffer_put_text_member(out, "file_system", machine->file_system);
	merit_buffer_put_text_member(out, "build", machine->build_type);
}

/* In percent of messages. */
static void put_shares(struct merit_buffer *out, const uint32_t shares[4])
{
	merit_buffer_put_key(out, "shares");
	merit_buffer_put_char(out, '{');
	bench_json_number(out, "earn", shares[0]);
	bench_json_number(out, "balance", shares[1]);
	bench_json_number(out, "statement", shares[2]);
	bench_json_number(out, "receipt", shares[3]);
	merit_buffer_put_char(out, '}');
}

static void put_shape(struct merit_buffer *out, const struct bench_shape *shape)
{
	const struct bench_load *load = &shape->load;

	merit_buffer_put_text_member(out, "workload", bench_workload_words[load->workload]);
	merit_buffer_put_text_member(out, "form", bench_form_words[load->form]);
	bench_json_number(out, "batch", load->batch);
	bench_json_number(out, "connections", shape->connections);
	bench_json_number(out, "in_flight", shape->in_flight);
	bench_json_number(out, "members", load->members);
	merit_buffer_put_text_member(out, "pick", load->is_zipf ? "zipf" : "uniform");
	merit_buffer_put_text_member(out, "ids", load->has_random_ids ? "random" : "rising");
	merit_buffer_put_text_member(out, "evidence", load->no_evidence ? "none" : "unique");
	merit_buffer_put_text_member(out, "signed", bench_signed_word(shape));
	bench_json_number(out, "prefill", shape->prefill);
	bench_json_number(out, "asked_per_second", shape->rate);
	bench_json_number(out, "seconds", shape->seconds);
	if (load->workload == BENCH_MIXED)
		put_shares(out, load->shares);
}

static void put_tail(struct merit_buffer *out, const struct bench_tail *tail)
{
	bench_json_number(out, "p50_ns", tail->p50_ns);
	bench_json_number(out, "p90_ns", tail->p90_ns);
	bench_json_number(out, "p99_ns", tail->p99_ns);
	bench_json_number(out, "p999_ns", tail->p999_ns);
	bench_json_number(out, "max_ns", tail->max_ns);
}

static void put_kinds(struct merit_buffer *out, const struct bench_run *run)
{
	merit_buffer_put_key(out, "kinds");
	merit_buffer_put_char(out, '{');
	for (size_t kind = 0; kind < BENCH_WORKLOAD_COUNT; kind++) {
		if (run->kinds[kind] == 0)
			continue;
		merit_buffer_put_key(out, bench_workload_words[kind]);
		merit_buffer_put_char(out, '{');
		bench_json_number(out, "operations", run->kinds[kind]);
		put_tail(out, &run->tails[kind]);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, '}');
}

static void put_samples(struct merit_buffer *out, const struct bench_run *run)
{
	merit_buffer_put_key(out, "samples");
	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < run->samples_count; i++) {
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		bench_json_number(out, "second", run->samples[i].second);
		bench_json_number(out, "anonymous_size", run->samples[i].anonymous_size);
		bench_json_number(out, "shared_size", run->samples[i].shared_size);
		bench_json_number(out, "operations", run->samples[i].operations);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

static void put_controls(struct merit_buffer *out, const struct bench_run *run)
{
	bench_json_number(out, "stolen_percent", run->stolen_percent);
	bench_json_number(out, "load_percent", run->load_percent);
	bench_json_number(out, "control_flushes_per_second", run->controls.flushes);
	bench_json_number(out, "control_verifies_per_second", run->controls.verifies);
	bench_json_number(out, "control_rows_per_second", run->controls.rows);
	bench_json_number(out, "control_row_size", run->controls.row_size);
	bench_json_number(out, "percent_of_rows", bench_percent_of_rows(run));
	bench_json_number(out, "percent_of_flushes", bench_percent_of_flushes(run));
}

void bench_json_run(struct merit_buffer *out, const struct bench_run *run)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	put_shape(out, &run->shape);
	bench_json_number(out, "entries", run->load_entries);
	bench_json_number(out, "entries_in_all", run->entries);
	bench_json_number(out, "operations", run->operations);
	bench_json_number(out, "operations_per_second", bench_run_rate(run));
	bench_json_number(out, "entries_per_second", bench_per_second(run->load_entries, run->wall_ns));
	bench_json_number(out, "wall_ns", run->wall_ns);
	put_tail(out, &run->tail);
	put_kinds(out, run);
	bench_json_number(out, "service_cpu_ns", run->service_cpu_ns);
	bench_json_number(out, "bench_cpu_ns", run->own_cpu_ns);
	bench_json_number(out, "busy_count", run->busy_count);
	bench_json_number(out, "message_size", run->message_size);
	bench_json_number(out, "log_size_per_entry", run->log_size);
	bench_json_number(out, "state_size_per_entry", run->state_size);
	bench_json_number(out, "written_size_per_entry", run->written_size);
	bench_json_number(out, "anonymous_size", run->anonymous_size);
	bench_json_number(out, "shared_size", run->shared_size);
	put_samples(out, run);
	put_controls(out, run);
	bench_json_number(out, "verified_entries", run->verified_entries);
	bench_json_number(out, "verify_cpu_ns", run->verify_cpu_ns);
	bench_json_number(out, "verify_wall_ns", run->verify_wall_ns);
	bench_json_number(out, "control_verifies_per_cpu_second", run->verify_control);
	merit_buffer_put_char(out, '}');
}

void bench_report_json(const struct bench_machine *machine, const struct bench_run *runs, size_t count)
{
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	bench_json_machine(&out, machine);
	merit_buffer_put_key(&out, "runs");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < count; i++)
		bench_json_run(&out, &runs[i]);
	merit_buffer_put_text(&out, "]}\n");
	if (out.bad)
		bench_fail("no memory");
	(void)fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}
