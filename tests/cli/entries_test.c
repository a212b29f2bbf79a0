/* entries_test.c
 * Goal    --as-of takes the entries up to and with a number, those written by a time, and those of all days up to and
 *         with a day; neither one more nor one less.
 * Method  a fixture's entries in memory, some at the last and first milliseconds of days; rows of texts. */
#include "cli/entries.h"
#include "tests/report/memory.h"

/* How many entries that leaves; UINT64_MAX where it is refused. */
static uint64_t size_of(struct memory *memory, const char *as_of)
{
	static const struct merit_option option = { .name = "as-of" };
	struct merit_arguments arguments = { .given = { { &option, as_of } }, .given_count = 1 };
	struct merit_reading reading = { .journal = &memory->journal, .dir = "memory" };
	struct merit_report_options options = memory_all();
	enum merit_exit end = merit_entries_as_of(&arguments, &reading, &options);

	return end == MERIT_EXIT_DONE ? options.size : UINT64_MAX;
}

static void the_edges_of_as_of_are_where_they_are_said_to_be(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	uint64_t first = fixture_size(f); /* the first gift's number */
	f->now_ms = FIXTURE_BIRTH_MS + 2 * FIXTURE_DAY_MS - 1;
	must(f, fixture_gift(f, "m1", "a", 1));
	f->now_ms += 1;
	must(f, fixture_gift(f, "m1", "b", 1));
	must(f, fixture_gift(f, "m1", "c", 1));
	f->now_ms += 1000;
	must(f, fixture_gift(f, "m1", "d", 1));
	struct memory *memory = memory_of(f);
	const struct {
		const char *as_of;
		uint64_t size;
	} rows[] = {
		{ "0", 1 },
		{ "00", 1 },
		{ "-1", UINT64_MAX },
		{ "1", 2 },
		{ "99999", UINT64_MAX },
		{ "9223372036854775807", UINT64_MAX },
		{ "9223372036854775808", UINT64_MAX },
		{ "2025-12-31", 0 },
		{ "2026-01-01", first },
		{ "2026-01-02", first + 1 },
		{ "2026-01-03", first + 4 },
		{ "9999-12-31", first + 4 },
		{ "2026-01-32", UINT64_MAX },
		{ "2026-01-02T23:59:59Z", first },
		{ "2026-01-03T00:00:00Z", first + 3 },
		{ "2026-01-03T00:00:01Z", first + 4 },
		{ "2026-01-03T01:00:00+01:00", first + 3 },
		{ "", UINT64_MAX },
		{ "now", UINT64_MAX },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t got = size_of(memory, rows[i].as_of);
		if (got != rows[i].size)
			fail_msg("%s: %llu in place of %llu", rows[i].as_of, (unsigned long long)got,
			         (unsigned long long)rows[i].size);
	}
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)memory->journal.size - 1);
	assert_int_equal(size_of(memory, text), memory->journal.size);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)memory->journal.size);
	assert_int_equal(size_of(memory, text), UINT64_MAX);
	merit_journal_close(&memory->journal);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_edges_of_as_of_are_where_they_are_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
