/* index.c - see index.h. Open addressing over a list of rows; a table is at most half full. */
#include "report/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64

/* FNV-1a, with its upper bits folded in: slots are found by the lower ones. */
static uint64_t hash_of(struct merit_text key)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (size_t i = 0; i < key.size; i++)
		hash = (hash ^ (unsigned char)key.data[i]) * 0x100000001b3U;
	return hash ^ hash >> 32;
}

/* The slot of key, or the free one where it would stand. The table has free slots. */
static size_t slot_of(const struct merit_index *index, struct merit_text key, uint64_t hash)
{
	size_t slot = (size_t)hash & (index->slots_count - 1);

	while (index->slots[slot] != 0) {
		const struct merit_index_row *row = &index->rows[index->slots[slot] - 1];
		if (row->hash == hash && merit_text_equal(row->key, key))
			break;
		slot = (slot + 1) & (index->slots_count - 1);
	}
	return slot;
}

static void slots_fill(struct merit_index *index)
{
	memset(index->slots, 0, index->slots_count * sizeof(index->slots[0]));
	for (size_t i = 0; i < index->count; i++)
		index->slots[slot_of(index, index->rows[i].key, index->rows[i].hash)] = (uint32_t)(i + 1);
}

/* Room for one row more. */
static bool grow(struct merit_index *index)
{
	if (index->count < index->capacity)
		return true;
	size_t slots_count = index->slots_count == 0 ? SLOTS_FIRST : 2 * index->slots_count;
	assert(slots_count <= UINT32_MAX);
	struct merit_index_row *rows = realloc(index->rows, slots_count / 2 * sizeof(rows[0]));
	if (rows == NULL)
		return false;
	index->rows = rows;
	uint32_t *slots = realloc(index->slots, slots_count * sizeof(slots[0]));
	if (slots == NULL)
		return false;
	index->slots = slots;
	index->slots_count = slots_count;
	index->capacity = slots_count / 2;
	slots_fill(index);
	return true;
}

void *merit_index_find(const struct merit_index *index, struct merit_text key)
{
	if (index->count == 0)
		return NULL;
	uint32_t place = index->slots[slot_of(index, key, hash_of(key))];
	return place == 0 ? NULL : index->rows[place - 1].value;
}

void *merit_index_get(struct merit_index *index, struct merit_arena *arena, struct merit_text key, size_t value_size)
{
	uint64_t hash = hash_of(key);

	if (!grow(index))
		return NULL;
	size_t slot = slot_of(index, key, hash);
	if (index->slots[slot] != 0)
		return index->rows[index->slots[slot] - 1].value;
	char *bytes = merit_arena_copy(arena, key.data, key.size);
	void *value = merit_arena_allocate(arena, value_size);
	if (bytes == NULL || value == NULL)
		return NULL;
	index->rows[index->count++] = (struct merit_index_row){ { bytes, key.size }, hash, value };
	index->slots[slot] = (uint32_t)index->count;
	return value;
}

void *merit_index_at(const struct merit_index *index, size_t place)
{
	assert(place < index->count);
	return index->rows[place].value;
}

static int row_order(const void *a, const void *b)
{
	return merit_text_order(((const struct merit_index_row *)a)->key, ((const struct merit_index_row *)b)->key);
}

void merit_index_sort(struct merit_index *index)
{
	if (index->count == 0)
		return;
	qsort(index->rows, index->count, sizeof(index->rows[0]), row_order);
	slots_fill(index);
}

void merit_index_free(struct merit_index *index)
{
	free(index->rows);
	free(index->slots);
	*index = (struct merit_index){ 0 };
}

/* ---- Keys ---- */

static void key_put(struct merit_index_key *key, const void *bytes, size_t size)
{
	size_t left = sizeof(key->bytes) - key->size;

	size = size < left ? size : left;
	if (size > 0)
		memcpy(key->bytes + key->size, bytes, size);
	key->size += size;
}

/* A 0 behind it: names have none, and so keys go in the order of their texts. */
void merit_index_key_text(struct merit_index_key *key, struct merit_text text)
{
	assert(text.size == 0 || memchr(text.data, '\0', text.size) == NULL);
	key_put(key, text.data, text.size);
	key_put(key, "", 1);
}

void merit_index_key_number(struct merit_index_key *key, int64_t number)
{
	uint64_t raised = (uint64_t)number ^ (uint64_t)1 << 63; /* below 0 goes first */
	unsigned char bytes[sizeof(raised)];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(raised >> (56 - 8 * i));
	key_put(key, bytes, sizeof(bytes));
}

struct merit_text merit_index_key_whole(const struct merit_index_key *key)
{
	return (struct merit_text){ key->bytes, key->size };
}
