/* awards.h - what members were given: awards as they become available, and as they are taken back; in points and money.
 *
 * Counts   what ledger/given.h counts, and at what it is worth there. Of an earn it has the nature; corrections and
 *          referrals have nothing told of theirs.
 * Dated    with the entry that made it available or took it back.
 * Order    the entries', all of a log from its first: shares hang on what went before. */
#ifndef MERIT_REPORT_AWARDS_H
#define MERIT_REPORT_AWARDS_H

#include "ledger/given.h"
#include "report/catalog.h"
#include "report/index.h"

/* One award given, or taken back. Texts live as long as the awards. */
struct merit_award_event {
	struct merit_text member;
	const struct merit_catalog_campaign *campaign;
	struct merit_text nature, form, income; /* empty: neither the earn nor its rule says */
	int32_t day;
	int64_t points, minor; /* below 0: taken back */
	int64_t given_minor;   /* what the whole award was worth when it was given */
};

/* Start from { .catalog = ... }, which has taken each entry before. */
struct merit_awards {
	const struct merit_catalog *catalog;
	/* Inner. */
	struct merit_arena arena;
	struct merit_index earns;  /* by seq */
	struct merit_index shares; /* by member and campaign: points so far */
	struct merit_index texts;  /* each kept once */
};

/* The events of an entry, as unwrapped: up to MERIT_AWARD_EVENTS_MAX of them into events_out, their number into
 * count_out. Returns NO_MEMORY, or BAD_FORMAT for an entry that cannot follow those before it. */
#define MERIT_AWARD_EVENTS_MAX MERIT_GIVEN_MAX
MERIT_MUST_USE enum merit_status merit_awards_take(struct merit_awards *awards, const struct merit_entry *entry,
						   struct merit_award_event events_out[static MERIT_AWARD_EVENTS_MAX],
						   size_t *count_out);
void merit_awards_free(struct merit_awards *awards);

#endif
