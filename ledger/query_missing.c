/* query_missing.c - period.missing: what a month waits for before it closes, or what is due by now. */
#include "ledger/calendar.h"
#include "ledger/closing.h"
#include "ledger/query_inner.h"
#include "ledger/run.h"

/* An answer on its way. Counts go on when the page is full. */
struct page {
	struct merit_model *model;
	struct merit_buffer *out;
	struct merit_arena arena;
	enum merit_status status; /* the first failure to read an entry */
	size_t rows;
};

static void put_run(struct page *page, const struct merit_missing *missing)
{
	const struct merit_run *run = merit_model_run(page->model, missing->name);

	if (run == NULL) /* a failure of the store, which ends the group */
		return;
	merit_put_text(page->out, "run", missing->name);
	merit_put_text(page->out, "source", merit_name_text(&run->source));
	merit_put_integer(page->out, "breaks", run->breaks);
	merit_put_integer(page->out, "recorded", run->recorded);
	merit_put_integer(page->out, "cleared", run->cleared);
	merit_put_integer(page->out, "resolved", run->resolved);
}

static void put_break(struct page *page, const struct merit_missing *missing)
{
	const struct merit_break *row = merit_model_break(page->model, missing->name);
	const struct merit_run *run = row == NULL ? NULL : merit_model_run(page->model, merit_name_text(&row->run));
	struct merit_entry found;

	if (run == NULL) /* as above */
		return;
	merit_arena_reset(&page->arena);
	page->status = merit_event_read(page->model, row->seq, &page->arena, &found);
	if (page->status != MERIT_OK)
		return;
	const struct merit_value *currency = &found.values[BREAK_CURRENCY];
	merit_put_text(page->out, "break", missing->name);
	merit_put_text(page->out, "source", merit_name_text(&run->source));
	merit_put_word(page->out, "class", MERIT_TYPE_RECON_CLASS, row->class_);
	merit_put_day(page->out, "first_day", row->first_day);
	merit_put_text_or_null(page->out, "currency", currency->present ? currency->text : MERIT_TEXT(""));
	merit_put_integer(page->out, "difference", merit_break_difference(found.values));
}

static void put_row(void *context, const struct merit_missing *missing)
{
	static const char *const words[MERIT_MISSING_KINDS] = { "file", "run", "break", "settlement" };
	struct page *page = context;

	if (page->rows++ >= MERIT_PAGE_ROWS_MAX || page->status != MERIT_OK)
		return;
	merit_buffer_put_comma(page->out);
	merit_buffer_put_char(page->out, '{');
	merit_put_text(page->out, "what", merit_text_of(words[missing->kind]));
	switch (missing->kind) {
	case MERIT_MISSING_FILE:
		merit_put_text(page->out, "source", missing->name);
		merit_put_day(page->out, "from", missing->from);
		merit_put_day(page->out, "to", missing->to);
		break;
	case MERIT_MISSING_RUN: put_run(page, missing); break;
	case MERIT_MISSING_BREAK: put_break(page, missing); break;
	default:
		merit_put_text(page->out, "party", missing->name);
		merit_put_text(page->out, "currency", missing->currency);
		merit_put_text_or_null(page->out, "settlement", missing->settlement);
		merit_put_day(page->out, "due_day", missing->from);
	}
	merit_buffer_put_char(page->out, '}');
}

/* Without a month: what was due by yesterday of all days that are not closed. */
static struct merit_missing_walk walk_of(const struct merit_ledger *ledger, const struct merit_value *period)
{
	int32_t today = merit_model_day(&ledger->model, ledger->group_ms), first = (int32_t)period->integer;
	struct merit_missing_walk walk = { .first = merit_next_period(&ledger->model),
		                           .last = today,
		                           .due_before = today };

	if (period->present)
		walk = (struct merit_missing_walk){ .first = first,
			                            .last = merit_day_span_last(first, MERIT_SPAN_MONTH),
			                            .due_before = MERIT_DAY_NEVER };
	return walk;
}

enum merit_status merit_query_missing(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct page page = { .model = &ledger->model, .out = out };
	struct merit_missing_walk walk = walk_of(ledger, &values[MISSING_PERIOD]);

	(void)caller;
	walk.visit = put_row;
	walk.context = &page;
	merit_buffer_put_text(out, "{\"rows\":[");
	merit_closing_missing(&ledger->model, &walk);
	merit_buffer_put_char(out, ']');
	merit_put_integer(out, "files", walk.count[MERIT_MISSING_FILE]);
	merit_put_integer(out, "runs", walk.count[MERIT_MISSING_RUN]);
	merit_put_integer(out, "breaks", walk.count[MERIT_MISSING_BREAK]);
	merit_put_integer(out, "settlements", walk.count[MERIT_MISSING_SETTLEMENT]);
	merit_put_flag(out, "more", page.rows > MERIT_PAGE_ROWS_MAX);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	merit_arena_free(&page.arena);
	return page.status == MERIT_OK ? merit_state_failure(ledger->model.state) : page.status;
}
