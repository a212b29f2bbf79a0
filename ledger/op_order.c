/* op_order.c - what becomes of an order: fulfil, receive, cancel, refund, and its lapse at the deadline.
 *
 * Each works on lines and quantities. Points follow the pieces within their line: fulfil captures the parts that die
 * first, cancel and lapse release those that live longest, refund gives back what was captured last. So however a line
 * is split into steps, the sums are those of one step. */
#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/eligibility.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/order_work.h"

/* The places of the words of their type. */
enum { POLICY_RESTORE, POLICY_GRACE, POLICY_FORFEIT };

/* ---- Capturing and releasing what is held ---- */

static struct merit_text line_merchant(const struct merit_order_work *work, uint32_t line)
{
	return merit_name_text(&work->order.lines[line].merchant);
}

/* Captures a line's points, the parts that die first first. */
static void line_capture(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                         uint32_t line)
{
	int64_t points = work->pieces[line] * work->order.lines[line].points;

	for (uint32_t i = 0; i < work->order.head.parts_count && points > 0; i++) {
		struct merit_order_part *part = &work->order.parts[i];
		if (part->line != line || part->held == 0)
			continue;
		int64_t taken = part->held < points ? part->held : points;
		struct merit_text campaign = merit_model_campaign_name(model, part->campaign);
		merit_entry_post(entry, MERIT_ACCOUNT_HELD, work->member, campaign, part->day, (int32_t)line, -taken);
		merit_entry_post(entry, MERIT_ACCOUNT_REDEEMED, line_merchant(work, line), campaign, part->day,
		                 (int32_t)line, taken);
		points -= taken;
	}
	assert(points == 0);
}

static bool is_dead(const struct merit_model *model, int64_t time_ms, int32_t day)
{
	return day != MERIT_DAY_NEVER && time_ms >= merit_model_day_end_ms(model, day);
}

/* When points are released: of a lapse, its deadline, whenever it is written. What dies later dies by itself. */
static int64_t release_ms(const struct merit_entry *entry, const struct merit_order_work *work)
{
	return entry->operation->number == MERIT_OP_ORDER_LAPSE ? work->order.head.deadline_ms : entry->time_ms;
}

/* Releases a line's points, those that live longest first. What outlived its last day while held dies at once. */
static void line_release(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                         uint32_t line)
{
	int64_t points = work->pieces[line] * work->order.lines[line].points;

	for (uint32_t i = work->order.head.parts_count; i-- > 0 && points > 0;) {
		struct merit_order_part *part = &work->order.parts[i];
		if (part->line != line || part->held == 0)
			continue;
		int64_t given = part->held < points ? part->held : points;
		struct merit_text campaign = merit_model_campaign_name(model, part->campaign);
		if (is_dead(model, release_ms(entry, work), part->day))
			merit_post_expired(entry, MERIT_ACCOUNT_HELD, work->member,
			                   merit_model_campaign(model, campaign), campaign, part->day, (int32_t)line,
			                   given);
		else {
			merit_entry_post(entry, MERIT_ACCOUNT_HELD, work->member, campaign, part->day, (int32_t)line,
			                 -given);
			merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, work->member, campaign, part->day, (int32_t)line,
			                 given);
		}
		points -= given;
	}
	assert(points == 0);
}

/* ---- Giving back what was captured ---- */

static int32_t refund_day(const struct merit_model *model, const struct merit_entry *entry,
                          const struct merit_campaign *campaign)
{
	int32_t today = merit_model_day(model, entry->time_ms);

	return model->program.policy == POLICY_GRACE ? today + model->program.grace_days
	                                             : merit_campaign_last_day(campaign, today);
}

static void part_refund(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                        const struct merit_order_part *part, int64_t points)
{
	struct merit_text campaign_name = merit_model_campaign_name(model, part->campaign);
	const struct merit_campaign *campaign = merit_model_campaign(model, campaign_name);
	struct merit_text merchant = line_merchant(work, part->line);
	int32_t line = (int32_t)part->line, day = part->day;

	if (is_dead(model, entry->time_ms, day) && model->program.policy == POLICY_FORFEIT) {
		merit_post_expired(entry, MERIT_ACCOUNT_REDEEMED, merchant, campaign, campaign_name, day, line, points);
		return;
	}
	if (is_dead(model, entry->time_ms, day))
		day = refund_day(model, entry, campaign);
	day = merit_landing_day(&work->holder, part->campaign, day, merit_model_day(model, entry->time_ms));
	merit_member_lot(&work->holder, day, part->campaign)->available += points;
	merit_entry_post(entry, MERIT_ACCOUNT_REDEEMED, merchant, campaign_name, part->day, line, -points);
	merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, work->member, campaign_name, day, line, points);
}

/* Gives a line's points back, what was captured last first. */
static void line_refund(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work,
                        uint32_t line)
{
	int64_t points = work->pieces[line] * work->order.lines[line].points;

	for (uint32_t i = work->order.head.parts_count; i-- > 0 && points > 0;) {
		struct merit_order_part *part = &work->order.parts[i];
		if (part->line != line || part->captured == 0)
			continue;
		int64_t given = part->captured < points ? part->captured : points;
		part_refund(model, entry, work, part, given);
		points -= given;
	}
	assert(points == 0);
}

/* ---- order.fulfil ---- */

static void line_fulfilled(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	line->held -= pieces;
	line->fulfilled += pieces;
	if (merit_line_is_service(model, line)) /* A service is received when its use is confirmed. */
		line->received += pieces;
}

void merit_decide_order_fulfil(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order_work work;

	if (!merit_order_work_read(model, entry, entry->values[FULFIL_ORDER].text, &entry->values[FULFIL_LINES], &work,
	                           merit_pieces_held, MERIT_OVER_HELD))
		return;
	merit_order_work_each(model, entry, &work, line_capture);
	merit_order_decide(model, entry, &work, line_fulfilled);
}

void merit_evolve_order_fulfil(struct merit_model *model, const struct merit_entry *entry)
{
	static const struct merit_order_change change = { .line = line_fulfilled, .reserved = -1 };

	merit_order_evolve(model, entry, entry->values[FULFIL_ORDER].text, &change);
}

/* ---- order.receive ---- */

static int64_t pieces_under_way(const struct merit_order_line *line)
{
	return line->fulfilled - line->received;
}

static void line_received(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->received += pieces;
}

void merit_decide_order_receive(struct merit_model *model, struct merit_entry *entry)
{
	int64_t wait_ms = model->program.receive_days * MERIT_DAY_MS;
	struct merit_order_work work;

	if (!merit_order_work_read_all(model, entry, entry->values[RECEIVE_ORDER].text, &work, pieces_under_way))
		return;
	if (entry->role == MERIT_ROLE_SYSTEM) {
		if (entry->time_ms < work.order.head.shipped_ms + wait_ms) {
			merit_entry_refuse(entry, MERIT_NOT_DUE);
			return;
		}
		entry->day = merit_model_day(model, work.order.head.shipped_ms + wait_ms);
	}
	merit_order_decide(model, entry, &work, line_received);
}

void merit_evolve_order_receive(struct merit_model *model, const struct merit_entry *entry)
{
	static const struct merit_order_change change = { .line = line_received };

	merit_order_evolve(model, entry, entry->values[RECEIVE_ORDER].text, &change);
}

/* ---- order.cancel, order.lapse ---- */

static void line_released(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->held -= pieces;
}

static const struct merit_order_change release_change = {
	.line = line_released,
	.stock = 1,
	.reserved = -1,
	.is_undone = true,
};

static void release_decide(struct merit_model *model, struct merit_entry *entry, struct merit_order_work *work)
{
	merit_order_work_each(model, entry, work, line_release);
	merit_order_decide(model, entry, work, line_released);
}

void merit_decide_order_cancel(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[CANCEL_ORDER].text;
	struct merit_order_work work;

	if (!merit_model_has_order(model, name) && !entry->values[CANCEL_LINES].present)
		return; /* Accepted: the name is used up, and the order can no longer come. */
	if (merit_order_work_read(model, entry, name, &entry->values[CANCEL_LINES], &work, merit_pieces_held,
	                          MERIT_OVER_HELD))
		release_decide(model, entry, &work);
}

void merit_evolve_order_cancel(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[CANCEL_ORDER].text;
	struct merit_order order;

	if (merit_model_has_order(model, name)) {
		merit_order_evolve(model, entry, name, &release_change);
		return;
	}
	memset(&order, 0, sizeof(order));
	order.head.cancelled_unknown = 1;
	order.head.seq = entry->seq;
	merit_model_store_order(model, name, &order);
}

void merit_decide_order_lapse(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order_work work;

	if (!merit_order_work_read_all(model, entry, entry->values[LAPSE_ORDER].text, &work, merit_pieces_held))
		return;
	if (entry->time_ms < work.order.head.deadline_ms) {
		merit_entry_refuse(entry, MERIT_NOT_DUE);
		return;
	}
	entry->day = merit_model_day(model, work.order.head.deadline_ms);
	release_decide(model, entry, &work);
}

void merit_evolve_order_lapse(struct merit_model *model, const struct merit_entry *entry)
{
	merit_order_evolve(model, entry, entry->values[LAPSE_ORDER].text, &release_change);
}

/* ---- order.refund ---- */

static bool restocks(const struct merit_entry *entry)
{
	return entry->values[REFUND_RESTOCK].present && entry->values[REFUND_RESTOCK].integer;
}

static void line_refunded(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->fulfilled -= pieces;
	line->refunded += pieces;
	line->requested -= pieces < line->requested ? pieces : line->requested;
	if (line->received > line->fulfilled)
		line->received = line->fulfilled;
}

/* Pieces that would go back to the line's item by this line and those before it. */
static int64_t restocked_so_far(const struct merit_order_work *work, uint32_t line)
{
	const struct merit_order_line *lines = work->order.lines;
	int64_t pieces = 0;

	for (uint32_t i = 0; i <= line; i++) {
		if (merit_text_equal(merit_name_text(&lines[i].item), merit_name_text(&lines[line].item)))
			pieces += work->pieces[i];
	}
	return pieces;
}

static bool stock_has_room(struct merit_model *model, struct merit_entry *entry, const struct merit_order_work *work)
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		const struct merit_item *item = merit_model_item(model, merit_name_text(&work->order.lines[i].item));
		int64_t room = MERIT_AMOUNT_MAX - item->stock - item->reserved;
		if (work->pieces[i] > 0 && item->class_ != MERIT_CLASS_CODE && restocked_so_far(work, i) > room) {
			merit_refuse_line(entry, MERIT_AMOUNT_RANGE, i);
			return false;
		}
	}
	return true;
}

void merit_decide_order_refund(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_order_work work;

	if (!merit_order_work_read(model, entry, entry->values[REFUND_ORDER].text, &entry->values[REFUND_LINES], &work,
	                           merit_pieces_fulfilled, MERIT_OVER_FULFILLED) ||
	    (restocks(entry) && !stock_has_room(model, entry, &work)))
		return;
	bool found = merit_model_member(model, work.member, work.order.head.parts_count, &work.holder);
	assert(found);
	uint32_t lots_before = work.holder.head.lots_count;
	merit_order_work_each(model, entry, &work, line_refund);
	uint32_t lots = work.holder.head.lots_count;
	if (lots > lots_before && lots + work.holder.head.debts_count > MERIT_MEMBER_ROWS_MAX)
		merit_entry_refuse(entry, MERIT_TOO_MANY_LOTS);
	else
		merit_order_decide(model, entry, &work, line_refunded);
}

void merit_evolve_order_refund(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_order_change change = { .line = line_refunded, .stock = restocks(entry), .is_undone = true };

	merit_order_evolve(model, entry, entry->values[REFUND_ORDER].text, &change);
}
