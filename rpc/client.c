/* client.c - see client.h. First the life of a client, then sending, then what comes back.
 *
 * Each message in flight has a slot: an nng context, which is one outstanding request, and the bytes to send again.
 * The slots are a ring, so answers are handed out in the order of sending whatever order they come in. nng's own
 * resending is off but for lost connections: it would go on for ever with a signature that has grown old. */
#include "rpc/client_inner.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/tls/tls.h>
#include <nng/supplemental/util/platform.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/checkpoint.h"
#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "ledger/json.h"
#include "ledger/text.h"

#define TIMEOUT_MS          35000
#define DEADLINE_MS         60000
#define RETRY_MIN_MS        100 /* pause before a message is sent again; doubles up to the next line */
#define RETRY_MAX_MS        2000
#define RESIGN_AFTER_S      (MERIT_IAT_WINDOW_S / 2)
#define REFUSAL_SIZE_MAX    65536 /* bytes of an answer without a checkpoint; a refusal is far smaller */

struct slot {
	nng_ctx ctx;
	nng_aio *aio;
	bool has_ctx;
	struct merit_buffer json;    /* as the caller gave it, on one line */
	struct merit_buffer lines;   /* private ones, to go behind it */
	struct merit_buffer message; /* the same behind its envelope */
	const struct merit_client_bulk *bulk; /* whose rows they are, or NULL */
	int64_t signed_s;            /* when that was made */
	int64_t answer_by_ms;        /* the message goes again when there is no answer then */
};

/* ---- Opening ---- */

static enum merit_status take_identity(struct merit_client *client, const struct merit_client_options *options)
{
	client->has_key = options->seed != NULL || options->key_path != NULL;
	if (options->origin != NULL) {
		size_t size = strlen(options->origin);
		if (!merit_text_is_origin(options->origin, size, MERIT_ORIGIN_SIZE_MAX))
			return MERIT_BAD_FORMAT;
		memcpy(client->origin, options->origin, size + 1);
	}
	if (options->kid != NULL) {
		if (!merit_text_is_kid(options->kid, strlen(options->kid), MERIT_NAME_SIZE_MAX))
			return MERIT_BAD_FORMAT;
		memcpy(client->kid, options->kid, strlen(options->kid) + 1);
	}
	if (!client->has_key) /* A kid alone would look like an identity and be none. */
		return options->kid == NULL ? MERIT_OK : MERIT_BAD_FORMAT;
	if (options->origin == NULL)
		return MERIT_BAD_FORMAT;
	if (options->seed == NULL)
		return merit_secret_key_read(options->key_path, &client->key);
	merit_secret_key_from_seed(options->seed, &client->key);
	return MERIT_OK;
}

static enum merit_status take_log(struct merit_client *client, const struct merit_client_options *options)
{
	if (options->log_vkey == NULL)
		return MERIT_OK;
	if (merit_verifier_parse(options->log_vkey, &client->log) != MERIT_OK ||
	    client->log.type != MERIT_NOTE_ED25519 ||
	    (options->origin != NULL && strcmp(options->origin, client->log.name) != 0))
		return MERIT_BAD_FORMAT;
	client->has_log = true;
	return MERIT_OK;
}

/* What nng says of options and addresses. */
static enum merit_status setup_status(int rv)
{
	switch (rv) {
	case 0:
		return MERIT_OK;
	case NNG_ENOMEM:
		return MERIT_NO_MEMORY;
	case NNG_ENOENT:
		return MERIT_NOT_FOUND;
	default:
		return MERIT_BAD_FORMAT;
	}
}

static int set_up_tls(nng_dialer dialer, const struct merit_client_options *options)
{
	if (options->ca_path == NULL)
		return NNG_EINVAL; /* Nobody to believe: nng has no list of its own. */
	int rv = nng_dialer_set_string(dialer, NNG_OPT_TLS_CA_FILE, options->ca_path);
	if (rv == 0 && options->tls_name != NULL)
		rv = nng_dialer_set_string(dialer, NNG_OPT_TLS_SERVER_NAME, options->tls_name);
	return rv;
}

static int set_up_socket(struct merit_client *client, const struct merit_client_options *options)
{
	nng_dialer dialer;

	int rv = nng_req0_open(&client->socket);
	if (rv != 0)
		return rv;
	client->has_socket = true;
	rv = nng_socket_set_ms(client->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
	if (rv == 0)
		rv = nng_socket_set_ms(client->socket, NNG_OPT_RECONNMINT, RETRY_MIN_MS);
	if (rv == 0)
		rv = nng_socket_set_ms(client->socket, NNG_OPT_RECONNMAXT, RETRY_MAX_MS);
	if (rv == 0)
		rv = nng_socket_set_size(client->socket, NNG_OPT_RECVMAXSZ, MERIT_REPLY_SIZE_MAX);
	if (rv == 0)
		rv = nng_dialer_create(&dialer, client->socket, options->url);
	if (rv == 0 && strncmp(options->url, "tls+tcp", strlen("tls+tcp")) == 0)
		rv = set_up_tls(dialer, options);
	return rv == 0 ? nng_dialer_start(dialer, NNG_FLAG_NONBLOCK) : rv;
}

static int set_up_slots(struct merit_client *client, unsigned count)
{
	client->slots = calloc(count, sizeof(*client->slots));
	if (client->slots == NULL)
		return NNG_ENOMEM;
	client->slot_count = count;
	for (unsigned i = 0; i < count; i++) {
		struct slot *slot = &client->slots[i];
		int rv = nng_aio_alloc(&slot->aio, NULL, NULL);
		if (rv == 0)
			rv = nng_ctx_open(&slot->ctx, client->socket);
		if (rv != 0)
			return rv;
		slot->has_ctx = true;
	}
	return 0;
}

static enum merit_status set_up(struct merit_client *client, const struct merit_client_options *options)
{
	unsigned slot_count = options->in_flight == 0 ? 1 : options->in_flight;

	if (options->url == NULL || slot_count > MERIT_CLIENT_IN_FLIGHT_MAX)
		return MERIT_BAD_FORMAT;
	client->deadline_ms = options->deadline_ms > 0 ? options->deadline_ms : DEADLINE_MS;
	client->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
	if (client->timeout_ms > client->deadline_ms)
		client->timeout_ms = client->deadline_ms;
	enum merit_status status = take_identity(client, options);
	if (status == MERIT_OK)
		status = take_log(client, options);
	if (status == MERIT_OK)
		status = setup_status(set_up_socket(client, options));
	if (status == MERIT_OK)
		status = setup_status(set_up_slots(client, slot_count));
	return status;
}

enum merit_status merit_client_open(const struct merit_client_options *options, struct merit_client **client_out)
{
	struct merit_client *client;

	if (sodium_init() < 0 || (client = calloc(1, sizeof(*client))) == NULL)
		return MERIT_NO_MEMORY;
	enum merit_status status = set_up(client, options);
	if (status != MERIT_OK) {
		merit_client_close(client);
		return status;
	}
	*client_out = client;
	return MERIT_OK;
}

/* A message the slot was to send and still has. */
static void free_unsent(struct slot *slot)
{
	nng_msg_free(nng_aio_get_msg(slot->aio));
	nng_aio_set_msg(slot->aio, NULL);
}

static void close_slot(struct slot *slot)
{
	if (slot->aio != NULL) {
		nng_aio_stop(slot->aio); /* Waits, so that nobody touches the message any more. */
		if (nng_aio_result(slot->aio) != 0)
			free_unsent(slot);
		nng_aio_free(slot->aio);
	}
	if (slot->has_ctx)
		nng_ctx_close(slot->ctx);
	merit_buffer_free(&slot->json);
	merit_buffer_free(&slot->lines);
	merit_buffer_free(&slot->message);
}

void merit_client_close(struct merit_client *client)
{
	if (client == NULL)
		return;
	for (unsigned i = 0; i < client->slot_count; i++)
		close_slot(&client->slots[i]);
	free(client->slots);
	nng_msg_free(client->reply);
	if (client->has_socket)
		nng_close(client->socket);
	merit_buffer_free(&client->checkpoint);
	merit_buffer_free(&client->verified);
	merit_secret_key_wipe(&client->key);
	free(client);
}

/* ---- Sending ---- */

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Keeps the JSON on one line, as the envelope needs it: a line feed in JSON can only stand between tokens. */
static void keep_json(struct slot *slot, const char *json, size_t size)
{
	merit_buffer_clear(&slot->json);
	merit_buffer_put(&slot->json, json, size);
	if (slot->json.bad)
		return;
	for (size_t at = 0; at < size; at++) {
		char *feed = memchr(slot->json.data + at, '\n', size - at);
		if (feed == NULL)
			return;
		*feed = ' ';
		at = (size_t)(feed - slot->json.data);
	}
}

static enum merit_status sign(struct merit_client *client, struct slot *slot)
{
	merit_buffer_clear(&slot->message);
	slot->signed_s = (int64_t)time(NULL);
	enum merit_status status = merit_envelope_make(&slot->message, client->has_key ? &client->key : NULL,
						       client->kid[0] == '\0' ? NULL : client->kid, client->origin,
						       slot->signed_s, slot->json.data, slot->json.size);
	if (status != MERIT_OK || slot->lines.size == 0)
		return status;
	merit_buffer_put_char(&slot->message, '\n');
	merit_buffer_put(&slot->message, slot->lines.data, slot->lines.size);
	if (slot->message.bad)
		return MERIT_NO_MEMORY;
	return slot->message.size > MERIT_MESSAGE_SIZE_MAX ? MERIT_TOO_LARGE : MERIT_OK;
}

/* Hands the message to nng, which sends it as soon as there is a connection. What becomes of it shows in the aio. */
static enum merit_status start_sending(struct slot *slot, int64_t timeout_ms)
{
	nng_msg *message;

	if (nng_msg_alloc(&message, slot->message.size) != 0)
		return MERIT_NO_MEMORY;
	memcpy(nng_msg_body(message), slot->message.data, slot->message.size);
	slot->answer_by_ms = monotonic_ms() + timeout_ms;
	nng_aio_set_msg(slot->aio, message);
	nng_aio_set_timeout(slot->aio, (nng_duration)timeout_ms);
	nng_ctx_send(slot->ctx, slot->aio);
	return MERIT_OK;
}

/* Waits until the message is sent and answered, which have one time together: nng's 0 or why not. */
static int exchange(struct slot *slot, nng_msg **reply_out)
{
	nng_aio_wait(slot->aio);
	int rv = nng_aio_result(slot->aio);
	if (rv != 0) {
		free_unsent(slot);
		return rv;
	}
	int64_t left_ms = slot->answer_by_ms - monotonic_ms();
	nng_aio_set_timeout(slot->aio, left_ms > 0 ? (nng_duration)left_ms : 1); /* It may be here already. */
	nng_ctx_recv(slot->ctx, slot->aio);
	nng_aio_wait(slot->aio);
	rv = nng_aio_result(slot->aio);
	if (rv == 0)
		*reply_out = nng_aio_get_msg(slot->aio);
	nng_aio_set_msg(slot->aio, NULL);
	return rv;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Sends the message again, under a new signature where the old one is about to be refused. */
static enum merit_status send_again(struct merit_client *client, struct slot *slot, int64_t timeout_ms)
{
	if (client->has_key && (int64_t)time(NULL) - slot->signed_s > RESIGN_AFTER_S) {
		enum merit_status status = sign(client, slot);
		if (status != MERIT_OK)
			return status;
	}
	return start_sending(slot, timeout_ms);
}

/* Sends the messages behind the oldest again: what took the connection from one took it from all. */
static enum merit_status send_rest_again(struct merit_client *client)
{
	for (unsigned i = 0; i < client->in_flight; i++) {
		struct slot *slot = &client->slots[(client->oldest + i) % client->slot_count];
		nng_aio_abort(slot->aio, NNG_ECANCELED);
		nng_aio_wait(slot->aio);
		if (nng_aio_result(slot->aio) != 0)
			free_unsent(slot);
		enum merit_status status = send_again(client, slot, client->timeout_ms);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

static enum merit_status wait_for_reply(struct merit_client *client, struct slot *slot, nng_msg **reply_out)
{
	int64_t deadline_ms = monotonic_ms() + client->deadline_ms;
	int64_t pause_ms = RETRY_MIN_MS, left_ms;

	for (;;) {
		int rv = exchange(slot, reply_out);
		if (rv == 0)
			return MERIT_OK;
		if (rv == NNG_ENOMEM)
			return MERIT_NO_MEMORY;
		left_ms = deadline_ms - monotonic_ms() - pause_ms;
		if (left_ms <= 0)
			return MERIT_UNREACHABLE;
		nng_msleep((nng_duration)pause_ms);
		pause_ms = least(2 * pause_ms, RETRY_MAX_MS);
		enum merit_status status = send_again(client, slot, least(left_ms, client->timeout_ms));
		if (status == MERIT_OK && rv == NNG_ECONNRESET)
			status = send_rest_again(client);
		if (status != MERIT_OK)
			return status;
	}
}

/* ---- What comes back ---- */

/* An answer to a message that never reached the ledger has no checkpoint; it can only say no. */
static bool is_refusal(struct merit_text json)
{
	cJSON *root;

	if (json.size > REFUSAL_SIZE_MAX || merit_json_read(json.data, json.size, &root) != MERIT_OK)
		return false;
	bool is_error = merit_json_member(root, "error") != NULL && merit_json_member(root, "result") == NULL;
	merit_json_free(root);
	return is_error;
}

static enum merit_status decode_checkpoint(struct merit_client *client, const char *line, size_t line_size)
{
	struct merit_buffer *checkpoint = &client->checkpoint;

	merit_buffer_clear(checkpoint);
	if (!merit_buffer_reserve(checkpoint, line_size))
		return MERIT_NO_MEMORY;
	return merit_base64url_decode(line, line_size, checkpoint->data, line_size, &checkpoint->size) ?
		       MERIT_OK : MERIT_BAD_REPLY;
}

static enum merit_status verify_checkpoint(struct merit_client *client, const char *line, size_t line_size)
{
	struct merit_checkpoint checkpoint;
	struct merit_slice note = { client->checkpoint.data, client->checkpoint.size };

	if (client->verified.size == line_size && memcmp(client->verified.data, line, line_size) == 0)
		return MERIT_OK;
	enum merit_status status = merit_checkpoint_open(note, &client->log, &checkpoint);
	if (status != MERIT_OK)
		return status == MERIT_NO_MEMORY ? MERIT_NO_MEMORY : MERIT_BAD_REPLY;
	merit_buffer_clear(&client->verified);
	merit_buffer_put(&client->verified, line, line_size);
	return client->verified.bad ? MERIT_NO_MEMORY : MERIT_OK;
}

/* checkpoint line LF json */
static enum merit_status split_reply(struct merit_client *client, struct merit_client_reply *reply_out)
{
	const char *line = nng_msg_body(client->reply);
	size_t size = nng_msg_len(client->reply);

	const char *feed = size == 0 ? NULL : memchr(line, '\n', size);
	if (feed == NULL)
		return MERIT_BAD_REPLY;
	size_t line_size = (size_t)(feed - line);
	struct merit_text json = { feed + 1, size - line_size - 1 };
	merit_buffer_clear(&client->checkpoint);
	if (line_size > 0) {
		enum merit_status status = decode_checkpoint(client, line, line_size);
		if (status == MERIT_OK && client->has_log)
			status = verify_checkpoint(client, line, line_size);
		if (status != MERIT_OK)
			return status;
	} else if (client->has_log && !is_refusal(json)) {
		return MERIT_BAD_REPLY;
	}
	*reply_out = (struct merit_client_reply){
		.checkpoint = client->checkpoint.data, .checkpoint_size = client->checkpoint.size,
		.json = json.data, .json_size = json.size,
	};
	return MERIT_OK;
}

/* ---- Calling ---- */

unsigned merit_client_in_flight(const struct merit_client *client)
{
	return client->in_flight;
}

static void drop_reply(struct merit_client *client)
{
	nng_msg_free(client->reply);
	client->reply = NULL;
}

enum merit_status merit_inner_submit(struct merit_client *client, const char *json, size_t size, const char *lines,
				     size_t lines_size, const struct merit_client_bulk *bulk)
{
	drop_reply(client);
	if (client->in_flight == client->slot_count)
		return MERIT_BUSY;
	if (size > MERIT_MESSAGE_SIZE_MAX || lines_size > MERIT_MESSAGE_SIZE_MAX)
		return MERIT_TOO_LARGE;
	struct slot *slot = &client->slots[(client->oldest + client->in_flight) % client->slot_count];
	slot->bulk = bulk;
	keep_json(slot, json, size);
	merit_buffer_clear(&slot->lines);
	merit_buffer_put(&slot->lines, lines, lines_size);
	if (slot->json.bad || slot->lines.bad)
		return MERIT_NO_MEMORY;
	enum merit_status status = sign(client, slot);
	if (status == MERIT_OK)
		status = start_sending(slot, client->timeout_ms);
	if (status == MERIT_OK)
		client->in_flight++;
	return status;
}

const struct merit_client_bulk *merit_inner_oldest_bulk(const struct merit_client *client)
{
	return client->in_flight == 0 ? NULL : client->slots[client->oldest].bulk;
}

enum merit_status merit_client_submit_private(struct merit_client *client, const char *json, size_t size,
					      const char *lines, size_t lines_size)
{
	return merit_inner_submit(client, json, size, lines, lines_size, NULL);
}

enum merit_status merit_client_submit(struct merit_client *client, const char *json, size_t size)
{
	return merit_client_submit_private(client, json, size, "", 0);
}

enum merit_status merit_client_wait(struct merit_client *client, struct merit_client_reply *reply_out)
{
	drop_reply(client);
	if (client->in_flight == 0)
		return MERIT_NOT_FOUND;
	struct slot *slot = &client->slots[client->oldest];
	client->oldest = (client->oldest + 1) % client->slot_count;
	client->in_flight--;
	enum merit_status status = wait_for_reply(client, slot, &client->reply);
	if (status != MERIT_OK)
		return status;
	return split_reply(client, reply_out);
}

enum merit_status merit_client_call_private(struct merit_client *client, const char *json, size_t size,
					    const char *lines, size_t lines_size, struct merit_client_reply *reply_out)
{
	if (client->in_flight > 0)
		return MERIT_BUSY;
	enum merit_status status = merit_client_submit_private(client, json, size, lines, lines_size);
	return status == MERIT_OK ? merit_client_wait(client, reply_out) : status;
}

enum merit_status merit_client_call(struct merit_client *client, const char *json, size_t size,
				    struct merit_client_reply *reply_out)
{
	return merit_client_call_private(client, json, size, "", 0, reply_out);
}
