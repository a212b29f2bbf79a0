/* op_expire.c - points that die: by the calendar, or with their member's account. */
#include <string.h>

#include "ledger/op.h"
#include "ledger/op_common.h"

/* Lots one entry lets die, so that it always fits. A lot takes up to 512 bytes: four postings of 128. */
#define LOTS_MAX 100

/* Posts the end of what is available in a member's lots with this last day; with any, where day is NULL. Only those of
 * one sponsor, so that it may be shown the entry, and no more than fit: the rest stays due. */
static void lots_die(struct merit_model *model, struct merit_entry *entry, struct merit_text holder,
                     const struct merit_member *member, const int32_t *day)
{
	struct merit_name sponsor = { 0 };
	size_t dead = 0;

	for (size_t i = 0; i < member->head.lots_count && dead < LOTS_MAX; i++) {
		const struct merit_lot *lot = &member->lots[i];
		if ((day != NULL && lot->day != *day) || lot->available == 0)
			continue;
		struct merit_text name = merit_model_campaign_name(model, lot->campaign);
		const struct merit_campaign *campaign = merit_model_campaign(model, name);
		if (dead == 0)
			sponsor = campaign->sponsor;
		if (!merit_text_equal(merit_name_text(&sponsor), merit_name_text(&campaign->sponsor)))
			continue;
		merit_post_expired(entry, MERIT_ACCOUNT_MEMBER, holder, campaign, name, lot->day, -1, lot->available);
		dead++;
	}
	if (entry->postings_count == 0)
		merit_entry_refuse(entry, MERIT_NOTHING_TO_DO);
}

/* ---- expire ---- */

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
	lots_die(model, entry, name, &member, &day);
}

void merit_evolve_expire(struct merit_model *model, const struct merit_entry *entry)
{
	(void)model; /* The postings say it all. */
	(void)entry;
}

/* ---- forfeit ---- */

void merit_decide_forfeit(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[FORFEIT_MEMBER].text;
	struct merit_member member;

	if (!merit_model_member(model, name, 0, &member))
		merit_entry_refuse(entry, MERIT_MEMBER_UNKNOWN);
	else if (!member.head.closed)
		merit_entry_refuse(entry, MERIT_NOT_DUE);
	else
		lots_die(model, entry, name, &member, NULL);
}

void merit_evolve_forfeit(struct merit_model *model, const struct merit_entry *entry)
{
	(void)model; /* The postings say it all, and whether more is due. */
	(void)entry;
}
