/* export_payout.c - what merchants are to be paid: a line of CSV a settlement that is issued or confirmed and leaves
 * something to pay.
 *
 * Never  lists what is open or disputed, nor what sponsors owe: a bank is told to pay what stands here. */
#include <stdio.h>

#include "ledger/csv.h"
#include "ledger/currency.h"
#include "report/export_inner.h"

/* A settlement as far as it has come. Texts are in the job's arena. */
struct settlement {
	struct merit_text name, party, currency, invoice;
	int32_t cutoff;
	int64_t total_minor, paid_minor;
	bool is_merchants, is_payable; /* issued or confirmed */
};

static struct merit_text text_keep(struct merit_export_job *job, struct merit_text text)
{
	struct merit_text kept;

	if (merit_text_keep(&job->arena, text, &kept))
		return kept;
	job->no_memory = true;
	return MERIT_TEXT("");
}

/* ---- Taking ---- */

static void merchant_take(struct merit_export_job *job, struct merit_text name)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, MERIT_ROLE_MERCHANT);
	merit_index_key_text(&key, name);
	job->no_memory |= merit_index_get(&job->accounts, &job->arena, merit_index_key_whole(&key), 1) == NULL;
}

static bool is_merchant(const struct merit_export_job *job, struct merit_text name)
{
	struct merit_index_key key = { .size = 0 };

	merit_index_key_number(&key, MERIT_ROLE_MERCHANT);
	merit_index_key_text(&key, name);
	return merit_index_find(&job->accounts, merit_index_key_whole(&key)) != NULL;
}

static void open_take(struct merit_export_job *job, const struct merit_entry *entry)
{
	struct merit_text name = text_keep(job, entry->values[OPEN_SETTLEMENT].text);
	struct settlement *settlement = merit_index_get(&job->settlements, &job->arena, name, sizeof(*settlement));

	if (settlement == NULL) {
		job->no_memory = true;
		return;
	}
	*settlement = (struct settlement){ .name = name,
		                           .party = text_keep(job, entry->values[OPEN_PARTY].text),
		                           .currency = text_keep(job, entry->values[OPEN_CURRENCY].text),
		                           .cutoff = (int32_t)entry->values[OPEN_CUTOFF].integer,
		                           .total_minor = entry->results[OPEN_TOTAL].integer,
		                           .is_merchants = is_merchant(job, entry->values[OPEN_PARTY].text) };
}

static void state_take(struct merit_export_job *job, struct merit_text name, bool is_payable, struct merit_text invoice)
{
	struct settlement *settlement = merit_index_find(&job->settlements, name);

	if (settlement == NULL)
		return;
	settlement->is_payable = is_payable;
	if (invoice.size > 0)
		settlement->invoice = text_keep(job, invoice);
}

static void pay_take(struct merit_export_job *job, const struct merit_value *values)
{
	struct settlement *settlement = merit_index_find(&job->settlements, values[PAY_SETTLEMENT].text);

	if (settlement == NULL)
		return;
	settlement->paid_minor += values[PAY_AMOUNT].integer;
	state_take(job, values[PAY_SETTLEMENT].text, true, values[PAY_INVOICE].text);
}

static void payout_put(struct merit_export_job *job, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	const struct merit_text none = { "", 0 };

	switch (entry->operation->number) {
	case MERIT_OP_MERCHANT_CREATE: merchant_take(job, values[MERCHANT_MERCHANT].text); break;
	case MERIT_OP_SETTLEMENT_OPEN: open_take(job, entry); break;
	case MERIT_OP_SETTLEMENT_ISSUE:
		state_take(job, values[ISSUE_SETTLEMENT].text, true, values[ISSUE_INVOICE].text);
		break;
	case MERIT_OP_SETTLEMENT_CONFIRM: state_take(job, values[CONFIRM_SETTLEMENT].text, true, none); break;
	case MERIT_OP_SETTLEMENT_DISPUTE: state_take(job, values[DISPUTE_SETTLEMENT].text, false, none); break;
	case MERIT_OP_SETTLEMENT_PAY: pay_take(job, values); break;
	default: break;
	}
}

/* ---- Printing ---- */

static void amount_put(struct merit_buffer *out, int64_t minor, struct merit_text currency)
{
	char name[4] = "";

	(void)snprintf(name, sizeof(name), "%.*s", (int)currency.size, currency.data);
	merit_money_put(out, minor, name, true);
	merit_buffer_put_char(out, ',');
}

/* A name may begin with a dash, which a spreadsheet takes for a formula. */
static void field_put(struct merit_buffer *out, struct merit_text text)
{
	char name[MERIT_REFERENCE_SIZE_MAX + 1] = "";

	(void)snprintf(name, sizeof(name), "%.*s", (int)text.size, text.size == 0 ? "" : text.data);
	merit_csv_put_safe(out, name);
	merit_buffer_put_char(out, ',');
}

/* What to write on the transfer: the settlement's name first, by which the bank's line is found again. */
static void reference_put(struct merit_buffer *out, const struct settlement *settlement)
{
	char text[MERIT_NAME_SIZE_MAX + MERIT_REFERENCE_SIZE_MAX + 2];

	(void)snprintf(text, sizeof(text), "%.*s%s%.*s", (int)settlement->name.size, settlement->name.data,
	               settlement->invoice.size > 0 ? " " : "", (int)settlement->invoice.size,
	               settlement->invoice.size > 0 ? settlement->invoice.data : "");
	merit_csv_put_safe(out, text);
	merit_buffer_put_char(out, '\n');
}

static void settlement_put(struct merit_buffer *out, const struct settlement *settlement)
{
	field_put(out, settlement->name);
	field_put(out, settlement->party);
	field_put(out, settlement->currency);
	amount_put(out, settlement->total_minor - settlement->paid_minor, settlement->currency);
	field_put(out, settlement->invoice);
	merit_export_put_day(out, settlement->cutoff);
	merit_buffer_put_char(out, ',');
	amount_put(out, settlement->paid_minor, settlement->currency);
	reference_put(out, settlement);
}

static void payout_end(struct merit_export_job *job)
{
	merit_buffer_put_text(&job->text, "settlement,party,currency,amount,invoice,cutoff,paid,reference\n");
	merit_index_sort(&job->settlements);
	for (size_t i = 0; i < job->settlements.count && !job->no_memory; i++) {
		const struct settlement *settlement = merit_index_at(&job->settlements, i);
		bool is_asked = merit_report_part(job->options, settlement->cutoff) == MERIT_PART_MOVEMENT;
		if (is_asked && settlement->is_merchants && settlement->is_payable &&
		    settlement->total_minor > settlement->paid_minor)
			settlement_put(&job->text, settlement);
	}
}

const struct merit_export_kind merit_export_payout = {
	.word = "payout",
	.takes_all = true,
	.put = payout_put,
	.end = payout_end,
};
