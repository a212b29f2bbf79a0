/* op_item.c - items of the mall: versions, prices, limits, stock. */
#include <string.h>

#include "ledger/count.h"
#include "ledger/eligibility.h"
#include "ledger/op.h"

static bool is_below_zero(const struct merit_value *value)
{
	return value->present && value->integer < 0;
}

/* stock: NULL where the call names none. */
static enum merit_status amounts_fault(const struct merit_value *points, const struct merit_value *price_minor,
                                       const struct merit_value *stock)
{
	if (points->present && points->integer == 0)
		return MERIT_ZERO_AMOUNT;
	if (is_below_zero(points) || is_below_zero(price_minor) || (stock != NULL && is_below_zero(stock)))
		return MERIT_NEGATIVE_AMOUNT;
	if (price_minor->present && price_minor->integer > MERIT_MONEY_MAX)
		return MERIT_AMOUNT_RANGE;
	return MERIT_OK;
}

static void version_put(struct merit_model *model, struct merit_text item, uint64_t seq)
{
	const struct merit_item *row = merit_model_item(model, item);
	int64_t points = row->points, price_minor = row->price_minor;
	struct merit_text key = merit_model_id_key(model, (uint32_t)row->version, item);
	struct merit_item_version *version = merit_model_edit(model, MERIT_TABLE_ITEM_VERSION, key, sizeof(*version));

	version->points = points;
	version->price_minor = price_minor;
	version->seq = seq;
}

static void title_put(struct merit_item *row, struct merit_text title)
{
	memset(row->title, 0, sizeof(row->title));
	memcpy(row->title, title.data, title.size);
	row->title_size = (uint8_t)title.size;
}

/* What people read of an item, and find it by. What is not named stays. */
static void texts_put(struct merit_item *row, const struct merit_value *title, const struct merit_value *category)
{
	if (title->present)
		title_put(row, title->text);
	if (category->present)
		row->category = merit_name_of(category->text);
}

/* Limits stand in the parameters in the order of the periods. What is not named stays. */
static void limits_put(struct merit_item *row, const struct merit_value *limits)
{
	for (unsigned period = 0; period < MERIT_PERIOD_COUNT; period++) {
		if (limits[period].present)
			row->limits.most[period] = limits[period].integer;
	}
	row->counted |= merit_caps_mask(&row->limits);
}

/* ---- item.create ---- */

void merit_decide_item_create(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	enum merit_status fault = amounts_fault(&values[ITEM_POINTS], &values[ITEM_PRICE_MINOR], &values[ITEM_STOCK]);

	if (fault == MERIT_OK && merit_model_merchant(model, values[ITEM_MERCHANT].text) == NULL)
		fault = MERIT_MERCHANT_UNKNOWN;
	if (fault == MERIT_OK && merit_model_item(model, values[ITEM_ITEM].text) != NULL)
		fault = MERIT_ITEM_EXISTS;
	if (fault == MERIT_OK && values[ITEM_CLASS].integer == MERIT_CLASS_CODE && values[ITEM_STOCK].integer != 0)
		fault = MERIT_STOCK_IS_CODES;
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	/* What the platform is to owe a merchant for a piece is not the merchant's to say: an operator offers it. */
	entry->results[ITEM_OFFERED] =
		(struct merit_value){ .present = true, .integer = entry->role != MERIT_ROLE_MERCHANT };
}

void merit_evolve_item_create(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_item *row = merit_model_edit(model, MERIT_TABLE_ITEM, values[ITEM_ITEM].text, sizeof(*row));

	row->merchant = merit_name_of(values[ITEM_MERCHANT].text);
	memcpy(row->currency, values[ITEM_CURRENCY].text.data, sizeof(row->currency));
	row->class_ = (uint8_t)values[ITEM_CLASS].integer;
	row->offered = entry->results[ITEM_OFFERED].integer != 0;
	row->version = 1;
	row->points = values[ITEM_POINTS].integer;
	row->price_minor = values[ITEM_PRICE_MINOR].integer;
	row->stock = values[ITEM_STOCK].present ? values[ITEM_STOCK].integer : 0;
	row->delivery = (uint8_t)values[ITEM_DELIVERY].integer; /* none when absent */
	limits_put(row, &values[ITEM_LIMIT_DAY]);
	texts_put(row, &values[ITEM_TITLE], &values[ITEM_CATEGORY]);
	version_put(model, values[ITEM_ITEM].text, entry->seq);
}

/* ---- item.update ---- */

static bool changes_something(const struct merit_value *values)
{
	for (size_t i = ITEM_UPDATE_ITEM + 1; i < MERIT_item_update_params_count; i++) {
		if (values[i].present)
			return true;
	}
	return false;
}

void merit_decide_item_update(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_item *item = merit_model_item(model, values[ITEM_UPDATE_ITEM].text);
	enum merit_status fault = amounts_fault(&values[ITEM_UPDATE_POINTS], &values[ITEM_UPDATE_PRICE_MINOR], NULL);

	if (fault == MERIT_OK && item == NULL)
		fault = MERIT_ITEM_UNKNOWN;
	if (fault == MERIT_OK && !changes_something(values))
		fault = MERIT_NOTHING_TO_DO;
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
	else
		merit_entry_result_integer(entry, RESULT_VERSION, item->version + 1);
}

void merit_evolve_item_update(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_item *row = merit_model_edit(model, MERIT_TABLE_ITEM, values[ITEM_UPDATE_ITEM].text, sizeof(*row));

	row->version = (int32_t)entry->results[RESULT_VERSION].integer;
	if (values[ITEM_UPDATE_POINTS].present)
		row->points = values[ITEM_UPDATE_POINTS].integer;
	if (values[ITEM_UPDATE_PRICE_MINOR].present)
		row->price_minor = values[ITEM_UPDATE_PRICE_MINOR].integer;
	if (values[ITEM_UPDATE_OFFERED].present)
		row->offered = values[ITEM_UPDATE_OFFERED].integer != 0;
	if (values[ITEM_UPDATE_DELIVERY].present)
		row->delivery = (uint8_t)values[ITEM_UPDATE_DELIVERY].integer;
	limits_put(row, &values[ITEM_UPDATE_LIMIT_DAY]);
	texts_put(row, &values[ITEM_UPDATE_TITLE], &values[ITEM_UPDATE_CATEGORY]);
	version_put(model, values[ITEM_UPDATE_ITEM].text, entry->seq);
}

/* ---- item.stock ---- */

void merit_decide_item_stock(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_item *item = merit_model_item(model, entry->values[STOCK_ITEM].text);
	int64_t change = entry->values[STOCK_QUANTITY].integer;
	enum merit_status fault = MERIT_OK;

	if (change == 0)
		fault = MERIT_ZERO_AMOUNT;
	else if (item != NULL && item->stock + item->reserved + change > MERIT_AMOUNT_MAX)
		fault = MERIT_AMOUNT_RANGE;
	else if (item == NULL)
		fault = MERIT_ITEM_UNKNOWN;
	else if (item->stock + change < 0)
		fault = MERIT_SHORT_STOCK;
	else if (item->class_ == MERIT_CLASS_CODE)
		fault = MERIT_STOCK_IS_CODES;
	if (fault == MERIT_OK)
		return;
	merit_entry_refuse(entry, fault);
	if (item != NULL)
		merit_entry_why(entry, "stock", item->stock);
}

void merit_evolve_item_stock(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_item *row =
		merit_model_edit(model, MERIT_TABLE_ITEM, entry->values[STOCK_ITEM].text, sizeof(*row));

	row->stock += entry->values[STOCK_QUANTITY].integer;
}
