/* csv_totals.c - what a CSV file says of itself, above its header and behind its rows: see csv_inner.h. */
#include <string.h>

#include "ledger/calendar.h"
#include "recon/csv_inner.h"

/* ---- Finding what is stated ---- */

/* The line of the row without the separators, quotes and blanks at its ends. */
static struct merit_text line_of(const struct merit_csv_reading *reading)
{
	char ends[] = { reading->mapping->separator, '"', ' ', '\t', '\0' };

	return merit_text_strip(merit_text_strip(reading->rows.raw, ends), reading->mapping->strip);
}

static enum merit_status take_count(struct merit_csv_reading *reading, struct merit_text text,
                                    struct merit_csv_stated *stated)
{
	const char *why;

	stated->line = reading->rows.line;
	stated->has_count = true;
	if (!merit_decimal_parse(text.data, text.size, '.', ',', 0, &stated->count, &why))
		return merit_csv_refuse(reading, NULL, why, text);
	return MERIT_OK;
}

static enum merit_status take_sum(struct merit_csv_reading *reading, struct merit_text text,
                                  struct merit_csv_stated *stated)
{
	const char *why;

	stated->line = reading->rows.line;
	stated->has_sum = true;
	if (!merit_csv_amount(reading, reading->mapping->currency, text, &stated->sum, &why))
		return merit_csv_refuse(reading, NULL, why, text);
	return MERIT_OK;
}

static enum merit_status take_line(struct merit_csv_reading *reading, const struct merit_total *total,
                                   struct merit_csv_stated *stated)
{
	struct merit_text places[MERIT_PATTERN_PLACES_COUNT];
	enum merit_status status = MERIT_OK;

	if (!total->has_like || stated->line != 0 || !merit_pattern_fits(&total->like, line_of(reading), places))
		return MERIT_OK;
	if (total->count != MERIT_TOTAL_NONE)
		status = take_count(reading, places[MERIT_PATTERN_COUNT], stated);
	if (status == MERIT_OK && total->sum != MERIT_TOTAL_NONE)
		status = take_sum(reading, places[MERIT_PATTERN_AMOUNT], stated);
	return status;
}

static enum merit_status take_lines(struct merit_csv_reading *reading)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; status == MERIT_OK && i < reading->mapping->totals_count; i++)
		status = take_line(reading, &reading->mapping->totals[i], &reading->stated[i]);
	return status;
}

/* The number in this field of the row, if the row has it. */
static enum merit_status take_field(struct merit_csv_reading *reading, const struct merit_total *total, size_t place,
                                    struct merit_csv_stated *stated)
{
	if (place >= reading->rows.fields_count || reading->rows.fields[place].value.size == 0)
		return MERIT_OK;
	struct merit_text text = reading->rows.fields[place].value;
	return total->count != MERIT_TOTAL_NONE ? take_count(reading, text, stated) : take_sum(reading, text, stated);
}

/* Where a name stands in the header of the rows; the header's size when it does not. */
static size_t header_place(const struct merit_csv_reading *reading, struct merit_text name)
{
	size_t place = 0;

	while (place < reading->header_size && !merit_text_equal(reading->header[place], name))
		place++;
	return place;
}

static bool is_own_header(const struct merit_csv_reading *reading, const struct merit_total *total)
{
	for (size_t i = 0; i < total->header_count; i++) {
		if (merit_csv_rows_place(&reading->rows, total->header[i]) == reading->rows.fields_count)
			return false;
	}
	return total->header_count > 0;
}

enum merit_status merit_csv_footer(struct merit_csv_reading *reading)
{
	enum merit_status status = take_lines(reading);

	for (size_t i = 0; status == MERIT_OK && i < reading->mapping->totals_count; i++) {
		const struct merit_total *total = &reading->mapping->totals[i];
		struct merit_csv_stated *stated = &reading->stated[i];
		if (stated->line != 0)
			continue;
		if (stated->place_behind > 0) {
			status = take_field(reading, total, stated->place_behind - 1, stated);
			stated->place_behind = 0;
		} else if (total->row.count > 0 && merit_csv_words_fit(&total->row, reading->rows.fields[0].value)) {
			status = take_field(reading, total, header_place(reading, total->column), stated);
		} else if (is_own_header(reading, total)) {
			stated->place_behind = merit_csv_rows_place(&reading->rows, total->column) + 1;
		}
	}
	return status;
}

/* ---- What the preamble says ---- */

/* Digits with anything between them as a number; they were found by a pattern. */
static int32_t number_of(struct merit_text text)
{
	int32_t number = 0;

	for (size_t i = 0; i < text.size; i++)
		number = number * 10 + (text.data[i] - '0');
	return number;
}

static bool cover_day(struct merit_text text, int32_t *day_out)
{
	char format[] = "YYYY-MM-DD";
	const char *why;

	if (text.size != 10)
		return false;
	format[4] = format[7] = text.data[4];
	return merit_csv_day(format, text, MERIT_TEXT(""), 0, 0, 0, 0, day_out, &why);
}

static void take_covers(struct merit_csv_reading *reading)
{
	struct merit_text places[MERIT_PATTERN_PLACES_COUNT];
	int32_t first, last;

	if (reading->mapping->has_covers && merit_pattern_fits(&reading->mapping->covers, line_of(reading), places) &&
	    cover_day(places[MERIT_PATTERN_FIRST], &first) && cover_day(places[MERIT_PATTERN_LAST], &last) &&
	    first <= last) {
		reading->file->first_day = first;
		reading->file->last_day = last;
	}
}

enum merit_status merit_csv_preamble(struct merit_csv_reading *reading)
{
	struct merit_text places[MERIT_PATTERN_PLACES_COUNT];

	if (reading->mapping->has_year && merit_pattern_fits(&reading->mapping->year, line_of(reading), places)) {
		reading->year = number_of(places[MERIT_PATTERN_YEAR]);
		reading->month = number_of(places[MERIT_PATTERN_MONTH]);
	}
	take_covers(reading);
	return take_lines(reading);
}

/* ---- Controls ---- */

/* Whether an item counts, and with which sign it sums. */
static int item_sign(const struct merit_recon_item *item, enum merit_total_of of)
{
	switch (of) {
	case MERIT_TOTAL_IN: return item->amount > 0 ? 1 : 0;
	case MERIT_TOTAL_OUT: return item->amount < 0 ? -1 : 0;
	case MERIT_TOTAL_PAYMENTS: return item->kind == MERIT_ITEM_PAYMENT ? 1 : 0;
	case MERIT_TOTAL_REFUNDS: return item->kind == MERIT_ITEM_REFUND ? (item->amount < 0 ? -1 : 1) : 0;
	default: return 1;
	}
}

static int64_t count_of(const struct merit_csv_reading *reading, enum merit_total_of of)
{
	int64_t count = 0;

	if (of == MERIT_TOTAL_ROWS)
		return (int64_t)reading->rows_count;
	for (size_t i = 0; i < reading->file->items_count; i++) {
		const struct merit_recon_item *item = &reading->file->items[i];
		count += item->kind != MERIT_ITEM_UNREADABLE && item_sign(item, of) != 0;
	}
	return count;
}

static bool sum_of(const struct merit_csv_reading *reading, enum merit_total_of of, int64_t *sum_out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < reading->file->items_count; i++) {
		const struct merit_recon_item *item = &reading->file->items[i];
		int64_t value = of == MERIT_TOTAL_FEES ? item->fee : item->amount * item_sign(item, of);
		if (__builtin_add_overflow(sum, value, &sum))
			return false;
	}
	*sum_out = sum;
	return true;
}

static const char *const count_names[MERIT_TOTAL_COUNT] = {
	[MERIT_TOTAL_ROWS] = "count of rows",         [MERIT_TOTAL_ITEMS] = "count of items",
	[MERIT_TOTAL_IN] = "count of what came in",   [MERIT_TOTAL_OUT] = "count of what went out",
	[MERIT_TOTAL_PAYMENTS] = "count of payments", [MERIT_TOTAL_REFUNDS] = "count of refunds",
};

static const char *const sum_names[MERIT_TOTAL_COUNT] = {
	[MERIT_TOTAL_IN] = "sum of what came in", [MERIT_TOTAL_OUT] = "sum of what went out",
	[MERIT_TOTAL_NET] = "sum of all amounts", [MERIT_TOTAL_PAYMENTS] = "sum of payments",
	[MERIT_TOTAL_REFUNDS] = "sum of refunds", [MERIT_TOTAL_FEES] = "sum of fees",
};

static enum merit_status control_add(struct merit_csv_reading *reading, const char *what, int64_t stated,
                                     int64_t computed, bool is_sum, uint64_t line)
{
	struct merit_file_control *control = merit_file_add_control(reading->file);

	if (control == NULL)
		return MERIT_NO_MEMORY;
	*control = (struct merit_file_control){ .kind = is_sum ? MERIT_CONTROL_SUM : MERIT_CONTROL_COUNT,
		                                .what = what,
		                                .stated = stated,
		                                .computed = computed,
		                                .line = line };
	if (is_sum)
		memcpy(control->currency, reading->mapping->currency, sizeof(control->currency));
	return MERIT_OK;
}

static enum merit_status refuse_range(struct merit_csv_reading *reading)
{
	return merit_file_refuse(reading->fault, 0, 0, "its amounts add up to more than merit can count");
}

static enum merit_status control_total(struct merit_csv_reading *reading, const struct merit_total *total,
                                       const struct merit_csv_stated *stated)
{
	enum merit_status status = MERIT_OK;
	int64_t sum;

	if (total->is_required && stated->line == 0)
		return merit_file_refuse(
			reading->fault, reading->rows.line, 0, "the file ends without stating its %s: is it cut off?",
			total->count != MERIT_TOTAL_NONE ? count_names[total->count] : sum_names[total->sum]);
	if (stated->has_count)
		status = control_add(reading, count_names[total->count], stated->count, count_of(reading, total->count),
		                     false, stated->line);
	if (status != MERIT_OK || !stated->has_sum)
		return status;
	if (!sum_of(reading, total->sum, &sum))
		return refuse_range(reading);
	return control_add(reading, sum_names[total->sum], stated->sum, sum, true, stated->line);
}

/* The newest balance against the oldest and the amounts between. */
static enum merit_status control_balance(struct merit_csv_reading *reading)
{
	bool newest_first = reading->mapping->balance_newest_first;
	int64_t newest = newest_first ? reading->first_balance : reading->last_balance;
	int64_t oldest = newest_first ? reading->last_balance : reading->first_balance;
	int64_t between, computed;

	if (!reading->has_balance)
		return MERIT_OK;
	if (__builtin_sub_overflow(reading->last_sum, newest_first ? reading->last_amount : reading->first_amount,
	                           &between) ||
	    __builtin_add_overflow(oldest, between, &computed))
		return refuse_range(reading);
	return control_add(reading, "balance behind its newest row", newest, computed, true,
	                   newest_first ? reading->first_balance_line : reading->last_balance_line);
}

enum merit_status merit_csv_controls(struct merit_csv_reading *reading)
{
	enum merit_status status = control_balance(reading);

	for (size_t i = 0; status == MERIT_OK && i < reading->mapping->totals_count; i++)
		status = control_total(reading, &reading->mapping->totals[i], &reading->stated[i]);
	return status;
}
