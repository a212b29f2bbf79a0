/* op_refund_test.c
 * Goal    what was paid comes back to the lots that paid, what was captured last first; where a lot is dead by then, the
 *         program's policy and the campaign's contract decide.
 * Method  one table of policies and contracts, over an order paid by a lot that dies before the refund. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

static void restore(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "restore";
}

static void grace(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "grace";
	birth->grace_days = 10;
}

static void no_grace(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "grace";
	birth->grace_days = 0;
}

static void forfeit(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "forfeit";
}

static void campaign_add(struct fixture *f, const char *name, const char *contract, int months)
{
	must(f, fixture_call(
			f, "ops", "campaign.create",
			"'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
			"'value_minor':1,'value_points':1,'contract':'%s','months':%d,'round':'none','from':'occurred'",
			name, contract, months));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'gift','maximum':1000,'evidence':'none'", name));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':1000", name));
}

static void earn(struct fixture *f, const char *campaign, int64_t points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'%s','event':'gift','reference':'r%u','occurred':%" PRId64
	                     ",'points':%" PRId64,
	                     campaign, f->ids, f->now_ms, points));
}

static void a_refund_into_a_dead_lot_follows_policy_and_contract(void **state)
{
	/* Earned on 1 January for a month, refunded on 2 March. */
	static const struct {
		const char *name;
		void (*policy)(struct merit_ledger_birth *birth);
		const char *contract, *last_day; /* NULL: nothing comes back */
		int64_t member, expired, granted;
	} rows[] = {
		{ "restored for another month", restore, "sponsor", "2026-04-02", 60, 0, 101000 },
		{ "restored, whatever the contract", restore, "breakage", "2026-04-02", 60, 0, 101000 },
		{ "ten days of grace", grace, "sponsor", "2026-03-12", 60, 0, 101000 },
		{ "until tonight", no_grace, "sponsor", "2026-03-02", 60, 0, 101000 },
		{ "forfeit to the sponsor", forfeit, "sponsor", NULL, 0, 0, 101000 - 60 },
		{ "forfeit as breakage", forfeit, "breakage", NULL, 0, 60, 101000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = fixture_new_with(rows[i].policy);
		fixture_world(f);
		campaign_add(f, "c2", rows[i].contract, 1);
		earn(f, "c2", 60);
		must(f, fixture_order(f, "o", "m1", 2));
		must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
		fixture_advance(f, 60 * FIXTURE_DAY_MS);
		must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'broken'"));
		print_message("%s\n", rows[i].name);
		balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 0);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", rows[i].member);
		balance_is(f, MERIT_ACCOUNT_EXPIRED, "c2", rows[i].expired);
		balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -rows[i].granted);
		if (rows[i].last_day != NULL) {
			must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
			assert_string_equal(fixture_text(f, "last_day"), rows[i].last_day);
			must(f, fixture_order(f, "o2", "m1", 2)); /* and it buys again */
		}
		fixture_free(f);
	}
}

static void a_refund_into_a_living_lot_keeps_its_day(void **state)
{
	struct fixture *f = fixture_new_with(forfeit);

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 3);
	earn(f, "c2", 60);
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	fixture_advance(f, 80 * FIXTURE_DAY_MS);
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'broken'"));
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_string_equal(fixture_text(f, "last_day"), "2026-04-01");
	fixture_free(f);
}

static void what_was_captured_last_comes_back_first(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "sponsor", 1); /* dies first, so it is captured first */
	earn(f, "c1", 30);
	earn(f, "c2", 30);
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]"));
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_string_equal(fixture_text(f, "campaign"), "c1");
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':1}]"));
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_string_equal(fixture_text(f, "campaign"), "c2");
	assert_int_equal(fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'"), MERIT_NOTHING_TO_DO);
	fixture_free(f);
}

static void pieces_go_back_on_the_shelf_only_when_said(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "r", 300));
	must(f, fixture_order(f, "o", "m1", 10));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','lines':[{'line':0,'quantity':4}]"));
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "stock"), 0);
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','restock':true"));
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "stock"), 6);
	assert_int_equal(fixture_integer(f, "reserved"), 0);
	fixture_free(f);
}

static void a_shelf_holds_no_more_than_the_safe_integers(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "r", 300));
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':2},"
	                     "{'item':'cup','version':1,'points':30,'quantity':2}]"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':%lld", MERIT_AMOUNT_MAX - 6 - 3));
	assert_int_equal(fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r','restock':true"),
	                 MERIT_AMOUNT_RANGE);
	assert_int_equal(fixture_integer(f, "line"), 1); /* both lines are of one shelf, which has room for three */
	must(f, fixture_call(f, "shop", "order.refund",
	                     "'order':'o','reason':'r','restock':true,'lines':[{'line':0,'quantity':2},"
	                     "{'line':1,'quantity':1}]"));
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "stock"), MERIT_AMOUNT_MAX);
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'")); /* the last one is broken */
	fixture_free(f);
}

/* Buying and giving back is no way to make points: odoo's loop. */
static void a_refunded_order_leaves_earned_points_as_they_were(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "r", 90));
	for (int i = 0; i < 5; i++) {
		char order[16];
		snprintf(order, sizeof(order), "o%d", i);
		must(f, fixture_order(f, order, "m1", 3));
		must(f, fixture_call(f, "shop", "order.fulfil", "'order':'%s'", order));
		must(f, fixture_call(f, "m1", "order.receive", "'order':'%s'", order));
		must(f, fixture_call(f, "shop", "order.refund", "'order':'%s','reason':'r','restock':true", order));
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 90);
	}
	fixture_free(f);
}

static void a_member_cannot_refund_itself(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	assert_int_equal(fixture_call(f, "m1", "order.refund", "'order':'o','reason':'r'"), MERIT_NOT_PERMITTED);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refund_into_a_dead_lot_follows_policy_and_contract),
		cmocka_unit_test(a_refund_into_a_living_lot_keeps_its_day),
		cmocka_unit_test(what_was_captured_last_comes_back_first),
		cmocka_unit_test(pieces_go_back_on_the_shelf_only_when_said),
		cmocka_unit_test(a_shelf_holds_no_more_than_the_safe_integers),
		cmocka_unit_test(a_refunded_order_leaves_earned_points_as_they_were),
		cmocka_unit_test(a_member_cannot_refund_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
