/* operation.c - the table of operation.h as rows. */
#include "ledger/operation.h"

#include <assert.h>
#include <string.h>

#include "ledger/op.h"

#define ROW(constant, name, type, required, about) { name, MERIT_TYPE_##type, required, about },
#define X(constant, number, name, params, results, may, proposable, function, about)                                   \
	static const struct merit_parameter params_##function[] = { MERIT_##params(ROW) { NULL, 0, false, NULL } };    \
	static const struct merit_parameter results_##function[] = { MERIT_##results(ROW) { NULL, 0, false, NULL } };
MERIT_OPERATION_MAP(X)
#undef X
#undef ROW

#define COUNT(list) (sizeof(list) / sizeof((list)[0]) - 1) /* without the row of NULLs behind */
#define X(constant, number, name, params, results, may, proposable, function, about)                                   \
	{ MERIT_OP_##constant, name, sizeof(name) - 1, params_##function, COUNT(params_##function), results_##function,                  \
	  COUNT(results_##function), may, proposable, merit_decide_##function, merit_evolve_##function, about },
static const struct merit_operation rows[] = { MERIT_OPERATION_MAP(X) };
#undef X

#define X(constant, number, name, params, results, may, proposable, function, about)                                   \
	_Static_assert(COUNT(params_##function) <= MERIT_PARAMETERS_MAX, name " has too many parameters");             \
	_Static_assert(COUNT(results_##function) <= MERIT_RESULTS_MAX, name " has too many results");
MERIT_OPERATION_MAP(X)
#undef X

#define ROWS_COUNT (sizeof(rows) / sizeof(rows[0]))

const char *merit_role_word(enum merit_role role)
{
#define X(name, number, word, about) case MERIT_ROLE_##name: return word;
	switch (role) {
		MERIT_ROLE_MAP(X)
	case MERIT_ROLE_COUNT: break;
	}
#undef X
	return "unknown";
}

bool merit_operation_is_callable(const struct merit_operation *operation)
{
	return (operation->may & ~MERIT_MAY(SYSTEM)) != MERIT_MAY_NOBODY;
}

const struct merit_operation *merit_operation_named(const char *name, size_t size)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		if (rows[i].name_size == size && memcmp(rows[i].name, name, size) == 0)
			return &rows[i];
	}
	return NULL;
}

const struct merit_operation *merit_operation_numbered(unsigned number)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		if ((unsigned)rows[i].number == number)
			return &rows[i];
	}
	return NULL;
}

const struct merit_operation *merit_operation_at(size_t index)
{
	return index < ROWS_COUNT ? &rows[index] : NULL;
}
