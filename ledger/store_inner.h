/* store_inner.h - what store.c and store_read.c share of an open log. For nobody else. */
#ifndef MERIT_LEDGER_STORE_INNER_H
#define MERIT_LEDGER_STORE_INNER_H

#include "ledger/store.h"

#include <stdatomic.h>

enum store_table { TABLE_ENTRIES, TABLE_REQUESTS, TABLE_TILES, TABLE_CHECKPOINTS, TABLE_META, TABLE_COUNT };

struct merit_store {
	MDB_env *env;
	MDB_dbi tables[TABLE_COUNT];
	enum merit_store_mode mode;
	int lock_fd; /* DIR/lock; -1 in read-only mode */
	uint64_t disk_reserve_size;
	struct merit_fault *fault;
	atomic_int failure_rc;      /* 0, or why nothing can be written any more */
	atomic_uint reader_count;   /* open readers */
	MDB_txn *txn;               /* the open group, or NULL */
	MDB_cursor *ends[TABLE_COUNT]; /* at the tables' ends, of the open group: opened when first needed */
	uint64_t entry_count;       /* durable */
	uint64_t request_count;     /* durable */
	uint64_t group_entry_count; /* with those of the open group */
	uint64_t group_request_count;
};

/* The key after the last one of an integer-keyed table, 0 for an empty one, read in txn. Returns an MDB_ code. */
int merit_store_next_key(MDB_txn *txn, MDB_dbi table, uint64_t *next_out);

#endif
