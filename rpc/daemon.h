/* daemon.h - what the programs that serve share at their beginning and end: values of options, and keeping secrets from
 * core files and debuggers.
 *
 * Args    read_... take a whole option's value, and are false for what is none; outputs are then untouched. */
#ifndef MERIT_RPC_DAEMON_H
#define MERIT_RPC_DAEMON_H

#include "rpc/limiter.h"

#include <stdbool.h>
#include <stddef.h>

/* A decimal from 1 to max. */
MERIT_MUST_USE bool merit_daemon_read_count(const char *text, size_t max, size_t *count_out);

/* The same with an optional K, M, G or T behind it: powers of 1,024 bytes. */
MERIT_MUST_USE bool merit_daemon_read_size(const char *text, size_t max, size_t *size_out);

/* N/BURST */
MERIT_MUST_USE bool merit_daemon_read_rate(const char *text, struct merit_rate *rate_out);

/* error, warning, info or debug: the log's from now on. */
MERIT_MUST_USE bool merit_daemon_read_level(const char *text);

/* No core file from now on, and no debugger but root's. */
void merit_daemon_harden(void);

/* A handler of signals, for when the end is under way already. */
void merit_daemon_exit_at_once(int signal_number);

#endif
