/* query_order.c - reads of orders: what of them is open, and what happened to them. */
#include <string.h>

#include "ledger/order_work.h"
#include "ledger/query_inner.h"

enum { STATE_OPEN, STATE_ENDED }; /* the places of the words of their type */

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
	merit_put_integer(out, "requested", line->requested);
	merit_put_integer(out, "refunded", line->refunded);
	merit_put_integer(out, "cancelled", line->quantity - line->held - line->fulfilled - line->refunded);
	merit_buffer_put_char(out, '}');
}

/* A merchant sees what is its own to ship. */
static bool may_see_line(const struct merit_caller *caller, const struct merit_order_line *line)
{
	return caller->role != MERIT_ROLE_MERCHANT || merit_text_equal(caller->party, merit_name_text(&line->merchant));
}

/* Whether there is a recipient to ask for with order.recipient. */
static void put_recipient(const struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_order *order)
{
	if (order->head.has_recipient && merit_order_recipient_is_erased(&ledger->model, order, ledger->group_ms))
		merit_put_text(out, "recipient", MERIT_TEXT("erased"));
	else
		merit_put_flag(out, "recipient", order->head.has_recipient != 0);
}

static void put_order_fields(const struct merit_ledger *ledger, struct merit_buffer *out,
                             const struct merit_caller *caller, struct merit_text name, const struct merit_order *order)
{
	merit_put_text(out, "order", name);
	merit_put_text(out, "member", merit_name_text(&order->head.member));
	merit_put_word(out, "state", MERIT_TYPE_ORDER_STATE, merit_order_is_over(order) ? STATE_ENDED : STATE_OPEN);
	merit_put_integer(out, "placed", order->head.placed_ms);
	if (order->head.deadline_ms != 0)
		merit_put_integer(out, "deadline", order->head.deadline_ms);
	if (order->head.shipped_ms != 0)
		merit_put_integer(out, "shipped", order->head.shipped_ms);
	merit_put_integer(out, "entry", (int64_t)order->head.seq);
	put_recipient(ledger, out, order);
	merit_buffer_put_text(out, ",\"lines\":[");
	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		if (may_see_line(caller, &order->lines[i]))
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
		merit_put_campaign(out, &ledger->model, part->campaign);
		merit_put_day(out, "last_day", part->day);
		merit_put_integer(out, "held", part->held);
		merit_put_integer(out, "captured", part->captured);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

/* How many codes it handed over: order.code has them. */
static void put_codes_count(struct merit_model *model, struct merit_buffer *out, const struct merit_caller *caller,
                            const struct merit_order *order)
{
	int64_t codes = 0;

	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		const struct merit_order_line *line = &order->lines[i];
		if (may_see_line(caller, line) && merit_line_is_code(model, line))
			codes += line->quantity;
	}
	merit_put_integer(out, "codes", codes);
}

/* ---- The events of an order ---- */

/* A row of the event's lines: in the entry that placed the order they are numbered by their place. */
static void event_line(const struct merit_entry *event, size_t row, int64_t *line_out, int64_t *quantity_out)
{
	if (event->operation->number == MERIT_OP_ORDER_PLACE) {
		*line_out = (int64_t)row;
		*quantity_out =
			event->values[PLACE_LINES].cells[row * PLACE_LINE_COLUMNS + PLACE_LINE_QUANTITY].integer;
		return;
	}
	*line_out = event->results[DONE_LINES].cells[row * LINE_COLUMNS + LINE_LINE].integer;
	*quantity_out = event->results[DONE_LINES].cells[row * LINE_COLUMNS + LINE_QUANTITY].integer;
}

static size_t event_lines_count(const struct merit_entry *event)
{
	switch (event->operation->number) {
	case MERIT_OP_ORDER_PLACE: return event->values[PLACE_LINES].row_count;
	case MERIT_OP_ORDER_ERASE: return 0;
	default: return event->results[DONE_LINES].row_count;
	}
}

/* Whether the event is about the whole order, or about a line for the caller's eyes. */
static bool may_see_event(const struct merit_caller *caller, const struct merit_order *order,
                          const struct merit_entry *event)
{
	size_t count = event_lines_count(event);
	int64_t line, quantity;

	for (size_t i = 0; i < count; i++) {
		event_line(event, i, &line, &quantity);
		if (may_see_line(caller, &order->lines[line]))
			return true;
	}
	return count == 0;
}

static void put_event_lines(struct merit_buffer *out, const struct merit_caller *caller,
                            const struct merit_order *order, const struct merit_entry *event)
{
	size_t count = event_lines_count(event);
	int64_t line, quantity;

	merit_buffer_put_text(out, ",\"lines\":[");
	for (size_t i = 0; i < count; i++) {
		event_line(event, i, &line, &quantity);
		if (!may_see_line(caller, &order->lines[line]))
			continue;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_integer(out, "line", line);
		merit_put_integer(out, "quantity", quantity);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

/* What happened, to which lines, and what people wrote with it. */
static void put_happened(struct merit_buffer *out, const struct merit_caller *caller, const struct merit_order *order,
                         const struct merit_entry *event)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_event(out, event);
	put_event_lines(out, caller, order, event);
	merit_put_event_told(out, event);
	merit_buffer_put_char(out, '}');
}

/* The newest of them, the oldest of those first. */
static enum merit_status put_events(struct merit_ledger *ledger, struct merit_buffer *out,
                                    const struct merit_caller *caller, const struct merit_order *order)
{
	struct merit_model *model = &ledger->model;
	uint64_t seqs[MERIT_EVENTS_MAX];
	bool more;
	size_t count = merit_events_find(model, order->head.seq, order->head.last_event, seqs, &more);
	enum merit_status status = MERIT_OK;
	struct merit_arena arena = { 0 }; /* the order itself lies in scratch */
	struct merit_entry event;

	merit_put_flag(out, "more", more);
	merit_buffer_put_text(out, ",\"events\":[");
	while (count > 0 && status == MERIT_OK) {
		merit_arena_reset(&arena);
		status = merit_event_read(model, seqs[--count], &arena, &event);
		if (status == MERIT_OK && may_see_event(caller, order, &event))
			put_happened(out, caller, order, &event);
	}
	merit_buffer_put_char(out, ']');
	merit_arena_free(&arena);
	return status;
}

/* ---- order.get, order.list: answers ---- */

enum merit_status merit_query_order(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_order order;

	if (!merit_model_order(&ledger->model, values[0].text, &order) || order.head.cancelled_unknown ||
	    !may_see(caller, &order))
		return MERIT_ORDER_UNKNOWN;
	merit_buffer_put_char(out, '{');
	put_order_fields(ledger, out, caller, values[0].text, &order);
	put_codes_count(&ledger->model, out, caller, &order);
	if (caller->role != MERIT_ROLE_MERCHANT)
		put_parts(ledger, out, &order);
	enum merit_status status = put_events(ledger, out, caller, &order);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return status == MERIT_OK ? merit_state_failure(ledger->model.state) : status;
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
	put_order_fields(list->ledger, list->out, list->caller, name, &order);
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
	memcpy(prefix, merit_model_holder_key(model, holder->number, 0).data, sizeof(prefix));
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
