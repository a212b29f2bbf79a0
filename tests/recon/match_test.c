/* match_test.c
 * Goal    what belongs together is found, once; what is left gets the class that says why; and nothing depends on the
 *         order of the lists.
 * Method  rows of two lists and the findings they come to, as texts (matching.h); a row differs from one above it in
 *         one thing. Every row is matched as it stands and with both lists turned round. */
#include "recon/match.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "ledger/limits.h"
#include "recon/match_inner.h"
#include "tests/recon/matching.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct merit_window window = { 1, 30, .is_one_way = true };

struct row {
	const char *name, *theirs, *ours, *want;
};

static void turn_round(struct matching_side *side)
{
	for (size_t i = 0; i < side->count / 2; i++) {
		struct merit_recon_item item = side->items[i];
		side->items[i] = side->items[side->count - 1 - i];
		side->items[side->count - 1 - i] = item;
	}
}

/* Whether the findings are those wanted; says so where they are not. */
static bool check(const struct row *row, const struct merit_rules *rules, const struct matching_side *theirs,
                  const struct matching_side *ours)
{
	struct merit_findings findings = { 0 };
	struct merit_buffer got = { 0 };

	assert_int_equal(merit_match(rules, &window, theirs->items, theirs->count, ours->items, ours->count, NULL, NULL,
	                             &findings),
	                 MERIT_OK);
	matching_put(&got, &findings, theirs->items, ours->items);
	bool is_right = strcmp(got.data, row->want) == 0;
	if (!is_right)
		print_error("%s:\n  want %s\n  got  %s\n", row->name, row->want, got.data);
	merit_buffer_free(&got);
	merit_findings_free(&findings);
	return is_right;
}

static void check_rows(const char *rules_text, const struct row *rows, size_t count)
{
	static struct matching_side theirs, ours;
	struct merit_rules rules = matching_rules(rules_text);
	size_t right_count = 0;

	for (size_t i = 0; i < count; i++) {
		matching_items(rows[i].theirs, &theirs);
		matching_items(rows[i].ours, &ours);
		bool is_right = check(&rows[i], &rules, &theirs, &ours);
		turn_round(&theirs);
		is_right = is_right && check(&rows[i], &rules, &theirs, &ours);
		turn_round(&ours);
		right_count += is_right && check(&rows[i], &rules, &theirs, &ours);
	}
	assert_int_equal(right_count, count);
}

#define EXACT "{'passes':[{'name':'exact','by':'reference','confirm':true}],'timing_days':0}"
#define LATE  "{'passes':[{'name':'late','by':'reference','days':3,'confirm':true}],'timing_days':0}"
#define NEAR  "{'passes':[{'name':'near','by':'reference','amount':5,'days':3,'confirm':true}],'timing_days':0}"

static void a_reference_matches_exactly(void **state)
{
	static const struct row rows[] = {
		{ "nothing", "", "", "" },
		{ "the same", "A 100 5", "A 100 5", "matched 1=1" },
		{ "another reference", "A 100 5", "B 100 5", "theirs_only 1= 100; ours_only =1 -100" },
		{ "a longer one", "A 100 5", "AA 100 5", "theirs_only 1= 100; ours_only =1 -100" },
		{ "eight bytes alike", "12345678A 1 5", "12345678B 1 5", "theirs_only 1= 1; ours_only =1 -1" },
		{ "no reference", "- 100 5", "- 100 5", "theirs_only 1= 100; ours_only =1 -100" },
		{ "another currency", "A 100 5", "A 100 5 c=USD", "theirs_only 1= 100; ours_only =1 -100" },
		{ "points", "A 100 5 c=", "A 100 5 c=", "matched 1=1" },
		{ "points and money", "A 100 5 c=", "A 100 5", "theirs_only 1= 100; ours_only =1 -100" },
		{ "given back", "A -100 5", "A -100 5", "matched 1=1" },
		{ "given back by one", "A 100 5", "A -100 5", "theirs_only 1= 100; refund =1 100" },
		{ "nothing at all", "A 0 5", "A 0 5", "matched 1=1" },
		{ "the same status", "A 1 5 s=done", "A 1 5 s=done", "matched 1=1" },
		{ "told by one", "A 1 5 s=done", "A 1 5", "matched 1=1" },
		{ "another status", "A 1 5 s=done", "A 1 5 s=open", "status 1=1" },
		{ "a refund", "A -1 5 k=refund", "A -1 5 k=refund", "matched 1=1" },
		{ "a refund only ours calls so", "A -1 5", "A -1 5 k=refund", "matched 1=1" },
		{ "a fee is no payment", "A 2 5 k=fee", "A 1 5", "fee 1= 2; ours_only =1 -1" },
		{ "but one that is booked", "A -2 5 k=fee", "A -2 5", "matched 1=1" },
		{ "on another day", "A -2 5 k=fee", "A -2 6", "fee 1= -2; refund =1 2" },
		{ "the payment goes first", "A -2 5 k=fee; A -2 5", "A -2 5", "fee 1= -2; matched 2=1" },
		{ "with its payment", "A 100 5; A -2 5 k=fee", "A 100 5; A -2 5", "matched 1=1; matched 2=2" },
		{ "nor is a payment a fee", "A 1 5", "A 1 5 k=fee", "theirs_only 1= 1; fee =1 -1" },
		{ "unreadable", "A 1 5 k=unreadable", "A 1 5", "unreadable 1= 1; ours_only =1 -1" },
		{ "the largest amounts", "A 9007199254740991 5; B -9007199254740991 5",
		  "A 9007199254740991 5; B -9007199254740991 5", "matched 1=1; matched 2=2" },
		{ "before 1970", "A 1 5 t=b1; B 1 -5 t=b2", "B 1 -5 t=b3; A 1 5", "matched 2=1; matched 1=2" },
	};

	(void)state;
	check_rows(EXACT, rows, COUNT(rows));
}

static void days_and_amounts_have_tolerances(void **state)
{
	static const struct row late[] = {
		{ "three days", "A 100 5", "A 100 8", "matched 1=1" },
		{ "three days before", "A 100 8", "A 100 5", "matched 1=1" },
		{ "four days", "A 100 5", "A 100 9", "timing 1=1" },
		{ "four days, carried", "A 100 9", "A 100 5 t=b1", "matched 1=1" },
		{ "a fee, carried until it was booked", "A -2 5 k=fee t=b1", "A -2 20", "matched 1=1" },
		{ "four days, theirs carried", "A 100 5 t=b1", "A 100 9", "matched 1=1" },
		{ "an amount less", "A 99 5", "A 100 5", "amount 1=1 -1" },
	};
	static const struct row near[] = {
		{ "five less", "A 95 5", "A 100 5", "within_tolerance 1=1 -5" },
		{ "six less", "A 94 5", "A 100 5", "amount 1=1 -6" },
		{ "five more and a day", "A 105 6", "A 100 5", "within_tolerance 1=1 5" },
		{ "the same and a day", "A 100 6", "A 100 5", "matched 1=1" },
		{ "over zero", "A -1 5", "A 1 5", "refund 1= -1; ours_only =1 -1" },
		{ "to zero", "A 0 5", "A 1 5", "within_tolerance 1=1 -1" },
	};
	static const struct row basis[] = {
		{ "one in a hundred of ours", "A 9900 5", "A 10000 5", "within_tolerance 1=1 -100" },
		{ "one too many", "A 9899 5", "A 10000 5", "amount 1=1 -101" },
		{ "of ours, not theirs", "A 10100 5", "A 10001 5", "within_tolerance 1=1 99" },
		{ "rounded down", "A 198 5", "A 199 5", "within_tolerance 1=1 -1" },
		{ "to nothing, but for the amount", "A 97 5", "A 99 5", "within_tolerance 1=1 -2" },
		{ "of both the larger", "A 96 5", "A 99 5", "amount 1=1 -3" },
		{ "of what is given back", "A -9900 5", "A -10000 5", "within_tolerance 1=1 100" },
	};

	(void)state;
	check_rows(LATE, late, COUNT(late));
	check_rows(NEAR, near, COUNT(near));
	check_rows("{'passes':[{'name':'b','by':'reference','amount':2,'amount_basis':100,'confirm':true}],"
	           "'timing_days':0}",
	           basis, COUNT(basis));
}

static void the_best_pair_goes_first(void **state)
{
	static const struct row rows[] = {
		{ "the nearest day", "A 100 5; A 100 8", "A 100 8", "duplicate 1= 100; matched 2=1" },
		{ "of two as near the earlier", "A 100 6", "A 100 7; A 100 5", "matched 1=2; duplicate =1 -100" },
		{ "each its own", "A 100 5; A 100 6", "A 100 6; A 100 5", "matched 1=2; matched 2=1" },
		{ "the amount before the day", "A 100 5", "A 99 5; A 100 8", "matched 1=2; ours_only =1 -99" },
		{ "the nearest amount", "A 96 5; A 99 5", "A 100 5", "duplicate 1= 96; within_tolerance 2=1 -1" },
		{ "of two as near the smaller", "A 100 5", "A 101 5; A 99 5",
		  "within_tolerance 1=2 1; ours_only =1 -101" },
		{ "a better pair leaves the next best", "A 100 5; A 101 5", "A 102 5; A 97 5",
		  "within_tolerance 1=2 3; within_tolerance 2=1 -1" },
		{ "the smaller line", "A 100 5; A 100 5", "A 100 5", "matched 1=1; duplicate 2= 100" },
		{ "ours, too", "A 100 5", "A 100 5; A 100 5", "matched 1=1; duplicate =2 -100" },
		{ "what does not suit is passed over", "A 1 5 s=done", "A 1 5 s=open; A 1 6 s=done",
		  "matched 1=2; duplicate =1 -1" },
	};

	(void)state;
	check_rows(NEAR, rows, COUNT(rows));
}

static void amounts_match_without_a_reference(void **state)
{
	static const struct row any[] = {
		{ "another reference", "X 100 5", "A 100 7", "matched? 1=1" },
		{ "three days", "X 100 5", "A 100 8", "theirs_only 1= 100; ours_only =1 -100" },
		{ "each its nearest", "X 100 5; Y 100 7", "A 100 7; B 100 5", "matched? 1=2; matched? 2=1" },
		{ "the smaller reference", "X 100 5", "B 100 5; A 100 5", "matched? 1=2; ours_only =1 -100" },
		{ "another currency", "X 100 5", "A 100 5 c=USD", "ours_only =1 -100; theirs_only 1= 100" },
		{ "carried things wait for a reference only", "X 100 5", "A 100 1 t=b1",
		  "ours_only =1 -100; theirs_only 1= 100" },
	};
	static const struct row sure[] = {
		{ "one of each", "X 100 5", "A 100 7", "matched 1=1" },
		{ "two of ours", "X 100 5", "A 100 5; B 100 6",
		  "ours_only =1 -100; theirs_only 1= 100; ours_only =2 -100" },
		{ "two of theirs", "X 100 5; Y 100 6", "A 100 5",
		  "ours_only =1 -100; theirs_only 1= 100; theirs_only 2= 100" },
		{ "the second too far", "X 100 5", "A 100 5; B 100 8", "matched 1=1; ours_only =2 -100" },
		{ "the second of another status", "X 100 5 s=done", "A 100 5 s=done; B 100 6 s=open",
		  "matched 1=1; ours_only =2 -100" },
	};

	(void)state;
	check_rows("{'passes':[{'name':'w','by':'amount','days':2,'confirm':false}],'timing_days':0}", any, COUNT(any));
	check_rows("{'passes':[{'name':'w','by':'amount','days':2,'unambiguous':true,'confirm':true}],'timing_days':0}",
	           sure, COUNT(sure));
}

static void what_a_pass_takes_is_gone_for_the_next(void **state)
{
	static const struct row rows[] = {
		{ "the reference first", "A 100 5; X 100 5", "A 100 5; B 100 5", "matched 1=1; matched? 2=2" },
		{ "though the other came earlier", "X 100 5; A 100 5", "A 100 5", "matched 2=1; theirs_only 1= 100" },
	};

	(void)state;
	check_rows("{'passes':[{'name':'r','by':'reference','confirm':true},"
	           "{'name':'w','by':'amount','days':2,'confirm':false}],'timing_days':0}",
	           rows, COUNT(rows));
}

#define SUM(share, many)                                                                                               \
	"{'passes':[{'name':'s','by':'sum','share':'" share "','many':'" many                                          \
	"','amount':1,'days':2,'confirm':true}],'timing_days':0}"

static void several_are_one_by_their_sum(void **state)
{
	static const struct row reference[] = {
		{ "two parts", "A 60 5; A 40 6", "A 100 5", "matched 1+2=1" },
		{ "three and a tolerance", "A 60 5; A 30 6; A 9 5", "A 100 5", "within_tolerance 1+3+2=1 -1" },
		{ "one", "A 100 5", "A 100 5", "matched 1=1" },
		{ "the whole does not sum", "A 60 5; A 40 6; A 2 5", "A 100 5",
		  "amount 1=1 -40; duplicate 3= 2; duplicate 2= 40" },
		{ "a part too late", "A 60 5; A 40 8", "A 100 5", "amount 1=1 -40; duplicate 2= 40" },
		{ "a payment and its fee", "A 100 5; A -2 5 k=fee", "A 98 5", "matched 1+2=1" },
		{ "without their fee", "A 60 5; A 40 5; A -2 5 k=fee", "A 100 5", "matched 1+2=1; fee 3= -2" },
		{ "less what was given back", "A 60 5; A 40 5; A -30 5 k=refund", "A 70 5", "matched 1+2+3=1" },
		{ "sold, and given back", "A 60 5; A 40 5; A -60 6 k=refund; A -40 6 k=refund",
		  "A 100 5; A -100 6 k=refund", "matched 1+2=1; matched 3+4=2" },
		{ "by our group", "A 60 5; A 40 6", "B 100 5 g=A", "matched 1+2=1" },
		{ "in two currencies", "A 60 5; A 40 5 c=USD", "A 100 5", "amount 1=1 -40; theirs_only 2= 40" },
		{ "a part of another status", "A 60 5 s=done; A 40 5 s=open", "A 100 5 s=done",
		  "amount 1=1 -40; duplicate 2= 40" },
	};
	static const struct row group[] = {
		{ "two of a group", "X 60 5 g=A; Y 40 6 g=A", "A 100 5", "matched 1+2=1" },
		{ "by both's group", "X 60 5 g=P; Y 40 6 g=P", "A 100 5 g=P", "matched 1+2=1" },
		{ "no group", "X 60 5; Y 40 6", "A 100 5", "ours_only =1 -100; theirs_only 1= 60; theirs_only 2= 40" },
	};
	static const struct row day[] = {
		{ "a day", "X 60 5; Y 40 5", "P 100 6", "matched 1+2=1" },
		{ "a day each", "X 60 5; Y 40 5; Z 7 6", "P 100 6; Q 7 7", "matched 1+2=1; matched 3=2" },
	};
	static const struct row ours[] = {
		{ "ours", "A 100 5", "A 60 5; A 40 6", "matched 1=1+2" },
		{ "ours with a tolerance", "A 101 5", "A 60 5; A 40 6", "within_tolerance 1=1+2 1" },
	};

	(void)state;
	check_rows(SUM("reference", "theirs"), reference, COUNT(reference));
	check_rows(SUM("group", "theirs"), group, COUNT(group));
	check_rows(SUM("day", "theirs"), day, COUNT(day));
	check_rows(SUM("reference", "ours"), ours, COUNT(ours));
}

#define ANY(more)                                                                                                      \
	"{'passes':[{'name':'s','by':'sum','share':'any','many':'theirs','days':2" more                                \
	",'confirm':true}],'timing_days':0}"

static void any_few_are_one_by_their_sum(void **state)
{
	static const struct row first[] = {
		{ "two of three", "X 60 5; Y 40 6; Z 7 5", "A 100 5", "matched 1+2=1; theirs_only 3= 7" },
		{ "not one", "X 100 5", "A 100 5", "ours_only =1 -100; theirs_only 1= 100" },
		{ "fewer go first", "V 50 5; W 30 5; X 20 5; Y 60 7; Z 40 7", "A 100 5",
		  "matched 4+5=1; theirs_only 1= 50; theirs_only 2= 30; theirs_only 3= 20" },
		{ "the nearer go first", "W 60 7; X 40 7; Y 70 5; Z 30 5", "A 100 5",
		  "matched 3+4=1; theirs_only 1= 60; theirs_only 2= 40" },
		{ "too far", "X 60 5; Y 40 8", "A 100 5", "ours_only =1 -100; theirs_only 1= 60; theirs_only 2= 40" },
		{ "less what was given back", "X 120 5; Y -20 6", "A 100 5", "matched 1+2=1" },
		{ "six", "P 1 5; Q 2 5; R 4 5; S 8 5; T 16 5; U 32 5", "A 63 5", "matched 1+2+3+4+5+6=1" },
		{ "not seven", "P 1 5; Q 2 5; R 4 5; S 8 5; T 16 5; U 32 5; V 64 5", "A 127 5",
		  "ours_only =1 -127; theirs_only 1= 1; theirs_only 2= 2; theirs_only 3= 4; theirs_only 4= 8; "
		  "theirs_only 5= 16; theirs_only 6= 32; theirs_only 7= 64" },
	};
	static const struct row sure[] = {
		{ "one way", "X 60 5; Y 40 6; Z 7 5", "A 100 5", "matched 1+2=1; theirs_only 3= 7" },
		{ "two ways", "X 60 5; Y 40 6; Z 40 5", "A 100 5",
		  "ours_only =1 -100; theirs_only 1= 60; theirs_only 3= 40; theirs_only 2= 40" },
	};
	static const struct row near[] = {
		{ "the exact one first", "X 60 5; Y 39 5; Z 40 7", "A 100 5", "matched 1+3=1; theirs_only 2= 39" },
		{ "within", "X 60 5; Y 39 5", "A 100 5", "within_tolerance 1+2=1 -1" },
		{ "beyond", "X 60 5; Y 38 5", "A 100 5", "ours_only =1 -100; theirs_only 1= 60; theirs_only 2= 38" },
	};

	(void)state;
	check_rows(ANY(""), first, COUNT(first));
	check_rows(ANY(",'unambiguous':true"), sure, COUNT(sure));
	check_rows(ANY(",'amount':1"), near, COUNT(near));
}

static void what_is_left_is_classified(void **state)
{
	static const struct row rows[] = {
		{ "a second row of what is matched", "A 100 5; A 100 6", "A 100 5", "matched 1=1; duplicate 2= 100" },
		{ "with another amount", "A 100 5; A 40 5", "A 100 5", "matched 1=1; duplicate 2= 40" },
		{ "while ours has it, too", "A 100 5; A 40 5", "A 100 5; A 50 5", "matched 1=1; amount 2=2 -10" },
		{ "of what is not there", "A 100 5; A 100 6", "", "theirs_only 1= 100; duplicate 2= 100" },
		{ "of what differs", "A 90 5; A 90 6", "A 100 5", "amount 1=1 -10; duplicate 2= 90" },
		{ "given back is no second row", "A 100 5; A -100 6", "A 100 5", "matched 1=1; refund 2= -100" },
		{ "ours twice", "A 100 5", "A 100 5; A 100 6", "matched 1=1; duplicate =2 -100" },
		{ "two parts of one entry", "A 100 5", "A 100 5 l=7 p=0; A 100 5 l=7 p=1",
		  "matched 1=7; ours_only =7 -100" },
		{ "another amount for all of them", "A 90 5", "A 60 5 l=7; A 40 5 l=7 p=1", "amount 1=7+7 -10" },
		{ "but not of two entries", "A 90 5", "A 60 5; A 40 5", "amount 1=1 30; ours_only =2 -40" },
		{ "nor where it could be two of theirs", "A 55 5; A 39 5", "A 60 5 l=7; A 40 5 l=7 p=1",
		  "amount 1=7 -5; amount 2=7 -1" },
		{ "of what one part left", "A 60 5; A 90 5", "A 60 5 l=7; A 40 5 l=7 p=1; A 30 5 l=7 p=2",
		  "matched 1=7; amount 2=7+7 20" },
		{ "another status for all of them", "A 100 5 s=done", "A 60 5 l=7 s=open; A 40 5 l=7 p=1 s=open",
		  "status 1=7+7" },
		{ "no pass for their sum", "A 100 5", "A 60 5 l=7; A 40 5 l=7 p=1", "timing 1=7+7" },
		{ "ours with another amount", "A 100 5", "A 100 5; A 40 6", "matched 1=1; ours_only =2 -40" },
		{ "another status", "A 100 5 s=done", "A 100 9 s=open", "status 1=1" },
		{ "another amount", "A 90 5", "A 100 9", "amount 1=1 -10" },
		{ "another amount and status", "A 90 5 s=done", "A 100 9 s=open", "amount 1=1 -10" },
		{ "the fee it states", "A 98 5 f=2", "A 100 5", "fee 1=1 -2" },
		{ "the fee above", "A 102 5 f=2", "A 100 5", "fee 1=1 2" },
		{ "another fee", "A 98 5 f=1", "A 100 5", "amount 1=1 -2" },
		{ "a fee in a row", "A 100 5; A -2 5 k=fee", "A 98 5", "fee 1+2=1" },
		{ "a fee in a row, above zero", "A 98 5; A 2 5 k=fee", "A 100 5", "fee 1+2=1" },
		{ "a fee in a row, net", "A 98 5; A -2 5 k=fee", "A 100 5", "fee 1+2=1 -4" },
		{ "fees by a group", "A 100 5 g=P; X -1 5 k=fee g=P; Y -1 5 k=fee g=P", "A 98 5", "fee 1+2+3=1" },
		{ "a fee of another group", "A 100 5 g=P; X -2 5 k=fee g=Q", "A 98 5", "amount 1=1 2; fee 2= -2" },
		{ "a fee alone", "X -2 5 k=fee", "", "fee 1= -2" },
		{ "fees alone are no duplicates", "X -2 5 k=fee; X -2 5 k=fee", "", "fee 1= -2; fee 2= -2" },
		{ "a refund of theirs", "A -5 5 k=refund", "", "refund 1= -5" },
		{ "a refund of ours", "", "A -5 5 k=refund", "refund =1 5" },
		{ "below zero", "B 7 5; A -5 5", "B 7 5", "refund 2= -5; matched 1=1" },
		{ "below zero where payments are", "B -7 5; A -5 5", "B -7 5", "refund 2= -5; matched 1=1" },
		{ "two unreadable ones", "- 0 0 k=unreadable; - 0 0 k=unreadable", "", "unreadable 1=; unreadable 2=" },
	};

	(void)state;
	check_rows(EXACT, rows, COUNT(rows));
}

static void where_money_goes_either_way_its_sign_makes_no_refund(void **state)
{
	static const struct row rows[] = {
		{ "theirs going out", "B 7 5; A -5 5", "B 7 5", "theirs_only 2= -5; matched 1=1" },
		{ "ours going out", "", "A -5 5", "ours_only =1 5" },
		{ "a refund by name", "A -5 5 k=refund", "", "refund 1= -5" },
		{ "ours by name", "", "A -5 5 k=refund", "refund =1 5" },
	};

	(void)state;
	window.is_one_way = false;
	check_rows(EXACT, rows, COUNT(rows));
	window.is_one_way = true;
}

static void the_cut_off_makes_timing(void **state)
{
	static const struct row rows[] = {
		{ "theirs on the last day", "A 100 30", "", "timing 1= 100" },
		{ "the day before", "A 100 29", "", "timing 1= 100" },
		{ "and before that", "A 100 28", "", "theirs_only 1= 100" },
		{ "ours on the last day", "", "A 100 30", "timing =1 -100" },
		{ "ours on the first day", "", "A 100 1", "ours_only =1 -100" },
		{ "theirs behind it", "A 100 31", "", "" },
		{ "both behind it", "A 100 31", "A 100 31", "" },
		{ "theirs behind it, ours within", "A 100 31", "A 100 20", "timing 1=1 -100" },
		{ "ours behind it, theirs within", "A 100 20", "A 100 33", "timing 1=1 100" },
		{ "another amount behind it", "A 100 31", "A 90 20", "ours_only =1 -90" },
		{ "ours before the first day", "A 100 1", "A 100 0", "timing 1=1 100" },
		{ "carried from before", "A 100 1", "A 100 0 t=b1", "matched 1=1" },
		{ "carried and alone", "", "A 100 0 t=b1", "ours_only =1 -100" },
		{ "a duplicate at the end", "A 100 30; A 100 30", "A 100 30", "matched 1=1; duplicate 2= 100" },
		{ "a fee at the end", "A -1 30 k=fee", "", "fee 1= -1" },
		{ "a refund at the end", "A -1 30 k=refund", "", "timing 1= -1" },
	};

	(void)state;
	check_rows("{'passes':[{'name':'r','by':'reference','confirm':true}],'timing_days':2}", rows, COUNT(rows));
}

static void the_built_in_rules_find_a_month(void **state)
{
	static const struct row rows[] = {
		{ "one of each",
		  "A 100 5; B 100 5; C 60 6; C 40 6; D 90 7; E 1 8; E 1 8; G 10 9 s=done; X 3 10; H -4 11 k=refund; "
		  "I 5 20; J 98 12 f=2; P1 20 13 g=K; P2 30 13 g=K",
		  "A 100 5; B 100 8; C 100 6; D 100 7; E 1 8; G 10 9 s=open; F 2 9; I 5 30; J 100 12; K 50 14; L 9 30; "
		  "M1 3 15 g=M; M2 4 15 g=M",
		  "matched 1=1; matched 2=2; matched 3+4=3; amount 5=4 -10; matched 6=5; duplicate 7= 1; ours_only =7 "
		  "-2; "
		  "status 8=6; theirs_only 9= 3; refund 10= -4; fee 12=9 -2; matched 13+14=10; ours_only =12 -3; "
		  "ours_only =13 -4; timing 11=8; timing =11 -9" },
		{ "an order of two lines, all given back", "A 100 5; A -100 9 k=refund",
		  "A 60 5 l=1; A 40 5 l=1 p=1; A -60 9 l=2 k=refund; A -40 9 l=2 p=1 k=refund",
		  "matched 1=1+1; matched 2=2+2" },
	};

	(void)state;
	check_rows(NULL, rows, COUNT(rows));
}

static void a_finding_names_its_pass(void **state)
{
	static struct matching_side theirs, ours;
	struct merit_rules rules = matching_rules(NULL);
	struct merit_findings findings = { 0 };

	(void)state;
	matching_items("A 1 5; B 1 5; C 1 5", &theirs);
	matching_items("A 1 5; B 1 8", &ours);
	assert_int_equal(
		merit_match(&rules, &window, theirs.items, theirs.count, ours.items, ours.count, NULL, NULL, &findings),
		MERIT_OK);
	assert_int_equal(findings.count, 3);
	assert_int_equal(findings.findings[0].pass, 0);
	assert_int_equal(findings.findings[1].pass, 1);
	assert_int_equal(findings.findings[2].pass, -1);
	merit_findings_free(&findings);
}

static void an_amount_beyond_the_range_is_refused(void **state)
{
	static struct matching_side theirs, none;
	struct merit_rules rules = matching_rules(NULL);
	struct merit_findings findings = { 0 };

	(void)state;
	matching_items("A 9007199254740992 5", &theirs);
	assert_int_equal(merit_match(&rules, &window, theirs.items, 1, none.items, 0, NULL, NULL, &findings),
	                 MERIT_TOO_LARGE);
	assert_int_equal(merit_match(&rules, &window, none.items, 0, theirs.items, 1, NULL, NULL, &findings),
	                 MERIT_TOO_LARGE);
	matching_items("A 1 5 f=-9007199254740992", &theirs);
	assert_int_equal(merit_match(&rules, &window, theirs.items, 1, none.items, 0, NULL, NULL, &findings),
	                 MERIT_TOO_LARGE);
	assert_int_equal(merit_match(&rules, &window, theirs.items, (size_t)MERIT_MATCH_ITEMS_MAX + 1, none.items, 0,
	                             NULL, NULL, &findings),
	                 MERIT_TOO_LARGE);
}

/* Sums that only together stay in range: of a reference 2,048 of the largest amounts, half of them below zero. */
static void sums_leave_64_bits_and_come_back(void **state)
{
	enum { HALF = 1024 };
	static struct merit_recon_item theirs[2 * HALF + 1];
	struct merit_recon_item one = { .reference = MERIT_TEXT("A"), .amount = 7, .line = 1, .day = 5 };
	struct merit_rules rules = matching_rules(SUM("reference", "theirs"));
	struct merit_findings findings = { 0 };

	(void)state;
	for (int i = 0; i < 2 * HALF; i++)
		theirs[i] = (struct merit_recon_item){
			.reference = MERIT_TEXT("A"),
			.line = (uint64_t)i + 1,
			.day = 5,
			.amount = i < HALF ? MERIT_AMOUNT_MAX : -MERIT_AMOUNT_MAX,
		};
	theirs[2 * HALF] =
		(struct merit_recon_item){ .reference = MERIT_TEXT("A"), .amount = 7, .line = 5000, .day = 5 };
	assert_int_equal(merit_match(&rules, &window, theirs, COUNT(theirs), &one, 1, NULL, NULL, &findings), MERIT_OK);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.findings[0].class_, MERIT_CLASS_MATCHED);
	assert_int_equal(findings.findings[0].difference, 0);
	merit_findings_free(&findings);
	assert_int_equal(merit_match(&rules, &window, theirs, HALF, &one, 1, NULL, NULL, &findings), MERIT_OK);
	assert_int_equal(findings.findings[0].class_, MERIT_CLASS_AMOUNT);
	merit_findings_free(&findings);
}

/* count small items of theirs that sum to 3 in every pair, and one of ours of 3. */
static enum merit_class match_any_of(size_t count)
{
	static struct merit_recon_item theirs[MERIT_ANY_CANDIDATES_MAX + 1];
	struct merit_recon_item one = { .amount = 3, .line = 1, .day = 5 };
	struct merit_rules rules = matching_rules(ANY(",'unambiguous':true"));
	struct merit_findings findings = { 0 };
	enum merit_class class_ = MERIT_CLASS_COUNT;

	for (size_t i = 0; i < count; i++)
		theirs[i] =
			(struct merit_recon_item){ .amount = i < 2 ? 1 + (int64_t)i : 1000, .line = i + 1, .day = 5 };
	assert_int_equal(merit_match(&rules, &window, theirs, count, &one, 1, NULL, NULL, &findings), MERIT_OK);
	for (size_t i = 0; i < findings.count; i++)
		if (findings.findings[i].ours_count == 1)
			class_ = findings.findings[i].class_;
	assert_int_equal(findings.unsearched, 0);
	merit_findings_free(&findings);
	return class_;
}

static void nobody_is_sure_of_one_of_too_many(void **state)
{
	(void)state;
	assert_int_equal(match_any_of(MERIT_ANY_CANDIDATES_MAX), MERIT_CLASS_MATCHED);
	assert_int_equal(match_any_of(MERIT_ANY_CANDIDATES_MAX + 1), MERIT_CLASS_OURS_ONLY);
}

/* One that no other suits stands among so many that are nearer and do not. */
static enum merit_class match_behind(size_t count)
{
	static struct merit_recon_item ours[MERIT_LOOKS_MAX + 1];
	struct merit_recon_item theirs = {
		.reference = MERIT_TEXT("A"), .status = MERIT_TEXT("done"), .amount = 1, .day = 5
	};
	struct merit_rules rules = matching_rules(LATE);
	struct merit_findings findings = { 0 };

	for (size_t i = 0; i < count; i++) {
		ours[i] = theirs;
		ours[i].line = i + 1;
		ours[i].status = i + 1 == count ? MERIT_TEXT("done") : MERIT_TEXT("open");
	}
	assert_int_equal(merit_match(&rules, &window, &theirs, 1, ours, count, NULL, NULL, &findings), MERIT_OK);
	enum merit_class class_ = findings.findings[0].class_;
	merit_findings_free(&findings);
	return class_;
}

static void a_search_gives_up(void **state)
{
	(void)state;
	assert_int_equal(match_behind(MERIT_LOOKS_MAX), MERIT_CLASS_MATCHED);
	assert_int_equal(match_behind(MERIT_LOOKS_MAX + 1), MERIT_CLASS_STATUS);
}

/* Texts of a few letters, NUL among them, that begin alike up to every length around the steps of the sorting. */
static void texts_are_sorted_by_their_bytes(void **state)
{
	enum { TEXTS = 3000, SIZE = 80 };
	static char bytes[TEXTS][SIZE];
	static struct merit_match_text texts[TEXTS];
	uint32_t random = 1;

	(void)state;
	for (uint32_t i = 0; i < TEXTS; i++) {
		random = random * 1664525 + 1013904223;
		uint32_t size = 1 + (random >> 16) % SIZE;
		memset(bytes[i], 'a', size);
		for (uint32_t j = size > 3 ? size - 3 : 0; j < size; j++) {
			random = random * 1664525 + 1013904223;
			bytes[i][j] = "\0ab\xff"[random >> 30];
		}
		texts[i] = (struct merit_match_text){ bytes[i], size, i, 0 };
	}
	merit_match_texts_sort(texts, TEXTS);
	for (uint32_t i = 1; i < TEXTS; i++) {
		assert_ptr_equal(texts[i].data, bytes[texts[i].owner]);
		assert_true(merit_text_order((struct merit_text){ texts[i - 1].data, texts[i - 1].size },
		                             (struct merit_text){ texts[i].data, texts[i].size }) <= 0);
	}
}

/* References of theirs that ours does not have, before one that ours has as often: it is not counted again for each. */
static void a_crowd_does_not_hold_up_the_others(void **state)
{
	enum { CROWD = 30000 };
	static struct merit_recon_item theirs[CROWD], ours[CROWD];
	static char names[CROWD][16];
	struct merit_rules rules = matching_rules(NULL);
	struct merit_findings findings = { 0 };

	(void)state;
	for (int i = 0; i < CROWD; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "A%05d", i);
		theirs[i] = (struct merit_recon_item){ .reference = merit_text_of(names[i]), .amount = 1, .day = 5 };
		ours[i] = (struct merit_recon_item){ .reference = MERIT_TEXT("B"), .amount = 1, .day = 5 };
		theirs[i].line = ours[i].line = (uint64_t)i + 1;
	}
	theirs[0].reference = MERIT_TEXT("B");
	assert_int_equal(merit_match(&rules, &window, theirs, CROWD, ours, CROWD, NULL, NULL, &findings), MERIT_OK);
	assert_int_equal(findings.count, 2 * CROWD - 1);
	merit_findings_free(&findings);
}

/* Many of one reference and amount that none of the other side suits: the search gives up, and it ends soon. */
static void a_crowd_does_not_take_for_ever(void **state)
{
	enum { CROWD = 20000 };
	static struct merit_recon_item theirs[CROWD], ours[CROWD];
	struct merit_rules rules = matching_rules(LATE);
	struct merit_findings findings = { 0 };

	(void)state;
	for (int i = 0; i < CROWD; i++) {
		theirs[i] = (struct merit_recon_item){ .reference = MERIT_TEXT("-"),
			                               .amount = 1 + i % 3,
			                               .line = (uint64_t)i + 1,
			                               .day = 1 + i % 28,
			                               .status = MERIT_TEXT("done") };
		ours[i] = theirs[i];
		ours[i].status = i % 2 == 0 ? MERIT_TEXT("open") : MERIT_TEXT("done");
	}
	assert_int_equal(merit_match(&rules, &window, theirs, CROWD, ours, CROWD, NULL, NULL, &findings), MERIT_OK);
	assert_true(findings.count <= CROWD + CROWD / 2 && findings.count >= CROWD);
	merit_findings_free(&findings);
}

static void count_tells(void *context, const char *what, uint64_t done, uint64_t of)
{
	assert_non_null(what);
	assert_true(done <= of);
	++*(unsigned *)context;
}

static void somebody_is_told(void **state)
{
	static struct matching_side theirs;
	struct merit_rules rules = matching_rules(NULL);
	struct merit_findings findings = { 0 };
	unsigned tells = 0;

	(void)state;
	matching_items("A 1 5; B 2 6", &theirs);
	assert_int_equal(merit_match(&rules, &window, theirs.items, 2, theirs.items, 2, count_tells, &tells, &findings),
	                 MERIT_OK);
	assert_true(tells >= rules.passes_count);
	merit_findings_free(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reference_matches_exactly),
		cmocka_unit_test(days_and_amounts_have_tolerances),
		cmocka_unit_test(the_best_pair_goes_first),
		cmocka_unit_test(amounts_match_without_a_reference),
		cmocka_unit_test(what_a_pass_takes_is_gone_for_the_next),
		cmocka_unit_test(several_are_one_by_their_sum),
		cmocka_unit_test(any_few_are_one_by_their_sum),
		cmocka_unit_test(what_is_left_is_classified),
		cmocka_unit_test(where_money_goes_either_way_its_sign_makes_no_refund),
		cmocka_unit_test(the_cut_off_makes_timing),
		cmocka_unit_test(the_built_in_rules_find_a_month),
		cmocka_unit_test(a_finding_names_its_pass),
		cmocka_unit_test(an_amount_beyond_the_range_is_refused),
		cmocka_unit_test(sums_leave_64_bits_and_come_back),
		cmocka_unit_test(nobody_is_sure_of_one_of_too_many),
		cmocka_unit_test(a_search_gives_up),
		cmocka_unit_test(texts_are_sorted_by_their_bytes),
		cmocka_unit_test(a_crowd_does_not_hold_up_the_others),
		cmocka_unit_test(a_crowd_does_not_take_for_ever),
		cmocka_unit_test(somebody_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
