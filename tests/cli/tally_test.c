/* tally_test.c
 * Goal    what a ledger calls an outcome is shown as a word, whatever it is, in every form a tally has.
 * Method  one refusal each; a row changes the word. */
#include "cli/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char rejects_path[] = "/tmp/merit-tally-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(rejects_path);
	(void)state;

	return fd < 0 || close(fd) != 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(rejects_path);
}

/* A tally of one row refused with this word. */
static void tally_open(struct merit_tally *tally, const struct merit_method *method, const char *word)
{
	const struct merit_client_outcome outcome = { .status = MERIT_BAD_REPLY,
		                                      .word = word,
		                                      .word_size = strlen(word) };
	const struct merit_call_text call = { "{}", 2, "", 0 };
	const struct stat other_file = { .st_ino = 0 };

	assert_true(merit_tally_open(tally, method, rejects_path, &other_file));
	merit_tally_refused(tally, false, 7, "id-7", &call, &outcome);
}

static void assert_printed(struct merit_tally *tally, bool is_json, const char *want)
{
	char *got = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&got, &size);

	assert_non_null(file);
	merit_tally_print(tally, file, is_json);
	assert_int_equal(fclose(file), 0);
	if (strstr(got, want) == NULL)
		print_error("no %s in %s\n", want, got);
	assert_non_null(strstr(got, want));
	free(got);
}

static void assert_rejected(const char *want)
{
	char got[200];
	FILE *file = fopen(rejects_path, "r");

	assert_non_null(file);
	got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	assert_string_equal(got, want);
}

static void a_status_is_shown_as_a_word_whatever_came(void **state)
{
	static const struct {
		const char *word, *json, *table, *rejects;
	} rows[] = {
		{ "short_budget", "\"status\":\"short_budget\"", "\nshort_budget ", "7,short_budget,,id-7\n" },
		{ "word_of_tomorrow", "\"status\":\"word_of_tomorrow\"", "\nword_of_tomorrow ",
		  "7,word_of_tomorrow,,id-7\n" },
		{ "-1-word", "\"status\":\"-1-word\"", "\n-1-word ", "7,'-1-word,,id-7\n" }, /* no formula */
		{ "\033[2J", "\"status\":\"bad_reply\"", "\nbad_reply ", "7,bad_reply,,id-7\n" },
		{ "\xc2\x9b", "\"status\":\"bad_reply\"", "\nbad_reply ", "7,bad_reply,,id-7\n" },
		{ "a\",\"now\":0", "\"status\":\"bad_reply\"", "\nbad_reply ", "7,bad_reply,,id-7\n" },
		{ "a,b\nc", "\"status\":\"bad_reply\"", "\nbad_reply ", "7,bad_reply,,id-7\n" },
		{ "a_word_of_thirty_one_characters", "\"a_word_of_thirty_one_characters\"",
		  "\na_word_of_thirty_one_characters ", "7,a_word_of_thirty_one_characters,,id-7\n" },
		{ "a_word_of_thirty_two_characters_", "\"status\":\"bad_reply\"", "\nbad_reply ",
		  "7,bad_reply,,id-7\n" },
	};
	const struct merit_method method = { .name = "earn" };
	char rejects[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_tally tally;
		tally_open(&tally, &method, rows[i].word);
		assert_printed(&tally, true, rows[i].json);
		assert_printed(&tally, false, rows[i].table);
		assert_true(merit_tally_close(&tally, true));
		snprintf(rejects, sizeof(rejects), "merit_line,merit_status,merit_why,merit_id\n%s", rows[i].rejects);
		assert_rejected(rejects);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_is_shown_as_a_word_whatever_came),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
