/* metrics.h - what the mall counts about itself; and where Prometheus reads that, with what meritd counts, on a
 * listener of its own.
 *
 * Never    on the mall's own address: numbers about who comes are not for everybody.
 * Threads  counts: any. The listener has a thread of its own, which may wait for meritd.
 * Source   the text format of Prometheus, version 0.0.4 */
#ifndef MERIT_MALL_METRICS_H
#define MERIT_MALL_METRICS_H

#include "ledger/buffer.h"
#include "ledger/status.h"

#include <stdatomic.h>

/* X(NAME, "name", type, "help") */
/* clang-format off */
#define MERIT_TALLY_MAP(X)                                                                                             \
	X(REQUESTS, "merit_mall_requests_total", counter, "requests received")                                         \
	X(FILES, "merit_mall_files_total", counter, "requests answered with a file, or that it is unchanged")          \
	X(CALLS, "merit_mall_calls_total", counter, "calls handed to meritd")                                          \
	X(CALLS_ANSWERED, "merit_mall_calls_answered_total", counter, "calls meritd answered")                         \
	X(CALL_MICROSECONDS, "merit_mall_call_microseconds_total", counter, "time they took, sending to answer")       \
	X(REFUSED, "merit_mall_refused_total", counter, "requests refused, whatever the reason")                       \
	X(LIMITED, "merit_mall_rate_limited_total", counter, "of them, by the limit of their address")                 \
	X(BUSY, "merit_mall_busy_total", counter, "of them, because too much was under way")                           \
	X(UNREACHABLE, "merit_mall_unreachable_total", counter, "of them, because meritd did not answer")              \
	X(CROSS_SITE, "merit_mall_cross_site_total", counter, "of them, because they came from another site")          \
	X(ENDED, "merit_mall_connections_ended_total", counter, "connections ended for being late or too many")        \
	X(CONNECTIONS, "merit_mall_connections", gauge, "connections open")                                            \
	X(UNDER_WAY, "merit_mall_calls_under_way", gauge, "calls meritd has yet to answer")                            \
	X(HELD, "merit_mall_held_bytes", gauge, "bytes of long bodies and answers under way")                          \
	X(CONNECTED, "merit_mall_connected", gauge, "1 while there is a connection to meritd")                         \
	X(ASSETS, "merit_mall_assets", gauge, "files that can be asked for")
/* clang-format on */

#define X(constant, name, type, help) MERIT_TALLY_##constant,
enum merit_tally { MERIT_TALLY_MAP(X) MERIT_TALLY_COUNT };
#undef X

/* Zero-filled is ready for use. */
struct merit_tallies {
	atomic_uint_fast64_t values[MERIT_TALLY_COUNT];
};

void merit_tally_add(struct merit_tallies *tallies, enum merit_tally tally, uint64_t amount);
void merit_tally_set(struct merit_tallies *tallies, enum merit_tally tally, uint64_t value);

/* Appends all of them as Prometheus reads them. */
void merit_tallies_print(const struct merit_tallies *tallies, struct merit_buffer *out);

struct merit_metrics_listener; /* See metrics.c. */

/* Serves GET /metrics at ADDRESS:PORT, port 0 taking a free one: what print(argument) appends, and behind it the counts
 * of the meritd at url, where it answers within two seconds.
 * Returns  BAD_FORMAT for an address that is none, or not this machine's alone, IO_FAILED, NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_metrics_listen(const char *address, const char *url,
						      void (*print)(void *argument, struct merit_buffer *out),
						      void *argument, struct merit_metrics_listener **listener_out);

/* The address with its real port. */
const char *merit_metrics_name(const struct merit_metrics_listener *listener);

/* close(NULL) does nothing. */
void merit_metrics_close(struct merit_metrics_listener *listener);

#endif
