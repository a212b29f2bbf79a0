/* recon_rules_fuzz.c - any bytes as a rules file.
 * Holds   it never reads outside its input; rules it gives out are within their limits; a refusal has a reason and a place
 *         within the text. */
#include <assert.h>
#include <string.h>

#include "recon/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pass(const struct merit_pass *pass)
{
	assert(memchr(pass->name, '\0', sizeof(pass->name)) != NULL && pass->name[0] != '\0');
	assert(pass->by <= MERIT_BY_SUM && pass->group <= MERIT_GROUP_ANY);
	assert(pass->amount >= 0 && pass->amount <= MERIT_AMOUNT_MAX);
	assert(pass->amount_basis >= 0 && pass->amount_basis <= MERIT_PASS_BASIS_MAX);
	assert(pass->days >= 0 && pass->days <= MERIT_PASS_DAYS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;

	if (merit_rules_parse((const char *)data, size, &rules, &fault) != MERIT_OK) {
		assert(fault.why[0] != '\0' && memchr(fault.why, '\0', sizeof(fault.why)) != NULL);
		assert(fault.line <= size + 1 && fault.column <= size + 1);
		return 0;
	}
	assert(rules.passes_count >= 1 && rules.passes_count <= MERIT_PASSES_MAX);
	assert(rules.timing_days >= 0 && rules.timing_days <= MERIT_PASS_DAYS_MAX);
	for (size_t i = 0; i < rules.passes_count; i++)
		check_pass(&rules.passes[i]);
	return 0;
}
