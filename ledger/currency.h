/* currency.h - amounts of money as people write them: 1,234.50 CNY, which the ledger keeps as 123450 minor units.
 *
 * Digits  behind the point each currency has its own number of them: two for most, none for JPY, three for KWD.
 * Never   rounds: an amount with more digits than its currency has is refused.
 * Source  ISO 4217, list one: the currencies' minor units */
#ifndef MERIT_LEDGER_CURRENCY_H
#define MERIT_LEDGER_CURRENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/buffer.h"
#include "ledger/status.h"

/* How many digits stand behind the point. A currency that the list does not have is taken for one of two. */
unsigned merit_money_digits(const char *currency);

/* Appends minor units as an amount without its currency: 1,234.50; plain, for programs, 1234.50. */
void merit_money_put(struct merit_buffer *out, int64_t minor, const char *currency, bool is_plain);

/* An integer with separators between thousands: -1,234,567. */
void merit_put_thousands(struct merit_buffer *out, int64_t value);

/* A whole text such as 1234.5 or -3 as minor units. False for a separator between thousands, for digits that the
 * currency does not have, and beyond +-(2^53-1). */
MERIT_MUST_USE bool merit_money_parse(const char *text, const char *currency, int64_t *minor_out);

#endif
