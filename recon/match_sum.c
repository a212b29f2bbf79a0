/* match_sum.c - see match_inner.h: items that share a reference, a group or a day, as one.
 *
 * All open items of a side that share it are a sum, and sums are then paired like items: match_pair.c knows no
 * difference. Where the whole does not fit, its payments may, or its refunds: sold and given back are two. */
#include <stdlib.h>

#include "recon/match_inner.h"

static void told_note(const struct merit_match *match, enum merit_side side, struct merit_sum *sum, uint32_t rank)
{
	struct merit_text known = merit_match_given(match, side, sum->told)->status;
	struct merit_text status = merit_match_given(match, side, rank)->status;

	if (known.size == 0)
		sum->told = rank;
	else if (status.size > 0 && !merit_text_equal(known, status))
		sum->is_mixed = true;
}

/* The slice as a sum, and its place. False when it is beyond what an amount may be. */
static bool sum_make(const struct merit_field *many, struct merit_slice slice, struct merit_sum *sum_out,
                     struct merit_place *place_out)
{
	const struct merit_place *first = &many->places[slice.begin];
	struct merit_sum sum = { slice.begin, slice.end - slice.begin, first->day, first->id, false, false, false };
	struct merit_place place = *first;
	__int128 amount = 0;

	for (uint32_t i = slice.begin; i < slice.end; i++) {
		const struct merit_place *at = &many->places[i];
		amount += at->amount;
		place.day = at->day < place.day ? at->day : place.day;
		sum.last_day = at->day > sum.last_day ? at->day : sum.last_day;
		sum.is_carried = sum.is_carried || many->match->items[many->side][at->id].is_carried;
		told_note(many->match, many->side, &sum, at->id);
	}
	place.amount = (int64_t)amount;
	*sum_out = sum;
	*place_out = place;
	return amount >= -MERIT_AMOUNT_MAX && amount <= MERIT_AMOUNT_MAX;
}

static uint32_t slices_count(const struct merit_field *field)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < field->count; i = merit_field_slice(field, i, false).end)
		count++;
	return count;
}

enum merit_status merit_sums_make(const struct merit_match *match, const struct merit_field *many, bool by_day,
                                  struct merit_field *sums_out)
{
	uint32_t count = 0;
	enum merit_status status = merit_field_of_sums(match, many->side, slices_count(many), sums_out);

	if (status != MERIT_OK)
		return status;
	for (uint32_t i = 0; i < many->count;) {
		struct merit_slice slice = merit_field_slice(many, i, false);
		struct merit_place *place = &sums_out->places[count];
		i = slice.end;
		if (!sum_make(many, slice, &sums_out->sums[count], place))
			continue;
		place->key = by_day ? 0 : place->key;
		place->id = count++;
	}
	sums_out->many = many;
	sums_out->count = count;
	merit_field_sort(sums_out);
	return MERIT_OK;
}

void merit_place_claim(struct merit_match *match, struct merit_field *field, uint32_t place, uint32_t finding)
{
	uint32_t id = field->places[place].id;

	if (field->sums == NULL) {
		merit_match_claim(match, field->side, id, finding);
		return;
	}
	struct merit_sum *sum = &field->sums[id];
	sum->is_taken = true;
	for (uint32_t i = sum->first; i < sum->first + sum->count; i++)
		merit_match_claim(match, field->side, field->many->places[i].id, finding);
}

static enum merit_key key_of(enum merit_pass_group group)
{
	switch (group) {
	case MERIT_GROUP_REFERENCE: return MERIT_KEY_REFERENCE;
	case MERIT_GROUP_GROUP: return MERIT_KEY_GROUP;
	default: return MERIT_KEY_DAY;
	}
}

/* The many side's open items of a kind, -1 for any, keyed by what they share, their sums, and the open items of the
 * other side. */
static enum merit_status fields_make(struct merit_match *match, const struct merit_pass *rule, int kind,
                                     struct merit_field *many, struct merit_field *sums, struct merit_field *ones)
{
	const enum merit_side side = rule->many_ours ? MERIT_OURS : MERIT_THEIRS;
	const bool by_day = rule->group == MERIT_GROUP_DAY;
	const struct merit_field_of of_many = { .side = side, .key = key_of(rule->group), .kind = kind };
	const struct merit_field_of of_ones = {
		.side = MERIT_OTHER(side),
		.key = by_day ? MERIT_KEY_NONE : MERIT_KEY_EITHER,
		.kind = -1,
	};

	enum merit_status status = merit_field_make(match, &of_many, many);
	if (status == MERIT_OK)
		status = merit_sums_make(match, many, by_day, sums);
	if (status == MERIT_OK && sums->count > 0)
		status = merit_field_make(match, &of_ones, ones);
	return status;
}

static enum merit_status pair_sums(struct merit_match *match, int32_t pass, int kind)
{
	const struct merit_pass *rule = &match->rules->passes[pass];
	struct merit_field many = { 0 }, sums = { 0 }, ones = { 0 };
	const struct merit_pairing pairing = {
		.seekers = &sums,
		.field = &ones,
		.bounds = {
			.amount = rule->amount,
			.amount_basis = rule->amount_basis,
			.days = rule->days,
			.carried_waits = rule->group != MERIT_GROUP_DAY,
			.suits = merit_suits_pass,
		},
		.unambiguous = rule->unambiguous,
		.is_pass = true,
		.pass = pass,
		.is_suggested = !rule->confirms,
		.name = rule->name,
	};

	enum merit_status status = fields_make(match, rule, kind, &many, &sums, &ones);
	if (status == MERIT_OK)
		status = merit_match_pair(match, &pairing);
	merit_field_free(&many);
	merit_field_free(&sums);
	merit_field_free(&ones);
	return status;
}

enum merit_status merit_match_sum(struct merit_match *match, int32_t pass)
{
	static const int kinds[] = { -1, MERIT_ITEM_PAYMENT, MERIT_ITEM_REFUND };
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && status == MERIT_OK; i++)
		status = pair_sums(match, pass, kinds[i]);
	return status;
}
