/* arena.c - see arena.h. */
#include "ledger/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)
#define ALIGNMENT ((size_t)16)

struct merit_arena_block {
	struct merit_arena_block *next;
	size_t size, used;
	alignas(16) unsigned char bytes[];
};

static struct merit_arena_block *block_new(size_t size)
{
	struct merit_arena_block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

/* The next block with room: one kept from before, or a new one behind the current. */
static struct merit_arena_block *block_with_room(struct merit_arena *arena, size_t size)
{
	struct merit_arena_block **link = arena->current == NULL ? &arena->first : &arena->current->next;

	if (*link == NULL || (*link)->size < size) {
		struct merit_arena_block *block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
		if (block == NULL)
			return NULL;
		block->next = *link;
		*link = block;
	}
	(*link)->used = 0;
	arena->current = *link;
	return *link;
}

void *merit_arena_take(struct merit_arena *arena, size_t size)
{
	struct merit_arena_block *block = arena->current;

	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (block == NULL || block->size - block->used < size)
		block = block_with_room(arena, size);
	if (block == NULL)
		return NULL;
	void *piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

void *merit_arena_allocate(struct merit_arena *arena, size_t size)
{
	void *piece = merit_arena_take(arena, size);

	return piece == NULL ? NULL : memset(piece, 0, size);
}

char *merit_arena_copy(struct merit_arena *arena, const void *bytes, size_t size)
{
	char *copy = merit_arena_take(arena, size + 1);

	if (copy == NULL)
		return NULL;
	if (size > 0)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

size_t merit_arena_capacity(const struct merit_arena *arena)
{
	size_t size = 0;

	for (const struct merit_arena_block *block = arena->first; block != NULL; block = block->next)
		size += block->size;
	return size;
}

void merit_arena_reset(struct merit_arena *arena)
{
	arena->current = NULL;
}

void merit_arena_free(struct merit_arena *arena)
{
	while (arena->first != NULL) {
		struct merit_arena_block *next = arena->first->next;
		free(arena->first);
		arena->first = next;
	}
	arena->current = NULL;
}
