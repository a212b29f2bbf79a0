/* journals.c - see journals.h. Balances come from the ledger's state, not from what the export added up. */
#include "tests/support/journals.h"

#include "ledger/csv.h"
#include "ledger/currency.h"
#include "report/export.h"
#include "report/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE_SIZE 512

/* An account that some entry moves, and the ledger's balance as the journals have it: "12.00 CNY". */
struct account {
	enum merit_account account;
	struct merit_text holder, currency;
	char hledger[LINE_SIZE], beancount[LINE_SIZE], balance[64];
	bool is_zero;
};

struct books {
	struct merit_index accounts;
	struct merit_arena arena;
};

/* ---- Ours ---- */

static enum merit_status entry_take(void *context, const struct merit_entry *entry)
{
	struct books *books = context;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		struct merit_index_key key = { .size = 0 };
		merit_index_key_number(&key, posting->account);
		merit_index_key_text(&key, posting->holder);
		merit_index_key_text(&key, posting->currency);
		struct account *account =
			merit_index_get(&books->accounts, &books->arena, merit_index_key_whole(&key), sizeof(*account));
		assert_non_null(account);
		if (account->holder.data != NULL)
			continue;
		account->account = posting->account;
		account->holder.data = merit_arena_copy(&books->arena, posting->holder.data, posting->holder.size);
		account->holder.size = posting->holder.size;
		account->currency.data =
			merit_arena_copy(&books->arena, posting->currency.data, posting->currency.size);
		account->currency.size = posting->currency.size;
	}
	return MERIT_OK;
}

static void text_take(struct merit_buffer *text, char *text_out, size_t size)
{
	assert_true(!text->bad && text->size < size);
	memcpy(text_out, text->data, text->size);
	text_out[text->size] = '\0';
	merit_buffer_clear(text);
}

static void account_fill(struct fixture *f, struct account *account)
{
	bool is_money = account->currency.size > 0;
	int64_t balance = is_money ? fixture_money(f, account->account, account->holder.data, account->currency.data)
	                           : fixture_balance(f, account->account, account->holder.data);
	struct merit_buffer text = { 0 };

	merit_export_put_hledger(&text, account->account, account->holder, is_money);
	text_take(&text, account->hledger, sizeof(account->hledger));
	merit_export_put_beancount(&text, account->account, account->holder, is_money);
	text_take(&text, account->beancount, sizeof(account->beancount));
	if (is_money) {
		merit_money_put(&text, balance, account->currency.data, true);
		merit_buffer_put_format(&text, " %s", account->currency.data);
	} else {
		merit_buffer_put_integer(&text, balance);
		merit_buffer_put_text(&text, " POINTS");
	}
	text_take(&text, account->balance, sizeof(account->balance));
	account->is_zero = balance == 0;
	merit_buffer_free(&text);
}

static void export_to(struct merit_journal *source, enum merit_export_form form, int32_t first_day, const char *path)
{
	const struct merit_report_options options = { .first_day = first_day,
		                                      .last_day = MERIT_DAY_NEVER,
		                                      .size = UINT64_MAX };
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(merit_export(source, form, &options, NULL, file), MERIT_OK);
	assert_int_equal(fclose(file), 0);
}

/* Writes root/hledger.journal and root/merit.beancount, and learns the balances. */
static void books_read(struct fixture *f, struct books *books, int32_t first_day)
{
	struct merit_journal *source;
	char path[LINE_SIZE];

	fixture_close(f);
	assert_int_equal(merit_journal_open_directory(f->directory, &source), MERIT_OK);
	assert_int_equal(merit_journal_each(source, 0, source->size, entry_take, books, NULL), MERIT_OK);
	(void)snprintf(path, sizeof(path), "%s/hledger.journal", f->root);
	export_to(source, MERIT_EXPORT_HLEDGER, first_day, path);
	(void)snprintf(path, sizeof(path), "%s/merit.beancount", f->root);
	export_to(source, MERIT_EXPORT_BEANCOUNT, first_day, path);
	merit_journal_close(source);
	fixture_open(f);
	for (size_t i = 0; i < books->accounts.count; i++)
		account_fill(f, merit_index_at(&books->accounts, i));
}

/* ---- Theirs ---- */

static bool is_installed(const char *program)
{
	char command[LINE_SIZE];

	(void)snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
	if (system(command) == 0)
		return true;
	print_message("skipped: %s is not installed\n", program);
	return false;
}

/* The program's first line of output, cut; "" when it says nothing. Its end must be what is wanted. */
static void program_run(const char *command, int want)
{
	char line[LINE_SIZE] = "";
	FILE *output = popen(command, "r");

	assert_non_null(output);
	char *said = fgets(line, sizeof(line), output);
	for (char rest[LINE_SIZE]; fgets(rest, sizeof(rest), output) != NULL;)
		continue;
	int end = pclose(output);
	if (end != want || said != NULL)
		fail_msg("%s: %d: %s", command, end, line);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The accounts in one form, a line "name balance" each, in order; free them. hledger leaves out those at zero. */
static char (*lines_of(const struct books *books, size_t name_offset, bool with_zeros,
                       size_t *count_out))[2 * LINE_SIZE]
{
	char(*lines)[2 * LINE_SIZE] = calloc(books->accounts.count, sizeof(*lines));
	size_t count = 0;

	assert_non_null(lines);
	for (size_t i = 0; i < books->accounts.count; i++) {
		const struct account *account = merit_index_at(&books->accounts, i);
		if (account->is_zero && !with_zeros)
			continue;
		(void)snprintf(lines[count++], sizeof(lines[0]), "%s %s", (const char *)account + name_offset,
		               account->balance);
	}
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	*count_out = count;
	return lines;
}

/* Each of their lines is one of ours, and there are as many. */
static void lines_agree(char (*ours)[2 * LINE_SIZE], size_t ours_count, char (*theirs)[2 * LINE_SIZE],
                        size_t theirs_count)
{
	qsort(theirs, theirs_count, sizeof(theirs[0]), compare_lines);
	for (size_t i = 0; i < ours_count && i < theirs_count; i++)
		assert_string_equal(theirs[i], ours[i]);
	assert_int_equal(theirs_count, ours_count);
}

static void hledger_agrees(struct fixture *f, const struct books *books)
{
	char command[2 * LINE_SIZE];
	size_t ours_count, count = 0;
	char(*ours)[2 * LINE_SIZE] = lines_of(books, offsetof(struct account, hledger), false, &ours_count);
	char(*theirs)[2 * LINE_SIZE] = calloc(books->accounts.count, sizeof(*theirs));
	struct merit_csv csv = { .delimiter = ',' };

	(void)snprintf(command, sizeof(command), "hledger -f '%s/hledger.journal' check --strict 2>&1", f->root);
	program_run(command, 0);
	(void)snprintf(command, sizeof(command),
	               "hledger -f '%s/hledger.journal' balance --flat -N --layout=bare -O csv", f->root);
	csv.file = popen(command, "r");
	assert_true(csv.file != NULL && theirs != NULL);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_string_equal(merit_csv_field(&csv, 1), "commodity");
	while (merit_csv_next(&csv) == MERIT_OK) {
		assert_true(csv.fields_count == 3 && count < books->accounts.count);
		(void)snprintf(theirs[count++], sizeof(theirs[0]), "%s %s %s", merit_csv_field(&csv, 0),
		               merit_csv_field(&csv, 2), merit_csv_field(&csv, 1));
	}
	merit_csv_free(&csv);
	assert_int_equal(pclose(csv.file), 0);
	lines_agree(ours, ours_count, theirs, count);
	free(ours);
	free(theirs);
}

/* bean-check itself compares what the journal asserts with what its transactions come to: so what it asserts is
 * compared with the ledger here. */
static void beancount_agrees(struct fixture *f, const struct books *books)
{
	char command[2 * LINE_SIZE], line[2 * LINE_SIZE], path[LINE_SIZE];
	size_t ours_count, count = 0;
	char(*ours)[2 * LINE_SIZE] = lines_of(books, offsetof(struct account, beancount), true, &ours_count);
	char(*theirs)[2 * LINE_SIZE] = calloc(books->accounts.count, sizeof(*theirs));

	(void)snprintf(path, sizeof(path), "%s/merit.beancount", f->root);
	FILE *file = fopen(path, "r");
	assert_true(file != NULL && theirs != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		char name[LINE_SIZE], amount[32], unit[16];
		if (sscanf(line, "%*10[0-9-] balance %511s %31s %15s", name, amount, unit) != 3)
			continue;
		assert_true(count < books->accounts.count);
		(void)snprintf(theirs[count++], sizeof(theirs[0]), "%s %s %s", name, amount, unit);
	}
	assert_int_equal(fclose(file), 0);
	lines_agree(ours, ours_count, theirs, count);
	(void)snprintf(command, sizeof(command), "bean-check --no-cache '%s' 2>&1", path);
	program_run(command, 0);
	free(ours);
	free(theirs);
}

void journals_agree(struct fixture *f, int32_t first_day)
{
	struct books books = { .accounts = { .count = 0 } };

	books_read(f, &books, first_day);
	assert_true(books.accounts.count > 0);
	if (is_installed("hledger"))
		hledger_agrees(f, &books);
	if (is_installed("bean-check"))
		beancount_agrees(f, &books);
	merit_index_free(&books.accounts);
	merit_arena_free(&books.arena);
}
