/* model_calendar.c - see model.h: days, months and years, walked one by one. */
#include "tests/model/model.h"

struct date {
	int year, month;     /* month from 0 */
	int32_t month_first; /* the day that is */
	int32_t place;       /* from 0 */
};

static int month_size(int year, int month)
{
	static const int sizes[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return sizes[month] + (month == 1 && is_leap);
}

static void month_next(struct date *date)
{
	date->month_first += month_size(date->year, date->month);
	date->month = (date->month + 1) % 12;
	date->year += date->month == 0;
}

static struct date date_of(int32_t day)
{
	/* 2025-01-01 is day 20089: the ledger's first earn may lie before its birth. */
	struct date date = { .year = 2025, .month_first = 20089 };

	while (date.month_first + month_size(date.year, date.month) <= day)
		month_next(&date);
	date.place = day - date.month_first;
	return date;
}

int32_t model_day(int64_t ms)
{
	return (int32_t)((ms + OFFSET_MS) / DAY_MS);
}

int64_t model_day_start_ms(int32_t day)
{
	return day * DAY_MS - OFFSET_MS;
}

int model_year(int32_t day)
{
	return date_of(day).year;
}

int model_date(int32_t day, int *month_out, int *day_out)
{
	struct date date = date_of(day);

	*month_out = date.month + 1;
	*day_out = date.place + 1;
	return date.year;
}

int32_t model_period_first(enum period period, int32_t day)
{
	struct date date = date_of(day);

	if (period == DAY)
		return day;
	if (period == MONTH)
		return date.month_first;
	return period == YEAR ? date.year : 0; /* Only ever compared with its like. */
}

/* So many months on, cut to the month's length, or rounded up to it. */
int32_t model_last_day(int campaign, int32_t from)
{
	const struct campaign *row = &model.campaigns[campaign];
	struct date date = date_of(from);

	if (row->months == 0)
		return NEVER;
	for (int i = 0; i < row->months; i++)
		month_next(&date);
	int size = month_size(date.year, date.month);
	return date.month_first + (row->is_rounded || date.place >= size ? size - 1 : date.place);
}

int32_t model_month_first(int32_t day)
{
	return date_of(day).month_first;
}

int32_t model_month_last(int32_t day)
{
	struct date date = date_of(day);

	return date.month_first + month_size(date.year, date.month) - 1;
}

int32_t model_today(void)
{
	return model_day(model.now_ms);
}

bool model_is_dead(int32_t day)
{
	return day != NEVER && day < model_today();
}
