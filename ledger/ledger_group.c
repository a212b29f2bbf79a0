/* ledger_group.c - groups: entries gather in memory, with their effects in state; ledger_commit.c makes them durable. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/ledger_inner.h"

#define ROOM_STEP_SIZE       ((uint64_t)1024 * 1024) /* asked for ahead */
#define ROOM_STEP_COUNT      1024

/* Where calls wait in the group, no more of what is due goes before them: an effect takes 7 us, and when a month's lots
 * die at once calls come in between. One that depends on all that is due may sweep as much as if they had not. */
#define EFFECTS_BEFORE_CALLS (MERIT_TICK_EFFECTS_MAX / 4)

uint64_t merit_ledger_next_seq(const struct merit_ledger *ledger)
{
	return ledger->size + ledger->sealed.count + ledger->pending.count;
}

/* ---- Room ---- */

/* Whether the log has room for size bytes in entries_count entries, each with a request of its own at most, more than the
 * sealed group and the one at hand have. Asks for a step beyond, and remembers it, so that room is not measured for every
 * entry. */
static enum merit_status room_ask(struct merit_ledger *ledger, uint64_t size, uint64_t entries_count)
{
	const struct merit_pending *sealed = &ledger->sealed;
	struct merit_pending *pending = &ledger->pending;
	uint64_t allowed_size = pending->bytes.size + size + ROOM_STEP_SIZE;
	uint64_t allowed_count = pending->count + entries_count + ROOM_STEP_COUNT;

	enum merit_status status = merit_store_has_room(ledger->store, allowed_size + sealed->bytes.size,
	                                                2 * (allowed_count + sealed->count));
	if (status == MERIT_OK) {
		pending->allowed_size = allowed_size;
		pending->allowed_count = allowed_count;
	}
	return status;
}

/* Whether an entry more fits, its request and its record among the bytes already. */
static enum merit_status room_for_entry(struct merit_ledger *ledger)
{
	const struct merit_pending *pending = &ledger->pending;

	if (pending->bytes.size <= pending->allowed_size && pending->count < pending->allowed_count)
		return MERIT_OK;
	return room_ask(ledger, 0, 1);
}

static bool records_grow(struct merit_pending *pending)
{
	if (pending->count < pending->capacity)
		return true;
	size_t larger = pending->capacity == 0 ? 1024 : pending->capacity * 2;
	struct merit_pending_record *moved = realloc(pending->records, larger * sizeof(*moved));
	if (moved == NULL)
		return false;
	pending->records = moved;
	pending->capacity = larger;
	return true;
}

/* A salt that nobody can guess who does not have the system key. */
static void salt_make(const struct merit_ledger *ledger, struct merit_entry *entry)
{
	merit_secret_key_derive(&ledger->system_key, "salt of a sealed line", entry->seq, entry->salt,
	                        sizeof(entry->salt));
}

enum merit_status merit_pending_entry(struct merit_ledger *ledger, struct merit_entry *entry,
                                      struct merit_cause *source)
{
	struct merit_pending *pending = &ledger->pending;
	struct merit_buffer *bytes = &pending->bytes;
	size_t before = bytes->size;

	assert(entry->seq == merit_ledger_next_seq(ledger));
	if (entry->no_memory || !records_grow(pending))
		return MERIT_NO_MEMORY;
	assert(merit_postings_fault(entry) == NULL);
	if (merit_entry_has_money(entry))
		salt_make(ledger, entry);
	entry->request = source->has_number ? source->number : entry->seq;
	assert(source->bytes.size > 0);
	if (!source->has_number)
		merit_buffer_put(bytes, source->bytes.data, source->bytes.size);
	size_t begin = bytes->size;
	merit_entry_put(bytes, entry);
	enum merit_status status = bytes->bad ? MERIT_NO_MEMORY : MERIT_OK;
	if (status == MERIT_OK && !merit_record_fits(bytes->data + begin, bytes->size - begin))
		status = MERIT_ENTRY_TOO_LARGE;
	if (status == MERIT_OK)
		status = room_for_entry(ledger);
	if (status != MERIT_OK) {
		bytes->size = before;
		bytes->bad = false;
		return status;
	}
	merit_evolve(&ledger->model, entry);
	pending->records[pending->count++] = (struct merit_pending_record){ begin, bytes->size };
	source->number = entry->request;
	source->has_number = true;
	ledger->time_ms = entry->time_ms;
	return MERIT_OK;
}

void merit_pending_cut(struct merit_ledger *ledger, size_t count, size_t changes_size)
{
	struct merit_pending *pending = &ledger->pending;

	pending->count = count;
	pending->bytes.size = count == 0 ? 0 : pending->records[count - 1].end;
	merit_pending_private_cut(ledger, changes_size);
}

/* ---- What happens by itself ---- */

void merit_tick_put(struct merit_buffer *json, int64_t time_ms)
{
	merit_buffer_put_format(json, "{\"jsonrpc\":\"2.0\",\"method\":\"tick\",\"params\":{\"time\":%lld},\"id\":0}",
	                        (long long)time_ms);
}

/* The request the system key signs for this group's effects: made with the first of them. */
static enum merit_status system_source(struct merit_ledger *ledger)
{
	struct merit_buffer json = { 0 }, *message = &ledger->system_message;
	enum merit_status status;

	if (ledger->system.bytes.size > 0)
		return MERIT_OK;
	merit_buffer_clear(message);
	merit_tick_put(&json, ledger->group_ms);
	status = merit_envelope_make(message, &ledger->system_key, "system/k1", ledger->model.program.origin,
	                             ledger->group_ms / 1000, json.data, json.size);
	if (status == MERIT_OK && (json.bad || message->bad))
		status = MERIT_NO_MEMORY;
	if (status == MERIT_OK) {
		merit_sha256(message->data, message->size, ledger->system.hash.bytes);
		ledger->system.bytes = (struct merit_text){ message->data, message->size };
	}
	merit_buffer_free(&json);
	return status;
}

/* One effect as an entry of the system's, about a name or an earlier entry. Nothing to do, or not due, is a fault of ours:
 * due rows are exact. */
static enum merit_status effect(struct merit_ledger *ledger, enum merit_operation_number number,
                                struct merit_value about, int32_t day)
{
	struct merit_entry entry;
	char id[MERIT_ID_SIZE_MAX];
	enum merit_status status = system_source(ledger);

	if (status != MERIT_OK)
		return status;
	memset(&entry, 0, sizeof(entry));
	merit_arena_reset(&ledger->model.scratch);
	entry.arena = &ledger->model.scratch;
	entry.seq = merit_ledger_next_seq(ledger);
	entry.time_ms = ledger->group_ms;
	entry.day = merit_model_day(&ledger->model, entry.time_ms);
	entry.operation = merit_operation_numbered(number);
	entry.party = MERIT_TEXT("system");
	entry.key = MERIT_TEXT("k1");
	entry.role = MERIT_ROLE_SYSTEM;
	entry.id.size =
		(size_t)snprintf(id, sizeof(id), "%s:%llu", entry.operation->name, (unsigned long long)entry.seq);
	entry.id.data = id;
	entry.request_index = ledger->system_index;
	entry.request_hash = ledger->system.hash;
	entry.values[0] = about;
	if (number == MERIT_OP_EXPIRE)
		entry.values[EXPIRE_DAY] = (struct merit_value){ .present = true, .integer = day };
	merit_decide(&ledger->model, &entry);
	if (entry.status != MERIT_OK)
		return MERIT_CORRUPT;
	status = merit_pending_entry(ledger, &entry, &ledger->system);
	if (status == MERIT_OK)
		ledger->system_index++;
	return status;
}

static enum merit_status effect_on_name(struct merit_ledger *ledger, enum merit_operation_number number,
                                        struct merit_text name)
{
	return effect(ledger, number, (struct merit_value){ .present = true, .text = name }, 0);
}

static enum merit_status effect_expire(struct merit_ledger *ledger, struct merit_text member, int32_t day)
{
	return effect(ledger, MERIT_OP_EXPIRE, (struct merit_value){ .present = true, .text = member }, day);
}

static enum merit_status effect_mature(struct merit_ledger *ledger, uint64_t seq)
{
	return effect(ledger, MERIT_OP_MATURE, (struct merit_value){ .present = true, .integer = (int64_t)seq }, 0);
}

static enum merit_status referral_happen(struct merit_ledger *ledger, struct merit_text referee);

static enum merit_status due_happen(struct merit_ledger *ledger, const struct merit_due_row *row)
{
	struct merit_text name = { row->name, row->name_size };

	switch (row->kind) {
	case MERIT_DUE_ORDER_LAPSE: return effect_on_name(ledger, MERIT_OP_ORDER_LAPSE, name);
	case MERIT_DUE_ORDER_RECEIVE: return effect_on_name(ledger, MERIT_OP_ORDER_RECEIVE, name);
	case MERIT_DUE_EXPIRE: /* due at the first millisecond behind the day */
		return effect_expire(ledger, name, merit_model_day(&ledger->model, row->time_ms - 1));
	case MERIT_DUE_MATURE: return effect_mature(ledger, merit_due_award_seq(name));
	case MERIT_DUE_ORDER_ERASE: return effect_on_name(ledger, MERIT_OP_ORDER_ERASE, name);
	case MERIT_DUE_REFERRAL: return referral_happen(ledger, name);
	case MERIT_DUE_FORFEIT: return effect_on_name(ledger, MERIT_OP_FORFEIT, name);
	}
	return MERIT_CORRUPT;
}

static enum merit_status tick(struct merit_ledger *ledger, size_t *effects_left)
{
	struct merit_due_row row;

	if (!merit_ledger_has_backlog(ledger))
		return merit_state_failure(ledger->model.state);
	for (; *effects_left > 0; --*effects_left) {
		if (!merit_due_first(&ledger->model, &row) || row.time_ms > ledger->group_ms)
			break;
		enum merit_status status = due_happen(ledger, &row);
		if (status != MERIT_OK)
			return status;
	}
	return merit_state_failure(ledger->model.state);
}

int64_t merit_ledger_next_due_ms(struct merit_ledger *ledger)
{
	struct merit_due_row row;

	ledger->model.due_not_before_ms = merit_due_first(&ledger->model, &row) ? row.time_ms : INT64_MAX;
	return ledger->model.due_not_before_ms;
}

bool merit_ledger_has_backlog(struct merit_ledger *ledger)
{
	return ledger->may_write && ledger->model.due_not_before_ms <= ledger->group_ms &&
	       merit_ledger_next_due_ms(ledger) <= ledger->group_ms;
}

enum merit_status merit_ledger_sweep(struct merit_ledger *ledger)
{
	enum merit_status status = tick(ledger, &ledger->effects_left);

	return status == MERIT_OK && merit_ledger_has_backlog(ledger) ? MERIT_BUSY : status;
}

static enum merit_status settle_order(struct merit_ledger *ledger, struct merit_text order)
{
	enum merit_status status = MERIT_OK;
	enum merit_due kind;

	while (status == MERIT_OK && merit_due_of_order(&ledger->model, order, ledger->group_ms, &kind)) {
		bool lapses = kind == MERIT_DUE_ORDER_LAPSE;
		status = effect_on_name(ledger, lapses ? MERIT_OP_ORDER_LAPSE : MERIT_OP_ORDER_RECEIVE, order);
		merit_arena_reset(&ledger->model.scratch);
	}
	return status;
}

static enum merit_status settle_orders(struct merit_ledger *ledger, struct merit_text member)
{
	struct merit_buffer names = { 0 };

	merit_due_orders(&ledger->model, member, ledger->group_ms, SIZE_MAX, &names);
	enum merit_status status = names.bad ? MERIT_NO_MEMORY : MERIT_OK;
	for (size_t at = 0; status == MERIT_OK && at < names.size; at += 1 + (size_t)names.data[at])
		status = settle_order(ledger, (struct merit_text){ names.data + at + 1, (size_t)names.data[at] });
	merit_buffer_free(&names);
	return status;
}

/* Orders and awards first: what they give may die at once. */
static enum merit_status settle_member(struct merit_ledger *ledger, struct merit_text member)
{
	enum merit_status status = settle_orders(ledger, member);
	uint64_t seq;
	int32_t day;

	while (status == MERIT_OK && merit_due_award(&ledger->model, member, ledger->group_ms, &seq)) {
		status = effect_mature(ledger, seq);
		merit_arena_reset(&ledger->model.scratch);
	}
	while (status == MERIT_OK && merit_due_lot(&ledger->model, member, ledger->group_ms, &day)) {
		status = effect_expire(ledger, member, day);
		merit_arena_reset(&ledger->model.scratch);
	}
	return status;
}

/* Both sides as they stand by now, then what they are paid. */
static enum merit_status referral_happen(struct merit_ledger *ledger, struct merit_text referee)
{
	const struct merit_referral *row = merit_model_referral(&ledger->model, referee);

	assert(row != NULL);
	struct merit_name referrer = row->referrer;
	bool is_behind = merit_ledger_has_backlog(ledger);
	enum merit_status status = is_behind ? settle_member(ledger, referee) : MERIT_OK;
	if (status == MERIT_OK && is_behind)
		status = settle_member(ledger, merit_name_text(&referrer));
	return status == MERIT_OK ? effect_on_name(ledger, MERIT_OP_REFERRAL, referee) : status;
}

enum merit_status merit_ledger_follow(struct merit_ledger *ledger)
{
	enum merit_status status = MERIT_OK;
	struct merit_due_row row;

	if (!ledger->model.due_at_once || !ledger->may_write)
		return MERIT_OK;
	while (status == MERIT_OK && merit_due_first(&ledger->model, &row) && row.time_ms == MERIT_DUE_AT_ONCE_MS)
		status = due_happen(ledger, &row);
	ledger->model.due_at_once = status != MERIT_OK;
	return status;
}

static enum merit_status settle_order_and_member(struct merit_ledger *ledger, struct merit_text order)
{
	struct merit_order row;
	enum merit_status status = settle_order(ledger, order);

	if (status != MERIT_OK || !merit_model_order(&ledger->model, order, &row) || row.head.cancelled_unknown)
		return status;
	return settle_member(ledger, merit_name_text(&row.head.member));
}

enum merit_status merit_ledger_settle(struct merit_ledger *ledger, const char *method,
                                      const struct merit_parameter *parameters, size_t count,
                                      const struct merit_value *values)
{
	enum merit_status status = merit_ledger_follow(ledger);

	if (status != MERIT_OK || !merit_ledger_has_backlog(ledger))
		return status;
	struct merit_due_scope scope = merit_due_scope(method, parameters, count, values);
	if (scope.is_all)
		return merit_ledger_sweep(ledger);
	merit_arena_reset(&ledger->model.scratch);
	if (scope.member.size > 0)
		status = settle_member(ledger, scope.member);
	if (status == MERIT_OK && scope.order.size > 0)
		status = settle_order_and_member(ledger, scope.order);
	return status == MERIT_OK ? merit_state_failure(ledger->model.state) : status;
}

/* ---- Begin ---- */

enum merit_status merit_ledger_view_open(struct merit_ledger *ledger)
{
	if (ledger->view_open)
		return MERIT_OK;
	enum merit_status status = merit_store_reader_begin(ledger->reader);
	ledger->view_open = status == MERIT_OK;
	return status;
}

void merit_ledger_view_close(struct merit_ledger *ledger)
{
	if (ledger->view_open)
		merit_store_reader_end(ledger->reader);
	ledger->view_open = false;
}

enum merit_status merit_ledger_begin(struct merit_ledger *ledger, int64_t wall_ms, size_t requests_size,
                                     size_t calls_count)
{
	size_t effects_count = calls_count > 0 ? EFFECTS_BEFORE_CALLS : MERIT_TICK_EFFECTS_MAX;
	enum merit_status status = merit_ledger_view_open(ledger);

	assert(ledger->pending.count == 0);
	ledger->group_ms = wall_ms > ledger->time_ms ? wall_ms : ledger->time_ms;
	ledger->system = (struct merit_cause){ .has_number = false };
	ledger->system_index = 0;
	ledger->effects_left = 2 * MERIT_TICK_EFFECTS_MAX - effects_count;
	ledger->pending.allowed_size = 0;
	ledger->pending.allowed_count = 0;
	ledger->pending.changes_allowed_size = 0;
	if (status != MERIT_OK)
		return status;
	if (!ledger->may_write)
		return calls_count > 0 ? MERIT_READ_ONLY : MERIT_OK;
	if (calls_count > 0)
		status = room_ask(ledger, requests_size, calls_count);
	if (status == MERIT_OK)
		status = merit_ledger_follow(ledger);
	if (status == MERIT_OK)
		status = tick(ledger, &effects_count);
	if (status == MERIT_STORE_FULL && calls_count == 0)
		status = MERIT_OK; /* Reads go on without what is due: it is written when there is room. */
	return ledger->model.failure != MERIT_OK ? ledger->model.failure : status;
}

enum merit_status merit_ledger_extend(struct merit_ledger *ledger, size_t requests_size, size_t calls_count)
{
	return calls_count == 0 ? MERIT_OK : room_ask(ledger, requests_size, calls_count);
}
