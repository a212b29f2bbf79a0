/* manual.c - merit man and merit completion: the tables as a roff page and as a bash function. */
#include <stdio.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/parameter.h"
#include "cli/settings.h"

/* ---- The manual page ---- */

/* Text with what roff would read as its own made harmless. */
static void roff_put(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bool is_first = i == 0 || text[i - 1] == '\n';
		if (text[i] == '\\')
			fputs("\\\\", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else if (is_first && (text[i] == '.' || text[i] == '\''))
			printf("\\&%c", text[i]);
		else
			putchar(text[i]);
	}
}

static void roff_line(const char *text)
{
	roff_put(text, strlen(text));
	putchar('\n');
}

static void roff_options(const struct merit_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		fputs(".TP\n\\fB\\-\\-", stdout);
		roff_put(options->name, strlen(options->name));
		fputs("\\fR", stdout);
		if (options->value != NULL) {
			fputs(" \\fI", stdout);
			roff_put(options->value, strlen(options->value));
			fputs("\\fR", stdout);
		}
		putchar('\n');
		roff_line(options->about);
	}
}

static void roff_command(const struct merit_command *command)
{
	const char *line = command->examples;

	printf(".SS \"merit %s %s\"\n", command->name, command->operands);
	roff_put(command->about, strlen(command->about));
	fputs(".\n", stdout);
	if (command->details != NULL)
		roff_line(command->details);
	roff_options(command->options);
	fputs(".PP\n.nf\n.RS\n", stdout);
	while (line != NULL && *line != '\0') {
		size_t size = strcspn(line, "\n");
		roff_put(line, size);
		putchar('\n');
		line += size + (line[size] != '\0');
	}
	fputs(".RE\n.fi\n", stdout);
}

enum merit_exit merit_command_man(const struct merit_arguments *arguments)
{
	const struct merit_command *command;

	(void)arguments;
	printf(".TH MERIT 1 \"\" \"merit %s\" \"User Commands\"\n", MERIT_VERSION);
	fputs(".SH NAME\nmerit \\- the command line of a merit ledger\n.SH SYNOPSIS\n.B merit\n.RI COMMAND \" ...\"\n",
	      stdout);
	fputs(".SH COMMANDS\n", stdout);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++)
		roff_command(command);
	fputs(".SH THE CONNECTION\nCommands that talk to a service take these. An option wins over its environment "
	      "variable, "
	      "that over the profile.\n",
	      stdout);
	roff_options(merit_connection_options);
	fputs(".SH PROFILE\nA file of lines\n.B name = value\nwith the names of the options above; a key's path is "
	      "taken from "
	      "the profile's own folder. Without \\fB\\-\\-profile\\fR and \\fBMERIT_PROFILE\\fR, "
	      "\\fI~/.config/merit/profile\\fR is read where it exists.\n",
	      stdout);
	fputs(".SH ALWAYS\n", stdout);
	roff_options(merit_common_options);
	fputs(".SH EXIT STATUS\n.nf\n", stdout);
	merit_help_exits(stdout, "");
	fputs(".fi\n.SH SEE ALSO\n.BR meritd (1)\n", stdout);
	return MERIT_EXIT_DONE;
}

/* ---- Completion ---- */

static void option_words(const struct merit_option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		printf(" --%s", options->name);
}

static void command_cases(void)
{
	const struct merit_command *command;

	fputs("\tcase \"$name\" in\n", stdout);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		printf("\t'%s') options='", command->name);
		option_words(command->options);
		if (command->calls)
			option_words(merit_connection_options);
		option_words(merit_common_options);
		fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n", stdout);
}

/* The parameters of every method, for call NAME= and import --map NAME=. */
static void method_cases(void)
{
	struct merit_method method;

	fputs("\tcase \"$method\" in\n", stdout);
	for (size_t i = 0; merit_method_at(i, &method); i++) {
		if (method.params_count == 0)
			continue;
		printf("\t%s) params='", method.name);
		for (size_t j = 0; j < method.params_count; j++)
			printf(" %s=", method.params[j].name);
		fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n", stdout);
}

static size_t first_size(const struct merit_command *command)
{
	return strcspn(command->name, " ");
}

/* Whether no command before it in the table begins with the same word; they stand together. */
static bool is_first_of_word(size_t index)
{
	const struct merit_command *command = merit_command_at(index);
	const struct merit_command *before = index == 0 ? NULL : merit_command_at(index - 1);

	return before == NULL || first_size(before) != first_size(command) ||
	       memcmp(before->name, command->name, first_size(command)) != 0;
}

static void first_words(void)
{
	const struct merit_command *command;

	fputs("\tcommands='", stdout);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		if (is_first_of_word(i))
			printf(" %.*s", (int)first_size(command), command->name);
	}
	fputs("'\n", stdout);
}

/* What may stand behind the first word of a command of two. */
static void second_cases(void)
{
	const struct merit_command *command;

	fputs("\tcase \"$name\" in\n", stdout);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		if (command->name[first_size(command)] == '\0')
			continue;
		if (is_first_of_word(i))
			printf("\t%.*s) seconds='", (int)first_size(command), command->name);
		printf(" %s", command->name + first_size(command) + 1);
		if (merit_command_at(i + 1) == NULL || is_first_of_word(i + 1))
			fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n", stdout);
}

static void methods_words(void)
{
	struct merit_method method;

	fputs("\tmethods='", stdout);
	for (size_t i = 0; merit_method_at(i, &method); i++)
		printf(" %s", method.name);
	fputs("'\n", stdout);
}

enum merit_exit merit_command_completion(const struct merit_arguments *arguments)
{
	if (strcmp(arguments->operands[0], "bash") != 0) {
		merit_complain("completion is there for bash only, not \"%s\"", arguments->operands[0]);
		return MERIT_EXIT_USAGE;
	}
	fputs("# bash completion of merit; merit completion bash prints it.\n_merit()\n{\n"
	      "\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD - 1]}\"\n"
	      "\tlocal name=\"${COMP_WORDS[1]}\" method='' options='' params='' commands seconds='' methods\n",
	      stdout);
	first_words();
	methods_words();
	second_cases();
	fputs("\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$word\")\n\t\treturn\n\tfi\n"
	      "\tif [ -n \"$seconds\" ]; then\n"
	      "\t\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$seconds\" -- \"$word\")\n\t\t\treturn\n\t\tfi\n"
	      "\t\tname=\"$name ${COMP_WORDS[2]}\"\n\tfi\n"
	      "\tcase \"$name\" in\n\tcall | import | methods)\n"
	      "\t\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$methods\" -- \"$word\")\n\t\t\treturn\n\t\tfi\n"
	      "\t\tmethod=\"${COMP_WORDS[2]}\" ;;\n\tesac\n",
	      stdout);
	command_cases();
	method_cases();
	fputs("\tif [[ $word == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
	      "\telif [[ $name == call || $before == --map || $before == --set ]]; then\n"
	      "\t\tcompopt -o nospace\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$params\" -- \"$word\")\n"
	      "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n\tfi\n}\n"
	      "complete -F _merit merit\n",
	      stdout);
	return MERIT_EXIT_DONE;
}
