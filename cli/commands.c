/* commands.c - the table of command.h as rows. The order is that of help and of the manual page. */
#include "cli/command.h"

#include <string.h>

#include "cli/settings.h"

#define MANY 100 /* operands */

/* The tables read better by hand. */
/* clang-format off */
const struct merit_option merit_connection_options[] = {
#define X(member, option, environment, value, about) { option, value, about " [$" environment "]" },
	MERIT_SETTING_MAP(X)
#undef X
	{ "profile", "FILE", "settings as lines of name = value; see merit man [$MERIT_PROFILE]" },
	{ NULL, NULL, NULL },
};

const struct merit_option merit_common_options[] = {
	{ "json", NULL, "print JSON for programs instead of text for people" },
	{ "help", NULL, "print this" },
	{ NULL, NULL, NULL },
};

static const struct merit_option init_options[] = {
	{ "origin", "NAME", "the ledger's name for ever, a URL without its scheme; required" },
	{ "admin", "NAME", "the first party; default admin" },
	{ "offset", "+hh:mm", "where the program's days begin and end; default Z" },
	{ "refund-policy", "restore|grace|forfeit", "what a refund of expired points does; default restore" },
	{ "grace-days", "DAYS", "policy grace: how long the points live on; default 30" },
	{ "hold-minutes", "MINUTES", "how long an order waits to be fulfilled; default 20160, two weeks" },
	{ "receive-days", "DAYS", "after shipping, an order counts as received; default 10" },
	{ "late-days", "DAYS", "how late an earn may arrive; default 90" },
	{ "erase-days", "DAYS", "after an order ended, until where it went is erased; default 180" },
	{ NULL, NULL, NULL },
};

static const struct merit_option id_options[] = {
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ NULL, NULL, NULL },
};

static const struct merit_option revoke_options[] = {
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ "reason", "TEXT", "why" },
	{ NULL, NULL, NULL },
};

static const struct merit_option call_options[] = {
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ "params", "JSON|@FILE", "all parameters as one JSON object, id too; @- is standard input" },
	{ NULL, NULL, NULL },
};

static const struct merit_option import_options[] = {
	{ "map", "PARAMETER=COLUMN", "or a template, 'reference={module}-{run|lower}'" },
	{ "set", "PARAMETER=VALUE", "the same for every row" },
	{ "where", "COLUMN=VALUE,...", "or COLUMN!=VALUE: only these rows; may be repeated" },
	{ "id", "TEMPLATE", "make ids from columns; {#} is the row's number; default from name and row" },
	{ "name", "NAME", "the import's name in ids made of rows; default the file's, without its folder" },
	{ "retry-refused", NULL, "try rows again that an earlier run had refused" },
	{ "rejects", "FILE", "write rows that were not accepted, with their status, as CSV" },
	{ "skip-bad", NULL, "send the rest although some rows are not understood" },
	{ "dry-run", NULL, "understand every row, send nothing" },
	{ "offset", "+hh:mm", "zone of times without one; default the program's" },
	{ "format", "csv|jsonl", "default by the file's name" },
	{ "delimiter", "CHARACTER", "of CSV; default a comma; tab is a word" },
	{ "batch", "ROWS", "in one signed message; default 500" },
	{ "in-flight", "BATCHES", "at once; above 1 rows may be decided in another order; default 1" },
	{ NULL, NULL, NULL },
};

#define LIST_OPTIONS                                                                                                   \
	{ "from", "NEXT", "begin here, where an earlier page ended" },                                                 \
	{ "limit", "ROWS", "default 50; all with --csv" },                                                             \
	{ "csv", NULL, "print CSV for a spreadsheet: numbers without separators, nothing it would run" }

static const struct merit_option list_options[] = {
	LIST_OPTIONS,
	{ NULL, NULL, NULL },
};

static const struct merit_option order_list_options[] = {
	{ "state", "open|ended", "only these" },
	{ "merchant", "MERCHANT", "only those with a line of this merchant's" },
	{ "member", "MEMBER", "only this member's, in the order they were placed" },
	LIST_OPTIONS,
	{ NULL, NULL, NULL },
};

static const struct merit_option referral_list_options[] = {
	{ "referrer", "MEMBER", "all of this member's; default those that wait for a reviewer" },
	LIST_OPTIONS,
	{ NULL, NULL, NULL },
};

static const struct merit_option review_show_options[] = {
	{ "referral", "REFEREE", "in place of SEQ: the referral of this member" },
	{ NULL, NULL, NULL },
};

static const struct merit_option review_options[] = {
	{ "referral", "REFEREE", "in place of SEQ: the flagged referral of this member" },
	{ "reason", "TEXT", "why; required" },
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ NULL, NULL, NULL },
};

static const struct merit_option reason_options[] = {
	{ "reason", "TEXT", "why; required" },
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ NULL, NULL, NULL },
};

static const struct merit_option tag_options[] = {
	{ "off", NULL, "take it off" },
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ NULL, NULL, NULL },
};

static const struct merit_option ship_options[] = {
	{ "carrier", "TEXT", "who carries it" },
	{ "tracking", "NUMBER", "under which number" },
	{ "line", "LINE=QUANTITY", "so much of a line, counted from 0; may be repeated; default all that is held" },
	{ "id", "ID", "the operation's id, to repeat a call safely; default a new one" },
	{ "file", "FILE", "in place of ORDER: a CSV file with a row a shipment" },
	{ "name", "NAME", "with --file: the import's name in ids; default the file's, without its folder" },
	{ "retry-refused", NULL, "with --file: try rows again that an earlier run had refused" },
	{ "rejects", "FILE", "with --file: write rows that were not accepted, with their status, as CSV" },
	{ "skip-bad", NULL, "with --file: send the rest although some rows are not understood" },
	{ "dry-run", NULL, "with --file: understand every row, send nothing" },
	{ "delimiter", "CHARACTER", "with --file: of CSV; default a comma; tab is a word" },
	{ NULL, NULL, NULL },
};

static const struct merit_option code_import_options[] = {
	{ "column", "COLUMN", "of a CSV file; default a code a line and no line of names" },
	{ "name", "NAME", "the import's name in ids; default the file's, without its folder" },
	{ "retry-refused", NULL, "try codes again that an earlier run had refused" },
	{ "dry-run", NULL, "understand every row, send nothing" },
	{ "delimiter", "CHARACTER", "of CSV; default a comma; tab is a word" },
	{ NULL, NULL, NULL },
};

static const struct merit_option statement_options[] = {
	{ "limit", "ROWS", "default 50; all with --from, --to or --csv" },
	{ "before", "SEQ", "only entries before this one" },
	{ "from", "DAY", "only entries of this accounting day and later ones" },
	{ "to", "DAY", "only entries of this accounting day and earlier ones" },
	{ "csv", NULL, "print CSV for a spreadsheet: numbers without separators, nothing it would run" },
	{ NULL, NULL, NULL },
};

static const struct merit_option tail_options[] = {
	{ "from", "SEQ", "begin here; default ten entries before the end" },
	{ "follow", NULL, "wait for more until interrupted" },
	{ NULL, NULL, NULL },
};

static const struct merit_option output_options[] = {
	{ "output", "FILE", "write there (also -o); default standard output" },
	{ NULL, NULL, NULL },
};

static const struct merit_option verify_options[] = {
	{ "log-key", "VKEY", "the ledger's key you trust [$MERIT_LOG_KEY]; required for a receipt" },
	{ "profile", "FILE", "take it from a profile [$MERIT_PROFILE]" },
	{ NULL, NULL, NULL },
};

static const struct merit_option restore_options[] = {
	{ "confirm", "DIR", "let a restored ledger write again" },
	{ "checkpoint", "FILE", "with the newest checkpoint anybody kept" },
	{ NULL, NULL, NULL },
};

/* name, operands, least, most, calls, options, function, about, details, examples */
static const struct merit_command rows[] = {
	{ "init", "DIR", 1, 1, false, init_options, merit_command_init, "make a new ledger and its keys",
	  "DIR is new or empty. Its keys go to DIR/keys, and with them admin.profile, which tells merit how the first "
	  "party reaches the ledger. What the options say is in the first entry and never changes.",
	  "merit init /var/lib/merit --origin merit.example/ledger1 --offset +08:00" },
	{ "key new", "FILE", 1, 1, false, NULL, merit_command_key_new, "make a key pair",
	  "An Ed25519 key in PKCS#8 PEM that only its owner can read, as openssl genpkey makes them.",
	  "merit key new lms.pem" },
	{ "key show", "FILE", 1, 1, false, NULL, merit_command_key_show, "print the public side of a key", NULL,
	  "merit key show lms.pem" },
	{ "key add", "PARTY KEY PUBLIC|FILE", 3, 3, true, id_options, merit_command_key_add,
	  "give a party one more key", NULL, "merit key add lms k2 lms-k2.pem" },
	{ "key rotate", "KEY PUBLIC|FILE", 2, 2, true, id_options, merit_command_key_rotate,
	  "replace the key that signs this call", NULL, "merit key rotate k2 lms-k2.pem" },
	{ "key revoke", "PARTY KEY", 2, 2, true, revoke_options, merit_command_key_revoke, "end a key", NULL,
	  "merit key revoke lms k1 --reason 'laptop lost'" },
	{ "key list", "PARTY", 1, 1, true, NULL, merit_command_key_list, "list a party's keys, revoked ones too", NULL,
	  "merit key list lms" },
	{ "call", "METHOD [NAME=VALUE ...]", 1, MANY, true, call_options, merit_command_call, "call any method",
	  "Values are read by the parameter's type: integers, days as 2026-11-21, times as RFC 3339 or milliseconds, "
	  "lists as JSON. merit methods METHOD lists the parameters. The id of a write stands in its answer.",
	  "merit call party.create party=lms role=service key=k1 public=11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n"
	  "merit call earn member=M1 campaign=C1 event=course reference=AAA occurred=2026-11-21T10:00:00+08:00\n"
	  "merit call order.place --params @order.json --id order-17" },
	{ "import", "METHOD FILE", 2, 2, true, import_options, merit_command_import,
	  "call a method for every row of a file",
	  "FILE is CSV with a line of names, or JSON lines; - is standard input. Without --map, columns named like "
	  "parameters go to them. Every row is understood before any is sent. Run again, it posts nothing twice: a row's "
	  "id is made of the file's name without its folder, and what the row says. So the same row in another file is "
	  "posted again; a file that was renamed keeps its ids with --name. A refusal is final for its id; "
	  "--retry-refused tries such rows again under the next id.\n"
	  "FILE of --rejects is replaced when the run has come to its end. In it a text that a spreadsheet would take for "
	  "a formula has a ' in front. Exit code 1: every row has its outcome, some were refused; 3: it ended early.\n"
	  "Filters of templates: lower, upper, trim, integer (17850.0 is 17850), minor (2.5 is 250).",
	  "merit import member.create students.csv --map member=id_student\n"
	  "merit import earn results.csv --map member=id_student --map 'reference={code_module}-{code_presentation}' "
	  "--map points=studied_credits --map occurred=ended --set campaign=OULAD --set event=course "
	  "--where final_result=Pass,Distinction --rejects rejects.csv" },
	{ "review list", "", 0, 0, true, list_options, merit_command_review_list,
	  "awards and referrals that wait for a reviewer",
	  "Both in the order they came in. Who submitted one cannot decide it.",
	  "merit review list" },
	{ "review show", "[SEQ]", 0, 1, true, review_show_options, merit_command_review_show,
	  "one of them, or any other award or referral", NULL, "merit review show 17\nmerit review show --referral M2" },
	{ "review approve", "[SEQ]", 0, 1, true, review_options, merit_command_review_approve,
	  "let an award or a referral be paid", NULL,
	  "merit review approve 17 --reason 'certificate seen'\n"
	  "merit review approve --referral M2 --reason 'known to us'" },
	{ "review reject", "[SEQ]", 0, 1, true, review_options, merit_command_review_reject, "refuse it",
	  "A rejected award frees its reference, its evidence, its budget and what it counted.",
	  "merit review reject 17 --reason 'certificate of somebody else'" },
	{ "order list", "", 0, 0, true, order_list_options, merit_command_order_list, "orders", NULL,
	  "merit order list --state open --merchant X1\nmerit order list --member M1 --csv" },
	{ "order show", "ORDER", 1, 1, true, NULL, merit_command_order_show,
	  "one order: lines, points, what happened", NULL, "merit order show O1" },
	{ "order ship", "[ORDER]", 0, 1, true, ship_options, merit_command_order_ship,
	  "say that an order, or a file of them, was shipped",
	  "FILE has the columns order, carrier, tracking and, to ship orders in parts, line and quantity: then every row "
	  "names both. Run again, it ships nothing twice; see merit import --help.",
	  "merit order ship O1 --carrier SF --tracking SF1234567890\n"
	  "merit order ship O1 --line 0=2 --line 3=1\n"
	  "merit order ship --file shipped.csv --rejects rejects.csv" },
	{ "order recipient", "ORDER", 1, 1, true, NULL, merit_command_order_recipient, "where an order goes",
	  "For its member, and for the merchants who ship some of it.", "merit order recipient O1" },
	{ "order code", "ORDER", 1, 1, true, NULL, merit_command_order_code, "the codes of an order, for its member", NULL,
	  "merit order code O1" },
	{ "item list", "", 0, 0, true, list_options, merit_command_item_list, "the items of the mall", NULL,
	  "merit item list\nmerit item list --csv" },
	{ "item show", "ITEM", 1, 1, true, NULL, merit_command_item_show, "one item", NULL, "merit item show mug" },
	{ "item import", "FILE", 1, 1, true, import_options, merit_command_item_import, "add the items of a file",
	  "As merit import item.create: points are the price, price_minor what the merchant is due in minor units.",
	  "merit item import catalogue.csv --set merchant=X1 --set currency=CNY\n"
	  "merit item import catalogue.csv --map item=sku --map title=name --map points=points "
	  "--map 'price_minor={price|minor}' --set class=goods --set merchant=X1 --set currency=CNY" },
	{ "code import", "ITEM FILE", 2, 2, true, code_import_options, merit_command_code_import,
	  "add the voucher codes of a file to an item",
	  "FILE has a code a line, - is standard input; empty lines are passed over. The same file twice adds nothing, "
	  "if by the same key: keys hide a code differently, so that another one, of the same party too, adds it "
	  "again. Only who is given a code can read it, so there is no file of rejects: the lines are named.",
	  "merit code import coffee codes.txt\nmerit code import coffee codes.csv --column voucher" },
	{ "campaign list", "", 0, 0, true, list_options, merit_command_campaign_list, "campaigns", NULL,
	  "merit campaign list" },
	{ "campaign show", "CAMPAIGN", 1, 1, true, NULL, merit_command_campaign_show,
	  "what a campaign promises and pays",
	  "Promises, budget, rules in force, terms of referrals, and what its points may buy. merit call campaign.rule "
	  "and its like set them.",
	  "merit campaign show C1" },
	{ "referral list", "", 0, 0, true, referral_list_options, merit_command_referral_list,
	  "referrals of a member, or those that wait", NULL, "merit referral list\nmerit referral list --referrer M1" },
	{ "referral show", "REFEREE", 1, 1, true, NULL, merit_command_referral_show, "who referred a member", NULL,
	  "merit referral show M2" },
	{ "member list", "", 0, 0, true, list_options, merit_command_member_list, "members",
	  "this_year is what a member earned in the calendar year: what its tier follows from.",
	  "merit member list --from M1000\nmerit member list --csv" },
	{ "member show", "MEMBER", 1, 1, true, NULL, merit_command_member_show,
	  "one member: balances, lots, tags, tier, last movements", NULL, "merit member show M1" },
	{ "member freeze", "MEMBER", 1, 1, true, reason_options, merit_command_member_freeze,
	  "keep a member from earning and ordering", NULL, "merit member freeze M1 --reason 'account shared'" },
	{ "member unfreeze", "MEMBER", 1, 1, true, reason_options, merit_command_member_unfreeze, "end that", NULL,
	  "merit member unfreeze M1 --reason 'cleared up'" },
	{ "member close", "MEMBER", 1, 1, true, reason_options, merit_command_member_close,
	  "end a member for ever; what is available expires", NULL, "merit member close M1 --reason 'left the program'" },
	{ "member tag", "MEMBER TAG", 2, 2, true, tag_options, merit_command_member_tag,
	  "put a tag on a member, or take it off", NULL,
	  "merit member tag M1 cardiology\nmerit member tag M1 cardiology --off" },
	{ "balance", "MEMBER|ACCOUNT", 1, 1, true, NULL, merit_command_balance, "what a member or an account holds",
	  "A name with a slash is an account: campaign/C1, sponsor/S1, redeemed/X1, expired/C1.",
	  "merit balance M1\nmerit balance campaign/C1" },
	{ "statement", "MEMBER|ACCOUNT", 1, 1, true, statement_options, merit_command_statement,
	  "what changed it, newest first", NULL,
	  "merit statement M1 --limit 20\nmerit statement campaign/C1 --from 2026-11-01 --to 2026-11-30 --csv" },
	{ "entry", "SEQ", 1, 1, true, NULL, merit_command_entry, "one entry of the log", NULL,
	  "merit entry 17 --json" },
	{ "tail", "", 0, 0, true, tail_options, merit_command_tail, "entries as they come",
	  "With --json one entry a line, exactly as it stands in the log.",
	  "merit tail --follow\nmerit tail --from 0 --json" },
	{ "receipt", "SEQ", 1, 1, true, output_options, merit_command_receipt, "the proof of one entry, to keep",
	  "A C2SP tlog-proof: merit verify checks it without any service, and so can others with the ledger's key.",
	  "merit receipt 17 -o entry17.tlog-proof" },
	{ "checkpoint", "", 0, 0, true, output_options, merit_command_checkpoint, "the ledger's newest signed head",
	  "Keep one elsewhere now and then: with it a restored ledger can prove that nothing is lost.",
	  "merit checkpoint -o newest.checkpoint" },
	{ "verify", "DIR|BACKUP|RECEIPT", 1, 1, false, verify_options, merit_command_verify,
	  "prove a log, a backup or a receipt",
	  "Needs no service and reads only. Exit code 1: not proven, and what is wrong.",
	  "merit verify /var/lib/merit\nmerit verify entry17.tlog-proof --log-key merit.example/ledger1+...+..." },
	{ "backup", "DIR TARGET", 2, 2, false, NULL, merit_command_backup, "copy a ledger beside its running service",
	  "Keys are not in it: keep them elsewhere.", "merit backup /var/lib/merit /backup/merit-2026-11-21" },
	{ "restore", "BACKUP DIR", 0, 2, false, restore_options, merit_command_restore, "make a ledger out of a backup",
	  "It can be read at once; it writes only when shown the newest checkpoint anybody kept.",
	  "merit restore /backup/merit-2026-11-21 /var/lib/merit\n"
	  "merit restore --confirm /var/lib/merit --checkpoint newest.checkpoint" },
	{ "dump", "DIR", 1, 1, false, NULL, merit_command_dump, "print the tables derived from the log, a row a line",
	  "JSON lines with key and value in hex, in order: the same rows for the same log on any machine.",
	  "merit dump /var/lib/merit | sha256sum" },
	{ "clock confirm", "DIR", 1, 1, false, NULL, merit_command_clock_confirm, "tell meritd that the clock is right",
	  "After a jump of the clock writes wait for this (clock_unsure), since times in the log can never fall.",
	  "merit clock confirm /var/lib/merit" },
	{ "methods", "[METHOD]", 0, 1, false, NULL, merit_command_methods, "list methods, or one method's parameters",
	  NULL, "merit methods\nmerit methods earn" },
	{ "man", "", 0, 0, false, NULL, merit_command_man, "print the manual page (roff)", NULL,
	  "merit man | man -l -" },
	{ "completion", "bash", 1, 1, false, NULL, merit_command_completion, "print the shell's completion", NULL,
	  "source <(merit completion bash)" },
};
/* clang-format on */

const struct merit_command *merit_command_at(size_t index)
{
	return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}

bool merit_command_is_in(const struct merit_command *command, const char *word)
{
	size_t size = strcspn(command->name, " ");

	return command->name[size] == ' ' && strlen(word) == size && memcmp(word, command->name, size) == 0;
}

const struct merit_command *merit_command_find(const char *const *words, size_t words_count, size_t *words_used_out)
{
	for (size_t i = 0; words_count > 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		size_t first_size = strcspn(name, " ");
		if (strlen(words[0]) != first_size || memcmp(words[0], name, first_size) != 0)
			continue;
		if (name[first_size] == '\0') {
			*words_used_out = 1;
			return &rows[i];
		}
		if (words_count > 1 && strcmp(words[1], name + first_size + 1) == 0) {
			*words_used_out = 2;
			return &rows[i];
		}
	}
	return NULL;
}
