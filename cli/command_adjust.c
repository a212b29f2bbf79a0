/* command_adjust.c - corrections, which two parties must agree on: points, debts, money. Each makes a proposal. */
#include "cli/arguments.h"
#include "cli/money.h"
#include "cli/propose.h"

static enum merit_exit propose_of_member(const struct merit_arguments *arguments, const char *method)
{
	const struct merit_verb_value values[] = {
		{ "member", arguments->operands[0] },
		{ "campaign", arguments->operands[1] },
		{ "points", arguments->operands[2] },
		{ NULL, NULL },
	};

	return merit_propose(arguments, method, values);
}

enum merit_exit merit_command_adjust_points(const struct merit_arguments *arguments)
{
	return propose_of_member(arguments, "adjust.points");
}

enum merit_exit merit_command_adjust_debt(const struct merit_arguments *arguments)
{
	return propose_of_member(arguments, "adjust.debt");
}

enum merit_exit merit_command_adjust_money(const struct merit_arguments *arguments)
{
	char amount[MERIT_MONEY_TEXT_SIZE];
	const struct merit_verb_value values[] = {
		{ "debit", arguments->operands[0] },
		{ "credit", arguments->operands[1] },
		{ "currency", arguments->operands[3] },
		{ "amount_minor", amount },
		{ NULL, NULL },
	};

	if (!merit_money_given(arguments->operands[2], arguments->operands[3], amount))
		return MERIT_EXIT_USAGE;
	return merit_propose(arguments, "adjust.money", values);
}
