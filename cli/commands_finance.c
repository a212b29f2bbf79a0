/* commands_finance.c - the finance lead's commands: balances, money, settlements, adjustments, periods. */
#include "cli/commands_inner.h"

/* The tables read better by hand. */
/* clang-format off */
#define OPTION_AT  { "at", "SEQ|TIME|DAY", "as it was known behind this entry, at this time, or when this day ended" }
#define OPTION_DAY { "day", "DAY", "the day to date it, in an open period; default today" }

#define OPTIONS_PROPOSAL                                                                                               \
	{ "reason", "TEXT", "why; required" },                                                                         \
	{ "proposal", "NAME", "the proposal's name; default the operation's id" },                                     \
	MERIT_OPTION_ID

static const struct merit_option id_options[] = {
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option list_options[] = {
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

static const struct merit_option balance_options[] = {
	{ "currency", "CURRENCY", "what an account holds in money; points when absent" },
	OPTION_AT,
	{ "day", "DAY", "as it is dated at the end of this day; of a member a coming one too: if nothing is done" },
	{ NULL, NULL, NULL },
};

static const struct merit_option statement_options[] = {
	{ "currency", "CURRENCY", "of an account in money; points when absent" },
	{ "limit", "ROWS", "default 50; all with --from, --to or --csv" },
	{ "before", "SEQ", "only entries before this one" },
	{ "from", "DAY", "only entries of this accounting day and later ones" },
	{ "to", "DAY", "only entries of this accounting day and earlier ones" },
	MERIT_OPTION_CSV,
	{ NULL, NULL, NULL },
};

static const struct merit_option trial_options[] = {
	OPTION_AT,
	{ "day", "DAY", "as it is dated at the end of this day" },
	MERIT_OPTION_CSV,
	{ NULL, NULL, NULL },
};

static const struct merit_option bank_options[] = {
	{ "bank-reference", "REFERENCE", "the bank's; booked once for a sponsor; required" },
	OPTION_DAY,
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option open_options[] = {
	{ "cutoff", "DAY", "takes what fell due up to the end of this day; required" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option issue_options[] = {
	{ "invoice", "REFERENCE", "the number of the invoice" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option dispute_options[] = {
	{ "reason", "TEXT", "what is wrong; required" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option pay_options[] = {
	{ "bank-reference", "REFERENCE", "the bank's; booked once for a settlement; required" },
	{ "invoice", "REFERENCE", "the number of the invoice it pays" },
	OPTION_DAY,
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option settlement_list_options[] = {
	{ "party", "PARTY", "only this sponsor's or merchant's" },
	{ "currency", "CURRENCY", "only in this currency" },
	{ "state", "STATE", "only those open, issued, confirmed, disputed or paid" },
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

static const struct merit_option csv_options[] = {
	MERIT_OPTION_CSV,
	{ NULL, NULL, NULL },
};

static const struct merit_option adjust_points_options[] = {
	{ "reference", "REFERENCE", "the case, ticket or document it rests on; required" },
	{ "last-day", "DAY", "of points given; by the campaign's months from today when absent" },
	OPTION_DAY,
	OPTIONS_PROPOSAL,
	{ NULL, NULL, NULL },
};

static const struct merit_option adjust_options[] = {
	{ "reference", "REFERENCE", "the case, ticket or document it rests on; required" },
	OPTION_DAY,
	OPTIONS_PROPOSAL,
	{ NULL, NULL, NULL },
};

static const struct merit_option reject_options[] = {
	{ "reason", "TEXT", "why" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option reopen_options[] = {
	OPTIONS_PROPOSAL,
	{ NULL, NULL, NULL },
};

/* name, operands, least, most, calls, options, function, about, details, examples */
const struct merit_command merit_commands_finance[] = {
	{ "balance", "MEMBER|ACCOUNT", 1, 1, true, balance_options, merit_command_balance,
	  "what a member or an account holds, held, or will hold",
	  "A name with a slash is an account: campaign/C1, sponsor/S1, redeemed/X1, expired/C1. With --currency an account "
	  "in money: sponsor/S1, merchant/X1, cash, margin, breakage, expense/marketing, opening; debits are above zero, "
	  "credits below.",
	  "merit balance M1\nmerit balance campaign/C1 --at 2026-11-01\nmerit balance M1 --day 2027-06-30\n"
	  "merit balance merchant/X1 --currency CNY" },
	{ "statement", "MEMBER|ACCOUNT", 1, 1, true, statement_options, merit_command_statement,
	  "what changed it, newest first", NULL,
	  "merit statement M1 --limit 20\nmerit statement campaign/C1 --from 2026-11-01 --to 2026-11-30 --csv\n"
	  "merit statement sponsor/S1 --currency CNY" },
	{ "trial-balance", "", 0, 0, true, trial_options, merit_command_trial_balance,
	  "every account, by campaign and by currency, with sums",
	  "In points, then in money. Debits are above zero, credits below; accounts at zero are left out but of --csv and "
	  "--json. The sums are made here: exit code 1 when one is not zero.",
	  "merit trial-balance\nmerit trial-balance --day 2026-10-31 --csv\nmerit trial-balance --at 4711" },
	{ "sponsor show", "SPONSOR", 1, 1, true, NULL, merit_command_sponsor_show,
	  "what a sponsor has paid in, owes and may still promise",
	  "Exposure is what the points in its campaigns' budgets and with members are worth; free is what prepaid and credit "
	  "leave behind it.",
	  "merit sponsor show S1" },
	{ "sponsor deposit", "SPONSOR AMOUNT CURRENCY", 3, 3, true, bank_options, merit_command_sponsor_deposit,
	  "book what a sponsor paid in", NULL, "merit sponsor deposit S1 10000.00 CNY --bank-reference B-4711" },
	{ "sponsor withdraw", "SPONSOR AMOUNT CURRENCY", 3, 3, true, bank_options, merit_command_sponsor_withdraw,
	  "book what a sponsor was paid back", "Of what is prepaid and backs no points.",
	  "merit sponsor withdraw S1 250.50 CNY --bank-reference B-4712" },
	{ "sponsor credit", "SPONSOR AMOUNT CURRENCY", 3, 3, true, id_options, merit_command_sponsor_credit,
	  "set how much a sponsor may owe", NULL, "merit sponsor credit S1 50000 CNY" },
	{ "merchant show", "MERCHANT", 1, 1, true, NULL, merit_command_merchant_show, "what a merchant is due", NULL,
	  "merit merchant show X1" },
	{ "merchant terms", "MERCHANT DAYS", 2, 2, true, id_options, merit_command_merchant_terms,
	  "set how many days after receipt sales are settled", NULL, "merit merchant terms X1 15" },
	{ "settlement open", "SETTLEMENT PARTY CURRENCY", 3, 3, true, open_options, merit_command_settlement_open,
	  "take what a merchant is due, or a sponsor owes, up to a day",
	  "Each posting is in one settlement. What is below zero is carried to the next.",
	  "merit settlement open X1-2026-10 X1 CNY --cutoff 2026-10-31" },
	{ "settlement show", "SETTLEMENT", 1, 1, true, csv_options, merit_command_settlement_show,
	  "a settlement as a statement to sign",
	  "Its head, what happened, all of its lines and their sum. Number, sum and hash of the lines are made here again: "
	  "exit code 1 when they are not the head's. The --csv of the lines is the same bytes whenever it is asked for.",
	  "merit settlement show X1-2026-10\nmerit settlement show X1-2026-10 --csv >X1-2026-10.csv" },
	{ "settlement list", "", 0, 0, true, settlement_list_options, merit_command_settlement_list, "settlements", NULL,
	  "merit settlement list --state issued\nmerit settlement list --party X1 --currency CNY --csv" },
	{ "settlement issue", "SETTLEMENT", 1, 1, true, issue_options, merit_command_settlement_issue,
	  "send it to its party", "From then on the party sees it, and the next one may be opened.",
	  "merit settlement issue X1-2026-10 --invoice INV-17" },
	{ "settlement confirm", "SETTLEMENT", 1, 1, true, id_options, merit_command_settlement_confirm,
	  "say that an issued one is right", NULL, "merit settlement confirm X1-2026-10" },
	{ "settlement dispute", "SETTLEMENT", 1, 1, true, dispute_options, merit_command_settlement_dispute,
	  "say that it is wrong", "A correction is merit adjust money: a line of the next settlement.",
	  "merit settlement dispute X1-2026-10 --reason 'order O17 came back'" },
	{ "settlement pay", "SETTLEMENT AMOUNT CURRENCY", 3, 3, true, pay_options, merit_command_settlement_pay,
	  "book a payment of it, whole or in part", NULL,
	  "merit settlement pay X1-2026-10 1234.50 CNY --bank-reference B-4713 --invoice INV-17" },
	{ "adjust points", "MEMBER CAMPAIGN POINTS", 3, 3, true, adjust_points_options, merit_command_adjust_points,
	  "propose to give points, or below 0 to take them back",
	  "As all adjustments it is a proposal: another party carries it out with merit proposal approve.",
	  "merit adjust points M1 C1 50 --reason 'course was not counted' --reference T-4711\n"
	  "merit adjust points M1 C1 -20 --reason 'counted twice' --reference T-4712" },
	{ "adjust debt", "MEMBER CAMPAIGN POINTS", 3, 3, true, adjust_options, merit_command_adjust_debt,
	  "propose to write a member's debt off", NULL,
	  "merit adjust debt M1 C1 30 --reason 'left the profession' --reference T-4713" },
	{ "adjust money", "DEBIT CREDIT AMOUNT CURRENCY", 4, 4, true, adjust_options, merit_command_adjust_money,
	  "propose to correct or open a balance in money",
	  "DEBIT and CREDIT are accounts: sponsor/S, merchant/X, cash, margin, breakage, expense/marketing, opening. Of a "
	  "sponsor or merchant it is a line of its next settlement.",
	  "merit adjust money margin merchant/X1 12.50 CNY --reason 'price of June' --reference T-4714\n"
	  "merit adjust money cash opening 100000 CNY --reason 'from the old books' --reference OPENING" },
	{ "proposal list", "", 0, 0, true, list_options, merit_command_proposal_list, "proposals", NULL,
	  "merit proposal list" },
	{ "proposal show", "PROPOSAL", 1, 1, true, NULL, merit_command_proposal_show,
	  "one proposal, and who may approve it", NULL, "merit proposal show adjust-17" },
	{ "proposal approve", "PROPOSAL", 1, 1, true, id_options, merit_command_proposal_approve,
	  "agree to a proposal, which carries it out", "By another party than its own, of a role that may make the call.",
	  "merit proposal approve adjust-17" },
	{ "proposal reject", "PROPOSAL", 1, 1, true, reject_options, merit_command_proposal_reject,
	  "end a proposal", "Its own party may withdraw it.", "merit proposal reject adjust-17 --reason 'paid already'" },
	{ "period list", "", 0, 0, true, csv_options, merit_command_period_list, "months, closed and open", NULL,
	  "merit period list" },
	{ "period close", "PERIOD", 1, 1, true, id_options, merit_command_period_close,
	  "close a month: nothing is dated in it from then on",
	  "Months close in order. While something of it is still to be done by the clock it waits, up to --timeout.",
	  "merit period close 2026-10" },
	{ "period reopen", "PERIOD", 1, 1, true, reopen_options, merit_command_period_reopen,
	  "propose to open a month again, and all later ones", "Another party carries it out with merit proposal approve.",
	  "merit period reopen 2026-10 --reason 'a deposit was dated a month late'" },
	{ .name = NULL },
};
/* clang-format on */
