/* daemon.h - what the programs that serve share at their beginning and end: their options, and keeping secrets from
 * core files and debuggers.
 *
 * Args    read_... take a whole option's value, and are false for what is none; outputs are then untouched. */
#ifndef MERIT_RPC_DAEMON_H
#define MERIT_RPC_DAEMON_H

#include "rpc/limiter.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#define MERIT_DAEMON_EXIT_USAGE 2 /* what a program ends with that was called wrongly */

/* What options stand for in a table of getopt. Every program has the first two; its own begin at the last. */
enum merit_daemon_option { MERIT_DAEMON_HELP = 256, MERIT_DAEMON_VERSION, MERIT_DAEMON_OPTION };

/* A program as it is called. */
struct merit_daemon_command {
	const char *name;
	const char *usage;            /* what --help prints */
	const struct option *options; /* of getopt_long: long ones, the last all 0 */
	bool (*take)(void *context, int option, const char *value); /* false: it cannot use the value */
};

/* Hands every option but --help and --version to take. False when the program is done: for those two and for wrong
 * usage, which has been said; *code_out is then its exit code. Once in a process: getopt keeps its place. */
MERIT_MUST_USE bool merit_daemon_read_options(const struct merit_daemon_command *command, int argc, char **argv,
					      void *context, int *code_out);

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
