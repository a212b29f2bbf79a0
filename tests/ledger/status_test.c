/* status_test.c
 * Goal    every outcome has one number, one word and one text, and the numbers never move.
 * Method  walk the list; compare each row with each; a few numbers written down here once more. */
#include "ledger/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void words_and_numbers_are_unique(void **state)
{
	enum merit_status a, b;

	(void)state;
	for (unsigned i = 0; merit_status_at(i, &a); i++) {
		for (unsigned j = i + 1; merit_status_at(j, &b); j++) {
			assert_int_not_equal(a, b);
			assert_string_not_equal(merit_status_word(a), merit_status_word(b));
		}
	}
}

static void a_word_leads_back_to_its_status(void **state)
{
	enum merit_status status, back;

	(void)state;
	for (unsigned i = 0; merit_status_at(i, &status); i++) {
		assert_true(merit_status_from_word(merit_status_word(status), &back));
		assert_int_equal(back, status);
	}
}

static void words_are_lowercase_and_texts_say_something(void **state)
{
	enum merit_status status;

	(void)state;
	for (unsigned i = 0; merit_status_at(i, &status); i++) {
		const char *word = merit_status_word(status);
		assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz_"), strlen(word));
		assert_true(strlen(word) > 0);
		assert_true(strlen(merit_status_text(status)) > 0);
	}
}

static void what_makes_no_entry_stands_before_what_does(void **state)
{
	enum merit_status status;
	int made_entry = 0;

	(void)state;
	for (unsigned i = 1; merit_status_at(i, &status); i++) {
		assert_true(status > 0 && status < 1000);
		if (status >= MERIT_STATUS_FIRST_REFUSAL)
			made_entry = 1;
		else
			assert_false(made_entry);
	}
	assert_true(made_entry);
}

static void stored_numbers_have_not_moved(void **state)
{
	(void)state;
	assert_int_equal(MERIT_OK, 0);
	assert_int_equal(MERIT_BAD_JSON, 2);
	assert_int_equal(MERIT_BAD_SIGNATURE, 16);
	assert_int_equal(MERIT_ID_CONFLICT, 60);
	assert_int_equal(MERIT_GROUP_FAILED, 100);
	assert_int_equal(MERIT_SHORT_BUDGET, 162);
	assert_int_equal(MERIT_SHORT_POINTS, 174);
}

static void an_unknown_number_or_word_is_said_to_be_unknown(void **state)
{
	enum merit_status status = MERIT_BUSY;

	(void)state;
	assert_string_equal(merit_status_word((enum merit_status)9999), "unknown");
	assert_non_null(merit_status_text((enum merit_status)9999));
	assert_false(merit_status_from_word("no_such_word", &status));
	assert_false(merit_status_from_word("", &status));
	assert_false(merit_status_at(100000, &status));
	assert_int_equal(status, MERIT_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_numbers_are_unique),
		cmocka_unit_test(a_word_leads_back_to_its_status),
		cmocka_unit_test(words_are_lowercase_and_texts_say_something),
		cmocka_unit_test(what_makes_no_entry_stands_before_what_does),
		cmocka_unit_test(stored_numbers_have_not_moved),
		cmocka_unit_test(an_unknown_number_or_word_is_said_to_be_unknown),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
