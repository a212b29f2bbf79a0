/* stale.h - runs that something was booked behind: dated in their days, by an entry that they could not see.
 *
 * Such a thing is in nobody's report. It is the business of a run that takes the stale one's place, or of a later run of
 * the source, which looks at what was booked late on days before its own (run.h); but for what a person ended a break
 * with that it makes good to the last minor unit. */
#ifndef MERIT_RECON_STALE_H
#define MERIT_RECON_STALE_H

#include "recon/history.h"

/* Texts are in the list's arena. */
struct merit_stale {
	struct merit_text source, run;
	int32_t first_day, last_day; /* the run's */
	uint64_t size;               /* the run is of the entries before this one */
	uint64_t entry;              /* the first that it could not see */
	int32_t day;                 /* which that entry is dated */
	uint64_t count;              /* of such things */
};

struct merit_stale_list {
	struct merit_stale *rows; /* sources by name, runs as they were committed */
	size_t count, capacity;
	struct merit_arena arena;
};

/* The live runs, of all sources, with something dated first_day to last_day that was booked behind them. Two passes over
 * the log a source. Returns what merit_journal_each does. */
MERIT_MUST_USE enum merit_status merit_stale_find(struct merit_journal *source, int32_t first_day, int32_t last_day,
						  const struct merit_journal_progress *progress,
						  struct merit_stale_list *list_out);
void merit_stale_free(struct merit_stale_list *list);

#endif
