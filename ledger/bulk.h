/* bulk.h - the answer to a bulk: its rows' outcomes, one behind the other, in as few bytes as say them.
 *
 * Of an accepted row that is its seq; of a refused one an object with seq, status and why; of a row without an entry an
 * object with the status and, where there is one, the parameter at fault. Asked for in detail, outcomes are those of
 * single calls. doc/protocol.md, "bulk". */
#ifndef MERIT_LEDGER_BULK_H
#define MERIT_LEDGER_BULK_H

#include "ledger/entry.h"

struct merit_ledger;

struct merit_bulk {
	uint32_t accepted_count, refused_count, failed_count; /* failed: without an entry */
};

void merit_bulk_begin(struct merit_bulk *bulk, struct merit_buffer *reply);
void merit_bulk_outcome(struct merit_bulk *bulk, struct merit_buffer *reply, const struct merit_entry *entry);
void merit_bulk_detail(struct merit_bulk *bulk, struct merit_ledger *ledger, struct merit_buffer *reply,
		       const struct merit_entry *entry, struct merit_text caller, enum merit_role role);
void merit_bulk_fault(struct merit_bulk *bulk, struct merit_buffer *reply, enum merit_status status, const char *field);
void merit_bulk_end(struct merit_bulk *bulk, struct merit_buffer *reply, struct merit_text correlation);

#endif
