/* targets_print.c - the table of targets, for people as Markdown and for programs as JSON: see targets.h. */
#include <stdio.h>
#include <string.h>

#include "bench/report.h"
#include "bench/targets.h"

static void print_out(struct merit_buffer *out)
{
	if (out->bad)
		bench_fail("no memory");
	(void)fwrite(out->data, 1, out->size, stdout);
	merit_buffer_free(out);
}

/* ---- Markdown ---- */

/* 1,234,567 */
static void put_grouped(struct merit_buffer *out, uint64_t number)
{
	if (number < 1000) {
		merit_buffer_put_integer(out, (int64_t)number);
		return;
	}
	put_grouped(out, number / 1000);
	merit_buffer_put_format(out, ",%03u", (unsigned)(number % 1000));
}

static void put_cell(struct merit_buffer *out, uint64_t number)
{
	merit_buffer_put_text(out, " | ");
	put_grouped(out, number);
}

/* A cell that may be empty. */
static void put_limit(struct merit_buffer *out, uint64_t number)
{
	if (number > 0)
		put_cell(out, number);
	else
		merit_buffer_put_text(out, " | ");
}

static void put_control(struct merit_buffer *out, const char *name, const uint64_t values[BENCH_ROUNDS])
{
	merit_buffer_put_text(out, name);
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		merit_buffer_put_text(out, i == 0 ? " " : "; ");
		put_grouped(out, values[i]);
	}
}

static void put_controls(struct merit_buffer *out, const struct bench_target_row *row)
{
	merit_buffer_put_text(out, " | ");
	if (row->scale == BENCH_SCALE_NONE)
		merit_buffer_put_text(out, "not scaled");
	if (row->scale == BENCH_SCALE_VERIFIES || row->scale == BENCH_SCALE_LESSER)
		put_control(out, "verifies", row->verifies);
	if (row->scale == BENCH_SCALE_LESSER)
		put_control(out, ", flushes", row->flushes);
	if (row->scale == BENCH_SCALE_VERIFIES || row->scale == BENCH_SCALE_LESSER)
		put_control(out, ", % stolen", row->stolen_percent);
	if (row->scale == BENCH_SCALE_CPU_VERIFIES)
		put_control(out, "verifies a CPU second", row->cpu_verifies);
}

static const char *verdict_of(const struct bench_target_row *row)
{
	if (row->must == 0)
		return "";
	return row->met ? "met" : row->met_scaled ? "met when scaled" : "MISSED";
}

static void put_row(struct merit_buffer *out, const struct bench_target_row *row)
{
	merit_buffer_put_format(out, "| %s, %s, %s", row->ledger, row->trial, row->unit);
	for (size_t i = 0; i < BENCH_ROUNDS; i++)
		put_cell(out, row->values[i]);
	put_controls(out, row);
	put_cell(out, row->median);
	put_cell(out, row->median_scaled);
	put_limit(out, row->must);
	put_limit(out, row->aim);
	merit_buffer_put_format(out, " | %s |\n", verdict_of(row));
}

void bench_targets_print_markdown(const struct bench_target_table *table)
{
	struct merit_buffer out = { 0 };

	bench_report_machine(table->machine);
	merit_buffer_put_text(&out, "\n| ");
	for (size_t i = 0; i < BENCH_ROUNDS; i++)
		merit_buffer_put_format(&out, "| round %zu ", i + 1);
	merit_buffer_put_text(&out, "| controls, a second | median | scaled | must | aim | |\n|---|");
	for (size_t i = 0; i < BENCH_ROUNDS; i++)
		merit_buffer_put_text(&out, "---:|");
	merit_buffer_put_text(&out, "---|---:|---:|---:|---:|---|\n");
	for (size_t i = 0; i < table->rows_count; i++)
		put_row(&out, &table->rows[i]);
	print_out(&out);
}

/* ---- JSON ---- */

static void put_values(struct merit_buffer *out, const char *name, const uint64_t values[BENCH_ROUNDS])
{
	merit_buffer_put_key(out, name);
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		merit_buffer_put_char(out, i == 0 ? '[' : ',');
		merit_buffer_put_integer(out, (int64_t)values[i]);
	}
	merit_buffer_put_char(out, ']');
}

static void put_object(struct merit_buffer *out, const struct bench_target_row *row)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_buffer_put_text_member(out, "trial", row->trial);
	merit_buffer_put_text_member(out, "ledger", row->ledger);
	merit_buffer_put_text_member(out, "metric", row->metric);
	merit_buffer_put_text_member(out, "unit", row->unit);
	put_values(out, "values", row->values);
	put_values(out, "control_flushes_per_second", row->flushes);
	put_values(out, "control_verifies_per_second", row->verifies);
	put_values(out, "control_verifies_per_cpu_second", row->cpu_verifies);
	put_values(out, "stolen_percent", row->stolen_percent);
	merit_buffer_put_text_member(out, "scaled_by", bench_scale_words[row->scale]);
	put_values(out, "scaled", row->scaled);
	bench_json_number(out, "median", row->median);
	bench_json_number(out, "median_scaled", row->median_scaled);
	bench_json_number(out, "must", row->must);
	bench_json_number(out, "aim", row->aim);
	bench_json_number(out, "met", row->met);
	bench_json_number(out, "met_scaled", row->met_scaled);
	merit_buffer_put_char(out, '}');
}

void bench_targets_print_json(const struct bench_target_table *table)
{
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	bench_json_machine(&out, table->machine);
	merit_buffer_put_key(&out, "targets");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < table->rows_count; i++)
		put_object(&out, &table->rows[i]);
	merit_buffer_put_char(&out, ']');
	merit_buffer_put_key(&out, "runs");
	merit_buffer_put_char(&out, '[');
	for (size_t i = 0; i < table->runs_count; i++)
		bench_json_run(&out, &table->runs[i]);
	merit_buffer_put_text(&out, "]}\n");
	print_out(&out);
}
