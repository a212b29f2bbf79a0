/* op_source.c - sources of files: which are due when, and what must be asked of a second party. */
#include <string.h>

#include "ledger/op.h"
#include "ledger/run.h"

static bool source_count(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	unsigned *left = context;

	(void)key;
	(void)key_size;
	(void)value;
	(void)size;
	return --*left > 0;
}

static bool are_sources_full(struct merit_model *model)
{
	unsigned left = MERIT_SOURCES_MAX;

	merit_state_scan(model->state, MERIT_TABLE_SOURCE, "", 0, source_count, &left);
	return left == 0;
}

static bool is_partner(struct merit_model *model, struct merit_text name)
{
	const struct merit_party *party = merit_model_party(model, name);

	return party != NULL && (party->role == MERIT_ROLE_SPONSOR || party->role == MERIT_ROLE_MERCHANT);
}

/* To change a source takes two parties: the newest declaration is what holds, and who could change limit and rate alone
 * could do alone what they reserve for two. */
void merit_decide_source_declare(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	bool is_declared = merit_model_source(model, values[SOURCE_SOURCE].text) != NULL;

	if (values[SOURCE_PARTY].present && !is_partner(model, values[SOURCE_PARTY].text))
		merit_entry_refuse(entry, MERIT_PARTY_UNKNOWN);
	else if (!is_declared && are_sources_full(model))
		merit_entry_refuse(entry, MERIT_TOO_MANY_SOURCES);
	else if (values[SOURCE_ENDS].present && values[SOURCE_ENDS].integer < values[SOURCE_STARTS].integer)
		merit_entry_refuse(entry, MERIT_DAYS_REVERSED);
	else if (is_declared && !model->approved)
		merit_entry_refuse(entry, MERIT_PROPOSAL_REQUIRED);
}

static int64_t value_or(const struct merit_value *value, int64_t absent)
{
	return value->present ? value->integer : absent;
}

/* What was declared before is forgotten; the days and files of the source are not. */
void merit_evolve_source_declare(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_declared *row =
		merit_model_edit(model, MERIT_TABLE_SOURCE, values[SOURCE_SOURCE].text, sizeof(*row));

	if (row->number == 0) {
		row->number = ++model->program.numbers;
		merit_model_edit_program(model);
	}
	row->party = merit_name_of(values[SOURCE_PARTY].present ? values[SOURCE_PARTY].text : MERIT_TEXT(""));
	memset(row->currency, 0, sizeof(row->currency));
	if (values[SOURCE_CURRENCY].present)
		memcpy(row->currency, values[SOURCE_CURRENCY].text.data, sizeof(row->currency));
	row->subject = (uint8_t)values[SOURCE_SUBJECT].integer;
	row->direction = (uint8_t)values[SOURCE_DIRECTION].integer;
	row->every = (uint8_t)values[SOURCE_EVERY].integer;
	row->starts = (int32_t)values[SOURCE_STARTS].integer;
	row->ends = (int32_t)value_or(&values[SOURCE_ENDS], MERIT_DAY_NEVER);
	row->due_days = (int32_t)values[SOURCE_DUE].integer;
	row->break_rate = (int32_t)value_or(&values[SOURCE_RATE], -1);
	row->limit = value_or(&values[SOURCE_LIMIT], 0);
	row->seq = entry->seq;
}
