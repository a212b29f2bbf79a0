/* trial_balance.c - the report trial-balance: every account, by campaign in points and by currency in money.
 *
 * Accounts of members, and what merchants were paid in points, stand together: a campaign has nine rows at most.
 * Accounts without a posting are left out. */
#include "report/reports_inner.h"

#define POINTS_ACCOUNTS (MERIT_ACCOUNT_WRITEOFF + 1) /* accounts in points have the first numbers */

struct account {
	bool is_touched;
	int64_t opening, debit, credit;
};

struct campaign {
	struct merit_text name;
	struct account accounts[POINTS_ACCOUNTS];
};

struct money {
	enum merit_account account;
	struct merit_text holder, currency;
	struct account figures;
};

struct trial {
	struct merit_index campaigns, moneys; /* by name; by currency, account and holder */
};

/* ---- Taking ---- */

static void account_add(struct merit_report_job *job, struct account *account, int64_t amount, bool is_opening)
{
	account->is_touched = true;
	if (is_opening)
		merit_report_add(job, &account->opening, amount);
	else if (amount > 0)
		merit_report_add(job, &account->debit, amount);
	else
		merit_report_add(job, &account->credit, -amount);
}

static enum merit_status points_take(struct merit_report_job *job, const struct merit_posting *posting, bool is_opening)
{
	struct trial *trial = job->context;
	struct campaign *campaign =
		merit_index_get(&trial->campaigns, &job->arena, posting->campaign, sizeof(*campaign));

	if (campaign == NULL)
		return MERIT_NO_MEMORY;
	if (campaign->name.data == NULL && !merit_text_keep(&job->arena, posting->campaign, &campaign->name))
		return MERIT_NO_MEMORY;
	account_add(job, &campaign->accounts[posting->account], posting->amount, is_opening);
	return MERIT_OK;
}

static enum merit_status money_take(struct merit_report_job *job, const struct merit_posting *posting, bool is_opening)
{
	struct trial *trial = job->context;
	struct merit_index_key key = { .size = 0 };

	merit_index_key_text(&key, posting->currency);
	merit_index_key_number(&key, posting->account);
	merit_index_key_text(&key, posting->holder);
	struct money *money = merit_index_get(&trial->moneys, &job->arena, merit_index_key_whole(&key), sizeof(*money));
	if (money == NULL)
		return MERIT_NO_MEMORY;
	money->account = posting->account;
	if (money->currency.data == NULL && (!merit_text_keep(&job->arena, posting->currency, &money->currency) ||
	                                     !merit_text_keep(&job->arena, posting->holder, &money->holder)))
		return MERIT_NO_MEMORY;
	account_add(job, &money->figures, posting->amount, is_opening);
	return MERIT_OK;
}

static enum merit_status trial_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	enum merit_report_part part = merit_report_part(job->options, entry->day);
	enum merit_status status = MERIT_OK;

	if (part == MERIT_PART_NEITHER)
		return MERIT_OK;
	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		bool is_opening = part == MERIT_PART_OPENING;
		status = merit_posting_is_money(posting) ? money_take(job, posting, is_opening)
		                                         : points_take(job, posting, is_opening);
	}
	return status;
}

/* ---- The sheet ---- */

/* Names of accounts that stand for all holders together. */
static const char *const together[POINTS_ACCOUNTS] = {
	[MERIT_ACCOUNT_MEMBER] = "member",     [MERIT_ACCOUNT_PENDING] = "member/pending",
	[MERIT_ACCOUNT_HELD] = "member/held",  [MERIT_ACCOUNT_DEBT] = "member/debt",
	[MERIT_ACCOUNT_REDEEMED] = "redeemed",
};

static void account_name_put(struct merit_sheet *sheet, enum merit_account account, struct merit_text holder)
{
	struct merit_buffer name = { 0 };

	merit_account_put(&name, account, holder);
	sheet->bad = sheet->bad || name.bad;
	merit_sheet_text(sheet, (struct merit_text){ name.data, name.size });
	merit_buffer_free(&name);
}

static void figures_put(struct merit_report_job *job, struct merit_sheet *sheet, const struct account *account)
{
	int64_t closing = account->opening;

	merit_report_add(job, &closing, account->debit);
	merit_report_add(job, &closing, -account->credit);
	merit_sheet_integer(sheet, account->opening);
	merit_sheet_integer(sheet, account->debit);
	merit_sheet_integer(sheet, account->credit);
	merit_sheet_integer(sheet, closing);
}

static void sum_add(struct merit_report_job *job, struct account *sum, const struct account *account)
{
	merit_report_add(job, &sum->opening, account->opening);
	merit_report_add(job, &sum->debit, account->debit);
	merit_report_add(job, &sum->credit, account->credit);
}

/* What stands together comes to nothing: before, and by what moved. */
static void sum_put(struct merit_report_job *job, struct merit_sheet *sheet, struct merit_text campaign,
                    struct merit_text unit, const struct account *sum)
{
	merit_sheet_text(sheet, campaign);
	merit_sheet_word(sheet, "sum");
	merit_sheet_text(sheet, unit);
	figures_put(job, sheet, sum);
	merit_sheet_total(sheet);
	sheet->differs = sheet->differs || sum->opening != 0 || sum->debit != sum->credit;
}

static void campaign_put(struct merit_report_job *job, struct merit_sheet *sheet, const struct campaign *campaign)
{
	const struct merit_catalog_campaign *about = merit_catalog_campaign(job->catalog, campaign->name);
	struct account sum = { .opening = 0 };

	for (enum merit_account i = 0; i < POINTS_ACCOUNTS; i++) {
		const struct account *account = &campaign->accounts[i];
		if (!account->is_touched)
			continue;
		merit_sheet_text(sheet, campaign->name);
		if (together[i] != NULL)
			merit_sheet_word(sheet, together[i]);
		else
			account_name_put(sheet, i,
			                 i == MERIT_ACCOUNT_SPONSOR && about != NULL ? about->sponsor : campaign->name);
		merit_sheet_word(sheet, "points");
		figures_put(job, sheet, account);
		sum_add(job, &sum, account);
	}
	sum_put(job, sheet, campaign->name, MERIT_TEXT("points"), &sum);
}

/* The accounts in one currency from place on; returns where the next currency begins. */
static size_t currency_put(struct merit_report_job *job, struct merit_sheet *sheet, const struct merit_index *moneys,
                           size_t place)
{
	const struct money *first = merit_index_at(moneys, place);
	struct account sum = { .opening = 0 };

	for (; place < moneys->count; place++) {
		const struct money *money = merit_index_at(moneys, place);
		if (!merit_text_equal(money->currency, first->currency))
			break;
		merit_sheet_word(sheet, "");
		account_name_put(sheet, money->account, money->holder);
		merit_sheet_text(sheet, money->currency);
		figures_put(job, sheet, &money->figures);
		sum_add(job, &sum, &money->figures);
	}
	sum_put(job, sheet, MERIT_TEXT(""), first->currency, &sum);
	return place;
}

static enum merit_status trial_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct trial *trial = job->context;

	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "campaign");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "account", "account");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "unit", "unit");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "opening", "opening");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "debit", "debit");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "credit", "credit");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "closing", "closing");
	merit_index_sort(&trial->campaigns);
	merit_index_sort(&trial->moneys);
	for (size_t i = 0; i < trial->campaigns.count; i++)
		campaign_put(job, sheet, merit_index_at(&trial->campaigns, i));
	for (size_t i = 0; i < trial->moneys.count;)
		i = currency_put(job, sheet, &trial->moneys, i);
	merit_sheet_note(sheet, "Balances above zero are debits, below zero credits. %s",
	                 sheet->differs ? "NOT every sum is 0: run merit verify on the ledger."
	                                : "Every campaign and every currency comes to 0.");
	return MERIT_OK;
}

static void trial_free(struct merit_report_job *job)
{
	struct trial *trial = job->context;

	merit_index_free(&trial->campaigns);
	merit_index_free(&trial->moneys);
}

const struct merit_report_kind merit_report_trial_balance = {
	.name = "trial-balance",
	.title = "Trial balance",
	.about = "every account by campaign and currency, opening to closing",
	.is_closing = true,
	.context_size = sizeof(struct trial),
	.take = trial_take,
	.finish = trial_finish,
	.free = trial_free,
};
