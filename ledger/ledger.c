/* ledger.c - a data directory from open to close; its birth is ledger_birth.c, groups are ledger_group.c. */
#include "ledger/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_inner.h"

/* ---- What the tree and the model ask of the store ---- */

static bool tile_read(void *context, unsigned level, uint64_t index, struct merit_hash *hashes_out)
{
	struct merit_ledger *ledger = context;
	const void *bytes;

	if (merit_store_read_tile(ledger->reader, (uint8_t)level, index, &bytes) != MERIT_OK)
		return false;
	memcpy(hashes_out, bytes, MERIT_STORE_TILE_SIZE);
	return true;
}

static bool leaf_hash_read(void *context, uint64_t index, struct merit_hash *hash_out)
{
	struct merit_ledger *ledger = context;
	const void *record;
	size_t size;

	if (merit_store_read_entry(ledger->reader, index, &record, &size) != MERIT_OK)
		return false;
	*hash_out = merit_record_hash(record, size);
	return true;
}

static bool tile_write(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	struct merit_ledger *ledger = context;

	return merit_store_put_tile(ledger->store, (uint8_t)level, index, hashes) == MERIT_OK;
}

/* The record of entry index of a group; NULL behind its end. */
static const void *pending_record(const struct merit_pending *pending, uint64_t index, size_t *size_out)
{
	if (index >= pending->count)
		return NULL;
	*size_out = pending->records[index].end - pending->records[index].begin;
	return pending->bytes.data + pending->records[index].begin;
}

/* Whether a record is the one that stands under seq in the tree. Its tile is believed here: a row that was changed together
 * with its tile is found by catching up and by verify. */
static bool is_genuine(const struct merit_ledger *ledger, uint64_t seq, const void *record, size_t size)
{
	struct merit_hash hash = merit_record_hash(record, size), leaf;

	return merit_tree_leaf(&ledger->tree, seq, &leaf) == MERIT_OK && merit_hash_equal(&hash, &leaf) &&
	       merit_record_is_sealed(record, size);
}

/* A durable record. None where the log is damaged: who misses it, or takes another for it, decides wrongly, once and for
 * all. */
static const void *durable_record(struct merit_ledger *ledger, uint64_t seq, size_t *size_out)
{
	const void *record = NULL;

	assert(ledger->view_open);
	if (merit_store_read_entry(ledger->reader, seq, &record, size_out) == MERIT_OK &&
	    is_genuine(ledger, seq, record, *size_out))
		return record;
	ledger->model.failure = MERIT_CORRUPT;
	return NULL;
}

/* An entry not taken over as durable yet is in the sealed group, or in the one at hand. */
static const void *record_read(void *context, uint64_t seq, size_t *size_out)
{
	struct merit_ledger *ledger = context;

	if (seq < ledger->size)
		return durable_record(ledger, seq, size_out);
	uint64_t index = seq - ledger->size;
	if (index < ledger->sealed.count)
		return pending_record(&ledger->sealed, index, size_out);
	return pending_record(&ledger->pending, index - ledger->sealed.count, size_out);
}

/* ---- Keys, told to who watches ---- */

static void key_changed(void *context, struct merit_text party, struct merit_text key)
{
	struct merit_ledger *ledger = context;
	const struct merit_party *party_row = merit_model_party(&ledger->model, party);
	const struct merit_key *key_row = merit_model_key(&ledger->model, party, key);

	if (ledger->watch == NULL || party_row == NULL || key_row == NULL)
		return;
	if (ledger->holds_keys) {
		merit_buffer_put_char(&ledger->held_keys, (char)party.size);
		merit_buffer_put(&ledger->held_keys, party.data, party.size);
		merit_buffer_put_char(&ledger->held_keys, (char)key.size);
		merit_buffer_put(&ledger->held_keys, key.data, key.size);
		return;
	}
	struct merit_key_fact fact = { party, key, (enum merit_role)party_row->role, key_row->public_key,
		                       key_row->revoked != 0 };
	ledger->watch(ledger->watch_context, &fact);
}

static bool key_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	const char *bytes = key, *slash = memchr(bytes, '/', key_size);

	(void)value;
	(void)size;
	assert(slash != NULL);
	merit_arena_reset(&((struct merit_ledger *)context)->model.scratch); /* There may be a million members' keys. */
	size_t party_size = (size_t)(slash - bytes);
	key_changed(context, (struct merit_text){ bytes, party_size },
	            (struct merit_text){ slash + 1, key_size - party_size - 1 });
	return true;
}

static struct merit_text held_text(const struct merit_buffer *held, size_t *at)
{
	struct merit_text text = { held->data + *at + 1, (size_t)held->data[*at] };

	*at += 1 + text.size;
	return text;
}

void merit_ledger_release_keys(struct merit_ledger *ledger, bool announce)
{
	struct merit_buffer *held = &ledger->held_keys;

	ledger->holds_keys = false;
	if (announce && held->bad) /* No memory to hold them one by one: all of them again. */
		merit_state_scan(ledger->model.state, MERIT_TABLE_KEY, "", 0, key_visit, ledger);
	for (size_t at = 0; announce && !held->bad && at < held->size;) {
		struct merit_text party = held_text(held, &at), key = held_text(held, &at);
		key_changed(ledger, party, key);
	}
	merit_buffer_clear(held);
}

void merit_ledger_watch_keys(struct merit_ledger *ledger,
                             void (*visit)(void *context, const struct merit_key_fact *fact), void *context)
{
	ledger->watch = visit;
	ledger->watch_context = context;
	merit_state_scan(ledger->model.state, MERIT_TABLE_KEY, "", 0, key_visit, ledger);
	merit_arena_reset(&ledger->model.scratch);
}

/* ---- Opening ---- */

static bool same_key(const struct merit_secret_key *secret, const struct merit_public_key *wanted)
{
	struct merit_public_key key = merit_secret_key_public(secret);

	return memcmp(key.bytes, wanted->bytes, sizeof(key.bytes)) == 0;
}

/* The newest checkpoint must be this log's own, over exactly the entries that are there. Before any of them is believed: a
 * changed one would make state that stays wrong, or bring a rule to where its asserts do not hold. */
static enum merit_status check_head(struct merit_ledger *ledger, const struct merit_secret_key *log_key)
{
	struct merit_store_checkpoint row;
	struct merit_checkpoint checkpoint;
	struct merit_entry birth;
	struct merit_hash root = merit_tree_root(&ledger->tree);
	enum merit_status status = merit_birth_read(ledger->reader, &ledger->model.scratch, &birth, &ledger->log);

	if (status == MERIT_OK && log_key != NULL && !same_key(log_key, &ledger->log.key))
		return MERIT_BAD_FORMAT; /* It would prove itself by a key of somebody else's. */
	if (status == MERIT_OK)
		status = merit_store_read_newest_checkpoint(ledger->reader, &row);
	if (status != MERIT_OK)
		return status == MERIT_NOT_FOUND ? MERIT_CORRUPT : status;
	struct merit_slice note = { row.note, row.note_size };
	if (merit_checkpoint_open(note, &ledger->log, &checkpoint) != MERIT_OK || checkpoint.size != ledger->size ||
	    !merit_hash_equal(&checkpoint.root, &root))
		return MERIT_CORRUPT;
	merit_buffer_clear(&ledger->checkpoint);
	merit_buffer_put(&ledger->checkpoint, row.note, row.note_size);
	merit_buffer_put(&ledger->end.checkpoint, row.note, row.note_size);
	return ledger->checkpoint.bad || ledger->end.checkpoint.bad ? MERIT_NO_MEMORY : MERIT_OK;
}

/* Evolves what the log has beyond the last write-back. What becomes state must be right for good: so each tile its leaves
 * are held against is itself held against the root. */
static enum merit_status catch_up(struct merit_ledger *ledger)
{
	struct merit_entry entry;

	for (uint64_t begin = merit_state_cut(ledger->model.state), seq = begin; seq < ledger->size; seq++) {
		size_t size = 0;
		if ((seq == begin || seq % MERIT_TILE_HASHES == 0) &&
		    merit_tree_check_tile(&ledger->tree, seq / MERIT_TILE_HASHES) != MERIT_OK)
			return MERIT_CORRUPT;
		merit_arena_reset(&ledger->model.scratch);
		const void *record = record_read(ledger, seq, &size);
		if (record == NULL)
			return MERIT_CORRUPT;
		enum merit_status status = merit_entry_read(record, size, &ledger->model.scratch, &entry);
		if (status != MERIT_OK || entry.seq != seq)
			return status == MERIT_NO_MEMORY ? status : MERIT_CORRUPT;
		merit_evolve(&ledger->model, &entry);
		if (ledger->model.failure != MERIT_OK)
			return ledger->model.failure; /* Before any of it reaches the disk. */
		if (!merit_ledger_flush_due_at(ledger, seq + 1))
			continue;
		struct merit_hash hash = merit_record_hash(record, size);
		if (!merit_state_freeze(ledger->model.state, seq + 1, hash.bytes))
			return MERIT_NO_MEMORY;
		status = merit_state_flush(ledger->model.state);
		merit_state_flushed(ledger->model.state, status);
		if (status != MERIT_OK)
			return status;
	}
	return merit_state_failure(ledger->model.state);
}

/* What the last entry leaves behind: its time, below which no new entry's is, and its hash. */
static enum merit_status last_entry(struct merit_ledger *ledger)
{
	struct merit_entry entry;
	size_t size = 0;

	if (ledger->size == 0)
		return MERIT_OK;
	merit_arena_reset(&ledger->model.scratch);
	const void *record = record_read(ledger, ledger->size - 1, &size);
	if (record == NULL || merit_entry_read(record, size, &ledger->model.scratch, &entry) != MERIT_OK)
		return MERIT_CORRUPT;
	ledger->time_ms = entry.time_ms;
	ledger->last_leaf = merit_record_hash(record, size);
	ledger->end.last_leaf = ledger->last_leaf;
	return MERIT_OK;
}

/* Whether the state on the disk is what this log's entries amount to, and not those of another that was in its place.
 * CORRUPT where the log cannot say. */
static enum merit_status compare_anchor(struct merit_ledger *ledger, bool *is_of_this_log_out)
{
	uint64_t cut = merit_state_cut(ledger->model.state);
	struct merit_hash hash = { { 0 } };

	*is_of_this_log_out = cut == 0;
	if (cut == 0 || cut > ledger->size)
		return MERIT_OK;
	enum merit_status status = merit_tree_leaf(&ledger->tree, cut - 1, &hash);
	*is_of_this_log_out = memcmp(hash.bytes, merit_state_anchor(ledger->model.state), sizeof(hash.bytes)) == 0;
	return status;
}

static enum merit_status open_state(struct merit_ledger *ledger, const struct merit_ledger_options *options)
{
	struct merit_state_options state = {
		.map_size = options->map_size,
		.version = MERIT_STATE_VERSION,
		.ordered_table = MERIT_TABLE_DUE,
	};
	bool is_of_this_log = true;

	enum merit_status status = options->rebuild ? merit_state_destroy(options->directory) : MERIT_OK;
	memcpy(state.hash_key, ledger->system_key.bytes,
	       sizeof(state.hash_key)); /* a secret that outsiders cannot guess */
	if (status == MERIT_OK)
		status = merit_state_open(options->directory, &state, &ledger->model.state);
	if (status == MERIT_OK)
		status = compare_anchor(ledger, &is_of_this_log);
	if (status != MERIT_OK || is_of_this_log)
		return status;
	merit_state_close(ledger->model.state);
	ledger->model.state = NULL;
	status = merit_state_destroy(options->directory);
	return status == MERIT_OK ? merit_state_open(options->directory, &state, &ledger->model.state) : status;
}

static enum merit_status open_log(struct merit_ledger *ledger, const struct merit_ledger_options *options)
{
	struct merit_store_options store = { .map_size = options->map_size };
	enum merit_status status =
		merit_store_open(options->directory, MERIT_STORE_READ_WRITE, &store, &ledger->store, NULL);

	if (status == MERIT_OK)
		status = merit_store_reader_open(ledger->store, &ledger->reader);
	if (status == MERIT_OK)
		status = merit_store_reader_begin(ledger->reader);
	ledger->view_open = status == MERIT_OK;
	if (status == MERIT_OK)
		status = merit_store_entry_count(ledger->reader, &ledger->size);
	struct merit_tree_store tiles = { ledger, tile_read, leaf_hash_read, tile_write };
	if (status == MERIT_OK)
		status = merit_tree_open(&ledger->tree, ledger->size, &tiles);
	ledger->end.tree = ledger->tree;
	return status;
}

static enum merit_status check_keys(struct merit_ledger *ledger, const struct merit_ledger_options *options)
{
	if (memcmp(ledger->log.key.bytes, ledger->model.program.log_key.bytes, sizeof(ledger->log.key.bytes)) != 0)
		return MERIT_CORRUPT; /* State knows another birth than the log's first row is. */
	if (options->log_key == NULL)
		return MERIT_OK;
	if (!same_key(options->log_key, &ledger->model.program.log_key) ||
	    !same_key(options->system_key, &ledger->model.program.system_key))
		return MERIT_BAD_FORMAT;
	ledger->may_write = true;
	return MERIT_OK;
}

static void pending_free(struct merit_pending *pending)
{
	merit_pending_private_forget(pending);
	merit_buffer_free(&pending->bytes);
	merit_buffer_free(&pending->changes);
	free(pending->change_chains);
	free(pending->records);
}

enum merit_status merit_ledger_new(const struct merit_ledger_options *options, struct merit_ledger **ledger_out)
{
	struct merit_ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger == NULL)
		return MERIT_NO_MEMORY;
	ledger->pending.change_chains = calloc(MERIT_CHANGE_CHAINS, sizeof(*ledger->pending.change_chains));
	ledger->sealed.change_chains = calloc(MERIT_CHANGE_CHAINS, sizeof(*ledger->sealed.change_chains));
	if (ledger->pending.change_chains == NULL || ledger->sealed.change_chains == NULL) {
		pending_free(&ledger->pending);
		pending_free(&ledger->sealed);
		free(ledger);
		return MERIT_NO_MEMORY;
	}
	if (options->log_key != NULL) {
		ledger->log_key = *options->log_key;
		ledger->system_key = *options->system_key;
	}
	ledger->state_rows_max = options->state_rows_max;
	ledger->model.record = record_read;
	ledger->model.key_changed = key_changed;
	ledger->model.context = ledger;
	ledger->model.due_at_once = true; /* for all that is known yet */
	*ledger_out = ledger;
	return MERIT_OK;
}

enum merit_status merit_ledger_load(struct merit_ledger *ledger, const struct merit_ledger_options *options)
{
	enum merit_status status = open_log(ledger, options);

	if (status == MERIT_OK && ledger->size > 0)
		status = check_head(ledger, options->log_key);
	if (status == MERIT_OK)
		status = open_state(ledger, options);
	if (status != MERIT_OK)
		return status;
	merit_model_refresh(&ledger->model);
	status = catch_up(ledger);
	if (status == MERIT_OK)
		status = last_entry(ledger);
	return status;
}

enum merit_status merit_ledger_open(const struct merit_ledger_options *options, struct merit_ledger **ledger_out)
{
	struct merit_ledger *ledger;
	enum merit_status status = merit_ledger_new(options, &ledger);

	if (status != MERIT_OK)
		return status;
	status = merit_ledger_load(ledger, options);
	if (status == MERIT_OK && ledger->size == 0)
		status = MERIT_CORRUPT; /* Birth was interrupted before the first entry. */
	if (status == MERIT_OK)
		status = check_keys(ledger, options);
	if (status == MERIT_OK)
		status = merit_ledger_vault_open(ledger, options); /* Only now: catching up erases nothing again. */
	if (status == MERIT_OK && merit_env_is_copy(options->directory))
		ledger->may_write = false;
	merit_ledger_view_close(ledger);
	if (status != MERIT_OK) {
		merit_ledger_close(ledger);
		return status;
	}
	*ledger_out = ledger;
	return MERIT_OK;
}

void merit_ledger_close(struct merit_ledger *ledger)
{
	if (ledger == NULL)
		return;
	merit_ledger_view_close(ledger);
	if (ledger->model.state != NULL)
		merit_state_close(ledger->model.state);
	if (ledger->reader != NULL)
		merit_store_reader_close(ledger->reader);
	merit_store_close(ledger->store);
	merit_vault_close(ledger->vault);
	merit_arena_free(&ledger->model.scratch);
	merit_buffer_free(&ledger->checkpoint);
	merit_buffer_free(&ledger->end.checkpoint);
	merit_buffer_free(&ledger->held_keys);
	merit_buffer_free(&ledger->system_message);
	pending_free(&ledger->pending);
	pending_free(&ledger->sealed);
	merit_secret_key_wipe(&ledger->log_key);
	merit_secret_key_wipe(&ledger->system_key);
	free(ledger);
}

/* ---- Looking ---- */

struct merit_text merit_ledger_origin(const struct merit_ledger *ledger)
{
	return merit_text_of(ledger->model.program.origin);
}

uint64_t merit_ledger_size(const struct merit_ledger *ledger)
{
	return ledger->size;
}

int64_t merit_ledger_time_ms(const struct merit_ledger *ledger)
{
	return ledger->time_ms;
}

bool merit_ledger_may_write(const struct merit_ledger *ledger)
{
	return ledger->may_write;
}

struct merit_store *merit_ledger_store(struct merit_ledger *ledger)
{
	return ledger->store;
}

const char *merit_ledger_failure(const struct merit_ledger *ledger)
{
	const char *reason = merit_store_failure(ledger->store);

	return reason != NULL || ledger->vault == NULL ? reason : merit_vault_failure(ledger->vault);
}

const struct merit_public_key *merit_ledger_log_key(const struct merit_ledger *ledger)
{
	return &ledger->log.key;
}

struct merit_text merit_ledger_checkpoint(const struct merit_ledger *ledger)
{
	return (struct merit_text){ ledger->checkpoint.data, ledger->checkpoint.size };
}

void merit_ledger_dump(struct merit_ledger *ledger,
                       bool (*visit)(void *context, uint8_t table, const void *key, size_t key_size, const void *value,
                                     size_t size),
                       void *context)
{
	merit_state_dump(ledger->model.state, visit, context);
}

void merit_ledger_drop_dead_readers(struct merit_ledger *ledger)
{
	merit_store_drop_dead_readers(ledger->store);
	merit_state_drop_dead_readers(ledger->model.state);
	if (ledger->vault != NULL)
		merit_vault_drop_dead_readers(ledger->vault);
}
