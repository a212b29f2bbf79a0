/* command_period.c - accounting months: list, reopen. They are closed by merit close. */
#include "cli/arguments.h"
#include "cli/propose.h"

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("period", "period", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("closed", "closed.time", TIME),
	MERIT_VIEW("closed_by", "closed.by", TEXT),
	MERIT_VIEW(">entry", "closed.seq", NUMBER),
	MERIT_VIEW("reopened", "reopened.time", TIME),
	MERIT_VIEW("reopened_by", "reopened.by", TEXT),
	MERIT_VIEW(">entry", "reopened.seq", NUMBER),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_period_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "period.list", NULL, list_columns, NULL,
		                                     "There are no periods yet." };

	return merit_verb_list(arguments, &list, 1);
}

enum merit_exit merit_command_period_reopen(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "period", arguments->operands[0] }, { NULL, NULL } };

	return merit_propose(arguments, "period.reopen", values);
}
