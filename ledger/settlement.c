/* settlement.c - see settlement.h: when postings to parties fall due, and the batches they fall into. Never decides. */
#include "ledger/settlement.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_LINE_TEXT_SIZE 64 /* room for three numbers, their commas and the newline */

int64_t merit_settlement_total(const struct merit_settlement *settlement)
{
	return settlement->sum + settlement->carried;
}

int64_t merit_settlement_left(const struct merit_settlement *settlement)
{
	int64_t total = merit_settlement_total(settlement);

	return total <= 0 ? 0 : total - settlement->paid;
}

/* ---- A party's chain of batches ---- */

const struct merit_settled *merit_model_settled(struct merit_model *model, uint32_t party, struct merit_text currency)
{
	return merit_model_get(model, MERIT_TABLE_SETTLED, merit_model_currency_key(model, party, currency), NULL);
}

struct merit_settled *merit_model_edit_settled(struct merit_model *model, uint32_t party, struct merit_text currency)
{
	struct merit_text key = merit_model_currency_key(model, party, currency);
	bool is_new = !merit_model_has(model, MERIT_TABLE_SETTLED, key);
	struct merit_settled *row = merit_model_edit(model, MERIT_TABLE_SETTLED, key, sizeof(*row));

	if (is_new)
		row->newest_day = MERIT_DAY_NONE;
	return row;
}

static const struct merit_batch *batch_get(struct merit_model *model, uint32_t party, struct merit_text currency,
                                           int32_t day)
{
	return merit_model_get(model, MERIT_TABLE_BATCH, merit_model_batch_key(model, party, currency, day), NULL);
}

/* The day's batch, put in front of the chain when there is none yet. */
static struct merit_batch *batch_edit(struct merit_model *model, uint32_t party, struct merit_text currency,
                                      int32_t day)
{
	struct merit_text key = merit_model_batch_key(model, party, currency, day);
	struct merit_batch *batch = merit_model_edit(model, MERIT_TABLE_BATCH, key, sizeof(*batch));

	if (batch->number != 0)
		return batch;
	struct merit_settled *chain = merit_model_edit_settled(model, party, currency);
	batch->number = ++model->program.batches;
	merit_model_edit_program(model);
	batch->before_day = chain->newest_day;
	chain->newest_day = day;
	return batch;
}

static void batch_hash_add(struct merit_batch *batch, const struct merit_batch_line *line)
{
	char text[sizeof(batch->hash) + BATCH_LINE_TEXT_SIZE];

	memcpy(text, batch->hash, sizeof(batch->hash));
	int size = snprintf(text + sizeof(batch->hash), BATCH_LINE_TEXT_SIZE, "%llu,%u,%lld\n",
	                    (unsigned long long)line->seq, line->place, (long long)line->amount);
	merit_sha256(text, sizeof(batch->hash) + (size_t)size, batch->hash);
}

/* Adds a line to what falls due for a party on a day. */
static void line_add(struct merit_model *model, struct merit_text party, struct merit_text currency, int32_t day,
                     const struct merit_batch_line *line)
{
	struct merit_batch *batch = batch_edit(model, merit_model_party(model, party)->number, currency, day);
	size_t place = batch->lines_count % MERIT_BATCH_ROW_LINES;
	struct merit_text key = merit_model_pair_key(model, batch->number, batch->lines_count / MERIT_BATCH_ROW_LINES);
	struct merit_batch_line *row =
		merit_model_edit(model, MERIT_TABLE_BATCH_LINES, key, (place + 1) * sizeof(*row));

	row[place] = *line;
	batch->lines_count++;
	batch->sum += line->amount;
	batch_hash_add(batch, line);
}

bool merit_batch_line(struct merit_model *model, const struct merit_batch *batch, uint64_t index,
                      struct merit_batch_line *line_out)
{
	struct merit_text key = merit_model_pair_key(model, batch->number, index / MERIT_BATCH_ROW_LINES);
	const struct merit_batch_line *row = merit_model_get(model, MERIT_TABLE_BATCH_LINES, key, NULL);

	if (row != NULL)
		*line_out = row[index % MERIT_BATCH_ROW_LINES];
	return row != NULL;
}

/* ---- What a settlement takes ---- */

static int compare_days(const void *left, const void *right)
{
	const struct merit_settled_batch *a = left, *b = right;

	return (a->day > b->day) - (a->day < b->day);
}

/* Copies the chain's batches up to the cutoff into rows, unless that is NULL: how many there are. */
static uint32_t chain_copy(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t cutoff,
                           struct merit_settled_batch *rows)
{
	const struct merit_settled *chain = merit_model_settled(model, party, currency);
	int32_t day = chain == NULL ? MERIT_DAY_NONE : chain->newest_day;
	uint32_t count = 0;

	while (day != MERIT_DAY_NONE) {
		const struct merit_batch *batch = batch_get(model, party, currency, day);
		if (batch == NULL) /* a failure of the store, which ends the group */
			return 0;
		if (day <= cutoff && rows != NULL) {
			rows[count].batch = *batch;
			rows[count].batch.before_day = MERIT_DAY_NONE; /* in no chain any more */
			rows[count].day = day;
		}
		count += day <= cutoff;
		day = batch->before_day;
	}
	return count;
}

bool merit_batches_gather(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t cutoff,
                          struct merit_batches *batches_out)
{
	struct merit_batches batches = { .count = chain_copy(model, party, currency, cutoff, NULL) };

	batches.rows = merit_arena_allocate(&model->scratch, (batches.count + 1) * sizeof(batches.rows[0]));
	if (batches.rows == NULL)
		return false;
	(void)chain_copy(model, party, currency, cutoff, batches.rows);
	qsort(batches.rows, batches.count, sizeof(batches.rows[0]), compare_days);
	for (uint32_t i = 0; i < batches.count; i++) {
		batches.lines_count += batches.rows[i].batch.lines_count;
		batches.sum += batches.rows[i].batch.sum;
	}
	*batches_out = batches;
	return true;
}

bool merit_batches_hash(struct merit_model *model, const struct merit_batches *batches, struct merit_hash *hash_out)
{
	char *hashes = merit_arena_allocate(&model->scratch, batches->count * sizeof(hash_out->bytes) + 1);

	if (hashes == NULL)
		return false;
	for (uint32_t i = 0; i < batches->count; i++)
		memcpy(hashes + i * sizeof(hash_out->bytes), batches->rows[i].batch.hash, sizeof(hash_out->bytes));
	merit_sha256(hashes, batches->count * sizeof(hash_out->bytes), hash_out->bytes);
	return true;
}

/* Makes the batch of a day the one before that of behind_day in the chain; behind NONE it is the newest. */
static void chain_link(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t behind_day,
                       int32_t day)
{
	if (behind_day == MERIT_DAY_NONE)
		merit_model_edit_settled(model, party, currency)->newest_day = day;
	else
		batch_edit(model, party, currency, behind_day)->before_day = day;
}

/* Leaves in the chain what is behind the cutoff. */
static void chain_cut(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t cutoff)
{
	int32_t kept_day = MERIT_DAY_NONE, day = merit_model_edit_settled(model, party, currency)->newest_day;

	while (day != MERIT_DAY_NONE) {
		struct merit_text key = merit_model_batch_key(model, party, currency, day);
		const struct merit_batch *batch = batch_get(model, party, currency, day);
		if (batch == NULL) /* a failure of the store, which ends the group */
			return;
		int32_t before_day = batch->before_day;
		if (day <= cutoff) {
			merit_state_delete(model->state, MERIT_TABLE_BATCH, key.data, key.size);
		} else {
			chain_link(model, party, currency, kept_day, day);
			kept_day = day;
		}
		day = before_day;
	}
	chain_link(model, party, currency, kept_day, MERIT_DAY_NONE);
}

void merit_batches_take(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t cutoff,
                        const struct merit_batches *batches, uint32_t settlement)
{
	for (uint32_t i = 0; i < batches->count; i++) {
		struct merit_text key = merit_model_pair_key(model, settlement, i);
		struct merit_settled_batch *row =
			merit_model_add(model, MERIT_TABLE_SETTLEMENT_BATCH, key, sizeof(*row));
		*row = batches->rows[i];
	}
	chain_cut(model, party, currency, cutoff);
}

const struct merit_settled_batch *merit_settlement_batch(struct merit_model *model,
                                                         const struct merit_settlement *settlement, uint32_t place)
{
	return merit_model_get(model, MERIT_TABLE_SETTLEMENT_BATCH,
	                       merit_model_pair_key(model, settlement->number, place), NULL);
}

/* ---- Sales that wait for receipt ---- */

/* Puts a sale or refund in front of the chain of its order's line. */
static void line_wait(struct merit_model *model, struct merit_order_line *line, const struct merit_batch_line *sale)
{
	struct merit_text key = merit_model_pair_key(model, sale->seq, sale->place);
	struct merit_waiting *row = merit_model_add(model, MERIT_TABLE_WAITING, key, sizeof(*row));

	row->before_seq = line->waiting_seq;
	row->before_place = line->waiting_place;
	row->amount = sale->amount;
	line->waiting_seq = sale->seq + 1;
	line->waiting_place = sale->place;
}

/* A sale or refund that falls due. */
struct released {
	struct merit_batch_line sale;
	uint32_t line;
	int32_t day;
};

struct release {
	struct released *rows; /* in scratch */
	size_t count;
};

/* All that waits for the order's lines of which nothing is under way; into rows, unless that is NULL: how many. */
static size_t waiting_copy(struct merit_model *model, const struct merit_order *order, struct released *rows)
{
	size_t count = 0;

	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		const struct merit_order_line *line = &order->lines[i];
		uint64_t seq = line->fulfilled > line->received ? 0 : line->waiting_seq;
		uint32_t place = line->waiting_place;
		while (seq != 0) {
			const struct merit_waiting *row = merit_model_get(
				model, MERIT_TABLE_WAITING, merit_model_pair_key(model, seq - 1, place), NULL);
			if (row == NULL) /* a failure of the store, which ends the group */
				return 0;
			if (rows != NULL)
				rows[count] = (struct released){ { seq - 1, place, 0, row->amount }, i, 0 };
			count++;
			seq = row->before_seq;
			place = row->before_place;
		}
	}
	return count;
}

static int compare_sales(const void *left, const void *right)
{
	const struct merit_batch_line *a = &((const struct released *)left)->sale;
	const struct merit_batch_line *b = &((const struct released *)right)->sale;

	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static int32_t later_day(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* When what waits for a line falls due by this entry. A refund does not come before what it takes back. */
static int32_t line_due_day(struct merit_model *model, const struct merit_entry *entry, struct merit_order_line *line)
{
	if (merit_entry_done(entry)->number == MERIT_OP_ORDER_REFUND)
		return later_day(line->due_day, entry->day);
	int32_t day = entry->day + merit_model_merchant(model, merit_name_text(&line->merchant))->settle_days;
	line->due_day = later_day(line->due_day, day);
	return day;
}

/* Takes what is due off the lines' chains, in the order in which it was posted. */
static struct release release_take(struct merit_model *model, const struct merit_entry *entry,
                                   struct merit_order *order)
{
	struct release release = { .count = waiting_copy(model, order, NULL) };
	int32_t days[MERIT_ORDER_LINES_MAX] = { 0 };

	if (release.count == 0)
		return release;
	release.rows = merit_arena_allocate(&model->scratch, release.count * sizeof(release.rows[0]));
	if (release.rows == NULL)
		abort(); /* as where keys find no memory: nothing can be undone */
	(void)waiting_copy(model, order, release.rows);
	for (size_t i = 0; i < release.count; i++) {
		struct merit_order_line *line = &order->lines[release.rows[i].line];
		if (line->waiting_seq != 0) /* the first of its chain */
			days[release.rows[i].line] = line_due_day(model, entry, line);
		line->waiting_seq = 0;
		line->waiting_place = 0;
		release.rows[i].day = days[release.rows[i].line];
	}
	qsort(release.rows, release.count, sizeof(release.rows[0]), compare_sales);
	return release;
}

static void release_add(struct merit_model *model, const struct merit_order *order, const struct release *release)
{
	for (size_t i = 0; i < release->count; i++) {
		const struct released *row = &release->rows[i];
		const struct merit_order_line *line = &order->lines[row->line];
		const struct merit_item *item = merit_model_item(model, merit_name_text(&line->item));
		struct merit_text currency = { item->currency, sizeof(item->currency) };
		struct merit_text key = merit_model_pair_key(model, row->sale.seq, row->sale.place);
		merit_state_delete(model->state, MERIT_TABLE_WAITING, key.data, key.size);
		line_add(model, merit_name_text(&line->merchant), currency, row->day, &row->sale);
	}
}

/* ---- Every entry ---- */

struct merit_text merit_entry_order_sold(const struct merit_entry *entry)
{
	switch (entry->operation->number) {
	case MERIT_OP_ORDER_PLACE: return entry->values[PLACE_ORDER].text;
	case MERIT_OP_ORDER_FULFIL: return entry->values[FULFIL_ORDER].text;
	case MERIT_OP_ORDER_RECEIVE: return entry->values[RECEIVE_ORDER].text;
	case MERIT_OP_ORDER_REFUND: return entry->values[REFUND_ORDER].text;
	default: return MERIT_TEXT("");
	}
}

/* Puts an entry's money into batches, and that of sales into their lines' chains. */
static void postings_follow(struct merit_model *model, const struct merit_entry *entry, struct merit_order *order)
{
	struct merit_batch_line line = { .seq = entry->seq };

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (!merit_posting_is_money(posting))
			continue;
		line.amount = posting->amount;
		if (posting->account == MERIT_ACCOUNT_MERCHANT && posting->line >= 0) {
			assert(order != NULL);
			line_wait(model, &order->lines[posting->line], &line);
		} else if (posting->account == MERIT_ACCOUNT_MERCHANT || posting->account == MERIT_ACCOUNT_SPONSOR) {
			line_add(model, posting->holder, posting->currency, entry->day, &line);
		}
		line.place++;
	}
}

void merit_settlement_follow(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = merit_entry_order_sold(entry);
	struct merit_order order;

	if (merit_entry_done(entry)->number == MERIT_OP_SETTLEMENT_PAY)
		return;
	if (name.size == 0) {
		postings_follow(model, entry, NULL);
		return;
	}
	if (!merit_entry_has_money(entry) && entry->operation->number != MERIT_OP_ORDER_RECEIVE)
		return; /* an order that holds points only */
	bool found = merit_model_order(model, name, &order);
	assert(found);
	postings_follow(model, entry, &order);
	struct release release = release_take(model, entry, &order);
	release_add(model, &order, &release);
	merit_model_store_order(model, name, &order);
}
