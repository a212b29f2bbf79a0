/* peer.c - see peer.h. */
#include "bench/peers/peer.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/control.h"
#include "bench/options.h"
#include "bench/report.h"
#include "ledger/buffer.h"

#define SCATTER       2654435761u /* as in bench/world.c: neighbours in the count are far apart in the accounts */
#define OTHER_SCATTER 40503u

/* ---- The work ---- */

/* Bytes that do not repeat and have no order: splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t number)
{
	number += UINT64_C(0x9e3779b97f4a7c15);
	number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
	return number ^ (number >> 31);
}

void peer_transfer_make(const struct peer_shape *shape, uint64_t number, struct peer_transfer *transfer_out)
{
	uint64_t big_endian = __builtin_bswap64(number);
	uint32_t distance = (uint32_t)(number * OTHER_SCATTER % (shape->accounts - 1)) + 1;

	memset(transfer_out, 0, sizeof(*transfer_out));
	memcpy(transfer_out->id, "\1\2\3\4\5\6\7\10", 8);
	memcpy(transfer_out->id + 8, &big_endian, sizeof(big_endian));
	transfer_out->target = (uint32_t)number * SCATTER % shape->accounts;
	transfer_out->source = (transfer_out->target + distance) % shape->accounts;
	if (shape->one_source)
		transfer_out->source = shape->accounts;
	transfer_out->points = (uint32_t)(number % 1000) + 1;
	(void)snprintf(transfer_out->reference, sizeof(transfer_out->reference), "course-%010" PRIu64, number);
	for (size_t i = 0; i < PEER_EVIDENCE_SIZE; i += sizeof(uint64_t)) {
		uint64_t random = mix(number * PEER_EVIDENCE_SIZE + i);
		memcpy(transfer_out->evidence + i, &random, sizeof(random));
	}
}

size_t peer_message_count(const struct peer_shape *shape)
{
	return shape->operations / shape->batch;
}

int64_t peer_points(const struct peer_shape *shape)
{
	return shape->accounts * PEER_BALANCE + PEER_SOURCE_BALANCE;
}

char *peer_read_file(const char *path)
{
	struct merit_buffer text = { 0 };
	char piece[4096];
	size_t size;

	FILE *file = path == NULL ? NULL : fopen(path, "re");
	if (file == NULL)
		bench_fail("--program: cannot read %s", path == NULL ? "nothing" : path);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		merit_buffer_put(&text, piece, size);
	merit_buffer_put_char(&text, '\0');
	if (ferror(file) || text.bad)
		bench_fail("cannot read %s", path);
	(void)fclose(file);
	return text.data;
}

/* ---- The line ---- */

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The smallest latency that percent of the messages did not exceed. */
static uint64_t percentile(const uint64_t *sorted, size_t count, unsigned percent)
{
	size_t rank = (count * percent + 99) / 100;

	return sorted[rank == 0 ? 0 : rank - 1];
}

static void put_shape(struct merit_buffer *out, const struct peer_shape *shape)
{
	bench_json_number(out, "batch", shape->batch);
	bench_json_number(out, "connections", shape->connections);
	bench_json_number(out, "in_flight", shape->in_flight);
	bench_json_number(out, "accounts", shape->accounts);
	bench_json_number(out, "one_source", shape->one_source);
	bench_json_number(out, "with_claims", shape->with_claims);
	bench_json_number(out, "loop", shape->loop);
	bench_json_number(out, "entries", shape->operations);
}

static void put_timing(struct merit_buffer *out, const struct peer_shape *shape, const struct peer_timing *timing)
{
	size_t count = peer_message_count(shape);

	qsort(timing->latencies_ns, count, sizeof(*timing->latencies_ns), compare);
	bench_json_number(out, "entries_per_second", bench_per_second(shape->operations, timing->wall_ns));
	bench_json_number(out, "wall_ns", timing->wall_ns);
	bench_json_number(out, "p50_ns", percentile(timing->latencies_ns, count, 50));
	bench_json_number(out, "p99_ns", percentile(timing->latencies_ns, count, 99));
	bench_json_number(out, "max_ns", timing->latencies_ns[count - 1]);
	bench_json_number(out, "bench_cpu_ns", timing->own_cpu_ns);
}

void peer_report(const struct peer_shape *shape, const char *peer, const char *version, const char *settings,
                 const struct peer_timing *timing)
{
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	merit_buffer_put_text_member(&out, "peer", peer);
	merit_buffer_put_text_member(&out, "version", version);
	merit_buffer_put_text_member(&out, "settings", settings);
	put_shape(&out, shape);
	put_timing(&out, shape, timing);
	bench_json_number(&out, "control_flushes_per_second", bench_control_flushes(shape->directory));
	merit_buffer_put_text(&out, "}\n");
	if (out.bad)
		bench_fail("no memory");
	(void)fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}

/* ---- Arguments ---- */

enum option_number {
	BATCH = 256,
	CONNECTIONS,
	IN_FLIGHT,
	OPERATIONS,
	ACCOUNTS,
	BUNDLE,
	ONE_SOURCE,
	CLAIMS,
	LOOP,
	DIR,
	PROGRAM,
	PORT,
	HELP
};

static const struct option options[] = {
	{ "batch", required_argument, NULL, BATCH },
	{ "connections", required_argument, NULL, CONNECTIONS },
	{ "in-flight", required_argument, NULL, IN_FLIGHT },
	{ "operations", required_argument, NULL, OPERATIONS },
	{ "accounts", required_argument, NULL, ACCOUNTS },
	{ "bundle", required_argument, NULL, BUNDLE },
	{ "one-source", no_argument, NULL, ONE_SOURCE },
	{ "claims", no_argument, NULL, CLAIMS },
	{ "loop", no_argument, NULL, LOOP },
	{ "dir", required_argument, NULL, DIR },
	{ "program", required_argument, NULL, PROGRAM },
	{ "port", required_argument, NULL, PORT },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static uint32_t read_number(const char *option, uint32_t min, uint32_t max)
{
	uint64_t number = bench_option_number(option, optarg, max);

	if (number < min)
		bench_option_fault(option, optarg);
	return (uint32_t)number;
}

static void take_option(struct peer_shape *shape, int option, const char *name, const char *usage)
{
	switch (option) {
	case BATCH: shape->batch = read_number(name, 1, 100000); break;
	case CONNECTIONS: shape->connections = read_number(name, 1, 1000); break;
	case IN_FLIGHT: shape->in_flight = read_number(name, 1, 1000); break;
	case OPERATIONS: shape->operations = read_number(name, 1, 100000000); break;
	case ACCOUNTS: shape->accounts = read_number(name, 2, 9999999); break;
	case BUNDLE: shape->bundle = read_number(name, 1, 100000); break;
	case ONE_SOURCE: shape->one_source = true; break;
	case CLAIMS: shape->with_claims = true; break;
	case LOOP: shape->loop = true; break;
	case DIR: shape->directory = optarg; break;
	case PROGRAM: shape->program = optarg; break;
	case PORT: shape->port = optarg; break;
	case HELP: (void)fputs(usage, stdout); exit(0);
	default: exit(2); /* getopt has said what is wrong. */
	}
}

void peer_arguments(int argc, char **argv, const char *usage, struct peer_shape *shape_out)
{
	struct peer_shape shape = { .batch = 1000,
		                    .connections = 1,
		                    .in_flight = 1,
		                    .accounts = 10000,
		                    .bundle = 1,
		                    .operations = 100000,
		                    .directory = "/var/tmp" };
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "", options, &index)) != -1)
		take_option(&shape, option, option >= BATCH ? options[index].name : "", usage);
	if (optind < argc) {
		(void)fputs(usage, stderr);
		exit(2);
	}
	shape.operations = (shape.operations + shape.batch - 1) / shape.batch * shape.batch;
	*shape_out = shape;
}
