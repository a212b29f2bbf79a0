/* reconcile_show.c - see reconcile.h: what a run came to, for people, for programs, and as a page. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/reconcile.h"
#include "cli/sheet_show.h"
#include "ledger/calendar.h"

enum { LINES, CLASSES, AGEING, CONTROLS, BALANCE, SHEETS_COUNT };

/* ---- Sheets ---- */

static void sheets_make(const struct merit_reconcile *reconcile, bool only_differences,
                        struct merit_sheet sheets[SHEETS_COUNT])
{
	const struct merit_file *files[MERIT_RECON_LEGS_MAX] = { &reconcile->files[0], &reconcile->files[1] };

	merit_recon_put_lines(&reconcile->run, only_differences, &sheets[LINES]);
	merit_recon_put_classes(&reconcile->run, &sheets[CLASSES]);
	merit_recon_put_ageing(&reconcile->run, &sheets[AGEING]);
	merit_recon_put_controls(files, reconcile->names, (size_t)reconcile->files_count, reconcile->run.offset_minutes,
	                         &sheets[CONTROLS]);
	merit_recon_put_balance(&reconcile->run, &sheets[BALANCE]);
	for (int i = 0; i < SHEETS_COUNT; i++)
		merit_need(sheets[i].bad ? NULL : sheets);
}

static void sheets_free(struct merit_sheet sheets[SHEETS_COUNT])
{
	for (int i = 0; i < SHEETS_COUNT; i++)
		merit_sheet_free(&sheets[i]);
}

/* ---- For people ---- */

/* "shop.csv (csv) and bank.xml (camt.053) against source X1, 2026-10-01 to 2026-10-31, from the entries before 4711" */
static void title_put(struct merit_buffer *out, const struct merit_reconcile *reconcile)
{
	const struct merit_recon_run *run = &reconcile->run;
	char first[MERIT_DAY_TEXT_SIZE], last[MERIT_DAY_TEXT_SIZE];

	for (int i = 0; i < reconcile->files_count; i++)
		merit_buffer_put_format(out, "%s%s (%s)", i == 0 ? "" : " and ", reconcile->names[i],
		                        reconcile->files[i].format);
	merit_day_format(run->window.first_day, first);
	merit_day_format(run->window.last_day, last);
	merit_buffer_put_format(out, " against source %s, %s to %s, from the entries before %llu",
	                        merit_argument(reconcile->arguments, "source", ""), first, last,
	                        (unsigned long long)run->size);
}

/* Whether there is more than one of this in a row. */
static bool has_more(const struct merit_sheet *sheet, const char *name)
{
	for (size_t i = 0; i < sheet->rows_count * sheet->columns_count; i++) {
		if (strcmp(sheet->columns[i % sheet->columns_count].name, name) == 0 && sheet->cells[i].integer > 1)
			return true;
	}
	return false;
}

static void lines_print(const struct merit_sheet *lines)
{
	static const char *const plain[] = { "text", "leg", "their_items", "our_items", NULL };
	static const char *const grouped[] = { "text", "leg", NULL };
	static const char *const both_legs[] = { "text", NULL };

	if (lines->rows_count == 0)
		puts("No differences.");
	else
		merit_sheet_show(lines, has_more(lines, "leg")                                           ? both_legs
		                        : has_more(lines, "their_items") || has_more(lines, "our_items") ? grouped
		                                                                                         : plain);
}

static void titled_print(const struct merit_sheet *sheet)
{
	static const char *const one_leg[] = { "leg", NULL };

	if (sheet->rows_count == 0)
		return;
	printf("\n%s:\n", sheet->title);
	merit_sheet_show(sheet, has_more(sheet, "leg") ? NULL : one_leg);
}

/* A week's or month's file that has no rows on its first or last days does not say that it covers them. */
static void cover_print(const struct merit_recon_run *run)
{
	enum merit_every every = run->history.source.every;
	int32_t first = run->window.first_day, last = run->window.last_day;
	char text[MERIT_DAY_TEXT_SIZE];

	if (every == MERIT_EVERY_MONTH) {
		first = merit_day_span_first(first, MERIT_SPAN_MONTH);
		last = merit_day_span_last(last, MERIT_SPAN_MONTH);
	} else if (every == MERIT_EVERY_WEEK) {
		first -= (first + 3) % 7; /* day 0 was a Thursday */
		last += 6 - (last + 3) % 7;
	}
	if (first == run->window.first_day && last == run->window.last_day)
		return;
	merit_day_format(first, text);
	printf("The source's files are of a %s each: to cover it whole give --from %s",
	       every == MERIT_EVERY_WEEK ? "week" : "month", text);
	merit_day_format(last, text);
	printf(" --to %s.\n", text);
}

/* What happened to it, or would. */
static void outcome_print(const struct merit_reconcile *reconcile)
{
	const struct merit_recon_run *run = &reconcile->run;
	size_t skips = reconcile->files[0].skips_count + reconcile->files[1].skips_count;

	printf("\n%llu of theirs, %llu of ours; breaks: %zu new, %zu carried, %zu cleared",
	       (unsigned long long)run->theirs_count, (unsigned long long)run->ours_count, run->breaks_count,
	       run->carried_count, run->cleared_count);
	if (skips > 0)
		printf("; %zu rows are no items (--all lists them)", skips);
	puts(".");
	cover_print(run);
	for (int leg = 0; leg < run->legs_count; leg++) {
		if (run->legs[leg].findings.unsearched > 0)
			printf("%llu items were not searched for sums of any few: narrow that pass.\n",
			       (unsigned long long)run->legs[leg].findings.unsearched);
	}
	if (reconcile->is_same)
		printf("Made again as run %s, which is in entry %lld.\n", reconcile->check, (long long)reconcile->seq);
	else if (reconcile->is_proposed)
		printf("Proposed, not committed: another finance party runs merit proposal approve %s; then the same "
		       "command again records the breaks.\n",
		       reconcile->commit);
	else if (reconcile->commit == NULL && reconcile->check == NULL)
		printf("A preview. --commit RUN would write an entry, and one for each break: %zu new, %zu cleared.\n",
		       run->breaks_count, run->cleared_count);
	else if (reconcile->is_committed)
		printf("Committed as run %s in entry %lld.\n", reconcile->commit, (long long)reconcile->seq);
}

static void skips_print(const struct merit_reconcile *reconcile)
{
	for (int leg = 0; leg < reconcile->files_count; leg++) {
		for (size_t i = 0; i < reconcile->files[leg].skips_count; i++) {
			const struct merit_file_skip *skip = &reconcile->files[leg].skips[i];
			printf(i == 0 && leg == 0 ? "\nNo items:\n" : "");
			printf("%s:%llu: ", reconcile->names[leg], (unsigned long long)skip->line);
			merit_print_plain(stdout, skip->why);
			puts("");
		}
	}
}

static void people_print(const struct merit_reconcile *reconcile, const struct merit_sheet sheets[SHEETS_COUNT])
{
	struct merit_buffer title = { 0 };

	title_put(&title, reconcile);
	merit_print_plain(stdout, merit_buffer_text(&title));
	puts("\n");
	merit_buffer_free(&title);
	lines_print(&sheets[LINES]);
	titled_print(&sheets[CLASSES]);
	if (!merit_recon_is_clean(&reconcile->run))
		titled_print(&sheets[AGEING]);
	titled_print(&sheets[CONTROLS]);
	titled_print(&sheets[BALANCE]);
	if (merit_argument_flag(reconcile->arguments, "all"))
		skips_print(reconcile);
	outcome_print(reconcile);
}

/* ---- For programs ---- */

static void put_hash(struct merit_buffer *out, const char *name, bool is_there, const struct merit_hash *hash)
{
	merit_buffer_put_key(out, name);
	if (!is_there) {
		merit_buffer_put_text(out, "null");
		return;
	}
	merit_buffer_put_char(out, '"');
	merit_buffer_put_hex(out, hash->bytes, MERIT_HASH_SIZE);
	merit_buffer_put_char(out, '"');
}

static void put_text(struct merit_buffer *out, const char *name, const char *text)
{
	merit_buffer_put_key(out, name);
	if (text == NULL)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_json(out, text, strlen(text));
}

static void head_put(struct merit_buffer *out, const struct merit_reconcile *reconcile)
{
	const struct merit_recon_run *run = &reconcile->run;
	char day[MERIT_DAY_TEXT_SIZE];

	put_text(out, "run",
	         reconcile->check != NULL  ? reconcile->check
	         : reconcile->is_committed ? reconcile->commit
	                                   : NULL);
	put_text(out, "proposal", reconcile->is_proposed ? reconcile->commit : NULL);
	put_text(out, "source", merit_argument(reconcile->arguments, "source", NULL));
	merit_day_format(run->window.first_day, day);
	put_text(out, "from", day);
	merit_day_format(run->window.last_day, day);
	put_text(out, "to", day);
	merit_buffer_put_integer_member(out, "size", (int64_t)run->size);
	put_hash(out, "file", true, &reconcile->files[0].hash);
	put_hash(out, "second_file", reconcile->files_count > 1, &reconcile->files[1].hash);
	put_hash(out, "mapping", reconcile->has_mapping, &reconcile->mapping);
	put_hash(out, "rules", true, &reconcile->rules.hash);
	put_hash(out, "report_hash", true, &reconcile->report);
	merit_buffer_put_integer_member(out, "theirs", (int64_t)run->theirs_count);
	merit_buffer_put_integer_member(out, "ours", (int64_t)run->ours_count);
	merit_buffer_put_integer_member(out, "breaks", (int64_t)run->breaks_count);
	merit_buffer_put_integer_member(out, "carried", (int64_t)run->carried_count);
	merit_buffer_put_integer_member(out, "cleared", (int64_t)run->cleared_count);
	merit_buffer_put_integer_member(out, "skipped",
	                                (int64_t)(reconcile->files[0].skips_count + reconcile->files[1].skips_count));
}

static void json_print(const struct merit_reconcile *reconcile, const struct merit_sheet sheets[SHEETS_COUNT])
{
	static const char *const names[SHEETS_COUNT] = { "lines", "classes", "ageing", "controls", "balance" };
	struct merit_buffer out = { 0 };

	merit_buffer_put_char(&out, '{');
	head_put(&out, reconcile);
	for (int i = 0; i < SHEETS_COUNT; i++) {
		merit_buffer_put_key(&out, names[i]);
		merit_sheet_put_json(&out, &sheets[i]);
	}
	merit_buffer_put_text(&out, "}\n");
	merit_buffer_need(&out);
	fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}

/* What the run's report hash is of: every line, whatever --all says. */
static void csv_print(const struct merit_reconcile *reconcile)
{
	struct merit_buffer out = { 0 };

	merit_recon_put_csv(&out, &reconcile->run);
	merit_buffer_need(&out);
	fwrite(out.data, 1, out.size, stdout);
	merit_buffer_free(&out);
}

/* ---- As a page ---- */

static enum merit_exit page_write(const struct merit_reconcile *reconcile,
                                  const struct merit_sheet sheets[SHEETS_COUNT])
{
	const struct merit_sheet *list[SHEETS_COUNT];
	const char *path = merit_argument(reconcile->arguments, "html", NULL);
	struct merit_buffer page = { 0 }, title = { 0 };

	if (path == NULL)
		return MERIT_EXIT_DONE;
	for (int i = 0; i < SHEETS_COUNT; i++)
		list[i] = &sheets[i];
	title_put(&title, reconcile);
	merit_sheets_put_html(&page, "Reconciliation", merit_buffer_text(&title), list,
	                      sheets[BALANCE].rows_count > 0 ? SHEETS_COUNT : BALANCE);
	merit_buffer_need(&page);
	enum merit_exit end = merit_bytes_write(path, &page);
	merit_buffer_free(&page);
	merit_buffer_free(&title);
	return end;
}

enum merit_exit merit_reconcile_show(const struct merit_reconcile *reconcile)
{
	const struct merit_arguments *arguments = reconcile->arguments;
	bool is_csv = merit_argument_flag(arguments, "csv"), is_json = merit_argument_flag(arguments, "json");
	struct merit_sheet sheets[SHEETS_COUNT];

	sheets_make(reconcile, !merit_argument_flag(arguments, "all"), sheets);
	if (is_csv)
		csv_print(reconcile);
	else if (is_json)
		json_print(reconcile, sheets);
	else
		people_print(reconcile, sheets);
	enum merit_exit end = page_write(reconcile, sheets);
	sheets_free(sheets);
	if (end == MERIT_EXIT_DONE && !merit_recon_is_clean(&reconcile->run))
		end = MERIT_EXIT_REFUSED;
	return end;
}
