/* disclosure_test.c
 * Goal    what would be disclosed of real payments is what was paid: each year's rows are the file's sums by doctor,
 *         company, nature and form, each year's total is the data's, and a doctor's three years come to the total that
 *         somebody else added up; and other people's programs read these books and find the ledger's balances.
 * Method  CMS Open Payments as in open_payments_test.c, one disclosure a year. The journals are of the whole ledger
 *         with MERIT_NIGHTLY=1, else of its last quarter, with all that was before as opening balances. */
#include "tests/data/payments.h"
#include "tests/report/reports.h"
#include "tests/support/journals.h"

/* What a year's file says of one doctor, company, nature and form. */
struct told {
	int64_t cents, awards;
};

struct year {
	struct merit_index told;
	struct merit_arena arena;
};

static struct year *year_read; /* payments_read takes no context */

static struct told *told_of(struct year *year, const char *const fields[4])
{
	struct merit_buffer key = { 0 };

	for (size_t i = 0; i < 4; i++)
		merit_buffer_put_format(&key, "%s\n", fields[i]);
	struct told *told =
		merit_index_get(&year->told, &year->arena, (struct merit_text){ key.data, key.size }, sizeof(*told));
	assert_true(!key.bad && told != NULL);
	merit_buffer_free(&key);
	return told;
}

static void row_tell(struct payments *payments, const struct merit_csv *csv)
{
	const char *fields[4] = { merit_csv_field(csv, PHYSICIAN), merit_csv_field(csv, SPONSOR),
		                  merit_csv_field(csv, NATURE), merit_csv_field(csv, FORM) };
	int64_t cents = cents_of(merit_csv_field(csv, AMOUNT));

	(void)payments;
	if (cents == 0)
		return; /* Refused: a payment of nothing is none. */
	struct told *told = told_of(year_read, fields);
	told->cents += cents;
	told->awards++;
}

/* The row's text in a column, without its first byte: ids became names with a letter in front. */
static const char *cell_text(const struct merit_sheet *sheet, size_t row, size_t column, size_t skip)
{
	return sheet->cells[row * sheet->columns_count + column].text + skip;
}

static int64_t cell_integer(const struct merit_sheet *sheet, size_t row, size_t column)
{
	return sheet->cells[row * sheet->columns_count + column].integer;
}

enum {
	RECIPIENT_CELL,
	SPONSOR_CELL,
	NATURE_CELL,
	FORM_CELL,
	CURRENCY_CELL,
	AWARDS_CELL,
	POINTS_CELL,
	GROSS_CELL,
	REVERSED_CELL,
	NET_CELL,
	CELLS
};

/* Every row is one of the file's, and there is one for each; every doctor gets the year's net. */
static void sheet_compare(struct payments *payments, struct year *year, const struct merit_sheet *sheet, int64_t cents)
{
	size_t rows = 0;

	assert_int_equal(sheet->columns_count, CELLS);
	for (size_t row = 0; row < sheet->rows_count; row++) {
		if (sheet->is_total[row]) {
			assert_int_equal(cell_integer(sheet, row, NET_CELL), cents);
			continue;
		}
		const char *fields[4] = { cell_text(sheet, row, RECIPIENT_CELL, 1),
			                  cell_text(sheet, row, SPONSOR_CELL, 1), cell_text(sheet, row, NATURE_CELL, 0),
			                  cell_text(sheet, row, FORM_CELL, 0) };
		const struct told *told = told_of(year, fields);
		assert_int_equal(cell_integer(sheet, row, AWARDS_CELL), told->awards);
		assert_int_equal(cell_integer(sheet, row, POINTS_CELL), told->cents);
		assert_int_equal(cell_integer(sheet, row, GROSS_CELL), told->cents);
		assert_int_equal(cell_integer(sheet, row, REVERSED_CELL), 0);
		struct party *physician = party_find(&payments->physicians, fields[0]);
		assert_non_null(physician);
		physician->posted += (unsigned)cell_integer(sheet, row, AWARDS_CELL);
		physician->points += cell_integer(sheet, row, NET_CELL);
		rows++;
	}
	assert_int_equal(rows, year->told.count);
	assert_int_equal(sheet->rows_count, rows + 1);
}

static void year_disclose(struct payments *payments, struct merit_journal *source, size_t i)
{
	const struct merit_report_kind *disclosure = merit_report_named("disclosure");
	struct year year = { .told = { .count = 0 } };
	char first[16], last[16];
	struct merit_sheet sheet;
	const char *fault;

	year_read = &year;
	payments_read(payments, years[i].year, row_tell);
	(void)snprintf(first, sizeof(first), "%d-01", years[i].year);
	(void)snprintf(last, sizeof(last), "%d-12", years[i].year);
	struct merit_report_options options = period_of(first, last);
	good(merit_reports_make(source, &disclosure, 1, &options, NULL, &sheet, &fault));
	sheet_compare(payments, &year, &sheet, years[i].cents);
	print_message("%d: %zu rows disclosed\n", years[i].year, sheet.rows_count - 1);
	merit_sheet_free(&sheet);
	merit_index_free(&year.told);
	merit_arena_free(&year.arena);
}

/* The control file counts payments of nothing too. */
static void row_zero(struct payments *payments, const struct merit_csv *csv)
{
	if (cents_of(merit_csv_field(csv, AMOUNT)) == 0)
		party_find(&payments->physicians, merit_csv_field(csv, PHYSICIAN))->refused++;
}

static void what_is_disclosed_is_what_was_paid(void **state)
{
	struct payments *payments = *state;
	size_t years_count = sizeof(years) / sizeof(years[0]);

	for (size_t i = 0; i < years_count; i++)
		payments_read(payments, years[i].year, row_count);
	payments->f = fixture_new_with(born_behind_the_payments);
	world_open(payments);
	for (size_t i = 0; i < years_count; i++)
		payments_read(payments, years[i].year, row_pay);
	batch_send(payments);
	struct merit_journal *source = source_begin(payments->f);
	for (size_t i = 0; i < years_count; i++) {
		year_disclose(payments, source, i);
		payments_read(payments, years[i].year, row_zero);
	}
	source_end(payments->f, source);
	assert_int_equal(control_compare(payments), 966);
	journals_agree(payments->f, getenv("MERIT_NIGHTLY") == NULL ? the_day("2015-10-01") : MERIT_DAY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_disclosed_is_what_was_paid, payments_setup, payments_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
