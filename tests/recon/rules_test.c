/* rules_test.c
 * Goal    a rules file says what it means or is refused with the place and the member's name.
 * Method  rows of text and fault, each at one side of a border; ' stands for ". Texts are read from blocks of their
 *         size. */
#include "recon/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/buffer.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Reads text with " for ' from a block of its exact size. */
static enum merit_status parse(const char *text, struct merit_rules *rules, struct merit_file_fault *fault)
{
	size_t size = strlen(text);
	char *exact = malloc(size + (size == 0));

	assert_non_null(exact);
	for (size_t i = 0; i < size; i++)
		exact[i] = text[i] == '\'' ? '"' : text[i];
	enum merit_status status = merit_rules_parse(exact, size, rules, fault);
	free(exact);
	return status;
}

#define PASS "{'name':'a','by':'reference','confirm':true}"

static void every_member_is_read(void **state)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;

	(void)state;
	assert_int_equal(parse("{'passes':[" PASS
	                       ",{'name':'b','by':'amount','amount':5,'amount_basis':10000,'days':366,"
	                       "'unambiguous':true,'confirm':false},"
	                       "{'name':'c','by':'sum','share':'day','many':'ours','confirm':true},"
	                       "{'name':'d','by':'sum','share':'any','many':'theirs','confirm':true}],'timing_days':7}",
	                       &rules, &fault),
	                 MERIT_OK);
	assert_int_equal(rules.passes_count, 4);
	assert_int_equal(rules.timing_days, 7);
	const struct merit_pass *pass = rules.passes;
	assert_string_equal(pass[0].name, "a");
	assert_true(pass[0].by == MERIT_BY_REFERENCE && pass[0].confirms && !pass[0].unambiguous);
	assert_true(pass[0].amount == 0 && pass[0].amount_basis == 0 && pass[0].days == 0);
	assert_true(pass[1].by == MERIT_BY_AMOUNT && !pass[1].confirms && pass[1].unambiguous);
	assert_true(pass[1].amount == 5 && pass[1].amount_basis == 10000 && pass[1].days == 366);
	assert_true(pass[2].by == MERIT_BY_SUM && pass[2].group == MERIT_GROUP_DAY && pass[2].many_ours);
	assert_true(pass[3].by == MERIT_BY_SUM && pass[3].group == MERIT_GROUP_ANY && !pass[3].many_ours);
}

static void the_last_day_is_timing_where_nothing_is_said(void **state)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;

	(void)state;
	assert_int_equal(parse("{'passes':[" PASS "]}", &rules, &fault), MERIT_OK);
	assert_int_equal(rules.timing_days, 1);
	assert_int_equal(parse("{'passes':[" PASS "],'timing_days':0}", &rules, &fault), MERIT_OK);
	assert_int_equal(rules.timing_days, 0);
}

static void without_a_file_there_are_rules(void **state)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;

	(void)state;
	assert_int_equal(merit_rules_parse(NULL, 0, &rules, &fault), MERIT_OK);
	assert_int_equal(rules.passes_count, 6);
	for (size_t i = 0; i < rules.passes_count; i++) {
		assert_true(rules.passes[i].confirms);
		assert_int_equal(rules.passes[i].amount, 0);
	}
	assert_int_equal(rules.passes[0].days, 0);
	assert_int_equal(rules.passes[1].days, 3);
	assert_int_equal(rules.timing_days, 1);
}

static void the_hash_is_that_of_the_bytes(void **state)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules, other;
	struct merit_hash hash;
	const char *text = "{\"passes\":[{\"name\":\"a\",\"by\":\"reference\",\"confirm\":true}]}";

	(void)state;
	assert_int_equal(parse("{'passes':[" PASS "]}", &rules, &fault), MERIT_OK);
	merit_sha256(text, strlen(text), hash.bytes);
	assert_true(merit_hash_equal(&rules.hash, &hash));
	assert_int_equal(parse("{'passes':[" PASS "] }", &other, &fault), MERIT_OK);
	assert_false(merit_hash_equal(&rules.hash, &other.hash));
}

static const struct {
	const char *text;
	uint64_t line, column;
	const char *why;
} refused[] = {
	{ "", 0, 0, "the text is not JSON (RFC 8259, UTF-8); nothing was read" },
	{ "[]", 0, 0, "a rules file is one JSON object" },
	{ "{}", 1, 1, "\"passes\" is not a list of 1 to 16 passes" },
	{ "{'passes':[]}", 1, 2, "\"passes\" is not a list of 1 to 16 passes" },
	{ "{'passes':{}}", 1, 2, "\"passes\" is not a list of 1 to 16 passes" },
	{ "{'passes':[1]}", 1, 2, "\"passes\" holds something else than objects" },
	{ "{'passes':[" PASS "],\n 'more':1}", 2, 2, "\"more\" is no member of a rules file" },
	{ "{'passes':[" PASS "],\n 'Timing_days':1}", 2, 2, "\"Timing_days\" is no member of a rules file" },
	{ "{'passes':[" PASS "],\n 'timing_days':367}", 2, 2, "\"timing_days\" is not an integer from 0 to 366" },
	{ "{'passes':[" PASS "],'timing_days':-1}", 1, 58, "\"timing_days\" is not an integer from 0 to 366" },
	{ "{'passes':[" PASS "]\n,,}", 2, 3, "this is not JSON" },
	{ "{'passes':[" PASS "]}\n}", 2, 1, "this is not JSON" },
	{ "{'passes':[{'name':'a','by':'reference','confirm':true,'days':1.5}]}", 0, 0,
	  "a number has a fraction or an exponent; send integers in minor units" },
	{ "{'passes':[{'name':'a','by':'reference','by':'amount'}]}", 0, 0,
	  "an object names the same key twice; name it once" },
	{ "{'passes':[\n{}]}", 2, 1, "\"name\" of pass 1 is not a text of 1 to 32 bytes" },
	{ "{'passes':[\n{'name':''}]}", 2, 2, "\"name\" of pass 1 is not a text of 1 to 32 bytes" },
	{ "{'passes':[{'name':'a'}]}", 1, 12, "\"by\" of pass 1 is none of reference, amount, sum" },
	{ "{'passes':[{'name':'by',\n'by':'luck'}]}", 2, 1, "\"by\" of pass 1 is none of reference, amount, sum" },
	{ "{'passes':[{'name':'a','by':'reference'}]}", 1, 12, "pass 1 does not say whether to \"confirm\"" },
	{ "{'passes':[{'name':'a','by':'reference','confirm':1}]}", 1, 41,
	  "\"confirm\" of pass 1 is neither true nor false" },
	{ "{'passes':[" PASS ",\n" PASS "]}", 2, 2, "\"name\" of pass 2 is that of a pass before" },
	{ "{'passes':[" PASS ",\n{'name':'b','by':'reference','share':'day','confirm':true}]}", 2, 30,
	  "\"share\" of pass 2 belongs to passes by sum alone" },
	{ "{'passes':[{'name':'b','by':'amount','many':'ours','confirm':true}]}", 1, 38,
	  "\"many\" of pass 1 belongs to passes by sum alone" },
	{ "{'passes':[{'name':'b','by':'sum','many':'ours','confirm':true}]}", 1, 12,
	  "\"share\" of pass 1 is none of reference, group, day, any" },
	{ "{'passes':[{'name':'b','by':'sum','share':'day','confirm':true}]}", 1, 12,
	  "\"many\" of pass 1 is none of theirs, ours" },
	{ "{'passes':[{'name':'b','by':'sum','share':'day','many':'both','confirm':true}]}", 1, 49,
	  "\"many\" of pass 1 is none of theirs, ours" },
	{ "{'passes':[{'name':'b','by':'amount','days':367,'confirm':true}]}", 1, 38,
	  "\"days\" of pass 1 is not an integer from 0 to 366" },
	{ "{'passes':[{'name':'b','by':'amount','amount':'1','confirm':true}]}", 1, 38,
	  "\"amount\" of pass 1 is not an integer from 0 to 9007199254740991" },
	{ "{'passes':[{'name':'b','by':'amount','amount_basis':10001,'confirm':true}]}", 1, 38,
	  "\"amount_basis\" of pass 1 is not an integer from 0 to 10000" },
	{ "{'passes':[{'name':'b','by':'amount','unambiguous':null,'confirm':true}]}", 1, 38,
	  "\"unambiguous\" of pass 1 is neither true nor false" },
	{ "{'passes':[{'name':'b','by':'amount','confirm':true,'colour':1}]}", 1, 53,
	  "\"colour\" of pass 1 is no member of a rules file" },
	{ "{'passes':[{'name':'{[b','by':'amount','confirm':true,'\\n':1}]}", 1, 12,
	  "pass 1 has a member that no rules file has" },
};

static void what_is_wrong_is_named_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct merit_file_fault fault = { 0 };
		struct merit_rules rules;
		assert_int_equal(parse(refused[i].text, &rules, &fault), MERIT_BAD_FORMAT);
		if (fault.line != refused[i].line || fault.column != refused[i].column ||
		    strcmp(fault.why, refused[i].why) != 0)
			fail_msg("%s: %d:%d: %s", refused[i].text, (int)fault.line, (int)fault.column, fault.why);
	}
}

/* count passes with names of name_size bytes, and blanks up to size. */
static enum merit_status parse_grown(int count, int name_size, size_t size)
{
	struct merit_buffer text = { 0 };
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;

	merit_buffer_put_text(&text, "{\"passes\":[");
	for (int i = 0; i < count; i++)
		merit_buffer_put_format(&text, "%s{\"name\":\"%0*d\",\"by\":\"amount\",\"confirm\":true}",
		                        i == 0 ? "" : ",", name_size, i);
	merit_buffer_put_text(&text, "]}");
	while (text.size < size)
		merit_buffer_put_char(&text, ' ');
	enum merit_status status = merit_rules_parse(text.data, text.size, &rules, &fault);
	merit_buffer_free(&text);
	return status;
}

static void limits_hold_at_n_and_one_more(void **state)
{
	(void)state;
	assert_int_equal(parse_grown(MERIT_PASSES_MAX, 2, 0), MERIT_OK);
	assert_int_equal(parse_grown(MERIT_PASSES_MAX + 1, 2, 0), MERIT_BAD_FORMAT);
	assert_int_equal(parse_grown(1, 32, 0), MERIT_OK);
	assert_int_equal(parse_grown(1, 33, 0), MERIT_BAD_FORMAT);
	assert_int_equal(parse_grown(1, 1, MERIT_RULES_SIZE_MAX), MERIT_OK);
	assert_int_equal(parse_grown(1, 1, MERIT_RULES_SIZE_MAX + 1), MERIT_BAD_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(the_last_day_is_timing_where_nothing_is_said),
		cmocka_unit_test(without_a_file_there_are_rules),
		cmocka_unit_test(the_hash_is_that_of_the_bytes),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
		cmocka_unit_test(limits_hold_at_n_and_one_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
