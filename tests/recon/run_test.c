/* run_test.c
 * Goal    a run tells every difference once, under the right class and side; what is open is carried under its name
 *         until a later run matches it; a run that is superseded counts no more; the same input makes the same bytes.
 * Method  deposits of a sponsor, dated back, against files made in memory; runs are committed as the command line does
 *         it. What a run came to is printed as text and compared whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "recon/run.h"
#include "tests/recon/matching.h"
#include "tests/support/far.h"

#define DAY_0 20454 /* 2026-01-01 */

static const char *day_text(int32_t day)
{
	static char texts[4][MERIT_DAY_TEXT_SIZE];
	static unsigned next;

	merit_day_format(day, texts[next % 4]);
	return texts[next++ % 4];
}

static void deposit(struct far *far, const char *reference, int amount, int day)
{
	far_call(far, "fin", amount > 0 ? "sponsor.deposit" : "sponsor.withdraw",
	         "'sponsor':'acme','currency':'CNY','amount_minor':%d,'bank_reference':'%s','day':'%s'", abs(amount),
	         reference, day_text(DAY_0 + day));
}

static void declare(struct far *far, const char *source, const char *direction)
{
	far_call(far, "fin", "source.declare",
	         "'source':'%s','subject':'deposits','party':'acme','currency':'CNY','direction':'%s','every':'day',"
	         "'starts':'2026-01-01','due_days':1",
	         source, direction);
}

/* The world, thirty days on; deposits D1 100 and D2 200 on day 10, D3 300 on day 11; a source bank. */
static int begin(void **state)
{
	struct far *far = far_new();

	far_days(far, 30);
	deposit(far, "D1", 100, 10);
	deposit(far, "D2", 200, 10);
	deposit(far, "D3", 300, 11);
	declare(far, "bank", "in");
	*state = far;
	return 0;
}

static int end(void **state)
{
	if (*state != NULL)
		far_free(*state);
	return 0;
}

/* ---- A run of files that are texts ---- */

struct trial {
	struct far *far;
	struct merit_journal *source;
	struct matching_side sides[2];
	struct merit_file files[2];
	struct merit_rules rules;
	struct merit_recon_run run;
	struct merit_hash report;
};

static void file_make(struct matching_side *side, const char *text, struct merit_file *file)
{
	matching_items(text, side);
	*file = (struct merit_file){ .format = "csv", .items = side->items, .items_count = side->count };
	merit_sha256(text, strlen(text), file->hash.bytes);
	file->first_day = file->last_day = MERIT_DAY_NONE;
	for (size_t i = 0; i < side->count; i++) {
		side->items[i].day = side->items[i].first_day += DAY_0;
		if (side->items[i].kind == MERIT_ITEM_UNREADABLE)
			continue;
		if (file->first_day == MERIT_DAY_NONE || side->items[i].day < file->first_day)
			file->first_day = side->items[i].day;
		if (file->last_day == MERIT_DAY_NONE || side->items[i].day > file->last_day)
			file->last_day = side->items[i].day;
	}
}

/* What a run is asked to do; the source is bank where none is named. */
struct asked {
	const char *file, *second, *supersedes, *rules, *source;
	struct merit_file_balance *balances; /* of the first file */
	size_t balances_count;
	int32_t first_day, last_day; /* 0 and 0: the file's own */
};

static enum merit_status trial_try(struct trial *trial, struct far *far, const struct asked *asked,
                                   struct merit_file_fault *fault, int *leg)
{
	*trial = (struct trial){ .far = far };
	file_make(&trial->sides[0], asked->file, &trial->files[0]);
	trial->files[0].balances = asked->balances;
	trial->files[0].balances_count = asked->balances_count;
	if (asked->second != NULL)
		file_make(&trial->sides[1], asked->second, &trial->files[1]);
	trial->rules = matching_rules(asked->rules);
	trial->source = far_source(far);
	const struct merit_recon_options options = {
		.source = merit_text_of(asked->source == NULL ? "bank" : asked->source),
		.files = { &trial->files[0], asked->second == NULL ? NULL : &trial->files[1] },
		.rules = &trial->rules,
		.first_day = asked->first_day == 0 ? MERIT_DAY_NONE : DAY_0 + asked->first_day,
		.last_day = asked->last_day == 0 ? MERIT_DAY_NONE : DAY_0 + asked->last_day,
		.supersedes = merit_text_of(asked->supersedes == NULL ? "" : asked->supersedes),
		.size = trial->source->size,
	};
	return merit_recon_make(trial->source, &options, &trial->run, fault, leg);
}

static void trial_end(struct trial *trial)
{
	merit_recon_free(&trial->run);
	far_source_end(trial->far, trial->source);
}

static void trial_begin(struct trial *trial, struct far *far, const struct asked *asked)
{
	struct merit_file_fault fault;
	struct merit_buffer csv = { 0 };
	int leg;
	enum merit_status status = trial_try(trial, far, asked, &fault, &leg);

	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), fault.why);
	merit_recon_put_csv(&csv, &trial->run);
	assert_false(csv.bad);
	merit_sha256(csv.data, csv.size, trial->report.bytes);
	merit_buffer_free(&csv);
}

static const char *reference_of(const struct merit_recon_line *line)
{
	static char text[MERIT_TEXT_SIZE_MAX + 1];
	struct merit_text reference = line->theirs != NULL ? line->theirs->reference
	                              : line->ours != NULL ? line->ours->reference
	                                                   : line->past->reference;

	snprintf(text, sizeof(text), "%.*s", (int)reference.size, reference.data);
	return text;
}

/* "STATE CLASS REFERENCE THEIRS:OURS; ..." with - for a side that is not there, and 2 in front in the second leg. */
static const char *told(const struct trial *trial)
{
	static const char *const states[] = { "clean", "half", "new", "carried", "cleared" };
	static char text[4096];
	size_t size = 0;

	text[0] = '\0';
	for (size_t i = 0; i < trial->run.lines_count; i++) {
		const struct merit_recon_line *line = &trial->run.lines[i];
		char theirs[24] = "-", ours[24] = "-";
		if (line->has_theirs)
			snprintf(theirs, sizeof(theirs), "%lld", (long long)line->theirs_sum);
		if (line->has_ours)
			snprintf(ours, sizeof(ours), "%lld", (long long)line->ours_sum);
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s%s %s%s %s %s:%s", i == 0 ? "" : "; ",
		                         line->leg == 2 ? "2 " : "", states[line->state],
		                         merit_class_word(line->class_), line->is_suggested ? "?" : "",
		                         reference_of(line), theirs, ours);
	}
	return text;
}

static void hex(const struct merit_hash *hash, char out[65])
{
	for (int i = 0; i < MERIT_HASH_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", hash->bytes[i]);
}

/* Makes the run part of the record and ends the trial. */
static void commit(struct trial *trial, const char *name, const char *supersedes)
{
	static struct merit_recon_break breaks[8];
	char file[65], rules[65], report[65], item[65], more[80] = "", cleared[4][MERIT_NAME_SIZE_MAX + 1];
	struct merit_recon_run *run = &trial->run;
	struct far *far = trial->far;
	size_t breaks_count = run->breaks_count, cleared_count = run->cleared_count, carried_count = run->carried_count;
	struct merit_window window = run->window;
	unsigned long long size = run->size;

	assert_true(breaks_count <= 8 && cleared_count <= 4);
	if (breaks_count > 0)
		memcpy(breaks, run->breaks, breaks_count * sizeof(breaks[0]));
	for (size_t i = 0; i < cleared_count; i++)
		snprintf(cleared[i], sizeof(cleared[i]), "%.*s", (int)run->cleared[i]->name.size,
		         run->cleared[i]->name.data);
	hex(&trial->files[0].hash, file);
	hex(&trial->rules.hash, rules);
	hex(&trial->report, report);
	if (supersedes != NULL)
		snprintf(more, sizeof(more), ",'supersedes':'%s'", supersedes);
	trial_end(trial);
	far_call(far, "fin", "recon.commit",
	         "'run':'%s','source':'bank','from':'%s','to':'%s','size':%llu,'file':'%s','rules':'%s','report':'%s',"
	         "'theirs':1,'ours':1,'breaks':%zu,'carried':%zu,'cleared':%zu%s",
	         name, day_text(window.first_day), day_text(window.last_day), size, file, rules, report, breaks_count,
	         carried_count, cleared_count, more);
	for (size_t i = 0; i < breaks_count; i++) {
		const struct merit_recon_break *made = &breaks[i];
		char theirs[40] = "", ours[40] = "", entry[40] = "";
		hex(&made->item, item);
		if (made->has_theirs)
			snprintf(theirs, sizeof(theirs), "'theirs':%lld,", (long long)made->theirs);
		if (made->has_ours) {
			snprintf(ours, sizeof(ours), "'ours':%lld,", (long long)made->ours);
			snprintf(entry, sizeof(entry), "'entry':%lld,", (long long)made->entry);
		}
		far_call(far, "fin", "recon.break",
		         "'run':'%s','break':'%s','class':'%s','side':'%s','first_day':'%s','currency':'CNY',%s%s%s"
		         "'reference':'%s','leg':%d,'item':'%s'",
		         name, made->name, merit_class_word(made->class_),
		         made->has_theirs && made->has_ours ? "both"
		         : made->has_theirs                 ? "theirs"
		                                            : "ours",
		         day_text(made->first_day), theirs, ours, entry, made->reference, made->leg, item);
	}
	for (size_t i = 0; i < cleared_count; i++)
		far_call(far, "fin", "break.resolve", "'break':'%s','reason':'matched','run':'%s'", cleared[i], name);
}

static void run_is(struct far *far, struct asked asked, const char *want)
{
	struct trial trial;

	trial_begin(&trial, far, &asked);
	assert_string_equal(told(&trial), want);
	trial_end(&trial);
}

/* The same, and it is committed. */
static void run_commits(struct far *far, struct asked asked, const char *name, const char *want)
{
	struct trial trial;

	trial_begin(&trial, far, &asked);
	assert_string_equal(told(&trial), want);
	commit(&trial, name, asked.supersedes);
}

/* ---- One run ---- */

static void what_agrees_is_clean(void **state)
{
	struct trial trial;

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10; D2 200 10; D3 300 11" });
	assert_string_equal(told(&trial),
	                    "clean matched D1 100:100; clean matched D2 200:200; clean matched D3 300:300");
	assert_true(merit_recon_is_clean(&trial.run));
	assert_int_equal(trial.run.theirs_count, 3);
	assert_int_equal(trial.run.ours_count, 3);
	assert_int_equal(trial.run.classes[0][MERIT_CLASS_MATCHED].count, 3);
	assert_int_equal(trial.run.classes[0][MERIT_CLASS_MATCHED].theirs, 600);
	trial_end(&trial);
}

#define NO_TIMING "{'passes':[{'name':'reference','by':'reference','confirm':true}],'timing_days':0}"

static void what_does_not_is_a_new_break(void **state)
{
	struct trial trial;

	trial_begin(&trial, *state,
	            &(struct asked){ .file = "D1 100 10; D1 100 10; D2 190 10; X 5 11", .rules = NO_TIMING });
	assert_string_equal(told(&trial), "clean matched D1 100:100; new duplicate D1 100:-; new amount D2 190:200; "
	                                  "new ours_only D3 -:300; new theirs_only X 5:-");
	assert_false(merit_recon_is_clean(&trial.run));
	assert_int_equal(trial.run.breaks_count, 4);
	assert_int_equal(trial.run.breaks[1].line, 3);
	assert_true(trial.run.breaks[2].entry > 0);
	assert_int_equal(trial.run.breaks[2].line, 0);
	assert_string_equal(trial.run.breaks[3].reference, "X");
	trial_end(&trial);
}

static void what_cannot_be_read_is_a_break_without_an_amount(void **state)
{
	struct trial trial;

	trial_begin(&trial, *state,
	            &(struct asked){ .file = "D1 100 10; D2 200 10; - 0 0 k=unreadable; - 0 0 k=unreadable" });
	assert_string_equal(told(&trial), "new unreadable  0:-; new unreadable  0:-; clean matched D1 100:100; "
	                                  "clean matched D2 200:200");
	assert_int_equal(trial.run.breaks[0].first_day, DAY_0 + 10); /* it has no day of its own */
	assert_int_equal(trial.run.breaks[0].line, 3);
	assert_string_not_equal(trial.run.breaks[0].name, trial.run.breaks[1].name);
	assert_int_equal(trial.run.theirs_count, 4);
	trial_end(&trial);
}

static void days_of_ours_outside_are_no_findings(void **state)
{
	run_is(*state, (struct asked){ .file = "D1 100 10; D2 200 10" },
	       "clean matched D1 100:100; clean matched D2 200:200");
}

/* Names of breaks as one text. */
static void names_put(const struct trial *trial, char out[256])
{
	out[0] = '\0';
	for (size_t i = 0; i < trial->run.breaks_count; i++)
		snprintf(out + strlen(out), 256 - strlen(out), "%s ", trial->run.breaks[i].name);
}

static void names_follow_from_what_a_break_is_about(void **state)
{
	struct trial trial;
	char first[256], second[256];

	trial_begin(&trial, *state, &(struct asked){ .file = "A 5 10; A 5 10; A 5 10; B 6 10", .rules = NO_TIMING });
	names_put(&trial, first);
	assert_string_not_equal(trial.run.breaks[0].name, trial.run.breaks[1].name); /* alike, but two */
	assert_string_not_equal(trial.run.breaks[1].name, trial.run.breaks[2].name);
	trial_end(&trial);
	trial_begin(&trial, *state, &(struct asked){ .file = "B 6 10; A 5 10; A 5 10; A 5 10", .rules = NO_TIMING });
	names_put(&trial, second);
	trial_end(&trial);
	assert_string_equal(first, second); /* in another order of lines too */
}

static void the_same_input_makes_the_same_report(void **state)
{
	const struct asked asked = { .file = "D1 100 10; D2 190 10; X 5 11" };
	struct merit_hash report;
	struct trial trial;

	trial_begin(&trial, *state, &asked);
	report = trial.report;
	trial_end(&trial);
	trial_begin(&trial, *state, &asked);
	assert_memory_equal(&report, &trial.report, sizeof(report));
	trial_end(&trial);
}

static void the_report_is_the_sheet_of_all_lines(void **state)
{
	struct trial trial;
	struct merit_sheet sheet;
	struct merit_hash hash;

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10; D2 190 10; X 5 11" });
	merit_recon_put_lines(&trial.run, false, &sheet);
	assert_int_equal(merit_sheet_hash(&sheet, &hash), MERIT_OK);
	assert_memory_equal(&hash, &trial.report, sizeof(hash));
	assert_true(sheet.differs);
	merit_sheet_free(&sheet);
	trial_end(&trial);
}

static void a_reference_is_cut_at_a_character_and_printable(void **state)
{
	static char file[700];
	struct trial trial;

	for (int i = 0; i < 199; i++)
		file[i] = i == 7 ? '\x01' : 'a';
	memcpy(file + 199, "\xe6\x8a\x80\xe6\x9c\xaf 5 10", 11); /* two characters of three bytes: one fits no more */
	trial_begin(&trial, *state, &(struct asked){ .file = file });
	const char *reference = trial.run.breaks[trial.run.breaks_count - 1].reference[0] == 'a'
	                                ? trial.run.breaks[trial.run.breaks_count - 1].reference
	                                : trial.run.breaks[0].reference;
	assert_int_equal(strlen(reference), 198);
	assert_null(strchr(reference, '\x01'));
	trial_end(&trial);
}

static void longs_and_shorts_follow_the_cash(void **state)
{
	const struct merit_declaration bank = { .subject = MERIT_SUBJECT_CASH, .is_out = true };
	const struct merit_declaration in = { .subject = MERIT_SUBJECT_ORDERS },
				       out = { .subject = MERIT_SUBJECT_FULFILMENTS, .is_out = true };

	(void)state;
	assert_string_equal(merit_recon_cash_word(&bank, 1), "长款"); /* more cash than booked, whatever the way */
	assert_string_equal(merit_recon_cash_word(&bank, -1), "短款");
	assert_string_equal(merit_recon_cash_word(&in, 1), "长款");
	assert_string_equal(merit_recon_cash_word(&in, -1), "短款");
	assert_string_equal(merit_recon_cash_word(&out, 1), "短款"); /* the merchant wants more than is booked */
	assert_string_equal(merit_recon_cash_word(&out, -1), "长款");
	assert_string_equal(merit_recon_cash_word(&in, 0), "");
}

/* ---- Run after run ---- */

static void a_late_item_is_carried_and_cleared(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10; D3 300 10" }, "R1",
	            "clean matched D1 100:100; clean matched D2 200:200; new timing D3 300:-");
	run_is(*state, (struct asked){ .file = "D9 1 11" }, "cleared matched D3 300:300; new timing D9 1:-");
}

static void ours_is_carried_too(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10" }, "R1",
	            "clean matched D1 100:100; new timing D2 -:200");
	run_commits(*state, (struct asked){ .file = "D3 300 11" }, "R2",
	            "carried timing D2 -:200; clean matched D3 300:300");
	run_is(*state, (struct asked){ .file = "D2 200 12" }, "cleared matched D2 200:200");
}

static void a_carried_break_keeps_its_name_and_is_no_new_one(void **state)
{
	struct trial trial;
	char name[MERIT_NAME_SIZE_MAX + 1];

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10; D2 190 10" });
	assert_int_equal(trial.run.breaks_count, 1);
	memcpy(name, trial.run.breaks[0].name, sizeof(name));
	commit(&trial, "R1", NULL);
	trial_begin(&trial, *state, &(struct asked){ .file = "D3 300 11" });
	assert_string_equal(told(&trial), "carried amount D2 190:200; clean matched D3 300:300");
	assert_int_equal(trial.run.breaks_count, 0);
	assert_int_equal(trial.run.carried_count, 1);
	assert_int_equal(trial.run.lines[0].past->name.size, strlen(name));
	assert_memory_equal(trial.run.lines[0].past->name.data, name, strlen(name));
	trial_end(&trial);
}

static void a_correction_clears_a_wrong_amount(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 190 10" }, "R1",
	            "clean matched D1 100:100; new amount D2 190:200");
	run_is(*state, (struct asked){ .file = "D2 10 11; D3 300 11" },
	       "cleared matched D2 200:200; clean matched D3 300:300");
}

static void a_break_of_two_sides_is_cleared_when_both_match(void **state)
{
	struct trial trial;

	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 190 10" }, "R1",
	            "clean matched D1 100:100; new amount D2 190:200");
	trial_begin(&trial, *state, &(struct asked){ .file = "D2 200 11; D3 300 11" });
	assert_int_equal(trial.run.cleared_count, 0); /* the 190 are still nobody's */
	assert_int_equal(trial.run.carried_count, 1);
	assert_int_equal(trial.run.breaks_count, 0);
	trial_end(&trial);
}

static void what_an_earlier_run_matched_is_not_looked_at_again(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10" }, "R1",
	            "clean matched D1 100:100; clean matched D2 200:200");
	run_is(*state, (struct asked){ .file = "D1 100 11; D3 300 11", .rules = NO_TIMING },
	       "new theirs_only D1 100:-; clean matched D3 300:300");
}

static void what_was_resolved_is_not_carried(void **state)
{
	struct trial trial;
	char name[MERIT_NAME_SIZE_MAX + 1];

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10; D2 190 10" });
	memcpy(name, trial.run.breaks[0].name, sizeof(name));
	commit(&trial, "R1", NULL);
	far_call(*state, "fin", "break.resolve", "'break':'%s','reason':'written off'", name);
	run_is(*state, (struct asked){ .file = "D3 300 11" }, "clean matched D3 300:300");
}

static void what_was_only_suggested_waits_for_a_person(void **state)
{
	const char *rules = "{'passes':[{'name':'guess','by':'amount','confirm':false}]}";

	run_commits(*state, (struct asked){ .file = "other 100 10; another 200 10", .rules = rules }, "R1",
	            "new matched? other 100:100; new matched? another 200:200");
	run_is(*state, (struct asked){ .file = "D3 300 11" },
	       "clean matched D3 300:300; carried matched? other 100:100; carried matched? another 200:200");
}

static void a_superseded_run_counts_no_more(void **state)
{
	struct trial trial;
	char names[2][256];

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10; D2 190 10; X 5 10" });
	names_put(&trial, names[0]);
	commit(&trial, "R1", NULL);
	const struct asked again = { .file = "D1 100 10; D2 200 10; X 5 10", .supersedes = "R1" };
	trial_begin(&trial, *state, &again);
	assert_string_equal(told(&trial), "clean matched D1 100:100; clean matched D2 200:200; new timing X 5:-");
	names_put(&trial, names[1]);
	assert_null(strstr(names[0], names[1])); /* the name of what was withdrawn is used */
	commit(&trial, "R2", "R1");
	run_is(*state, (struct asked){ .file = "D3 300 11" }, "carried timing X 5:-; clean matched D3 300:300");
}

static void what_a_superseded_run_cleared_stands_again(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10; D3 300 10" }, "R1",
	            "clean matched D1 100:100; clean matched D2 200:200; new timing D3 300:-");
	run_commits(*state, (struct asked){ .file = "D9 1 11" }, "R2", "cleared matched D3 300:300; new timing D9 1:-");
	run_is(*state, (struct asked){ .file = "D9 2 11", .supersedes = "R2" },
	       "cleared matched D3 300:300; new timing D9 2:-");
}

/* ---- Late: booked behind the run that covers their day ---- */

#define DAY_10 "clean matched D1 100:100; clean matched D2 200:200"

static void what_is_booked_behind_a_run_is_the_next_ones(void **state)
{
	struct trial trial;

	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10" }, "R1", DAY_10);
	deposit(*state, "L", 700, 10);
	trial_begin(&trial, *state, &(struct asked){ .file = "D3 300 11" });
	assert_string_equal(told(&trial), "new ours_only L -:700; clean matched D3 300:300");
	assert_int_equal(trial.run.breaks[0].first_day, DAY_0 + 10);
	assert_int_equal(trial.run.ours_count, 2);
	commit(&trial, "R2", NULL);
	run_commits(*state, (struct asked){ .file = "D9 1 12" }, "R3", /* once, and under its name */
	            "carried ours_only L -:700; new timing D9 1:-");
	run_is(*state, (struct asked){ .file = "L 700 13" }, "cleared matched L 700:700; carried timing D9 1:-");
}

static void what_is_booked_late_clears_what_waits_for_it(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10; FEE -5 10" }, "R1",
	            "clean matched D1 100:100; clean matched D2 200:200; new timing FEE -5:-");
	deposit(*state, "FEE", -5, 10);
	run_commits(*state, (struct asked){ .file = "D3 300 11" }, "R2",
	            "cleared matched FEE -5:-5; clean matched D3 300:300");
	run_is(*state, (struct asked){ .file = "D9 1 12" }, "new timing D9 1:-");
}

static void what_was_seen_late_is_not_seen_again_by_a_file_issued_again(void **state)
{
	const struct asked again = { .file = "D1 100 10; D2 200 10; X 5 10", .supersedes = "R1" };

	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10" }, "R1", DAY_10);
	deposit(*state, "L", 700, 10);
	run_is(*state, again,
	       "clean matched D1 100:100; clean matched D2 200:200; new timing L -:700; new timing X 5:-");
	run_commits(*state, (struct asked){ .file = "D3 300 11" }, "R2",
	            "new ours_only L -:700; clean matched D3 300:300");
	deposit(*state, "M", 800, 10); /* behind both: nobody has seen it */
	run_is(*state, again,
	       "clean matched D1 100:100; clean matched D2 200:200; carried ours_only L -:700; "
	       "new timing M -:800; new timing X 5:-");
}

static void late_is_only_what_a_run_covers(void **state)
{
	run_commits(*state, (struct asked){ .file = "D1 100 10; D2 200 10" }, "R1", DAY_10);
	deposit(*state, "E", 700, 9); /* the source begins before, but no run covers the day */
	run_is(*state, (struct asked){ .file = "D3 300 11" }, "clean matched D3 300:300");
}

/* ---- Three ways ---- */

static void both_files_must_agree(void **state)
{
	struct trial trial;

	trial_begin(&trial, *state,
	            &(struct asked){ .file = "D1 100 10; D2 200 10; D3 300 11", .second = "D1 100 10; D3 290 11" });
	assert_string_equal(told(&trial), "clean matched D1 100:100; half matched D2 200:200; half matched D3 300:300; "
	                                  "2 clean matched D1 100:100; 2 new ours_only D2 -:200; "
	                                  "2 new amount D3 290:300");
	assert_int_equal(trial.run.classes[0][MERIT_CLASS_MATCHED].theirs, 600); /* each leg adds up by itself */
	assert_int_equal(trial.run.classes[1][MERIT_CLASS_MATCHED].theirs, 100);
	assert_int_equal(trial.run.classes[1][MERIT_CLASS_AMOUNT].theirs, 290);
	assert_int_equal(trial.run.classes[1][MERIT_CLASS_OURS_ONLY].ours, 200);
	assert_int_equal(merit_recon_class_sum(&trial.run, MERIT_CLASS_MATCHED).count, 4);
	assert_int_equal(trial.run.breaks[0].leg, 2);
	assert_int_equal(trial.run.theirs_count, 5);
	assert_int_equal(trial.run.ours_count, 3);
	commit(&trial, "R1", NULL);
	run_is(*state, (struct asked){ .file = "D9 1 12", .second = "D9 1 12; D2 200 12; D3 10 12" },
	       "new timing D9 1:-; 2 cleared matched D2 200:200; 2 cleared matched D3 300:300; 2 new timing D9 1:-");
}

/* ---- A bank's statement beside the account ---- */

#define BALANCE(of, day, opens, closes)                                                                                \
	{                                                                                                              \
		.account = MERIT_TEXT(of), .currency = "CNY", .has_opening = true, .has_closing = true,                \
		.opening = (opens), .closing = (closes), .last_day = DAY_0 + (day)                                     \
	}

static void balance_is(const struct trial *trial, const struct merit_recon_balance want)
{
	const struct merit_balance_side *sides[] = { &want.opening, &want.closing };
	const struct merit_balance_side *got[] = { &trial->run.balance.opening, &trial->run.balance.closing };

	assert_true(trial->run.balance.is_there);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(got[i]->ledger, sides[i]->ledger);
		assert_int_equal(got[i]->breaks, sides[i]->breaks);
		assert_int_equal(got[i]->file, sides[i]->file);
	}
}

static void a_statement_is_put_beside_the_account(void **state)
{
	/* The second account's statements stand in any order; the rows of days 9 and 12 are not the run's. */
	struct merit_file_balance balances[] = { BALANCE("A", 12, 0, 360), BALANCE("B", 11, 40, 250),
		                                 BALANCE("B", 10, -5, 40) };
	struct asked asked = { .file = "W 5 9; D1 100 10; D2 200 10; FEE -10 11; D3 300 11; N 5 12",
		               .source = "cash",
		               .balances = balances,
		               .balances_count = 3,
		               .first_day = 10,
		               .last_day = 11 };
	struct trial trial;

	far_call(*state, "fin", "source.declare",
	         "'source':'cash','subject':'cash','currency':'CNY','direction':'in','every':'none',"
	         "'starts':'2026-01-01','due_days':1");
	trial_begin(&trial, *state, &asked);
	balance_is(&trial, (struct merit_recon_balance){ .opening = { 0, 0, 0 }, .closing = { 600, -10, 605 } });
	assert_int_equal(merit_balance_unexplained(&trial.run.balance.closing), 15);
	trial_end(&trial);
	asked.source = "bank"; /* of one party's deposits: the account says nothing of them */
	trial_begin(&trial, *state, &asked);
	assert_false(trial.run.balance.is_there);
	trial_end(&trial);
}

/* ---- What is refused ---- */

static void a_run_is_refused_with_the_reason(void **state)
{
	static const struct {
		struct asked asked;
		enum merit_status want;
		int leg;
		uint64_t line;
		const char *why;
	} rows[] = {
		{ { .file = "D3 300 11; D1 100 -20" }, MERIT_BAD_FORMAT, 0, 2, "where the source is of 2026-01-01 to" },
		{ { .file = "D3 300 11; X 1 25", .first_day = 11, .last_day = 11 },
		  MERIT_BAD_FORMAT,
		  0,
		  2,
		  "where the run is of 2026-01-12 to 2026-01-12" },
		{ { .file = "D3 300 11", .second = "D3 300 25" }, MERIT_BAD_FORMAT, 1, 1, "where the run is of" },
		{ { .file = "D3 300 11; X 5 11 c=USD" },
		  MERIT_BAD_FORMAT,
		  0,
		  2,
		  "an amount in USD, where the source is in CNY" },
		{ { .file = "D3 300 11; X 5 11 c=" }, MERIT_BAD_FORMAT, 0, 2, "an amount in points" },
		{ { .file = "D1 100 10" }, MERIT_BAD_FORMAT, 0, 0, "the same file twice: run R1" },
		{ { .file = "D1 101 10" }, MERIT_BAD_FORMAT, 0, 0, "2026-01-11 is covered by run R1; --supersedes R1" },
		{ { .file = "" }, MERIT_BAD_FORMAT, 0, 0, "give --from and --to" },
		{ { .file = "D3 300 11", .first_day = 12, .last_day = 11 },
		  MERIT_BAD_FORMAT,
		  0,
		  0,
		  "--from is behind --to" },
		{ { .file = "D3 300 11", .supersedes = "R9" }, MERIT_RUN_UNKNOWN, -1, 0, "" },
	};
	struct merit_file_fault fault;
	struct trial trial;
	int leg;

	trial_begin(&trial, *state, &(struct asked){ .file = "D1 100 10" });
	commit(&trial, "R1", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = trial_try(&trial, *state, &rows[i].asked, &fault, &leg);
		far_source_end(*state, trial.source);
		if (got != rows[i].want || leg != rows[i].leg || fault.line != rows[i].line ||
		    strstr(fault.why, rows[i].why) == NULL)
			fail_msg("%s: %s, leg %d, line %d: %s", rows[i].asked.file, merit_status_word(got), leg,
			         (int)fault.line, fault.why);
	}
}

static void a_source_must_be_declared_and_fit_its_subject(void **state)
{
	struct merit_file_fault fault;
	struct trial trial;
	int leg;

	far_call(*state, "fin", "source.declare",
	         "'source':'bare','subject':'deposits','direction':'in','every':'day','starts':'2026-01-01','due_days':"
	         "1");
	assert_int_equal(
		trial_try(&trial, *state, &(struct asked){ .file = "D1 100 10", .source = "bare" }, &fault, &leg),
		MERIT_BAD_FORMAT);
	far_source_end(*state, trial.source);
	assert_non_null(strstr(fault.why, "declared without a currency, but its subject is money"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(what_agrees_is_clean),
		TEST(what_does_not_is_a_new_break),
		TEST(what_cannot_be_read_is_a_break_without_an_amount),
		TEST(days_of_ours_outside_are_no_findings),
		TEST(names_follow_from_what_a_break_is_about),
		TEST(the_same_input_makes_the_same_report),
		TEST(the_report_is_the_sheet_of_all_lines),
		TEST(a_reference_is_cut_at_a_character_and_printable),
		cmocka_unit_test(longs_and_shorts_follow_the_cash),
		TEST(a_late_item_is_carried_and_cleared),
		TEST(ours_is_carried_too),
		TEST(a_carried_break_keeps_its_name_and_is_no_new_one),
		TEST(a_correction_clears_a_wrong_amount),
		TEST(a_break_of_two_sides_is_cleared_when_both_match),
		TEST(what_an_earlier_run_matched_is_not_looked_at_again),
		TEST(what_was_resolved_is_not_carried),
		TEST(what_was_only_suggested_waits_for_a_person),
		TEST(a_superseded_run_counts_no_more),
		TEST(what_a_superseded_run_cleared_stands_again),
		TEST(what_is_booked_behind_a_run_is_the_next_ones),
		TEST(what_is_booked_late_clears_what_waits_for_it),
		TEST(what_was_seen_late_is_not_seen_again_by_a_file_issued_again),
		TEST(late_is_only_what_a_run_covers),
		TEST(both_files_must_agree),
		TEST(a_statement_is_put_beside_the_account),
		TEST(a_run_is_refused_with_the_reason),
		TEST(a_source_must_be_declared_and_fit_its_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
