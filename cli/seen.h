/* seen.h - how often each row of a file has come before: rows that say the same are told apart by their count.
 *
 * Memory  24 bytes a different row, in a table half full at most. */
#ifndef MERIT_CLI_SEEN_H
#define MERIT_CLI_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/hash.h"

struct merit_seen_slot {
	uint64_t hash[2]; /* the first 16 bytes of the row's SHA-256 */
	uint64_t count;   /* 0: an empty slot */
};

/* Start from { 0 }. */
struct merit_seen {
	struct merit_seen_slot *slots;
	size_t slots_count; /* a power of two */
	size_t used_count;
};

/* Counts one more row with this hash; returns how many came before it. */
uint64_t merit_seen_add(struct merit_seen *seen, const uint8_t hash[MERIT_HASH_SIZE]);
void merit_seen_free(struct merit_seen *seen);

#endif
