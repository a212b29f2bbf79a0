/* query_program.c - the log as such: what it is, its head, its entries, its proofs; and the printing all reads share. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/op_common.h"
#include "ledger/query_inner.h"
#include "ledger/receipt.h"

#define LIMIT_DEFAULT    100
#define ENTRIES_SIZE_MAX ((size_t)1024 * 1024) /* bytes of entries in one answer; the first always fits */

/* ---- Printing ---- */

void merit_put_text(struct merit_buffer *out, const char *name, struct merit_text text)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_json(out, text.data, text.size);
}

void merit_put_text_or_null(struct merit_buffer *out, const char *name, struct merit_text text)
{
	if (text.size > 0) {
		merit_put_text(out, name, text);
		return;
	}
	merit_buffer_put_key(out, name);
	merit_buffer_put_text(out, "null");
}

void merit_put_integer(struct merit_buffer *out, const char *name, int64_t integer)
{
	merit_buffer_put_integer_member(out, name, integer);
}

void merit_put_flag(struct merit_buffer *out, const char *name, bool flag)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_text(out, flag ? "true" : "false");
}

void merit_put_day(struct merit_buffer *out, const char *name, int32_t day)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_buffer_put_key(out, name);
	if (day == MERIT_DAY_NEVER || day == MERIT_DAY_NONE) {
		merit_buffer_put_text(out, "null");
		return;
	}
	merit_day_format(day, text);
	merit_buffer_put_json(out, text, sizeof(text) - 1);
}

void merit_put_word(struct merit_buffer *out, const char *name, enum merit_type type, int64_t place)
{
	merit_put_text(out, name, merit_type_word(type, place));
}

void merit_put_campaign_named(struct merit_buffer *out, struct merit_model *model, struct merit_text campaign)
{
	const struct merit_campaign *row = merit_model_campaign(model, campaign);

	merit_put_text(out, "campaign", campaign);
	if (row != NULL) /* else the store failed, which the answer ends in */
		merit_put_text(out, "sponsor", merit_name_text(&row->sponsor));
}

void merit_put_campaign(struct merit_buffer *out, struct merit_model *model, uint32_t campaign)
{
	merit_put_campaign_named(out, model, merit_model_campaign_name(model, campaign));
}

void merit_put_as_of(struct merit_buffer *out, const struct merit_ledger *ledger)
{
	merit_put_integer(out, "seq", (int64_t)merit_ledger_next_seq(ledger) - 1);
	merit_put_integer(out, "time", ledger->time_ms);
}

void merit_list_begin(struct merit_list *list)
{
	const struct merit_value *limit = &list->values[LIST_LIMIT];

	list->left = limit->present ? (size_t)limit->integer : LIMIT_DEFAULT;
	list->has_next = false;
	merit_buffer_put_text(list->out, "{\"rows\":[");
}

bool merit_list_row(struct merit_list *list, struct merit_text name, const void *row)
{
	size_t before = list->out->size;

	list->put(list, name, row);
	if (list->out->size == before)
		return true;
	if (list->left == 0) { /* One more there is for these eyes: it is named, not shown. */
		list->out->size = before;
		merit_list_stop(list, name);
		return false;
	}
	list->left--;
	return true;
}

void merit_list_stop(struct merit_list *list, struct merit_text next)
{
	merit_buffer_put_char(list->out, ']');
	merit_put_text(list->out, "next", next);
	list->has_next = true;
}

enum merit_status merit_list_end(struct merit_list *list)
{
	merit_buffer_put_text(list->out, list->has_next ? "}" : "],\"next\":null}");
	return merit_state_failure(list->ledger->model.state);
}

static bool list_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	(void)size;
	return merit_list_row(context, (struct merit_text){ key, key_size }, value);
}

enum merit_status merit_put_list(struct merit_list *list, enum merit_table table)
{
	const struct merit_value *from = &list->values[LIST_FROM];

	merit_list_begin(list);
	merit_state_scan(list->ledger->model.state, (uint8_t)table, from->present ? from->text.data : "",
	                 from->present ? from->text.size : 0, list_visit, list);
	return merit_list_end(list);
}

/* ---- program.get, checkpoint.get ---- */

static void put_tiers(struct merit_buffer *out, const struct merit_tiers *tiers)
{
	merit_buffer_put_text(out, ",\"tiers\":[");
	for (uint64_t i = 0; tiers != NULL && i < tiers->count; i++) {
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		merit_put_text(out, "tier", merit_name_text(&tiers->tiers[i].name));
		merit_put_integer(out, "points", tiers->tiers[i].points);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
}

enum merit_status merit_query_program(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_program *program = &ledger->model.program;
	struct merit_buffer vkey = { 0 };

	(void)caller;
	(void)values;
	merit_verifier_put(&vkey, &ledger->log);
	if (vkey.bad)
		return MERIT_NO_MEMORY;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "origin", merit_text_of(program->origin));
	merit_put_text(out, "log_key", (struct merit_text){ vkey.data, vkey.size });
	merit_buffer_free(&vkey);
	merit_put_integer(out, "rules", program->rules);
	merit_put_integer(out, "offset_minutes", program->offset_minutes);
	merit_put_word(out, "refund_policy", MERIT_TYPE_POLICY, program->policy);
	merit_put_integer(out, "grace_days", program->grace_days);
	merit_put_integer(out, "hold_minutes", program->hold_minutes);
	merit_put_integer(out, "receive_days", program->receive_days);
	merit_put_integer(out, "late_days", program->late_days);
	merit_put_integer(out, "erase_days", program->erase_days);
	merit_put_flag(out, "read_only", !ledger->may_write);
	put_tiers(out, merit_model_tiers(&ledger->model));
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_checkpoint(struct merit_ledger *ledger, const struct merit_caller *caller,
                                         const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_hash root = merit_tree_root(&ledger->tree);

	(void)caller;
	(void)values;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "checkpoint", merit_ledger_checkpoint(ledger));
	merit_put_integer(out, "size", (int64_t)ledger->tree.size);
	merit_buffer_put_key(out, "root");
	merit_buffer_put_char(out, '"');
	merit_buffer_put_hex(out, root.bytes, sizeof(root.bytes));
	merit_buffer_put_text(out, "\"}");
	return MERIT_OK;
}

/* ---- entry.get, entry.list ---- */

/* The record of an entry whose leaf the caller may see; NOT_FOUND for others, as if it were not there. */
static enum merit_status visible_record(struct merit_ledger *ledger, const struct merit_caller *caller, uint64_t seq,
                                        const void **record_out, size_t *size_out)
{
	struct merit_model *model = &ledger->model;
	struct merit_entry entry;

	if (caller->is_public)
		return MERIT_NOT_SIGNED;
	*record_out = model->record(model->context, seq, size_out);
	if (*record_out == NULL)
		return MERIT_NOT_FOUND;
	if ((MERIT_MAY_READ_ALL & (1u << caller->role)) != 0)
		return MERIT_OK;
	if (merit_entry_read(*record_out, *size_out, &model->scratch, &entry) != MERIT_OK)
		return MERIT_CORRUPT;
	return merit_permit_entry(model, caller->party, caller->role, &entry) ? MERIT_OK : MERIT_NOT_FOUND;
}

enum merit_status merit_query_entry(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	const void *record;
	size_t size;
	enum merit_status status = visible_record(ledger, caller, (uint64_t)values[0].integer, &record, &size);

	if (status != MERIT_OK)
		return status;
	struct merit_text sealed = merit_record_sealed(record, size);
	merit_buffer_put_text(out, "{\"entry\":");
	merit_buffer_put(out, record, merit_record_leaf_size(record, size));
	if (sealed.size > 0 && (MERIT_MAY_READ_ALL & (1u << caller->role)) != 0) {
		merit_buffer_put_key(out, "sealed");
		merit_buffer_put(out, sealed.data, sealed.size);
	}
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_entries(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	uint64_t seq = values[ENTRIES_FROM].present ? (uint64_t)values[ENTRIES_FROM].integer : 0;
	int64_t left = values[ENTRIES_LIMIT].present ? values[ENTRIES_LIMIT].integer : LIMIT_DEFAULT;
	size_t before = out->size;

	(void)caller;
	struct merit_buffer sealed = { 0 };
	merit_buffer_put_text(out, "{\"entries\":[");
	for (; left > 0; left--, seq++) {
		size_t size = 0;
		const void *record = model->record(model->context, seq, &size);
		if (record == NULL ||
		    (out->size > before + 12 && out->size - before + sealed.size + size > ENTRIES_SIZE_MAX))
			break;
		merit_record_put(out, &sealed, record, size);
	}
	merit_buffer_put_text(out, "],\"sealed\":[");
	merit_buffer_put(out, sealed.data, sealed.size);
	merit_buffer_put_format(out, "],\"next\":%llu}", (unsigned long long)seq);
	out->bad = out->bad || sealed.bad;
	merit_buffer_free(&sealed);
	return MERIT_OK;
}

/* ---- proof.get, tile.get ---- */

static enum merit_status put_receipt(struct merit_ledger *ledger, const struct merit_caller *caller, uint64_t seq,
                                     struct merit_buffer *out)
{
	struct merit_buffer receipt = { 0 };
	struct merit_proof proof;
	const void *record;
	size_t size;

	if (seq >= ledger->size)
		return MERIT_NOT_FOUND; /* Not covered by a checkpoint yet, or not there at all. */
	enum merit_status status = visible_record(ledger, caller, seq, &record, &size);
	if (status == MERIT_OK)
		status = merit_tree_prove_inclusion(&ledger->tree, seq, ledger->tree.size, &proof);
	if (status != MERIT_OK)
		return status;
	struct merit_slice note = { ledger->checkpoint.data, ledger->checkpoint.size };
	merit_receipt_put(&receipt, record, merit_record_leaf_size(record, size), seq, &proof, note);
	merit_buffer_put_char(out, '{');
	if (!receipt.bad)
		merit_put_text(out, "receipt", (struct merit_text){ receipt.data, receipt.size });
	status = receipt.bad ? MERIT_NO_MEMORY : MERIT_OK;
	merit_buffer_put_char(out, '}');
	merit_buffer_free(&receipt);
	return status;
}

static enum merit_status put_consistency(struct merit_ledger *ledger, uint64_t from, struct merit_buffer *out)
{
	struct merit_proof proof;

	if (from > ledger->tree.size)
		return MERIT_NOT_FOUND;
	enum merit_status status = merit_tree_prove_extension(&ledger->tree, from, ledger->tree.size, &proof);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(out, "{\"hashes\":[");
	for (unsigned i = 0; i < proof.count; i++) {
		merit_buffer_put_text(out, i == 0 ? "\"" : ",\"");
		merit_base64_put(out, proof.hashes[i].bytes, sizeof(proof.hashes[i].bytes));
		merit_buffer_put_char(out, '"');
	}
	merit_buffer_put_char(out, ']');
	merit_put_text(out, "checkpoint", merit_ledger_checkpoint(ledger));
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_proof(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	if (values[PROOF_SEQ].present == values[PROOF_FROM].present)
		return MERIT_BAD_PARAMS;
	if (values[PROOF_FROM].present)
		return put_consistency(ledger, (uint64_t)values[PROOF_FROM].integer, out);
	return put_receipt(ledger, caller, (uint64_t)values[PROOF_SEQ].integer, out);
}

enum merit_status merit_query_tile(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	int64_t width = values[TILE_WIDTH].present ? values[TILE_WIDTH].integer : MERIT_TILE_HASHES;
	struct merit_hash hashes[MERIT_TILE_HASHES];

	(void)caller;
	if (width > MERIT_TILE_HASHES || values[TILE_LEVEL].integer >= MERIT_TREE_LEVELS)
		return MERIT_BAD_PARAMS;
	enum merit_status status = merit_tree_tile(&ledger->tree, (unsigned)values[TILE_LEVEL].integer,
	                                           (uint64_t)values[TILE_INDEX].integer, (unsigned)width, hashes);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(out, "{\"hashes\":\"");
	merit_base64_put(out, hashes, (size_t)width * MERIT_HASH_SIZE);
	merit_buffer_put_text(out, "\"}");
	return MERIT_OK;
}
