/* entry_test.c
 * Goal    printing and reading a leaf are each other's inverse, and what is no leaf is not read.
 * Method  one leaf by hand, of which each row changes one thing; every leaf of a story with all operations; and every
 *         prefix and every changed byte of one. Leaves of entries that move money are record_test.c's. */
#include "tests/ledger/records.h"

#include <inttypes.h>

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define DAY  "\"day\":\"2026-01-01\""
#define BELONGS_TO ",\"belongs_to\":\"2025-12-31\""

static const char golden[] =
	"{\"seq\":7,\"time\":1767225600000,\"day\":\"2026-01-01\",\"id\":\"x1\",\"op\":\"earn\",\"by\":\"svc/k1\","
	"\"request\":[5,2,\"" HASH
	"\"],\"group\":[0,2],\"params\":{\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\","
	"\"reference\":\"r\",\"occurred\":1767225600000,\"points\":60},\"status\":\"accepted\",\"result\":{\"rule\":1,"
	"\"paid\":60,"
	"\"last_day\":\"2027-01-01\"},\"postings\":[[\"campaign/c1\",\"points\",[[\"c1\",null,-60]]],[\"member/m1/"
	"debt\","
	"\"points\",[[\"c1\",null,10]]],[\"member/"
	"m1\",\"points\",[[\"c1\",\"2027-01-01\",30],[\"c1\",\"never\",20,0]]]]}";

static const char refusal[] =
	"{\"seq\":8,\"time\":1767225600000,\"day\":\"2026-01-01\",\"id\":\"x2\",\"op\":\"earn\",\"by\":\"svc/k1\","
	"\"request\":[6,0,\"" HASH
	"\"],\"params\":{\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"r\","
	"\"occurred\":1767225600000,\"points\":60},\"status\":\"short_budget\",\"why\":{\"budget\":59}}";

static void a_leaf_is_read_member_by_member(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	(void)state;
	assert_int_equal(record_read(golden, strlen(golden)), MERIT_OK);
	assert_int_equal(merit_entry_read(golden, strlen(golden), &arena, &entry), MERIT_OK);
	assert_int_equal(entry.seq, 7);
	assert_int_equal(entry.time_ms, 1767225600000);
	assert_int_equal(entry.day, 20454);
	assert_true(merit_text_equal(entry.id, MERIT_TEXT("x1")));
	assert_int_equal(entry.operation->number, MERIT_OP_EARN);
	assert_ptr_equal(merit_record_operation(golden, strlen(golden)), entry.operation);
	assert_null(merit_record_operation(golden, (size_t)(strstr(golden, "earn") - golden) + 4)); /* cut off */
	assert_null(merit_record_operation(golden, 0));
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("svc")));
	assert_true(merit_text_equal(entry.key, MERIT_TEXT("k1")));
	assert_int_equal(entry.request, 5);
	assert_int_equal(entry.request_index, 2);
	assert_int_equal(entry.request_hash.bytes[1], 0x11);
	assert_int_equal(entry.group_count, 2);
	assert_int_equal(entry.values[EARN_POINTS].integer, 60);
	assert_false(entry.values[EARN_ACTOR].present);
	assert_int_equal(entry.results[EARN_LAST_DAY].integer, 20454 + 365);
	assert_int_equal(entry.postings_count, 4);
	assert_int_equal(entry.postings[0].day, MERIT_DAY_NONE);
	assert_int_equal(entry.postings[1].account, MERIT_ACCOUNT_DEBT);
	assert_int_equal(entry.postings[2].line, -1);
	assert_int_equal(entry.postings[3].day, MERIT_DAY_NEVER);
	assert_int_equal(entry.postings[3].line, 0);
	assert_null(merit_postings_fault(&entry));
	merit_arena_free(&arena);
}

static void a_refusal_is_read_with_its_numbers(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	(void)state;
	assert_int_equal(record_read(refusal, strlen(refusal)), MERIT_OK);
	assert_int_equal(merit_entry_read(refusal, strlen(refusal), &arena, &entry), MERIT_OK);
	assert_int_equal(entry.status, MERIT_SHORT_BUDGET);
	assert_int_equal(entry.why_count, 1);
	assert_string_equal(entry.why[0].name, "budget");
	assert_int_equal(entry.why[0].number, 59);
	merit_arena_free(&arena);
}

static void an_entry_of_a_closed_period_names_the_day_it_belongs_to(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_buffer text = { 0 };
	struct merit_entry entry;

	(void)state;
	assert_int_equal(merit_entry_read(golden, strlen(golden), &arena, &entry), MERIT_OK);
	assert_false(entry.has_belongs_to);
	assert_int_equal(merit_entry_true_day(&entry), 20454);
	changed(golden, DAY, DAY BELONGS_TO, &text);
	assert_int_equal(record_read(text.data, text.size - 1), MERIT_OK);
	assert_int_equal(merit_entry_read(text.data, text.size - 1, &arena, &entry), MERIT_OK);
	assert_true(entry.has_belongs_to);
	assert_int_equal(entry.day, 20454);
	assert_int_equal(entry.belongs_to, 20453);
	assert_int_equal(merit_entry_true_day(&entry), 20453);
	merit_buffer_free(&text);
	merit_arena_free(&arena);
}

/* ---- What is no leaf ---- */

static void what_is_no_leaf_is_refused(void **state)
{
	static const struct {
		const char *name, *find, *put;
	} rows[] = {
		{ "a space", "{\"seq\":7", "{ \"seq\":7" },
		{ "a space behind", "]]]]}", "]]]]} " },
		{ "a zero in front", "\"seq\":7", "\"seq\":07" },
		{ "a seq below zero", "\"seq\":7", "\"seq\":-7" },
		{ "a seq as text", "\"seq\":7", "\"seq\":\"7\"" },
		{ "no seq", "\"seq\":7,", "" },
		{ "two seqs", "\"seq\":7,", "\"seq\":7,\"seq\":7," },
		{ "another order", "\"seq\":7,\"time\":1767225600000", "\"time\":1767225600000,\"seq\":7" },
		{ "an unknown key", "\"seq\":7,", "\"seq\":7,\"x\":1," },
		{ "a time beyond the year 9999", "\"time\":1767225600000", "\"time\":253402300800000" },
		{ "no such day", "\"day\":\"2026-01-01\"", "\"day\":\"2026-02-29\"" },
		{ "it belongs to no such day", DAY, DAY ",\"belongs_to\":\"2025-02-29\"" },
		{ "it belongs to nothing", DAY, DAY ",\"belongs_to\":null" },
		{ "it belongs to two days", DAY, DAY BELONGS_TO BELONGS_TO },
		{ "the day it belongs to stands first", DAY, "\"belongs_to\":\"2025-12-31\"," DAY },
		{ "a hash of nothing", "]]]]}", "]]]],\"sealed\":\"" HASH "\"}" },
		{ "an id with a space", "\"id\":\"x1\"", "\"id\":\"x 1\"" },
		{ "an empty id", "\"id\":\"x1\"", "\"id\":\"\"" },
		{ "no such operation", "\"op\":\"earn\"", "\"op\":\"burn\"" },
		{ "a read", "\"op\":\"earn\"", "\"op\":\"member.get\"" },
		{ "no key", "\"by\":\"svc/k1\"", "\"by\":\"svc\"" },
		{ "two keys", "\"by\":\"svc/k1\"", "\"by\":\"svc/k1/k2\"" },
		{ "an empty key", "\"by\":\"svc/k1\"", "\"by\":\"svc/\"" },
		{ "a request of two", "[5,2,", "[5," },
		{ "a hash in capitals", "aabb", "AABB" },
		{ "a short hash", "ddeeff\"]", "ddee\"]" },
		{ "a group without members", "[0,2]", "[0,0]" },
		{ "a place outside its group", "[0,2]", "[2,2]" },
		{ "an escape for nothing", "\"reference\":\"r\"", "\"reference\":\"\\u0072\"" },
		{ "an unknown parameter", "\"points\":60}", "\"points\":60,\"pints\":60}" },
		{ "no member", "\"member\":\"m1\",", "" },
		{ "parameters in another order", "\"member\":\"m1\",\"campaign\":\"c1\"",
		  "\"campaign\":\"c1\",\"member\":\"m1\"" },
		{ "a fraction", "\"points\":60", "\"points\":60.0" },
		{ "an unknown status", "\"accepted\"", "\"welcome\"" },
		{ "a status of no entry", "\"accepted\"", "\"busy\"" },
		{ "a refusal with a result", "\"accepted\"", "\"short_budget\"" },
		{ "an unknown result", "\"paid\":60", "\"payed\":60" },
		{ "no result", "\"result\":{\"rule\":1,\"paid\":60,\"last_day\":\"2027-01-01\"},", "" },
		{ "an empty why", "\"result\":", "\"why\":{},\"result\":" },
		{ "five reasons", "\"result\":", "\"why\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1},\"result\":" },
		{ "a reason as text", "\"result\":", "\"why\":{\"a\":\"b\"},\"result\":" },
		{ "no such account", "campaign/c1\"", "campaigns/c1\"" },
		{ "an account of nobody", "\"campaign/c1\"", "\"campaign/\"" },
		{ "a letter no name has", "\"campaign/c1\"", "\"campaign/\xc3\xa9\"" },
		{ "a holder of 33 letters", "\"campaign/c1\"", "\"campaign/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
		{ "another unit", "\"points\",[[\"c1\",null,-60]]", "\"miles\",[[\"c1\",null,-60]]" },
		{ "an amount of 0", "[\"c1\",null,10]", "[\"c1\",null,0]" },
		{ "one lot twice in a row", "[\"c1\",null,10]", "[\"c1\",null,5],[\"c1\",null,5]" },
		{ "one account twice in a row", "30],[\"c1\",\"never\"",
		  "30]]],[\"member/m1\",\"points\",[[\"c1\",\"never\"" },
		{ "no lots", "[[\"c1\",null,10]]", "[]" },
		{ "a lot without amount", "[\"c1\",null,10]", "[\"c1\",null]" },
		{ "a lot of five", "[\"c1\",\"never\",20,0]", "[\"c1\",\"never\",20,0,0]" },
		{ "a line below zero", "20,0]", "20,-1]" },
		{ "a line no order has", "20,0]", "20,100]" },
		{ "a day in words", "\"never\"", "\"always\"" },
		{ "a refusal with postings",
		  "\"accepted\",\"result\":{\"rule\":1,\"paid\":60,\"last_day\":\"2027-01-01\"}", "\"short_budget\"" },
	};
	struct merit_buffer text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		changed(golden, rows[i].find, rows[i].put, &text);
		if (record_read(text.data, text.size - 1) != MERIT_BAD_FORMAT)
			fail_msg("%s was read", rows[i].name);
	}
	merit_buffer_free(&text);
}

static void no_prefix_of_a_leaf_is_one(void **state)
{
	(void)state;
	for (size_t size = 0; size < strlen(golden); size++)
		assert_int_equal(record_read(golden, size), MERIT_BAD_FORMAT);
}

static void a_changed_byte_is_refused_or_another_leaf(void **state)
{
	char text[sizeof(golden)];
	size_t read = 0;

	(void)state;
	for (size_t i = 0; i < strlen(golden); i++) {
		for (int change = 1; change < 256; change <<= 1) {
			memcpy(text, golden, sizeof(golden));
			text[i] = (char)(text[i] ^ change);
			read += record_read(text, strlen(golden)) ==
			        MERIT_OK; /* which prints to the same bytes, as record_read checks */
		}
	}
	assert_true(read > 0);
}

/* ---- Every operation ---- */

static void forfeiting(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "forfeit";
}

/* One award approved, one rejected, one that will mature: earns behind one another, so that a review finds them. */
static void awards_live(struct fixture *f)
{
	static const struct step steps[] = {
		{ "a rule that reviews", "ops", "campaign.rule",
		  "'campaign':'c1','event':'talk','points':5,'evidence':'none','review':true", MERIT_OK },
		{ "a rule that delays", "ops", "campaign.rule",
		  "'campaign':'c1','event':'visit','points':5,'evidence':'none','delay_days':9", MERIT_OK },
		{ "one that matures", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'visit','reference':'r','occurred':1767225600000", MERIT_OK },
		{ "one under review", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'talk','reference':'r1','occurred':1767225600000", MERIT_OK },
		{ "another", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'talk','reference':'r2','occurred':1767225600000", MERIT_OK },
	};

	STEPS_RUN(f, steps);
	uint64_t last = fixture_size(f) - 1;
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%" PRIu64 ",'decision':'approve','reason':'r'", last));
	must(f,
	     fixture_call(f, "ops", "earn.review", "'entry':%" PRIu64 ",'decision':'reject','reason':'r'", last - 1));
}

/* Money in and out, adjusted by two, settled and paid, and a month that ends. */
static void money_lives(struct fixture *f)
{
	static const struct step steps[] = {
		{ "a deposit", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':900,'bank_reference':'b1','day':'2025-12-31'", MERIT_OK },
		{ "a withdrawal", "fin", "sponsor.withdraw",
		  "'sponsor':'acme','currency':'CNY','amount_minor':100,'bank_reference':'b2'", MERIT_OK },
		{ "terms", "fin", "merchant.terms", "'merchant':'shop','settle_days':0", MERIT_OK },
		{ "points, proposed", "fin", "proposal.create",
		  "'proposal':'a1','reason':'r','call':{'method':'adjust.points','params':{'member':'m1','campaign':'c1','"
		  "points':5,'reason':'r','reference':'t'}}",
		  MERIT_OK },
		{ "points, given", "fin2", "proposal.approve", "'proposal':'a1'", MERIT_OK },
		{ "money, proposed", "fin", "proposal.create",
		  "'proposal':'a2','reason':'r','call':{'method':'adjust.money','params':{'debit':'opening','credit':'"
		  "merchant/shop','currency':'CNY','amount_minor':4,'reason':'r','reference':'t','day':'2025-12-30'}}",
		  MERIT_OK },
		{ "money, moved", "fin2", "proposal.approve", "'proposal':'a2'", MERIT_OK },
		{ "a settlement", "fin", "settlement.open",
		  "'settlement':'s1','party':'shop','currency':'CNY','cutoff':'2026-01-01'", MERIT_OK },
		{ "issued", "fin", "settlement.issue", "'settlement':'s1','invoice':'i-1'", MERIT_OK },
		{ "disputed", "shop", "settlement.dispute", "'settlement':'s1','reason':'too little'", MERIT_OK },
		{ "confirmed", "shop", "settlement.confirm", "'settlement':'s1'", MERIT_OK },
		{ "paid in part", "fin", "settlement.pay",
		  "'settlement':'s1','currency':'CNY','amount_minor':1,'bank_reference':'b3','invoice':'i-1'", MERIT_OK },
	};
	static const struct step closed[] = {
		{ "it is closed", "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'b4','day':'2025-12-31'",
		  MERIT_PERIOD_CLOSED },
		{ "a month, proposed", "fin", "proposal.create",
		  "'proposal':'a3','reason':'r','call':{'method':'period.reopen','params':{'period':'2025-12','reason':'r'}}",
		  MERIT_OK },
		{ "a month, reopened", "fin2", "proposal.approve", "'proposal':'a3'", MERIT_OK },
	};

	fixture_party(f, "fin2", "finance");
	STEPS_RUN(f, steps);
	must(f, fixture_close_month(f, "2025-12"));
	STEPS_RUN(f, closed);
}

/* A file matched, its breaks recorded, explained and ended, and the file issued again. */
static void files_live(struct fixture *f)
{
	static const struct step steps[] = {
		{ "a source", "fin", "source.declare",
		  "'source':'bank','subject':'cash','party':'acme','currency':'CNY','direction':'in','every':'week','starts':"
		  "'2026-01-01','ends':'2026-12-31','due_days':3,'break_rate':10000,'limit':900",
		  MERIT_OK },
		{ "a run", "fin", "recon.commit",
		  "'run':'r1','source':'bank','from':'2025-12-29','to':'2026-01-01','size':9,'file':'" HASH "','second_file':'"
		  HASH "','mapping':'" HASH "','rules':'" HASH "','report':'" HASH "','theirs':3,'ours':2,'classes':"
		  "[{'class':'amount','count':1,'theirs':-4,'ours':5},{'class':'unreadable','count':1,'theirs':0,'ours':0}],"
		  "'breaks':2,'carried':0,'cleared':0",
		  MERIT_OK },
		{ "a break", "fin", "recon.break",
		  "'run':'r1','break':'r1-1','class':'amount','side':'both','first_day':'2025-12-30','currency':'CNY','theirs':"
		  "-4,'ours':5,'reference':'发票 \\u0022 7','leg':2,'line':9,'entry':3,'item':'" HASH "'",
		  MERIT_OK },
		{ "another", "fin", "recon.break",
		  "'run':'r1','break':'r1-2','class':'unreadable','side':'theirs','first_day':'2025-12-31','item':'" HASH "'",
		  MERIT_OK },
		{ "one too many", "fin", "recon.break",
		  "'run':'r1','break':'r1-3','class':'fee','side':'ours','first_day':'2025-12-31','item':'" HASH "'",
		  MERIT_RUN_COMPLETE },
		{ "explained", "fin", "break.explain",
		  "'break':'r1-1','class':'timing','reason':'booked a day later','expected':'2026-01-05'", MERIT_OK },
		{ "ended", "fin", "break.resolve", "'break':'r1-1','reason':'booked','entry':11", MERIT_OK },
		{ "issued again", "fin", "recon.commit",
		  "'run':'r2','source':'bank','from':'2025-12-29','to':'2026-01-01','size':9,'file':'" HASH "','rules':'" HASH
		  "','report':'" HASH "','theirs':3,'ours':3,'breaks':0,'carried':0,'cleared':0,'supersedes':'r1'",
		  MERIT_OK },
	};

	STEPS_RUN(f, steps);
}

static void every_leaf_of_a_story_is_read_again(void **state)
{
	static const struct step steps[] = {
		{ "titles with quotes", "ops", "item.update", "'item':'cup','title':'50% \\\\ \\u00e9 杯'", MERIT_OK },
		{ "a reason with quotes", "svc", "item.stock",
		  "'item':'cup','quantity':-1,'reason':'\\u0022broken\\u0022'", MERIT_OK },
		{ "stock", "svc", "item.stock", "'item':'cup','quantity':-1,'reason':'broken'", MERIT_OK },
		{ "a key", "svc", "key.revoke", "'party':'svc','key':'k2','reason':'old'", MERIT_OK },
		{ "an earn", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':500,'"
		  "actor':'m9',"
		  "'evidence':'" HASH "'",
		  MERIT_OK },
		{ "a refusal", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':1",
		  MERIT_ALREADY_EARNED },
		{ "an order", "m1", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'cup','version':2,'points':30,'quantity':2},"
		  "{'item':'cup','version':2,'points':30,'quantity':3}]",
		  MERIT_OK },
		{ "shipped", "shop", "order.fulfil",
		  "'order':'o','lines':[{'line':0,'quantity':1},{'line':1,'quantity':2}],'carrier':'顺丰','tracking':'"
		  "SF-1'",
		  MERIT_OK },
		{ "cancelled", "m1", "order.cancel", "'order':'o','lines':[{'line':0,'quantity':1}],'reason':'late'",
		  MERIT_OK },
		{ "received", "m1", "order.receive", "'order':'o'", MERIT_OK },
		{ "refunded", "shop", "order.refund",
		  "'order':'o','lines':[{'line':1,'quantity':1}],'restock':true,'reason':'r'", MERIT_OK },
		{ "cancelled before it came", "svc", "order.cancel", "'order':'p'", MERIT_OK },
		{ "a proposal", "ops", "proposal.create",
		  "'proposal':'q','reason':'r','call':{'method':'campaign.rule','params':{'campaign':'c1','event':'e','"
		  "points':1,"
		  "'evidence':'unique'}}",
		  MERIT_OK },
		{ "an approval refused", "ops", "proposal.approve", "'proposal':'q'", MERIT_SAME_PARTY },
		{ "an approval", "ops2", "proposal.approve", "'proposal':'q'", MERIT_OK },
		{ "a rejection", "ops", "proposal.reject", "'proposal':'q'", MERIT_PROPOSAL_ENDED },
		{ "a reversal", "svc", "reverse", "'entry':1000000,'reason':'r'", MERIT_ENTRY_UNKNOWN },
	};
	struct fixture *f = fixture_new_with(forfeiting);
	struct merit_entry entry;

	(void)state;
	fixture_world(f);
	fixture_party(f, "ops2", "operator");
	fixture_key_add(f, "svc", "k2");
	awards_live(f);
	STEPS_RUN(f, steps);
	money_lives(f);
	files_live(f);
	must(f, fixture_call(f, "ops", "campaign.close", "'campaign':'c1'"));
	must(f, fixture_call(f, "ops2", "key.rotate", "'key':'k2','public':'%s'", fixture_public("ops2/k2")));
	fixture_advance(f, 400 * FIXTURE_DAY_MS); /* a lapse, a maturation and an expiry */
	for (uint64_t seq = 0; seq < fixture_size(f); seq++) {
		fixture_entry(f, seq, &entry); /* which asks for MERIT_OK */
		assert_int_equal(entry.seq, seq);
		assert_null(merit_postings_fault(&entry));
	}
	fixture_free(f);
}

/* ---- Building ---- */

static void postings_of_one_place_in_a_row_are_one(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .arena = &arena };
	struct merit_text m = MERIT_TEXT("m"), c = MERIT_TEXT("c");

	(void)state;
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 1, -1, 0);
	assert_int_equal(entry.postings_count, 0);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 1, -1, 5);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 1, -1, 6);
	assert_int_equal(entry.postings_count, 1);
	assert_int_equal(entry.postings[0].amount, 11);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 1, 0, 6);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 2, 0, 6);
	merit_entry_post(&entry, MERIT_ACCOUNT_HELD, m, c, 2, 0, 6);
	assert_int_equal(entry.postings_count, 4);
	merit_entry_post(&entry, MERIT_ACCOUNT_HELD, m, c, 2, 0, -6);
	assert_int_equal(entry.postings_count, 3);
	merit_arena_free(&arena);
}

static void gathered_postings_go_from_accounts_to_accounts(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .arena = &arena };
	struct merit_text a = MERIT_TEXT("a"), b = MERIT_TEXT("b"), c = MERIT_TEXT("c");

	(void)state;
	merit_entry_gather(&entry);
	assert_int_equal(entry.postings_count, 0);
	for (int32_t day = 1; day <= 2; day++) {
		merit_entry_post(&entry, MERIT_ACCOUNT_EXPIRED, c, c, day, 0, 5);
		merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, b, c, day, 0, -5);
		merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, a, c, 3, 0, 7);
		merit_entry_post(&entry, MERIT_ACCOUNT_EXPIRED, c, c, day, 0, -7);
	}
	static const struct { enum merit_account account; char holder; int32_t day; int64_t amount; } want[] = {
		{ MERIT_ACCOUNT_MEMBER, 'b', 1, -5 },  { MERIT_ACCOUNT_MEMBER, 'b', 2, -5 },
		{ MERIT_ACCOUNT_EXPIRED, 'c', 1, -7 }, { MERIT_ACCOUNT_EXPIRED, 'c', 2, -7 },
		{ MERIT_ACCOUNT_MEMBER, 'a', 3, 14 },  { MERIT_ACCOUNT_EXPIRED, 'c', 1, 5 },
		{ MERIT_ACCOUNT_EXPIRED, 'c', 2, 5 },
	};
	merit_entry_gather(&entry);
	assert_int_equal(entry.postings_count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < entry.postings_count; i++) {
		assert_int_equal(entry.postings[i].account, want[i].account);
		assert_int_equal(entry.postings[i].holder.data[0], want[i].holder);
		assert_int_equal(entry.postings[i].day, want[i].day);
		assert_int_equal(entry.postings[i].amount, want[i].amount);
	}
	assert_null(merit_postings_fault(&entry));
	merit_arena_free(&arena);
}

static void postings_must_sum_to_zero_for_each_campaign(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .arena = &arena };
	struct merit_text m = MERIT_TEXT("m"), c = MERIT_TEXT("c"), d = MERIT_TEXT("d");

	(void)state;
	merit_entry_post(&entry, MERIT_ACCOUNT_CAMPAIGN, c, c, MERIT_DAY_NONE, -1, -5);
	assert_non_null(merit_postings_fault(&entry));
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, d, 1, -1, 5); /* zero in all, of two campaigns */
	assert_non_null(merit_postings_fault(&entry));
	merit_entry_post(&entry, MERIT_ACCOUNT_CAMPAIGN, d, d, MERIT_DAY_NONE, -1, -5);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 1, -1, 5);
	assert_null(merit_postings_fault(&entry));
	merit_entry_post(&entry, MERIT_ACCOUNT_CAMPAIGN, c, c, 1, -1, 5);
	merit_entry_post(&entry, MERIT_ACCOUNT_MEMBER, m, c, 2, -1, -5);
	assert_non_null(merit_postings_fault(&entry)); /* a budget of points that die */
	merit_arena_free(&arena);
}

static void money_must_sum_to_zero_for_each_currency(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .arena = &arena };
	struct merit_text s = MERIT_TEXT("s"), none = MERIT_TEXT(""), cny = MERIT_TEXT("CNY"), usd = MERIT_TEXT("USD");

	(void)state;
	merit_entry_post_money(&entry, MERIT_ACCOUNT_CASH, none, cny, none, -1, 5);
	assert_non_null(merit_postings_fault(&entry));
	merit_entry_post_money(&entry, MERIT_ACCOUNT_SPONSOR, s, usd, none, -1, -5); /* zero in all, of two currencies */
	assert_non_null(merit_postings_fault(&entry));
	merit_entry_post_money(&entry, MERIT_ACCOUNT_CASH, none, usd, none, -1, 5);
	merit_entry_post_money(&entry, MERIT_ACCOUNT_SPONSOR, s, cny, none, -1, -5);
	assert_null(merit_postings_fault(&entry));
	merit_entry_post(&entry, MERIT_ACCOUNT_SPONSOR, s, s, MERIT_DAY_NONE, -1, -5);
	assert_non_null(merit_postings_fault(&entry)); /* nor do points make up for it */
	merit_entry_post(&entry, MERIT_ACCOUNT_CAMPAIGN, s, s, MERIT_DAY_NONE, -1, 5);
	assert_null(merit_postings_fault(&entry));
	merit_arena_free(&arena);
}

static void points_and_money_have_accounts_of_their_own(void **state)
{
	struct merit_text x = MERIT_TEXT("x"), none = MERIT_TEXT(""), cny = MERIT_TEXT("CNY");

	(void)state;
	for (enum merit_account account = 0; account < MERIT_ACCOUNT_COUNT; account++) {
		struct merit_arena arena = { 0 };
		struct merit_entry points = { .arena = &arena }, money = { .arena = &arena };
		for (int sign = -1; sign <= 1; sign += 2) {
			merit_entry_post(&points, account, x, x, MERIT_DAY_NONE, sign < 0 ? -1 : 0, sign);
			merit_entry_post_money(&money, account, x, cny, none, sign < 0 ? -1 : 0, sign);
		}
		assert_int_equal(merit_postings_fault(&points) == NULL, merit_account_takes(account, false));
		assert_int_equal(merit_postings_fault(&money) == NULL, merit_account_takes(account, true));
		assert_true(merit_account_takes(account, false) || merit_account_takes(account, true));
		merit_arena_free(&arena);
	}
}

static void accounts_are_read_as_they_are_printed(void **state)
{
	static const char *const wrong[] = {
		"", "member", "member/", "member//held", "member/m/", "member/m/x", "Member/m", "sponsor/s/held", "redeemed/",
		"member/a/b/held", "merchant/", "merchant", "writeoff/", "writeoff/c/d", "cash/", "cash/x", "cas", "margin/m",
		"breakage/c", "expense", "expense/", "expense/other", "expense/marketing/", "expense/marketing/s", "opening/",
	};
	struct merit_text holder;
	enum merit_account account;

	(void)state;
	for (int i = 0; i < MERIT_ACCOUNT_COUNT; i++) {
		struct merit_text want = merit_account_has_holder((enum merit_account)i) ? MERIT_TEXT("a-1") : MERIT_TEXT("");
		struct merit_buffer text = { 0 };
		merit_account_put(&text, (enum merit_account)i, want);
		assert_true(merit_account_read((struct merit_text){ text.data, text.size }, &account, &holder));
		assert_int_equal(account, i);
		assert_true(merit_text_equal(holder, want));
		merit_buffer_free(&text);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (merit_account_read(merit_text_of(wrong[i]), &account, &holder))
			fail_msg("%s was read", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_is_read_member_by_member),
		cmocka_unit_test(a_refusal_is_read_with_its_numbers),
		cmocka_unit_test(an_entry_of_a_closed_period_names_the_day_it_belongs_to),
		cmocka_unit_test(what_is_no_leaf_is_refused),
		cmocka_unit_test(no_prefix_of_a_leaf_is_one),
		cmocka_unit_test(a_changed_byte_is_refused_or_another_leaf),
		cmocka_unit_test(every_leaf_of_a_story_is_read_again),
		cmocka_unit_test(postings_of_one_place_in_a_row_are_one),
		cmocka_unit_test(gathered_postings_go_from_accounts_to_accounts),
		cmocka_unit_test(postings_must_sum_to_zero_for_each_campaign),
		cmocka_unit_test(money_must_sum_to_zero_for_each_currency),
		cmocka_unit_test(points_and_money_have_accounts_of_their_own),
		cmocka_unit_test(accounts_are_read_as_they_are_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
