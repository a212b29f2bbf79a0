/* answer_fuzz.c - any bytes as the answer to a bulk of three rows.
 * Holds   what is taken accounts for every row once; what is given out lies within the answer; outcomes that were read
 *         once read again; the row at fault is one of the three or none. */
#include <assert.h>
#include <string.h>

#include "rpc/client_inner.h"

#define ROWS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct merit_client_bulk *bulk_make(void)
{
	const char *const columns[] = { "id", NULL };
	struct merit_client_bulk *bulk = NULL;

	enum merit_status status = merit_client_bulk_open("earn", columns, &bulk);
	assert(status == MERIT_OK);
	for (int i = 0; i < ROWS; i++) {
		status = merit_client_bulk_add(bulk, (struct merit_client_cell[]){ merit_client_text("i") });
		assert(status == MERIT_OK);
	}
	return bulk;
}

static void assert_within(const struct merit_client_bulk *bulk, const char *text, size_t size)
{
	assert(size == 0 || (text >= bulk->answer.data && text + size <= bulk->answer.data + bulk->answer.size));
}

/* The word of an outcome that is a bare seq is not the answer's. */
static void try_outcome(struct merit_client_bulk *bulk, size_t row_index, const char *behind)
{
	struct merit_client_outcome outcome;
	int64_t number;

	merit_client_bulk_outcome(bulk, row_index, &outcome);
	assert_within(bulk, outcome.json, outcome.json_size);
	assert(outcome.json_size > 0 && outcome.json >= behind);
	if (outcome.json[0] == '{')
		assert_within(bulk, outcome.word, outcome.word_size);
	assert_within(bulk, outcome.why, outcome.why_size);
	assert_within(bulk, outcome.field, outcome.field_size);
	assert(outcome.word_size > 0 && (outcome.status != MERIT_OK || outcome.has_seq));
	(void)!merit_client_outcome_number(&outcome, "have", &number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_client_bulk *bulk = bulk_make();
	struct merit_client_bulk_answer answer;

	if (merit_inner_answer_read(bulk, (const char *)data, size, &answer) == MERIT_OK) {
		bool is_whole = answer.status == MERIT_OK;
		assert(bulk->outcomes_count == (is_whole ? ROWS : 0));
		assert(!is_whole || answer.accepted_count + answer.refused_count + answer.failed_count == ROWS);
		assert(answer.row_index < ROWS || answer.row_index == MERIT_CLIENT_ROWS_MAX);
		assert_within(bulk, answer.field, answer.field_size);
		for (size_t i = 0; i < bulk->outcomes_count; i++)
			try_outcome(bulk, i, bulk->answer.data + (i == 0 ? 0 : bulk->outcome_starts[i - 1] + 1));
	} else {
		assert(bulk->outcomes_count == 0);
	}
	merit_client_bulk_close(bulk);
	return 0;
}
