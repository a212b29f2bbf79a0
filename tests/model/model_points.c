/* model_points.c - see model.h: lots, debts, and what the clock does to them. */
#include "tests/model/model.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct model model;

void model_reset(enum policy policy, int platform)
{
	memset(&model, 0, sizeof(model));
	model.policy = policy;
	model.platform = platform;
	model.closed_through = NO_DAY;
}

int64_t model_least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- Moving points ---- */

struct lot *model_lot(int member, int campaign, int32_t day)
{
	struct member *row = &model.members[member];
	struct lot *lots = row->lots;
	int place = 0;

	while (place < row->lots_count &&
	       (lots[place].day < day || (lots[place].day == day && lots[place].campaign < campaign)))
		place++;
	if (place < row->lots_count && lots[place].day == day && lots[place].campaign == campaign)
		return &lots[place];
	assert(row->lots_count < LOTS);
	memmove(&lots[place + 1], &lots[place], (size_t)(row->lots_count - place) * sizeof(lots[0]));
	lots[place] = (struct lot){ campaign, day, 0, 0 };
	row->lots_count++;
	return &lots[place];
}

void model_die(int campaign, int64_t points)
{
	struct campaign *row = &model.campaigns[campaign];

	if (row->to_sponsor)
		row->granted -= points;
	else
		row->expired += points;
}

void model_pay_back(int campaign, int64_t points)
{
	struct campaign *row = &model.campaigns[campaign];

	if (row->is_closed)
		row->granted -= points;
	else
		row->budget += points;
}

void model_give(int member, int campaign, int32_t last_day, int64_t points)
{
	struct member *row = &model.members[member];
	int64_t paid_down = model_least(row->debt[campaign], points);

	row->debt[campaign] -= paid_down;
	if (points > paid_down)
		model_lot(member, campaign, last_day)->available += points - paid_down;
}

void model_pay(int member, int campaign, int32_t last_day, int32_t day_for, int64_t points)
{
	model.members[member].earned[model_year(day_for) - FIRST_YEAR] += points;
	model_give(member, campaign, last_day, points);
}

void model_lots_tidy(int member)
{
	struct member *row = &model.members[member];
	int kept = 0;

	for (int i = 0; i < row->lots_count; i++) {
		if (row->lots[i].available != 0 || row->lots[i].held != 0)
			row->lots[kept++] = row->lots[i];
	}
	row->lots_count = kept;
}

int64_t model_held(int member)
{
	int64_t sum = 0;

	for (int i = 0; i < model.members[member].lots_count; i++)
		sum += model.members[member].lots[i].held;
	return sum;
}

int64_t model_available(int member)
{
	int64_t sum = 0;

	for (int i = 0; i < model.members[member].lots_count; i++)
		sum += model.members[member].lots[i].available;
	return sum;
}

int64_t model_pending(int member)
{
	int64_t sum = 0;

	for (int i = 0; i < CAMPAIGNS; i++)
		sum += model.members[member].pending[i];
	return sum;
}

/* ---- What is due ---- */

/* One thing: the earliest first, at one time by kind, of one kind by name. */
enum { LAPSE = 1, ARRIVE = 2, EXPIRE = 3, MATURE = 4, NOTHING = 5 };
struct due {
	int64_t time_ms;
	int kind;
	char name[24];
	int place; /* order, member or award */
};

static void due_offer(struct due *first, int64_t time_ms, int kind, char letter, uint64_t number, int place)
{
	struct due other = { .time_ms = time_ms, .kind = kind, .place = place };

	if (time_ms > first->time_ms || (time_ms == first->time_ms && kind > first->kind))
		return;
	if (letter != 0)
		(void)snprintf(other.name, sizeof(other.name), "%c%llu", letter, (unsigned long long)number);
	else
		(void)snprintf(other.name, sizeof(other.name), "%llu", (unsigned long long)number);
	if (time_ms < first->time_ms || kind < first->kind || strcmp(other.name, first->name) < 0)
		*first = other;
}

static void due_of_orders(struct due *first)
{
	for (int i = 0; i < model.orders_count; i++) {
		const struct order *order = &model.orders[i];
		for (int line = 0; line < order->lines_count; line++) {
			const struct line *row = &order->lines[line];
			if (row->held > 0)
				due_offer(first, order->deadline_ms, LAPSE, 'o', (uint64_t)i, i);
			if (row->fulfilled > row->received)
				due_offer(first, order->shipped_ms + RECEIVE_MS, ARRIVE, 'o', (uint64_t)i, i);
		}
	}
}

static struct due due_first(void)
{
	struct due first = { .time_ms = INT64_MAX, .kind = NOTHING };

	due_of_orders(&first);
	for (int i = 0; i < model.members_count; i++) {
		const struct member *member = &model.members[i];
		for (int lot = 0; lot < member->lots_count; lot++) {
			if (member->lots[lot].available > 0 && member->lots[lot].day != NEVER)
				due_offer(&first, model_day_start_ms(member->lots[lot].day + 1), EXPIRE, 'm',
				          (uint64_t)i, i);
		}
	}
	for (int i = 0; i < model.awards_count; i++) {
		if (model.awards[i].state == MATURING)
			due_offer(&first, model.awards[i].due_ms, MATURE, 0, model.awards[i].seq, i);
	}
	return first;
}

static void lots_die(int member, int32_t day_max)
{
	struct member *row = &model.members[member];

	for (int i = 0; i < row->lots_count && row->lots[i].day <= day_max; i++) {
		model_die(row->lots[i].campaign, row->lots[i].available);
		row->lots[i].available = 0;
	}
	model_lots_tidy(member);
}

static void order_due(struct order *order, const struct due *due)
{
	for (int i = 0; i < order->lines_count; i++) {
		if (due->kind == ARRIVE)
			order->lines[i].received = order->lines[i].fulfilled;
		else if (order->lines[i].held > 0)
			model_line_release(order, i, order->lines[i].held, due->time_ms);
	}
	if (due->kind == ARRIVE)
		model_sales_due(order, true);
}

/* Dated the day on which it fell due; what dies, its last day. */
static void happen(const struct due *due)
{
	model_begin(model_day(due->time_ms) - (due->kind == EXPIRE));
	if (due->kind == EXPIRE)
		lots_die(due->place, model_day(due->time_ms) - 1);
	else if (due->kind == MATURE)
		model_mature(&model.awards[due->place]);
	else
		order_due(&model.orders[due->place], due);
	model_end();
}

/* Rewards that are due, and what closed members got. */
static void follow(void)
{
	for (int i = 0; i < model.members_count; i++) {
		if (model.members[i].due)
			model_referral_pay(i);
		if (!model.members[i].is_closed || model_available(i) == 0)
			continue;
		model_begin(model_today());
		lots_die(i, NEVER);
		model_end();
	}
}

void model_settle(int64_t now_ms)
{
	model_book(model_today());
	model.now_ms = now_ms > model.now_ms ? now_ms : model.now_ms;
	follow();
	for (struct due due = due_first(); due.time_ms <= model.now_ms; due = due_first()) {
		happen(&due);
		follow();
	}
	for (int i = 0; i < model.members_count; i++)
		model_lots_tidy(i);
	model_book(model_today());
}
