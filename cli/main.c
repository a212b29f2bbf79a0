/* main.c - merit: finds the command, reads its arguments, runs it, and ends with its exit code. */
#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/output.h"

/* How many words an option in front of the command takes: 2 with a value of its own word, 0 for no option. */
static size_t option_size(const char *word)
{
	const struct merit_option *const lists[] = { merit_connection_options, merit_common_options };
	size_t size = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;

	for (size_t i = 0; size > 0 && i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (const struct merit_option *option = lists[i]; option->name != NULL; option++) {
			if (strlen(option->name) == size && memcmp(option->name, word + 2, size) == 0)
				return option->value != NULL && word[2 + size] != '=' ? 2 : 1;
		}
	}
	return 0;
}

/* Puts options that stand in front of the command behind everything: merit --profile FILE balance M1. */
static void options_move(const char *const *words, size_t words_count, const char *words_out[MERIT_ARGUMENTS_MAX])
{
	size_t front_count = 0, used;

	while (front_count < words_count && (used = option_size(words[front_count])) > 0)
		front_count += used;
	if (front_count > words_count)
		front_count = words_count;
	for (size_t i = 0; i < words_count; i++)
		words_out[i] = words[(i + front_count) % words_count];
}

static bool is_first_word(const char *word)
{
	const struct merit_command *command;

	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		if (merit_command_is_in(command, word))
			return true;
	}
	return false;
}

/* What is no command: half of one is helped on. */
static enum merit_exit command_missing(const char *const *words, size_t words_count)
{
	bool is_half = is_first_word(words[0]);

	if (is_half && words_count > 1 && strcmp(words[1], "--help") == 0) {
		merit_help_group(words[0], stdout);
		return MERIT_EXIT_DONE;
	}
	if (is_half && words_count == 1)
		merit_help_group(words[0], stderr);
	else
		merit_complain("there is no command \"%s%s%s\"; merit %s%s lists them", words[0],
		               words_count > 1 ? " " : "", words_count > 1 ? words[1] : "",
		               is_half ? "help " : "--help", is_half ? words[0] : "");
	return MERIT_EXIT_USAGE;
}

static enum merit_exit command_run(const char *const *words, size_t words_count)
{
	static struct merit_arguments arguments;
	size_t used = 0;
	bool wants_help;

	const struct merit_command *command = merit_command_find(words, words_count, &used);
	if (command == NULL)
		return command_missing(words, words_count);
	bool is_good = merit_arguments_read(command, words + used, words_count - used, &arguments, &wants_help);
	if (wants_help) {
		merit_help_command(command, stdout);
		return MERIT_EXIT_DONE;
	}
	return is_good ? command->run(&arguments) : MERIT_EXIT_USAGE;
}

static enum merit_exit help_run(const char *const *words, size_t words_count)
{
	size_t used;
	const struct merit_command *command = merit_command_find(words, words_count, &used);

	if (command != NULL)
		merit_help_command(command, stdout);
	else if (words_count == 0 || !merit_help_group(words[0], stdout))
		merit_help(stdout);
	return MERIT_EXIT_DONE;
}

static enum merit_exit words_run(const char *const *given, size_t words_count)
{
	const char *words[MERIT_ARGUMENTS_MAX];

	if (words_count == 0) {
		merit_help(stderr);
		return MERIT_EXIT_USAGE;
	}
	if (words_count > MERIT_ARGUMENTS_MAX) {
		merit_complain("more than %d words", MERIT_ARGUMENTS_MAX);
		return MERIT_EXIT_USAGE;
	}
	if (strcmp(given[0], "--version") == 0) {
		puts("merit " MERIT_VERSION);
		return MERIT_EXIT_DONE;
	}
	if (strcmp(given[0], "--help") == 0 || strcmp(given[0], "help") == 0)
		return help_run(given + 1, words_count - 1);
	options_move(given, words_count, words);
	return command_run(words, words_count);
}

int main(int argc, char **argv)
{
	/* For the widths of characters in tables alone; where it is missing, each counts as one column. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (sodium_init() < 0) {
		merit_complain("libsodium cannot start on this machine");
		return MERIT_EXIT_USAGE;
	}
	enum merit_exit end = words_run((const char *const *)argv + 1, argc < 1 ? 0 : (size_t)argc - 1);
	/* A full disk under a redirected output must not look like success. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && end == MERIT_EXIT_DONE) {
		merit_complain("the output could not be written: %s", strerror(errno));
		return MERIT_EXIT_USAGE;
	}
	return end;
}
