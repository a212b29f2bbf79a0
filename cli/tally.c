/* tally.c - see tally.h. */
#include "cli/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ledger/csv.h"
#include "cli/session.h"
#include "cli/show.h"
#include "ledger/currency.h"
#include "ledger/text.h"

#define TERMINAL_EVERY_MS 200
#define PLAIN_EVERY_MS    10000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Rejects ---- */

static void record_write(FILE *file, struct merit_buffer *record)
{
	merit_buffer_put_char(record, '\n');
	merit_buffer_need(record);
	fwrite(record->data, 1, record->size, file); /* A failure is noticed when the file is closed. */
	merit_buffer_free(record);
}

static void record_begin(struct merit_buffer *record, uint64_t line, const char *word, const char *why, const char *id)
{
	merit_buffer_put_format(record, "%llu,", (unsigned long long)line);
	merit_csv_put_safe(record, word);
	merit_buffer_put_char(record, ',');
	merit_csv_put_safe(record, why);
	merit_buffer_put_char(record, ',');
	merit_buffer_put_text(record, id);
}

/* Each parameter's text, or nothing where params has none. */
static void params_put(struct merit_buffer *record, const struct merit_method *method, const cJSON *params)
{
	for (size_t i = 0; i < method->params_count; i++) {
		const cJSON *member = merit_json_member(params, method->params[i].name);
		struct merit_buffer text = { 0 };
		if (member != NULL)
			merit_show_scalar_put(&text, member);
		merit_buffer_put_char(record, ',');
		merit_csv_put_safe(record, merit_buffer_text(&text));
		merit_buffer_free(&text);
	}
}

static bool is_same_file(const char *path, const struct stat *source)
{
	struct stat about;

	return stat(path, &about) == 0 && about.st_dev == source->st_dev && about.st_ino == source->st_ino;
}

static bool takes_private(const struct merit_method *method)
{
	for (size_t i = 0; i < method->params_count; i++) {
		if (merit_parameter_is_private(&method->params[i]))
			return true;
	}
	return false;
}

/* Rows with private texts are for their owner's eyes alone, from the first byte on. */
static FILE *file_open(const char *path, bool is_private)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, is_private ? 0600 : 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file == NULL && fd >= 0)
		close(fd);
	return file;
}

/* Opens PATH.new, or PATH itself where that is something else than a file, such as /dev/stderr. */
static bool draft_open(struct merit_tally *tally, const struct stat *source)
{
	struct stat about;
	const char *path = tally->rejects_path;

	if (stat(path, &about) != 0 || S_ISREG(about.st_mode)) {
		if (asprintf(&tally->draft_path, "%s.new", path) < 0)
			tally->draft_path = NULL;
		merit_need(tally->draft_path);
		path = tally->draft_path;
	}
	if (is_same_file(tally->rejects_path, source) || is_same_file(path, source)) {
		merit_complain("--rejects %s would overwrite the file of rows; choose another name",
		               tally->rejects_path);
		return false;
	}
	if (tally->draft_path != NULL)
		(void)unlink(path); /* Left by a kill: it may be open to others. */
	tally->rejects = file_open(path, takes_private(tally->method));
	if (tally->rejects == NULL)
		merit_complain("cannot write %s: %s", path, strerror(errno));
	return tally->rejects != NULL;
}

bool merit_tally_open(struct merit_tally *tally, const struct merit_method *method, const char *rejects_path,
                      const struct stat *source)
{
	struct merit_buffer record = { 0 };

	*tally = (struct merit_tally){ .method = method,
		                       .rejects_path = rejects_path,
		                       .is_terminal = isatty(STDERR_FILENO) == 1 };
	if (rejects_path == NULL)
		return true;
	if (!draft_open(tally, source)) {
		free(tally->draft_path);
		tally->draft_path = NULL;
		return false;
	}
	merit_buffer_put_text(&record, "merit_line,merit_status,merit_why,merit_id");
	for (size_t i = 0; i < method->params_count; i++)
		merit_buffer_put_format(&record, ",%s", method->params[i].name);
	record_write(tally->rejects, &record);
	return true;
}

bool merit_tally_close(struct merit_tally *tally, bool is_kept)
{
	if (tally->rejects == NULL)
		return true;
	bool is_whole = ferror(tally->rejects) == 0;
	is_whole = fclose(tally->rejects) == 0 && is_whole;
	tally->rejects = NULL;
	if (tally->draft_path != NULL && is_whole && is_kept)
		is_whole = rename(tally->draft_path, tally->rejects_path) == 0;
	else if (tally->draft_path != NULL)
		(void)unlink(tally->draft_path);
	if (!is_whole)
		merit_complain("the file of rejected rows is not complete: %s", strerror(errno));
	free(tally->draft_path);
	tally->draft_path = NULL;
	return is_whole;
}

/* ---- Counting ---- */

void merit_tally_accepted(struct merit_tally *tally, bool is_before)
{
	tally->accepted_count += !is_before;
	tally->accepted_before_count += is_before;
}

/* A status as people and programs are shown it: one that no ledger writes, a bad_reply, so that nothing it holds gets
 * into a file or to a terminal. */
static void word_take(const struct merit_client_outcome *outcome, char word_out[MERIT_TALLY_WORD_SIZE])
{
	if (merit_text_is_id(outcome->word, outcome->word_size, MERIT_TALLY_WORD_SIZE - 1))
		snprintf(word_out, MERIT_TALLY_WORD_SIZE, "%.*s", (int)outcome->word_size, outcome->word);
	else
		snprintf(word_out, MERIT_TALLY_WORD_SIZE, "%s", merit_status_word(MERIT_BAD_REPLY));
}

/* The row of a status; those beyond the table share its last. */
static struct merit_tally_row *row_of(struct merit_tally *tally, const char *word)
{
	size_t index = 0;

	while (index < tally->statuses_count && strcmp(tally->rows[index].word, word) != 0)
		index++;
	if (index == MERIT_TALLY_STATUSES_MAX)
		return &tally->rows[index - 1];
	if (index == tally->statuses_count)
		snprintf(tally->rows[tally->statuses_count++].word, sizeof(tally->rows[0].word), "%s", word);
	return &tally->rows[index];
}

/* The row among the rejects, with why. */
static void reject_write(struct merit_tally *tally, bool is_before, uint64_t line, const char *id, const char *word,
                         const struct merit_call_text *call, const struct merit_client_outcome *outcome)
{
	struct merit_buffer record = { 0 }, why = { 0 };
	cJSON *tree;

	if (outcome->why_size > 0 && merit_json_read(outcome->why, outcome->why_size, &tree) == MERIT_OK) {
		merit_reasons_put(&why, tree);
		merit_json_free(tree);
	}
	if (is_before && !tally->is_retrying)
		merit_buffer_put_format(&why, "%sat the first attempt; later ones were not looked at",
		                        why.size == 0 ? "" : ", ");
	record_begin(&record, line, word, merit_buffer_text(&why), id);
	merit_buffer_free(&why);
	if (merit_json_read(call->params, call->params_size, &tree) == MERIT_OK) {
		merit_private_reveal(tally->method, call, tree);
		params_put(&record, tally->method, tree);
		merit_json_free(tree);
	}
	record_write(tally->rejects, &record);
}

void merit_tally_refused(struct merit_tally *tally, bool is_before, uint64_t line, const char *id,
                         const struct merit_call_text *call, const struct merit_client_outcome *outcome)
{
	char word[sizeof(tally->rows[0].word)];

	word_take(outcome, word);
	struct merit_tally_row *row = row_of(tally, word);
	tally->refused_count += !is_before;
	tally->refused_before_count += is_before;
	row->now_count += !is_before;
	row->before_count += is_before;
	if (row->lines_count < MERIT_TALLY_LINES_MAX)
		row->lines[row->lines_count++] = line;
	if (tally->rejects != NULL)
		reject_write(tally, is_before, line, id, word, call, outcome);
}

void merit_tally_bad(struct merit_tally *tally, uint64_t line, const char *why)
{
	struct merit_buffer record = { 0 };

	tally->bad_count++;
	if (tally->rejects == NULL)
		return;
	record_begin(&record, line, "bad_row", why, "");
	params_put(&record, tally->method, NULL);
	record_write(tally->rejects, &record);
}

/* ---- Progress ---- */

void merit_tally_start(struct merit_tally *tally)
{
	tally->started_ms = now_ms();
	tally->shown_ms = tally->started_ms;
}

void merit_tally_progress(struct merit_tally *tally, bool is_last)
{
	uint64_t done_count = tally->accepted_count + tally->accepted_before_count + tally->refused_count +
	                      tally->refused_before_count;
	int64_t time_ms = now_ms();
	struct merit_buffer text = { 0 };

	if (time_ms - tally->shown_ms < (tally->is_terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS) &&
	    !(is_last && tally->is_terminal))
		return;
	tally->shown_ms = time_ms;
	uint64_t spent_ms = (uint64_t)(time_ms - tally->started_ms) + 1;
	uint64_t rate = done_count * 1000 / spent_ms;
	uint64_t left_s = done_count == 0 || tally->kept_count < done_count
	                          ? 0
	                          : (tally->kept_count - done_count) * spent_ms / done_count / 1000;
	merit_put_thousands(&text, (int64_t)done_count);
	merit_buffer_put_text(&text, " of ");
	merit_put_thousands(&text, (int64_t)tally->kept_count);
	merit_buffer_put_text(&text, " rows, ");
	merit_put_thousands(&text, (int64_t)rate);
	merit_buffer_put_format(&text, "/s, %llu:%02llu left", (unsigned long long)(left_s / 60),
	                        (unsigned long long)(left_s % 60));
	if (tally->is_terminal)
		fprintf(stderr, "\r%s\033[K%s", merit_buffer_text(&text), is_last ? "\n" : "");
	else
		fprintf(stderr, "%s\n", merit_buffer_text(&text));
	merit_buffer_free(&text);
}

/* ---- The summary ---- */

static void print_json(const struct merit_tally *tally, FILE *file)
{
	const struct {
		const char *name;
		uint64_t count;
	} counts[] = {
		{ "rows", tally->rows_count },
		{ "left_out", tally->left_out_count },
		{ "bad", tally->bad_count },
		{ "accepted", tally->accepted_count },
		{ "accepted_before", tally->accepted_before_count },
		{ "refused", tally->refused_count },
		{ "refused_before", tally->refused_before_count },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		fprintf(file, "%c\"%s\":%llu", i == 0 ? '{' : ',', counts[i].name, (unsigned long long)counts[i].count);
	fprintf(file, ",\"retry_refused\":%s,\"refusals\":[", tally->is_retrying ? "true" : "false");
	for (size_t i = 0; i < tally->statuses_count; i++) {
		const struct merit_tally_row *row = &tally->rows[i];
		fprintf(file, "%s{\"status\":\"%s\",\"now\":%llu,\"before\":%llu,\"lines\":[", i == 0 ? "" : ",",
		        row->word, (unsigned long long)row->now_count, (unsigned long long)row->before_count);
		for (size_t j = 0; j < row->lines_count; j++)
			fprintf(file, "%s%llu", j == 0 ? "" : ",", (unsigned long long)row->lines[j]);
		fputs("]}", file);
	}
	fputs("]}\n", file);
}

static void outcome_put(struct merit_table *table, const char *outcome, uint64_t now_count, uint64_t before_count,
                        const char *where)
{
	merit_table_text(table, outcome);
	merit_table_integer(table, (int64_t)now_count);
	merit_table_integer(table, (int64_t)before_count);
	merit_table_text(table, where);
}

static void refusal_put(struct merit_table *table, const struct merit_tally_row *row)
{
	struct merit_buffer where = { 0 };
	uint64_t more_count = row->now_count + row->before_count - row->lines_count;

	merit_buffer_put_text(&where, row->lines_count == 1 ? "line" : "lines");
	for (size_t i = 0; i < row->lines_count; i++)
		merit_buffer_put_format(&where, "%s %llu", i == 0 ? "" : ",", (unsigned long long)row->lines[i]);
	if (more_count > 0)
		merit_buffer_put_format(&where, " and %llu more", (unsigned long long)more_count);
	outcome_put(table, row->word, row->now_count, row->before_count, merit_buffer_text(&where));
	merit_buffer_free(&where);
}

/* What "before" means, where there is any. */
static void print_before(const struct merit_tally *tally, FILE *file)
{
	uint64_t before_count = tally->accepted_before_count + tally->refused_before_count;

	if (before_count > 0)
		fprintf(file, "%llu rows had their answer before this run: nothing was posted for them now\n",
		        (unsigned long long)before_count);
	if (tally->refused_before_count > 0 && !tally->is_retrying)
		fprintf(file,
		        "%llu were refused at their first attempt; attempts made later with --retry-refused are not "
		        "looked at\n",
		        (unsigned long long)tally->refused_before_count);
}

void merit_tally_print(struct merit_tally *tally, FILE *file, bool is_json)
{
	struct merit_table table = { 0 };

	if (is_json) {
		print_json(tally, file);
		return;
	}
	merit_table_column(&table, "outcome");
	merit_table_column(&table, ">now");
	merit_table_column(&table, ">before");
	merit_table_column(&table, "where");
	outcome_put(&table, "accepted", tally->accepted_count, tally->accepted_before_count, "");
	for (size_t i = 0; i < tally->statuses_count; i++)
		refusal_put(&table, &tally->rows[i]);
	merit_table_print(&table, file, false);
	merit_table_free(&table);
	fprintf(file, "%llu rows: %llu left out by --where, %llu not understood\n",
	        (unsigned long long)tally->rows_count, (unsigned long long)tally->left_out_count,
	        (unsigned long long)tally->bad_count);
	print_before(tally, file);
}
