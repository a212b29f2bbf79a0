/* ledger_call.c - a message's calls, each at its turn: who may, one id one outcome, decide, evolve, answer.
 *
 * The order of checks is the order of the status list: key, role and object, id, then state. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/bulk.h"
#include "ledger/ledger_inner.h"
#include "ledger/op.h"

/* A message while its calls are executed. */
struct run {
	struct merit_ledger *ledger;
	const struct merit_request *request;
	struct merit_identity who;  /* of the call at hand */
	struct merit_cause source; /* the message */
};

/* ---- Who asks ---- */

/* A call before this one may have revoked the key: who asks is found anew for each. */
static enum merit_status call_permit(struct run *run, const struct merit_call *call)
{
	return merit_call_identify(&run->ledger->model, run->request, call, &run->who);
}

/* Asked once the id turned out to be new. */
static enum merit_status call_fresh(const struct run *run)
{
	return merit_call_is_fresh(&run->who, run->ledger->group_ms) ? MERIT_OK : MERIT_BAD_TOKEN;
}

/* ---- One id, one outcome ---- */

/* The entry that an id already became; NOT_FOUND when it is new. */
static enum merit_status original_find(struct run *run, struct merit_text id, struct merit_entry *original_out)
{
	struct merit_model *model = &run->ledger->model;

	return merit_model_original(model, run->who.party, run->who.number, id, original_out);
}

/* OK when the call is the original again, alone as it was or in its group; else GROUP_CONFLICT, or ID_CONFLICT and the name
 * of what differs. */
static enum merit_status original_compare(const struct merit_call *call, const struct merit_entry *original,
                                          const char **field_out)
{
	const struct merit_operation *operation = call->operation;

	if (original->group_count != call->group_count)
		return MERIT_GROUP_CONFLICT;
	*field_out = "method";
	if (original->operation != operation)
		return MERIT_ID_CONFLICT;
	size_t index = merit_values_compare(operation->params, operation->params_count, call->values, original->values);
	if (index == operation->params_count)
		return MERIT_OK;
	*field_out = operation->params[index].name;
	return MERIT_ID_CONFLICT;
}

/* ---- Deciding ---- */

void merit_call_enter(struct merit_model *model, const struct merit_identity *who, const struct merit_request *request,
                      size_t call_index, struct merit_entry *entry)
{
	const struct merit_call *call = &request->calls[call_index];

	memset(entry, 0, sizeof(*entry));
	entry->arena = &model->scratch;
	entry->id = call->id;
	entry->operation = call->operation;
	entry->party = who->party;
	entry->key = who->key;
	entry->role = who->role;
	entry->request_index = (uint32_t)call_index;
	entry->request_hash = request->hash;
	entry->group_index = call->group_index;
	entry->group_count = call->group_count;
	memcpy(entry->values, call->values, call->operation->params_count * sizeof(entry->values[0]));
	if (who->is_binding)
		memcpy(entry->results, who->bind_results, sizeof(entry->results));
}

static void entry_fill(struct run *run, size_t call_index, struct merit_entry *entry)
{
	struct merit_ledger *ledger = run->ledger;

	merit_call_enter(&ledger->model, &run->who, run->request, call_index, entry);
	entry->seq = merit_ledger_next_seq(ledger);
	entry->time_ms = ledger->group_ms;
	entry->day = merit_model_day(&ledger->model, entry->time_ms);
}

/* Decides; a refusal that something overdue elsewhere may have caused is decided again behind it. */
static enum merit_status entry_decide(struct run *run, const struct merit_call *call, size_t call_index,
                                      struct merit_entry *entry)
{
	struct merit_ledger *ledger = run->ledger;
	const struct merit_operation *operation = call->operation;
	enum merit_status status =
		merit_ledger_settle(ledger, operation->name, operation->params, operation->params_count, call->values);

	if (status != MERIT_OK)
		return status;
	entry_fill(run, call_index, entry);
	merit_decide(&ledger->model, entry);
	if (entry->status == MERIT_OK || !merit_ledger_has_backlog(ledger) || !merit_due_bears_on(entry))
		return entry->no_memory ? MERIT_NO_MEMORY : MERIT_OK;
	status = merit_ledger_sweep(ledger);
	if (status != MERIT_OK)
		return status;
	entry_fill(run, call_index, entry);
	merit_decide(&ledger->model, entry);
	return entry->no_memory ? MERIT_NO_MEMORY : MERIT_OK;
}

/* Adds a decided entry; one that turns out too long for a leaf becomes a refusal. */
static enum merit_status entry_add(struct run *run, struct merit_entry *entry)
{
	enum merit_status status = merit_pending_entry(run->ledger, entry, &run->source);

	if (status != MERIT_ENTRY_TOO_LARGE)
		return status;
	merit_entry_refuse(entry, MERIT_ENTRY_TOO_LARGE);
	return merit_pending_entry(run->ledger, entry, &run->source);
}

/* ---- A single call ---- */

static void reply_error(struct merit_buffer *reply, const struct merit_call *call, enum merit_status status,
                        const char *field)
{
	merit_reply_error(reply, status,
	                  &(struct merit_reply_fault){ .correlation = call->correlation, .field = field });
}

#define AHEAD 2 /* calls: some microseconds, while memory answers in a tenth of one */

/* Asks memory for what a call soon to come will look for, mostly of the same party. With 600,000 entries that saves 8 %
 * of the time of a bulk, with more of them more: three of four look-ups of claims took 150 cycles or longer. */
static void expect_ahead(struct run *run, size_t call_index)
{
	struct merit_model *model = &run->ledger->model;

	if (run->request->calls_count - call_index <= AHEAD)
		return;
	const struct merit_call *call = &run->request->calls[call_index + AHEAD];
	merit_model_expect_id(model, run->who.number, call->id);
	if (call->operation->number == MERIT_OP_EARN)
		merit_expect_earn(model, call->values);
}

/* The call's entry: a new one, or the one its id already became. Otherwise why there is none, and of what parameter. */
static enum merit_status call_enter(struct run *run, const struct merit_call *call, size_t call_index,
                                    struct merit_entry *entry_out, const char **field_out)
{
	merit_arena_reset(&run->ledger->model.scratch);
	enum merit_status status = call_permit(run, call);
	if (status != MERIT_OK)
		return status;
	expect_ahead(run, call_index);
	status = original_find(run, call->id, entry_out);
	if (status != MERIT_NOT_FOUND)
		return status == MERIT_OK ? original_compare(call, entry_out, field_out) : status;
	status = call_fresh(run);
	if (status == MERIT_OK)
		status = merit_pending_private_room(run->ledger, call);
	if (status == MERIT_OK)
		status = entry_decide(run, call, call_index, entry_out);
	if (status == MERIT_OK)
		status = entry_add(run, entry_out);
	if (status == MERIT_OK && entry_out->status == MERIT_OK)
		merit_pending_private(run->ledger, call);
	return status;
}

static void call_execute(struct run *run, const struct merit_call *call, size_t call_index, struct merit_buffer *reply)
{
	const char *field = NULL;
	struct merit_entry entry;
	enum merit_status status = call_enter(run, call, call_index, &entry, &field);

	if (status == MERIT_OK)
		merit_reply_entry(run->ledger, reply, call->correlation, &entry, run->who.party, run->who.role);
	else
		reply_error(reply, call, status, field);
}

/* ---- A bulk ---- */

static void bulk_execute(struct run *run, const struct merit_call *calls, size_t first_index,
                         struct merit_buffer *reply)
{
	struct merit_bulk bulk;

	merit_bulk_begin(&bulk, reply);
	for (uint32_t i = 0; i < calls[0].bulk_count; i++) {
		const char *field = NULL;
		struct merit_entry entry;
		enum merit_status status = call_enter(run, &calls[i], first_index + i, &entry, &field);
		if (status != MERIT_OK)
			merit_bulk_fault(&bulk, reply, status, field);
		else if (calls[i].is_detailed)
			merit_bulk_detail(&bulk, run->ledger, reply, &entry, run->who.party, run->who.role);
		else
			merit_bulk_outcome(&bulk, reply, &entry);
	}
	merit_bulk_end(&bulk, reply, calls[0].correlation);
}

/* ---- An atomic group ---- */

static int compare_ids(const void *left, const void *right)
{
	return merit_text_order(*(const struct merit_text *)left, *(const struct merit_text *)right);
}

enum merit_status merit_group_ids_differ(const struct merit_call *calls, size_t count, struct merit_arena *arena)
{
	struct merit_text *ids = merit_arena_allocate(arena, count * sizeof(*ids));

	if (ids == NULL)
		return MERIT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		ids[i] = calls[i].id;
	qsort(ids, count, sizeof(*ids), compare_ids);
	for (size_t i = 1; i < count; i++) {
		if (merit_text_equal(ids[i - 1], ids[i]))
			return MERIT_ID_CONFLICT;
	}
	return MERIT_OK;
}

/* How many of the group's ids are used; those that are must be this very group, entry for entry. */
static enum merit_status group_originals(struct run *run, const struct merit_call *calls, size_t count,
                                         size_t *known_out, uint64_t *first_out)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		struct merit_entry original;
		const char *field;
		merit_arena_reset(&run->ledger->model.scratch);
		enum merit_status status = call_permit(run, &calls[i]);
		if (status != MERIT_OK)
			return status;
		status = original_find(run, calls[i].id, &original);
		if (status == MERIT_NOT_FOUND) {
			status = call_fresh(run);
			if (status != MERIT_OK)
				return status;
			continue;
		}
		if (status != MERIT_OK)
			return status;
		if (known == 0)
			*first_out = original.seq - original.group_index;
		if (original.group_count != count || original.group_index != i || original.seq != *first_out + i ||
		    original_compare(&calls[i], &original, &field) != MERIT_OK)
			return MERIT_GROUP_CONFLICT;
		known++;
	}
	*known_out = known;
	return known == 0 || known == count ? MERIT_OK : MERIT_GROUP_CONFLICT;
}

/* Decides the calls one upon the other; *failed_out is the first refused, or count. A call behind one that revoked the
 * group's own key is no refusal: it ends the group without an entry, as anything else that was never authorised. */
static enum merit_status group_try(struct run *run, const struct merit_call *calls, size_t first_index, size_t count,
                                   size_t *failed_out, struct merit_entry *failure)
{
	enum merit_status status = MERIT_OK;
	size_t i;

	for (i = 0; i < count && status == MERIT_OK; i++) {
		merit_arena_reset(&run->ledger->model.scratch);
		status = call_permit(run, &calls[i]);
		if (status == MERIT_OK)
			status = merit_pending_private_room(run->ledger, &calls[i]);
		if (status != MERIT_OK)
			break;
		entry_fill(run, first_index + i, failure);
		merit_decide(&run->ledger->model, failure);
		if (failure->no_memory)
			status = MERIT_NO_MEMORY;
		else if (failure->status != MERIT_OK)
			break;
		else
			status = merit_pending_entry(run->ledger, failure, &run->source);
		if (status == MERIT_OK)
			merit_pending_private(run->ledger, &calls[i]);
		if (status == MERIT_ENTRY_TOO_LARGE) {
			merit_entry_refuse(failure, MERIT_ENTRY_TOO_LARGE);
			status = MERIT_OK;
			break;
		}
	}
	*failed_out = i;
	return status;
}

/* Every call of a failed group is refused: the one that failed with its own status. */
static enum merit_status group_refuse(struct run *run, size_t first_index, size_t count, size_t failed,
                                      const struct merit_entry *failure)
{
	for (size_t i = 0; i < count; i++) {
		struct merit_entry entry;
		entry_fill(run, first_index + i, &entry);
		merit_entry_refuse(&entry, i == failed ? failure->status : MERIT_GROUP_FAILED);
		if (i == failed) {
			memcpy(entry.why, failure->why, sizeof(entry.why));
			entry.why_count = failure->why_count;
		}
		enum merit_status status = merit_pending_entry(run->ledger, &entry, &run->source);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

/* Where a group began: what to come back to when it is not accepted. */
struct mark {
	size_t count, changes_size;
	struct merit_cause source;
};

static struct mark mark_set(const struct run *run)
{
	const struct merit_pending *pending = &run->ledger->pending;

	merit_state_mark(run->ledger->model.state);
	return (struct mark){ pending->count, pending->changes.size, run->source };
}

static void mark_return(struct run *run, const struct mark *mark)
{
	merit_state_rollback(run->ledger->model.state);
	merit_model_refresh(&run->ledger->model);
	merit_pending_cut(run->ledger, mark->count, mark->changes_size);
	run->source = mark->source;
}

static enum merit_status group_decide(struct run *run, const struct merit_call *calls, size_t first_index, size_t count)
{
	struct merit_ledger *ledger = run->ledger;
	struct merit_entry failure;
	size_t failed;
	enum merit_status status = merit_ledger_follow(ledger);

	if (status == MERIT_OK)
		status = merit_ledger_sweep(ledger);
	if (status != MERIT_OK)
		return status;
	struct mark mark = mark_set(run);
	ledger->holds_keys = true;
	status = group_try(run, calls, first_index, count, &failed, &failure);
	bool is_accepted = status == MERIT_OK && failed == count;
	if (is_accepted)
		merit_state_release(ledger->model.state);
	else
		mark_return(run, &mark);
	merit_ledger_release_keys(ledger, is_accepted);
	if (status != MERIT_OK || is_accepted)
		return status;
	mark = mark_set(run); /* The refusals, too, are all written or none. */
	status = group_refuse(run, first_index, count, failed, &failure);
	if (status == MERIT_OK)
		merit_state_release(ledger->model.state);
	else
		mark_return(run, &mark);
	return status;
}

/* One answer for the group: its outcomes in order; as an error, with the failing call's status, when it was refused. */
static void group_reply(struct run *run, const struct merit_call *calls, size_t count, uint64_t first_seq,
                        struct merit_buffer *reply)
{
	struct merit_model *model = &run->ledger->model;
	struct merit_buffer outcomes = { 0 };
	enum merit_status failure = MERIT_OK, status = MERIT_OK;

	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		struct merit_entry entry;
		merit_arena_reset(&model->scratch);
		status = merit_model_entry(model, first_seq + i, &model->scratch, &entry);
		if (status != MERIT_OK)
			break;
		if (entry.status != MERIT_OK && entry.status != MERIT_GROUP_FAILED)
			failure = entry.status;
		merit_buffer_put_comma(&outcomes);
		merit_reply_outcome(run->ledger, &outcomes, &entry, run->who.party, run->who.role);
	}
	if (outcomes.bad && status == MERIT_OK)
		status = MERIT_NO_MEMORY;
	if (status != MERIT_OK)
		reply_error(reply, calls, status, NULL);
	else if (failure == MERIT_OK) {
		merit_reply_result_begin(reply);
		merit_buffer_put_text(reply, "{\"status\":\"accepted\",\"calls\":[");
		merit_buffer_put(reply, outcomes.data, outcomes.size);
		merit_buffer_put_text(reply, "]}");
		merit_reply_result_end(reply, calls->correlation);
	} else {
		merit_reply_error_begin(reply, failure);
		merit_buffer_put_format(reply, "{\"status\":\"%s\",\"calls\":[", merit_status_word(failure));
		merit_buffer_put(reply, outcomes.data, outcomes.size);
		merit_buffer_put_text(reply, "]}}");
		merit_reply_result_end(reply, calls->correlation);
	}
	merit_buffer_free(&outcomes);
}

static void group_execute(struct run *run, const struct merit_call *calls, size_t first_index,
                          struct merit_buffer *reply)
{
	size_t count = calls[0].group_count, known = 0;
	uint64_t first_seq = 0;
	enum merit_status status = merit_group_ids_differ(calls, count, &run->ledger->model.scratch);

	if (status == MERIT_OK)
		status = group_originals(run, calls, count, &known, &first_seq);
	if (status == MERIT_OK && known == 0) {
		status = group_decide(run, calls, first_index, count);
		first_seq = merit_ledger_next_seq(run->ledger) - count;
	}
	if (status == MERIT_OK)
		group_reply(run, calls, count, first_seq, reply);
	else
		reply_error(reply, calls, status, NULL);
}

/* ---- Messages ---- */

enum merit_status merit_ledger_execute(struct merit_ledger *ledger, const struct merit_request *request,
                                       struct merit_buffer *reply)
{
	struct run run = { .ledger = ledger,
		           .request = request,
		           .source = { .bytes = request->bytes, .hash = request->hash } };

	assert(request->is_write && ledger->may_write);
	if (request->is_batch)
		merit_buffer_put_char(reply, '[');
	for (size_t i = 0; i < request->calls_count;) {
		const struct merit_call *call = &request->calls[i];
		size_t count = 1;
		if (i > 0)
			merit_buffer_put_char(reply, ',');
		if (call->group_count > 0) {
			group_execute(&run, call, i, reply);
			count = call->group_count;
		} else if (call->bulk_count > 0) {
			bulk_execute(&run, call, i, reply);
			count = call->bulk_count;
		} else {
			call_execute(&run, call, i, reply);
		}
		i += count;
	}
	/* Where there is no room for it now, it stays due, and comes before whatever comes next. */
	(void)!merit_ledger_follow(ledger);
	if (request->is_batch)
		merit_buffer_put_char(reply, ']');
	return reply->bad ? MERIT_NO_MEMORY : MERIT_OK;
}

static enum merit_status query_caller(struct merit_ledger *ledger, const struct merit_request *request,
                                      const struct merit_query *query, struct merit_caller *caller_out)
{
	const struct merit_party *party;
	const struct merit_key *key;

	memset(caller_out, 0, sizeof(*caller_out));
	caller_out->role = MERIT_ROLE_COUNT;
	caller_out->is_public = true;
	if (!request->envelope.is_signed)
		return query->is_public ? MERIT_OK : MERIT_NOT_SIGNED;
	if (request->envelope.has_jwk)
		return MERIT_NOT_PERMITTED;
	caller_out->party = request->envelope.party;
	caller_out->key = request->envelope.key;
	caller_out->is_public = false;
	enum merit_status status = merit_live_key(&ledger->model, caller_out->party, caller_out->key, &party, &key);
	if (status == MERIT_OK)
		caller_out->role = (enum merit_role)party->role;
	if (status == MERIT_OK && !query->is_public && (query->may & (1u << caller_out->role)) == 0)
		status = MERIT_NOT_PERMITTED;
	return status;
}

static enum merit_status query_answer(struct merit_ledger *ledger, const struct merit_request *request,
                                      const struct merit_call *call, struct merit_buffer *reply)
{
	const struct merit_query *query = call->query;
	struct merit_caller caller;
	enum merit_status status = query_caller(ledger, request, query, &caller);

	if (status == MERIT_OK && query->answer == NULL)
		status = MERIT_NOT_FOUND;
	if (status == MERIT_OK && ledger->may_write) {
		status = merit_ledger_settle(ledger, query->name, query->params, query->params_count, call->values);
		if (status == MERIT_STORE_FULL)
			status = MERIT_OK; /* Reads go on; what is due is written when there is room. */
	}
	merit_arena_reset(&ledger->model.scratch);
	if (status != MERIT_OK)
		return status;
	enum merit_status *failure = &ledger->model.failure, before = *failure;
	status = query->answer(ledger, &caller, call->values, reply);
	if (*failure == before)
		return status;
	*failure = before; /* Nothing was decided over what is missing: who asked is told, and the service goes on. */
	return MERIT_CORRUPT;
}

/* One call's answer; or that it is too large, when it would bring the reply past size_max. */
static void query_execute(struct merit_ledger *ledger, const struct merit_request *request,
                          const struct merit_call *call, size_t size_max, struct merit_buffer *reply)
{
	size_t before = reply->size;
	enum merit_status status = MERIT_TOO_LARGE;

	merit_reply_result_begin(reply);
	if (reply->size < size_max)
		status = query_answer(ledger, request, call, reply);
	if (status == MERIT_OK)
		merit_reply_result_end(reply, call->correlation);
	if (status == MERIT_OK && reply->size > size_max)
		status = MERIT_TOO_LARGE;
	if (status == MERIT_OK)
		return;
	reply->size = before;
	reply_error(reply, call, status, NULL);
}

enum merit_status merit_ledger_query(struct merit_ledger *ledger, const struct merit_request *request,
                                     struct merit_buffer *reply)
{
	size_t size_max = reply->size + MERIT_ANSWER_SIZE_MAX;

	if (request->is_batch)
		merit_buffer_put_char(reply, '[');
	for (size_t i = 0; i < request->calls_count; i++) {
		if (i > 0)
			merit_buffer_put_char(reply, ',');
		query_execute(ledger, request, &request->calls[i], size_max, reply);
	}
	if (request->is_batch)
		merit_buffer_put_char(reply, ']');
	return reply->bad ? MERIT_NO_MEMORY : MERIT_OK;
}
