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

static const struct merit_option report_options[] = {
	{ "period", "PERIOD", "a month such as 2026-10 or a year such as 2026, as dated; a closed one as it was closed" },
	{ "from", "DAY", "as dated from this day on; what is before is the opening" },
	{ "to", "DAY", "as dated up to this day" },
	{ "as-of", "SEQ|TIME|DAY", "as it was known behind this entry, at this time, or when this day ended" },
	{ "data", "DIR", "read a data directory or a backup, beside its service or without one" },
	{ "currency", "CURRENCY", "statements: only in this currency; the currency of --each and --total" },
	{ "each", "AMOUNT", "disclosure: an award below counts only once the year's total is at --total" },
	{ "total", "AMOUNT", "disclosure: see --each" },
	{ "html", "FILE", "write one page with its charts, for a browser or a printer" },
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

static const struct merit_option export_options[] = {
	{ "period", "PERIOD", "a month such as 2026-10 or a year such as 2026, as dated; a closed one as it was closed" },
	{ "from", "DAY", "as dated from this day on; what is before is the opening" },
	{ "to", "DAY", "as dated up to this day" },
	{ "as-of", "SEQ|TIME|DAY", "as it was known behind this entry, at this time, or when this day ended" },
	{ "data", "DIR", "read a data directory or a backup, beside its service or without one" },
	{ NULL, NULL, NULL },
};

static const struct merit_option source_options[] = {
	{ "subject", "WORD", "orders, fulfilments, settlements, deposits, earns or cash; required" },
	{ "party", "PARTY", "the merchant or sponsor its files are about; all when absent" },
	{ "currency", "CURRENCY", "of their amounts; points when absent" },
	{ "direction", "in|out", "whether they tell of what comes in or of what goes out; required" },
	{ "every", "none|day|week|month", "how often a file is due; required" },
	{ "starts", "DAY", "the first day a file must cover; required" },
	{ "ends", "DAY", "the last such day" },
	{ "due-days", "DAYS", "days behind the end of what a file covers until it is due; default 1" },
	{ "break-rate", "RATE", "breaks in 10,000 rows above which a second party must agree to a run" },
	{ "limit", "AMOUNT", "above which a second party must agree to how a break ends; default none" },
	{ "proposal", "NAME", "propose it: to change a source takes two parties" },
	{ "reason", "TEXT", "of a proposal: why; required there" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option break_list_options[] = {
	{ "source", "SOURCE", "only of this source" },
	{ "run", "RUN", "only those this run found" },
	{ "state", "STATE", "only those open, explained, resolved or withdrawn" },
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

#define OPTION_BREAK_PROPOSAL                                                                                          \
	{ "proposal", "NAME", "propose it: above the source's limit two parties must agree" }

static const struct merit_option explain_options[] = {
	{ "class", "CLASS",
	  "what it turned out to be: theirs_only, ours_only, amount, status, duplicate, timing, fee or refund; where a run "
	  "found it so, also matched, within_tolerance or unreadable; required" },
	{ "reason", "TEXT", "why; required" },
	{ "expected", "DAY", "the day by which it should be gone, today or later; required" },
	OPTION_BREAK_PROPOSAL,
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option resolve_options[] = {
	{ "reason", "TEXT", "what ended it; required" },
	{ "run", "RUN", "the later run that matched it" },
	{ "entry", "SEQ", "the entry that set it right: one that moved points or money" },
	OPTION_BREAK_PROPOSAL,
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option close_options[] = {
	{ "check", NULL, "make a closed month's reports again, and compare them with its closing entry" },
	{ "data", "DIR", "read the entries from this data directory or backup, not from the service" },
	{ "out", "DIR", "write each report there as CSV, and all of them as one HTML page" },
	{ NULL, NULL, NULL },
};

static const struct merit_option reconcile_options[] = {
	{ "source", "SOURCE", "whose file it is; required" },
	{ "format", "FORMAT", "camt.053, mt940, csv, wechat, alipay, cmb, icbc, hsbchk or jd; found out when absent" },
	{ "mapping", "FILE", "of CSV: which column is what, as JSON" },
	{ "rules", "FILE", "how items are matched, as JSON; default by reference, then sums" },
	{ "from", "DAY", "the first day the run covers; default the file's own" },
	{ "to", "DAY", "the last: the cut-off of both sides" },
	{ "second", "FILE", "three-way: a payment or bank file that must agree too" },
	{ "second-format", "FORMAT", "its format" },
	{ "second-mapping", "FILE", "its mapping" },
	{ "data", "DIR", "read a data directory or a backup, beside its service or without one" },
	{ "all", NULL, "what matched too, and rows that are no items" },
	{ "html", "FILE", "write one page with its charts, for a browser or a printer" },
	{ "commit", "RUN", "make it part of the record under this name; said twice it goes on where it stopped" },
	{ "check", "RUN", "make a run of the record again, from the same entries: exit code 1 where it comes to something else" },
	{ "supersedes", "RUN", "the run whose file was issued again, or was read wrongly" },
	{ "reason", "TEXT", "where a second party must agree to so many breaks: why the file is right" },
	MERIT_OPTION_CSV,
	{ NULL, NULL, NULL },
};

static const struct merit_option run_list_options[] = {
	{ "source", "SOURCE", "only of this source" },
	MERIT_OPTIONS_LIST,
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
	{ "report", "NAME [PARTY]", 1, 2, true, report_options, merit_command_report,
	  "a report from the entries: table, CSV, JSON or page",
	  "trial-balance  every account by campaign and currency, opening to closing\n"
	  "liability      what members may spend: opening, by what it moved, closing; points and money\n"
	  "lots           what expires when, and what expired so far\n"
	  "campaigns      budgets: funded, awarded, left; what became of the points\n"
	  "statement      of a merchant or sponsor, PARTY\n"
	  "member         a member's statement, PARTY\n"
	  "disclosure     a year's awards per recipient, sponsor, nature and form\n"
	  "tax            gross by member and class of income, month by month\n"
	  "reconciliation what was reconciled, and what is open, by age\n\n"
	  "Made from entries alone, so the same entries make the same bytes for ever. Exit code 1: what must agree does not.",
	  "merit report liability --period 2026-10\nmerit report trial-balance --period 2026-10 --csv\n"
	  "merit report lots --data /var/lib/merit --html lots.html\nmerit report statement X1 --period 2026-10" },
	{ "export", "FORM [FILE]", 1, 2, true, export_options, merit_command_export,
	  "the books for other programs, to FILE or standard output",
	  "hledger    a journal that hledger check --strict takes\n"
	  "beancount  a journal that bean-check takes\n"
	  "json       a line of JSON an entry; amounts are points or minor units\n"
	  "payout     CSV: what merchants are still to be paid of settlements issued or confirmed\n\n"
	  "Both journals assert every account's balance at their end. Of a period, what was before it is one transaction.",
	  "merit export hledger --period 2026-10 october.journal\nmerit export beancount --data /var/lib/merit books.beancount\n"
	  "merit export json --as-of 2026-10-31\nmerit export payout payout.csv" },
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
	{ "source declare", "SOURCE", 1, 1, true, source_options, merit_command_source_declare,
	  "say which files are due when, or change it",
	  "A source is somebody who sends files: a merchant, a platform, a bank. A month is closed only when the files of every "
	  "source cover it; of one with --every none no file is ever due. Declared again it is changed, as a whole: what is "
	  "left out no longer holds. That takes two parties: with --proposal another one carries it out with merit proposal "
	  "approve.",
	  "merit source declare bank --subject cash --currency CNY --direction in --every month --starts 2026-10-01\n"
	  "merit source declare X1 --subject fulfilments --party X1 --currency CNY --direction out --every day "
	  "--starts 2026-10-01 --break-rate 100 --limit 500.00\n"
	  "merit source declare bank --subject cash --currency CNY --direction in --every day --starts 2026-10-01 "
	  "--proposal bank-daily --reason 'the bank sends one a day now'" },
	{ "source list", "", 0, 0, true, list_options, merit_command_source_list, "sources of files", NULL,
	  "merit source list" },
	{ "source due", "", 0, 0, true, csv_options, merit_command_source_due, "files that are due and were not reconciled",
	  "Exit code 1 when there are any.", "merit source due" },
	{ "reconcile", "FILE", 1, 1, true, reconcile_options, merit_command_reconcile,
	  "compare a file somebody sent with the ledger, item by item",
	  "What the file says of itself is checked first, then every item of it is matched with one of the ledger, or told "
	  "with the reason why not. A preview changes nothing; --commit RUN writes an entry with the hashes of file, rules and "
	  "report, and one for each break. Breaks of earlier runs that match now are cleared. The --csv has every line and is "
	  "the same bytes whenever it is made again from the same entries: its SHA-256 is the run's report hash. Exit codes: "
	  "0 everything agrees, 1 there are differences, 2 the file or the command cannot be used and nothing was written, 3 "
	  "the service cannot be reached.",
	  "merit reconcile X1-10.csv --source X1 --mapping X1.json\n"
	  "merit reconcile bank-10.xml --source bank --commit bank-10\n"
	  "merit reconcile bank-10.xml --source bank --check bank-10 --data backup" },
	{ "recon list", "", 0, 0, true, run_list_options, merit_command_recon_list, "runs of reconciliations", NULL,
	  "merit recon list --source X1" },
	{ "recon show", "RUN", 1, 1, true, NULL, merit_command_recon_show, "one run: what it came to, and its hashes", NULL,
	  "merit recon show bank-10" },
	{ "break list", "", 0, 0, true, break_list_options, merit_command_break_list,
	  "what files and ledger do not agree about", NULL, "merit break list --state open\nmerit break list --run X1-10 --csv" },
	{ "break show", "BREAK", 1, 1, true, NULL, merit_command_break_show, "one break, and what became of it", NULL,
	  "merit break show b-0123456789abcdef" },
	{ "break explain", "BREAK", 1, 1, true, explain_options, merit_command_break_explain,
	  "say what a break is, and when it should be gone",
	  "An explained break may stay open behind a close. Above the limit of its source give --proposal: another party "
	  "carries it out with merit proposal approve.",
	  "merit break explain b-0123456789abcdef --class timing --reason 'shipped on the last day' --expected 2026-11-05" },
	{ "break resolve", "BREAK", 1, 1, true, resolve_options, merit_command_break_resolve, "end a break",
	  "merit reconcile --commit does so by itself where a later file matches it. Above the limit of its source give "
	  "--proposal.",
	  "merit break resolve b-0123456789abcdef --reason 'paid back by the merchant' --entry 4711" },
	{ "close", "MONTH", 1, 1, true, close_options, merit_command_close,
	  "close a month: list what is missing, or bind it to its reports",
	  "While files, explanations or settlements of the month are missing, or something was booked behind a run and dated "
	  "in its days, that is listed, each with the command that mends it, and the exit code is 1. Breaks whose expected "
	  "day has come are listed beside. Else its reports are made from the entries, and the closing entry names their "
	  "hashes, the totals and the root of those entries; nothing is dated in the month from then on. Months close in "
	  "order. With --check the reports are made again and compared: exit code 1, and the first that differs, when they "
	  "are not the same.",
	  "merit close 2026-10 --out books\nmerit close 2026-10 --check\nmerit close 2026-10 --check --data backup" },
	{ "period list", "", 0, 0, true, csv_options, merit_command_period_list, "months, closed and open", NULL,
	  "merit period list" },
	{ "period reopen", "PERIOD", 1, 1, true, reopen_options, merit_command_period_reopen,
	  "propose to open a month again, and all later ones", "Another party carries it out with merit proposal approve.",
	  "merit period reopen 2026-10 --reason 'a deposit was dated a month late'" },
	{ .name = NULL },
};
/* clang-format on */
