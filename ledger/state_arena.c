/* state_arena.c - see state_inner.h: memory of one level, taken piece by piece and given back all at once. What one cut
 * took is kept for the next; what a smaller one leaves unused goes back to the system in small steps. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK_SIZE     HUGE_PAGE_SIZE
#define BLOCK_SIZE_MIN 16
#define TRIM_COUNT     16 /* chunks or segments freed by one clear: half a millisecond at most */

static_assert(CHUNK_SIZE / 2 > 2 * MERIT_STATE_VALUE_SIZE_MAX, "every row and every grown value fits a chunk");

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(16) unsigned char bytes[];
};

/* What a free block holds. */
struct arena_block {
	struct arena_block *next;
};

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

void *merit_state_huge_allocate(size_t size)
{
	size_t whole_size = merit_state_huge_size(size);
	void *memory = aligned_alloc(HUGE_PAGE_SIZE, whole_size);

	if (memory != NULL)
		(void)madvise(memory, whole_size, MADV_HUGEPAGE);
	return memory;
}

/* Rows are met at random: without huge pages nearly each of them is a walk through the page tables as well. The first
 * chunk is small, as most ledgers are. */
static struct arena_chunk *chunk_new(const struct arena *arena, size_t size)
{
	size_t whole_size = arena->first == NULL ? CHUNK_SIZE / 2 : CHUNK_SIZE;
	struct arena_chunk *chunk;

	if (size > whole_size / 2)
		whole_size = sizeof(*chunk) + 2 * size;
	chunk = whole_size == CHUNK_SIZE ? merit_state_huge_allocate(whole_size) : malloc(whole_size);
	if (chunk != NULL)
		chunk->size = whole_size - sizeof(*chunk);
	return chunk;
}

/* Makes the next chunk current: one kept from before, or a new one where that is too small. */
static bool arena_advance(struct arena *arena, size_t size)
{
	struct arena_chunk **link = arena->current == NULL ? &arena->first : &arena->current->next;

	if (*link == NULL || (*link)->size < size) {
		struct arena_chunk *chunk = chunk_new(arena, size);
		if (chunk == NULL)
			return false;
		chunk->next = *link;
		*link = chunk;
		arena->memory_size += sizeof(*chunk) + chunk->size;
	}
	arena->current = *link;
	arena->used_size = 0;
	return true;
}

void *merit_state_arena_take(struct arena *arena, size_t size)
{
	assert(size % 8 == 0);
	if (arena->current == NULL || arena->current->size - arena->used_size < size) {
		if (!arena_advance(arena, size))
			return NULL;
	}
	void *piece = arena->current->bytes + arena->used_size;
	arena->used_size += size;
	return piece;
}

bool merit_state_arena_extend(struct arena *arena, const void *piece, size_t size, size_t new_size)
{
	assert(new_size % 8 == 0 && new_size >= size);
	if (arena->current == NULL || (const unsigned char *)piece + size != arena->current->bytes + arena->used_size ||
	    arena->current->size - arena->used_size < new_size - size)
		return false;
	arena->used_size += new_size - size;
	return true;
}

void *merit_state_arena_take_block(struct arena *arena, size_t size, size_t *size_out)
{
	unsigned log2_size = log2_up(size < BLOCK_SIZE_MIN ? BLOCK_SIZE_MIN : size);

	assert(log2_size < ARENA_CLASSES);
	*size_out = (size_t)1 << log2_size;
	struct arena_block *block = arena->free[log2_size];
	if (block == NULL)
		return merit_state_arena_take(arena, *size_out);
	arena->free[log2_size] = block->next;
	return block;
}

void merit_state_arena_give_back(struct arena *arena, void *memory, size_t size)
{
	if (size < BLOCK_SIZE_MIN)
		return;
	unsigned log2_size = log2_down(size);
	assert(log2_size < ARENA_CLASSES);
	struct arena_block *block = memory;
	block->next = arena->free[log2_size];
	arena->free[log2_size] = block;
}

struct arena_place merit_state_arena_place(const struct arena *arena)
{
	return (struct arena_place){ arena->current, arena->used_size };
}

void merit_state_arena_cut(struct arena *arena, struct arena_place place)
{
	arena->current = place.chunk;
	arena->used_size = place.used_size;
}

void merit_state_arena_clear(struct arena *arena)
{
	struct arena_chunk **unused = arena->current == NULL ? &arena->first : &arena->current->next;

	for (unsigned i = 0; i < TRIM_COUNT && *unused != NULL; i++) {
		struct arena_chunk *chunk = *unused;
		*unused = chunk->next;
		arena->memory_size -= sizeof(*chunk) + chunk->size;
		free(chunk);
	}
	arena->current = NULL;
	memset(arena->free, 0, sizeof(arena->free));
}

void merit_state_arena_free(struct arena *arena)
{
	while (arena->first != NULL) {
		struct arena_chunk *chunk = arena->first;
		arena->first = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){ 0 };
}

static bool list_add_segment(struct list *list)
{
	if (list->segment_count == list->segment_capacity) {
		size_t capacity = list->segment_capacity == 0 ? 64 : list->segment_capacity * 2;
		unsigned char **segments = realloc(list->segments, capacity * sizeof(*segments));
		if (segments == NULL)
			return false;
		list->segments = segments;
		list->segment_capacity = capacity;
	}
	unsigned char *segment = malloc(LIST_SEGMENT_ITEMS * list->item_size);
	if (segment == NULL)
		return false;
	list->segments[list->segment_count++] = segment;
	return true;
}

void *merit_state_list_at(const struct list *list, size_t index)
{
	assert(index < list->count);
	return list->segments[index / LIST_SEGMENT_ITEMS] + index % LIST_SEGMENT_ITEMS * list->item_size;
}

void *merit_state_list_push(struct list *list)
{
	if (list->count == list->segment_count * LIST_SEGMENT_ITEMS && !list_add_segment(list))
		return NULL;
	list->count++;
	return merit_state_list_at(list, list->count - 1);
}

void merit_state_list_cut(struct list *list, size_t count)
{
	assert(count <= list->count);
	list->count = count;
}

void merit_state_list_clear(struct list *list)
{
	size_t used = (list->count + LIST_SEGMENT_ITEMS - 1) / LIST_SEGMENT_ITEMS;

	for (unsigned i = 0; i < TRIM_COUNT && list->segment_count > used; i++)
		free(list->segments[--list->segment_count]);
	list->count = 0;
}

void merit_state_list_free(struct list *list)
{
	for (size_t i = 0; i < list->segment_count; i++)
		free(list->segments[i]);
	free(list->segments);
	*list = (struct list){ .item_size = list->item_size };
}

uint64_t merit_state_list_memory_size(const struct list *list)
{
	return list->segment_capacity * sizeof(*list->segments) +
	       list->segment_count * LIST_SEGMENT_ITEMS * list->item_size;
}
