/* ledger_reply.c - outcomes of entries as JSON-RPC: for the first reply and, years later, for a duplicate's. */
#include "ledger/calendar.h"
#include "ledger/ledger_inner.h"

static bool named_before(const struct merit_entry *entry, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (entry->postings[i].account == entry->postings[index].account &&
		    merit_text_equal(entry->postings[i].holder, entry->postings[index].holder))
			return true;
	}
	return false;
}

/* The balances behind the entry of every account in points that it touched and the caller may see. Money that follows
 * points is sealed: sponsor.get and merchant.get show it to whom it concerns. */
static void balances_put(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_entry *entry,
                         struct merit_text caller, enum merit_role role)
{
	merit_buffer_put_text(out, ",\"balances\":{");
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		struct merit_history history;
		int slot;
		if (merit_posting_is_money(posting) || named_before(entry, i) ||
		    !merit_permit_account(&ledger->model, caller, role, posting->account, posting->holder))
			continue;
		const struct merit_holder *holder =
			merit_model_holder(&ledger->model, posting->account, posting->holder, &slot);
		if (holder == NULL || !merit_model_balances_at(&ledger->model, holder->number, entry->seq, &history))
			continue;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '"');
		merit_account_put(out, posting->account, posting->holder);
		merit_buffer_put(out, "\":", 2);
		merit_buffer_put_integer(out, history.balance[slot]);
	}
	merit_buffer_put_char(out, '}');
}

void merit_reply_outcome(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_entry *entry,
                         struct merit_text caller, enum merit_role role)
{
	char day[MERIT_DAY_TEXT_SIZE];

	merit_day_format(entry->day, day);
	merit_buffer_put_text(out, "{\"status\":\"");
	merit_buffer_put_text(out, merit_status_word(entry->status));
	merit_buffer_put_text(out, "\",\"seq\":");
	merit_buffer_put_integer(out, (int64_t)entry->seq);
	merit_buffer_put_text(out, ",\"time\":");
	merit_buffer_put_integer(out, entry->time_ms);
	merit_buffer_put_text(out, ",\"day\":\"");
	merit_buffer_put_text(out, day);
	if (entry->has_belongs_to) {
		merit_day_format(entry->belongs_to, day);
		merit_buffer_put_text(out, "\",\"belongs_to\":\"");
		merit_buffer_put_text(out, day);
	}
	merit_buffer_put_text(out, "\",\"id\":\"");
	merit_buffer_put(out, entry->id.data, entry->id.size);
	merit_buffer_put_char(out, '"');
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
	if (entry->status == MERIT_OK) {
		merit_reply_result_begin(out);
		merit_reply_outcome(ledger, out, entry, caller, role);
		merit_reply_result_end(out, correlation);
		return;
	}
	merit_reply_error_begin(out, entry->status);
	merit_reply_outcome(ledger, out, entry, caller, role);
	merit_buffer_put_char(out, '}');
	merit_reply_result_end(out, correlation);
}
