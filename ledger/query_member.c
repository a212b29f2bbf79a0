/* query_member.c - who members are, and what accounts hold. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/op_common.h"
#include "ledger/query_inner.h"

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

void merit_put_balances(struct merit_buffer *out, const int64_t balance[MERIT_BALANCES_MAX])
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
	merit_put_balances(out, head->holder.balance);
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
		merit_put_campaign(out, &ledger->model, lot->campaign);
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
		merit_put_campaign(out, &ledger->model, member->debts[i].campaign);
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
	return merit_state_failure(ledger->model.state);
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

static bool holder_exists(struct merit_model *model, enum merit_account account, struct merit_text holder)
{
	if (account == MERIT_ACCOUNT_SPONSOR)
		return merit_model_sponsor(model, holder) != NULL;
	if (account == MERIT_ACCOUNT_MERCHANT)
		return merit_model_merchant(model, holder) != NULL;
	return true;
}

enum merit_status merit_seen_find(struct merit_ledger *ledger, const struct merit_caller *caller,
                                  struct merit_text text, const struct merit_value *currency,
                                  struct merit_seen *seen_out)
{
	struct merit_model *model = &ledger->model;
	struct merit_seen seen = { .currency = currency->present ? currency->text : MERIT_TEXT("") };

	if (!merit_account_read(text, &seen.account, &seen.holder) ||
	    !merit_account_takes(seen.account, currency->present))
		return MERIT_BAD_PARAMS;
	if (!merit_permit_account(model, caller->party, caller->role, seen.account, seen.holder))
		return MERIT_NOT_PERMITTED;
	if (currency->present)
		seen.row = merit_model_money(model, seen.account, seen.holder, seen.currency);
	else
		seen.row = merit_model_holder(model, seen.account, seen.holder, &seen.slot);
	*seen_out = seen;
	if (currency->present)
		return holder_exists(model, seen.account, seen.holder) ? MERIT_OK : MERIT_NOT_FOUND;
	return seen.row == NULL ? MERIT_NOT_FOUND : MERIT_OK;
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
		merit_put_balances(out, member.head.holder.balance);
		put_lots(ledger, out, &member);
		put_coming(out, moment, &coming);
		merit_put_moment(out, ledger, moment);
		merit_buffer_put_char(out, '}');
		status = merit_state_failure(ledger->model.state);
	}
	merit_buffer_free(&coming);
	return status;
}

/* An account's balance at a moment: only a member's can be told before it comes. */
static enum merit_status balance_at(struct merit_ledger *ledger, const struct merit_seen *account,
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
	struct merit_seen account;
	int64_t balance = 0;
	enum merit_status status = merit_seen_find(ledger, caller, text, &values[BALANCE_CURRENCY], &account);

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
