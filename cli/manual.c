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

static void words_print(const char *variable, bool is_second, const char *first)
{
	const struct merit_command *command;
	const char *before = "";

	printf("\t%s='", variable);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		size_t size = strcspn(command->name, " ");
		bool is_pair = command->name[size] == ' ';
		if (is_second && is_pair && strncmp(command->name, first, size) == 0)
			printf(" %s", command->name + size + 1);
		else if (!is_second && (strlen(before) < size || memcmp(before, command->name, size) != 0))
			printf(" %.*s", (int)size, command->name);
		before = command->name;
	}
	fputs("'\n", stdout);
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
	      "\tlocal name=\"${COMP_WORDS[1]}\" first=2 method='' options='' params='' commands methods keys clocks\n",
	      stdout);
	words_print("commands", false, "");
	words_print("keys", true, "key");
	words_print("clocks", true, "clock");
	methods_words();
	fputs("\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$word\")\n\t\treturn\n\tfi\n"
	      "\tcase \"$name\" in\n\tkey | clock)\n"
	      "\t\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
	      "\t\t\t[ \"$name\" = key ] && commands=$keys || commands=$clocks\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$word\")\n\t\t\treturn\n\t\tfi\n"
	      "\t\tname=\"$name ${COMP_WORDS[2]}\" first=3 ;;\n"
	      "\tcall | import | methods)\n"
	      "\t\tif [ \"$COMP_CWORD\" -eq \"$first\" ]; then\n"
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
