/* receipt_fuzz.c
 * Goal    whatever the bytes, reading them as a receipt ends, stays in its bounds, and takes only what writing gives
 *         back byte for byte; and no receipt proves what the golden log does not hold.
 * Method  what was taken is written again and compared; one that verifies must name a golden leaf in its place. */
#include <assert.h>
#include <string.h>

#include "ledger/receipt.h"
#include "tests/ledger/golden.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The extra line is base64 that parsing leaves alone: it is strict only where it is decoded. */
static void try_parse(const char *text, size_t size)
{
	static uint8_t leaf[MERIT_RECEIPT_SIZE_MAX];
	struct merit_receipt receipt;
	struct merit_buffer again = { 0 };
	size_t leaf_size = 0;

	if (merit_receipt_parse(text, size, &receipt) != MERIT_OK)
		return;
	if (receipt.has_extra &&
	    !merit_base64_decode(receipt.extra.text, receipt.extra.size, leaf, sizeof(leaf), &leaf_size))
		return;
	merit_receipt_put(&again, receipt.has_extra ? leaf : NULL, leaf_size, receipt.index, &receipt.proof,
	                  receipt.note);
	assert(!again.bad && again.size == size && memcmp(again.data, text, size) == 0);
	merit_buffer_free(&again);
}

static void try_verify(const char *text, size_t size)
{
	struct merit_verifier log;
	struct merit_checkpoint checkpoint;
	struct merit_buffer leaf = { 0 };
	uint64_t index = UINT64_MAX;
	uint8_t want[16];

	enum merit_status status = merit_verifier_parse(GOLDEN_LOG, &log);
	assert(status == MERIT_OK);
	status = merit_receipt_verify(text, size, &log, &leaf, &index, &checkpoint);
	if (status == MERIT_OK) {
		assert(index < GOLDEN_LEAVES && checkpoint.size == GOLDEN_LEAVES);
		assert(leaf.size == golden_leaf((unsigned)index, want));
		assert(memcmp(leaf.data, want, leaf.size) == 0);
	} else {
		assert(leaf.size == 0 && index == UINT64_MAX);
	}
	merit_buffer_free(&leaf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_parse((const char *)data, size);
	try_verify((const char *)data, size);
	return 0;
}
