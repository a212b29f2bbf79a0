/* entries.c - see entries.h. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/entries.h"
#include "cli/output.h"
#include "cli/parameter.h"
#include "ledger/calendar.h"

/* ---- As dated ---- */

static bool day_read(const struct merit_arguments *arguments, const char *option, int32_t *day_io)
{
	const char *text = merit_argument(arguments, option, NULL);

	if (text == NULL || merit_day_parse(text, strlen(text), day_io))
		return true;
	merit_complain("--%s: %s is no day; write 2026-10-31", option, text);
	return false;
}

/* A month or a year. */
static bool span_read(const char *text, int32_t *first_out, int32_t *last_out)
{
	char month[MERIT_MONTH_TEXT_SIZE];
	size_t size = strlen(text);

	if (merit_month_parse(text, size, first_out)) {
		*last_out = merit_day_span_last(*first_out, MERIT_SPAN_MONTH);
		return true;
	}
	if (size != 4)
		return false;
	memcpy(month, text, size);
	memcpy(month + size, "-01", sizeof("-01"));
	if (!merit_month_parse(month, sizeof(month) - 1, first_out))
		return false;
	*last_out = merit_day_span_last(*first_out, MERIT_SPAN_YEAR);
	return true;
}

bool merit_entries_period(const struct merit_arguments *arguments, struct merit_report_options *options_out)
{
	const char *period = merit_argument(arguments, "period", NULL), *from = merit_argument(arguments, "from", NULL);
	const char *to = merit_argument(arguments, "to", NULL);

	options_out->first_day = MERIT_DAY_NONE;
	options_out->last_day = MERIT_DAY_NEVER;
	if (period != NULL && (from != NULL || to != NULL)) {
		merit_complain("--period is a whole month or year; give it, or --from and --to");
		return false;
	}
	if (period != NULL && !span_read(period, &options_out->first_day, &options_out->last_day)) {
		merit_complain("--period: %s is neither a month such as 2026-10 nor a year such as 2026", period);
		return false;
	}
	if (!day_read(arguments, "from", &options_out->first_day) || !day_read(arguments, "to", &options_out->last_day))
		return false;
	if (options_out->first_day > options_out->last_day) {
		merit_complain("--from %s is behind --to %s", from, to);
		return false;
	}
	return true;
}

/* ---- As known ---- */

/* How many entries were written by a time: they are in its order. */
static enum merit_status size_at(struct merit_journal *source, int64_t time_ms, uint64_t *size_out)
{
	uint64_t low = 0, high = source->size;
	struct merit_arena arena = { 0 };
	enum merit_status status = MERIT_OK;

	while (low < high && status == MERIT_OK) {
		uint64_t middle = low + (high - low) / 2;
		struct merit_entry entry;
		merit_arena_reset(&arena);
		status = merit_journal_read(source, middle, &arena, &entry);
		if (status == MERIT_OK && entry.time_ms <= time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	merit_arena_free(&arena);
	*size_out = low;
	return status;
}

/* SEQ is behind that entry, a DAY its end. False, with the reason printed, for what is none of them. */
static bool as_of_parse(const char *text, int32_t offset_minutes, int64_t *seq_out, int64_t *time_ms_out)
{
	int32_t day;
	bool is_integer = merit_integer_parse(text, seq_out);

	if (is_integer && *seq_out >= 0)
		return true;
	*seq_out = -1;
	if (merit_day_parse(text, strlen(text), &day)) {
		*time_ms_out = merit_day_end_ms(day, offset_minutes) - 1;
		return true;
	}
	if (!is_integer && merit_moment_parse(text, offset_minutes, time_ms_out)) /* which takes integers, too */
		return true;
	merit_complain("--as-of: %s is no entry's number, time or day", text);
	return false;
}

enum merit_exit merit_entries_as_of(const struct merit_arguments *arguments, const struct merit_reading *reading,
                                    struct merit_report_options *options)
{
	const char *text = merit_argument(arguments, "as-of", NULL);
	struct merit_journal *source = reading->journal;
	int64_t seq, time_ms = 0;
	uint64_t size;

	options->size = source->size;
	if (text == NULL)
		return MERIT_EXIT_DONE;
	if (!as_of_parse(text, source->offset_minutes, &seq, &time_ms))
		return MERIT_EXIT_USAGE;
	if (seq >= 0 && (uint64_t)seq >= source->size) {
		merit_complain("--as-of: there is no entry %s yet; the last is %llu", text,
		               (unsigned long long)source->size - 1);
		return MERIT_EXIT_USAGE;
	}
	size = (uint64_t)seq + 1;
	if (seq < 0) {
		enum merit_status status = size_at(source, time_ms, &size);
		if (status != MERIT_OK)
			return merit_reading_end(reading, status);
	}
	options->size = size;
	return MERIT_EXIT_DONE;
}
