/* money.c - see money.h. */
#include "cli/money.h"

#include <string.h>

#include "ledger/text.h"

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
	merit_buffer_put_text(&example, "1234");
	merit_buffer_put_format(&example, digits > 0 ? ".%0*d" : "", (int)digits, 0);
	merit_complain("\"%s\" is no amount in %s: write %s, with at most %u digits behind a point", text, currency,
	               merit_buffer_text(&example), digits);
	merit_buffer_free(&example);
	return false;
}
