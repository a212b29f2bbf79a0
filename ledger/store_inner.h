/* store_inner.h - what store.c and store_read.c share of an open log. For nobody else. */
#ifndef MERIT_LEDGER_STORE_INNER_H
#define MERIT_LEDGER_STORE_INNER_H

#include "ledger/store.h"

#include <stdatomic.h>

enum store_table { TABLE_META, TABLE_LOG, TABLE_TILES, TABLE_COUNT };

/* The kinds of row in the log's table: the lowest bits of its keys. */
enum store_kind { KIND_REQUEST, KIND_ENTRY, KIND_CHECKPOINT };
#define KIND_BITS 2
#define KIND_MASK ((1U << KIND_BITS) - 1)

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
	MDB_cursor *end;            /* at the log's end, of the open group; NULL until it is first needed */
	uint64_t entry_count;       /* durable */
	uint64_t group_entry_count; /* with those of the open group */
};

static inline uint64_t merit_store_key(uint64_t seq, enum store_kind kind)
{
	return seq << KIND_BITS | kind;
}

/* How many entries the log says it has, by its last key, read in txn. Returns an MDB_ code. */
int merit_store_count(const struct merit_store *store, MDB_txn *txn, uint64_t *count_out);

#endif
