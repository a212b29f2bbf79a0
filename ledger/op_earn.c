/* op_earn.c - paying a member for what happened, taking it back, and what dies by the calendar. */
#include <assert.h>
#include <string.h>

#include "ledger/op.h"
#include "ledger/op_common.h"

/* The places of the words of their types. */
enum { EVIDENCE_NONE, EVIDENCE_REQUIRED, EVIDENCE_UNIQUE };
enum { FROM_OCCURRED, FROM_AVAILABLE };

/* ---- earn ---- */

/* What an earn is decided on; filled step by step. */
struct earning {
	const struct merit_campaign *campaign;
	const struct merit_rule *rule;
	struct merit_member member;
	int64_t points;
	int32_t occurred_day, last_day;
	const char *why; /* name of the number that explains a refusal, or NULL */
	int64_t why_number;
};

static enum merit_status earn_names(struct merit_model *model, const struct merit_entry *entry, struct earning *earning)
{
	const struct merit_value *values = entry->values;

	if (values[EARN_POINTS].present) {
		enum merit_status fault = merit_amount_fault(values[EARN_POINTS].integer);
		if (fault != MERIT_OK)
			return fault;
	}
	if (!merit_model_member(model, values[EARN_MEMBER].text, 1, &earning->member))
		return MERIT_MEMBER_UNKNOWN;
	earning->campaign = merit_model_campaign(model, values[EARN_CAMPAIGN].text);
	if (earning->campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	if (earning->campaign->closed)
		return MERIT_CAMPAIGN_CLOSED;
	earning->rule = merit_model_rule(model, earning->campaign->holder.number, values[EARN_EVENT].text);
	return earning->rule == NULL ? MERIT_NO_RULE : MERIT_OK;
}

static enum merit_status earn_window(struct merit_model *model, const struct merit_entry *entry,
                                     struct earning *earning)
{
	int64_t occurred_ms = entry->values[EARN_OCCURRED].integer;
	int32_t today = merit_model_day(model, entry->time_ms);

	earning->occurred_day = merit_model_day(model, occurred_ms);
	if (earning->occurred_day < earning->campaign->starts || earning->occurred_day > earning->campaign->ends)
		return MERIT_OUTSIDE_WINDOW;
	if (occurred_ms > entry->time_ms)
		return MERIT_IN_FUTURE;
	if (today - earning->occurred_day > model->program.late_days) {
		earning->why = "late_days";
		earning->why_number = model->program.late_days;
		return MERIT_TOO_LATE;
	}
	return MERIT_OK;
}

static enum merit_status earn_points(const struct merit_entry *entry, struct earning *earning)
{
	const struct merit_value *points = &entry->values[EARN_POINTS];

	if (earning->rule->points != 0) {
		earning->points = earning->rule->points;
		earning->why = "points";
		earning->why_number = earning->points;
		return points->present && points->integer != earning->points ? MERIT_POINTS_FIXED : MERIT_OK;
	}
	if (!points->present)
		return MERIT_POINTS_MISSING;
	earning->points = points->integer;
	earning->why = "maximum";
	earning->why_number = earning->rule->maximum;
	return earning->points > earning->rule->maximum ? MERIT_OVER_MAXIMUM : MERIT_OK;
}

static struct merit_text evidence_key(const struct merit_entry *entry)
{
	return entry->values[EARN_EVIDENCE].text;
}

static enum merit_status earn_once(struct merit_model *model, const struct merit_entry *entry, struct earning *earning)
{
	const struct merit_value *values = entry->values;
	struct merit_text key =
		merit_model_reference_key(model, earning->campaign->holder.number, values[EARN_EVENT].text,
	                                  values[EARN_MEMBER].text, values[EARN_REFERENCE].text);
	const uint64_t *seq;

	earning->why = NULL;
	if (earning->rule->evidence != EVIDENCE_NONE && !values[EARN_EVIDENCE].present)
		return MERIT_EVIDENCE_MISSING;
	if (earning->rule->evidence == EVIDENCE_UNIQUE &&
	    (seq = merit_model_get(model, MERIT_TABLE_EVIDENCE, evidence_key(entry), NULL)) != NULL) {
		earning->why = "seq";
		earning->why_number = (int64_t)*seq;
		return MERIT_EVIDENCE_USED;
	}
	if ((seq = merit_model_get(model, MERIT_TABLE_REFERENCE, key, NULL)) != NULL) {
		earning->why = "seq";
		earning->why_number = (int64_t)*seq;
		return MERIT_ALREADY_EARNED;
	}
	if (values[EARN_ACTOR].present && merit_text_equal(values[EARN_ACTOR].text, values[EARN_MEMBER].text))
		return MERIT_ACTOR_IS_MEMBER;
	return MERIT_OK;
}

static int64_t debt_to(const struct merit_member *member, uint32_t campaign)
{
	for (size_t i = 0; i < member->head.debts_count; i++) {
		if (member->debts[i].campaign == campaign)
			return member->debts[i].owed;
	}
	return 0;
}

static bool has_lot(const struct merit_member *member, uint32_t campaign, int32_t day)
{
	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign == campaign && member->lots[i].day == day)
			return true;
	}
	return false;
}

static enum merit_status earn_lot(struct merit_model *model, const struct merit_entry *entry, struct earning *earning)
{
	const struct merit_campaign *campaign = earning->campaign;
	int32_t today = merit_model_day(model, entry->time_ms);

	if (campaign->holder.balance[MERIT_BUDGET] < earning->points) {
		earning->why = "budget";
		earning->why_number = campaign->holder.balance[MERIT_BUDGET];
		return MERIT_SHORT_BUDGET;
	}
	earning->last_day =
		merit_campaign_last_day(campaign, campaign->from == FROM_OCCURRED ? earning->occurred_day : today);
	if (earning->last_day < today)
		return MERIT_LOT_EXPIRED;
	if (earning->member.head.lots_count >= MERIT_MEMBER_LOTS_MAX &&
	    earning->points > debt_to(&earning->member, campaign->holder.number) &&
	    !has_lot(&earning->member, campaign->holder.number, earning->last_day))
		return MERIT_TOO_MANY_LOTS;
	return MERIT_OK;
}

static void earn_post(struct merit_entry *entry, const struct earning *earning)
{
	struct merit_text member = entry->values[EARN_MEMBER].text, campaign = entry->values[EARN_CAMPAIGN].text;
	int64_t owed = debt_to(&earning->member, earning->campaign->holder.number);
	int64_t paid_down = owed < earning->points ? owed : earning->points;

	merit_entry_result_integer(entry, EARN_RULE, earning->rule->version);
	merit_entry_result_integer(entry, EARN_PAID, earning->points);
	if (earning->last_day != MERIT_DAY_NEVER)
		merit_entry_result_integer(entry, EARN_LAST_DAY, earning->last_day);
	merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, campaign, campaign, MERIT_DAY_NONE, -1, -earning->points);
	merit_entry_post(entry, MERIT_ACCOUNT_DEBT, member, campaign, MERIT_DAY_NONE, -1, paid_down);
	merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, member, campaign, earning->last_day, -1,
	                 earning->points - paid_down);
}

void merit_decide_earn(struct merit_model *model, struct merit_entry *entry)
{
	struct earning earning = { 0 };
	enum merit_status fault = earn_names(model, entry, &earning);

	if (fault == MERIT_OK)
		fault = earn_window(model, entry, &earning);
	if (fault == MERIT_OK)
		fault = earn_points(entry, &earning);
	if (fault == MERIT_OK)
		fault = earn_once(model, entry, &earning);
	if (fault == MERIT_OK)
		fault = earn_lot(model, entry, &earning);
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		if (earning.why != NULL)
			merit_entry_why(entry, earning.why, earning.why_number);
		return;
	}
	entry->day = earning.occurred_day;
	earn_post(entry, &earning);
}

void merit_evolve_earn(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	uint32_t number = merit_model_campaign(model, values[EARN_CAMPAIGN].text)->holder.number;
	struct merit_text key = merit_model_reference_key(model, number, values[EARN_EVENT].text,
	                                                  values[EARN_MEMBER].text, values[EARN_REFERENCE].text);
	uint64_t *row = merit_model_add(model, MERIT_TABLE_REFERENCE, key, sizeof(*row));

	*row = entry->seq;
	if (!values[EARN_EVIDENCE].present)
		return;
	row = merit_model_edit(model, MERIT_TABLE_EVIDENCE, evidence_key(entry), sizeof(*row));
	if (*row == 0) /* Evidence that need not be unique keeps its first use; entry 0 is no earn. */
		*row = entry->seq;
}

/* ---- reverse ---- */

/* The accepted earn that a reverse names; false when there is none. */
static bool reversed_earn(struct merit_model *model, const struct merit_entry *entry, struct merit_entry *earn_out)
{
	uint64_t seq = (uint64_t)entry->values[REVERSE_ENTRY].integer;
	size_t size = 0;
	const void *leaf = seq < entry->seq ? model->leaf(model->context, seq, &size) : NULL;

	if (leaf == NULL || merit_entry_read(leaf, size, &model->scratch, earn_out) != MERIT_OK)
		return false;
	return earn_out->operation->number == MERIT_OP_EARN && earn_out->status == MERIT_OK;
}

/* Takes up to points out of the member's lots of one campaign, the earn's own lot first. Returns what they lacked. */
static int64_t claw_back(struct merit_entry *entry, const struct merit_member *member, struct merit_text name,
                         struct merit_text campaign, uint32_t number, int32_t own_day, int64_t points)
{
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < member->head.lots_count && points > 0; i++) {
			const struct merit_lot *lot = &member->lots[i];
			bool is_own = lot->day == own_day;
			if (lot->campaign != number || is_own != (round == 0))
				continue;
			int64_t taken = lot->available < points ? lot->available : points;
			merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, name, campaign, lot->day, -1, -taken);
			points -= taken;
		}
	}
	return points;
}

/* A debt is points that exist twice until it is paid down: it must lead neither out of the safe integers nor out of the
 * member's row. */
static enum merit_status debt_fault(const struct merit_model *model, const struct merit_member *member,
                                    const struct merit_campaign *campaign, int64_t points, int64_t owed)
{
	int64_t gone = campaign->closed ? points : 0; /* back to the sponsor, out of all other accounts */

	if (owed > merit_points_left(&model->program) + gone || owed > MERIT_AMOUNT_MAX - model->program.owed)
		return MERIT_AMOUNT_RANGE;
	if (owed > 0 && debt_to(member, campaign->holder.number) == 0 &&
	    member->head.lots_count + member->head.debts_count >= MERIT_MEMBER_ROWS_MAX)
		return MERIT_TOO_MANY_LOTS;
	return MERIT_OK;
}

void merit_decide_reverse(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_entry earn;
	struct merit_member member;
	struct merit_text key = merit_model_number_key(model, (uint64_t)entry->values[REVERSE_ENTRY].integer);

	if (!reversed_earn(model, entry, &earn)) {
		merit_entry_refuse(entry, MERIT_ENTRY_UNKNOWN);
		return;
	}
	if (merit_model_has(model, MERIT_TABLE_REVERSED, key)) {
		merit_entry_refuse(entry, MERIT_ALREADY_REVERSED);
		return;
	}
	struct merit_text name = earn.values[EARN_MEMBER].text, campaign = earn.values[EARN_CAMPAIGN].text;
	const struct merit_campaign *row = merit_model_campaign(model, campaign);
	int64_t points = earn.results[EARN_PAID].integer;
	int32_t day =
		earn.results[EARN_LAST_DAY].present ? (int32_t)earn.results[EARN_LAST_DAY].integer : MERIT_DAY_NEVER;
	bool found = merit_model_member(model, name, 0, &member);
	assert(found);
	int64_t owed = claw_back(entry, &member, name, campaign, row->holder.number, day, points);
	enum merit_status fault = debt_fault(model, &member, row, points, owed);
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	merit_entry_post(entry, MERIT_ACCOUNT_DEBT, name, campaign, MERIT_DAY_NONE, -1, -owed);
	if (row->closed)
		merit_entry_post(entry, MERIT_ACCOUNT_SPONSOR, merit_name_text(&row->sponsor), campaign, MERIT_DAY_NONE,
		                 -1, points);
	else
		merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, campaign, campaign, MERIT_DAY_NONE, -1, points);
	merit_entry_result_text(entry, REVERSE_MEMBER, name);
	merit_entry_result_integer(entry, REVERSE_POINTS, points);
	merit_entry_result_integer(entry, REVERSE_OWED, owed);
}

void merit_evolve_reverse(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text key = merit_model_number_key(model, (uint64_t)entry->values[REVERSE_ENTRY].integer);
	uint64_t *row = merit_model_edit(model, MERIT_TABLE_REVERSED, key, sizeof(*row));

	*row = entry->seq;
}

/* ---- expire ---- */

/* Lots one entry lets die, so that it always fits. A lot takes up to 512 bytes: four postings of 128. */
#define EXPIRE_LOTS_MAX 100

/* Lots of one sponsor, so that it may be shown the entry. The day stays due for the rest. */
static void expire_post(struct merit_model *model, struct merit_entry *entry, const struct merit_member *member,
                        int32_t day)
{
	struct merit_text holder = entry->values[EXPIRE_MEMBER].text;
	struct merit_name sponsor = { 0 };
	size_t dead = 0;

	for (size_t i = 0; i < member->head.lots_count && dead < EXPIRE_LOTS_MAX; i++) {
		const struct merit_lot *lot = &member->lots[i];
		if (lot->day != day || lot->available == 0)
			continue;
		struct merit_text name = merit_model_campaign_name(model, lot->campaign);
		const struct merit_campaign *campaign = merit_model_campaign(model, name);
		if (dead == 0)
			sponsor = campaign->sponsor;
		if (!merit_text_equal(merit_name_text(&sponsor), merit_name_text(&campaign->sponsor)))
			continue;
		merit_post_expired(entry, MERIT_ACCOUNT_MEMBER, holder, campaign, name, day, -1, lot->available);
		dead++;
	}
}

void merit_decide_expire(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[EXPIRE_MEMBER].text;
	int32_t day = (int32_t)entry->values[EXPIRE_DAY].integer;
	struct merit_member member;

	if (!merit_model_member(model, name, 0, &member)) {
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
		return;
	}
	if (entry->time_ms < merit_model_day_end_ms(model, day)) {
		merit_entry_refuse(entry, MERIT_NOT_DUE);
		return;
	}
	entry->day = day;
	expire_post(model, entry, &member, day);
	if (entry->postings_count == 0)
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
}

void merit_evolve_expire(struct merit_model *model, const struct merit_entry *entry)
{
	(void)model; /* The postings say it all. */
	(void)entry;
}
