/* stale_test.c
 * Goal    a run is stale when something of its subject, dated in its days, was booked behind it; not when that is dated
 *         elsewhere or another party's, and no more when a later run of the source saw it, a person set a break right
 *         with it, or another run took the stale one's place.
 * Method  a sponsor's deposits around a run of ten days; runs as a command line would commit them, of no file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "recon/stale.h"
#include "tests/support/far.h"

#define DAY_0 20454 /* 2026-01-01 */

static void deposit(struct far *far, const char *reference, const char *day)
{
	far_call(far, "fin", "sponsor.deposit",
	         "'sponsor':'acme','currency':'CNY','amount_minor':100,'bank_reference':'%s','day':'2026-01-%s'",
	         reference, day);
}

/* A run of all there is; more is further parameters. */
static void commit(struct far *far, const char *run, const char *from, const char *to, int breaks, const char *more)
{
	static int files;

	far_call(far, "fin", "recon.commit",
	         "'run':'%s','source':'bank','from':'2026-01-%s','to':'2026-01-%s','size':%llu,'file':'%064d',"
	         "'rules':'%064d','report':'%064d','theirs':0,'ours':0,'breaks':%d,'carried':0,'cleared':0%s",
	         run, from, to, (unsigned long long)far_size(far), ++files, 0, 0, breaks, more);
}

/* Thirty days on, a deposit on the tenth, and the run ten of the first ten days. */
static int begin(void **state)
{
	struct far *far = far_new();

	far_days(far, 30);
	far_call(far, "fin", "source.declare",
	         "'source':'bank','subject':'deposits','party':'acme','currency':'CNY','direction':'in','every':'none',"
	         "'starts':'2026-01-01','due_days':1");
	deposit(far, "D1", "10");
	commit(far, "ten", "01", "10", 0, "");
	*state = far;
	return 0;
}

static int end(void **state)
{
	if (*state != NULL)
		far_free(*state);
	return 0;
}

/* "RUN+COUNT" each, of January. */
static void stale_is(struct far *far, const char *want)
{
	struct merit_journal *source = far_source(far);
	struct merit_stale_list list;
	char got[128] = "";

	assert_int_equal(merit_stale_find(source, DAY_0, DAY_0 + 30, NULL, &list), MERIT_OK);
	for (size_t i = 0; i < list.count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s+%llu", i == 0 ? "" : " ",
		         (int)list.rows[i].run.size, list.rows[i].run.data, (unsigned long long)list.rows[i].count);
	assert_string_equal(got, want);
	merit_stale_free(&list);
	far_source_end(far, source);
}

static void a_run_that_saw_everything_is_not_stale(void **state)
{
	deposit(*state, "D2", "11");
	far_call(*state, "ops", "sponsor.create", "'sponsor':'other'");
	far_call(*state, "fin", "sponsor.deposit",
	         "'sponsor':'other','currency':'CNY','amount_minor':1,'bank_reference':'D3','day':'2026-01-05'");
	stale_is(*state, "");
}

static void what_is_booked_behind_a_run_on_its_days_makes_it_stale(void **state)
{
	struct merit_journal *source;
	struct merit_stale_list list;
	uint64_t size = far_size(*state);

	deposit(*state, "D2", "10");
	deposit(*state, "D3", "01");
	stale_is(*state, "ten+2");
	source = far_source(*state);
	assert_int_equal(merit_stale_find(source, DAY_0, DAY_0 + 30, NULL, &list), MERIT_OK);
	assert_int_equal(list.rows[0].entry, size);
	assert_int_equal(list.rows[0].day, DAY_0 + 9);
	assert_int_equal(list.rows[0].size, size - 1);
	assert_int_equal(list.rows[0].first_day, DAY_0);
	assert_int_equal(list.rows[0].last_day, DAY_0 + 9);
	assert_memory_equal(list.rows[0].source.data, "bank", list.rows[0].source.size);
	merit_stale_free(&list);
	assert_int_equal(merit_stale_find(source, DAY_0 + 1, DAY_0 + 8, NULL, &list), MERIT_OK);
	assert_int_equal(list.count, 0); /* its other days are not asked for */
	merit_stale_free(&list);
	far_source_end(*state, source);
}

static void a_run_in_its_place_has_seen_it(void **state)
{
	deposit(*state, "D2", "10");
	commit(*state, "again", "01", "10", 0, ",'supersedes':'ten'");
	stale_is(*state, "");
	deposit(*state, "D3", "10");
	stale_is(*state, "again+1");
}

static void a_later_run_takes_it_up(void **state)
{
	deposit(*state, "D2", "10");
	commit(*state, "next", "11", "20", 0, "");
	stale_is(*state, "");
	deposit(*state, "D3", "10");
	stale_is(*state, "ten+1");
	commit(*state, "third", "21", "22", 0, "");
	stale_is(*state, "");
	commit(*state, "none", "23", "23", 0, ",'supersedes':'third'");
	stale_is(*state, "");
}

static void a_run_of_earlier_days_takes_nothing_up(void **state)
{
	commit(*state, "twenty", "15", "20", 0, "");
	deposit(*state, "D2", "20");
	commit(*state, "gap", "11", "14", 0, "");
	stale_is(*state, "twenty+1");
}

/* Three breaks of 1.00: one is ended with the deposit that was missing, one with a larger one, one with none. */
static void what_a_person_set_right_is_not_stale(void **state)
{
	static const int amounts[] = { 100, 101, 100 };

	commit(*state, "found", "11", "20", 3, "");
	for (int i = 0; i < 3; i++) {
		char more[40];
		far_call(*state, "fin", "recon.break",
		         "'run':'found','break':'b%d','class':'theirs_only','side':'theirs','first_day':'2026-01-15',"
		         "'currency':'CNY','theirs':100,'reference':'X%d','item':'%064d'",
		         i, i, i);
		far_call(*state, "fin", "sponsor.deposit",
		         "'sponsor':'acme','currency':'CNY','amount_minor':%d,'bank_reference':'X%d',"
		         "'day':'2026-01-15'",
		         amounts[i], i);
		(void)snprintf(more, sizeof(more), ",'entry':%llu", (unsigned long long)far_size(*state) - 1);
		far_call(*state, "fin", "break.resolve", "'break':'b%d','reason':'booked'%s", i, i == 2 ? "" : more);
	}
	stale_is(*state, "found+2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_run_that_saw_everything_is_not_stale, begin, end),
		cmocka_unit_test_setup_teardown(what_is_booked_behind_a_run_on_its_days_makes_it_stale, begin, end),
		cmocka_unit_test_setup_teardown(a_run_in_its_place_has_seen_it, begin, end),
		cmocka_unit_test_setup_teardown(a_later_run_takes_it_up, begin, end),
		cmocka_unit_test_setup_teardown(what_a_person_set_right_is_not_stale, begin, end),
		cmocka_unit_test_setup_teardown(a_run_of_earlier_days_takes_nothing_up, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
