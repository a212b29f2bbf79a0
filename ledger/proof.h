/* proof.h - checking that an entry is in a log, and that a log only grew.
 *
 * Holds   nothing: every call decides from its arguments alone, as somebody without the log would.
 * Never   trusts a proof's length, order or indexes. Never allocates.
 * Units   sizes are numbers of leaves; indexes start at 0.
 * Threads any number at once.
 * Source  RFC 6962, sections 2.1.1 and 2.1.2; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2. */
#ifndef MERIT_LEDGER_PROOF_H
#define MERIT_LEDGER_PROOF_H

#include "ledger/hash.h"
#include "ledger/status.h"

/* The longest proof of a tree under 2^63 leaves: one hash a level, and one more for consistency. */
#define MERIT_PROOF_HASHES_MAX 64

struct merit_proof {
	unsigned count;
	struct merit_hash hashes[MERIT_PROOF_HASHES_MAX]; /* from the leaf's side to the root's */
};

/* Whether the leaf stands at index in the tree of size leaves with this root. */
MERIT_MUST_USE bool merit_proof_includes(const struct merit_hash *leaf, uint64_t index, uint64_t size,
                                         const struct merit_hash *proof, size_t proof_count,
                                         const struct merit_hash *root);

/* Whether the tree of new_size leaves begins with all leaves of the tree of old_size.
 * Any tree begins with the empty one, whose root is MTH({}) and whose proof is empty. */
MERIT_MUST_USE bool merit_proof_extends(uint64_t old_size, const struct merit_hash *old_root, uint64_t new_size,
                                        const struct merit_hash *new_root, const struct merit_hash *proof,
                                        size_t proof_count);

/* MTH({}), the root of the tree without leaves: SHA-256 of nothing. */
struct merit_hash merit_proof_empty_root(void);

#endif
