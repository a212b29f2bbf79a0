/* export_beancount.c - a journal that `bean-check` takes: every account opened before it is used, every transaction
 * balanced to the last digit, every account's balance asserted behind the last day.
 *
 * Exact   without inferred_tolerance_multiplier beancount lets half of the last digit pass.
 * Source  beancount 2.3.5, language syntax: accounts, metadata, balance assertions, options */
#include "report/export_inner.h"

struct account_form {
	const char *before, *behind;
};

static const struct account_form points_forms[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { "Equity:Points:Sponsor:", "" },
	[MERIT_ACCOUNT_CAMPAIGN] = { "Assets:Points:Campaign:", "" },
	[MERIT_ACCOUNT_MEMBER] = { "Assets:Points:Member:", ":Available" },
	[MERIT_ACCOUNT_PENDING] = { "Assets:Points:Member:", ":Pending" },
	[MERIT_ACCOUNT_HELD] = { "Assets:Points:Member:", ":Held" },
	[MERIT_ACCOUNT_DEBT] = { "Liabilities:Points:Member:", ":Debt" },
	[MERIT_ACCOUNT_REDEEMED] = { "Expenses:Points:Redeemed:", "" },
	[MERIT_ACCOUNT_EXPIRED] = { "Expenses:Points:Expired:", "" },
	[MERIT_ACCOUNT_WRITEOFF] = { "Income:Points:Writeoff:", "" },
};

static const struct account_form money_forms[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { "Liabilities:Sponsor:", "" },
	[MERIT_ACCOUNT_MERCHANT] = { "Liabilities:Merchant:", "" },
	[MERIT_ACCOUNT_CASH] = { "Assets:Cash", "" },
	[MERIT_ACCOUNT_MARGIN] = { "Income:Margin", "" },
	[MERIT_ACCOUNT_BREAKAGE] = { "Income:Breakage", "" },
	[MERIT_ACCOUNT_MARKETING] = { "Expenses:Marketing", "" },
	[MERIT_ACCOUNT_OPENING] = { "Equity:Opening", "" },
};

/* ---- Names ---- */

static void sign_put(struct merit_buffer *out, char sign)
{
	switch (sign) {
	case '-': merit_buffer_put_text(out, "--"); break;
	case '.': merit_buffer_put_text(out, "-d"); break;
	case '_': merit_buffer_put_text(out, "-u"); break;
	case ':': merit_buffer_put_text(out, "-c"); break;
	default: merit_buffer_put_char(out, sign);
	}
}

static void holder_put(struct merit_buffer *out, struct merit_text holder)
{
	char first = holder.data[0];
	bool is_small = first >= 'a' && first <= 'z';
	bool is_good = (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');

	if (is_small)
		merit_buffer_put_char(out, (char)(first - 'a' + 'A'));
	else if (!is_good)
		merit_buffer_put_char(out, 'X');
	for (size_t i = is_small; i < holder.size; i++)
		sign_put(out, holder.data[i]);
	if (is_small)
		merit_buffer_put_text(out, "-l");
	else if (!is_good)
		merit_buffer_put_text(out, "-x");
}

void merit_export_put_beancount(struct merit_buffer *out, enum merit_account account, struct merit_text holder,
                                bool is_money)
{
	const struct account_form *form = is_money ? &money_forms[account] : &points_forms[account];

	merit_buffer_put_text(out, form->before);
	if (holder.size > 0)
		holder_put(out, holder);
	merit_buffer_put_text(out, form->behind);
}

static void name_put(struct merit_buffer *out, const struct merit_export_account *account)
{
	merit_export_put_beancount(out, account->account, account->holder, account->currency.size > 0);
}

/* ---- Beginning ---- */

static void options_put(struct merit_export_job *job)
{
	merit_buffer_put_format(&job->text, "option \"title\" \"%s\"\n", job->journal->origin);
	for (size_t i = 0; i < job->currencies.count; i++) {
		const struct merit_text *currency = merit_index_at(&job->currencies, i);
		merit_buffer_put_format(&job->text, "option \"operating_currency\" \"%.*s\"\n", (int)currency->size,
		                        currency->data);
	}
	merit_buffer_put_text(&job->text, "option \"inferred_tolerance_multiplier\" \"0\"\n\n");
}

static void opening_put(struct merit_export_job *job)
{
	merit_buffer_put_char(&job->text, '\n');
	merit_export_put_day(&job->text, job->first_day);
	merit_buffer_put_text(&job->text, " * \"opening balances\"\n");
	for (size_t i = 0; i < job->accounts.count; i++) {
		const struct merit_export_account *account = merit_export_account_at(job, i);
		if (account->opening == 0)
			continue;
		merit_buffer_put_text(&job->text, "  ");
		name_put(&job->text, account);
		merit_buffer_put_text(&job->text, "  ");
		merit_export_put_amount(&job->text, account->opening, account->currency);
		merit_buffer_put_char(&job->text, '\n');
	}
}

static void beancount_begin(struct merit_export_job *job)
{
	options_put(job);
	if (job->first_day == MERIT_DAY_NEVER)
		return;
	for (size_t i = 0; i < job->accounts.count; i++) {
		if (merit_export_is_again(job, i))
			continue;
		merit_export_put_day(&job->text, job->first_day);
		merit_buffer_put_text(&job->text, " open ");
		name_put(&job->text, merit_export_account_at(job, i));
		merit_buffer_put_char(&job->text, '\n');
	}
	if (job->has_opening)
		opening_put(job);
}

/* ---- Entries ---- */

static void lot_put(struct merit_buffer *out, const struct merit_posting *posting)
{
	if (posting->campaign.size > 0)
		merit_buffer_put_format(out, "    campaign: \"%.*s\"\n", (int)posting->campaign.size,
		                        posting->campaign.data);
	if (posting->day == MERIT_DAY_NEVER) {
		merit_buffer_put_text(out, "    last_day: \"never\"\n");
	} else if (posting->day != MERIT_DAY_NONE) {
		merit_buffer_put_text(out, "    last_day: ");
		merit_export_put_day(out, posting->day);
		merit_buffer_put_char(out, '\n');
	}
	if (posting->line >= 0)
		merit_buffer_put_format(out, "    line: %d\n", (int)posting->line);
}

static void posting_put(struct merit_buffer *out, const struct merit_posting *posting)
{
	merit_buffer_put_text(out, "  ");
	merit_export_put_beancount(out, posting->account, posting->holder, merit_posting_is_money(posting));
	merit_buffer_put_text(out, "  ");
	merit_export_put_amount(out, posting->amount, posting->currency);
	merit_buffer_put_char(out, '\n');
	lot_put(out, posting);
}

static void beancount_put(struct merit_export_job *job, const struct merit_entry *entry)
{
	struct merit_buffer *out = &job->text;

	merit_buffer_put_char(out, '\n');
	merit_export_put_day(out, entry->day);
	merit_buffer_put_format(out, " * \"%s\" \"%.*s\"\n  seq: %llu\n  by: \"", entry->operation->name,
	                        (int)entry->id.size, entry->id.data, (unsigned long long)entry->seq);
	merit_export_put_by(out, entry);
	merit_buffer_put_text(out, "\"\n");
	if (entry->has_belongs_to) {
		merit_buffer_put_text(out, "  belongs_to: ");
		merit_export_put_day(out, entry->belongs_to);
		merit_buffer_put_char(out, '\n');
	}
	for (size_t i = 0; i < entry->postings_count; i++)
		posting_put(out, &entry->postings[i]);
}

/* beancount asserts what an account holds as its day begins. */
static void beancount_end(struct merit_export_job *job)
{
	if (job->first_day == MERIT_DAY_NEVER)
		return;
	merit_buffer_put_char(&job->text, '\n');
	for (size_t i = 0; i < job->accounts.count; i++) {
		const struct merit_export_account *account = merit_export_account_at(job, i);
		merit_export_put_day(&job->text, job->last_day + 1);
		merit_buffer_put_text(&job->text, " balance ");
		name_put(&job->text, account);
		merit_buffer_put_text(&job->text, "  ");
		merit_export_put_amount(&job->text, account->closing, account->currency);
		merit_buffer_put_char(&job->text, '\n');
	}
}

const struct merit_export_kind merit_export_beancount = {
	.word = "beancount",
	.needs_accounts = true,
	.begin = beancount_begin,
	.put = beancount_put,
	.end = beancount_end,
};
