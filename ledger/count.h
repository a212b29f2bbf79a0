/* count.h - what is counted so that it can be limited: awards, points, money, pieces, by whom and in which period.
 *
 * A count is a row of the COUNT table. Days are the program's; a period is known by its first day. Only evolve
 * functions add. A period is counted from the moment something limits it: what came before is not known. */
#ifndef MERIT_LEDGER_COUNT_H
#define MERIT_LEDGER_COUNT_H

#include "ledger/model.h"

/* What is counted. Part of keys: numbers are stored. */
enum merit_counter {
	MERIT_COUNT_MEMBER = 1,    /* number: campaign; a: event, b: member. Awards and points by a rule, in a period */
	MERIT_COUNT_REFERENCE = 2, /* number: campaign; a: event, b: reference. Awards by a rule for one reference */
	MERIT_COUNT_EVENT = 3,     /* number: campaign; a: event. Awards by a rule */
	MERIT_COUNT_REFERRER = 4,  /* number: campaign; a: member. Rewards and points of a referrer, in a period */
	MERIT_COUNT_RECORDED = 5,  /* number: campaign; a: member. Referrals of a referrer, in a day */
	MERIT_COUNT_SPONSOR = 6,   /* number: sponsor; a: currency, b: member. Worth, in a year */
	MERIT_COUNT_ITEM = 7,      /* a: item, b: member. Pieces ordered, in a period */
};

/* One of them, to be read or added to. Texts are borrowed. */
struct merit_counted {
	enum merit_counter counter;
	uint32_t number;
	struct merit_text a, b;
	enum merit_period period;
	int32_t day; /* any in the period */
};

struct merit_count {
	int64_t times;  /* awards, rewards, referrals */
	int64_t amount; /* points, millionths of minor units, pieces */
};

struct merit_count merit_count_get(struct merit_model *model, const struct merit_counted *counted);

/* Adds, or takes away below 0: a count at INT64_MAX stays there. A row that comes to nothing is removed. */
void merit_count_add(struct merit_model *model, const struct merit_counted *counted, int64_t times, int64_t amount);

/* Bit i is set where most[i] limits anything: what to count. */
uint8_t merit_caps_mask(const struct merit_caps *caps);

#endif
