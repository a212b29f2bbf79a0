/* micro.c - merit-micro: what each step of an earn costs on one core, in nanoseconds an earn, without a service.
 *
 * Counts   the named calls only; signing, printing requests and opening the ledger are outside the clock.
 * Method   the same batches as merit-bench's, on a scratch ledger; every step in turn for every message, each with its
 *          own sum. Steps marked + repeat a part of the row above them, to show what is in it, and so do those from
 *          identify to reply of execute; --path-only leaves all of them out, for profilers. What is outside the clock
 *          a profiler sees all the same: signing, too, hashes with libsodium, so look below merit_envelope_verify.
 * Compare  only rows under equal first lines, and best with a peer from the same minute. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench/local.h"
#include "bench/options.h"
#include "bench/work.h"
#include "ledger/ledger_inner.h"

#define STEP_MAP(X)                                                                                                    \
	X(ENVELOPE, "envelope read")                                                                                   \
	X(VERIFY, "envelope verify")                                                                                   \
	X(REQUEST, "request read")                                                                                     \
	X(REQUEST_HASH, "+ request hash")                                                                              \
	X(IDENTIFY, "identify")                                                                                        \
	X(DECIDE, "decide")                                                                                            \
	X(LEAF_PRINT, "leaf print")                                                                                    \
	X(EVOLVE, "evolve")                                                                                            \
	X(REPLY, "reply, as that of a single call")                                                                    \
	X(EXECUTE, "execute: the five above, and id")                                                                  \
	X(COMMIT, "commit: hashes, tree, store, checkpoint, flush")                                                   \
	X(LEAF_HASH, "+ leaf hash")                                                                                    \
	X(TREE, "+ tree append")                                                                                       \
	X(APPEND, "+ store append of leaves and request")                                                              \
	X(STORE_COMMIT, "+ store commit and flush")                                                                    \
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
	struct merit_store *store; /* likewise */
	struct merit_public_key public_key; /* of who signs the messages */
	bool path_only;
	struct bench_load load;
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
	clock_start(micro);
	bench_check(merit_envelope_verify(&request->envelope, &micro->public_key), "verify");
	clock_stop(micro, STEP_VERIFY);
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

static void open_store(struct micro *micro, size_t map_size)
{
	struct merit_store_options options = { .map_size = map_size };
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/store", micro->local.world.root);
	if (mkdir(path, 0700) != 0)
		bench_fail("cannot make %s", path);
	bench_check(merit_store_create(path, &options), "store");
	bench_check(merit_store_open(path, MERIT_STORE_READ_WRITE, &options, &micro->store, NULL), "store");
}

static void micro_open(struct micro *micro, const char *parent, size_t map_size)
{
	struct merit_tree_store store = { .write_tile = forget_tile };
	struct merit_secret_key key = bench_key(BENCH_SERVICE);

	micro->public_key = merit_secret_key_public(&key);
	bench_local_open(&micro->local, parent, micro->load.members, map_size);
	micro->ledger = micro->local.ledger;
	bench_check(merit_tree_open(&micro->tree, 0, &store), "tree");
	open_store(micro, map_size);
}

static void micro_close(struct micro *micro)
{
	merit_store_close(micro->store);
	bench_local_close(&micro->local);
	merit_buffer_free(&micro->scratch);
}

/* ---- Steps ---- */

/* What is inside request, once more by itself. */
static void time_reading(struct micro *micro, const struct merit_request *request)
{
	uint8_t hash[MERIT_HASH_SIZE];

	clock_start(micro);
	merit_sha256(request->bytes.data, request->bytes.size, hash);
	clock_stop(micro, STEP_REQUEST_HASH);
}

/* What follows a decided entry: its leaf, its effects, which are taken back, and its reply. */
static void time_entering(struct micro *micro, const struct merit_call *call, const struct merit_identity *who,
                          const struct merit_entry *entry)
{
	struct merit_ledger *ledger = micro->ledger;

	merit_buffer_clear(&micro->scratch);
	clock_start(micro);
	merit_entry_put(&micro->scratch, entry);
	clock_stop(micro, STEP_LEAF_PRINT);
	merit_state_mark(ledger->model.state);
	clock_start(micro);
	merit_evolve(&ledger->model, entry);
	clock_stop(micro, STEP_EVOLVE);
	merit_buffer_clear(&micro->scratch);
	clock_start(micro);
	merit_reply_entry(ledger, &micro->scratch, call->correlation, entry, who->party, who->role);
	clock_stop(micro, STEP_REPLY);
	merit_state_rollback(ledger->model.state);
}

/* Every call on its own, upon what was there before the message. */
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
		entry.seq = merit_ledger_next_seq(ledger);
		entry.time_ms = ledger->group_ms;
		entry.day = merit_model_day(&ledger->model, entry.time_ms);
		merit_decide(&ledger->model, &entry);
		clock_stop(micro, STEP_DECIDE);
		bench_check(entry.status, "decide");
		time_entering(micro, call, &who, &entry);
	}
}

/* Hashes of the group's leaves, and a tree of them, while they are still in memory. */
static void time_hashing(struct micro *micro)
{
	const struct merit_pending *pending = &micro->ledger->pending;
	struct merit_hash *hashes = bench_allocate(pending->count, sizeof(*hashes));

	clock_start(micro);
	for (size_t i = 0; i < pending->count; i++) {
		const struct merit_pending_record *record = &pending->records[i];
		hashes[i] = merit_hash_leaf(pending->bytes.data + record->begin, record->end - record->begin);
	}
	clock_stop(micro, STEP_LEAF_HASH);
	clock_start(micro);
	for (size_t i = 0; i < pending->count; i++)
		bench_check(merit_tree_append(&micro->tree, &hashes[i]), "tree");
	clock_stop(micro, STEP_TREE);
	free(hashes);
}

/* The group's bytes in a store of their own. */
static void time_storing(struct micro *micro, const struct merit_request *request, uint64_t first_seq)
{
	const struct merit_pending *pending = &micro->ledger->pending;

	bench_check(merit_store_begin(micro->store), "store");
	clock_start(micro);
	bench_check(merit_store_append_request(micro->store, first_seq, request->bytes.data, request->bytes.size),
	            "store");
	for (size_t i = 0; i < request->calls_count; i++) {
		const struct merit_pending_record *record = &pending->records[i];
		bench_check(merit_store_append_entry(micro->store, first_seq + i, pending->bytes.data + record->begin,
		                                     record->end - record->begin), "store");
	}
	clock_stop(micro, STEP_APPEND);
	clock_start(micro);
	bench_check(merit_store_commit(micro->store), "store");
	clock_stop(micro, STEP_STORE_COMMIT);
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

/* One message, whose first entry is seq. Its count of calls. */
static uint32_t time_message(struct micro *micro, struct bench_work *work, uint64_t seq)
{
	struct merit_request request = { 0 };
	struct bench_message message;
	struct merit_buffer json = { 0 }, *reply = &micro->local.reply;

	bench_work_next(work, &json, &message);
	bench_local_sign(&micro->local, BENCH_SERVICE, json.data, json.size);
	merit_buffer_free(&json);
	read_message(micro, &request);
	if (!micro->path_only)
		time_reading(micro, &request);
	bench_local_begin(&micro->local, &request);
	if (!micro->path_only)
		time_deciding(micro, &request);
	merit_buffer_clear(reply);
	clock_start(micro);
	bench_check(merit_ledger_execute(micro->ledger, &request, reply), "execute");
	clock_stop(micro, STEP_EXECUTE);
	bench_work_judge(&message, reply->data, reply->size);
	if (!micro->path_only) {
		time_hashing(micro);
		time_storing(micro, &request, seq);
	}
	clock_start(micro);
	bench_check(merit_ledger_commit(micro->ledger), "commit");
	clock_stop(micro, STEP_COMMIT);
	if (merit_ledger_flush_due(micro->ledger))
		time_write_back(micro);
	return message.operations;
}

static void time_messages(struct micro *micro, uint32_t entries)
{
	struct bench_work work;
	uint64_t done = 0;

	bench_work_start(&work, &micro->load);
	while (done < entries)
		done += time_message(micro, &work, done);
	for (int step = 0; step < STEP_COUNT; step++) {
		if (micro->spent_ns[step] > 0)
			printf("%9" PRIu64 "  %s\n", micro->spent_ns[step] / done, step_names[step]);
	}
}

/* ---- Arguments ---- */

static const char usage[] =
	"usage: merit-micro [option]...\n"
	"Prints what each step of an earn costs, in nanoseconds an earn.\n"
	"\n"
	"  --batch N      earns in a message (default 1000)\n"
	"  --entries N    in all (default 300000)\n"
	"  --members N    (default 10000)\n"
	"  --form FORM    batch or bulk (default batch)\n"
	"  --path-only    only what the service does, its check of the signature too, nothing measured twice: for perf\n"
	"                 and callgrind\n"
	"  --map MIB      address space of a store; 512 runs under valgrind (default: the ledger's own)\n"
	"  --dir DIR      where the scratch directory goes (default /var/tmp)\n"
	"  --help\n";

enum option_number { BATCH = 256, ENTRIES, MEMBERS, FORM, PATH_ONLY, MAP, DIR, HELP };

static const struct option options[] = {
	{ "batch", required_argument, NULL, BATCH },
	{ "entries", required_argument, NULL, ENTRIES },
	{ "members", required_argument, NULL, MEMBERS },
	{ "form", required_argument, NULL, FORM },
	{ "path-only", no_argument, NULL, PATH_ONLY },
	{ "map", required_argument, NULL, MAP },
	{ "dir", required_argument, NULL, DIR },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static uint32_t read_number(const char *option, uint32_t max)
{
	return (uint32_t)bench_option_number(option, optarg, max);
}

/* A single is a batch of one here. */
static enum bench_form read_form(const char *option)
{
	size_t word = bench_option_word(option, optarg, bench_form_words + BENCH_BATCH, BENCH_FORM_COUNT - BENCH_BATCH);

	return (enum bench_form)(BENCH_BATCH + word);
}

int main(int argc, char **argv)
{
	static struct micro micro = { .load = { .form = BENCH_BATCH, .batch = 1000, .members = 10000 } };
	uint32_t entries = 300000, map_mib = 0;
	const char *parent = "/var/tmp";
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
		const char *name = options[index].name;
		switch (option) {
		case BATCH: micro.load.batch = read_number(name, MERIT_CALLS_MAX); break;
		case ENTRIES: entries = read_number(name, 100000000); break;
		case MEMBERS: micro.load.members = read_number(name, 9999999); break;
		case FORM: micro.load.form = read_form(name); break;
		case PATH_ONLY: micro.path_only = true; break;
		case MAP: map_mib = read_number(name, 1 << 20); break;
		case DIR: parent = optarg; break;
		case HELP: (void)fputs(usage, stdout); return 0;
		default: exit(2); /* getopt has said what is wrong. */
		}
	}
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	bench_machine_print(parent);
	printf("%s of %" PRIu32 ", %" PRIu32 " entries, %" PRIu32 " members; ns an entry\n",
	       bench_form_words[micro.load.form], micro.load.batch, entries, micro.load.members);
	micro_open(&micro, parent, (size_t)map_mib << 20);
	time_messages(&micro, entries);
	micro_close(&micro);
	return 0;
}
