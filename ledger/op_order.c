/* op_order.c - what becomes of an order: fulfil, receive, cancel, refund, and its lapse at the deadline.
 *
 * Each works on lines and quantities. Points follow the pieces within their line: fulfil captures the parts that die first,
 * cancel and lapse release those that live longest, refund gives back what was captured last. So however a line is split
 * into steps, the sums are those of one step. */
#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

/* The places of the words of their types. */
enum { POLICY_RESTORE, POLICY_GRACE, POLICY_FORFEIT };
enum { STATE_OPEN, STATE_ENDED };
enum { CLASS_GOODS, CLASS_SERVICE };

/* An order at work: which lines, and how many pieces of each. */
struct work {
	struct merit_text name, member;
	struct merit_order order;
	struct merit_member holder;            /* refund: the member's row, with the lots this entry brings */
	int64_t pieces[MERIT_ORDER_LINES_MAX]; /* by line; 0 = not touched */
};

typedef int64_t pieces_fn(const struct merit_order_line *line);

static int64_t pieces_held(const struct merit_order_line *line)
{
	return line->held;
}

static int64_t pieces_fulfilled(const struct merit_order_line *line)
{
	return line->fulfilled;
}

/* ---- Reading which lines are meant ---- */

static bool named_amounts_are_free_of(struct merit_entry *entry, const struct merit_value *lines,
                                      enum merit_status fault)
{
	for (size_t i = 0; lines->present && i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		if (merit_amount_fault(cells[LINE_QUANTITY].integer) == fault) {
			merit_refuse_line(entry, fault, cells[LINE_LINE].integer);
			return false;
		}
	}
	return true;
}

static bool named_lines_exist(struct merit_entry *entry, const struct merit_value *lines, const struct work *work)
{
	for (size_t i = 0; i < lines->row_count; i++) {
		int64_t line = lines->cells[i * LINE_COLUMNS + LINE_LINE].integer;
		if (line >= (int64_t)work->order.head.lines_count) {
			merit_refuse_line(entry, MERIT_LINE_UNKNOWN, line);
			return false;
		}
	}
	return true;
}

/* The pieces named, or all that can be meant; over is the status for more than there are. */
static bool pieces_read(struct merit_entry *entry, const struct merit_value *lines, struct work *work, pieces_fn *can,
                        enum merit_status over)
{
	bool any = false;

	for (uint32_t i = 0; !lines->present && i < work->order.head.lines_count; i++) {
		work->pieces[i] = can(&work->order.lines[i]);
		any = any || work->pieces[i] > 0;
	}
	if (!lines->present && !any) {
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
		return false;
	}
	for (size_t i = 0; lines->present && i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		int64_t line = cells[LINE_LINE].integer, there = can(&work->order.lines[line]);
		if (cells[LINE_QUANTITY].integer > there) {
			merit_refuse_line(entry, over, line);
			merit_entry_why(entry, "have", there);
			return false;
		}
	}
	for (size_t i = 0; lines->present && i < lines->row_count; i++) {
		const struct merit_value *cells = &lines->cells[i * LINE_COLUMNS];
		int64_t line = cells[LINE_LINE].integer;
		if (work->pieces[line] != 0) {
			merit_refuse_line(entry, MERIT_LINE_TWICE, line);
			return false;
		}
		work->pieces[line] = cells[LINE_QUANTITY].integer;
	}
	return true;
}

static bool work_start(struct merit_model *model, struct merit_entry *entry, struct merit_text name, struct work *work)
{
	memset(work, 0, sizeof(*work));
	work->name = name;
	if (!merit_model_order(model, name, &work->order) || work->order.head.cancelled_unknown) {
		merit_entry_refuse(entry, MERIT_ORDER_UNKNOWN);
		return false;
	}
	struct merit_text member = merit_name_text(&work->order.head.member);
	work->member = (struct merit_text){ merit_arena_copy(&model->scratch, member.data, member.size), member.size };
	entry->no_memory = entry->no_memory || work->member.data == NULL;
	return !entry->no_memory;
}

/* Start, lines, pieces, in order of precedence; false when the entry has become a refusal. */
static bool work_read(struct merit_model *model, struct merit_entry *entry, struct merit_text name,
                      const struct merit_value *lines, struct work *work, pieces_fn *can, enum merit_status over)
{
	return named_amounts_are_free_of(entry, lines, MERIT_ZERO_AMOUNT) &&
	       named_amounts_are_free_of(entry, lines, MERIT_NEGATIVE_AMOUNT) && work_start(model, entry, name, work) &&
	       (!lines->present || named_lines_exist(entry, lines, work)) && pieces_read(entry, lines, work, can, over);
}

/* ---- Results ---- */

static void results_put(struct merit_model *model, struct merit_entry *entry, const struct work *work)
{
	struct merit_value *cells = merit_arena_allocate(&model->scratch, (size_t)work->order.head.lines_count *
	                                                                          LINE_COLUMNS * sizeof(*cells));
	size_t count = 0;

	if (cells == NULL) {
		entry->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		if (work->pieces[i] == 0)
			continue;
		cells[count * LINE_COLUMNS + LINE_LINE] = (struct merit_value){ .present = true, .integer = i };
		cells[count * LINE_COLUMNS + LINE_QUANTITY] =
			(struct merit_value){ .present = true, .integer = work->pieces[i] };
		count++;
	}
	merit_entry_result_text(entry, DONE_MEMBER, work->member);
	entry->results[DONE_LINES] = (struct merit_value){ .present = count > 0, .cells = cells, .row_count = count };
	bool over = merit_order_is_over(&work->order);
	entry->results[DONE_STATE] = (struct merit_value){
		.present = true,
		.integer = over ? STATE_ENDED : STATE_OPEN,
		.text = over ? MERIT_TEXT("ended") : MERIT_TEXT("open"),
	};
}

/* ---- Capturing and releasing what is held ---- */

static struct merit_text line_merchant(const struct work *work, uint32_t line)
{
	return merit_name_text(&work->order.lines[line].merchant);
}

/* Captures a line's points, the parts that die first first. */
static void line_capture(struct merit_model *model, struct merit_entry *entry, struct work *work, uint32_t line)
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

static bool is_dead(const struct merit_model *model, const struct merit_entry *entry, int32_t day)
{
	return day != MERIT_DAY_NEVER && entry->time_ms >= merit_model_day_end_ms(model, day);
}

/* Releases a line's points, those that live longest first. What outlived its last day while held dies at once. */
static void line_release(struct merit_model *model, struct merit_entry *entry, struct work *work, uint32_t line)
{
	int64_t points = work->pieces[line] * work->order.lines[line].points;

	for (uint32_t i = work->order.head.parts_count; i-- > 0 && points > 0;) {
		struct merit_order_part *part = &work->order.parts[i];
		if (part->line != line || part->held == 0)
			continue;
		int64_t given = part->held < points ? part->held : points;
		struct merit_text campaign = merit_model_campaign_name(model, part->campaign);
		if (is_dead(model, entry, part->day))
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

static void each_line(struct merit_model *model, struct merit_entry *entry, struct work *work,
                      void (*visit)(struct merit_model *, struct merit_entry *, struct work *, uint32_t))
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		if (work->pieces[i] > 0)
			visit(model, entry, work, i);
	}
}

/* ---- Giving back what was captured ---- */

static int32_t refund_day(const struct merit_model *model, const struct merit_entry *entry,
                          const struct merit_campaign *campaign)
{
	int32_t today = merit_model_day(model, entry->time_ms);

	return model->program.policy == POLICY_GRACE ? today + model->program.grace_days
	                                             : merit_campaign_last_day(campaign, today);
}

/* Where a returned lot lands when the member holds as many lots as one may: the campaign's next later lot, else its
 * last, else a lot more. One whose day is over lives on only in what is held of it, and is no place to land. */
static int32_t landing_day(const struct merit_member *member, uint32_t campaign, int32_t day, int32_t today)
{
	int32_t last = day;

	if (member->head.lots_count < MERIT_MEMBER_LOTS_MAX)
		return day;
	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign != campaign || member->lots[i].day < today)
			continue;
		last = member->lots[i].day;
		if (last >= day)
			return last;
	}
	return last;
}

static void part_refund(struct merit_model *model, struct merit_entry *entry, struct work *work,
                        const struct merit_order_part *part, int64_t points)
{
	struct merit_text campaign_name = merit_model_campaign_name(model, part->campaign);
	const struct merit_campaign *campaign = merit_model_campaign(model, campaign_name);
	struct merit_text merchant = line_merchant(work, part->line);
	int32_t line = (int32_t)part->line, day = part->day;

	if (is_dead(model, entry, day) && model->program.policy == POLICY_FORFEIT) {
		merit_post_expired(entry, MERIT_ACCOUNT_REDEEMED, merchant, campaign, campaign_name, day, line, points);
		return;
	}
	if (is_dead(model, entry, day))
		day = refund_day(model, entry, campaign);
	day = landing_day(&work->holder, part->campaign, day, merit_model_day(model, entry->time_ms));
	merit_member_lot(&work->holder, day, part->campaign)->available += points;
	merit_entry_post(entry, MERIT_ACCOUNT_REDEEMED, merchant, campaign_name, part->day, line, -points);
	merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, work->member, campaign_name, day, line, points);
}

/* Gives a line's points back, what was captured last first. */
static void line_refund(struct merit_model *model, struct merit_entry *entry, struct work *work, uint32_t line)
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

/* ---- Evolving: pieces from the results, parts from the postings ---- */

static struct merit_order_part *part_of(struct merit_model *model, struct merit_order *order,
                                        const struct merit_posting *posting)
{
	uint32_t campaign = merit_model_campaign(model, posting->campaign)->holder.number;

	for (uint32_t i = 0; i < order->head.parts_count; i++) {
		struct merit_order_part *part = &order->parts[i];
		if ((int32_t)part->line == posting->line && part->campaign == campaign && part->day == posting->day)
			return part;
	}
	assert(!"a posting for a part that the order does not have");
	return NULL;
}

static void parts_follow(struct merit_model *model, struct merit_order *order, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == MERIT_ACCOUNT_HELD)
			part_of(model, order, posting)->held += posting->amount;
		else if (posting->account == MERIT_ACCOUNT_REDEEMED)
			part_of(model, order, posting)->captured += posting->amount;
	}
}

static void stock_change(struct merit_model *model, const struct merit_order_line *line, int64_t stock,
                         int64_t reserved)
{
	struct merit_item *item =
		merit_model_edit(model, MERIT_TABLE_ITEM, merit_name_text(&line->item), sizeof(*item));

	item->stock += stock;
	item->reserved += reserved;
	assert(item->stock >= 0 && item->reserved >= 0);
}

/* The clock of an order: it lapses while something is held, and is received while something shipped is on its way. */
static void dues_follow(struct merit_model *model, struct merit_text name, const struct merit_order *order,
                        int64_t shipped_before_ms)
{
	int64_t wait_ms = model->program.receive_days * MERIT_DAY_MS;
	bool held = false, under_way = false;

	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		held = held || order->lines[i].held > 0;
		under_way = under_way || order->lines[i].fulfilled > order->lines[i].received;
	}
	merit_model_set_due(model, order->head.deadline_ms, MERIT_DUE_ORDER_LAPSE, name, held);
	if (shipped_before_ms != 0 && shipped_before_ms != order->head.shipped_ms)
		merit_model_set_due(model, shipped_before_ms + wait_ms, MERIT_DUE_ORDER_RECEIVE, name, false);
	if (order->head.shipped_ms != 0)
		merit_model_set_due(model, order->head.shipped_ms + wait_ms, MERIT_DUE_ORDER_RECEIVE, name, under_way);
}

/* What happens to the pieces of a line, in decide and in evolve alike. */
typedef void line_fn(struct merit_model *model, struct merit_order_line *line, int64_t pieces);

/* The end of every decide: the order as it will be, and the results. */
static void order_decide(struct merit_model *model, struct merit_entry *entry, struct work *work, line_fn *change)
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++)
		change(model, &work->order.lines[i], work->pieces[i]);
	results_put(model, entry, work);
}

/* stock, reserved: what a piece adds to its item's. */
static void order_evolve(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                         line_fn *change, int stock, int reserved)
{
	const struct merit_value *done = &entry->results[DONE_LINES];
	struct merit_order order;
	bool found = merit_model_order(model, name, &order);

	assert(found);
	int64_t shipped_before_ms = order.head.shipped_ms;
	for (size_t i = 0; i < done->row_count; i++) {
		const struct merit_value *cells = &done->cells[i * LINE_COLUMNS];
		struct merit_order_line *line = &order.lines[cells[LINE_LINE].integer];
		int64_t pieces = cells[LINE_QUANTITY].integer;
		change(model, line, pieces);
		if (stock != 0 || reserved != 0)
			stock_change(model, line, stock * pieces, reserved * pieces);
	}
	parts_follow(model, &order, entry);
	if (entry->operation->number == MERIT_OP_ORDER_FULFIL)
		order.head.shipped_ms = entry->time_ms;
	merit_model_store_order(model, name, &order);
	dues_follow(model, name, &order, shipped_before_ms);
}

/* ---- order.fulfil ---- */

static bool is_service(struct merit_model *model, const struct merit_order_line *line)
{
	const struct merit_item *item = merit_model_item(model, merit_name_text(&line->item));

	return item->class_ == CLASS_SERVICE;
}

static void line_fulfilled(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	line->held -= pieces;
	line->fulfilled += pieces;
	if (is_service(model, line)) /* A service is received when its use is confirmed. */
		line->received += pieces;
}

void merit_decide_order_fulfil(struct merit_model *model, struct merit_entry *entry)
{
	struct work work;

	if (!work_read(model, entry, entry->values[FULFIL_ORDER].text, &entry->values[FULFIL_LINES], &work, pieces_held,
	               MERIT_OVER_HELD))
		return;
	each_line(model, entry, &work, line_capture);
	order_decide(model, entry, &work, line_fulfilled);
}

void merit_evolve_order_fulfil(struct merit_model *model, const struct merit_entry *entry)
{
	order_evolve(model, entry, entry->values[FULFIL_ORDER].text, line_fulfilled, 0, -1);
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
	static const struct merit_value all_lines = { 0 };
	int64_t wait_ms = model->program.receive_days * MERIT_DAY_MS;
	struct work work;

	if (!work_read(model, entry, entry->values[RECEIVE_ORDER].text, &all_lines, &work, pieces_under_way,
	               MERIT_OVER_HELD))
		return;
	if (entry->role == MERIT_ROLE_SYSTEM) {
		if (entry->time_ms < work.order.head.shipped_ms + wait_ms) {
			merit_entry_refuse(entry, MERIT_NOT_DUE);
			return;
		}
		entry->day = merit_model_day(model, work.order.head.shipped_ms + wait_ms);
	}
	order_decide(model, entry, &work, line_received);
}

void merit_evolve_order_receive(struct merit_model *model, const struct merit_entry *entry)
{
	order_evolve(model, entry, entry->values[RECEIVE_ORDER].text, line_received, 0, 0);
}

/* ---- order.cancel, order.lapse ---- */

static void line_released(struct merit_model *model, struct merit_order_line *line, int64_t pieces)
{
	(void)model;
	line->held -= pieces;
}

static void release_decide(struct merit_model *model, struct merit_entry *entry, struct work *work)
{
	each_line(model, entry, work, line_release);
	order_decide(model, entry, work, line_released);
}

void merit_decide_order_cancel(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[CANCEL_ORDER].text;
	struct work work;

	if (!merit_model_has_order(model, name) && !entry->values[CANCEL_LINES].present)
		return; /* Accepted: the name is used up, and the order can no longer come. */
	if (work_read(model, entry, name, &entry->values[CANCEL_LINES], &work, pieces_held, MERIT_OVER_HELD))
		release_decide(model, entry, &work);
}

void merit_evolve_order_cancel(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[CANCEL_ORDER].text;
	struct merit_order order;

	if (merit_model_has_order(model, name)) {
		order_evolve(model, entry, name, line_released, 1, -1);
		return;
	}
	memset(&order, 0, sizeof(order));
	order.head.cancelled_unknown = 1;
	order.head.seq = entry->seq;
	merit_model_store_order(model, name, &order);
}

void merit_decide_order_lapse(struct merit_model *model, struct merit_entry *entry)
{
	static const struct merit_value all_lines = { 0 };
	struct work work;

	if (!work_read(model, entry, entry->values[LAPSE_ORDER].text, &all_lines, &work, pieces_held, MERIT_OVER_HELD))
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
	order_evolve(model, entry, entry->values[LAPSE_ORDER].text, line_released, 1, -1);
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
	if (line->received > line->fulfilled)
		line->received = line->fulfilled;
}

/* Pieces that would go back to the line's item by this line and those before it. */
static int64_t restocked_so_far(const struct work *work, uint32_t line)
{
	const struct merit_order_line *lines = work->order.lines;
	int64_t pieces = 0;

	for (uint32_t i = 0; i <= line; i++) {
		if (merit_text_equal(merit_name_text(&lines[i].item), merit_name_text(&lines[line].item)))
			pieces += work->pieces[i];
	}
	return pieces;
}

static bool stock_has_room(struct merit_model *model, struct merit_entry *entry, const struct work *work)
{
	for (uint32_t i = 0; i < work->order.head.lines_count; i++) {
		const struct merit_item *item = merit_model_item(model, merit_name_text(&work->order.lines[i].item));
		int64_t room = MERIT_AMOUNT_MAX - item->stock - item->reserved;
		if (work->pieces[i] > 0 && restocked_so_far(work, i) > room) {
			merit_refuse_line(entry, MERIT_AMOUNT_RANGE, i);
			return false;
		}
	}
	return true;
}

void merit_decide_order_refund(struct merit_model *model, struct merit_entry *entry)
{
	struct work work;

	if (!work_read(model, entry, entry->values[REFUND_ORDER].text, &entry->values[REFUND_LINES], &work,
	               pieces_fulfilled, MERIT_OVER_FULFILLED) ||
	    (restocks(entry) && !stock_has_room(model, entry, &work)))
		return;
	bool found = merit_model_member(model, work.member, work.order.head.parts_count, &work.holder);
	assert(found);
	uint32_t lots_before = work.holder.head.lots_count;
	each_line(model, entry, &work, line_refund);
	uint32_t lots = work.holder.head.lots_count;
	if (lots > lots_before && lots + work.holder.head.debts_count > MERIT_MEMBER_ROWS_MAX)
		merit_entry_refuse(entry, MERIT_TOO_MANY_LOTS);
	else
		order_decide(model, entry, &work, line_refunded);
}

void merit_evolve_order_refund(struct merit_model *model, const struct merit_entry *entry)
{
	order_evolve(model, entry, entry->values[REFUND_ORDER].text, line_refunded, restocks(entry), 0);
}
