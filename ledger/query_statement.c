/* query_statement.c - how an account, or a member whole, came to hold what it holds: its movements, newest first. */
#include <string.h>

#include "ledger/query_inner.h"

#define LIMIT_DEFAULT 100

/* ---- statement.get ---- */

/* Whose statement: a member whole, or one account. */
struct statement {
	bool is_member;
	struct merit_seen account; /* of a member whole: what it has available */
	bool hides_orders;         /* from a sponsor: they are between member, merchant and platform */
	uint32_t number;
	uint64_t last;                      /* seq + 1 of the newest entry, 0 = none */
	const struct merit_operation *only; /* entries of this operation; NULL: of all */
};

/* The operation asked for, where one is: BAD_PARAMS for what is none. */
static enum merit_status only_of(const struct merit_value *op, const struct merit_operation **only_out)
{
	*only_out = op->present ? merit_operation_named(op->text.data, op->text.size) : NULL;
	return op->present && *only_out == NULL ? MERIT_BAD_PARAMS : MERIT_OK;
}

static enum merit_status statement_of(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct statement *statement)
{
	const struct merit_value *member = &values[STATEMENT_MEMBER], *currency = &values[STATEMENT_CURRENCY];
	struct merit_seen *account = &statement->account;
	enum merit_status status = MERIT_OK;

	memset(statement, 0, sizeof(*statement));
	if (member->present == values[STATEMENT_ACCOUNT].present || (member->present && currency->present))
		return MERIT_BAD_PARAMS;
	if (only_of(&values[STATEMENT_OP], &statement->only) != MERIT_OK)
		return MERIT_BAD_PARAMS;
	statement->is_member = member->present;
	statement->hides_orders = caller->role == MERIT_ROLE_SPONSOR;
	if (statement->is_member) {
		*account = (struct merit_seen){ .account = MERIT_ACCOUNT_MEMBER, .holder = member->text };
		if (!merit_permit_account(&ledger->model, caller->party, caller->role, account->account,
		                          account->holder))
			return MERIT_NOT_PERMITTED;
		account->row = merit_model_holder(&ledger->model, account->account, account->holder, &account->slot);
		if (account->row == NULL)
			status = MERIT_MEMBER_UNKNOWN;
	} else {
		status = merit_seen_find(ledger, caller, values[STATEMENT_ACCOUNT].text, currency, account);
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
	static const char *const wanted[ABOUT_COUNT] = { "campaign", "event",      "reference",
		                                         "order",    "reason",     "entry",
		                                         "last_day", "settlement", "bank_reference" };

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

/* ---- Lots of a member's row ---- */

/* Whether both postings move one lot of one account of the member's. */
static bool is_same_lot(const struct merit_posting *a, const struct merit_posting *b)
{
	return a->account == b->account && a->day == b->day && merit_text_equal(a->campaign, b->campaign) &&
	       merit_text_equal(a->holder, b->holder);
}

/* What the entry does to the lot of the posting at index, by whichever lines: 0 where an earlier posting told it. */
static int64_t lot_change(const struct merit_entry *entry, size_t index)
{
	const struct merit_posting *posting = &entry->postings[index];
	int64_t change = 0;

	for (size_t i = 0; i < index; i++) {
		if (is_same_lot(&entry->postings[i], posting))
			return 0;
	}
	for (size_t i = index; i < entry->postings_count; i++)
		change += is_same_lot(&entry->postings[i], posting) ? entry->postings[i].amount : 0;
	return posting->account == MERIT_ACCOUNT_DEBT ? -change : change; /* printed as what is owed */
}

static const char *account_word(enum merit_account account)
{
	switch (account) {
	case MERIT_ACCOUNT_PENDING: return "pending";
	case MERIT_ACCOUNT_HELD: return "held";
	case MERIT_ACCOUNT_DEBT: return "debt";
	default: return "available";
	}
}

/* How the entry moved the member's lots and debts. Another member's share of it is not told. */
static void put_lots(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *entry,
                     struct merit_text member)
{
	merit_buffer_put_text(out, ",\"lots\":[");
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (!merit_account_is_members(posting->account) || !merit_text_equal(posting->holder, member))
			continue;
		int64_t change = lot_change(entry, i);
		if (change == 0)
			continue;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "account", merit_text_of(account_word(posting->account)));
		merit_put_campaign_named(out, model, posting->campaign);
		merit_put_day(out, "last_day", posting->day);
		merit_put_integer(out, "change", change);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

/* ---- Rows ---- */

static void put_row(struct merit_model *model, struct merit_buffer *out, const struct statement *statement,
                    const struct merit_entry *entry, const struct merit_history *after,
                    const struct merit_history *before)
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
	if (statement->is_member) {
		merit_put_balances(out, after->balance);
		put_lots(model, out, entry, statement->account.holder);
	} else {
		merit_put_integer(out, is_money ? "balance_minor" : "balance", after->balance[slot]);
	}
	merit_buffer_put_char(out, '}');
}

/* An approval is of its own operation, and of the one that it carried out. */
static bool is_wanted(const struct statement *statement, const struct merit_entry *entry)
{
	return statement->only == NULL || entry->operation == statement->only ||
	       merit_entry_done(entry) == statement->only;
}

/* Whether the record at seq tells already that it is of another operation: most are, and reading one takes longer. */
static bool is_of_another(struct merit_model *model, const struct statement *statement, uint64_t seq)
{
	size_t size = 0;
	const void *record = statement->only == NULL ? NULL : model->record(model->context, seq, &size);
	const struct merit_operation *operation = record == NULL ? NULL : merit_record_operation(record, size);

	return operation != NULL && operation != statement->only && operation->number != MERIT_OP_PROPOSAL_APPROVE;
}

/* One row at seq; *previous_out is seq + 1 of the row before. A row is left out when its account did not move, or it is
 * not of the operation asked for. */
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
	if (is_of_another(model, statement, seq))
		return MERIT_OK;
	if (merit_model_entry(model, seq, &model->scratch, &entry) != MERIT_OK)
		return MERIT_CORRUPT;
	if (is_wanted(statement, &entry))
		put_row(model, out, statement, &entry, &after, &before);
	return MERIT_OK;
}

/* A page goes on where the last one ended: at a row of this holder's. Any other place would have to be searched for. */
static bool is_page_start(struct merit_ledger *ledger, const struct statement *statement, int64_t before)
{
	struct merit_history history;

	return before > 0 && merit_model_balances_at(&ledger->model, statement->number, (uint64_t)before - 1, &history);
}

/* A page's rows, from *next_io on, which is seq + 1 of the first and then of the one behind the page; 0 = none. Where
 * only one operation is asked for the page is of rows found, among no more entries than others can wait for. */
static enum merit_status put_rows(struct merit_ledger *ledger, const struct statement *statement, int64_t rows_max,
                                  struct merit_buffer *out, uint64_t *next_io)
{
	int64_t rows = 0, looked_at = 0, most = statement->only == NULL ? rows_max : MERIT_PAST_ENTRIES_MAX;
	enum merit_status status = MERIT_OK;

	for (; rows < rows_max && looked_at < most && *next_io != 0 && status == MERIT_OK; looked_at++) {
		size_t before = out->size;
		merit_arena_reset(&ledger->model.scratch);
		status = statement_row(ledger, statement, *next_io - 1, out, next_io);
		rows += out->size > before;
	}
	return status;
}

static void put_account(struct merit_buffer *out, const struct merit_seen *account)
{
	merit_buffer_put_key(out, "account");
	merit_buffer_put_char(out, '"');
	merit_account_put(out, account->account, account->holder);
	merit_buffer_put_char(out, '"');
	if (account->currency.size > 0)
		merit_put_text(out, "currency", account->currency);
}

enum merit_status merit_query_statement(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	int64_t rows_max = values[STATEMENT_LIMIT].present ? values[STATEMENT_LIMIT].integer : LIMIT_DEFAULT;
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
	put_account(out, &statement.account);
	merit_buffer_put_text(out, ",\"rows\":[");
	status = put_rows(ledger, &statement, rows_max, out, &next);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_char(out, ']');
	merit_buffer_put_key(out, "next");
	if (next == 0)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_integer(out, (int64_t)next);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return merit_state_failure(ledger->model.state);
}
