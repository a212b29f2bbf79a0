/* reconciling.h - the steps of the tests of sources, runs and breaks: short ways to say what a run came to. */
#ifndef MERIT_TESTS_LEDGER_RECONCILING_H
#define MERIT_TESTS_LEDGER_RECONCILING_H

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/run.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define HASH      "00000000000000000000000000000000000000000000000000000000000000aa"

#define LATER     "2026-12-31" /* the day by which what is explained should be gone: behind any story */
#define EVERY_DAY "'subject':'cash','direction':'in','every':'day','starts':'2026-01-01','due_days':1"

static inline int32_t day_of(const char *text)
{
	int32_t day;

	assert_true(merit_day_parse(text, strlen(text), &day));
	return day;
}

/* The first millisecond of a day; what is due by then is written. */
static inline void go_to(struct fixture *f, const char *day)
{
	fixture_advance(f, merit_day_start_ms(day_of(day), 0) - f->now_ms);
}

static inline enum merit_status declare(struct fixture *f, const char *source, const char *more)
{
	return fixture_call(f, "fin", "source.declare", "'source':'%s',%s", source, more);
}

/* The fixture's world on 15 February 2026, with a second finance party, and sources s and other that are never due. */
static inline struct fixture *reconciling_new(void)
{
	static const char never_due[] =
		"'subject':'cash','direction':'in','every':'none','starts':'2026-01-01','due_days':1,'limit':100";
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	go_to(f, "2026-02-15");
	must(f, declare(f, "s", never_due));
	must(f, declare(f, "other", never_due));
	return f;
}

/* A run as it is committed. What is left out: source s, 10 January, a size of 1, a file by its name, no breaks. */
struct told_run {
	const char *run, *source, *from, *to, *file, *supersedes;
	int64_t size, theirs, breaks, carried, cleared;
};

/* Its parameters, valid until the next call. */
static inline const char *run_text(const struct told_run *told)
{
	static char text[1024];
	char supersedes[64] = "", file[MERIT_HASH_SIZE * 2 + 1];
	const char *from = told->from == NULL ? "2026-01-10" : told->from,
		   *name = told->file == NULL ? told->run : told->file;
	struct merit_hash hash;

	merit_sha256(name, strlen(name), hash.bytes);
	merit_hex_encode(hash.bytes, sizeof(hash.bytes), file);
	if (told->supersedes != NULL)
		snprintf(supersedes, sizeof(supersedes), ",'supersedes':'%s'", told->supersedes);
	snprintf(text, sizeof(text),
	         "'run':'%s','source':'%s','from':'%s','to':'%s','size':%" PRId64 ",'file':'%s','rules':'" HASH
	         "','report':'" HASH "','theirs':%" PRId64 ",'ours':0,'breaks':%" PRId64 ",'carried':%" PRId64
	         ",'cleared':%" PRId64 "%s",
	         told->run, told->source == NULL ? "s" : told->source, from, told->to == NULL ? from : told->to,
	         told->size == 0 ? 1 : told->size, file, told->theirs, told->breaks, told->carried, told->cleared,
	         supersedes);
	return text;
}

static inline enum merit_status commit_run(struct fixture *f, const struct told_run *told)
{
	return fixture_call(f, "fin", "recon.commit", "%s", run_text(told));
}

#define COMMIT(f, ...) commit_run((f), &(struct told_run){ __VA_ARGS__ })

/* A break of an amount in CNY, theirs alone, on the first of January. */
static inline enum merit_status found(struct fixture *f, const char *run, const char *name, int64_t amount)
{
	return fixture_call(f, "fin", "recon.break",
	                    "'run':'%s','break':'%s','class':'theirs_only','side':'theirs','first_day':'2026-01-01',"
	                    "'currency':'CNY','theirs':%" PRId64 ",'item':'" HASH "'",
	                    run, name, amount);
}

static inline enum merit_status explain(struct fixture *f, const char *name)
{
	return fixture_call(f, "fin", "break.explain",
	                    "'break':'%s','class':'timing','reason':'late','expected':'" LATER "'", name);
}

/* By people, or by a run. */
static inline enum merit_status resolve(struct fixture *f, const char *name, const char *run)
{
	if (run == NULL)
		return fixture_call(f, "fin", "break.resolve", "'break':'%s','reason':'gone'", name);
	return fixture_call(f, "fin", "break.resolve", "'break':'%s','reason':'matched','run':'%s'", name, run);
}

/* A call of fin's that fin2 agrees to. */
static inline enum merit_status agreed(struct fixture *f, const char *method, const char *params)
{
	char name[16];

	snprintf(name, sizeof(name), "p%u", f->ids);
	must(f,
	     fixture_call(f, "fin", "proposal.create",
	                  "'proposal':'%s','reason':'r','call':{'method':'%s','params':{%s}}", name, method, params));
	return fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", name);
}

/* A source as it is to be from now on, which takes both. */
static inline void declare_anew(struct fixture *f, const char *source, const char *more)
{
	char params[300];

	snprintf(params, sizeof(params), "'source':'%s',%s", source, more);
	must(f, agreed(f, "source.declare", params));
}

/* Money moves. Which entry that was. */
static inline uint64_t money_moved(struct fixture *f)
{
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'acme','currency':'CNY','amount_minor':1,'bank_reference':'B%u'", f->ids));
	return fixture_size(f) - 1;
}

/* Where a break stands. */
static inline enum merit_break_state break_state(struct fixture *f, const char *name)
{
	merit_arena_reset(&f->ledger->model.scratch);
	const struct merit_break *row = merit_model_break(&f->ledger->model, merit_text_of(name));
	assert_non_null(row);
	return (enum merit_break_state)row->state;
}

/* How many of a kind period.missing counts: "files", "runs", "breaks" or "settlements" of a month, of now when NULL. */
static inline int64_t missing(struct fixture *f, const char *period, const char *kind)
{
	if (period == NULL)
		must(f, fixture_query(f, "aud", "period.missing", "%s", ""));
	else
		must(f, fixture_query(f, "aud", "period.missing", "'period':'%s'", period));
	char name[32];
	snprintf(name, sizeof(name), "\"%s\":", kind);
	const char *counts = strstr(f->reply.data, "],\"files\":"),
		   *count = counts == NULL ? NULL : strstr(counts, name);
	assert_non_null(count);
	return strtoll(count + strlen(name), NULL, 10);
}

/* Many calls in one message, all accepted. */
static inline void many(struct fixture *f, const char *method, int first, int count,
                        void (*params_put)(struct merit_buffer *out, int number))
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_char(&json, '[');
	for (int i = first; i < first + count; i++) {
		size_t at = json.size;
		merit_buffer_put_format(&json, "%s{'jsonrpc':'2.0','method':'%s','params':{'id':'%s-%d',",
		                        i == first ? "" : ",", method, method, i);
		params_put(&json, i);
		merit_buffer_put_format(&json, "},'id':%d}", i);
		for (; !json.bad && at < json.size; at++)
			json.data[at] = json.data[at] == '\'' ? '"' : json.data[at];
	}
	merit_buffer_put(&json, "]", 2);
	assert_false(json.bad);
	must(f, fixture_send(f, "fin", json.data));
	must(f, fixture_status(f));
	merit_buffer_free(&json);
}

#endif
