/* state_map.c - see state_inner.h: the rows of one level in memory. Knows nothing of undo, levels or the disk. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE      (1024 * 1024)
#define SEGMENT_BUCKETS 4096 /* also the buckets of an empty map */
#define SEGMENT_LEVEL   12
#define BLOCK_SIZE_MIN  16

static_assert(SEGMENT_BUCKETS == 1 << SEGMENT_LEVEL, "an empty map uses its first segment whole");
static_assert(CHUNK_SIZE > 2 * MERIT_STATE_VALUE_SIZE_MAX, "every row and every grown value fits a chunk");

struct arena_chunk {
	struct arena_chunk *next;
	uint64_t bytes[(CHUNK_SIZE - sizeof(void *)) / sizeof(uint64_t)];
};

/* What a free block holds. */
struct arena_block {
	struct arena_block *next;
};

static size_t align8(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* The smallest k with 2^k >= size. */
static unsigned log2_up(size_t size)
{
	assert(size > 1);
	return (unsigned)(64 - __builtin_clzll(size - 1));
}

static unsigned log2_down(size_t size)
{
	assert(size > 0);
	return (unsigned)(63 - __builtin_clzll(size));
}

/* Makes the next chunk current: one kept from before a clear, or a new one. */
static bool arena_advance(struct arena *arena)
{
	struct arena_chunk *next = arena->current == NULL ? arena->first : arena->current->next;

	if (next == NULL) {
		next = malloc(sizeof(*next));
		if (next == NULL)
			return false;
		next->next = NULL;
		if (arena->current == NULL)
			arena->first = next;
		else
			arena->current->next = next;
		arena->memory_size += sizeof(*next);
	}
	arena->current = next;
	arena->used_size = 0;
	return true;
}

/* size bytes, a multiple of 8, aligned to 8. */
static void *arena_take(struct arena *arena, size_t size)
{
	if (arena->current == NULL || sizeof(arena->current->bytes) - arena->used_size < size) {
		if (!arena_advance(arena))
			return NULL;
	}
	void *block = (unsigned char *)arena->current->bytes + arena->used_size;
	arena->used_size += size;
	return block;
}

/* A block of 2^log2_size bytes, used before if there is one. */
static void *arena_take_block(struct arena *arena, unsigned log2_size)
{
	assert(log2_size < ARENA_CLASSES);
	struct arena_block *block = arena->free[log2_size];
	if (block == NULL)
		return arena_take(arena, (size_t)1 << log2_size);
	arena->free[log2_size] = block->next;
	return block;
}

static void arena_give_back(struct arena *arena, void *memory, size_t size)
{
	if (size < BLOCK_SIZE_MIN)
		return;
	unsigned log2_size = log2_down(size);
	struct arena_block *block = memory;
	block->next = arena->free[log2_size];
	arena->free[log2_size] = block;
}

static void arena_clear(struct arena *arena)
{
	arena->current = NULL;
	memset(arena->free, 0, sizeof(arena->free));
}

static void arena_free(struct arena *arena)
{
	while (arena->first != NULL) {
		struct arena_chunk *chunk = arena->first;
		arena->first = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){ 0 };
}

static bool add_segment(struct map *map)
{
	if (map->segment_count == map->segment_capacity) {
		size_t capacity = map->segment_capacity == 0 ? 64 : map->segment_capacity * 2;
		struct row ***segments = realloc(map->segments, capacity * sizeof(*segments));
		if (segments == NULL)
			return false;
		map->segments = segments;
		map->segment_capacity = capacity;
	}
	struct row **segment = calloc(SEGMENT_BUCKETS, sizeof(*segment));
	if (segment == NULL)
		return false;
	map->segments[map->segment_count++] = segment;
	return true;
}

bool merit_state_map_init(struct map *map, uint8_t index)
{
	*map = (struct map){ .index = index };
	if (!add_segment(map))
		return false;
	merit_state_map_clear(map);
	return true;
}

void merit_state_map_free(struct map *map)
{
	for (size_t i = 0; i < map->segment_count; i++)
		free(map->segments[i]);
	free(map->segments);
	arena_free(&map->arena);
	*map = (struct map){ 0 };
}

void merit_state_map_clear(struct map *map)
{
	memset(map->segments[0], 0, SEGMENT_BUCKETS * sizeof(struct row *)); /* A split empties each further bucket. */
	map->bucket_count = SEGMENT_BUCKETS;
	map->level = SEGMENT_LEVEL;
	map->row_count = 0;
	map->size = 0;
	arena_clear(&map->arena);
}

static struct row **bucket_at(const struct map *map, size_t index)
{
	return &map->segments[index / SEGMENT_BUCKETS][index % SEGMENT_BUCKETS];
}

/* Buckets behind bucket_count are not split off yet: their rows are still in the lower half. */
static struct row **bucket_of(const struct map *map, uint32_t hash)
{
	size_t index = hash & (((size_t)2 << map->level) - 1);
	if (index >= map->bucket_count)
		index = hash & (((size_t)1 << map->level) - 1);
	return bucket_at(map, index);
}

/* Adds one bucket and moves to it the rows that belong there, all from one other bucket. Without memory it stays
 * undone: chains get longer, no row is lost. */
static void split_bucket(struct map *map)
{
	size_t new_index = map->bucket_count;
	if (new_index / SEGMENT_BUCKETS == map->segment_count && !add_segment(map))
		return;
	struct row **from = bucket_at(map, new_index - ((size_t)1 << map->level));
	struct row **to = bucket_at(map, new_index);
	*to = NULL;
	while (*from != NULL) {
		struct row *row = *from;
		if ((row->hash & ((size_t)1 << map->level)) == 0) {
			from = &row->next;
			continue;
		}
		*from = row->next;
		row->next = *to;
		*to = row;
	}
	map->bucket_count++;
	if (map->bucket_count == (size_t)2 << map->level)
		map->level++;
}

struct row *merit_state_map_find(const struct map *map, const struct name *name)
{
	for (struct row *row = *bucket_of(map, name->hash); row != NULL; row = row->next) {
		if (row->hash == name->hash && row->name_size == name->size &&
		    memcmp(row->name, name->bytes, name->size) == 0)
			return row;
	}
	return NULL;
}

struct row *merit_state_map_insert(struct map *map, const struct name *name, size_t value_size)
{
	size_t head_size = align8(offsetof(struct row, name) + name->size);
	size_t capacity = align8(value_size);

	struct row *row = arena_take(&map->arena, head_size + capacity);
	if (row == NULL)
		return NULL;
	if (map->row_count >= map->bucket_count)
		split_bucket(map);
	struct row **bucket = bucket_of(map, name->hash);
	row->next = *bucket;
	row->value = (unsigned char *)row + head_size;
	row->mark = 0;
	row->hash = name->hash;
	row->value_size = (uint32_t)value_size;
	row->value_capacity = (uint32_t)capacity;
	row->kind = ROW_ABSENT;
	row->name_size = name->size;
	row->map_index = map->index;
	row->queued = false;
	memcpy(row->name, name->bytes, name->size);
	*bucket = row;
	map->row_count++;
	map->size += name->size + value_size;
	return row;
}

bool merit_state_map_resize(struct map *map, struct row *row, size_t size)
{
	if (size > row->value_capacity) {
		unsigned log2_size = log2_up(size < BLOCK_SIZE_MIN ? BLOCK_SIZE_MIN : size);
		unsigned char *value = arena_take_block(&map->arena, log2_size);
		if (value == NULL)
			return false;
		memcpy(value, row->value, row->value_size);
		arena_give_back(&map->arena, row->value, row->value_capacity);
		row->value = value;
		row->value_capacity = (uint32_t)1 << log2_size;
	}
	map->size = map->size - row->value_size + size;
	row->value_size = (uint32_t)size;
	return true;
}

struct row *merit_state_map_next(const struct map *map, struct map_walk *walk)
{
	if (walk->row != NULL)
		walk->row = walk->row->next;
	while (walk->row == NULL && walk->bucket_index < map->bucket_count)
		walk->row = *bucket_at(map, walk->bucket_index++);
	return walk->row;
}

uint64_t merit_state_map_memory_size(const struct map *map)
{
	return map->arena.memory_size + map->segment_capacity * sizeof(struct row **) +
	       map->segment_count * SEGMENT_BUCKETS * sizeof(struct row *);
}
