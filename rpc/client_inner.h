/* client_inner.h - what a client and a bulk are. For client*.c and its tests only. */
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

struct merit_client_bulk {
	struct merit_buffer json;  /* the call, but for the brackets behind its last row */
	struct merit_buffer lines; /* private ones, a line feed between two */
	struct merit_buffer names; /* columns, then common parameters, a NUL behind each */
	size_t columns_count, names_count;
	size_t id_index;  /* the column of ids */
	size_t head_size; /* of json without rows; set while there are some */
	size_t rows_count;
	bool is_detailed;
	struct merit_buffer answer;                     /* a copy of what came */
	size_t outcomes_count;                          /* rows_count once they are read */
	uint32_t outcome_starts[MERIT_CLIENT_ROWS_MAX]; /* where in answer */
};

/* As merit_client_submit_private; bulk is whose message it is, or NULL. */
MERIT_MUST_USE enum merit_status merit_inner_submit(struct merit_client *client, const char *json, size_t size,
						    const char *lines, size_t lines_size,
						    const struct merit_client_bulk *bulk);

/* Whose the oldest message in flight is; NULL where it is nobody's, or there is none. */
const struct merit_client_bulk *merit_inner_oldest_bulk(const struct merit_client *client);

/* Copies the answer to bulk and reads it. Returns BAD_REPLY for one that does not fit, NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_inner_answer_read(struct merit_client_bulk *bulk, const char *json, size_t size,
							 struct merit_client_bulk_answer *answer_out);

#endif
