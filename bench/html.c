/* html.c - see html.h. Drawing is plot.c's; here is the page around it. */
#include "bench/html.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/plot.h"
#include "bench/report.h"

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>merit-bench</title>\n<style>\n"
	":root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --faint: #c9d1d9; --main: #0b62b8;\n"
	"  --second: #2e7d32; --third: #b26a00; --fourth: #b3261e }\n"
	"@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e9ec; --faint: #444c56;\n"
	"  --main: #62aef5; --second: #7bc67e; --third: #f0b429; --fourth: #ff7b72 } }\n"
	"body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;\n"
	"  max-width: 1100px; margin: 2rem auto; padding: 0 1rem }\n"
	"svg { width: 100%; min-width: 760px; height: auto; display: block; box-sizing: border-box;\n"
	"  overflow: visible; padding-left: 6rem } /* long labels reach into it */\n"
	"text { fill: var(--ink); font-size: 12px }\n"
	".bar { fill: var(--main) } .grid { stroke: var(--faint); fill: none }\n"
	".span { stroke: var(--faint); stroke-width: 3 } .line { stroke: var(--main); stroke-width: 2; fill: none }\n"
	".mark0 { fill: var(--main) } .mark1 { fill: var(--second) } .mark2 { fill: var(--third) }\n"
	".mark3 { fill: var(--fourth) } .key0 { color: var(--main) } .key1 { color: var(--second) }\n"
	".key2 { color: var(--third) } .key3 { color: var(--fourth) }\n"
	".scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }\n"
	"th, td { padding: 2px 8px; border-bottom: 1px solid var(--faint); text-align: right; white-space: nowrap }\n"
	"th:first-child, td:first-child { text-align: left }\n"
	"</style>\n</head>\n<body>\n<h1>merit-bench</h1>\n";

/* Around what may be wider than a small screen. */
#define SCROLL     "<div class=\"scroll\">\n"
#define SCROLL_END "</div>\n"

/* ---- Pieces ---- */

/* What tells a run from the others, in words; at the end what is not as by default. */
static void label_put(const struct bench_run *run, char label_out[BENCH_PLOT_LABEL_SIZE])
{
	const struct bench_shape *shape = &run->shape;
	const struct bench_load *load = &shape->load;
	char ledger[48] = "", rate[32] = "";

	if (shape->prefill > 0)
		(void)snprintf(ledger, sizeof(ledger), ", on %" PRIu64 " entries", shape->prefill);
	if (shape->rate > 0)
		(void)snprintf(rate, sizeof(rate), ", %" PRIu64 "/s", shape->rate);
	(void)snprintf(label_out, BENCH_PLOT_LABEL_SIZE, "%s, %s of %" PRIu32 " x %" PRIu32 "%s%s%s%s%s",
	               bench_workload_words[load->workload], bench_form_words[load->form], load->batch,
	               shape->connections, ledger, load->is_zipf ? ", zipf" : "",
	               load->has_random_ids ? ", random ids" : "", load->no_evidence ? ", no evidence" : "", rate);
}

static void heading_put(struct merit_buffer *out, const char *title, const char *about)
{
	merit_buffer_put_format(out, "<h2>%s</h2>\n<p>%s</p>\n", title, about);
}

/* A cell with a number of hundredths as a decimal. */
static void cell_hundredths(struct merit_buffer *out, uint64_t hundredths)
{
	merit_buffer_put_format(out, "<td>%" PRIu64 ".%02" PRIu64 "</td>", hundredths / 100, hundredths % 100);
}

static void cell_number(struct merit_buffer *out, uint64_t number)
{
	merit_buffer_put_format(out, "<td>%" PRIu64 "</td>", number);
}

/* ---- Plots ---- */

static void put_throughput(struct merit_buffer *out, const struct bench_run *runs, size_t count)
{
	struct bench_plot_row *rows = bench_allocate(count, sizeof(*rows));

	for (size_t i = 0; i < count; i++) {
		label_put(&runs[i], rows[i].label);
		rows[i].values[0] = bench_run_rate(&runs[i]);
	}
	heading_put(out, "Throughput", "Accepted operations a second.");
	merit_buffer_put_text(out, SCROLL);
	bench_plot_bars(out, rows, count);
	merit_buffer_put_text(out, SCROLL_END);
	free(rows);
}

static void put_latencies(struct merit_buffer *out, const struct bench_run *runs, size_t count)
{
	struct bench_plot_row *rows = bench_allocate(count, sizeof(*rows));

	for (size_t i = 0; i < count; i++) {
		const struct bench_tail *tail = &runs[i].tail;
		label_put(&runs[i], rows[i].label);
		rows[i].values[0] = tail->p50_ns;
		rows[i].values[1] = tail->p99_ns;
		rows[i].values[2] = tail->p999_ns;
		rows[i].values[3] = tail->max_ns;
	}
	heading_put(out, "Latency",
	            "A message from send to answer; at a given rate from its time to leave. From left to right: "
	            "<span class=\"key0\">p50</span>, <span class=\"key1\">p99</span>, "
	            "<span class=\"key2\">p99.9</span>, <span class=\"key3\">the longest</span>.");
	merit_buffer_put_text(out, SCROLL);
	bench_plot_spans(out, rows, count);
	merit_buffer_put_text(out, SCROLL_END);
	free(rows);
}

/* Whether the run differs from the first in the size of its ledger alone. */
static bool is_grown(const struct bench_run *first, const struct bench_run *run)
{
	return run->shape.load.workload == first->shape.load.workload &&
	       run->shape.load.form == first->shape.load.form && run->shape.load.batch == first->shape.load.batch &&
	       run->shape.connections == first->shape.connections;
}

static void put_growth(struct merit_buffer *out, const struct bench_run *runs, size_t count)
{
	struct bench_plot_row *rows = bench_allocate(count, sizeof(*rows));
	size_t rows_count = 0;
	bool differ = false;

	for (size_t i = 0; i < count; i++) {
		const struct bench_shape *shape = &runs[i].shape;
		if (!is_grown(&runs[0], &runs[i]))
			continue;
		differ |= shape->prefill != runs[0].shape.prefill || shape->load.members != runs[0].shape.load.members;
		struct bench_plot_row *row = &rows[rows_count++];
		(void)snprintf(row->label, sizeof(row->label), "%" PRIu64 " entries, %" PRIu32 " members",
		               shape->prefill, shape->load.members);
		row->values[0] = bench_run_rate(&runs[i]);
	}
	if (differ) {
		heading_put(out, "Growth", "Operations a second by what the ledger held before.");
		merit_buffer_put_text(out, SCROLL);
		bench_plot_bars(out, rows, rows_count);
		merit_buffer_put_text(out, SCROLL_END);
	}
	free(rows);
}

/* Memory over time, as a plot and as a table; of a run long enough to have been looked at twice. */
static void put_memory(struct merit_buffer *out, const struct bench_run *run)
{
	struct bench_plot_point *points = bench_allocate(BENCH_SAMPLES_MAX, sizeof(*points));
	char label[BENCH_PLOT_LABEL_SIZE];

	label_put(run, label);
	heading_put(out, "Memory", "Anonymous memory of meritd under the load.");
	merit_buffer_put_format(out, "<p>%s</p>\n", label);
	for (size_t i = 0; i < run->samples_count; i++)
		points[i] = (struct bench_plot_point){ run->samples[i].second, run->samples[i].anonymous_size >> 20 };
	merit_buffer_put_text(out, SCROLL);
	bench_plot_line(out, points, run->samples_count, "seconds", "MiB");
	merit_buffer_put_text(out, SCROLL_END);
	merit_buffer_put_text(out, "<details><summary>Its numbers</summary><table><tr><th>second</th>"
	                           "<th>anonymous bytes</th><th>operations so far</th></tr>\n");
	for (size_t i = 0; i < run->samples_count; i++) {
		merit_buffer_put_text(out, "<tr>");
		cell_number(out, run->samples[i].second);
		cell_number(out, run->samples[i].anonymous_size);
		cell_number(out, run->samples[i].operations);
		merit_buffer_put_text(out, "</tr>\n");
	}
	merit_buffer_put_text(out, "</table></details>\n");
	free(points);
}

/* ---- The table ---- */

static void put_row(struct merit_buffer *out, const struct bench_run *run)
{
	const struct bench_tail *tail = &run->tail;
	const uint64_t latencies_ns[] = { tail->p50_ns, tail->p99_ns, tail->p999_ns, tail->max_ns };
	const uint64_t numbers[] = { run->log_size,
		                     run->state_size,
		                     run->written_size,
		                     run->anonymous_size >> 20,
		                     run->controls.flushes,
		                     run->controls.verifies,
		                     run->controls.rows,
		                     bench_percent_of_rows(run),
		                     bench_percent_of_flushes(run),
		                     run->stolen_percent,
		                     run->busy_count,
		                     bench_per_second(run->verified_entries, run->verify_cpu_ns) };
	char label[BENCH_PLOT_LABEL_SIZE];

	label_put(run, label);
	merit_buffer_put_format(out, "<tr><td>%s</td>", label);
	cell_number(out, run->shape.in_flight);
	cell_number(out, run->shape.load.members);
	merit_buffer_put_format(out, "<td>%s</td>", bench_signed_word(&run->shape));
	cell_number(out, run->operations);
	cell_number(out, bench_run_rate(run));
	for (size_t i = 0; i < sizeof(latencies_ns) / sizeof(latencies_ns[0]); i++)
		cell_hundredths(out, latencies_ns[i] / 10000);
	cell_hundredths(out, bench_divide(run->service_cpu_ns, run->operations) / 10);
	cell_hundredths(out, bench_divide(run->own_cpu_ns, run->operations) / 10);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		cell_number(out, numbers[i]);
	cell_hundredths(out, run->load_percent);
	merit_buffer_put_text(out, "</tr>\n");
}

static void put_table(struct merit_buffer *out, const struct bench_run *runs, size_t count)
{
	heading_put(out, "All numbers",
	            "Times in milliseconds a message, CPU in microseconds an operation, sizes in bytes "
	            "an entry, controls a second. bench/README.md says what each column is.");
	merit_buffer_put_text(
		out, SCROLL
		"<table><tr><th>run</th><th>in flight</th><th>members</th><th>signed</th>"
		"<th>done</th><th>per s</th><th>p50</th><th>p99</th><th>p99.9</th><th>max</th><th>meritd CPU</th>"
		"<th>bench CPU</th><th>log</th><th>state</th><th>written</th><th>MiB anon</th>"
		"<th>flushes</th><th>verifies</th><th>rows</th><th>% of rows</th>"
		"<th>% of flushes</th><th>% stolen</th><th>busy</th><th>verify/s</th><th>load</th></tr>\n");
	for (size_t i = 0; i < count; i++)
		put_row(out, &runs[i]);
	merit_buffer_put_text(out, "</table>\n" SCROLL_END);
}

void bench_html_write(const char *path, const struct bench_machine *machine, const struct bench_run *runs, size_t count)
{
	struct merit_buffer out = { 0 };

	merit_buffer_put_text(&out, head);
	merit_buffer_put_format(&out, "<p>%s, %ld cores; %s; %s; %s</p>\n", machine->cpu, machine->cores_count,
	                        machine->kernel, machine->file_system, machine->build_type);
	put_throughput(&out, runs, count);
	put_growth(&out, runs, count);
	put_latencies(&out, runs, count);
	for (size_t i = 0; i < count; i++) {
		if (runs[i].samples_count > 1)
			put_memory(&out, &runs[i]);
	}
	put_table(&out, runs, count);
	merit_buffer_put_text(&out, "</body>\n</html>\n");
	FILE *file = fopen(path, "we");
	if (out.bad || file == NULL || fwrite(out.data, 1, out.size, file) != out.size || fclose(file) != 0)
		bench_fail("%s cannot be written: %s", path, strerror(errno));
	merit_buffer_free(&out);
}
