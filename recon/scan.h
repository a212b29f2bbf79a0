/* scan.h - the entries of a few operations, in order, without reading all the others.
 *
 * A log is mostly of other things than what is asked for: an entry's operation and day stand in the head of its leaf,
 * and only those wanted are taken apart. */
#ifndef MERIT_RECON_SCAN_H
#define MERIT_RECON_SCAN_H

#include "report/journal.h"

#define MERIT_SCAN_OPERATIONS_MAX 12

struct merit_scan {
	enum merit_operation_number operations[MERIT_SCAN_OPERATIONS_MAX];
	size_t operations_count;
	int32_t first_day, last_day; /* accounting days; MERIT_DAY_NONE and MERIT_DAY_NEVER: any */
	bool (*takes_too)(const void *of, uint64_t seq, int32_t day); /* of other days; NULL: none */
	const void *of;
};

/* Gives take the accepted entries before the one at before that did one of the operations, an approval as what it
 * carried out (merit_entry_unwrap). Returns what merit_journal_each does. progress may be NULL. */
MERIT_MUST_USE enum merit_status merit_scan_each(struct merit_journal *source, uint64_t before,
						 const struct merit_scan *scan, merit_journal_take_fn *take,
						 void *context, const struct merit_journal_progress *progress);

#endif
