/* state_flush.c - see state.h: write-back. The owner's part: how much there is to write, freezing it, letting it go. And
 * flush, which may run beside the owner: it reads nothing the owner changes. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE            4096 /* LMDB's, where the system's pages are no larger */
#define ROW_OVERHEAD_SIZE    64   /* what a row takes on the disk beside its key and value, at most */
#define APPEND_OVERHEAD_SIZE 32   /* likewise a record */
#define APPEND_PAGES         16   /* the ends of both appended tables, and the way to them */

struct merit_state_load merit_state_load(const struct merit_state *state)
{
	const struct map *map = state->active;
	const struct series *series = &state->series[map->index];
	const struct list *changes = &state->claims.changes[map->index];
	/* Every row may stand in another page of the disk, new rows may leave pages half full, and above 16 pages there is at
	 * most one more. */
	uint64_t touched = map->row_count < state->disk_pages ? map->row_count : state->disk_pages;
	uint64_t added = 2 * (map->size + map->row_count * ROW_OVERHEAD_SIZE) / PAGE_SIZE + 1;
	added += 2 * (series->size + series->records.count * APPEND_OVERHEAD_SIZE) / PAGE_SIZE;
	added += changes->count / (2 * CLAIM_BLOCK_COUNT);
	added += APPEND_PAGES;
	return (struct merit_state_load){
		.row_count = map->row_count,
		.size = map->size,
		.appended_size = series->size + changes->count * sizeof(struct claim_change),
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

/* ---- Beside the owner ---- */

/* A row to be sorted by a group of the bytes of its key on the disk: groups are compared as numbers, right here, where
 * comparing whole names would fetch two rows from anywhere in memory, twenty times a row. This and writing by one cursor
 * took a flush of 300,000 scattered members from 1.0-1.3 us of CPU a row to 0.7. */
struct sorted_row {
	uint64_t group;
	struct row *row;
};

#define PREFETCH_ROWS  16 /* a row is fetched while so many before it are worked on */
#define INSERTION_ROWS 32 /* fewer are sorted by insertion: counting bytes does not pay */

static uint64_t group_of(const struct row *row, size_t depth)
{
	unsigned char key[8] = { 0 };
	size_t from = depth * DISK_GROUP_SIZE;
	size_t left = row->name_size - from;
	uint64_t group;

	assert(from < row->name_size);
	memcpy(key, row->name + from, left < DISK_GROUP_SIZE ? left : DISK_GROUP_SIZE);
	key[DISK_GROUP_SIZE] = (unsigned char)(left > DISK_GROUP_SIZE ? DISK_GROUP_FULL : left);
	memcpy(&group, key, sizeof(group));
	return be64toh(group);
}

static bool group_ends(uint64_t group)
{
	return (group & 0xff) != DISK_GROUP_FULL;
}

static void sort_few(struct sorted_row *rows, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct sorted_row row = rows[i];
		size_t at = i;
		for (; at > 0 && rows[at - 1].group > row.group; at--)
			rows[at] = rows[at - 1];
		rows[at] = row;
	}
}

/* Stable, byte by byte from the last; bytes that all have in common cost nothing. */
static void sort_many(struct sorted_row *rows, struct sorted_row *spare, size_t count)
{
	uint32_t counts[8][256] = { 0 };
	struct sorted_row *from = rows, *to = spare;

	for (size_t i = 0; i < count; i++) {
		for (unsigned byte = 0; byte < 8; byte++)
			counts[byte][rows[i].group >> (8 * byte) & 0xff]++;
	}
	for (unsigned byte = 0; byte < 8; byte++) {
		uint32_t place = 0;
		if (counts[byte][rows[0].group >> (8 * byte) & 0xff] == count)
			continue;
		for (unsigned value = 0; value < 256; value++) {
			uint32_t next = place + counts[byte][value];
			counts[byte][value] = place;
			place = next;
		}
		for (size_t i = 0; i < count; i++)
			to[counts[byte][from[i].group >> (8 * byte) & 0xff]++] = from[i];
		struct sorted_row *swapped = from;
		from = to;
		to = swapped;
	}
	if (from != rows)
		memcpy(rows, from, count * sizeof(*rows));
}

/* Sorts rows whose names agree up to the group at depth. Two names never agree in all groups. */
static void sort_rows(struct sorted_row *rows, struct sorted_row *spare, size_t count, size_t depth)
{
	for (size_t i = 0; i < count; i++) {
		if (i + PREFETCH_ROWS < count)
			__builtin_prefetch(rows[i + PREFETCH_ROWS].row->name);
		rows[i].group = group_of(rows[i].row, depth);
	}
	if (count < INSERTION_ROWS)
		sort_few(rows, count);
	else
		sort_many(rows, spare, count);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && rows[end].group == rows[i].group; end++)
			;
		assert(end == i + 1 || !group_ends(rows[i].group));
		if (end > i + 1)
			sort_rows(rows + i, spare, end - i, depth + 1);
	}
}

/* The frozen rows that say anything, in order, for the caller to free. NULL when memory runs out. */
static struct sorted_row *sorted_rows(const struct map *map, size_t *count_out)
{
	struct map_walk walk = { 0 };
	size_t count = 0;

	if (map->row_count > UINT32_MAX)
		return NULL;
	struct sorted_row *rows = malloc(2 * (map->row_count + 1) * sizeof(*rows)); /* the second half to sort with */
	if (rows == NULL)
		return NULL;
	for (struct row *row; (row = merit_state_map_next(map, &walk)) != NULL;)
		rows[count++].row = row;
	sort_rows(rows, rows + map->row_count, count, 0);
	*count_out = count;
	return rows;
}

static int delete_row(MDB_cursor *cursor, MDB_val key)
{
	MDB_val value;

	int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET);
	if (rc == 0)
		rc = mdb_cursor_del(cursor, 0);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The cursor stands where the row before was written: a neighbour is found without a walk down the tree. */
static int write_row(MDB_cursor *cursor, const struct row *row, unsigned flags)
{
	unsigned char key_bytes[DISK_KEY_SIZE_MAX];
	MDB_val key = { merit_state_disk_key(row->name, row->name_size, key_bytes), key_bytes };

	if (row->kind == ROW_DELETED)
		return delete_row(cursor, key);
	size_t padding = 8 - row->value_size % 8;
	MDB_val value = { row->value_size + padding, NULL };
	int rc = mdb_cursor_put(cursor, &key, &value, flags | MDB_RESERVE);
	if (rc != 0)
		return rc;
	unsigned char *bytes = value.mv_data;
	memcpy(bytes, row->value, row->value_size);
	memset(bytes + row->value_size, (int)padding, padding);
	return 0;
}

static int write_rows(struct merit_state *state, MDB_txn *txn, const struct sorted_row *rows, size_t count)
{
	/* Onto an empty table sorted rows are appended, which fills its pages: a rebuild's state is as small as can be. */
	unsigned flags = state->disk_empty ? MDB_APPEND : 0;
	MDB_cursor *cursor = NULL;

	int rc = mdb_cursor_open(txn, state->rows, &cursor);
	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i + PREFETCH_ROWS < count)
			__builtin_prefetch(rows[i + PREFETCH_ROWS].row);
		rc = merit_fault_pass(state->fault);
		if (rc == 0 && rows[i].row->kind != ROW_ABSENT)
			rc = write_row(cursor, rows[i].row, flags);
	}
	mdb_cursor_close(cursor);
	return rc;
}

/* Records and blocks of claims are only ever added at the end: their pages are full. */
static int append_value(struct merit_state *state, MDB_cursor *cursor, uint64_t number, const void *bytes, size_t size)
{
	MDB_val key = { sizeof(number), &number };
	MDB_val value = { size, (void *)bytes };

	int rc = merit_fault_pass(state->fault);
	return rc == 0 ? mdb_cursor_put(cursor, &key, &value, MDB_APPEND) : rc;
}

static int write_series(struct merit_state *state, MDB_txn *txn, const struct series *series)
{
	MDB_cursor *cursor = NULL;

	int rc = mdb_cursor_open(txn, state->series_table, &cursor);
	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < series->records.count; i++) {
		const struct record *record = merit_state_list_at(&series->records, i);
		rc = append_value(state, cursor, record->number, record->bytes, record->size);
	}
	mdb_cursor_close(cursor);
	return rc;
}

static int write_claims(struct merit_state *state, MDB_txn *txn, const struct list *changes)
{
	struct claim_change block[CLAIM_BLOCK_COUNT];
	MDB_cursor *cursor = NULL;
	MDB_stat stat;

	int rc = mdb_stat(txn, state->claims_table, &stat);
	if (rc == 0)
		rc = mdb_cursor_open(txn, state->claims_table, &cursor);
	if (rc != 0)
		return rc;
	uint64_t number = stat.ms_entries; /* None is ever taken away. */
	for (size_t i = 0; rc == 0 && i < changes->count; number++) {
		size_t count = 0;
		while (count < CLAIM_BLOCK_COUNT && i < changes->count)
			memcpy(&block[count++], merit_state_list_at(changes, i++), sizeof(block[0]));
		rc = append_value(state, cursor, number, block, count * sizeof(block[0]));
	}
	mdb_cursor_close(cursor);
	return rc;
}

static int write_cut(struct merit_state *state, MDB_txn *txn)
{
	struct cut_record record = { .cut = state->frozen_cut, .version = state->version };
	memcpy(record.anchor, state->frozen_anchor, sizeof(record.anchor));
	memcpy(record.claims_hash_key, state->claims.hash_key, sizeof(record.claims_hash_key));
	return merit_state_disk_write_cut(txn, state->meta, record);
}

enum merit_status merit_state_flush(struct merit_state *state)
{
	MDB_txn *txn = NULL;
	size_t count = 0;

	assert(state->frozen != NULL);
	struct sorted_row *rows = sorted_rows(state->frozen, &count);
	if (rows == NULL)
		return MERIT_NO_MEMORY;
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_txn_begin(state->env, NULL, 0, &txn);
	if (rc == 0) {
		rc = write_rows(state, txn, rows, count);
		if (rc == 0)
			rc = write_series(state, txn, &state->series[state->frozen->index]);
		if (rc == 0)
			rc = write_claims(state, txn, &state->claims.changes[state->frozen->index]);
		if (rc == 0)
			rc = write_cut(state, txn);
		if (rc == 0)
			rc = merit_fault_pass(state->fault);
		if (rc == 0)
			rc = mdb_txn_commit(txn); /* Frees txn even when it fails. */
		else
			mdb_txn_abort(txn);
	}
	free(rows);
	return merit_env_status(rc);
}

/* ---- The owner again ---- */

bool merit_state_freeze(struct merit_state *state, uint64_t cut, const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE])
{
	if (state->failure != MERIT_OK)
		return false;
	assert(state->frozen == NULL && !state->undo.open && !state->visiting);
	assert(cut >= state->cut);
	state->frozen = state->active;
	state->frozen_cut = cut;
	memcpy(state->frozen_anchor, anchor, MERIT_STATE_ANCHOR_SIZE);
	merit_state_series_freeze(state, &state->series[state->frozen->index]);
	if (state->clean != NULL)
		merit_state_map_clear(state->clean);
	state->clean = NULL;
	state->memo_era++;
	state->active =
		&state->maps[1 - state->frozen->index]; /* Its series and changes are empty: flushed cleared them. */
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
	merit_state_series_clear(&state->series[state->frozen->index]);
	merit_state_list_clear(&state->claims.changes[state->frozen->index]);
	state->clean = state->frozen; /* Its rows are the disk's now: good for looking up until the memory is needed. */
	state->frozen = NULL;
	merit_state_disk_renew(state);
	assert(state->failure != MERIT_OK || state->cut == state->frozen_cut);
}

void merit_state_drop_dead_readers(struct merit_state *state)
{
	merit_env_drop_dead_readers(state->env);
}
