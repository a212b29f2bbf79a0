/* steps.h - a story as a table: calls one behind the other, each with the outcome it must have. */
#ifndef MERIT_TESTS_LEDGER_STEPS_H
#define MERIT_TESTS_LEDGER_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/verify.h"
#include "tests/support/fixture.h"

struct step {
	const char *name, *kid, *method, *params;
	enum merit_status want;
};

/* A refusal must also move nothing: that is what makes rows of refusals safe to put behind one another. */
static inline void steps_run(struct fixture *f, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum merit_status got = fixture_call(f, steps[i].kid, steps[i].method, "%s", steps[i].params);
		if (got != steps[i].want)
			fail_msg("step %zu, %s: %s in place of %s\n%s", i, steps[i].name, merit_status_word(got),
			         merit_status_word(steps[i].want), f->reply.data);
	}
}

#define STEPS_RUN(f, steps) steps_run((f), (steps), sizeof(steps) / sizeof((steps)[0]))

/* Ends the test with the answer when a call was not accepted. */
static inline void must(struct fixture *f, enum merit_status status)
{
	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), f->reply.data);
}

/* Ends the test where the last answer does not hold this text, with ' in place of ". */
static inline void answer_has(const struct fixture *f, const char *text)
{
	if (!fixture_holds(f, text))
		fail_msg("no %s in %s", text, f->reply.data);
}

static inline void balance_is(struct fixture *f, enum merit_account account, const char *holder, int64_t want)
{
	int64_t got = fixture_balance(f, account, holder);

	if (got != want)
		fail_msg("%s has %lld, not %lld, in account %d", holder, (long long)got, (long long)want, (int)account);
}

/* The end of a story: the log proves itself, with the rules and the state it left. Frees f. */
static inline void world_free(struct fixture *f)
{
	struct merit_verify_options options = { .directory = f->directory };
	struct merit_verify_report report;

	fixture_flush(f);
	fixture_close(f);
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("%s", report.fault);
	assert_true(report.state_rows > 0);
	fixture_free(f);
}

#endif
