/* store_read.c - see store.h: readers, measuring and the copy for backups. */
#include "ledger/store.h"

#include "ledger/store_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct merit_store_reader {
	struct merit_store *store;
	MDB_txn *txn; /* between end and begin it is reset and pins nothing */
	bool begun;
};

enum merit_status merit_store_reader_open(struct merit_store *store, struct merit_store_reader **reader_out)
{
	struct merit_store_reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		return MERIT_NO_MEMORY;
	reader->store = store;
	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &reader->txn);
	if (rc != 0) {
		free(reader);
		return merit_env_status(rc);
	}
	mdb_txn_reset(reader->txn);
	atomic_fetch_add(&store->reader_count, 1);
	*reader_out = reader;
	return MERIT_OK;
}

void merit_store_reader_close(struct merit_store_reader *reader)
{
	if (reader == NULL)
		return;
	mdb_txn_abort(reader->txn);
	atomic_fetch_sub(&reader->store->reader_count, 1);
	free(reader);
}

enum merit_status merit_store_reader_begin(struct merit_store_reader *reader)
{
	assert(!reader->begun);
	int rc = mdb_txn_renew(reader->txn);
	if (rc != 0)
		return merit_env_status(rc);
	reader->begun = true;
	return MERIT_OK;
}

void merit_store_reader_end(struct merit_store_reader *reader)
{
	assert(reader->begun);
	mdb_txn_reset(reader->txn);
	reader->begun = false;
}

static enum merit_status get(struct merit_store_reader *reader, enum store_table table, uint64_t number, MDB_val *value)
{
	MDB_val key = { sizeof(number), &number };
	assert(reader->begun);
	return merit_env_status(mdb_get(reader->txn, reader->store->tables[table], &key, value));
}

static enum merit_status read_row(struct merit_store_reader *reader, uint64_t seq, enum store_kind kind,
                                  const void **bytes_out, size_t *size_out)
{
	MDB_val value;
	if (seq > MERIT_STORE_SEQ_MAX)
		return MERIT_NOT_FOUND;
	enum merit_status status = get(reader, TABLE_LOG, merit_store_key(seq, kind), &value);
	if (status != MERIT_OK)
		return status;
	*bytes_out = value.mv_data;
	*size_out = value.mv_size;
	return MERIT_OK;
}

enum merit_status merit_store_read_entry(struct merit_store_reader *reader, uint64_t seq, const void **bytes_out,
                                         size_t *size_out)
{
	return read_row(reader, seq, KIND_ENTRY, bytes_out, size_out);
}

/* Rows lie in one shared map of a file, in the order of their seq but for pages that are used again: so from the lowest
 * to the highest of them. What else lies between is read again when it is asked for. */
void merit_store_forget_entries(struct merit_store_reader *reader, uint64_t first, uint64_t last)
{
	uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE), low = UINTPTR_MAX, high = 0;

	for (uint64_t seq = first; seq <= last; seq++) {
		const void *row;
		size_t size;
		if (merit_store_read_entry(reader, seq, &row, &size) != MERIT_OK)
			continue;
		uintptr_t begin = (uintptr_t)row, end = begin + size;
		low = begin < low ? begin : low;
		high = end > high ? end : high;
	}
	if (low >= high)
		return;
	low -= low % page_size;
	(void)madvise((void *)low, high - low, MADV_DONTNEED); /* advice: no harm where it is not taken */
}

enum merit_status merit_store_read_request(struct merit_store_reader *reader, uint64_t seq, const void **bytes_out,
                                           size_t *size_out)
{
	return read_row(reader, seq, KIND_REQUEST, bytes_out, size_out);
}

enum merit_status merit_store_read_tile(struct merit_store_reader *reader, uint8_t level, uint64_t index,
                                        const void **bytes_out)
{
	MDB_val value;
	assert(index <= MERIT_STORE_TILE_INDEX_MAX);
	enum merit_status status = get(reader, TABLE_TILES, (uint64_t)level << 56 | index, &value);
	if (status != MERIT_OK)
		return status;
	if (value.mv_size != MERIT_STORE_TILE_SIZE)
		return MERIT_CORRUPT;
	*bytes_out = value.mv_data;
	return MERIT_OK;
}

/* From the row op leads to (number is for MDB_SET_RANGE) to the next that is a checkpoint. Returns an MDB_ code. */
static int step_to_checkpoint(MDB_cursor *cursor, uint64_t number, MDB_cursor_op op, MDB_cursor_op next,
                              struct merit_store_checkpoint *checkpoint_out)
{
	MDB_val key = { sizeof(number), &number }, value;

	for (int rc = mdb_cursor_get(cursor, &key, &value, op);; rc = mdb_cursor_get(cursor, &key, &value, next)) {
		if (rc != 0)
			return rc;
		if (key.mv_size != sizeof(number))
			return MDB_CORRUPTED;
		memcpy(&number, key.mv_data, sizeof(number));
		if ((number & KIND_MASK) == KIND_CHECKPOINT)
			break;
	}
	*checkpoint_out = (struct merit_store_checkpoint){ (number >> KIND_BITS) + 1, value.mv_data, value.mv_size };
	return 0;
}

static enum merit_status find_checkpoint(struct merit_store_reader *reader, uint64_t number, MDB_cursor_op op,
                                         MDB_cursor_op next, struct merit_store_checkpoint *checkpoint_out)
{
	MDB_cursor *cursor = NULL;

	assert(reader->begun);
	int rc = mdb_cursor_open(reader->txn, reader->store->tables[TABLE_LOG], &cursor);
	if (rc != 0)
		return merit_env_status(rc);
	rc = step_to_checkpoint(cursor, number, op, next, checkpoint_out);
	mdb_cursor_close(cursor);
	return merit_env_status(rc);
}

enum merit_status merit_store_read_checkpoint(struct merit_store_reader *reader, uint64_t tree_size,
                                              struct merit_store_checkpoint *checkpoint_out)
{
	assert(tree_size > 0);
	if (tree_size - 1 > MERIT_STORE_SEQ_MAX)
		return MERIT_NOT_FOUND;
	return find_checkpoint(reader, merit_store_key(tree_size - 1, KIND_CHECKPOINT), MDB_SET_RANGE, MDB_NEXT,
	                       checkpoint_out);
}

/* That is the last row, but for a log that is damaged. */
enum merit_status merit_store_read_newest_checkpoint(struct merit_store_reader *reader,
                                                     struct merit_store_checkpoint *checkpoint_out)
{
	return find_checkpoint(reader, 0, MDB_LAST, MDB_PREV, checkpoint_out);
}

enum merit_status merit_store_entry_count(struct merit_store_reader *reader, uint64_t *count_out)
{
	assert(reader->begun);
	return merit_env_status(merit_store_count(reader->store, reader->txn, count_out));
}

enum merit_status merit_store_count_rows(struct merit_store_reader *reader, struct merit_store_rows *rows_out)
{
	uint64_t counts[TABLE_COUNT];

	assert(reader->begun);
	for (int i = 0; i < TABLE_COUNT; i++) {
		MDB_stat stat;
		int rc = mdb_stat(reader->txn, reader->store->tables[i], &stat);
		if (rc != 0)
			return merit_env_status(rc);
		counts[i] = stat.ms_entries;
	}
	*rows_out = (struct merit_store_rows){
		.log = counts[TABLE_LOG],
		.tiles = counts[TABLE_TILES],
		.meta = counts[TABLE_META],
	};
	return MERIT_OK;
}

enum merit_status merit_store_measure(struct merit_store *store, struct merit_store_usage *usage_out)
{
	MDB_envinfo info;
	MDB_stat stat;

	if (mdb_env_info(store->env, &info) != 0 || mdb_env_stat(store->env, &stat) != 0)
		return MERIT_IO_FAILED;
	usage_out->used_size = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
	usage_out->map_size = info.me_mapsize;
	usage_out->reader_count = info.me_numreaders;
	return MERIT_OK;
}

void merit_store_drop_dead_readers(struct merit_store *store)
{
	merit_env_drop_dead_readers(store->env);
}

enum merit_status merit_store_backup(struct merit_store *store, const char *target_dir, bool *compact_out)
{
	return merit_env_copy(store->env, target_dir, "log", compact_out);
}
