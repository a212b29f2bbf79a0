/* server_inner.h - what the files of the server share: the job a message becomes, and the server itself. For rpc/ only.
 *
 *   server.c   open, start, stop: threads and their ends
 *   socket.c   nng: listeners, contexts, receiving and replying
 *   admit.c    the workers: what a message must pass before it may queue
 *   service.c  the reads the service answers itself
 *   group.c    the ledger's thread: groups, due work; commit.c and write_back.c: see group.h */
#ifndef MERIT_RPC_SERVER_INNER_H
#define MERIT_RPC_SERVER_INNER_H

#include "rpc/connections.h"
#include "rpc/feed.h"
#include "rpc/group.h"
#include "rpc/keyring.h"
#include "rpc/metrics.h"
#include "rpc/queue.h"
#include "rpc/server.h"

#include "ledger/store.h"

#include <nng/nng.h>

/* What checking and answering one message needs in memory: taken by a worker, given back with the reply. The last one
 * given back is the next one taken, so a quiet service uses few. */
struct merit_workspace {
	struct merit_workspace *next;
	struct merit_arena arena;
	struct merit_buffer reply;
	size_t kept_size; /* bytes of memory it had when it was given back */
};

/* A message from arrival to reply, bound to one nng context for good. */
struct merit_job {
	struct merit_queue_item item; /* in the inbox, then in the queue. First: a job is found from its item. */
	struct merit_feed_waiter waiter;
	struct merit_server *server;
	nng_ctx context;
	nng_aio *aio;
	bool is_replying; /* which of the two the aio is doing */
	nng_pipe pipe;    /* where the reply goes */
	bool has_waited;  /* back from the feed: answer now */
	nng_msg *message; /* what came; everything in request points into it or into the workspace */
	struct merit_peer peer; /* who asked: the other end of the pipe, or for whom a relay there asks */
	struct merit_workspace *workspace;
	struct merit_request request;
	struct merit_keyring_fact signer; /* whose key it was; role COUNT when unsigned or signed by a jwk */
	enum merit_status outcome;        /* of the whole message in its group: OK, or why it was refused */
};

struct merit_server {
	struct merit_server_options options;
	char origin[MERIT_ORIGIN_SIZE_MAX + 1]; /* the ledger's: it does not change */
	struct merit_buffer description;        /* what rpc.discover answers, made once: anybody may ask for it */

	nng_socket socket;
	char **urls; /* as listened on */
	struct merit_job *jobs;
	size_t jobs_count; /* made so far */
	atomic_size_t replying_count;
	struct merit_connections connections;

	struct merit_queue inbox; /* messages as they came */
	struct merit_queue queue; /* messages that may go to the ledger */
	pthread_t *workers;
	size_t workers_count; /* running */
	pthread_t ledger_thread;
	bool is_started;

	struct merit_keyring keyring;
	struct merit_limiter limiter;
	struct merit_feed feed;
	struct merit_metrics metrics;

	struct merit_clock clock; /* the ledger's thread looks; others only read */
	_Atomic int refusal;      /* enum merit_status: why writes are refused at this moment, or MERIT_OK */
	struct merit_committer committer;
	struct merit_flusher flusher;

	pthread_mutex_t head_mutex;
	struct merit_buffer head_line; /* base64url of the newest checkpoint: the first line of every reply */

	pthread_mutex_t workspaces_mutex;
	struct merit_workspace *workspaces;
	size_t workspaces_size; /* sum of their kept_size */
};

/* Milliseconds and microseconds of a clock that nobody sets. */
int64_t merit_server_uptime_ms(void);
int64_t merit_server_uptime_us(void);

/* Ends the process: store or memory can no longer be trusted. The log on disk can, and the next start takes it from there.
 * Any thread. */
__attribute__((noreturn)) void merit_server_die(struct merit_server *server, const char *doing,
                                                enum merit_status status);

/* socket.c. listen begins to receive. close ends every context; no callback runs after it. */
enum merit_status merit_socket_open(struct merit_server *server);
enum merit_status merit_socket_listen(struct merit_server *server, const char **bad_url_out);
void merit_socket_close(struct merit_server *server);

/* Sends the workspace's reply behind the newest checkpoint, gives the job's memory back and receives the next message.
 * The job is no longer the caller's. */
void merit_job_reply(struct merit_job *job);

/* The same with an error for the whole message in place of whatever the reply holds. Any thread, a callback too. */
void merit_job_refuse(struct merit_job *job, enum merit_status status);

/* The other end of the pipe a message came from, as far as the network tells. */
struct merit_peer merit_job_peer(const struct merit_job *job);

/* Waiters back from the feed go to the workers. */
void merit_server_resume(struct merit_server *server, struct merit_feed_waiter *waiters);

/* Remembers why writes are refused, OK for not at all, and says so when that is new. */
void merit_server_set_refusal(struct merit_server *server, enum merit_status status);

/* Makes the checkpoint of what is durable now the first line of replies. The thread that committed it. NO_MEMORY. */
enum merit_status merit_server_publish_head(struct merit_server *server, const struct merit_ledger_head *head);

/* A workspace, NULL without memory; and back. */
struct merit_workspace *merit_workspace_take(struct merit_server *server);
void merit_workspace_give(struct merit_server *server, struct merit_workspace *workspace);

/* admit.c: the body of a worker; argument is the server. */
void *merit_worker_run(void *argument);

/* service.c. Whether the service answers this row itself. */
bool merit_service_answers(const struct merit_query *query);

/* Answers all calls of job into its reply. reader is the worker's own. False: the job waits in the feed, and is no
 * longer the caller's. */
bool merit_service_answer(struct merit_job *job, struct merit_store_reader *reader);

/* group.c: the body of the ledger's thread; argument is the server. It ends when the queue is closed and empty, with
 * everything written back. */
void *merit_ledger_thread_run(void *argument);

#endif
