/* seen.c - see seen.h: open addressing, the hash being its own random number. */
#include "cli/seen.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define SLOTS_COUNT_FIRST 1024

static struct merit_seen_slot *slot_find(const struct merit_seen *seen, const uint64_t hash[2])
{
	size_t mask = seen->slots_count - 1;
	size_t index = (size_t)hash[0] & mask;

	while (seen->slots[index].count > 0 && memcmp(seen->slots[index].hash, hash, sizeof(uint64_t[2])) != 0)
		index = (index + 1) & mask;
	return &seen->slots[index];
}

static void slots_grow(struct merit_seen *seen)
{
	struct merit_seen wider = { .slots_count = seen->slots_count == 0 ? SLOTS_COUNT_FIRST : seen->slots_count * 2,
		                    .used_count = seen->used_count };

	wider.slots = calloc(wider.slots_count, sizeof(*wider.slots));
	merit_need(wider.slots);
	for (size_t i = 0; i < seen->slots_count; i++) {
		if (seen->slots[i].count > 0)
			*slot_find(&wider, seen->slots[i].hash) = seen->slots[i];
	}
	free(seen->slots);
	*seen = wider;
}

uint64_t merit_seen_add(struct merit_seen *seen, const uint8_t hash[MERIT_HASH_SIZE])
{
	uint64_t key[2];

	memcpy(key, hash, sizeof(key));
	if (seen->used_count * 2 >= seen->slots_count)
		slots_grow(seen);
	struct merit_seen_slot *slot = slot_find(seen, key);
	if (slot->count == 0) {
		memcpy(slot->hash, key, sizeof(key));
		seen->used_count++;
	}
	return slot->count++;
}

void merit_seen_free(struct merit_seen *seen)
{
	free(seen->slots);
	*seen = (struct merit_seen){ 0 };
}
