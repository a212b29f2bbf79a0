/* run_balance.c - see run.h, merit_recon_balance: what a statement opens and closes with, beside the account cash.
 *
 * Days  a statement may begin before the run and end behind it: its rows outside are taken out of its balances. */
#include <stdlib.h>
#include <string.h>

#include "ledger/limits.h"
#include "recon/run_inner.h"

/* A sum that may be more than an amount on the way. */
typedef __int128 sum;

static bool sum_fits(sum from, int64_t *amount_out)
{
	*amount_out = (int64_t)from;
	return from <= MERIT_AMOUNT_MAX && from >= -MERIT_AMOUNT_MAX;
}

/* ---- Theirs ---- */

/* The outermost balances of an account, by day and place. */
struct account {
	const struct merit_file_balance *first, *last; /* NULL: none yet */
};

static enum merit_status accounts_read(const struct merit_file *file, struct merit_index *accounts,
                                       struct merit_arena *arena)
{
	for (size_t i = 0; i < file->balances_count; i++) {
		const struct merit_file_balance *balance = &file->balances[i];
		struct account *account = merit_index_get(accounts, arena, balance->account, sizeof(*account));
		if (account == NULL)
			return MERIT_NO_MEMORY;
		if (account->first == NULL || balance->last_day < account->first->last_day)
			account->first = balance;
		if (account->last == NULL || balance->last_day >= account->last->last_day)
			account->last = balance;
	}
	return MERIT_OK;
}

static enum merit_status theirs_sum(const struct merit_recon_run *run, const struct merit_file *file, sum *opening,
                                    sum *closing)
{
	struct merit_index accounts = { 0 };
	struct merit_arena arena = { 0 };
	enum merit_status status = accounts_read(file, &accounts, &arena);

	*opening = *closing = 0;
	for (size_t i = 0; i < accounts.count && status == MERIT_OK; i++) {
		const struct account *account = merit_index_at(&accounts, i);
		*opening += account->first->opening;
		*closing += account->last->closing;
	}
	for (size_t i = 0; i < file->items_count; i++) {
		*opening += file->items[i].day < run->window.first_day ? file->items[i].amount : 0;
		*closing -= file->items[i].day > run->window.last_day ? file->items[i].amount : 0;
	}
	merit_index_free(&accounts);
	merit_arena_free(&arena);
	return status;
}

/* ---- Ours ---- */

static void ours_sum(const struct merit_recon_run *run, const struct merit_items *ours, sum *before, sum *by_then)
{
	*before = *by_then = 0;
	for (size_t i = 0; i < ours->count; i++) {
		*before += ours->items[i].day < run->window.first_day ? ours->items[i].amount : 0;
		*by_then += ours->items[i].amount;
	}
	for (size_t i = 0; i < run->ours.count; i++)
		*before -= run->ours.items[i].is_late ? run->ours.items[i].amount : 0;
}

/* ---- Breaks of the first leg, open before the run and behind it ---- */

static void breaks_sum(struct merit_recon_run *run, sum *before, sum *behind)
{
	*before = *behind = 0;
	for (size_t i = 0; i < run->history.breaks.count; i++) {
		const struct merit_past_break *past = merit_index_at(&run->history.breaks, i);
		if (past->leg == 1 && merit_past_break_stands(past))
			*before += (sum)past->theirs - past->ours;
	}
	for (size_t i = 0; i < run->lines_count; i++) {
		const struct merit_recon_line *line = &run->lines[i];
		if (line->leg == 1 && (line->state == MERIT_LINE_NEW || line->state == MERIT_LINE_CARRIED))
			*behind += line->difference;
	}
}

/* ---- Both ---- */

static bool has_balances(const struct merit_recon_run *run, const struct merit_file *file, bool *has_opening_out)
{
	*has_opening_out = true;
	if (run->history.source.subject != MERIT_SUBJECT_CASH || run->history.source.party.size > 0)
		return false;
	for (size_t i = 0; i < file->balances_count; i++) {
		*has_opening_out &= file->balances[i].has_opening;
		if (!file->balances[i].has_closing)
			return false;
	}
	return file->balances_count > 0;
}

enum merit_status merit_recon_balance_make(struct merit_recon_run *run, struct merit_journal *source,
                                           const struct merit_file *file)
{
	struct merit_recon_balance *balance = &run->balance;
	struct merit_ours_options options = {
		.subject = MERIT_SUBJECT_CASH,
		.first_day = MERIT_DAY_NONE,
		.last_day = run->window.last_day,
		.size = run->size,
	};
	struct merit_items ours;
	sum ledger[2], breaks[2], theirs[2];

	if (!has_balances(run, file, &balance->has_opening))
		return MERIT_OK;
	memcpy(options.currency, run->history.source.currency, sizeof(options.currency));
	enum merit_status status = merit_ours_collect(source, &options, NULL, &ours);
	if (status != MERIT_OK)
		return status;
	ours_sum(run, &ours, &ledger[0], &ledger[1]);
	merit_items_free(&ours);
	breaks_sum(run, &breaks[0], &breaks[1]);
	status = theirs_sum(run, file, &theirs[0], &theirs[1]);
	for (int i = 0; i < 2 && status == MERIT_OK; i++) {
		struct merit_balance_side *side = i == 0 ? &balance->opening : &balance->closing;
		if (!sum_fits(ledger[i], &side->ledger) || !sum_fits(breaks[i], &side->breaks) ||
		    !sum_fits(theirs[i], &side->file))
			return MERIT_AMOUNT_RANGE;
	}
	balance->is_there = status == MERIT_OK;
	return status;
}

int64_t merit_balance_unexplained(const struct merit_balance_side *side)
{
	return side->file - side->ledger - side->breaks; /* amounts: far from what an integer holds */
}
