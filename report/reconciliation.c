/* reconciliation.c - how the files of each source agreed: runs and what they came to, and every break that is still
 * open, by how long it has been.
 *
 * Of a period  the runs whose days touch it, whenever they were committed: October's last file comes in November. And
 *              the breaks of items up to its last day that are open as known; they age up to that day, else up to the day
 *              of the last entry.
 * Counted      a superseded run is listed and counts no more: what it had found is withdrawn, what it had ended stands
 *              again.
 * Overdue      explained, and to have come by the day up to which breaks age.
 * Parts        a row is a run, the sum of a class over a source's runs, or an open break. */
#include <stdlib.h>

#include "ledger/calendar.h"
#include "report/reports_inner.h"
#include "report/told.h"
#include "report/age.h"

#define CLASSES_MAX 16 /* words of RECON_CLASS, at most */

enum break_state { OPEN, EXPLAINED, RESOLVED, WITHDRAWN };

struct class_sum {
	int64_t count, theirs, ours;
};

struct source {
	struct merit_text name, unit; /* a currency, or points */
	struct class_sum classes[CLASSES_MAX];
};

struct run {
	struct merit_text name;
	struct source *source;
	int64_t seq, theirs, ours, breaks;
	int32_t from, to;
	bool is_superseded;
	struct class_sum classes[CLASSES_MAX];
};

struct open_break {
	struct merit_text name, reference, unit, side, reason;
	const struct run *run;
	struct merit_text resolved_by; /* a run; empty: people, or nobody */
	enum break_state state, before;
	int64_t class_, theirs, ours;
	bool has_theirs, has_ours;
	int32_t first_day, expected;
};

struct reconciliation {
	struct merit_index sources, runs, breaks;
	int64_t time_ms; /* of the last entry */
};

/* ---- Taking ---- */

static bool value_keep(struct merit_report_job *job, const struct merit_value *value, const char *otherwise,
                       struct merit_text *kept_out)
{
	struct merit_text text = value->present ? value->text : merit_text_of(otherwise);

	return merit_text_keep(&job->arena, text, kept_out);
}

static bool source_take(struct merit_report_job *job, const struct merit_value *values)
{
	struct reconciliation *reconciliation = job->context;
	struct source *source =
		merit_index_get(&reconciliation->sources, &job->arena, values[SOURCE_SOURCE].text, sizeof(*source));

	return source != NULL && value_keep(job, &values[SOURCE_SOURCE], "", &source->name) &&
	       value_keep(job, &values[SOURCE_CURRENCY], "points", &source->unit);
}

static void classes_take(const struct merit_value *list, struct run *run)
{
	for (size_t i = 0; list->present && i < list->row_count; i++) {
		const struct merit_value *cells = &list->cells[i * CLASS_COLUMNS];
		int64_t class_ = cells[CLASS_CLASS].integer;
		if (class_ >= 0 && class_ < CLASSES_MAX)
			run->classes[class_] =
				(struct class_sum){ cells[CLASS_COUNT].integer, cells[CLASS_THEIRS].integer,
				                    cells[CLASS_OURS].integer };
	}
}

/* What the run had found counts no more; what it had ended stands as it did before. */
static void run_supersede(struct reconciliation *reconciliation, struct merit_text name)
{
	struct run *run = merit_index_find(&reconciliation->runs, name);

	if (run == NULL)
		return;
	run->is_superseded = true;
	for (size_t i = 0; i < reconciliation->breaks.count; i++) {
		struct open_break *row = merit_index_at(&reconciliation->breaks, i);
		if (row->run == run)
			row->state = WITHDRAWN;
		else if (row->state == RESOLVED && merit_text_equal(row->resolved_by, name))
			row->state = row->before;
	}
}

static bool run_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct reconciliation *reconciliation = job->context;
	const struct merit_value *values = entry->values;
	struct run *run = merit_index_get(&reconciliation->runs, &job->arena, values[RUN_RUN].text, sizeof(*run));

	if (run == NULL || !value_keep(job, &values[RUN_RUN], "", &run->name))
		return false;
	run->source = merit_index_find(&reconciliation->sources, values[RUN_SOURCE].text);
	run->seq = (int64_t)entry->seq;
	run->from = (int32_t)values[RUN_FROM].integer;
	run->to = (int32_t)values[RUN_TO].integer;
	run->theirs = values[RUN_THEIRS].integer;
	run->ours = values[RUN_OURS].integer;
	run->breaks = values[RUN_BREAKS].integer;
	classes_take(&values[RUN_CLASSES], run);
	if (values[RUN_SUPERSEDES].present)
		run_supersede(reconciliation, values[RUN_SUPERSEDES].text);
	return true;
}

static bool break_take(struct merit_report_job *job, const struct merit_value *values)
{
	struct reconciliation *reconciliation = job->context;
	struct open_break *row =
		merit_index_get(&reconciliation->breaks, &job->arena, values[BREAK_BREAK].text, sizeof(*row));

	if (row == NULL || !value_keep(job, &values[BREAK_BREAK], "", &row->name) ||
	    !value_keep(job, &values[BREAK_REFERENCE], "", &row->reference) ||
	    !value_keep(job, &values[BREAK_CURRENCY], "points", &row->unit) ||
	    !value_keep(job, &values[BREAK_SIDE], "", &row->side))
		return false;
	row->run = merit_index_find(&reconciliation->runs, values[BREAK_RUN].text);
	row->class_ = values[BREAK_CLASS].integer;
	row->first_day = (int32_t)values[BREAK_FIRST_DAY].integer;
	row->expected = MERIT_DAY_NONE;
	row->has_theirs = values[BREAK_THEIRS].present;
	row->theirs = values[BREAK_THEIRS].integer;
	row->has_ours = values[BREAK_OURS].present;
	row->ours = values[BREAK_OURS].integer;
	return true;
}

static bool explain_take(struct merit_report_job *job, const struct merit_value *values)
{
	struct reconciliation *reconciliation = job->context;
	struct open_break *row = merit_index_find(&reconciliation->breaks, values[EXPLAIN_BREAK].text);

	if (row == NULL)
		return true;
	row->state = EXPLAINED;
	row->class_ = values[EXPLAIN_CLASS].integer;
	row->expected = (int32_t)values[EXPLAIN_EXPECTED].integer;
	return value_keep(job, &values[EXPLAIN_REASON], "", &row->reason);
}

static bool resolve_take(struct merit_report_job *job, const struct merit_value *values)
{
	struct reconciliation *reconciliation = job->context;
	struct open_break *row = merit_index_find(&reconciliation->breaks, values[RESOLVE_BREAK].text);

	if (row == NULL)
		return true;
	row->before = row->state;
	row->state = RESOLVED;
	return value_keep(job, &values[RESOLVE_RUN], "", &row->resolved_by);
}

static enum merit_status reconciliation_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct reconciliation *reconciliation = job->context;
	bool is_kept = true;

	reconciliation->time_ms = entry->time_ms;
	switch (entry->operation->number) {
	case MERIT_OP_SOURCE_DECLARE: is_kept = source_take(job, entry->values); break;
	case MERIT_OP_RECON_COMMIT: is_kept = run_take(job, entry); break;
	case MERIT_OP_RECON_BREAK: is_kept = break_take(job, entry->values); break;
	case MERIT_OP_BREAK_EXPLAIN: is_kept = explain_take(job, entry->values); break;
	case MERIT_OP_BREAK_RESOLVE: is_kept = resolve_take(job, entry->values); break;
	default: break;
	}
	return is_kept ? MERIT_OK : MERIT_NO_MEMORY;
}

/* ---- Printing ---- */

static void columns_put(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "source", "Source");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "part", "Part");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "name", "Name");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "first_day", "First day");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "last_day", "Last day");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "state", "State");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "class", "Class");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "count", "Count");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "theirs_rows", "Their rows");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "ours_rows", "Our rows");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "unit", "Unit");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "theirs", "Theirs");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "ours", "Ours");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "side", "Side");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reference", "Reference");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "days", "Days open");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "age", "Age");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reason", "Reason");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "expected", "Expected");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "run", "Found by");
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "seq", "Entry");
}

static void empties_put(struct merit_sheet *sheet, int count)
{
	for (int i = 0; i < count; i++)
		merit_sheet_empty(sheet);
}

static void integer_or_empty(struct merit_sheet *sheet, int64_t integer, bool is_there)
{
	if (is_there)
		merit_sheet_integer(sheet, integer);
	else
		merit_sheet_empty(sheet);
}

static bool is_of_period(const struct merit_report_job *job, const struct run *run)
{
	return run->to >= job->options->first_day && run->from <= job->options->last_day;
}

/* The runs of a source, and their sum by class. */
static void runs_put(struct merit_report_job *job, struct merit_sheet *sheet, struct source *source)
{
	struct reconciliation *reconciliation = job->context;

	for (size_t i = 0; i < reconciliation->runs.count; i++) {
		const struct run *run = merit_index_at(&reconciliation->runs, i);
		if (run->source != source || !is_of_period(job, run))
			continue;
		merit_sheet_text(sheet, source->name);
		merit_sheet_word(sheet, "run");
		merit_sheet_text(sheet, run->name);
		merit_sheet_integer(sheet, run->from);
		merit_sheet_integer(sheet, run->to);
		merit_sheet_word(sheet, run->is_superseded ? "superseded" : "live");
		merit_sheet_empty(sheet);
		merit_sheet_integer(sheet, run->breaks);
		merit_sheet_integer(sheet, run->theirs);
		merit_sheet_integer(sheet, run->ours);
		empties_put(sheet, 10);
		merit_sheet_integer(sheet, run->seq);
		for (size_t class_ = 0; class_ < CLASSES_MAX && !run->is_superseded; class_++) {
			merit_report_add(job, &source->classes[class_].count, run->classes[class_].count);
			merit_report_add(job, &source->classes[class_].theirs, run->classes[class_].theirs);
			merit_report_add(job, &source->classes[class_].ours, run->classes[class_].ours);
		}
	}
}

static void classes_put(struct merit_sheet *sheet, const struct source *source)
{
	for (size_t class_ = 0; class_ < CLASSES_MAX; class_++) {
		const struct class_sum *sum = &source->classes[class_];
		if (sum->count == 0)
			continue;
		merit_sheet_text(sheet, source->name);
		merit_sheet_word(sheet, "class");
		empties_put(sheet, 4);
		merit_sheet_text(sheet, merit_type_word(MERIT_TYPE_RECON_CLASS, (int64_t)class_));
		merit_sheet_integer(sheet, sum->count);
		empties_put(sheet, 2);
		merit_sheet_text(sheet, source->unit);
		merit_sheet_integer(sheet, sum->theirs);
		merit_sheet_integer(sheet, sum->ours);
		empties_put(sheet, 8);
	}
}

static bool is_listed(const struct merit_report_job *job, const struct open_break *row)
{
	return (row->state == OPEN || row->state == EXPLAINED) && row->first_day <= job->options->last_day;
}

/* The day up to which breaks age. */
static int32_t ageing_day(const struct merit_report_job *job)
{
	const struct reconciliation *reconciliation = job->context;

	if (job->options->last_day != MERIT_DAY_NEVER)
		return job->options->last_day;
	return merit_day_of_ms(reconciliation->time_ms, job->journal->offset_minutes);
}

static bool is_overdue(const struct merit_report_job *job, const struct open_break *row)
{
	return row->state == EXPLAINED && row->expected <= ageing_day(job);
}

static const char *state_word(const struct merit_report_job *job, const struct open_break *row)
{
	return row->state == OPEN ? "open" : is_overdue(job, row) ? "overdue" : "explained";
}

static void break_put(const struct merit_report_job *job, struct merit_sheet *sheet, const struct open_break *row)
{
	int64_t days = (int64_t)ageing_day(job) - row->first_day;

	merit_sheet_text(sheet, row->run->source->name);
	merit_sheet_word(sheet, "break");
	merit_sheet_text(sheet, row->name);
	merit_sheet_integer(sheet, row->first_day);
	merit_sheet_empty(sheet);
	merit_sheet_word(sheet, state_word(job, row));
	merit_sheet_text(sheet, merit_type_word(MERIT_TYPE_RECON_CLASS, row->class_));
	empties_put(sheet, 3);
	merit_sheet_text(sheet, row->unit);
	integer_or_empty(sheet, row->theirs, row->has_theirs);
	integer_or_empty(sheet, row->ours, row->has_ours);
	merit_sheet_text(sheet, row->side);
	merit_sheet_text(sheet, row->reference);
	merit_sheet_integer(sheet, days);
	merit_sheet_word(sheet, merit_age_word(merit_age_of(days)));
	merit_sheet_text(sheet, row->reason);
	merit_sheet_integer(sheet, row->expected);
	merit_sheet_text(sheet, row->run->name);
	merit_sheet_empty(sheet);
}

static int compare_breaks(const void *left, const void *right)
{
	const struct open_break *a = *(const struct open_break *const *)left;
	const struct open_break *b = *(const struct open_break *const *)right;

	if (a->first_day != b->first_day)
		return a->first_day < b->first_day ? -1 : 1;
	return merit_text_order(a->name, b->name);
}

/* The open breaks of all sources, the oldest first; in the job's arena. NULL without memory. */
static const struct open_break **breaks_list(struct merit_report_job *job, size_t *count_out)
{
	struct reconciliation *reconciliation = job->context;
	const struct open_break **list =
		merit_arena_allocate(&job->arena, (reconciliation->breaks.count + 1) * sizeof(list[0]));
	size_t count = 0;

	for (size_t i = 0; i < reconciliation->breaks.count && list != NULL; i++) {
		const struct open_break *row = merit_index_at(&reconciliation->breaks, i);
		if (row->run != NULL && row->run->source != NULL && is_listed(job, row))
			list[count++] = row;
	}
	if (list != NULL)
		qsort(list, count, sizeof(list[0]), compare_breaks);
	*count_out = count;
	return list;
}

static void ageing_put(const struct merit_report_job *job, struct merit_sheet *sheet,
                       const struct open_break *const *list, size_t count)
{
	int64_t counts[MERIT_AGES_COUNT][2] = { { 0 } }, unexplained = 0, overdue = 0;
	struct merit_chart *chart = merit_sheet_chart(sheet, MERIT_CHART_BARS, "Open breaks by age in days", "points");

	for (size_t i = 0; i < count; i++) {
		counts[merit_age_of((int64_t)ageing_day(job) - list[i]->first_day)][list[i]->state == OPEN]++;
		unexplained += list[i]->state == OPEN;
		overdue += is_overdue(job, list[i]);
	}
	merit_sheet_note(sheet, "Open breaks: %zu, of them not explained: %lld, explained and overdue: %lld.", count,
	                 (long long)unexplained, (long long)overdue);
	if (chart == NULL)
		return;
	merit_chart_series(chart, "explained");
	merit_chart_series(chart, "not explained");
	for (size_t i = 0; i < MERIT_AGES_COUNT; i++)
		merit_chart_label(sheet, chart, merit_text_of(merit_age_word(i)), counts[i]);
}

static enum merit_status reconciliation_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct reconciliation *reconciliation = job->context;
	size_t count;
	const struct open_break **list = breaks_list(job, &count);

	if (list == NULL)
		return MERIT_NO_MEMORY;
	columns_put(sheet);
	merit_index_sort(&reconciliation->sources);
	for (size_t i = 0; i < reconciliation->sources.count; i++) {
		struct source *source = merit_index_at(&reconciliation->sources, i);
		runs_put(job, sheet, source);
		classes_put(sheet, source);
		for (size_t j = 0; j < count; j++) {
			if (list[j]->run->source == source)
				break_put(job, sheet, list[j]);
		}
	}
	ageing_put(job, sheet, list, count);
	return MERIT_OK;
}

static void reconciliation_free(struct merit_report_job *job)
{
	struct reconciliation *reconciliation = job->context;

	merit_index_free(&reconciliation->sources);
	merit_index_free(&reconciliation->runs);
	merit_index_free(&reconciliation->breaks);
}

const struct merit_report_kind merit_report_reconciliation = {
	.name = "reconciliation",
	.title = "Reconciliation",
	.about = "how each source's files agreed, and what is still open, by age",
	.is_closing = true,
	.context_size = sizeof(struct reconciliation),
	.take = reconciliation_take,
	.finish = reconciliation_finish,
	.free = reconciliation_free,
};
