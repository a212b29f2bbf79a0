/* server.c - the server's beginning and end: its threads, and what they share. */
#include "rpc/server_inner.h"

#include "ledger/encode.h"
#include "ledger/json.h"
#include "rpc/discover.h"
#include "rpc/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKSPACE_SIZE_MAX  ((size_t)16 * 1024 * 1024) /* bytes of memory a kept workspace has, */
#define WORKSPACES_SIZE_MAX ((size_t)64 * 1024 * 1024) /* and all of them */
#define REPLIES_WAIT_MS     2000
#define REPLIES_LINGER_MS   100

void merit_server_options_default(struct merit_server_options *options)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	*options = (struct merit_server_options){
		.clock = &merit_clock_system,
		.workers_count = cores > 2 ? (size_t)cores : 2,
		.contexts_count = 1024,
		.queue_messages_max = 768, /* contexts less waiters less as many on their way in and out */
		.queue_size_max = (size_t)2 * MERIT_GROUP_SIZE_MAX,
		.waiters_max = 128,
		.connections_max = 4096,
		.address_connections_max = 256,
		.public_rate = { 1000, 2000 },
	};
	for (size_t role = 0; role < MERIT_ROLE_COUNT; role++)
		options->rates[role] = (struct merit_rate){ 1000, 10000 };
	options->rates[MERIT_ROLE_SERVICE] = (struct merit_rate){ 1000000, 1000000 };
	options->rates[MERIT_ROLE_MEMBER] = (struct merit_rate){ 20, 60 };
}

int64_t merit_server_uptime_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t merit_server_uptime_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void merit_server_die(struct merit_server *server, const char *doing, enum merit_status status)
{
	const char *reason = merit_ledger_failure(server->options.ledger);

	merit_log(MERIT_LOG_ERROR, "failed", MERIT_LOG_TEXT("doing", doing),
	          MERIT_LOG_TEXT("status", merit_status_word(status)), MERIT_LOG_TEXT("reason", reason ? reason : ""));
	_exit(1);
}

struct merit_workspace *merit_workspace_take(struct merit_server *server)
{
	pthread_mutex_lock(&server->workspaces_mutex);
	struct merit_workspace *workspace = server->workspaces;
	if (workspace != NULL) {
		server->workspaces = workspace->next;
		server->workspaces_size -= workspace->kept_size;
	}
	pthread_mutex_unlock(&server->workspaces_mutex);
	return workspace != NULL ? workspace : calloc(1, sizeof(*workspace));
}

static void workspace_free(struct merit_workspace *workspace)
{
	merit_arena_free(&workspace->arena);
	merit_buffer_free(&workspace->reply);
	free(workspace);
}

void merit_workspace_give(struct merit_server *server, struct merit_workspace *workspace)
{
	workspace->kept_size = merit_arena_capacity(&workspace->arena) + workspace->reply.capacity;
	merit_arena_reset(&workspace->arena);
	merit_buffer_clear(&workspace->reply);
	pthread_mutex_lock(&server->workspaces_mutex);
	bool keep = workspace->kept_size <= WORKSPACE_SIZE_MAX &&
	            workspace->kept_size <= WORKSPACES_SIZE_MAX - server->workspaces_size;
	if (keep) {
		workspace->next = server->workspaces;
		server->workspaces = workspace;
		server->workspaces_size += workspace->kept_size;
	}
	pthread_mutex_unlock(&server->workspaces_mutex);
	if (!keep)
		workspace_free(workspace);
}

void merit_server_resume(struct merit_server *server, struct merit_feed_waiter *waiters)
{
	while (waiters != NULL) {
		struct merit_feed_waiter *next = waiters->next;
		struct merit_job *job = (struct merit_job *)((char *)waiters - offsetof(struct merit_job, waiter));
		job->has_waited = true;
		enum merit_status status = merit_queue_push(&server->inbox, &job->item);
		if (status != MERIT_OK)
			merit_job_refuse(job, status);
		waiters = next;
	}
}

void merit_server_set_refusal(struct merit_server *server, enum merit_status status)
{
	if (server->refusal == (int)status)
		return;
	server->refusal = (int)status;
	merit_metrics_set(&server->metrics, MERIT_METRIC_WRITABLE, status == MERIT_OK);
	merit_log(status == MERIT_OK ? MERIT_LOG_INFO : MERIT_LOG_WARNING, "writes",
	          MERIT_LOG_TEXT("status", merit_status_word(status)),
	          MERIT_LOG_TEXT("about", status == MERIT_OK ? "writes are taken" : merit_status_text(status)));
}

enum merit_status merit_server_publish_head(struct merit_server *server, const struct merit_ledger_head *head)
{
	struct merit_text note = head->checkpoint;

	pthread_mutex_lock(&server->head_mutex);
	merit_buffer_clear(&server->head_line);
	merit_base64url_put(&server->head_line, note.data, note.size);
	bool bad = server->head_line.bad;
	pthread_mutex_unlock(&server->head_mutex);
	merit_metrics_set(&server->metrics, MERIT_METRIC_ENTRIES, head->size);
	merit_metrics_set(&server->metrics, MERIT_METRIC_ENTRY_TIME, (uint64_t)head->time_ms);
	return bad ? MERIT_NO_MEMORY : MERIT_OK;
}

/* What the log and the ledger's keys are before the first group. */
static enum merit_status publish_first(struct merit_server *server)
{
	const struct merit_ledger *ledger = server->options.ledger;
	struct merit_ledger_head head = { merit_ledger_size(ledger), merit_ledger_time_ms(ledger),
		                          merit_ledger_checkpoint(ledger) };

	merit_keyring_seal(&server->keyring);
	enum merit_status status = merit_keyring_publish(&server->keyring);
	return status == MERIT_OK ? merit_server_publish_head(server, &head) : status;
}

static void mutex_init(pthread_mutex_t *mutex)
{
	int rc = pthread_mutex_init(mutex, NULL);
	assert(rc == 0);
}

static void cond_init(pthread_cond_t *condition)
{
	int rc = pthread_cond_init(condition, NULL);
	assert(rc == 0);
}

/* What needs no memory, and cannot fail. */
static void init_parts(struct merit_server *server)
{
	struct merit_ledger *ledger = server->options.ledger;
	struct merit_text origin = merit_ledger_origin(ledger);

	assert(origin.size < sizeof(server->origin));
	memcpy(server->origin, origin.data, origin.size);
	merit_queue_init(&server->inbox, server->options.contexts_count, server->options.queue_size_max);
	merit_queue_init(&server->queue, server->options.queue_messages_max, server->options.queue_size_max);
	merit_feed_init(&server->feed, server->options.waiters_max, merit_ledger_size(ledger));
	merit_clock_start(&server->clock, server->options.clock, merit_ledger_time_ms(ledger));
	mutex_init(&server->head_mutex);
	mutex_init(&server->workspaces_mutex);
	mutex_init(&server->flusher.mutex);
	mutex_init(&server->committer.mutex);
	cond_init(&server->flusher.changed);
	cond_init(&server->committer.changed);
	merit_keyring_init(&server->keyring);
	merit_ledger_watch_keys(ledger, merit_keyring_note, &server->keyring);
	merit_metrics_set(&server->metrics, MERIT_METRIC_WRITABLE, 1);
	if (!merit_ledger_may_write(ledger))
		merit_server_set_refusal(server, MERIT_READ_ONLY);
}

static enum merit_status start_workers(struct merit_server *server)
{
	while (server->workers_count < server->options.workers_count) {
		if (pthread_create(&server->workers[server->workers_count], NULL, merit_worker_run, server) != 0)
			return MERIT_NO_MEMORY;
		server->workers_count++;
	}
	return MERIT_OK;
}

static enum merit_status open_parts(struct merit_server *server, const char **bad_url_out)
{
	const struct merit_server_options *options = &server->options;

	server->jobs = calloc(options->contexts_count, sizeof(*server->jobs));
	server->workers = calloc(options->workers_count, sizeof(*server->workers));
	server->urls = calloc(options->urls_count + 1, sizeof(*server->urls));
	merit_discover_put(&server->description, server->origin);
	if (server->jobs == NULL || server->workers == NULL || server->urls == NULL || server->description.bad)
		return MERIT_NO_MEMORY;
	enum merit_status status = merit_limiter_init(&server->limiter);
	if (status == MERIT_OK)
		status = publish_first(server);
	if (status == MERIT_OK)
		status = merit_connections_init(&server->connections, options->connections_max,
		                                options->address_connections_max);
	if (status == MERIT_OK)
		status = merit_socket_open(server);
	if (status == MERIT_OK)
		status = start_workers(server);
	if (status == MERIT_OK)
		status = merit_socket_listen(server, bad_url_out);
	return status;
}

enum merit_status merit_server_open(const struct merit_server_options *options, struct merit_server **server_out,
                                    const char **bad_url_out)
{
	struct merit_server *server = calloc(1, sizeof(*server));
	struct merit_arena arena = { 0 };

	assert(options->waiters_max < options->contexts_count);
	if (server == NULL)
		return MERIT_NO_MEMORY;
	merit_json_arena_begin(&arena); /* Sets cJSON's hooks, once, before any thread could be in it. */
	merit_json_arena_end();
	server->options = *options;
	init_parts(server);
	enum merit_status status = open_parts(server, bad_url_out);
	if (status != MERIT_OK) {
		merit_server_stop(server);
		merit_server_free(server);
		return status;
	}
	*server_out = server;
	return MERIT_OK;
}

void merit_server_start(struct merit_server *server)
{
	int rc = pthread_create(&server->ledger_thread, NULL, merit_ledger_thread_run, server);

	assert(rc == 0 && !server->is_started);
	server->is_started = true;
}

void merit_server_tick(struct merit_server *server)
{
	merit_server_resume(server, merit_feed_expire(&server->feed, merit_server_uptime_ms()));
}

static void nap_ms(long ms)
{
	struct timespec nap = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&nap, NULL);
}

/* A reply counts as sent once nng has it; what nng has is on its way within the linger. One lost here does no harm: the
 * client asks again with the same id and gets the same outcome. */
static void wait_for_replies(struct merit_server *server)
{
	for (int waited_ms = 0; waited_ms < REPLIES_WAIT_MS && atomic_load(&server->replying_count) > 0;
	     waited_ms += 10)
		nap_ms(10);
	nap_ms(REPLIES_LINGER_MS);
}

/* Queued messages nobody will decide. */
static void refuse_queued(struct merit_queue *queue)
{
	bool ended = false;
	struct merit_queue_item *item;

	while ((item = merit_queue_take(queue, 1, 1, 0, &ended)) != NULL)
		merit_job_refuse((struct merit_job *)item, MERIT_STOPPING);
}

void merit_server_stop(struct merit_server *server)
{
	merit_server_resume(server, merit_feed_close(&server->feed));
	merit_queue_close(&server->inbox);
	while (server->workers_count > 0)
		(void)pthread_join(server->workers[--server->workers_count], NULL);
	merit_queue_close(&server->queue);
	if (server->is_started)
		(void)pthread_join(server->ledger_thread, NULL);
	server->is_started = false;
	refuse_queued(&server->queue);
	wait_for_replies(server);
}

void merit_server_free(struct merit_server *server)
{
	if (server == NULL)
		return;
	merit_socket_close(server);
	for (size_t i = 0; server->urls != NULL && i < server->options.urls_count; i++)
		free(server->urls[i]);
	while (server->workspaces != NULL) {
		struct merit_workspace *next = server->workspaces->next;
		workspace_free(server->workspaces);
		server->workspaces = next;
	}
	merit_queue_free(&server->inbox);
	merit_queue_free(&server->queue);
	merit_keyring_free(&server->keyring);
	merit_limiter_free(&server->limiter);
	merit_connections_free(&server->connections);
	merit_feed_free(&server->feed);
	merit_buffer_free(&server->head_line);
	merit_buffer_free(&server->description);
	free(server->urls);
	free(server->workers);
	free(server->jobs);
	free(server);
}

const char *merit_server_url(const struct merit_server *server, size_t index)
{
	return index < server->options.urls_count ? server->urls[index] : NULL;
}
