/* query_settlement.c - reads of settlements: where they stand, what happened to them, and their lines.
 *
 * What a settlement takes never changes, nor does the log: its lines are the same bytes whenever they are asked for. */
#include <string.h>

#include "ledger/query_inner.h"
#include "ledger/settlement.h"

#define LINES_DEFAULT 100
#define POSTINGS_MAX  10000 /* of the entries read for one page of lines; one line always fits */

/* Partners are shown their own, once it was sent to them. */
static bool may_see(const struct merit_caller *caller, const struct merit_settlement *settlement)
{
	if (caller->role != MERIT_ROLE_SPONSOR && caller->role != MERIT_ROLE_MERCHANT)
		return true;
	return settlement->state != MERIT_SETTLEMENT_OPEN &&
	       merit_text_equal(caller->party, merit_name_text(&settlement->party));
}

static const struct merit_settlement *settlement_seen(struct merit_ledger *ledger, const struct merit_caller *caller,
                                                      struct merit_text name)
{
	const struct merit_settlement *settlement = merit_model_settlement(&ledger->model, name);

	return settlement != NULL && may_see(caller, settlement) ? settlement : NULL;
}

/* ---- settlement.get, settlement.list ---- */

static void put_fields(struct merit_buffer *out, struct merit_text name, const struct merit_settlement *settlement)
{
	merit_put_text(out, "settlement", name);
	merit_put_text(out, "party", merit_name_text(&settlement->party));
	merit_put_text(out, "kind", settlement->is_merchant ? MERIT_TEXT("merchant") : MERIT_TEXT("sponsor"));
	merit_put_text(out, "currency", (struct merit_text){ settlement->currency, sizeof(settlement->currency) });
	merit_put_day(out, "cutoff", settlement->cutoff);
	merit_put_word(out, "state", MERIT_TYPE_SETTLEMENT_STATE, settlement->state);
	merit_put_integer(out, "lines", (int64_t)settlement->lines_count);
	merit_put_integer(out, "sum_minor", settlement->sum);
	merit_put_integer(out, "carried_minor", settlement->carried);
	merit_put_integer(out, "total_minor", merit_settlement_total(settlement));
	merit_put_integer(out, "paid_minor", settlement->paid);
	merit_put_integer(out, "left_minor", merit_settlement_left(settlement));
	merit_put_integer(out, "entry", (int64_t)settlement->opened);
}

/* The newest of them, the oldest of those first. */
static enum merit_status put_events(struct merit_model *model, struct merit_buffer *out, struct merit_arena *arena,
                                    const struct merit_settlement *settlement)
{
	uint64_t seqs[MERIT_EVENTS_MAX];
	bool more;
	size_t count = merit_events_find(model, settlement->opened, settlement->last_event, seqs, &more);
	struct merit_entry event;

	merit_put_flag(out, "more", more);
	merit_buffer_put_text(out, ",\"events\":[");
	while (count > 0) {
		enum merit_status status = merit_event_read(model, seqs[--count], arena, &event);
		if (status != MERIT_OK)
			return status;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_event(out, &event);
		merit_put_event_told(out, &event);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
	return MERIT_OK;
}

/* What the entries that opened and issued it say. */
static enum merit_status put_papers(struct merit_model *model, struct merit_buffer *out, struct merit_arena *arena,
                                    const struct merit_settlement *settlement)
{
	struct merit_entry entry;
	enum merit_status status = merit_event_read(model, settlement->opened, arena, &entry);

	if (status != MERIT_OK)
		return status;
	merit_put_text(out, "hash", entry.results[OPEN_HASH].text);
	if (settlement->issued == 0)
		return MERIT_OK;
	status = merit_event_read(model, settlement->issued - 1, arena, &entry);
	if (status == MERIT_OK && entry.values[ISSUE_INVOICE].present)
		merit_put_text(out, "invoice", entry.values[ISSUE_INVOICE].text);
	return status;
}

enum merit_status merit_query_settlement(struct merit_ledger *ledger, const struct merit_caller *caller,
                                         const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_settlement *settlement = settlement_seen(ledger, caller, values[0].text);
	struct merit_arena arena = { 0 };

	if (settlement == NULL)
		return MERIT_SETTLEMENT_UNKNOWN;
	merit_buffer_put_char(out, '{');
	put_fields(out, values[0].text, settlement);
	enum merit_status status = put_papers(&ledger->model, out, &arena, settlement);
	if (status == MERIT_OK)
		status = put_events(&ledger->model, out, &arena, settlement);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	merit_arena_free(&arena);
	return status;
}

static bool is_wanted(const struct merit_value *values, const struct merit_settlement *settlement)
{
	struct merit_text party = merit_name_text(&settlement->party);
	struct merit_text currency = { settlement->currency, sizeof(settlement->currency) };

	if (values[SETTLEMENTS_PARTY].present && !merit_text_equal(values[SETTLEMENTS_PARTY].text, party))
		return false;
	if (values[SETTLEMENTS_CURRENCY].present && !merit_text_equal(values[SETTLEMENTS_CURRENCY].text, currency))
		return false;
	return !values[SETTLEMENTS_STATE].present || values[SETTLEMENTS_STATE].integer == settlement->state;
}

static void put_settlement(struct merit_list *list, struct merit_text name, const void *row)
{
	if (!may_see(list->caller, row) || !is_wanted(list->values, row))
		return;
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_fields(list->out, name, row);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_settlements(struct merit_ledger *ledger, const struct merit_caller *caller,
                                          const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_settlement
	};

	return merit_put_list(&list, MERIT_TABLE_SETTLEMENT);
}

/* ---- settlement.lines ---- */

/* Where a page stands in a settlement, and the entry its line is of: the lines of one mostly stand together. */
struct page {
	struct merit_model *model;
	const struct merit_settlement *settlement;
	struct merit_settled_batch batch;
	uint32_t batch_place;
	uint64_t line, batch_line; /* in the settlement, in the batch */
	bool hides_orders;         /* from a sponsor: they are between member, merchant and platform */
	struct merit_arena arena;
	struct merit_entry entry;
	struct merit_order order; /* of the entry, in scratch */
	bool has_entry;
	size_t postings_count; /* read so far */
};

/* Goes to the batch that holds the line, the first or the next ones: false past the last. */
static bool batch_seek(struct page *page)
{
	while (page->batch_line >= page->batch.batch.lines_count) {
		page->batch_line -= page->batch.batch.lines_count;
		if (page->batch_place == page->settlement->batches_count)
			return false;
		const struct merit_settled_batch *batch =
			merit_settlement_batch(page->model, page->settlement, page->batch_place++);
		if (batch == NULL) /* a failure of the store, which ends the group */
			return false;
		page->batch = *batch;
	}
	return true;
}

/* Reads the line's entry and its order, unless the line before was of the same. */
static enum merit_status entry_seek(struct page *page, uint64_t seq)
{
	if (page->has_entry && page->entry.seq == seq)
		return MERIT_OK;
	merit_arena_reset(&page->arena);
	merit_arena_reset(&page->model->scratch);
	enum merit_status status = merit_event_read(page->model, seq, &page->arena, &page->entry);
	if (status != MERIT_OK)
		return status;
	struct merit_text order = merit_entry_order_sold(&page->entry);
	if (order.size > 0 && !merit_model_order(page->model, order, &page->order))
		return MERIT_CORRUPT;
	page->has_entry = true;
	page->postings_count += page->entry.postings_count;
	return MERIT_OK;
}

static const struct merit_posting *money_at(const struct merit_entry *entry, uint32_t place)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_posting_is_money(&entry->postings[i]) && place-- == 0)
			return &entry->postings[i];
	}
	return NULL;
}

/* Pieces sold of an order's line, below 0 those given back. */
static int64_t pieces_sold(const struct merit_entry *entry, int32_t line)
{
	const struct merit_value *done = &entry->results[DONE_LINES];

	if (entry->operation->number == MERIT_OP_ORDER_PLACE)
		return entry->values[PLACE_LINES].cells[line * PLACE_LINE_COLUMNS + PLACE_LINE_QUANTITY].integer;
	for (size_t i = 0; i < done->row_count; i++) {
		const struct merit_value *cells = &done->cells[i * LINE_COLUMNS];
		if (cells[LINE_LINE].integer == line)
			return entry->operation->number == MERIT_OP_ORDER_REFUND ? -cells[LINE_QUANTITY].integer
			                                                         : cells[LINE_QUANTITY].integer;
	}
	return 0;
}

/* A sponsor's side tells what it paid for which campaign, not what was sold; the sponsor itself is told no order. */
static void put_sale(struct merit_buffer *out, const struct page *page, const struct merit_posting *posting)
{
	if (page->hides_orders)
		return;
	merit_put_text(out, "order", merit_entry_order_sold(&page->entry));
	merit_put_integer(out, "order_line", posting->line);
	if (posting->account != MERIT_ACCOUNT_MERCHANT)
		return;
	merit_put_text(out, "item", merit_name_text(&page->order.lines[posting->line].item));
	merit_put_integer(out, "quantity", pieces_sold(&page->entry, posting->line));
}

/* How many of the campaign's points a sponsor's line is the worth of: captured or, below 0, given back; or expired. */
static int64_t points_paid(const struct merit_entry *entry, const struct merit_posting *money)
{
	enum merit_account account = money->line >= 0 ? MERIT_ACCOUNT_REDEEMED : MERIT_ACCOUNT_EXPIRED;
	int64_t points = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == account && merit_text_equal(posting->campaign, money->campaign) &&
		    (money->line < 0 || posting->line == money->line))
			points += posting->amount;
	}
	return points;
}

/* The reference of what is no sale: the bank's, or the document behind an adjustment. */
static void put_reference(struct merit_buffer *out, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->operation->params_count; i++) {
		if (entry->values[i].present && entry->operation->params[i].type == MERIT_TYPE_REFERENCE)
			merit_put_text(out, "reference", entry->values[i].text);
	}
}

static void put_line(struct merit_buffer *out, const struct page *page, const struct merit_batch_line *line,
                     const struct merit_posting *posting)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "line", (int64_t)page->line);
	merit_put_integer(out, "seq", (int64_t)line->seq);
	merit_put_integer(out, "place", line->place);
	merit_put_day(out, "day", page->entry.day);
	merit_put_day(out, "due_day", page->batch.day);
	merit_put_text(out, "op", merit_text_of(page->entry.operation->name));
	if (posting->line >= 0)
		put_sale(out, page, posting);
	else
		put_reference(out, &page->entry);
	if (posting->campaign.size > 0) {
		merit_put_text(out, "campaign", posting->campaign);
		merit_put_integer(out, "points", points_paid(&page->entry, posting));
	}
	merit_put_integer(out, "amount_minor", page->settlement->is_merchant ? -line->amount : line->amount);
	merit_buffer_put_char(out, '}');
}

/* One line, and on to the next. */
static enum merit_status line_step(struct page *page, struct merit_buffer *out)
{
	struct merit_batch_line line;

	if (!merit_batch_line(page->model, &page->batch.batch, page->batch_line, &line))
		return MERIT_STORE_FAILED;
	enum merit_status status = entry_seek(page, line.seq);
	const struct merit_posting *posting = status == MERIT_OK ? money_at(&page->entry, line.place) : NULL;
	if (posting == NULL)
		return status == MERIT_OK ? MERIT_CORRUPT : status;
	put_line(out, page, &line, posting);
	page->line++;
	page->batch_line++;
	return MERIT_OK;
}

enum merit_status merit_query_settlement_lines(struct merit_ledger *ledger, const struct merit_caller *caller,
                                               const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *from = &values[SETTLEMENT_LINES_FROM], *limit = &values[SETTLEMENT_LINES_LIMIT];
	int64_t left = limit->present ? limit->integer : LINES_DEFAULT;
	struct page page = {
		.model = &ledger->model,
		.settlement = settlement_seen(ledger, caller, values[SETTLEMENT_LINES_SETTLEMENT].text),
		.line = from->present ? (uint64_t)from->integer : 0,
		.hides_orders = caller->role == MERIT_ROLE_SPONSOR,
	};
	enum merit_status status = MERIT_OK;
	bool is_there;

	if (page.settlement == NULL)
		return MERIT_SETTLEMENT_UNKNOWN;
	page.batch_line = page.line;
	merit_buffer_put_text(out, "{\"rows\":[");
	while ((is_there = batch_seek(&page)) && status == MERIT_OK && left-- > 0 && page.postings_count < POSTINGS_MAX)
		status = line_step(&page, out);
	merit_buffer_put_text(out, "],\"next\":");
	if (is_there)
		merit_buffer_put_format(out, "%llu", (unsigned long long)page.line);
	else
		merit_buffer_put_text(out, "null");
	merit_buffer_put_char(out, '}');
	merit_arena_free(&page.arena);
	return status == MERIT_OK ? merit_state_failure(ledger->model.state) : status;
}
