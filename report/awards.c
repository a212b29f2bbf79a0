/* awards.c - see awards.h. */
#include "report/awards.h"

#include "ledger/award.h"

/* An earn, kept until the end: it may be taken back in years. */
struct earn {
	struct merit_text member, nature, form, income;
	const struct merit_catalog_campaign *campaign;
	int64_t points; /* given: 0 while it waits */
	int64_t given_minor;
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

static enum merit_status earn_keep(struct merit_awards *awards, const struct merit_entry *entry, struct earn **earn_out)
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
	*earn_out = earn;
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
	earn->points += points;
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

static enum merit_status earn_take(struct merit_awards *awards, const struct merit_entry *entry,
                                   struct merit_award_event *events_out, size_t *count_out)
{
	const struct merit_value *state = &entry->results[EARN_STATE];
	struct earn *earn;
	enum merit_status status = earn_keep(awards, entry, &earn);

	if (status != MERIT_OK || (state->present && state->integer != MERIT_AWARD_AVAILABLE))
		return status; /* It waits, or cannot be. */
	*count_out = 1;
	return earn_move(awards, earn, entry->day, entry->results[EARN_PAID].integer, &events_out[0]);
}

/* A review, or the day an award waited for. */
static enum merit_status award_take(struct merit_awards *awards, const struct merit_entry *entry, int64_t seq,
                                    struct merit_award_event *events_out, size_t *count_out)
{
	struct earn *earn = earn_of(awards, seq);

	if (earn == NULL)
		return MERIT_BAD_FORMAT;
	if (entry->results[AWARD_STATE].integer != MERIT_AWARD_AVAILABLE)
		return MERIT_OK;
	*count_out = 1;
	return earn_move(awards, earn, entry->day, entry->results[AWARD_POINTS].integer, &events_out[0]);
}

/* What was never available is not taken back either. */
static enum merit_status reverse_take(struct merit_awards *awards, const struct merit_entry *entry,
                                      struct merit_award_event *events_out, size_t *count_out)
{
	struct earn *earn = earn_of(awards, entry->values[REVERSE_ENTRY].integer);

	if (earn == NULL)
		return MERIT_BAD_FORMAT;
	if (earn->points == 0)
		return MERIT_OK;
	*count_out = 1;
	return earn_move(awards, earn, entry->day, -earn->points, &events_out[0]);
}

/* Points of no earn that a member gets, or loses. */
static enum merit_status side_take(struct merit_awards *awards, const struct merit_entry *entry,
                                   struct merit_text member, struct merit_text campaign, int64_t points,
                                   struct merit_award_event *events_out, size_t *count_out)
{
	struct earn side = { .nature = { "", 0 }, .form = { "", 0 }, .income = { "", 0 } };

	if (points == 0)
		return MERIT_OK;
	side.campaign = merit_catalog_campaign(awards->catalog, campaign);
	if (side.campaign == NULL)
		return MERIT_BAD_FORMAT;
	if (!text_keep(awards, member, &side.member))
		return MERIT_NO_MEMORY;
	return earn_move(awards, &side, entry->day, points, &events_out[(*count_out)++]);
}

static enum merit_status referral_take(struct merit_awards *awards, const struct merit_entry *entry,
                                       struct merit_award_event *events_out, size_t *count_out)
{
	const struct merit_value *results = entry->results;
	struct merit_text campaign = results[REFERRAL_CAMPAIGN].text;
	enum merit_status status = side_take(awards, entry, results[REFERRAL_REFERRER].text, campaign,
	                                     results[REFERRAL_REFERRER_PAID].integer, events_out, count_out);

	if (status != MERIT_OK)
		return status;
	return side_take(awards, entry, entry->values[REFERRAL_REFEREE].text, campaign,
	                 results[REFERRAL_REFEREE_PAID].integer, events_out, count_out);
}

/* A correction by two parties: of no earn, so nobody told its nature. */
static enum merit_status correction_take(struct merit_awards *awards, const struct merit_entry *entry,
                                         struct merit_text member, struct merit_text campaign, int64_t points,
                                         struct merit_award_event *events_out, size_t *count_out)
{
	enum merit_status status = side_take(awards, entry, member, campaign, points, events_out, count_out);

	if (*count_out > 0 && points < 0)
		events_out[0].given_minor = -events_out[0].minor;
	return status;
}

enum merit_status merit_awards_take(struct merit_awards *awards, const struct merit_entry *entry,
                                    struct merit_award_event events_out[static MERIT_AWARD_EVENTS_MAX],
                                    size_t *count_out)
{
	const struct merit_value *values = entry->values;

	*count_out = 0;
	switch (entry->operation->number) {
	case MERIT_OP_EARN: return earn_take(awards, entry, events_out, count_out);
	case MERIT_OP_EARN_REVIEW:
		return award_take(awards, entry, values[REVIEW_ENTRY].integer, events_out, count_out);
	case MERIT_OP_MATURE: return award_take(awards, entry, values[MATURE_ENTRY].integer, events_out, count_out);
	case MERIT_OP_REVERSE: return reverse_take(awards, entry, events_out, count_out);
	case MERIT_OP_REFERRAL: return referral_take(awards, entry, events_out, count_out);
	case MERIT_OP_ADJUST_POINTS:
		return correction_take(awards, entry, values[ADJUST_MEMBER].text, values[ADJUST_CAMPAIGN].text,
		                       values[ADJUST_AMOUNT].integer, events_out, count_out);
	case MERIT_OP_ADJUST_DEBT:
		return correction_take(awards, entry, values[WRITEOFF_MEMBER].text, values[WRITEOFF_CAMPAIGN].text,
		                       values[WRITEOFF_POINTS].integer, events_out, count_out);
	default: return MERIT_OK;
	}
}

void merit_awards_free(struct merit_awards *awards)
{
	merit_index_free(&awards->earns);
	merit_index_free(&awards->shares);
	merit_index_free(&awards->texts);
	merit_arena_free(&awards->arena);
}
