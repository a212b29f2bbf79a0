/* order_means.h - what a member has to order with: which of its points may buy what, and how many pieces the limits of
 * an item leave it.
 *
 * order.place takes from them line by line; a list of items tells of each how much there is. Nothing here changes
 * state. */
#ifndef MERIT_LEDGER_ORDER_MEANS_H
#define MERIT_LEDGER_ORDER_MEANS_H

#include "ledger/model.h"

/* One of the member's lots with points to spend, and what it may buy. */
struct merit_purse {
	int64_t left;    /* points that no line has taken yet */
	bool is_used;    /* a line took some */
	uint32_t number; /* the campaign's */
	size_t first;    /* the place of the first purse of the same campaign */
	const struct merit_campaign *campaign;
	struct merit_text campaign_name;
	int32_t day;      /* the lot's last */
	unsigned classes; /* bit of each class of item, of those asked for */
};

/* In the order in which they pay: the earliest last day first. */
struct merit_purses {
	struct merit_purse *list;
	size_t count;
};

/* A member's means, opened once for many orders that are foreseen: what model->means points to meanwhile. */
struct merit_means {
	struct merit_text member;
	struct merit_member_head head;
	struct merit_purses purses; /* for all classes */
};

/* Opens a member's lots, in scratch; false without memory.
 *
 * name     the member's
 * year     the calendar year whose points make its tier
 * classes  bits of the classes of item they are to be opened for */
MERIT_MUST_USE bool merit_purses_open(struct merit_model *model, struct merit_text name,
				      const struct merit_member *member, int32_t year, unsigned classes,
				      struct merit_purses *purses_out);

/* A copy in arena; false without memory. */
MERIT_MUST_USE bool merit_purses_copy(struct merit_arena *arena, const struct merit_purses *purses,
				      struct merit_purses *copy_out);

/* Whether its points may buy the item: by class, and in one currency. */
bool merit_purse_may_buy(const struct merit_purse *purse, const struct merit_item *item);

/* How many campaigns lines took points of. */
size_t merit_purses_campaigns_used(const struct merit_purses *purses);

/* The points in all of them that may buy the item. */
int64_t merit_purses_eligible(const struct merit_purses *purses, const struct merit_item *item);

/* How many pieces more the item's limit in a period leaves the member: below 0 where the limit came later than what it
 * ordered; INT64_MAX where nothing limits.
 *
 * name   the item's
 * day    any in the period */
int64_t merit_item_limit_left(struct merit_model *model, struct merit_text name, const struct merit_item *item,
			      struct merit_text member, enum merit_period period, int32_t day);

#endif
