/* state_scan.c - see state_inner.h: the levels merged in order of names, and the first row of the ordered table. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* The rows in memory a scan may meet, sorted; of one name only the newest. */
struct changed {
	struct row **rows;
	size_t count;
	size_t capacity;
};

static int compare_names(const struct row *a, const struct row *b)
{
	return merit_state_name_compare(a->name, a->name_size, b->name, b->name_size);
}

static int compare_row_pointers(const void *left, const void *right)
{
	return compare_names(*(struct row *const *)left, *(struct row *const *)right);
}

static bool add_changed(struct changed *changed, struct row *row)
{
	if (changed->count == changed->capacity) {
		size_t capacity = changed->capacity == 0 ? 1024 : changed->capacity * 2;
		struct row **rows = realloc(changed->rows, capacity * sizeof(*rows));
		if (rows == NULL)
			return false;
		changed->rows = rows;
		changed->capacity = capacity;
	}
	changed->rows[changed->count++] = row;
	return true;
}

static bool is_hidden(const struct merit_state *state, const struct map *map, const struct row *row)
{
	struct name name = { .size = row->name_size, .hash = row->hash };

	if (row->kind == ROW_ABSENT)
		return true;
	if (map == state->active)
		return false;
	memcpy(name.bytes, row->name, row->name_size);
	return merit_state_find(state, &name) != row;
}

/* Adds map's rows from `from` on, of its table only or of all. */
static bool collect(const struct merit_state *state, const struct map *map, const struct name *from, bool one_table,
                    struct changed *changed)
{
	struct map_walk walk = { 0 };

	for (struct row *row; (row = merit_state_map_next(map, &walk)) != NULL;) {
		if (one_table && row->name[0] != from->bytes[0])
			continue;
		if (merit_state_name_compare(row->name, row->name_size, from->bytes, from->size) < 0)
			continue;
		if (!is_hidden(state, map, row) && !add_changed(changed, row))
			return false;
	}
	return true;
}

static bool collect_changed(const struct merit_state *state, const struct name *from, bool one_table,
                            struct changed *changed)
{
	if (!collect(state, state->active, from, one_table, changed))
		return false;
	if (state->frozen != NULL && !collect(state, state->frozen, from, one_table, changed))
		return false;
	if (changed->count > 0)
		qsort(changed->rows, changed->count, sizeof(*changed->rows), compare_row_pointers);
	return true;
}

struct visitor {
	bool (*visit)(void *context, const unsigned char *name, size_t name_size, const void *value, size_t size);
	void *context;
};

/* Visits both runs in order; where both have a name, the one in memory counts. False when visit stopped it. */
static bool merge(struct merit_state *state, const struct changed *changed, const struct name *from, bool one_table,
                  MDB_cursor *cursor, const struct visitor *visitor)
{
	struct name name;
	MDB_val value;
	size_t i = 0;

	bool on_disk = merit_state_disk_cursor_seek(state, cursor, from, &name, &value);
	bool go_on = true;
	while (go_on && state->failure == MERIT_OK) {
		on_disk = on_disk && !(one_table && name.bytes[0] != from->bytes[0]);
		const struct row *row = i < changed->count ? changed->rows[i] : NULL;
		if (row == NULL && !on_disk)
			break;
		int order = -1; /* of memory against disk */
		if (row == NULL)
			order = 1;
		else if (on_disk)
			order = merit_state_name_compare(row->name, row->name_size, name.bytes, name.size);
		if (order > 0)
			go_on = visitor->visit(visitor->context, name.bytes, name.size, value.mv_data, value.mv_size);
		else if (row->kind == ROW_VALUE)
			go_on = visitor->visit(visitor->context, row->name, row->name_size, row->value,
			                       row->value_size);
		if (order <= 0)
			i++;
		if (order >= 0)
			on_disk = merit_state_disk_cursor_next(state, cursor, &name, &value);
	}
	return go_on;
}

/* False when visit stopped it. */
static bool scan(struct merit_state *state, const struct name *from, bool one_table, const struct visitor *visitor)
{
	struct changed changed = { 0 };
	bool go_on = true;

	assert(!state->visiting);
	if (state->failure != MERIT_OK)
		return false;
	if (!collect_changed(state, from, one_table, &changed))
		merit_state_fail(state, MERIT_NO_MEMORY);
	MDB_cursor *cursor = state->failure == MERIT_OK ? merit_state_disk_cursor_open(state) : NULL;
	if (cursor != NULL) {
		state->visiting = true;
		go_on = merge(state, &changed, from, one_table, cursor, visitor);
		state->visiting = false;
		mdb_cursor_close(cursor);
	}
	free(changed.rows);
	return go_on;
}

struct table_visit {
	bool (*visit)(void *context, const void *key, size_t key_size, const void *value, size_t size);
	void *context;
};

static bool visit_in_table(void *context, const unsigned char *name, size_t name_size, const void *value, size_t size)
{
	const struct table_visit *to = context;
	return to->visit(to->context, name + 1, name_size - 1, value, size);
}

void merit_state_scan(struct merit_state *state, uint8_t table, const void *from_key, size_t from_size,
                      bool (*visit)(void *context, const void *key, size_t key_size, const void *value, size_t size),
                      void *context)
{
	struct name from = { .bytes = { table }, .size = (uint8_t)(from_size + 1) };
	struct table_visit to = { visit, context };

	assert(from_size <= MERIT_STATE_KEY_SIZE_MAX);
	if (from_size > 0)
		memcpy(from.bytes + 1, from_key, from_size);
	(void)scan(state, &from, true, &(struct visitor){ visit_in_table, &to });
}

struct dump_visit {
	bool (*visit)(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size);
	void *context;
};

static bool visit_any(void *context, const unsigned char *name, size_t name_size, const void *value, size_t size)
{
	const struct dump_visit *to = context;
	return to->visit(to->context, name[0], name + 1, name_size - 1, value, size);
}

static bool visit_record(void *context, uint64_t number, const void *bytes, size_t size)
{
	const struct dump_visit *to = context;
	uint64_t key = htobe64(number);

	return to->visit(to->context, MERIT_STATE_SERIES, &key, sizeof(key), bytes, size);
}

static bool visit_level(const struct series *series, struct dump_visit *to)
{
	bool go_on = true;

	for (size_t i = 0; go_on && i < series->records.count; i++) {
		const struct record *record = merit_state_list_at(&series->records, i);
		go_on = visit_record(to, record->number, record->bytes, record->size);
	}
	return go_on;
}

/* Every record: each level's are behind those of the levels below. */
static bool visit_series(struct merit_state *state, struct dump_visit *to)
{
	bool go_on = merit_state_disk_records_visit(state, visit_record, to);
	if (go_on && state->frozen != NULL)
		go_on = visit_level(&state->series[state->frozen->index], to);
	return go_on && visit_level(&state->series[state->active->index], to);
}

void merit_state_dump(struct merit_state *state,
                      bool (*visit)(void *context, uint8_t table, const void *key, size_t key_size, const void *value,
                                    size_t size),
                      void *context)
{
	struct name from = { .size = 1 };
	struct dump_visit to = { visit, context };
	bool go_on = scan(state, &from, false, &(struct visitor){ visit_any, &to });
	state->visiting = true;
	go_on = go_on && state->failure == MERIT_OK && visit_series(state, &to) && state->failure == MERIT_OK;
	if (go_on && state->claims.count > 0)
		(void)visit(context, MERIT_STATE_CLAIMS, "", 0, merit_state_claims_digest(&state->claims),
		            sizeof(struct claims_digest));
	state->visiting = false;
}

void merit_state_first_free(struct first *first)
{
	if (first->cursor != NULL)
		mdb_cursor_close(first->cursor);
	free(first->heaps[0].rows);
	free(first->heaps[1].rows);
	*first = (struct first){ 0 };
}

static void sift_up(struct heap *heap, size_t index)
{
	struct row *row = heap->rows[index];
	while (index > 0 && compare_names(row, heap->rows[(index - 1) / 2]) < 0) {
		heap->rows[index] = heap->rows[(index - 1) / 2];
		index = (index - 1) / 2;
	}
	heap->rows[index] = row;
}

static void sift_down(struct heap *heap, size_t index)
{
	struct row *row = heap->rows[index];
	for (size_t child; (child = 2 * index + 1) < heap->count; index = child) {
		if (child + 1 < heap->count && compare_names(heap->rows[child + 1], heap->rows[child]) < 0)
			child++;
		if (compare_names(row, heap->rows[child]) <= 0)
			break;
		heap->rows[index] = heap->rows[child];
	}
	heap->rows[index] = row;
}

void merit_state_first_note(struct merit_state *state, struct row *row)
{
	struct heap *heap = &state->first.heaps[row->map_index];

	if (row->queued)
		return;
	if (heap->count == heap->capacity) {
		size_t capacity = heap->capacity == 0 ? 1024 : heap->capacity * 2;
		struct row **rows = realloc(heap->rows, capacity * sizeof(*rows));
		if (rows == NULL) {
			merit_state_fail(state, MERIT_NO_MEMORY);
			return;
		}
		heap->rows = rows;
		heap->capacity = capacity;
	}
	heap->rows[heap->count++] = row;
	row->queued = true;
	sift_up(heap, heap->count - 1);
}

static void forget_disk_place(struct first *first)
{
	if (first->cursor != NULL)
		mdb_cursor_close(first->cursor);
	first->cursor = NULL;
	first->disk_ended = false;
}

/* Whether the walk over the disk's rows has left this name behind, or stands on it. */
static bool was_passed(const struct first *first, const struct name *name)
{
	return first->disk_ended ||
	       (first->cursor != NULL && merit_state_name_compare(name->bytes, name->size, first->disk_name.bytes,
								  first->disk_name.size) <= 0);
}

void merit_state_first_undo(struct merit_state *state, struct row *row)
{
	struct name name = { .size = row->name_size, .hash = row->hash };

	memcpy(name.bytes, row->name, row->name_size);
	struct row *newest = merit_state_find(state, &name);
	if (newest != NULL && newest->kind == ROW_VALUE)
		merit_state_first_note(state, newest);
	if (was_passed(&state->first, &name))
		forget_disk_place(&state->first);
}

void merit_state_first_restart(struct merit_state *state)
{
	state->first.heaps[state->frozen->index].count = 0;
	forget_disk_place(&state->first);
}

/* The smallest live row of a level, NULL when there is none. Rows that are none any more leave the heap here. */
static struct row *first_in_heap(struct merit_state *state, struct heap *heap)
{
	while (heap->count > 0) {
		struct row *row = heap->rows[0];
		struct name name = { .size = row->name_size, .hash = row->hash };
		memcpy(name.bytes, row->name, row->name_size);
		if (row->kind == ROW_VALUE && merit_state_find(state, &name) == row)
			return row;
		row->queued = false;
		heap->rows[0] = heap->rows[--heap->count];
		if (heap->count > 0)
			sift_down(heap, 0);
	}
	return NULL;
}

static struct row *first_in_memory(struct merit_state *state)
{
	struct row *row = first_in_heap(state, &state->first.heaps[0]);
	struct row *other = first_in_heap(state, &state->first.heaps[1]);

	if (row == NULL || other == NULL)
		return row == NULL ? other : row;
	return compare_names(row, other) < 0 ? row : other;
}

/* Steps to the first row of the disk that memory says nothing about. It never steps back: rows that come before it are
 * new ones, and those are in the heap. False when there is none. */
static bool first_on_disk(struct merit_state *state)
{
	struct first *first = &state->first;

	if (first->disk_ended)
		return false;
	bool found = true;
	if (first->cursor == NULL) {
		struct name from = { .bytes = { state->ordered_table }, .size = 1 };
		first->cursor = merit_state_disk_cursor_open(state);
		found = first->cursor != NULL && merit_state_disk_cursor_seek(state, first->cursor, &from,
		                                                              &first->disk_name, &first->disk_value);
	}
	while (found && first->disk_name.bytes[0] == state->ordered_table &&
	       merit_state_find(state, &first->disk_name) != NULL)
		found = merit_state_disk_cursor_next(state, first->cursor, &first->disk_name, &first->disk_value);
	first->disk_ended = !found || first->disk_name.bytes[0] != state->ordered_table;
	return !first->disk_ended;
}

bool merit_state_first(struct merit_state *state, const void **key_out, size_t *key_size_out, const void **value_out,
                       size_t *size_out)
{
	const struct name *disk_name = &state->first.disk_name;

	if (state->failure != MERIT_OK)
		return false;
	struct row *row = first_in_memory(state);
	bool on_disk = first_on_disk(state);
	if (state->failure != MERIT_OK || (row == NULL && !on_disk))
		return false;
	if (row != NULL && on_disk &&
	    merit_state_name_compare(disk_name->bytes, disk_name->size, row->name, row->name_size) < 0)
		row = NULL;
	*key_out = row != NULL ? row->name + 1 : disk_name->bytes + 1;
	*key_size_out = row != NULL ? row->name_size - 1U : disk_name->size - 1U;
	*value_out = row != NULL ? row->value : state->first.disk_value.mv_data;
	*size_out = row != NULL ? row->value_size : state->first.disk_value.mv_size;
	return true;
}
