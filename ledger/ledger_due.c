/* ledger_due.c - what the clock has made due, and on which of it a call or read depends. Nothing is written here: the
 * ledger settles by it and verify judges by it. */
#include <assert.h>
#include <string.h>

#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/ledger_inner.h"

/* ---- Rows of the due table: time, what happens, to whom ---- */

bool merit_due_first(struct merit_model *model, struct merit_due_row *row_out)
{
	const void *key, *value;
	size_t size, value_size;

	if (!merit_state_first(model->state, &key, &size, &value, &value_size))
		return false;
	const unsigned char *bytes = key;
	assert(size > 9 && size <= 9 + MERIT_NAME_SIZE_MAX);
	row_out->time_ms = (int64_t)merit_model_key_number(bytes);
	row_out->kind = (enum merit_due)bytes[8];
	row_out->name_size = size - 9;
	memcpy(row_out->name, bytes + 9, row_out->name_size);
	return true;
}

bool merit_due_any(struct merit_model *model, int64_t now_ms)
{
	struct merit_due_row row;

	return merit_due_first(model, &row) && row.time_ms <= now_ms;
}

/* ---- Of an order, of a member ---- */

static bool is_due(struct merit_model *model, struct merit_text order, int64_t due_ms, enum merit_due kind,
                   int64_t now_ms)
{
	return due_ms <= now_ms &&
	       merit_model_has(model, MERIT_TABLE_DUE, merit_model_due_key(model, due_ms, kind, order));
}

bool merit_due_of_order(struct merit_model *model, struct merit_text order, int64_t now_ms, enum merit_due *kind_out)
{
	struct merit_order row;

	if (!merit_model_order(model, order, &row) || row.head.cancelled_unknown)
		return false;
	int64_t receive_ms = row.head.shipped_ms + model->program.receive_days * MERIT_DAY_MS;
	bool lapses = is_due(model, order, row.head.deadline_ms, MERIT_DUE_ORDER_LAPSE, now_ms);
	*kind_out = lapses ? MERIT_DUE_ORDER_LAPSE : MERIT_DUE_ORDER_RECEIVE;
	return lapses || is_due(model, order, receive_ms, MERIT_DUE_ORDER_RECEIVE, now_ms);
}

bool merit_due_lot(struct merit_model *model, struct merit_text member, int64_t now_ms, int32_t *day_out)
{
	struct merit_member row;

	if (!merit_model_member(model, member, 0, &row))
		return false;
	for (size_t i = 0; i < row.head.lots_count; i++) {
		const struct merit_lot *lot = &row.lots[i];
		if (lot->day == MERIT_DAY_NEVER || lot->available == 0 ||
		    merit_model_day_end_ms(model, lot->day) > now_ms)
			continue;
		*day_out = lot->day;
		return true;
	}
	return false;
}

/* A member's orders on the way to those that are due. */
struct orders {
	struct merit_model *model;
	char prefix[4]; /* the member's number, as keys begin with it */
	int64_t now_ms;
	size_t left;
	struct merit_buffer *names;
};

static bool order_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct orders *orders = context;
	struct merit_text order = { value, size };
	enum merit_due kind;

	if (key_size < sizeof(orders->prefix) || memcmp(key, orders->prefix, sizeof(orders->prefix)) != 0)
		return false;
	if (!merit_due_of_order(orders->model, order, orders->now_ms, &kind))
		return true;
	merit_buffer_put_char(orders->names, (char)size);
	merit_buffer_put(orders->names, value, size);
	return --orders->left > 0;
}

void merit_due_orders(struct merit_model *model, struct merit_text member, int64_t now_ms, size_t count_max,
                      struct merit_buffer *names)
{
	struct orders orders = { .model = model, .now_ms = now_ms, .left = count_max, .names = names };
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_HELD, member, &slot);

	if (holder == NULL || holder->balance[slot] == 0) /* Only an order that holds points gives some back. */
		return;
	memcpy(orders.prefix, merit_model_holder_key(model, holder->number, 0).data, sizeof(orders.prefix));
	merit_state_scan(model->state, MERIT_TABLE_MEMBER_ORDER, orders.prefix, sizeof(orders.prefix), order_visit,
	                 &orders);
}

/* ---- Of an award ---- */

/* A member's awards that wait, on the way to the one that is due first. */
struct awards {
	struct merit_model *model;
	char prefix[8]; /* the member's number, as keys begin with it */
	int64_t now_ms;
	struct merit_text first; /* its key in the due table; size 0 = none is due so far */
	uint64_t seq;
};

static bool award_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct awards *awards = context;

	(void)value;
	(void)size;
	if (key_size != 16 || memcmp(key, awards->prefix, sizeof(awards->prefix)) != 0)
		return false;
	uint64_t seq = merit_model_key_number((const char *)key + 8);
	const struct merit_award *award = merit_model_award(awards->model, seq);
	int64_t due_ms = award->due_ms;
	if (award->state != MERIT_AWARD_MATURING || due_ms > awards->now_ms)
		return true;
	struct merit_text due = merit_model_due_key(awards->model, due_ms, MERIT_DUE_MATURE,
	                                            merit_model_award_name(awards->model, seq));
	if (awards->first.size == 0 || merit_text_order(due, awards->first) < 0) {
		awards->first = due;
		awards->seq = seq;
	}
	return true;
}

bool merit_due_award(struct merit_model *model, struct merit_text member, int64_t now_ms, uint64_t *seq_out)
{
	struct awards awards = { .model = model, .now_ms = now_ms };
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_PENDING, member, &slot);

	if (holder == NULL || holder->balance[slot] == 0)
		return false;
	memcpy(awards.prefix, merit_model_pair_key(model, holder->number, 0).data, sizeof(awards.prefix));
	merit_state_scan(model->state, MERIT_TABLE_MEMBER_AWARD, awards.prefix, sizeof(awards.prefix), award_visit,
	                 &awards);
	if (awards.first.size == 0)
		return false;
	*seq_out = awards.seq;
	return true;
}

uint64_t merit_due_award_seq(struct merit_text name)
{
	uint64_t seq = 0;

	for (size_t i = 0; i < name.size; i++)
		seq = seq * 10 + (uint64_t)(name.data[i] - '0');
	return seq;
}

bool merit_due_at_once(struct merit_model *model)
{
	return merit_due_any(model, MERIT_DUE_AT_ONCE_MS);
}

static bool member_is_due(struct merit_model *model, struct merit_text member, int64_t now_ms)
{
	struct merit_buffer names = { 0 };
	uint64_t seq;
	int32_t day;

	if (merit_due_lot(model, member, now_ms, &day) || merit_due_award(model, member, now_ms, &seq))
		return true;
	merit_due_orders(model, member, now_ms, 1, &names);
	bool any = names.size > 0 || names.bad;
	merit_buffer_free(&names);
	return any;
}

/* ---- What a call or read depends on ---- */

/* Those that see nothing of what the clock moves: points, orders, stock. */
static bool is_timeless(const char *method)
{
	static const char *const timeless[] = {
		"program.get",     "checkpoint.get",    "proof.get",
		"tile.get",        "party.get",         "party.list",
		"key.list",        "entry.get",         "entry.list",
		"proposal.get",    "proposal.list",     "party.create",
		"key.add",         "key.rotate",        "key.revoke",
		"key.bind",        "sponsor.create",    "merchant.create",
		"member.create",   "campaign.create",   "campaign.rule",
		"item.create",     "item.update",       "proposal.create",
		"proposal.reject", "program.tier",      "member.tag",
		"member.tier",     "campaign.referral", "sponsor.cap",
		"code.add",        "code.withdraw",     "campaign.eligibility",
		"rule.get",        "referral.record",   "referral.get",
		"referral.list",   "order.recipient",   "order.code",
		"sponsor.deposit", "sponsor.credit",    "adjust.money",
		"settlement.issue", "settlement.confirm",
		"settlement.dispute", "settlement.pay", "settlement.get",
		"settlement.list", "settlement.lines",  "period.reopen",
		"period.list",      "source.declare",    "source.list",
		"recon.commit",     "recon.break",       "recon.get",
		"recon.list",       "break.explain",     "break.resolve",
		"break.get",        "break.list",
	};

	for (size_t i = 0; i < sizeof(timeless) / sizeof(timeless[0]); i++) {
		if (strcmp(method, timeless[i]) == 0)
			return true;
	}
	return false;
}

struct merit_due_scope merit_due_scope(const char *method, const struct merit_parameter *parameters, size_t count,
                                       const struct merit_value *values)
{
	struct merit_due_scope scope = { .is_all = false };
	enum merit_account account;
	struct merit_text holder;

	if (is_timeless(method))
		return scope;
	for (size_t i = 0; i < count; i++) {
		if (!values[i].present)
			continue;
		if (parameters[i].type == MERIT_TYPE_NAME && strcmp(parameters[i].name, "member") == 0)
			scope.member = values[i].text;
		if (parameters[i].type == MERIT_TYPE_NAME && strcmp(parameters[i].name, "order") == 0)
			scope.order = values[i].text;
		if (parameters[i].type == MERIT_TYPE_ACCOUNT && merit_account_read(values[i].text, &account, &holder) &&
		    merit_account_is_members(account))
			scope.member = holder;
	}
	scope.is_all = (scope.member.size == 0 && scope.order.size == 0) || strcmp(method, "order.list") == 0;
	return scope;
}

bool merit_due_bears_on(const struct merit_entry *refusal)
{
	return !is_timeless(refusal->operation->name);
}

bool merit_due_in(struct merit_model *model, const struct merit_due_scope *scope, int64_t now_ms)
{
	struct merit_order order;
	enum merit_due kind;

	if (scope->is_all)
		return merit_due_any(model, now_ms);
	if (scope->member.size > 0 && member_is_due(model, scope->member, now_ms))
		return true;
	if (scope->order.size == 0 || !merit_model_order(model, scope->order, &order) || order.head.cancelled_unknown)
		return false;
	return merit_due_of_order(model, scope->order, now_ms, &kind) ||
	       member_is_due(model, merit_name_text(&order.head.member), now_ms);
}
