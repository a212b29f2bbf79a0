/* verb.c - see verb.h. */
#include "cli/verb.h"

#include <assert.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/parameter.h"
#include "cli/show.h"
#include "ledger/arena.h"
#include "ledger/calendar.h"

static struct merit_method method_of(const char *name)
{
	struct merit_method method;
	bool is_known = merit_method_find(name, &method);

	assert(is_known); /* Names stand in command_*.c, not in what a person typed. */
	return method;
}

/* bank-reference is bank_reference. */
static bool is_called(const char *option, const char *parameter)
{
	while (*option != '\0' && *parameter == (*option == '-' ? '_' : *option)) {
		option++;
		parameter++;
	}
	return *option == *parameter;
}

/* The option of the command that is the parameter; NULL when it has none. */
static const struct merit_option *option_of(const struct merit_command *command, const char *parameter)
{
	const struct merit_option *option = command->options;

	while (option != NULL && option->name != NULL && !is_called(option->name, parameter))
		option++;
	return option == NULL || option->name == NULL || option->value == NULL ? NULL : option;
}

/* ---- Writes ---- */

bool merit_verb_options_suffice(const struct merit_arguments *arguments, const char *method_name)
{
	struct merit_method method = method_of(method_name);

	for (size_t i = 0; i < method.params_count; i++) {
		const struct merit_parameter *parameter = &method.params[i];
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

enum merit_exit merit_verb_write(const struct merit_arguments *arguments, const char *method,
                                 const struct merit_verb_value *values)
{
	return merit_verb_write_show(arguments, method, values, NULL);
}

enum merit_exit merit_verb_write_show(const struct merit_arguments *arguments, const char *method_name,
                                      const struct merit_verb_value *values, merit_verb_print_fn *print)
{
	struct merit_method method = method_of(method_name);
	struct merit_arguments call = *arguments;
	struct merit_arena arena = { 0 };

	if (!merit_verb_options_suffice(arguments, method_name))
		return MERIT_EXIT_USAGE;
	call.operands[0] = method_name;
	call.operands_count = 1;
	for (; values->name != NULL; values++)
		operand_add(&call, &arena, values->name, values->value);
	for (size_t i = 0; i < method.params_count; i++) {
		const struct merit_option *option = option_of(arguments->command, method.params[i].name);
		if (option != NULL)
			operand_add(&call, &arena, method.params[i].name,
			            merit_argument(arguments, option->name, NULL));
	}
	enum merit_exit end = merit_call(&call, arguments, print);
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

/* offset_minutes: of a time without a zone, or MERIT_OFFSET_UNKNOWN. */
static void value_put(struct merit_buffer *out, const struct merit_method *method, const char *name, const char *value,
                      int32_t offset_minutes, bool *is_good_io)
{
	const struct merit_parameter *parameter = merit_method_parameter(method, name, strlen(name));

	assert(parameter != NULL);
	if (value == NULL || !*is_good_io)
		return;
	merit_buffer_put_key(out, name);
	*is_good_io = merit_parameter_put(out, parameter, value, offset_minutes);
	if (!*is_good_io)
		merit_complain("%s: \"%s\" is not its form: %s", name, value, merit_parameter_form(parameter));
}

static bool is_among(const struct merit_verb_value *values, const char *name)
{
	while (values->name != NULL && (values->value == NULL || strcmp(values->name, name) != 0))
		values++;
	return values->name != NULL;
}

bool merit_verb_params_put(const struct merit_arguments *arguments, const char *method_name,
                           const struct merit_verb_value *values, struct merit_buffer *out)
{
	struct merit_method method = method_of(method_name);
	bool is_good = true;

	merit_buffer_put_char(out, '{');
	for (const struct merit_verb_value *value = values; value->name != NULL; value++)
		value_put(out, &method, value->name, value->value, MERIT_OFFSET_UNKNOWN, &is_good);
	for (size_t i = 0; i < method.params_count; i++) {
		const char *name = method.params[i].name;
		const struct merit_option *option = option_of(arguments->command, name);
		if (option != NULL && !is_among(values, name))
			value_put(out, &method, name, merit_argument(arguments, option->name, NULL),
			          MERIT_OFFSET_UNKNOWN, &is_good);
	}
	merit_buffer_put_char(out, '}');
	return is_good;
}

/* The zone of a time that was written without one: asked for only where a time was given. */
static int32_t offset_of(struct merit_session *session, const struct merit_method *method, const char *name)
{
	const struct merit_parameter *parameter = merit_method_parameter(method, name, strlen(name));

	return parameter != NULL && parameter->type == MERIT_TYPE_TIME ? merit_session_offset(session)
	                                                               : MERIT_OFFSET_UNKNOWN;
}

enum merit_exit merit_verb_ask_in(struct merit_session *session, const char *method_name,
                                  const struct merit_verb_value *values, struct merit_answer *answer_out)
{
	struct merit_method method = method_of(method_name);
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;
	bool is_good = true;

	merit_buffer_put_char(&params, '{');
	for (; values->name != NULL; values++) {
		int32_t offset_minutes =
			values->value == NULL ? MERIT_OFFSET_UNKNOWN : offset_of(session, &method, values->name);
		value_put(&params, &method, values->name, values->value, offset_minutes, &is_good);
	}
	merit_buffer_put_char(&params, '}');
	if (is_good)
		end = merit_session_call(session, method_name, merit_buffer_text(&params), answer_out);
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

bool merit_verb_moment(const struct merit_arguments *arguments, struct merit_verb_value values_out[3])
{
	static char end_of_day[sizeof("2026-11-21 23:59:59.999")]; /* of the one moment a command asks for */
	const char *at = merit_argument(arguments, "at", NULL), *day = merit_argument(arguments, "day", NULL);
	int32_t at_day;
	int64_t seq;

	if (at != NULL && day != NULL) {
		merit_complain("--at is what was known then, --day what is dated up to then; give one");
		return false;
	}
	if (at != NULL && merit_day_parse(at, strlen(at), &at_day)) { /* as --day, its end */
		(void)snprintf(end_of_day, sizeof(end_of_day), "%s 23:59:59.999", at);
		at = end_of_day;
	}
	values_out[0] = (struct merit_verb_value){ at != NULL && merit_integer_parse(at, &seq) ? "seq" : "time", at };
	values_out[1] = (struct merit_verb_value){ "day", day };
	values_out[2] = (struct merit_verb_value){ NULL, NULL };
	return true;
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
