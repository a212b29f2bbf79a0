/* command_call.c - merit call: any method; and the short forms for keys that are made of it. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/parameter.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/encode.h"
#include "ledger/key.h"
#include "ledger/limits.h"
#include "ledger/text.h"

/* ---- Calling ---- */

static enum merit_exit print_result(struct merit_session *session, const cJSON *result, merit_verb_print_fn *print)
{
	if (!session->is_json && print != NULL)
		return print(session, result);
	if (session->is_json)
		merit_json_print(stdout, result);
	else
		merit_show(stdout, result, merit_session_display_offset(session));
	return MERIT_EXIT_DONE;
}

/* What a signal prints: made before the call, since a handler may do no more than write. */
static char farewell[MERIT_ID_SIZE_MAX + 128];
static size_t farewell_size;

static void say_farewell(int number)
{
	ssize_t ignored = write(STDERR_FILENO, farewell, farewell_size);

	(void)ignored;
	signal(number, SIG_DFL);
	raise(number);
}

/* From here an interrupted call leaves its id behind: without it a repetition would be another operation. */
static void farewell_set(const char *id)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	int size = snprintf(farewell, sizeof(farewell),
	                    "merit: interrupted; whether it was carried out is not known; repeat it safely with --id "
	                    "%.*s\n",
	                    MERIT_ID_SIZE_MAX, id);
	farewell_size = size < 0 ? 0 : (size_t)size;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (signal(numbers[i], say_farewell) == SIG_IGN)
			signal(numbers[i], SIG_IGN); /* as nohup wants it */
	}
}

/* A bulk is answered row by row: for a script that is refused where one of them is. */
static bool has_refused_rows(const struct merit_method *method, const cJSON *result)
{
	return strcmp(method->name, "bulk") == 0 &&
	       (merit_show_integer(result, "refused") > 0 || merit_show_integer(result, "failed") > 0);
}

/* Puts the id in front of the call's params and calls. With id NULL a write gets a new one. */
static enum merit_exit call_in_session(struct merit_session *session, const struct merit_method *method, const char *id,
                                       const struct merit_call_text *call, merit_verb_print_fn *print)
{
	struct merit_buffer json = { 0 };
	struct merit_answer answer;
	char new_id[MERIT_CLIENT_ID_SIZE + 1];

	if (method->operation != NULL && id == NULL) {
		merit_client_id(session->client, new_id);
		id = new_id;
	}
	if (id != NULL)
		farewell_set(id);
	merit_buffer_put_char(&json, '{');
	if (id != NULL) {
		merit_buffer_put_text_member(&json, "id", id);
		if (call->params[1] != '}')
			merit_buffer_put_char(&json, ',');
	}
	merit_buffer_put(&json, call->params + 1, call->params_size - 1);
	merit_buffer_need(&json);
	const struct merit_call_text whole = { json.data, json.size, call->lines, call->lines_size };
	enum merit_exit end = merit_session_call_private(session, method->name, &whole, &answer);
	merit_buffer_free(&json);
	if (!session->is_answered && id != NULL)
		merit_complain("whether it was carried out is not known; repeat it safely with --id %s", id);
	else if (end == MERIT_EXIT_UNREACHABLE && id != NULL)
		merit_complain("repeat it safely with --id %s", id);
	if (end == MERIT_EXIT_DONE) {
		end = print_result(session, answer.result, print);
		if (end == MERIT_EXIT_DONE && has_refused_rows(method, answer.result))
			end = MERIT_EXIT_REFUSED;
		merit_answer_free(&answer);
	}
	return end;
}

/* A call of a method this program knows, with params already JSON. */
static enum merit_exit call_named(const struct merit_arguments *arguments, const char *name, const char *params)
{
	struct merit_session session;
	struct merit_method method;

	if (!merit_method_find(name, &method)) {
		merit_complain("there is no method %s; merit methods lists them", name);
		return MERIT_EXIT_USAGE;
	}
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end == MERIT_EXIT_DONE) {
		const struct merit_call_text call = { params, strlen(params), "", 0 };
		end = call_in_session(&session, &method, merit_argument(arguments, "id", NULL), &call, NULL);
		merit_session_close(&session);
	}
	return end;
}

/* ---- merit call ---- */

/* What is to be called, as it comes together. */
struct draft {
	struct merit_session *session;
	const struct merit_method *method;
	struct merit_buffer params; /* a JSON object */
	struct merit_buffer lines;  /* of its private texts */
};

static void draft_free(struct draft *draft)
{
	merit_buffer_free(&draft->params);
	merit_buffer_free(&draft->lines);
}

/* The parameter a name=value operand gives; NULL, with the reason printed, when it gives none. */
static const struct merit_parameter *operand_parameter(const struct merit_method *method, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t size = equals == NULL ? 0 : (size_t)(equals - text);
	const struct merit_parameter *parameter = merit_method_parameter(method, text, size);

	if (equals == NULL)
		merit_complain("\"%s\" is no name=value", text);
	else if (parameter == NULL && method->operation != NULL && size == 2 && memcmp(text, "id", 2) == 0)
		merit_complain("the operation's id is given with --id %s", equals + 1);
	else if (parameter == NULL)
		merit_complain("%s has no parameter %.*s; merit methods %s lists them", method->name, (int)size, text,
		               method->name);
	return equals == NULL ? NULL : parameter;
}

static bool private_put(struct draft *draft, const struct merit_parameter *parameter, const struct merit_buffer *text)
{
	const char *why = merit_private_conceal(draft->session->client, draft->method, parameter, text, &draft->params,
	                                        &draft->lines);

	if (why != NULL)
		merit_complain("%s: %s", parameter->name, why);
	return why == NULL;
}

/* One operand's value. */
static bool value_put(struct draft *draft, const struct merit_parameter *parameter, const char *value,
                      int32_t offset_minutes)
{
	struct merit_buffer text = { 0 };

	if (merit_parameter_is_private(parameter)) {
		bool is_good = merit_private_given(&text, value) && private_put(draft, parameter, &text);
		merit_buffer_free(&text);
		return is_good;
	}
	merit_buffer_put_key(&draft->params, parameter->name);
	if (merit_parameter_put(&draft->params, parameter, value, offset_minutes))
		return true;
	bool lacks_zone = parameter->type == MERIT_TYPE_TIME && offset_minutes == MERIT_OFFSET_UNKNOWN;
	merit_complain("%s: \"%s\" is not its form: %s%s", parameter->name, value, merit_parameter_form(parameter),
	               lacks_zone ? "; the program's zone is not known now, so name one" : "");
	return false;
}

static bool takes_time(const struct merit_method *method)
{
	for (size_t i = 0; i < method->params_count; i++) {
		if (method->params[i].type == MERIT_TYPE_TIME)
			return true;
	}
	return false;
}

/* The operands in the order of the method's parameters, which the salts of private texts depend on. */
static bool operands_put(struct draft *draft, const struct merit_arguments *arguments)
{
	const struct merit_method *method = draft->method;

	for (size_t i = 1; i < arguments->operands_count; i++) {
		if (operand_parameter(method, arguments->operands[i]) == NULL)
			return false;
	}
	int32_t offset_minutes = takes_time(method) ? merit_session_offset(draft->session) : MERIT_OFFSET_UNKNOWN;
	merit_buffer_put_char(&draft->params, '{');
	for (size_t p = 0; p < method->params_count; p++) {
		for (size_t i = 1; i < arguments->operands_count; i++) {
			const char *text = arguments->operands[i];
			if (operand_parameter(method, text) == &method->params[p] &&
			    !value_put(draft, &method->params[p], strchr(text, '=') + 1, offset_minutes))
				return false;
		}
	}
	merit_buffer_put_char(&draft->params, '}');
	return true;
}

/* The text of --params: JSON, or @FILE with it. */
static bool params_text(const char *text, struct merit_buffer *out)
{
	char bytes[4096];
	size_t size;

	if (text[0] != '@') {
		merit_buffer_put_text(out, text);
		return true;
	}
	FILE *file = strcmp(text, "@-") == 0 ? stdin : fopen(text + 1, "re");
	if (file == NULL) {
		merit_complain("cannot read %s: %s", text + 1, strerror(errno));
		return false;
	}
	while ((size = fread(bytes, 1, sizeof(bytes), file)) > 0 && out->size <= MERIT_MESSAGE_SIZE_MAX)
		merit_buffer_put(out, bytes, size);
	if (file != stdin)
		fclose(file);
	return true;
}

/* Takes the id of a write out of its params: into *id_io, where --id does not say another. */
static bool params_id_take(cJSON *tree, const char **id_io, char id_out[MERIT_ID_SIZE_MAX + 1])
{
	cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(tree, "id");
	const char *text;
	size_t size;

	if (member == NULL)
		return true;
	bool is_good = merit_json_text(member, &text, &size) && merit_text_is_id(text, size, MERIT_ID_SIZE_MAX);
	if (is_good)
		memcpy(id_out, text, size + 1);
	merit_json_free(member);
	if (!is_good) {
		merit_complain("id: an id is 1-64 of [A-Za-z0-9._:-]");
		return false;
	}
	if (*id_io != NULL && strcmp(*id_io, id_out) != 0) {
		merit_complain("--id says %s and --params says %s; give one", *id_io, id_out);
		return false;
	}
	*id_io = id_out;
	return true;
}

/* A member of --params, printed without spaces; private text is concealed. */
static bool member_put(struct draft *draft, const cJSON *member)
{
	const struct merit_parameter *parameter =
		merit_method_parameter(draft->method, member->string, strlen(member->string));
	struct merit_buffer text = { 0 };

	if (parameter != NULL && merit_parameter_is_private(parameter) && cJSON_IsString(member)) {
		merit_buffer_put_text(&text, member->valuestring);
		bool is_good = private_put(draft, parameter, &text);
		merit_buffer_free(&text);
		return is_good;
	}
	merit_buffer_put_comma(&draft->params);
	merit_buffer_put_json(&draft->params, member->string, strlen(member->string));
	merit_buffer_put_char(&draft->params, ':');
	merit_json_put(&draft->params, member);
	return true;
}

/* The members in the order of the method's parameters, as operands are put; those it does not know behind them. */
static bool members_put(struct draft *draft, const cJSON *tree)
{
	const struct merit_method *method = draft->method;
	bool is_good = true;

	merit_buffer_put_char(&draft->params, '{');
	for (size_t i = 0; is_good && i < method->params_count; i++) {
		const cJSON *member = merit_json_member(tree, method->params[i].name);
		is_good = member == NULL || member_put(draft, member);
	}
	for (const cJSON *member = tree->child; is_good && member != NULL; member = member->next) {
		if (merit_method_parameter(method, member->string, strlen(member->string)) == NULL)
			is_good = member_put(draft, member);
	}
	merit_buffer_put_char(&draft->params, '}');
	return is_good;
}

/* JSON from a person, read strictly. */
static bool params_put(struct draft *draft, const char *text, const char **id_io, char id_out[MERIT_ID_SIZE_MAX + 1])
{
	struct merit_buffer given = { 0 };
	cJSON *tree;

	if (!params_text(text, &given)) {
		merit_buffer_free(&given);
		return false;
	}
	merit_buffer_need(&given);
	enum merit_status status = merit_json_read(given.data, given.size, &tree);
	merit_buffer_free(&given);
	if (status != MERIT_OK) {
		merit_complain_status("--params", status);
		return false;
	}
	bool is_good = cJSON_IsObject(tree);
	if (!is_good)
		merit_complain("--params takes a JSON object: {\"name\":value}");
	is_good = is_good && (draft->method->operation == NULL || params_id_take(tree, id_io, id_out));
	is_good = is_good && members_put(draft, tree);
	merit_json_free(tree);
	return is_good;
}

/* Whether the params have the method's shape: said here in the words of its table, before anything is sent. */
static bool params_fit(const struct merit_method *method, struct merit_buffer *params)
{
	const struct merit_parameter *parameter;
	struct merit_arena arena = { 0 };
	struct merit_buffer value = { 0 };
	cJSON *tree;

	if (method->params == NULL)
		return true; /* The service's to judge. */
	enum merit_status status = merit_method_check(method, params->data, params->size, &arena, &parameter);
	merit_arena_free(&arena);
	if (status == MERIT_OK)
		return true;
	if (parameter == NULL || merit_json_read(params->data, params->size, &tree) != MERIT_OK) {
		merit_complain_status(method->name, status);
		return false;
	}
	const cJSON *member = merit_json_member(tree, parameter->name);
	if (member == NULL) {
		merit_complain("%s needs %s: %s", method->name, parameter->name, parameter->about);
	} else {
		merit_show_scalar_put(&value, member);
		merit_complain("%s: \"%s\" is not its form: %s", parameter->name, merit_buffer_text(&value),
		               merit_parameter_json_form(parameter));
	}
	merit_buffer_free(&value);
	merit_json_free(tree);
	return false;
}

enum merit_exit merit_command_call(const struct merit_arguments *arguments)
{
	return merit_call(arguments, arguments, NULL);
}

enum merit_exit merit_call(const struct merit_arguments *arguments, const struct merit_arguments *command,
                           merit_verb_print_fn *print)
{
	const char *name = arguments->operands[0];
	const char *given = merit_argument(arguments, "params", NULL);
	const char *id = merit_argument(arguments, "id", NULL);
	char given_id[MERIT_ID_SIZE_MAX + 1];
	struct merit_method method;
	struct merit_session session;
	struct draft draft = { .session = &session, .method = &method };

	if (!merit_method_find(name, &method)) {
		if (given == NULL) {
			merit_complain("there is no method %s; merit methods lists them", name);
			return MERIT_EXIT_USAGE;
		}
		/* A method that is in neither table, such as atomic: the service judges its params. */
		method = (struct merit_method){ .name = name };
	}
	if (given != NULL && arguments->operands_count > 1) {
		merit_complain("give the parameters as name=value or with --params, not both");
		return MERIT_EXIT_USAGE;
	}
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	session.command = command;
	bool is_good = given == NULL ? operands_put(&draft, arguments) : params_put(&draft, given, &id, given_id);
	is_good = is_good && params_fit(&method, &draft.params);
	if (is_good) {
		const struct merit_call_text call = { draft.params.data, draft.params.size, draft.lines.data,
			                              draft.lines.size };
		end = call_in_session(&session, &method, id, &call, print);
	}
	draft_free(&draft);
	merit_session_close(&session);
	return is_good ? end : MERIT_EXIT_USAGE;
}

/* ---- merit key ... ---- */

/* A public key given as its text, or as the file of its key pair. */
static bool public_put(struct merit_buffer *out, const char *text)
{
	char printed[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	uint8_t bytes[MERIT_PUBLIC_KEY_SIZE];
	struct merit_secret_key key;
	size_t size;

	if (merit_base64url_decode(text, strlen(text), bytes, sizeof(bytes), &size) && size == sizeof(bytes)) {
		merit_buffer_put_json(out, text, strlen(text));
		return true;
	}
	enum merit_status status = merit_secret_key_read(text, &key);
	if (status != MERIT_OK) {
		merit_complain(
			"\"%s\" is neither a public key (43 characters; merit key show prints it) nor its PEM file: %s",
			text, merit_status_text(status));
		return false;
	}
	struct merit_public_key public_key = merit_secret_key_public(&key);
	merit_secret_key_wipe(&key);
	merit_base64url_encode(public_key.bytes, sizeof(public_key.bytes), printed);
	merit_buffer_put_json(out, printed, strlen(printed));
	return true;
}

enum merit_exit merit_command_key_add(const struct merit_arguments *arguments)
{
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	merit_buffer_put_char(&params, '{');
	merit_buffer_put_text_member(&params, "party", arguments->operands[0]);
	merit_buffer_put_text_member(&params, "key", arguments->operands[1]);
	merit_buffer_put_key(&params, "public");
	if (public_put(&params, arguments->operands[2])) {
		merit_buffer_put_char(&params, '}');
		end = call_named(arguments, "key.add", merit_buffer_text(&params));
	}
	merit_buffer_free(&params);
	return end;
}

enum merit_exit merit_command_key_rotate(const struct merit_arguments *arguments)
{
	struct merit_buffer params = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	merit_buffer_put_char(&params, '{');
	merit_buffer_put_text_member(&params, "key", arguments->operands[0]);
	merit_buffer_put_key(&params, "public");
	if (public_put(&params, arguments->operands[1])) {
		merit_buffer_put_char(&params, '}');
		end = call_named(arguments, "key.rotate", merit_buffer_text(&params));
	}
	merit_buffer_free(&params);
	return end;
}

enum merit_exit merit_command_key_revoke(const struct merit_arguments *arguments)
{
	const char *reason = merit_argument(arguments, "reason", NULL);
	struct merit_buffer params = { 0 };

	merit_buffer_put_char(&params, '{');
	merit_buffer_put_text_member(&params, "party", arguments->operands[0]);
	merit_buffer_put_text_member(&params, "key", arguments->operands[1]);
	if (reason != NULL)
		merit_buffer_put_text_member(&params, "reason", reason);
	merit_buffer_put_char(&params, '}');
	enum merit_exit end = call_named(arguments, "key.revoke", merit_buffer_text(&params));
	merit_buffer_free(&params);
	return end;
}

enum merit_exit merit_command_key_list(const struct merit_arguments *arguments)
{
	struct merit_buffer params = { 0 };

	merit_buffer_put_char(&params, '{');
	merit_buffer_put_text_member(&params, "party", arguments->operands[0]);
	merit_buffer_put_char(&params, '}');
	enum merit_exit end = call_named(arguments, "key.list", merit_buffer_text(&params));
	merit_buffer_free(&params);
	return end;
}
