/* ours.c - see run.h: what of the ledger is an item, for each subject. Orders, which later entries change: orders.c. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "recon/list.h"
#include "recon/ours_inner.h"

/* ---- The list ---- */

void merit_items_free(struct merit_items *items)
{
	free(items->items);
	merit_arena_free(&items->arena);
	*items = (struct merit_items){ 0 };
}

enum merit_status merit_collecting_add(struct merit_collecting *collecting, const struct merit_entry *entry,
                                       const struct merit_recon_item *like)
{
	struct merit_items *items = collecting->items;
	struct merit_recon_item item = *like;

	item.line = entry->seq;
	item.day = item.first_day = entry->day;
	item.is_late = merit_collecting_is_late(collecting, entry);
	bool is_shared = like->group.data == like->reference.data; /* an order's: one copy is enough */
	if (!merit_text_keep(&items->arena, like->reference, &item.reference) ||
	    (!is_shared && !merit_text_keep(&items->arena, like->group, &item.group)))
		return MERIT_NO_MEMORY;
	if (is_shared)
		item.group = item.reference;
	struct merit_recon_item *added =
		merit_recon_list_add(&items->items, &items->count, &items->capacity, sizeof(item));
	if (added == NULL)
		return MERIT_NO_MEMORY;
	*added = item;
	return MERIT_OK;
}

/* ---- Late ---- */

static bool takes_late(const void *of, uint64_t seq, int32_t day)
{
	const struct merit_late *late = of;

	return day >= late->first_day && (size_t)(day - late->first_day) < late->count &&
	       seq >= late->from[day - late->first_day];
}

bool merit_collecting_is_late(const struct merit_collecting *collecting, const struct merit_entry *entry)
{
	return takes_late(&collecting->late, entry->seq, entry->day);
}

/* The days before the first one asked for that a live run covers. */
static enum merit_status late_make(struct merit_late *late, const struct merit_history *history, int32_t before)
{
	int32_t first = before;

	for (size_t i = 0; history != NULL && i < history->runs.count; i++) {
		const struct merit_past_run *run = merit_index_at(&history->runs, i);
		if (run->is_here && run->is_live && run->first_day < first)
			first = run->first_day;
	}
	if (first == before)
		return MERIT_OK;
	*late = (struct merit_late){ .first_day = first, .count = (size_t)(before - first) };
	late->from = malloc(late->count * sizeof(*late->from));
	if (late->from == NULL)
		return MERIT_NO_MEMORY;
	memset(late->from, 0xff, late->count * sizeof(*late->from));
	for (size_t i = 0; i < history->runs.count; i++) {
		const struct merit_past_run *run = merit_index_at(&history->runs, i);
		for (int32_t day = run->first_day; run->is_here && run->is_live && day <= run->last_day && day < before;
		     day++)
			late->from[day - first] = run->size;
	}
	return MERIT_OK;
}

/* ---- Whose ---- */

bool merit_collecting_is_party(const struct merit_collecting *collecting, struct merit_text holder)
{
	const struct merit_text *party = &collecting->options->party;

	return party->size == 0 || merit_text_equal(*party, holder);
}

/* Whether what was created with this name is the party's. */
bool merit_collecting_is_owned(const struct merit_collecting *collecting, struct merit_text name)
{
	return collecting->options->party.size == 0 || merit_index_find(&collecting->owned, name) != NULL;
}

static enum merit_status owner_take(void *context, const struct merit_entry *entry)
{
	struct merit_collecting *collecting = context;
	bool is_item = entry->operation->number == MERIT_OP_ITEM_CREATE;
	struct merit_text name = entry->values[is_item ? ITEM_ITEM : CAMPAIGN_CAMPAIGN].text;
	struct merit_text owner = entry->values[is_item ? ITEM_MERCHANT : CAMPAIGN_SPONSOR].text;

	if (!merit_text_equal(owner, collecting->options->party))
		return MERIT_OK;
	return merit_index_get(&collecting->owned, &collecting->arena, name, 1) == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

/* The party's items, or campaigns: orders and earns name those, not whose they are. */
static enum merit_status owned_read(struct merit_collecting *collecting)
{
	bool is_orders = collecting->options->subject == MERIT_SUBJECT_ORDERS;
	const struct merit_scan scan = {
		.operations = { is_orders ? MERIT_OP_ITEM_CREATE : MERIT_OP_CAMPAIGN_CREATE },
		.operations_count = 1,
		.first_day = MERIT_DAY_NONE,
		.last_day = MERIT_DAY_NEVER,
	};

	if (collecting->options->party.size == 0 || (!is_orders && collecting->options->subject != MERIT_SUBJECT_EARNS))
		return MERIT_OK;
	return merit_scan_each(collecting->source, collecting->options->size, &scan, owner_take, collecting, NULL);
}

/* ---- Money ---- */

static bool is_currency(const struct merit_collecting *collecting, const struct merit_posting *posting)
{
	return merit_posting_is_money(posting) &&
	       merit_text_equal(posting->currency, merit_text_of(collecting->options->currency));
}

static void currency_set(struct merit_recon_item *item, struct merit_text currency)
{
	assert(currency.size < sizeof(item->currency));
	memcpy(item->currency, currency.data, currency.size);
}

/* What a merchant is due for the lines of an order, or gives back: its account is credited, which is below zero. */
static enum merit_status fulfilment_take(void *context, const struct merit_entry *entry)
{
	struct merit_collecting *collecting = context;
	struct merit_text order = entry->values[0].text; /* the first parameter of all three */
	enum merit_status status = MERIT_OK;

	assert((int)PLACE_ORDER == 0 && (int)FULFIL_ORDER == 0 && (int)REFUND_ORDER == 0);
	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account != MERIT_ACCOUNT_MERCHANT || posting->line < 0 ||
		    !is_currency(collecting, posting) || !merit_collecting_is_party(collecting, posting->holder))
			continue;
		bool is_back = posting->amount > 0;
		struct merit_recon_item item = {
			.reference = order,
			.group = order,
			.status = is_back ? MERIT_TEXT("refunded") : MERIT_TEXT("done"),
			.amount = -posting->amount,
			.place = posting->line,
			.kind = is_back ? MERIT_ITEM_REFUND : MERIT_ITEM_PAYMENT,
		};
		currency_set(&item, posting->currency);
		status = merit_collecting_add(collecting, entry, &item);
	}
	return status;
}

static bool concerns_party(const struct merit_collecting *collecting, const struct merit_entry *entry)
{
	if (collecting->options->party.size == 0)
		return true;
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_account_has_holder(posting->account) &&
		    merit_text_equal(posting->holder, collecting->options->party))
			return true;
	}
	return false;
}

/* What the bank knows it by, and the settlement it is of. */
static void bank_names(const struct merit_entry *entry, struct merit_recon_item *item)
{
	switch (entry->operation->number) {
	case MERIT_OP_SPONSOR_DEPOSIT: item->reference = entry->values[DEPOSIT_REFERENCE].text; break;
	case MERIT_OP_SPONSOR_WITHDRAW: item->reference = entry->values[WITHDRAW_REFERENCE].text; break;
	case MERIT_OP_ADJUST_MONEY: item->reference = entry->values[MONEY_REFERENCE].text; break;
	default: item->reference = entry->values[PAY_REFERENCE].text; item->group = entry->values[PAY_SETTLEMENT].text;
	}
}

/* What moves cash: above zero in. */
static enum merit_status cash_take(void *context, const struct merit_entry *entry)
{
	struct merit_collecting *collecting = context;
	enum merit_status status = MERIT_OK;

	if (!concerns_party(collecting, entry))
		return MERIT_OK;
	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account != MERIT_ACCOUNT_CASH || !is_currency(collecting, posting))
			continue;
		struct merit_recon_item item = { .amount = posting->amount, .status = MERIT_TEXT("done") };
		bank_names(entry, &item);
		currency_set(&item, posting->currency);
		status = merit_collecting_add(collecting, entry, &item);
	}
	return status;
}

/* ---- Earns ---- */

/* What takes an earn back: the same reference, below zero. */
static enum merit_status earn_undo(struct merit_collecting *collecting, const struct merit_entry *entry, uint64_t seq,
                                   int64_t points)
{
	struct merit_entry earn;

	merit_arena_reset(&collecting->scratch);
	enum merit_status status = seq < entry->seq
	                                   ? merit_journal_read(collecting->source, seq, &collecting->scratch, &earn)
	                                   : MERIT_BAD_FORMAT;
	if (status != MERIT_OK)
		return status;
	if (earn.operation->number != MERIT_OP_EARN)
		return MERIT_BAD_FORMAT;
	const struct merit_recon_item item = {
		.reference = earn.values[EARN_REFERENCE].text,
		.group = earn.values[EARN_MEMBER].text,
		.status = MERIT_TEXT("refunded"),
		.amount = -points,
		.kind = MERIT_ITEM_REFUND,
	};
	return merit_collecting_is_owned(collecting, earn.values[EARN_CAMPAIGN].text)
	               ? merit_collecting_add(collecting, entry, &item)
	               : MERIT_OK;
}

static enum merit_status award_add(struct merit_collecting *collecting, const struct merit_entry *entry,
                                   struct merit_text reference, struct merit_text member, int64_t points, int32_t place)
{
	const struct merit_recon_item item = {
		.reference = reference, .group = member, .status = MERIT_TEXT("done"), .amount = points, .place = place
	};

	return points == 0 ? MERIT_OK : merit_collecting_add(collecting, entry, &item);
}

/* Both rewards go by who was brought in. */
static enum merit_status referral_add(struct merit_collecting *collecting, const struct merit_entry *entry)
{
	struct merit_text referee = entry->values[REFERRAL_REFEREE].text;

	if (!merit_collecting_is_owned(collecting, entry->results[REFERRAL_CAMPAIGN].text))
		return MERIT_OK;
	enum merit_status status = award_add(collecting, entry, referee, entry->results[REFERRAL_REFERRER].text,
	                                     entry->results[REFERRAL_REFERRER_PAID].integer, 0);
	return status != MERIT_OK ? status
	                          : award_add(collecting, entry, referee, referee,
	                                      entry->results[REFERRAL_REFEREE_PAID].integer, 1);
}

static enum merit_status earn_take(void *context, const struct merit_entry *entry)
{
	struct merit_collecting *collecting = context;
	const struct merit_value *values = entry->values, *results = entry->results;

	switch (entry->operation->number) {
	case MERIT_OP_REVERSE:
		return earn_undo(collecting, entry, (uint64_t)values[REVERSE_ENTRY].integer,
		                 results[REVERSE_POINTS].integer);
	case MERIT_OP_EARN_REVIEW:
		if (!merit_text_equal(values[REVIEW_DECISION].text, MERIT_TEXT("reject")))
			return MERIT_OK;
		return earn_undo(collecting, entry, (uint64_t)values[REVIEW_ENTRY].integer,
		                 results[AWARD_POINTS].integer);
	case MERIT_OP_REFERRAL: return referral_add(collecting, entry);
	default:
		if (!merit_collecting_is_owned(collecting, values[EARN_CAMPAIGN].text))
			return MERIT_OK;
		return award_add(collecting, entry, values[EARN_REFERENCE].text, values[EARN_MEMBER].text,
		                 results[EARN_PAID].integer, 0);
	}
}

/* ---- Collecting ---- */

struct subject {
	enum merit_operation_number operations[MERIT_SCAN_OPERATIONS_MAX];
	size_t operations_count;
	merit_journal_take_fn *take;
	bool is_points;
};

static const struct subject subjects[] = {
	[MERIT_SUBJECT_ORDERS] = { { MERIT_OP_ORDER_PLACE, MERIT_OP_ORDER_FULFIL, MERIT_OP_ORDER_CANCEL,
	                             MERIT_OP_ORDER_LAPSE, MERIT_OP_ORDER_REFUND },
	                           5,
	                           merit_orders_take,
	                           true },
	[MERIT_SUBJECT_FULFILMENTS] = { { MERIT_OP_ORDER_PLACE, MERIT_OP_ORDER_FULFIL, MERIT_OP_ORDER_REFUND },
	                                3,
	                                fulfilment_take,
	                                false },
	[MERIT_SUBJECT_SETTLEMENTS] = { { MERIT_OP_SETTLEMENT_PAY }, 1, cash_take, false },
	[MERIT_SUBJECT_DEPOSITS] = { { MERIT_OP_SPONSOR_DEPOSIT, MERIT_OP_SPONSOR_WITHDRAW }, 2, cash_take, false },
	[MERIT_SUBJECT_EARNS] = { { MERIT_OP_EARN, MERIT_OP_REVERSE, MERIT_OP_EARN_REVIEW, MERIT_OP_REFERRAL },
	                          4,
	                          earn_take,
	                          true },
	[MERIT_SUBJECT_CASH] = { { MERIT_OP_SPONSOR_DEPOSIT, MERIT_OP_SPONSOR_WITHDRAW, MERIT_OP_SETTLEMENT_PAY,
	                           MERIT_OP_ADJUST_MONEY },
	                         4,
	                         cash_take,
	                         false },
};

bool merit_subject_is_points(enum merit_subject subject)
{
	return subjects[subject].is_points;
}

/* Of orders of one party all that were ever placed: what undoes one does not say whose its lines are. */
static struct merit_scan scan_of(const struct merit_ours_options *options, const struct merit_late *late)
{
	const struct subject *subject = &subjects[options->subject];
	bool needs_old = options->subject == MERIT_SUBJECT_ORDERS && options->party.size > 0;
	struct merit_scan scan = {
		.operations_count = subject->operations_count,
		.first_day = needs_old ? MERIT_DAY_NONE : options->first_day - options->slack,
		.last_day = options->last_day + options->slack,
		.takes_too = takes_late,
		.of = late,
	};

	memcpy(scan.operations, subject->operations, sizeof(scan.operations));
	return scan;
}

enum merit_status merit_ours_collect(struct merit_journal *source, const struct merit_ours_options *options,
                                     const struct merit_journal_progress *progress, struct merit_items *items_out)
{
	struct merit_collecting collecting = { .source = source, .options = options, .items = items_out };
	const struct merit_scan scan = scan_of(options, &collecting.late);

	*items_out = (struct merit_items){ 0 };
	enum merit_status status = late_make(&collecting.late, options->history, options->first_day);
	if (status == MERIT_OK)
		status = owned_read(&collecting);
	if (status == MERIT_OK)
		status = merit_scan_each(source, options->size, &scan, subjects[options->subject].take, &collecting,
		                         progress);
	if (status == MERIT_OK && options->subject == MERIT_SUBJECT_ORDERS)
		merit_orders_finish(&collecting);
	merit_index_free(&collecting.owned);
	merit_index_free(&collecting.orders);
	merit_arena_free(&collecting.arena);
	merit_arena_free(&collecting.scratch);
	free(collecting.late.from);
	if (status != MERIT_OK)
		merit_items_free(items_out);
	return status;
}
