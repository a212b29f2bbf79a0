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

static void put_balances(struct merit_buffer *out, const int64_t balance[MERIT_BALANCES_MAX])
{
	merit_put_integer(out, "available", balance[MERIT_AVAILABLE]);
	merit_put_integer(out, "pending", balance[MERIT_PENDING]);
	merit_put_integer(out, "held", balance[MERIT_HELD]);
	merit_put_integer(out, "debt", -balance[MERIT_DEBT]);
}

/* What of a member stands in its row's head. */
static void put_head(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text name,
                     const struct merit_member_head *head)
{
	merit_put_text(out, "member", name);
	merit_put_text(out, "state", merit_text_of(head->closed ? "closed" : head->frozen ? "frozen" : "active"));
	if (head->stands_since != 0) /* that entry has the reason */
		merit_put_integer(out, "state_entry", (int64_t)head->stands_since - 1);
	put_tier(ledger, out, head);
	put_balances(out, head->holder.balance);
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

/* An account that the caller may see, in points or in a currency. */
struct account {
	enum merit_account account;
	struct merit_text holder, currency; /* currency is empty for points */
	const struct merit_holder *row;     /* money that was never moved stands in none: then NULL */
	int slot;
};

static bool holder_exists(struct merit_model *model, enum merit_account account, struct merit_text holder)
{
	if (account == MERIT_ACCOUNT_SPONSOR)
		return merit_model_sponsor(model, holder) != NULL;
	if (account == MERIT_ACCOUNT_MERCHANT)
		return merit_model_merchant(model, holder) != NULL;
	return true;
}

static enum merit_status account_of(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    struct merit_text text, const struct merit_value *currency, struct account *account)
{
	struct merit_model *model = &ledger->model;

	memset(account, 0, sizeof(*account));
	if (!merit_account_read(text, &account->account, &account->holder) ||
	    !merit_account_takes(account->account, currency->present))
		return MERIT_BAD_PARAMS;
	if (!merit_permit_account(model, caller->party, caller->role, account->account, account->holder))
		return MERIT_NOT_PERMITTED;
	if (currency->present) {
		account->currency = currency->text;
		account->row = merit_model_money(model, account->account, account->holder, account->currency);
		return holder_exists(model, account->account, account->holder) ? MERIT_OK : MERIT_NOT_FOUND;
	}
	account->row = merit_model_holder(model, account->account, account->holder, &account->slot);
	return account->row == NULL ? MERIT_NOT_FOUND : MERIT_OK;
}

/* A member at another moment than now: its points alone, as its state and tier are kept for now only. */
static enum merit_status member_at(struct merit_ledger *ledger, struct merit_text name,
                                   const struct merit_moment *moment, struct merit_buffer *coming,
                                   struct merit_member *member_out)
{
	if (moment->is_coming)
		return merit_forecast_member(&ledger->model, name, moment->day, coming, member_out);
	return merit_moment_member(ledger, name, moment, member_out);
}

static void put_coming(struct merit_buffer *out, const struct merit_moment *moment, const struct merit_buffer *coming)
{
	if (!moment->is_coming)
		return;
	merit_put_flag(out, "projected", true);
	merit_buffer_put_key(out, "coming");
	merit_buffer_put(out, coming->data, coming->size);
	out->bad = out->bad || coming->bad;
}

static enum merit_status put_member_at(struct merit_ledger *ledger, struct merit_text name,
                                       const struct merit_moment *moment, struct merit_buffer *out)
{
	struct merit_buffer coming = { 0 };
	struct merit_member member;
	enum merit_status status = member_at(ledger, name, moment, &coming, &member);

	if (status == MERIT_OK) {
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "member", name);
		put_balances(out, member.head.holder.balance);
		put_lots(ledger, out, &member);
		put_coming(out, moment, &coming);
		merit_put_moment(out, ledger, moment);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_free(&coming);
	return status;
}

/* An account's balance at a moment: only a member's can be told before it comes. */
static enum merit_status balance_at(struct merit_ledger *ledger, const struct account *account,
                                    const struct merit_moment *moment, struct merit_buffer *coming,
                                    int64_t *balance_out)
{
	struct merit_asked asked = { .holder = account->row };
	enum merit_status status = moment->is_coming ? MERIT_BAD_PARAMS : MERIT_OK;
	struct merit_member member;

	if (merit_account_is_members(account->account) && moment->is_dated) { /* of which LATE has no rows */
		status = member_at(ledger, account->holder, moment, coming, &member);
		if (status == MERIT_OK)
			*balance_out = member.head.holder.balance[account->slot];
		return status;
	}
	if (status == MERIT_OK)
		status = merit_moment_balances(&ledger->model, moment, &asked, 1);
	if (status == MERIT_OK)
		*balance_out = asked.balance[account->slot];
	return status;
}

static enum merit_status put_account_at(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, const struct merit_moment *moment,
                                        struct merit_buffer *out)
{
	struct merit_text text = values[BALANCE_ACCOUNT].text;
	struct merit_buffer coming = { 0 };
	struct account account;
	int64_t balance = 0;
	enum merit_status status = account_of(ledger, caller, text, &values[BALANCE_CURRENCY], &account);

	if (status == MERIT_OK)
		status = balance_at(ledger, &account, moment, &coming, &balance);
	if (status == MERIT_OK) {
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "account", text);
		if (account.currency.size > 0)
			merit_put_text(out, "currency", account.currency);
		merit_put_integer(out, account.currency.size > 0 ? "balance_minor" : "points", balance);
		put_coming(out, moment, &coming);
		merit_put_moment(out, ledger, moment);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_free(&coming);
	return status;
}

enum merit_status merit_query_balance(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *seq = &values[BALANCE_SEQ], *time = &values[BALANCE_TIME],
				 *day = &values[BALANCE_DAY];
	struct merit_text member = values[BALANCE_MEMBER].text;
	struct merit_moment moment;

	if (values[BALANCE_MEMBER].present == values[BALANCE_ACCOUNT].present ||
	    (values[BALANCE_MEMBER].present && values[BALANCE_CURRENCY].present))
		return MERIT_BAD_PARAMS;
	if (values[BALANCE_MEMBER].present && !seq->present && !time->present && !day->present)
		return put_member(ledger, caller, member, out);
	enum merit_status status = merit_moment_read(ledger, seq, time, day, &moment);
	if (status != MERIT_OK)
		return status;
	if (values[BALANCE_ACCOUNT].present)
		return put_account_at(ledger, caller, values, &moment, out);
	if (!merit_permit_account(&ledger->model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER, member))
		return MERIT_NOT_PERMITTED;
	return put_member_at(ledger, member, &moment, out);
}

/* ---- statement.get ---- */

/* Whose statement: a member whole, or one account. */
struct statement {
	bool is_member;
	struct account account; /* of a member whole: what it has available */
	bool hides_orders;      /* from a sponsor: they are between member, merchant and platform */
	uint32_t number;
	uint64_t last; /* seq + 1 of the newest entry, 0 = none */
};

static enum merit_status statement_of(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct statement *statement)
{
	const struct merit_value *member = &values[STATEMENT_MEMBER], *currency = &values[STATEMENT_CURRENCY];
	struct account *account = &statement->account;
	enum merit_status status = MERIT_OK;

	memset(statement, 0, sizeof(*statement));
	if (member->present == values[STATEMENT_ACCOUNT].present || (member->present && currency->present))
		return MERIT_BAD_PARAMS;
	statement->is_member = member->present;
	statement->hides_orders = caller->role == MERIT_ROLE_SPONSOR;
	if (statement->is_member) {
		*account = (struct account){ .account = MERIT_ACCOUNT_MEMBER, .holder = member->text };
		if (!merit_permit_account(&ledger->model, caller->party, caller->role, account->account,
		                          account->holder))
			return MERIT_NOT_PERMITTED;
		account->row = merit_model_holder(&ledger->model, account->account, account->holder, &account->slot);
		if (account->row == NULL)
			status = MERIT_MEMBER_UNKNOWN;
	} else {
		status = account_of(ledger, caller, values[STATEMENT_ACCOUNT].text, currency, account);
	}
	if (status != MERIT_OK || account->row == NULL)
		return status;
	statement->number = account->row->number;
	statement->last = account->row->last;
	return MERIT_OK;
}

#define ABOUT_COUNT 9
#define ABOUT_ORDER 3 /* the place of "order" among them */

/* Those of a call's parameters, or of its results, that tell what it was about and were not told yet. */
static void put_told(struct merit_buffer *out, const struct merit_parameter *list, size_t count,
                     const struct merit_value *values, bool told[ABOUT_COUNT])
{
	static const char *const wanted[ABOUT_COUNT] = { "campaign", "event",    "reference",  "order",         "reason",
		                                         "entry",    "last_day", "settlement", "bank_reference" };

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

/* What the entry was about, from its parameters and results: campaign, event, reference, order unless that is hidden,
 * reason. Of an approval, what the call was about that it carried out. */
static void put_about(struct merit_buffer *out, const struct merit_entry *entry, bool order_is_hidden)
{
	const struct merit_operation *operation = entry->operation;
	const struct merit_value *values = entry->values, *results = entry->results;
	bool told[ABOUT_COUNT] = { [ABOUT_ORDER] = order_is_hidden };

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

static bool is_of_order(const struct merit_entry *entry)
{
	return strncmp(merit_entry_done(entry)->name, "order.", strlen("order.")) == 0;
}

static void put_row(struct merit_buffer *out, const struct statement *statement, const struct merit_entry *entry,
                    const struct merit_history *after, const struct merit_history *before)
{
	int slot = statement->account.slot;
	bool is_money = statement->account.currency.size > 0;
	bool is_hidden = statement->hides_orders && is_of_order(entry);

	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "seq", (int64_t)entry->seq);
	merit_put_integer(out, "time", entry->time_ms);
	merit_put_day(out, "day", entry->day);
	merit_put_text(out, "op", merit_text_of(entry->operation->name));
	if (!is_hidden) {
		merit_put_text(out, "id", entry->id);
		merit_put_text(out, "by", entry->party);
	}
	put_about(out, entry, is_hidden);
	merit_put_integer(out, is_money ? "change_minor" : "change", after->balance[slot] - before->balance[slot]);
	if (statement->is_member)
		put_balances(out, after->balance);
	else
		merit_put_integer(out, is_money ? "balance_minor" : "balance", after->balance[slot]);
	merit_buffer_put_char(out, '}');
}

/* One row at seq; *previous_out is seq + 1 of the row before. A row is left out when its account did not move. */
static enum merit_status statement_row(struct merit_ledger *ledger, const struct statement *statement, uint64_t seq,
                                       struct merit_buffer *out, uint64_t *previous_out)
{
	struct merit_model *model = &ledger->model;
	struct merit_history after, before;
	struct merit_entry entry;

	memset(&before, 0, sizeof(before));
	if (!merit_model_balances_at(model, statement->number, seq, &after))
		return MERIT_CORRUPT;
	if (after.previous != 0 && !merit_model_balances_at(model, statement->number, after.previous - 1, &before))
		return MERIT_CORRUPT;
	*previous_out = after.previous;
	if (!statement->is_member && after.balance[statement->account.slot] == before.balance[statement->account.slot])
		return MERIT_OK;
	if (merit_model_entry(model, seq, &model->scratch, &entry) != MERIT_OK)
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
	merit_account_put(out, statement.account.account, statement.account.holder);
	merit_buffer_put_char(out, '"');
	if (statement.account.currency.size > 0)
		merit_put_text(out, "currency", statement.account.currency);
	merit_buffer_put_text(out, ",\"rows\":[");
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
