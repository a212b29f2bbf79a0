/* report_random_test.c
 * Goal    whatever happens, what different reports say of the same thing is the same, and a month begins as the one
 *         before it ended: roll-forward, lots, campaigns and trial balance are added up apart from one another.
 * Method  stories of tests/random, a policy each, that end with everything ended; then reports of all of it and of each
 *         month, as dated and as known at some entry between, whose sums are compared. MERIT_SEED tells one seed's. */
#include "report/flow.h"
#include "tests/random/random.h"
#include "tests/report/memory.h"

#define STORY_STEPS 600
#define SEEDS       1
#define MIDDLE_PART 3 /* of the entries, as known at which reports are compared too */

/* ---- Sums of sheets ---- */

/* Sum of a column over the rows, totals left out, whose text columns say this; NULL: any. */
static int64_t sum_of(const struct merit_sheet *sheet, const char *number, const char *column, const char *text,
                      const char *second, const char *second_text)
{
	int64_t sum = 0;

	for (size_t i = 0; i < sheet->rows_count; i++) {
		bool is_wanted = !sheet->is_total[i];
		is_wanted = is_wanted && (column == NULL || strcmp(cell_text(sheet, i, column), text) == 0);
		is_wanted = is_wanted && (second == NULL || strcmp(cell_text(sheet, i, second), second_text) == 0);
		sum += is_wanted ? cell_number(sheet, i, number) : 0;
	}
	return sum;
}

static void equal(const char *what, const char *of, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s of %s: %" PRId64 " in place of %" PRId64, what, of, got, want);
}

/* The four reports of the same entries. */
struct reports {
	struct merit_sheet trial, liability, lots, campaigns;
};

static struct reports reports_of(struct memory *memory, struct merit_report_options options)
{
	const struct merit_report_kind *kinds[] = { merit_report_named("trial-balance"),
		                                    merit_report_named("liability"), merit_report_named("lots"),
		                                    merit_report_named("campaigns") };
	struct merit_sheet sheets[4];
	const char *fault;

	assert_int_equal(merit_reports_make(&memory->journal, kinds, 4, &options, NULL, sheets, &fault), MERIT_OK);
	for (size_t i = 0; i < 4; i++)
		assert_false(sheets[i].differs);
	return (struct reports){ sheets[0], sheets[1], sheets[2], sheets[3] };
}

static void reports_free(struct reports *reports)
{
	merit_sheet_free(&reports->trial);
	merit_sheet_free(&reports->liability);
	merit_sheet_free(&reports->lots);
	merit_sheet_free(&reports->campaigns);
}

/* ---- One moment ---- */

static void liability_agrees(const struct reports *reports, const char *campaign)
{
	static const struct {
		const char *column, *account;
	} rows[] = { { "available", "member" },
		     { "held", "member/held" },
		     { "pending", "member/pending" },
		     { "debt", "member/debt" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		equal(rows[i].column, campaign,
		      sum_of(&reports->liability, rows[i].column, "campaign", campaign, NULL, NULL),
		      sum_of(&reports->trial, "closing", "campaign", campaign, "account", rows[i].account));
	for (size_t i = 0; i < 3; i++)
		equal(rows[i].column, campaign,
		      sum_of(&reports->lots, rows[i].column, "campaign", campaign, NULL, NULL),
		      sum_of(&reports->trial, "closing", "campaign", campaign, "account", rows[i].account));
	equal("opening", campaign, sum_of(&reports->liability, "opening", "campaign", campaign, NULL, NULL),
	      sum_of(&reports->trial, "opening", "campaign", campaign, "account", "member") +
	              sum_of(&reports->trial, "opening", "campaign", campaign, "account", "member/held"));
}

static void campaign_agrees(const struct reports *reports, size_t row)
{
	const char *campaign = cell_text(&reports->campaigns, row, "campaign");
	char budget[64], expired[64];

	snprintf(budget, sizeof(budget), "campaign/%s", campaign);
	snprintf(expired, sizeof(expired), "expired/%s", campaign);
	equal("left", campaign, cell_number(&reports->campaigns, row, "left"),
	      sum_of(&reports->trial, "closing", "campaign", campaign, "account", budget));
	equal("left", campaign, cell_number(&reports->campaigns, row, "left"),
	      cell_number(&reports->campaigns, row, "funded") - cell_number(&reports->campaigns, row, "awarded") -
	              cell_number(&reports->campaigns, row, "returned"));
	equal("redeemed", campaign, cell_number(&reports->campaigns, row, "redeemed"),
	      sum_of(&reports->trial, "closing", "campaign", campaign, "account", "redeemed"));
	equal("outstanding", campaign, cell_number(&reports->campaigns, row, "outstanding"),
	      sum_of(&reports->liability, "closing", "campaign", campaign, NULL, NULL));
	equal("breakage", campaign, sum_of(&reports->lots, "breakage", "campaign", campaign, NULL, NULL),
	      sum_of(&reports->trial, "closing", "campaign", campaign, "account", expired));
	equal("expired", campaign, sum_of(&reports->lots, "expired", "campaign", campaign, NULL, NULL),
	      cell_number(&reports->campaigns, row, "expired"));
	liability_agrees(reports, campaign);
}

/* Closing is opening and all that moved, in points and in money, row by row. */
static void rows_add_up(const struct merit_sheet *liability)
{
	for (size_t i = 0; i < liability->rows_count; i++) {
		int64_t points = cell_number(liability, i, "opening");
		int64_t worth = cell_number(liability, i, "opening_worth");
		for (enum merit_flow_kind kind = 0; kind < MERIT_FLOW_COUNT; kind++) {
			char column[64];
			snprintf(column, sizeof(column), "%s_worth", merit_flow_name(kind));
			points += cell_number(liability, i, merit_flow_name(kind));
			worth += cell_number(liability, i, column);
		}
		equal("closing", "a row", cell_number(liability, i, "closing"), points);
		equal("closing worth", "a row", cell_number(liability, i, "closing_worth"), worth);
	}
}

static void postings_add(const struct merit_entry *entry, int64_t sums_io[CURRENCIES])
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		for (size_t j = 0; j < CURRENCIES && posting->account == MERIT_ACCOUNT_BREAKAGE; j++) {
			if (merit_text_equal(posting->currency, merit_text_of(random_currencies[j])))
				sums_io[j] -= posting->amount;
		}
	}
}

/* What breakage accounts got, but for what people set right by hand, which is of no campaign. */
static void broke(struct memory *memory, const struct merit_report_options *options, int64_t sums_io[CURRENCIES])
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	for (uint64_t seq = 0; seq < memory->journal.size && seq < options->size; seq++) {
		merit_arena_reset(&arena);
		assert_int_equal(merit_journal_read(&memory->journal, seq, &arena, &entry), MERIT_OK);
		merit_entry_unwrap(&entry);
		if (entry.operation->number != MERIT_OP_ADJUST_MONEY && entry.day <= options->last_day)
			postings_add(&entry, sums_io);
	}
	merit_arena_free(&arena);
}

static void moment_agrees(struct memory *memory, const struct reports *reports,
                          const struct merit_report_options *options)
{
	int64_t breakage[CURRENCIES] = { 0 };

	for (size_t i = 0; i < reports->campaigns.rows_count; i++)
		campaign_agrees(reports, i);
	broke(memory, options, breakage);
	rows_add_up(&reports->liability);
	for (size_t i = 0; i < CURRENCIES; i++)
		equal("breakage", random_currencies[i],
		      sum_of(&reports->lots, "breakage_worth", "currency", random_currencies[i], NULL, NULL),
		      breakage[i]);
}

/* ---- From month to month ---- */

/* What tells a row from others of its sheet: its texts, and its month where it has one. */
static bool is_same_row(const struct merit_sheet *a, size_t i, const struct merit_sheet *b, size_t j)
{
	for (size_t k = 0; k < a->columns_count; k++) {
		const struct merit_cell *left = &a->cells[i * a->columns_count + k];
		const struct merit_cell *right = &b->cells[j * b->columns_count + k];
		if (a->columns[k].kind == MERIT_CELL_TEXT && strcmp(left->text, right->text) != 0)
			return false;
		if (a->columns[k].kind == MERIT_CELL_MONTH && left->integer != right->integer)
			return false;
	}
	return true;
}

/* Every row's figure where the month ended is that where the next one begins. */
static void rows_go_on(const struct merit_sheet *before, const char *closing, const struct merit_sheet *behind,
                       const char *opening)
{
	for (size_t i = 0; i < before->rows_count; i++) {
		int64_t sum = 0;
		for (size_t j = 0; j < behind->rows_count; j++) {
			if (!behind->is_total[j] && is_same_row(before, i, behind, j))
				sum += cell_number(behind, j, opening);
		}
		if (!before->is_total[i])
			equal(opening, before->name, sum, cell_number(before, i, closing));
	}
}

static void months_go_on(const struct reports *before, const struct reports *behind)
{
	rows_go_on(&before->liability, "closing", &behind->liability, "opening");
	rows_go_on(&before->liability, "closing_worth", &behind->liability, "opening_worth");
	rows_go_on(&before->trial, "closing", &behind->trial, "opening");
	for (size_t i = 0; i < CURRENCIES; i++)
		equal("opening worth", random_currencies[i],
		      sum_of(&behind->liability, "opening_worth", "currency", random_currencies[i], NULL, NULL),
		      sum_of(&before->liability, "closing_worth", "currency", random_currencies[i], NULL, NULL));
}

/* Movements of all months are those of all time. */
static void movements_add(const struct merit_sheet *liability, int64_t sums_io[MERIT_FLOW_COUNT])
{
	for (enum merit_flow_kind kind = 0; kind < MERIT_FLOW_COUNT; kind++)
		sums_io[kind] += sum_of(liability, merit_flow_name(kind), NULL, NULL, NULL, NULL);
}

static void days_find(struct memory *memory, int32_t *oldest_out, int32_t *newest_out)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	for (uint64_t i = 0; i < memory->journal.size; i++) {
		merit_arena_reset(&arena);
		assert_int_equal(merit_journal_read(&memory->journal, i, &arena, &entry), MERIT_OK);
		*oldest_out = i == 0 || entry.day < *oldest_out ? entry.day : *oldest_out;
		*newest_out = i == 0 || entry.day > *newest_out ? entry.day : *newest_out;
	}
	merit_arena_free(&arena);
}

static void months_agree(struct memory *memory, uint64_t size)
{
	struct merit_report_options options = memory_all();
	int64_t by_month[MERIT_FLOW_COUNT] = { 0 }, ever[MERIT_FLOW_COUNT] = { 0 };
	int32_t oldest, newest;
	struct reports before = { .trial = { 0 } };

	days_find(memory, &oldest, &newest);
	options.size = size;
	struct reports all = reports_of(memory, options);
	moment_agrees(memory, &all, &options);
	movements_add(&all.liability, ever);
	options.first_day = merit_day_span_first(oldest, MERIT_SPAN_MONTH);
	for (; options.first_day <= newest; options.first_day = options.last_day + 1) {
		options.last_day = merit_day_span_last(options.first_day, MERIT_SPAN_MONTH);
		struct reports reports = reports_of(memory, options);
		moment_agrees(memory, &reports, &options);
		movements_add(&reports.liability, by_month);
		if (before.trial.columns_count > 0)
			months_go_on(&before, &reports);
		reports_free(&before);
		before = reports;
	}
	for (enum merit_flow_kind kind = 0; kind < MERIT_FLOW_COUNT; kind++)
		equal("movements", merit_flow_name(kind), by_month[kind], ever[kind]);
	equal("closing", "all", sum_of(&before.liability, "closing", NULL, NULL, NULL, NULL),
	      sum_of(&all.liability, "closing", NULL, NULL, NULL, NULL));
	reports_free(&before);
	reports_free(&all);
}

/* ---- Stories ---- */

static void story_tell(enum policy policy, uint64_t seed)
{
	model_reset(policy, (int)(seed % SPONSORS));
	run = (struct run){ .day = NO_DAY };
	struct fixture *f = random_world();

	for (uint64_t i = 0; i < STORY_STEPS; i++)
		random_step(f, seed * 1000003 + i);
	random_end(f);
	struct memory *memory = memory_of(f);
	months_agree(memory, memory->journal.size);
	months_agree(memory, memory->journal.size / MIDDLE_PART);
	merit_journal_close(&memory->journal);
	fixture_free(f);
}

static void stories_tell(enum policy policy)
{
	const char *seed = getenv("MERIT_SEED");

	for (uint64_t i = 1; i <= SEEDS && seed == NULL; i++)
		story_tell(policy, i);
	if (seed != NULL)
		story_tell(policy, strtoull(seed, NULL, 10));
}

static void reports_agree_with_policy_restore(void **state)
{
	(void)state;
	stories_tell(RESTORE);
}

static void reports_agree_with_policy_grace(void **state)
{
	(void)state;
	stories_tell(GRACE);
}

static void reports_agree_with_policy_forfeit(void **state)
{
	(void)state;
	stories_tell(FORFEIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_agree_with_policy_restore),
		cmocka_unit_test(reports_agree_with_policy_grace),
		cmocka_unit_test(reports_agree_with_policy_forfeit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
