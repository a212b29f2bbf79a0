/* op_common.c - see op_common.h. */
#include "ledger/op_common.h"

#include "ledger/calendar.h"

/* The place of "sponsor" among the words of a contract. */
enum { CONTRACT_SPONSOR };

enum merit_status merit_amount_fault(int64_t amount)
{
	if (amount == 0)
		return MERIT_ZERO_AMOUNT;
	return amount < 0 ? MERIT_NEGATIVE_AMOUNT : MERIT_OK;
}

bool merit_amount_multiply(int64_t a, int64_t b, int64_t *product_out)
{
	__int128 product = (__int128)a * b;

	if (product > MERIT_AMOUNT_MAX)
		return false;
	*product_out = (int64_t)product;
	return true;
}

int64_t merit_points_left(const struct merit_program *program)
{
	return MERIT_AMOUNT_MAX - program->granted - program->owed;
}

void merit_refuse_line(struct merit_entry *entry, enum merit_status status, int64_t line)
{
	merit_entry_refuse(entry, status);
	merit_entry_why(entry, "line", line);
}

/* ---- Members ---- */

enum merit_status merit_member_fault(const struct merit_member_head *head)
{
	if (head->closed)
		return MERIT_MEMBER_CLOSED;
	return head->frozen ? MERIT_MEMBER_FROZEN : MERIT_OK;
}

int64_t merit_member_debt(const struct merit_member *member, uint32_t campaign)
{
	for (size_t i = 0; i < member->head.debts_count; i++) {
		if (member->debts[i].campaign == campaign)
			return member->debts[i].owed;
	}
	return 0;
}

bool merit_member_has_tag(struct merit_model *model, struct merit_text member, struct merit_text tag)
{
	size_t size = 0;
	const struct merit_name *tags = merit_model_get(model, MERIT_TABLE_TAGS, member, &size);

	for (size_t i = 0; tags != NULL && i < size / sizeof(*tags); i++) {
		if (merit_text_equal(merit_name_text(&tags[i]), tag))
			return true;
	}
	return false;
}

const struct merit_tiers *merit_model_tiers(struct merit_model *model)
{
	return merit_model_get(model, MERIT_TABLE_TIERS, MERIT_TEXT(""), NULL);
}

int merit_tier_place(const struct merit_tiers *tiers, struct merit_text name)
{
	for (uint64_t i = 0; tiers != NULL && i < tiers->count; i++) {
		if (merit_text_equal(merit_name_text(&tiers->tiers[i].name), name))
			return (int)i;
	}
	return -1;
}

int64_t merit_member_earned_in(const struct merit_member_head *head, int32_t year)
{
	if (year == head->year)
		return head->earned[0];
	return year == head->year - 1 ? head->earned[1] : 0;
}

int merit_member_tier(struct merit_model *model, const struct merit_member_head *head, int32_t year)
{
	const struct merit_tiers *tiers = merit_model_tiers(model);
	int64_t earned = merit_member_earned_in(head, year);
	int best = -1;

	if (head->tier != 0)
		return head->tier - 1;
	for (int i = 0; tiers != NULL && i < (int)tiers->count; i++) {
		int64_t points = tiers->tiers[i].points;
		if (points <= earned && (best < 0 || points > tiers->tiers[best].points))
			best = i;
	}
	return best;
}

bool merit_member_reaches(struct merit_model *model, const struct merit_member_head *head, int32_t year,
                          struct merit_text tier)
{
	const struct merit_tiers *tiers = merit_model_tiers(model);
	int wanted = merit_tier_place(tiers, tier), has = merit_member_tier(model, head, year);

	return wanted >= 0 && has >= 0 && tiers->tiers[has].points >= tiers->tiers[wanted].points;
}

void merit_member_earned(struct merit_model *model, struct merit_text member, int32_t year, int64_t points)
{
	size_t size = 0;

	merit_model_get(model, MERIT_TABLE_MEMBER, member, &size);
	struct merit_member_head *head = merit_model_edit(model, MERIT_TABLE_MEMBER, member, size);
	if (year > head->year) {
		head->earned[1] = year == head->year + 1 ? head->earned[0] : 0;
		head->earned[0] = 0;
		head->year = year;
	}
	if (head->year - year > 1)
		return;
	int64_t *earned = &head->earned[head->year - year];
	int64_t left =
		MERIT_AMOUNT_MAX - *earned; /* what was reversed goes on counting, so a sum may come to the end */
	*earned += points < left ? points : left;
}

bool merit_member_has_lot(const struct merit_member *member, uint32_t campaign, int32_t day)
{
	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign == campaign && member->lots[i].day == day)
			return true;
	}
	return false;
}

bool merit_lot_fits(const struct merit_member *member, uint32_t campaign, int32_t day, int64_t points)
{
	return member->head.lots_count < MERIT_MEMBER_LOTS_MAX || points <= merit_member_debt(member, campaign) ||
	       merit_member_has_lot(member, campaign, day);
}

int32_t merit_landing_day(const struct merit_member *member, uint32_t campaign, int32_t day, int32_t today)
{
	int32_t last = day;

	if (member->head.lots_count < MERIT_MEMBER_LOTS_MAX)
		return day;
	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign != campaign || member->lots[i].day < today)
			continue;
		last = member->lots[i].day;
		if (last >= day)
			return last;
	}
	return last;
}

/* ---- Postings ---- */

void merit_post_award(struct merit_entry *entry, enum merit_account from, struct merit_text from_holder,
                      struct merit_text name, const struct merit_member *member, struct merit_text campaign_name,
                      uint32_t campaign, int32_t day, int64_t points)
{
	int64_t owed = merit_member_debt(member, campaign);
	int64_t paid_down = owed < points ? owed : points;

	merit_entry_post(entry, from, from_holder, campaign_name, MERIT_DAY_NONE, -1, -points);
	merit_entry_post(entry, MERIT_ACCOUNT_DEBT, name, campaign_name, MERIT_DAY_NONE, -1, paid_down);
	merit_entry_post(entry, MERIT_ACCOUNT_MEMBER, name, campaign_name, day, -1, points - paid_down);
}

void merit_post_back(struct merit_entry *entry, const struct merit_campaign *campaign, struct merit_text campaign_name,
                     int64_t points)
{
	if (campaign->closed)
		merit_entry_post(entry, MERIT_ACCOUNT_SPONSOR, merit_name_text(&campaign->sponsor), campaign_name,
		                 MERIT_DAY_NONE, -1, points);
	else
		merit_entry_post(entry, MERIT_ACCOUNT_CAMPAIGN, campaign_name, campaign_name, MERIT_DAY_NONE, -1,
		                 points);
}

int32_t merit_campaign_last_day(const struct merit_campaign *campaign, int32_t from_day)
{
	int32_t day;

	if (campaign->months == 0 ||
	    !merit_day_months_span_last(from_day, campaign->months, (enum merit_span)campaign->round, &day))
		return MERIT_DAY_NEVER; /* beyond the year 9999 is for ever */
	return day;
}

void merit_post_expired(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
                        const struct merit_campaign *campaign, struct merit_text campaign_name, int32_t day,
                        int32_t line, int64_t points)
{
	merit_entry_post(entry, account, holder, campaign_name, day, line, -points);
	merit_entry_post(entry, MERIT_ACCOUNT_EXPIRED, campaign_name, campaign_name, day, line, points);
	if (campaign->contract != CONTRACT_SPONSOR)
		return;
	merit_entry_post(entry, MERIT_ACCOUNT_SPONSOR, merit_name_text(&campaign->sponsor), campaign_name, day, line,
	                 points);
	merit_entry_post(entry, MERIT_ACCOUNT_EXPIRED, campaign_name, campaign_name, day, line, -points);
}
