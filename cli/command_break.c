/* command_break.c - breaks: what files and ledger do not agree about, until somebody explains it or it is gone. */
#include "cli/arguments.h"
#include "cli/propose.h"
#include "cli/show.h"

/* ---- break list ---- */

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("break", "break", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW("first_day", "first_day", TEXT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW(">theirs", "theirs", AMOUNT),
	MERIT_VIEW(">ours", "ours", AMOUNT),
	MERIT_VIEW(">difference", "difference", AMOUNT),
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW("expected", "expected", TEXT),
	MERIT_VIEW("resolved_by", "resolved_by", TEXT),
	MERIT_VIEW_END,
};

static const struct merit_view_column csv_columns[] = {
	MERIT_VIEW("break", "break", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("found_class", "found_class", TEXT),
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW("leg", "leg", NUMBER),
	MERIT_VIEW("side", "side", TEXT),
	MERIT_VIEW("first_day", "first_day", TEXT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW("theirs", "theirs", AMOUNT),
	MERIT_VIEW("ours", "ours", AMOUNT),
	MERIT_VIEW("difference", "difference", AMOUNT),
	MERIT_VIEW("line", "line", NUMBER),
	MERIT_VIEW("entry", "entry", NUMBER),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW("expected", "expected", TEXT),
	MERIT_VIEW("resolved_by", "resolved_by", TEXT),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_break_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "break.list", NULL, list_columns, csv_columns,
		                                     "There are no such breaks." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- break show ---- */

static const struct merit_view_column break_lines[] = {
	MERIT_VIEW("break", "break", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("found as", "found_class", TEXT),
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW("leg", "leg", NUMBER),
	MERIT_VIEW("side", "side", TEXT),
	MERIT_VIEW("first day", "first_day", TEXT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW("theirs", "theirs", AMOUNT),
	MERIT_VIEW("ours", "ours", AMOUNT),
	MERIT_VIEW("difference", "difference", AMOUNT),
	MERIT_VIEW("line of the file", "line", NUMBER),
	MERIT_VIEW("entry of the ledger", "entry", NUMBER),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW("expected to go by", "expected", TEXT),
	MERIT_VIEW("resolved by run", "resolved_by", TEXT),
	MERIT_VIEW("its run is superseded by", "superseded_by", TEXT),
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW_END,
};

static const struct merit_view_column event_columns[] = {
	MERIT_VIEW("time", "time", TIME),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW("expected", "expected", TEXT),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

static enum merit_exit break_print(struct merit_session *session, const cJSON *found)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	merit_view_lines(stdout, found, break_lines, offset_minutes);
	merit_view_table(stdout, "what happened", merit_json_member(found, "events"), event_columns, NULL,
	                 offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_break_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "break", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "break.get", values, break_print);
}

/* ---- Ending a break, or saying what it is: above its source's limit two parties do it ---- */

/* What people are shown is where the break stands then. */
static enum merit_exit done_print(struct merit_session *session, const cJSON *result)
{
	const struct merit_verb_value values[] = { { "break", session->command->operands[0] }, { NULL, NULL } };
	struct merit_answer answer;

	printf("entry %lld\n\n", (long long)merit_show_integer(result, "seq"));
	if (merit_verb_ask_in(session, "break.get", values, &answer) == MERIT_EXIT_DONE) {
		(void)break_print(session, answer.result);
		merit_answer_free(&answer);
	}
	return MERIT_EXIT_DONE; /* It is written, whatever came of the look at it. */
}

static enum merit_exit write_or_propose(const struct merit_arguments *arguments, const char *method)
{
	const struct merit_verb_value values[] = { { "break", arguments->operands[0] }, { NULL, NULL } };

	if (merit_argument(arguments, "proposal", NULL) != NULL)
		return merit_propose(arguments, method, values);
	return merit_verb_write_show(arguments, method, values, done_print);
}

enum merit_exit merit_command_break_explain(const struct merit_arguments *arguments)
{
	return write_or_propose(arguments, "break.explain");
}

enum merit_exit merit_command_break_resolve(const struct merit_arguments *arguments)
{
	return write_or_propose(arguments, "break.resolve");
}
