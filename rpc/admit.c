/* admit.c - the workers: what a message must pass before it may queue. Nothing here reads the ledger's state but the
 * keyring's copy of the keys; the ledger checks key and role again at each call's turn.
 *
 * Order    of checks is the order of precedence in status.h. The JSON is read only after the signature holds; when it
 *          does not hold, the JSON is looked at after all, since a fault there would have to be named first.
 * Stranger who signed nothing, or with a key nobody knows yet, or not well: pays from the bucket of the address before
 *          anything is parsed or verified, and is read only up to MERIT_STRANGER_SIZE_MAX. */
#include "rpc/server_inner.h"

#include "ledger/json.h"
#include "ledger/private.h"
#include "rpc/log.h"

#include <string.h>
#include <unistd.h>

/* Kinds of names in the limiter. */
enum { LIMIT_PARTY, LIMIT_ADDRESS };

static struct merit_text origin_of(const struct merit_server *server)
{
	return merit_text_of(server->origin);
}

/* A key of the keyring that may sign now. */
static enum merit_status find_signer(struct merit_server *server, struct merit_text party, struct merit_text key,
                                     struct merit_keyring_fact *fact_out)
{
	if (!merit_keyring_find(&server->keyring, party, key, fact_out))
		return MERIT_UNKNOWN_KEY;
	return fact_out->revoked ? MERIT_REVOKED_KEY : MERIT_OK;
}

/* Signed by a key that may be in the keyring: not yet known to hold. */
static bool names_key(const struct merit_envelope *envelope)
{
	return envelope->is_signed && !envelope->has_jwk;
}

/* Takes calls_count tokens of the address the message came from. */
static enum merit_status charge_address(struct merit_job *job, size_t calls_count)
{
	struct merit_server *server = job->server;
	struct merit_text address = { job->peer.address, job->peer.size };

	return merit_limiter_take(&server->limiter, LIMIT_ADDRESS, address, &server->options.public_rate, calls_count,
	                          merit_server_uptime_ms());
}

/* What a message must be and pay before we work for somebody we may not know. */
static enum merit_status check_stranger(struct merit_job *job, size_t message_size)
{
	if (names_key(&job->request.envelope))
		return MERIT_OK;
	if (message_size > MERIT_STRANGER_SIZE_MAX)
		return MERIT_TOO_LARGE;
	return charge_address(job, 1);
}

/* While the wall clock is in doubt a message may be as old as either of the two: so that reads go on after a jump. */
static enum merit_status check_fresh(struct merit_job *job)
{
	const struct merit_envelope *envelope = &job->request.envelope;
	struct merit_clock *clock = &job->server->clock;

	enum merit_status status =
		merit_envelope_check(envelope, origin_of(job->server), merit_clock_wall_ms(clock) / 1000);
	if (status == MERIT_STALE)
		status = merit_envelope_check(envelope, origin_of(job->server), merit_clock_believed_ms(clock) / 1000);
	return status;
}

static enum merit_status check_envelope(struct merit_job *job)
{
	const struct merit_envelope *envelope = &job->request.envelope;

	if (!envelope->is_signed)
		return MERIT_OK; /* Whether that is enough, the methods decide. */
	enum merit_status status = check_fresh(job);
	if (status != MERIT_OK)
		return status;
	if (envelope->has_jwk)
		return merit_envelope_verify(envelope, &envelope->jwk);
	status = find_signer(job->server, envelope->party, envelope->key, &job->signer);
	return status == MERIT_OK ? merit_envelope_verify(envelope, &job->signer.public_key) : status;
}

/* The fault of the JSON where it has one, else status: the upper of the two. Who named a key has not paid yet. */
static enum merit_status json_fault_or(struct merit_job *job, enum merit_status status)
{
	struct merit_text json = job->request.envelope.json;
	cJSON *root = NULL;

	if (names_key(&job->request.envelope) && charge_address(job, 1) != MERIT_OK)
		return MERIT_RATE_LIMITED;
	if (json.size > MERIT_STRANGER_SIZE_MAX)
		return status;
	merit_json_arena_begin(&job->workspace->arena);
	enum merit_status json_status = merit_json_read(json.data, json.size, &root);
	merit_json_arena_end();
	return json_status == MERIT_OK ? status : json_status;
}

/* Whether the token is over by any clock that may be right. */
static bool is_expired(struct merit_server *server, const struct merit_token *token)
{
	int64_t wall_s = merit_clock_wall_ms(&server->clock) / 1000;
	int64_t believed_s = merit_clock_believed_ms(&server->clock) / 1000;

	return token->expires_s < (wall_s < believed_s ? wall_s : believed_s);
}

/* The platform's token in a key.bind: for this ledger, and signed by a live key of who may sign one. Whether it has
 * expired meanwhile or was used, and whether the member exists, the ledger judges at its turn. */
static enum merit_status check_token(struct merit_job *job, struct merit_text text)
{
	struct merit_keyring_fact signer;
	struct merit_token token;

	enum merit_status status = merit_token_read(text, &job->workspace->arena, &token);
	if (status != MERIT_OK)
		return status;
	if (!merit_text_equal(token.audience, origin_of(job->server)) || is_expired(job->server, &token) ||
	    find_signer(job->server, token.party, token.key, &signer) != MERIT_OK ||
	    ((1u << signer.role) & (MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR))) == 0)
		return MERIT_BAD_TOKEN;
	return merit_token_verify(&token, &signer.public_key);
}

/* A message signed by a key nobody knows yet may bind that key, and nothing else. */
static enum merit_status check_binding(struct merit_job *job)
{
	struct merit_request *request = &job->request;
	const struct merit_call *call = &request->calls[0];

	if (request->calls_count > 1) {
		request->bad_call = 1;
		return MERIT_TOO_MANY_CALLS;
	}
	if (call->operation == NULL || call->operation->number != MERIT_OP_KEY_BIND)
		return MERIT_UNKNOWN_KEY;
	return check_token(job, call->values[KEY_BIND_TOKEN].text);
}

static enum merit_status check_public(struct merit_request *request)
{
	for (size_t i = 0; i < request->calls_count; i++) {
		request->bad_call = i;
		if (request->calls[i].query == NULL || !request->calls[i].query->is_public)
			return MERIT_NOT_SIGNED;
	}
	return MERIT_OK;
}

/* What who signed allows of the calls. */
static enum merit_status check_calls(struct merit_job *job)
{
	struct merit_request *request = &job->request;
	bool is_member = job->signer.role == MERIT_ROLE_MEMBER;

	if (request->envelope.has_jwk)
		return check_binding(job);
	enum merit_status status = request->envelope.is_signed ? MERIT_OK : check_public(request);
	if (status != MERIT_OK)
		return status;
	if ((is_member || !request->envelope.is_signed) && request->calls_count > MERIT_MEMBER_CALLS_MAX) {
		request->bad_call = MERIT_MEMBER_CALLS_MAX;
		return MERIT_TOO_MANY_CALLS;
	}
	return MERIT_OK;
}

/* Takes the tokens of the party; of the address for who has no party yet, but for the first, which is paid. */
static enum merit_status check_rate(struct merit_job *job)
{
	struct merit_server *server = job->server;
	const struct merit_envelope *envelope = &job->request.envelope;
	size_t calls_count = job->request.calls_count;

	if (!names_key(envelope))
		return charge_address(job, calls_count - 1);
	return merit_limiter_take(&server->limiter, LIMIT_PARTY, envelope->party,
	                          &server->options.rates[job->signer.role], calls_count, merit_server_uptime_ms());
}

/* Notes who asked, and takes the line off the message with which a relay says so: "@" address LF. Only one on this
 * machine is believed; whoever else writes such a line has sent no envelope. A caller behind a relay is never local. */
static enum merit_status take_relay_line(struct merit_job *job, struct merit_text *message)
{
	bool is_relayed = message->size > 0 && message->data[0] == '@';

	job->peer = merit_job_peer(job);
	if (!is_relayed)
		return MERIT_OK;
	const char *feed = memchr(message->data, '\n', message->size);
	if (feed == NULL || !job->peer.is_local)
		return MERIT_BAD_ENVELOPE;
	struct merit_text address = { message->data + 1, (size_t)(feed - message->data) - 1 };
	if (!merit_peer_read(address, &job->peer))
		return MERIT_BAD_ENVELOPE;
	job->peer.is_local = false;
	*message = (struct merit_text){ feed + 1, message->size - address.size - 2 };
	return MERIT_OK;
}

/* Reads and checks the whole message into job->request. */
static enum merit_status admit(struct merit_job *job)
{
	struct merit_request *request = &job->request;
	struct merit_arena *arena = &job->workspace->arena;
	struct merit_text message = { nng_msg_body(job->message), nng_msg_len(job->message) };

	enum merit_status status = take_relay_line(job, &message);
	if (status == MERIT_OK)
		status = merit_envelope_read(message.data, message.size, arena, &request->envelope);
	if (status != MERIT_OK)
		return status;
	const char *end = request->envelope.json.data + request->envelope.json.size;
	request->bytes = (struct merit_text){ message.data, (size_t)(end - message.data) };
	status = check_stranger(job, message.size);
	if (status != MERIT_OK)
		return status;
	status = check_envelope(job);
	if (status != MERIT_OK)
		return json_fault_or(job, status);
	status = merit_request_read(request, arena);
	if (status == MERIT_OK)
		status = check_calls(job);
	if (status == MERIT_OK)
		status = merit_private_read(request, arena);
	if (status == MERIT_OK)
		status = check_rate(job);
	return status;
}

/* How many of the calls the service answers by itself. */
static size_t count_service_calls(const struct merit_request *request)
{
	size_t count = 0;

	for (size_t i = 0; i < request->calls_count; i++)
		count += request->calls[i].query != NULL && merit_service_answers(request->calls[i].query);
	return count;
}

/* Names the first call that another part of the program answers than the first one. */
static void refuse_mixed(struct merit_job *job)
{
	struct merit_request *request = &job->request;
	bool is_service = merit_service_answers(request->calls[0].query);
	size_t index = 1;

	while (merit_service_answers(request->calls[index].query) == is_service)
		index++;
	request->bad_call = index;
	request->bad_correlation = request->calls[index].correlation;
	merit_job_refuse(job, MERIT_MIXED_BATCH);
}

/* Answers the job, or hands it on to the ledger or the feed. */
static void dispatch(struct merit_job *job, struct merit_store_reader *reader)
{
	size_t service_count = count_service_calls(&job->request);

	if (service_count != 0 && service_count != job->request.calls_count) {
		refuse_mixed(job); /* One half would be answered here, the other in a group. */
		return;
	}
	if (service_count != 0) {
		if (merit_service_answer(job, reader))
			merit_job_reply(job);
		return;
	}
	job->item.calls_count = job->request.calls_count;
	enum merit_status status = merit_queue_push(&job->server->queue, &job->item);
	if (status != MERIT_OK)
		merit_job_refuse(job, status);
}

/* Back from the feed: the key may have been revoked meanwhile, or its party given another role. */
static void handle_again(struct merit_job *job, struct merit_store_reader *reader)
{
	const struct merit_envelope *envelope = &job->request.envelope;

	enum merit_status status = find_signer(job->server, envelope->party, envelope->key, &job->signer);
	if (status != MERIT_OK)
		merit_job_refuse(job, status);
	else if (merit_service_answer(job, reader))
		merit_job_reply(job);
}

static void handle(struct merit_job *job, struct merit_store_reader *reader)
{
	if (job->has_waited) {
		handle_again(job, reader);
		return;
	}
	job->request = (struct merit_request){ .is_batch = false };
	job->signer = (struct merit_keyring_fact){ .role = MERIT_ROLE_COUNT };
	job->workspace = merit_workspace_take(job->server);
	if (job->workspace == NULL) {
		merit_job_refuse(job, MERIT_NO_MEMORY);
		return;
	}
	enum merit_status status = admit(job);
	if (status == MERIT_OK)
		dispatch(job, reader);
	else
		merit_job_refuse(job, status);
}

void *merit_worker_run(void *argument)
{
	struct merit_server *server = argument;
	struct merit_store_reader *reader = NULL;
	struct merit_queue_item *item;
	bool ended = false;

	enum merit_status status = merit_store_reader_open(merit_ledger_store(server->options.ledger), &reader);
	if (status != MERIT_OK) {
		merit_log(MERIT_LOG_ERROR, "worker", MERIT_LOG_TEXT("status", merit_status_word(status)));
		_exit(1);
	}
	while ((item = merit_queue_take(&server->inbox, 1, 1, -1, &ended)) != NULL)
		handle((struct merit_job *)item, reader);
	merit_store_reader_close(reader);
	return NULL;
}
