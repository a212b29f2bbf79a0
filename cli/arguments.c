/* arguments.c - see arguments.h. */
#include "cli/arguments.h"

#include <string.h>

#include "cli/output.h"
#include "cli/parameter.h"
#include "ledger/limits.h"

static const struct merit_option *option_in(const struct merit_option *options, const char *name, size_t size)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
			return options;
	}
	return NULL;
}

static const struct merit_option *option_find(const struct merit_command *command, const char *name, size_t size)
{
	const struct merit_option *option = option_in(command->options, name, size);

	if (option == NULL && command->calls)
		option = option_in(merit_connection_options, name, size);
	return option == NULL ? option_in(merit_common_options, name, size) : option;
}

/* Takes the option at words[*at_index], and its value from the word behind it where it is not after a '='. */
static bool option_read(const char *const *words, size_t words_count, size_t *at_index,
                        struct merit_arguments *arguments)
{
	const char *name = words[*at_index] + 2;
	size_t size = strcspn(name, "=");
	const struct merit_option *option = option_find(arguments->command, name, size);
	const char *value = name[size] == '=' ? name + size + 1 : NULL;

	if (option == NULL) {
		merit_complain("%s has no option --%.*s; merit %s --help lists them", arguments->command->name,
		               (int)size, name, arguments->command->name);
		return false;
	}
	if (option->value == NULL && value != NULL) {
		merit_complain("--%s takes no value", option->name);
		return false;
	}
	if (option->value != NULL && value == NULL) {
		if (*at_index + 1 == words_count) {
			merit_complain("--%s needs a value: --%s %s", option->name, option->name, option->value);
			return false;
		}
		value = words[++*at_index];
	}
	arguments->given[arguments->given_count++] = (struct merit_given){ option, value };
	return true;
}

static bool operands_fit(const struct merit_arguments *arguments)
{
	const struct merit_command *command = arguments->command;

	if (arguments->operands_count < command->operands_min) {
		merit_complain("%s needs %s; merit %s --help has examples", command->name, command->operands,
		               command->name);
		return false;
	}
	if (arguments->operands_count > command->operands_max) {
		merit_complain("%s takes no \"%s\"; write merit %s %s", command->name,
		               arguments->operands[command->operands_max], command->name, command->operands);
		return false;
	}
	return true;
}

bool merit_arguments_read(const struct merit_command *command, const char *const *words, size_t words_count,
                          struct merit_arguments *arguments_out, bool *help_out)
{
	bool is_behind_dashes = false;

	*arguments_out = (struct merit_arguments){ .command = command };
	*help_out = false;
	if (words_count > MERIT_ARGUMENTS_MAX) {
		merit_complain("more than %d words behind %s", MERIT_ARGUMENTS_MAX, command->name);
		return false;
	}
	for (size_t i = 0; i < words_count; i++) {
		if (!is_behind_dashes && strcmp(words[i], "--") == 0) {
			is_behind_dashes = true;
		} else if (!is_behind_dashes && strncmp(words[i], "--", 2) == 0) {
			if (!option_read(words, words_count, &i, arguments_out))
				return false;
		} else if (!is_behind_dashes && strcmp(words[i], "-o") == 0 && i + 1 < words_count &&
		           option_in(command->options, "output", 6) != NULL) {
			const struct merit_option *output = option_in(command->options, "output", 6);
			arguments_out->given[arguments_out->given_count++] = (struct merit_given){ output, words[++i] };
		} else {
			arguments_out->operands[arguments_out->operands_count++] = words[i];
		}
	}
	*help_out = merit_argument_flag(arguments_out, "help");
	return !*help_out && operands_fit(arguments_out);
}

bool merit_argument_flag(const struct merit_arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i].option->name, name) == 0)
			return true;
	}
	return false;
}

const char *merit_argument(const struct merit_arguments *arguments, const char *name, const char *fallback)
{
	const char *value = fallback;

	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i].option->name, name) == 0)
			value = arguments->given[i].value;
	}
	return value;
}

const char *merit_argument_at(const struct merit_arguments *arguments, const char *name, size_t index)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i].option->name, name) == 0 && index-- == 0)
			return arguments->given[i].value;
	}
	return NULL;
}

bool merit_argument_integer(const struct merit_arguments *arguments, const char *name, int64_t min, int64_t max,
                            int64_t fallback, int64_t *value_out)
{
	const char *text = merit_argument(arguments, name, NULL);

	*value_out = fallback;
	if (text == NULL)
		return true;
	if (merit_integer_parse(text, value_out) && *value_out >= min && *value_out <= max)
		return true;
	merit_complain("--%s takes an integer from %lld to %lld, not \"%s\"", name, (long long)min, (long long)max,
	               text);
	return false;
}

bool merit_operand_seq(const struct merit_arguments *arguments, size_t index, int64_t *seq_out)
{
	if (merit_integer_parse(arguments->operands[index], seq_out) && *seq_out >= 0)
		return true;
	merit_complain("\"%s\" is no entry's number; write one such as 17", arguments->operands[index]);
	return false;
}
