/* output_test.c
 * Goal    what a person reads is aligned, complete, and can do nothing to the terminal.
 * Method  printed into memory and compared; each row of a table changes one thing. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/show.h"

static void only_what_is_for_people_is_printed(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "名 é", "名 é" },
		{ "a\nb", "a?b" },
		{ "\033[2J", "?[2J" },
		{ "a\177", "a?" },
		{ "a\xc2\x9b"
		  "2J",
		  "a?2J" }, /* CSI as one C1 character */
		{ "a\xe2\x80\xae"
		  "b",
		  "a?b" }, /* turns the direction around */
		{ "a\xff", "a?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = NULL;
		size_t size = 0;
		FILE *file = open_memstream(&got, &size);
		assert_non_null(file);
		merit_print_plain(file, rows[i].text);
		assert_int_equal(fclose(file), 0);
		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static void wide_characters_take_two_columns(void **state)
{
	struct merit_table table = { 0 };
	char *got = NULL;
	size_t size = 0;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		print_message("no locale C.UTF-8 here\n");
		skip();
	}
	FILE *file = open_memstream(&got, &size);
	assert_non_null(file);
	merit_table_column(&table, "title");
	merit_table_column(&table, ">points");
	merit_table_text(&table, "临床 é");
	merit_table_integer(&table, 1200);
	merit_table_text(&table, "mug\xc2\x9b");
	merit_table_integer(&table, 6);
	merit_table_print(&table, file, false);
	merit_table_free(&table);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(got, "title   points\n"
	                         "临床 é   1,200\n"
	                         "mug?         6\n");
	free(got);
}

static void an_object_is_shown_whole(void **state)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{ "{\"seq\":1200,\"entry\":1201,\"points\":1200}", "seq     1200\nentry   1201\npoints  1,200\n" },
		{ "{\"entry_time\":0,\"created\":1000}",
		  "entry_time  1970-01-01T00:00:00Z\ncreated     1970-01-01T00:00:01Z\n" },
		/* A member that only a later row has; a number in it to the right. */
		{ "{\"rules\":[{\"event\":\"a\",\"points\":5},{\"event\":\"b\",\"maximum\":50}]}",
		  "\nrules:\nevent  points  maximum\na           5        -\nb           -       50\n" },
		{ "{\"lines\":[{\"item\":\"mug\",\"captured\":1,\"fulfilled\":20}]}",
		  "\nlines:\nitem  captured  fulfilled\nmug          1         20\n" },
		{ "{\"postings\":[[\"campaign/C\",\"points\",[[\"C\",null,-1200]]],[\"member/M/held\",\"points\","
		  "[[\"C\",\"never\",1200,3]]]]}",
		  "\npostings:\naccount        unit    campaign  last_day  line  amount\n"
		  "campaign/C     points  C         -               -1,200\n"
		  "member/M/held  points  C         never        3   1,200\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = NULL;
		size_t size = 0;
		cJSON *tree;
		FILE *file = open_memstream(&got, &size);
		assert_non_null(file);
		assert_int_equal(merit_json_read(rows[i].json, strlen(rows[i].json), &tree), MERIT_OK);
		merit_show(file, tree, 0);
		merit_json_free(tree);
		assert_int_equal(fclose(file), 0);
		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_for_people_is_printed),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(an_object_is_shown_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
