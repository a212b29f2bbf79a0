/* receipt.c - see receipt.h. */
#include "ledger/receipt.h"

#include <assert.h>

#include "ledger/encode.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

void merit_receipt_put(struct merit_buffer *buffer, const void *leaf, size_t leaf_size, uint64_t index,
                       const struct merit_proof *proof, struct merit_slice note)
{
	assert(index <= INT64_MAX && proof->count <= MERIT_PROOF_HASHES_MAX);
	merit_buffer_put_text(buffer, FIRST_LINE "\n");
	if (leaf != NULL) {
		merit_buffer_put_text(buffer, "extra ");
		merit_base64_put(buffer, leaf, leaf_size);
		merit_buffer_put_char(buffer, '\n');
	}
	merit_buffer_put_text(buffer, "index ");
	merit_buffer_put_integer(buffer, (int64_t)index);
	merit_buffer_put_char(buffer, '\n');
	for (unsigned i = 0; i < proof->count; i++) {
		merit_base64_put(buffer, proof->hashes[i].bytes, MERIT_HASH_SIZE);
		merit_buffer_put_char(buffer, '\n');
	}
	merit_buffer_put_char(buffer, '\n');
	merit_buffer_put(buffer, note.text, note.size);
}

/* The hashes and the empty line that ends them. */
static bool parse_proof(struct merit_slice *rest, struct merit_proof *proof_out)
{
	struct merit_slice line;

	proof_out->count = 0;
	while (merit_line_next(rest, &line)) {
		if (line.size == 0)
			return true;
		if (proof_out->count == MERIT_PROOF_HASHES_MAX)
			return false;
		if (!merit_line_hash(line, &proof_out->hashes[proof_out->count]))
			return false;
		proof_out->count++;
	}
	return false;
}

enum merit_status merit_receipt_parse(const char *text, size_t size, struct merit_receipt *receipt_out)
{
	struct merit_slice rest = { text, size }, line;

	if (size > MERIT_RECEIPT_SIZE_MAX)
		return MERIT_TOO_LARGE;
	if (!merit_line_next(&rest, &line) || !merit_line_skip(&line, FIRST_LINE) || line.size != 0)
		return MERIT_BAD_FORMAT;
	if (!merit_line_next(&rest, &line))
		return MERIT_BAD_FORMAT;
	receipt_out->has_extra = merit_line_skip(&line, "extra ");
	receipt_out->extra = (struct merit_slice){ NULL, 0 };
	if (receipt_out->has_extra) {
		receipt_out->extra = line;
		if (!merit_line_next(&rest, &line))
			return MERIT_BAD_FORMAT;
	}
	if (!merit_line_skip(&line, "index ") || !merit_line_decimal(line, &receipt_out->index))
		return MERIT_BAD_FORMAT;
	if (!parse_proof(&rest, &receipt_out->proof))
		return MERIT_BAD_FORMAT;
	receipt_out->note = rest;
	return MERIT_OK;
}

enum merit_status merit_receipt_check(const struct merit_receipt *receipt, const struct merit_hash *leaf,
                                      const struct merit_verifier *log, struct merit_checkpoint *checkpoint_out)
{
	struct merit_checkpoint checkpoint;

	enum merit_status status = merit_checkpoint_open(receipt->note, log, &checkpoint);
	if (status != MERIT_OK)
		return status;
	if (!merit_proof_includes(leaf, receipt->index, checkpoint.size, receipt->proof.hashes, receipt->proof.count,
	                          &checkpoint.root))
		return MERIT_PROOF_FAILED;
	*checkpoint_out = checkpoint;
	return MERIT_OK;
}

enum merit_status merit_receipt_verify(const char *text, size_t size, const struct merit_verifier *log,
                                       struct merit_buffer *leaf_out, uint64_t *index_out,
                                       struct merit_checkpoint *checkpoint_out)
{
	struct merit_receipt receipt;
	size_t leaf_size = 0;

	enum merit_status status = merit_receipt_parse(text, size, &receipt);
	if (status != MERIT_OK)
		return status;
	if (!receipt.has_extra)
		return MERIT_BAD_FORMAT;
	if (!merit_buffer_reserve(leaf_out, MERIT_ENTRY_SIZE_MAX))
		return MERIT_NO_MEMORY;
	char *leaf = leaf_out->data + leaf_out->size;
	if (!merit_base64_decode(receipt.extra.text, receipt.extra.size, leaf, MERIT_ENTRY_SIZE_MAX, &leaf_size))
		return MERIT_BAD_FORMAT;
	struct merit_hash hash = merit_hash_leaf(leaf, leaf_size);
	status = merit_receipt_check(&receipt, &hash, log, checkpoint_out);
	if (status != MERIT_OK)
		return status;
	leaf_out->size += leaf_size;
	*index_out = receipt.index;
	return MERIT_OK;
}
