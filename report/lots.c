/* lots.c - the report lots: points by the month of their last day, how soon that is, and what died so far.
 *
 * Breakage  points that expired for good and are the platform's: those of campaigns whose contract says so. Its money
 *           is M(all that broke up to and with this month) - M(before it), months in order: a campaign's rows sum to
 *           what its breakage account got. Of contract sponsor, expired points are the sponsor's again, and there is
 *           none.
 * Rate      expired points of all that came in with this last day; of sums, of all that came in: what a refund restored
 *           into another lot came in only once. */
#include "ledger/calendar.h"
#include "report/lot_rows.h"

struct lots {
	struct merit_lot_rows rows;
};

static enum merit_status lots_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct lots *lots = job->context;

	return merit_lot_rows_take(job, &lots->rows, entry);
}

/* ---- How soon ---- */

static const struct {
	int64_t days_max;
	const char *word;
} ages[] = {
	{ -1, "past" },    { 30, "0-30" },     { 90, "31-90" },
	{ 180, "91-180" }, { 365, "181-365" }, { INT64_MAX, "over 365" },
};

static const char *age_word(int64_t days)
{
	size_t i = 0;

	while (days > ages[i].days_max)
		i++;
	return ages[i].word;
}

/* Days from the report's last day to the month's. */
static void age_put(struct merit_sheet *sheet, int32_t month, int32_t today)
{
	if (month == MERIT_DAY_NEVER || month == MERIT_DAY_NONE) {
		merit_sheet_empty(sheet);
		merit_sheet_word(sheet, month == MERIT_DAY_NEVER ? "never" : "");
		return;
	}
	int64_t days = (int64_t)merit_day_span_last(month, MERIT_SPAN_MONTH) - today;
	merit_sheet_integer(sheet, days);
	merit_sheet_word(sheet, age_word(days));
}

/* ---- Rows ---- */

/* Of a campaign, or of a currency. */
struct sums {
	int64_t available, held, pending, came, restored, dead, breakage, breakage_minor;
	size_t count;
};

static void sums_add(struct merit_report_job *job, struct sums *sums, const struct sums *more)
{
	merit_report_add(job, &sums->available, more->available);
	merit_report_add(job, &sums->held, more->held);
	merit_report_add(job, &sums->pending, more->pending);
	merit_report_add(job, &sums->came, more->came);
	merit_report_add(job, &sums->restored, more->restored);
	merit_report_add(job, &sums->dead, more->dead);
	merit_report_add(job, &sums->breakage, more->breakage);
	merit_report_add(job, &sums->breakage_minor, more->breakage_minor);
	sums->count++;
}

/* campaign is what the rows of it before this one sum to. */
static struct sums sums_of_row(struct merit_report_job *job, const struct merit_lot_row *row,
                               const struct sums *campaign)
{
	struct sums sums = { .available = row->available,
		             .held = row->held,
		             .pending = row->pending,
		             .dead = row->dead,
		             .breakage = row->breakage };
	int64_t broken = campaign->breakage;

	merit_report_add(job, &sums.came, row->by_ever[MERIT_FLOW_ISSUED]);
	merit_report_add(job, &sums.came, row->by_ever[MERIT_FLOW_MATURED]);
	merit_report_add(job, &sums.came, row->by_ever[MERIT_FLOW_BROUGHT_IN]);
	merit_report_add(job, &sums.came, row->added_ever);
	merit_report_add(job, &sums.restored, row->by_ever[MERIT_FLOW_RESTORED]);
	merit_report_add(job, &broken, row->breakage);
	sums.breakage_minor = merit_catalog_worth(row->campaign, broken) - campaign->breakage_minor;
	return sums;
}

/* Half up. Empty where nothing came. */
static void rate_put(struct merit_sheet *sheet, int64_t dead, __int128 came)
{
	if (came > 0)
		merit_sheet_integer(sheet, (int64_t)(((__int128)dead * 10000 + came / 2) / came));
	else
		merit_sheet_empty(sheet);
}

static void sums_put(struct merit_sheet *sheet, const struct sums *sums)
{
	merit_sheet_integer(sheet, sums->available);
	merit_sheet_integer(sheet, sums->held);
	merit_sheet_integer(sheet, sums->pending);
	merit_sheet_integer(sheet, sums->came);
	merit_sheet_integer(sheet, sums->restored);
	merit_sheet_integer(sheet, sums->dead);
	merit_sheet_integer(sheet, sums->breakage);
	merit_sheet_integer(sheet, sums->breakage_minor);
}

static void row_put(struct merit_sheet *sheet, const struct merit_lot_row *row, const struct sums *sums, int32_t today)
{
	merit_sheet_text(sheet, row->campaign->sponsor);
	merit_sheet_text(sheet, row->campaign->name);
	merit_sheet_integer(sheet, row->month);
	merit_sheet_text(sheet, row->campaign->currency);
	age_put(sheet, row->month, today);
	sums_put(sheet, sums);
	rate_put(sheet, sums->dead, (__int128)sums->came + sums->restored);
}

static void total_put(struct merit_sheet *sheet, enum merit_lot_level level, const struct merit_lot_row *row,
                      const struct sums *sums)
{
	if (sums->count < 2 && level != MERIT_LOT_CURRENCY)
		return;
	merit_lot_level_put(sheet, level, row);
	merit_sheet_empty(sheet);
	merit_sheet_word(sheet, "");
	sums_put(sheet, sums);
	rate_put(sheet, sums->dead, sums->came);
	merit_sheet_total(sheet);
}

static void totals_end(struct merit_report_job *job, struct merit_sheet *sheet, struct sums *totals,
                       enum merit_lot_level shared, const struct merit_lot_row *row)
{
	for (enum merit_lot_level level = MERIT_LOT_CAMPAIGN; level > shared; level--) {
		total_put(sheet, level, row, &totals[level]);
		if (level > MERIT_LOT_CURRENCY)
			sums_add(job, &totals[level - 1], &totals[level]);
		totals[level] = (struct sums){ .count = 0 };
	}
}

static void rows_put(struct merit_report_job *job, struct merit_sheet *sheet, const struct merit_lot_rows *rows,
                     int32_t today)
{
	struct sums totals[MERIT_LOT_CAMPAIGN + 1] = { { .count = 0 } };
	const struct merit_lot_row *before = NULL;

	for (size_t i = 0; i < rows->index.count; i++) {
		const struct merit_lot_row *row = merit_lot_rows_at(rows, i);
		if (merit_lot_row_is_empty(row))
			continue;
		if (before != NULL)
			totals_end(job, sheet, totals, merit_lot_rows_shared(before, row), before);
		struct sums sums = sums_of_row(job, row, &totals[MERIT_LOT_CAMPAIGN]);
		row_put(sheet, row, &sums, today);
		sums_add(job, &totals[MERIT_LOT_CAMPAIGN], &sums);
		before = row;
	}
	if (before != NULL)
		totals_end(job, sheet, totals, MERIT_LOT_NOTHING, before);
}

static void columns_put(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "sponsor", "sponsor");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "campaign");
	merit_sheet_column(sheet, MERIT_CELL_MONTH, "expiry", "expiry");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "days", "days left");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "age", "ageing");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "available", "available");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "held", "held");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "pending", "pending");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "came_in", "came in");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "restored", "restored");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "expired", "expired so far");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "breakage", "breakage so far");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "breakage_worth", "breakage worth");
	merit_sheet_column(sheet, MERIT_CELL_BASIS, "rate", "rate of expiry");
}

static int64_t alive_of(const struct merit_lot_row *row)
{
	return row->available + row->held;
}

static enum merit_status lots_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct lots *lots = job->context;
	int32_t today = job->options->last_day == MERIT_DAY_NEVER ? lots->rows.last_day : job->options->last_day;
	char day[MERIT_DAY_TEXT_SIZE];

	merit_lot_rows_sort(&lots->rows);
	columns_put(sheet);
	merit_lot_rows_chart(job, sheet, &lots->rows, "Points by month of expiry", alive_of);
	rows_put(job, sheet, &lots->rows, today);
	merit_day_format(today, day);
	merit_sheet_note(sheet,
	                 "Days are counted from %s to the last day of the month; pending points have no last day "
	                 "yet.",
	                 day);
	merit_sheet_note(sheet, "Came in: issued, matured, brought in and added by adjustments. Restored points came "
	                        "in once already, with an "
	                        "earlier last day: they count in the rate of their month, and not in those of sums.");
	merit_sheet_note(sheet, "Breakage is what expired of campaigns whose contract leaves it with the platform.");
	return MERIT_OK;
}

static void lots_free(struct merit_report_job *job)
{
	struct lots *lots = job->context;

	merit_lot_rows_free(&lots->rows);
}

const struct merit_report_kind merit_report_lots = {
	.name = "lots",
	.title = "Lots by month of expiry",
	.about = "what expires when, and what expired so far",
	.is_closing = true,
	.context_size = sizeof(struct lots),
	.take = lots_take,
	.finish = lots_finish,
	.free = lots_free,
};
