/* help.c - see help.h; and merit methods. */
#include "cli/help.h"

#include <string.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/parameter.h"

#define LINE_WIDTH 96

static const char *const exits[] = {
	"0  done, clean, verified",
	"1  refused by the ledger, different, or not proven",
	"2  the command line or a file is not understood; nothing was sent",
	"3  no answer, or the service cannot take it now: repeat the same command, or see what it says",
};

void merit_help_exits(FILE *file, const char *indent)
{
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		fprintf(file, "%s%s\n", indent, exits[i]);
}

void merit_help(FILE *file)
{
	const struct merit_command *command;

	fputs("usage: merit COMMAND ...\n\nThe command line of a merit ledger: points that everyone can prove.\n\n",
	      file);
	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++)
		fprintf(file, "  %-18s %s\n", command->name, command->about);
	fputs("\nmerit COMMAND --help explains one, with examples. Exit codes:\n", file);
	merit_help_exits(file, "  ");
}

bool merit_help_group(const char *word, FILE *file)
{
	const struct merit_command *command;
	bool is_there = false;

	for (size_t i = 0; (command = merit_command_at(i)) != NULL; i++) {
		if (!merit_command_is_in(command, word))
			continue;
		if (!is_there)
			fprintf(file, "usage: merit %s COMMAND ...\n\n", word);
		fprintf(file, "  %-18s %s\n", command->name, command->about);
		is_there = true;
	}
	if (is_there)
		fprintf(file, "\nmerit %s COMMAND --help explains one, with examples.\n", word);
	return is_there;
}

/* Words up to LINE_WIDTH a line. */
static void paragraph_print(const char *text, FILE *file)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t size = strcspn(text, " \n");
		if (column > 0 && column + 1 + size > LINE_WIDTH) {
			fputc('\n', file);
			column = 0;
		}
		fprintf(file, "%s%.*s", column == 0 ? "" : " ", (int)size, text);
		column += size + (column > 0);
		text += size;
		if (*text == '\n') {
			fputc('\n', file);
			column = 0;
		}
		text += *text != '\0';
	}
	fputc('\n', file);
}

static void options_print(const char *title, const struct merit_option *options, FILE *file)
{
	if (options == NULL || options->name == NULL)
		return;
	fprintf(file, "\n%s:\n", title);
	for (; options->name != NULL; options++) {
		int width = fprintf(file, "  --%s%s%s", options->name, options->value == NULL ? "" : " ",
		                    options->value == NULL ? "" : options->value);
		fprintf(file, "%*s%s\n", width < 30 ? 30 - width : 2, "", options->about);
	}
}

void merit_help_command(const struct merit_command *command, FILE *file)
{
	const char *line = command->examples;

	fprintf(file, "usage: merit %s%s%s [option]...\n\n", command->name, command->operands[0] == '\0' ? "" : " ",
	        command->operands);
	fprintf(file, "merit %s: %s.\n", command->name, command->about);
	if (command->details != NULL)
		paragraph_print(command->details, file);
	options_print("options", command->options, file);
	if (command->calls)
		options_print("the connection", merit_connection_options, file);
	options_print("always", merit_common_options, file);
	fputs("\nexamples:\n", file);
	while (line != NULL && *line != '\0') {
		size_t size = strcspn(line, "\n");
		fprintf(file, "  %.*s\n", (int)size, line);
		line += size + (line[size] != '\0');
	}
}

/* ---- merit methods ---- */

static void roles_put(struct merit_buffer *out, unsigned may)
{
	for (unsigned role = 0; role < MERIT_ROLE_COUNT; role++) {
		if ((may & 1u << role) != 0)
			merit_buffer_put_format(out, "%s%s", out->size == 0 ? "" : " ",
			                        merit_role_word((enum merit_role)role));
	}
}

static void methods_print(void)
{
	struct merit_table table = { 0 };
	struct merit_method method;

	merit_table_column(&table, "method");
	merit_table_column(&table, "kind");
	merit_table_column(&table, "what it does");
	for (size_t i = 0; merit_method_at(i, &method); i++) {
		merit_table_text(&table, method.name);
		merit_table_text(&table, method.operation != NULL ? "write" : "read");
		merit_table_text(&table, method.operation != NULL ? method.operation->about : method.query->about);
	}
	merit_table_print(&table, stdout, false);
	merit_table_free(&table);
}

static void method_print(const struct merit_method *method)
{
	struct merit_buffer roles = { 0 };
	struct merit_table table = { 0 };
	bool is_write = method->operation != NULL;

	roles_put(&roles, is_write ? method->operation->may : method->query->may);
	printf("%s: %s.\n", method->name, is_write ? method->operation->about : method->query->about);
	printf("Called by: %s%s\n\n", merit_buffer_text(&roles),
	       !is_write && method->query->is_public ? ", and anybody without a signature" : "");
	merit_buffer_free(&roles);
	merit_table_column(&table, "parameter");
	merit_table_column(&table, "needed");
	merit_table_column(&table, "what it is");
	merit_table_column(&table, "form");
	for (size_t i = 0; i < method->params_count; i++) {
		const struct merit_parameter *parameter = &method->params[i];
		const struct merit_type_row *type = merit_type_row(parameter->type);
		merit_table_text(&table, parameter->name);
		merit_table_text(&table, parameter->required ? "yes" : "no");
		merit_table_text(&table, parameter->about);
		merit_table_text(&table, type->words != NULL ? type->words : type->about);
	}
	merit_table_print(&table, stdout, false);
	merit_table_free(&table);
}

enum merit_exit merit_command_methods(const struct merit_arguments *arguments)
{
	struct merit_method method;

	if (arguments->operands_count == 0) {
		methods_print();
		return MERIT_EXIT_DONE;
	}
	if (!merit_method_find(arguments->operands[0], &method)) {
		merit_complain("there is no method %s; merit methods lists them", arguments->operands[0]);
		return MERIT_EXIT_USAGE;
	}
	method_print(&method);
	return MERIT_EXIT_DONE;
}
