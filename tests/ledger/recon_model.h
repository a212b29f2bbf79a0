/* recon_model.h - sources, runs and breaks once more, as small as can be: plain arrays, searched from end to end. It
 * knows what doc/protocol.md says of them, and nothing of how the ledger keeps them. */
#ifndef MERIT_TESTS_LEDGER_RECON_MODEL_H
#define MERIT_TESTS_LEDGER_RECON_MODEL_H

#include "ledger/calendar.h"
#include "ledger/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SOURCES 4
#define RUNS    128
#define BREAKS  160

enum every { NONE, DAY, WEEK, MONTH, EVERYS };
enum class_ { MATCHED, AMOUNT, UNREADABLE, CLASSES }; /* of all there are */
enum stand { ABSENT, OPEN, EXPLAINED, RESOLVED, WITHDRAWN };

struct source {
	bool is_there;
	enum every every;
	int32_t starts, ends, due_days;
	int64_t rate, limit; /* rate -1: any */
};

struct run {
	bool is_there, is_superseded;
	int source, file, order; /* order: so many were committed before it */
	int32_t from, to;
	int64_t breaks, recorded, cleared, resolved;
};

struct found {
	enum stand stand, before;
	int run, resolved_by; /* -1: none */
	enum class_ class_;   /* as it was found */
	int32_t first_day;
	int64_t amount;
};

static struct {
	struct source sources[SOURCES];
	struct run runs[RUNS];
	struct found breaks[BREAKS];
	int runs_count;
	int32_t first, today, closed_to; /* closed_to: the last closed day, or the day before the first */
	unsigned withdrawn, returned;    /* breaks, by what superseded their run or the one that resolved them */
} model;

enum verb { DECLARE, COMMIT_RUN, FIND, EXPLAIN, RESOLVE, VERBS };

/* A call, as it is asked for. */
struct asked {
	enum verb verb;
	struct source declared;
	struct run run;
	struct found found;
	int source, name, other; /* name: of the run or break; other: the run superseded, or that resolves; -1: none */
	int64_t theirs, ours, rows, carried;
	int32_t expected;
	enum class_ class_; /* a break is explained as */
	bool is_beyond;     /* names an entry that is not there */
	bool is_idle;       /* or one that moved nothing */
};

/* ---- What must become of a call ---- */

static inline enum merit_status declare_fault(const struct asked *asked, bool is_agreed)
{
	if (asked->declared.ends < asked->declared.starts)
		return MERIT_DAYS_REVERSED;
	return model.sources[asked->source].is_there && !is_agreed ? MERIT_PROPOSAL_REQUIRED : MERIT_OK;
}

static inline bool is_counting(int run, const struct asked *asked)
{
	return model.runs[run].is_there && !model.runs[run].is_superseded && run != asked->other &&
	       model.runs[run].source == asked->run.source;
}

static inline enum merit_status superseded_fault(const struct asked *asked)
{
	const struct run *old = &model.runs[asked->other];

	if (!old->is_there)
		return MERIT_RUN_UNKNOWN;
	if (old->is_superseded)
		return MERIT_SUPERSEDED;
	return old->source != asked->run.source ? MERIT_OTHER_SOURCE : MERIT_OK;
}

static inline enum merit_status taken_fault(const struct asked *asked)
{
	bool is_used = false;

	for (int i = 0; i < RUNS; i++) {
		const struct run *run = &model.runs[i];
		if (is_counting(i, asked) && run->from <= asked->run.to && asked->run.from <= run->to)
			return MERIT_DAY_COVERED;
		is_used = is_used || (is_counting(i, asked) && run->file == asked->run.file);
	}
	return is_used ? MERIT_FILE_USED : MERIT_OK;
}

static inline enum merit_status commit_fault(const struct asked *asked, bool is_agreed)
{
	const struct run *run = &asked->run;
	const struct source *source = &model.sources[run->source];
	enum merit_status fault = MERIT_OK;

	if (asked->is_beyond)
		return MERIT_ENTRY_UNKNOWN;
	if (!source->is_there)
		return MERIT_SOURCE_UNKNOWN;
	if (model.runs[asked->name].is_there)
		return MERIT_RUN_EXISTS;
	if (asked->other >= 0)
		fault = superseded_fault(asked);
	if (fault == MERIT_OK && run->to < run->from)
		fault = MERIT_DAYS_REVERSED;
	if (fault == MERIT_OK)
		fault = taken_fault(asked);
	if (fault != MERIT_OK)
		return fault;
	if (!is_agreed && source->rate >= 0 &&
	    run->breaks * 10000 > source->rate * (asked->rows > 0 ? asked->rows : 1))
		return MERIT_PROPOSAL_REQUIRED;
	return run->to > model.today ? MERIT_IN_FUTURE : MERIT_OK;
}

static inline enum merit_status find_fault(const struct asked *asked)
{
	const struct run *run = &model.runs[asked->found.run];

	if (asked->is_beyond)
		return MERIT_ENTRY_UNKNOWN;
	if (!run->is_there)
		return MERIT_RUN_UNKNOWN;
	if (run->is_superseded)
		return MERIT_SUPERSEDED;
	if (model.breaks[asked->name].stand != ABSENT)
		return MERIT_BREAK_EXISTS;
	return run->recorded == run->breaks ? MERIT_RUN_COMPLETE : MERIT_OK;
}

static inline enum merit_status ended_fault(const struct found *found)
{
	if (found->stand == ABSENT)
		return MERIT_BREAK_UNKNOWN;
	return found->stand == RESOLVED || found->stand == WITHDRAWN ? MERIT_BREAK_ENDED : MERIT_OK;
}

static inline enum merit_status alone_fault(const struct found *found, bool is_agreed)
{
	int64_t limit = model.sources[model.runs[found->run].source].limit;

	return !is_agreed && limit > 0 && found->amount > limit ? MERIT_PROPOSAL_REQUIRED : MERIT_OK;
}

static inline enum merit_status explain_fault(const struct asked *asked, bool is_agreed)
{
	const struct found *found = &model.breaks[asked->name];
	enum merit_status fault = ended_fault(found);

	if (fault != MERIT_OK)
		return fault;
	if (asked->expected < model.today)
		return MERIT_EXPECTED_PAST;
	if (asked->class_ != AMOUNT && asked->class_ != found->class_)
		return MERIT_CLASS_UNFIT;
	return alone_fault(found, is_agreed);
}

static inline enum merit_status resolve_fault(const struct asked *asked, bool is_agreed)
{
	const struct found *found = &model.breaks[asked->name];

	if (asked->is_beyond || asked->is_idle)
		return MERIT_ENTRY_UNKNOWN;
	enum merit_status fault = ended_fault(found);
	if (asked->other < 0)
		return fault == MERIT_OK ? alone_fault(found, is_agreed) : fault;
	const struct run *by = &model.runs[asked->other];
	const struct run *of = found->stand == ABSENT ? NULL : &model.runs[found->run];
	if (!by->is_there || (of != NULL && by->order <= of->order))
		return MERIT_RUN_UNKNOWN;
	if (by->is_superseded)
		return MERIT_SUPERSEDED;
	if (of != NULL && of->source != by->source)
		return MERIT_OTHER_SOURCE;
	return fault == MERIT_OK && by->resolved == by->cleared ? MERIT_RUN_COMPLETE : fault;
}

static inline enum merit_status fault_of(const struct asked *asked, bool is_agreed)
{
	switch (asked->verb) {
	case DECLARE: return declare_fault(asked, is_agreed);
	case COMMIT_RUN: return commit_fault(asked, is_agreed);
	case FIND: return find_fault(asked);
	case EXPLAIN: return explain_fault(asked, is_agreed);
	default: return resolve_fault(asked, is_agreed);
	}
}

/* ---- What an accepted call changes ---- */

static inline void supersede(int old)
{
	model.runs[old].is_superseded = true;
	for (int i = 0; i < BREAKS; i++) {
		struct found *found = &model.breaks[i];
		if (found->stand != ABSENT && found->run == old) {
			found->stand = WITHDRAWN;
			model.withdrawn++;
		}
		if (found->stand != RESOLVED || found->resolved_by != old)
			continue;
		found->stand = found->before;
		model.returned++;
		found->resolved_by = -1;
	}
}

static inline void take(const struct asked *asked)
{
	struct found *found = &model.breaks[asked->name];

	switch (asked->verb) {
	case DECLARE: model.sources[asked->source] = asked->declared; return;
	case COMMIT_RUN:
		if (asked->other >= 0)
			supersede(asked->other);
		model.runs[asked->name] = asked->run;
		model.runs[asked->name].is_there = true;
		model.runs[asked->name].order = model.runs_count++;
		return;
	case FIND:
		*found = asked->found;
		model.runs[found->run].recorded++;
		return;
	case EXPLAIN: found->stand = EXPLAINED; return;
	default:
		found->before = found->stand;
		found->stand = RESOLVED;
		found->resolved_by = asked->other;
		if (asked->other >= 0)
			model.runs[asked->other].resolved++;
	}
}

/* ---- What is missing ---- */

static inline bool is_complete(const struct run *run)
{
	return run->recorded == run->breaks && run->resolved == run->cleared;
}

static inline bool is_covered(int source, int32_t day)
{
	for (int i = 0; i < RUNS; i++) {
		const struct run *run = &model.runs[i];
		if (run->is_there && !run->is_superseded && run->source == source && run->from <= day && day <= run->to)
			return true;
	}
	return false;
}

/* 1970-01-01 was a Thursday. */
static inline int32_t span_last(enum every every, int32_t day)
{
	if (every == WEEK) {
		while (day % 7 != 3)
			day++;
	}
	return every == MONTH ? merit_day_span_last(day, MERIT_SPAN_MONTH) : day;
}

/* due_by: of files only those due before today. */
static inline void missing_count(int32_t first, int32_t last, bool is_due_only, int64_t counts_out[3])
{
	memset(counts_out, 0, 3 * sizeof(counts_out[0]));
	for (int i = 0; i < SOURCES; i++) {
		const struct source *source = &model.sources[i];
		for (int32_t day = first; day <= last && source->is_there && source->every != NONE; day++) {
			bool is_due = !is_due_only || span_last(source->every, day) + source->due_days < model.today;
			counts_out[0] += source->starts <= day && day <= source->ends && is_due && !is_covered(i, day);
		}
	}
	for (int i = 0; i < RUNS; i++) {
		const struct run *run = &model.runs[i];
		counts_out[1] += run->is_there && !run->is_superseded && run->from <= last && !is_complete(run);
	}
	for (int i = 0; i < BREAKS; i++)
		counts_out[2] += model.breaks[i].stand == OPEN && model.breaks[i].first_day <= last;
}

#endif
