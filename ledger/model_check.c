/* model_check.c - see model.h: what postings must keep, whoever decided them. It changes nothing. */
#include "ledger/model.h"

/* ---- Conservation ---- */

static __int128 campaign_sum(const struct merit_entry *entry, struct merit_text campaign)
{
	__int128 sum = 0; /* amounts are below 2^53 and there are few: no sum overflows */

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (!merit_posting_is_money(&entry->postings[i]) &&
		    merit_text_equal(entry->postings[i].campaign, campaign))
			sum += entry->postings[i].amount;
	}
	return sum;
}

static __int128 currency_sum(const struct merit_entry *entry, struct merit_text currency)
{
	__int128 sum = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_text_equal(entry->postings[i].currency, currency))
			sum += entry->postings[i].amount;
	}
	return sum;
}

const char *merit_postings_fault(const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		bool is_money = merit_posting_is_money(posting);
		if (!merit_account_takes(posting->account, is_money))
			return is_money ? "money is posted to an account in points"
			                : "points are posted to an account in money";
		if (is_money && i > 0 && merit_text_equal(posting->currency, entry->postings[i - 1].currency))
			continue;
		if (is_money && currency_sum(entry, posting->currency) != 0)
			return "postings of a currency do not sum to zero";
		if (is_money)
			continue;
		if (posting->account == MERIT_ACCOUNT_CAMPAIGN && posting->day != MERIT_DAY_NONE)
			return "a budget holds a dated lot";
		/* Postings of one campaign mostly stand together: each run of them is summed once. */
		if (i > 0 && merit_text_equal(posting->campaign, entry->postings[i - 1].campaign))
			continue;
		if (campaign_sum(entry, posting->campaign) != 0) /* with every campaign at zero the whole is, too */
			return "postings of a campaign do not sum to zero";
	}
	return NULL;
}

/* ---- Bounds ---- */

/* The highest an account may stand at. A debt is as many points elsewhere, and they may be back with the sponsor. */
static int64_t ceiling(struct merit_model *model, const struct merit_posting *posting)
{
	switch (posting->account) {
	case MERIT_ACCOUNT_SPONSOR: return merit_model_sponsor(model, posting->holder)->owed;
	case MERIT_ACCOUNT_DEBT:
	case MERIT_ACCOUNT_WRITEOFF: return 0;
	default: return MERIT_AMOUNT_MAX;
	}
}

static bool is_below_zero(enum merit_account account)
{
	return account == MERIT_ACCOUNT_SPONSOR || account == MERIT_ACCOUNT_DEBT || account == MERIT_ACCOUNT_WRITEOFF;
}

static const char *money_fault(struct merit_model *model, const struct merit_posting *posting)
{
	int64_t balance = merit_model_money_balance(model, posting->account, posting->holder, posting->currency);

	return balance < -MERIT_AMOUNT_MAX || balance > MERIT_AMOUNT_MAX ? "a balance in money left its bounds" : NULL;
}

const char *merit_floors_fault(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting)) {
			const char *fault = money_fault(model, posting);
			if (fault != NULL)
				return fault;
			continue;
		}
		int64_t lowest = is_below_zero(posting->account) ? -MERIT_AMOUNT_MAX : 0;
		int slot;
		const struct merit_holder *holder = merit_model_holder(model, posting->account, posting->holder, &slot);
		if (holder == NULL)
			return "a posting names an account that does not exist";
		if (holder->balance[slot] < lowest || holder->balance[slot] > ceiling(model, posting))
			return "a balance left its bounds";
	}
	return NULL;
}
