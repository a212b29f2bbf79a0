/* front_inner.h - what the files of the front share: the front, and the visit a request is. For mall/ only.
 *
 *   front.c   open, start, stop
 *   worker.c  the threads that serve connections
 *   visit.c   the life of one request: head, body, call, answer
 *   gate.c    what a request must be to be looked at */
#ifndef MERIT_MALL_FRONT_INNER_H
#define MERIT_MALL_FRONT_INNER_H

#include "mall/answer.h"
#include "mall/assets.h"
#include "mall/front.h"
#include "mall/listen.h"
#include "mall/metrics.h"
#include "mall/relay.h"
#include "mall/sockets.h"

/* A thread, and the connections it serves. */
struct merit_worker {
	struct merit_front *front;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	bool is_started;
	int wake_fd;
	pthread_mutex_t mutex; /* of what follows: the inbox */
	struct merit_arrival *arrivals;
	struct merit_visit *answered;
	bool is_ending;
};

struct merit_front {
	struct merit_front_options options;
	struct merit_listener listener;
	struct merit_worker *workers;
	size_t next_worker; /* gets the next connection */
	char *certificate, *key; /* PEM */
	struct merit_relay *relay;
	struct merit_sockets sockets;
	struct merit_limiter limiter;
	struct merit_answers answers;
	struct merit_tallies tallies;
	pthread_rwlock_t assets_lock; /* held while a response is looked up and queued, which then keeps itself */
	struct merit_assets *assets;
	bool is_secure; /* browsers come by https */
	atomic_bool is_stopping;
	atomic_size_t visits_count;    /* under way */
	_Atomic int64_t complained_ms; /* when the log last said that meritd does not answer */
};

/* Where a path leads. */
enum merit_route { MERIT_ROUTE_FILE, MERIT_ROUTE_CALL, MERIT_ROUTE_HEALTH };

/* One request, from its first line to the end of its answer. */
struct merit_visit {
	struct merit_front *front;
	struct merit_worker *worker;
	struct merit_visit *next_answered;
	struct MHD_Connection *connection;
	struct merit_socket *socket;
	size_t target_size; /* of the request line, as it came */
	bool has_path;
	char path[MERIT_PATH_SIZE_MAX + 1];

	bool is_gated; /* the gate has looked; what follows is set */
	enum merit_route route;
	bool is_refused;
	enum merit_answer refusal;
	const char *accept_encoding, *if_none_match; /* libmicrohttpd's, as long as the visit */

	struct merit_buffer message; /* of a call, as it goes to meritd: relay line, envelope, body */
	struct merit_exchange *exchange;
	int64_t sent_us;
	bool is_answered;
	bool is_held; /* the socket has the body, or the answer, noted: it is a long one */
};

/* Microseconds of a clock that nobody sets. */
int64_t merit_front_uptime_us(void);

/* gate.c: looks at the head of a request, and sets what is_gated stands for; for a call, begins its message. False when
 * the rest of the request must not be read: its end may lie elsewhere than it says, or it is too long. */
bool merit_gate(struct merit_visit *visit, const char *method, const char *version);

/* visit.c: notes that a body or an answer of so many bytes is under way, in place of what was. False where
 * its address, or all of them, have too many already. */
MERIT_MUST_USE bool merit_visit_hold(struct merit_visit *visit, uint64_t size);

/* visit.c: what libmicrohttpd calls. */
void *merit_visit_begin(void *worker, const char *target, struct MHD_Connection *connection);
enum MHD_Result merit_visit_handle(void *worker, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload, size_t *upload_size, void **visit);
void merit_visit_end(void *worker, struct MHD_Connection *connection, void **visit,
                     enum MHD_RequestTerminationCode code);

/* worker.c. The worker is zero-filled before start, and after stop, which takes one that did not start, too.
 * Returns IO_FAILED, NO_MEMORY, BAD_FORMAT for a certificate. */
MERIT_MUST_USE enum merit_status merit_worker_start(struct merit_worker *worker, struct merit_front *front);
void merit_worker_stop(struct merit_worker *worker);

/* Hands it a connection that is noted in sockets under serial. False without memory: fd is still the caller's. */
MERIT_MUST_USE bool merit_worker_add(struct merit_worker *worker, int fd, uint64_t serial,
                                     const struct sockaddr *address, socklen_t address_size);

/* What the suspended visit waits for has come. Any thread, a callback of nng's too. */
void merit_worker_answered(struct merit_visit *visit);

#endif
