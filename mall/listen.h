/* listen.h - where the mall listens, and the thread that takes connections in.
 *
 * Never   waits for a client: what a connection sends, others read.
 * Threads open, start, stop: one. */
#ifndef MERIT_MALL_LISTEN_H
#define MERIT_MALL_LISTEN_H

#include "ledger/status.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

#define MERIT_LISTEN_MAX      16
#define MERIT_LISTEN_NAME_MAX 80 /* "[ADDRESS]:PORT", NUL and all */

struct merit_listener {
	int fds[MERIT_LISTEN_MAX];
	char names[MERIT_LISTEN_MAX][MERIT_LISTEN_NAME_MAX]; /* with the real port */
	size_t count;
	int stop_fd;
	pthread_t thread;
	bool is_started;
	void (*accepted)(void *argument, int fd, const struct sockaddr *address, socklen_t size); /* owns fd */
	void (*tick)(void *argument); /* twice a second or more often */
	void *argument;
};

/* Listens on ADDRESS:PORT ([ADDRESS]:PORT for IPv6), port 0 taking a free one. BAD_FORMAT for what is none, IO_FAILED
 * with the reason in errno. */
MERIT_MUST_USE enum merit_status merit_listen_open(struct merit_listener *listener, const char *name);

/* Begins to accept. */
MERIT_MUST_USE enum merit_status merit_listen_start(struct merit_listener *listener);

/* Ends the thread and closes what is open. A zero-filled one that was never opened is taken, too. */
void merit_listen_stop(struct merit_listener *listener);

#endif
