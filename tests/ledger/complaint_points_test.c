/* complaint_points_test.c
 * Goal    what users of other systems complain about, of points: overdrawn in silence, expired on one side only, paid
 *         twice, granted by nobody for no reason. Each test says what merit does in place of that, and which complaint
 *         it answers. The other complaints are in complaint_orders_test.c, complaint_books_test.c, tests/rpc, and in
 *         the tests of what they are about.
 * Method  stories in the fixture's world. Each ends with the log decided again from its first entry on. */
#include "tests/ledger/orders.h"

#define EVIDENCE "00000000000000000000000000000000000000000000000000000000000000aa"

static enum merit_status opening(struct fixture *f, const char *campaign, int points, const char *last_day)
{
	return fixture_call(f, "ops", "member.opening",
	                    "'member':'m1','campaign':'%s','points':%d,'reference':'r%u'%s%s%s", campaign, points,
	                    f->ids, last_day == NULL ? "" : ",'last_day':'", last_day == NULL ? "" : last_day,
	                    last_day == NULL ? "" : "'");
}

static enum merit_status earn_for(struct fixture *f, const char *member, const char *event, const char *reference,
                                  const char *rest)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'%s','campaign':'c1','event':'%s','reference':'%s','occurred':%" PRId64 "%s",
	                    member, event, reference, f->now_ms, rest);
}

/* A refusal has the words of its why in the answer. */
static void why_is(const struct fixture *f, const char *why)
{
	if (strstr(f->reply.data, why) == NULL)
		fail_msg("not because of %s: %s", why, f->reply.data);
}

/* ---- Balances ---- */

/* fuint addPoint: an overdraw returns in silence and the order goes on. hyena#3: deducts below zero. */
static void an_overdraw_is_an_error_and_never_a_no_op(void **state)
{
	static const struct step steps[] = {
		{ "an order", "svc", "order.place", PLACE("o", "m1", "cup", "1", "30", "2"), MERIT_SHORT_POINTS },
		{ "so there is none", "svc", "order.fulfil", "'order':'o'", MERIT_ORDER_UNKNOWN },
		{ "an award", "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'large','reference':'r','occurred':1767225600000",
		  MERIT_SHORT_BUDGET },
		{ "an opening balance", "fin", "member.opening",
		  "'member':'m1','campaign':'c1','points':100001,'reference':'r'", MERIT_SHORT_BUDGET },
		{ "a shelf", "shop", "item.stock", "'item':'cup','quantity':-11", MERIT_SHORT_STOCK },
	};
	struct fixture *f = world_new(59);

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'large','points':99942,'evidence':'none'"));
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 59);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000 - 59);
	world_free(f);
}

/* FloCafe#78: what expired left the sum of credits, what it had paid for stayed in the sum of debits. */
static void what_was_spent_before_its_lot_expired_is_not_taken_again(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	campaign_add(f, "c2", "CNY", 1);
	earn(f, "c2", 100);
	must(f, fixture_order(f, "o", "m1", 2));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0); /* 40 expired: not -60 */
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c2", 100000 - 100);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 + 40); /* and went where they came from */
	balance_is(f, MERIT_ACCOUNT_REDEEMED, "shop", 60);
	earn(f, "c1", 50);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 50);
	world_free(f);
}

/* FloCafe#62: only the first day on which something expires is shown. */
static void every_lot_that_will_expire_is_listed_with_its_day(void **state)
{
	static const char *const days[] = { "2026-02-01", "2026-04-01", "2026-07-01", "2027-01-01" };
	static const int months[] = { 1, 3, 6, 12 };
	struct fixture *f = world_new(0);
	char name[16], row[128];

	(void)state;
	for (int i = 3; i >= 0; i--) { /* given in another order than they end */
		snprintf(name, sizeof(name), "lot%d", i);
		campaign_add(f, name, "CNY", months[i]);
		earn(f, name, 10 + i);
	}
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	const char *at = f->reply.data;
	for (int i = 0; i < 4; i++) {
		snprintf(row, sizeof(row), "{\"campaign\":\"lot%d\",\"sponsor\":\"acme\",\"last_day\":\"%s\",\"available\":%d,", i, days[i],
		         10 + i);
		at = strstr(at, row); /* behind the one before: they are listed in the order they end */
		assert_non_null(at);
	}
	assert_int_equal(fixture_integer(f, "available"), 10 + 11 + 12 + 13);
	world_free(f);
}

/* hyena#3: the job expires the wrong rows, and a cached balance stays. */
static void a_day_takes_its_own_lots_and_no_others(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	must(f, opening(f, "c1", 1, "2026-01-10"));
	must(f, opening(f, "c1", 20, "2026-01-11"));
	must(f, opening(f, "c1", 300, "2026-01-12"));
	must(f, opening(f, "c1", 4000, NULL));
	fixture_member(f, "m2");
	must(f, fixture_gift(f, "m2", "r", 700));
	f->now_ms = FIXTURE_BIRTH_MS + 10 * FIXTURE_DAY_MS - 1;
	must(f, fixture_query(f, "m1", "balance.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "available"), 4321);
	f->now_ms++; /* a read is enough: nobody has to wait for a job */
	must(f, fixture_query(f, "m1", "balance.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "available"), 4320);
	f->now_ms += FIXTURE_DAY_MS;
	must(f, fixture_query(f, "m1", "balance.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "available"), 4300);
	fixture_advance(f, FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 4000);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 700);
	world_free(f);
}

static void late_earns_count(struct merit_ledger_birth *birth)
{
	birth->late_days = 60;
}

static enum merit_status earn_of_day(struct fixture *f, const char *reference, int day)
{
	return fixture_call(
		f, "svc", "earn",
		"'member':'m1','campaign':'c2','event':'gift','reference':'%s','points':5,'occurred':%" PRId64,
		reference, (int64_t)(FIXTURE_BIRTH_MS + day * FIXTURE_DAY_MS));
}

/* hyena#3: can add points that are expired already. */
static void points_that_are_dead_already_cannot_be_given(void **state)
{
	struct fixture *f = fixture_new_with(late_earns_count);

	(void)state;
	fixture_world(f);
	campaign_add(f, "c2", "CNY", 1);
	f->now_ms += 40 * FIXTURE_DAY_MS; /* 10 February */
	assert_int_equal(opening(f, "c1", 5, "2026-02-09"), MERIT_LOT_EXPIRED);
	must(f, opening(f, "c1", 5, "2026-02-10"));
	assert_int_equal(earn_of_day(f, "dead", 8), MERIT_LOT_EXPIRED); /* of 9 January, for a month */
	must(f, earn_of_day(f, "alive", 9));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 10);
	fixture_advance(f, FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	world_free(f);
}

/* liberusoftware/ecommerce-laravel#1056: lots under another label never expired, "liability had no ceiling". Here all
 * ways in which a lot comes to be are one campaign's of a month, made through calls. */
static void a_lot_ends_however_it_came_to_be(void **state)
{
	static const struct step rules[] = {
		{ "a review", "ops", "campaign.rule",
		  "'campaign':'c2','event':'case','points':7,'evidence':'none','review':true", MERIT_OK },
		{ "a delay", "ops", "campaign.rule",
		  "'campaign':'c2','event':'visit','points':11,'evidence':'none','delay_days':3", MERIT_OK },
		{ "a referral", "ops", "campaign.referral",
		  "'campaign':'c2','event':'gift','referrer_points':13,'referee_points':17", MERIT_OK },
		{ "its record", "svc", "referral.record", "'referrer':'m1','referee':'m2','campaign':'c2'", MERIT_OK },
	};
	struct fixture *f = world_new(0);

	(void)state;
	fixture_member(f, "m2");
	campaign_add(f, "c2", "CNY", 1);
	STEPS_RUN(f, rules);
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'case','reference':'r','occurred':%" PRId64,
	                     f->now_ms));
	must(f, fixture_call(f, "ops", "earn.review", "'entry':%lld,'decision':'approve','reason':'seen'",
	                     (long long)fixture_integer(f, "seq")));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c2','event':'visit','reference':'r','occurred':%" PRId64,
	                     f->now_ms));
	must(f, fixture_call(
			f, "svc", "earn",
			"'member':'m2','campaign':'c2','event':'gift','reference':'r','points':19,'occurred':%" PRId64,
			f->now_ms));
	must(f, opening(f, "c2", 23, NULL));
	earn(f, "c2", 60);
	must(f, fixture_order(f, "kept", "m1", 1));
	must(f, fixture_order(f, "back", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'kept'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'kept','reason':'broken'"));
	fixture_advance(f, 5 * FIXTURE_DAY_MS); /* matured; the other order lapsed */
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 7 + 11 + 13 + 23 + 60);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 17 + 19);
	fixture_advance(f, 40 * FIXTURE_DAY_MS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 0);
	balance_is(f, MERIT_ACCOUNT_SPONSOR, "acme", -200000 + 7 + 11 + 13 + 23 + 60 + 17 + 19);
	world_free(f);
}

/* ProgrammerZamanNow/qna#983: first in, first out over very many small lots for one large order. */
static void a_million_points_in_as_many_lots_as_may_be_buy_one_thing(void **state)
{
	struct fixture *f = world_new(0);
	char day[32];

	(void)state;
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c1','points':900000"));
	for (int i = MERIT_MEMBER_LOTS_MAX - 1; i >= 0; i--) {
		snprintf(day, sizeof(day), "2026-%02d-%02d", 2 + i / 25, 1 + i % 25);
		must(f, opening(f, "c1", 1000000 / MERIT_MEMBER_LOTS_MAX, day));
	}
	item_add(f, "car", "shop", "goods", "CNY", 999999);
	must(f, fixture_call(f, "m1", "order.place", PLACE("o", "m1", "car", "1", "999999", "1")));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 1);
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	why_is(f, "\"last_day\":\"2026-09-25\",\"available\":1,\"held\":4999,"); /* the last to end keeps the rest */
	must(f, fixture_call(f, "m1", "order.cancel", "'order':'o'"));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 1000000);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	world_free(f);
}

/* ---- Awards ---- */

/* AnthropicBots/compressor#1476: no key ties a credit to its event, and a replay pays again. */
static void an_event_told_again_never_pays_again(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	fixture_party(f, "svc2", "service");
	must(f, earn_for(f, "m1", "course", "lesson-7", ""));
	char why[64];
	int64_t first = fixture_integer(f, "seq");
	for (int i = 0; i < 20; i++) { /* another id, another day, another sender */
		fixture_advance(f, i % 3 == 0 ? FIXTURE_DAY_MS : 1);
		assert_int_equal(fixture_call(f, i % 2 == 0 ? "svc" : "svc2", "earn",
		                              "'member':'m1','campaign':'c1','event':'course','reference':'lesson-7',"
		                              "'occurred':%" PRId64,
		                              f->now_ms),
		                 MERIT_ALREADY_EARNED);
		snprintf(why, sizeof(why), "\"why\":{\"rule\":1,\"seq\":%" PRId64 "}", first);
		why_is(f, why);
	}
	must(f, fixture_call(f, "ops", "reverse", "'entry':%" PRId64 ",'reason':'wrong'", first));
	assert_int_equal(earn_for(f, "m1", "course", "lesson-7", ""), MERIT_ALREADY_EARNED);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	world_free(f);
}

/* RepairDesk#1047: wrongly added points have to go without a change to books that are closed. */
static void a_wrong_award_is_taken_back_and_its_entry_stays_as_it_was(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	must(f, fixture_gift(f, "m1", "typo", 1000));
	int64_t wrong = fixture_integer(f, "seq");
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%" PRId64, wrong));
	char *before = strdup(f->reply.data);
	fixture_advance(f, 35 * FIXTURE_DAY_MS); /* in another month */
	must(f,
	     fixture_call_id(f, "ops", "void-1", "reverse", "'entry':%" PRId64 ",'reason':'a zero too many'", wrong));
	int64_t seq = fixture_integer(f, "seq");
	assert_string_equal(fixture_text(f, "day"), "2026-02-05");
	must(f, fixture_query(f, "aud", "entry.get", "'seq':%" PRId64, wrong));
	assert_string_equal(f->reply.data, before);
	/* formancehq/ledger#1601: a revert sent twice is an error within the service. Here it is the first answer. */
	must(f,
	     fixture_call_id(f, "ops", "void-1", "reverse", "'entry':%" PRId64 ",'reason':'a zero too many'", wrong));
	assert_int_equal(fixture_integer(f, "seq"), seq);
	assert_int_equal(fixture_call(f, "ops", "reverse", "'entry':%" PRId64 ",'reason':'again'", wrong),
	                 MERIT_ALREADY_REVERSED);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
	free(before);
	world_free(f);
}

/* grandnode#1047, points-and-rewards#155: changes by hand leave no log of who, and why. */
static void what_staff_does_by_hand_has_a_reason_and_a_name(void **state)
{
	static const struct {
		const char *kid, *method, *params;
	} rows[] = {
		{ "ops", "reverse", "'entry':19" },
		{ "ops", "earn.review", "'entry':19,'decision':'approve'" },
		{ "ops", "referral.review", "'referee':'m1','decision':'approve'" },
		{ "ops", "member.freeze", "'member':'m1'" },
		{ "ops", "member.unfreeze", "'member':'m1'" },
		{ "ops", "member.close", "'member':'m1'" },
		{ "shop", "order.refund", "'order':'o'" },
		{ "m1", "order.refund_request", "'order':'o'" },
		{ "shop", "order.refund_decline", "'order':'o'" },
		{ "fin", "proposal.create",
		  "'proposal':'p','call':{'method':'member.close','params':{'member':'m1','reason':'r'}}" },
	};
	struct fixture *f = world_new(90);

	(void)state;
	must(f, fixture_order(f, "o", "m1", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	uint64_t size = fixture_size(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("           %s\n", rows[i].method);
		assert_int_equal(fixture_call(f, rows[i].kid, rows[i].method, "%s", rows[i].params), MERIT_BAD_PARAMS);
		assert_string_equal(fixture_text(f, "field"), "reason");
		assert_int_equal(fixture_call(f, rows[i].kid, rows[i].method, "%s,'reason':''", rows[i].params),
		                 MERIT_BAD_PARAMS);
	}
	assert_int_equal(fixture_size(f), size);
	must(f, fixture_call(f, "ops", "member.freeze", "'member':'m1','reason':'asked by legal'"));
	struct merit_entry entry;
	fixture_entry(f, size, &entry);
	assert_true(merit_text_equal(entry.party, MERIT_TEXT("ops")) && merit_text_equal(entry.key, MERIT_TEXT("k1")));
	assert_true(merit_text_equal(entry.values[FREEZE_REASON].text, MERIT_TEXT("asked by legal")));
	world_free(f);
}

/* ---- Compliance ---- */

/* Enforcement: the same photo, or list of signatures, proves several meetings. */
static void evidence_that_paid_before_is_refused_and_names_the_entry_it_paid(void **state)
{
	struct fixture *f = world_new(0);
	char why[64];

	(void)state;
	fixture_member(f, "m2");
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c1','event':'talk','points':80,'evidence':'unique'"));
	assert_int_equal(earn_for(f, "m1", "talk", "january", ""), MERIT_EVIDENCE_MISSING);
	must(f, earn_for(f, "m1", "talk", "january", ",'evidence':'" EVIDENCE "'"));
	snprintf(why, sizeof(why), "\"seq\":%lld}", (long long)fixture_integer(f, "seq"));
	assert_int_equal(earn_for(f, "m1", "talk", "february", ",'evidence':'" EVIDENCE "'"), MERIT_EVIDENCE_USED);
	why_is(f, why);
	assert_int_equal(earn_for(f, "m2", "talk", "february", ",'evidence':'" EVIDENCE "'"), MERIT_EVIDENCE_USED);
	why_is(f, why);
	/* whatever campaign it is for */
	campaign_add(f, "c2", "CNY", 12);
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'c2','event':'talk','points':80,'evidence':'unique'"));
	assert_int_equal(fixture_call(f, "svc", "earn",
	                              "'member':'m2','campaign':'c2','event':'talk','reference':'r','occurred':%" PRId64
	                              ",'evidence':'" EVIDENCE "'",
	                              f->now_ms),
	                 MERIT_EVIDENCE_USED);
	why_is(f, why);
	world_free(f);
}

/* Enforcement: more heads than the meeting had. */
static void a_meeting_pays_no_more_heads_than_were_agreed(void **state)
{
	struct fixture *f = world_new(0);
	char member[MERIT_NAME_SIZE_MAX + 1];

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'meeting','points':10,'evidence':'none','quota_reference':15"));
	for (int i = 0; i < 20; i++) {
		snprintf(member, sizeof(member), "doctor%d", i);
		fixture_member(f, member);
		assert_int_equal(earn_for(f, member, "meeting", "2026-01-01-hall-3", ""),
		                 i < 15 ? MERIT_OK : MERIT_QUOTA_REACHED);
	}
	why_is(f, "\"quota_reference\":15,\"left\":0");
	must(f, earn_for(f, "doctor19", "meeting", "2026-01-01-hall-4", ""));
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "c1", 100000 - 160);
	world_free(f);
}

/* RDPAC: every company sets how many lectures it pays a doctor for in a year, and how much; for each kind of activity,
 * and in all. */
static void a_sponsor_pays_a_doctor_so_often_and_so_much_in_a_year(void **state)
{
	struct fixture *f = world_new(0);

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'lecture','maximum':1000,'evidence':'none','quota_year':3,"
	                     "'cap_year':2000"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'survey','maximum':1000,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "sponsor.cap", "'sponsor':'acme','currency':'CNY','cap_minor':2500"));
	must(f, earn_for(f, "m1", "lecture", "1", ",'points':1000"));
	must(f, earn_for(f, "m1", "lecture", "2", ",'points':400"));
	assert_int_equal(earn_for(f, "m1", "lecture", "3", ",'points':601"), MERIT_CAP_REACHED);
	why_is(f, "\"cap_year\":2000,\"left\":600");
	must(f, earn_for(f, "m1", "lecture", "3", ",'points':600"));
	assert_int_equal(earn_for(f, "m1", "lecture", "4", ",'points':1"), MERIT_CAP_REACHED);
	assert_int_equal(earn_for(f, "m1", "survey", "1", ",'points':501"), MERIT_SPONSOR_CAP_REACHED);
	why_is(f, "\"sponsor_cap\":2500,\"left\":500");
	must(f, earn_for(f, "m1", "survey", "1", ",'points':500"));
	assert_int_equal(earn_for(f, "m1", "survey", "2", ",'points':1"), MERIT_SPONSOR_CAP_REACHED);
	fixture_member(f, "m2"); /* by number */
	for (int i = 0; i < 3; i++)
		must(f, earn_for(f, "m2", "lecture", i == 0 ? "a" : i == 1 ? "b" : "c", ",'points':1"));
	assert_int_equal(earn_for(f, "m2", "lecture", "d", ",'points':1"), MERIT_QUOTA_REACHED);
	why_is(f, "\"quota_year\":3,\"left\":0");
	world_free(f);
}

/* RDPAC: no cash and no equivalents of cash for doctors. A card of a shop is one, whatever it is called in the mall. */
static void a_gift_card_is_not_bought_with_a_sponsors_points_until_two_parties_say_so(void **state)
{
	static const struct step steps[] = {
		{ "nobody said so", "m1", "order.place", PLACE("o", "m1", "card", "1", "30", "1"), MERIT_ITEM_BARRED },
		{ "nor for the platform", "svc", "order.place", PLACE("o", "m1", "card", "1", "30", "1"),
		  MERIT_ITEM_BARRED },
		{ "one alone cannot", "ops", "campaign.eligibility", "'campaign':'c1','class':'cash','allowed':true",
		  MERIT_PROPOSAL_REQUIRED },
		{ "one asks", "ops", "proposal.create",
		  "'proposal':'p','reason':'a raffle','call':{'method':'campaign.eligibility','params':{"
		  "'campaign':'c1','class':'cash','allowed':true}}",
		  MERIT_OK },
		{ "that is not enough", "m1", "order.place", PLACE("o", "m1", "card", "1", "30", "1"),
		  MERIT_ITEM_BARRED },
		{ "nor is the same party twice", "ops", "proposal.approve", "'proposal':'p'", MERIT_SAME_PARTY },
		{ "another agrees", "ops2", "proposal.approve", "'proposal':'p'", MERIT_OK },
		{ "with c1's points", "m1", "order.place", PLACE("o", "m1", "card", "1", "30", "1"), MERIT_OK },
		{ "but not with c2's", "m1", "order.place", PLACE("o2", "m1", "card", "1", "30", "1"),
		  MERIT_ITEM_BARRED },
	};
	struct fixture *f = world_new(30);

	(void)state;
	fixture_party(f, "ops2", "operator");
	campaign_add(f, "c2", "CNY", 1); /* these points die first, and would be spent first */
	earn(f, "c2", 500);
	item_add(f, "card", "shop", "cash", "CNY", 30);
	STEPS_RUN(f, steps);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 500);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 30);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_overdraw_is_an_error_and_never_a_no_op),
		cmocka_unit_test(what_was_spent_before_its_lot_expired_is_not_taken_again),
		cmocka_unit_test(every_lot_that_will_expire_is_listed_with_its_day),
		cmocka_unit_test(a_day_takes_its_own_lots_and_no_others),
		cmocka_unit_test(points_that_are_dead_already_cannot_be_given),
		cmocka_unit_test(a_lot_ends_however_it_came_to_be),
		cmocka_unit_test(a_million_points_in_as_many_lots_as_may_be_buy_one_thing),
		cmocka_unit_test(an_event_told_again_never_pays_again),
		cmocka_unit_test(a_wrong_award_is_taken_back_and_its_entry_stays_as_it_was),
		cmocka_unit_test(what_staff_does_by_hand_has_a_reason_and_a_name),
		cmocka_unit_test(evidence_that_paid_before_is_refused_and_names_the_entry_it_paid),
		cmocka_unit_test(a_meeting_pays_no_more_heads_than_were_agreed),
		cmocka_unit_test(a_sponsor_pays_a_doctor_so_often_and_so_much_in_a_year),
		cmocka_unit_test(a_gift_card_is_not_bought_with_a_sponsors_points_until_two_parties_say_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
