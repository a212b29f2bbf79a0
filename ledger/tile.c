/* tile.c - see tile.h. */
#include "ledger/tile.h"

#include <assert.h>

#include "ledger/limits.h"
#include "ledger/tree.h"

/* The index in groups of three digits, all but the last marked with x, so that no folder is also a file. */
static void put_index(struct merit_buffer *buffer, uint64_t index)
{
	unsigned groups[7]; /* 2^64 has 20 digits */
	unsigned count = 0;

	do {
		groups[count++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index != 0);
	while (count > 1)
		merit_buffer_put_format(buffer, "x%03u/", groups[--count]);
	merit_buffer_put_format(buffer, "%03u", groups[0]);
}

static void put_width(struct merit_buffer *buffer, unsigned width)
{
	assert(width > 0 && width <= MERIT_TILE_HASHES);
	if (width < MERIT_TILE_HASHES)
		merit_buffer_put_format(buffer, ".p/%u", width);
}

void merit_tile_put_path(struct merit_buffer *buffer, unsigned level, uint64_t index, unsigned width)
{
	assert(level < 64);
	merit_buffer_put_format(buffer, "tile/%u/", level);
	put_index(buffer, index);
	put_width(buffer, width);
}

void merit_tile_put_bundle_path(struct merit_buffer *buffer, uint64_t index, unsigned width)
{
	merit_buffer_put_text(buffer, "tile/entries/");
	put_index(buffer, index);
	put_width(buffer, width);
}

void merit_tile_put_entry(struct merit_buffer *buffer, const void *entry, size_t size)
{
	assert(size <= MERIT_ENTRY_SIZE_MAX);
	merit_buffer_put_char(buffer, (char)(size >> 8));
	merit_buffer_put_char(buffer, (char)(size & 0xff));
	merit_buffer_put(buffer, entry, size);
}
