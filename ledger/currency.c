/* currency.c - see currency.h. */
#include "ledger/currency.h"

#include <stdio.h>
#include <string.h>

#include "ledger/limits.h"

/* Those whose digits are not two. */
static const struct {
	const char *currency;
	unsigned digits;
} others[] = {
	{ "BHD", 3 }, { "BIF", 0 }, { "CLF", 4 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "IQD", 3 },
	{ "ISK", 0 }, { "JOD", 3 }, { "JPY", 0 }, { "KMF", 0 }, { "KRW", 0 }, { "KWD", 3 }, { "LYD", 3 },
	{ "OMR", 3 }, { "PYG", 0 }, { "RWF", 0 }, { "TND", 3 }, { "UGX", 0 }, { "UYI", 0 }, { "UYW", 4 },
	{ "VND", 0 }, { "VUV", 0 }, { "XAF", 0 }, { "XOF", 0 }, { "XPF", 0 },
};

unsigned merit_money_digits(const char *currency)
{
	for (size_t i = 0; currency != NULL && i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i].currency, currency) == 0)
			return others[i].digits;
	}
	return 2;
}

static int64_t power_of_ten(unsigned digits)
{
	int64_t power = 1;

	while (digits-- > 0)
		power *= 10;
	return power;
}

void merit_put_thousands(struct merit_buffer *out, int64_t value)
{
	char digits[24];
	int size = snprintf(digits, sizeof(digits), "%lld", (long long)value);

	for (int i = 0; i < size; i++) {
		merit_buffer_put_char(out, digits[i]);
		int behind_count = size - 1 - i;
		if (digits[i] != '-' && behind_count > 0 && behind_count % 3 == 0)
			merit_buffer_put_char(out, ',');
	}
}

void merit_money_put(struct merit_buffer *out, int64_t minor, const char *currency, bool is_plain)
{
	unsigned digits = merit_money_digits(currency);
	int64_t unit = power_of_ten(digits), whole = minor / unit, part = minor % unit;

	if (minor < 0) {
		merit_buffer_put_char(out, '-'); /* Also where the whole is 0. */
		whole = -whole;
		part = -part;
	}
	if (is_plain)
		merit_buffer_put_integer(out, whole);
	else
		merit_put_thousands(out, whole);
	if (digits > 0)
		merit_buffer_put_format(out, ".%0*lld", (int)digits, (long long)part);
}

/* False beyond the range of amounts. */
static bool add_digit(int64_t *number_io, char digit)
{
	*number_io = *number_io * 10 + (digit - '0');
	return *number_io <= MERIT_AMOUNT_MAX;
}

bool merit_money_parse(const char *text, const char *currency, int64_t *minor_out)
{
	unsigned digits = merit_money_digits(currency);
	size_t sign_size = *text == '-', whole_size = strspn(text + sign_size, "0123456789");
	const char *point = text + sign_size + whole_size;
	size_t part_size = *point == '.' ? strspn(point + 1, "0123456789") : 0;
	int64_t minor = 0;

	if (whole_size == 0 || part_size > digits || (*point == '.' && part_size == 0) ||
	    point[part_size + (part_size > 0)] != '\0')
		return false;
	for (const char *at = text + sign_size; *at != '\0'; at++) {
		if (*at != '.' && !add_digit(&minor, *at))
			return false;
	}
	for (size_t i = part_size; i < digits; i++) {
		if (!add_digit(&minor, '0'))
			return false;
	}
	*minor_out = sign_size > 0 ? -minor : minor;
	return true;
}
