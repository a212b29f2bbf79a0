/* request.h - a message's calls: strict JSON-RPC 2.0 (single call or batch, atomic groups), shape-checked.
 *
 * Reading looks at the bytes and the method tables only. One malformed call refuses the whole message. */
#ifndef MERIT_LEDGER_REQUEST_H
#define MERIT_LEDGER_REQUEST_H

#include "ledger/entry.h"
#include "ledger/envelope.h"
#include "ledger/query.h"

struct merit_private; /* See private.h. */

/* One call of a message. An atomic group has no row of its own: it is its calls, one behind the other. */
struct merit_call {
	struct merit_text correlation;           /* the JSON-RPC id as raw JSON: a string, or an integer */
	const struct merit_operation *operation; /* a write, or NULL */
	const struct merit_query *query;         /* a read, or NULL */
	struct merit_text id;                    /* a write's params.id */
	struct merit_value *values;              /* after operation->params or query->params */
	uint32_t group_index, group_count;       /* place in its atomic group; count 0 = in none */
	const struct merit_private *privates;    /* what its commitments stand for, in their order; see private.h */
	uint32_t privates_count;
};

struct merit_request {
	struct merit_envelope envelope;
	struct merit_text bytes;      /* the message as received: envelope line, newline, JSON; no private lines */
	struct merit_hash hash;       /* SHA-256 of bytes; set for writes */
	bool is_batch;                /* a JSON array came, so an array goes back */
	bool is_write;
	struct merit_call *calls;     /* atomic groups spread out */
	size_t calls_count;
	/* What was wrong, when reading failed. */
	struct merit_text bad_correlation; /* "null" when unknown */
	size_t bad_call;                   /* index of the call at fault, counted as rows of calls */
	const char *bad_field;             /* member or parameter at fault, or NULL */
};

/* Reads the calls behind an envelope into request: request->envelope and ->bytes are set by the caller, the rest here.
 *
 * A call is {"jsonrpc":"2.0","id":string or integer,"method":text,"params":object}, params where there are any; a
 * message is one call or an array of them. Method atomic takes {"calls":[{"method","params"}...]}, writes all, and
 * becomes one row a call, each with the correlation of the group. An id that is a string has up to MERIT_TEXT_SIZE_MAX
 * bytes.
 *
 * arena    holds what request points to; the thread has not begun an arena of ledger/json.h
 * Returns  BAD_JSON and its kin, TOO_MANY_CALLS before any call is looked at, then for the first bad call BAD_REQUEST,
 *          UNKNOWN_METHOD or BAD_PARAMS, for good calls MIXED_BATCH; NO_MEMORY. The bad_ members say where */
MERIT_MUST_USE enum merit_status merit_request_read(struct merit_request *request, struct merit_arena *arena);

#endif
