/* csv_file_test.c
 * Goal    a CSV read by a mapping gives exactly its rows, or a fault with line and column and nothing else.
 * Method  one table of what is taken and one of what is refused: a row is a mapping's members, the file, and what comes
 *         of it. Limits at n and n + 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "recon/mapping.h"
#include "recon/csv_rows.h"

#define BASE "\"reference\":\"no\",\"day\":\"day\",\"amount\":\"amount\""
#define CNY  BASE ",\"currency\":\"CNY\""
#define HEAD "no,day,amount\n"

/* Reads size bytes by a mapping of these members, in a program at UTC+8. */
static enum merit_status read_bytes(const char *members, const char *bytes, size_t size, struct merit_file *file,
                                    struct merit_file_fault *fault)
{
	struct merit_mapping_file *mapping;
	char text[4096];

	snprintf(text, sizeof(text), "{%s}", members);
	enum merit_status status = merit_mapping_file_parse(text, strlen(text), &mapping, fault);
	if (status != MERIT_OK)
		fail_msg("%s: %s", fault->why, text);
	struct merit_file_options options = { .mapping = mapping, .offset_minutes = 480 };
	status = merit_file_parse(bytes, size, &options, file, fault);
	merit_mapping_file_free(mapping);
	return status;
}

static enum merit_status read_text(const char *members, const char *text, struct merit_file *file,
                                   struct merit_file_fault *fault)
{
	return read_bytes(members, text, strlen(text), file, fault);
}

/* An item as a line: "reference|group|day|amount|fee|currency|kind|status|text". */
static void item_print(const struct merit_recon_item *item, char *out, size_t size)
{
	static const char *const kinds[] = { "payment", "refund", "fee", "unreadable" };
	char day[MERIT_DAY_TEXT_SIZE];

	merit_day_format(item->day, day);
	snprintf(out, size, "%.*s|%.*s|%s|%lld|%lld|%s|%s|%.*s|%.*s", (int)item->reference.size, item->reference.data,
	         (int)item->group.size, item->group.data, day, (long long)item->amount, (long long)item->fee,
	         item->currency, kinds[item->kind], (int)item->status.size, item->status.data, (int)item->text.size,
	         item->text.data);
}

static const struct {
	const char *name, *members, *text;
	const char *last; /* the last item */
	size_t count, skips_count;
} taken[] = {
	{ "the least there is", CNY, HEAD "A,2026-10-01,1.50\n", "A||2026-10-01|150|0|CNY|payment||", 1, 0 },
	{ "no line's end at the end", CNY, HEAD "A,2026-10-01,1.50", "A||2026-10-01|150|0|CNY|payment||", 1, 0 },
	{ "CRLF and empty lines", CNY, HEAD "\r\nA,2026-10-01,1.50\r\n\r\n", "A||2026-10-01|150|0|CNY|payment||", 1,
	  0 },
	{ "a byte order mark", CNY, "\xef\xbb\xbf" HEAD "A,2026-10-01,1\n", "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "columns in another order", CNY, "amount,x,no,day\n1,y,A,2026-10-01\n", "A||2026-10-01|100|0|CNY|payment||",
	  1, 0 },
	{ "quotes", CNY, HEAD "\"A\"\"B,\nC\",2026-10-01,\"1\"\n", "A\"B,\nC||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "blanks around values", CNY, " no ,day,amount\t\n A ,2026-10-01\t, 1\n", "A||2026-10-01|100|0|CNY|payment||",
	  1, 0 },
	{ "blank fields behind the last name", CNY, HEAD "A,2026-10-01,1,, \n", "A||2026-10-01|100|0|CNY|payment||", 1,
	  0 },
	{ "names of nothing behind the last", CNY, "no,day,amount,,\nA,2026-10-01,1\n",
	  "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "another separator", CNY ",\"separator\":\";\"", "no;day;amount\nA;2026-10-01;1\n",
	  "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "tabs", CNY ",\"separator\":\"\\t\",\"strip\":\"\"", "no\tday\tamount\nA\t2026-10-01\t1\n",
	  "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "a decimal comma", CNY ",\"separator\":\";\",\"decimal\":\",\",\"thousands\":\".\"",
	  "no;day;amount\nA;2026-10-01;1.234,50\n", "A||2026-10-01|123450|0|CNY|payment||", 1, 0 },
	{ "back-ticks", CNY ",\"strip\":\" `\"", HEAD "`A,`2026-10-01,`1\n", "A||2026-10-01|100|0|CNY|payment||", 1,
	  0 },
	{ "back-ticks in front, and a bare comma", CNY ",\"lead\":\"`\"", HEAD "`A, B,`2026-10-01,`1\n",
	  "A, B||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "loose quotes", CNY ",\"quotes\":\"loose\"", HEAD "say \"A\" ,2026-10-01,\t\"1\"\t\n",
	  "say \"A\"||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "a preamble", CNY ",\"header\":[\"no\",\"amount\"]", "Bank of X,\"a, b\"\n\nno\n" HEAD "A,2026-10-01,1\n",
	  "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "a footer", CNY ",\"stop\":[\"Total*\"]", HEAD "A,2026-10-01,1\nTotal:,,1\nbye\n",
	  "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "points", BASE ",\"unit\":\"points\"", HEAD "A,2026-10-01,150\n", "A||2026-10-01|150|0||payment||", 1, 0 },
	{ "currencies in a column", BASE ",\"currency\":{\"column\":\"ccy\"}",
	  "no,day,amount,ccy\nA,2026-10-01,1,EUR\nB,2026-10-01,150,JPY\n", "B||2026-10-01|150|0|JPY|payment||", 2, 0 },
	{ "words for currencies", BASE ",\"currency\":{\"column\":\"ccy\",\"CNY\":[\"人民币\"]}",
	  "no,day,amount,ccy\nA,2026-10-01,1,人民币\n", "A||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "the first reference that is there",
	  "\"reference\":[\"new\",\"refund\",\"no\"],\"group\":\"no\",\"day\":\"day\",\"amount\":\"amount\","
	  "\"currency\":\"CNY\",\"blank\":[\"-\"]",
	  "no,refund,day,amount\nA,R,2026-10-01,1\nB,-,2026-10-01,1\n", "B|B|2026-10-01|100|0|CNY|payment||", 2, 0 },
	{ "texts together", CNY ",\"text\":[\"who\",\"what\"]", "no,day,amount,who,what\nA,2026-10-01,1,Li,tea\n",
	  "A||2026-10-01|100|0|CNY|payment||Li tea", 1, 0 },
	{ "credit and debit", "\"day\":\"day\",\"credit\":\"in\",\"debit\":\"out\",\"currency\":\"CNY\"",
	  "day,in,out\n2026-10-01,2,\n2026-10-01,0.00,3\n", "||2026-10-01|-300|0|CNY|payment||", 2, 0 },
	{ "a reversal in the debit column", "\"day\":\"day\",\"credit\":\"in\",\"debit\":\"out\",\"currency\":\"CNY\"",
	  "day,in,out\n2026-10-01,,-3\n", "||2026-10-01|300|0|CNY|payment||", 1, 0 },
	{ "a direction", CNY ",\"direction\":{\"column\":\"way\",\"in\":[\"收入\"],\"out\":[\"支出\"]}",
	  "no,day,amount,way\nA,2026-10-01,1,收入\nB,2026-10-01,1,支出\n", "B||2026-10-01|-100|0|CNY|payment||", 2, 0 },
	{ "a direction that a second column knows",
	  CNY ",\"direction\":[{\"column\":\"way\",\"out\":[\"支出\"]},{\"column\":\"no\",\"in\":[\"退款*\"]}]",
	  "no,day,amount,way\n退款-1,2026-10-01,1,/\n", "退款-1||2026-10-01|100|0|CNY|payment||", 1, 0 },
	{ "below 0 where the direction is out", CNY ",\"direction\":{\"column\":\"no\",\"out\":[\"*\"]}",
	  HEAD "A,2026-10-01,-1\n", "A||2026-10-01|-100|0|CNY|payment||", 1, 0 },
	{ "inverted", CNY ",\"invert\":true", HEAD "A,2026-10-01,1\n", "A||2026-10-01|-100|0|CNY|payment||", 1, 0 },
	{ "kinds", CNY ",\"kind\":{\"column\":\"no\",\"refund\":[\"R*\"],\"fee\":[\"F\"],\"payment\":[\"*\"]}",
	  HEAD "A,2026-10-01,1\nR1,2026-10-01,1\nF,2026-10-01,1\n", "F||2026-10-01|100|0|CNY|fee||", 3, 0 },
	{ "statuses", CNY ",\"status\":{\"column\":\"no\",\"done\":[\"A\"],\"\":[\"*\"]}",
	  HEAD "B,2026-10-01,1\nA,2026-10-01,1\n", "A||2026-10-01|100|0|CNY|payment|done|", 2, 0 },
	{ "a status untold", CNY ",\"status\":{\"column\":\"no\",\"done\":[\"A\"],\"\":[\"*\"]}",
	  HEAD "A,2026-10-01,1\nB,2026-10-01,1\n", "B||2026-10-01|100|0|CNY|payment||", 2, 0 },
	{ "a fee", CNY ",\"fee\":\"fee\"", "no,day,amount,fee\nA,2026-10-01,1,0.05\n",
	  "A||2026-10-01|100|5|CNY|payment||", 1, 0 },
	{ "a fee among words", CNY ",\"fee\":{\"column\":\"note\",\"like\":[\"fee {amount} CNY\"]}",
	  "no,day,amount,note\nA,2026-10-01,1,fee 0.05 CNY\nB,2026-10-01,1,thanks\n",
	  "B||2026-10-01|100|0|CNY|payment||", 2, 0 },
	{ "an amount among words",
	  "\"day\":\"day\",\"currency\":\"CNY\",\"amount\":{\"column\":\"amount\",\"like\":"
	  "[\"¥{amount}\",\"{amount}(已退款{any}\"]}",
	  HEAD "A,2026-10-01,¥1.00\nB,2026-10-01,131.77(已退款89.84)\n", "||2026-10-01|13177|0|CNY|payment||", 2, 0 },
	{ "zeros too many", CNY ",\"zeros\":true", HEAD "A,2026-10-01,0.12000\n", "A||2026-10-01|12|0|CNY|payment||", 1,
	  0 },
	{ "a row skipped", CNY ",\"skip\":[{\"column\":\"no\",\"is\":[\"B\"],\"why\":\"no money moved\"}]",
	  HEAD "A,2026-10-01,1\nB,,\n", "A||2026-10-01|100|0|CNY|payment||", 1, 1 },
	{ "a row of which half holds",
	  CNY ",\"skip\":[{\"all\":[{\"column\":\"no\",\"is\":[\"B\"]},{\"column\":\"day\",\"is\":[\"-\"]}],"
	      "\"why\":\"no money moved\"}]",
	  HEAD "B,-,1\nB,2026-10-01,1\n", "B||2026-10-01|100|0|CNY|payment||", 1, 1 },
	{ "an order paid and paid back",
	  CNY ",\"kind\":{\"column\":\"state\",\"refund\":[\"back\"],\"payment\":[\"*\"]},"
	      "\"undone\":{\"column\":\"state\",\"is\":[\"closed\"],\"why\":\"closed\"}",
	  "no,day,amount,state\nA_1,2026-10-02,5,back\nA,2026-10-01,-5,closed\nA,2026-10-01,-5,closed\n",
	  "A||2026-10-01|-500|0|CNY|payment||", 1, 2 },
	{ "two orders alike, both paid back",
	  CNY ",\"kind\":{\"column\":\"state\",\"refund\":[\"back\"],\"payment\":[\"*\"]},"
	      "\"undone\":{\"column\":\"state\",\"is\":[\"closed\"],\"why\":\"closed\"}",
	  "no,day,amount,state\nA,2026-10-01,-5,closed\nA,2026-10-01,-5,closed\nA_1,2026-10-02,5,back\n"
	  "A_2,2026-10-02,5,back\nA_3,2026-10-02,5,back\n",
	  "A_3||2026-10-02|500|0|CNY|refund||", 1, 4 },
	{ "an order paid back in part",
	  CNY ",\"kind\":{\"column\":\"state\",\"refund\":[\"back\"],\"payment\":[\"*\"]},"
	      "\"undone\":{\"column\":\"state\",\"is\":[\"closed\"],\"why\":\"closed\"}",
	  "no,day,amount,state\nA,2026-10-01,-5,closed\nA_1,2026-10-02,4,back\n", "A_1||2026-10-02|400|0|CNY|refund||",
	  2, 0 },
	{ "no row, where that may be", CNY ",\"empty\":true", HEAD, NULL, 0, 0 },
	{ "a row nobody can read, where they are listed", CNY ",\"unreadable\":\"list\"",
	  HEAD "A,2026-10-02,1\nB,2026-10-03,1.234\n", "||2026-10-02|0|0||unreadable||\"1.234\": ", 2, 0 },
};

static void what_a_mapping_describes_is_taken(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	char last[512];

	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (read_text(taken[i].members, taken[i].text, &file, &fault) != MERIT_OK)
			fail_msg("%s: line %llu: %s", taken[i].name, (unsigned long long)fault.line, fault.why);
		if (file.items_count != taken[i].count || file.skips_count != taken[i].skips_count)
			fail_msg("%s: %zu items, %zu skips", taken[i].name, file.items_count, file.skips_count);
		if (file.items_count > 0) {
			item_print(&file.items[file.items_count - 1], last, sizeof(last));
			if (strncmp(last, taken[i].last, strlen(taken[i].last)) != 0 ||
			    (file.items[file.items_count - 1].kind != MERIT_ITEM_UNREADABLE &&
			     strlen(last) != strlen(taken[i].last)))
				fail_msg("%s: %s", taken[i].name, last);
		}
		merit_file_free(&file);
	}
}

static const struct {
	const char *name, *members, *text;
	uint64_t line, column;
	const char *why; /* part of it */
} refused[] = {
	{ "no row", CNY, HEAD, 1, 0, "no row follows the header" },
	{ "nothing but blanks", CNY, " \n\n", 0, 0, "no row is the header" },
	{ "a column missing", CNY, "no,day\nA,2026-10-01\n", 1, 0, "the header has no column \"amount\"" },
	{ "a column missing, below a preamble", CNY ",\"header\":[\"no\",\"day\",\"amount\"]",
	  "x\nno,day\nA,2026-10-01\n", 2, 0, "the header has no column \"amount\"" },
	{ "a column of a rule missing", CNY ",\"skip\":[{\"column\":\"state\",\"is\":[\"x\"],\"why\":\"x\"}]",
	  HEAD "A,2026-10-01,1\n", 1, 0, "the header has no column \"state\"" },
	{ "a column twice", CNY, "no,day,amount,day\nA,2026-10-01,1,2026-10-02\n", 1, 0, "two columns \"day\"" },
	{ "no header at all", CNY ",\"header\":[\"no\",\"day\"]", "x,y\n1,2\n", 0, 0, "no row is the header" },
	{ "a file cut off in a row", CNY, HEAD "A,2026-10-01,1\nB,2026-1", 3, 3, "ends after 2 of 3 fields" },
	{ "a file cut off in quotes", CNY, HEAD "A,2026-10-01,1\n\"B,2026", 3, 1, "a quote that is never closed" },
	{ "a field too many", CNY, HEAD "A,2026-10-01,1,50\n", 2, 16, "more fields than the header's 3" },
	{ "a comma more than the first row has", CNY, HEAD "A,2026-10-01,1\nB,2026-10-01,1,\n", 3, 16,
	  "more fields than the 3 of the first row" },
	{ "a quote in a bare field", CNY, HEAD "A\"B,2026-10-01,1\n", 2, 2, "a quote inside a field" },
	{ "text behind a quote", CNY, HEAD "\"A\" ,2026-10-01,1\n", 2, 4, "text behind a closing quote" },
	{ "a carriage return alone", CNY, HEAD "A,2026-10-01,1\rB\n", 2, 15, "a carriage return" },
	{ "bytes of no UTF-8", CNY, HEAD "\xd5\xcb,2026-10-01,1\n", 2, 1, "bytes that are not UTF-8" },
	{ "a decimal comma", CNY ",\"separator\":\";\"", "no;day;amount\nA;2026-10-01;1,50\n", 2, 14, "\"1,50\": " },
	{ "a decimal comma with thousands", CNY ",\"separator\":\";\",\"thousands\":\",\"",
	  "no;day;amount\nA;2026-10-01;1,50\n", 2, 14, "\"1,50\": " },
	{ "a digit too many", CNY, HEAD "A,2026-10-01,1.234\n", 2, 14, "\"1.234\": " },
	{ "a digit of points", BASE ",\"unit\":\"points\"", HEAD "A,2026-10-01,1.5\n", 2, 14, "\"1.5\": " },
	{ "zeros too many that are none", CNY ",\"zeros\":true", HEAD "A,2026-10-01,1.23400\n", 2, 14,
	  "\"1.23400\": " },
	{ "behind a line's end in quotes", CNY, HEAD "\"A\nB\",2026-10-01,x\n", 3, 15, "\"x\": " },
	{ "no amount", CNY, HEAD "A,2026-10-01,\n", 2, 14, "the row has no amount" },
	{ "no day", CNY, HEAD "A,,1\n", 2, 3, "the row has no day" },
	{ "a day that is not there", CNY, HEAD "A,2026-02-30,1\n", 2, 3, "a day that does not exist" },
	{ "a day in another format", CNY, HEAD "A,01/10/2026,1\n", 2, 3, "not a day in the mapping's format" },
	{ "a time that is none", CNY, HEAD "A,2026-10-01 25:00,1\n", 2, 3, "a time that cannot be read" },
	{ "a currency that is none", BASE ",\"currency\":{\"column\":\"ccy\"}",
	  "no,day,amount,ccy\nA,2026-10-01,1,euro\n", 2, 16, "no currency that the mapping knows" },
	{ "neither credit nor debit", "\"day\":\"day\",\"credit\":\"in\",\"debit\":\"out\",\"currency\":\"CNY\"",
	  "day,in,out\n2026-10-01,,\n", 2, 12, "neither credit nor debit" },
	{ "both credit and debit", "\"day\":\"day\",\"credit\":\"in\",\"debit\":\"out\",\"currency\":\"CNY\"",
	  "day,in,out\n2026-10-01,1,1\n", 2, 14, "a debit in a row that has a credit" },
	{ "a direction nobody knows", CNY ",\"direction\":{\"column\":\"no\",\"in\":[\"in\"]}", HEAD "A,2026-10-01,1\n",
	  2, 1, "no direction the mapping knows" },
	{ "below 0 where the direction is in", CNY ",\"direction\":{\"column\":\"no\",\"in\":[\"*\"]}",
	  HEAD "A,2026-10-01,-1\n", 2, 14, "below 0 where the direction is in" },
	{ "a kind nobody knows", CNY ",\"kind\":{\"column\":\"no\",\"payment\":[\"x\"]}", HEAD "A,2026-10-01,1\n", 2, 1,
	  "no kind the mapping knows" },
	{ "a status nobody knows", CNY ",\"status\":{\"column\":\"no\",\"done\":[\"x\"]}", HEAD "A,2026-10-01,1\n", 2,
	  1, "no status the mapping knows" },
	{ "a fee below 0", CNY ",\"fee\":\"fee\"", "no,day,amount,fee\nA,2026-10-01,1,-0.05\n", 2, 16,
	  "a fee below 0" },
	{ "an amount that fits no pattern",
	  "\"day\":\"day\",\"currency\":\"CNY\",\"amount\":{\"column\":\"amount\",\"like\":[\"¥{amount}\"]}",
	  HEAD "A,2026-10-01,$1\n", 2, 14, "not an amount as the mapping describes it" },
	{ "a total that is required",
	  CNY ",\"totals\":{\"like\":\"{count} rows\",\"count\":\"rows\",\"required\":true}", HEAD "A,2026-10-01,1\n",
	  2, 0, "ends without stating its count of rows" },
	{ "a file cut off, where unreadable rows are listed", CNY ",\"unreadable\":\"list\"", HEAD "A,2026-10-01\n", 2,
	  3, "ends after 2 of 3 fields" },
};

static void what_it_does_not_describe_is_refused_with_its_place(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		enum merit_status status = read_text(refused[i].members, refused[i].text, &file, &fault);
		if (status != MERIT_BAD_FORMAT || fault.line != refused[i].line || fault.column != refused[i].column ||
		    strstr(fault.why, refused[i].why) == NULL)
			fail_msg("%s: status %d, line %llu, column %llu: %s", refused[i].name, status,
			         (unsigned long long)fault.line, (unsigned long long)fault.column, fault.why);
	}
}

/* Where unreadable rows are listed too: a file in two currencies is not one of some rows that nobody can read. */
static void another_currency_than_promised_is_a_fault_of_the_file(void **state)
{
	static const char members[] = "{" BASE ",\"currency\":{\"column\":\"ccy\"},\"unreadable\":\"list\"}";
	static const char text[] = "no,day,amount,ccy\nA,2026-10-01,1,CNY\nB,2026-10-01,1,USD\n";
	struct merit_mapping_file *mapping;
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(merit_mapping_file_parse(members, strlen(members), &mapping, &fault), MERIT_OK);
	struct merit_file_options options = { .mapping = mapping, .currency = "CNY" };
	assert_int_equal(merit_file_parse(text, strlen(text), &options, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 3);
	assert_int_equal(fault.column, 16);
	assert_string_equal(fault.why, "an amount in USD, where all should be in CNY");
	merit_mapping_file_free(mapping);
}

static void a_nul_is_refused(void **state)
{
	static const char text[] = HEAD "A\0,2026-10-01,1\n";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(read_bytes(CNY, text, sizeof(text) - 1, &file, &fault), MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 2);
	assert_int_equal(fault.column, 2);
}

/* ---- Encodings ---- */

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
	const char *encoding, *bytes;
	size_t size;
} encoded[] = {
	{ "\"UTF-8\"", BYTES("no,day,amount\n\xe9\x87\x91,2026-10-01,1\n") },
	{ "\"GB18030\"", BYTES("no,day,amount\n\xbd\xf0,2026-10-01,1\n") },
	{ "\"gbk\"", BYTES("no,day,amount\n\xbd\xf0,2026-10-01,1\n") },
	{ "\"BIG5\"", BYTES("no,day,amount\n\xaa\xf7,2026-10-01,1\n") },
	{ "[\"UTF-8\",\"GB18030\"]", BYTES("no,day,amount\n\xbd\xf0,2026-10-01,1\n") },
	{ "\"UTF-16\"", BYTES("\xff\xfen\0o\0,\0d\0a\0y\0,\0a\0m\0o\0u\0n\0t\0\n\0\xd1\x91,\0"
	                      "2\0\x30\0\x32\0\x36\0-\0\x31\0\x30\0-\0\x30\0\x31\0,\0\x31\0\n\0") },
	{ "\"UTF-16LE\"", BYTES("\xff\xfen\0o\0,\0d\0a\0y\0,\0a\0m\0o\0u\0n\0t\0\n\0\xd1\x91,\0"
	                        "2\0\x30\0\x32\0\x36\0-\0\x31\0\x30\0-\0\x30\0\x31\0,\0\x31\0\n\0") },
};

static void encodings_read_alike(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	char members[256];

	(void)state;
	for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++) {
		snprintf(members, sizeof(members), CNY ",\"encoding\":%s", encoded[i].encoding);
		if (read_bytes(members, encoded[i].bytes, encoded[i].size, &file, &fault) != MERIT_OK)
			fail_msg("%s: %s", encoded[i].encoding, fault.why);
		assert_int_equal(file.items[0].reference.size, 3);
		assert_memory_equal(file.items[0].reference.data, "金", 3);
		merit_file_free(&file);
	}
}

static void faults_count_the_bytes_of_the_file(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(read_text(CNY ",\"encoding\":\"GB18030\"", HEAD "A,2026-10-01,1\n\xbd\xf0,2026-10-01,x\n",
	                           &file, &fault),
	                 MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 3);
	assert_int_equal(fault.column, 15); /* It would be 16 in UTF-8. */
	assert_int_equal(read_text(CNY ",\"encoding\":\"GB18030\"", HEAD "\xbd\xf0\xbd\xff", &file, &fault),
	                 MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 2);
	assert_int_equal(fault.column, 3);
	assert_string_equal(fault.why, "bytes that are not GB18030: is the file in another encoding, or cut off?");
}

/* ---- Days ---- */

static const struct {
	const char *members, *day, *want; /* want NULL: refused */
} days[] = {
	{ "", "2026-10-01", "2026-10-01" },
	{ "", "2026-10-01 23:59:59", "2026-10-01" },
	{ "", "2026-10-01T23:59", "2026-10-01" },
	{ "", "2026-10-01T23:59:59.999+08:00", "2026-10-01" },
	{ "", "2026-10-01T23:59:59Z", "2026-10-02" },
	{ "", "2026-10-01 00:00:00 +0900", "2026-09-30" },
	{ "", "2026-10-01 23:59:60", "2026-10-01" },
	{ "", "2026-10-01 23:59:61", NULL },
	{ "", "1970-01-01 00:00:00+08:00", "1970-01-01" },
	{ "", "1970-01-01 00:00:00+08:01", NULL },
	{ "", "2026-10-1", NULL },
	{ "", "2026-10-01x", NULL },
	{ "", "2026-10-01 12:00:00 CST", NULL },
	{ ",\"offset\":0", "2026-10-01 16:00:00", "2026-10-02" },
	{ ",\"offset\":0", "2026-10-01 15:59:59", "2026-10-01" },
	{ ",\"offset\":0", "2026-10-01", "2026-10-01" },
	{ ",\"day_format\":\"YYYY/MM/DD\"", "2026/10/01", "2026-10-01" },
	{ ",\"day_format\":\"DD/MM/YYYY\"", "02/03/2026", "2026-03-02" },
	{ ",\"day_format\":\"MM/DD/YYYY\"", "02/03/2026", "2026-02-03" },
	{ ",\"day_format\":\"DD.MM.YYYY\"", "02.03.2026", "2026-03-02" },
	{ ",\"day_format\":\"YYYYMMDD\"", "20260302", "2026-03-02" },
	{ ",\"day_format\":\"YYYYMMDD\"", "20260302235959", "2026-03-02" },
	{ ",\"day_format\":\"YYYYMMDD\"", "202603022", NULL },
	{ ",\"day_format\":\"M/D/YYYY\"", "2/3/2026", "2026-02-03" },
	{ ",\"day_format\":\"M/D/YYYY\"", "12/31/2026", "2026-12-31" },
	{ ",\"day_format\":\"YYYY年MM月DD日\"", "2026年03月02日", "2026-03-02" },
};

static void days_are_read_by_their_format(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;
	char members[256], text[128], day[MERIT_DAY_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		snprintf(members, sizeof(members), CNY "%s", days[i].members);
		snprintf(text, sizeof(text), HEAD "A,%s,1\n", days[i].day);
		enum merit_status status = read_text(members, text, &file, &fault);
		if ((status == MERIT_OK) != (days[i].want != NULL))
			fail_msg("%s %s: %s", days[i].members, days[i].day, fault.why);
		if (status != MERIT_OK)
			continue;
		merit_day_format(file.items[0].day, day);
		if (strcmp(day, days[i].want) != 0)
			fail_msg("%s %s: %s", days[i].members, days[i].day, day);
		merit_file_free(&file);
	}
}

static void a_time_in_a_column_of_its_own_counts(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(read_text(CNY ",\"time\":\"at\",\"offset\":0", "no,day,at,amount\nA,2026-10-01,23:00,1\n",
	                           &file, &fault),
	                 MERIT_OK);
	assert_int_equal(merit_date_of_day(file.items[0].day).day_of_month, 2);
	merit_file_free(&file);
}

static void a_day_without_a_year_is_of_the_statement_s_or_the_one_before(void **state)
{
	static const char members[] =
		CNY ",\"header\":[\"no\",\"day\"],\"day_format\":\"MM/DD\",\"year\":\"Bill {year}-{month}\"";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(read_text(members, "Bill 2026-01\n" HEAD "A,01/31,1\nB,12/31,1\n", &file, &fault), MERIT_OK);
	assert_int_equal(merit_date_of_day(file.items[0].day).year, 2026);
	assert_int_equal(merit_date_of_day(file.items[1].day).year, 2025);
	merit_file_free(&file);
	assert_int_equal(read_text(members, "Bill\n" HEAD "A,01/31,1\n", &file, &fault), MERIT_BAD_FORMAT);
	assert_non_null(strstr(fault.why, "a day without a year, which the file does not state"));
}

static void a_file_that_says_which_days_it_covers_covers_them(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	assert_int_equal(read_text(CNY ",\"header\":[\"no\"],\"covers\":\"From {first} to {last}{any}\"",
	                           "From 2026-10-01 to 2026-10-31.,,\n" HEAD "A,2026-10-05,1\n", &file, &fault),
	                 MERIT_OK);
	assert_int_equal(file.last_day - file.first_day, 30);
	merit_file_free(&file);
}

/* ---- What a file says of itself ---- */

static const struct {
	const char *name, *members, *text;
	size_t count;    /* of controls */
	const char *why; /* of the first that disagrees; NULL: none */
} controls[] = {
	{ "nothing", CNY, HEAD "A,2026-10-01,1\n", 0, NULL },
	{ "a count above", CNY ",\"header\":[\"no\"],\"totals\":{\"like\":\"共{count}笔记录\",\"count\":\"rows\"}",
	  "共1笔记录,,\n" HEAD "A,2026-10-01,1\n", 1, NULL },
	{ "a count above that is wrong",
	  CNY ",\"header\":[\"no\"],\"totals\":{\"like\":\"共{count}笔记录\",\"count\":\"rows\"}",
	  "共2笔记录,,\n" HEAD "A,2026-10-01,1\n", 1, "count of rows: the file says 2, and has 1" },
	{ "a count with a sum",
	  CNY ",\"header\":[\"no\"],\"thousands\":\",\",\"totals\":[{\"like\":\"out: {count}, {amount} CNY\","
	      "\"count\":\"out\",\"sum\":\"out\"}]",
	  "out: 1, 1,000.00 CNY\n" HEAD "A,2026-10-01,-1000\nB,2026-10-01,5\n", 2, NULL },
	{ "a sum with a comma nobody spoke of",
	  CNY ",\"header\":[\"no\"],\"thousands\":\",\",\"totals\":[{\"like\":\"out: {count}, {amount} CNY\","
	      "\"count\":\"out\",\"sum\":\"out\"}]",
	  "out: 1, 1,000.01 CNY\n" HEAD "A,2026-10-01,-1000\nB,2026-10-01,5\n", 2,
	  "sum of what went out: the file says 1,000.01 CNY, its lines come to 1,000.00 CNY" },
	{ "a row below, under the header",
	  CNY ",\"stop\":[\"Sum\"],\"totals\":{\"row\":[\"Sum\"],\"column\":\"amount\",\"sum\":\"net\"}",
	  HEAD "A,2026-10-01,1\nB,2026-10-01,-3\nSum,,-2.00\n", 1, NULL },
	{ "a table below, of a header of its own",
	  CNY ",\"stop\":[\"rows\"],\"strip\":\"`\",\"totals\":[{\"header\":[\"rows\"],\"column\":\"rows\",\"count\":"
	      "\"rows\"},"
	      "{\"header\":[\"rows\"],\"column\":\"paid\",\"sum\":\"in\"}]",
	  HEAD "`A,`2026-10-01,`1\nrows,paid\n`1,`1.00\n", 2, NULL },
	{ "rows that were skipped are rows and no items",
	  CNY ",\"header\":[\"no\"],\"skip\":[{\"column\":\"no\",\"is\":[\"B\"],\"why\":\"x\"}],\"totals\":"
	      "[{\"like\":\"{count} rows\",\"count\":\"rows\"},{\"like\":\"{count} items\",\"count\":\"items\"}]",
	  "2 rows\n1 items\n" HEAD "A,2026-10-01,1\nB,2026-10-01,1\n", 2, NULL },
	{ "refunds and fees",
	  CNY
	  ",\"fee\":\"fee\",\"kind\":{\"column\":\"no\",\"refund\":[\"R\"],\"payment\":[\"*\"]},\"header\":[\"no\"],"
	  "\"totals\":[{\"like\":\"refunds {count} {amount}\",\"count\":\"refunds\",\"sum\":\"refunds\"},"
	  "{\"like\":\"fees {amount}\",\"sum\":\"fees\"}]",
	  "refunds 1 2.00\nfees 0.03\nno,day,amount,fee\nA,2026-10-01,3,0.05\nR,2026-10-01,-2,-0.02\n", 3, NULL },
	{ "balances, the newest last", CNY ",\"balance\":{\"column\":\"left\",\"newest\":\"last\"}",
	  "no,day,amount,left\nA,2026-10-01,5,105\nB,2026-10-01,-3,102\nC,2026-10-02,1,103\n", 1, NULL },
	{ "balances, the newest first", CNY ",\"balance\":{\"column\":\"left\",\"newest\":\"first\"}",
	  "no,day,amount,left\nC,2026-10-02,1,103\nB,2026-10-01,-3,102\nA,2026-10-01,5,105\n", 1, NULL },
	{ "balances of which a row is missing", CNY ",\"balance\":{\"column\":\"left\",\"newest\":\"last\"}",
	  "no,day,amount,left\nA,2026-10-01,5,105\nC,2026-10-02,1,103\n", 1,
	  "balance behind its newest row: the file says 103.00 CNY, its lines come to 106.00 CNY" },
};

static void what_a_file_says_of_itself_is_compared(void **state)
{
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		if (read_text(controls[i].members, controls[i].text, &file, &fault) != MERIT_OK)
			fail_msg("%s: line %llu: %s", controls[i].name, (unsigned long long)fault.line, fault.why);
		if (file.controls_count != controls[i].count)
			fail_msg("%s: %zu controls", controls[i].name, file.controls_count);
		bool agrees = merit_file_check(&file, &fault);
		if (agrees != (controls[i].why == NULL) || (!agrees && strstr(fault.why, controls[i].why) == NULL))
			fail_msg("%s: %s", controls[i].name, agrees ? "agrees" : fault.why);
		merit_file_free(&file);
	}
}

/* ---- Limits ---- */

/* A row of size bytes, whose first field fills it, in front of text behind. */
static enum merit_status read_row_of(size_t size, bool is_quoted, struct merit_file_fault *fault)
{
	static const char behind[] = ",2026-10-01,1";
	size_t head_size = strlen(HEAD), total = head_size + size;
	char *text = malloc(total + 1);
	struct merit_file file;

	assert_non_null(text);
	memset(text, 'x', total);
	memcpy(text, HEAD, head_size);
	memcpy(text + total - strlen(behind), behind, strlen(behind));
	if (is_quoted) {
		text[head_size] = '"';
		memcpy(text + head_size + 1, "\"\"", 2);
		text[total - strlen(behind) - 1] = '"';
	}
	enum merit_status status = read_bytes(CNY, text, total, &file, fault);
	if (status == MERIT_OK)
		merit_file_free(&file);
	free(text);
	return status;
}

static void a_row_may_be_so_long_and_no_longer(void **state)
{
	struct merit_file_fault fault;

	(void)state;
	for (int is_quoted = 0; is_quoted < 2; is_quoted++) {
		assert_int_equal(read_row_of(MERIT_ROW_SIZE_MAX, is_quoted == 1, &fault), MERIT_OK);
		assert_int_equal(read_row_of(MERIT_ROW_SIZE_MAX + 1, is_quoted == 1, &fault), MERIT_BAD_FORMAT);
		assert_int_equal(fault.line, 2);
		assert_true(fault.column > 0);
		assert_int_equal(read_row_of(10 * 1024 * 1024, is_quoted == 1, &fault), MERIT_BAD_FORMAT);
		assert_non_null(strstr(fault.why, "1 MiB"));
	}
}

static void a_row_may_have_so_many_fields_and_no_more(void **state)
{
	char text[2 * MERIT_ROW_FIELDS_MAX + 64] = HEAD "A,2026-10-01,1";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (size_t i = 3; i < MERIT_ROW_FIELDS_MAX; i++)
		strcat(text, ",");
	assert_int_equal(read_text(CNY, text, &file, &fault), MERIT_OK);
	merit_file_free(&file);
	strcat(text, ",");
	assert_int_equal(read_text(CNY, text, &file, &fault), MERIT_BAD_FORMAT);
	assert_string_equal(fault.why, "more than 1024 fields in a row");
}

static void a_text_for_people_is_cut_at_a_whole_character(void **state)
{
	char text[512] = "no,day,amount,note\nA,2026-10-01,1,x";
	struct merit_file file;
	struct merit_file_fault fault;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, "账");
	assert_int_equal(read_text(CNY ",\"text\":\"note\"", text, &file, &fault), MERIT_OK);
	assert_int_equal(file.items[0].text.size, 199); /* One byte and 66 characters of three; 200 are the most. */
	merit_file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_mapping_describes_is_taken),
		cmocka_unit_test(what_it_does_not_describe_is_refused_with_its_place),
		cmocka_unit_test(another_currency_than_promised_is_a_fault_of_the_file),
		cmocka_unit_test(a_nul_is_refused),
		cmocka_unit_test(encodings_read_alike),
		cmocka_unit_test(faults_count_the_bytes_of_the_file),
		cmocka_unit_test(days_are_read_by_their_format),
		cmocka_unit_test(a_time_in_a_column_of_its_own_counts),
		cmocka_unit_test(a_day_without_a_year_is_of_the_statement_s_or_the_one_before),
		cmocka_unit_test(a_file_that_says_which_days_it_covers_covers_them),
		cmocka_unit_test(what_a_file_says_of_itself_is_compared),
		cmocka_unit_test(a_row_may_be_so_long_and_no_longer),
		cmocka_unit_test(a_row_may_have_so_many_fields_and_no_more),
		cmocka_unit_test(a_text_for_people_is_cut_at_a_whole_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
