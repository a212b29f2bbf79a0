/* command_recon.c - runs of reconciliations: listed and shown. They are made by merit reconcile. */
#include "cli/arguments.h"
#include "cli/show.h"
#include "cli/verb.h"

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("from", "from", TEXT),
	MERIT_VIEW("to", "to", TEXT),
	MERIT_VIEW(">theirs", "theirs", COUNT),
	MERIT_VIEW(">ours", "ours", COUNT),
	MERIT_VIEW(">breaks", "breaks", COUNT),
	MERIT_VIEW(">recorded", "recorded", COUNT),
	MERIT_VIEW(">carried", "carried", COUNT),
	MERIT_VIEW(">cleared", "cleared", COUNT),
	MERIT_VIEW(">resolved", "resolved", COUNT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_recon_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "recon.list", NULL, list_columns, NULL, "There are no runs." };

	return merit_verb_list(arguments, &list, 1);
}

static const struct merit_view_column run_lines[] = {
	MERIT_VIEW("run", "run", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("source", "source", TEXT),
	MERIT_VIEW("from", "from", TEXT),
	MERIT_VIEW("to", "to", TEXT),
	MERIT_VIEW("from the entries before", "size", NUMBER),
	MERIT_VIEW("of theirs", "theirs", COUNT),
	MERIT_VIEW("of ours", "ours", COUNT),
	MERIT_VIEW("breaks", "breaks", COUNT),
	MERIT_VIEW("recorded", "recorded", COUNT),
	MERIT_VIEW("carried", "carried", COUNT),
	MERIT_VIEW("cleared", "cleared", COUNT),
	MERIT_VIEW("resolved", "resolved", COUNT),
	MERIT_VIEW("supersedes", "supersedes", TEXT),
	MERIT_VIEW("superseded by", "superseded_by", TEXT),
	MERIT_VIEW("hash of the file", "file", TEXT),
	MERIT_VIEW("hash of the second file", "second_file", TEXT),
	MERIT_VIEW("hash of the mapping", "mapping", TEXT),
	MERIT_VIEW("hash of the rules", "rules", TEXT),
	MERIT_VIEW("hash of the report", "report", TEXT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW("at", "time", TIME),
	MERIT_VIEW("entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

static const struct merit_view_column class_columns[] = {
	MERIT_VIEW("class", "class", TEXT),       MERIT_VIEW(">count", "count", COUNT),
	MERIT_VIEW(">theirs", "theirs", AMOUNT),  MERIT_VIEW(">ours", "ours", AMOUNT),
	MERIT_VIEW("currency", "currency", TEXT), MERIT_VIEW_END,
};

/* A run does not say its currency: its source does. */
static void currency_set(struct merit_session *session, const cJSON *run)
{
	const struct merit_verb_value values[] = { { "from", merit_show_text(run, "source") },
		                                   { "limit", "1" },
		                                   { NULL, NULL } };
	struct merit_answer answer;

	if (merit_verb_ask_in(session, "source.list", values, &answer) != MERIT_EXIT_DONE)
		return;
	const cJSON *rows = merit_json_member(answer.result, "rows");
	merit_view_rows_set(merit_json_member(run, "classes"), "currency",
	                    merit_show_text(rows == NULL ? NULL : rows->child, "currency"));
	merit_answer_free(&answer);
}

static enum merit_exit run_print(struct merit_session *session, const cJSON *run)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	currency_set(session, run);
	merit_view_lines(stdout, run, run_lines, offset_minutes);
	merit_view_table(stdout, "by class", merit_json_member(run, "classes"), class_columns, NULL, offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_recon_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "run", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "recon.get", values, run_print);
}
