/* past_test.c
 * Goal    balances at any moment are what the records sum to: as known behind an entry or at a time, as dated by a day.
 * Method  stories by chance of every kind of entry. The test adds up all postings itself, from the records, each time
 *         it asks. Each story ends with the log decided again and its state compared. */
#include "tests/ledger/books.h"
#include "tests/ledger/story.h"

/* ---- Moments ---- */

/* A moment as a parameter with its comma, and as the books take it. */
struct asked {
	char params[64];
	struct books_moment moment;
};

static struct asked asked_now(const struct books *books)
{
	return (struct asked){ .moment = { .count = books->entries } };
}

static struct asked asked_seq(uint64_t seq)
{
	struct asked asked = { .moment = { .count = seq + 1 } };

	snprintf(asked.params, sizeof(asked.params), ",'seq':%" PRIu64, seq);
	return asked;
}

static struct asked asked_time(const struct books *books, int64_t time_ms)
{
	struct asked asked = { .moment = { .count = books_known_at(books, time_ms) } };

	snprintf(asked.params, sizeof(asked.params), ",'time':%" PRId64, time_ms);
	return asked;
}

static struct asked asked_day(int32_t day)
{
	struct asked asked = { .moment = { .is_dated = true, .day = day } };
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	snprintf(asked.params, sizeof(asked.params), ",'day':'%s'", text);
	return asked;
}

static struct asked asked_by_chance(struct story *story, const struct books *books)
{
	int64_t span_ms = story->f->now_ms - FIXTURE_BIRTH_MS;
	int32_t first = merit_day_of_ms(FIXTURE_BIRTH_MS, 0), today = merit_day_of_ms(story->f->now_ms, 0);

	switch (story_below(story, 3)) {
	case 0: return asked_seq(story_below(story, (unsigned)books->entries));
	case 1: return asked_time(books, FIXTURE_BIRTH_MS + span_ms / 1000 * story_below(story, 1001));
	default: return asked_day(first - 3 + (int32_t)story_below(story, (unsigned)(today - first) + 4));
	}
}

static void is(const struct fixture *f, const struct asked *asked, const char *what, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s%s: %lld, not %lld, in %s", what, asked->params, (long long)got, (long long)want,
		         f->reply.data);
}

/* ---- The trial balance ---- */

/* What an account of a row is in the books: its kind, and where it is one account alone its holder. */
static struct books_filter filter_of(const char *account, const char *campaign, const char *unit)
{
	static const struct {
		const char *name;
		enum merit_account account;
	} all_of[] = {
		{ "member", MERIT_ACCOUNT_MEMBER },     { "member/pending", MERIT_ACCOUNT_PENDING },
		{ "member/held", MERIT_ACCOUNT_HELD },  { "member/debt", MERIT_ACCOUNT_DEBT },
		{ "redeemed", MERIT_ACCOUNT_REDEEMED },
	};
	struct books_filter filter = { .campaign = campaign };
	static char names[2][MERIT_NAME_SIZE_MAX + 1];
	struct merit_text holder;

	for (size_t i = 0; i < sizeof(all_of) / sizeof(all_of[0]); i++) {
		if (strcmp(all_of[i].name, account) == 0) {
			filter.account = all_of[i].account;
			return filter;
		}
	}
	assert_true(merit_account_read(merit_text_of(account), &filter.account, &holder));
	snprintf(names[0], sizeof(names[0]), "%.*s", (int)holder.size, holder.data);
	filter.holder = names[0];
	if (campaign != NULL)
		return filter;
	snprintf(names[1], sizeof(names[1]), "%s", unit);
	filter.currency = names[1];
	return filter;
}

/* What the rows of an answer sum to, by campaign or unit. */
static int64_t rows_sum(const cJSON *rows, const char *name, const char *of)
{
	const cJSON *row;
	int64_t sum = 0;

	cJSON_ArrayForEach(row, rows)
	{
		const char *text = text_of(row, name);
		sum += text != NULL && strcmp(text, of) == 0 ? number_of(row, "balance") : 0;
	}
	return sum;
}

static void rows_are(const struct fixture *f, const struct books *books, const struct asked *asked, const cJSON *rows)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
	{
		const char *account = text_of(row, "account"), *campaign = text_of(row, "campaign");
		const char *unit = text_of(row, "unit");
		is(f, asked, account, number_of(row, "balance"),
		   books_sum(books, asked->moment, filter_of(account, campaign, unit)));
		is(f, asked, "zero",
		   rows_sum(rows, campaign == NULL ? "unit" : "campaign", campaign == NULL ? unit : campaign), 0);
	}
}

/* Every account in money in the books stands on the last page. */
static void moneys_are_there(const struct books *books, const cJSON *rows)
{
	for (size_t i = 0; i < books->count; i++) {
		const struct merit_posting *posting = &books->rows[i].posting;
		struct merit_buffer name = { 0 };
		const cJSON *row;
		bool found = false;
		if (!merit_posting_is_money(posting))
			continue;
		merit_account_put(&name, posting->account, posting->holder);
		cJSON_ArrayForEach(row, rows) found =
			found || (merit_text_equal(merit_text_of(text_of(row, "account")),
		                                   (struct merit_text){ name.data, name.size }) &&
		                  merit_text_equal(merit_text_of(text_of(row, "unit")), posting->currency));
		assert_true(found);
		merit_buffer_free(&name);
	}
}

static void trial_is(struct fixture *f, const struct books *books, const struct asked *asked, int limit)
{
	char from[MERIT_NAME_SIZE_MAX + 16] = "";
	size_t campaigns = 0;

	for (bool is_last = false; !is_last;) {
		must(f, fixture_query(f, "aud", "trial_balance.get", "'limit':%d%s%s", limit, from, asked->params));
		cJSON *page = answer(f);
		const cJSON *rows = cJSON_GetObjectItem(page, "rows"), *sum;
		const char *next = text_of(page, "next");
		is_last = next == NULL;
		snprintf(from, sizeof(from), ",'from':'%s'", is_last ? "" : next);
		rows_are(f, books, asked, rows);
		cJSON_ArrayForEach(sum, cJSON_GetObjectItem(page, "sums")) assert_int_equal(number_of(sum, "sum"), 0);
		if (is_last)
			moneys_are_there(books, rows);
		const cJSON *row;
		cJSON_ArrayForEach(row, rows) campaigns += text_of(row, "campaign") != NULL;
		cJSON_Delete(page);
	}
	assert_int_equal(campaigns, 4 * 9);
}

/* ---- One account, one member ---- */

static void accounts_are(struct fixture *f, const struct books *books, const struct asked *asked)
{
	static const char *const points[] = { "member/m1",     "member/m2/pending", "member/m3/held", "member/m1/debt",
		                              "sponsor/acme",  "sponsor/plat",      "campaign/c1",    "campaign/c3",
		                              "redeemed/shop", "expired/c2",        "expired/c4",     "writeoff/c1" };
	static const char *const moneys[] = { "sponsor/acme", "merchant/shop", "merchant/other",    "cash",
		                              "margin",       "breakage",      "expense/marketing", "opening" };

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct books_filter filter = { .campaign = NULL };
		struct merit_text holder;
		char name[MERIT_NAME_SIZE_MAX + 1];
		must(f, fixture_query(f, "aud", "balance.get", "'account':'%s'%s", points[i], asked->params));
		assert_true(merit_account_read(merit_text_of(points[i]), &filter.account, &holder));
		snprintf(name, sizeof(name), "%.*s", (int)holder.size, holder.data);
		filter.holder = name;
		is(f, asked, points[i], fixture_integer(f, "points"), books_sum(books, asked->moment, filter));
	}
	for (size_t i = 0; i < sizeof(moneys) / sizeof(moneys[0]); i++) {
		must(f, fixture_query(f, "aud", "balance.get", "'account':'%s','currency':'CNY'%s", moneys[i],
		                      asked->params));
		is(f, asked, moneys[i], fixture_integer(f, "balance_minor"),
		   books_sum(books, asked->moment, filter_of(moneys[i], NULL, "CNY")));
	}
}

static void lots_are(const struct fixture *f, const struct books *books, const struct asked *asked, const char *member,
                     const cJSON *lots)
{
	static const struct {
		const char *name;
		enum merit_account account;
	} parts[] = { { "available", MERIT_ACCOUNT_MEMBER },
		      { "held", MERIT_ACCOUNT_HELD },
		      { "pending", MERIT_ACCOUNT_PENDING } };
	const cJSON *lot;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int64_t sum = 0;
		cJSON_ArrayForEach(lot, lots)
		{
			struct books_filter filter = { .account = parts[i].account, .holder = member, .has_lot = true };
			filter.campaign = text_of(lot, "campaign");
			filter.lot = day_of(lot, "last_day", MERIT_DAY_NONE); /* all lots of a story end */
			is(f, asked, parts[i].name, number_of(lot, parts[i].name),
			   books_sum(books, asked->moment, filter));
			sum += number_of(lot, parts[i].name);
		}
		struct books_filter all = { .account = parts[i].account, .holder = member };
		is(f, asked, parts[i].name, sum, books_sum(books, asked->moment, all)); /* so none is missing */
	}
}

static void members_are(struct fixture *f, const struct books *books, const struct asked *asked)
{
	static const char *const members[] = { "m1", "m2", "m3" };
	const cJSON *debt;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		int64_t owed = 0;
		must(f, fixture_query(f, "aud", "balance.get", "'member':'%s'%s", members[i], asked->params));
		cJSON *found = answer(f);
		lots_are(f, books, asked, members[i], cJSON_GetObjectItem(found, "lots"));
		cJSON_ArrayForEach(debt, cJSON_GetObjectItem(found, "debts"))
		{
			struct books_filter filter = { .account = MERIT_ACCOUNT_DEBT, .holder = members[i] };
			filter.campaign = text_of(debt, "campaign");
			is(f, asked, "owed", number_of(debt, "owed"), -books_sum(books, asked->moment, filter));
			owed += number_of(debt, "owed");
		}
		is(f, asked, "debt", number_of(found, "debt"), owed);
		is(f, asked, "available", number_of(found, "available"),
		   books_sum(books, asked->moment,
		             (struct books_filter){ .account = MERIT_ACCOUNT_MEMBER, .holder = members[i] }));
		cJSON_Delete(found);
	}
}

static void all_is(struct fixture *f, const struct books *books, const struct asked *asked, int limit)
{
	trial_is(f, books, asked, limit);
	accounts_are(f, books, asked);
	members_are(f, books, asked);
}

/* ---- Stories ---- */

/* A story is of use only when each of its kinds came to something. */
static void story_end(struct story *story)
{
	for (size_t i = 0; i < STORY_KINDS; i++) {
		if (story->accepted[i] == 0)
			fail_msg("no %s was accepted", story_kinds[i].name);
	}
	world_free(story->f);
}

static void any_moment_is_what_the_records_sum_to(void **state)
{
	static void (*const policies[])(struct merit_ledger_birth * birth) = { is_restore, is_grace, is_forfeit };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct story story = story_begin(i + 1, policies[i]);
		struct books books = { 0 };
		struct asked asked;
		for (unsigned part = 0; part < 4; part++) {
			story_tell(&story, 150);
			fixture_tick(story.f);
			if (part == 2)
				fixture_flush(story.f);
			books_read(&books, story.f);
			asked = asked_now(&books);
			all_is(story.f, &books, &asked, 100);
			for (unsigned j = 0; j < 12; j++) {
				asked = asked_by_chance(&story, &books);
				all_is(story.f, &books, &asked, 1 + (int)story_below(&story, 4));
			}
		}
		books_free(&books);
		story_end(&story);
	}
}

/* A day's end, and the days around a closed month, where nothing else moves: by hand, so that it can be read. */
static void what_is_dated_back_shows_on_its_day_and_not_before_it_was_known(void **state)
{
	static const struct {
		const char *params;
		int64_t points;
	} rows[] = {
		{ "'day':'2026-01-09'", 0 },   { "'day':'2026-01-10'", 30 }, { "'day':'2026-01-20'", 30 },
		{ "'day':'2026-02-01'", 70 },  { "'day':'2026-02-04'", 70 }, { "'day':'2026-02-05'", 170 },
		{ "'time':1769904000000", 0 }, /* 1 February, 0:00 */
	};
	struct fixture *f = story_begin(1, is_restore).f;

	(void)state;
	assert_int_equal(f->now_ms, 1769904000000);
	f->now_ms += 4 * FIXTURE_DAY_MS;
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'gift','reference':'a','points':30,'occurred':%lld",
	                     FIXTURE_BIRTH_MS + 9 * FIXTURE_DAY_MS));
	must(f, fixture_close_month(f, "2026-01"));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'m1','campaign':'c1','event':'gift','reference':'b','points':40,'occurred':%lld",
	                     FIXTURE_BIRTH_MS + 10 * FIXTURE_DAY_MS)); /* dated 1 February */
	must(f, fixture_earn(f, "m1", "c"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(f, fixture_query(f, "aud", "balance.get", "'account':'campaign/c1',%s", rows[i].params));
		/* The world's budget was there from its first day on, but not before. */
		assert_int_equal(fixture_integer(f, "points"), 100000 - rows[i].points);
		must(f, fixture_query(f, "aud", "balance.get", "'member':'m1',%s", rows[i].params));
		assert_int_equal(fixture_integer(f, "available"), rows[i].points);
	}
	must(f, fixture_query(f, "aud", "balance.get", "'account':'campaign/c1','day':'2025-12-31'"));
	assert_int_equal(fixture_integer(f, "points"), 0);
	world_free(f);
}

/* ---- Long histories ---- */

/* Around each mark of a history: one entry before it, on it, and behind it. Other entries stand between those of the
 * account, so that most of those asked for did not touch it. */
static void a_long_history_is_known_behind_any_entry(void **state)
{
	static const uint32_t lengths[] = { 1, 63, 64, 65, 127, 128, 129 };
	struct fixture *f = fixture_new();
	struct books books = { 0 };
	char reference[16];
	uint32_t length = 0;

	(void)state;
	fixture_world(f);
	fixture_member(f, "m2");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (; length < lengths[i]; length++) {
			snprintf(reference, sizeof(reference), "r%u", length);
			must(f, fixture_gift(f, "m2", reference, 1 + length));
			if (length % 3 == 0)
				fixture_party(f, reference, "auditor");
		}
		int slot;
		assert_int_equal(
			merit_model_holder(&f->ledger->model, MERIT_ACCOUNT_MEMBER, MERIT_TEXT("m2"), &slot)->count,
			length);
		books_read(&books, f);
		for (uint64_t seq = 0; seq < books.entries; seq++) {
			struct asked asked = asked_seq(seq);
			must(f, fixture_query(f, "aud", "balance.get", "'account':'campaign/c1'%s", asked.params));
			struct books_filter filter = { .account = MERIT_ACCOUNT_CAMPAIGN, .holder = "c1" };
			is(f, &asked, "budget", fixture_integer(f, "points"), books_sum(&books, asked.moment, filter));
			struct merit_history history;
			struct merit_text name = MERIT_TEXT("m2");
			assert_true(merit_model_balances_before(
				&f->ledger->model,
				merit_model_holder(&f->ledger->model, MERIT_ACCOUNT_MEMBER, name, &slot), seq,
				&history));
			filter = (struct books_filter){ .account = MERIT_ACCOUNT_MEMBER, .holder = "m2" };
			is(f, &asked, "available", history.balance[slot], books_sum(&books, asked.moment, filter));
		}
	}
	books_free(&books);
	world_free(f);
}

/* A distance of 0 would lead to the entry itself, again and again. */
static void a_damaged_record_is_not_followed(void **state)
{
	static const unsigned char distances[] = { 0, 127 }; /* itself, and before the log's begin */
	struct fixture *f = fixture_new();
	struct merit_history history;
	size_t size = 0;

	(void)state;
	fixture_world(f);
	must(f, fixture_gift(f, "m1", "r1", 10));
	must(f, fixture_gift(f, "m1", "r2", 20));
	uint64_t last = fixture_size(f) - 1;
	assert_true(last < 126);
	struct merit_model *model = &f->ledger->model;
	unsigned char *record = (unsigned char *)merit_state_record(model->state, last, &size);
	assert_non_null(record);
	assert_true(size > 2 && record[0] < 0x80 && record[1] == 1); /* a holder; the entry before touched it, too */
	struct merit_holder holder = { .number = record[0], .last = last + 1, .count = 2 };
	assert_true(merit_model_balances_before(model, &holder, last - 1, &history));
	assert_true(history.previous < last);
	for (size_t i = 0; i < sizeof(distances); i++) {
		record[1] = distances[i];
		assert_false(merit_model_balances_at(model, holder.number, last, &history));
		assert_false(merit_model_balances_before(model, &holder, last - 1, &history));
		assert_int_equal(
			fixture_query(f, "aud", "balance.get", "'account':'campaign/c1','seq':%d", (int)last - 1),
			MERIT_CORRUPT);
	}
	record[1] = 1;
	assert_true(merit_model_balances_at(model, holder.number, last, &history));
	fixture_free(f);
}

/* Each row of a statement in money, over pages, is what the account held behind its entry. */
static void a_statement_in_money_runs_as_the_records_do(void **state)
{
	static const char *const accounts[] = { "sponsor/acme", "merchant/shop", "cash", "margin",
		                                "expense/marketing" };
	struct story story = story_begin(7, is_restore);
	struct fixture *f = story.f;
	struct books books = { 0 };

	(void)state;
	story_tell(&story, 250);
	fixture_tick(f);
	books_read(&books, f);
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		char before[32] = "";
		int64_t later = INT64_MAX;
		size_t rows = 0;
		for (bool is_last = false; !is_last;) {
			const cJSON *row;
			must(f, fixture_query(f, "aud", "statement.get", "'account':'%s','currency':'CNY','limit':7%s",
			                      accounts[i], before));
			cJSON *page = answer(f);
			cJSON_ArrayForEach(row, cJSON_GetObjectItem(page, "rows"))
			{
				int64_t seq = number_of(row, "seq");
				struct books_filter filter = filter_of(accounts[i], NULL, "CNY");
				struct asked asked = asked_seq((uint64_t)seq), earlier = asked_seq((uint64_t)seq - 1);
				int64_t balance = books_sum(&books, asked.moment, filter);
				assert_true(seq < later);
				is(f, &asked, accounts[i], number_of(row, "balance_minor"), balance);
				is(f, &asked, accounts[i], number_of(row, "change_minor"),
				   balance - books_sum(&books, earlier.moment, filter));
				later = seq;
				rows++;
			}
			is_last = cJSON_IsNull(cJSON_GetObjectItem(page, "next"));
			if (!is_last)
				snprintf(before, sizeof(before), ",'before':%" PRId64, number_of(page, "next"));
			cJSON_Delete(page);
		}
		assert_true(rows > 0);
		struct asked first = asked_seq((uint64_t)later - 1);
		is(f, &first, accounts[i], books_sum(&books, first.moment, filter_of(accounts[i], NULL, "CNY")), 0);
	}
	books_free(&books);
	world_free(f);
}

/* ---- Who may ask, and for what ---- */

/* As many gifts of a point as may be undone, and then one more. */
static void a_member_is_known_so_many_entries_back(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_buffer json = { 0 };

	(void)state;
	fixture_world(f);
	uint64_t first = fixture_size(f);
	for (int i = 0; i < MERIT_PAST_ENTRIES_MAX; i++)
		merit_buffer_put_format(&json,
		                        "%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"earn\",\"params\":{"
		                        "\"id\":\"g%d\",\"member\":\"m1\",\"campaign\":\"c1\",\"event\":\"gift\","
		                        "\"reference\":\"g%d\",\"occurred\":%lld,\"points\":1}}",
		                        i > 0 ? "," : "[", i, i, FIXTURE_BIRTH_MS);
	merit_buffer_put_text(&json, "]");
	merit_buffer_put_char(&json, '\0');
	assert_int_equal(fixture_send(f, "svc", json.data), MERIT_OK);
	merit_buffer_free(&json);
	must(f, fixture_query(f, "svc", "balance.get", "'member':'m1','seq':%" PRIu64, first - 1));
	assert_int_equal(fixture_integer(f, "available"), 0);
	must(f, fixture_gift(f, "m1", "more", 1));
	assert_int_equal(fixture_query(f, "svc", "balance.get", "'member':'m1','seq':%" PRIu64, first - 1),
	                 MERIT_TOO_LARGE);
	must(f, fixture_query(f, "svc", "balance.get", "'member':'m1','seq':%" PRIu64, first));
	assert_int_equal(fixture_integer(f, "available"), 1);
	must(f, fixture_query(f, "svc", "balance.get", "'account':'member/m1','seq':%" PRIu64, first - 1));
	assert_int_equal(fixture_integer(f, "points"), 0);
	world_free(f);
}

static void of_two_faults_the_upper_one_is_named(void **state)
{
	static const struct {
		const char *name, *kid, *method, *params;
		enum merit_status want;
	} rows[] = {
		{ "two moments", "aud", "balance.get", "'member':'m1','seq':1,'day':'2026-01-01'", MERIT_BAD_PARAMS },
		{ "two others", "aud", "balance.get", "'member':'m1','seq':1,'time':1767225600000", MERIT_BAD_PARAMS },
		{ "a time to come", "aud", "balance.get", "'member':'m1','time':1769904000001", MERIT_BAD_PARAMS },
		{ "now", "aud", "balance.get", "'member':'m1','time':1769904000000", MERIT_OK },
		{ "a time before the first entry", "aud", "balance.get", "'member':'m1','time':1767225599999",
		  MERIT_NOT_FOUND },
		{ "an entry to come", "aud", "balance.get", "'member':'m1','seq':100000", MERIT_NOT_FOUND },
		{ "the first entry", "aud", "balance.get", "'member':'m1','seq':0", MERIT_OK },
		{ "a day before the first", "aud", "balance.get", "'member':'m1','day':'1970-01-01'", MERIT_OK },
		{ "a day to come, of a member", "aud", "balance.get", "'member':'m1','day':'9999-12-31'", MERIT_OK },
		{ "of its account", "m1", "balance.get", "'account':'member/m1','day':'2026-12-31'", MERIT_OK },
		{ "of another's", "m1", "balance.get", "'account':'member/m2','day':'2026-12-31'",
		  MERIT_NOT_PERMITTED },
		{ "of nobody", "aud", "balance.get", "'member':'mx','day':'2026-12-31'", MERIT_MEMBER_UNKNOWN },
		{ "nobody's past", "aud", "balance.get", "'member':'mx','seq':5", MERIT_MEMBER_UNKNOWN },
		{ "another's past", "m1", "balance.get", "'member':'m2','seq':5", MERIT_NOT_PERMITTED },
		{ "of a campaign", "aud", "balance.get", "'account':'campaign/c1','day':'2026-12-31'",
		  MERIT_BAD_PARAMS },
		{ "of all", "aud", "trial_balance.get", "'day':'2026-12-31'", MERIT_BAD_PARAMS },
		{ "all, for a sponsor", "shop", "trial_balance.get", "'seq':1", MERIT_NOT_PERMITTED },
		{ "money without a currency", "aud", "balance.get", "'account':'cash'", MERIT_BAD_PARAMS },
		{ "points in a currency", "aud", "balance.get", "'account':'campaign/c1','currency':'CNY'",
		  MERIT_BAD_PARAMS },
		{ "a member in a currency", "aud", "balance.get", "'member':'m1','currency':'CNY'", MERIT_BAD_PARAMS },
		{ "money that never moved", "aud", "balance.get", "'account':'cash','currency':'JPY'", MERIT_OK },
		{ "money of nobody", "aud", "balance.get", "'account':'sponsor/nobody','currency':'CNY'",
		  MERIT_NOT_FOUND },
		{ "its own", "shop", "balance.get", "'account':'merchant/shop','currency':'CNY'", MERIT_OK },
		{ "the platform's", "shop", "balance.get", "'account':'margin','currency':'CNY'", MERIT_NOT_PERMITTED },
		{ "another's", "shop", "balance.get", "'account':'merchant/other','currency':'CNY'",
		  MERIT_NOT_PERMITTED },
		{ "a statement of money that never moved", "aud", "statement.get", "'account':'cash','currency':'JPY'",
		  MERIT_OK },
		{ "one of a member in a currency", "aud", "statement.get", "'member':'m1','currency':'CNY'",
		  MERIT_BAD_PARAMS },
		{ "one without a currency", "aud", "statement.get", "'account':'cash'", MERIT_BAD_PARAMS },
	};
	struct fixture *f = story_begin(1, is_restore).f;

	(void)state;
	fixture_key_add(f, "m1", "k2");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (fixture_query(f, rows[i].kid, rows[i].method, "%s", rows[i].params) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_moment_is_what_the_records_sum_to),
		cmocka_unit_test(what_is_dated_back_shows_on_its_day_and_not_before_it_was_known),
		cmocka_unit_test(a_long_history_is_known_behind_any_entry),
		cmocka_unit_test(a_damaged_record_is_not_followed),
		cmocka_unit_test(a_statement_in_money_runs_as_the_records_do),
		cmocka_unit_test(a_member_is_known_so_many_entries_back),
		cmocka_unit_test(of_two_faults_the_upper_one_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
