/* query_recon_test.c
 * Goal    runs and breaks are told as they were recorded, with what became of them, page by page; to staff, services
 *         and auditors and nobody else.
 * Method  whole answers, compared byte for byte but for numbers of entries, which are filled in. */
#include "tests/ledger/reconciling.h"

#define OTHER_HASH "00000000000000000000000000000000000000000000000000000000000000bb"

static void answer_holds(struct fixture *f, const char *method, const char *params, const char *want)
{
	must(f, fixture_query(f, "aud", method, "%s", params));
	if (strstr(f->reply.data, want) == NULL)
		fail_msg("%s\nis not in\n%s", want, f->reply.data);
}

/* The names of a list's rows and where it goes on: "a,b,c|d". */
static void rows_are(struct fixture *f, const char *method, const char *params, const char *key, const char *want)
{
	char got[400] = "", name[64];
	size_t size = 0;

	must(f, fixture_query(f, "aud", method, "%s", params));
	snprintf(name, sizeof(name), "{\"%s\":\"", key);
	for (const char *at = f->reply.data; (at = strstr(at, name)) != NULL;) {
		at += strlen(name);
		size += (size_t)snprintf(got + size, sizeof(got) - size, "%s%.*s", size == 0 ? "" : ",",
		                         (int)strcspn(at, "\""), at);
	}
	const char *next = strstr(f->reply.data, "],\"next\":\"");
	if (next != NULL)
		snprintf(got + size, sizeof(got) - size, "|%.*s", (int)strcspn(next + 10, "\""), next + 10);
	if (strcmp(got, want) != 0)
		fail_msg("%s %s: %s, not %s", method, params, got, want);
}

/* ---- Runs ---- */

static void a_run_is_told_as_it_was_committed(void **state)
{
	struct fixture *f = reconciling_new();
	char want[1500];

	(void)state;
	must(f, fixture_call(
			f, "fin", "recon.commit",
			"'run':'r1','source':'s','from':'2026-01-01','to':'2026-01-31','size':7,'file':'" HASH
			"','second_file':'" OTHER_HASH "','mapping':'" OTHER_HASH "','rules':'" HASH "','report':'" HASH
			"','theirs':30,'ours':29,'classes':[{'class':'matched','count':28,'theirs':-5,'ours':-5},"
			"{'class':'theirs_only','count':2,'theirs':9,'ours':0}],'breaks':2,'carried':3,'cleared':1"));
	uint64_t seq = fixture_size(f) - 1;
	int64_t time_ms = f->now_ms;
	must(f, found(f, "r1", "b1", 4));
	snprintf(want, sizeof(want),
	         "\"result\":{\"run\":\"r1\",\"source\":\"s\",\"state\":\"live\",\"from\":\"2026-01-01\",\"to\":\"2026-"
	         "01-31\","
	         "\"size\":7,\"file\":\"" HASH "\",\"second_file\":\"" OTHER_HASH "\",\"mapping\":\"" OTHER_HASH
	         "\",\"rules\":\"" HASH "\",\"report\":\"" HASH "\",\"theirs\":30,\"ours\":29,\"classes\":["
	         "{\"class\":\"matched\",\"count\":28,\"theirs\":-5,\"ours\":-5},"
	         "{\"class\":\"theirs_only\",\"count\":2,\"theirs\":9,\"ours\":0}],\"breaks\":2,\"recorded\":1,"
	         "\"carried\":3,"
	         "\"cleared\":1,\"resolved\":0,\"supersedes\":null,\"superseded_by\":null,\"seq\":%" PRIu64
	         ",\"time\":%" PRId64 ",\"by\":\"fin\"}",
	         seq, time_ms);
	answer_holds(f, "recon.get", "'run':'r1'", want);
	declare_anew(f, "s", EVERY_DAY ",'break_rate':0");
	f->now_ms += 5;
	must(f, agreed(f, "recon.commit",
	               run_text(&(struct told_run){ .run = "r2", .supersedes = "r1", .breaks = 1, .theirs = 1 })));
	answer_holds(f, "recon.get", "'run':'r1'", "\"state\":\"superseded\"");
	answer_holds(f, "recon.get", "'run':'r1'", "\"supersedes\":null,\"superseded_by\":\"r2\"");
	snprintf(want, sizeof(want),
	         "\"second_file\":null,\"mapping\":null,\"rules\":\"" HASH "\",\"report\":\"" HASH
	         "\",\"theirs\":1,\"ours\":0,\"classes\":[],\"breaks\":1,\"recorded\":0,\"carried\":0,\"cleared\":0,"
	         "\"resolved\":0,\"supersedes\":\"r1\",\"superseded_by\":null,\"seq\":%" PRIu64 ",\"time\":%" PRId64
	         ",\"by\":\"fin2\"}", /* who agreed */
	         fixture_size(f) - 1, time_ms + 5);
	answer_holds(f, "recon.get", "'run':'r2'", want);
	assert_int_equal(fixture_query(f, "aud", "recon.get", "'run':'r3'"), MERIT_RUN_UNKNOWN);
	world_free(f);
}

static void runs_are_listed_by_name_and_source(void **state)
{
	struct fixture *f = reconciling_new();

	(void)state;
	rows_are(f, "recon.list", "", "run", "");
	must(f, COMMIT(f, .run = "b"));
	must(f, COMMIT(f, .run = "a", .from = "2026-01-11"));
	must(f, COMMIT(f, .run = "c", .source = "other"));
	must(f, COMMIT(f, .run = "d", .from = "2026-01-12"));
	rows_are(f, "recon.list", "", "run", "a,b,c,d");
	rows_are(f, "recon.list", "'limit':2", "run", "a,b|c");
	rows_are(f, "recon.list", "'from':'c'", "run", "c,d");
	rows_are(f, "recon.list", "'source':'s'", "run", "a,b,d");
	rows_are(f, "recon.list", "'source':'s','limit':2", "run", "a,b|d");
	rows_are(f, "recon.list", "'source':'other','limit':1", "run", "c");
	rows_are(f, "recon.list", "'source':'none'", "run", "");
	must(f, fixture_query(f, "aud", "recon.list", "'source':'none'"));
	assert_non_null(strstr(f->reply.data, "{\"rows\":[],\"next\":null}"));
	world_free(f);
}

/* ---- Breaks ---- */

#define FOUND                                                                                                          \
	"\"found_class\":\"amount\",\"side\":\"both\",\"first_day\":\"2026-01-03\",\"currency\":\"CNY\",\"theirs\":-"  \
	"4,\"ours\":5,"                                                                                                \
	"\"difference\":-9,\"reference\":\"Rechnung 7\",\"leg\":2,\"line\":9,\"entry\":3,\"item\":\"" HASH "\""

static void a_break_is_told_with_what_became_of_it(void **state)
{
	struct fixture *f = reconciling_new();
	char want[1500];

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = 2));
	must(f,
	     fixture_call(
		     f, "fin", "recon.break",
		     "'run':'r1','break':'b1','class':'amount','side':'both','first_day':'2026-01-03','currency':'CNY',"
		     "'theirs':-4,'ours':5,'reference':'Rechnung 7','leg':2,'line':9,'entry':3,'item':'" HASH "'"));
	unsigned long long seq = fixture_size(f) - 1;
	snprintf(want, sizeof(want),
	         "\"result\":{\"break\":\"b1\",\"run\":\"r1\",\"source\":\"s\",\"state\":\"open\",\"class\":"
	         "\"amount\"," FOUND ",\"reason\":null,\"expected\":null,\"resolved_by\":null,\"superseded_by\":null,"
	         "\"seq\":%llu,\"more\":false,"
	         "\"events\":[{\"seq\":%llu,\"time\":%" PRId64
	         ",\"day\":\"2026-02-15\",\"op\":\"recon.break\",\"by\":\"fin/k1\","
	         "\"reference\":\"Rechnung 7\"}]}",
	         seq, seq, f->now_ms);
	answer_holds(f, "break.get", "'break':'b1'", want);
	must(f, fixture_call(f, "fin", "break.explain",
	                     "'break':'b1','class':'fee','reason':'the bank took it','expected':'2026-02-28'"));
	must(f, fixture_call(f, "fin", "break.explain",
	                     "'break':'b1','class':'timing','reason':'booked late','expected':'2026-03-01'"));
	snprintf(want, sizeof(want),
	         "\"state\":\"explained\",\"class\":\"timing\"," FOUND ",\"reason\":\"booked "
	         "late\",\"expected\":\"2026-03-01\",\"resolved_by\":null,\"superseded_by\":null,\"seq\":%llu,",
	         seq);
	answer_holds(f, "break.get", "'break':'b1'", want);
	answer_holds(f, "break.list", "", "\"reason\":\"booked late\",\"expected\":\"2026-03-01\"");
	answer_holds(f, "break.get", "'break':'b1'",
	             "\"op\":\"break.explain\",\"by\":\"fin/k1\",\"reason\":\"the bank took it\",\"class\":\"fee\","
	             "\"expected\":\"2026-02-28\"},{");
	must(f, COMMIT(f, .run = "r2", .from = "2026-01-11", .cleared = 1));
	must(f, resolve(f, "b1", "r2"));
	answer_holds(f, "break.get", "'break':'b1'", "\"state\":\"resolved\",\"class\":\"timing\"");
	answer_holds(
		f, "break.get", "'break':'b1'",
		"\"reason\":\"matched\",\"expected\":\"2026-03-01\",\"resolved_by\":\"r2\",\"superseded_by\":null");
	answer_holds(
		f, "break.get", "'break':'b1'",
		"\"op\":\"break.resolve\",\"by\":\"fin/k1\",\"reason\":\"matched\",\"run\":\"r2\",\"entry\":null}]}");
	must(f, COMMIT(f, .run = "r3", .from = "2026-01-11", .supersedes = "r2")); /* it stands as before */
	answer_holds(f, "break.get", "'break':'b1'", "\"state\":\"explained\",\"class\":\"timing\"");
	answer_holds(
		f, "break.get", "'break':'b1'",
		"\"reason\":\"booked late\",\"expected\":\"2026-03-01\",\"resolved_by\":null,\"superseded_by\":null");
	must(f, COMMIT(f, .run = "r4", .supersedes = "r1"));
	answer_holds(f, "break.get", "'break':'b1'", "\"state\":\"withdrawn\"");
	answer_holds(f, "break.get", "'break':'b1'", "\"resolved_by\":null,\"superseded_by\":\"r4\"");
	assert_int_equal(fixture_query(f, "aud", "break.get", "'break':'b2'"), MERIT_BREAK_UNKNOWN);
	world_free(f);
}

static void a_break_without_amounts_has_none(void **state)
{
	struct fixture *f = reconciling_new();
	char want[100];

	(void)state;
	must(f, COMMIT(f, .run = "r1", .breaks = 1));
	must(f, fixture_call(f, "fin", "recon.break",
	                     "'run':'r1','break':'b1','class':'unreadable','side':'theirs','first_day':'2026-01-03','"
	                     "item':'" HASH "'"));
	answer_holds(f, "break.list", "",
	             "\"currency\":null,\"theirs\":null,\"ours\":null,\"difference\":0,\"reference\":null,\"leg\":1,"
	             "\"line\":null,"
	             "\"entry\":null,\"item\":\"" HASH "\",\"reason\":null");
	uint64_t setter = money_moved(f);
	must(f, fixture_call(f, "fin", "break.resolve", "'break':'b1','reason':'typed in','entry':%" PRIu64, setter));
	answer_holds(f, "break.get", "'break':'b1'", "\"reason\":\"typed in\",\"expected\":null,\"resolved_by\":null");
	snprintf(want, sizeof(want), "\"reason\":\"typed in\",\"run\":null,\"entry\":%" PRIu64 "}]}", setter);
	answer_holds(f, "break.get", "'break':'b1'", want);
	world_free(f);
}

static void breaks_are_listed_by_source_run_and_state(void **state)
{
	static const struct {
		const char *params, *want;
	} rows[] = {
		{ "", "a,b,c,d,e" },
		{ "'limit':2", "a,b|c" },
		{ "'from':'b','limit':3", "b,c,d|e" },
		{ "'source':'s'", "a,c,d,e" },
		{ "'source':'s','limit':1,'from':'b'", "c|d" },
		{ "'source':'other'", "b" },
		{ "'source':'none'", "" },
		{ "'state':'open'", "b,d" },
		{ "'state':'open','limit':1", "b|d" },
		{ "'state':'explained'", "c" },
		{ "'state':'resolved'", "a" },
		{ "'state':'withdrawn'", "e" },
		{ "'run':'r1'", "d,c" }, /* as they were recorded, and not what it matched */
		{ "'run':'r1','limit':1", "d|c" },
		{ "'run':'r1','from':'c'", "c" },
		{ "'run':'r1','state':'open'", "d" },
		{ "'run':'r1','source':'other'", "" },
		{ "'run':'r0'", "a" },
		{ "'run':'old'", "e" },
	};
	struct fixture *f = reconciling_new();

	(void)state;
	must(f, COMMIT(f, .run = "old", .from = "2026-01-08", .breaks = 1));
	must(f, found(f, "old", "e", 1));
	must(f, COMMIT(f, .run = "new", .from = "2026-01-08", .supersedes = "old"));
	must(f, COMMIT(f, .run = "r0", .from = "2026-01-09", .breaks = 1));
	must(f, found(f, "r0", "a", 1));
	must(f, COMMIT(f, .run = "r1", .breaks = 2, .cleared = 1));
	must(f, found(f, "r1", "d", 1));
	must(f, resolve(f, "a", "r1"));
	must(f, found(f, "r1", "c", 1));
	must(f, explain(f, "c"));
	must(f, COMMIT(f, .run = "o", .source = "other", .breaks = 1));
	must(f, found(f, "o", "b", 1));
	for (int turn = 0; turn < 2; turn++) { /* from memory, then from the disk */
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			rows_are(f, "break.list", rows[i].params, "break", rows[i].want);
		fixture_flush(f);
	}
	rows_are(f, "recon.list", "", "run", "new,o,old,r0,r1");
	assert_int_equal(fixture_query(f, "aud", "break.list", "'run':'none'"), MERIT_RUN_UNKNOWN);
	world_free(f);
}

/* ---- Whose are they ---- */

static void partners_and_members_are_told_nothing(void **state)
{
	static const char *const methods[] = { "source.list", "recon.list", "break.list", "period.missing" };
	static const char *const partners[] = { "acme", "shop", "m1" };
	struct fixture *f = reconciling_new();

	(void)state;
	fixture_key_add(f, "acme", "k1");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		for (size_t j = 0; j < sizeof(partners) / sizeof(partners[0]); j++)
			assert_int_equal(fixture_query(f, partners[j], methods[i], "%s", ""), MERIT_NOT_PERMITTED);
		must(f, fixture_query(f, "svc", methods[i], "%s", ""));
	}
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_told_as_it_was_committed),
		cmocka_unit_test(runs_are_listed_by_name_and_source),
		cmocka_unit_test(a_break_is_told_with_what_became_of_it),
		cmocka_unit_test(a_break_without_amounts_has_none),
		cmocka_unit_test(breaks_are_listed_by_source_run_and_state),
		cmocka_unit_test(partners_and_members_are_told_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
