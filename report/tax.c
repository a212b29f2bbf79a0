/* tax.c - what members were given, month by month and by class of income: for whoever withholds tax on it.
 *
 * Counts awards as report/awards.h has them, before any tax; ones taken back in the month they were taken back. */
#include <string.h>

#include "ledger/calendar.h"
#include "report/awards.h"
#include "report/reports_inner.h"

struct row {
	int32_t month; /* its first day */
	struct merit_text member, income, currency;
	int64_t awards, gross, reversed;
};

struct tax {
	struct merit_awards awards;
	struct merit_index rows, sums; /* both of struct row; sums by currency */
	struct merit_buffer key;
};

static enum merit_status tax_begin(struct merit_report_job *job)
{
	struct tax *tax = job->context;

	tax->awards.catalog = job->catalog;
	return MERIT_OK;
}

/* Months are written out in keys, so that they go in their order. */
static struct row *row_of(struct merit_report_job *job, const struct merit_award_event *event)
{
	struct tax *tax = job->context;
	int32_t month = merit_day_span_first(event->day, MERIT_SPAN_MONTH);
	const struct merit_text texts[] = { event->member, event->income, event->campaign->currency };
	char day[MERIT_DAY_TEXT_SIZE];

	merit_day_format(month, day);
	merit_buffer_clear(&tax->key);
	merit_buffer_put_text(&tax->key, day);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		merit_buffer_put_char(&tax->key, '\0');
		merit_buffer_put(&tax->key, texts[i].data, texts[i].size);
	}
	if (tax->key.bad)
		return NULL;
	struct row *row = merit_index_get(&tax->rows, &job->arena, (struct merit_text){ tax->key.data, tax->key.size },
	                                  sizeof(*row));
	if (row != NULL) {
		row->month = month;
		row->member = event->member;
		row->income = event->income;
		row->currency = event->campaign->currency;
	}
	return row;
}

static enum merit_status tax_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct tax *tax = job->context;
	struct merit_award_event events[MERIT_AWARD_EVENTS_MAX];
	size_t count;
	enum merit_status status = merit_awards_take(&tax->awards, entry, events, &count);

	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		if (merit_report_part(job->options, events[i].day) != MERIT_PART_MOVEMENT)
			continue;
		struct row *row = row_of(job, &events[i]);
		if (row == NULL)
			return MERIT_NO_MEMORY;
		if (events[i].points > 0) {
			row->awards++;
			merit_report_add(job, &row->gross, events[i].minor);
		} else {
			merit_report_add(job, &row->reversed, -events[i].minor);
		}
	}
	return status;
}

/* ---- Printing ---- */

static void amounts_put(struct merit_sheet *sheet, const struct row *row)
{
	merit_sheet_text(sheet, row->currency);
	merit_sheet_integer(sheet, row->awards);
	merit_sheet_integer(sheet, row->gross);
	merit_sheet_integer(sheet, row->reversed);
	merit_sheet_integer(sheet, row->gross - row->reversed);
}

static bool sum_add(struct merit_report_job *job, const struct row *row)
{
	struct tax *tax = job->context;
	struct row *sum = merit_index_get(&tax->sums, &job->arena, row->currency, sizeof(*sum));

	if (sum == NULL)
		return false;
	sum->currency = row->currency;
	sum->awards += row->awards;
	merit_report_add(job, &sum->gross, row->gross);
	merit_report_add(job, &sum->reversed, row->reversed);
	return true;
}

static enum merit_status tax_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct tax *tax = job->context;

	merit_sheet_column(sheet, MERIT_CELL_MONTH, "month", "Month");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "member", "Member");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "income", "Income");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "Currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "awards", "Awards");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "gross", "Gross");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "reversed", "Taken back");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "net", "Net");
	merit_index_sort(&tax->rows);
	for (size_t i = 0; i < tax->rows.count; i++) {
		const struct row *row = merit_index_at(&tax->rows, i);
		merit_sheet_integer(sheet, row->month);
		merit_sheet_text(sheet, row->member);
		merit_sheet_text(sheet, row->income);
		amounts_put(sheet, row);
		if (!sum_add(job, row))
			return MERIT_NO_MEMORY;
	}
	merit_index_sort(&tax->sums);
	for (size_t i = 0; i < tax->sums.count; i++) {
		merit_sheet_empty(sheet);
		merit_sheet_word(sheet, "all");
		merit_sheet_empty(sheet);
		amounts_put(sheet, merit_index_at(&tax->sums, i));
		merit_sheet_total(sheet);
	}
	merit_sheet_note(sheet,
	                 "Before tax. Awards count in the month they became available or were taken back; the class of "
	                 "income is the earn's, else its rule's.");
	return MERIT_OK;
}

static void tax_free(struct merit_report_job *job)
{
	struct tax *tax = job->context;

	merit_awards_free(&tax->awards);
	merit_index_free(&tax->rows);
	merit_index_free(&tax->sums);
	merit_buffer_free(&tax->key);
}

const struct merit_report_kind merit_report_tax = {
	.name = "tax",
	.title = "Gross by member and class of income",
	.about = "what each member was given, by month and class of income, before tax",
	.context_size = sizeof(struct tax),
	.begin = tax_begin,
	.take = tax_take,
	.finish = tax_finish,
	.free = tax_free,
};
