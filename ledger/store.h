/* store.h - the log on disk: the LMDB environment DIR/log, to which groups are appended and from which nothing is ever
 * changed or removed. It stores bytes and does not judge them: hashes, signatures and rules are checked by verify.
 *
 * Tables and what makes a flipped byte in them visible:
 *   log    what was appended, in its order, under seq << 2 | kind; the count of rows shows one too many. By kind:
 *          0 request     of the first entry it caused: the SHA-256 in every entry it caused
 *          1 entry       its record: the leaf hash, the tree, the checkpoints; a changed key leaves a gap
 *          2 checkpoint  of the last entry it covers: the note's signature, and its text names the tree's size
 *   tiles  level, index -> hashes: computed again from the entries; the count of rows shows one too many
 *   meta   "format" -> "4": compared whole at every open; it is the only row
 * One table, since each that a commit appends to costs it a path of pages of its own: with three, a single earn cost the
 * disk 15 writes where it costs 10, and a fifth fewer earns were made in a second.
 * Leaves are rows of their own: bundles of 16 KiB would append a quarter faster and save a tenth of the disk, but a row
 * is read in half the time, needs no search and no second format, and appends run at a million a second either way.
 *
 * Order    create once; open, then groups and readers, then close the readers, then close. close(NULL) does nothing.
 * Groups   begin, append and put, then commit or abort. Nothing is visible to a reader before commit returns MERIT_OK;
 *          then it is also on the disk.
 * Failure  has_room says no before a group; that is the only harmless no. A failing begin, put or commit ends the store
 *          for writing: every later call answers STORE_FAILED, since a second attempt after a failed flush may claim a
 *          success the disk never saw. The process must end; what the next start finds on the disk is the log.
 * Threads  one group at a time, and from begin to commit or abort one thread (LMDB's writer lock belongs to it); it
 *          need not be the one that opened. has_room and reader_open: any thread. A reader: one thread at a time.
 * Process  one open store per directory and process; a handle is not carried across fork(). */
#ifndef MERIT_LEDGER_STORE_H
#define MERIT_LEDGER_STORE_H

#include "ledger/status.h"
#include "ledger/store_env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERIT_STORE_FORMAT            4                            /* the directory's format; see doc/format.md */
#define MERIT_STORE_MAP_SIZE_DEFAULT  (64ULL * 1024 * 1024 * 1024) /* address space, not disk */
#define MERIT_STORE_DISK_RESERVE_SIZE (64ULL * 1024 * 1024)        /* kept free, so that others can still work */
#define MERIT_STORE_TILE_SIZE         8192                         /* 256 hashes of 32 bytes: a complete tile */
#define MERIT_STORE_TILE_INDEX_MAX    ((1ULL << 56) - 1)
#define MERIT_STORE_SEQ_MAX           ((1ULL << 62) - 1)

struct merit_store;        /* Opaque: the open log. */
struct merit_store_reader; /* Opaque: one thread's view of it. */

enum merit_store_mode {
	MERIT_STORE_READ_WRITE, /* the one process that appends: holds DIR/lock until close or its end */
	MERIT_STORE_READ_ONLY,  /* beside a running writer, from another process */
};

/* How to open. All zeros and NULL are the defaults above. */
struct merit_store_options {
	uint64_t map_size;          /* bytes of address space; may be raised at any later open */
	uint64_t disk_reserve_size; /* bytes of the disk has_room leaves alone */
	struct merit_fault *fault;  /* tests only: counts create, open and the calls of groups */
};

/* Makes DIR, DIR/lock and an empty DIR/log, on the disk when it returns. options may be NULL here.
 * Returns  EXISTS when DIR/log is there, IN_USE, STORE_FULL, NO_MEMORY or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_store_create(const char *dir, const struct merit_store_options *options);

/* Opens DIR/log; read-write first takes DIR/lock, before anything else is looked at.
 * format_out  may be NULL; set when the status is FORMAT_VERSION: the number found, 0 when it is no number
 * Returns     NOT_FOUND, IN_USE, FORMAT_VERSION, CORRUPT, NO_MEMORY or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_store_open(const char *dir, enum merit_store_mode mode,
                                                  const struct merit_store_options *options,
                                                  struct merit_store **store_out, uint32_t *format_out);

/* Drops a group still open. Every reader must be closed. */
void merit_store_close(struct merit_store *store);

/* Whether a group of row_count rows (of all tables) with size bytes of values fits the map and the disk. Groups begun
 * but not yet committed count as well: the caller adds them. Any thread.
 * Returns  STORE_FULL (reads go on), STORE_FAILED or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_store_has_room(struct merit_store *store, uint64_t size, uint64_t row_count);

/* Opens a group. Waits for no one: there is one writer. Returns STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_begin(struct merit_store *store);

/* Adds one record, or the request whose first entry is appended next, in the same group: seq must be that of the next
 * entry. Bytes are copied. Returns STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_append_entry(struct merit_store *store, uint64_t seq, const void *bytes,
                                                          size_t size);
MERIT_MUST_USE enum merit_status merit_store_append_request(struct merit_store *store, uint64_t seq, const void *bytes,
                                                            size_t size);

/* Adds one complete tile of MERIT_STORE_TILE_SIZE bytes (C2SP tlog-tiles), which must be new. Returns STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_put_tile(struct merit_store *store, uint8_t level, uint64_t index,
                                                      const void *bytes);

/* Adds the signed note over all entries: tree_size is their count, which must have grown. Returns STORE_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_put_checkpoint(struct merit_store *store, uint64_t tree_size,
                                                            const void *note, size_t note_size);

/* Makes the group durable. On MERIT_OK it is on the disk and readers see it. Returns STORE_FAILED, and then the group
 * may or may not be on the disk: only the next start can tell. Cost: two flushes. */
MERIT_MUST_USE enum merit_status merit_store_commit(struct merit_store *store);

/* Forgets the group, if one is open; nothing of it was written. */
void merit_store_abort(struct merit_store *store);

/* What made the store fail, for one line in the service's log; NULL while it has not. Any thread. */
const char *merit_store_failure(struct merit_store *store);

/* See merit_env_drop_dead_readers. Any thread. */
void merit_store_drop_dead_readers(struct merit_store *store);

/* Copies the log, beside its writer, to TARGET_DIR/log, which must not exist. See merit_env_copy. Any thread. */
MERIT_MUST_USE enum merit_status merit_store_backup(struct merit_store *store, const char *target_dir,
                                                    bool *compact_out);

/* Reading: between begin and end a reader sees the log as it was at begin, and what it returns stays where it is. Keep
 * that short, never across a wait: pages an open view may need cannot be used again. */

/* A reader on this store, idle. Returns NO_MEMORY or IO_FAILED (more than MERIT_ENV_READERS_MAX). */
MERIT_MUST_USE enum merit_status merit_store_reader_open(struct merit_store *store,
                                                         struct merit_store_reader **reader_out);
void merit_store_reader_close(struct merit_store_reader *reader);

/* Looks at the newest committed group from now on. IO_FAILED also when another process raised the map: open again. */
MERIT_MUST_USE enum merit_status merit_store_reader_begin(struct merit_store_reader *reader);

/* Lets go of everything the reader returned since begin. */
void merit_store_reader_end(struct merit_store_reader *reader);

/* One row; a request by the seq of the first entry it caused. Bytes are borrowed until reader_end. Returns NOT_FOUND,
 * CORRUPT or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_read_entry(struct merit_store_reader *reader, uint64_t seq,
                                                        const void **bytes_out, size_t *size_out);
MERIT_MUST_USE enum merit_status merit_store_read_request(struct merit_store_reader *reader, uint64_t seq,
                                                          const void **bytes_out, size_t *size_out);

/* For passes over a whole log: lets go of the memory that reading entries from first to last, in order, took of this
 * process; else all of the file that was looked at counts as its own. They are read again when asked for: between begin
 * and end, after what was returned is done with. Entries that are not there are none. */
void merit_store_forget_entries(struct merit_store_reader *reader, uint64_t first, uint64_t last);

/* MERIT_STORE_TILE_SIZE bytes; CORRUPT when the row has another size. Also NOT_FOUND or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_read_tile(struct merit_store_reader *reader, uint8_t level, uint64_t index,
                                                       const void **bytes_out);

struct merit_store_checkpoint {
	uint64_t tree_size; /* as the row's key says; the note must name the same number */
	const char *note;   /* not NUL-terminated; borrowed until reader_end */
	size_t note_size;
};

/* The checkpoint of the smallest tree of tree_size entries or more, 1 at least: the first that covers entry
 * tree_size - 1. Asked with the found tree_size + 1 it walks them all. Steps over the rows before it: those of a group at
 * most. Returns NOT_FOUND, CORRUPT or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_read_checkpoint(struct merit_store_reader *reader, uint64_t tree_size,
                                                             struct merit_store_checkpoint *checkpoint_out);
MERIT_MUST_USE enum merit_status merit_store_read_newest_checkpoint(struct merit_store_reader *reader,
                                                                    struct merit_store_checkpoint *checkpoint_out);

/* One past the last seq; 0 when there is none. Returns CORRUPT or IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_store_entry_count(struct merit_store_reader *reader, uint64_t *count_out);

/* How many rows each table says it has. For verify: without strays log and tiles are what verify walked, and meta
 * is 1. */
struct merit_store_rows {
	uint64_t log, tiles, meta;
};
MERIT_MUST_USE enum merit_status merit_store_count_rows(struct merit_store_reader *reader,
                                                        struct merit_store_rows *rows_out);

/* How full the store is, for metrics and alarms. Any thread. Returns IO_FAILED. */
struct merit_store_usage {
	uint64_t used_size, map_size; /* bytes */
	uint32_t reader_count;        /* reader slots in use or once used, of MERIT_ENV_READERS_MAX */
};
MERIT_MUST_USE enum merit_status merit_store_measure(struct merit_store *store, struct merit_store_usage *usage_out);

#endif
