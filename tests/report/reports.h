/* reports.h - what the tests of reports share: a report or an export of the fixture's ledger, as text. */
#ifndef MERIT_TESTS_REPORT_REPORTS_H
#define MERIT_TESTS_REPORT_REPORTS_H

#include "ledger/calendar.h"
#include "report/export.h"
#include "report/index.h"
#include "tests/support/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Everything: no period, every entry. */
#define REPORT_ALL                                                                                                     \
	((struct merit_report_options){ .first_day = MERIT_DAY_NONE, .last_day = MERIT_DAY_NEVER, .size = UINT64_MAX })

static inline int32_t the_day(const char *text)
{
	int32_t day;

	assert_true(merit_day_parse(text, strlen(text), &day));
	return day;
}

/* A month such as "2026-01", or several up to the last. */
static inline struct merit_report_options period_of(const char *first, const char *last)
{
	struct merit_report_options options = REPORT_ALL;

	assert_true(merit_month_parse(first, strlen(first), &options.first_day));
	assert_true(merit_month_parse(last, strlen(last), &options.last_day));
	options.last_day = merit_day_span_last(options.last_day, MERIT_SPAN_MONTH);
	return options;
}

/* The ledger's directory as a source; the fixture's ledger is closed until source_end. */
static inline struct merit_journal *source_begin(struct fixture *f)
{
	struct merit_journal *source;

	fixture_close(f);
	assert_int_equal(merit_journal_open_directory(f->directory, &source), MERIT_OK);
	return source;
}

static inline void source_end(struct fixture *f, struct merit_journal *source)
{
	merit_journal_close(source);
	fixture_open(f);
}

/* The report's sheet, for merit_sheet_free; or the status that it could not be made. */
static inline enum merit_status sheet_of(struct fixture *f, const char *name,
                                         const struct merit_report_options *options, struct merit_sheet *sheet_out)
{
	const struct merit_report_kind *kind = merit_report_named(name);
	const char *fault;

	assert_non_null(kind);
	struct merit_journal *source = source_begin(f);
	enum merit_status status = merit_reports_make(source, &kind, 1, options, NULL, sheet_out, &fault);
	source_end(f, source);
	return status;
}

/* The report's CSV must be this, row by row. */
static inline void report_is(struct fixture *f, const char *name, struct merit_report_options options, const char *want)
{
	struct merit_sheet sheet;
	struct merit_buffer csv = { 0 };

	assert_int_equal(sheet_of(f, name, &options, &sheet), MERIT_OK);
	assert_false(sheet.differs);
	merit_sheet_put_csv(&csv, &sheet);
	merit_buffer_put_char(&csv, '\0');
	assert_false(csv.bad);
	assert_string_equal(csv.data, want);
	merit_buffer_free(&csv);
	merit_sheet_free(&sheet);
}

/* The export as text, for free. */
static inline char *export_of(struct fixture *f, enum merit_export_form form, struct merit_report_options options)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	struct merit_journal *source = source_begin(f);
	assert_int_equal(merit_export(source, form, &options, NULL, file), MERIT_OK);
	source_end(f, source);
	assert_int_equal(fclose(file), 0);
	return text;
}

#endif
