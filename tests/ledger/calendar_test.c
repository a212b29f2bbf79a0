/* calendar_test.c
 * Goal    days, months and times come out as the calendar has them, at leap days, month ends and offsets most of all.
 * Method  rows worked out by hand or known from elsewhere; every day of four centuries walked one by one; the C
 *         library's gmtime_r as a second opinion. */
#include "ledger/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int32_t day_of(const char *text)
{
	int32_t day = -1;

	if (!merit_day_parse(text, strlen(text), &day))
		fail_msg("\"%s\" is no day", text);
	return day;
}

static void check_day(const char *name, int32_t day, const char *want)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: got %s, want %s", name, text, want);
}

static void known_days_have_their_numbers(void **state)
{
	static const struct {
		const char *text;
		int32_t day;
	} rows[] = {
		{ "1970-01-01", 0 },      { "1970-12-31", 364 },   { "1971-01-01", 365 },   { "1972-02-29", 789 },
		{ "1972-12-31", 1095 },   { "2000-02-29", 11016 }, { "2000-03-01", 11017 }, { "2026-11-21", 20778 },
		{ "2100-02-28", 47540 },  { "2100-03-01", 47541 }, { "9999-12-31", MERIT_DAY_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(day_of(rows[i].text), rows[i].day);
		check_day(rows[i].text, rows[i].day, rows[i].text);
	}
}

static void each_day_follows_the_one_before(void **state)
{
	struct merit_date date = { 1899, 12, 31 };

	(void)state;
	for (int32_t day = merit_day_of_date(date); date.year < 2301; day++) {
		struct merit_date got = merit_date_of_day(day);
		if (memcmp(&got, &date, sizeof(got)) != 0 || merit_day_of_date(date) != day ||
		    merit_day_year(day) != date.year)
			fail_msg("day %d is %d-%d-%d", day, got.year, got.month, got.day_of_month);
		date.day_of_month++;
		if (!merit_date_exists(date)) {
			date.day_of_month = 1;
			date.month++;
		}
		if (!merit_date_exists(date)) {
			date.month = 1;
			date.year++;
		}
	}
}

static void the_c_library_agrees(void **state)
{
	(void)state;
	for (int32_t day = -719162; day <= MERIT_DAY_MAX; day += 97) {
		time_t seconds = (time_t)day * 86400;
		struct tm tm;
		assert_non_null(gmtime_r(&seconds, &tm));
		struct merit_date date = merit_date_of_day(day);
		if (date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 || date.day_of_month != tm.tm_mday)
			fail_msg("day %d", day);
	}
}

static void the_furthest_days_are_computed_too(void **state)
{
	(void)state;
	assert_int_equal(merit_day_of_date(merit_date_of_day(INT32_MAX)), INT32_MAX);
	assert_int_equal(merit_day_of_date(merit_date_of_day(INT32_MIN)), INT32_MIN);
}

static void every_fourth_year_leaps_but_not_every_hundredth(void **state)
{
	static const struct {
		int32_t year, february;
	} rows[] = {
		{ 1970, 28 }, { 1972, 29 }, { 1999, 28 }, { 2000, 29 }, { 2024, 29 }, { 2026, 28 },
		{ 2100, 28 }, { 2200, 28 }, { 2300, 28 }, { 2400, 29 }, { 9996, 29 }, { 9999, 28 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(merit_month_size(rows[i].year, 2), rows[i].february);
}

static void a_day_is_read_only_in_its_one_form(void **state)
{
	static const char *const refused[] = {
		"", "2026", "2026-11", "2026-11-2", "2026-11-211", "2026-11-21 ",
		" 2026-11-21", "2026/11/21", "20261121", "2026-1-21", "26-11-21", "+026-11-21",
		"-026-11-21", "2026-00-10", "2026-13-10", "2026-11-00", "2026-11-31", "2026-02-29",
		"2100-02-29", "1969-12-31", "0000-01-01", "2026-11-2a", "2026-11-21T", "10000-01-01",
	};
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (merit_day_parse(refused[i], strlen(refused[i]), &day))
			fail_msg("\"%s\" was read", refused[i]);
	}
	assert_false(merit_day_parse("2026-11-21\0", 11, &day));
	assert_int_equal(day, 7);
}

static void a_month_is_read_as_its_first_day(void **state)
{
	static const struct {
		const char *text, *first;
	} rows[] = {
		{ "1970-01", "1970-01-01" }, { "2026-02", "2026-02-01" }, { "2028-02", "2028-02-01" },
		{ "2026-12", "2026-12-01" }, { "9999-12", "9999-12-01" },
	};
	static const char *const refused[] = {
		"", "2026", "2026-", "2026-1", "2026-011", "2026-00", "2026-13", "2026-1a", "2026/01", "202601", "26-01",
		" 2026-1", "2026-01 ", "2026-01-01", "1969-12", "0000-01", "+026-01", "-026-01", "10000-01",
	};
	char text[MERIT_DAY_TEXT_SIZE];
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (merit_month_parse(refused[i], strlen(refused[i]), &day))
			fail_msg("\"%s\" was read", refused[i]);
	}
	assert_false(merit_month_parse("2026-0\0", 7, &day));
	assert_int_equal(day, 7);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(merit_month_parse(rows[i].text, strlen(rows[i].text), &day));
		check_day(rows[i].text, day, rows[i].first);
		merit_day_format(day, text);
		assert_memory_equal(text, rows[i].text, MERIT_MONTH_TEXT_SIZE - 1);
	}
}

static void a_time_belongs_to_the_day_its_offset_gives(void **state)
{
	static const struct {
		const char *name;
		int64_t time_ms;
		int32_t offset_minutes, day;
	} rows[] = {
		{ "the first millisecond", 0, 0, 0 },
		{ "the last of day 0", MERIT_DAY_MS - 1, 0, 0 },
		{ "the first of day 1", MERIT_DAY_MS, 0, 1 },
		{ "already day 1 in Shanghai", 16 * 3600000LL, 480, 1 },
		{ "a millisecond earlier", 16 * 3600000LL - 1, 480, 0 },
		{ "still the day before in New York", 5 * 3600000LL - 1, -300, -1 },
		{ "and no longer", 5 * 3600000LL, -300, 0 },
		{ "the last millisecond", MERIT_TIME_MS_MAX, 0, MERIT_DAY_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (merit_day_of_ms(rows[i].time_ms, rows[i].offset_minutes) != rows[i].day)
			fail_msg("%s", rows[i].name);
	}
}

static void a_day_ends_where_the_next_one_starts(void **state)
{
	static const int32_t offsets[] = { -1439, -720, -1, 0, 1, 330, 480, 840, 1439 };

	(void)state;
	for (size_t i = 0; i < COUNT(offsets); i++) {
		int64_t start_ms = merit_day_start_ms(20778, offsets[i]);
		int64_t end_ms = merit_day_end_ms(20778, offsets[i]);
		assert_int_equal(end_ms, merit_day_start_ms(20779, offsets[i]));
		assert_int_equal(merit_day_of_ms(start_ms - 1, offsets[i]), 20777);
		assert_int_equal(merit_day_of_ms(start_ms, offsets[i]), 20778);
		assert_int_equal(merit_day_of_ms(end_ms - 1, offsets[i]), 20778);
		assert_int_equal(merit_day_of_ms(end_ms, offsets[i]), 20779);
	}
}

static void months_end_on_the_same_day_or_the_last(void **state)
{
	static const struct {
		const char *from;
		int32_t months;
		const char *want;
	} rows[] = {
		{ "2026-01-25", 1, "2026-02-25" }, { "2026-01-31", 1, "2026-02-28" },
		{ "2024-01-31", 1, "2024-02-29" }, { "2100-01-31", 1, "2100-02-28" },
		{ "2026-01-28", 1, "2026-02-28" }, { "2026-02-28", 1, "2026-03-28" },
		{ "2024-02-29", 12, "2025-02-28" }, { "2024-02-29", 48, "2028-02-29" },
		{ "2026-11-21", 0, "2026-11-21" }, { "2026-11-30", 3, "2027-02-28" },
		{ "2026-12-31", 1, "2027-01-31" }, { "2026-08-31", 1, "2026-09-30" },
		{ "2026-11-21", 1200, "2126-11-21" }, { "2026-03-31", -1, "2026-02-28" },
		{ "2026-01-15", -12, "2025-01-15" }, { "9999-11-30", 1, "9999-12-30" },
		{ "1970-02-01", -1, "1970-01-01" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int32_t day = -1;
		assert_true(merit_day_add_months(day_of(rows[i].from), rows[i].months, &day));
		check_day(rows[i].from, day, rows[i].want);
	}
}

static void months_do_not_lead_out_of_the_calendar(void **state)
{
	int32_t day = 7;

	(void)state;
	assert_false(merit_day_add_months(day_of("9999-12-01"), 1, &day));
	assert_false(merit_day_add_months(day_of("1970-01-31"), -1, &day));
	assert_false(merit_day_add_months(0, INT32_MAX, &day));
	assert_false(merit_day_add_months(0, INT32_MIN, &day));
	assert_int_equal(day, 7);
}

static void a_span_has_its_first_and_its_last_day(void **state)
{
	static const struct {
		const char *day;
		enum merit_span span;
		const char *first, *last;
	} rows[] = {
		{ "2026-11-21", MERIT_SPAN_DAY, "2026-11-21", "2026-11-21" },
		{ "2026-11-21", MERIT_SPAN_MONTH, "2026-11-01", "2026-11-30" },
		{ "2026-11-01", MERIT_SPAN_MONTH, "2026-11-01", "2026-11-30" },
		{ "2026-11-30", MERIT_SPAN_MONTH, "2026-11-01", "2026-11-30" },
		{ "2024-02-10", MERIT_SPAN_MONTH, "2024-02-01", "2024-02-29" },
		{ "2026-02-10", MERIT_SPAN_MONTH, "2026-02-01", "2026-02-28" },
		{ "2026-01-01", MERIT_SPAN_QUARTER, "2026-01-01", "2026-03-31" },
		{ "2026-03-31", MERIT_SPAN_QUARTER, "2026-01-01", "2026-03-31" },
		{ "2026-04-01", MERIT_SPAN_QUARTER, "2026-04-01", "2026-06-30" },
		{ "2026-08-15", MERIT_SPAN_QUARTER, "2026-07-01", "2026-09-30" },
		{ "2026-12-31", MERIT_SPAN_QUARTER, "2026-10-01", "2026-12-31" },
		{ "2026-01-01", MERIT_SPAN_YEAR, "2026-01-01", "2026-12-31" },
		{ "2024-12-31", MERIT_SPAN_YEAR, "2024-01-01", "2024-12-31" },
		{ "9999-12-31", MERIT_SPAN_YEAR, "9999-01-01", "9999-12-31" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_day(rows[i].day, merit_day_span_first(day_of(rows[i].day), rows[i].span), rows[i].first);
		check_day(rows[i].day, merit_day_span_last(day_of(rows[i].day), rows[i].span), rows[i].last);
	}
}

static void months_and_then_a_span_end_where_one_behind_the_other_does(void **state)
{
	int32_t both, then;

	(void)state;
	for (int32_t day = 0; day < 5 * 366; day++) {
		for (int32_t months = 0; months < 30; months += 7) {
			for (enum merit_span span = MERIT_SPAN_DAY; span <= MERIT_SPAN_YEAR; span++) {
				assert_true(merit_day_months_span_last(day, months, span, &both));
				assert_true(merit_day_add_months(day, months, &then));
				assert_int_equal(both, merit_day_span_last(then, span));
			}
		}
	}
	assert_false(merit_day_months_span_last(day_of("9999-12-01"), 1, MERIT_SPAN_YEAR, &both));
}

static void a_time_is_read_and_printed(void **state)
{
	static const struct {
		const char *text;
		int64_t time_ms;
		int32_t offset_minutes;
		const char *printed;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z" },
		{ "2026-11-21T10:00:00Z", 1795255200000, 0, "2026-11-21T10:00:00Z" },
		{ "2026-11-21T18:00:00+08:00", 1795255200000, 480, "2026-11-21T18:00:00+08:00" },
		{ "2026-11-21T05:30:00-04:30", 1795255200000, -270, "2026-11-21T05:30:00-04:30" },
		{ "2026-11-22T00:00:00+14:00", 1795255200000, 840, "2026-11-22T00:00:00+14:00" },
		{ "2026-11-21T10:00:00-00:00", 1795255200000, 0, "2026-11-21T10:00:00Z" },
		{ "2026-11-21T10:00:00.5Z", 1795255200500, 0, "2026-11-21T10:00:00.500Z" },
		{ "2026-11-21T10:00:00.001Z", 1795255200001, 0, "2026-11-21T10:00:00.001Z" },
		{ "2026-11-21T10:00:00.123999999Z", 1795255200123, 0, "2026-11-21T10:00:00.123Z" },
		{ "2026-11-21T23:59:59.999Z", 1795305599999, 0, "2026-11-21T23:59:59.999Z" },
		{ "1970-01-01T08:00:00+08:00", 0, 480, "1970-01-01T08:00:00+08:00" },
		{ "9999-12-31T23:59:59.999Z", MERIT_TIME_MS_MAX, 0, "9999-12-31T23:59:59.999Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t time_ms = -1;
		char text[MERIT_TIME_TEXT_SIZE];
		if (!merit_time_parse(rows[i].text, strlen(rows[i].text), &time_ms) || time_ms != rows[i].time_ms)
			fail_msg("\"%s\" was read as %lld", rows[i].text, (long long)time_ms);
		merit_time_format(rows[i].time_ms, rows[i].offset_minutes, text);
		assert_string_equal(text, rows[i].printed);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"2026-11-21",
		"2026-11-21T10:00Z",
		"2026-11-21 10:00:00Z",
		"2026-11-21t10:00:00Z",
		"2026-11-21T10:00:00z",
		"2026-11-21T10:00:00",
		"2026-11-21T24:00:00Z",
		"2026-11-21T10:60:00Z",
		"2026-11-21T23:59:60Z",
		"2026-11-21T1:00:00Z",
		"2026-11-21T10:00:00.Z",
		"2026-11-21T10:00:00,5Z",
		"2026-11-21T10:00:00.1234567890Z",
		"2026-11-21T10:00:00+24:00",
		"2026-11-21T10:00:00+08:60",
		"2026-11-21T10:00:00+0800",
		"2026-11-21T10:00:00+08",
		"2026-11-21T10:00:00 +08:00",
		"2026-11-21T10:00:00ZZ",
		"2026-02-30T10:00:00Z",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
	};
	int64_t time_ms = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (merit_time_parse(refused[i], strlen(refused[i]), &time_ms))
			fail_msg("\"%s\" was read", refused[i]);
	}
	assert_int_equal(time_ms, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days_have_their_numbers),
		cmocka_unit_test(each_day_follows_the_one_before),
		cmocka_unit_test(the_c_library_agrees),
		cmocka_unit_test(the_furthest_days_are_computed_too),
		cmocka_unit_test(every_fourth_year_leaps_but_not_every_hundredth),
		cmocka_unit_test(a_day_is_read_only_in_its_one_form),
		cmocka_unit_test(a_month_is_read_as_its_first_day),
		cmocka_unit_test(a_time_belongs_to_the_day_its_offset_gives),
		cmocka_unit_test(a_day_ends_where_the_next_one_starts),
		cmocka_unit_test(months_end_on_the_same_day_or_the_last),
		cmocka_unit_test(months_do_not_lead_out_of_the_calendar),
		cmocka_unit_test(a_span_has_its_first_and_its_last_day),
		cmocka_unit_test(months_and_then_a_span_end_where_one_behind_the_other_does),
		cmocka_unit_test(a_time_is_read_and_printed),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
