/* random_past.c - see random.h: balances as known behind an entry or at a time, as dated, and as they will be. */
#include "tests/random/random.h"

#include "ledger/json.h"

#define KEPT 64

/* What stood where behind an entry. */
struct kept {
	uint64_t seq;
	int64_t time_ms;
	struct totals totals;
	int64_t money[MONEY_PLACES];
};
static struct kept kept[KEPT];

void random_remember(struct fixture *f)
{
	struct kept *row = &kept[run.kept < KEPT ? run.kept : chance(KEPT)];

	run.kept++;
	row->seq = fixture_size(f) - 1;
	row->time_ms = merit_ledger_time_ms(f->ledger);
	model_totals(&row->totals);
	random_money(NEVER, row->money);
}

/* ---- Reading answers ---- */

static cJSON *answer(struct fixture *f, cJSON **reply_out)
{
	assert_int_equal(merit_json_read(f->reply.data, strlen(f->reply.data), reply_out), MERIT_OK);
	return merit_json_member(*reply_out, "result");
}

static const char *text_of(const cJSON *row, const char *name)
{
	const char *text = NULL;
	size_t size;

	return merit_json_text(merit_json_member(row, name), &text, &size) ? text : "";
}

static int64_t integer_of(const cJSON *row, const char *name)
{
	int64_t integer = 0;

	assert_true(merit_json_integer(merit_json_member(row, name), &integer));
	return integer;
}

/* ---- The trial balance ---- */

static bool starts_with(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The place of an account in a list of names; those with a / at their end have a holder. */
static int place_of(const char *account, const char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		bool has_holder = names[i][strlen(names[i]) - 1] == '/';
		if (has_holder ? starts_with(account, names[i]) : strcmp(account, names[i]) == 0)
			return i;
	}
	fail_msg("a trial balance with %s", account);
	return 0;
}

/* Takes what a row says from what is wanted: what is left must come to 0. */
static void row_take(const cJSON *row, struct totals *totals, int64_t money[MONEY_PLACES])
{
	static const char *const points[TOTALS] = { "sponsor/",       "campaign/",   "member",
		                                    "member/pending", "member/held", "member/debt",
		                                    "redeemed",       "expired/",    "writeoff/" };
	static const char *const moneys[ACCOUNTS] = { "sponsor/", "merchant/",         "cash",   "margin",
		                                      "breakage", "expense/marketing", "opening" };
	const char *account = text_of(row, "account"), *unit = text_of(row, "unit");
	int64_t balance = integer_of(row, "balance");

	if (strcmp(unit, "points") == 0) {
		int campaign = atoi(text_of(row, "campaign") + 1);
		totals->campaigns[campaign][place_of(account, points, TOTALS)] -= balance;
		return;
	}
	int place = place_of(account, moneys, ACCOUNTS);
	int holder = place <= OF_MERCHANT ? account[strlen(account) - 1] - '0' : 0;
	money[(place * 2 + holder) * CURRENCIES + (strcmp(unit, random_currencies[0]) != 0)] -= balance;
}

/* Asked for as the text says, of these balances. */
static void trial_equal(struct fixture *f, const char *text, const struct totals *totals,
                        const int64_t money[MONEY_PLACES])
{
	struct totals left = *totals;
	int64_t money_left[MONEY_PLACES];
	cJSON *reply = NULL, *row;

	memcpy(money_left, money, sizeof(money_left));
	assert_int_equal(fixture_query(f, "fin", "trial_balance.get", "%s", text), MERIT_OK);
	cJSON *result = answer(f, &reply);
	cJSON_ArrayForEach(row, merit_json_member(result, "rows")) row_take(row, &left, money_left);
	cJSON_ArrayForEach(row, merit_json_member(result, "sums"))
		random_equal("sum in a trial balance", text_of(row, "unit"), integer_of(row, "sum"), 0);
	for (int i = 0; i < CAMPAIGNS * TOTALS; i++) {
		if (left.campaigns[i / TOTALS][i % TOTALS] != 0)
			fail_msg("trial balance with %s: c%d's %d is wrong by %" PRId64, text, i / TOTALS, i % TOTALS,
			         -left.campaigns[i / TOTALS][i % TOTALS]);
	}
	for (int i = 0; i < MONEY_PLACES; i++) {
		if (money_left[i] != 0)
			fail_msg("trial balance with %s: account %d of %d in %s is wrong by %" PRId64, text,
			         i / 2 / CURRENCIES, i / CURRENCIES % 2, random_currencies[i % CURRENCIES],
			         -money_left[i]);
	}
	merit_json_free(reply);
}

/* ---- A member ---- */

static void member_equal(struct fixture *f, const char *text, const struct totals *totals)
{
	static const char *const names[] = { "available", "pending", "held", "debt" };
	int member = (int)chance((uint64_t)model.members_count);

	assert_int_equal(
		fixture_query(f, "fin", "balance.get", "'member':'m%d'%s%s", member, text[0] == '\0' ? "" : ",", text),
		MERIT_OK);
	for (int i = 0; i < 4; i++) {
		if (fixture_integer(f, names[i]) != totals->members[member][i])
			fail_msg("%s of m%d with %s is %" PRId64 ", not %" PRId64, names[i], member, text,
			         fixture_integer(f, names[i]), totals->members[member][i]);
	}
}

void random_as_dated(struct fixture *f, int member, int32_t day, char *text, size_t size)
{
	char params[64] = "";

	random_put_day(params, sizeof(params), "day", day);
	assert_int_equal(fixture_query(f, "fin", "balance.get", "'member':'m%d'%s", member, params), MERIT_OK);
	const char *from = strstr(f->reply.data, "\"available\":"), *debts = strstr(f->reply.data, "\"debts\":[");
	assert_true(from != NULL && debts != NULL);
	size_t length = (size_t)(strchr(debts, ']') - from);
	assert_true(length < size);
	memcpy(text, from, length);
	text[length] = '\0';
}

/* ---- Some past ---- */

static void compare_dated(struct fixture *f)
{
	int32_t day = model_today() - 1 - (int32_t)chance(chance_one_in(2) ? 10 : 200);
	int64_t money[MONEY_PLACES];
	struct totals totals;
	char text[64] = "";

	random_put_day(text, sizeof(text), "day", day);
	model_totals_on(day, &totals);
	random_money(day, money);
	trial_equal(f, text + 1, &totals, money); /* behind the comma */
	member_equal(f, text + 1, &totals);
}

/* By time only where nothing else happened in that millisecond. */
static void compare_known(struct fixture *f)
{
	const struct kept *row = &kept[chance(run.kept < KEPT ? run.kept : KEPT)];
	struct merit_entry next;
	char text[64] = "";

	bool is_last = row->seq + 1 == fixture_size(f);
	if (!is_last)
		fixture_entry(f, row->seq + 1, &next);
	if (chance_one_in(2) && (is_last || next.time_ms > row->time_ms))
		random_put(text, sizeof(text), "'time':%" PRId64, row->time_ms);
	else
		random_put(text, sizeof(text), "'seq':%" PRIu64, row->seq);
	trial_equal(f, text, &row->totals, row->money);
	member_equal(f, text, &row->totals);
}

void random_compare_past(struct fixture *f)
{
	if (run.kept == 0 || chance_one_in(2))
		compare_dated(f);
	else
		compare_known(f);
}
