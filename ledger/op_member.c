/* op_member.c - members: tiers and tags, freezing and closing, and the points they had before this ledger. */
#include <assert.h>
#include <string.h>

#include "ledger/op.h"
#include "ledger/op_common.h"

/* ---- program.tier, member.tier ---- */

void merit_decide_program_tier(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_tiers *tiers = merit_model_tiers(model);

	if (tiers != NULL && tiers->count == MERIT_TIERS_MAX &&
	    merit_tier_place(tiers, entry->values[TIER_TIER].text) < 0)
		merit_entry_refuse(entry, MERIT_TOO_MANY_TIERS);
}

void merit_evolve_program_tier(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[TIER_TIER].text;
	int place = merit_tier_place(merit_model_tiers(model), name);
	struct merit_tiers *tiers = merit_model_edit(model, MERIT_TABLE_TIERS, MERIT_TEXT(""), sizeof(*tiers));
	struct merit_tier *tier = &tiers->tiers[place < 0 ? (int)tiers->count++ : place];

	tier->name = merit_name_of(name);
	tier->points = entry->values[TIER_POINTS].integer;
}

/* A row to change in its head alone: the lots and debts behind it stay. */
static struct merit_member_head *head_edit(struct merit_model *model, struct merit_text member)
{
	size_t size = 0;
	const void *row = merit_model_get(model, MERIT_TABLE_MEMBER, member, &size);

	assert(row != NULL);
	return merit_model_edit(model, MERIT_TABLE_MEMBER, member, size);
}

void merit_decide_member_tier(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *tier = &entry->values[MEMBER_TIER_TIER];

	if (!merit_model_has_member(model, entry->values[MEMBER_TIER_MEMBER].text))
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
	else if (tier->present && merit_tier_place(merit_model_tiers(model), tier->text) < 0)
		merit_entry_refuse(entry, MERIT_TIER_UNKNOWN);
}

void merit_evolve_member_tier(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *tier = &entry->values[MEMBER_TIER_TIER];
	int place = tier->present ? merit_tier_place(merit_model_tiers(model), tier->text) : -1;

	head_edit(model, entry->values[MEMBER_TIER_MEMBER].text)->tier = (uint8_t)(place + 1);
}

/* ---- member.tag ---- */

static size_t tags_count(struct merit_model *model, struct merit_text member)
{
	size_t size = 0;

	merit_model_get(model, MERIT_TABLE_TAGS, member, &size);
	return size / sizeof(struct merit_name);
}

void merit_decide_member_tag(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text member = entry->values[TAG_MEMBER].text;
	bool on = entry->values[TAG_ON].integer != 0;
	bool is_on = merit_member_has_tag(model, member, entry->values[TAG_TAG].text);

	if (!merit_model_has_member(model, member))
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
	else if (on && !is_on && tags_count(model, member) >= MERIT_MEMBER_TAGS_MAX)
		merit_entry_refuse(entry, MERIT_TOO_MANY_TAGS);
	else if (on == is_on)
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
}

static bool name_is_before(const struct merit_name *name, struct merit_text text)
{
	int order = memcmp(name->text, text.data, name->size < text.size ? name->size : text.size);

	return order != 0 ? order < 0 : name->size < text.size;
}

static void tag_put(struct merit_model *model, struct merit_text member, struct merit_text tag)
{
	size_t count = tags_count(model, member), place = 0;
	struct merit_name *tags = merit_model_edit(model, MERIT_TABLE_TAGS, member, (count + 1) * sizeof(*tags));

	while (place < count && name_is_before(&tags[place], tag))
		place++;
	memmove(&tags[place + 1], &tags[place], (count - place) * sizeof(*tags));
	tags[place] = merit_name_of(tag);
}

static void tag_drop(struct merit_model *model, struct merit_text member, struct merit_text tag)
{
	size_t count = tags_count(model, member), place = 0;
	struct merit_name *tags = merit_model_edit(model, MERIT_TABLE_TAGS, member, count * sizeof(*tags));

	while (!merit_text_equal(merit_name_text(&tags[place]), tag))
		place++;
	memmove(&tags[place], &tags[place + 1], (count - place - 1) * sizeof(*tags));
	if (count > 1) /* the row is cut off behind those that stay */
		merit_model_edit(model, MERIT_TABLE_TAGS, member, (count - 1) * sizeof(*tags));
	else
		merit_state_delete(model->state, MERIT_TABLE_TAGS, member.data, member.size);
}

void merit_evolve_member_tag(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text member = entry->values[TAG_MEMBER].text, tag = entry->values[TAG_TAG].text;

	if (entry->values[TAG_ON].integer != 0)
		tag_put(model, member, tag);
	else
		tag_drop(model, member, tag);
}

/* ---- member.freeze, member.unfreeze ---- */

static void freeze_decide(struct merit_model *model, struct merit_entry *entry, struct merit_text member, bool freezes)
{
	const struct merit_member_head *head = merit_model_member_head(model, member);

	if (head == NULL)
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
	else if (head->closed)
		merit_entry_refuse(entry, MERIT_MEMBER_CLOSED);
	else if ((head->frozen != 0) == freezes)
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
}

/* How the member stands from this entry on. */
static void stand(struct merit_model *model, const struct merit_entry *entry, struct merit_text member, bool frozen,
                  bool closed)
{
	struct merit_member_head *head = head_edit(model, member);

	head->frozen = frozen;
	head->closed = closed;
	head->stands_since = entry->seq + 1;
}

void merit_decide_member_freeze(struct merit_model *model, struct merit_entry *entry)
{
	freeze_decide(model, entry, entry->values[FREEZE_MEMBER].text, true);
}

void merit_evolve_member_freeze(struct merit_model *model, const struct merit_entry *entry)
{
	stand(model, entry, entry->values[FREEZE_MEMBER].text, true, false);
}

void merit_decide_member_unfreeze(struct merit_model *model, struct merit_entry *entry)
{
	freeze_decide(model, entry, entry->values[UNFREEZE_MEMBER].text, false);
}

void merit_evolve_member_unfreeze(struct merit_model *model, const struct merit_entry *entry)
{
	stand(model, entry, entry->values[UNFREEZE_MEMBER].text, false, false);
}

/* ---- member.close ---- */

void merit_decide_member_close(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_member_head *head = merit_model_member_head(model, entry->values[MEMBER_CLOSE_MEMBER].text);

	if (head == NULL || head->closed) {
		merit_entry_refuse(entry, head == NULL ? MERIT_MEMBER_UNKNOWN : MERIT_MEMBER_CLOSED);
		return;
	}
	int64_t held = head->holder.balance[MERIT_HELD], pending = head->holder.balance[MERIT_PENDING];
	if (held == 0 && pending == 0)
		return;
	merit_entry_refuse(entry, MERIT_MEMBER_BUSY);
	merit_entry_why(entry, "held", held);
	merit_entry_why(entry, "pending", pending);
}

/* What is available dies by forfeit entries right behind this one, of one sponsor each; what comes back later, too. */
void merit_evolve_member_close(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text member = entry->values[MEMBER_CLOSE_MEMBER].text;
	bool was_frozen = merit_model_member_head(model, member)->frozen != 0;

	stand(model, entry, member, was_frozen, true);
	if (merit_model_member_head(model, member)->holder.balance[MERIT_AVAILABLE] > 0)
		merit_model_set_due(model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_FORFEIT, member, true);
}

/* ---- member.opening ---- */

/* What an opening balance is decided on; filled step by step. */
struct opening {
	struct merit_member member;
	const struct merit_campaign *campaign;
	int32_t last_day;
	const char *why; /* name of the number that explains a refusal, or NULL */
	int64_t why_number;
};

/* No event has an empty name, so no earn shares it. */
static struct merit_reference opening_reference(const struct merit_value *values, uint32_t campaign)
{
	return (struct merit_reference){ values[OPENING_CAMPAIGN].text, campaign, MERIT_TEXT(""),
		                         values[OPENING_MEMBER].text, values[OPENING_REFERENCE].text };
}

static enum merit_status opening_names(struct merit_model *model, const struct merit_value *values,
                                       struct opening *opening)
{
	enum merit_status fault = merit_amount_fault(values[OPENING_POINTS].integer);

	if (fault != MERIT_OK)
		return fault;
	if (!merit_model_view_member(model, values[OPENING_MEMBER].text, &opening->member))
		return MERIT_MEMBER_UNKNOWN;
	opening->campaign = merit_model_campaign(model, values[OPENING_CAMPAIGN].text);
	if (opening->campaign == NULL)
		return MERIT_CAMPAIGN_UNKNOWN;
	fault = merit_member_fault(&opening->member.head);
	if (fault == MERIT_OK && opening->campaign->closed)
		fault = MERIT_CAMPAIGN_CLOSED;
	return fault;
}

static enum merit_status opening_points(struct merit_model *model, const struct merit_entry *entry,
                                        struct opening *opening)
{
	const struct merit_campaign *campaign = opening->campaign;
	const struct merit_value *values = entry->values, *day = &values[OPENING_LAST_DAY];
	int32_t today = merit_model_day(model, entry->time_ms);
	int64_t points = values[OPENING_POINTS].integer;
	struct merit_reference reference = opening_reference(values, campaign->holder.number);
	uint64_t seq;
	enum merit_status status = merit_model_reference(model, &reference, &seq);

	if (status == MERIT_OK) {
		opening->why = "seq";
		opening->why_number = (int64_t)seq;
		return MERIT_ALREADY_EARNED;
	}
	if (status != MERIT_NOT_FOUND)
		return MERIT_NO_MEMORY;
	if (campaign->holder.balance[MERIT_BUDGET] < points) {
		opening->why = "budget";
		opening->why_number = campaign->holder.balance[MERIT_BUDGET];
		return MERIT_SHORT_BUDGET;
	}
	opening->last_day = day->present ? (int32_t)day->integer : merit_campaign_last_day(campaign, today);
	if (opening->last_day < today)
		return MERIT_LOT_EXPIRED;
	return merit_lot_fits(&opening->member, campaign->holder.number, opening->last_day, points)
	               ? MERIT_OK
	               : MERIT_TOO_MANY_LOTS;
}

void merit_decide_member_opening(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct opening opening = { 0 };
	enum merit_status fault = opening_names(model, values, &opening);

	if (fault == MERIT_OK)
		fault = opening_points(model, entry, &opening);
	if (fault == MERIT_NO_MEMORY) {
		entry->no_memory = true;
		return;
	}
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		if (opening.why != NULL)
			merit_entry_why(entry, opening.why, opening.why_number);
		return;
	}
	if (opening.last_day != MERIT_DAY_NEVER)
		merit_entry_result_integer(entry, OPENING_LAST, opening.last_day);
	merit_post_award(entry, MERIT_ACCOUNT_CAMPAIGN, values[OPENING_CAMPAIGN].text, values[OPENING_MEMBER].text,
	                 &opening.member, values[OPENING_CAMPAIGN].text, opening.campaign->holder.number,
	                 opening.last_day, values[OPENING_POINTS].integer);
}

void merit_evolve_member_opening(struct merit_model *model, const struct merit_entry *entry)
{
	uint32_t campaign = merit_model_campaign(model, entry->values[OPENING_CAMPAIGN].text)->holder.number;
	struct merit_reference reference = opening_reference(entry->values, campaign);

	merit_model_use_reference(model, &reference, entry->seq);
}
