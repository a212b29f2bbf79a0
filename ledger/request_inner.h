/* request_inner.h - what request.c and request_bulk.c share: a message while it is being read. */
#ifndef MERIT_LEDGER_REQUEST_INNER_H
#define MERIT_LEDGER_REQUEST_INNER_H

#include "ledger/json_pull.h"
#include "ledger/request.h"

/* The methods that are in no table: they hold calls and are none themselves. */
#define MERIT_METHOD_ATOMIC "atomic"
#define MERIT_METHOD_BULK   "bulk"

/* What the reading of one message needs besides the request it fills. */
struct merit_request_reader {
	struct merit_request *request;
	struct merit_arena *arena;
	size_t calls_room;                    /* rows there is memory for */
	const struct merit_operation *latest; /* of the call before; the next one is mostly the same */
	bool is_careful;                      /* find the first fault, not just any; see request.c */
	bool has_read, has_write;
};

/* One pass over the message, from its first byte to its last: what merit_request_read is made of. A careful one needs
 * JSON that merit_json_read takes; one that is not may give any status for a message it does not read. */
MERIT_MUST_USE enum merit_status merit_request_pass(struct merit_request *request, struct merit_arena *arena,
						    bool is_careful);

/* Says which member or parameter is at fault. Where, the row being read says already. */
enum merit_status merit_request_fault(struct merit_request_reader *reader, enum merit_status status, const char *field);

/* The same of a member that only the message names: the name is copied. */
enum merit_status merit_request_name_fault(struct merit_request_reader *reader, enum merit_status status,
					   struct merit_text name);

/* The next row, blank; it counts only once calls_count is raised. It moves when another is made. TOO_MANY_CALLS. */
MERIT_MUST_USE enum merit_status merit_request_row(struct merit_request_reader *reader, struct merit_call **call_out);

/* Finds a method in the two tables: the operation, or the query. UNKNOWN_METHOD. */
MERIT_MUST_USE enum merit_status merit_request_method(struct merit_request_reader *reader, struct merit_text name,
						      const struct merit_operation **operation_out,
						      const struct merit_query **query_out);

/* The same place in the message, for reading what begins at at. */
struct merit_json_pull merit_request_place(const struct merit_json_pull *pull, const char *at);

/* Reads the params of a bulk, which come next in pull, into rows. pull is NULL when there are none. */
MERIT_MUST_USE enum merit_status merit_request_bulk(struct merit_request_reader *reader, struct merit_json_pull *pull);

/* How many rows the params of a bulk have; 0 when they cannot be found. pull is a copy. */
size_t merit_request_bulk_count(struct merit_json_pull pull);

#endif
