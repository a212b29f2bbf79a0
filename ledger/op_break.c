/* op_break.c - breaks: recorded behind the run that found them, explained, and ended by people or by a later run. */
#include "ledger/op.h"
#include "ledger/run.h"

/* Places among the words of RECON_CLASS. */
enum { CLASS_MATCHED = 0, CLASS_WITHIN_TOLERANCE = 1, CLASS_UNREADABLE = 10 };

static void refuse_on(struct merit_entry *entry, enum merit_status fault)
{
	if (fault == MERIT_NO_MEMORY)
		entry->no_memory = true;
	else if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

/* Whether an entry is named that is not there: one may only point back. */
static bool is_entry_unknown(const struct merit_entry *entry, const struct merit_value *named)
{
	return named->present && named->integer >= (int64_t)entry->seq;
}

/* An earlier entry. The log holds every one: only memory can be short. */
static enum merit_status earlier_read(struct merit_model *model, uint64_t seq, struct merit_entry *entry_out)
{
	return merit_model_entry(model, seq, &model->scratch, entry_out) == MERIT_OK ? MERIT_OK : MERIT_NO_MEMORY;
}

/* The row to change, with the entry as the last of its events. For evolve. */
static struct merit_break *break_edit(struct merit_model *model, const struct merit_entry *entry,
                                      struct merit_text name)
{
	struct merit_break *row = merit_model_edit(model, MERIT_TABLE_BREAK, name, sizeof(*row));

	merit_model_add_event(model, row->seq, entry, &row->last_event);
	return row;
}

/* A live run of this name, or why there is none. */
static enum merit_status run_fault(const struct merit_run *run)
{
	if (run == NULL)
		return MERIT_RUN_UNKNOWN;
	return run->state == MERIT_RUN_SUPERSEDED ? MERIT_SUPERSEDED : MERIT_OK;
}

/* ---- recon.break ---- */

void merit_decide_recon_break(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_run *run = merit_model_run(model, values[BREAK_RUN].text);
	enum merit_status fault = is_entry_unknown(entry, &values[BREAK_ENTRY]) ? MERIT_ENTRY_UNKNOWN : run_fault(run);

	if (fault == MERIT_OK && merit_model_break(model, values[BREAK_BREAK].text) != NULL)
		fault = MERIT_BREAK_EXISTS;
	if (fault == MERIT_OK && run->recorded == run->breaks)
		fault = MERIT_RUN_COMPLETE;
	refuse_on(entry, fault);
}

void merit_evolve_recon_break(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[BREAK_BREAK].text, run_name = values[BREAK_RUN].text;
	struct merit_run *run = merit_model_edit(model, MERIT_TABLE_RUN, run_name, sizeof(*run));
	struct merit_break *row = merit_model_edit(model, MERIT_TABLE_BREAK, name, sizeof(*row));
	int64_t difference = merit_break_difference(values);

	row->seq = entry->seq;
	row = break_edit(model, entry, name);
	row->run = merit_name_of(run_name);
	row->class_ = (uint8_t)values[BREAK_CLASS].integer;
	row->first_day = (int32_t)values[BREAK_FIRST_DAY].integer;
	row->expected = MERIT_DAY_NONE;
	row->amount = difference < 0 ? -difference : difference;
	merit_break_set_state(model, name, row, MERIT_BREAK_OPEN);
	merit_run_add_break(model, run, run->recorded++, name);
	merit_run_follow(model, run_name, run);
}

/* ---- break.explain ---- */

static enum merit_status ended_fault(const struct merit_break *row)
{
	bool is_ended = row->state == MERIT_BREAK_RESOLVED || row->state == MERIT_BREAK_WITHDRAWN;

	return is_ended ? MERIT_BREAK_ENDED : MERIT_OK;
}

/* Above the limit of its source, as that is declared now, nobody says alone what becomes of it. */
static enum merit_status alone_fault(struct merit_model *model, const struct merit_break *row)
{
	const struct merit_run *run = merit_model_run(model, merit_name_text(&row->run));
	int64_t limit = merit_model_source(model, merit_name_text(&run->source))->limit;

	return !model->approved && limit > 0 && row->amount > limit ? MERIT_PROPOSAL_REQUIRED : MERIT_OK;
}

/* What agrees, and what nobody can read, is found by a run: no person makes it so of something else. */
static enum merit_status class_fault(struct merit_model *model, const struct merit_break *row, int64_t class_)
{
	struct merit_entry found;

	if (class_ != CLASS_MATCHED && class_ != CLASS_WITHIN_TOLERANCE && class_ != CLASS_UNREADABLE)
		return MERIT_OK;
	enum merit_status status = earlier_read(model, row->seq, &found);
	if (status != MERIT_OK)
		return status;
	return found.values[BREAK_CLASS].integer == class_ ? MERIT_OK : MERIT_CLASS_UNFIT;
}

void merit_decide_break_explain(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_break *row = merit_model_break(model, values[EXPLAIN_BREAK].text);
	enum merit_status fault = row == NULL ? MERIT_BREAK_UNKNOWN : ended_fault(row);

	if (fault == MERIT_OK && values[EXPLAIN_EXPECTED].integer < merit_model_day(model, entry->time_ms))
		fault = MERIT_EXPECTED_PAST;
	if (fault == MERIT_OK)
		fault = class_fault(model, row, values[EXPLAIN_CLASS].integer);
	if (fault == MERIT_OK)
		fault = alone_fault(model, row);
	refuse_on(entry, fault);
}

void merit_evolve_break_explain(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[EXPLAIN_BREAK].text;
	struct merit_break *row = break_edit(model, entry, name);

	row->class_ = (uint8_t)values[EXPLAIN_CLASS].integer;
	row->expected = (int32_t)values[EXPLAIN_EXPECTED].integer;
	row->explained = entry->seq + 1;
	merit_break_set_state(model, name, row, MERIT_BREAK_EXPLAINED);
}

/* ---- break.resolve ---- */

/* What is said to have set a break right moved something. */
static enum merit_status setter_fault(struct merit_model *model, const struct merit_entry *entry,
                                      const struct merit_value *named)
{
	struct merit_entry setter;

	if (!named->present)
		return MERIT_OK;
	if (is_entry_unknown(entry, named))
		return MERIT_ENTRY_UNKNOWN;
	enum merit_status status = earlier_read(model, (uint64_t)named->integer, &setter);
	if (status != MERIT_OK)
		return status;
	return setter.postings_count > 0 ? MERIT_OK : MERIT_ENTRY_UNKNOWN; /* a refusal has none */
}

/* Whether the run is later than the one that found the break, and of the same source. */
static enum merit_status later_run_fault(struct merit_model *model, const struct merit_run *run,
                                         const struct merit_break *row)
{
	const struct merit_run *found = row == NULL ? NULL : merit_model_run(model, merit_name_text(&row->run));

	if (run != NULL && found != NULL && run->seq <= found->seq)
		return MERIT_RUN_UNKNOWN;
	enum merit_status fault = run_fault(run);
	if (fault != MERIT_OK || found == NULL)
		return fault;
	return merit_text_equal(merit_name_text(&run->source), merit_name_text(&found->source)) ? MERIT_OK
	                                                                                        : MERIT_OTHER_SOURCE;
}

void merit_decide_break_resolve(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_break *row = merit_model_break(model, values[RESOLVE_BREAK].text);
	bool is_by_run = values[RESOLVE_RUN].present;
	const struct merit_run *run = is_by_run ? merit_model_run(model, values[RESOLVE_RUN].text) : NULL;
	enum merit_status fault = setter_fault(model, entry, &values[RESOLVE_ENTRY]);

	if (fault == MERIT_OK && is_by_run)
		fault = later_run_fault(model, run, row);
	if (fault == MERIT_OK && row == NULL)
		fault = MERIT_BREAK_UNKNOWN;
	if (fault == MERIT_OK)
		fault = ended_fault(row);
	if (fault == MERIT_OK && is_by_run && run->resolved == run->cleared)
		fault = MERIT_RUN_COMPLETE;
	if (fault == MERIT_OK && !is_by_run)
		fault = alone_fault(model, row);
	refuse_on(entry, fault);
}

static void run_resolve(struct merit_model *model, struct merit_text run_name, struct merit_text name)
{
	struct merit_run *run = merit_model_edit(model, MERIT_TABLE_RUN, run_name, sizeof(*run));

	merit_run_add_break(model, run, run->breaks + run->resolved++, name);
	merit_run_follow(model, run_name, run);
}

void merit_evolve_break_resolve(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[RESOLVE_BREAK].text;
	struct merit_break *row = break_edit(model, entry, name);

	row->before = row->state;
	merit_break_set_state(model, name, row, MERIT_BREAK_RESOLVED);
	if (!values[RESOLVE_RUN].present)
		return;
	row->resolved_by = merit_name_of(values[RESOLVE_RUN].text);
	run_resolve(model, values[RESOLVE_RUN].text, name);
}
