/* money.h - the money that follows points: what is posted, and to the last minor unit.
 *
 * Amounts per order line and campaign are a function of cumulative net points: M(n) = half-even(n x value), and an entry
 * posts M(behind) - M(before). So however a fulfilment or refund is split into parts, the sums are those of the whole.
 * Of expired points, where the contract says breakage, n is all that ever expired of the campaign. */
#ifndef MERIT_LEDGER_MONEY_H
#define MERIT_LEDGER_MONEY_H

#include "ledger/model.h"

/* Pieces of an order's line that the entry captures. */
struct merit_sale {
	int32_t line;
	struct merit_text item, merchant;
	int32_t version; /* of the item: its settlement price counts */
	int64_t pieces;  /* below 0: given back */
};

/* Posts the money of what the entry's postings of the line to redeemed/X say: sponsors (or the platform's marketing) are
 * debited what the points are worth, the merchant is credited its price, the difference is margin. For decide, behind all
 * postings of points and before merit_entry_gather.
 *
 * order    as it was before the entry; NULL: the entry places it
 * Returns  false when the entry has become a refusal, MONEY_RANGE */
MERIT_MUST_USE bool merit_post_sale(struct merit_model *model, struct merit_entry *entry,
                                    const struct merit_order *order, const struct merit_sale *sale);

/* Posts the money of what the entry's postings to expired/C say, by contract breakage: the sponsor is debited what the
 * points are worth, the platform keeps it. By contract sponsor they are the sponsor's again, and no money moves. For
 * merit_decide. */
void merit_post_breakage(struct merit_model *model, struct merit_entry *entry);

/* Whether some account in money would be brought beyond MERIT_MONEY_MAX by the entry, or further beyond it. */
bool merit_money_is_beyond(struct merit_model *model, const struct merit_entry *entry);

/* Where a sponsor's money is: sponsor/S, or expense/marketing of the platform's own. */
enum merit_account merit_sponsor_account(struct merit_model *model, struct merit_text sponsor,
                                         struct merit_text *holder_out);

/* The row of BANK that a bank's reference is kept under: one transfer of a sponsor's or merchant's in a currency is booked
 * once, whether as a deposit, a withdrawal or a payment. */
struct merit_text merit_bank_key(struct merit_model *model, struct merit_text party, struct merit_text currency,
				 struct merit_text reference);

/* What of its money backs none of a sponsor's points, in a currency: prepaid plus credit less what they are worth. May be
 * below 0; MERIT_AMOUNT_MAX of the platform's own. */
int64_t merit_sponsor_free(struct merit_model *model, struct merit_text sponsor, struct merit_text currency);

#endif
