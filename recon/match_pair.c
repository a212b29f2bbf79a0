/* match_pair.c - see match_inner.h: one to one, the best pair first.
 *
 * Of a slice every seeker finds its nearest. The pairs stand in a heap, the best on top: it is taken, unless what was
 * found has gone to a better pair meanwhile; then the seeker looks again. What it finds can only be farther, so what is
 * on top is always the best of all pairs that are left. */
#include <stdlib.h>

#include "recon/match_inner.h"

#define LOSSES_FREE 100000 /* how often seekers of a slice may look again before those that lose give up, */
#define LOSSES_EACH 8      /* and so often more for each of them: what is cut off are the farthest pairs of a crowd */
#define TELL_EVERY  (1u << 16) /* places */

struct pair {
	struct merit_distance distance;
	uint32_t seeker, found; /* places */
};

struct work {
	struct merit_match *match;
	const struct merit_pairing *pairing;
	struct pair *heap;
	uint32_t heap_count;
	uint32_t told; /* places done when it was last told of */
};

/* ---- The heap ---- */

static bool is_better(const struct work *work, const struct pair *a, const struct pair *b)
{
	const struct merit_pairing *pairing = work->pairing;

	if (a->distance.amount != b->distance.amount)
		return a->distance.amount < b->distance.amount;
	if (a->distance.day != b->distance.day)
		return a->distance.day < b->distance.day;
	return pairing->seekers->places[a->seeker].id < pairing->seekers->places[b->seeker].id;
}

static void sink(struct work *work, uint32_t at)
{
	struct pair pair = work->heap[at];

	for (uint32_t child; (child = 2 * at + 1) < work->heap_count; at = child) {
		if (child + 1 < work->heap_count && is_better(work, &work->heap[child + 1], &work->heap[child]))
			child++;
		if (!is_better(work, &work->heap[child], &pair))
			break;
		work->heap[at] = work->heap[child];
	}
	work->heap[at] = pair;
}

/* ---- Pairs ---- */

static struct merit_search search_of(const struct merit_pairing *pairing, uint32_t seeker, struct merit_slice slice,
                                     unsigned wanted)
{
	return (struct merit_search){
		.bounds = &pairing->bounds,
		.seekers = pairing->seekers,
		.field = pairing->field,
		.seeker = seeker,
		.slice = slice,
		.wanted = wanted,
	};
}

static bool find_best(const struct work *work, struct merit_slice slice, struct pair *pair)
{
	struct merit_search search = search_of(work->pairing, pair->seeker, slice, 1);

	merit_search_run(&search);
	if (search.count == 0)
		return false;
	pair->distance = search.distance;
	pair->found = search.found[0];
	return true;
}

static enum merit_class class_of(const struct merit_pairing *pairing, bool differs)
{
	if (pairing->is_pass)
		return differs ? MERIT_CLASS_WITHIN_TOLERANCE : MERIT_CLASS_MATCHED;
	/* The same amount under the same reference, and yet no pass took it: the days are too far apart. */
	return pairing->class_ == MERIT_CLASS_AMOUNT && !differs ? MERIT_CLASS_TIMING : pairing->class_;
}

static void take(struct work *work, uint32_t seeker, uint32_t found)
{
	const struct merit_pairing *pairing = work->pairing;
	bool differs = pairing->seekers->places[seeker].amount != pairing->field->places[found].amount;
	uint32_t finding =
		merit_match_find(work->match, class_of(pairing, differs), pairing->pass, pairing->is_suggested);

	merit_place_claim(work->match, pairing->seekers, seeker, finding);
	merit_place_claim(work->match, pairing->field, found, finding);
}

static void pair_best_first(struct work *work, struct merit_slice seekers, struct merit_slice slice)
{
	uint64_t losses_max = LOSSES_FREE + (uint64_t)LOSSES_EACH * (seekers.end - seekers.begin), losses = 0;

	work->heap_count = 0;
	for (uint32_t i = seekers.begin; i < seekers.end; i++) {
		struct pair pair = { .seeker = i };
		if (find_best(work, slice, &pair))
			work->heap[work->heap_count++] = pair;
	}
	for (uint32_t i = work->heap_count / 2; i-- > 0;)
		sink(work, i);
	while (work->heap_count > 0) {
		struct pair *top = &work->heap[0];
		bool stays = false;
		if (!merit_field_is_open(work->pairing->field, top->found))
			stays = ++losses <= losses_max && find_best(work, slice, top);
		else
			take(work, top->seeker, top->found);
		if (!stays)
			*top = work->heap[--work->heap_count];
		if (work->heap_count > 0)
			sink(work, 0);
	}
}

/* Takes pairs of which neither has another candidate. What is taken was nobody else's candidate, so the order in which
 * they are taken is of no matter. */
static void pair_unambiguous(struct work *work, struct merit_slice seekers, struct merit_slice slice)
{
	struct merit_pairing back = *work->pairing;

	back.seekers = work->pairing->field;
	back.field = work->pairing->seekers;
	for (uint32_t i = seekers.begin; i < seekers.end; i++) {
		struct merit_search search = search_of(work->pairing, i, slice, 2);
		merit_search_run(&search);
		if (search.count != 1 || search.gave_up)
			continue;
		struct merit_search other = search_of(&back, search.found[0], seekers, 2);
		merit_search_run(&other);
		if (other.count == 1 && !other.gave_up)
			take(work, i, search.found[0]);
	}
}

static void tell(struct work *work, uint32_t done)
{
	const struct merit_match *match = work->match;

	if (match->tell != NULL && (done - work->told >= TELL_EVERY || done == work->pairing->seekers->count)) {
		match->tell(match->context, work->pairing->name, done, work->pairing->seekers->count);
		work->told = done;
	}
}

enum merit_status merit_match_pair(struct merit_match *match, const struct merit_pairing *pairing)
{
	const struct merit_field *seekers = pairing->seekers, *field = pairing->field;
	const bool exact = pairing->bounds.amount == 0 && pairing->bounds.amount_basis == 0;
	struct work work = { .match = match, .pairing = pairing };
	uint32_t i = 0, j = 0;

	work.heap = malloc((seekers->count + (size_t)1) * sizeof(*work.heap));
	if (work.heap == NULL)
		return MERIT_NO_MEMORY;
	while (i < seekers->count && j < field->count) {
		int order = merit_place_order(&seekers->places[i], &field->places[j], exact);
		/* Of the one that is behind alone: a long slice that waits is not walked again and again. */
		struct merit_slice ours = { i, i }, others = { j, j };
		if (order <= 0)
			ours = merit_field_slice(seekers, i, exact);
		if (order >= 0)
			others = merit_field_slice(field, j, exact);
		if (order == 0 && pairing->unambiguous)
			pair_unambiguous(&work, ours, others);
		else if (order == 0)
			pair_best_first(&work, ours, others);
		i = ours.end;
		j = others.end;
		tell(&work, i);
	}
	tell(&work, seekers->count);
	free(work.heap);
	return MERIT_OK;
}

enum merit_status merit_match_items(struct merit_match *match, const struct merit_pairing *like,
                                    const struct merit_field_of *of_theirs, const struct merit_field_of *of_ours)
{
	struct merit_field theirs = { 0 }, ours = { 0 };
	struct merit_pairing pairing = *like;

	pairing.seekers = &theirs;
	pairing.field = &ours;
	enum merit_status status = merit_field_make(match, of_theirs, &theirs);
	if (status == MERIT_OK && theirs.count > 0)
		status = merit_field_make(match, of_ours, &ours);
	if (status == MERIT_OK && theirs.count > 0)
		status = merit_match_pair(match, &pairing);
	merit_field_free(&theirs);
	merit_field_free(&ours);
	return status;
}

enum merit_status merit_match_pass(struct merit_match *match, int32_t pass)
{
	const struct merit_pass *rule = &match->rules->passes[pass];
	const bool by_reference = rule->by == MERIT_BY_REFERENCE;
	const enum merit_key key = by_reference ? MERIT_KEY_REFERENCE : MERIT_KEY_NONE;
	struct merit_field_of of_theirs = { .side = MERIT_THEIRS, .key = key, .kind = -1 };
	const struct merit_field_of of_ours = { .side = MERIT_OURS, .key = key, .kind = -1 };
	struct merit_pairing pairing = {
		.bounds = {
			.amount = rule->amount,
			.amount_basis = rule->amount_basis,
			.days = rule->days,
			.carried_waits = by_reference,
			.suits = merit_suits_pass,
		},
		.unambiguous = rule->unambiguous,
		.is_pass = true,
		.pass = pass,
		.is_suggested = !rule->confirms,
		.name = rule->name,
	};

	enum merit_status status = merit_match_items(match, &pairing, &of_theirs, &of_ours);
	if (status != MERIT_OK || !by_reference)
		return status;
	pairing.bounds.amount = pairing.bounds.amount_basis = 0;
	pairing.bounds.suits = merit_suits_booked;
	of_theirs.kind = MERIT_ITEM_FEE;
	return merit_match_items(match, &pairing, &of_theirs, &of_ours);
}
