/* export.c - see export.h: the passes over the entries, accounts and their sums. */
#include "report/export_inner.h"

#include <assert.h>
#include <string.h>

#include "ledger/currency.h"

#define TEXT_SIZE 65536 /* bytes that are written at once */

static const struct merit_export_kind *const kinds[MERIT_EXPORT_COUNT] = {
	[MERIT_EXPORT_HLEDGER] = &merit_export_hledger,
	[MERIT_EXPORT_BEANCOUNT] = &merit_export_beancount,
	[MERIT_EXPORT_JSON] = &merit_export_json,
	[MERIT_EXPORT_PAYOUT] = &merit_export_payout,
};

const char *merit_export_word(enum merit_export_form form)
{
	assert(form < MERIT_EXPORT_COUNT);
	return kinds[form]->word;
}

bool merit_export_named(const char *word, enum merit_export_form *form_out)
{
	for (unsigned i = 0; i < MERIT_EXPORT_COUNT; i++) {
		if (strcmp(kinds[i]->word, word) == 0) {
			*form_out = (enum merit_export_form)i;
			return true;
		}
	}
	return false;
}

/* ---- Pieces ---- */

void merit_export_put_day(struct merit_buffer *out, int32_t day)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	merit_buffer_put_text(out, text);
}

void merit_export_put_text(struct merit_buffer *out, struct merit_text text)
{
	merit_buffer_put(out, text.data, text.size);
}

void merit_export_put_by(struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_export_put_text(out, entry->party);
	merit_buffer_put_char(out, '/');
	merit_export_put_text(out, entry->key);
}

void merit_export_put_amount(struct merit_buffer *out, int64_t amount, struct merit_text currency)
{
	char name[4] = "";

	assert(currency.size < sizeof(name));
	if (currency.size == 0) {
		merit_buffer_put_integer(out, amount);
		merit_buffer_put_text(out, " POINTS");
		return;
	}
	memcpy(name, currency.data, currency.size);
	merit_money_put(out, amount, name, true);
	merit_buffer_put_char(out, ' ');
	merit_buffer_put_text(out, name);
}

/* ---- Accounts ---- */

/* Keys go in the order in which accounts are listed: points, then money; by kind, holder and currency. */
static struct merit_export_account *account_of(struct merit_export_job *job, const struct merit_posting *posting)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, merit_posting_is_money(posting));
	merit_index_key_number(&key, posting->account);
	merit_index_key_text(&key, posting->holder);
	merit_index_key_text(&key, posting->currency);
	struct merit_export_account *account =
		merit_index_get(&job->accounts, &job->arena, merit_index_key_whole(&key), sizeof(*account));
	if (account == NULL || account->holder.data != NULL)
		return account;
	const char *holder = merit_arena_copy(&job->arena, posting->holder.data, posting->holder.size);
	const char *currency = merit_arena_copy(&job->arena, posting->currency.data, posting->currency.size);
	if (holder == NULL || currency == NULL)
		return NULL;
	*account = (struct merit_export_account){ .account = posting->account,
		                                  .holder = { holder, posting->holder.size },
		                                  .currency = { currency, posting->currency.size } };
	return account;
}

const struct merit_export_account *merit_export_account_at(const struct merit_export_job *job, size_t place)
{
	return merit_index_at(&job->accounts, place);
}

bool merit_export_is_again(const struct merit_export_job *job, size_t place)
{
	if (place == 0)
		return false;
	const struct merit_export_account *a = merit_export_account_at(job, place);
	const struct merit_export_account *b = merit_export_account_at(job, place - 1);
	return a->account == b->account && merit_text_equal(a->holder, b->holder) && a->currency.size > 0 &&
	       b->currency.size > 0;
}

static bool currency_add(struct merit_export_job *job, struct merit_text currency)
{
	struct merit_text *kept = merit_index_get(&job->currencies, &job->arena, currency, sizeof(*kept));

	if (kept == NULL)
		return false;
	if (kept->data == NULL)
		*kept = (struct merit_text){ merit_arena_copy(&job->arena, currency.data, currency.size),
			                     currency.size };
	return kept->data != NULL;
}

/* *sum += amount: the ledger keeps every balance far within 64 bits. */
static void sum_add(int64_t *sum, int64_t amount)
{
	bool is_beyond = __builtin_add_overflow(*sum, amount, sum);

	assert(!is_beyond);
}

/* Adds to what the account holds at the end, and what it held before the period. */
static bool posting_collect(struct merit_export_job *job, const struct merit_posting *posting, bool is_opening)
{
	struct merit_export_account *account = account_of(job, posting);

	if (account == NULL || (merit_posting_is_money(posting) && !currency_add(job, posting->currency)))
		return false;
	sum_add(&account->closing, posting->amount);
	if (is_opening)
		sum_add(&account->opening, posting->amount);
	return true;
}

static enum merit_status accounts_take(void *context, const struct merit_entry *entry)
{
	struct merit_export_job *job = context;
	enum merit_report_part part = merit_report_part(job->options, entry->day);

	if (part == MERIT_PART_NEITHER || entry->postings_count == 0)
		return MERIT_OK;
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (!posting_collect(job, &entry->postings[i], part == MERIT_PART_OPENING))
			return MERIT_NO_MEMORY;
	}
	if (part == MERIT_PART_OPENING)
		return MERIT_OK;
	job->first_day = entry->day < job->first_day ? entry->day : job->first_day;
	job->last_day = entry->day > job->last_day ? entry->day : job->last_day;
	return MERIT_OK;
}

static enum merit_status accounts_collect(struct merit_export_job *job, uint64_t before)
{
	enum merit_status status = merit_journal_each(job->journal, 0, before, accounts_take, job, NULL);

	if (status != MERIT_OK)
		return status;
	merit_index_sort(&job->accounts);
	merit_index_sort(&job->currencies);
	for (size_t i = 0; i < job->accounts.count && !job->has_opening; i++)
		job->has_opening = merit_export_account_at(job, i)->opening != 0;
	if (job->has_opening) {
		job->first_day = job->options->first_day;
		job->last_day = job->last_day < job->first_day ? job->first_day : job->last_day;
	}
	return MERIT_OK;
}

/* ---- Writing ---- */

static enum merit_status text_write(struct merit_export_job *job)
{
	if (job->text.bad || job->no_memory)
		return MERIT_NO_MEMORY;
	if (job->text.size > 0 && fwrite(job->text.data, 1, job->text.size, job->file) != job->text.size)
		return MERIT_IO_FAILED;
	merit_buffer_clear(&job->text);
	return MERIT_OK;
}

struct writing {
	struct merit_export_job *job;
	const struct merit_export_kind *kind;
};

static enum merit_status entry_take(void *context, const struct merit_entry *entry)
{
	struct writing *writing = context;
	struct merit_export_job *job = writing->job;
	bool is_movement = merit_report_part(job->options, entry->day) == MERIT_PART_MOVEMENT;

	if (entry->status != MERIT_OK || !(writing->kind->takes_all || (is_movement && entry->postings_count > 0)))
		return MERIT_OK;
	if (entry->operation->number == MERIT_OP_PROPOSAL_APPROVE) {
		struct merit_entry done = *entry;
		merit_entry_unwrap(&done);
		writing->kind->put(job, &done);
	} else {
		writing->kind->put(job, entry);
	}
	return job->text.size >= TEXT_SIZE || job->text.bad || job->no_memory ? text_write(job) : MERIT_OK;
}

static enum merit_status job_run(struct merit_export_job *job, const struct merit_export_kind *kind,
                                 const struct merit_journal_progress *progress)
{
	uint64_t before = job->options->size < job->journal->size ? job->options->size : job->journal->size;
	struct writing writing = { job, kind };
	enum merit_status status = kind->needs_accounts ? accounts_collect(job, before) : MERIT_OK;

	if (status != MERIT_OK)
		return status;
	if (kind->begin != NULL)
		kind->begin(job);
	status = merit_journal_each(job->journal, 0, before, entry_take, &writing, progress);
	if (status != MERIT_OK)
		return status;
	if (kind->end != NULL)
		kind->end(job);
	status = text_write(job);
	return status == MERIT_OK && fflush(job->file) != 0 ? MERIT_IO_FAILED : status;
}

enum merit_status merit_export(struct merit_journal *journal, enum merit_export_form form,
                               const struct merit_report_options *options,
                               const struct merit_journal_progress *progress, FILE *file)
{
	struct merit_export_job job = { .journal = journal,
		                        .options = options,
		                        .file = file,
		                        .first_day = MERIT_DAY_NEVER,
		                        .last_day = MERIT_DAY_NONE };

	assert(form < MERIT_EXPORT_COUNT);
	enum merit_status status = job_run(&job, kinds[form], progress);
	merit_buffer_free(&job.text);
	merit_index_free(&job.accounts);
	merit_index_free(&job.currencies);
	merit_index_free(&job.settlements);
	merit_arena_free(&job.arena);
	return status;
}
