/* command_review.c - what waits for a reviewer: awards, and referrals that were flagged. */
#include "cli/arguments.h"
#include "cli/verb.h"

/* ---- The list ---- */

static void award_kind_put(struct merit_buffer *out, const cJSON *row)
{
	(void)row;
	merit_buffer_put_text(out, "award");
}

static void referral_kind_put(struct merit_buffer *out, const cJSON *row)
{
	(void)row;
	merit_buffer_put_text(out, "referral");
}

static const struct merit_view_column award_columns[] = {
	MERIT_VIEW(">entry", "entry", NUMBER),
	MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("event", "event", TEXT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW(">points", "points", COUNT),
	MERIT_VIEW("occurred", "occurred", TIME),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW_END,
};

static const struct merit_view_column referral_columns[] = {
	MERIT_VIEW(">entry", "entry", NUMBER),
	MERIT_VIEW("referee", "referee", TEXT),
	MERIT_VIEW("referrer", "referrer", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("occurred", "occurred", TIME),
	MERIT_VIEW("qualified", "qualified", FLAG),
	MERIT_VIEW_END,
};

/* One file for both: the member is who gets the points, or who was referred. */
static const struct merit_view_column award_csv_columns[] = {
	MERIT_VIEW_MADE("kind", award_kind_put),
	MERIT_VIEW("entry", "entry", NUMBER),
	MERIT_VIEW("member", "member", TEXT),
	MERIT_VIEW("referrer", "", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("event", "event", TEXT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW("points", "points", COUNT),
	MERIT_VIEW("occurred", "occurred", TIME),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW_END,
};

static const struct merit_view_column referral_csv_columns[] = {
	MERIT_VIEW_MADE("kind", referral_kind_put),
	MERIT_VIEW("entry", "entry", NUMBER),
	MERIT_VIEW("member", "referee", TEXT),
	MERIT_VIEW("referrer", "referrer", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("event", "", TEXT),
	MERIT_VIEW("reference", "", TEXT),
	MERIT_VIEW("points", "", COUNT),
	MERIT_VIEW("occurred", "occurred", TIME),
	MERIT_VIEW("by", "", TEXT),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_review_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list lists[] = {
		{ "award.list", "awards", award_columns, award_csv_columns, "No award waits for a reviewer." },
		{ "referral.list", "referrals", referral_columns, referral_csv_columns,
		  "No referral waits for a reviewer." },
	};

	return merit_verb_list(arguments, lists, sizeof(lists) / sizeof(lists[0]));
}

/* ---- One of them ---- */

/* The award SEQ, or with --referral the referral of a referee: exactly one of them. */
static bool is_referral(const struct merit_arguments *arguments, bool *is_good_out)
{
	const char *referee = merit_argument(arguments, "referral", NULL);

	*is_good_out = (referee == NULL) == (arguments->operands_count == 1);
	if (!*is_good_out)
		merit_complain("%s takes an award's entry or --referral REFEREE; merit review list shows both",
		               arguments->command->name);
	return referee != NULL;
}

enum merit_exit merit_command_review_show(const struct merit_arguments *arguments)
{
	bool is_good, is_of_referral = is_referral(arguments, &is_good);
	const struct merit_verb_value referral[] = { { "referee", merit_argument(arguments, "referral", NULL) },
		                                     { NULL, NULL } };
	const struct merit_verb_value award[] = { { "entry", arguments->operands[0] }, { NULL, NULL } };

	if (!is_good)
		return MERIT_EXIT_USAGE;
	if (is_of_referral)
		return merit_verb_show(arguments, "referral.get", referral, merit_verb_print_all);
	return merit_verb_show(arguments, "award.get", award, merit_verb_print_all);
}

static enum merit_exit decide(const struct merit_arguments *arguments, const char *decision)
{
	bool is_good, is_of_referral = is_referral(arguments, &is_good);
	const char *referee = merit_argument(arguments, "referral", NULL);
	const struct merit_verb_value referral[] = { { "referee", referee }, { "decision", decision }, { NULL, NULL } };
	const struct merit_verb_value award[] = { { "entry", arguments->operands[0] },
		                                  { "decision", decision },
		                                  { NULL, NULL } };

	if (!is_good)
		return MERIT_EXIT_USAGE;
	return is_of_referral ? merit_verb_write(arguments, "referral.review", referral)
	                      : merit_verb_write(arguments, "earn.review", award);
}

enum merit_exit merit_command_review_approve(const struct merit_arguments *arguments)
{
	return decide(arguments, "approve");
}

enum merit_exit merit_command_review_reject(const struct merit_arguments *arguments)
{
	return decide(arguments, "reject");
}
