/* query_trial.c - the books as a whole: the trial balance, now or as it was, and which months are closed.
 *
 * A campaign's accounts are its own row and what all accounts of a kind hold of it; what members have available is what
 * these leave of zero. So a campaign costs as many lookups as it has kinds of accounts, however many members it has. */
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/query_inner.h"

#define LIMIT_DEFAULT 100
#define LIMIT_DATED   100 /* campaigns a page as dated: each has six accounts whose late entries are walked */

/* ---- trial_balance.get ---- */

/* What is asked for a campaign, by place: its own row, then what all such accounts hold. */
enum { OWN, SPONSORS, PENDING, HELD, DEBTS, REDEEMED, ASKED_COUNT };

static const enum merit_account totals[ASKED_COUNT] = {
	[SPONSORS] = MERIT_ACCOUNT_SPONSOR, [PENDING] = MERIT_ACCOUNT_PENDING,   [HELD] = MERIT_ACCOUNT_HELD,
	[DEBTS] = MERIT_ACCOUNT_DEBT,       [REDEEMED] = MERIT_ACCOUNT_REDEEMED,
};

/* A page on its way: names of campaigns, then accounts in money where it is the last; and of each what was asked. */
struct page {
	struct merit_model *model;
	struct merit_buffer *out;
	struct merit_buffer names; /* struct merit_text each, the bytes in scratch */
	size_t left;
	struct merit_text next; /* size 0 = this is the last page */
	size_t campaigns, moneys;
	struct merit_asked *asked; /* ASKED_COUNT a campaign, one an account in money */
	__int128 points;           /* sum of those printed */
	bool is_short;             /* of memory */
};

static void name_add(struct page *page, const void *key, size_t size)
{
	struct merit_text name = { merit_arena_copy(&page->model->scratch, key, size), size };

	page->is_short = page->is_short || name.data == NULL;
	merit_buffer_put(&page->names, &name, sizeof(name));
}

static bool campaign_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct page *page = context;

	(void)value;
	(void)size;
	if (page->left-- == 0) {
		page->next = (struct merit_text){ merit_arena_copy(&page->model->scratch, key, key_size), key_size };
		page->is_short = page->is_short || page->next.data == NULL;
		return false;
	}
	name_add(page, key, key_size);
	page->campaigns++;
	return !page->is_short;
}

static bool money_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct page *page = context;

	(void)value;
	(void)size;
	name_add(page, key, key_size);
	page->moneys++;
	return !page->is_short;
}

static const struct merit_text *names_of(const struct page *page)
{
	return (const struct merit_text *)(const void *)page->names.data;
}

/* Finds what stands on the page, and the rows of it. */
static enum merit_status page_read(struct page *page, struct merit_text from)
{
	struct merit_model *model = page->model;

	merit_state_scan(model->state, MERIT_TABLE_CAMPAIGN, from.data, from.size, campaign_visit, page);
	if (page->next.size == 0)
		merit_state_scan(model->state, MERIT_TABLE_MONEY, "", 0, money_visit, page);
	size_t count = page->campaigns * ASKED_COUNT + page->moneys;
	page->asked = merit_arena_allocate(&model->scratch, (count + 1) * sizeof(page->asked[0]));
	if (page->is_short || page->names.bad || page->asked == NULL)
		return MERIT_NO_MEMORY;
	for (size_t i = 0; i < page->campaigns; i++) {
		const struct merit_campaign *campaign = merit_model_campaign(model, names_of(page)[i]);
		struct merit_asked *asked = &page->asked[i * ASKED_COUNT];
		asked[OWN].holder = &campaign->holder;
		for (size_t j = OWN + 1; j < ASKED_COUNT; j++)
			asked[j].holder = merit_model_total(model, totals[j], campaign->holder.number);
	}
	for (size_t i = 0; i < page->moneys; i++)
		page->asked[page->campaigns * ASKED_COUNT + i].holder =
			merit_model_get(model, MERIT_TABLE_MONEY, names_of(page)[page->campaigns + i], NULL);
	return merit_state_failure(model->state);
}

static void row_begin(struct page *page, struct merit_text campaign)
{
	merit_buffer_put_comma(page->out);
	merit_buffer_put_char(page->out, '{');
	if (campaign.size > 0)
		merit_put_text(page->out, "campaign", campaign);
	merit_buffer_put_key(page->out, "account");
}

static void row_end(struct page *page, struct merit_text unit, int64_t balance)
{
	merit_put_text(page->out, "unit", unit);
	merit_put_integer(page->out, "balance", balance);
	merit_buffer_put_char(page->out, '}');
}

/* One account that exists by itself, and all accounts of a kind together. */
static void put_account(struct page *page, struct merit_text campaign, enum merit_account account,
                        struct merit_text holder, int64_t balance)
{
	row_begin(page, campaign);
	merit_buffer_put_char(page->out, '"');
	merit_account_put(page->out, account, holder);
	merit_buffer_put_char(page->out, '"');
	row_end(page, MERIT_TEXT("points"), balance);
	page->points += balance;
}

static void put_all_of(struct page *page, struct merit_text campaign, const char *kind, int64_t balance)
{
	row_begin(page, campaign);
	merit_buffer_put_json(page->out, kind, strlen(kind));
	row_end(page, MERIT_TEXT("points"), balance);
	page->points += balance;
}

static void put_campaign(struct page *page, size_t index)
{
	const struct merit_asked *asked = &page->asked[index * ASKED_COUNT];
	const int64_t *own = asked[OWN].balance;
	struct merit_text name = names_of(page)[index];
	struct merit_name sponsor = merit_model_campaign(page->model, name)->sponsor;
	int64_t others = own[MERIT_BUDGET] + own[MERIT_EXPIRED] + own[MERIT_WRITTEN_OFF];

	for (size_t i = OWN + 1; i < ASKED_COUNT; i++)
		others += asked[i].balance[MERIT_POINTS];
	put_account(page, name, MERIT_ACCOUNT_SPONSOR, merit_name_text(&sponsor),
	            asked[SPONSORS].balance[MERIT_POINTS]);
	put_account(page, name, MERIT_ACCOUNT_CAMPAIGN, name, own[MERIT_BUDGET]);
	put_all_of(page, name, "member", -others);
	put_all_of(page, name, "member/pending", asked[PENDING].balance[MERIT_POINTS]);
	put_all_of(page, name, "member/held", asked[HELD].balance[MERIT_POINTS]);
	put_all_of(page, name, "member/debt", asked[DEBTS].balance[MERIT_POINTS]);
	put_all_of(page, name, "redeemed", asked[REDEEMED].balance[MERIT_POINTS]);
	put_account(page, name, MERIT_ACCOUNT_EXPIRED, name, own[MERIT_EXPIRED]);
	put_account(page, name, MERIT_ACCOUNT_WRITEOFF, name, own[MERIT_WRITTEN_OFF]);
}

/* The parts of a key of MONEY: merit_model_money_key. */
static enum merit_account key_account(struct merit_text key)
{
	return (enum merit_account)key.data[0];
}

static struct merit_text key_currency(struct merit_text key)
{
	return (struct merit_text){ key.data + 1, MERIT_CURRENCY_SIZE };
}

static struct merit_text key_holder(struct merit_text key)
{
	return (struct merit_text){ key.data + 1 + MERIT_CURRENCY_SIZE, key.size - 1 - MERIT_CURRENCY_SIZE };
}

static void put_money(struct page *page, size_t index)
{
	struct merit_text key = names_of(page)[page->campaigns + index];

	row_begin(page, MERIT_TEXT(""));
	merit_buffer_put_char(page->out, '"');
	merit_account_put(page->out, key_account(key), key_holder(key));
	merit_buffer_put_char(page->out, '"');
	row_end(page, key_currency(key), page->asked[page->campaigns * ASKED_COUNT + index].balance[MERIT_POINTS]);
}

/* ---- What a page sums to ---- */

static void put_sum(struct merit_buffer *out, struct merit_text unit, __int128 sum)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "unit", unit);
	merit_put_integer(out, "sum", (int64_t)sum); /* which is 0 */
	merit_buffer_put_char(out, '}');
}

static bool currency_is_again(const struct page *page, size_t index)
{
	const struct merit_text *keys = names_of(page) + page->campaigns;

	for (size_t i = 0; i < index; i++) {
		if (merit_text_equal(key_currency(keys[i]), key_currency(keys[index])))
			return true;
	}
	return false;
}

static void put_sums(struct page *page)
{
	const struct merit_text *keys = names_of(page) + page->campaigns;
	const struct merit_asked *asked = &page->asked[page->campaigns * ASKED_COUNT];

	merit_buffer_put_text(page->out, ",\"sums\":[");
	put_sum(page->out, MERIT_TEXT("points"), page->points);
	for (size_t i = 0; i < page->moneys; i++) {
		__int128 sum = 0;
		if (currency_is_again(page, i))
			continue;
		for (size_t j = i; j < page->moneys; j++) {
			if (merit_text_equal(key_currency(keys[j]), key_currency(keys[i])))
				sum += asked[j].balance[MERIT_POINTS];
		}
		put_sum(page->out, key_currency(keys[i]), sum);
	}
	merit_buffer_put_char(page->out, ']');
}

static void put_page(struct page *page)
{
	merit_buffer_put_text(page->out, "{\"rows\":[");
	for (size_t i = 0; i < page->campaigns; i++)
		put_campaign(page, i);
	for (size_t i = 0; i < page->moneys; i++)
		put_money(page, i);
	merit_buffer_put_char(page->out, ']');
	put_sums(page);
	if (page->next.size > 0)
		merit_put_text(page->out, "next", page->next);
	else
		merit_buffer_put_text(page->out, ",\"next\":null");
}

enum merit_status merit_query_trial_balance(struct merit_ledger *ledger, const struct merit_caller *caller,
                                            const struct merit_value *values, struct merit_buffer *out)
{
	struct page page = { .model = &ledger->model, .out = out };
	const struct merit_value *from = &values[TRIAL_FROM], *limit = &values[TRIAL_LIMIT];
	struct merit_moment moment;
	enum merit_status status =
		merit_moment_read(ledger, &values[TRIAL_SEQ], &values[TRIAL_TIME], &values[TRIAL_DAY], &moment);

	(void)caller;
	if (status == MERIT_OK && moment.is_coming)
		status = MERIT_BAD_PARAMS;
	if (status != MERIT_OK)
		return status;
	page.left = limit->present ? (size_t)limit->integer : LIMIT_DEFAULT;
	if (moment.is_dated && page.left > LIMIT_DATED)
		page.left = LIMIT_DATED;
	status = page_read(&page, from->present ? from->text : MERIT_TEXT(""));
	if (status == MERIT_OK)
		status = merit_moment_balances(&ledger->model, &moment, page.asked,
		                               page.campaigns * ASKED_COUNT + page.moneys);
	if (status == MERIT_OK) {
		put_page(&page);
		merit_put_moment(out, ledger, &moment);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_free(&page.names);
	return status;
}

/* ---- period.list ---- */

/* Who closed a month, or opened it again, and when; seq is + 1, and 0 where nobody did. */
static enum merit_status put_turn(struct merit_model *model, struct merit_buffer *out, const char *name, uint64_t seq)
{
	struct merit_entry entry;

	if (seq == 0)
		return MERIT_OK;
	enum merit_status status = merit_event_read(model, seq - 1, &model->scratch, &entry);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_key(out, name);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "seq", (int64_t)entry.seq);
	merit_put_integer(out, "time", entry.time_ms);
	merit_put_text(out, "by", entry.party);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

static enum merit_status put_period(struct merit_model *model, struct merit_buffer *out, int32_t first)
{
	const struct merit_closing *closing =
		merit_model_get(model, MERIT_TABLE_PERIOD, merit_model_number_key(model, (uint64_t)first), NULL);
	char day[MERIT_DAY_TEXT_SIZE];
	enum merit_status status = MERIT_OK;

	merit_day_format(first, day);
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "period", (struct merit_text){ day, MERIT_MONTH_TEXT_SIZE - 1 });
	merit_put_text(out, "state", merit_text_of(first < merit_first_open_day(model) ? "closed" : "open"));
	if (closing != NULL)
		status = put_turn(model, out, "closed", closing->closed);
	if (closing != NULL && status == MERIT_OK)
		status = put_turn(model, out, "reopened", closing->reopened);
	merit_buffer_put_char(out, '}');
	return status;
}

enum merit_status merit_query_periods(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	int32_t today = merit_model_day(model, ledger->group_ms);
	enum merit_status status = MERIT_OK;

	(void)caller;
	(void)values;
	merit_buffer_put_text(out, "{\"rows\":[");
	for (int32_t first = merit_day_span_first(model->program.first_day, MERIT_SPAN_MONTH);
	     first <= today && status == MERIT_OK; first = merit_day_span_last(first, MERIT_SPAN_MONTH) + 1) {
		merit_arena_reset(&model->scratch);
		status = put_period(model, out, first);
	}
	merit_buffer_put_char(out, ']');
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return status;
}
