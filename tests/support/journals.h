/* journals.h - the independent check: other people's programs read our journals and find our balances. */
#ifndef MERIT_TESTS_SUPPORT_JOURNALS_H
#define MERIT_TESTS_SUPPORT_JOURNALS_H

#include "tests/support/fixture.h"

/* `hledger check --strict` and `bean-check` take the exported journals of the ledger. hledger's balance of every
 * account that some entry moves, and no other account's, is the ledger's; so is what beancount was told to assert of
 * each. A program that is not installed is told of, and left out. The ledger is closed and opened again.
 *
 * first_day  of the journals: what was before is in them as opening balances. MERIT_DAY_NONE: from the beginning */
void journals_agree(struct fixture *f, int32_t first_day);

#endif
