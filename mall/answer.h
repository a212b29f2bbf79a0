/* answer.h - what the mall answers by itself, made once: refusals and short pages; and the header fields that every
 * answer has.
 *
 * Refusals of calls are JSON-RPC error objects, so that a client reads them as it reads the ledger's; those of pages
 * are a line of text. Neither says anything of the request.
 * Threads  any, once made.
 * Source   https://www.w3.org/TR/CSP3/, RFC 6797 (HSTS), RFC 9110 */
#ifndef MERIT_MALL_ANSWER_H
#define MERIT_MALL_ANSWER_H

#include "ledger/status.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

/* X(NAME, HTTP status, status of the JSON, "message") */
/* clang-format off */
#define MERIT_ANSWER_MAP(X)                                                                                            \
	X(MALFORMED, 400, BAD_REQUEST, "the request is not HTTP as it should be; nothing was read")                    \
	X(CROSS_SITE, 403, NOT_PERMITTED, "calls are taken from the mall's own pages only")                            \
	X(NOT_FOUND, 404, UNKNOWN_METHOD, "there is nothing here; calls go to /rpc")                                   \
	X(METHOD, 405, BAD_REQUEST, "this method is not for this path")                                                \
	X(NO_LENGTH, 411, BAD_REQUEST, "send the body whole, with Content-Length and without Transfer-Encoding")       \
	X(TOO_LARGE, 413, TOO_LARGE, "the body is over the limit; split it and send the parts")                        \
	X(TYPE, 415, BAD_REQUEST, "the body must be application/json")                                                 \
	X(MISDIRECTED, 421, BAD_REQUEST, "this host is not served here")                                               \
	X(RATE_LIMITED, 429, RATE_LIMITED, "too many requests from this address; wait and send again")                 \
	X(HEADER, 431, TOO_LARGE, "the header fields are over the limit")                                              \
	X(NO_MEMORY, 503, NO_MEMORY, "the process is out of memory")                                                   \
	X(BUSY, 503, BUSY, "the mall is behind; wait and send again with the same id")                                 \
	X(STOPPING, 503, STOPPING, "the mall is shutting down; send again with the same id")                           \
	X(BAD_REPLY, 502, BAD_REPLY, "the ledger's answer is not one")                                                 \
	X(UNREACHABLE, 504, UNREACHABLE, "no answer from the ledger; send again with the same id")
/* clang-format on */

#define X(name, code, status, text) MERIT_ANSWER_##name,
enum merit_answer { MERIT_ANSWER_MAP(X) MERIT_ANSWER_COUNT };
#undef X

struct merit_answers {
	struct MHD_Response *calls[MERIT_ANSWER_COUNT]; /* JSON */
	struct MHD_Response *pages[MERIT_ANSWER_COUNT]; /* text */
	struct MHD_Response *healthy, *unhealthy;
};

/* Makes them all. is_secure: browsers are told to come by https only. Returns NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_answers_make(struct merit_answers *answers, bool is_secure);
void merit_answers_free(struct merit_answers *answers);

unsigned merit_answer_code(enum merit_answer answer);

/* What kind of thing an answer is, which says what a browser may do with it. */
enum merit_answer_kind {
	MERIT_ANSWER_PAGE,    /* our page: its own scripts, styles and pictures */
	MERIT_ANSWER_PICTURE, /* may be drawn, and run nothing, even when it is opened as a page */
	MERIT_ANSWER_DATA,    /* read by our page only */
};

/* Adds the fields that every answer has. False without memory. */
bool merit_answer_guard(struct MHD_Response *response, enum merit_answer_kind kind, bool is_secure);

#endif
