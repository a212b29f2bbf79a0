/* books_show_test.c
 * Goal    explained breaks that are overdue are listed and counted below the books, and nothing is said where none is.
 * Method  books with a sheet reconciliation of two rows; what is printed is caught. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/books_show.h"

static void row_put(struct merit_sheet *sheet, const char *name, const char *state)
{
	merit_sheet_word(sheet, "bank");
	merit_sheet_word(sheet, name);
	merit_sheet_word(sheet, state);
	merit_sheet_word(sheet, "timing");
	merit_sheet_word(sheet, "B-1");
	merit_sheet_word(sheet, "asked");
	merit_sheet_integer(sheet, 20000);
}

static void books_make(struct merit_books *books, const char *state)
{
	static const char *const names[] = { "source", "name", "state", "class", "reference", "reason" };
	struct merit_sheet *sheet = &books->sheets[0];

	*books = (struct merit_books){ .sheets_count = 1 };
	merit_sheet_begin(sheet, "reconciliation", "Reconciliation", 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		merit_sheet_column(sheet, MERIT_CELL_TEXT, names[i], names[i]);
	merit_sheet_column(sheet, MERIT_CELL_DAY, "expected", "Expected");
	row_put(sheet, "b-1", "explained");
	row_put(sheet, "b-2", state);
}

/* What printing books whose second break is in the state says; to be freed. */
static char *told(const char *state)
{
	FILE *before = stdout;
	struct merit_books books;
	char *text = NULL;
	size_t size;

	books_make(&books, state);
	stdout = open_memstream(&text, &size);
	assert_non_null(stdout);
	merit_books_print(&books);
	(void)fclose(stdout);
	stdout = before;
	merit_books_free(&books);
	return text;
}

static void what_is_overdue_is_listed_and_counted(void **state)
{
	char *text = told("overdue");

	(void)state;
	assert_non_null(strstr(text, "b-2      bank    timing  B-1        2024-10-04  asked"));
	assert_null(strstr(text, "b-1"));
	assert_non_null(strstr(text, "\n1 explained break is overdue: "));
	free(text);
}

static void nothing_is_said_where_nothing_is_overdue(void **state)
{
	char *text = told("explained");

	(void)state;
	assert_null(strstr(text, "overdue"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_overdue_is_listed_and_counted),
		cmocka_unit_test(nothing_is_said_where_nothing_is_overdue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
