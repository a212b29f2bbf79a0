/* slow_matching.h - the matching once more, by comparing everything with everything: what match.h says, and nothing of
 * how recon/ does it. For lists of a few items; the searches of recon/ that give up do not do so on these. */
#ifndef MERIT_TESTS_RECON_SLOW_MATCHING_H
#define MERIT_TESTS_RECON_SLOW_MATCHING_H

#include <stdlib.h>
#include <string.h>

#include "recon/match.h"

#define SLOW_ITEMS_MAX 24
#define SLOW_OPEN (-1)

enum { SLOW_THEIRS, SLOW_OURS };

struct slow {
	const struct merit_rules *rules;
	struct merit_window window;
	const struct merit_recon_item *items[2]; /* in order: day, reference, line, place */
	size_t count[2];
	int finding[2][SLOW_ITEMS_MAX];    /* of an item; SLOW_OPEN */
	struct { enum merit_class class_; int pass; bool is_suggested; } found[2 * SLOW_ITEMS_MAX];
	int found_count;
};

/* What several items of a side come to; or one. */
struct slow_sum {
	int side;
	uint32_t items; /* a bit each */
	int64_t amount;
	int32_t first_day, last_day;
};

static inline int slow_compare_items(const void *left, const void *right)
{
	const struct merit_recon_item *a = left, *b = right;
	int order = a->day != b->day ? (a->day > b->day ? 1 : -1) : merit_text_order(a->reference, b->reference);

	if (order == 0)
		order = a->line != b->line ? (a->line > b->line ? 1 : -1) : a->place - b->place;
	return order;
}

static inline bool slow_is_inside(const struct slow *slow, const struct merit_recon_item *item)
{
	return item->kind == MERIT_ITEM_UNREADABLE || item->carried.size > 0 || item->is_late ||
	       (item->day >= slow->window.first_day && item->day <= slow->window.last_day);
}

/* Open, readable, and on the wanted side of the window. */
static inline bool slow_is_free(const struct slow *slow, int side, size_t i, bool outside)
{
	const struct merit_recon_item *item = &slow->items[side][i];

	return slow->finding[side][i] == SLOW_OPEN && item->kind != MERIT_ITEM_UNREADABLE &&
	       slow_is_inside(slow, item) != outside;
}

static inline int slow_find(struct slow *slow, enum merit_class class_, int pass, bool is_suggested)
{
	slow->found[slow->found_count].class_ = class_;
	slow->found[slow->found_count].pass = pass;
	slow->found[slow->found_count].is_suggested = is_suggested;
	return slow->found_count++;
}

static inline void slow_claim(struct slow *slow, const struct slow_sum *sum, int finding)
{
	for (size_t i = 0; i < slow->count[sum->side]; i++)
		if (sum->items >> i & 1)
			slow->finding[sum->side][i] = finding;
}

static inline struct slow_sum slow_single(const struct slow *slow, int side, size_t i)
{
	const struct merit_recon_item *item = &slow->items[side][i];

	return (struct slow_sum){ side, 1u << i, item->amount, item->day, item->day };
}

static inline void slow_add(const struct slow *slow, struct slow_sum *sum, size_t i)
{
	const struct merit_recon_item *item = &slow->items[sum->side][i];

	sum->first_day = sum->items == 0 || item->day < sum->first_day ? item->day : sum->first_day;
	sum->last_day = sum->items == 0 || item->day > sum->last_day ? item->day : sum->last_day;
	sum->items |= 1u << i;
	sum->amount += item->amount;
}

/* ---- What may be a pair ---- */

static inline bool slow_same_text(struct merit_text a, struct merit_text b)
{
	return a.size > 0 && merit_text_equal(a, b);
}

/* -1: the statuses contradict each other, 1: they are told and the same, 0: else. */
static inline int slow_statuses(const struct merit_recon_item *a, const struct merit_recon_item *b)
{
	if (a->status.size == 0 || b->status.size == 0)
		return 0;
	return merit_text_equal(a->status, b->status) ? 1 : -1;
}

static inline bool slow_both_fees(const struct merit_recon_item *a, const struct merit_recon_item *b)
{
	return (a->kind == MERIT_ITEM_FEE) == (b->kind == MERIT_ITEM_FEE);
}

static inline bool slow_is_booked(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return theirs->kind == MERIT_ITEM_FEE && ours->kind != MERIT_ITEM_FEE && slow_statuses(theirs, ours) >= 0;
}

/* What every item of a sum and the one must be to each other. */
static inline bool slow_suit(const struct slow *slow, const struct slow_sum *many, const struct slow_sum *one)
{
	size_t at = (size_t)__builtin_ctz(one->items);
	bool is_single = __builtin_popcount(many->items) == 1;

	for (size_t i = 0; i < slow->count[many->side]; i++) {
		if (!(many->items >> i & 1))
			continue;
		const struct merit_recon_item *item = &slow->items[many->side][i], *other = &slow->items[one->side][at];
		if (slow_statuses(item, other) < 0 || (is_single && !slow_both_fees(item, other)))
			return false;
		for (size_t j = 0; j < i; j++)
			if (many->items >> j & 1 && slow_statuses(item, &slow->items[many->side][j]) < 0)
				return false;
	}
	return true;
}

static inline bool slow_any_carried(const struct slow *slow, const struct slow_sum *sum)
{
	for (size_t i = 0; i < slow->count[sum->side]; i++)
		if (sum->items >> i & 1 && slow->items[sum->side][i].carried.size > 0)
			return true;
	return false;
}

static inline bool slow_days_fit(const struct slow *slow, const struct merit_pass *pass, const struct slow_sum *a,
                                 const struct slow_sum *b, bool carried_waits)
{
	if (carried_waits && (slow_any_carried(slow, a) || slow_any_carried(slow, b)))
		return true;
	return abs(a->first_day - b->last_day) <= pass->days && abs(a->last_day - b->first_day) <= pass->days;
}

static inline bool slow_amounts_fit(const struct merit_pass *pass, const struct slow_sum *a, const struct slow_sum *b)
{
	int64_t ours = a->side == SLOW_OURS ? a->amount : b->amount, share = llabs(ours) * pass->amount_basis / 10000;

	if ((a->amount < 0 && b->amount > 0) || (a->amount > 0 && b->amount < 0))
		return false;
	return llabs(a->amount - b->amount) <= (pass->amount > share ? pass->amount : share);
}

/* Whether a is nearer to from than b: amount, the smaller, day, the earlier, then the order of items. */
static inline bool slow_is_nearer(const struct slow_sum *from, const struct slow_sum *a, const struct slow_sum *b)
{
	int64_t amounts[] = { llabs(a->amount - from->amount), llabs(b->amount - from->amount) };
	int days[] = { abs(a->first_day - from->first_day), abs(b->first_day - from->first_day) };

	if (amounts[0] != amounts[1])
		return amounts[0] < amounts[1];
	if (a->amount != b->amount)
		return a->amount < b->amount;
	if (days[0] != days[1])
		return days[0] < days[1];
	if (a->first_day != b->first_day)
		return a->first_day < b->first_day;
	return a->items < b->items;
}

/* The same of two pairs whose first parts look for the second. */
static inline bool slow_is_better(const struct slow_sum *a, const struct slow_sum *a_found, const struct slow_sum *b,
                                  const struct slow_sum *b_found)
{
	int64_t amounts[] = { a_found->amount - a->amount, b_found->amount - b->amount };
	int days[] = { a_found->first_day - a->first_day, b_found->first_day - b->first_day };

	if (llabs(amounts[0]) != llabs(amounts[1]))
		return llabs(amounts[0]) < llabs(amounts[1]);
	if (amounts[0] != amounts[1])
		return amounts[0] < amounts[1];
	if (abs(days[0]) != abs(days[1]))
		return abs(days[0]) < abs(days[1]);
	if (days[0] != days[1])
		return days[0] < days[1];
	if (a->items == b->items)
		return a_found->items < b_found->items;
	return a->first_day < b->first_day || (a->first_day == b->first_day && a->items < b->items);
}

/* ---- Passes ---- */

struct slow_candidates {
	struct slow_sum seekers[SLOW_ITEMS_MAX], others[SLOW_ITEMS_MAX];
	bool seeker_gone[SLOW_ITEMS_MAX], other_gone[SLOW_ITEMS_MAX];
	size_t seekers_count, others_count;
	bool fits[SLOW_ITEMS_MAX][SLOW_ITEMS_MAX];
};

static inline void slow_take(struct slow *slow, int pass, const struct slow_sum *a, const struct slow_sum *b)
{
	enum merit_class class_ = a->amount == b->amount ? MERIT_CLASS_MATCHED : MERIT_CLASS_WITHIN_TOLERANCE;
	int finding = slow_find(slow, class_, pass, !slow->rules->passes[pass].confirms);

	slow_claim(slow, a, finding);
	slow_claim(slow, b, finding);
}

static inline bool slow_best(const struct slow_candidates *all, size_t *seeker_out, size_t *other_out)
{
	bool is_any = false;

	for (size_t i = 0; i < all->seekers_count; i++)
		for (size_t j = 0; j < all->others_count; j++) {
			if (!all->fits[i][j] || all->seeker_gone[i] || all->other_gone[j])
				continue;
			if (is_any && !slow_is_better(&all->seekers[i], &all->others[j], &all->seekers[*seeker_out],
			                              &all->others[*other_out]))
				continue;
			is_any = true;
			*seeker_out = i;
			*other_out = j;
		}
	return is_any;
}

/* How often seeker or other (the other of both is SIZE_MAX) fits. */
static inline size_t slow_fits_count(const struct slow_candidates *all, size_t seeker, size_t other)
{
	size_t count = 0;

	for (size_t i = 0; i < all->seekers_count; i++)
		for (size_t j = 0; j < all->others_count; j++)
			count += all->fits[i][j] && (seeker == i || seeker == SIZE_MAX) &&
			         (other == j || other == SIZE_MAX);
	return count;
}

static inline void slow_pair(struct slow *slow, int pass, struct slow_candidates *all)
{
	size_t i = 0, j = 0;

	if (!slow->rules->passes[pass].unambiguous) {
		while (slow_best(all, &i, &j)) {
			slow_take(slow, pass, &all->seekers[i], &all->others[j]);
			all->seeker_gone[i] = all->other_gone[j] = true;
		}
		return;
	}
	for (i = 0; i < all->seekers_count; i++)
		for (j = 0; j < all->others_count; j++)
			if (all->fits[i][j] && slow_fits_count(all, i, SIZE_MAX) == 1 &&
			    slow_fits_count(all, SIZE_MAX, j) == 1)
				slow_take(slow, pass, &all->seekers[i], &all->others[j]);
}

/* booked: theirs are the fees, and ours has each under its reference with its amount. */
static inline void slow_one_to_one(struct slow *slow, int number, bool booked)
{
	const struct merit_pass *pass = &slow->rules->passes[number];
	bool by_reference = pass->by == MERIT_BY_REFERENCE;
	struct slow_candidates all = { .seekers_count = 0 };

	for (size_t i = 0; i < slow->count[SLOW_THEIRS]; i++)
		if (slow_is_free(slow, SLOW_THEIRS, i, false) &&
		    (!booked || slow->items[SLOW_THEIRS][i].kind == MERIT_ITEM_FEE))
			all.seekers[all.seekers_count++] = slow_single(slow, SLOW_THEIRS, i);
	for (size_t i = 0; i < slow->count[SLOW_OURS]; i++)
		if (slow_is_free(slow, SLOW_OURS, i, false))
			all.others[all.others_count++] = slow_single(slow, SLOW_OURS, i);
	for (size_t i = 0; i < all.seekers_count; i++)
		for (size_t j = 0; j < all.others_count; j++) {
			const struct slow_sum *a = &all.seekers[i], *b = &all.others[j];
			const struct merit_recon_item *theirs = &slow->items[SLOW_THEIRS][__builtin_ctz(a->items)];
			const struct merit_recon_item *ours = &slow->items[SLOW_OURS][__builtin_ctz(b->items)];
			all.fits[i][j] = (!by_reference || slow_same_text(theirs->reference, ours->reference)) &&
			                 strcmp(theirs->currency, ours->currency) == 0 &&
			                 slow_days_fit(slow, pass, a, b, by_reference) &&
			                 (booked ? a->amount == b->amount && slow_is_booked(theirs, ours) :
			                           slow_amounts_fit(pass, a, b) && slow_suit(slow, a, b));
		}
	slow_pair(slow, number, &all);
}

static inline struct merit_text slow_shared(const struct merit_pass *pass, const struct merit_recon_item *item)
{
	return pass->group == MERIT_GROUP_REFERENCE ? item->reference : item->group;
}

/* Those of the many side that share what item i does, i among them the first; else nothing. */
static inline struct slow_sum slow_sharing(const struct slow *slow, const struct merit_pass *pass, int side, int kind,
                                           size_t i)
{
	const struct merit_recon_item *first = &slow->items[side][i];
	struct slow_sum sum = { .side = side };

	for (size_t j = 0; j < slow->count[side]; j++) {
		const struct merit_recon_item *item = &slow->items[side][j];
		bool is_shared = pass->group == MERIT_GROUP_DAY ? item->day == first->day :
				 slow_same_text(slow_shared(pass, item), slow_shared(pass, first));
		if (!slow_is_free(slow, side, j, false) || !is_shared || strcmp(item->currency, first->currency) != 0)
			continue;
		if (kind >= 0 && item->kind != kind)
			continue;
		if (j < i)
			return (struct slow_sum){ .side = side };
		slow_add(slow, &sum, j);
	}
	return sum;
}

/* The ones that a sum may be, as the only seeker, or one of several days. */
static inline void slow_fit_ones(const struct slow *slow, const struct merit_pass *pass, struct slow_candidates *all,
                                 size_t i)
{
	const struct slow_sum *sum = &all->seekers[i];
	const struct merit_recon_item *first = &slow->items[sum->side][__builtin_ctz(sum->items)];
	struct merit_text shared = slow_shared(pass, first);
	bool by_day = pass->group == MERIT_GROUP_DAY;

	for (size_t j = 0; j < all->others_count; j++) {
		const struct slow_sum *one = &all->others[j];
		const struct merit_recon_item *item = &slow->items[one->side][__builtin_ctz(one->items)];
		bool shares = slow_same_text(shared, item->reference) || slow_same_text(shared, item->group);
		all->fits[i][j] = (by_day || shares) &&
		                  slow->finding[one->side][__builtin_ctz(one->items)] == SLOW_OPEN &&
		                  strcmp(first->currency, item->currency) == 0 && slow_suit(slow, sum, one) &&
		                  slow_amounts_fit(pass, sum, one) && slow_days_fit(slow, pass, sum, one, !by_day);
	}
}

/* By a reference or a group: one sum after the other in the order of what they share. By day: all together. */
static inline void slow_sums(struct slow *slow, int number, int kind)
{
	const struct merit_pass *pass = &slow->rules->passes[number];
	int side = pass->many_ours ? SLOW_OURS : SLOW_THEIRS;
	struct slow_candidates all = { .seekers_count = 0 };
	struct merit_text keys[SLOW_ITEMS_MAX];

	for (size_t i = 0; i < slow->count[1 - side]; i++)
		if (slow_is_free(slow, 1 - side, i, false))
			all.others[all.others_count++] = slow_single(slow, 1 - side, i);
	for (size_t i = 0; i < slow->count[side]; i++) {
		struct slow_sum sum = slow_sharing(slow, pass, side, kind, i);
		size_t at = all.seekers_count;
		if ((sum.items >> i & 1) == 0)
			continue;
		keys[at] = slow_shared(pass, &slow->items[side][i]);
		for (; pass->group != MERIT_GROUP_DAY && at > 0 && merit_text_order(keys[at], keys[at - 1]) < 0; at--) {
			struct merit_text key = keys[at];
			keys[at] = keys[at - 1];
			keys[at - 1] = key;
			all.seekers[at] = all.seekers[at - 1];
		}
		all.seekers[at] = sum;
		all.seekers_count++;
	}
	if (pass->group == MERIT_GROUP_DAY) {
		for (size_t i = 0; i < all.seekers_count; i++)
			slow_fit_ones(slow, pass, &all, i);
		slow_pair(slow, number, &all);
		return;
	}
	for (size_t i = 0; i < all.seekers_count; i++) {
		struct slow_candidates one = all;
		one.seekers[0] = all.seekers[i];
		one.seekers_count = 1;
		slow_fit_ones(slow, pass, &one, 0);
		slow_pair(slow, number, &one);
	}
}

/* Any few: all subsets, the first by exactness, size, and the places of its items by nearness. */
static inline void slow_any_of_one(struct slow *slow, int number, size_t one)
{
	const struct merit_pass *pass = &slow->rules->passes[number];
	int side = pass->many_ours ? SLOW_OURS : SLOW_THEIRS;
	struct slow_sum wanted = slow_single(slow, 1 - side, one), near[SLOW_ITEMS_MAX], best = { 0 };
	size_t near_count = 0, answers = 0;
	uint32_t best_set = 0;

	for (size_t i = 0; i < slow->count[side]; i++) {
		struct slow_sum sum = slow_single(slow, side, i);
		const struct merit_recon_item *item = &slow->items[side][i], *other = &slow->items[1 - side][one];
		if (!slow_is_free(slow, side, i, false) || strcmp(item->currency, other->currency) != 0 ||
		    slow_statuses(item, other) < 0 || abs(item->day - other->day) > pass->days)
			continue;
		size_t at = near_count++;
		struct slow_sum day = { .first_day = wanted.first_day };
		for (; at > 0; at--) {
			struct slow_sum a = sum, b = near[at - 1];
			a.amount = b.amount = 0;
			if (!slow_is_nearer(&day, &a, &b))
				break;
			near[at] = near[at - 1];
		}
		near[at] = sum;
	}
	for (uint32_t set = 1; set < 1u << near_count; set++) {
		struct slow_sum sum = { .side = side };
		int size = __builtin_popcount(set);
		for (size_t i = 0; i < near_count; i++)
			if (set >> i & 1)
				slow_add(slow, &sum, (size_t)__builtin_ctz(near[i].items));
		int64_t share = llabs(pass->many_ours ? sum.amount : wanted.amount) * pass->amount_basis / 10000;
		int64_t away = llabs(sum.amount - wanted.amount);
		if (size < 2 || size > 6 || away > (pass->amount > share ? pass->amount : share))
			continue;
		answers++;
		int best_size = __builtin_popcount(best_set);
		bool exact = away == 0, best_exact = best.amount == wanted.amount;
		uint32_t first_other = (set ^ best_set) & -(set ^ best_set); /* the nearest that only one of both has */
		if (best_set == 0 || (exact != best_exact ? exact :
		                      size != best_size ? size < best_size : (set & first_other) != 0)) {
			best_set = set;
			best = sum;
		}
	}
	if (answers == 1 || (answers > 1 && !pass->unambiguous))
		slow_take(slow, number, &best, &wanted);
}

static inline void slow_run_passes(struct slow *slow)
{
	for (int i = 0; i < (int)slow->rules->passes_count; i++) {
		const struct merit_pass *pass = &slow->rules->passes[i];
		int one_side = pass->many_ours ? SLOW_THEIRS : SLOW_OURS;
		if (pass->by != MERIT_BY_SUM)
			slow_one_to_one(slow, i, false);
		if (pass->by == MERIT_BY_REFERENCE)
			slow_one_to_one(slow, i, true);
		if (pass->by != MERIT_BY_SUM)
			continue;
		if (pass->group != MERIT_GROUP_ANY)
			for (int kind = -1; kind <= MERIT_ITEM_REFUND; kind++)
				slow_sums(slow, i, kind);
		else
			for (size_t j = 0; j < slow->count[one_side]; j++)
				if (slow_is_free(slow, one_side, j, false))
					slow_any_of_one(slow, i, j);
	}
}

#endif
