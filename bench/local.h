/* local.h - a bench's ledger in its own process: one thread, no service, the same steps as the service takes.
 *
 * What goes wrong ends the program. */
#ifndef MERIT_BENCH_LOCAL_H
#define MERIT_BENCH_LOCAL_H

#include "bench/world.h"
#include "ledger/ledger.h"

struct bench_local {
	struct bench_world world;
	struct merit_secret_key log_key, system_key; /* the ledger keeps its own copies; these are for opening */
	struct merit_ledger *ledger;
	struct merit_arena arena;
	struct merit_buffer message, reply; /* of the last call */
};

/* A scratch ledger in parent with bench_world_populate's world. map_size: bytes of address space a store may grow to, 0
 * for the default, which is more than valgrind gives. */
void bench_local_open(struct bench_local *local, const char *parent, uint32_t members_count, size_t map_size);
void bench_local_close(struct bench_local *local);

/* Signs json as kid's key: the message. */
void bench_local_sign(struct bench_local *local, const char *kid, const char *json, size_t size);

/* Takes the message apart, as a worker of the service does but for the signature, and begins its group. */
void bench_local_read(struct bench_local *local, struct merit_request *request_out);
void bench_local_begin(struct bench_local *local, const struct merit_request *request);

/* All of it: sign, read, begin, execute, commit; every call must be accepted. A bench_send_fn. */
void bench_local_send(void *context, const char *kid, const char *json, size_t size);

#endif
