/* count.c - see count.h. */
#include "ledger/count.h"

#include <assert.h>

#include "ledger/calendar.h"

static int32_t period_first(enum merit_period period, int32_t day)
{
	switch (period) {
	case MERIT_PERIOD_DAY: return day;
	case MERIT_PERIOD_MONTH: return merit_day_span_first(day, MERIT_SPAN_MONTH);
	case MERIT_PERIOD_YEAR: return merit_day_span_first(day, MERIT_SPAN_YEAR);
	default: return 0;
	}
}

static struct merit_text key_of(struct merit_model *model, const struct merit_counted *counted)
{
	return merit_model_count_key(model, (uint8_t)counted->counter, counted->number, counted->a, counted->b,
	                             (uint8_t)counted->period, period_first(counted->period, counted->day));
}

struct merit_count merit_count_get(struct merit_model *model, const struct merit_counted *counted)
{
	const struct merit_count *row = merit_model_get(model, MERIT_TABLE_COUNT, key_of(model, counted), NULL);

	return row == NULL ? (struct merit_count){ 0, 0 } : *row;
}

/* What is reversed stays counted, so over the years a count may pass any number: it stops at the highest, above any
 * limit. How far it passed is not known, so nothing given back takes it down again. */
static int64_t sum_of(int64_t a, int64_t b)
{
	int64_t sum;

	return a == INT64_MAX || __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

void merit_count_add(struct merit_model *model, const struct merit_counted *counted, int64_t times, int64_t amount)
{
	struct merit_text key = key_of(model, counted);
	struct merit_count *row = merit_model_edit(model, MERIT_TABLE_COUNT, key, sizeof(*row));

	row->times = sum_of(row->times, times);
	row->amount = sum_of(row->amount, amount);
	assert(row->times >= 0 && row->amount >= 0);
	if (row->times == 0 && row->amount == 0)
		merit_state_delete(model->state, MERIT_TABLE_COUNT, key.data, key.size);
}

uint8_t merit_caps_mask(const struct merit_caps *caps)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < MERIT_PERIOD_COUNT; i++)
		mask |= caps->most[i] != 0 ? 1u << i : 0;
	return (uint8_t)mask;
}
