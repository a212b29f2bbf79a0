/* op_order_place.c - order.place: prices, limits and stock checked, lots assigned to lines, points and stock held
 * together.
 *
 * A line of class code is over in the same entry: paid, handed over, received. */
#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/code_pool.h"
#include "ledger/eligibility.h"
#include "ledger/money.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/order_means.h"
#include "ledger/order_work.h"

#define MINUTE_MS 60000LL

/* The place of "none" among the words of a delivery. */
enum { DELIVERY_NONE };

/* A line while it is being decided. */
struct line {
	struct merit_text item_name;
	const struct merit_item *item;
	struct merit_name merchant;
	int64_t quantity;
	int64_t points;   /* of all its pieces */
	int64_t eligible; /* of the member's points, those that may buy this */
};

struct placing {
	struct merit_member member; /* not of an order that is foreseen: its means were opened before */
	struct line *lines;
	size_t count;
	struct merit_purses purses;
	int64_t codes; /* pieces of class code */
};

static bool is_code(const struct line *line)
{
	return line->item->class_ == MERIT_CLASS_CODE;
}

static const struct merit_value *cells_of(const struct merit_entry *entry, size_t index)
{
	return &entry->values[PLACE_LINES].cells[index * PLACE_LINE_COLUMNS];
}

static bool amounts_are_free_of(struct merit_entry *entry, size_t count, enum merit_status fault)
{
	for (size_t i = 0; i < count; i++) {
		const struct merit_value *cells = cells_of(entry, i);
		if (merit_amount_fault(cells[PLACE_LINE_QUANTITY].integer) == fault ||
		    merit_amount_fault(cells[PLACE_LINE_POINTS].integer) == fault) {
			merit_refuse_line(entry, fault, (int64_t)i);
			return false;
		}
	}
	return true;
}

static bool lines_read(struct merit_entry *entry, struct placing *placing)
{
	int64_t total = 0;

	if (!amounts_are_free_of(entry, placing->count, MERIT_ZERO_AMOUNT) ||
	    !amounts_are_free_of(entry, placing->count, MERIT_NEGATIVE_AMOUNT))
		return false;
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_value *cells = cells_of(entry, i);
		struct line *line = &placing->lines[i];
		line->item_name = cells[PLACE_LINE_ITEM].text;
		line->quantity = cells[PLACE_LINE_QUANTITY].integer;
		if (!merit_amount_multiply(cells[PLACE_LINE_POINTS].integer, line->quantity, &line->points) ||
		    line->points > MERIT_AMOUNT_MAX - total) {
			merit_refuse_line(entry, MERIT_AMOUNT_RANGE, (int64_t)i);
			return false;
		}
		total += line->points;
	}
	return true;
}

static bool items_find(struct merit_model *model, struct merit_entry *entry, struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		struct line *line = &placing->lines[i];
		line->item = merit_model_item(model, line->item_name);
		if (line->item == NULL) {
			merit_refuse_line(entry, MERIT_ITEM_UNKNOWN, (int64_t)i);
			return false;
		}
		line->merchant = line->item->merchant;
		placing->codes += is_code(line) ? line->quantity : 0;
	}
	return true;
}

/* Pieces of the line's item that this order asks for up to and with this line. */
static int64_t asked_so_far(const struct placing *placing, size_t index)
{
	int64_t quantity = 0;

	for (size_t i = 0; i <= index; i++) {
		if (merit_text_equal(placing->lines[i].item_name, placing->lines[index].item_name))
			quantity += placing->lines[i].quantity;
	}
	return quantity;
}

/* All lines for one status before any line for the next: the list's order of precedence. */
static bool items_offered(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		if (!placing->lines[i].item->offered) {
			merit_refuse_line(entry, MERIT_ITEM_CLOSED, (int64_t)i);
			return false;
		}
	}
	return true;
}

static bool prices_agree(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_item *item = placing->lines[i].item;
		const struct merit_value *cells = cells_of(entry, i);
		if (cells[PLACE_LINE_VERSION].integer != item->version ||
		    cells[PLACE_LINE_POINTS].integer != item->points) {
			merit_refuse_line(entry, MERIT_PRICE_CHANGED, (int64_t)i);
			merit_entry_why(entry, "version", item->version);
			merit_entry_why(entry, "points", item->points);
			return false;
		}
	}
	return true;
}

static bool recipient_suffices(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count && !entry->values[PLACE_RECIPIENT].present; i++) {
		if (placing->lines[i].item->delivery != DELIVERY_NONE) {
			merit_refuse_line(entry, MERIT_RECIPIENT_MISSING, (int64_t)i);
			return false;
		}
	}
	return true;
}

static bool limit_allows(struct merit_model *model, struct merit_entry *entry, const struct placing *placing,
                         size_t index, enum merit_period period)
{
	static const char *const names[MERIT_PERIOD_COUNT] = { "limit_day", "limit_month", "limit_year",
		                                               "limit_lifetime" };
	const struct line *line = &placing->lines[index];
	int64_t left = merit_item_limit_left(model, line->item_name, line->item, entry->values[PLACE_MEMBER].text,
	                                     period, merit_model_day(model, entry->time_ms));

	if (left == INT64_MAX || asked_so_far(placing, index) <= left)
		return true;
	merit_refuse_line(entry, MERIT_LIMIT_REACHED, (int64_t)index);
	merit_entry_why(entry, names[period], line->item->limits.most[period]);
	merit_entry_why(entry, "left", left < 0 ? 0 : left); /* below 0 where the limit came later */
	return false;
}

static bool limits_allow(struct merit_model *model, struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
			if (!limit_allows(model, entry, placing, i, (enum merit_period)period))
				return false;
		}
	}
	return true;
}

static bool stock_suffices(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct merit_item *item = placing->lines[i].item;
		if (asked_so_far(placing, i) > item->stock) {
			merit_refuse_line(entry, MERIT_SHORT_STOCK, (int64_t)i);
			merit_entry_why(entry, "stock", item->stock);
			return false;
		}
	}
	return true;
}

/* ---- Which lots pay for which line ---- */

static bool purses_open(struct merit_model *model, struct merit_entry *entry, struct placing *placing)
{
	int32_t year = merit_day_year(entry->day);
	unsigned classes = 0;

	for (size_t i = 0; i < placing->count; i++)
		classes |= 1u << placing->lines[i].item->class_;
	bool opened = model->means != NULL
	                      ? merit_purses_copy(&model->scratch, &model->means->purses, &placing->purses)
	                      : merit_purses_open(model, entry->values[PLACE_MEMBER].text, &placing->member, year,
	                                          classes, &placing->purses);
	entry->no_memory = entry->no_memory || !opened;
	return opened;
}

/* Whether some of the member's points may buy each line's class, unless there are none at all. */
static bool classes_allowed(struct merit_entry *entry, const struct placing *placing)
{
	const struct merit_purses *purses = &placing->purses;
	unsigned classes = 0;

	for (size_t i = 0; i < purses->count; i++)
		classes |= purses->list[i].classes;
	for (size_t i = 0; purses->count > 0 && i < placing->count; i++) {
		if ((classes & (1u << placing->lines[i].item->class_)) == 0) {
			merit_refuse_line(entry, MERIT_ITEM_BARRED, (int64_t)i);
			return false;
		}
	}
	return true;
}

static void eligible_count(struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++)
		placing->lines[i].eligible = merit_purses_eligible(&placing->purses, placing->lines[i].item);
}

/* Takes a line's points from the lots it may use, the earliest last day first; false when they do not suffice. */
static bool line_take(struct merit_entry *entry, struct placing *placing, size_t index, int64_t *have_out)
{
	struct merit_text name = entry->values[PLACE_MEMBER].text;
	struct line *line = &placing->lines[index];
	int64_t missing = line->points;

	for (size_t i = 0; i < placing->purses.count && missing > 0; i++) {
		struct merit_purse *purse = &placing->purses.list[i];
		if (purse->left == 0 || !merit_purse_may_buy(purse, line->item))
			continue;
		int64_t taken = purse->left < missing ? purse->left : missing;
		merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, name, purse->campaign_name, purse->day, (int32_t)index,
		                 -taken);
		purse->left -= taken;
		purse->is_used = true;
		missing -= taken;
	}
	*have_out = line->points - missing;
	return missing == 0;
}

/* The next line to be served: of those not served, the one with the fewest eligible points; ties in line order. */
static size_t next_line(const struct placing *placing, const bool *served)
{
	size_t best = placing->count;

	for (size_t i = 0; i < placing->count; i++) {
		if (!served[i] &&
		    (best == placing->count || placing->lines[i].eligible < placing->lines[best].eligible))
			best = i;
	}
	return best;
}

static bool lots_assign(struct merit_entry *entry, struct placing *placing)
{
	bool served[MERIT_ORDER_LINES_MAX] = { false };

	for (size_t round = 0; round < placing->count; round++) {
		size_t index = next_line(placing, served);
		int64_t have;
		served[index] = true;
		if (!line_take(entry, placing, index, &have)) {
			merit_refuse_line(entry, MERIT_SHORT_POINTS, (int64_t)index);
			merit_entry_why(entry, "need", placing->lines[index].points);
			merit_entry_why(entry, "have", have);
			merit_entry_why(entry, "eligible", placing->lines[index].eligible);
			return false;
		}
	}
	return true;
}

/* What left the member for lines of class code is its merchants', the rest is held: lot by lot, line by line. */
static void taken_post(struct merit_entry *entry, const struct placing *placing, size_t count, bool codes)
{
	for (size_t i = 0; i < count; i++) {
		struct merit_posting taken = entry->postings[i];
		const struct line *line = &placing->lines[taken.line];
		if (is_code(line) != codes)
			continue;
		merit_entry_post(entry, codes ? MERIT_ACCOUNT_REDEEMED : MERIT_ACCOUNT_HELD,
		                 codes ? merit_name_text(&line->merchant) : taken.holder, taken.campaign, taken.day,
		                 taken.line, -taken.amount);
	}
}

/* Whether the merchants' accounts can take each line's price: goods too, which are fulfilled later. */
static bool dues_fit(struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct line *line = &placing->lines[i];
		if ((__int128)line->quantity * line->item->price_minor > MERIT_MONEY_MAX) {
			merit_refuse_line(entry, MERIT_MONEY_RANGE, (int64_t)i);
			return false;
		}
	}
	return true;
}

/* The money of lines of class code: false when the entry has become a refusal. */
static bool codes_sell(struct merit_model *model, struct merit_entry *entry, const struct placing *placing)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct line *line = &placing->lines[i];
		struct merit_sale sale = {
			.line = (int32_t)i,
			.item = line->item_name,
			.merchant = merit_name_text(&line->merchant),
			.version = line->item->version, /* the one asked for: prices_agree */
			.pieces = line->quantity,
		};
		if (is_code(line) && !merit_post_sale(model, entry, NULL, &sale))
			return false;
	}
	return true;
}

/* ---- The size of later entries ---- */

/* Bytes of a posting beside its campaign's name, and of an account with what stands around it: doc/format.md, section 2. */
#define POSTING_SIZE 40
#define ACCOUNT_SIZE (MERIT_NAME_SIZE_MAX + 32)

/* An upper bound of the longest entry this order can ever cause, from its postings of points alone: a refund of all of
 * it into dead lots. That is four postings a part; three accounts a campaign, two a line's merchant, the member's own.
 * Its sealed line is within it too: a part's money is one posting in place of four, and a line has two, without campaign,
 * in two accounts; a campaign has three accounts, and two postings of what it keeps when the points are forfeit. */
static size_t longest_entry(const struct merit_entry *entry, const struct placing *placing)
{
	size_t lines = entry->values[PLACE_LINES].row_count;
	size_t size = 2048 + lines * (96 + 2 * ACCOUNT_SIZE); /* head, reason, lines in params and results */

	size += merit_purses_campaigns_used(&placing->purses) * 3 * ACCOUNT_SIZE;
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (entry->postings[i].account != MERIT_ACCOUNT_MEMBER)
			size += 4 * (entry->postings[i].campaign.size + POSTING_SIZE);
	}
	return size;
}

/* ---- Deciding ---- */

static void results_put(struct merit_model *model, struct merit_entry *entry, const struct placing *placing)
{
	bool is_over = true;

	for (size_t i = 0; i < placing->count; i++)
		is_over = is_over && is_code(&placing->lines[i]);
	if (!is_over)
		merit_entry_result_integer(entry, PLACE_DEADLINE,
		                           entry->time_ms + model->program.hold_minutes * MINUTE_MS);
	entry->results[PLACE_STATE] = merit_order_state(is_over);
	merit_codes_choose(model, entry);
}

/* Who orders; NULL when the entry has become a refusal. */
static const struct merit_member_head *member_find(struct merit_model *model, struct merit_entry *entry,
                                                   struct placing *placing)
{
	struct merit_text name = entry->values[PLACE_MEMBER].text;

	assert(model->means == NULL || merit_text_equal(model->means->member, name));
	if (model->means != NULL)
		return &model->means->head;
	if (merit_model_member(model, name, 0, &placing->member))
		return &placing->member.head;
	merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
	return NULL;
}

/* Lines, names, and whether the member may order: false when the entry has become a refusal. */
static bool placing_read(struct merit_model *model, struct merit_entry *entry, struct placing *placing)
{
	if (!lines_read(entry, placing))
		return false;
	const struct merit_member_head *head = member_find(model, entry, placing);
	if (head == NULL || !items_find(model, entry, placing))
		return false;
	enum merit_status fault = merit_model_has_order(model, entry->values[PLACE_ORDER].text)
	                                  ? MERIT_ORDER_EXISTS
	                                  : merit_member_fault(head);
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
	return fault == MERIT_OK;
}

void merit_decide_order_place(struct merit_model *model, struct merit_entry *entry)
{
	struct placing placing = { .count = entry->values[PLACE_LINES].row_count };

	placing.lines = merit_arena_allocate(&model->scratch, placing.count * sizeof(placing.lines[0]));
	if (placing.lines == NULL) {
		entry->no_memory = true;
		return;
	}
	if (!placing_read(model, entry, &placing) || !items_offered(entry, &placing) ||
	    !purses_open(model, entry, &placing) || !classes_allowed(entry, &placing) ||
	    !prices_agree(entry, &placing) || !recipient_suffices(entry, &placing) ||
	    !limits_allow(model, entry, &placing) || !stock_suffices(entry, &placing))
		return;
	eligible_count(&placing);
	if (!lots_assign(entry, &placing))
		return;
	size_t taken_count = entry->postings_count;
	taken_post(entry, &placing, taken_count, false);
	taken_post(entry, &placing, taken_count, true);
	if (placing.codes > MERIT_ORDER_CODES_MAX || longest_entry(entry, &placing) > MERIT_ENTRY_SIZE_MAX) {
		merit_entry_refuse(entry, MERIT_ORDER_TOO_LARGE);
		return;
	}
	if (!dues_fit(entry, &placing) || !codes_sell(model, entry, &placing))
		return;
	merit_entry_gather(entry);
	results_put(model, entry, &placing);
}

/* ---- Evolving ---- */

static void line_fill(struct merit_model *model, struct merit_order_line *line, const struct merit_value *cells)
{
	struct merit_text name = cells[PLACE_LINE_ITEM].text;
	struct merit_item *item = merit_model_edit(model, MERIT_TABLE_ITEM, name, sizeof(*item));
	int64_t quantity = cells[PLACE_LINE_QUANTITY].integer;

	line->item = merit_name_of(name);
	line->merchant = item->merchant;
	line->counted = item->counted;
	line->version = (int32_t)cells[PLACE_LINE_VERSION].integer;
	line->points = cells[PLACE_LINE_POINTS].integer;
	line->quantity = quantity;
	line->due_day = MERIT_DAY_NONE;
	if (item->class_ == MERIT_CLASS_CODE) { /* its stock goes with each of the codes */
		line->fulfilled = line->received = quantity;
		return;
	}
	line->held = quantity;
	item->stock -= quantity;
	item->reserved += quantity;
	assert(item->stock >= 0);
}

static void part_add(struct merit_model *model, struct merit_order *order, const struct merit_posting *posting)
{
	struct merit_order_part *part = &order->parts[order->head.parts_count++];

	part->line = (uint32_t)posting->line;
	part->campaign = merit_model_campaign(model, posting->campaign)->holder.number;
	part->day = posting->day;
	if (posting->account == MERIT_ACCOUNT_HELD)
		part->held = posting->amount;
	else
		part->captured = posting->amount;
}

static void parts_fill(struct merit_model *model, struct merit_order *order, const struct merit_entry *entry)
{
	for (uint32_t line = 0; line < order->head.lines_count; line++) {
		for (size_t i = 0; i < entry->postings_count; i++) {
			const struct merit_posting *posting = &entry->postings[i];
			if (posting->account != MERIT_ACCOUNT_MEMBER && !merit_posting_is_money(posting) &&
			    posting->line == (int32_t)line)
				part_add(model, order, posting);
		}
	}
}

static void head_fill(struct merit_model *model, struct merit_order_head *head, const struct merit_entry *entry)
{
	const struct merit_value *recipient = &entry->values[PLACE_RECIPIENT];

	head->member = merit_name_of(entry->values[PLACE_MEMBER].text);
	head->seq = entry->seq;
	head->placed_ms = entry->time_ms;
	head->deadline_ms = entry->results[PLACE_DEADLINE].integer;
	head->lines_count = (uint32_t)entry->values[PLACE_LINES].row_count;
	head->has_recipient = recipient->present;
	if (recipient->present)
		memcpy(head->recipient, merit_commitment_of(model, recipient).data, sizeof(head->recipient));
}

static void member_order_put(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[PLACE_ORDER].text;
	int slot;
	const struct merit_holder *holder =
		merit_model_holder(model, MERIT_ACCOUNT_MEMBER, entry->values[PLACE_MEMBER].text, &slot);
	struct merit_text key = merit_model_holder_key(model, holder->number, entry->seq);

	memcpy(merit_model_edit(model, MERIT_TABLE_MEMBER_ORDER, key, name.size), name.data, name.size);
}

void merit_evolve_order_place(struct merit_model *model, const struct merit_entry *entry)
{
	size_t lines = entry->values[PLACE_LINES].row_count;
	struct merit_order order;

	memset(&order, 0, sizeof(order));
	order.lines = merit_arena_allocate(&model->scratch, lines * sizeof(order.lines[0]));
	order.parts = merit_arena_allocate(&model->scratch, (entry->postings_count + 1) * sizeof(order.parts[0]));
	assert(order.lines != NULL && order.parts != NULL);
	head_fill(model, &order.head, entry);
	for (size_t i = 0; i < lines; i++) {
		line_fill(model, &order.lines[i], &entry->values[PLACE_LINES].cells[i * PLACE_LINE_COLUMNS]);
		merit_order_count(model, &order, &order.lines[i], order.lines[i].quantity);
	}
	merit_codes_give(model, entry);
	parts_fill(model, &order, entry);
	merit_order_keep(model, entry, entry->values[PLACE_ORDER].text, &order, 0);
	member_order_put(model, entry);
}
