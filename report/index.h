/* index.h - rows found by a key of bytes: what reports add up by account, lot or party.
 *
 * Order    rows are kept in the order of their adding, so that what is printed never hangs on a hash; a report that
 *          wants another sorts.
 * Memory   start from { 0 }, merit_index_free at the end. Keys and rows live in the caller's arena and stay where
 *          they are.
 * Threads  one at a time. */
#ifndef MERIT_REPORT_INDEX_H
#define MERIT_REPORT_INDEX_H

#include "ledger/arena.h"
#include "ledger/value.h"

struct merit_index_row {
	struct merit_text key;
	uint64_t hash;
	void *value;
};

struct merit_index {
	struct merit_index_row *rows;
	size_t count, capacity;
	uint32_t *slots; /* place in rows + 1; 0: free */
	size_t slots_count;
};

/* The value under key; NULL when there is none. */
void *merit_index_find(const struct merit_index *index, struct merit_text key);

/* The same; where there is none, a new one of value_size zeroed bytes. NULL without memory. */
void *merit_index_get(struct merit_index *index, struct merit_arena *arena, struct merit_text key, size_t value_size);

/* By place, in the order of their adding. place < index->count. */
void *merit_index_at(const struct merit_index *index, size_t place);

/* Puts rows in the order of their keys' bytes; finding and adding go on. */
void merit_index_sort(struct merit_index *index);

void merit_index_free(struct merit_index *index);

/* A key of parts, from { .size = 0 }: texts without NULs and numbers, so that keys go in the order of their parts,
 * and no two lists of parts of the same kinds make one key. What does not fit is cut: texts longer than names are the
 * caller's to count. */
#define MERIT_INDEX_KEY_SIZE_MAX 256
struct merit_index_key {
	char bytes[MERIT_INDEX_KEY_SIZE_MAX];
	size_t size;
};
void merit_index_key_text(struct merit_index_key *key, struct merit_text text);
void merit_index_key_number(struct merit_index_key *key, int64_t number);
struct merit_text merit_index_key_whole(const struct merit_index_key *key);

#endif
