/* run.c - see run.h. Never decides. */
#include "ledger/run.h"

#include <string.h>

#include "ledger/calendar.h"

enum { EVERY_NONE, EVERY_DAY, EVERY_WEEK, EVERY_MONTH }; /* places among the words of EVERY */

#define WEEK_DAYS     7
#define FIRST_WEEKDAY 3 /* of 1970-01-01, a Thursday, when Monday is 0 */

const struct merit_declared *merit_model_source(struct merit_model *model, struct merit_text source)
{
	return merit_model_get(model, MERIT_TABLE_SOURCE, source, NULL);
}

const struct merit_run *merit_model_run(struct merit_model *model, struct merit_text run)
{
	return merit_model_get(model, MERIT_TABLE_RUN, run, NULL);
}

const struct merit_break *merit_model_break(struct merit_model *model, struct merit_text name)
{
	return merit_model_get(model, MERIT_TABLE_BREAK, name, NULL);
}

/* ---- Rows that hold a name ---- */

static struct merit_text name_get(struct merit_model *model, enum merit_table table, struct merit_text key)
{
	struct merit_text name = { NULL, 0 };

	name.data = merit_model_get(model, table, key, &name.size);
	return name.data == NULL ? MERIT_TEXT("") : name;
}

struct merit_text merit_run_covering(struct merit_model *model, uint32_t source, int32_t day)
{
	return name_get(model, MERIT_TABLE_COVERED, merit_model_covered_key(model, source, day));
}

struct merit_text merit_run_of_file(struct merit_model *model, uint32_t source, struct merit_text file)
{
	return name_get(model, MERIT_TABLE_FILE, merit_model_id_key(model, source, file));
}

struct merit_text merit_run_break(struct merit_model *model, const struct merit_run *run, uint32_t place)
{
	return name_get(model, MERIT_TABLE_RUN_BREAK, merit_model_pair_key(model, run->number, place));
}

void merit_run_add_break(struct merit_model *model, const struct merit_run *run, uint32_t place, struct merit_text name)
{
	struct merit_text key = merit_model_pair_key(model, run->number, place);

	memcpy(merit_model_add(model, MERIT_TABLE_RUN_BREAK, key, name.size), name.data, name.size);
}

/* ---- Days that files must cover ---- */

int32_t merit_source_span_last(const struct merit_declared *source, int32_t day)
{
	switch (source->every) {
	case EVERY_WEEK: return day + WEEK_DAYS - 1 - (day + FIRST_WEEKDAY) % WEEK_DAYS;
	case EVERY_MONTH: return merit_day_span_last(day, MERIT_SPAN_MONTH);
	default: return day;
	}
}

bool merit_source_requires(const struct merit_declared *source, int32_t day)
{
	return source->every != EVERY_NONE && source->starts <= day && day <= source->ends;
}

/* ---- Breaks and their runs ---- */

/* Each amount is a safe integer, so the difference fits. */
int64_t merit_break_difference(const struct merit_value *values)
{
	int64_t theirs = values[BREAK_THEIRS].present ? values[BREAK_THEIRS].integer : 0;
	int64_t ours = values[BREAK_OURS].present ? values[BREAK_OURS].integer : 0;

	return theirs - ours;
}

bool merit_run_is_complete(const struct merit_run *run)
{
	return run->recorded == run->breaks && run->resolved == run->cleared;
}

void merit_run_follow(struct merit_model *model, struct merit_text name, const struct merit_run *run)
{
	if (run->state == MERIT_RUN_LIVE && !merit_run_is_complete(run))
		merit_model_edit(model, MERIT_TABLE_INCOMPLETE, name, 0);
	else
		merit_state_delete(model->state, MERIT_TABLE_INCOMPLETE, name.data, name.size);
}

void merit_break_set_state(struct merit_model *model, struct merit_text name, struct merit_break *row,
                           enum merit_break_state state)
{
	struct merit_text key = merit_model_unexplained_key(model, row->first_day, name);

	row->state = (uint8_t)state;
	if (state == MERIT_BREAK_OPEN)
		merit_model_edit(model, MERIT_TABLE_UNEXPLAINED, key, 0);
	else
		merit_state_delete(model->state, MERIT_TABLE_UNEXPLAINED, key.data, key.size);
}
