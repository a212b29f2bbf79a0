/* time_test.c
 * Goal    days, months and years are the program's; the ledger's time never falls; and however late the clock is looked
 *         at, an operation finds the world as if everything due by then had happened in its time.
 * Method  a program of +08:00 or +14:00 at the edges of its days; a clock that steps back; and worlds that differ in
 *         nothing but how often they were ticked. */
#include "ledger/calendar.h"
#include "ledger/verify.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define HOUR_MS   3600000LL
#define MINUTE_MS 60000LL

/* ---- Programs ---- */

static void in_china(struct merit_ledger_birth *birth)
{
	birth->offset_minutes = 480;
}

static void far_east(struct merit_ledger_birth *birth)
{
	birth->offset_minutes = 840;
}

static void west(struct merit_ledger_birth *birth)
{
	birth->offset_minutes = -720;
}

/* The first millisecond of a day of the program's. */
static int64_t day_ms(const struct fixture *f, const char *day)
{
	int32_t days;

	assert_true(merit_day_parse(day, strlen(day), &days));
	return merit_day_start_ms(days, f->ledger->model.program.offset_minutes);
}

static void go_to(struct fixture *f, int64_t ms)
{
	fixture_advance(f, ms - f->now_ms);
}

/* gift pays at once, visit after ten days, next after one; daily and monthly have a cap, yearly a quota, of one. */
static void campaign_add(struct fixture *f, const char *name, int months, const char *round, const char *from)
{
	static const char *const rules[] = {
		"'event':'gift','maximum':1000",
		"'event':'visit','maximum':1000,'delay_days':10",
		"'event':'next','maximum':1000,'delay_days':1",
		"'event':'daily','maximum':1000,'cap_day':1",
		"'event':'monthly','maximum':1000,'cap_month':1",
		"'event':'yearly','maximum':1000,'quota_year':1",
	};

	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'acme','starts':'2025-01-01','ends':'2035-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':%d,'round':'%s','from':'%s'",
	                  name, months, round, from));
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		must(f,
		     fixture_call(f, "ops", "campaign.rule", "'campaign':'%s',%s,'evidence':'none'", name, rules[i]));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':100000", name));
}

static struct fixture *world_new(void (*change)(struct merit_ledger_birth *birth))
{
	struct fixture *f = fixture_new_with(change);

	fixture_world(f);
	campaign_add(f, "o1", 1, "none", "occurred");
	campaign_add(f, "a1", 1, "none", "available");
	campaign_add(f, "q1", 1, "quarter", "available");
	campaign_add(f, "y1", 12, "none", "available");
	return f;
}

static enum merit_status earn(struct fixture *f, const char *campaign, const char *event, const char *reference,
                              int64_t occurred_ms, int64_t points)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'%s','event':'%s','reference':'%s','occurred':%" PRId64
	                    ",'points':%" PRId64,
	                    campaign, event, reference, occurred_ms, points);
}

/* The last entry, as its operation and day. */
static void last_is(struct fixture *f, enum merit_operation_number operation, const char *day)
{
	struct merit_entry entry;
	char text[MERIT_DAY_TEXT_SIZE];

	fixture_entry(f, fixture_size(f) - 1, &entry);
	merit_day_format(entry.day, text);
	assert_int_equal(entry.operation->number, operation);
	assert_string_equal(text, day);
}

/* ---- Edges of days, months and years ---- */

static void a_day_is_the_programs_to_the_millisecond(void **state)
{
	static void (*const programs[])(struct merit_ledger_birth *) = { in_china, far_east, west };

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct fixture *f = world_new(programs[i]);
		int64_t midnight_ms = day_ms(f, "2026-01-06");
		go_to(f, midnight_ms - 1);
		must(f, earn(f, "o1", "daily", "r1", midnight_ms - 1, 1));
		assert_string_equal(fixture_text(f, "day"), "2026-01-05");
		assert_int_equal(earn(f, "o1", "daily", "r2", midnight_ms - 1, 1), MERIT_CAP_REACHED);
		assert_int_equal(earn(f, "o1", "daily", "r2", midnight_ms, 1), MERIT_IN_FUTURE);
		must(f, earn(f, "o1", "next", "r1", midnight_ms - 1, 1));
		assert_int_equal(fixture_integer(f, "matures"), midnight_ms);
		go_to(f, midnight_ms);
		last_is(f, MERIT_OP_MATURE, "2026-01-06");
		must(f, earn(f, "o1", "daily", "r2", midnight_ms, 1));
		assert_string_equal(fixture_text(f, "day"), "2026-01-06");
		must(f, earn(f, "o1", "next", "r2", midnight_ms, 1));
		assert_int_equal(fixture_integer(f, "matures"), midnight_ms + FIXTURE_DAY_MS);
		world_free(f);
	}
}

static void caps_and_quotas_follow_months_and_years(void **state)
{
	static const struct {
		const char *name, *event, *last, *next;
		enum merit_status want;
	} rows[] = {
		{ "28 and 29 February", "monthly", "2028-02-28", "2028-02-29", MERIT_CAP_REACHED },
		{ "29 February and 1 March", "monthly", "2028-02-29", "2028-03-01", MERIT_OK },
		{ "28 February and 1 March", "monthly", "2027-02-28", "2027-03-01", MERIT_OK },
		{ "two Januaries", "monthly", "2027-01-31", "2028-01-31", MERIT_OK },
		{ "30 and 31 December", "yearly", "2028-12-30", "2028-12-31", MERIT_QUOTA_REACHED },
		{ "31 December and New Year", "yearly", "2028-12-31", "2029-01-01", MERIT_OK },
		{ "1 January and 31 December", "yearly", "2028-01-01", "2028-12-31", MERIT_QUOTA_REACHED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new(in_china);
		go_to(f, day_ms(f, rows[i].last) + FIXTURE_DAY_MS - 1);
		must(f, earn(f, "o1", rows[i].event, "r1", f->now_ms, 1));
		go_to(f, day_ms(f, rows[i].next));
		if (earn(f, "o1", rows[i].event, "r2", f->now_ms, 1) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		/* What comes late counts in the period it occurred in. */
		enum merit_status late = earn(f, "o1", rows[i].event, "r3", day_ms(f, rows[i].last), 1);
		if (late == MERIT_OK)
			fail_msg("%s, late: %s", rows[i].name, f->reply.data);
		fixture_free(f);
	}
}

/* Ten days after it occurred an award is available: its months count from then, or from when it occurred. */
static void a_matured_award_lives_for_months_of_the_calendar(void **state)
{
	static const struct {
		const char *name, *campaign, *occurred, *matured, *last_day;
	} rows[] = {
		{ "a month from 31 January", "a1", "2026-01-21", "2026-01-31", "2026-02-28" },
		{ "a month from 30 January of a leap year", "a1", "2028-01-20", "2028-01-30", "2028-02-29" },
		{ "a month from 31 January of a leap year", "a1", "2028-01-21", "2028-01-31", "2028-02-29" },
		{ "a month from a leap day", "a1", "2028-02-19", "2028-02-29", "2028-03-29" },
		{ "a year from a leap day", "y1", "2028-02-19", "2028-02-29", "2029-02-28" },
		{ "a year from the day before", "y1", "2028-02-18", "2028-02-28", "2029-02-28" },
		{ "over a leap day", "a1", "2028-02-20", "2028-03-01", "2028-04-01" },
		{ "over New Year", "a1", "2026-12-21", "2026-12-31", "2027-01-31" },
		{ "to the quarter's end", "q1", "2026-02-18", "2026-02-28", "2026-03-31" },
		{ "to the next quarter's end", "q1", "2026-02-19", "2026-03-01", "2026-06-30" },
		{ "a month from its occurrence", "o1", "2026-01-31", "2026-02-10", "2026-02-28" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = world_new(in_china);
		go_to(f, day_ms(f, rows[i].occurred) + 5 * HOUR_MS);
		must(f, earn(f, rows[i].campaign, "visit", "r", f->now_ms, 60));
		go_to(f, day_ms(f, rows[i].matured) - 1);
		balance_is(f, MERIT_ACCOUNT_PENDING, "m1", 60);
		go_to(f, f->now_ms + 1);
		last_is(f, MERIT_OP_MATURE, rows[i].matured);
		must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
		char want[64];
		snprintf(want, sizeof(want), "\"last_day\":\"%s\",\"available\":60", rows[i].last_day);
		if (strstr(f->reply.data, want) == NULL)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
		go_to(f, day_ms(f, rows[i].last_day) + FIXTURE_DAY_MS - 1);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 60);
		go_to(f, f->now_ms + 1);
		last_is(f, MERIT_OP_EXPIRE, rows[i].last_day);
		balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 0);
		fixture_free(f);
	}
}

/* A tier goes by the year in which it was earned, not that in which it could be used. */
static void points_count_for_the_year_they_were_earned_in(void **state)
{
	struct fixture *f = world_new(in_china);
	struct merit_member member;

	(void)state;
	go_to(f, day_ms(f, "2027-01-01") - 1);
	must(f, earn(f, "o1", "visit", "r", f->now_ms, 60));
	go_to(f, day_ms(f, "2027-01-10"));
	must(f, earn(f, "o1", "gift", "r", f->now_ms, 5));
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	assert_int_equal(member.head.year, 2027);
	assert_int_equal(member.head.earned[0], 5);
	assert_int_equal(member.head.earned[1], 60);
	world_free(f);
}

/* ---- A clock that steps back ---- */

static void time_never_falls(void **state)
{
	struct fixture *f = world_new(in_china);
	struct merit_entry entry;
	int64_t last_ms = 0;

	(void)state;
	go_to(f, day_ms(f, "2026-02-01"));
	must(f, earn(f, "o1", "visit", "r", f->now_ms, 60));
	go_to(f, day_ms(f, "2026-02-11"));
	last_is(f, MERIT_OP_MATURE, "2026-02-11");
	int64_t now_ms = f->now_ms;
	f->now_ms = day_ms(f, "2026-01-20");
	fixture_tick(f);
	must(f, fixture_order(f, "o", "m1", 1)); /* what matured stays */
	assert_int_equal(fixture_integer(f, "time"), now_ms);
	assert_int_equal(fixture_integer(f, "deadline"), now_ms + 60 * MINUTE_MS);
	must(f, earn(f, "o1", "gift", "g", now_ms, 1)); /* not in future: it is the ledger's time that counts */
	must(f, earn(f, "o1", "next", "n", f->now_ms, 1));
	assert_null(strstr(f->reply.data, "matures")); /* its day has been */
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_int_equal(fixture_integer(f, "time"), now_ms);
	f->now_ms = now_ms + 60 * MINUTE_MS - 1; /* the order's hour goes on where it was */
	fixture_tick(f);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 30);
	fixture_advance(f, 1);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	for (uint64_t seq = 0; seq < fixture_size(f); seq++) {
		fixture_entry(f, seq, &entry);
		assert_true(entry.time_ms >= last_ms);
		last_ms = entry.time_ms;
	}
	world_free(f);
}

static void time_does_not_fall_over_a_restart(void **state)
{
	struct fixture *f = world_new(in_china);
	int64_t now_ms = day_ms(f, "2026-02-01");

	(void)state;
	go_to(f, now_ms);
	must(f, earn(f, "o1", "visit", "r", f->now_ms, 60));
	fixture_close(f);
	f->now_ms -= 40 * FIXTURE_DAY_MS;
	fixture_open(f);
	must(f, earn(f, "o1", "gift", "g", now_ms, 1));
	assert_int_equal(fixture_integer(f, "time"), now_ms);
	world_free(f);
}

/* ---- Ticks that come late ---- */

#define LATE_MS 1780000000000LL /* late in May 2026 */

/* What one call or read finds months after an award of 60 points matured (11 January) and died (11 February), with
 * nobody having looked. */
static const struct late {
	const char *name, *kid, *method, *params;
	bool is_read;
	enum merit_status want;
	const char *found;
} late[] = {
	{ "a balance", "m1", "balance.get", "'account':'member/m1'", true, MERIT_OK, "\"points\":0" },
	{ "what pends", "m1", "balance.get", "'account':'member/m1/pending'", true, MERIT_OK, "\"points\":0" },
	{ "the member", "m1", "member.get", "'member':'m1'", true, MERIT_OK, "\"available\":0,\"pending\":0" },
	{ "its statement", "m1", "statement.get", "'member':'m1','limit':2", true, MERIT_OK,
	  "\"day\":\"2026-01-11\",\"op\":\"mature\"" },
	{ "an order", "m1", "order.place",
	  "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1}]", false,
	  MERIT_SHORT_POINTS, "\"have\":0" },
	{ "an earn", "svc", "earn",
	  "'member':'m1','campaign':'a1','event':'gift','reference':'g','occurred':1780000000000,'points':7", false,
	  MERIT_OK, "\"member/m1\":7" },
	{ "a freeze", "ops", "member.freeze", "'member':'m1','reason':'r'", false, MERIT_OK, "" },
};

#define MATURED "2026-01-11"
#define DIED    "2026-02-11"

/* The member's own two entries, each on its own day whenever they were written. */
static void both_happened(struct fixture *f, const char *name)
{
	static const struct {
		enum merit_operation_number operation;
		const char *day;
	} want[] = {
		{ MERIT_OP_MATURE, MATURED },
		{ MERIT_OP_EXPIRE, DIED },
	};
	struct merit_entry entry;
	size_t found = 0;

	for (uint64_t seq = 0; seq < fixture_size(f); seq++) {
		char day[MERIT_DAY_TEXT_SIZE];
		fixture_entry(f, seq, &entry);
		bool is_own = entry.postings_count > 0 && merit_text_equal(entry.postings[0].holder, MERIT_TEXT("m1"));
		if (!is_own || !merit_text_equal(entry.party, MERIT_TEXT("system")))
			continue;
		merit_day_format(entry.day, day);
		if (found == 2 || entry.operation->number != want[found].operation || strcmp(day, want[found].day) != 0)
			fail_msg("%s: entry %" PRIu64 " is %s of %s", name, seq, entry.operation->name, day);
		found++;
	}
	assert_int_equal(found, 2);
}

static void late_try(struct fixture *f, const struct late *row)
{
	enum merit_status got = row->is_read ? fixture_query(f, row->kid, row->method, "%s", row->params)
	                                     : fixture_call(f, row->kid, row->method, "%s", row->params);

	if (got != row->want || strstr(f->reply.data, row->found) == NULL)
		fail_msg("%s: %s", row->name, f->reply.data);
	both_happened(f, row->name);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, "a1",
	           fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1") == 7 ? 99933 : 99940);
}

static void nobody_can_tell_that_the_tick_was_late(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		struct fixture *f = world_new(in_china);
		must(f, earn(f, "a1", "visit", "r", f->now_ms, 60));
		f->now_ms = LATE_MS;
		late_try(f, &late[i]);
		world_free(f);
	}
}

/* More members with points that mature than one group sweeps, all before m1's. */
static void crowd_earns(struct fixture *f, int count)
{
	struct merit_buffer json = { 0 };

	for (int half = 0; half < 2; half++) {
		merit_buffer_clear(&json);
		for (int i = 0; i < count; i++) {
			merit_buffer_put_format(&json,
			                        "%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{"
			                        "\"id\":\"%d-%d\",\"member\":\"a%04d\"",
			                        i > 0 ? "," : "[", half == 0 ? "member.create" : "earn", half, i, i);
			if (half == 1)
				merit_buffer_put_format(&json,
				                        ",\"campaign\":\"y1\",\"event\":\"visit\",\"reference\":\"r\","
				                        "\"occurred\":%lld,\"points\":1",
				                        FIXTURE_BIRTH_MS);
			merit_buffer_put_text(&json, "}}");
		}
		merit_buffer_put_text(&json, "]");
		merit_buffer_put_char(&json, '\0');
		must(f, fixture_send(f, "svc", json.data));
		assert_int_equal(fixture_status(f), MERIT_OK);
	}
	merit_buffer_free(&json);
}

static void nobody_can_tell_how_much_else_was_due(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		struct fixture *f = world_new(in_china);
		crowd_earns(f, MERIT_TICK_EFFECTS_MAX + 200); /* more than goes before a call; a tick takes the rest */
		must(f, earn(f, "a1", "visit", "r", f->now_ms, 60));
		f->now_ms = LATE_MS;
		late_try(f, &late[i]);
		/* Others' are still due, but behind a refusal, which all that is due could have changed. */
		assert_int_equal(merit_ledger_has_backlog(f->ledger), late[i].want == MERIT_OK);
		fixture_tick(f);
		assert_false(merit_ledger_has_backlog(f->ledger));
		both_happened(f, late[i].name);
		if (i == 0)
			world_free(f);
		else
			fixture_free(f);
	}
}

/* A member with as many lots as one may have, most of which die on 1 February. What matures on 10 February finds room
 * for a lot of its own, though their expiry was not written yet when somebody asked. */
static void lots_that_died_take_no_room_from_what_matured_later(void **state)
{
	struct fixture *f = world_new(in_china);
	char name[MERIT_NAME_SIZE_MAX + 1];

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y1','event':'slow','maximum':9,'evidence':'none','delay_days':40"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'y1','event':'slower','maximum':9,'evidence':'none','delay_days':300"));
	crowd_earns(f, MERIT_TICK_EFFECTS_MAX + 300);
	must(f, earn(f, "y1", "gift", "g", f->now_ms, 5));
	must(f, earn(f, "y1", "slow", "s", f->now_ms, 7));
	must(f, earn(f, "y1", "slower", "s", f->now_ms, 8));
	for (int i = 0; i < MERIT_MEMBER_LOTS_MAX - 2; i++) { /* besides the gift's, and one for all that pends */
		snprintf(name, sizeof(name), "f%03u", (unsigned)i % 1000);
		campaign_add(f, name, 1, "none", "occurred");
		must(f, earn(f, name, "gift", "g", f->now_ms, 1));
	}
	assert_int_equal(earn(f, "o1", "gift", "g", f->now_ms, 1), MERIT_TOO_MANY_LOTS);
	f->now_ms = LATE_MS;
	must(f, fixture_query(f, "svc", "member.get", "'member':'m1'"));
	assert_true(merit_ledger_has_backlog(f->ledger));
	assert_non_null(strstr(f->reply.data, "\"last_day\":\"2027-01-01\",\"available\":5"));
	assert_non_null(strstr(f->reply.data, "\"last_day\":\"2027-02-10\",\"available\":7"));
	fixture_free(f);
}

/* ---- Often or seldom ---- */

/* Awards that mature into a debt, next to lots that die and an order that lapses; then a hundred days. */
static void live(struct fixture *f, int64_t tick_ms)
{
	static const struct step steps[] = {
		{ "delayed", "svc", "earn",
		  "'member':'m1','campaign':'a1','event':'visit','reference':'v','occurred':1767225600000,'points':60",
		  MERIT_OK },
		{ "a day", "svc", "earn",
		  "'member':'m1','campaign':'o1','event':'next','reference':'n','occurred':1767225600000,'points':90",
		  MERIT_OK },
		{ "at once", "svc", "earn",
		  "'member':'m1','campaign':'a1','event':'gift','reference':'g','occurred':1767225600000,'points':90",
		  MERIT_OK },
		{ "an order", "m1", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3}]", MERIT_OK },
		{ "shipped", "shop", "order.fulfil", "'order':'o','lines':[{'line':0,'quantity':2}]", MERIT_OK },
		{ "a later one", "svc", "earn",
		  "'member':'m1','campaign':'a1','event':'visit','reference':'w','occurred':1767225600000,'points':7",
		  MERIT_OK },
	};
	int64_t end_ms = f->now_ms + 100 * FIXTURE_DAY_MS;

	STEPS_RUN(f, steps);
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRIu64 ",'reason':'r'", fixture_size(f) - 4));
	while (f->now_ms < end_ms)
		fixture_advance(f, f->now_ms + tick_ms < end_ms ? tick_ms : end_ms - f->now_ms);
}

static void balances_are_one(struct fixture *often, struct fixture *seldom)
{
	static const char *const holders[] = { "m1", "a1", "o1", "acme", "shop", "" };

	for (enum merit_account account = 0; account < MERIT_ACCOUNT_COUNT; account++) {
		for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
			if (merit_account_takes(account, false))
				balance_is(seldom, account, holders[i], fixture_balance(often, account, holders[i]));
			if (merit_account_takes(account, true))
				assert_int_equal(fixture_money(seldom, account, holders[i], "CNY"),
				                 fixture_money(often, account, holders[i], "CNY"));
		}
	}
}

static void however_often_the_clock_is_looked_at_the_outcome_is_one(void **state)
{
	struct fixture *often = world_new(in_china), *seldom = world_new(in_china);

	(void)state;
	live(often, 7 * HOUR_MS);
	live(seldom, 1000 * FIXTURE_DAY_MS);
	balances_are_one(often, seldom);
	balance_is(often, MERIT_ACCOUNT_DEBT, "m1", -(90 - 67)); /* what the matured awards left of it */
	balance_is(often, MERIT_ACCOUNT_REDEEMED, "shop", 60);
	must(often, fixture_query(often, "svc", "member.get", "'member':'m1'"));
	must(seldom, fixture_query(seldom, "svc", "member.get", "'member':'m1'"));
	*strstr(often->reply.data, "\"seq\"") = *strstr(seldom->reply.data, "\"seq\"") = '\0';
	assert_string_equal(often->reply.data, seldom->reply.data);
	world_free(often);
	world_free(seldom);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_the_programs_to_the_millisecond),
		cmocka_unit_test(caps_and_quotas_follow_months_and_years),
		cmocka_unit_test(a_matured_award_lives_for_months_of_the_calendar),
		cmocka_unit_test(points_count_for_the_year_they_were_earned_in),
		cmocka_unit_test(time_never_falls),
		cmocka_unit_test(time_does_not_fall_over_a_restart),
		cmocka_unit_test(nobody_can_tell_that_the_tick_was_late),
		cmocka_unit_test(nobody_can_tell_how_much_else_was_due),
		cmocka_unit_test(lots_that_died_take_no_room_from_what_matured_later),
		cmocka_unit_test(however_often_the_clock_is_looked_at_the_outcome_is_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
