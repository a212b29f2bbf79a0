/* match_field.c - see match_inner.h: items sorted for looking up, and the search for the nearest of them. */
#include <assert.h>
#include <stdlib.h>

#include "recon/match_inner.h"

/* ---- Making ---- */

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

int merit_place_order(const struct merit_place *a, const struct merit_place *b, bool exact)
{
	if (a->key != b->key)
		return ORDER(a->key, b->key);
	if (a->currency != b->currency)
		return ORDER(a->currency, b->currency);
	return exact ? ORDER(a->amount, b->amount) : 0;
}

static int compare_places(const void *left, const void *right)
{
	const struct merit_place *a = left, *b = right;
	int order = merit_place_order(a, b, true);

	if (order != 0)
		return order;
	return a->day != b->day ? ORDER(a->day, b->day) : ORDER(a->id, b->id);
}

void merit_field_sort(struct merit_field *field)
{
	qsort(field->places, field->count, sizeof(*field->places), compare_places);
}

static bool is_wanted(const struct merit_match *match, const struct merit_field_of *of,
                      const struct merit_match_item *item)
{
	if (item->kind == MERIT_ITEM_UNREADABLE || item->is_inside == of->outside)
		return false;
	if (item->finding != MERIT_NO_FINDING && !of->claimed)
		return false;
	if (of->kind >= 0 && item->kind != of->kind)
		return false;
	if (of->fee_stated && match->given[of->side][item->index].fee == 0)
		return false;
	return of->wanted == NULL || (of->wanted[item->reference / 8] >> item->reference % 8 & 1) != 0;
}

/* The keys of an item, none to two. */
static unsigned keys_of(const struct merit_match_item *item, enum merit_key key, uint32_t keys_out[static 2])
{
	unsigned count = 0;

	if (key == MERIT_KEY_NONE || key == MERIT_KEY_DAY) {
		keys_out[0] = key == MERIT_KEY_NONE ? 0 : (uint32_t)item->day ^ 0x80000000u; /* before 1970 first */
		return 1;
	}
	if (key != MERIT_KEY_GROUP && item->reference != 0)
		keys_out[count++] = item->reference;
	if (key != MERIT_KEY_REFERENCE && item->group != 0 && (count == 0 || item->group != item->reference))
		keys_out[count++] = item->group;
	return count;
}

/* Fills places, or only counts them where places is NULL. */
static uint32_t fill(const struct merit_match *match, const struct merit_field_of *of, struct merit_place *places)
{
	uint32_t count = 0, keys[2];

	for (uint32_t rank = 0; rank < match->count[of->side]; rank++) {
		const struct merit_match_item *item = &match->items[of->side][rank];
		unsigned keys_count = is_wanted(match, of, item) ? keys_of(item, of->key, keys) : 0;
		for (unsigned i = 0; i < keys_count; i++, count++)
			if (places != NULL)
				places[count] = (struct merit_place){
					keys[i], item->currency, of->no_amounts ? 0 : item->amount, item->day, rank,
				};
	}
	return count;
}

static enum merit_status allocate(struct merit_field *field, uint32_t count)
{
	field->count = count;
	field->places = malloc((count + (size_t)1) * sizeof(*field->places));
	field->up = calloc(count + (size_t)1, sizeof(*field->up));
	field->down = calloc(count + (size_t)1, sizeof(*field->down));
	return field->places == NULL || field->up == NULL || field->down == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

enum merit_status merit_field_make(const struct merit_match *match, const struct merit_field_of *of,
                                   struct merit_field *field_out)
{
	*field_out = (struct merit_field){ .match = match, .side = of->side };
	enum merit_status status = allocate(field_out, fill(match, of, NULL));
	if (status != MERIT_OK)
		return status;
	(void)fill(match, of, field_out->places);
	merit_field_sort(field_out);
	return MERIT_OK;
}

enum merit_status merit_field_of_sums(const struct merit_match *match, enum merit_side side, uint32_t count,
                                      struct merit_field *field_out)
{
	*field_out = (struct merit_field){ .match = match, .side = side };
	field_out->sums = calloc(count + (size_t)1, sizeof(*field_out->sums));
	enum merit_status status = allocate(field_out, count);
	return field_out->sums == NULL ? MERIT_NO_MEMORY : status;
}

void merit_field_free(struct merit_field *field)
{
	free(field->sums);
	free(field->places);
	free(field->up);
	free(field->down);
	*field = (struct merit_field){ 0 };
}

bool merit_field_is_open(const struct merit_field *field, uint32_t place)
{
	uint32_t id = field->places[place].id;

	if (field->sums != NULL)
		return !field->sums[id].is_taken;
	return field->match->items[field->side][id].finding == MERIT_NO_FINDING;
}

/* ---- Slices ---- */

typedef int place_order(const struct merit_place *a, const struct merit_place *b);

/* A part of the slice, the smaller the nearer hint is to it, that ends with the first place not before wanted. */
static struct merit_slice narrow(const struct merit_field *field, struct merit_slice slice, uint32_t hint,
                                 const struct merit_place *wanted, place_order *order)
{
	struct merit_slice part = { hint, hint };

	for (uint32_t step = 1; part.end < slice.end && order(&field->places[part.end], wanted) < 0; step *= 2) {
		part.begin = part.end + 1;
		part.end = slice.end - part.end > step ? part.end + step : slice.end;
	}
	for (uint32_t step = 1; part.begin > slice.begin && order(&field->places[part.begin - 1], wanted) >= 0;
	     step *= 2) {
		part.end = part.begin - 1;
		part.begin = part.begin - slice.begin > step ? part.begin - step : slice.begin;
	}
	return part;
}

/* The first place of the slice that is not before wanted, looked for from hint on: a place of the slice, or its end. */
static uint32_t lower_bound(const struct merit_field *field, struct merit_slice slice, uint32_t hint,
                            const struct merit_place *wanted, place_order *order)
{
	struct merit_slice part = narrow(field, slice, hint, wanted, order);

	while (part.begin < part.end) {
		uint32_t middle = part.begin + (part.end - part.begin) / 2;
		if (order(&field->places[middle], wanted) < 0)
			part.begin = middle + 1;
		else
			part.end = middle;
	}
	return part.begin;
}

static int by_key(const struct merit_place *a, const struct merit_place *b)
{
	return merit_place_order(a, b, false);
}

/* Of places of one slice. */
static int by_amount_day(const struct merit_place *a, const struct merit_place *b)
{
	return a->amount != b->amount ? ORDER(a->amount, b->amount) : ORDER(a->day, b->day);
}

static int by_amount_day_over(const struct merit_place *a, const struct merit_place *b)
{
	return by_amount_day(a, b) <= 0 ? -1 : 1;
}

static int by_amount(const struct merit_place *a, const struct merit_place *b)
{
	return ORDER(a->amount, b->amount);
}

static int by_amount_over(const struct merit_place *a, const struct merit_place *b)
{
	return a->amount <= b->amount ? -1 : 1;
}

struct merit_slice merit_field_slice(const struct merit_field *field, uint32_t begin, bool exact)
{
	uint32_t end = begin;

	while (end < field->count && merit_place_order(&field->places[end], &field->places[begin], exact) == 0)
		end++;
	return (struct merit_slice){ begin, end };
}

struct merit_slice merit_field_find(const struct merit_field *field, uint32_t key, uint32_t currency)
{
	const struct merit_place wanted = { .key = key, .currency = currency };
	const struct merit_place behind = { .key = key, .currency = currency + 1 };
	struct merit_slice all = { 0, field->count };

	return (struct merit_slice){
		lower_bound(field, all, 0, &wanted, by_key),
		lower_bound(field, all, 0, &behind, by_key),
	};
}

/* ---- Open places ---- */

/* up[place], of a place that is not open, is where a look for the next open one goes on: 0 means the very next. All
 * that a look passes is shortened to where it ended, so that claimed places cost next to nothing. down[] is the same
 * downwards, of places counted from 1, so that 0 can mean none there too. */

/* The first open place from place on; end or more when there is none. */
static uint32_t open_from(const struct merit_field *field, uint32_t place, uint32_t end)
{
	uint32_t at = place;

	while (at < end && !merit_field_is_open(field, at))
		at = field->up[at] > at ? field->up[at] : at + 1;
	while (place < at) {
		uint32_t next = field->up[place] > place ? field->up[place] : place + 1;
		field->up[place] = at;
		place = next;
	}
	return at;
}

/* The last open place below end, counted from 1; begin or less when there is none. */
static uint32_t open_below(const struct merit_field *field, uint32_t end, uint32_t begin)
{
	uint32_t at = end;

	while (at > begin && !merit_field_is_open(field, at - 1))
		at = field->down[at - 1] > 0 ? field->down[at - 1] - 1 : at - 1;
	while (end > at) {
		uint32_t next = field->down[end - 1] > 0 ? field->down[end - 1] - 1 : end - 1;
		field->down[end - 1] = at + 1;
		end = next;
	}
	return at;
}

/* ---- Suiting ---- */

bool merit_suits_kind(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return (theirs->kind == MERIT_ITEM_FEE) == (ours->kind == MERIT_ITEM_FEE);
}

static bool is_told(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return theirs->status.size > 0 && ours->status.size > 0;
}

bool merit_suits_sum(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return !is_told(theirs, ours) || merit_text_equal(theirs->status, ours->status);
}

bool merit_suits_pass(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return merit_suits_kind(theirs, ours) && merit_suits_sum(theirs, ours);
}

bool merit_suits_booked(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return !merit_suits_kind(theirs, ours) && theirs->kind == MERIT_ITEM_FEE && merit_suits_sum(theirs, ours);
}

bool merit_suits_status(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	return merit_suits_kind(theirs, ours) && !merit_suits_sum(theirs, ours);
}

bool merit_suits_fee(const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	int64_t difference = theirs->amount - ours->amount;

	return merit_suits_kind(theirs, ours) && difference != 0 &&
	       (difference == theirs->fee || difference == -theirs->fee);
}

/* Whether the items of two places suit, one of which may be a sum: then the statuses of all its items must, and to a
 * pass their kinds are free, for a payment and its fee are one of ours. */
static bool places_suit(const struct merit_search *search, const struct merit_place *seeker,
                        const struct merit_place *other)
{
	const struct merit_field *sides[] = { search->seekers, search->field };
	const uint32_t ids[] = { seeker->id, other->id };
	const struct merit_recon_item *items[MERIT_SIDES];
	merit_suits *suits = search->bounds->suits;

	for (unsigned i = 0; i < 2; i++) {
		const struct merit_sum *sum = sides[i]->sums == NULL ? NULL : &sides[i]->sums[ids[i]];
		if (sum != NULL && sum->count > 1 && suits == merit_suits_pass)
			suits = merit_suits_sum;
		if (sum != NULL && sum->is_mixed)
			return false;
		items[sides[i]->side] =
			merit_match_given(search->field->match, sides[i]->side, sum == NULL ? ids[i] : sum->told);
	}
	return suits(items[MERIT_THEIRS], items[MERIT_OURS]);
}

/* ---- The search ---- */

static int64_t gap(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

static uint64_t distance_of(int64_t from, int64_t to)
{
	return 2 * (uint64_t)gap(from, to) + (to > from);
}

/* Whether the amounts may be of one thing. What is given back is never what was paid. */
static bool amount_is_near(const struct merit_search *search, int64_t seeker, int64_t other)
{
	int64_t ours = search->field->side == MERIT_OURS ? other : seeker;

	if ((seeker < 0 && other > 0) || (seeker > 0 && other < 0))
		return false;
	if (gap(seeker, other) <= search->bounds->amount)
		return true;
	__int128 share = (__int128)gap(ours, 0) * search->bounds->amount_basis / 10000;
	return gap(seeker, other) <= share;
}

static bool place_is_carried(const struct merit_field *field, const struct merit_place *place)
{
	if (field->sums != NULL)
		return field->sums[place->id].is_carried;
	return field->match->items[field->side][place->id].is_carried;
}

static int32_t last_day_of(const struct merit_field *field, const struct merit_place *place)
{
	return field->sums != NULL ? field->sums[place->id].last_day : place->day;
}

static bool days_are_near(const struct merit_search *search, const struct merit_place *seeker,
                          const struct merit_place *other)
{
	const struct merit_bounds *bounds = search->bounds;

	if (bounds->carried_waits &&
	    (place_is_carried(search->seekers, seeker) || place_is_carried(search->field, other)))
		return true;
	return gap(seeker->day, last_day_of(search->field, other)) <= bounds->days &&
	       gap(last_day_of(search->seekers, seeker), other->day) <= bounds->days;
}

static void look_at(struct merit_search *search, uint32_t at)
{
	const struct merit_place *seeker = &search->seekers->places[search->seeker];
	const struct merit_place *other = &search->field->places[at];

	if (++search->looks > MERIT_LOOKS_MAX) {
		search->gave_up = true;
		return;
	}
	if (!days_are_near(search, seeker, other) || !places_suit(search, seeker, other))
		return;
	search->distance = (struct merit_distance){ distance_of(seeker->amount, other->amount),
		                                    distance_of(seeker->day, other->day) };
	search->found[search->count++] = at;
}

static bool is_over(const struct merit_search *search)
{
	return search->gave_up || search->count == search->wanted;
}

/* All open places of an amount and a day, by their ids. hint is one of them. */
static void look_at_day(struct merit_search *search, const struct merit_place *cell, uint32_t hint)
{
	const struct merit_field *field = search->field;
	uint32_t at = lower_bound(field, search->slice, hint, cell, by_amount_day);

	for (at = open_from(field, at, search->slice.end); at < search->slice.end && !is_over(search);
	     at = open_from(field, at + 1, search->slice.end)) {
		if (by_amount_day(&field->places[at], cell) != 0)
			return;
		look_at(search, at);
	}
}

/* Whether going on by days from the seeker's is of any use. */
static bool day_ends(const struct merit_search *search, int32_t day)
{
	return !search->bounds->carried_waits &&
	       gap(search->seekers->places[search->seeker].day, day) > search->bounds->days;
}

/* All open places of an amount, the nearest day first; of two as near the earlier. hint is one of them. */
static void look_at_amount(struct merit_search *search, int64_t amount, uint32_t hint)
{
	const struct merit_field *field = search->field;
	const struct merit_slice slice = search->slice;
	const int32_t day = search->seekers->places[search->seeker].day;
	struct merit_place cell = { .amount = amount, .day = day };
	uint32_t up = lower_bound(field, slice, hint, &cell, by_amount_day), down = up;

	while (!is_over(search)) {
		up = open_from(field, up, slice.end);
		down = open_below(field, down, slice.begin);
		const struct merit_place *above = up < slice.end ? &field->places[up] : NULL;
		const struct merit_place *below = down > slice.begin ? &field->places[down - 1] : NULL;
		above = above != NULL && above->amount == amount ? above : NULL;
		below = below != NULL && below->amount == amount ? below : NULL;
		if (above == NULL && below == NULL)
			return;
		bool is_below =
			above == NULL || (below != NULL && distance_of(day, below->day) < distance_of(day, above->day));
		cell.day = is_below ? below->day : above->day;
		if (day_ends(search, cell.day))
			return;
		look_at_day(search, &cell, is_below ? down - 1 : up);
		if (is_below)
			down = lower_bound(field, slice, down - 1, &cell, by_amount_day);
		else
			up = lower_bound(field, slice, up, &cell, by_amount_day_over);
	}
}

void merit_search_run(struct merit_search *search)
{
	const struct merit_field *field = search->field;
	const struct merit_slice slice = search->slice;
	const int64_t amount = search->seekers->places[search->seeker].amount;
	struct merit_place cell = { .amount = amount };
	uint32_t up = lower_bound(field, slice, slice.begin, &cell, by_amount), down = up;

	assert(search->wanted <= MERIT_WANTED_MAX && field->side != search->seekers->side);
	search->count = search->looks = 0;
	search->gave_up = false;
	while (!is_over(search)) {
		up = open_from(field, up, slice.end);
		down = open_below(field, down, slice.begin);
		const struct merit_place *above = up < slice.end ? &field->places[up] : NULL;
		const struct merit_place *below = down > slice.begin ? &field->places[down - 1] : NULL;
		above = above != NULL && amount_is_near(search, amount, above->amount) ? above : NULL;
		below = below != NULL && amount_is_near(search, amount, below->amount) ? below : NULL;
		if (above == NULL && below == NULL)
			return;
		bool is_below = above == NULL || (below != NULL && distance_of(amount, below->amount) <
		                                                           distance_of(amount, above->amount));
		cell.amount = is_below ? below->amount : above->amount;
		look_at_amount(search, cell.amount, is_below ? down - 1 : up);
		if (is_below)
			down = lower_bound(field, slice, down - 1, &cell, by_amount);
		else
			up = lower_bound(field, slice, up, &cell, by_amount_over);
	}
}
