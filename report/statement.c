/* statement.c - a merchant's or sponsor's account: what moved its money and points, when it falls due, in which
 * settlement it is.
 *
 * Signs    as the party sees it: of a merchant what it is due, of a sponsor what it owes; below zero the other way
 *          round.
 * A row    one posting to merchant/X or sponsor/S in money (of the platform as a sponsor, to expense/marketing), with
 *          the points of that sale; or points alone, where no money went with them.
 * Checked  each settlement of the party must hold as many of these rows, and come to the same, as its entry says: else
 *          the sheet differs. */
#include <stdlib.h>
#include <string.h>

#include "report/reports_inner.h"
#include "report/sales.h"
#include "report/told.h"

struct line {
	int64_t seq;
	int32_t day, due_day;
	enum merit_report_part part;
	const char *operation;
	struct merit_text settlement, reference, order, item, campaign, currency; /* currency empty: points alone */
	int32_t order_line;
	int64_t quantity, points, amount;
	bool moves_points; /* of the party's own account */
	bool is_settled;   /* in a settlement, or of one's payment */
	size_t waiting;    /* 1 + the place of the next one that waits with it */
};

/* What the party had and has in a currency. */
struct balance {
	struct merit_text currency;
	int64_t opening, running;
};

struct statement {
	struct merit_sales sales;
	struct merit_index balances;
	struct line *lines;
	size_t lines_count, lines_capacity;
	size_t unsettled; /* no line before this place is free to be settled */
	bool is_known, is_merchant;
	int64_t opening_points, points;
	const char *wrong; /* the settlement that is not as its entry says; NULL: none */
};

/* ---- Lines ---- */

/* A line of the entry, without amounts; NULL without memory. */
static struct line *line_add(struct merit_report_job *job, const struct merit_entry *entry,
                             const struct merit_sales_order *order, const struct merit_posting *posting)
{
	struct statement *statement = job->context;

	if (statement->lines_count == statement->lines_capacity) {
		size_t capacity = statement->lines_capacity == 0 ? 64 : 2 * statement->lines_capacity;
		struct line *lines = realloc(statement->lines, capacity * sizeof(*lines));
		if (lines == NULL)
			return NULL;
		statement->lines = lines;
		statement->lines_capacity = capacity;
	}
	struct line *line = &statement->lines[statement->lines_count];
	*line = (struct line){ .seq = (int64_t)entry->seq,
		               .day = entry->day,
		               .due_day = MERIT_DAY_NONE,
		               .part = merit_report_part(job->options, entry->day),
		               .operation = entry->operation->name,
		               .order_line = posting->line };
	if (order != NULL) {
		line->order = order->name;
		if (posting->line >= 0 && (size_t)posting->line < order->lines_count)
			line->item = order->lines[posting->line].item;
		line->quantity = merit_told_quantity(entry, posting->line);
	}
	if (!merit_text_keep(&job->arena, merit_told_reference(entry), &line->reference) ||
	    !merit_text_keep(&job->arena, posting->campaign, &line->campaign) ||
	    !merit_text_keep(&job->arena, posting->currency, &line->currency))
		return NULL;
	statement->lines_count++;
	return line;
}

static struct balance *balance_of(struct merit_report_job *job, struct merit_text currency)
{
	struct statement *statement = job->context;
	struct balance *balance = merit_index_get(&statement->balances, &job->arena, currency, sizeof(*balance));

	if (balance != NULL && balance->currency.data == NULL &&
	    !merit_text_keep(&job->arena, currency, &balance->currency))
		return NULL;
	return balance;
}

/* ---- An entry's postings ---- */

/* What the platform spends as a sponsor of its own stands in an account of all such sponsors. */
static bool is_marketing_of(const struct merit_report_job *job, const struct merit_posting *posting)
{
	const struct merit_catalog_campaign *campaign =
		posting->account == MERIT_ACCOUNT_MARKETING ? merit_catalog_campaign(job->catalog, posting->campaign)
							    : NULL;

	return campaign != NULL && merit_text_equal(campaign->sponsor, job->options->party);
}

static bool is_partys(const struct merit_report_job *job, const struct merit_posting *posting, bool is_money)
{
	const struct statement *statement = job->context;
	enum merit_account account = !statement->is_merchant ? MERIT_ACCOUNT_SPONSOR
	                             : is_money              ? MERIT_ACCOUNT_MERCHANT
	                                                     : MERIT_ACCOUNT_REDEEMED;

	if (is_money && is_marketing_of(job, posting))
		return true;
	return posting->account == account && merit_posting_is_money(posting) == is_money &&
	       merit_text_equal(posting->holder, job->options->party);
}

/* The points that went with a posting of money: those redeemed of its line, of a sponsor its campaign's. */
static int64_t points_with(struct merit_report_job *job, const struct merit_entry *entry,
                           const struct merit_posting *money)
{
	const struct statement *statement = job->context;
	int64_t points = 0;

	for (size_t i = 0; i < entry->postings_count && money->line >= 0; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == MERIT_ACCOUNT_REDEEMED && posting->line == money->line &&
		    (statement->is_merchant || merit_text_equal(posting->campaign, money->campaign)))
			merit_report_add(job, &points, posting->amount);
	}
	return points;
}

static enum merit_status money_take(struct merit_report_job *job, const struct merit_entry *entry,
                                    struct merit_sales_order *order, const struct merit_posting *posting)
{
	struct statement *statement = job->context;
	struct line *line = line_add(job, entry, order, posting);

	if (line == NULL || balance_of(job, posting->currency) == NULL)
		return MERIT_NO_MEMORY;
	line->amount = statement->is_merchant ? -posting->amount : posting->amount;
	line->points = points_with(job, entry, posting);
	line->moves_points = statement->is_merchant && line->points != 0;
	if (entry->operation->number == MERIT_OP_SETTLEMENT_PAY) {
		line->is_settled = true;
		return merit_text_keep(&job->arena, entry->values[PAY_SETTLEMENT].text, &line->settlement)
		               ? MERIT_OK
		               : MERIT_NO_MEMORY;
	}
	if (!statement->is_merchant || order == NULL || posting->line < 0 ||
	    (size_t)posting->line >= order->lines_count) {
		line->due_day = entry->day;
		return MERIT_OK;
	}
	struct merit_sales_line *sold = &order->lines[posting->line];
	line->waiting = sold->waiting;
	sold->waiting = statement->lines_count; /* 1 + its place */
	return MERIT_OK;
}

/* Points on the party's account that no line of this entry told of yet: behind place, its lines. */
static enum merit_status points_take(struct merit_report_job *job, const struct merit_entry *entry,
                                     const struct merit_sales_order *order, const struct merit_posting *posting,
                                     size_t place)
{
	struct statement *statement = job->context;
	int64_t points = statement->is_merchant ? posting->amount : -posting->amount;

	for (size_t i = place; i < statement->lines_count; i++) {
		struct line *line = &statement->lines[i];
		bool is_same = line->order_line == posting->line && merit_text_equal(line->campaign, posting->campaign);
		if (line->currency.size > 0 && line->moves_points && line->order_line == posting->line)
			return MERIT_OK; /* Told with its money. */
		if (line->currency.size == 0 && is_same) {
			merit_report_add(job, &line->points, points);
			return MERIT_OK;
		}
	}
	struct line *line = line_add(job, entry, order, posting);
	if (line == NULL)
		return MERIT_NO_MEMORY;
	line->points = points;
	line->moves_points = true;
	line->is_settled = true;
	return MERIT_OK;
}

static enum merit_status postings_take(struct merit_report_job *job, const struct merit_entry *entry,
                                       struct merit_sales_order *order)
{
	const struct statement *statement = job->context;
	size_t place = statement->lines_count;
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		if (is_partys(job, &entry->postings[i], true))
			status = money_take(job, entry, order, &entry->postings[i]);
	}
	for (size_t i = 0; i < entry->postings_count && status == MERIT_OK; i++) {
		if (is_partys(job, &entry->postings[i], false))
			status = points_take(job, entry, order, &entry->postings[i], place);
	}
	return status;
}

/* ---- Due days and settlements ---- */

static void order_release(struct statement *statement, const struct merit_entry *entry, struct merit_sales_order *order)
{
	if (!merit_entry_has_money(entry) && entry->operation->number != MERIT_OP_ORDER_RECEIVE)
		return;
	for (size_t i = 0; i < order->lines_count; i++) {
		struct merit_sales_line *sold = &order->lines[i];
		int32_t day = sold->waiting == 0 ? MERIT_DAY_NONE : merit_sales_due(&statement->sales, entry, sold);
		if (day == MERIT_DAY_NONE)
			continue;
		for (size_t at = sold->waiting; at != 0; at = statement->lines[at - 1].waiting)
			statement->lines[at - 1].due_day = day;
		sold->waiting = 0;
	}
}

/* Gives the settlement what fell due up to its cutoff and is in none. */
static enum merit_status settlement_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct statement *statement = job->context;
	const struct merit_value *values = entry->values, *results = entry->results;
	int64_t count = 0, sum = 0;
	struct merit_text name;

	if (!merit_text_equal(values[OPEN_PARTY].text, job->options->party))
		return MERIT_OK;
	if (!merit_text_keep(&job->arena, values[OPEN_SETTLEMENT].text, &name))
		return MERIT_NO_MEMORY;
	while (statement->unsettled < statement->lines_count && statement->lines[statement->unsettled].is_settled)
		statement->unsettled++;
	for (size_t i = statement->unsettled; i < statement->lines_count; i++) {
		struct line *line = &statement->lines[i];
		if (line->is_settled || line->due_day == MERIT_DAY_NONE ||
		    line->due_day > values[OPEN_CUTOFF].integer ||
		    !merit_text_equal(line->currency, values[OPEN_CURRENCY].text))
			continue;
		line->is_settled = true;
		line->settlement = name;
		count++;
		merit_report_add(job, &sum, line->amount);
	}
	if (count != results[OPEN_LINES].integer || sum != results[OPEN_SUM].integer)
		statement->wrong = name.data;
	return MERIT_OK;
}

static enum merit_status statement_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct statement *statement = job->context;
	struct merit_sales_order *order;
	enum merit_status status = merit_sales_take(&statement->sales, entry, &order);

	if (!statement->is_known) {
		const struct merit_catalog_party *party = merit_catalog_party(job->catalog, job->options->party);
		statement->is_known = party != NULL;
		statement->is_merchant = party != NULL && party->role == MERIT_ROLE_MERCHANT;
	}
	if (status == MERIT_OK)
		status = postings_take(job, entry, order);
	if (status == MERIT_OK && order != NULL)
		order_release(statement, entry, order);
	if (status == MERIT_OK && entry->operation->number == MERIT_OP_SETTLEMENT_OPEN)
		status = settlement_take(job, entry);
	return status;
}

/* ---- Printing ---- */

static void columns_put(struct merit_sheet *sheet)
{
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "seq", "Entry");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "day", "Day");
	merit_sheet_column(sheet, MERIT_CELL_DAY, "due_day", "Due");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "operation", "Operation");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "settlement", "Settlement");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "reference", "Reference");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "order", "Order");
	merit_sheet_column(sheet, MERIT_CELL_SEQ, "line", "Line");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "item", "Item");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "quantity", "Pieces");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "campaign", "Campaign");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "points", "Points");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "points_after", "Points after");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "Currency");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "amount", "Amount");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "balance", "Balance");
}

static void integer_or_empty(struct merit_sheet *sheet, int64_t integer, bool is_there)
{
	if (is_there)
		merit_sheet_integer(sheet, integer);
	else
		merit_sheet_empty(sheet);
}

/* What the party had before the period, or has behind it. currency empty: in points. */
static void balance_row(struct merit_sheet *sheet, const char *word, int32_t day, struct merit_text currency,
                        int64_t balance)
{
	merit_sheet_empty(sheet);
	merit_sheet_integer(sheet, day);
	merit_sheet_empty(sheet);
	merit_sheet_word(sheet, word);
	for (int i = 0; i < 8; i++)
		merit_sheet_empty(sheet);
	integer_or_empty(sheet, balance, currency.size == 0);
	merit_sheet_text(sheet, currency);
	merit_sheet_empty(sheet);
	integer_or_empty(sheet, balance, currency.size > 0);
}

static void line_put(struct merit_sheet *sheet, const struct line *line, int64_t points, int64_t balance)
{
	bool is_money = line->currency.size > 0;

	merit_sheet_integer(sheet, line->seq);
	merit_sheet_integer(sheet, line->day);
	merit_sheet_integer(sheet, line->due_day);
	merit_sheet_word(sheet, line->operation);
	merit_sheet_text(sheet, line->settlement);
	merit_sheet_text(sheet, line->reference);
	merit_sheet_text(sheet, line->order);
	merit_sheet_integer(sheet, line->order_line);
	merit_sheet_text(sheet, line->item);
	integer_or_empty(sheet, line->quantity, line->quantity != 0);
	merit_sheet_text(sheet, line->campaign);
	integer_or_empty(sheet, line->points, line->points != 0);
	integer_or_empty(sheet, points, line->moves_points);
	merit_sheet_text(sheet, line->currency);
	integer_or_empty(sheet, line->amount, is_money);
	integer_or_empty(sheet, balance, is_money);
}

static bool is_asked(const struct merit_report_job *job, struct merit_text currency)
{
	return job->options->currency.size == 0 || merit_text_equal(job->options->currency, currency);
}

static void openings_put(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct statement *statement = job->context;
	int32_t first_day = job->options->first_day;

	for (size_t i = 0; i < statement->lines_count; i++) {
		const struct line *line = &statement->lines[i];
		struct balance *balance = line->currency.size > 0 ? balance_of(job, line->currency) : NULL;
		if (line->part != MERIT_PART_OPENING)
			continue;
		if (balance != NULL)
			merit_report_add(job, &balance->opening, line->amount);
		if (line->moves_points)
			merit_report_add(job, &statement->opening_points, line->points);
	}
	statement->points = statement->opening_points;
	for (size_t i = 0; i < statement->balances.count; i++) {
		struct balance *balance = merit_index_at(&statement->balances, i);
		balance->running = balance->opening;
		if (first_day != MERIT_DAY_NONE && is_asked(job, balance->currency))
			balance_row(sheet, "opening", first_day, balance->currency, balance->opening);
	}
	if (first_day != MERIT_DAY_NONE)
		balance_row(sheet, "opening", first_day, MERIT_TEXT(""), statement->opening_points);
}

static void lines_put(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct statement *statement = job->context;

	for (size_t i = 0; i < statement->lines_count; i++) {
		const struct line *line = &statement->lines[i];
		bool is_money = line->currency.size > 0;
		if (line->part != MERIT_PART_MOVEMENT)
			continue;
		struct balance *balance = is_money ? balance_of(job, line->currency) : NULL;
		if (is_money)
			merit_report_add(job, &balance->running, line->amount);
		if (line->moves_points)
			merit_report_add(job, &statement->points, line->points);
		if (is_money && !is_asked(job, line->currency))
			continue;
		line_put(sheet, line, statement->points, is_money ? balance->running : 0);
	}
}

static void closings_put(struct merit_report_job *job, struct merit_sheet *sheet)
{
	const struct statement *statement = job->context;
	int32_t day = job->options->last_day == MERIT_DAY_NEVER ? MERIT_DAY_NONE : job->options->last_day;

	for (size_t i = 0; i < statement->balances.count; i++) {
		const struct balance *balance = merit_index_at(&statement->balances, i);
		if (is_asked(job, balance->currency))
			balance_row(sheet, "closing", day, balance->currency, balance->running);
	}
	balance_row(sheet, "closing", day, MERIT_TEXT(""), statement->points);
}

static enum merit_status statement_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct statement *statement = job->context;
	const struct merit_catalog_party *party = merit_catalog_party(job->catalog, job->options->party);

	if (party == NULL || (party->role != MERIT_ROLE_MERCHANT && party->role != MERIT_ROLE_SPONSOR)) {
		job->fault = "no such merchant or sponsor";
		return MERIT_BAD_PARAMS;
	}
	columns_put(sheet);
	merit_index_sort(&statement->balances);
	openings_put(job, sheet);
	lines_put(job, sheet);
	closings_put(job, sheet);
	merit_sheet_note(sheet, statement->is_merchant
	                                ? "Amounts are what the merchant is due; points what it was paid with."
	                                : "Amounts are what the sponsor owes, below zero what it has prepaid; "
	                                  "points are those spent, or granted.");
	if (statement->wrong != NULL) {
		merit_sheet_note(sheet, "Settlement %s does not hold these rows.", statement->wrong);
		sheet->differs = true;
	}
	return MERIT_OK;
}

static void statement_free(struct merit_report_job *job)
{
	struct statement *statement = job->context;

	free(statement->lines);
	merit_index_free(&statement->balances);
	merit_sales_free(&statement->sales);
}

const struct merit_report_kind merit_report_statement = {
	.name = "statement",
	.title = "Statement of account",
	.about = "a merchant's or sponsor's money and points: what moved them, when it is due, in which settlement",
	.needs_party = true,
	.context_size = sizeof(struct statement),
	.take = statement_take,
	.finish = statement_finish,
	.free = statement_free,
};
