/* query_recon.c - reads of sources of files, of the runs made of files, and of the breaks they found. */
#include "ledger/query_inner.h"
#include "ledger/run.h"

#define LOOKED_MAX 10000 /* rows looked at for one page, wanted or not; it ends there, with where to go on */

/* ---- Pages of what stands in the log ---- */

/* A list whose rows are told from entries. */
struct page {
	struct merit_list list; /* first: its put is told no more */
	struct merit_arena arena;
	enum merit_status status; /* the first failure to read an entry */
	unsigned looked;
};

/* Reads an entry; its texts stay as long as the row. False once that failed. */
static bool page_read(struct page *page, uint64_t seq, struct merit_entry *entry_out)
{
	if (page->status == MERIT_OK)
		page->status = merit_event_read(&page->list.ledger->model, seq, &page->arena, entry_out);
	return page->status == MERIT_OK;
}

static enum merit_status page_end(struct page *page)
{
	merit_arena_free(&page->arena);
	return page->status == MERIT_OK ? merit_state_failure(page->list.ledger->model.state) : page->status;
}

/* False when the page is full. */
static bool page_row(struct page *page, struct merit_text name, const void *row)
{
	if (page->looked++ == LOOKED_MAX) {
		merit_list_stop(&page->list, name);
		return false;
	}
	merit_arena_reset(&page->arena);
	return merit_list_row(&page->list, name, row) && page->status == MERIT_OK;
}

static bool page_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	(void)size;
	return page_row(context, (struct merit_text){ key, key_size }, value);
}

/* All rows of a table, from LIST_FROM on. */
static enum merit_status page_put_table(struct page *page, enum merit_table table)
{
	const struct merit_value *from = &page->list.values[LIST_FROM];

	merit_list_begin(&page->list);
	merit_state_scan(page->list.ledger->model.state, (uint8_t)table, from->present ? from->text.data : "",
	                 from->present ? from->text.size : 0, page_visit, page);
	(void)merit_list_end(&page->list); /* says the same as page_end */
	return page_end(page);
}

/* ---- source.list ---- */

static struct merit_text currency_text(const char currency[MERIT_CURRENCY_SIZE])
{
	return (struct merit_text){ currency, currency[0] == '\0' ? 0 : MERIT_CURRENCY_SIZE };
}

/* The last day up to which files cover every day from the first one on; NONE where that one is not covered. */
static int32_t covered_to(struct merit_model *model, const struct merit_declared *source)
{
	int32_t day = source->starts;

	while (merit_run_covering(model, source->number, day).size > 0)
		day++;
	return day == source->starts ? MERIT_DAY_NONE : day - 1;
}

static void put_source(struct merit_list *list, struct merit_text name, const void *row)
{
	const struct merit_declared *source = row;
	struct merit_buffer *out = list->out;

	merit_arena_reset(&list->ledger->model.scratch);
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "source", name);
	merit_put_word(out, "subject", MERIT_TYPE_RECON_SUBJECT, source->subject);
	merit_put_text_or_null(out, "party", merit_name_text(&source->party));
	merit_put_text_or_null(out, "currency", currency_text(source->currency));
	merit_put_word(out, "direction", MERIT_TYPE_DIRECTION, source->direction);
	merit_put_word(out, "every", MERIT_TYPE_EVERY, source->every);
	merit_put_day(out, "starts", source->starts);
	merit_put_day(out, "ends", source->ends);
	merit_put_integer(out, "due_days", source->due_days);
	if (source->break_rate >= 0)
		merit_put_integer(out, "break_rate", source->break_rate);
	else
		merit_put_text_or_null(out, "break_rate", MERIT_TEXT(""));
	merit_put_integer(out, "limit", source->limit);
	merit_put_day(out, "covered_to", covered_to(&list->ledger->model, source));
	merit_put_integer(out, "seq", (int64_t)source->seq);
	merit_buffer_put_char(out, '}');
}

enum merit_status merit_query_sources(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_source
	};

	return merit_put_list(&list, MERIT_TABLE_SOURCE);
}

/* ---- recon.get, recon.list ---- */

/* What of its leaf is told as it stands there, in this order. */
static void put_hashes(struct merit_buffer *out, const struct merit_value *said)
{
	static const struct {
		const char *name;
		enum merit_recon_commit_params place;
	} hashes[] = {
		{ "file", RUN_FILE },   { "second_file", RUN_SECOND }, { "mapping", RUN_MAPPING },
		{ "rules", RUN_RULES }, { "report", RUN_REPORT },
	};

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		const struct merit_value *hash = &said[hashes[i].place];
		merit_put_text_or_null(out, hashes[i].name, hash->present ? hash->text : MERIT_TEXT(""));
	}
}

static void put_classes(struct merit_buffer *out, const struct merit_value *classes)
{
	const struct merit_type_row *type = merit_type_row(MERIT_TYPE_CLASSES);

	merit_buffer_put_text(out, ",\"classes\":[");
	for (size_t i = 0; classes->present && i < classes->row_count; i++) {
		merit_buffer_put_comma(out);
		merit_values_put(out, type->columns, type->column_count, &classes->cells[i * type->column_count]);
	}
	merit_buffer_put_char(out, ']');
}

static void put_run(struct merit_buffer *out, struct merit_text name, const struct merit_run *run,
                    const struct merit_entry *entry)
{
	const struct merit_value *said = entry->values;

	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "run", name);
	merit_put_text(out, "source", merit_name_text(&run->source));
	merit_put_word(out, "state", MERIT_TYPE_RUN_STATE, run->state);
	merit_put_day(out, "from", run->from);
	merit_put_day(out, "to", run->to);
	merit_put_integer(out, "size", said[RUN_SIZE].integer);
	put_hashes(out, said);
	merit_put_integer(out, "theirs", said[RUN_THEIRS].integer);
	merit_put_integer(out, "ours", said[RUN_OURS].integer);
	put_classes(out, &said[RUN_CLASSES]);
	merit_put_integer(out, "breaks", run->breaks);
	merit_put_integer(out, "recorded", run->recorded);
	merit_put_integer(out, "carried", said[RUN_CARRIED].integer);
	merit_put_integer(out, "cleared", run->cleared);
	merit_put_integer(out, "resolved", run->resolved);
	merit_put_text_or_null(out, "supersedes",
	                       said[RUN_SUPERSEDES].present ? said[RUN_SUPERSEDES].text : MERIT_TEXT(""));
	merit_put_text_or_null(out, "superseded_by", merit_name_text(&run->superseded_by));
	merit_put_integer(out, "seq", (int64_t)run->seq);
	merit_put_integer(out, "time", entry->time_ms);
	merit_put_text(out, "by", entry->party);
	merit_buffer_put_char(out, '}');
}

enum merit_status merit_query_run(struct merit_ledger *ledger, const struct merit_caller *caller,
                                  const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	const struct merit_run *run = merit_model_run(model, values[0].text);
	struct merit_entry entry;

	(void)caller;
	if (run == NULL)
		return MERIT_RUN_UNKNOWN;
	enum merit_status status = merit_event_read(model, run->seq, &model->scratch, &entry);
	if (status == MERIT_OK)
		put_run(out, values[0].text, run, &entry);
	return status;
}

static void list_run(struct merit_list *list, struct merit_text name, const void *row)
{
	struct page *page = (struct page *)list;
	const struct merit_value *source = &list->values[RUNS_SOURCE];
	const struct merit_run *run = row;
	struct merit_entry entry;

	if (source->present && !merit_text_equal(source->text, merit_name_text(&run->source)))
		return;
	if (page_read(page, run->seq, &entry))
		put_run(list->out, name, run, &entry);
}

enum merit_status merit_query_runs(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct page page = {
		.list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = list_run },
	};

	return page_put_table(&page, MERIT_TABLE_RUN);
}

/* ---- break.get, break.list ---- */

/* An amount of one side, or null where that has none. */
static void put_amount(struct merit_buffer *out, const char *name, const struct merit_value *amount)
{
	if (amount->present)
		merit_put_integer(out, name, amount->integer);
	else
		merit_put_text_or_null(out, name, MERIT_TEXT(""));
}

static void put_text_value(struct merit_buffer *out, const char *name, const struct merit_value *value)
{
	merit_put_text_or_null(out, name, value->present ? value->text : MERIT_TEXT(""));
}

static void put_found(struct merit_buffer *out, const struct merit_value *found)
{
	merit_put_word(out, "found_class", MERIT_TYPE_RECON_CLASS, found[BREAK_CLASS].integer);
	merit_put_word(out, "side", MERIT_TYPE_SIDE, found[BREAK_SIDE].integer);
	merit_put_day(out, "first_day", (int32_t)found[BREAK_FIRST_DAY].integer);
	put_text_value(out, "currency", &found[BREAK_CURRENCY]);
	put_amount(out, "theirs", &found[BREAK_THEIRS]);
	put_amount(out, "ours", &found[BREAK_OURS]);
	merit_put_integer(out, "difference", merit_break_difference(found));
	put_text_value(out, "reference", &found[BREAK_REFERENCE]);
	merit_put_integer(out, "leg", found[BREAK_LEG].present ? found[BREAK_LEG].integer : 1);
	put_amount(out, "line", &found[BREAK_LINE]);
	put_amount(out, "entry", &found[BREAK_ENTRY]);
	put_text_value(out, "item", &found[BREAK_ITEM]);
}

/* What the entry that ended the break gives as reason, else the one that explained it last. */
static struct merit_text break_reason(struct page *page, const struct merit_break *row)
{
	bool is_resolved = row->state == MERIT_BREAK_RESOLVED;
	uint64_t seq = is_resolved ? row->last_event : row->explained; /* + 1 */
	struct merit_entry entry;

	if (seq == 0 || !page_read(page, seq - 1, &entry))
		return MERIT_TEXT("");
	return entry.values[is_resolved ? (size_t)RESOLVE_REASON : (size_t)EXPLAIN_REASON].text;
}

static void put_break(struct page *page, struct merit_text name, const struct merit_break *row,
                      const struct merit_entry *found)
{
	const struct merit_run *run = merit_model_run(&page->list.ledger->model, merit_name_text(&row->run));
	struct merit_buffer *out = page->list.out;

	if (run == NULL) /* a failure of the store, which ends the group */
		return;
	merit_put_text(out, "break", name);
	merit_put_text(out, "run", merit_name_text(&row->run));
	merit_put_text(out, "source", merit_name_text(&run->source));
	merit_put_word(out, "state", MERIT_TYPE_BREAK_STATE, row->state);
	merit_put_word(out, "class", MERIT_TYPE_RECON_CLASS, row->class_);
	put_found(out, found->values);
	merit_put_text_or_null(out, "reason", break_reason(page, row));
	merit_put_day(out, "expected", row->expected);
	merit_put_text_or_null(out, "resolved_by", merit_name_text(&row->resolved_by));
	merit_put_text_or_null(out, "superseded_by", merit_name_text(&run->superseded_by));
	merit_put_integer(out, "seq", (int64_t)row->seq);
}

/* What an event says besides what all events do. */
static void put_event_values(struct merit_buffer *out, const struct merit_entry *event)
{
	const struct merit_value *values = event->values;

	if (event->operation->number == MERIT_OP_BREAK_EXPLAIN) {
		merit_put_word(out, "class", MERIT_TYPE_RECON_CLASS, values[EXPLAIN_CLASS].integer);
		merit_put_day(out, "expected", (int32_t)values[EXPLAIN_EXPECTED].integer);
	} else if (event->operation->number == MERIT_OP_BREAK_RESOLVE) {
		put_text_value(out, "run", &values[RESOLVE_RUN]);
		put_amount(out, "entry", &values[RESOLVE_ENTRY]);
	}
}

/* The newest of them, the oldest of those first. */
static void put_events(struct page *page, const struct merit_break *row)
{
	struct merit_buffer *out = page->list.out;
	uint64_t seqs[MERIT_EVENTS_MAX];
	bool more;
	size_t count = merit_events_find(&page->list.ledger->model, row->seq, row->last_event, seqs, &more);
	struct merit_entry event;

	merit_put_flag(out, "more", more);
	merit_buffer_put_text(out, ",\"events\":[");
	while (count > 0 && page_read(page, seqs[--count], &event)) {
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_event(out, &event);
		merit_put_event_told(out, &event);
		put_event_values(out, &event);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

enum merit_status merit_query_break(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct page page = { .list = { .ledger = ledger, .caller = caller, .values = values, .out = out } };
	const struct merit_break *row = merit_model_break(&ledger->model, values[0].text);
	struct merit_entry found;

	if (row == NULL)
		return MERIT_BREAK_UNKNOWN;
	if (page_read(&page, row->seq, &found)) {
		merit_buffer_put_char(out, '{');
		put_break(&page, values[0].text, row, &found);
		put_events(&page, row);
		merit_buffer_put_char(out, '}');
	}
	return page_end(&page);
}

static bool is_wanted(struct page *page, const struct merit_break *row)
{
	const struct merit_value *values = page->list.values, *source = &values[BREAKS_SOURCE];

	if (values[BREAKS_STATE].present && values[BREAKS_STATE].integer != row->state)
		return false;
	if (values[BREAKS_RUN].present && !merit_text_equal(values[BREAKS_RUN].text, merit_name_text(&row->run)))
		return false;
	if (!source->present)
		return true;
	const struct merit_run *run = merit_model_run(&page->list.ledger->model, merit_name_text(&row->run));
	return run != NULL && merit_text_equal(source->text, merit_name_text(&run->source));
}

static void list_break(struct merit_list *list, struct merit_text name, const void *row)
{
	struct page *page = (struct page *)list;
	struct merit_entry found;

	if (!is_wanted(page, row) || !page_read(page, ((const struct merit_break *)row)->seq, &found))
		return;
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_break(page, name, row, &found);
	merit_buffer_put_char(list->out, '}');
}

/* Those of one run, in the order in which they were recorded: found by its number, however many others there are. */
static enum merit_status put_breaks_of_run(struct page *page, const struct merit_run *run)
{
	struct merit_model *model = &page->list.ledger->model;
	const struct merit_value *from = &page->list.values[BREAKS_FROM];
	bool has_begun = !from->present, goes_on = true;

	merit_list_begin(&page->list);
	for (uint32_t place = 0; place < run->recorded && goes_on; place++) {
		merit_arena_reset(&model->scratch);
		struct merit_text name = merit_run_break(model, run, place);
		const struct merit_break *row = merit_model_break(model, name);
		has_begun = has_begun || merit_text_equal(from->text, name);
		goes_on = row != NULL && (!has_begun || page_row(page, name, row));
	}
	(void)merit_list_end(&page->list); /* says the same as page_end */
	return page_end(page);
}

enum merit_status merit_query_breaks(struct merit_ledger *ledger, const struct merit_caller *caller,
                                     const struct merit_value *values, struct merit_buffer *out)
{
	struct page page = {
		.list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = list_break },
	};

	if (!values[BREAKS_RUN].present)
		return page_put_table(&page, MERIT_TABLE_BREAK);
	const struct merit_run *run = merit_model_run(&ledger->model, values[BREAKS_RUN].text);
	return run == NULL ? MERIT_RUN_UNKNOWN : put_breaks_of_run(&page, run);
}
