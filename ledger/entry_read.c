/* entry_read.c - records back to entries. What does not print to the very same bytes again is not a record.
 *
 * So members are looked for where printing puts them and nowhere else. What stands there is checked as far as merit
 * relies on it; that no byte differs from what is printed, the comparison at the end sees. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/entry.h"
#include "ledger/json_pull.h"
#include "ledger/text.h"

/* Steps over exactly these bytes, or stays. */
static bool take(struct merit_json_pull *pull, const char *bytes, size_t size)
{
	if ((size_t)(pull->end - pull->at) < size || memcmp(pull->at, bytes, size) != 0)
		return false;
	pull->at += size;
	return true;
}

#define TAKE(pull, literal) take((pull), (literal), sizeof(literal) - 1)

static bool unsigned_read(struct merit_json_pull *pull, uint64_t max, uint64_t *value_out)
{
	int64_t value;

	if (!merit_json_pull_integer(pull, &value) || value < 0 || (uint64_t)value > max)
		return false;
	*value_out = (uint64_t)value;
	return true;
}

static bool id_read(struct merit_json_pull *pull, size_t size_max, struct merit_text *id_out)
{
	return merit_json_pull_text(pull, id_out) && merit_text_is_id(id_out->data, id_out->size, size_max);
}

static bool day_read(struct merit_json_pull *pull, int32_t *day_out)
{
	struct merit_text text;

	return merit_json_pull_text(pull, &text) && merit_day_parse(text.data, text.size, day_out);
}

static bool bytes_read(struct merit_json_pull *pull, uint8_t *bytes_out, size_t bytes_size)
{
	struct merit_text text;
	size_t size;

	return merit_json_pull_text(pull, &text) &&
	       merit_hex_decode(text.data, text.size, bytes_out, bytes_size, &size) && size == bytes_size;
}

/* ---- The head ---- */

static bool operation_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	struct merit_text name;

	if (!merit_json_pull_text(pull, &name))
		return false;
	entry->operation = merit_operation_named(name.data, name.size);
	return entry->operation != NULL;
}

static bool by_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	struct merit_text by;

	if (!merit_json_pull_text(pull, &by) || !merit_text_is_kid(by.data, by.size, MERIT_NAME_SIZE_MAX))
		return false;
	const char *slash = memchr(by.data, '/', by.size);
	entry->party = (struct merit_text){ by.data, (size_t)(slash - by.data) };
	entry->key = (struct merit_text){ slash + 1, by.size - entry->party.size - 1 };
	return true;
}

static bool request_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	uint64_t index;

	if (!TAKE(pull, "[") || !unsigned_read(pull, MERIT_AMOUNT_MAX, &entry->request) || !TAKE(pull, ",") ||
	    !unsigned_read(pull, UINT32_MAX, &index) || /* a backlog is settled in one request */
	    !TAKE(pull, ",") || !bytes_read(pull, entry->request_hash.bytes, MERIT_HASH_SIZE))
		return false;
	entry->request_index = (uint32_t)index;
	return TAKE(pull, "]");
}

static bool group_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	uint64_t index, count;

	if (!TAKE(pull, ",\"group\":["))
		return true;
	if (!unsigned_read(pull, MERIT_CALLS_MAX - 1, &index) || !TAKE(pull, ",") ||
	    !unsigned_read(pull, MERIT_CALLS_MAX, &count) || count == 0 || index >= count)
		return false;
	entry->group_index = (uint32_t)index;
	entry->group_count = (uint32_t)count;
	return TAKE(pull, "]");
}

static bool belongs_to_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	entry->has_belongs_to = TAKE(pull, ",\"belongs_to\":");
	return !entry->has_belongs_to || day_read(pull, &entry->belongs_to);
}

static bool head_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	uint64_t time_ms;

	if (!TAKE(pull, "{\"seq\":") || !unsigned_read(pull, MERIT_AMOUNT_MAX, &entry->seq) ||
	    !TAKE(pull, ",\"time\":") || !unsigned_read(pull, MERIT_TIME_MS_MAX, &time_ms) ||
	    !TAKE(pull, ",\"day\":") || !day_read(pull, &entry->day) || !belongs_to_read(pull, entry))
		return false;
	entry->time_ms = (int64_t)time_ms;
	return TAKE(pull, ",\"id\":") && id_read(pull, MERIT_ID_SIZE_MAX, &entry->id) && TAKE(pull, ",\"op\":") &&
	       operation_read(pull, entry) && TAKE(pull, ",\"by\":") && by_read(pull, entry) &&
	       TAKE(pull, ",\"request\":") && request_read(pull, entry) && group_read(pull, entry);
}

/* ---- Postings ---- */

static bool lot_day_read(struct merit_json_pull *pull, int32_t *day_out)
{
	if (TAKE(pull, "null")) {
		*day_out = MERIT_DAY_NONE;
		return true;
	}
	if (TAKE(pull, "\"never\"")) {
		*day_out = MERIT_DAY_NEVER;
		return true;
	}
	return day_read(pull, day_out);
}

/* [campaign,day,amount] or [campaign,day,amount,line]. Money need not be spent for a campaign, and has no last day. */
static bool lot_read(struct merit_json_pull *pull, const struct merit_posting *account, struct merit_entry *entry)
{
	bool is_money = merit_posting_is_money(account);
	struct merit_posting lot = *account;
	uint64_t line;

	lot.line = -1;
	if (!TAKE(pull, "["))
		return false;
	if (!(is_money && TAKE(pull, "null")) && !id_read(pull, MERIT_NAME_SIZE_MAX, &lot.campaign))
		return false;
	if (!TAKE(pull, ",") || !lot_day_read(pull, &lot.day) || (is_money && lot.day != MERIT_DAY_NONE) ||
	    !TAKE(pull, ",") || !merit_json_pull_integer(pull, &lot.amount))
		return false;
	if (TAKE(pull, ",")) {
		if (!unsigned_read(pull, MERIT_ORDER_LINES_MAX - 1, &line))
			return false;
		lot.line = (int32_t)line;
	}
	/* One that adds nothing, or to the last, prints differently: no sum overflows. */
	size_t before = entry->postings_count;
	if (is_money)
		merit_entry_post_money(entry, lot.account, lot.holder, lot.currency, lot.campaign, lot.line, lot.amount);
	else
		merit_entry_post(entry, lot.account, lot.holder, lot.campaign, lot.day, lot.line, lot.amount);
	return entry->postings_count == before + 1 && TAKE(pull, "]");
}

/* The account and unit of a list of lots. */
static bool account_read(struct merit_json_pull *pull, bool is_money, struct merit_posting *account_out)
{
	struct merit_text name, unit;

	memset(account_out, 0, sizeof(*account_out));
	if (!TAKE(pull, "[") || !merit_json_pull_text(pull, &name) || !TAKE(pull, ",") ||
	    !merit_json_pull_text(pull, &unit) || !TAKE(pull, ",["))
		return false;
	if (is_money)
		account_out->currency = unit;
	return (is_money ? merit_text_is_currency(unit.data, unit.size) : merit_text_equal(unit, MERIT_TEXT("points"))) &&
	       merit_account_read(name, &account_out->account, &account_out->holder) &&
	       merit_account_takes(account_out->account, is_money) &&
	       (!merit_account_has_holder(account_out->account) ||
		merit_text_is_id(account_out->holder.data, account_out->holder.size, MERIT_NAME_SIZE_MAX));
}

static bool postings_read(struct merit_json_pull *pull, bool is_money, struct merit_entry *entry)
{
	struct merit_posting account;

	if (!TAKE(pull, "["))
		return false;
	do {
		if (!account_read(pull, is_money, &account))
			return false;
		do {
			if (!lot_read(pull, &account, entry))
				return false;
		} while (TAKE(pull, ","));
		if (!TAKE(pull, "]]"))
			return false;
	} while (TAKE(pull, ","));
	return TAKE(pull, "]");
}

/* ---- What came of it ---- */

static bool values_read(struct merit_json_pull *pull, const struct merit_parameter *parameters, size_t count,
			struct merit_value *values)
{
	const char *field;

	return merit_values_pull(pull, parameters, count, NULL, values, &field) == MERIT_OK;
}

static bool status_read(struct merit_json_pull *pull, enum merit_status *status_out)
{
	struct merit_text text;
	char word[64];

	if (TAKE(pull, "\"accepted\"")) {
		*status_out = MERIT_OK;
		return true;
	}
	if (!merit_json_pull_text(pull, &text) || text.size >= sizeof(word))
		return false;
	memcpy(word, text.data, text.size);
	word[text.size] = '\0';
	return merit_status_from_word(word, status_out);
}

static bool why_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	struct merit_text name;

	if (!TAKE(pull, ",\"why\":"))
		return true;
	if (!merit_json_pull_open(pull, '{'))
		return false;
	while (merit_json_pull_key(pull, &name)) {
		if (entry->why_count == MERIT_WHY_MAX)
			return false;
		struct merit_why *why = &entry->why[entry->why_count++];
		why->name = merit_arena_copy(entry->arena, name.data, name.size);
		entry->no_memory = entry->no_memory || why->name == NULL;
		if (why->name == NULL || !merit_json_pull_integer(pull, &why->number))
			return false;
	}
	return true;
}

/* The hash of the sealed line, which is found out again when the entry is printed. */
static bool sealed_hash_read(struct merit_json_pull *pull)
{
	struct merit_hash hash;

	return !TAKE(pull, ",\"sealed\":") || bytes_read(pull, hash.bytes, sizeof(hash.bytes));
}

static bool outcome_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	const struct merit_operation *operation = entry->operation;

	if (!TAKE(pull, ",\"status\":") || !status_read(pull, &entry->status) || !why_read(pull, entry))
		return false;
	if (TAKE(pull, ",\"result\":") &&
	    !values_read(pull, operation->results, operation->results_count, entry->results))
		return false;
	if (TAKE(pull, ",\"postings\":") && !postings_read(pull, false, entry))
		return false;
	return entry->status == MERIT_OK || (entry->status >= MERIT_STATUS_FIRST_REFUSAL && entry->postings_count == 0);
}

static bool leaf_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	return head_read(pull, entry) && TAKE(pull, ",\"params\":") &&
	       values_read(pull, entry->operation->params, entry->operation->params_count, entry->values) &&
	       outcome_read(pull, entry) && sealed_hash_read(pull) && TAKE(pull, "}");
}

/* The money behind the leaf. Only what moves money is sealed. */
static bool sealed_read(struct merit_json_pull *pull, struct merit_entry *entry)
{
	uint64_t seq;

	return entry->status == MERIT_OK && TAKE(pull, "{\"salt\":") &&
	       bytes_read(pull, entry->salt, sizeof(entry->salt)) && TAKE(pull, ",\"seq\":") &&
	       unsigned_read(pull, MERIT_AMOUNT_MAX, &seq) && TAKE(pull, ",\"postings\":") &&
	       postings_read(pull, true, entry) && TAKE(pull, "}");
}

/* Parameters in another order, a space, an escape nobody needs, a hash of something else: all print differently. */
static enum merit_status compare(const struct merit_entry *entry, const void *record, size_t size)
{
	struct merit_buffer again = { 0 };

	(void)merit_buffer_reserve(&again, size + 1024); /* what printing asks for beyond what it needs: one malloc */
	merit_entry_put(&again, entry);
	bool is_same = again.size == size && memcmp(again.data, record, size) == 0;
	enum merit_status status = again.bad ? MERIT_NO_MEMORY : is_same ? MERIT_OK : MERIT_BAD_FORMAT;
	merit_buffer_free(&again);
	return status;
}

enum merit_status merit_entry_read(const void *record, size_t size, struct merit_arena *arena,
                                   struct merit_entry *entry_out)
{
	memset(entry_out, 0, sizeof(*entry_out));
	entry_out->arena = arena;
	if (!merit_record_fits(record, size))
		return MERIT_BAD_FORMAT;
	const char *copy = merit_arena_copy(arena, record, size);
	if (copy == NULL)
		return MERIT_NO_MEMORY;
	size_t leaf_size = merit_record_leaf_size(record, size);
	struct merit_json_pull pull = merit_json_pull_begin(copy, leaf_size, arena);
	bool is_read = leaf_read(&pull, entry_out) && pull.at == pull.end;
	if (is_read && leaf_size < size) {
		pull = merit_json_pull_begin(copy + leaf_size + 1, size - leaf_size - 1, arena);
		is_read = sealed_read(&pull, entry_out) && pull.at == pull.end;
	}
	if (!is_read)
		return entry_out->no_memory || pull.fault == MERIT_NO_MEMORY ? MERIT_NO_MEMORY : MERIT_BAD_FORMAT;
	return entry_out->no_memory ? MERIT_NO_MEMORY : compare(entry_out, record, size);
}
