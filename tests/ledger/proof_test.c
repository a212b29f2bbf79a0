/* proof_test.c
 * Goal    a proof passes exactly when it is RFC 6962's for these sizes, and no other list of hashes does.
 * Method  published proofs; the vectors of transparency-dev/merkle; then for every pair of sizes up to 70 the proof
 *         that the RFC's recursion gives, and that proof cut, lengthened and flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <glob.h>
#include <sodium.h>

#include "ledger/encode.h"
#include "ledger/lines.h"
#include "ledger/proof.h"
#include "tests/ledger/golden.h"
#include "tests/ledger/shared_data.h"

#define SIZE_MAX_TRIED 70

static struct merit_hash leaves[SIZE_MAX_TRIED];

/* The RFC's definitions, word for word: slow, and shared with nothing in ledger/. */
static struct merit_hash tree_hash(size_t begin, size_t end)
{
	size_t k = 1;

	if (begin == end)
		return merit_proof_empty_root();
	if (end - begin == 1)
		return leaves[begin];
	while (2 * k < end - begin)
		k *= 2;
	struct merit_hash left = tree_hash(begin, begin + k), right = tree_hash(begin + k, end);
	return merit_hash_node(&left, &right);
}

static void put(struct merit_proof *proof, struct merit_hash hash)
{
	proof->hashes[proof->count++] = hash;
}

static void path(size_t m, size_t begin, size_t end, struct merit_proof *proof)
{
	size_t k = 1;

	if (end - begin == 1)
		return;
	while (2 * k < end - begin)
		k *= 2;
	if (m < k) {
		path(m, begin, begin + k, proof);
		put(proof, tree_hash(begin + k, end));
	} else {
		path(m - k, begin + k, end, proof);
		put(proof, tree_hash(begin, begin + k));
	}
}

static void subproof(size_t m, size_t begin, size_t end, bool whole, struct merit_proof *proof)
{
	size_t k = 1;

	if (m == end - begin) {
		if (!whole)
			put(proof, tree_hash(begin, end));
		return;
	}
	while (2 * k < end - begin)
		k *= 2;
	if (m <= k) {
		subproof(m, begin, begin + k, whole, proof);
		put(proof, tree_hash(begin + k, end));
	} else {
		subproof(m - k, begin + k, end, false, proof);
		put(proof, tree_hash(begin, begin + k));
	}
}

static bool includes(size_t index, size_t size, const struct merit_proof *proof)
{
	struct merit_hash root = tree_hash(0, size);

	return merit_proof_includes(&leaves[index], index, size, proof->hashes, proof->count, &root);
}

static bool extends(size_t old_size, size_t new_size, const struct merit_proof *proof)
{
	struct merit_hash old_root = tree_hash(0, old_size), new_root = tree_hash(0, new_size);

	return merit_proof_extends(old_size, &old_root, new_size, &new_root, proof->hashes, proof->count);
}

static struct merit_hash hash_of(const char *hex)
{
	struct merit_hash hash;
	size_t size = 0;

	assert_true(merit_hex_decode(hex, strlen(hex), hash.bytes, sizeof(hash.bytes), &size));
	assert_int_equal(size, sizeof(hash.bytes));
	return hash;
}

static void published_proofs_pass(void **state)
{
	const struct merit_hash leaf = hash_of("4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658");
	const struct merit_hash inclusion[] = {
		hash_of("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
		hash_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
		hash_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
	};
	const struct merit_hash from_3[] = {
		hash_of("0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"),
		hash_of("07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"),
		hash_of("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
		hash_of("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
	};
	const struct merit_hash from_6[] = {
		hash_of("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"), inclusion[1], inclusion[2],
	};
	struct merit_hash roots[GOLDEN_LEAVES + 1];

	(void)state;
	for (unsigned i = 0; i < GOLDEN_LEAVES; i++)
		roots[i + 1] = hash_of(golden_leaves[i].root);
	assert_true(merit_proof_includes(&leaf, 5, 8, inclusion, 3, &roots[8]));
	assert_true(merit_proof_extends(3, &roots[3], 8, &roots[8], from_3, 4));
	assert_true(merit_proof_extends(4, &roots[4], 8, &roots[8], &from_3[3], 1));
	assert_true(merit_proof_extends(6, &roots[6], 8, &roots[8], from_6, 3));
}

static void every_inclusion_proof_passes_and_nothing_near_it(void **state)
{
	(void)state;
	for (size_t size = 1; size <= SIZE_MAX_TRIED; size++) {
		for (size_t index = 0; index < size; index++) {
			struct merit_proof proof = { .count = 0 };
			path(index, 0, size, &proof);
			assert_true(includes(index, size, &proof));
			put(&proof, leaves[0]);
			assert_false(includes(index, size, &proof));
			if (size == 1)
				continue; /* Its proof is empty and cannot be cut. */
			proof.count -= 2;
			assert_false(includes(index, size, &proof));
		}
	}
}

static void every_extension_proof_passes_and_nothing_near_it(void **state)
{
	(void)state;
	for (size_t new_size = 0; new_size <= SIZE_MAX_TRIED; new_size++) {
		for (size_t old_size = 0; old_size <= new_size; old_size++) {
			struct merit_proof proof = { .count = 0 };
			if (old_size != 0)
				subproof(old_size, 0, new_size, true, &proof);
			assert_true(extends(old_size, new_size, &proof));
			put(&proof, leaves[0]);
			assert_false(extends(old_size, new_size, &proof));
			proof.count--;
			if (proof.count == 0)
				continue;
			proof.count--;
			assert_false(extends(old_size, new_size, &proof));
		}
	}
}

static void a_flipped_bit_of_a_proof_or_another_place_is_noticed(void **state)
{
	(void)state;
	for (size_t index = 0; index < SIZE_MAX_TRIED; index++) {
		struct merit_proof proof = { .count = 0 };
		struct merit_hash root = tree_hash(0, SIZE_MAX_TRIED);
		path(index, 0, SIZE_MAX_TRIED, &proof);
		for (unsigned i = 0; i < proof.count; i++) {
			proof.hashes[i].bytes[index % MERIT_HASH_SIZE] ^= 0x10;
			assert_false(includes(index, SIZE_MAX_TRIED, &proof));
			proof.hashes[i].bytes[index % MERIT_HASH_SIZE] ^= 0x10;
		}
		for (size_t other = 0; other < SIZE_MAX_TRIED + 10; other++) {
			if (other != index)
				assert_false(merit_proof_includes(&leaves[index], other, SIZE_MAX_TRIED, proof.hashes,
				                                  proof.count, &root));
		}
		assert_false(merit_proof_includes(&leaves[index], UINT64_MAX, UINT64_MAX, proof.hashes, proof.count,
		                                  &root));
	}
	for (size_t old_size = 1; old_size < SIZE_MAX_TRIED; old_size++) {
		struct merit_proof proof = { .count = 0 };
		subproof(old_size, 0, SIZE_MAX_TRIED, true, &proof);
		for (unsigned i = 0; i < proof.count; i++) {
			proof.hashes[i].bytes[old_size % MERIT_HASH_SIZE] ^= 0x01;
			assert_false(extends(old_size, SIZE_MAX_TRIED, &proof));
			proof.hashes[i].bytes[old_size % MERIT_HASH_SIZE] ^= 0x01;
		}
	}
}

static void a_flipped_bit_of_a_root_or_leaf_is_noticed(void **state)
{
	struct merit_hash root = tree_hash(0, SIZE_MAX_TRIED), false_root = root;

	(void)state;
	false_root.bytes[MERIT_HASH_SIZE - 1] ^= 0x01;
	for (size_t i = 1; i < SIZE_MAX_TRIED; i++) { /* A leaf's index, and an old tree's size. */
		struct merit_proof inclusion = { .count = 0 }, extension = { .count = 0 };
		struct merit_hash false_leaf = leaves[i], old_root = tree_hash(0, i), false_old_root = old_root;
		path(i, 0, SIZE_MAX_TRIED, &inclusion);
		subproof(i, 0, SIZE_MAX_TRIED, true, &extension);
		false_leaf.bytes[0] ^= 0x80;
		false_old_root.bytes[0] ^= 0x80;
		assert_false(merit_proof_includes(&false_leaf, i, SIZE_MAX_TRIED, inclusion.hashes, inclusion.count,
		                                  &root));
		assert_false(merit_proof_includes(&leaves[i], i, SIZE_MAX_TRIED, inclusion.hashes, inclusion.count,
		                                  &false_root));
		assert_false(merit_proof_extends(i, &false_old_root, SIZE_MAX_TRIED, &root, extension.hashes,
		                                 extension.count));
		assert_false(merit_proof_extends(i, &old_root, SIZE_MAX_TRIED, &false_root, extension.hashes,
		                                 extension.count));
	}
	assert_false(merit_proof_extends(SIZE_MAX_TRIED, &root, SIZE_MAX_TRIED, &false_root, NULL, 0));
}

/* The empty tree has one root; a made-up one is not a beginning of anything. */
static void only_the_true_empty_root_is_extended(void **state)
{
	struct merit_hash empty = merit_proof_empty_root(), root = tree_hash(0, 5);

	(void)state;
	assert_true(merit_proof_extends(0, &empty, 5, &root, NULL, 0));
	assert_false(merit_proof_extends(0, &root, 5, &root, NULL, 0));
	assert_false(merit_proof_extends(0, &empty, 5, &root, &root, 1));
	assert_false(merit_proof_extends(6, &root, 5, &root, NULL, 0));
}

/* One vector file, its hashes decoded. */
struct vector {
	cJSON *json;
	bool readable;  /* false where a "hash" has not the size of one: such input does not reach merit_proof_... */
	struct merit_proof proof;
};

static bool vector_hash(const cJSON *text, struct merit_hash *hash_out)
{
	const char *base64 = cJSON_IsString(text) ? text->valuestring : "";

	return merit_line_hash((struct merit_slice){ base64, strlen(base64) }, hash_out);
}

static bool vector_field(const struct vector *vector, const char *name, struct merit_hash *hash_out)
{
	return vector_hash(cJSON_GetObjectItem(vector->json, name), hash_out);
}

/* cJSON keeps numbers as doubles, and one index of the vectors is 2^64 - 1. */
static uint64_t vector_number(const struct vector *vector, const char *name)
{
	double value = cJSON_GetObjectItem(vector->json, name)->valuedouble;

	return value >= 18446744073709549568.0 ? UINT64_MAX : (uint64_t)value;
}

static struct vector vector_open(const char *file)
{
	char *text = file_read(file, NULL);
	struct vector vector = { .json = cJSON_Parse(text), .readable = true };
	const cJSON *hash;

	free(text);
	assert_non_null(vector.json);
	cJSON_ArrayForEach(hash, cJSON_GetObjectItem(vector.json, "proof")) {
		assert_true(vector.proof.count < MERIT_PROOF_HASHES_MAX);
		vector.readable &= vector_hash(hash, &vector.proof.hashes[vector.proof.count++]);
	}
	return vector;
}

static bool inclusion_vector_passes(const struct vector *vector)
{
	struct merit_hash leaf, root;

	if (!vector->readable || !vector_field(vector, "leafHash", &leaf) || !vector_field(vector, "root", &root))
		return false;
	return merit_proof_includes(&leaf, vector_number(vector, "leafIdx"), vector_number(vector, "treeSize"),
	                            vector->proof.hashes, vector->proof.count, &root);
}

static bool consistency_vector_passes(const struct vector *vector)
{
	struct merit_hash root1, root2;

	if (!vector->readable || !vector_field(vector, "root1", &root1) || !vector_field(vector, "root2", &root2))
		return false;
	return merit_proof_extends(vector_number(vector, "size1"), &root1, vector_number(vector, "size2"), &root2,
	                           vector->proof.hashes, vector->proof.count);
}

static void judge_vectors(const char *folder, bool passes(const struct vector *vector), size_t want_count)
{
	char pattern[4096];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/vectors/merkle/%s/*/*.json", shared_data(), folder);
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_int_equal(files.gl_pathc, want_count);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct vector vector = vector_open(files.gl_pathv[i]);
		bool want_error = cJSON_IsTrue(cJSON_GetObjectItem(vector.json, "wantErr"));
		if (passes(&vector) == want_error)
			fail_msg("%s", files.gl_pathv[i]);
		cJSON_Delete(vector.json);
	}
	globfree(&files);
}

static void every_inclusion_vector_is_judged_right(void **state)
{
	(void)state;
	judge_vectors("inclusion", inclusion_vector_passes, 53);
}

static void every_consistency_vector_is_judged_right(void **state)
{
	(void)state;
	judge_vectors("consistency", consistency_vector_passes, 43);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_proofs_pass),
		cmocka_unit_test(every_inclusion_proof_passes_and_nothing_near_it),
		cmocka_unit_test(every_extension_proof_passes_and_nothing_near_it),
		cmocka_unit_test(a_flipped_bit_of_a_proof_or_another_place_is_noticed),
		cmocka_unit_test(a_flipped_bit_of_a_root_or_leaf_is_noticed),
		cmocka_unit_test(only_the_true_empty_root_is_extended),
		cmocka_unit_test(every_inclusion_vector_is_judged_right),
		cmocka_unit_test(every_consistency_vector_is_judged_right),
	};

	if (sodium_init() < 0)
		return 1;
	for (size_t i = 0; i < SIZE_MAX_TRIED; i++)
		leaves[i] = merit_hash_leaf(&i, sizeof(i));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
