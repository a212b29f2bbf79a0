/* client_test.c
 * Goal    a client signs what it sends, sends the same bytes until an answer comes, and believes only its log.
 * Method  a service of a few lines in a thread of its own answers as each test says; it keeps what it was sent. The
 *         clock of signatures is the test's: time() is defined here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/supplemental/tls/tls.h>
#include <nng/supplemental/util/platform.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ledger/checkpoint.h"
#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "rpc/client.h"

#define ORIGIN    "merit.example/ledger1"
#define JSON      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}"
#define RESULT    "{\"jsonrpc\":\"2.0\",\"result\":{},\"id\":1}"
#define REFUSAL   "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32031,\"message\":\"busy\"},\"id\":null}"
#define SENT_MAX  16

static const uint8_t seed[32] = "thirty-two bytes of client seed", log_seed[32] = "thirty-two bytes of some log's";
static struct merit_secret_key key, log_key;
static struct merit_public_key public_key;
static struct merit_verifier log_verifier;
static struct merit_buffer log_vkey, checkpoint_note, checkpoint_line;
static _Atomic time_t signature_time;

/* In place of the C library's: what the client writes into iat. */
time_t time(time_t *time_out)
{
	if (time_out != NULL)
		*time_out = signature_time;
	return signature_time;
}

/* ---- The service ---- */

struct service {
	nng_socket socket;
	nng_listener listener;
	pthread_t thread;
	pthread_mutex_t sending; /* nng 1.5.2 may touch freed memory when a socket is closed inside a send */
	char url[64];
	const char *tls_path; /* PEM of key and certificate; NULL: plain tcp */
	const char *reply;    /* all of an answer; NULL: line and RESULT */
	unsigned gather;      /* messages taken before the first is answered; the last is answered first */
	unsigned ignore;      /* messages at the start that get no answer */
	unsigned answers_max; /* messages behind these get none either; 0: all do */
	time_t pass_s;        /* goes by with every message ignored */
	struct merit_buffer sent[SENT_MAX]; /* what came */
	unsigned sent_count;
	nng_ctx contexts[SENT_MAX]; /* gather of them */
};

static int take_message(nng_ctx ctx, nng_msg **message_out)
{
	nng_aio *aio;

	if (nng_aio_alloc(&aio, NULL, NULL) != 0) /* cmocka's asserts are for its own thread. */
		abort();
	nng_ctx_recv(ctx, aio);
	nng_aio_wait(aio);
	int rv = nng_aio_result(aio);
	if (rv == 0)
		*message_out = nng_aio_get_msg(aio);
	nng_aio_free(aio);
	return rv;
}

static void send_message(nng_ctx ctx, const void *bytes, size_t size)
{
	nng_aio *aio;
	nng_msg *message;

	if (nng_aio_alloc(&aio, NULL, NULL) != 0 || nng_msg_alloc(&message, size) != 0)
		abort();
	if (size > 0)
		memcpy(nng_msg_body(message), bytes, size);
	nng_aio_set_msg(aio, message);
	nng_ctx_send(ctx, aio);
	nng_aio_wait(aio);
	if (nng_aio_result(aio) != 0)
		nng_msg_free(message);
	nng_aio_free(aio);
}

static void keep_sent(struct service *service, nng_msg *message)
{
	if (service->sent_count < SENT_MAX)
		merit_buffer_put(&service->sent[service->sent_count++], nng_msg_body(message), nng_msg_len(message));
	nng_msg_free(message);
}

/* The usual answer names which message it is for. */
static void answer(struct service *service, nng_ctx ctx, unsigned number)
{
	struct merit_buffer reply = { 0 };

	if (service->reply != NULL) {
		merit_buffer_put_text(&reply, service->reply);
	} else {
		merit_buffer_put(&reply, checkpoint_line.data, checkpoint_line.size);
		merit_buffer_put_format(&reply, "\n{\"jsonrpc\":\"2.0\",\"result\":%u,\"id\":1}", number);
	}
	send_message(ctx, reply.data, reply.size);
	merit_buffer_free(&reply);
}

/* Takes as many messages as are gathered, then answers the last first. False once the socket is closed. */
static bool serve_some(struct service *service)
{
	unsigned first = service->sent_count;
	nng_msg *message;

	for (unsigned i = 0; i < service->gather; i++) {
		if (take_message(service->contexts[i], &message) != 0)
			return false;
		keep_sent(service, message);
	}
	if (service->sent_count <= service->ignore) {
		signature_time += service->pass_s;
		return true;
	}
	if (service->answers_max > 0 && first >= service->answers_max)
		return true;
	pthread_mutex_lock(&service->sending);
	for (unsigned i = service->gather; i-- > 0;)
		answer(service, service->contexts[i], first + i);
	pthread_mutex_unlock(&service->sending);
	return true;
}

static void *serve(void *argument)
{
	while (serve_some(argument))
		continue;
	return NULL;
}

/* Listens on port, or on a free one when it is 0. */
static void service_start(struct service *service, int port)
{
	const char *scheme = service->tls_path == NULL ? "tcp" : "tls+tcp";

	snprintf(service->url, sizeof(service->url), "%s://127.0.0.1:%d", scheme, port);
	service->gather = service->gather == 0 ? 1 : service->gather;
	assert_int_equal(nng_rep0_open(&service->socket), 0);
	for (unsigned i = 0; i < service->gather; i++)
		assert_int_equal(nng_ctx_open(&service->contexts[i], service->socket), 0);
	assert_int_equal(nng_listener_create(&service->listener, service->socket, service->url), 0);
	if (service->tls_path != NULL)
		assert_int_equal(nng_listener_set_string(service->listener, NNG_OPT_TLS_CERT_KEY_FILE,
							 service->tls_path), 0);
	assert_int_equal(nng_listener_start(service->listener, 0), 0);
	assert_int_equal(nng_listener_get_int(service->listener, NNG_OPT_TCP_BOUND_PORT, &port), 0);
	snprintf(service->url, sizeof(service->url), "%s://127.0.0.1:%d", scheme, port);
	assert_int_equal(pthread_mutex_init(&service->sending, NULL), 0);
	assert_int_equal(pthread_create(&service->thread, NULL, serve, service), 0);
}

static int service_port(const struct service *service)
{
	return atoi(strrchr(service->url, ':') + 1);
}

static void *socket_close(void *argument)
{
	nng_close((nng_socket){ (uint32_t)(uintptr_t)argument });
	return NULL;
}

/* nng 1.5.2 rarely never comes back from closing a socket whose peers go at the same moment: it is left to itself then. */
static void service_stop(struct service *service)
{
	struct timespec patience;
	pthread_t closing;

	pthread_mutex_lock(&service->sending);
	assert_int_equal(pthread_create(&closing, NULL, socket_close, (void *)(uintptr_t)service->socket.id), 0);
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &patience), 0);
	patience.tv_sec += 60;
	if (pthread_timedjoin_np(closing, NULL, &patience) != 0)
		print_message("nng_close did not come back\n");
	pthread_mutex_unlock(&service->sending);
	pthread_join(service->thread, NULL);
	pthread_mutex_destroy(&service->sending);
}

static void service_free(struct service *service)
{
	for (unsigned i = 0; i < service->sent_count; i++)
		merit_buffer_free(&service->sent[i]);
}

/* ---- The client ---- */

static struct merit_client_options options_for(const struct service *service)
{
	return (struct merit_client_options){
		.url = service->url, .origin = ORIGIN, .kid = "lms/k1", .seed = seed, .log_vkey = log_vkey.data,
		.timeout_ms = 20000, .deadline_ms = 20000,
	};
}

static struct merit_client *client_open(const struct merit_client_options *options)
{
	struct merit_client *client = NULL;

	assert_int_equal(merit_client_open(options, &client), MERIT_OK);
	return client;
}

static void assert_bytes(const char *data, size_t size, const char *want)
{
	assert_int_equal(size, strlen(want));
	assert_memory_equal(data, want, size);
}

/* Calls, and reads what the service was sent: its envelope stays valid while service and arena live. */
static struct merit_envelope call_and_read(struct service *service, const struct merit_client_options *options,
					   const char *json, struct merit_arena *arena)
{
	struct merit_client *client = client_open(options);
	struct merit_client_reply reply;
	struct merit_envelope envelope;

	assert_int_equal(merit_client_call(client, json, strlen(json), &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(service);
	assert_int_equal(service->sent_count, 1);
	assert_int_equal(merit_envelope_read(service->sent[0].data, service->sent[0].size, arena, &envelope), MERIT_OK);
	return envelope;
}

static int set_up(void **state)
{
	struct merit_checkpoint checkpoint = { .origin = ORIGIN, .size = 7 };

	(void)state;
	if (sodium_init() < 0)
		return -1;
	signature_time = 1760000000;
	merit_secret_key_from_seed(seed, &key);
	public_key = merit_secret_key_public(&key);
	merit_secret_key_from_seed(log_seed, &log_key);
	struct merit_public_key log_public = merit_secret_key_public(&log_key);
	if (merit_verifier_make(ORIGIN, MERIT_NOTE_ED25519, &log_public, &log_verifier) != MERIT_OK)
		return -1;
	merit_verifier_put(&log_vkey, &log_verifier);
	merit_buffer_put_char(&log_vkey, '\0');
	merit_checkpoint_put_signed(&checkpoint_note, &checkpoint, &log_verifier, &log_key);
	merit_base64url_put(&checkpoint_line, checkpoint_note.data, checkpoint_note.size);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	merit_buffer_free(&log_vkey);
	merit_buffer_free(&checkpoint_note);
	merit_buffer_free(&checkpoint_line);
	return 0;
}

/* ---- Tests ---- */

static void a_call_is_answered_with_the_checkpoint_that_covers_it(void **state)
{
	struct service service = { 0 };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_client *client = client_open(&options);
	for (unsigned i = 0; i < 3; i++) {
		char want[64];
		snprintf(want, sizeof(want), "{\"jsonrpc\":\"2.0\",\"result\":%u,\"id\":1}", i);
		assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
		assert_bytes(reply.json, reply.json_size, want);
		assert_int_equal(reply.checkpoint_size, checkpoint_note.size);
		assert_memory_equal(reply.checkpoint, checkpoint_note.data, checkpoint_note.size);
	}
	merit_client_close(client);
	service_stop(&service);
	service_free(&service);
}

static void what_is_sent_bears_the_signature_of_the_kid(void **state)
{
	struct service service = { 0 };
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_envelope envelope = call_and_read(&service, &options, JSON, &arena);
	assert_bytes(envelope.party.data, envelope.party.size, "lms");
	assert_bytes(envelope.key.data, envelope.key.size, "k1");
	assert_bytes(envelope.json.data, envelope.json.size, JSON);
	assert_int_equal(merit_envelope_check(&envelope, MERIT_TEXT(ORIGIN), signature_time), MERIT_OK);
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	merit_arena_free(&arena);
	service_free(&service);
}

static void a_key_without_a_kid_shows_itself(void **state)
{
	struct service service = { 0 };
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.kid = NULL;
	struct merit_envelope envelope = call_and_read(&service, &options, JSON, &arena);
	assert_true(envelope.has_jwk);
	assert_memory_equal(envelope.jwk.bytes, public_key.bytes, sizeof(public_key.bytes));
	merit_arena_free(&arena);
	service_free(&service);
}

static void without_a_key_nothing_is_signed(void **state)
{
	struct service service = { 0 };
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = { .url = service.url };
	struct merit_envelope envelope = call_and_read(&service, &options, JSON, &arena);
	assert_false(envelope.is_signed);
	assert_bytes(envelope.json.data, envelope.json.size, JSON);
	merit_arena_free(&arena);
	service_free(&service);
}

static void json_of_many_lines_is_sent_on_one_and_signed_so(void **state)
{
	struct service service = { 0 };
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_envelope envelope = call_and_read(&service, &options, "\n{\n\n\"a\":1\n}\n", &arena);
	assert_bytes(envelope.json.data, envelope.json.size, " {  \"a\":1 } ");
	assert_int_equal(envelope.private_lines.size, 0);
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	merit_arena_free(&arena);
	service_free(&service);
}

static void private_text_is_concealed_the_same_way_each_time(void **state)
{
	static const uint8_t other_seed[MERIT_SEED_SIZE] = { 1 };
	struct merit_client_options options = { .url = "tcp://127.0.0.1:1", .origin = ORIGIN, .kid = "lms/k1",
	                                        .seed = seed };
	struct merit_client_private first, again, elsewhere, other_key;
	char longest[MERIT_CLIENT_PRIVATE_SIZE_MAX + 1];

	(void)state;
	struct merit_client *client = client_open(&options);
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(merit_client_conceal(client, "a", "text", 4, &first), MERIT_OK);
	assert_int_equal(merit_client_conceal(client, "a", "text", 4, &again), MERIT_OK);
	assert_int_equal(merit_client_conceal(client, "b", "text", 4, &elsewhere), MERIT_OK);
	assert_string_equal(first.line, again.line);
	assert_string_equal(first.commitment, again.commitment);
	assert_string_not_equal(first.commitment, elsewhere.commitment);
	assert_int_equal(merit_client_conceal(client, "a", longest, sizeof(longest) - 1, &again), MERIT_OK);
	assert_int_equal(strlen(again.line), MERIT_CLIENT_LINE_SIZE_MAX);
	assert_int_equal(merit_client_conceal(client, "a", longest, sizeof(longest), &again), MERIT_BAD_PARAMS);
	assert_int_equal(merit_client_conceal(client, "a", "", 0, &again), MERIT_BAD_PARAMS);
	assert_int_equal(merit_client_conceal(client, "a", "\xff", 1, &again), MERIT_BAD_PARAMS);
	merit_client_close(client);
	options.seed = other_seed;
	client = client_open(&options);
	assert_int_equal(merit_client_conceal(client, "a", "text", 4, &other_key), MERIT_OK);
	assert_string_not_equal(first.commitment, other_key.commitment);
	merit_client_close(client);
	client = client_open(&(struct merit_client_options){ .url = "tcp://127.0.0.1:1" });
	assert_int_equal(merit_client_conceal(client, "a", "text", 4, &again), MERIT_NOT_SIGNED);
	merit_client_close(client);
}

static void private_lines_go_behind_the_json_and_not_into_the_next_message(void **state)
{
	struct service service = { 0 };
	struct merit_client_reply reply;
	struct merit_envelope envelope;
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call_private(client, JSON, strlen(JSON), "AAAA\nBBBB", 9, &reply), MERIT_OK);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	assert_int_equal(service.sent_count, 2);
	assert_int_equal(merit_envelope_read(service.sent[0].data, service.sent[0].size, &arena, &envelope), MERIT_OK);
	assert_bytes(envelope.json.data, envelope.json.size, JSON);
	assert_bytes(envelope.private_lines.data, envelope.private_lines.size, "AAAA\nBBBB");
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	assert_int_equal(merit_envelope_read(service.sent[1].data, service.sent[1].size, &arena, &envelope), MERIT_OK);
	assert_int_equal(envelope.private_lines.size, 0);
	merit_arena_free(&arena);
	service_free(&service);
}

static void no_answer_makes_the_same_bytes_go_again(void **state)
{
	struct service service = { .ignore = 2 };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.timeout_ms = 100;
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	assert_true(service.sent_count >= 3);
	for (unsigned i = 1; i < service.sent_count; i++) {
		assert_int_equal(service.sent[i].size, service.sent[0].size);
		assert_memory_equal(service.sent[i].data, service.sent[0].data, service.sent[0].size);
	}
	service_free(&service);
}

static void a_signature_that_grew_old_is_made_anew_over_the_same_json(void **state)
{
	struct service service = { .ignore = 1, .pass_s = 200 };
	struct merit_client_reply reply;
	struct merit_envelope envelope;
	struct merit_arena arena = { 0 };

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.timeout_ms = 500;
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	assert_true(service.sent_count >= 2);
	const struct merit_buffer *last = &service.sent[service.sent_count - 1];
	assert_int_equal(merit_envelope_read(last->data, last->size, &arena, &envelope), MERIT_OK);
	assert_int_equal(envelope.iat_s, signature_time);
	assert_bytes(envelope.json.data, envelope.json.size, JSON);
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	merit_arena_free(&arena);
	service_free(&service);
}

static void where_nobody_answers_the_service_is_unreachable(void **state)
{
	struct service service = { 0 };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0); /* For a port where nobody listens any more. */
	service_stop(&service);
	struct merit_client_options options = options_for(&service);
	options.deadline_ms = 300;
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_UNREACHABLE);
	assert_int_equal(merit_client_in_flight(client), 0);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_UNREACHABLE);
	merit_client_close(client);
	service_free(&service);
}

static void a_service_that_comes_back_is_found_again(void **state)
{
	struct service service = { 0 }, later = { 0 };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
	service_stop(&service);
	assert_int_equal(merit_client_submit(client, JSON, strlen(JSON)), MERIT_OK);
	service_start(&later, service_port(&service));
	assert_int_equal(merit_client_wait(client, &reply), MERIT_OK);
	assert_bytes(reply.json, reply.json_size, "{\"jsonrpc\":\"2.0\",\"result\":0,\"id\":1}");
	merit_client_close(client);
	service_stop(&later);
	service_free(&service);
	service_free(&later);
}

/* Whole answers; %s is the good checkpoint line. */
static const struct { const char *name, *reply; bool is_pinned; enum merit_status want; } replies[] = {
	{ "as it should be", "%s\n" RESULT, true, MERIT_OK },
	{ "no checkpoint for a result", "\n" RESULT, true, MERIT_BAD_REPLY },
	{ "no checkpoint for a refusal", "\n" REFUSAL, true, MERIT_OK },
	{ "no checkpoint for a refusal with a result", "\n{\"error\":1,\"result\":1}", true, MERIT_BAD_REPLY },
	{ "no checkpoint for a batch", "\n[" REFUSAL "]", true, MERIT_BAD_REPLY },
	{ "no checkpoint and no JSON", "\n", true, MERIT_BAD_REPLY },
	{ "a letter of the checkpoint missing", "x%s\n" RESULT, true, MERIT_BAD_REPLY },
	{ "a checkpoint in another alphabet", "+///\n" RESULT, true, MERIT_BAD_REPLY },
	{ "text for a checkpoint", "dGV4dA\n" RESULT, true, MERIT_BAD_REPLY },
	{ "a checkpoint alone", "%s", true, MERIT_BAD_REPLY },
	{ "nothing", "", true, MERIT_BAD_REPLY },
	{ "no pin: as it should be", "%s\n" RESULT, false, MERIT_OK },
	{ "no pin: no checkpoint", "\n" RESULT, false, MERIT_OK },
	{ "no pin: text for a checkpoint", "dGV4dA\n" RESULT, false, MERIT_OK },
	{ "no pin: another alphabet", "+///\n" RESULT, false, MERIT_BAD_REPLY },
	{ "no pin: nothing", "", false, MERIT_BAD_REPLY },
};

static enum merit_status reply_status(const char *bytes, bool is_pinned)
{
	struct service service = { .reply = bytes };
	struct merit_client_reply reply;

	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	if (!is_pinned)
		options.log_vkey = NULL;
	struct merit_client *client = client_open(&options);
	enum merit_status status = merit_client_call(client, JSON, strlen(JSON), &reply);
	merit_client_close(client);
	service_stop(&service);
	service_free(&service);
	return status;
}

static void only_a_whole_answer_of_this_log_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		char bytes[2048], line[1024];
		const char *place = strstr(replies[i].reply, "%s");
		snprintf(line, sizeof(line), "%.*s", (int)checkpoint_line.size, checkpoint_line.data);
		if (place == NULL)
			snprintf(bytes, sizeof(bytes), "%s", replies[i].reply);
		else
			snprintf(bytes, sizeof(bytes), "%.*s%s%s", (int)(place - replies[i].reply), replies[i].reply,
				 line, place + 2);
		enum merit_status got = reply_status(bytes, replies[i].is_pinned);
		if (got != replies[i].want)
			print_error("%s: %s\n", replies[i].name, merit_status_word(got));
		assert_int_equal(got, replies[i].want);
	}
}

/* A checkpoint signed by another key under the log's name, or by the log's key for another log. */
static void a_checkpoint_of_another_key_or_log_is_not_taken(void **state)
{
	static const struct { const char *origin; const struct merit_secret_key *key; } others[] = {
		{ ORIGIN, &key },
		{ "merit.example/ledger2", &log_key },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct merit_checkpoint checkpoint = { .size = 7 };
		struct merit_buffer note = { 0 }, reply = { 0 };
		struct merit_verifier verifier;
		struct merit_public_key other = merit_secret_key_public(others[i].key);
		snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", others[i].origin);
		assert_int_equal(merit_verifier_make(others[i].origin, MERIT_NOTE_ED25519, &other, &verifier),
				 MERIT_OK);
		merit_checkpoint_put_signed(&note, &checkpoint, &verifier, others[i].key);
		merit_base64url_put(&reply, note.data, note.size);
		merit_buffer_put(&reply, "\n" RESULT, sizeof("\n" RESULT));
		assert_int_equal(reply_status(reply.data, true), MERIT_BAD_REPLY);
		assert_int_equal(reply_status(reply.data, false), MERIT_OK);
		merit_buffer_free(&note);
		merit_buffer_free(&reply);
	}
}

/* A certificate for name that signs itself, and its key, into a new file. */
static void certificate_write(const char *path, const char *name)
{
	FILE *file = fopen(path, "w");
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	assert_true(file != NULL && pair != NULL && certificate != NULL);
	X509_NAME *subject = X509_get_subject_name(certificate);
	assert_true(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0));
	assert_true(X509_set_issuer_name(certificate, subject));
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1));
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(certificate), signature_time - 86400));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(certificate), signature_time + 86400));
	assert_true(X509_set_pubkey(certificate, pair));
	assert_true(X509_sign(certificate, pair, EVP_sha256()) > 0);
	assert_true(PEM_write_X509(file, certificate));
	assert_true(PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL));
	assert_int_equal(fclose(file), 0);
	X509_free(certificate);
	EVP_PKEY_free(pair);
}

static void over_tls_only_the_certificate_that_was_told_is_believed(void **state)
{
	char folder[] = "/tmp/merit_client_test.XXXXXX", path[64], other_path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/ledger.pem", folder);
	snprintf(other_path, sizeof(other_path), "%s/other.pem", folder);
	certificate_write(path, "ledger.example");
	certificate_write(other_path, "ledger.example");
	const struct { const char *name, *ca_path, *tls_name; enum merit_status want; } cases[] = {
		{ "as it should be", path, "ledger.example", MERIT_OK },
		{ "another name", path, "other.example", MERIT_UNREACHABLE },
		{ "the host for a name", path, NULL, MERIT_UNREACHABLE },
		{ "another authority", other_path, "ledger.example", MERIT_UNREACHABLE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct service service = { .tls_path = path };
		struct merit_client_reply reply;
		service_start(&service, 0);
		struct merit_client_options options = options_for(&service);
		options.ca_path = cases[i].ca_path;
		options.tls_name = cases[i].tls_name;
		if (cases[i].want != MERIT_OK)
			options.deadline_ms = 500;
		struct merit_client *client = client_open(&options);
		enum merit_status got = merit_client_call(client, JSON, strlen(JSON), &reply);
		if (got != cases[i].want)
			print_error("%s: %s\n", cases[i].name, merit_status_word(got));
		assert_int_equal(got, cases[i].want);
		merit_client_close(client);
		service_stop(&service);
		service_free(&service);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(other_path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void answers_come_in_the_order_of_sending(void **state)
{
	enum { COUNT = 8 };
	struct service service = { .gather = COUNT };
	struct merit_client_reply reply;
	char json[COUNT][32];

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.in_flight = COUNT;
	struct merit_client *client = client_open(&options);
	for (unsigned i = 0; i < COUNT; i++) {
		snprintf(json[i], sizeof(json[i]), "{\"call\":%u}", i);
		assert_int_equal(merit_client_submit(client, json[i], strlen(json[i])), MERIT_OK);
	}
	assert_int_equal(merit_client_in_flight(client), COUNT);
	assert_int_equal(merit_client_submit(client, JSON, strlen(JSON)), MERIT_BUSY);
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_BUSY);
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(merit_client_wait(client, &reply), MERIT_OK);
		unsigned number = (unsigned)atoi(strstr(reply.json, "\"result\":") + strlen("\"result\":"));
		assert_true(number < COUNT);
		assert_non_null(memmem(service.sent[number].data, service.sent[number].size, json[i], strlen(json[i])));
	}
	assert_int_equal(merit_client_wait(client, &reply), MERIT_NOT_FOUND);
	merit_client_close(client);
	service_stop(&service);
	service_free(&service);
}

/* The service that comes back answers none before all are there: sent one by one they would never be answered. */
static void after_a_lost_connection_all_go_again_at_once(void **state)
{
	enum { COUNT = 8 };
	struct service service = { .gather = COUNT, .ignore = COUNT }, later = { .gather = COUNT };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.in_flight = COUNT;
	struct merit_client *client = client_open(&options);
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(merit_client_submit(client, JSON, strlen(JSON)), MERIT_OK);
	nng_msleep(200); /* They are there; those that are not are sent later in any case. */
	service_stop(&service);
	service_start(&later, service_port(&service));
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(merit_client_wait(client, &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&later);
	service_free(&service);
	service_free(&later);
}

static void a_client_may_close_while_messages_are_in_flight(void **state)
{
	struct service service = { .answers_max = 1 };
	struct merit_client_reply reply;

	(void)state;
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.in_flight = 4;
	struct merit_client *client = client_open(&options);
	/* With a connection: nng 1.5.2 can lose a little memory when it is closed in the middle of making one. */
	assert_int_equal(merit_client_call(client, JSON, strlen(JSON), &reply), MERIT_OK);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(merit_client_submit(client, JSON, strlen(JSON)), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	service_free(&service);
	merit_client_close(NULL);
}

static void a_message_over_the_limit_is_not_sent(void **state)
{
	struct service service = { 0 };
	struct merit_client_reply reply;
	char *json = malloc(MERIT_MESSAGE_SIZE_MAX + 1);

	(void)state;
	memset(json, ' ', MERIT_MESSAGE_SIZE_MAX + 1);
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_call(client, json, MERIT_MESSAGE_SIZE_MAX + 1, &reply), MERIT_TOO_LARGE);
	assert_int_equal(merit_client_call(client, json, MERIT_MESSAGE_SIZE_MAX, &reply), MERIT_TOO_LARGE);
	assert_int_equal(merit_client_call(client, json, MERIT_MESSAGE_SIZE_MAX - 1000, &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	assert_int_equal(service.sent_count, 1);
	service_free(&service);
	free(json);
}

#define ROWS "\"rows\":[[\"i-1\",\"m1\"]]}}"

/* A bulk of one row. */
static struct merit_client_bulk *bulk_of(const char *id)
{
	static const char *const columns[] = { "id", "member", NULL };
	const struct merit_client_cell cells[] = { merit_client_text(id), merit_client_text("m1") };
	struct merit_client_bulk *bulk = NULL;

	assert_int_equal(merit_client_bulk_open("member.create", columns, &bulk), MERIT_OK);
	assert_int_equal(merit_client_bulk_add(bulk, cells), MERIT_OK);
	return bulk;
}

static void a_bulk_without_an_answer_is_called_again_with_the_same_rows(void **state)
{
	char reply[2048];
	struct service service = { .ignore = 1, .reply = reply };
	struct merit_client_bulk *bulk = bulk_of("i-1");
	struct merit_client_bulk_answer answer;
	struct merit_client_outcome outcome;

	(void)state;
	snprintf(reply, sizeof(reply),
		 "%.*s\n{\"jsonrpc\":\"2.0\",\"result\":{\"outcomes\":[7],\"accepted\":1,\"refused\":0,\"failed\":0},\"id\":1}",
		 (int)checkpoint_line.size, checkpoint_line.data);
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.timeout_ms = options.deadline_ms = 1000;
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_bulk_call(client, bulk, &answer), MERIT_UNREACHABLE);
	assert_int_equal(merit_client_bulk_call(client, bulk, &answer), MERIT_OK);
	assert_int_equal(answer.status, MERIT_OK);
	merit_client_bulk_outcome(bulk, 0, &outcome);
	assert_true(outcome.status == MERIT_OK && outcome.seq == 7);
	merit_client_close(client);
	service_stop(&service);
	assert_int_equal(service.sent_count, 2);
	assert_int_equal(service.sent[0].size, service.sent[1].size);
	assert_memory_equal(service.sent[0].data, service.sent[1].data, service.sent[0].size);
	assert_non_null(memmem(service.sent[0].data, service.sent[0].size, ROWS, strlen(ROWS)));
	merit_client_bulk_close(bulk);
	service_free(&service);
}

static void only_the_oldest_bulk_in_flight_is_waited_for(void **state)
{
	struct service service = { .gather = 2 };
	struct merit_client_bulk *first = bulk_of("i-1"), *second = bulk_of("i-2"), *empty = bulk_of("i-3");
	struct merit_client_bulk_answer answer;
	struct merit_client_reply reply;

	(void)state;
	merit_client_bulk_clear(empty);
	service_start(&service, 0);
	struct merit_client_options options = options_for(&service);
	options.in_flight = 2;
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_bulk_submit(client, empty), MERIT_BAD_PARAMS);
	assert_int_equal(merit_client_bulk_wait(client, first, &answer), MERIT_NOT_FOUND);
	assert_int_equal(merit_client_bulk_submit(client, first), MERIT_OK);
	assert_int_equal(merit_client_bulk_submit(client, second), MERIT_OK);
	assert_int_equal(merit_client_bulk_call(client, empty, &answer), MERIT_BUSY);
	assert_int_equal(merit_client_bulk_wait(client, second, &answer), MERIT_NOT_FOUND);
	/* This service answers a number. */
	assert_int_equal(merit_client_bulk_wait(client, first, &answer), MERIT_BAD_REPLY);
	assert_int_equal(merit_client_wait(client, &reply), MERIT_OK);
	merit_client_close(client);
	service_stop(&service);
	merit_client_bulk_close(first);
	merit_client_bulk_close(second);
	merit_client_bulk_close(empty);
	service_free(&service);
}

static void ids_rise_and_are_taken_by_the_ledger(void **state)
{
	struct merit_client_options options = { .url = "tcp://127.0.0.1:9" };
	struct merit_client *client = client_open(&options);
	char last[MERIT_CLIENT_ID_SIZE + 1] = "", id[MERIT_CLIENT_ID_SIZE + 1];

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		merit_client_id(client, id);
		assert_int_equal(strlen(id), MERIT_CLIENT_ID_SIZE);
		assert_int_equal(strspn(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), MERIT_CLIENT_ID_SIZE);
		assert_true(strcmp(id, last) > 0);
		memcpy(last, id, sizeof(id));
	}
	merit_client_close(client);
}

static void a_token_names_member_ledger_and_its_end_and_is_signed(void **state)
{
	const struct merit_client_options options = { .url = "tcp://127.0.0.1:9", .origin = ORIGIN, .kid = "lms/k1",
		                                      .seed = seed };
	struct merit_client *client = client_open(&options);
	char text[MERIT_CLIENT_TOKEN_SIZE_MAX + 1], again[MERIT_CLIENT_TOKEN_SIZE_MAX + 1];
	struct merit_arena arena = { 0 };
	struct merit_token token;

	(void)state;
	assert_int_equal(merit_client_token(client, "m1", 300, text), MERIT_OK);
	assert_int_equal(merit_token_read((struct merit_text){ text, strlen(text) }, &arena, &token), MERIT_OK);
	assert_int_equal(merit_token_verify(&token, &public_key), MERIT_OK);
	assert_bytes(token.party.data, token.party.size, "lms");
	assert_bytes(token.key.data, token.key.size, "k1");
	assert_bytes(token.member.data, token.member.size, "m1");
	assert_bytes(token.audience.data, token.audience.size, ORIGIN);
	assert_int_equal(token.expires_s, signature_time + 300);
	assert_int_equal(merit_client_token(client, "m1", 300, again), MERIT_OK);
	assert_string_not_equal(text, again);
	merit_arena_free(&arena);
	merit_client_close(client);
}

/* Every text as long as it may be: the size in the header is enough. */
static void the_longest_token_fits(void **state)
{
	char origin[MERIT_ORIGIN_SIZE_MAX + 1], name[MERIT_NAME_SIZE_MAX + 1], kid[2 * MERIT_NAME_SIZE_MAX + 2];
	char text[MERIT_CLIENT_TOKEN_SIZE_MAX + 1];

	(void)state;
	memset(origin, 'o', sizeof(origin) - 1);
	memset(name, 'n', sizeof(name) - 1);
	origin[sizeof(origin) - 1] = name[sizeof(name) - 1] = '\0';
	snprintf(kid, sizeof(kid), "%s/%s", name, name);
	const struct merit_client_options options = { .url = "tcp://127.0.0.1:9", .origin = origin, .kid = kid,
		                                      .seed = seed };
	struct merit_client *client = client_open(&options);
	assert_int_equal(merit_client_token(client, name, 1, text), MERIT_OK);
	assert_in_range(strlen(text), 1, MERIT_CLIENT_TOKEN_SIZE_MAX);
	merit_client_close(client);
}

static void a_token_that_cannot_work_is_not_made(void **state)
{
	const struct {
		const char *name, *kid, *member;
		const uint8_t *seed;
		int seconds;
		enum merit_status want;
	} rows[] = {
		{ "as it should be",    "lms/k1", "m1",      seed, 1,   MERIT_OK },
		{ "no time to live",    "lms/k1", "m1",      seed, 0,   MERIT_BAD_PARAMS },
		{ "longer than it may", "lms/k1", "m1",      seed, 301, MERIT_BAD_PARAMS },
		{ "no name",            "lms/k1", "Dr. Who", seed, 1,   MERIT_BAD_PARAMS },
		{ "no kid",             NULL,     "m1",      seed, 1,   MERIT_NOT_SIGNED },
		{ "no key",             NULL,     "m1",      NULL, 1,   MERIT_NOT_SIGNED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct merit_client_options options = { .url = "tcp://127.0.0.1:9", .origin = ORIGIN,
			                                      .kid = rows[i].kid, .seed = rows[i].seed };
		struct merit_client *client = client_open(&options);
		char text[MERIT_CLIENT_TOKEN_SIZE_MAX + 1] = "untouched";
		enum merit_status got = merit_client_token(client, rows[i].member, rows[i].seconds, text);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, merit_status_word(got));
		assert_int_equal(strcmp(text, "untouched") == 0, got != MERIT_OK);
		merit_client_close(client);
	}
}

static void options_that_cannot_work_are_refused(void **state)
{
	const struct merit_client_options good = { .url = "tcp://127.0.0.1:9", .origin = ORIGIN, .kid = "lms/k1",
						   .seed = seed };
	struct { const char *name; struct merit_client_options options; enum merit_status want; } cases[] = {
		{ "as they should be", good, MERIT_OK },
		{ "no url", good, MERIT_BAD_FORMAT },
		{ "a url of nothing", good, MERIT_BAD_FORMAT },
		{ "a kid of one name", good, MERIT_BAD_FORMAT },
		{ "a kid without a key", good, MERIT_BAD_FORMAT },
		{ "a key without an origin", good, MERIT_BAD_FORMAT },
		{ "an origin with a space", good, MERIT_BAD_FORMAT },
		{ "a key file that is not there", good, MERIT_NOT_FOUND },
		{ "a vkey that is none", good, MERIT_BAD_FORMAT },
		{ "another log's vkey", good, MERIT_BAD_FORMAT },
		{ "tls without an authority", good, MERIT_BAD_FORMAT },
		{ "an authority that is not there", good, MERIT_NOT_FOUND },
		{ "as many in flight as may be", good, MERIT_OK },
		{ "one more", good, MERIT_BAD_FORMAT },
	};
	size_t i = 1;

	(void)state;
	cases[i++].options.url = NULL;
	cases[i++].options.url = "nowhere";
	cases[i++].options.kid = "lms";
	cases[i++].options.seed = NULL;
	cases[i++].options.origin = NULL;
	cases[i++].options.origin = "merit example";
	cases[i].options.seed = NULL;
	cases[i++].options.key_path = "/nowhere/key.pem";
	cases[i++].options.log_vkey = "log";
	cases[i].options.origin = "merit.example/ledger2";
	cases[i++].options.log_vkey = log_vkey.data;
	cases[i++].options.url = "tls+tcp://127.0.0.1:9";
	cases[i].options.url = "tls+tcp://127.0.0.1:9";
	cases[i++].options.ca_path = "/nowhere/ca.pem";
	cases[i++].options.in_flight = MERIT_CLIENT_IN_FLIGHT_MAX;
	cases[i++].options.in_flight = MERIT_CLIENT_IN_FLIGHT_MAX + 1;
	assert_int_equal(i, sizeof(cases) / sizeof(cases[0]));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct merit_client *client = NULL;
		enum merit_status got = merit_client_open(&cases[i].options, &client);
		if (got != cases[i].want)
			print_error("%s: %s\n", cases[i].name, merit_status_word(got));
		assert_int_equal(got, cases[i].want);
		merit_client_close(client);
	}
}

static void a_key_file_that_others_can_read_is_refused(void **state)
{
	char path[] = "/tmp/merit_client_test.XXXXXX";
	struct merit_client_options options = { .url = "tcp://127.0.0.1:9", .origin = ORIGIN, .kid = "lms/k1",
						.key_path = path };
	struct merit_client *client = NULL;
	int file = mkstemp(path);

	(void)state;
	assert_true(file >= 0);
	close(file);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(merit_secret_key_write(path, &key), MERIT_OK);
	merit_client_close(client_open(&options));
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(merit_client_open(&options, &client), MERIT_KEY_EXPOSED);
	assert_null(client);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_answered_with_the_checkpoint_that_covers_it),
		cmocka_unit_test(what_is_sent_bears_the_signature_of_the_kid),
		cmocka_unit_test(a_key_without_a_kid_shows_itself),
		cmocka_unit_test(without_a_key_nothing_is_signed),
		cmocka_unit_test(json_of_many_lines_is_sent_on_one_and_signed_so),
		cmocka_unit_test(private_text_is_concealed_the_same_way_each_time),
		cmocka_unit_test(private_lines_go_behind_the_json_and_not_into_the_next_message),
		cmocka_unit_test(no_answer_makes_the_same_bytes_go_again),
		cmocka_unit_test(a_signature_that_grew_old_is_made_anew_over_the_same_json),
		cmocka_unit_test(where_nobody_answers_the_service_is_unreachable),
		cmocka_unit_test(a_service_that_comes_back_is_found_again),
		cmocka_unit_test(only_a_whole_answer_of_this_log_is_taken),
		cmocka_unit_test(a_checkpoint_of_another_key_or_log_is_not_taken),
		cmocka_unit_test(over_tls_only_the_certificate_that_was_told_is_believed),
		cmocka_unit_test(answers_come_in_the_order_of_sending),
		cmocka_unit_test(after_a_lost_connection_all_go_again_at_once),
		cmocka_unit_test(a_client_may_close_while_messages_are_in_flight),
		cmocka_unit_test(a_message_over_the_limit_is_not_sent),
		cmocka_unit_test(a_bulk_without_an_answer_is_called_again_with_the_same_rows),
		cmocka_unit_test(only_the_oldest_bulk_in_flight_is_waited_for),
		cmocka_unit_test(ids_rise_and_are_taken_by_the_ledger),
		cmocka_unit_test(a_token_names_member_ledger_and_its_end_and_is_signed),
		cmocka_unit_test(the_longest_token_fits),
		cmocka_unit_test(a_token_that_cannot_work_is_not_made),
		cmocka_unit_test(options_that_cannot_work_are_refused),
		cmocka_unit_test(a_key_file_that_others_can_read_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
