/* help.h - what the table of commands says of itself. */
#ifndef MERIT_CLI_HELP_H
#define MERIT_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* All commands, half a line each. */
void merit_help(FILE *file);

/* The commands whose first word is word. False, with nothing printed, when there are none. */
bool merit_help_group(const char *word, FILE *file);

/* One command: what it takes, its options, examples. */
void merit_help_command(const struct merit_command *command, FILE *file);

/* What the exit codes mean, a line each, with indent in front. */
void merit_help_exits(FILE *file, const char *indent);

#endif
