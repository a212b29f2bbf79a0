/* arguments.h - a command line taken apart after its command's row: operands, and options with their values.
 *
 * Form    --name value, --name=value, --flag, in any order with operands; behind -- everything is an operand.
 * Memory  borrows argv and the table; nothing is copied.
 * Never   guesses: an unknown option, a missing value or one operand too many is an error with its reason printed. */
#ifndef MERIT_CLI_ARGUMENTS_H
#define MERIT_CLI_ARGUMENTS_H

#include "cli/command.h"
#include "ledger/status.h"

#define MERIT_ARGUMENTS_MAX 128 /* words behind the command */

struct merit_given {
	const struct merit_option *option;
	const char *value; /* NULL for a flag */
};

struct merit_arguments {
	const struct merit_command *command;
	const char *operands[MERIT_ARGUMENTS_MAX];
	size_t operands_count;
	struct merit_given given[MERIT_ARGUMENTS_MAX];
	size_t given_count;
};

/* Reads the words behind a command's name. False, with the reason printed, when they do not fit its row; with help_out
 * set, when help was asked for. */
MERIT_MUST_USE bool merit_arguments_read(const struct merit_command *command, const char *const *words,
                                         size_t words_count, struct merit_arguments *arguments_out, bool *help_out);

/* Whether the option was given. */
bool merit_argument_flag(const struct merit_arguments *arguments, const char *name);

/* The last value given for the option, or fallback. */
const char *merit_argument(const struct merit_arguments *arguments, const char *name, const char *fallback);

/* The value in place index of an option that may be repeated; NULL past the last. */
const char *merit_argument_at(const struct merit_arguments *arguments, const char *name, size_t index);

/* The option's value as an integer within min and max, or fallback where it was not given. False, with the reason
 * printed, for anything else. */
MERIT_MUST_USE bool merit_argument_integer(const struct merit_arguments *arguments, const char *name, int64_t min,
                                           int64_t max, int64_t fallback, int64_t *value_out);

/* The operand in place index as the seq of an entry. False, with the reason printed. */
MERIT_MUST_USE bool merit_operand_seq(const struct merit_arguments *arguments, size_t index, int64_t *seq_out);

#endif
