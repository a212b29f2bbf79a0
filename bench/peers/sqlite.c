/* sqlite.c - merit-peer-sqlite: the transfers of peer.h in this process, a batch a transaction.
 *
 * SQLite has one writer at a time and no group commit: more connections would only wait for each other, so there is
 * one. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/peer.h"

#define PATH_SIZE 4096
#define TEXT_SIZE 512

static const char usage[] =
	"usage: merit-peer-sqlite --dir DIR [option]...\n"
	"Measures durable transfers by SQLite, in a database in DIR (default /var/tmp) that is removed at the end.\n"
	"\n"
	"  --batch N        transfers in a transaction (default 1000)\n"
	"  --operations N   transfers in all, rounded up to whole transactions (default 100000)\n"
	"  --accounts N     (default 10000)\n"
	"  --one-source     all points come from one account\n"
	"  --claims         references and evidence are unique, too\n";

/* FULL: the write-ahead log is flushed at each commit. A checkpoint every 64 MiB or so. */
static const char settings[] =
	"PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	"PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY";

/* The same tables as in postgres.sql; claims have theirs because a column would need an index and a table. */
static const char tables[] =
	"CREATE TABLE account (number INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0)) STRICT;"
	"CREATE TABLE transfer (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"
	"CREATE TABLE posting (transfer BLOB NOT NULL, account INTEGER NOT NULL, points INTEGER NOT NULL) STRICT;"
	"CREATE TABLE reference (reference BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"
	"CREATE TABLE evidence (evidence BLOB PRIMARY KEY) STRICT, WITHOUT ROWID";

#define CLAIMS_MAX 3 /* CLAIM + i and UNCLAIM + i are of one table: ids, references, evidence */

enum statement {
	BEGIN,
	CLAIM,
	UNCLAIM = CLAIM + CLAIMS_MAX,
	PAY = UNCLAIM + CLAIMS_MAX,
	RECEIVE,
	POST,
	COMMIT,
	STATEMENTS
};

/* What a claim inserts is new or nothing is inserted; what PAY changes is covered or nothing is changed. */
static const char *const texts[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[CLAIM] = "INSERT OR IGNORE INTO transfer VALUES (?1)",
	[CLAIM + 1] = "INSERT OR IGNORE INTO reference VALUES (?1)",
	[CLAIM + 2] = "INSERT OR IGNORE INTO evidence VALUES (?1)",
	[UNCLAIM] = "DELETE FROM transfer WHERE id = ?1",
	[UNCLAIM + 1] = "DELETE FROM reference WHERE reference = ?1",
	[UNCLAIM + 2] = "DELETE FROM evidence WHERE evidence = ?1",
	[PAY] = "UPDATE account SET balance = balance - ?2 WHERE number = ?1 AND balance >= ?2",
	[RECEIVE] = "UPDATE account SET balance = balance + ?2 WHERE number = ?1",
	[POST] = "INSERT INTO posting VALUES (?1, ?2, -?4), (?1, ?3, ?4)",
	[COMMIT] = "COMMIT",
};

struct database {
	sqlite3 *sqlite;
	sqlite3_stmt *statements[STATEMENTS];
	char path[PATH_SIZE];
};

static void check(const struct database *database, bool is_right)
{
	if (!is_right)
		bench_fail("sqlite: %s", sqlite3_errmsg(database->sqlite));
}

static void execute(const struct database *database, const char *sql)
{
	check(database, sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* ---- A transfer ---- */

/* Runs the statement, whose values are bound; the rows it changed. */
static int step(const struct database *database, enum statement statement)
{
	int rc = sqlite3_step(database->statements[statement]);

	check(database, rc == SQLITE_DONE);
	check(database, sqlite3_reset(database->statements[statement]) == SQLITE_OK);
	return sqlite3_changes(database->sqlite);
}

/* Runs claim number index of the transfer, or takes it back; whether that changed anything. */
static bool claim(const struct database *database, enum statement statement, int index,
                  const struct peer_transfer *transfer)
{
	const struct {
		const void *bytes;
		int size;
	} values[CLAIMS_MAX] = {
		{ transfer->id, PEER_ID_SIZE },
		{ transfer->reference, PEER_REFERENCE_SIZE },
		{ transfer->evidence, PEER_EVIDENCE_SIZE },
	};
	enum statement at = statement + (enum statement)index;
	sqlite3_stmt *compiled = database->statements[at];

	check(database,
	      sqlite3_bind_blob(compiled, 1, values[index].bytes, values[index].size, SQLITE_STATIC) == SQLITE_OK);
	return step(database, at) == 1;
}

static void unclaim(const struct database *database, int count, const struct peer_transfer *transfer)
{
	while (count-- > 0)
		(void)claim(database, UNCLAIM, count, transfer);
}

static bool move(const struct database *database, enum statement statement, uint32_t account, int64_t points)
{
	sqlite3_stmt *compiled = database->statements[statement];

	check(database, sqlite3_bind_int64(compiled, 1, account) == SQLITE_OK);
	check(database, sqlite3_bind_int64(compiled, 2, points) == SQLITE_OK);
	return step(database, statement) == 1;
}

static void post(const struct database *database, const struct peer_transfer *transfer, int64_t points)
{
	sqlite3_stmt *compiled = database->statements[POST];

	check(database, sqlite3_bind_blob(compiled, 1, transfer->id, PEER_ID_SIZE, SQLITE_STATIC) == SQLITE_OK);
	check(database, sqlite3_bind_int64(compiled, 2, transfer->source) == SQLITE_OK);
	check(database, sqlite3_bind_int64(compiled, 3, transfer->target) == SQLITE_OK);
	check(database, sqlite3_bind_int64(compiled, 4, points) == SQLITE_OK);
	(void)step(database, POST);
}

/* Whether it was done; if not, nothing is changed. */
static bool transfer_one(const struct database *database, const struct peer_shape *shape,
                         const struct peer_transfer *transfer, int64_t points)
{
	int claims = shape->with_claims ? CLAIMS_MAX : 1;

	for (int i = 0; i < claims; i++) {
		if (claim(database, CLAIM, i, transfer))
			continue;
		unclaim(database, i, transfer);
		return false;
	}
	if (!move(database, PAY, transfer->source, points)) {
		unclaim(database, claims, transfer);
		return false;
	}
	if (!move(database, RECEIVE, transfer->target, points))
		bench_fail("there is no account %" PRIu32, transfer->target);
	post(database, transfer, points);
	return true;
}

/* ---- The run ---- */

static void measure(const struct database *database, const struct peer_shape *shape, struct peer_timing *timing)
{
	struct peer_transfer *transfers = bench_allocate(shape->operations, sizeof(*transfers)), *next = transfers;
	size_t count = peer_message_count(shape);

	timing->latencies_ns = bench_allocate(count, sizeof(*timing->latencies_ns));
	for (uint64_t i = 0; i < shape->operations; i++)
		peer_transfer_make(shape, i, &transfers[i]);
	uint64_t start_ns = bench_clock_ns(), own_ns = bench_own_cpu_ns(), sent_ns = start_ns;
	for (size_t i = 0; i < count; i++) {
		(void)step(database, BEGIN);
		for (uint32_t j = 0; j < shape->batch; j++, next++)
			if (!transfer_one(database, shape, next, next->points))
				bench_fail("transfer %td was not done", next - transfers);
		(void)step(database, COMMIT);
		uint64_t now_ns = bench_clock_ns();
		timing->latencies_ns[i] = now_ns - sent_ns;
		sent_ns = now_ns;
	}
	timing->wall_ns = bench_clock_ns() - start_ns;
	timing->own_cpu_ns = bench_own_cpu_ns() - own_ns;
	free(transfers);
}

/* ---- Before and after the clock ---- */

static void open_database(struct database *database, const struct peer_shape *shape)
{
	char sql[TEXT_SIZE];

	(void)snprintf(database->path, sizeof(database->path), "%s/peer-XXXXXX", shape->directory);
	int file = mkstemp(database->path); /* SQLite takes an empty file for a new database. */
	if (file < 0)
		bench_fail("cannot make a file in %s", shape->directory);
	(void)close(file);
	check(database, sqlite3_open(database->path, &database->sqlite) == SQLITE_OK);
	execute(database, settings);
	execute(database, tables);
	for (size_t i = 0; i < STATEMENTS; i++)
		check(database, sqlite3_prepare_v3(database->sqlite, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
		                                   &database->statements[i], NULL) == SQLITE_OK);
	(void)snprintf(sql, sizeof(sql),
	               "WITH RECURSIVE n (number) AS (VALUES (0) UNION ALL SELECT number + 1 FROM n "
	               "WHERE number < %" PRIu32 " - 1) INSERT INTO account SELECT number, %" PRId64 " FROM n "
	               "UNION ALL VALUES (%" PRIu32 ", %" PRId64 ")",
	               shape->accounts, PEER_BALANCE, shape->accounts, PEER_SOURCE_BALANCE);
	execute(database, sql);
	execute(database, "PRAGMA wal_checkpoint(TRUNCATE)");
}

static void close_database(struct database *database)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		(void)sqlite3_finalize(database->statements[i]);
	check(database, sqlite3_close(database->sqlite) == SQLITE_OK); /* removes what stands beside the file */
	(void)unlink(database->path);
}

/* The first value of a statement's first row. */
static void ask(const struct database *database, const char *sql, char *text_out, size_t size)
{
	sqlite3_stmt *statement;

	check(database, sqlite3_prepare_v2(database->sqlite, sql, -1, &statement, NULL) == SQLITE_OK);
	check(database, sqlite3_step(statement) == SQLITE_ROW);
	(void)snprintf(text_out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
	(void)sqlite3_finalize(statement);
}

/* That what was refused would not have been counted: an id again, and more points than there are; and that every point
 * and every posting is there. */
static void prove(const struct database *database, const struct peer_shape *shape)
{
	struct peer_transfer transfer;
	char text[TEXT_SIZE], expected[TEXT_SIZE];

	for (uint64_t i = 0; i < 2; i++) {
		peer_transfer_make(shape, i * shape->operations, &transfer);
		(void)step(database, BEGIN);
		if (transfer_one(database, shape, &transfer, i == 0 ? 1 : 2 * PEER_SOURCE_BALANCE))
			bench_fail("%s was not refused", i == 0 ? "an id used before" : "an overdraft");
		(void)step(database, COMMIT);
	}
	(void)snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRIu64 " 0 %" PRId64, shape->operations,
	               2 * shape->operations, peer_points(shape));
	ask(database,
	    "SELECT (SELECT count(*) FROM transfer) || ' ' || count(*) || ' ' || sum(points) || ' ' || "
	    "(SELECT sum(balance) FROM account) FROM posting",
	    text, sizeof(text));
	if (strcmp(text, expected) != 0)
		bench_fail("%s instead of %s", text, expected);
}

static void report(const struct database *database, const struct peer_shape *shape, const struct peer_timing *timing)
{
	char text[TEXT_SIZE];

	ask(database,
	    "SELECT 'journal_mode=' || journal_mode || ' synchronous=' || synchronous || ' cache_size=' || "
	    "cache_size || ' page_size=' || page_size FROM pragma_journal_mode, pragma_synchronous, "
	    "pragma_cache_size, pragma_page_size",
	    text, sizeof(text));
	peer_report(shape, "sqlite", "SQLite " SQLITE_VERSION, text, timing);
}

int main(int argc, char **argv)
{
	struct peer_shape shape;
	struct database database = { 0 };
	struct peer_timing timing;

	peer_arguments(argc, argv, usage, &shape);
	shape.connections = shape.in_flight = 1;
	open_database(&database, &shape);
	measure(&database, &shape, &timing);
	prove(&database, &shape);
	report(&database, &shape, &timing);
	close_database(&database);
	free(timing.latencies_ns);
	return 0;
}
