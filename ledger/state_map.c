/* state_map.c - see state_inner.h: the rows of one level in memory. Knows nothing of undo, levels or the disk.
 *
 * Open addressing in shards: a look-up touches one line of slots and the row it finds. The chains this replaced touched
 * a directory, a bucket and one row and a half. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BITS    32
#define SHARD_BITS   8 /* of the hash: which shard */
#define CAPACITY_MIN 16

#define EXPECTED_SIZE 192 /* of a row: its head, its name, and a member's balances with a lot or two */
#define LINE_SIZE     64  /* of the processor's caches */

static_assert(MAP_SHARDS == 1 << SHARD_BITS, "the shard is some bits of the hash");

static size_t align8(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

void merit_state_map_init(struct map *map, uint8_t index)
{
	*map = (struct map){ .index = index, .era = 1 };
}

void merit_state_map_free(struct map *map)
{
	for (size_t i = 0; i < MAP_SHARDS; i++)
		free(map->shards[i].slots);
	merit_state_arena_free(&map->arena);
	merit_state_map_init(map, map->index);
}

void merit_state_map_clear(struct map *map)
{
	map->era++; /* Each shard empties itself when the first row comes: no pause here. */
	map->row_count = 0;
	map->size = 0;
	merit_state_arena_clear(&map->arena);
}

static const struct map_shard *shard_of(const struct map *map, uint32_t hash)
{
	return &map->shards[hash >> (HASH_BITS - SHARD_BITS)];
}

/* Where a row belongs: in the order of the hash's other bits, so that growing is a walk through both arrays. */
static uint32_t home_of(uint32_t hash, uint32_t capacity)
{
	uint64_t rest = hash & ((1U << (HASH_BITS - SHARD_BITS)) - 1);
	return (uint32_t)(rest * capacity >> (HASH_BITS - SHARD_BITS));
}

static uint32_t next_index(const struct map_shard *shard, uint32_t index)
{
	return index + 1 == shard->capacity ? 0 : index + 1;
}

static void place_row(struct map_shard *shard, struct map_slot slot)
{
	uint32_t index = home_of(slot.hash, shard->capacity);

	while (shard->slots[index].row != NULL)
		index = next_index(shard, index);
	shard->slots[index] = slot;
	shard->count++;
}

static bool shard_grow(struct map *map, struct map_shard *shard)
{
	uint32_t capacity = shard->capacity == 0 ? CAPACITY_MIN : 2 * shard->capacity;
	struct map_shard grown = { .slots = calloc(capacity, sizeof(*grown.slots)), .capacity = capacity, .era = map->era };

	if (grown.slots == NULL)
		return false;
	for (uint32_t i = 0; i < shard->capacity; i++) {
		if (shard->slots[i].row != NULL)
			place_row(&grown, shard->slots[i]);
	}
	map->slots_size += (uint64_t)(capacity - shard->capacity) * sizeof(*grown.slots);
	free(shard->slots);
	*shard = grown;
	return true;
}

/* The shard for one more row of this hash, not more than three quarters full. NULL when memory runs out. */
static struct map_shard *shard_with_room(struct map *map, uint32_t hash)
{
	struct map_shard *shard = &map->shards[hash >> (HASH_BITS - SHARD_BITS)];

	if (shard->era != map->era && shard->capacity > 0)
		memset(shard->slots, 0, shard->capacity * sizeof(*shard->slots));
	if (shard->era != map->era)
		shard->count = 0;
	if (shard->count + 1 > shard->capacity - shard->capacity / 4 && !shard_grow(map, shard))
		return NULL; /* Of its old era still, or it would be searched without slots. */
	shard->era = map->era;
	return shard;
}

struct row *merit_state_map_find(const struct map *map, const struct name *name)
{
	const struct map_shard *shard = shard_of(map, name->hash);

	if (shard->era != map->era)
		return NULL;
	for (uint32_t i = home_of(name->hash, shard->capacity); shard->slots[i].row != NULL; i = next_index(shard, i)) {
		struct row *row = shard->slots[i].row;
		if (shard->slots[i].hash == name->hash && row->name_size == name->size &&
		    memcmp(row->name, name->bytes, name->size) == 0)
			return row;
	}
	return NULL;
}

bool merit_state_map_expect(const struct map *map, uint32_t hash)
{
	const struct map_shard *shard = shard_of(map, hash);

	if (shard->era != map->era)
		return false;
	for (uint32_t i = home_of(hash, shard->capacity); shard->slots[i].row != NULL; i = next_index(shard, i)) {
		if (shard->slots[i].hash != hash)
			continue;
		uintptr_t row = (uintptr_t)shard->slots[i].row; /* A number: the last lines may lie behind the arena. */
		for (size_t at = 0; at < EXPECTED_SIZE; at += LINE_SIZE)
			__builtin_prefetch((const void *)(row + at), 1);
		return true;
	}
	return false;
}

struct row *merit_state_map_insert(struct map *map, const struct name *name, size_t value_size)
{
	size_t head_size = align8(offsetof(struct row, name) + name->size);
	size_t capacity = align8(value_size);

	struct map_shard *shard = shard_with_room(map, name->hash);
	struct row *row = shard == NULL ? NULL : merit_state_arena_take(&map->arena, head_size + capacity);
	if (row == NULL)
		return NULL;
	*row = (struct row){
		.value = (unsigned char *)row + head_size,
		.hash = name->hash,
		.value_size = (uint32_t)value_size,
		.value_capacity = (uint32_t)capacity,
		.kind = ROW_ABSENT,
		.name_size = name->size,
		.map_index = map->index,
	};
	memcpy(row->name, name->bytes, name->size);
	place_row(shard, (struct map_slot){ row, row->hash });
	map->row_count++;
	map->size += name->size + value_size;
	return row;
}

bool merit_state_map_resize(struct map *map, struct row *row, size_t size)
{
	if (size > row->value_capacity) {
		size_t capacity = 0;
		unsigned char *value = merit_state_arena_take_block(&map->arena, size, &capacity);
		if (value == NULL)
			return false;
		memcpy(value, row->value, row->value_size);
		merit_state_arena_give_back(&map->arena, row->value, row->value_capacity);
		row->value = value;
		row->value_capacity = (uint32_t)capacity;
	}
	map->size = map->size - row->value_size + size;
	row->value_size = (uint32_t)size;
	return true;
}

struct row *merit_state_map_next(const struct map *map, struct map_walk *walk)
{
	for (; walk->shard_index < MAP_SHARDS; walk->shard_index++, walk->slot_index = 0) {
		const struct map_shard *shard = &map->shards[walk->shard_index];
		if (shard->era != map->era)
			continue;
		while (walk->slot_index < shard->capacity) {
			struct row *row = shard->slots[walk->slot_index++].row;
			if (row != NULL)
				return row;
		}
	}
	return NULL;
}

uint64_t merit_state_map_memory_size(const struct map *map)
{
	return map->arena.memory_size + map->slots_size;
}
