/* awards.h - what members were given: awards as they become available, and as they are taken back; in points and money.
 *
 * Counts   an earn, once its points can be used: at once, or with the review or the day that made it available; and
 *          each side of a paid referral. Corrections, too, with nothing told of their nature: points given or taken
 *          by adjustment, and debts written off, which are awards taken back that the member keeps after all. Not
 *          openings: those were given before this ledger.
 * Worth    of a recipient's awards of a campaign each is worth what the sum was worth with it, less what it was
 *          without: so shares, each rounded, sum to what all points together are worth (doc/protocol.md, section 10).
 * Dated    with the entry that made it available or took it back.
 * Order    the entries', all of a log from its first: shares hang on what went before. */
#ifndef MERIT_REPORT_AWARDS_H
#define MERIT_REPORT_AWARDS_H

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
#define MERIT_AWARD_EVENTS_MAX 2
MERIT_MUST_USE enum merit_status merit_awards_take(struct merit_awards *awards, const struct merit_entry *entry,
						   struct merit_award_event events_out[static MERIT_AWARD_EVENTS_MAX],
						   size_t *count_out);
void merit_awards_free(struct merit_awards *awards);

#endif
