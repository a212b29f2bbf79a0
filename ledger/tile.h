/* tile.h - the names and bundles under which C2SP tlog-tiles serves a log.
 *
 * Holds  nothing; never reads or writes a file. The hashes of a tile come from merit_tree_tile.
 * Source C2SP tlog-tiles v0.1.0: "Merkle Tree" for the names, "Log entries" for the bundles. */
#ifndef MERIT_LEDGER_TILE_H
#define MERIT_LEDGER_TILE_H

#include "ledger/buffer.h"
#include "ledger/status.h"

/* Appends tile/<level>/<index>, with .p/<width> when width is below MERIT_TILE_HASHES: tile/0/x001/x234/067.p/8. */
void merit_tile_put_path(struct merit_buffer *buffer, unsigned level, uint64_t index, unsigned width);

/* Appends tile/entries/<index>, with .p/<width> in the same way: the name of the bundle of the leaves themselves. */
void merit_tile_put_bundle_path(struct merit_buffer *buffer, uint64_t index, unsigned width);

/* Appends one entry to a bundle: its size in two bytes, high one first, then its MERIT_ENTRY_SIZE_MAX bytes or less. */
void merit_tile_put_entry(struct merit_buffer *buffer, const void *entry, size_t size);

#endif
