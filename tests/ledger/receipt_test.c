/* receipt_test.c
 * Goal    a receipt is byte for byte C2SP's, and one with anything changed is refused for its true reason.
 * Method  the golden receipt; each byte of one flipped; rows that each break one rule; the limits at n and n + 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "tests/ledger/golden.h"

#define INDEX 5

#define HEAD       "c2sp.org/tlog-proof@v1\n"
#define EXTRA      "extra QEFCQw==\n" /* leaf 5: 40414243 */
#define INDEX_LINE "index 5\n"
#define HASH_1     "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"
#define HASH_2     "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"
#define HASH_3     "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n"
#define NOTE       GOLDEN_BODY "\n" GOLDEN_LOG_LINE

static struct merit_verifier golden_log(void)
{
	struct merit_verifier log;

	assert_int_equal(merit_verifier_parse(GOLDEN_LOG, &log), MERIT_OK);
	return log;
}

static enum merit_status verify(const char *text, size_t size)
{
	struct merit_verifier log = golden_log();
	struct merit_buffer leaf = { 0 };
	struct merit_checkpoint checkpoint;
	uint64_t index = 0;

	enum merit_status status = merit_receipt_verify(text, size, &log, &leaf, &index, &checkpoint);
	assert_int_equal(leaf.size, status == MERIT_OK ? 4 : 0);
	merit_buffer_free(&leaf);
	return status;
}

/* Eight leaves complete no tile. */
static bool take_no_tile(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes;
	return false;
}

/* The proof that leaf 5 is among the golden eight. */
static struct merit_proof golden_proof(void)
{
	static const struct merit_tree_store store = { .write_tile = take_no_tile };
	struct merit_tree *tree = malloc(sizeof(*tree));
	struct merit_proof proof;
	uint8_t bytes[16];

	assert_non_null(tree);
	assert_int_equal(merit_tree_open(tree, 0, &store), MERIT_OK);
	for (unsigned i = 0; i < GOLDEN_LEAVES; i++) {
		size_t size = golden_leaf(i, bytes);
		struct merit_hash leaf = merit_hash_leaf(bytes, size);
		assert_int_equal(merit_tree_append(tree, &leaf), MERIT_OK);
	}
	assert_int_equal(merit_tree_prove_inclusion(tree, INDEX, GOLDEN_LEAVES, &proof), MERIT_OK);
	free(tree);
	return proof;
}

static void the_golden_receipt_is_met_to_the_byte(void **state)
{
	static const char note[] = GOLDEN_BODY "\n" GOLDEN_LOG_LINE GOLDEN_WITNESS_LINE;
	struct merit_proof proof = golden_proof();
	struct merit_verifier log = golden_log();
	struct merit_buffer text = { 0 };
	struct merit_receipt receipt;
	struct merit_checkpoint checkpoint;
	uint8_t leaf[16];

	(void)state;
	merit_receipt_put(&text, NULL, 0, INDEX, &proof, (struct merit_slice){ note, strlen(note) });
	assert_int_equal(text.size, 484);
	assert_true(sha256_is(text.data, text.size,
	                      "1b61875719141b99bc72dacce8ac2e077777b5df96e257d94468976b05dece37"));
	assert_int_equal(merit_receipt_parse(text.data, text.size, &receipt), MERIT_OK);
	assert_false(receipt.has_extra);
	struct merit_hash hash = merit_hash_leaf(leaf, golden_leaf(INDEX, leaf));
	assert_int_equal(merit_receipt_check(&receipt, &hash, &log, &checkpoint), MERIT_OK);
	assert_int_equal(checkpoint.size, GOLDEN_LEAVES);
	assert_int_equal(verify(text.data, text.size), MERIT_BAD_FORMAT); /* It does not say what it proves. */
	merit_buffer_free(&text);
}

static void a_receipt_gives_back_its_leaf_and_place(void **state)
{
	struct merit_proof proof = golden_proof();
	struct merit_verifier log = golden_log();
	struct merit_buffer text = { 0 }, leaf = { 0 };
	struct merit_checkpoint checkpoint;
	uint64_t index = 0;
	uint8_t want[16];
	size_t want_size = golden_leaf(INDEX, want);

	(void)state;
	merit_receipt_put(&text, want, want_size, INDEX, &proof, (struct merit_slice){ NOTE, strlen(NOTE) });
	assert_int_equal(text.size, strlen(HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE));
	assert_memory_equal(text.data, HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE, text.size);
	merit_buffer_put_text(&leaf, "before ");
	assert_int_equal(merit_receipt_verify(text.data, text.size, &log, &leaf, &index, &checkpoint), MERIT_OK);
	assert_int_equal(index, INDEX);
	assert_int_equal(leaf.size, strlen("before ") + want_size);
	assert_memory_equal(leaf.data + strlen("before "), want, want_size);
	assert_string_equal(checkpoint.origin, GOLDEN_ORIGIN);
	merit_buffer_free(&leaf);
	merit_buffer_free(&text);
}

static void any_flipped_bit_is_noticed(void **state)
{
	char text[] = HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE;
	size_t size = strlen(text);

	(void)state;
	assert_int_equal(verify(text, size), MERIT_OK);
	for (size_t i = 0; i < size; i++) {
		char was = text[i];
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] = (char)(was ^ (char)(1U << bit));
			if (verify(text, size) == MERIT_OK)
				fail_msg("bit %u of byte %zu does not matter", bit, i);
		}
		text[i] = was;
	}
}

static void any_cut_is_noticed(void **state)
{
	static const char text[] = HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE;

	(void)state;
	for (size_t size = 0; size < strlen(text); size++)
		assert_int_not_equal(verify(text, size), MERIT_OK);
	assert_int_not_equal(verify(text, strlen(text) + 1), MERIT_OK); /* A NUL is not an end. */
}

static void a_receipt_with_one_fault_is_refused(void **state)
{
	static const struct { const char *fault, *text; enum merit_status want; } rows[] = {
		{ "nothing", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_OK },
		{ "another version", "c2sp.org/tlog-proof@v2\n" EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE,
		  MERIT_BAD_FORMAT },
		{ "more on the first line", "c2sp.org/tlog-proof@v1 \n" EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE,
		  MERIT_BAD_FORMAT },
		{ "no extra", HEAD INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "extra twice", HEAD EXTRA EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "extra without padding", HEAD "extra QEFCQw\n" INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE,
		  MERIT_BAD_FORMAT },
		{ "extra behind index", HEAD INDEX_LINE EXTRA HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "no index", HEAD EXTRA HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "a leading zero", HEAD EXTRA "index 05\n" HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "a negative index", HEAD EXTRA "index -5\n" HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_BAD_FORMAT },
		{ "no empty line", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 NOTE, MERIT_BAD_FORMAT },
		{ "two empty lines", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n\n" NOTE, MERIT_BAD_FORMAT },
		{ "no note", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n", MERIT_BAD_FORMAT },
		{ "an unsigned note", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" GOLDEN_BODY "\n",
		  MERIT_BAD_FORMAT },
		{ "the witness's line alone",
		  HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" GOLDEN_BODY "\n" GOLDEN_WITNESS_LINE,
		  MERIT_SIGNER_MISSING },
		{ "another size",
		  HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3
		  "\nmerit.example/ledger1\n7\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n" GOLDEN_LOG_LINE,
		  MERIT_BAD_SIGNATURE },
		{ "another index", HEAD EXTRA "index 4\n" HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_PROOF_FAILED },
		{ "an index past the end", HEAD EXTRA "index 8\n" HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_PROOF_FAILED },
		{ "another leaf", HEAD "extra QEFCRA==\n" INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE,
		  MERIT_PROOF_FAILED },
		{ "an empty leaf", HEAD "extra \n" INDEX_LINE HASH_1 HASH_2 HASH_3 "\n" NOTE, MERIT_PROOF_FAILED },
		{ "one hash less", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 "\n" NOTE, MERIT_PROOF_FAILED },
		{ "one hash more", HEAD EXTRA INDEX_LINE HASH_1 HASH_2 HASH_3 HASH_3 "\n" NOTE, MERIT_PROOF_FAILED },
		{ "no hash", HEAD EXTRA INDEX_LINE "\n" NOTE, MERIT_PROOF_FAILED },
		{ "two hashes swapped", HEAD EXTRA INDEX_LINE HASH_2 HASH_1 HASH_3 "\n" NOTE, MERIT_PROOF_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = verify(rows[i].text, strlen(rows[i].text));
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].fault, merit_status_word(got));
	}
}

static void a_node_is_not_taken_for_a_leaf(void **state)
{
	struct merit_buffer text = { 0 };
	struct merit_hash left, right;
	uint8_t pair[2 * MERIT_HASH_SIZE], bytes[16];

	(void)state;
	left = merit_hash_leaf(bytes, golden_leaf(4, bytes));
	right = merit_hash_leaf(bytes, golden_leaf(5, bytes));
	memcpy(pair, left.bytes, MERIT_HASH_SIZE);
	memcpy(pair + MERIT_HASH_SIZE, right.bytes, MERIT_HASH_SIZE);
	struct merit_proof proof = golden_proof();
	memmove(&proof.hashes[0], &proof.hashes[1], 2 * sizeof(proof.hashes[0]));
	proof.count = 2;
	merit_receipt_put(&text, pair, sizeof(pair), 2, &proof, (struct merit_slice){ NOTE, strlen(NOTE) });
	assert_int_equal(verify(text.data, text.size), MERIT_PROOF_FAILED);
	merit_buffer_free(&text);
}

static void proofs_leaves_and_texts_are_bounded(void **state)
{
	struct merit_buffer text = { 0 }, leaf = { 0 };
	struct merit_proof proof = { .count = MERIT_PROOF_HASHES_MAX };
	struct merit_receipt receipt;
	const struct merit_slice note = { NOTE, strlen(NOTE) };

	(void)state;
	for (size_t i = 0; i < MERIT_ENTRY_SIZE_MAX + 1; i++)
		merit_buffer_put_char(&leaf, 'a');
	merit_receipt_put(&text, leaf.data, MERIT_ENTRY_SIZE_MAX, INDEX, &proof, note);
	assert_int_equal(merit_receipt_parse(text.data, text.size, &receipt), MERIT_OK);
	assert_int_equal(verify(text.data, text.size), MERIT_PROOF_FAILED);
	merit_buffer_clear(&text);
	merit_receipt_put(&text, leaf.data, MERIT_ENTRY_SIZE_MAX + 1, INDEX, &proof, note);
	assert_int_equal(verify(text.data, text.size), MERIT_BAD_FORMAT);
	merit_buffer_clear(&text);
	merit_buffer_put_text(&text, HEAD EXTRA INDEX_LINE);
	for (unsigned i = 0; i < MERIT_PROOF_HASHES_MAX + 1; i++)
		merit_buffer_put_text(&text, HASH_1);
	merit_buffer_put_text(&text, "\n" NOTE);
	assert_int_equal(verify(text.data, text.size), MERIT_BAD_FORMAT);
	merit_buffer_clear(&text);
	merit_buffer_put_text(&text, HEAD EXTRA INDEX_LINE "\n");
	while (text.size < MERIT_RECEIPT_SIZE_MAX)
		merit_buffer_put_char(&text, 'a');
	assert_int_equal(merit_receipt_parse(text.data, text.size, &receipt), MERIT_OK);
	merit_buffer_put_char(&text, 'a');
	assert_int_equal(merit_receipt_parse(text.data, text.size, &receipt), MERIT_TOO_LARGE);
	merit_buffer_free(&leaf);
	merit_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_golden_receipt_is_met_to_the_byte),
		cmocka_unit_test(a_receipt_gives_back_its_leaf_and_place),
		cmocka_unit_test(any_flipped_bit_is_noticed),
		cmocka_unit_test(any_cut_is_noticed),
		cmocka_unit_test(a_receipt_with_one_fault_is_refused),
		cmocka_unit_test(a_node_is_not_taken_for_a_leaf),
		cmocka_unit_test(proofs_leaves_and_texts_are_bounded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
