/* state_disk.c - see state_inner.h: the level on disk, the LMDB environment DIR/state. It never looks at the levels in
 * memory.
 *
 * Rows
 * Key    the name in groups of 7 bytes, each followed by a byte: 8 when another group follows, else how many bytes of
 *        the group count, the rest being zeros. Order is that of the names, and every key is a multiple of 8 bytes.
 * Value  the bytes, then 1 to 8 bytes so that the sum is a multiple of 8, the last of which says how many they are.
 * Series
 * Key    the number, a uint64_t of this machine, in order of number
 * Value  the record, a multiple of 8 bytes.
 * So every node of a page starts at a multiple of 8, and a value can be read in place as what the caller put there.
 * Claims
 * Key    a number that counts values
 * Value  up to CLAIM_BLOCK_COUNT of struct claim_change, as they came: read from first to last they are what is
 *        claimed. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static_assert(sizeof(size_t) == sizeof(uint64_t), "LMDB takes a uint64_t for an integer key");

static const char cut_key[] = "cut";

size_t merit_state_disk_key(const unsigned char *name, size_t name_size, unsigned char key_out[DISK_KEY_SIZE_MAX])
{
	size_t key_size = 0;

	assert(name_size <= NAME_SIZE_MAX);
	for (;; name += DISK_GROUP_SIZE, name_size -= DISK_GROUP_SIZE) {
		unsigned char *group = key_out + key_size;
		size_t used = name_size < DISK_GROUP_SIZE ? name_size : DISK_GROUP_SIZE;
		memset(group, 0, DISK_GROUP_SIZE);
		memcpy(group, name, used);
		group[DISK_GROUP_SIZE] = (unsigned char)(name_size > DISK_GROUP_SIZE ? DISK_GROUP_FULL : used);
		key_size += DISK_GROUP_SIZE + 1;
		if (name_size <= DISK_GROUP_SIZE)
			return key_size;
	}
}

static bool decode_name(const MDB_val *key, struct name *name_out)
{
	const unsigned char *group = key->mv_data;
	size_t size = 0;

	if (key->mv_size == 0 || key->mv_size % (DISK_GROUP_SIZE + 1) != 0 || key->mv_size > DISK_KEY_SIZE_MAX)
		return false;
	for (size_t left = key->mv_size; left > 0; left -= DISK_GROUP_SIZE + 1, group += DISK_GROUP_SIZE + 1) {
		bool last = left == DISK_GROUP_SIZE + 1;
		size_t used = last ? group[DISK_GROUP_SIZE] : DISK_GROUP_SIZE;
		if (used > DISK_GROUP_SIZE || size + used > NAME_SIZE_MAX || (!last && group[DISK_GROUP_SIZE] != DISK_GROUP_FULL))
			return false;
		memcpy(name_out->bytes + size, group, used);
		size += used;
	}
	name_out->size = (uint8_t)size;
	return size > 0;
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

/* The number that is a record's key. MDB_CORRUPTED for a key of another size, which only damage brings there. */
static int number_of(const MDB_val *key, uint64_t *number_out)
{
	if (key->mv_size != sizeof(*number_out))
		return MDB_CORRUPTED;
	memcpy(number_out, key->mv_data, sizeof(*number_out));
	return 0;
}

/* MDB_VERSION_MISMATCH when the tables have another layout. Every layout's record begins with cut and version. */
static int read_cut(const struct merit_state *state, MDB_txn *txn, struct cut_record *record_out)
{
	MDB_val key = { sizeof(cut_key) - 1, (void *)cut_key };
	MDB_val value;
	uint64_t version;

	int rc = mdb_get(txn, state->meta, &key, &value);
	if (rc != 0)
		return rc;
	if (value.mv_size < offsetof(struct cut_record, anchor))
		return MDB_CORRUPTED;
	memcpy(&version, (const unsigned char *)value.mv_data + offsetof(struct cut_record, version), sizeof(version));
	if (version != state->version)
		return MDB_VERSION_MISMATCH;
	if (value.mv_size != sizeof(*record_out))
		return MDB_CORRUPTED;
	memcpy(record_out, value.mv_data, sizeof(*record_out));
	return 0;
}

int merit_state_disk_write_cut(MDB_txn *txn, MDB_dbi meta, struct cut_record record)
{
	MDB_val key = { sizeof(cut_key) - 1, (void *)cut_key };
	MDB_val value = { sizeof(record), &record };
	return mdb_put(txn, meta, &key, &value, 0);
}

static int open_tables(struct merit_state *state, MDB_txn *txn)
{
	int rc = mdb_dbi_open(txn, "rows", MDB_CREATE, &state->rows);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "series", MDB_CREATE | MDB_INTEGERKEY, &state->series_table);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "claims", MDB_CREATE | MDB_INTEGERKEY, &state->claims_table);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &state->meta);
	return rc;
}

/* Nothing was written without a cut: MDB_CORRUPTED if any table holds something. */
static int check_empty(const struct merit_state *state, MDB_txn *txn)
{
	const MDB_dbi tables[] = { state->rows, state->series_table, state->claims_table };
	MDB_stat stat = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(tables) / sizeof(tables[0]); i++) {
		rc = mdb_stat(txn, tables[i], &stat);
		if (rc == 0 && stat.ms_entries > 0)
			rc = MDB_CORRUPTED;
	}
	return rc;
}

/* Opens or makes the tables. MDB_VERSION_MISMATCH when they have another layout. */
static int load_tables(struct merit_state *state)
{
	MDB_txn *txn = NULL;
	struct cut_record record = { .cut = 0, .version = state->version };

	memcpy(record.claims_hash_key, state->new_claims_key, sizeof(record.claims_hash_key));
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_txn_begin(state->env, NULL, 0, &txn);
	if (rc != 0)
		return rc;
	rc = open_tables(state, txn);
	if (rc == 0) {
		rc = read_cut(state, txn, &record);
		if (rc == MDB_NOTFOUND)
			rc = merit_state_disk_write_cut(txn, state->meta, record);
	}
	if (rc == 0 && record.cut == 0)
		rc = check_empty(state, txn);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	memcpy(state->claims.hash_key, record.claims_hash_key, sizeof(record.claims_hash_key));
	return mdb_txn_commit(txn);
}

static int load_claim_block(struct merit_state *state, struct claim_load *load, const MDB_val *block)
{
	struct claim_change changes[CLAIM_BLOCK_COUNT];

	if (block->mv_size % sizeof(changes[0]) != 0 || block->mv_size > sizeof(changes))
		return MDB_CORRUPTED;
	size_t count = block->mv_size / sizeof(changes[0]);
	memcpy(changes, block->mv_data, block->mv_size);
	for (size_t i = 0; i < count; i++) {
		if ((changes[i].seq & ~CLAIM_GIVEN_BACK) > MERIT_STATE_SEQ_MAX)
			return MDB_CORRUPTED;
	}
	return merit_state_claims_load(&state->claims, load, changes, count);
}

/* Makes the table of all claims from the list of them. */
static int load_claims(struct merit_state *state)
{
	struct claim_load load = { 0 };
	MDB_cursor *cursor = NULL;
	MDB_stat stat;
	MDB_val key, block;

	int rc = mdb_stat(state->read_txn, state->claims_table, &stat);
	if (rc == 0)
		rc = merit_state_claims_load_begin(&state->claims, &load, stat.ms_entries * CLAIM_BLOCK_COUNT);
	if (rc == 0)
		rc = mdb_cursor_open(state->read_txn, state->claims_table, &cursor);
	while (rc == 0) {
		rc = merit_fault_pass(state->fault);
		if (rc == 0)
			rc = mdb_cursor_get(cursor, &key, &block, MDB_NEXT);
		if (rc == 0)
			rc = load_claim_block(state, &load, &block);
	}
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	int end_rc = merit_state_claims_load_end(&state->claims, &load);
	return rc == 0 || rc == MDB_NOTFOUND ? end_rc : rc;
}

/* Where the series ends. */
static int load_series_end(struct merit_state *state)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, record;
	uint64_t last;

	int rc = mdb_cursor_open(state->read_txn, state->series_table, &cursor);
	if (rc != 0)
		return rc;
	rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_cursor_get(cursor, &key, &record, MDB_LAST);
	mdb_cursor_close(cursor);
	if (rc == 0)
		rc = number_of(&key, &last);
	if (rc == 0)
		state->series_end = last + 1;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int open_tables_at(struct merit_state *state, const char *path, uint64_t map_size)
{
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return errno;
	int rc = merit_env_open(path, map_size, 0, state->fault, &state->env);
	if (rc == 0)
		rc = load_tables(state);
	if (rc == 0)
		rc = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &state->read_txn);
	if (rc == 0)
		rc = load_series_end(state);
	if (rc == 0)
		rc = merit_state_claims_open(&state->claims);
	return rc == 0 ? load_claims(state) : rc;
}

/* CORRUPT: what is there is of another layout, or unreadable. */
static enum merit_status open_once(struct merit_state *state, const char *path, uint64_t map_size)
{
	int rc = open_tables_at(state, path, map_size);
	if (rc == 0)
		merit_state_disk_renew(state);
	else
		merit_state_fail(state, merit_env_status(rc));
	enum merit_status status = state->failure;
	if (status == MERIT_OK)
		return MERIT_OK;
	state->was_unreadable = status == MERIT_CORRUPT && rc != MDB_VERSION_MISMATCH;
	merit_state_disk_close(state);
	merit_state_claims_free(&state->claims);
	state->series_end = 0;
	state->failure = MERIT_OK;
	return status;
}

enum merit_status merit_state_disk_open(struct merit_state *state, const char *dir, uint64_t map_size)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, dir, "state"))
		return MERIT_IO_FAILED;
	enum merit_status status = open_once(state, path, map_size);
	if (status == MERIT_CORRUPT) {
		if (!merit_env_remove(path)) /* The log has it all. */
			return MERIT_IO_FAILED;
		status = open_once(state, path, map_size);
	}
	if (status == MERIT_OK && !merit_env_sync_dir(dir))
		return MERIT_IO_FAILED;
	return status;
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

	if (!state->disk_has[name->bytes[0]] || state->failure != MERIT_OK)
		return NULL;
	if (is_recent(recent, name)) {
		*size_out = recent->size;
		return recent->value;
	}
	MDB_val key = { merit_state_disk_key(name->bytes, name->size, key_bytes), key_bytes };
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

const void *merit_state_disk_record(struct merit_state *state, uint64_t number, size_t *size_out)
{
	MDB_val key = { sizeof(number), &number };
	MDB_val record;

	if (number >= state->series_end || state->failure != MERIT_OK)
		return NULL;
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_get(state->read_txn, state->series_table, &key, &record);
	if (rc != 0) {
		if (rc != MDB_NOTFOUND)
			merit_state_fail(state, merit_env_status(rc));
		return NULL;
	}
	*size_out = record.mv_size;
	return record.mv_data;
}

bool merit_state_disk_records_visit(struct merit_state *state,
                                    bool (*visit)(void *context, uint64_t number, const void *bytes, size_t size),
                                    void *context)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, record;
	uint64_t number;
	bool go_on = true;

	int rc = mdb_cursor_open(state->read_txn, state->series_table, &cursor);
	while (rc == 0 && go_on) {
		rc = merit_fault_pass(state->fault);
		if (rc == 0)
			rc = mdb_cursor_get(cursor, &key, &record, MDB_NEXT);
		if (rc == 0)
			rc = number_of(&key, &number);
		if (rc == 0)
			go_on = visit(context, number, record.mv_data, record.mv_size);
	}
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	if (rc != 0 && rc != MDB_NOTFOUND)
		merit_state_fail(state, merit_env_status(rc));
	return go_on;
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
	MDB_val key = { merit_state_disk_key(from->bytes, from->size, key_bytes), key_bytes };
	return step(state, cursor, MDB_SET_RANGE, key, name_out, value_out);
}

bool merit_state_disk_cursor_next(struct merit_state *state, MDB_cursor *cursor, struct name *name_out,
                                  MDB_val *value_out)
{
	return step(state, cursor, MDB_NEXT, (MDB_val){ 0 }, name_out, value_out);
}

/* Which tables have rows: one step for each that has. */
static void find_tables(struct merit_state *state)
{
	MDB_cursor *cursor = merit_state_disk_cursor_open(state);
	struct name from = { .size = 1 }, name;
	MDB_val value;

	memset(state->disk_has, 0, sizeof(state->disk_has));
	while (cursor != NULL && merit_state_disk_cursor_seek(state, cursor, &from, &name, &value)) {
		state->disk_has[name.bytes[0]] = true;
		if (name.bytes[0] == UINT8_MAX)
			break;
		from.bytes[0] = (unsigned char)(name.bytes[0] + 1);
	}
	if (cursor != NULL)
		mdb_cursor_close(cursor);
}

void merit_state_disk_renew(struct merit_state *state)
{
	struct cut_record record = { 0 };
	MDB_stat stat = { 0 };

	for (size_t i = 0; i < RECENT_COUNT; i++)
		state->recent[i].name_size = 0;
	state->memo_era++;
	mdb_txn_reset(state->read_txn);
	int rc = merit_fault_pass(state->fault);
	if (rc == 0)
		rc = mdb_txn_renew(state->read_txn);
	if (rc == 0)
		rc = read_cut(state, state->read_txn, &record);
	if (rc == 0)
		rc = mdb_stat(state->read_txn, state->rows, &stat);
	if (rc != 0) {
		merit_state_fail(state, rc == MDB_NOTFOUND ? MERIT_CORRUPT : merit_env_status(rc));
		return;
	}
	state->cut = record.cut;
	memcpy(state->anchor, record.anchor, sizeof(state->anchor));
	state->disk_empty = stat.ms_entries == 0;
	find_tables(state);
	state->disk_pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
}
