/* match_inner.h - what the files of the matching share: the items as it sees them, and the steps in their order.
 *
 * Files    match.c: the call and the findings; match_text.c: texts become numbers; match_index.c: items in their order;
 *          match_field.c: items sorted for looking up, and the search for the nearest; match_pair.c: one to one, the
 *          best pair first; match_sum.c: many to one; match_any.c: any few to one; match_class.c: what is left.
 * Rank     an item's place in its side's order: day, reference, line, place, then all else it says. What two items say
 *          alike in everything is the same to everybody. Everything below speaks of ranks, so that the order of the
 *          caller's lists decides nothing.
 * Open     an item that no finding has yet. Inside: of the window, or carried, or unreadable. */
#ifndef MERIT_RECON_MATCH_INNER_H
#define MERIT_RECON_MATCH_INNER_H

#include "recon/match.h"

enum merit_side { MERIT_THEIRS, MERIT_OURS };
#define MERIT_SIDES 2
#define MERIT_OTHER(side) ((side) == MERIT_THEIRS ? MERIT_OURS : MERIT_THEIRS)

#define MERIT_NO_FINDING UINT32_MAX

struct merit_match_item {
	int64_t amount;
	uint32_t reference, group; /* numbers in the order of the texts; 0: empty */
	uint32_t currency;         /* its letters as a number */
	uint32_t index;            /* in the caller's list */
	uint32_t finding;          /* MERIT_NO_FINDING: open */
	int32_t day;
	uint8_t kind;
	bool is_inside, is_carried;
};

struct merit_match_finding {
	uint8_t class_;
	int8_t pass; /* -1: none */
	bool is_suggested;
};

struct merit_match {
	const struct merit_rules *rules;
	const struct merit_window *window;
	const struct merit_recon_item *given[MERIT_SIDES];
	struct merit_match_item *items[MERIT_SIDES]; /* by rank */
	uint32_t count[MERIT_SIDES];
	uint32_t texts_count;               /* references and groups are below or equal */
	struct merit_match_finding *found;  /* room for one an item */
	uint32_t found_count;
	uint64_t unsearched;
	void (*tell)(void *context, const char *what, uint64_t done, uint64_t of);
	void *context;
};

static inline const struct merit_recon_item *merit_match_given(const struct merit_match *match, enum merit_side side,
							 uint32_t rank)
{
	return &match->given[side][match->items[side][rank].index];
}

/* A new finding without items, and an item of it: from then on it is claimed. */
uint32_t merit_match_find(struct merit_match *match, enum merit_class class_, int32_t pass, bool is_suggested);
void merit_match_claim(struct merit_match *match, enum merit_side side, uint32_t rank, uint32_t finding);

/* ---- match_text.c ---- */

struct merit_match_text {
	const char *data;
	uint32_t size;
	uint32_t owner;  /* the caller's; kept */
	uint64_t prefix; /* working room */
};

/* Sorts texts by their bytes, a beginning first. n log n whatever they are, so that nobody can make it slow. */
void merit_match_texts_sort(struct merit_match_text *texts, uint32_t count);

/* ---- match_index.c ---- */

/* Makes items[] of both sides. TOO_LARGE for an amount or fee beyond MERIT_AMOUNT_MAX, or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_match_index(struct merit_match *match);

/* ---- match_field.c ---- */

/* What items are brought together by. A key of 0 is nothing in common, but for MERIT_KEY_NONE. */
enum merit_key { MERIT_KEY_NONE, MERIT_KEY_REFERENCE, MERIT_KEY_GROUP, MERIT_KEY_EITHER, MERIT_KEY_DAY };

struct merit_place {
	uint32_t key, currency;
	int64_t amount;
	int32_t day;
	uint32_t id; /* the item's rank, or the number of a sum */
};

/* Several items of a side as one. */
struct merit_sum {
	uint32_t first, count; /* places of the field it was made of */
	int32_t last_day;
	uint32_t told;         /* rank of one that tells a status, or of any when none does */
	bool is_mixed;         /* they tell different ones */
	bool is_carried;       /* one of them is */
	bool is_taken;
};

/* Places sorted by key, currency, amount, day, id. A place is open while its item is. */
struct merit_field {
	const struct merit_match *match;
	enum merit_side side;
	struct merit_sum *sums; /* NULL: the places are items */
	const struct merit_field *many; /* what they are sums of */
	struct merit_place *places;
	uint32_t count;
	uint32_t *up, *down;    /* where a look for an open place went on, from one that was not: match_field.c */
};

/* A run of places with the same key and currency, from begin up to end. */
struct merit_slice {
	uint32_t begin, end;
};

/* Which items a field is made of. */
struct merit_field_of {
	enum merit_side side;
	enum merit_key key;
	bool outside;          /* those outside the window; else those inside */
	bool claimed;          /* claimed ones too; else open ones alone */
	const uint8_t *wanted; /* bits by reference; NULL: all */
	int kind;              /* of this kind alone; -1: of any */
	bool fee_stated;       /* those alone that state one */
	bool no_amounts;       /* places of amount 0: sorted by day alone */
};

/* field_out is freed by merit_field_free, on failure too. */
MERIT_MUST_USE enum merit_status merit_field_make(const struct merit_match *match, const struct merit_field_of *of,
						  struct merit_field *field_out);
MERIT_MUST_USE enum merit_status merit_field_of_sums(const struct merit_match *match, enum merit_side side,
						     uint32_t count, struct merit_field *field_out);
void merit_field_sort(struct merit_field *field);
void merit_field_free(struct merit_field *field);
bool merit_field_is_open(const struct merit_field *field, uint32_t place);

/* Key, then currency, then, where exact, amount. */
int merit_place_order(const struct merit_place *a, const struct merit_place *b, bool exact);

/* The slice that begins at begin; empty behind the last place. */
struct merit_slice merit_field_slice(const struct merit_field *field, uint32_t begin, bool exact);

/* The slice of a key and a currency, perhaps an empty one. */
struct merit_slice merit_field_find(const struct merit_field *field, uint32_t key, uint32_t currency);

/* Two items that could be one: nothing but what is asked here separates them. */
typedef bool merit_suits(const struct merit_recon_item *theirs, const struct merit_recon_item *ours);

bool merit_suits_pass(const struct merit_recon_item *theirs, const struct merit_recon_item *ours);   /* kind and status */
bool merit_suits_booked(const struct merit_recon_item *theirs, const struct merit_recon_item *ours); /* a fee that ours has booked */
bool merit_suits_status(const struct merit_recon_item *theirs, const struct merit_recon_item *ours); /* two statuses told */
bool merit_suits_fee(const struct merit_recon_item *theirs, const struct merit_recon_item *ours);    /* the fee says why */
bool merit_suits_kind(const struct merit_recon_item *theirs, const struct merit_recon_item *ours);
bool merit_suits_sum(const struct merit_recon_item *theirs, const struct merit_recon_item *ours);    /* status alone */

#define MERIT_ANY_AMOUNT INT64_MAX
#define MERIT_ANY_DAYS   INT32_MAX

/* How one place may differ from another. */
struct merit_bounds {
	int64_t amount;       /* or MERIT_ANY_AMOUNT */
	int32_t amount_basis; /* of ours */
	int32_t days;         /* or MERIT_ANY_DAYS */
	bool carried_waits;   /* days do not count for what was carried: it waits for this very thing */
	merit_suits *suits;
};

/* How far a place is from the one that looks: the smaller is the better, amounts first. Twice the distance, and one
 * more for the larger amount or the later day, so that no two distances tie. */
struct merit_distance {
	uint64_t amount;
	uint64_t day;
};

#define MERIT_LOOKS_MAX  256 /* places a search looks at before it gives up */
#define MERIT_WANTED_MAX 25

struct merit_search {
	const struct merit_bounds *bounds;
	const struct merit_field *seekers; /* whose place looks */
	const struct merit_field *field;   /* and where */
	uint32_t seeker;
	struct merit_slice slice;
	unsigned wanted;   /* places, up to MERIT_WANTED_MAX: it ends with so many */
	/* results: the nearest first */
	unsigned count;
	uint32_t found[MERIT_WANTED_MAX];
	struct merit_distance distance; /* of the last */
	bool gave_up;      /* after MERIT_LOOKS_MAX: there may be more */
	unsigned looks;
};
void merit_search_run(struct merit_search *search);

/* ---- match_pair.c ---- */

/* One to one: which fields, how far apart, and what a pair becomes. */
struct merit_pairing {
	struct merit_field *seekers, *field;
	struct merit_bounds bounds;
	bool unambiguous;
	bool is_pass;  /* its pairs are matched or within_tolerance; else of class_ */
	enum merit_class class_;
	int32_t pass;
	bool is_suggested;
	const char *name; /* for whom is told */
};
/* Returns NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_match_pair(struct merit_match *match, const struct merit_pairing *pairing);

/* The same of fields that are made of items, and go again. */
MERIT_MUST_USE enum merit_status merit_match_items(struct merit_match *match, const struct merit_pairing *like,
						   const struct merit_field_of *of_theirs,
						   const struct merit_field_of *of_ours);

/* A pass by reference or by amount. */
MERIT_MUST_USE enum merit_status merit_match_pass(struct merit_match *match, int32_t pass);

/* ---- match_sum.c ---- */

/* The slices of many as sums, keyed as they are; with day, keyed by nothing. */
MERIT_MUST_USE enum merit_status merit_sums_make(const struct merit_match *match, const struct merit_field *many,
						 bool by_day, struct merit_field *sums_out);
/* All items of a place: one, or those of a sum. */
void merit_place_claim(struct merit_match *match, struct merit_field *field, uint32_t place, uint32_t finding);
MERIT_MUST_USE enum merit_status merit_match_sum(struct merit_match *match, int32_t pass);

/* ---- match_any.c ---- */

#define MERIT_ANY_CANDIDATES_MAX 24
#define MERIT_ANY_ITEMS_MAX      6
#define MERIT_ANY_STEPS_MAX      (1u << 30) /* of a pass: sums begun; what it does not come to is counted as unsearched */

MERIT_MUST_USE enum merit_status merit_match_any(struct merit_match *match, int32_t pass);

/* ---- match_class.c ---- */

/* The class of everything inside that is open. */
MERIT_MUST_USE enum merit_status merit_match_classify(struct merit_match *match);

#endif
