/* options.c - see options.h. */
#include "bench/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void bench_option_fault(const char *option, const char *value)
{
	fprintf(stderr, "%s: %s: cannot use '%s'; see --help\n", program_invocation_short_name, option, value);
	exit(2);
}

uint64_t bench_option_number(const char *option, const char *text, uint64_t max)
{
	char *end;

	errno = 0;
	unsigned long long number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number < 1 || number > max)
		bench_option_fault(option, text);
	return number;
}

size_t bench_option_word(const char *option, const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	bench_option_fault(option, text);
}

void bench_program_beside(const char *name, char path_out[PATH_MAX])
{
	ssize_t size = readlink("/proc/self/exe", path_out, PATH_MAX - 1);

	path_out[size < 0 ? 0 : size] = '\0';
	char *slash = strrchr(path_out, '/');
	char *at = slash == NULL ? path_out : slash + 1;
	(void)snprintf(at, (size_t)(path_out + PATH_MAX - at), "%s", name);
}
