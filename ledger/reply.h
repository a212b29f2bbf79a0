/* reply.h - JSON-RPC replies: errors, and the frame around results. The ledger prints outcomes with it, the service the
 * errors of whole messages and the results of its own reads.
 *
 * Source  JSON-RPC 2.0, section 5; codes: doc/protocol.md */
#ifndef MERIT_LEDGER_REPLY_H
#define MERIT_LEDGER_REPLY_H

#include "ledger/request.h"

/* The JSON-RPC code of a status: the four the standard names, else -32000 minus its number; a refusal is its number. */
int merit_reply_code(enum merit_status status);

/* Where a message was at fault. All zero: nowhere in particular. */
struct merit_reply_fault {
	struct merit_text correlation; /* raw JSON; empty = null */
	bool has_call;
	size_t call_index;
	const char *field; /* may be NULL */
};

/* Appends {"jsonrpc":"2.0","error":{"code":..,"message":..,"data":{"status":..,"number":..}},"id":..}. */
void merit_reply_error(struct merit_buffer *out, enum merit_status status, const struct merit_reply_fault *fault);

/* What stands before the JSON of an error's data; behind it come } and merit_reply_result_end. */
void merit_reply_error_begin(struct merit_buffer *out, enum merit_status status);

/* What stands before and behind the JSON of a result. */
void merit_reply_result_begin(struct merit_buffer *out);
void merit_reply_result_end(struct merit_buffer *out, struct merit_text correlation);

#endif
