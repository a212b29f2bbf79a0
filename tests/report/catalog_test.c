/* catalog_test.c
 * Goal    campaigns, rules and parties are found by what entries call them, an approval's too; points are worth what
 *         the ledger would post for them.
 * Method  a fixture's entries; worths against a second rounding (tests/ledger/sales.h). */
#include "tests/ledger/sales.h"
#include "tests/report/memory.h"

static enum merit_status take(void *context, const struct merit_entry *entry)
{
	return merit_catalog_take(context, entry);
}

static struct merit_catalog *catalog_of(struct fixture *f)
{
	struct memory *memory = memory_of(f);
	struct merit_catalog *catalog;

	assert_int_equal(merit_catalog_open(&catalog), MERIT_OK);
	assert_int_equal(merit_journal_each(&memory->journal, 0, memory->journal.size, take, catalog, NULL), MERIT_OK);
	memory->journal.close(&memory->journal);
	return catalog;
}

static bool is(struct merit_text text, const char *want)
{
	return merit_text_equal(text, merit_text_of(want));
}

static void parties_have_their_roles(void **state)
{
	static const struct {
		const char *party;
		enum merit_role role;
	} rows[] = {
		{ "root", MERIT_ROLE_ADMIN },     { "ops", MERIT_ROLE_OPERATOR }, { "fin", MERIT_ROLE_FINANCE },
		{ "svc", MERIT_ROLE_SERVICE },    { "aud", MERIT_ROLE_AUDITOR },  { "acme", MERIT_ROLE_SPONSOR },
		{ "shop", MERIT_ROLE_MERCHANT },  { "m1", MERIT_ROLE_MEMBER },    { "plat", MERIT_ROLE_SPONSOR },
		{ "agreed", MERIT_ROLE_AUDITOR },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'plat','platform':true"));
	fixture_party(f, "root2", "admin");
	must(f, fixture_call(f, "root", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'party.create','params':{'party':'agreed',"
	                     "'role':'auditor'}}"));
	must(f, fixture_call(f, "root2", "proposal.approve", "'proposal':'p'"));
	struct merit_catalog *catalog = catalog_of(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct merit_catalog_party *party = merit_catalog_party(catalog, merit_text_of(rows[i].party));
		assert_non_null(party);
		assert_true(is(party->name, rows[i].party));
		assert_int_equal(party->role, rows[i].role);
		assert_int_equal(party->is_platform, strcmp(rows[i].party, "plat") == 0);
	}
	assert_null(merit_catalog_party(catalog, MERIT_TEXT("nobody")));
	merit_catalog_close(catalog);
	world_free(f);
}

static void campaigns_have_their_terms(void **state)
{
	static const struct deal deal = { "b", "acme", "USD", "breakage", 7, 3, 5 };
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	deal_add(f, &deal, 10);
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'b'"));
	struct merit_catalog *catalog = catalog_of(f);
	const struct merit_catalog_campaign *b = merit_catalog_campaign(catalog, MERIT_TEXT("b"));
	assert_ptr_equal(merit_catalog_campaign_at(catalog, 1), b);
	assert_true(is(b->name, "b") && is(b->sponsor, "acme") && is(b->currency, "USD"));
	assert_int_equal(b->number, 1);
	assert_int_equal(b->value_minor, 7);
	assert_int_equal(b->value_points, 3);
	assert_int_equal(b->months, 5);
	assert_true(b->is_breakage && b->is_closed);
	assert_false(merit_catalog_campaign_at(catalog, 0)->is_closed);
	assert_null(merit_catalog_campaign_at(catalog, 2));
	assert_null(merit_catalog_campaign(catalog, MERIT_TEXT("c")));
	merit_catalog_close(catalog);
	world_free(f);
}

static void each_version_of_a_rule_has_its_classes(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','points':5,'evidence':'none','nature':'N1','form':'F1'"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule",
	                  "'campaign':'c1','event':'talk','points':6,'evidence':'none','nature':'N2','income':'I2'"));
	struct merit_catalog *catalog = catalog_of(f);
	const struct merit_text campaign = MERIT_TEXT("c1"), event = MERIT_TEXT("talk");
	const struct merit_catalog_rule *first = merit_catalog_rule(catalog, campaign, event, 1);
	const struct merit_catalog_rule *second = merit_catalog_rule(catalog, campaign, event, 2);
	assert_true(is(first->nature, "N1") && is(first->form, "F1") && is(first->income, ""));
	assert_true(is(second->nature, "N2") && is(second->form, "") && is(second->income, "I2"));
	assert_null(merit_catalog_rule(catalog, campaign, event, 3));
	assert_null(merit_catalog_rule(catalog, campaign, MERIT_TEXT("none"), 1));
	merit_catalog_close(catalog);
	world_free(f);
}

static void points_are_worth_what_the_ledger_posts(void **state)
{
	static const int64_t values[][2] = { { 1, 1 }, { 1, 2 }, { 7, 3 }, { 3, 7 }, { 0, 5 }, { 1, 1000 }, { 5, 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct deal deal = { .value_minor = values[i][0], .value_points = values[i][1] };
		struct merit_catalog_campaign campaign = { .value_minor = values[i][0], .value_points = values[i][1] };
		for (int64_t points = 0; points < 3000; points++) {
			assert_int_equal(merit_catalog_worth(&campaign, points), value_of(&deal, points));
			assert_int_equal(merit_catalog_worth(&campaign, -points), -value_of(&deal, points));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parties_have_their_roles),
		cmocka_unit_test(campaigns_have_their_terms),
		cmocka_unit_test(each_version_of_a_rule_has_its_classes),
		cmocka_unit_test(points_are_worth_what_the_ledger_posts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
