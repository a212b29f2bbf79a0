/* camt_controls.c - what a camt.053 file says of itself: balances, counts and sums.
 *
 * Balances   the first OPBD (or PRCD, where there is none) and the last CLBD of each currency. A statement that has one
 *            of them alone is a page of several, whose other end is ITBD; else a part of it is missing, which
 *            merit_file_check says. Others (CLAV, OPAV, FWAV, ...) are no sums of entries.
 * Summaries  count and sum entries; banks differ in whether those that are not booked are among them, so either fits.
 *            A sum without a currency is checked where all entries are of one. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/entry.h"
#include "recon/bank.h"
#include "recon/camt.h"

/* ---- Faults ---- */

void merit_camt_fail(struct merit_camt_reader *reader, enum merit_status status)
{
	if (reader->status == MERIT_OK)
		reader->status = status;
}

void merit_camt_refuse(struct merit_camt_reader *reader, size_t offset, const char *format, ...)
{
	char why[sizeof(reader->fault->why)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	if (reader->status == MERIT_OK)
		reader->status = merit_bank_refuse(reader->bytes, offset, reader->fault, "%s", why);
}

/* ---- Balances ---- */

struct merit_camt_purse *merit_camt_purse(struct merit_camt_reader *reader, const char *currency, size_t offset)
{
	for (size_t i = 0; i < reader->purses_count; i++) {
		if (strcmp(reader->purses[i].currency, currency) == 0)
			return &reader->purses[i];
	}
	if (reader->purses_count == CAMT_PURSES_MAX) {
		merit_camt_refuse(reader, offset, "a statement in more than 16 currencies");
		return NULL;
	}
	struct merit_camt_purse *purse = &reader->purses[reader->purses_count++];
	*purse = (struct merit_camt_purse){ 0 };
	strcpy(purse->currency, currency);
	return purse;
}

static void set_opening(struct merit_camt_purse *purse, struct merit_camt_balance balance, bool is_previous)
{
	if (purse->opening.is_known && !(purse->opening_is_previous && !is_previous))
		return;
	purse->opening_is_previous = is_previous;
	purse->opening = balance;
}

static void set_interim(struct merit_camt_purse *purse, struct merit_camt_balance balance)
{
	if (!purse->first_interim.is_known)
		purse->first_interim = balance;
	purse->last_interim = balance;
}

static void read_balance(struct merit_camt_reader *reader)
{
	const struct merit_camt_value *value = &reader->values[CAMT_BALANCE_AMOUNT];
	const struct merit_camt_value *day = &reader->values[CAMT_BALANCE_DAY];
	struct merit_text code = reader->values[CAMT_BALANCE_CODE].text;
	struct merit_camt_balance balance = { true, 0, MERIT_DAY_NONE, reader->part_line };
	bool is_closing = merit_text_equal(code, MERIT_TEXT("CLBD"));
	bool is_interim = merit_text_equal(code, MERIT_TEXT("ITBD"));
	bool is_previous = merit_text_equal(code, MERIT_TEXT("PRCD"));

	if (value->text.size == 0) {
		merit_camt_refuse(reader, reader->part_offset, "a balance without an amount");
		return;
	}
	if (!is_closing && !is_interim && !is_previous && !merit_text_equal(code, MERIT_TEXT("OPBD")))
		return;
	if (!merit_camt_amount(reader, value, &reader->values[CAMT_BALANCE_SIDE], true, &balance.amount) ||
	    (day->text.size > 0 && !merit_camt_day(reader, day, &balance.day)))
		return;
	struct merit_camt_purse *purse = merit_camt_purse(reader, value->currency, value->offset);
	if (purse == NULL)
		return;
	if (is_closing)
		purse->closing = balance;
	else if (is_interim)
		set_interim(purse, balance);
	else
		set_opening(purse, balance, is_previous);
}

void merit_camt_balance_end(struct merit_camt_reader *reader)
{
	read_balance(reader);
	for (int leaf = CAMT_BALANCE_CODE; leaf <= CAMT_BALANCE_DAY; leaf++)
		reader->values[leaf] = (struct merit_camt_value){ 0 };
	merit_arena_reset(&reader->arena);
}

/* Of a page, the other end of what it goes on from, or in. */
static void set_page_ends(struct merit_camt_purse *purse)
{
	if (purse->closing.is_known && !purse->opening.is_known)
		purse->opening = purse->first_interim;
	else if (purse->opening.is_known && !purse->closing.is_known)
		purse->closing = purse->last_interim;
}

/* Opening and entries against closing, of one currency. A statement that opens in one and closes in another does not
 * add up: the one is never closed, the other was never opened. */
static void add_balance(struct merit_camt_reader *reader, struct merit_camt_purse *purse)
{
	set_page_ends(purse);
	const struct merit_camt_balance *opening = &purse->opening, *closing = &purse->closing;
	int64_t computed = opening->amount; /* 0 without one */
	struct merit_file_balance balance = {
		.account = reader->values[CAMT_ACCOUNT].text,
		.number = reader->values[CAMT_STATEMENT].text,
		.has_opening = opening->is_known,
		.has_closing = closing->is_known,
		.opening = opening->amount,
		.closing = closing->amount,
		.last_day = closing->is_known ? closing->day : MERIT_DAY_NONE,
		.line = closing->is_known ? closing->line : opening->line,
	};

	memcpy(balance.currency, purse->currency, sizeof(balance.currency));
	if (!merit_bank_add(&computed, purse->net))
		merit_camt_refuse(reader, reader->part_offset, "the amounts sum to more than can be counted");
	else
		merit_camt_fail(reader, merit_bank_balance(reader->file, &balance, computed, false));
}

static void add_balances(struct merit_camt_reader *reader)
{
	struct merit_camt_purse none = { .currency = "" }; /* Whose statement it is, where it holds nothing. */

	for (size_t i = 0; i < reader->purses_count; i++)
		add_balance(reader, &reader->purses[i]);
	if (reader->purses_count == 0)
		add_balance(reader, &none);
}

/* ---- Counts and sums ---- */

/* Of what was counted with and without entries that are not booked, that which the file states; else without. */
static int64_t nearer(int64_t stated, int64_t booked, int64_t all)
{
	return stated == all ? all : booked;
}

static void add_count(struct merit_camt_reader *reader, enum merit_camt_leaf leaf, const char *what, int64_t booked,
                      int64_t all)
{
	const struct merit_camt_value *value = &reader->values[leaf];
	const char *why;
	int64_t stated;

	if (value->text.size == 0 || reader->status != MERIT_OK)
		return;
	if (!merit_decimal_parse(value->text.data, value->text.size, '\0', '\0', 0, &stated, &why)) {
		merit_camt_refuse(reader, value->offset, "a count that is no number");
		return;
	}
	merit_camt_fail(reader,
	                merit_bank_control(reader->file, what, stated, nearer(stated, booked, all), "", value->line));
}

/* currency "" or "*": it has none, or several; then there is nothing to compare. */
static void add_sum(struct merit_camt_reader *reader, enum merit_camt_leaf leaf, const char *what, const char *currency,
                    int64_t booked, int64_t all)
{
	const struct merit_camt_value *value = &reader->values[leaf];
	const char *why;
	int64_t stated;

	if (value->text.size == 0 || reader->status != MERIT_OK || currency[0] == '*' || currency[0] == '\0')
		return;
	if (!merit_bank_amount(value->text, '.', currency, &stated, &why)) {
		merit_camt_refuse(reader, value->offset, "%s", why);
		return;
	}
	if (leaf == CAMT_NET_AMOUNT && merit_text_equal(reader->values[CAMT_NET_SIDE].text, MERIT_TEXT("DBIT")))
		stated = -stated;
	merit_camt_fail(reader, merit_bank_control(reader->file, what, stated, nearer(stated, booked, all), currency,
	                                           value->line));
}

/* The currency of a statement: "" of none, "*" of several. */
static const char *currency_of(const struct merit_camt_reader *reader)
{
	if (reader->purses_count == 0)
		return "";
	return reader->purses_count == 1 ? reader->purses[0].currency : "*";
}

static void add_summaries(struct merit_camt_reader *reader)
{
	const struct merit_camt_totals *totals = &reader->totals;
	const char *currency = currency_of(reader);
	int64_t sum = totals->credits, all_sum = totals->all_credits;

	if (!merit_bank_add(&sum, totals->debits) || !merit_bank_add(&all_sum, totals->all_debits)) {
		merit_camt_refuse(reader, reader->part_offset, "the amounts sum to more than can be counted");
		return;
	}
	add_count(reader, CAMT_ALL_COUNT, "count of entries", totals->count, totals->all_count);
	add_sum(reader, CAMT_ALL_SUM, "sum of entries", currency, sum, all_sum);
	add_sum(reader, CAMT_NET_AMOUNT, "net sum of entries", currency, totals->credits - totals->debits,
	        totals->all_credits - totals->all_debits);
	add_count(reader, CAMT_CREDITS_COUNT, "count of credits", totals->credits_count, totals->all_credits_count);
	add_sum(reader, CAMT_CREDITS_SUM, "sum of credits", currency, totals->credits, totals->all_credits);
	add_count(reader, CAMT_DEBITS_COUNT, "count of debits", totals->debits_count, totals->all_debits_count);
	add_sum(reader, CAMT_DEBITS_SUM, "sum of debits", currency, totals->debits, totals->all_debits);
}

/* ---- Ends ---- */

void merit_camt_period_end(struct merit_camt_reader *reader)
{
	static const enum merit_camt_leaf leaves[] = { CAMT_FROM_TIME, CAMT_TO_TIME };
	int32_t day;

	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		struct merit_camt_value *value = &reader->values[leaves[i]];
		if (value->text.size > 0 && merit_camt_day(reader, value, &day))
			merit_bank_cover(reader->file, day);
		*value = (struct merit_camt_value){ 0 };
	}
}

void merit_camt_statement_end(struct merit_camt_reader *reader)
{
	add_balances(reader);
	add_summaries(reader);
	for (int leaf = CAMT_ACCOUNT; leaf <= CAMT_DEBITS_SUM; leaf++)
		reader->values[leaf] = (struct merit_camt_value){ 0 };
	reader->purses_count = 0;
	reader->totals = (struct merit_camt_totals){ 0 };
	reader->statements_count++;
}

void merit_camt_file_end(struct merit_camt_reader *reader)
{
	const struct merit_camt_totals *totals = &reader->file_totals;
	const struct merit_camt_value *count = &reader->values[CAMT_FILE_COUNT];
	int64_t sum = totals->credits, all_sum = totals->all_credits, entries = totals->all_count;

	if (reader->statements_count == 0) {
		merit_camt_refuse(reader, 0, "a camt.053 without a statement (Stmt)");
		return;
	}
	if (!merit_bank_add(&sum, totals->debits) || !merit_bank_add(&all_sum, totals->all_debits)) {
		merit_camt_refuse(reader, 0, "the amounts sum to more than can be counted");
		return;
	}
	/* Its name says transactions; banks also count entries. */
	if (count->text.size > 0 && strtoll(count->text.data, NULL, 10) == reader->transactions_count)
		entries = reader->transactions_count;
	add_count(reader, CAMT_FILE_COUNT, "count of transactions", totals->count, entries);
	add_sum(reader, CAMT_FILE_SUM, "control sum", reader->currency, sum, all_sum);
	/* An envelope may hold another document. */
	memset(reader->values, 0, sizeof(reader->values));
	memset(reader->currency, 0, sizeof(reader->currency));
	reader->file_totals = (struct merit_camt_totals){ 0 };
	reader->transactions_count = 0;
	reader->statements_count = 0;
}
