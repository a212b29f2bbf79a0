/* count_test.c
 * Goal    a count is of one thing, of one owner, in one period; a row is there only while it says something.
 * Method  counts added and read in a ledger's state, which no entry knows of. */
#include "ledger/calendar.h"
#include "ledger/count.h"
#include "tests/ledger/steps.h"

static int32_t day_of(const char *text)
{
	int32_t day;

	assert_true(merit_day_parse(text, strlen(text), &day));
	return day;
}

static struct merit_counted counted(enum merit_period period, const char *day)
{
	return (struct merit_counted){
		MERIT_COUNT_MEMBER, 7, MERIT_TEXT("event"), MERIT_TEXT("m1"), period, day_of(day)
	};
}

static void a_period_is_all_of_its_days_and_no_others(void **state)
{
	static const struct {
		enum merit_period period;
		const char *day, *other;
		bool same;
	} rows[] = {
		{ MERIT_PERIOD_DAY, "2026-03-31", "2026-03-31", true },
		{ MERIT_PERIOD_DAY, "2026-03-31", "2026-03-30", false },
		{ MERIT_PERIOD_MONTH, "2028-02-01", "2028-02-29", true },
		{ MERIT_PERIOD_MONTH, "2028-02-29", "2028-03-01", false },
		{ MERIT_PERIOD_MONTH, "2026-02-01", "2027-02-01", false },
		{ MERIT_PERIOD_YEAR, "2026-01-01", "2026-12-31", true },
		{ MERIT_PERIOD_YEAR, "2026-12-31", "2027-01-01", false },
		{ MERIT_PERIOD_LIFETIME, "1970-01-01", "9999-12-31", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f = fixture_new();
		struct merit_counted here = counted(rows[i].period, rows[i].day);
		struct merit_counted there = counted(rows[i].period, rows[i].other);
		merit_count_add(&f->ledger->model, &here, 2, 30);
		struct merit_count count = merit_count_get(&f->ledger->model, &there);
		assert_int_equal(count.times, rows[i].same ? 2 : 0);
		assert_int_equal(count.amount, rows[i].same ? 30 : 0);
		fixture_free(f);
	}
}

static void counts_that_differ_in_anything_are_apart(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_model *model = &f->ledger->model;
	struct merit_counted base = counted(MERIT_PERIOD_DAY, "2026-01-01"), others[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		others[i] = base;
	others[0].counter = MERIT_COUNT_REFERENCE;
	others[1].number = 8;
	others[2].a = MERIT_TEXT("even");
	others[3].b = MERIT_TEXT("tm1"); /* of "even" and "tm1" the texts together are the same */
	others[3].a = MERIT_TEXT("even");
	others[4].b = MERIT_TEXT("m11");
	others[5].period = MERIT_PERIOD_MONTH;
	merit_count_add(model, &base, 1, 1);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(merit_count_get(model, &others[i]).times, 0);
	fixture_free(f);
}

static void a_row_that_comes_to_nothing_is_gone(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_model *model = &f->ledger->model;
	struct merit_counted here = counted(MERIT_PERIOD_DAY, "2026-01-01");
	struct merit_text key = merit_model_count_key(model, (uint8_t)here.counter, here.number, here.a, here.b,
	                                              (uint8_t)here.period, here.day);

	(void)state;
	merit_count_add(model, &here, 1, 5);
	merit_count_add(model, &here, 1, 0);
	merit_count_add(model, &here, -1, -5);
	assert_true(merit_model_has(model, MERIT_TABLE_COUNT, key)); /* an award of nothing is one */
	merit_count_add(model, &here, -1, 0);
	assert_false(merit_model_has(model, MERIT_TABLE_COUNT, key));
	fixture_free(f);
}

static void a_count_stops_at_the_highest_number_and_stays_there(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_counted here = counted(MERIT_PERIOD_LIFETIME, "2026-01-01");

	(void)state;
	merit_count_add(&f->ledger->model, &here, 1, INT64_MAX - 1);
	merit_count_add(&f->ledger->model, &here, 1, 1);
	merit_count_add(&f->ledger->model, &here, 1, MERIT_AMOUNT_MAX);
	assert_int_equal(merit_count_get(&f->ledger->model, &here).amount, INT64_MAX);
	assert_int_equal(merit_count_get(&f->ledger->model, &here).times, 3);
	merit_count_add(&f->ledger->model, &here, -1, -MERIT_AMOUNT_MAX); /* nobody knows what that leaves */
	merit_count_add(&f->ledger->model, &here, -1, 1 - INT64_MAX);
	assert_int_equal(merit_count_get(&f->ledger->model, &here).amount, INT64_MAX);
	assert_int_equal(merit_count_get(&f->ledger->model, &here).times, 1);
	fixture_free(f);
}

static void a_mask_has_a_bit_for_each_period_that_is_limited(void **state)
{
	struct merit_caps caps = { { 0 } };

	(void)state;
	assert_int_equal(merit_caps_mask(&caps), 0);
	caps.most[MERIT_PERIOD_DAY] = 1;
	caps.most[MERIT_PERIOD_LIFETIME] = MERIT_AMOUNT_MAX;
	assert_int_equal(merit_caps_mask(&caps), 1 << MERIT_PERIOD_DAY | 1 << MERIT_PERIOD_LIFETIME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_period_is_all_of_its_days_and_no_others),
		cmocka_unit_test(counts_that_differ_in_anything_are_apart),
		cmocka_unit_test(a_row_that_comes_to_nothing_is_gone),
		cmocka_unit_test(a_count_stops_at_the_highest_number_and_stays_there),
		cmocka_unit_test(a_mask_has_a_bit_for_each_period_that_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
