/* group.c - the ledger's thread: takes what is queued and decides it as one group, which is committed before its replies
 * leave (commit.c). While a commit runs beside it, what queues meanwhile joins the group at hand; while none runs, the
 * group goes at once. To wait up to 2 ms for messages still being checked was tried: with 4, 16 and 64 connections it
 * brought nothing that could be measured. 500 us at least between commits brought nothing either, and cost two clients a
 * sixth.
 *
 * It is the only thread that touches the ledger, but for merit_ledger_write and merit_ledger_flush. */
#include "rpc/server_inner.h"

#include "rpc/log.h"
#include "rpc/notify.h"

#include <assert.h>

#define IDLE_MS 1000 /* the longest sleep: clock and watchdog are looked after in between */

/* A hand-over wakes two threads, which costs as much as the commit of a few calls: a small group with nothing queued behind
 * it is committed here. */
#define SMALL_GROUP_CALLS 64

/* What the thread carries from group to group. */
struct turn {
	struct merit_server *server;
	struct merit_ledger *ledger;
	struct merit_group group; /* the one at hand, */
	bool is_begun;            /* where there is one, */
	bool takes_writes;        /* which may take more messages while it waits for its commit */
	int64_t wall_ms;          /* the clock's word */
	bool sure;                /* whether it may be believed */
	int64_t beat_ms;          /* when the watchdog was last told */
	int64_t due_retry_ms;     /* due work that moved nothing is not tried before */
};

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

/* Begins a group for what is due and for items; where writes cannot be, for the reads among them. */
static enum merit_status begin_group(struct turn *turn, const struct merit_queue_item *items)
{
	struct merit_server *server = turn->server;
	size_t size = 0, calls_count = 0;

	if (!turn->sure)
		return begin_to_read(turn);
	measure_writes(turn, items, &size, &calls_count);
	enum merit_status status = merit_ledger_begin(turn->ledger, turn->wall_ms, size, calls_count);
	if (is_fatal(status))
		merit_server_die(server, "begin", status);
	if (status == MERIT_OK) {
		if (calls_count != 0)
			merit_server_set_refusal(server, MERIT_OK);
		turn->takes_writes = server->refusal == MERIT_OK;
		return status;
	}
	merit_server_set_refusal(server, status);
	merit_committer_wait(server); /* What was due may have been written half-way: that half stands. */
	merit_commit_here(server, &turn->group);
	return begin_to_read(turn);
}

static enum merit_status begin(struct turn *turn, const struct merit_queue_item *items)
{
	turn->group = (struct merit_group){ .start_us = merit_server_uptime_us() };
	turn->takes_writes = false;
	enum merit_status status = begin_group(turn, items);
	if (is_fatal(status))
		merit_server_die(turn->server, "begin", status);
	turn->is_begun = true;
	return status;
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
		merit_server_die(server, "execute", job->outcome);
	merit_metrics_add(&server->metrics, MERIT_METRIC_WRITES, request->calls_count);
}

static void group_add(struct merit_group *group, struct merit_queue_item *item)
{
	if (group->first == NULL)
		group->first = item;
	else
		group->last->next = item;
	group->last = item;
	item->next = NULL;
	group->calls_count += item->calls_count;
	group->size += item->size;
}

/* Lets the group at hand go, once the one before it has gone. */
static void pass_on(struct turn *turn)
{
	struct merit_server *server = turn->server;

	merit_committer_wait(server);
	turn->is_begun = false;
	if (turn->group.calls_count <= SMALL_GROUP_CALLS && merit_queue_depth(&server->queue) == 0)
		merit_commit_here(server, &turn->group);
	else
		merit_commit_beside(server, &turn->group);
}

/* Whether the group at hand takes items, too: there is room for them in it and in the store, and it was begun to write. */
static bool extend(struct turn *turn, const struct merit_queue_item *items)
{
	size_t calls_count = 0, size = 0;

	for (const struct merit_queue_item *item = items; item != NULL; item = item->next) {
		calls_count += item->calls_count;
		size += item->size;
	}
	if (!turn->takes_writes || !turn->sure || turn->server->refusal != MERIT_OK ||
	    calls_count > MERIT_GROUP_CALLS_MAX - turn->group.calls_count ||
	    size > MERIT_GROUP_SIZE_MAX - turn->group.size)
		return false;
	measure_writes(turn, items, &size, &calls_count);
	return merit_ledger_extend(turn->ledger, size, calls_count) == MERIT_OK;
}

/* Decides items in the group at hand, or in one of their own. */
static void run_items(struct turn *turn, struct merit_queue_item *items)
{
	enum merit_status status = MERIT_OK;

	if (turn->is_begun && !extend(turn, items))
		pass_on(turn);
	if (!turn->is_begun)
		status = begin(turn, items);
	while (items != NULL) {
		struct merit_queue_item *next = items->next;
		struct merit_job *job = (struct merit_job *)items;
		job->outcome = status;
		if (status == MERIT_OK)
			decide(turn, job);
		group_add(&turn->group, items);
		items = next;
	}
}

/* Writes what is due by itself, when something is; and tries whether a full store has room again. */
static void run_due(struct turn *turn)
{
	uint64_t size = merit_ledger_size(turn->ledger);

	bool due = turn->sure && merit_ledger_next_due_ms(turn->ledger) <= turn->wall_ms;
	bool refusing = turn->server->refusal != MERIT_OK;
	if ((!due && !refusing) || merit_server_uptime_ms() < turn->due_retry_ms)
		return;
	(void)begin(turn, NULL);
	turn->is_begun = false;
	merit_commit_here(turn->server, &turn->group);
	if (merit_ledger_size(turn->ledger) == size)
		turn->due_retry_ms = merit_server_uptime_ms() + IDLE_MS;
}

/* The end of what is at hand: everything decided is durable and answered. */
static void finish(struct turn *turn)
{
	if (turn->is_begun)
		pass_on(turn);
	merit_committer_wait(turn->server);
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

/* The gauges of what only this thread may look at. */
static void measure(struct turn *turn)
{
	struct merit_metrics *metrics = &turn->server->metrics;
	struct merit_ledger_usage usage = merit_ledger_measure(turn->ledger);

	merit_metrics_set(metrics, MERIT_METRIC_STATE_MEMORY, usage.memory_size);
	merit_metrics_set(metrics, MERIT_METRIC_CLAIMS, usage.claims_count);
}

/* Tells systemd that this thread moves, and Prometheus what it holds, and looks for killed readers; at most once a
 * second. */
static void beat(struct turn *turn)
{
	int64_t now_ms = merit_server_uptime_ms();

	if (now_ms - turn->beat_ms < IDLE_MS)
		return;
	turn->beat_ms = now_ms;
	measure(turn);
	merit_ledger_drop_dead_readers(turn->ledger);
	merit_notify("WATCHDOG=1", MERIT_NOTIFY_TRY);
}

/* What is queued, as far as it fits the group at hand; of what does not fit the first message. Waits for it, for the
 * commit under way to end, or for something to fall due; not at all where only the group at hand waits to go. */
static struct merit_queue_item *take(struct turn *turn, bool *ended_out)
{
	struct merit_server *server = turn->server;
	size_t calls_max = MERIT_GROUP_CALLS_MAX, size_max = MERIT_GROUP_SIZE_MAX;
	int64_t wait_ms = IDLE_MS;

	if (turn->is_begun) {
		calls_max -= turn->group.calls_count;
		size_max -= turn->group.size;
	}
	if (merit_committer_is_free(server))
		wait_ms = turn->is_begun ? 0 : idle_ms(turn);
	return merit_queue_take(&server->queue, calls_max, size_max, wait_ms, ended_out);
}

void *merit_ledger_thread_run(void *argument)
{
	struct merit_server *server = argument;
	struct turn turn = { .server = server, .ledger = server->options.ledger };
	bool ended = false;

	merit_committer_start(server);
	merit_flusher_start(server);
	look_at_clock(&turn);
	while (!ended) {
		struct merit_queue_item *items = take(&turn, &ended);
		bool is_free = merit_committer_is_free(server); /* What was answered before these came is taken over. */
		look_at_clock(&turn);
		if (items != NULL)
			run_items(&turn, items);
		else if (!ended && !turn.is_begun && is_free)
			run_due(&turn);
		if (turn.is_begun && merit_committer_is_free(server))
			pass_on(&turn);
		if (merit_write_back_is_due(server)) {
			finish(&turn);
			merit_write_back_begin(server);
		}
		beat(&turn);
	}
	finish(&turn);
	merit_committer_stop(server);
	merit_write_back_all(server);
	return NULL;
}
