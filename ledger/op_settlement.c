/* op_settlement.c - settlements: opened, issued, confirmed or disputed, paid. What they are made of is settlement.c.
 *
 * What a settlement takes never changes once it is open: only its state and what was paid of it do. */
#include <assert.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/money.h"
#include "ledger/op.h"
#include "ledger/op_common.h"
#include "ledger/settlement.h"

static void refuse_on(struct merit_entry *entry, enum merit_status fault)
{
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

/* The row to change, with the entry as the last of its events. For evolve. */
static struct merit_settlement *settlement_edit(struct merit_model *model, const struct merit_entry *entry,
                                                struct merit_text name)
{
	struct merit_settlement *row = merit_model_edit(model, MERIT_TABLE_SETTLEMENT, name, sizeof(*row));

	merit_model_add_event(model, row->opened, entry, &row->last_event);
	return row;
}

/* ---- settlement.open ---- */

/* A settlement that is being opened; amounts as the party sees them. */
struct opening {
	const struct merit_party *party;
	const struct merit_settlement *latest; /* of the party in the currency; NULL = it has none */
	struct merit_batches batches;
	merit_sum sum, total;
	int64_t carried;
};

static bool is_partner(const struct merit_party *party)
{
	return party->role == MERIT_ROLE_SPONSOR || party->role == MERIT_ROLE_MERCHANT;
}

static bool is_platform(struct merit_model *model, struct merit_text party)
{
	const struct merit_sponsor *sponsor = merit_model_sponsor(model, party);

	return sponsor != NULL && sponsor->is_platform;
}

static const struct merit_settlement *latest_settlement(struct merit_model *model, uint32_t party,
                                                        struct merit_text currency)
{
	const struct merit_settled *settled = merit_model_settled(model, party, currency);

	if (settled == NULL || settled->settlement.size == 0)
		return NULL;
	return merit_model_settlement(model, merit_name_text(&settled->settlement));
}

/* False without memory. */
static bool opening_read(struct merit_model *model, const struct merit_value *values, struct opening *opening)
{
	struct merit_text currency = values[OPEN_CURRENCY].text;
	uint32_t party = opening->party->number;

	if (!merit_batches_gather(model, party, currency, (int32_t)values[OPEN_CUTOFF].integer, &opening->batches))
		return false;
	opening->latest = latest_settlement(model, party, currency);
	if (opening->latest != NULL && merit_settlement_total(opening->latest) < 0)
		opening->carried = merit_settlement_total(opening->latest);
	bool is_merchant = opening->party->role == MERIT_ROLE_MERCHANT;
	opening->sum = is_merchant ? -opening->batches.sum : opening->batches.sum;
	opening->total = opening->sum + opening->carried;
	return true;
}

static bool is_beyond(merit_sum sum)
{
	return sum > MERIT_AMOUNT_MAX || sum < -MERIT_AMOUNT_MAX;
}

static enum merit_status opening_fault(struct merit_model *model, const struct merit_entry *entry,
                                       const struct opening *opening)
{
	const struct merit_value *values = entry->values;

	if (is_beyond(opening->sum) || is_beyond(opening->total))
		return MERIT_AMOUNT_RANGE;
	if (merit_model_settlement(model, values[OPEN_SETTLEMENT].text) != NULL)
		return MERIT_SETTLEMENT_EXISTS;
	if (is_platform(model, values[OPEN_PARTY].text))
		return MERIT_SPONSOR_IS_PLATFORM;
	if (opening->latest != NULL && opening->latest->state == MERIT_SETTLEMENT_OPEN)
		return MERIT_ANOTHER_OPEN;
	if (values[OPEN_CUTOFF].integer > merit_model_day(model, entry->time_ms))
		return MERIT_IN_FUTURE;
	return opening->batches.count == 0 && opening->carried == 0 ? MERIT_NOTHING_TO_DO : MERIT_OK;
}

static void opening_results(struct merit_model *model, struct merit_entry *entry, const struct opening *opening)
{
	struct merit_hash hash;
	char *hex = merit_arena_allocate(&model->scratch, MERIT_HEX_SIZE(MERIT_HASH_SIZE));

	if (hex == NULL || !merit_batches_hash(model, &opening->batches, &hash)) {
		entry->no_memory = true;
		return;
	}
	merit_hex_encode(hash.bytes, sizeof(hash.bytes), hex);
	merit_entry_result_integer(entry, OPEN_LINES, (int64_t)opening->batches.lines_count);
	merit_entry_result_integer(entry, OPEN_SUM, (int64_t)opening->sum);
	merit_entry_result_integer(entry, OPEN_CARRIED, opening->carried);
	merit_entry_result_integer(entry, OPEN_TOTAL, (int64_t)opening->total);
	merit_entry_result_text(entry, OPEN_HASH, (struct merit_text){ hex, MERIT_HEX_SIZE(MERIT_HASH_SIZE) });
}

void merit_decide_settlement_open(struct merit_model *model, struct merit_entry *entry)
{
	struct opening opening = { .party = merit_model_party(model, entry->values[OPEN_PARTY].text) };

	if (opening.party == NULL || !is_partner(opening.party)) {
		merit_entry_refuse(entry, MERIT_PARTY_UNKNOWN);
		return;
	}
	if (!opening_read(model, entry->values, &opening)) {
		entry->no_memory = true;
		return;
	}
	enum merit_status fault = opening_fault(model, entry, &opening);
	if (fault == MERIT_OK)
		opening_results(model, entry, &opening);
	else
		merit_entry_refuse(entry, fault);
}

void merit_evolve_settlement_open(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *results = entry->results;
	struct merit_text name = values[OPEN_SETTLEMENT].text, currency = values[OPEN_CURRENCY].text;
	const struct merit_party *party = merit_model_party(model, values[OPEN_PARTY].text);
	struct merit_settlement *row = merit_model_edit(model, MERIT_TABLE_SETTLEMENT, name, sizeof(*row));
	int32_t cutoff = (int32_t)values[OPEN_CUTOFF].integer;
	struct merit_batches batches;
	bool gathered = merit_batches_gather(model, party->number, currency, cutoff, &batches);

	assert(gathered && batches.lines_count == (uint64_t)results[OPEN_LINES].integer);
	row->opened = entry->seq;
	row = settlement_edit(model, entry, name);
	row->party = merit_name_of(values[OPEN_PARTY].text);
	memcpy(row->currency, currency.data, sizeof(row->currency));
	row->state = MERIT_SETTLEMENT_OPEN;
	row->is_merchant = party->role == MERIT_ROLE_MERCHANT;
	row->cutoff = cutoff;
	row->number = ++model->program.numbers;
	merit_model_edit_program(model);
	row->batches_count = batches.count;
	row->lines_count = batches.lines_count;
	row->sum = results[OPEN_SUM].integer;
	row->carried = results[OPEN_CARRIED].integer;
	merit_batches_take(model, party->number, currency, cutoff, &batches, row->number);
	merit_model_edit_settled(model, party->number, currency)->settlement = merit_name_of(name);
}

/* ---- settlement.issue, settlement.confirm, settlement.dispute ---- */

/* What a settlement in each state says to being issued, confirmed, disputed and paid. */
enum step { STEP_ISSUE, STEP_CONFIRM, STEP_DISPUTE, STEP_PAY, STEPS_COUNT };

static enum merit_status step_fault(const struct merit_settlement *settlement, enum step step)
{
	static const enum merit_status faults[][STEPS_COUNT] = {
		[MERIT_SETTLEMENT_OPEN] = { MERIT_OK, MERIT_NOT_ISSUED, MERIT_NOT_ISSUED, MERIT_NOT_ISSUED },
		[MERIT_SETTLEMENT_ISSUED] = { MERIT_ALREADY_ISSUED, MERIT_OK, MERIT_OK, MERIT_OK },
		[MERIT_SETTLEMENT_CONFIRMED] = { MERIT_ALREADY_ISSUED, MERIT_ALREADY_CONFIRMED, MERIT_OK, MERIT_OK },
		[MERIT_SETTLEMENT_DISPUTED] = { MERIT_ALREADY_ISSUED, MERIT_OK, MERIT_DISPUTED, MERIT_DISPUTED },
		[MERIT_SETTLEMENT_PAID] = { MERIT_ALREADY_ISSUED, MERIT_ALREADY_PAID, MERIT_ALREADY_PAID,
		                            MERIT_ALREADY_PAID },
	};

	return settlement == NULL ? MERIT_SETTLEMENT_UNKNOWN : faults[settlement->state][step];
}

void merit_decide_settlement_issue(struct merit_model *model, struct merit_entry *entry)
{
	refuse_on(entry, step_fault(merit_model_settlement(model, entry->values[ISSUE_SETTLEMENT].text), STEP_ISSUE));
}

void merit_evolve_settlement_issue(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_settlement *row = settlement_edit(model, entry, entry->values[ISSUE_SETTLEMENT].text);

	row->state = MERIT_SETTLEMENT_ISSUED;
	row->issued = entry->seq + 1;
}

/* The settlement an answer is about. A partner knows its own that was sent to it: of others it is not told whether they
 * exist. */
static const struct merit_settlement *answered_settlement(struct merit_model *model, const struct merit_entry *entry,
                                                          struct merit_text name)
{
	const struct merit_settlement *row = merit_model_settlement(model, name);
	bool is_partner = entry->role == MERIT_ROLE_SPONSOR || entry->role == MERIT_ROLE_MERCHANT;

	if (row == NULL || !is_partner)
		return row;
	return row->state != MERIT_SETTLEMENT_OPEN && merit_text_equal(merit_name_text(&row->party), entry->party)
	               ? row
	               : NULL;
}

void merit_decide_settlement_confirm(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[CONFIRM_SETTLEMENT].text;

	refuse_on(entry, step_fault(answered_settlement(model, entry, name), STEP_CONFIRM));
}

void merit_evolve_settlement_confirm(struct merit_model *model, const struct merit_entry *entry)
{
	settlement_edit(model, entry, entry->values[CONFIRM_SETTLEMENT].text)->state = MERIT_SETTLEMENT_CONFIRMED;
}

void merit_decide_settlement_dispute(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[DISPUTE_SETTLEMENT].text;

	refuse_on(entry, step_fault(answered_settlement(model, entry, name), STEP_DISPUTE));
}

void merit_evolve_settlement_dispute(struct merit_model *model, const struct merit_entry *entry)
{
	settlement_edit(model, entry, entry->values[DISPUTE_SETTLEMENT].text)->state = MERIT_SETTLEMENT_DISPUTED;
}

/* ---- settlement.pay ---- */

static struct merit_text bank_key(struct merit_model *model, const struct merit_settlement *settlement,
                                  struct merit_text reference)
{
	struct merit_text currency = { settlement->currency, sizeof(settlement->currency) };

	return merit_bank_key(model, merit_name_text(&settlement->party), currency, reference);
}

/* Refuses a payment of a settlement that exists: false when it did. */
static bool payment_refuse(struct merit_model *model, struct merit_entry *entry,
                           const struct merit_settlement *settlement, enum merit_status date)
{
	struct merit_text currency = { settlement->currency, sizeof(settlement->currency) };
	struct merit_text key = bank_key(model, settlement, entry->values[PAY_REFERENCE].text);
	const uint64_t *booked = merit_model_get(model, MERIT_TABLE_BANK, key, NULL);
	int64_t left = merit_settlement_left(settlement);
	enum merit_status fault = step_fault(settlement, STEP_PAY);

	if (date == MERIT_PERIOD_CLOSED) {
		merit_entry_refuse(entry, MERIT_PERIOD_CLOSED);
	} else if (booked != NULL) {
		merit_entry_refuse(entry, MERIT_REFERENCE_USED);
		merit_entry_why(entry, "entry", (int64_t)*booked);
	} else if (!merit_text_equal(entry->values[PAY_CURRENCY].text, currency)) {
		merit_entry_refuse(entry, MERIT_CURRENCY_MISMATCH);
	} else if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
	} else if (entry->values[PAY_AMOUNT].integer > left) {
		merit_entry_refuse(entry, MERIT_OVER_TOTAL);
		merit_entry_why(entry, "left", left);
	} else if (date != MERIT_OK) {
		merit_entry_refuse(entry, date);
	} else {
		return false;
	}
	return true;
}

/* A merchant is paid out of cash, a sponsor pays into it. */
static void payment_post(struct merit_model *model, struct merit_entry *entry,
                         const struct merit_settlement *settlement)
{
	struct merit_text currency = entry->values[PAY_CURRENCY].text, none = MERIT_TEXT("");
	int64_t amount = entry->values[PAY_AMOUNT].integer;
	struct merit_text party = merit_name_text(&settlement->party);
	bool is_merchant = settlement->is_merchant;

	party.data = merit_arena_copy(&model->scratch, party.data, party.size);
	if (party.data == NULL) {
		entry->no_memory = true;
		return;
	}
	merit_entry_post_money(entry, MERIT_ACCOUNT_CASH, none, currency, none, -1, is_merchant ? -amount : amount);
	merit_entry_post_money(entry, is_merchant ? MERIT_ACCOUNT_MERCHANT : MERIT_ACCOUNT_SPONSOR, party, currency,
	                       none, -1, is_merchant ? amount : -amount);
	merit_entry_gather(entry);
}

void merit_decide_settlement_pay(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_settlement *settlement = merit_model_settlement(model, entry->values[PAY_SETTLEMENT].text);
	int64_t amount = entry->values[PAY_AMOUNT].integer;
	enum merit_status date = merit_entry_date(model, entry, &entry->values[PAY_DAY]);
	enum merit_status fault = merit_amount_fault(amount);

	if (fault == MERIT_OK && settlement == NULL)
		fault = MERIT_SETTLEMENT_UNKNOWN;
	if (fault != MERIT_OK) {
		merit_entry_refuse(entry, fault);
		return;
	}
	if (payment_refuse(model, entry, settlement, date))
		return;
	int64_t left = merit_settlement_left(settlement) - amount;
	enum merit_settlement_state state = left == 0 ? MERIT_SETTLEMENT_PAID : MERIT_SETTLEMENT_CONFIRMED;
	payment_post(model, entry, settlement);
	merit_entry_result_integer(entry, PAY_LEFT, left);
	entry->results[PAY_STATE] = merit_type_word_value(MERIT_TYPE_SETTLEMENT_STATE, state);
}

void merit_evolve_settlement_pay(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_settlement *row = settlement_edit(model, entry, entry->values[PAY_SETTLEMENT].text);
	struct merit_text key = bank_key(model, row, entry->values[PAY_REFERENCE].text);
	uint64_t *booked = merit_model_add(model, MERIT_TABLE_BANK, key, sizeof(*booked));

	*booked = entry->seq;
	row->paid += entry->values[PAY_AMOUNT].integer;
	row->state = (uint8_t)entry->results[PAY_STATE].integer;
}
