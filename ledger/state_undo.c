/* state_undo.c - see state.h: mark, rollback and release. Of rows it keeps what they were; series and claims know
 * themselves how to go back. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool reserve_undo(struct undo *undo, size_t extra)
{
	if (undo->capacity - undo->size >= extra)
		return true;
	size_t capacity = undo->capacity == 0 ? 4096 : undo->capacity;
	while (capacity - undo->size < extra)
		capacity *= 2;
	unsigned char *bytes = realloc(undo->bytes, capacity);
	if (bytes == NULL)
		return false;
	undo->bytes = bytes;
	undo->capacity = capacity;
	return true;
}

static size_t undo_size(const struct undo_record *record)
{
	return sizeof(*record) + ((record->value_size + (size_t)7) & ~(size_t)7);
}

bool merit_state_undo_save(struct undo *undo, struct row *row)
{
	if (!undo->open || row->mark == undo->mark)
		return true;
	struct undo_record record = { row, row->kind == ROW_VALUE ? row->value_size : 0, row->kind };
	if (!reserve_undo(undo, undo_size(&record)))
		return false;
	memcpy(undo->bytes + undo->size, &record, sizeof(record));
	memcpy(undo->bytes + undo->size + sizeof(record), row->value, record.value_size);
	undo->size += undo_size(&record);
	row->mark = undo->mark;
	return true;
}

void merit_state_mark(struct merit_state *state)
{
	assert(!state->undo.open && !state->visiting);
	state->undo.open = true;
	state->undo.mark++;
	state->undo.size = 0;
	merit_state_series_mark(&state->series[state->active->index], &state->series_mark);
	state->claims_mark = state->claims.changes[state->active->index].count;
}

static void restore_row(struct merit_state *state, const struct undo_record *record, const unsigned char *bytes)
{
	struct row *row = record->row;
	bool had_room = merit_state_map_resize(state->active, row, record->value_size);
	assert(had_room); /* A row's capacity never shrinks. */
	memcpy(row->value, bytes, record->value_size);
	row->kind = record->kind;
	if (row->name[0] == state->ordered_table)
		merit_state_first_undo(state, row);
}

void merit_state_rollback(struct merit_state *state)
{
	struct undo_record record;

	assert(state->undo.open && !state->visiting);
	for (size_t at = 0; at < state->undo.size; at += undo_size(&record)) {
		memcpy(&record, state->undo.bytes + at, sizeof(record));
		restore_row(state, &record, state->undo.bytes + at + sizeof(record));
	}
	merit_state_series_rollback(&state->series[state->active->index], &state->series_mark);
	merit_state_claims_rollback(&state->claims, &state->claims.changes[state->active->index], state->claims_mark);
	state->undo.open = false;
}

void merit_state_release(struct merit_state *state)
{
	assert(state->undo.open);
	state->undo.open = false;
}
