/* mt940_test.c
 * Goal    a statement in MT940 is its entries with their direction, day and reference, and its balances are controls;
 *         whatever is wrong with it is a fault with line and column, and nothing of it is kept.
 * Method  small statements that differ from a good one in one thing. tests/data/statements_test.c reads real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "ledger/entry.h"
#include "recon/file.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define HEAD        ":20:A\n:25:NL1\n:28C:1/1\n:60F:C261031EUR100,00\n"

static const struct merit_file_options plain = { .format = "mt940" };

static enum merit_status parse(const char *text, struct merit_file *file, struct merit_file_fault *fault)
{
	return merit_file_parse(text, strlen(text), &plain, file, fault);
}

static void parse_good(const char *text, struct merit_file *file)
{
	struct merit_file_fault fault;

	if (parse(text, file, &fault) != MERIT_OK)
		fail_msg("%s\n%llu:%llu: %s", text, (unsigned long long)fault.line, (unsigned long long)fault.column,
		         fault.why);
}

static void check_text(const char *name, struct merit_text got, const char *want)
{
	if (!merit_text_equal(got, merit_text_of(want)))
		fail_msg("%s: got \"%.*s\", want \"%s\"", name, (int)got.size, got.data, want);
}

static void check_day(const char *name, int32_t day, const char *want)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: got %s, want %s", name, text, want);
}

/* One entry behind an opening balance. */
static void parse_entry(const char *entry, struct merit_file *file)
{
	char text[2048];

	snprintf(text, sizeof(text), HEAD "%s\n:62F:C261031EUR0,\n-\n", entry);
	parse_good(text, file);
	if (file->items_count != 1)
		fail_msg("%s: %zu items", entry, file->items_count);
}

static void entries_have_their_direction_and_day(void **state)
{
	static const struct {
		const char *entry;
		int64_t amount;
		const char *day;
		enum merit_item_kind kind;
	} rows[] = {
		{ ":61:261031C12,34NTRFX", 1234, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031D12,34NTRFX", -1234, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031RC12,34NTRFX", -1234, "2026-10-31", MERIT_ITEM_REFUND },
		{ ":61:261031RD12,34NTRFX", 1234, "2026-10-31", MERIT_ITEM_REFUND },
		{ ":61:261031CR12,34NTRFX", 1234, "2026-10-31", MERIT_ITEM_PAYMENT }, /* R of EUR */
		{ ":61:261031RCR12,34NTRFX", -1234, "2026-10-31", MERIT_ITEM_REFUND },
		{ ":61:261031C12,NTRFX", 1200, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031C12,5NTRFX", 1250, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031C12NTRFX", 1200, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031C12,34000NTRFX", 1234, "2026-10-31", MERIT_ITEM_PAYMENT }, /* Zeros say nothing. */
		{ ":61:261031C000000000012,34NTRFX", 1234, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031D\n12,34NTRFX", -1234, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031D3,NCHGX", -300, "2026-10-31", MERIT_ITEM_FEE },
		{ ":61:2610311102C12,34NTRFX", 1234, "2026-11-02", MERIT_ITEM_PAYMENT },
		{ ":61:261031    C12,34NTRFX", 1234, "2026-10-31", MERIT_ITEM_PAYMENT },
		{ ":61:2612310102C12,34NTRFX", 1234, "2027-01-02", MERIT_ITEM_PAYMENT }, /* Over the end of a year, */
		{ ":61:2701021231C12,34NTRFX", 1234, "2026-12-31", MERIT_ITEM_PAYMENT }, /* either way. */
		{ ":61:2802280229C12,34NTRFX", 1234, "2028-02-29", MERIT_ITEM_PAYMENT },
		{ ":61:2602300301C12,34NTRFX", 1234, "2026-03-01", MERIT_ITEM_PAYMENT }, /* Interest's February. */
		{ ":61:991231C12,34NTRFX", 1234, "1999-12-31", MERIT_ITEM_PAYMENT },
		{ ":61:261031C12,34", 1234, "2026-10-31", MERIT_ITEM_PAYMENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		parse_entry(rows[i].entry, &file);
		if (file.items[0].amount != rows[i].amount || file.items[0].kind != rows[i].kind)
			fail_msg("%s: %lld, kind %u", rows[i].entry, (long long)file.items[0].amount,
			         file.items[0].kind);
		check_day(rows[i].entry, file.items[0].day, rows[i].day);
		assert_string_equal(file.items[0].currency, "EUR");
		assert_int_equal(file.items[0].line, 5);
		merit_file_free(&file);
	}
}

static void references_are_found_where_banks_put_them(void **state)
{
	static const struct {
		const char *entry, *reference, *group;
	} rows[] = {
		{ ":61:261031C1,NTRFINVOICE 7//BANK1", "INVOICE 7", "" },
		{ ":61:261031C1,NTRFINVOICE 7", "INVOICE 7", "" },
		{ ":61:261031C1,NTRFA/B/C//BANK1", "A/B/C", "" },
		{ ":61:261031C1,NTRFNONREF//BANK1", "BANK1", "" },
		{ ":61:261031C1,NTRF//BANK1", "BANK1", "" },
		{ ":61:261031C1,NTRFNONREF//NONREF", "", "" },
		{ ":61:261031C1,NTRFNONREF", "", "" },
		{ ":61:261031C1,NTRFNONREF          A name", "", "" },
		{ ":61:261031C1,N0440121470966      A name", "0121470966", "" },
		{ ":61:261031C1,NTRF123456789012345\xc3\x9f A name", "123456789012345", "" },
		{ ":61:261031C1,NTRF1234567890123456A name", "1234567890123456", "" },
		{ ":61:261031C1,NOVBNL47INGB9999999999", "NL47INGB9999999999",
		  "" }, /* Longer than the standard has it. */
		{ ":61:261031C1,NTRFNONREF//BANK1\n:86:166?00CREDIT?20EREF+E2E-7?21SVWZ+shoes", "E2E-7", "" },
		{ ":61:261031C1,NTRFNONREF//BANK1\n:86:166>00CREDIT>20EREF+E2E-7>21SVWZ+shoes", "E2E-7", "" },
		{ ":61:261031C1,NTRFBATCH 9//BANK1\n:86:166?20EREF+E2E-7", "E2E-7", "BATCH 9" },
		{ ":61:261031C1,NTRFE2E-7//BANK1\n:86:166?20EREF+E2E-7", "E2E-7", "" },
		{ ":61:261031C1,NTRFKREF+//BANK1\n:86:166?20EREF+E2E-7?21KREF+K8", "E2E-7", "K8" },
		{ ":61:261031C1,NTRFKREF+//BANK1\n:86:166?20EREF+NOTPROVIDED?21KREF+K8", "K8", "" },
		{ ":61:261031C1,NTRFKREF+//BANK1\n:86:166?20SVWZ+shoes", "BANK1", "" },
		{ ":61:261031C1,NTRFNONREF//BANK1\n:86:166?20EREF+EndToEndIdTFNR20004?2101", "EndToEndIdTFNR2000401",
		  "" },
		{ ":61:261031C1,NTRFNONREF\n:86:166?20EREF+long\ner?21SVWZ+x", "longer", "" },
		{ ":61:261031C1,NTRFNONREF\n:86:166?20EREF: E2E-7", "E2E-7", "" },
		{ ":61:261031C1,NTRFNONREF\n:86:EREF+E2E-7 SVWZ+two shoes", "E2E-7", "" },
		{ ":61:261031C1,NTRFNONREF\n:86:TO WHERE+ FROM THEREF+X", "", "" },
		{ ":61:261031C1,NTRFEREF\n:86:/EREF/E2E-7/BENM//NAME/A/REMI/two shoes", "E2E-7", "" },
		{ ":61:261031C1,NTRFNONREF\n:86:/TRTP/SEPA/IBAN/NL1/EREF/E2E/7/REMI/USTD//two shoes/", "E2E/7", "" },
		{ ":61:261031C1,NTRFNONREF//B\n:86:/EREF//CNTP/NL1/A BANK///REMI/USTD//two shoes", "B", "" },
		{ ":61:261031C1,NTRFMARF\n:86:/EREF/E2E-7/MARF/M1/REMI/x", "E2E-7", "M1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		parse_entry(rows[i].entry, &file);
		check_text(rows[i].entry, file.items[0].reference, rows[i].reference);
		check_text(rows[i].entry, file.items[0].group, rows[i].group);
		merit_file_free(&file);
	}
}

static void texts_for_people_are_what_was_told(void **state)
{
	static const struct {
		const char *entry, *text;
	} rows[] = {
		{ ":61:261031C1,NTRFX\n:86:two  shoes", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:two\n:86:shoes", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:\n\ntwo\r\nshoes\n\n", "two shoes" },
		{ ":61:261031C1,NTRFX\na supplement", "a supplement" },
		{ ":61:261031C1,NTRFX\na supplement\n:86:two shoes", "two shoes" },
		{ ":61:261031C1,NTRFX\n:NS:22other\n:86:two shoes", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:166?00CREDIT?20EREF+E?21SVWZ+two shoes?32A NAME", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:166?00CREDIT?20two?21shoes?32A NAME", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:166?00CREDIT?20twenty-seven bytes of a tex?21t with a break in a word",
		  "twenty-seven bytes of a text with a break in a word" },
		{ ":61:261031C1,NTRFX\n:86:166?00CREDIT?32A NAME", "CREDIT" },
		{ ":61:261031C1,NTRFX\n:86:/EREF/E/REMI/USTD//two shoes/", "two shoes" },
		{ ":61:261031C1,NTRFX\n:86:Stra\xdf"
		  "e \x80",
		  "Stra\xc3\x9f"
		  "e \xef\xbf\xbd" }, /* ISO-8859-1 */
		{ ":61:261031C1,NTRFX\n:86:Stra\xc3\x9f"
		  "e",
		  "Stra\xc3\x9f"
		  "e" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		parse_entry(rows[i].entry, &file);
		check_text(rows[i].entry, file.items[0].text, rows[i].text);
		merit_file_free(&file);
	}
}

static void what_the_bank_only_expects_is_a_skip(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	parse_good(HEAD ":61:261031EC1,NTRFX\n:86:soon\n:62F:C261031EUR100,\n-\n", &file);
	assert_int_equal(file.items_count, 0);
	assert_int_equal(file.skips_count, 1);
	assert_int_equal(file.skips[0].line, 5);
	check_text("skip", file.skips[0].text, "soon");
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

/* why NULL: the controls agree. */
static void balances_counts_and_pages_are_controls(void **state)
{
	static const struct {
		const char *name, *text;
		size_t controls;
		uint64_t line;
		const char *why;
	} rows[] = {
		{ "agrees", HEAD ":61:261031C1,NTRFX\n:61:261031D0,5NTRFX\n:62F:C261031EUR100,5\n-\n", 1, 0, NULL },
		{ "below zero", ":20:A\n:60F:D261031EUR1,\n:61:261031D1,NTRFX\n:62F:D261031EUR2,\n", 1, 0, NULL },
		{ "another sum", HEAD ":61:261031C1,NTRFX\n:62F:C261031EUR100,\n-\n", 1, 6,
		  "it closes with 100.00 EUR in place of 101.00 EUR" },
		{ "another side", HEAD ":62F:D261031EUR100,\n-\n", 1, 5, "it closes with -100.00 EUR" },
		{ "no opening", ":20:A\n:61:261031C1,NTRFX\n:62F:C261031EUR100,\n", 1, 3,
		  "it closes with 100.00 EUR and has no opening balance in EUR: is its beginning missing?" },
		{ "no opening, as if it were 0", ":20:A\n:61:261031C1,NTRFX\n:62F:C261031EUR1,\n", 1, 3,
		  "is its beginning missing?" },
		{ "no opening, and no lines", ":62F:C261031EUR100,\n", 1, 1, "is its beginning missing?" },
		{ "no opening, then another", ":62F:C261031EUR1,\n:25:NL1\n:60F:C261031EUR1,\n:62F:C261031EUR1,\n", 2,
		  1, "is its beginning missing?" },
		{ "a second closing", HEAD ":62F:C261031EUR100,\n:62F:C261031EUR100,\n", 2, 6, "no opening balance" },
		{ "cut off", HEAD ":61:261031C1,NTRFX\n", 1, 4, "cut off" },
		{ "cut off, then another", HEAD ":61:261031C1,NTRFX\n" HEAD ":62F:C261031EUR100,\n", 2, 4, "cut off" },
		{ "available is no sum", HEAD ":62F:C261031EUR100,\n:64:C261031EUR5,\n:65:C261101EUR5,\n", 1, 0, NULL },
		{ "told of the statement", HEAD ":62F:C261031EUR100,\n:86:thank you\n-\n", 1, 0, NULL },
		{ "blocks", "{1:F01X}{2:O940X}{4:\n" HEAD ":62F:C261031EUR100,\n-}{5:}\n", 1, 0, NULL },
		{ "the first field in a block", "{1:F01X}{4:" HEAD ":62F:C261031EUR100,\n-}", 1, 0, NULL },
		{ "a preamble", "ABNANL2A\n940\n" HEAD ":62F:C261031EUR100,\n-XXX\nABNANL2A\n", 1, 0, NULL },
		{ "carriage returns", ":20:A\r\n:60F:C261031EUR1,\r\n:62F:C261031EUR1,\r\n-\r\n\x1a", 1, 0, NULL },
		{ "no :20: between", ":60F:C261031EUR1,\n:62F:C261031EUR1,\n:60F:C261031EUR2,\n:62F:C261031EUR2,\n", 2,
		  0, NULL },
		{ "two pages",
		  HEAD ":62M:C261031EUR100,\n-\n:20:A\n:25:NL1\n:28C:1/2\n:60M:C261031EUR100,\n"
		       ":62F:C261031EUR100,\n-\n",
		  3, 0, NULL },
		{ "a page is missing",
		  HEAD ":62M:C261031EUR100,\n-\n:20:A\n:25:NL1\n:28C:1/3\n:60M:C261031EUR90,\n"
		       ":62F:C261031EUR90,\n-\n",
		  3, 10, "from the page before: the file says 90.00 EUR" },
		{ "a page of another account",
		  HEAD ":62M:C261031EUR100,\n-\n:20:A\n:25:NL2\n:28C:1/2\n"
		       ":60M:C261031EUR90,\n:62F:C261031EUR90,\n-\n",
		  2, 0, NULL },
		{ "sums", HEAD ":61:261031C1,NTRFX\n:62F:C261031EUR101,\n:90D:0EUR0,\n:90C:1EUR1,\n", 5, 0, NULL },
		{ "another count", HEAD ":61:261031C1,NTRFX\n:62F:C261031EUR101,\n:90C:2EUR1,\n", 3, 7,
		  "count of credits: the file says 2, and has" },
		{ "another total", HEAD ":61:261031D1,NTRFX\n:62F:C261031EUR99,\n:90D:1EUR2,\n", 3, 7,
		  "sum of debits: the file says 2.00" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		struct merit_file_fault fault = { .why = "" };
		parse_good(rows[i].text, &file);
		if (file.controls_count != rows[i].controls)
			fail_msg("%s: %zu controls", rows[i].name, file.controls_count);
		if (merit_file_check(&file, &fault) != (rows[i].why == NULL) || fault.line != rows[i].line ||
		    (rows[i].why != NULL && strstr(fault.why, rows[i].why) == NULL))
			fail_msg("%s: %llu: %s", rows[i].name, (unsigned long long)fault.line, fault.why);
		merit_file_free(&file);
	}
}

static void check_balance(const struct merit_file_balance *got, const struct merit_file_balance *want)
{
	if (!merit_text_equal(got->account, want->account) || !merit_text_equal(got->number, want->number) ||
	    strcmp(got->currency, want->currency) != 0 || got->has_opening != want->has_opening ||
	    got->has_closing != want->has_closing || got->opening != want->opening || got->closing != want->closing ||
	    got->line != want->line)
		fail_msg("%.*s %.*s: %lld to %lld %s, line %llu", (int)got->account.size, got->account.data,
		         (int)got->number.size, got->number.data, (long long)got->opening, (long long)got->closing,
		         got->currency, (unsigned long long)got->line);
}

static void it_is_kept_whose_a_statement_is_and_what_it_opens_and_closes_with(void **state)
{
	static const char text[] = HEAD ":61:261031D150,NTRFX\n:62F:D261031EUR50,00\n-\n"
					":25:NL2/J\xfcrg\n:28C:7\n:60F:C261031EUR2,\n"
					":20:B\n:25:NL3\n";
	static const struct merit_file_balance want[] = {
		{ MERIT_TEXT("NL1"), MERIT_TEXT("1"), "EUR", true, true, 10000, -5000, 0, 6 },
		{ MERIT_TEXT("NL2/J\xc3\xbcrg"), MERIT_TEXT("7"), "EUR", true, false, 200, 0, 0, 10 },
		{ MERIT_TEXT("NL3"), MERIT_TEXT(""), "", false, false, 0, 0, 0, 0 },
	};
	struct merit_file file;

	(void)state;
	parse_good(text, &file);
	assert_int_equal(file.balances_count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		check_balance(&file.balances[i], &want[i]);
	check_day("closing", file.balances[0].last_day, "2026-10-31");
	assert_int_equal(file.balances[1].last_day, MERIT_DAY_NONE);
	merit_file_free(&file);
}

static void faults_have_their_place(void **state)
{
	static const struct {
		const char *name, *text;
		uint64_t line, column;
		const char *why;
	} rows[] = {
		{ "no field", "date,amount\n", 1, 1, "no MT940" },
		{ "a decimal point", HEAD ":61:261031C1.50NTRFX\n", 5, 12, "a point" },
		{ "a point for thousands", HEAD ":61:261031C1.000,50NTRFX\n", 5, 12, "a point" },
		{ "two commas", HEAD ":61:261031C1,0,0NTRFX\n", 5, 12, "two decimal marks" },
		{ "too many digits", HEAD ":61:261031C1,505NTRFX\n", 5, 12, "more digits" },
		{ "no amount", HEAD ":61:261031CNTRFX\n", 5, 13, "an amount was expected" },
		{ "a comma alone", HEAD ":61:261031C,50NTRFX\n", 5, 12, "no digit in front" },
		{ "beyond counting", HEAD ":61:261031C99999999999999999,NTRFX\n", 5, 12, "beyond 2^53-1" },
		{ "no side", HEAD ":61:261031X1,NTRFX\n", 5, 11, "C, D, RC or RD" },
		{ "no such value day", HEAD ":61:260229C1,NTRFX\n", 5, 5, "no such day" },
		{ "no such booking day either", HEAD ":61:2602300230C1,NTRFX\n", 5, 11, "no such day" },
		{ "no such month", HEAD ":61:261331C1,NTRFX\n", 5, 5, "no such day" },
		{ "no such booking day", HEAD ":61:2610311131C1,NTRFX\n", 5, 11, "no such day" },
		{ "a booking day of three digits", HEAD ":61:261031110C1,NTRFX\n", 5, 11, "four digits" },
		{ "cut off in a day", HEAD ":61:2610", 5, 5, "value day" },
		{ "an empty entry", HEAD ":61:\n", 5, 5, "value day" },
		{ "an empty balance", HEAD ":62F:\n", 5, 6, "a balance was expected" },
		{ "a balance cut off", HEAD ":62F:C2610", 5, 6, "a balance was expected" },
		{ "a balance without a side", HEAD ":62F:261031EUR1,00\n", 5, 6, "C or D" },
		{ "a balance of no day", HEAD ":62F:C261032EUR1,\n", 5, 7, "no such day" },
		{ "a balance of no date", HEAD ":62F:C26103XEUR1,\n", 5, 12, "a day was expected" },
		{ "a balance of no currency", HEAD ":62F:C261031eur1,\n", 5, 13, "three capital letters" },
		{ "a balance in another currency", HEAD ":62F:C261031USD1,\n", 5, 13, "in EUR and in USD" },
		{ "a balance with a point", HEAD ":62F:C261031EUR1.00\n", 5, 16, "a point" },
		{ "a balance with a sign", HEAD ":62F:C261031EUR-1,\n", 5, 16, "a sign" },
		{ "an entry behind the end", HEAD ":62F:C261031EUR100,\n:61:261031C1,NTRFX\n", 6, 5,
		  "behind the closing" },
		{ "no currency", ":20:A\n:61:261031C1,NTRFX\n", 2, 5, "names no currency" },
		{ "a report within the day", ":20:A\n:25:NL1\n:34F:EUR0,\n", 3, 6, "MT942" },
		{ "the same in its block", "{1:F01X}{2:O942X}{4:\n:20:A\n", 1, 9, "MT942" },
		{ "a sum of nothing", HEAD ":90C:EUR1,\n", 5, 6, "a count, a currency and a sum" },
		{ "no line feeds", ":20:A\r:60F:C261031EUR100,\r:62F:C261031EUR100,\r", 1, 6, "without a line feed" },
		{ "no text",
		  HEAD ":61:261031C1,NTRFX\n:86:a\x01"
		       "b\n",
		  6, 6, "byte 0x01" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		struct merit_file_fault fault;
		memset(&file, 0xa5, sizeof(file));
		if (parse(rows[i].text, &file, &fault) != MERIT_BAD_FORMAT)
			fail_msg("%s: was read", rows[i].name);
		if (fault.line != rows[i].line || fault.column != rows[i].column ||
		    strstr(fault.why, rows[i].why) == NULL)
			fail_msg("%s: %llu:%llu: %s", rows[i].name, (unsigned long long)fault.line,
			         (unsigned long long)fault.column, fault.why);
		assert_int_equal(((const uint8_t *)&file)[0], 0xa5); /* Nothing is given out. */
	}
}

static void the_currency_is_the_balances_or_the_promised_one(void **state)
{
	static const struct {
		const char *text, *promised, *currency, *why;
	} rows[] = {
		{ ":20:A\n:61:261031C1,NTRFX\n", "EUR", "EUR", NULL },
		{ ":20:A\n:61:261031C1,NTRFX\n:62F:C261031SEK1,00\n", "", "SEK", NULL },
		{ ":20:A\n:61:261031C1,NTRFX\n:62F:C261031SEK1,00\n", "EUR", NULL,
		  "in SEK, where all should be in EUR" },
		{ ":20:A\n:60F:C261031SEK1,\n:61:261031C1,NTRFX\n", "EUR", NULL, "in SEK, where all should be in EUR" },
		{ ":20:A\n:60F:C261031SEK1,\n:62F:C261031SEK1,\n", "EUR", NULL, "in SEK, where all should be in EUR" },
		/* The next statement's currency is not this one's. */
		{ ":20:A\n:61:261031C1,NTRFX\n:20:B\n:60F:C261031SEK1,\n", "", NULL, "names no currency" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file_options options = { .format = "mt940" };
		struct merit_file file;
		struct merit_file_fault fault;
		memcpy(options.currency, rows[i].promised, strlen(rows[i].promised) + 1);
		enum merit_status status =
			merit_file_parse(rows[i].text, strlen(rows[i].text), &options, &file, &fault);
		if (rows[i].why != NULL) {
			assert_int_equal(status, MERIT_BAD_FORMAT);
			assert_non_null(strstr(fault.why, rows[i].why));
			continue;
		}
		assert_int_equal(status, MERIT_OK);
		assert_string_equal(file.items[0].currency, rows[i].currency);
		merit_file_free(&file);
	}
}

static void digits_are_those_of_the_currency(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	parse_good(":20:A\n:60F:C261031JPY0,\n:61:261031C1500,NTRFX\n:62F:C261031JPY1500,\n", &file);
	assert_int_equal(file.items[0].amount, 1500);
	merit_file_free(&file);
	parse_good(":20:A\n:60F:C261031KWD0,\n:61:261031C1,005NTRFX\n:62F:C261031KWD1,005\n", &file);
	assert_int_equal(file.items[0].amount, 1005);
	merit_file_free(&file);
	assert_int_equal(parse(":20:A\n:60F:C261031JPY0,\n:61:261031C1,5NTRFX\n", &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 3);
}

/* A line of 10 MB, in whichever field, ends the reading. */
static void a_line_without_end_is_refused(void **state)
{
	static const char *const heads[] = { HEAD ":61:261031C1,NTRFX\n:86:", HEAD ":61:261031C1,NTRFX\n:61:",
		                             "\n:20:A\n\n\n\n" };
	size_t size = 10 * 1024 * 1024;
	char *text = malloc(size + 256);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct merit_file file;
		struct merit_file_fault fault;
		size_t head_size = strlen(heads[i]);
		memcpy(text, heads[i], head_size);
		memset(text + head_size, '1', size);
		assert_int_equal(merit_file_parse(text, head_size + size, &plain, &file, &fault), MERIT_BAD_FORMAT);
		assert_int_equal(fault.line, 6);
		assert_int_equal(fault.column, 65537);
		assert_non_null(strstr(fault.why, "a line of 104857"));
	}
	free(text);
}

/* Cut anywhere, a statement with balances is refused, read or checked: but at its very end, where only the closing
 * line's own end is missing. */
static void an_entry_of_which_too_much_is_told_is_refused(void **state)
{
	enum { LINE_SIZE = 4096, LINES_COUNT = 17 };
	char text[200 + (LINE_SIZE + 1) * LINES_COUNT];
	size_t used = (size_t)snprintf(text, sizeof(text), HEAD ":61:261031C1,NTRFX\n:86:");
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < LINES_COUNT; i++) {
		memset(text + used, 'a', LINE_SIZE);
		used += LINE_SIZE;
		text[used++] = '\n';
	}
	assert_int_equal(merit_file_parse(text, used, &plain, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 6);
	assert_non_null(strstr(fault.why, "64 KiB"));
}

static void lines_may_end_in_blanks_and_carriage_returns(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	parse_good(":20:A\r\r\n:60F:C261031EUR100,\r\r\n:61:261031C1,NTRFX\r\r\n:62F:C261031EUR101,\r\r\n- \r\r\n",
	           &file);
	assert_int_equal(file.items_count, 1);
	assert_int_equal(file.items[0].line, 3);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

static void a_statement_cut_off_is_never_taken(void **state)
{
	static const char text[] = HEAD ":61:261031C1,NTRFINVOICE 7//BANK1\n:86:166?00CREDIT?20EREF+E2E-7\n"
					":61:2610311031D51,25NTRFINVOICE 8\n:86:two shoes\n:62F:C261031EUR49,75";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	parse_good(text, &file);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
	for (size_t size = strlen(":20:A\n:25:NL1\n:28C:1/1\n:60F:C261031EUR100,0"); size < strlen(text); size++) {
		if (merit_file_parse(text, size, &plain, &file, &fault) != MERIT_OK)
			continue;
		if (merit_file_check(&file, &fault))
			fail_msg("taken after %zu bytes", size);
		assert_true(fault.line >= 4);
		merit_file_free(&file);
	}
}

static void statements_are_known_by_their_first_fields(void **state)
{
	static const struct {
		const char *text;
		bool looks;
	} rows[] = {
		{ HEAD, true },
		{ "\n:20:A\n", true },
		{ ":86:091\n-", true },
		{ ":61:110701CN50,00NZ10NONREF\n-", true },
		{ "{1:F01ASNBNL21XXXX0000000000}{2:O940}{4:\n", true },
		{ "940\nABN\n:20:A\n", true },
		{ "", false },
		{ "\n\n", false },
		{ "date,amount\n", false },
		{ "x :20:A\n", false },
		{ ":99:A\n", false },
		{ ":20", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned want = rows[i].looks ? MERIT_FILE_LIKENESS_MAX : 0;
		if (merit_format_mt940.looks(rows[i].text, strlen(rows[i].text)) != want)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void what_it_covers_ends_with_its_closing_day(void **state)
{
	struct merit_file file;

	(void)state;
	parse_good(HEAD ":61:261029C1,NTRFX\n:62F:C261031EUR101,\n-\n", &file);
	check_day("first", file.first_day, "2026-10-29");
	check_day("last", file.last_day, "2026-10-31");
	merit_file_free(&file);
	parse_good(HEAD ":62F:C261031EUR100,\n-\n", &file);
	check_day("first of none", file.first_day, "2026-10-31");
	merit_file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_have_their_direction_and_day),
		cmocka_unit_test(references_are_found_where_banks_put_them),
		cmocka_unit_test(texts_for_people_are_what_was_told),
		cmocka_unit_test(what_the_bank_only_expects_is_a_skip),
		cmocka_unit_test(balances_counts_and_pages_are_controls),
		cmocka_unit_test(it_is_kept_whose_a_statement_is_and_what_it_opens_and_closes_with),
		cmocka_unit_test(faults_have_their_place),
		cmocka_unit_test(the_currency_is_the_balances_or_the_promised_one),
		cmocka_unit_test(digits_are_those_of_the_currency),
		cmocka_unit_test(a_line_without_end_is_refused),
		cmocka_unit_test(an_entry_of_which_too_much_is_told_is_refused),
		cmocka_unit_test(lines_may_end_in_blanks_and_carriage_returns),
		cmocka_unit_test(a_statement_cut_off_is_never_taken),
		cmocka_unit_test(statements_are_known_by_their_first_fields),
		cmocka_unit_test(what_it_covers_ends_with_its_closing_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
