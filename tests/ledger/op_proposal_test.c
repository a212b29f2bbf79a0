/* op_proposal_test.c
 * Goal    what needs two parties happens when the second agrees, in that very entry, and once.
 * Method  stories in the fixture's world with a second operator. */
#include "tests/ledger/steps.h"

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "ops2", "operator");
	return f;
}

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct step steps[] = {
		{ "no such method", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'x','params':{}}", MERIT_BAD_PARAMS },
		{ "a method that takes one", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'item.stock','params':{'item':'cup','quantity':1}}",
		  MERIT_BAD_PARAMS },
		{ "a proposal of a proposal", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'proposal.approve','params':{'proposal':'p'}}",
		  MERIT_BAD_PARAMS },
		{ "a call with an id", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'campaign.close','params':{'id':'x','campaign':'c1'}}",
		  MERIT_BAD_PARAMS },
		{ "a call of another role's", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'party.create','params':{'party':'x','role':'auditor'}"
		  "}",
		  MERIT_NOT_PERMITTED },
		{ "a call that will fail", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'campaign.close','params':{'campaign':'x'}}",
		  MERIT_OK },
		{ "its name again", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'campaign.close','params':{'campaign':'c1'}}",
		  MERIT_PROPOSAL_EXISTS },
		{ "approve nothing", "ops", "proposal.approve", "'proposal':'x'", MERIT_PROPOSAL_UNKNOWN },
		{ "reject nothing", "ops", "proposal.reject", "'proposal':'x'", MERIT_PROPOSAL_UNKNOWN },
		{ "approve one's own", "ops", "proposal.approve", "'proposal':'p'", MERIT_SAME_PARTY },
		{ "who may not call may not approve", "root", "proposal.approve", "'proposal':'p'",
		  MERIT_NOT_PERMITTED },
		{ "the call's own refusal", "ops2", "proposal.approve", "'proposal':'p'", MERIT_CAMPAIGN_UNKNOWN },
		{ "nor reject", "root", "proposal.reject", "'proposal':'p'", MERIT_NOT_PERMITTED },
		{ "it is open still", "ops", "proposal.reject", "'proposal':'p'", MERIT_OK },
		{ "and over now", "ops2", "proposal.approve", "'proposal':'p'", MERIT_PROPOSAL_ENDED },
		{ "for its own party too", "ops", "proposal.approve", "'proposal':'p'", MERIT_PROPOSAL_ENDED },
		{ "and for rejecting", "ops", "proposal.reject", "'proposal':'p'", MERIT_PROPOSAL_ENDED },
	};
	struct fixture *f = world_new();

	(void)state;
	STEPS_RUN(f, steps);
	fixture_free(f);
}

static void who_may_make_the_call_may_reject_it(void **state)
{
	static const struct step steps[] = {
		{ "a proposal", "ops", "proposal.create",
		  "'proposal':'p','reason':'r','call':{'method':'campaign.close','params':{'campaign':'c1'}}",
		  MERIT_OK },
		{ "rejected", "fin", "proposal.reject", "'proposal':'p'", MERIT_OK },
		{ "and over", "ops2", "proposal.approve", "'proposal':'p'", MERIT_PROPOSAL_ENDED },
		{ "of one's own key", "ops", "proposal.create",
		  "'proposal':'q','reason':'r','call':{'method':'key.revoke','params':{'party':'ops','key':'k1'}}",
		  MERIT_OK },
		{ "is not a peer's to reject", "ops2", "proposal.reject", "'proposal':'q'", MERIT_NOT_PERMITTED },
		{ "but an admin's", "root", "proposal.reject", "'proposal':'q'", MERIT_OK },
	};
	struct fixture *f = world_new();

	(void)state;
	STEPS_RUN(f, steps);
	fixture_free(f);
}

static void another_key_of_the_same_party_is_not_another_party(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	fixture_key_add(f, "ops", "k2");
	must(f, fixture_call(f, "ops/k1", "proposal.create",
	                     "'proposal':'p','reason':'r','call':{'method':'campaign.fund','params':{'campaign':'c1','"
	                     "points':5}}"));
	assert_int_equal(fixture_call(f, "ops/k2", "proposal.approve", "'proposal':'p'"), MERIT_SAME_PARTY);
	must(f, fixture_call(f, "ops2", "proposal.approve", "'proposal':'p'"));
	fixture_free(f);
}

static void the_approvals_entry_carries_the_call_out(void **state)
{
	struct fixture *f = world_new();
	struct merit_entry entry;

	(void)state;
	must(f, fixture_earn(f, "m1", "r1"));
	long long earn = fixture_integer(f, "seq");
	must(f,
	     fixture_call(
		     f, "ops", "proposal.create",
		     "'proposal':'p','reason':'r','call':{'method':'reverse','params':{'entry':%lld,'reason':'fraud'}}",
		     earn));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	uint64_t before = fixture_size(f);
	must(f, fixture_call_id(f, "ops2", "yes", "proposal.approve", "'proposal':'p'"));
	assert_int_equal(fixture_size(f), before + 1);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000);
	fixture_entry(f, before, &entry);
	assert_int_equal(entry.results[APPROVE_DONE].call->number, MERIT_OP_REVERSE);
	assert_int_equal(entry.results[APPROVE_DONE].results[REVERSE_POINTS].integer, 100);
	assert_int_equal(fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'again'", earn),
	                 MERIT_ALREADY_REVERSED);
	/* The approval is an outcome like any other: sent again it is the same, also once state was derived afresh. */
	fixture_close(f);
	assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	fixture_open(f);
	must(f, fixture_call_id(f, "ops2", "yes", "proposal.approve", "'proposal':'p'"));
	assert_int_equal(fixture_integer(f, "seq"), before);
	assert_int_equal(fixture_call(f, "ops2", "proposal.approve", "'proposal':'p'"), MERIT_PROPOSAL_ENDED);
	fixture_free(f);
}

static void each_proposable_call_can_be_carried_out(void **state)
{
	static const struct step steps[] = {
		{ "a campaign", "ops", "proposal.create",
		  "'proposal':'p1','reason':'r','call':{'method':'campaign.create','params':{'campaign':'c2','sponsor':"
		  "'acme',"
		  "'starts':'2026-01-01','ends':'2026-12-31','currency':'CNY','value_minor':1,'value_points':1,'"
		  "contract':'breakage',"
		  "'months':0,'round':'none','from':'available'}}",
		  MERIT_OK },
		{ "", "ops2", "proposal.approve", "'proposal':'p1'", MERIT_OK },
		{ "a rule", "ops", "proposal.create",
		  "'proposal':'p2','reason':'r','call':{'method':'campaign.rule','params':{'campaign':'c2','event':'e',"
		  "'points':9,"
		  "'evidence':'none'}}",
		  MERIT_OK },
		{ "", "ops2", "proposal.approve", "'proposal':'p2'", MERIT_OK },
		{ "a budget", "ops", "proposal.create",
		  "'proposal':'p3','reason':'r','call':{'method':'campaign.fund','params':{'campaign':'c2','points':9}"
		  "}",
		  MERIT_OK },
		{ "", "fin", "proposal.approve", "'proposal':'p3'", MERIT_OK },
		{ "it pays", "svc", "earn",
		  "'member':'m1','campaign':'c2','event':'e','reference':'r','occurred':1767225600000", MERIT_OK },
		{ "a revocation", "ops", "proposal.create",
		  "'proposal':'p4','reason':'r','call':{'method':'key.revoke','params':{'party':'ops','key':'k1'}}",
		  MERIT_OK },
		{ "not for one's peer", "ops2", "proposal.approve", "'proposal':'p4'", MERIT_NOT_PERMITTED },
		{ "but for an admin", "root", "proposal.approve", "'proposal':'p4'", MERIT_OK },
		{ "and done", "ops", "proposal.approve", "'proposal':'p4'", MERIT_REVOKED_KEY },
		{ "an end", "fin", "proposal.create",
		  "'proposal':'p5','reason':'r','call':{'method':'campaign.close','params':{'campaign':'c2'}}",
		  MERIT_OK },
		{ "", "ops2", "proposal.approve", "'proposal':'p5'", MERIT_OK },
		{ "it pays no more", "svc", "earn",
		  "'member':'m1','campaign':'c2','event':'e','reference':'r2','occurred':1767225600000",
		  MERIT_CAMPAIGN_CLOSED },
	};
	struct fixture *f = world_new();

	(void)state;
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 9);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
		cmocka_unit_test(who_may_make_the_call_may_reject_it),
		cmocka_unit_test(another_key_of_the_same_party_is_not_another_party),
		cmocka_unit_test(the_approvals_entry_carries_the_call_out),
		cmocka_unit_test(each_proposable_call_can_be_carried_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
