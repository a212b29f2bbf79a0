/* op_recon.c - runs: a reconciliation of a file becomes part of the record, and a file issued again takes the place of
 * one before.
 *
 * Nothing here looks at a file or at what was matched: a run says what it came to, and who doubts it has the hashes.
 * What it must not do is count twice: a day is covered by one run of a source, and a file is of one. */
#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/op.h"
#include "ledger/run.h"

#define RATE_OF 10000

/* ---- recon.commit: decide ---- */

/* What a run that is to be committed names. */
struct committing {
	const struct merit_value *values;
	const struct merit_declared *source;
	struct merit_text supersedes; /* empty: nothing */
	int32_t from, to;
};

static struct merit_text text_or_empty(const struct merit_value *value)
{
	return value->present ? value->text : MERIT_TEXT("");
}

static enum merit_status superseded_fault(struct merit_model *model, const struct committing *committing)
{
	if (committing->supersedes.size == 0)
		return MERIT_OK;
	const struct merit_run *run = merit_model_run(model, committing->supersedes);
	if (run == NULL)
		return MERIT_RUN_UNKNOWN;
	if (run->state == MERIT_RUN_SUPERSEDED)
		return MERIT_SUPERSEDED;
	return merit_text_equal(merit_name_text(&run->source), committing->values[RUN_SOURCE].text)
	               ? MERIT_OK
	               : MERIT_OTHER_SOURCE;
}

/* The first day of the run's that a live run covers which is not superseded; NONE: there is none. */
static int32_t covered_day(struct merit_model *model, const struct committing *committing)
{
	for (int32_t day = committing->from; day <= committing->to; day++) {
		struct merit_text run = merit_run_covering(model, committing->source->number, day);
		if (run.size > 0 && !merit_text_equal(run, committing->supersedes))
			return day;
	}
	return MERIT_DAY_NONE;
}

static struct merit_hash hash_of(const struct merit_value *value)
{
	struct merit_hash hash;
	size_t size;
	bool is_read = merit_hex_decode(value->text.data, value->text.size, hash.bytes, sizeof(hash.bytes), &size);

	assert(is_read && size == sizeof(hash.bytes));
	return hash;
}

/* The same file again is fine where its run is superseded: the mapping or the rules were wrong, not the file. */
static bool is_file_used(struct merit_model *model, const struct committing *committing)
{
	struct merit_hash hash = hash_of(&committing->values[RUN_FILE]);
	struct merit_text file = { (const char *)hash.bytes, sizeof(hash.bytes) };
	struct merit_text run = merit_run_of_file(model, committing->source->number, file);

	return run.size > 0 && !merit_text_equal(run, committing->supersedes);
}

/* A file of the wrong month has breaks in every row: somebody else looks at it first. What is carried says nothing of
 * this file. */
static bool is_above_rate(const struct committing *committing)
{
	const struct merit_value *values = committing->values;
	int64_t breaks = values[RUN_BREAKS].integer;
	int64_t theirs = values[RUN_THEIRS].integer > 0 ? values[RUN_THEIRS].integer : 1;

	return committing->source->break_rate >= 0 && breaks * RATE_OF > committing->source->break_rate * theirs;
}

static enum merit_status names_fault(struct merit_model *model, const struct merit_entry *entry,
                                     const struct committing *committing)
{
	const struct merit_value *values = entry->values;

	if (values[RUN_SIZE].integer > (int64_t)entry->seq)
		return MERIT_ENTRY_UNKNOWN;
	if (committing->source == NULL)
		return MERIT_SOURCE_UNKNOWN;
	if (merit_model_run(model, values[RUN_RUN].text) != NULL)
		return MERIT_RUN_EXISTS;
	enum merit_status fault = superseded_fault(model, committing);
	if (fault != MERIT_OK)
		return fault;
	if (committing->to < committing->from)
		return MERIT_DAYS_REVERSED;
	return committing->to - committing->from >= MERIT_RUN_DAYS_MAX ? MERIT_TOO_MANY_DAYS : MERIT_OK;
}

static enum merit_status counts_fault(struct merit_model *model, const struct merit_entry *entry,
                                      const struct committing *committing)
{
	const struct merit_value *values = entry->values;

	if (is_file_used(model, committing))
		return MERIT_FILE_USED;
	if (values[RUN_BREAKS].integer > MERIT_RUN_BREAKS_MAX || values[RUN_CLEARED].integer > MERIT_RUN_BREAKS_MAX)
		return MERIT_TOO_MANY_BREAKS;
	if (!model->approved && is_above_rate(committing))
		return MERIT_PROPOSAL_REQUIRED;
	return committing->to > merit_model_day(model, entry->time_ms) ? MERIT_IN_FUTURE : MERIT_OK;
}

void merit_decide_recon_commit(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct committing committing = {
		.values = values,
		.source = merit_model_source(model, values[RUN_SOURCE].text),
		.supersedes = text_or_empty(&values[RUN_SUPERSEDES]),
		.from = (int32_t)values[RUN_FROM].integer,
		.to = (int32_t)values[RUN_TO].integer,
	};
	enum merit_status fault = names_fault(model, entry, &committing);

	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	int32_t covered = covered_day(model, &committing);
	if (covered != MERIT_DAY_NONE) {
		struct merit_date date = merit_date_of_day(covered);
		merit_entry_refuse(entry, MERIT_DAY_COVERED);
		merit_entry_why(entry, "year", date.year);
		merit_entry_why(entry, "month", date.month);
		merit_entry_why(entry, "day", date.day_of_month);
		return;
	}
	fault = counts_fault(model, entry, &committing);
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

/* ---- recon.commit: evolve ---- */

/* A break that a superseded run found: whatever became of it, it is of a file that no longer counts. */
static void found_withdraw(struct merit_model *model, struct merit_text name)
{
	struct merit_break *row = merit_model_edit(model, MERIT_TABLE_BREAK, name, sizeof(*row));

	merit_break_set_state(model, name, row, MERIT_BREAK_WITHDRAWN);
}

/* One that it resolved stands again as it did, unless the run that found it was superseded meanwhile. */
static void resolved_return(struct merit_model *model, struct merit_text name)
{
	struct merit_break *row = merit_model_edit(model, MERIT_TABLE_BREAK, name, sizeof(*row));

	if (row->state != MERIT_BREAK_RESOLVED)
		return;
	row->resolved_by = merit_name_of(MERIT_TEXT(""));
	merit_break_set_state(model, name, row, (enum merit_break_state)row->before);
}

/* Names are copied first: a row's bytes stay only as long as nothing changes it. */
static void breaks_take_back(struct merit_model *model, const struct merit_run *run)
{
	for (uint32_t place = 0; place < run->recorded; place++) {
		struct merit_name name = merit_name_of(merit_run_break(model, run, place));
		found_withdraw(model, merit_name_text(&name));
	}
	for (uint32_t place = run->breaks; place < run->breaks + run->resolved; place++) {
		struct merit_name name = merit_name_of(merit_run_break(model, run, place));
		resolved_return(model, merit_name_text(&name));
	}
}

static void coverage_free(struct merit_model *model, uint32_t source, const struct merit_run *run)
{
	struct merit_text file = { (const char *)run->file, sizeof(run->file) };
	struct merit_text key = merit_model_id_key(model, source, file);

	merit_state_delete(model->state, MERIT_TABLE_FILE, key.data, key.size);
	for (int32_t day = run->from; day <= run->to; day++) {
		key = merit_model_covered_key(model, source, day);
		merit_state_delete(model->state, MERIT_TABLE_COVERED, key.data, key.size);
	}
}

static void run_supersede(struct merit_model *model, uint32_t source, struct merit_text name, struct merit_text by)
{
	struct merit_run *run = merit_model_edit(model, MERIT_TABLE_RUN, name, sizeof(*run));

	run->state = MERIT_RUN_SUPERSEDED;
	run->superseded_by = merit_name_of(by);
	merit_run_follow(model, name, run);
	coverage_free(model, source, run);
	breaks_take_back(model, run);
}

static void coverage_take(struct merit_model *model, uint32_t source, struct merit_text name,
                          const struct merit_run *run)
{
	struct merit_text file = { (const char *)run->file, sizeof(run->file) };
	struct merit_text key = merit_model_id_key(model, source, file);

	memcpy(merit_model_add(model, MERIT_TABLE_FILE, key, name.size), name.data, name.size);
	for (int32_t day = run->from; day <= run->to; day++) {
		key = merit_model_covered_key(model, source, day);
		memcpy(merit_model_add(model, MERIT_TABLE_COVERED, key, name.size), name.data, name.size);
	}
}

void merit_evolve_recon_commit(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[RUN_RUN].text;
	uint32_t source = merit_model_source(model, values[RUN_SOURCE].text)->number;
	struct merit_hash file = hash_of(&values[RUN_FILE]);

	if (values[RUN_SUPERSEDES].present)
		run_supersede(model, source, values[RUN_SUPERSEDES].text, name);
	struct merit_run *row = merit_model_edit(model, MERIT_TABLE_RUN, name, sizeof(*row));
	row->source = merit_name_of(values[RUN_SOURCE].text);
	row->state = MERIT_RUN_LIVE;
	row->number = ++model->program.numbers;
	merit_model_edit_program(model);
	row->from = (int32_t)values[RUN_FROM].integer;
	row->to = (int32_t)values[RUN_TO].integer;
	memcpy(row->file, file.bytes, sizeof(row->file));
	row->seq = entry->seq;
	row->breaks = (uint32_t)values[RUN_BREAKS].integer;
	row->cleared = (uint32_t)values[RUN_CLEARED].integer;
	coverage_take(model, source, name, row);
	merit_run_follow(model, name, row);
}
