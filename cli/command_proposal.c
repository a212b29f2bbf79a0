/* command_proposal.c - proposals: made for a call that needs two parties, listed, shown, approved, rejected. */
#include <sodium.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/money.h"
#include "cli/parameter.h"
#include "cli/propose.h"
#include "cli/show.h"
#include "ledger/text.h"

#define NEW_NAME_SIZE    10 /* characters of 5 random bits */
#define CALL_SIZE_ENOUGH 80 /* bytes of a call in a list */

/* ---- What is proposed ---- */

/* Of a parameter: amount, where it is amount_minor of a currency, *currency_out; else its whole name, and NULL. */
static int param_name_size(const cJSON *params, const cJSON *param, const char **currency_out)
{
	static const char minor[] = "_minor";
	size_t size = strlen(param->string), end = sizeof(minor) - 1;
	const char *currency = merit_show_text(params, "currency");
	bool is_money = currency != NULL && size > end && strcmp(param->string + size - end, minor) == 0;

	*currency_out = is_money ? currency : NULL;
	return (int)(is_money ? size - end : size);
}

/* As people write it: amount_minor 1250 of CNY is 12.50. */
static void param_value_put(struct merit_buffer *out, const cJSON *param, const char *currency)
{
	int64_t value;

	if (currency != NULL && merit_json_integer(param, &value))
		merit_money_put(out, value, currency, true);
	else
		merit_show_scalar_put(out, param);
}

/* What the call is about, for a row of many: adjust.points member=M1 campaign=C points=50 reference=T-17. Parameters are
 * in the order of merit methods, what matters most first; those behind CALL_SIZE_ENOUGH are left out. */
static void call_put(struct merit_buffer *out, const cJSON *proposal)
{
	const cJSON *params = merit_json_member(proposal, "params");
	const char *method = merit_show_text(proposal, "method"), *currency;

	merit_buffer_put_text(out, method == NULL ? "" : method);
	for (const cJSON *param = params == NULL ? NULL : params->child; param != NULL; param = param->next) {
		size_t before = out->size;
		if (strcmp(param->string, "reason") == 0)
			continue; /* It is the proposal's, too. */
		int size = param_name_size(params, param, &currency);
		merit_buffer_put_format(out, " %.*s=", size, param->string);
		param_value_put(out, param, currency);
		if (out->size > CALL_SIZE_ENOUGH && !out->bad) {
			out->size = before;
			merit_buffer_put_text(out, " ...");
			return;
		}
	}
}

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("proposal", "proposal", TEXT), MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("by", "party", TEXT),          MERIT_VIEW_MADE("call", call_put),
	MERIT_VIEW("reason", "reason", TEXT),     MERIT_VIEW(">entry", "created", NUMBER),
	MERIT_VIEW("ended_by", "ended.by", TEXT), MERIT_VIEW_END,
};

enum merit_exit merit_command_proposal_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "proposal.list", NULL, list_columns, NULL,
		                                     "There are no proposals." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- proposal show ---- */

/* Who may approve is who may make the call: operator or finance. */
static void approvers_put(struct merit_buffer *out, const cJSON *proposal)
{
	const char *method = merit_show_text(proposal, "method"), *state = merit_show_text(proposal, "state");
	const struct merit_operation *call = method == NULL ? NULL : merit_operation_named(method, strlen(method));
	unsigned may = call == NULL ? 0 : call->may & MERIT_MAY_STAFF;

	if (state == NULL || strcmp(state, "open") != 0)
		return;
	merit_buffer_put_text(out, "another party than ");
	merit_buffer_put_text(out, merit_show_text(proposal, "party"));
	for (unsigned role = 0, told = 0; role < MERIT_ROLE_COUNT; role++) {
		if ((may & 1u << role) != 0)
			merit_buffer_put_format(out, "%s%s", told++ == 0 ? ", of role " : " or ",
			                        merit_role_word((enum merit_role)role));
	}
	merit_buffer_put_format(out, ": merit proposal approve %s", merit_show_text(proposal, "proposal"));
}

static const struct merit_view_column proposal_lines[] = {
	MERIT_VIEW("proposal", "proposal", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("by", "party", TEXT),
	MERIT_VIEW("call", "method", TEXT),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW("entry", "created", NUMBER),
	MERIT_VIEW("ended by", "ended.by", TEXT),
	MERIT_VIEW("ended at", "ended.time", TIME),
	MERIT_VIEW("ended in entry", "ended.seq", NUMBER),
	MERIT_VIEW_MADE("to be approved by", approvers_put),
	MERIT_VIEW_END,
};

/* A line each: who approves reads all of them. A reason that is the proposal's, too, stands there. */
static void params_print(const cJSON *proposal)
{
	const cJSON *params = merit_json_member(proposal, "params"), *reason = merit_json_member(proposal, "reason");
	struct merit_table table = { 0 };
	struct merit_buffer value = { 0 };
	const char *currency;

	merit_table_column(&table, "parameter");
	merit_table_column(&table, "value");
	for (const cJSON *param = params == NULL ? NULL : params->child; param != NULL; param = param->next) {
		int size = param_name_size(params, param, &currency);
		if (strcmp(param->string, "reason") == 0 && cJSON_Compare(param, reason, true))
			continue;
		merit_buffer_clear(&value);
		param_value_put(&value, param, currency);
		merit_table_cell(&table, param->string, (size_t)size);
		merit_table_text(&table, merit_buffer_text(&value));
	}
	putchar('\n');
	merit_table_print(&table, stdout, false);
	merit_buffer_free(&value);
	merit_table_free(&table);
}

enum merit_exit merit_proposal_print(struct merit_session *session, const cJSON *proposal)
{
	merit_view_lines(stdout, proposal, proposal_lines, merit_session_display_offset(session));
	params_print(proposal);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_proposal_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "proposal", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "proposal.get", values, merit_proposal_print);
}

/* ---- Writing: what people are shown is where the proposal stands then ---- */

static void proposal_show(struct merit_session *session, const char *name, const cJSON *result)
{
	const struct merit_verb_value values[] = { { "proposal", name }, { NULL, NULL } };
	struct merit_answer answer;

	printf("entry %lld\n\n", (long long)merit_show_integer(result, "seq"));
	if (merit_verb_ask_in(session, "proposal.get", values, &answer) != MERIT_EXIT_DONE)
		return;
	(void)merit_proposal_print(session, answer.result);
	merit_answer_free(&answer);
}

static enum merit_exit decided_print(struct merit_session *session, const cJSON *result)
{
	proposal_show(session, session->command->operands[0], result);
	return MERIT_EXIT_DONE;
}

static enum merit_exit decide(const struct merit_arguments *arguments, const char *method)
{
	const struct merit_verb_value values[] = { { "proposal", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_write_show(arguments, method, values, decided_print);
}

enum merit_exit merit_command_proposal_approve(const struct merit_arguments *arguments)
{
	return decide(arguments, "proposal.approve");
}

enum merit_exit merit_command_proposal_reject(const struct merit_arguments *arguments)
{
	return decide(arguments, "proposal.reject");
}

/* ---- Proposing ---- */

static enum merit_exit proposed_print(struct merit_session *session, const cJSON *result)
{
	proposal_show(session, merit_argument(session->command, "proposal", NULL), result);
	return MERIT_EXIT_DONE;
}

/* What stands in front of the method's dot, and letters nobody has used: adjust-7k3qx2m9vd. */
static void name_make(const char *method, char name_out[MERIT_NAME_SIZE_MAX + 1])
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	int size =
		snprintf(name_out, MERIT_NAME_SIZE_MAX + 1 - NEW_NAME_SIZE, "%.*s-", (int)strcspn(method, "."), method);

	for (size_t i = 0; i < NEW_NAME_SIZE; i++)
		name_out[(size_t)size + i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	name_out[(size_t)size + NEW_NAME_SIZE] = '\0';
}

/* The command with its proposal named, and with an id from which the name follows. False with the reason printed. */
static bool name_give(struct merit_arguments *named, const char *method, char name_out[MERIT_NAME_SIZE_MAX + 1])
{
	static const struct merit_option proposal = { "proposal", "NAME", "" }, operation_id = { "id", "ID", "" };
	const char *id = merit_argument(named, "id", NULL);

	if (merit_argument(named, "proposal", NULL) != NULL)
		return true;
	if (id != NULL && !merit_text_is_id(id, strlen(id), MERIT_NAME_SIZE_MAX)) {
		merit_complain("--id %s is no name for a proposal, 1-32 of [A-Za-z0-9._:-]; give one with --proposal",
		               id);
		return false;
	}
	if (id != NULL)
		snprintf(name_out, MERIT_NAME_SIZE_MAX + 1, "%s", id);
	else
		name_make(method, name_out);
	named->given[named->given_count++] = (struct merit_given){ &proposal, name_out };
	if (id == NULL)
		named->given[named->given_count++] = (struct merit_given){ &operation_id, name_out };
	return true;
}

/* The call's JSON, checked as the service will check it. */
static bool call_make(const struct merit_arguments *arguments, const char *method_name,
                      const struct merit_verb_value *values, struct merit_buffer *out)
{
	const struct merit_parameter *parameter;
	struct merit_buffer params = { 0 };
	struct merit_arena arena = { 0 };
	struct merit_method method;

	if (!merit_method_find(method_name, &method) || !merit_verb_options_suffice(arguments, method_name))
		return false;
	bool is_good = merit_verb_params_put(arguments, method_name, values, &params);
	merit_buffer_put_format(out, "{\"method\":\"%s\",\"params\":%s}", method_name, merit_buffer_text(&params));
	if (is_good && merit_method_check(&method, params.data, params.size, &arena, &parameter) != MERIT_OK) {
		merit_complain("%s is not its form: %s", parameter == NULL ? method_name : parameter->name,
		               parameter == NULL ? "see merit methods" : merit_parameter_form(parameter));
		is_good = false;
	}
	merit_arena_free(&arena);
	merit_buffer_free(&params);
	return is_good;
}

enum merit_exit merit_propose(const struct merit_arguments *arguments, const char *method,
                              const struct merit_verb_value *values)
{
	struct merit_arguments named = *arguments;
	char name[MERIT_NAME_SIZE_MAX + 1];
	struct merit_buffer call = { 0 };
	enum merit_exit end = MERIT_EXIT_USAGE;

	if (named.given_count + 2 > MERIT_ARGUMENTS_MAX) {
		merit_complain("more than %d options", MERIT_ARGUMENTS_MAX - 2);
		return MERIT_EXIT_USAGE;
	}
	if (call_make(arguments, method, values, &call) && name_give(&named, method, name)) {
		const struct merit_verb_value proposal[] = { { "call", merit_buffer_text(&call) }, { NULL, NULL } };
		end = merit_verb_write_show(&named, "proposal.create", proposal, proposed_print);
	}
	merit_buffer_free(&call);
	return end;
}
