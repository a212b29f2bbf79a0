/* session.c - see session.h. */
#include "cli/session.h"

#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "cli/parameter.h"
#include "cli/show.h"

#define TIMEOUT_S_DEFAULT 60
#define TIMEOUT_S_MAX     86400
#define PAUSE_MS          200
#define ANSWER_WAIT_MS    35000 /* longer than feed.read waits; a lost answer is asked for again after it */

/* ---- Statuses ---- */

enum merit_exit merit_exit_of(enum merit_status status)
{
	switch (status) {
	case MERIT_OK: return MERIT_EXIT_DONE;
	case MERIT_UNREACHABLE:
	case MERIT_BUSY:
	case MERIT_RATE_LIMITED:
	case MERIT_STOPPING:
	case MERIT_STALE:
	case MERIT_READ_ONLY:
	case MERIT_CLOCK_UNSURE:
	case MERIT_STORE_FULL:
	case MERIT_PRIVATE_CLOSED:
	case MERIT_NO_MEMORY: return MERIT_EXIT_UNREACHABLE;
	case MERIT_TOO_LARGE:
	case MERIT_BAD_JSON:
	case MERIT_DUPLICATE_KEY:
	case MERIT_NOT_INTEGER:
	case MERIT_NUMBER_RANGE:
	case MERIT_NUL_IN_TEXT:
	case MERIT_TOO_DEEP:
	case MERIT_BAD_REQUEST:
	case MERIT_UNKNOWN_METHOD:
	case MERIT_BAD_PARAMS:
	case MERIT_MIXED_BATCH:
	case MERIT_TOO_MANY_CALLS:
	case MERIT_NOT_FOUND:
	case MERIT_BAD_FORMAT:
	case MERIT_FORMAT_VERSION:
	case MERIT_IN_USE:
	case MERIT_EXISTS:
	case MERIT_IO_FAILED:
	case MERIT_KEY_EXPOSED: return MERIT_EXIT_USAGE;
	default: return MERIT_EXIT_REFUSED;
	}
}

enum merit_status merit_error_status(const cJSON *error)
{
	const cJSON *word = merit_json_member(merit_json_member(error, "data"), "status");
	enum merit_status status;
	const char *text;
	size_t size;

	if (merit_json_text(word, &text, &size) && merit_status_from_word(text, &status))
		return status;
	return MERIT_BAD_REPLY;
}

bool merit_status_passes(enum merit_status status)
{
	return status == MERIT_BUSY || status == MERIT_RATE_LIMITED || status == MERIT_STOPPING ||
	       status == MERIT_UNREACHABLE;
}

void merit_session_pause(int64_t *waited_ms_io)
{
	const struct timespec span = { .tv_nsec = PAUSE_MS * 1000000L };

	nanosleep(&span, NULL);
	*waited_ms_io += PAUSE_MS;
}

void merit_reasons_put(struct merit_buffer *out, const cJSON *why)
{
	for (const cJSON *reason = why == NULL ? NULL : why->child; reason != NULL; reason = reason->next) {
		merit_buffer_put_format(out, "%s%s ", reason == why->child ? "" : ", ", reason->string);
		merit_show_scalar_put(out, reason);
	}
}

void merit_why_put(struct merit_buffer *out, const cJSON *error)
{
	merit_reasons_put(out, merit_json_member(merit_json_member(error, "data"), "why"));
}

void merit_complain_error(const char *subject, const cJSON *error)
{
	const cJSON *data = merit_json_member(error, "data");
	const char *message, *word, *field;
	size_t size;
	struct merit_buffer why = { 0 };

	merit_why_put(&why, error);
	if (!merit_json_text(merit_json_member(error, "message"), &message, &size))
		message = "the service gave no reason";
	if (!merit_json_text(merit_json_member(data, "status"), &word, &size))
		word = "error";
	if (!merit_json_text(merit_json_member(data, "field"), &field, &size))
		field = NULL;
	merit_complain("%s: %s: %s%s%s%s%s%s", subject, word, message, field == NULL ? "" : "; see the parameter ",
	               field == NULL ? "" : field, why.size == 0 ? "" : " (", merit_buffer_text(&why),
	               why.size == 0 ? "" : ")");
	merit_buffer_free(&why);
}

/* ---- Opening ---- */

/* What client_open said, in the words of the setting at fault. */
static void complain_open(const struct merit_settings *settings, enum merit_status status)
{
	if (settings->key != NULL &&
	    (status == MERIT_NOT_FOUND || status == MERIT_KEY_EXPOSED || status == MERIT_IO_FAILED))
		merit_complain_status(settings->key, status);
	else if (status == MERIT_BAD_FORMAT)
		merit_complain("one of these is not in its form, or they name different ledgers: --url %s, --origin "
		               "%s, --as %s, --key %s, --log-key %s",
		               settings->url, settings->origin == NULL ? "(none)" : settings->origin,
		               settings->as == NULL ? "(none)" : settings->as,
		               settings->key == NULL ? "(none)" : settings->key,
		               settings->log_key == NULL ? "(none)" : settings->log_key);
	else
		merit_complain_status("connecting", status);
}

static bool settings_fit(struct merit_settings *settings, int64_t *timeout_s_out)
{
	*timeout_s_out = TIMEOUT_S_DEFAULT;
	if (settings->url == NULL)
		settings->url = MERIT_DEFAULT_URL;
	if (settings->timeout != NULL && (!merit_integer_parse(settings->timeout, timeout_s_out) ||
	                                  *timeout_s_out < 1 || *timeout_s_out > TIMEOUT_S_MAX)) {
		merit_complain("--timeout takes seconds from 1 to %d, not \"%s\"", TIMEOUT_S_MAX, settings->timeout);
		return false;
	}
	if (settings->key != NULL && (settings->as == NULL || settings->origin == NULL)) {
		merit_complain("a signed call needs --as PARTY/KEY and --origin NAME beside --key; a profile can hold "
		               "all three");
		return false;
	}
	return true;
}

enum merit_exit merit_session_open(const struct merit_arguments *arguments, unsigned in_flight,
                                   struct merit_session *session_out)
{
	struct merit_settings *settings = &session_out->settings;
	int64_t timeout_s;

	*session_out =
		(struct merit_session){ .command = arguments, .is_json = merit_argument_flag(arguments, "json") };
	if (!merit_settings_read(arguments, settings) || !settings_fit(settings, &timeout_s)) {
		merit_session_close(session_out);
		return MERIT_EXIT_USAGE;
	}
	session_out->deadline_ms = timeout_s * 1000;
	struct merit_client_options options = {
		.url = settings->url,
		.origin = settings->origin,
		.kid = settings->as,
		.key_path = settings->key,
		.log_vkey = settings->log_key,
		.ca_path = settings->ca,
		.timeout_ms =
			(int)(session_out->deadline_ms < ANSWER_WAIT_MS ? session_out->deadline_ms : ANSWER_WAIT_MS),
		.deadline_ms = (int)session_out->deadline_ms,
		.in_flight = in_flight,
	};
	enum merit_status status = merit_client_open(&options, &session_out->client);
	if (status == MERIT_OK)
		return MERIT_EXIT_DONE;
	complain_open(settings, status);
	merit_session_close(session_out);
	return merit_exit_of(status);
}

void merit_session_close(struct merit_session *session)
{
	merit_client_close(session->client);
	merit_settings_free(&session->settings);
	session->client = NULL;
}

/* ---- Calling ---- */

void merit_call_put(struct merit_buffer *out, const char *method, const char *params, size_t params_size,
                    size_t correlation)
{
	merit_buffer_put_format(out, "{\"jsonrpc\":\"2.0\",\"id\":%zu,\"method\":", correlation);
	merit_buffer_put_json(out, method, strlen(method));
	merit_buffer_put_text(out, ",\"params\":");
	merit_buffer_put(out, params, params_size);
	merit_buffer_put_char(out, '}');
}

static enum merit_status call_quietly(struct merit_session *session, const char *method,
                                      const struct merit_call_text *call, struct merit_answer *answer_out)
{
	struct merit_client_reply reply;
	struct merit_buffer json = { 0 };

	*answer_out = (struct merit_answer){ 0 };
	session->is_answered = false;
	merit_call_put(&json, method, call->params, call->params_size, 1);
	merit_buffer_need(&json);
	enum merit_status status =
		merit_client_call_private(session->client, json.data, json.size, call->lines, call->lines_size, &reply);
	merit_buffer_free(&json);
	if (status != MERIT_OK)
		return status;
	if (merit_json_read(reply.json, reply.json_size, &answer_out->tree) != MERIT_OK)
		return MERIT_BAD_REPLY;
	answer_out->result = merit_json_member(answer_out->tree, "result");
	answer_out->error = merit_json_member(answer_out->tree, "error");
	session->is_answered = answer_out->result != NULL || answer_out->error != NULL;
	return session->is_answered ? MERIT_OK : MERIT_BAD_REPLY;
}

enum merit_exit merit_session_call(struct merit_session *session, const char *method, const char *params,
                                   struct merit_answer *answer_out)
{
	const struct merit_call_text call = { params, strlen(params), "", 0 };

	return merit_session_call_private(session, method, &call, answer_out);
}

/* Of a call that needs two parties: how the command at hand proposes it, if it can. */
static void propose_hint(const struct merit_arguments *command)
{
	const struct merit_option *option = command->command->options;

	while (option != NULL && option->name != NULL && strcmp(option->name, "proposal") != 0)
		option++;
	if (option != NULL && option->name != NULL)
		merit_complain("add --proposal NAME to propose it; another party carries it out with merit proposal "
		               "approve NAME");
}

enum merit_exit merit_session_call_private(struct merit_session *session, const char *method,
                                           const struct merit_call_text *call, struct merit_answer *answer_out)
{
	int64_t waited_ms = 0;
	enum merit_status status = call_quietly(session, method, call, answer_out);

	while (status == MERIT_OK && answer_out->error != NULL && merit_error_status(answer_out->error) == MERIT_BUSY &&
	       waited_ms < session->deadline_ms) {
		merit_answer_free(answer_out);
		merit_session_pause(&waited_ms);
		status = call_quietly(session, method, call, answer_out);
	}
	enum merit_exit end = merit_exit_of(status);
	if (status == MERIT_UNREACHABLE) {
		merit_complain(
			"no answer from %s within %lld s; is meritd running there? The same command may be repeated",
			session->settings.url, (long long)(session->deadline_ms / 1000));
	} else if (status != MERIT_OK) {
		merit_complain_status(method, status);
	} else if (answer_out->error != NULL) {
		merit_complain_error(method, answer_out->error);
		status = merit_error_status(answer_out->error);
		if (status == MERIT_PROPOSAL_REQUIRED)
			propose_hint(session->command);
		/* Not found by the service is its answer; by us, of a file, a wrong command line. */
		end = status == MERIT_NOT_FOUND ? MERIT_EXIT_REFUSED : merit_exit_of(status);
	}
	if (end != MERIT_EXIT_DONE)
		merit_answer_free(answer_out);
	return end;
}

void merit_answer_free(struct merit_answer *answer)
{
	merit_json_free(answer->tree);
	*answer = (struct merit_answer){ 0 };
}

int32_t merit_session_offset(struct merit_session *session)
{
	const struct merit_call_text nothing = { "{}", 2, "", 0 };
	struct merit_answer answer;
	int64_t minutes;

	if (session->was_offset_asked)
		return session->offset_minutes;
	session->was_offset_asked = true; /* Once, whatever comes of it. */
	session->offset_minutes = MERIT_OFFSET_UNKNOWN;
	if (call_quietly(session, "program.get", &nothing, &answer) == MERIT_OK &&
	    merit_json_integer(merit_json_member(answer.result, "offset_minutes"), &minutes) && minutes > -1440 &&
	    minutes < 1440)
		session->offset_minutes = (int32_t)minutes;
	merit_answer_free(&answer);
	return session->offset_minutes;
}

int32_t merit_session_display_offset(struct merit_session *session)
{
	int32_t offset_minutes = merit_session_offset(session);

	return offset_minutes == MERIT_OFFSET_UNKNOWN ? 0 : offset_minutes;
}
