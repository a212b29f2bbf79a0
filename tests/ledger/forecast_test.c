/* forecast_test.c
 * Goal    a projection is what then happens if nothing is done, and a quote is what the order then takes.
 * Method  projections behind stories by chance, compared with what came as the clock went on; quotes are compared with
 *         their orders in the stories themselves (story.h). Each story ends with the log decided again. */
#include "tests/ledger/story.h"

#define CUP(version, points, quantity)                                                                                 \
	"{'item':'cup','version':" version ",'points':" points ",'quantity':" quantity "}"

/* ---- What is to come ---- */

/* Of a member's balance its points, lots and debts, as text. */
static char *points_of(const struct fixture *f)
{
	const char *from = strstr(f->reply.data, "\"available\":"), *to = strstr(f->reply.data, "\"debts\":[");

	assert_true(from != NULL && to != NULL);
	return strndup(from, (size_t)(to - from) + strcspn(to, "]"));
}

enum { LAPSED, MATURED, REPAID, EXPIRED, WHATS };

/* Adds to the sums of what is to come, by kind, and checks them against what is left. */
static void coming_add(const struct fixture *f, int64_t all_now, int64_t sums[WHATS])
{
	static const char *const words[WHATS] = { "lapse", "mature", "repay", "expire" };
	cJSON *found = answer(f);
	int64_t gone = 0;
	const cJSON *row;

	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(found, "projected")));
	cJSON_ArrayForEach(row, cJSON_GetObjectItem(found, "coming"))
	{
		for (size_t i = 0; i < WHATS; i++)
			sums[i] += strcmp(text_of(row, "what"), words[i]) == 0 ? number_of(row, "points") : 0;
		gone += strcmp(text_of(row, "what"), "repay") == 0 || strcmp(text_of(row, "what"), "expire") == 0
		                ? number_of(row, "points")
		                : 0;
	}
	assert_int_equal(all_now - gone,
	                 number_of(found, "available") + number_of(found, "held") + number_of(found, "pending"));
	cJSON_Delete(found);
}

#define DAYS_COMING 45

static void projection_is_what_happens(struct story *story, int64_t sums[WHATS])
{
	static const char *const members[STORY_MEMBERS] = { "m1", "m2", "m3" };
	char *projected[DAYS_COMING][STORY_MEMBERS];
	struct fixture *f = story->f;
	int32_t today = merit_day_of_ms(f->now_ms, 0);
	char day[MERIT_DAY_TEXT_SIZE];

	for (int32_t i = 0; i < DAYS_COMING; i++) {
		merit_day_format(today + 1 + i, day);
		for (size_t j = 0; j < STORY_MEMBERS; j++) {
			int64_t all = fixture_balance(f, MERIT_ACCOUNT_MEMBER, members[j]) +
			              fixture_balance(f, MERIT_ACCOUNT_HELD, members[j]) +
			              fixture_balance(f, MERIT_ACCOUNT_PENDING, members[j]);
			must(f, fixture_query(f, "aud", "balance.get", "'member':'%s','day':'%s'", members[j], day));
			projected[i][j] = points_of(f);
			coming_add(f, all, sums);
		}
	}
	for (int32_t i = 0; i < DAYS_COMING; i++) {
		merit_day_format(today + 1 + i, day);
		f->now_ms = merit_day_end_ms(today + 1 + i, 0);
		fixture_tick(f);
		for (size_t j = 0; j < STORY_MEMBERS; j++) {
			must(f, fixture_query(f, "aud", "balance.get", "'member':'%s','day':'%s'", members[j], day));
			char *happened = points_of(f);
			assert_string_equal(projected[i][j], happened);
			free(happened);
			free(projected[i][j]);
		}
	}
}

static void a_projection_is_what_happens_when_nothing_is_done(void **state)
{
	static void (*const policies[])(struct merit_ledger_birth * birth) = { is_restore, is_grace, is_forfeit };
	int64_t sums[WHATS] = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct story story = story_begin(i + 20, policies[i]);
		story_tell(&story, 120 + 40 * (unsigned)i);
		fixture_tick(story.f);
		projection_is_what_happens(&story, sums);
		world_free(story.f);
	}
	for (size_t i = 0; i < WHATS; i++) {
		if (i != REPAID) /* which is rare, and has a test of its own */
			assert_true(sums[i] > 0);
	}
}

/* The rows of what is to come by a day, exactly. */
static void coming_is(struct fixture *f, const char *day, const char *want)
{
	char rows[1024];

	snprintf(rows, sizeof(rows), "\"projected\":true,\"coming\":[%s],\"day\":\"%s\"", want, day);
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m4','day':'%s'", day));
	if (strstr(f->reply.data, rows) == NULL)
		fail_msg("%s\nis not in %s", rows, f->reply.data);
}

#define REPAY                                                                                                          \
	"{\"day\":\"2026-02-11\",\"what\":\"repay\",\"points\":30,\"campaign\":\"c1\",\"last_day\":null},"             \
	"{\"day\":\"2026-02-11\",\"what\":\"mature\",\"points\":20,\"campaign\":\"c1\",\"last_day\":\"2027-02-01\"}"
#define LAPSE(day)                                                                                                     \
	"{\"day\":\"" day "\",\"what\":\"lapse\",\"points\":30,\"campaign\":\"c2\",\"last_day\":\"2026-03-01\"}"
#define EXPIRE(day, points)                                                                                            \
	"{\"day\":\"" day "\",\"what\":\"expire\",\"points\":" points ",\"campaign\":\"c2\","                          \
	"\"last_day\":\"2026-03-01\"}"
#define IN_TIME LAPSE("2026-03-01") "," EXPIRE("2026-03-01", "30")

static void award_to_m4(struct fixture *f, const char *campaign, const char *event, int points)
{
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m4','campaign':'%s','event':'%s','reference':'r%u','occurred':%" PRId64
	                     ",'points':%d",
	                     campaign, event, f->ids, f->now_ms, points));
}

/* In their order: an award pays down what is owed first, what lapses may be used until its day, and dies with it. */
static void what_is_to_come_is_told_in_its_order(void **state)
{
	struct fixture *f = story_begin(1, is_restore).f; /* 1 February */

	(void)state;
	fixture_member(f, "m4");
	award_to_m4(f, "c1", "gift", 30);
	int64_t gift = fixture_integer(f, "seq");
	must(f, fixture_order(f, "spent", "m4", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'spent'"));
	must(f, fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'", gift));
	award_to_m4(f, "c1", "visit", 50);
	award_to_m4(f, "c2", "gift", 60); /* until 1 March */
	must(f, fixture_order(f, "lapses", "m4", 1));
	coming_is(f, "2026-02-02", "");
	coming_is(f, "2026-02-10", "");
	coming_is(f, "2026-02-11", REPAY);
	coming_is(f, "2026-02-13", REPAY "," LAPSE("2026-02-13"));
	coming_is(f, "2026-02-28", REPAY "," LAPSE("2026-02-13"));
	coming_is(f, "2026-03-01", REPAY "," LAPSE("2026-02-13") "," EXPIRE("2026-03-01", "60"));
	fixture_advance(f, 16 * FIXTURE_DAY_MS);
	must(f, fixture_order(f, "in_time", "m4", 1)); /* until 1 March, their last day */
	fixture_advance(f, 8 * FIXTURE_DAY_MS);
	must(f, fixture_order(f, "too_late", "m4", 1)); /* until 9 March */
	coming_is(f, "2026-02-28", "");
	coming_is(f, "2026-03-01", IN_TIME);
	coming_is(f, "2026-03-08", IN_TIME);
	coming_is(f, "2026-03-09", IN_TIME "," EXPIRE("2026-03-09", "30"));
	world_free(f);
}

/* Lots of many days and campaigns, until m4 has this many over all. */
static void fill_lots(struct fixture *f, uint32_t count)
{
	static const char *const campaigns[] = { "c1", "f0", "f1", "f2", "f3", "f4", "f5" };
	struct merit_member member;

	for (size_t i = 1; i < sizeof(campaigns) / sizeof(campaigns[0]); i++)
		story_campaign_add(f, campaigns[i], "acme", "sponsor", 12, "occurred");
	for (unsigned i = 0;; i++) {
		merit_arena_reset(&f->ledger->model.scratch);
		assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m4"), 0, &member));
		if (member.head.lots_count >= count)
			return;
		must(f, fixture_call(f, "svc", "earn",
		                     "'member':'m4','campaign':'%s','event':'gift','reference':'l%u','occurred':%lld,"
		                     "'points':1",
		                     campaigns[i / 31], i, (long long)f->now_ms - (i % 31) * FIXTURE_DAY_MS));
	}
}

#define MATURE(day, points, last_day)                                                                                  \
	"{\"day\":\"" day "\",\"what\":\"mature\",\"points\":" points ",\"campaign\":\"c3\",\"last_day\":\"" last_day  \
	"\"}"

/* The first finds no lot of its own while the second pends in one; the second then does. */
static void what_matures_lands_where_it_will(void **state)
{
	struct fixture *f = story_begin(1, is_restore).f; /* 1 February */

	(void)state;
	fixture_member(f, "m4");
	award_to_m4(f, "c3", "gift", 100); /* until 1 March */
	award_to_m4(f, "c3", "visit", 7);
	fixture_advance(f, FIXTURE_DAY_MS);
	award_to_m4(f, "c3", "visit", 8);
	fill_lots(f, MERIT_MEMBER_LOTS_MAX);
	coming_is(f, "2026-02-12", MATURE("2026-02-11", "7", "2026-03-01") "," MATURE("2026-02-12", "8", "2026-03-12"));
	char *projected = points_of(f);
	fixture_advance(f, 10 * FIXTURE_DAY_MS);
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m4','day':'2026-02-12'"));
	char *happened = points_of(f);
	assert_string_equal(projected, happened);
	free(projected);
	free(happened);
	world_free(f);
}

static void asking_for_what_is_to_come_changes_nothing(void **state)
{
	struct story story = story_begin(3, is_restore);
	struct fixture *f = story.f;

	(void)state;
	story_tell(&story, 60);
	fixture_tick(f);
	uint64_t size = fixture_size(f);
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m1'"));
	char *before = strdup(f->reply.data);
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m1','day':'2027-12-31'"));
	must(f, fixture_query(f, "aud", "balance.get", "'account':'member/m1/held','day':'2027-12-31'"));
	assert_int_equal(fixture_integer(f, "points"), 0);
	(void)fixture_query(f, "svc", "order.quote",
	                    "'member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1}]");
	must(f, fixture_query(f, "aud", "balance.get", "'member':'m1'"));
	assert_string_equal(f->reply.data, before);
	assert_int_equal(fixture_size(f), size);
	free(before);
	world_free(f);
}

/* ---- Quotes ---- */

/* What the quote says of an order that would be refused, and that it wants no recipient. */
static void a_quote_says_why_not(void **state)
{
	static const struct {
		const char *name, *kid, *params;
		enum merit_status want;
		const char *says;
	} rows[] = {
		{ "of another", "m1", "'member':'m2','lines':[" CUP("1", "30", "1") "]", MERIT_NOT_PERMITTED, "" },
		{ "of nobody", "svc", "'member':'mx','lines':[" CUP("1", "30", "1") "]", MERIT_MEMBER_UNKNOWN, "" },
		{ "nothing", "m1", "'member':'m1','lines':[" CUP("1", "30", "0") "]", MERIT_ZERO_AMOUNT, "\"line\":0" },
		{ "another price", "m1", "'member':'m1','lines':[" CUP("1", "29", "1") "]", MERIT_PRICE_CHANGED,
		  "\"points\":30" },
		{ "too much", "m1", "'member':'m1','lines':[" CUP("1", "30", "4") "]", MERIT_SHORT_POINTS,
		  "\"have\":100" },
		{ "enough", "m1", "'member':'m1','lines':[" CUP("1", "30", "3") "]", MERIT_OK,
		  "\"lots\":[{\"line\":0,\"campaign\":\"c1\",\"sponsor\":\"acme\",\"last_day\":\"2027-02-01\",\"points\":90}],"
		  "\"refund\":{\"policy\":\"grace\",\"grace_days\":5}" },
		{ "to somewhere", "svc",
		  "'member':'m1','lines':[{'item':'parcel','version':1,'points':5,'quantity':2}]", MERIT_OK,
		  "\"points\":10" },
	};
	struct fixture *f = story_begin(1, is_grace).f;

	(void)state;
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'parcel','merchant':'shop','class':'goods','points':5,'currency':'CNY',"
	                     "'price_minor':5,'stock':10,'delivery':'address'"));
	must(f, fixture_earn(f, "m1", "r"));
	uint64_t size = fixture_size(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = fixture_query(f, rows[i].kid, "order.quote", "%s", rows[i].params);
		if (got != rows[i].want || strstr(f->reply.data, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	assert_int_equal(fixture_size(f), size);
	world_free(f);
}

/* A quote that is short of what an overdue order holds is decided again behind it, as the order would be. */
static void a_quote_counts_what_is_overdue_elsewhere(void **state)
{
	struct fixture *f = story_begin(1, is_restore).f;

	(void)state;
	must(f, fixture_call(f, "ops", "item.stock", "'item':'cup','quantity':-9"));
	must(f, fixture_earn(f, "m1", "r"));
	must(f, fixture_earn(f, "m2", "r"));
	must(f, fixture_order(f, "o", "m2", 1));
	assert_int_equal(fixture_query(f, "m1", "order.quote", "'member':'m1','lines':[" CUP("1", "30", "1") "]"),
	                 MERIT_SHORT_STOCK);
	f->now_ms += 13 * FIXTURE_DAY_MS;
	must(f, fixture_query(f, "m1", "order.quote", "'member':'m1','lines':[" CUP("1", "30", "1") "]"));
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_projection_is_what_happens_when_nothing_is_done),
		cmocka_unit_test(what_is_to_come_is_told_in_its_order),
		cmocka_unit_test(what_matures_lands_where_it_will),
		cmocka_unit_test(asking_for_what_is_to_come_changes_nothing),
		cmocka_unit_test(a_quote_says_why_not),
		cmocka_unit_test(a_quote_counts_what_is_overdue_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
