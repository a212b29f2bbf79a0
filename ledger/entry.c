/* entry.c - building entries and printing leaves; reading them back is entry_read.c. */
#include "ledger/entry.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"

/* ---- Building ---- */

static bool same_place(const struct merit_posting *a, enum merit_account account, struct merit_text holder,
		       struct merit_text campaign, int32_t day, int32_t line)
{
	return a->account == account && a->day == day && a->line == line && merit_text_equal(a->holder, holder) &&
	       merit_text_equal(a->campaign, campaign);
}

static bool postings_grow(struct merit_entry *entry)
{
	size_t capacity = entry->postings_capacity == 0 ? 8 : entry->postings_capacity * 2;
	struct merit_posting *postings = merit_arena_allocate(entry->arena, capacity * sizeof(*postings));

	if (postings == NULL)
		return false;
	if (entry->postings_count > 0)
		memcpy(postings, entry->postings, entry->postings_count * sizeof(*postings));
	entry->postings = postings;
	entry->postings_capacity = capacity;
	return true;
}

void merit_entry_post(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
		      struct merit_text campaign, int32_t day, int32_t line, int64_t amount)
{
	if (amount == 0)
		return;
	if (entry->postings_count > 0) {
		struct merit_posting *last = &entry->postings[entry->postings_count - 1];
		if (same_place(last, account, holder, campaign, day, line)) {
			last->amount += amount;
			if (last->amount == 0)
				entry->postings_count--;
			return;
		}
	}
	if (entry->postings_count == entry->postings_capacity && !postings_grow(entry)) {
		entry->no_memory = true;
		return;
	}
	entry->postings[entry->postings_count++] =
		(struct merit_posting){ account, holder, campaign, day, line, amount };
}

static int text_order(struct merit_text a, struct merit_text b)
{
	int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Pointers into one array: where all else is equal, the earlier posting goes first. */
static int posting_order(const void *left, const void *right)
{
	const struct merit_posting *a = *(const struct merit_posting *const *)left;
	const struct merit_posting *b = *(const struct merit_posting *const *)right;

	if ((a->amount < 0) != (b->amount < 0))
		return a->amount < 0 ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	int order = text_order(a->holder, b->holder);
	return order != 0 ? order : (a > b) - (a < b);
}

void merit_entry_gather(struct merit_entry *entry)
{
	size_t count = entry->postings_count;
	const struct merit_posting **order = merit_arena_allocate(entry->arena, (count + 1) * sizeof(*order));
	struct merit_posting *gathered = merit_arena_allocate(entry->arena, (count + 1) * sizeof(*gathered));

	if (order == NULL || gathered == NULL) {
		entry->no_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		order[i] = &entry->postings[i];
	qsort(order, count, sizeof(*order), posting_order);
	entry->postings = gathered;
	entry->postings_capacity = count + 1;
	entry->postings_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct merit_posting *posting = order[i];
		merit_entry_post(entry, posting->account, posting->holder, posting->campaign, posting->day,
		                 posting->line, posting->amount);
	}
}

void merit_entry_refuse(struct merit_entry *entry, enum merit_status status)
{
	assert(status >= MERIT_STATUS_FIRST_REFUSAL);
	entry->status = status;
	entry->postings_count = 0;
	entry->why_count = 0;
	memset(entry->results, 0, sizeof(entry->results));
}

void merit_entry_why(struct merit_entry *entry, const char *name, int64_t number)
{
	assert(entry->why_count < MERIT_WHY_MAX);
	entry->why[entry->why_count++] = (struct merit_why){ name, number };
}

void merit_entry_result_integer(struct merit_entry *entry, size_t index, int64_t integer)
{
	assert(index < entry->operation->results_count);
	entry->results[index] = (struct merit_value){ .present = true, .integer = integer };
}

void merit_entry_result_text(struct merit_entry *entry, size_t index, struct merit_text text)
{
	assert(index < entry->operation->results_count);
	entry->results[index] = (struct merit_value){ .present = true, .text = text };
}

/* ---- Accounts ---- */

static const struct { const char *before, *behind; } account_names[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { "sponsor/", "" },
	[MERIT_ACCOUNT_CAMPAIGN] = { "campaign/", "" },
	[MERIT_ACCOUNT_MEMBER] = { "member/", "" },
	[MERIT_ACCOUNT_PENDING] = { "member/", "/pending" },
	[MERIT_ACCOUNT_HELD] = { "member/", "/held" },
	[MERIT_ACCOUNT_DEBT] = { "member/", "/debt" },
	[MERIT_ACCOUNT_REDEEMED] = { "redeemed/", "" },
	[MERIT_ACCOUNT_EXPIRED] = { "expired/", "" },
};

bool merit_account_is_members(enum merit_account account)
{
	return account >= MERIT_ACCOUNT_MEMBER && account <= MERIT_ACCOUNT_DEBT;
}

void merit_account_put(struct merit_buffer *out, enum merit_account account, struct merit_text holder)
{
	merit_buffer_put_text(out, account_names[account].before);
	merit_buffer_put(out, holder.data, holder.size);
	merit_buffer_put_text(out, account_names[account].behind);
}

bool merit_account_read(struct merit_text text, enum merit_account *account_out, struct merit_text *holder_out)
{
	for (int account = 0; account < MERIT_ACCOUNT_COUNT; account++) {
		size_t before = strlen(account_names[account].before), behind = strlen(account_names[account].behind);
		if (text.size <= before + behind || memcmp(text.data, account_names[account].before, before) != 0 ||
		    memcmp(text.data + text.size - behind, account_names[account].behind, behind) != 0)
			continue;
		struct merit_text holder = { text.data + before, text.size - before - behind };
		if (memchr(holder.data, '/', holder.size) != NULL)
			continue;
		*account_out = (enum merit_account)account;
		*holder_out = holder;
		return true;
	}
	return false;
}

/* ---- Printing ---- */

/* ["C","2027-12-31",10] and, for an order's line, a fourth place with its number. */
static void lot_put(struct merit_buffer *out, const struct merit_posting *posting)
{
	char day[MERIT_DAY_TEXT_SIZE];

	merit_buffer_put_comma(out);
	merit_buffer_put(out, "[\"", 2);
	merit_buffer_put(out, posting->campaign.data, posting->campaign.size);
	if (posting->day == MERIT_DAY_NONE)
		merit_buffer_put_text(out, "\",null,");
	else if (posting->day == MERIT_DAY_NEVER)
		merit_buffer_put_text(out, "\",\"never\",");
	else {
		merit_day_format(posting->day, day);
		merit_buffer_put(out, "\",\"", 3);
		merit_buffer_put(out, day, sizeof(day) - 1);
		merit_buffer_put(out, "\",", 2);
	}
	merit_buffer_put_integer(out, posting->amount);
	if (posting->line >= 0) {
		merit_buffer_put_char(out, ',');
		merit_buffer_put_integer(out, posting->line);
	}
	merit_buffer_put_char(out, ']');
}

/* ["member/M","points",[lots]] */
static void postings_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < entry->postings_count;) {
		const struct merit_posting *first = &entry->postings[i];
		merit_buffer_put_comma(out);
		merit_buffer_put(out, "[\"", 2);
		merit_account_put(out, first->account, first->holder);
		merit_buffer_put_text(out, "\",\"points\",[");
		for (; i < entry->postings_count; i++) {
			const struct merit_posting *posting = &entry->postings[i];
			if (posting->account != first->account || !merit_text_equal(posting->holder, first->holder))
				break;
			lot_put(out, posting);
		}
		merit_buffer_put(out, "]]", 2);
	}
	merit_buffer_put_char(out, ']');
}

static void head_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	char day[MERIT_DAY_TEXT_SIZE];

	merit_day_format(entry->day, day);
	merit_buffer_put_text(out, "{\"seq\":");
	merit_buffer_put_integer(out, (int64_t)entry->seq);
	merit_buffer_put_text(out, ",\"time\":");
	merit_buffer_put_integer(out, entry->time_ms);
	merit_buffer_put_text(out, ",\"day\":\"");
	merit_buffer_put(out, day, sizeof(day) - 1);
	merit_buffer_put_text(out, "\",\"id\":\"");
	merit_buffer_put(out, entry->id.data, entry->id.size);
	merit_buffer_put_text(out, "\",\"op\":\"");
	merit_buffer_put_text(out, entry->operation->name);
	merit_buffer_put_text(out, "\",\"by\":\"");
	merit_buffer_put(out, entry->party.data, entry->party.size);
	merit_buffer_put_char(out, '/');
	merit_buffer_put(out, entry->key.data, entry->key.size);
	merit_buffer_put_text(out, "\",\"request\":[");
	merit_buffer_put_integer(out, (int64_t)entry->request);
	merit_buffer_put_char(out, ',');
	merit_buffer_put_integer(out, entry->request_index);
	merit_buffer_put_text(out, ",\"");
	merit_buffer_put_hex(out, entry->request_hash.bytes, MERIT_HASH_SIZE);
	merit_buffer_put_text(out, "\"]");
	if (entry->group_count > 0)
		merit_buffer_put_format(out, ",\"group\":[%u,%u]", (unsigned)entry->group_index, (unsigned)entry->group_count);
}

void merit_entry_put_why(struct merit_buffer *out, const struct merit_entry *entry)
{
	if (entry->why_count == 0)
		return;
	merit_buffer_put_text(out, ",\"why\":{");
	for (size_t i = 0; i < entry->why_count; i++) {
		merit_buffer_put_key(out, entry->why[i].name);
		merit_buffer_put_integer(out, entry->why[i].number);
	}
	merit_buffer_put_char(out, '}');
}

void merit_entry_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	head_put(out, entry);
	merit_buffer_put_text(out, ",\"params\":");
	merit_values_put(out, entry->operation->params, entry->operation->params_count, entry->values);
	merit_buffer_put_text(out, ",\"status\":\"");
	merit_buffer_put_text(out, merit_status_word(entry->status));
	merit_buffer_put_char(out, '"');
	merit_entry_put_why(out, entry);
	if (entry->status == MERIT_OK && entry->operation->results_count > 0) {
		merit_buffer_put_text(out, ",\"result\":");
		merit_values_put(out, entry->operation->results, entry->operation->results_count, entry->results);
	}
	if (entry->postings_count > 0) {
		merit_buffer_put_text(out, ",\"postings\":");
		postings_put(out, entry);
	}
	merit_buffer_put_char(out, '}');
}
