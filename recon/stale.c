/* stale.c - see stale.h. */
#include "recon/stale.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "recon/list.h"
#include "recon/run.h"
#include "recon/scan.h"

/* What finding needs besides the list it makes. */
struct finding {
	struct merit_journal *source;
	const struct merit_journal_progress *progress;
	struct merit_stale_list *list;
	int32_t first_day, last_day;
};

/* ---- The list ---- */

static enum merit_status row_add(struct merit_stale_list *list, struct merit_text source,
                                 const struct merit_past_run *run, const struct merit_recon_item *first, uint64_t count)
{
	struct merit_stale row = { .first_day = run->first_day,
		                   .last_day = run->last_day,
		                   .size = run->size,
		                   .entry = first->line,
		                   .day = first->day,
		                   .count = count };

	if (!merit_text_keep(&list->arena, source, &row.source) || !merit_text_keep(&list->arena, run->name, &row.run))
		return MERIT_NO_MEMORY;
	struct merit_stale *added = merit_recon_list_add(&list->rows, &list->count, &list->capacity, sizeof(row));
	if (added == NULL)
		return MERIT_NO_MEMORY;
	*added = row;
	return MERIT_OK;
}

/* ---- One source ---- */

static bool is_behind(const struct merit_past_run *run, const struct merit_recon_item *item)
{
	return item->day >= run->first_day && item->day <= run->last_day && item->line >= run->size;
}

/* Whether a later run had it before its eyes, or a person: it set a break of the source right. */
static bool is_known(const struct merit_history *history, const struct merit_recon_item *item)
{
	return merit_history_took_up(history, item->line, item->day) ||
	       merit_history_set_right(history, item->line, item->amount);
}

static enum merit_status run_look(struct finding *finding, const struct merit_history *history,
                                  const struct merit_past_run *run, const struct merit_items *ours)
{
	const struct merit_recon_item *first = NULL;
	uint64_t count = 0;

	for (size_t i = 0; i < ours->count; i++) {
		const struct merit_recon_item *item = &ours->items[i];
		if (!is_behind(run, item) || is_known(history, item))
			continue;
		first = count++ == 0 || item->line < first->line ? item : first;
	}
	return count == 0 ? MERIT_OK : row_add(finding->list, history->source.name, run, first, count);
}

static enum merit_status runs_look(struct finding *finding, const struct merit_history *history)
{
	struct merit_ours_options options = { .subject = history->source.subject,
		                              .party = history->source.party,
		                              .first_day = finding->first_day,
		                              .last_day = finding->last_day,
		                              .size = finding->source->size };
	struct merit_items ours = { 0 };

	memcpy(options.currency, history->source.currency, sizeof(options.currency));
	enum merit_status status = merit_ours_collect(finding->source, &options, finding->progress, &ours);
	for (size_t i = 0; i < history->runs.count && status == MERIT_OK; i++) {
		const struct merit_past_run *run = merit_index_at(&history->runs, i);
		if (run->is_here && run->is_live)
			status = run_look(finding, history, run, &ours);
	}
	merit_items_free(&ours);
	return status;
}

static enum merit_status source_look(struct finding *finding, struct merit_text name)
{
	struct merit_history history;
	enum merit_status status = merit_history_read(finding->source, finding->source->size, name, MERIT_TEXT(""),
	                                              finding->progress, &history);

	if (status != MERIT_OK)
		return status;
	status = runs_look(finding, &history);
	merit_history_free(&history);
	return status;
}

/* ---- All of them ---- */

struct naming {
	struct merit_index names; /* of sources: struct merit_text */
	struct merit_arena arena;
};

static enum merit_status name_take(void *context, const struct merit_entry *entry)
{
	struct naming *naming = context;
	struct merit_text name = entry->values[SOURCE_SOURCE].text;
	struct merit_text *row = merit_index_get(&naming->names, &naming->arena, name, sizeof(*row));

	return row != NULL && merit_text_keep(&naming->arena, name, row) ? MERIT_OK : MERIT_NO_MEMORY;
}

enum merit_status merit_stale_find(struct merit_journal *source, int32_t first_day, int32_t last_day,
                                   const struct merit_journal_progress *progress, struct merit_stale_list *list_out)
{
	static const struct merit_scan scan = { .operations = { MERIT_OP_SOURCE_DECLARE },
		                                .operations_count = 1,
		                                .first_day = MERIT_DAY_NONE,
		                                .last_day = MERIT_DAY_NEVER };
	struct finding finding = { source, progress, list_out, first_day, last_day };
	struct naming naming = { .names = { 0 } };

	*list_out = (struct merit_stale_list){ 0 };
	enum merit_status status = merit_scan_each(source, source->size, &scan, name_take, &naming, progress);
	merit_index_sort(&naming.names);
	for (size_t i = 0; i < naming.names.count && status == MERIT_OK; i++)
		status = source_look(&finding, *(const struct merit_text *)merit_index_at(&naming.names, i));
	merit_index_free(&naming.names);
	merit_arena_free(&naming.arena);
	if (status != MERIT_OK)
		merit_stale_free(list_out);
	return status;
}

void merit_stale_free(struct merit_stale_list *list)
{
	free(list->rows);
	merit_arena_free(&list->arena);
	*list = (struct merit_stale_list){ 0 };
}
