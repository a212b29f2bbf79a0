/* state_disk.c - see state_inner.h: the level on disk, the LMDB environment DIR/state. It never looks at the active
 * rows.
 *
 * Key    the name in groups of 7 bytes, each followed by a byte: 8 when another group follows, else how many bytes of
 *        the group count, the rest being zeros. Order is that of the names, and every key is a multiple of 8 bytes.
 * Value  the bytes, then 1 to 8 bytes so that the sum is a multiple of 8, the last of which says how many they are.
 * So every node of a page starts at a multiple of 8, and a value can be read in place as what the caller put there. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GROUP_SIZE        7
#define GROUP_FULL        8 /* the mark of a group that another one follows */
#define DISK_KEY_SIZE_MAX ((NAME_SIZE_MAX / GROUP_SIZE + 1) * 8)

/* The one row of the table meta: written with every cut. */
struct cut_record {
	uint64_t cut;
	uint64_t version;
	unsigned char anchor[MERIT_STATE_ANCHOR_SIZE];
};

static const char cut_key[] = "cut";

static size_t encode_name(const unsigned char *name, size_t name_size, unsigned char key_out[DISK_KEY_SIZE_MAX])
{
	size_t key_size = 0;

	assert(name_size <= NAME_SIZE_MAX);
	for (;; name += GROUP_SIZE, name_size -= GROUP_SIZE) {
		unsigned char *group = key_out + key_size;
		size_t used = name_size < GROUP_SIZE ? name_size : GROUP_SIZE;
		memset(group, 0, GROUP_SIZE);
		memcpy(group, name, used);
		group[GROUP_SIZE] = (unsigned char)(name_size > GROUP_SIZE ? GROUP_FULL : used);
		key_size += GROUP_SIZE + 1;
		if (name_size <= GROUP_SIZE)
			return key_size;
	}
}

static bool decode_name(const MDB_val *key, struct name *name_out)
{
	const unsigned char *group = key->mv_data;
	size_t size = 0;

	if (key->mv_size == 0 || key->mv_size % (GROUP_SIZE + 1) != 0 || key->mv_size > DISK_KEY_SIZE_MAX)
		return false;
	for (size_t left = key->mv_size; left > 0; left -= GROUP_SIZE + 1, group += GROUP_SIZE + 1) {
		bool last = left == GROUP_SIZE + 1;
		size_t used = last ? group[GROUP_SIZE] : GROUP_SIZE;
		if (used > GROUP_SIZE || size + used > NAME_SIZE_MAX || (!last && group[GROUP_SIZE] != GROUP_FULL))
			return false;
		memcpy(name_out->bytes + size, group, used);
		size += used;
	}
	name_out->size = (uint8_t)size;
	return size > 0;
}

static size_t padding_of(size_t value_size)
{
	return 8 - value_size % 8;
}

/* The value inside what the disk holds. */
static bool decode_value(const MDB_val *stored, MDB_val *value_out)
{
	if (stored->mv_size == 0 || stored->mv_size % 8 != 0)
		return false;
	size_t padding = ((const unsigned char *)stored->mv_data)[stored->mv_size - 1];
	if (padding == 0 || padding > 8)
		return false;
	*value_out = (MDB_val){ stored->mv_size - padding, stored->mv_data };
	return true;
}

static int read_cut(MDB_txn *txn, MDB_dbi meta, struct cut_record *record_out)
{
	MDB_val key = { sizeof(cut_key) - 1, (void *)cut_key };
	MDB_val value;

	int rc = mdb_get(txn, meta, &key, &value);
	if (rc != 0)
		return rc;
	if (value.mv_size != sizeof(*record_out))
		return MDB_CORRUPTED;
	memcpy(record_out, value.mv_data, sizeof(*record_out));
	return 0;
}

static int write_cut(MDB_txn *txn, MDB_dbi meta, struct cut_record record)
{
	MDB_val key = { sizeof(cut_key) - 1, (void *)cut_key };
	MDB_val value = { sizeof(record), &record };
	return mdb_put(txn, meta, &key, &value, 0);
}

/* Opens or makes both tables. MDB_VERSION_MISMATCH when the rows have another layout. */
static int load_tables(struct merit_state *state)
{
	MDB_txn *txn = NULL;
	struct cut_record record = { .cut = 0, .version = state->version };

	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_txn_begin(state->env, NULL, 0, &txn);
	if (rc != 0)
		return rc;
	rc = mdb_dbi_open(txn, "rows", MDB_CREATE, &state->rows);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &state->meta);
	if (rc == 0) {
		rc = read_cut(txn, state->meta, &record);
		if (rc == MDB_NOTFOUND)
			rc = write_cut(txn, state->meta, record);
	}
	if (rc == 0 && record.version != state->version)
		rc = MDB_VERSION_MISMATCH;
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

static int open_once(struct merit_state *state, const char *path, uint64_t map_size)
{
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return errno;
	int rc = merit_env_open(path, map_size, 0, state->fault, &state->env);
	if (rc == 0)
		rc = load_tables(state);
	if (rc == 0)
		rc = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &state->read_txn);
	if (rc != 0)
		merit_state_disk_close(state);
	return rc;
}

enum merit_status merit_state_disk_open(struct merit_state *state, const char *dir, uint64_t map_size)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, dir, "state"))
		return MERIT_IO_FAILED;
	int rc = open_once(state, path, map_size);
	if (merit_env_status(rc) == MERIT_CORRUPT) {
		if (!merit_env_remove(path)) /* Of another layout or unreadable: the log has it all. */
			return MERIT_IO_FAILED;
		rc = open_once(state, path, map_size);
	}
	if (rc != 0)
		return merit_env_status(rc);
	if (!merit_env_sync_dir(dir))
		return MERIT_IO_FAILED;
	merit_state_disk_renew(state);
	return state->failure;
}

void merit_state_disk_close(struct merit_state *state)
{
	if (state->read_txn != NULL)
		mdb_txn_abort(state->read_txn);
	if (state->env != NULL)
		mdb_env_close(state->env);
	state->read_txn = NULL;
	state->env = NULL;
}

void merit_state_disk_renew(struct merit_state *state)
{
	struct cut_record record = { 0 };
	MDB_stat stat = { 0 };

	for (size_t i = 0; i < RECENT_COUNT; i++)
		state->recent[i].name_size = 0;
	mdb_txn_reset(state->read_txn);
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_txn_renew(state->read_txn);
	if (rc == 0)
		rc = read_cut(state->read_txn, state->meta, &record);
	if (rc == 0)
		rc = mdb_stat(state->read_txn, state->rows, &stat);
	if (rc != 0) {
		merit_state_fail(state, rc == MDB_NOTFOUND ? MERIT_CORRUPT : merit_env_status(rc));
		return;
	}
	state->cut = record.cut;
	memcpy(state->anchor, record.anchor, sizeof(state->anchor));
	state->disk_empty = stat.ms_entries == 0;
	state->disk_pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
}

static struct recent *recent_of(struct merit_state *state, const struct name *name)
{
	return &state->recent[name->hash & (RECENT_COUNT - 1)];
}

static bool is_recent(const struct recent *recent, const struct name *name)
{
	return recent->name_size == name->size && recent->hash == name->hash &&
	       memcmp(recent->name, name->bytes, name->size) == 0;
}

static void recent_set(struct recent *recent, const struct name *name, MDB_val value)
{
	if (name->size > RECENT_NAME_SIZE)
		return;
	recent->value = value.mv_data;
	recent->size = value.mv_size;
	recent->hash = name->hash;
	recent->name_size = name->size;
	memcpy(recent->name, name->bytes, name->size);
}

const void *merit_state_disk_get(struct merit_state *state, const struct name *name, size_t *size_out)
{
	unsigned char key_bytes[DISK_KEY_SIZE_MAX];
	struct recent *recent = recent_of(state, name);
	MDB_val stored;
	MDB_val value;

	if (state->disk_empty || state->failure != MERIT_OK)
		return NULL;
	if (is_recent(recent, name)) {
		*size_out = recent->size;
		return recent->value;
	}
	MDB_val key = { encode_name(name->bytes, name->size, key_bytes), key_bytes };
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_get(state->read_txn, state->rows, &key, &stored);
	if (rc == MDB_NOTFOUND)
		return NULL;
	if (rc != 0 || !decode_value(&stored, &value)) {
		merit_state_fail(state, rc == 0 ? MERIT_CORRUPT : merit_env_status(rc));
		return NULL;
	}
	recent_set(recent, name, value);
	*size_out = value.mv_size;
	return value.mv_data;
}

MDB_cursor *merit_state_disk_cursor_open(struct merit_state *state)
{
	MDB_cursor *cursor = NULL;

	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_cursor_open(state->read_txn, state->rows, &cursor);
	if (rc != 0) {
		merit_state_fail(state, merit_env_status(rc));
		return NULL;
	}
	return cursor;
}

static bool step(struct merit_state *state, MDB_cursor *cursor, MDB_cursor_op op, MDB_val key, struct name *name_out,
                 MDB_val *value_out)
{
	MDB_val stored;

	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_cursor_get(cursor, &key, &stored, op);
	if (rc == MDB_NOTFOUND)
		return false;
	if (rc != 0 || !decode_name(&key, name_out) || !decode_value(&stored, value_out)) {
		merit_state_fail(state, rc == 0 ? MERIT_CORRUPT : merit_env_status(rc));
		return false;
	}
	name_out->hash = merit_state_hash(state, name_out->bytes, name_out->size);
	return true;
}

bool merit_state_disk_cursor_seek(struct merit_state *state, MDB_cursor *cursor, const struct name *from,
                                  struct name *name_out, MDB_val *value_out)
{
	unsigned char key_bytes[DISK_KEY_SIZE_MAX];
	MDB_val key = { encode_name(from->bytes, from->size, key_bytes), key_bytes };
	return step(state, cursor, MDB_SET_RANGE, key, name_out, value_out);
}

bool merit_state_disk_cursor_next(struct merit_state *state, MDB_cursor *cursor, struct name *name_out,
                                  MDB_val *value_out)
{
	return step(state, cursor, MDB_NEXT, (MDB_val){ 0 }, name_out, value_out);
}

/* A row to be sorted: most comparisons end with the first bytes of its name, which stand right here. */
struct sorted_row {
	uint64_t prefix;
	struct row *row;
};

static uint64_t name_prefix(const struct row *row)
{
	unsigned char bytes[8] = { 0 };

	memcpy(bytes, row->name, row->name_size < sizeof(bytes) ? row->name_size : sizeof(bytes));
	uint64_t prefix = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		prefix = prefix << 8 | bytes[i];
	return prefix;
}

static int compare_rows(const void *left, const void *right)
{
	const struct sorted_row *a = left, *b = right;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return merit_state_name_compare(a->row->name, a->row->name_size, b->row->name, b->row->name_size);
}

/* The frozen rows that say anything, in order, for the caller to free. NULL when memory runs out. */
static struct sorted_row *sorted_rows(const struct map *map, size_t *count_out)
{
	struct map_walk walk = { 0 };
	size_t count = 0;

	struct sorted_row *rows = malloc((map->row_count + 1) * sizeof(*rows));
	if (rows == NULL)
		return NULL;
	for (struct row *row; (row = merit_state_map_next(map, &walk)) != NULL;) {
		if (row->kind != ROW_ABSENT)
			rows[count++] = (struct sorted_row){ name_prefix(row), row };
	}
	qsort(rows, count, sizeof(*rows), compare_rows);
	*count_out = count;
	return rows;
}

static int write_row(MDB_txn *txn, MDB_dbi table, const struct row *row, unsigned flags)
{
	unsigned char key_bytes[DISK_KEY_SIZE_MAX];
	MDB_val key = { encode_name(row->name, row->name_size, key_bytes), key_bytes };

	if (row->kind == ROW_DELETED) {
		int rc = mdb_del(txn, table, &key, NULL);
		return rc == MDB_NOTFOUND ? 0 : rc;
	}
	size_t padding = padding_of(row->value_size);
	MDB_val value = { row->value_size + padding, NULL };
	int rc = mdb_put(txn, table, &key, &value, flags | MDB_RESERVE);
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

	for (size_t i = 0; i < count; i++) {
		int rc = merit_fault_pass(state->fault);
		if (rc == 0)
			rc = write_row(txn, state->rows, rows[i].row, flags);
		if (rc != 0)
			return rc;
	}
	struct cut_record record = { .cut = state->frozen_cut, .version = state->version };
	memcpy(record.anchor, state->frozen_anchor, sizeof(record.anchor));
	return write_cut(txn, state->meta, record);
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
			rc = merit_fault_pass(state->fault);
		if (rc == 0)
			rc = mdb_txn_commit(txn); /* Frees txn even when it fails. */
		else
			mdb_txn_abort(txn);
	}
	free(rows);
	return merit_env_status(rc);
}
