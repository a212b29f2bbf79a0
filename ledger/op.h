/* op.h - the two functions of every operation, as the table of operation.c names them. Their contract is in operation.h;
 * each family lives in its own op_*.c. */
#ifndef MERIT_LEDGER_OP_H
#define MERIT_LEDGER_OP_H

#include "ledger/operation.h"

#define X(constant, number, name, params, results, may, proposable, function, about)                                   \
	merit_decide_fn merit_decide_##function;                                                                       \
	merit_evolve_fn merit_evolve_##function;
MERIT_OPERATION_MAP(X)
#undef X

/* Asks memory for what deciding an earn with these values will look for. Changes nothing. */
void merit_expect_earn(struct merit_model *model, const struct merit_value *values);

#endif
