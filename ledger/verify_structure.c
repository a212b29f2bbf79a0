/* verify_structure.c - leaves to tiles to roots to checkpoints, and whether the tables hold that and nothing else. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/verify_inner.h"

/* ---- The tree as the log has it ---- */

static bool tile_read(void *context, unsigned level, uint64_t index, struct merit_hash *hashes_out)
{
	const void *bytes;

	if (merit_store_read_tile(context, (uint8_t)level, index, &bytes) != MERIT_OK)
		return false;
	memcpy(hashes_out, bytes, MERIT_STORE_TILE_SIZE);
	return true;
}

static bool leaf_hash_read(void *context, uint64_t index, struct merit_hash *hash_out)
{
	const void *record;
	size_t size;

	if (merit_store_read_entry(context, index, &record, &size) != MERIT_OK)
		return false;
	*hash_out = merit_record_hash(record, size);
	return true;
}

enum merit_status merit_verify_tree(struct merit_store_reader *reader, uint64_t size, struct merit_tree *tree_out)
{
	struct merit_tree_store store = { reader, tile_read, leaf_hash_read, NULL };

	return merit_tree_open(tree_out, size, &store);
}

/* ---- Tiles ---- */

/* Called by the tree for every tile it completes: the stored one must be the same. */
static bool tile_compare(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	struct merit_verify *verify = context;
	const void *bytes;
	enum merit_status status = merit_store_read_tile(verify->reader, (uint8_t)level, index, &bytes);

	verify->report->tiles++;
	if (status == MERIT_OK && memcmp(bytes, hashes, MERIT_STORE_TILE_SIZE) == 0)
		return true;
	(void)merit_verify_fault(verify, "tile %u/%llu: %s", level, (unsigned long long)index,
				 status == MERIT_NOT_FOUND ? "missing" : "not the hashes of the entries below it");
	return false;
}

/* ---- Checkpoints ---- */

/* The first checkpoint from tree_size on becomes the next to come by. */
static enum merit_status checkpoint_seek(struct merit_verify *verify, uint64_t tree_size)
{
	enum merit_status status = merit_store_read_checkpoint(verify->reader, tree_size, &verify->checkpoint);

	verify->has_checkpoint = status == MERIT_OK;
	return status == MERIT_NOT_FOUND ? MERIT_OK : status;
}

static const char *checkpoint_fault(enum merit_status status)
{
	switch (status) {
	case MERIT_BAD_SIGNATURE: return "its signature is not the log's";
	case MERIT_SIGNER_MISSING: return "the log's key did not sign it, or it names another log";
	default: return "it is not a signed checkpoint";
	}
}

/* The stored checkpoint over exactly the entries walked so far. */
static enum merit_status checkpoint_check(struct merit_verify *verify)
{
	const struct merit_store_checkpoint *row = &verify->checkpoint;
	unsigned long long size = (unsigned long long)row->tree_size;
	struct merit_hash root = merit_tree_root(&verify->tree);
	struct merit_checkpoint checkpoint;
	enum merit_status status =
		merit_checkpoint_open((struct merit_slice){ row->note, row->note_size }, &verify->log, &checkpoint);

	if (status == MERIT_NO_MEMORY)
		return status;
	if (status != MERIT_OK)
		return merit_verify_fault(verify, "checkpoint %llu: %s", size, checkpoint_fault(status));
	if (checkpoint.size != row->tree_size)
		return merit_verify_fault(verify, "checkpoint %llu: it says it is over %llu entries", size,
					  (unsigned long long)checkpoint.size);
	if (!merit_hash_equal(&checkpoint.root, &root))
		return merit_verify_fault(verify, "checkpoint %llu: the entries have another root than was signed", size);
	verify->report->checkpoints++;
	verify->covered = row->tree_size;
	merit_hex_encode(root.bytes, sizeof(root.bytes), verify->report->root_hex);
	return checkpoint_seek(verify, row->tree_size + 1);
}

/* ---- The walk ---- */

static enum merit_status trusted_key_check(struct merit_verify *verify)
{
	const struct merit_public_key *trusted = verify->options->log_key;

	if (trusted != NULL && memcmp(trusted->bytes, verify->log.key.bytes, sizeof(trusted->bytes)) != 0)
		return merit_verify_entry_fault(verify, 0, "it names another log key than the one you trust");
	return MERIT_OK;
}

static enum merit_status newest_note(struct merit_verify *verify)
{
	struct merit_store_checkpoint newest;
	enum merit_status status = merit_store_read_newest_checkpoint(verify->reader, &newest);

	if (status == MERIT_OK)
		verify->newest = newest.tree_size;
	return status == MERIT_NOT_FOUND ? MERIT_OK : status;
}

enum merit_status merit_verify_structure_begin(struct merit_verify *verify)
{
	struct merit_tree_store tiles = { verify, NULL, NULL, tile_compare };
	enum merit_status status = merit_store_entry_count(verify->reader, &verify->size);

	if (status == MERIT_OK)
		status = merit_birth_read(verify->reader, &verify->leaf_arena, &verify->entry, &verify->log);
	if (status == MERIT_CORRUPT)
		return merit_verify_entry_fault(verify, 0, "it is missing, or not the birth of a ledger");
	if (status == MERIT_OK)
		status = trusted_key_check(verify);
	if (status == MERIT_OK)
		status = merit_tree_open(&verify->tree, 0, &tiles);
	if (status == MERIT_OK)
		status = merit_store_count_rows(verify->reader, &verify->rows);
	if (status == MERIT_OK)
		status = newest_note(verify);
	if (status == MERIT_OK)
		status = checkpoint_seek(verify, 1);
	return status;
}

enum merit_status merit_verify_structure_renew(struct merit_verify *verify)
{
	merit_store_reader_end(verify->reader);
	enum merit_status status = merit_store_reader_begin(verify->reader);

	return status == MERIT_OK ? checkpoint_seek(verify, verify->covered + 1) : status;
}

enum merit_status merit_verify_leaf(struct merit_verify *verify, uint64_t seq)
{
	const void *bytes;
	enum merit_status status = merit_store_read_entry(verify->reader, seq, &bytes, &verify->leaf.size);

	if (status == MERIT_NOT_FOUND)
		return merit_verify_entry_fault(verify, seq, "it is missing");
	verify->leaf.data = bytes;
	return status;
}

static bool skip(struct merit_text *rest, const char *literal)
{
	size_t size = strlen(literal);

	if (rest->size < size || memcmp(rest->data, literal, size) != 0)
		return false;
	rest->data += size;
	rest->size -= size;
	return true;
}

/* The text up to the next quote, which is left standing. */
static bool text_take(struct merit_text *rest, struct merit_text *text_out)
{
	const char *quote = memchr(rest->data, '"', rest->size);

	if (quote == NULL)
		return false;
	*text_out = (struct merit_text){ rest->data, (size_t)(quote - rest->data) };
	rest->data = quote;
	rest->size -= text_out->size;
	return true;
}

static bool number_take(struct merit_text *rest, uint64_t *number_out)
{
	uint64_t number = 0;
	size_t digits = 0;

	for (; digits < rest->size && digits < 16 && rest->data[digits] >= '0' && rest->data[digits] <= '9'; digits++)
		number = number * 10 + (uint64_t)(rest->data[digits] - '0');
	rest->data += digits;
	rest->size -= digits;
	*number_out = number;
	return digits > 0;
}

/* What the walk needs of a leaf before all of it is compared with what the rules decide: seq, time, whether the system
 * made it, and its request. Reading whole leaves would take half of the walk's time. */
static bool head_read(struct merit_text rest, struct merit_entry *entry)
{
	struct merit_text text, by, hash;
	uint64_t time_ms, index;
	size_t size;

	if (!skip(&rest, "{\"seq\":") || !number_take(&rest, &entry->seq) || !skip(&rest, ",\"time\":") ||
	    !number_take(&rest, &time_ms) || time_ms > MERIT_TIME_MS_MAX || !skip(&rest, ",\"day\":\"") ||
	    !text_take(&rest, &text) || !skip(&rest, "\",\"id\":\"") || !text_take(&rest, &text) ||
	    !skip(&rest, "\",\"op\":\"") || !text_take(&rest, &text) || !skip(&rest, "\",\"by\":\"") ||
	    !text_take(&rest, &by) || !skip(&rest, "\",\"request\":[") || !number_take(&rest, &entry->request) ||
	    !skip(&rest, ",") || !number_take(&rest, &index) || index > MERIT_CALLS_MAX || !skip(&rest, ",\"") ||
	    !text_take(&rest, &hash))
		return false;
	entry->time_ms = (int64_t)time_ms;
	entry->party = skip(&by, "system/") ? MERIT_TEXT("system") : MERIT_TEXT("");
	entry->request_index = (uint32_t)index;
	return merit_hex_decode(hash.data, hash.size, entry->request_hash.bytes, MERIT_HASH_SIZE, &size) &&
	       size == MERIT_HASH_SIZE;
}

/* Entries that are decided again from their own parameters, not from a call, are read whole. */
static enum merit_status entry_read(struct merit_verify *verify, uint64_t seq)
{
	struct merit_entry *entry = &verify->entry;

	if (seq != 0 && head_read(verify->leaf, entry) && entry->party.size == 0)
		return MERIT_OK;
	merit_arena_reset(&verify->leaf_arena);
	return merit_entry_read(verify->leaf.data, verify->leaf.size, &verify->leaf_arena, entry);
}

enum merit_status merit_verify_entry(struct merit_verify *verify, uint64_t seq)
{
	struct merit_entry *entry = &verify->entry;
	enum merit_status status = merit_verify_leaf(verify, seq);

	if (status == MERIT_OK)
		status = entry_read(verify, seq);
	if (status == MERIT_BAD_FORMAT)
		return merit_verify_entry_fault(verify, seq, "its bytes are not those of an entry");
	if (status != MERIT_OK)
		return status;
	if (entry->seq != seq)
		return merit_verify_entry_fault(verify, seq, "it says it is entry %llu", (unsigned long long)entry->seq);
	if (entry->time_ms < verify->time_ms)
		return merit_verify_entry_fault(verify, seq, "its time is before that of the entry before it");
	if (entry->time_ms > verify->time_ms && verify->covered != seq)
		return merit_verify_fault(verify, "checkpoint %llu: it is missing; entry %llu is of a later group",
					  (unsigned long long)seq, (unsigned long long)seq);
	if (verify->covered == seq)
		verify->time_stood = entry->time_ms == verify->time_ms;
	verify->time_ms = entry->time_ms;
	return MERIT_OK;
}

enum merit_status merit_verify_append(struct merit_verify *verify, uint64_t seq)
{
	struct merit_hash hash = merit_record_hash(verify->leaf.data, verify->leaf.size);

	if (merit_tree_append(&verify->tree, &hash) != MERIT_OK)
		return MERIT_CORRUPT; /* tile_compare said why. */
	verify->report->entries = seq + 1;
	return verify->has_checkpoint && verify->checkpoint.tree_size == seq + 1 ? checkpoint_check(verify) : MERIT_OK;
}

static enum merit_status rows_check(struct merit_verify *verify, const char *table, uint64_t rows, uint64_t walked)
{
	if (rows == walked)
		return MERIT_OK;
	return merit_verify_fault(verify, "table %s: it has %llu rows where %llu belong", table, (unsigned long long)rows,
				  (unsigned long long)walked);
}

enum merit_status merit_verify_structure_end(struct merit_verify *verify)
{
	const struct merit_verify_report *report = verify->report;
	const struct merit_store_rows *rows = &verify->rows;

	if (verify->newest < verify->size)
		return merit_verify_entry_fault(verify, verify->size - 1, "no checkpoint covers it");
	enum merit_status status = rows_check(verify, "log", rows->log,
	                                      report->entries + report->requests + report->checkpoints);
	if (status == MERIT_OK)
		status = rows_check(verify, "tiles", rows->tiles, report->tiles);
	return status == MERIT_OK ? rows_check(verify, "meta", rows->meta, 1) : status;
}
