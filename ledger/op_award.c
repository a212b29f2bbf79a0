/* op_award.c - what becomes of an award: reviewed, matured, reversed.
 *
 * An award that waits is points pending in its campaign's lot without a day, and a row that says what it waits for.
 * What it is for stands in the earn's leaf alone, which is read again here; the log holds it before anything can name
 * it. Nothing here decides what an earn pays: that is op_earn.c. */
#include <assert.h>
#include <string.h>

#include "ledger/award.h"
#include "ledger/calendar.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/referral.h"

/* The places of the words of a decision. */
enum { DECISION_APPROVE, DECISION_REJECT };

/* ---- An award, from its earn ---- */

struct award {
	struct merit_entry earn;
	struct merit_award row; /* as it stands; of one that never had to wait: available, with the earn's last day */
	const struct merit_campaign *campaign;
	struct merit_text member, campaign_name; /* borrowed from the earn */
	int64_t points;
	int32_t occurred_day;
};

static int32_t last_day_of(const struct merit_value *result)
{
	return result->present ? (int32_t)result->integer : MERIT_DAY_NEVER;
}

/* Fills award from the entry at seq. ENTRY_UNKNOWN when that is no accepted earn, or NO_MEMORY. */
static enum merit_status award_find(struct merit_model *model, uint64_t seq, struct award *award)
{
	struct merit_entry *earn = &award->earn;
	enum merit_status status = merit_model_entry(model, seq, &model->scratch, earn);

	if (status != MERIT_OK)
		return status == MERIT_NOT_FOUND ? MERIT_ENTRY_UNKNOWN : MERIT_NO_MEMORY;
	if (earn->operation->number != MERIT_OP_EARN || earn->status != MERIT_OK)
		return MERIT_ENTRY_UNKNOWN;
	award->member = earn->values[EARN_MEMBER].text;
	award->campaign_name = earn->values[EARN_CAMPAIGN].text;
	award->campaign = merit_model_campaign(model, award->campaign_name);
	award->points = earn->results[EARN_PAID].integer;
	award->occurred_day = merit_model_day(model, earn->values[EARN_OCCURRED].integer);
	const struct merit_award *row = merit_model_award(model, seq);
	award->row = row != NULL ? *row
	                         : (struct merit_award){ .state = MERIT_AWARD_AVAILABLE,
		                                         .last_day = last_day_of(&earn->results[EARN_LAST_DAY]) };
	return MERIT_OK;
}

static void refuse(struct merit_entry *entry, enum merit_status fault)
{
	if (fault == MERIT_NO_MEMORY)
		entry->no_memory = true;
	else
		merit_entry_refuse(entry, fault);
}

/* ---- Waiting no more ---- */

static void award_tell(struct merit_entry *entry, const struct award *award, enum merit_award_state state)
{
	merit_entry_result_text(entry, AWARD_MEMBER, award->member);
	merit_entry_result_text(entry, AWARD_CAMPAIGN, award->campaign_name);
	merit_entry_result_integer(entry, AWARD_POINTS, award->points);
	entry->results[AWARD_STATE] = merit_type_word_value(MERIT_TYPE_AWARD_STATE, state);
}

/* Leaves in a copy of the member's row the lots that stand on day once the award's points are no longer pending. A lot
 * whose day is over lives on in what orders hold of it only, whether or not its expiry has been written yet. */
static void lots_narrow(struct merit_member *member, const struct award *award, int32_t day)
{
	size_t kept = 0;

	for (size_t i = 0; i < member->head.lots_count; i++) {
		const struct merit_lot *lot = &member->lots[i];
		bool is_pending = lot->day == MERIT_DAY_NONE;
		bool is_dead = !is_pending && lot->day < day && lot->held == 0;
		bool is_spent =
			is_pending && lot->campaign == award->campaign->holder.number && lot->pending == award->points;
		if (!is_dead && !is_spent)
			member->lots[kept++] = *lot;
	}
	member->head.lots_count = (uint32_t)kept;
}

/* Makes the award's points the member's to use from day on. */
static void award_release(struct merit_model *model, struct merit_entry *entry, const struct award *award, int32_t day)
{
	uint32_t number = award->campaign->holder.number;
	int32_t last_day = merit_award_last_day(award->campaign, award->occurred_day, day);
	struct merit_member member;
	bool found = merit_model_member(model, award->member, 0, &member);

	assert(found);
	lots_narrow(&member, award, day);
	last_day = merit_landing_day(&member, number, last_day, day);
	merit_post_award(entry, MERIT_ACCOUNT_PENDING, award->member, award->member, &member, award->campaign_name,
	                 number, last_day, award->points);
	award_tell(entry, award, MERIT_AWARD_AVAILABLE);
	if (last_day != MERIT_DAY_NEVER)
		merit_entry_result_integer(entry, AWARD_LAST_DAY, last_day);
}

/* Where the award stands behind a review, or once it has matured. */
static void award_evolve(struct merit_model *model, const struct merit_entry *entry, const struct award *award)
{
	struct merit_award row = award->row;

	row.state = (uint8_t)entry->results[AWARD_STATE].integer;
	if (row.state == MERIT_AWARD_AVAILABLE) {
		row.last_day = last_day_of(&entry->results[AWARD_LAST_DAY]);
		merit_member_earned(model, award->member, merit_day_year(award->occurred_day), award->points);
	}
	if (entry->operation->number == MERIT_OP_EARN_REVIEW)
		row.reviewed = entry->seq + 1;
	merit_award_set(model, award->earn.seq, award->member, &row);
}

/* ---- earn.review ---- */

/* Whether an award under review still has a day to wait for, once approved. */
static bool matures_later(const struct award *award, const struct merit_entry *review)
{
	return award->row.due_ms > review->time_ms;
}

static enum merit_status review_fault(struct merit_model *model, const struct merit_entry *entry,
                                      const struct award *award)
{
	int32_t today = merit_model_day(model, entry->time_ms);

	if (merit_text_equal(award->earn.party, entry->party))
		return MERIT_SAME_PARTY;
	if (award->row.state != MERIT_AWARD_REVIEW)
		return MERIT_NOT_PENDING;
	if (entry->values[REVIEW_DECISION].integer == DECISION_APPROVE && !matures_later(award, entry) &&
	    merit_award_last_day(award->campaign, award->occurred_day, today) < today)
		return MERIT_LOT_EXPIRED;
	return MERIT_OK;
}

void merit_decide_earn_review(struct merit_model *model, struct merit_entry *entry)
{
	struct award award;
	enum merit_status fault = award_find(model, (uint64_t)entry->values[REVIEW_ENTRY].integer, &award);

	if (fault == MERIT_OK)
		fault = review_fault(model, entry, &award);
	if (fault != MERIT_OK) {
		refuse(entry, fault);
	} else if (entry->values[REVIEW_DECISION].integer == DECISION_REJECT) {
		merit_entry_post(entry, MERIT_ACCOUNT_PENDING, award.member, award.campaign_name, MERIT_DAY_NONE, -1,
		                 -award.points);
		merit_post_back(entry, award.campaign, award.campaign_name, award.points);
		award_tell(entry, &award, MERIT_AWARD_REJECTED);
	} else if (matures_later(&award, entry)) {
		award_tell(entry, &award, MERIT_AWARD_MATURING);
		merit_entry_result_integer(entry, AWARD_MATURES, award.row.due_ms);
	} else {
		award_release(model, entry, &award, merit_model_day(model, entry->time_ms));
	}
}

/* As if the earn had never been: its reference, its evidence, and what it counted are free again. Evidence that another
 * award brought, too, stays used. */
static void award_free(struct merit_model *model, const struct award *award)
{
	const struct merit_value *values = award->earn.values;
	struct merit_reference reference = { award->campaign_name, award->campaign->holder.number,
		                             values[EARN_EVENT].text, award->member, values[EARN_REFERENCE].text };

	merit_model_free_reference(model, &reference, award->earn.seq);
	if (values[EARN_EVIDENCE].present)
		merit_model_free_evidence(model, values[EARN_EVIDENCE].text, award->earn.seq);
	merit_award_count(model, &award->earn, award->row.counted, -1);
}

/* An approved award may be what the member's referral waits for. */
static void award_qualify(struct merit_model *model, const struct award *award)
{
	uint32_t number = award->campaign->holder.number;
	const struct merit_rule *rule = merit_model_rule(model, number, award->earn.values[EARN_EVENT].text);

	if (rule->qualifies)
		merit_referral_qualify(model, award->member, number, award->earn.values[EARN_OCCURRED].integer,
		                       award->earn.seq);
}

void merit_evolve_earn_review(struct merit_model *model, const struct merit_entry *entry)
{
	struct award award;
	enum merit_status fault = award_find(model, (uint64_t)entry->values[REVIEW_ENTRY].integer, &award);

	assert(fault == MERIT_OK);
	award_evolve(model, entry, &award);
	if (entry->results[AWARD_STATE].integer == MERIT_AWARD_REJECTED)
		award_free(model, &award);
	else
		award_qualify(model, &award);
}

/* ---- mature ---- */

/* Whenever it is written, it counts as of the day on which the award matured. */
void merit_decide_mature(struct merit_model *model, struct merit_entry *entry)
{
	struct award award;
	enum merit_status fault = award_find(model, (uint64_t)entry->values[MATURE_ENTRY].integer, &award);

	if (fault == MERIT_OK && award.row.state != MERIT_AWARD_MATURING)
		fault = MERIT_NOT_PENDING;
	if (fault == MERIT_OK && award.row.due_ms > entry->time_ms)
		fault = MERIT_NOT_DUE;
	if (fault != MERIT_OK) {
		refuse(entry, fault);
		return;
	}
	entry->day = merit_model_day(model, award.row.due_ms);
	award_release(model, entry, &award, entry->day);
}

void merit_evolve_mature(struct merit_model *model, const struct merit_entry *entry)
{
	struct award award;
	enum merit_status fault = award_find(model, (uint64_t)entry->values[MATURE_ENTRY].integer, &award);

	assert(fault == MERIT_OK);
	award_evolve(model, entry, &award);
}

/* ---- reverse ---- */

/* Takes up to points out of the member's lots of one campaign, the earn's own lot first. Returns what they lacked. */
static int64_t claw_back(struct merit_entry *entry, const struct merit_member *member, const struct award *award)
{
	int64_t points = award->points;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < member->head.lots_count && points > 0; i++) {
			const struct merit_lot *lot = &member->lots[i];
			bool is_own = lot->day == award->row.last_day;
			if (lot->campaign != award->campaign->holder.number || is_own != (round == 0))
				continue;
			int64_t taken = lot->available < points ? lot->available : points;
			merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, award->member, award->campaign_name, lot->day, -1,
			                 -taken);
			points -= taken;
		}
	}
	return points;
}

/* A debt is points that exist twice until it is paid down: it must lead neither out of the safe integers nor out of the
 * member's row. */
static enum merit_status debt_fault(const struct merit_model *model, const struct merit_member *member,
                                    const struct award *award, int64_t owed)
{
	int64_t gone = award->campaign->closed ? award->points : 0; /* back to the sponsor, out of all other accounts */

	if (owed > merit_points_left(&model->program) + gone || owed > MERIT_AMOUNT_MAX - model->program.owed)
		return MERIT_AMOUNT_RANGE;
	if (owed > 0 && merit_member_debt(member, award->campaign->holder.number) == 0 &&
	    member->head.lots_count + member->head.debts_count >= MERIT_MEMBER_ROWS_MAX)
		return MERIT_TOO_MANY_LOTS;
	return MERIT_OK;
}

static enum merit_status reverse_fault(struct merit_model *model, const struct award *award)
{
	if (merit_model_has(model, MERIT_TABLE_REVERSED, merit_model_number_key(model, award->earn.seq)))
		return MERIT_ALREADY_REVERSED;
	return award->row.state == MERIT_AWARD_REJECTED ? MERIT_NOT_PENDING : MERIT_OK; /* nothing was paid */
}

/* An award that waits is all there still; of any other what is missing becomes a debt. */
static enum merit_status reverse_post(struct merit_model *model, struct merit_entry *entry, const struct award *award,
                                      int64_t *owed_out)
{
	bool is_pending = award->row.state == MERIT_AWARD_REVIEW || award->row.state == MERIT_AWARD_MATURING;
	struct merit_member member;
	bool found = merit_model_member(model, award->member, 0, &member);
	int64_t owed = 0;

	assert(found);
	if (is_pending)
		merit_entry_post(entry, MERIT_ACCOUNT_PENDING, award->member, award->campaign_name, MERIT_DAY_NONE, -1,
		                 -award->points);
	else
		owed = claw_back(entry, &member, award);
	merit_entry_post(entry, MERIT_ACCOUNT_DEBT, award->member, award->campaign_name, MERIT_DAY_NONE, -1, -owed);
	merit_post_back(entry, award->campaign, award->campaign_name, award->points);
	*owed_out = owed;
	return debt_fault(model, &member, award, owed);
}

void merit_decide_reverse(struct merit_model *model, struct merit_entry *entry)
{
	struct award award;
	int64_t owed = 0;
	enum merit_status fault = award_find(model, (uint64_t)entry->values[REVERSE_ENTRY].integer, &award);

	if (fault == MERIT_OK)
		fault = reverse_fault(model, &award);
	if (fault == MERIT_OK)
		fault = reverse_post(model, entry, &award, &owed);
	if (fault != MERIT_OK) {
		refuse(entry, fault);
		return;
	}
	merit_entry_result_text(entry, REVERSE_MEMBER, award.member);
	merit_entry_result_integer(entry, REVERSE_POINTS, award.points);
	merit_entry_result_integer(entry, REVERSE_OWED, owed);
}

void merit_evolve_reverse(struct merit_model *model, const struct merit_entry *entry)
{
	uint64_t seq = (uint64_t)entry->values[REVERSE_ENTRY].integer;
	const struct merit_award *waited = merit_model_award(model, seq);
	uint64_t *row = merit_model_edit(model, MERIT_TABLE_REVERSED, merit_model_number_key(model, seq), sizeof(*row));

	*row = entry->seq;
	if (waited == NULL)
		return;
	struct merit_award award = *waited;
	award.state = MERIT_AWARD_REVERSED;
	merit_award_set(model, seq, entry->results[REVERSE_MEMBER].text, &award);
}
