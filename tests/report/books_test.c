/* books_test.c
 * Goal    a month's books are the same from a longer log and from other pages, and bound to the log's root; one month's
 *         closing is the next one's opening; of what a closing entry says, each thing that is not so is named; the entry
 *         found is the last one, unless the month was opened again.
 * Method  a story of some months by chance; a closing entry made of the books, with one thing changed a row. */
#include "ledger/json_pull.h"
#include "report/books.h"
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

static int32_t month_of(const char *text)
{
	int32_t first_day;

	assert_true(merit_month_parse(text, strlen(text), &first_day));
	return first_day;
}

/* What period.close is told of the books; to be freed. */
static char *params_of(const struct merit_books *books)
{
	struct merit_buffer params = { 0 };

	merit_books_put_params(&params, books);
	merit_buffer_put_char(&params, '\0');
	assert_false(params.bad);
	return params.data;
}

static const struct merit_books_total *total_in(const struct merit_books *books, const char *unit)
{
	for (size_t i = 0; i < books->totals_count; i++) {
		if (strcmp(books->totals[i].unit, unit) == 0)
			return &books->totals[i];
	}
	fail_msg("no totals of %s", unit);
	return NULL;
}

static struct merit_books books_of(struct memory *memory, const char *month, uint64_t size)
{
	struct merit_books books;
	const char *fault = "";

	assert_int_equal(merit_books_make(&memory->journal, month_of(month), size, NULL, &books, &fault), MERIT_OK);
	return books;
}

/* A ledger of half a year. */
static struct story half_year(uint64_t chance)
{
	struct story story = story_begin(chance, is_restore);

	story_tell(&story, 600);
	fixture_tick(story.f);
	return story;
}

static void half_year_free(struct story *story, struct memory *memory)
{
	memory->journal.close(&memory->journal);
	world_free(story->f);
}

/* ---- Making ---- */

static void a_longer_log_and_other_pages_make_the_same_books(void **state)
{
	struct story story = half_year(21);
	struct memory *memory = memory_of(story.f);
	uint64_t size = memory->journal.size, middle = size / 2;
	struct merit_books books = books_of(memory, "2026-02", middle);

	(void)state;
	memory->page_count = 7;
	memory->journal.size = middle;
	struct merit_books again = books_of(memory, "2026-02", middle);
	memory->journal.size = size;
	char *want = params_of(&books), *got = params_of(&again);
	assert_string_equal(got, want);
	assert_true(books.sheets_count >= 4 && books.totals_count >= 2);
	free(want);
	free(got);
	merit_books_free(&books);
	merit_books_free(&again);
	half_year_free(&story, memory);
}

static void the_root_is_that_of_the_log(void **state)
{
	struct story story = half_year(22);
	struct memory *memory = memory_of(story.f);
	struct merit_books books = books_of(memory, "2026-01", memory->journal.size);
	struct merit_hash root = merit_tree_root(&story.f->ledger->tree);

	(void)state;
	assert_int_equal(story.f->ledger->tree.size, memory->journal.size);
	assert_true(merit_hash_equal(&books.root, &root));
	merit_books_free(&books);
	half_year_free(&story, memory);
}

static void fewer_entries_than_asked_for_have_another_root(void **state)
{
	struct story story = half_year(22);
	struct memory *memory = memory_of(story.f);
	struct merit_books books = books_of(memory, "2026-01", memory->journal.size);
	uint64_t size = memory->journal.size--;
	struct merit_books fewer = books_of(memory, "2026-01", size);

	(void)state;
	assert_false(merit_hash_equal(&books.root, &fewer.root));
	memory->journal.size = size;
	merit_books_free(&books);
	merit_books_free(&fewer);
	half_year_free(&story, memory);
}

static void a_closing_is_the_next_opening(void **state)
{
	struct story story = half_year(23);
	struct memory *memory = memory_of(story.f);
	struct merit_books february = books_of(memory, "2026-02", memory->journal.size);
	struct merit_books march = books_of(memory, "2026-03", memory->journal.size);

	(void)state;
	assert_string_equal(february.totals[0].unit, "points");
	for (size_t i = 0; i < february.totals_count; i++) {
		const struct merit_books_total *next = total_in(&march, february.totals[i].unit);
		assert_int_equal(next->opening, february.totals[i].closing);
		assert_true(february.totals[i].debit > 0);
		assert_true(i < 2 || strcmp(february.totals[i - 1].unit, february.totals[i].unit) < 0);
	}
	assert_true(march.totals[0].opening > 0 && march.totals[0].closing != march.totals[0].opening);
	merit_books_free(&february);
	merit_books_free(&march);
	half_year_free(&story, memory);
}

/* ---- Comparing ---- */

/* The params with the first from as to. Hashes keep their size: a 00 goes in place of two digits. */
static char *changed(const char *params, const char *from, const char *to)
{
	const char *at = strstr(params, from);
	size_t grown = strlen(to) - strlen(from);
	bool is_hash = strlen(to) > 2 && strcmp(to + strlen(to) - 3, "\"00") == 0;
	char *text = malloc(strlen(params) + strlen(to) + 1);

	assert_non_null(at);
	assert_non_null(text);
	sprintf(text, "%.*s%s%s", (int)(at - params), params, to, at + strlen(from) + (is_hash ? grown : 0));
	return text;
}

/* A closing entry that says of the books what they are, but for one thing. */
static struct merit_entry closing_of(const struct merit_books *books, const char *month, const char *from,
                                     const char *to, struct merit_arena *arena)
{
	struct merit_entry entry = { .operation = merit_operation_named("period.close", strlen("period.close")) };
	char *params = params_of(books), *text = changed(params, from, to);
	struct merit_buffer json = { 0 };
	const char *field = "";

	merit_buffer_put_format(&json, "{\"period\":\"%s\",%s}", month, text);
	const char *kept = merit_arena_copy(arena, json.data, json.size);
	struct merit_json_pull pull = merit_json_pull_begin(kept, json.size, arena); /* Values borrow from its bytes. */
	if (merit_values_pull(&pull, entry.operation->params, entry.operation->params_count, NULL, entry.values,
	                      &field) != MERIT_OK)
		fail_msg("%s in %s", field, kept);
	merit_buffer_free(&json);
	free(params);
	free(text);
	return entry;
}

static void what_is_not_so_is_named(void **state)
{
	static const struct {
		const char *name, *from, *to, *want; /* want NULL: they agree */
	} rows[] = {
		{ "all of it", "", "", NULL },
		{ "the root", "\"root\":\"", "\"root\":\"00", "another root" },
		{ "a total", "\"debit\":", "\"debit\":1", "the debit of the trial balance in points is" },
		{ "an opening", "\"opening\":", "\"opening\":1", "the liability before the month in points is" },
		{ "a closing", "\"closing\":", "\"closing\":1", "the liability at its end in points is" },
		{ "a unit", "\"unit\":\"points\"", "\"unit\":\"pints\"",
		  "totals of points stand in place of those of pints" },
		{ "a report's hash", "\"report\":\"liability\",\"hash\":\"", "\"report\":\"liability\",\"hash\":\"00",
		  "the report liability is not the one that was closed" },
		{ "a report's name", "\"report\":\"liability\"", "\"report\":\"other\"",
		  "the report other is none this program knows" },
	};
	struct story story = half_year(24);
	struct memory *memory = memory_of(story.f);
	struct merit_books books = books_of(memory, "2026-02", memory->journal.size);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_arena arena = { 0 };
		struct merit_buffer why = { 0 };
		struct merit_entry entry = closing_of(&books, "2026-02", rows[i].from, rows[i].to, &arena);
		bool is_same = merit_books_agree(&books, &entry, &why);
		merit_buffer_put_char(&why, '\0');
		if (is_same != (rows[i].want == NULL) || (!is_same && strstr(why.data, rows[i].want) == NULL))
			fail_msg("%s: %s", rows[i].name, why.data);
		merit_buffer_free(&why);
		merit_arena_free(&arena);
	}
	merit_books_free(&books);
	half_year_free(&story, memory);
}

/* ---- Finding ---- */

static enum merit_status find(struct fixture *f, const char *month, uint64_t *seq_out)
{
	struct memory *memory = memory_of(f);
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .seq = 0 };
	enum merit_status status = merit_books_find(&memory->journal, month_of(month), &arena, &entry);

	*seq_out = entry.seq;
	merit_arena_free(&arena);
	memory->journal.close(&memory->journal);
	return status;
}

/* fin proposes, and another finance party approves. */
static void reopen(struct fixture *f, const char *name, const char *month)
{
	assert_int_equal(fixture_call(f, "fin", "proposal.create",
	                              "'proposal':'%s','reason':'r','call':{'method':'period.reopen','params':"
	                              "{'period':'%s','reason':'r'}}",
	                              name, month),
	                 MERIT_OK);
	assert_int_equal(fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name), MERIT_OK);
}

static void the_last_closing_counts_until_it_is_opened_again(void **state)
{
	struct fixture *f = fixture_new();
	uint64_t first, second, seq;

	(void)state;
	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	fixture_advance(f, 65 * FIXTURE_DAY_MS);
	assert_int_equal(find(f, "2026-01", &seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_close_month(f, "2026-01"), MERIT_OK);
	assert_int_equal(find(f, "2026-01", &first), MERIT_OK);
	assert_int_equal(find(f, "2026-02", &seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_close_month(f, "2026-02"), MERIT_OK);
	reopen(f, "later", "2026-02");
	assert_int_equal(find(f, "2026-01", &seq), MERIT_OK);
	assert_int_equal(seq, first);
	assert_int_equal(find(f, "2026-02", &seq), MERIT_NOT_FOUND);
	reopen(f, "earlier", "2026-01");
	assert_int_equal(find(f, "2026-01", &seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_close_month(f, "2026-01"), MERIT_OK);
	assert_int_equal(find(f, "2026-01", &second), MERIT_OK);
	assert_true(second > first);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_longer_log_and_other_pages_make_the_same_books),
		cmocka_unit_test(the_root_is_that_of_the_log),
		cmocka_unit_test(fewer_entries_than_asked_for_have_another_root),
		cmocka_unit_test(a_closing_is_the_next_opening),
		cmocka_unit_test(what_is_not_so_is_named),
		cmocka_unit_test(the_last_closing_counts_until_it_is_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
