/* awards.c - see awards.h. */
#include "report/awards.h"

/* An earn, kept until the end: it may be taken back in years. */
struct earn {
	struct merit_text member, nature, form, income;
	const struct merit_catalog_campaign *campaign;
	int64_t given_minor; /* what it was worth when it was given */
};

/* ---- Keeping ---- */

static bool text_keep(struct merit_awards *awards, struct merit_text text, struct merit_text *kept_out)
{
	*kept_out = (struct merit_text){ "", 0 };
	if (text.size == 0)
		return true;
	struct merit_text *kept = merit_index_get(&awards->texts, &awards->arena, text, sizeof(*kept));
	if (kept == NULL)
		return false;
	if (kept->data == NULL && !merit_text_keep(&awards->arena, text, kept))
		return false;
	*kept_out = *kept;
	return true;
}

static struct earn *earn_of(struct merit_awards *awards, int64_t seq)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, seq);
	return merit_index_find(&awards->earns, merit_index_key_whole(&key));
}

/* The value given, or the rule's; of a campaign without such a rule, as of a referral, nothing. */
static struct merit_text told(const struct merit_value *value, struct merit_text rules)
{
	return value->present ? value->text : rules;
}

static enum merit_status earn_keep(struct merit_awards *awards, const struct merit_entry *entry)
{
	static const struct merit_catalog_rule none = { .nature = { "", 0 }, .form = { "", 0 }, .income = { "", 0 } };
	const struct merit_value *values = entry->values;
	const struct merit_catalog_rule *rule =
		merit_catalog_rule(awards->catalog, values[EARN_CAMPAIGN].text, values[EARN_EVENT].text,
	                           entry->results[EARN_RULE].integer);
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, (int64_t)entry->seq);
	struct earn *earn = merit_index_get(&awards->earns, &awards->arena, merit_index_key_whole(&key), sizeof(*earn));
	rule = rule == NULL ? &none : rule;
	if (earn == NULL || !text_keep(awards, values[EARN_MEMBER].text, &earn->member) ||
	    !text_keep(awards, told(&values[EARN_NATURE], rule->nature), &earn->nature) ||
	    !text_keep(awards, told(&values[EARN_FORM], rule->form), &earn->form) ||
	    !text_keep(awards, told(&values[EARN_INCOME], rule->income), &earn->income))
		return MERIT_NO_MEMORY;
	earn->campaign = merit_catalog_campaign(awards->catalog, values[EARN_CAMPAIGN].text);
	return earn->campaign == NULL ? MERIT_BAD_FORMAT : MERIT_OK;
}

/* ---- Events ---- */

/* Adds points to what the member has got of the campaign: what they are worth there. */
static enum merit_status share_add(struct merit_awards *awards, struct merit_text member,
                                   const struct merit_catalog_campaign *campaign, int64_t points, int64_t *minor_out)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_text(&key, member);
	merit_index_key_number(&key, campaign->number);
	int64_t *sum = merit_index_get(&awards->shares, &awards->arena, merit_index_key_whole(&key), sizeof(*sum));
	if (sum == NULL)
		return MERIT_NO_MEMORY;
	int64_t before = merit_catalog_worth(campaign, *sum);
	*sum += points;
	*minor_out = merit_catalog_worth(campaign, *sum) - before;
	return MERIT_OK;
}

static enum merit_status earn_move(struct merit_awards *awards, struct earn *earn, int32_t day, int64_t points,
                                   struct merit_award_event *event_out)
{
	int64_t minor = 0;
	enum merit_status status = share_add(awards, earn->member, earn->campaign, points, &minor);

	if (points > 0)
		earn->given_minor = minor;
	*event_out = (struct merit_award_event){ .member = earn->member,
		                                 .campaign = earn->campaign,
		                                 .nature = earn->nature,
		                                 .form = earn->form,
		                                 .income = earn->income,
		                                 .day = day,
		                                 .points = points,
		                                 .minor = minor,
		                                 .given_minor = earn->given_minor };
	return status;
}

/* Points of no earn: neither it nor a rule told their nature. What is taken counts as large or small by itself. */
static enum merit_status side_move(struct merit_awards *awards, const struct merit_entry *entry,
                                   const struct merit_given *given, struct merit_award_event *event_out)
{
	struct earn side = { .nature = { "", 0 }, .form = { "", 0 }, .income = { "", 0 } };

	side.campaign = merit_catalog_campaign(awards->catalog, given->campaign);
	if (side.campaign == NULL)
		return MERIT_BAD_FORMAT;
	if (!text_keep(awards, given->member, &side.member))
		return MERIT_NO_MEMORY;
	enum merit_status status = earn_move(awards, &side, entry->day, given->points, event_out);
	if (given->points < 0)
		event_out->given_minor = -event_out->minor;
	return status;
}

static enum merit_status given_take(struct merit_awards *awards, const struct merit_entry *entry,
                                    const struct merit_given *given, struct merit_award_event *event_out)
{
	if (!given->is_award)
		return side_move(awards, entry, given, event_out);
	struct earn *earn = earn_of(awards, (int64_t)given->award);
	if (earn == NULL)
		return MERIT_BAD_FORMAT;
	return earn_move(awards, earn, entry->day, given->points, event_out);
}

enum merit_status merit_awards_take(struct merit_awards *awards, const struct merit_entry *entry,
                                    struct merit_award_event events_out[static MERIT_AWARD_EVENTS_MAX],
                                    size_t *count_out)
{
	struct merit_given given[MERIT_GIVEN_MAX];
	enum merit_status status = MERIT_OK;

	*count_out = 0;
	if (entry->operation->number == MERIT_OP_EARN)
		status = earn_keep(awards, entry);
	size_t count = merit_given_of(entry, given);
	for (size_t i = 0; i < count && status == MERIT_OK; i++)
		status = given_take(awards, entry, &given[i], &events_out[(*count_out)++]);
	return status;
}

void merit_awards_free(struct merit_awards *awards)
{
	merit_index_free(&awards->earns);
	merit_index_free(&awards->shares);
	merit_index_free(&awards->texts);
	merit_arena_free(&awards->arena);
}
