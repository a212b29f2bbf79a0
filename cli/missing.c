/* missing.c - see missing.h. */
#include "cli/missing.h"

#include <stdio.h>
#include <string.h>

#include "cli/show.h"
#include "cli/verb.h"
#include "ledger/calendar.h"
#include "ledger/currency.h"

/* ---- Cells ---- */

static const char *text_or(const cJSON *row, const char *name, const char *otherwise)
{
	const char *text = merit_show_text(row, name);

	return text == NULL ? otherwise : text;
}

/* Which file, run, break or settlement it is. */
static void which_put(struct merit_buffer *out, const cJSON *row)
{
	static const char *const names[] = { "run", "break", "settlement", "source" };
	const char *text = NULL;

	for (size_t i = 0; text == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		text = merit_show_text(row, names[i]);
	if (text == NULL)
		merit_buffer_put_format(out, "of %s in %s", text_or(row, "party", "nobody"),
		                        text_or(row, "currency", "points"));
	else
		merit_buffer_put_text(out, text);
}

/* The days a file covers; the day since when a break is there, or a settlement is due. */
static void days_put(struct merit_buffer *out, const cJSON *row)
{
	static const char *const names[] = { "from", "first_day", "due_day" };
	const char *to = text_or(row, "to", ""), *first = NULL;

	for (size_t i = 0; first == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		first = merit_show_text(row, names[i]);
	merit_buffer_put_text(out, first == NULL ? "" : first);
	if (first != NULL && to[0] != '\0' && strcmp(to, first) != 0)
		merit_buffer_put_format(out, " to %s", to);
}

static void stale_about(struct merit_buffer *out, const cJSON *row)
{
	int64_t more = merit_show_integer(row, "count") - 1;

	merit_buffer_put_format(out, "made of the entries before %lld; entry %lld",
	                        (long long)merit_show_integer(row, "size"),
	                        (long long)merit_show_integer(row, "entry"));
	if (more > 0)
		merit_buffer_put_format(out, " and %lld more are dated in it", (long long)more);
	else
		merit_buffer_put_text(out, " is dated in it");
}

/* What is known of it: a break's class, how much of a run is recorded, where a settlement stands. */
static void about_put(struct merit_buffer *out, const cJSON *row)
{
	const char *what = text_or(row, "what", "");

	if (strcmp(what, "run") == 0)
		merit_buffer_put_format(
			out, "%lld of %lld breaks recorded, %lld of %lld resolved",
			(long long)merit_show_integer(row, "recorded"), (long long)merit_show_integer(row, "breaks"),
			(long long)merit_show_integer(row, "resolved"), (long long)merit_show_integer(row, "cleared"));
	else if (strcmp(what, "stale") == 0)
		stale_about(out, row);
	else if (strcmp(what, "break") == 0)
		merit_buffer_put_text(out, text_or(row, "class", ""));
	else if (strcmp(what, "settlement") == 0)
		merit_buffer_put_text(out, merit_show_text(row, "settlement") == NULL ? "none opened" : "not issued");
}

/* ---- The commands ---- */

static void file_mend(struct merit_buffer *out, const cJSON *row)
{
	merit_buffer_put_format(out, "merit reconcile FILE --source %s --from %s --to %s --commit RUN",
	                        text_or(row, "source", "SOURCE"), text_or(row, "from", "DAY"),
	                        text_or(row, "to", "DAY"));
}

static void run_mend(struct merit_buffer *out, const cJSON *row)
{
	merit_buffer_put_format(out, "merit reconcile FILE --source %s --commit %s", text_or(row, "source", "SOURCE"),
	                        text_or(row, "run", "RUN"));
}

static void stale_mend(struct merit_buffer *out, const cJSON *row)
{
	merit_buffer_put_format(out, "merit reconcile FILE --source %s --from %s --to %s --commit NEW --supersedes %s",
	                        text_or(row, "source", "SOURCE"), text_or(row, "from", "DAY"),
	                        text_or(row, "to", "DAY"), text_or(row, "run", "RUN"));
}

static void break_mend(struct merit_buffer *out, const cJSON *row)
{
	merit_buffer_put_format(out, "merit break explain %s --class %s --reason TEXT --expected DAY",
	                        text_or(row, "break", "BREAK"), text_or(row, "class", "CLASS"));
}

static void settlement_mend(struct merit_buffer *out, const cJSON *row)
{
	const char *settlement = merit_show_text(row, "settlement");

	if (settlement != NULL)
		merit_buffer_put_format(out, "merit settlement issue %s", settlement);
	else
		merit_buffer_put_format(out, "merit settlement open SETTLEMENT %s %s --cutoff %s",
		                        text_or(row, "party", "PARTY"), text_or(row, "currency", "CURRENCY"),
		                        text_or(row, "cutoff", "DAY"));
}

static void mend_put(struct merit_buffer *out, const cJSON *row)
{
	static const struct {
		const char *what;
		void (*put)(struct merit_buffer *out, const cJSON *row);
	} mends[] = {
		{ "file", file_mend },
		{ "run", run_mend },
		{ "stale", stale_mend },
		{ "break", break_mend },
		{ "settlement", settlement_mend },
	};
	const char *what = text_or(row, "what", "");

	for (size_t i = 0; i < sizeof(mends) / sizeof(mends[0]); i++) {
		if (strcmp(mends[i].what, what) == 0)
			mends[i].put(out, row);
	}
}

/* ---- The table ---- */

static const struct merit_view_column columns[] = {
	MERIT_VIEW("missing", "what", TEXT),
	MERIT_VIEW_MADE("which", which_put),
	MERIT_VIEW_MADE("days", days_put),
	MERIT_VIEW_MADE("about", about_put),
	MERIT_VIEW(">difference", "difference", AMOUNT),
	MERIT_VIEW_MADE("mended by", mend_put),
	MERIT_VIEW_END,
};

static void count_put(struct merit_buffer *out, int64_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	merit_buffer_put_text(out, out->size == 0 ? "" : ", ");
	merit_put_thousands(out, count);
	merit_buffer_put_format(out, " %s", count == 1 ? one : many);
}

/* Settlements are opened up to the end of the month. */
static void cutoff_set(cJSON *rows, const char *month)
{
	char cutoff[MERIT_DAY_TEXT_SIZE];
	int32_t first_day;

	if (!merit_month_parse(month, strlen(month), &first_day))
		return;
	merit_day_format(merit_day_span_last(first_day, MERIT_SPAN_MONTH), cutoff);
	merit_view_rows_set(rows, "cutoff", cutoff);
}

static void table_print(const cJSON *result, const char *month, const char *counts)
{
	cJSON *rows = merit_json_member(result, "rows");

	cutoff_set(rows, month);
	merit_view_table(stdout, NULL, rows, columns, NULL, 0);
	printf("\n%s waits for %s.%s\n", month, counts,
	       cJSON_IsTrue(merit_json_member(result, "more")) ? " Not all of it is listed." : "");
}

/* True when nothing is missing. */
static bool counts_put(struct merit_buffer *out, const cJSON *result)
{
	count_put(out, merit_show_integer(result, "files"), "day of files", "days of files");
	count_put(out, merit_show_integer(result, "runs"), "unfinished run", "unfinished runs");
	count_put(out, merit_show_integer(result, "stale"), "run that something was booked behind",
	          "runs that something was booked behind");
	count_put(out, merit_show_integer(result, "breaks"), "unexplained break", "unexplained breaks");
	count_put(out, merit_show_integer(result, "settlements"), "settlement", "settlements");
	return out->size == 0;
}

/* ---- Stale runs, which the service does not know ---- */

static void stale_put(struct merit_buffer *out, const struct merit_stale *stale)
{
	char from[MERIT_DAY_TEXT_SIZE], to[MERIT_DAY_TEXT_SIZE];

	merit_day_format(stale->first_day, from);
	merit_day_format(stale->last_day, to);
	merit_buffer_put_format(out,
	                        "{\"what\":\"stale\",\"run\":\"%.*s\",\"source\":\"%.*s\",\"from\":\"%s\","
	                        "\"to\":\"%s\",\"size\":%llu,\"entry\":%llu,\"count\":%llu}",
	                        (int)stale->run.size, stale->run.data, (int)stale->source.size, stale->source.data,
	                        from, to, (unsigned long long)stale->size, (unsigned long long)stale->entry,
	                        (unsigned long long)stale->count);
}

/* Adds them to the service's answer as if they were its own. */
static void stale_add(cJSON *result, const struct merit_stale_list *stale)
{
	cJSON *rows = merit_json_member(result, "rows"), *row = NULL;

	for (size_t i = 0; i < stale->count; i++) {
		struct merit_buffer text = { 0 };
		stale_put(&text, &stale->rows[i]);
		merit_buffer_need(&text);
		merit_need(merit_json_read(text.data, text.size, &row) == MERIT_OK ? row : NULL);
		merit_buffer_free(&text);
		if (!cJSON_AddItemToArray(rows, row))
			merit_json_free(row);
	}
	merit_need(cJSON_AddNumberToObject(result, "stale", (double)stale->count));
}

enum merit_exit merit_missing_print(struct merit_session *session, const char *month,
                                    const struct merit_stale_list *stale)
{
	const struct merit_verb_value values[] = { { "period", month }, { NULL, NULL } };
	struct merit_buffer counts = { 0 };
	struct merit_answer answer;
	enum merit_exit end = merit_verb_ask_in(session, "period.missing", values, &answer);

	if (end != MERIT_EXIT_DONE)
		return end;
	cJSON *result = merit_json_member(answer.tree, "result");
	stale_add(result, stale);
	if (!counts_put(&counts, result)) {
		end = MERIT_EXIT_REFUSED;
		if (session->is_json)
			merit_json_print(stdout, result);
		else
			table_print(result, month, merit_buffer_text(&counts));
	}
	merit_buffer_free(&counts);
	merit_answer_free(&answer);
	return end;
}
