/* run.c - see run.h: what a source's file is compared with, and the comparing; what comes of it is run_lines.c. */
#include "recon/run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "recon/run_inner.h"

/* What making a run needs besides the run. */
struct making {
	struct merit_recon_run *run;
	struct merit_journal *source;
	const struct merit_recon_options *options;
	struct merit_file_fault *fault;
	int *fault_leg;
	int32_t slack;
};

struct telling {
	const struct merit_recon_options *options;
	const char *what;
};

static void tell(void *context, uint64_t done, uint64_t of)
{
	const struct telling *telling = context;

	if (telling->options->tell != NULL)
		telling->options->tell(telling->options->context, telling->what, done, of);
}

/* ---- The window ---- */

static bool is_within(const struct merit_window *window, int32_t day, int32_t slack)
{
	return day >= window->first_day - slack && day <= window->last_day + slack;
}

bool merit_recon_is_inside(const struct merit_recon_run *run, const struct merit_recon_item *item)
{
	return item->kind == MERIT_ITEM_UNREADABLE || item->carried.size > 0 || item->is_late ||
	       is_within(&run->window, item->day, 0);
}

/* How far around the window things may still belong to what is in it. */
static int32_t slack_of(const struct merit_rules *rules)
{
	int32_t days = rules->timing_days > 1 ? rules->timing_days : 1;

	for (size_t i = 0; i < rules->passes_count; i++)
		days = rules->passes[i].days > days ? rules->passes[i].days : days;
	return days;
}

static enum merit_status refuse(struct making *making, int leg, uint64_t line)
{
	*making->fault_leg = leg;
	making->fault->line = line;
	return MERIT_BAD_FORMAT;
}

/* Of these what is below zero is given back; at a bank it goes the other way, as half of all does. */
static bool is_one_way(enum merit_subject subject)
{
	return subject == MERIT_SUBJECT_ORDERS || subject == MERIT_SUBJECT_FULFILMENTS ||
	       subject == MERIT_SUBJECT_EARNS;
}

static enum merit_status window_set(struct making *making)
{
	const struct merit_recon_options *options = making->options;
	struct merit_window *window = &making->run->window;
	bool is_told = options->first_day != MERIT_DAY_NONE;

	window->first_day = is_told ? options->first_day : options->files[0]->first_day;
	window->last_day = is_told ? options->last_day : options->files[0]->last_day;
	if (window->first_day == MERIT_DAY_NONE) {
		(void)merit_file_refuse(making->fault, 0, 0,
		                        "it has no rows, and does not say which days it covers: give --from and --to");
		return refuse(making, 0, 0);
	}
	window->is_one_way = is_one_way(making->run->history.source.subject);
	if (window->last_day < window->first_day) {
		(void)merit_file_refuse(making->fault, 0, 0, "--from is behind --to");
		return refuse(making, 0, 0);
	}
	if ((int64_t)window->last_day - window->first_day >= MERIT_RUN_DAYS_MAX) {
		char first[MERIT_DAY_TEXT_SIZE], last[MERIT_DAY_TEXT_SIZE];
		merit_day_format(window->first_day, first);
		merit_day_format(window->last_day, last);
		(void)merit_file_refuse(making->fault, 0, 0, "a run covers a year at most, not %s to %s", first, last);
		return refuse(making, 0, 0);
	}
	return MERIT_OK;
}

static enum merit_status refuse_day(struct making *making, int leg, const struct merit_recon_item *item,
                                    const char *what, int32_t first_day, int32_t last_day)
{
	char day[MERIT_DAY_TEXT_SIZE], first[MERIT_DAY_TEXT_SIZE], last[MERIT_DAY_TEXT_SIZE];

	merit_day_format(item->day, day);
	merit_day_format(first_day, first);
	merit_day_format(last_day > MERIT_DAY_MAX ? MERIT_DAY_MAX : last_day, last);
	(void)merit_file_refuse(making->fault, item->line, 0,
	                        "a row of %s, where %s is of %s to %s: is it another period's file?", day, what, first,
	                        last);
	return refuse(making, leg, item->line);
}

/* Whether a row of the party's file is of another period than the run, or than the source. */
static enum merit_status rows_check(struct making *making)
{
	const struct merit_declaration *source = &making->run->history.source;
	const struct merit_window *window = &making->run->window;
	const struct merit_file *file = making->options->files[0];

	for (size_t i = 0; i < file->items_count; i++) {
		const struct merit_recon_item *item = &file->items[i];
		if (item->kind == MERIT_ITEM_UNREADABLE)
			continue;
		if (!is_within(window, item->day, making->slack))
			return refuse_day(making, 0, item, "the run", window->first_day, window->last_day);
		if (item->day < source->starts - making->slack || item->day > source->ends)
			return refuse_day(making, 0, item, "the source", source->starts, source->ends);
	}
	return MERIT_OK;
}

/* A payment file may cover more than the run, but not something else altogether. */
static enum merit_status second_check(struct making *making)
{
	const struct merit_file *file = making->options->files[1];

	for (size_t i = 0; file != NULL && i < file->items_count; i++) {
		if (is_within(&making->run->window, file->items[i].day, making->slack))
			return MERIT_OK;
	}
	return file == NULL || file->items_count == 0
	               ? MERIT_OK
	               : refuse_day(making, 1, &file->items[0], "the run", making->run->window.first_day,
	                            making->run->window.last_day);
}

static enum merit_status currency_check(struct making *making, int leg)
{
	const struct merit_declaration *source = &making->run->history.source;
	const struct merit_file *file = making->options->files[leg];

	for (size_t i = 0; file != NULL && i < file->items_count; i++) {
		const struct merit_recon_item *item = &file->items[i];
		if (item->kind == MERIT_ITEM_UNREADABLE || strcmp(item->currency, source->currency) == 0)
			continue;
		(void)merit_file_refuse(making->fault, item->line, 0, "an amount in %s, where the source is in %s",
		                        item->currency[0] == '\0' ? "points" : item->currency,
		                        source->currency[0] == '\0' ? "points" : source->currency);
		return refuse(making, leg, item->line);
	}
	return MERIT_OK;
}

/* A statement without a line has a currency too. */
static enum merit_status balances_check(struct making *making)
{
	const struct merit_declaration *source = &making->run->history.source;

	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX; leg++) {
		const struct merit_file *file = making->options->files[leg];
		for (size_t i = 0; file != NULL && i < file->balances_count; i++) {
			const struct merit_file_balance *balance = &file->balances[i];
			if (balance->currency[0] == '\0' || strcmp(balance->currency, source->currency) == 0)
				continue;
			(void)merit_file_refuse(making->fault, balance->line, 0,
			                        "a balance in %s, where the source is in %s", balance->currency,
			                        source->currency[0] == '\0' ? "points" : source->currency);
			return refuse(making, leg, balance->line);
		}
	}
	return MERIT_OK;
}

static enum merit_status source_check(struct making *making)
{
	const struct merit_declaration *source = &making->run->history.source;

	if (!making->run->history.is_declared)
		return MERIT_SOURCE_UNKNOWN;
	if (merit_subject_is_points(source->subject) == (source->currency[0] == '\0'))
		return MERIT_OK;
	(void)merit_file_refuse(making->fault, 0, 0, "source %.*s is declared %s a currency, but its subject is %s",
	                        (int)source->name.size, source->name.data,
	                        source->currency[0] == '\0' ? "without" : "with",
	                        source->currency[0] == '\0' ? "money" : "points");
	return refuse(making, -1, 0);
}

/* ---- What earlier runs had ---- */

static enum merit_status used_check(struct making *making)
{
	const struct merit_history *history = &making->run->history;
	const struct merit_window *window = &making->run->window;
	const struct merit_past_run *run = merit_history_used(history, &making->options->files[0]->hash);
	char text[MERIT_DAY_TEXT_SIZE];

	if (run != NULL) {
		(void)merit_file_refuse(making->fault, 0, 0, "the same file twice: run %.*s was made of it",
		                        (int)run->name.size, run->name.data);
		return refuse(making, 0, 0);
	}
	for (int32_t day = window->first_day; day <= window->last_day; day++) {
		run = merit_history_covers(history, day);
		if (run == NULL)
			continue;
		merit_day_format(day, text);
		(void)merit_file_refuse(making->fault, 0, 0,
		                        "%s is covered by run %.*s; --supersedes %.*s where this file takes its place",
		                        text, (int)run->name.size, run->name.data, (int)run->name.size, run->name.data);
		return refuse(making, 0, 0);
	}
	return MERIT_OK;
}

/* ---- Ours ---- */

/* Whether it was another run's business: of a day that one covers, or late and seen by one of later days since, or by a
 * person who ended a break with it. */
static bool is_done(const struct merit_recon_run *run, const struct merit_recon_item *item, bool has_later)
{
	if (item->is_late && merit_history_set_right(&run->history, item->line, item->amount))
		return true;
	if (item->is_late || is_within(&run->window, item->day, 0))
		return (item->is_late || has_later) && merit_history_took_up(&run->history, item->line, item->day);
	return merit_history_covers(&run->history, item->day) != NULL;
}

static void done_drop(struct merit_recon_run *run)
{
	bool has_later = false; /* without one, nothing of the window can have been seen */
	size_t kept = 0;

	for (size_t i = 0; i < run->history.runs.count; i++) {
		const struct merit_past_run *past = merit_index_at(&run->history.runs, i);
		has_later |= past->is_here && past->is_live && past->first_day > run->window.first_day;
	}
	for (size_t i = 0; i < run->ours.count; i++) {
		if (!is_done(run, &run->ours.items[i], has_later))
			run->ours.items[kept++] = run->ours.items[i];
	}
	run->ours.count = kept;
}

static enum merit_status ours_collect(struct making *making)
{
	struct merit_recon_run *run = making->run;
	struct merit_ours_options options = {
		.subject = run->history.source.subject,
		.party = run->history.source.party,
		.first_day = run->window.first_day,
		.last_day = run->window.last_day,
		.slack = making->slack,
		.size = making->options->size,
		.history = &run->history,
	};
	struct telling telling = { making->options, "reading the ledger" };
	const struct merit_journal_progress progress = { tell, &telling };

	memcpy(options.currency, run->history.source.currency, sizeof(options.currency));
	enum merit_status status = merit_ours_collect(making->source, &options, &progress, &run->ours);
	if (status == MERIT_OK)
		done_drop(run);
	return status;
}

/* ---- Carried breaks, as the items they were ---- */

/* What a pass only suggested waits for a person, as does a wrong status, which its record does not hold, and a row that
 * nobody could read. */
static bool takes_part(const struct merit_past_break *past)
{
	return merit_past_break_stands(past) && merit_class_is_break(past->found_class) &&
	       past->found_class != MERIT_CLASS_STATUS && past->found_class != MERIT_CLASS_UNREADABLE;
}

static bool has_side(const struct merit_past_break *past, enum merit_past_side side)
{
	return past->side == side || past->side == MERIT_SIDE_BOTH;
}

/* What is given back at a merchant's is below zero; at a bank that is a payment the other way. */
static enum merit_item_kind kind_of(const struct merit_recon_run *run, const struct merit_past_break *past,
                                    enum merit_past_side side, int64_t amount)
{
	if (past->found_class == MERIT_CLASS_FEE && past->side == side)
		return MERIT_ITEM_FEE;
	if ((past->found_class == MERIT_CLASS_REFUND && side == MERIT_SIDE_THEIRS) ||
	    (amount < 0 && run->window.is_one_way))
		return MERIT_ITEM_REFUND;
	return MERIT_ITEM_PAYMENT;
}

static struct merit_recon_item item_of(const struct merit_recon_run *run, const struct merit_past_break *past,
                                       enum merit_past_side side)
{
	bool is_theirs = side == MERIT_SIDE_THEIRS;
	struct merit_recon_item item = {
		.reference = past->reference,
		.group = past->reference, /* an order's group is its name; others' were not kept */
		.carried = past->name,
		.amount = is_theirs ? past->theirs : past->ours,
		.line = is_theirs ? past->line : past->entry,
		.day = past->first_day,
		.first_day = past->first_day,
	};

	memcpy(item.currency, past->currency, sizeof(item.currency));
	item.kind = (uint8_t)kind_of(run, past, side, item.amount);
	return item;
}

/* The list with the carried items of this leg and side behind it: the list itself where there are none. */
static enum merit_status side_make(struct merit_recon_run *run, int32_t leg, enum merit_past_side side,
                                   const struct merit_recon_item *items, size_t count,
                                   const struct merit_recon_item **items_out, size_t *count_out, void **made_out)
{
	size_t carried = 0;

	for (size_t i = 0; i < run->history.breaks.count; i++) {
		const struct merit_past_break *past = merit_index_at(&run->history.breaks, i);
		carried += past->leg == leg && has_side(past, side) && takes_part(past);
	}
	*items_out = items;
	*count_out = count;
	if (carried == 0)
		return MERIT_OK;
	struct merit_recon_item *made = malloc((count + carried) * sizeof(*made));
	if (made == NULL)
		return MERIT_NO_MEMORY;
	if (count > 0)
		memcpy(made, items, count * sizeof(*made));
	for (size_t i = 0; i < run->history.breaks.count; i++) {
		struct merit_past_break *past = merit_index_at(&run->history.breaks, i);
		if (past->leg != leg || !has_side(past, side) || !takes_part(past))
			continue;
		made[count++] = item_of(run, past, side);
		past->items++;
	}
	*made_out = made;
	*items_out = made;
	*count_out = count;
	return MERIT_OK;
}

static enum merit_status leg_match(struct making *making, int index)
{
	struct merit_recon_run *run = making->run;
	struct merit_recon_leg *leg = &run->legs[index];
	const struct merit_file *file = making->options->files[index];
	const struct merit_recon_options *options = making->options;

	enum merit_status status = side_make(run, index + 1, MERIT_SIDE_THEIRS, file->items, file->items_count,
	                                     &leg->theirs, &leg->theirs_count, &leg->theirs_made);
	if (status == MERIT_OK)
		status = side_make(run, index + 1, MERIT_SIDE_OURS, run->ours.items, run->ours.count, &leg->ours,
		                   &leg->ours_count, &leg->ours_made);
	if (status == MERIT_OK)
		status = merit_match(run->rules, &run->window, leg->theirs, leg->theirs_count, leg->ours,
		                     leg->ours_count, options->tell, options->context, &leg->findings);
	if (status == MERIT_OK)
		run->legs_count = index + 1;
	return status;
}

/* ---- All of it ---- */

static enum merit_status history_read(struct making *making)
{
	struct telling telling = { making->options, "reading earlier runs" };
	const struct merit_journal_progress progress = { tell, &telling };

	return merit_history_read(making->source, making->options->size, making->options->source,
	                          making->options->supersedes, &progress, &making->run->history);
}

static enum merit_status check(struct making *making)
{
	static enum merit_status (*const checks[])(struct making *) = { source_check, window_set, rows_check,
		                                                        second_check, used_check, balances_check };
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && status == MERIT_OK; i++)
		status = checks[i](making);
	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX && status == MERIT_OK; leg++)
		status = currency_check(making, leg);
	return status;
}

static enum merit_status make(struct making *making)
{
	enum merit_status status = history_read(making);

	if (status == MERIT_OK)
		status = check(making);
	if (status == MERIT_OK)
		status = ours_collect(making);
	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX && status == MERIT_OK; leg++) {
		if (making->options->files[leg] != NULL)
			status = leg_match(making, leg);
	}
	if (status == MERIT_OK)
		status = merit_recon_tell(making->run);
	return status == MERIT_OK ? merit_recon_balance_make(making->run, making->source, making->options->files[0])
	                          : status;
}

enum merit_status merit_recon_make(struct merit_journal *source, const struct merit_recon_options *options,
                                   struct merit_recon_run *run_out, struct merit_file_fault *fault_out,
                                   int *fault_leg_out)
{
	struct making making = {
		.run = run_out,
		.source = source,
		.options = options,
		.fault = fault_out,
		.fault_leg = fault_leg_out,
		.slack = slack_of(options->rules),
	};

	assert(options->files[0] != NULL && options->size <= source->size);
	*run_out = (struct merit_recon_run){ .rules = options->rules,
		                             .size = options->size,
		                             .offset_minutes = source->offset_minutes };
	*fault_out = (struct merit_file_fault){ 0 };
	*fault_leg_out = -1;
	enum merit_status status = make(&making);
	if (status != MERIT_OK)
		merit_recon_free(run_out);
	return status;
}

void merit_recon_free(struct merit_recon_run *run)
{
	for (int32_t i = 0; i < MERIT_RECON_LEGS_MAX; i++) {
		if (i < run->legs_count)
			merit_findings_free(&run->legs[i].findings);
		free(run->legs[i].theirs_made);
		free(run->legs[i].ours_made);
	}
	free(run->lines);
	free(run->breaks);
	free(run->cleared);
	merit_items_free(&run->ours);
	merit_history_free(&run->history);
	*run = (struct merit_recon_run){ 0 };
}

bool merit_recon_is_clean(const struct merit_recon_run *run)
{
	return run->breaks_count == 0 && run->carried_count == 0;
}
