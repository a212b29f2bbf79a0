/* proof.c - see proof.h.
 *
 * Both checks walk from a leaf to the root. node is the walker's place in its level and last that level's rightmost
 * place; both halve at each step. A lone rightmost node has no sibling and rises unhashed until it is somebody's right
 * child. Only a walk that used every hash and stands at the root counts. */
#include "ledger/proof.h"

struct walk { uint64_t node, last; };

/* Whether the next hash of the proof stands to the left of the walker. */
static bool sibling_is_left(const struct walk *walk)
{
	return (walk->node & 1) != 0 || walk->node == walk->last;
}

static void rise(struct walk *walk)
{
	walk->node >>= 1;
	walk->last >>= 1;
}

/* Passes the levels on which the walker is a lone rightmost node. */
static void rise_alone(struct walk *walk)
{
	while (walk->node != 0 && (walk->node & 1) == 0)
		rise(walk);
}

bool merit_proof_includes(const struct merit_hash *leaf, uint64_t index, uint64_t size, const struct merit_hash *proof,
                          size_t proof_count, const struct merit_hash *root)
{
	struct merit_hash hash = *leaf;

	if (index >= size)
		return false;
	struct walk walk = { .node = index, .last = size - 1 };
	for (size_t i = 0; i < proof_count; i++) {
		if (walk.last == 0)
			return false; /* At the root, with hashes left over. */
		if (sibling_is_left(&walk)) {
			hash = merit_hash_node(&proof[i], &hash);
			rise_alone(&walk);
		} else {
			hash = merit_hash_node(&hash, &proof[i]);
		}
		rise(&walk);
	}
	return walk.last == 0 && merit_hash_equal(&hash, root);
}

/* The proof's hashes, with start before them, must lead to the old root and to the new one. */
static bool walk_extends(struct walk walk, const struct merit_hash *start, const struct merit_hash *proof,
                         size_t proof_count, const struct merit_hash *old_root, const struct merit_hash *new_root)
{
	struct merit_hash old_hash = *start;
	struct merit_hash new_hash = *start;

	for (size_t i = 0; i < proof_count; i++) {
		if (walk.last == 0)
			return false;
		if (sibling_is_left(&walk)) {
			old_hash = merit_hash_node(&proof[i], &old_hash);
			new_hash = merit_hash_node(&proof[i], &new_hash);
			rise_alone(&walk);
		} else {
			new_hash = merit_hash_node(&new_hash, &proof[i]);
		}
		rise(&walk);
	}
	return walk.last == 0 && merit_hash_equal(&old_hash, old_root) && merit_hash_equal(&new_hash, new_root);
}

static bool is_power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

bool merit_proof_extends(uint64_t old_size, const struct merit_hash *old_root, uint64_t new_size,
                         const struct merit_hash *new_root, const struct merit_hash *proof, size_t proof_count)
{
	if (old_size > new_size)
		return false;
	if (old_size == new_size)
		return proof_count == 0 && merit_hash_equal(old_root, new_root);
	if (old_size == 0) {
		struct merit_hash empty = merit_proof_empty_root();
		return proof_count == 0 && merit_hash_equal(old_root, &empty);
	}
	if (proof_count == 0)
		return false;
	/* Start at the largest whole subtree on the old tree's right edge. */
	struct walk walk = { .node = old_size - 1, .last = new_size - 1 };
	while ((walk.node & 1) != 0)
		rise(&walk);
	if (is_power_of_two(old_size)) /* That subtree is the old tree, so its hash is not sent. */
		return walk_extends(walk, old_root, proof, proof_count, old_root, new_root);
	return walk_extends(walk, &proof[0], proof + 1, proof_count - 1, old_root, new_root);
}

struct merit_hash merit_proof_empty_root(void)
{
	struct merit_hash hash;

	merit_sha256(NULL, 0, hash.bytes);
	return hash;
}
