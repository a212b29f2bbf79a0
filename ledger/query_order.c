/* query_order.c - reads of the mall: items and orders. */
#include <string.h>

#include "ledger/query_inner.h"

enum { STATE_OPEN, STATE_ENDED }; /* the places of the words of their type */

/* ---- item.get, item.list ---- */

static void put_item_fields(struct merit_buffer *out, struct merit_text name, const struct merit_item *item)
{
	merit_put_text(out, "item", name);
	if (item->title_size > 0)
		merit_put_text(out, "title", (struct merit_text){ item->title, item->title_size });
	merit_put_text(out, "merchant", merit_name_text(&item->merchant));
	merit_put_word(out, "class", MERIT_TYPE_CLASS, item->class_);
	merit_put_integer(out, "version", item->version);
	merit_put_integer(out, "points", item->points);
	merit_put_flag(out, "offered", item->offered != 0);
	merit_put_integer(out, "stock", item->stock);
}

/* What the merchant is due is between it and the platform. */
static void put_item_terms(struct merit_buffer *out, const struct merit_caller *caller, const struct merit_item *item)
{
	bool is_own = merit_text_equal(caller->party, merit_name_text(&item->merchant));

	if (caller->is_public || (!is_own && (MERIT_MAY_READ_ALL & (1u << caller->role)) == 0))
		return;
	merit_put_text(out, "currency", (struct merit_text){ item->currency, sizeof(item->currency) });
	merit_put_integer(out, "price_minor", item->price_minor);
	merit_put_integer(out, "reserved", item->reserved);
}

static void put_item(struct merit_list *list, struct merit_text name, const void *row)
{
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_item_fields(list->out, name, row);
	put_item_terms(list->out, list->caller, row);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_item(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .out = out };
	const struct merit_item *item = merit_model_item(&ledger->model, values[0].text);

	if (item == NULL)
		return MERIT_ITEM_UNKNOWN;
	put_item(&list, values[0].text, item);
	return MERIT_OK;
}

enum merit_status merit_query_items(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_item };

	return merit_put_list(&list, MERIT_TABLE_ITEM);
}

/* ---- order.get, order.list ---- */

static bool order_has_merchant(const struct merit_order *order, struct merit_text merchant)
{
	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		if (merit_text_equal(merit_name_text(&order->lines[i].merchant), merchant))
			return true;
	}
	return false;
}

static bool may_see(const struct merit_caller *caller, const struct merit_order *order)
{
	switch (caller->role) {
	case MERIT_ROLE_MEMBER: return merit_text_equal(caller->party, merit_name_text(&order->head.member));
	case MERIT_ROLE_MERCHANT: return order_has_merchant(order, caller->party);
	case MERIT_ROLE_SPONSOR: return false;
	default: return true;
	}
}

static void put_line(struct merit_buffer *out, const struct merit_order_line *line, uint32_t index)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "line", index);
	merit_put_text(out, "item", merit_name_text(&line->item));
	merit_put_text(out, "merchant", merit_name_text(&line->merchant));
	merit_put_integer(out, "version", line->version);
	merit_put_integer(out, "points", line->points);
	merit_put_integer(out, "quantity", line->quantity);
	merit_put_integer(out, "held", line->held);
	merit_put_integer(out, "fulfilled", line->fulfilled);
	merit_put_integer(out, "received", line->received);
	merit_put_integer(out, "refunded", line->refunded);
	merit_put_integer(out, "cancelled", line->quantity - line->held - line->fulfilled - line->refunded);
	merit_buffer_put_char(out, '}');
}

static void put_order_fields(struct merit_buffer *out, const struct merit_caller *caller, struct merit_text name,
                             const struct merit_order *order)
{
	merit_put_text(out, "order", name);
	merit_put_text(out, "member", merit_name_text(&order->head.member));
	merit_put_word(out, "state", MERIT_TYPE_ORDER_STATE, merit_order_is_over(order) ? STATE_ENDED : STATE_OPEN);
	merit_put_integer(out, "placed", order->head.placed_ms);
	merit_put_integer(out, "deadline", order->head.deadline_ms);
	if (order->head.shipped_ms != 0)
		merit_put_integer(out, "shipped", order->head.shipped_ms);
	merit_put_integer(out, "entry", (int64_t)order->head.seq);
	merit_buffer_put_text(out, ",\"lines\":[");
	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		/* A merchant sees what is its own to ship. */
		if (caller->role == MERIT_ROLE_MERCHANT &&
		    !merit_text_equal(caller->party, merit_name_text(&order->lines[i].merchant)))
			continue;
		put_line(out, &order->lines[i], i);
	}
	merit_buffer_put_char(out, ']');
}

static void put_parts(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_order *order)
{
	merit_buffer_put_text(out, ",\"lots\":[");
	for (uint32_t i = 0; i < order->head.parts_count; i++) {
		const struct merit_order_part *part = &order->parts[i];
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_integer(out, "line", part->line);
		merit_put_text(out, "campaign", merit_model_campaign_name(&ledger->model, part->campaign));
		merit_put_day(out, "last_day", part->day);
		merit_put_integer(out, "held", part->held);
		merit_put_integer(out, "captured", part->captured);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

enum merit_status merit_query_order(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_order order;

	if (!merit_model_order(&ledger->model, values[0].text, &order) || order.head.cancelled_unknown ||
	    !may_see(caller, &order))
		return MERIT_ORDER_UNKNOWN;
	merit_buffer_put_char(out, '{');
	put_order_fields(out, caller, values[0].text, &order);
	if (caller->role != MERIT_ROLE_MERCHANT)
		put_parts(ledger, out, &order);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

static bool is_wanted(const struct merit_value *values, const struct merit_order *order)
{
	int64_t state = merit_order_is_over(order) ? STATE_ENDED : STATE_OPEN;

	if (values[ORDERS_MEMBER].present &&
	    !merit_text_equal(values[ORDERS_MEMBER].text, merit_name_text(&order->head.member)))
		return false;
	if (values[ORDERS_MERCHANT].present && !order_has_merchant(order, values[ORDERS_MERCHANT].text))
		return false;
	return !values[ORDERS_STATE].present || values[ORDERS_STATE].integer == state;
}

static void put_order(struct merit_list *list, struct merit_text name, const void *row)
{
	struct merit_order order;

	(void)row;
	merit_arena_reset(&list->ledger->model.scratch);
	if (!merit_model_order(&list->ledger->model, name, &order) || order.head.cancelled_unknown ||
	    !may_see(list->caller, &order) || !is_wanted(list->values, &order))
		return;
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_order_fields(list->out, list->caller, name, &order);
	merit_buffer_put_char(list->out, '}');
}

/* One member's orders, in the order they were placed: found by the member's number, however many others have. */
struct own_orders {
	struct merit_list *list;
	struct merit_text prefix; /* the member's number, as the index's keys begin */
	bool has_begun;           /* LIST_FROM was reached */
};

static bool own_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct own_orders *own = context;
	const struct merit_value *from = &own->list->values[ORDERS_FROM];
	struct merit_text name = { value, size };

	if (key_size < own->prefix.size || memcmp(key, own->prefix.data, own->prefix.size) != 0)
		return false;
	own->has_begun = own->has_begun || !from->present || merit_text_equal(from->text, name);
	return !own->has_begun || merit_list_row(own->list, name, NULL);
}

static enum merit_status put_own_orders(struct merit_list *list, struct merit_text member)
{
	struct merit_model *model = &list->ledger->model;
	char prefix[4];
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_MEMBER, member, &slot);

	if (holder == NULL)
		return MERIT_MEMBER_UNKNOWN;
	memcpy(prefix, merit_model_history_key(model, holder->number, 0).data, sizeof(prefix));
	struct own_orders own = { .list = list, .prefix = { prefix, sizeof(prefix) } };
	merit_list_begin(list);
	merit_state_scan(model->state, MERIT_TABLE_MEMBER_ORDER, prefix, sizeof(prefix), own_visit, &own);
	return merit_list_end(list);
}

enum merit_status merit_query_orders(struct merit_ledger *ledger, const struct merit_caller *caller,
                                     const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_order };

	if (caller->role == MERIT_ROLE_SPONSOR)
		return MERIT_NOT_PERMITTED;
	if (caller->role == MERIT_ROLE_MEMBER)
		return put_own_orders(&list, caller->party);
	if (values[ORDERS_MEMBER].present)
		return put_own_orders(&list, values[ORDERS_MEMBER].text);
	return merit_put_list(&list, MERIT_TABLE_ORDER);
}
