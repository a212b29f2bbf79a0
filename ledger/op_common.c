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

int32_t merit_campaign_last_day(const struct merit_campaign *campaign, int32_t from_day)
{
	int32_t day;

	if (campaign->months == 0 || !merit_day_add_months(from_day, campaign->months, &day))
		return MERIT_DAY_NEVER; /* beyond the year 9999 is for ever */
	return merit_day_span_last(day, (enum merit_span)campaign->round);
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
