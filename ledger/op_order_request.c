/* op_order_request.c - what is asked about an order that was fulfilled, and what is erased of it. */
#include <assert.h>

#include "ledger/code_pool.h"
#include "ledger/op.h"
#include "ledger/order_work.h"

/* ---- order.refund_request ---- */

static int64_t pieces_not_requested(const struct merit_order_line *line)
{
	return line->fulfilled - line->requested;
}

static void line_requested(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->requested += pieces;
}

void merit_decide_order_refund_request(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order_work work;

	if (merit_order_work_read(model, entry, entry->values[REQUEST_ORDER].text, &entry->values[REQUEST_LINES], &work,
	                          pieces_not_requested, MERIT_OVER_FULFILLED))
		merit_order_decide(model, entry, &work, line_requested);
}

void merit_evolve_order_refund_request(struct merit_model *model, const struct merit_entry *entry)
{
	static const struct merit_order_change change = { .line = line_requested };

	merit_order_evolve(model, entry, entry->values[REQUEST_ORDER].text, &change);
}

/* ---- order.refund_decline ---- */

static int64_t pieces_requested(const struct merit_order_line *line)
{
	return line->requested;
}

static void line_declined(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->requested -= pieces;
}

void merit_decide_order_refund_decline(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order_work work;

	if (merit_order_work_read(model, entry, entry->values[DECLINE_ORDER].text, &entry->values[DECLINE_LINES], &work,
	                          pieces_requested, MERIT_OVER_REQUESTED))
		merit_order_decide(model, entry, &work, line_declined);
}

void merit_evolve_order_refund_decline(struct merit_model *model, const struct merit_entry *entry)
{
	static const struct merit_order_change change = { .line = line_declined };

	merit_order_evolve(model, entry, entry->values[DECLINE_ORDER].text, &change);
}

/* ---- order.erase ---- */

static bool has_codes(struct merit_model *model, const struct merit_order *order)
{
	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		if (merit_line_is_code(model, &order->lines[i]))
			return true;
	}
	return false;
}

static bool erases_codes(const struct merit_entry *entry)
{
	return entry->values[ERASE_CODES].present && entry->values[ERASE_CODES].integer;
}

static bool erases_recipient(const struct merit_order *order)
{
	return order->head.has_recipient && (order->head.erased & MERIT_ERASED_RECIPIENT) == 0;
}

static bool erases_something(struct merit_model *model, const struct merit_entry *entry,
                             const struct merit_order *order)
{
	if (erases_recipient(order))
		return true;
	return erases_codes(entry) && (order->head.erased & MERIT_ERASED_CODES) == 0 && has_codes(model, order);
}

void merit_decide_order_erase(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order order;

	if (!merit_model_order(model, entry->values[ERASE_ORDER].text, &order) || order.head.cancelled_unknown)
		merit_entry_refuse(entry, MERIT_ORDER_UNKNOWN);
	else if (erases_codes(entry) && !model->approved) /* A member paid for them. */
		merit_entry_refuse(entry, MERIT_PROPOSAL_REQUIRED);
	else if (!erases_something(model, entry, &order))
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
	else if (order.head.over_ms == 0)
		merit_entry_refuse(entry, MERIT_NOT_DUE);
	else if (entry->role == MERIT_ROLE_SYSTEM) {
		if (entry->time_ms < merit_order_erase_ms(model, &order))
			merit_entry_refuse(entry, MERIT_NOT_DUE);
		else
			entry->day = merit_model_day(model, merit_order_erase_ms(model, &order));
	}
}

/* A code that was named as a recipient, which only who knows its salt can do, stays: somebody may have paid for it. */
static void recipient_erase(struct merit_model *model, const struct merit_order *order)
{
	struct merit_text commitment = { (const char *)order->head.recipient, sizeof(order->head.recipient) };

	if (erases_recipient(order) && merit_model_code(model, commitment) == NULL)
		model->private_erased(model->context, order->head.recipient);
}

/* Tells of the commitments of all codes that the entry which placed the order handed over. */
static void codes_erase(struct merit_model *model, uint64_t placed_seq)
{
	struct merit_entry placed;
	enum merit_status status = merit_model_entry(model, placed_seq, &model->scratch, &placed);

	if (status != MERIT_OK) {
		model->failure = status == MERIT_NOT_FOUND ? MERIT_CORRUPT : status;
		return;
	}
	const struct merit_value *codes = &placed.results[PLACE_CODES];
	for (size_t i = 0; i < codes->row_count; i++) {
		const struct merit_value *code = &codes->cells[i * CODE_COLUMNS + CODE_CODE];
		model->private_erased(model->context, (const uint8_t *)merit_commitment_of(model, code).data);
	}
}

void merit_evolve_order_erase(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[ERASE_ORDER].text;
	struct merit_order order;
	bool found = merit_model_order(model, name, &order);

	assert(found);
	if (model->private_erased != NULL)
		recipient_erase(model, &order);
	if (model->private_erased != NULL && erases_codes(entry))
		codes_erase(model, order.head.seq);
	order.head.erased |= MERIT_ERASED_RECIPIENT;
	if (erases_codes(entry))
		order.head.erased |= MERIT_ERASED_CODES;
	merit_order_keep(model, entry, name, &order, order.head.shipped_ms);
}
