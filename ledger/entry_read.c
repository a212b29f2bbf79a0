/* entry_read.c - leaves back to entries. What does not print to the very same bytes again is not a leaf. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/entry.h"
#include "ledger/json.h"
#include "ledger/text.h"

static bool text_read(const cJSON *node, struct merit_text *text_out)
{
	return merit_json_text(node, &text_out->data, &text_out->size);
}

static bool unsigned_read(const cJSON *node, uint64_t max, uint64_t *value_out)
{
	int64_t value;

	if (!merit_json_integer(node, &value) || value < 0 || (uint64_t)value > max)
		return false;
	*value_out = (uint64_t)value;
	return true;
}

static bool hash_read(const cJSON *node, struct merit_hash *hash_out)
{
	struct merit_text text;
	size_t size;

	return text_read(node, &text) &&
	       merit_hex_decode(text.data, text.size, hash_out->bytes, MERIT_HASH_SIZE, &size) &&
	       size == MERIT_HASH_SIZE;
}

static bool by_read(const cJSON *node, struct merit_entry *entry)
{
	struct merit_text by;

	if (!text_read(node, &by))
		return false;
	const char *slash = memchr(by.data, '/', by.size);
	if (slash == NULL)
		return false;
	entry->party = (struct merit_text){ by.data, (size_t)(slash - by.data) };
	entry->key = (struct merit_text){ slash + 1, by.size - entry->party.size - 1 };
	return merit_text_is_id(entry->party.data, entry->party.size, MERIT_NAME_SIZE_MAX) &&
	       merit_text_is_id(entry->key.data, entry->key.size, MERIT_NAME_SIZE_MAX);
}

static bool request_read(const cJSON *node, struct merit_entry *entry)
{
	uint64_t index;

	if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 3)
		return false;
	if (!unsigned_read(node->child, MERIT_AMOUNT_MAX, &entry->request) ||
	    !unsigned_read(node->child->next, UINT32_MAX, &index) || /* a backlog is settled in one request */
	    !hash_read(node->child->next->next, &entry->request_hash))
		return false;
	entry->request_index = (uint32_t)index;
	return true;
}

static bool group_read(const cJSON *node, struct merit_entry *entry)
{
	uint64_t index, count;

	if (node == NULL)
		return true;
	if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 2 ||
	    !unsigned_read(node->child, MERIT_CALLS_MAX - 1, &index) ||
	    !unsigned_read(node->child->next, MERIT_CALLS_MAX, &count) || count == 0 || index >= count)
		return false;
	entry->group_index = (uint32_t)index;
	entry->group_count = (uint32_t)count;
	return true;
}

static bool why_read(const cJSON *node, struct merit_entry *entry)
{
	if (node == NULL)
		return true;
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		if (entry->why_count == MERIT_WHY_MAX ||
		    !merit_json_integer(child, &entry->why[entry->why_count].number))
			return false;
		entry->why[entry->why_count++].name = child->string;
	}
	return true;
}

static bool lot_day_read(const cJSON *node, int32_t *day_out)
{
	struct merit_text text;

	if (cJSON_IsNull(node)) {
		*day_out = MERIT_DAY_NONE;
		return true;
	}
	if (!text_read(node, &text))
		return false;
	if (merit_text_equal(text, MERIT_TEXT("never"))) {
		*day_out = MERIT_DAY_NEVER;
		return true;
	}
	return merit_day_parse(text.data, text.size, day_out);
}

static bool lot_read(const cJSON *node, enum merit_account account, struct merit_text holder, struct merit_entry *entry)
{
	int size = cJSON_GetArraySize(node);
	struct merit_text campaign;
	int64_t amount, line = -1;
	int32_t day;

	if (!cJSON_IsArray(node) || size < 3 || size > 4)
		return false;
	const cJSON *place = node->child;
	if (!text_read(place, &campaign) || !merit_text_is_id(campaign.data, campaign.size, MERIT_NAME_SIZE_MAX))
		return false;
	place = place->next;
	if (!lot_day_read(place, &day) || !merit_json_integer(place->next, &amount))
		return false;
	if (size == 4 && (!merit_json_integer(place->next->next, &line) || line < 0 || line >= MERIT_ORDER_LINES_MAX))
		return false;
	size_t before =
		entry->postings_count; /* One that adds nothing, or to the last, prints differently: no sum overflows. */
	merit_entry_post(entry, account, holder, campaign, day, (int32_t)line, amount);
	return entry->postings_count == before + 1;
}

static bool postings_read(const cJSON *node, struct merit_entry *entry)
{
	if (node == NULL)
		return true;
	if (!cJSON_IsArray(node))
		return false;
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		struct merit_text name, holder;
		enum merit_account account;
		if (!cJSON_IsArray(child) || cJSON_GetArraySize(child) != 3 || !text_read(child->child, &name) ||
		    !merit_account_read(name, &account, &holder) ||
		    !merit_text_is_id(holder.data, holder.size, MERIT_NAME_SIZE_MAX) ||
		    !cJSON_IsArray(child->child->next->next))
			return false;
		for (const cJSON *lot = child->child->next->next->child; lot != NULL; lot = lot->next) {
			if (!lot_read(lot, account, holder, entry))
				return false;
		}
	}
	return true;
}

static bool content_read(const cJSON *root, struct merit_entry *entry)
{
	const struct merit_operation *operation = entry->operation;
	const cJSON *params = merit_json_member(root, "params"), *result = merit_json_member(root, "result");
	const char *field;
	struct merit_text status;

	if (!cJSON_IsObject(params) || merit_values_read(params, operation->params, operation->params_count, false,
	                                                 entry->arena, entry->values, &field) != MERIT_OK)
		return false;
	if (!text_read(merit_json_member(root, "status"), &status) ||
	    !merit_status_from_word(status.data, &entry->status))
		return false;
	if (result != NULL &&
	    (!cJSON_IsObject(result) || merit_values_read(result, operation->results, operation->results_count, false,
	                                                  entry->arena, entry->results, &field) != MERIT_OK))
		return false;
	if (!why_read(merit_json_member(root, "why"), entry) ||
	    !postings_read(merit_json_member(root, "postings"), entry))
		return false;
	return entry->status == MERIT_OK || (entry->status >= MERIT_STATUS_FIRST_REFUSAL && entry->postings_count == 0);
}

static bool leaf_read(const cJSON *root, struct merit_entry *entry)
{
	struct merit_text day, operation;
	uint64_t time_ms;

	if (!cJSON_IsObject(root) || !unsigned_read(merit_json_member(root, "seq"), MERIT_AMOUNT_MAX, &entry->seq) ||
	    !unsigned_read(merit_json_member(root, "time"), MERIT_TIME_MS_MAX, &time_ms) ||
	    !text_read(merit_json_member(root, "day"), &day) || !merit_day_parse(day.data, day.size, &entry->day) ||
	    !text_read(merit_json_member(root, "id"), &entry->id) ||
	    !merit_text_is_id(entry->id.data, entry->id.size, MERIT_ID_SIZE_MAX) ||
	    !text_read(merit_json_member(root, "op"), &operation))
		return false;
	entry->time_ms = (int64_t)time_ms;
	entry->operation = merit_operation_named(operation.data, operation.size);
	return entry->operation != NULL && by_read(merit_json_member(root, "by"), entry) &&
	       request_read(merit_json_member(root, "request"), entry) &&
	       group_read(merit_json_member(root, "group"), entry) && content_read(root, entry);
}

/* Keys in another order, unknown keys, spaces: all of them print differently. */
static bool prints_the_same(const struct merit_entry *entry, const void *leaf, size_t size)
{
	struct merit_buffer again = { 0 };

	merit_entry_put(&again, entry);
	bool same = !again.bad && again.size == size && memcmp(again.data, leaf, size) == 0;
	merit_buffer_free(&again);
	return same;
}

enum merit_status merit_entry_read(const void *leaf, size_t size, struct merit_arena *arena,
                                   struct merit_entry *entry_out)
{
	cJSON *root = NULL;

	memset(entry_out, 0, sizeof(*entry_out));
	entry_out->arena = arena;
	if (size > MERIT_ENTRY_SIZE_MAX)
		return MERIT_BAD_FORMAT;
	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(leaf, size, &root);
	merit_json_arena_end();
	if (status != MERIT_OK)
		return status == MERIT_NO_MEMORY ? status : MERIT_BAD_FORMAT;
	if (!leaf_read(root, entry_out) || !prints_the_same(entry_out, leaf, size))
		return entry_out->no_memory ? MERIT_NO_MEMORY : MERIT_BAD_FORMAT;
	return MERIT_OK;
}
