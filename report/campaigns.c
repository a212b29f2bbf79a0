/* campaigns.c - the report campaigns: what each was given, what became of it, and what of its budget is left.
 *
 * Everything is as it stands at the end of the period; only points move a budget, so a month's line goes down by what
 * was awarded and up by what was funded or came back. */
#include <stdlib.h>

#include "ledger/calendar.h"
#include "report/flow.h"
#include "report/reports_inner.h"

/* Moves of a budget in a month. */
struct month {
	int32_t first;
	int64_t moved;
};

struct row {
	const struct merit_catalog_campaign *campaign;
	int64_t funded, awarded, returned; /* into the budget, out of it to members, and back to the sponsor */
	int64_t left, pending, outstanding, redeemed, expired, debt;
	bool is_closed;
	struct merit_index months; /* by first day */
};

struct campaigns {
	struct merit_index rows; /* by sponsor and name */
	struct merit_flows flows;
	int32_t first_month, last_month; /* of any posting; none while there is no row */
};

/* ---- Taking ---- */

static struct row *row_get(struct merit_report_job *job, struct merit_text name)
{
	struct campaigns *campaigns = job->context;
	const struct merit_catalog_campaign *campaign = merit_catalog_campaign(job->catalog, name);
	struct merit_index_key key = { .size = 0 };

	if (campaign == NULL)
		return NULL;
	merit_index_key_text(&key, campaign->sponsor);
	merit_index_key_text(&key, campaign->name);
	struct row *row = merit_index_get(&campaigns->rows, &job->arena, merit_index_key_whole(&key), sizeof(*row));
	if (row != NULL)
		row->campaign = campaign;
	return row;
}

static enum merit_status month_take(struct merit_report_job *job, struct row *row, int32_t day, int64_t amount)
{
	struct campaigns *campaigns = job->context;
	int32_t first = merit_day_span_first(day, MERIT_SPAN_MONTH);
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, first);
	struct month *month = merit_index_get(&row->months, &job->arena, merit_index_key_whole(&key), sizeof(*month));
	if (month == NULL)
		return MERIT_NO_MEMORY;
	month->first = first;
	merit_report_add(job, &month->moved, amount);
	if (campaigns->first_month == MERIT_DAY_NONE || first < campaigns->first_month)
		campaigns->first_month = first;
	if (first > campaigns->last_month)
		campaigns->last_month = first;
	return MERIT_OK;
}

static enum merit_status budget_take(struct merit_report_job *job, struct row *row, const struct merit_entry *entry,
                                     int64_t amount)
{
	enum merit_operation_number operation = entry->operation->number;

	merit_report_add(job, &row->left, amount);
	if (operation == MERIT_OP_CAMPAIGN_FUND)
		merit_report_add(job, &row->funded, amount);
	else if (operation == MERIT_OP_CAMPAIGN_CLOSE)
		merit_report_add(job, &row->returned, -amount);
	else
		merit_report_add(job, &row->awarded, -amount);
	return month_take(job, row, entry->day, amount);
}

static enum merit_status budgets_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account != MERIT_ACCOUNT_CAMPAIGN)
			continue;
		struct row *row = row_get(job, posting->campaign);
		status = row == NULL ? MERIT_NO_MEMORY : budget_take(job, row, entry, posting->amount);
	}
	return status;
}

static enum merit_status campaigns_begin(struct merit_report_job *job)
{
	struct campaigns *campaigns = job->context;

	campaigns->first_month = campaigns->last_month = MERIT_DAY_NONE;
	return MERIT_OK;
}

/* One with no budget left closes without a posting. */
static enum merit_status close_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	if (entry->operation->number != MERIT_OP_CAMPAIGN_CLOSE)
		return MERIT_OK;
	struct row *row = row_get(job, entry->values[CLOSE_CAMPAIGN].text);
	if (row == NULL)
		return MERIT_NO_MEMORY;
	row->is_closed = true;
	return MERIT_OK;
}

static enum merit_status campaigns_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct campaigns *campaigns = job->context;

	if (merit_report_part(job->options, entry->day) == MERIT_PART_NEITHER)
		return MERIT_OK;
	enum merit_status status = merit_flows_read(&campaigns->flows, entry);
	if (status == MERIT_OK)
		status = budgets_take(job, entry);
	if (status == MERIT_OK)
		status = close_take(job, entry);
	for (size_t i = 0; i < campaigns->flows.count && status == MERIT_OK; i++) {
		const struct merit_flow *flow = &campaigns->flows.rows[i];
		struct row *row = row_get(job, flow->campaign);
		if (row == NULL)
			return MERIT_NO_MEMORY;
		merit_report_add(job, &row->pending, flow->pending);
		merit_report_add(job, &row->outstanding, flow->available + flow->held);
		merit_report_add(job, &row->redeemed, flow->redeemed);
		merit_report_add(job, &row->expired, flow->dead);
		merit_report_add(job, &row->debt, flow->debt);
	}
	return status;
}

/* ---- The chart ---- */

static int row_order(const void *left, const void *right)
{
	const struct row *a = *(const struct row *const *)left, *b = *(const struct row *const *)right;

	if (a->funded != b->funded)
		return a->funded > b->funded ? -1 : 1;
	return merit_text_order(a->campaign->name, b->campaign->name);
}

static int64_t moved_in(const struct row *row, int32_t first)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, first);
	const struct month *month = merit_index_find(&row->months, merit_index_key_whole(&key));
	return month == NULL ? 0 : month->moved;
}

static void months_put(struct merit_report_job *job, struct merit_sheet *sheet, struct merit_chart *chart,
                       struct row *const *rows, size_t count)
{
	const struct campaigns *campaigns = job->context;
	int64_t left[MERIT_CHART_SERIES_MAX] = { 0 };
	char text[MERIT_DAY_TEXT_SIZE];

	for (int32_t first = campaigns->first_month; first <= campaigns->last_month;
	     first = merit_day_span_last(first, MERIT_SPAN_MONTH) + 1) {
		for (size_t i = 0; i < count; i++)
			merit_report_add(job, &left[i], moved_in(rows[i], first));
		merit_day_format(first, text);
		merit_chart_label(sheet, chart, (struct merit_text){ text, MERIT_MONTH_TEXT_SIZE - 1 }, left);
	}
}

/* Of the campaigns with the most funds. */
static void chart_put(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct campaigns *campaigns = job->context;
	size_t all = campaigns->rows.count, count = all < MERIT_CHART_SERIES_MAX ? all : MERIT_CHART_SERIES_MAX;
	struct row **rows = merit_arena_allocate(&job->arena, (all + 1) * sizeof(rows[0]));

	sheet->bad = sheet->bad || rows == NULL;
	if (sheet->bad || all == 0 || campaigns->first_month == MERIT_DAY_NONE)
		return;
	for (size_t i = 0; i < all; i++)
		rows[i] = merit_index_at(&campaigns->rows, i);
	qsort(rows, all, sizeof(rows[0]), row_order);
	struct merit_chart *chart =
		merit_sheet_chart(sheet, MERIT_CHART_LINES, "Budget left at the end of each month", "points");
	if (chart == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		merit_chart_series(chart, merit_sheet_keep(sheet, rows[i]->campaign->name));
	months_put(job, sheet, chart, rows, count);
}

/* ---- The sheet ---- */

static void columns_put(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "sponsor", "sponsor");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "campaign");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "starts", "starts");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "ends", "ends");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "state", "state");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "funded", "funded");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "awarded", "awarded");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "returned", "returned");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "left", "budget left");
	merit_sheet_column(sheet, MERIT_CELL_BASIS, "used", "used");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "pending", "pending");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "outstanding", "outstanding");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "redeemed", "redeemed");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "expired", "expired");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "debt", "debt");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "outstanding_worth", "outstanding worth");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "left_worth", "budget worth");
}

static void row_put(struct merit_sheet *sheet, const struct row *row)
{
	const struct merit_catalog_campaign *campaign = row->campaign;

	merit_sheet_text(sheet, campaign->sponsor);
	merit_sheet_text(sheet, campaign->name);
	merit_sheet_integer(sheet, campaign->starts);
	merit_sheet_integer(sheet, campaign->ends);
	merit_sheet_word(sheet, row->is_closed ? "closed" : "open");
	merit_sheet_text(sheet, campaign->currency);
	merit_sheet_integer(sheet, row->funded);
	merit_sheet_integer(sheet, row->awarded);
	merit_sheet_integer(sheet, row->returned);
	merit_sheet_integer(sheet, row->left);
	if (row->funded > 0)
		merit_sheet_integer(sheet, (int64_t)((__int128)row->awarded * 10000 / row->funded));
	else
		merit_sheet_empty(sheet);
	merit_sheet_integer(sheet, row->pending);
	merit_sheet_integer(sheet, row->outstanding);
	merit_sheet_integer(sheet, row->redeemed);
	merit_sheet_integer(sheet, row->expired);
	merit_sheet_integer(sheet, row->debt);
	merit_sheet_integer(sheet, merit_catalog_worth(campaign, row->outstanding));
	merit_sheet_integer(sheet, merit_catalog_worth(campaign, row->left));
}

static enum merit_status campaigns_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct campaigns *campaigns = job->context;

	merit_index_sort(&campaigns->rows);
	columns_put(sheet);
	for (size_t i = 0; i < campaigns->rows.count; i++)
		row_put(sheet, merit_index_at(&campaigns->rows, i));
	chart_put(job, sheet);
	merit_sheet_note(sheet,
	                 "Budget left is funded less awarded, net of what rejections and reversals gave back, less "
	                 "what went back to the sponsor at the campaign's close.");
	return MERIT_OK;
}

static void campaigns_free(struct merit_report_job *job)
{
	struct campaigns *campaigns = job->context;

	for (size_t i = 0; i < campaigns->rows.count; i++)
		merit_index_free(&((struct row *)merit_index_at(&campaigns->rows, i))->months);
	merit_index_free(&campaigns->rows);
	merit_flows_free(&campaigns->flows);
}

const struct merit_report_kind merit_report_campaigns = {
	.name = "campaigns",
	.title = "Campaigns",
	.about = "budgets: funded, awarded, left; what became of the points",
	.is_closing = true,
	.context_size = sizeof(struct campaigns),
	.begin = campaigns_begin,
	.take = campaigns_take,
	.finish = campaigns_finish,
	.free = campaigns_free,
};
