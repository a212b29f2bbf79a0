/* match_index.c - see match_inner.h: the caller's items become small ones, in an order that follows from them alone. */
#include <stdlib.h>
#include <string.h>

#include "recon/match_inner.h"

/* ---- References and groups as numbers ---- */

/* The owner of a text: which item of both lists, and which text of it. */
static uint32_t owner_of(uint32_t item, bool is_group)
{
	return item * 2 + is_group;
}

/* Appends what the items of a side name. numbers[owner] stays 0 for what is empty. */
static uint32_t texts_collect(const struct merit_match *match, enum merit_side side, struct merit_match_text *texts,
                              uint32_t count)
{
	uint32_t before = side == MERIT_THEIRS ? 0 : match->count[MERIT_THEIRS];

	for (uint32_t i = 0; i < match->count[side]; i++) {
		const struct merit_recon_item *item = &match->given[side][i];
		const struct merit_text both[] = { item->reference, item->group };
		for (uint32_t j = 0; j < 2; j++)
			if (both[j].size > 0)
				texts[count++] = (struct merit_match_text){
					both[j].data,
					(uint32_t)both[j].size,
					owner_of(before + i, j == 1),
					0,
				};
	}
	return count;
}

/* Numbers from 1, equal for equal texts, in their order. Returns the largest. */
static uint32_t texts_number(const struct merit_match_text *texts, uint32_t count, uint32_t *numbers)
{
	uint32_t number = 0;

	for (uint32_t i = 0; i < count; i++) {
		bool is_same = i > 0 && texts[i].size == texts[i - 1].size &&
		               memcmp(texts[i].data, texts[i - 1].data, texts[i].size) == 0;
		number += !is_same;
		numbers[texts[i].owner] = number;
	}
	return number;
}

static size_t texts_count(const struct merit_match *match, enum merit_side side)
{
	size_t count = 0;

	for (uint32_t i = 0; i < match->count[side]; i++)
		count += (match->given[side][i].reference.size > 0) + (size_t)(match->given[side][i].group.size > 0);
	return count;
}

static enum merit_status number_texts(struct merit_match *match, uint32_t *numbers)
{
	size_t count = texts_count(match, MERIT_THEIRS) + texts_count(match, MERIT_OURS);
	struct merit_match_text *texts = malloc((count + 1) * sizeof(*texts));

	if (texts == NULL)
		return MERIT_NO_MEMORY;
	uint32_t filled = texts_collect(match, MERIT_OURS, texts, texts_collect(match, MERIT_THEIRS, texts, 0));
	merit_match_texts_sort(texts, filled);
	match->texts_count = texts_number(texts, filled, numbers);
	free(texts);
	return MERIT_OK;
}

/* ---- Ranks ---- */

/* What mostly tells two items apart, so that sorting looks at the items themselves for the rest only. */
struct rank_key {
	uint64_t line;
	int32_t day;
	uint32_t reference;
	const struct merit_recon_item *item;
};

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Of what is empty the address is not asked: there may be none. */
static int text_order(struct merit_text a, struct merit_text b)
{
	return a.size == 0 || b.size == 0 ? ORDER(a.size, b.size) : merit_text_order(a, b);
}

static int compare_rest(const struct merit_recon_item *a, const struct merit_recon_item *b)
{
	const int orders[] = {
		ORDER(a->place, b->place),
		ORDER(a->amount, b->amount),
		memcmp(a->currency, b->currency, sizeof(a->currency)),
		ORDER(a->kind, b->kind),
		ORDER(a->fee, b->fee),
		ORDER(a->first_day, b->first_day),
		ORDER(a->is_late, b->is_late),
		text_order(a->carried, b->carried),
		text_order(a->group, b->group),
		text_order(a->status, b->status),
		text_order(a->text, b->text),
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (orders[i] != 0)
			return orders[i];
	return 0;
}

static int compare_ranks(const void *left, const void *right)
{
	const struct rank_key *a = left, *b = right;

	if (a->day != b->day)
		return ORDER(a->day, b->day);
	if (a->reference != b->reference)
		return ORDER(a->reference, b->reference);
	if (a->line != b->line)
		return ORDER(a->line, b->line);
	return compare_rest(a->item, b->item);
}

static bool is_inside(const struct merit_match *match, const struct merit_recon_item *item)
{
	if (item->kind == MERIT_ITEM_UNREADABLE || item->carried.size > 0 || item->is_late)
		return true;
	return item->day >= match->window->first_day && item->day <= match->window->last_day;
}

static uint32_t currency_number(const char letters[4])
{
	uint32_t number = 0;

	for (size_t i = 0; i < 4 && letters[i] != 0; i++)
		number = number << 8 | (uint8_t)letters[i];
	return number;
}

static struct merit_match_item item_make(const struct merit_match *match, const struct merit_recon_item *item,
                                         uint32_t index, const uint32_t *numbers)
{
	return (struct merit_match_item){
		.amount = item->amount,
		.reference = numbers[owner_of(index, false)],
		.group = numbers[owner_of(index, true)],
		.currency = currency_number(item->currency),
		.index = index,
		.finding = MERIT_NO_FINDING,
		.day = item->day,
		.kind = item->kind,
		.is_inside = is_inside(match, item),
		.is_carried = item->carried.size > 0,
	};
}

/* numbers is that of the side's first item. */
static enum merit_status rank_side(struct merit_match *match, enum merit_side side, const uint32_t *numbers)
{
	const struct merit_recon_item *given = match->given[side];
	uint32_t count = match->count[side];
	struct rank_key *keys = malloc((count + (size_t)1) * sizeof(*keys));

	match->items[side] = malloc((count + (size_t)1) * sizeof(struct merit_match_item));
	if (keys == NULL || match->items[side] == NULL) {
		free(keys);
		return MERIT_NO_MEMORY;
	}
	for (uint32_t i = 0; i < count; i++)
		keys[i] = (struct rank_key){ given[i].line, given[i].day, numbers[owner_of(i, false)], &given[i] };
	qsort(keys, count, sizeof(*keys), compare_ranks);
	for (uint32_t i = 0; i < count; i++)
		match->items[side][i] = item_make(match, keys[i].item, (uint32_t)(keys[i].item - given), numbers);
	free(keys);
	return MERIT_OK;
}

/* ---- The call ---- */

static bool is_amount(int64_t value)
{
	return value >= -MERIT_AMOUNT_MAX && value <= MERIT_AMOUNT_MAX;
}

static enum merit_status check_side(const struct merit_match *match, enum merit_side side)
{
	for (uint32_t i = 0; i < match->count[side]; i++) {
		const struct merit_recon_item *item = &match->given[side][i];
		if (!is_amount(item->amount) || !is_amount(item->fee))
			return MERIT_TOO_LARGE;
		if (item->reference.size > UINT32_MAX || item->group.size > UINT32_MAX)
			return MERIT_TOO_LARGE;
	}
	return MERIT_OK;
}

enum merit_status merit_match_index(struct merit_match *match)
{
	size_t count = (size_t)match->count[MERIT_THEIRS] + match->count[MERIT_OURS];
	uint32_t *numbers = calloc(count + 1, 2 * sizeof(*numbers));
	enum merit_status status = numbers == NULL ? MERIT_NO_MEMORY : check_side(match, MERIT_THEIRS);

	if (status == MERIT_OK)
		status = check_side(match, MERIT_OURS);
	if (status == MERIT_OK)
		status = number_texts(match, numbers);
	if (status == MERIT_OK)
		status = rank_side(match, MERIT_THEIRS, numbers);
	if (status == MERIT_OK)
		status = rank_side(match, MERIT_OURS, numbers + owner_of(match->count[MERIT_THEIRS], false));
	free(numbers);
	return status;
}
