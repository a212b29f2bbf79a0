/* match_class.c - see match_inner.h: what no pass took, and why.
 *
 * In order of precedence, which is the order of the steps in merit_match_classify: each takes what it can say something
 * of, and leaves the rest to the next. */
#include <stdlib.h>

#include "recon/match_inner.h"

#define KINDS (MERIT_ITEM_UNREADABLE + 1)

static bool is_open(const struct merit_match_item *item)
{
	return item->is_inside && item->finding == MERIT_NO_FINDING;
}

static void find_single(struct merit_match *match, enum merit_side side, uint32_t rank, enum merit_class class_)
{
	merit_match_claim(match, side, rank, merit_match_find(match, class_, -1, false));
}

/* ---- Unreadable ---- */

static void take_unreadable(struct merit_match *match, enum merit_side side)
{
	for (uint32_t rank = 0; rank < match->count[side]; rank++)
		if (match->items[side][rank].kind == MERIT_ITEM_UNREADABLE)
			find_single(match, side, rank, MERIT_CLASS_UNREADABLE);
}

/* ---- Duplicates ---- */

/* What stands there of a reference, currency, amount and kind: items that are matched, or the first that is not. */
struct twin {
	bool is_known, is_various;
	uint64_t line;
};

struct duplicates {
	struct merit_match *match;
	enum merit_side side;
	bool is_late; /* behind the pairing of what differs: pairs count, and so does the first of several */
	struct merit_field field;
};

static const struct merit_match_item *item_at(const struct duplicates *duplicates, uint32_t place)
{
	return &duplicates->match->items[duplicates->side][duplicates->field.places[place].id];
}

/* Whether the item is in a finding that says what it is. */
static bool is_settled(const struct duplicates *duplicates, const struct merit_match_item *item)
{
	if (item->finding == MERIT_NO_FINDING)
		return false;
	const struct merit_match_finding *finding = &duplicates->match->found[item->finding];
	return finding->pass >= 0 || (duplicates->is_late && finding->class_ != MERIT_CLASS_DUPLICATE);
}

static void twin_note(struct twin *twin, uint64_t line)
{
	twin->is_various = twin->is_various || (twin->is_known && twin->line != line);
	twin->is_known = true;
	twin->line = line;
}

/* Parts of one entry of ours are no duplicates of each other: an order may hold the same thing twice. */
static bool is_twin(const struct twin *twin, enum merit_side side, uint64_t line)
{
	return twin->is_known && (side == MERIT_THEIRS || twin->is_various || twin->line != line);
}

/* Of the same amount. */
static void mark_twins(struct duplicates *duplicates, struct merit_slice slice)
{
	struct twin twins[KINDS] = { 0 };

	for (uint32_t i = slice.begin; i < slice.end; i++) {
		const struct merit_match_item *item = item_at(duplicates, i);
		if (is_settled(duplicates, item))
			twin_note(&twins[item->kind], duplicates->match->given[duplicates->side][item->index].line);
	}
	for (uint32_t i = slice.begin; i < slice.end; i++) {
		const struct merit_match_item *item = item_at(duplicates, i);
		uint64_t line = duplicates->match->given[duplicates->side][item->index].line;
		if (item->finding != MERIT_NO_FINDING || (duplicates->is_late && item->kind == MERIT_ITEM_FEE))
			continue;
		if (is_twin(&twins[item->kind], duplicates->side, line))
			find_single(duplicates->match, duplicates->side, duplicates->field.places[i].id,
			            MERIT_CLASS_DUPLICATE);
		else if (duplicates->is_late)
			twin_note(&twins[item->kind], line);
	}
}

/* Theirs of any amount, once nothing of ours is left under the reference: one more row of what is settled. What is
 * given back is not that, nor is a fee. */
static void mark_rest(struct duplicates *duplicates, struct merit_slice slice)
{
	bool settled[KINDS][2] = { { false } };

	for (uint32_t i = slice.begin; i < slice.end; i++) {
		const struct merit_match_item *item = item_at(duplicates, i);
		if (is_settled(duplicates, item))
			settled[item->kind][item->amount < 0] = true;
	}
	for (uint32_t i = slice.begin; i < slice.end; i++) {
		const struct merit_match_item *item = item_at(duplicates, i);
		if (item->finding == MERIT_NO_FINDING && item->kind != MERIT_ITEM_FEE &&
		    settled[item->kind][item->amount < 0])
			find_single(duplicates->match, duplicates->side, duplicates->field.places[i].id,
			            MERIT_CLASS_DUPLICATE);
	}
}

static void mark(struct duplicates *duplicates)
{
	const struct merit_field *field = &duplicates->field;

	for (uint32_t i = 0; i < field->count;) {
		struct merit_slice exact = merit_field_slice(field, i, true);
		mark_twins(duplicates, exact);
		i = exact.end;
	}
	for (uint32_t i = 0; i < field->count && duplicates->is_late && duplicates->side == MERIT_THEIRS;) {
		struct merit_slice slice = merit_field_slice(field, i, false);
		mark_rest(duplicates, slice);
		i = slice.end;
	}
}

/* The references of what is open, a bit each. NULL without memory. */
static uint8_t *references_of_open(const struct merit_match *match, enum merit_side side)
{
	uint8_t *bits = calloc(match->texts_count / 8 + (size_t)1, 1);

	for (uint32_t rank = 0; bits != NULL && rank < match->count[side]; rank++) {
		const struct merit_match_item *item = &match->items[side][rank];
		if (is_open(item))
			bits[item->reference / 8] |= (uint8_t)(1u << item->reference % 8);
	}
	return bits;
}

static enum merit_status take_duplicates(struct merit_match *match, enum merit_side side, bool is_late)
{
	struct duplicates duplicates = { .match = match, .side = side, .is_late = is_late };
	uint8_t *references = references_of_open(match, side);
	const struct merit_field_of of = {
		.side = side,
		.key = MERIT_KEY_REFERENCE,
		.claimed = true,
		.wanted = references,
		.kind = -1,
	};

	enum merit_status status = MERIT_NO_MEMORY;
	if (references != NULL)
		status = merit_field_make(match, &of, &duplicates.field);
	if (status == MERIT_OK)
		mark(&duplicates);
	merit_field_free(&duplicates.field);
	free(references);
	return status;
}

/* ---- Pairs under one reference ---- */

struct kinship {
	enum merit_class class_;
	int64_t amount;
	merit_suits *suits;
	bool theirs_outside, ours_outside;
	bool fee_stated; /* by theirs */
};

static enum merit_status take_pairs(struct merit_match *match, const struct kinship *kinship)
{
	const struct merit_field_of of_theirs = {
		.side = MERIT_THEIRS,
		.key = MERIT_KEY_REFERENCE,
		.kind = -1,
		.outside = kinship->theirs_outside,
		.fee_stated = kinship->fee_stated,
	};
	const struct merit_field_of of_ours = {
		.side = MERIT_OURS,
		.key = MERIT_KEY_REFERENCE,
		.kind = -1,
		.outside = kinship->ours_outside,
	};
	const struct merit_pairing pairing = {
		.bounds = { .amount = kinship->amount, .days = MERIT_ANY_DAYS, .suits = kinship->suits },
		.class_ = kinship->class_,
		.pass = -1,
		.name = merit_class_word(kinship->class_),
	};

	return merit_match_items(match, &pairing, &of_theirs, &of_ours);
}

/* ---- Parts of one entry under one reference ---- */

/* Leaves the sums of several parts of one entry. */
static void keep_parts(const struct merit_match *match, struct merit_field *sums)
{
	uint32_t kept = 0;

	for (uint32_t place = 0; place < sums->count; place++) {
		const struct merit_sum *sum = &sums->sums[sums->places[place].id];
		const struct merit_place *parts = &sums->many->places[sum->first];
		bool is_entry = sum->count > 1;
		for (uint32_t i = 1; i < sum->count && is_entry; i++)
			is_entry = merit_match_given(match, MERIT_OURS, parts[i].id)->line ==
			           merit_match_given(match, MERIT_OURS, parts[0].id)->line;
		if (is_entry)
			sums->places[kept++] = sums->places[place];
	}
	sums->count = kept;
}

/* Payments alone, and only where theirs has one of the reference that suits: what an order's lines come to is then one
 * thing, though theirs says something else of it. */
static enum merit_status take_parts(struct merit_match *match, const struct kinship *kinship)
{
	struct merit_field parts = { 0 }, sums = { 0 }, theirs = { 0 };
	const struct merit_field_of of_parts = {
		.side = MERIT_OURS,
		.key = MERIT_KEY_REFERENCE,
		.kind = MERIT_ITEM_PAYMENT,
	};
	const struct merit_field_of of_theirs = {
		.side = MERIT_THEIRS,
		.key = MERIT_KEY_REFERENCE,
		.kind = MERIT_ITEM_PAYMENT,
	};
	const struct merit_pairing pairing = {
		.seekers = &sums,
		.field = &theirs,
		.bounds = { .amount = kinship->amount, .days = MERIT_ANY_DAYS, .suits = kinship->suits },
		.unambiguous = true,
		.class_ = kinship->class_,
		.pass = -1,
		.name = merit_class_word(kinship->class_),
	};

	enum merit_status status = merit_field_make(match, &of_parts, &parts);
	if (status == MERIT_OK)
		status = merit_sums_make(match, &parts, false, &sums);
	if (status == MERIT_OK)
		keep_parts(match, &sums);
	if (status == MERIT_OK)
		status = merit_field_make(match, &of_theirs, &theirs);
	if (status == MERIT_OK)
		status = merit_match_pair(match, &pairing);
	merit_field_free(&parts);
	merit_field_free(&sums);
	merit_field_free(&theirs);
	return status;
}

/* ---- Fees in rows of their own ---- */

struct fees {
	struct merit_match *match;
	struct merit_field rows, sums; /* theirs, by what they share */
	struct merit_field ours;       /* by reference */
};

/* The place of ours with this reference and amount that is nearest to the day. */
static bool find_ours(const struct fees *fees, uint32_t rank, int64_t amount, uint32_t *found_out)
{
	const struct merit_match_item *item = &fees->match->items[MERIT_THEIRS][rank];
	struct merit_place place = { item->reference, item->currency, amount, item->day, rank };
	const struct merit_field seeker = { .match = fees->match, .side = MERIT_THEIRS, .places = &place, .count = 1 };
	const struct merit_bounds bounds = { .days = MERIT_ANY_DAYS, .suits = merit_suits_kind };
	struct merit_search search = {
		.bounds = &bounds,
		.seekers = &seeker,
		.field = &fees->ours,
		.slice = merit_field_find(&fees->ours, item->reference, item->currency),
		.wanted = 1,
	};

	merit_search_run(&search);
	if (search.count > 0)
		*found_out = search.found[0];
	return search.count > 0;
}

/* Whether the fees that share key with theirs are what it differs from one of ours by; then the finding. */
static bool explain(struct fees *fees, uint32_t rank, uint32_t key)
{
	const struct merit_match_item *item = &fees->match->items[MERIT_THEIRS][rank];
	struct merit_slice slice = merit_field_find(&fees->sums, key, item->currency);
	uint32_t found;

	if (key == 0 || slice.begin == slice.end || !merit_field_is_open(&fees->sums, slice.begin))
		return false;
	int64_t fee = fees->sums.places[slice.begin].amount;
	if (fee == 0 ||
	    (!find_ours(fees, rank, item->amount + fee, &found) && !find_ours(fees, rank, item->amount - fee, &found)))
		return false;
	uint32_t finding = merit_match_find(fees->match, MERIT_CLASS_FEE, -1, false);
	merit_match_claim(fees->match, MERIT_THEIRS, rank, finding);
	merit_place_claim(fees->match, &fees->sums, slice.begin, finding);
	merit_place_claim(fees->match, &fees->ours, found, finding);
	return true;
}

static void explain_all(struct fees *fees, enum merit_key key)
{
	for (uint32_t rank = 0; rank < fees->match->count[MERIT_THEIRS]; rank++) {
		const struct merit_match_item *item = &fees->match->items[MERIT_THEIRS][rank];
		if (!is_open(item) || item->kind == MERIT_ITEM_FEE || item->reference == 0)
			continue;
		if (key == MERIT_KEY_GROUP && explain(fees, rank, item->group))
			continue;
		(void)explain(fees, rank, item->reference);
	}
}

static enum merit_status take_fees(struct merit_match *match, enum merit_key key)
{
	struct fees fees = { .match = match };
	const struct merit_field_of of_rows = { .side = MERIT_THEIRS, .key = key, .kind = MERIT_ITEM_FEE };
	const struct merit_field_of of_ours = { .side = MERIT_OURS, .key = MERIT_KEY_REFERENCE, .kind = -1 };

	enum merit_status status = merit_field_make(match, &of_rows, &fees.rows);
	if (status == MERIT_OK)
		status = merit_sums_make(match, &fees.rows, false, &fees.sums);
	if (status == MERIT_OK)
		status = merit_field_make(match, &of_ours, &fees.ours);
	if (status == MERIT_OK)
		explain_all(&fees, key);
	merit_field_free(&fees.rows);
	merit_field_free(&fees.sums);
	merit_field_free(&fees.ours);
	return status;
}

/* ---- One side alone ---- */

static bool is_near_cut_off(const struct merit_match *match, const struct merit_match_item *item)
{
	return item->day <= match->window->last_day &&
	       (int64_t)item->day > (int64_t)match->window->last_day - match->rules->timing_days;
}

static void take_rest(struct merit_match *match, enum merit_side side)
{
	for (uint32_t rank = 0; rank < match->count[side]; rank++) {
		const struct merit_match_item *item = &match->items[side][rank];
		enum merit_class class_ = side == MERIT_THEIRS ? MERIT_CLASS_THEIRS_ONLY : MERIT_CLASS_OURS_ONLY;
		if (!is_open(item))
			continue;
		if (item->kind == MERIT_ITEM_FEE)
			class_ = MERIT_CLASS_FEE;
		else if (is_near_cut_off(match, item))
			class_ = MERIT_CLASS_TIMING;
		else if (item->kind == MERIT_ITEM_REFUND || (item->amount < 0 && match->window->is_one_way))
			class_ = MERIT_CLASS_REFUND;
		find_single(match, side, rank, class_);
	}
}

/* ---- All of it ---- */

static enum merit_status take_both_duplicates(struct merit_match *match, bool is_late)
{
	enum merit_status status = take_duplicates(match, MERIT_THEIRS, is_late);

	return status == MERIT_OK ? take_duplicates(match, MERIT_OURS, is_late) : status;
}

enum merit_status merit_match_classify(struct merit_match *match)
{
	static const struct kinship
		status_differs = { .class_ = MERIT_CLASS_STATUS, .suits = merit_suits_status },
		fee_is_stated = {
			.class_ = MERIT_CLASS_FEE, .amount = MERIT_ANY_AMOUNT, .suits = merit_suits_fee,
			.fee_stated = true,
		},
		amount_differs = {
			.class_ = MERIT_CLASS_AMOUNT, .amount = MERIT_ANY_AMOUNT, .suits = merit_suits_kind,
		},
		theirs_is_later = { .class_ = MERIT_CLASS_TIMING, .suits = merit_suits_kind, .theirs_outside = true },
		ours_is_later = { .class_ = MERIT_CLASS_TIMING, .suits = merit_suits_kind, .ours_outside = true };
	enum merit_status status;

	take_unreadable(match, MERIT_THEIRS);
	take_unreadable(match, MERIT_OURS);
	if ((status = take_both_duplicates(match, false)) != MERIT_OK ||
	    (status = take_pairs(match, &status_differs)) != MERIT_OK ||
	    (status = take_parts(match, &status_differs)) != MERIT_OK ||
	    (status = take_pairs(match, &fee_is_stated)) != MERIT_OK ||
	    (status = take_fees(match, MERIT_KEY_REFERENCE)) != MERIT_OK ||
	    (status = take_fees(match, MERIT_KEY_GROUP)) != MERIT_OK ||
	    (status = take_parts(match, &amount_differs)) != MERIT_OK ||
	    (status = take_pairs(match, &amount_differs)) != MERIT_OK ||
	    (status = take_both_duplicates(match, true)) != MERIT_OK ||
	    (status = take_pairs(match, &theirs_is_later)) != MERIT_OK ||
	    (status = take_pairs(match, &ours_is_later)) != MERIT_OK)
		return status;
	take_rest(match, MERIT_THEIRS);
	take_rest(match, MERIT_OURS);
	return MERIT_OK;
}
