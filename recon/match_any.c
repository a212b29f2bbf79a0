/* match_any.c - see match_inner.h: any few of a side that sum to one of the other, with nothing else in common.
 *
 * For each of the one side in its order: the nearest 24 of the many by day are tried in twos, then threes, up to sixes;
 * of equally many those with the nearest first. An exact sum goes before one within tolerance. Finding such sums is a
 * knapsack problem, so the work of a pass is bounded by a count of steps, the same everywhere. */
#include <stdlib.h>

#include "recon/match_inner.h"

struct few {
	struct merit_match *match;
	const struct merit_pass *rule;
	struct merit_field many;
	enum merit_side one_side;
	uint32_t steps;

	/* of one */
	unsigned candidates_count;
	uint32_t candidates[MERIT_ANY_CANDIDATES_MAX]; /* places of many */
	int64_t amounts[MERIT_ANY_CANDIDATES_MAX];
	int64_t least[MERIT_ANY_CANDIDATES_MAX], most[MERIT_ANY_CANDIDATES_MAX]; /* of amounts from there on */
	int64_t wanted;                                                          /* amount */
	int64_t tolerance;
	unsigned chosen[MERIT_ANY_ITEMS_MAX]; /* as it is tried */
	unsigned answer[MERIT_ANY_ITEMS_MAX]; /* the first that fits */
	unsigned answer_count, answers;
};

/* ---- One's candidates ---- */

/* The one as a field of its own, so that it can look for the many by day. */
static void candidates_find(struct few *few, uint32_t rank)
{
	const struct merit_match_item *item = &few->match->items[few->one_side][rank];
	struct merit_place place = { 0, item->currency, 0, item->day, rank };
	const struct merit_field seeker = { .match = few->match, .side = few->one_side, .places = &place, .count = 1 };
	const struct merit_bounds bounds = { .days = few->rule->days, .suits = merit_suits_sum };
	struct merit_search search = {
		.bounds = &bounds,
		.seekers = &seeker,
		.field = &few->many,
		.slice = merit_field_find(&few->many, 0, item->currency),
		.wanted = MERIT_ANY_CANDIDATES_MAX + 1,
	};

	merit_search_run(&search);
	bool is_more = search.gave_up || search.count > MERIT_ANY_CANDIDATES_MAX;
	few->candidates_count = search.count < MERIT_ANY_CANDIDATES_MAX ? search.count : MERIT_ANY_CANDIDATES_MAX;
	if (is_more && few->rule->unambiguous)
		few->candidates_count = 0; /* Nobody knows whether there is another sum. */
	for (unsigned i = few->candidates_count; i-- > 0;) {
		int64_t amount = few->match->items[few->many.side][few->many.places[search.found[i]].id].amount;
		bool is_last = i + 1 == few->candidates_count;
		few->candidates[i] = search.found[i];
		few->amounts[i] = amount;
		few->least[i] = is_last || amount < few->least[i + 1] ? amount : few->least[i + 1];
		few->most[i] = is_last || amount > few->most[i + 1] ? amount : few->most[i + 1];
	}
}

static int64_t tolerance_of(const struct few *few, int64_t sum)
{
	int64_t ours = few->one_side == MERIT_OURS ? few->wanted : sum;
	__int128 share = (__int128)(ours < 0 ? -ours : ours) * few->rule->amount_basis / 10000;

	return few->rule->amount > share ? few->rule->amount : (int64_t)share;
}

/* ---- Sums ---- */

static void fits_note(struct few *few, unsigned size)
{
	if (few->answers++ > 0)
		return;
	few->answer_count = size;
	for (unsigned i = 0; i < size; i++)
		few->answer[i] = few->chosen[i];
}

static bool is_fit(const struct few *few, int64_t sum, bool exact)
{
	int64_t away = sum > few->wanted ? sum - few->wanted : few->wanted - sum;

	return away <= (exact ? 0 : tolerance_of(few, sum)) && (away != 0 || exact);
}

static bool is_enough(const struct few *few)
{
	return few->answers == (few->rule->unambiguous ? 2 : 1) || few->steps >= MERIT_ANY_STEPS_MAX;
}

/* Whether `left` amounts from place `from` on can bring sum anywhere near. Where ours is the sum, a tolerance of basis
 * points grows with it; such passes are not cut short. */
static bool can_reach(const struct few *few, int64_t sum, unsigned from, unsigned left)
{
	int64_t away = few->one_side == MERIT_OURS || few->rule->amount_basis == 0 ? few->tolerance : MERIT_AMOUNT_MAX;

	return sum + (int64_t)left * few->least[from] <= few->wanted + away &&
	       sum + (int64_t)left * few->most[from] >= few->wanted - away;
}

static void try_from(struct few *few, unsigned from, unsigned at, unsigned size, int64_t sum, bool exact)
{
	for (unsigned i = from; i + (size - at) <= few->candidates_count && !is_enough(few); i++) {
		few->steps++;
		if (!can_reach(few, sum, i, size - at))
			return; /* What follows are fewer amounts yet. */
		few->chosen[at] = i;
		if (at + 1 < size)
			try_from(few, i + 1, at + 1, size, sum + few->amounts[i], exact);
		else if (is_fit(few, sum + few->amounts[i], exact))
			fits_note(few, size);
	}
}

static void try_all(struct few *few, bool exact)
{
	few->tolerance = exact ? 0 : tolerance_of(few, few->wanted);
	for (unsigned size = 2; size <= MERIT_ANY_ITEMS_MAX && !is_enough(few); size++)
		try_from(few, 0, 0, size, 0, exact);
}

/* ---- The pass ---- */

static void take(struct few *few, uint32_t rank)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < few->answer_count; i++)
		sum += few->amounts[few->answer[i]];
	enum merit_class class_ = sum == few->wanted ? MERIT_CLASS_MATCHED : MERIT_CLASS_WITHIN_TOLERANCE;
	uint32_t finding = merit_match_find(few->match, class_, (int32_t)(few->rule - few->match->rules->passes),
	                                    !few->rule->confirms);
	merit_match_claim(few->match, few->one_side, rank, finding);
	for (unsigned i = 0; i < few->answer_count; i++)
		merit_place_claim(few->match, &few->many, few->candidates[few->answer[i]], finding);
}

static void try_one(struct few *few, uint32_t rank)
{
	few->wanted = few->match->items[few->one_side][rank].amount;
	few->answers = 0;
	candidates_find(few, rank);
	try_all(few, true);
	if (few->rule->amount > 0 || few->rule->amount_basis > 0)
		try_all(few, false);
	if (few->answers == 1 && few->steps < MERIT_ANY_STEPS_MAX)
		take(few, rank);
}

static bool is_one(const struct merit_match_item *item)
{
	return item->is_inside && item->finding == MERIT_NO_FINDING && item->kind != MERIT_ITEM_UNREADABLE;
}

enum merit_status merit_match_any(struct merit_match *match, int32_t pass)
{
	const struct merit_pass *rule = &match->rules->passes[pass];
	struct few few = { .match = match, .rule = rule, .one_side = rule->many_ours ? MERIT_THEIRS : MERIT_OURS };
	const struct merit_field_of of = {
		.side = MERIT_OTHER(few.one_side),
		.key = MERIT_KEY_NONE,
		.kind = -1,
		.no_amounts = true,
	};
	enum merit_status status = merit_field_make(match, &of, &few.many);

	for (uint32_t rank = 0; status == MERIT_OK && rank < match->count[few.one_side]; rank++) {
		if (match->tell != NULL && rank % (1u << 10) == 0)
			match->tell(match->context, rule->name, rank, match->count[few.one_side]);
		if (!is_one(&match->items[few.one_side][rank]))
			continue;
		if (few.steps < MERIT_ANY_STEPS_MAX)
			try_one(&few, rank);
		if (few.steps >= MERIT_ANY_STEPS_MAX)
			match->unsearched++;
	}
	merit_field_free(&few.many);
	return status;
}
