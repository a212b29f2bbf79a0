/* entry_read.c - records back to entries. What does not print to the very same bytes again is not a record. */
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

/* Money need not be spent for a campaign, and has no last day. */
static bool lot_name_read(const cJSON *node, bool is_money, struct merit_text *campaign_out)
{
	*campaign_out = MERIT_TEXT("");
	if (is_money && cJSON_IsNull(node))
		return true;
	return text_read(node, campaign_out) &&
	       merit_text_is_id(campaign_out->data, campaign_out->size, MERIT_NAME_SIZE_MAX);
}

static bool lot_read(const cJSON *node, const struct merit_posting *account, struct merit_entry *entry)
{
	bool is_money = merit_posting_is_money(account);
	int size = cJSON_GetArraySize(node);
	struct merit_text campaign;
	int64_t amount, line = -1;
	int32_t day;

	if (!cJSON_IsArray(node) || size < 3 || size > 4)
		return false;
	const cJSON *place = node->child;
	if (!lot_name_read(place, is_money, &campaign))
		return false;
	place = place->next;
	if (!lot_day_read(place, &day) || (is_money && day != MERIT_DAY_NONE) || !merit_json_integer(place->next, &amount))
		return false;
	if (size == 4 && (!merit_json_integer(place->next->next, &line) || line < 0 || line >= MERIT_ORDER_LINES_MAX))
		return false;
	size_t before =
		entry->postings_count; /* One that adds nothing, or to the last, prints differently: no sum overflows. */
	if (is_money)
		merit_entry_post_money(entry, account->account, account->holder, account->currency, campaign,
				       (int32_t)line, amount);
	else
		merit_entry_post(entry, account->account, account->holder, campaign, day, (int32_t)line, amount);
	return entry->postings_count == before + 1;
}

/* The account and unit of a list of lots. */
static bool posting_account_read(const cJSON *node, bool is_money, struct merit_posting *account_out)
{
	struct merit_text name, unit;

	if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 3 || !text_read(node->child, &name) ||
	    !text_read(node->child->next, &unit) || !cJSON_IsArray(node->child->next->next))
		return false;
	memset(account_out, 0, sizeof(*account_out));
	account_out->currency = is_money ? unit : MERIT_TEXT("");
	return (is_money ? merit_text_is_currency(unit.data, unit.size) : merit_text_equal(unit, MERIT_TEXT("points"))) &&
	       merit_account_read(name, &account_out->account, &account_out->holder) &&
	       merit_account_takes(account_out->account, is_money) &&
	       (!merit_account_has_holder(account_out->account) ||
		merit_text_is_id(account_out->holder.data, account_out->holder.size, MERIT_NAME_SIZE_MAX));
}

static bool postings_read(const cJSON *node, bool is_money, struct merit_entry *entry)
{
	if (node == NULL)
		return true;
	if (!cJSON_IsArray(node))
		return false;
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		struct merit_posting account;
		if (!posting_account_read(child, is_money, &account))
			return false;
		for (const cJSON *lot = child->child->next->next->child; lot != NULL; lot = lot->next) {
			if (!lot_read(lot, &account, entry))
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
	    !postings_read(merit_json_member(root, "postings"), false, entry))
		return false;
	return entry->status == MERIT_OK || (entry->status >= MERIT_STATUS_FIRST_REFUSAL && entry->postings_count == 0);
}

static bool belongs_to_read(const cJSON *node, struct merit_entry *entry)
{
	struct merit_text day;

	entry->has_belongs_to = node != NULL;
	return node == NULL || (text_read(node, &day) && merit_day_parse(day.data, day.size, &entry->belongs_to));
}

static bool leaf_read(const cJSON *root, struct merit_entry *entry)
{
	struct merit_text day, operation;
	uint64_t time_ms;

	if (!cJSON_IsObject(root) || !unsigned_read(merit_json_member(root, "seq"), MERIT_AMOUNT_MAX, &entry->seq) ||
	    !unsigned_read(merit_json_member(root, "time"), MERIT_TIME_MS_MAX, &time_ms) ||
	    !text_read(merit_json_member(root, "day"), &day) || !merit_day_parse(day.data, day.size, &entry->day) ||
	    !belongs_to_read(merit_json_member(root, "belongs_to"), entry) ||
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

/* Keys in another order, unknown keys, spaces, a hash of something else: all of them print differently. */
static bool prints_the_same(const struct merit_entry *entry, const void *record, size_t size)
{
	struct merit_buffer again = { 0 };

	merit_entry_put(&again, entry);
	bool same = !again.bad && again.size == size && memcmp(again.data, record, size) == 0;
	merit_buffer_free(&again);
	return same;
}

static enum merit_status line_parse(const void *line, size_t size, struct merit_arena *arena, cJSON **root_out)
{
	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(line, size, root_out);
	merit_json_arena_end();
	return status == MERIT_OK || status == MERIT_NO_MEMORY ? status : MERIT_BAD_FORMAT;
}

/* The money behind the leaf. Only what moves money is sealed. */
static enum merit_status sealed_read(const void *record, size_t size, struct merit_entry *entry)
{
	struct merit_text sealed = merit_record_sealed(record, size);
	cJSON *root = NULL;

	if (merit_record_leaf_size(record, size) == size)
		return MERIT_OK;
	enum merit_status status = line_parse(sealed.data, sealed.size, entry->arena, &root);
	if (status != MERIT_OK)
		return status;
	if (entry->status != MERIT_OK || !merit_record_salt(record, size, entry->salt) ||
	    !postings_read(merit_json_member(root, "postings"), true, entry))
		return MERIT_BAD_FORMAT;
	return MERIT_OK;
}

enum merit_status merit_entry_read(const void *record, size_t size, struct merit_arena *arena,
                                   struct merit_entry *entry_out)
{
	cJSON *root = NULL;

	memset(entry_out, 0, sizeof(*entry_out));
	entry_out->arena = arena;
	if (!merit_record_fits(record, size))
		return MERIT_BAD_FORMAT;
	enum merit_status status = line_parse(record, merit_record_leaf_size(record, size), arena, &root);
	if (status == MERIT_OK && !leaf_read(root, entry_out))
		status = MERIT_BAD_FORMAT;
	if (status == MERIT_OK)
		status = sealed_read(record, size, entry_out);
	if (status == MERIT_OK && !prints_the_same(entry_out, record, size))
		status = MERIT_BAD_FORMAT;
	return status != MERIT_OK && entry_out->no_memory ? MERIT_NO_MEMORY : status;
}
