/* worker.c - the threads that serve connections: each has a libmicrohttpd of its own, which reads, calls visit.c and
 * writes, and never waits by itself.
 *
 * Why    libmicrohttpd 0.9.75 can run threads and wait in them, but where 128 connections are ready at once it waits
 *        for a 129th before it looks at them: its MHD_epoll calls epoll_wait again, without a time limit, as long as
 *        that has filled the array. Called from our loop it only asks and returns.
 * Wakes  whoever has something for a worker puts it into the inbox first, and then writes to wake_fd, once for all
 *        there is; the worker reads wake_fd first, and then empties the inbox. So nothing is left lying. */
#include "mall/front_inner.h"

#include "rpc/log.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define TICK_MS        1000
#define POOL_SIZE      ((size_t)32 * 1024) /* memory of a connection, cleared for each request: heads */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

/* A connection on its way from the listener's thread. */
struct merit_arrival {
	struct merit_arrival *next;
	int fd;
	uint64_t serial;
	struct sockaddr_storage address;
	socklen_t address_size;
};

/* ---- The inbox ---- */

static void wake(struct merit_worker *worker)
{
	int rc = eventfd_write(worker->wake_fd, 1);

	assert(rc == 0);
}

bool merit_worker_add(struct merit_worker *worker, int fd, uint64_t serial, const struct sockaddr *address,
                      socklen_t address_size)
{
	struct merit_arrival *arrival = malloc(sizeof(*arrival));

	if (arrival == NULL)
		return false;
	assert(address_size <= sizeof(arrival->address));
	*arrival = (struct merit_arrival){ .fd = fd, .serial = serial, .address_size = address_size };
	memcpy(&arrival->address, address, address_size);
	pthread_mutex_lock(&worker->mutex);
	bool was_empty = worker->arrivals == NULL;
	arrival->next = worker->arrivals;
	worker->arrivals = arrival;
	pthread_mutex_unlock(&worker->mutex);
	if (was_empty)
		wake(worker);
	return true;
}

void merit_worker_answered(struct merit_visit *visit)
{
	struct merit_worker *worker = visit->worker;

	pthread_mutex_lock(&worker->mutex);
	bool was_empty = worker->answered == NULL;
	visit->next_answered = worker->answered;
	worker->answered = visit;
	pthread_mutex_unlock(&worker->mutex);
	if (was_empty)
		wake(worker);
}

/* Gives a connection to libmicrohttpd, which closes it where it cannot take it. */
static void take_arrival(struct merit_worker *worker, struct merit_arrival *arrival)
{
	if (MHD_add_connection(worker->daemon, arrival->fd, (struct sockaddr *)&arrival->address,
	                       arrival->address_size) != MHD_YES)
		merit_sockets_remove(&worker->front->sockets, arrival->fd, arrival->serial);
	free(arrival);
}

/* Empties the inbox. False when it says that the worker is to end. */
static bool empty_inbox(struct merit_worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	struct merit_arrival *arrivals = worker->arrivals;
	struct merit_visit *answered = worker->answered;
	bool is_ending = worker->is_ending;
	worker->arrivals = NULL;
	worker->answered = NULL;
	pthread_mutex_unlock(&worker->mutex);
	while (arrivals != NULL) {
		struct merit_arrival *next = arrivals->next;
		take_arrival(worker, arrivals);
		arrivals = next;
	}
	while (answered != NULL) {
		struct merit_visit *next = answered->next_answered;
		answered->is_answered = true;
		MHD_resume_connection(answered->connection);
		answered = next;
	}
	return !is_ending;
}

/* ---- The thread ---- */

/* How long libmicrohttpd lets us wait. */
static int wait_ms(const struct merit_worker *worker)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms = 0;

	if (MHD_get_timeout(worker->daemon, &timeout_ms) != MHD_YES || timeout_ms > TICK_MS)
		return TICK_MS;
	return (int)timeout_ms;
}

static void *run(void *argument)
{
	struct merit_worker *worker = argument;
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(worker->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	eventfd_t wakes_count = 0;

	assert(info != NULL);
	struct pollfd polled[] = {
		{ .fd = worker->wake_fd, .events = POLLIN },
		{ .fd = info->epoll_fd, .events = POLLIN },
	};
	do {
		if (poll(polled, 2, wait_ms(worker)) > 0 && polled[0].revents != 0)
			(void)eventfd_read(worker->wake_fd, &wakes_count);
		if (!empty_inbox(worker))
			return NULL;
	} while (MHD_run(worker->daemon) == MHD_YES);
	merit_log(MERIT_LOG_ERROR, "http", MERIT_LOG_TEXT("reason", "libmicrohttpd has stopped"));
	_exit(1); /* A mall that serves half of its visitors is worse than one that is started again. */
}

static void log_daemon(void *argument, const char *format, va_list arguments)
{
	char line[256];

	(void)argument;
	(void)vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\n")] = '\0';
	merit_log(MERIT_LOG_DEBUG, "http", MERIT_LOG_TEXT("about", line));
}

/* The beginning of a connection: its row goes with it. Its end: the descriptor is closed next. */
static void on_connection(void *argument, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
	struct merit_worker *worker = argument;
	struct merit_sockets *sockets = &worker->front->sockets;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	assert(info != NULL);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = merit_sockets_find(sockets, info->connect_fd);
		return;
	}
	struct merit_socket *socket = *context;
	merit_sockets_remove(sockets, socket->fd, socket->serial);
}

/* Paths are decoded by us. */
static size_t leave_escaped(void *argument, struct MHD_Connection *connection, char *text)
{
	(void)argument;
	(void)connection;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct merit_worker *worker)
{
	const struct merit_front *front = worker->front;
	bool is_tls = front->certificate != NULL;
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG |
	                 (is_tls ? MHD_USE_TLS : 0u);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, front->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, front->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};

	/* clang-format off */
	return MHD_start_daemon(flags, 0, NULL, NULL, merit_visit_handle, worker,
	                        MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL, /* First: the others may complain. */
	                        MHD_OPTION_ARRAY, is_tls ? tls : tls + 3,
	                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_SIZE,
	                        MHD_OPTION_CONNECTION_LIMIT, (unsigned)front->sockets.limits.rows_count,
	                        MHD_OPTION_CONNECTION_TIMEOUT, 0u, /* sockets.h has better ones. */
	                        MHD_OPTION_STRICT_FOR_CLIENT, 1,
	                        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	                        MHD_OPTION_NOTIFY_CONNECTION, on_connection, worker,
	                        MHD_OPTION_URI_LOG_CALLBACK, merit_visit_begin, worker,
	                        MHD_OPTION_NOTIFY_COMPLETED, merit_visit_end, worker,
	                        MHD_OPTION_END);
	/* clang-format on */
}

enum merit_status merit_worker_start(struct merit_worker *worker, struct merit_front *front)
{
	worker->front = front;
	int rc = pthread_mutex_init(&worker->mutex, NULL);
	assert(rc == 0);
	worker->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->wake_fd < 0)
		return MERIT_IO_FAILED;
	worker->daemon = start_daemon(worker);
	if (worker->daemon == NULL)
		return front->certificate == NULL ? MERIT_NO_MEMORY : MERIT_BAD_FORMAT;
	worker->is_started = pthread_create(&worker->thread, NULL, run, worker) == 0;
	return worker->is_started ? MERIT_OK : MERIT_NO_MEMORY;
}

void merit_worker_stop(struct merit_worker *worker)
{
	if (worker->front == NULL)
		return; /* Never started. */
	if (worker->is_started) {
		pthread_mutex_lock(&worker->mutex);
		worker->is_ending = true;
		pthread_mutex_unlock(&worker->mutex);
		wake(worker);
		(void)pthread_join(worker->thread, NULL);
	}
	if (worker->daemon != NULL)
		MHD_stop_daemon(worker->daemon);
	if (worker->wake_fd >= 0)
		(void)close(worker->wake_fd);
	(void)pthread_mutex_destroy(&worker->mutex);
	*worker = (struct merit_worker){ .front = NULL };
}
