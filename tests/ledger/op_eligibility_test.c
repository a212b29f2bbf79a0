/* op_eligibility_test.c
 * Goal    a campaign's points buy the classes of item it allows, for the members it allows them to, from the next entry
 *         on; cash and medicine only once two parties agreed.
 * Method  rows ask the rule itself, merit_points_may_buy; one story asks it through orders. */
#include "tests/ledger/steps.h"

#include "ledger/eligibility.h"
#include "ledger/op_common.h"

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "ops2", "operator");
	fixture_member(f, "m2");
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'silver','points':100"));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':300"));
	return f;
}

/* Whether c1's points buy the class for the member in 2026. */
static bool may_buy(struct fixture *f, const char *member, enum merit_class class_)
{
	struct merit_model *model = &f->ledger->model;
	struct merit_text name = merit_text_of(member);

	merit_arena_reset(&model->scratch);
	return merit_points_may_buy(model, merit_model_campaign(model, MERIT_TEXT("c1"))->holder.number, class_, name,
	                            merit_model_get(model, MERIT_TABLE_MEMBER, name, NULL), 2026);
}

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "no such class", "ops", "campaign.eligibility", "'campaign':'x','class':'food','allowed':true",
		  MERIT_BAD_PARAMS },
		{ "no such campaign, no such tier", "ops", "campaign.eligibility",
		  "'campaign':'x','class':'cash','allowed':true,'tier':'tin'", MERIT_CAMPAIGN_UNKNOWN },
		{ "no such tier, alone", "ops", "campaign.eligibility",
		  "'campaign':'c1','class':'cash','allowed':true,'tier':'tin'", MERIT_TIER_UNKNOWN },
		{ "cash, alone", "ops", "campaign.eligibility", "'campaign':'c1','class':'cash','allowed':true",
		  MERIT_PROPOSAL_REQUIRED },
		{ "for some, alone", "ops", "campaign.eligibility",
		  "'campaign':'c1','class':'medicine','allowed':true,'tag':'t'", MERIT_PROPOSAL_REQUIRED },
		{ "barring takes one", "ops", "campaign.eligibility", "'campaign':'c1','class':'cash','allowed':false",
		  MERIT_OK },
		{ "goods take one", "ops", "campaign.eligibility", "'campaign':'c1','class':'goods','allowed':true",
		  MERIT_OK },
		{ "a campaign closes", "ops", "campaign.close", "'campaign':'c1'", MERIT_OK },
		{ "its points live on", "ops", "campaign.eligibility",
		  "'campaign':'c1','class':'goods','allowed':false", MERIT_OK },
		{ "not finance's to set", "fin", "campaign.eligibility",
		  "'campaign':'c1','class':'goods','allowed':true", MERIT_NOT_PERMITTED },
	};
	struct fixture *f = world_new();

	(void)state;
	STEPS_RUN(f, steps);
	fixture_free(f);
}

static void without_a_row_cash_and_medicine_are_barred(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	assert_true(may_buy(f, "m1", MERIT_CLASS_CODE));
	assert_true(may_buy(f, "m1", MERIT_CLASS_SERVICE));
	assert_false(may_buy(f, "m1", MERIT_CLASS_CASH));
	assert_false(may_buy(f, "m1", MERIT_CLASS_MEDICINE));
	fixture_free(f);
}

static void classes_and_campaigns_are_set_one_by_one(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
	                  "'from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c2','class':'goods','allowed':false"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'service','allowed':false"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	assert_true(may_buy(f, "m1", MERIT_CLASS_CODE));
	assert_false(may_buy(f, "m1", MERIT_CLASS_SERVICE));
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'service','allowed':true"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_SERVICE));
	fixture_free(f);
}

static void two_parties_allow_cash_and_one_bars_it(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'campaign.eligibility','params':{"
	                     "'campaign':'c1','class':'cash','allowed':true}}"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_CASH));
	must(f, fixture_call(f, "ops2", "proposal.approve", "'proposal':'p'"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_CASH));
	assert_false(may_buy(f, "m1", MERIT_CLASS_MEDICINE));
	/* To widen it, or to keep it, takes two again. */
	assert_int_equal(
		fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'cash','allowed':true"),
		MERIT_PROPOSAL_REQUIRED);
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'cash','allowed':false"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_CASH));
	fixture_free(f);
}

/* Each row sets m1's tag and tier and c1's eligibility for goods from nothing. */
static void a_tag_and_a_tier_are_both_needed(void **state)
{
	static const struct {
		const char *name, *eligibility, *tag, *tier;
		bool want;
	} rows[] = {
		{ "anybody", "'allowed':true", NULL, NULL, true },
		{ "nobody", "'allowed':false", NULL, NULL, false },
		{ "nobody, tag or not", "'allowed':false,'tag':'cardio'", "cardio", NULL, false },
		{ "without the tag", "'allowed':true,'tag':'cardio'", NULL, NULL, false },
		{ "with another", "'allowed':true,'tag':'cardio'", "cardiology", NULL, false },
		{ "with it", "'allowed':true,'tag':'cardio'", "cardio", NULL, true },
		{ "without the tier", "'allowed':true,'tier':'silver'", NULL, NULL, false },
		{ "with it", "'allowed':true,'tier':'silver'", NULL, "silver", true },
		{ "with a higher one", "'allowed':true,'tier':'silver'", NULL, "gold", true },
		{ "with a lower one", "'allowed':true,'tier':'gold'", NULL, "silver", false },
		{ "the tag alone", "'allowed':true,'tag':'cardio','tier':'silver'", "cardio", NULL, false },
		{ "the tier alone", "'allowed':true,'tag':'cardio','tier':'silver'", NULL, "gold", false },
		{ "both", "'allowed':true,'tag':'cardio','tier':'silver'", "cardio", "gold", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new();
		if (rows[i].tag != NULL)
			must(f,
			     fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'%s','on':true", rows[i].tag));
		if (rows[i].tier != NULL)
			must(f, fixture_call(f, "ops", "member.tier", "'member':'m1','tier':'%s'", rows[i].tier));
		must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'goods',%s",
		                     rows[i].eligibility));
		if (may_buy(f, "m1", MERIT_CLASS_GOODS) != rows[i].want)
			fail_msg("%s", rows[i].name);
		fixture_free(f);
	}
}

static void a_change_of_tag_tier_or_threshold_counts_at_once(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.eligibility",
	                     "'campaign':'c1','class':'goods','allowed':true,'tier':'gold'"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1','tier':'silver'"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'silver','points':300")); /* as high as gold now */
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	assert_false(may_buy(f, "m2", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1'"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':0")); /* everybody's */
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':300"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	/* The last setting is all there is: nothing of the one before it stays. */
	must(f, fixture_call(f, "ops", "campaign.eligibility",
	                     "'campaign':'c1','class':'goods','allowed':true,'tag':'cardio'"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'cardio','on':true"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'cardio','on':false"));
	assert_false(may_buy(f, "m1", MERIT_CLASS_GOODS));
	must(f, fixture_call(f, "ops", "campaign.eligibility", "'campaign':'c1','class':'goods','allowed':true"));
	assert_true(may_buy(f, "m1", MERIT_CLASS_GOODS));
	fixture_free(f);
}

/* Points that may not buy it stay; an order made before keeps what it holds. */
static void orders_ask_for_every_lot(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r", 100));
	must(f, fixture_order(f, "o1", "m1", 1));
	must(f, fixture_call(f, "ops", "campaign.eligibility",
	                     "'campaign':'c1','class':'goods','allowed':true,'tag':'cardio'"));
	assert_int_equal(fixture_order(f, "o2", "m1", 1), MERIT_ITEM_BARRED);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	must(f, fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'cardio','on':true"));
	must(f, fixture_order(f, "o3", "m1", 1));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(without_a_row_cash_and_medicine_are_barred),
		cmocka_unit_test(classes_and_campaigns_are_set_one_by_one),
		cmocka_unit_test(two_parties_allow_cash_and_one_bars_it),
		cmocka_unit_test(a_tag_and_a_tier_are_both_needed),
		cmocka_unit_test(a_change_of_tag_tier_or_threshold_counts_at_once),
		cmocka_unit_test(orders_ask_for_every_lot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
