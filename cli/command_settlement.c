/* command_settlement.c - settlements: what a merchant is due or a sponsor owes, from opening to the last payment. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/lines.h"
#include "cli/money.h"
#include "cli/show.h"
#include "cli/verb.h"

/* ---- settlement list ---- */

static const struct merit_view_column list_columns[] = {
	MERIT_VIEW("settlement", "settlement", TEXT), MERIT_VIEW("party", "party", TEXT),
	MERIT_VIEW("currency", "currency", TEXT),     MERIT_VIEW("cutoff", "cutoff", TEXT),
	MERIT_VIEW("state", "state", TEXT),           MERIT_VIEW(">lines", "lines", COUNT),
	MERIT_VIEW(">sum", "sum_minor", MONEY),       MERIT_VIEW(">carried", "carried_minor", MONEY),
	MERIT_VIEW(">total", "total_minor", MONEY),   MERIT_VIEW(">paid", "paid_minor", MONEY),
	MERIT_VIEW(">left", "left_minor", MONEY),     MERIT_VIEW_END,
};

enum merit_exit merit_command_settlement_list(const struct merit_arguments *arguments)
{
	static const struct merit_verb_list list = { "settlement.list", NULL, list_columns, NULL,
		                                     "There are no such settlements." };

	return merit_verb_list(arguments, &list, 1);
}

/* ---- The head ---- */

/* X1 (merchant) */
static void party_put(struct merit_buffer *out, const cJSON *head)
{
	const char *kind = merit_show_text(head, "kind");

	merit_buffer_put_text(out, merit_show_text(head, "party"));
	if (kind != NULL)
		merit_buffer_put_format(out, " (%s)", kind);
}

static bool is_merchant(const cJSON *head)
{
	const char *kind = merit_show_text(head, "kind");

	return kind != NULL && strcmp(kind, "merchant") == 0;
}

/* In whose favour the total is: 1,234.50 CNY, due to X1. */
static void total_put(struct merit_buffer *out, const cJSON *head)
{
	int64_t total_minor = merit_show_integer(head, "total_minor");

	merit_view_money_put(out, total_minor, merit_show_text(head, "currency"));
	if (total_minor < 0)
		merit_buffer_put_text(out, ", carried to the next settlement");
	else if (total_minor > 0)
		merit_buffer_put_format(out, ", %s %s", is_merchant(head) ? "due to" : "owed by",
		                        merit_show_text(head, "party"));
}

static const struct merit_view_column head_lines[] = {
	MERIT_VIEW("settlement", "settlement", TEXT),
	MERIT_VIEW_MADE("party", party_put),
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW("cut-off", "cutoff", TEXT),
	MERIT_VIEW("state", "state", TEXT),
	MERIT_VIEW("invoice", "invoice", TEXT),
	MERIT_VIEW("lines", "lines", COUNT),
	MERIT_VIEW("sum of the lines", "sum_minor", MONEY),
	MERIT_VIEW("carried from before", "carried_minor", MONEY),
	MERIT_VIEW_MADE("total", total_put),
	MERIT_VIEW("paid", "paid_minor", MONEY),
	MERIT_VIEW("left to pay", "left_minor", MONEY),
	MERIT_VIEW("hash of the lines", "hash", TEXT),
	MERIT_VIEW_END,
};

static const struct merit_view_column event_columns[] = {
	MERIT_VIEW("time", "time", TIME),
	MERIT_VIEW("day", "day", TEXT),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW("by", "by", TEXT),
	MERIT_VIEW(">amount", "amount_minor", MONEY),
	MERIT_VIEW("bank_reference", "bank_reference", TEXT),
	MERIT_VIEW("invoice", "invoice", TEXT),
	MERIT_VIEW("reason", "reason", TEXT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW_END,
};

static enum merit_exit head_print(struct merit_session *session, const cJSON *head)
{
	int32_t offset_minutes = merit_session_display_offset(session);
	cJSON *events = merit_json_member(head, "events");

	merit_view_rows_set(events, "currency", merit_show_text(head, "currency"));
	merit_view_lines(stdout, head, head_lines, offset_minutes);
	merit_view_table(stdout, "what happened", events, event_columns, NULL, offset_minutes);
	if (cJSON_IsTrue(merit_json_member(head, "more")))
		puts("What happened before is left out; merit tail has it.");
	return MERIT_EXIT_DONE;
}

/* ---- settlement show ---- */

/* What an item or a campaign is called, or a bank or a case: of each line one. */
static void for_put(struct merit_buffer *out, const cJSON *line)
{
	static const char *const names[] = { "item", "reference", "campaign" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = merit_show_text(line, names[i]);
		if (text == NULL)
			continue;
		merit_buffer_put_text(out, text);
		return;
	}
}

static const struct merit_view_column line_columns[] = {
	MERIT_VIEW(">line", "line", NUMBER),
	MERIT_VIEW("day", "day", TEXT),
	MERIT_VIEW("due", "due_day", TEXT),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW("order", "order", TEXT),
	MERIT_VIEW_MADE("for", for_put),
	MERIT_VIEW(">quantity", "quantity", COUNT),
	MERIT_VIEW(">points", "points", COUNT),
	MERIT_VIEW(">entry", "seq", NUMBER),
	MERIT_VIEW(">amount", "amount_minor", MONEY),
	MERIT_VIEW(">running", "running_minor", MONEY),
	MERIT_VIEW_END,
};

static const struct merit_view_column csv_columns[] = {
	MERIT_VIEW("settlement", "settlement", TEXT),
	MERIT_VIEW("party", "party", TEXT),
	MERIT_VIEW("currency", "currency", TEXT),
	MERIT_VIEW("line", "line", NUMBER),
	MERIT_VIEW("entry", "seq", NUMBER),
	MERIT_VIEW("place", "place", NUMBER),
	MERIT_VIEW("day", "day", TEXT),
	MERIT_VIEW("due_day", "due_day", TEXT),
	MERIT_VIEW("operation", "op", TEXT),
	MERIT_VIEW("order", "order", TEXT),
	MERIT_VIEW("order_line", "order_line", NUMBER),
	MERIT_VIEW("item", "item", TEXT),
	MERIT_VIEW("quantity", "quantity", COUNT),
	MERIT_VIEW("campaign", "campaign", TEXT),
	MERIT_VIEW("points", "points", COUNT),
	MERIT_VIEW("reference", "reference", TEXT),
	MERIT_VIEW("amount", "amount_minor", MONEY),
	MERIT_VIEW_END,
};

/* A statement while its lines come, page by page. */
struct statement {
	const cJSON *head;
	bool is_csv, is_json;
	int32_t offset_minutes;
	struct merit_table table;
	struct merit_lines lines;
};

/* Amounts are within 2^53, so that a double is exact. */
static void line_take(struct statement *statement, cJSON *row)
{
	merit_lines_add(&statement->lines, row);
	merit_need(cJSON_AddNumberToObject(row, "running_minor", (double)statement->lines.sum_minor));
}

static void lines_take(void *context, cJSON *result)
{
	struct statement *statement = context;
	cJSON *rows = merit_json_member(result, "rows");
	struct merit_buffer text = { 0 };

	for (cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
		if (statement->is_json) {
			merit_buffer_put_text(&text, statement->lines.count == 0 ? "" : ",");
			merit_json_put(&text, row);
		}
		line_take(statement, row);
	}
	fputs(merit_buffer_text(&text), stdout);
	merit_buffer_free(&text);
	if (statement->is_json)
		return;
	merit_view_rows_set(rows, "settlement", merit_show_text(statement->head, "settlement"));
	merit_view_rows_set(rows, "party", merit_show_text(statement->head, "party"));
	merit_view_rows_set(rows, "currency", merit_show_text(statement->head, "currency"));
	if (statement->is_csv)
		merit_view_csv(stdout, rows, csv_columns, statement->offset_minutes);
	else
		merit_view_table_rows(&statement->table, rows, line_columns, statement->offset_minutes);
}

/* Whether the lines come to what the head says; the sum is printed where people read it. */
static enum merit_exit sum_check(struct statement *statement)
{
	struct merit_buffer sum = { 0 };

	if (!merit_lines_agree(&statement->lines, statement->head)) {
		merit_complain("the lines do not come to what the head says, in number, sum or hash: let the ledger be "
		               "proven by merit verify, and sign nothing");
		return MERIT_EXIT_REFUSED;
	}
	if (statement->is_csv || statement->is_json)
		return MERIT_EXIT_DONE;
	merit_view_money_put(&sum, statement->lines.sum_minor, merit_show_text(statement->head, "currency"));
	printf("\nsum of %lld lines: %s\n", (long long)statement->lines.count, merit_buffer_text(&sum));
	merit_buffer_free(&sum);
	return MERIT_EXIT_DONE;
}

static void lines_begin(struct merit_session *session, struct statement *statement)
{
	if (statement->is_json) {
		struct merit_buffer text = { 0 };
		merit_json_put(&text, statement->head);
		printf("{\"settlement\":%s,\"lines\":[", merit_buffer_text(&text));
		merit_buffer_free(&text);
	} else if (statement->is_csv) {
		merit_view_csv_headings(stdout, csv_columns);
	} else {
		(void)head_print(session, statement->head);
		merit_view_table_begin(&statement->table, line_columns);
	}
}

static enum merit_exit lines_end(struct statement *statement)
{
	if (statement->is_json) {
		fputs("]}\n", stdout);
	} else if (!statement->is_csv && statement->lines.count > 0) {
		puts("\nlines:");
		merit_table_print(&statement->table, stdout, false);
	}
	return sum_check(statement);
}

static enum merit_exit statement_print(struct merit_session *session, const cJSON *head)
{
	struct statement statement = { .head = head,
		                       .is_csv = merit_argument_flag(session->command, "csv"),
		                       .is_json = session->is_json,
		                       .offset_minutes = merit_session_display_offset(session),
		                       .lines = { .is_merchant = is_merchant(head) } };
	const struct merit_verb_value values[] = { { "settlement", merit_show_text(head, "settlement") },
		                                   { NULL, NULL } };

	lines_begin(session, &statement);
	enum merit_exit end = merit_verb_each_page(session, "settlement.lines", values, lines_take, &statement);
	if (end == MERIT_EXIT_DONE)
		end = lines_end(&statement);
	merit_table_free(&statement.table);
	merit_lines_free(&statement.lines);
	return end;
}

enum merit_exit merit_command_settlement_show(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = { { "settlement", arguments->operands[0] }, { NULL, NULL } };
	struct merit_session session;
	struct merit_answer answer;
	bool is_csv;

	if (!merit_verb_csv(arguments, &is_csv))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_verb_ask(arguments, "settlement.get", values, &session, &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = statement_print(&session, answer.result);
	merit_verb_end(&session, &answer);
	return end;
}

/* ---- Writing: what people are shown is where the settlement stands then ---- */

static enum merit_exit done_print(struct merit_session *session, const cJSON *result)
{
	const struct merit_verb_value values[] = { { "settlement", session->command->operands[0] }, { NULL, NULL } };
	struct merit_answer answer;

	printf("entry %lld\n\n", (long long)merit_show_integer(result, "seq"));
	if (merit_verb_ask_in(session, "settlement.get", values, &answer) == MERIT_EXIT_DONE) {
		(void)head_print(session, answer.result);
		merit_answer_free(&answer);
	}
	return MERIT_EXIT_DONE; /* It is written, whatever came of the look at it. */
}

static enum merit_exit write_of_settlement(const struct merit_arguments *arguments, const char *method)
{
	const struct merit_verb_value values[] = { { "settlement", arguments->operands[0] }, { NULL, NULL } };

	return merit_verb_write_show(arguments, method, values, done_print);
}

enum merit_exit merit_command_settlement_open(const struct merit_arguments *arguments)
{
	const struct merit_verb_value values[] = {
		{ "settlement", arguments->operands[0] },
		{ "party", arguments->operands[1] },
		{ "currency", arguments->operands[2] },
		{ NULL, NULL },
	};

	return merit_verb_write_show(arguments, "settlement.open", values, done_print);
}

enum merit_exit merit_command_settlement_issue(const struct merit_arguments *arguments)
{
	return write_of_settlement(arguments, "settlement.issue");
}

enum merit_exit merit_command_settlement_confirm(const struct merit_arguments *arguments)
{
	return write_of_settlement(arguments, "settlement.confirm");
}

enum merit_exit merit_command_settlement_dispute(const struct merit_arguments *arguments)
{
	return write_of_settlement(arguments, "settlement.dispute");
}

enum merit_exit merit_command_settlement_pay(const struct merit_arguments *arguments)
{
	char amount[MERIT_MONEY_TEXT_SIZE];
	const struct merit_verb_value values[] = {
		{ "settlement", arguments->operands[0] },
		{ "amount_minor", amount },
		{ "currency", arguments->operands[2] },
		{ NULL, NULL },
	};

	if (!merit_money_given(arguments->operands[1], arguments->operands[2], amount))
		return MERIT_EXIT_USAGE;
	return merit_verb_write_show(arguments, "settlement.pay", values, done_print);
}
