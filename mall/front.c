/* front.c - the front's beginning and end: what its threads share, and how they stop. */
#include "mall/front_inner.h"

#include "rpc/log.h"
#include "rpc/pem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SPARE_FDS     ((size_t)256) /* for what is no connection of a browser */
#define DRAIN_MS      10000
#define LAST_WORDS_MS 1000
#define NAP_MS        10
#define SEND_SIZE     (128 * 1024) /* bytes in the system's memory: the rest of an answer waits in ours, counted */

void merit_front_options_default(struct merit_front_options *options)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	*options = (struct merit_front_options){
		.ledger_url = "tcp://127.0.0.1:7420",
		.rate = { 200, 2000 },
		.connections_max = 4096,
		.address_connections_max = 512,
		.relays_max = 1024,
		.body_max = (size_t)256 * 1024,
		.held_max = (size_t)256 * 1024 * 1024,
		.address_held_max = (size_t)32 * 1024 * 1024,
		.threads_count = cores > 2 ? (size_t)cores : 2,
		.head_ms = 10000,
		.request_ms = 30000,
		.idle_ms = 60000,
	};
}

int64_t merit_front_uptime_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- Opening ---- */

static enum merit_status read_certificate(struct merit_front *front)
{
	const struct merit_front_options *options = &front->options;

	if (options->certificate_path == NULL)
		return MERIT_OK;
	front->certificate = merit_pem_read(options->certificate_path);
	front->key = merit_pem_read(options->key_path);
	return front->certificate != NULL && front->key != NULL ? MERIT_OK : MERIT_IO_FAILED;
}

static enum merit_status listen_all(struct merit_front *front)
{
	for (size_t i = 0; i < front->options.listen_count; i++) {
		const char *name = front->options.listen[i];
		enum merit_status status = merit_listen_open(&front->listener, name);
		if (status == MERIT_OK)
			continue;
		merit_log(MERIT_LOG_ERROR, "listen", MERIT_LOG_TEXT("listen", name),
		          MERIT_LOG_TEXT("reason", status == MERIT_IO_FAILED ? strerror(errno) : "not ADDRESS:PORT"));
		return status;
	}
	return MERIT_OK;
}

/* The highest descriptor this process may have, and one: raised as far as there is need and permission. */
static size_t descriptors_count(size_t wanted_count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1024;
	if (limit.rlim_cur < wanted_count) {
		limit.rlim_cur = limit.rlim_max < wanted_count ? limit.rlim_max : wanted_count;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < wanted_count ? (size_t)limit.rlim_cur : wanted_count;
}

/* Room for every connection twice: those ended for new ones take a moment to go. */
static enum merit_status open_sockets(struct merit_front *front)
{
	const struct merit_front_options *options = &front->options;
	size_t rows_count = descriptors_count(2 * options->connections_max + SPARE_FDS);
	struct merit_sockets_limits limits = {
		.rows_count = rows_count,
		.count_max = options->connections_max,
		.address_max = options->address_connections_max,
		.held_max = options->held_max,
		.address_held_max = options->address_held_max,
		.proxies = options->proxies,
		.proxies_count = options->proxies_count,
	};

	if (rows_count < options->connections_max + SPARE_FDS) {
		limits.count_max = rows_count > 2 * SPARE_FDS ? rows_count - SPARE_FDS : SPARE_FDS;
		merit_log(MERIT_LOG_WARNING, "connections", MERIT_LOG_NUMBER("limit", limits.count_max),
		          MERIT_LOG_TEXT("reason", "the system allows no more open files (ulimit -n)"));
	}
	return merit_sockets_init(&front->sockets, &limits);
}

static enum merit_status start_workers(struct merit_front *front)
{
	enum merit_status status = MERIT_OK;

	front->workers = calloc(front->options.threads_count, sizeof(*front->workers));
	if (front->workers == NULL)
		return MERIT_NO_MEMORY;
	for (size_t i = 0; i < front->options.threads_count && status == MERIT_OK; i++)
		status = merit_worker_start(&front->workers[i], front);
	if (status != MERIT_OK)
		merit_log(MERIT_LOG_ERROR, "http",
		          MERIT_LOG_TEXT("reason", status == MERIT_BAD_FORMAT ? "certificate and key do not serve TLS"
		                                                              : merit_status_text(status)));
	return status;
}

static void stop_workers(struct merit_front *front)
{
	for (size_t i = 0; front->workers != NULL && i < front->options.threads_count; i++)
		merit_worker_stop(&front->workers[i]);
	free(front->workers);
	front->workers = NULL;
}

static bool is_secure(const struct merit_front_options *options)
{
	for (size_t i = 0; i < options->origins_count; i++)
		if (strncmp(options->origins[i], "https://", 8) == 0)
			return true;
	return options->certificate_path != NULL;
}

static enum merit_status load(struct merit_front *front, struct merit_assets **assets_out)
{
	const struct merit_front_options *options = &front->options;

	return merit_assets_load(options->web, options->content, front->is_secure, assets_out);
}

static enum merit_status open_parts(struct merit_front *front)
{
	enum merit_status status = merit_answers_make(&front->answers, front->is_secure);
	if (status == MERIT_OK)
		status = merit_limiter_init(&front->limiter);
	if (status == MERIT_OK)
		status = open_sockets(front);
	if (status == MERIT_OK)
		status = load(front, &front->assets);
	if (status == MERIT_OK)
		status = read_certificate(front);
	if (status == MERIT_OK)
		status = merit_relay_open(front->options.ledger_url, front->options.relays_max, &front->relay);
	if (status == MERIT_OK)
		status = start_workers(front);
	if (status == MERIT_OK)
		status = listen_all(front);
	return status;
}

enum merit_status merit_front_open(const struct merit_front_options *options, struct merit_front **front_out)
{
	struct merit_front *front = calloc(1, sizeof(*front));

	if (front == NULL)
		return MERIT_NO_MEMORY;
	front->options = *options;
	front->is_secure = is_secure(options);
	front->complained_ms = INT64_MIN / 2;
	int rc = pthread_rwlock_init(&front->assets_lock, NULL);
	assert(rc == 0);
	enum merit_status status = open_parts(front);
	if (status != MERIT_OK) {
		merit_front_free(front);
		return status;
	}
	*front_out = front;
	return MERIT_OK;
}

/* ---- Running ---- */

/* A new connection, in the listener's thread: the workers take turns. */
static void on_accept(void *argument, int fd, const struct sockaddr *address, socklen_t size)
{
	static const int send_size = SEND_SIZE;
	struct merit_front *front = argument;

	struct merit_socket *socket = merit_sockets_add(&front->sockets, fd, address, front->options.head_ms);
	if (socket == NULL) {
		(void)close(fd);
		return;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_size, sizeof(send_size));
	uint64_t serial = socket->serial;
	struct merit_worker *worker = &front->workers[front->next_worker];
	front->next_worker = (front->next_worker + 1) % front->options.threads_count;
	if (merit_worker_add(worker, fd, serial, address, size))
		return;
	merit_sockets_remove(&front->sockets, fd, serial);
	(void)close(fd);
}

static void on_tick(void *argument)
{
	struct merit_front *front = argument;

	merit_sockets_sweep(&front->sockets);
}

enum merit_status merit_front_start(struct merit_front *front)
{
	front->listener.accepted = on_accept;
	front->listener.tick = on_tick;
	front->listener.argument = front;
	return merit_listen_start(&front->listener);
}

enum merit_status merit_front_reload(struct merit_front *front)
{
	struct merit_assets *assets = NULL;

	enum merit_status status = load(front, &assets);
	if (status != MERIT_OK)
		return status;
	pthread_rwlock_wrlock(&front->assets_lock);
	struct merit_assets *old = front->assets;
	front->assets = assets;
	pthread_rwlock_unlock(&front->assets_lock);
	merit_assets_free(old);
	return MERIT_OK;
}

const char *merit_front_name(const struct merit_front *front, size_t index)
{
	return index < front->listener.count ? front->listener.names[index] : NULL;
}

void merit_front_print(void *argument, struct merit_buffer *out)
{
	struct merit_front *front = argument;
	struct merit_tallies *tallies = &front->tallies;

	merit_tally_set(tallies, MERIT_TALLY_CONNECTIONS, merit_sockets_count(&front->sockets));
	merit_tally_set(tallies, MERIT_TALLY_ENDED, atomic_load(&front->sockets.ended_count));
	merit_tally_set(tallies, MERIT_TALLY_UNDER_WAY, merit_relay_busy(front->relay));
	merit_tally_set(tallies, MERIT_TALLY_HELD, merit_sockets_held(&front->sockets));
	merit_tally_set(tallies, MERIT_TALLY_CONNECTED, merit_relay_is_connected(front->relay));
	pthread_rwlock_rdlock(&front->assets_lock);
	merit_tally_set(tallies, MERIT_TALLY_ASSETS, merit_assets_count(front->assets));
	pthread_rwlock_unlock(&front->assets_lock);
	merit_tallies_print(tallies, out);
}

/* ---- The end ---- */

static void nap(void)
{
	static const struct timespec time = { .tv_nsec = NAP_MS * 1000000L };

	(void)nanosleep(&time, NULL);
}

/* Waits until no request is under way, or so long. */
static void wait_for_visits(struct merit_front *front, int wait_ms)
{
	for (int waited_ms = 0; waited_ms < wait_ms && atomic_load(&front->visits_count) > 0; waited_ms += NAP_MS)
		nap();
}

/* Waits until meritd has answered every call, or so long. */
static void wait_for_calls(struct merit_front *front, int wait_ms)
{
	for (int waited_ms = 0; waited_ms < wait_ms && merit_relay_busy(front->relay) > 0; waited_ms += NAP_MS)
		nap();
}

void merit_front_stop(struct merit_front *front)
{
	merit_listen_stop(&front->listener);
	atomic_store(&front->is_stopping, true); /* New calls of open connections are refused from now on. */
	wait_for_visits(front, LAST_WORDS_MS);
	wait_for_calls(front, DRAIN_MS);
	do { /* Until none is left: libmicrohttpd must not stop while a connection is suspended. */
		merit_relay_stop(front->relay);
		nap();
	} while (merit_relay_busy(front->relay) > 0);
	wait_for_visits(front, LAST_WORDS_MS);
	stop_workers(front);
}

void merit_front_free(struct merit_front *front)
{
	if (front == NULL)
		return;
	merit_listen_stop(&front->listener);
	stop_workers(front);
	merit_relay_close(front->relay);
	merit_assets_free(front->assets);
	merit_answers_free(&front->answers);
	if (front->limiter.buckets != NULL)
		merit_limiter_free(&front->limiter);
	merit_sockets_free(&front->sockets);
	(void)pthread_rwlock_destroy(&front->assets_lock);
	merit_pem_free(front->certificate);
	merit_pem_free(front->key);
	free(front);
}
