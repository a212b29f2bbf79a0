/* ours_inner.h - gathering items of ours, while it goes on: shared by ours.c and orders.c. */
#ifndef MERIT_RECON_OURS_INNER_H
#define MERIT_RECON_OURS_INNER_H

#include "recon/run.h"
#include "recon/scan.h"

/* From which entry on the things of a covered day are late, one a day from first_day on; UINT64_MAX: never. */
struct merit_late {
	int32_t first_day;
	size_t count;
	uint64_t *from;
};

struct merit_collecting {
	struct merit_journal *source;
	const struct merit_ours_options *options;
	struct merit_items *items;
	struct merit_index owned;   /* the party's items or campaigns, where there is a party */
	struct merit_index orders;  /* orders.c: by name */
	struct merit_arena arena;   /* of both */
	struct merit_arena scratch; /* one entry read beside the one at hand */
	struct merit_late late;
};

/* Adds an item like this one, of the entry's seq and day; its texts are copied, but for the status, a literal. */
MERIT_MUST_USE enum merit_status merit_collecting_add(struct merit_collecting *collecting,
						      const struct merit_entry *entry, const struct merit_recon_item *like);

/* Whether the entry is of a day before those asked for, and behind the run that covers it. */
bool merit_collecting_is_late(const struct merit_collecting *collecting, const struct merit_entry *entry);

/* Whether holder, or the owner of an item or campaign of this name, is the party asked for. */
bool merit_collecting_is_party(const struct merit_collecting *collecting, struct merit_text holder);
bool merit_collecting_is_owned(const struct merit_collecting *collecting, struct merit_text name);

/* Orders: an item each; then amounts and states as they stand at the cut-off. */
merit_journal_take_fn merit_orders_take;
void merit_orders_finish(struct merit_collecting *collecting);

#endif
