/* referral.h - where a referral stands, and what an earn may set off: the reward of who brought its member in.
 *
 * merit_referral_set and merit_referral_qualify are for evolve functions. */
#ifndef MERIT_LEDGER_REFERRAL_H
#define MERIT_LEDGER_REFERRAL_H

#include "ledger/model.h"

/* The places of the words of REFERRAL_STATE. */
enum merit_referral_state {
	MERIT_REFERRAL_RECORDED,
	MERIT_REFERRAL_FLAGGED,
	MERIT_REFERRAL_PAID,
	MERIT_REFERRAL_REJECTED,
};

/* The state as an entry's result at index. */
void merit_referral_result(struct merit_entry *entry, size_t index, enum merit_referral_state state);

/* Puts the referral of this member into a state, and keeps in step with it what follows from that: a row among those
 * that wait for a reviewer while it is flagged; the reward, due at once, when it is recorded and its referee has
 * qualified. */
void merit_referral_set(struct merit_model *model, struct merit_text referee, enum merit_referral_state state);

/* An award of the member's that waits for no reviewer, for an event its campaign's terms name. When it is what the
 * member's referral waits for, the reward follows at once, or waits for a flagged referral's reviewer.
 *
 * campaign    its number; occurred_ms and seq are the earn's */
void merit_referral_qualify(struct merit_model *model, struct merit_text member, uint32_t campaign, int64_t occurred_ms,
			    uint64_t seq);

/* What a cap of the terms leaves a referrer in the period of a day; only where there is one. */
int64_t merit_referrer_left(struct merit_model *model, const struct merit_terms *terms, uint32_t campaign,
			    struct merit_text referrer, enum merit_period period, int32_t day);

/* What would keep a member from its points, were a referral of its own paid today by these terms of the campaign's; OK
 * when nothing would, MEMBER_UNKNOWN when there is no such member. */
enum merit_status merit_referrer_fault(struct merit_model *model, const struct merit_campaign *campaign,
				       const struct merit_terms *terms, struct merit_text referrer, int32_t today);

#endif
