/* query_private.c - reads of private data: where an order goes, and its codes. The only answers that hold any.
 *
 * Never  to anybody but whose it is and, for a recipient, who ships there: staff and services see commitments only. */
#include <string.h>

#include "ledger/encode.h"
#include "ledger/order_work.h"
#include "ledger/query_inner.h"

/* The place of "none" among the words of a delivery. */
enum { DELIVERY_NONE };

/* Whether there is something of the line to ship, or shipped and not taken back. */
static bool is_shipped(struct merit_model *model, const struct merit_order_line *line)
{
	return (line->held > 0 || line->fulfilled > 0) &&
	       merit_model_item(model, merit_name_text(&line->item))->delivery != DELIVERY_NONE;
}

/* Whether a merchant may open the order: with a line of its own that must go somewhere. */
static enum merit_status merchant_may(struct merit_model *model, const struct merit_order *order,
                                      struct merit_text merchant)
{
	enum merit_status status = MERIT_ORDER_UNKNOWN;

	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		if (!merit_text_equal(merit_name_text(&order->lines[i].merchant), merchant))
			continue;
		if (is_shipped(model, &order->lines[i]))
			return MERIT_OK;
		status = MERIT_NOT_FOUND; /* nothing that it needs to know */
	}
	return status;
}

/* The order as the caller may open it: a member its own, a merchant one it ships something of. */
static enum merit_status order_find(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    struct merit_text name, struct merit_order *order_out)
{
	if (!merit_model_order(&ledger->model, name, order_out) || order_out->head.cancelled_unknown)
		return MERIT_ORDER_UNKNOWN;
	if (caller->role == MERIT_ROLE_MERCHANT)
		return merchant_may(&ledger->model, order_out, caller->party);
	bool is_own = caller->role == MERIT_ROLE_MEMBER &&
	              merit_text_equal(caller->party, merit_name_text(&order_out->head.member));
	return is_own ? MERIT_OK : MERIT_ORDER_UNKNOWN;
}

/* "name":text, or "erased":true where the bytes are gone. */
static enum merit_status put_private(struct merit_ledger *ledger, const char *name, const struct merit_hash *commitment,
                                     struct merit_buffer *out)
{
	struct merit_buffer bytes = { 0 };
	enum merit_status status = merit_ledger_private(ledger, commitment, &bytes);

	if (status == MERIT_OK)
		merit_put_text(out, name, (struct merit_text){ bytes.data, bytes.size });
	else if (status == MERIT_NOT_FOUND)
		merit_put_flag(out, "erased", true);
	merit_buffer_free(&bytes);
	return status == MERIT_NOT_FOUND ? MERIT_OK : status;
}

/* ---- order.recipient ---- */

enum merit_status merit_query_recipient(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_order order;
	struct merit_hash commitment;
	enum merit_status status = order_find(ledger, caller, values[0].text, &order);

	if (status == MERIT_OK && !order.head.has_recipient)
		status = MERIT_NOT_FOUND;
	if (status != MERIT_OK)
		return status;
	memcpy(commitment.bytes, order.head.recipient, sizeof(commitment.bytes));
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "order", values[0].text);
	/* What was erased says so, even where another order has kept the same bytes under the same commitment since. */
	if (merit_order_recipient_is_erased(&ledger->model, &order, ledger->group_ms))
		merit_put_flag(out, "erased", true);
	else
		status = put_private(ledger, "recipient", &commitment, out);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return status;
}

/* ---- order.code ---- */

/* The codes an order was given: results of the entry that placed it. */
static enum merit_status codes_find(struct merit_ledger *ledger, const struct merit_order *order,
                                    const struct merit_value **codes_out)
{
	struct merit_model *model = &ledger->model;
	struct merit_entry *placed = merit_arena_allocate(&model->scratch, sizeof(*placed));

	if (placed == NULL)
		return MERIT_NO_MEMORY;
	*codes_out = &placed->results[PLACE_CODES];
	return merit_model_entry(model, order->head.seq, &model->scratch, placed);
}

static enum merit_status put_code(struct merit_ledger *ledger, const struct merit_order *order,
                                  const struct merit_value *cells, struct merit_buffer *out)
{
	const struct merit_text hex = cells[CODE_CODE].text;
	int64_t line = cells[CODE_LINE].integer;
	struct merit_hash commitment;
	size_t size;

	if (line >= order->head.lines_count ||
	    !merit_hex_decode(hex.data, hex.size, commitment.bytes, sizeof(commitment.bytes), &size))
		return MERIT_CORRUPT;
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "line", line);
	merit_put_text(out, "item", merit_name_text(&order->lines[line].item));
	enum merit_status status = put_private(ledger, "code", &commitment, out);
	merit_buffer_put_char(out, '}');
	return status;
}

enum merit_status merit_query_code(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *codes = NULL;
	struct merit_order order;
	enum merit_status status = order_find(ledger, caller, values[0].text, &order);

	if (status == MERIT_OK)
		status = codes_find(ledger, &order, &codes);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "order", values[0].text);
	merit_buffer_put_text(out, ",\"codes\":[");
	for (size_t i = 0; codes->present && i < codes->row_count && status == MERIT_OK; i++)
		status = put_code(ledger, &order, &codes->cells[i * CODE_COLUMNS], out);
	merit_buffer_put_char(out, ']');
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return status;
}
