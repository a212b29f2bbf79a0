/* command.h - the table of commands: everything `merit` can do.
 *
 * One row a command: its name, what it takes, its options, examples and function. From this table come parsing, --help,
 * the manual page and the shell's completion. To add a command: write its function in a command_*.c file, add its row in
 * a commands*.c file.
 * Never  prints a result to standard error or a complaint to standard output. */
#ifndef MERIT_CLI_COMMAND_H
#define MERIT_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How `merit` ends. Scripts depend on these numbers: never change one. */
enum merit_exit {
	MERIT_EXIT_DONE = 0,        /* done, clean, verified */
	MERIT_EXIT_REFUSED = 1,     /* the ledger said no, something differs, or a proof failed */
	MERIT_EXIT_USAGE = 2,       /* the command line or a file cannot be understood; nothing was sent */
	MERIT_EXIT_UNREACHABLE = 3, /* no outcome, or not for all of it, yet: the same command may be repeated */
};

struct merit_arguments;

struct merit_option {
	const char *name;  /* without the dashes; NULL ends a list */
	const char *value; /* what to call its value in help; NULL: it takes none */
	const char *about;
};

struct merit_command {
	const char *name;     /* one or two words */
	const char *operands; /* as help shows them */
	size_t operands_min, operands_max;
	bool calls; /* talks to a service: the connection's options belong to it */
	const struct merit_option *options;
	enum merit_exit (*run)(const struct merit_arguments *arguments);
	const char *about;    /* half a line */
	const char *details;  /* paragraphs with newlines, or NULL */
	const char *examples; /* a command a line */
};

/* By place in the table; NULL past the end. */
const struct merit_command *merit_command_at(size_t index);

/* The command that words start with; *words_used_out is 1 or 2. NULL when there is none. */
const struct merit_command *merit_command_find(const char *const *words, size_t words_count, size_t *words_used_out);

/* Whether the command has two words of which the first is word. */
bool merit_command_is_in(const struct merit_command *command, const char *word);

/* Options that every command with `calls` understands, and those that every command does. */
extern const struct merit_option merit_connection_options[];
extern const struct merit_option merit_common_options[];

/* The functions of the rows, in the files of the same names. */
enum merit_exit merit_command_adjust_debt(const struct merit_arguments *arguments);
enum merit_exit merit_command_adjust_money(const struct merit_arguments *arguments);
enum merit_exit merit_command_adjust_points(const struct merit_arguments *arguments);
enum merit_exit merit_command_backup(const struct merit_arguments *arguments);
enum merit_exit merit_command_balance(const struct merit_arguments *arguments);
enum merit_exit merit_command_break_explain(const struct merit_arguments *arguments);
enum merit_exit merit_command_break_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_break_resolve(const struct merit_arguments *arguments);
enum merit_exit merit_command_break_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_call(const struct merit_arguments *arguments);
enum merit_exit merit_command_campaign_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_campaign_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_checkpoint(const struct merit_arguments *arguments);
enum merit_exit merit_command_clock_confirm(const struct merit_arguments *arguments);
enum merit_exit merit_command_close(const struct merit_arguments *arguments);
enum merit_exit merit_command_code_import(const struct merit_arguments *arguments);
enum merit_exit merit_command_completion(const struct merit_arguments *arguments);
enum merit_exit merit_command_dump(const struct merit_arguments *arguments);
enum merit_exit merit_command_entry(const struct merit_arguments *arguments);
enum merit_exit merit_command_export(const struct merit_arguments *arguments);
enum merit_exit merit_command_import(const struct merit_arguments *arguments);
enum merit_exit merit_command_init(const struct merit_arguments *arguments);
enum merit_exit merit_command_item_import(const struct merit_arguments *arguments);
enum merit_exit merit_command_item_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_item_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_add(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_new(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_revoke(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_rotate(const struct merit_arguments *arguments);
enum merit_exit merit_command_key_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_man(const struct merit_arguments *arguments);
enum merit_exit merit_command_link(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_close(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_freeze(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_tag(const struct merit_arguments *arguments);
enum merit_exit merit_command_member_unfreeze(const struct merit_arguments *arguments);
enum merit_exit merit_command_merchant_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_merchant_terms(const struct merit_arguments *arguments);
enum merit_exit merit_command_methods(const struct merit_arguments *arguments);
enum merit_exit merit_command_order_code(const struct merit_arguments *arguments);
enum merit_exit merit_command_order_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_order_recipient(const struct merit_arguments *arguments);
enum merit_exit merit_command_order_ship(const struct merit_arguments *arguments);
enum merit_exit merit_command_order_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_period_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_period_reopen(const struct merit_arguments *arguments);
enum merit_exit merit_command_proposal_approve(const struct merit_arguments *arguments);
enum merit_exit merit_command_proposal_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_proposal_reject(const struct merit_arguments *arguments);
enum merit_exit merit_command_proposal_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_quote(const struct merit_arguments *arguments);
enum merit_exit merit_command_receipt(const struct merit_arguments *arguments);
enum merit_exit merit_command_recon_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_recon_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_reconcile(const struct merit_arguments *arguments);
enum merit_exit merit_command_referral_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_referral_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_report(const struct merit_arguments *arguments);
enum merit_exit merit_command_restore(const struct merit_arguments *arguments);
enum merit_exit merit_command_review_approve(const struct merit_arguments *arguments);
enum merit_exit merit_command_review_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_review_reject(const struct merit_arguments *arguments);
enum merit_exit merit_command_review_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_confirm(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_dispute(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_issue(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_open(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_pay(const struct merit_arguments *arguments);
enum merit_exit merit_command_settlement_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_source_declare(const struct merit_arguments *arguments);
enum merit_exit merit_command_source_due(const struct merit_arguments *arguments);
enum merit_exit merit_command_source_list(const struct merit_arguments *arguments);
enum merit_exit merit_command_sponsor_credit(const struct merit_arguments *arguments);
enum merit_exit merit_command_sponsor_deposit(const struct merit_arguments *arguments);
enum merit_exit merit_command_sponsor_show(const struct merit_arguments *arguments);
enum merit_exit merit_command_sponsor_withdraw(const struct merit_arguments *arguments);
enum merit_exit merit_command_statement(const struct merit_arguments *arguments);
enum merit_exit merit_command_tail(const struct merit_arguments *arguments);
enum merit_exit merit_command_trial_balance(const struct merit_arguments *arguments);
enum merit_exit merit_command_verify(const struct merit_arguments *arguments);

#endif
