/* mapping_test.c
 * Goal    a mapping that could be understood in two ways, or not at all, is refused with the name of its member.
 * Method  each row is a mapping with one thing wrong; limits at n and n + 1; words and patterns on their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/buffer.h"
#include "recon/mapping_inner.h"

#define BASE "\"day\":\"day\",\"amount\":\"amount\",\"currency\":\"CNY\""

/* NULL when it is taken, else why not. */
static const char *parse(const char *text, size_t size)
{
	static struct merit_file_fault fault;
	struct merit_mapping_file *mapping;
	enum merit_status status = merit_mapping_file_parse(text, size, &mapping, &fault);

	if (status == MERIT_OK) {
		merit_mapping_file_free(mapping);
		return NULL;
	}
	assert_int_equal(status, MERIT_BAD_FORMAT);
	assert_int_equal(fault.line, 0);
	return fault.why;
}

static const struct {
	const char *text, *why; /* why NULL: taken */
} rows[] = {
	{ "{" BASE "}", NULL },
	{ "{\"format\":\"csv\"," BASE "}", NULL },
	{ "", "not JSON" },
	{ "[]", "it must be a JSON object" },
	{ "{" BASE ",\"day\":\"x\"}", "same key twice" },
	{ "{" BASE ",\"days\":\"x\"}", "\"days\" is no member of a mapping" },
	{ "{\"format\":\"mt940\"," BASE "}", "\"format\" must be csv" },
	{ "{\"amount\":\"a\",\"currency\":\"CNY\"}", "\"day\" is missing" },
	{ "{\"day\":\"d\",\"currency\":\"CNY\"}", "\"amount\" is missing" },
	{ "{\"day\":\"d\",\"amount\":\"a\"}", "\"currency\" is missing" },
	{ "{\"day\":\"d\",\"amount\":\"a\",\"unit\":\"points\"}", NULL },
	{ "{" BASE ",\"unit\":\"points\"}", "points have no \"currency\"" },
	{ "{" BASE ",\"unit\":\"pints\"}", "\"unit\" is none of the words" },
	{ "{" BASE ",\"credit\":\"c\"}", "exclude each other" },
	{ "{\"day\":\"d\",\"debit\":\"a\",\"currency\":\"CNY\",\"direction\":{\"column\":\"x\",\"in\":[\"y\"]}}",
	  "\"direction\" is of \"amount\" only" },
	{ "{\"day\":\"d\",\"amount\":\"a\",\"currency\":\"cny\"}", "\"currency\" must be three capital letters" },
	{ "{\"day\":\"d\",\"amount\":\"a\",\"currency\":{\"column\":\"x\",\"yuan\":[\"y\"]}}",
	  "three capital letters" },
	{ "{\"day\":\"d\",\"amount\":\"a\",\"currency\":{\"CNY\":[\"y\"]}}", "\"currency\" must be {\"column\"" },
	{ "{\"day\":7,\"amount\":\"a\",\"currency\":\"CNY\"}", "\"day\" must be a text" },
	{ "{\"day\":\"\",\"amount\":\"a\",\"currency\":\"CNY\"}", "\"day\" names a column without a name" },
	{ "{\"day\":[],\"amount\":\"a\",\"currency\":\"CNY\"}", "\"day\" must be a column or a list" },
	{ "{" BASE ",\"encoding\":\"EBCDIC\"}", "names an encoding that merit does not read" },
	{ "{" BASE ",\"encoding\":[]}", "\"encoding\" is empty" },
	{ "{" BASE ",\"separator\":\"\"}", "\"separator\" is none of the characters" },
	{ "{" BASE ",\"separator\":\"1\"}", "\"separator\" is none of the characters" },
	{ "{" BASE ",\"separator\":\",,\"}", "\"separator\" is none of the characters" },
	{ "{" BASE ",\"decimal\":\";\"}", "\"decimal\" is none of the characters" },
	{ "{" BASE ",\"decimal\":\",\",\"thousands\":\",\"}", "are the same" },
	{ "{" BASE ",\"thousands\":\"\"}", NULL },
	{ "{" BASE ",\"strip\":\"账\"}", "\"strip\" can hold ASCII characters only" },
	{ "{" BASE ",\"quotes\":\"none\"}", "\"quotes\" is none of the words" },
	{ "{" BASE ",\"header\":[]}", "\"header\" must be a list" },
	{ "{" BASE ",\"blank\":\"-\"}", "\"blank\" must be a list" },
	{ "{" BASE ",\"empty\":\"yes\"}", "must be true or false" },
	{ "{" BASE ",\"offset\":480}", NULL },
	{ "{" BASE ",\"offset\":841}", "\"offset\" must be minutes" },
	{ "{" BASE ",\"offset\":\"CST\"}", "\"offset\" must be minutes" },
	{ "{" BASE ",\"day_format\":\"YY-MM-DD\"}", "\"day_format\" must be such as" },
	{ "{" BASE ",\"day_format\":\"YYYY-MM\"}", "\"day_format\" must be such as" },
	{ "{" BASE ",\"day_format\":\"YYYY-MM-DD-MM\"}", "\"day_format\" must be such as" },
	{ "{" BASE ",\"day_format\":\"MM/DD\"}", "\"year\" is for days without a year" },
	{ "{" BASE ",\"year\":\"{year}-{month}\"}", "\"year\" is for days without a year" },
	{ "{" BASE ",\"day_format\":\"MM/DD\",\"year\":\"{year}-{month}\"}", NULL },
	{ "{" BASE ",\"day_format\":\"MM/DD\",\"year\":\"{year}\"}", "without a place it needs" },
	{ "{" BASE ",\"covers\":\"{first} to {last}\"}", NULL },
	{ "{" BASE ",\"covers\":\"{first}\"}", "without a place it needs" },
	{ "{" BASE ",\"covers\":\"{first} to {end}\"}", "a { that begins no placeholder" },
	{ "{" BASE ",\"covers\":\"{first} to {last} {last}\"}", "the same placeholder twice" },
	{ "{" BASE ",\"fee\":{\"column\":\"f\",\"like\":[\"fee\"]}}", "without a place it needs" },
	{ "{" BASE ",\"fee\":{\"column\":\"f\",\"sum\":1}}", "\"fee\" has no member \"sum\"" },
	{ "{" BASE ",\"kind\":{\"payment\":[\"x\"]}}", "\"kind\" must be {\"column\"" },
	{ "{" BASE ",\"kind\":{\"column\":\"k\",\"sale\":[\"x\"]}}", "a word that means nothing here" },
	{ "{" BASE ",\"kind\":{\"column\":\"k\",\"payment\":\"x\"}}", "\"kind\" must be a list" },
	{ "{" BASE ",\"direction\":[{\"column\":\"k\",\"credit\":[\"x\"]}]}", "a word that means nothing here" },
	{ "{" BASE ",\"status\":{\"column\":\"k\",\"all done\":[\"x\"]}}", "a word that is not 1-32" },
	{ "{" BASE ",\"status\":{\"column\":\"k\",\"\":[\"x\"]}}", NULL },
	{ "{" BASE ",\"skip\":[{\"column\":\"k\",\"is\":[\"x\"]}]}", "\"skip\" must be a text" },
	{ "{" BASE ",\"skip\":[{\"column\":\"k\",\"is\":[\"x\"],\"why\":\"\"}]}", "needs a \"why\"" },
	{ "{" BASE ",\"skip\":[{\"is\":[\"x\"],\"why\":\"x\"}]}", "\"skip\" must be a text" },
	{ "{" BASE ",\"skip\":[{\"all\":[{\"column\":\"k\",\"is\":[\"x\"]}],\"column\":\"k\",\"why\":\"x\"}]}",
	  "both \"all\" and a column" },
	{ "{" BASE ",\"skip\":[{\"all\":[{\"column\":\"k\",\"not\":[\"x\"]}],\"why\":\"x\"}]}", "no member \"not\"" },
	{ "{" BASE ",\"undone\":{\"column\":\"k\",\"is\":[\"x\"],\"why\":\"x\"}}", "\"undone\" needs a \"reference\"" },
	{ "{" BASE ",\"totals\":{\"like\":\"{count}\",\"count\":\"rows\"}}", NULL },
	{ "{" BASE ",\"totals\":{\"like\":\"{count}\",\"sum\":\"in\"}}", "needs {count} for its count" },
	{ "{" BASE ",\"totals\":{\"like\":\"{count}\",\"count\":\"net\"}}", "can count rows" },
	{ "{" BASE ",\"totals\":{\"like\":\"{amount}\",\"sum\":\"rows\"}}", "can sum in" },
	{ "{" BASE ",\"totals\":{\"row\":[\"x\"],\"column\":\"c\"}}", "either a count or a sum" },
	{ "{" BASE ",\"totals\":{\"column\":\"c\",\"sum\":\"in\"}}", "\"totals\" must be a list" },
	{ "{\"day\":\"d\",\"amount\":\"a\",\"currency\":{\"column\":\"c\"},\"totals\":{\"like\":\"{amount}\","
	  "\"sum\":\"in\"}}",
	  "need a \"currency\" that is fixed" },
	{ "{" BASE ",\"balance\":{\"column\":\"b\",\"newest\":\"first\"}}", NULL },
	{ "{" BASE ",\"balance\":{\"column\":\"b\"}}", "needs \"newest\"" },
};

static void what_is_wrong_with_a_mapping_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = parse(rows[i].text, strlen(rows[i].text));
		if ((why == NULL) != (rows[i].why == NULL) || (why != NULL && strstr(why, rows[i].why) == NULL))
			fail_msg("%s: %s", rows[i].text, why == NULL ? "taken" : why);
	}
}

/* A mapping with a member that is a list of count texts, each x and its number, between before and behind. */
static const char *parse_list(const char *before, size_t count, const char *behind)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put_text(&text, "{" BASE ",");
	merit_buffer_put_text(&text, before);
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(&text, "%s\"x%zu\"", i == 0 ? "" : ",", i);
	merit_buffer_put_text(&text, behind);
	merit_buffer_put_char(&text, '}');
	const char *why = parse(text.data, text.size);
	merit_buffer_free(&text);
	return why;
}

static void lists_may_be_so_long_and_no_longer(void **state)
{
	(void)state;
	assert_null(parse_list("\"blank\":[", MERIT_MAPPING_LIST_MAX, "]"));
	assert_non_null(parse_list("\"blank\":[", MERIT_MAPPING_LIST_MAX + 1, "]"));
	assert_null(parse_list("\"group\":[", MERIT_MAPPING_CHOICES_MAX, "]"));
	assert_non_null(parse_list("\"group\":[", MERIT_MAPPING_CHOICES_MAX + 1, "]"));
	const char *four = "{" BASE ",\"encoding\":[\"UTF-8\",\"GBK\",\"BIG5\",\"UTF-16\"]}";
	const char *five = "{" BASE ",\"encoding\":[\"UTF-8\",\"GBK\",\"BIG5\",\"UTF-16\",\"GB18030\"]}";
	assert_null(parse(four, strlen(four)));
	assert_non_null(parse(five, strlen(five)));
}

/* A mapping with this many columns, and as many words of status. */
static const char *parse_rules(size_t columns_count, size_t words_count)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put_text(&text, "{\"day\":\"c0\",\"amount\":\"c1\",\"currency\":\"CNY\",\"status\":[");
	for (size_t i = 0; i < columns_count; i++)
		merit_buffer_put_format(&text, "%s{\"column\":\"c%zu\",\"w%zu\":[\"x\"]}", i == 0 ? "" : ",", i,
		                        i % words_count);
	merit_buffer_put_text(&text, "]}");
	const char *why = parse(text.data, text.size);
	merit_buffer_free(&text);
	return why;
}

static void columns_and_words_of_status_may_be_so_many(void **state)
{
	(void)state;
	assert_null(parse_rules(MERIT_MAPPING_COLUMNS_MAX, MERIT_MAPPING_STATUSES_MAX));
	assert_non_null(strstr(parse_rules(MERIT_MAPPING_COLUMNS_MAX, MERIT_MAPPING_STATUSES_MAX + 1), "32 words"));
	assert_null(parse_list("\"status\":{\"column\":[\"a\"],\"done\":[", 60, "]}"));
	struct merit_buffer text = { 0 };
	merit_buffer_put_text(&text, "{\"day\":\"c0\",\"amount\":\"c1\",\"currency\":\"CNY\"");
	for (size_t i = 0; i < 62; i++) /* With the two that makes 64. */
		merit_buffer_put_format(&text,
		                        i == 0 ? ",\"skip\":[{\"column\":\"s%zu\",\"is\":[\"x\"],\"why\":\"y\"}"
		                               : ",{\"column\":\"s%zu\",\"is\":[\"x\"],\"why\":\"y\"}",
		                        i);
	size_t size = text.size;
	merit_buffer_put_text(&text, "]}");
	assert_null(parse(text.data, text.size));
	text.size = size;
	merit_buffer_put_text(&text, "],\"group\":\"g\"}");
	assert_non_null(strstr(parse(text.data, text.size), "one column more than the 64"));
	merit_buffer_free(&text);
}

static void a_mapping_may_have_so_many_bytes(void **state)
{
	static const char least[] = "{" BASE "}";
	char *text = malloc(MERIT_MAPPING_SIZE_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', MERIT_MAPPING_SIZE_MAX + 1);
	memcpy(text, least, strlen(least));
	assert_null(parse(text, MERIT_MAPPING_SIZE_MAX));
	assert_string_equal(parse(text, MERIT_MAPPING_SIZE_MAX + 1), "mapping: it is over 64 KiB");
	free(text);
}

static const struct {
	const char *word, *text;
	bool fits;
} words[] = {
	{ "退款", "退款", true },
	{ "退款", "退款x", false },
	{ "退款*", "退款x", true },
	{ "退款*", "x退款", false },
	{ "*退款", "x退款", true },
	{ "*退款", "退款x", false },
	{ "*退款*", "x退款x", true },
	{ "*退款*", "退 款", false },
	{ "*", "", true },
	{ "*", "x", true },
	{ "", "", true },
	{ "", "x", false },
	{ "**", "x", true },
};

static void words_fit_with_stars_at_their_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct merit_word word = merit_word_of(merit_text_of(words[i].word));
		if (merit_word_fits(&word, merit_text_of(words[i].text)) != words[i].fits)
			fail_msg("%s of %s", words[i].word, words[i].text);
	}
}

static const struct {
	const char *pattern, *text;
	enum merit_pattern_place place;
	const char *want; /* NULL: it does not fit */
} patterns[] = {
	{ "共{count}笔记录", "共66笔记录", MERIT_PATTERN_COUNT, "66" },
	{ "共{count}笔记录", "共66笔记录。", MERIT_PATTERN_COUNT, NULL },
	{ "共{count}笔记录", "共笔记录", MERIT_PATTERN_COUNT, NULL },
	{ "支出：{count}笔 {amount}元", "支出：63笔 1,016.54元", MERIT_PATTERN_AMOUNT, "1,016.54" },
	{ "{count}, {amount} CNY", "7, -5.00 CNY", MERIT_PATTERN_COUNT, "7" },
	{ "{count}, {amount} CNY", "7, -5.00 CNY", MERIT_PATTERN_AMOUNT, "-5.00" },
	{ "{any}{year}年{month}月{any}", "账户 2024年01月）（补", MERIT_PATTERN_YEAR, "2024" },
	{ "{any}{year}年{month}月{any}", "2024年01月", MERIT_PATTERN_MONTH, "01" },
	{ "{any}服务费¥{amount}", "服务费¥0.10", MERIT_PATTERN_AMOUNT, "0.10" },
	{ "{amount}({any}", "131.77(已退款89.84)", MERIT_PATTERN_AMOUNT, "131.77" },
	{ "{amount}", "131.77(", MERIT_PATTERN_AMOUNT, NULL },
	{ "[{first} {any}[{last} {any}", "[2023-02-10 00:00:00] - [2023-02-13 23:59:59]", MERIT_PATTERN_LAST,
	  "2023-02-13" },
	{ "{year}", "12345", MERIT_PATTERN_YEAR, NULL },
};

static void patterns_find_what_stands_in_their_places(void **state)
{
	struct merit_pattern pattern;
	struct merit_text places[MERIT_PATTERN_PLACES_COUNT];
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		assert_true(merit_pattern_of(merit_text_of(patterns[i].pattern), &pattern, &why));
		bool fits = merit_pattern_fits(&pattern, merit_text_of(patterns[i].text), places);
		if (fits != (patterns[i].want != NULL) ||
		    (fits && !merit_text_equal(places[patterns[i].place], merit_text_of(patterns[i].want))))
			fail_msg("%s of %s", patterns[i].pattern, patterns[i].text);
	}
}

static void a_pattern_may_have_so_many_pieces(void **state)
{
	struct merit_pattern pattern;
	const char *why, *most = "{any},{any},{any},{any},{any},{any},{any},{any},";

	(void)state;
	assert_true(merit_pattern_of(merit_text_of(most), &pattern, &why));
	assert_int_equal(pattern.pieces_count, MERIT_PATTERN_PIECES_MAX);
	assert_false(merit_pattern_of(merit_text_of("{any},{any},{any},{any},{any},{any},{any},{any},{any}"), &pattern,
	                              &why));
	assert_string_equal(why, "more than 16 pieces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_with_a_mapping_is_named),
		cmocka_unit_test(lists_may_be_so_long_and_no_longer),
		cmocka_unit_test(columns_and_words_of_status_may_be_so_many),
		cmocka_unit_test(a_mapping_may_have_so_many_bytes),
		cmocka_unit_test(words_fit_with_stars_at_their_ends),
		cmocka_unit_test(patterns_find_what_stands_in_their_places),
		cmocka_unit_test(a_pattern_may_have_so_many_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
