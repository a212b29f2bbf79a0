/* given.c - see given.h. */
#include "ledger/given.h"

#include "ledger/award.h"

/* ---- What an entry gave ---- */

/* An award where it became available with this entry; else it waits, or cannot be. */
static size_t award_given(const struct merit_value *state, int64_t seq, const struct merit_value *member,
                          const struct merit_value *campaign, int64_t points, struct merit_given *given_out)
{
	if (state->present && state->integer != MERIT_AWARD_AVAILABLE)
		return 0;
	*given_out = (struct merit_given){ member->text, campaign->text, points, true, (uint64_t)seq };
	return 1;
}

static size_t earn_given(const struct merit_entry *entry, struct merit_given *given_out)
{
	const struct merit_value *values = entry->values, *results = entry->results;

	return award_given(&results[EARN_STATE], (int64_t)entry->seq, &values[EARN_MEMBER], &values[EARN_CAMPAIGN],
	                   results[EARN_PAID].integer, given_out);
}

/* A review, or the day an award waited for. */
static size_t wait_given(const struct merit_entry *entry, int64_t seq, struct merit_given *given_out)
{
	const struct merit_value *results = entry->results;

	return award_given(&results[AWARD_STATE], seq, &results[AWARD_MEMBER], &results[AWARD_CAMPAIGN],
	                   results[AWARD_POINTS].integer, given_out);
}

/* What was never available is not taken back either: it leaves what is pending, and nothing else. */
static size_t reverse_given(const struct merit_entry *entry, struct merit_given *given_out)
{
	const struct merit_value *results = entry->results;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account != MERIT_ACCOUNT_MEMBER && posting->account != MERIT_ACCOUNT_DEBT)
			continue;
		*given_out = (struct merit_given){ results[REVERSE_MEMBER].text, posting->campaign,
			                           -results[REVERSE_POINTS].integer, true,
			                           (uint64_t)entry->values[REVERSE_ENTRY].integer };
		return 1;
	}
	return 0;
}

/* Points of no earn that a member gets, or loses. */
static size_t side_given(struct merit_text member, struct merit_text campaign, int64_t points,
                         struct merit_given *given_out)
{
	if (points == 0)
		return 0;
	*given_out = (struct merit_given){ .member = member, .campaign = campaign, .points = points };
	return 1;
}

static size_t referral_given(const struct merit_entry *entry, struct merit_given *given_out)
{
	const struct merit_value *results = entry->results;
	struct merit_text campaign = results[REFERRAL_CAMPAIGN].text;
	size_t count = side_given(results[REFERRAL_REFERRER].text, campaign, results[REFERRAL_REFERRER_PAID].integer,
	                          given_out);

	return count + side_given(entry->values[REFERRAL_REFEREE].text, campaign,
	                          results[REFERRAL_REFEREE_PAID].integer, given_out + count);
}

size_t merit_given_of(const struct merit_entry *entry, struct merit_given given_out[static MERIT_GIVEN_MAX])
{
	const struct merit_value *values = entry->values;

	switch (entry->operation->number) {
	case MERIT_OP_EARN: return earn_given(entry, given_out);
	case MERIT_OP_EARN_REVIEW: return wait_given(entry, values[REVIEW_ENTRY].integer, given_out);
	case MERIT_OP_MATURE: return wait_given(entry, values[MATURE_ENTRY].integer, given_out);
	case MERIT_OP_REVERSE: return reverse_given(entry, given_out);
	case MERIT_OP_REFERRAL: return referral_given(entry, given_out);
	case MERIT_OP_ADJUST_POINTS:
		return side_given(values[ADJUST_MEMBER].text, values[ADJUST_CAMPAIGN].text,
		                  values[ADJUST_AMOUNT].integer, given_out);
	case MERIT_OP_ADJUST_DEBT:
		return side_given(values[WRITEOFF_MEMBER].text, values[WRITEOFF_CAMPAIGN].text,
		                  values[WRITEOFF_POINTS].integer, given_out);
	default: return 0;
	}
}

/* ---- What it was worth ---- */

/* The sum behind the entry at place - 1; the newest one at place 0. */
static struct merit_text sum_key(struct merit_model *model, const struct merit_given *given,
                                 const struct merit_campaign *campaign, uint64_t place)
{
	const struct merit_member_head *head = merit_model_member_head(model, given->member);
	uint64_t member = head == NULL ? 0 : head->holder.number; /* NULL: the store failed, and no row will be found */

	return merit_model_pair_key(model, member << 32 | campaign->holder.number, place);
}

/* Points worth whole minor units are worth the same whatever came before: their sums need not be known. */
static bool is_whole(const struct merit_campaign *campaign)
{
	return campaign->value_minor % campaign->value_points == 0;
}

static void sum_add(struct merit_model *model, const struct merit_given *given, uint64_t seq)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, given->campaign);

	if (campaign == NULL || is_whole(campaign)) /* NULL: the store failed, and nothing of the group will stand */
		return;
	int64_t *sum = merit_model_edit(model, MERIT_TABLE_GIVEN, sum_key(model, given, campaign, 0), sizeof(*sum));
	*sum += given->points;
	int64_t *behind =
		merit_model_add(model, MERIT_TABLE_GIVEN, sum_key(model, given, campaign, seq + 1), sizeof(*behind));
	*behind = *sum;
}

void merit_given_follow(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_given given[MERIT_GIVEN_MAX];
	struct merit_entry unwrapped;

	if (entry->operation->number == MERIT_OP_PROPOSAL_APPROVE) {
		unwrapped = *entry;
		merit_entry_unwrap(&unwrapped);
		entry = &unwrapped;
	}
	size_t count = merit_given_of(entry, given);
	for (size_t i = 0; i < count; i++)
		sum_add(model, &given[i], entry->seq);
}

static int64_t value_of(const struct merit_campaign *campaign, int64_t points)
{
	return points < 0 ? -merit_points_value(campaign, -points) : merit_points_value(campaign, points);
}

int64_t merit_given_value(struct merit_model *model, const struct merit_campaign *campaign,
                          const struct merit_given *given, uint64_t seq)
{
	const int64_t *behind =
		merit_model_get(model, MERIT_TABLE_GIVEN, sum_key(model, given, campaign, seq + 1), NULL);

	if (behind == NULL)
		return value_of(campaign, given->points);
	return value_of(campaign, *behind) - value_of(campaign, *behind - given->points);
}
