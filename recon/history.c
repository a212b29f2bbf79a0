/* history.c - see history.h. */
#include "recon/history.h"

#include <assert.h>
#include <string.h>

#include "recon/scan.h"

/* What reading needs besides what it makes. */
struct reading {
	struct merit_history *history;
	struct merit_text name;
};

/* ---- Texts and hashes ---- */

static enum merit_status keep(struct merit_history *history, struct merit_text text, struct merit_text *kept_out)
{
	return merit_text_keep(&history->arena, text, kept_out) ? MERIT_OK : MERIT_NO_MEMORY;
}

static uint8_t nibble(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Of a value of kind HEX, whose form an entry's reading has seen to. */
static struct merit_hash hash_of(struct merit_text hex)
{
	struct merit_hash hash;

	assert(hex.size == (size_t)2 * MERIT_HASH_SIZE);
	for (size_t i = 0; i < MERIT_HASH_SIZE; i++)
		hash.bytes[i] = (uint8_t)(nibble(hex.data[2 * i]) << 4 | nibble(hex.data[2 * i + 1]));
	return hash;
}

static void currency_set(char currency_out[4], const struct merit_value *value)
{
	memset(currency_out, 0, 4);
	if (value->present)
		memcpy(currency_out, value->text.data, value->text.size < 3 ? value->text.size : 3);
}

/* ---- Sources ---- */

static enum merit_status declare(struct reading *reading, const struct merit_entry *entry)
{
	struct merit_history *history = reading->history;
	const struct merit_value *values = entry->values;
	struct merit_text party = MERIT_TEXT(""), name = MERIT_TEXT("");

	if (!merit_text_equal(values[SOURCE_SOURCE].text, reading->name))
		return MERIT_OK;
	enum merit_status status = keep(history, reading->name, &name);
	if (status == MERIT_OK && values[SOURCE_PARTY].present)
		status = keep(history, values[SOURCE_PARTY].text, &party);
	history->source = (struct merit_declaration){
		.name = name,
		.party = party,
		.subject = (enum merit_subject)values[SOURCE_SUBJECT].integer,
		.every = (enum merit_every)values[SOURCE_EVERY].integer,
		.is_out = values[SOURCE_DIRECTION].integer == 1,
		.starts = (int32_t)values[SOURCE_STARTS].integer,
		.ends = values[SOURCE_ENDS].present ? (int32_t)values[SOURCE_ENDS].integer : MERIT_DAY_NEVER,
		.break_rate = values[SOURCE_RATE].present ? values[SOURCE_RATE].integer : -1,
		.limit = values[SOURCE_LIMIT].present ? values[SOURCE_LIMIT].integer : 0,
	};
	currency_set(history->source.currency, &values[SOURCE_CURRENCY]);
	history->is_declared = true;
	return status;
}

/* ---- Runs ---- */

/* Takes back what a run did: what it found is no break any more, and what it had cleared stands again. */
static void supersede(struct merit_history *history, struct merit_past_run *run, uint64_t gone)
{
	run->is_live = false;
	run->gone = gone;
	for (size_t i = 0; i < history->breaks.count; i++) {
		struct merit_past_break *past = merit_index_at(&history->breaks, i);
		if (past->resolved_by == run) {
			past->resolved_by = NULL;
			past->is_resolved = false;
		}
	}
}

static enum merit_status commit(struct reading *reading, const struct merit_entry *entry)
{
	struct merit_history *history = reading->history;
	const struct merit_value *values = entry->values;
	struct merit_past_run *old =
		values[RUN_SUPERSEDES].present ? merit_index_find(&history->runs, values[RUN_SUPERSEDES].text) : NULL;
	struct merit_past_run *run =
		merit_index_get(&history->runs, &history->arena, values[RUN_RUN].text, sizeof(*run));

	if (run == NULL)
		return MERIT_NO_MEMORY;
	if (old != NULL)
		supersede(history, old, entry->seq);
	run->first_day = (int32_t)values[RUN_FROM].integer;
	run->last_day = (int32_t)values[RUN_TO].integer;
	run->seq = entry->seq;
	run->size = (uint64_t)values[RUN_SIZE].integer;
	run->gone = UINT64_MAX;
	run->file = hash_of(values[RUN_FILE].text);
	run->is_here = merit_text_equal(values[RUN_SOURCE].text, reading->name);
	run->is_live = true;
	return keep(history, values[RUN_RUN].text, &run->name);
}

/* ---- Breaks ---- */

static enum merit_status found(struct reading *reading, const struct merit_entry *entry)
{
	struct merit_history *history = reading->history;
	const struct merit_value *values = entry->values;
	struct merit_past_run *run = merit_index_find(&history->runs, values[BREAK_RUN].text);

	if (run == NULL || !run->is_here)
		return MERIT_OK;
	struct merit_past_break *past =
		merit_index_get(&history->breaks, &history->arena, values[BREAK_BREAK].text, sizeof(*past));
	if (past == NULL)
		return MERIT_NO_MEMORY;
	*past = (struct merit_past_break){
		.run = run,
		.class_ = (enum merit_class)values[BREAK_CLASS].integer,
		.found_class = (enum merit_class)values[BREAK_CLASS].integer,
		.side = (enum merit_past_side)values[BREAK_SIDE].integer,
		.leg = values[BREAK_LEG].present ? (int32_t)values[BREAK_LEG].integer : 1,
		.first_day = (int32_t)values[BREAK_FIRST_DAY].integer,
		.theirs = values[BREAK_THEIRS].present ? values[BREAK_THEIRS].integer : 0,
		.ours = values[BREAK_OURS].present ? values[BREAK_OURS].integer : 0,
		.line = values[BREAK_LINE].present ? (uint64_t)values[BREAK_LINE].integer : 0,
		.entry = values[BREAK_ENTRY].present ? (uint64_t)values[BREAK_ENTRY].integer : 0,
		.set_right_by = -1,
	};
	currency_set(past->currency, &values[BREAK_CURRENCY]);
	enum merit_status status = keep(history, values[BREAK_BREAK].text, &past->name);
	if (status == MERIT_OK && values[BREAK_REFERENCE].present)
		status = keep(history, values[BREAK_REFERENCE].text, &past->reference);
	return status;
}

static enum merit_status explain(struct reading *reading, const struct merit_entry *entry)
{
	struct merit_past_break *past = merit_index_find(&reading->history->breaks, entry->values[EXPLAIN_BREAK].text);

	if (past != NULL) {
		past->is_explained = true;
		past->class_ = (enum merit_class)entry->values[EXPLAIN_CLASS].integer;
	}
	return MERIT_OK;
}

static enum merit_status resolve(struct reading *reading, const struct merit_entry *entry)
{
	const struct merit_value *run = &entry->values[RESOLVE_RUN], *by = &entry->values[RESOLVE_ENTRY];
	struct merit_past_break *past = merit_index_find(&reading->history->breaks, entry->values[RESOLVE_BREAK].text);

	if (past != NULL) {
		past->is_resolved = true;
		past->resolved_by = run->present ? merit_index_find(&reading->history->runs, run->text) : NULL;
		past->set_right_by = by->present ? by->integer : -1;
	}
	return MERIT_OK;
}

/* ---- Reading ---- */

static enum merit_status take(void *context, const struct merit_entry *entry)
{
	switch (entry->operation->number) {
	case MERIT_OP_SOURCE_DECLARE: return declare(context, entry);
	case MERIT_OP_RECON_COMMIT: return commit(context, entry);
	case MERIT_OP_RECON_BREAK: return found(context, entry);
	case MERIT_OP_BREAK_EXPLAIN: return explain(context, entry);
	case MERIT_OP_BREAK_RESOLVE: return resolve(context, entry);
	default: return MERIT_OK;
	}
}

static enum merit_status leave_out(struct merit_history *history, struct merit_text name)
{
	struct merit_past_run *run = name.size == 0 ? NULL : merit_index_find(&history->runs, name);

	if (name.size == 0)
		return MERIT_OK;
	if (run == NULL)
		return MERIT_RUN_UNKNOWN;
	if (!run->is_here)
		return MERIT_OTHER_SOURCE;
	if (!run->is_live)
		return MERIT_SUPERSEDED;
	supersede(history, run, UINT64_MAX);
	return MERIT_OK;
}

enum merit_status merit_history_read(struct merit_journal *source, uint64_t before, struct merit_text name,
                                     struct merit_text without, const struct merit_journal_progress *progress,
                                     struct merit_history *history_out)
{
	static const struct merit_scan scan = {
		.operations = { MERIT_OP_SOURCE_DECLARE, MERIT_OP_RECON_COMMIT, MERIT_OP_RECON_BREAK,
		                MERIT_OP_BREAK_EXPLAIN, MERIT_OP_BREAK_RESOLVE },
		.operations_count = 5,
		.first_day = MERIT_DAY_NONE,
		.last_day = MERIT_DAY_NEVER,
	};
	struct reading reading = { history_out, name };

	*history_out = (struct merit_history){ 0 };
	enum merit_status status = merit_scan_each(source, before, &scan, take, &reading, progress);
	if (status == MERIT_OK)
		status = leave_out(history_out, without);
	if (status != MERIT_OK)
		merit_history_free(history_out);
	return status;
}

void merit_history_free(struct merit_history *history)
{
	merit_index_free(&history->runs);
	merit_index_free(&history->breaks);
	merit_arena_free(&history->arena);
	*history = (struct merit_history){ 0 };
}

/* ---- Asking ---- */

bool merit_past_break_stands(const struct merit_past_break *past)
{
	return past->run->is_live && !past->is_resolved;
}

const struct merit_past_run *merit_history_covers(const struct merit_history *history, int32_t day)
{
	for (size_t i = 0; i < history->runs.count; i++) {
		const struct merit_past_run *run = merit_index_at(&history->runs, i);
		if (run->is_here && run->is_live && day >= run->first_day && day <= run->last_day)
			return run;
	}
	return NULL;
}

const struct merit_past_run *merit_history_used(const struct merit_history *history, const struct merit_hash *file)
{
	for (size_t i = 0; i < history->runs.count; i++) {
		const struct merit_past_run *run = merit_index_at(&history->runs, i);
		if (run->is_here && run->is_live && merit_hash_equal(&run->file, file))
			return run;
	}
	return NULL;
}

/* Whether the run left it out because it was booked behind it, as the other run found it. */
static bool left_it(const struct merit_past_run *run, const struct merit_past_run *later, uint64_t seq, int32_t day)
{
	return run->is_here && day >= run->first_day && day <= run->last_day && run->size <= seq &&
	       run->seq < later->size && later->size <= run->gone;
}

bool merit_history_took_up(const struct merit_history *history, uint64_t seq, int32_t day)
{
	for (size_t i = 0; i < history->runs.count; i++) {
		const struct merit_past_run *later = merit_index_at(&history->runs, i);
		if (!later->is_here || !later->is_live || later->first_day <= day || later->size <= seq)
			continue;
		for (size_t j = 0; j < history->runs.count; j++) {
			if (left_it(merit_index_at(&history->runs, j), later, seq, day))
				return true;
		}
	}
	return false;
}

bool merit_history_set_right(const struct merit_history *history, uint64_t seq, int64_t amount)
{
	for (size_t i = 0; i < history->breaks.count; i++) {
		const struct merit_past_break *past = merit_index_at(&history->breaks, i);
		if (past->run->is_live && past->is_resolved && past->set_right_by == (int64_t)seq &&
		    past->theirs - past->ours == amount)
			return true;
	}
	return false;
}
