/* verb.c - see verb.h. */
#include "cli/verb.h"

#include <assert.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/parameter.h"
#include "cli/show.h"
#include "ledger/arena.h"

#define LIST_ROWS_DEFAULT 50

static struct merit_method method_of(const char *name)
{
	struct merit_method method;
	bool is_known = merit_method_find(name, &method);

	assert(is_known); /* Names stand in command_*.c, not in what a person typed. */
	return method;
}

/* The option of the command that is the parameter; NULL when it has none. */
static const struct merit_option *option_of(const struct merit_command *command, const char *parameter)
{
	const struct merit_option *option = command->options;

	while (option != NULL && option->name != NULL && strcmp(option->name, parameter) != 0)
		option++;
	return option == NULL || option->name == NULL || option->value == NULL ? NULL : option;
}

/* ---- Writes ---- */

static bool options_suffice(const struct merit_arguments *arguments, const struct merit_method *method)
{
	for (size_t i = 0; i < method->params_count; i++) {
		const struct merit_parameter *parameter = &method->params[i];
		const struct merit_option *option = option_of(arguments->command, parameter->name);
		if (!parameter->required || option == NULL || merit_argument(arguments, option->name, NULL) != NULL)
			continue;
		merit_complain("%s needs --%s %s: %s", arguments->command->name, option->name, option->value,
		               parameter->about);
		return false;
	}
	return true;
}

/* Adds an operand name=value as merit call takes it; the arena holds it. */
static void operand_add(struct merit_arguments *call, struct merit_arena *arena, const char *name, const char *value)
{
	struct merit_buffer text = { 0 };

	if (value == NULL)
		return;
	assert(call->operands_count < MERIT_ARGUMENTS_MAX);
	merit_buffer_put_format(&text, "%s=%s", name, value);
	merit_buffer_need(&text);
	const char *copy = merit_arena_copy(arena, text.data, text.size);
	merit_need(copy);
	call->operands[call->operands_count++] = copy;
	merit_buffer_free(&text);
}

enum merit_exit merit_verb_write(const struct merit_arguments *arguments, const char *method_name,
                                 const struct merit_verb_value *values)
{
	struct merit_method method = method_of(method_name);
	struct merit_arguments call = *arguments;
	struct merit_arena arena = { 0 };

	if (!options_suffice(arguments, &method))
		return MERIT_EXIT_USAGE;
	call.operands[0] = method_name;
	call.operands_count = 1;
	for (; values->name != NULL; values++)
		operand_add(&call, &arena, values->name, values->value);
	for (size_t i = 0; i < method.params_count; i++) {
		const char *name = method.params[i].name;
		if (option_of(arguments->command, name) != NULL)
			operand_add(&call, &arena, name, merit_argument(arguments, name, NULL));
	}
	enum merit_exit end = merit_command_call(&call);
	merit_arena_free(&arena);
	return end;
}

/* ---- Imports ---- */

enum merit_exit merit_verb_import(const struct merit_arguments *arguments, const char *method, const char *path,
                                  const struct merit_verb_value *options)
{
	struct merit_option rows[MERIT_ARGUMENTS_MAX];
	struct merit_arguments import = { .command = arguments->command, .operands = { method, path } };

	import.operands_count = 2;
	/* In front: of an option named twice the last one counts, which is the person's. */
	for (; options->name != NULL; options++) {
		assert(import.given_count < MERIT_ARGUMENTS_MAX);
		struct merit_option *row = &rows[import.given_count];
		*row = (struct merit_option){ .name = options->name, .value = "" };
		if (options->value != NULL)
			import.given[import.given_count++] = (struct merit_given){ row, options->value };
	}
	for (size_t i = 0; i < arguments->given_count && import.given_count < MERIT_ARGUMENTS_MAX; i++)
		import.given[import.given_count++] = arguments->given[i];
	return merit_command_import(&import);
}

/* ---- Reads ---- */

static void value_put(struct merit_buffer *out, const struct merit_method *method, const char *name, const char *value,
                      bool *is_good_io)
{
	const struct merit_parameter *parameter = merit_method_parameter(method, name, strlen(name));

	assert(parameter != NULL);
	if (value == NULL || !*is_good_io)
		return;
	merit_buffer_put_key(out, name);
	*is_good_io = merit_parameter_put(out, parameter, value, MERIT_OFFSET_UNKNOWN);
	if (!*is_good_io)
		merit_complain("%s: \"%s\" is not its form: %s", name, value, merit_parameter_form(parameter));
}

/* Puts the values as an object without its closing brace. False with the reason printed. */
static bool values_put(struct merit_buffer *out, const struct merit_method *method,
                       const struct merit_verb_value *values)
{
	bool is_good = true;

	merit_buffer_put_char(out, '{');
	for (; values->name != NULL; values++)
		value_put(out, method, values->name, values->value, &is_good);
	return is_good;
}

enum merit_exit merit_verb_ask_in(struct merit_session *session, const char *method_name,
                                  const struct merit_verb_value *values, struct merit_answer *answer_out)
{
	struct merit_method method = method_of(method_name);
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (values_put(&params, &method, values)) {
		merit_buffer_put_char(&params, '}');
		end = merit_session_call(session, method_name, merit_buffer_text(&params), answer_out);
	}
	merit_buffer_free(&params);
	return end;
}

enum merit_exit merit_verb_ask(const struct merit_arguments *arguments, const char *method,
                               const struct merit_verb_value *values, struct merit_session *session_out,
                               struct merit_answer *answer_out)
{
	enum merit_exit end = merit_session_open(arguments, 1, session_out);

	if (end != MERIT_EXIT_DONE)
		return end;
	end = merit_verb_ask_in(session_out, method, values, answer_out);
	if (end != MERIT_EXIT_DONE)
		merit_session_close(session_out);
	return end;
}

void merit_verb_end(struct merit_session *session, struct merit_answer *answer)
{
	merit_answer_free(answer);
	merit_session_close(session);
}

enum merit_exit merit_verb_show(const struct merit_arguments *arguments, const char *method,
                                const struct merit_verb_value *values, merit_verb_print_fn *print)
{
	struct merit_session session;
	struct merit_answer answer;
	enum merit_exit end = merit_verb_ask(arguments, method, values, &session, &answer);

	if (end != MERIT_EXIT_DONE)
		return end;
	if (session.is_json)
		merit_json_print(stdout, answer.result);
	else
		end = print(&session, answer.result);
	merit_verb_end(&session, &answer);
	return end;
}

enum merit_exit merit_verb_print_all(struct merit_session *session, const cJSON *result)
{
	cJSON *told = cJSON_Duplicate(result, true);

	merit_need(told);
	merit_json_free(cJSON_DetachItemFromObjectCaseSensitive(told, "seq"));
	merit_json_free(cJSON_DetachItemFromObjectCaseSensitive(told, "time"));
	merit_show(stdout, told, merit_session_display_offset(session));
	merit_json_free(told);
	return MERIT_EXIT_DONE;
}

/* ---- Lists ---- */

struct listing {
	const struct merit_arguments *arguments;
	const struct merit_verb_list *list;
	bool is_csv, is_json;
	int64_t limit;            /* rows wanted of each list */
	int64_t left;             /* of this one still wanted */
	struct merit_buffer from; /* where its next page begins, as JSON; empty: where --from says */
};

/* The method's parameters that are options of the command, except those of the page. */
static bool filters_put(const struct listing *listing, const struct merit_method *method, struct merit_buffer *out)
{
	bool is_good = true;

	merit_buffer_put_char(out, '{');
	for (size_t i = 0; i < method->params_count; i++) {
		const char *name = method->params[i].name;
		bool is_of_page = strcmp(name, "limit") == 0 || (strcmp(name, "from") == 0 && listing->from.size > 0);
		if (!is_of_page && option_of(listing->arguments->command, name) != NULL)
			value_put(out, method, name, merit_argument(listing->arguments, name, NULL), &is_good);
	}
	return is_good;
}

static enum merit_exit page_ask(struct merit_session *session, const struct listing *listing,
                                struct merit_answer *answer_out)
{
	struct merit_method method = method_of(listing->list->method);
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (filters_put(listing, &method, &params)) {
		if (listing->from.size > 0) {
			merit_buffer_put_key(&params, "from");
			merit_buffer_put(&params, listing->from.data, listing->from.size);
		}
		merit_buffer_put_key(&params, "limit");
		merit_buffer_put_integer(&params,
		                         listing->left < MERIT_PAGE_ROWS_MAX ? listing->left : MERIT_PAGE_ROWS_MAX);
		merit_buffer_put_char(&params, '}');
		end = merit_session_call(session, method.name, merit_buffer_text(&params), answer_out);
	}
	merit_buffer_free(&params);
	return end;
}

static void more_print(const struct listing *listing, const cJSON *next)
{
	struct merit_buffer text = { 0 };

	merit_show_scalar_put(&text, next);
	fprintf(listing->is_csv ? stderr : stdout, "more rows: the same with --from %s\n", merit_buffer_text(&text));
	merit_buffer_free(&text);
}

/* Prints a page and takes where the next one begins; left is 0 when none is wanted. A table is one page. */
static void page_print(struct merit_session *session, struct listing *listing, const cJSON *result)
{
	const struct merit_verb_list *list = listing->list;
	const cJSON *rows = merit_json_member(result, "rows"), *next = merit_json_member(result, "next");
	int32_t offset_minutes = merit_session_display_offset(session);
	bool has_next = next != NULL && !cJSON_IsNull(next);

	if (listing->is_csv)
		merit_view_csv(stdout, rows, list->csv == NULL ? list->columns : list->csv, offset_minutes);
	else
		merit_view_table(stdout, NULL, rows, list->columns, list->none, offset_minutes);
	listing->left = has_next && listing->is_csv ? listing->left - cJSON_GetArraySize(rows) : 0;
	if (has_next && listing->left <= 0)
		more_print(listing, next);
	merit_buffer_clear(&listing->from);
	if (has_next)
		merit_json_put(&listing->from, next);
}

/* One page of JSON as it came; of several lists it is a member under its title. */
static void page_print_json(const struct listing *listing, const cJSON *result)
{
	struct merit_buffer text = { 0 };

	if (listing->list->title != NULL)
		merit_buffer_put_format(&text, "\"%s\":", listing->list->title);
	merit_json_put(&text, result);
	fputs(merit_buffer_text(&text), stdout);
	merit_buffer_free(&text);
}

static enum merit_exit list_print(struct merit_session *session, struct listing *listing)
{
	enum merit_exit end = MERIT_EXIT_DONE;

	listing->left = listing->limit;
	merit_buffer_clear(&listing->from);
	while (end == MERIT_EXIT_DONE && listing->left > 0) {
		struct merit_answer answer;
		end = page_ask(session, listing, &answer);
		if (end != MERIT_EXIT_DONE)
			break;
		if (listing->is_json) {
			page_print_json(listing, answer.result);
			listing->left = 0;
		} else {
			page_print(session, listing, answer.result);
		}
		merit_answer_free(&answer);
	}
	return end;
}

/* Headings, lists, and around JSON what makes one value of several. */
static enum merit_exit lists_print(struct merit_session *session, struct listing *listing,
                                   const struct merit_verb_list *lists, size_t lists_count)
{
	enum merit_exit end = MERIT_EXIT_DONE;
	bool is_object = listing->is_json && lists_count > 1;

	if (listing->is_csv)
		merit_view_csv_headings(stdout, lists->csv == NULL ? lists->columns : lists->csv);
	for (size_t i = 0; end == MERIT_EXIT_DONE && i < lists_count; i++) {
		listing->list = &lists[i];
		if (is_object)
			putchar(i == 0 ? '{' : ',');
		else if (lists[i].title != NULL && !listing->is_csv)
			printf("%s%s:\n", i == 0 ? "" : "\n", lists[i].title);
		end = list_print(session, listing);
	}
	if (is_object)
		putchar('}');
	if (listing->is_json)
		putchar('\n');
	return end;
}

enum merit_exit merit_verb_list(const struct merit_arguments *arguments, const struct merit_verb_list *lists,
                                size_t lists_count)
{
	struct listing listing = { .arguments = arguments };
	struct merit_session session;

	listing.is_csv = merit_argument_flag(arguments, "csv");
	listing.is_json = merit_argument_flag(arguments, "json");
	if (listing.is_csv && listing.is_json) {
		merit_complain("--json prints one page as it came; --csv does not go with it");
		return MERIT_EXIT_USAGE;
	}
	if (!merit_argument_integer(arguments, "limit", 1, listing.is_csv ? MERIT_AMOUNT_MAX : MERIT_PAGE_ROWS_MAX,
	                            listing.is_csv ? MERIT_AMOUNT_MAX : LIST_ROWS_DEFAULT, &listing.limit))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = lists_print(&session, &listing, lists, lists_count);
	merit_buffer_free(&listing.from);
	merit_session_close(&session);
	return end;
}
