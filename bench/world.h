/* world.h - what a bench pays points in: a scratch data directory, its keys, campaigns, an item and members.
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

#define BENCH_MEMBER_DIGITS 7 /* of a member's name, behind an m */

struct bench_world {
	char root[PATH_MAX / 4];      /* the scratch directory */
	char directory[PATH_MAX / 2]; /* the ledger's, inside it */
};

/* Makes a scratch directory in parent and a ledger in it, as merit init does. offset_minutes: its days begin so much
 * before UTC's. */
void bench_world_create(struct bench_world *world, const char *parent, int offset_minutes);
void bench_world_remove(struct bench_world *world);

/* The path of something in the ledger's directory, such as "log/data.mdb". */
void bench_world_path(const struct bench_world *world, const char *name, char path_out[PATH_MAX]);

/* The secret key that belongs to a name such as "lms/k1", "log" or "system"; its seed. */
struct merit_secret_key bench_key(const char *name);
void bench_seed(const char *name, uint8_t seed_out[MERIT_SEED_SIZE]);

/* Carries out the JSON-RPC message as the party with this kid, or fails the bench. */
typedef void bench_send_fn(void *context, const char *kid, const char *json, size_t size);

/* Adds parties, a sponsor, three funded campaigns whose rules let the caller name the points (spring; refer, which pays
 * referrals too; daily, whose points die to the day), two rules of each, with unique evidence and without; a merchant
 * with an item that never runs out; and members_count members, 1,000 a message. */
void bench_world_populate(uint32_t members_count, bench_send_fn *send, void *context);

/* Fails the bench unless the answer says count times that an operation was accepted. */
void bench_expect_accepted(const char *json, size_t size, uint32_t count);

/* Whether it does. */
bool bench_all_accepted(const char *json, size_t size, uint32_t count);

#endif
