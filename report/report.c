/* report.c - see report.h: the table, one pass for many reports, and the size a closed month is bound to. */
#include "report/report.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "report/reports_inner.h"

/* In the order in which help lists them, and a close names them. */
static const struct merit_report_kind *const kinds_all[] = {
	&merit_report_trial_balance, &merit_report_liability, &merit_report_lots,
	&merit_report_campaigns,     &merit_report_statement, &merit_report_member,
	&merit_report_disclosure,    &merit_report_tax,       &merit_report_reconciliation,
};

#define KINDS_COUNT (sizeof(kinds_all) / sizeof(kinds_all[0]))

const struct merit_report_kind *merit_report_at(size_t index)
{
	return index < KINDS_COUNT ? kinds_all[index] : NULL;
}

const struct merit_report_kind *merit_report_named(const char *name)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (strcmp(kinds_all[i]->name, name) == 0)
			return kinds_all[i];
	}
	return NULL;
}

enum merit_report_part merit_report_part(const struct merit_report_options *options, int32_t day)
{
	if (day > options->last_day)
		return MERIT_PART_NEITHER;
	return day < options->first_day ? MERIT_PART_OPENING : MERIT_PART_MOVEMENT;
}

void merit_report_add(struct merit_report_job *job, int64_t *sum_io, int64_t amount)
{
	if (__builtin_add_overflow(*sum_io, amount, sum_io))
		job->is_beyond = true;
}

/* ---- One pass ---- */

struct pass {
	struct merit_report_job *jobs;
	size_t count;
	struct merit_catalog *catalog;
	const char *fault; /* of the job that found one */
};

static enum merit_status pass_take(void *context, const struct merit_entry *entry)
{
	struct pass *pass = context;
	struct merit_entry unwrapped;

	if (entry->status != MERIT_OK)
		return MERIT_OK;
	if (merit_entry_done(entry) != entry->operation) {
		unwrapped = *entry;
		merit_entry_unwrap(&unwrapped);
		entry = &unwrapped;
	}
	enum merit_status status = merit_catalog_take(pass->catalog, entry);
	for (size_t i = 0; i < pass->count && status == MERIT_OK; i++) {
		status = pass->jobs[i].kind->take(&pass->jobs[i], entry);
		pass->fault = pass->jobs[i].fault;
	}
	return status;
}

static enum merit_status jobs_begin(struct pass *pass, struct merit_journal *journal,
                                    const struct merit_report_kind *const *kinds,
                                    const struct merit_report_options *options)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < pass->count && status == MERIT_OK; i++) {
		struct merit_report_job *job = &pass->jobs[i];
		*job = (struct merit_report_job){ .options = options, .catalog = pass->catalog, .journal = journal };
		job->context = calloc(1, kinds[i]->context_size > 0 ? kinds[i]->context_size : 1);
		if (job->context == NULL)
			return MERIT_NO_MEMORY;
		job->kind = kinds[i];
		status = kinds[i]->begin == NULL ? MERIT_OK : kinds[i]->begin(job);
		pass->fault = job->fault;
	}
	return status;
}

static void jobs_free(struct pass *pass)
{
	for (size_t i = 0; i < pass->count; i++) {
		struct merit_report_job *job = &pass->jobs[i];
		if (job->kind != NULL && job->kind->free != NULL)
			job->kind->free(job);
		free(job->context);
		merit_arena_free(&job->arena);
	}
	free(pass->jobs);
}

static enum merit_status job_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	enum merit_status status = job->kind->finish(job, sheet);

	if (status == MERIT_OK && job->is_beyond) {
		job->fault = "a sum does not fit in 64 bits";
		return MERIT_BAD_PARAMS;
	}
	assert(status != MERIT_OK || sheet->bad || sheet->filled == 0);
	return status == MERIT_OK && sheet->bad ? MERIT_NO_MEMORY : status;
}

/* Sheets made before a failure are freed. */
static enum merit_status jobs_finish(struct pass *pass, struct merit_sheet *sheets_out)
{
	enum merit_status status = MERIT_OK;
	size_t made = 0;

	for (; made < pass->count && status == MERIT_OK; made++) {
		struct merit_report_job *job = &pass->jobs[made];
		struct merit_sheet *sheet = &sheets_out[made];
		merit_sheet_begin(sheet, job->kind->name, job->kind->title, job->journal->offset_minutes);
		status = job_finish(job, sheet);
		pass->fault = job->fault;
	}
	for (size_t i = 0; i < made && status != MERIT_OK; i++)
		merit_sheet_free(&sheets_out[i]);
	return status;
}

enum merit_status merit_reports_make(struct merit_journal *journal, const struct merit_report_kind *const *kinds,
                                     size_t count, const struct merit_report_options *options,
                                     const struct merit_journal_progress *progress, struct merit_sheet *sheets_out,
                                     const char **fault_out)
{
	uint64_t size = options->size < journal->size ? options->size : journal->size;
	struct pass pass = { .count = count };
	enum merit_status status = merit_catalog_open(&pass.catalog);

	if (status != MERIT_OK)
		return status;
	pass.jobs = calloc(count, sizeof(pass.jobs[0]));
	status = pass.jobs == NULL ? MERIT_NO_MEMORY : jobs_begin(&pass, journal, kinds, options);
	if (status == MERIT_OK)
		status = merit_journal_each(journal, 0, size, pass_take, &pass, progress);
	if (status == MERIT_OK)
		status = jobs_finish(&pass, sheets_out);
	if (status == MERIT_BAD_PARAMS)
		*fault_out = pass.fault == NULL ? "these options do not fit the report" : pass.fault;
	pass.count = pass.jobs == NULL ? 0 : count;
	jobs_free(&pass);
	merit_catalog_close(pass.catalog);
	return status;
}

/* ---- Closed months ---- */

struct binding {
	int32_t month; /* its first day: the last month of the period */
	bool is_closed;
	uint64_t size; /* what its closing names */
};

/* What is neither closing nor reopening cannot hold this; what holds it may still be something else. */
static bool may_be_turn(const struct merit_journal_record *record)
{
	static const char sign[] = "\"period.";

	return memmem(record->bytes, record->size, sign, sizeof(sign) - 1) != NULL;
}

static void turn_take(struct binding *binding, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;

	if (entry->status != MERIT_OK)
		return;
	if (entry->operation->number == MERIT_OP_PERIOD_CLOSE && values[CLOSE_PERIOD].integer == binding->month) {
		binding->is_closed = true;
		binding->size = (uint64_t)values[CLOSE_SIZE].integer;
	} else if (entry->operation->number == MERIT_OP_PERIOD_REOPEN &&
	           values[REOPEN_PERIOD].integer <= binding->month) {
		binding->is_closed = false; /* all later months open again too */
	}
}

static enum merit_status turns_read(struct binding *binding, const struct merit_journal_record *records, size_t count,
                                    struct merit_arena *arena)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		struct merit_entry entry;
		if (!may_be_turn(&records[i]))
			continue;
		merit_arena_reset(arena);
		status = merit_entry_read(records[i].bytes, records[i].size, arena, &entry);
		if (status != MERIT_OK)
			return status;
		merit_entry_unwrap(&entry);
		turn_take(binding, &entry);
	}
	return status;
}

static enum merit_status turns_find(struct merit_journal *journal, uint64_t before, struct binding *binding)
{
	struct merit_arena arena = { 0 };
	enum merit_status status = MERIT_OK;

	for (uint64_t from = 0; from < before && status == MERIT_OK;) {
		const struct merit_journal_record *records;
		size_t count = 0;
		status = journal->fetch(journal, from, &records, &count);
		if (status != MERIT_OK)
			break;
		count = count < before - from ? count : (size_t)(before - from);
		status = turns_read(binding, records, count, &arena);
		from += count;
	}
	merit_arena_free(&arena);
	return status;
}

/* Months close in order: where the last one of some is closed, all are. */
static bool is_whole_months(const struct merit_report_options *options)
{
	return options->last_day != MERIT_DAY_NEVER &&
	       merit_day_span_last(options->last_day, MERIT_SPAN_MONTH) == options->last_day &&
	       (options->first_day == MERIT_DAY_NONE ||
	        merit_day_span_first(options->first_day, MERIT_SPAN_MONTH) == options->first_day);
}

enum merit_status merit_report_bind(struct merit_journal *journal, struct merit_report_options *options_io,
                                    bool *is_closed_out)
{
	uint64_t before = options_io->size < journal->size ? options_io->size : journal->size;
	struct binding binding = { .is_closed = false };
	enum merit_status status = MERIT_OK;

	if (is_whole_months(options_io)) {
		binding.month = merit_day_span_first(options_io->last_day, MERIT_SPAN_MONTH);
		status = turns_find(journal, before, &binding);
	}
	if (status != MERIT_OK)
		return status;
	if (binding.is_closed && binding.size < options_io->size)
		options_io->size = binding.size;
	*is_closed_out = binding.is_closed;
	return MERIT_OK;
}
