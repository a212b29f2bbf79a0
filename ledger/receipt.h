/* receipt.h - the proof a member keeps: an entry, its place in the log, and the signed checkpoint it leads to.
 *
 * Form    c2sp.org/tlog-proof@v1, `extra` with the base64 of the exact leaf bytes, `index`, one hash a line from the
 *         leaf's sibling to the root's child, an empty line, the checkpoint's note.
 * Never   needs the log: whoever holds the log's public key can check one, offline.
 * Memory  a parsed receipt points into the caller's bytes, which must outlive it.
 * Source  C2SP tlog-proof v1. What merit puts on the extra line: doc/format.md. */
#ifndef MERIT_LEDGER_RECEIPT_H
#define MERIT_LEDGER_RECEIPT_H

#include "ledger/checkpoint.h"
#include "ledger/proof.h"

struct merit_receipt {
	bool has_extra;           /* merit's always have; the format does not ask for it */
	struct merit_slice extra; /* base64 */
	uint64_t index;
	struct merit_proof proof;
	struct merit_slice note;  /* the checkpoint, as signed */
};

/* Appends a receipt. note is the checkpoint's note, verbatim, and proof leads to its root. leaf may be NULL: the
 * reader must then have the entry from elsewhere. Neither may lie in buffer, which may move. */
void merit_receipt_put(struct merit_buffer *buffer, const void *leaf, size_t leaf_size, uint64_t index,
                       const struct merit_proof *proof, struct merit_slice note);

/* Takes a receipt apart; proves nothing. Returns BAD_FORMAT, or TOO_LARGE over MERIT_RECEIPT_SIZE_MAX bytes. */
MERIT_MUST_USE enum merit_status merit_receipt_parse(const char *text, size_t size, struct merit_receipt *receipt_out);

/* Whether log signed the receipt's checkpoint and leaf stands under it at the receipt's index.
 * Returns BAD_FORMAT, TOO_LARGE, BAD_SIGNATURE, SIGNER_MISSING as merit_checkpoint_open does; PROOF_FAILED. */
MERIT_MUST_USE enum merit_status merit_receipt_check(const struct merit_receipt *receipt, const struct merit_hash *leaf,
                                                     const struct merit_verifier *log,
                                                     struct merit_checkpoint *checkpoint_out);

/* All of it: the text alone against the log's key.
 *
 * leaf_out   the entry's bytes, put behind what the buffer holds; untouched when the receipt is refused
 * index_out  the entry's place in the log
 * Returns    as merit_receipt_check; BAD_FORMAT also when there is no leaf in it or one over MERIT_ENTRY_SIZE_MAX
 *            bytes; NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_receipt_verify(const char *text, size_t size, const struct merit_verifier *log,
                                                      struct merit_buffer *leaf_out, uint64_t *index_out,
                                                      struct merit_checkpoint *checkpoint_out);

#endif
