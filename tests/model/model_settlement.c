/* model_settlement.c - see model.h: which postings a settlement takes, what becomes of it; and closing months. */
#include "tests/model/model.h"

#include <assert.h>
#include <stddef.h>

/* ---- Opening ---- */

static bool is_same_account(const struct settlement *a, const struct settlement *b)
{
	return a->is_merchant == b->is_merchant && a->party == b->party && a->currency == b->currency;
}

/* The last one of the same party and currency; NULL when there is none. */
static const struct settlement *settlement_before(const struct settlement *asked)
{
	for (int i = model.settlements_count - 1; i >= 0; i--) {
		if (is_same_account(&model.settlements[i], asked))
			return &model.settlements[i];
	}
	return NULL;
}

static bool is_taken(const struct settlement *asked, const struct posting *posting)
{
	return posting->account == (asked->is_merchant ? OF_MERCHANT : OF_SPONSOR) && posting->holder == asked->party &&
	       posting->currency == asked->currency && posting->settlement == UNSETTLED && posting->due != NEVER &&
	       posting->due <= asked->cutoff;
}

static void lines_take(struct settlement *row)
{
	for (int i = 0; i < model.postings_count; i++) {
		struct posting *posting = &model.postings[i];
		if (!is_taken(row, posting))
			continue;
		posting->settlement = (int)(row - model.settlements);
		row->lines++;
		row->sum += row->is_merchant ? -posting->amount : posting->amount;
	}
}

static int64_t lines_count(const struct settlement *asked)
{
	int64_t count = 0;

	for (int i = 0; i < model.postings_count; i++)
		count += is_taken(asked, &model.postings[i]);
	return count;
}

int64_t model_settlement_total(const struct settlement *settlement)
{
	return settlement->sum + settlement->carried;
}

static int64_t carried_from(const struct settlement *before)
{
	return before == NULL ? 0 : model_least(0, model_settlement_total(before));
}

static enum merit_status open_wanted(const struct settlement *asked, bool is_named_again)
{
	const struct settlement *before = settlement_before(asked);

	if (asked->party < 0)
		return MERIT_PARTY_UNKNOWN;
	if (is_named_again)
		return MERIT_SETTLEMENT_EXISTS;
	if (!asked->is_merchant && asked->party == model.platform)
		return MERIT_SPONSOR_IS_PLATFORM;
	if (before != NULL && before->stand == OPENED)
		return MERIT_ANOTHER_OPEN;
	if (asked->cutoff > model_today())
		return MERIT_IN_FUTURE;
	return lines_count(asked) == 0 && carried_from(before) == 0 ? MERIT_NOTHING_TO_DO : MERIT_OK;
}

enum merit_status model_settlement_open(const struct settlement *asked, bool is_named_again)
{
	enum merit_status fault = open_wanted(asked, is_named_again);

	if (fault != MERIT_OK)
		return fault;
	assert(model.settlements_count < SETTLEMENTS);
	int64_t carried = carried_from(settlement_before(asked));
	struct settlement *row = &model.settlements[model.settlements_count++];
	*row = *asked;
	row->carried = carried;
	lines_take(row);
	return MERIT_OK;
}

/* ---- What becomes of it ---- */

enum merit_status model_settlement_issue(int settlement)
{
	if (settlement >= model.settlements_count)
		return MERIT_SETTLEMENT_UNKNOWN;
	if (model.settlements[settlement].stand != OPENED)
		return MERIT_ALREADY_ISSUED;
	model.settlements[settlement].stand = ISSUED;
	return MERIT_OK;
}

enum merit_status model_settlement_confirm(int settlement)
{
	if (settlement >= model.settlements_count)
		return MERIT_SETTLEMENT_UNKNOWN;
	switch (model.settlements[settlement].stand) {
	case OPENED: return MERIT_NOT_ISSUED;
	case CONFIRMED: return MERIT_ALREADY_CONFIRMED;
	case SETTLED: return MERIT_ALREADY_PAID;
	default: model.settlements[settlement].stand = CONFIRMED; return MERIT_OK;
	}
}

enum merit_status model_settlement_dispute(int settlement)
{
	if (settlement >= model.settlements_count)
		return MERIT_SETTLEMENT_UNKNOWN;
	switch (model.settlements[settlement].stand) {
	case OPENED: return MERIT_NOT_ISSUED;
	case IN_DISPUTE: return MERIT_DISPUTED;
	case SETTLED: return MERIT_ALREADY_PAID;
	default: model.settlements[settlement].stand = IN_DISPUTE; return MERIT_OK;
	}
}

static int32_t pay_day(const struct payment *payment)
{
	return payment->day == NO_DAY ? model_today() : payment->day;
}

int *model_settlement_references(const struct settlement *row)
{
	return row->is_merchant ? &model.merchant_references[row->party][row->currency]
				: &model.references[row->party][row->currency];
}

static enum merit_status pay_wanted(const struct payment *payment)
{
	const struct settlement *row = &model.settlements[payment->settlement];

	if (payment->minor <= 0)
		return payment->minor == 0 ? MERIT_ZERO_AMOUNT : MERIT_NEGATIVE_AMOUNT;
	if (payment->settlement >= model.settlements_count)
		return MERIT_SETTLEMENT_UNKNOWN;
	if (model_is_closed(pay_day(payment)))
		return MERIT_PERIOD_CLOSED;
	if (payment->reference < *model_settlement_references(row))
		return MERIT_REFERENCE_USED;
	if (payment->currency != row->currency)
		return MERIT_CURRENCY_MISMATCH;
	if (row->stand == OPENED)
		return MERIT_NOT_ISSUED;
	if (row->stand == IN_DISPUTE)
		return MERIT_DISPUTED;
	if (row->stand == SETTLED)
		return MERIT_ALREADY_PAID;
	if (payment->minor > model_settlement_total(row) - row->paid)
		return MERIT_OVER_TOTAL;
	return model_day_fault(pay_day(payment));
}

enum merit_status model_settlement_pay(const struct payment *payment)
{
	enum merit_status fault = pay_wanted(payment);

	if (fault != MERIT_OK)
		return fault;
	struct settlement *row = &model.settlements[payment->settlement];
	int64_t to_party = row->is_merchant ? payment->minor : -payment->minor;
	model_begin(pay_day(payment));
	model_post(row->is_merchant ? OF_MERCHANT : OF_SPONSOR, row->party, row->currency, to_party)->settlement =
		PAYMENT;
	model_post(IN_CASH, 0, row->currency, -to_party);
	model_end();
	++*model_settlement_references(row);
	row->paid += payment->minor;
	row->stand = row->paid == model_settlement_total(row) ? SETTLED : CONFIRMED;
	return MERIT_OK;
}

/* ---- Periods ---- */

/* A month before all that was ever dated was never closed, nor is it open. */
static bool is_closed_month(int32_t first)
{
	return first >= model_month_first(model.first_day) && model_is_closed(first);
}

/* The earliest day on which a line of it fell due; of one without lines its cut-off. */
static int32_t first_due(const struct settlement *row)
{
	int32_t day = row->lines == 0 ? row->cutoff : NEVER;

	for (int i = 0; i < model.postings_count; i++) {
		if (model.postings[i].settlement == row - model.settlements && model.postings[i].due < day)
			day = model.postings[i].due;
	}
	return day;
}

bool model_waits_for_settlement(const struct settlement *asked)
{
	const struct settlement *before = settlement_before(asked);

	return lines_count(asked) > 0 ||
	       (before != NULL && before->stand == OPENED && first_due(before) <= asked->cutoff);
}

static bool is_settled(int32_t last)
{
	for (int i = 0; i < 2 * 2 * CURRENCIES; i++) {
		struct settlement asked = model_settlement_of(i, last);
		if (model_waits_for_settlement(&asked))
			return false;
	}
	return true;
}

struct settlement model_settlement_of(int place, int32_t cutoff)
{
	return (struct settlement){ .is_merchant = place & 1, .party = place >> 1 & 1, .currency = place >> 2,
		                    .cutoff = cutoff };
}

enum merit_status model_period_close(int32_t day, enum closing_size size)
{
	int32_t first = model_month_first(day), last = model_month_last(day);
	int32_t next = model.closed_through == NO_DAY ? model_month_first(model.first_day) : model.closed_through + 1;

	if (size == SIZE_BEYOND)
		return MERIT_ENTRY_UNKNOWN;
	if (is_closed_month(first))
		return MERIT_PERIOD_CLOSED;
	if (last >= model_today())
		return MERIT_PERIOD_NOT_OVER;
	if (first != next)
		return MERIT_PERIOD_ORDER;
	if (size == SIZE_NONE)
		return MERIT_BOOKS_MOVED;
	if (!is_settled(last))
		return MERIT_NOT_READY;
	model.closed_through = last;
	return MERIT_OK;
}

enum merit_status model_period_reopen(int32_t day, bool is_agreed)
{
	int32_t first = model_month_first(day);

	if (!is_agreed)
		return MERIT_PROPOSAL_REQUIRED;
	if (!is_closed_month(first))
		return MERIT_PERIOD_OPEN;
	model.closed_through = first <= model.first_day ? NO_DAY : first - 1;
	return MERIT_OK;
}
