/* mt940_entry.c - the field :61:, an entry in one line; see mt940.h.
 *
 *   0709040904RCR204,88NTRFcustomer reference//bank reference
 *   YYMMDD            value day
 *         MMDD        day of booking; may be absent, or blank
 *             RC      C, D, their reversals RC, RD, or EC, ED, which are expected
 *               R     third letter of the currency; may be absent
 *                204,88  amount; some banks break the line in front of it
 *                      NTRF  type
 *                          up to 16 bytes, then // and up to 16; a line of 34 may follow */
#include <string.h>

#include "ledger/calendar.h"
#include "recon/bank.h"
#include "recon/mt940.h"

#define CUSTOMER_SIZE 16 /* bytes of a reference where a bank keeps to the standard */
#define TYPE_SIZE     4

struct cursor {
	const char *at, *end;
	const char *why;
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_capital(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static size_t digits_ahead(const struct cursor *cursor, size_t most)
{
	size_t count = 0;

	while (count < most && cursor->at + count < cursor->end && is_digit(cursor->at[count]))
		count++;
	return count;
}

static int32_t two_digits(const char *digits)
{
	return (digits[0] - '0') * 10 + (digits[1] - '0');
}

bool merit_mt940_day_read(const char *digits, int32_t *day_out)
{
	int32_t year = two_digits(digits);
	struct merit_date date = { year + (year < 80 ? 2000 : 1900), two_digits(digits + 2), two_digits(digits + 4) };

	if (!merit_date_exists(date))
		return false;
	*day_out = merit_day_of_date(date);
	return true;
}

/* The day of booking names no year: it is the one nearest to the value day. */
static bool booking_day(const char *digits, int32_t value_day, int32_t *day_out)
{
	int32_t year = merit_date_of_day(value_day).year;
	bool is_found = false;

	for (int32_t offset = -1; offset <= 1; offset++) {
		struct merit_date date = { year + offset, two_digits(digits), two_digits(digits + 2) };
		if (!merit_date_exists(date))
			continue;
		int32_t day = merit_day_of_date(date), distance = day > value_day ? day - value_day : value_day - day;
		int32_t nearest = *day_out > value_day ? *day_out - value_day : value_day - *day_out;
		if (!is_found || distance < nearest)
			*day_out = day;
		is_found = true;
	}
	return is_found;
}

static bool fail(struct cursor *cursor, const char *why)
{
	cursor->why = why;
	return false;
}

/* German banks count interest in months of 30 days and so value entries on 29 and 30 February of any year. Such a day is
 * taken for the last of February, and only to find the year of a day of booking that does exist. */
static bool interest_day(const char *digits, int32_t *day_out)
{
	bool is_february = memcmp(digits + 2, "0229", 4) == 0 || memcmp(digits + 2, "0230", 4) == 0;
	char last[] = { digits[0], digits[1], '0', '2', '2', '8' };

	return is_february && merit_mt940_day_read(last, day_out);
}

static bool read_days(struct cursor *cursor, struct merit_mt940_entry *entry)
{
	int32_t value_day;

	if (digits_ahead(cursor, 6) < 6)
		return fail(cursor, "an entry begins with its value day, YYMMDD");
	size_t digits_count = digits_ahead(cursor, 10) - 6;
	if (!merit_mt940_day_read(cursor->at, &value_day) &&
	    (digits_count < 4 || !interest_day(cursor->at, &value_day)))
		return fail(cursor, "there is no such day");
	cursor->at += 6;
	entry->day = value_day;
	if (digits_count == 4) {
		if (!booking_day(cursor->at, value_day, &entry->day))
			return fail(cursor, "there is no such day");
		cursor->at += 4;
	} else if (digits_count > 0) {
		return fail(cursor, "the day of booking has four digits, MMDD");
	}
	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
	return true;
}

static bool read_mark(struct cursor *cursor, struct merit_mt940_entry *entry)
{
	const char *mark = cursor->at;
	bool has_two =
		cursor->end - mark >= 2 && (mark[0] == 'R' || mark[0] == 'E') && (mark[1] == 'C' || mark[1] == 'D');

	if (!has_two && (mark == cursor->end || (mark[0] != 'C' && mark[0] != 'D')))
		return fail(cursor, "C, D, RC or RD was expected: whether money came or went");
	bool names_debit = mark[has_two] == 'D';
	entry->is_reversal = has_two && mark[0] == 'R';
	entry->is_expected = has_two && mark[0] == 'E';
	entry->is_debit = names_debit != entry->is_reversal;
	cursor->at += has_two ? 2 : 1;
	return true;
}

static bool read_amount(struct cursor *cursor, struct merit_mt940_entry *entry)
{
	if (cursor->at < cursor->end && is_capital(*cursor->at))
		cursor->at++; /* Third letter of the currency, which the opening balance names whole. */
	while (cursor->at < cursor->end && strchr(" \r\n", *cursor->at) != NULL && *cursor->at != '\0')
		cursor->at++;
	const char *start = cursor->at;
	while (cursor->at < cursor->end && (is_digit(*cursor->at) || *cursor->at == ',' || *cursor->at == '.'))
		cursor->at++;
	entry->amount = (struct merit_text){ start, (size_t)(cursor->at - start) };
	return entry->amount.size > 0 || fail(cursor, "an amount was expected");
}

static void read_type(struct cursor *cursor, struct merit_mt940_entry *entry)
{
	const char *type = cursor->at;

	if (cursor->end - type < TYPE_SIZE || !is_capital(type[0]))
		return;
	for (size_t i = 1; i < TYPE_SIZE; i++) {
		if (!is_capital(type[i]) && !is_digit(type[i]) && type[i] != ' ')
			return;
	}
	entry->is_charge = memcmp(type + 1, "CHG", 3) == 0 || memcmp(type + 1, "COM", 3) == 0;
	cursor->at += TYPE_SIZE;
}

/* Two slashes in front of end, or end. */
static const char *find_slashes(const char *at, const char *end)
{
	for (; end - at >= 2; at++) {
		if (at[0] == '/' && at[1] == '/')
			return at;
	}
	return end;
}

/* Some banks pad the reference to 16 bytes and go on with a name; others write a longer one, such as an IBAN, which is
 * one word. Where // follows it ends there. A character of several bytes is not cut. */
static const char *customer_end(const char *start, const char *slashes, const char *line_end)
{
	bool is_over = slashes == line_end && line_end - start > CUSTOMER_SIZE;
	const char *end = start + CUSTOMER_SIZE;

	if (!is_over || memchr(start, ' ', (size_t)(line_end - start)) == NULL)
		return slashes;
	while (end > start && ((unsigned char)*end & 0xc0) == 0x80)
		end--;
	return end;
}

static void read_references(struct cursor *cursor, struct merit_mt940_entry *entry)
{
	const char *start = cursor->at;
	const char *line_end = start == cursor->end ? NULL : memchr(start, '\n', (size_t)(cursor->end - start));

	if (line_end == NULL)
		line_end = cursor->end;
	const char *slashes = find_slashes(start, line_end);
	const char *end = customer_end(start, slashes, line_end);
	entry->customer = merit_bank_trim((struct merit_text){ start, (size_t)(end - start) });
	if (slashes < line_end)
		entry->bank = merit_bank_trim((struct merit_text){ slashes + 2, (size_t)(line_end - slashes) - 2 });
	const char *rest = slashes < line_end ? line_end : end;
	entry->supplement = merit_bank_trim((struct merit_text){ rest, (size_t)(cursor->end - rest) });
}

bool merit_mt940_entry_read(struct merit_text field, struct merit_mt940_entry *entry_out, const char **why_out,
                            size_t *place_out)
{
	struct cursor cursor = { .at = field.data, .end = field.data + field.size };

	*entry_out = (struct merit_mt940_entry){ 0 };
	if (!read_days(&cursor, entry_out) || !read_mark(&cursor, entry_out) || !read_amount(&cursor, entry_out)) {
		*why_out = cursor.why;
		*place_out = (size_t)(cursor.at - field.data);
		return false;
	}
	read_type(&cursor, entry_out);
	read_references(&cursor, entry_out);
	return true;
}
