/* checkpoint.h - the signed head of the log: whose it is, how many leaves it has, and their root.
 *
 * Form    a signed note whose text is three lines: origin, size, base64 of the root.
 * Never   decides whether a checkpoint may be signed: that its log only grew is the caller's to know.
 * Source  C2SP tlog-checkpoint v1.0.0. */
#ifndef MERIT_LEDGER_CHECKPOINT_H
#define MERIT_LEDGER_CHECKPOINT_H

#include "ledger/note.h"

struct merit_checkpoint {
	char origin[MERIT_ORIGIN_SIZE_MAX + 1]; /* the log's name; its key has the same */
	uint64_t size;                          /* leaves, below 2^63 */
	struct merit_hash root;
};

/* Appends the three lines. */
void merit_checkpoint_put(struct merit_buffer *buffer, const struct merit_checkpoint *checkpoint);

/* Appends the whole note, signed by the log. checkpoint->origin is log->name. */
void merit_checkpoint_put_signed(struct merit_buffer *buffer, const struct merit_checkpoint *checkpoint,
                                 const struct merit_verifier *log, const struct merit_secret_key *key);

/* Reads a note's text. Extension lines are allowed, not given out. BAD_FORMAT, also for an empty log with another root
 * than the empty tree's and for an origin over MERIT_ORIGIN_SIZE_MAX bytes. */
MERIT_MUST_USE enum merit_status merit_checkpoint_parse(struct merit_slice text,
                                                        struct merit_checkpoint *checkpoint_out);

/* Reads a note whoever signed it: of a log that was proven, or is to be. BAD_FORMAT or TOO_LARGE. */
MERIT_MUST_USE enum merit_status merit_checkpoint_read(struct merit_slice note,
                                                       struct merit_checkpoint *checkpoint_out);

/* Reads a note and believes it only when the log's key signed it and the origin is the key's name.
 * Returns BAD_FORMAT, TOO_LARGE, BAD_SIGNATURE; SIGNER_MISSING, also for another origin. */
MERIT_MUST_USE enum merit_status merit_checkpoint_open(struct merit_slice note, const struct merit_verifier *log,
                                                       struct merit_checkpoint *checkpoint_out);

#endif
