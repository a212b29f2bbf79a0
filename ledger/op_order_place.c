/* op_order_place.c - order.place: prices and stock checked, lots assigned to lines, points and stock held together. */
#include <assert.h>
#include <string.h>

#include "ledger/op.h"
#include "ledger/op_common.h"

/* The places of the words of an item's class. */
enum { CLASS_GOODS, CLASS_SERVICE, CLASS_CASH, CLASS_MEDICINE };

#define MINUTE_MS 60000LL

/* A line while it is being decided. */
struct line {
	struct merit_text item_name;
	const struct merit_item *item;
	int64_t quantity;
	int64_t points;   /* of all its pieces */
	int64_t eligible; /* of the member's points, those that may buy this */
};

struct placing {
	struct merit_member member;
	struct line *lines;
	size_t count;
	int64_t *left;                           /* by lot: available points no line has taken yet */
	const struct merit_campaign **campaigns; /* by lot */
	struct merit_text *campaign_names;       /* by lot */
};

static const struct merit_value *cells_of(const struct merit_entry *entry, size_t index)
{
	return &entry->values[PLACE_LINES].cells[index * PLACE_LINE_COLUMNS];
}

static bool amounts_are_free_of(struct merit_entry *entry, size_t count, enum merit_status fault)
{
	for (size_t i = 0; i < count; i++) {
		const struct merit_value *cells = cells_of(entry, i);
		if (merit_amount_fault(cells[PLACE_LINE_QUANTITY].integer) == fault ||
		    merit_amount_fault(cells[PLACE_LINE_POINTS].integer) == fault) {
			merit_refuse_line(entry, fault, (int64_t)i);
			return false;
		}
	}
	return true;
}

static bool lines_read(struct merit_entry *entry, struct placing *placing)
{
	int64_t total = 0;

	if (!amounts_are_free_of(entry, placing->count, MERIT_ZERO_AMOUNT) ||
	    !amounts_are_free_of(entry, placing->count, MERIT_NEGATIVE_AMOUNT))
		return false;
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_value *cells = cells_of(entry, i);
		struct line *line = &placing->lines[i];
		line->item_name = cells[PLACE_LINE_ITEM].text;
		line->quantity = cells[PLACE_LINE_QUANTITY].integer;
		if (!merit_amount_multiply(cells[PLACE_LINE_POINTS].integer, line->quantity, &line->points) ||
		    line->points > MERIT_AMOUNT_MAX - total) {
			merit_refuse_line(entry, MERIT_AMOUNT_RANGE, (int64_t)i);
			return false;
		}
		total += line->points;
	}
	return true;
}

static bool items_find(struct merit_model *model, struct merit_entry *entry, struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		placing->lines[i].item = merit_model_item(model, placing->lines[i].item_name);
		if (placing->lines[i].item == NULL) {
			merit_refuse_line(entry, MERIT_ITEM_UNKNOWN, (int64_t)i);
			return false;
		}
	}
	return true;
}

/* Pieces of the line's item that this order asks for up to and with this line. */
static int64_t asked_so_far(const struct placing *placing, size_t index)
{
	int64_t quantity = 0;

	for (size_t i = 0; i <= index; i++) {
		if (merit_text_equal(placing->lines[i].item_name, placing->lines[index].item_name))
			quantity += placing->lines[i].quantity;
	}
	return quantity;
}

/* All lines for one status before any line for the next: the list's order of precedence. */
static bool items_offered(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		if (!placing->lines[i].item->offered) {
			merit_refuse_line(entry, MERIT_ITEM_CLOSED, (int64_t)i);
			return false;
		}
	}
	for (size_t i = 0; i < placing->count; i++) {
		uint8_t class_ = placing->lines[i].item->class_;
		if (class_ == CLASS_CASH || class_ == CLASS_MEDICINE) {
			merit_refuse_line(entry, MERIT_ITEM_BARRED, (int64_t)i);
			return false;
		}
	}
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_item *item = placing->lines[i].item;
		const struct merit_value *cells = cells_of(entry, i);
		if (cells[PLACE_LINE_VERSION].integer != item->version ||
		    cells[PLACE_LINE_POINTS].integer != item->points) {
			merit_refuse_line(entry, MERIT_PRICE_CHANGED, (int64_t)i);
			merit_entry_why(entry, "version", item->version);
			merit_entry_why(entry, "points", item->points);
			return false;
		}
	}
	return true;
}

static bool stock_suffices(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_item *item = placing->lines[i].item;
		if (asked_so_far(placing, i) > item->stock) {
			merit_refuse_line(entry, MERIT_SHORT_STOCK, (int64_t)i);
			merit_entry_why(entry, "stock", item->stock);
			return false;
		}
	}
	return true;
}

/* ---- Which lots pay for which line ---- */

static bool may_buy(const struct placing *placing, size_t lot, const struct line *line)
{
	return memcmp(placing->campaigns[lot]->currency, line->item->currency, sizeof(line->item->currency)) == 0;
}

static bool lots_prepare(struct merit_model *model, struct placing *placing)
{
	size_t count = placing->member.head.lots_count;

	placing->left = merit_arena_allocate(&model->scratch, (count + 1) * sizeof(placing->left[0]));
	placing->campaigns = merit_arena_allocate(&model->scratch, (count + 1) * sizeof(placing->campaigns[0]));
	placing->campaign_names =
		merit_arena_allocate(&model->scratch, (count + 1) * sizeof(placing->campaign_names[0]));
	if (placing->left == NULL || placing->campaigns == NULL || placing->campaign_names == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		placing->left[i] = placing->member.lots[i].available;
		placing->campaign_names[i] = merit_model_campaign_name(model, placing->member.lots[i].campaign);
		placing->campaigns[i] = merit_model_campaign(model, placing->campaign_names[i]);
	}
	for (size_t i = 0; i < placing->count; i++) {
		for (size_t lot = 0; lot < count; lot++) {
			if (may_buy(placing, lot, &placing->lines[i]))
				placing->lines[i].eligible += placing->left[lot];
		}
	}
	return true;
}

/* Takes a line's points from the lots it may use, the earliest last day first; false when they do not suffice. */
static bool line_take(struct merit_entry *entry, struct placing *placing, size_t index, int64_t *have_out)
{
	struct merit_text name = entry->values[PLACE_MEMBER].text;
	struct line *line = &placing->lines[index];
	int64_t missing = line->points;

	for (size_t lot = 0; lot < placing->member.head.lots_count && missing > 0; lot++) {
		if (placing->left[lot] == 0 || !may_buy(placing, lot, line))
			continue;
		int64_t taken = placing->left[lot] < missing ? placing->left[lot] : missing;
		int32_t day = placing->member.lots[lot].day;
		merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, name, placing->campaign_names[lot], day, (int32_t)index,
		                 -taken);
		placing->left[lot] -= taken;
		missing -= taken;
	}
	*have_out = line->points - missing;
	return missing == 0;
}

/* The next line to be served: of those not served, the one with the fewest eligible points; ties in line order. */
static size_t next_line(const struct placing *placing, const bool *served)
{
	size_t best = placing->count;

	for (size_t i = 0; i < placing->count; i++) {
		if (!served[i] &&
		    (best == placing->count || placing->lines[i].eligible < placing->lines[best].eligible))
			best = i;
	}
	return best;
}

static bool lots_assign(struct merit_entry *entry, struct placing *placing)
{
	bool served[MERIT_ORDER_LINES_MAX] = { false };

	for (size_t round = 0; round < placing->count; round++) {
		size_t index = next_line(placing, served);
		int64_t have;
		served[index] = true;
		if (!line_take(entry, placing, index, &have)) {
			merit_refuse_line(entry, MERIT_SHORT_POINTS, (int64_t)index);
			merit_entry_why(entry, "need", placing->lines[index].points);
			merit_entry_why(entry, "have", have);
			merit_entry_why(entry, "eligible", placing->lines[index].eligible);
			return false;
		}
	}
	size_t count = entry->postings_count; /* What left the member is held, lot by lot and line by line. */
	for (size_t i = 0; i < count; i++) {
		struct merit_posting taken = entry->postings[i];
		merit_entry_post(entry, MERIT_ACCOUNT_HELD, taken.holder, taken.campaign, taken.day, taken.line,
		                 -taken.amount);
	}
	return true;
}

/* ---- The size of later entries ---- */

/* An upper bound of the longest entry this order can ever cause: a refund of all of it into dead lots, four postings a
 * part, each with its account and lot. doc/format.md, section 2, has the bytes. */
static size_t longest_entry(const struct merit_entry *entry)
{
	size_t size = 2048 + entry->values[PLACE_LINES].row_count * 96; /* head, reason, lines in params and results */

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (entry->postings[i].account == MERIT_ACCOUNT_HELD)
			size += 4 * (entry->postings[i].campaign.size + 44) + 2 * (2 * MERIT_NAME_SIZE_MAX + 40);
	}
	return size;
}

void merit_decide_order_place(struct merit_model *model, struct merit_entry *entry)
{
	struct placing placing = { .count = entry->values[PLACE_LINES].row_count };

	placing.lines = merit_arena_allocate(&model->scratch, placing.count * sizeof(placing.lines[0]));
	if (placing.lines == NULL) {
		entry->no_memory = true;
		return;
	}
	if (!lines_read(entry, &placing))
		return;
	if (!merit_model_member(model, entry->values[PLACE_MEMBER].text, 0, &placing.member)) {
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
		return;
	}
	if (!items_find(model, entry, &placing))
		return;
	if (merit_model_has_order(model, entry->values[PLACE_ORDER].text)) {
		merit_entry_refuse(entry, MERIT_ORDER_EXISTS);
		return;
	}
	if (!items_offered(entry, &placing) || !stock_suffices(entry, &placing))
		return;
	if (!lots_prepare(model, &placing)) {
		entry->no_memory = true;
		return;
	}
	if (!lots_assign(entry, &placing))
		return;
	if (longest_entry(entry) > MERIT_ENTRY_SIZE_MAX) {
		merit_entry_refuse(entry, MERIT_ORDER_TOO_LARGE);
		return;
	}
	merit_entry_result_integer(entry, PLACE_DEADLINE, entry->time_ms + model->program.hold_minutes * MINUTE_MS);
}

/* ---- Evolving ---- */

static void line_fill(struct merit_model *model, struct merit_order_line *line, const struct merit_value *cells)
{
	struct merit_text name = cells[PLACE_LINE_ITEM].text;
	struct merit_item *item = merit_model_edit(model, MERIT_TABLE_ITEM, name, sizeof(*item));
	int64_t quantity = cells[PLACE_LINE_QUANTITY].integer;

	item->stock -= quantity;
	item->reserved += quantity;
	assert(item->stock >= 0);
	line->item = merit_name_of(name);
	line->merchant = item->merchant;
	line->version = (int32_t)cells[PLACE_LINE_VERSION].integer;
	line->points = cells[PLACE_LINE_POINTS].integer;
	line->quantity = quantity;
	line->held = quantity;
}

static void parts_fill(struct merit_model *model, struct merit_order *order, const struct merit_entry *entry)
{
	for (uint32_t line = 0; line < order->head.lines_count; line++) {
		for (size_t i = 0; i < entry->postings_count; i++) {
			const struct merit_posting *posting = &entry->postings[i];
			if (posting->account != MERIT_ACCOUNT_HELD || posting->line != (int32_t)line)
				continue;
			struct merit_order_part *part = &order->parts[order->head.parts_count++];
			part->line = line;
			part->campaign = merit_model_campaign(model, posting->campaign)->holder.number;
			part->day = posting->day;
			part->held = posting->amount;
		}
	}
}

void merit_evolve_order_place(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[PLACE_ORDER].text, member = entry->values[PLACE_MEMBER].text;
	size_t lines = entry->values[PLACE_LINES].row_count;
	struct merit_order order;
	int slot;

	memset(&order, 0, sizeof(order));
	order.lines = merit_arena_allocate(&model->scratch, lines * sizeof(order.lines[0]));
	order.parts = merit_arena_allocate(&model->scratch, (entry->postings_count + 1) * sizeof(order.parts[0]));
	assert(order.lines != NULL && order.parts != NULL);
	order.head.member = merit_name_of(member);
	order.head.seq = entry->seq;
	order.head.placed_ms = entry->time_ms;
	order.head.deadline_ms = entry->results[PLACE_DEADLINE].integer;
	order.head.lines_count = (uint32_t)lines;
	for (size_t i = 0; i < lines; i++)
		line_fill(model, &order.lines[i], &entry->values[PLACE_LINES].cells[i * PLACE_LINE_COLUMNS]);
	parts_fill(model, &order, entry);
	merit_model_store_order(model, name, &order);
	merit_model_set_due(model, order.head.deadline_ms, MERIT_DUE_ORDER_LAPSE, name, true);
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_MEMBER, member, &slot);
	struct merit_text key = merit_model_history_key(model, holder->number, entry->seq);
	memcpy(merit_model_edit(model, MERIT_TABLE_MEMBER_ORDER, key, name.size), name.data, name.size);
}
