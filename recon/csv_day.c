/* csv_day.c - days and times as files write them: see csv_inner.h.
 *
 * Never   takes 02/03 for another day than the format says, or a time without a zone for another zone than told. */
#include <string.h>

#include "ledger/calendar.h"
#include "recon/csv_inner.h"

#define HOUR_MS   3600000LL
#define MINUTE_MS 60000LL
#define SECOND_MS 1000LL

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Takes min to max digits from the text. */
static bool take_digits(struct merit_text *text, size_t min, size_t max, int32_t *number_out)
{
	int32_t number = 0;
	size_t size = 0;

	while (size < max && size < text->size && is_digit(text->data[size]))
		number = number * 10 + (text->data[size++] - '0');
	if (size < min)
		return false;
	text->data += size;
	text->size -= size;
	*number_out = number;
	return true;
}

static bool take_byte(struct merit_text *text, char byte)
{
	if (text->size == 0 || text->data[0] != byte)
		return false;
	text->data++;
	text->size--;
	return true;
}

/* The date by the format, from the beginning of the text. A letter alone takes one digit or two. */
static bool take_date(const char *format, struct merit_text *text, struct merit_date *date)
{
	while (*format != '\0') {
		int32_t *part = *format == 'Y' ? &date->year : *format == 'M' ? &date->month : &date->day_of_month;
		if (strchr("YMD", *format) == NULL) {
			if (!take_byte(text, *format++))
				return false;
			continue;
		}
		size_t size = strspn(format, (char[]){ *format, '\0' });
		if (!take_digits(text, size, size == 1 ? 2 : size, part))
			return false;
		format += size;
	}
	return true;
}

/* Z, or +hh:mm or +hhmm; nothing leaves *offset_minutes as it is. */
static bool take_zone(struct merit_text *text, int32_t *offset_minutes)
{
	int32_t sign, hours, minutes;

	if (text->size == 0)
		return true;
	if (take_byte(text, 'Z')) {
		*offset_minutes = 0;
		return true;
	}
	sign = text->data[0] == '-' ? -1 : 1;
	if (!take_byte(text, '+') && !take_byte(text, '-'))
		return false;
	if (!take_digits(text, 2, 2, &hours))
		return false;
	(void)take_byte(text, ':');
	if (!take_digits(text, 2, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_minutes = sign * (hours * 60 + minutes);
	return true;
}

/* hh:mm, hh:mm:ss, a fraction behind, or hhmmss; then perhaps a zone. The whole text. */
static bool read_time(struct merit_text text, int64_t *ms_out, int32_t *offset_minutes)
{
	int32_t hours, minutes, seconds = 0, fraction;

	if (!take_digits(&text, 1, 2, &hours))
		return false;
	bool has_colons = take_byte(&text, ':');
	if (!take_digits(&text, 2, 2, &minutes))
		return false;
	if (has_colons ? take_byte(&text, ':') : true) {
		if (!take_digits(&text, 2, 2, &seconds))
			return false;
		if (take_byte(&text, '.') && !take_digits(&text, 1, 9, &fraction))
			return false;
	}
	text = merit_text_strip(text, " ");
	if (hours > 23 || minutes > 59 || seconds > 60 || !take_zone(&text, offset_minutes) || text.size > 0)
		return false;
	*ms_out = hours * HOUR_MS + minutes * MINUTE_MS + (seconds < 60 ? seconds : 59) * SECOND_MS;
	return true;
}

/* The day of a date; a format without a year takes the statement's, or the one before for months behind its own. */
static bool day_of(struct merit_date date, int32_t year, int32_t month, int32_t *day_out)
{
	if (date.year == 0)
		date.year = date.month > month ? year - 1 : year;
	if (date.year < 1970 || !merit_date_exists(date))
		return false;
	*day_out = merit_day_of_date(date);
	return true;
}

bool merit_csv_day(const char *format, struct merit_text text, struct merit_text time, int32_t year, int32_t month,
                   int32_t file_offset_minutes, int32_t program_offset_minutes, int32_t *day_out, const char **why_out)
{
	struct merit_date date = { 0 };
	int32_t day, offset_minutes = file_offset_minutes;
	int64_t ms;

	*why_out = "not a day in the mapping's format";
	if (!take_date(format, &text, &date))
		return false;
	if (strchr(format, 'Y') == NULL && year == 0) {
		*why_out = "a day without a year, which the file does not state";
		return false;
	}
	if (!day_of(date, year, month, &day)) {
		*why_out = "a day that does not exist";
		return false;
	}
	if (text.size > 0 && !is_digit(text.data[0]) && !take_byte(&text, 'T') && !take_byte(&text, ' '))
		return false;
	text = merit_text_strip(text, " ");
	text = text.size > 0 ? text : time;
	if (text.size > 0) {
		if (!read_time(text, &ms, &offset_minutes)) {
			*why_out = "a time that cannot be read";
			return false;
		}
		day = merit_day_of_ms(merit_day_start_ms(day, offset_minutes) + ms, program_offset_minutes);
	}
	if (day < 0 || day > MERIT_DAY_MAX) { /* A zone can lead out of the range that a date has to be in. */
		*why_out = "a day that does not exist";
		return false;
	}
	*day_out = day;
	return true;
}
