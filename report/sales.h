/* sales.h - orders as far as entries tell of them: which item each line sold, and when what it brought falls due.
 *
 * Due     once nothing of the line is under way any more, the merchant's settle_days behind the receipt; a refund not
 *         before what it takes back: ledger/settlement.h. It is reckoned here again, from entries alone.
 * Memory  borrowed texts are those of the items' and orders' names in this struct's arena, until merit_sales_free. */
#ifndef MERIT_REPORT_SALES_H
#define MERIT_REPORT_SALES_H

#include "report/index.h"
#include "ledger/entry.h"

struct merit_sales_line {
	struct merit_text item, merchant;
	bool is_service;
	int64_t fulfilled, received; /* pieces */
	int32_t due_day;             /* of its last sale that fell due; NONE: of none yet */
	size_t waiting;              /* the caller's: 1 + the place of the newest that waits to fall due; 0: none */
};

struct merit_sales_order {
	struct merit_text name;
	struct merit_sales_line *lines;
	size_t lines_count;
};

/* Start from { 0 }. */
struct merit_sales {
	struct merit_arena arena;
	struct merit_index items, orders, terms;
};

/* Takes an accepted, unwrapped entry; order_out is the order that it sells of, ships, receives or takes back, NULL for
 * any other. Returns NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_sales_take(struct merit_sales *sales, const struct merit_entry *entry,
						  struct merit_sales_order **order_out);

/* The day on which what waits for the line falls due by this entry; MERIT_DAY_NONE: it goes on waiting. Where there is
 * something waiting, to be asked once an entry of its order, behind merit_sales_take. */
int32_t merit_sales_due(struct merit_sales *sales, const struct merit_entry *entry, struct merit_sales_line *line);

void merit_sales_free(struct merit_sales *sales);

#endif
