/* op_sponsor.c - what sponsors pay in and take out, their credit, and when merchants are settled.
 *
 * A bank reference is booked once, whichever way the money went. What a sponsor takes out backs no points. */
#include "ledger/money.h"
#include "ledger/op.h"
#include "ledger/op_common.h"

/* ---- sponsor.deposit, sponsor.withdraw ---- */

/* A bank transfer, and what refuses it; filled step by step. */
struct transfer {
	struct merit_text sponsor, currency, reference;
	int64_t amount;
	enum merit_status date; /* what the day asked for comes to */
	const char *why;        /* name of the number that explains a refusal, or NULL */
	int64_t why_number;
};

static struct transfer transfer_read(const struct merit_value *sponsor, const struct merit_value *currency,
                                     const struct merit_value *amount, const struct merit_value *reference)
{
	return (struct transfer){
		.sponsor = sponsor->text,
		.currency = currency->text,
		.reference = reference->text,
		.amount = amount->integer,
	};
}

static struct transfer deposit_read(const struct merit_value *values)
{
	return transfer_read(&values[DEPOSIT_SPONSOR], &values[DEPOSIT_CURRENCY], &values[DEPOSIT_AMOUNT],
	                     &values[DEPOSIT_REFERENCE]);
}

static struct transfer withdrawal_read(const struct merit_value *values)
{
	return transfer_read(&values[WITHDRAW_SPONSOR], &values[WITHDRAW_CURRENCY], &values[WITHDRAW_AMOUNT],
	                     &values[WITHDRAW_REFERENCE]);
}

static struct merit_text bank_key(struct merit_model *model, const struct transfer *transfer)
{
	return merit_bank_key(model, transfer->sponsor, transfer->currency, transfer->reference);
}

static enum merit_status fault_because(struct transfer *transfer, enum merit_status fault, const char *why,
                                       int64_t number)
{
	transfer->why = why;
	transfer->why_number = number;
	return fault;
}

/* What either way refuses, but for a day to come, which stands behind what a withdrawal refuses. */
static enum merit_status transfer_fault(struct merit_model *model, struct transfer *transfer)
{
	enum merit_status fault = merit_amount_fault(transfer->amount);
	const struct merit_sponsor *sponsor = merit_model_sponsor(model, transfer->sponsor);

	if (fault != MERIT_OK)
		return fault;
	if (sponsor == NULL)
		return MERIT_SPONSOR_UNKNOWN;
	if (transfer->date == MERIT_PERIOD_CLOSED)
		return MERIT_PERIOD_CLOSED;
	if (sponsor->is_platform)
		return MERIT_SPONSOR_IS_PLATFORM;
	const uint64_t *seq = merit_model_get(model, MERIT_TABLE_BANK, bank_key(model, transfer), NULL);
	return seq == NULL ? MERIT_OK : fault_because(transfer, MERIT_REFERENCE_USED, "entry", (int64_t)*seq);
}

static enum merit_status withdrawal_fault(struct merit_model *model, struct transfer *transfer)
{
	int64_t balance =
		merit_model_money_balance(model, MERIT_ACCOUNT_SPONSOR, transfer->sponsor, transfer->currency);
	int64_t prepaid = balance < 0 ? -balance : 0;
	int64_t free = merit_sponsor_free(model, transfer->sponsor, transfer->currency);

	if (transfer->amount > prepaid)
		return fault_because(transfer, MERIT_SHORT_PREPAID, "have", prepaid);
	if (transfer->amount > free)
		return fault_because(transfer, MERIT_OVER_CREDIT, "free", free);
	return MERIT_OK;
}

static void refuse(struct merit_entry *entry, enum merit_status fault, const struct transfer *transfer)
{
	merit_entry_refuse(entry, fault);
	if (transfer->why != NULL)
		merit_entry_why(entry, transfer->why, transfer->why_number);
}

static void transfer_post(struct merit_entry *entry, const struct transfer *transfer, int64_t to_cash)
{
	merit_entry_post_money(entry, MERIT_ACCOUNT_CASH, MERIT_TEXT(""), transfer->currency, MERIT_TEXT(""), -1,
	                       to_cash);
	merit_entry_post_money(entry, MERIT_ACCOUNT_SPONSOR, transfer->sponsor, transfer->currency, MERIT_TEXT(""), -1,
	                       -to_cash);
}

static void reference_keep(struct merit_model *model, const struct merit_entry *entry, const struct transfer *transfer)
{
	uint64_t *row = merit_model_add(model, MERIT_TABLE_BANK, bank_key(model, transfer), sizeof(*row));

	*row = entry->seq;
}

void merit_decide_sponsor_deposit(struct merit_model *model, struct merit_entry *entry)
{
	struct transfer deposit = deposit_read(entry->values);

	deposit.date = merit_entry_date(model, entry, &entry->values[DEPOSIT_DAY]);
	enum merit_status fault = transfer_fault(model, &deposit);
	if (fault == MERIT_OK)
		fault = deposit.date;
	if (fault != MERIT_OK)
		refuse(entry, fault, &deposit);
	else
		transfer_post(entry, &deposit, deposit.amount);
}

void merit_evolve_sponsor_deposit(struct merit_model *model, const struct merit_entry *entry)
{
	struct transfer deposit = deposit_read(entry->values);

	reference_keep(model, entry, &deposit);
}

void merit_decide_sponsor_withdraw(struct merit_model *model, struct merit_entry *entry)
{
	struct transfer withdrawal = withdrawal_read(entry->values);

	withdrawal.date = merit_entry_date(model, entry, &entry->values[WITHDRAW_DAY]);
	enum merit_status fault = transfer_fault(model, &withdrawal);
	if (fault == MERIT_OK)
		fault = withdrawal_fault(model, &withdrawal);
	if (fault == MERIT_OK)
		fault = withdrawal.date;
	if (fault != MERIT_OK)
		refuse(entry, fault, &withdrawal);
	else
		transfer_post(entry, &withdrawal, -withdrawal.amount);
}

void merit_evolve_sponsor_withdraw(struct merit_model *model, const struct merit_entry *entry)
{
	struct transfer withdrawal = withdrawal_read(entry->values);

	reference_keep(model, entry, &withdrawal);
}

/* ---- sponsor.credit ---- */

/* A lower limit takes nothing back: until enough is free again, no more is funded or taken out. */
void merit_decide_sponsor_credit(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_sponsor *sponsor = merit_model_sponsor(model, entry->values[CREDIT_SPONSOR].text);
	int64_t limit = entry->values[CREDIT_LIMIT].integer;
	enum merit_status fault = MERIT_OK;

	if (limit < 0)
		fault = MERIT_NEGATIVE_AMOUNT;
	else if (limit > MERIT_MONEY_MAX)
		fault = MERIT_AMOUNT_RANGE;
	else if (sponsor == NULL)
		fault = MERIT_SPONSOR_UNKNOWN;
	else if (sponsor->is_platform)
		fault = MERIT_SPONSOR_IS_PLATFORM;
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_sponsor_credit(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	uint32_t sponsor = merit_model_sponsor(model, values[CREDIT_SPONSOR].text)->holder.number;
	struct merit_text key = merit_model_currency_key(model, sponsor, values[CREDIT_CURRENCY].text);
	struct merit_credit *row = merit_model_edit(model, MERIT_TABLE_CREDIT, key, sizeof(*row));

	row->limit_minor = values[CREDIT_LIMIT].integer;
	merit_model_add_currency(model, values[CREDIT_CURRENCY].text);
}

/* ---- merchant.terms ---- */

/* Counts for what is received from now on: what fell due keeps its day. */
void merit_decide_merchant_terms(struct merit_model *model, struct merit_entry *entry)
{
	if (merit_model_merchant(model, entry->values[MERCHANT_TERMS_MERCHANT].text) == NULL)
		merit_entry_refuse(entry, MERIT_MERCHANT_UNKNOWN);
}

void merit_evolve_merchant_terms(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text merchant = entry->values[MERCHANT_TERMS_MERCHANT].text;
	struct merit_merchant *row = merit_model_edit(model, MERIT_TABLE_MERCHANT, merchant, sizeof(*row));

	row->settle_days = (int32_t)entry->values[MERCHANT_TERMS_SETTLE].integer;
}
