/* code_pool.h - the codes of an item that nobody has: the item's stock, handed out from the oldest.
 *
 * A code is known by its commitment, 32 bytes, in entries as hex; the code itself is in the vault. */
#ifndef MERIT_LEDGER_CODE_POOL_H
#define MERIT_LEDGER_CODE_POOL_H

#include "ledger/model.h"

/* The bytes of a commitment in a value, whose hex was checked when it was read; into scratch. */
struct merit_text merit_commitment_of(struct merit_model *model, const struct merit_value *value);

/* For evolve: a new code behind all others of the item; one out of its pool, for good. */
void merit_code_put(struct merit_model *model, struct merit_text item, struct merit_text commitment);
void merit_code_take(struct merit_model *model, struct merit_text item, struct merit_text commitment);

/* For order.place: decide lists the oldest codes for each line of class code, which its stock was checked for and which
 * are MERIT_ORDER_CODES_MAX at most; evolve takes them out of their pools. */
void merit_codes_choose(struct merit_model *model, struct merit_entry *entry);
void merit_codes_give(struct merit_model *model, const struct merit_entry *entry);

#endif
