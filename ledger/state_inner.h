/* state_inner.h - what the files of state share. For nobody else.
 *   state_map.c    the rows of one level in memory
 *   state_disk.c   the level on disk: opening, looking up, writing a cut
 *   state_scan.c   the levels merged in order; the first row of the ordered table
 *   state.c        the levels as one table, and undo */
#ifndef MERIT_LEDGER_STATE_INNER_H
#define MERIT_LEDGER_STATE_INNER_H

#include "ledger/state.h"

/* The table's byte and the key behind it: what rows are named and sorted by. */
#define NAME_SIZE_MAX (MERIT_STATE_KEY_SIZE_MAX + 1)

struct name {
	unsigned char bytes[NAME_SIZE_MAX];
	uint8_t size;
	uint32_t hash; /* keyed; only for the tables in memory */
};

enum row_kind {
	ROW_ABSENT, /* says nothing: look in the level below. Left by a rollback */
	ROW_VALUE,
	ROW_DELETED, /* there is none, whatever the level below says */
};

struct row {
	struct row *next; /* in its bucket */
	unsigned char *value;
	uint64_t mark; /* the last mark for which its past was saved */
	uint32_t hash;
	uint32_t value_size;
	uint32_t value_capacity;
	uint8_t kind; /* enum row_kind */
	uint8_t name_size;
	uint8_t map_index; /* of the map it stands in */
	bool queued;       /* is in the heap of the ordered table */
	unsigned char name[];
};

/* Memory for rows and values, given back all at once. Blocks of outgrown values are used again by size. */
#define ARENA_CLASSES 20
struct arena {
	struct arena_chunk *first; /* all chunks, kept over a clear */
	struct arena_chunk *current;
	size_t used_size;                        /* of current */
	struct arena_block *free[ARENA_CLASSES]; /* [k]: blocks of 2^k bytes or more */
	uint64_t memory_size;
};

/* Rows by name: linear hashing, so that one insert splits at most one bucket and nothing is ever rehashed as a whole.
 * Buckets stand in segments, so that they never move. */
struct map {
	struct arena arena;
	struct row ***segments;
	size_t segment_count;
	size_t segment_capacity;
	size_t bucket_count; /* buckets in use, at least 1 << level */
	unsigned level;
	uint8_t index;      /* in merit_state.maps */
	uint64_t row_count; /* with absent ones */
	uint64_t size;      /* bytes of names and values */
};

/* A bucket walk over all rows: start from { 0 }. */
struct map_walk {
	size_t bucket_index;
	struct row *row;
};

MERIT_MUST_USE bool merit_state_map_init(struct map *map, uint8_t index);
void merit_state_map_free(struct map *map);

/* Forgets all rows and keeps the memory; costs nothing a row. */
void merit_state_map_clear(struct map *map);

struct row *merit_state_map_find(const struct map *map, const struct name *name);

/* A new row that says nothing yet, with room for value_size bytes that are not set; NULL when memory runs out. */
struct row *merit_state_map_insert(struct map *map, const struct name *name, size_t value_size);

/* Sets the value's size; bytes it had are kept, added ones are not set. Never fails for a size the row had before. */
MERIT_MUST_USE bool merit_state_map_resize(struct map *map, struct row *row, size_t size);

struct row *merit_state_map_next(const struct map *map, struct map_walk *walk);
uint64_t merit_state_map_memory_size(const struct map *map);

/* One row's past: its kind and bytes at the mark. The bytes stand in the undo log behind it. */
struct undo_record {
	struct row *row;
	uint32_t value_size;
	uint8_t kind;
};

struct undo {
	unsigned char *bytes; /* records of 8-byte multiples, one behind the other */
	size_t size;
	size_t capacity;
	uint64_t mark; /* rises with every mark, so that no row need be told of the next */
	bool open;
};

/* The first row of the ordered table: a heap of its rows in memory, and how far the disk's were passed by. */
struct first {
	struct row **heap;
	size_t count;
	size_t capacity;
	MDB_cursor *cursor; /* NULL: start again */
	bool disk_ended;
	struct name disk_name; /* the disk's candidate while neither of the above */
	MDB_val disk_value;
};

/* A row of the disk found lately. Settings, parties, keys and rules are looked up with every call and hardly ever change,
 * so they never come to memory by themselves; a lookup here costs a tenth of LMDB's. */
#define RECENT_COUNT     4096 /* a power of two */
#define RECENT_NAME_SIZE 59
struct recent {
	const void *value;
	size_t size;
	uint32_t hash;
	uint8_t name_size; /* 0: empty */
	unsigned char name[RECENT_NAME_SIZE];
};

struct merit_state {
	MDB_env *env;
	MDB_dbi rows;
	MDB_dbi meta;
	MDB_txn *read_txn; /* the owner's, of the last flushed cut */
	bool disk_empty;   /* the disk holds no row: spares every lookup while a log is new or rebuilt */
	struct map maps[2];
	struct map *active;
	struct map *frozen; /* NULL when there is none */
	struct undo undo;
	struct first first;
	struct recent recent[RECENT_COUNT]; /* of the cut that is read; by hash */
	uint64_t cut;
	uint64_t frozen_cut;
	unsigned char anchor[MERIT_STATE_ANCHOR_SIZE], frozen_anchor[MERIT_STATE_ANCHOR_SIZE];
	uint64_t disk_pages; /* of the rows table at the last cut */
	uint32_t version;
	uint8_t ordered_table;
	unsigned char hash_key[16];
	unsigned char *sink; /* what put returns after a failure */
	bool visiting;       /* a scan runs: nothing may change */
	enum merit_status failure;
	struct merit_fault *fault;
};

int merit_state_name_compare(const void *left, size_t left_size, const void *right, size_t right_size);
void merit_state_fail(struct merit_state *state, enum merit_status status); /* keeps the first */
uint32_t merit_state_hash(const struct merit_state *state, const void *name, size_t name_size);

/* The newest word on a name in memory: a value or a deletion; NULL when the disk has it. */
struct row *merit_state_find(const struct merit_state *state, const struct name *name);

enum merit_status merit_state_disk_open(struct merit_state *state, const char *dir, uint64_t map_size);
void merit_state_disk_close(struct merit_state *state);
void merit_state_disk_renew(struct merit_state *state); /* reads from the newest cut on */

/* The disk's value, NULL when it has none or state failed. Borrowed until disk_renew. */
const void *merit_state_disk_get(struct merit_state *state, const struct name *name, size_t *size_out);

/* A cursor on the disk's rows, stepped in order of names. False at the end and on failure. */
MDB_cursor *merit_state_disk_cursor_open(struct merit_state *state);
bool merit_state_disk_cursor_seek(struct merit_state *state, MDB_cursor *cursor, const struct name *from,
                                  struct name *name_out, MDB_val *value_out);
bool merit_state_disk_cursor_next(struct merit_state *state, MDB_cursor *cursor, struct name *name_out,
                                  MDB_val *value_out);

void merit_state_first_free(struct first *first);

/* A row of the ordered table became a value. */
void merit_state_first_note(struct merit_state *state, struct row *row);

/* A row of the ordered table went back to what it was at the mark: what was passed by may be first again. */
void merit_state_first_undo(struct merit_state *state, struct row *row);

/* The frozen level is about to go and the disk to be read anew. */
void merit_state_first_restart(struct merit_state *state);

#endif
