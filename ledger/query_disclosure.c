/* query_disclosure.c - what is disclosed of a member, shown to that member: each payment that report/disclosure.c
 * counts, as ledger/given.h has it. Sums over years are the report's: here is what they are made of. */
#include "ledger/given.h"
#include "ledger/query_inner.h"

#define LIMIT_DEFAULT 100

/* ---- A row ---- */

/* What it was for: of an award its earn, else what a correction rests on. */
static void put_reason(struct merit_buffer *out, const struct merit_entry *entry, const struct merit_entry *earn)
{
	if (earn != NULL) {
		merit_put_text(out, "event", earn->values[EARN_EVENT].text);
		merit_put_text(out, "reference", earn->values[EARN_REFERENCE].text);
		merit_put_integer(out, "award", (int64_t)earn->seq);
	} else if (entry->operation->number == MERIT_OP_ADJUST_POINTS) {
		merit_put_text(out, "reference", entry->values[ADJUST_REFERENCE].text);
	} else if (entry->operation->number == MERIT_OP_ADJUST_DEBT) {
		merit_put_text(out, "reference", entry->values[WRITEOFF_REFERENCE].text);
	}
}

static void put_row(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *entry,
                    const struct merit_given *given, const struct merit_entry *earn)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, given->campaign);

	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_integer(out, "seq", (int64_t)entry->seq);
	merit_put_integer(out, "time", entry->time_ms);
	merit_put_day(out, "day", entry->day);
	merit_put_text(out, "op", merit_text_of(entry->operation->name));
	merit_put_campaign_named(out, model, given->campaign);
	put_reason(out, entry, earn);
	merit_put_integer(out, "points", given->points);
	if (campaign != NULL) { /* else the store failed, which the answer ends in */
		merit_put_text(out, "currency", (struct merit_text){ campaign->currency, sizeof(campaign->currency) });
		merit_put_integer(out, "value_minor", merit_given_value(model, campaign, given, entry->seq));
	}
	if (earn != NULL)
		merit_put_disclosed(model, out, earn);
	merit_buffer_put_char(out, '}');
}

static enum merit_status given_put(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *entry,
                                   const struct merit_given *given)
{
	struct merit_entry earn;

	if (!given->is_award || given->award == entry->seq) {
		put_row(model, out, entry, given, given->is_award ? entry : NULL);
		return MERIT_OK;
	}
	enum merit_status status = merit_event_read(model, given->award, &model->scratch, &earn);
	if (status == MERIT_OK)
		put_row(model, out, entry, given, &earn);
	return status;
}

/* ---- A page ---- */

struct page {
	struct merit_model *model;
	struct merit_text member;
	uint32_t number; /* the member's */
	uint64_t next;   /* seq + 1 of the entry of its history to look at; 0 = it has no more */
	int64_t left;    /* rows */
	struct merit_buffer *out;
};

/* Prints what the entry gave the member, where it gave it anything: of a referral its own side alone. */
static enum merit_status entry_put(struct page *page, uint64_t seq)
{
	struct merit_given given[MERIT_GIVEN_MAX];
	struct merit_entry entry;

	merit_arena_reset(&page->model->scratch);
	enum merit_status status = merit_event_read(page->model, seq, &page->model->scratch, &entry);
	size_t count = status == MERIT_OK ? merit_given_of(&entry, given) : 0;
	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		if (!merit_text_equal(given[i].member, page->member))
			continue;
		status = given_put(page->model, page->out, &entry, &given[i]);
		page->left--;
	}
	return status;
}

/* Others wait for it, so it is bounded by what it looks at, not by what it finds. */
static enum merit_status page_put(struct page *page)
{
	enum merit_status status = MERIT_OK;

	for (int looked = 0; looked < MERIT_PAST_ENTRIES_MAX && page->next != 0 && page->left > 0; looked++) {
		struct merit_history history;
		uint64_t seq = page->next - 1;
		if (!merit_model_balances_at(page->model, page->number, seq, &history))
			return MERIT_CORRUPT;
		status = entry_put(page, seq);
		if (status != MERIT_OK)
			return status;
		page->next = history.previous;
	}
	return merit_state_failure(page->model->state);
}

/* A page goes on where the last one ended: at an entry of the member's history. */
static enum merit_status page_begin(struct page *page, const struct merit_value *before)
{
	const struct merit_member_head *head = merit_model_member_head(page->model, page->member);
	struct merit_history history;

	if (head == NULL)
		return MERIT_MEMBER_UNKNOWN;
	page->number = head->holder.number;
	page->next = before->present ? (uint64_t)before->integer : head->holder.last;
	if (before->present &&
	    (page->next == 0 || !merit_model_balances_at(page->model, page->number, page->next - 1, &history)))
		return MERIT_NOT_FOUND;
	return MERIT_OK;
}

enum merit_status merit_query_member_disclosure(struct merit_ledger *ledger, const struct merit_caller *caller,
                                                const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *limit = &values[DISCLOSURE_LIMIT];
	struct page page = { .model = &ledger->model,
		             .member = values[DISCLOSURE_MEMBER].text,
		             .left = limit->present ? limit->integer : LIMIT_DEFAULT,
		             .out = out };

	if (!merit_permit_account(page.model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER, page.member))
		return MERIT_NOT_PERMITTED;
	enum merit_status status = page_begin(&page, &values[DISCLOSURE_BEFORE]);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(out, "{\"rows\":[");
	status = page_put(&page);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(out, "],\"next\":");
	if (page.next == 0)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_integer(out, (int64_t)page.next);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}
