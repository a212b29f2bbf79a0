/* money.c - see money.h. */
#include "ledger/money.h"

#include <assert.h>
#include <string.h>

/* ---- Sponsors ---- */

enum merit_account merit_sponsor_account(struct merit_model *model, struct merit_text sponsor,
                                         struct merit_text *holder_out)
{
	bool is_platform = merit_model_sponsor(model, sponsor)->is_platform != 0;

	*holder_out = is_platform ? MERIT_TEXT("") : sponsor;
	return is_platform ? MERIT_ACCOUNT_MARKETING : MERIT_ACCOUNT_SPONSOR;
}

struct merit_text merit_bank_key(struct merit_model *model, struct merit_text party, struct merit_text currency,
                                 struct merit_text reference)
{
	return merit_model_reference_key(model, merit_model_party(model, party)->number, currency, MERIT_TEXT(""),
	                                 reference);
}

int64_t merit_sponsor_free(struct merit_model *model, struct merit_text sponsor, struct merit_text currency)
{
	const struct merit_sponsor *row = merit_model_sponsor(model, sponsor);
	const struct merit_credit *credit = merit_model_credit(model, row->holder.number, currency);
	int64_t balance = merit_model_money_balance(model, MERIT_ACCOUNT_SPONSOR, sponsor, currency);

	if (row->is_platform)
		return MERIT_AMOUNT_MAX;
	return credit == NULL ? -balance : credit->limit_minor - balance - credit->exposure_minor;
}

/* ---- Points that the entry moves ---- */

static bool is_points_of(const struct merit_posting *posting, const struct merit_posting *like, bool any_line)
{
	return posting->account == like->account && (any_line || posting->line == like->line) &&
	       !merit_posting_is_money(posting) && merit_text_equal(posting->campaign, like->campaign);
}

/* The sum of the posting at index and those like it behind it; 0 where one before it is like it, and had them all. */
static int64_t points_from(const struct merit_entry *entry, size_t index, bool any_line)
{
	const struct merit_posting *like = &entry->postings[index];
	int64_t points = 0;

	for (size_t i = 0; i < index; i++) {
		if (is_points_of(&entry->postings[i], like, any_line))
			return 0;
	}
	for (size_t i = index; i < entry->postings_count; i++) {
		if (is_points_of(&entry->postings[i], like, any_line))
			points += entry->postings[i].amount;
	}
	return points;
}

/* Debits whoever pays for a campaign's points. */
static void sponsor_post(struct merit_model *model, struct merit_entry *entry, struct merit_text name, int32_t line,
                         int64_t amount)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, name);
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) }, holder;
	enum merit_account account = merit_sponsor_account(model, merit_name_text(&campaign->sponsor), &holder);

	merit_entry_post_money(entry, account, holder, currency, name, line, amount);
}

/* ---- Sales ---- */

/* Points of a campaign that the line has captured so far. */
static int64_t captured_of(const struct merit_order *order, int32_t line, uint32_t campaign)
{
	int64_t points = 0;

	for (uint32_t i = 0; order != NULL && i < order->head.parts_count; i++) {
		if ((int32_t)order->parts[i].line == line && order->parts[i].campaign == campaign)
			points += order->parts[i].captured;
	}
	return points;
}

/* Debits the sponsors of the line's points. Returns what they pay together, which may be more than one account takes. */
static __int128 sponsors_pay(struct merit_model *model, struct merit_entry *entry, const struct merit_order *order,
                             int32_t line)
{
	size_t count = entry->postings_count;
	__int128 paid = 0;

	for (size_t i = 0; i < count; i++) {
		const struct merit_posting posting = entry->postings[i]; /* a copy: posting moves them */
		if (posting.account != MERIT_ACCOUNT_REDEEMED || posting.line != line)
			continue;
		int64_t points = points_from(entry, i, false);
		if (points == 0)
			continue;
		const struct merit_campaign *campaign = merit_model_campaign(model, posting.campaign);
		int64_t before = captured_of(order, line, campaign->holder.number);
		int64_t value = merit_points_value(campaign, before + points) - merit_points_value(campaign, before);
		sponsor_post(model, entry, posting.campaign, line, value);
		paid += value;
	}
	return paid;
}

static bool is_beyond(__int128 amount)
{
	return amount > MERIT_MONEY_MAX || amount < -MERIT_MONEY_MAX;
}

bool merit_post_sale(struct merit_model *model, struct merit_entry *entry, const struct merit_order *order,
                     const struct merit_sale *sale)
{
	const struct merit_item *item = merit_model_item(model, sale->item);
	struct merit_text key = merit_model_id_key(model, (uint32_t)sale->version, sale->item);
	const struct merit_item_version *version = merit_model_get(model, MERIT_TABLE_ITEM_VERSION, key, NULL);

	assert(item != NULL && version != NULL);
	struct merit_text currency = { item->currency, sizeof(item->currency) }; /* which no version changes */
	__int128 due = (__int128)sale->pieces * version->price_minor;
	__int128 paid = sponsors_pay(model, entry, order, sale->line);
	if (is_beyond(due) || is_beyond(paid)) {
		merit_entry_refuse(entry, MERIT_MONEY_RANGE);
		merit_entry_why(entry, "line", sale->line);
		return false;
	}
	merit_entry_post_money(entry, MERIT_ACCOUNT_MERCHANT, sale->merchant, currency, MERIT_TEXT(""), sale->line,
	                       (int64_t)-due);
	merit_entry_post_money(entry, MERIT_ACCOUNT_MARGIN, MERIT_TEXT(""), currency, MERIT_TEXT(""), sale->line,
	                       (int64_t)(due - paid));
	return true;
}

/* ---- Breakage ---- */

void merit_post_breakage(struct merit_model *model, struct merit_entry *entry)
{
	size_t count = entry->postings_count;

	for (size_t i = 0; i < count; i++) {
		const struct merit_posting posting = entry->postings[i];
		if (posting.account != MERIT_ACCOUNT_EXPIRED)
			continue;
		int64_t points = points_from(entry, i, true); /* 0 by contract sponsor: they went on to it */
		if (points == 0)
			continue;
		const struct merit_campaign *campaign = merit_model_campaign(model, posting.campaign);
		struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };
		int64_t before = campaign->holder.balance[MERIT_EXPIRED];
		int64_t value = merit_points_value(campaign, before + points) - merit_points_value(campaign, before);
		sponsor_post(model, entry, posting.campaign, -1, value);
		merit_entry_post_money(entry, MERIT_ACCOUNT_BREAKAGE, MERIT_TEXT(""), currency, posting.campaign, -1,
		                       -value);
	}
}

/* ---- Range ---- */

/* Whether all that the entry posts to the account of like brings it beyond: coming back from there is no fault. */
static bool account_is_beyond(struct merit_model *model, const struct merit_entry *entry,
                              const struct merit_posting *like)
{
	__int128 change = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_posting_same_account(&entry->postings[i], like))
			change += entry->postings[i].amount;
	}
	__int128 balance = change + merit_model_money_balance(model, like->account, like->holder, like->currency);
	return change > 0 ? balance > MERIT_MONEY_MAX : balance < -MERIT_MONEY_MAX;
}

bool merit_money_is_beyond(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		/* Postings of one account mostly stand together: each run of them is looked at once. */
		if (!merit_posting_is_money(posting) || (i > 0 && merit_posting_same_account(posting, &entry->postings[i - 1])))
			continue;
		if (account_is_beyond(model, entry, posting))
			return true;
	}
	return false;
}
