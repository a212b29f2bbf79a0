/* command_campaign.c - campaigns and referrals, read: what is promised, what is paid for what, who brought whom in.
 *
 * What sets them, campaign.create, campaign.rule and so on, is merit call's. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/currency.h"

#define BASIS_POINTS_ONCE 10000

/* ---- campaign list ---- */

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("sponsor", "sponsor", TEXT),
	MERIT_VIEW("starts", "starts", TEXT),
	MERIT_VIEW("ends", "ends", TEXT),
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW(">budget", "budget", COUNT),
	MERIT_VIEW(">expired", "expired", COUNT),
	MERIT_VIEW("closed", "closed", FLAG),
	MERIT_VIEW_END,
};

enum merit_exit merit_command_campaign_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "campaign.list", NULL, list_columns, NULL,
		                                     "There are no campaigns yet." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- campaign show: what it promises ---- */

static void value_put(struct merit_buffer *out, const cJSON *campaign)
{
	merit_put_thousands(out, merit_show_integer(campaign, "value_points"));
	merit_buffer_put_text(out, " points = ");
	merit_view_money_put(out, merit_show_integer(campaign, "value_minor"), merit_show_text(campaign, "currency"));
}

static void life_put(struct merit_buffer *out, const cJSON *campaign)
{
	const char *from = merit_show_text(campaign, "from"), *round = merit_show_text(campaign, "round");
	int64_t months = merit_show_integer(campaign, "months");

	if (months == 0) {
		merit_buffer_put_text(out, "for ever");
		return;
	}
	merit_buffer_put_format(out, "%lld months from %s", (long long)months,
	                        from != NULL && strcmp(from, "occurred") == 0 ? "the day it occurred"
	                                                                      : "the day they are available");
	if (round != NULL && strcmp(round, "none") != 0)
		merit_buffer_put_format(out, ", to the end of the %s", round);
}

static void state_put(struct merit_buffer *out, const cJSON *campaign)
{
	merit_buffer_put_text(out, cJSON_IsTrue(merit_json_member(campaign, "closed")) ? "closed" : "open");
}

/* ---- campaign show: its rules ---- */

static void pays_put(struct merit_buffer *out, const cJSON *rule)
{
	bool is_fixed = merit_json_member(rule, "points") != NULL;

	merit_buffer_put_text(out, is_fixed ? "" : "up to ");
	merit_put_thousands(out, merit_show_integer(rule, is_fixed ? "points" : "maximum"));
}

/* 15000 is x1.5. */
static void multiplier_put(struct merit_buffer *out, int64_t basis_points)
{
	char part[8];

	merit_buffer_put_format(out, "x%lld", (long long)(basis_points / BASIS_POINTS_ONCE));
	int size = snprintf(part, sizeof(part), ".%04d", (int)(basis_points % BASIS_POINTS_ONCE));
	while (size > 0 && (part[size - 1] == '0' || part[size - 1] == '.'))
		size--;
	merit_buffer_put(out, part, (size_t)size);
}

static void multipliers_put(struct merit_buffer *out, const cJSON *rule)
{
	const cJSON *list = merit_json_member(rule, "multipliers");

	for (const cJSON *row = list == NULL ? NULL : list->child; row != NULL; row = row->next) {
		const char *tier = merit_show_text(row, "tier"), *tag = merit_show_text(row, "tag");
		merit_buffer_put_format(out, "%s%s ", row == list->child ? "" : ", ", tier != NULL ? tier : tag);
		multiplier_put(out, merit_show_integer(row, "basis_points"));
	}
}

/* Caps, quotas and other limits by their parameters' names: cap_day=50 quota_month=3. */
static void limits_put(struct merit_buffer *out, const cJSON *object)
{
	static const char *const prefixes[] = { "cap_", "quota_", "flag_", "minimum", "clip" };

	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
			if (strncmp(member->string, prefixes[i], strlen(prefixes[i])) != 0 || cJSON_IsFalse(member))
				continue;
			merit_buffer_put_format(out, "%s%s", out->size == 0 ? "" : " ", member->string);
			if (cJSON_IsTrue(member))
				continue;
			merit_buffer_put_char(out, '=');
			merit_show_scalar_put(out, member);
		}
	}
}

/* When points that are not held back for a reviewer can be used. */
static void waits_put(struct merit_buffer *out, const cJSON *rule)
{
	int64_t days = merit_show_integer(rule, "delay_days");

	if (cJSON_IsTrue(merit_json_member(rule, "review")))
		merit_buffer_put_text(out, days > 0 ? "review, " : "review");
	if (days > 0)
		merit_buffer_put_format(out, "%lld days", (long long)days);
}

static void disclosure_put(struct merit_buffer *out, const cJSON *rule)
{
	static const char *const names[] = { "nature", "form", "income" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = merit_show_text(rule, names[i]);
		if (text != NULL)
			merit_buffer_put_format(out, "%s%s", out->size == 0 ? "" : ", ", text);
	}
}

static const struct merit_view_column rule_columns[] = {
	MERIT_VIEW("event", "event", TEXT),
	MERIT_VIEW(">version", "version", NUMBER),
	MERIT_VIEW_MADE(">points", pays_put),
	MERIT_VIEW("evidence", "evidence", TEXT),
	MERIT_VIEW_MADE("waits for", waits_put),
	MERIT_VIEW_MADE("limits", limits_put),
	MERIT_VIEW_MADE("multipliers", multipliers_put),
	MERIT_VIEW_MADE("disclosed as", disclosure_put),
	MERIT_VIEW("since", "set", TIME),
	MERIT_VIEW(">entry", "entry", NUMBER),
	MERIT_VIEW_END,
};

static void rules_show(const cJSON *campaign, int32_t offset_minutes)
{
	merit_view_table(stdout, "rules", merit_json_member(campaign, "rules"), rule_columns,
	                 "It pays for nothing yet; campaign.rule sets that.", offset_minutes);
}

/* ---- campaign show: the rest ---- */

static const struct merit_view_column terms_lines[] = {
	MERIT_VIEW("qualifying event", "event", TEXT),
	MERIT_VIEW("for the referrer", "referrer_points", COUNT),
	MERIT_VIEW("for the referee", "referee_points", COUNT),
	MERIT_VIEW("days to qualify", "window_days", COUNT),
	MERIT_VIEW_MADE("limits", limits_put),
	MERIT_VIEW("version", "version", NUMBER),
	MERIT_VIEW("since", "set", TIME),
	MERIT_VIEW("entry", "entry", NUMBER),
	MERIT_VIEW_END,
};

static void terms_show(const cJSON *campaign, int32_t offset_minutes)
{
	const cJSON *terms = merit_json_member(campaign, "referral");

	puts("\nreferrals:");
	if (terms == NULL)
		puts("It pays for none; campaign.referral sets that.");
	else
		merit_view_lines(stdout, terms, terms_lines, offset_minutes);
}

static void allowed_put(struct merit_buffer *out, const cJSON *row)
{
	merit_buffer_put_text(out, cJSON_IsTrue(merit_json_member(row, "allowed")) ? "allowed" : "barred");
}

static const struct merit_view_column eligibility_columns[] = {
	MERIT_VIEW("class", "class", TEXT),
	MERIT_VIEW_MADE("its points", allowed_put),
	MERIT_VIEW("tag", "tag", TEXT),
	MERIT_VIEW("tier", "tier", TEXT),
	MERIT_VIEW_END,
};

static void eligibility_show(const cJSON *campaign, int32_t offset_minutes)
{
	merit_view_table(stdout, "eligibility", merit_json_member(campaign, "eligibility"), eligibility_columns,
	                 "Nothing was set: its points buy goods, codes and services, no cash and no medicine.",
	                 offset_minutes);
}

static const struct merit_view_column campaign_lines[] = {
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("sponsor", "sponsor", TEXT),
	MERIT_VIEW("starts", "starts", TEXT),
	MERIT_VIEW("ends", "ends", TEXT),
	MERIT_VIEW_MADE("state", state_put),
	MERIT_VIEW_MADE("value", value_put),
	MERIT_VIEW_MADE("points live", life_put),
	MERIT_VIEW("expired points go to", "contract", TEXT),
	MERIT_VIEW("budget", "budget", COUNT),
	MERIT_VIEW("expired", "expired", COUNT),
	MERIT_VIEW_END,
};

static enum merit_exit campaign_print(struct merit_session *session, const cJSON *campaign)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	merit_view_lines(stdout, campaign, campaign_lines, offset_minutes);
	rules_show(campaign, offset_minutes);
	terms_show(campaign, offset_minutes);
	eligibility_show(campaign, offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_campaign_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "campaign", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "campaign.get", values, campaign_print);
}

/* ---- Referrals ---- */

static const struct merit_view_column referral_columns[] = {
	MERIT_VIEW(">entry", "entry", NUMBER),    MERIT_VIEW("referee", "referee", TEXT),
	MERIT_VIEW("referrer", "referrer", TEXT), MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("state", "state", TEXT),       MERIT_VIEW("qualified", "qualified", FLAG),
	MERIT_VIEW("occurred", "occurred", TIME), MERIT_VIEW_END,
};

enum merit_exit merit_command_referral_list(const struct merit_arguments *arguments)
{
	bool is_of_one = merit_argument(arguments, "referrer", NULL) != NULL;
	const struct merit_verb_list list = { "referral.list", NULL, referral_columns, NULL,
		                              is_of_one ? "The member has referred nobody."
		                                        : "No referral waits for a reviewer." };

	return merit_verb_list(arguments, &list, 1);
}

static const struct merit_view_column referral_lines[] = {
	MERIT_VIEW("referee", "referee", TEXT),
	MERIT_VIEW("referrer", "referrer", TEXT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("qualified", "qualified", TEXT),
	MERIT_VIEW("occurred", "occurred", TIME),
	MERIT_VIEW("recorded by entry", "entry", NUMBER),
	MERIT_VIEW("paid by entry", "paid_by", NUMBER),
	MERIT_VIEW_END,
};

static enum merit_exit referral_print(struct merit_session *session, const cJSON *referral)
{
	merit_view_lines(stdout, referral, referral_lines, merit_session_display_offset(session));
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_referral_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "referee", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "referral.get", values, referral_print);
}
