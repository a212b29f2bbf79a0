/* discover.h - the answer of rpc.discover: an OpenRPC document of all methods, made from the tables that dispatch them.
 *
 * Never   names a method, parameter or status by hand, but for atomic, which is in no table.
 * Threads any number at once.
 * Source  OpenRPC 1.3.2, https://spec.open-rpc.org; schemas: JSON Schema draft 7. x-merit- members are ours */
#ifndef MERIT_RPC_DISCOVER_H
#define MERIT_RPC_DISCOVER_H

#include "ledger/buffer.h"

/* Appends the document, one JSON object. origin is the ledger's name. The caller checks out->bad. */
void merit_discover_put(struct merit_buffer *out, const char *origin);

#endif
