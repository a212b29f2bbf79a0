/* liability_test.c
 * Goal    every way points come to members and go from them stands in its own column, in points and to the last minor
 *         unit; closing is opening and the columns, and what the accounts hold; one month's closing is the next one's
 *         opening; and where that is not so, the sheet says it.
 * Method  a story worked out by hand, its CSV byte by byte; stories by chance under each refund policy, whose months
 *         are compared with sums of all postings; a posting changed. */
#include "tests/ledger/books.h"
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

#define HEADINGS                                                                                                       \
	"sponsor,campaign,expiry,currency,opening,issued,matured,brought_in,refunded,restored,redeemed,expired,"       \
	"clawed_back,adjusted,closing,opening_worth,issued_worth,matured_worth,brought_in_worth,refunded_worth,"       \
	"restored_worth,redeemed_worth,expired_worth,clawed_back_worth,adjusted_worth,closing_worth,available,held,"   \
	"pending,debt\n"

/* ---- By hand ---- */

/* Two points are worth one minor unit, and live a month. */
static void campaign_make(struct fixture *f)
{
	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'b','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31',"
	                     "'currency':'CNY','value_minor':1,'value_points':2,'contract':'breakage','months':1,"
	                     "'round':'none','from':'occurred'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'b','event':'gift','maximum':1000,'evidence':'none'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'b','event':'visit','maximum':1000,'evidence':'none','delay_days':2"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'b','points':1000"));
	fixture_party(f, "fin2", "finance");
}

static int64_t earn(struct fixture *f, const char *event, const char *reference, int points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'b','event':'%s','reference':'%s','occurred':%" PRId64
	                     ",'points':%d",
	                     event, reference, f->now_ms, points));
	return fixture_integer(f, "seq");
}

static void adjust(struct fixture *f, const char *name, int points, const char *last_day)
{
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'r','call':{'method':'adjust.points','params':{'member':'m1',"
	                     "'campaign':'b','points':%d,%s'reason':'r','reference':'x'}}",
	                     name, points, last_day));
	must(f, fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name));
}

static void january(struct fixture *f)
{
	earn(f, "gift", "r1", 100); /* until 1 February */
	must(f, fixture_call(f, "ops", "member.opening",
	                     "'member':'m1','campaign':'b','points':40,'reference':'old','last_day':'2026-03-15'"));
	adjust(f, "p1", 10, "'last_day':'2026-03-20',");
	must(f, fixture_order(f, "o1", "m1", 2)); /* 60 points, of those that die first */
	must(f, fixture_call(f, "ops", "order.fulfil", "'order':'o1'"));
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o1','lines':[{'line':0,'quantity':1}],'reason':'r'"));
}

static void february(struct fixture *f)
{
	fixture_advance(f, 35 * FIXTURE_DAY_MS);                                      /* 5 February */
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o1','reason':'r'")); /* its lot is dead */
	int64_t seq = earn(f, "gift", "r2", 20);
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'", seq));
	earn(f, "visit", "r3", 15);
	fixture_advance(f, 3 * FIXTURE_DAY_MS);
	adjust(f, "p2", -5, "");
	must(f, fixture_order(f, "o2", "m1", 1)); /* stays held */
	earn(f, "visit", "r4", 8);                /* stays pending */
}

static void every_way_has_its_column(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_make(f);
	january(f);
	february(f);
	struct memory *memory = memory_of(f);
	memory_csv_is(memory, "liability", memory_days("2026-01-01", "2026-01-31"),
	              HEADINGS
	              "acme,b,2026-02,CNY,0,100,0,0,30,0,-60,0,0,0,70,0.00,0.50,0.00,0.00,0.15,0.00,-0.30,0.00,"
	              "0.00,0.00,0.35,70,0,0,0\n"
	              "acme,b,2026-03,CNY,0,0,0,40,0,0,0,0,0,10,50,0.00,0.00,0.00,0.20,0.00,0.00,0.00,0.00,"
	              "0.00,0.05,0.25,50,0,0,0\n");
	memory_csv_is(memory, "liability", memory_days("2026-02-01", "2026-02-28"),
	              HEADINGS "acme,b,,CNY,0,0,0,0,0,0,0,0,0,0,0,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,"
	                       "0.00,0,0,8,0\n"
	                       "acme,b,2026-02,CNY,70,0,0,0,0,0,0,-70,0,0,0,0.35,0.00,0.00,0.00,0.00,0.00,0.00,-0.35,"
	                       "0.00,0.00,0.00,0,0,0,0\n"
	                       "acme,b,2026-03,CNY,50,20,15,0,0,30,0,0,-20,-5,90,0.25,0.10,0.07,0.00,0.00,0.16,0.00,"
	                       "0.00,-0.10,-0.03,0.45,60,30,0,0\n");
	memory->journal.close(&memory->journal);
	world_free(f);
}

/* ---- By chance ---- */

static void spans(struct books_moment moment, struct books *books, const struct merit_sheet *sheet, const char *column,
                  enum merit_account account)
{
	static const char *const campaigns[] = { "c1", "c2", "c3", "c4" };

	for (size_t i = 0; i < 4; i++) {
		struct books_filter filter = { .account = account, .campaign = campaigns[i] };
		int64_t got = 0, want = books_sum(books, moment, filter);
		for (size_t row = 0; row < sheet->rows_count; row++) {
			if (!sheet->is_total[row] && strcmp(cell_text(sheet, row, "campaign"), campaigns[i]) == 0)
				got += cell_number(sheet, row, column);
		}
		if (got != want)
			fail_msg("%s of %s: %lld, not %lld", column, campaigns[i], (long long)got, (long long)want);
	}
}

static int64_t column_sum(const struct merit_sheet *sheet, const char *column)
{
	int64_t sum = 0;

	for (size_t row = 0; row < sheet->rows_count; row++)
		sum += sheet->is_total[row] ? 0 : cell_number(sheet, row, column);
	return sum;
}

static void month_holds(struct memory *memory, struct books *books, const char *first, const char *last)
{
	struct merit_report_options options = memory_days(first, last);
	struct merit_sheet sheet = memory_sheet(memory, "liability", options);
	struct books_moment moment = { .is_dated = true, .day = options.last_day };

	assert_false(sheet.differs);
	spans(moment, books, &sheet, "available", MERIT_ACCOUNT_MEMBER);
	spans(moment, books, &sheet, "held", MERIT_ACCOUNT_HELD);
	spans(moment, books, &sheet, "pending", MERIT_ACCOUNT_PENDING);
	spans(moment, books, &sheet, "debt", MERIT_ACCOUNT_DEBT);
	assert_int_equal(column_sum(&sheet, "closing"), column_sum(&sheet, "available") + column_sum(&sheet, "held"));
	merit_sheet_free(&sheet);
}

static const char *const months[][2] = { { "2026-01-01", "2026-01-31" }, { "2026-02-01", "2026-02-28" },
	                                 { "2026-03-01", "2026-03-31" }, { "2026-04-01", "2026-04-30" },
	                                 { "2026-05-01", "2026-05-31" }, { "2026-06-01", "2026-06-30" } };
#define MONTHS (sizeof(months) / sizeof(months[0]))

static void months_follow(struct memory *memory)
{
	int64_t closing = 0, worth = 0;

	for (size_t i = 0; i < MONTHS; i++) {
		struct merit_sheet sheet = memory_sheet(memory, "liability", memory_days(months[i][0], months[i][1]));
		assert_int_equal(column_sum(&sheet, "opening"), closing);
		assert_int_equal(column_sum(&sheet, "opening_worth"), worth);
		closing = column_sum(&sheet, "closing");
		worth = column_sum(&sheet, "closing_worth");
		merit_sheet_free(&sheet);
	}
}

static void every_story_adds_up(void **state)
{
	void (*const policies[])(struct merit_ledger_birth *) = { is_restore, is_grace, is_forfeit };
	static const char *const all[] = { "issued",  "matured",     "refunded", "redeemed",
		                           "expired", "clawed_back", "adjusted" };

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		struct story story = story_begin(40 + i, policies[i]);
		struct books books = { .count = 0 };
		story_tell(&story, 900);
		fixture_tick(story.f);
		books_read(&books, story.f);
		struct memory *memory = memory_of(story.f);
		for (size_t j = 0; j < MONTHS; j++)
			month_holds(memory, &books, months[j][0], months[j][1]);
		months_follow(memory);
		struct merit_sheet sheet = memory_sheet(memory, "liability", memory_all());
		for (size_t j = 0; j < sizeof(all) / sizeof(all[0]); j++)
			assert_int_not_equal(column_sum(&sheet, all[j]), 0);
		if (policies[i] != is_forfeit)
			assert_true(column_sum(&sheet, "restored") > 0);
		else
			assert_int_equal(column_sum(&sheet, "restored"), 0);
		merit_sheet_free(&sheet);
		memory->journal.close(&memory->journal);
		books_free(&books);
		world_free(story.f);
	}
}

/* Points that leave a lot for nowhere. */
static void lose_a_point(struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (entry->postings[i].account == MERIT_ACCOUNT_HELD)
			entry->postings[i].amount--;
	}
}

static void a_row_that_does_not_tie_differs(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_make(f);
	january(f);
	must(f, fixture_order(f, "o2", "m1", 1));
	must(f, fixture_call(f, "ops", "order.cancel", "'order':'o2'"));
	struct memory *memory = memory_of(f);
	memory_doctor(memory, MERIT_OP_ORDER_CANCEL, lose_a_point);
	struct merit_sheet sheet = memory_sheet(memory, "liability", memory_all());
	assert_true(sheet.differs);
	merit_sheet_free(&sheet);
	memory->journal.close(&memory->journal);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_has_its_column),
		cmocka_unit_test(every_story_adds_up),
		cmocka_unit_test(a_row_that_does_not_tie_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
