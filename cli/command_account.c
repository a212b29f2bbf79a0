/* command_account.c - what an account holds and how it came about: balance, statement.
 *
 * A range of days is cut out here, page after page: the service gives movements by seq alone. An entry's accounting day
 * is never after the day it was written on, so the first entry written before the range ends the reading. */
#include <string.h>

#include "cli/arguments.h"
#include "ledger/csv.h"
#include "cli/money.h"
#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/calendar.h"
#include "ledger/limits.h"

#define STATEMENT_ROWS_DEFAULT 50
#define MINOR_NAME_SIZE        32 /* of a member such as change_minor, with its NUL */

/* The parameter that says whose. A name with a '/' is an account, and any where money is meant, such as cash; any other
 * is a member. */
static const char *whose_parameter(const char *name, const char *currency)
{
	return strchr(name, '/') == NULL && currency == NULL ? "member" : "account";
}

/* ---- Balance ---- */

static const struct merit_view_column money_lines[] = {
	MERIT_VIEW("account", "account", TEXT), MERIT_VIEW("balance", "balance_minor", MONEY),
	MERIT_VIEW("as dated on", "day", TEXT), MERIT_VIEW("as of entry", "seq", NUMBER),
	MERIT_VIEW("made", "time", TIME),       MERIT_VIEW_END,
};

static enum merit_exit balance_print(struct merit_session *session, const cJSON *balance)
{
	int32_t offset_minutes = merit_session_display_offset(session);

	if (merit_json_member(balance, "currency") != NULL)
		merit_view_lines(stdout, balance, money_lines, offset_minutes);
	else
		merit_show(stdout, balance, offset_minutes);
	return MERIT_EXIT_DONE;
}

enum merit_exit merit_command_balance(const struct merit_arguments *arguments)
{
	const char *name = arguments->operands[0], *currency = merit_argument(arguments, "currency", NULL);
	struct merit_verb_value moment[3];

	if (!merit_verb_moment(arguments, moment))
		return MERIT_EXIT_USAGE;
	const struct merit_verb_value values[] = {
		{ whose_parameter(name, currency), name },
		{ "currency", currency },
		moment[0],
		moment[1],
		{ NULL, NULL },
	};

	return merit_verb_show(arguments, "balance.get", values, balance_print);
}

/* ---- Statement: what is asked for ---- */

struct statement {
	const char *whose;
	const char *currency;  /* of an account in money; NULL: points */
	const char *from, *to; /* accounting days, YYYY-MM-DD, or NULL */
	int64_t limit;         /* rows still wanted */
	int64_t before;        /* only entries before this seq; -1: from the newest */
	bool is_csv;
	int32_t offset_minutes;
	const char *const *columns; /* the balances; NULL until the first row */
	struct merit_table table;
	int64_t last_seq; /* of the last row taken */
	bool has_more;    /* rows behind it, within the range as far as is known */
};

/* What stands behind each movement: a member's four balances, or another account's one. */
static const char *const member_columns[] = { ">change", ">available", ">pending", ">held", ">debt", NULL };
static const char *const account_columns[] = { ">change", ">balance", NULL };

static bool day_read(const struct merit_arguments *arguments, const char *name, const char **day_out)
{
	int32_t day;

	*day_out = merit_argument(arguments, name, NULL);
	if (*day_out == NULL || merit_day_parse(*day_out, strlen(*day_out), &day))
		return true;
	merit_complain("--%s takes a day: write 2026-11-20, not \"%s\"", name, *day_out);
	return false;
}

static bool statement_read(const struct merit_arguments *arguments, struct statement *statement)
{
	*statement = (struct statement){ .whose = arguments->operands[0],
		                         .currency = merit_argument(arguments, "currency", NULL) };
	statement->is_csv = merit_argument_flag(arguments, "csv");
	if (!day_read(arguments, "from", &statement->from) || !day_read(arguments, "to", &statement->to))
		return false;
	bool is_whole = statement->is_csv || statement->from != NULL || statement->to != NULL;
	if (is_whole && merit_argument_flag(arguments, "json")) {
		merit_complain("--json prints one page as it came; --from, --to and --csv do not go with it");
		return false;
	}
	return merit_argument_integer(arguments, "limit", 1, is_whole ? MERIT_AMOUNT_MAX : MERIT_PAGE_ROWS_MAX,
	                              is_whole ? MERIT_AMOUNT_MAX : STATEMENT_ROWS_DEFAULT, &statement->limit) &&
	       merit_argument_integer(arguments, "before", 0, MERIT_AMOUNT_MAX, -1, &statement->before);
}

static enum merit_exit page_ask(struct merit_session *session, const struct statement *statement,
                                struct merit_answer *answer_out)
{
	struct merit_buffer limit = { 0 }, before = { 0 };

	merit_buffer_put_integer(&limit,
	                         statement->limit < MERIT_PAGE_ROWS_MAX ? statement->limit : MERIT_PAGE_ROWS_MAX);
	merit_buffer_put_integer(&before, statement->before);
	const struct merit_verb_value values[] = {
		{ whose_parameter(statement->whose, statement->currency), statement->whose },
		{ "currency", statement->currency },
		{ "limit", merit_buffer_text(&limit) },
		{ "before", statement->before < 0 ? NULL : merit_buffer_text(&before) },
		{ NULL, NULL },
	};
	enum merit_exit end = merit_verb_ask_in(session, "statement.get", values, answer_out);
	merit_buffer_free(&limit);
	merit_buffer_free(&before);
	return end;
}

/* ---- Statement: its rows ---- */

/* The change, and a balance behind it. */
static void amount_put(struct merit_buffer *out, const struct statement *statement, const cJSON *row,
                       const char *column)
{
	char minor[MINOR_NAME_SIZE];
	const char *name = column + 1; /* behind the '>' */

	snprintf(minor, sizeof(minor), "%s_minor", name);
	if (statement->currency != NULL)
		merit_money_put(out, merit_show_integer(row, minor), statement->currency, statement->is_csv);
	else if (statement->is_csv)
		merit_buffer_put_integer(out, merit_show_integer(row, name));
	else
		merit_put_thousands(out, merit_show_integer(row, name));
}

static void table_begin(struct statement *statement)
{
	struct merit_table *table = &statement->table;

	merit_table_column(table, "time");
	if (statement->currency != NULL) /* money is tied to the bank's days */
		merit_table_column(table, "day");
	merit_table_column(table, "operation");
	merit_table_column(table, "for");
	for (size_t i = 0; statement->columns[i] != NULL; i++)
		merit_table_column(table, statement->columns[i]);
	merit_table_column(table, "by");
	merit_table_column(table, ">entry");
}

static void table_row(struct statement *statement, const cJSON *row)
{
	struct merit_table *table = &statement->table;
	struct merit_buffer text = { 0 };

	merit_table_time(table, merit_show_integer(row, "time"), statement->offset_minutes);
	if (statement->currency != NULL)
		merit_table_text(table, merit_show_text(row, "day"));
	merit_table_text(table, merit_show_text(row, "op"));
	merit_show_subject_put(&text, row);
	merit_table_text(table, merit_buffer_text(&text));
	for (size_t i = 0; statement->columns[i] != NULL; i++) {
		merit_buffer_clear(&text);
		amount_put(&text, statement, row, statement->columns[i]);
		merit_table_text(table, merit_buffer_text(&text));
	}
	merit_table_text(table, merit_show_text(row, "by"));
	merit_buffer_clear(&text);
	merit_buffer_put_integer(&text, merit_show_integer(row, "seq"));
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void csv_begin(const struct statement *statement)
{
	fputs("entry,time,day,operation,for,by,id", stdout);
	for (size_t i = 0; statement->columns[i] != NULL; i++)
		printf(",%s", statement->columns[i] + 1);
	putchar('\n');
}

static void csv_row(const struct statement *statement, const cJSON *row)
{
	struct merit_buffer subject = { 0 }, line = { 0 };
	char time[MERIT_TIME_TEXT_SIZE];

	merit_show_subject_put(&subject, row);
	const char *const texts[] = { merit_show_text(row, "day"), merit_show_text(row, "op"),
		                      merit_buffer_text(&subject), merit_show_text(row, "by"),
		                      merit_show_text(row, "id") };
	merit_time_format(merit_show_integer(row, "time"), statement->offset_minutes, time);
	merit_buffer_put_format(&line, "%lld,%s", (long long)merit_show_integer(row, "seq"), time);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		merit_buffer_put_char(&line, ',');
		merit_csv_put_safe(&line, texts[i] == NULL ? "" : texts[i]);
	}
	for (size_t i = 0; statement->columns[i] != NULL; i++) {
		merit_buffer_put_char(&line, ',');
		amount_put(&line, statement, row, statement->columns[i]);
	}
	puts(merit_buffer_text(&line));
	merit_buffer_free(&subject);
	merit_buffer_free(&line);
}

static void columns_choose(struct statement *statement, const cJSON *row)
{
	bool is_account = row == NULL ? strcmp(whose_parameter(statement->whose, statement->currency), "account") == 0
	                              : merit_json_member(row, "available") == NULL;

	statement->columns = is_account ? account_columns : member_columns;
	if (statement->is_csv)
		csv_begin(statement);
	else
		table_begin(statement);
}

static bool is_in_range(const struct statement *statement, const cJSON *row)
{
	const char *day = merit_show_text(row, "day");

	return day == NULL || ((statement->from == NULL || strcmp(day, statement->from) >= 0) &&
	                       (statement->to == NULL || strcmp(day, statement->to) <= 0));
}

static bool is_before_range(const struct statement *statement, const cJSON *row)
{
	int32_t from;

	return statement->from != NULL && merit_day_parse(statement->from, strlen(statement->from), &from) &&
	       merit_day_of_ms(merit_show_integer(row, "time"), statement->offset_minutes) < from;
}

/* Takes what is wanted of a page. False when nothing behind it is. */
static bool page_take(struct statement *statement, const cJSON *result)
{
	const cJSON *rows = merit_json_member(result, "rows");

	for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
		if (is_before_range(statement, row))
			return false;
		if (!is_in_range(statement, row))
			continue;
		if (statement->limit == 0) {
			statement->has_more = true;
			return false;
		}
		if (statement->columns == NULL)
			columns_choose(statement, row);
		if (statement->is_csv)
			csv_row(statement, row);
		else
			table_row(statement, row);
		statement->last_seq = merit_show_integer(row, "seq");
		statement->limit--;
	}
	bool is_last = !merit_json_integer(merit_json_member(result, "next"), &statement->before);
	statement->has_more = !is_last && statement->limit == 0;
	return !is_last && statement->limit > 0;
}

static enum merit_exit statement_run(struct merit_session *session, struct statement *statement)
{
	enum merit_exit end = MERIT_EXIT_DONE;
	bool goes_on = true;

	statement->offset_minutes = merit_session_display_offset(session);
	while (end == MERIT_EXIT_DONE && goes_on) {
		struct merit_answer answer;
		end = page_ask(session, statement, &answer);
		if (end != MERIT_EXIT_DONE)
			return end; /* A part must not look like the whole: a table is not printed, the exit code says it. */
		goes_on = page_take(statement, answer.result);
		merit_answer_free(&answer);
	}
	if (statement->columns == NULL)
		columns_choose(statement, NULL);
	if (!statement->is_csv)
		merit_table_print(&statement->table, stdout, false);
	if (statement->has_more)
		fprintf(statement->is_csv ? stderr : stdout, "older rows: merit statement %s%s%s --before %lld\n",
		        statement->whose, statement->currency == NULL ? "" : " --currency ",
		        statement->currency == NULL ? "" : statement->currency, (long long)statement->last_seq);
	return end;
}

/* One page as it came. */
static enum merit_exit statement_json(struct merit_session *session, const struct statement *statement)
{
	struct merit_answer answer;
	enum merit_exit end = page_ask(session, statement, &answer);

	if (end == MERIT_EXIT_DONE) {
		merit_json_print(stdout, answer.result);
		merit_answer_free(&answer);
	}
	return end;
}

enum merit_exit merit_command_statement(const struct merit_arguments *arguments)
{
	struct merit_session session;
	struct statement statement;

	if (!statement_read(arguments, &statement))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = session.is_json ? statement_json(&session, &statement) : statement_run(&session, &statement);
	merit_table_free(&statement.table);
	merit_session_close(&session);
	return end;
}
