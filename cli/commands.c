/* commands.c - the table of command.h: its parts put together, and those of starting, asking and proving a ledger. */
#include "cli/command.h"

#include <string.h>

#include "cli/commands_inner.h"
#include "cli/settings.h"

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
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option revoke_options[] = {
	MERIT_OPTION_ID,
	{ "reason", "TEXT", "why" },
	{ NULL, NULL, NULL },
};

static const struct merit_option call_options[] = {
	MERIT_OPTION_ID,
	{ "params", "JSON|@FILE", "all parameters as one JSON object, id too; @- is standard input" },
	{ NULL, NULL, NULL },
};

const struct merit_option merit_import_options[] = {
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
	{ "batch", "ROWS", "in one signed message; default 1000" },
	{ "in-flight", "BATCHES", "at once; above 1 rows may be decided in another order; default 1" },
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
static const struct merit_command start_rows[] = {
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
	{ "call", "METHOD [NAME=VALUE ...]", 1, MERIT_OPERANDS_MANY, true, call_options, merit_command_call, "call any method",
	  "Values are read by the parameter's type: integers, days as 2026-11-21, times as RFC 3339 or milliseconds, "
	  "lists as JSON. merit methods METHOD lists the parameters. The id of a write stands in its answer.\n"
	  "Many calls of one method go as bulk, several that must all be accepted as atomic, both with --params alone: "
	  "{\"method\":\"member.create\",\"columns\":[\"id\",\"member\"],\"rows\":[[\"m-1\",\"M1\"],[\"m-2\",\"M2\"]]}. "
	  "Exit code 1 of a bulk: some of its rows were not accepted.",
	  "merit call party.create party=lms role=service key=k1 public=11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n"
	  "merit call earn member=M1 campaign=C1 event=course reference=AAA occurred=2026-11-21T10:00:00+08:00\n"
	  "merit call order.place --params @order.json --id order-17\n"
	  "merit call bulk --params @rows.json" },
	{ "import", "METHOD FILE", 2, 2, true, merit_import_options, merit_command_import,
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
	{ .name = NULL },
};

static const struct merit_command log_rows[] = {
	{ "entry", "SEQ", 1, 1, true, NULL, merit_command_entry, "one entry of the log",
	  "What moved in money is shown to staff, services and auditors alone; --json is the entry as it stands in the log.",
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
	{ .name = NULL },
};
/* clang-format on */

/* The order of help and of the manual page. Commands with the same first word stand together. */
static const struct merit_command *const parts[] = { start_rows, merit_commands_day, merit_commands_finance, log_rows };

const struct merit_command *merit_command_at(size_t index)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct merit_command *row = parts[i];
		for (; row->name != NULL && index > 0; row++)
			index--;
		if (row->name != NULL)
			return row;
	}
	return NULL;
}

bool merit_command_is_in(const struct merit_command *command, const char *word)
{
	size_t size = strcspn(command->name, " ");

	return command->name[size] == ' ' && strlen(word) == size && memcmp(word, command->name, size) == 0;
}

const struct merit_command *merit_command_find(const char *const *words, size_t words_count, size_t *words_used_out)
{
	const struct merit_command *command;

	for (size_t i = 0; words_count > 0 && (command = merit_command_at(i)) != NULL; i++) {
		if (strcmp(command->name, words[0]) == 0) {
			*words_used_out = 1;
			return command;
		}
		if (words_count > 1 && merit_command_is_in(command, words[0]) &&
		    strcmp(strchr(command->name, ' ') + 1, words[1]) == 0) {
			*words_used_out = 2;
			return command;
		}
	}
	return NULL;
}
