/* metrics.h - what the service counts about itself, and how Prometheus reads it.
 *
 * Counters only rise, gauges are set; both are 64-bit and any thread may touch them.
 * Source  the text format of Prometheus, version 0.0.4 */
#ifndef MERIT_RPC_METRICS_H
#define MERIT_RPC_METRICS_H

#include "ledger/buffer.h"

#include <stdatomic.h>
#include <stdint.h>

/* X(NAME, "name", type, "help") */
/* clang-format off */
#define MERIT_METRIC_MAP(X)                                                                                            \
	X(MESSAGES, "merit_messages_total", counter, "messages received")                                              \
	X(MESSAGE_BYTES, "merit_message_bytes_total", counter, "bytes of messages received")                           \
	X(REFUSED, "merit_messages_refused_total", counter, "messages answered with an error as a whole")              \
	X(BUSY, "merit_messages_busy_total", counter, "messages refused because a queue was full")                     \
	X(LIMITED, "merit_messages_rate_limited_total", counter, "messages refused by a token bucket")                 \
	X(FORGED, "merit_messages_bad_signature_total", counter, "messages whose signature did not match")             \
	X(WRITES, "merit_write_calls_total", counter, "calls of writes decided")                                       \
	X(READS, "merit_read_calls_total", counter, "calls of reads answered")                                         \
	X(GROUPS, "merit_groups_total", counter, "groups committed")                                                   \
	X(GROUP_MICROSECONDS, "merit_group_microseconds_total", counter, "time spent on groups, deciding to commit")   \
	X(COMMIT_MICROSECONDS, "merit_commit_microseconds_total", counter, "of it, in commits")                        \
	X(WRITE_BACKS, "merit_write_backs_total", counter, "write-backs of the state finished")                        \
	X(ENTRIES, "merit_entries", gauge, "durable entries in the log")                                               \
	X(ENTRY_TIME, "merit_entry_time_milliseconds", gauge, "time of the last entry")                                \
	X(CONNECTIONS, "merit_connections", gauge, "connections open")                                                 \
	X(QUEUED, "merit_queue_messages", gauge, "messages that wait for the ledger")                                  \
	X(WAITERS, "merit_feed_waiters", gauge, "readers of the feed that wait for something new")                     \
	X(WRITABLE, "merit_writable", gauge, "1 while writes are taken, 0 while they are refused")                     \
	X(STORE_USED, "merit_store_used_bytes", gauge, "bytes of the map in use")                                      \
	X(STORE_SIZE, "merit_store_map_bytes", gauge, "bytes the map may grow to")                                     \
	X(STATE_MEMORY, "merit_state_memory_bytes", gauge, "bytes of memory that hold state")                          \
	X(CLAIMS, "merit_claims", gauge, "ids, references and evidence in use")
/* clang-format on */

#define X(constant, name, type, help) MERIT_METRIC_##constant,
enum merit_metric { MERIT_METRIC_MAP(X) MERIT_METRIC_COUNT };
#undef X

/* Zero-filled is ready for use. */
struct merit_metrics {
	atomic_uint_fast64_t values[MERIT_METRIC_COUNT];
};

void merit_metrics_add(struct merit_metrics *metrics, enum merit_metric metric, uint64_t amount);
void merit_metrics_set(struct merit_metrics *metrics, enum merit_metric metric, uint64_t value);
uint64_t merit_metrics_value(const struct merit_metrics *metrics, enum merit_metric metric);

/* Appends one number as Prometheus reads it. */
void merit_metrics_put(struct merit_buffer *out, const char *name, const char *type, const char *help, uint64_t value);

/* Appends all of them. */
void merit_metrics_print(const struct merit_metrics *metrics, struct merit_buffer *out);

#endif
