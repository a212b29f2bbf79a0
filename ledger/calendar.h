/* calendar.h - days, months and times of day, by arithmetic alone.
 *
 * Never   asks the system for a clock, a time zone or a locale: the program's offset is an argument.
 * Units   a day counts from 1970-01-01, which is 0, in the Gregorian calendar; a time is Unix milliseconds (_ms); an
 *         offset is minutes east of UTC, -1439 to 1439
 * Range   arithmetic takes any day, before 1970 too; texts are read and printed for the years 1970 to 9999 only
 * Source  ISO 8601 calendar dates; RFC 3339 sections 5.6 and 5.7 for times */
#ifndef MERIT_LEDGER_CALENDAR_H
#define MERIT_LEDGER_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/status.h"

#define MERIT_DAY_MS         86400000LL
#define MERIT_DAY_MAX        2932896           /* 9999-12-31 */
#define MERIT_TIME_MS_MAX    253402300799999LL /* 9999-12-31T23:59:59.999Z */

#define MERIT_DAY_TEXT_SIZE  sizeof("2026-11-21")
#define MERIT_MONTH_TEXT_SIZE sizeof("2026-11")
#define MERIT_TIME_TEXT_SIZE sizeof("2026-11-21T10:00:00.000+08:00")

struct merit_date {
	int32_t year;
	int32_t month;        /* 1 to 12 */
	int32_t day_of_month; /* 1 to 31 */
};

/* A span of the calendar that contains a day. The order is that of the words none|month|quarter|year. */
enum merit_span { MERIT_SPAN_DAY, MERIT_SPAN_MONTH, MERIT_SPAN_QUARTER, MERIT_SPAN_YEAR };

int32_t merit_day_of_date(struct merit_date date); /* date must exist */
struct merit_date merit_date_of_day(int32_t day);
int32_t merit_day_year(int32_t day);
int32_t merit_month_size(int32_t year, int32_t month); /* its days, 28 to 31 */
bool merit_date_exists(struct merit_date date);

/* The day a time falls on where clocks are offset_minutes ahead of UTC. */
int32_t merit_day_of_ms(int64_t time_ms, int32_t offset_minutes);

/* The first millisecond of day there, and the first one after it. */
int64_t merit_day_start_ms(int32_t day, int32_t offset_minutes);
int64_t merit_day_end_ms(int32_t day, int32_t offset_minutes);

/* The same day of the month months later (or earlier, below 0), or that month's last day where it is shorter: a
 * month from 25 Jan is 25 Feb, from 31 Jan it is 28 or 29 Feb. False outside 1970 to 9999. */
MERIT_MUST_USE bool merit_day_add_months(int32_t day, int32_t month_count, int32_t *day_out);

/* The first and the last day of the span that contains day. The last day is day rounded up to the span's end. */
int32_t merit_day_span_first(int32_t day, enum merit_span span);
int32_t merit_day_span_last(int32_t day, enum merit_span span);

/* Both: the last day of the span that contains the day so many months later. False as above. */
MERIT_MUST_USE bool merit_day_months_span_last(int32_t day, int32_t month_count, enum merit_span span,
                                               int32_t *day_out);

/* Exactly "YYYY-MM-DD", a day that exists in 1970 to 9999. */
MERIT_MUST_USE bool merit_day_parse(const char *text, size_t size, int32_t *day_out);
void merit_day_format(int32_t day, char text_out[static MERIT_DAY_TEXT_SIZE]);
char *merit_day_put(char *at, int32_t day); /* without a NUL; returns the place behind: see pen.h */

/* Exactly "YYYY-MM", of 1970 to 9999, as its first day. It is how that day begins when formatted. */
MERIT_MUST_USE bool merit_month_parse(const char *text, size_t size, int32_t *first_day_out);

/* "2026-11-21T10:00:00Z", or with a fraction of 1 to 9 digits (those beyond the millisecond are dropped), or with
 * +hh:mm or -hh:mm in place of Z. Letters are capitals; second 60 has no Unix time and is refused, as is all that lies
 * outside 1970 to 9999 in UTC. */
MERIT_MUST_USE bool merit_time_parse(const char *text, size_t size, int64_t *time_ms_out);

/* The time as clocks offset_minutes ahead of UTC show it, in the years 1970 to 9999 there. The fraction has 3 digits
 * and is left out when it is 0. */
void merit_time_format(int64_t time_ms, int32_t offset_minutes, char text_out[static MERIT_TIME_TEXT_SIZE]);

#endif
