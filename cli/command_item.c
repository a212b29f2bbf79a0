/* command_item.c - items of the mall and the codes that are their stock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/text.h"

/* ---- Items ---- */

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("item", "item", TEXT),           MERIT_VIEW("title", "title", TEXT),
	MERIT_VIEW("merchant", "merchant", TEXT),   MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("category", "category", TEXT),   MERIT_VIEW(">points", "points", COUNT),
	MERIT_VIEW(">price", "price_minor", MONEY), MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW(">stock", "stock", COUNT),       MERIT_VIEW(">reserved", "reserved", COUNT),
	MERIT_VIEW("offered", "offered", FLAG),     MERIT_VIEW(">version", "version", NUMBER),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_item_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "item.list", NULL, list_columns, NULL, "There are no items yet." };

	return merit_verb_list(arguments, &list, 1);
}

static void limits_put(struct merit_buffer *out, const cJSON *item)
{
	for (const cJSON *member = item->child; member != NULL; member = member->next) {
		if (strncmp(member->string, "limit_", strlen("limit_")) != 0)
			continue;
		merit_buffer_put_format(out, "%s%s=", out->size == 0 ? "" : " ", member->string);
		merit_show_scalar_put(out, member);
	}
}

static const struct merit_view_column item_lines[] = {
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW("title", "title", TEXT),
	MERIT_VIEW("merchant", "merchant", TEXT),
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("category", "category", TEXT),
	MERIT_VIEW("version", "version", NUMBER),
	MERIT_VIEW("points", "points", COUNT),
	MERIT_VIEW("merchant gets", "price_minor", MONEY), /* who may see it is the service's to say */
	MERIT_VIEW("offered", "offered", TEXT),
	MERIT_VIEW("stock", "stock", COUNT),
	MERIT_VIEW("reserved", "reserved", COUNT),
	MERIT_VIEW("delivery", "delivery", TEXT),
	MERIT_VIEW_MADE("limits of a member", limits_put),
	MERIT_VIEW_END,
};

static enum merit_exit item_print(struct merit_session *session, const cJSON *item)
{
	merit_view_lines(stdout, item, item_lines, merit_session_display_offset(session));
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_item_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "item", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "item.get", values, item_print);
}

enum merit_exit merit_command_item_import(const struct merit_arguments *arguments)
{
	static const struct merit_verb_value none[] = { { NULL, NULL } };

	return merit_verb_import(arguments, "item.create", arguments->operands[0], none);
}

/* ---- Codes ---- */

/* The line without blanks around it and without the byte order mark that a first line may have. */
static struct merit_text code_of_line(const char *line, size_t size, bool is_first)
{
	static const char mark[] = "\xef\xbb\xbf", blanks[] = " \t\r\n";

	if (is_first && size >= strlen(mark) && memcmp(line, mark, strlen(mark)) == 0) {
		line += strlen(mark);
		size -= strlen(mark);
	}
	for (; size > 0 && memchr(blanks, line[0], strlen(blanks)) != NULL; size--)
		line++;
	while (size > 0 && memchr(blanks, line[size - 1], strlen(blanks)) != NULL)
		size--;
	return (struct merit_text){ line, size };
}

/* Writes the code as a JSON line; an empty line stays one, so that lines keep their numbers. */
static bool code_write(FILE *to, struct merit_text code)
{
	struct merit_buffer out = { 0 };

	if (code.size > 0) {
		merit_buffer_put_text(&out, "{\"code\":");
		merit_buffer_put_json(&out, code.data, code.size);
		merit_buffer_put_char(&out, '}');
	}
	merit_buffer_put_char(&out, '\n');
	bool is_written = fputs(merit_buffer_text(&out), to) >= 0;
	merit_buffer_free(&out);
	return is_written;
}

/* A file of codes as JSON lines. False with the reason printed. */
static bool codes_write(FILE *to, FILE *from, const char *path)
{
	char *line = NULL;
	size_t capacity = 0;
	uint64_t number = 0;
	bool is_good = true;
	ssize_t size;

	while (is_good && (size = getline(&line, &capacity, from)) >= 0) {
		struct merit_text code = code_of_line(line, (size_t)size, number++ == 0);
		is_good = code.size == 0 || merit_text_is_printable(code.data, code.size, MERIT_PRIVATE_SIZE_MAX);
		if (!is_good)
			merit_complain("%s, line %llu: a code is 1 to %d bytes of printable UTF-8; nothing was sent",
			               path, (unsigned long long)number, MERIT_PRIVATE_SIZE_MAX);
		else
			is_good = code_write(to, code);
	}
	free(line);
	bool is_whole = ferror(from) == 0 && fflush(to) == 0 && ferror(to) == 0;
	if (!is_whole)
		merit_complain("cannot read %s whole: %s", path, strerror(errno));
	return is_good && is_whole;
}

/* Puts the codes on standard input as rows to import, in a file that nobody else can open. False with the reason
 * printed. */
static bool codes_to_input(const char *path)
{
	FILE *from = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	FILE *rows = from == NULL ? NULL : tmpfile();
	bool is_ready = false;

	if (rows == NULL)
		merit_complain("cannot read %s: %s", path, strerror(errno));
	else if (codes_write(rows, from, path))
		is_ready = dup2(fileno(rows), STDIN_FILENO) == STDIN_FILENO;
	if (from != NULL && from != stdin)
		fclose(from);
	if (rows != NULL)
		fclose(rows);
	rewind(stdin); /* It may have been read to its end. */
	return is_ready;
}

enum merit_exit merit_command_code_import(const struct merit_arguments *arguments)
{
	const char *column = merit_argument(arguments, "column", NULL), *path = arguments->operands[1];
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	bool is_lines = column == NULL;
	struct merit_buffer item = { 0 }, code = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	merit_buffer_put_format(&item, "item=%s", arguments->operands[0]);
	merit_buffer_put_format(&code, "code=%s", is_lines ? "code" : column);
	const struct merit_verb_value options[] = {
		{ "set", merit_buffer_text(&item) },
		{ "map", merit_buffer_text(&code) },
		{ "format", is_lines ? "jsonl" : NULL },
		{ "name", is_lines && strcmp(path, "-") != 0 ? name : NULL },
		{ NULL, NULL },
	};
	if (!is_lines || codes_to_input(path))
		end = merit_verb_import(arguments, "code.add", is_lines ? "-" : path, options);
	merit_buffer_free(&item);
	merit_buffer_free(&code);
	return end;
}
