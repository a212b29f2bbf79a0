/* front.h - the mall's HTTP front: files and calls of browsers come in, files and meritd's answers go out.
 *
 *   accept -> worker: head, gate, body -> exchange with meritd, for which nobody waits -> the same worker: answer
 *
 * Order    open listens; start accepts; reload at any time; stop drains; free.
 * Bounds   connections, in all and of an address; exchanges; bytes of bodies, and of answers; the time a client may
 *          take. Over one of them a request is refused at once, or a connection that keeps us waiting is ended.
 * Never    reads what a call says, keeps a key or a member's data, or logs more of a request than its outcome.
 * Threads  open, start, reload, stop, free, print: one at a time. */
#ifndef MERIT_MALL_FRONT_H
#define MERIT_MALL_FRONT_H

#include "ledger/buffer.h"
#include "rpc/limiter.h"

#define MERIT_FRONT_ORIGINS_MAX  16
#define MERIT_FRONT_PROXIES_MAX  16
#define MERIT_FRONT_HEADER_MAX   ((size_t)16 * 1024) /* bytes of a request line and its fields */

struct merit_front; /* Opaque; see front_inner.h. */

/* What it points to lives as long as the front. */
struct merit_front_options {
	const char *const *listen; /* ADDRESS:PORT */
	size_t listen_count;
	const char *ledger_url;            /* tcp://ADDRESS:PORT of the meritd on this machine */
	const char *web, *content;         /* folders; NULL: none */
	const char *const *origins;        /* scheme://host the pages come from; none: what Host says */
	size_t origins_count;
	const char *const *proxies;        /* addresses whose X-Forwarded-For is believed */
	size_t proxies_count;
	const char *certificate_path, *key_path; /* PEM; NULL: http */
	struct merit_rate rate;            /* requests of an address */
	size_t connections_max, address_connections_max;
	size_t relays_max;                 /* calls under way at once */
	size_t body_max;                   /* bytes */
	size_t held_max, address_held_max; /* bytes of long bodies and answers under way */
	size_t threads_count;
	int64_t head_ms;                   /* how long a new connection may take to its first request, */
	int64_t request_ms;                /* a request from its first line to its last byte, */
	int64_t idle_ms;                   /* and the next one to come */
};

/* Everything but what is a pointer. */
void merit_front_options_default(struct merit_front_options *options);

/* Listens, reads the folders and begins to connect to meritd; says in the log what went wrong.
 * Returns  BAD_FORMAT (an address, url, certificate), IO_FAILED (address in use, folder), TOO_LARGE, NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_front_open(const struct merit_front_options *options,
                                                  struct merit_front **front_out);

/* Takes connections in from now on. NO_MEMORY, IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_front_start(struct merit_front *front);

/* Reads the folders again. What fails leaves everything as it was. */
MERIT_MUST_USE enum merit_status merit_front_reload(struct merit_front *front);

/* Takes nobody in any more, answers what is under way within ten seconds, and refuses what then still is. */
void merit_front_stop(struct merit_front *front);

/* After stop. free(NULL) does nothing. */
void merit_front_free(struct merit_front *front);

/* The name listened on, with its real port, after options->listen[index]; NULL behind the last. */
const char *merit_front_name(const struct merit_front *front, size_t index);

/* Appends what the front counts, as Prometheus reads it. argument is the front: for merit_metrics_listen. */
void merit_front_print(void *argument, struct merit_buffer *out);

#endif
