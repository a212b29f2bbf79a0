/* behind.h - a data directory changed behind the store's back, and whether it is proven and opened then. */
#ifndef MERIT_TESTS_LEDGER_BEHIND_H
#define MERIT_TESTS_LEDGER_BEHIND_H

#include "ledger/store_inner.h"
#include "ledger/verify.h"
#include "tests/support/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline MDB_env *env_open(const struct fixture *f, const char *name)
{
	char path[128];
	MDB_env *env;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	assert_int_equal(merit_env_open(path, (uint64_t)1 << 30, 0, NULL, &env), 0);
	return env;
}

/* One change of one table, in a transaction. The log's one table is named by the kind of its rows, and then its other
 * rows are passed over; "log" is all of them. */
struct change {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi table;
	int kind; /* -1: all rows */
};

static const char *const tables[] = { "requests", "entries", "checkpoints", "tiles", "meta" };
#define TABLES (sizeof(tables) / sizeof(tables[0]))
#define KINDS  3 /* the first of tables, by enum store_kind */

static inline struct change change_begin(const struct fixture *f, const char *name, const char *table)
{
	struct change change = { .env = env_open(f, name), .kind = -1 };

	for (int kind = 0; kind < KINDS; kind++) {
		if (strcmp(table, tables[kind]) == 0)
			change.kind = kind;
	}
	table = change.kind < 0 ? table : "log";
	assert_int_equal(mdb_txn_begin(change.env, NULL, 0, &change.txn), 0);
	assert_int_equal(mdb_dbi_open(change.txn, table, 0, &change.table), 0);
	return change;
}

static inline void change_end(struct change *change)
{
	assert_int_equal(mdb_txn_commit(change->txn), 0);
	mdb_env_close(change->env);
}

/* A row, copied. */
struct row {
	unsigned char key[512], *value;
	size_t key_size, size;
};

static inline bool is_counted(const struct change *change, const MDB_val *key)
{
	return change->kind < 0 || (*(const unsigned char *)key->mv_data & KIND_MASK) == (unsigned)change->kind;
}

static inline struct row row_at(const struct change *change, size_t index)
{
	MDB_cursor *cursor;
	MDB_val key, value;
	struct row row;

	assert_int_equal(mdb_cursor_open(change->txn, change->table, &cursor), 0);
	for (size_t i = 0; i <= index;) {
		assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
		if (is_counted(change, &key))
			i++;
	}
	memcpy(row.key, key.mv_data, key.mv_size);
	row.key_size = key.mv_size;
	row.value = malloc(value.mv_size + 1);
	assert_non_null(row.value);
	memcpy(row.value, value.mv_data, value.mv_size);
	row.size = value.mv_size;
	mdb_cursor_close(cursor);
	return row;
}

/* Gives a row its place in the log's table; kind 3 is none there is. */
static inline void row_key(struct row *row, uint64_t seq, unsigned kind)
{
	uint64_t number = seq << KIND_BITS | kind;

	memcpy(row->key, &number, sizeof(number));
	row->key_size = sizeof(number);
}

static inline uint64_t row_seq(const struct row *row)
{
	uint64_t number;

	assert_int_equal(row->key_size, sizeof(number));
	memcpy(&number, row->key, sizeof(number));
	return number >> KIND_BITS;
}

static inline size_t row_count(const struct change *change)
{
	MDB_cursor *cursor;
	MDB_val key, value;
	size_t count = 0;

	assert_int_equal(mdb_cursor_open(change->txn, change->table, &cursor), 0);
	while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
		count += is_counted(change, &key);
	mdb_cursor_close(cursor);
	return count;
}

static inline void row_put(const struct change *change, const struct row *row)
{
	MDB_val key = { row->key_size, (void *)row->key }, value = { row->size, row->value };

	assert_int_equal(mdb_put(change->txn, change->table, &key, &value, 0), 0);
}

static inline void row_delete(const struct change *change, const struct row *row)
{
	MDB_val key = { row->key_size, (void *)row->key };

	assert_int_equal(mdb_del(change->txn, change->table, &key, NULL), 0);
}

/* Puts row in place of the one with its key, or takes that away. */
static inline void row_write(const struct fixture *f, const char *name, const char *table, const struct row *row, bool is_there)
{
	struct change change = change_begin(f, name, table);

	if (is_there)
		row_put(&change, row);
	else
		row_delete(&change, row);
	change_end(&change);
}

static inline struct row row_read(const struct fixture *f, const char *name, const char *table, size_t index)
{
	struct change change = change_begin(f, name, table);
	struct row row = row_at(&change, index % row_count(&change));

	change_end(&change);
	return row;
}

static inline struct row row_last(const struct fixture *f, const char *table)
{
	struct change change = change_begin(f, "log", table);
	struct row row = row_at(&change, row_count(&change) - 1);

	change_end(&change);
	return row;
}

static inline enum merit_status verify(const struct fixture *f, struct merit_verify_report *report_out)
{
	struct merit_verify_options options = { .directory = f->directory };

	return merit_verify(&options, report_out);
}

static inline void must_be_proven(const struct fixture *f)
{
	struct merit_verify_report report;
	enum merit_status status = verify(f, &report);

	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), report.fault);
}

/* What opening says. */
static inline enum merit_status reopen(struct fixture *f)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	struct merit_ledger_options options = {
		.directory = f->directory, .log_key = &log_key, .system_key = &system_key, .map_size = (uint64_t)1 << 30,
		.state_rows_max = f->state_rows_max
	};
	struct merit_ledger *ledger = NULL;
	enum merit_status status = merit_ledger_open(&options, &ledger);

	if (status == MERIT_OK)
		merit_ledger_close(ledger);
	return status;
}

#endif
