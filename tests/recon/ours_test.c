/* ours_test.c
 * Goal    what of the ledger a file is compared with: for each subject the right things, of the right party and
 *         currency, with the reference, day, sign and status the other side would give them.
 * Method  one story of nine days; what is gathered is printed as text and compared whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "recon/run.h"
#include "tests/support/far.h"

#define DAY_0 20454 /* 2026-01-01 */

static void order(struct far *far, const char *name, const char *lines)
{
	far_call(far, "svc", "order.place", "'order':'%s','member':'m1','lines':[%s]", name, lines);
}

#define CUPS(count) "{'item':'cup','version':1,'points':30,'quantity':" #count "}"
#define PENS(count) "{'item':'pen','version':1,'points':10,'quantity':" #count "}"

/* A run of days 0 to 3 may have been made here: what comes behind it is late. */
static uint64_t run_size;

/* Day 0: earns and a deposit. Day 1: orders. Day 2: what became of them. Day 3: refunds. Day 5: money. */
static int story(void **state)
{
	struct far *far = far_new();

	far_call(far, "ops", "merchant.create", "'merchant':'kiosk'");
	far_call(far, "ops", "item.create",
	         "'item':'pen','merchant':'kiosk','class':'goods','points':10,'currency':'CNY','price_minor':7,'stock':"
	         "99");
	far_call(far, "ops", "sponsor.create", "'sponsor':'other'");
	uint64_t first_earn = far_size(far);
	far_call(far, "svc", "earn",
	         "'member':'m1','campaign':'c1','event':'course','reference':'r1','occurred':1767225600000");
	far_call(far, "svc", "earn",
	         "'member':'m1','campaign':'c1','event':'gift','points':900,'reference':'r2','occurred':1767225600000");
	far_call(far, "fin", "sponsor.deposit",
	         "'sponsor':'acme','currency':'CNY','amount_minor':10000,'bank_reference':'D1'");
	far_call(far, "fin", "sponsor.deposit",
	         "'sponsor':'other','currency':'CNY','amount_minor':300,'bank_reference':'D2'");
	far_call(far, "fin", "sponsor.deposit",
	         "'sponsor':'acme','currency':'USD','amount_minor':700,'bank_reference':'D3'");
	far_days(far, 1);
	order(far, "o1", CUPS(2) "," PENS(3));
	order(far, "o2", CUPS(1));
	run_size = far_size(far);
	order(far, "o3", PENS(1));
	order(far, "o4", PENS(2));
	far_days(far, 1);
	far_call(far, "ops", "order.fulfil", "'order':'o1'");
	far_call(far, "ops", "order.cancel", "'order':'o3'");
	far_call(far, "ops", "order.fulfil", "'order':'o4'");
	far_call(far, "ops", "order.receive", "'order':'o1'");
	far_days(far, 1);
	far_call(far, "ops", "order.refund", "'order':'o1','reason':'broken','lines':[{'line':0,'quantity':1}]");
	far_call(far, "ops", "order.refund", "'order':'o4','reason':'broken'");
	far_call(far, "svc", "reverse", "'entry':%d,'reason':'counted twice'", (int)first_earn);
	far_days(far, 2);
	far_call(far, "fin", "settlement.open",
	         "'settlement':'S1','party':'shop','currency':'CNY','cutoff':'2026-01-06'");
	far_call(far, "fin", "settlement.issue", "'settlement':'S1'");
	far_call(far, "fin", "settlement.confirm", "'settlement':'S1'");
	far_call(far, "fin", "settlement.pay",
	         "'settlement':'S1','currency':'CNY','amount_minor':25,'bank_reference':'P1'");
	far_call(far, "fin", "sponsor.withdraw",
	         "'sponsor':'acme','currency':'CNY','amount_minor':40,'bank_reference':'W1','day':'2026-01-05'");
	far_agree(
		far, "T1", "adjust.money",
		"'debit':'cash','credit':'opening','currency':'CNY','amount_minor':5,'reason':'old','reference':'A1'");
	*state = far;
	return 0;
}

static int story_end(void **state)
{
	if (*state != NULL)
		far_free(*state);
	return 0;
}

/* REFERENCE/GROUP AMOUNT CURRENCY DAY.PLACE STATUS, r for a refund; a line each. Days count from the story's first. */
static void put_item(struct merit_buffer *out, const struct merit_recon_item *item)
{
	merit_buffer_put(out, item->reference.data, item->reference.size);
	merit_buffer_put_char(out, '/');
	merit_buffer_put(out, item->group.data, item->group.size);
	merit_buffer_put_format(out, " %lld %s %d.%d ", (long long)item->amount,
	                        item->currency[0] == '\0' ? "points" : item->currency, item->day - DAY_0, item->place);
	merit_buffer_put(out, item->status.data, item->status.size);
	merit_buffer_put_text(out, item->kind == MERIT_ITEM_REFUND ? " r\n" : "\n");
	assert_int_equal(item->first_day, item->day);
	assert_true(item->line > 0);
}

static void ours_are(struct far *far, struct merit_ours_options options, const char *want)
{
	struct merit_journal *source = far_source(far);
	struct merit_items items;
	struct merit_buffer out = { 0 };

	options.first_day += DAY_0;
	options.last_day += DAY_0;
	options.size = source->size;
	assert_int_equal(merit_ours_collect(source, &options, NULL, &items), MERIT_OK);
	for (size_t i = 0; i < items.count; i++)
		put_item(&out, &items.items[i]);
	merit_buffer_put_char(&out, '\0');
	assert_string_equal(out.data, want);
	merit_buffer_free(&out);
	merit_items_free(&items);
	far_source_end(far, source);
}

static void a_merchant_is_due_a_thing_a_line_and_entry(void **state)
{
	ours_are(*state,
	         (struct merit_ours_options){ .subject = MERIT_SUBJECT_FULFILMENTS, .currency = "CNY", .last_day = 9 },
	         "o1/o1 21 CNY 2.1 done\n"
	         "o1/o1 50 CNY 2.0 done\n"
	         "o4/o4 14 CNY 2.0 done\n"
	         "o1/o1 -25 CNY 3.0 refunded r\n"
	         "o4/o4 -14 CNY 3.0 refunded r\n");
}

static void fulfilments_are_of_one_party_and_currency(void **state)
{
	ours_are(*state,
	         (struct merit_ours_options){ .subject = MERIT_SUBJECT_FULFILMENTS,
	                                      .party = MERIT_TEXT("shop"),
	                                      .currency = "CNY",
	                                      .last_day = 9 },
	         "o1/o1 50 CNY 2.0 done\n"
	         "o1/o1 -25 CNY 3.0 refunded r\n");
	ours_are(*state,
	         (struct merit_ours_options){ .subject = MERIT_SUBJECT_FULFILMENTS, .currency = "USD", .last_day = 9 },
	         "");
}

static void days_around_come_along(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_FULFILMENTS,
		                              .party = MERIT_TEXT("kiosk"),
		                              .currency = "CNY",
		                              .first_day = 3,
		                              .last_day = 3 };

	ours_are(*state, options, "o4/o4 -14 CNY 3.0 refunded r\n");
	options.slack = 1;
	ours_are(*state, options,
	         "o1/o1 21 CNY 2.1 done\n"
	         "o4/o4 14 CNY 2.0 done\n"
	         "o4/o4 -14 CNY 3.0 refunded r\n");
}

static void orders_stand_as_they_are_known_at_the_cut_off(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_ORDERS, .last_day = 1 };

	ours_are(*state, options,
	         "o1/o1 90 points 1.0 open\n"
	         "o2/o2 30 points 1.0 open\n"
	         "o3/o3 10 points 1.0 open\n"
	         "o4/o4 20 points 1.0 open\n");
	options.last_day = 2; /* o3 came to nothing */
	ours_are(*state, options,
	         "o1/o1 90 points 1.0 done\n"
	         "o2/o2 30 points 1.0 open\n"
	         "o4/o4 20 points 1.0 done\n");
	options.last_day = 9;
	ours_are(*state, options,
	         "o1/o1 60 points 1.0 done\n"
	         "o2/o2 30 points 1.0 open\n"
	         "o4/o4 0 points 1.0 refunded\n");
}

static void what_undoes_an_older_order_is_a_refund_of_its_day(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_ORDERS, .first_day = 3, .last_day = 9 };

	ours_are(*state, options,
	         "o1/o1 -30 points 3.0 refunded r\n"
	         "o4/o4 -20 points 3.0 refunded r\n");
	options.slack = 2; /* the orders come along, as they stood before */
	ours_are(*state, options,
	         "o1/o1 90 points 1.0 done\n"
	         "o2/o2 30 points 1.0 open\n"
	         "o4/o4 20 points 1.0 done\n"
	         "o1/o1 -30 points 3.0 refunded r\n"
	         "o4/o4 -20 points 3.0 refunded r\n");
}

static void orders_of_a_merchant_are_its_lines(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_ORDERS,
		                              .party = MERIT_TEXT("kiosk"),
		                              .last_day = 9 };

	ours_are(*state, options,
	         "o1/o1 30 points 1.0 done\n"
	         "o4/o4 0 points 1.0 refunded\n");
	options.first_day = 3;
	ours_are(*state, options, "o4/o4 -20 points 3.0 refunded r\n");
}

static void earns_go_by_their_references(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_EARNS, .last_day = 9 };
	const char *all = "r1/m1 100 points 0.0 done\n"
			  "r2/m1 900 points 0.0 done\n"
			  "r1/m1 -100 points 3.0 refunded r\n";

	ours_are(*state, options, all);
	options.party = MERIT_TEXT("acme");
	ours_are(*state, options, all);
	options.party = MERIT_TEXT("other");
	ours_are(*state, options, "");
}

static void deposits_come_in_and_withdrawals_go_out(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_DEPOSITS, .currency = "CNY", .last_day = 9 };

	ours_are(*state, options,
	         "D1/ 10000 CNY 0.0 done\n"
	         "D2/ 300 CNY 0.0 done\n"
	         "W1/ -40 CNY 4.0 done\n");
	options.party = MERIT_TEXT("other");
	ours_are(*state, options, "D2/ 300 CNY 0.0 done\n");
	memcpy(options.currency, "USD", 4);
	options.party = MERIT_TEXT("acme");
	ours_are(*state, options, "D3/ 700 USD 0.0 done\n");
}

static void settlements_are_paid_at_the_bank(void **state)
{
	struct merit_ours_options options = { .subject = MERIT_SUBJECT_SETTLEMENTS, .currency = "CNY", .last_day = 9 };

	ours_are(*state, options, "P1/S1 -25 CNY 5.0 done\n");
	options.party = MERIT_TEXT("kiosk");
	ours_are(*state, options, "");
}

static void cash_is_all_of_it_and_what_two_agreed_on(void **state)
{
	ours_are(*state,
	         (struct merit_ours_options){
			 .subject = MERIT_SUBJECT_CASH, .currency = "CNY", .first_day = 1, .last_day = 9 },
	         "P1/S1 -25 CNY 5.0 done\n"
	         "W1/ -40 CNY 4.0 done\n"
	         "A1/ 5 CNY 5.0 done\n");
}

static void entries_behind_the_size_are_not_looked_at(void **state)
{
	struct merit_journal *source = far_source(*state);
	struct merit_ours_options options = {
		.subject = MERIT_SUBJECT_CASH, .currency = "CNY", .first_day = DAY_0, .last_day = DAY_0 + 9, .size = 26
	};
	struct merit_items items;

	assert_int_equal(merit_ours_collect(source, &options, NULL, &items), MERIT_OK);
	assert_int_equal(items.count, 2);
	assert_true(items.items[1].line < 26);
	merit_items_free(&items);
	far_source_end(*state, source);
}

static void what_a_run_left_out_is_late(void **state)
{
	struct merit_history history = { .is_declared = true };
	struct merit_past_run *run = merit_index_get(&history.runs, &history.arena, MERIT_TEXT("R1"), sizeof(*run));

	assert_non_null(run);
	*run = (struct merit_past_run){
		.first_day = DAY_0, .last_day = DAY_0 + 3, .size = run_size, .is_here = true, .is_live = true
	};
	ours_are(*state,
	         (struct merit_ours_options){
			 .subject = MERIT_SUBJECT_ORDERS, .first_day = 5, .last_day = 9, .history = &history },
	         "o4/o4 0 points 1.0 refunded\n"
	         "o1/o1 -30 points 3.0 refunded r\n"); /* o3 came to nothing; o1 itself was there for the run */
	run->size = UINT64_MAX;
	ours_are(*state,
	         (struct merit_ours_options){
			 .subject = MERIT_SUBJECT_ORDERS, .first_day = 5, .last_day = 9, .history = &history },
	         "");
	merit_history_free(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merchant_is_due_a_thing_a_line_and_entry),
		cmocka_unit_test(fulfilments_are_of_one_party_and_currency),
		cmocka_unit_test(days_around_come_along),
		cmocka_unit_test(orders_stand_as_they_are_known_at_the_cut_off),
		cmocka_unit_test(what_undoes_an_older_order_is_a_refund_of_its_day),
		cmocka_unit_test(orders_of_a_merchant_are_its_lines),
		cmocka_unit_test(earns_go_by_their_references),
		cmocka_unit_test(deposits_come_in_and_withdrawals_go_out),
		cmocka_unit_test(settlements_are_paid_at_the_bank),
		cmocka_unit_test(cash_is_all_of_it_and_what_two_agreed_on),
		cmocka_unit_test(entries_behind_the_size_are_not_looked_at),
		cmocka_unit_test(what_a_run_left_out_is_late),
	};

	return cmocka_run_group_tests(tests, story, story_end);
}
