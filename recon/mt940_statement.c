/* mt940_statement.c - the fields of MT940 statements as items and controls; see mt940.h.
 *
 * Direction  C adds and D takes; RC takes back a credit, so it takes, and RD adds: SWIFT's meaning, under which the
 *            real statements add up.
 * Reference  the end-to-end reference of :86: where it has one, as in camt.053; else the customer's of :61:, or what
 *            that points to (EREF, KREF+); else the bank's. Where the customer's is not the reference it is the group:
 *            the batch that several payments were sent in.
 * Currency   is the balances'. Without balances it is the one that the caller promises, or the file is at fault.
 * Fragments  a statement without balances has no control. One that opens and does not close is cut off, and so is one
 *            that closes and never opened, which merit_file_check says. */
#include <string.h>

#include "ledger/entry.h"
#include "ledger/text.h"
#include "recon/mt940.h"

/* ---- Amounts ---- */

static enum merit_status read_amount(struct merit_mt940_reader *reader, struct merit_text text, int64_t *amount_out)
{
	const char *why;

	if (!merit_bank_amount(text, ',', reader->currency, amount_out, &why))
		return MERIT_MT940_REFUSE(reader, text.data, "%s", why);
	return MERIT_OK;
}

static enum merit_status promise_currency(struct merit_mt940_reader *reader, const char *currency)
{
	const char *promised = reader->options->currency;

	if (!merit_text_is_currency(currency, 3))
		return MERIT_MT940_REFUSE(reader, currency, "a currency of three capital letters was expected");
	if (promised[0] != '\0' && memcmp(promised, currency, 3) != 0)
		return MERIT_MT940_REFUSE(reader, currency, "the statement is in %.3s, where all should be in %s",
		                          currency, promised);
	if (reader->currency[0] != '\0' && memcmp(reader->currency, currency, 3) != 0)
		return MERIT_MT940_REFUSE(reader, currency, "the statement is in %s and in %.3s", reader->currency,
		                          currency);
	memcpy(reader->currency, currency, 3);
	return MERIT_OK;
}

/* ---- The entry, once all of it was read ---- */

/* What a customer reference that only points to :86: points to; or the reference. */
static struct merit_text customer_reference(struct merit_text customer, const struct merit_mt940_details *details)
{
	struct merit_text word = customer;

	if (word.size > 0 && word.data[word.size - 1] == '+')
		word.size--;
	if (merit_text_equal(word, MERIT_TEXT("KREF")) || merit_text_equal(word, MERIT_TEXT("PREF")))
		return details->customer;
	if (merit_text_equal(word, MERIT_TEXT("MREF")) || merit_text_equal(word, MERIT_TEXT("MARF")))
		return details->mandate;
	if (merit_text_equal(word, MERIT_TEXT("EREF")))
		return details->end_to_end;
	return merit_bank_is_reference(customer) ? customer : details->customer;
}

static void set_references(struct merit_mt940_reader *reader, const struct merit_mt940_details *details,
                           struct merit_recon_item *item)
{
	struct merit_text customer = customer_reference(reader->entry.customer, details);
	struct merit_text reference = merit_bank_is_reference(details->end_to_end) ? details->end_to_end : customer;

	if (!merit_bank_is_reference(reference))
		reference =
			merit_bank_is_reference(reader->entry.bank) ? reader->entry.bank : (struct merit_text){ "", 0 };
	item->reference = merit_bank_keep_reference(reader->file, reference, reader->is_latin1, &reader->no_memory);
	if (merit_bank_is_reference(customer) && !merit_text_equal(customer, reference))
		item->group = merit_bank_keep_reference(reader->file, customer, reader->is_latin1, &reader->no_memory);
}

static enum merit_status add_item(struct merit_mt940_reader *reader, const struct merit_mt940_details *details)
{
	struct merit_recon_item *item = merit_file_add_item(reader->file);
	struct merit_text text = details->remittance.size > 0 ? details->remittance : reader->entry.supplement;

	if (item == NULL)
		return MERIT_NO_MEMORY;
	item->line = reader->entry_line;
	item->day = item->first_day = reader->entry.day;
	item->amount = reader->entry.is_debit ? -reader->entry_amount : reader->entry_amount;
	item->kind = reader->entry.is_reversal ? MERIT_ITEM_REFUND
	             : reader->entry.is_charge ? MERIT_ITEM_FEE
	                                       : MERIT_ITEM_PAYMENT;
	memcpy(item->currency, reader->currency, sizeof(item->currency));
	item->text = merit_bank_keep_text(reader->file, text, reader->is_latin1, &reader->no_memory);
	set_references(reader, details, item);
	return MERIT_OK;
}

static enum merit_status add_expected(struct merit_mt940_reader *reader, const struct merit_mt940_details *details)
{
	struct merit_file_skip *skip = merit_file_add_skip(reader->file);

	if (skip == NULL)
		return MERIT_NO_MEMORY;
	skip->line = reader->entry_line;
	skip->why = "expected by the bank, not booked yet";
	skip->text = merit_bank_keep_text(reader->file, details->remittance, reader->is_latin1, &reader->no_memory);
	return MERIT_OK;
}

static enum merit_status finish_entry(struct merit_mt940_reader *reader)
{
	struct merit_mt940_details details;
	enum merit_status status;

	if (!reader->has_entry)
		return MERIT_OK;
	reader->has_entry = false;
	struct merit_text told = { reader->told.data, reader->told.size };
	if (reader->told.bad || !merit_mt940_details_read(told, &reader->scratch, &details))
		return MERIT_NO_MEMORY;
	status = reader->entry.is_expected ? add_expected(reader, &details) : add_item(reader, &details);
	merit_buffer_clear(&reader->told);
	return reader->no_memory ? MERIT_NO_MEMORY : status;
}

/* ---- The statement, once all of it was read ---- */

static enum merit_status add_summary(struct merit_mt940_reader *reader, const struct merit_mt940_summary *summary,
                                     const char *count_what, const char *sum_what, int64_t count, int64_t sum)
{
	if (!summary->is_known)
		return MERIT_OK;
	enum merit_status status =
		merit_bank_control(reader->file, count_what, summary->count, count, "", summary->line);
	if (status == MERIT_OK)
		status = merit_bank_control(reader->file, sum_what, summary->sum, sum, reader->currency, summary->line);
	return status;
}

/* Whose statement it is, and its balances: nothing of one that names neither. */
static enum merit_status add_balance(struct merit_mt940_reader *reader)
{
	const struct merit_mt940_balance *opening = &reader->opening, *closing = &reader->closing;
	struct merit_file_balance balance = {
		.account = reader->account,
		.number = reader->number,
		.has_opening = opening->is_known,
		.has_closing = closing->is_known,
		.opening = opening->amount,
		.closing = closing->amount,
		.last_day = closing->is_known ? closing->day : MERIT_DAY_NONE,
		.line = closing->is_known ? closing->line : opening->line,
	};
	int64_t computed = opening->amount;

	if (!opening->is_known && !closing->is_known && reader->account.size == 0)
		return MERIT_OK;
	memcpy(balance.currency, reader->currency, sizeof(balance.currency));
	if (!merit_bank_add(&computed, reader->credits_sum) || !merit_bank_add(&computed, -reader->debits_sum))
		return merit_file_refuse(reader->fault, balance.line, 0,
		                         "the statement's amounts sum to more than can be counted");
	return merit_bank_balance(reader->file, &balance, computed, reader->is_latin1);
}

enum merit_status merit_mt940_statement_end(struct merit_mt940_reader *reader)
{
	enum merit_status status = finish_entry(reader);

	if (status == MERIT_OK)
		status = add_balance(reader);
	if (status == MERIT_OK)
		status = add_summary(reader, &reader->debits, "count of debits", "sum of debits", reader->debits_count,
		                     reader->debits_sum);
	if (status == MERIT_OK)
		status = add_summary(reader, &reader->credits, "count of credits", "sum of credits",
		                     reader->credits_count, reader->credits_sum);
	reader->opening = reader->closing = (struct merit_mt940_balance){ 0 };
	reader->account = reader->number = (struct merit_text){ "", 0 };
	reader->debits = reader->credits = (struct merit_mt940_summary){ 0 };
	reader->debits_sum = reader->credits_sum = reader->debits_count = reader->credits_count = 0;
	memset(reader->currency, 0, sizeof(reader->currency));
	return status;
}

/* ---- Fields ---- */

static enum merit_status on_start(struct merit_mt940_reader *reader, struct merit_text content)
{
	(void)content;
	return merit_mt940_statement_end(reader);
}

static enum merit_status on_account(struct merit_mt940_reader *reader, struct merit_text content)
{
	enum merit_status status = MERIT_OK;

	if (reader->closing.is_known)
		status = merit_mt940_statement_end(reader); /* One without its :20:. */
	reader->account = content;
	return status;
}

/* 00004/00002: statement and page. */
static enum merit_status on_number(struct merit_mt940_reader *reader, struct merit_text content)
{
	const char *slash = content.size > 0 ? memchr(content.data, '/', content.size) : NULL;

	reader->number = content;
	if (slash != NULL)
		reader->number.size = (size_t)(slash - content.data);
	return MERIT_OK;
}

/* C070904EUR250,: which side, day, currency, amount. */
static enum merit_status read_balance(struct merit_mt940_reader *reader, struct merit_text content,
                                      struct merit_mt940_balance *balance_out)
{
	struct merit_mt940_balance balance = { .is_known = true, .line = reader->field_line };

	if (content.size < 11)
		return MERIT_MT940_REFUSE(reader, content.data, "a balance was expected, such as C261122EUR12,34");
	if (content.data[0] != 'C' && content.data[0] != 'D')
		return MERIT_MT940_REFUSE(reader, content.data, "a balance begins with C or D");
	for (size_t i = 1; i < 7; i++) {
		if (content.data[i] < '0' || content.data[i] > '9')
			return MERIT_MT940_REFUSE(reader, content.data + i, "a day was expected, YYMMDD");
	}
	if (!merit_mt940_day_read(content.data + 1, &balance.day))
		return MERIT_MT940_REFUSE(reader, content.data + 1, "there is no such day");
	enum merit_status status = promise_currency(reader, content.data + 7);
	if (status == MERIT_OK)
		status = read_amount(reader, (struct merit_text){ content.data + 10, content.size - 10 },
		                     &balance.amount);
	if (status != MERIT_OK)
		return status;
	if (content.data[0] == 'D')
		balance.amount = -balance.amount;
	balance.is_page = reader->tag.size == 3 && reader->tag.data[2] == 'M';
	*balance_out = balance;
	return MERIT_OK;
}

/* A page that goes on opens with what the page before closed with. */
static enum merit_status check_page(struct merit_mt940_reader *reader)
{
	bool goes_on = reader->page.is_known && reader->opening.is_page &&
	               merit_text_equal(reader->page_account, reader->account) &&
	               merit_text_equal(reader->page_number, reader->number);

	if (!goes_on)
		return MERIT_OK;
	return merit_bank_control(reader->file, "balance brought forward from the page before", reader->opening.amount,
	                          reader->page.amount, reader->currency, reader->opening.line);
}

static enum merit_status on_opening(struct merit_mt940_reader *reader, struct merit_text content)
{
	enum merit_status status = MERIT_OK;

	if (reader->opening.is_known || reader->closing.is_known || reader->has_entry)
		status = merit_mt940_statement_end(reader); /* One without its :20:. */
	if (status == MERIT_OK)
		status = read_balance(reader, content, &reader->opening);
	if (status == MERIT_OK)
		status = check_page(reader);
	return status;
}

static enum merit_status on_closing(struct merit_mt940_reader *reader, struct merit_text content)
{
	enum merit_status status = finish_entry(reader);

	if (status == MERIT_OK && reader->closing.is_known)
		status = merit_mt940_statement_end(reader);
	if (status == MERIT_OK)
		status = read_balance(reader, content, &reader->closing);
	if (status != MERIT_OK)
		return status;
	merit_bank_cover(reader->file, reader->closing.day);
	reader->page = reader->closing.is_page ? reader->closing : (struct merit_mt940_balance){ 0 };
	reader->page_account = reader->account;
	reader->page_number = reader->number;
	return MERIT_OK;
}

/* The currency of a statement without an opening balance: that of its closing one, which stands further on; or the
 * promised one. */
static enum merit_status find_currency(struct merit_mt940_reader *reader, struct merit_text content)
{
	const char *end = reader->bytes + reader->size;

	for (const char *at = content.data; reader->currency[0] == '\0' && at < end; at++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (at == NULL || end - at < 17 || memcmp(at, "\n:20:", 5) == 0 || memcmp(at, "\n:60", 4) == 0)
			break;
		if (memcmp(at, "\n:62", 4) == 0 && at[5] == ':' && merit_text_is_currency(at + 13, 3))
			return promise_currency(reader, at + 13);
	}
	if (reader->currency[0] != '\0')
		return MERIT_OK;
	if (reader->options->currency[0] == '\0')
		return MERIT_MT940_REFUSE(reader, content.data, "the file names no currency; name the source's");
	memcpy(reader->currency, reader->options->currency, sizeof(reader->currency));
	return MERIT_OK;
}

static bool count_entry(struct merit_mt940_reader *reader)
{
	if (reader->entry.is_expected)
		return true;
	if (reader->entry.is_debit)
		reader->debits_count++;
	else
		reader->credits_count++;
	return merit_bank_add(reader->entry.is_debit ? &reader->debits_sum : &reader->credits_sum,
	                      reader->entry_amount);
}

static enum merit_status on_entry(struct merit_mt940_reader *reader, struct merit_text content)
{
	const char *why;
	size_t place;
	enum merit_status status = finish_entry(reader);

	if (status == MERIT_OK && reader->closing.is_known)
		return MERIT_MT940_REFUSE(reader, content.data, "an entry behind the closing balance");
	if (status == MERIT_OK && !merit_mt940_entry_read(content, &reader->entry, &why, &place))
		return MERIT_MT940_REFUSE(reader, content.data + place, "%s", why);
	if (status == MERIT_OK && reader->currency[0] == '\0')
		status = find_currency(reader, content);
	if (status == MERIT_OK)
		status = read_amount(reader, reader->entry.amount, &reader->entry_amount);
	if (status != MERIT_OK)
		return status;
	if (!count_entry(reader))
		return MERIT_MT940_REFUSE(reader, content.data,
		                          "the statement's amounts sum to more than can be counted");
	reader->has_entry = true;
	reader->entry_line = reader->field_line;
	return MERIT_OK;
}

static enum merit_status on_details(struct merit_mt940_reader *reader, struct merit_text content)
{
	if (!reader->has_entry)
		return MERIT_OK; /* Of the statement as a whole. */
	if (reader->told.size + content.size > MERIT_BANK_TEXT_SIZE_MAX)
		return MERIT_MT940_REFUSE(reader, content.data,
		                          "an entry of which more than 64 KiB is told: no statement has such");
	if (reader->told.size > 0)
		merit_buffer_put_char(&reader->told, '\n');
	merit_buffer_put(&reader->told, content.data, content.size);
	return reader->told.bad ? MERIT_NO_MEMORY : MERIT_OK;
}

static enum merit_status on_other_balance(struct merit_mt940_reader *reader, struct merit_text content)
{
	(void)content;
	return finish_entry(reader); /* What is available now or later is no sum of entries. */
}

/* 5EUR123,45: how many, and how much. */
static enum merit_status on_summary(struct merit_mt940_reader *reader, struct merit_text content)
{
	struct merit_mt940_summary summary = { .is_known = true, .line = reader->field_line };
	size_t digits = 0;

	while (digits < content.size && digits < 9 && content.data[digits] >= '0' && content.data[digits] <= '9')
		summary.count = summary.count * 10 + (content.data[digits++] - '0');
	if (digits == 0 || content.size < digits + 4)
		return MERIT_MT940_REFUSE(reader, content.data, "a count, a currency and a sum were expected");
	enum merit_status status = finish_entry(reader);
	if (status == MERIT_OK)
		status = promise_currency(reader, content.data + digits);
	if (status == MERIT_OK)
		status =
			read_amount(reader, (struct merit_text){ content.data + digits + 3, content.size - digits - 3 },
		                    &summary.sum);
	if (status == MERIT_OK)
		*(reader->tag.data[2] == 'D' ? &reader->debits : &reader->credits) = summary;
	return status;
}

static enum merit_status on_interim(struct merit_mt940_reader *reader, struct merit_text content)
{
	return MERIT_MT940_REFUSE(reader, content.data, MERIT_MT940_INTERIM);
}

static const struct {
	const char *tag;
	enum merit_status (*read)(struct merit_mt940_reader *reader, struct merit_text content);
} fields[] = {
	{ "20", on_start },    { "25", on_account },  { "28", on_number },        { "28C", on_number },
	{ "34F", on_interim }, { "60F", on_opening }, { "60M", on_opening },      { "61", on_entry },
	{ "62F", on_closing }, { "62M", on_closing }, { "64", on_other_balance }, { "65", on_other_balance },
	{ "86", on_details },  { "90C", on_summary }, { "90D", on_summary },
};

static bool is_tag(struct merit_text tag, const char *name)
{
	return tag.size == strlen(name) && memcmp(tag.data, name, tag.size) == 0;
}

bool merit_mt940_is_field(struct merit_text tag)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (is_tag(tag, fields[i].tag))
			return true;
	}
	return false;
}

enum merit_status merit_mt940_field(struct merit_mt940_reader *reader, struct merit_text content)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (is_tag(reader->tag, fields[i].tag))
			return fields[i].read(reader, content);
	}
	return MERIT_OK;
}
