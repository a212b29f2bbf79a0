/* liability.c - the report liability: what members may still spend, from its opening to its closing, in points and
 * money.
 *
 * Rows     sponsor, campaign and the month of the last days; a row without a month holds what is in no lot: pending
 *          points and debts, which are no liability and stand beside it.
 * Points   closing = opening + what came and went, by what; and closing = available + held. The two are added up
 *          apart.
 * Worth    of a movement is M(points behind it) - M(points before it), in the columns' order, M as doc/protocol.md
 *          section 10 has it, of the row: so worths add up as points do, to the last minor unit. */
#include "report/lot_rows.h"

#define FIGURES (MERIT_FLOW_COUNT + 2) /* opening, movements, closing */

/* A row of the sheet, or the sum of some. */
struct sums {
	int64_t points[FIGURES], worth[FIGURES];
	int64_t available, held, pending, debt;
	size_t count; /* of what was summed up, a level below */
};

struct liability {
	struct merit_lot_rows rows;
};

static enum merit_status liability_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct liability *liability = job->context;

	return merit_lot_rows_take(job, &liability->rows, entry);
}

/* ---- Sums ---- */

static struct sums sums_of_row(struct merit_report_job *job, const struct merit_lot_row *row)
{
	struct sums sums = {
		.available = row->available, .held = row->held, .pending = row->pending, .debt = row->debt
	};
	int64_t running = 0;

	sums.points[0] = row->opening;
	for (size_t i = 0; i < MERIT_FLOW_COUNT; i++)
		sums.points[1 + i] = row->by[i];
	for (size_t i = 0; i < FIGURES - 1; i++) {
		int64_t before = merit_catalog_worth(row->campaign, running);
		merit_report_add(job, &running, sums.points[i]);
		sums.worth[i] = merit_catalog_worth(row->campaign, running) - before;
	}
	sums.points[FIGURES - 1] = running;
	sums.worth[FIGURES - 1] = merit_catalog_worth(row->campaign, running);
	return sums;
}

static void sums_add(struct merit_report_job *job, struct sums *sums, const struct sums *more)
{
	for (size_t i = 0; i < FIGURES; i++) {
		merit_report_add(job, &sums->points[i], more->points[i]);
		merit_report_add(job, &sums->worth[i], more->worth[i]);
	}
	merit_report_add(job, &sums->available, more->available);
	merit_report_add(job, &sums->held, more->held);
	merit_report_add(job, &sums->pending, more->pending);
	merit_report_add(job, &sums->debt, more->debt);
	sums->count++;
}

/* ---- The sheet ---- */

static void columns_put(struct merit_sheet *sheet)
{
	static const char *const worths[FIGURES] = {
		"opening_worth",     "issued_worth",   "matured_worth",  "brought_in_worth",
		"refunded_worth",    "restored_worth", "redeemed_worth", "expired_worth",
		"clawed_back_worth", "adjusted_worth", "closing_worth",
	};

	merit_sheet_column(sheet, MERIT_CELL_TEXT, "sponsor", "sponsor");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "campaign");
	merit_sheet_column(sheet, MERIT_CELL_MONTH, "expiry", "expiry");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "opening", "opening");
	for (enum merit_flow_kind i = 0; i < MERIT_FLOW_COUNT; i++)
		merit_sheet_column(sheet, MERIT_CELL_INTEGER, merit_flow_name(i), merit_flow_heading(i));
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "closing", "closing");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, worths[0], "opening worth");
	for (enum merit_flow_kind i = 0; i < MERIT_FLOW_COUNT; i++) {
		struct merit_buffer heading = { 0 };
		merit_buffer_put_format(&heading, "%s worth", merit_flow_heading(i));
		merit_sheet_column(sheet, MERIT_CELL_MONEY, worths[1 + i],
		                   merit_sheet_keep(sheet, (struct merit_text){ heading.data, heading.size }));
		merit_buffer_free(&heading);
	}
	merit_sheet_column(sheet, MERIT_CELL_MONEY, worths[FIGURES - 1], "closing worth");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "available", "available");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "held", "held");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "pending", "pending");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "debt", "debt");
}

static void sums_put(struct merit_sheet *sheet, const struct sums *sums)
{
	for (size_t i = 0; i < FIGURES; i++)
		merit_sheet_integer(sheet, sums->points[i]);
	for (size_t i = 0; i < FIGURES; i++)
		merit_sheet_integer(sheet, sums->worth[i]);
	merit_sheet_integer(sheet, sums->available);
	merit_sheet_integer(sheet, sums->held);
	merit_sheet_integer(sheet, sums->pending);
	merit_sheet_integer(sheet, sums->debt);
}

static void row_put(struct merit_sheet *sheet, const struct merit_lot_row *row, const struct sums *sums)
{
	merit_sheet_text(sheet, row->campaign->sponsor);
	merit_sheet_text(sheet, row->campaign->name);
	merit_sheet_integer(sheet, row->month);
	merit_sheet_text(sheet, row->campaign->currency);
	sums_put(sheet, sums);
	sheet->differs = sheet->differs || sums->points[FIGURES - 1] != sums->available + sums->held;
}

/* A total of a level is left out where it would only repeat the row before it, but for a currency's. */
static void total_put(struct merit_sheet *sheet, enum merit_lot_level level, const struct merit_lot_row *row,
                      const struct sums *sums)
{
	if (sums->count < 2 && level != MERIT_LOT_CURRENCY)
		return;
	merit_lot_level_put(sheet, level, row);
	sums_put(sheet, sums);
	merit_sheet_total(sheet);
}

/* ---- From opening to closing, as a chart ---- */

static void bridge_put(struct merit_sheet *sheet, const struct merit_lot_row *row, const struct sums *sums)
{
	struct merit_buffer title = { 0 };

	if (sheet->charts_count == MERIT_SHEET_CHARTS_MAX)
		return;
	merit_buffer_put_format(&title, "%.*s: from opening to closing", (int)row->campaign->name.size,
	                        row->campaign->name.data);
	const char *kept = merit_sheet_keep(sheet, (struct merit_text){ title.data, title.size });
	merit_buffer_free(&title);
	struct merit_chart *chart = merit_sheet_chart(sheet, MERIT_CHART_BRIDGE, kept, "points");
	if (chart == NULL)
		return;
	merit_chart_series(chart, "points");
	merit_chart_label(sheet, chart, MERIT_TEXT("opening"), &sums->points[0]);
	for (enum merit_flow_kind i = 0; i < MERIT_FLOW_COUNT; i++) {
		if (sums->points[1 + i] != 0)
			merit_chart_label(sheet, chart, merit_text_of(merit_flow_heading(i)), &sums->points[1 + i]);
	}
	merit_chart_label(sheet, chart, MERIT_TEXT("closing"), &sums->points[FIGURES - 1]);
}

/* ---- All rows ---- */

/* Ends the totals of levels that row, the last of them, does not share with the next: up to and without shared. */
static void totals_end(struct merit_report_job *job, struct merit_sheet *sheet, struct sums *totals,
                       enum merit_lot_level shared, const struct merit_lot_row *row)
{
	for (enum merit_lot_level level = MERIT_LOT_CAMPAIGN; level > shared; level--) {
		total_put(sheet, level, row, &totals[level]);
		if (level == MERIT_LOT_CAMPAIGN)
			bridge_put(sheet, row, &totals[level]);
		if (level > MERIT_LOT_CURRENCY)
			sums_add(job, &totals[level - 1], &totals[level]);
		totals[level] = (struct sums){ .count = 0 };
	}
}

static int64_t closing_of(const struct merit_lot_row *row)
{
	return row->available + row->held;
}

static void rows_put(struct merit_report_job *job, struct merit_sheet *sheet, const struct merit_lot_rows *rows)
{
	struct sums totals[MERIT_LOT_CAMPAIGN + 1] = { { .count = 0 } };
	const struct merit_lot_row *before = NULL;

	for (size_t i = 0; i < rows->index.count; i++) {
		const struct merit_lot_row *row = merit_lot_rows_at(rows, i);
		struct sums sums = sums_of_row(job, row);
		if (merit_lot_row_is_still(row))
			continue;
		if (before != NULL)
			totals_end(job, sheet, totals, merit_lot_rows_shared(before, row), before);
		row_put(sheet, row, &sums);
		sums_add(job, &totals[MERIT_LOT_CAMPAIGN], &sums);
		before = row;
	}
	if (before != NULL)
		totals_end(job, sheet, totals, MERIT_LOT_NOTHING, before);
}

static enum merit_status liability_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct liability *liability = job->context;

	merit_lot_rows_sort(&liability->rows);
	columns_put(sheet);
	merit_lot_rows_chart(job, sheet, &liability->rows, "Closing by month of expiry", closing_of);
	rows_put(job, sheet, &liability->rows);
	merit_sheet_note(sheet, "Closing is opening and all that came and went; it is also available and held. %s",
	                 sheet->differs ? "In some row it is NOT: run merit verify on the ledger."
	                                : "In every row it is.");
	merit_sheet_note(sheet,
	                 "Pending points are no liability yet, and what pays a debt never becomes one: both stand "
	                 "beside it, in rows without a month.");
	merit_sheet_note(sheet,
	                 "Worth is what the points of a row are worth, rounded half to even; a movement's is the "
	                 "difference that it makes, columns from left to right.");
	return MERIT_OK;
}

static void liability_free(struct merit_report_job *job)
{
	struct liability *liability = job->context;

	merit_lot_rows_free(&liability->rows);
}

const struct merit_report_kind merit_report_liability = {
	.name = "liability",
	.title = "Liability roll-forward",
	.about = "what members may spend: opening, by what it moved, closing; points and money",
	.is_closing = true,
	.context_size = sizeof(struct liability),
	.take = liability_take,
	.finish = liability_finish,
	.free = liability_free,
};
