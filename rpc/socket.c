/* socket.c - the nng side of the server: listeners, contexts, and messages in and out.
 *
 * Callbacks run in nng's few threads: they hand messages over and never check a signature or read a store.
 * ipc is not offered: in nng 1.5.2 one local client that connects and closes at once ends an ipc listener for good
 * (nanomsg/nng#1518), and a listener that must be probed and reopened is worse than tcp on the loopback address. */
#include "rpc/server_inner.h"

#include "rpc/log.h"
#include "rpc/pem.h"
#include "ledger/reply.h"

#include <nng/protocol/reqrep0/rep.h>
#include <nng/supplemental/tls/tls.h>
#include <nng/transport/tcp/tcp.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_TIMEOUT_MS 10000 /* for a peer that does not read, */
#define REPLY_PRESSED_MS 1000  /* while half of all contexts wait for such peers */
#define RECEIVE_SIZE_MAX ((size_t)MERIT_MESSAGE_SIZE_MAX + 64 * 1024) /* so that one a little too large is told so */

static void receive(struct merit_job *job)
{
	job->is_replying = false;
	nng_aio_set_timeout(job->aio, NNG_DURATION_INFINITE);
	nng_ctx_recv(job->context, job->aio);
}

static void received(struct merit_job *job)
{
	struct merit_server *server = job->server;

	job->message = nng_aio_get_msg(job->aio);
	nng_aio_set_msg(job->aio, NULL);
	job->item.size = nng_msg_len(job->message);
	merit_metrics_add(&server->metrics, MERIT_METRIC_MESSAGES, 1);
	merit_metrics_add(&server->metrics, MERIT_METRIC_MESSAGE_BYTES, job->item.size);
	enum merit_status status = merit_queue_push(&server->inbox, &job->item);
	if (status != MERIT_OK)
		merit_job_refuse(job, status);
}

/* The end of a receive or of a send. */
static void on_event(void *argument)
{
	struct merit_job *job = argument;
	int rc = nng_aio_result(job->aio);

	if (job->is_replying) {
		if (rc == NNG_ETIMEDOUT) /* Whatever else waits for it would wait as long, and hold its contexts. */
			(void)nng_pipe_close(job->pipe);
		if (rc != 0) { /* The peer is gone or does not read. The outcome is in the log; it may ask again. */
			nng_msg_free(nng_aio_get_msg(job->aio));
			nng_aio_set_msg(job->aio, NULL);
		}
		atomic_fetch_sub(&job->server->replying_count, 1);
		if (rc != NNG_ECLOSED && rc != NNG_ECANCELED)
			receive(job);
		return;
	}
	if (rc == NNG_ECLOSED || rc == NNG_ECANCELED)
		return;
	if (rc == 0)
		received(job);
	else
		receive(job);
}

/* The reply behind the newest checkpoint, as nng sends it, in one piece of the right size. NULL without memory. */
static nng_msg *assemble(struct merit_server *server, const struct merit_buffer *reply)
{
	const struct merit_buffer *head = &server->head_line;
	nng_msg *message = NULL;
	size_t head_size = 0;

	if (reply->bad)
		return NULL;
	pthread_mutex_lock(&server->head_mutex);
	if (nng_msg_alloc(&message, head->size + 1 + reply->size) == 0) {
		head_size = head->size;
		memcpy(nng_msg_body(message), head->data, head_size);
	}
	pthread_mutex_unlock(&server->head_mutex);
	if (message == NULL)
		return NULL;
	char *body = nng_msg_body(message);
	body[head_size] = '\n';
	memcpy(body + head_size + 1, reply->data, reply->size);
	return message;
}

/* Sends reply and gives back what the job held; reply may be part of that. */
static void finish(struct merit_job *job, const struct merit_buffer *reply)
{
	nng_msg *message = assemble(job->server, reply);

	job->pipe = nng_msg_get_pipe(job->message);
	nng_msg_free(job->message);
	job->message = NULL;
	job->has_waited = false;
	if (job->workspace != NULL)
		merit_workspace_give(job->server, job->workspace);
	job->workspace = NULL;
	if (message == NULL) { /* Without memory there is no answer; the client will ask again. */
		receive(job);
		return;
	}
	bool is_pressed = atomic_fetch_add(&job->server->replying_count, 1) >= job->server->jobs_count / 2;
	job->is_replying = true;
	nng_aio_set_timeout(job->aio, is_pressed ? REPLY_PRESSED_MS : REPLY_TIMEOUT_MS);
	nng_aio_set_msg(job->aio, message);
	nng_ctx_send(job->context, job->aio);
}

void merit_job_reply(struct merit_job *job)
{
	finish(job, &job->workspace->reply);
}

static void count_refusal(struct merit_server *server, enum merit_status status)
{
	merit_metrics_add(&server->metrics, MERIT_METRIC_REFUSED, 1);
	if (status == MERIT_BUSY)
		merit_metrics_add(&server->metrics, MERIT_METRIC_BUSY, 1);
	else if (status == MERIT_RATE_LIMITED)
		merit_metrics_add(&server->metrics, MERIT_METRIC_LIMITED, 1);
	else if (status == MERIT_BAD_SIGNATURE)
		merit_metrics_add(&server->metrics, MERIT_METRIC_FORGED, 1);
}

void merit_job_refuse(struct merit_job *job, enum merit_status status)
{
	const struct merit_request *request = &job->request;
	struct merit_reply_fault fault = { 0 };
	struct merit_buffer reply = { 0 };

	count_refusal(job->server, status);
	merit_log(MERIT_LOG_DEBUG, "refused", MERIT_LOG_TEXT("status", merit_status_word(status)));
	if (job->workspace != NULL) {
		fault.correlation = request->bad_correlation;
		fault.field = request->bad_field;
		fault.call_index = request->bad_call;
		fault.has_call = (request->is_batch || request->has_bulk) && request->bad_correlation.size != 0;
		if (fault.correlation.size == 0 && request->calls_count > 0 && !request->is_batch)
			fault.correlation = request->calls[0].correlation;
	}
	merit_reply_error(&reply, status, &fault);
	finish(job, &reply);
	merit_buffer_free(&reply);
}

static struct merit_peer pipe_peer(nng_pipe pipe)
{
	nng_sockaddr address;

	if (nng_pipe_get_addr(pipe, NNG_OPT_REMADDR, &address) != 0)
		return (struct merit_peer){ .size = 0 }; /* Gone already. */
	return merit_peer_of(&address);
}

struct merit_peer merit_job_peer(const struct merit_job *job)
{
	return pipe_peer(nng_msg_get_pipe(job->message));
}

/* Refuses connections over the caps. REM_POST comes for refused ones too. */
static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
	struct merit_server *server = argument;
	struct merit_connections *connections = &server->connections;
	uint32_t id = (uint32_t)nng_pipe_id(pipe);

	if (event == NNG_PIPE_EV_REM_POST)
		merit_connections_remove(connections, id);
	else if (!merit_connections_add(connections, id, pipe_peer(pipe)))
		(void)nng_pipe_close(pipe);
	merit_metrics_set(&server->metrics, MERIT_METRIC_CONNECTIONS, merit_connections_count(connections));
}

/* Opens the context and the aio of one job. */
static int job_open(struct merit_server *server, struct merit_job *job)
{
	job->server = server;
	int rc = nng_ctx_open(&job->context, server->socket);
	if (rc != 0)
		return rc;
	rc = nng_aio_alloc(&job->aio, on_event, job);
	if (rc != 0)
		(void)nng_ctx_close(job->context);
	return rc;
}

enum merit_status merit_socket_open(struct merit_server *server)
{
	int rc = nng_rep0_open(&server->socket);

	if (rc != 0)
		return MERIT_NO_MEMORY;
	/* Before any listener: they take it over when they are made. The default is unlimited. */
	rc = nng_socket_set_size(server->socket, NNG_OPT_RECVMAXSZ, RECEIVE_SIZE_MAX);
	if (rc == 0)
		rc = nng_pipe_notify(server->socket, NNG_PIPE_EV_ADD_PRE, on_pipe, server);
	if (rc == 0)
		rc = nng_pipe_notify(server->socket, NNG_PIPE_EV_REM_POST, on_pipe, server);
	while (rc == 0 && server->jobs_count < server->options.contexts_count) {
		rc = job_open(server, &server->jobs[server->jobs_count]);
		if (rc == 0)
			server->jobs_count++;
	}
	return rc == 0 ? MERIT_OK : MERIT_NO_MEMORY;
}

/* Makes certificate and key, both text in PEM, the listener's. */
static enum merit_status set_certificate(nng_listener listener, const char *certificate, const char *key)
{
	nng_tls_config *config = NULL;

	int rc = nng_tls_config_alloc(&config, NNG_TLS_MODE_SERVER);
	if (rc == 0)
		rc = nng_tls_config_own_cert(config, certificate, key, NULL);
	if (rc == 0)
		rc = nng_listener_set_ptr(listener, NNG_OPT_TLS_CONFIG, config);
	if (config != NULL)
		nng_tls_config_free(config); /* The listener holds it now. */
	if (rc == 0)
		return MERIT_OK;
	merit_log(MERIT_LOG_ERROR, "certificate", MERIT_LOG_TEXT("reason", nng_strerror(rc)));
	return MERIT_IO_FAILED;
}

/* Gives the listener the server's certificate: BAD_FORMAT when none was named. */
static enum merit_status use_certificate(const struct merit_server_options *options, nng_listener listener)
{
	enum merit_status status = MERIT_IO_FAILED;

	if (options->tls_certificate_path == NULL || options->tls_key_path == NULL)
		return MERIT_BAD_FORMAT;
	char *certificate = merit_pem_read(options->tls_certificate_path), *key = merit_pem_read(options->tls_key_path);
	if (certificate != NULL && key != NULL)
		status = set_certificate(listener, certificate, key);
	merit_pem_free(certificate);
	merit_pem_free(key);
	return status;
}

bool merit_server_url_has_port(const char *url)
{
	const char *colon = strrchr(url, ':');

	return colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0';
}

/* url with the port the system gave in place of the one asked for. */
static char *url_with_port(const char *url, int port)
{
	const char *colon = strrchr(url, ':');
	size_t size = (size_t)(colon - url) + 16;
	char *real = malloc(size);

	if (real != NULL)
		(void)snprintf(real, size, "%.*s:%d", (int)(colon - url), url, port);
	return real;
}

static enum merit_status listen_on(struct merit_server *server, const char *url, char **url_out)
{
	bool is_tls = strncmp(url, "tls+tcp://", 10) == 0;
	nng_listener listener;
	int port = 0;

	if ((!is_tls && strncmp(url, "tcp://", 6) != 0) || !merit_server_url_has_port(url))
		return MERIT_BAD_FORMAT;
	if (nng_listener_create(&listener, server->socket, url) != 0)
		return MERIT_BAD_FORMAT;
	enum merit_status status = is_tls ? use_certificate(&server->options, listener) : MERIT_OK;
	if (status != MERIT_OK)
		return status;
	int rc = nng_listener_start(listener, 0);
	if (rc == 0)
		rc = nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port);
	if (rc != 0) {
		merit_log(MERIT_LOG_ERROR, "listen", MERIT_LOG_TEXT("url", url),
		          MERIT_LOG_TEXT("reason", nng_strerror(rc)));
		return MERIT_IO_FAILED;
	}
	*url_out = url_with_port(url, port);
	return *url_out == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

enum merit_status merit_socket_listen(struct merit_server *server, const char **bad_url_out)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < server->jobs_count; i++)
		receive(&server->jobs[i]);
	for (size_t i = 0; i < server->options.urls_count && status == MERIT_OK; i++) {
		status = listen_on(server, server->options.urls[i], &server->urls[i]);
		if (status != MERIT_OK && bad_url_out != NULL)
			*bad_url_out = server->options.urls[i];
	}
	return status;
}

void merit_socket_close(struct merit_server *server)
{
	for (size_t i = 0; i < server->jobs_count; i++) {
		nng_aio_stop(server->jobs[i].aio); /* Waits for its callback. */
		(void)nng_ctx_close(server->jobs[i].context);
		nng_aio_free(server->jobs[i].aio);
	}
	(void)nng_close(server->socket);
}
