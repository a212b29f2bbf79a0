/* metrics.c - see metrics.h. */
#include "mall/metrics.h"

#include "ledger/json.h"
#include "mall/listen.h"
#include "rpc/client.h"
#include "rpc/metrics.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define LEDGER_WAIT_MS  2000
#define CONNECTIONS_MAX 16
#define SILENCE_S       10

static const struct {
	const char *name, *type, *help;
} rows[] = {
#define X(constant, name, type, help) { name, #type, help },
	MERIT_TALLY_MAP(X)
#undef X
};

/* Relaxed throughout: a number is read for itself, never to learn what else has happened. */
void merit_tally_add(struct merit_tallies *tallies, enum merit_tally tally, uint64_t amount)
{
	atomic_fetch_add_explicit(&tallies->values[tally], amount, memory_order_relaxed);
}

void merit_tally_set(struct merit_tallies *tallies, enum merit_tally tally, uint64_t value)
{
	atomic_store_explicit(&tallies->values[tally], value, memory_order_relaxed);
}

void merit_tallies_print(const struct merit_tallies *tallies, struct merit_buffer *out)
{
	for (unsigned i = 0; i < MERIT_TALLY_COUNT; i++)
		merit_metrics_put(out, rows[i].name, rows[i].type, rows[i].help,
		                  atomic_load_explicit(&tallies->values[i], memory_order_relaxed));
}

struct merit_metrics_listener {
	struct merit_listener socket; /* for its address: MHD accepts by itself here */
	struct MHD_Daemon *daemon;
	struct merit_client *client;
	void (*print)(void *argument, struct merit_buffer *out);
	void *argument;
};

/* Appends what meritd counts. It stays out while there is no answer: Prometheus then has a gap, which is the truth. */
static void put_ledger(struct merit_metrics_listener *listener, struct merit_buffer *out)
{
	static const char call[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"metrics.get\"}";
	struct merit_client_reply reply;
	cJSON *root = NULL;

	if (merit_client_call(listener->client, call, sizeof(call) - 1, &reply) != MERIT_OK ||
	    merit_json_read(reply.json, reply.json_size, &root) != MERIT_OK)
		return;
	const cJSON *result = merit_json_member(root, "result");
	const cJSON *text = result == NULL ? NULL : merit_json_member(result, "text");
	if (cJSON_IsString(text))
		merit_buffer_put_text(out, text->valuestring);
	merit_json_free(root);
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned code, const struct merit_buffer *body)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(body->size, body->data, MHD_RESPMEM_MUST_COPY);

	if (response == NULL)
		return MHD_NO;
	enum MHD_Result result = MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4");
	if (result == MHD_YES)
		result = MHD_queue_response(connection, code, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result handle(void *argument, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **request)
{
	struct merit_metrics_listener *listener = argument;
	struct merit_buffer body = { 0 };
	static char begun;

	(void)version;
	(void)upload;
	if (*request == NULL) { /* Answered here, the connection would be closed behind it. */
		*request = &begun;
		return MHD_YES;
	}
	if (*upload_size != 0) {
		*upload_size = 0;
		return MHD_YES;
	}
	bool is_there = strcmp(url, "/metrics") == 0 && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
	if (is_there) {
		listener->print(listener->argument, &body);
		put_ledger(listener, &body);
	} else {
		merit_buffer_put_text(&body, "GET /metrics is all there is here\n");
	}
	enum MHD_Result result = body.bad ? MHD_NO : answer(connection, is_there ? 200 : 404, &body);
	merit_buffer_free(&body);
	return result;
}

/* Whether a name as listen.h prints it is of this machine alone. */
static bool is_loopback(const char *name)
{
	return strncmp(name, "127.", 4) == 0 || strncmp(name, "[::1]:", 6) == 0;
}

enum merit_status merit_metrics_listen(const char *address, const char *url,
                                       void (*print)(void *argument, struct merit_buffer *out), void *argument,
                                       struct merit_metrics_listener **listener_out)
{
	struct merit_client_options client = { .url = url, .deadline_ms = LEDGER_WAIT_MS };
	struct merit_metrics_listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL)
		return MERIT_NO_MEMORY;
	listener->print = print;
	listener->argument = argument;
	enum merit_status status = merit_listen_open(&listener->socket, address);
	if (status == MERIT_OK && !is_loopback(listener->socket.names[0]))
		status = MERIT_BAD_FORMAT; /* meritd tells its figures on its own machine only; so do we. */
	if (status == MERIT_OK)
		status = merit_client_open(&client, &listener->client);
	if (status == MERIT_OK) {
		listener->daemon =
			MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, listener,
		                         MHD_OPTION_LISTEN_SOCKET, listener->socket.fds[0], MHD_OPTION_CONNECTION_LIMIT,
		                         CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S, MHD_OPTION_END);
		status = listener->daemon == NULL ? MERIT_NO_MEMORY : MERIT_OK;
	}
	if (status != MERIT_OK) {
		merit_metrics_close(listener);
		return status;
	}
	listener->socket.count = 0; /* The descriptor is the daemon's now. */
	*listener_out = listener;
	return MERIT_OK;
}

const char *merit_metrics_name(const struct merit_metrics_listener *listener)
{
	return listener->socket.names[0];
}

void merit_metrics_close(struct merit_metrics_listener *listener)
{
	if (listener == NULL)
		return;
	if (listener->daemon != NULL)
		MHD_stop_daemon(listener->daemon);
	merit_client_close(listener->client);
	merit_listen_stop(&listener->socket);
	free(listener);
}
