/* eligibility.h - which points may buy which class of item. */
#ifndef MERIT_LEDGER_ELIGIBILITY_H
#define MERIT_LEDGER_ELIGIBILITY_H

#include "ledger/model.h"

/* The places of the words of an item's class. */
enum merit_class {
	MERIT_CLASS_GOODS,
	MERIT_CLASS_CODE,
	MERIT_CLASS_SERVICE,
	MERIT_CLASS_CASH,
	MERIT_CLASS_MEDICINE,
	MERIT_CLASS_COUNT
};

/* Whether points of a campaign may buy items of a class for this member: what campaign.eligibility set last, else that
 * goods, codes and services may be bought, cash and medicine not. Where a tag and a tier are asked for, both are
 * needed. Currency is the caller's to compare.
 *
 * campaign    its number
 * year        the calendar year whose points make the member's tier */
bool merit_points_may_buy(struct merit_model *model, uint32_t campaign, enum merit_class class_,
			  struct merit_text member, const struct merit_member_head *head, int32_t year);

#endif
