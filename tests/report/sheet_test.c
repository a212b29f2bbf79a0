/* sheet_test.c
 * Goal    the same cells are the same bytes in each form; nothing that a party named itself becomes a formula, a tag
 *         or anything but text; a page is whole and asks for nothing from elsewhere.
 * Method  a table of cells, one of every kind; a sheet whose texts are meant to break out; a walk through the page's
 *         tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/entry.h"
#include "report/sheet.h"

static const char *text_of(struct merit_buffer *buffer)
{
	merit_buffer_put_char(buffer, '\0');
	assert_false(buffer->bad);
	return buffer->data;
}

/* ---- Cells ---- */

static const struct {
	const char *currency;
	enum merit_cell_kind kind;
	int64_t integer;
	const char *people, *plain, *json;
} cells[] = {
	{ "CNY", MERIT_CELL_INTEGER, -1234567, "-1,234,567", "-1234567", "-1234567" },
	{ "CNY", MERIT_CELL_INTEGER, 9007199254740991, "9,007,199,254,740,991", "9007199254740991",
	  "9007199254740991" },
	{ "CNY", MERIT_CELL_MONEY, -123450, "-1,234.50", "-1234.50", "-123450" },
	{ "CNY", MERIT_CELL_MONEY, -5, "-0.05", "-0.05", "-5" },
	{ "JPY", MERIT_CELL_MONEY, 123450, "123,450", "123450", "123450" },
	{ "KWD", MERIT_CELL_MONEY, 1234, "1.234", "1.234", "1234" },
	{ "points", MERIT_CELL_MONEY, 1234, "1,234", "1234", "1234" },
	{ "CNY", MERIT_CELL_DAY, 20759, "2026-11-02", "2026-11-02", "\"2026-11-02\"" },
	{ "CNY", MERIT_CELL_DAY, MERIT_DAY_NEVER, "never", "never", "\"never\"" },
	{ "CNY", MERIT_CELL_DAY, MERIT_DAY_NONE, "", "", "null" },
	{ "CNY", MERIT_CELL_MONTH, 20758, "2026-11", "2026-11", "\"2026-11\"" },
	{ "CNY", MERIT_CELL_MONTH, MERIT_DAY_NEVER, "never", "never", "\"never\"" },
	{ "CNY", MERIT_CELL_MONTH, MERIT_DAY_NONE, "", "", "null" },
	{ "CNY", MERIT_CELL_TIME, 1767225600000, "2026-01-01T08:00:00+08:00", "2026-01-01T08:00:00+08:00",
	  "1767225600000" },
	{ "CNY", MERIT_CELL_BASIS, 1234, "12.34 %", "1234", "1234" },
	{ "CNY", MERIT_CELL_BASIS, -5, "-0.05 %", "-5", "-5" },
	{ "CNY", MERIT_CELL_SEQ, 4711000, "4711000", "4711000", "4711000" },
	{ "CNY", MERIT_CELL_SEQ, -1, "", "", "null" },
};

static void every_kind_looks_as_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct merit_buffer people = { 0 }, plain = { 0 }, json = { 0 }, want = { 0 };
		struct merit_sheet sheet;
		merit_sheet_begin(&sheet, "s", "S", 480);
		merit_sheet_column(&sheet, MERIT_CELL_TEXT, "currency", "currency");
		merit_sheet_column(&sheet, cells[i].kind, "x", "x");
		merit_sheet_word(&sheet, cells[i].currency);
		merit_sheet_integer(&sheet, cells[i].integer);
		merit_sheet_put_cell(&people, &sheet, 0, 1, false);
		merit_sheet_put_cell(&plain, &sheet, 0, 1, true);
		merit_sheet_put_json(&json, &sheet);
		merit_buffer_put_format(&want,
		                        "{\"report\":\"s\",\"differs\":false,\"rows\":[{\"currency\":\"%s\",\"x\":%s}],"
		                        "\"notes\":[]}",
		                        cells[i].currency, cells[i].json);
		assert_string_equal(text_of(&people), cells[i].people);
		assert_string_equal(text_of(&plain), cells[i].plain);
		assert_string_equal(text_of(&json), text_of(&want));
		merit_buffer_free(&people);
		merit_buffer_free(&plain);
		merit_buffer_free(&json);
		merit_buffer_free(&want);
		merit_sheet_free(&sheet);
	}
}

/* ---- Forms ---- */

static const int64_t numbers[][2] = { { 5, -3 }, { 1000, 0 }, { 7, 2 } };

/* Two rows, a sum, notes and a chart of each kind; texts that want out. */
static void sheet_fill(struct merit_sheet *sheet)
{
	static const enum merit_chart_kind kinds[] = { MERIT_CHART_BARS, MERIT_CHART_LINES, MERIT_CHART_BRIDGE };

	merit_sheet_begin(sheet, "wild", "Wild & free", 0);
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "name", "name <b>");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "currency");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "amount", "amount");
	merit_sheet_column(sheet, MERIT_CELL_INTEGER, "idle", "idle");
	merit_sheet_word(sheet, "=HYPERLINK(\"http://x\")");
	merit_sheet_word(sheet, "CNY");
	merit_sheet_integer(sheet, -100);
	merit_sheet_integer(sheet, 0);
	merit_sheet_word(sheet, "<script>alert('x')</script>");
	merit_sheet_word(sheet, "CNY");
	merit_sheet_empty(sheet);
	merit_sheet_integer(sheet, 0);
	merit_sheet_word(sheet, "sum");
	merit_sheet_word(sheet, "CNY");
	merit_sheet_integer(sheet, -100);
	merit_sheet_integer(sheet, 0);
	merit_sheet_total(sheet);
	merit_sheet_note(sheet, "%s & %d", "<i>", 7);
	for (size_t i = 0; i < 3; i++) {
		struct merit_chart *chart = merit_sheet_chart(sheet, kinds[i], "\"Title\" <x>", "CNY");
		assert_non_null(chart);
		merit_chart_series(chart, "a<b");
		if (kinds[i] != MERIT_CHART_BRIDGE)
			merit_chart_series(chart, "b");
		for (size_t j = 0; j < 3; j++)
			merit_chart_label(sheet, chart, MERIT_TEXT("</svg>"), numbers[j]);
	}
}

static void csv_has_no_formulas_and_no_sums(void **state)
{
	struct merit_buffer csv = { 0 };
	struct merit_sheet sheet;

	(void)state;
	sheet_fill(&sheet);
	merit_sheet_put_csv(&csv, &sheet);
	assert_string_equal(text_of(&csv), "name,currency,amount,idle\n"
	                                   "\"'=HYPERLINK(\"\"http://x\"\")\",CNY,-1.00,0\n"
	                                   "<script>alert('x')</script>,CNY,,0\n");
	merit_buffer_free(&csv);
	merit_sheet_free(&sheet);
}

static void json_has_integers_and_says_what_differs(void **state)
{
	struct merit_buffer json = { 0 };
	struct merit_sheet sheet;

	(void)state;
	sheet_fill(&sheet);
	sheet.differs = true;
	merit_sheet_put_json(&json, &sheet);
	assert_string_equal(
		text_of(&json),
		"{\"report\":\"wild\",\"differs\":true,\"rows\":[{\"name\":\"=HYPERLINK(\\\"http://x\\\")\","
		"\"currency\":\"CNY\",\"amount\":-100,\"idle\":0},{\"name\":\"<script>alert('x')</script>\","
		"\"currency\":\"CNY\",\"amount\":null,\"idle\":0}],\"notes\":[\"<i> & 7\"]}");
	merit_buffer_free(&json);
	merit_sheet_free(&sheet);
}

static void the_hash_is_of_the_csv(void **state)
{
	struct merit_hash hash, want;
	struct merit_buffer csv = { 0 };
	struct merit_sheet sheet;

	(void)state;
	sheet_fill(&sheet);
	merit_sheet_put_csv(&csv, &sheet);
	merit_sha256(csv.data, csv.size, want.bytes);
	assert_int_equal(merit_sheet_hash(&sheet, &hash), MERIT_OK);
	assert_true(merit_hash_equal(&hash, &want));
	merit_buffer_free(&csv);
	merit_sheet_free(&sheet);
}

/* ---- The page ---- */

#define DEPTH_MAX 32

static bool is_void(const char *name, size_t size)
{
	return (size == 4 && memcmp(name, "meta", 4) == 0) || (size == 8 && memcmp(name, "!DOCTYPE", 8) == 0);
}

/* Every element that opens is closed, in order; returns how many there were. */
static size_t page_walk(const char *page)
{
	const char *open[DEPTH_MAX];
	size_t sizes[DEPTH_MAX], depth = 0, count = 0;

	for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at + 1, '<')) {
		bool is_end = at[1] == '/';
		const char *name = at + 1 + is_end, *end = strchr(at, '>');
		size_t size = strcspn(name, " >/");
		assert_non_null(end);
		if (is_void(name, size) || end[-1] == '/')
			continue;
		if (is_end) {
			assert_true(depth > 0 && sizes[depth - 1] == size && memcmp(open[depth - 1], name, size) == 0);
			depth--;
			continue;
		}
		assert_true(depth < DEPTH_MAX);
		open[depth] = name;
		sizes[depth++] = size;
		count++;
	}
	assert_int_equal(depth, 0);
	return count;
}

static void a_page_is_whole_and_needs_nothing(void **state)
{
	static const char *const never[] = { "<script", "src=", "url(", "@import",    "href=\"h", "<link",
		                             "<i>",     "a<b",  "<x>",  "javascript", "onload" };
	static const char *const always[] = { "<html lang=\"en\">",
		                              "<title>All &amp; more</title>",
		                              "scope=\"col\"",
		                              "scope=\"row\"",
		                              "<caption>",
		                              "<figcaption>",
		                              "prefers-color-scheme",
		                              "@media print",
		                              "&lt;script&gt;alert(&#39;x&#39;)",
		                              "role=\"img\"",
		                              "<tr class=\"total\">",
		                              "-1.00",
		                              "&lt;i&gt; &amp; 7",
		                              "does not agree" };
	struct merit_buffer page = { 0 };
	struct merit_sheet sheet, empty;

	(void)state;
	sheet_fill(&sheet);
	sheet.differs = true;
	merit_sheet_begin(&empty, "empty", "Nothing", 0);
	merit_sheet_column(&empty, MERIT_CELL_TEXT, "x", "x");
	const struct merit_sheet *sheets[] = { &sheet, &empty };
	merit_sheets_put_html(&page, "All & more", "of <all>", sheets, 2);
	const char *text = text_of(&page);
	assert_true(page_walk(text) > 100);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_null(strstr(text, never[i]));
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		if (strstr(text, always[i]) == NULL)
			fail_msg("%s is missing", always[i]);
	}
	assert_null(strstr(text, ">idle<")); /* a column of noughts */
	merit_buffer_free(&page);
	merit_sheet_free(&sheet);
	merit_sheet_free(&empty);
}

/* What a party can put into a name so that a terminal obeys it, or a reader sees the amount beside it turned round. */
static void what_is_not_printable_is_a_question_mark_in_every_form(void **state)
{
	static const char *const evil[] = { "\x1b[31m", "\x01",         "\x7f",         "\n",           "\t",
		                            "\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct merit_buffer csv = { 0 }, json = { 0 }, page = { 0 }, name = { 0 }, people = { 0 };
		struct merit_sheet sheet;
		merit_buffer_put_format(&name, "\u5546%s\u5e97", evil[i]);
		merit_sheet_begin(&sheet, "s", "S", 0);
		merit_sheet_column(&sheet, MERIT_CELL_TEXT, "x", "x");
		merit_sheet_word(&sheet, text_of(&name));
		const struct merit_sheet *sheets[] = { &sheet };
		merit_sheet_put_csv(&csv, &sheet);
		merit_sheet_put_json(&json, &sheet);
		merit_sheet_put_cell(&people, &sheet, 0, 0, false);
		merit_sheets_put_html(&page, "t", "s", sheets, 1);
		const char *want = i == 0 ? "\u5546?[31m\u5e97" : "\u5546?\u5e97";
		assert_string_equal(text_of(&people), want);
		assert_non_null(strstr(text_of(&csv), want));
		assert_non_null(strstr(text_of(&json), want));
		assert_non_null(strstr(text_of(&page), want));
		merit_buffer_free(&csv);
		merit_buffer_free(&json);
		merit_buffer_free(&page);
		merit_buffer_free(&name);
		merit_buffer_free(&people);
		merit_sheet_free(&sheet);
	}
}

/* A page is signed: beyond the above, nothing in it is there without being seen, wherever it stands. */
static void a_page_has_nothing_that_is_not_seen(void **state)
{
	static const char *const unseen[] = { "\u200b", "\u200e", "\u200f", "\u061c", "\u2028", "\u2060", "\ufeff" };
	struct merit_buffer page = { 0 };
	struct merit_sheet sheet;

	(void)state;
	merit_sheet_begin(&sheet, "s", "S", 0);
	merit_sheet_column(&sheet, MERIT_CELL_TEXT, "x", "x");
	merit_sheet_column(&sheet, MERIT_CELL_INTEGER, "y", "y");
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		merit_sheet_word(&sheet, unseen[i]);
		merit_sheet_integer(&sheet, 1);
	}
	merit_sheet_note(&sheet, "note \u202e");
	const struct merit_sheet *sheets[] = { &sheet };
	merit_sheets_put_html(&page, "t\x1b", "s\u2067", sheets, 1);
	const char *text = text_of(&page);
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		assert_null(strstr(text, unseen[i]));
	assert_non_null(strstr(text, "<th scope=\"row\" dir=\"auto\">?</th><td class=\"n\">1</td>"));
	assert_non_null(strstr(text, "<h1>t?</h1>"));
	assert_non_null(strstr(text, ">s?<"));
	assert_non_null(strstr(text, "note ?"));
	merit_buffer_free(&page);
	merit_sheet_free(&sheet);
}

/* Whatever the numbers are, everything lies in the picture. */
static void charts_stay_in_their_frame(void **state)
{
	static const int64_t extremes[][3] = { { 0, 0, 0 },
		                               { 1, 0, 0 },
		                               { INT64_MAX, INT64_MIN, 5 },
		                               { -1, -2, -3 },
		                               { 9007199254740991, 1, -9007199254740991 } };

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(extremes) / sizeof(extremes[0]); i++) {
		struct merit_buffer page = { 0 };
		struct merit_sheet sheet;
		merit_sheet_begin(&sheet, "s", "S", 0);
		merit_sheet_column(&sheet, MERIT_CELL_TEXT, "x", "x");
		struct merit_chart *chart = merit_sheet_chart(&sheet, (enum merit_chart_kind)(i % 3), "t", "points");
		merit_chart_series(chart, "a");
		for (size_t j = 0; j < 3; j++)
			merit_chart_label(&sheet, chart, MERIT_TEXT("l"), &extremes[i / 3][j]);
		const struct merit_sheet *sheets[] = { &sheet };
		merit_sheets_put_html(&page, "t", "s", sheets, 1);
		const char *text = text_of(&page);
		(void)page_walk(text);
		assert_null(strstr(text, "=\"-"));
		for (const char *at = strstr(text, " y=\""); at != NULL; at = strstr(at + 1, " y=\""))
			assert_in_range(atoi(at + 4), 0, 340);
		merit_buffer_free(&page);
		merit_sheet_free(&sheet);
	}
}

static void many_rows_and_charts_are_taken_or_left(void **state)
{
	struct merit_sheet sheet;

	(void)state;
	merit_sheet_begin(&sheet, "s", "S", 0);
	merit_sheet_column(&sheet, MERIT_CELL_INTEGER, "x", "x");
	for (int64_t i = 0; i < 5000; i++)
		merit_sheet_integer(&sheet, i);
	assert_int_equal(sheet.rows_count, 5000);
	assert_int_equal(sheet.cells[4999].integer, 4999);
	for (size_t i = 0; i < MERIT_SHEET_CHARTS_MAX; i++)
		assert_non_null(merit_sheet_chart(&sheet, MERIT_CHART_BARS, "t", "points"));
	assert_null(merit_sheet_chart(&sheet, MERIT_CHART_BARS, "t", "points"));
	assert_false(sheet.bad);
	merit_sheet_free(&sheet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_looks_as_it_should),
		cmocka_unit_test(csv_has_no_formulas_and_no_sums),
		cmocka_unit_test(json_has_integers_and_says_what_differs),
		cmocka_unit_test(the_hash_is_of_the_csv),
		cmocka_unit_test(a_page_is_whole_and_needs_nothing),
		cmocka_unit_test(what_is_not_printable_is_a_question_mark_in_every_form),
		cmocka_unit_test(a_page_has_nothing_that_is_not_seen),
		cmocka_unit_test(charts_stay_in_their_frame),
		cmocka_unit_test(many_rows_and_charts_are_taken_or_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
