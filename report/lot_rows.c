/* lot_rows.c - see lot_rows.h. */
#include "report/lot_rows.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"

static int32_t month_of(int32_t day)
{
	return day == MERIT_DAY_NONE || day == MERIT_DAY_NEVER ? day : merit_day_span_first(day, MERIT_SPAN_MONTH);
}

static struct merit_lot_row *row_get(struct merit_report_job *job, struct merit_lot_rows *rows,
                                     const struct merit_catalog_campaign *campaign, int32_t month)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_text(&key, campaign->currency);
	merit_index_key_text(&key, campaign->sponsor);
	merit_index_key_text(&key, campaign->name);
	merit_index_key_number(&key, month);
	struct merit_lot_row *row =
		merit_index_get(&rows->index, &job->arena, merit_index_key_whole(&key), sizeof(*row));
	if (row != NULL) {
		row->campaign = campaign;
		row->month = month;
	}
	return row;
}

static void flow_add(struct merit_report_job *job, struct merit_lot_row *row, const struct merit_flow *flow,
                     enum merit_report_part part)
{
	for (enum merit_flow_kind i = 0; i < MERIT_FLOW_COUNT; i++) {
		merit_report_add(job, &row->by_ever[i], flow->by[i]);
		if (part == MERIT_PART_MOVEMENT)
			merit_report_add(job, &row->by[i], flow->by[i]);
	}
	if (flow->by[MERIT_FLOW_ADJUSTED] > 0)
		merit_report_add(job, &row->added_ever, flow->by[MERIT_FLOW_ADJUSTED]);
	if (part == MERIT_PART_OPENING)
		merit_report_add(job, &row->opening, flow->available + flow->held);
	merit_report_add(job, &row->available, flow->available);
	merit_report_add(job, &row->held, flow->held);
	merit_report_add(job, &row->pending, flow->pending);
	merit_report_add(job, &row->debt, flow->debt);
	merit_report_add(job, &row->dead, flow->dead);
	merit_report_add(job, &row->breakage, flow->breakage);
}

enum merit_status merit_lot_rows_take(struct merit_report_job *job, struct merit_lot_rows *rows,
                                      const struct merit_entry *entry)
{
	enum merit_report_part part = merit_report_part(job->options, entry->day);

	if (part == MERIT_PART_NEITHER)
		return MERIT_OK;
	if (entry->day > rows->last_day)
		rows->last_day = entry->day;
	enum merit_status status = merit_flows_read(&rows->flows, entry);
	for (size_t i = 0; i < rows->flows.count && status == MERIT_OK; i++) {
		const struct merit_flow *flow = &rows->flows.rows[i];
		const struct merit_catalog_campaign *campaign = merit_catalog_campaign(job->catalog, flow->campaign);
		if (campaign == NULL)
			return MERIT_BAD_FORMAT; /* No log of ours has points of a campaign that it does not have. */
		struct merit_lot_row *row = row_get(job, rows, campaign, month_of(flow->day));
		if (row == NULL)
			return MERIT_NO_MEMORY;
		flow_add(job, row, flow, part);
	}
	return status;
}

void merit_lot_rows_sort(struct merit_lot_rows *rows)
{
	merit_index_sort(&rows->index);
}

struct merit_lot_row *merit_lot_rows_at(const struct merit_lot_rows *rows, size_t place)
{
	return merit_index_at(&rows->index, place);
}

void merit_lot_rows_free(struct merit_lot_rows *rows)
{
	merit_index_free(&rows->index);
	merit_flows_free(&rows->flows);
}

enum merit_lot_level merit_lot_rows_shared(const struct merit_lot_row *a, const struct merit_lot_row *b)
{
	if (!merit_text_equal(a->campaign->currency, b->campaign->currency))
		return MERIT_LOT_NOTHING;
	if (!merit_text_equal(a->campaign->sponsor, b->campaign->sponsor))
		return MERIT_LOT_CURRENCY;
	return a->campaign == b->campaign ? MERIT_LOT_CAMPAIGN : MERIT_LOT_SPONSOR;
}

static bool is_all_0(const int64_t by[MERIT_FLOW_COUNT])
{
	for (enum merit_flow_kind i = 0; i < MERIT_FLOW_COUNT; i++) {
		if (by[i] != 0)
			return false;
	}
	return true;
}

bool merit_lot_row_is_still(const struct merit_lot_row *row)
{
	return is_all_0(row->by) && row->opening == 0 && row->available == 0 && row->held == 0 && row->pending == 0 &&
	       row->debt == 0;
}

bool merit_lot_row_is_empty(const struct merit_lot_row *row)
{
	return merit_lot_row_is_still(row) && is_all_0(row->by_ever) && row->dead == 0;
}

void merit_lot_level_put(struct merit_sheet *sheet, enum merit_lot_level level, const struct merit_lot_row *row)
{
	static const char *const words[] = { [MERIT_LOT_CURRENCY] = "sum",
		                             [MERIT_LOT_SPONSOR] = "sum of sponsor",
		                             [MERIT_LOT_CAMPAIGN] = "sum of campaign" };

	merit_sheet_text(sheet, level == MERIT_LOT_CURRENCY ? MERIT_TEXT("") : row->campaign->sponsor);
	merit_sheet_word(sheet, words[level]);
	merit_sheet_empty(sheet);
	merit_sheet_text(sheet, row->campaign->currency);
}

/* ---- The chart ---- */

#define NAMED_MAX (MERIT_CHART_SERIES_MAX - 1)

/* One campaign's points, all months together. */
struct share {
	const struct merit_catalog_campaign *campaign;
	int64_t points;
};

static int share_order(const void *left, const void *right)
{
	const struct share *a = left, *b = right;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return merit_text_order(a->campaign->name, b->campaign->name);
}

/* The campaigns with points, the most first; *count_out of them. NULL without memory. */
static struct share *shares_of(struct merit_report_job *job, const struct merit_lot_rows *rows,
                               int64_t (*points)(const struct merit_lot_row *row), size_t *count_out)
{
	struct share *shares = merit_arena_allocate(&job->arena, (rows->index.count + 1) * sizeof(shares[0]));
	size_t count = 0;

	for (size_t i = 0; shares != NULL && i < rows->index.count; i++) {
		const struct merit_lot_row *row = merit_lot_rows_at(rows, i);
		if (row->month == MERIT_DAY_NONE || points(row) == 0)
			continue;
		if (count == 0 || shares[count - 1].campaign != row->campaign)
			shares[count++].campaign = row->campaign;
		merit_report_add(job, &shares[count - 1].points, points(row));
	}
	if (count > 0)
		qsort(shares, count, sizeof(shares[0]), share_order);
	*count_out = count;
	return shares;
}

static size_t series_of(const struct share *shares, size_t named, const struct merit_lot_row *row)
{
	size_t series = 0;

	while (series < named && shares[series].campaign != row->campaign)
		series++;
	return series;
}

/* The month behind after that some row has points in; NONE behind the last. */
static int32_t month_next(const struct merit_lot_rows *rows, int32_t after,
                          int64_t (*points)(const struct merit_lot_row *row))
{
	int32_t next = MERIT_DAY_NONE;

	for (size_t i = 0; i < rows->index.count; i++) {
		const struct merit_lot_row *row = merit_lot_rows_at(rows, i);
		if (row->month > after && points(row) != 0 && (next == MERIT_DAY_NONE || row->month < next))
			next = row->month;
	}
	return next;
}

static void label_put(struct merit_sheet *sheet, struct merit_chart *chart, int32_t month, const int64_t *numbers)
{
	char text[MERIT_DAY_TEXT_SIZE] = "never";

	if (month != MERIT_DAY_NEVER) {
		merit_day_format(month, text);
		text[MERIT_MONTH_TEXT_SIZE - 1] = '\0';
	}
	merit_chart_label(sheet, chart, merit_text_of(text), numbers);
}

void merit_lot_rows_chart(struct merit_report_job *job, struct merit_sheet *sheet, const struct merit_lot_rows *rows,
                          const char *title, int64_t (*points)(const struct merit_lot_row *row))
{
	size_t count;
	struct share *shares = shares_of(job, rows, points, &count);
	struct merit_chart *chart =
		count == 0 || shares == NULL ? NULL : merit_sheet_chart(sheet, MERIT_CHART_BARS, title, "points");
	size_t named = count <= MERIT_CHART_SERIES_MAX ? count : NAMED_MAX;

	sheet->bad = sheet->bad || shares == NULL;
	if (chart == NULL)
		return;
	for (size_t i = 0; i < named; i++)
		merit_chart_series(chart, merit_sheet_keep(sheet, shares[i].campaign->name));
	if (count > named)
		merit_chart_series(chart, "all others");
	int32_t month = MERIT_DAY_NONE;
	while ((month = month_next(rows, month, points)) != MERIT_DAY_NONE) {
		int64_t numbers[MERIT_CHART_SERIES_MAX] = { 0 };
		for (size_t i = 0; i < rows->index.count; i++) {
			const struct merit_lot_row *row = merit_lot_rows_at(rows, i);
			if (row->month == month)
				merit_report_add(job, &numbers[series_of(shares, named, row)], points(row));
		}
		label_put(sheet, chart, month, numbers);
	}
}
