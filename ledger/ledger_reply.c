/* ledger_reply.c - outcomes of entries as JSON-RPC: for the first reply and, years later, for a duplicate's. */
#include "ledger/ledger_inner.h"

static bool same_balance(const struct merit_posting *a, const struct merit_posting *b)
{
	return a->account == b->account && merit_text_equal(a->holder, b->holder);
}

static bool named_before(const struct merit_entry *entry, size_t index)
{
	for (size_t i = index; i-- > 0;) { /* the lots of one account stand behind one another */
		if (same_balance(&entry->postings[i], &entry->postings[index]))
			return true;
	}
	return false;
}

/* What the account held behind the entry: as it stands, while no later entry touched its holder. */
static bool balance_at(struct merit_model *model, const struct merit_posting *posting, uint64_t seq,
                       int64_t *balance_out)
{
	struct merit_history history;
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, posting->account, posting->holder, &slot);

	if (holder == NULL)
		return false;
	if (holder->last == seq + 1) {
		*balance_out = holder->balance[slot];
		return true;
	}
	if (!merit_model_balances_at(model, holder->number, seq, &history))
		return false;
	*balance_out = history.balance[slot];
	return true;
}

/* The balances behind the entry of every account in points that it touched and the caller may see. Money that follows
 * points is sealed: sponsor.get and merchant.get show it to whom it concerns. */
static void balances_put(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_entry *entry,
                         struct merit_text caller, enum merit_role role)
{
	const char *before = "\"";

	merit_buffer_put_text(out, ",\"balances\":{");
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		int64_t balance;
		if (merit_posting_is_money(posting) || named_before(entry, i) ||
		    !merit_permit_account(&ledger->model, caller, role, posting->account, posting->holder) ||
		    !balance_at(&ledger->model, posting, entry->seq, &balance))
			continue;
		merit_buffer_put_text(out, before);
		merit_account_put(out, posting->account, posting->holder);
		merit_buffer_put_text(out, "\":");
		merit_buffer_put_integer(out, balance);
		before = ",\"";
	}
	merit_buffer_put_char(out, '}');
}

/* {"status":"...","seq":N,"time":N,"day":"...","id":"..." */
static void place_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	const char *word = merit_status_word(entry->status);
	size_t word_size = strlen(word);
	char *at = merit_buffer_begin(out, word_size + MERIT_ENTRY_PLACE_ROOM(entry) + 32);

	if (at == NULL)
		return;
	at = merit_pen_literal(at, "{\"status\":\"");
	at = merit_pen_bytes(at, word, word_size);
	at = merit_pen_literal(at, "\",");
	merit_buffer_end(out, merit_entry_pen_place(at, entry));
}

void merit_reply_outcome(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_entry *entry,
                         struct merit_text caller, enum merit_role role)
{
	place_put(out, entry);
	merit_entry_put_why(out, entry);
	if (entry->status == MERIT_OK && entry->operation->results_count > 0) {
		merit_buffer_put_text(out, ",\"result\":");
		merit_values_put(out, entry->operation->results, entry->operation->results_count, entry->results);
	}
	if (entry->postings_count > 0 && !merit_posting_is_money(&entry->postings[0])) /* points stand first */
		balances_put(ledger, out, entry, caller, role);
	merit_buffer_put_char(out, '}');
}

void merit_reply_entry(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text correlation,
                       const struct merit_entry *entry, struct merit_text caller, enum merit_role role)
{
	bool is_error = entry->status != MERIT_OK;

	if (is_error)
		merit_reply_error_begin(out, entry->status);
	else
		merit_reply_result_begin(out);
	merit_reply_outcome(ledger, out, entry, caller, role);
	if (is_error)
		merit_buffer_put_char(out, '}');
	merit_reply_result_end(out, correlation);
}
