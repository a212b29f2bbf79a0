/* calendar.c - see calendar.h. */
#include "ledger/calendar.h"

#include <assert.h>
#include <string.h>

#define MINUTE_MS          60000LL
#define OFFSET_MINUTES_MAX 1439

#define YEARS_OF_CYCLE     400 /* after which the calendar repeats */
#define DAYS_OF_CYCLE      146097
#define DAYS_BEFORE_1970   719162 /* from 0001-01-01 */

static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
	int64_t quotient = dividend / divisor;

	return dividend % divisor < 0 ? quotient - 1 : quotient;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t merit_month_size(int32_t year, int32_t month)
{
	static const int32_t sizes[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	assert(month >= 1 && month <= 12);
	return month == 2 && is_leap(year) ? 29 : sizes[month - 1];
}

bool merit_date_exists(struct merit_date date)
{
	return date.month >= 1 && date.month <= 12 && date.day_of_month >= 1 &&
	       date.day_of_month <= merit_month_size(date.year, date.month);
}

/* The day of 1 January. Every fourth year before it had a leap day, but for each hundredth, but not each 400th. */
static int64_t year_start(int64_t year)
{
	int64_t past = year - 1;

	int64_t leap_days = floor_divide(past, 4) - floor_divide(past, 100) + floor_divide(past, 400);

	return past * 365 + leap_days - DAYS_BEFORE_1970;
}

int32_t merit_day_of_date(struct merit_date date)
{
	assert(merit_date_exists(date));
	int64_t day = year_start(date.year) + date.day_of_month - 1;
	for (int32_t month = 1; month < date.month; month++)
		day += merit_month_size(date.year, month);
	assert(day >= INT32_MIN && day <= INT32_MAX);
	return (int32_t)day;
}

struct merit_date merit_date_of_day(int32_t day)
{
	/* The average year's length leads to the right year or, in its first days, to the one before. */
	int64_t year = 1 + floor_divide(((int64_t)day + DAYS_BEFORE_1970) * YEARS_OF_CYCLE, DAYS_OF_CYCLE);
	if (day >= year_start(year + 1))
		year++;
	assert(day >= year_start(year) && day < year_start(year + 1));

	struct merit_date date = { .year = (int32_t)year, .month = 1 };
	int32_t rest = (int32_t)(day - year_start(year));
	for (; rest >= merit_month_size(date.year, date.month); date.month++)
		rest -= merit_month_size(date.year, date.month);
	date.day_of_month = rest + 1;
	return date;
}

static bool is_offset(int32_t offset_minutes)
{
	return offset_minutes >= -OFFSET_MINUTES_MAX && offset_minutes <= OFFSET_MINUTES_MAX;
}

int32_t merit_day_of_ms(int64_t time_ms, int32_t offset_minutes)
{
	assert(is_offset(offset_minutes));
	assert(time_ms >= -MERIT_TIME_MS_MAX && time_ms <= MERIT_TIME_MS_MAX);
	return (int32_t)floor_divide(time_ms + offset_minutes * MINUTE_MS, MERIT_DAY_MS);
}

int64_t merit_day_start_ms(int32_t day, int32_t offset_minutes)
{
	assert(is_offset(offset_minutes));
	return day * MERIT_DAY_MS - offset_minutes * MINUTE_MS;
}

int64_t merit_day_end_ms(int32_t day, int32_t offset_minutes)
{
	return merit_day_start_ms(day, offset_minutes) + MERIT_DAY_MS;
}

bool merit_day_add_months(int32_t day, int32_t month_count, int32_t *day_out)
{
	struct merit_date date = merit_date_of_day(day);
	int64_t months = (int64_t)date.year * 12 + (date.month - 1) + month_count; /* since year 0 */

	if (months < 1970 * 12 || months >= 10000 * 12)
		return false;
	date.year = (int32_t)(months / 12);
	date.month = (int32_t)(months % 12) + 1;
	int32_t month_size = merit_month_size(date.year, date.month);
	if (date.day_of_month > month_size)
		date.day_of_month = month_size;
	*day_out = merit_day_of_date(date);
	return true;
}

static int32_t span_months(enum merit_span span)
{
	switch (span) {
	case MERIT_SPAN_MONTH: return 1;
	case MERIT_SPAN_QUARTER: return 3;
	case MERIT_SPAN_YEAR: return 12;
	case MERIT_SPAN_DAY: break;
	}
	assert(false);
	return 0;
}

int32_t merit_day_span_first(int32_t day, enum merit_span span)
{
	if (span == MERIT_SPAN_DAY)
		return day;
	struct merit_date date = merit_date_of_day(day);
	date.month -= (date.month - 1) % span_months(span);
	date.day_of_month = 1;
	return merit_day_of_date(date);
}

int32_t merit_day_span_last(int32_t day, enum merit_span span)
{
	if (span == MERIT_SPAN_DAY)
		return day;
	struct merit_date date = merit_date_of_day(day);
	int32_t months = span_months(span);
	date.month += months - 1 - (date.month - 1) % months;
	date.day_of_month = merit_month_size(date.year, date.month);
	return merit_day_of_date(date);
}

/* A text read from the front: each take steps over what it names, or returns false and leaves the rest as it is. */
struct reader {
	const char *at, *end;
};

static bool take(struct reader *reader, char byte)
{
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

static bool take_digits(struct reader *reader, int count, int32_t *value_out)
{
	int32_t value = 0;

	if (reader->end - reader->at < count)
		return false;
	for (int i = 0; i < count; i++) {
		if (reader->at[i] < '0' || reader->at[i] > '9')
			return false;
		value = value * 10 + (reader->at[i] - '0');
	}
	reader->at += count;
	*value_out = value;
	return true;
}

static bool take_day(struct reader *reader, int32_t *day_out)
{
	struct merit_date date;

	if (!take_digits(reader, 4, &date.year) || !take(reader, '-') || !take_digits(reader, 2, &date.month) ||
	    !take(reader, '-') || !take_digits(reader, 2, &date.day_of_month))
		return false;
	if (date.year < 1970 || !merit_date_exists(date))
		return false;
	*day_out = merit_day_of_date(date);
	return true;
}

bool merit_day_parse(const char *text, size_t size, int32_t *day_out)
{
	struct reader reader = { text, text + size };
	int32_t day;

	if (!take_day(&reader, &day) || reader.at != reader.end)
		return false;
	*day_out = day;
	return true;
}

bool merit_month_parse(const char *text, size_t size, int32_t *first_day_out)
{
	char day[MERIT_DAY_TEXT_SIZE];

	if (size != MERIT_MONTH_TEXT_SIZE - 1)
		return false;
	memcpy(day, text, size);
	memcpy(day + size, "-01", sizeof("-01"));
	return merit_day_parse(day, sizeof(day) - 1, first_day_out);
}

/* value's last count digits, zeros in front. Returns the place behind them. */
static char *put_digits(char *at, int count, int64_t value)
{
	for (int i = count; i > 0; i--, value /= 10)
		at[i - 1] = (char)('0' + value % 10);
	return at + count;
}

static char *put_char(char *at, char byte)
{
	*at = byte;
	return at + 1;
}

static char *put_day(char *at, int32_t day)
{
	assert(day >= 0 && day <= MERIT_DAY_MAX);
	struct merit_date date = merit_date_of_day(day);
	at = put_char(put_digits(at, 4, date.year), '-');
	at = put_char(put_digits(at, 2, date.month), '-');
	return put_digits(at, 2, date.day_of_month);
}

void merit_day_format(int32_t day, char text_out[static MERIT_DAY_TEXT_SIZE])
{
	put_char(put_day(text_out, day), '\0');
}

static bool take_clock(struct reader *reader, int32_t *hour_out, int32_t *minute_out)
{
	return take_digits(reader, 2, hour_out) && *hour_out <= 23 && take(reader, ':') &&
	       take_digits(reader, 2, minute_out) && *minute_out <= 59;
}

/* ".5" and the like into milliseconds; without a point it is 0. */
static bool take_fraction(struct reader *reader, int32_t *ms_out)
{
	int32_t digit, ms = 0, weight = 100;
	int count = 0;

	if (take(reader, '.')) {
		while (take_digits(reader, 1, &digit)) {
			ms += digit * weight;
			weight /= 10;
			count++;
		}
		if (count == 0 || count > 9)
			return false;
	}
	*ms_out = ms;
	return true;
}

static bool take_offset(struct reader *reader, int32_t *offset_minutes_out)
{
	int32_t hours, minutes;

	if (take(reader, 'Z')) {
		*offset_minutes_out = 0;
		return true;
	}
	bool is_west = take(reader, '-');
	if ((!is_west && !take(reader, '+')) || !take_clock(reader, &hours, &minutes))
		return false;
	*offset_minutes_out = (hours * 60 + minutes) * (is_west ? -1 : 1);
	return true;
}

bool merit_time_parse(const char *text, size_t size, int64_t *time_ms_out)
{
	struct reader reader = { text, text + size };
	int32_t day, hour, minute, second, ms, offset_minutes;

	if (!take_day(&reader, &day) || !take(&reader, 'T') || !take_clock(&reader, &hour, &minute) ||
	    !take(&reader, ':') || !take_digits(&reader, 2, &second) || second > 59)
		return false;
	if (!take_fraction(&reader, &ms) || !take_offset(&reader, &offset_minutes) || reader.at != reader.end)
		return false;
	int64_t time_ms = merit_day_start_ms(day, offset_minutes);
	time_ms += (hour * 60 + minute) * MINUTE_MS + second * 1000 + ms;
	if (time_ms < 0 || time_ms > MERIT_TIME_MS_MAX)
		return false;
	*time_ms_out = time_ms;
	return true;
}

static char *put_clock(char *at, int64_t minutes)
{
	at = put_char(put_digits(at, 2, minutes / 60), ':');
	return put_digits(at, 2, minutes % 60);
}

void merit_time_format(int64_t time_ms, int32_t offset_minutes, char text_out[static MERIT_TIME_TEXT_SIZE])
{
	int32_t day = merit_day_of_ms(time_ms, offset_minutes);
	int64_t rest_ms = time_ms - merit_day_start_ms(day, offset_minutes);

	char *at = put_char(put_day(text_out, day), 'T');
	at = put_char(put_clock(at, rest_ms / MINUTE_MS), ':');
	at = put_digits(at, 2, rest_ms % MINUTE_MS / 1000);
	if (rest_ms % 1000 != 0)
		at = put_digits(put_char(at, '.'), 3, rest_ms % 1000);
	if (offset_minutes == 0)
		at = put_char(at, 'Z');
	else if (offset_minutes > 0)
		at = put_clock(put_char(at, '+'), offset_minutes);
	else
		at = put_clock(put_char(at, '-'), -offset_minutes);
	put_char(at, '\0');
}
