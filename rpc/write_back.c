/* write_back.c - the state on its way to the disk, in a thread of its own: see ledger.h, Write-back. */
#include "rpc/server_inner.h"

#include "rpc/log.h"

#include <assert.h>

#define FULL_WAIT_MS 1000 /* before a write-back without room is tried again */

/* The flusher: writes the frozen state whenever it is asked to. */
static void *flusher_run(void *argument)
{
	struct merit_server *server = argument;
	struct merit_flusher *flusher = &server->flusher;

	pthread_mutex_lock(&flusher->mutex);
	for (;;) {
		while (flusher->phase != MERIT_FLUSHER_WANTED && flusher->phase != MERIT_FLUSHER_ENDED)
			pthread_cond_wait(&flusher->changed, &flusher->mutex);
		if (flusher->phase == MERIT_FLUSHER_ENDED)
			break;
		pthread_mutex_unlock(&flusher->mutex);
		enum merit_status status = merit_ledger_flush(server->options.ledger);
		if (status != MERIT_OK && status != MERIT_STORE_FULL)
			merit_server_die(server, "write back", status);
		pthread_mutex_lock(&flusher->mutex);
		flusher->phase = status == MERIT_OK ? MERIT_FLUSHER_DONE : MERIT_FLUSHER_FULL;
		pthread_cond_broadcast(&flusher->changed);
	}
	pthread_mutex_unlock(&flusher->mutex);
	return NULL;
}

void merit_flusher_start(struct merit_server *server)
{
	int rc = pthread_create(&server->flusher.thread, NULL, flusher_run, server);

	assert(rc == 0);
}

/* The caller holds the mutex. */
static void want(struct merit_flusher *flusher)
{
	flusher->retry_ms = merit_server_uptime_ms() + FULL_WAIT_MS;
	flusher->phase = MERIT_FLUSHER_WANTED;
	pthread_cond_broadcast(&flusher->changed);
}

bool merit_write_back_is_due(struct merit_server *server)
{
	struct merit_flusher *flusher = &server->flusher;

	pthread_mutex_lock(&flusher->mutex);
	if (flusher->phase == MERIT_FLUSHER_DONE) {
		merit_ledger_flushed(server->options.ledger);
		flusher->phase = MERIT_FLUSHER_IDLE;
		merit_metrics_add(&server->metrics, MERIT_METRIC_WRITE_BACKS, 1);
	}
	if (flusher->phase == MERIT_FLUSHER_FULL && merit_server_uptime_ms() >= flusher->retry_ms)
		want(flusher);
	bool is_idle = flusher->phase == MERIT_FLUSHER_IDLE;
	pthread_mutex_unlock(&flusher->mutex);
	return is_idle && merit_ledger_flush_due(server->options.ledger);
}

void merit_write_back_begin(struct merit_server *server)
{
	struct merit_flusher *flusher = &server->flusher;

	merit_ledger_freeze(server->options.ledger);
	pthread_mutex_lock(&flusher->mutex);
	want(flusher);
	pthread_mutex_unlock(&flusher->mutex);
}

/* Without room the next start catches up from the log. */
void merit_write_back_all(struct merit_server *server)
{
	struct merit_flusher *flusher = &server->flusher;
	struct merit_ledger *ledger = server->options.ledger;

	pthread_mutex_lock(&flusher->mutex);
	while (flusher->phase == MERIT_FLUSHER_WANTED)
		pthread_cond_wait(&flusher->changed, &flusher->mutex);
	if (flusher->phase == MERIT_FLUSHER_DONE)
		merit_ledger_flushed(ledger);
	if (flusher->phase != MERIT_FLUSHER_FULL)
		merit_ledger_freeze(ledger);
	flusher->phase = MERIT_FLUSHER_ENDED;
	pthread_cond_broadcast(&flusher->changed);
	pthread_mutex_unlock(&flusher->mutex);
	enum merit_status status = merit_ledger_flush(ledger);
	if (status == MERIT_OK)
		merit_ledger_flushed(ledger);
	else
		merit_log(MERIT_LOG_WARNING, "state not written", MERIT_LOG_TEXT("status", merit_status_word(status)));
	(void)pthread_join(flusher->thread, NULL);
	flusher->phase = MERIT_FLUSHER_IDLE;
}
