/* client_outcome.c - see client.h: the answer to a bulk.
 *
 * It is read whole, once: afterwards every row has an outcome that reads, and taking one cannot fail. Never believes an
 * answer that says less or more than the bulk asked, or an outcome twice. Never resolves an escape: what a ledger
 * writes into an answer to be compared, keys, words and names, has none. */
#include <assert.h>
#include <string.h>

#include "ledger/json_pull.h"
#include "rpc/client_inner.h"

static bool is_key(struct merit_text key, const char *name)
{
	return key.size == strlen(name) && memcmp(key.data, name, key.size) == 0;
}

/* A status nobody here knows is the word of a newer ledger. */
static enum merit_status status_of(struct merit_text word)
{
	char text[64];
	enum merit_status status;

	if (word.size >= sizeof(text))
		return MERIT_BAD_REPLY;
	memcpy(text, word.data, word.size);
	text[word.size] = '\0';
	return merit_status_from_word(text, &status) ? status : MERIT_BAD_REPLY;
}

static bool count_take(struct merit_json_pull *pull, size_t *count_out)
{
	int64_t count;

	if (!merit_json_pull_integer(pull, &count) || count < 0)
		return false;
	*count_out = (size_t)count;
	return true;
}

/* ---- One outcome ---- */

/* The text that comes next, unless there is one already. */
static bool text_take(struct merit_json_pull *pull, const char **data_io, size_t *size_out)
{
	struct merit_text text;

	if (*data_io != NULL || !merit_json_pull_text(pull, &text))
		return false;
	*data_io = text.data;
	*size_out = text.size;
	return true;
}

/* The same of an object, as it is written. */
static bool object_take(struct merit_json_pull *pull, const char **data_io, size_t *size_out)
{
	const char *start = pull->at;

	if (*data_io != NULL || merit_json_pull_next(pull) != '{' || !merit_json_pull_skip(pull))
		return false;
	*data_io = start;
	*size_out = (size_t)(pull->at - start);
	return true;
}

/* A member that is here for the second time is not taken. */
static bool member_take(struct merit_json_pull *pull, struct merit_text key, struct merit_client_outcome *outcome)
{
	int64_t seq;

	if (is_key(key, "seq")) {
		bool is_seq = !outcome->has_seq && merit_json_pull_integer(pull, &seq) && seq >= 0;
		outcome->has_seq = is_seq;
		outcome->seq = is_seq ? (uint64_t)seq : 0;
		return is_seq;
	}
	if (is_key(key, "status"))
		return text_take(pull, &outcome->word, &outcome->word_size);
	if (is_key(key, "field"))
		return text_take(pull, &outcome->field, &outcome->field_size);
	if (is_key(key, "why"))
		return object_take(pull, &outcome->why, &outcome->why_size);
	return merit_json_pull_skip(pull);
}

/* A seq: accepted. */
static bool seq_take(struct merit_json_pull *pull, struct merit_client_outcome *outcome)
{
	static const char accepted[] = "accepted";
	int64_t seq;

	if (!merit_json_pull_integer(pull, &seq) || seq < 0)
		return false;
	outcome->seq = (uint64_t)seq;
	outcome->has_seq = true;
	outcome->word = accepted;
	outcome->word_size = sizeof(accepted) - 1;
	return true;
}

/* An accepted row's seq, or an object with a status. False for anything else. */
static bool outcome_take(struct merit_json_pull *pull, struct merit_client_outcome *outcome_out)
{
	struct merit_client_outcome outcome = { .json = pull->at };
	struct merit_text key;
	bool is_good = true;

	if (merit_json_pull_open(pull, '{')) {
		while (is_good && merit_json_pull_key(pull, &key))
			is_good = member_take(pull, key, &outcome);
		is_good = is_good && outcome.word_size > 0;
	} else {
		is_good = seq_take(pull, &outcome);
	}
	if (!is_good || pull->is_broken)
		return false;
	outcome.status = status_of((struct merit_text){ outcome.word, outcome.word_size });
	outcome.json_size = (size_t)(pull->at - outcome.json);
	*outcome_out = outcome;
	return outcome.status != MERIT_OK || outcome.has_seq;
}

void merit_client_bulk_outcome(struct merit_client_bulk *bulk, size_t row_index,
                               struct merit_client_outcome *outcome_out)
{
	assert(row_index < bulk->outcomes_count);
	size_t start = bulk->outcome_starts[row_index];
	struct merit_json_pull pull = merit_json_pull_begin(bulk->answer.data + start, bulk->answer.size - start, NULL);
	bool is_good = outcome_take(&pull, outcome_out);
	assert(is_good); /* It was once already. */
}

bool merit_client_outcome_number(const struct merit_client_outcome *outcome, const char *name, int64_t *number_out)
{
	struct merit_json_pull pull = merit_json_pull_begin(outcome->why, outcome->why_size, NULL);
	struct merit_text key;
	bool is_found = false, has_more = outcome->why_size > 0 && merit_json_pull_open(&pull, '{');

	while (has_more && !is_found && merit_json_pull_key(&pull, &key)) {
		is_found = is_key(key, name);
		has_more = is_found || merit_json_pull_skip(&pull);
	}
	return is_found && merit_json_pull_integer(&pull, number_out);
}

/* ---- The whole answer ---- */

/* What an answer says; each of its parts is there once. */
struct reading {
	struct merit_client_bulk *bulk;
	struct merit_client_bulk_answer answer;
	bool has_outcomes, has_error;
};

static bool outcomes_take(struct merit_json_pull *pull, struct reading *reading)
{
	struct merit_client_bulk *bulk = reading->bulk;
	struct merit_client_outcome outcome;
	size_t count = 0;

	if (reading->has_outcomes || !merit_json_pull_open(pull, '['))
		return false;
	for (; merit_json_pull_item(pull); count++) {
		if (count == bulk->rows_count)
			return false;
		bulk->outcome_starts[count] = (uint32_t)(pull->at - bulk->answer.data);
		if (!outcome_take(pull, &outcome))
			return false;
	}
	reading->has_outcomes = count == bulk->rows_count;
	return reading->has_outcomes;
}

static bool result_take(struct merit_json_pull *pull, struct reading *reading)
{
	struct merit_client_bulk_answer *answer = &reading->answer;
	struct merit_text key;
	bool is_good = merit_json_pull_open(pull, '{');

	while (is_good && merit_json_pull_key(pull, &key)) {
		if (is_key(key, "outcomes"))
			is_good = outcomes_take(pull, reading);
		else if (is_key(key, "accepted"))
			is_good = count_take(pull, &answer->accepted_count);
		else if (is_key(key, "refused"))
			is_good = count_take(pull, &answer->refused_count);
		else if (is_key(key, "failed"))
			is_good = count_take(pull, &answer->failed_count);
		else
			is_good = merit_json_pull_skip(pull);
	}
	return is_good && reading->has_outcomes &&
	       answer->accepted_count + answer->refused_count + answer->failed_count == reading->bulk->rows_count;
}

/* Of an error its data: the status, and where there is one the row and the parameter at fault. */
static bool data_take(struct merit_json_pull *pull, struct reading *reading)
{
	struct merit_client_bulk_answer *answer = &reading->answer;
	struct merit_text key, text;
	bool is_good = merit_json_pull_open(pull, '{');

	while (is_good && merit_json_pull_key(pull, &key)) {
		if (is_key(key, "status")) {
			is_good = merit_json_pull_text(pull, &text);
			if (is_good)
				answer->status = status_of(text);
		} else if (is_key(key, "call")) {
			is_good = count_take(pull, &answer->row_index) && answer->row_index < reading->bulk->rows_count;
		} else if (is_key(key, "field")) {
			is_good = text_take(pull, &answer->field, &answer->field_size);
		} else {
			is_good = merit_json_pull_skip(pull);
		}
	}
	return is_good;
}

static bool error_take(struct merit_json_pull *pull, struct reading *reading)
{
	struct merit_text key;
	bool is_good = !reading->has_error && merit_json_pull_open(pull, '{');

	reading->has_error = true;
	reading->answer.status = MERIT_BAD_REPLY; /* Until its data say which. */
	while (is_good && merit_json_pull_key(pull, &key))
		is_good = is_key(key, "data") ? data_take(pull, reading) : merit_json_pull_skip(pull);
	return is_good && reading->answer.status != MERIT_OK;
}

static bool reply_take(struct merit_json_pull *pull, struct reading *reading)
{
	struct merit_text key;
	bool is_good = merit_json_pull_open(pull, '{');

	while (is_good && merit_json_pull_key(pull, &key)) {
		if (is_key(key, "result"))
			is_good = result_take(pull, reading);
		else if (is_key(key, "error"))
			is_good = error_take(pull, reading);
		else
			is_good = merit_json_pull_skip(pull);
	}
	return is_good && merit_json_pull_end(pull) == MERIT_OK && reading->has_outcomes != reading->has_error;
}

enum merit_status merit_inner_answer_read(struct merit_client_bulk *bulk, const char *json, size_t size,
                                          struct merit_client_bulk_answer *answer_out)
{
	struct reading reading = { .bulk = bulk, .answer = { .row_index = MERIT_CLIENT_ROWS_MAX } };

	merit_buffer_clear(&bulk->answer);
	merit_buffer_put(&bulk->answer, json, size);
	if (bulk->answer.bad)
		return MERIT_NO_MEMORY;
	struct merit_json_pull pull = merit_json_pull_begin(bulk->answer.data, bulk->answer.size, NULL);
	if (!reply_take(&pull, &reading))
		return MERIT_BAD_REPLY;
	bulk->outcomes_count = reading.has_outcomes ? bulk->rows_count : 0;
	*answer_out = reading.answer;
	return MERIT_OK;
}
