/* sales.c - see sales.h. */
#include "report/sales.h"

#include "ledger/settlement.h"
#include "report/told.h"

struct item {
	struct merit_text name, merchant;
	bool is_code, is_service;
};

static bool item_take(struct merit_sales *sales, const struct merit_value *values)
{
	struct merit_text name = values[ITEM_ITEM].text, class_ = values[ITEM_CLASS].text;
	struct item *item = merit_index_get(&sales->items, &sales->arena, name, sizeof(*item));

	if (item == NULL || !merit_text_keep(&sales->arena, name, &item->name) ||
	    !merit_text_keep(&sales->arena, values[ITEM_MERCHANT].text, &item->merchant))
		return false;
	item->is_code = merit_text_equal(class_, MERIT_TEXT("code"));
	item->is_service = merit_text_equal(class_, MERIT_TEXT("service"));
	return true;
}

static bool terms_take(struct merit_sales *sales, const struct merit_value *values)
{
	int64_t *days =
		merit_index_get(&sales->terms, &sales->arena, values[MERCHANT_TERMS_MERCHANT].text, sizeof(*days));

	if (days != NULL)
		*days = values[MERCHANT_TERMS_SETTLE].integer;
	return days != NULL;
}

static void line_fill(const struct merit_sales *sales, const struct merit_value *cells, struct merit_sales_line *line)
{
	const struct item *item = merit_index_find(&sales->items, cells[PLACE_LINE_ITEM].text);

	line->due_day = MERIT_DAY_NONE;
	if (item == NULL)
		return;
	line->item = item->name;
	line->merchant = item->merchant;
	line->is_service = item->is_service;
	if (item->is_code) /* Paid, handed over and received in the entry that places it. */
		line->fulfilled = line->received = cells[PLACE_LINE_QUANTITY].integer;
}

static bool place_take(struct merit_sales *sales, const struct merit_entry *entry)
{
	const struct merit_value *lines = &entry->values[PLACE_LINES];
	struct merit_text name = entry->values[PLACE_ORDER].text;
	struct merit_sales_order *order = merit_index_get(&sales->orders, &sales->arena, name, sizeof(*order));

	if (order == NULL || !merit_text_keep(&sales->arena, name, &order->name))
		return false;
	order->lines = merit_arena_allocate(&sales->arena, lines->row_count * sizeof(order->lines[0]));
	if (order->lines == NULL)
		return false;
	order->lines_count = lines->row_count;
	for (size_t i = 0; i < order->lines_count; i++)
		line_fill(sales, &lines->cells[i * PLACE_LINE_COLUMNS], &order->lines[i]);
	return true;
}

static void pieces_move(struct merit_sales_line *line, enum merit_operation_number number, int64_t pieces)
{
	switch (number) {
	case MERIT_OP_ORDER_FULFIL:
		line->fulfilled += pieces;
		line->received += line->is_service ? pieces : 0;
		break;
	case MERIT_OP_ORDER_RECEIVE: line->received += pieces; break;
	default: /* order.refund */
		line->fulfilled -= pieces;
		line->received = line->received > line->fulfilled ? line->fulfilled : line->received;
	}
}

static void done_take(struct merit_sales_order *order, const struct merit_entry *entry)
{
	const struct merit_value *done = &entry->results[DONE_LINES];

	for (size_t i = 0; i < done->row_count; i++) {
		const struct merit_value *cells = &done->cells[i * LINE_COLUMNS];
		int64_t line = cells[LINE_LINE].integer;
		if (line >= 0 && (size_t)line < order->lines_count)
			pieces_move(&order->lines[line], entry->operation->number, cells[LINE_QUANTITY].integer);
	}
}

enum merit_status merit_sales_take(struct merit_sales *sales, const struct merit_entry *entry,
                                   struct merit_sales_order **order_out)
{
	struct merit_text name = merit_entry_order_sold(entry);
	bool is_kept = true;

	if (entry->operation->number == MERIT_OP_ITEM_CREATE)
		is_kept = item_take(sales, entry->values);
	else if (entry->operation->number == MERIT_OP_MERCHANT_TERMS)
		is_kept = terms_take(sales, entry->values);
	else if (entry->operation->number == MERIT_OP_ORDER_PLACE)
		is_kept = place_take(sales, entry);
	if (!is_kept)
		return MERIT_NO_MEMORY;
	*order_out = name.size == 0 ? NULL : merit_index_find(&sales->orders, name);
	if (*order_out != NULL && entry->operation->number != MERIT_OP_ORDER_PLACE)
		done_take(*order_out, entry);
	return MERIT_OK;
}

static int32_t later_day(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

int32_t merit_sales_due(struct merit_sales *sales, const struct merit_entry *entry, struct merit_sales_line *line)
{
	if (line->fulfilled > line->received)
		return MERIT_DAY_NONE;
	if (entry->operation->number == MERIT_OP_ORDER_REFUND)
		return later_day(line->due_day, entry->day);
	const int64_t *days = merit_index_find(&sales->terms, line->merchant);
	int32_t day = entry->day + (days == NULL ? 0 : (int32_t)*days);
	line->due_day = later_day(line->due_day, day);
	return day;
}

void merit_sales_free(struct merit_sales *sales)
{
	merit_index_free(&sales->items);
	merit_index_free(&sales->orders);
	merit_index_free(&sales->terms);
	merit_arena_free(&sales->arena);
}
