/* model.c - see model.h: rows, copies of rows, and what is due. Keys are model_key.c, moving balances is model_post.c. */
#include "ledger/model.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"

struct merit_text merit_name_text(const struct merit_name *name)
{
	return (struct merit_text){ name->text, name->size };
}

struct merit_name merit_name_of(struct merit_text text)
{
	struct merit_name name;

	assert(text.size <= MERIT_NAME_SIZE_MAX);
	memset(&name, 0, sizeof(name));
	name.size = (uint8_t)text.size;
	memcpy(name.text, text.data, text.size);
	return name;
}

/* Without memory nothing can be decided or undone: the process ends. */
void *merit_model_scratch(struct merit_model *model, size_t size)
{
	void *piece = merit_arena_take(&model->scratch, size);

	if (piece == NULL)
		abort();
	return piece;
}

/* ---- Rows ---- */

const void *merit_model_get(struct merit_model *model, enum merit_table table, struct merit_text key, size_t *size_out)
{
	size_t size = 0;
	const void *row = merit_state_get(model->state, (uint8_t)table, key.data, key.size, &size);

	if (row != NULL && size_out != NULL)
		*size_out = size;
	return row;
}

bool merit_model_has(struct merit_model *model, enum merit_table table, struct merit_text key)
{
	return merit_model_get(model, table, key, NULL) != NULL;
}

void *merit_model_edit(struct merit_model *model, enum merit_table table, struct merit_text key, size_t size)
{
	return merit_state_put(model->state, (uint8_t)table, key.data, key.size, size);
}

void *merit_model_add(struct merit_model *model, enum merit_table table, struct merit_text key, size_t size)
{
	return merit_state_replace(model->state, (uint8_t)table, key.data, key.size, size);
}

void merit_model_add_event(struct merit_model *model, uint64_t first, const struct merit_entry *entry,
			   uint64_t *last_event_io)
{
	struct merit_text key = merit_model_pair_key(model, first, entry->seq);
	uint64_t *previous = merit_model_add(model, MERIT_TABLE_EVENT, key, sizeof(*previous));

	*previous = *last_event_io;
	*last_event_io = entry->seq + 1;
}

void merit_model_refresh(struct merit_model *model)
{
	size_t size = 0;
	const void *row = merit_model_get(model, MERIT_TABLE_PROGRAM, (struct merit_text){ "", 0 }, &size);

	memset(&model->program, 0, sizeof(model->program));
	if (row != NULL && size == sizeof(model->program))
		memcpy(&model->program, row, size);
}

void merit_model_edit_program(struct merit_model *model)
{
	memcpy(merit_model_edit(model, MERIT_TABLE_PROGRAM, (struct merit_text){ "", 0 }, sizeof(model->program)),
	       &model->program, sizeof(model->program));
}

enum merit_status merit_model_entry(struct merit_model *model, uint64_t seq, struct merit_arena *arena,
				    struct merit_entry *entry_out)
{
	size_t size = 0;
	const void *record = model->record(model->context, seq, &size);

	if (record == NULL)
		return MERIT_NOT_FOUND;
	enum merit_status status = merit_entry_read(record, size, arena, entry_out);
	return status == MERIT_BAD_FORMAT ? MERIT_CORRUPT : status;
}

const struct merit_party *merit_model_party(struct merit_model *model, struct merit_text party)
{
	return merit_model_get(model, MERIT_TABLE_PARTY, party, NULL);
}

const struct merit_key *merit_model_key(struct merit_model *model, struct merit_text party, struct merit_text key)
{
	return merit_model_get(model, MERIT_TABLE_KEY, merit_model_key_of(model, party, key), NULL);
}

const struct merit_sponsor *merit_model_sponsor(struct merit_model *model, struct merit_text sponsor)
{
	return merit_model_get(model, MERIT_TABLE_SPONSOR, sponsor, NULL);
}

const struct merit_merchant *merit_model_merchant(struct merit_model *model, struct merit_text merchant)
{
	return merit_model_get(model, MERIT_TABLE_MERCHANT, merchant, NULL);
}

const struct merit_campaign *merit_model_campaign(struct merit_model *model, struct merit_text campaign)
{
	return merit_model_get(model, MERIT_TABLE_CAMPAIGN, campaign, NULL);
}

const struct merit_rule *merit_model_rule(struct merit_model *model, uint32_t campaign, struct merit_text event)
{
	return merit_model_get(model, MERIT_TABLE_RULE, merit_model_rule_key(model, campaign, event), NULL);
}

const struct merit_item *merit_model_item(struct merit_model *model, struct merit_text item)
{
	return merit_model_get(model, MERIT_TABLE_ITEM, item, NULL);
}

const struct merit_proposal *merit_model_proposal(struct merit_model *model, struct merit_text proposal)
{
	return merit_model_get(model, MERIT_TABLE_PROPOSAL, proposal, NULL);
}

const struct merit_terms *merit_model_terms(struct merit_model *model, uint32_t campaign)
{
	return merit_model_get(model, MERIT_TABLE_TERMS, merit_model_number_key(model, campaign), NULL);
}

const struct merit_award *merit_model_award(struct merit_model *model, uint64_t seq)
{
	return merit_model_get(model, MERIT_TABLE_AWARD, merit_model_number_key(model, seq), NULL);
}

const struct merit_referral *merit_model_referral(struct merit_model *model, struct merit_text member)
{
	return merit_model_get(model, MERIT_TABLE_REFERRAL, member, NULL);
}

struct merit_text merit_model_currencies(struct merit_model *model)
{
	struct merit_text row = { NULL, 0 };

	row.data = merit_model_get(model, MERIT_TABLE_CURRENCIES, MERIT_TEXT(""), &row.size);
	return row.data == NULL ? MERIT_TEXT("") : row;
}

void merit_model_add_currency(struct merit_model *model, struct merit_text currency)
{
	struct merit_text row = merit_model_currencies(model);
	size_t at = 0;

	assert(currency.size == MERIT_CURRENCY_SIZE);
	while (at < row.size && memcmp(row.data + at, currency.data, MERIT_CURRENCY_SIZE) < 0)
		at += MERIT_CURRENCY_SIZE;
	if (at < row.size && memcmp(row.data + at, currency.data, MERIT_CURRENCY_SIZE) == 0)
		return;
	char *edited = merit_model_edit(model, MERIT_TABLE_CURRENCIES, MERIT_TEXT(""), row.size + MERIT_CURRENCY_SIZE);
	memmove(edited + at + MERIT_CURRENCY_SIZE, edited + at, row.size - at);
	memcpy(edited + at, currency.data, MERIT_CURRENCY_SIZE);
}

const struct merit_credit *merit_model_credit(struct merit_model *model, uint32_t sponsor, struct merit_text currency)
{
	return merit_model_get(model, MERIT_TABLE_CREDIT, merit_model_currency_key(model, sponsor, currency), NULL);
}

const struct merit_settlement *merit_model_settlement(struct merit_model *model, struct merit_text settlement)
{
	return merit_model_get(model, MERIT_TABLE_SETTLEMENT, settlement, NULL);
}

const struct merit_code *merit_model_code(struct merit_model *model, struct merit_text commitment)
{
	return merit_model_get(model, MERIT_TABLE_CODE, commitment, NULL);
}

struct merit_text merit_model_campaign_name(struct merit_model *model, uint32_t number)
{
	struct merit_text name;

	name.data = merit_model_get(model, MERIT_TABLE_CAMPAIGN_NAME, merit_model_number_key(model, number), &name.size);
	if (name.data == NULL) {
		assert(merit_state_failure(model->state) != MERIT_OK); /* else a lot of no campaign */
		return MERIT_TEXT("");
	}
	return name;
}

/* ---- What points are worth ---- */

int64_t merit_points_worth(const struct merit_campaign *campaign, int64_t points)
{
	__int128 product = (__int128)points * campaign->value_minor;
	__int128 worth = (product + campaign->value_points - 1) / campaign->value_points;

	return worth > INT64_MAX ? INT64_MAX : (int64_t)worth;
}

int64_t merit_points_value(const struct merit_campaign *campaign, int64_t points)
{
	__int128 product = (__int128)points * campaign->value_minor;
	__int128 value = product / campaign->value_points, rest = product % campaign->value_points;
	__int128 twice = rest * 2;

	if (twice > campaign->value_points || (twice == campaign->value_points && value % 2 != 0))
		value++;
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* ---- Orders ---- */

bool merit_model_has_order(struct merit_model *model, struct merit_text order)
{
	return merit_model_has(model, MERIT_TABLE_ORDER, order);
}

bool merit_model_order(struct merit_model *model, struct merit_text order, struct merit_order *order_out)
{
	const char *row = merit_model_get(model, MERIT_TABLE_ORDER, order, NULL);

	if (row == NULL)
		return false;
	memcpy(&order_out->head, row, sizeof(order_out->head));
	row += sizeof(order_out->head);
	size_t lines_size = order_out->head.lines_count * sizeof(struct merit_order_line);
	size_t parts_size = order_out->head.parts_count * sizeof(struct merit_order_part);
	order_out->lines = merit_model_scratch(model, lines_size + 1);
	order_out->parts = merit_model_scratch(model, parts_size + 1);
	memcpy(order_out->lines, row, lines_size);
	memcpy(order_out->parts, row + lines_size, parts_size);
	return true;
}

void merit_model_store_order(struct merit_model *model, struct merit_text order, const struct merit_order *content)
{
	size_t lines_size = content->head.lines_count * sizeof(struct merit_order_line);
	size_t parts_size = content->head.parts_count * sizeof(struct merit_order_part);
	char *row = merit_model_edit(model, MERIT_TABLE_ORDER, order, sizeof(content->head) + lines_size + parts_size);

	memcpy(row, &content->head, sizeof(content->head));
	if (lines_size > 0)
		memcpy(row + sizeof(content->head), content->lines, lines_size);
	if (parts_size > 0)
		memcpy(row + sizeof(content->head) + lines_size, content->parts, parts_size);
}

bool merit_order_is_over(const struct merit_order *order)
{
	for (uint32_t i = 0; i < order->head.lines_count; i++) {
		const struct merit_order_line *line = &order->lines[i];
		if (line->held > 0 || line->fulfilled > line->received)
			return false;
	}
	return true;
}

/* ---- Time ---- */

void merit_model_set_due(struct merit_model *model, int64_t due_ms, enum merit_due kind, struct merit_text name, bool due)
{
	struct merit_text key = merit_model_due_key(model, due_ms, kind, name);

	if (due && due_ms == MERIT_DUE_AT_ONCE_MS)
		model->due_at_once = true;
	else if (due && due_ms < model->due_not_before_ms)
		model->due_not_before_ms = due_ms;
	if (due)
		merit_model_edit(model, MERIT_TABLE_DUE, key, 0);
	else
		merit_state_delete(model->state, MERIT_TABLE_DUE, key.data, key.size);
}

struct merit_text merit_model_award_name(struct merit_model *model, uint64_t seq)
{
	char *digits = merit_model_scratch(model, 24);
	int size = snprintf(digits, 24, "%llu", (unsigned long long)seq);

	return (struct merit_text){ digits, (size_t)size };
}

int64_t merit_model_day_end_ms(const struct merit_model *model, int32_t day)
{
	return merit_day_end_ms(day, model->program.offset_minutes);
}

int32_t merit_model_day(const struct merit_model *model, int64_t time_ms)
{
	return merit_day_of_ms(time_ms, model->program.offset_minutes);
}

/* ---- Holders ---- */

const struct merit_holder *merit_model_holder(struct merit_model *model, enum merit_account account,
					      struct merit_text holder, int *slot_out)
{
	static const struct { enum merit_table table; int slot; } places[MERIT_ACCOUNT_COUNT] = {
		[MERIT_ACCOUNT_SPONSOR] = { MERIT_TABLE_SPONSOR, MERIT_POINTS },
		[MERIT_ACCOUNT_CAMPAIGN] = { MERIT_TABLE_CAMPAIGN, MERIT_BUDGET },
		[MERIT_ACCOUNT_MEMBER] = { MERIT_TABLE_MEMBER, MERIT_AVAILABLE },
		[MERIT_ACCOUNT_PENDING] = { MERIT_TABLE_MEMBER, MERIT_PENDING },
		[MERIT_ACCOUNT_HELD] = { MERIT_TABLE_MEMBER, MERIT_HELD },
		[MERIT_ACCOUNT_DEBT] = { MERIT_TABLE_MEMBER, MERIT_DEBT },
		[MERIT_ACCOUNT_REDEEMED] = { MERIT_TABLE_MERCHANT, MERIT_POINTS },
		[MERIT_ACCOUNT_EXPIRED] = { MERIT_TABLE_CAMPAIGN, MERIT_EXPIRED },
		[MERIT_ACCOUNT_WRITEOFF] = { MERIT_TABLE_CAMPAIGN, MERIT_WRITTEN_OFF },
	};

	*slot_out = places[account].slot;
	assert(merit_account_takes(account, false));
	return merit_model_get(model, places[account].table, holder, NULL); /* A holder opens every such row. */
}

const struct merit_holder *merit_model_money(struct merit_model *model, enum merit_account account,
					     struct merit_text holder, struct merit_text currency)
{
	return merit_model_get(model, MERIT_TABLE_MONEY, merit_model_money_key(model, account, currency, holder), NULL);
}

int64_t merit_model_money_balance(struct merit_model *model, enum merit_account account, struct merit_text holder,
				  struct merit_text currency)
{
	const struct merit_holder *row = merit_model_money(model, account, holder, currency);

	return row == NULL ? 0 : row->balance[MERIT_POINTS];
}

const struct merit_holder *merit_model_total(struct merit_model *model, enum merit_account account, uint32_t campaign)
{
	return merit_model_get(model, MERIT_TABLE_TOTAL, merit_model_total_key(model, account, campaign), NULL);
}

const struct merit_late *merit_model_late(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day)
{
	return merit_model_get(model, MERIT_TABLE_LATE, merit_model_late_key(model, holder, made_day, day), NULL);
}
