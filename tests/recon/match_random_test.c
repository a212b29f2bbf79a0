/* match_random_test.c
 * Goal    every item is in exactly one finding, the differences add up, the order of the lists is of no matter, and all
 *         of it is what match.h says.
 * Method  small lists of items that have much in common, under random rules, against the slow matching beside this
 *         file; longer ones for what holds whatever the answer. Seeds are fixed: a failure names its own. */
#include "recon/match.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/recon/matching.h"
#include "tests/recon/slow_matching.h"

/* ---- Classes, slowly ---- */

enum kin { KIN_STATUS, KIN_FEE, KIN_ANY, KIN_SAME };

static bool are_kin(enum kin kin, const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	int64_t difference = theirs->amount - ours->amount;

	if (!slow_same_text(theirs->reference, ours->reference) || strcmp(theirs->currency, ours->currency) != 0 ||
	    !slow_both_fees(theirs, ours) || (theirs->amount < 0 && ours->amount > 0) ||
	    (theirs->amount > 0 && ours->amount < 0))
		return false;
	switch (kin) {
	case KIN_STATUS: return difference == 0 && slow_statuses(theirs, ours) < 0;
	case KIN_FEE: return difference != 0 && llabs(difference) == llabs(theirs->fee);
	case KIN_SAME: return difference == 0;
	default: return true;
	}
}

static void classify_pairs(struct slow *slow, enum kin kin, enum merit_class class_, bool theirs_outside,
                           bool ours_outside)
{
	struct slow_candidates all = { .seekers_count = 0 };
	size_t i, j;

	for (i = 0; i < slow->count[SLOW_THEIRS]; i++)
		all.seekers[all.seekers_count++] = slow_single(slow, SLOW_THEIRS, i);
	for (j = 0; j < slow->count[SLOW_OURS]; j++)
		all.others[all.others_count++] = slow_single(slow, SLOW_OURS, j);
	for (i = 0; i < all.seekers_count; i++)
		for (j = 0; j < all.others_count; j++)
			all.fits[i][j] = slow_is_free(slow, SLOW_THEIRS, i, theirs_outside) &&
			                 slow_is_free(slow, SLOW_OURS, j, ours_outside) &&
			                 are_kin(kin, &slow->items[SLOW_THEIRS][i], &slow->items[SLOW_OURS][j]);
	while (slow_best(&all, &i, &j)) {
		bool is_far = class_ == MERIT_CLASS_AMOUNT && all.seekers[i].amount == all.others[j].amount;
		int finding = slow_find(slow, is_far ? MERIT_CLASS_TIMING : class_, -1, false);
		slow_claim(slow, &all.seekers[i], finding);
		slow_claim(slow, &all.others[j], finding);
		all.seeker_gone[i] = all.other_gone[j] = true;
	}
}

static void classify_single(struct slow *slow, int side, size_t i, enum merit_class class_)
{
	slow->finding[side][i] = slow_find(slow, class_, -1, false);
}

/* The open payments of ours under item i's reference, i the first of them, where they are several parts of one entry
 * and do not contradict each other; else nothing. */
static struct slow_sum parts_of(const struct slow *slow, size_t i)
{
	const struct merit_recon_item *first = &slow->items[SLOW_OURS][i];
	struct slow_sum sum = { .side = SLOW_OURS }, none = sum;

	for (size_t j = 0; j < slow->count[SLOW_OURS]; j++) {
		const struct merit_recon_item *item = &slow->items[SLOW_OURS][j];
		if (!slow_is_free(slow, SLOW_OURS, j, false) || item->kind != MERIT_ITEM_PAYMENT ||
		    !slow_same_text(first->reference, item->reference) || strcmp(first->currency, item->currency) != 0)
			continue;
		if (j < i || item->line != first->line)
			return none;
		for (size_t k = 0; k < j; k++)
			if (sum.items >> k & 1 && slow_statuses(item, &slow->items[SLOW_OURS][k]) < 0)
				return none;
		slow_add(slow, &sum, j);
	}
	return sum.items != 0 && (sum.items & (sum.items - 1)) != 0 ? sum : none;
}

static bool are_parts_kin(const struct slow *slow, enum kin kin, const struct slow_sum *parts, size_t theirs)
{
	const struct merit_recon_item *item = &slow->items[SLOW_THEIRS][theirs];
	const struct merit_recon_item *first = &slow->items[SLOW_OURS][__builtin_ctz(parts->items)];
	bool contradicts = false;

	if (!slow_is_free(slow, SLOW_THEIRS, theirs, false) || item->kind != MERIT_ITEM_PAYMENT ||
	    !slow_same_text(first->reference, item->reference) || strcmp(first->currency, item->currency) != 0 ||
	    (item->amount < 0 && parts->amount > 0) || (item->amount > 0 && parts->amount < 0))
		return false;
	for (size_t i = 0; i < slow->count[SLOW_OURS]; i++)
		contradicts |= parts->items >> i & 1 && slow_statuses(item, &slow->items[SLOW_OURS][i]) < 0;
	return kin == KIN_ANY || (contradicts && item->amount == parts->amount);
}

static void classify_parts(struct slow *slow, enum kin kin, enum merit_class class_)
{
	for (size_t i = 0; i < slow->count[SLOW_OURS]; i++) {
		struct slow_sum parts = parts_of(slow, i);
		size_t found = 0, count = 0;
		for (size_t j = 0; parts.items != 0 && j < slow->count[SLOW_THEIRS]; j++) {
			bool is_kin = are_parts_kin(slow, kin, &parts, j);
			found = is_kin ? j : found;
			count += is_kin;
		}
		if (count != 1)
			continue;
		struct slow_sum theirs = slow_single(slow, SLOW_THEIRS, found);
		bool is_far = kin == KIN_ANY && theirs.amount == parts.amount;
		int finding = slow_find(slow, is_far ? MERIT_CLASS_TIMING : class_, -1, false);
		slow_claim(slow, &theirs, finding);
		slow_claim(slow, &parts, finding);
	}
}

static bool is_settled(const struct slow *slow, int side, size_t i, bool is_late)
{
	int finding = slow->finding[side][i];

	if (finding == SLOW_OPEN)
		return false;
	return slow->found[finding].pass >= 0 || (is_late && slow->found[finding].class_ != MERIT_CLASS_DUPLICATE &&
	                                          slow->found[finding].class_ != MERIT_CLASS_UNREADABLE);
}

static bool are_rows_of_one(const struct merit_recon_item *a, const struct merit_recon_item *b)
{
	return slow_same_text(a->reference, b->reference) && strcmp(a->currency, b->currency) == 0 &&
	       a->kind == b->kind;
}

/* was_settled: as it was before the first of these duplicates was found. */
static bool is_duplicate(const struct slow *slow, int side, size_t i, bool is_late,
                         const bool was_settled[SLOW_ITEMS_MAX])
{
	const struct merit_recon_item *item = &slow->items[side][i];

	for (size_t j = 0; j < slow->count[side]; j++) {
		const struct merit_recon_item *other = &slow->items[side][j];
		bool stands = was_settled[j] ||
		              (is_late && j < i && slow->finding[side][j] == SLOW_OPEN && slow_is_inside(slow, other));
		if (j != i && stands && are_rows_of_one(item, other) && item->amount == other->amount &&
		    (side == SLOW_THEIRS || item->line != other->line))
			return true;
	}
	return false;
}

static bool is_one_more(const struct slow *slow, size_t i, const bool was_settled[SLOW_ITEMS_MAX])
{
	const struct merit_recon_item *item = &slow->items[SLOW_THEIRS][i];

	for (size_t j = 0; j < slow->count[SLOW_THEIRS]; j++) {
		const struct merit_recon_item *other = &slow->items[SLOW_THEIRS][j];
		if (was_settled[j] && are_rows_of_one(item, other) && (item->amount < 0) == (other->amount < 0))
			return true;
	}
	return false;
}

static void classify_duplicates(struct slow *slow, int side, bool is_late)
{
	bool was_settled[SLOW_ITEMS_MAX] = { false };

	for (size_t i = 0; i < slow->count[side]; i++)
		was_settled[i] = slow_is_inside(slow, &slow->items[side][i]) && is_settled(slow, side, i, is_late);
	for (size_t i = 0; i < slow->count[side]; i++)
		if (slow_is_free(slow, side, i, false) && !(is_late && slow->items[side][i].kind == MERIT_ITEM_FEE) &&
		    is_duplicate(slow, side, i, is_late, was_settled))
			classify_single(slow, side, i, MERIT_CLASS_DUPLICATE);
	for (size_t i = 0; is_late && side == SLOW_THEIRS && i < slow->count[side]; i++)
		if (slow_is_free(slow, side, i, false) && slow->items[side][i].kind != MERIT_ITEM_FEE &&
		    is_one_more(slow, i, was_settled))
			classify_single(slow, side, i, MERIT_CLASS_DUPLICATE);
}

/* Whether the fees under key explain the difference of theirs to one of ours; then that is the finding. */
static bool classify_fee(struct slow *slow, size_t i, struct merit_text key, bool by_group)
{
	const struct merit_recon_item *item = &slow->items[SLOW_THEIRS][i];
	struct slow_sum fees = { .side = SLOW_THEIRS }, seeker = slow_single(slow, SLOW_THEIRS, i), best = { 0 };

	for (size_t j = 0; j < slow->count[SLOW_THEIRS]; j++) {
		const struct merit_recon_item *fee = &slow->items[SLOW_THEIRS][j];
		if (slow_is_free(slow, SLOW_THEIRS, j, false) && fee->kind == MERIT_ITEM_FEE &&
		    strcmp(fee->currency, item->currency) == 0 &&
		    slow_same_text(key, by_group ? fee->group : fee->reference))
			slow_add(slow, &fees, j);
	}
	for (int sign = 1; sign >= -1 && best.items == 0 && fees.amount != 0; sign -= 2)
		for (size_t j = 0; j < slow->count[SLOW_OURS]; j++) {
			struct slow_sum ours = slow_single(slow, SLOW_OURS, j);
			if (slow_is_free(slow, SLOW_OURS, j, false) &&
			    slow->items[SLOW_OURS][j].kind != MERIT_ITEM_FEE &&
			    slow_same_text(item->reference, slow->items[SLOW_OURS][j].reference) &&
			    strcmp(item->currency, slow->items[SLOW_OURS][j].currency) == 0 &&
			    ours.amount == item->amount + sign * fees.amount &&
			    (best.items == 0 || slow_is_nearer(&seeker, &ours, &best)))
				best = ours;
		}
	if (best.items == 0)
		return false;
	int finding = slow_find(slow, MERIT_CLASS_FEE, -1, false);
	slow_claim(slow, &seeker, finding);
	slow_claim(slow, &fees, finding);
	slow_claim(slow, &best, finding);
	return true;
}

static void classify_fees(struct slow *slow, bool by_group)
{
	for (size_t i = 0; i < slow->count[SLOW_THEIRS]; i++) {
		const struct merit_recon_item *item = &slow->items[SLOW_THEIRS][i];
		if (!slow_is_free(slow, SLOW_THEIRS, i, false) || item->kind == MERIT_ITEM_FEE ||
		    item->reference.size == 0)
			continue;
		if (!by_group || !classify_fee(slow, i, item->group, true))
			(void)classify_fee(slow, i, item->reference, by_group);
	}
}

static void classify_rest(struct slow *slow, int side)
{
	for (size_t i = 0; i < slow->count[side]; i++) {
		const struct merit_recon_item *item = &slow->items[side][i];
		enum merit_class class_ = side == SLOW_THEIRS ? MERIT_CLASS_THEIRS_ONLY : MERIT_CLASS_OURS_ONLY;
		int to_cut_off = slow->window.last_day - item->day;
		if (!slow_is_free(slow, side, i, false))
			continue;
		if (item->kind == MERIT_ITEM_REFUND || (item->amount < 0 && slow->window.is_one_way))
			class_ = MERIT_CLASS_REFUND;
		if (to_cut_off >= 0 && to_cut_off < slow->rules->timing_days)
			class_ = MERIT_CLASS_TIMING;
		if (item->kind == MERIT_ITEM_FEE)
			class_ = MERIT_CLASS_FEE;
		classify_single(slow, side, i, class_);
	}
}

static void classify(struct slow *slow)
{
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < slow->count[side]; i++)
			if (slow->items[side][i].kind == MERIT_ITEM_UNREADABLE)
				classify_single(slow, side, i, MERIT_CLASS_UNREADABLE);
	classify_duplicates(slow, SLOW_THEIRS, false);
	classify_duplicates(slow, SLOW_OURS, false);
	classify_pairs(slow, KIN_STATUS, MERIT_CLASS_STATUS, false, false);
	classify_parts(slow, KIN_STATUS, MERIT_CLASS_STATUS);
	classify_pairs(slow, KIN_FEE, MERIT_CLASS_FEE, false, false);
	classify_fees(slow, false);
	classify_fees(slow, true);
	classify_parts(slow, KIN_ANY, MERIT_CLASS_AMOUNT);
	classify_pairs(slow, KIN_ANY, MERIT_CLASS_AMOUNT, false, false);
	classify_duplicates(slow, SLOW_THEIRS, true);
	classify_duplicates(slow, SLOW_OURS, true);
	classify_pairs(slow, KIN_SAME, MERIT_CLASS_TIMING, true, false);
	classify_pairs(slow, KIN_SAME, MERIT_CLASS_TIMING, false, true);
	classify_rest(slow, SLOW_THEIRS);
	classify_rest(slow, SLOW_OURS);
}

/* ---- Random worlds ---- */

struct random {
	uint64_t state;
};

/* A number below limit: xorshift64*, of Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
static unsigned below(struct random *random, unsigned limit)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return (unsigned)((random->state * 2685821657736338717u) >> 33) % limit;
}

static const char *pick(struct random *random, const char *const *words, unsigned count)
{
	return words[below(random, count)];
}
#define PICK(random, ...)                                                                                              \
	pick(random, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *))

static struct merit_recon_item random_item(struct random *random, uint64_t line)
{
	static const int amounts[] = { 1, 2, 3, 4, 5, 6, 10, 0, -1, -2, -3 };
	static const uint8_t kinds[] = { MERIT_ITEM_REFUND, MERIT_ITEM_FEE, MERIT_ITEM_FEE, MERIT_ITEM_UNREADABLE };
	struct merit_recon_item item = { .line = line, .day = 1 + (int32_t)below(random, 12) };

	item.reference =
		merit_text_of(PICK(random, "", "A", "B", "C", "AB", "12345678A", "12345678", "123456789012345678"));
	item.group = merit_text_of(PICK(random, "", "", "", "G", "A", "B"));
	item.status = merit_text_of(PICK(random, "", "", "done", "done", "open"));
	item.carried = merit_text_of(below(random, 10) == 0 ? "b1" : "");
	item.is_late = below(random, 10) == 0;
	item.amount = amounts[below(random, sizeof(amounts) / sizeof(amounts[0]))];
	item.fee = below(random, 4) == 0 ? 1 + below(random, 2) : 0;
	item.kind = below(random, 4) == 0 ? kinds[below(random, sizeof(kinds))] : MERIT_ITEM_PAYMENT;
	item.first_day = item.day;
	if (below(random, 5) > 0)
		memcpy(item.currency, "CNY", sizeof("CNY"));
	return item;
}

/* Ours have several parts of one entry now and then. */
static size_t random_side(struct random *random, struct merit_recon_item *items, unsigned limit, bool is_ours)
{
	size_t count = below(random, limit + 1);

	for (size_t i = 0; i < count; i++) {
		items[i] = random_item(random, i + 1);
		if (is_ours && i > 0 && below(random, 5) == 0) {
			items[i].line = items[i - 1].line;
			items[i].place = items[i - 1].place + 1;
		}
	}
	return count;
}

static struct merit_rules random_rules(struct random *random)
{
	static const enum merit_pass_by by[] = { MERIT_BY_REFERENCE, MERIT_BY_AMOUNT, MERIT_BY_SUM, MERIT_BY_SUM };
	struct merit_rules rules = { .passes_count = 1 + below(random, 4), .timing_days = (int32_t)below(random, 3) };

	for (size_t i = 0; i < rules.passes_count; i++)
		rules.passes[i] = (struct merit_pass){
			.by = by[below(random, sizeof(by) / sizeof(by[0]))],
			.amount = below(random, 2) == 0 ? below(random, 4) : 0,
			.amount_basis = below(random, 4) == 0 ? (int32_t)below(random, 5000) : 0,
			.days = (int32_t)below(random, 5),
			.group = (enum merit_pass_group)below(random, 4),
			.many_ours = below(random, 2) == 0,
			.confirms = below(random, 2) == 0,
			.unambiguous = below(random, 3) == 0,
			.name = "random",
		};
	return rules;
}

static void shuffle(struct random *random, struct merit_recon_item *items, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = below(random, (unsigned)i);
		struct merit_recon_item item = items[i - 1];
		items[i - 1] = items[j];
		items[j] = item;
	}
}

/* ---- Findings as text ---- */

static void put_items(struct merit_buffer *out, const struct merit_recon_item *items, const uint32_t *places,
                      size_t count)
{
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(out, " %d.%d", (int)items[places[i]].line, items[places[i]].place);
}

static void put_findings(struct merit_buffer *out, const struct merit_findings *findings,
                         const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct merit_finding *finding = &findings->findings[i];
		merit_buffer_put_format(out, "%s%s %d:", merit_class_word(finding->class_),
		                        finding->is_suggested ? "?" : "", finding->pass);
		put_items(out, theirs, findings->theirs + finding->theirs, finding->theirs_count);
		merit_buffer_put_text(out, " =");
		put_items(out, ours, findings->ours + finding->ours, finding->ours_count);
		merit_buffer_put_format(out, " %" PRId64 "\n", finding->difference);
	}
	merit_buffer_put(out, "", 1);
}

static int64_t put_slow_items(const struct slow *slow, struct merit_buffer *out, int side, int finding)
{
	int64_t amount = 0;

	for (size_t i = 0; i < slow->count[side]; i++) {
		const struct merit_recon_item *item = &slow->items[side][i];
		if (slow->finding[side][i] != finding)
			continue;
		merit_buffer_put_format(out, " %d.%d", (int)item->line, item->place);
		amount += slow_is_inside(slow, item) ? item->amount : 0;
	}
	return amount;
}

/* The open finding whose earliest item is the earliest; -1 when all are done. */
static int slow_next(const struct slow *slow, const bool *done)
{
	const struct merit_recon_item *best = NULL;
	int finding = -1;

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < slow->count[side]; i++) {
			const struct merit_recon_item *item = &slow->items[side][i];
			if (slow->finding[side][i] == SLOW_OPEN || done[slow->finding[side][i]])
				continue;
			int order = best == NULL ? 0 : merit_text_order(item->reference, best->reference);
			if (best != NULL && (item->day > best->day || (item->day == best->day && order >= 0)))
				continue;
			best = item;
			finding = slow->finding[side][i];
		}
	return finding;
}

static void put_slow(const struct slow *slow, struct merit_buffer *out)
{
	bool done[2 * SLOW_ITEMS_MAX] = { false };

	for (int finding; (finding = slow_next(slow, done)) >= 0; done[finding] = true) {
		merit_buffer_put_format(out, "%s%s %d:", merit_class_word(slow->found[finding].class_),
		                        slow->found[finding].is_suggested ? "?" : "", slow->found[finding].pass);
		int64_t theirs = put_slow_items(slow, out, SLOW_THEIRS, finding);
		merit_buffer_put_text(out, " =");
		int64_t ours = put_slow_items(slow, out, SLOW_OURS, finding);
		merit_buffer_put_format(out, " %" PRId64 "\n", theirs - ours);
	}
	merit_buffer_put(out, "", 1);
}

/* ---- What is compared ---- */

#define CASES 6000
#define SMALL 11

static struct merit_window window = { 3, 10, false };

static void match_fast(const struct merit_rules *rules, const struct merit_recon_item *theirs, size_t theirs_count,
                       const struct merit_recon_item *ours, size_t ours_count, struct merit_buffer *out)
{
	struct merit_findings findings = { 0 };

	assert_int_equal(merit_match(rules, &window, theirs, theirs_count, ours, ours_count, NULL, NULL, &findings),
	                 MERIT_OK);
	put_findings(out, &findings, theirs, ours);
	merit_findings_free(&findings);
}

static void match_slowly(const struct merit_rules *rules, struct merit_recon_item *theirs, size_t theirs_count,
                         struct merit_recon_item *ours, size_t ours_count, struct merit_buffer *out)
{
	struct slow slow = {
		.rules = rules,
		.window = window,
		.items = { theirs, ours },
		.count = { theirs_count, ours_count },
	};

	memset(slow.finding, 0xff, sizeof(slow.finding)); /* SLOW_OPEN */
	qsort(theirs, theirs_count, sizeof(*theirs), slow_compare_items);
	qsort(ours, ours_count, sizeof(*ours), slow_compare_items);
	slow_run_passes(&slow);
	classify(&slow);
	put_slow(&slow, out);
}

static void the_slow_matching_finds_the_same(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		struct random random = { seed * 0x9e3779b97f4a7c15u };
		window.is_one_way = seed % 2 == 0;
		struct merit_recon_item theirs[SMALL], ours[SMALL];
		struct merit_buffer fast = { 0 }, again = { 0 }, slow = { 0 };
		struct merit_rules rules = random_rules(&random);
		size_t theirs_count = random_side(&random, theirs, SMALL, false);
		size_t ours_count = random_side(&random, ours, SMALL, true);

		match_fast(&rules, theirs, theirs_count, ours, ours_count, &fast);
		shuffle(&random, theirs, theirs_count);
		shuffle(&random, ours, ours_count);
		match_fast(&rules, theirs, theirs_count, ours, ours_count, &again);
		match_slowly(&rules, theirs, theirs_count, ours, ours_count, &slow);
		if (strcmp(fast.data, again.data) != 0)
			fail_msg("seed %d: in another order\n%s\n%s", (int)seed, fast.data, again.data);
		if (strcmp(fast.data, slow.data) != 0)
			fail_msg("seed %d: is\n%sand slowly\n%s", (int)seed, fast.data, slow.data);
		merit_buffer_free(&fast);
		merit_buffer_free(&again);
		merit_buffer_free(&slow);
	}
}

/* ---- What holds whatever the answer ---- */

#define LARGE 300

static bool is_inside(const struct merit_recon_item *item)
{
	return item->kind == MERIT_ITEM_UNREADABLE || item->carried.size > 0 || item->is_late ||
	       (item->day >= window.first_day && item->day <= window.last_day);
}

/* Counts how often each item is placed; returns the sum of those inside. */
static int64_t check_places(const struct merit_recon_item *items, size_t count, const uint32_t *places,
                            size_t places_count)
{
	unsigned counts[LARGE] = { 0 };
	int64_t sum = 0;

	for (size_t i = 0; i < places_count; i++) {
		assert_true(places[i] < count);
		counts[places[i]]++;
	}
	for (size_t i = 0; i < count; i++) {
		assert_true(counts[i] == 1 || (counts[i] == 0 && !is_inside(&items[i])));
		sum += is_inside(&items[i]) ? items[i].amount : 0;
	}
	return sum;
}

static void every_item_is_found_once_and_all_adds_up(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct random random = { seed * 0x9e3779b97f4a7c15u };
		static struct merit_recon_item theirs[LARGE], ours[LARGE];
		struct merit_rules rules = random_rules(&random);
		size_t theirs_count = random_side(&random, theirs, LARGE, false);
		size_t ours_count = random_side(&random, ours, LARGE, true);
		struct merit_findings findings = { 0 };
		size_t theirs_placed = 0, ours_placed = 0;
		int64_t difference = 0;

		assert_int_equal(
			merit_match(&rules, &window, theirs, theirs_count, ours, ours_count, NULL, NULL, &findings),
			MERIT_OK);
		for (size_t i = 0; i < findings.count; i++) {
			const struct merit_finding *finding = &findings.findings[i];
			assert_int_equal(finding->theirs, theirs_placed);
			assert_int_equal(finding->ours, ours_placed);
			theirs_placed += finding->theirs_count;
			ours_placed += finding->ours_count;
			difference += finding->difference;
		}
		int64_t theirs_sum = check_places(theirs, theirs_count, findings.theirs, theirs_placed);
		int64_t ours_sum = check_places(ours, ours_count, findings.ours, ours_placed);
		assert_int_equal(difference, theirs_sum - ours_sum);
		merit_findings_free(&findings);
	}
}

static void long_lists_may_come_in_any_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct random random = { seed * 0x9e3779b97f4a7c15u };
		static struct merit_recon_item theirs[LARGE], ours[LARGE];
		struct merit_buffer first = { 0 }, second = { 0 };
		struct merit_rules rules = random_rules(&random);
		size_t theirs_count = random_side(&random, theirs, LARGE, false);
		size_t ours_count = random_side(&random, ours, LARGE, true);

		match_fast(&rules, theirs, theirs_count, ours, ours_count, &first);
		shuffle(&random, theirs, theirs_count);
		shuffle(&random, ours, ours_count);
		match_fast(&rules, theirs, theirs_count, ours, ours_count, &second);
		if (strcmp(first.data, second.data) != 0)
			fail_msg("seed %d", (int)seed);
		merit_buffer_free(&first);
		merit_buffer_free(&second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slow_matching_finds_the_same),
		cmocka_unit_test(every_item_is_found_once_and_all_adds_up),
		cmocka_unit_test(long_lists_may_come_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
