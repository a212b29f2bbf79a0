/* member_statement.c - a member's account: every movement with its reason, and what it left.
 *
 * A row  what an entry did to one lot of one campaign: to what is available, pending, held by orders, owed. What an
 *        order holds of a lot, or gives back, is one row with two changes.
 * After  the four balances behind the row; the rows of an entry stand in the order of its postings. */
#include <stdlib.h>
#include <string.h>

#include "report/reports_inner.h"
#include "report/told.h"

enum { AVAILABLE, PENDING, HELD, DEBT, STOCKS };

struct balances {
	int64_t of[STOCKS];
};

/* An entry's change to one lot. */
struct change {
	struct merit_text campaign;
	int32_t last_day, line;
	struct balances by;
};

struct line {
	int64_t seq;
	int32_t day;
	const char *operation;
	struct merit_text reason, reference, order, campaign;
	int32_t last_day;
	struct balances by, after;
};

struct statement {
	struct line *lines;
	size_t lines_count, lines_capacity;
	struct change *changes; /* of the entry at hand */
	size_t changes_count, changes_capacity;
	struct balances balances, opening;
	struct merit_index references; /* by seq of an earn of the member's: what it was for */
};

/* ---- Taking ---- */

static int stock_of(enum merit_account account)
{
	switch (account) {
	case MERIT_ACCOUNT_MEMBER: return AVAILABLE;
	case MERIT_ACCOUNT_PENDING: return PENDING;
	case MERIT_ACCOUNT_HELD: return HELD;
	case MERIT_ACCOUNT_DEBT: return DEBT;
	default: return STOCKS;
	}
}

/* Room for one more. */
static bool array_grow(void **rows_io, size_t count, size_t *capacity_io, size_t row_size)
{
	size_t capacity = *capacity_io == 0 ? 16 : 2 * *capacity_io;

	if (count < *capacity_io)
		return true;
	void *rows = realloc(*rows_io, capacity * row_size);
	if (rows == NULL)
		return false;
	*rows_io = rows;
	*capacity_io = capacity;
	return true;
}

static struct change *change_of(struct statement *statement, const struct merit_posting *posting)
{
	for (size_t i = 0; i < statement->changes_count; i++) {
		struct change *change = &statement->changes[i];
		if (change->last_day == posting->day && change->line == posting->line &&
		    merit_text_equal(change->campaign, posting->campaign))
			return change;
	}
	if (!array_grow((void **)&statement->changes, statement->changes_count, &statement->changes_capacity,
	                sizeof(struct change)))
		return NULL;
	struct change *change = &statement->changes[statement->changes_count++];
	*change = (struct change){ .campaign = posting->campaign, .last_day = posting->day, .line = posting->line };
	return change;
}

static bool changes_gather(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct statement *statement = job->context;

	statement->changes_count = 0;
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		int stock = stock_of(posting->account);
		if (stock == STOCKS || !merit_text_equal(posting->holder, job->options->party))
			continue;
		struct change *change = change_of(statement, posting);
		if (change == NULL)
			return false;
		merit_report_add(job, &change->by.of[stock], posting->amount);
	}
	return true;
}

/* Under the seq of one of the member's earns: what it was for. */
static struct merit_text *reference_of(struct merit_report_job *job, int64_t seq)
{
	struct statement *statement = job->context;
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, seq);
	return merit_index_get(&statement->references, &job->arena, merit_index_key_whole(&key),
	                       sizeof(struct merit_text));
}

/* What the entry rests on; of a review or reversal, what the earn was for. */
static bool reference_tell(struct merit_report_job *job, const struct merit_entry *entry, struct merit_text *text_out)
{
	bool is_earn = entry->operation->number == MERIT_OP_EARN;
	int64_t earn = is_earn ? (int64_t)entry->seq : merit_told_earn(entry);

	if (earn < 0)
		return merit_text_keep(&job->arena, merit_told_reference(entry), text_out);
	struct merit_text *kept = reference_of(job, earn);
	if (kept == NULL)
		return false;
	if (is_earn && !merit_text_keep(&job->arena, merit_told_reference(entry), kept))
		return false;
	*text_out = kept->data == NULL ? (struct merit_text){ "", 0 } : *kept;
	return true;
}

static bool line_add(struct merit_report_job *job, const struct merit_entry *entry, const struct change *change)
{
	struct statement *statement = job->context;

	if (!array_grow((void **)&statement->lines, statement->lines_count, &statement->lines_capacity,
	                sizeof(struct line)))
		return false;
	struct line *line = &statement->lines[statement->lines_count++];
	*line = (struct line){ .seq = (int64_t)entry->seq,
		               .day = entry->day,
		               .operation = entry->operation->name,
		               .last_day = change->last_day,
		               .by = change->by,
		               .after = statement->balances };
	struct merit_text event = merit_told(entry, "event");
	return reference_tell(job, entry, &line->reference) &&
	       merit_text_keep(&job->arena, change->campaign, &line->campaign) &&
	       merit_text_keep(&job->arena, event.size > 0 ? event : merit_told(entry, "reason"), &line->reason) &&
	       merit_text_keep(&job->arena, merit_told(entry, "order"), &line->order);
}

static void balances_add(struct merit_report_job *job, struct balances *balances, const struct balances *by)
{
	for (int i = 0; i < STOCKS; i++)
		merit_report_add(job, &balances->of[i], by->of[i]);
}

static enum merit_status member_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct statement *statement = job->context;
	enum merit_report_part part = merit_report_part(job->options, entry->day);

	if (!changes_gather(job, entry))
		return MERIT_NO_MEMORY;
	if (statement->changes_count == 0)
		return MERIT_OK;
	for (size_t i = 0; i < statement->changes_count; i++) {
		const struct change *change = &statement->changes[i];
		if (part == MERIT_PART_OPENING) {
			struct merit_text reference;
			balances_add(job, &statement->opening, &change->by);
			if (!reference_tell(job, entry, &reference)) /* One taken back later names it. */
				return MERIT_NO_MEMORY;
		} else if (part == MERIT_PART_MOVEMENT) {
			balances_add(job, &statement->balances, &change->by);
			if (!line_add(job, entry, change))
				return MERIT_NO_MEMORY;
		}
	}
	return MERIT_OK;
}

/* ---- Printing ---- */

static void stocks_put(struct merit_sheet *sheet, const struct balances *balances, const struct balances *opening)
{
	for (int i = 0; i < STOCKS; i++)
		merit_sheet_integer(sheet, balances->of[i] + (opening == NULL ? 0 : opening->of[i]));
}

static void columns_put(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "seq", "Entry");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "day", "Day");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "operation", "Operation");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reason", "Reason");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reference", "Reference");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "order", "Order");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "Campaign");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "last_day", "Last day");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "available", "Available");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "pending", "Pending");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "held", "Held");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "debt", "Debt");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "available_after", "Available after");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "pending_after", "Pending after");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "held_after", "Held after");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "debt_after", "Debt after");
}

/* What was there before the period, and is there behind it: a row that moves nothing. */
static void balance_row(struct merit_sheet *sheet, const char *word, int32_t day, const struct balances *balances,
                        const struct balances *opening)
{
	merit_sheet_empty(sheet);
	merit_sheet_integer(sheet, day);
	merit_sheet_word(sheet, word);
	for (int i = 0; i < 5; i++)
		merit_sheet_empty(sheet);
	for (int i = 0; i < STOCKS; i++)
		merit_sheet_empty(sheet);
	stocks_put(sheet, balances, opening);
}

static enum merit_status member_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	const struct statement *statement = job->context;
	const struct merit_catalog_party *party = merit_catalog_party(job->catalog, job->options->party);

	if (party == NULL || party->role != MERIT_ROLE_MEMBER) {
		job->fault = "no such member";
		return MERIT_BAD_PARAMS;
	}
	columns_put(sheet);
	if (job->options->first_day != MERIT_DAY_NONE)
		balance_row(sheet, "opening", job->options->first_day, &statement->opening, NULL);
	for (size_t i = 0; i < statement->lines_count; i++) {
		const struct line *line = &statement->lines[i];
		merit_sheet_integer(sheet, line->seq);
		merit_sheet_integer(sheet, line->day);
		merit_sheet_word(sheet, line->operation);
		merit_sheet_text(sheet, line->reason);
		merit_sheet_text(sheet, line->reference);
		merit_sheet_text(sheet, line->order);
		merit_sheet_text(sheet, line->campaign);
		merit_sheet_integer(sheet, line->last_day);
		stocks_put(sheet, &line->by, NULL);
		stocks_put(sheet, &line->after, &statement->opening);
	}
	balance_row(sheet, "closing",
	            job->options->last_day == MERIT_DAY_NEVER ? MERIT_DAY_NONE : job->options->last_day,
	            &statement->balances, &statement->opening);
	return MERIT_OK;
}

static void member_free(struct merit_report_job *job)
{
	struct statement *statement = job->context;

	free(statement->lines);
	free(statement->changes);
	merit_index_free(&statement->references);
}

const struct merit_report_kind merit_report_member = {
	.name = "member",
	.title = "Member statement",
	.about = "a member's points: every movement with its reason, and what it left",
	.needs_party = true,
	.context_size = sizeof(struct statement),
	.take = member_take,
	.finish = member_finish,
	.free = member_free,
};
