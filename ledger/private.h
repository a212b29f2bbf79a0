/* private.h - the lines behind a message's JSON: private bytes, each matched to the commitment that stands for it.
 *
 *   line       = base64url(salt || bytes)   a salt of 32 bytes, then 1 to MERIT_PRIVATE_SIZE_MAX of UTF-8 without NUL
 *   commitment = SHA-256(salt || bytes)     in hex: a parameter of type COMMITMENT
 *
 * The lines are not signed, nor part of the request that is kept: the commitments in the signed JSON speak for them.
 * Here they are only read and made; what becomes of them is the ledger's (ledger_private.c). Never logs one.
 *
 * Threads any number at once, each with its own arena. */
#ifndef MERIT_LEDGER_PRIVATE_H
#define MERIT_LEDGER_PRIVATE_H

#include "ledger/hash.h"
#include "ledger/request.h"

#define MERIT_PRIVATE_SALT_SIZE     32
#define MERIT_PRIVATE_LINE_SIZE_MAX (((MERIT_PRIVATE_SALT_SIZE + MERIT_PRIVATE_SIZE_MAX) * 4 + 2) / 3) /* no line feed */

/* What one commitment of a call stands for. */
struct merit_private {
	struct merit_hash commitment;
	const char *salt;        /* MERIT_PRIVATE_SALT_SIZE bytes; the private bytes stand right behind them */
	struct merit_text bytes;
};

/* Reads the lines behind a request that was read: sets privates and privates_count of its calls, in the order of calls
 * and, within one, of its operation's parameters. Every commitment has exactly one line, and every line a commitment.
 *
 * arena    holds what the calls then point to
 * Returns  PRIVATE_MISMATCH, the request's bad_ members saying where, but for a line too many; NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_private_read(struct merit_request *request, struct merit_arena *arena);

/* Appends the line of size bytes under salt, and gives their commitment. False, with nothing appended, when no ledger
 * would take such bytes. */
MERIT_MUST_USE bool merit_private_put(struct merit_buffer *line, const void *salt, const void *bytes, size_t size,
                                      struct merit_hash *commitment_out);

#endif
