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

static enum merit_status read_bytes(struct merit_store_reader *reader, enum store_table table, uint64_t number,
                                    const void **bytes_out, size_t *size_out)
{
	MDB_val value;
	enum merit_status status = get(reader, table, number, &value);
	if (status != MERIT_OK)
		return status;
	*bytes_out = value.mv_data;
	*size_out = value.mv_size;
	return MERIT_OK;
}

enum merit_status merit_store_read_entry(struct merit_store_reader *reader, uint64_t seq, const void **bytes_out,
                                         size_t *size_out)
{
	return read_bytes(reader, TABLE_ENTRIES, seq, bytes_out, size_out);
}

/* Rows lie in one shared map of a file, in the order of their seq but for pages that are used again: so from the lowest
 * to the highest of them. What else lies between is read again when it is asked for. */
void merit_store_forget_entries(struct merit_store_reader *reader, uint64_t first, uint64_t last)
{
	uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE), low = UINTPTR_MAX, high = 0;

	for (uint64_t seq = first; seq <= last; seq++) {
		MDB_val row;
		if (get(reader, TABLE_ENTRIES, seq, &row) != MERIT_OK)
			continue;
		uintptr_t begin = (uintptr_t)row.mv_data, end = begin + row.mv_size;
		low = begin < low ? begin : low;
		high = end > high ? end : high;
	}
	if (low >= high)
		return;
	low -= low % page_size;
	(void)madvise((void *)low, high - low, MADV_DONTNEED); /* advice: no harm where it is not taken */
}

enum merit_status merit_store_read_request(struct merit_store_reader *reader, uint64_t number, const void **bytes_out,
                                           size_t *size_out)
{
	return read_bytes(reader, TABLE_REQUESTS, number, bytes_out, size_out);
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

/* The checkpoint op leads to from tree_size. */
static enum merit_status seek_checkpoint(struct merit_store_reader *reader, uint64_t tree_size, MDB_cursor_op op,
                                         struct merit_store_checkpoint *checkpoint_out)
{
	MDB_cursor *cursor = NULL;
	MDB_val key = { sizeof(tree_size), &tree_size };
	MDB_val value = { 0 };

	assert(reader->begun);
	int rc = mdb_cursor_open(reader->txn, reader->store->tables[TABLE_CHECKPOINTS], &cursor);
	if (rc != 0)
		return merit_env_status(rc);
	rc = mdb_cursor_get(cursor, &key, &value, op);
	mdb_cursor_close(cursor);
	if (rc != 0)
		return merit_env_status(rc);
	if (key.mv_size != sizeof(tree_size))
		return MERIT_CORRUPT;
	memcpy(&checkpoint_out->tree_size, key.mv_data, sizeof(checkpoint_out->tree_size));
	checkpoint_out->note = value.mv_data;
	checkpoint_out->note_size = value.mv_size;
	return MERIT_OK;
}

enum merit_status merit_store_read_checkpoint(struct merit_store_reader *reader, uint64_t tree_size,
                                              struct merit_store_checkpoint *checkpoint_out)
{
	return seek_checkpoint(reader, tree_size, MDB_SET_RANGE, checkpoint_out);
}

enum merit_status merit_store_read_newest_checkpoint(struct merit_store_reader *reader,
                                                     struct merit_store_checkpoint *checkpoint_out)
{
	return seek_checkpoint(reader, 0, MDB_LAST, checkpoint_out);
}

static enum merit_status next_number(struct merit_store_reader *reader, enum store_table table, uint64_t *count_out)
{
	assert(reader->begun);
	return merit_env_status(merit_store_next_key(reader->txn, reader->store->tables[table], count_out));
}

enum merit_status merit_store_entry_count(struct merit_store_reader *reader, uint64_t *count_out)
{
	return next_number(reader, TABLE_ENTRIES, count_out);
}

enum merit_status merit_store_request_count(struct merit_store_reader *reader, uint64_t *count_out)
{
	return next_number(reader, TABLE_REQUESTS, count_out);
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
		.entries = counts[TABLE_ENTRIES],
		.requests = counts[TABLE_REQUESTS],
		.tiles = counts[TABLE_TILES],
		.checkpoints = counts[TABLE_CHECKPOINTS],
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

enum merit_status merit_store_backup(struct merit_store *store, const char *target_dir, bool *compact_out)
{
	return merit_env_copy(store->env, target_dir, "log", compact_out);
}
