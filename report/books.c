/* books.c - see books.h: making the books, and what a closing entry says of them. */
#include "report/books.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/tree.h"

/* ---- Entries hashed as they are read ---- */

/* A journal in front of another one. Reports read it from its first entry on, each record once. */
struct hashed_journal {
	struct merit_journal journal; /* first: it is what the reports know */
	struct merit_journal *inner;
	struct merit_tree tree;
};

static struct hashed_journal *hashed_of(struct merit_journal *journal)
{
	return (struct hashed_journal *)(void *)journal;
}

static enum merit_status fetch(struct merit_journal *journal, uint64_t from,
                               const struct merit_journal_record **records_out, size_t *count_out)
{
	struct hashed_journal *hashed = hashed_of(journal);
	enum merit_status status = hashed->inner->fetch(hashed->inner, from, records_out, count_out);

	for (size_t i = 0; status == MERIT_OK && i < *count_out; i++) {
		const struct merit_journal_record *record = &(*records_out)[i];
		if (from + i != hashed->tree.size || hashed->tree.size >= journal->size)
			continue;
		struct merit_hash leaf = merit_record_hash(record->bytes, record->size);
		status = merit_tree_append(&hashed->tree, &leaf);
	}
	return status;
}

static enum merit_status fetch_one(struct merit_journal *journal, uint64_t seq, struct merit_journal_record *record_out)
{
	struct merit_journal *inner = hashed_of(journal)->inner;

	return inner->fetch_one(inner, seq, record_out);
}

/* The root needs no tile that is complete: none is kept. */
static bool tile_drop(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes;
	return true;
}

/* Of the entries before size, or as many as there are: of fewer the root is another one. NULL without memory. */
static struct hashed_journal *hashed_open(struct merit_journal *inner, uint64_t size)
{
	static const struct merit_tree_store nowhere = { .write_tile = tile_drop };
	struct hashed_journal *hashed = malloc(sizeof(*hashed));

	if (hashed == NULL)
		return NULL;
	hashed->journal = *inner;
	hashed->journal.size = size < inner->size ? size : inner->size;
	hashed->journal.fetch = fetch;
	hashed->journal.fetch_one = fetch_one;
	hashed->journal.close = NULL; /* The inner one is its owner's. */
	hashed->inner = inner;
	if (merit_tree_open(&hashed->tree, 0, &nowhere) == MERIT_OK)
		return hashed;
	free(hashed);
	return NULL;
}

/* ---- Totals ---- */

/* A column that is summed into one of a total's numbers. */
struct summed {
	const char *sheet, *column;
	size_t offset;  /* of the number in struct merit_books_total */
	bool is_points; /* whatever the row's currency is */
	bool is_debit;  /* only what is above zero */
};

static const struct summed summed_columns[] = {
	{ "trial-balance", "closing", offsetof(struct merit_books_total, debit), .is_debit = true },
	{ "liability", "opening", offsetof(struct merit_books_total, opening), .is_points = true },
	{ "liability", "closing", offsetof(struct merit_books_total, closing), .is_points = true },
	{ "liability", "opening_worth", offsetof(struct merit_books_total, opening), .is_points = false },
	{ "liability", "closing_worth", offsetof(struct merit_books_total, closing), .is_points = false },
};

static int64_t *number_of(struct merit_books_total *total, const struct summed *summed)
{
	return (int64_t *)(void *)((char *)total + summed->offset);
}

/* The unit's total, a new one where there is none, points first and the others in order. NULL when there are too many,
 * or it is no unit. */
static struct merit_books_total *total_of(struct merit_books *books, const char *unit)
{
	size_t at = 0;

	while (at < books->totals_count && strcmp(books->totals[at].unit, "points") == 0 && strcmp(unit, "points") != 0)
		at++;
	while (at < books->totals_count && strcmp(unit, "points") != 0 && strcmp(books->totals[at].unit, unit) < 0)
		at++;
	if (at < books->totals_count && strcmp(books->totals[at].unit, unit) == 0)
		return &books->totals[at];
	if (books->totals_count == MERIT_CLOSE_TOTALS_MAX || strlen(unit) >= sizeof(books->totals[0].unit))
		return NULL;
	memmove(&books->totals[at + 1], &books->totals[at], (books->totals_count - at) * sizeof(books->totals[0]));
	books->totals_count++;
	books->totals[at] = (struct merit_books_total){ .unit = "" };
	memcpy(books->totals[at].unit, unit, strlen(unit));
	return &books->totals[at];
}

static size_t column_of(const struct merit_sheet *sheet, const char *name)
{
	size_t index = 0;

	while (index < sheet->columns_count && strcmp(sheet->columns[index].name, name) != 0)
		index++;
	return index;
}

/* Adds amount to a number of the unit's total. */
static enum merit_status total_add(struct merit_books *books, const char *unit, const struct summed *summed,
                                   int64_t amount)
{
	struct merit_books_total *total = total_of(books, unit);

	if (total == NULL)
		return MERIT_TOO_LARGE;
	int64_t *number = number_of(total, summed);
	bool is_over = __builtin_add_overflow(*number, summed->is_debit && amount < 0 ? 0 : amount, number);
	return is_over || *number > MERIT_AMOUNT_MAX || *number < -MERIT_AMOUNT_MAX ? MERIT_TOO_LARGE : MERIT_OK;
}

static enum merit_status column_sum(struct merit_books *books, const struct merit_sheet *sheet,
                                    const struct summed *summed)
{
	size_t column = column_of(sheet, summed->column);
	enum merit_status status = MERIT_OK;

	assert(column < sheet->columns_count);
	for (size_t row = 0; row < sheet->rows_count && status == MERIT_OK; row++) {
		const struct merit_cell *cell = &sheet->cells[row * sheet->columns_count + column];
		const char *unit = summed->is_points ? "points" : merit_sheet_currency(sheet, row);
		if (!sheet->is_total[row] && !cell->is_empty)
			status = total_add(books, unit, summed, cell->integer);
	}
	return status;
}

static enum merit_status totals_make(struct merit_books *books)
{
	enum merit_status status = total_of(books, "points") == NULL ? MERIT_TOO_LARGE : MERIT_OK;

	for (size_t i = 0; i < sizeof(summed_columns) / sizeof(summed_columns[0]); i++) {
		for (size_t s = 0; s < books->sheets_count && status == MERIT_OK; s++) {
			if (strcmp(books->sheets[s].name, summed_columns[i].sheet) == 0)
				status = column_sum(books, &books->sheets[s], &summed_columns[i]);
		}
	}
	return status;
}

/* ---- Making ---- */

static size_t kinds_list(const struct merit_report_kind *kinds_out[MERIT_CLOSE_REPORTS_MAX])
{
	const struct merit_report_kind *kind;
	size_t count = 0;

	for (size_t i = 0; (kind = merit_report_at(i)) != NULL && count < MERIT_CLOSE_REPORTS_MAX; i++) {
		if (kind->is_closing)
			kinds_out[count++] = kind;
	}
	return count;
}

static enum merit_status sheets_hash(struct merit_books *books)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < books->sheets_count && status == MERIT_OK; i++)
		status = merit_sheet_hash(&books->sheets[i], &books->hashes[i]);
	return status;
}

static enum merit_status sheets_make(struct merit_books *books, struct hashed_journal *hashed,
                                     const struct merit_journal_progress *progress, const char **fault_out)
{
	const struct merit_report_kind *kinds[MERIT_CLOSE_REPORTS_MAX];
	const struct merit_report_options options = {
		.first_day = books->first_day,
		.last_day = merit_day_span_last(books->first_day, MERIT_SPAN_MONTH),
		.size = books->size,
	};
	size_t count = kinds_list(kinds);
	enum merit_status status =
		merit_reports_make(&hashed->journal, kinds, count, &options, progress, books->sheets, fault_out);

	if (status != MERIT_OK)
		return status;
	books->sheets_count = count;
	books->root = merit_tree_root(&hashed->tree);
	return sheets_hash(books);
}

enum merit_status merit_books_make(struct merit_journal *journal, int32_t first_day, uint64_t size,
                                   const struct merit_journal_progress *progress, struct merit_books *books_out,
                                   const char **fault_out)
{
	struct hashed_journal *hashed = hashed_open(journal, size);

	if (hashed == NULL)
		return MERIT_NO_MEMORY;
	*books_out = (struct merit_books){ .first_day = first_day, .size = size };
	enum merit_status status = sheets_make(books_out, hashed, progress, fault_out);
	if (status == MERIT_OK)
		status = totals_make(books_out);
	if (status != MERIT_OK)
		merit_books_free(books_out);
	free(hashed);
	return status;
}

void merit_books_free(struct merit_books *books)
{
	for (size_t i = 0; i < books->sheets_count; i++)
		merit_sheet_free(&books->sheets[i]);
	books->sheets_count = 0;
}

/* ---- What period.close takes ---- */

static void hash_put(struct merit_buffer *out, const struct merit_hash *hash)
{
	merit_buffer_put_char(out, '"');
	merit_buffer_put_hex(out, hash->bytes, sizeof(hash->bytes));
	merit_buffer_put_char(out, '"');
}

/* As its CSV has them: sums are for people. */
static size_t rows_count(const struct merit_sheet *sheet)
{
	size_t count = 0;

	for (size_t row = 0; row < sheet->rows_count; row++)
		count += !sheet->is_total[row];
	return count;
}

void merit_books_put_params(struct merit_buffer *out, const struct merit_books *books)
{
	merit_buffer_put_format(out, "\"size\":%llu,\"root\":", (unsigned long long)books->size);
	hash_put(out, &books->root);
	merit_buffer_put_text(out, ",\"totals\":[");
	for (size_t i = 0; i < books->totals_count; i++) {
		const struct merit_books_total *total = &books->totals[i];
		merit_buffer_put_format(out, "%s{\"unit\":\"%s\",\"debit\":%lld,\"opening\":%lld,\"closing\":%lld}",
		                        i == 0 ? "" : ",", total->unit, (long long)total->debit,
		                        (long long)total->opening, (long long)total->closing);
	}
	merit_buffer_put_text(out, "],\"reports\":[");
	for (size_t i = 0; i < books->sheets_count; i++) {
		const struct merit_sheet *sheet = &books->sheets[i];
		merit_buffer_put_format(out, "%s{\"report\":\"%s\",\"hash\":", i == 0 ? "" : ",", sheet->name);
		hash_put(out, &books->hashes[i]);
		merit_buffer_put_format(out, ",\"rows\":%zu}", rows_count(sheet));
	}
	merit_buffer_put_char(out, ']');
}
