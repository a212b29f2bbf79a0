/* random_steps.h - operations by chance, run through the ledger and the small model alike: for conservation_test.c.
 *
 * Many are wrong on purpose. The model says first what the outcome must be. */
#ifndef MERIT_TESTS_LEDGER_RANDOM_STEPS_H
#define MERIT_TESTS_LEDGER_RANDOM_STEPS_H

#include <inttypes.h>

#include "tests/ledger/small_model.h"

/* ---- Operations: the outcome the model wants, then the ledger's ---- */

enum kind { FUND, EARN, REVERSE, PLACE, FULFIL, CANCEL, REFUND, RECEIVE, ITEM, CLOSE, KINDS };

static const char *const kind_names[KINDS] = { "fund",   "earn",   "reverse", "place", "fulfil",
	                                       "cancel", "refund", "receive", "item",  "close" };
static enum kind kind;           /* of the step at hand */
static unsigned accepted[KINDS]; /* a story in which nothing is accepted proves nothing */
static unsigned reversed_late;   /* of the reversals, those of points that were dead */

static void check(struct fixture *f, enum merit_status got, enum merit_status want)
{
	accepted[kind] += got == MERIT_OK;
	if (got != want)
		fail_msg("%s: %s in place of %s\n%s", kind_names[kind], merit_status_word(got), merit_status_word(want),
		         f->reply.data);
}

static void do_fund(struct fixture *f)
{
	int campaign = (int)chance(CAMPAIGNS);
	int64_t points = (int64_t)chance(60000) - 20;
	enum merit_status want = points == 0                           ? MERIT_ZERO_AMOUNT
	                         : points < 0                          ? MERIT_NEGATIVE_AMOUNT
	                         : model.campaigns[campaign].is_closed ? MERIT_CAMPAIGN_CLOSED
	                                                               : MERIT_OK;

	check(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c%d','points':%" PRId64, campaign, points), want);
	if (want != MERIT_OK)
		return;
	model.campaigns[campaign].budget += points;
	model.granted[terms[campaign].sponsor] += points;
}

static enum merit_status earn_wanted(int member, int campaign, int reference, int64_t points, int64_t occurred_ms,
                                     int64_t now_ms, int32_t *day_out)
{
	int32_t today = day_of(now_ms);

	*day_out = last_day(campaign, day_of(occurred_ms));
	if (points <= 0)
		return points == 0 ? MERIT_ZERO_AMOUNT : MERIT_NEGATIVE_AMOUNT;
	if (model.campaigns[campaign].is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	if (occurred_ms > now_ms)
		return MERIT_IN_FUTURE;
	if (today - day_of(occurred_ms) > LATE_DAYS)
		return MERIT_TOO_LATE;
	if (points > 1000)
		return MERIT_OVER_MAXIMUM;
	if (model.paid[member][campaign][reference])
		return MERIT_ALREADY_EARNED;
	if (points > model.campaigns[campaign].budget)
		return MERIT_SHORT_BUDGET;
	return *day_out < today ? MERIT_LOT_EXPIRED : MERIT_OK;
}

static void do_earn(struct fixture *f)
{
	int member = (int)chance(MEMBERS), campaign = (int)chance(CAMPAIGNS), reference = (int)chance(REFERENCES);
	int64_t points = 1 + (int64_t)chance(150); /* small, so that many lots pay for a line */
	int64_t occurred_ms = f->now_ms - (int64_t)chance(8) * FIXTURE_DAY_MS;
	int32_t day;

	if (chance(20) == 0)
		points = chance(2) == 0 ? (int64_t)chance(3) - 1 : 990 + (int64_t)chance(20);
	if (chance(20) == 0)
		occurred_ms = f->now_ms + ((int64_t)chance(60) - 50) * FIXTURE_DAY_MS / 2 + 1;
	if (occurred_ms < FIXTURE_BIRTH_MS)
		occurred_ms = FIXTURE_BIRTH_MS; /* in the window */
	enum merit_status want = earn_wanted(member, campaign, reference, points, occurred_ms, f->now_ms, &day);
	check(f,
	      fixture_call(f, "svc", "earn",
	                   "'member':'m%d','campaign':'c%d','event':'gift','reference':'r%d','occurred':%" PRId64
	                   ",'points':%" PRId64,
	                   member, campaign, reference, occurred_ms, points),
	      want);
	if (want != MERIT_OK)
		return;
	int64_t *debt = &model.members[member].debt[campaign], paid_down = *debt < points ? *debt : points;
	model.paid[member][campaign][reference] = true;
	model.campaigns[campaign].budget -= points;
	*debt -= paid_down;
	lot_of(member, campaign, day)->available += points - paid_down;
	model.earned[chance(64)] =
		(struct earned){ (uint64_t)fixture_integer(f, "seq"), member, campaign, day, points, false };
}

/* An earn to take back; every second time rather one whose points are dead, so that all of it becomes a debt. */
static struct earned *earned_pick(int64_t now_ms)
{
	struct earned *earned = &model.earned[chance(64)];

	for (int i = chance(2) == 0 ? 0 : 20; i < 20; i++) {
		struct earned *other = &model.earned[chance(64)];
		if (other->points != 0 && !other->is_reversed && is_dead(other->day, now_ms))
			return other;
	}
	return earned;
}

static void do_reverse(struct fixture *f)
{
	struct earned *earned = earned_pick(f->now_ms);
	int64_t points = earned->points;
	enum merit_status want = earned->points == 0   ? MERIT_ENTRY_UNKNOWN /* seq 0 is the ledger's birth */
	                         : earned->is_reversed ? MERIT_ALREADY_REVERSED
	                                               : MERIT_OK;

	check(f, fixture_call(f, "svc", "reverse", "'entry':%" PRIu64 ",'reason':'x'", earned->seq), want);
	if (want != MERIT_OK)
		return;
	earned->is_reversed = true;
	reversed_late += is_dead(earned->day, f->now_ms);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < model.members[earned->member].count; i++) {
			struct lot *lot = &model.members[earned->member].lots[i];
			if (lot->campaign != earned->campaign || (lot->day == earned->day) != (round == 0))
				continue;
			int64_t taken = lot->available < points ? lot->available : points;
			lot->available -= taken;
			points -= taken;
		}
	}
	model.members[earned->member].debt[earned->campaign] += points;
	if (model.campaigns[earned->campaign].is_closed)
		model.granted[terms[earned->campaign].sponsor] -= earned->points;
	else
		model.campaigns[earned->campaign].budget += earned->points;
}

/* Lots to lines, or false; taken[] says what each lot gave. */
static bool parts_assign(struct order *order, int64_t taken[LOTS])
{
	struct lot *lots = model.members[order->member].lots;
	int count = model.members[order->member].count;
	bool is_served[LINES] = { false };

	for (int round = 0; round < order->lines_count; round++) {
		int64_t fewest = INT64_MAX;
		int line = -1;
		for (int i = 0; i < order->lines_count; i++) {
			int64_t eligible = 0;
			for (int lot = 0; lot < count; lot++) {
				if (terms[lots[lot].campaign].currency == goods[order->lines[i].item].currency)
					eligible += lots[lot].available;
			}
			if (!is_served[i] && eligible < fewest) {
				fewest = eligible;
				line = i;
			}
		}
		is_served[line] = true;
		int64_t missing = order->lines[line].points * order->lines[line].quantity;
		for (int lot = 0; lot < count; lot++) {
			int64_t left = lots[lot].available - taken[lot], part = left < missing ? left : missing;
			if (terms[lots[lot].campaign].currency != goods[order->lines[line].item].currency || part == 0)
				continue;
			taken[lot] += part;
			missing -= part;
			order->parts[order->parts_count++] =
				(struct part){ line, lots[lot].campaign, lots[lot].day, part, 0 };
		}
		if (missing > 0)
			return false;
	}
	return true;
}

static enum merit_status place_wanted(struct order *order, const int64_t version[LINES], int64_t taken[LOTS])
{
	int64_t asked[ITEMS] = { 0 };

	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].quantity == 0)
			return MERIT_ZERO_AMOUNT;
	}
	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].quantity < 0)
			return MERIT_NEGATIVE_AMOUNT;
	}
	for (int i = 0; i < ORDERS; i++) {
		if (strcmp(model.orders[i].name, order->name) == 0)
			return MERIT_ORDER_EXISTS;
	}
	for (int i = 0; i < order->lines_count; i++) {
		if (!model.items[order->lines[i].item].is_offered)
			return MERIT_ITEM_CLOSED;
	}
	for (int i = 0; i < order->lines_count; i++) {
		if (version[i] != model.items[order->lines[i].item].version)
			return MERIT_PRICE_CHANGED;
	}
	for (int i = 0; i < order->lines_count; i++) {
		asked[order->lines[i].item] += order->lines[i].quantity;
		if (asked[order->lines[i].item] > model.items[order->lines[i].item].stock)
			return MERIT_SHORT_STOCK;
	}
	return parts_assign(order, taken) ? MERIT_OK : MERIT_SHORT_POINTS;
}

/* A place for an order: one that is over and so out of the clock's reach. */
static struct order *order_room(void)
{
	for (int i = 0; i < 8; i++) {
		struct order *order = &model.orders[chance(ORDERS)];
		if (is_over(order))
			return order;
	}
	return NULL;
}

static void do_place(struct fixture *f)
{
	struct order *room = order_room(),
		     order = { .member = (int)chance(MEMBERS), .lines_count = 1 + (int)chance(LINES) };
	int64_t version[LINES], taken[LOTS] = { 0 };
	char lines[512] = "";

	if (room == NULL)
		return;
	if (chance(30) == 0 && model.orders[0].name[0] != '\0')
		memcpy(order.name, model.orders[0].name, sizeof(order.name));
	else
		snprintf(order.name, sizeof(order.name), "o%u", ++model.orders_named);
	for (int i = 0; i < order.lines_count; i++) {
		struct line *line = &order.lines[i];
		line->item = (int)chance(ITEMS);
		line->points = model.items[line->item].points;
		line->quantity = line->held = chance(40) == 0 ? (int64_t)chance(2) - 1 : 1 + (int64_t)chance(4);
		version[i] = model.items[line->item].version + (chance(30) == 0);
		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
		         "%s{'item':'i%d','version':%" PRId64 ",'points':%" PRId64 ",'quantity':%" PRId64 "}",
		         i > 0 ? "," : "", line->item, version[i], line->points, line->quantity);
	}
	enum merit_status want = place_wanted(&order, version, taken);
	check(f,
	      fixture_call(f, "svc", "order.place", "'order':'%s','member':'m%d','lines':[%s]", order.name,
	                   order.member, lines),
	      want);
	if (want != MERIT_OK)
		return;
	order.deadline_ms = f->now_ms + HOLD_MS;
	for (int i = 0; i < model.members[order.member].count; i++) {
		model.members[order.member].lots[i].available -= taken[i];
		model.members[order.member].lots[i].held += taken[i];
	}
	for (int i = 0; i < order.lines_count; i++) {
		model.items[order.lines[i].item].stock -= order.lines[i].quantity;
		model.items[order.lines[i].item].reserved += order.lines[i].quantity;
	}
	*room = order;
}

/* ---- Fulfil, cancel, refund: lines of an order ---- */

static int64_t line_can(const struct line *line, enum kind verb)
{
	if (verb == RECEIVE)
		return line->fulfilled - line->received;
	return verb == REFUND ? line->fulfilled : line->held;
}

/* Named lines as text, and what they ask; or all lines. Returns the outcome. */
static enum merit_status lines_ask(const struct order *order, enum kind verb, int64_t pieces[LINES], char *text,
                                   size_t size)
{
	int count = (int)chance(4), line[3];
	int64_t quantity[3];
	bool any = false;

	text[0] = '\0';
	for (int i = 0; i < order->lines_count && count == 0; i++) {
		pieces[i] = line_can(&order->lines[i], verb);
		any = any || pieces[i] > 0;
	}
	if (count == 0)
		return any ? MERIT_OK : MERIT_NOTHING_TO_DO;
	for (int i = 0; i < count; i++) {
		line[i] = chance(25) == 0 ? (int)chance(LINES + 1) : (int)chance((uint64_t)order->lines_count);
		int64_t can = line[i] < order->lines_count ? line_can(&order->lines[line[i]], verb) : 1;
		quantity[i] =
			chance(15) == 0 ? (int64_t)chance(3) - 1 : 1 + (int64_t)chance((uint64_t)can + (can == 0));
		snprintf(text + strlen(text), size - strlen(text), "%s{'line':%d,'quantity':%" PRId64 "}",
		         i > 0 ? "," : ",'lines':[", line[i], quantity[i]);
	}
	snprintf(text + strlen(text), size - strlen(text), "]");
	for (int i = 0; i < count; i++) {
		if (quantity[i] == 0)
			return MERIT_ZERO_AMOUNT;
	}
	for (int i = 0; i < count; i++) {
		if (quantity[i] < 0)
			return MERIT_NEGATIVE_AMOUNT;
	}
	for (int i = 0; i < count; i++) {
		if (line[i] >= order->lines_count)
			return MERIT_LINE_UNKNOWN;
	}
	for (int i = 0; i < count; i++) {
		if (quantity[i] > line_can(&order->lines[line[i]], verb))
			return verb == REFUND ? MERIT_OVER_FULFILLED : MERIT_OVER_HELD;
	}
	for (int i = 0; i < count; i++) {
		if (pieces[line[i]] != 0)
			return MERIT_LINE_TWICE;
		pieces[line[i]] = quantity[i];
	}
	return MERIT_OK;
}

static const char *verb_method(enum kind verb)
{
	return verb == FULFIL ? "order.fulfil" : verb == CANCEL ? "order.cancel" : "order.refund";
}

/* An order, rather one with pieces the verb can work on. */
static struct order *order_pick(enum kind verb)
{
	struct order *order = NULL;

	for (int i = 0; i < 12; i++) {
		order = &model.orders[chance(ORDERS)];
		for (int line = 0; line < order->lines_count; line++) {
			if (line_can(&order->lines[line], verb) > 0)
				return order;
		}
	}
	return order;
}

static void do_lines(struct fixture *f, enum kind verb)
{
	struct order *order = order_pick(verb);
	int64_t pieces[LINES] = { 0 };
	bool restock = chance(2) == 0;
	char text[256];

	if (order->lines_count == 0)
		return;
	enum merit_status want = lines_ask(order, verb, pieces, text, sizeof(text));
	check(f,
	      fixture_call(f, verb == REFUND ? "ops" : "svc", verb_method(verb), "'order':'%s'%s%s%s", order->name,
	                   text, verb == REFUND ? ",'reason':'x'" : "",
	                   verb == REFUND && restock ? ",'restock':true" : ""),
	      want);
	for (int i = 0; i < order->lines_count && want == MERIT_OK; i++) {
		if (pieces[i] == 0)
			continue;
		if (verb == FULFIL)
			line_capture(order, i, pieces[i]);
		else if (verb == CANCEL)
			line_release(order, i, pieces[i]);
		else
			line_refund(order, i, pieces[i], f->now_ms, restock);
	}
	if (want == MERIT_OK && verb == FULFIL)
		order->shipped_ms = f->now_ms;
}

static void do_receive(struct fixture *f)
{
	struct order *order = order_pick(RECEIVE);
	enum merit_status want = MERIT_NOTHING_TO_DO;

	if (order->lines_count == 0)
		return;
	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].fulfilled > order->lines[i].received)
			want = MERIT_OK;
		order->lines[i].received = order->lines[i].fulfilled;
	}
	check(f, fixture_call(f, "svc", "order.receive", "'order':'%s'", order->name), want);
}

static void do_item(struct fixture *f)
{
	int item = (int)chance(ITEMS);
	int64_t change = (int64_t)chance(40) - 10;
	enum merit_status want = change == 0                            ? MERIT_ZERO_AMOUNT
	                         : model.items[item].stock + change < 0 ? MERIT_SHORT_STOCK
	                                                                : MERIT_OK;

	if (chance(2) == 0) {
		check(f, fixture_call(f, "svc", "item.stock", "'item':'i%d','quantity':%" PRId64, item, change), want);
		model.items[item].stock += want == MERIT_OK ? change : 0;
		return;
	}
	model.items[item].version++;
	model.items[item].points = 1 + (int64_t)chance(80);
	model.items[item].is_offered = chance(8) != 0;
	check(f,
	      fixture_call(f, "ops", "item.update", "'item':'i%d','points':%" PRId64 ",'offered':%s", item,
	                   model.items[item].points, model.items[item].is_offered ? "true" : "false"),
	      MERIT_OK);
}

static void do_close(struct fixture *f)
{
	int campaign = 1 + (int)chance(CAMPAIGNS - 1);
	bool was_closed = model.campaigns[campaign].is_closed;

	check(f, fixture_call(f, "fin", "campaign.close", "'campaign':'c%d'", campaign),
	      was_closed ? MERIT_CAMPAIGN_CLOSED : MERIT_OK);
	model.campaigns[campaign].is_closed = true;
	model.granted[terms[campaign].sponsor] -= model.campaigns[campaign].budget;
	model.campaigns[campaign].budget = 0;
}

#endif
