/* statement_test.c
 * Goal    a merchant, a sponsor and a member each read what moved their account, why, and what it left; a merchant also
 *         when it falls due and in which settlement it is, as the ledger has it.
 * Method  one story: a deposit, an order shipped in part, its rest given back by the clock, a refund, a correction, a
 *         settlement paid in part; statements are compared whole. tests/data/retail_settlement_test.c has the same of a
 *         real shop's months. */
#include "tests/ledger/settling.h"
#include "tests/report/reports.h"

#define STATEMENT_HEADINGS                                                                                             \
	"seq,day,due_day,operation,settlement,reference,order,line,item,quantity,campaign,points,points_after,"        \
	"currency,"                                                                                                    \
	"amount,balance\n"
#define MEMBER_HEADINGS                                                                                                \
	"seq,day,operation,reason,reference,order,campaign,last_day,available,pending,held,debt,available_after,"      \
	"pending_after,held_after,debt_after\n"

static struct fixture *story(void)
{
	struct fixture *f = settling_new();

	must(f, deposit(f, 100000, today(f)));
	must(f, fixture_order(f, "o1", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1','lines':[{'line':0,'quantity':2}]"));
	f->now_ms += 40 * FIXTURE_DAY_MS;
	fixture_tick(f);
	must(f, fixture_call(f, "ops", "order.refund",
	                     "'order':'o1','lines':[{'line':0,'quantity':1}],'reason':'broken'"));
	must(f, adjust(f, "margin", "merchant/shop", "CNY", 77, today(f)));
	must(f, settle(f, "s1", "shop", today(f)));
	must(f, fixture_call(f, "fin", "settlement.issue", "'settlement':'s1','invoice':'INV-7'"));
	must(f, pay(f, "s1", 20));
	return f;
}

static struct merit_report_options of_party(const char *party, const char *first_day)
{
	struct merit_report_options options = REPORT_ALL;

	options.party = merit_text_of(party);
	if (first_day != NULL)
		options.first_day = the_day(first_day);
	return options;
}

static void a_merchant_reads_what_it_is_due_when_and_in_which_settlement(void **state)
{
	struct fixture *f = story();

	(void)state;
	report_is(f, "statement", of_party("shop", NULL),
	          STATEMENT_HEADINGS "24,2026-01-01,2026-01-31,order.fulfil,s1,,o1,0,cup,2,,60,60,CNY,0.50,0.50\n"
	                             "27,2026-02-10,2026-02-10,order.refund,s1,,o1,0,cup,-1,,-30,30,CNY,-0.25,0.25\n"
	                             "29,2026-02-10,2026-02-10,adjust.money,s1,case25,,,,,,,,CNY,0.77,1.02\n"
	                             "32,2026-02-10,,settlement.pay,s1,b29,,,,,,,,CNY,-0.20,0.82\n"
	                             ",,,closing,,,,,,,,,,CNY,,0.82\n,,,closing,,,,,,,,,30,,,\n");
	fixture_free(f);
}

static void a_period_begins_with_what_was_before(void **state)
{
	struct fixture *f = story();

	(void)state;
	report_is(f, "statement", of_party("shop", "2026-02-01"),
	          STATEMENT_HEADINGS ",2026-02-01,,opening,,,,,,,,,,CNY,,0.50\n,2026-02-01,,opening,,,,,,,,,60,,,\n"
	                             "27,2026-02-10,2026-02-10,order.refund,s1,,o1,0,cup,-1,,-30,30,CNY,-0.25,0.25\n"
	                             "29,2026-02-10,2026-02-10,adjust.money,s1,case25,,,,,,,,CNY,0.77,1.02\n"
	                             "32,2026-02-10,,settlement.pay,s1,b29,,,,,,,,CNY,-0.20,0.82\n"
	                             ",,,closing,,,,,,,,,,CNY,,0.82\n,,,closing,,,,,,,,,30,,,\n");
	fixture_free(f);
}

static void a_sponsor_reads_what_it_paid_in_granted_and_spent(void **state)
{
	struct fixture *f = story();

	(void)state;
	report_is(f, "statement", of_party("acme", NULL),
	          STATEMENT_HEADINGS "11,2026-01-01,,campaign.fund,,,,,,,c1,100000,100000,,,\n"
	                             "22,2026-01-01,2026-01-01,sponsor.deposit,,b21,,,,,,,,CNY,-1000.00,-1000.00\n"
	                             "24,2026-01-01,2026-01-01,order.fulfil,,,o1,0,cup,2,c1,60,,CNY,0.60,-999.40\n"
	                             "27,2026-02-10,2026-02-10,order.refund,,,o1,0,cup,-1,c1,-30,,CNY,-0.30,-999.70\n"
	                             ",,,closing,,,,,,,,,,CNY,,-999.70\n,,,closing,,,,,,,,,100000,,,\n");
	fixture_free(f);
}

/* What is sold while a settlement waits for nothing, but after its cutoff, goes into the next. */
static void what_falls_due_later_is_in_the_next_settlement(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	must(f, fixture_call(f, "fin", "merchant.terms", "'merchant':'shop','settle_days':5"));
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	must(f, fixture_call(f, "svc", "order.receive", "'order':'o1'"));
	f->now_ms += 5 * FIXTURE_DAY_MS;
	must(f, fixture_order(f, "o2", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o2'"));
	must(f, fixture_call(f, "svc", "order.receive", "'order':'o2'"));
	must(f, settle(f, "s1", "shop", today(f)));
	must(f, issue(f, "s1"));
	f->now_ms += 5 * FIXTURE_DAY_MS;
	must(f, settle(f, "s2", "shop", today(f)));
	report_is(f, "statement", of_party("shop", NULL),
	          STATEMENT_HEADINGS "24,2026-01-01,2026-01-06,order.fulfil,s1,,o1,0,cup,1,,30,30,CNY,0.25,0.25\n"
	                             "27,2026-01-06,2026-01-11,order.fulfil,s2,,o2,0,cup,2,,60,90,CNY,0.50,0.75\n"
	                             ",,,closing,,,,,,,,,,CNY,,0.75\n,,,closing,,,,,,,,,90,,,\n");
	fixture_free(f);
}

static void the_platform_as_a_sponsor_reads_what_it_spent(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'we','platform':true"));
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'ours','sponsor':'we','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':2,'value_points':1,'contract':'sponsor','months':1,'round':'none',"
	                  "'from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'ours','event':'e','points':30,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'ours','points':30"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'ours','event':'e','reference':'r','occurred':%lld",
	                     (long long)f->now_ms));
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	report_is(f, "statement", of_party("we", NULL),
	          STATEMENT_HEADINGS "25,2026-01-01,,campaign.fund,,,,,,,ours,30,30,,,\n"
	                             "28,2026-01-01,2026-01-01,order.fulfil,,,o1,0,cup,1,ours,30,,CNY,0.60,0.60\n"
	                             ",,,closing,,,,,,,,,,CNY,,0.60\n,,,closing,,,,,,,,,30,,,\n");
	fixture_free(f);
}

static void another_currency_is_left_out_when_one_is_asked_for(void **state)
{
	struct fixture *f = story();
	struct merit_report_options options = of_party("shop", NULL);

	(void)state;
	options.currency = MERIT_TEXT("USD");
	report_is(f, "statement", options, STATEMENT_HEADINGS ",,,closing,,,,,,,,,30,,,\n");
	fixture_free(f);
}

static void a_member_reads_every_movement_with_its_reason(void **state)
{
	struct fixture *f = story();

	(void)state;
	report_is(f, "member", of_party("m1", NULL),
	          MEMBER_HEADINGS "19,2026-01-01,earn,gift,start,,c1,2027-01-01,1000,0,0,0,1000,0,0,0\n"
	                          "23,2026-01-01,order.place,,,o1,c1,2027-01-01,-90,0,90,0,910,0,90,0\n"
	                          "24,2026-01-01,order.fulfil,,,o1,c1,2027-01-01,0,0,-60,0,910,0,30,0\n"
	                          "25,2026-01-01,order.lapse,,,o1,c1,2027-01-01,30,0,-30,0,940,0,0,0\n"
	                          "27,2026-02-10,order.refund,broken,,o1,c1,2027-01-01,30,0,0,0,970,0,0,0\n"
	                          ",,closing,,,,,,,,,,970,0,0,0\n");
	report_is(f, "member", of_party("m1", "2026-02-01"),
	          MEMBER_HEADINGS ",2026-02-01,opening,,,,,,,,,,940,0,0,0\n"
	                          "27,2026-02-10,order.refund,broken,,o1,c1,2027-01-01,30,0,0,0,970,0,0,0\n"
	                          ",,closing,,,,,,,,,,970,0,0,0\n");
	fixture_free(f);
}

/* What was spent and is then taken back is a debt, and says of which earn. */
static void a_reversal_names_what_was_earned(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	unsigned long long seq = fixture_size(f) - 3; /* Of the start: behind it stand merchant other and its key. */
	must(f, fixture_order(f, "o1", "m1", 3));
	must(f, fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'mistaken'", seq));
	report_is(f, "member", of_party("m1", NULL),
	          MEMBER_HEADINGS "19,2026-01-01,earn,gift,start,,c1,2027-01-01,1000,0,0,0,1000,0,0,0\n"
	                          "22,2026-01-01,order.place,,,o1,c1,2027-01-01,-90,0,90,0,910,0,90,0\n"
	                          "23,2026-01-01,reverse,mistaken,start,,c1,2027-01-01,-910,0,0,0,0,0,90,0\n"
	                          "23,2026-01-01,reverse,mistaken,start,,c1,,0,0,0,-90,0,0,90,-90\n"
	                          ",,closing,,,,,,,,,,0,0,90,-90\n");
	fixture_free(f);
}

static void nobody_in_particular_has_no_statement(void **state)
{
	static const struct {
		const char *report, *party;
	} rows[] = {
		{ "statement", "m1" },
		{ "statement", "nobody" },
		{ "member", "shop" },
		{ "member", "nobody" },
	};
	struct fixture *f = story();
	struct merit_sheet sheet;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_report_options options = of_party(rows[i].party, NULL);
		assert_int_equal(sheet_of(f, rows[i].report, &options, &sheet), MERIT_BAD_PARAMS);
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merchant_reads_what_it_is_due_when_and_in_which_settlement),
		cmocka_unit_test(a_period_begins_with_what_was_before),
		cmocka_unit_test(a_sponsor_reads_what_it_paid_in_granted_and_spent),
		cmocka_unit_test(what_falls_due_later_is_in_the_next_settlement),
		cmocka_unit_test(the_platform_as_a_sponsor_reads_what_it_spent),
		cmocka_unit_test(another_currency_is_left_out_when_one_is_asked_for),
		cmocka_unit_test(a_member_reads_every_movement_with_its_reason),
		cmocka_unit_test(a_reversal_names_what_was_earned),
		cmocka_unit_test(nobody_in_particular_has_no_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
