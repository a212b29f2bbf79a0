/* state.h - derived state: what the log's entries amount to so far. Memory first, written back lazily. Three kinds:
 *   rows     a table (one byte), a key (bytes) and a value (bytes): what changes
 *   series   one record of bytes an entry number, appended and never changed again: what happened
 *   claims   what may be used once, of whom only a hash and the entry that used it are kept
 *
 * A row lives in up to three levels, asked in this order:
 *   active   a hash table of the rows changed since the last cut
 *   frozen   the rows of the cut now being written back, read-only; there is none most of the time
 *   disk     the LMDB environment DIR/state as of the last cut written back
 * The series have the same levels. Claims are an append-only list on the disk, and made from it by every open a table
 * of 8 bytes each, filled by half or more. It stands in memory: as a mapped file its pages went out whenever the log
 * filled the page cache, and each earn read some of them again. State holds nothing the log does not:
 * delete DIR/state and the next start rebuilds it. What it means is not its matter.
 *
 * Write-back  freeze (owner), flush (any one thread), flushed (owner). All that a cut changed and its number reach the
 *             disk in one transaction, so a kill at any point leaves the old cut or the new one, whole.
 * The log     must be durable up to a cut before that cut is flushed: state may be behind the log, never ahead. If an
 *             older log was restored, merit_state_cut is past its end: close, merit_state_destroy, open, rebuild.
 * Pointers    what get, put, replace and record return stays where it is, for reading, until the next
 *             freeze, flushed or rollback, or a change of the same row or record. What put, replace
 *             and append return may also be written until then, but not past a mark or freeze. All are aligned to 8
 *             bytes.
 * Failure     sticky: once memory runs out or LMDB fails, merit_state_failure says so, get, record and claimed find
 *             nothing, put and append return memory that leads nowhere. The caller looks once a group, before it
 *             answers, and stops.
 * Threads     one owner calls everything. Only merit_state_flush may run in another thread, beside all the owner does
 *             but freeze, flushed and close; the caller's own hand-over (a mutex, a join) orders the three. */
#ifndef MERIT_LEDGER_STATE_H
#define MERIT_LEDGER_STATE_H

#include "ledger/status.h"
#include "ledger/store_env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERIT_STATE_KEY_SIZE_MAX      200
#define MERIT_STATE_VALUE_SIZE_MAX    65536
#define MERIT_STATE_RECORD_SIZE_MAX   (16 * 1024 * 1024)
#define MERIT_STATE_SEQ_MAX           ((1ULL << 36) - 2) /* of a claim */
#define MERIT_STATE_ANCHOR_SIZE       32 /* a hash of the log at the cut: of which log these are the effects */
#define MERIT_STATE_MAP_SIZE_DEFAULT  (64ULL * 1024 * 1024 * 1024) /* address space, not disk */
#define MERIT_STATE_DISK_RESERVE_SIZE (64ULL * 1024 * 1024)        /* of the disk, kept free */

/* As what merit_state_dump and merit_state_get show the kinds that are not rows; no row is of these tables.
 *   series  a row a record, its key the number in 8 bytes, big endian
 *   claims  one row with an empty key, if there are any: how many, and two sums over the entries that made them. What
 *           they claim is not in it, being kept as hashes under a key: merit_state_claims_agree compares that */
#define MERIT_STATE_SERIES '#'
#define MERIT_STATE_CLAIMS '!'

struct merit_state; /* Opaque. */

struct merit_state_options {
	uint64_t map_size;          /* bytes of address space; 0 is the default above */
	uint32_t version;           /* of the rows' layout; another one on the disk is forgotten */
	uint8_t ordered_table;      /* the table merit_state_first serves */
	unsigned char hash_key[16]; /* secret: nobody can choose ids that collide. What is read does not depend on it, and
	                             * it may be another with every open */
	const unsigned char *claims_key; /* 16 bytes, kept with a new DIR/state, so that its claims can be compared with
	                                  * another's; NULL: one of its own, from hash_key. Not needed after open */
	struct merit_fault *fault;  /* tests only: counts open, disk reads, freeze and flush */
};

/* Opens DIR/state. Missing, of another version, or unreadable, it starts empty with cut 0 and the caller rebuilds.
 * The caller holds DIR/lock (merit_store_open). Returns NO_MEMORY, STORE_FULL or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_state_open(const char *dir, const struct merit_state_options *options,
                                                  struct merit_state **state_out);

/* Forgets what was not flushed. No flush may be running. NULL does nothing. */
void merit_state_close(struct merit_state *state);

/* Removes DIR/state; missing is fine. Nobody may have it open. Returns IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_state_destroy(const char *dir);

/* How many entries of the log the disk holds the effects of; 0 when it holds none. */
uint64_t merit_state_cut(const struct merit_state *state);

/* What freeze was given with that cut: MERIT_STATE_ANCHOR_SIZE bytes, zeros with cut 0. */
const unsigned char *merit_state_anchor(const struct merit_state *state);

/* Whether open found DIR/state damaged, and so starts empty. One of another version is not. */
bool merit_state_was_unreadable(const struct merit_state *state);

/* MERIT_OK, or what went wrong first. */
enum merit_status merit_state_failure(const struct merit_state *state);

/* ---- Rows ---- */

/* The row's value, or NULL when there is none. An empty value is not NULL. */
const void *merit_state_get(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                            size_t *size_out);

/* The row with its old bytes, cut or zero-filled to size, for the caller to change; made when missing. Never NULL. */
void *merit_state_put(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size);

/* The row with size zero bytes, whatever it held. For rows known to be new: it does not ask the disk. Never NULL. */
void *merit_state_replace(struct merit_state *state, uint8_t table, const void *key, size_t key_size, size_t size);

/* Removes the row; missing is fine. */
void merit_state_delete(struct merit_state *state, uint8_t table, const void *key, size_t key_size);

/* ---- Series ---- */

/* size fresh zero bytes at the end of the record of number: a new record, unless it is the last one already. Numbers
 * never fall, and a freeze ends a record. size is a multiple of 8 and MERIT_STATE_VALUE_SIZE_MAX at most, the record
 * MERIT_STATE_RECORD_SIZE_MAX. Never NULL. */
void *merit_state_append(struct merit_state *state, uint64_t number, size_t size);

/* The record of number, or NULL when there is none. */
const void *merit_state_record(struct merit_state *state, uint64_t number, size_t *size_out);

/* ---- Claims ---- */

/* Notes that the entry seq uses the key; the same key may be claimed more than once. seq <= MERIT_STATE_SEQ_MAX. */
void merit_state_claim(struct merit_state *state, uint8_t table, const void *key, size_t key_size, uint64_t seq);

/* Takes that back, once; a claim that is not there is fine. */
void merit_state_unclaim(struct merit_state *state, uint8_t table, const void *key, size_t key_size, uint64_t seq);

/* A walk over the candidates for one key: start from { 0 }; any change of claims ends it. */
struct merit_claim_walk {
	uint64_t hash;
	uint32_t step_count; /* slots looked at; 0: none yet */
};

/* The next entry that may have claimed the key, in no order; false when there is no other. All that claimed it come, and
 * with it, one time in thousands, one that claimed another key: the caller makes sure by reading the entry. */
bool merit_state_claimed(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                         struct merit_claim_walk *walk, uint64_t *seq_out);

/* How many claims there are. */
uint64_t merit_state_claim_count(const struct merit_state *state);

/* The 16 bytes under which claims are hashed, as secret as hash_key. Borrowed until close. */
const unsigned char *merit_state_claims_key(const struct merit_state *state);

/* Whether two states of one claims key hold the same claims: as many, of the same hashes (the 38 bits that are looked
 * at) by the same entries. A walk over both tables. */
bool merit_state_claims_agree(const struct merit_state *left, const struct merit_state *right);

/* ---- Ahead ---- */

/* Asks memory for what looking up this row, or this key among the claims, will touch: for look-ups that come a few
 * microseconds later. Both are spread over hundreds of megabytes, so each look-up waits for memory otherwise. Changes
 * nothing and never fails. */
void merit_state_expect(struct merit_state *state, uint8_t table, const void *key, size_t key_size);
void merit_state_expect_claim(struct merit_state *state, uint8_t table, const void *key, size_t key_size);

/* ---- Undo ---- */

/* Rollback makes everything what it was at mark; release keeps the changes. One mark at a time. */
void merit_state_mark(struct merit_state *state);
void merit_state_rollback(struct merit_state *state);
void merit_state_release(struct merit_state *state);

/* ---- Write-back ---- */

/* What one flush of what is active would write. */
struct merit_state_load {
	uint64_t row_count;
	uint64_t size;          /* bytes of keys and values */
	uint64_t appended_size; /* bytes of series and claims */
	uint64_t page_count;    /* an upper bound; beyond 131,071 LMDB 0.9.24 spills, and leaks 1 MiB each time (ITS#9155) */
};
struct merit_state_load merit_state_load(const struct merit_state *state);

/* Whether that fits the map and the disk. While it does not, do not freeze: answer STORE_FULL to writes before memory
 * runs out, and go on reading. Returns STORE_FULL or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_state_has_room(const struct merit_state *state);

/* Bytes of memory held, over all levels, and tables of claims that are not touched yet. LMDB's pages are the page cache's and
 * not counted. */
uint64_t merit_state_memory_size(const struct merit_state *state);

/* Active becomes frozen: the effects of the log's first cut entries, of which anchor tells that log from others. Neither a
 * frozen level nor a mark may be there. False, and nothing changed, after a failure. */
MERIT_MUST_USE bool merit_state_freeze(struct merit_state *state, uint64_t cut,
                                       const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE]);

/* Whether a frozen level waits for flush or flushed. */
bool merit_state_is_frozen(const struct merit_state *state);

/* Writes what is frozen, rows in key order, and the cut, in one transaction. Changes nothing the owner looks at.
 * Returns  STORE_FULL, NO_MEMORY, CORRUPT or IO_FAILED; the disk then holds the old cut */
MERIT_MUST_USE enum merit_status merit_state_flush(struct merit_state *state);

/* Takes over what flush returned: on MERIT_OK drops the frozen level and reads from the new cut, else state fails. */
void merit_state_flushed(struct merit_state *state, enum merit_status flush_status);

/* See merit_env_drop_dead_readers. Any thread. */
void merit_state_drop_dead_readers(struct merit_state *state);

/* Visits the live rows of a table from from_key on, in ascending order of their bytes, until visit says false; visit
 * must not change state. Costs a walk over all changed rows: for lists and reports, not for every group. */
void merit_state_scan(struct merit_state *state, uint8_t table, const void *from_key, size_t from_size,
                      bool (*visit)(void *context, const void *key, size_t key_size, const void *value, size_t size),
                      void *context);

/* Visits every live row of every table, in order of table and key, then the series and the claims: the same bytes
 * whatever was flushed when and whatever the hash key. */
void merit_state_dump(struct merit_state *state,
                      bool (*visit)(void *context, uint8_t table, const void *key, size_t key_size, const void *value,
                                    size_t size),
                      void *context);

/* The smallest live key of the ordered table, and its value; false when it is empty. Amortised O(log n).
 * Key and value are borrowed until the next change of state or the next call of this. */
bool merit_state_first(struct merit_state *state, const void **key_out, size_t *key_size_out, const void **value_out,
                       size_t *size_out);

#endif
