/* export_hledger.c - a journal that `hledger check --strict` takes: every account and commodity declared, every
 * transaction balanced, every account's balance asserted at the end.
 *
 * Source  hledger 1.25, manual of the journal format: directives, postings, tags, balance assertions */
#include "ledger/currency.h"
#include "report/export_inner.h"

/* Between them stands the holder; type is what hledger's statements take a money account for. */
struct account_form {
	const char *before, *behind, *type;
};

static const struct account_form points_forms[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { "points:sponsor:", "", NULL },
	[MERIT_ACCOUNT_CAMPAIGN] = { "points:campaign:", "", NULL },
	[MERIT_ACCOUNT_MEMBER] = { "points:member:", ":available", NULL },
	[MERIT_ACCOUNT_PENDING] = { "points:member:", ":pending", NULL },
	[MERIT_ACCOUNT_HELD] = { "points:member:", ":held", NULL },
	[MERIT_ACCOUNT_DEBT] = { "points:member:", ":debt", NULL },
	[MERIT_ACCOUNT_REDEEMED] = { "points:redeemed:", "", NULL },
	[MERIT_ACCOUNT_EXPIRED] = { "points:expired:", "", NULL },
	[MERIT_ACCOUNT_WRITEOFF] = { "points:writeoff:", "", NULL },
};

static const struct account_form money_forms[MERIT_ACCOUNT_COUNT] = {
	[MERIT_ACCOUNT_SPONSOR] = { "money:sponsor:", "", "L" },
	[MERIT_ACCOUNT_MERCHANT] = { "money:merchant:", "", "L" },
	[MERIT_ACCOUNT_CASH] = { "money:cash", "", "C" },
	[MERIT_ACCOUNT_MARGIN] = { "money:margin", "", "R" },
	[MERIT_ACCOUNT_BREAKAGE] = { "money:breakage", "", "R" },
	[MERIT_ACCOUNT_MARKETING] = { "money:marketing", "", "X" },
	[MERIT_ACCOUNT_OPENING] = { "money:opening", "", "E" },
};

static const struct account_form *form_of(enum merit_account account, bool is_money)
{
	return is_money ? &money_forms[account] : &points_forms[account];
}

void merit_export_put_hledger(struct merit_buffer *out, enum merit_account account, struct merit_text holder,
                              bool is_money)
{
	const struct account_form *form = form_of(account, is_money);

	merit_buffer_put_text(out, form->before);
	for (size_t i = 0; i < holder.size; i++) {
		if (holder.data[i] == ':')
			merit_buffer_put_text(out, "%3A");
		else
			merit_buffer_put_char(out, holder.data[i]);
	}
	merit_buffer_put_text(out, form->behind);
}

/* ---- Beginning ---- */

static void commodity_put(struct merit_buffer *out, struct merit_text currency)
{
	char name[4] = "";

	for (size_t i = 0; i < currency.size && i + 1 < sizeof(name); i++)
		name[i] = currency.data[i];
	merit_buffer_put_text(out,
	                      "commodity 1000."); /* The point shows how decimals are marked, where there are none. */
	for (unsigned i = merit_money_digits(name); i > 0; i--)
		merit_buffer_put_char(out, '0');
	merit_buffer_put_format(out, " %s\n", name);
}

static void account_put(struct merit_export_job *job, const struct merit_export_account *account)
{
	bool is_money = account->currency.size > 0;
	const char *type = form_of(account->account, is_money)->type;

	merit_buffer_put_text(&job->text, "account ");
	merit_export_put_hledger(&job->text, account->account, account->holder, is_money);
	if (type != NULL)
		merit_buffer_put_format(&job->text, "  ; type:%s", type);
	merit_buffer_put_char(&job->text, '\n');
}

/* The beginning of a posting's line, up to its amount. */
static void name_put(struct merit_buffer *out, enum merit_account account, struct merit_text holder, bool is_money)
{
	merit_buffer_put_text(out, "    ");
	merit_export_put_hledger(out, account, holder, is_money);
	merit_buffer_put_text(out, "  ");
}

static void opening_put(struct merit_export_job *job)
{
	merit_buffer_put_char(&job->text, '\n');
	merit_export_put_day(&job->text, job->first_day);
	merit_buffer_put_text(&job->text, " opening balances\n");
	for (size_t i = 0; i < job->accounts.count; i++) {
		const struct merit_export_account *account = merit_export_account_at(job, i);
		if (account->opening == 0)
			continue;
		name_put(&job->text, account->account, account->holder, account->currency.size > 0);
		merit_export_put_amount(&job->text, account->opening, account->currency);
		merit_buffer_put_char(&job->text, '\n');
	}
}

static void hledger_begin(struct merit_export_job *job)
{
	merit_buffer_put_format(&job->text, "; %s\n\ncommodity 1000. POINTS\n", job->journal->origin);
	for (size_t i = 0; i < job->currencies.count; i++)
		commodity_put(&job->text, *(const struct merit_text *)merit_index_at(&job->currencies, i));
	merit_buffer_put_char(&job->text, '\n');
	for (size_t i = 0; i < job->accounts.count; i++) {
		if (!merit_export_is_again(job, i))
			account_put(job, merit_export_account_at(job, i));
	}
	if (job->has_opening)
		opening_put(job);
}

/* ---- Entries ---- */

/* What a tag is followed by ends at a comma, which no name and no day holds. */
static void lot_put(struct merit_buffer *out, const struct merit_posting *posting)
{
	const char *before = "  ; ";

	if (posting->campaign.size > 0) {
		merit_buffer_put_format(out, "%scampaign:%.*s", before, (int)posting->campaign.size,
		                        posting->campaign.data);
		before = ", ";
	}
	if (posting->day == MERIT_DAY_NEVER) {
		merit_buffer_put_format(out, "%slast_day:never", before);
		before = ", ";
	} else if (posting->day != MERIT_DAY_NONE) {
		merit_buffer_put_format(out, "%slast_day:", before);
		merit_export_put_day(out, posting->day);
		before = ", ";
	}
	if (posting->line >= 0)
		merit_buffer_put_format(out, "%sline:%d", before, (int)posting->line);
	merit_buffer_put_char(out, '\n');
}

static void hledger_put(struct merit_export_job *job, const struct merit_entry *entry)
{
	struct merit_buffer *out = &job->text;

	merit_buffer_put_char(out, '\n');
	merit_export_put_day(out, entry->day);
	merit_buffer_put_format(out, " (%llu) %s | ", (unsigned long long)entry->seq, entry->operation->name);
	merit_export_put_text(out, entry->id);
	merit_buffer_put_text(out, "\n    ; by:");
	merit_export_put_by(out, entry);
	if (entry->has_belongs_to) {
		merit_buffer_put_text(out, ", belongs_to:");
		merit_export_put_day(out, entry->belongs_to);
	}
	merit_buffer_put_char(out, '\n');
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		name_put(out, posting->account, posting->holder, merit_posting_is_money(posting));
		merit_export_put_amount(out, posting->amount, posting->currency);
		lot_put(out, posting);
	}
}

/* Assertions: hledger checks them in the order of days, and of one day in that of the file, in which this is last. */
static void hledger_end(struct merit_export_job *job)
{
	if (job->accounts.count == 0 || job->first_day == MERIT_DAY_NEVER)
		return;
	merit_buffer_put_char(&job->text, '\n');
	merit_export_put_day(&job->text, job->last_day);
	merit_buffer_put_text(&job->text, " closing balances\n");
	for (size_t i = 0; i < job->accounts.count; i++) {
		const struct merit_export_account *account = merit_export_account_at(job, i);
		name_put(&job->text, account->account, account->holder, account->currency.size > 0);
		merit_export_put_amount(&job->text, 0, account->currency);
		merit_buffer_put_text(&job->text, " = ");
		merit_export_put_amount(&job->text, account->closing, account->currency);
		merit_buffer_put_char(&job->text, '\n');
	}
}

const struct merit_export_kind merit_export_hledger = {
	.word = "hledger",
	.needs_accounts = true,
	.begin = hledger_begin,
	.put = hledger_put,
	.end = hledger_end,
};
