/* query_member.c - who members are, what accounts hold, and how they came to hold it. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/op_common.h"
#include "ledger/query_inner.h"

#define LIMIT_DEFAULT 100

/* ---- member.get, member.list, balance.get ---- */

/* The tier as of now, or null; and what it follows from where none was given. */
static void put_tier(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_member_head *head)
{
	int32_t year = merit_date_of_day(merit_model_day(&ledger->model, ledger->group_ms)).year;
	int place = merit_member_tier(&ledger->model, head, year);

	if (place >= 0)
		merit_put_text(out, "tier", merit_name_text(&merit_model_tiers(&ledger->model)->tiers[place].name));
	else
		merit_buffer_put_text(out, ",\"tier\":null");
	merit_put_integer(out, "tier_points", merit_member_earned_in(head, year));
}

/* What of a member stands in its row's head. */
static void put_head(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text name,
                     const struct merit_member_head *head)
{
	const int64_t *balance = head->holder.balance;

	merit_put_text(out, "member", name);
	merit_put_text(out, "state", merit_text_of(head->closed ? "closed" : head->frozen ? "frozen" : "active"));
	if (head->stands_since != 0) /* that entry has the reason */
		merit_put_integer(out, "state_entry", (int64_t)head->stands_since - 1);
	put_tier(ledger, out, head);
	merit_put_integer(out, "available", balance[MERIT_AVAILABLE]);
	merit_put_integer(out, "pending", balance[MERIT_PENDING]);
	merit_put_integer(out, "held", balance[MERIT_HELD]);
	merit_put_integer(out, "debt", -balance[MERIT_DEBT]);
}

static void put_tags(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text member)
{
	size_t size = 0;
	const struct merit_name *tags = merit_model_get(&ledger->model, MERIT_TABLE_TAGS, member, &size);

	merit_buffer_put_text(out, ",\"tags\":[");
	for (size_t i = 0; i < size / sizeof(*tags); i++) {
		merit_buffer_put_comma(out);
		merit_buffer_put_json(out, tags[i].text, tags[i].size);
	}
	merit_buffer_put_char(out, ']');
}

/* What is pending has no last day yet, and a lot of its own. */
static void put_lots(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_member *member)
{
	merit_buffer_put_text(out, ",\"lots\":[");
	for (size_t i = 0; i < member->head.lots_count; i++) {
		const struct merit_lot *lot = &member->lots[i];
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "campaign", merit_model_campaign_name(&ledger->model, lot->campaign));
		merit_put_day(out, "last_day", lot->day);
		merit_put_integer(out, "available", lot->available);
		merit_put_integer(out, "held", lot->held);
		merit_put_integer(out, "pending", lot->pending);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_text(out, "],\"debts\":[");
	for (size_t i = 0; i < member->head.debts_count; i++) {
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "campaign", merit_model_campaign_name(&ledger->model, member->debts[i].campaign));
		merit_put_integer(out, "owed", member->debts[i].owed);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

static enum merit_status put_member(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    struct merit_text name, struct merit_buffer *out)
{
	struct merit_member member;

	if (!merit_permit_account(&ledger->model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER, name))
		return MERIT_NOT_PERMITTED;
	if (!merit_model_member(&ledger->model, name, 0, &member))
		return MERIT_MEMBER_UNKNOWN;
	merit_buffer_put_char(out, '{');
	put_head(ledger, out, name, &member.head);
	put_tags(ledger, out, name);
	put_lots(ledger, out, &member);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_member(struct merit_ledger *ledger, const struct merit_caller *caller,
                                     const struct merit_value *values, struct merit_buffer *out)
{
	return put_member(ledger, caller, values[0].text, out);
}

static void put_listed(struct merit_list *list, struct merit_text name, const void *row)
{
	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	put_head(list->ledger, list->out, name, row);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_members(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_listed
	};

	return merit_put_list(&list, MERIT_TABLE_MEMBER);
}

/* The account a parameter names, if the caller may see it. */
static enum merit_status account_of(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    struct merit_text text, enum merit_account *account_out,
                                    struct merit_text *holder_out, const struct merit_holder **row_out, int *slot_out)
{
	if (!merit_account_read(text, account_out, holder_out))
		return MERIT_BAD_PARAMS;
	if (!merit_permit_account(&ledger->model, caller->party, caller->role, *account_out, *holder_out))
		return MERIT_NOT_PERMITTED;
	*row_out = merit_model_holder(&ledger->model, *account_out, *holder_out, slot_out);
	return *row_out == NULL ? MERIT_NOT_FOUND : MERIT_OK;
}

enum merit_status merit_query_balance(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_holder *row;
	enum merit_account account;
	struct merit_text holder;
	int slot;

	if (values[BALANCE_MEMBER].present == values[BALANCE_ACCOUNT].present)
		return MERIT_BAD_PARAMS;
	if (values[BALANCE_MEMBER].present)
		return put_member(ledger, caller, values[BALANCE_MEMBER].text, out);
	enum merit_status status =
		account_of(ledger, caller, values[BALANCE_ACCOUNT].text, &account, &holder, &row, &slot);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "account", values[BALANCE_ACCOUNT].text);
	merit_put_integer(out, "points", row->balance[slot]);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

/* ---- statement.get ---- */

/* Whose statement: a member whole, or one account. */
struct statement {
	bool is_member;
	enum merit_account account;
	struct merit_text holder;
	uint32_t number;
	uint64_t last; /* seq + 1 of the newest entry, 0 = none */
	int slot;
};

static enum merit_status statement_of(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct statement *statement)
{
	const struct merit_holder *row;
	enum merit_status status = MERIT_OK;

	memset(statement, 0, sizeof(*statement));
	if (values[STATEMENT_MEMBER].present == values[STATEMENT_ACCOUNT].present)
		return MERIT_BAD_PARAMS;
	statement->is_member = values[STATEMENT_MEMBER].present;
	if (statement->is_member) {
		statement->account = MERIT_ACCOUNT_MEMBER;
		statement->holder = values[STATEMENT_MEMBER].text;
		if (!merit_permit_account(&ledger->model, caller->party, caller->role, statement->account,
		                          statement->holder))
			return MERIT_NOT_PERMITTED;
		row = merit_model_holder(&ledger->model, statement->account, statement->holder, &statement->slot);
		if (row == NULL)
			status = MERIT_MEMBER_UNKNOWN;
	} else {
		status = account_of(ledger, caller, values[STATEMENT_ACCOUNT].text, &statement->account,
		                    &statement->holder, &row, &statement->slot);
	}
	if (status != MERIT_OK)
		return status;
	statement->number = row->number;
	statement->last = row->last;
	return MERIT_OK;
}

#define ABOUT_COUNT 7

/* Those of a call's parameters, or of its results, that tell what it was about and were not told yet. */
static void put_told(struct merit_buffer *out, const struct merit_parameter *list, size_t count,
                     const struct merit_value *values, bool told[ABOUT_COUNT])
{
	static const char *const wanted[ABOUT_COUNT] = { "campaign", "event", "reference", "order",
		                                         "reason",   "entry", "last_day" };

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < ABOUT_COUNT; j++) {
			if (told[j] || !values[i].present || strcmp(list[i].name, wanted[j]) != 0)
				continue;
			told[j] = true;
			if (list[i].type == MERIT_TYPE_DAY)
				merit_put_day(out, wanted[j], (int32_t)values[i].integer);
			else if (values[i].text.data != NULL)
				merit_put_text(out, wanted[j], values[i].text);
			else
				merit_put_integer(out, wanted[j], values[i].integer);
		}
	}
}

/* What the entry was about, from its parameters and results: campaign, event, reference, order, reason. Of an approval,
 * what the call was about that it carried out. */
static void put_about(struct merit_buffer *out, const struct merit_entry *entry)
{
	const struct merit_operation *operation = entry->operation;
	const struct merit_value *values = entry->values, *results = entry->results;
	bool told[ABOUT_COUNT] = { false };

	if (operation->number == MERIT_OP_PROPOSAL_APPROVE) {
		const struct merit_value *done = &entry->results[APPROVE_DONE];
		merit_put_text(out, "proposal", entry->values[APPROVE_PROPOSAL].text);
		operation = done->call;
		values = done->cells;
		results = done->results;
		merit_put_text(out, "call", merit_text_of(operation->name));
	}
	put_told(out, operation->params, operation->params_count, values, told);
	put_told(out, operation->results, operation->results_count, results, told);
}

static void put_row(struct merit_buffer *out, const struct statement *statement, const struct merit_entry *entry,
                    const struct merit_history *after, const struct merit_history *before)
{
	int slot = statement->slot;

	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "seq", (int64_t)entry->seq);
	merit_put_integer(out, "time", entry->time_ms);
	merit_put_day(out, "day", entry->day);
	merit_put_text(out, "op", merit_text_of(entry->operation->name));
	merit_put_text(out, "id", entry->id);
	merit_put_text(out, "by", entry->party);
	put_about(out, entry);
	merit_put_integer(out, "change", after->balance[slot] - before->balance[slot]);
	if (statement->is_member) {
		merit_put_integer(out, "available", after->balance[MERIT_AVAILABLE]);
		merit_put_integer(out, "pending", after->balance[MERIT_PENDING]);
		merit_put_integer(out, "held", after->balance[MERIT_HELD]);
		merit_put_integer(out, "debt", -after->balance[MERIT_DEBT]);
	} else {
		merit_put_integer(out, "balance", after->balance[slot]);
	}
	merit_buffer_put_char(out, '}');
}

/* One row at seq; *previous_out is seq + 1 of the row before. A row is left out when its account did not move. */
static enum merit_status statement_row(struct merit_ledger *ledger, const struct statement *statement, uint64_t seq,
                                       struct merit_buffer *out, uint64_t *previous_out)
{
	struct merit_model *model = &ledger->model;
	struct merit_history after, before;
	struct merit_entry entry;
	size_t size = 0;

	memset(&before, 0, sizeof(before));
	if (!merit_model_balances_at(model, statement->number, seq, &after))
		return MERIT_CORRUPT;
	if (after.previous != 0 && !merit_model_balances_at(model, statement->number, after.previous - 1, &before))
		return MERIT_CORRUPT;
	*previous_out = after.previous;
	if (!statement->is_member && after.balance[statement->slot] == before.balance[statement->slot])
		return MERIT_OK;
	const void *leaf = model->leaf(model->context, seq, &size);
	if (leaf == NULL || merit_entry_read(leaf, size, &model->scratch, &entry) != MERIT_OK)
		return MERIT_CORRUPT;
	put_row(out, statement, &entry, &after, &before);
	return MERIT_OK;
}

/* A page goes on where the last one ended: at a row of this holder's. Any other place would have to be searched for. */
static bool is_page_start(struct merit_ledger *ledger, const struct statement *statement, int64_t before)
{
	struct merit_history history;

	return before > 0 && merit_model_balances_at(&ledger->model, statement->number, (uint64_t)before - 1, &history);
}

enum merit_status merit_query_statement(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	int64_t left = values[STATEMENT_LIMIT].present ? values[STATEMENT_LIMIT].integer : LIMIT_DEFAULT;
	struct statement statement;
	enum merit_status status = statement_of(ledger, caller, values, &statement);

	if (status != MERIT_OK)
		return status;
	uint64_t next = statement.last;
	if (values[STATEMENT_BEFORE].present) {
		next = (uint64_t)values[STATEMENT_BEFORE].integer;
		if (!is_page_start(ledger, &statement, values[STATEMENT_BEFORE].integer))
			return MERIT_NOT_FOUND;
	}
	merit_buffer_put_char(out, '{');
	merit_buffer_put_key(out, "account");
	merit_buffer_put_char(out, '"');
	merit_account_put(out, statement.account, statement.holder);
	merit_buffer_put_text(out, "\",\"rows\":[");
	for (; left > 0 && next != 0; left--) {
		merit_arena_reset(&ledger->model.scratch);
		status = statement_row(ledger, &statement, next - 1, out, &next);
		if (status != MERIT_OK)
			return status;
	}
	merit_buffer_put_char(out, ']');
	merit_buffer_put_key(out, "next");
	if (next == 0)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_integer(out, (int64_t)next);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}
