/* daemon.c - see daemon.h. */
#include "rpc/daemon.h"

#include "rpc/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- Options ---- */

static int say_unusable(const struct merit_daemon_command *command, const char *what, const char *value)
{
	fprintf(stderr, "%s: %s: cannot use '%s'; see %s --help\n", command->name, what, value, command->name);
	return MERIT_DAEMON_EXIT_USAGE;
}

bool merit_daemon_read_options(const struct merit_daemon_command *command, int argc, char **argv, void *context,
                               int *code_out)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "", command->options, &index)) != -1) {
		*code_out = 0;
		if (option == MERIT_DAEMON_HELP) {
			(void)fputs(command->usage, stdout);
			return false;
		}
		if (option == MERIT_DAEMON_VERSION) {
			(void)printf("%s %s\n", command->name, MERIT_VERSION);
			return false;
		}
		*code_out = MERIT_DAEMON_EXIT_USAGE;
		if (option == '?')
			return false; /* getopt has said what is wrong. */
		if (!command->take(context, option, optarg)) {
			*code_out = say_unusable(command, command->options[index].name, optarg);
			return false;
		}
	}
	if (optind < argc)
		*code_out = say_unusable(command, "argument", argv[optind]);
	return optind == argc;
}

/* ---- Their values ---- */

/* A decimal from 1 to max, in front of *end_out. */
static bool read_number(const char *text, int64_t max, int64_t *number_out, const char **end_out)
{
	char *end = NULL;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || number < 1 || number > max)
		return false;
	*number_out = number;
	*end_out = end;
	return true;
}

bool merit_daemon_read_count(const char *text, size_t max, size_t *count_out)
{
	const char *end = NULL;
	int64_t number = 0;

	if (!read_number(text, (int64_t)max, &number, &end) || *end != '\0')
		return false;
	*count_out = (size_t)number;
	return true;
}

bool merit_daemon_read_size(const char *text, size_t max, size_t *size_out)
{
	static const char units[] = "KMGT";
	const char *end = NULL;
	int64_t number = 0;
	unsigned shift = 0;

	if (!read_number(text, (int64_t)max, &number, &end))
		return false;
	if (*end != '\0') {
		const char *unit = strchr(units, *end);
		if (unit == NULL || end[1] != '\0')
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if ((size_t)number > max >> shift)
		return false;
	*size_out = (size_t)number << shift;
	return true;
}

bool merit_daemon_read_rate(const char *text, struct merit_rate *rate_out)
{
	struct merit_rate rate;
	const char *end = NULL;

	if (!read_number(text, MERIT_RATE_MAX, &rate.per_second, &end) || *end != '/' ||
	    !read_number(end + 1, MERIT_RATE_MAX, &rate.burst, &end) || *end != '\0')
		return false;
	*rate_out = rate;
	return true;
}

bool merit_daemon_read_level(const char *text)
{
	static const char *const words[] = { "error", "warning", "info", "debug" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], text) == 0) {
			merit_log_set_level((enum merit_log_level)i);
			return true;
		}
	}
	return false;
}

/* ---- The process ---- */

void merit_daemon_harden(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void merit_daemon_exit_at_once(int signal_number)
{
	(void)signal_number;
	_exit(1);
}
