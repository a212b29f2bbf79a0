/* model_place.c - see model.h: placing orders: which lots pay for which line, and what forbids it. */
#include "tests/model/model.h"

#include <assert.h>
#include <stddef.h>

/* Pieces of the item that orders of the member hold or gave, in the period in which day lies. */
static int64_t pieces_of(int member, int item, enum period period, int32_t day)
{
	int64_t sum = 0;

	for (int i = 0; i < model.orders_count; i++) {
		const struct order *order = &model.orders[i];
		if (order->lines_count == 0 || order->member != member ||
		    model_period_first(period, model_day(order->placed_ms)) != model_period_first(period, day))
			continue;
		for (int line = 0; line < order->lines_count; line++) {
			if (order->lines[line].item == item && (order->lines[line].counted & 1u << period) != 0)
				sum += order->lines[line].held + order->lines[line].fulfilled;
		}
	}
	return sum;
}

/* Pieces of the item on the order's lines up to and with this one. */
static int64_t asked_until(const struct order *order, int line)
{
	int64_t sum = 0;

	for (int i = 0; i <= line; i++)
		sum += order->lines[i].item == order->lines[line].item ? order->lines[i].quantity : 0;
	return sum;
}

static bool is_over_limit(const struct order *order, int line)
{
	int item = order->lines[line].item;
	int32_t today = model_day(model.now_ms);

	for (enum period period = DAY; period < PERIODS; period++) {
		int64_t most = model.items[item].limits[period];
		if (most != 0 && pieces_of(order->member, item, period, today) + asked_until(order, line) > most)
			return true;
	}
	return false;
}

static bool is_eligible(const struct order *order, int line, const struct lot *lot)
{
	const struct item *item = &model.items[order->lines[line].item];

	return model.campaigns[lot->campaign].currency == item->currency &&
	       model_may_buy(lot->campaign, item->class_, order->member);
}

static int64_t eligible_points(const struct order *order, int line)
{
	const struct member *member = &model.members[order->member];
	int64_t sum = 0;

	for (int i = 0; i < member->lots_count; i++)
		sum += is_eligible(order, line, &member->lots[i]) ? member->lots[i].available : 0;
	return sum;
}

/* The line with the fewest eligible points first, the earliest last day first. False when that is not enough. */
static bool parts_assign(struct order *order)
{
	const struct member *member = &model.members[order->member];
	int64_t taken[LOTS] = { 0 };
	bool is_served[LINES] = { false };

	for (int round = 0; round < order->lines_count; round++) {
		int line = -1;
		for (int i = 0; i < order->lines_count; i++) {
			if (!is_served[i] && (line < 0 || eligible_points(order, i) < eligible_points(order, line)))
				line = i;
		}
		is_served[line] = true;
		int64_t missing = order->lines[line].points * order->lines[line].quantity;
		for (int i = 0; i < member->lots_count && missing > 0; i++) {
			const struct lot *lot = &member->lots[i];
			int64_t part = model_least(lot->available - taken[i], missing);
			if (part == 0 || !is_eligible(order, line, lot))
				continue;
			taken[i] += part;
			missing -= part;
			assert(order->parts_count < PARTS);
			order->parts[order->parts_count++] = (struct part){ line, lot->campaign, lot->day, part, 0 };
		}
		if (missing > 0)
			return false;
	}
	return true;
}

/* ---- The checks, in the order of statuses ---- */

static enum merit_status amounts_wanted(const struct order *order)
{
	bool is_negative = false;

	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].quantity == 0)
			return MERIT_ZERO_AMOUNT;
		is_negative = is_negative || order->lines[i].quantity < 0;
	}
	return is_negative ? MERIT_NEGATIVE_AMOUNT : MERIT_OK;
}

static bool is_barred(const struct order *order, int line)
{
	const struct member *member = &model.members[order->member];
	enum class class_ = model.items[order->lines[line].item].class_;

	for (int i = 0; i < member->lots_count; i++) {
		if (member->lots[i].available > 0 && model_may_buy(member->lots[i].campaign, class_, order->member))
			return false;
	}
	return model_available(order->member) > 0;
}

static bool lacks(const struct place *place, int line, enum merit_status status)
{
	const struct order *order = &place->order;
	const struct item *item = &model.items[order->lines[line].item];

	switch (status) {
	case MERIT_ITEM_CLOSED: return !item->is_offered;
	case MERIT_ITEM_BARRED: return is_barred(order, line);
	case MERIT_PRICE_CHANGED:
		return place->version[line] != item->version || order->lines[line].points != item->points;
	case MERIT_RECIPIENT_MISSING: return item->wants_recipient && !place->has_recipient;
	case MERIT_LIMIT_REACHED: return is_over_limit(order, line);
	default: return asked_until(order, line) > item->stock;
	}
}

enum merit_status model_place_wanted(struct place *place)
{
	static const enum merit_status checks[] = { MERIT_ITEM_CLOSED,       MERIT_ITEM_BARRED,   MERIT_PRICE_CHANGED,
		                                    MERIT_RECIPIENT_MISSING, MERIT_LIMIT_REACHED, MERIT_SHORT_STOCK };
	struct order *order = &place->order;
	enum merit_status fault = amounts_wanted(order);

	if (fault == MERIT_OK && order->member >= model.members_count)
		fault = MERIT_MEMBER_UNKNOWN;
	if (fault == MERIT_OK && place->is_named_again)
		fault = MERIT_ORDER_EXISTS;
	if (fault == MERIT_OK)
		fault = model_member_fault(order->member);
	for (size_t check = 0; fault == MERIT_OK && check < sizeof(checks) / sizeof(checks[0]); check++) {
		for (int i = 0; i < order->lines_count; i++)
			fault = lacks(place, i, checks[check]) ? checks[check] : fault;
	}
	if (fault != MERIT_OK)
		return fault;
	return parts_assign(order) ? MERIT_OK : MERIT_SHORT_POINTS;
}

enum merit_status model_one_piece(int member, int item, int64_t *eligible_out, int64_t *left_out)
{
	const struct item *row = &model.items[item];
	struct place place = { .order = { .member = member, .lines_count = 1 }, .has_recipient = true };

	place.order.lines[0] = (struct line){ .item = item, .points = row->points, .quantity = 1 };
	place.version[0] = row->version;
	*eligible_out = eligible_points(&place.order, 0);
	*left_out = -1;
	for (enum period period = DAY; period < PERIODS; period++) {
		int64_t pieces = pieces_of(member, item, period, model_day(model.now_ms));
		int64_t left = row->limits[period] > pieces ? row->limits[period] - pieces : 0;
		if (row->limits[period] != 0 && (*left_out < 0 || left < *left_out))
			*left_out = left;
	}
	return model_place_wanted(&place);
}

/* ---- Placing ---- */

static void codes_give(int item, int64_t count)
{
	for (int i = 0; i < model.codes_count && count > 0; i++) {
		if (model.codes[i].item != item || model.codes[i].is_given)
			continue;
		model.codes[i].is_given = true;
		count--;
	}
	assert(count == 0);
}

enum merit_status model_place(struct place *place)
{
	struct order *order = &place->order;
	enum merit_status fault = model_place_wanted(place);
	int64_t pieces[LINES] = { 0 };

	if (fault != MERIT_OK)
		return fault;
	order->placed_ms = model.now_ms;
	order->deadline_ms = model.now_ms + HOLD_MS;
	for (int i = 0; i < order->parts_count; i++) {
		struct lot *lot = model_lot(order->member, order->parts[i].campaign, order->parts[i].day);
		lot->available -= order->parts[i].held;
		lot->held += order->parts[i].held;
	}
	for (int i = 0; i < order->lines_count; i++) {
		struct line *line = &order->lines[i];
		line->held = line->quantity;
		line->counted = model.items[line->item].counted;
		line->price = model.items[line->item].price;
		line->due = NO_DAY;
		model.items[line->item].stock -= line->quantity;
		model.items[line->item].reserved += line->quantity;
		if (model.items[line->item].class_ != CODE)
			continue;
		codes_give(line->item, line->quantity);
		pieces[i] = line->quantity;
	}
	assert(model.orders_count < ORDERS);
	struct order *placed = &model.orders[model.orders_count++];
	*placed = *order;
	model_lines(placed, FULFIL, pieces, false); /* Codes are handed over as they are ordered. */
	placed->shipped_ms = 0;
	return MERIT_OK;
}
