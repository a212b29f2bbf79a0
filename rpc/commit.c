/* commit.c - a group becomes durable, then everybody is shown, then its replies leave: in this order, always.
 *
 * Where a commit runs beside the ledger's thread, the next group is decided meanwhile; there is at most one of each. What
 * the next group answers may tell of this one, so it leaves only with its own commit, which comes after.
 * A message that arrives after a reply left finds what that reply tells taken over as durable: the phase says so before
 * anything is shown, and the ledger's thread looks at it before it decides what it took from the queue. */
#include "rpc/server_inner.h"

#include <assert.h>

/* Makes the sealed group durable: nothing of it may have been told before. */
static struct merit_ledger_head write_group(struct merit_server *server)
{
	struct merit_ledger_head head;
	int64_t start_us = merit_server_uptime_us();

	enum merit_status status = merit_ledger_write(server->options.ledger, &head);
	if (status != MERIT_OK)
		merit_server_die(server, "commit", status);
	merit_metrics_add(&server->metrics, MERIT_METRIC_COMMIT_MICROSECONDS,
	                  (uint64_t)(merit_server_uptime_us() - start_us));
	merit_metrics_add(&server->metrics, MERIT_METRIC_GROUPS, 1);
	return head;
}

/* Lets the other threads see what is durable now: head, keys, entries, in this order. The head first, since an answer
 * may hold nothing its first line does not cover. */
static void publish(struct merit_server *server, const struct merit_ledger_head *head)
{
	if (head->size == merit_feed_entries(&server->feed))
		return; /* A group without entries. */
	enum merit_status status = merit_server_publish_head(server, head);
	if (status == MERIT_OK)
		status = merit_keyring_publish(&server->keyring);
	if (status != MERIT_OK)
		merit_server_die(server, "publish", status);
	merit_server_resume(server, merit_feed_advance(&server->feed, head->size));
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

static void answer(struct merit_server *server, const struct merit_group *group, const struct merit_ledger_head *head)
{
	publish(server, head);
	merit_metrics_add(&server->metrics, MERIT_METRIC_GROUP_MICROSECONDS,
	                  (uint64_t)(merit_server_uptime_us() - group->start_us));
	reply(group->first);
}

static void seal(struct merit_server *server)
{
	enum merit_status status = merit_ledger_seal(server->options.ledger);

	if (status != MERIT_OK)
		merit_server_die(server, "seal", status);
	merit_keyring_seal(&server->keyring);
}

static void take_over(struct merit_server *server)
{
	enum merit_status status = merit_ledger_written(server->options.ledger);

	if (status != MERIT_OK)
		merit_server_die(server, "take over", status);
}

void merit_commit_here(struct merit_server *server, const struct merit_group *group)
{
	assert(!server->committer.is_owed);
	seal(server);
	struct merit_ledger_head head = write_group(server);
	take_over(server);
	answer(server, group, &head);
}

/* ---- The committer ---- */

static void phase_set(struct merit_committer *committer, int phase)
{
	pthread_mutex_lock(&committer->mutex);
	committer->phase = phase;
	pthread_cond_broadcast(&committer->changed);
	pthread_mutex_unlock(&committer->mutex);
}

static void *committer_run(void *argument)
{
	struct merit_server *server = argument;
	struct merit_committer *committer = &server->committer;

	pthread_mutex_lock(&committer->mutex);
	for (;;) {
		while (committer->phase == MERIT_COMMITTER_FREE)
			pthread_cond_wait(&committer->changed, &committer->mutex);
		if (committer->phase == MERIT_COMMITTER_ENDED)
			break;
		struct merit_group group = committer->group;
		pthread_mutex_unlock(&committer->mutex);
		struct merit_ledger_head head = write_group(server);
		phase_set(committer, MERIT_COMMITTER_WRITTEN);
		answer(server, &group, &head);
		phase_set(committer, MERIT_COMMITTER_FREE);
		merit_queue_wake(&server->queue);
		pthread_mutex_lock(&committer->mutex);
	}
	pthread_mutex_unlock(&committer->mutex);
	return NULL;
}

void merit_commit_beside(struct merit_server *server, const struct merit_group *group)
{
	struct merit_committer *committer = &server->committer;

	assert(!committer->is_owed && committer->phase == MERIT_COMMITTER_FREE);
	seal(server);
	committer->group = *group;
	committer->is_owed = true;
	phase_set(committer, MERIT_COMMITTER_WANTED);
}

/* Takes over what the phase says is durable. */
static bool look(struct merit_server *server, int phase)
{
	struct merit_committer *committer = &server->committer;

	if (committer->is_owed && phase != MERIT_COMMITTER_WANTED) {
		take_over(server);
		committer->is_owed = false;
	}
	return phase == MERIT_COMMITTER_FREE;
}

bool merit_committer_is_free(struct merit_server *server)
{
	struct merit_committer *committer = &server->committer;

	pthread_mutex_lock(&committer->mutex);
	int phase = committer->phase;
	pthread_mutex_unlock(&committer->mutex);
	return look(server, phase);
}

void merit_committer_wait(struct merit_server *server)
{
	struct merit_committer *committer = &server->committer;

	pthread_mutex_lock(&committer->mutex);
	while (committer->phase != MERIT_COMMITTER_FREE)
		pthread_cond_wait(&committer->changed, &committer->mutex);
	pthread_mutex_unlock(&committer->mutex);
	(void)look(server, MERIT_COMMITTER_FREE);
}

void merit_committer_start(struct merit_server *server)
{
	int rc = pthread_create(&server->committer.thread, NULL, committer_run, server);

	assert(rc == 0);
}

void merit_committer_stop(struct merit_server *server)
{
	merit_committer_wait(server);
	phase_set(&server->committer, MERIT_COMMITTER_ENDED);
	(void)pthread_join(server->committer.thread, NULL);
	server->committer.phase = MERIT_COMMITTER_FREE;
}
