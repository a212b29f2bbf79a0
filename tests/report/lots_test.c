/* lots_test.c
 * Goal    what a month of expiry holds, what died of it and what that brought: breakage only where the contract says
 *         so, its worth that of the breakage account to the last minor unit; how soon it is counts from the report's
 *         day.
 * Method  a story worked out by hand with a campaign of each contract; parts of six months, and
 *         stories by chance, against the account. */
#include "tests/ledger/sales.h"
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

#define HEADINGS                                                                                                       \
	"sponsor,campaign,expiry,currency,days,age,available,held,pending,came_in,restored,expired,breakage,breakage_" \
	"worth,"                                                                                                       \
	"rate\n"

/* Three points of either are worth one minor unit, and live a month, or for ever. */
static const struct deal deals[] = {
	{ "keep", "acme", "CNY", "breakage", 1, 3, 1 },
	{ "give", "acme", "CNY", "sponsor", 1, 3, 1 },
	{ "ever", "acme", "CNY", "breakage", 1, 3, 0 },
};

static void a_month_holds_and_lost_this_much(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (size_t i = 0; i < 3; i++)
		deal_add(f, &deals[i], 1000);
	give(f, "keep", 50); /* until 1 February */
	give(f, "give", 40);
	give(f, "ever", 7);
	fixture_advance(f, MONTH_MS + FIXTURE_DAY_MS); /* all of that is dead; it is 2 February */
	give(f, "keep", 31);
	struct memory *memory = memory_of(f);
	memory_csv_is(memory, "lots", memory_days(NULL, "2026-02-28"),
	              HEADINGS "acme,ever,never,CNY,,never,7,0,0,7,0,0,0,0.00,0\n"
	                       "acme,give,2026-02,CNY,0,0-30,0,0,0,40,0,40,0,0.00,10000\n"
	                       "acme,keep,2026-02,CNY,0,0-30,0,0,0,50,0,50,50,0.17,10000\n"
	                       "acme,keep,2026-03,CNY,31,31-90,31,0,0,31,0,0,0,0.00,0\n");
	memory_csv_is(memory, "lots", memory_days("2026-01-01", "2026-01-31"),
	              HEADINGS "acme,ever,never,CNY,,never,7,0,0,7,0,0,0,0.00,0\n"
	                       "acme,give,2026-02,CNY,28,0-30,40,0,0,40,0,0,0,0.00,0\n"
	                       "acme,keep,2026-02,CNY,28,0-30,50,0,0,50,0,0,0,0.00,0\n");
	assert_int_equal(fixture_money(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY"), -17);
	memory->journal.close(&memory->journal);
	world_free(f);
}

/* Asked for by ops, agreed to by fin. */
static void adjust(struct fixture *f, const char *name, int points)
{
	must(f, fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'%s','reason':'r','call':{'method':'adjust.points','params':{'member':'m1',"
	                     "'campaign':'keep','points':%d,'reason':'r','reference':'t'}}",
	                     name, points));
	must(f, fixture_call(f, "fin", "proposal.approve", "'proposal':'%s'", name));
}

/* 50 earned, 13 added and 10 taken by adjustments: all that is left, 53, dies. */
static void what_an_adjustment_added_came_in(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	deal_add(f, &deals[0], 1000);
	give(f, "keep", 50);
	adjust(f, "p1", 13);
	adjust(f, "p2", -10);
	fixture_advance(f, MONTH_MS + FIXTURE_DAY_MS);
	fixture_tick(f);
	struct memory *memory = memory_of(f);
	memory_csv_is(memory, "lots", memory_days(NULL, "2026-02-28"),
	              HEADINGS "acme,keep,2026-02,CNY,0,0-30,0,0,0,63,0,53,53,0.18,8413\n");
	memory->journal.close(&memory->journal);
	world_free(f);
}

/* Points that expire in parts are worth what they are worth together: 0.33 + 0.33 + 0.34. */
static void breakage_is_worth_what_its_account_got(void **state)
{
	struct fixture *f = fixture_new();
	int64_t worth = 0;

	(void)state;
	fixture_world(f);
	deal_add(f, &deals[0], 10000);
	for (int i = 0; i < 6; i++) {
		give(f, "keep", 100 + i);
		fixture_advance(f, MONTH_MS);
	}
	struct memory *memory = memory_of(f);
	struct merit_sheet sheet = memory_sheet(memory, "lots", memory_all());
	for (size_t i = 0; i < sheet.rows_count; i++)
		worth += sheet.is_total[i] ? 0 : cell_number(&sheet, i, "breakage_worth");
	assert_int_equal(worth, -fixture_money(f, MERIT_ACCOUNT_BREAKAGE, "", "CNY"));
	assert_true(worth > 100);
	assert_int_equal(sheet.charts_count, 0); /* nothing is alive */
	merit_sheet_free(&sheet);
	memory->journal.close(&memory->journal);
	world_free(f);
}

static void every_storys_breakage_is_its_accounts(void **state)
{
	void (*const policies[])(struct merit_ledger_birth *) = { is_restore, is_grace, is_forfeit };

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		struct story story = story_begin(70 + i, policies[i]);
		int64_t worth = 0;
		story_tell(&story, 600);
		fixture_tick(story.f);
		struct memory *memory = memory_of(story.f);
		struct merit_sheet sheet = memory_sheet(memory, "lots", memory_all());
		for (size_t row = 0; row < sheet.rows_count; row++)
			worth += sheet.is_total[row] ? 0 : cell_number(&sheet, row, "breakage_worth");
		assert_int_equal(worth, -fixture_money(story.f, MERIT_ACCOUNT_BREAKAGE, "", "CNY"));
		assert_int_not_equal(worth, 0);
		merit_sheet_free(&sheet);
		memory->journal.close(&memory->journal);
		world_free(story.f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_holds_and_lost_this_much),
		cmocka_unit_test(what_an_adjustment_added_came_in),
		cmocka_unit_test(breakage_is_worth_what_its_account_got),
		cmocka_unit_test(every_storys_breakage_is_its_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
