/* session.h - one command's conversation with a ledger: connect, call, understand the answer.
 *
 * Order    open, calls, close. What went wrong has been printed when a call returns anything but MERIT_EXIT_DONE.
 * Busy     a service that is busy is asked again, with the same id, until the deadline.
 * Memory   an answer is the caller's, to be freed with merit_answer_free. */
#ifndef MERIT_CLI_SESSION_H
#define MERIT_CLI_SESSION_H

#include "cli/private.h"
#include "cli/settings.h"
#include "ledger/buffer.h"
#include "ledger/json.h"
#include "rpc/client.h"

struct merit_session {
	struct merit_settings settings;
	struct merit_client *client;
	const struct merit_arguments *command; /* what a person typed, for those who print; borrowed */
	bool is_json;        /* --json: print results as they came */
	int64_t deadline_ms; /* how long to try one call in all */
	bool is_answered;    /* the last call: if not, whether it was carried out is not known */
	bool was_offset_asked;
	int32_t offset_minutes; /* the program's, or MERIT_OFFSET_UNKNOWN */
};

/* What a call was answered with. Of result and error one is NULL. */
struct merit_answer {
	cJSON *tree;
	const cJSON *result;
	const cJSON *error;
};

/* in_flight: messages the command wants under way at once. */
MERIT_MUST_USE enum merit_exit merit_session_open(const struct merit_arguments *arguments, unsigned in_flight,
                                                  struct merit_session *session_out);
void merit_session_close(struct merit_session *session);

/* Calls method, and prints any error. */
MERIT_MUST_USE enum merit_exit merit_session_call_private(struct merit_session *session, const char *method,
                                                          const struct merit_call_text *call,
                                                          struct merit_answer *answer_out);
/* The same without private texts: params is a JSON object. */
MERIT_MUST_USE enum merit_exit merit_session_call(struct merit_session *session, const char *method, const char *params,
                                                  struct merit_answer *answer_out);
void merit_answer_free(struct merit_answer *answer);

/* The program's offset, in minutes east of UTC, asked for once. MERIT_OFFSET_UNKNOWN where no answer came. */
int32_t merit_session_offset(struct merit_session *session);

/* The offset in which times are printed: the program's, or UTC. */
int32_t merit_session_display_offset(struct merit_session *session);

/* Appends a call. correlation is the JSON-RPC id. */
void merit_call_put(struct merit_buffer *out, const char *method, const char *params, size_t params_size,
                    size_t correlation);

/* The status a JSON-RPC error names, and the exit it means. */
enum merit_status merit_error_status(const cJSON *error);
enum merit_exit merit_exit_of(enum merit_status status);

/* Whether the status goes away by itself, so that waiting a little may help; and such a wait, which is added to
 * *waited_ms_io. */
bool merit_status_passes(enum merit_status status);
void merit_session_pause(int64_t *waited_ms_io);

/* "merit: earn: short_budget: the campaign's budget holds fewer points (have 10, need 20)". */
void merit_complain_error(const char *subject, const cJSON *error);

/* "have 10, need 20" of an error's data.why, or of such reasons themselves; nothing when there are none. */
void merit_why_put(struct merit_buffer *out, const cJSON *error);
void merit_reasons_put(struct merit_buffer *out, const cJSON *why);

#endif
