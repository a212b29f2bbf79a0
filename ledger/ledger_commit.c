/* ledger_commit.c - a group made durable in one commit, beside the owner if need be; and the write-back of state.
 *
 * Between seal and written a group is in ledger->sealed: the owner reads records and private bytes there, the committing
 * thread puts them on the disk, and neither changes them. What the commit changes stands in ledger->end until the owner
 * takes it over. */
#include <assert.h>
#include <string.h>

#include "ledger/ledger_inner.h"

/* ---- Seal ---- */

/* Owner and commit each have a whole set of buffers, which keep their memory from group to group. */
static void pending_exchange(struct merit_ledger *ledger)
{
	struct merit_pending sealed = ledger->sealed;

	ledger->sealed = ledger->pending;
	ledger->pending = sealed;
}

enum merit_status merit_ledger_seal(struct merit_ledger *ledger)
{
	assert(ledger->sealed.count == 0);
	merit_ledger_view_close(ledger);
	merit_arena_reset(&ledger->model.scratch);
	if (ledger->model.failure != MERIT_OK)
		return ledger->model.failure;
	if (merit_state_failure(ledger->model.state) != MERIT_OK)
		return MERIT_STORE_FAILED;
	if (ledger->pending.count > 0)
		pending_exchange(ledger);
	ledger->sealed.time_ms = ledger->time_ms;
	return MERIT_OK;
}

/* ---- Write ---- */

/* Each record is hashed and stored while it is in the processor's cache. */
static enum merit_status append_entry(struct merit_ledger *ledger, uint64_t seq, const char *record, size_t size)
{
	struct merit_log_end *end = &ledger->end;

	end->last_leaf = merit_record_hash(record, size);
	enum merit_status status = merit_store_append_entry(ledger->store, seq, record, size);
	return status == MERIT_OK ? merit_tree_append(&end->tree, &end->last_leaf) : status;
}

static enum merit_status append_all(struct merit_ledger *ledger)
{
	const struct merit_pending *group = &ledger->sealed;
	const char *bytes = group->bytes.data;
	enum merit_status status = MERIT_OK;
	size_t at = 0;

	for (size_t i = 0; i < group->count && status == MERIT_OK; i++) {
		const struct merit_pending_record *record = &group->records[i];
		if (record->begin > at)
			status = merit_store_append_request(ledger->store, ledger->size + i, bytes + at,
			                                    record->begin - at);
		if (status == MERIT_OK)
			status = append_entry(ledger, ledger->size + i, bytes + record->begin,
			                      record->end - record->begin);
		at = record->end;
	}
	return status;
}

static enum merit_status checkpoint_put(struct merit_ledger *ledger)
{
	struct merit_buffer *note = &ledger->end.checkpoint;
	struct merit_checkpoint checkpoint;

	memset(&checkpoint, 0, sizeof(checkpoint));
	memcpy(checkpoint.origin, ledger->log.name, sizeof(checkpoint.origin));
	checkpoint.size = ledger->end.tree.size;
	checkpoint.root = merit_tree_root(&ledger->end.tree);
	merit_buffer_clear(note);
	merit_checkpoint_put_signed(note, &checkpoint, &ledger->log, &ledger->log_key);
	if (note->bad)
		return MERIT_STORE_FAILED;
	return merit_store_put_checkpoint(ledger->store, checkpoint.size, note->data, note->size);
}

/* Private bytes are durable before the log names them: see ledger_private.c. */
static enum merit_status group_write(struct merit_ledger *ledger)
{
	enum merit_status status = merit_pending_private_commit(ledger);

	if (status == MERIT_OK)
		status = merit_store_begin(ledger->store);
	if (status == MERIT_OK)
		status = append_all(ledger);
	if (status == MERIT_OK)
		status = checkpoint_put(ledger);
	if (status == MERIT_OK)
		return merit_store_commit(ledger->store);
	merit_store_abort(ledger->store);
	return status;
}

enum merit_status merit_ledger_write(struct merit_ledger *ledger, struct merit_ledger_head *head_out)
{
	const struct merit_log_end *end = &ledger->end;

	if (ledger->sealed.count > 0 && group_write(ledger) != MERIT_OK)
		return MERIT_STORE_FAILED;
	*head_out = (struct merit_ledger_head){ end->tree.size,
		                                ledger->sealed.time_ms,
		                                { end->checkpoint.data, end->checkpoint.size } };
	return MERIT_OK;
}

/* ---- Written ---- */

static void pending_clear(struct merit_pending *pending)
{
	merit_buffer_clear(&pending->bytes);
	merit_pending_private_forget(pending);
	pending->count = 0;
}

enum merit_status merit_ledger_written(struct merit_ledger *ledger)
{
	const struct merit_log_end *end = &ledger->end;
	bool has_view = ledger->view_open;

	if (ledger->sealed.count == 0)
		return MERIT_OK;
	ledger->size += ledger->sealed.count;
	assert(ledger->size == end->tree.size);
	merit_tree_copy(&ledger->tree, &end->tree);
	ledger->last_leaf = end->last_leaf;
	merit_buffer_clear(&ledger->checkpoint);
	merit_buffer_put(&ledger->checkpoint, end->checkpoint.data, end->checkpoint.size);
	pending_clear(&ledger->sealed);
	merit_ledger_view_close(ledger); /* It was opened before those entries were there. */
	enum merit_status status = has_view ? merit_ledger_view_open(ledger) : MERIT_OK;
	return ledger->checkpoint.bad ? MERIT_NO_MEMORY : status;
}

enum merit_status merit_ledger_commit(struct merit_ledger *ledger)
{
	struct merit_ledger_head head;
	enum merit_status status = merit_ledger_seal(ledger);

	if (status == MERIT_OK)
		status = merit_ledger_write(ledger, &head);
	if (status == MERIT_OK)
		status = merit_ledger_written(ledger);
	return status;
}

/* ---- Write-back ---- */

/* Due from here on. Rows bound the memory they take, bytes that of what is only appended; entries bound what the next start
 * has to evolve again after a kill: some seconds of work. Fewer at a time would write a million members' rows more
 * often, and find fewer of them in memory. */
#define STATE_ROWS_DEFAULT 1000000
#define STATE_APPENDED_MAX ((uint64_t)256 * 1024 * 1024)
#define STATE_ENTRIES_MAX  1000000

bool merit_ledger_flush_due_at(const struct merit_ledger *ledger, uint64_t entries_count)
{
	const struct merit_state *state = ledger->model.state;
	struct merit_state_load load = merit_state_load(state);
	uint64_t rows = ledger->state_rows_max == 0 ? STATE_ROWS_DEFAULT : ledger->state_rows_max;

	bool due = load.row_count >= rows || load.appended_size >= STATE_APPENDED_MAX ||
	           entries_count - merit_state_cut(state) >= STATE_ENTRIES_MAX;
	return due && !merit_state_is_frozen(state) &&
	       merit_state_has_room(state) == MERIT_OK; /* else it waits in memory until there is */
}

bool merit_ledger_flush_due(const struct merit_ledger *ledger)
{
	return merit_ledger_flush_due_at(ledger, merit_ledger_next_seq(ledger));
}

void merit_ledger_freeze(struct merit_ledger *ledger)
{
	assert(ledger->pending.count == 0 && ledger->sealed.count == 0);
	/* A failure sticks and ends the next commit. */
	(void)!merit_state_freeze(ledger->model.state, ledger->size, ledger->last_leaf.bytes);
}

enum merit_status merit_ledger_flush(struct merit_ledger *ledger)
{
	return merit_state_flush(ledger->model.state);
}

void merit_ledger_flushed(struct merit_ledger *ledger)
{
	merit_state_flushed(ledger->model.state, MERIT_OK);
}

struct merit_ledger_usage merit_ledger_measure(const struct merit_ledger *ledger)
{
	const struct merit_state *state = ledger->model.state;

	return (struct merit_ledger_usage){ .memory_size = merit_state_memory_size(state),
		                            .claims_count = merit_state_claim_count(state) };
}
