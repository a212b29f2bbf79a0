/* commands_inner.h - the parts of the table of commands, a file each; commands.c puts them together. */
#ifndef MERIT_CLI_COMMANDS_INNER_H
#define MERIT_CLI_COMMANDS_INNER_H

#include "cli/command.h"

#define MERIT_OPERANDS_MANY 100

/* Every write that makes one entry. */
#define MERIT_OPTION_ID                                                                                                \
	{                                                                                                              \
		"id", "ID", "the operation's id, to repeat a call safely; default a new one"                           \
	}

/* Every list. */
#define MERIT_OPTION_CSV                                                                                               \
	{                                                                                                              \
		"csv", NULL, "print CSV for a spreadsheet: numbers without separators, nothing it would run"           \
	}
#define MERIT_OPTIONS_LIST                                                                                             \
	{ "from", "NEXT", "begin here, where an earlier page ended" },                                                 \
	{ "limit", "ROWS", "default 50; all with --csv" },                                                             \
	MERIT_OPTION_CSV

/* Of merit import and what is made of it. */
extern const struct merit_option merit_import_options[];

/* Rows in the order of help; a name NULL ends each list. */
extern const struct merit_command merit_commands_day[];     /* what operators, merchants and reviewers do */
extern const struct merit_command merit_commands_finance[]; /* what the finance lead does */

#endif
