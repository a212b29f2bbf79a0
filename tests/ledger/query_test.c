/* query_test.c
 * Goal    each role may call exactly what the tables say, each party sees its own and no one else's, and reads add up.
 * Method  every operation and every read is tried by every role, on objects of its own, so that only the table's column
 *         can say no; then stories of parties who ask for what is not theirs. */
#include "tests/ledger/steps.h"

#include "ledger/receipt.h"

static const char *const parties[] = {
	[MERIT_ROLE_ADMIN] = "root",    [MERIT_ROLE_OPERATOR] = "ops", [MERIT_ROLE_FINANCE] = "fin",
	[MERIT_ROLE_SERVICE] = "svc",   [MERIT_ROLE_AUDITOR] = "aud",  [MERIT_ROLE_SPONSOR] = "acme",
	[MERIT_ROLE_MERCHANT] = "shop", [MERIT_ROLE_MEMBER] = "m1",
};
#define PARTIES (sizeof(parties) / sizeof(parties[0]))

/* m1 has 70 points and, in order o, 30 held for a cup of shop's; m2 has 100 of another sponsor's campaign. */
static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_key_add(f, "acme", "k1");
	must(f, fixture_gift(f, "m1", "start", 100));
	must(f, fixture_order(f, "o", "m1", 1));
	fixture_member(f, "m2");
	fixture_key_add(f, "m2", "k1");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'bolt'"));
	fixture_credit(f, "bolt", "CNY");
	fixture_key_add(f, "bolt", "k1");
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'b1','sponsor':'bolt','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none','from':'"
	                  "occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'b1','event':'e','points':100,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'b1','points':1000"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m2','campaign':'b1','event':'e','reference':'r','occurred':1767225600000"));
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'book'"));
	fixture_key_add(f, "book", "k1");
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'novel','merchant':'book','class':'goods','points':7,'currency':'CNY','price_"
	                     "minor':5,'stock':9"));
	return f;
}

/* ---- The tables' columns ---- */

#define HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* Parameters of a good shape that do nothing good; ~ stands for the caller. */
static const struct {
	const char *method, *params;
} calls[] = {
	{ "party.create", "'party':'root','role':'auditor'" },
	{ "key.add", "'party':'~','key':'k1','public':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'" },
	{ "key.rotate", "'key':'k1','public':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'" },
	{ "key.revoke", "'party':'~','key':'none'" },
	{ "sponsor.create", "'sponsor':'root'" },
	{ "merchant.create", "'merchant':'root'" },
	{ "member.create", "'member':'root'" },
	{ "member.opening", "'member':'x','campaign':'x','points':1,'reference':'r'" },
	{ "program.tier", "'tier':'t','points':1" },
	{ "member.tag", "'member':'x','tag':'t','on':true" },
	{ "member.tier", "'member':'x'" },
	{ "member.freeze", "'member':'x','reason':'r'" },
	{ "member.unfreeze", "'member':'x','reason':'r'" },
	{ "member.close", "'member':'x','reason':'r'" },
	{ "campaign.create",
	  "'campaign':'c1','sponsor':'x','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY','value_minor':1,"
	  "'value_points':1,'contract':'sponsor','months':1,'round':'none','from':'occurred'" },
	{ "campaign.rule", "'campaign':'x','event':'e','points':1,'evidence':'none'" },
	{ "campaign.fund", "'campaign':'x','points':1" },
	{ "campaign.close", "'campaign':'x'" },
	{ "campaign.referral", "'campaign':'x','event':'e','referrer_points':1,'referee_points':1" },
	{ "campaign.eligibility", "'campaign':'x','class':'goods','allowed':true" },
	{ "sponsor.cap", "'sponsor':'x','currency':'CNY','cap_minor':1" },
	{ "sponsor.deposit", "'sponsor':'x','currency':'CNY','amount_minor':1,'bank_reference':'r'" },
	{ "sponsor.withdraw", "'sponsor':'x','currency':'CNY','amount_minor':1,'bank_reference':'r'" },
	{ "sponsor.credit", "'sponsor':'x','currency':'CNY','credit_minor':1" },
	{ "merchant.terms", "'merchant':'x','settle_days':1" },
	{ "adjust.points", "'member':'x','campaign':'x','points':1,'reason':'r','reference':'r'" },
	{ "adjust.debt", "'member':'x','campaign':'x','points':1,'reason':'r','reference':'r'" },
	{ "adjust.money", "'debit':'cash','credit':'opening','currency':'CNY','amount_minor':1,'reason':'r','reference':'r'" },
	{ "settlement.open", "'settlement':'s','party':'x','currency':'CNY','cutoff':'2026-01-01'" },
	{ "settlement.issue", "'settlement':'none'" },
	{ "settlement.confirm", "'settlement':'none'" },
	{ "settlement.dispute", "'settlement':'none','reason':'r'" },
	{ "settlement.pay", "'settlement':'none','currency':'CNY','amount_minor':1,'bank_reference':'r'" },
	{ "period.close", "'period':'2026-01','size':1,'root':'" HASH "','totals':[{'unit':'points','debit':0,'opening':0,"
	                  "'closing':0}],'reports':[{'report':'r','hash':'" HASH "','rows':0}]" },
	{ "period.reopen", "'period':'2026-01','reason':'r'" },
	{ "source.declare", "'source':'s','subject':'cash','party':'nobody','direction':'in','every':'day','starts':"
	                    "'2026-01-01','due_days':1" },
	{ "recon.commit", "'run':'r','source':'none','from':'2026-01-01','to':'2026-01-01','size':1,'file':'" HASH "',"
	                  "'rules':'" HASH "','report':'" HASH "','theirs':0,'ours':0,'breaks':0,'carried':0,'cleared':0" },
	{ "recon.break", "'run':'none','break':'b','class':'amount','side':'both','first_day':'2026-01-01','item':'" HASH "'" },
	{ "break.explain", "'break':'none','class':'timing','reason':'r','expected':'2026-01-02'" },
	{ "break.resolve", "'break':'none','reason':'r'" },
	{ "item.create", "'item':'cup','merchant':'~','class':'goods','points':1,'currency':'CNY','price_minor':1" },
	{ "item.update", "'item':'x'" },
	{ "item.stock", "'item':'x','quantity':1" },
	{ "code.add", "'item':'x','code':'" HASH "'" },
	{ "code.withdraw", "'item':'x','code':'" HASH "'" },
	{ "earn", "'member':'x','campaign':'x','event':'x','reference':'x','occurred':0" },
	{ "reverse", "'entry':0,'reason':'r'" },
	{ "earn.review", "'entry':0,'decision':'reject','reason':'r'" },
	{ "mature", "'entry':0" },
	{ "referral.record", "'referrer':'x','referee':'x','campaign':'x'" },
	{ "referral.review", "'referee':'x','decision':'approve','reason':'r'" },
	{ "referral", "'referee':'x'" },
	{ "order.place", "'order':'o','member':'~','lines':[{'item':'x','version':1,'points':1,'quantity':1}]" },
	{ "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':0}]" },
	{ "order.receive", "'order':'o'" },
	{ "order.cancel", "'order':'o','lines':[{'line':0,'quantity':0}]" },
	{ "order.refund", "'order':'o','reason':'r'" },
	{ "order.refund_request", "'order':'o','reason':'r'" },
	{ "order.refund_decline", "'order':'o','reason':'r'" },
	{ "order.erase", "'order':'o'" },
	{ "proposal.create",
	  "'proposal':'p','reason':'r','call':{'method':'key.revoke','params':{'party':'~','key':'none'}}" },
	{ "proposal.approve", "'proposal':'none'" },
	{ "proposal.reject", "'proposal':'none'" },
	{ "expire", "'member':'x','last_day':'2026-01-01'" },
	{ "forfeit", "'member':'x'" },
	{ "order.lapse", "'order':'o'" },
	/* Reads. */
	{ "program.get", "" },
	{ "checkpoint.get", "" },
	{ "proof.get", "'from_size':1" },
	{ "tile.get", "'level':0,'index':0,'width':1" },
	{ "item.get", "'item':'cup'" },
	{ "item.list", "" },
	{ "party.get", "'party':'~'" },
	{ "party.list", "" },
	{ "key.list", "'party':'~'" },
	{ "sponsor.get", "'sponsor':'acme'" },
	{ "merchant.get", "'merchant':'shop'" },
	{ "campaign.get", "'campaign':'c1'" },
	{ "campaign.list", "" },
	{ "rule.get", "'campaign':'c1','event':'gift'" },
	{ "member.get", "'member':'m1'" },
	{ "member.campaigns", "'member':'m1'" },
	{ "member.disclosure", "'member':'m1'" },
	{ "member.list", "" },
	{ "award.get", "'entry':0" },
	{ "award.list", "" },
	{ "referral.get", "'referee':'m1'" },
	{ "referral.list", "'referrer':'m1'" },
	{ "balance.get", "'account':'@'" },
	{ "trial_balance.get", "" },
	{ "period.list", "" },
	{ "settlement.get", "'settlement':'none'" },
	{ "settlement.list", "" },
	{ "settlement.lines", "'settlement':'none'" },
	{ "period.missing", "" },
	{ "source.list", "" },
	{ "recon.get", "'run':'none'" },
	{ "recon.list", "" },
	{ "break.get", "'break':'none'" },
	{ "break.list", "" },
	{ "order.quote", "'member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1}]" },
	{ "statement.get", "'account':'@'" },
	{ "entry.get", "'seq':0" },
	{ "entry.list", "" },
	{ "order.get", "'order':'o'" },
	{ "order.list", "" },
	{ "order.recipient", "'order':'o'" },
	{ "order.code", "'order':'o'" },
	{ "proposal.get", "'proposal':'none'" },
	{ "proposal.list", "" },
};

/* An account of the party's own, or any for who may see all. */
static const char *account_of(const char *party)
{
	return strcmp(party, "acme") == 0 ? "sponsor/acme" : strcmp(party, "shop") == 0 ? "redeemed/shop" : "member/m1";
}

static const char *params_of(const char *method, const char *party)
{
	static char text[512];
	size_t size = 0;
	const char *from = NULL;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		from = strcmp(calls[i].method, method) == 0 ? calls[i].params : from;
	if (from == NULL)
		fail_msg("%s has no row here", method);
	for (; *from != '\0'; from++) {
		if (*from == '~' || *from == '@')
			size += (size_t)snprintf(text + size, sizeof(text) - size, "%s",
			                         *from == '~' ? party : account_of(party));
		else
			text[size++] = *from;
	}
	text[size] = '\0';
	return text;
}

static void each_role_may_call_what_the_table_says(void **state)
{
	struct fixture *f = world_new();
	const struct merit_operation *operation;

	(void)state;
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		for (unsigned role = 0; role < PARTIES; role++) {
			bool may = (operation->may & (1u << role)) != 0;
			if (operation->number == MERIT_OP_PROGRAM_CREATE || operation->number == MERIT_OP_KEY_BIND)
				continue;
			enum merit_status got = fixture_call(f, parties[role], operation->name, "%s",
			                                     params_of(operation->name, parties[role]));
			bool taken = got == MERIT_OK || got >= MERIT_STATUS_FIRST_REFUSAL;
			if (may ? !taken : got != MERIT_NOT_PERMITTED)
				fail_msg("%s by %s: %s", operation->name, parties[role], f->reply.data);
		}
	}
	/* Two that come another way: a ledger is born once, and a member's key binds itself. */
	assert_int_equal(fixture_call(f, "root", "program.create", "'origin':'x'"), MERIT_UNKNOWN_METHOD);
	assert_int_equal(fixture_call(f, "m1", "key.bind", "'token':'x'"), MERIT_NOT_PERMITTED);
	/* The system's own key signs ticks and nothing else. */
	assert_int_equal(fixture_call(f, "system", "order.receive", "'order':'o'"), MERIT_BAD_SIGNATURE);
	fixture_free(f);
}

static void each_role_may_read_what_the_table_says(void **state)
{
	struct fixture *f = world_new();
	const struct merit_query *query;

	(void)state;
	for (size_t i = 0; (query = merit_query_at(i)) != NULL; i++) {
		for (unsigned role = 0; role <= PARTIES && query->answer != NULL; role++) {
			const char *party = role == PARTIES ? NULL : parties[role];
			bool may =
				party == NULL ? query->is_public : query->is_public || (query->may & (1u << role)) != 0;
			enum merit_status refused = party == NULL ? MERIT_NOT_SIGNED : MERIT_NOT_PERMITTED;
			if (role == MERIT_ROLE_SPONSOR && strcmp(query->name, "order.list") == 0)
				may = false; /* orders are no sponsor's */
			enum merit_status got = fixture_query(f, party, query->name, "%s",
			                                      params_of(query->name, party == NULL ? "m1" : party));
			if ((got == refused) == may)
				fail_msg("%s by %s: %s", query->name, party == NULL ? "a guest" : party, f->reply.data);
		}
	}
	fixture_free(f);
}

/* ---- Whose is it ---- */

static void nobody_sees_what_is_anothers(void **state)
{
	static const struct step reads[] = {
		{ "a member's", "m2", "member.get", "'member':'m1'", MERIT_NOT_PERMITTED },
		{ "a member's balance", "m2", "balance.get", "'member':'m1'", MERIT_NOT_PERMITTED },
		{ "a member's account", "m2", "balance.get", "'account':'member/m1/held'", MERIT_NOT_PERMITTED },
		{ "a member's statement", "m2", "statement.get", "'member':'m1'", MERIT_NOT_PERMITTED },
		{ "a budget, by a member", "m1", "balance.get", "'account':'campaign/c1'", MERIT_NOT_PERMITTED },
		{ "a member's, by a merchant", "shop", "balance.get", "'account':'member/m1'", MERIT_NOT_PERMITTED },
		{ "a member's, by its sponsor", "acme", "balance.get", "'account':'member/m1'", MERIT_NOT_PERMITTED },
		{ "a merchant's", "book", "merchant.get", "'merchant':'shop'", MERIT_NOT_PERMITTED },
		{ "a merchant's account", "book", "balance.get", "'account':'redeemed/shop'", MERIT_NOT_PERMITTED },
		{ "a sponsor's", "bolt", "sponsor.get", "'sponsor':'acme'", MERIT_NOT_PERMITTED },
		{ "a sponsor's campaign", "bolt", "campaign.get", "'campaign':'c1'", MERIT_NOT_PERMITTED },
		{ "a sponsor's rule", "bolt", "rule.get", "'campaign':'c1','event':'gift'", MERIT_NOT_PERMITTED },
		{ "a sponsor's budget", "bolt", "balance.get", "'account':'campaign/c1'", MERIT_NOT_PERMITTED },
		{ "its own budget", "bolt", "balance.get", "'account':'campaign/b1'", MERIT_OK },
		{ "its own breakage", "bolt", "balance.get", "'account':'expired/b1'", MERIT_OK },
		{ "an order", "m2", "order.get", "'order':'o'", MERIT_ORDER_UNKNOWN },
		{ "an order without its lines", "book", "order.get", "'order':'o'", MERIT_ORDER_UNKNOWN },
		{ "where an order goes", "m2", "order.recipient", "'order':'o'", MERIT_ORDER_UNKNOWN },
		{ "where an order without its lines goes", "book", "order.recipient", "'order':'o'",
		  MERIT_ORDER_UNKNOWN },
		{ "an order's codes", "m2", "order.code", "'order':'o'", MERIT_ORDER_UNKNOWN },
		{ "whom another referred", "m2", "referral.list", "'referrer':'m1'", MERIT_NOT_PERMITTED },
		{ "another's keys", "m2", "key.list", "'party':'m1'", MERIT_NOT_PERMITTED },
		{ "its own keys", "m2", "key.list", "'party':'m2'", MERIT_OK },
		{ "both or neither", "svc", "balance.get", "'member':'m1','account':'member/m1'", MERIT_BAD_PARAMS },
		{ "neither", "svc", "balance.get", "", MERIT_BAD_PARAMS },
		{ "no account", "svc", "balance.get", "'account':'memer/m1'", MERIT_BAD_PARAMS },
		{ "nobody's account", "svc", "balance.get", "'account':'member/m9'", MERIT_NOT_FOUND },
		{ "nobody", "svc", "member.get", "'member':'m9'", MERIT_MEMBER_UNKNOWN },
		{ "no such entry", "svc", "entry.get", "'seq':100000", MERIT_NOT_FOUND },
		{ "another's birth", "m2", "entry.get", "'seq':0", MERIT_NOT_FOUND },
	};
	struct fixture *f = world_new();

	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		enum merit_status got = fixture_query(f, reads[i].kid, reads[i].method, "%s", reads[i].params);
		if (got != reads[i].want)
			fail_msg("%s: %s", reads[i].name, f->reply.data);
	}
	fixture_free(f);
}

/* What staff know of a member is for it and for them: not in the entries that set it, nor in the list of members. */
static void a_member_sees_its_own_tags_and_tier(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'gold','points':1000"));
	must(f, fixture_call(f, "ops", "member.tier", "'member':'m1','tier':'gold'"));
	must(f, fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'cardiology','on':true"));
	long long seq = fixture_integer(f, "seq");
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_non_null(strstr(f->reply.data, "\"tier\":\"gold\""));
	assert_non_null(strstr(f->reply.data, "\"tags\":[\"cardiology\"]"));
	must(f, fixture_query(f, "m2", "member.get", "'member':'m2'"));
	assert_non_null(strstr(f->reply.data, "\"tier\":null"));
	assert_non_null(strstr(f->reply.data, "\"tags\":[]"));
	assert_int_equal(fixture_query(f, "m2", "member.get", "'member':'m1'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "acme", "member.get", "'member':'m1'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "m1", "member.list", "'limit':1"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_query(f, "m2", "entry.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "acme", "entry.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%lld", seq));
	fixture_free(f);
}

static void an_entry_is_seen_by_whose_points_it_moved(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	long long seq = fixture_integer(f, "seq");
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%lld", seq));
	must(f, fixture_query(f, "shop", "entry.get", "'seq':%lld", seq));
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%lld", seq));
	assert_int_equal(fixture_query(f, "m2", "entry.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "book", "entry.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "m2", "proof.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, NULL, "proof.get", "'seq':%lld", seq), MERIT_NOT_SIGNED);
	fixture_free(f);
}

/* The seq of the first entry of an operation from seq on. */
static long long operation_from(struct fixture *f, uint64_t seq, enum merit_operation_number number)
{
	struct merit_entry entry;

	for (;; seq++) {
		assert_true(seq < fixture_size(f));
		fixture_entry(f, seq, &entry);
		if (entry.operation->number == number)
			return (long long)seq;
	}
}

/* Being received, a refund asked for and one declined move no points, and others do them: a member sees them all the
 * same, of its own orders. A refusal is for who asked alone. */
static void a_member_sees_what_became_of_its_order_though_no_points_moved(void **state)
{
	static const struct {
		const char *name, *kid, *method, *params;
		bool is_shown;
	} rows[] = {
		{ "received", "svc", "order.receive", "'order':'o'", true },
		{ "received again", "svc", "order.receive", "'order':'o'", false },
		{ "a refund asked for", "svc", "order.refund_request", "'order':'o','reason':'chipped'", true },
		{ "declined", "ops", "order.refund_decline", "'order':'o','reason':'it is not'", true },
		{ "declined again", "ops", "order.refund_decline", "'order':'o','reason':'it is not'", false },
		{ "an order that nobody made", "svc", "order.cancel", "'order':'none'", false },
	};
	static const char *const others[] = { "m2", "acme", "book" };
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)fixture_call(f, rows[i].kid, rows[i].method, "%s", rows[i].params);
		long long seq = fixture_integer(f, "seq");
		enum merit_status want = rows[i].is_shown ? MERIT_OK : MERIT_NOT_FOUND;
		if (fixture_query(f, "m1", "entry.get", "'seq':%lld", seq) != want ||
		    fixture_query(f, "m1", "proof.get", "'seq':%lld", seq) != want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		for (size_t j = 0; j < sizeof(others) / sizeof(others[0]); j++)
			assert_int_equal(fixture_query(f, others[j], "entry.get", "'seq':%lld", seq), MERIT_NOT_FOUND);
	}
	must(f, fixture_order(f, "p", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'p'"));
	uint64_t shipped = fixture_size(f);
	fixture_advance(f, 31 * FIXTURE_DAY_MS);
	long long by_clock = operation_from(f, shipped, MERIT_OP_ORDER_RECEIVE);
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%lld", by_clock));
	assert_int_equal(fixture_query(f, "m2", "entry.get", "'seq':%lld", by_clock), MERIT_NOT_FOUND);
	fixture_free(f);
}

/* An entry's money stands in its sealed line, which no member or partner is shown, nor who checks a receipt. */
static void an_entrys_money_is_shown_to_staff_services_and_auditors(void **state)
{
	static const char money[] = "\"postings\":[[\"merchant/shop\",\"CNY\",[[null,null,-25,0]]],"
				    "[\"margin\",\"CNY\",[[null,null,-5,0]]],[\"sponsor/acme\",\"CNY\",[[\"c1\",null,30,0]]]]}";
	static const struct {
		const char *kid;
		bool may;
	} rows[] = {
		{ "root", true }, { "ops", true }, { "fin", true }, { "svc", true }, { "aud", true }, { "m1", false },
		{ "shop", false },
	};
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	long long seq = fixture_integer(f, "seq");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(f, fixture_query(f, rows[i].kid, "entry.get", "'seq':%lld", seq));
		assert_non_null(strstr(f->reply.data, "\"sealed\":\"")); /* the hash, in the leaf */
		assert_int_equal(strstr(f->reply.data, money) != NULL, rows[i].may);
		assert_int_equal(strstr(f->reply.data, "CNY") != NULL, rows[i].may);
		must(f, fixture_query(f, rows[i].kid, "proof.get", "'seq':%lld", seq));
		assert_null(strstr(f->reply.data, "salt"));
	}
	must(f, fixture_query(f, "aud", "entry.list", "'from':%lld", seq - 1));
	const char *lines = strstr(f->reply.data, "],\"sealed\":[{\"salt\":\"");
	assert_non_null(lines); /* of the one entry that moves money */
	assert_non_null(strstr(lines, money));
	assert_null(strstr(lines + 20, "salt"));
	must(f, fixture_query(f, "aud", "entry.list", "'from':0,'limit':3"));
	assert_non_null(strstr(f->reply.data, "],\"sealed\":[],\"next\":3}"));
	fixture_free(f);
}

/* An entry is shown whole or not at all, so partners see those that are theirs alone. */
static void a_partner_sees_no_entry_with_anothers_business(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'two','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"
	                     "{'item':'novel','version':1,'points':7,'quantity':1}]"));
	must(f, fixture_call(f, "ops", "order.fulfil", "'order':'two'"));
	long long both = fixture_integer(f, "seq");
	must(f, fixture_call(f, "ops", "order.refund",
	                     "'order':'two','reason':'r','lines':[{'line':1,'quantity':1}]"));
	long long own = fixture_integer(f, "seq");
	assert_int_equal(fixture_query(f, "shop", "entry.get", "'seq':%lld", both), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "book", "entry.get", "'seq':%lld", both), MERIT_NOT_FOUND);
	must(f, fixture_query(f, "book", "entry.get", "'seq':%lld", own));
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%lld", both));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'b1','event':'e','reference':'r','occurred':1767225600000"));
	long long earned = fixture_integer(f, "seq");
	must(f, fixture_query(f, "bolt", "entry.get", "'seq':%lld", earned));
	assert_int_equal(fixture_query(f, "acme", "entry.get", "'seq':%lld", earned), MERIT_NOT_FOUND);
	fixture_free(f);
}

/* Who gave a code is paid as the order is placed, in the entry that holds the points for what others are to ship. */
static void who_gave_a_code_sees_no_order_with_anothers_line(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'ebook','merchant':'book','class':'code','points':5,'currency':'CNY','price_"
	                     "minor':4"));
	for (int i = 0; i < 2; i++) {
		char code[16];
		snprintf(code, sizeof(code), "E%d", i);
		const char *commitment = fixture_private(f, code);
		must(f, fixture_call(f, "book", "code.add", "'item':'ebook','code':'%s'", commitment));
	}
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'both','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"
	                     "{'item':'ebook','version':1,'points':5,'quantity':1}]"));
	long long both = fixture_integer(f, "seq");
	must(f, fixture_call(f, "svc", "order.place",
	                     "'order':'own','member':'m1','lines':[{'item':'novel','version':1,'points':7,'quantity':1},"
	                     "{'item':'ebook','version':1,'points':5,'quantity':1}]"));
	long long own = fixture_integer(f, "seq");
	assert_int_equal(fixture_query(f, "book", "entry.get", "'seq':%lld", both), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "book", "proof.get", "'seq':%lld", both), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "shop", "entry.get", "'seq':%lld", own), MERIT_NOT_FOUND);
	must(f, fixture_query(f, "book", "entry.get", "'seq':%lld", own));
	must(f, fixture_query(f, "m1", "entry.get", "'seq':%lld", both));
	fixture_free(f);
}

static void lists_hold_ones_own_and_name_nothing_else(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_query(f, "acme", "campaign.list", "'limit':9"));
	assert_non_null(strstr(f->reply.data, "\"campaign\":\"c1\""));
	assert_null(strstr(f->reply.data, "b1"));
	must(f, fixture_query(f, "bolt", "campaign.list", "'limit':1")); /* b1 comes first, c1 is acme's */
	assert_null(strstr(f->reply.data, "c1"));
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	must(f, fixture_query(f, "aud", "campaign.list", "'limit':1"));
	assert_string_equal(fixture_text(f, "next"), "c1");
	must(f, fixture_query(f, "aud", "campaign.list", "'limit':1,'from':'c1'"));
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	must(f, fixture_query(f, "m2", "order.list", "'limit':9"));
	assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
	must(f, fixture_query(f, "m1", "order.list", "'state':'open'"));
	assert_string_equal(fixture_text(f, "order"), "o");
	must(f, fixture_query(f, "m1", "order.list", "'state':'ended'"));
	assert_non_null(strstr(f->reply.data, "\"rows\":[]"));
	fixture_free(f);
}

static void members_are_listed_by_name(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m2','reason':'r'"));
	must(f, fixture_query(f, "svc", "member.list", "'limit':1"));
	assert_non_null(strstr(f->reply.data, "{\"rows\":[{\"member\":\"m1\",\"state\":\"active\",\"tier\":null,"
	                                      "\"tier_points\":100,\"available\":70,\"pending\":0,\"held\":30,"
	                                      "\"debt\":0}],\"next\":\"m2\"}"));
	must(f, fixture_query(f, "aud", "member.list", "'limit':1,'from':'m2'"));
	assert_string_equal(fixture_text(f, "member"), "m2");
	assert_string_equal(fixture_text(f, "state"), "frozen");
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	fixture_free(f);
}

static void a_merchant_sees_its_lines_of_a_shared_order(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call(f, "m1", "order.place",
	                     "'order':'two','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1},"
	                     "{'item':'novel','version':1,'points':7,'quantity':1}]"));
	must(f, fixture_query(f, "book", "order.get", "'order':'two'"));
	assert_null(strstr(f->reply.data, "cup"));
	assert_int_equal(fixture_integer(f, "line"), 1); /* under the number it has for everybody */
	assert_null(strstr(f->reply.data, "\"lots\""));
	must(f, fixture_query(f, "m1", "order.get", "'order':'two'"));
	assert_non_null(strstr(f->reply.data, "cup"));
	assert_non_null(strstr(f->reply.data, "\"lots\""));
	fixture_free(f);
}

static void guests_see_the_catalogue_without_its_terms(void **state)
{
	static const char *const kids[] = { NULL, "m1", "book" };
	struct fixture *f = world_new();

	(void)state;
	for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++) {
		must(f, fixture_query(f, kids[i], "item.get", "'item':'cup'"));
		assert_int_equal(fixture_integer(f, "points"), 30);
		assert_null(strstr(f->reply.data, "price_minor"));
	}
	must(f, fixture_query(f, "shop", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "price_minor"), 25);
	fixture_free(f);
}

/* ---- Statements ---- */

static void a_statement_runs_back_from_now_and_its_pages_meet(void **state)
{
	static const struct {
		const char *op;
		int64_t change, available, held;
	} rows[] = {
		{ "order.cancel", 30, 120, 0 },
		{ "earn", 20, 90, 30 },
		{ "order.place", -30, 70, 30 },
		{ "earn", 100, 100, 0 },
	};
	struct fixture *f = world_new();
	char before[32] = "";

	(void)state;
	must(f, fixture_gift(f, "m1", "more", 20));
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','limit':1%s", before));
		assert_string_equal(fixture_text(f, "op"), rows[i].op);
		assert_int_equal(fixture_integer(f, "change"), rows[i].change);
		assert_int_equal(fixture_integer(f, "available"), rows[i].available);
		assert_int_equal(fixture_integer(f, "held"), rows[i].held);
		if (i + 1 < sizeof(rows) / sizeof(rows[0]))
			snprintf(before, sizeof(before), ",'before':%lld", (long long)fixture_integer(f, "next"));
	}
	assert_non_null(strstr(f->reply.data, "\"next\":null"));
	fixture_free(f);
}

/* Nothing is searched for: a page begins where another ended. */
static void a_statements_page_begins_where_another_ended(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','limit':1"));
	long long next = fixture_integer(f, "next");
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','before':%lld", next));
	assert_int_equal(fixture_query(f, "m1", "statement.get", "'member':'m1','before':0"), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "m1", "statement.get", "'member':'m1','before':1"), MERIT_NOT_FOUND);
	assert_int_equal(fixture_query(f, "m1", "statement.get", "'member':'m1','before':1000000"), MERIT_NOT_FOUND);
	fixture_free(f);
}

static void a_statement_of_an_account_leaves_out_what_did_not_move_it(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_query(f, "m1", "statement.get", "'account':'member/m1/held'"));
	assert_string_equal(fixture_text(f, "op"), "order.place");
	assert_int_equal(fixture_integer(f, "balance"), 30);
	assert_null(strstr(f->reply.data, "\"earn\""));
	fixture_free(f);
}

/* ---- How long a reply may get ---- */

static void batch_put(struct merit_buffer *json, const char *method, const char *params, int count)
{
	merit_buffer_clear(json);
	for (int i = 0; i < count; i++) {
		merit_buffer_put_format(json, "%c{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{", i == 0 ? '[' : ',',
		                        i, method);
		merit_buffer_put_format(json, params, i, i);
		merit_buffer_put_text(json, "}}");
	}
	merit_buffer_put_char(json, ']');
	merit_buffer_put_char(json, '\0');
	assert_false(json->bad);
}

static void reads_whose_answers_are_too_much_for_one_message_are_told_so(void **state)
{
	struct fixture *f = world_new();
	struct merit_buffer json = { 0 };

	(void)state;
	batch_put(&json, "member.create", "\"id\":\"many-%d\",\"member\":\"many-%d\"", MERIT_PAGE_ROWS_MAX);
	must(f, fixture_send(f, "svc", json.data));
	batch_put(&json, "entry.list", "\"limit\":1000", 80);
	must(f, fixture_send(f, "aud", json.data));
	const char *refused = strstr(f->reply.data, "\"too_large\"");
	assert_non_null(refused);
	size_t at = (size_t)(refused - f->reply.data);
	assert_true(at > MERIT_ANSWER_SIZE_MAX - (1 << 20));
	assert_true(f->reply.size < MERIT_ANSWER_SIZE_MAX + 80 * 512);
	assert_non_null(strstr(refused, "\"id\":79")); /* each call has its answer */
	batch_put(&json, "entry.list", "\"limit\":1000", 8);
	must(f, fixture_send(f, "aud", json.data));
	assert_null(strstr(f->reply.data, "\"too_large\""));
	merit_buffer_free(&json);
	fixture_free(f);
}

/* ---- Proofs ---- */

static void a_receipt_verifies_with_the_logs_key_alone(void **state)
{
	struct fixture *f = world_new();
	struct merit_buffer leaf = { 0 }, receipt = { 0 };
	struct merit_checkpoint checkpoint;
	uint64_t index;

	(void)state;
	must(f, fixture_query(f, "m1", "statement.get", "'member':'m1','limit':1"));
	long long seq = fixture_integer(f, "seq");
	must(f, fixture_query(f, "m1", "proof.get", "'seq':%lld", seq));
	for (const char *at = strstr(f->reply.data, "\"receipt\":\"") + 11; *at != '"'; at++) {
		merit_buffer_put_char(&receipt, *at == '\\' ? '\n' : *at); /* its only escapes are line feeds: \u000a */
		at += *at == '\\' ? 5 : 0;
	}
	assert_int_equal(merit_receipt_verify(receipt.data, receipt.size, &f->ledger->log, &leaf, &index, &checkpoint),
	                 MERIT_OK);
	assert_int_equal(index, seq);
	merit_buffer_free(&leaf);
	merit_buffer_free(&receipt);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_may_call_what_the_table_says),
		cmocka_unit_test(each_role_may_read_what_the_table_says),
		cmocka_unit_test(nobody_sees_what_is_anothers),
		cmocka_unit_test(a_member_sees_its_own_tags_and_tier),
		cmocka_unit_test(an_entry_is_seen_by_whose_points_it_moved),
		cmocka_unit_test(a_member_sees_what_became_of_its_order_though_no_points_moved),
		cmocka_unit_test(an_entrys_money_is_shown_to_staff_services_and_auditors),
		cmocka_unit_test(a_partner_sees_no_entry_with_anothers_business),
		cmocka_unit_test(who_gave_a_code_sees_no_order_with_anothers_line),
		cmocka_unit_test(lists_hold_ones_own_and_name_nothing_else),
		cmocka_unit_test(members_are_listed_by_name),
		cmocka_unit_test(a_merchant_sees_its_lines_of_a_shared_order),
		cmocka_unit_test(guests_see_the_catalogue_without_its_terms),
		cmocka_unit_test(a_statement_runs_back_from_now_and_its_pages_meet),
		cmocka_unit_test(a_statements_page_begins_where_another_ended),
		cmocka_unit_test(a_statement_of_an_account_leaves_out_what_did_not_move_it),
		cmocka_unit_test(reads_whose_answers_are_too_much_for_one_message_are_told_so),
		cmocka_unit_test(a_receipt_verifies_with_the_logs_key_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
