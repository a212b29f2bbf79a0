/* client_inner.h - what a client is. For client*.c only. */
#ifndef MERIT_RPC_CLIENT_INNER_H
#define MERIT_RPC_CLIENT_INNER_H

#include "rpc/client.h"

#include <nng/nng.h>

#include "ledger/buffer.h"
#include "ledger/key.h"
#include "ledger/limits.h"
#include "ledger/note.h"

#define MERIT_CLIENT_KID_SIZE_MAX (2 * MERIT_NAME_SIZE_MAX + 1)

struct slot; /* A message in flight: see client.c. */

struct merit_client {
	nng_socket socket;
	bool has_socket;
	char origin[MERIT_ORIGIN_SIZE_MAX + 1];
	char kid[MERIT_CLIENT_KID_SIZE_MAX + 1]; /* empty: the key itself is shown */
	bool has_key;
	struct merit_secret_key key;
	bool has_log;
	struct merit_verifier log;
	int64_t timeout_ms, deadline_ms;
	struct slot *slots;
	unsigned slot_count, oldest, in_flight;
	nng_msg *reply;                 /* what the caller's last reply points into */
	struct merit_buffer checkpoint; /* and its checkpoint, decoded */
	struct merit_buffer verified;   /* the last checkpoint line that verified: replies of one group share it */
	uint64_t id_ms;                 /* of the last id */
	uint8_t id_random[10];
};

#endif
