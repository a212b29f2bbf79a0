/* query.h - the table of reads: one row a method that changes nothing.
 *
 * A read sees the state as it is once everything before it in the queue has been decided; its answer leaves only after
 * all of that is durable. Answers are printed as one JSON value. */
#ifndef MERIT_LEDGER_QUERY_H
#define MERIT_LEDGER_QUERY_H

#include "ledger/operation.h"

struct merit_ledger;

/* Who asks. party empty and is_public set for an unsigned read. */
struct merit_caller {
	struct merit_text party, key;
	enum merit_role role;
	bool is_public;
};

/* Prints the answer into out, or returns why not (nothing of it may then be used): NOT_FOUND, NOT_PERMITTED,
 * a ..._UNKNOWN status, NO_MEMORY, STORE_FAILED. */
typedef enum merit_status merit_query_fn(struct merit_ledger *ledger, const struct merit_caller *caller,
					 const struct merit_value *values, struct merit_buffer *out);

struct merit_query {
	const char *name;
	const struct merit_parameter *params;
	size_t params_count;
	unsigned may;      /* MERIT_MAY bits of roles that may call it */
	bool is_public;    /* also without a signature */
	bool waits;        /* feed.read: answered by the service when something new is durable */
	merit_query_fn *answer; /* NULL: answered by the service itself (rpc.discover) */
	const char *about;
};

const struct merit_query *merit_query_named(const char *name, size_t size);
const struct merit_query *merit_query_at(size_t index);

#endif
