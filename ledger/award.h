/* award.h - what an award is beside its points: what it counts, what its sponsor's caps leave, and the rows under which
 * it waits for a reviewer or for its day.
 *
 * Functions that take a sign add with 1 and give back with -1. Only evolve functions change rows: merit_award_count,
 * merit_award_set and merit_sponsor_count are for them. */
#ifndef MERIT_LEDGER_AWARD_H
#define MERIT_LEDGER_AWARD_H

#include "ledger/model.h"

/* The places of the words of AWARD_STATE. */
enum merit_award_state {
	MERIT_AWARD_AVAILABLE,
	MERIT_AWARD_REVIEW,
	MERIT_AWARD_MATURING,
	MERIT_AWARD_REJECTED,
	MERIT_AWARD_REVERSED,
};

/* Besides the bits of a rule's counted, in an award's only: it counts with its sponsor, too. */
#define MERIT_COUNTED_SPONSOR (1u << (MERIT_PERIOD_COUNT + 2))

/* ---- What an award counts ---- */

/* Counts an accepted earn, or gives back what it counted: points and awards of its member in the periods of the day it
 * occurred, awards for its reference and its event, money of its sponsor.
 *
 * earn     as it was evolved, or read from its leaf
 * counted  MERIT_COUNTED bits: what to count; to give back, those of the award's row */
void merit_award_count(struct merit_model *model, const struct merit_entry *earn, uint8_t counted, int sign);

/* ---- Where an award stands ---- */

/* Stores the award of the earn at seq, new or in its next state, and keeps in step with it the rows that wait:
 * MEMBER_AWARD, REVIEW under review, what is due while maturing. member is whose it is. */
void merit_award_set(struct merit_model *model, uint64_t seq, struct merit_text member,
		     const struct merit_award *award);

/* The last day of points for what occurred on one day and became available on another: by the campaign's from. */
int32_t merit_award_last_day(const struct merit_campaign *campaign, int32_t occurred_day, int32_t available_day);

/* ---- Sponsors' caps ---- */

/* A row of SPONSOR_CAP, by the sponsor's number and the currency: stays when the cap is lifted. */
struct merit_sponsor_cap {
	int64_t minor; /* what a member's awards of a calendar year may be worth; 0 = any */
	uint64_t seq;  /* of the entry that set it last */
};

/* Caps count in millionths of a minor unit, rounded up: many small awards must not pass for nothing. */
#define MERIT_WORTH_MINOR 1000000LL

/* What points of the campaign are worth in millionths of a minor unit; INT64_MAX when it is more than that. */
int64_t merit_award_worth(const struct merit_campaign *campaign, int64_t points);

/* Whether the campaign's sponsor ever set a cap in its currency: then what members get counts. */
bool merit_sponsor_counts(struct merit_model *model, const struct merit_campaign *campaign);

/* The same, and then that cap in minor units and what it leaves the member in the calendar year of day, in millionths.
 * A cap that was lifted lets any sum of safe integers be, and goes on counting. */
bool merit_sponsor_left(struct merit_model *model, const struct merit_campaign *campaign, struct merit_text member,
			int32_t day, int64_t *cap_out, int64_t *left_out);

/* The most points of the campaign, up to these, that are worth no more than so many millionths. */
int64_t merit_award_clip(const struct merit_campaign *campaign, int64_t points, int64_t worth);

/* Counts the worth of points with the campaign's sponsor, where merit_sponsor_counts says so. */
void merit_sponsor_count(struct merit_model *model, const struct merit_campaign *campaign, struct merit_text member,
			 int32_t day, int64_t points, int sign);

#endif
