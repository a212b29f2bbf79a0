/* command_member.c - members: list, show, freeze, unfreeze, close, tag. */
#include "cli/arguments.h"
#include "cli/show.h"
#include "cli/verb.h"

#define MOVEMENTS_SHOWN "10"

/* ---- Reading ---- */

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("tier", "tier", TEXT),
	MERIT_VIEW(">available", "available", COUNT),
	MERIT_VIEW(">pending", "pending", COUNT),
	MERIT_VIEW(">held", "held", COUNT),
	MERIT_VIEW(">debt", "debt", COUNT),
	MERIT_VIEW(">this_year", "tier_points", COUNT),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_member_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "member.list", NULL, list_columns, NULL,
		                                     "There are no members yet." };

	return merit_verb_list(arguments, &list, 1);
}

/* A lot without a last day: points that wait have none yet, others keep for ever. */
static void last_day_put(struct merit_buffer *out, const cJSON *lot)
{
	const char *day = merit_show_text(lot, "last_day");
	bool is_pending = merit_show_integer(lot, "pending") > 0;

	merit_buffer_put_text(out, day != NULL ? day : is_pending ? "not yet" : "never");
}

static const struct merit_view_column lot_columns[] = {
	MERIT_VIEW("campaign", "campaign", TEXT),     MERIT_VIEW_MADE("last_day", last_day_put),
	MERIT_VIEW(">available", "available", COUNT), MERIT_VIEW(">pending", "pending", COUNT),
	MERIT_VIEW(">held", "held", COUNT),           MERIT_VIEW_END,
};

static const struct merit_view_column debt_columns[] = {
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW(">owed", "owed", COUNT),
	MERIT_VIEW_END,
};

static void member_tables(const cJSON *member, int32_t offset_minutes)
{
	merit_view_table(stdout, "lots", merit_json_member(member, "lots"), lot_columns, "The member has no points.",
	                 offset_minutes);
	merit_view_table(stdout, "debts", merit_json_member(member, "debts"), debt_columns, NULL, offset_minutes);
}

static const struct merit_view_column movement_columns[] = {
	MERIT_VIEW("time", "time", TIME),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW_MADE("for", merit_show_subject_put),
	MERIT_VIEW(">change", "change", COUNT),
	MERIT_VIEW(">available", "available", COUNT),
	MERIT_VIEW(">pending", "pending", COUNT),
	MERIT_VIEW(">held", "held", COUNT),
	MERIT_VIEW(">debt", "debt", COUNT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

static const struct merit_view_column waiting_columns[] = {
	MERIT_VIEW(">entry", "entry", NUMBER),  MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("event", "event", TEXT),     MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW(">points", "points", COUNT), MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("matures", "matures", TIME), MERIT_VIEW_END,
};

/* Awards under review or not yet mature. */
static enum merit_exit waiting_show(struct merit_session *session, const char *member)
{
	const struct merit_verb_value values[] = { { "member", member }, { NULL, NULL } };
	struct merit_answer answer;
	enum merit_exit end = merit_verb_ask_in(session, "award.list", values, &answer);

	if (end == MERIT_EXIT_DONE) {
		merit_view_table(stdout, "awards that wait", merit_json_member(answer.result, "rows"), waiting_columns,
		                 NULL, merit_session_display_offset(session));
		merit_answer_free(&answer);
	}
	return end;
}

static enum merit_exit movements_show(struct merit_session *session, const char *member)
{
	const struct merit_verb_value values[] = { { "member", member }, { "limit", MOVEMENTS_SHOWN }, { NULL, NULL } };
	struct merit_answer answer;
	enum merit_exit end = merit_verb_ask_in(session, "statement.get", values, &answer);

	if (end == MERIT_EXIT_DONE) {
		merit_view_table(stdout, "last movements", merit_json_member(answer.result, "rows"), movement_columns,
		                 "Nothing has moved yet.", merit_session_display_offset(session));
		merit_answer_free(&answer);
	}
	return end;
}

static const struct merit_view_column member_lines[] = {
	MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("since entry", "state_entry", NUMBER),
	MERIT_VIEW("tier", "tier", TEXT),
	MERIT_VIEW("earned this year", "tier_points", COUNT),
	MERIT_VIEW("tags", "tags", TEXT),
	MERIT_VIEW("available", "available", COUNT),
	MERIT_VIEW("pending", "pending", COUNT),
	MERIT_VIEW("held", "held", COUNT),
	MERIT_VIEW("debt", "debt", COUNT),
	MERIT_VIEW_END,
};

static enum merit_exit member_print(struct merit_session *session, const cJSON *member)
{
	merit_view_lines(stdout, member, member_lines, merit_session_display_offset(session));
	member_tables(member, merit_session_display_offset(session));
	enum merit_exit end = waiting_show(session, merit_show_text(member, "member"));
	return end == MERIT_EXIT_DONE ? movements_show(session, merit_show_text(member, "member")) : end;
}

enum merit_exit merit_command_member_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "member", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "member.get", values, member_print);
}

/* ---- Writing ---- */

static enum merit_exit write_of_member(const struct merit_arguments *arguments, const char *method)
{
	const struct merit_verb_value values[] = { { "member", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_write(arguments, method, values);
}

enum merit_exit merit_command_member_freeze(const struct merit_arguments *arguments)
{
	return write_of_member(arguments, "member.freeze");
}

enum merit_exit merit_command_member_unfreeze(const struct merit_arguments *arguments)
{
	return write_of_member(arguments, "member.unfreeze");
}

enum merit_exit merit_command_member_close(const struct merit_arguments *arguments)
{
	return write_of_member(arguments, "member.close");
}

enum merit_exit merit_command_member_tag(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = {
		{ "member", arguments->operands[0] },
		{ "tag", arguments->operands[1] },
		{ "on", merit_argument_flag(arguments, "off") ? "false" : "true" },
		{ NULL, NULL },
	};

	return merit_verb_write(arguments, "member.tag", values);
}
