/* peer.h - what the clients of the peers share: the work, the time it took, and the line they print.
 *
 * Work     a transfer: points leave one account and reach another, durably, under an id that is used once for ever;
 *          an account cannot be overdrawn; both postings are recorded. With claims, a reference and 32 bytes of
 *          evidence are used once for ever, too.
 * Counts   from the first send to the last answer. What is sent is made before; connecting and filling are over.
 * Fails    the bench at anything that is not a done transfer: a fast error is not a result.
 * Threads  one. */
#ifndef MERIT_BENCH_PEERS_PEER_H
#define MERIT_BENCH_PEERS_PEER_H

#include "bench/bench.h"

#define PEER_ID_SIZE        16
#define PEER_REFERENCE_SIZE 17
#define PEER_EVIDENCE_SIZE  32
#define PEER_BALANCE        INT64_C(1000000000) /* of each account before the first transfer: nobody runs out */
#define PEER_SOURCE_BALANCE INT64_C(1000000000000)

struct peer_shape {
	uint32_t batch;        /* transfers in a message; a message is one transaction where the peer has them */
	uint32_t connections;
	uint32_t in_flight;    /* messages outstanding on each connection */
	uint32_t accounts;     /* numbered from 0 */
	uint32_t bundle;       /* Redis: transfers in one call of the script */
	uint64_t operations;   /* transfers in all: a multiple of batch */
	bool one_source;       /* points come from one account more, numbered accounts, as a campaign pays members */
	bool with_claims;
	bool loop;             /* PostgreSQL: a batch is a loop over single transfers */
	const char *directory; /* of control files, and of SQLite's */
	const char *program;   /* file with what runs inside the peer: SQL, Lua */
	const char *port;      /* on 127.0.0.1 */
};

struct peer_transfer {
	uint8_t id[PEER_ID_SIZE];
	uint32_t source, target; /* never the same */
	uint32_t points;
	char reference[PEER_REFERENCE_SIZE + 1];
	uint8_t evidence[PEER_EVIDENCE_SIZE];
};

struct peer_timing {
	uint64_t wall_ns, own_cpu_ns;
	uint64_t *latencies_ns; /* by message */
};

/* Ends the program after --help and, with 2, at wrong usage. */
void peer_arguments(int argc, char **argv, const char *usage, struct peer_shape *shape_out);

/* The same for the same number; ids rise with numbers, members take turns in a scattered order. */
void peer_transfer_make(const struct peer_shape *shape, uint64_t number, struct peer_transfer *transfer_out);

size_t peer_message_count(const struct peer_shape *shape);

/* Points in all accounts together: no transfer changes it. */
int64_t peer_points(const struct peer_shape *shape);

/* All of the file with a 0 behind it; the caller frees it. */
char *peer_read_file(const char *path);

/* Prints one line of JSON. settings are the peer's own words about itself. */
void peer_report(const struct peer_shape *shape, const char *peer, const char *version, const char *settings,
		 const struct peer_timing *timing);

#endif
