/* bank.c - see bank.h. */
#include "recon/bank.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ledger/currency.h"
#include "ledger/entry.h"

/* ---- Amounts ---- */

bool merit_bank_amount(struct merit_text text, char mark, const char *currency, int64_t *minor_out,
                       const char **why_out)
{
	unsigned digits = merit_money_digits(currency);
	const char *point = text.size > 0 ? memchr(text.data, mark, text.size) : NULL;

	if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+')) {
		*why_out = "the amount has a sign, where its direction stands elsewhere";
		return false;
	}
	while (point != NULL && text.data + text.size - point - 1 > (ptrdiff_t)digits &&
	       text.data[text.size - 1] == '0')
		text.size--;
	return merit_decimal_parse(text.data, text.size, mark, '\0', digits, minor_out, why_out);
}

bool merit_bank_add(int64_t *sum_io, int64_t amount)
{
	int64_t sum;

	if (__builtin_add_overflow(*sum_io, amount, &sum) || sum > MERIT_AMOUNT_MAX || sum < -MERIT_AMOUNT_MAX)
		return false;
	*sum_io = sum;
	return true;
}

/* ---- Texts ---- */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct merit_text merit_bank_trim(struct merit_text text)
{
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	while (text.size > 0 && is_blank(text.data[0])) {
		text.data++;
		text.size--;
	}
	return text;
}

bool merit_bank_is_reference(struct merit_text text)
{
	static const char *const nothing[] = { "NONREF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE" };

	text = merit_bank_trim(text);
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		if (text.size == strlen(nothing[i]) && strncasecmp(text.data, nothing[i], text.size) == 0)
			return false;
	}
	return text.size > 0;
}

static size_t put_latin1(char *out, unsigned char byte)
{
	if (byte < 0xa0) {
		memcpy(out, "\xef\xbf\xbd", 3); /* U+FFFD: no character of ISO-8859-1. */
		return 3;
	}
	out[0] = (char)(0xc0 | byte >> 6);
	out[1] = (char)(0x80 | (byte & 0x3f));
	return 2;
}

static struct merit_text keep(struct merit_file *file, struct merit_text text, bool is_latin1, bool one_blank,
                              bool *no_memory)
{
	struct merit_text kept = { "", 0 };
	size_t size = 0;

	text = merit_bank_trim(text);
	if (text.size == 0)
		return kept;
	char *copy = merit_arena_allocate(&file->arena, text.size * (is_latin1 ? 3 : 1) + 1);
	if (copy == NULL) {
		*no_memory = true;
		return kept;
	}
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (is_blank((char)byte)) {
			if (!one_blank || copy[size - 1] != ' ') /* Trimmed: a blank is never the first. */
				copy[size++] = ' ';
		} else if (is_latin1 && byte >= 0x80) {
			size += put_latin1(copy + size, byte);
		} else {
			copy[size++] = (char)byte;
		}
	}
	return (struct merit_text){ copy, size };
}

struct merit_text merit_bank_keep_text(struct merit_file *file, struct merit_text text, bool is_latin1, bool *no_memory)
{
	return keep(file, text, is_latin1, true, no_memory);
}

struct merit_text merit_bank_keep_reference(struct merit_file *file, struct merit_text text, bool is_latin1,
                                            bool *no_memory)
{
	return keep(file, text, is_latin1, false, no_memory);
}

/* ---- What the file says of itself ---- */

static enum merit_status add_control(struct merit_file *file, struct merit_file_control control, const char *currency)
{
	struct merit_file_control *added = merit_file_add_control(file);

	if (added == NULL)
		return MERIT_NO_MEMORY;
	assert(strlen(currency) < sizeof(control.currency));
	strcpy(control.currency, currency);
	*added = control;
	return MERIT_OK;
}

enum merit_status merit_bank_control(struct merit_file *file, const char *what, int64_t stated, int64_t computed,
                                     const char *currency, uint64_t line)
{
	struct merit_file_control control = { .kind = currency[0] == '\0' ? MERIT_CONTROL_COUNT : MERIT_CONTROL_SUM,
		                              .what = what,
		                              .stated = stated,
		                              .computed = computed,
		                              .line = line };

	return add_control(file, control, currency);
}

enum merit_status merit_bank_balance(struct merit_file *file, const struct merit_file_balance *balance,
                                     int64_t computed, bool is_latin1)
{
	struct merit_file_balance *added = merit_file_add_balance(file);
	bool no_memory = false;
	struct merit_file_control control = { .kind = !balance->has_closing   ? MERIT_CONTROL_UNCLOSED
		                                      : !balance->has_opening ? MERIT_CONTROL_UNOPENED
		                                                              : MERIT_CONTROL_CLOSING,
		                              .what = "closing balance",
		                              .opening = balance->opening,
		                              .stated = balance->closing,
		                              .computed = computed,
		                              .line = balance->line };

	if (added == NULL)
		return MERIT_NO_MEMORY;
	*added = *balance;
	added->account = merit_bank_keep_text(file, balance->account, is_latin1, &no_memory);
	added->number = merit_bank_keep_text(file, balance->number, is_latin1, &no_memory);
	if (no_memory)
		return MERIT_NO_MEMORY;
	return balance->has_opening || balance->has_closing ? add_control(file, control, balance->currency) : MERIT_OK;
}

void merit_bank_cover(struct merit_file *file, int32_t day)
{
	if (file->first_day == MERIT_DAY_NONE || day < file->first_day)
		file->first_day = day;
	if (file->last_day == MERIT_DAY_NONE || day > file->last_day)
		file->last_day = day;
}

/* ---- Faults ---- */

enum merit_status merit_bank_refuse(const char *bytes, size_t offset, struct merit_file_fault *fault,
                                    const char *format, ...)
{
	uint64_t line = 1, column = 1;
	char why[sizeof(fault->why)];
	va_list arguments;

	for (size_t i = 0; i < offset; i++) {
		column = bytes[i] == '\n' ? 1 : column + 1;
		line += bytes[i] == '\n';
	}
	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	return merit_file_refuse(fault, line, column, "%s", why);
}
