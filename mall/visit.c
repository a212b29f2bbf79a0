/* visit.c - the life of one request. libmicrohttpd calls handle when the head is there, for each piece of the body, and
 * behind it; a call is then handed to meritd and its connection suspended, until the answer resumes it and handle is
 * called once more. Queued any earlier, an answer would cost the connection. */
#include "mall/front_inner.h"

#include "rpc/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT_SIZE_MAX ((size_t)8 * 1024) /* bytes of a checkpoint in a field: several signatures */
#define ANSWER_MS           60000              /* for a client to take an answer, */
#define ANSWER_BYTES_PER_MS 16                 /* longer for a long one */
#define COMPLAIN_EVERY_MS   10000
#define LONG_SIZE           ((size_t)64 * 1024) /* bytes from which on a body or an answer is held against its address */

/* ---- Beginning and end ---- */

static struct merit_socket *socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	assert(info != NULL);
	return info->socket_context;
}

void *merit_visit_begin(void *argument, const char *target, struct MHD_Connection *connection)
{
	struct merit_worker *worker = argument;
	struct merit_front *front = worker->front;
	struct merit_visit *visit = calloc(1, sizeof(*visit));

	merit_tally_add(&front->tallies, MERIT_TALLY_REQUESTS, 1);
	if (visit == NULL)
		return NULL; /* handle then ends the connection. */
	visit->front = front;
	visit->worker = worker;
	visit->connection = connection;
	visit->socket = socket_of(connection);
	visit->target_size = target == NULL ? 0 : strlen(target);
	visit->has_path = target != NULL && merit_fields_path(target, visit->path);
	(void)atomic_fetch_add(&front->visits_count, 1);
	merit_socket_expect(visit->socket, front->options.request_ms);
	return visit;
}

static void let_go(struct merit_visit *visit)
{
	if (visit->is_held)
		merit_sockets_let_go(&visit->front->sockets, visit->socket);
	visit->is_held = false;
}

bool merit_visit_hold(struct merit_visit *visit, uint64_t size)
{
	let_go(visit);
	if (size < LONG_SIZE)
		return true;
	visit->is_held = merit_sockets_hold(&visit->front->sockets, visit->socket, (size_t)size);
	return visit->is_held;
}

static void drop_message(struct merit_visit *visit)
{
	let_go(visit);
	merit_buffer_free(&visit->message);
}

static void end_exchange(struct merit_visit *visit)
{
	if (visit->exchange != NULL)
		merit_relay_give(visit->exchange);
	visit->exchange = NULL;
}

void merit_visit_end(void *argument, struct MHD_Connection *connection, void **request,
                     enum MHD_RequestTerminationCode code)
{
	struct merit_visit *visit = *request;

	(void)argument;
	(void)connection;
	(void)code;
	if (visit == NULL)
		return;
	struct merit_front *front = visit->front;
	end_exchange(visit);
	drop_message(visit);
	merit_socket_expect(visit->socket, front->options.idle_ms);
	(void)atomic_fetch_sub(&front->visits_count, 1);
	free(visit);
	*request = NULL;
}

/* ---- Answers ---- */

/* Queues a response. From now on it is the client's turn: to take it. */
static enum MHD_Result queue(struct merit_visit *visit, unsigned code, struct MHD_Response *response, size_t size)
{
	merit_socket_expect(visit->socket, ANSWER_MS + (int64_t)(size / ANSWER_BYTES_PER_MS));
	return MHD_queue_response(visit->connection, code, response);
}

static void count_refusal(struct merit_front *front, enum merit_answer refusal)
{
	merit_tally_add(&front->tallies, MERIT_TALLY_REFUSED, 1);
	if (refusal == MERIT_ANSWER_RATE_LIMITED)
		merit_tally_add(&front->tallies, MERIT_TALLY_LIMITED, 1);
	else if (refusal == MERIT_ANSWER_BUSY || refusal == MERIT_ANSWER_NO_MEMORY)
		merit_tally_add(&front->tallies, MERIT_TALLY_BUSY, 1);
	else if (refusal == MERIT_ANSWER_UNREACHABLE || refusal == MERIT_ANSWER_BAD_REPLY)
		merit_tally_add(&front->tallies, MERIT_TALLY_UNREACHABLE, 1);
	else if (refusal == MERIT_ANSWER_CROSS_SITE)
		merit_tally_add(&front->tallies, MERIT_TALLY_CROSS_SITE, 1);
}

/* Says that meritd does not answer, now and then: a page of such lines would hide others. */
static void complain(struct merit_front *front, const char *reason)
{
	int64_t now_ms = merit_front_uptime_us() / 1000, last_ms = front->complained_ms;

	if (now_ms - last_ms < COMPLAIN_EVERY_MS ||
	    !atomic_compare_exchange_strong(&front->complained_ms, &last_ms, now_ms))
		return;
	merit_log(MERIT_LOG_WARNING, "ledger", MERIT_LOG_TEXT("url", front->options.ledger_url),
	          MERIT_LOG_TEXT("reason", reason));
}

static enum MHD_Result answer_refusal(struct merit_visit *visit, enum merit_answer refusal)
{
	struct merit_answers *answers = &visit->front->answers;
	unsigned code = merit_answer_code(refusal);

	count_refusal(visit->front, refusal);
	merit_log(MERIT_LOG_DEBUG, "refused", MERIT_LOG_NUMBER("code", code),
	          MERIT_LOG_TEXT("address", visit->socket->address));
	bool is_call = visit->route == MERIT_ROUTE_CALL;
	return queue(visit, code, is_call ? answers->calls[refusal] : answers->pages[refusal], 0);
}

static enum MHD_Result answer_health(struct merit_visit *visit)
{
	struct merit_front *front = visit->front;
	bool is_healthy = merit_relay_is_connected(front->relay) && !front->is_stopping;

	return queue(visit, is_healthy ? 200 : 503, is_healthy ? front->answers.healthy : front->answers.unhealthy, 0);
}

static enum MHD_Result answer_file(struct merit_visit *visit)
{
	struct merit_front *front = visit->front;
	enum MHD_Result result = MHD_NO;

	pthread_rwlock_rdlock(&front->assets_lock);
	struct merit_found found =
		merit_assets_find(front->assets, visit->path, visit->accept_encoding, visit->if_none_match);
	if (found.response != NULL)
		result = queue(visit, found.code, found.response, found.size);
	pthread_rwlock_unlock(&front->assets_lock);
	if (found.response == NULL)
		return answer_refusal(visit, MERIT_ANSWER_NOT_FOUND);
	merit_tally_add(&front->tallies, MERIT_TALLY_FILES, 1);
	return result;
}

static void free_message(void *message)
{
	nng_msg_free(message);
}

static bool add_fields(struct MHD_Response *response, const char *checkpoint, bool is_secure)
{
	return MHD_add_response_header(response, "Content-Type", "application/json") == MHD_YES &&
	       MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES &&
	       (*checkpoint == '\0' || MHD_add_response_header(response, "Merit-Checkpoint", checkpoint) == MHD_YES) &&
	       merit_answer_guard(response, MERIT_ANSWER_DATA, is_secure);
}

/* Queues meritd's answer: base64url(checkpoint) LF json. The message becomes the response's. */
static enum MHD_Result answer_call(struct merit_visit *visit)
{
	nng_msg *answer = visit->exchange->answer;
	char *bytes = nng_msg_body(answer);
	size_t size = nng_msg_len(answer);

	char *feed = size == 0 ? NULL : memchr(bytes, '\n', size);
	if (feed == NULL || (size_t)(feed - bytes) > CHECKPOINT_SIZE_MAX) {
		complain(visit->front, "an answer without its checkpoint");
		return answer_refusal(visit, MERIT_ANSWER_BAD_REPLY);
	}
	*feed = '\0';
	size -= (size_t)(feed + 1 - bytes);
	if (!merit_visit_hold(visit, size))
		return answer_refusal(visit, MERIT_ANSWER_BUSY);
	struct MHD_Response *response =
		MHD_create_response_from_buffer_with_free_callback_cls(size, feed + 1, free_message, answer);
	if (response == NULL)
		return answer_refusal(visit, MERIT_ANSWER_NO_MEMORY);
	visit->exchange->answer = NULL;
	if (!add_fields(response, bytes, visit->front->is_secure)) {
		MHD_destroy_response(response);
		return answer_refusal(visit, MERIT_ANSWER_NO_MEMORY);
	}
	enum MHD_Result result = queue(visit, MHD_HTTP_OK, response, size);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_outcome(struct merit_visit *visit, enum merit_status status)
{
	struct merit_front *front = visit->front;

	switch (status) {
	case MERIT_OK:
		merit_tally_add(&front->tallies, MERIT_TALLY_CALLS_ANSWERED, 1);
		merit_tally_add(&front->tallies, MERIT_TALLY_CALL_MICROSECONDS,
		                (uint64_t)(merit_front_uptime_us() - visit->sent_us));
		return answer_call(visit);
	case MERIT_STOPPING: return answer_refusal(visit, MERIT_ANSWER_STOPPING);
	case MERIT_NO_MEMORY: return answer_refusal(visit, MERIT_ANSWER_NO_MEMORY);
	default:
		complain(front, "no answer; is meritd running there?");
		return answer_refusal(visit, MERIT_ANSWER_UNREACHABLE);
	}
}

/* What meritd said, or that it said nothing. The exchange is another's before the client has the answer. */
static enum MHD_Result finish_call(struct merit_visit *visit)
{
	drop_message(visit);
	enum MHD_Result result = answer_outcome(visit, visit->exchange->status);
	end_exchange(visit);
	return result;
}

/* ---- Calls ---- */

/* In a thread of nng's. */
static void resume(void *argument)
{
	merit_worker_answered(argument);
}

static enum MHD_Result start_call(struct merit_visit *visit)
{
	struct merit_front *front = visit->front;

	if (visit->message.bad)
		return answer_refusal(visit, MERIT_ANSWER_NO_MEMORY);
	if (front->is_stopping)
		return answer_refusal(visit, MERIT_ANSWER_STOPPING);
	visit->exchange = merit_relay_take(front->relay);
	if (visit->exchange == NULL)
		return answer_refusal(visit, MERIT_ANSWER_BUSY);
	merit_tally_add(&front->tallies, MERIT_TALLY_CALLS, 1);
	merit_socket_rest(visit->socket);
	visit->sent_us = merit_front_uptime_us();
	MHD_suspend_connection(visit->connection); /* First: the answer may come before start returns. */
	struct merit_text message = { visit->message.data, visit->message.size };
	merit_relay_start(visit->exchange, message, resume, visit);
	return MHD_YES;
}

enum MHD_Result merit_visit_handle(void *argument, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload, size_t *upload_size,
                                   void **request)
{
	struct merit_visit *visit = *request;

	(void)argument;
	(void)connection;
	(void)url;
	if (visit == NULL)
		return MHD_NO;
	if (!visit->is_gated)
		return merit_gate(visit, method, version) ? MHD_YES : answer_refusal(visit, visit->refusal);
	if (*upload_size != 0) {
		if (!visit->is_refused) /* What is not wanted is read all the same. */
			merit_buffer_put(&visit->message, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (visit->is_refused)
		return answer_refusal(visit, visit->refusal);
	if (visit->route == MERIT_ROUTE_HEALTH)
		return answer_health(visit);
	if (visit->route == MERIT_ROUTE_FILE)
		return answer_file(visit);
	return visit->is_answered ? finish_call(visit) : start_call(visit);
}
