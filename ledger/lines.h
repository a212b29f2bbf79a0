/* lines.h - reading texts that are made of lines: notes, checkpoints, receipts.
 *
 * Holds  a place in the caller's text, which must outlive it.
 * Never  copies, allocates, or reads past the text's end; needs no NUL. */
#ifndef MERIT_LEDGER_LINES_H
#define MERIT_LEDGER_LINES_H

#include "ledger/hash.h"
#include "ledger/status.h"

/* Some of the caller's text. */
struct merit_slice {
	const char *text;
	size_t size; /* bytes */
};

/* Takes the first line off *rest. line_out is without its newline. False at the end, and for a line without one. */
MERIT_MUST_USE bool merit_line_next(struct merit_slice *rest, struct merit_slice *line_out);

/* Takes prefix off the front of *line. False, with *line untouched, when it does not start so. */
MERIT_MUST_USE bool merit_line_skip(struct merit_slice *line, const char *prefix);

/* The whole line as a decimal, 0 to 2^63-1: digits only, no leading zeros. */
MERIT_MUST_USE bool merit_line_decimal(struct merit_slice line, uint64_t *value_out);

/* The whole line as the base64 of one hash. */
MERIT_MUST_USE bool merit_line_hash(struct merit_slice line, struct merit_hash *hash_out);

#endif
