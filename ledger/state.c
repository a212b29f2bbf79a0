/* state.c - see state.h: the levels as one table of rows, and undo. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE         4096 /* LMDB's, where the system's pages are no larger */
#define ROW_OVERHEAD_SIZE 64   /* what a row takes on the disk beside its key and value, at most */

static_assert(crypto_shorthash_KEYBYTES == sizeof(((struct merit_state_options *)0)->hash_key),
              "the hash takes the key");

enum merit_status merit_state_open(const char *dir, const struct merit_state_options *options,
                                   struct merit_state **state_out)
{
	struct merit_state *state = calloc(1, sizeof(*state));
	if (state == NULL)
		return MERIT_NO_MEMORY;
	state->version = options->version;
	state->ordered_table = options->ordered_table;
	memcpy(state->hash_key, options->hash_key, sizeof(state->hash_key));
	state->fault = options->fault;
	state->active = &state->maps[0];
	state->sink = malloc(MERIT_STATE_VALUE_SIZE_MAX);
	enum merit_status status = MERIT_NO_MEMORY;
	if (state->sink != NULL && merit_state_map_init(&state->maps[0], 0) &&
	    merit_state_map_init(&state->maps[1], 1)) {
		uint64_t map_size = options->map_size == 0 ? MERIT_STATE_MAP_SIZE_DEFAULT : options->map_size;
		status = merit_state_disk_open(state, dir, map_size);
	}
	if (status != MERIT_OK) {
		merit_state_close(state);
		return status;
	}
	*state_out = state;
	return MERIT_OK;
}

void merit_state_close(struct merit_state *state)
{
	if (state == NULL)
		return;
	merit_state_first_free(&state->first);
	merit_state_disk_close(state);
	merit_state_map_free(&state->maps[0]);
	merit_state_map_free(&state->maps[1]);
	free(state->undo.bytes);
	free(state->sink);
	free(state);
}

enum merit_status merit_state_destroy(const char *dir)
{
	char path[PATH_MAX];
	if (!merit_env_path(path, dir, "state") || !merit_env_remove(path))
		return MERIT_IO_FAILED;
	return MERIT_OK;
}

uint64_t merit_state_cut(const struct merit_state *state)
{
	return state->cut;
}

const unsigned char *merit_state_anchor(const struct merit_state *state)
{
	return state->anchor;
}

enum merit_status merit_state_failure(const struct merit_state *state)
{
	return state->failure;
}

void merit_state_fail(struct merit_state *state, enum merit_status status)
{
	assert(status != MERIT_OK);
	if (state->failure == MERIT_OK)
		state->failure = status;
}

int merit_state_name_compare(const void *left, size_t left_size, const void *right, size_t right_size)
{
	int order = memcmp(left, right, left_size < right_size ? left_size : right_size);
	if (order != 0)
		return order;
	return (left_size > right_size) - (left_size < right_size);
}

uint32_t merit_state_hash(const struct merit_state *state, const void *name, size_t name_size)
{
	unsigned char hash[crypto_shorthash_BYTES];
	uint32_t low;

	crypto_shorthash(hash, name, name_size, state->hash_key);
	memcpy(&low, hash, sizeof(low));
	return low;
}

static void make_name(const struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                      struct name *name_out)
{
	assert(key_size <= MERIT_STATE_KEY_SIZE_MAX);
	name_out->bytes[0] = table;
	if (key_size > 0)
		memcpy(name_out->bytes + 1, key, key_size);
	name_out->size = (uint8_t)(key_size + 1);
	name_out->hash = merit_state_hash(state, name_out->bytes, name_out->size);
}

static struct row *find_in(const struct map *map, const struct name *name)
{
	if (map == NULL)
		return NULL;
	struct row *row = merit_state_map_find(map, name);
	return row != NULL && row->kind != ROW_ABSENT ? row : NULL;
}

struct row *merit_state_find(const struct merit_state *state, const struct name *name)
{
	struct row *row = find_in(state->active, name);
	return row != NULL ? row : find_in(state->frozen, name);
}

static const void *value_of(const struct row *row, size_t *size_out)
{
	if (row->kind == ROW_DELETED)
		return NULL;
	*size_out = row->value_size;
	return row->value;
}

/* What the levels below active say. */
static const void *get_below(struct merit_state *state, const struct name *name, size_t *size_out)
{
	struct row *row = find_in(state->frozen, name);
	return row != NULL ? value_of(row, size_out) : merit_state_disk_get(state, name, size_out);
}

const void *merit_state_get(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                            size_t *size_out)
{
	struct name name;

	if (state->failure != MERIT_OK)
		return NULL;
	make_name(state, table, key, key_size, &name);
	struct row *row = find_in(state->active, &name);
	return row != NULL ? value_of(row, size_out) : get_below(state, &name, size_out);
}

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

/* Keeps what the row is now, unless that was done since the mark. Without a mark there is nothing to keep. */
static bool save_row(struct undo *undo, struct row *row)
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

/* The active row of this name, its past saved, with the new size; row is what active has, or NULL. NULL on failure. */
static struct row *prepare_row(struct merit_state *state, const struct name *name, struct row *row, size_t size)
{
	if (row == NULL)
		row = merit_state_map_insert(state->active, name, size);
	if (row == NULL || !save_row(&state->undo, row) || !merit_state_map_resize(state->active, row, size)) {
		merit_state_fail(state, MERIT_NO_MEMORY);
		return NULL;
	}
	return row;
}

static void *set_value(struct merit_state *state, struct row *row, size_t kept_size)
{
	memset(row->value + kept_size, 0, row->value_size - kept_size);
	row->kind = ROW_VALUE;
	if (row->name[0] == state->ordered_table)
		merit_state_first_note(state, row);
	return row->value;
}

void *merit_state_put(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size)
{
	struct name name;
	const void *below = NULL;
	size_t old_size = 0;

	assert(size <= MERIT_STATE_VALUE_SIZE_MAX && !state->visiting);
	make_name(state, table, key, key_size, &name);
	struct row *row = merit_state_map_find(state->active, &name);
	if (row != NULL && row->kind == ROW_VALUE)
		old_size = row->value_size;
	else if (row == NULL || row->kind == ROW_ABSENT)
		below = get_below(state, &name, &old_size);
	size_t kept_size = old_size < size ? old_size : size;
	row = state->failure == MERIT_OK ? prepare_row(state, &name, row, size) : NULL;
	if (row == NULL)
		return state->sink;
	if (below != NULL)
		memcpy(row->value, below, kept_size);
	return set_value(state, row, kept_size);
}

void *merit_state_replace(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size)
{
	struct name name;

	assert(size <= MERIT_STATE_VALUE_SIZE_MAX && !state->visiting);
	if (state->failure != MERIT_OK)
		return state->sink;
	make_name(state, table, key, key_size, &name);
	struct row *row = prepare_row(state, &name, merit_state_map_find(state->active, &name), size);
	return row == NULL ? state->sink : set_value(state, row, 0);
}

void merit_state_delete(struct merit_state *state, uint8_t table, const void *key, size_t key_size)
{
	struct name name;

	assert(!state->visiting);
	if (state->failure != MERIT_OK)
		return;
	make_name(state, table, key, key_size, &name);
	struct row *row = prepare_row(state, &name, merit_state_map_find(state->active, &name), 0);
	if (row != NULL)
		row->kind = ROW_DELETED;
}

void merit_state_mark(struct merit_state *state)
{
	assert(!state->undo.open && !state->visiting);
	state->undo.open = true;
	state->undo.mark++;
	state->undo.size = 0;
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
	state->undo.open = false;
}

void merit_state_release(struct merit_state *state)
{
	assert(state->undo.open);
	state->undo.open = false;
}

struct merit_state_load merit_state_load(const struct merit_state *state)
{
	const struct map *map = state->active;
	/* Every row may stand in another page of the disk, new rows may leave pages half full, and above 16 pages there is at
	 * most one more. */
	uint64_t touched = map->row_count < state->disk_pages ? map->row_count : state->disk_pages;
	uint64_t added = 2 * (map->size + map->row_count * ROW_OVERHEAD_SIZE) / PAGE_SIZE + 1;
	return (struct merit_state_load){
		.row_count = map->row_count,
		.size = map->size,
		.page_count = touched + added + (touched + added) / 16,
	};
}

enum merit_status merit_state_has_room(const struct merit_state *state)
{
	uint64_t size =
		merit_state_load(state).page_count * (PAGE_SIZE / 2); /* merit_env_room takes half full pages. */
	return merit_env_room(state->env, size, 0,
	                      &(struct merit_env_reserve){ .disk_size = MERIT_STATE_DISK_RESERVE_SIZE });
}

uint64_t merit_state_memory_size(const struct merit_state *state)
{
	return merit_state_map_memory_size(&state->maps[0]) + merit_state_map_memory_size(&state->maps[1]) +
	       state->undo.capacity + state->first.capacity * sizeof(struct row *) + MERIT_STATE_VALUE_SIZE_MAX;
}

bool merit_state_freeze(struct merit_state *state, uint64_t cut, const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE])
{
	if (state->failure != MERIT_OK)
		return false;
	assert(state->frozen == NULL && !state->undo.open && !state->visiting);
	assert(cut >= state->cut);
	state->frozen = state->active;
	state->frozen_cut = cut;
	memcpy(state->frozen_anchor, anchor, MERIT_STATE_ANCHOR_SIZE);
	state->active = &state->maps[1 - state->frozen->index]; /* Empty: flushed cleared it. */
	return true;
}

bool merit_state_is_frozen(const struct merit_state *state)
{
	return state->frozen != NULL;
}

void merit_state_flushed(struct merit_state *state, enum merit_status flush_status)
{
	assert(state->frozen != NULL && !state->undo.open && !state->visiting);
	if (flush_status != MERIT_OK) {
		merit_state_fail(state, flush_status);
		return;
	}
	merit_state_first_restart(state);
	merit_state_map_clear(state->frozen);
	state->frozen = NULL;
	merit_state_disk_renew(state);
	assert(state->failure != MERIT_OK || state->cut == state->frozen_cut);
}
