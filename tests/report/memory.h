/* memory.h - a journal in memory: the fixture's records, of which a test may change some; and reports made from it. */
#ifndef MERIT_TESTS_REPORT_MEMORY_H
#define MERIT_TESTS_REPORT_MEMORY_H

#include "ledger/calendar.h"
#include "report/report.h"
#include "tests/ledger/steps.h"

struct memory {
	struct merit_journal journal;
	struct merit_buffer *records;
	struct merit_journal_record *views;
	size_t page_count; /* records of a fetch */
};

static inline enum merit_status memory_fetch(struct merit_journal *journal, uint64_t from,
                                             const struct merit_journal_record **records_out, size_t *count_out)
{
	struct memory *memory = (struct memory *)(void *)journal;
	size_t left = (size_t)(journal->size - from), count = left < memory->page_count ? left : memory->page_count;

	for (size_t i = from; i < from + count; i++)
		memory->views[i] = (struct merit_journal_record){ memory->records[i].data, memory->records[i].size };
	*records_out = &memory->views[from];
	*count_out = count;
	return MERIT_OK;
}

static inline enum merit_status memory_fetch_one(struct merit_journal *journal, uint64_t seq,
                                                 struct merit_journal_record *record_out)
{
	struct memory *memory = (struct memory *)(void *)journal;

	*record_out = (struct merit_journal_record){ memory->records[seq].data, memory->records[seq].size };
	return MERIT_OK;
}

static inline void memory_close(struct merit_journal *journal)
{
	struct memory *memory = (struct memory *)(void *)journal;

	for (size_t i = 0; i < journal->size; i++)
		merit_buffer_free(&memory->records[i]);
	free(memory->records);
	free(memory->views);
	free(memory);
}

/* All entries the fixture has. Its ledger stays open. */
static inline struct memory *memory_of(struct fixture *f)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	struct merit_entry entry;

	assert_non_null(memory);
	memory->page_count = MERIT_JOURNAL_PAGE_RECORDS;
	memory->journal = (struct merit_journal){ .size = fixture_size(f),
		                                .origin = FIXTURE_ORIGIN,
		                                .fetch = memory_fetch,
		                                .fetch_one = memory_fetch_one,
		                                .close = memory_close };
	memory->records = calloc(memory->journal.size, sizeof(memory->records[0]));
	memory->views = calloc(memory->journal.size, sizeof(memory->views[0]));
	for (uint64_t i = 0; i < memory->journal.size; i++) {
		fixture_entry(f, i, &entry);
		merit_entry_put(&memory->records[i], &entry);
	}
	assert_int_equal(merit_journal_learn(&memory->journal), MERIT_OK);
	return memory;
}

/* The last entry of an operation, changed by change and printed again. */
static inline void memory_doctor(struct memory *memory, enum merit_operation_number operation,
                                 void (*change)(struct merit_entry *entry))
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	for (uint64_t i = memory->journal.size; i-- > 0;) {
		merit_arena_reset(&arena);
		assert_int_equal(merit_journal_read(&memory->journal, i, &arena, &entry), MERIT_OK);
		if (entry.operation->number != operation || entry.status != MERIT_OK)
			continue;
		change(&entry);
		merit_buffer_clear(&memory->records[i]);
		merit_entry_put(&memory->records[i], &entry);
		merit_arena_free(&arena);
		return;
	}
	fail_msg("no such entry");
}

static inline struct merit_report_options memory_all(void)
{
	return (struct merit_report_options){ .first_day = MERIT_DAY_NONE,
		                              .last_day = MERIT_DAY_NEVER,
		                              .size = UINT64_MAX };
}

/* Days such as "2026-02-01"; NULL: open. */
static inline struct merit_report_options memory_days(const char *first, const char *last)
{
	struct merit_report_options options = memory_all();

	assert_true(first == NULL || merit_day_parse(first, strlen(first), &options.first_day));
	assert_true(last == NULL || merit_day_parse(last, strlen(last), &options.last_day));
	return options;
}

static inline struct merit_sheet memory_sheet(struct memory *memory, const char *name,
                                              struct merit_report_options options)
{
	const struct merit_report_kind *kind = merit_report_named(name);
	const char *fault = "";
	struct merit_sheet sheet;

	assert_non_null(kind);
	enum merit_status status = merit_reports_make(&memory->journal, &kind, 1, &options, NULL, &sheet, &fault);
	if (status != MERIT_OK)
		fail_msg("%s: %s: %s", name, merit_status_word(status), fault);
	return sheet;
}

/* The report's CSV must be this, row by row. */
static inline void memory_csv_is(struct memory *memory, const char *name, struct merit_report_options options,
                                 const char *want)
{
	struct merit_sheet sheet = memory_sheet(memory, name, options);
	struct merit_buffer csv = { 0 };

	assert_false(sheet.differs);
	merit_sheet_put_csv(&csv, &sheet);
	merit_buffer_put_char(&csv, '\0');
	assert_string_equal(csv.data, want);
	merit_buffer_free(&csv);
	merit_sheet_free(&sheet);
}

/* A number of a row, by the column's name. */
static inline size_t column_of(const struct merit_sheet *sheet, const char *name)
{
	for (size_t i = 0; i < sheet->columns_count; i++) {
		if (strcmp(sheet->columns[i].name, name) == 0)
			return i;
	}
	fail_msg("no column %s", name);
	return 0;
}

static inline int64_t cell_number(const struct merit_sheet *sheet, size_t row, const char *name)
{
	return sheet->cells[row * sheet->columns_count + column_of(sheet, name)].integer;
}

static inline const char *cell_text(const struct merit_sheet *sheet, size_t row, const char *name)
{
	return sheet->cells[row * sheet->columns_count + column_of(sheet, name)].text;
}

#endif
