/* state_inner.h - what the files of state share. For nobody else.
 *   state_arena.c    memory of a level
 *   state_map.c      the rows of one level in memory
 *   state_series.c   the series: one level in memory, and the levels as one
 *   state_claim.c    the claims
 *   state_disk.c     the level on disk: opening, looking up
 *   state_flush.c    writing a cut
 *   state_scan.c     the levels merged in order; the first row of the ordered table
 *   state.c          the levels as one table
 *   state_undo.c     mark, rollback, release */
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

/* ---- Memory ---- */

/* Memory for pieces of any size, aligned to 8, given back all at once. Blocks that were outgrown are used again by
 * size. Pieces are not zeroed. */
#define ARENA_CLASSES 20
struct arena {
	struct arena_chunk *first; /* all chunks, kept over a clear */
	struct arena_chunk *current;
	size_t used_size;                        /* of current */
	struct arena_block *free[ARENA_CLASSES]; /* [k]: blocks of 2^k bytes or more */
	uint64_t memory_size;
};

#define HUGE_PAGE_SIZE ((size_t)2 * 1024 * 1024)

/* size in whole huge pages. */
static inline size_t merit_state_huge_size(size_t size)
{
	return (size + HUGE_PAGE_SIZE - 1) / HUGE_PAGE_SIZE * HUGE_PAGE_SIZE;
}

/* Memory in huge pages where the system has them, for what is met at random; freed by free. NULL when memory runs out. */
void *merit_state_huge_allocate(size_t size);

/* How far an arena was used. */
struct arena_place {
	struct arena_chunk *chunk;
	size_t used_size;
};

/* size is a multiple of 8. NULL when memory runs out. */
void *merit_state_arena_take(struct arena *arena, size_t size);

/* Makes the piece longer where it stands: only if it was taken last and there is room. */
bool merit_state_arena_extend(struct arena *arena, const void *piece, size_t size, size_t new_size);

/* A piece of size bytes or more, *size_out, used before if there is one; and back for such use. */
void *merit_state_arena_take_block(struct arena *arena, size_t size, size_t *size_out);
void merit_state_arena_give_back(struct arena *arena, void *memory, size_t size);

/* Takes back all that was taken since place. Not with blocks. */
struct arena_place merit_state_arena_place(const struct arena *arena);
void merit_state_arena_cut(struct arena *arena, struct arena_place place);

void merit_state_arena_clear(struct arena *arena); /* forgets all; costs nothing a piece */
void merit_state_arena_free(struct arena *arena);

/* Items of one size in the order they came, which never move. Start from { .item_size = ... }. */
#define LIST_SEGMENT_ITEMS 4096
struct list {
	unsigned char **segments;
	size_t segment_count, segment_capacity;
	size_t item_size;
	size_t count;
};

void *merit_state_list_push(struct list *list); /* not zeroed; NULL when memory runs out */
void *merit_state_list_at(const struct list *list, size_t index);
void merit_state_list_cut(struct list *list, size_t count); /* drops the items from count on */
void merit_state_list_clear(struct list *list);             /* costs nothing an item */
void merit_state_list_free(struct list *list);
uint64_t merit_state_list_memory_size(const struct list *list);

/* ---- Rows ---- */

/* Rows by name. A shard is searched from where a row belongs to the next free slot, and grown alone, so that one insert
 * moves a few thousand pointers at most. */
#define MAP_SHARDS 256

struct map_slot {
	struct row *row; /* NULL: free */
	uint32_t hash;
};

struct map_shard {
	struct map_slot *slots;
	uint32_t capacity;
	uint32_t count;
	uint64_t era; /* of its rows; unless it is the map's, it is empty and its slots are still to be cleared */
};

struct map {
	struct arena arena;
	struct map_shard shards[MAP_SHARDS];
	uint64_t era;
	uint64_t slots_size; /* bytes of all slots */
	uint64_t row_count;  /* with absent ones */
	uint64_t size;       /* bytes of names and values */
	uint8_t index;       /* in merit_state.maps */
};

/* A walk over all rows: start from { 0 }. */
struct map_walk {
	uint32_t shard_index;
	uint32_t slot_index; /* the next to look at */
};

void merit_state_map_init(struct map *map, uint8_t index);
void merit_state_map_free(struct map *map);

/* Forgets all rows and keeps the memory; costs nothing a row. */
void merit_state_map_clear(struct map *map);

struct row *merit_state_map_find(const struct map *map, const struct name *name);

/* Asks memory for the row of this hash; false when there is none. */
bool merit_state_map_expect(const struct map *map, uint32_t hash);

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

/* Keeps what an active row is now, unless that was done since the mark. Without a mark there is nothing to keep. */
MERIT_MUST_USE bool merit_state_undo_save(struct undo *undo, struct row *row);

/* A name looked up lately, and what came of it. One entry asks for the same campaign, rule, party and member again and
 * again (of an earn's 25 calls 20): here that costs neither a keyed hash nor a probe of the levels, 110 instructions in
 * place of 400. Found by a few bytes of the name; who makes them coincide on purpose gains nothing but the long way. */
#define MEMO_COUNT       256 /* a power of two */
#define MEMO_MIDDLE_SIZE 32
struct memo {
	uint64_t tag;        /* table, size of the key, and memo_era, without which it is no good */
	uint64_t head, tail; /* the key's first 8 bytes and its last; these and the size tell keys up to 16 bytes apart */
	struct row *row;     /* active; NULL: the levels below have the word */
	const void *value;   /* below; NULL: there is none */
	size_t value_size;
	unsigned char middle[MEMO_MIDDLE_SIZE]; /* of a longer key, what is between */
};

/* ---- Series ---- */

struct record {
	uint64_t number;
	unsigned char *bytes;
	size_t size;
};

/* The records of one level, in order of number. */
struct series {
	struct arena arena;
	struct list records; /* struct record */
	uint64_t size;       /* bytes of all records */
};

struct series_mark {
	struct record last;
	size_t count;
	struct arena_place place;
	uint64_t size;
};

void merit_state_series_init(struct series *series);
void merit_state_series_free(struct series *series);
void merit_state_series_clear(struct series *series);
uint64_t merit_state_series_memory_size(const struct series *series);
void merit_state_series_mark(const struct series *series, struct series_mark *mark_out);
void merit_state_series_rollback(struct series *series, const struct series_mark *mark);

/* No record of series, which is about to be frozen, may be added to. */
void merit_state_series_freeze(struct merit_state *state, const struct series *series);

/* ---- Claims ---- */

#define CLAIM_SHARDS     1024
#define CLAIM_GIVEN_BACK (1ULL << 63) /* in a change's seq */

struct claim_shard {
	uint64_t *slots; /* its table */
	uint32_t capacity;
	uint32_t count;
	uint32_t size_index; /* of its table, in claims.tables */
};

/* The tables of one size, side by side, one for each shard: so they are a few long pieces of memory, those of 2 MiB and
 * more in huge pages where the system has them. */
#define CLAIM_SIZES 64
struct claim_tables {
	uint64_t *slots;   /* NULL: no shard has a table here */
	uint32_t capacity; /* slots of a table; 0: more than there can be */
	uint32_t used_count;
	bool small_pages; /* too few slots for a huge page, or none to be had */
};

/* One claim, made or given back: for undo and for the disk. */
struct claim_change {
	uint64_t hash;
	uint64_t seq;
};

/* What dump shows of the claims: the same for the same claims, whatever their order and the hash key. */
struct claims_digest {
	uint64_t count;
	uint64_t sum, other_sum; /* of two mixings of each claim's seq */
};

/* A key hashed lately, with its table in front: what an entry claims was looked for just before. Found by its
 * last bytes. */
#define HASHED_BITS  7
#define HASHED_COUNT (1 << HASHED_BITS)
struct hashed_key {
	uint64_t hash;
	size_t size; /* 0: none yet */
	unsigned char name[NAME_SIZE_MAX];
};

struct claims {
	struct claim_shard shards[CLAIM_SHARDS];
	struct list changes[2];     /* struct claim_change: of the active cut and the frozen one, by map index */
	unsigned char hash_key[16]; /* as long as DIR/state: what is on the disk are hashes */
	uint64_t count;
	struct claim_tables tables[CLAIM_SIZES];
	uint64_t tables_size; /* bytes */
	struct claims_digest digest;
	struct hashed_key hashed[HASHED_COUNT];
};

/* Claims on their way from the disk to the shards: they wait in a basket of each shard until all are read or it is full. So
 * a table is filled while it is in the processor's cache. */
#define CLAIM_BASKET_MAX 32768 /* claims: 256 MiB for all */
struct claim_load {
	uint64_t *baskets; /* of CLAIM_SHARDS, one behind the other: slots */
	uint32_t basket_capacity;
	uint32_t counts[CLAIM_SHARDS]; /* in each basket */
	struct list given_back;        /* struct claim_change: those come last, as all of them had been made before */
};

void merit_state_claims_init(struct claims *claims);
void merit_state_claims_free(struct claims *claims);
uint64_t merit_state_claims_memory_size(const struct claims *claims);

/* A small table for every shard. Returns 0 or ENOMEM. */
int merit_state_claims_open(struct claims *claims);

/* What the disk's list says. Begin with how many changes there are, then the changes in their order, then end. Each
 * returns 0 or ENOMEM. */
int merit_state_claims_load_begin(struct claims *claims, struct claim_load *load, uint64_t count);
int merit_state_claims_load(struct claims *claims, struct claim_load *load, const struct claim_change *changes,
                            size_t count);
int merit_state_claims_load_end(struct claims *claims, struct claim_load *load);

/* Undoes the changes behind the first count. */
void merit_state_claims_rollback(struct claims *claims, struct list *changes, size_t count);

/* Computed over all claims, borrowed until the next call. */
const struct claims_digest *merit_state_claims_digest(struct claims *claims);

/* ---- All of it ---- */

struct heap {
	struct row **rows;
	size_t count;
	size_t capacity;
};

/* The first row of the ordered table: heaps of its rows in memory, and how far the disk's were passed by. A level has its
 * own, to be dropped at once: sorting out a million rows stopped the owner for 30 to 50 ms. */
struct first {
	struct heap heaps[2]; /* by map index */
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
	MDB_dbi rows, series_table, claims_table, meta;
	MDB_txn *read_txn; /* the owner's, of the last flushed cut */
	bool disk_empty;   /* the disk holds no row: spares every lookup while a log is new or rebuilt */
	bool disk_has[256]; /* by table: whether it may hold one: spares lookups in tables that nobody uses */
	struct map maps[2];
	struct map *active;
	struct map *frozen; /* NULL when there is none */
	struct map *clean;  /* the rows last flushed, as the disk has them: spares LMDB; NULL while there is a frozen level */
	struct memo memos[MEMO_COUNT];
	uint64_t memo_era; /* rises when rows or values move: with freeze and flushed */
	struct undo undo;
	struct series series[2]; /* by map index, as the lists of changes in claims */
	struct claims claims;
	struct series_mark series_mark;
	size_t claims_mark;  /* changes at the mark */
	uint64_t series_end; /* no record below may be added to: one more than the last of the levels below active */
	struct first first;
	struct recent recent[RECENT_COUNT]; /* of the cut that is read; by hash */
	uint64_t cut, frozen_cut;
	unsigned char anchor[MERIT_STATE_ANCHOR_SIZE], frozen_anchor[MERIT_STATE_ANCHOR_SIZE];
	uint64_t disk_pages; /* of the rows table at the last cut */
	uint32_t version;
	uint8_t ordered_table;
	unsigned char hash_key[16];
	unsigned char new_claims_key[16]; /* for a DIR/state that has none yet */
	bool was_unreadable;
	unsigned char *sink; /* what put returns after a failure */
	bool visiting;       /* a scan runs: nothing may change */
	enum merit_status failure;
	struct merit_fault *fault;
};

int merit_state_name_compare(const void *left, size_t left_size, const void *right, size_t right_size);
void merit_state_fail(struct merit_state *state, enum merit_status status); /* keeps the first */
uint32_t merit_state_hash(const struct merit_state *state, const void *name, size_t name_size);

/* The newest word on a name in memory that the disk may not have: a value or a deletion; NULL when there is none. */
struct row *merit_state_find(const struct merit_state *state, const struct name *name);

/* ---- Disk ---- */

#define DISK_GROUP_SIZE   7
#define DISK_GROUP_FULL   8 /* the mark of a group that another one follows */
#define DISK_KEY_SIZE_MAX ((NAME_SIZE_MAX / DISK_GROUP_SIZE + 1) * 8)
#define CLAIM_BLOCK_COUNT 126 /* changes in one value of the claims table: two values fill a page */

/* The one row of the table meta: written with every cut. */
struct cut_record {
	uint64_t cut;
	uint64_t version;
	unsigned char anchor[MERIT_STATE_ANCHOR_SIZE];
	unsigned char claims_hash_key[16];
};

size_t merit_state_disk_key(const unsigned char *name, size_t name_size, unsigned char key_out[DISK_KEY_SIZE_MAX]);
int merit_state_disk_write_cut(MDB_txn *txn, MDB_dbi meta, struct cut_record record);

enum merit_status merit_state_disk_open(struct merit_state *state, const char *dir, uint64_t map_size);
void merit_state_disk_close(struct merit_state *state);
void merit_state_disk_renew(struct merit_state *state); /* reads from the newest cut on */

/* The disk's value, NULL when it has none or state failed. Borrowed until disk_renew. */
const void *merit_state_disk_get(struct merit_state *state, const struct name *name, size_t *size_out);

const void *merit_state_disk_record(struct merit_state *state, uint64_t number, size_t *size_out); /* likewise */

/* The disk's records in order of number. False when visit stopped it. */
bool merit_state_disk_records_visit(struct merit_state *state,
                                    bool (*visit)(void *context, uint64_t number, const void *bytes, size_t size),
                                    void *context);

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
