/* sender.c - see sender.h. */
#include "cli/sender.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"

#define MESSAGE_ROOM  (MERIT_MESSAGE_SIZE_MAX - MERIT_ENVELOPE_SIZE_MAX - 64 * 1024)
#define CALL_OVERHEAD 256 /* bytes of a call around its parameters, at most */

/* ---- Batches ---- */

static void batch_add(struct merit_sender_batch *batch, uint64_t line, uint32_t attempt, const char *base,
                      const struct merit_call_text *call)
{
	if (batch->rows_count == batch->rows_capacity) {
		batch->rows_capacity = batch->rows_capacity == 0 ? 64 : batch->rows_capacity * 2;
		batch->rows = realloc(batch->rows, batch->rows_capacity * sizeof(*batch->rows));
		merit_need(batch->rows);
	}
	struct merit_sender_row *row = &batch->rows[batch->rows_count++];
	*row = (struct merit_sender_row){
		.line = line,
		.attempt = attempt,
		.params_start = batch->params.size,
		.params_size = call->params_size,
		.lines_start = batch->lines.size,
		.lines_size = call->lines_size,
	};
	size_t base_size = strlen(base);
	assert(base_size <= MERIT_ROW_BASE_SIZE_MAX);
	memcpy(row->base, base, base_size + 1);
	merit_buffer_put(&batch->params, call->params, call->params_size);
	merit_buffer_put(&batch->lines, call->lines, call->lines_size);
	if (call->lines_size > 0)
		merit_buffer_put_char(&batch->lines, '\n');
	merit_buffer_need(&batch->params);
	merit_buffer_need(&batch->lines);
}

/* What a row of the batch says. */
static struct merit_call_text row_text(const struct merit_sender_batch *batch, const struct merit_sender_row *row)
{
	const char *lines = row->lines_size == 0 ? "" : batch->lines.data + row->lines_start;

	return (struct merit_call_text){ batch->params.data + row->params_start, row->params_size, lines,
		                         row->lines_size };
}

static void batch_clear(struct merit_sender_batch *batch)
{
	batch->rows_count = 0;
	merit_buffer_clear(&batch->params);
	merit_buffer_clear(&batch->lines);
	merit_buffer_clear(&batch->message);
}

static void batch_free(struct merit_sender_batch *batch)
{
	free(batch->rows);
	merit_buffer_free(&batch->params);
	merit_buffer_free(&batch->lines);
	merit_buffer_free(&batch->message);
}

/* The batch as one JSON-RPC message; a call's id is its place. */
static void message_make(const struct merit_sender *sender, struct merit_sender_batch *batch)
{
	struct merit_buffer params = { 0 };

	merit_buffer_clear(&batch->message);
	for (size_t i = 0; i < batch->rows_count; i++) {
		const struct merit_sender_row *row = &batch->rows[i];
		const char *from = batch->params.data + row->params_start;
		merit_buffer_clear(&params);
		merit_buffer_put_format(&params, "{\"id\":\"%s:%u\"%s", row->base, row->attempt,
		                        row->params_size > 2 ? "," : "");
		merit_buffer_put(&params, from + 1, row->params_size - 1);
		merit_buffer_need(&params);
		merit_buffer_put_char(&batch->message, i == 0 ? '[' : ',');
		merit_call_put(&batch->message, sender->method, params.data, params.size, i);
	}
	merit_buffer_put_char(&batch->message, ']');
	merit_buffer_need(&batch->message);
	merit_buffer_free(&params);
}

/* ---- Answers ---- */

static void row_answered(struct merit_sender *sender, const struct merit_sender_batch *batch,
                         const struct merit_sender_row *row, const cJSON *reply)
{
	const cJSON *error = merit_json_member(reply, "error");
	const cJSON *outcome = error == NULL ? merit_json_member(reply, "result") : merit_json_member(error, "data");
	const struct merit_call_text call = row_text(batch, row);
	char id[MERIT_ID_SIZE_MAX + 1];
	int64_t seq;

	/* Without a seq nothing was decided, now or before: an id conflict, say. */
	bool is_decided = merit_json_integer(merit_json_member(outcome, "seq"), &seq);
	bool is_before = is_decided && (uint64_t)seq < sender->start_size;
	if (error == NULL) {
		merit_tally_accepted(sender->tally, is_before);
	} else if (sender->is_retrying && is_before && row->attempt < MERIT_ATTEMPTS_MAX) {
		batch_add(&sender->again, row->line, row->attempt + 1, row->base, &call);
	} else {
		snprintf(id, sizeof(id), "%s:%u", row->base, row->attempt);
		merit_tally_refused(sender->tally, is_before, row->line, id, &call, error);
	}
}

/* Rows are left without an outcome, which must not look like rows refused: whatever ended it, the same command, once
 * that is mended, goes on from here. */
static enum merit_exit stopped(const struct merit_sender_batch *batch)
{
	merit_complain("stopped before line %llu; the same command goes on from there, nothing is posted twice",
	               (unsigned long long)batch->rows[0].line);
	return MERIT_EXIT_UNREACHABLE;
}

/* Every call has exactly one reply, in any order. */
static enum merit_exit replies_take(struct merit_sender *sender, const struct merit_sender_batch *batch,
                                    const cJSON *replies)
{
	size_t replies_count = 0;
	int64_t index;

	for (const cJSON *reply = replies->child; reply != NULL; reply = reply->next) {
		if (!merit_json_integer(merit_json_member(reply, "id"), &index) || index < 0 ||
		    (size_t)index >= batch->rows_count)
			break;
		row_answered(sender, batch, &batch->rows[index], reply);
		replies_count++;
	}
	if (replies_count == batch->rows_count)
		return MERIT_EXIT_DONE;
	merit_complain("%s: the answer does not fit the batch", sender->method);
	return stopped(batch);
}

/* The batch refused as a whole: sent again when that may help, in *again_out; else the import ends here. */
static enum merit_exit message_refused(struct merit_sender *sender, const struct merit_sender_batch *batch,
                                       const cJSON *error, int64_t *waited_ms, bool *again_out)
{
	*again_out = merit_status_passes(merit_error_status(error)) && *waited_ms < sender->session->deadline_ms;
	if (*again_out) {
		merit_session_pause(waited_ms);
		return MERIT_EXIT_DONE;
	}
	merit_complain_error(sender->method, error);
	return stopped(batch);
}

static enum merit_exit submit(struct merit_sender *sender, struct merit_sender_batch *batch)
{
	enum merit_status status = merit_client_submit_private(
		sender->session->client, batch->message.data, batch->message.size, batch->lines.data,
		batch->lines.size - (batch->lines.size > 0)); /* the last line feed */

	if (status == MERIT_OK) {
		sender->flying[sender->flying_count++] = batch;
		return MERIT_EXIT_DONE;
	}
	merit_complain_status(sender->method, status);
	return stopped(batch);
}

static struct merit_sender_batch *oldest_take(struct merit_sender *sender)
{
	struct merit_sender_batch *batch = sender->flying[0];

	sender->flying_count--;
	memmove(sender->flying, sender->flying + 1, sender->flying_count * sizeof(sender->flying[0]));
	return batch;
}

/* One answer to the oldest batch; *again_out when it must be sent again. */
static enum merit_exit answer_take(struct merit_sender *sender, const struct merit_sender_batch *batch,
                                   int64_t *waited_ms, bool *again_out)
{
	struct merit_client_reply reply;
	cJSON *tree;

	*again_out = false;
	enum merit_status status = merit_client_wait(sender->session->client, &reply);
	if (status == MERIT_OK)
		status = merit_json_read(reply.json, reply.json_size, &tree) == MERIT_OK ? MERIT_OK : MERIT_BAD_REPLY;
	if (status != MERIT_OK) {
		merit_complain_status(sender->method, status);
		return stopped(batch);
	}
	const cJSON *error = merit_json_member(tree, "error");
	enum merit_exit end = error == NULL ? replies_take(sender, batch, tree)
	                                    : message_refused(sender, batch, error, waited_ms, again_out);
	merit_json_free(tree);
	return end;
}

/* Waits for the oldest batch until it has its outcomes. */
static enum merit_exit receive(struct merit_sender *sender)
{
	int64_t waited_ms = 0;
	bool is_again = true;
	enum merit_exit end = MERIT_EXIT_DONE;

	while (end == MERIT_EXIT_DONE && is_again) {
		struct merit_sender_batch *batch = oldest_take(sender);
		end = answer_take(sender, batch, &waited_ms, &is_again);
		if (end == MERIT_EXIT_DONE && is_again) {
			end = submit(sender, batch);
			continue;
		}
		batch_clear(batch);
		sender->spare[sender->spare_count++] = batch;
	}
	merit_tally_progress(sender->tally, false);
	return end;
}

/* ---- The sender ---- */

static enum merit_exit current_send(struct merit_sender *sender)
{
	enum merit_exit end = MERIT_EXIT_DONE;

	if (sender->current->rows_count == 0)
		return end;
	message_make(sender, sender->current);
	if (sender->flying_count == sender->flying_max)
		end = receive(sender);
	if (end == MERIT_EXIT_DONE)
		end = submit(sender, sender->current);
	if (end == MERIT_EXIT_DONE)
		sender->current = sender->spare[--sender->spare_count];
	return end;
}

static enum merit_exit add(struct merit_sender *sender, uint64_t line, uint32_t attempt, const char *base,
                           const struct merit_call_text *call)
{
	const struct merit_sender_batch *batch = sender->current;
	size_t size = batch->params.size + batch->lines.size + call->params_size + call->lines_size +
	              (batch->rows_count + 1) * CALL_OVERHEAD;
	enum merit_exit end = MERIT_EXIT_DONE;

	if (batch->rows_count == sender->rows_max || size > MESSAGE_ROOM)
		end = current_send(sender);
	if (end == MERIT_EXIT_DONE)
		batch_add(sender->current, line, attempt, base, call);
	return end;
}

enum merit_exit merit_sender_add(struct merit_sender *sender, uint64_t line, const char *base,
                                 const struct merit_call_text *call)
{
	return add(sender, line, 1, base, call);
}

static enum merit_exit drain(struct merit_sender *sender)
{
	enum merit_exit end = current_send(sender);

	while (end == MERIT_EXIT_DONE && sender->flying_count > 0)
		end = receive(sender);
	return end;
}

enum merit_exit merit_sender_finish(struct merit_sender *sender)
{
	enum merit_exit end = drain(sender);

	while (end == MERIT_EXIT_DONE && sender->again.rows_count > 0) {
		struct merit_sender_batch again = sender->again;
		sender->again = (struct merit_sender_batch){ 0 };
		for (size_t i = 0; end == MERIT_EXIT_DONE && i < again.rows_count; i++) {
			const struct merit_sender_row *row = &again.rows[i];
			const struct merit_call_text call = row_text(&again, row);
			end = add(sender, row->line, row->attempt, row->base, &call);
		}
		batch_free(&again);
		if (end == MERIT_EXIT_DONE)
			end = drain(sender);
	}
	return end;
}

enum merit_exit merit_sender_open(struct merit_sender *sender, struct merit_session *session, struct merit_tally *tally,
                                  const char *method, size_t rows_max, size_t flying_max, bool is_retrying)
{
	struct merit_answer answer;

	assert(flying_max >= 1 && flying_max <= MERIT_CLIENT_IN_FLIGHT_MAX);
	*sender = (struct merit_sender){ .session = session,
		                         .tally = tally,
		                         .method = method,
		                         .rows_max = rows_max,
		                         .flying_max = flying_max,
		                         .is_retrying = is_retrying };
	for (size_t i = 0; i <= flying_max; i++)
		sender->spare[sender->spare_count++] = &sender->pool[i];
	sender->current = sender->spare[--sender->spare_count];
	enum merit_exit end = merit_session_call(session, "checkpoint.get", "{}", &answer);
	if (end != MERIT_EXIT_DONE)
		return end;
	sender->start_size = (uint64_t)merit_show_integer(answer.result, "size");
	merit_answer_free(&answer);
	return MERIT_EXIT_DONE;
}

void merit_sender_close(struct merit_sender *sender)
{
	for (size_t i = 0; i <= sender->flying_max; i++)
		batch_free(&sender->pool[i]);
	batch_free(&sender->again);
}
