/* query_earning.c - ways to earn: which campaigns pay a member now, for what, and what is left of their limits.
 *
 * Whether a rule would pay is what an earn for it comes to, decided as any earn is and thrown away; what is left of its
 * limits is what that earn would be given of them. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/earn_limit.h"
#include "ledger/eligibility.h"
#include "ledger/op_common.h"
#include "ledger/query_inner.h"
#include "ledger/referral.h"

#define LIMIT_DEFAULT 100

static const char *const periods[MERIT_PERIOD_COUNT] = { "day", "month", "year", "lifetime" };

/* A campaign of the page, and where its rules' events stand among those found. */
struct campaign {
	struct merit_name name;
	uint32_t number, rules_count;
	size_t rules_at;
};

struct page {
	struct merit_ledger *ledger;
	const struct merit_caller *caller;
	struct merit_text member;
	const struct merit_member_head *head;
	int32_t today;
	struct merit_arena arena;
	struct campaign *campaigns;
	size_t count, most;
	struct merit_name next;     /* size 0: none */
	uint32_t rules_number;      /* the campaign whose rules are being visited, */
	struct campaign *rules_of;  /* and where it stands on the page; NULL: it does not */
	struct merit_buffer events; /* a byte with its size before each */
	struct merit_buffer *out;
};

/* ---- Finding: one walk over campaigns, one over rules, as walks do not nest ---- */

static bool campaign_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct page *page = context;
	const struct merit_campaign *campaign = value;
	struct merit_name name = merit_name_of((struct merit_text){ key, key_size });

	(void)size;
	if (campaign->closed || campaign->ends < page->today)
		return true;
	if (page->count == page->most) {
		page->next = name;
		return false;
	}
	page->campaigns[page->count++] = (struct campaign){ .name = name, .number = campaign->holder.number };
	return true;
}

/* The campaign of the page that has this number; NULL when none has. */
static struct campaign *campaign_numbered(const struct page *page, uint32_t number)
{
	for (size_t i = 0; i < page->count; i++) {
		if (page->campaigns[i].number == number)
			return &page->campaigns[i];
	}
	return NULL;
}

/* Rules come campaign by campaign: it is looked for at the first of them. */
static bool rule_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct page *page = context;
	const unsigned char *bytes = key;
	uint32_t number = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];

	(void)value;
	(void)size;
	if (page->rules_number != number) {
		page->rules_number = number;
		page->rules_of = campaign_numbered(page, number);
	}
	struct campaign *campaign = page->rules_of;
	if (campaign == NULL)
		return true;
	if (campaign->rules_count++ == 0)
		campaign->rules_at = page->events.size;
	merit_buffer_put_char(&page->events, (char)(key_size - sizeof(number)));
	merit_buffer_put(&page->events, bytes + sizeof(number), key_size - sizeof(number));
	return true;
}

static enum merit_status page_find(struct page *page, const struct merit_value *from)
{
	struct merit_state *state = page->ledger->model.state;

	page->campaigns = merit_arena_allocate(&page->arena, page->most * sizeof(page->campaigns[0]));
	if (page->campaigns == NULL)
		return MERIT_NO_MEMORY;
	merit_state_scan(state, MERIT_TABLE_CAMPAIGN, from->present ? from->text.data : "", from->text.size,
	                 campaign_visit, page);
	if (page->count > 0)
		merit_state_scan(state, MERIT_TABLE_RULE, "", 0, rule_visit, page);
	return page->events.bad ? MERIT_NO_MEMORY : merit_state_failure(state);
}

/* ---- A rule ---- */

/* The least that comes to a point: whatever it would be, the rule pays something. */
static int64_t least_points(const struct merit_earning *earning)
{
	int64_t points = (MERIT_BASIS_ONCE + earning->multiplier - 1) / earning->multiplier;

	return points < earning->rule->maximum ? points : earning->rule->maximum;
}

static struct merit_value value_of(struct merit_text text)
{
	return (struct merit_value){ .present = true, .text = text };
}

/* What an earn comes to that brings all the rule asks for, for a reference and by evidence that no other has. */
static enum merit_status rule_try(const struct page *page, const struct campaign *campaign, struct merit_text event,
                                  const struct merit_earning *earning)
{
	struct merit_model *model = &page->ledger->model;
	const struct merit_rule *rule = earning->rule;
	struct merit_entry entry;

	memset(&entry, 0, sizeof(entry));
	entry.arena = &model->scratch;
	entry.seq = merit_ledger_next_seq(page->ledger);
	entry.time_ms = page->ledger->group_ms;
	entry.day = page->today;
	entry.operation = merit_operation_numbered(MERIT_OP_EARN);
	entry.party = page->caller->party;
	entry.key = page->caller->key;
	entry.role = page->caller->role;
	entry.values[EARN_MEMBER] = value_of(page->member);
	entry.values[EARN_CAMPAIGN] = value_of(merit_name_text(&campaign->name));
	entry.values[EARN_EVENT] = value_of(event);
	entry.values[EARN_REFERENCE] = value_of(MERIT_TEXT(""));
	entry.values[EARN_OCCURRED] = (struct merit_value){ .present = true, .integer = entry.time_ms };
	if (rule->points == 0)
		entry.values[EARN_POINTS] = (struct merit_value){ .present = true, .integer = least_points(earning) };
	entry.values[EARN_EVIDENCE] = value_of(MERIT_TEXT(""));
	entry.values[EARN_QUANTITY] = (struct merit_value){ .present = true, .integer = rule->minimum };
	merit_decide(model, &entry);
	page->out->bad = page->out->bad || entry.no_memory;
	return entry.status;
}

static void limit_begin(struct merit_buffer *out, enum merit_period period)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "period", merit_text_of(periods[period]));
}

/* A limit and what it leaves; nothing where there is none. */
static void put_points(struct merit_buffer *out, int64_t most, int64_t left)
{
	if (most == 0)
		return;
	merit_put_integer(out, "points", most);
	merit_put_integer(out, "points_left", left);
}

static void put_awards(struct merit_buffer *out, int64_t most, int64_t left)
{
	if (most == 0)
		return;
	merit_put_integer(out, "awards", most);
	merit_put_integer(out, "awards_left", left);
}

static void put_limits(const struct page *page, struct merit_text event, const struct merit_earning *earning)
{
	struct merit_buffer *out = page->out;
	const struct merit_rule *rule = earning->rule;

	merit_buffer_put_text(out, ",\"limits\":[");
	for (enum merit_period period = 0; period < MERIT_PERIOD_COUNT; period++) {
		int64_t points = rule->caps.most[period], awards = rule->quotas.most[period];
		if (points == 0 && awards == 0)
			continue;
		struct merit_left left = merit_earn_left(&page->ledger->model, earning, event, page->member, period);
		limit_begin(out, period);
		put_points(out, points, left.points);
		put_awards(out, awards, left.awards);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
	if (rule->quota_event == 0)
		return;
	merit_buffer_put_key(out, "shared");
	merit_buffer_put_char(out, '{');
	put_awards(out, rule->quota_event, merit_earn_event_left(&page->ledger->model, earning, event));
	merit_buffer_put_char(out, '}');
}

static void put_terms_of(struct merit_buffer *out, struct merit_text event, const struct merit_rule *rule)
{
	merit_put_text(out, "event", event);
	merit_put_integer(out, "version", rule->version);
	if (rule->points != 0)
		merit_put_integer(out, "points", rule->points);
	else
		merit_put_integer(out, "maximum", rule->maximum);
	merit_put_word(out, "evidence", MERIT_TYPE_EVIDENCE, rule->evidence);
	if (rule->minimum != 0)
		merit_put_integer(out, "minimum", rule->minimum);
	merit_put_flag(out, "review", rule->review != 0);
	if (rule->delay_days != 0)
		merit_put_integer(out, "delay_days", rule->delay_days);
	merit_put_flag(out, "clip", rule->clip != 0);
}

static void put_rule(const struct page *page, const struct campaign *campaign, struct merit_text event,
                     const struct merit_earning *earning)
{
	struct merit_buffer *out = page->out;

	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	put_terms_of(out, event, earning->rule);
	if (earning->multiplier != MERIT_BASIS_ONCE)
		merit_put_integer(out, "multiplier", earning->multiplier);
	put_limits(page, event, earning);
	enum merit_status status = rule_try(page, campaign, event, earning);
	merit_put_text(out, "status", merit_text_of(merit_status_word(status)));
	merit_buffer_put_char(out, '}');
}

static void put_rules(const struct page *page, const struct campaign *campaign, const struct merit_campaign *row)
{
	struct merit_model *model = &page->ledger->model;
	const char *at = campaign->rules_count == 0 ? NULL : page->events.data + campaign->rules_at;

	merit_buffer_put_text(page->out, ",\"rules\":[");
	for (uint32_t i = 0; i < campaign->rules_count; i++) {
		struct merit_text event = { at + 1, (unsigned char)at[0] };
		merit_arena_reset(&model->scratch);
		struct merit_earning earning = {
			.campaign = row,
			.rule = merit_model_rule(model, campaign->number, event),
			.member = { .head = *page->head },
			.occurred_day = page->today,
		};
		if (earning.rule == NULL)
			break; /* the store failed, which the answer ends in */
		earning.multiplier = merit_earn_multiplier(model, &earning, page->member);
		put_rule(page, campaign, event, &earning);
		at += 1 + event.size;
	}
	merit_buffer_put_char(page->out, ']');
}

/* ---- A campaign ---- */

/* Before the campaign begins no earn of a referee's is paid, so no referral. */
static enum merit_status referral_try(const struct page *page, const struct merit_campaign *campaign,
                                      const struct merit_terms *terms)
{
	if (page->today < campaign->starts)
		return MERIT_OUTSIDE_WINDOW;
	return merit_referrer_fault(&page->ledger->model, campaign, terms, page->member, page->today);
}

/* What it pays whoever brings a member in. */
static void put_referral(const struct page *page, const struct merit_campaign *campaign)
{
	struct merit_model *model = &page->ledger->model;
	const struct merit_terms *terms = merit_model_terms(model, campaign->holder.number);
	struct merit_buffer *out = page->out;

	if (terms == NULL)
		return;
	merit_buffer_put_key(out, "referral");
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "event", merit_name_text(&terms->event));
	merit_put_integer(out, "referrer_points", terms->referrer_points);
	merit_put_integer(out, "referee_points", terms->referee_points);
	if (terms->window_days >= 0)
		merit_put_integer(out, "window_days", terms->window_days);
	merit_buffer_put_text(out, ",\"limits\":[");
	for (enum merit_period period = 0; period < MERIT_PERIOD_COUNT; period++) {
		int64_t most = terms->caps.most[period];
		if (most == 0)
			continue;
		int64_t left =
			merit_referrer_left(model, terms, campaign->holder.number, page->member, period, page->today);
		limit_begin(out, period);
		put_points(out, most, left);
		merit_buffer_put_char(out, '}');
	}
	merit_buffer_put_char(out, ']');
	enum merit_status status = referral_try(page, campaign, terms);
	merit_put_text(out, "status", merit_text_of(merit_status_word(status)));
	merit_buffer_put_char(out, '}');
}

/* What the year of a member with all of a sponsor's campaigns may be worth, where that is limited. */
static void put_sponsor_cap(const struct page *page, const struct merit_campaign *campaign)
{
	int64_t cap, left;

	if (!merit_sponsor_left(&page->ledger->model, campaign, page->member, page->today, &cap, &left) ||
	    cap == MERIT_AMOUNT_MAX)
		return;
	merit_buffer_put_key(page->out, "sponsor_cap");
	merit_buffer_put_char(page->out, '{');
	merit_put_text(page->out, "currency", (struct merit_text){ campaign->currency, sizeof(campaign->currency) });
	merit_put_integer(page->out, "minor", cap);
	merit_put_integer(page->out, "left_minor", left / MERIT_WORTH_MINOR);
	merit_buffer_put_char(page->out, '}');
}

/* The classes of items this member may buy with its points. */
static void put_buys(const struct page *page, uint32_t campaign)
{
	int32_t year = merit_date_of_day(page->today).year;

	merit_buffer_put_text(page->out, ",\"buys\":[");
	for (enum merit_class class_ = 0; class_ < MERIT_CLASS_COUNT; class_++) {
		if (!merit_points_may_buy(&page->ledger->model, campaign, class_, page->member, page->head, year))
			continue;
		struct merit_text word = merit_type_word(MERIT_TYPE_CLASS, class_);
		merit_buffer_put_comma(page->out);
		merit_buffer_put_json(page->out, word.data, word.size);
	}
	merit_buffer_put_char(page->out, ']');
}

static void put_campaign(const struct page *page, const struct campaign *row)
{
	struct merit_text name = merit_name_text(&row->name);
	const struct merit_campaign *campaign = merit_model_campaign(&page->ledger->model, name);
	struct merit_buffer *out = page->out;

	if (campaign == NULL)
		return; /* the store failed, which the answer ends in */
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_campaign_named(out, &page->ledger->model, name);
	merit_put_day(out, "starts", campaign->starts);
	merit_put_day(out, "ends", campaign->ends);
	merit_put_integer(out, "months", campaign->months);
	merit_put_word(out, "round", MERIT_TYPE_ROUND, campaign->round);
	merit_put_word(out, "from", MERIT_TYPE_FROM, campaign->from);
	put_rules(page, row, campaign);
	put_referral(page, campaign);
	put_sponsor_cap(page, campaign);
	put_buys(page, row->number);
	merit_buffer_put_char(out, '}');
}

/* ---- member.campaigns ---- */

static enum merit_status page_put(struct page *page, const struct merit_value *from)
{
	enum merit_status status = page_find(page, from);

	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(page->out, "{\"rows\":[");
	for (size_t i = 0; i < page->count; i++)
		put_campaign(page, &page->campaigns[i]);
	merit_buffer_put_char(page->out, ']');
	merit_put_text_or_null(page->out, "next", merit_name_text(&page->next));
	merit_put_as_of(page->out, page->ledger);
	merit_buffer_put_char(page->out, '}');
	return merit_state_failure(page->ledger->model.state);
}

enum merit_status merit_query_member_campaigns(struct merit_ledger *ledger, const struct merit_caller *caller,
                                               const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_value *limit = &values[MEMBER_CAMPAIGNS_LIMIT];
	struct page page = { .ledger = ledger,
		             .caller = caller,
		             .member = values[MEMBER_CAMPAIGNS_MEMBER].text,
		             .today = merit_model_day(&ledger->model, ledger->group_ms),
		             .most = limit->present ? (size_t)limit->integer : LIMIT_DEFAULT,
		             .out = out };

	if (!merit_permit_account(&ledger->model, caller->party, caller->role, MERIT_ACCOUNT_MEMBER, page.member))
		return MERIT_NOT_PERMITTED;
	page.head = merit_model_member_head(&ledger->model, page.member);
	if (page.head == NULL)
		return MERIT_MEMBER_UNKNOWN;
	enum merit_status status = page_put(&page, &values[MEMBER_CAMPAIGNS_FROM]);
	merit_arena_free(&page.arena);
	merit_buffer_free(&page.events);
	return status;
}
