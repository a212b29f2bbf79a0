/* op_proposal.c - the one mechanism for whatever needs two parties: one proposes a call, another approves it, and the
 * approval's entry carries the call out. */
#include <assert.h>
#include <string.h>

#include "ledger/op.h"
#include "ledger/op_common.h"

/* ---- proposal.create ---- */

void merit_decide_proposal_create(struct merit_model *model, struct merit_entry *entry)
{
	if (merit_model_proposal(model, entry->values[PROPOSAL_PROPOSAL].text) != NULL)
		merit_entry_refuse(entry, MERIT_PROPOSAL_EXISTS);
}

void merit_evolve_proposal_create(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_proposal *row =
		merit_model_edit(model, MERIT_TABLE_PROPOSAL, entry->values[PROPOSAL_PROPOSAL].text, sizeof(*row));

	row->seq = entry->seq;
	row->party = merit_name_of(entry->party);
	row->state = MERIT_PROPOSAL_OPEN;
}

static enum merit_status open_proposal(struct merit_model *model, struct merit_text name,
                                       const struct merit_proposal **row_out)
{
	*row_out = merit_model_proposal(model, name);
	if (*row_out == NULL)
		return MERIT_PROPOSAL_UNKNOWN;
	return (*row_out)->state == MERIT_PROPOSAL_OPEN ? MERIT_OK : MERIT_PROPOSAL_ENDED;
}

static void proposal_end(struct merit_model *model, const struct merit_entry *entry, struct merit_text name,
                         enum merit_proposal_state state)
{
	struct merit_proposal *row = merit_model_edit(model, MERIT_TABLE_PROPOSAL, name, sizeof(*row));

	row->state = (uint8_t)state;
	row->ended = entry->seq + 1;
}

/* ---- proposal.approve ---- */

/* The entry as the call it carries out: same time, same party, the call's own values. */
static void call_enter(const struct merit_entry *entry, const struct merit_operation *call,
                       const struct merit_value *values, const struct merit_value *results,
                       struct merit_entry *inner_out)
{
	*inner_out = *entry;
	inner_out->operation = call;
	memset(inner_out->values, 0, sizeof(inner_out->values));
	memcpy(inner_out->values, values, call->params_count * sizeof(values[0]));
	memset(inner_out->results, 0, sizeof(inner_out->results));
	if (results != NULL)
		memcpy(inner_out->results, results, call->results_count * sizeof(results[0]));
}

/* Takes over what the call came to. */
static void call_leave(struct merit_model *model, struct merit_entry *entry, const struct merit_entry *inner)
{
	entry->status = inner->status;
	entry->day = inner->day;
	memcpy(entry->why, inner->why, sizeof(entry->why));
	entry->why_count = inner->why_count;
	entry->postings = inner->postings;
	entry->postings_count = inner->postings_count;
	entry->postings_capacity = inner->postings_capacity;
	entry->no_memory = inner->no_memory;
	if (inner->status != MERIT_OK)
		return;
	struct merit_value *cells = merit_arena_allocate(&model->scratch, sizeof(inner->values));
	struct merit_value *results = merit_arena_allocate(&model->scratch, sizeof(inner->results));
	if (cells == NULL || results == NULL) {
		entry->no_memory = true;
		return;
	}
	memcpy(cells, inner->values, sizeof(inner->values));
	memcpy(results, inner->results, sizeof(inner->results));
	entry->results[APPROVE_DONE] =
		(struct merit_value){ .present = true, .call = inner->operation, .cells = cells, .results = results };
}

void merit_decide_proposal_approve(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_proposal *proposal;
	enum merit_status fault = open_proposal(model, entry->values[APPROVE_PROPOSAL].text, &proposal);
	struct merit_entry asked, inner;

	if (fault == MERIT_OK && merit_text_equal(merit_name_text(&proposal->party), entry->party))
		fault = MERIT_SAME_PARTY;
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	if (merit_model_entry(model, proposal->seq, &model->scratch, &asked) != MERIT_OK) {
		entry->no_memory = true; /* The log holds every proposal: only memory can be short. */
		return;
	}
	const struct merit_value *call = &asked.values[PROPOSAL_CALL];
	call_enter(entry, call->call, call->cells, NULL, &inner);
	model->approved = true;
	call->call->decide(model, &inner);
	model->approved = false;
	call_leave(model, entry, &inner);
}

void merit_evolve_proposal_approve(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *done = &entry->results[APPROVE_DONE];
	struct merit_entry inner;

	call_enter(entry, done->call, done->cells, done->results, &inner);
	done->call->evolve(model, &inner);
	proposal_end(model, entry, entry->values[APPROVE_PROPOSAL].text, MERIT_PROPOSAL_APPROVED);
}

/* ---- proposal.reject ---- */

void merit_decide_proposal_reject(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_proposal *proposal;
	enum merit_status fault = open_proposal(model, entry->values[REJECT_PROPOSAL].text, &proposal);

	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_proposal_reject(struct merit_model *model, const struct merit_entry *entry)
{
	proposal_end(model, entry, entry->values[REJECT_PROPOSAL].text, MERIT_PROPOSAL_REJECTED);
}
