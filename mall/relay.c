/* relay.c - see relay.h. First the exchange, whose callbacks run in nng's few threads, then the pool of them. */
#include "mall/relay.h"

#include "ledger/limits.h"

#include <nng/protocol/reqrep0/req.h>

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNSENT_MS     5000  /* without a connection */
#define UNANSWERED_MS 40000 /* longer than meritd lets a reader of the feed wait */
#define RECONNECT_MS  100
#define LINKS_COUNT   2 /* connections: one is read by one of nng's threads at a time */

struct merit_relay {
	nng_socket socket;
	bool has_socket;
	atomic_int links[LINKS_COUNT]; /* ids of the pipes there are now; 0: none */
	atomic_bool is_stopping;
	pthread_mutex_t mutex;
	struct merit_exchange *exchanges, *unused;
	size_t made_count, busy_count;
};

static int64_t uptime_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- One exchange ---- */

static void finish(struct merit_exchange *exchange, enum merit_status status)
{
	exchange->status = status;
	exchange->done(exchange->argument);
}

static int64_t left_ms(const struct merit_exchange *exchange)
{
	int64_t left = exchange->until_ms - uptime_ms();

	return left > 0 ? left : 1;
}

static void send(struct merit_exchange *exchange)
{
	nng_msg *message = NULL;
	int64_t wait_ms = left_ms(exchange);

	if (atomic_load(&exchange->relay->is_stopping)) {
		finish(exchange, MERIT_STOPPING);
		return;
	}
	if (nng_msg_alloc(&message, exchange->message.size) != 0) {
		finish(exchange, MERIT_NO_MEMORY);
		return;
	}
	memcpy(nng_msg_body(message), exchange->message.data, exchange->message.size);
	exchange->is_receiving = false;
	nng_aio_set_msg(exchange->aio, message);
	nng_aio_set_timeout(exchange->aio, (nng_duration)(wait_ms < UNSENT_MS ? wait_ms : UNSENT_MS));
	nng_ctx_send(exchange->context, exchange->aio);
}

static void receive(struct merit_exchange *exchange)
{
	exchange->is_receiving = true;
	nng_aio_set_timeout(exchange->aio, (nng_duration)left_ms(exchange));
	nng_ctx_recv(exchange->context, exchange->aio);
}

/* The end of a send or of a receive. */
static void on_event(void *argument)
{
	struct merit_exchange *exchange = argument;
	int rc = nng_aio_result(exchange->aio);

	if (rc == 0 && !exchange->is_receiving) {
		receive(exchange);
		return;
	}
	if (rc == 0)
		exchange->answer = nng_aio_get_msg(exchange->aio);
	else if (!exchange->is_receiving)
		nng_msg_free(nng_aio_get_msg(exchange->aio)); /* Not sent, so still ours. */
	nng_aio_set_msg(exchange->aio, NULL);
	if (rc == NNG_ECONNRESET && exchange->is_receiving)
		send(exchange);
	else if (rc == NNG_ECANCELED)
		finish(exchange, MERIT_STOPPING);
	else
		finish(exchange, rc == 0 ? MERIT_OK : MERIT_UNREACHABLE);
}

void merit_relay_start(struct merit_exchange *exchange, struct merit_text message, void (*done)(void *argument),
                       void *argument)
{
	exchange->message = message;
	exchange->done = done;
	exchange->argument = argument;
	exchange->until_ms = uptime_ms() + UNANSWERED_MS;
	send(exchange);
}

/* ---- The pool ---- */

struct merit_exchange *merit_relay_take(struct merit_relay *relay)
{
	pthread_mutex_lock(&relay->mutex);
	struct merit_exchange *exchange = relay->unused;
	if (exchange != NULL) {
		relay->unused = exchange->next;
		relay->busy_count++;
	}
	pthread_mutex_unlock(&relay->mutex);
	return exchange;
}

void merit_relay_give(struct merit_exchange *exchange)
{
	struct merit_relay *relay = exchange->relay;

	nng_msg_free(exchange->answer);
	exchange->answer = NULL;
	pthread_mutex_lock(&relay->mutex);
	exchange->next = relay->unused;
	relay->unused = exchange;
	relay->busy_count--;
	pthread_mutex_unlock(&relay->mutex);
}

size_t merit_relay_busy(struct merit_relay *relay)
{
	pthread_mutex_lock(&relay->mutex);
	size_t count = relay->busy_count;
	pthread_mutex_unlock(&relay->mutex);
	return count;
}

bool merit_relay_is_connected(struct merit_relay *relay)
{
	for (int i = 0; i < LINKS_COUNT; i++)
		if (atomic_load(&relay->links[i]) != 0)
			return true;
	return false;
}

/* By ids, not a count: a peer of another protocol is told to have gone without having come. */
static void on_link(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
	struct merit_relay *relay = argument;
	int id = nng_pipe_id(pipe), from = event == NNG_PIPE_EV_ADD_POST ? 0 : id, to = from == 0 ? id : 0;

	for (int i = 0; i < LINKS_COUNT; i++) {
		int expected = from;
		if (atomic_compare_exchange_strong(&relay->links[i], &expected, to))
			return;
	}
}

static int open_socket(struct merit_relay *relay, const char *url)
{
	int rc = nng_req0_open(&relay->socket);

	if (rc != 0)
		return rc;
	relay->has_socket = true;
	rc = nng_socket_set_ms(relay->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE); /* send() does it. */
	if (rc == 0)
		rc = nng_socket_set_ms(relay->socket, NNG_OPT_RECONNMINT, RECONNECT_MS);
	if (rc == 0)
		rc = nng_socket_set_ms(relay->socket, NNG_OPT_RECONNMAXT, RECONNECT_MS);
	if (rc == 0)
		rc = nng_socket_set_size(relay->socket, NNG_OPT_RECVMAXSZ, MERIT_REPLY_SIZE_MAX);
	if (rc == 0)
		rc = nng_pipe_notify(relay->socket, NNG_PIPE_EV_ADD_POST, on_link, relay);
	if (rc == 0)
		rc = nng_pipe_notify(relay->socket, NNG_PIPE_EV_REM_POST, on_link, relay);
	for (int i = 0; i < LINKS_COUNT && rc == 0; i++)
		rc = nng_dial(relay->socket, url, NULL, NNG_FLAG_NONBLOCK);
	return rc;
}

static int open_exchanges(struct merit_relay *relay, size_t count)
{
	int rc = 0;

	relay->exchanges = calloc(count, sizeof(*relay->exchanges));
	if (relay->exchanges == NULL)
		return NNG_ENOMEM;
	while (relay->made_count < count && rc == 0) {
		struct merit_exchange *exchange = &relay->exchanges[relay->made_count];
		rc = nng_ctx_open(&exchange->context, relay->socket);
		if (rc != 0)
			break;
		rc = nng_aio_alloc(&exchange->aio, on_event, exchange);
		if (rc != 0) {
			(void)nng_ctx_close(exchange->context);
			break;
		}
		exchange->relay = relay;
		exchange->next = relay->unused;
		relay->unused = exchange;
		relay->made_count++;
	}
	return rc;
}

enum merit_status merit_relay_open(const char *url, size_t count, struct merit_relay **relay_out)
{
	struct merit_relay *relay = calloc(1, sizeof(*relay));

	if (relay == NULL)
		return MERIT_NO_MEMORY;
	int rc = pthread_mutex_init(&relay->mutex, NULL);
	assert(rc == 0);
	rc = open_socket(relay, url);
	if (rc == 0)
		rc = open_exchanges(relay, count);
	if (rc != 0) {
		merit_relay_close(relay);
		return rc == NNG_ENOMEM ? MERIT_NO_MEMORY : MERIT_BAD_FORMAT;
	}
	*relay_out = relay;
	return MERIT_OK;
}

void merit_relay_stop(struct merit_relay *relay)
{
	atomic_store(&relay->is_stopping, true);
	for (size_t i = 0; i < relay->made_count; i++)
		nng_aio_cancel(relay->exchanges[i].aio);
}

void merit_relay_close(struct merit_relay *relay)
{
	if (relay == NULL)
		return;
	assert(relay->busy_count == 0);
	for (size_t i = 0; i < relay->made_count; i++) {
		nng_aio_stop(relay->exchanges[i].aio);
		nng_aio_free(relay->exchanges[i].aio);
		(void)nng_ctx_close(relay->exchanges[i].context);
	}
	if (relay->has_socket)
		(void)nng_close(relay->socket);
	(void)pthread_mutex_destroy(&relay->mutex);
	free(relay->exchanges);
	free(relay);
}
