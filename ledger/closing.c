/* closing.c - see closing.h. Reads, and keeps the rows of months; never decides. */
#include "ledger/closing.h"

#include <string.h>

#include "ledger/calendar.h"
#include "ledger/run.h"
#include "ledger/settlement.h"

/* ---- Months ---- */

int32_t merit_first_period(const struct merit_model *model)
{
	return merit_day_span_first(model->program.first_day, MERIT_SPAN_MONTH);
}

int32_t merit_next_period(const struct merit_model *model)
{
	int32_t closed = model->program.closed_through;

	return closed == MERIT_DAY_NONE ? merit_first_period(model) : closed + 1;
}

const struct merit_closing *merit_model_closing(struct merit_model *model, int32_t first)
{
	return merit_model_get(model, MERIT_TABLE_PERIOD, merit_model_number_key(model, (uint64_t)first), NULL);
}

struct merit_closing *merit_model_edit_closing(struct merit_model *model, int32_t first)
{
	struct merit_text key = merit_model_number_key(model, (uint64_t)first);

	return merit_model_edit(model, MERIT_TABLE_PERIOD, key, sizeof(struct merit_closing));
}

void merit_closing_follow(struct merit_model *model, const struct merit_entry *entry)
{
	int32_t made_day = merit_model_day(model, entry->time_ms);

	if (entry->day >= made_day || entry->postings_count == 0 ||
	    entry->day >= merit_day_span_first(made_day, MERIT_SPAN_MONTH))
		return;
	merit_model_edit_closing(model, merit_day_span_first(entry->day, MERIT_SPAN_MONTH))->late = entry->seq + 1;
}

/* ---- What is missing ---- */

/* The walk while tables are visited. */
struct search {
	struct merit_model *model;
	struct merit_missing_walk *walk;
};

static void found(struct search *search, const struct merit_missing *missing, int64_t count)
{
	search->walk->count[missing->kind] += count;
	if (search->walk->visit != NULL)
		search->walk->visit(search->walk->context, missing);
}

/* ---- Files ---- */

static bool is_file_missing(struct search *search, const struct merit_declared *source, int32_t day)
{
	return merit_source_requires(source, day) && merit_run_covering(search->model, source->number, day).size == 0;
}

/* The last day asked for that a file of the source must cover by now. */
static int32_t last_due(const struct merit_missing_walk *walk, const struct merit_declared *source)
{
	int32_t last = source->ends < walk->last ? source->ends : walk->last;

	if (walk->due_before == MERIT_DAY_NEVER)
		return last;
	while (last >= walk->first && merit_source_span_last(source, last) >= walk->due_before - source->due_days)
		last--;
	return last;
}

static bool source_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct search *search = context;
	const struct merit_declared *source = value;
	struct merit_missing missing = { .kind = MERIT_MISSING_FILE, .name = { key, key_size } };
	int32_t last = last_due(search->walk, source);

	(void)size;
	for (int32_t day = search->walk->first; day <= last; day++) {
		if (!is_file_missing(search, source, day))
			continue;
		missing.from = day;
		while (day < last && is_file_missing(search, source, day + 1))
			day++;
		missing.to = day;
		found(search, &missing, missing.to - missing.from + 1);
	}
	return true;
}

/* ---- Runs and breaks ---- */

static bool run_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct search *search = context;
	struct merit_missing missing = { .kind = MERIT_MISSING_RUN, .name = { key, key_size } };
	const struct merit_run *run = merit_model_run(search->model, missing.name);

	(void)value;
	(void)size;
	if (run != NULL && run->from <= search->walk->last) /* NULL: a failure of the store, which ends the group */
		found(search, &missing, 1);
	return true;
}

/* Keys begin with the day: merit_model_unexplained_key. */
static bool break_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct search *search = context;
	size_t day_size = merit_model_unexplained_key(search->model, 0, MERIT_TEXT("")).size;
	struct merit_missing missing = { .kind = MERIT_MISSING_BREAK,
		                         .name = { (const char *)key + day_size, key_size - day_size } };
	const struct merit_break *row = merit_model_break(search->model, missing.name);

	(void)value;
	(void)size;
	if (row == NULL || row->first_day > search->walk->last) /* NULL: as above */
		return false;
	found(search, &missing, 1);
	return true;
}

/* ---- Settlements ---- */

/* The earliest day up to the last one asked for on which something fell due that is in no settlement; NEVER: none. */
static int32_t unsettled_day(struct search *search, uint32_t party, struct merit_text currency, int32_t newest_day)
{
	int32_t earliest = MERIT_DAY_NEVER, day = newest_day;

	while (day != MERIT_DAY_NONE) {
		struct merit_text key = merit_model_batch_key(search->model, party, currency, day);
		const struct merit_batch *batch = merit_model_get(search->model, MERIT_TABLE_BATCH, key, NULL);
		if (batch == NULL) /* a failure of the store, which ends the group */
			return MERIT_DAY_NEVER;
		if (day <= search->walk->last && day < earliest)
			earliest = day;
		day = batch->before_day;
	}
	return earliest;
}

/* The day for which an open settlement keeps the month waiting: of the first batch it took, which are in the order of
 * their days, or its cutoff where it only carries; NEVER: it keeps nothing waiting. */
static int32_t unissued_day(struct search *search, const struct merit_settlement *settlement)
{
	if (settlement == NULL || settlement->state != MERIT_SETTLEMENT_OPEN) /* NULL: as above */
		return MERIT_DAY_NEVER;
	int32_t day = settlement->cutoff;
	if (settlement->batches_count > 0) {
		const struct merit_settled_batch *batch = merit_settlement_batch(search->model, settlement, 0);
		day = batch == NULL ? MERIT_DAY_NEVER : batch->day;
	}
	return day <= search->walk->last ? day : MERIT_DAY_NEVER;
}

static void party_search(struct search *search, struct merit_text party, uint32_t number, struct merit_text currency)
{
	const struct merit_settled *settled = merit_model_settled(search->model, number, currency);
	struct merit_missing missing = { .kind = MERIT_MISSING_SETTLEMENT, .name = party, .currency = currency };

	if (settled == NULL)
		return;
	missing.from = unsettled_day(search, number, currency, settled->newest_day);
	if (settled->settlement.size > 0) {
		struct merit_text name = merit_name_text(&settled->settlement);
		int32_t day = unissued_day(search, merit_model_settlement(search->model, name));
		if (day != MERIT_DAY_NEVER)
			missing.settlement = name;
		if (day < missing.from)
			missing.from = day;
	}
	if (missing.from != MERIT_DAY_NEVER)
		found(search, &missing, 1);
}

static bool partner_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct search *search = context;
	struct merit_text party = { key, key_size }, currencies = merit_model_currencies(search->model);
	const struct merit_party *row = merit_model_party(search->model, party);

	(void)value;
	(void)size;
	if (row == NULL) /* a failure of the store, which ends the group */
		return false;
	for (size_t at = 0; at < currencies.size; at += MERIT_CURRENCY_SIZE)
		party_search(search, party, row->number,
		             (struct merit_text){ currencies.data + at, MERIT_CURRENCY_SIZE });
	return true;
}

void merit_closing_missing(struct merit_model *model, struct merit_missing_walk *walk)
{
	struct search search = { .model = model, .walk = walk };

	memset(walk->count, 0, sizeof(walk->count));
	merit_state_scan(model->state, MERIT_TABLE_SOURCE, "", 0, source_visit, &search);
	merit_state_scan(model->state, MERIT_TABLE_INCOMPLETE, "", 0, run_visit, &search);
	merit_state_scan(model->state, MERIT_TABLE_UNEXPLAINED, "", 0, break_visit, &search);
	merit_state_scan(model->state, MERIT_TABLE_SPONSOR, "", 0, partner_visit, &search);
	merit_state_scan(model->state, MERIT_TABLE_MERCHANT, "", 0, partner_visit, &search);
}
