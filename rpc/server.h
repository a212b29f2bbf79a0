/* server.h - the service: messages come in over nng, entries and answers go out.
 *
 *   nng context -> inbox -> worker: envelope, key, signature, shape, rate -> queue -> ledger thread: a group is decided
 *   -> the same thread or the committer: commit -> replies
 *
 * Order    open listens, and messages are checked and queued from then on; start lets the ledger's thread take them;
 *          stop drains and writes back; free closes everything. meritd ends with _exit instead of free: closing
 *          listeners can hang in nng 1.5.2.
 * Bounds   queues are bounded in messages and bytes and answer BUSY at once; contexts bound the messages outstanding;
 *          what comes beyond them stays in the connections.
 * Durable  no reply leaves before every entry it reflects is on the disk: a group is committed, then head and keys are
 *          published, then its replies leave. Meanwhile the next group is decided; it waits for its own commit.
 * Failure  a store that fails ends the process from inside, with a line in the log: the log on disk is the truth.
 * Threads  open, start, tick, stop, free: one. The ledger is the server's from open to stop. */
#ifndef MERIT_RPC_SERVER_H
#define MERIT_RPC_SERVER_H

#include "ledger/ledger.h"
#include "rpc/clock.h"
#include "rpc/limiter.h"

struct merit_server; /* Opaque; see server_inner.h. */

/* What it points to lives as long as the server. */
struct merit_server_options {
	struct merit_ledger *ledger;
	const char *directory;   /* where clock.confirm is looked for */
	const char *const *urls; /* tcp:// and tls+tcp://; port 0 takes a free one */
	size_t urls_count;
	const char *tls_certificate_path, *tls_key_path; /* PEM; needed for tls+tcp */
	const struct merit_clock_source *clock;
	size_t workers_count;      /* threads that check messages */
	size_t contexts_count;     /* messages outstanding, waiters of the feed included */
	size_t queue_messages_max; /* of each queue */
	size_t queue_size_max;     /* bytes, of each queue */
	size_t waiters_max;        /* calls of feed.read that may wait; fewer than contexts_count */
	size_t connections_max;    /* more are closed on arrival, */
	size_t address_connections_max; /* and more than these of one address or IPv6 network (/64) */
	struct merit_rate rates[MERIT_ROLE_COUNT];
	struct merit_rate public_rate; /* of an address, for who is not known */
};

/* Everything but ledger, directory and urls. */
void merit_server_options_default(struct merit_server_options *options);

/* Makes the threads that check, and listens.
 * bad_url_out  may be NULL; on BAD_FORMAT and IO_FAILED the url that could not be listened on
 * Returns      BAD_FORMAT for a url that is not offered or names no certificate; IO_FAILED, logged with its reason
 *              (address in use, certificate not readable); NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_server_open(const struct merit_server_options *options,
                                                   struct merit_server **server_out, const char **bad_url_out);

/* Whether url ends in a port, as tcp:// and tls+tcp:// need it. */
bool merit_server_url_has_port(const char *url);

/* Lets the ledger's thread begin. */
void merit_server_start(struct merit_server *server);

/* To be called ten times a second: ends the waits of feed.read whose time is over. */
void merit_server_tick(struct merit_server *server);

/* Refuses what comes from now on (STOPPING), decides and answers what came before, writes the state back. Never
 * started: what is queued is refused too. */
void merit_server_stop(struct merit_server *server);

/* After stop. free(NULL) does nothing. */
void merit_server_free(struct merit_server *server);

/* The url listened on, with its real port, after options->urls[index]. Lives as long as the server. */
const char *merit_server_url(const struct merit_server *server, size_t index);

#endif
