/* query_award.c - reads of awards: one, with all it was for and where it stands; and those that wait for a reviewer. */
#include <string.h>

#include "ledger/award.h"
#include "ledger/query_inner.h"

#define LIMIT_DEFAULT 100

/* ---- Whose business it is ---- */

static enum merit_status entry_at(struct merit_model *model, uint64_t seq, struct merit_entry *entry_out)
{
	enum merit_status status = merit_model_entry(model, seq, &model->scratch, entry_out);

	return status == MERIT_NOT_FOUND ? MERIT_ENTRY_UNKNOWN : status;
}

static bool is_award(const struct merit_entry *entry)
{
	return entry->operation->number == MERIT_OP_EARN && entry->status == MERIT_OK;
}

/* A member sees its own awards, a sponsor those its campaigns pay. */
static bool may_see(struct merit_model *model, const struct merit_caller *caller, const struct merit_entry *earn)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, earn->values[EARN_CAMPAIGN].text);

	switch (caller->role) {
	case MERIT_ROLE_MEMBER: return merit_text_equal(caller->party, earn->values[EARN_MEMBER].text);
	case MERIT_ROLE_SPONSOR: return merit_text_equal(caller->party, merit_name_text(&campaign->sponsor));
	default: return true;
	}
}

/* ---- Printing ---- */

static void put_value(struct merit_buffer *out, const char *name, const struct merit_value *value)
{
	if (!value->present)
		return;
	if (value->text.data != NULL)
		merit_put_text(out, name, value->text);
	else
		merit_put_integer(out, name, value->integer);
}

/* The parameters of the rule that paid, from the leaf of the entry that set it, alone or as a proposal's call. */
static const struct merit_value *rule_values(struct merit_model *model, const struct merit_entry *earn,
                                             struct merit_entry *set_out)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, earn->values[EARN_CAMPAIGN].text);

	if (campaign == NULL)
		return NULL; /* The store failed, which the answer ends in. */
	struct merit_text rule = merit_model_rule_key(model, campaign->holder.number, earn->values[EARN_EVENT].text);
	uint64_t version = (uint64_t)earn->results[EARN_RULE].integer;
	const uint64_t *seq =
		merit_model_get(model, MERIT_TABLE_RULE_VERSION, merit_model_numbered_key(model, rule, version), NULL);

	if (seq == NULL || entry_at(model, *seq, set_out) != MERIT_OK)
		return NULL;
	return set_out->operation->number == MERIT_OP_CAMPAIGN_RULE ? set_out->values
	                                                            : set_out->results[APPROVE_DONE].cells;
}

void merit_put_disclosed(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *earn)
{
	static const struct {
		const char *name;
		int of_earn, of_rule;
	} fields[] = {
		{ "nature", EARN_NATURE, RULE_NATURE },
		{ "form", EARN_FORM, RULE_FORM },
		{ "income", EARN_INCOME, RULE_INCOME },
	};
	struct merit_entry set;
	const struct merit_value *rule = rule_values(model, earn, &set);

	put_value(out, "product", &earn->values[EARN_PRODUCT]);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct merit_value *own = &earn->values[fields[i].of_earn];
		if (own->present || rule == NULL)
			put_value(out, fields[i].name, own);
		else
			put_value(out, fields[i].name, &rule[fields[i].of_rule]);
	}
}

/* An award that never had to wait has no row of its own: the earn says all but whether it was reversed. */
static void put_standing(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *earn)
{
	const struct merit_award *row = merit_model_award(model, earn->seq);
	const uint64_t *reversed =
		merit_model_get(model, MERIT_TABLE_REVERSED, merit_model_number_key(model, earn->seq), NULL);
	const struct merit_value *last_day = &earn->results[EARN_LAST_DAY];
	struct merit_award plain = { .last_day = last_day->present ? (int32_t)last_day->integer : MERIT_DAY_NEVER };

	plain.state = reversed != NULL ? MERIT_AWARD_REVERSED : MERIT_AWARD_AVAILABLE;
	if (row == NULL)
		row = &plain;
	merit_put_word(out, "state", MERIT_TYPE_AWARD_STATE, row->state);
	if (row->state == MERIT_AWARD_AVAILABLE)
		merit_put_day(out, "last_day", row->last_day);
	if (row->state == MERIT_AWARD_MATURING || (row->state == MERIT_AWARD_REVIEW && row->due_ms != 0))
		merit_put_integer(out, "matures", row->due_ms);
	if (row->reviewed != 0)
		merit_put_integer(out, "reviewed", (int64_t)row->reviewed - 1);
	if (reversed != NULL)
		merit_put_integer(out, "reversed", (int64_t)*reversed);
}

static void put_award(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *earn)
{
	merit_put_integer(out, "entry", (int64_t)earn->seq);
	merit_put_text(out, "by", earn->party);
	put_value(out, "member", &earn->values[EARN_MEMBER]);
	put_value(out, "campaign", &earn->values[EARN_CAMPAIGN]);
	put_value(out, "event", &earn->values[EARN_EVENT]);
	put_value(out, "rule", &earn->results[EARN_RULE]);
	put_value(out, "reference", &earn->values[EARN_REFERENCE]);
	put_value(out, "occurred", &earn->values[EARN_OCCURRED]);
	put_value(out, "points", &earn->results[EARN_PAID]);
	put_value(out, "multiplier", &earn->results[EARN_MULTIPLIER]);
	put_value(out, "asked", &earn->results[EARN_ASKED]);
	put_value(out, "evidence", &earn->values[EARN_EVIDENCE]);
	put_value(out, "actor", &earn->values[EARN_ACTOR]);
	put_value(out, "quantity", &earn->values[EARN_QUANTITY]);
	merit_put_disclosed(model, out, earn);
	put_standing(model, out, earn);
}

/* ---- award.get ---- */

enum merit_status merit_query_award(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	struct merit_entry earn;
	enum merit_status status = entry_at(model, (uint64_t)values[0].integer, &earn);

	if (status != MERIT_OK)
		return status;
	if (!is_award(&earn) || !may_see(model, caller, &earn))
		return MERIT_ENTRY_UNKNOWN; /* as if it were not there */
	merit_buffer_put_char(out, '{');
	put_award(model, out, &earn);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return merit_state_failure(model->state);
}

/* ---- award.list ---- */

/* Awards that wait on the way to a page of them: their seqs, and that of the one behind it. */
struct page {
	struct merit_text prefix; /* of their keys, before the seq: of a member's number, or nothing */
	uint64_t seqs[MERIT_PAGE_ROWS_MAX + 1];
	size_t count, most;
};

static bool award_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct page *page = context;
	const char *bytes = key;

	(void)value;
	(void)size;
	if (key_size <= page->prefix.size || memcmp(bytes, page->prefix.data, page->prefix.size) != 0)
		return false;
	page->seqs[page->count++] = merit_model_key_number(bytes + page->prefix.size);
	return page->count < page->most;
}

static void page_of_reviews(struct merit_model *model, uint64_t from, struct page *page)
{
	struct merit_text key = merit_model_number_key(model, from);

	page->prefix = (struct merit_text){ key.data, 0 };
	merit_state_scan(model->state, MERIT_TABLE_REVIEW, key.data, key.size, award_visit, page);
}

static enum merit_status page_of_member(struct merit_model *model, struct merit_text member, uint64_t from,
                                        struct page *page)
{
	int slot;
	const struct merit_holder *holder = merit_model_holder(model, MERIT_ACCOUNT_PENDING, member, &slot);

	if (holder == NULL)
		return MERIT_MEMBER_UNKNOWN;
	struct merit_text key = merit_model_pair_key(model, holder->number, from);
	page->prefix = (struct merit_text){ key.data, 8 };
	merit_state_scan(model->state, MERIT_TABLE_MEMBER_AWARD, key.data, key.size, award_visit, page);
	return MERIT_OK;
}

static enum merit_status put_page(struct merit_model *model, struct merit_buffer *out, const struct page *page)
{
	size_t limit = page->most - 1;

	merit_buffer_put_text(out, "{\"rows\":[");
	for (size_t i = 0; i < page->count && i < limit; i++) {
		struct merit_entry earn;
		merit_arena_reset(&model->scratch);
		enum merit_status status = entry_at(model, page->seqs[i], &earn);
		if (status != MERIT_OK)
			return status;
		merit_buffer_put_comma(out);
		merit_buffer_put_char(out, '{');
		put_award(model, out, &earn);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_text(out, "],\"next\":");
	if (page->count > limit)
		merit_buffer_put_integer(out, (int64_t)page->seqs[limit]);
	else
		merit_buffer_put_text(out, "null");
	merit_buffer_put_char(out, '}');
	return merit_state_failure(model->state);
}

enum merit_status merit_query_awards(struct merit_ledger *ledger, const struct merit_caller *caller,
                                     const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	struct page page = { .most = 1 + (values[AWARDS_LIMIT].present ? (size_t)values[AWARDS_LIMIT].integer
		                                                       : LIMIT_DEFAULT) };
	uint64_t from = values[AWARDS_FROM].present ? (uint64_t)values[AWARDS_FROM].integer : 0;
	struct merit_text member = values[AWARDS_MEMBER].text;
	enum merit_status status = MERIT_OK;

	if (caller->role == MERIT_ROLE_MEMBER && !values[AWARDS_MEMBER].present)
		member = caller->party;
	if (caller->role == MERIT_ROLE_MEMBER && !merit_text_equal(member, caller->party))
		return MERIT_NOT_PERMITTED;
	if (member.size > 0)
		status = page_of_member(model, member, from, &page);
	else
		page_of_reviews(model, from, &page);
	return status == MERIT_OK ? put_page(model, out, &page) : status;
}
