/* tree_test.c
 * Goal    the growing tree has RFC 6962's roots, proofs and tiles at every size it ever had, and comes back from its
 *         complete tiles and last leaves as it was.
 * Method  published roots and tile bytes; a second, plain tree kept as one array a height; merit_proof_... as the
 *         judge of proofs. 70,000 leaves cross 273 tiles of level 0 and one of level 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "ledger/tile.h"
#include "ledger/tree.h"
#include "tests/ledger/golden.h"

#define LARGE       70000
#define TILES_MAX   300
#define HEIGHTS_MAX 20

/* A store in memory that counts what it is asked to keep and can be told to lose things. */
struct memory {
	struct merit_hash tiles[2][TILES_MAX][MERIT_TILE_HASHES];
	bool present[2][TILES_MAX];
	struct merit_hash leaves[LARGE];
	unsigned written_count;
	bool full;
};

static bool memory_read_tile(void *context, unsigned level, uint64_t index, struct merit_hash *hashes_out)
{
	struct memory *memory = context;

	if (level > 1 || index >= TILES_MAX || !memory->present[level][index])
		return false;
	memcpy(hashes_out, memory->tiles[level][index], MERIT_TILE_SIZE);
	return true;
}

static bool memory_read_leaf(void *context, uint64_t index, struct merit_hash *hash_out)
{
	struct memory *memory = context;

	*hash_out = memory->leaves[index];
	return true;
}

static bool memory_write_tile(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	struct memory *memory = context;

	if (memory->full)
		return false;
	assert_true(level <= 1 && index < TILES_MAX);
	assert_false(memory->present[level][index]); /* Each tile comes once. */
	memcpy(memory->tiles[level][index], hashes, MERIT_TILE_SIZE);
	memory->present[level][index] = true;
	memory->written_count++;
	return true;
}

struct fixture {
	struct memory memory;
	struct merit_tree_store store;
	struct merit_tree tree;
	struct merit_hash *heights[HEIGHTS_MAX]; /* the plain tree: whole subtrees of 2^height leaves */
};

static struct fixture *fixture_new(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->store = (struct merit_tree_store){ &fixture->memory, memory_read_tile, memory_read_leaf,
		                                    memory_write_tile };
	assert_int_equal(merit_tree_open(&fixture->tree, 0, &fixture->store), MERIT_OK);
	return fixture;
}

static void fixture_free(struct fixture *fixture)
{
	for (unsigned height = 0; height < HEIGHTS_MAX; height++)
		free(fixture->heights[height]);
	free(fixture);
}

/* Leaves first to last - 1 of a log whose leaf i is the 8 bytes of i. */
static void fixture_grow(struct fixture *fixture, uint64_t last)
{
	for (uint64_t i = fixture->tree.size; i < last; i++) {
		fixture->memory.leaves[i] = merit_hash_leaf(&i, sizeof(i));
		assert_int_equal(merit_tree_append(&fixture->tree, &fixture->memory.leaves[i]), MERIT_OK);
	}
}

static void fixture_index(struct fixture *fixture)
{
	for (unsigned height = 0; height < HEIGHTS_MAX; height++) {
		size_t count = fixture->tree.size >> height;
		fixture->heights[height] = calloc(count + 1, sizeof(struct merit_hash));
		assert_non_null(fixture->heights[height]);
		for (size_t i = 0; i < count; i++) {
			if (height == 0)
				fixture->heights[height][i] = fixture->memory.leaves[i];
			else
				fixture->heights[height][i] = merit_hash_node(&fixture->heights[height - 1][2 * i],
				                                              &fixture->heights[height - 1][2 * i + 1]);
		}
	}
}

/* The root at size, by RFC 6962's recursion over the plain tree. */
static struct merit_hash plain_root(const struct fixture *fixture, uint64_t begin, uint64_t end)
{
	unsigned height = 0;

	while ((UINT64_C(2) << height) <= end - begin)
		height++;
	uint64_t k = UINT64_C(1) << height;
	if (k == end - begin)
		return fixture->heights[height][begin >> height];
	struct merit_hash right = plain_root(fixture, begin + k, end);
	return merit_hash_node(&fixture->heights[height][begin >> height], &right);
}

static void assert_hash_equal(struct merit_hash got, struct merit_hash want)
{
	assert_memory_equal(got.bytes, want.bytes, MERIT_HASH_SIZE);
}

static void check_inclusion(const struct fixture *fixture, uint64_t index, uint64_t size)
{
	struct merit_proof proof;
	struct merit_hash root = plain_root(fixture, 0, size);

	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, index, size, &proof), MERIT_OK);
	assert_true(merit_proof_includes(&fixture->memory.leaves[index], index, size, proof.hashes, proof.count,
	                                 &root));
}

static void check_extension(const struct fixture *fixture, uint64_t old_size, uint64_t new_size)
{
	struct merit_proof proof;
	struct merit_hash old_root = old_size == 0 ? merit_proof_empty_root() : plain_root(fixture, 0, old_size);
	struct merit_hash new_root = new_size == 0 ? merit_proof_empty_root() : plain_root(fixture, 0, new_size);

	assert_int_equal(merit_tree_prove_extension(&fixture->tree, old_size, new_size, &proof), MERIT_OK);
	assert_true(merit_proof_extends(old_size, &old_root, new_size, &new_root, proof.hashes, proof.count));
}

static void published_roots_are_met(void **state)
{
	struct fixture *fixture = fixture_new();
	uint8_t bytes[16];

	(void)state;
	assert_hash_equal(merit_tree_root(&fixture->tree), merit_proof_empty_root());
	for (unsigned i = 0; i < GOLDEN_LEAVES; i++) {
		char hex[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
		size_t size = golden_leaf(i, bytes);
		struct merit_hash leaf = merit_hash_leaf(bytes, size);
		assert_int_equal(merit_tree_append(&fixture->tree, &leaf), MERIT_OK);
		struct merit_hash root = merit_tree_root(&fixture->tree);
		merit_hex_encode(root.bytes, sizeof(root.bytes), hex);
		assert_string_equal(hex, golden_leaves[i].root);
	}
	fixture_free(fixture);
}

static void the_published_tile_and_bundle_are_met(void **state)
{
	static const char bundle_hex[] = "00000001000001100002202100023031000440414243000850515253545556570010"
	                                 "606162636465666768696a6b6c6d6e6f";
	struct fixture *fixture = fixture_new();
	struct merit_hash tile[GOLDEN_LEAVES];
	struct merit_buffer bundle = { 0 }, hex = { 0 };
	uint8_t bytes[16];

	(void)state;
	for (unsigned i = 0; i < GOLDEN_LEAVES; i++) {
		size_t size = golden_leaf(i, bytes);
		struct merit_hash leaf = merit_hash_leaf(bytes, size);
		assert_int_equal(merit_tree_append(&fixture->tree, &leaf), MERIT_OK);
		merit_tile_put_entry(&bundle, bytes, size);
	}
	assert_int_equal(merit_tree_tile(&fixture->tree, 0, 0, GOLDEN_LEAVES, tile), MERIT_OK);
	assert_true(sha256_is(tile, sizeof(tile), "aea2f1bbb5140fd5f8eacb503fdf54c00c3d860c72588e40233addd416bc8f10"));
	merit_buffer_put_hex(&hex, bundle.data, bundle.size);
	assert_int_equal(hex.size, strlen(bundle_hex));
	assert_memory_equal(hex.data, bundle_hex, hex.size);
	merit_buffer_free(&hex);
	merit_buffer_free(&bundle);
	fixture_free(fixture);
}

static void every_proof_of_a_small_tree_passes(void **state)
{
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture_grow(fixture, 70);
	fixture_index(fixture);
	for (uint64_t size = 0; size <= 70; size++) {
		for (uint64_t index = 0; index < size; index++)
			check_inclusion(fixture, index, size);
		for (uint64_t old_size = 0; old_size <= size; old_size++)
			check_extension(fixture, old_size, size);
	}
	fixture_free(fixture);
}

static void only_proofs_within_the_tree_are_made(void **state)
{
	struct fixture *fixture = fixture_new();
	struct merit_proof proof;
	struct merit_hash root;

	(void)state;
	fixture_grow(fixture, 10);
	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, 10, 10, &proof), MERIT_BAD_PARAMS);
	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, 9, 11, &proof), MERIT_BAD_PARAMS);
	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, 0, 0, &proof), MERIT_BAD_PARAMS);
	assert_int_equal(merit_tree_prove_extension(&fixture->tree, 10, 11, &proof), MERIT_BAD_PARAMS);
	assert_int_equal(merit_tree_prove_extension(&fixture->tree, 9, 8, &proof), MERIT_BAD_PARAMS);
	assert_int_equal(merit_tree_root_at(&fixture->tree, 11, &root), MERIT_BAD_PARAMS);
	fixture_free(fixture);
}

/* Sizes on both sides of every border that 70,000 leaves have. */
static const uint64_t borders[] = { 1,     2,     127,   128,   129,   255,   256,   257,   511,   512,  513,
	                            1000,  32768, 65279, 65280, 65281, 65535, 65536, 65537, 65791, 65792, 65793,
	                            69887, 69888, 69889, 69999, 70000 };
#define BORDER_COUNT (sizeof(borders) / sizeof(borders[0]))

static void a_large_tree_proves_all_its_past(void **state)
{
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture_grow(fixture, LARGE);
	fixture_index(fixture);
	assert_int_equal(fixture->memory.written_count, 273 + 1);
	assert_hash_equal(merit_tree_root(&fixture->tree), plain_root(fixture, 0, LARGE));
	for (size_t i = 0; i < BORDER_COUNT; i++) {
		struct merit_hash root, leaf;
		assert_int_equal(merit_tree_root_at(&fixture->tree, borders[i], &root), MERIT_OK);
		assert_hash_equal(root, plain_root(fixture, 0, borders[i]));
		assert_int_equal(merit_tree_leaf(&fixture->tree, borders[i] - 1, &leaf), MERIT_OK);
		assert_hash_equal(leaf, fixture->memory.leaves[borders[i] - 1]);
		for (size_t j = 0; j <= i; j++) {
			check_inclusion(fixture, borders[j] - 1, borders[i]);
			check_extension(fixture, borders[j], borders[i]);
		}
		check_extension(fixture, 0, borders[i]);
	}
	fixture_free(fixture);
}

static void a_reopened_tree_is_the_same_and_grows_on(void **state)
{
	struct fixture *grown = fixture_new();
	struct merit_tree *reopened = malloc(sizeof(*reopened));

	(void)state;
	assert_non_null(reopened);
	for (size_t i = 0; i < BORDER_COUNT; i++) {
		struct merit_hash next = merit_hash_leaf(&borders[i], sizeof(borders[i]));
		fixture_grow(grown, borders[i]);
		assert_int_equal(merit_tree_open(reopened, borders[i], &grown->store), MERIT_OK);
		assert_hash_equal(merit_tree_root(reopened), merit_tree_root(&grown->tree));
		struct merit_tree *other = malloc(sizeof(*other));
		assert_non_null(other);
		*other = grown->tree; /* A copy is a tree of its own. */
		if (borders[i] % MERIT_TILE_HASHES != MERIT_TILE_HASHES - 1) { /* Else both write one tile. */
			assert_int_equal(merit_tree_append(reopened, &next), MERIT_OK);
			assert_int_equal(merit_tree_append(other, &next), MERIT_OK);
			assert_hash_equal(merit_tree_root(reopened), merit_tree_root(other));
		}
		free(other);
	}
	free(reopened);
	fixture_free(grown);
}

/* Source: the example of C2SP tlog-tiles. */
static void tiles_are_as_wide_as_the_standard_says(void **state)
{
	static const struct { unsigned level; uint64_t index; unsigned width; enum merit_status want; } rows[] = {
		{ 0, 0, 256, MERIT_OK },   { 0, 272, 256, MERIT_OK },       { 0, 273, 112, MERIT_OK },
		{ 0, 273, 1, MERIT_OK },   { 0, 273, 113, MERIT_NOT_FOUND }, { 0, 274, 1, MERIT_NOT_FOUND },
		{ 1, 0, 256, MERIT_OK },   { 1, 1, 17, MERIT_OK },          { 1, 1, 18, MERIT_NOT_FOUND },
		{ 2, 0, 1, MERIT_OK },     { 2, 0, 2, MERIT_NOT_FOUND },    { 3, 0, 1, MERIT_NOT_FOUND },
		{ 0, 0, 0, MERIT_NOT_FOUND }, { 0, 0, 257, MERIT_NOT_FOUND }, { 8, 0, 1, MERIT_NOT_FOUND },
		{ 0, UINT64_MAX, 1, MERIT_NOT_FOUND },
	};
	struct fixture *fixture = fixture_new();
	struct merit_hash tile[MERIT_TILE_HASHES];

	(void)state;
	fixture_grow(fixture, LARGE);
	fixture_index(fixture);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = merit_tree_tile(&fixture->tree, rows[i].level, rows[i].index, rows[i].width,
		                                        tile);
		if (got != rows[i].want)
			fail_msg("tile %u/%lu.p/%u: %s", rows[i].level, (unsigned long)rows[i].index, rows[i].width,
			         merit_status_word(got));
		if (got != MERIT_OK)
			continue;
		const struct merit_hash *row = fixture->heights[8 * rows[i].level];
		assert_memory_equal(tile, &row[rows[i].index * MERIT_TILE_HASHES], rows[i].width * MERIT_HASH_SIZE);
	}
	fixture_free(fixture);
}

static void a_lost_tile_is_reported(void **state)
{
	struct fixture *fixture = fixture_new();
	struct merit_proof proof;
	struct merit_hash root, tile[MERIT_TILE_HASHES];

	(void)state;
	fixture_grow(fixture, 1000);
	fixture->memory.present[0][1] = false;
	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, 300, 1000, &proof), MERIT_CORRUPT);
	assert_int_equal(merit_tree_prove_extension(&fixture->tree, 300, 1000, &proof), MERIT_CORRUPT);
	assert_int_equal(merit_tree_root_at(&fixture->tree, 400, &root), MERIT_CORRUPT);
	assert_int_equal(merit_tree_tile(&fixture->tree, 0, 1, 256, tile), MERIT_CORRUPT);
	assert_int_equal(merit_tree_leaf(&fixture->tree, 300, &root), MERIT_CORRUPT);
	assert_int_equal(merit_tree_leaf(&fixture->tree, 255, &root), MERIT_OK);
	assert_int_equal(merit_tree_prove_inclusion(&fixture->tree, 10, 256, &proof), MERIT_OK);
	struct merit_tree *reopened = malloc(sizeof(*reopened));
	assert_non_null(reopened);
	assert_int_equal(merit_tree_open(reopened, 1000, &fixture->store), MERIT_CORRUPT);
	free(reopened);
	fixture_free(fixture);
}

static void a_tile_that_is_not_the_roots_is_reported(void **state)
{
	struct fixture *fixture = fixture_new();
	struct merit_hash *leaf = &fixture->memory.tiles[0][5][17], *above = &fixture->memory.tiles[1][0][6];

	(void)state;
	fixture_grow(fixture, LARGE);
	for (uint64_t index = 0; index <= LARGE / MERIT_TILE_HASHES; index++)
		assert_int_equal(merit_tree_check_tile(&fixture->tree, index), MERIT_OK);
	leaf->bytes[0] ^= 1;
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 5), MERIT_CORRUPT);
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 6), MERIT_OK);
	leaf->bytes[0] ^= 1;
	above->bytes[0] ^= 1; /* All of this tile's are held against the root with it. */
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 5), MERIT_CORRUPT);
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 6), MERIT_CORRUPT);
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 256), MERIT_OK);
	above->bytes[0] ^= 1;
	fixture->memory.tiles[0][260][0].bytes[0] ^= 1; /* Above it is the incomplete tile. */
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 260), MERIT_CORRUPT);
	fixture->memory.present[0][5] = false;
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 5), MERIT_CORRUPT);
	fixture->memory.present[1][0] = false;
	assert_int_equal(merit_tree_check_tile(&fixture->tree, 6), MERIT_CORRUPT);
	fixture_free(fixture);
}

static void a_tile_the_store_refuses_is_reported(void **state)
{
	struct fixture *fixture = fixture_new();
	struct merit_hash leaf = merit_hash_leaf("", 0);

	(void)state;
	fixture_grow(fixture, 255);
	fixture->memory.full = true;
	assert_int_equal(merit_tree_append(&fixture->tree, &leaf), MERIT_STORE_FAILED);
	fixture_free(fixture);
}

static void paths_are_named_as_the_standard_says(void **state)
{
	static const struct { unsigned level; uint64_t index; unsigned width; const char *tile, *bundle; } rows[] = {
		{ 0, 0, 256, "tile/0/000", "tile/entries/000" },
		{ 0, 0, 8, "tile/0/000.p/8", "tile/entries/000.p/8" },
		{ 1, 999, 255, "tile/1/999.p/255", "tile/entries/999.p/255" },
		{ 2, 1000, 256, "tile/2/x001/000", "tile/entries/x001/000" },
		{ 63, 1234067, 1, "tile/63/x001/x234/067.p/1", "tile/entries/x001/x234/067.p/1" },
		{ 0, UINT64_MAX, 256, "tile/0/x018/x446/x744/x073/x709/x551/615",
		  "tile/entries/x018/x446/x744/x073/x709/x551/615" },
	};
	struct merit_buffer path = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		merit_buffer_clear(&path);
		merit_tile_put_path(&path, rows[i].level, rows[i].index, rows[i].width);
		merit_buffer_put_char(&path, '\0');
		assert_string_equal(path.data, rows[i].tile);
		merit_buffer_clear(&path);
		merit_tile_put_bundle_path(&path, rows[i].index, rows[i].width);
		merit_buffer_put_char(&path, '\0');
		assert_string_equal(path.data, rows[i].bundle);
	}
	merit_buffer_free(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_roots_are_met),
		cmocka_unit_test(the_published_tile_and_bundle_are_met),
		cmocka_unit_test(every_proof_of_a_small_tree_passes),
		cmocka_unit_test(only_proofs_within_the_tree_are_made),
		cmocka_unit_test(a_large_tree_proves_all_its_past),
		cmocka_unit_test(a_reopened_tree_is_the_same_and_grows_on),
		cmocka_unit_test(tiles_are_as_wide_as_the_standard_says),
		cmocka_unit_test(a_lost_tile_is_reported),
		cmocka_unit_test(a_tile_that_is_not_the_roots_is_reported),
		cmocka_unit_test(a_tile_the_store_refuses_is_reported),
		cmocka_unit_test(paths_are_named_as_the_standard_says),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
