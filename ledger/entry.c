/* entry.c - building entries and printing records; reading them back is entry_read.c. */
#include "ledger/entry.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"

#define SEALED_BEGINS "{\"salt\":\""     /* the sealed line; */
#define LEAF_SEAL     ",\"sealed\":\"" /* and behind this its hash ends the leaf */

/* ---- Building ---- */

static bool same_place(const struct merit_posting *a, const struct merit_posting *b)
{
	return a->day == b->day && a->line == b->line && merit_posting_same_account(a, b) &&
	       merit_text_equal(a->campaign, b->campaign);
}

static bool postings_grow(struct merit_entry *entry)
{
	size_t capacity = entry->postings_capacity == 0 ? 8 : entry->postings_capacity * 2;
	struct merit_posting *postings = merit_arena_take(entry->arena, capacity * sizeof(*postings));

	if (postings == NULL)
		return false;
	if (entry->postings_count > 0)
		memcpy(postings, entry->postings, entry->postings_count * sizeof(*postings));
	entry->postings = postings;
	entry->postings_capacity = capacity;
	return true;
}

static void post(struct merit_entry *entry, const struct merit_posting *posting)
{
	if (posting->amount == 0)
		return;
	if (entry->postings_count > 0) {
		struct merit_posting *last = &entry->postings[entry->postings_count - 1];
		if (same_place(last, posting)) {
			last->amount += posting->amount;
			if (last->amount == 0)
				entry->postings_count--;
			return;
		}
	}
	if (entry->postings_count == entry->postings_capacity && !postings_grow(entry))
		entry->no_memory = true;
	else
		entry->postings[entry->postings_count++] = *posting;
}

void merit_entry_post(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
		      struct merit_text campaign, int32_t day, int32_t line, int64_t amount)
{
	post(entry, &(struct merit_posting){ account, holder, campaign, day, line, amount, MERIT_TEXT("") });
}

void merit_entry_post_money(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
			    struct merit_text currency, struct merit_text campaign, int32_t line, int64_t amount)
{
	post(entry, &(struct merit_posting){ account, holder, campaign, MERIT_DAY_NONE, line, amount, currency });
}

bool merit_entry_has_money(const struct merit_entry *entry)
{
	for (size_t i = entry->postings_count; i-- > 0;) { /* which stands last, where there is any */
		if (merit_posting_is_money(&entry->postings[i]))
			return true;
	}
	return false;
}

/* Pointers into one array: where all else is equal, the earlier posting goes first. */
static int posting_order(const void *left, const void *right)
{
	const struct merit_posting *a = *(const struct merit_posting *const *)left;
	const struct merit_posting *b = *(const struct merit_posting *const *)right;

	if (merit_posting_is_money(a) != merit_posting_is_money(b))
		return merit_posting_is_money(a) ? 1 : -1;
	if ((a->amount < 0) != (b->amount < 0))
		return a->amount < 0 ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	int order = merit_text_order(a->holder, b->holder);
	if (order == 0)
		order = merit_text_order(a->currency, b->currency);
	return order != 0 ? order : (a > b) - (a < b);
}

void merit_entry_gather(struct merit_entry *entry)
{
	size_t count = entry->postings_count;
	const struct merit_posting **order = merit_arena_take(entry->arena, (count + 1) * sizeof(*order));
	struct merit_posting *gathered = merit_arena_take(entry->arena, (count + 1) * sizeof(*gathered));

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
	for (size_t i = 0; i < count; i++)
		post(entry, order[i]);
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

/* ---- Approvals ---- */

const struct merit_operation *merit_entry_done(const struct merit_entry *entry)
{
	const struct merit_value *done = &entry->results[APPROVE_DONE];
	bool is_approval = entry->operation->number == MERIT_OP_PROPOSAL_APPROVE && done->present;

	return is_approval ? done->call : entry->operation;
}

void merit_entry_unwrap(struct merit_entry *entry)
{
	const struct merit_value done = entry->results[APPROVE_DONE];

	if (entry->operation->number != MERIT_OP_PROPOSAL_APPROVE || !done.present)
		return;
	entry->operation = done.call;
	memcpy(entry->values, done.cells, done.call->params_count * sizeof(entry->values[0]));
	if (done.call->results_count > 0)
		memcpy(entry->results, done.results, done.call->results_count * sizeof(entry->results[0]));
}

/* ---- Accounts ---- */

enum { TAKES_POINTS = 1, TAKES_MONEY = 2, HAS_HOLDER = 4 };

static const struct { struct merit_text before, behind; unsigned traits; } account_names[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { MERIT_TEXT("sponsor/"), MERIT_TEXT(""), TAKES_POINTS | TAKES_MONEY | HAS_HOLDER },
	[MERIT_ACCOUNT_CAMPAIGN] = { MERIT_TEXT("campaign/"), MERIT_TEXT(""), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_MEMBER] = { MERIT_TEXT("member/"), MERIT_TEXT(""), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_PENDING] = { MERIT_TEXT("member/"), MERIT_TEXT("/pending"), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_HELD] = { MERIT_TEXT("member/"), MERIT_TEXT("/held"), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_DEBT] = { MERIT_TEXT("member/"), MERIT_TEXT("/debt"), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_REDEEMED] = { MERIT_TEXT("redeemed/"), MERIT_TEXT(""), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_EXPIRED] = { MERIT_TEXT("expired/"), MERIT_TEXT(""), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_WRITEOFF] = { MERIT_TEXT("writeoff/"), MERIT_TEXT(""), TAKES_POINTS | HAS_HOLDER },
	[MERIT_ACCOUNT_MERCHANT] = { MERIT_TEXT("merchant/"), MERIT_TEXT(""), TAKES_MONEY | HAS_HOLDER },
	[MERIT_ACCOUNT_CASH] = { MERIT_TEXT("cash"), MERIT_TEXT(""), TAKES_MONEY },
	[MERIT_ACCOUNT_MARGIN] = { MERIT_TEXT("margin"), MERIT_TEXT(""), TAKES_MONEY },
	[MERIT_ACCOUNT_BREAKAGE] = { MERIT_TEXT("breakage"), MERIT_TEXT(""), TAKES_MONEY },
	[MERIT_ACCOUNT_MARKETING] = { MERIT_TEXT("expense/marketing"), MERIT_TEXT(""), TAKES_MONEY },
	[MERIT_ACCOUNT_OPENING] = { MERIT_TEXT("opening"), MERIT_TEXT(""), TAKES_MONEY },
};

bool merit_account_takes(enum merit_account account, bool is_money)
{
	return (account_names[account].traits & (is_money ? TAKES_MONEY : TAKES_POINTS)) != 0;
}

bool merit_account_has_holder(enum merit_account account)
{
	return (account_names[account].traits & HAS_HOLDER) != 0;
}

bool merit_posting_same_account(const struct merit_posting *a, const struct merit_posting *b)
{
	return a->account == b->account && merit_text_equal(a->holder, b->holder) &&
	       merit_text_equal(a->currency, b->currency);
}

bool merit_account_is_members(enum merit_account account)
{
	return account >= MERIT_ACCOUNT_MEMBER && account <= MERIT_ACCOUNT_DEBT;
}

/* "member/M/held" and so on takes no more than this. */
#define ACCOUNT_ROOM(holder) ((holder).size + 32)

static char *text_put(char *at, struct merit_text text)
{
	return merit_pen_bytes(at, text.data, text.size);
}

static char *account_put(char *at, enum merit_account account, struct merit_text holder)
{
	at = text_put(at, account_names[account].before);
	at = text_put(at, holder);
	return text_put(at, account_names[account].behind);
}

void merit_account_put(struct merit_buffer *out, enum merit_account account, struct merit_text holder)
{
	char *at = merit_buffer_begin(out, ACCOUNT_ROOM(holder));

	if (at != NULL)
		merit_buffer_end(out, account_put(at, account, holder));
}

bool merit_account_read(struct merit_text text, enum merit_account *account_out, struct merit_text *holder_out)
{
	for (int account = 0; account < MERIT_ACCOUNT_COUNT; account++) {
		size_t before = account_names[account].before.size, behind = account_names[account].behind.size;
		bool has_holder = merit_account_has_holder((enum merit_account)account);
		if ((has_holder ? text.size <= before + behind : text.size != before) ||
		    memcmp(text.data, account_names[account].before.data, before) != 0 ||
		    memcmp(text.data + text.size - behind, account_names[account].behind.data, behind) != 0)
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

/* ["C","2027-12-31",10] and, for an order's line, a fourth place with its number. Of money [null,null,10] or
 * ["C",null,10]. */
static char *lot_put(char *at, const struct merit_posting *posting)
{
	if (posting->campaign.size == 0)
		at = merit_pen_literal(at, "[null");
	else
		at = merit_pen_char(text_put(merit_pen_literal(at, "[\""), posting->campaign), '"');
	if (posting->day == MERIT_DAY_NONE)
		at = merit_pen_literal(at, ",null,");
	else if (posting->day == MERIT_DAY_NEVER)
		at = merit_pen_literal(at, ",\"never\",");
	else
		at = merit_pen_literal(merit_day_put(merit_pen_literal(at, ",\""), posting->day), "\",");
	at = merit_pen_integer(at, posting->amount);
	if (posting->line >= 0)
		at = merit_pen_integer(merit_pen_char(at, ','), posting->line);
	return merit_pen_char(at, ']');
}

static char *account_begin(char *at, const struct merit_posting *posting)
{
	at = account_put(merit_pen_literal(at, "[\""), posting->account, posting->holder);
	at = merit_pen_literal(at, "\",\"");
	at = text_put(at, merit_posting_is_money(posting) ? posting->currency : MERIT_TEXT("points"));
	return merit_pen_literal(at, "\",[");
}

/* A posting takes no more than this, with what closes and opens an account's list. */
#define POSTING_ROOM(posting)                                                                                          \
	(ACCOUNT_ROOM((posting)->holder) + (posting)->campaign.size + (posting)->currency.size + 128)

/* ["member/M","points",[lots]]; points only, or money only. */
static void postings_put(struct merit_buffer *out, const struct merit_entry *entry, bool money)
{
	const struct merit_posting *last = NULL;

	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting) != money)
			continue;
		char *at = merit_buffer_begin(out, POSTING_ROOM(posting));
		if (at == NULL)
			return;
		if (last == NULL)
			at = account_begin(at, posting);
		else if (merit_posting_same_account(last, posting))
			at = merit_pen_char(at, ',');
		else
			at = account_begin(merit_pen_literal(at, "]],"), posting);
		merit_buffer_end(out, lot_put(at, posting));
		last = posting;
	}
	if (last != NULL)
		merit_buffer_put_text(out, "]]");
	merit_buffer_put_char(out, ']');
}

char *merit_entry_pen_place(char *at, const struct merit_entry *entry)
{
	at = merit_pen_literal(at, "\"seq\":");
	at = merit_pen_integer(at, (int64_t)entry->seq);
	at = merit_pen_literal(at, ",\"time\":");
	at = merit_pen_integer(at, entry->time_ms);
	at = merit_pen_literal(at, ",\"day\":\"");
	at = merit_day_put(at, entry->day);
	if (entry->has_belongs_to) {
		at = merit_pen_literal(at, "\",\"belongs_to\":\"");
		at = merit_day_put(at, entry->belongs_to);
	}
	at = merit_pen_literal(at, "\",\"id\":\"");
	at = text_put(at, entry->id);
	return merit_pen_char(at, '"');
}

/* Who asked for what, and in which request. */
static char *origin_put(char *at, const struct merit_entry *entry)
{
	at = merit_pen_literal(at, ",\"op\":\"");
	at = merit_pen_bytes(at, entry->operation->name, entry->operation->name_size);
	at = merit_pen_literal(at, "\",\"by\":\"");
	at = text_put(at, entry->party);
	at = text_put(merit_pen_char(at, '/'), entry->key);
	at = merit_pen_literal(at, "\",\"request\":[");
	at = merit_pen_integer(at, (int64_t)entry->request);
	at = merit_pen_integer(merit_pen_char(at, ','), entry->request_index);
	at = merit_pen_literal(at, ",\"");
	at = merit_pen_hex(at, entry->request_hash.bytes, MERIT_HASH_SIZE);
	at = merit_pen_literal(at, "\"]");
	if (entry->group_count == 0)
		return at;
	at = merit_pen_literal(at, ",\"group\":[");
	at = merit_pen_integer(at, entry->group_index);
	at = merit_pen_integer(merit_pen_char(at, ','), entry->group_count);
	return merit_pen_char(at, ']');
}

static void head_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	size_t names_size = entry->operation->name_size + entry->party.size + entry->key.size;
	char *at = merit_buffer_begin(out, MERIT_ENTRY_PLACE_ROOM(entry) + names_size + 256);

	if (at == NULL)
		return;
	at = merit_entry_pen_place(merit_pen_char(at, '{'), entry);
	at = origin_put(at, entry);
	merit_buffer_end(out, merit_pen_literal(at, ",\"params\":"));
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

/* {"salt":"...","seq":N,"postings":[...]} */
static void sealed_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_buffer_put_text(out, SEALED_BEGINS);
	merit_buffer_put_hex(out, entry->salt, MERIT_SALT_SIZE);
	merit_buffer_put_text(out, "\",\"seq\":");
	merit_buffer_put_integer(out, (int64_t)entry->seq);
	merit_buffer_put_text(out, ",\"postings\":");
	postings_put(out, entry, true);
	merit_buffer_put_char(out, '}');
}

static void leaf_put(struct merit_buffer *out, const struct merit_entry *entry, const struct merit_buffer *sealed)
{
	uint8_t hash[MERIT_HASH_SIZE];

	head_put(out, entry);
	merit_values_put(out, entry->operation->params, entry->operation->params_count, entry->values);
	merit_buffer_put_text(out, ",\"status\":\"");
	merit_buffer_put_text(out, merit_status_word(entry->status));
	merit_buffer_put_char(out, '"');
	merit_entry_put_why(out, entry);
	if (entry->status == MERIT_OK && entry->operation->results_count > 0) {
		merit_buffer_put_text(out, ",\"result\":");
		merit_values_put(out, entry->operation->results, entry->operation->results_count, entry->results);
	}
	if (entry->postings_count > 0 && !merit_posting_is_money(&entry->postings[0])) { /* points stand first */
		merit_buffer_put_text(out, ",\"postings\":");
		postings_put(out, entry, false);
	}
	if (sealed->size > 0) {
		merit_sha256(sealed->data, sealed->size, hash);
		merit_buffer_put_text(out, LEAF_SEAL);
		merit_buffer_put_hex(out, hash, MERIT_HASH_SIZE);
		merit_buffer_put_char(out, '"');
	}
	merit_buffer_put_char(out, '}');
}

void merit_entry_put(struct merit_buffer *out, const struct merit_entry *entry)
{
	struct merit_buffer sealed = { 0 };

	if (merit_entry_has_money(entry))
		sealed_put(&sealed, entry);
	leaf_put(out, entry, &sealed);
	if (sealed.size > 0) {
		merit_buffer_put_char(out, '\n');
		merit_buffer_put(out, sealed.data, sealed.size);
	}
	out->bad = out->bad || sealed.bad;
	merit_buffer_free(&sealed);
}

/* ---- Records ---- */

size_t merit_record_leaf_size(const void *record, size_t size)
{
	const char *newline = size == 0 ? NULL : memchr(record, '\n', size); /* which JSON writes as an escape */

	return newline == NULL ? size : (size_t)(newline - (const char *)record);
}

struct merit_text merit_record_sealed(const void *record, size_t size)
{
	size_t leaf_size = merit_record_leaf_size(record, size);

	if (leaf_size == size)
		return MERIT_TEXT("");
	return (struct merit_text){ (const char *)record + leaf_size + 1, size - leaf_size - 1 };
}

const struct merit_operation *merit_record_operation(const void *record, size_t size)
{
	static const char before[] = ",\"op\":\"";
	const char *end = (const char *)record + size, *name = memmem(record, size, before, sizeof(before) - 1);

	if (name == NULL)
		return NULL;
	name += sizeof(before) - 1;
	const char *quote = memchr(name, '"', (size_t)(end - name));
	return quote == NULL ? NULL : merit_operation_named(name, (size_t)(quote - name));
}

bool merit_record_fits(const void *record, size_t size)
{
	return size <= MERIT_ENTRY_SIZE_MAX || (merit_record_leaf_size(record, size) <= MERIT_ENTRY_SIZE_MAX &&
						merit_record_sealed(record, size).size <= MERIT_ENTRY_SIZE_MAX);
}

void merit_record_put(struct merit_buffer *leaves, struct merit_buffer *sealed, const void *record, size_t size)
{
	struct merit_text line = merit_record_sealed(record, size);

	merit_buffer_put_comma(leaves);
	merit_buffer_put(leaves, record, merit_record_leaf_size(record, size));
	if (line.size == 0)
		return;
	if (sealed->size > 0)
		merit_buffer_put_char(sealed, ',');
	merit_buffer_put(sealed, line.data, line.size);
}

struct merit_hash merit_record_hash(const void *record, size_t size)
{
	return merit_hash_leaf(record, merit_record_leaf_size(record, size));
}

bool merit_record_is_sealed(const void *record, size_t size)
{
	const size_t before = sizeof(LEAF_SEAL) - 1, seal_size = before + MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 2;
	struct merit_text sealed = merit_record_sealed(record, size);
	size_t leaf_size = merit_record_leaf_size(record, size);
	const char *seal = leaf_size < seal_size ? "" : (const char *)record + leaf_size - seal_size;
	bool has_seal = *seal != '\0' && memcmp(seal, LEAF_SEAL, before) == 0;
	char hex[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
	uint8_t hash[MERIT_HASH_SIZE];

	if (!has_seal || sealed.size == 0)
		return !has_seal && sealed.size == 0;
	merit_sha256(sealed.data, sealed.size, hash);
	merit_hex_encode(hash, sizeof(hash), hex);
	return memcmp(seal + before, hex, MERIT_HEX_SIZE(sizeof(hash))) == 0;
}

bool merit_record_salt(const void *record, size_t size, uint8_t salt_out[MERIT_SALT_SIZE])
{
	struct merit_text sealed = merit_record_sealed(record, size);
	size_t before = sizeof(SEALED_BEGINS) - 1, salt_size;

	return sealed.size > before + 2 * MERIT_SALT_SIZE && memcmp(sealed.data, SEALED_BEGINS, before) == 0 &&
	       merit_hex_decode(sealed.data + before, 2 * MERIT_SALT_SIZE, salt_out, MERIT_SALT_SIZE, &salt_size);
}
