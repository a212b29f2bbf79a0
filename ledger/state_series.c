/* state_series.c - see state.h: one record of bytes an entry number. Here is the memory of one level and how the levels
 * are one series; what is on the disk state_disk.c reads and state_flush.c writes. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <string.h>

static struct record *last_record(const struct series *series)
{
	return series->records.count == 0 ? NULL : merit_state_list_at(&series->records, series->records.count - 1);
}

void merit_state_series_init(struct series *series)
{
	*series = (struct series){ .records = { .item_size = sizeof(struct record) } };
}

void merit_state_series_free(struct series *series)
{
	merit_state_list_free(&series->records);
	merit_state_arena_free(&series->arena);
}

void merit_state_series_clear(struct series *series)
{
	merit_state_list_clear(&series->records);
	merit_state_arena_clear(&series->arena);
	series->size = 0;
}

uint64_t merit_state_series_memory_size(const struct series *series)
{
	return series->arena.memory_size + merit_state_list_memory_size(&series->records);
}

/* The record of number, which none in memory is behind. NULL when memory runs out. */
static struct record *record_begin(struct series *series, uint64_t number)
{
	struct record *record = last_record(series);

	if (record != NULL && record->number == number)
		return record;
	assert(record == NULL || record->number < number);
	record = merit_state_list_push(&series->records);
	if (record != NULL)
		*record = (struct record){ .number = number };
	return record;
}

/* Makes the last record size bytes longer, where it stands if it can. */
static unsigned char *record_grow(struct series *series, struct record *record, size_t size)
{
	size_t new_size = record->size + size;

	if (record->size == 0 || !merit_state_arena_extend(&series->arena, record->bytes, record->size, new_size)) {
		unsigned char *bytes = merit_state_arena_take(&series->arena, new_size);
		if (bytes == NULL)
			return NULL;
		if (record->size > 0)
			memcpy(bytes, record->bytes, record->size);
		record->bytes = bytes; /* What it left stays as it was, for a rollback. */
	}
	record->size = new_size;
	series->size += size;
	return memset(record->bytes + new_size - size, 0, size);
}

void *merit_state_append(struct merit_state *state, uint64_t number, size_t size)
{
	struct series *series = &state->series[state->active->index];

	assert(size > 0 && size % 8 == 0 && size <= MERIT_STATE_VALUE_SIZE_MAX && !state->visiting);
	if (state->failure != MERIT_OK)
		return state->sink;
	assert(number >= state->series_end); /* Numbers never fall. */
	struct record *record = record_begin(series, number);
	unsigned char *bytes = record == NULL ? NULL : record_grow(series, record, size);
	if (bytes == NULL) {
		merit_state_fail(state, MERIT_NO_MEMORY);
		return state->sink;
	}
	assert(record->size <= MERIT_STATE_RECORD_SIZE_MAX);
	return bytes;
}

static const struct record *find_record(const struct series *series, uint64_t number)
{
	size_t low = 0,
	       high = series->records.count; /* Records before low have smaller numbers, from high on larger. */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct record *record = merit_state_list_at(&series->records, middle);
		if (record->number == number)
			return record;
		if (record->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const void *merit_state_record(struct merit_state *state, uint64_t number, size_t *size_out)
{
	if (state->failure != MERIT_OK)
		return NULL;
	const struct record *record = find_record(&state->series[state->active->index], number);
	if (record == NULL && state->frozen != NULL)
		record = find_record(&state->series[state->frozen->index], number);
	if (record == NULL)
		return merit_state_disk_record(state, number, size_out);
	*size_out = record->size;
	return record->bytes;
}

void merit_state_series_mark(const struct series *series, struct series_mark *mark_out)
{
	const struct record *last = last_record(series);

	*mark_out = (struct series_mark){ .count = series->records.count,
		                          .place = merit_state_arena_place(&series->arena),
		                          .size = series->size };
	if (last != NULL)
		mark_out->last = *last;
}

void merit_state_series_rollback(struct series *series, const struct series_mark *mark)
{
	merit_state_list_cut(&series->records, mark->count);
	merit_state_arena_cut(&series->arena, mark->place);
	series->size = mark->size;
	if (mark->count > 0)
		*last_record(series) = mark->last;
}

void merit_state_series_freeze(struct merit_state *state, const struct series *series)
{
	const struct record *last = last_record(series);

	if (last != NULL)
		state->series_end = last->number + 1;
}
