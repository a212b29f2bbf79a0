/* group.c - the ledger's thread: takes what is queued, decides it as one group, makes it durable, and only then lets
 * the replies go. What queues meanwhile is the next group: there is no timer.
 *
 * It is the only thread that touches the ledger, but for the flusher's merit_ledger_flush.
 * Room is left to decide the next group while this one is flushed: everything a group needs lives in struct turn and
 * its jobs, and nothing is told to anyone before publish. */
#include "rpc/server_inner.h"

#include "rpc/log.h"
#include "rpc/notify.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define IDLE_MS      1000 /* the longest sleep: clock and watchdog are looked after in between */
#define FULL_WAIT_MS 1000 /* before a write-back without room is tried again */

/* What the thread carries from group to group. */
struct turn {
	struct merit_server *server;
	struct merit_ledger *ledger;
	int64_t wall_ms;      /* the clock's word for this group */
	bool sure;            /* whether it may be believed */
	int64_t beat_ms;      /* when the watchdog was last told */
	int64_t due_retry_ms; /* due work that moved nothing is not tried before */
	int64_t flush_retry_ms;
};

/* The store or the memory can no longer be trusted. The log on disk can: the next start takes it from there. */
__attribute__((noreturn)) static void die(struct turn *turn, const char *doing, enum merit_status status)
{
	const char *reason = merit_ledger_failure(turn->ledger);

	merit_log(MERIT_LOG_ERROR, "failed", MERIT_LOG_TEXT("doing", doing),
	          MERIT_LOG_TEXT("status", merit_status_word(status)), MERIT_LOG_TEXT("reason", reason ? reason : ""));
	_exit(1);
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void look_for_confirmation(struct turn *turn)
{
	struct merit_server *server = turn->server;
	const char *reason = NULL;

	if (merit_clock_take_confirmation(&server->clock, server->options.directory, &reason)) {
		merit_log(MERIT_LOG_INFO, "clock confirmed");
		turn->sure = merit_clock_look(&server->clock, &turn->wall_ms);
	} else if (reason != NULL) {
		merit_log(MERIT_LOG_WARNING, "clock not confirmed", MERIT_LOG_TEXT("reason", reason));
	}
}

static void look_at_clock(struct turn *turn)
{
	struct merit_server *server = turn->server;

	turn->sure = merit_clock_look(&server->clock, &turn->wall_ms);
	if (!turn->sure)
		look_for_confirmation(turn);
	if (!turn->sure)
		merit_server_set_refusal(server, MERIT_CLOCK_UNSURE);
	else if (server->refusal == MERIT_CLOCK_UNSURE)
		merit_server_set_refusal(server, MERIT_OK);
}

/* A group for reads only: at the last entry's time nothing is due, so it needs no room and believes no clock. */
static enum merit_status begin_to_read(struct turn *turn)
{
	return merit_ledger_begin(turn->ledger, merit_ledger_time_ms(turn->ledger), 0, 0);
}

static bool is_fatal(enum merit_status status)
{
	return status == MERIT_STORE_FAILED || status == MERIT_CORRUPT || status == MERIT_NO_MEMORY;
}

/* Makes the group durable. */
static void commit(struct turn *turn)
{
	struct merit_metrics *metrics = &turn->server->metrics;
	int64_t start_us = now_us();

	enum merit_status status = merit_ledger_commit(turn->ledger);
	if (status != MERIT_OK)
		die(turn, "commit", status);
	merit_metrics_add(metrics, MERIT_METRIC_COMMIT_MICROSECONDS, (uint64_t)(now_us() - start_us));
	merit_metrics_add(metrics, MERIT_METRIC_GROUPS, 1);
}

/* What the writes among items bring; without any, whether one more call would fit is asked while writes are refused. */
static void measure_writes(struct turn *turn, const struct merit_queue_item *items, size_t *size_out, size_t *calls_out)
{
	size_t size = 0, calls_count = items == NULL && turn->server->refusal != MERIT_OK ? 1 : 0;

	for (const struct merit_queue_item *item = items; item != NULL; item = item->next) {
		if (((const struct merit_job *)item)->request.is_write) {
			size += item->size;
			calls_count += item->calls_count;
		}
	}
	*size_out = size;
	*calls_out = calls_count;
}

/* Begins the group of items; when writes cannot be, of the reads among them. */
static enum merit_status begin(struct turn *turn, const struct merit_queue_item *items)
{
	size_t size = 0, calls_count = 0;

	if (!turn->sure)
		return begin_to_read(turn);
	measure_writes(turn, items, &size, &calls_count);
	enum merit_status status = merit_ledger_begin(turn->ledger, turn->wall_ms, size, calls_count);
	if (is_fatal(status))
		die(turn, "begin", status);
	if (status == MERIT_OK) {
		if (calls_count != 0)
			merit_server_set_refusal(turn->server, MERIT_OK);
		return status;
	}
	merit_server_set_refusal(turn->server, status);
	commit(turn); /* What was due may have been written half-way: that half stands. */
	return begin_to_read(turn);
}

/* Decides one message. Its reply is ready in its workspace, or its outcome says why the whole message was refused. */
static void decide(struct turn *turn, struct merit_job *job)
{
	struct merit_server *server = turn->server;
	struct merit_request *request = &job->request;
	struct merit_buffer *reply = &job->workspace->reply;

	if (!request->is_write) {
		job->outcome = merit_ledger_query(turn->ledger, request, reply);
		merit_metrics_add(&server->metrics, MERIT_METRIC_READS, request->calls_count);
		return;
	}
	job->outcome = (enum merit_status)server->refusal;
	if (job->outcome != MERIT_OK)
		return;
	job->outcome = merit_ledger_execute(turn->ledger, request, reply);
	/* Without memory for the reply the outcome stands all the same: it can be asked for again. */
	if (job->outcome != MERIT_OK && job->outcome != MERIT_NO_MEMORY)
		die(turn, "execute", job->outcome);
	merit_metrics_add(&server->metrics, MERIT_METRIC_WRITES, request->calls_count);
}

/* Lets the other threads see what is durable now: head, keys, entries, in this order. The head first, since an answer
 * may hold nothing its first line does not cover. */
static void publish(struct turn *turn)
{
	struct merit_server *server = turn->server;

	enum merit_status status = merit_server_publish_head(server);
	if (status == MERIT_OK)
		status = merit_keyring_publish(&server->keyring);
	if (status != MERIT_OK)
		die(turn, "publish", status);
	merit_server_resume(server, merit_feed_advance(&server->feed, merit_ledger_size(turn->ledger)));
}

static void reply(struct merit_queue_item *items)
{
	while (items != NULL) {
		struct merit_queue_item *next = items->next; /* Behind the reply the job is another message. */
		struct merit_job *job = (struct merit_job *)items;
		if (job->outcome == MERIT_OK)
			merit_job_reply(job);
		else
			merit_job_refuse(job, job->outcome);
		items = next;
	}
}

/* One group, items in their order; without any, what is due. */
static void run_group(struct turn *turn, struct merit_queue_item *items)
{
	int64_t start_us = now_us();

	enum merit_status status = begin(turn, items);
	if (is_fatal(status))
		die(turn, "begin", status);
	for (struct merit_queue_item *item = items; item != NULL; item = item->next) {
		struct merit_job *job = (struct merit_job *)item;
		job->outcome = status;
		if (status == MERIT_OK)
			decide(turn, job);
	}
	if (status == MERIT_OK) {
		commit(turn);
		publish(turn);
	}
	merit_metrics_add(&turn->server->metrics, MERIT_METRIC_GROUP_MICROSECONDS, (uint64_t)(now_us() - start_us));
	reply(items);
}

/* Writes what is due by itself, when something is; and tries whether a full store has room again. */
static void run_due(struct turn *turn)
{
	uint64_t size = merit_ledger_size(turn->ledger);

	bool due = turn->sure && merit_ledger_next_due_ms(turn->ledger) <= turn->wall_ms;
	bool refusing = turn->server->refusal != MERIT_OK;
	if ((!due && !refusing) || merit_server_uptime_ms() < turn->due_retry_ms)
		return;
	run_group(turn, NULL);
	if (merit_ledger_size(turn->ledger) == size)
		turn->due_retry_ms = merit_server_uptime_ms() + IDLE_MS;
}

/* How long the thread may sleep when nobody asks for anything. */
static int64_t idle_ms(struct turn *turn)
{
	int64_t due_ms = merit_ledger_next_due_ms(turn->ledger);
	int64_t wall_ms = merit_clock_wall_ms(&turn->server->clock);

	if (!turn->sure || due_ms > wall_ms + IDLE_MS || merit_server_uptime_ms() < turn->due_retry_ms)
		return IDLE_MS;
	return due_ms > wall_ms ? due_ms - wall_ms : 0;
}

/* Tells systemd that this thread moves; at most once a second. */
static void beat(struct turn *turn)
{
	int64_t now_ms = merit_server_uptime_ms();

	if (now_ms - turn->beat_ms < IDLE_MS)
		return;
	turn->beat_ms = now_ms;
	merit_notify("WATCHDOG=1", MERIT_NOTIFY_TRY);
}

/* The flusher: writes the frozen state whenever it is asked to. */
static void *flusher_run(void *argument)
{
	struct turn *turn = argument;
	struct merit_flusher *flusher = &turn->server->flusher;

	pthread_mutex_lock(&flusher->mutex);
	for (;;) {
		while (flusher->phase != MERIT_FLUSHER_WANTED && flusher->phase != MERIT_FLUSHER_ENDED)
			pthread_cond_wait(&flusher->changed, &flusher->mutex);
		if (flusher->phase == MERIT_FLUSHER_ENDED)
			break;
		pthread_mutex_unlock(&flusher->mutex);
		enum merit_status status = merit_ledger_flush(turn->ledger);
		if (status != MERIT_OK && status != MERIT_STORE_FULL)
			die(turn, "write back", status);
		pthread_mutex_lock(&flusher->mutex);
		flusher->phase = status == MERIT_OK ? MERIT_FLUSHER_DONE : MERIT_FLUSHER_FULL;
		pthread_cond_broadcast(&flusher->changed);
	}
	pthread_mutex_unlock(&flusher->mutex);
	return NULL;
}

/* Between groups: takes note of a finished write-back, and begins the next one when it is due. */
static void write_back(struct turn *turn)
{
	struct merit_flusher *flusher = &turn->server->flusher;
	int64_t now_ms = merit_server_uptime_ms();

	pthread_mutex_lock(&flusher->mutex);
	if (flusher->phase == MERIT_FLUSHER_DONE) {
		merit_ledger_flushed(turn->ledger);
		flusher->phase = MERIT_FLUSHER_IDLE;
		merit_metrics_add(&turn->server->metrics, MERIT_METRIC_WRITE_BACKS, 1);
	}
	bool again = flusher->phase == MERIT_FLUSHER_FULL && now_ms >= turn->flush_retry_ms;
	bool due = flusher->phase == MERIT_FLUSHER_IDLE && merit_ledger_flush_due(turn->ledger);
	if (due)
		merit_ledger_freeze(turn->ledger);
	if (due || again) {
		turn->flush_retry_ms = now_ms + FULL_WAIT_MS;
		flusher->phase = MERIT_FLUSHER_WANTED;
		pthread_cond_broadcast(&flusher->changed);
	}
	pthread_mutex_unlock(&flusher->mutex);
}

/* At the end: lets a write-back finish, then writes what has changed since. Without room the next start catches up from
 * the log. */
static void write_back_all(struct turn *turn)
{
	struct merit_flusher *flusher = &turn->server->flusher;
	enum merit_status status = MERIT_OK;

	pthread_mutex_lock(&flusher->mutex);
	while (flusher->phase == MERIT_FLUSHER_WANTED)
		pthread_cond_wait(&flusher->changed, &flusher->mutex);
	if (flusher->phase == MERIT_FLUSHER_DONE)
		merit_ledger_flushed(turn->ledger);
	if (flusher->phase != MERIT_FLUSHER_FULL)
		merit_ledger_freeze(turn->ledger);
	flusher->phase = MERIT_FLUSHER_ENDED;
	pthread_cond_broadcast(&flusher->changed);
	pthread_mutex_unlock(&flusher->mutex);
	status = merit_ledger_flush(turn->ledger);
	if (status == MERIT_OK)
		merit_ledger_flushed(turn->ledger);
	else
		merit_log(MERIT_LOG_WARNING, "state not written", MERIT_LOG_TEXT("status", merit_status_word(status)));
}

void *merit_ledger_thread_run(void *argument)
{
	struct merit_server *server = argument;
	struct turn turn = { .server = server, .ledger = server->options.ledger };
	bool ended = false;

	int rc = pthread_create(&server->flusher.thread, NULL, flusher_run, &turn);
	assert(rc == 0);
	look_at_clock(&turn);
	while (!ended) {
		struct merit_queue_item *items = merit_queue_take(&server->queue, MERIT_GROUP_CALLS_MAX,
		                                                  MERIT_GROUP_SIZE_MAX, idle_ms(&turn), &ended);
		look_at_clock(&turn);
		if (items != NULL)
			run_group(&turn, items);
		else if (!ended)
			run_due(&turn);
		write_back(&turn);
		beat(&turn);
	}
	write_back_all(&turn);
	(void)pthread_join(server->flusher.thread, NULL);
	return NULL;
}
