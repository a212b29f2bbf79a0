/* order_means.c - see order_means.h. */
#include "ledger/order_means.h"

#include <assert.h>
#include <string.h>

#include "ledger/count.h"
#include "ledger/eligibility.h"

/* ---- Points ---- */

/* Whose lots are being opened, and for what. */
struct opening {
	struct merit_model *model;
	struct merit_text name;
	const struct merit_member *member;
	int32_t year;
	unsigned classes;
};

static unsigned classes_of(const struct opening *opening, uint32_t campaign)
{
	unsigned classes = 0;

	for (unsigned class_ = 0; opening->classes >> class_ != 0; class_++) {
		if ((opening->classes & (1u << class_)) != 0 &&
		    merit_points_may_buy(opening->model, campaign, (enum merit_class)class_, opening->name,
		                         &opening->member->head, opening->year))
			classes |= 1u << class_;
	}
	return classes;
}

/* The place of the first purse of the campaign, which may buy the same: behind all of them when there is none. */
static size_t first_alike(const struct merit_purses *purses, uint32_t campaign)
{
	size_t place = 0;

	while (place < purses->count && purses->list[place].number != campaign)
		place++;
	return place;
}

static void purse_add(const struct opening *opening, struct merit_purses *purses, const struct merit_lot *lot)
{
	size_t first = first_alike(purses, lot->campaign);
	struct merit_purse *purse = &purses->list[purses->count];

	if (first < purses->count) {
		*purse = purses->list[first];
	} else {
		purse->number = lot->campaign;
		purse->first = first;
		purse->campaign_name = merit_model_campaign_name(opening->model, lot->campaign);
		purse->campaign = merit_model_campaign(opening->model, purse->campaign_name);
		purse->classes = classes_of(opening, lot->campaign);
	}
	if (purse->campaign == NULL) /* The store failed, which whoever decides by this finds out. */
		return;
	purse->left = lot->available;
	purse->day = lot->day;
	purses->count++;
}

bool merit_purses_open(struct merit_model *model, struct merit_text name, const struct merit_member *member,
                       int32_t year, unsigned classes, struct merit_purses *purses_out)
{
	struct opening opening = { model, name, member, year, classes };
	size_t count = member->head.lots_count;
	struct merit_purses purses = { 0 };

	purses.list = merit_arena_allocate(&model->scratch, (count + 1) * sizeof(purses.list[0]));
	if (purses.list == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (member->lots[i].available > 0)
			purse_add(&opening, &purses, &member->lots[i]);
	}
	*purses_out = purses;
	return true;
}

bool merit_purses_copy(struct merit_arena *arena, const struct merit_purses *purses, struct merit_purses *copy_out)
{
	size_t size = purses->count * sizeof(purses->list[0]);
	struct merit_purse *list = merit_arena_allocate(arena, size + 1); /* of none too */

	if (list == NULL)
		return false;
	if (size > 0)
		memcpy(list, purses->list, size);
	*copy_out = (struct merit_purses){ list, purses->count };
	return true;
}

bool merit_purse_may_buy(const struct merit_purse *purse, const struct merit_item *item)
{
	return (purse->classes & (1u << item->class_)) != 0 &&
	       memcmp(purse->campaign->currency, item->currency, sizeof(item->currency)) == 0;
}

size_t merit_purses_campaigns_used(const struct merit_purses *purses)
{
	bool is_counted[MERIT_MEMBER_ROWS_MAX] = { false }; /* by the place of a campaign's first purse */
	size_t count = 0;

	assert(purses->count <= MERIT_MEMBER_ROWS_MAX);
	for (size_t i = 0; i < purses->count; i++) {
		const struct merit_purse *purse = &purses->list[i];
		if (!purse->is_used || is_counted[purse->first])
			continue;
		is_counted[purse->first] = true;
		count++;
	}
	return count;
}

int64_t merit_purses_eligible(const struct merit_purses *purses, const struct merit_item *item)
{
	int64_t points = 0;

	for (size_t i = 0; i < purses->count; i++) {
		if (merit_purse_may_buy(&purses->list[i], item))
			points += purses->list[i].left;
	}
	return points;
}

/* ---- Limits ---- */

int64_t merit_item_limit_left(struct merit_model *model, struct merit_text name, const struct merit_item *item,
                              struct merit_text member, enum merit_period period, int32_t day)
{
	struct merit_counted counted = {
		.counter = MERIT_COUNT_ITEM, .a = name, .b = member, .period = period, .day = day
	};
	int64_t most = item->limits.most[period];

	return most == 0 ? INT64_MAX : most - merit_count_get(model, &counted).amount;
}
