/* recon_random_test.c
 * Goal    sources, runs, breaks and closed months are where a second, smaller program says, whatever is declared anew,
 *         superseded, explained, resolved, agreed to late, closed and opened again in whatever order; and deriving
 *         state afresh changes nothing.
 * Method  random calls, many of them wrong, run through the ledger and a model of plain arrays (recon_model.h), which
 *         says first what the outcome must be. Everything is compared at every few steps. MERIT_SEED tells one story
 *         alone. */
#include "tests/ledger/recon_model.h"
#include "tests/ledger/reconciling.h"

#include "ledger/closing.h"

#define STORIES       4
#define STEPS         700
#define COMPARE_EVERY 15
#define WAITING       4
#define AMOUNT_MAX    9007199254740991
#define FILES         40
#define DAYS          210 /* of a story */

/* ---- Chance ---- */

static uint64_t chance_state;

static int64_t chance(int64_t below)
{
	chance_state += 0x9e3779b97f4a7c15; /* splitmix64 */
	uint64_t mixed = chance_state;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return (int64_t)((mixed ^ mixed >> 31) % (uint64_t)below);
}

static int32_t chance_day(void)
{
	return model.first + (int32_t)chance(model.today - model.first + 5);
}

/* A run or break there is, or may be one day. */
static int chance_run(void)
{
	return (int)chance(model.runs_count + 2 < RUNS ? model.runs_count + 2 : RUNS);
}

/* The first run that is not there; RUNS: all are. */
static int free_run(void)
{
	int place = 0;

	while (place < RUNS && model.runs[place].is_there)
		place++;
	return place;
}

/* Mostly one that did not end. */
static int chance_break(void)
{
	int place = (int)chance(BREAKS);

	for (int i = 0; i < 20 && model.breaks[place].stand != OPEN && model.breaks[place].stand != EXPLAINED; i++)
		place = (int)chance(BREAKS);
	return place;
}

/* A break and a run that may resolve it, where chance finds both; else the call stays as it is. */
static void pair_find(struct asked *asked)
{
	for (int i = 0; i < 4000; i++) {
		const int name = (int)chance(BREAKS), other = chance_run();
		const struct found *found = &model.breaks[name];
		const struct run *by = &model.runs[other], *of = &model.runs[found->run];
		if ((found->stand != OPEN && found->stand != EXPLAINED) || !by->is_there || by->is_superseded ||
		    by->source != of->source || by->order <= of->order || by->resolved == by->cleared)
			continue;
		asked->name = name;
		asked->other = other;
		return;
	}
}

/* A run that counts, and rather one that resolved something, is issued again. */
static void reissue(struct asked *asked)
{
	for (int i = 0; i < 400; i++) {
		const int other = chance_run();
		const struct run *old = &model.runs[other];
		if (!old->is_there || old->is_superseded || (old->resolved == 0 && i < 300))
			continue;
		asked->other = other;
		asked->run.source = old->source;
		asked->run.from = old->from;
		asked->run.to = old->to;
		return;
	}
}

static int64_t chance_amount(void)
{
	static const int64_t ends[] = { 0, AMOUNT_MAX, -AMOUNT_MAX };

	return chance(10) == 0 ? ends[chance(3)] : chance(400) - 200;
}

/* ---- Calls ---- */

static const char *const methods[VERBS] = { "source.declare", "recon.commit", "recon.break", "break.explain",
	                                    "break.resolve" };

static const char *const class_words[CLASSES] = { "matched", "amount", "unreadable" };

static const char *day_text(int32_t day)
{
	static char texts[4][MERIT_DAY_TEXT_SIZE];
	static unsigned next;

	merit_day_format(day, texts[++next % 4]);
	return texts[next % 4];
}

static void declare_put(struct merit_buffer *out, const struct asked *asked)
{
	static const char *const words[EVERYS] = { "none", "day", "week", "month" };
	const struct source *source = &asked->declared;

	merit_buffer_put_format(out,
	                        "'source':'s%d','subject':'cash','direction':'in','every':'%s','starts':'%s',"
	                        "'due_days':%d,'limit':%" PRId64,
	                        asked->source, words[source->every], day_text(source->starts), source->due_days,
	                        source->limit);
	if (source->ends != MERIT_DAY_NEVER)
		merit_buffer_put_format(out, ",'ends':'%s'", day_text(source->ends));
	if (source->rate >= 0)
		merit_buffer_put_format(out, ",'break_rate':%" PRId64, source->rate);
}

static void commit_put(struct merit_buffer *out, const struct asked *asked, uint64_t size)
{
	const struct run *run = &asked->run;

	merit_buffer_put_format(out,
	                        "'run':'r%d','source':'s%d','from':'%s','to':'%s','size':%" PRIu64 ",'file':'%064d',"
	                        "'rules':'" HASH "','report':'" HASH "','theirs':%" PRId64 ",'ours':0,'breaks':%" PRId64
	                        ",'carried':%" PRId64 ",'cleared':%" PRId64,
	                        asked->name, run->source, day_text(run->from), day_text(run->to),
	                        asked->is_beyond ? size + 10 : 1, run->file, asked->rows, run->breaks, asked->carried,
	                        run->cleared);
	if (asked->other >= 0)
		merit_buffer_put_format(out, ",'supersedes':'r%d'", asked->other);
}

static void find_put(struct merit_buffer *out, const struct asked *asked)
{
	merit_buffer_put_format(
		out,
		"'run':'r%d','break':'b%d','class':'%s','side':'both','first_day':'%s','theirs':%" PRId64
		",'ours':%" PRId64 ",'item':'" HASH "'",
		asked->found.run, asked->name, class_words[asked->found.class_], day_text(asked->found.first_day),
		asked->theirs, asked->ours);
}

/* The call's parameters, valid until the next ones. */
static const char *params_of(const struct asked *asked, uint64_t size)
{
	static char text[1024];
	struct merit_buffer out = { 0 };

	switch (asked->verb) {
	case DECLARE: declare_put(&out, asked); break;
	case COMMIT_RUN: commit_put(&out, asked, size); break;
	case FIND: find_put(&out, asked); break;
	case EXPLAIN:
		merit_buffer_put_format(&out, "'break':'b%d','class':'%s','reason':'late','expected':'%s'", asked->name,
		                        class_words[asked->class_], day_text(asked->expected));
		break;
	default:
		merit_buffer_put_format(&out, "'break':'b%d','reason':'gone'", asked->name);
		if (asked->other >= 0)
			merit_buffer_put_format(&out, ",'run':'r%d'", asked->other);
	}
	if (asked->is_beyond && (asked->verb == FIND || asked->verb == RESOLVE))
		merit_buffer_put_format(&out, ",'entry':%" PRIu64, size + 10);
	else if (asked->is_idle && asked->verb == RESOLVE)
		merit_buffer_put_format(&out, ",'entry':0"); /* the program's creation */
	snprintf(text, sizeof(text), "%.*s", (int)out.size, out.data);
	merit_buffer_free(&out);
	return text;
}

static struct asked ask(enum verb verb)
{
	struct asked asked = { .verb = verb, .name = (int)chance(BREAKS), .other = -1, .is_beyond = chance(40) == 0 };

	asked.source = (int)chance(SOURCES);
	asked.declared = (struct source){ .is_there = true,
		                          .every = (enum every)chance(EVERYS),
		                          .starts = chance_day(),
		                          .ends = chance(2) == 0 ? MERIT_DAY_NEVER : chance_day(),
		                          .due_days = (int32_t)chance(9),
		                          .rate = chance(2) == 0 ? -1 : chance(10001),
		                          .limit = chance(2) == 0 ? 0 : 1 + chance(200) };
	asked.rows = chance(4);
	asked.carried = chance(3) == 0;
	asked.run = (struct run){ .source = asked.source, .file = (int)chance(FILES), .from = chance_day() };
	asked.run.to = asked.run.from + (int32_t)chance(8) - 1;
	asked.run.breaks = chance(4);
	asked.run.cleared = chance(4);
	asked.is_idle = chance(40) == 0;
	asked.expected = model.today + (int32_t)chance(20) - 2;
	asked.class_ = chance(3) > 0 ? AMOUNT : (enum class_)chance(CLASSES);
	asked.theirs = chance_amount();
	asked.ours = chance_amount();
	asked.found = (struct found){ .stand = OPEN,
		                      .run = chance_run(),
		                      .resolved_by = -1,
		                      .class_ = chance(2) > 0 ? AMOUNT : (enum class_)chance(CLASSES),
		                      .first_day = chance_day(),
		                      .amount = llabs(asked.theirs - asked.ours) };
	if (verb == COMMIT_RUN)
		asked.name = chance(8) == 0 || free_run() == RUNS ? (int)chance(RUNS) : free_run();
	if (verb == EXPLAIN || verb == RESOLVE)
		asked.name = chance_break();
	for (int i = 0; i < RUNS && verb == FIND && chance(12) > 0; i++) {
		asked.found.run = model.runs[i].recorded < model.runs[i].breaks ? i : asked.found.run;
		asked.name = model.breaks[i].stand == ABSENT ? i : asked.name;
	}
	if ((verb == COMMIT_RUN || verb == RESOLVE) && chance(4) == 0)
		asked.other = chance_run();
	if (verb == RESOLVE && chance(4) > 0)
		pair_find(&asked);
	if (verb == COMMIT_RUN && chance(3) == 0)
		reissue(&asked);
	return asked;
}

static void outcome_is(struct fixture *f, const struct asked *asked, enum merit_status got, enum merit_status want)
{
	if (got != want)
		fail_msg("%s %s: %s in place of %s: %s", methods[asked->verb], params_of(asked, fixture_size(f)),
		         merit_status_word(got), merit_status_word(want), f->reply.data);
	if (want == MERIT_OK)
		take(asked);
}

/* ---- Agreed to later than asked for ---- */

static struct {
	struct asked asked;
	char name[16]; /* empty: nothing waits here */
} waiting[WAITING];

static void let_wait(struct fixture *f, const struct asked *asked)
{
	int place = (int)chance(WAITING);
	bool is_alone = asked->verb == FIND; /* nobody else is asked about it */

	if (waiting[place].name[0] != '\0' || asked->is_beyond || is_alone)
		return;
	waiting[place].asked = *asked;
	snprintf(waiting[place].name, sizeof(waiting[place].name), "p%u", f->ids);
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'r','call':{'method':'%s','params':{%s}}", waiting[place].name,
	                     methods[asked->verb], params_of(asked, 0)));
}

static void agree(struct fixture *f)
{
	int place = (int)chance(WAITING);
	struct asked *asked = &waiting[place].asked;

	if (waiting[place].name[0] == '\0')
		return;
	enum merit_status want = fault_of(asked, true);
	outcome_is(f, asked, fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", waiting[place].name), want);
	if (want == MERIT_OK)
		waiting[place].name[0] = '\0';
}

/* ---- What is missing, and months ---- */

static void missing_is(struct fixture *f, const char *period, const int64_t counts[3])
{
	static const char *const names[3] = { "files", "runs", "breaks" };

	for (size_t i = 0; i < 3; i++) {
		int64_t got = missing(f, period, names[i]);
		if (got != counts[i])
			fail_msg("%s of %s: %" PRId64 " in place of %" PRId64, names[i],
			         period == NULL ? "now" : period, got, counts[i]);
	}
}

static const char *month_text(int32_t day)
{
	static char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	text[MERIT_MONTH_TEXT_SIZE - 1] = '\0';
	return text;
}

/* Tries to close the next month. Whether it did. */
static bool month_close(struct fixture *f)
{
	int32_t first = model.closed_to + 1, last = merit_day_span_last(first, MERIT_SPAN_MONTH);
	enum merit_status want = MERIT_OK;
	int64_t counts[3];

	missing_count(first, last, false, counts);
	if (last >= model.today)
		want = MERIT_PERIOD_NOT_OVER;
	else if (counts[0] + counts[1] + counts[2] > 0)
		want = MERIT_NOT_READY;
	enum merit_status got =
		fixture_call(f, "fin", "period.close", "%s", fixture_closing(month_text(first), fixture_size(f)));
	if (got != want)
		fail_msg("%s: %s in place of %s", month_text(first), merit_status_word(got), merit_status_word(want));
	model.closed_to = want == MERIT_OK ? last : model.closed_to;
	return want == MERIT_OK;
}

/* Opens some closed month, and all behind it. Whether there is any. */
static bool month_reopen(struct fixture *f)
{
	char params[64];

	if (model.closed_to < model.first)
		return false;
	int32_t day = model.first + (int32_t)chance(model.closed_to - model.first + 1);
	snprintf(params, sizeof(params), "'period':'%s','reason':'r'", month_text(day));
	must(f, agreed(f, "period.reopen", params));
	model.closed_to = merit_day_span_first(day, MERIT_SPAN_MONTH) - 1;
	return true;
}

/* ---- Comparing ---- */

static void run_compare(struct fixture *f, int place)
{
	const struct run *want = &model.runs[place];
	char name[16];

	snprintf(name, sizeof(name), "r%d", place);
	const struct merit_run *got = merit_model_run(&f->ledger->model, merit_text_of(name));
	assert_int_equal(got != NULL, want->is_there);
	if (got == NULL)
		return;
	assert_int_equal(got->state == MERIT_RUN_SUPERSEDED, want->is_superseded);
	assert_int_equal(got->recorded, want->recorded);
	assert_int_equal(got->resolved, want->resolved);
}

static void break_compare(struct fixture *f, int place)
{
	const struct found *want = &model.breaks[place];
	char name[16], by[16] = "";

	snprintf(name, sizeof(name), "b%d", place);
	const struct merit_break *got = merit_model_break(&f->ledger->model, merit_text_of(name));
	assert_int_equal(got != NULL, want->stand != ABSENT);
	if (got == NULL)
		return;
	if ((int)got->state != (int)want->stand - 1)
		fail_msg("%s is %d, not %d", name, got->state, (int)want->stand - 1);
	if (want->stand == RESOLVED && want->resolved_by >= 0)
		snprintf(by, sizeof(by), "r%d", want->resolved_by);
	if (want->stand == RESOLVED)
		assert_true(merit_text_equal(merit_name_text(&got->resolved_by), merit_text_of(by)));
	assert_int_equal(got->amount, want->amount);
}

static void compare(struct fixture *f)
{
	int64_t counts[3];

	merit_arena_reset(&f->ledger->model.scratch);
	for (int i = 0; i < RUNS; i++)
		run_compare(f, i);
	for (int i = 0; i < BREAKS; i++)
		break_compare(f, i);
	missing_count(model.closed_to + 1, model.today, true, counts);
	missing_is(f, NULL, counts);
	int32_t first = merit_day_span_first(chance_day(), MERIT_SPAN_MONTH);
	missing_count(first, merit_day_span_last(first, MERIT_SPAN_MONTH), false, counts);
	missing_is(f, month_text(first), counts);
}

/* ---- Stories ---- */

static void step(struct fixture *f)
{
	static const enum verb verbs[] = {
		DECLARE, COMMIT_RUN, COMMIT_RUN, FIND, FIND, FIND, EXPLAIN, RESOLVE, RESOLVE
	};
	struct asked asked = ask(verbs[chance(sizeof(verbs) / sizeof(verbs[0]))]);

	if (chance(30) == 0 && model.today < model.first + DAYS) {
		model.today += 1 + (int32_t)chance(12);
		go_to(f, day_text(model.today));
	}
	if (chance(12) == 0)
		let_wait(f, &asked);
	else if (chance(8) == 0)
		agree(f);
	else if (asked.verb == DECLARE && chance(3) == 0)
		outcome_is(f, &asked, agreed(f, methods[DECLARE], params_of(&asked, 0)), fault_of(&asked, true));
	else if (asked.verb != DECLARE || chance(3) == 0)
		outcome_is(f, &asked,
		           fixture_call(f, "fin", methods[asked.verb], "%s", params_of(&asked, fixture_size(f))),
		           fault_of(&asked, false));
}

/* Ends all that keeps the next month open: sources ask for nothing, what is incomplete is superseded by a run that
 * found nothing, what is open is explained. */
static void tidy(struct fixture *f)
{
	for (int i = 0; i < SOURCES; i++) {
		struct asked asked = { .verb = DECLARE, .source = i };
		asked.declared = (struct source){ true, NONE, model.first, MERIT_DAY_NEVER, 1, -1, 0 };
		outcome_is(f, &asked, agreed(f, methods[DECLARE], params_of(&asked, 0)), MERIT_OK);
	}
	for (int i = 0; i < RUNS && free_run() < RUNS; i++) {
		struct asked asked = { .verb = COMMIT_RUN, .name = free_run(), .other = i, .run = model.runs[i] };
		asked.run.breaks = asked.run.recorded = asked.run.cleared = asked.run.resolved = 0;
		if (model.runs[i].is_there && !model.runs[i].is_superseded && !is_complete(&model.runs[i]))
			outcome_is(f, &asked, fixture_call(f, "fin", methods[COMMIT_RUN], "%s", params_of(&asked, 0)),
			           MERIT_OK);
	}
	for (int i = 0; i < BREAKS; i++) {
		struct asked asked = { .verb = EXPLAIN, .name = i, .class_ = AMOUNT, .expected = model.today };
		if (model.breaks[i].stand == OPEN)
			outcome_is(f, &asked, fixture_call(f, "fin", methods[EXPLAIN], "%s", params_of(&asked, 0)),
			           MERIT_OK);
	}
}

static void restart(struct fixture *f, bool is_afresh)
{
	if (chance(2) == 0)
		fixture_flush(f);
	fixture_close(f);
	if (is_afresh)
		assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	f->state_rows_max = chance(2) == 0 ? 0 : 1 + (size_t)chance(50);
	fixture_open(f);
}

static void story_tell(uint64_t seed)
{
	struct fixture *f = fixture_new();
	unsigned closed = 0, reopened = 0;

	chance_state = seed;
	memset(&model, 0, sizeof(model));
	memset(waiting, 0, sizeof(waiting));
	model.first = day_of("2026-01-01");
	model.closed_to = model.first - 1;
	model.today = day_of("2026-02-15");
	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	go_to(f, "2026-02-15");
	for (int i = 0; i < STEPS; i++) {
		step(f);
		if (chance(100) == 0)
			tidy(f);
		if (chance(15) == 0)
			closed += month_close(f);
		if (chance(60) == 0)
			reopened += month_reopen(f);
		if (chance(150) == 0)
			restart(f, chance(2) == 0);
		if (i % COMPARE_EVERY == 0)
			compare(f);
	}
	restart(f, true);
	compare(f);
	print_message("seed %" PRIu64 ": %d runs, %u months closed, %u reopened; %u breaks withdrawn, %u stood again\n",
	              seed, model.runs_count, closed, reopened, model.withdrawn, model.returned);
	assert_true(model.runs_count > RUNS / 4 && closed > 0 && model.withdrawn > 0 &&
	            model.returned > 0); /* a story of refusals alone proves nothing */
	world_free(f);
}

static void everything_is_where_the_model_says(void **state)
{
	const char *seed = getenv("MERIT_SEED");

	(void)state;
	if (seed != NULL) {
		story_tell(strtoull(seed, NULL, 10));
		return;
	}
	for (uint64_t i = 1; i <= STORIES; i++)
		story_tell(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_where_the_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
