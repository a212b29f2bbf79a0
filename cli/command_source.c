/* command_source.c - sources: whose files are due when, which of them are missing. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/money.h"
#include "cli/propose.h"
#include "cli/show.h"

#define DUE_DAYS_DEFAULT "1" /* the day behind: a night's file is asked for when that day is over */

/* ---- source declare ---- */

/* What a person would have given for the option. Of one given twice the last counts. */
static void give(struct merit_arguments *arguments, const struct merit_option *option, const char *value)
{
	arguments->given[arguments->given_count++] = (struct merit_given){ option, value };
}

/* The command with --limit in minor units and --due-days given. False with the reason printed. */
static bool declare_complete(struct merit_arguments *arguments, char limit[MERIT_MONEY_TEXT_SIZE])
{
	static const struct merit_option limit_option = { "limit", "AMOUNT", "" };
	static const struct merit_option due_option = { "due-days", "DAYS", "" };
	const char *given = merit_argument(arguments, "limit", NULL);
	const char *currency = merit_argument(arguments, "currency", NULL);

	if (arguments->given_count + 2 > MERIT_ARGUMENTS_MAX) {
		merit_complain("more than %d options", MERIT_ARGUMENTS_MAX - 2);
		return false;
	}
	if (merit_argument(arguments, "due-days", NULL) == NULL)
		give(arguments, &due_option, DUE_DAYS_DEFAULT);
	if (given == NULL || currency == NULL)
		return true;
	if (!merit_money_given(given, currency, limit))
		return false;
	give(arguments, &limit_option, limit);
	return true;
}

enum merit_exit merit_command_source_declare(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "source", arguments->operands[0] }, { NULL, NULL } };
	struct merit_arguments complete = *arguments;
	char limit[MERIT_MONEY_TEXT_SIZE];

	if (!declare_complete(&complete, limit))
		return MERIT_EXIT_USAGE;
	if (merit_argument(&complete, "proposal", NULL) != NULL)
		return merit_propose(&complete, "source.declare", values);
	return merit_verb_write(&complete, "source.declare", values);
}

/* ---- source list ---- */

/* 0 is no limit. */
static void limit_put(struct merit_buffer *out, const cJSON *source)
{
	int64_t limit = merit_show_integer(source, "limit");
	const char *currency = merit_show_text(source, "currency");

	if (limit == 0)
		return;
	if (currency == NULL)
		merit_put_thousands(out, limit);
	else
		merit_money_put(out, limit, currency, false);
}

#define SOURCE_COLUMNS                                                                                                 \
	MERIT_VIEW("source", "source", TEXT), MERIT_VIEW("subject", "subject", TEXT),                                  \
		MERIT_VIEW("party", "party", TEXT), MERIT_VIEW("currency", "currency", TEXT),                          \
		MERIT_VIEW("direction", "direction", TEXT), MERIT_VIEW("every", "every", TEXT),                        \
		MERIT_VIEW("starts", "starts", TEXT), MERIT_VIEW("ends", "ends", TEXT),                                \
		MERIT_VIEW(">due_days", "due_days", COUNT), MERIT_VIEW(">break_rate", "break_rate", COUNT),            \
		MERIT_VIEW("covered_to", "covered_to", TEXT)

static const struct merit_view_column list_columns[] = {
	SOURCE_COLUMNS,
	MERIT_VIEW_MADE(">limit", limit_put),
	MERIT_VIEW_END,
};

static const struct merit_view_column csv_columns[] = {
	SOURCE_COLUMNS,
	MERIT_VIEW("limit", "limit", AMOUNT),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_source_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "source.list", NULL, list_columns, csv_columns,
		                                     "There are no sources of files; merit source declare adds one." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- source due ---- */

static const struct merit_view_column due_columns[] = {
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("from", "from", TEXT),
	MERIT_VIEW("to", "to", TEXT),
	MERIT_VIEW_END,
};

/* Takes everything but files out of the answer. */
static void files_keep(cJSON *rows)
{
	for (cJSON *row = rows == NULL ? NULL : rows->child, *next; row != NULL; row = next) {
		const char *what = merit_show_text(row, "what");
		next = row->next;
		if (what == NULL || strcmp(what, "file") != 0)
			merit_json_free(cJSON_DetachItemViaPointer(rows, row));
	}
}

static void due_print(const struct merit_session *session, const cJSON *result)
{
	cJSON *rows = merit_json_member(result, "rows");
	struct merit_buffer text = { 0 };

	files_keep(rows);
	if (session->is_json) {
		merit_json_put(&text, rows);
		printf("{\"rows\":%s,\"days\":%lld}\n", merit_buffer_text(&text),
		       (long long)merit_show_integer(result, "files"));
	} else if (merit_argument_flag(session->command, "csv")) {
		merit_view_csv_headings(stdout, due_columns);
		merit_view_csv(stdout, rows, due_columns, 0);
	} else {
		merit_view_table(stdout, NULL, rows, due_columns, "No file is due.", 0);
	}
	merit_buffer_free(&text);
	if (cJSON_IsTrue(merit_json_member(result, "more")))
		merit_complain("there are more than these");
}

enum merit_exit merit_command_source_due(const struct merit_arguments *arguments)
{
	static const struct merit_verb_value none[] = { { NULL, NULL } };
	struct merit_session session;
	struct merit_answer answer;
	bool is_csv;

	if (!merit_verb_csv(arguments, &is_csv))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_verb_ask(arguments, "period.missing", none, &session, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	due_print(&session, answer.result);
	end = merit_show_integer(answer.result, "files") == 0 ? MERIT_EXIT_DONE : MERIT_EXIT_REFUSED;
	merit_verb_end(&session, &answer);
	return end;
}
