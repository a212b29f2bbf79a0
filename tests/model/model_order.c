/* model_order.c - see model.h: what becomes of an order's lines. */
#include "tests/model/model.h"

#include <assert.h>

int64_t model_line_can(const struct line *line, enum verb verb)
{
	switch (verb) {
	case RECEIVE: return line->fulfilled - line->received;
	case REFUND: return line->fulfilled;
	case REQUEST: return line->fulfilled - line->requested;
	case DECLINE: return line->requested;
	default: return line->held;
	}
}

static void line_capture(struct order *order, int line, int64_t pieces)
{
	struct line *row = &order->lines[line];
	int64_t points = pieces * row->points;

	row->held -= pieces;
	row->fulfilled += pieces;
	if (model.items[row->item].class_ == SERVICE || model.items[row->item].class_ == CODE)
		row->received = row->fulfilled; /* Who confirms its use, or hands it over, confirms that it arrived. */
	model.items[row->item].reserved -= pieces;
	model.redeemed[model.items[row->item].merchant] += points;
	for (int i = 0; i < order->parts_count; i++) {
		struct part *part = &order->parts[i];
		int64_t taken = part->line != line ? 0 : model_least(part->held, points);
		if (taken == 0)
			continue;
		part->held -= taken;
		part->captured += taken;
		model.campaigns[part->campaign].redeemed += taken;
		model_lot(order->member, part->campaign, part->day)->held -= taken;
		points -= taken;
	}
	assert(points == 0);
}

void model_line_release(struct order *order, int line, int64_t pieces, int64_t then_ms)
{
	struct line *row = &order->lines[line];
	int64_t points = pieces * row->points;

	row->held -= pieces;
	model.items[row->item].reserved -= pieces;
	model.items[row->item].stock += pieces;
	for (int i = order->parts_count - 1; i >= 0; i--) {
		struct part *part = &order->parts[i];
		int64_t given = part->line != line ? 0 : model_least(part->held, points);
		if (given == 0)
			continue;
		struct lot *lot = model_lot(order->member, part->campaign, part->day);
		part->held -= given;
		lot->held -= given;
		points -= given;
		if (part->day < model_day(then_ms))
			model_die(part->campaign, given);
		else
			lot->available += given;
	}
	assert(points == 0);
}

/* Where points of a part go when they come back. */
static void part_refund(const struct order *order, const struct part *part, int64_t points)
{
	int32_t today = model_day(model.now_ms), day = part->day;

	if (model_is_dead(day) && model.policy == FORFEIT) {
		model_die(part->campaign, points);
		return;
	}
	if (model_is_dead(day))
		day = model.policy == GRACE ? today + GRACE_DAYS : model_last_day(part->campaign, today);
	model_lot(order->member, part->campaign, day)->available += points;
}

static void line_refund(struct order *order, int line, int64_t pieces, bool restock)
{
	struct line *row = &order->lines[line];
	int64_t points = pieces * row->points;

	row->fulfilled -= pieces;
	row->refunded += pieces;
	row->received = model_least(row->received, row->fulfilled);
	row->requested -= model_least(row->requested, pieces);
	if (restock && model.items[row->item].class_ != CODE)
		model.items[row->item].stock += pieces;
	model.redeemed[model.items[row->item].merchant] -= points;
	for (int i = order->parts_count - 1; i >= 0; i--) {
		struct part *part = &order->parts[i];
		int64_t given = part->line != line ? 0 : model_least(part->captured, points);
		if (given == 0)
			continue;
		part->captured -= given;
		model.campaigns[part->campaign].redeemed -= given;
		points -= given;
		part_refund(order, part, given);
	}
	assert(points == 0);
}

static void line_change(struct order *order, int line, enum verb verb, int64_t pieces, bool restock)
{
	switch (verb) {
	case FULFIL: line_capture(order, line, pieces); break;
	case CANCEL: model_line_release(order, line, pieces, model.now_ms); break;
	case REFUND: line_refund(order, line, pieces, restock); break;
	case RECEIVE: order->lines[line].received += pieces; break;
	case REQUEST: order->lines[line].requested += pieces; break;
	case DECLINE: order->lines[line].requested -= pieces; break;
	}
}

void model_lines(struct order *order, enum verb verb, const int64_t pieces[LINES], bool restock)
{
	struct order before = *order;

	model_begin(model_today());
	for (int i = 0; i < order->lines_count; i++) {
		if (pieces[i] > 0)
			line_change(order, i, verb, pieces[i], restock);
	}
	if (verb == FULFIL)
		order->shipped_ms = model.now_ms;
	model_sell(&before, order);
	model_sales_due(order, verb != REFUND);
	model_end();
}
