/* relay.h - messages to meritd and their answers, without waiting for either: a bounded number of exchanges under way.
 *
 * Order    open; take an exchange, start it, read what became of it when done was called, give it back; stop; close.
 * Again    a message whose connection broke behind it is sent again over the next one: the same bytes, so the ledger
 *          answers with the outcome it had. What cannot be sent at all within 5 s, or is not answered within 40 s of
 *          start, ends as UNREACHABLE.
 * Never    looks into a message or an answer.
 * Threads  any; done is called from a thread of nng's, and must not wait for anything.
 * Source   nng 1.5.2, nng_ctx(5), nng_req(7) */
#ifndef MERIT_MALL_RELAY_H
#define MERIT_MALL_RELAY_H

#include "ledger/value.h"

#include <nng/nng.h>

struct merit_relay; /* See relay.c. */

/* One message and its answer. */
struct merit_exchange {
	struct merit_relay *relay;
	struct merit_exchange *next; /* free ones */
	nng_ctx context;
	nng_aio *aio;
	bool is_receiving; /* which of the two the aio is doing */
	int64_t until_ms;
	struct merit_text message; /* the caller's, until done */
	void (*done)(void *argument);
	void *argument;
	enum merit_status status; /* for whom done was called: OK, UNREACHABLE, STOPPING or NO_MEMORY */
	nng_msg *answer;          /* with OK. Who takes it sets NULL here */
};

/* Begins to connect to url, tcp:// or tls+tcp://, for up to count exchanges at once. BAD_FORMAT, NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_relay_open(const char *url, size_t count, struct merit_relay **relay_out);

/* Whether there is a connection to meritd at this moment. */
bool merit_relay_is_connected(struct merit_relay *relay);

/* Exchanges taken and not given back. */
size_t merit_relay_busy(struct merit_relay *relay);

/* A free exchange, or NULL when all are busy; and back. */
struct merit_exchange *merit_relay_take(struct merit_relay *relay);
void merit_relay_give(struct merit_exchange *exchange);

/* Sends message, which stays until done(argument) is called: once, perhaps before this returns. */
void merit_relay_start(struct merit_exchange *exchange, struct merit_text message, void (*done)(void *argument),
                       void *argument);

/* Ends whatever is under way with STOPPING, and at once whatever is started later. */
void merit_relay_stop(struct merit_relay *relay);

/* With every exchange given back. close(NULL) does nothing. */
void merit_relay_close(struct merit_relay *relay);

#endif
