/* op_referral.c - who brought whom in: what a campaign pays for it, records of it, and their review. What a record pays
 * in the end is op_reward.c. */
#include <assert.h>
#include <string.h>

#include "ledger/count.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/referral.h"

enum { DECISION_APPROVE }; /* the place of the word of its type */

void merit_referral_result(struct merit_entry *entry, size_t index, enum merit_referral_state state)
{
	entry->results[index] = merit_type_word_value(MERIT_TYPE_REFERRAL_STATE, state);
}

void merit_referral_set(struct merit_model *model, struct merit_text referee, enum merit_referral_state state)
{
	struct merit_referral *row = merit_model_edit(model, MERIT_TABLE_REFERRAL, referee, sizeof(*row));
	struct merit_text key = merit_model_number_key(model, row->seq - 1);

	if (row->state == MERIT_REFERRAL_FLAGGED)
		merit_state_delete(model->state, MERIT_TABLE_FLAGGED, key.data, key.size);
	row->state = (uint8_t)state;
	if (state == MERIT_REFERRAL_FLAGGED)
		memcpy(merit_model_edit(model, MERIT_TABLE_FLAGGED, key, referee.size), referee.data, referee.size);
	if (state == MERIT_REFERRAL_RECORDED && row->qualified)
		merit_model_set_due(model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_REFERRAL, referee, true);
}

/* ---- campaign.referral ---- */

static enum merit_status terms_fault(struct merit_model *model, const struct merit_value *values)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, values[TERMS_CAMPAIGN].text);

	if (values[TERMS_REFERRER_POINTS].integer == 0 && values[TERMS_REFEREE_POINTS].integer == 0)
		return MERIT_ZERO_AMOUNT;
	if (campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (campaign->closed)
		return MERIT_CAMPAIGN_CLOSED;
	return merit_model_rule(model, campaign->holder.number, values[TERMS_EVENT].text) == NULL ? MERIT_NO_RULE
	                                                                                          : MERIT_OK;
}

void merit_decide_campaign_referral(struct merit_model *model, struct merit_entry *entry)
{
	enum merit_status fault = terms_fault(model, entry->values);

	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	uint32_t number = merit_model_campaign(model, entry->values[TERMS_CAMPAIGN].text)->holder.number;
	const struct merit_terms *terms = merit_model_terms(model, number);
	merit_entry_result_integer(entry, RESULT_VERSION, terms == NULL ? 1 : terms->version + 1);
}

/* Only one event of a campaign qualifies, and there is a rule for it. */
static void rule_set_qualifies(struct merit_model *model, uint32_t campaign, struct merit_text event, bool qualifies)
{
	struct merit_text key = merit_model_rule_key(model, campaign, event);
	size_t size = 0;
	const void *row = merit_model_get(model, MERIT_TABLE_RULE, key, &size);

	assert(row != NULL);
	struct merit_rule *rule = merit_model_edit(model, MERIT_TABLE_RULE, key, size);
	rule->qualifies = qualifies;
}

void merit_evolve_campaign_referral(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *window = &values[TERMS_WINDOW];
	uint32_t number = merit_model_campaign(model, values[TERMS_CAMPAIGN].text)->holder.number;
	struct merit_terms *row =
		merit_model_edit(model, MERIT_TABLE_TERMS, merit_model_number_key(model, number), sizeof(*row));

	if (row->event.size > 0)
		rule_set_qualifies(model, number, merit_name_text(&row->event), false);
	rule_set_qualifies(model, number, values[TERMS_EVENT].text, true);
	row->event = merit_name_of(values[TERMS_EVENT].text);
	row->version = (int32_t)entry->results[RESULT_VERSION].integer;
	row->window_days = window->present ? (int32_t)window->integer : -1;
	row->referrer_points = values[TERMS_REFERRER_POINTS].integer;
	row->referee_points = values[TERMS_REFEREE_POINTS].integer;
	row->flag_day = values[TERMS_FLAG_DAY].integer; /* 0 when absent, as caps are */
	for (int period = 0; period < MERIT_PERIOD_COUNT; period++)
		row->caps.most[period] = values[TERMS_CAP_DAY + period].integer;
	row->counted |= merit_caps_mask(&row->caps);
	row->seq = entry->seq;
}

/* ---- The tree: who hangs together with whom ---- */

/* The member that leads everybody who hangs together with this one. A member joins a leader of at least as many as it
 * leads itself, so the steps are at most the logarithm of the members. */
static struct merit_name tree_leader(struct merit_model *model, struct merit_text member)
{
	struct merit_name leader = merit_name_of(member);
	const struct merit_referral *row = merit_model_referral(model, member);

	while (row != NULL && row->leader.size > 0) {
		leader = row->leader;
		row = merit_model_referral(model, merit_name_text(&leader));
	}
	return leader;
}

static struct merit_referral *leader_edit(struct merit_model *model, const struct merit_name *leader)
{
	struct merit_referral *row =
		merit_model_edit(model, MERIT_TABLE_REFERRAL, merit_name_text(leader), sizeof(*row));

	if (row->size == 0)
		row->size = 1; /* It led nobody but itself, and needed no row for that. */
	return row;
}

/* Makes one tree of two. */
static void tree_join(struct merit_model *model, struct merit_text referrer, struct merit_text referee)
{
	struct merit_name leader = tree_leader(model, referrer), other = tree_leader(model, referee);
	struct merit_referral *row = leader_edit(model, &leader), *other_row = leader_edit(model, &other);

	if (row->size >= other_row->size) {
		other_row->leader = leader;
		row->size += other_row->size;
	} else {
		row->leader = other;
		other_row->size += row->size;
	}
}

/* ---- referral.record ---- */

static int64_t record_occurred_ms(const struct merit_entry *entry)
{
	const struct merit_value *occurred = &entry->values[RECORD_OCCURRED];

	return occurred->present ? occurred->integer : entry->time_ms;
}

static enum merit_status record_names(struct merit_model *model, const struct merit_value *values)
{
	const struct merit_member_head *referrer = merit_model_member_head(model, values[RECORD_REFERRER].text);
	const struct merit_member_head *referee = merit_model_member_head(model, values[RECORD_REFEREE].text);
	const struct merit_campaign *campaign = merit_model_campaign(model, values[RECORD_CAMPAIGN].text);

	if (referrer == NULL || referee == NULL)
		return MERIT_MEMBER_UNKNOWN;
	if (campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (referrer->closed || referee->closed)
		return MERIT_MEMBER_CLOSED;
	if (referrer->frozen || referee->frozen)
		return MERIT_MEMBER_FROZEN;
	return campaign->closed ? MERIT_CAMPAIGN_CLOSED : MERIT_OK;
}

static enum merit_status record_time(struct merit_model *model, const struct merit_entry *entry)
{
	int64_t occurred_ms = record_occurred_ms(entry);

	if (occurred_ms > entry->time_ms)
		return MERIT_IN_FUTURE;
	if (merit_model_day(model, entry->time_ms) - merit_model_day(model, occurred_ms) > model->program.late_days)
		return MERIT_TOO_LATE;
	return MERIT_OK;
}

/* A referee without a referrer is the root of its tree: who hangs together with it goes back to it. */
static enum merit_status record_pair(struct merit_model *model, struct merit_text referrer, struct merit_text referee)
{
	const struct merit_referral *row = merit_model_referral(model, referee);

	if (merit_text_equal(referrer, referee))
		return MERIT_SELF_REFERRAL;
	if (row != NULL && row->referrer.size > 0)
		return merit_text_equal(merit_name_text(&row->referrer), referrer) ? MERIT_ALREADY_REFERRED
		                                                                   : MERIT_OTHER_REFERRER;
	struct merit_name above = tree_leader(model, referrer), below = tree_leader(model, referee);
	return merit_text_equal(merit_name_text(&above), merit_name_text(&below)) ? MERIT_REFERRAL_CYCLE : MERIT_OK;
}

static void record_refuse(struct merit_model *model, struct merit_entry *entry, enum merit_status fault)
{
	merit_entry_refuse(entry, fault);
	if (fault == MERIT_TOO_LATE)
		merit_entry_why(entry, "late_days", model->program.late_days);
	if (fault == MERIT_ALREADY_REFERRED || fault == MERIT_OTHER_REFERRER) {
		const struct merit_referral *row = merit_model_referral(model, entry->values[RECORD_REFEREE].text);
		merit_entry_why(entry, "seq", (int64_t)row->seq - 1);
	}
}

static struct merit_counted recorded_count(struct merit_model *model, const struct merit_entry *entry,
                                           uint32_t campaign)
{
	return (struct merit_counted){
		.counter = MERIT_COUNT_RECORDED,
		.number = campaign,
		.a = entry->values[RECORD_REFERRER].text,
		.b = MERIT_TEXT(""),
		.period = MERIT_PERIOD_DAY,
		.day = merit_model_day(model, record_occurred_ms(entry)),
	};
}

void merit_decide_referral_record(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_terms *terms = NULL;
	uint32_t campaign = 0;
	enum merit_status fault = record_names(model, values);

	if (fault == MERIT_OK)
		fault = record_time(model, entry);
	if (fault == MERIT_OK) {
		campaign = merit_model_campaign(model, values[RECORD_CAMPAIGN].text)->holder.number;
		terms = merit_model_terms(model, campaign);
		fault = terms == NULL ? MERIT_NO_TERMS
		                      : record_pair(model, values[RECORD_REFERRER].text, values[RECORD_REFEREE].text);
	}
	if (fault != MERIT_OK) {
		record_refuse(model, entry, fault);
		return;
	}
	struct merit_counted counted = recorded_count(model, entry, campaign);
	bool is_flagged = terms->flag_day > 0 && merit_count_get(model, &counted).times >= terms->flag_day;
	merit_referral_result(entry, RECORD_STATE, is_flagged ? MERIT_REFERRAL_FLAGGED : MERIT_REFERRAL_RECORDED);
}

static void referred_add(struct merit_model *model, struct merit_text referrer, uint64_t seq, struct merit_text referee)
{
	uint32_t number = merit_model_member_head(model, referrer)->holder.number;
	struct merit_text key = merit_model_pair_key(model, number, seq);

	memcpy(merit_model_add(model, MERIT_TABLE_REFERRED, key, referee.size), referee.data, referee.size);
}

void merit_evolve_referral_record(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text referrer = values[RECORD_REFERRER].text, referee = values[RECORD_REFEREE].text;
	uint32_t campaign = merit_model_campaign(model, values[RECORD_CAMPAIGN].text)->holder.number;
	struct merit_counted counted = recorded_count(model, entry, campaign);

	tree_join(model, referrer, referee);
	struct merit_referral *row = merit_model_edit(model, MERIT_TABLE_REFERRAL, referee, sizeof(*row));
	row->referrer = merit_name_of(referrer);
	row->campaign = campaign;
	row->seq = entry->seq + 1;
	row->occurred_ms = record_occurred_ms(entry);
	referred_add(model, referrer, entry->seq, referee);
	merit_count_add(model, &counted, 1, 0); /* always: a later version of the terms may ask for the whole day */
	merit_referral_set(model, referee, (enum merit_referral_state)entry->results[RECORD_STATE].integer);
}

/* ---- referral.review ---- */

/* Whether the reviewer's party recorded the referral itself. Without memory to know, neither yes nor no will do. */
static bool is_recorders(struct merit_model *model, struct merit_entry *entry, uint64_t seq)
{
	struct merit_entry record;

	if (merit_model_entry(model, seq, &model->scratch, &record) != MERIT_OK) {
		entry->no_memory = true; /* The log holds every record: only memory can be short. */
		return true;
	}
	return merit_text_equal(record.party, entry->party);
}

static enum merit_status review_fault(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_referral *row = merit_model_referral(model, values[RELEASE_REFEREE].text);

	if (!merit_model_has_member(model, values[RELEASE_REFEREE].text))
		return MERIT_MEMBER_UNKNOWN;
	if (row == NULL || row->referrer.size == 0)
		return MERIT_REFERRAL_UNKNOWN;
	if (is_recorders(model, entry, row->seq - 1))
		return MERIT_SAME_PARTY;
	struct merit_text campaign = merit_model_campaign_name(model, row->campaign);
	if (values[RELEASE_DECISION].integer == DECISION_APPROVE && merit_model_campaign(model, campaign)->closed)
		return MERIT_CAMPAIGN_CLOSED;
	return row->state == MERIT_REFERRAL_FLAGGED ? MERIT_OK : MERIT_NOT_FLAGGED;
}

void merit_decide_referral_review(struct merit_model *model, struct merit_entry *entry)
{
	bool approves = entry->values[RELEASE_DECISION].integer == DECISION_APPROVE;
	enum merit_status fault = review_fault(model, entry);

	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
	else
		merit_referral_result(entry, RELEASE_STATE,
		                      approves ? MERIT_REFERRAL_RECORDED : MERIT_REFERRAL_REJECTED);
}

void merit_evolve_referral_review(struct merit_model *model, const struct merit_entry *entry)
{
	merit_referral_set(model, entry->values[RELEASE_REFEREE].text,
	                   (enum merit_referral_state)entry->results[RELEASE_STATE].integer);
}
