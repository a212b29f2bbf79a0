/* command_report.c - merit report: a report from the entries, as a table, CSV, JSON or a page.
 *
 * Same input, same bytes: nothing printed depends on the moment of printing or on where the entries came from. A
 * period of closed months is reported as it was closed. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/entries.h"
#include "cli/output.h"
#include "cli/sheet_show.h"
#include "ledger/calendar.h"
#include "ledger/currency.h"
#include "report/report.h"

/* One report on its way. */
struct reporting {
	const struct merit_arguments *arguments;
	const struct merit_report_kind *kind;
	struct merit_report_options options;
	struct merit_reading reading;
	bool is_closed; /* its months are */
};

/* ---- What is asked for ---- */

static bool kind_read(struct reporting *reporting)
{
	const struct merit_arguments *arguments = reporting->arguments;
	struct merit_buffer names = { 0 };

	reporting->kind = merit_report_named(arguments->operands[0]);
	if (reporting->kind == NULL) {
		for (size_t i = 0; merit_report_at(i) != NULL; i++)
			merit_buffer_put_format(&names, "%s%s", i > 0 ? ", " : "", merit_report_at(i)->name);
		merit_complain("no report is called %s; there are %s", arguments->operands[0],
		               merit_buffer_text(&names));
		merit_buffer_free(&names);
		return false;
	}
	bool has_party = arguments->operands_count > 1;
	if (reporting->kind->needs_party != has_party) {
		merit_complain(has_party ? "report %s is of nobody in particular"
		                         : "report %s needs whose: name the party",
		               reporting->kind->name);
		return false;
	}
	if (has_party)
		reporting->options.party = merit_text_of(arguments->operands[1]);
	return true;
}

static bool period_read(struct reporting *reporting)
{
	struct merit_report_options *options = &reporting->options;

	if (!merit_entries_period(reporting->arguments, options))
		return false;
	if (reporting->kind->needs_period &&
	    (options->first_day == MERIT_DAY_NONE || options->last_day == MERIT_DAY_NEVER)) {
		merit_complain("report %s needs --period MONTH or YEAR, or --from and --to", reporting->kind->name);
		return false;
	}
	return true;
}

static bool money_read(const struct reporting *reporting, const char *option, int64_t *minor_out)
{
	const char *text = merit_argument(reporting->arguments, option, NULL);
	const char *currency = merit_argument(reporting->arguments, "currency", NULL);

	if (text == NULL)
		return true;
	if (currency == NULL) {
		merit_complain("--%s is money: say in which --currency", option);
		return false;
	}
	if (merit_money_parse(text, currency, minor_out) && *minor_out >= 0)
		return true;
	merit_complain("--%s: %s is no amount in %s", option, text, currency);
	return false;
}

static bool options_read(struct reporting *reporting)
{
	const struct merit_arguments *arguments = reporting->arguments;

	reporting->options = (struct merit_report_options){ .first_day = MERIT_DAY_NONE,
		                                            .last_day = MERIT_DAY_NEVER,
		                                            .size = UINT64_MAX };
	if (merit_argument_flag(arguments, "csv") && merit_argument_flag(arguments, "json")) {
		merit_complain("--csv or --json: give one");
		return false;
	}
	if (merit_argument(arguments, "currency", NULL) != NULL)
		reporting->options.currency = merit_text_of(merit_argument(arguments, "currency", NULL));
	return kind_read(reporting) && period_read(reporting) &&
	       money_read(reporting, "each", &reporting->options.each_minor) &&
	       money_read(reporting, "total", &reporting->options.total_minor);
}

/* ---- What is printed ---- */

static void day_put(struct merit_buffer *out, int32_t day, const char *otherwise)
{
	char text[MERIT_DAY_TEXT_SIZE];

	if (day != MERIT_DAY_NONE && day != MERIT_DAY_NEVER) {
		merit_day_format(day, text);
		otherwise = text;
	}
	merit_buffer_put_text(out, otherwise);
}

/* Of a period: nobody takes a page for final that is not. */
static const char *closed_word(const struct reporting *reporting)
{
	const struct merit_report_options *options = &reporting->options;
	bool is_period = options->first_day != MERIT_DAY_NONE || options->last_day != MERIT_DAY_NEVER;

	if (reporting->is_closed)
		return ", as closed";
	return is_period ? ", not closed: may still change" : "";
}

/* "merit.example/ledger1, 2026-10-01 to 2026-10-31, from the entries before 4711, as closed". */
static void subtitle_put(struct merit_buffer *out, const struct reporting *reporting)
{
	const struct merit_report_options *options = &reporting->options;

	merit_buffer_put_text(out, reporting->reading.journal->origin);
	if (options->party.size > 0)
		merit_buffer_put_format(out, ", %.*s", (int)options->party.size, options->party.data);
	if (options->first_day != MERIT_DAY_NONE || options->last_day != MERIT_DAY_NEVER) {
		merit_buffer_put_text(out, ", ");
		day_put(out, options->first_day, "the beginning");
		merit_buffer_put_text(out, " to ");
		day_put(out, options->last_day, "the last entry");
	}
	merit_buffer_put_format(out, ", from the entries before %llu%s", (unsigned long long)options->size,
	                        closed_word(reporting));
}

static void table_print(const struct merit_sheet *sheet)
{
	bool shown[MERIT_SHEET_COLUMNS_MAX];

	for (size_t i = 0; i < sheet->columns_count; i++)
		shown[i] = !merit_sheet_column_is_idle(sheet, i);
	merit_sheet_print(sheet, shown);
}

static void people_print(const struct merit_sheet *sheet, const char *subtitle)
{
	printf("%s\n", sheet->title);
	merit_print_plain(stdout, subtitle);
	fputs("\n\n", stdout);
	if (sheet->rows_count == 0)
		puts("Nothing to report.");
	else
		table_print(sheet);
	for (size_t i = 0; i < sheet->notes_count; i++) {
		fputs(i == 0 ? "\n" : "", stdout);
		merit_print_plain(stdout, sheet->notes[i]);
		fputc('\n', stdout);
	}
}

static enum merit_exit page_write(const struct merit_sheet *sheet, const char *subtitle, const char *path)
{
	struct merit_buffer page = { 0 };

	merit_sheets_put_html(&page, sheet->title, subtitle, &sheet, 1);
	merit_buffer_need(&page);
	enum merit_exit end = merit_bytes_write(path, &page);
	merit_buffer_free(&page);
	return end;
}

static enum merit_exit sheet_print(const struct reporting *reporting, const struct merit_sheet *sheet)
{
	const struct merit_arguments *arguments = reporting->arguments;
	const char *path = merit_argument(arguments, "html", NULL);
	struct merit_buffer subtitle = { 0 }, text = { 0 };
	enum merit_exit end = MERIT_EXIT_DONE;

	subtitle_put(&subtitle, reporting);
	if (path != NULL)
		end = page_write(sheet, merit_buffer_text(&subtitle), path);
	if (merit_argument_flag(arguments, "csv")) {
		merit_sheet_put_csv(&text, sheet);
	} else if (merit_argument_flag(arguments, "json")) {
		merit_sheet_put_json(&text, sheet);
		merit_buffer_put_char(&text, '\n');
	} else if (path == NULL) {
		people_print(sheet, merit_buffer_text(&subtitle));
	}
	merit_buffer_need(&text);
	if (text.size > 0)
		fwrite(text.data, 1, text.size, stdout);
	merit_buffer_free(&text);
	merit_buffer_free(&subtitle);
	return end == MERIT_EXIT_DONE && sheet->differs ? MERIT_EXIT_REFUSED : end;
}

/* ---- The command ---- */

static enum merit_exit report_make(struct reporting *reporting)
{
	struct merit_sheet sheet;
	const char *fault = NULL;
	enum merit_status status =
		merit_report_bind(reporting->reading.journal, &reporting->options, &reporting->is_closed);

	if (status == MERIT_OK)
		status = merit_reports_make(reporting->reading.journal, &reporting->kind, 1, &reporting->options,
		                            merit_reading_progress(), &sheet, &fault);
	if (status == MERIT_BAD_PARAMS) {
		merit_complain("report %s: %s", reporting->kind->name, fault);
		return MERIT_EXIT_USAGE;
	}
	if (status != MERIT_OK)
		return merit_reading_end(&reporting->reading, status);
	enum merit_exit end = sheet_print(reporting, &sheet);
	merit_sheet_free(&sheet);
	return end;
}

enum merit_exit merit_command_report(const struct merit_arguments *arguments)
{
	struct reporting reporting = { .arguments = arguments };

	if (!options_read(&reporting))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_reading_open(arguments, &reporting.reading);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = merit_entries_as_of(arguments, &reporting.reading, &reporting.options);
	if (end == MERIT_EXIT_DONE)
		end = report_make(&reporting);
	merit_reading_close(&reporting.reading);
	return end;
}
