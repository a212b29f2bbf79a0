/* verify_rules.c - every entry decided again from what went before it, by the functions that decided it first. */
#include <stdio.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/verify_inner.h"

/* ---- Leaves as decided ---- */

static struct merit_text decided_leaf(const struct merit_verify_leaves *leaves, size_t index)
{
	size_t start = index == 0 ? 0 : leaves->ends[index - 1];

	return (struct merit_text){ leaves->bytes.data + start, leaves->ends[index] - start };
}

static void leaves_cut(struct merit_verify_leaves *leaves, size_t count)
{
	leaves->count = count;
	leaves->bytes.size = count == 0 ? 0 : leaves->ends[count - 1];
}

const void *merit_verify_leaf_read(void *context, uint64_t seq, size_t *size_out)
{
	const struct merit_verify *verify = context;
	const struct merit_verify_leaves *leaves = &verify->decided;
	const void *bytes;

	if (seq >= leaves->first) {
		if (seq - leaves->first >= leaves->count)
			return NULL;
		struct merit_text leaf = decided_leaf(leaves, (size_t)(seq - leaves->first));
		*size_out = leaf.size;
		return leaf.data;
	}
	return merit_store_read_entry(verify->reader, seq, &bytes, size_out) == MERIT_OK ? bytes : NULL;
}

/* No rule decides a salt: it is whatever the stored record has. */
static void salt_find(struct merit_verify *verify, struct merit_entry *entry)
{
	const void *record;
	size_t size;

	if (merit_store_read_entry(verify->reader, entry->seq, &record, &size) != MERIT_OK ||
	    !merit_record_salt(record, size, entry->salt))
		memset(entry->salt, 0, sizeof(entry->salt));
}

/* Prints what was decided behind the leaves there are. ENTRY_TOO_LARGE, with nothing added, when no leaf can hold it. */
static enum merit_status leaf_put(struct merit_verify *verify, struct merit_entry *entry)
{
	struct merit_verify_leaves *leaves = &verify->decided;
	size_t before = leaves->bytes.size;

	if (entry->no_memory)
		return MERIT_NO_MEMORY;
	if (merit_entry_has_money(entry))
		salt_find(verify, entry);
	merit_entry_put(&leaves->bytes, entry);
	if (leaves->bytes.bad)
		return MERIT_NO_MEMORY;
	if (!merit_record_fits(leaves->bytes.data + before, leaves->bytes.size - before)) {
		leaves->bytes.size = before;
		return MERIT_ENTRY_TOO_LARGE;
	}
	leaves->ends[leaves->count++] = leaves->bytes.size;
	return MERIT_OK;
}

/* Arithmetic, and what the entry does to the tables. */
static enum merit_status evolve(struct merit_verify *verify, const struct merit_entry *entry)
{
	const char *fault = merit_postings_fault(entry);

	if (fault == NULL) {
		merit_evolve(&verify->model, entry);
		fault = merit_floors_fault(&verify->model, entry);
	}
	if (fault != NULL)
		return merit_verify_entry_fault(verify, entry->seq, "%s", fault);
	return verify->model.failure != MERIT_OK ? verify->model.failure : merit_state_failure(verify->model.state);
}

/* A decided entry becomes the next leaf; one that no leaf can hold becomes a refusal. */
static enum merit_status entry_add(struct merit_verify *verify, struct merit_entry *entry)
{
	enum merit_status status = leaf_put(verify, entry);

	if (status == MERIT_ENTRY_TOO_LARGE) {
		merit_entry_refuse(entry, MERIT_ENTRY_TOO_LARGE);
		status = leaf_put(verify, entry);
	}
	return status == MERIT_OK ? evolve(verify, entry) : status;
}

/* ---- Things due: they happen before what depends on them ---- */

static enum merit_status overdue_fault(struct merit_verify *verify)
{
	return merit_verify_entry_fault(verify, verify->entry.seq, "something that was due before it had not happened");
}

/* A refusal comes behind everything that is due by its time, an accepted call behind all of that it depends on. */
static enum merit_status due_check(struct merit_verify *verify, const struct merit_entry *entry)
{
	struct merit_model *model = &verify->model;
	const struct merit_operation *operation = entry->operation;

	if (!merit_due_any(model, entry->time_ms))
		return MERIT_OK;
	struct merit_due_scope scope =
		merit_due_scope(operation->name, operation->params, operation->params_count, entry->values);
	if (entry->status != MERIT_OK)
		return merit_due_bears_on(entry) ? overdue_fault(verify) : MERIT_OK;
	return merit_due_in(model, &scope, entry->time_ms) ? overdue_fault(verify) : MERIT_OK;
}

/* ---- Calls ---- */

static enum merit_status id_check(struct merit_verify *verify, const struct merit_identity *who, struct merit_text id,
				  uint64_t seq)
{
	struct merit_model *model = &verify->model;
	struct merit_entry used;
	enum merit_status status = merit_model_original(model, who->party, who->number, id, &used);

	if (status != MERIT_OK)
		return status == MERIT_NOT_FOUND ? MERIT_OK : status;
	return merit_verify_entry_fault(verify, seq, "entry %llu used its id before", (unsigned long long)used.seq);
}

/* Whether the caller may make the call at this point. */
static enum merit_status caller_check(struct merit_verify *verify, const struct merit_request *request, size_t index,
				      uint64_t seq, struct merit_identity *who)
{
	const struct merit_call *call = &request->calls[index];
	enum merit_status status = merit_call_identify(&verify->model, request, call, who);

	if (status == MERIT_OK && !merit_call_is_fresh(who, verify->entry.time_ms))
		status = MERIT_BAD_TOKEN;
	if (status != MERIT_OK)
		return merit_verify_entry_fault(verify, seq, "its caller could not make this call here: %s",
						merit_status_word(status));
	return MERIT_OK;
}

/* Also whether its id is new. */
static enum merit_status call_check(struct merit_verify *verify, const struct merit_request *request, size_t index,
				    uint64_t seq, struct merit_identity *who)
{
	enum merit_status status = caller_check(verify, request, index, seq, who);

	return status == MERIT_OK ? id_check(verify, who, request->calls[index].id, seq) : status;
}

/* The call as an entry, decided. */
static void call_decide(struct merit_verify *verify, const struct merit_verify_request *slot,
			const struct merit_identity *who, size_t index, struct merit_entry *entry)
{
	merit_call_enter(&verify->model, who, &slot->request, index, entry);
	entry->seq = verify->decided.first + verify->decided.count;
	entry->time_ms = verify->entry.time_ms;
	entry->day = merit_model_day(&verify->model, entry->time_ms);
	entry->request = slot->number;
}

static enum merit_status single(struct merit_verify *verify, struct merit_verify_request *slot)
{
	size_t index = verify->entry.request_index;
	struct merit_identity who;
	struct merit_entry entry;
	enum merit_status status = call_check(verify, &slot->request, index, verify->entry.seq, &who);

	if (status != MERIT_OK)
		return status;
	call_decide(verify, slot, &who, index, &entry);
	merit_decide(&verify->model, &entry);
	status = due_check(verify, &entry);
	return status == MERIT_OK ? entry_add(verify, &entry) : status;
}

/* ---- Atomic groups ---- */

static enum merit_status group_check(struct merit_verify *verify, const struct merit_verify_request *slot, size_t first,
				     struct merit_identity *who)
{
	const struct merit_call *calls = &slot->request.calls[first];

	for (size_t i = 0; i < calls->group_count; i++) {
		merit_arena_reset(&verify->model.scratch);
		enum merit_status status = call_check(verify, &slot->request, first + i, verify->entry.seq + i, who);
		if (status != MERIT_OK)
			return status;
	}
	enum merit_status status = merit_group_ids_differ(calls, calls->group_count, &verify->model.scratch);
	return status == MERIT_ID_CONFLICT ? merit_verify_entry_fault(verify, verify->entry.seq, "its group uses an id twice")
					   : status;
}

/* Decides the calls one upon the other, each by who may make it then; *failed_out is the first refused, or count. */
static enum merit_status group_try(struct merit_verify *verify, const struct merit_verify_request *slot,
				   struct merit_identity *who, size_t first, size_t *failed_out,
				   struct merit_entry *entry)
{
	size_t count = slot->request.calls[first].group_count, i;

	for (i = 0; i < count; i++) {
		merit_arena_reset(&verify->model.scratch);
		enum merit_status status = caller_check(verify, &slot->request, first + i, verify->entry.seq + i, who);
		if (status != MERIT_OK)
			return status;
		call_decide(verify, slot, who, first + i, entry);
		merit_decide(&verify->model, entry);
		if (entry->status != MERIT_OK)
			break;
		status = leaf_put(verify, entry);
		if (status == MERIT_ENTRY_TOO_LARGE) {
			merit_entry_refuse(entry, status);
			break;
		}
		if (status == MERIT_OK)
			status = evolve(verify, entry);
		if (status != MERIT_OK)
			return status;
	}
	*failed_out = i;
	return entry->no_memory ? MERIT_NO_MEMORY : MERIT_OK;
}

static enum merit_status group_refuse(struct merit_verify *verify, const struct merit_verify_request *slot,
				      const struct merit_identity *who, size_t first, size_t failed,
				      const struct merit_entry *failure)
{
	for (size_t i = 0; i < slot->request.calls[first].group_count; i++) {
		struct merit_entry entry;
		call_decide(verify, slot, who, first + i, &entry);
		merit_entry_refuse(&entry, i == failed ? failure->status : MERIT_GROUP_FAILED);
		if (i == failed) {
			memcpy(entry.why, failure->why, sizeof(entry.why));
			entry.why_count = failure->why_count;
		}
		enum merit_status status = entry_add(verify, &entry);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

static enum merit_status group(struct merit_verify *verify, struct merit_verify_request *slot)
{
	size_t first = verify->entry.request_index, count = slot->request.calls[first].group_count, failed = 0;
	struct merit_state *state = verify->model.state;
	struct merit_identity who;
	struct merit_entry failure;

	if (slot->request.calls[first].group_index != 0)
		return merit_verify_entry_fault(verify, verify->entry.seq, "its atomic group has no beginning");
	if (merit_due_any(&verify->model, verify->entry.time_ms))
		return overdue_fault(verify);
	enum merit_status status = group_check(verify, slot, first, &who);
	if (status != MERIT_OK)
		return status;
	merit_state_mark(state);
	status = group_try(verify, slot, &who, first, &failed, &failure);
	if (status != MERIT_OK || failed == count) {
		merit_state_release(state);
		return status;
	}
	merit_state_rollback(state);
	merit_model_refresh(&verify->model);
	leaves_cut(&verify->decided, 0);
	return group_refuse(verify, slot, &who, first, failed, &failure);
}

/* ---- What the system does, and the first entry ---- */

/* A stored entry's head and values, to be decided again. */
static void entry_blank(struct merit_verify *verify, struct merit_entry *entry)
{
	*entry = verify->entry;
	entry->arena = &verify->model.scratch;
	entry->day = merit_model_day(&verify->model, entry->time_ms);
	entry->has_belongs_to = false;
	entry->status = MERIT_OK;
	entry->why_count = 0;
	memset(entry->results, 0, sizeof(entry->results));
	entry->postings = NULL;
	entry->postings_count = entry->postings_capacity = 0;
}

/* A reward comes behind what is due of either side: what it finds there decides it. */
static bool reward_is_early(struct merit_verify *verify)
{
	const struct merit_entry *entry = &verify->entry;
	struct merit_due_scope referee = { .member = entry->values[REFERRAL_REFEREE].text };
	struct merit_due_scope referrer = { .member = entry->results[REFERRAL_REFERRER].text };

	if (entry->operation->number != MERIT_OP_REFERRAL)
		return false;
	return merit_due_in(&verify->model, &referee, entry->time_ms) ||
	       merit_due_in(&verify->model, &referrer, entry->time_ms);
}

static enum merit_status effect(struct merit_verify *verify)
{
	struct merit_entry entry;
	char id[MERIT_ID_SIZE_MAX];

	entry_blank(verify, &entry);
	snprintf(id, sizeof(id), "%s:%llu", entry.operation->name, (unsigned long long)entry.seq);
	if (!merit_text_equal(entry.id, merit_text_of(id)) || !merit_text_equal(entry.key, MERIT_TEXT("k1")) ||
	    entry.group_count != 0 || (entry.operation->may & MERIT_MAY(SYSTEM)) == 0)
		return merit_verify_entry_fault(verify, entry.seq, "it is not one of the system's");
	if (reward_is_early(verify))
		return overdue_fault(verify);
	entry.role = MERIT_ROLE_SYSTEM;
	merit_decide(&verify->model, &entry);
	if (entry.status != MERIT_OK)
		return merit_verify_entry_fault(verify, entry.seq, "it was not due: %s", merit_status_word(entry.status));
	return entry_add(verify, &entry);
}

static enum merit_status birth(struct merit_verify *verify)
{
	struct merit_entry entry;

	verify->model.program.offset_minutes = (int32_t)verify->entry.values[PROGRAM_OFFSET].integer; /* for its day */
	entry_blank(verify, &entry);
	entry.id = MERIT_TEXT("birth");
	entry.party = entry.values[PROGRAM_ADMIN].text;
	entry.key = entry.values[PROGRAM_ADMIN_KEY_NAME].text;
	entry.role = MERIT_ROLE_ADMIN;
	entry.request = entry.request_index = 0;
	entry.group_index = entry.group_count = 0;
	merit_decide(&verify->model, &entry);
	return entry_add(verify, &entry);
}

enum merit_status merit_verify_decide(struct merit_verify *verify, struct merit_verify_request *request)
{
	const struct merit_entry *entry = &verify->entry;
	enum merit_status status;

	merit_arena_reset(&verify->model.scratch);
	leaves_cut(&verify->decided, 0);
	verify->decided.first = entry->seq;
	if (entry->seq == 0)
		status = birth(verify);
	else if (!request->is_system && merit_due_at_once(&verify->model))
		status = overdue_fault(verify);
	else if (request->is_system)
		status = effect(verify);
	else if (request->request.calls[entry->request_index].group_count > 0)
		status = group(verify, request);
	else
		status = single(verify, request);
	request->next_index = entry->request_index + (uint32_t)verify->decided.count;
	return status;
}

/* ---- Comparing ---- */

static const char *const members[] = { "form",    "seq",   "time",   "day",    "belongs_to", "id",     "op",      "by",
				       "request", "group", "params", "status", "why",        "result", "postings", "sealed" };

/* The member of a leaf in which byte offset lies, or which begins there. */
static size_t member_at(struct merit_text leaf, size_t offset)
{
	size_t from = 0, found = 0;

	for (size_t i = 1; i < sizeof(members) / sizeof(members[0]); i++) {
		char key[16];
		int size = snprintf(key, sizeof(key), "\"%s\":", members[i]);
		const char *at = memmem(leaf.data + from, leaf.size - from, key, (size_t)size);
		if (at == NULL || (size_t)(at - leaf.data) > offset + 1)
			continue;
		found = i;
		from = (size_t)(at - leaf.data);
	}
	return found;
}

enum merit_status merit_verify_compare(struct merit_verify *verify, size_t index)
{
	struct merit_text decided = decided_leaf(&verify->decided, index), stored = verify->leaf;
	size_t offset = 0;

	if (merit_text_equal(decided, stored))
		return MERIT_OK;
	merit_arena_reset(&verify->leaf_arena);
	if (merit_entry_read(stored.data, stored.size, &verify->leaf_arena, &verify->entry) == MERIT_BAD_FORMAT)
		return merit_verify_entry_fault(verify, verify->decided.first + index,
						"its bytes are not those of an entry");
	while (offset < decided.size && offset < stored.size && decided.data[offset] == stored.data[offset])
		offset++;
	size_t in_decided = member_at(decided, offset), in_stored = member_at(stored, offset);
	return merit_verify_entry_fault(verify, verify->decided.first + index,
					"its %s is not what the rules decide from its request and the entries before it",
					members[in_decided > in_stored ? in_decided : in_stored]);
}
