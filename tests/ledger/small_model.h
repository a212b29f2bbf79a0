/* small_model.h - where every point is, kept a second time and as plainly as can be: for conservation_test.c.
 *
 * It shares nothing with the ledger but names of statuses: its own lots, debts, budgets, stock, orders and calendar. One
 * model, in one program. */
#ifndef MERIT_TESTS_LEDGER_SMALL_MODEL_H
#define MERIT_TESTS_LEDGER_SMALL_MODEL_H

#include "tests/ledger/steps.h"

#define MEMBERS    8
#define CAMPAIGNS  4
#define MERCHANTS  2
#define ITEMS      4
#define ORDERS     96
#define LINES      3
#define LOTS       200
#define REFERENCES 512
#define NEVER      INT32_MAX
#define LATE_DAYS  20
#define GRACE_DAYS 9
#define HOLD_MS    (90 * 60000LL)
#define RECEIVE_MS (5 * FIXTURE_DAY_MS)
#define OFFSET_MS  (8 * 3600000LL)

/* ---- The small model ---- */

struct lot {
	int campaign;
	int32_t day;
	int64_t available, held;
};
struct part {
	int line, campaign;
	int32_t day;
	int64_t held, captured;
};
struct line {
	int item;
	int64_t points, quantity, held, fulfilled, received, refunded;
};

struct order {
	char name[16];
	int member, lines_count, parts_count;
	int64_t deadline_ms, shipped_ms;
	struct line lines[LINES];
	struct part parts[LOTS];
};

struct earned {
	uint64_t seq;
	int member, campaign;
	int32_t day;
	int64_t points;
	bool is_reversed;
};

static struct model {
	int policy; /* 0 restore, 1 grace, 2 forfeit */
	struct {
		struct lot lots[LOTS];
		int count;
		int64_t debt[CAMPAIGNS];
	} members[MEMBERS];
	struct {
		int64_t budget, expired;
		bool is_closed;
	} campaigns[CAMPAIGNS];
	int64_t granted[2], redeemed[MERCHANTS];
	struct {
		int64_t stock, reserved, points, version;
		bool is_offered;
	} items[ITEMS];
	struct order orders[ORDERS];
	struct earned earned[64];
	bool paid[MEMBERS][CAMPAIGNS][REFERENCES];
	unsigned orders_named;
} model;

/* By campaign: months, whether rounded up to the month's end, contract sponsor, currency, sponsor. */
static const struct {
	int months;
	bool is_rounded, to_sponsor;
	int currency, sponsor;
} terms[CAMPAIGNS] = {
	{ 1, false, true, 0, 0 },
	{ 2, true, false, 0, 1 },
	{ 0, false, true, 0, 0 },
	{ 1, true, true, 1, 1 },
};
static const struct {
	int merchant, currency;
} goods[ITEMS] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { 1, 0 } };

/* ---- Chance ---- */

static uint64_t chance_state;

static uint64_t chance(uint64_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return chance_state % below;
}

/* ---- The calendar, once more: days since 1970-01-01 ---- */

static int32_t day_of(int64_t ms)
{
	return (int32_t)((ms + OFFSET_MS) / FIXTURE_DAY_MS);
}

static bool is_dead(int32_t day, int64_t now_ms)
{
	return day != NEVER && day < day_of(now_ms);
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month] + (month == 1 && is_leap);
}

/* The day so many months on, cut to the month's length, or rounded up to it. */
static int32_t day_add(int32_t day, int months, bool is_rounded)
{
	int year = 1970, month = 0;
	int32_t first = 0, place;

	for (; first + month_days(year, month) <= day; month = (month + 1) % 12, year += month == 0)
		first += month_days(year, month);
	place = day - first;
	for (int i = 0; i < months; i++, month = (month + 1) % 12, year += month == 0)
		first += month_days(year, month);
	return first + (is_rounded || place >= month_days(year, month) ? month_days(year, month) - 1 : place);
}

static int32_t last_day(int campaign, int32_t from)
{
	if (terms[campaign].months == 0)
		return NEVER;
	return day_add(from, terms[campaign].months, terms[campaign].is_rounded);
}

/* ---- Moving points ---- */

static struct lot *lot_of(int member, int campaign, int32_t day)
{
	int count = model.members[member].count, place = 0;
	struct lot *lots = model.members[member].lots;

	while (place < count && (lots[place].day < day || (lots[place].day == day && lots[place].campaign < campaign)))
		place++;
	if (place < count && lots[place].day == day && lots[place].campaign == campaign)
		return &lots[place];
	assert_true(count < LOTS);
	memmove(&lots[place + 1], &lots[place], (size_t)(count - place) * sizeof(lots[0]));
	lots[place] = (struct lot){ campaign, day, 0, 0 };
	model.members[member].count++;
	return &lots[place];
}

static void die(int campaign, int64_t points)
{
	if (terms[campaign].to_sponsor)
		model.granted[terms[campaign].sponsor] -= points;
	else
		model.campaigns[campaign].expired += points;
}

static void lots_tidy(int member, int64_t now_ms)
{
	int kept = 0;

	for (int i = 0; i < model.members[member].count; i++) {
		struct lot *lot = &model.members[member].lots[i];
		if (is_dead(lot->day, now_ms)) {
			die(lot->campaign, lot->available);
			lot->available = 0;
		}
		if (lot->available != 0 || lot->held != 0)
			model.members[member].lots[kept++] = *lot;
	}
	model.members[member].count = kept;
}

/* ---- Orders ---- */

static void line_capture(struct order *order, int line, int64_t pieces)
{
	int64_t points = pieces * order->lines[line].points;

	order->lines[line].held -= pieces;
	order->lines[line].fulfilled += pieces;
	model.items[order->lines[line].item].reserved -= pieces;
	model.redeemed[goods[order->lines[line].item].merchant] += points;
	for (int i = 0; i < order->parts_count; i++) {
		struct part *part = &order->parts[i];
		int64_t taken = part->line != line ? 0 : part->held < points ? part->held : points;
		part->held -= taken;
		part->captured += taken;
		lot_of(order->member, part->campaign, part->day)->held -= taken;
		points -= taken;
	}
	assert_true(points == 0);
}

static void line_release(struct order *order, int line, int64_t pieces)
{
	int64_t points = pieces * order->lines[line].points;

	order->lines[line].held -= pieces;
	model.items[order->lines[line].item].reserved -= pieces;
	model.items[order->lines[line].item].stock += pieces;
	for (int i = order->parts_count - 1; i >= 0; i--) {
		struct part *part = &order->parts[i];
		int64_t given = part->line != line ? 0 : part->held < points ? part->held : points;
		struct lot *lot = lot_of(order->member, part->campaign, part->day);
		part->held -= given;
		lot->held -= given;
		lot->available += given; /* what is dead dies when lots are tidied */
		points -= given;
	}
	assert_true(points == 0);
}

static void line_refund(struct order *order, int line, int64_t pieces, int64_t now_ms, bool restock)
{
	struct line *row = &order->lines[line];
	int64_t points = pieces * row->points;

	row->fulfilled -= pieces;
	row->refunded += pieces;
	row->received = row->received < row->fulfilled ? row->received : row->fulfilled;
	model.items[row->item].stock += restock ? pieces : 0;
	model.redeemed[goods[row->item].merchant] -= points;
	for (int i = order->parts_count - 1; i >= 0; i--) {
		struct part *part = &order->parts[i];
		int64_t given = part->line != line ? 0 : part->captured < points ? part->captured : points;
		int32_t day = part->day;
		if (given == 0)
			continue;
		part->captured -= given;
		points -= given;
		if (is_dead(day, now_ms) && model.policy == 2) {
			die(part->campaign, given);
			continue;
		}
		if (is_dead(day, now_ms))
			day = model.policy == 1 ? day_of(now_ms) + GRACE_DAYS
			                        : last_day(part->campaign, day_of(now_ms));
		lot_of(order->member, part->campaign, day)->available += given;
	}
	assert_true(points == 0);
}

static bool is_over(const struct order *order)
{
	for (int i = 0; i < order->lines_count; i++) {
		if (order->lines[i].held > 0 || order->lines[i].fulfilled > order->lines[i].received)
			return false;
	}
	return true;
}

/* What the clock has made due. */
static void settle(int64_t now_ms)
{
	for (int i = 0; i < ORDERS; i++) {
		struct order *order = &model.orders[i];
		for (int line = 0; line < order->lines_count; line++) {
			struct line *row = &order->lines[line];
			if (order->deadline_ms <= now_ms && row->held > 0)
				line_release(order, line, row->held);
			if (order->shipped_ms != 0 && order->shipped_ms + RECEIVE_MS <= now_ms)
				row->received = row->fulfilled;
		}
	}
	for (int member = 0; member < MEMBERS; member++)
		lots_tidy(member, now_ms);
}

#endif
