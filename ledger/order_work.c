/* order_work.c - see order_work.h. */
#include "ledger/order_work.h"

#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/count.h"
#include "ledger/eligibility.h"
#include "ledger/money.h"
#include "ledger/op_common.h"

enum { STATE_OPEN, STATE_ENDED }; /* the places of the words of their type */

int64_t merit_pieces_held(const struct merit_order_line *line)
{
	return line->held;
}

int64_t merit_pieces_fulfilled(const struct merit_order_line *line)
{
	return line->fulfilled;
}

static enum merit_class line_class(struct merit_model *model, const struct merit_order_line *line)
{
	return (enum merit_class)merit_model_item(model, merit_name_text(&line->item))->class_;
}

bool merit_line_is_code(struct merit_model *model, const struct merit_order_line *line)
{
	return line_class(model, line) == MERIT_CLASS_CODE;
}

bool merit_line_is_service(struct merit_model *model, const struct merit_order_line *line)
{
	return line_class(model, line) == MERIT_CLASS_SERVICE;
}

/* ---- Reading which lines are meant ---- */

static bool named_amounts_are_free_of(struct merit_entry *entry, const struct merit_value *lines,
                                      enum merit_status fault)
{
	for (size_t i = 0; lines->present && i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		if (merit_amount_fault(cells[LINE_QUANTITY].integer) == fault) {
			merit_refuse_line(entry, fault, cells[LINE_LINE].integer);
			return false;
		}
	}
	return true;
}

static bool named_lines_exist(struct merit_entry *entry, const struct merit_value *lines,
                              const struct merit_order_work *work)
{
	for (size_t i = 0; lines->present && i < lines->row_count; i++) {
		int64_t line = lines->cells[i * LINE_COLUMNS + LINE_LINE].integer;
		if (line >= (int64_t)work->order.head.lines_count) {
			merit_refuse_line(entry, MERIT_LINE_UNKNOWN, line);
			return false;
		}
	}
	return true;
}

/* All pieces that can be meant. */
static bool pieces_take_all(struct merit_entry *entry, struct merit_order_work *work, merit_pieces_fn *can)
{
	bool any = false;

	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		work->pieces[i] = can(&work->order.lines[i]);
		any = any || work->pieces[i] > 0;
	}
	if (!any)
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
	return any;
}

/* The pieces named; over is the status for more than there are. */
static bool pieces_read(struct merit_entry *entry, const struct merit_value *lines, struct merit_order_work *work,
                        merit_pieces_fn *can, enum merit_status over)
{
	for (size_t i = 0; i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		int64_t line = cells[LINE_LINE].integer, there = can(&work->order.lines[line]);
		if (cells[LINE_QUANTITY].integer > there) {
			merit_refuse_line(entry, over, line);
			merit_entry_why(entry, "have", there);
			return false;
		}
	}
	for (size_t i = 0; i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		int64_t line = cells[LINE_LINE].integer;
		if (work->pieces[line] != 0) {
			merit_refuse_line(entry, MERIT_LINE_TWICE, line);
			return false;
		}
		work->pieces[line] = cells[LINE_QUANTITY].integer;
	}
	return true;
}

static bool work_start(struct merit_model *model, struct merit_entry *entry, struct merit_text name,
                       struct merit_order_work *work)
{
	memset(work, 0, sizeof(*work));
	work->name = name;
	if (!merit_model_order(model, name, &work->order) || work->order.head.cancelled_unknown) {
		merit_entry_refuse(entry, MERIT_ORDER_UNKNOWN);
		return false;
	}
	struct merit_text member = merit_name_text(&work->order.head.member);
	work->member = (struct merit_text){ merit_arena_copy(&model->scratch, member.data, member.size), member.size };
	entry->no_memory = entry->no_memory || work->member.data == NULL;
	return !entry->no_memory;
}

bool merit_order_work_read(struct merit_model *model, struct merit_entry *entry, struct merit_text name,
                           const struct merit_value *lines, struct merit_order_work *work, merit_pieces_fn *can,
                           enum merit_status over)
{
	if (!named_amounts_are_free_of(entry, lines, MERIT_ZERO_AMOUNT) ||
	    !named_amounts_are_free_of(entry, lines, MERIT_NEGATIVE_AMOUNT) || !work_start(model, entry, name, work) ||
	    !named_lines_exist(entry, lines, work))
		return false;
	return lines->present ? pieces_read(entry, lines, work, can, over) : pieces_take_all(entry, work, can);
}

bool merit_order_work_read_all(struct merit_model *model, struct merit_entry *entry, struct merit_text name,
                               struct merit_order_work *work, merit_pieces_fn *can)
{
	return work_start(model, entry, name, work) && pieces_take_all(entry, work, can);
}

void merit_order_work_each(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                           void (*visit)(struct merit_model *, struct merit_entry *, struct merit_order_work *,
                                         uint32_t line))
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		if (work->pieces[i] > 0)
			visit(model, entry, work, i);
	}
}

/* ---- Results ---- */

struct merit_value merit_order_state(bool is_over)
{
	return merit_type_word_value(MERIT_TYPE_ORDER_STATE, is_over ? STATE_ENDED : STATE_OPEN);
}

static void results_put(struct merit_model *model, struct merit_entry *entry, const struct merit_order_work *work)
{
	struct merit_value *cells = merit_arena_allocate(&model->scratch, (size_t)work->order.head.lines_count *
	                                                                          LINE_COLUMNS * sizeof(*cells));
	size_t count = 0;

	if (cells == NULL) {
		entry->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		if (work->pieces[i] == 0)
			continue;
		cells[count * LINE_COLUMNS + LINE_LINE] = (struct merit_value){ .present = true, .integer = i };
		cells[count * LINE_COLUMNS + LINE_QUANTITY] =
			(struct merit_value){ .present = true, .integer = work->pieces[i] };
		count++;
	}
	merit_entry_result_text(entry, DONE_MEMBER, work->member);
	entry->results[DONE_LINES] = (struct merit_value){ .present = count > 0, .cells = cells, .row_count = count };
	entry->results[DONE_STATE] = merit_order_state(merit_order_is_over(&work->order));
}

/* Whatever fulfils pieces sells them, and whatever takes that back gives the money back. */
static bool line_sell(struct merit_model *model, struct merit_entry *entry, const struct merit_order_work *work,
                      uint32_t line, int64_t pieces)
{
	const struct merit_order_line *row = &work->order.lines[line];
	struct merit_sale sale = {
		.line = (int32_t)line,
		.item = merit_name_text(&row->item),
		.merchant = merit_name_text(&row->merchant),
		.version = row->version,
		.pieces = pieces,
	};

	return pieces == 0 || merit_post_sale(model, entry, &work->order, &sale);
}

void merit_order_decide(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                        merit_order_line_fn *change)
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		int64_t fulfilled = work->order.lines[i].fulfilled;
		if (work->pieces[i] == 0)
			continue;
		change(model, &work->order.lines[i], work->pieces[i]);
		if (!line_sell(model, entry, work, i, work->order.lines[i].fulfilled - fulfilled))
			return;
	}
	merit_entry_gather(entry);
	results_put(model, entry, work);
}

/* ---- Evolving: pieces from the results, parts from the postings ---- */

static struct merit_order_part *part_of(struct merit_model *model, struct merit_order *order,
                                        const struct merit_posting *posting)
{
	uint32_t campaign = merit_model_campaign(model, posting->campaign)->holder.number;

	for (uint32_t i = 0; i < order->head.parts_count; i++) {
		struct merit_order_part *part = &order->parts[i];
		if ((int32_t)part->line == posting->line && part->campaign == campaign && part->day == posting->day)
			return part;
	}
	assert(!"a posting for a part that the order does not have");
	return NULL;
}

static void parts_follow(struct merit_model *model, struct merit_order *order, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == MERIT_ACCOUNT_HELD)
			part_of(model, order, posting)->held += posting->amount;
		else if (posting->account == MERIT_ACCOUNT_REDEEMED)
			part_of(model, order, posting)->captured += posting->amount;
	}
}

static void stock_follow(struct merit_model *model, const struct merit_order_line *line,
                         const struct merit_order_change *change, int64_t pieces)
{
	if (change->stock == 0 && change->reserved == 0)
		return;
	struct merit_item *item =
		merit_model_edit(model, MERIT_TABLE_ITEM, merit_name_text(&line->item), sizeof(*item));
	if (item->class_ == MERIT_CLASS_CODE) /* Somebody has seen them: they are never on the shelf again. */
		return;
	item->stock += change->stock * pieces;
	item->reserved += change->reserved * pieces;
	assert(item->stock >= 0 && item->reserved >= 0);
}

void merit_order_count(struct merit_model *model, const struct merit_order *order, const struct merit_order_line *line,
                       int64_t pieces)
{
	struct merit_counted counted = {
		.counter = MERIT_COUNT_ITEM,
		.a = merit_name_text(&line->item),
		.b = merit_name_text(&order->head.member),
		.day = merit_model_day(model, order->head.placed_ms),
	};

	for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
		counted.period = (enum merit_period)period;
		if ((line->counted & (1u << period)) != 0)
			merit_count_add(model, &counted, 0, pieces);
	}
}

int64_t merit_order_erase_ms(const struct merit_model *model, const struct merit_order *order)
{
	return order->head.over_ms + model->program.erase_days * MERIT_DAY_MS;
}

bool merit_order_recipient_is_erased(const struct merit_model *model, const struct merit_order *order, int64_t now_ms)
{
	return order->head.erased != 0 || (order->head.over_ms != 0 && now_ms >= merit_order_erase_ms(model, order));
}

static void dues_follow(struct merit_model *model, struct merit_text name, const struct merit_order *order,
                        int64_t shipped_before_ms)
{
	int64_t wait_ms = model->program.receive_days * MERIT_DAY_MS;
	bool held = false, under_way = false;

	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		held = held || order->lines[i].held > 0;
		under_way = under_way || order->lines[i].fulfilled > order->lines[i].received;
	}
	if (order->head.deadline_ms != 0)
		merit_model_set_due(model, order->head.deadline_ms, MERIT_DUE_ORDER_LAPSE, name, held);
	if (shipped_before_ms != 0 && shipped_before_ms != order->head.shipped_ms)
		merit_model_set_due(model, shipped_before_ms + wait_ms, MERIT_DUE_ORDER_RECEIVE, name, false);
	if (order->head.shipped_ms != 0)
		merit_model_set_due(model, order->head.shipped_ms + wait_ms, MERIT_DUE_ORDER_RECEIVE, name, under_way);
	if (order->head.over_ms != 0 && order->head.has_recipient)
		merit_model_set_due(model, merit_order_erase_ms(model, order), MERIT_DUE_ORDER_ERASE, name,
		                    order->head.erased == 0);
}

void merit_order_keep(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                      struct merit_order *order, int64_t shipped_before_ms)
{
	merit_model_add_event(model, order->head.seq, entry, &order->head.last_event);
	if (order->head.over_ms == 0 && merit_order_is_over(order)) /* and never open again */
		order->head.over_ms = entry->time_ms;
	merit_model_store_order(model, name, order);
	dues_follow(model, name, order, shipped_before_ms);
}

void merit_order_evolve(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                        const struct merit_order_change *change)
{
	const struct merit_value *done = &entry->results[DONE_LINES];
	struct merit_order order;
	bool found = merit_model_order(model, name, &order);

	assert(found);
	int64_t shipped_before_ms = order.head.shipped_ms;
	for (size_t i = 0; i < done->row_count; i++) {
		const struct merit_value *cells = &done->cells[i * LINE_COLUMNS];
		struct merit_order_line *line = &order.lines[cells[LINE_LINE].integer];
		int64_t pieces = cells[LINE_QUANTITY].integer;
		change->line(model, line, pieces);
		stock_follow(model, line, change, pieces);
		if (change->is_undone)
			merit_order_count(model, &order, line, -pieces);
	}
	parts_follow(model, &order, entry);
	if (entry->operation->number == MERIT_OP_ORDER_FULFIL)
		order.head.shipped_ms = entry->time_ms;
	merit_order_keep(model, entry, name, &order, shipped_before_ms);
}
