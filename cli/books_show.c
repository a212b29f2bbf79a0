/* books_show.c - see books_show.h. */
#include "cli/books_show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/sheet_show.h"
#include "ledger/currency.h"

/* ---- For people ---- */

static void amount_cell(struct merit_table *table, const char *unit, int64_t amount)
{
	struct merit_buffer text = { 0 };

	if (strcmp(unit, "points") == 0)
		merit_put_thousands(&text, amount);
	else
		merit_money_put(&text, amount, unit, false);
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void totals_print(const struct merit_books *books)
{
	static const char *const headings[] = { "unit", ">debit", ">liability before", ">at the end" };
	struct merit_table table = { 0 };

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		merit_table_column(&table, headings[i]);
	for (size_t i = 0; i < books->totals_count; i++) {
		const struct merit_books_total *total = &books->totals[i];
		merit_table_text(&table, total->unit);
		amount_cell(&table, total->unit, total->debit);
		amount_cell(&table, total->unit, total->opening);
		amount_cell(&table, total->unit, total->closing);
	}
	merit_table_print(&table, stdout, false);
	merit_table_free(&table);
}

static void reports_print(const struct merit_books *books)
{
	struct merit_table table = { 0 };
	struct merit_buffer hash = { 0 };

	merit_table_column(&table, "report");
	merit_table_column(&table, "hash of its CSV");
	for (size_t i = 0; i < books->sheets_count; i++) {
		merit_buffer_clear(&hash);
		merit_buffer_put_hex(&hash, books->hashes[i].bytes, sizeof(books->hashes[i].bytes));
		merit_table_text(&table, books->sheets[i].name);
		merit_table_text(&table, merit_buffer_text(&hash));
	}
	merit_table_print(&table, stdout, false);
	merit_table_free(&table);
	merit_buffer_free(&hash);
}

/* ---- Explained, and overdue ---- */

static size_t column_of(const struct merit_sheet *sheet, const char *name)
{
	size_t column = 0;

	while (column < sheet->columns_count && strcmp(sheet->columns[column].name, name) != 0)
		column++;
	return column;
}

/* The rows of sheet reconciliation that say so. */
static bool is_overdue(const struct merit_sheet *sheet, size_t row)
{
	const struct merit_cell *cell = &sheet->cells[row * sheet->columns_count + column_of(sheet, "state")];

	return strcmp(cell->text, "overdue") == 0;
}

static void overdue_cells(struct merit_table *table, const struct merit_sheet *sheet, size_t row)
{
	static const char *const names[] = { "name", "source", "class", "reference", "expected", "reason" };
	struct merit_buffer text = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		merit_buffer_clear(&text);
		merit_sheet_put_cell(&text, sheet, row, column_of(sheet, names[i]), false);
		merit_table_text(table, merit_buffer_text(&text));
	}
	merit_buffer_free(&text);
}

static void overdue_print(const struct merit_sheet *sheet)
{
	static const char *const headings[] = { "overdue", "source", "class", "reference", "expected", "reason" };
	struct merit_table table = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		merit_table_column(&table, headings[i]);
	for (size_t row = 0; row < sheet->rows_count; row++) {
		if (!is_overdue(sheet, row))
			continue;
		overdue_cells(&table, sheet, row);
		count++;
	}
	if (count > 0) {
		putchar('\n');
		merit_table_print(&table, stdout, false);
		printf("\n%zu explained break%s overdue: explain again what it waits for, or resolve it.\n", count,
		       count == 1 ? " is" : "s are");
	}
	merit_table_free(&table);
}

void merit_books_print(const struct merit_books *books)
{
	totals_print(books);
	putchar('\n');
	reports_print(books);
	for (size_t i = 0; i < books->sheets_count; i++) {
		if (strcmp(books->sheets[i].name, "reconciliation") == 0)
			overdue_print(&books->sheets[i]);
	}
}

/* ---- The page that is signed: in front what the closing entry carries ---- */

static void totals_fill(struct merit_sheet *sheet, const struct merit_books *books)
{
	merit_sheet_begin(sheet, "totals", "Totals", 0);
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "currency", "Unit");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "debit", "Debit of the trial balance");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "opening", "Liability before");
	merit_sheet_column(sheet, MERIT_CELL_MONEY, "closing", "At the end");
	for (size_t i = 0; i < books->totals_count; i++) {
		const struct merit_books_total *total = &books->totals[i];
		merit_sheet_word(sheet, total->unit);
		merit_sheet_integer(sheet, total->debit);
		merit_sheet_integer(sheet, total->opening);
		merit_sheet_integer(sheet, total->closing);
	}
}

static void hashes_fill(struct merit_sheet *sheet, const struct merit_books *books)
{
	struct merit_buffer hash = { 0 };

	merit_sheet_begin(sheet, "closing", "What is closed", 0);
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "report", "Report");
	merit_sheet_column(sheet, MERIT_CELL_TEXT, "hash", "SHA-256 of its CSV");
	for (size_t i = 0; i < books->sheets_count; i++) {
		merit_buffer_clear(&hash);
		merit_buffer_put_hex(&hash, books->hashes[i].bytes, sizeof(books->hashes[i].bytes));
		merit_sheet_word(sheet, books->sheets[i].name);
		merit_sheet_word(sheet, merit_buffer_text(&hash));
	}
	merit_buffer_clear(&hash);
	merit_buffer_put_hex(&hash, books->root.bytes, sizeof(books->root.bytes));
	merit_sheet_note(sheet, "Made from the first %llu entries, whose root is %s.", (unsigned long long)books->size,
	                 merit_buffer_text(&hash));
	merit_sheet_note(sheet, "The entry that closes the month carries the totals, these hashes and this root.");
	merit_buffer_free(&hash);
}

static void page_put(struct merit_buffer *out, const struct merit_books *books, const char *month, const char *origin)
{
	const struct merit_sheet *sheets[MERIT_CLOSE_REPORTS_MAX + 2];
	struct merit_sheet totals, hashes;
	struct merit_buffer title = { 0 }, subtitle = { 0 };

	totals_fill(&totals, books);
	hashes_fill(&hashes, books);
	sheets[0] = &totals;
	sheets[1] = &hashes;
	for (size_t i = 0; i < books->sheets_count; i++)
		sheets[i + 2] = &books->sheets[i];
	merit_buffer_put_format(&title, "Books of %s", month);
	merit_buffer_put_format(&subtitle, "%s, the close of %s, from the entries before %llu", origin, month,
	                        (unsigned long long)books->size);
	merit_sheets_put_html(out, merit_buffer_text(&title), merit_buffer_text(&subtitle), sheets,
	                      books->sheets_count + 2);
	merit_buffer_free(&title);
	merit_buffer_free(&subtitle);
	merit_sheet_free(&totals);
	merit_sheet_free(&hashes);
}

/* ---- To keep: a file a report, and behind them the page ---- */

/* DIR/MONTH-REPORT.csv, or DIR/MONTH.html, and suffix. */
static void path_put(struct merit_buffer *out, const struct merit_books *books, size_t index, const char *directory,
                     const char *month, const char *suffix)
{
	merit_buffer_clear(out);
	if (index < books->sheets_count)
		merit_buffer_put_format(out, "%s/%s-%s.csv%s", directory, month, books->sheets[index].name, suffix);
	else
		merit_buffer_put_format(out, "%s/%s.html%s", directory, month, suffix);
}

static enum merit_exit file_draft(const struct merit_books *books, size_t index, const char *directory,
                                  const char *month, const char *origin)
{
	struct merit_buffer path = { 0 }, content = { 0 };

	if (index < books->sheets_count)
		merit_sheet_put_csv(&content, &books->sheets[index]);
	else
		page_put(&content, books, month, origin);
	merit_buffer_need(&content);
	path_put(&path, books, index, directory, month, ".new");
	enum merit_exit end = merit_bytes_write(merit_buffer_text(&path), &content);
	merit_buffer_free(&content);
	merit_buffer_free(&path);
	return end;
}

enum merit_exit merit_books_draft(const struct merit_books *books, const char *directory, const char *month,
                                  const char *origin)
{
	enum merit_exit end = MERIT_EXIT_DONE;

	if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
		merit_complain("cannot make %s: %s", directory, strerror(errno));
		return MERIT_EXIT_USAGE;
	}
	for (size_t i = 0; i <= books->sheets_count && end == MERIT_EXIT_DONE; i++)
		end = file_draft(books, i, directory, month, origin);
	if (end != MERIT_EXIT_DONE)
		merit_books_discard(books, directory, month);
	return end;
}

enum merit_exit merit_books_publish(const struct merit_books *books, const char *directory, const char *month)
{
	struct merit_buffer from = { 0 }, to = { 0 };
	enum merit_exit end = MERIT_EXIT_DONE;

	for (size_t i = 0; i <= books->sheets_count && end == MERIT_EXIT_DONE; i++) {
		path_put(&from, books, i, directory, month, ".new");
		path_put(&to, books, i, directory, month, "");
		if (rename(merit_buffer_text(&from), merit_buffer_text(&to)) == 0)
			continue;
		merit_complain("cannot write %s: %s", merit_buffer_text(&to), strerror(errno));
		end = MERIT_EXIT_REFUSED;
	}
	merit_buffer_free(&from);
	merit_buffer_free(&to);
	return end;
}

void merit_books_discard(const struct merit_books *books, const char *directory, const char *month)
{
	struct merit_buffer path = { 0 };

	for (size_t i = 0; i <= books->sheets_count; i++) {
		path_put(&path, books, i, directory, month, ".new");
		(void)unlink(merit_buffer_text(&path));
	}
	merit_buffer_free(&path);
}
