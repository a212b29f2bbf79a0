/* query_quote.c - what an order would take, decided as order.place decides it, and thrown away. */
#include <string.h>

#include "ledger/query_inner.h"

void merit_quote_decide(struct merit_ledger *ledger, const struct merit_caller *caller,
                        const struct merit_value *member, const struct merit_value *lines, struct merit_entry *entry)
{
	struct merit_model *model = &ledger->model;

	memset(entry, 0, sizeof(*entry));
	entry->arena = &model->scratch;
	entry->seq = merit_ledger_next_seq(ledger);
	entry->time_ms = ledger->group_ms;
	entry->day = merit_model_day(model, entry->time_ms);
	entry->operation = merit_operation_numbered(MERIT_OP_ORDER_PLACE);
	entry->party = caller->party;
	entry->key = caller->key;
	entry->role = caller->role;
	entry->values[PLACE_ORDER] = (struct merit_value){ .present = true, .text = MERIT_TEXT("") };
	entry->values[PLACE_MEMBER] = *member;
	entry->values[PLACE_LINES] = *lines;
	entry->values[PLACE_RECIPIENT] = (struct merit_value){ .present = true, .text = MERIT_TEXT("") };
	merit_decide(model, entry);
}

/* What leaves the member, lot by lot, as each line takes it. */
static void put_lots(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_buffer_put_text(out, ",\"lots\":[");
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account != MERIT_ACCOUNT_MEMBER)
			continue;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_integer(out, "line", posting->line);
		merit_put_campaign_named(out, model, posting->campaign);
		merit_put_day(out, "last_day", posting->day);
		merit_put_integer(out, "points", -posting->amount);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

/* What a refund into a lot that is over would do: to be known before one decides. */
static void put_refund(struct merit_buffer *out, const struct merit_program *program)
{
	merit_buffer_put_key(out, "refund");
	merit_buffer_put_char(out, '{');
	merit_put_word(out, "policy", MERIT_TYPE_POLICY, program->policy);
	merit_put_integer(out, "grace_days", program->grace_days);
	merit_buffer_put_char(out, '}');
}

enum merit_status merit_query_quote(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_entry entry;

	if (!merit_permit_account(&ledger->model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER,
	                          values[QUOTE_MEMBER].text))
		return MERIT_NOT_PERMITTED;
	merit_quote_decide(ledger, caller, &values[QUOTE_MEMBER], &values[QUOTE_LINES], &entry);
	if (entry.status != MERIT_OK && merit_ledger_has_backlog(ledger)) { /* which may hold what it is short of */
		enum merit_status status = merit_ledger_sweep(ledger);
		if (status != MERIT_OK)
			return status;
		merit_arena_reset(&ledger->model.scratch);
		merit_quote_decide(ledger, caller, &values[QUOTE_MEMBER], &values[QUOTE_LINES], &entry);
	}
	if (entry.no_memory)
		return MERIT_NO_MEMORY;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "status", merit_text_of(merit_status_word(entry.status)));
	merit_entry_put_why(out, &entry);
	put_lots(&ledger->model, out, &entry);
	put_refund(out, &ledger->model.program);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return merit_state_failure(ledger->model.state);
}
