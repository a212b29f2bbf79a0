/* reconcile_check.c - see reconcile.h: a run that is in the record, made again from the same entries, as auditors do.
 * Nothing but the entries and the files is looked at: no service is asked what it made of them.
 * All of it is compared: what the run would send now with what its entries say, member by member. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/reconcile.h"
#include "ledger/json_pull.h"
#include "recon/scan.h"

/* Takes from the entry that committed it what the run was made of. */
static enum merit_status run_take(struct merit_reconcile *reconcile, uint64_t seq)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;
	enum merit_status status = merit_journal_read(reconcile->reading.journal, seq, &arena, &entry);

	if (status == MERIT_OK) {
		const struct merit_value *values = entry.values;
		merit_entry_unwrap(&entry);
		reconcile->size = (uint64_t)values[RUN_SIZE].integer;
		reconcile->first_day = (int32_t)values[RUN_FROM].integer;
		reconcile->last_day = (int32_t)values[RUN_TO].integer;
		reconcile->supersedes[0] = '\0';
		if (values[RUN_SUPERSEDES].present)
			snprintf(reconcile->supersedes, sizeof(reconcile->supersedes), "%.*s",
			         (int)values[RUN_SUPERSEDES].text.size, values[RUN_SUPERSEDES].text.data);
		reconcile->seq = (int64_t)seq;
	}
	merit_arena_free(&arena);
	return status;
}

enum merit_exit merit_reconcile_recall(struct merit_reconcile *reconcile)
{
	const char *source = merit_argument(reconcile->arguments, "source", "");
	struct merit_history history;
	enum merit_status status =
		merit_history_read(reconcile->reading.journal, reconcile->reading.journal->size, merit_text_of(source),
	                           MERIT_TEXT(""), merit_reading_progress(), &history);

	if (status != MERIT_OK)
		return merit_reading_end(&reconcile->reading, status);
	const struct merit_past_run *run = merit_index_find(&history.runs, merit_text_of(reconcile->check));
	if (run == NULL || !run->is_here)
		merit_complain("source %s has no run %s", source, reconcile->check);
	else
		status = run_take(reconcile, run->seq);
	bool is_found = run != NULL && run->is_here;
	merit_history_free(&history);
	return !is_found ? MERIT_EXIT_USAGE : merit_reading_end(&reconcile->reading, status);
}

/* ---- Comparing ---- */

/* What is compared with the record, one entry after the other. */
struct comparing {
	const struct merit_reconcile *reconcile;
	struct merit_index breaks, cleared; /* by name: what the run made, and whether the record has it */
	struct merit_arena arena, scratch;
	struct merit_buffer params;
	bool differs; /* the first difference has been told */
};

struct made {
	size_t place;
	bool is_recorded;
};

/* Tells what the entry says, and what it is when it is made again. */
static void tell(struct comparing *comparing, const struct merit_entry *entry, const struct merit_value *values,
                 size_t place)
{
	const struct merit_parameter *parameter = &entry->operation->params[place];
	struct merit_buffer recorded = { 0 }, made = { 0 };

	merit_values_put(&recorded, parameter, 1, &entry->values[place]);
	merit_values_put(&made, parameter, 1, &values[place]);
	merit_buffer_need(&recorded);
	merit_buffer_need(&made);
	if (entry->operation->number == MERIT_OP_RECON_COMMIT && place == RUN_FILE)
		merit_complain("run %s was made of another file", comparing->reconcile->check);
	else
		merit_complain("made again, run %s comes to something else: entry %llu says %s, and it is %s",
		               comparing->reconcile->check, (unsigned long long)entry->seq,
		               merit_buffer_text(&recorded), merit_buffer_text(&made));
	merit_buffer_free(&recorded);
	merit_buffer_free(&made);
	comparing->differs = true;
}

/* Compares the entry with the params that the run would send now. */
static enum merit_status entry_compare(struct comparing *comparing, const struct merit_entry *entry)
{
	const struct merit_operation *operation = entry->operation;
	struct merit_value values[MERIT_PARAMETERS_MAX] = { 0 };
	struct merit_text id = { NULL, 0 };
	const char *field;

	merit_arena_reset(&comparing->scratch);
	merit_buffer_need(&comparing->params);
	struct merit_json_pull pull =
		merit_json_pull_begin(comparing->params.data, comparing->params.size, &comparing->scratch);
	enum merit_status status =
		merit_values_pull(&pull, operation->params, operation->params_count, &id, values, &field);
	if (status != MERIT_OK)
		return status;
	size_t place = merit_values_compare(operation->params, operation->params_count, entry->values, values);
	if (place < operation->params_count)
		tell(comparing, entry, values, place);
	return MERIT_OK;
}

static enum merit_status follower_compare(struct comparing *comparing, const struct merit_entry *entry,
                                          struct merit_index *index, struct merit_text name,
                                          void (*put)(struct merit_buffer *, const struct merit_reconcile *, size_t))
{
	struct made *made = merit_index_find(index, name);

	if (made == NULL || made->is_recorded) {
		merit_complain(
			"made again, run %s comes to something else: it does not %s break %.*s, as entry %llu says",
			comparing->reconcile->check, index == &comparing->breaks ? "find" : "clear", (int)name.size,
			name.data, (unsigned long long)entry->seq);
		comparing->differs = true;
		return MERIT_OK;
	}
	made->is_recorded = true;
	merit_buffer_clear(&comparing->params);
	put(&comparing->params, comparing->reconcile, made->place);
	return entry_compare(comparing, entry);
}

static enum merit_status follower_take(void *context, const struct merit_entry *entry)
{
	struct comparing *comparing = context;
	bool is_break = entry->operation->number == MERIT_OP_RECON_BREAK;
	const struct merit_value *run = &entry->values[is_break ? (size_t)BREAK_RUN : (size_t)RESOLVE_RUN];

	if (comparing->differs || !run->present ||
	    !merit_text_equal(run->text, merit_text_of(comparing->reconcile->check)))
		return MERIT_OK;
	return is_break ? follower_compare(comparing, entry, &comparing->breaks, entry->values[BREAK_BREAK].text,
	                                   merit_reconcile_put_break)
	                : follower_compare(comparing, entry, &comparing->cleared, entry->values[RESOLVE_BREAK].text,
	                                   merit_reconcile_put_cleared);
}

static enum merit_status followers_compare(struct comparing *comparing)
{
	static const struct merit_scan scan = { .operations = { MERIT_OP_RECON_BREAK, MERIT_OP_BREAK_RESOLVE },
		                                .operations_count = 2,
		                                .first_day = MERIT_DAY_NONE,
		                                .last_day = MERIT_DAY_NEVER };
	struct merit_journal *source = comparing->reconcile->reading.journal;

	return merit_scan_each(source, source->size, &scan, follower_take, comparing, merit_reading_progress());
}

static void made_add(struct comparing *comparing, struct merit_index *index, struct merit_text name, size_t place)
{
	struct made *made = merit_index_get(index, &comparing->arena, name, sizeof(*made));

	merit_need(made);
	*made = (struct made){ .place = place };
}

/* What the run found or cleared, and nobody recorded. */
static void missing_tell(struct comparing *comparing)
{
	const struct merit_recon_run *run = &comparing->reconcile->run;
	size_t count = run->breaks_count + run->cleared_count;

	for (size_t i = 0; i < count && !comparing->differs; i++) {
		bool is_break = i < run->breaks_count;
		struct merit_text name =
			is_break ? merit_text_of(run->breaks[i].name) : run->cleared[i - run->breaks_count]->name;
		const struct made *made = merit_index_find(is_break ? &comparing->breaks : &comparing->cleared, name);
		if (made != NULL && made->is_recorded)
			continue;
		merit_complain("made again, run %s %s break %.*s, which the record does not have",
		               comparing->reconcile->check, is_break ? "finds" : "clears", (int)name.size, name.data);
		comparing->differs = true;
	}
}

static enum merit_status all_compare(struct comparing *comparing)
{
	const struct merit_reconcile *reconcile = comparing->reconcile;
	const struct merit_recon_run *run = &reconcile->run;
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	for (size_t i = 0; i < run->breaks_count; i++)
		made_add(comparing, &comparing->breaks, merit_text_of(run->breaks[i].name), i);
	for (size_t i = 0; i < run->cleared_count; i++)
		made_add(comparing, &comparing->cleared, run->cleared[i]->name, i);
	enum merit_status status =
		merit_journal_read(reconcile->reading.journal, (uint64_t)reconcile->seq, &arena, &entry);
	if (status == MERIT_OK) {
		merit_entry_unwrap(&entry);
		merit_buffer_put_char(&comparing->params, '{');
		merit_reconcile_put_run(&comparing->params, reconcile);
		merit_buffer_put_char(&comparing->params, '}');
		status = entry_compare(comparing, &entry);
	}
	merit_arena_free(&arena);
	if (status == MERIT_OK && !comparing->differs)
		status = followers_compare(comparing);
	if (status == MERIT_OK)
		missing_tell(comparing);
	return status;
}

enum merit_exit merit_reconcile_compare(struct merit_reconcile *reconcile)
{
	struct comparing comparing = { .reconcile = reconcile };
	enum merit_status status = all_compare(&comparing);

	merit_index_free(&comparing.breaks);
	merit_index_free(&comparing.cleared);
	merit_arena_free(&comparing.arena);
	merit_arena_free(&comparing.scratch);
	merit_buffer_free(&comparing.params);
	reconcile->is_same = status == MERIT_OK && !comparing.differs;
	if (status != MERIT_OK)
		return merit_reading_end(&reconcile->reading, status);
	return comparing.differs ? MERIT_EXIT_REFUSED : MERIT_EXIT_DONE;
}
