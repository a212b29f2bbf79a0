/* micro.c - merit-micro: what each step of an earn costs on one core, in nanoseconds an earn, without a service.
 *
 * Counts   the named calls only; signing, printing requests and opening the ledger are outside the clock.
 * Method   the same batches as merit-bench's, on a scratch ledger; every step in turn for every message, each with its
 *          own sum. Steps marked + repeat a part of the row above them, to show what is in it.
 * Compare  only rows under equal first lines, and best with a peer from the same minute. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/local.h"
#include "ledger/json.h"
#include "ledger/ledger_inner.h"

#define STEP_MAP(X)                                                                                                    \
	X(ENVELOPE, "envelope read")                                                                                   \
	X(VERIFY, "envelope verify")                                                                                   \
	X(REQUEST, "request read")                                                                                     \
	X(JSON, "+ strict JSON read")                                                                                  \
	X(REQUEST_HASH, "+ request hash")                                                                              \
	X(IDENTIFY, "identify")                                                                                        \
	X(DECIDE, "decide")                                                                                            \
	X(LEAF_PRINT, "leaf print")                                                                                    \
	X(EXECUTE, "execute: the three above, id, evolve, reply")                                                      \
	X(COMMIT, "commit: hashes, tree, store, checkpoint, flush")                                                   \
	X(LEAF_HASH, "+ leaf hash")                                                                                    \
	X(TREE, "+ tree append")                                                                                       \
	X(FREEZE, "write-back: freeze and flushed")                                                                   \
	X(FLUSH, "write-back: flush (beside the others in meritd)")

#define X(name, about) STEP_##name,
enum step { STEP_MAP(X) STEP_COUNT };
#undef X

#define X(name, about) [STEP_##name] = about,
static const char *const step_names[STEP_COUNT] = { STEP_MAP(X) };
#undef X

struct micro {
	struct bench_local local;
	struct merit_ledger *ledger; /* the same */
	struct merit_buffer scratch;
	struct merit_tree tree; /* grows beside the ledger's, to be timed by itself */
	uint64_t spent_ns[STEP_COUNT];
	uint64_t mark_ns;
};

static void clock_start(struct micro *micro)
{
	micro->mark_ns = bench_clock_ns();
}

/* The time since the last start belongs to step. */
static void clock_stop(struct micro *micro, enum step step)
{
	micro->spent_ns[step] += bench_clock_ns() - micro->mark_ns;
}

/* ---- The ledger ---- */

/* Takes the message apart: what a worker of the service does. */
static void read_message(struct micro *micro, struct merit_request *request)
{
	struct bench_local *local = &micro->local;
	struct merit_text bytes = { local->message.data, local->message.size };

	merit_arena_reset(&local->arena);
	clock_start(micro);
	bench_check(merit_envelope_read(bytes.data, bytes.size, &local->arena, &request->envelope), "envelope");
	clock_stop(micro, STEP_ENVELOPE);
	request->bytes = bytes;
	clock_start(micro);
	bench_check(merit_request_read(request, &local->arena), "request");
	clock_stop(micro, STEP_REQUEST);
}

static bool forget_tile(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes;
	return true;
}

static void micro_open(struct micro *micro, const char *parent, uint32_t members_count)
{
	struct merit_tree_store store = { .write_tile = forget_tile };

	bench_local_open(&micro->local, parent, members_count);
	micro->ledger = micro->local.ledger;
	bench_check(merit_tree_open(&micro->tree, 0, &store), "tree");
}

static void micro_close(struct micro *micro)
{
	bench_local_close(&micro->local);
	merit_buffer_free(&micro->scratch);
}

/* ---- Steps ---- */

/* What is inside envelope and request, once more by itself. */
static void time_reading(struct micro *micro, const struct merit_request *request)
{
	struct merit_secret_key key = bench_key(BENCH_SERVICE);
	struct merit_public_key public_key = merit_secret_key_public(&key);
	struct merit_text json = request->envelope.json;
	struct merit_arena arena = { 0 };
	uint8_t hash[MERIT_HASH_SIZE];
	cJSON *root;

	clock_start(micro);
	bench_check(merit_envelope_verify(&request->envelope, &public_key), "verify");
	clock_stop(micro, STEP_VERIFY);
	clock_start(micro);
	merit_sha256(request->bytes.data, request->bytes.size, hash);
	clock_stop(micro, STEP_REQUEST_HASH);
	clock_start(micro);
	merit_json_arena_begin(&arena);
	bench_check(merit_json_read(json.data, json.size, &root), "json");
	merit_json_arena_end();
	clock_stop(micro, STEP_JSON);
	merit_arena_free(&arena);
}

/* Decides every call without evolving: each on its own, upon what was there before. */
static void time_deciding(struct micro *micro, const struct merit_request *request)
{
	struct merit_ledger *ledger = micro->ledger;
	struct merit_identity who;
	struct merit_entry entry;

	for (size_t i = 0; i < request->calls_count; i++) {
		const struct merit_call *call = &request->calls[i];
		merit_arena_reset(&ledger->model.scratch);
		clock_start(micro);
		bench_check(merit_call_identify(&ledger->model, request, call, &who), "identify");
		clock_stop(micro, STEP_IDENTIFY);
		clock_start(micro);
		merit_call_enter(&ledger->model, &who, request, i, &entry);
		entry.time_ms = ledger->group_ms;
		entry.day = merit_model_day(&ledger->model, entry.time_ms);
		call->operation->decide(&ledger->model, &entry);
		clock_stop(micro, STEP_DECIDE);
		bench_check(entry.status, "decide");
		merit_buffer_clear(&micro->scratch);
		clock_start(micro);
		merit_entry_put(&micro->scratch, &entry);
		clock_stop(micro, STEP_LEAF_PRINT);
	}
}

/* Hashes of the group's leaves, and a tree of them, while they are still in memory. */
static void time_hashing(struct micro *micro)
{
	const struct merit_pending *pending = &micro->ledger->pending;
	struct merit_hash *hashes = bench_allocate(pending->count, sizeof(*hashes));
	size_t start = 0;

	clock_start(micro);
	for (size_t i = 0; i < pending->count; i++) {
		hashes[i] = merit_hash_leaf(pending->records.data + start, pending->ends[i] - start);
		start = pending->ends[i];
	}
	clock_stop(micro, STEP_LEAF_HASH);
	clock_start(micro);
	for (size_t i = 0; i < pending->count; i++)
		bench_check(merit_tree_append(&micro->tree, &hashes[i]), "tree");
	clock_stop(micro, STEP_TREE);
	free(hashes);
}

static void time_write_back(struct micro *micro)
{
	clock_start(micro);
	merit_ledger_freeze(micro->ledger);
	clock_stop(micro, STEP_FREEZE);
	clock_start(micro);
	bench_check(merit_ledger_flush(micro->ledger), "write back");
	clock_stop(micro, STEP_FLUSH);
	clock_start(micro);
	merit_ledger_flushed(micro->ledger);
	clock_stop(micro, STEP_FREEZE);
}

static void time_message(struct micro *micro, uint64_t first_number, uint32_t batch, uint32_t members_count)
{
	struct merit_request request = { 0 };
	struct merit_buffer json = { 0 };

	bench_earns_put(&json, first_number, batch, members_count);
	bench_local_sign(&micro->local, BENCH_SERVICE, json.data, json.size);
	merit_buffer_free(&json);
	read_message(micro, &request);
	time_reading(micro, &request);
	bench_local_begin(&micro->local, &request);
	time_deciding(micro, &request);
	merit_buffer_clear(&micro->local.reply);
	clock_start(micro);
	bench_check(merit_ledger_execute(micro->ledger, &request, &micro->local.reply), "execute");
	clock_stop(micro, STEP_EXECUTE);
	bench_expect_accepted(micro->local.reply.data, micro->local.reply.size, batch);
	time_hashing(micro);
	clock_start(micro);
	bench_check(merit_ledger_commit(micro->ledger), "commit");
	clock_stop(micro, STEP_COMMIT);
	if (merit_ledger_flush_due(micro->ledger))
		time_write_back(micro);
}

/* ---- Arguments ---- */

static const char usage[] =
	"usage: merit-micro [--batch N] [--entries N] [--members N] [--dir DIR]\n"
	"Prints what each step of an earn costs, in nanoseconds an earn (defaults: 1000, 300000, 10000, /var/tmp).\n";

static const struct option options[] = {
	{ "batch", required_argument, NULL, 'b' },
	{ "entries", required_argument, NULL, 'e' },
	{ "members", required_argument, NULL, 'm' },
	{ "dir", required_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 },
};

static uint32_t read_number(const char *text, uint32_t max)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);

	if (*text >= '0' && *text <= '9' && *end == '\0' && number >= 1 && number <= max)
		return (uint32_t)number;
	(void)fputs(usage, stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct micro micro;
	uint32_t batch = 1000, entries = 300000, members = 10000;
	const char *parent = "/var/tmp";
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'b': batch = read_number(optarg, MERIT_CALLS_MAX); break;
		case 'e': entries = read_number(optarg, 100000000); break;
		case 'm': members = read_number(optarg, 9999999); break;
		case 'd': parent = optarg; break;
		default: (void)fputs(usage, stderr); return 2;
		}
	}
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	entries = entries < batch ? batch : entries / batch * batch;
	bench_machine_print(parent);
	printf("batch %" PRIu32 ", %" PRIu32 " entries, %" PRIu32 " members; ns an entry\n", batch, entries, members);
	micro_open(&micro, parent, members);
	for (uint64_t number = 0; number < entries; number += batch)
		time_message(&micro, number, batch, members);
	for (int step = 0; step < STEP_COUNT; step++)
		printf("%9" PRIu64 "  %s\n", micro.spent_ns[step] / entries, step_names[step]);
	micro_close(&micro);
	return 0;
}
