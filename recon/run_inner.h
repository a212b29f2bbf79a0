/* run_inner.h - a run while it is made: run.c brings both sides together, run_lines.c says what the findings mean,
 * run_balance.c what a bank's statement comes to. */
#ifndef MERIT_RECON_RUN_INNER_H
#define MERIT_RECON_RUN_INNER_H

#include "recon/run.h"

/* Makes lines, breaks, cleared, counts and sums from the findings of all legs.
 * Returns NO_MEMORY, or AMOUNT_RANGE for sums that no amount can hold. */
MERIT_MUST_USE enum merit_status merit_recon_tell(struct merit_recon_run *run);

/* Makes run.balance, behind the lines. AMOUNT_RANGE; and what merit_ours_collect returns. */
MERIT_MUST_USE enum merit_status merit_recon_balance_make(struct merit_recon_run *run, struct merit_journal *source,
							  const struct merit_file *file);

/* Whether the item is this run's business: of its days, or left open by an earlier run. */
bool merit_recon_is_inside(const struct merit_recon_run *run, const struct merit_recon_item *item);

#endif
