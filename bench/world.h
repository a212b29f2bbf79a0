/* world.h - what a bench pays points in: a scratch data directory, its keys, a campaign and members; and their earns.
 *
 * Keys follow from names and numbers from a counter, so two runs send the same bytes but for their times. */
#ifndef MERIT_BENCH_WORLD_H
#define MERIT_BENCH_WORLD_H

#include "bench/bench.h"
#include "ledger/buffer.h"
#include "ledger/key.h"

#include <limits.h>

#define BENCH_ORIGIN "merit.example/bench"
#define BENCH_SERVICE "lms/k1" /* who signs the earns */

struct bench_world {
	char root[PATH_MAX / 4];      /* the scratch directory */
	char directory[PATH_MAX / 2]; /* the ledger's, inside it */
};

/* Makes a scratch directory in parent and a ledger in it, as merit init does. */
void bench_world_create(struct bench_world *world, const char *parent);
void bench_world_remove(struct bench_world *world);

/* The path of something in the ledger's directory, such as "log/data.mdb". */
void bench_world_path(const struct bench_world *world, const char *name, char path_out[PATH_MAX]);

/* The secret key that belongs to a name such as "lms/k1", "log" or "system"; its seed. */
struct merit_secret_key bench_key(const char *name);
void bench_seed(const char *name, uint8_t seed_out[MERIT_SEED_SIZE]);

/* Carries out the JSON-RPC message as the party with this kid, or fails the bench. */
typedef void bench_send_fn(void *context, const char *kid, const char *json, size_t size);

/* Adds parties, a sponsor, a funded campaign whose rule asks for unique evidence and lets the caller name the points,
 * and members_count members, 1,000 a message. */
void bench_world_populate(uint32_t members_count, bench_send_fn *send, void *context);

/* Prints the JSON of a batch of earns with numbers first_number and on; a batch of 1 is a single call, not an array.
 * Members take turns in a scattered order; ids rise; references and evidence are never used twice. */
void bench_earns_put(struct merit_buffer *json, uint64_t first_number, uint32_t batch, uint32_t members_count);

/* Fails the bench unless the answer says count times that an operation was accepted. */
void bench_expect_accepted(const char *json, size_t size, uint32_t count);

/* Whether it does. */
bool bench_all_accepted(const char *json, size_t size, uint32_t count);

#endif
