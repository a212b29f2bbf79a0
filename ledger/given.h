/* given.h - what members were given, and what was taken back: what is disclosed of them, by reports and by reads alike.
 *
 * Counts   an earn, once its points can be used: at once, or with the review or the day that made it available; and
 *          each side of a paid referral. Corrections, too: points given or taken by adjustment, and debts written off,
 *          which are awards taken back that the member keeps after all. Not openings: those were given before this
 *          ledger.
 * Worth    of a member's awards of a campaign each is worth what the sum was worth with it, less what it was without:
 *          so shares, each rounded, sum to what all points together are worth (doc/protocol.md, section 10). */
#ifndef MERIT_LEDGER_GIVEN_H
#define MERIT_LEDGER_GIVEN_H

#include "ledger/model.h"

/* Points that an entry gave to a member. Texts are the entry's. */
struct merit_given {
	struct merit_text member, campaign;
	int64_t points; /* below 0: taken back; never 0 */
	bool is_award;  /* of an earn, whose seq is: */
	uint64_t award;
};

/* What an entry gave, an approval as unwrapped: up to MERIT_GIVEN_MAX of them into given_out. Returns how many. */
#define MERIT_GIVEN_MAX 2
size_t merit_given_of(const struct merit_entry *entry, struct merit_given given_out[static MERIT_GIVEN_MAX]);

/* The part of evolve every entry shares: where a campaign's points are worth parts of minor units, what a member got of
 * it is summed, and the sum behind each entry kept. */
void merit_given_follow(struct merit_model *model, const struct merit_entry *entry);

/* What points of the campaign were worth when the entry at seq gave them: minor units, below 0 when it took them back. */
int64_t merit_given_value(struct merit_model *model, const struct merit_campaign *campaign,
			  const struct merit_given *given, uint64_t seq);

#endif
