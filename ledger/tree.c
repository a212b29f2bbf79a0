/* tree.c - see tree.h.
 *
 * A height counts levels of the binary tree from the leaves, a level counts tiles: tile level l holds the hashes of
 * height 8l, and those of the seven heights above it are folded from them. */
#include "ledger/tree.h"

#include <assert.h>
#include <string.h>

#define TILE_HEIGHT 8

_Static_assert(1 << TILE_HEIGHT == MERIT_TILE_HASHES, "a tile is a whole subtree");

/* How many hashes tile level l has in a tree of size leaves. */
static uint64_t level_width(uint64_t size, unsigned level)
{
	return size >> (TILE_HEIGHT * level);
}

/* The root over count hashes, a power of two up to MERIT_TILE_HASHES. */
static struct merit_hash fold(const struct merit_hash *hashes, unsigned count)
{
	struct merit_hash row[MERIT_TILE_HASHES / 2];

	if (count == 1)
		return hashes[0];
	for (count /= 2; ; count /= 2, hashes = row) { /* In place from the second round on: the writer stays behind. */
		for (unsigned i = 0; i < count; i++)
			row[i] = merit_hash_node(&hashes[2 * i], &hashes[2 * i + 1]);
		if (count == 1)
			return row[0];
	}
}

/* Fills level's incomplete tile with the roots of the complete tiles below it. */
static bool open_edge(struct merit_tree *tree, unsigned level)
{
	const struct merit_tree_store *store = &tree->store;
	struct merit_hash below[MERIT_TILE_HASHES];
	uint64_t end = level_width(tree->size, level);
	uint64_t begin = end - end % MERIT_TILE_HASHES;

	for (uint64_t i = begin; i < end; i++) {
		struct merit_hash *hash = &tree->edge[level][i - begin];
		if (level == 0) {
			if (!store->read_leaf(store->context, i, hash))
				return false;
		} else {
			if (!store->read_tile(store->context, level - 1, i, below))
				return false;
			*hash = fold(below, MERIT_TILE_HASHES);
		}
	}
	return true;
}

/* The whole subtrees on the right edge lie in the incomplete tiles, the higher ones to the left. */
static void open_whole(struct merit_tree *tree)
{
	for (unsigned height = 0; height < MERIT_TREE_HEIGHTS; height++) {
		if ((tree->size >> height & 1) == 0)
			continue;
		unsigned level = height / TILE_HEIGHT, count = 1U << height % TILE_HEIGHT;
		uint64_t width = level_width(tree->size, level) % MERIT_TILE_HASHES;
		uint64_t first = width & ~(2 * (uint64_t)count - 1);
		tree->whole[height] = fold(&tree->edge[level][first], count);
	}
}

enum merit_status merit_tree_open(struct merit_tree *tree, uint64_t size, const struct merit_tree_store *store)
{
	assert(size <= MERIT_TREE_SIZE_MAX);
	memset(tree, 0, sizeof(*tree));
	tree->store = *store;
	tree->size = size;
	for (unsigned level = 0; level < MERIT_TREE_LEVELS; level++) {
		if (!open_edge(tree, level))
			return MERIT_CORRUPT;
	}
	open_whole(tree);
	return MERIT_OK;
}

/* Puts hash number index of its level into the level's tile, and writes the tile when that was the last one missing. */
static bool put_edge(struct merit_tree *tree, unsigned level, uint64_t index, const struct merit_hash *hash)
{
	tree->edge[level][index % MERIT_TILE_HASHES] = *hash;
	if (index % MERIT_TILE_HASHES != MERIT_TILE_HASHES - 1)
		return true;
	return tree->store.write_tile(tree->store.context, level, index / MERIT_TILE_HASHES, tree->edge[level]);
}

/* Adding a leaf is adding 1 to a binary number: it merges with whole subtrees as long as there is one to carry. */
enum merit_status merit_tree_append(struct merit_tree *tree, const struct merit_hash *leaf)
{
	struct merit_hash hash = *leaf;
	unsigned height = 0;

	assert(tree->store.write_tile != NULL);
	assert(tree->size < MERIT_TREE_SIZE_MAX);
	bool stored = put_edge(tree, 0, tree->size, &hash);
	while ((tree->size >> height & 1) != 0) {
		hash = merit_hash_node(&tree->whole[height], &hash);
		height++;
		if (height % TILE_HEIGHT == 0)
			stored = stored && put_edge(tree, height / TILE_HEIGHT, tree->size >> height, &hash);
	}
	tree->whole[height] = hash;
	tree->size++;
	return stored ? MERIT_OK : MERIT_STORE_FAILED;
}

void merit_tree_copy(struct merit_tree *tree, const struct merit_tree *from)
{
	tree->store = from->store;
	tree->size = from->size;
	memcpy(tree->whole, from->whole, sizeof(tree->whole));
	for (unsigned level = 0; level < MERIT_TREE_LEVELS; level++)
		memcpy(tree->edge[level], from->edge[level],
		       level_width(from->size, level) % MERIT_TILE_HASHES * sizeof(tree->edge[level][0]));
}

struct merit_hash merit_tree_root(const struct merit_tree *tree)
{
	struct merit_hash root;
	bool any = false;

	if (tree->size == 0)
		return merit_proof_empty_root();
	for (unsigned height = 0; height < MERIT_TREE_HEIGHTS; height++) { /* From the right edge inwards. */
		if ((tree->size >> height & 1) == 0)
			continue;
		root = any ? merit_hash_node(&tree->whole[height], &root) : tree->whole[height];
		any = true;
	}
	return root;
}

/* Reads hashes of any height, with the last tile kept: a proof asks for several hashes of each tile in a row. */
struct reader {
	const struct merit_tree *tree;
	bool failed;                 /* the store lacks a tile; what was made since is worthless */
	bool loaded;                 /* the three below are set */
	unsigned level;
	uint64_t index;
	struct merit_hash hashes[MERIT_TILE_HASHES];
};

/* The tile's hashes: the tree's own while it is incomplete, else the store's. */
static const struct merit_hash *reader_tile(struct reader *reader, unsigned level, uint64_t index)
{
	const struct merit_tree *tree = reader->tree;

	if (index == level_width(tree->size, level) / MERIT_TILE_HASHES)
		return tree->edge[level];
	if (reader->loaded && reader->level == level && reader->index == index)
		return reader->hashes;
	reader->loaded = tree->store.read_tile(tree->store.context, level, index, reader->hashes);
	reader->failed |= !reader->loaded;
	reader->level = level;
	reader->index = index;
	return reader->hashes;
}

/* The hash of the whole subtree of 2^height leaves that begins at leaf begin. */
static struct merit_hash whole_hash(struct reader *reader, uint64_t begin, unsigned height)
{
	unsigned level = height / TILE_HEIGHT, count = 1U << height % TILE_HEIGHT;
	uint64_t first = level_width(begin, level);

	assert((begin & ((UINT64_C(1) << height) - 1)) == 0);
	const struct merit_hash *tile = reader_tile(reader, level, first / MERIT_TILE_HASHES);
	if (reader->failed)
		return (struct merit_hash){ { 0 } };
	return fold(tile + first % MERIT_TILE_HASHES, count);
}

/* MTH(D[begin:end]) for a range as RFC 6962 splits them: whole subtrees, larger ones to the left. */
static struct merit_hash range_hash(struct reader *reader, uint64_t begin, uint64_t end)
{
	struct merit_hash hash = { { 0 } };
	bool any = false;

	assert(begin < end);
	for (uint64_t rest = end - begin; rest != 0; rest &= rest - 1) {
		unsigned height = (unsigned)__builtin_ctzll(rest);
		end -= UINT64_C(1) << height;
		struct merit_hash whole = whole_hash(reader, end, height);
		hash = any ? merit_hash_node(&whole, &hash) : whole;
		any = true;
	}
	return hash;
}

/* Where RFC 6962 splits a tree of size leaves, two or more: the largest power of two strictly below size. */
static uint64_t split(uint64_t size)
{
	return UINT64_C(1) << (63 - __builtin_clzll(size - 1));
}

/* Walks down put the hash nearest the root first; proofs give it last. */
static void reverse(struct merit_proof *proof)
{
	for (unsigned i = 0; i < proof->count / 2; i++) {
		struct merit_hash hash = proof->hashes[i];
		proof->hashes[i] = proof->hashes[proof->count - 1 - i];
		proof->hashes[proof->count - 1 - i] = hash;
	}
}

static void put_range(struct merit_proof *proof, struct reader *reader, uint64_t begin, uint64_t end)
{
	assert(proof->count < MERIT_PROOF_HASHES_MAX);
	proof->hashes[proof->count++] = range_hash(reader, begin, end);
}

static enum merit_status finish(const struct reader *reader, struct merit_proof *proof, struct merit_proof *proof_out)
{
	if (reader->failed)
		return MERIT_CORRUPT;
	reverse(proof);
	*proof_out = *proof;
	return MERIT_OK;
}

enum merit_status merit_tree_root_at(const struct merit_tree *tree, uint64_t size, struct merit_hash *root_out)
{
	struct reader reader = { .tree = tree };

	if (size > tree->size)
		return MERIT_BAD_PARAMS;
	struct merit_hash root = size == 0 ? merit_proof_empty_root() : range_hash(&reader, 0, size);
	if (reader.failed)
		return MERIT_CORRUPT;
	*root_out = root;
	return MERIT_OK;
}

enum merit_status merit_tree_prove_inclusion(const struct merit_tree *tree, uint64_t index, uint64_t size,
                                             struct merit_proof *proof_out)
{
	struct reader reader = { .tree = tree };
	struct merit_proof proof = { .count = 0 };
	uint64_t begin = 0, end = size;

	if (index >= size || size > tree->size)
		return MERIT_BAD_PARAMS;
	while (end - begin > 1) {
		uint64_t middle = begin + split(end - begin);
		if (index < middle) {
			put_range(&proof, &reader, middle, end);
			end = middle;
		} else {
			put_range(&proof, &reader, begin, middle);
			begin = middle;
		}
	}
	return finish(&reader, &proof, proof_out);
}

enum merit_status merit_tree_prove_extension(const struct merit_tree *tree, uint64_t old_size, uint64_t new_size,
                                             struct merit_proof *proof_out)
{
	struct reader reader = { .tree = tree };
	struct merit_proof proof = { .count = 0 };
	uint64_t begin = 0, end = new_size;

	if (old_size > new_size || new_size > tree->size)
		return MERIT_BAD_PARAMS;
	while (old_size != 0 && end != old_size) { /* Down to the whole subtree on the old tree's right edge. */
		uint64_t middle = begin + split(end - begin);
		if (old_size <= middle) {
			put_range(&proof, &reader, middle, end);
			end = middle;
		} else {
			put_range(&proof, &reader, begin, middle);
			begin = middle;
		}
	}
	if (begin != 0) /* Else that subtree is the old tree, whose root the reader has. */
		put_range(&proof, &reader, begin, end);
	return finish(&reader, &proof, proof_out);
}

enum merit_status merit_tree_leaf(const struct merit_tree *tree, uint64_t index, struct merit_hash *hash_out)
{
	struct reader reader;

	assert(index < tree->size);
	reader.tree = tree; /* The rest, 8 KiB, is not looked at before it is set. */
	reader.failed = reader.loaded = false;
	const struct merit_hash *tile = reader_tile(&reader, 0, index / MERIT_TILE_HASHES);
	if (reader.failed)
		return MERIT_CORRUPT;
	*hash_out = tile[index % MERIT_TILE_HASHES];
	return MERIT_OK;
}

enum merit_status merit_tree_check_tile(const struct merit_tree *tree, uint64_t index)
{
	struct reader reader = { .tree = tree };

	for (unsigned level = 0; index < level_width(tree->size, level) / MERIT_TILE_HASHES; level++) {
		const struct merit_hash *tile = reader_tile(&reader, level, index);
		struct merit_hash hash = fold(tile, MERIT_TILE_HASHES);
		const struct merit_hash *above = reader_tile(&reader, level + 1, index / MERIT_TILE_HASHES);
		if (reader.failed || !merit_hash_equal(&hash, &above[index % MERIT_TILE_HASHES]))
			return MERIT_CORRUPT;
		index /= MERIT_TILE_HASHES;
	}
	return MERIT_OK;
}

enum merit_status merit_tree_tile(const struct merit_tree *tree, unsigned level, uint64_t index, unsigned width,
                                  struct merit_hash *hashes_out)
{
	struct reader reader = { .tree = tree };

	if (level >= MERIT_TREE_LEVELS || width == 0 || width > MERIT_TILE_HASHES)
		return MERIT_NOT_FOUND;
	uint64_t present = level_width(tree->size, level);
	if (index > present / MERIT_TILE_HASHES || index * MERIT_TILE_HASHES + width > present)
		return MERIT_NOT_FOUND;
	const struct merit_hash *tile = reader_tile(&reader, level, index);
	if (reader.failed)
		return MERIT_CORRUPT;
	memcpy(hashes_out, tile, width * sizeof(*tile));
	return MERIT_OK;
}
