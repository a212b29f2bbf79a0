/* op_sponsor_test.c
 * Goal    nobody funds points that neither money nor credit backs, and what backs points is not paid back; what they
 *         are worth follows them wherever they go.
 * Method  rows that change one thing, and stories of sponsor beta, who begins with nothing; behind each step of the
 *         long one, what its points are worth is computed afresh from all lots. */
#include "tests/ledger/sponsors.h"

#define DEPOSIT(sponsor, amount, reference, more)                                                                      \
	"'sponsor':'" sponsor "','currency':'CNY','amount_minor':" amount ",'bank_reference':'" reference "'" more
#define TOMORROW  ",'day':'2026-01-02'"
#define YESTERDAY ",'day':'2025-12-31'"

/* ---- Refusals ---- */

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "the platform's own", "ops", "sponsor.create", "'sponsor':'house','platform':true", MERIT_OK },
		{ "booked", "fin", "sponsor.deposit", DEPOSIT("beta", "100", "in-1", ""), MERIT_OK },
		{ "nothing", "fin", "sponsor.deposit", DEPOSIT("nobody", "0", "in-1", TOMORROW), MERIT_ZERO_AMOUNT },
		{ "less", "fin", "sponsor.deposit", DEPOSIT("nobody", "-1", "in-1", TOMORROW), MERIT_NEGATIVE_AMOUNT },
		{ "nobody", "fin", "sponsor.deposit", DEPOSIT("nobody", "1", "in-1", TOMORROW), MERIT_SPONSOR_UNKNOWN },
		{ "a merchant", "fin", "sponsor.deposit", DEPOSIT("shop", "1", "in-1", TOMORROW),
		  MERIT_SPONSOR_UNKNOWN },
		{ "the platform", "fin", "sponsor.deposit", DEPOSIT("house", "1", "in-1", TOMORROW),
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "booked before", "fin", "sponsor.deposit", DEPOSIT("beta", "1", "in-1", TOMORROW),
		  MERIT_REFERENCE_USED },
		{ "to come", "fin", "sponsor.deposit", DEPOSIT("beta", "1", "in-2", TOMORROW), MERIT_IN_FUTURE },
		{ "beyond all there may be, to come", "fin", "sponsor.deposit",
		  DEPOSIT("beta", "4503599627370496", "in-2", TOMORROW), MERIT_IN_FUTURE },
		{ "beyond all there may be", "fin", "sponsor.deposit", DEPOSIT("beta", "4503599627370496", "in-2", ""),
		  MERIT_MONEY_RANGE },
		{ "today", "fin", "sponsor.deposit", DEPOSIT("beta", "1", "in-2", ",'day':'2026-01-01'"), MERIT_OK },
		{ "the day before", "fin", "sponsor.deposit", DEPOSIT("beta", "1", "in-3", YESTERDAY), MERIT_OK },
		{ "itself", "beta", "sponsor.deposit", DEPOSIT("beta", "1", "in-4", ""), MERIT_NOT_PERMITTED },
		{ "nothing out", "fin", "sponsor.withdraw", DEPOSIT("nobody", "0", "in-1", TOMORROW),
		  MERIT_ZERO_AMOUNT },
		{ "less out", "fin", "sponsor.withdraw", DEPOSIT("nobody", "-1", "in-1", TOMORROW),
		  MERIT_NEGATIVE_AMOUNT },
		{ "nobody's", "fin", "sponsor.withdraw", DEPOSIT("nobody", "999", "in-1", TOMORROW),
		  MERIT_SPONSOR_UNKNOWN },
		{ "the platform's", "fin", "sponsor.withdraw", DEPOSIT("house", "999", "in-1", TOMORROW),
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "a deposit's reference", "fin", "sponsor.withdraw", DEPOSIT("beta", "999", "in-1", TOMORROW),
		  MERIT_REFERENCE_USED },
		{ "more than prepaid", "fin", "sponsor.withdraw", DEPOSIT("beta", "103", "out-1", TOMORROW),
		  MERIT_SHORT_PREPAID },
		{ "all of it, to come", "fin", "sponsor.withdraw", DEPOSIT("beta", "102", "out-1", TOMORROW),
		  MERIT_IN_FUTURE },
		{ "all of it", "fin", "sponsor.withdraw", DEPOSIT("beta", "102", "out-1", ""), MERIT_OK },
		{ "credit for nobody", "fin", "sponsor.credit", "'sponsor':'nobody','currency':'CNY','credit_minor':-1",
		  MERIT_NEGATIVE_AMOUNT },
		{ "not below zero", "fin", "sponsor.credit", "'sponsor':'nobody','currency':'CNY','credit_minor':0",
		  MERIT_SPONSOR_UNKNOWN },
		{ "for the platform", "fin", "sponsor.credit", "'sponsor':'house','currency':'CNY','credit_minor':0",
		  MERIT_SPONSOR_IS_PLATFORM },
		{ "none", "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':0", MERIT_OK },
		{ "by itself", "beta", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':1",
		  MERIT_NOT_PERMITTED },
		{ "terms of a sponsor", "fin", "merchant.terms", "'merchant':'beta','settle_days':7",
		  MERIT_MERCHANT_UNKNOWN },
		{ "terms", "fin", "merchant.terms", "'merchant':'shop','settle_days':7", MERIT_OK },
		{ "of less than no days", "fin", "merchant.terms", "'merchant':'shop','settle_days':-1",
		  MERIT_BAD_PARAMS },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	STEPS_RUN(f, steps);
	money_is(f, MERIT_ACCOUNT_CASH, "", 0);
	world_free(f);
}

static void funding_names_the_upper_fault_too(void **state)
{
	static const struct step steps[] = {
		{ "nothing", "fin", "campaign.fund", "'campaign':'nobody','points':0", MERIT_ZERO_AMOUNT },
		{ "less", "fin", "campaign.fund", "'campaign':'nobody','points':-1", MERIT_NEGATIVE_AMOUNT },
		{ "more than may be", "fin", "campaign.fund", "'campaign':'nobody','points':9007199254740991",
		  MERIT_AMOUNT_RANGE },
		{ "no campaign", "fin", "campaign.fund", "'campaign':'nobody','points':1", MERIT_CAMPAIGN_UNKNOWN },
		{ "worth more than may be", "fin", "campaign.fund", "'campaign':'b2','points':2251799813685248",
		  MERIT_AMOUNT_RANGE },
		{ "without money", "fin", "campaign.fund", "'campaign':'b2','points':1", MERIT_OVER_CREDIT },
		{ "closed", "fin", "campaign.close", "'campaign':'b2'", MERIT_OK },
		{ "closed, and without money", "fin", "campaign.fund", "'campaign':'b2','points':1",
		  MERIT_OVER_CREDIT },
		{ "some credit", "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':2",
		  MERIT_OK },
		{ "closed", "fin", "campaign.fund", "'campaign':'b2','points':1", MERIT_CAMPAIGN_CLOSED },
		{ "open", "fin", "campaign.fund", "'campaign':'b1','points':1", MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	STEPS_RUN(f, steps);
	books_are_right(f);
	world_free(f);
}

/* ---- Deposits and withdrawals ---- */

static void a_deposit_is_cash_and_owed_to_the_sponsor(void **state)
{
	struct fixture *f = sponsors_new();
	struct merit_entry entry;

	(void)state;
	f->now_ms += 3 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "250", "in-1", TOMORROW)));
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_int_equal(entry.day, 20455); /* 2026-01-02: the day asked for, though made on the fourth */
	assert_int_equal(entry.postings_count, 2);
	assert_int_equal(entry.postings[0].campaign.size, 0);
	money_is(f, MERIT_ACCOUNT_CASH, "", 250);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -250);
	must(f, fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "100", "out-1", "")));
	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_int_equal(entry.day, 20457);
	money_is(f, MERIT_ACCOUNT_CASH, "", 150);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -150);
	free_is(f, 150);
	world_free(f);
}

static void a_bank_reference_is_booked_once(void **state)
{
	static const struct step others[] = {
		{ "in another currency", "fin", "sponsor.deposit",
		  "'sponsor':'beta','currency':'USD','amount_minor':5,'bank_reference':'b-1'", MERIT_OK },
		{ "another sponsor's", "fin", "sponsor.deposit", DEPOSIT("acme", "5", "b-1", ""), MERIT_OK },
		{ "a longer one", "fin", "sponsor.deposit", DEPOSIT("beta", "5", "b-12", ""), MERIT_OK },
		{ "paid back", "fin", "sponsor.withdraw", DEPOSIT("beta", "5", "b-2", ""), MERIT_OK },
		{ "and paid in by it", "fin", "sponsor.deposit", DEPOSIT("beta", "5", "b-2", ""),
		  MERIT_REFERENCE_USED },
		{ "paid back again", "fin", "sponsor.withdraw", DEPOSIT("beta", "5", "b-2", ""), MERIT_REFERENCE_USED },
		{ "refused, so not booked", "fin", "sponsor.withdraw", DEPOSIT("beta", "500", "b-3", ""),
		  MERIT_SHORT_PREPAID },
		{ "and free", "fin", "sponsor.withdraw", DEPOSIT("beta", "5", "b-3", ""), MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	must(f, fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "100", "b-1", "")));
	uint64_t booked = fixture_size(f) - 1;
	assert_int_equal(fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "7", "b-1", "")),
	                 MERIT_REFERENCE_USED);
	assert_int_equal(fixture_integer(f, "entry"), booked);
	STEPS_RUN(f, others);
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -95);
	assert_int_equal(fixture_money(f, MERIT_ACCOUNT_SPONSOR, "beta", "USD"), -5);
	world_free(f);
}

static void what_backs_points_is_not_paid_back(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 100);
	must(f, fund(f, "b1", 70));
	assert_int_equal(fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "31", "out-1", "")),
	                 MERIT_OVER_CREDIT);
	assert_int_equal(fixture_integer(f, "free"), 30);
	assert_int_equal(fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "101", "out-1", "")),
	                 MERIT_SHORT_PREPAID);
	assert_int_equal(fixture_integer(f, "have"), 100);
	must(f, fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "30", "out-1", "")));
	must(f, fixture_call(f, "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':200"));
	/* Credit backs the points instead, but is nothing to pay out. */
	assert_int_equal(fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "71", "out-2", "")),
	                 MERIT_SHORT_PREPAID);
	must(f, fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "70", "out-2", "")));
	free_is(f, 130);
	world_free(f);
}

/* ---- Funding ---- */

static void one_deposit_funds_once(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 100);
	assert_int_equal(fund(f, "b1", 101), MERIT_OVER_CREDIT);
	assert_int_equal(fixture_integer(f, "needed"), 101);
	assert_int_equal(fixture_integer(f, "free"), 100);
	must(f, fund(f, "b1", 100));
	assert_int_equal(fund(f, "b1", 1), MERIT_OVER_CREDIT);
	assert_int_equal(fund(f, "b2", 1), MERIT_OVER_CREDIT);
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

static void credit_backs_points_beside_what_is_prepaid(void **state)
{
	static const struct step lower[] = {
		{ "less credit", "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':20",
		  MERIT_OK },
		{ "nothing more", "fin", "campaign.fund", "'campaign':'b1','points':1", MERIT_OVER_CREDIT },
		{ "nothing back", "fin", "sponsor.withdraw", DEPOSIT("beta", "1", "out-1", ""), MERIT_OVER_CREDIT },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 100);
	must(f, fixture_call(f, "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':50"));
	assert_int_equal(fund(f, "b1", 151), MERIT_OVER_CREDIT);
	must(f, fund(f, "b1", 150));
	must(f, gift(f, "b1", "m1", 150));
	STEPS_RUN(f, lower);
	free_is(f, -30);
	/* What is out stays worth what it was: the member spends. */
	must(f, fixture_order(f, "o", "m1", 5));
	pay_in(f, 30);
	assert_int_equal(fund(f, "b1", 1), MERIT_OVER_CREDIT);
	pay_in(f, 1);
	must(f, fund(f, "b1", 1));
	books_are_right(f);
	world_free(f);
}

static void parts_of_a_minor_unit_are_backed_rounded_up(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 5);
	must(f, fund(f, "b2", 1)); /* worth 1.5: 2 */
	free_is(f, 3);
	must(f, fund(f, "b2", 1)); /* both of them 3 */
	free_is(f, 2);
	assert_int_equal(fund(f, "b2", 2), MERIT_OVER_CREDIT);
	must(f, fund(f, "b2", 1));
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

static void points_worth_nothing_need_nothing(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.create", BETA_CAMPAIGN("b0", "CNY", "sponsor", "0", "1")));
	must(f, fund(f, "b0", 1000));
	pay_in(f, 10);
	must(f, fund(f, "b1", 10));
	must(f, agree(f, "adjust.money",
	              "'debit':'sponsor/beta','credit':'margin','currency':'CNY','amount_minor':4,'reason':'a fee',"
	              "'reference':'c-1'"));
	free_is(f, -4);
	must(f, fund(f, "b0", 1000));
	assert_int_equal(fund(f, "b1", 1), MERIT_OVER_CREDIT);
	books_are_right(f);
	world_free(f);
}

static void the_platform_needs_no_money(void **state)
{
	static const struct step steps[] = {
		{ "the platform", "ops", "sponsor.create", "'sponsor':'house','platform':true", MERIT_OK },
		{ "its campaign", "ops", "campaign.create",
		  "'campaign':'h1','sponsor':'house','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY','value_"
		  "minor':2,"
		  "'value_points':1,'contract':'breakage','months':1,'round':'none','from':'occurred'",
		  MERIT_OK },
		{ "a rule", "ops", "campaign.rule", GIFT("h1"), MERIT_OK },
		{ "a budget", "fin", "campaign.fund", "'campaign':'h1','points':100000", MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	STEPS_RUN(f, steps);
	must(f, gift(f, "h1", "m1", 100));
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "svc", "order.fulfil", "'order':'o'"));
	money_is(f, MERIT_ACCOUNT_SPONSOR, "house", 0);
	money_is(f, MERIT_ACCOUNT_MARKETING, "", 120);
	money_is(f, MERIT_ACCOUNT_MERCHANT, "shop", -50);
	money_is(f, MERIT_ACCOUNT_MARGIN, "", -70);
	must(f, fixture_query(f, "aud", "sponsor.get", "'sponsor':'house'"));
	assert_non_null(strstr(f->reply.data, "\"platform\":true"));
	assert_non_null(strstr(f->reply.data, "\"credit_minor\":0,\"exposure_minor\":199880,\"free_minor\":null"));
	books_are_right(f);
	world_free(f);
}

static void currencies_stand_side_by_side(void **state)
{
	static const struct step steps[] = {
		{ "dollars", "ops", "campaign.create", BETA_CAMPAIGN("d1", "USD", "sponsor", "1", "1"), MERIT_OK },
		{ "yuan in", "fin", "sponsor.deposit", DEPOSIT("beta", "100", "in-1", ""), MERIT_OK },
		{ "back no dollars", "fin", "campaign.fund", "'campaign':'d1','points':1", MERIT_OVER_CREDIT },
		{ "nor are paid back as such", "fin", "sponsor.withdraw",
		  "'sponsor':'beta','currency':'USD','amount_minor':1,'bank_reference':'out-1'", MERIT_SHORT_PREPAID },
		{ "credit in dollars", "fin", "sponsor.credit", "'sponsor':'beta','currency':'USD','credit_minor':40",
		  MERIT_OK },
		{ "backs them", "fin", "campaign.fund", "'campaign':'d1','points':40", MERIT_OK },
		{ "and no more", "fin", "campaign.fund", "'campaign':'d1','points':1", MERIT_OVER_CREDIT },
		{ "all yuan are free", "fin", "campaign.fund", "'campaign':'b1','points':100", MERIT_OK },
		{ "and no more", "fin", "campaign.fund", "'campaign':'b1','points':1", MERIT_OVER_CREDIT },
		{ "another's euros", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'EUR','amount_minor':5,'bank_reference':'in-1'", MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	STEPS_RUN(f, steps);
	must(f, fixture_query(f, "beta", "sponsor.get", "'sponsor':'beta'"));
	assert_non_null(strstr(f->reply.data,
	                       "\"money\":[{\"currency\":\"CNY\",\"balance_minor\":-100,\"prepaid_minor\":100,"
	                       "\"receivable_minor\":0,\"credit_minor\":0,\"exposure_minor\":100,\"free_minor\":0},"
	                       "{\"currency\":\"USD\",\"balance_minor\":0,\"prepaid_minor\":0,\"receivable_minor\":0,"
	                       "\"credit_minor\":40,\"exposure_minor\":40,\"free_minor\":0}]"));
	books_are_right(f);
	world_free(f);
}

/* ---- What points are worth, wherever they go ---- */

/* Each by one thing alone, and listed in the order of their letters. */
static void a_currency_is_shown_whatever_brought_it(void **state)
{
	static const struct step steps[] = {
		{ "the platform's own", "ops", "sponsor.create", "'sponsor':'house','platform':true", MERIT_OK },
		{ "points", "ops", "campaign.create",
		  "'campaign':'h1','sponsor':'house','starts':'2026-01-01','ends':'2026-12-31','currency':'SEK',"
		  "'value_minor':1,'value_points':1,'contract':'sponsor','months':1,'round':'none','from':'occurred'",
		  MERIT_OK },
		{ "funded", "fin", "campaign.fund", "'campaign':'h1','points':1", MERIT_OK },
		{ "money", "fin", "sponsor.deposit",
		  "'sponsor':'beta','currency':'NOK','amount_minor':5,'bank_reference':'in-1'", MERIT_OK },
		{ "credit", "fin", "sponsor.credit", "'sponsor':'beta','currency':'CHF','credit_minor':1", MERIT_OK },
		{ "a cap", "ops", "sponsor.cap", "'sponsor':'beta','currency':'EUR','cap_minor':7", MERIT_OK },
		{ "and another", "ops", "sponsor.cap", "'sponsor':'beta','currency':'AUD','cap_minor':7", MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	STEPS_RUN(f, steps);
	must(f, fixture_query(f, "beta", "sponsor.get", "'sponsor':'beta'"));
	assert_non_null(strstr(f->reply.data, "\"caps\":[{\"currency\":\"AUD\""));
	assert_non_null(strstr(f->reply.data, "},{\"currency\":\"EUR\",\"cap_minor\":7"));
	assert_non_null(strstr(f->reply.data, "\"money\":[{\"currency\":\"CHF\""));
	assert_non_null(strstr(f->reply.data, "},{\"currency\":\"NOK\",\"balance_minor\":-5"));
	assert_null(strstr(f->reply.data, "SEK"));
	must(f, fixture_query(f, "aud", "sponsor.get", "'sponsor':'house'"));
	assert_non_null(strstr(f->reply.data, "\"caps\":[],\"money\":[{\"currency\":\"SEK\",\"balance_minor\":0"));
	world_free(f);
}

static void spending_moves_what_backs_points_to_who_is_owed(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 200);
	must(f, fund(f, "b1", 200));
	must(f, gift(f, "b1", "m1", 100));
	must(f, fixture_order(f, "o", "m1", 3));
	free_is(f, 0);
	must(f, fixture_call(f, "svc", "order.fulfil", "'order':'o'"));
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -110); /* 200 less 90, and 110 points are left */
	free_is(f, 0);
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o','reason':'broken'"));
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -200);
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

static void expired_points_free_what_backed_them(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 250);
	must(f, fund(f, "b1", 100));
	must(f, fund(f, "b2", 100));
	must(f, gift(f, "b1", "m1", 40));
	must(f, gift(f, "b2", "m1", 20));
	free_is(f, 0);
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	/* By contract sponsor the money is the sponsor's again; by breakage it is the platform's now. */
	money_is(f, MERIT_ACCOUNT_SPONSOR, "beta", -220);
	money_is(f, MERIT_ACCOUNT_BREAKAGE, "", -30);
	free_is(f, 40);
	books_are_right(f);
	world_free(f);
}

/* A debt is as many points back in the budget, and worth as much once more: what was spent was paid for. */
static void points_clawed_back_as_a_debt_are_backed_again(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	pay_in(f, 100);
	must(f, fund(f, "b1", 100));
	must(f, gift(f, "b1", "m1", 100));
	uint64_t earn = fixture_size(f) - 1;
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "svc", "order.fulfil", "'order':'o'"));
	free_is(f, 0);
	must(f, fixture_call(f, "ops", "reverse", "'entry':%" PRIu64 ",'reason':'not there'", earn));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	free_is(f, -90);
	books_are_right(f);
	assert_int_equal(fund(f, "b1", 1), MERIT_OVER_CREDIT);
	/* Points refunded are the member's, whatever it owes; an award pays the debt, out of the budget. */
	must(f, fixture_call(f, "ops", "order.refund", "'order':'o','reason':'broken'"));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -90);
	free_is(f, -90);
	must(f, gift(f, "b1", "m1", 90));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", 0);
	free_is(f, 0);
	books_are_right(f);
	world_free(f);
}

static void worth_is_exact_behind_every_step_of_a_long_story(void **state)
{
	static const struct step steps[] = {
		{ "credit", "fin", "sponsor.credit", "'sponsor':'beta','currency':'CNY','credit_minor':1000",
		  MERIT_OK },
		{ "b1", "fin", "campaign.fund", "'campaign':'b1','points':301", MERIT_OK },
		{ "b2", "fin", "campaign.fund", "'campaign':'b2','points':333", MERIT_OK },
		{ "talk", "ops", "campaign.rule",
		  "'campaign':'b2','event':'talk','points':31,'evidence':'none','review':true", MERIT_OK },
		{ "a gift", "svc", "earn",
		  "'member':'m1','campaign':'b1','event':'gift','reference':'g1','occurred':1767225600000,'points':77",
		  MERIT_OK },
		{ "another", "svc", "earn",
		  "'member':'m1','campaign':'b2','event':'gift','reference':'g2','occurred':1767225600000,'points':55",
		  MERIT_OK },
		{ "under review", "svc", "earn",
		  "'member':'m1','campaign':'b2','event':'talk','reference':'t1','occurred':1767225600000", MERIT_OK },
		{ "out of both", "svc", "order.place",
		  "'order':'o1','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3}]",
		  MERIT_OK },
		{ "one of three", "svc", "order.fulfil", "'order':'o1','lines':[{'line':0,'quantity':1}]", MERIT_OK },
		{ "one is cancelled", "svc", "order.cancel", "'order':'o1','lines':[{'line':0,'quantity':1}]",
		  MERIT_OK },
		{ "the last", "svc", "order.fulfil", "'order':'o1'", MERIT_OK },
		{ "one comes back", "ops", "order.refund",
		  "'order':'o1','reason':'r','lines':[{'line':0,'quantity':1}]", MERIT_OK },
		{ "spent again", "svc", "order.place",
		  "'order':'o2','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3}]",
		  MERIT_OK },
		{ "and shipped", "svc", "order.fulfil", "'order':'o2'", MERIT_OK },
		{ "closed", "fin", "campaign.close", "'campaign':'b1'", MERIT_OK },
		{ "comes back to a closed one", "ops", "order.refund", "'order':'o2','reason':'r'", MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps_run(f, &steps[i], 1);
		books_are_right(f);
	}
	fixture_advance(f, 20 * FIXTURE_DAY_MS);
	must(f, agree(f, "adjust.points", "'member':'m1','campaign':'b1','points':13,'reason':'r','reference':'c-1'"));
	books_are_right(f);
	must(f, agree(f, "adjust.points", "'member':'m1','campaign':'b2','points':-7,'reason':'r','reference':'c-2'"));
	books_are_right(f);
	fixture_advance(f, 60 * FIXTURE_DAY_MS); /* all but what is under review dies */
	books_are_right(f);
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'b2'"));
	books_are_right(f);
	world_free(f);
}

/* ---- Limits ---- */

static void an_account_in_money_has_its_limit(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	assert_int_equal(fixture_call(f, "fin", "sponsor.deposit",
	                              "'sponsor':'beta','currency':'CNY','amount_minor':%lld,'bank_reference':'b-1'",
	                              MERIT_MONEY_MAX + 1),
	                 MERIT_MONEY_RANGE);
	pay_in(f, MERIT_MONEY_MAX - 1);
	assert_int_equal(fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "2", "b-1", "")),
	                 MERIT_MONEY_RANGE);
	must(f, fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "1", "b-1", "")));
	/* The cash is all sponsors'. */
	assert_int_equal(fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("acme", "1", "b-1", "")),
	                 MERIT_MONEY_RANGE);
	must(f, fixture_call(f, "fin", "sponsor.withdraw", DEPOSIT("beta", "1", "b-2", "")));
	must(f, fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("acme", "1", "b-1", "")));
	world_free(f);
}

static void credit_has_its_limit(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	assert_int_equal(fixture_call(f, "fin", "sponsor.credit",
	                              "'sponsor':'beta','currency':'CNY','credit_minor':%lld", MERIT_MONEY_MAX + 1),
	                 MERIT_AMOUNT_RANGE);
	fixture_credit(f, "beta", "CNY");
	pay_in(f, MERIT_MONEY_MAX);
	free_is(f, 2 * MERIT_MONEY_MAX);
	world_free(f);
}

/* The world's 100000 points of c1 count as well: the limit is the currency's. */
static void what_was_ever_funded_has_its_limit(void **state)
{
	struct fixture *f = sponsors_new();
	const int64_t left = MERIT_WORTH_MAX - 100000;

	(void)state;
	fixture_credit(f, "beta", "CNY");
	assert_int_equal(fund(f, "b1", left + 1), MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "left_minor"), left);
	must(f, fund(f, "b1", left));
	assert_int_equal(fund(f, "b1", 1), MERIT_AMOUNT_RANGE);
	/* Points that went back were funded all the same. */
	must(f, fixture_call(f, "fin", "campaign.close", "'campaign':'b1'"));
	free_is(f, MERIT_MONEY_MAX);
	assert_int_equal(fund(f, "b2", 1), MERIT_AMOUNT_RANGE);
	/* Another currency has a limit of its own. */
	must(f, fixture_call(f, "ops", "campaign.create", BETA_CAMPAIGN("d1", "USD", "sponsor", "1", "1")));
	fixture_credit(f, "beta", "USD");
	must(f, fund(f, "d1", left));
	books_are_right(f);
	world_free(f);
}

/* ---- Reads ---- */

static void parties_see_their_own_money(void **state)
{
	static const struct step queries[] = {
		{ "its own", "beta", "sponsor.get", "'sponsor':'beta'", MERIT_OK },
		{ "another's", "beta", "sponsor.get", "'sponsor':'acme'", MERIT_NOT_PERMITTED },
		{ "a merchant's", "beta", "merchant.get", "'merchant':'shop'", MERIT_NOT_PERMITTED },
		{ "a sponsor's", "shop", "sponsor.get", "'sponsor':'beta'", MERIT_NOT_PERMITTED },
		{ "a member", "m1", "sponsor.get", "'sponsor':'beta'", MERIT_NOT_PERMITTED },
		{ "nobody's", "aud", "sponsor.get", "'sponsor':'nobody'", MERIT_SPONSOR_UNKNOWN },
		{ "nobody's", "aud", "merchant.get", "'merchant':'beta'", MERIT_MERCHANT_UNKNOWN },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		assert_int_equal(fixture_query(f, queries[i].kid, queries[i].method, "%s", queries[i].params),
		                 queries[i].want);
	must(f, fixture_query(f, "shop", "merchant.get", "'merchant':'shop'"));
	assert_non_null(strstr(f->reply.data, "\"settle_days\":0,\"money\":[]"));
	must(f, fixture_query(f, "beta", "sponsor.get", "'sponsor':'beta'"));
	assert_non_null(strstr(f->reply.data, "\"platform\":false"));
	assert_non_null(strstr(f->reply.data, "\"money\":[]"));
	world_free(f);
}

static void a_merchant_sees_what_it_is_due(void **state)
{
	struct fixture *f = sponsors_new();

	(void)state;
	must(f, fixture_call(f, "fin", "merchant.terms", "'merchant':'shop','settle_days':7"));
	must(f, fixture_gift(f, "m1", "r1", 100));
	must(f, fixture_order(f, "o", "m1", 3));
	must(f, fixture_call(f, "svc", "order.fulfil", "'order':'o'"));
	must(f, fixture_query(f, "shop", "merchant.get", "'merchant':'shop'"));
	assert_non_null(strstr(f->reply.data, "\"redeemed\":90,\"settle_days\":7,\"money\":[{\"currency\":\"CNY\","
	                                      "\"balance_minor\":-75,\"due_minor\":75,\"receivable_minor\":0}]"));
	must(f, fixture_query(f, "aud", "sponsor.get", "'sponsor':'acme'"));
	assert_non_null(strstr(f->reply.data, "\"balance_minor\":90,\"prepaid_minor\":0,\"receivable_minor\":90"));
	world_free(f);
}

/* ---- Periods ---- */

static void nothing_is_paid_into_a_closed_period(void **state)
{
	static const struct step steps[] = {
		{ "nobody's", "fin", "sponsor.deposit", DEPOSIT("nobody", "1", "in-1", TOMORROW),
		  MERIT_SPONSOR_UNKNOWN },
		{ "the platform's", "fin", "sponsor.deposit", DEPOSIT("house", "1", "in-1", TOMORROW),
		  MERIT_PERIOD_CLOSED },
		{ "booked before", "fin", "sponsor.deposit", DEPOSIT("beta", "1", "in-1", TOMORROW),
		  MERIT_PERIOD_CLOSED },
		{ "its last day", "fin", "sponsor.withdraw", DEPOSIT("beta", "1", "out-1", ",'day':'2026-01-31'"),
		  MERIT_PERIOD_CLOSED },
		{ "the next day", "fin", "sponsor.withdraw", DEPOSIT("beta", "1", "out-1", ",'day':'2026-02-01'"),
		  MERIT_OK },
	};
	struct fixture *f = sponsors_new();

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'house','platform':true"));
	must(f, fixture_call(f, "fin", "sponsor.deposit", DEPOSIT("beta", "100", "in-1", "")));
	f->now_ms += 40 * FIXTURE_DAY_MS;
	must(f, fixture_close_month(f, "2026-01"));
	STEPS_RUN(f, steps);
	world_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(funding_names_the_upper_fault_too),
		cmocka_unit_test(a_deposit_is_cash_and_owed_to_the_sponsor),
		cmocka_unit_test(a_bank_reference_is_booked_once),
		cmocka_unit_test(what_backs_points_is_not_paid_back),
		cmocka_unit_test(one_deposit_funds_once),
		cmocka_unit_test(credit_backs_points_beside_what_is_prepaid),
		cmocka_unit_test(parts_of_a_minor_unit_are_backed_rounded_up),
		cmocka_unit_test(points_worth_nothing_need_nothing),
		cmocka_unit_test(the_platform_needs_no_money),
		cmocka_unit_test(currencies_stand_side_by_side),
		cmocka_unit_test(a_currency_is_shown_whatever_brought_it),
		cmocka_unit_test(spending_moves_what_backs_points_to_who_is_owed),
		cmocka_unit_test(expired_points_free_what_backed_them),
		cmocka_unit_test(points_clawed_back_as_a_debt_are_backed_again),
		cmocka_unit_test(worth_is_exact_behind_every_step_of_a_long_story),
		cmocka_unit_test(an_account_in_money_has_its_limit),
		cmocka_unit_test(credit_has_its_limit),
		cmocka_unit_test(what_was_ever_funded_has_its_limit),
		cmocka_unit_test(parties_see_their_own_money),
		cmocka_unit_test(a_merchant_sees_what_it_is_due),
		cmocka_unit_test(nothing_is_paid_into_a_closed_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
