/* work_test.c
 * Goal    an operation that was not accepted is never counted, however the answers look.
 * Method  answers by hand, judged in a child, since what is wrong ends the bench. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/work.h"

#define YES  "{\"jsonrpc\":\"2.0\",\"result\":{\"status\":\"accepted\",\"seq\":1},\"id\":1}"
#define LONG "{\"jsonrpc\":\"2.0\",\"result\":{\"status\":\"accepted\",\"seq\":1234567},\"id\":1}"
#define NO   "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":110,\"data\":{\"status\":\"short_funds\"}},\"id\":1}"
#define READ "{\"jsonrpc\":\"2.0\",\"result\":{\"available\":1},\"id\":1}"
#define BULK "{\"jsonrpc\":\"2.0\",\"result\":{\"accepted\":3,\"refused\":"

static const struct {
	const char *name;
	enum bench_workload kind;
	bool is_bulk;
	uint32_t operations;
	const char *answer;
	bool is_good;
} rows[] = {
	{ "one accepted", BENCH_EARN, false, 1, YES, true },
	{ "one refused", BENCH_EARN, false, 1, NO, false },
	{ "three accepted", BENCH_EARN, false, 3, "[" YES "," YES "," YES "]", true },
	{ "three of other lengths", BENCH_EARN, false, 4, "[" YES "," LONG "," YES "," YES "]", true },
	{ "two where three were asked for", BENCH_EARN, false, 3, "[" YES "," YES "]", false },
	{ "one of three refused", BENCH_EARN, false, 3, "[" YES "," NO "," YES "]", false },
	{ "the last of three refused", BENCH_EARN, false, 3, "[" YES "," YES "," NO "]", false },
	{ "more than were asked for", BENCH_EARN, false, 2, "[" YES "," YES "," YES "]", false },
	{ "nothing", BENCH_EARN, false, 1, "", false },
	{ "a bulk of three", BENCH_EARN, true, 3, BULK "0},\"id\":0}", true },
	{ "a bulk of four with one refused", BENCH_EARN, true, 4, BULK "1},\"id\":0}", false },
	{ "two reads", BENCH_BALANCE, false, 2, "[" READ "," READ "]", true },
	{ "a read and an error", BENCH_BALANCE, false, 2, "[" READ "," NO "]", false },
};

/* Whether the bench goes on behind the answer. */
static bool is_counted(const struct bench_message *message, const char *answer)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)close(STDERR_FILENO); /* The reason is told there. */
		bench_work_judge(message, answer, strlen(answer));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

static void only_what_was_accepted_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_message message = { .kind = rows[i].kind,
			                         .is_bulk = rows[i].is_bulk,
			                         .operations = rows[i].operations };
		if (is_counted(&message, rows[i].answer) != rows[i].is_good)
			fail_msg("%s", rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_what_was_accepted_is_counted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
