/* arena.h - memory that is given out piece by piece and taken back all at once.
 *
 * Use     start from { 0 }; allocate; merit_arena_reset between messages keeps the memory; merit_arena_free at the end.
 * Memory  pieces are 16-byte aligned, zero-filled, and live until reset or free. NULL when memory runs out.
 * Threads one thread at a time. */
#ifndef MERIT_LEDGER_ARENA_H
#define MERIT_LEDGER_ARENA_H

#include <stddef.h>

struct merit_arena_block;

struct merit_arena {
	struct merit_arena_block *first;   /* kept over resets */
	struct merit_arena_block *current; /* where the next piece comes from */
};

void *merit_arena_allocate(struct merit_arena *arena, size_t size);

/* The same but for the zeros: for what is written at once. */
void *merit_arena_take(struct merit_arena *arena, size_t size);

/* A copy of size bytes with a NUL behind them. */
char *merit_arena_copy(struct merit_arena *arena, const void *bytes, size_t size);

/* Bytes it holds, given out or kept. */
size_t merit_arena_capacity(const struct merit_arena *arena);

void merit_arena_reset(struct merit_arena *arena);
void merit_arena_free(struct merit_arena *arena);

#endif
