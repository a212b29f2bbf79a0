/* camt_entry.c - an entry of a camt.053 statement as items.
 *
 * Booked      only entries with status BOOK are items; others are skips.
 * Direction   CdtDbtInd says it, of reversals too (RvslInd): a credit taken back is a debit.
 * Batches     an entry whose transactions have amounts that sum to its own is one item for each of them, which share
 *             the entry's reference as their group; any other entry is one item.
 * Reference   the end-to-end id; else the creditor's reference, by which merchants know a payment; else the bank's;
 *             else the entry's; else those of the transaction and instruction. What an entry has of its own names no
 *             single one of several transactions. */
#include <string.h>

#include "ledger/calendar.h"
#include "recon/bank.h"
#include "recon/camt.h"

static const struct merit_camt_value *of_entry(const struct merit_camt_reader *reader, enum merit_camt_leaf leaf)
{
	return &reader->values[leaf];
}

static const struct merit_camt_value *of_details(const struct merit_camt_details *details, enum merit_camt_leaf leaf)
{
	static const struct merit_camt_value none;

	return details != NULL ? &details->values[leaf - CAMT_DETAILS] : &none;
}

static bool value_is(const struct merit_camt_value *value, const char *text)
{
	return merit_text_equal(value->text, merit_text_of(text));
}

/* ---- Days ---- */

/* A time with its offset; one without, which is the program's; or the end of a day, 24:00:00, which is of that day. */
static bool day_of_time(struct merit_text text, int32_t offset_minutes, int32_t *day_out)
{
	char local[MERIT_TIME_TEXT_SIZE + 8];
	int64_t time_ms;

	if (merit_time_parse(text.data, text.size, &time_ms)) {
		*day_out = merit_day_of_ms(time_ms, offset_minutes);
		return true;
	}
	if (text.size >= 19 && memcmp(text.data + 10, "T24:00:00", 9) == 0)
		return merit_day_parse(text.data, 10, day_out);
	if (text.size >= sizeof(local))
		return false;
	memcpy(local, text.data, text.size);
	local[text.size] = 'Z';
	return merit_time_parse(local, text.size + 1, &time_ms) && merit_day_parse(text.data, 10, day_out);
}

/* A day may name an offset, as XML allows, which changes nothing: 2026-11-22, 2026-11-22Z, 2026-11-22+08:00. */
static bool day_of_date(struct merit_text text, int32_t *day_out)
{
	bool is_plain = text.size == 10 || (text.size == 11 && text.data[10] == 'Z') ||
	                (text.size == 16 && (text.data[10] == '+' || text.data[10] == '-'));

	return is_plain && merit_day_parse(text.data, 10, day_out);
}

bool merit_camt_day(struct merit_camt_reader *reader, const struct merit_camt_value *value, int32_t *day_out)
{
	struct merit_text text = value->text;
	bool is_time = text.size > 10 && text.data[10] == 'T';

	if (is_time ? day_of_time(text, reader->options->offset_minutes, day_out) : day_of_date(text, day_out))
		return true;
	merit_camt_refuse(reader, value->offset, "there is no such day or time");
	return false;
}

static bool entry_day(struct merit_camt_reader *reader, int32_t *day_out)
{
	static const enum merit_camt_leaf leaves[] = { CAMT_ENTRY_BOOKED_DAY, CAMT_ENTRY_BOOKED_TIME,
		                                       CAMT_ENTRY_VALUE_DAY, CAMT_ENTRY_VALUE_TIME };

	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		if (of_entry(reader, leaves[i])->text.size > 0)
			return merit_camt_day(reader, of_entry(reader, leaves[i]), day_out);
	}
	merit_camt_refuse(reader, reader->part_offset, "an entry without a day of booking");
	return false;
}

/* ---- Amounts ---- */

bool merit_camt_amount(struct merit_camt_reader *reader, const struct merit_camt_value *amount,
                       const struct merit_camt_value *side, bool promised, int64_t *minor_out)
{
	const char *why, *currency = reader->options->currency;

	if (amount->currency[0] == '\0') {
		merit_camt_refuse(reader, amount->offset,
		                  "an amount without its currency of three capital letters (Ccy)");
		return false;
	}
	if (promised && currency[0] != '\0' && strcmp(amount->currency, currency) != 0) {
		merit_camt_refuse(reader, amount->offset, "an amount in %s, where all should be in %s",
		                  amount->currency, currency);
		return false;
	}
	if (!value_is(side, "CRDT") && !value_is(side, "DBIT")) {
		merit_camt_refuse(reader, amount->offset, "an amount that is neither CRDT nor DBIT (CdtDbtInd)");
		return false;
	}
	if (!merit_bank_amount(amount->text, '.', amount->currency, minor_out, &why)) {
		merit_camt_refuse(reader, amount->offset, "%s", why);
		return false;
	}
	if (value_is(side, "DBIT"))
		*minor_out = -*minor_out;
	return true;
}

/* The amount of one of several transactions; false when it has none in the entry's currency. */
static bool details_amount(const struct merit_camt_reader *reader, const struct merit_camt_details *details,
                           int64_t *minor_out)
{
	static const enum merit_camt_leaf leaves[] = { CAMT_DETAILS_AMOUNT, CAMT_TRANSACTION_AMOUNT,
		                                       CAMT_INSTRUCTED_AMOUNT };
	const struct merit_camt_value *side = of_details(details, CAMT_DETAILS_SIDE), *amount = NULL;
	const char *why;

	for (size_t i = 0; amount == NULL && i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		if (of_details(details, leaves[i])->text.size > 0)
			amount = of_details(details, leaves[i]);
	}
	if (side->text.size == 0)
		side = of_entry(reader, CAMT_ENTRY_SIDE);
	if (amount == NULL || strcmp(amount->currency, of_entry(reader, CAMT_ENTRY_AMOUNT)->currency) != 0 ||
	    !merit_bank_amount(amount->text, '.', amount->currency, minor_out, &why))
		return false;
	if (value_is(side, "DBIT"))
		*minor_out = -*minor_out;
	return true;
}

/* Whether the entry is made of several transactions that sum to it. */
static bool is_batch(const struct merit_camt_reader *reader, int64_t entry_amount)
{
	int64_t sum = 0, amount;

	for (size_t i = 0; i < reader->details_count; i++) {
		if (!details_amount(reader, &reader->details[i], &amount) || !merit_bank_add(&sum, amount))
			return false;
	}
	return reader->details_count > 1 && sum == entry_amount;
}

/* ---- Items ---- */

/* The first of several values that is a reference. */
static struct merit_text first_reference(const struct merit_camt_value *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (merit_bank_is_reference(values[i]->text))
			return values[i]->text;
	}
	return (struct merit_text){ "", 0 };
}

/* The bank's comes first: the entry's own may be the account's, the same for all of its entries. */
static struct merit_text group_of(const struct merit_camt_reader *reader, const struct merit_camt_details *details)
{
	const struct merit_camt_value *values[] = {
		of_entry(reader, CAMT_ENTRY_BANK_REFERENCE),
		of_entry(reader, CAMT_ENTRY_REFERENCE),
		of_entry(reader, CAMT_ENTRY_BATCH),
		of_details(details, CAMT_PAYMENT),
	};

	return first_reference(values, sizeof(values) / sizeof(values[0]));
}

static struct merit_text reference_of_one(const struct merit_camt_reader *reader,
                                          const struct merit_camt_details *details)
{
	const struct merit_camt_value *values[] = {
		of_details(details, CAMT_END_TO_END),
		of_details(details, CAMT_CREDITOR_REFERENCE),
		of_details(details, CAMT_DETAILS_BANK_REFERENCE),
		of_entry(reader, CAMT_ENTRY_BANK_REFERENCE),
		of_entry(reader, CAMT_ENTRY_REFERENCE),
		of_entry(reader, CAMT_ENTRY_BATCH),
		of_details(details, CAMT_TRANSACTION),
		of_details(details, CAMT_INSTRUCTION),
	};

	return first_reference(values, sizeof(values) / sizeof(values[0]));
}

static struct merit_text reference_within_batch(const struct merit_camt_details *details)
{
	const struct merit_camt_value *values[] = {
		of_details(details, CAMT_END_TO_END),
		of_details(details, CAMT_CREDITOR_REFERENCE),
		of_details(details, CAMT_DETAILS_BANK_REFERENCE),
		of_details(details, CAMT_TRANSACTION),
		of_details(details, CAMT_INSTRUCTION),
	};

	return first_reference(values, sizeof(values) / sizeof(values[0]));
}

static struct merit_text text_of(const struct merit_camt_reader *reader, const struct merit_camt_details *details)
{
	if (of_details(details, CAMT_REMITTANCE)->text.size > 0)
		return of_details(details, CAMT_REMITTANCE)->text;
	if (of_details(details, CAMT_DETAILS_TEXT)->text.size > 0)
		return of_details(details, CAMT_DETAILS_TEXT)->text;
	return of_entry(reader, CAMT_ENTRY_TEXT)->text;
}

static enum merit_item_kind kind_of(const struct merit_camt_reader *reader)
{
	const struct merit_camt_value *reversal = of_entry(reader, CAMT_ENTRY_REVERSAL);
	const struct merit_camt_value *family = of_entry(reader, CAMT_ENTRY_FAMILY);

	if (value_is(reversal, "true") || value_is(reversal, "1"))
		return MERIT_ITEM_REFUND;
	if (value_is(family, "CHRG") || value_is(family, "FEES") || value_is(family, "COMM"))
		return MERIT_ITEM_FEE;
	return MERIT_ITEM_PAYMENT;
}

static struct merit_text keep_text(struct merit_camt_reader *reader, struct merit_text text)
{
	bool no_memory = false;
	struct merit_text kept = merit_bank_keep_text(reader->file, text, false, &no_memory);

	merit_camt_fail(reader, no_memory ? MERIT_NO_MEMORY : MERIT_OK);
	return kept;
}

static struct merit_text keep_reference(struct merit_camt_reader *reader, struct merit_text text)
{
	bool no_memory = false;
	struct merit_text kept = merit_bank_keep_reference(reader->file, text, false, &no_memory);

	merit_camt_fail(reader, no_memory ? MERIT_NO_MEMORY : MERIT_OK);
	return kept;
}

/* What all items of the entry have alike; NULL without memory. */
static struct merit_recon_item *add_item(struct merit_camt_reader *reader, int64_t amount, int32_t day)
{
	struct merit_recon_item *item = merit_file_add_item(reader->file);

	if (item == NULL) {
		merit_camt_fail(reader, MERIT_NO_MEMORY);
		return NULL;
	}
	item->line = reader->part_line;
	item->day = item->first_day = day;
	item->amount = amount;
	item->kind = (uint8_t)kind_of(reader);
	memcpy(item->currency, of_entry(reader, CAMT_ENTRY_AMOUNT)->currency, sizeof(item->currency));
	return item;
}

static void add_one(struct merit_camt_reader *reader, int64_t amount, int32_t day)
{
	const struct merit_camt_details *details = reader->details_count == 1 ? reader->details : NULL;
	struct merit_recon_item *item = add_item(reader, amount, day);

	if (item == NULL)
		return;
	item->reference = keep_reference(reader, reference_of_one(reader, details));
	item->text = keep_text(reader, text_of(reader, details));
}

static void add_batch(struct merit_camt_reader *reader, int32_t day)
{
	for (size_t i = 0; reader->status == MERIT_OK && i < reader->details_count; i++) {
		const struct merit_camt_details *details = &reader->details[i];
		int64_t amount = 0;
		bool has_amount = details_amount(reader, details, &amount);
		struct merit_recon_item *item = has_amount ? add_item(reader, amount, day) : NULL;
		if (item == NULL)
			return;
		item->line = details->line;
		item->reference = keep_reference(reader, reference_within_batch(details));
		item->group = keep_reference(reader, group_of(reader, details));
		item->text = keep_text(reader, text_of(reader, details));
	}
}

/* An entry that is not booked, and why it is no item. */
static void add_skip(struct merit_camt_reader *reader)
{
	const struct merit_camt_details *details = reader->details_count > 0 ? reader->details : NULL;
	struct merit_file_skip *skip = merit_file_add_skip(reader->file);

	if (skip == NULL) {
		merit_camt_fail(reader, MERIT_NO_MEMORY);
		return;
	}
	skip->line = reader->part_line;
	skip->why = value_is(of_entry(reader, CAMT_ENTRY_STATUS), "PDNG")   ? "pending, not booked yet"
	            : value_is(of_entry(reader, CAMT_ENTRY_STATUS), "INFO") ? "for information, not booked"
	                                                                    : "not booked";
	skip->text = keep_text(reader, text_of(reader, details));
}

/* ---- Counting ---- */

static bool count_amount(struct merit_camt_totals *totals, int64_t amount, bool is_debit, bool is_booked)
{
	int64_t size = amount < 0 ? -amount : amount;

	totals->all_count++;
	totals->count += is_booked;
	*(is_debit ? &totals->all_debits_count : &totals->all_credits_count) += 1;
	*(is_debit ? &totals->debits_count : &totals->credits_count) += is_booked;
	return merit_bank_add(is_debit ? &totals->all_debits : &totals->all_credits, size) &&
	       (!is_booked || merit_bank_add(is_debit ? &totals->debits : &totals->credits, size));
}

static void count_entry(struct merit_camt_reader *reader, int64_t amount, bool is_booked)
{
	const struct merit_camt_value *value = of_entry(reader, CAMT_ENTRY_AMOUNT);
	bool is_debit = value_is(of_entry(reader, CAMT_ENTRY_SIDE), "DBIT");
	struct merit_camt_purse *purse = merit_camt_purse(reader, value->currency, value->offset);

	if (purse == NULL)
		return;
	if (!count_amount(&reader->totals, amount, is_debit, is_booked) ||
	    !count_amount(&reader->file_totals, amount, is_debit, is_booked) ||
	    (is_booked && !merit_bank_add(&purse->net, amount)))
		merit_camt_refuse(reader, value->offset, "the amounts sum to more than can be counted");
	reader->transactions_count += reader->details_count > 0 ? (int64_t)reader->details_count : 1;
	if (reader->currency[0] == '\0')
		memcpy(reader->currency, value->currency, sizeof(reader->currency));
	else if (strcmp(reader->currency, value->currency) != 0)
		strcpy(reader->currency, "*");
}

static void read_entry(struct merit_camt_reader *reader)
{
	const struct merit_camt_value *status = of_entry(reader, CAMT_ENTRY_STATUS);
	const struct merit_camt_value *value = of_entry(reader, CAMT_ENTRY_AMOUNT);
	bool is_booked = status->text.size == 0 || value_is(status, "BOOK"); /* The message is of booked entries. */
	int64_t amount;
	int32_t day;

	if (value->text.size == 0) {
		merit_camt_refuse(reader, reader->part_offset, "an entry without an amount");
		return;
	}
	if (!merit_camt_amount(reader, value, of_entry(reader, CAMT_ENTRY_SIDE), true, &amount))
		return;
	count_entry(reader, amount, is_booked);
	if (reader->status != MERIT_OK)
		return;
	if (!is_booked)
		add_skip(reader);
	else if (entry_day(reader, &day) && is_batch(reader, amount))
		add_batch(reader, day);
	else if (reader->status == MERIT_OK)
		add_one(reader, amount, day);
}

void merit_camt_entry_end(struct merit_camt_reader *reader)
{
	read_entry(reader);
	for (int leaf = CAMT_ENTRY_REFERENCE; leaf <= CAMT_ENTRY_TEXT; leaf++)
		reader->values[leaf] = (struct merit_camt_value){ 0 };
	reader->details_count = 0;
	merit_arena_reset(&reader->arena);
}
