/* funding.h - points that leave a sponsor's account, into a budget or straight to a member: what must stand behind
 * them, and what is counted of them.
 *
 * The deciding functions change no state; when one refuses the entry it returns true, with the numbers that explain it
 * in the entry. */
#ifndef MERIT_LEDGER_FUNDING_H
#define MERIT_LEDGER_FUNDING_H

#include "ledger/model.h"

/* Refuses the entry with AMOUNT_RANGE when all accounts together may not hold so many points more, or when a currency's
 * points would have been worth more than MERIT_WORTH_MAX, all that was ever funded. points are above 0; campaign may be
 * NULL, as names are checked behind amounts. */
bool merit_funding_is_beyond(struct merit_model *model, struct merit_entry *entry,
                             const struct merit_campaign *campaign, int64_t points);

/* Refuses the entry with OVER_CREDIT when the points would be worth more than the sponsor has free. Only for points
 * that are not beyond the range. */
bool merit_funding_is_short(struct merit_model *model, struct merit_entry *entry, const struct merit_campaign *campaign,
                            int64_t points);

/* Counts what was funded towards MERIT_WORTH_MAX. For evolve. */
void merit_funding_count(struct merit_model *model, const struct merit_campaign *campaign, int64_t points);

#endif
