/* query_forecast.c - a member on a day to come, if nothing is done until then: what happens by itself and what is left.
 *
 * Lots die, awards mature, orders whose points are still held lapse. It happens here to a copy of the member's row, in
 * the order and by the rules by which it will happen to the row itself (op_expire.c, op_award.c, op_order.c). */
#include <stdlib.h>
#include <string.h>

#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/op_common.h"
#include "ledger/query_inner.h"

/* An order that lapses, or an award that matures. */
struct coming {
	struct merit_text due; /* its key in the due table: things happen in the order of these */
	int64_t due_ms;
	enum merit_due kind;
	uint64_t seq; /* of the award's earn */
	struct merit_text order;
};

struct forecast {
	struct merit_model *model;
	struct merit_text name;
	struct merit_member *member;
	int32_t day;
	int64_t end_ms;            /* of the day: before it things happen */
	struct merit_text prefix;  /* of the keys being walked: the member's number */
	struct merit_buffer found; /* of struct coming */
	struct merit_arena order;  /* for the one being looked at: a member may have had very many */
	struct merit_buffer *out;
	enum merit_status status;
};

/* ---- What is to come ---- */

static void coming_add(struct forecast *forecast, struct coming coming, struct merit_text name)
{
	coming.due = merit_model_due_key(forecast->model, coming.due_ms, coming.kind, name);
	merit_buffer_put(&forecast->found, &coming, sizeof(coming));
}

static bool is_members(const struct forecast *forecast, const void *key, size_t key_size)
{
	return key_size > forecast->prefix.size && memcmp(key, forecast->prefix.data, forecast->prefix.size) == 0;
}

static bool award_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct forecast *forecast = context;

	(void)value;
	(void)size;
	if (!is_members(forecast, key, key_size))
		return false;
	uint64_t seq = merit_model_key_number((const char *)key + 8);
	const struct merit_award *award = merit_model_award(forecast->model, seq);
	if (award->state == MERIT_AWARD_MATURING && award->due_ms < forecast->end_ms)
		coming_add(forecast, (struct coming){ .due_ms = award->due_ms, .kind = MERIT_DUE_MATURE, .seq = seq },
		           merit_model_award_name(forecast->model, seq));
	return true;
}

static bool is_held(const struct merit_order *order)
{
	for (uint32_t i = 0; i < order->head.parts_count; i++) {
		if (order->parts[i].held > 0)
			return true;
	}
	return false;
}

/* Whether the order lapses by then, and when. */
static bool lapses(struct forecast *forecast, struct merit_text name, int64_t *due_ms_out)
{
	struct merit_model *model = forecast->model;
	struct merit_arena scratch = model->scratch;
	struct merit_order order;

	merit_arena_reset(&forecast->order);
	model->scratch = forecast->order;
	bool is_coming =
		merit_model_order(model, name, &order) && is_held(&order) && order.head.deadline_ms < forecast->end_ms;
	if (is_coming)
		*due_ms_out = order.head.deadline_ms;
	forecast->order = model->scratch;
	model->scratch = scratch;
	return is_coming;
}

static bool order_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct forecast *forecast = context;
	int64_t due_ms = 0;

	if (!is_members(forecast, key, key_size))
		return false;
	if (!lapses(forecast, (struct merit_text){ value, size }, &due_ms))
		return true;
	struct merit_text name = { merit_arena_copy(&forecast->model->scratch, value, size), size };
	if (name.data == NULL) {
		forecast->status = MERIT_NO_MEMORY;
		return false;
	}
	coming_add(forecast, (struct coming){ .due_ms = due_ms, .kind = MERIT_DUE_ORDER_LAPSE, .order = name }, name);
	return true;
}

static int by_due(const void *left, const void *right)
{
	return merit_text_order(((const struct coming *)left)->due, ((const struct coming *)right)->due);
}

/* Fills forecast->found, in the order in which it happens. */
static void coming_find(struct forecast *forecast)
{
	const struct merit_holder *holder = &forecast->member->head.holder;
	struct merit_model *model = forecast->model;

	if (holder->balance[MERIT_PENDING] != 0) {
		forecast->prefix = merit_model_number_key(model, holder->number);
		merit_state_scan(model->state, MERIT_TABLE_MEMBER_AWARD, forecast->prefix.data, forecast->prefix.size,
		                 award_visit, forecast);
	}
	if (holder->balance[MERIT_HELD] != 0) {
		forecast->prefix = (struct merit_text){ merit_model_holder_key(model, holder->number, 0).data, 4 };
		merit_state_scan(model->state, MERIT_TABLE_MEMBER_ORDER, forecast->prefix.data, forecast->prefix.size,
		                 order_visit, forecast);
	}
	if (forecast->found.bad)
		forecast->status = MERIT_NO_MEMORY;
	else if (forecast->found.size > 0)
		qsort(forecast->found.data, forecast->found.size / sizeof(struct coming), sizeof(struct coming),
		      by_due);
}

/* ---- What it does ---- */

static void post(struct forecast *forecast, enum merit_account account, struct merit_text campaign, int32_t day,
                 int64_t amount)
{
	struct merit_posting posting = {
		.account = account, .holder = forecast->name, .campaign = campaign, .day = day, .amount = amount
	};

	if (amount != 0 && forecast->status == MERIT_OK &&
	    !merit_member_apply(forecast->model, forecast->member, &posting, 1))
		forecast->status = MERIT_NO_MEMORY;
}

static void tell(struct forecast *forecast, int32_t day, const char *what, struct merit_text campaign, int32_t last_day,
                 int64_t points)
{
	struct merit_buffer *out = forecast->out;

	if (points == 0)
		return;
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_day(out, "day", day);
	merit_put_text(out, "what", merit_text_of(what));
	merit_put_integer(out, "points", points);
	merit_put_text(out, "campaign", campaign);
	merit_put_day(out, "last_day", last_day);
	merit_buffer_put_char(out, '}');
}

/* Of the lots with points to lose the one that dies first; NULL when none does by the day. They stand in that order. */
static const struct merit_lot *dying_lot(const struct forecast *forecast)
{
	const struct merit_member *member = forecast->member;

	for (size_t i = 0; i < member->head.lots_count && member->lots[i].day <= forecast->day; i++) {
		if (member->lots[i].available > 0) /* nothing is in the lot without a day */
			return &member->lots[i];
	}
	return NULL;
}

static void lot_die(struct forecast *forecast, struct merit_lot lot)
{
	struct merit_text campaign = merit_model_campaign_name(forecast->model, lot.campaign);

	post(forecast, MERIT_ACCOUNT_MEMBER, campaign, lot.day, -lot.available);
	tell(forecast, lot.day, "expire", campaign, lot.day, lot.available);
}

/* What is held goes back to its lots; where they are over by then it dies at once. */
static void order_lapse(struct forecast *forecast, const struct coming *coming)
{
	struct merit_model *model = forecast->model;
	int32_t day = merit_model_day(model, coming->due_ms);
	struct merit_order order;

	if (!merit_model_order(model, coming->order, &order))
		return;
	for (uint32_t i = 0; i < order.head.parts_count; i++) {
		const struct merit_order_part *part = &order.parts[i];
		struct merit_text campaign = merit_model_campaign_name(model, part->campaign);
		bool is_over = part->day < day;
		post(forecast, MERIT_ACCOUNT_HELD, campaign, part->day, -part->held);
		if (!is_over)
			post(forecast, MERIT_ACCOUNT_MEMBER, campaign, part->day, part->held);
		tell(forecast, day, is_over ? "expire" : "lapse", campaign, part->day, part->held);
	}
}

/* The award's points pay down what is owed, and are the member's from its day on. */
static void award_mature(struct forecast *forecast, const struct coming *coming, const struct merit_entry *earn)
{
	struct merit_model *model = forecast->model;
	struct merit_text name = earn->values[EARN_CAMPAIGN].text;
	const struct merit_campaign *campaign = merit_model_campaign(model, name);
	int32_t day = merit_model_day(model, coming->due_ms);
	int32_t occurred_day = merit_model_day(model, earn->values[EARN_OCCURRED].integer);
	int64_t points = earn->results[EARN_PAID].integer;
	int64_t owed = merit_member_debt(forecast->member, campaign->holder.number);
	int64_t repaid = owed < points ? owed : points;

	post(forecast, MERIT_ACCOUNT_PENDING, name, MERIT_DAY_NONE, -points);
	int32_t last_day = merit_landing_day(forecast->member, campaign->holder.number,
	                                     merit_award_last_day(campaign, occurred_day, day), day);
	post(forecast, MERIT_ACCOUNT_DEBT, name, MERIT_DAY_NONE, repaid);
	post(forecast, MERIT_ACCOUNT_MEMBER, name, last_day, points - repaid);
	tell(forecast, day, "repay", name, MERIT_DAY_NONE, repaid);
	tell(forecast, day, "mature", name, last_day, points - repaid);
}

static void coming_happen(struct forecast *forecast, const struct coming *coming)
{
	struct merit_entry earn;

	if (coming->kind == MERIT_DUE_ORDER_LAPSE) {
		order_lapse(forecast, coming);
		return;
	}
	enum merit_status status = merit_event_read(forecast->model, coming->seq, &forecast->model->scratch, &earn);
	if (status == MERIT_OK)
		award_mature(forecast, coming, &earn);
	else
		forecast->status = status;
}

/* Whether a lot's death comes before: at one time kinds happen in the order of their numbers. */
static bool is_first(const struct forecast *forecast, const struct merit_lot *lot, const struct coming *coming)
{
	int64_t end_ms = merit_model_day_end_ms(forecast->model, lot->day);

	return end_ms < coming->due_ms || (end_ms == coming->due_ms && MERIT_DUE_EXPIRE < coming->kind);
}

static void all_happen(struct forecast *forecast)
{
	const struct coming *coming = (const struct coming *)(const void *)forecast->found.data;
	size_t left = forecast->found.size / sizeof(*coming);

	while (forecast->status == MERIT_OK) {
		const struct merit_lot *lot = dying_lot(forecast);
		if (lot != NULL && (left == 0 || is_first(forecast, lot, coming))) {
			lot_die(forecast, *lot);
		} else if (left > 0) {
			coming_happen(forecast, coming++);
			left--;
		} else {
			return;
		}
	}
}

enum merit_status merit_forecast_member(struct merit_model *model, struct merit_text name, int32_t day,
                                        struct merit_buffer *out, struct merit_member *member_out)
{
	struct forecast forecast = {
		.model = model,
		.name = name,
		.member = member_out,
		.day = day,
		.end_ms = merit_model_day_end_ms(model, day),
		.out = out,
	};

	if (!merit_model_member(model, name, 0, member_out))
		return MERIT_MEMBER_UNKNOWN;
	coming_find(&forecast);
	merit_buffer_put_char(out, '[');
	if (forecast.status == MERIT_OK)
		all_happen(&forecast);
	merit_buffer_put_char(out, ']');
	merit_buffer_free(&forecast.found);
	merit_arena_free(&forecast.order);
	return forecast.status == MERIT_OK ? merit_state_failure(model->state) : forecast.status;
}
