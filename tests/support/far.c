/* far.c - see far.h. */
#include "tests/support/far.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/fixture.h"

#define PARAMS_SIZE_MAX 8192

struct far {
	struct fixture *fixture;
};

/* Orders wait for two weeks: tests ship them days later. */
static void hold_longer(struct merit_ledger_birth *birth)
{
	birth->hold_minutes = 14 * 24 * 60;
}

struct far *far_new(void)
{
	struct far *far = calloc(1, sizeof(*far));

	assert_non_null(far);
	far->fixture = fixture_new_with(hold_longer);
	fixture_world(far->fixture);
	fixture_party(far->fixture, "fin2", "finance");
	return far;
}

void far_free(struct far *far)
{
	fixture_free(far->fixture);
	free(far);
}

void far_call(struct far *far, const char *kid, const char *method, const char *format, ...)
{
	char params[PARAMS_SIZE_MAX];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(params, sizeof(params), format, arguments);
	va_end(arguments);
	assert_true(size >= 0 && size < PARAMS_SIZE_MAX);
	enum merit_status status = fixture_call(far->fixture, kid, method, "%s", params);
	if (status != MERIT_OK)
		fail_msg("%s %s: %s", method, params, far->fixture->reply.data);
}

void far_agree(struct far *far, const char *proposal, const char *method, const char *format, ...)
{
	char params[PARAMS_SIZE_MAX];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(params, sizeof(params), format, arguments);
	va_end(arguments);
	assert_true(size >= 0 && size < PARAMS_SIZE_MAX);
	far_call(far, "fin", "proposal.create", "'proposal':'%s','reason':'why','call':{'method':'%s','params':{%s}}",
	         proposal, method, params);
	far_call(far, "fin2", "proposal.approve", "'proposal':'%s'", proposal);
}

void far_days(struct far *far, int days)
{
	fixture_advance(far->fixture, days * FIXTURE_DAY_MS);
}

uint64_t far_size(const struct far *far)
{
	return fixture_size(far->fixture);
}

struct merit_journal *far_source(struct far *far)
{
	struct merit_journal *source;

	fixture_close(far->fixture);
	assert_int_equal(merit_journal_open_directory(far->fixture->directory, &source), MERIT_OK);
	return source;
}

void far_source_end(struct far *far, struct merit_journal *source)
{
	merit_journal_close(source);
	fixture_open(far->fixture);
}
