/* command_partner.c - sponsors and merchants: what they hold, owe and are due; deposits, withdrawals, credit, terms. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/money.h"
#include "cli/show.h"
#include "cli/verb.h"

/* ---- sponsor show ---- */

static void platform_put(struct merit_buffer *out, const cJSON *sponsor)
{
	if (cJSON_IsTrue(merit_json_member(sponsor, "platform")))
		merit_buffer_put_text(out, "the platform itself: its points are an expense of its own");
}

static const struct merit_view_column sponsor_lines[] = {
	MERIT_VIEW("sponsor", "sponsor", TEXT),
	MERIT_VIEW_MADE("who it is", platform_put),
	MERIT_VIEW("points granted", "granted", COUNT),
	MERIT_VIEW_END,
};

static const struct merit_view_column sponsor_columns[] = {
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW(">prepaid", "prepaid_minor", MONEY),
	MERIT_VIEW(">receivable", "receivable_minor", MONEY),
	MERIT_VIEW(">credit", "credit_minor", MONEY),
	MERIT_VIEW(">exposure", "exposure_minor", MONEY),
	MERIT_VIEW(">free", "free_minor", MONEY),
	MERIT_VIEW_END,
};

static const struct merit_view_column cap_columns[] = {
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW(">cap", "cap_minor", MONEY),
	MERIT_VIEW_END,
};

static enum merit_exit sponsor_print(struct merit_session *session, const cJSON *sponsor)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	merit_view_lines(stdout, sponsor, sponsor_lines, offset_minutes);
	merit_view_table(stdout, "money", merit_json_member(sponsor, "money"), sponsor_columns,
	                 "It has paid in nothing and has no credit.", offset_minutes);
	merit_view_table(stdout, "what a member may get in a year", merit_json_member(sponsor, "caps"), cap_columns,
	                 NULL, offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_sponsor_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "sponsor", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "sponsor.get", values, sponsor_print);
}

/* ---- sponsor deposit, withdraw, credit: what people are shown is how the sponsor stands then ---- */

static enum merit_exit booked_print(struct merit_session *session, const cJSON *result)
{
	const struct merit_verb_value values[] = { { "sponsor", session->command->operands[0] }, { NULL, NULL } };
	struct merit_answer answer;

	printf("entry %lld\n\n", (long long)merit_show_integer(result, "seq"));
	if (merit_verb_ask_in(session, "sponsor.get", values, &answer) == MERIT_EXIT_DONE) {
		(void)sponsor_print(session, answer.result);
		merit_answer_free(&answer);
	}
	return MERIT_EXIT_DONE;
}

static enum merit_exit book(const struct merit_arguments *arguments, const char *method, const char *parameter)
{
	char amount[MERIT_MONEY_TEXT_SIZE];
	const struct merit_verb_value values[] = {
		{ "sponsor", arguments->operands[0] },
		{ "currency", arguments->operands[2] },
		{ parameter, amount },
		{ NULL, NULL },
	};

	if (!merit_money_given(arguments->operands[1], arguments->operands[2], amount))
		return MERIT_EXIT_USAGE;
	return merit_verb_write_show(arguments, method, values, booked_print);
}

enum merit_exit merit_command_sponsor_deposit(const struct merit_arguments *arguments)
{
	return book(arguments, "sponsor.deposit", "amount_minor");
}

enum merit_exit merit_command_sponsor_withdraw(const struct merit_arguments *arguments)
{
	return book(arguments, "sponsor.withdraw", "amount_minor");
}

enum merit_exit merit_command_sponsor_credit(const struct merit_arguments *arguments)
{
	return book(arguments, "sponsor.credit", "credit_minor");
}

/* ---- Merchants ---- */

static const struct merit_view_column merchant_lines[] = {
	MERIT_VIEW("merchant", "merchant", TEXT),
	MERIT_VIEW("points redeemed", "redeemed", COUNT),
	MERIT_VIEW("days from receipt to settlement", "settle_days", COUNT),
	MERIT_VIEW_END,
};

static const struct merit_view_column merchant_columns[] = {
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW(">due", "due_minor", MONEY),
	MERIT_VIEW(">receivable", "receivable_minor", MONEY),
	MERIT_VIEW_END,
};

static enum merit_exit merchant_print(struct merit_session *session, const cJSON *merchant)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	merit_view_lines(stdout, merchant, merchant_lines, offset_minutes);
	merit_view_table(stdout, "money", merit_json_member(merchant, "money"), merchant_columns,
	                 "It has sold nothing yet.", offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_merchant_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "merchant", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_show(arguments, "merchant.get", values, merchant_print);
}

enum merit_exit merit_command_merchant_terms(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = {
		{ "merchant", arguments->operands[0] },
		{ "settle_days", arguments->operands[1] },
		{ NULL, NULL },
	};

	return merit_verb_write(arguments, "merchant.terms", values);
}
