/* op_adjust_test.c
 * Goal    nothing is corrected by one party alone, and a correction keeps every rule of what it corrects: points come
 *         from a budget or from a sponsor with money for them, debts are given up and not forgotten, money moves from
 *         one account to another.
 * Method  rows of refusals, first as calls of one party, then as approved proposals; stories of members of beta's
 *         campaign b1, whose points live a month. */
#include "tests/ledger/sponsors.h"

#define POINTS(member, campaign, points, more)                                                                         \
	"'member':'" member "','campaign':'" campaign "','points':" points ",'reason':'r','reference':'c-1'" more
#define MONEY(debit, credit, amount, more)                                                                             \
	"'debit':'" debit "','credit':'" credit "','currency':'CNY','amount_minor':" amount                            \
	",'reason':'r','reference':'c-1'" more
#define TOMORROW  ",'day':'2026-01-02'"
#define YESTERDAY ",'day':'2025-12-31'"

/* Proposals, and what comes of each once it is approved. */
struct row {
	const char *name, *method, *params;
	enum merit_status want;
};

static void rows_run(struct fixture *f, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum merit_status got = agree(f, rows[i].method, rows[i].params);
		if (got != rows[i].want)
			fail_msg("row %zu, %s: %s in place of %s\n%s", i, rows[i].name, merit_status_word(got),
			         merit_status_word(rows[i].want), f->reply.data);
	}
}

#define ROWS_RUN(f, rows) rows_run((f), (rows), sizeof(rows) / sizeof((rows)[0]))

/* beta with as much money as b1's budget is worth. */
static struct fixture *adjust_new(int64_t budget)
{
	struct fixture *f = sponsors_new();

	pay_in(f, budget);
	must(f, fund(f, "b1", budget));
	return f;
}

static void lot_is(struct fixture *f, const char *last_day, int64_t available)
{
	char lot[128];

	must(f, fixture_query(f, "m1", "balance.get", "'member':'m1'"));
	snprintf(lot, sizeof(lot), "\"last_day\":\"%s\",\"available\":%" PRId64, last_day, available);
	if (strstr(f->reply.data, lot) == NULL)
		fail_msg("no %s in %s", lot, f->reply.data);
}

/* m1 owes points to b1: what it earned was spent, and then reversed. */
static void owe(struct fixture *f, const char *order, int cups)
{
	must(f, gift(f, "b1", "m1", 30 * cups));
	uint64_t earn = fixture_size(f) - 1;
	must(f, fixture_order(f, order, "m1", cups));
	must(f, fixture_call(f, "svc", "order.fulfil", "'order':'%s'", order));
	must(f, fixture_call(f, "ops", "reverse", "'entry':%" PRIu64 ",'reason':'r'", earn));
}

/* ---- Two parties ---- */

static void nothing_is_adjusted_by_one_party(void **state)
{
	static const struct step alone[] = {
		{ "points", "fin", "adjust.points", POINTS("m1", "b1", "5", ""), MERIT_PROPOSAL_REQUIRED },
		{ "points back", "ops", "adjust.points", POINTS("m1", "b1", "-5", ""), MERIT_PROPOSAL_REQUIRED },
		{ "a debt", "fin", "adjust.debt", POINTS("m1", "b1", "5", ""), MERIT_PROPOSAL_REQUIRED },
		{ "money", "fin", "adjust.money", MONEY("cash", "margin", "5", ""), MERIT_PROPOSAL_REQUIRED },
		{ "points by a program", "svc", "adjust.points", POINTS("m1", "b1", "5", ""), MERIT_NOT_PERMITTED },
		{ "money by an operator", "ops", "adjust.money", MONEY("cash", "margin", "5", ""),
		  MERIT_NOT_PERMITTED },
		{ "asked for", "fin", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'adjust.points','params':{" POINTS("m1", "b1", "5",
		                                                                                   "") "}}",
		  MERIT_OK },
		{ "approved by who asked", "fin", "proposal.approve", "'proposal':'p'", MERIT_SAME_PARTY },
		{ "by another key of it", "fin/k2", "proposal.approve", "'proposal':'p'", MERIT_SAME_PARTY },
		{ "by who may not", "svc", "proposal.approve", "'proposal':'p'", MERIT_NOT_PERMITTED },
		{ "by another role that may", "ops", "proposal.approve", "'proposal':'p'", MERIT_OK },
		{ "once", "fin2", "proposal.approve", "'proposal':'p'", MERIT_PROPOSAL_ENDED },
	};
	struct fixture *f = adjust_new(100);

	(void)state;
	STEPS_RUN(f, alone);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 5);
	world_free(f);
}

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step alone[] = {
		{ "m3 comes", "svc", "member.create", "'member':'m3'", MERIT_OK },
		{ "and goes", "ops", "member.close", "'member':'m3','reason':'r'", MERIT_OK },
		{ "no points", "fin", "adjust.points", POINTS("nobody", "nobody", "0", TOMORROW), MERIT_ZERO_AMOUNT },
		{ "of nobody", "fin", "adjust.points", POINTS("nobody", "nobody", "1", TOMORROW),
		  MERIT_MEMBER_UNKNOWN },
		{ "of no campaign", "fin", "adjust.points", POINTS("m3", "nobody", "1", TOMORROW),
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "of who has gone", "fin", "adjust.points", POINTS("m3", "b1", "1", TOMORROW), MERIT_MEMBER_CLOSED },
		{ "alone", "fin", "adjust.points", POINTS("m1", "b1", "1", TOMORROW), MERIT_PROPOSAL_REQUIRED },
		{ "no debt", "fin", "adjust.debt", POINTS("nobody", "nobody", "0", TOMORROW), MERIT_ZERO_AMOUNT },
		{ "less than none", "fin", "adjust.debt", POINTS("nobody", "nobody", "-1", TOMORROW),
		  MERIT_NEGATIVE_AMOUNT },
		{ "of nobody", "fin", "adjust.debt", POINTS("nobody", "nobody", "1", TOMORROW), MERIT_MEMBER_UNKNOWN },
		{ "to no campaign", "fin", "adjust.debt", POINTS("m1", "nobody", "1", TOMORROW),
		  MERIT_CAMPAIGN_UNKNOWN },
		{ "alone", "fin", "adjust.debt", POINTS("m1", "b1", "1", TOMORROW), MERIT_PROPOSAL_REQUIRED },
		{ "no money", "fin", "adjust.money", MONEY("nowhere", "nowhere", "0", TOMORROW), MERIT_ZERO_AMOUNT },
		{ "less than none", "fin", "adjust.money", MONEY("nowhere", "cash", "-1", TOMORROW),
		  MERIT_NEGATIVE_AMOUNT },
		{ "from nowhere", "fin", "adjust.money", MONEY("cash", "nowhere", "1", TOMORROW),
		  MERIT_ACCOUNT_UNKNOWN },
		{ "alone", "fin", "adjust.money", MONEY("cash", "cash", "1", TOMORROW), MERIT_PROPOSAL_REQUIRED },
	};
	static const struct row agreed[] = {
		{ "to come", "adjust.points", POINTS("m1", "b1", "101", TOMORROW), MERIT_IN_FUTURE },
		{ "more than the budget, and dead", "adjust.points",
		  POINTS("m1", "b1", "101", ",'last_day':'2025-12-31'"), MERIT_SHORT_BUDGET },
		{ "dead", "adjust.points", POINTS("m1", "b1", "100", ",'last_day':'2025-12-31'"), MERIT_LOT_EXPIRED },
		{ "back to come", "adjust.points", POINTS("m1", "b1", "-1", TOMORROW), MERIT_IN_FUTURE },
		{ "back", "adjust.points", POINTS("m1", "b1", "-1", ""), MERIT_SHORT_POINTS },
		{ "a debt to come", "adjust.debt", POINTS("m1", "b1", "1", TOMORROW), MERIT_IN_FUTURE },
		{ "no debt", "adjust.debt", POINTS("m1", "b1", "1", ""), MERIT_NOTHING_TO_DO },
		{ "the platform's, to come", "adjust.money", MONEY("cash", "sponsor/house", "1", TOMORROW),
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "or to the platform", "adjust.money", MONEY("sponsor/house", "cash", "1", ""),
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "to come, and nowhere", "adjust.money", MONEY("cash", "cash", "1", TOMORROW), MERIT_IN_FUTURE },
		{ "nowhere", "adjust.money", MONEY("cash", "cash", "1", ""), MERIT_NOTHING_TO_DO },
		{ "its last day is today", "adjust.points", POINTS("m1", "b1", "100", ",'last_day':'2026-01-01'"),
		  MERIT_OK },
	};
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'house','platform':true"));
	STEPS_RUN(f, alone);
	ROWS_RUN(f, agreed);
	books_are_right(f);
	world_free(f);
}

/* ---- adjust.points ---- */

static void points_are_given_out_of_the_budget(void **state)
{
	struct fixture *f = adjust_new(100);
	struct merit_entry entry;

	(void)state;
	fixture_advance(f, 9 * FIXTURE_DAY_MS); /* 10 January */
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "40", "")));
	lot_is(f, "2026-02-10", 40);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "7", ",'last_day':'2026-01-20'")));
	lot_is(f, "2026-01-20", 7);
	/* Dated back, they live from today all the same. */
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "1", ",'day':'2026-01-03'")));
	lot_is(f, "2026-02-10", 41);
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_int_equal(entry.day, 20456);
	assert_false(entry.has_belongs_to);
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "53", "")), MERIT_SHORT_BUDGET);
	assert_int_equal(fixture_integer(f, "budget"), 52);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "52", "")));
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

static void points_given_pay_a_debt_down_first(void **state)
{
	struct fixture *f = adjust_new(200);

	(void)state;
	owe(f, "o", 2);
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -60);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "25", "")));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -35);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "45", "")));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 10);
	books_are_right(f);
	world_free(f);
}

static void points_are_taken_back_from_what_dies_first(void **state)
{
	struct fixture *f = adjust_new(200);

	(void)state;
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "30", ",'last_day':'2026-03-31'")));
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "20", ",'last_day':'2026-02-28'")));
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "50", ",'last_day':'2026-04-30'")));
	must(f, agree(f, "adjust.points", POINTS("m1", "c1", "1", ",'last_day':'2026-01-31'"))); /* and stays */
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "-35", "")));
	lot_is(f, "2026-01-31", 1);
	lot_is(f, "2026-03-31", 15);
	lot_is(f, "2026-04-30", 50);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "b1", 135);
	must(f, fixture_order(f, "o", "m1", 1)); /* what an order holds is not there: 1 of c1, 15 and 14 of b1 */
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "-37", "")), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "have"), 36);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "-36", "")));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 30);
	books_are_right(f);
	world_free(f);
}

static void a_closed_campaign_gives_out_of_its_sponsors_account(void **state)
{
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'b1'"));
	free_is(f, 100);
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "101", "")), MERIT_OVER_CREDIT);
	assert_int_equal(fixture_integer(f, "needed"), 101);
	assert_int_equal(fixture_integer(f, "free"), 100);
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "101", TOMORROW)), MERIT_OVER_CREDIT);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "100", "")));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -100);
	free_is(f, 0);
	books_are_right(f);
	/* And takes them back there. */
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "-60", "")));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -40);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "b1", 0);
	free_is(f, 60);
	books_are_right(f);
	world_free(f);
}

static void points_of_a_closed_campaign_have_the_limits_of_funding(void **state)
{
	struct fixture *f = sponsors_new();
	const int64_t left = MERIT_WORTH_MAX - 100000 - 10; /* the world's, and what b1 was funded before it closed */
	char params[160];

	(void)state;
	fixture_credit(f, "beta", "CNY");
	must(f, fund(f, "b1", 10));
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'b1'"));
	snprintf(params, sizeof(params), "'member':'nobody','campaign':'b1','points':%lld,'reason':'r','reference':'c'",
	         MERIT_AMOUNT_MAX);
	assert_int_equal(agree(f, "adjust.points", params), MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "left"), MERIT_AMOUNT_MAX - 100000);
	snprintf(params, sizeof(params),
	         "'member':'m1','campaign':'b1','points':%" PRId64 ",'reason':'r','reference':'c'", left + 1);
	assert_int_equal(agree(f, "adjust.points", params), MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "left_minor"), left);
	snprintf(params, sizeof(params),
	         "'member':'m1','campaign':'b1','points':%" PRId64 ",'reason':'r','reference':'c'", left);
	must(f, agree(f, "adjust.points", params));
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "1", "")), MERIT_AMOUNT_RANGE);
	books_are_right(f);
	world_free(f);
}

static void a_frozen_member_is_corrected_and_a_closed_one_is_not(void **state)
{
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'r'"));
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "40", "")));
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "-10", "")));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 30);
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "1", "")), MERIT_MEMBER_CLOSED);
	assert_int_equal(agree(f, "adjust.points", POINTS("m1", "b1", "-1", "")), MERIT_MEMBER_CLOSED);
	books_are_right(f);
	world_free(f);
}

/* Each lot of a day of its own, up to the limit. */
static void points_given_find_a_lot_or_are_refused(void **state)
{
	struct fixture *f = adjust_new(1000);
	char params[160], day[MERIT_DAY_TEXT_SIZE];

	(void)state;
	for (int32_t i = 0; i <= MERIT_MEMBER_LOTS_MAX; i++) {
		merit_day_format(20455 + i, day);
		snprintf(params, sizeof(params), POINTS("m1", "b1", "1", ",'last_day':'%s'"), day);
		assert_int_equal(agree(f, "adjust.points", params),
		                 i < MERIT_MEMBER_LOTS_MAX ? MERIT_OK : MERIT_TOO_MANY_LOTS);
	}
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "1", ",'last_day':'2026-01-02'")));
	books_are_right(f);
	world_free(f);
}

/* The proposal was made while they were alive: what counts is when it is carried out. */
static void points_that_died_meanwhile_are_not_taken_back(void **state)
{
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "40", "")));
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'back','reason':'r','call':{'method':'adjust.points','params':{%s}}",
	                     POINTS("m1", "b1", "-40", "")));
	f->now_ms += 60 * FIXTURE_DAY_MS;
	assert_int_equal(fixture_call(f, "fin2", "proposal.approve", "'proposal':'back'"), MERIT_SHORT_POINTS);
	assert_int_equal(fixture_integer(f, "have"), 0);
	books_are_right(f);
	world_free(f);
}

/* ---- adjust.debt ---- */

static void a_debt_is_given_up_in_parts(void **state)
{
	struct fixture *f = adjust_new(200);

	(void)state;
	owe(f, "o", 2);
	free_is(f, -60);
	assert_int_equal(agree(f, "adjust.debt", POINTS("m1", "b1", "61", "")), MERIT_OVER_MAXIMUM);
	assert_int_equal(fixture_integer(f, "owed"), 60);
	assert_int_equal(agree(f, "adjust.debt", POINTS("m1", "c1", "1", "")), MERIT_NOTHING_TO_DO);
	must(f, agree(f, "adjust.debt", POINTS("m1", "b1", "20", "")));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -40);
	balance_is(f, MERIT_ACCOUNT_WRITEOFF, "b1", -20);
	must(f, fixture_call(f, "ops", "member.close", "'member':'m1','reason':'r'"));
	must(f, agree(f, "adjust.debt", POINTS("m1", "b1", "40", "")));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_WRITEOFF, "b1", -60);
	assert_int_equal(agree(f, "adjust.debt", POINTS("m1", "b1", "1", "")), MERIT_NOTHING_TO_DO);
	free_is(f, -60); /* the points are in the budget, whoever bears the loss */
	books_are_right(f);
	world_free(f);
}

/* What was granted comes back, and what was spent too: more than was granted, by what was given up. */
static void a_sponsor_may_stand_above_zero_by_what_was_given_up(void **state)
{
	struct fixture *f = adjust_new(100);

	(void)state;
	owe(f, "o", 3);
	must(f, agree(f, "adjust.debt", POINTS("m1", "b1", "90", "")));
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'b1'"));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "beta", 0);
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o','reason':'r'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 90);
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "-90", "")));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "beta", 90);
	free_is(f, 100);
	books_are_right(f);
	/* And gives them again. */
	must(f, agree(f, "adjust.points", POINTS("m1", "b1", "100", "")));
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -10);
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

/* ---- adjust.money ---- */

static void money_moves_between_any_two_accounts_in_money(void **state)
{
	static const struct row rows[] = {
		{ "paid in before", "adjust.money", MONEY("opening", "sponsor/beta", "70", YESTERDAY), MERIT_OK },
		{ "owed before", "adjust.money", MONEY("sponsor/acme", "opening", "30", YESTERDAY), MERIT_OK },
		{ "due before", "adjust.money", MONEY("opening", "merchant/shop", "25", YESTERDAY), MERIT_OK },
		{ "in the bank before", "adjust.money", MONEY("cash", "opening", "65", YESTERDAY), MERIT_OK },
		{ "a merchant is due more", "adjust.money", MONEY("margin", "merchant/shop", "3", ""), MERIT_OK },
		{ "a fee", "adjust.money", MONEY("cash", "breakage", "2", ""), MERIT_OK },
		{ "an expense", "adjust.money", MONEY("expense/marketing", "cash", "1", ""), MERIT_OK },
		{ "in points", "adjust.money", MONEY("campaign/b1", "cash", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "a member's", "adjust.money", MONEY("cash", "member/m1", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "what a merchant was paid with", "adjust.money", MONEY("redeemed/shop", "cash", "1", ""),
		  MERIT_ACCOUNT_UNKNOWN },
		{ "no such sponsor", "adjust.money", MONEY("sponsor/shop", "cash", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "no such merchant", "adjust.money", MONEY("cash", "merchant/beta", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "nobody's", "adjust.money", MONEY("cash", "merchant/", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "somebody's cash", "adjust.money", MONEY("cash/shop", "margin", "1", ""), MERIT_ACCOUNT_UNKNOWN },
		{ "to itself", "adjust.money", MONEY("merchant/shop", "merchant/shop", "1", ""), MERIT_NOTHING_TO_DO },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	ROWS_RUN(f, rows);
	money_is(f, MERIT_ACCOUNT_OPENING, "", 0); /* all of the old books came in */
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -70);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "acme", 30);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", -28);
	money_is(f, MERIT_ACCOUNT_CASH, "", 66);
	money_is(f, MERIT_ACCOUNT_MARGIN, "", 3);
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", -2);
	money_is(f, MERIT_ACCOUNT_MARKETING, "", 1);
	books_are_right(f);
	/* What came in as prepaid backs points. */
	assert_int_equal(fund(f, "b1", 71), MERIT_OVER_CREDIT);
	must(f, fund(f, "b1", 70));
	must(f, fixture_query(f, "shop", "merchant.get", "'merchant':'shop'"));
	assert_int_equal(fixture_integer(f, "due_minor"), 28);
	world_free(f);
}

static void a_wrong_deposit_is_put_right_whatever_it_backs(void **state)
{
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, agree(f, "adjust.money", MONEY("sponsor/beta", "cash", "30", "")));
	money_is(f, MERIT_ACCOUNT_CASH, "", 70);
	free_is(f, -30);
	assert_int_equal(fund(f, "b1", 1), MERIT_OVER_CREDIT);
	assert_int_equal(fixture_call(f, "fin", "sponsor.withdraw",
	                              "'sponsor':'beta','currency':'CNY','amount_minor':1,'bank_reference':'out-1'"),
	                 MERIT_OVER_CREDIT);
	assert_int_equal(fixture_integer(f, "free"), -30);
	world_free(f);
}

static void a_partners_adjustment_is_in_its_next_settlement(void **state)
{
	static const struct row rows[] = {
		{ "due before", "adjust.money", MONEY("opening", "merchant/shop", "25", YESTERDAY), MERIT_OK },
		{ "less by a fee", "adjust.money", MONEY("merchant/shop", "margin", "4", ""), MERIT_OK },
		{ "charged", "adjust.money", MONEY("sponsor/beta", "margin", "7", ""), MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	ROWS_RUN(f, rows);
	must(f, fixture_call(f, "fin", "settlement.open",
	                     "'settlement':'s1','party':'shop','currency':'CNY','cutoff':'2026-01-01'"));
	assert_int_equal(fixture_integer(f, "lines"), 2);
	assert_int_equal(fixture_integer(f, "total_minor"), 21);
	must(f, fixture_call(f, "fin", "settlement.open",
	                     "'settlement':'s2','party':'beta','currency':'CNY','cutoff':'2026-01-01'"));
	assert_int_equal(fixture_integer(f, "lines"), 1);
	assert_int_equal(fixture_integer(f, "total_minor"), 7);
	world_free(f);
}

static void money_adjusted_has_the_limit_of_its_accounts(void **state)
{
	struct fixture *f = sponsors_new();
	char params[160];

	(void)state;
	snprintf(params, sizeof(params), MONEY("opening", "margin", "%lld", ""), MERIT_MONEY_MAX + 1);
	assert_int_equal(agree(f, "adjust.money", params), MERIT_MONEY_RANGE);
	snprintf(params, sizeof(params), MONEY("opening", "margin", "%lld", ""), MERIT_MONEY_MAX);
	must(f, agree(f, "adjust.money", params));
	assert_int_equal(agree(f, "adjust.money", MONEY("cash", "margin", "1", "")), MERIT_MONEY_RANGE);
	assert_int_equal(agree(f, "adjust.money", MONEY("opening", "cash", "1", "")), MERIT_MONEY_RANGE);
	must(f, agree(f, "adjust.money", MONEY("margin", "cash", "1", "")));
	world_free(f);
}

/* ---- Periods ---- */

static void nothing_is_adjusted_in_a_closed_period(void **state)
{
	static const struct row rows[] = {
		{ "points", "adjust.points", POINTS("m1", "b1", "1", ",'day':'2026-01-31'"), MERIT_PERIOD_CLOSED },
		{ "points back", "adjust.points", POINTS("m1", "b1", "-999", ",'day':'2026-01-31'"),
		  MERIT_PERIOD_CLOSED },
		{ "a debt", "adjust.debt", POINTS("m1", "b1", "999", ",'day':'2026-01-31'"), MERIT_PERIOD_CLOSED },
		{ "the platform's money", "adjust.money",
		  MONEY("sponsor/house", "sponsor/house", "1", ",'day':'2026-01-31'"), MERIT_PERIOD_CLOSED },
		{ "points, the next day", "adjust.points", POINTS("m1", "b1", "1", ",'day':'2026-02-01'"), MERIT_OK },
		{ "a debt, the next day", "adjust.debt", POINTS("m1", "b1", "30", ",'day':'2026-02-01'"),
		  MERIT_OVER_MAXIMUM },
		{ "what is left of it", "adjust.debt", POINTS("m1", "b1", "29", ",'day':'2026-02-01'"), MERIT_OK },
		{ "money, the next day", "adjust.money", MONEY("margin", "cash", "1", ",'day':'2026-02-01'"),
		  MERIT_OK },
	};
	struct fixture *f = adjust_new(100);

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'house','platform':true"));
	owe(f, "o", 1);
	f->now_ms += 40 * FIXTURE_DAY_MS;
	must(f, fixture_close_month(f, "2026-01"));
	ROWS_RUN(f, rows);
	books_are_right(f);
	world_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_adjusted_by_one_party),
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(points_are_given_out_of_the_budget),
		cmocka_unit_test(points_given_pay_a_debt_down_first),
		cmocka_unit_test(points_are_taken_back_from_what_dies_first),
		cmocka_unit_test(a_closed_campaign_gives_out_of_its_sponsors_account),
		cmocka_unit_test(points_of_a_closed_campaign_have_the_limits_of_funding),
		cmocka_unit_test(a_frozen_member_is_corrected_and_a_closed_one_is_not),
		cmocka_unit_test(points_given_find_a_lot_or_are_refused),
		cmocka_unit_test(points_that_died_meanwhile_are_not_taken_back),
		cmocka_unit_test(a_debt_is_given_up_in_parts),
		cmocka_unit_test(a_sponsor_may_stand_above_zero_by_what_was_given_up),
		cmocka_unit_test(money_moves_between_any_two_accounts_in_money),
		cmocka_unit_test(a_wrong_deposit_is_put_right_whatever_it_backs),
		cmocka_unit_test(a_partners_adjustment_is_in_its_next_settlement),
		cmocka_unit_test(money_adjusted_has_the_limit_of_its_accounts),
		cmocka_unit_test(nothing_is_adjusted_in_a_closed_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
