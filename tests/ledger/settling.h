/* settling.h - the steps of the tests of settlements: two finance parties, money in and out, and a settlement's lines
 * as they are told. */
#ifndef MERIT_TESTS_LEDGER_SETTLING_H
#define MERIT_TESTS_LEDGER_SETTLING_H

#include "ledger/calendar.h"
#include "ledger/json.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

/* A day as text, valid until the fourth next call; today is the fixture's. */
static inline const char *day_text(int32_t day)
{
	static char texts[4][MERIT_DAY_TEXT_SIZE];
	static unsigned next;
	char *text = texts[next++ % 4];

	merit_day_format(day, text);
	return text;
}

static inline int32_t today(const struct fixture *f)
{
	return merit_day_of_ms(f->now_ms, 0);
}

/* The fixture's world with a second finance party, a key of acme's, 1000 points of m1's, and a merchant other. */
static inline struct fixture *settling_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	fixture_key_add(f, "acme", "k1");
	must(f, fixture_gift(f, "m1", "start", 1000));
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'other'"));
	fixture_key_add(f, "other", "k1");
	return f;
}

/* What acme owes is debited to it, what it paid in credited. */
static inline enum merit_status deposit(struct fixture *f, int64_t amount, int32_t day)
{
	return fixture_call(f, "fin", "sponsor.deposit",
	                    "'sponsor':'acme','currency':'CNY','amount_minor':%" PRId64
	                    ",'bank_reference':'b%u','day':'%s'",
	                    amount, f->ids, day_text(day));
}

/* A call that two finance parties agree to. */
static inline enum merit_status agreed(struct fixture *f, const char *method, const char *params)
{
	char name[16];

	snprintf(name, sizeof(name), "p%u", f->ids);
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'r','call':{'method':'%s','params':{%s}}", name, method,
	                     params));
	return fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name);
}

static inline enum merit_status adjust(struct fixture *f, const char *debit, const char *credit, const char *currency,
                                       int64_t amount, int32_t day)
{
	char params[512];

	snprintf(params, sizeof(params),
	         "'debit':'%s','credit':'%s','currency':'%s','amount_minor':%" PRId64
	         ",'reason':'r','reference':'case%u','day':'%s'",
	         debit, credit, currency, amount, f->ids, day_text(day));
	return agreed(f, "adjust.money", params);
}

static inline enum merit_status settle_in(struct fixture *f, const char *name, const char *party, const char *currency,
                                          int32_t cutoff)
{
	return fixture_call(f, "fin", "settlement.open",
	                    "'settlement':'%s','party':'%s','currency':'%s','cutoff':'%s'", name, party, currency,
	                    day_text(cutoff));
}

static inline enum merit_status settle(struct fixture *f, const char *name, const char *party, int32_t cutoff)
{
	return settle_in(f, name, party, "CNY", cutoff);
}

static inline enum merit_status issue(struct fixture *f, const char *name)
{
	return fixture_call(f, "fin", "settlement.issue", "'settlement':'%s'", name);
}

static inline enum merit_status pay(struct fixture *f, const char *name, int64_t amount)
{
	return fixture_call(f, "fin", "settlement.pay",
	                    "'settlement':'%s','currency':'CNY','amount_minor':%" PRId64 ",'bank_reference':'b%u'",
	                    name, amount, f->ids);
}

/* Where a settlement stands. */
static inline const char *state_of(struct fixture *f, const char *name)
{
	must(f, fixture_query(f, "fin", "settlement.get", "'settlement':'%s'", name));
	return fixture_text(f, "state");
}

/* Opens one and says what it came to; it must have so many lines, and such a sum. */
static inline void opens(struct fixture *f, const char *name, const char *party, int32_t cutoff, int64_t lines,
                         int64_t sum)
{
	must(f, settle(f, name, party, cutoff));
	int64_t got_lines = fixture_integer(f, "lines"), got_sum = fixture_integer(f, "sum_minor");
	if (got_lines != lines || got_sum != sum)
		fail_msg("%s: %" PRId64 " lines of %" PRId64 ", not %" PRId64 " of %" PRId64, name, got_lines, got_sum,
		         lines, sum);
}

/* ---- Lines ---- */

/* The result of the last answer; merit_json_free its root. */
static inline const cJSON *result_of(const struct fixture *f, cJSON **root_out)
{
	assert_int_equal(merit_json_read(f->reply.data, strlen(f->reply.data), root_out), MERIT_OK);
	return merit_json_member(*root_out, "result");
}

static inline int64_t member_integer(const cJSON *object, const char *name)
{
	int64_t integer = 0;

	assert_true(merit_json_integer(merit_json_member(object, name), &integer));
	return integer;
}

struct told_line {
	uint64_t seq, place;
	int64_t amount; /* as the party sees it */
	char due_day[MERIT_DAY_TEXT_SIZE];
};

/* All lines of a settlement, by pages of so many: how many there are. */
static inline size_t lines_told(struct fixture *f, const char *name, int page, struct told_line *lines, size_t capacity)
{
	size_t count = 0;
	int64_t from = 0;
	bool more = true;

	while (more) {
		cJSON *root;
		must(f, fixture_query(f, "fin", "settlement.lines", "'settlement':'%s','from':%" PRId64 ",'limit':%d",
		                      name, from, page));
		const cJSON *result = result_of(f, &root), *rows = merit_json_member(result, "rows"), *row;
		cJSON_ArrayForEach(row, rows)
		{
			assert_true(count < capacity);
			struct told_line *line = &lines[count];
			assert_int_equal(member_integer(row, "line"), count++);
			line->seq = (uint64_t)member_integer(row, "seq");
			line->place = (uint64_t)member_integer(row, "place");
			line->amount = member_integer(row, "amount_minor");
			snprintf(line->due_day, sizeof(line->due_day), "%s",
			         merit_json_member(row, "due_day")->valuestring);
		}
		more = merit_json_integer(merit_json_member(result, "next"), &from);
		merit_json_free(root);
	}
	return count;
}

#endif
