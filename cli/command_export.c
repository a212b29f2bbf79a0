/* command_export.c - merit export: the books as journals for hledger or beancount, as JSON lines; the payments to be
 * made.
 *
 * Same entries, same bytes: report/export.h. A period of closed months is exported as it was closed; the payment file
 * never is, as what was paid since must not be paid again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/arguments.h"
#include "cli/entries.h"
#include "cli/output.h"
#include "report/export.h"

static bool form_read(const char *word, enum merit_export_form *form_out)
{
	struct merit_buffer words = { 0 };

	if (merit_export_named(word, form_out))
		return true;
	for (unsigned i = 0; i < MERIT_EXPORT_COUNT; i++)
		merit_buffer_put_format(&words, "%s%s", i > 0 ? ", " : "",
		                        merit_export_word((enum merit_export_form)i));
	merit_complain("no export is called %s; there are %s", word, merit_buffer_text(&words));
	merit_buffer_free(&words);
	return false;
}

static enum merit_exit write_failed(const char *path)
{
	merit_complain("cannot write %s: %s", path == NULL ? "the output" : path, strerror(errno));
	return MERIT_EXIT_USAGE;
}

/* What could not be written whole is not left behind; a device, a pipe or a link is not ours to remove. */
static void file_forget(const char *path)
{
	struct stat about;

	if (lstat(path, &about) == 0 && S_ISREG(about.st_mode))
		(void)remove(path);
}

/* path NULL: standard output. */
static enum merit_exit export_write(const struct merit_reading *reading, enum merit_export_form form,
                                    const struct merit_report_options *options, const char *path)
{
	FILE *file = path == NULL ? stdout : fopen(path, "we");

	if (file == NULL)
		return write_failed(path);
	enum merit_status status = merit_export(reading->journal, form, options, merit_reading_progress(), file);
	enum merit_exit end = ferror(file) ? write_failed(path) : merit_reading_end(reading, status);
	if (path == NULL)
		return end;
	if (fclose(file) != 0 && end == MERIT_EXIT_DONE)
		end = write_failed(path);
	if (end != MERIT_EXIT_DONE)
		file_forget(path);
	return end;
}

enum merit_exit merit_command_export(const struct merit_arguments *arguments)
{
	struct merit_report_options options = { .size = UINT64_MAX };
	struct merit_reading reading;
	enum merit_export_form form;
	bool is_closed;

	if (!form_read(arguments->operands[0], &form) || !merit_entries_period(arguments, &options))
		return MERIT_EXIT_USAGE;
	enum merit_exit end = merit_reading_open(arguments, &reading);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = merit_entries_as_of(arguments, &reading, &options);
	if (end == MERIT_EXIT_DONE && form != MERIT_EXPORT_PAYOUT)
		end = merit_reading_end(&reading, merit_report_bind(reading.journal, &options, &is_closed));
	if (end == MERIT_EXIT_DONE)
		end = export_write(&reading, form, &options,
		                   arguments->operands_count > 1 ? arguments->operands[1] : NULL);
	merit_reading_close(&reading);
	return end;
}
