/* request.h - a message's calls: strict JSON-RPC 2.0 (single call or batch, atomic groups), shape-checked.
 *
 * Reading looks at the bytes and the method tables only. One malformed call refuses the whole message. */
#ifndef MERIT_LEDGER_REQUEST_H
#define MERIT_LEDGER_REQUEST_H

#include "ledger/entry.h"
#include "ledger/envelope.h"
#include "ledger/query.h"

struct merit_private; /* See private.h. */

/* One call of a message. An atomic group or a bulk has no row of its own: it is its calls, one behind the other. */
struct merit_call {
	struct merit_text correlation;           /* the JSON-RPC id as raw JSON: a string, or an integer */
	const struct merit_operation *operation; /* a write, or NULL */
	const struct merit_query *query;         /* a read, or NULL */
	struct merit_text id;                    /* a write's params.id */
	struct merit_value *values;              /* after operation->params or query->params */
	uint32_t group_index, group_count;       /* place in its atomic group; count 0 = in none */
	uint32_t bulk_index, bulk_count;         /* place among the rows of its bulk; count 0 = in none */
	bool is_detailed;                        /* of a bulk that asks for whole outcomes */
	const struct merit_private *privates;    /* what its commitments stand for, in their order; see private.h */
	uint32_t privates_count;
};

struct merit_request {
	struct merit_envelope envelope;
	struct merit_text bytes;      /* the message as received: envelope line, newline, JSON; no private lines */
	struct merit_hash hash;       /* SHA-256 of bytes; set for writes */
	bool is_batch;                /* a JSON array came, so an array goes back */
	bool has_bulk;                /* rows came: a fault's call is told even where no array did */
	bool is_write;
	struct merit_call *calls;     /* atomic groups and bulks spread out */
	size_t calls_count;
	/* What was wrong, when reading failed. */
	struct merit_text bad_correlation; /* "null" when unknown */
	size_t bad_call;                   /* index of the call at fault, counted as rows of calls */
	const char *bad_field;             /* member or parameter at fault, or NULL */
};

/* Reads the calls behind an envelope into request: request->envelope and ->bytes are set by the caller, the rest here.
 *
 * A call is {"jsonrpc":"2.0","id":string or integer,"method":text,"params":object}, params where there are any; a
 * message is one call or an array of them. An id that is a string has up to MERIT_TEXT_SIZE_MAX bytes. Two methods hold
 * calls, all writes, which become one row each with the correlation of what holds them:
 *
 *   atomic   {"calls":[{"method","params"}...]}
 *   bulk     {"method":text,"params":object,"columns":[text...],"rows":[[value...]...],"detail":flag}: params, common
 *            to all rows, and detail may be absent; columns are "id" and parameters not in params, each once; a row has
 *            a value for each column, null where it has no such parameter
 *
 * arena    holds what request points to beside request->bytes; the thread has not begun an arena of ledger/json.h
 * Returns  BAD_JSON and its kin, TOO_MANY_CALLS before any call is looked at, then for the first bad call BAD_REQUEST,
 *          UNKNOWN_METHOD or BAD_PARAMS, for good calls MIXED_BATCH (for a bulk of reads at once); NO_MEMORY. The bad_
 *          members say where
 * Cost     about 600 ns a call of 260 bytes, 250 a bulk's row of 120; five times that for a message with a fault */
MERIT_MUST_USE enum merit_status merit_request_read(struct merit_request *request, struct merit_arena *arena);

#endif
