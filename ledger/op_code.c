/* op_code.c - voucher codes: each is given to exactly one member. */
#include "ledger/code_pool.h"
#include "ledger/eligibility.h"
#include "ledger/op.h"

/* ---- code.add ---- */

void merit_decide_code_add(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_item *item = merit_model_item(model, entry->values[CODE_ADD_ITEM].text);
	struct merit_text commitment = merit_commitment_of(model, &entry->values[CODE_ADD_CODE]);

	if (item == NULL || item->class_ != MERIT_CLASS_CODE)
		merit_entry_refuse(entry, MERIT_ITEM_UNKNOWN);
	else if (merit_model_code(model, commitment) != NULL)
		merit_entry_refuse(entry, MERIT_CODE_EXISTS);
}

void merit_evolve_code_add(struct merit_model *model, const struct merit_entry *entry)
{
	merit_code_put(model, entry->values[CODE_ADD_ITEM].text,
	               merit_commitment_of(model, &entry->values[CODE_ADD_CODE]));
}

/* ---- code.withdraw ---- */

void merit_decide_code_withdraw(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text item = entry->values[CODE_WITHDRAW_ITEM].text;
	const struct merit_code *code =
		merit_model_code(model, merit_commitment_of(model, &entry->values[CODE_WITHDRAW_CODE]));

	if (merit_model_item(model, item) == NULL)
		merit_entry_refuse(entry, MERIT_ITEM_UNKNOWN);
	else if (code == NULL || code->given || !merit_text_equal(merit_name_text(&code->item), item))
		merit_entry_refuse(entry, MERIT_CODE_UNKNOWN);
}

void merit_evolve_code_withdraw(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text commitment = merit_commitment_of(model, &entry->values[CODE_WITHDRAW_CODE]);

	merit_code_take(model, entry->values[CODE_WITHDRAW_ITEM].text, commitment);
	if (model->private_erased != NULL)
		model->private_erased(model->context, (const uint8_t *)commitment.data);
}
