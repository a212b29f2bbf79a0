/* model_move.h - what the files that carry out an entry's postings share: model_post.c and model_member.c. */
#ifndef MERIT_LEDGER_MODEL_MOVE_H
#define MERIT_LEDGER_MODEL_MOVE_H

#include "ledger/model.h"

/* An entry while its postings are carried out. */
struct merit_move {
	struct merit_model *model;
	const struct merit_entry *entry;
	struct merit_histories histories;
	struct merit_text campaign; /* met last, empty before: most entries move points of one */
	uint32_t campaign_number;
};

/* The number of a campaign that is there. */
uint32_t merit_move_campaign(struct merit_move *move, struct merit_text campaign);

/* What members owe, and what was written off of it, counts with the sponsor whose campaign they owe it to. */
void merit_move_owed(struct merit_move *move, const struct merit_posting *posting);

static inline bool merit_posting_is_members(const struct merit_posting *posting, struct merit_text member)
{
	return merit_account_is_members(posting->account) && merit_text_equal(posting->holder, member); /* never in money */
}

/* All postings of one member. */
void merit_move_member(struct merit_move *move, struct merit_text name);

#endif
