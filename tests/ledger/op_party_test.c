/* op_party_test.c
 * Goal    names and keys are used once; power is granted by two admins where there are two; one admin key always stays.
 * Method  stories in a fresh ledger, whose only party is the admin root. */
#include "tests/ledger/steps.h"

static enum merit_status key_add(struct fixture *f, const char *kid, const char *party, const char *key,
                                 const char *secret)
{
	return fixture_call(f, kid, "key.add", "'party':'%s','key':'%s','public':'%s'", party, key,
	                    fixture_public(secret));
}

static void a_partys_name_is_used_once(void **state)
{
	static const struct step steps[] = {
		{ "a party without a key", "root", "party.create", "'party':'a','role':'service'", MERIT_OK },
		{ "its name again", "root", "party.create", "'party':'a','role':'auditor'", MERIT_PARTY_EXISTS },
		{ "as a sponsor", "root", "sponsor.create", "'sponsor':'a'", MERIT_PARTY_EXISTS },
		{ "as a merchant", "root", "merchant.create", "'merchant':'a'", MERIT_PARTY_EXISTS },
		{ "as a member", "root", "member.create", "'member':'a'", MERIT_PARTY_EXISTS },
		{ "the system's own", "root", "member.create", "'member':'system'", MERIT_PARTY_EXISTS },
		{ "a key without a name", "root", "party.create",
		  "'party':'b','role':'service','public':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
		  MERIT_PUBLIC_KEY_WEAK },
		{ "a name without a key", "root", "party.create", "'party':'b','role':'service','key':'k'",
		  MERIT_PUBLIC_KEY_WEAK },
		{ "a key of small order", "root", "party.create",
		  "'party':'b','role':'service','key':'k','public':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
		  MERIT_PUBLIC_KEY_WEAK },
		{ "a role that is no staff's", "root", "party.create", "'party':'b','role':'member'",
		  MERIT_BAD_PARAMS },
		{ "b is still free", "root", "party.create", "'party':'b','role':'service'", MERIT_OK },
		{ "a key for nobody", "root", "key.revoke", "'party':'nobody','key':'k1'", MERIT_PARTY_UNKNOWN },
		{ "a key for the system", "root", "key.revoke", "'party':'system','key':'k1'", MERIT_PARTY_UNKNOWN },
		{ "no such key", "root", "key.revoke", "'party':'a','key':'k1'", MERIT_KEY_UNKNOWN },
	};
	struct fixture *f = fixture_new();

	(void)state;
	STEPS_RUN(f, steps);
	assert_int_equal(key_add(f, "root", "system", "k2", "s2"), MERIT_PARTY_UNKNOWN);
	fixture_free(f);
}

static void a_key_is_used_once(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "a", "service");
	fixture_party(f, "b", "service");
	assert_int_equal(key_add(f, "a", "a", "k1", "new"), MERIT_KEY_EXISTS);
	assert_int_equal(key_add(f, "a", "a", "k2", "b/k1"), MERIT_KEY_EXISTS);
	assert_int_equal(key_add(f, "a", "b", "k2", "new"), MERIT_NOT_PERMITTED);
	must(f, key_add(f, "a", "a", "k2", "a/k2"));
	must(f, fixture_call(f, "a/k2", "key.revoke", "'party':'a','key':'k1'"));
	assert_int_equal(fixture_call(f, "a/k1", "member.create", "'member':'m'"), MERIT_REVOKED_KEY);
	assert_int_equal(fixture_call(f, "a/k2", "key.revoke", "'party':'a','key':'k1'"), MERIT_KEY_UNKNOWN);
	assert_int_equal(key_add(f, "a/k2", "a", "k1", "new"), MERIT_KEY_EXISTS);  /* the name of a revoked key */
	assert_int_equal(key_add(f, "a/k2", "a", "k3", "a/k1"), MERIT_KEY_EXISTS); /* a revoked key under a new name */
	assert_int_equal(fixture_call(f, "a/nope", "member.create", "'member':'m'"), MERIT_UNKNOWN_KEY);
	must(f, fixture_call(f, "a/k2", "member.create", "'member':'m'"));
	fixture_free(f);
}

static void a_rotated_key_is_dead_and_its_successor_lives(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "a", "service");
	assert_int_equal(fixture_call(f, "a", "key.rotate", "'key':'k2','public':'%s'", fixture_public("root/k1")),
	                 MERIT_KEY_EXISTS);
	must(f, fixture_call(f, "a", "key.rotate", "'key':'k2','public':'%s'", fixture_public("a/k2")));
	assert_int_equal(fixture_call(f, "a/k1", "member.create", "'member':'m'"), MERIT_REVOKED_KEY);
	must(f, fixture_call(f, "a/k2", "member.create", "'member':'m'"));
	/* The only admin's only key can be rotated, since one is left, and not revoked. */
	must(f, fixture_call(f, "root", "key.rotate", "'key':'k2','public':'%s'", fixture_public("root/k2")));
	assert_int_equal(fixture_call(f, "root/k2", "key.revoke", "'party':'root','key':'k2'"), MERIT_LAST_ADMIN_KEY);
	must(f, key_add(f, "root/k2", "root", "k3", "root/k3"));
	must(f, fixture_call(f, "root/k3", "key.revoke", "'party':'root','key':'k2'"));
	assert_int_equal(fixture_call(f, "root/k3", "key.revoke", "'party':'root','key':'k3'"), MERIT_LAST_ADMIN_KEY);
	fixture_free(f);
}

static void two_admins_grant_power_together(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "boss", "admin"); /* the second admin needs nobody: there was one */
	fixture_party(f, "ops", "operator");
	assert_int_equal(fixture_call(f, "root", "party.create", "'party':'fin','role':'finance'"),
	                 MERIT_PROPOSAL_REQUIRED);
	assert_int_equal(fixture_call(f, "root", "party.create", "'party':'third','role':'admin'"),
	                 MERIT_PROPOSAL_REQUIRED);
	assert_int_equal(key_add(f, "root", "boss", "k2", "boss/k2"), MERIT_PROPOSAL_REQUIRED);
	must(f, key_add(f, "boss", "boss", "k2", "boss/k2")); /* one's own next key grants nobody anything */
	must(f, fixture_call(f, "root", "proposal.create",
	                     "'proposal':'p1','reason':'r','call':{'method':'party.create','params':{'party':'fin',"
	                     "'role':'finance','key':'k1','public':'%s'}}",
	                     fixture_public("fin/k1")));
	must(f, fixture_call(f, "boss", "proposal.approve", "'proposal':'p1'"));
	must(f,
	     fixture_call(f, "fin", "proposal.create",
	                  "'proposal':'p2','reason':'r','call':{'method':'campaign.close','params':{'campaign':'c'}}"));
	/* Nor does one admin end another, to be alone; each may end itself, and then the other is. */
	must(f, fixture_call(f, "root", "key.revoke", "'party':'boss','key':'k1'"));
	assert_int_equal(fixture_call(f, "root", "key.revoke", "'party':'boss','key':'k2'"), MERIT_PROPOSAL_REQUIRED);
	must(f, fixture_call(f, "root", "key.revoke", "'party':'fin','key':'k1'")); /* no admin: one suffices */
	must(f, fixture_call(f, "boss/k2", "key.revoke", "'party':'boss','key':'k2'"));
	must(f, fixture_call(f, "root", "party.create", "'party':'third','role':'admin'"));
	assert_int_equal(fixture_call(f, "root", "key.revoke", "'party':'root','key':'k1'"), MERIT_LAST_ADMIN_KEY);
	fixture_free(f);
}

static void two_admins_end_a_third_together(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "ops", "operator");
	fixture_party(f, "boss", "admin");
	must(f, fixture_call(f, "root", "key.revoke", "'party':'ops','key':'k1'")); /* no admin: one suffices */
	must(f, fixture_call(f, "root", "proposal.create",
	                     "'proposal':'p1','reason':'r','call':{'method':'party.create','params':{'party':'third',"
	                     "'role':'admin','key':'k1','public':'%s'}}",
	                     fixture_public("third/k1")));
	must(f, fixture_call(f, "boss", "proposal.approve", "'proposal':'p1'"));
	assert_int_equal(fixture_call(f, "third", "key.revoke", "'party':'boss','key':'k1'"), MERIT_PROPOSAL_REQUIRED);
	must(f, fixture_call(f, "third", "proposal.create",
	                     "'proposal':'p2','reason':'r','call':{'method':'key.revoke','params':{'party':'boss',"
	                     "'key':'k1'}}"));
	must(f, fixture_call(f, "root", "proposal.approve", "'proposal':'p2'"));
	assert_int_equal(fixture_call(f, "boss", "member.create", "'member':'m'"), MERIT_REVOKED_KEY);
	fixture_free(f);
}

static void staff_cannot_propose_itself_an_admins_key(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	assert_int_equal(
		fixture_call(f, "ops", "proposal.create",
	                     "'proposal':'p1','reason':'r','call':{'method':'key.add','params':{'party':'root',"
	                     "'key':'k9','public':'%s'}}",
	                     fixture_public("ops/k9")),
		MERIT_NOT_PERMITTED);
	must(f,
	     fixture_call(f, "root", "proposal.create",
	                  "'proposal':'p1','reason':'r','call':{'method':'key.add','params':{'party':'root','key':'k9',"
	                  "'public':'%s'}}",
	                  fixture_public("root/k9")));
	assert_int_equal(fixture_call(f, "fin", "proposal.approve", "'proposal':'p1'"), MERIT_NOT_PERMITTED);
	fixture_free(f);
}

/* The last answer holds a key that ends so: when it was added, by which entry, and the rest of format. */
static void keys_have(const struct fixture *f, const char *format, long long added, long long entry)
{
	char want[200];

	snprintf(want, sizeof(want), format, added, entry);
	answer_has(f, want);
}

static void a_members_device_is_bound_by_a_token_once(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	must(f, fixture_bind(f, "m1", "phone", "jti-1"));
	assert_string_equal(fixture_text(f, "member"), "m1");
	assert_int_equal(fixture_bind(f, "m1", "tablet", "jti-1"), MERIT_TOKEN_USED);
	assert_int_equal(fixture_bind(f, "m1", "phone", "jti-2"), MERIT_KEY_EXISTS);
	must(f, fixture_bind(f, "m1", "tablet", "jti-2")); /* what was refused used no token up */
	assert_int_equal(fixture_bind(f, "shop", "watch", "jti-3"), MERIT_BAD_TOKEN);
	assert_int_equal(fixture_bind(f, "nobody", "watch", "jti-3"), MERIT_BAD_TOKEN);
	must(f, fixture_call(f, "root", "key.revoke", "'party':'svc','key':'k1'"));
	assert_int_equal(fixture_bind(f, "m1", "watch", "jti-3"), MERIT_BAD_TOKEN);
	fixture_free(f);
}

/* What a key says of where it is kept stands with it for good; of others it is told when they were added. */
static void keys_are_told_apart_by_their_devices(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	f->now_ms += 5000;
	must(f, fixture_bind_with(f, "m1", "phone", "jti-1", ",'device':'android-chrome','software':true"));
	long long entry = fixture_integer(f, "seq");
	f->now_ms += 5000;
	must(f, fixture_bind_with(f, "m1", "tablet", "jti-2", ",'device':'ipad-safari'"));
	must(f, fixture_bind(f, "m1", "watch", "jti-3"));
	assert_int_equal(fixture_bind_with(f, "m1", "toy", "jti-4", ",'device':'Wang\\u0027s phone'"), MERIT_BAD_PARAMS);
	must(f, fixture_query(f, "m1", "key.list", "'party':'m1'"));
	keys_have(f, "'added':%lld,'entry':%lld,'device':'android-chrome','software':true,'revoked':null}",
	          FIXTURE_BIRTH_MS + 5000, entry);
	keys_have(f, "'added':%lld,'entry':%lld,'device':'ipad-safari','revoked':null}", FIXTURE_BIRTH_MS + 10000,
	          entry + 1);
	keys_have(f, "'added':%lld,'entry':%lld,'revoked':null}", FIXTURE_BIRTH_MS + 10000, entry + 2);
	must(f, fixture_query(f, "aud", "key.list", "'party':'root'"));
	keys_have(f, "'added':%lld,'entry':%lld,'revoked':null}", FIXTURE_BIRTH_MS, 0LL);
	fixture_free(f);
}

/* ---- Behind a revocation ---- */

static void calls_behind_a_revocation_in_the_same_batch_are_refused(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_party(f, "a", "service");
	uint64_t before = fixture_size(f);
	assert_int_equal(
		fixture_send(f, "a",
	                     "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"x1\","
	                     "\"member\":\"m1\"}},"
	                     "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"key.revoke\",\"params\":{\"id\":\"x2\","
	                     "\"party\":\"a\",\"key\":\"k1\"}},"
	                     "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"member.create\",\"params\":{\"id\":\"x3\","
	                     "\"member\":\"m3\"}}]"),
		MERIT_OK);
	assert_int_equal(fixture_status(f), MERIT_REVOKED_KEY);
	assert_int_equal(fixture_size(f), before + 2);
	fixture_free(f);
}

/* What a watcher such as the service's key ring was told last of a/k1. */
static void note_key(void *context, const struct merit_key_fact *fact)
{
	bool *revoked = context;

	if (merit_text_equal(fact->party, MERIT_TEXT("a")) && merit_text_equal(fact->key, MERIT_TEXT("k1")))
		*revoked = fact->revoked;
}

static void a_group_cannot_outlive_its_own_key(void **state)
{
	struct fixture *f = fixture_new();
	bool revoked = true;

	(void)state;
	fixture_party(f, "a", "service");
	merit_ledger_watch_keys(f->ledger, note_key, &revoked);
	assert_false(revoked);
	uint64_t before = fixture_size(f);
	assert_int_equal(
		fixture_send(f, "a",
	                     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":["
	                     "{\"method\":\"key.revoke\",\"params\":{\"id\":\"g1\",\"party\":\"a\",\"key\":\"k1\"}},"
	                     "{\"method\":\"member.create\",\"params\":{\"id\":\"g2\",\"member\":\"m1\"}}]}}"),
		MERIT_OK);
	assert_int_equal(fixture_status(f), MERIT_REVOKED_KEY);
	assert_int_equal(fixture_size(f), before);
	assert_false(revoked); /* who watches keys never heard of what was taken back */
	must(f, fixture_call(f, "a", "member.create", "'member':'m1'"));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partys_name_is_used_once),
		cmocka_unit_test(a_key_is_used_once),
		cmocka_unit_test(a_rotated_key_is_dead_and_its_successor_lives),
		cmocka_unit_test(two_admins_grant_power_together),
		cmocka_unit_test(two_admins_end_a_third_together),
		cmocka_unit_test(staff_cannot_propose_itself_an_admins_key),
		cmocka_unit_test(a_members_device_is_bound_by_a_token_once),
		cmocka_unit_test(keys_are_told_apart_by_their_devices),
		cmocka_unit_test(calls_behind_a_revocation_in_the_same_batch_are_refused),
		cmocka_unit_test(a_group_cannot_outlive_its_own_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
