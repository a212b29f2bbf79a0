/* query_item.c - reads of the catalogue: items, and what they are to a member. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/eligibility.h"
#include "ledger/order_means.h"
#include "ledger/query_inner.h"

/* ---- What everybody may know ---- */

static void put_item_fields(struct merit_buffer *out, struct merit_text name, const struct merit_item *item)
{
	merit_put_text(out, "item", name);
	if (item->title_size > 0)
		merit_put_text(out, "title", (struct merit_text){ item->title, item->title_size });
	merit_put_text(out, "merchant", merit_name_text(&item->merchant));
	merit_put_word(out, "class", MERIT_TYPE_CLASS, item->class_);
	if (item->category.size > 0)
		merit_put_text(out, "category", merit_name_text(&item->category));
	merit_put_integer(out, "version", item->version);
	merit_put_integer(out, "points", item->points);
	merit_put_flag(out, "offered", item->offered != 0);
	merit_put_integer(out, "stock", item->stock);
}

/* What the merchant is due is between it and the platform. */
static bool may_see_terms(const struct merit_caller *caller, const struct merit_item *item)
{
	bool is_own = merit_text_equal(caller->party, merit_name_text(&item->merchant));

	return !caller->is_public && (is_own || (MERIT_MAY_READ_ALL & (1u << caller->role)) != 0);
}

static void put_item_terms(struct merit_buffer *out, const struct merit_caller *caller, const struct merit_item *item)
{
	if (!may_see_terms(caller, item))
		return;
	merit_put_text(out, "currency", (struct merit_text){ item->currency, sizeof(item->currency) });
	merit_put_integer(out, "price_minor", item->price_minor);
	merit_put_integer(out, "reserved", item->reserved);
}

/* What an order of it must keep to. */
static void put_item_limits(struct merit_buffer *out, const struct merit_item *item)
{
	static const char *const names[MERIT_PERIOD_COUNT] = { "limit_day", "limit_month", "limit_year",
		                                               "limit_lifetime" };

	merit_put_word(out, "delivery", MERIT_TYPE_DELIVERY, item->delivery);
	for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
		if (item->limits.most[period] != 0)
			merit_put_integer(out, names[period], item->limits.most[period]);
	}
}

/* ---- What a member may know ---- */

/* The catalogue as it is read, by everybody or for a member. */
struct catalogue {
	struct merit_list list; /* first: put_item is handed no more than this */
	bool is_for_member;
	struct merit_means means; /* the member's; its purses lie in arena */
	struct merit_arena arena;
	int32_t today;
	bool no_memory;
};

/* Its points, opened once for all classes. What is overdue elsewhere may hold pieces back: it comes first. */
static enum merit_status catalogue_open(struct catalogue *catalogue, const struct merit_value *member)
{
	const unsigned all_classes = (1u << MERIT_CLASS_COUNT) - 1;
	struct merit_ledger *ledger = catalogue->list.ledger;
	const struct merit_caller *caller = catalogue->list.caller;
	struct merit_purses purses;
	struct merit_member row;

	if (!member->present)
		return MERIT_OK;
	if (caller->is_public)
		return MERIT_NOT_SIGNED;
	if (!merit_permit_account(&ledger->model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER, member->text))
		return MERIT_NOT_PERMITTED;
	enum merit_status status = merit_ledger_has_backlog(ledger) ? merit_ledger_sweep(ledger) : MERIT_OK;
	if (status != MERIT_OK && status != MERIT_STORE_FULL)
		return status;
	merit_arena_reset(&ledger->model.scratch);
	if (!merit_model_member(&ledger->model, member->text, 0, &row))
		return MERIT_MEMBER_UNKNOWN;
	catalogue->today = merit_model_day(&ledger->model, ledger->group_ms);
	if (!merit_purses_open(&ledger->model, member->text, &row, merit_date_of_day(catalogue->today).year,
	                       all_classes, &purses))
		return MERIT_NO_MEMORY;
	catalogue->is_for_member = true;
	catalogue->means = (struct merit_means){ .member = member->text, .head = row.head };
	return merit_purses_copy(&catalogue->arena, &purses, &catalogue->means.purses) ? MERIT_OK : MERIT_NO_MEMORY;
}

static enum merit_status catalogue_close(struct catalogue *catalogue, enum merit_status status)
{
	merit_arena_free(&catalogue->arena);
	if (status == MERIT_OK && catalogue->no_memory)
		return MERIT_NO_MEMORY;
	return status == MERIT_OK ? merit_state_failure(catalogue->list.ledger->model.state) : status;
}

/* What an order of one piece would come to now: decided by order.place, and thrown away. */
static enum merit_status one_piece(struct catalogue *catalogue, struct merit_text name, const struct merit_item *item)
{
	struct merit_value cells[PLACE_LINE_COLUMNS] = {
		[PLACE_LINE_ITEM] = { .present = true, .text = name },
		[PLACE_LINE_VERSION] = { .present = true, .integer = item->version },
		[PLACE_LINE_POINTS] = { .present = true, .integer = item->points },
		[PLACE_LINE_QUANTITY] = { .present = true, .integer = 1 },
	};
	const struct merit_value member = { .present = true, .text = catalogue->means.member };
	const struct merit_value lines = { .present = true, .cells = cells, .row_count = 1 };
	struct merit_model *model = &catalogue->list.ledger->model;
	struct merit_entry entry;

	merit_arena_reset(&model->scratch);
	model->means = &catalogue->means;
	merit_quote_decide(catalogue->list.ledger, catalogue->list.caller, &member, &lines, &entry);
	model->means = NULL;
	catalogue->no_memory = catalogue->no_memory || entry.no_memory;
	return entry.status;
}

/* Pieces that the strictest of the item's limits leaves. */
static int64_t pieces_left(struct catalogue *catalogue, struct merit_text name, const struct merit_item *item)
{
	int64_t left = INT64_MAX;

	for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
		int64_t here =
			merit_item_limit_left(&catalogue->list.ledger->model, name, item, catalogue->means.member,
		                              (enum merit_period)period, catalogue->today);
		left = here < left ? here : left;
	}
	return left < 0 ? 0 : left;
}

static void put_for_member(struct catalogue *catalogue, struct merit_text name, const struct merit_item *item)
{
	struct merit_buffer *out = catalogue->list.out;

	if (!catalogue->is_for_member)
		return;
	int64_t left = pieces_left(catalogue, name, item);
	merit_buffer_put_key(out, "for_member");
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "member", catalogue->means.member);
	merit_put_integer(out, "eligible", merit_purses_eligible(&catalogue->means.purses, item));
	if (left != INT64_MAX)
		merit_put_integer(out, "left", left);
	merit_put_text(out, "status", merit_text_of(merit_status_word(one_piece(catalogue, name, item))));
	merit_buffer_put_char(out, '}');
}

/* ---- item.get, item.list ---- */

static void put_item(struct merit_list *list, struct merit_text name, const void *row)
{
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_item_fields(list->out, name, row);
	put_item_limits(list->out, row);
	put_item_terms(list->out, list->caller, row);
	put_for_member((struct catalogue *)list, name, row);
	merit_buffer_put_char(list->out, '}');
}

/* What never changes of an item, and what a version of it changed: the price. Its entry has the rest. */
static enum merit_status put_item_version(struct catalogue *catalogue, struct merit_text name,
                                          const struct merit_item *item, int64_t number)
{
	struct merit_model *model = &catalogue->list.ledger->model;
	const struct merit_caller *caller = catalogue->list.caller;
	struct merit_buffer *out = catalogue->list.out;
	const struct merit_item_version *version = merit_model_get(
		model, MERIT_TABLE_ITEM_VERSION, merit_model_id_key(model, (uint32_t)number, name), NULL);

	if (version == NULL)
		return MERIT_NOT_FOUND;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "item", name);
	merit_put_text(out, "merchant", merit_name_text(&item->merchant));
	merit_put_word(out, "class", MERIT_TYPE_CLASS, item->class_);
	merit_put_integer(out, "version", number);
	merit_put_integer(out, "points", version->points);
	if (may_see_terms(caller, item)) {
		merit_put_text(out, "currency", (struct merit_text){ item->currency, sizeof(item->currency) });
		merit_put_integer(out, "price_minor", version->price_minor);
	}
	merit_put_integer(out, "entry", (int64_t)version->seq);
	put_for_member(catalogue, name, item);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_item(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct catalogue catalogue = { .list = { .ledger = ledger, .caller = caller, .out = out } };
	struct merit_text name = values[ITEM_GET_ITEM].text;
	const struct merit_value *version = &values[ITEM_GET_VERSION];
	enum merit_status status = catalogue_open(&catalogue, &values[ITEM_GET_MEMBER]);
	const struct merit_item *item = merit_model_item(&ledger->model, name);

	if (status == MERIT_OK && item == NULL)
		status = MERIT_ITEM_UNKNOWN;
	else if (status == MERIT_OK && version->present)
		status = put_item_version(&catalogue, name, item, version->integer);
	else if (status == MERIT_OK)
		put_item(&catalogue.list, name, item);
	return catalogue_close(&catalogue, status);
}

enum merit_status merit_query_items(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct catalogue catalogue = {
		.list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_item },
	};
	enum merit_status status = catalogue_open(&catalogue, &values[ITEMS_MEMBER]);

	if (status == MERIT_OK)
		status = merit_put_list(&catalogue.list, MERIT_TABLE_ITEM);
	return catalogue_close(&catalogue, status);
}
