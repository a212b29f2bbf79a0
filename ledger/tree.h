/* tree.h - the log's Merkle tree: it grows by leaf hashes, gives its root, and makes proofs.
 *
 * Holds   the hashes that are in no complete tile yet, at most 255 a level, and one hash for each whole subtree on the
 *         right edge: a leaf costs one node hash, and a root one for each bit of the size, however small the group.
 * Stores  complete tiles only, each once, when its 256th hash comes: 32.13 bytes a leaf and nothing for a group that
 *         completes none. Incomplete tiles are made again at open, from the leaves and the tiles below.
 * Never   knows the store: tiles and leaf hashes come and go through struct merit_tree_store.
 * Units   sizes are numbers of leaves, at most MERIT_TREE_SIZE_MAX; indexes start at 0. Level and index of a tile are
 *         those of C2SP tlog-tiles: hash i of tile (level, index) covers 256^level leaves from
 *         (index * 256 + i) * 256^level on.
 * Memory  a plain struct of 66 KiB without pointers of its own: a copy is a snapshot and nothing needs freeing. A
 *         reader on another thread works on its own copy, made while the writer stands still.
 * Threads one at a time for one struct.
 * Source  RFC 6962, section 2.1; C2SP tlog-tiles v0.1.0. */
#ifndef MERIT_LEDGER_TREE_H
#define MERIT_LEDGER_TREE_H

#include "ledger/proof.h"

#define MERIT_TREE_SIZE_MAX ((uint64_t)INT64_MAX)
#define MERIT_TREE_LEVELS   8 /* of tiles; 256^8 leaves are more than MERIT_TREE_SIZE_MAX */
#define MERIT_TREE_HEIGHTS  63
#define MERIT_TILE_HASHES   256
#define MERIT_TILE_SIZE     (MERIT_TILE_HASHES * MERIT_HASH_SIZE)

/* Where tiles live. Each call returns false when it cannot serve; context is handed back as it came. */
struct merit_tree_store {
	void *context;

	/* A complete tile, all MERIT_TILE_HASHES of it. Called only for tiles that were written. */
	bool (*read_tile)(void *context, unsigned level, uint64_t index, struct merit_hash *hashes_out);

	/* The hash of one leaf. Called only by merit_tree_open. */
	bool (*read_leaf)(void *context, uint64_t index, struct merit_hash *hash_out);

	/* Keeps a complete tile. It is never changed afterwards. NULL for a tree that is only read. */
	bool (*write_tile)(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes);
};

/* Complete so that it can be embedded and copied. Only size is for others to read. */
struct merit_tree {
	struct merit_tree_store store;
	uint64_t size;
	struct merit_hash edge[MERIT_TREE_LEVELS][MERIT_TILE_HASHES]; /* the incomplete tile of each level */
	struct merit_hash whole[MERIT_TREE_HEIGHTS]; /* by height; set where size has that bit */
};

/* The tree of size leaves, from what the store holds; size 0 starts a new one.
 *
 * Returns  CORRUPT when the store lacks a leaf or tile. Says nothing about their truth: the caller compares the root
 *          with its newest checkpoint
 * Cost     at most 255 leaves, and 255 tiles a level: tens of milliseconds for ten million leaves */
MERIT_MUST_USE enum merit_status merit_tree_open(struct merit_tree *tree, uint64_t size,
                                                 const struct merit_tree_store *store);

/* Adds one leaf, and writes the tiles it completes.
 *
 * Returns  STORE_FAILED when a tile was not taken: the tree is then of no more use and must be opened again */
MERIT_MUST_USE enum merit_status merit_tree_append(struct merit_tree *tree, const struct merit_hash *leaf);

/* Makes tree the same as from. Copies only what the tree has, some 10 KiB for ten million leaves. */
void merit_tree_copy(struct merit_tree *tree, const struct merit_tree *from);

/* The hash of leaf index < tree->size. Returns CORRUPT when its tile is missing. */
MERIT_MUST_USE enum merit_status merit_tree_leaf(const struct merit_tree *tree, uint64_t index,
                                                 struct merit_hash *hash_out);

/* Holds complete tile index of level 0 against the root, by way of the tiles above it. The incomplete one is the root's
 * already. Returns CORRUPT when it is another than the root was made of, or one is missing. Costs a fold of 256 hashes a
 * level. */
MERIT_MUST_USE enum merit_status merit_tree_check_tile(const struct merit_tree *tree, uint64_t index);

/* The root of the whole tree. */
struct merit_hash merit_tree_root(const struct merit_tree *tree);

/* The root the tree had at size <= tree->size. Returns BAD_PARAMS for a larger one, CORRUPT when a tile is missing. */
MERIT_MUST_USE enum merit_status merit_tree_root_at(const struct merit_tree *tree, uint64_t size,
                                                    struct merit_hash *root_out);

/* The proof that leaf index is in the tree as it was at size: index < size <= tree->size.
 * Returns BAD_PARAMS for other numbers, CORRUPT when a tile is missing. Reads one or two tiles a level. */
MERIT_MUST_USE enum merit_status merit_tree_prove_inclusion(const struct merit_tree *tree, uint64_t index,
                                                            uint64_t size, struct merit_proof *proof_out);

/* The proof that the tree at new_size begins with the tree at old_size: old_size <= new_size <= tree->size.
 * Returns BAD_PARAMS for other numbers, CORRUPT when a tile is missing. Reads one or two tiles a level. */
MERIT_MUST_USE enum merit_status merit_tree_prove_extension(const struct merit_tree *tree, uint64_t old_size,
                                                            uint64_t new_size, struct merit_proof *proof_out);

/* The first width hashes of a tile, 1 to MERIT_TILE_HASHES, as tlog-tiles serves them.
 * Returns NOT_FOUND when the tree does not reach that far, CORRUPT when the tile is missing. */
MERIT_MUST_USE enum merit_status merit_tree_tile(const struct merit_tree *tree, unsigned level, uint64_t index,
                                                 unsigned width, struct merit_hash *hashes_out);

#endif
