/* group.h - groups of messages on their way through the service. For rpc/ only.
 *
 *   group.c       the ledger's thread: takes what is queued and decides it
 *   commit.c      makes groups durable, shows that to everybody and lets their replies go, beside the next group's deciding
 *   write_back.c  the state, written back beside both
 *
 * Threads  the ledger's calls everything declared here, but what says otherwise. */
#ifndef MERIT_RPC_GROUP_H
#define MERIT_RPC_GROUP_H

#include "ledger/ledger.h"
#include "rpc/queue.h"

struct merit_server;

/* Messages decided together: their replies leave together, once what they reflect is durable. */
struct merit_group {
	struct merit_queue_item *first, *last;
	size_t calls_count, size; /* of all of them */
	int64_t start_us;
};

/* The one thread that commits beside the ledger's. */
struct merit_committer {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum {
		MERIT_COMMITTER_FREE,
		MERIT_COMMITTER_WANTED,  /* a group is sealed, being made durable */
		MERIT_COMMITTER_WRITTEN, /* it is durable, its replies are leaving */
		MERIT_COMMITTER_ENDED,
	} phase;
	struct merit_group group;
	bool is_owed; /* the ledger's thread has yet to take over what is durable; its own */
};

/* The one thread that writes the state back. */
struct merit_flusher {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum {
		MERIT_FLUSHER_IDLE,   /* nothing frozen */
		MERIT_FLUSHER_WANTED, /* frozen, being written */
		MERIT_FLUSHER_DONE,   /* written; the ledger's thread has yet to be told */
		MERIT_FLUSHER_FULL,   /* frozen, no room to write it: to be tried again */
		MERIT_FLUSHER_ENDED,
	} phase;
	int64_t retry_ms; /* without room: not before */
};

/* ---- commit.c ---- */

void merit_committer_start(struct merit_server *server);
void merit_committer_stop(struct merit_server *server);

/* Takes over what is durable by now. Whether no commit is under way: only then may a group be committed. */
bool merit_committer_is_free(struct merit_server *server);

/* Waits until it is. */
void merit_committer_wait(struct merit_server *server);

/* Commits the ledger's group at hand and answers its messages: by the committer, or here and now. */
void merit_commit_beside(struct merit_server *server, const struct merit_group *group);
void merit_commit_here(struct merit_server *server, const struct merit_group *group);

/* ---- write_back.c ---- */

void merit_flusher_start(struct merit_server *server);

/* Takes note of a write-back that has finished. Whether the next one is due: then begin it, while no group is begun and no
 * commit is under way. */
bool merit_write_back_is_due(struct merit_server *server);
void merit_write_back_begin(struct merit_server *server);

/* At the end, the same: lets a write-back finish, then writes what has changed since, and ends the flusher. */
void merit_write_back_all(struct merit_server *server);

#endif
