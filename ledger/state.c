/* state.c - see state.h: opening, and the levels as one table of rows. */
#include "ledger/state_hash.h"
#include "ledger/state_inner.h"

#include <assert.h>
#include <endian.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char claims_key_name[] = "merit claims 1";

static void choose_claims_key(const struct merit_state_options *options, unsigned char key_out[16])
{
	if (options->claims_key != NULL) {
		memcpy(key_out, options->claims_key, 16);
		return;
	}
	/* Not the caller's key itself, which may be good for more than hashes. */
	(void)crypto_generichash(key_out, 16, (const unsigned char *)claims_key_name, sizeof(claims_key_name) - 1,
	                         options->hash_key, sizeof(options->hash_key));
}

enum merit_status merit_state_open(const char *dir, const struct merit_state_options *options,
                                   struct merit_state **state_out)
{
	struct merit_state *state = calloc(1, sizeof(*state));
	if (state == NULL)
		return MERIT_NO_MEMORY;
	state->version = options->version;
	state->ordered_table = options->ordered_table;
	memcpy(state->hash_key, options->hash_key, sizeof(state->hash_key));
	choose_claims_key(options, state->new_claims_key);
	state->fault = options->fault;
	merit_state_map_init(&state->maps[0], 0);
	merit_state_map_init(&state->maps[1], 1);
	state->active = &state->maps[0];
	state->memo_era = 1;
	merit_state_series_init(&state->series[0]);
	merit_state_series_init(&state->series[1]);
	merit_state_claims_init(&state->claims);
	state->sink = malloc(MERIT_STATE_VALUE_SIZE_MAX);
	enum merit_status status = MERIT_NO_MEMORY;
	if (state->sink != NULL) {
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
	merit_state_series_free(&state->series[0]);
	merit_state_series_free(&state->series[1]);
	merit_state_claims_free(&state->claims);
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

bool merit_state_was_unreadable(const struct merit_state *state)
{
	return state->was_unreadable;
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
	return (uint32_t)siphash(1, 3, state->hash_key, name, name_size);
}

static void make_name(const struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                      struct name *name_out)
{
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
	struct row *row = find_in(state->frozen != NULL ? state->frozen : state->clean, name);
	return row != NULL ? value_of(row, size_out) : merit_state_disk_get(state, name, size_out);
}

/* ---- What was looked up lately ---- */

/* A key as the memos know it. */
struct ask {
	uint64_t tag, head, tail;
	const unsigned char *key;
	size_t key_size;
	struct memo *memo; /* where it stands if it is remembered */
};

static inline uint64_t load(const unsigned char *bytes, size_t size)
{
	uint64_t word = 0;

	memcpy(&word, bytes, size);
	return word;
}

static inline struct ask ask_of(struct merit_state *state, uint8_t table, const void *key, size_t key_size)
{
	struct ask ask = { .tag = state->memo_era << 16 | (uint64_t)key_size << 8 | table, .key = key, .key_size = key_size };

	assert(key_size <= MERIT_STATE_KEY_SIZE_MAX);
	if (key_size >= 8) {
		ask.head = load(ask.key, 8);
		ask.tail = load(ask.key + key_size - 8, 8);
	} else if (key_size >= 4) {
		ask.head = load(ask.key, 4);
		ask.tail = load(ask.key + key_size - 4, 4);
	} else {
		for (size_t i = 0; i < key_size; i++)
			ask.head = ask.head << 8 | ask.key[i];
	}
	uint64_t mixed = (ask.head + (ask.tail << 32 | ask.tail >> 32) + ask.tag) * 0x9e3779b97f4a7c15;
	ask.memo = &state->memos[mixed >> 32 & (MEMO_COUNT - 1)];
	return ask;
}

static inline bool is_remembered(const struct ask *ask)
{
	const struct memo *memo = ask->memo;

	return memo->tag == ask->tag && memo->head == ask->head && memo->tail == ask->tail &&
	       (ask->key_size <= 16 || memcmp(memo->middle, ask->key + 8, ask->key_size - 16) == 0);
}

/* The active row, if it is remembered and says something. */
static inline struct row *remembered_row(const struct ask *ask)
{
	if (!is_remembered(ask) || ask->memo->row == NULL)
		return NULL;
	return ask->memo->row->kind == ROW_ABSENT ? NULL : ask->memo->row;
}

static void remember(const struct ask *ask, struct row *row, const void *value, size_t value_size)
{
	if (ask->key_size > 16 + MEMO_MIDDLE_SIZE)
		return;
	*ask->memo = (struct memo){ .tag = ask->tag, .head = ask->head, .tail = ask->tail, .row = row, .value = value,
		                    .value_size = value_size };
	if (ask->key_size > 16)
		memcpy(ask->memo->middle, ask->key + 8, ask->key_size - 16);
}

/* ---- Rows ---- */

/* What is no row, under the name that dump gives it. */
static const void *get_other(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                             size_t *size_out)
{
	uint64_t number = 0;

	if (table == MERIT_STATE_CLAIMS) {
		*size_out = sizeof(struct claims_digest);
		return key_size == 0 && state->claims.count > 0 ? merit_state_claims_digest(&state->claims) : NULL;
	}
	if (key_size != sizeof(number))
		return NULL;
	memcpy(&number, key, sizeof(number));
	return merit_state_record(state, be64toh(number), size_out);
}

static bool is_row_table(uint8_t table)
{
	return table != MERIT_STATE_SERIES && table != MERIT_STATE_CLAIMS;
}

/* Through all levels, to be remembered. */
static const void *get_afresh(struct merit_state *state, const struct ask *ask, const struct name *name,
                              size_t *size_out)
{
	struct row *row = find_in(state->active, name);
	if (row != NULL) {
		remember(ask, row, NULL, 0);
		return value_of(row, size_out);
	}
	size_t size = 0;
	const void *value = get_below(state, name, &size);
	if (state->failure != MERIT_OK)
		return NULL;
	remember(ask, NULL, value, size);
	if (value != NULL)
		*size_out = size;
	return value;
}

const void *merit_state_get(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                            size_t *size_out)
{
	struct name name;

	if (state->failure != MERIT_OK)
		return NULL;
	if (!is_row_table(table))
		return get_other(state, table, key, key_size, size_out);
	struct ask ask = ask_of(state, table, key, key_size);
	if (is_remembered(&ask)) {
		const struct memo *memo = ask.memo;
		if (memo->row == NULL) {
			if (memo->value != NULL)
				*size_out = memo->value_size;
			return memo->value;
		}
		if (memo->row->kind != ROW_ABSENT)
			return value_of(memo->row, size_out);
	}
	make_name(state, table, key, key_size, &name);
	return get_afresh(state, &ask, &name, size_out);
}

void merit_state_expect(struct merit_state *state, uint8_t table, const void *key, size_t key_size)
{
	struct name name;

	assert(key_size <= MERIT_STATE_KEY_SIZE_MAX);
	make_name(state, table, key, key_size, &name);
	if (merit_state_map_expect(state->active, name.hash))
		return;
	const struct map *below = state->frozen != NULL ? state->frozen : state->clean;
	if (below != NULL)
		(void)merit_state_map_expect(below, name.hash);
}

/* The active row, its past saved, with the new size. NULL on failure. */
static struct row *prepare_row(struct merit_state *state, struct row *row, size_t size)
{
	if (row != NULL && merit_state_undo_save(&state->undo, row) &&
	    (size == row->value_size || merit_state_map_resize(state->active, row, size)))
		return row;
	merit_state_fail(state, MERIT_NO_MEMORY);
	return NULL;
}

/* The active row of this name, made when missing, to be remembered. NULL when memory runs out. */
static struct row *active_row(struct merit_state *state, const struct ask *ask, const struct name *name, size_t size)
{
	struct row *row = merit_state_map_find(state->active, name);

	if (row == NULL)
		row = merit_state_map_insert(state->active, name, size);
	if (row != NULL)
		remember(ask, row, NULL, 0);
	return row;
}

static void *set_value(struct merit_state *state, struct row *row, size_t kept_size)
{
	if (kept_size < row->value_size)
		memset(row->value + kept_size, 0, row->value_size - kept_size);
	row->kind = ROW_VALUE;
	if (row->name[0] == state->ordered_table)
		merit_state_first_note(state, row);
	return row->value;
}

/* A put on a row of which active says nothing: it begins as what the levels below have. */
static void *put_afresh(struct merit_state *state, const struct ask *ask, const struct name *name, size_t size)
{
	size_t old_size = 0;

	const void *below = get_below(state, name, &old_size);
	if (state->failure != MERIT_OK)
		return state->sink;
	struct row *row = prepare_row(state, active_row(state, ask, name, size), size);
	if (row == NULL)
		return state->sink;
	size_t kept_size = old_size < size ? old_size : size;
	if (below != NULL)
		memcpy(row->value, below, kept_size);
	return set_value(state, row, below != NULL ? kept_size : 0);
}

void *merit_state_put(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size)
{
	struct name name;

	assert(size <= MERIT_STATE_VALUE_SIZE_MAX && !state->visiting && is_row_table(table));
	if (state->failure != MERIT_OK)
		return state->sink;
	struct ask ask = ask_of(state, table, key, key_size);
	struct row *row = remembered_row(&ask);
	if (row == NULL) {
		make_name(state, table, key, key_size, &name);
		row = find_in(state->active, &name);
		if (row == NULL)
			return put_afresh(state, &ask, &name, size);
		remember(&ask, row, NULL, 0);
	}
	size_t old_size = row->kind == ROW_VALUE ? row->value_size : 0;
	if (prepare_row(state, row, size) == NULL)
		return state->sink;
	return set_value(state, row, old_size < size ? old_size : size);
}

/* The active row of the name, whatever it says, with the new size. NULL on failure. */
static struct row *overwrite(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size)
{
	struct name name;

	assert(size <= MERIT_STATE_VALUE_SIZE_MAX && !state->visiting && is_row_table(table));
	if (state->failure != MERIT_OK)
		return NULL;
	struct ask ask = ask_of(state, table, key, key_size);
	struct row *row = remembered_row(&ask);
	if (row == NULL) {
		make_name(state, table, key, key_size, &name);
		row = active_row(state, &ask, &name, size);
	}
	return prepare_row(state, row, size);
}

void *merit_state_replace(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size)
{
	struct row *row = overwrite(state, table, key, key_size, size);
	return row == NULL ? state->sink : set_value(state, row, 0);
}

void merit_state_delete(struct merit_state *state, uint8_t table, const void *key, size_t key_size)
{
	struct row *row = overwrite(state, table, key, key_size, 0);
	if (row != NULL)
		row->kind = ROW_DELETED;
}

uint64_t merit_state_memory_size(const struct merit_state *state)
{
	return merit_state_map_memory_size(&state->maps[0]) + merit_state_map_memory_size(&state->maps[1]) +
	       merit_state_series_memory_size(&state->series[0]) + merit_state_series_memory_size(&state->series[1]) +
	       merit_state_claims_memory_size(&state->claims) +
	       state->undo.capacity +
	       (state->first.heaps[0].capacity + state->first.heaps[1].capacity) * sizeof(struct row *) + MERIT_STATE_VALUE_SIZE_MAX;
}
