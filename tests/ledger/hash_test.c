/* hash_test.c
 * Goal    SHA-256 is SHA-256 for every way the input can fall on blocks, and leaves and nodes are prefixed as RFC 6962
 *         says.
 * Method  published answers; then libsodium's own SHA-256 as a second opinion for every size up to four blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "ledger/encode.h"
#include "ledger/hash.h"

static void assert_hash(const uint8_t *hash, const char *want)
{
	char text[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];

	merit_hex_encode(hash, MERIT_HASH_SIZE, text);
	assert_string_equal(text, want);
}

/* Source: FIPS 180-4 examples of NIST; the first is also RFC 6962's empty tree. */
static void published_answers_are_met(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t hash[MERIT_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		merit_sha256(rows[i].text, strlen(rows[i].text), hash);
		assert_hash(hash, rows[i].want);
	}
	merit_sha256(NULL, 0, hash);
	assert_hash(hash, rows[0].want);
}

static void every_size_agrees_with_libsodium(void **state)
{
	uint8_t input[257], got[MERIT_HASH_SIZE], want[MERIT_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)(i * 7);
	for (size_t size = 0; size <= sizeof(input); size++) {
		merit_sha256(input, size, got);
		crypto_hash_sha256(want, input, size);
		assert_memory_equal(got, want, sizeof(want));
	}
}

static void a_leaf_is_the_hash_of_a_zero_and_its_bytes(void **state)
{
	uint8_t prefixed[200] = { 0x00 }, want[MERIT_HASH_SIZE];

	(void)state;
	assert_hash(merit_hash_leaf(NULL, 0).bytes, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	for (size_t size = 0; size < sizeof(prefixed); size++) {
		struct merit_hash leaf = merit_hash_leaf(prefixed + 1, size);
		crypto_hash_sha256(want, prefixed, size + 1);
		assert_memory_equal(leaf.bytes, want, sizeof(want));
		if (size + 1 < sizeof(prefixed))
			prefixed[size + 1] = (uint8_t)size;
	}
}

static void a_node_is_the_hash_of_a_one_and_both_children_in_order(void **state)
{
	uint8_t prefixed[1 + 2 * MERIT_HASH_SIZE] = { 0x01 }, want[MERIT_HASH_SIZE];
	struct merit_hash left = merit_hash_leaf("l", 1), right = merit_hash_leaf("r", 1);

	(void)state;
	memcpy(prefixed + 1, left.bytes, MERIT_HASH_SIZE);
	memcpy(prefixed + 1 + MERIT_HASH_SIZE, right.bytes, MERIT_HASH_SIZE);
	crypto_hash_sha256(want, prefixed, sizeof(prefixed));
	struct merit_hash node = merit_hash_node(&left, &right);
	assert_memory_equal(node.bytes, want, sizeof(want));
	struct merit_hash swapped = merit_hash_node(&right, &left);
	assert_false(merit_hash_equal(&node, &swapped));
	assert_true(merit_hash_equal(&node, &node));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_answers_are_met),
		cmocka_unit_test(every_size_agrees_with_libsodium),
		cmocka_unit_test(a_leaf_is_the_hash_of_a_zero_and_its_bytes),
		cmocka_unit_test(a_node_is_the_hash_of_a_one_and_both_children_in_order),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
