/* lot_rows.h - lots by campaign and month of their last day: the rows of liability and lots, added up from flows.
 *
 * Order  by currency, sponsor, campaign, month: so that what is summed stands together. */
#ifndef MERIT_REPORT_LOT_ROWS_H
#define MERIT_REPORT_LOT_ROWS_H

#include "report/flow.h"
#include "report/reports_inner.h"

struct merit_lot_row {
	const struct merit_catalog_campaign *campaign;
	int32_t month;   /* first day of the month of the last days, NEVER; NONE: pending and debts, which are in no lot */
	int64_t opening; /* of the liability */
	int64_t by[MERIT_FLOW_COUNT];               /* in the period */
	int64_t by_ever[MERIT_FLOW_COUNT];          /* up to its end, the opening's too */
	int64_t added_ever;                         /* the part of ADJUSTED that was above 0 */
	int64_t available, held, pending, debt;     /* at its end */
	int64_t dead, breakage;                     /* up to its end: struct merit_flow */
};

struct merit_lot_rows {
	struct merit_index index;
	struct merit_flows flows;
	int32_t last_day; /* the newest accounting day taken */
};

/* Adds what an entry did. */
MERIT_MUST_USE enum merit_status merit_lot_rows_take(struct merit_report_job *job, struct merit_lot_rows *rows,
						     const struct merit_entry *entry);

/* Puts them in order. Row by place, below rows->index.count. */
void merit_lot_rows_sort(struct merit_lot_rows *rows);
struct merit_lot_row *merit_lot_rows_at(const struct merit_lot_rows *rows, size_t place);

void merit_lot_rows_free(struct merit_lot_rows *rows);

/* How much of the start of two rows' order is the same: 0 nothing, 1 the currency, 2 the sponsor too, 3 the campaign
 * too. */
enum merit_lot_level { MERIT_LOT_NOTHING, MERIT_LOT_CURRENCY, MERIT_LOT_SPONSOR, MERIT_LOT_CAMPAIGN };
enum merit_lot_level merit_lot_rows_shared(const struct merit_lot_row *a, const struct merit_lot_row *b);

/* The first four cells of the row that sums up a level: sponsor, campaign, expiry, currency. row is any of it. */
void merit_lot_level_put(struct merit_sheet *sheet, enum merit_lot_level level, const struct merit_lot_row *row);

/* Adds a chart of points by month of expiry, campaigns stacked: the seven with the most, and all others together.
 * points says how many of a row's count. */
void merit_lot_rows_chart(struct merit_report_job *job, struct merit_sheet *sheet, const struct merit_lot_rows *rows,
			  const char *title, int64_t (*points)(const struct merit_lot_row *row));

/* Whether all of a row is 0: in the period and at its end, or ever up to its end. */
bool merit_lot_row_is_still(const struct merit_lot_row *row);
bool merit_lot_row_is_empty(const struct merit_lot_row *row);

#endif
