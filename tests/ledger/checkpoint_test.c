/* checkpoint_test.c
 * Goal    a checkpoint has one form, is believed only from its own log, and real logs' checkpoints are read.
 * Method  rows that each break one rule; then a log written by Tessera: every checkpoint, tile and bundle of sizes 0 to
 *         15, and proofs between all of them made from its tiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "tests/ledger/golden.h"
#include "tests/ledger/shared_data.h"

#define TESSERA_LOG     "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
#define TESSERA_LARGEST 15

#define ROOT  "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static struct merit_slice slice(const char *text)
{
	return (struct merit_slice){ text, strlen(text) };
}

static void a_text_with_one_fault_is_refused(void **state)
{
	static const struct { const char *fault, *text; enum merit_status want; } rows[] = {
		{ "nothing", "a\n8\n" ROOT, MERIT_OK },
		{ "nothing, with an extension", "a\n8\n" ROOT "more\n", MERIT_OK },
		{ "nothing, in an empty log", "a\n0\n" EMPTY, MERIT_OK },
		{ "nothing, at the largest size", "a\n9223372036854775807\n" ROOT, MERIT_OK },
		{ "a size over the largest", "a\n9223372036854775808\n" ROOT, MERIT_BAD_FORMAT },
		{ "a size that overflows", "a\n18446744073709551624\n" ROOT, MERIT_BAD_FORMAT },
		{ "empty", "", MERIT_BAD_FORMAT },
		{ "two lines", "a\n8\n", MERIT_BAD_FORMAT },
		{ "no origin", "\n8\n" ROOT, MERIT_BAD_FORMAT },
		{ "no size", "a\n\n" ROOT, MERIT_BAD_FORMAT },
		{ "a leading zero", "a\n08\n" ROOT, MERIT_BAD_FORMAT },
		{ "a sign", "a\n+8\n" ROOT, MERIT_BAD_FORMAT },
		{ "a space", "a\n8 \n" ROOT, MERIT_BAD_FORMAT },
		{ "hex", "a\n0x8\n" ROOT, MERIT_BAD_FORMAT },
		{ "a short root", "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==\n", MERIT_BAD_FORMAT },
		{ "a long root", "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQygA\n", MERIT_BAD_FORMAT },
		{ "a loose root", "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n", MERIT_BAD_FORMAT },
		{ "no last newline", "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", MERIT_BAD_FORMAT },
		{ "an empty extension", "a\n8\n" ROOT "\n", MERIT_BAD_FORMAT },
		{ "an extension without newline", "a\n8\n" ROOT "more", MERIT_BAD_FORMAT },
		{ "an empty log with a root", "a\n0\n" ROOT, MERIT_BAD_FORMAT },
	};
	struct merit_checkpoint checkpoint;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = merit_checkpoint_parse(slice(rows[i].text), &checkpoint);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].fault, merit_status_word(got));
	}
}

static void origins_are_bounded(void **state)
{
	struct merit_buffer text = { 0 };
	struct merit_checkpoint checkpoint;

	(void)state;
	for (size_t i = 0; i < MERIT_ORIGIN_SIZE_MAX; i++)
		merit_buffer_put_char(&text, 'a');
	merit_buffer_put_text(&text, "\n8\n" ROOT);
	assert_int_equal(merit_checkpoint_parse((struct merit_slice){ text.data, text.size }, &checkpoint), MERIT_OK);
	assert_int_equal(strlen(checkpoint.origin), MERIT_ORIGIN_SIZE_MAX);
	merit_buffer_clear(&text);
	for (size_t i = 0; i < MERIT_ORIGIN_SIZE_MAX + 1; i++)
		merit_buffer_put_char(&text, 'a');
	merit_buffer_put_text(&text, "\n8\n" ROOT);
	assert_int_equal(merit_checkpoint_parse((struct merit_slice){ text.data, text.size }, &checkpoint),
	                 MERIT_BAD_FORMAT);
	merit_buffer_free(&text);
}

static void what_is_written_is_read(void **state)
{
	struct merit_buffer text = { 0 };
	struct merit_checkpoint checkpoint;

	(void)state;
	assert_int_equal(merit_checkpoint_parse(slice(GOLDEN_BODY), &checkpoint), MERIT_OK);
	assert_string_equal(checkpoint.origin, GOLDEN_ORIGIN);
	assert_int_equal(checkpoint.size, GOLDEN_LEAVES);
	merit_checkpoint_put(&text, &checkpoint);
	assert_int_equal(text.size, strlen(GOLDEN_BODY));
	assert_memory_equal(text.data, GOLDEN_BODY, text.size);
	merit_buffer_free(&text);
}

static void only_the_logs_own_checkpoint_is_believed(void **state)
{
	static const char other_text[] = "merit.example/ledger2\n8\n" ROOT;
	struct merit_secret_key key = golden_log_key();
	struct merit_verifier log, tessera;
	struct merit_checkpoint checkpoint = { .size = 77 };
	struct merit_buffer other = { 0 };

	(void)state;
	assert_int_equal(merit_verifier_parse(GOLDEN_LOG, &log), MERIT_OK);
	assert_int_equal(merit_verifier_parse(TESSERA_LOG, &tessera), MERIT_OK);
	merit_buffer_put_text(&other, other_text); /* Signed by the right key, for another log. */
	merit_buffer_put_char(&other, '\n');
	merit_note_put_signature(&other, &log, &key, slice(other_text));
	assert_int_equal(merit_checkpoint_open((struct merit_slice){ other.data, other.size }, &log, &checkpoint),
	                 MERIT_SIGNER_MISSING);
	assert_int_equal(merit_checkpoint_open(slice(GOLDEN_BODY "\n" GOLDEN_LOG_LINE), &tessera, &checkpoint),
	                 MERIT_SIGNER_MISSING);
	assert_int_equal(merit_checkpoint_open(slice(GOLDEN_BODY "more\n\n" GOLDEN_LOG_LINE), &log, &checkpoint),
	                 MERIT_BAD_SIGNATURE);
	assert_int_equal(checkpoint.size, 77); /* Set only on MERIT_OK. */
	assert_int_equal(merit_checkpoint_open(slice(GOLDEN_BODY "\n" GOLDEN_LOG_LINE), &log, &checkpoint), MERIT_OK);
	assert_int_equal(checkpoint.size, GOLDEN_LEAVES);
	merit_buffer_free(&other);
}

static void tessera_open(unsigned size, struct merit_checkpoint *checkpoint_out)
{
	struct merit_verifier log;
	size_t note_size = 0;
	char *note = shared_read(&note_size, "vectors/tessera-log/checkpoint.%u", size);

	assert_int_equal(merit_verifier_parse(TESSERA_LOG, &log), MERIT_OK);
	assert_int_equal(merit_checkpoint_open((struct merit_slice){ note, note_size }, &log, checkpoint_out),
	                 MERIT_OK);
	assert_int_equal(checkpoint_out->size, size);
	free(note);
}

/* Both the hashes of the tile and the entries of the bundle must be those of the tree. */
static void check_tessera_files(const struct merit_tree *tree, unsigned size)
{
	struct merit_hash want[TESSERA_LARGEST];
	size_t tile_size = 0, bundle_size = 0, at = 0;
	uint8_t *tile = (uint8_t *)shared_read(&tile_size, "vectors/tessera-log/tile/0/000.p/%u", size);
	uint8_t *bundle = (uint8_t *)shared_read(&bundle_size, "vectors/tessera-log/tile/entries/000.p/%u", size);

	assert_int_equal(merit_tree_tile(tree, 0, 0, size, want), MERIT_OK);
	assert_int_equal(tile_size, size * MERIT_HASH_SIZE);
	assert_memory_equal(tile, want, tile_size);
	for (unsigned i = 0; i < size; i++) {
		size_t entry_size = (size_t)bundle[at] << 8 | bundle[at + 1];
		struct merit_hash leaf = merit_hash_leaf(bundle + at + 2, entry_size);
		assert_true(merit_hash_equal(&leaf, &want[i]));
		at += 2 + entry_size;
	}
	assert_int_equal(at, bundle_size);
	free(bundle);
	free(tile);
}

static bool no_tile(void *context, unsigned level, uint64_t index, struct merit_hash *hashes_out)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes_out;
	return false;
}

static bool take_no_tile(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes;
	return false;
}

static void a_log_of_tessera_is_read_and_only_grew(void **state)
{
	static const struct merit_tree_store store = { .read_tile = no_tile, .write_tile = take_no_tile };
	struct merit_checkpoint checkpoints[TESSERA_LARGEST + 1];
	struct merit_proof proof;
	size_t tile_size = 0;

	(void)state;
	void *bytes = shared_read(&tile_size, "vectors/tessera-log/tile/0/000.p/%u", TESSERA_LARGEST);
	const struct merit_hash *tile = bytes;
	struct merit_tree *tree = malloc(sizeof(*tree)); /* After the line above, which may skip the test. */
	assert_non_null(tree);
	assert_int_equal(merit_tree_open(tree, 0, &store), MERIT_OK);
	for (unsigned size = 0; size <= TESSERA_LARGEST; size++) {
		tessera_open(size, &checkpoints[size]);
		if (size != 0)
			assert_int_equal(merit_tree_append(tree, &tile[size - 1]), MERIT_OK);
		struct merit_hash root = merit_tree_root(tree);
		assert_true(merit_hash_equal(&root, &checkpoints[size].root));
		if (size != 0)
			check_tessera_files(tree, size);
	}
	for (unsigned new_size = 0; new_size <= TESSERA_LARGEST; new_size++) {
		for (unsigned old_size = 0; old_size <= new_size; old_size++) {
			assert_int_equal(merit_tree_prove_extension(tree, old_size, new_size, &proof), MERIT_OK);
			assert_true(merit_proof_extends(old_size, &checkpoints[old_size].root, new_size,
			                                &checkpoints[new_size].root, proof.hashes, proof.count));
		}
	}
	free(bytes);
	free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_with_one_fault_is_refused),
		cmocka_unit_test(origins_are_bounded),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(only_the_logs_own_checkpoint_is_believed),
		cmocka_unit_test(a_log_of_tessera_is_read_and_only_grew),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
