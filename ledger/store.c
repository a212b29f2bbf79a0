/* store.c - see store.h: making, opening and appending. Reading is in store_read.c. */
#include "ledger/store.h"

#include "ledger/store_inner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static_assert(sizeof(size_t) == sizeof(uint64_t), "MDB_INTEGERKEY keys are size_t; sequence numbers are 64 bits");

static const struct {
	const char *name;
	unsigned flags;
} table_rows[TABLE_COUNT] = {
	[TABLE_META] = { "meta", 0 },
	[TABLE_LOG] = { "log", MDB_INTEGERKEY },
	[TABLE_TILES] = { "tiles", MDB_INTEGERKEY },
};

static const char format_key[] = "format";

static int open_table(MDB_txn *txn, enum store_table table, unsigned flags, MDB_dbi tables[TABLE_COUNT])
{
	return mdb_dbi_open(txn, table_rows[table].name, table_rows[table].flags | flags, &tables[table]);
}

/* The first rows of a new log: empty tables and the format's number. */
static int fill_new_log(MDB_txn *txn, void *context)
{
	MDB_dbi tables[TABLE_COUNT];
	char format[16];
	struct merit_fault *fault = context;
	int rc = 0;

	for (int table = 0; table < TABLE_COUNT && rc == 0; table++)
		rc = open_table(txn, (enum store_table)table, MDB_CREATE, tables);
	if (rc == 0)
		rc = merit_fault_pass(fault);
	if (rc != 0)
		return rc;
	int size = snprintf(format, sizeof(format), "%d", MERIT_STORE_FORMAT);
	MDB_val key = { sizeof(format_key) - 1, (void *)format_key };
	MDB_val value = { (size_t)size, format };
	return mdb_put(txn, tables[TABLE_META], &key, &value, MDB_NOOVERWRITE);
}

/* Takes DIR/lock for as long as lock_fd_out stays open. The kernel lets go of it however the process ends. */
static enum merit_status lock_dir(const char *dir, int *lock_fd_out)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, dir, "lock"))
		return MERIT_IO_FAILED;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return merit_env_status(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum merit_status status = errno == EWOULDBLOCK ? MERIT_IN_USE : MERIT_IO_FAILED;
		close(fd);
		return status;
	}
	*lock_fd_out = fd;
	return MERIT_OK;
}

static uint64_t map_size_of(const struct merit_store_options *options)
{
	return options->map_size == 0 ? MERIT_STORE_MAP_SIZE_DEFAULT : options->map_size;
}

/* The folder DIR stands in must hold its name, too. */
static bool sync_parent(const char *dir)
{
	char path[PATH_MAX];

	return merit_env_path(path, dir, "..") && merit_env_sync_dir(path);
}

enum merit_status merit_store_create(const char *dir, const struct merit_store_options *options)
{
	static const struct merit_store_options defaults = { 0 };
	int lock_fd = -1;

	if (options == NULL)
		options = &defaults;
	if (mkdir(dir, 0750) != 0 && errno != EEXIST)
		return merit_env_status(errno);
	enum merit_status status = lock_dir(dir, &lock_fd);
	if (status != MERIT_OK)
		return status;
	status = sync_parent(dir) ? MERIT_OK : MERIT_IO_FAILED;
	if (status == MERIT_OK)
		status = merit_env_create(dir, "log", map_size_of(options), options->fault, fill_new_log, options->fault);
	close(lock_fd);
	return status;
}

/* Compares the one row of meta, whole. */
static enum merit_status check_format(MDB_txn *txn, MDB_dbi meta, uint32_t *format_out)
{
	MDB_val key = { sizeof(format_key) - 1, (void *)format_key };
	MDB_val value;
	char want[16];
	char found[16] = "";

	int rc = mdb_get(txn, meta, &key, &value);
	if (rc != 0)
		return rc == MDB_NOTFOUND ? MERIT_CORRUPT : merit_env_status(rc);
	int want_size = snprintf(want, sizeof(want), "%d", MERIT_STORE_FORMAT);
	if (value.mv_size == (size_t)want_size && memcmp(value.mv_data, want, value.mv_size) == 0)
		return MERIT_OK;
	if (value.mv_size < sizeof(found))
		memcpy(found, value.mv_data, value.mv_size);
	if (format_out != NULL)
		*format_out = (uint32_t)strtoul(found, NULL, 10);
	return MERIT_FORMAT_VERSION;
}

int merit_store_count(const struct merit_store *store, MDB_txn *txn, uint64_t *count_out)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, value;
	uint64_t last;

	int rc = mdb_cursor_open(txn, store->tables[TABLE_LOG], &cursor);
	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
	if (rc == MDB_NOTFOUND) {
		*count_out = 0;
	} else if (rc == 0 && key.mv_size == sizeof(last)) {
		memcpy(&last, key.mv_data, sizeof(last));
		*count_out = (last >> KIND_BITS) + 1; /* a request alone at the end counts: its entry is missing */
	} else if (rc == 0) {
		rc = MDB_CORRUPTED;
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The format first: a log of another one need not have the other tables. */
static enum merit_status open_tables(struct merit_store *store, MDB_txn *txn, uint32_t *format_out)
{
	enum merit_status status = MERIT_OK;

	for (int table = 0; table < TABLE_COUNT && status == MERIT_OK; table++) {
		int rc = open_table(txn, (enum store_table)table, 0, store->tables);
		status = rc == MDB_NOTFOUND ? MERIT_CORRUPT : merit_env_status(rc);
		if (status == MERIT_OK && table == TABLE_META)
			status = check_format(txn, store->tables[table], format_out);
	}
	return status;
}

/* Table handles, format and count, in one transaction that is committed so that the handles stay. */
static enum merit_status load(struct merit_store *store, uint32_t *format_out)
{
	MDB_txn *txn = NULL;

	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
	if (rc != 0)
		return merit_env_status(rc);
	enum merit_status status = open_tables(store, txn, format_out);
	if (status == MERIT_OK)
		status = merit_env_status(merit_store_count(store, txn, &store->entry_count));
	if (status != MERIT_OK) {
		mdb_txn_abort(txn);
		return status;
	}
	return merit_env_status(mdb_txn_commit(txn));
}

static enum merit_status open_log(struct merit_store *store, const char *dir, const struct merit_store_options *options,
                                  uint32_t *format_out)
{
	char path[PATH_MAX];

	if (store->mode == MERIT_STORE_READ_WRITE) {
		enum merit_status status = lock_dir(dir, &store->lock_fd);
		if (status != MERIT_OK)
			return status;
	}
	if (!merit_env_path(path, dir, "log"))
		return MERIT_IO_FAILED;
	unsigned flags = store->mode == MERIT_STORE_READ_ONLY ? MDB_RDONLY : 0;
	int rc = merit_env_open(path, map_size_of(options), flags, options->fault, &store->env);
	if (rc != 0)
		return merit_env_status(rc);
	return load(store, format_out);
}

enum merit_status merit_store_open(const char *dir, enum merit_store_mode mode,
                                   const struct merit_store_options *options, struct merit_store **store_out,
                                   uint32_t *format_out)
{
	struct merit_store *store = calloc(1, sizeof(*store));
	if (store == NULL)
		return MERIT_NO_MEMORY;
	store->mode = mode;
	store->lock_fd = -1;
	store->fault = options->fault;
	store->disk_reserve_size =
		options->disk_reserve_size == 0 ? MERIT_STORE_DISK_RESERVE_SIZE : options->disk_reserve_size;
	enum merit_status status = open_log(store, dir, options, format_out);
	if (status != MERIT_OK) {
		merit_store_close(store);
		return status;
	}
	*store_out = store;
	return MERIT_OK;
}

void merit_store_close(struct merit_store *store)
{
	if (store == NULL)
		return;
	assert(atomic_load(&store->reader_count) == 0);
	merit_store_abort(store);
	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

static bool has_failed(struct merit_store *store)
{
	return atomic_load(&store->failure_rc) != 0;
}

/* Ends the store for writing: the first reason is the one that is kept. */
static enum merit_status fail(struct merit_store *store, int rc)
{
	int none = 0;
	(void)atomic_compare_exchange_strong(&store->failure_rc, &none, rc);
	merit_store_abort(store);
	return MERIT_STORE_FAILED;
}

const char *merit_store_failure(struct merit_store *store)
{
	int rc = atomic_load(&store->failure_rc);
	return rc == 0 ? NULL : mdb_strerror(rc);
}

enum merit_status merit_store_has_room(struct merit_store *store, uint64_t size, uint64_t row_count)
{
	if (has_failed(store))
		return MERIT_STORE_FAILED;
	return merit_env_room(store->env, size, row_count,
	                      &(struct merit_env_reserve){ .disk_size = store->disk_reserve_size });
}

enum merit_status merit_store_begin(struct merit_store *store)
{
	assert(store->mode == MERIT_STORE_READ_WRITE);
	assert(store->txn == NULL);

	if (has_failed(store))
		return MERIT_STORE_FAILED;
	int rc = merit_fault_pass(store->fault);
	if (rc == 0)
		rc = mdb_txn_begin(store->env, NULL, 0, &store->txn);
	if (rc != 0)
		return fail(store, rc);
	store->end = NULL;
	store->group_entry_count = store->entry_count;
	return MERIT_OK;
}

/* One new row behind all others of the log. The group's cursor stays at its end from row to row, where mdb_put would walk
 * down the tree for each; the transaction closes it. */
static enum merit_status append(struct merit_store *store, uint64_t seq, enum store_kind kind, const void *bytes,
                                size_t size)
{
	uint64_t number = merit_store_key(seq, kind);
	MDB_val key = { sizeof(number), &number };
	MDB_val value = { size, (void *)bytes }; /* It is only read. */

	if (has_failed(store))
		return MERIT_STORE_FAILED;
	assert(store->txn != NULL);
	assert(seq <= MERIT_STORE_SEQ_MAX);
	assert(seq + (kind == KIND_CHECKPOINT) == store->group_entry_count);
	int rc = merit_fault_pass(store->fault);
	if (rc == 0 && store->end == NULL)
		rc = mdb_cursor_open(store->txn, store->tables[TABLE_LOG], &store->end);
	if (rc == 0)
		rc = mdb_cursor_put(store->end, &key, &value, MDB_APPEND);
	return rc == 0 ? MERIT_OK : fail(store, rc);
}

enum merit_status merit_store_append_entry(struct merit_store *store, uint64_t seq, const void *bytes, size_t size)
{
	enum merit_status status = append(store, seq, KIND_ENTRY, bytes, size);
	if (status == MERIT_OK)
		store->group_entry_count++;
	return status;
}

enum merit_status merit_store_append_request(struct merit_store *store, uint64_t seq, const void *bytes, size_t size)
{
	return append(store, seq, KIND_REQUEST, bytes, size);
}

enum merit_status merit_store_put_tile(struct merit_store *store, uint8_t level, uint64_t index, const void *bytes)
{
	uint64_t number = (uint64_t)level << 56 | index;
	MDB_val key = { sizeof(number), &number };
	MDB_val value = { MERIT_STORE_TILE_SIZE, (void *)bytes };

	assert(index <= MERIT_STORE_TILE_INDEX_MAX);
	if (has_failed(store))
		return MERIT_STORE_FAILED;
	assert(store->txn != NULL);
	int rc = merit_fault_pass(store->fault);
	if (rc == 0)
		rc = mdb_put(store->txn, store->tables[TABLE_TILES], &key, &value, MDB_NOOVERWRITE);
	return rc == 0 ? MERIT_OK : fail(store, rc);
}

enum merit_status merit_store_put_checkpoint(struct merit_store *store, uint64_t tree_size, const void *note,
                                             size_t note_size)
{
	assert(tree_size > 0);
	return append(store, tree_size - 1, KIND_CHECKPOINT, note, note_size);
}

enum merit_status merit_store_commit(struct merit_store *store)
{
	if (has_failed(store))
		return MERIT_STORE_FAILED;
	assert(store->txn != NULL);
	int rc = merit_fault_pass(store->fault);
	if (rc != 0)
		return fail(store, rc);
	rc = mdb_txn_commit(store->txn);
	store->txn = NULL; /* mdb_txn_commit frees it even when it fails. */
	if (rc != 0)
		return fail(store, rc);
	store->entry_count = store->group_entry_count;
	return MERIT_OK;
}

void merit_store_abort(struct merit_store *store)
{
	if (store->txn != NULL)
		mdb_txn_abort(store->txn);
	store->txn = NULL;
	store->group_entry_count = store->entry_count;
}
