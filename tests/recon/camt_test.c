/* camt_test.c
 * Goal    a camt.053 statement is its booked entries with direction, day, reference and group, and what it says of
 *         itself is controls; whatever is wrong with it is a fault with line and column, and nothing of it is kept.
 * Method  small documents that differ from a good one in one thing. tests/data/statements_test.c reads real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "recon/file.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define URN         "urn:iso:std:iso:20022:tech:xsd:"
#define OPEN        "<Document xmlns=\"" URN "camt.053.001.08\">\n<BkToCstmrStmt>\n"
#define CLOSE       "</BkToCstmrStmt>\n</Document>\n"
#define BALANCE(code, amount, side)                                                                                    \
	"<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" side      \
	"</CdtDbtInd><Dt><Dt>2026-10-31</Dt></Dt></Bal>\n"
#define ENTRY(amount, side, rest)                                                                                      \
	"<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" side "</CdtDbtInd><Sts>BOOK</Sts>"                        \
	"<BookgDt><Dt>2026-10-31</Dt></BookgDt>" rest "</Ntry>\n"
#define STATEMENT(inner) OPEN "<Stmt>\n" inner "</Stmt>\n" CLOSE

static const struct merit_file_options plain = { .offset_minutes = 480 };

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

/* A document of one statement that holds inner. */
static char *document(const char *inner)
{
	char *text = NULL;

	assert_true(asprintf(&text, OPEN "<Stmt>\n%s</Stmt>\n" CLOSE, inner) > 0);
	return text;
}

static void entries_have_their_direction_and_kind(void **state)
{
	static const struct {
		const char *entry;
		int64_t amount;
		enum merit_item_kind kind;
	} rows[] = {
		{ ENTRY("12.34", "CRDT", ""), 1234, MERIT_ITEM_PAYMENT },
		{ ENTRY("12.34", "DBIT", ""), -1234, MERIT_ITEM_PAYMENT },
		{ ENTRY("12", "CRDT", ""), 1200, MERIT_ITEM_PAYMENT },
		{ ENTRY(" 12.34\n", "CRDT", ""), 1234, MERIT_ITEM_PAYMENT },
		{ ENTRY("12.34000", "CRDT", ""), 1234, MERIT_ITEM_PAYMENT }, /* Zeros say nothing. */
		{ ENTRY("0", "CRDT", ""), 0, MERIT_ITEM_PAYMENT },
		{ ENTRY("12.34", "DBIT", "<RvslInd>true</RvslInd>"), -1234, MERIT_ITEM_REFUND },
		{ ENTRY("12.34", "CRDT", "<RvslInd>1</RvslInd>"), 1234, MERIT_ITEM_REFUND },
		{ ENTRY("12.34", "CRDT", "<RvslInd>false</RvslInd>"), 1234, MERIT_ITEM_PAYMENT },
		{ ENTRY("3", "DBIT",
		        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly>"
		        "</Domn></BkTxCd>"),
		  -300, MERIT_ITEM_FEE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char *text = document(rows[i].entry);
		parse_good(text, &file);
		assert_int_equal(file.items_count, 1);
		if (file.items[0].amount != rows[i].amount || file.items[0].kind != rows[i].kind)
			fail_msg("%s: %lld, kind %u", rows[i].entry, (long long)file.items[0].amount,
			         file.items[0].kind);
		assert_string_equal(file.items[0].currency, "EUR");
		assert_int_equal(file.items[0].line, 4);
		merit_file_free(&file);
		free(text);
	}
}

static void entries_have_their_day_in_the_programs_offset(void **state)
{
	static const struct {
		const char *dates, *day;
	} rows[] = {
		{ "<BookgDt><Dt>2026-10-31</Dt></BookgDt>", "2026-10-31" },
		{ "<BookgDt><Dt>2026-10-31+02:00</Dt></BookgDt>", "2026-10-31" },
		{ "<BookgDt><Dt>2026-10-31Z</Dt></BookgDt>", "2026-10-31" },
		{ "<BookgDt><DtTm>2026-10-31T15:59:59Z</DtTm></BookgDt>", "2026-10-31" },
		{ "<BookgDt><DtTm>2026-10-31T16:00:00Z</DtTm></BookgDt>", "2026-11-01" },
		{ "<BookgDt><DtTm>2026-10-31T23:00:00.000+08:00</DtTm></BookgDt>", "2026-10-31" },
		{ "<BookgDt><DtTm>2026-10-31T23:00:00</DtTm></BookgDt>", "2026-10-31" }, /* The program's own. */
		{ "<BookgDt><DtTm>2026-10-31T24:00:00</DtTm></BookgDt>", "2026-10-31" },
		{ "<BookgDt><Dt>2026-10-31</Dt></BookgDt><ValDt><Dt>2026-11-02</Dt></ValDt>", "2026-10-31" },
		{ "<ValDt><Dt>2026-11-02</Dt></ValDt>", "2026-11-02" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char inner[1024];
		snprintf(inner, sizeof(inner),
		         "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>%s</Ntry>",
		         rows[i].dates);
		char *text = document(inner);
		parse_good(text, &file);
		check_day(rows[i].dates, file.items[0].day, rows[i].day);
		merit_file_free(&file);
		free(text);
	}
}

#define CREDIT(rest)        ENTRY("1", "CRDT", rest)
#define DETAILS(refs, rest) "<NtryDtls><TxDtls><Refs>" refs "</Refs>" rest "</TxDtls></NtryDtls>"
#define E2E(id)             "<EndToEndId>" id "</EndToEndId>"
#define BANK(id)            "<AcctSvcrRef>" id "</AcctSvcrRef>"
#define OWN(id)             "<NtryRef>" id "</NtryRef>"
#define CREDITOR(id)        "<RmtInf><Strd><CdtrRefInf><Ref>" id "</Ref></CdtrRefInf></Strd></RmtInf>"

static void references_are_taken_by_who_knows_them(void **state)
{
	static const struct {
		const char *entry, *reference;
	} rows[] = {
		{ CREDIT(OWN("N1") BANK("B1") DETAILS(E2E("E1"), CREDITOR("RF18"))), "E1" },
		{ CREDIT(OWN("N1") BANK("B1") DETAILS(E2E("NOTPROVIDED"), CREDITOR("RF18"))), "RF18" },
		{ CREDIT(OWN("N1") BANK("B1") DETAILS(E2E("NONREF") BANK("D1"), "")), "D1" },
		{ CREDIT(OWN("N1") BANK("B1") DETAILS(E2E("NOTPROVIDED"), "")), "B1" },
		{ CREDIT(OWN("N1") BANK("B1")), "B1" },
		{ CREDIT(OWN("N1") DETAILS("<TxId>T1</TxId>", "")), "N1" },
		{ CREDIT(DETAILS("<InstrId>I1</InstrId><TxId>T1</TxId>", "")), "T1" },
		{ CREDIT(DETAILS("<InstrId>I1</InstrId>", "")), "I1" },
		{ CREDIT("<NtryDtls><Btch><PmtInfId>P1</PmtInfId></Btch></NtryDtls>"), "P1" },
		{ CREDIT(DETAILS(E2E("A &amp; B  7"), "")), "A & B  7" },
		{ CREDIT(DETAILS(E2E("\n E1 "), "")), "E1" },
		{ CREDIT(""), "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char *text = document(rows[i].entry);
		parse_good(text, &file);
		assert_int_equal(file.items_count, 1);
		check_text(rows[i].entry, file.items[0].reference, rows[i].reference);
		check_text(rows[i].entry, file.items[0].group, "");
		merit_file_free(&file);
		free(text);
	}
}

static void texts_for_people_are_the_remittance_or_what_was_added(void **state)
{
	static const struct {
		const char *entry, *text;
	} rows[] = {
		{ ENTRY("1", "CRDT",
		        "<NtryDtls><TxDtls><RmtInf><Ustrd>two</Ustrd><Ustrd>shoes\n</Ustrd></RmtInf>"
		        "<AddtlTxInf>x</AddtlTxInf></TxDtls></NtryDtls>"),
		  "two shoes" },
		{ ENTRY("1", "CRDT",
		        "<NtryDtls><TxDtls><AddtlTxInf>two shoes</AddtlTxInf></TxDtls></NtryDtls>"
		        "<AddtlNtryInf>x</AddtlNtryInf>"),
		  "two shoes" },
		{ ENTRY("1", "CRDT", "<AddtlNtryInf>two\n   shoes</AddtlNtryInf>"), "two shoes" },
		{ ENTRY("1", "CRDT", "<AddtlNtryInf><![CDATA[two & shoes]]></AddtlNtryInf>"), "two & shoes" },
		{ ENTRY("1", "CRDT", "<AddtlNtryInf>Stra&#223;e</AddtlNtryInf>"), "Stra\xc3\x9f"
		                                                                  "e" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char *text = document(rows[i].entry);
		parse_good(text, &file);
		check_text(rows[i].entry, file.items[0].text, rows[i].text);
		merit_file_free(&file);
		free(text);
	}
}

#define PAYMENT(id, amount) "<TxDtls><Refs><EndToEndId>" id "</EndToEndId></Refs>" amount "</TxDtls>\n"
#define V8(amount)          "<Amt Ccy=\"EUR\">" amount "</Amt>"
#define V2(amount)          "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">" amount "</Amt></TxAmt></AmtDtls>"
#define BATCH(payments)     ENTRY("10", "DBIT", "<AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>\n" payments "</NtryDtls>")

static void a_batch_is_one_item_for_each_payment_when_they_sum_to_it(void **state)
{
	static const struct {
		const char *entry;
		size_t count;
		const char *reference, *group; /* of the first */
		int64_t amount;
	} rows[] = {
		{ BATCH(PAYMENT("E1", V8("4")) PAYMENT("E2", V8("6"))), 2, "E1", "B1", -400 },
		{ BATCH(PAYMENT("E1", V2("4")) PAYMENT("E2", V2("6"))), 2, "E1", "B1", -400 },
		{ BATCH(PAYMENT("E1", V8("4") V2("400")) PAYMENT("E2", V8("6"))), 2, "E1", "B1", -400 },
		{ BATCH(PAYMENT("E1", V8("14")) PAYMENT("E2", V8("4") "<CdtDbtInd>CRDT</CdtDbtInd>")), 2, "E1", "B1",
		  -1400 },
		{ BATCH(PAYMENT("NOTPROVIDED", V8("4")) PAYMENT("E2", V8("6"))), 2, "", "B1", -400 },
		{ BATCH(PAYMENT("E1", V8("4")) PAYMENT("E2", V8("5"))), 1, "B1", "", -1000 },
		{ BATCH(PAYMENT("E1", V8("4")) PAYMENT("E2", "")), 1, "B1", "", -1000 },
		{ BATCH(PAYMENT("E1", V8("4")) PAYMENT("E2", "<Amt Ccy=\"SEK\">6</Amt>")), 1, "B1", "", -1000 },
		{ BATCH(PAYMENT("E1", V8("4"))), 1, "E1", "", -1000 },
		{ ENTRY("10", "CRDT",
		        "<NtryRef>N1</NtryRef><NtryDtls><Btch><PmtInfId>P1</PmtInfId></Btch>" PAYMENT("E1", V8("4"))
		                PAYMENT("E2", V8("6")) "</NtryDtls>"),
		  2, "E1", "N1", 400 },
		{ ENTRY("10", "CRDT",
		        "<NtryRef>CH93</NtryRef><AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>" PAYMENT("E1", V8("4"))
		                PAYMENT("E2", V8("6")) "</NtryDtls>"),
		  2, "E1", "B1", 400 }, /* Swiss banks have the account in every NtryRef. */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char *text = document(rows[i].entry);
		parse_good(text, &file);
		if (file.items_count != rows[i].count || file.items[0].amount != rows[i].amount)
			fail_msg("%s: %zu items, the first %lld", rows[i].entry, file.items_count,
			         (long long)file.items[0].amount);
		check_text(rows[i].entry, file.items[0].reference, rows[i].reference);
		check_text(rows[i].entry, file.items[0].group, rows[i].group);
		merit_file_free(&file);
		free(text);
	}
}

static void what_is_not_booked_is_a_skip(void **state)
{
	static const struct {
		const char *status, *why; /* NULL: an item */
	} rows[] = {
		{ "<Sts>BOOK</Sts>", NULL },
		{ "<Sts><Cd>BOOK</Cd></Sts>", NULL },
		{ "<Sts>\n<Cd>BOOK</Cd>\n</Sts>", NULL },
		{ "", NULL },
		{ "<Sts>PDNG</Sts>", "pending" },
		{ "<Sts><Cd>PDNG</Cd></Sts>", "pending" },
		{ "<Sts>INFO</Sts>", "for information" },
		{ "<Sts><Cd>FUTR</Cd></Sts>", "not booked" },
		{ "<Sts><Prtry>odd</Prtry></Sts>", "not booked" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char inner[512];
		snprintf(inner, sizeof(inner),
		         "<Ntry><Amt "
		         "Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>%s<BookgDt><Dt>2026-10-31</Dt></BookgDt>"
		         "</Ntry>",
		         rows[i].status);
		char *text = document(inner);
		parse_good(text, &file);
		if (file.items_count != (rows[i].why == NULL) || file.skips_count != (rows[i].why != NULL))
			fail_msg("%s: %zu items, %zu skips", rows[i].status, file.items_count, file.skips_count);
		if (rows[i].why != NULL)
			assert_non_null(strstr(file.skips[0].why, rows[i].why));
		merit_file_free(&file);
		free(text);
	}
}

#define OPBD(amount)              BALANCE("OPBD", amount, "CRDT")
#define CLBD(amount)              BALANCE("CLBD", amount, "CRDT")
#define ONE                       ENTRY("5", "CRDT", "")
#define TWO                       ENTRY("2", "DBIT", "")
#define PENDING                   "<Ntry><Amt Ccy=\"EUR\">9</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>\n"
#define SUMMARY(inner)            "<TxsSummry>" inner "</TxsSummry>\n"
#define NUMBERS(name, count, sum) "<" name "><NbOfNtries>" count "</NbOfNtries><Sum>" sum "</Sum></" name ">\n"

/* why NULL: the controls agree. */
static void what_a_statement_says_of_itself_are_controls(void **state)
{
	static const struct {
		const char *name, *inner;
		size_t controls;
		uint64_t line;
		const char *why;
	} rows[] = {
		{ "agrees", OPBD("1") CLBD("4") ONE TWO, 1, 0, NULL },
		{ "below zero", BALANCE("OPBD", "9", "DBIT") BALANCE("CLBD", "4", "DBIT") ONE, 1, 0, NULL },
		{ "another sum", OPBD("1") CLBD("4") ONE, 1, 5,
		  "it opens with 1.00 EUR, its lines come to 5.00 EUR, and it closes with 4.00 EUR in place of 6.00 "
		  "EUR" },
		{ "the closing first", CLBD("6") OPBD("1") ONE, 1, 0, NULL },
		{ "previous closing", BALANCE("PRCD", "1", "CRDT") CLBD("6") ONE, 1, 0, NULL },
		{ "previous closing and opening", BALANCE("PRCD", "7", "CRDT") OPBD("1") CLBD("6") ONE, 1, 0, NULL },
		{ "others are no control",
		  OPBD("1") BALANCE("CLAV", "9", "CRDT") BALANCE("OPAV", "9", "DBIT") BALANCE("FWAV", "9", "CRDT")
		          BALANCE("ITBD", "9", "CRDT") CLBD("6") ONE,
		  1, 0, NULL },
		{ "no closing", OPBD("1") ONE, 1, 4, "it opens with 1.00 EUR and has no closing balance in EUR" },
		{ "no opening", CLBD("6") ONE, 1, 4, "it closes with 6.00 EUR and has no opening balance in EUR" },
		{ "no opening, as if it were 0", CLBD("5") ONE, 1, 4, "has no opening balance in EUR" },
		{ "a page that goes on", OPBD("1") BALANCE("ITBD", "6", "CRDT") ONE, 1, 0, NULL },
		{ "the page behind", BALANCE("ITBD", "6", "CRDT") CLBD("4") TWO, 1, 0, NULL },
		{ "another page", BALANCE("ITBD", "7", "CRDT") CLBD("4") TWO, 1, 5, "it opens with 7.00 EUR" },
		{ "a page between", BALANCE("ITBD", "6", "CRDT") BALANCE("ITBD", "4", "CRDT") TWO, 0, 0, NULL },
		{ "nothing", ONE, 0, 0, NULL },
		{ "no entries", OPBD("1") CLBD("1"), 1, 0, NULL },
		{ "pending is not booked", OPBD("1") CLBD("6") ONE PENDING, 1, 0, NULL },
		{ "another currency",
		  OPBD("1") "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"SEK\">0</Amt>"
		            "<CdtDbtInd>CRDT</CdtDbtInd></Bal>\n" ONE,
		  2, 4, "it opens with 1.00 EUR and has no closing balance in EUR" },
		{ "all",
		  OPBD("1") CLBD("4") SUMMARY(NUMBERS("TtlNtries", "2", "7") NUMBERS("TtlCdtNtries", "1", "5.00")
		                                      NUMBERS("TtlDbtNtries", "1", "2")) ONE TWO,
		  7, 0, NULL },
		{ "all with what is pending", SUMMARY(NUMBERS("TtlNtries", "3", "16")) ONE TWO PENDING, 2, 0, NULL },
		{ "another count", SUMMARY(NUMBERS("TtlNtries", "3", "7")) ONE TWO, 2, 4,
		  "count of entries: the file says 3, and has 2" },
		{ "another sum of all", SUMMARY("\n" NUMBERS("TtlNtries", "2", "8")) ONE TWO, 2, 5,
		  "sum of entries: the file says 8.00 EUR, its lines come to 7.00 EUR" },
		{ "another sum of credits", SUMMARY(NUMBERS("TtlCdtNtries", "1", "4")) ONE TWO, 2, 4,
		  "sum of credits: the file says 4.00" },
		{ "another count of debits", SUMMARY(NUMBERS("TtlDbtNtries", "0", "2")) ONE TWO, 2, 4,
		  "count of debits: the file says 0" },
		{ "net",
		  SUMMARY("<TtlNtries><TtlNetNtry><Amt>3</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>")
		          ONE TWO,
		  1, 0, NULL },
		{ "net of version 2",
		  SUMMARY("<TtlNtries><TtlNetNtryAmt>3</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries>") ONE TWO,
		  1, 0, NULL },
		{ "net the other way",
		  SUMMARY("<TtlNtries><TtlNetNtry><Amt>3</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry>"
		          "</TtlNtries>") ONE TWO,
		  1, 4, "net sum of entries: the file says -3.00" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		struct merit_file_fault fault = { .why = "" };
		char *text = document(rows[i].inner);
		parse_good(text, &file);
		if (file.controls_count != rows[i].controls)
			fail_msg("%s: %zu controls", rows[i].name, file.controls_count);
		if (merit_file_check(&file, &fault) != (rows[i].why == NULL) || fault.line != rows[i].line ||
		    (rows[i].why != NULL && strstr(fault.why, rows[i].why) == NULL))
			fail_msg("%s: %llu: %s", rows[i].name, (unsigned long long)fault.line, fault.why);
		merit_file_free(&file);
		free(text);
	}
}

static void what_the_head_of_a_file_says_are_controls(void **state)
{
	static const struct {
		const char *head, *why;
	} rows[] = {
		{ "<NbOfTxs>2</NbOfTxs><CtrlSum>7</CtrlSum>", NULL },
		{ "<NbOfTxs>3</NbOfTxs>", "count of transactions: the file says 3" },
		{ "<CtrlSum>6.99</CtrlSum>", "control sum: the file says 6.99 EUR" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		struct merit_file_fault fault = { .why = "" };
		char text[4096];
		snprintf(text, sizeof(text), OPEN "<GrpHdr>%s</GrpHdr>\n<Stmt>" ONE "</Stmt><Stmt>" TWO "</Stmt>" CLOSE,
		         rows[i].head);
		parse_good(text, &file);
		if (merit_file_check(&file, &fault) != (rows[i].why == NULL) ||
		    (rows[i].why != NULL && (fault.line != 3 || strstr(fault.why, rows[i].why) == NULL)))
			fail_msg("%s: %llu: %s", rows[i].head, (unsigned long long)fault.line, fault.why);
		merit_file_free(&file);
	}
}

static void several_statements_each_have_their_own_controls(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	parse_good(OPEN "<Stmt>" OPBD("1") CLBD("6") ONE "</Stmt>\n<Stmt>" OPBD("6") CLBD("4") TWO "</Stmt>\n" CLOSE,
	           &file);
	assert_int_equal(file.items_count, 2);
	assert_int_equal(file.controls_count, 2);
	assert_int_equal(file.items[0].amount, 500);
	assert_int_equal(file.items[1].amount, -200);
	assert_true(merit_file_check(&file, &fault));
	merit_file_free(&file);
}

static void a_statement_in_two_currencies_is_two_balances(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	char *text =
		document(OPBD("1") "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"JPY\">100</Amt>"
	                           "<CdtDbtInd>CRDT</CdtDbtInd></Bal>" CLBD(
					   "6") "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
	                                        "<Amt Ccy=\"JPY\">70</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>" SUMMARY(
							NUMBERS("TtlNtries", "2", "35")) ONE
	                 "<Ntry><Amt Ccy=\"JPY\">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-10-31</Dt>"
	                 "</BookgDt></Ntry>");

	(void)state;
	parse_good(text, &file);
	assert_int_equal(file.controls_count, 3); /* Two balances and the count; a sum of both says nothing. */
	assert_true(merit_file_check(&file, &fault));
	assert_int_equal(file.items[1].amount, -30);
	assert_string_equal(file.items[1].currency, "JPY");
	merit_file_free(&file);
	free(text);
}

static void documents_are_known_by_their_namespace(void **state)
{
	static const struct {
		const char *text, *why; /* NULL: it is read */
	} rows[] = {
		{ "<Document xmlns=\"" URN "camt.053.001.02\"><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>",
		  NULL },
		{ "<Document xmlns=\"" URN "camt.053.001.13\"><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>",
		  NULL },
		{ "<n:Document xmlns:n=\"" URN
		  "camt.053.001.08\"><n:BkToCstmrStmt><n:Stmt/></n:BkToCstmrStmt></n:Document>",
		  NULL },
		{ "\xef\xbb\xbf<?xml version=\"1.0\"?><Document xmlns=\"" URN "camt.053.001.08\"><BkToCstmrStmt><Stmt/>"
		  "</BkToCstmrStmt></Document>",
		  NULL },
		{ "<Envelope><Header/><Document xmlns=\"" URN "camt.053.001.08\"><BkToCstmrStmt><Stmt/></BkToCstmrStmt>"
		  "</Document></Envelope>",
		  NULL },
		{ "<Document xmlns=\"" URN "camt.052.001.02\"/>",
		  "camt.052, an account report within the day: ask for camt.053" },
		{ "<Document xmlns=\"" URN "camt.054.001.02\"/>", "camt.054" },
		{ "<Document xmlns=\"" URN "pain.001.001.03\"/>", "pain.001" },
		{ "<Document xmlns=\"http://example.org\"/>", "namespace" },
		{ "<Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>", "namespace" },
		{ "<html><body>not found</body></html>", "no camt.053: it has no Document" },
		{ "<Document xmlns=\"" URN "camt.053.001.08\"><BkToCstmrStmt/></Document>", "without a statement" },
		{ "<?xml version=\"1.0\" encoding=\"KOI8-R\"?><Document/>",
		  "an encoding merit does not read: ask for UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		struct merit_file_fault fault = { .why = "" };
		enum merit_status status = parse(rows[i].text, &file, &fault);
		if ((status == MERIT_OK) != (rows[i].why == NULL) ||
		    (rows[i].why != NULL && strstr(fault.why, rows[i].why) == NULL))
			fail_msg("%s: %s", rows[i].text, fault.why);
		if (status == MERIT_OK)
			merit_file_free(&file);
	}
}

static void faults_have_their_place(void **state)
{
	static const struct {
		const char *name, *text;
		uint64_t line, column;
		const char *why;
	} rows[] = {
		{ "cut off", OPEN "<Stmt>\n<Ntry><Amt", 4, 7, "breaks off" },
		{ "cut off between", OPEN "<Stmt>\n", 4, 1, "breaks off" },
		{ "an element left open", OPEN "<Stmt>\n" CLOSE, 4, 3, "broken here: mismatched tag" },
		{ "no UTF-8", OPEN "<Stmt><Nm>\xff</Nm>", 3, 11, "bytes that are not of the XML's encoding" },
		{ "more behind the end", STATEMENT("") "<x/>", 7, 1, "the XML is broken here" },
		{ "an entity", "<!DOCTYPE d [<!ENTITY a \"b\">]>\n" STATEMENT(""), 1, 13, "document type declaration" },
		{ "a schema elsewhere", "<!DOCTYPE d SYSTEM \"http://example.org/d\">\n" STATEMENT(""), 1, 42,
		  "document type declaration" },
		{ "a decimal comma", STATEMENT(ENTRY("1,50", "CRDT", "")), 4, 7, "a comma" },
		{ "more digits", STATEMENT(ENTRY("1.505", "CRDT", "")), 4, 7, "more digits" },
		{ "a sign", STATEMENT(ENTRY("-1", "CRDT", "")), 4, 7, "a sign" },
		{ "an exponent", STATEMENT(ENTRY("1e3", "CRDT", "")), 4, 7, "no digit" },
		{ "beyond counting", STATEMENT(ENTRY("99999999999999999", "CRDT", "")), 4, 7, "beyond 2^53-1" },
		{ "an amount of nothing", STATEMENT(ENTRY("", "CRDT", "")), 4, 1, "without an amount" },
		{ "no amount", STATEMENT("<Ntry><Sts>BOOK</Sts></Ntry>\n"), 4, 1, "without an amount" },
		{ "no currency", STATEMENT("<Ntry><Amt>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>\n"), 4, 7, "Ccy" },
		{ "another currency's form", STATEMENT("<Ntry><Amt Ccy=\"euro\">1</Amt></Ntry>\n"), 4, 7, "Ccy" },
		{ "no side", STATEMENT("<Ntry><Amt Ccy=\"EUR\">1</Amt></Ntry>\n"), 4, 7, "CdtDbtInd" },
		{ "another side", STATEMENT(ENTRY("1", "CREDIT", "")), 4, 7, "CdtDbtInd" },
		{ "no day", STATEMENT("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>\n"), 4, 1,
		  "day of booking" },
		{ "no such day",
		  STATEMENT("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>\n<BookgDt><Dt>2026-02-29</Dt>"
		            "</BookgDt></Ntry>\n"),
		  5, 10, "no such day" },
		{ "no such time",
		  STATEMENT("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>\n<BookgDt>"
		            "<DtTm>2026-02-28T25:00:00</DtTm></BookgDt></Ntry>\n"),
		  5, 10, "no such day or time" },
		{ "a balance of nothing", STATEMENT("<Bal><CdtDbtInd>CRDT</CdtDbtInd></Bal>\n"), 4, 1,
		  "a balance without" },
		{ "a balance with a comma", STATEMENT(OPBD("1,0")), 4, 51, "a comma" },
		{ "a count of words", STATEMENT(SUMMARY("<TtlNtries><NbOfNtries>two</NbOfNtries></TtlNtries>")), 4, 23,
		  "no number" },
		{ "sums beyond counting", STATEMENT(ENTRY("90071992547409.91", "CRDT", "") ENTRY("0.01", "CRDT", "")),
		  5, 7, "more than can be counted" },
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

static void another_currency_than_promised_is_a_fault(void **state)
{
	struct merit_file_options options = { .currency = "SEK" };
	struct merit_file file;
	struct merit_file_fault fault;
	static const char text[] = STATEMENT(ENTRY("1", "CRDT", ""));

	(void)state;
	assert_int_equal(merit_file_parse(text, strlen(text), &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 4);
	assert_int_equal(fault.column, 7);
	assert_non_null(strstr(fault.why, "an amount in EUR, where all should be in SEK"));
	memcpy(options.currency, "EUR", 3);
	assert_int_equal(merit_file_parse(text, strlen(text), &options, &file, &fault), MERIT_OK);
	merit_file_free(&file);
}

/* 10 MB of text in an element are refused; 10 MB of elements in one line are how some banks write. */
static void a_balance_in_another_currency_than_promised_is_a_fault_without_any_entry(void **state)
{
	struct merit_file_options options = { .currency = "SEK" };
	struct merit_file file;
	struct merit_file_fault fault;
	static const char text[] = STATEMENT(OPBD("1") CLBD("1"));

	(void)state;
	assert_int_equal(merit_file_parse(text, strlen(text), &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 4);
	assert_non_null(strstr(fault.why, "an amount in EUR, where all should be in SEK"));
	memcpy(options.currency, "EUR", 3);
	assert_int_equal(merit_file_parse(text, strlen(text), &options, &file, &fault), MERIT_OK);
	merit_file_free(&file);
}

static void it_is_kept_whose_a_statement_is_and_what_it_opens_and_closes_with(void **state)
{
	static const struct {
		const char *account, *want;
	} rows[] = {
		{ "<IBAN>NL91 1</IBAN>", "NL91 1" },
		{ "<Othr><Id>\n12-34\n</Id></Othr>", "12-34" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct merit_file file;
		char text[4096];
		snprintf(text, sizeof(text),
		         OPEN "<Stmt><Id>S-1</Id><Acct><Id>%s</Id></Acct>\n" OPBD(
				 "1") "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">6</Amt>"
		                      "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-31</Dt></Dt></Bal>\n" ONE
		                      "</Stmt><Stmt><Id>S-2</Id></Stmt>\n" CLOSE,
		         rows[i].account);
		parse_good(text, &file);
		assert_int_equal(file.balances_count, 2);
		const struct merit_file_balance *first = &file.balances[0], *second = &file.balances[1];
		check_text("account", first->account, rows[i].want);
		check_text("statement", first->number, "S-1");
		assert_true(first->has_opening && first->has_closing);
		assert_int_equal(first->opening, 100);
		assert_int_equal(first->closing, 600);
		assert_string_equal(first->currency, "EUR");
		check_day("closing", first->last_day, "2026-10-31");
		check_text("no account", second->account, "");
		check_text("second", second->number, "S-2");
		assert_true(!second->has_opening && !second->has_closing && second->currency[0] == '\0');
		merit_file_free(&file);
	}
}

static void a_text_without_end_is_refused_and_a_line_without_end_is_read(void **state)
{
	size_t size = 10 * 1024 * 1024, used;
	char *text = malloc(size + 4096);
	struct merit_file file;
	struct merit_file_fault fault;
	static const char entry[] = "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
				    "<BookgDt><Dt>2026-10-31</Dt></BookgDt></Ntry>";

	(void)state;
	assert_non_null(text);
	used = (size_t)sprintf(text, OPEN "<Stmt>\n<Ntry><AddtlNtryInf>");
	memset(text + used, 'a', size);
	assert_int_equal(merit_file_parse(text, used + size, &plain, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 4);
	assert_true(fault.column > 1);
	assert_non_null(strstr(fault.why, "64 KiB"));

	used = (size_t)sprintf(text, OPEN "<Stmt>");
	size_t count = size / strlen(entry);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + used, entry, strlen(entry));
		used += strlen(entry);
	}
	used += (size_t)sprintf(text + used, "</Stmt>" CLOSE);
	assert_int_equal(merit_file_parse(text, used, &plain, &file, &fault), MERIT_OK);
	assert_int_equal(file.items_count, count);
	merit_file_free(&file);
	free(text);
}

/* Lines of a remittance are joined one by one: what each copies must not grow with the file. */
static void a_remittance_of_very_many_lines_is_cut(void **state)
{
	enum { LINES_COUNT = 30000 };
	static const char line[] = "<Ustrd>x</Ustrd>";
	size_t line_size = strlen(line);
	char *lines = malloc(LINES_COUNT * line_size + 1), *text = NULL;
	struct merit_file file;

	(void)state;
	assert_non_null(lines);
	for (size_t i = 0; i < LINES_COUNT; i++)
		memcpy(lines + i * line_size, line, line_size + 1);
	assert_true(asprintf(&text,
	                     OPEN "<Stmt>" ENTRY(
				     "1", "CRDT",
				     "<NtryDtls><TxDtls><RmtInf>%s</RmtInf></TxDtls></NtryDtls>") "</Stmt>" CLOSE,
	                     lines) > 0);
	parse_good(text, &file);
	assert_int_equal(file.items_count, 1);
	assert_true(file.items[0].text.size > 1000 && file.items[0].text.size < 1100);
	merit_file_free(&file);
	free(text);
	free(lines);
}

static void a_document_cut_off_is_never_taken(void **state)
{
	static const char text[] = STATEMENT(OPBD("1") CLBD("4") ONE TWO);
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t size = 1; size < strlen(text) - 1; size++) { /* The last byte is a line break. */
		if (merit_file_parse(text, size, &plain, &file, &fault) != MERIT_BAD_FORMAT)
			fail_msg("taken after %zu bytes", size);
		assert_true(fault.line > 0);
	}
	parse_good(text, &file);
	merit_file_free(&file);
}

static void a_document_in_utf16_is_read(void **state)
{
	static const char text[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" STATEMENT(ENTRY("12.34", "DBIT", ""));
	char wide[2 * sizeof(text) + 2] = "\xff\xfe";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		wide[2 + 2 * i] = text[i];
		wide[3 + 2 * i] = '\0';
	}
	assert_int_equal(merit_file_parse(wide, 2 * sizeof(text), &plain, &file, &fault), MERIT_OK);
	assert_int_equal(file.items[0].amount, -1234);
	merit_file_free(&file);
}

static void what_it_covers_is_its_period(void **state)
{
	struct merit_file file;
	char *text = document(
		"<FrToDt><FrDtTm>2026-10-01T00:00:00+08:00</FrDtTm><ToDtTm>2026-10-31T24:00:00</ToDtTm></FrToDt>" ENTRY(
			"1", "CRDT", ""));

	(void)state;
	parse_good(text, &file);
	check_day("first", file.first_day, "2026-10-01");
	check_day("last", file.last_day, "2026-10-31");
	merit_file_free(&file);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_have_their_direction_and_kind),
		cmocka_unit_test(entries_have_their_day_in_the_programs_offset),
		cmocka_unit_test(references_are_taken_by_who_knows_them),
		cmocka_unit_test(texts_for_people_are_the_remittance_or_what_was_added),
		cmocka_unit_test(a_batch_is_one_item_for_each_payment_when_they_sum_to_it),
		cmocka_unit_test(what_is_not_booked_is_a_skip),
		cmocka_unit_test(what_a_statement_says_of_itself_are_controls),
		cmocka_unit_test(what_the_head_of_a_file_says_are_controls),
		cmocka_unit_test(several_statements_each_have_their_own_controls),
		cmocka_unit_test(a_statement_in_two_currencies_is_two_balances),
		cmocka_unit_test(documents_are_known_by_their_namespace),
		cmocka_unit_test(faults_have_their_place),
		cmocka_unit_test(another_currency_than_promised_is_a_fault),
		cmocka_unit_test(a_balance_in_another_currency_than_promised_is_a_fault_without_any_entry),
		cmocka_unit_test(it_is_kept_whose_a_statement_is_and_what_it_opens_and_closes_with),
		cmocka_unit_test(a_text_without_end_is_refused_and_a_line_without_end_is_read),
		cmocka_unit_test(a_remittance_of_very_many_lines_is_cut),
		cmocka_unit_test(a_document_cut_off_is_never_taken),
		cmocka_unit_test(a_document_in_utf16_is_read),
		cmocka_unit_test(what_it_covers_is_its_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
