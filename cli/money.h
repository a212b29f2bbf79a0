/* money.h - amounts of money as a person gives them on the command line. What they look like: ledger/currency.h. */
#ifndef MERIT_CLI_MONEY_H
#define MERIT_CLI_MONEY_H

#include "cli/output.h"
#include "ledger/currency.h"

#define MERIT_MONEY_TEXT_SIZE 24 /* an integer of minor units as text, with its NUL */

/* An amount and a currency that a person gave, as the text of an integer of minor units. False, with the reason
 * printed. */
MERIT_MUST_USE bool merit_money_given(const char *text, const char *currency, char minor_out[MERIT_MONEY_TEXT_SIZE]);

#endif
