/* disclosure.c - what each recipient was given in a year, by sponsor, nature and form: what a sponsor must make public.
 *
 * Counts   awards as report/awards.h has them, dated in the year; taken back ones with the day they were taken back.
 * Small    with `each`, awards worth less count only where all the year's awards of that sponsor to that recipient
 *          come, net, to `total` or more; then all of them do, those before it too. What was small when given is
 *          small when it is taken back. */
#include <stdio.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/currency.h"
#include "report/awards.h"
#include "report/reports_inner.h"

struct amounts {
	int64_t awards, points, gross, reversed;
};

/* What one recipient got from a sponsor in a currency, of one nature and form. */
struct row {
	struct merit_text member, nature, form;
	const struct merit_catalog_campaign *campaign; /* one of the sponsor's in the currency */
	struct amounts large, small;
	int64_t *year_minor; /* of the recipient, sponsor and currency: net, all natures */
};

struct disclosure {
	struct merit_awards awards;
	struct merit_index rows, years, sums;
	struct merit_buffer key;
};

/* Of a currency, and of a nature in it. */
struct sum {
	struct merit_text currency, nature;
	struct amounts amounts;
};

/* ---- Taking ---- */

static enum merit_status disclosure_begin(struct merit_report_job *job)
{
	const struct merit_report_options *options = job->options;
	struct disclosure *disclosure = job->context;
	int32_t next;

	disclosure->awards.catalog = job->catalog;
	if (options->first_day == MERIT_DAY_NONE || options->last_day == MERIT_DAY_NEVER ||
	    !merit_day_add_months(options->first_day, 12, &next) || next - 1 != options->last_day) {
		job->fault = "a disclosure is of twelve months, such as --period 2026";
		return MERIT_BAD_PARAMS;
	}
	return MERIT_OK;
}

/* A key of texts of any size, in their order: none of them holds a NUL. False without memory. */
static bool key_make(struct merit_buffer *key, const struct merit_text *texts, size_t count)
{
	merit_buffer_clear(key);
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put(key, texts[i].data, texts[i].size);
		merit_buffer_put_char(key, '\0');
	}
	return !key->bad;
}

static int64_t *year_of(struct merit_report_job *job, const struct merit_award_event *event)
{
	struct disclosure *disclosure = job->context;
	const struct merit_text texts[] = { event->member, event->campaign->sponsor, event->campaign->currency };

	if (!key_make(&disclosure->key, texts, 3))
		return NULL;
	return merit_index_get(&disclosure->years, &job->arena,
	                       (struct merit_text){ disclosure->key.data, disclosure->key.size }, sizeof(int64_t));
}

static struct row *row_of(struct merit_report_job *job, const struct merit_award_event *event)
{
	struct disclosure *disclosure = job->context;
	const struct merit_text texts[] = { event->member, event->campaign->sponsor, event->nature, event->form,
		                            event->campaign->currency };

	if (!key_make(&disclosure->key, texts, 5))
		return NULL;
	struct row *row =
		merit_index_get(&disclosure->rows, &job->arena,
	                        (struct merit_text){ disclosure->key.data, disclosure->key.size }, sizeof(*row));
	if (row == NULL || row->year_minor != NULL)
		return row;
	row->member = event->member;
	row->nature = event->nature;
	row->form = event->form;
	row->campaign = event->campaign;
	row->year_minor = year_of(job, event);
	return row->year_minor == NULL ? NULL : row;
}

/* Thresholds are in one currency, where it was said which; what is in another always counts. */
static bool is_small(const struct merit_report_options *options, const struct merit_award_event *event)
{
	bool is_meant = options->currency.size == 0 || merit_text_equal(options->currency, event->campaign->currency);

	return is_meant && event->given_minor < options->each_minor;
}

static enum merit_status event_take(struct merit_report_job *job, const struct merit_award_event *event)
{
	struct row *row = row_of(job, event);

	if (row == NULL)
		return MERIT_NO_MEMORY;
	struct amounts *amounts = is_small(job->options, event) ? &row->small : &row->large;
	merit_report_add(job, &amounts->points, event->points);
	if (event->points > 0) {
		amounts->awards++;
		merit_report_add(job, &amounts->gross, event->minor);
	} else {
		merit_report_add(job, &amounts->reversed, -event->minor);
	}
	merit_report_add(job, row->year_minor, event->minor);
	return MERIT_OK;
}

static enum merit_status disclosure_take(struct merit_report_job *job, const struct merit_entry *entry)
{
	struct disclosure *disclosure = job->context;
	struct merit_award_event events[MERIT_AWARD_EVENTS_MAX];
	size_t count;
	enum merit_status status = merit_awards_take(&disclosure->awards, entry, events, &count);

	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		if (merit_report_part(job->options, events[i].day) == MERIT_PART_MOVEMENT)
			status = event_take(job, &events[i]);
	}
	return status;
}

/* ---- Printing ---- */

static void amounts_add(struct merit_report_job *job, struct amounts *sum, const struct amounts *amounts)
{
	sum->awards += amounts->awards;
	merit_report_add(job, &sum->points, amounts->points);
	merit_report_add(job, &sum->gross, amounts->gross);
	merit_report_add(job, &sum->reversed, amounts->reversed);
}

static void amounts_put(struct merit_sheet *sheet, const struct amounts *amounts)
{
	merit_sheet_integer(sheet, amounts->awards);
	merit_sheet_integer(sheet, amounts->points);
	merit_sheet_integer(sheet, amounts->gross);
	merit_sheet_integer(sheet, amounts->reversed);
	merit_sheet_integer(sheet, amounts->gross - amounts->reversed);
}

/* Adds to the sums of the currency, and of the nature in it. */
static enum merit_status sums_add(struct merit_report_job *job, const struct row *row, const struct amounts *amounts)
{
	struct disclosure *disclosure = job->context;
	const struct merit_text texts[] = { row->campaign->currency, row->nature };

	if (!key_make(&disclosure->key, texts, 2))
		return MERIT_NO_MEMORY;
	struct sum *sum =
		merit_index_get(&disclosure->sums, &job->arena,
	                        (struct merit_text){ disclosure->key.data, disclosure->key.size }, sizeof(*sum));
	if (sum == NULL)
		return MERIT_NO_MEMORY;
	sum->currency = row->campaign->currency;
	sum->nature = row->nature;
	amounts_add(job, &sum->amounts, amounts);
	return MERIT_OK;
}

static enum merit_status rows_put(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct disclosure *disclosure = job->context;
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < disclosure->rows.count && status == MERIT_OK; i++) {
		const struct row *row = merit_index_at(&disclosure->rows, i);
		struct amounts amounts = row->large;
		if (*row->year_minor >= job->options->total_minor)
			amounts_add(job, &amounts, &row->small);
		if (amounts.awards == 0 && amounts.reversed == 0 && amounts.points == 0)
			continue;
		merit_sheet_text(sheet, row->member);
		merit_sheet_text(sheet, row->campaign->sponsor);
		merit_sheet_text(sheet, row->nature);
		merit_sheet_text(sheet, row->form);
		merit_sheet_text(sheet, row->campaign->currency);
		amounts_put(sheet, &amounts);
		status = sums_add(job, row, &amounts);
	}
	return status;
}

/* The natures of one currency, from place on; returns the place behind them. */
static size_t currency_put(struct merit_report_job *job, struct merit_sheet *sheet, size_t place)
{
	const struct disclosure *disclosure = job->context;
	const struct sum *first = merit_index_at(&disclosure->sums, place), *sum = first;
	struct amounts amounts = { .awards = 0 };
	struct merit_text currency = first->currency;
	struct merit_chart *chart =
		merit_sheet_chart(sheet, MERIT_CHART_BARS, "Net by nature", merit_sheet_keep(sheet, currency));

	if (chart != NULL)
		merit_chart_series(chart, "net");
	for (; place < disclosure->sums.count; place++) {
		sum = merit_index_at(&disclosure->sums, place);
		if (!merit_text_equal(sum->currency, currency))
			break;
		int64_t net = sum->amounts.gross - sum->amounts.reversed;
		amounts_add(job, &amounts, &sum->amounts);
		if (chart != NULL)
			merit_chart_label(sheet, chart, sum->nature.size > 0 ? sum->nature : MERIT_TEXT("not told"),
			                  &net);
	}
	merit_sheet_word(sheet, "all");
	for (int i = 0; i < 3; i++)
		merit_sheet_empty(sheet);
	merit_sheet_text(sheet, currency);
	amounts_put(sheet, &amounts);
	merit_sheet_total(sheet);
	return place;
}

static void small_note(const struct merit_report_options *options, struct merit_sheet *sheet)
{
	char currency[4] = "";
	struct merit_buffer text = { 0 };

	(void)snprintf(currency, sizeof(currency), "%.*s", (int)options->currency.size,
	               options->currency.size == 0 ? "" : options->currency.data);
	merit_buffer_put_text(&text, "Awards worth less than ");
	merit_money_put(&text, options->each_minor, currency, false);
	merit_buffer_put_format(&text, " %s count only where the year's net from the sponsor comes to ", currency);
	merit_money_put(&text, options->total_minor, currency, false);
	merit_buffer_put_format(&text, " %s or more.", currency);
	sheet->bad = sheet->bad || text.bad;
	merit_sheet_note(sheet, "%.*s", (int)text.size, text.bad ? "" : text.data);
	merit_buffer_free(&text);
}

static enum merit_status disclosure_finish(struct merit_report_job *job, struct merit_sheet *sheet)
{
	struct disclosure *disclosure = job->context;

	merit_sheet_column(sheet, MERIT_CELL_TEXT, "recipient", "Recipient");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "sponsor", "Sponsor");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "nature", "Nature");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "form", "Form");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "Currency");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "awards", "Awards");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "points", "Points, net");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "gross", "Gross");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "reversed", "Taken back");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "net", "Net");
	merit_index_sort(&disclosure->rows);
	enum merit_status status = rows_put(job, sheet);
	if (status != MERIT_OK)
		return status;
	merit_index_sort(&disclosure->sums);
	for (size_t place = 0; place < disclosure->sums.count;)
		place = currency_put(job, sheet, place);
	merit_sheet_note(
		sheet, "Awards count on the day they became available, and are worth their share of all the recipient "
		       "got of the campaign. Adjustments and debts written off have no nature; openings are not "
		       "in it.");
	if (job->options->each_minor > 0)
		small_note(job->options, sheet);
	return MERIT_OK;
}

static void disclosure_free(struct merit_report_job *job)
{
	struct disclosure *disclosure = job->context;

	merit_awards_free(&disclosure->awards);
	merit_index_free(&disclosure->rows);
	merit_index_free(&disclosure->years);
	merit_index_free(&disclosure->sums);
	merit_buffer_free(&disclosure->key);
}

const struct merit_report_kind merit_report_disclosure = {
	.name = "disclosure",
	.title = "Yearly disclosure",
	.about = "what each recipient was given in a year, by sponsor, nature and form",
	.needs_period = true,
	.context_size = sizeof(struct disclosure),
	.begin = disclosure_begin,
	.take = disclosure_take,
	.finish = disclosure_finish,
	.free = disclosure_free,
};
