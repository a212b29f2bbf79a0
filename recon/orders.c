/* orders.c - orders as items of ours: the points of an order, less what was undone, as the ledger knows it at the
 * cut-off.
 *
 * What undoes an order in a later window than it was placed in is an item of its own there: below zero, a refund. So is
 * what undid it in an earlier one, but was booked behind that one's run. */
#include <assert.h>

#include "recon/ours_inner.h"

#define NO_ITEM SIZE_MAX

/* An order's points, of the lines that are the party's. */
struct order {
	uint64_t lines[2]; /* a bit a line */
	int64_t placed, captured, released, refunded;
	size_t item; /* its place in the list, or NO_ITEM: it was placed outside */
	int32_t day;
	bool is_late;
};

_Static_assert(MERIT_ORDER_LINES_MAX <= 128, "a bit a line");

static bool is_line_of(const struct order *order, int32_t line)
{
	return line >= 0 && (order->lines[line / 64] >> (line % 64) & 1) != 0;
}

/* ---- Placing ---- */

static int64_t lines_points(const struct merit_collecting *collecting, const struct merit_entry *entry,
                            uint64_t lines_out[2])
{
	const struct merit_value *list = &entry->values[PLACE_LINES];
	int64_t points = 0;

	lines_out[0] = lines_out[1] = 0;
	for (size_t i = 0; i < list->row_count; i++) {
		const struct merit_value *cells = &list->cells[i * PLACE_LINE_COLUMNS];
		if (!merit_collecting_is_owned(collecting, cells[PLACE_LINE_ITEM].text))
			continue;
		lines_out[i / 64] |= 1ULL << (i % 64);
		points += cells[PLACE_LINE_POINTS].integer * cells[PLACE_LINE_QUANTITY].integer; /* as accepted: fits */
	}
	return points;
}

/* Points that leave held (is_held) or come to redeemed; of redeemed below zero: given back. */
static int64_t moved(const struct order *order, const struct merit_entry *entry, enum merit_account account, int sign)
{
	int64_t points = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == account && !merit_posting_is_money(posting) &&
		    is_line_of(order, posting->line) && (posting->amount > 0) == (sign > 0))
			points += posting->amount;
	}
	return points;
}

static enum merit_status place_take(struct merit_collecting *collecting, const struct merit_entry *entry)
{
	const struct merit_ours_options *options = collecting->options;
	struct merit_text name = entry->values[PLACE_ORDER].text;
	struct order order = { .item = NO_ITEM,
		               .day = entry->day,
		               .is_late = merit_collecting_is_late(collecting, entry) };

	order.placed = lines_points(collecting, entry, order.lines);
	if (order.placed == 0)
		return MERIT_OK;
	order.captured = moved(&order, entry, MERIT_ACCOUNT_REDEEMED, 1);
	if (entry->day >= options->first_day - options->slack || order.is_late) {
		order.item = collecting->items->count;
		enum merit_status status = merit_collecting_add(
			collecting, entry, &(struct merit_recon_item){ .reference = name, .group = name });
		if (status != MERIT_OK)
			return status;
	}
	struct order *row = merit_index_get(&collecting->orders, &collecting->arena, name, sizeof(*row));
	if (row == NULL)
		return MERIT_NO_MEMORY;
	*row = order;
	return MERIT_OK;
}

/* ---- What becomes of it ---- */

/* The last day whose entries count into the order's own item: of one before the window what was before it. */
static int32_t cut_off(const struct merit_ours_options *options, const struct order *order)
{
	if (order->day < options->first_day)
		return options->first_day - 1;
	return order->day <= options->last_day ? options->last_day : MERIT_DAY_NEVER;
}

static enum merit_status undo_add(struct merit_collecting *collecting, const struct merit_entry *entry,
                                  struct merit_text name, int64_t points)
{
	const struct merit_recon_item item = {
		.reference = name,
		.group = name,
		.status = MERIT_TEXT("refunded"),
		.amount = -points,
		.kind = MERIT_ITEM_REFUND,
	};

	if (points == 0 || (entry->day < collecting->options->first_day - collecting->options->slack &&
	                    !merit_collecting_is_late(collecting, entry)))
		return MERIT_OK;
	return merit_collecting_add(collecting, entry, &item);
}

static enum merit_status change_take(struct merit_collecting *collecting, const struct merit_entry *entry)
{
	static const struct order all = { .lines = { UINT64_MAX, UINT64_MAX }, .item = NO_ITEM, .day = MERIT_DAY_NONE };
	struct merit_text name = entry->values[0].text;
	struct order *order = merit_index_find(&collecting->orders, name);
	const struct order *of = order == NULL ? &all : order;
	bool is_fulfil = entry->operation->number == MERIT_OP_ORDER_FULFIL;
	bool is_refund = entry->operation->number == MERIT_OP_ORDER_REFUND;

	assert((int)FULFIL_ORDER == 0 && (int)CANCEL_ORDER == 0 && (int)LAPSE_ORDER == 0 && (int)REFUND_ORDER == 0);
	if (order == NULL && (is_fulfil || collecting->options->party.size > 0))
		return MERIT_OK; /* None of it is the party's. */
	int64_t points = is_fulfil   ? moved(of, entry, MERIT_ACCOUNT_REDEEMED, 1)
	                 : is_refund ? -moved(of, entry, MERIT_ACCOUNT_REDEEMED, -1)
	                             : -moved(of, entry, MERIT_ACCOUNT_HELD, -1);
	if (order == NULL || entry->day > cut_off(collecting->options, order) ||
	    (merit_collecting_is_late(collecting, entry) && !order->is_late))
		return is_fulfil ? MERIT_OK : undo_add(collecting, entry, name, points);
	*(is_fulfil ? &order->captured : is_refund ? &order->refunded : &order->released) += points;
	return MERIT_OK;
}

enum merit_status merit_orders_take(void *context, const struct merit_entry *entry)
{
	struct merit_collecting *collecting = context;

	return entry->operation->number == MERIT_OP_ORDER_PLACE ? place_take(collecting, entry)
	                                                        : change_take(collecting, entry);
}

/* ---- At the cut-off ---- */

static struct merit_text state_of(const struct order *order)
{
	if (order->placed > order->captured + order->released)
		return MERIT_TEXT("open");
	return order->captured == order->refunded ? MERIT_TEXT("refunded") : MERIT_TEXT("done");
}

/* Takes out orders that came to nothing: released whole before anything was fulfilled. */
static void drop_empty(struct merit_items *items)
{
	size_t kept = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].status.size > 0)
			items->items[kept++] = items->items[i];
	}
	items->count = kept;
}

void merit_orders_finish(struct merit_collecting *collecting)
{
	for (size_t i = 0; i < collecting->orders.count; i++) {
		const struct order *order = merit_index_at(&collecting->orders, i);
		if (order->item == NO_ITEM || order->released == order->placed)
			continue; /* its status stays empty */
		struct merit_recon_item *item = &collecting->items->items[order->item];
		item->amount = order->placed - order->released - order->refunded;
		item->status = state_of(order);
	}
	drop_empty(collecting->items);
}
