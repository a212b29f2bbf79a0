/* command_trial.c - merit trial-balance: every account, by campaign in points and by currency in money.
 *
 * Whole    all pages, as of one entry: what is posted meanwhile is in none of them.
 * Checked  the sums are made here, of the rows that are printed. */
#include <string.h>

#include "cli/arguments.h"
#include "ledger/csv.h"
#include "cli/money.h"
#include "cli/show.h"
#include "cli/verb.h"

/* A trial balance as it comes in, page by page. */
struct trial {
	bool is_csv, is_json;
	struct merit_table table;
	struct merit_buffer sums; /* of --json: those of the last page */
	int64_t rows_count, taken_count;
	size_t uneven_count; /* campaigns and currencies that do not come to 0 */
};

/* One campaign or currency: rows that come to 0 together. */
struct part {
	const char *campaign, *unit;
	__int128 debit, credit;
};

/* ---- Amounts ---- */

static bool is_points(const char *unit)
{
	return strcmp(unit, "points") == 0;
}

static void amount_put(struct merit_buffer *out, int64_t amount, const char *unit, bool is_plain)
{
	if (!is_points(unit))
		merit_money_put(out, amount, unit, is_plain);
	else if (is_plain)
		merit_buffer_put_integer(out, amount);
	else
		merit_put_thousands(out, amount);
}

/* Sums of amounts within 2^52 of at most some thousand accounts; a table shows one beyond 64 bits as the greatest. */
static void sum_cell(struct merit_table *table, __int128 sum, const char *unit)
{
	struct merit_buffer text = { 0 };

	amount_put(&text, sum > INT64_MAX ? INT64_MAX : (int64_t)sum, unit, false);
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

/* ---- Rows ---- */

static void row_print_csv(const cJSON *row, const char *unit, int64_t balance)
{
	const char *campaign = merit_show_text(row, "campaign");
	struct merit_buffer line = { 0 };

	merit_csv_put_safe(&line, campaign == NULL ? "" : campaign);
	merit_buffer_put_char(&line, ',');
	merit_csv_put_safe(&line, merit_show_text(row, "account"));
	merit_buffer_put_char(&line, ',');
	merit_csv_put_safe(&line, unit);
	merit_buffer_put_char(&line, ',');
	amount_put(&line, balance, unit, true);
	puts(merit_buffer_text(&line));
	merit_buffer_free(&line);
}

/* Debits are above zero, credits below. */
static void row_put(struct merit_table *table, const cJSON *row, const char *unit, int64_t balance)
{
	const char *campaign = merit_show_text(row, "campaign");

	merit_table_text(table, campaign);
	merit_table_text(table, merit_show_text(row, "account"));
	merit_table_text(table, unit);
	if (balance < 0)
		merit_table_text(table, "");
	sum_cell(table, balance < 0 ? -balance : balance, unit);
	if (balance >= 0)
		merit_table_text(table, "");
}

static void row_take(struct trial *trial, const cJSON *row, struct part *part)
{
	int64_t balance = merit_show_integer(row, "balance");

	trial->taken_count++;
	part->debit += balance > 0 ? balance : 0;
	part->credit -= balance < 0 ? balance : 0;
	if (trial->is_csv)
		row_print_csv(row, part->unit, balance);
	else if (!trial->is_json && balance != 0)
		row_put(&trial->table, row, part->unit, balance);
}

static void part_end(struct trial *trial, const struct part *part)
{
	if (part->debit != part->credit) {
		trial->uneven_count++;
		merit_complain("%s %s does not come to 0: run merit verify on the ledger",
		               part->campaign == NULL ? "currency" : "campaign",
		               part->campaign == NULL ? part->unit : part->campaign);
	}
	if (trial->is_csv || trial->is_json)
		return;
	merit_table_text(&trial->table, part->campaign);
	merit_table_text(&trial->table, "sum");
	merit_table_text(&trial->table, part->unit);
	sum_cell(&trial->table, part->debit, part->unit);
	sum_cell(&trial->table, part->credit, part->unit);
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The rows of a unit, which stand in parts one behind the other where they are points. */
static void unit_take(struct trial *trial, const cJSON *rows, const char *unit)
{
	struct part part = { .unit = NULL };

	for (const cJSON *row = rows->child; row != NULL; row = row->next) {
		const char *campaign = merit_show_text(row, "campaign");
		if (!is_same(merit_show_text(row, "unit"), unit))
			continue;
		if (part.unit == NULL || !is_same(part.campaign, campaign)) {
			if (part.unit != NULL)
				part_end(trial, &part);
			part = (struct part){ .campaign = campaign, .unit = unit };
		}
		row_take(trial, row, &part);
	}
	if (part.unit != NULL)
		part_end(trial, &part);
}

static void rows_print_json(const struct trial *trial, const cJSON *rows)
{
	struct merit_buffer text = { 0 };

	for (const cJSON *row = rows->child; row != NULL; row = row->next) {
		merit_buffer_put_text(&text, row != rows->child || trial->rows_count > 0 ? "," : "");
		merit_json_put(&text, row);
	}
	fputs(merit_buffer_text(&text), stdout);
	merit_buffer_free(&text);
}

/* The sums name the units there are: each page's points, and behind the last campaign the currencies. */
static void trial_take(void *context, cJSON *result)
{
	struct trial *trial = context;
	const cJSON *rows = merit_json_member(result, "rows"), *sums = merit_json_member(result, "sums");

	if (rows == NULL || sums == NULL)
		return;
	if (trial->is_json)
		rows_print_json(trial, rows);
	for (const cJSON *sum = sums->child; sum != NULL; sum = sum->next) {
		if (merit_show_text(sum, "unit") != NULL)
			unit_take(trial, rows, merit_show_text(sum, "unit"));
	}
	trial->rows_count += cJSON_GetArraySize(rows);
	merit_buffer_clear(&trial->sums);
	merit_json_put(&trial->sums, sums);
}

/* ---- The whole ---- */

static void trial_begin(struct trial *trial)
{
	static const char *const headings[] = { "campaign", "account", "unit", ">debit", ">credit" };

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		merit_table_column(&trial->table, headings[i]);
	if (trial->is_csv)
		puts("campaign,account,unit,balance");
	else if (trial->is_json)
		fputs("{\"rows\":[", stdout);
}

static enum merit_exit trial_end(struct trial *trial, int64_t seq, const char *day)
{
	bool is_even = trial->uneven_count == 0 && trial->taken_count == trial->rows_count;

	if (trial->is_json) {
		printf("],\"sums\":%s,\"seq\":%lld}\n", merit_buffer_text(&trial->sums), (long long)seq);
	} else if (!trial->is_csv) {
		merit_table_print(&trial->table, stdout, false);
		printf("\n%s%s%sas of entry %lld: %s\n", day == NULL ? "" : "as dated on ", day == NULL ? "" : day,
		       day == NULL ? "" : ", ", (long long)seq,
		       is_even ? "every campaign and every currency comes to 0" : "NOT every sum is 0");
	}
	if (trial->taken_count != trial->rows_count)
		merit_complain("the service names no unit of %lld rows; is it a newer one?",
		               (long long)(trial->rows_count - trial->taken_count));
	return is_even ? MERIT_EXIT_DONE : MERIT_EXIT_REFUSED;
}

/* As of which entry it is: of all pages the same, so that nothing moves between two of them. */
static enum merit_exit seq_ask(struct merit_session *session, const struct merit_verb_value *moment, int64_t *seq_out)
{
	const struct merit_verb_value values[] = { moment[0], moment[1], { "limit", "1" }, { NULL, NULL } };
	struct merit_answer answer;
	enum merit_exit end = merit_verb_ask_in(session, "trial_balance.get", values, &answer);

	if (end == MERIT_EXIT_DONE) {
		*seq_out = merit_show_integer(answer.result, "seq");
		merit_answer_free(&answer);
	}
	return end;
}

static enum merit_exit trial_run(struct merit_session *session, struct trial *trial,
                                 const struct merit_verb_value *moment)
{
	struct merit_buffer seq_text = { 0 };
	int64_t seq;
	enum merit_exit end = seq_ask(session, moment, &seq);

	if (end != MERIT_EXIT_DONE)
		return end;
	merit_buffer_put_integer(&seq_text, seq);
	const struct merit_verb_value known[] = { { "seq", merit_buffer_text(&seq_text) }, { NULL, NULL } };
	const struct merit_verb_value dated[] = { moment[1], { NULL, NULL } };
	trial_begin(trial);
	end = merit_verb_each_page(session, "trial_balance.get", moment[1].value == NULL ? known : dated, trial_take,
	                           trial);
	if (end == MERIT_EXIT_DONE)
		end = trial_end(trial, seq, moment[1].value);
	merit_buffer_free(&seq_text);
	return end;
}

enum merit_exit merit_command_trial_balance(const struct merit_arguments *arguments)
{
	struct merit_verb_value moment[3];
	struct merit_session session;
	struct trial trial = { .is_json = merit_argument_flag(arguments, "json") };

	if (!merit_verb_csv(arguments, &trial.is_csv) || !merit_verb_moment(arguments, moment))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_session_open(arguments, 1, &session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = trial_run(&session, &trial, moment);
	merit_table_free(&trial.table);
	merit_buffer_free(&trial.sums);
	merit_session_close(&session);
	return end;
}
