/* trial_balance_test.c
 * Goal    the report trial-balance says what trial_balance.get says of the same moment, though it is made from postings
 *         alone; a month's closing is the next one's opening; and a posting that nothing stands against is seen.
 * Method  a story of some months by chance; the service's answer for the end of every month, row by row. */
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

static const char *const ends[] = { "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30",
	                            "2026-05-31", "2026-06-30", "2026-12-31" };
#define ENDS (sizeof(ends) / sizeof(ends[0]))

static struct story story_of(uint64_t chance, void (*policy)(struct merit_ledger_birth *birth))
{
	struct story story = story_begin(chance, policy);

	story_tell(&story, 700);
	fixture_tick(story.f);
	return story;
}

/* The row of an account, or rows_count. */
static size_t row_of(const struct merit_sheet *sheet, const char *campaign, const char *account, const char *unit)
{
	size_t row = 0;

	while (row < sheet->rows_count && (strcmp(cell_text(sheet, row, "campaign"), campaign) != 0 ||
	                                   strcmp(cell_text(sheet, row, "account"), account) != 0 ||
	                                   strcmp(cell_text(sheet, row, "unit"), unit) != 0))
		row++;
	return row;
}

/* How many rows of the answer are not 0; each must be in the sheet. */
static size_t rows_compare(const struct merit_sheet *sheet, const cJSON *rows)
{
	size_t count = 0;

	for (const cJSON *row = rows->child; row != NULL; row = row->next) {
		const char *campaign = text_of(row, "campaign"), *account = text_of(row, "account");
		int64_t balance = number_of(row, "balance");
		size_t place = row_of(sheet, campaign == NULL ? "" : campaign, account, text_of(row, "unit"));
		int64_t got = place == sheet->rows_count ? 0 : cell_number(sheet, place, "closing");
		if (got != balance)
			fail_msg("%s %s has %lld, not %lld", campaign, account, (long long)got, (long long)balance);
		count += balance != 0;
	}
	return count;
}

static size_t rows_not_0(const struct merit_sheet *sheet)
{
	size_t count = 0;

	for (size_t i = 0; i < sheet->rows_count; i++)
		count += !sheet->is_total[i] && cell_number(sheet, i, "closing") != 0;
	return count;
}

static void it_says_what_the_service_says(void **state)
{
	void (*const policies[])(struct merit_ledger_birth *) = { is_restore, is_grace, is_forfeit };

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		struct story story = story_of(7 + i, policies[i]);
		struct memory *memory = memory_of(story.f);
		size_t seen = 0;
		for (size_t j = 0; j < ENDS; j++) {
			struct merit_sheet sheet = memory_sheet(memory, "trial-balance", memory_days(NULL, ends[j]));
			if (fixture_query(story.f, "fin", "trial_balance.get", "'day':'%s'", ends[j]) != MERIT_OK) {
				merit_sheet_free(&sheet);
				break; /* it has not come yet */
			}
			cJSON *result = answer(story.f);
			size_t count = rows_compare(&sheet, cJSON_GetObjectItem(result, "rows"));
			assert_int_equal(count, rows_not_0(&sheet));
			assert_false(sheet.differs);
			seen += count;
			cJSON_Delete(result);
			merit_sheet_free(&sheet);
		}
		assert_true(seen > 40);
		memory->journal.close(&memory->journal);
		world_free(story.f);
	}
}

static void as_known_it_says_what_the_service_said(void **state)
{
	struct story story = story_of(20, is_restore);
	struct memory *memory = memory_of(story.f);

	(void)state;
	for (uint64_t seq = 200; seq < memory->journal.size; seq += 233) {
		struct merit_report_options options = memory_all();
		options.size = seq + 1;
		struct merit_sheet sheet = memory_sheet(memory, "trial-balance", options);
		must(story.f, fixture_query(story.f, "fin", "trial_balance.get", "'seq':%" PRIu64, seq));
		cJSON *result = answer(story.f);
		assert_int_equal(rows_compare(&sheet, cJSON_GetObjectItem(result, "rows")), rows_not_0(&sheet));
		cJSON_Delete(result);
		merit_sheet_free(&sheet);
	}
	memory->journal.close(&memory->journal);
	world_free(story.f);
}

static void a_closing_is_the_next_opening(void **state)
{
	struct story story = story_of(11, is_restore);
	struct memory *memory = memory_of(story.f);
	struct merit_sheet march = memory_sheet(memory, "trial-balance", memory_days("2026-03-01", "2026-03-31"));
	struct merit_sheet april = memory_sheet(memory, "trial-balance", memory_days("2026-04-01", "2026-04-30"));
	size_t moved = 0;

	(void)state;
	for (size_t i = 0; i < april.rows_count; i++) {
		size_t row = row_of(&march, cell_text(&april, i, "campaign"), cell_text(&april, i, "account"),
		                    cell_text(&april, i, "unit"));
		int64_t closing = row == march.rows_count ? 0 : cell_number(&march, row, "closing");
		assert_int_equal(cell_number(&april, i, "opening"), closing);
		assert_int_equal(cell_number(&april, i, "closing"),
		                 closing + cell_number(&april, i, "debit") - cell_number(&april, i, "credit"));
		moved += cell_number(&april, i, "debit") != 0;
	}
	assert_true(moved > 5);
	merit_sheet_free(&march);
	merit_sheet_free(&april);
	memory->journal.close(&memory->journal);
	world_free(story.f);
}

static void add_a_point(struct merit_entry *entry)
{
	entry->postings[0].amount++;
}

static void add_a_minor_unit(struct merit_entry *entry)
{
	entry->postings[entry->postings_count - 1].amount++;
}

static void what_does_not_sum_to_zero_differs(void **state)
{
	static const struct {
		enum merit_operation_number operation;
		void (*change)(struct merit_entry *entry);
	} rows[] = { { MERIT_OP_EARN, add_a_point }, { MERIT_OP_SPONSOR_DEPOSIT, add_a_minor_unit } };
	struct story story = story_of(13, is_restore);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct memory *memory = memory_of(story.f);
		memory_doctor(memory, rows[i].operation, rows[i].change);
		struct merit_sheet sheet = memory_sheet(memory, "trial-balance", memory_all());
		assert_true(sheet.differs);
		merit_sheet_free(&sheet);
		memory->journal.close(&memory->journal);
	}
	world_free(story.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_the_service_says),
		cmocka_unit_test(as_known_it_says_what_the_service_said),
		cmocka_unit_test(a_closing_is_the_next_opening),
		cmocka_unit_test(what_does_not_sum_to_zero_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
