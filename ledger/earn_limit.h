/* earn_limit.h - how many points an earn comes to: multipliers, then what caps, quotas and sponsors' caps leave. */
#ifndef MERIT_LEDGER_EARN_LIMIT_H
#define MERIT_LEDGER_EARN_LIMIT_H

#include "ledger/award.h"

#define MERIT_BASIS_ONCE 10000 /* basis points of a multiplier that changes nothing */

/* What an earn is decided on; filled step by step. */
struct merit_earning {
	const struct merit_campaign *campaign;
	const struct merit_rule *rule;
	struct merit_member member;
	int64_t points;       /* to be paid, as far as is known */
	int64_t asked;        /* of them before anything clipped them */
	int64_t multiplier;   /* basis points */
	int32_t occurred_day;
	int32_t last_day;     /* once available */
	enum merit_award_state state;
	int64_t due_ms;       /* when it can be available at the earliest; 0 = now */
};

/* Refuses the earn by its rule: why names the rule's version, and number under name unless that is NULL. False, for the
 * caller to return. */
bool merit_earn_refuse(struct merit_entry *entry, const struct merit_earning *earning, enum merit_status status,
		       const char *name, int64_t number);

/* The highest of the rule's multipliers that applies to the member, in basis points; MERIT_BASIS_ONCE when none does.
 * Of the earning it takes rule, member and occurred_day. */
int64_t merit_earn_multiplier(struct merit_model *model, const struct merit_earning *earning, struct merit_text member);

/* Multiplies the points by the highest of the rule's multipliers that applies to the member. False, and the earn is
 * refused, when nothing is left or it is beyond MERIT_AMOUNT_MAX. Costs nothing for a rule without multipliers. */
bool merit_earn_multiply(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning);

/* Clips the points to what the limits leave, where the rule says so. False, and the earn is refused, when they leave
 * too little. Costs nothing for a rule without limits while no sponsor has a cap. */
bool merit_earn_limit(struct merit_model *model, struct merit_entry *entry, struct merit_earning *earning);

/* What a period of the rule's caps and quotas leaves a member: points of its cap, awards of its quota; 0 where there is
 * none. */
struct merit_left {
	int64_t points, awards;
};

/* What is left, for an earn or for who asks beforehand: of the earning they take campaign, rule and occurred_day. The
 * second is of quota_event, the awards that all members share. */
struct merit_left merit_earn_left(struct merit_model *model, const struct merit_earning *earning,
				  struct merit_text event, struct merit_text member, enum merit_period period);
int64_t merit_earn_event_left(struct merit_model *model, const struct merit_earning *earning, struct merit_text event);

#endif
