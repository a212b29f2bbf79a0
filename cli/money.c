/* money.c - see money.h. */
#include "cli/money.h"

#include <string.h>

#include "cli/parameter.h"
#include "ledger/text.h"

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

bool merit_money_parse(const char *text, const char *currency, int64_t *minor_out)
{
	unsigned digits = merit_money_digits(currency);
	size_t sign_size = *text == '-', whole_size = strspn(text + sign_size, "0123456789");
	const char *point = text + sign_size + whole_size;
	size_t part_size = *point == '.' ? strspn(point + 1, "0123456789") : 0;
	struct merit_buffer minor = { 0 };

	if (whole_size == 0 || part_size > digits || (*point == '.' && part_size == 0) ||
	    point[part_size + (part_size > 0)] != '\0')
		return false;
	merit_buffer_put(&minor, text, sign_size + whole_size);
	merit_buffer_put(&minor, point + (part_size > 0), part_size);
	for (size_t i = part_size; i < digits; i++)
		merit_buffer_put_char(&minor, '0');
	bool is_read = merit_integer_parse(merit_buffer_text(&minor), minor_out);
	merit_buffer_free(&minor);
	return is_read;
}

bool merit_money_given(const char *text, const char *currency, char minor_out[MERIT_MONEY_TEXT_SIZE])
{
	unsigned digits = merit_money_digits(currency);
	struct merit_buffer example = { 0 };
	int64_t minor;

	if (!merit_text_is_currency(currency, strlen(currency))) {
		merit_complain("\"%s\" is no currency: write three capital letters of ISO 4217, such as CNY", currency);
		return false;
	}
	if (merit_money_parse(text, currency, &minor)) {
		snprintf(minor_out, MERIT_MONEY_TEXT_SIZE, "%lld", (long long)minor);
		return true;
	}
	merit_money_put(&example, 1234 * power_of_ten(digits), currency, true);
	merit_complain("\"%s\" is no amount in %s: write %s, with at most %u digits behind a point", text, currency,
	               merit_buffer_text(&example), digits);
	merit_buffer_free(&example);
	return false;
}
