/* sender.c - see sender.h. */
#include "cli/sender.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"

/* ---- Batches ---- */

/* Keeps what the row says. */
static void row_keep(struct merit_sender *sender, struct merit_sender_batch *batch, const struct merit_sender_row *row,
                     const struct merit_call_text *call, const struct merit_place *places)
{
	if (batch->rows_count == batch->rows_capacity) {
		batch->rows_capacity = batch->rows_capacity == 0 ? 64 : batch->rows_capacity * 2;
		batch->rows = realloc(batch->rows, batch->rows_capacity * sizeof(*batch->rows));
		merit_need(batch->rows);
	}
	struct merit_sender_row *kept = &batch->rows[batch->rows_count++];
	*kept = *row;
	kept->params_start = batch->params.size;
	kept->params_size = call->params_size;
	kept->lines_start = batch->lines.size;
	kept->lines_size = call->lines_size;
	merit_buffer_put(&batch->params, call->params, call->params_size);
	merit_buffer_put(&batch->places, places, sender->mapping->method.params_count * sizeof(*places));
	merit_buffer_put(&batch->lines, call->lines, call->lines_size);
	if (call->lines_size > 0)
		merit_buffer_put_char(&batch->lines, '\n');
	merit_buffer_need(&batch->params);
	merit_buffer_need(&batch->places);
	merit_buffer_need(&batch->lines);
}

/* What a row of the batch says, and where. */
static struct merit_call_text row_text(const struct merit_sender_batch *batch, const struct merit_sender_row *row)
{
	const char *lines = row->lines_size == 0 ? "" : batch->lines.data + row->lines_start;

	return (struct merit_call_text){ batch->params.data + row->params_start, row->params_size, lines,
		                         row->lines_size };
}

static const struct merit_place *row_places(const struct merit_sender *sender, const struct merit_sender_batch *batch,
                                            size_t row_index)
{
	const void *places = batch->places.data; /* Aligned: it holds nothing else. */

	return (const struct merit_place *)places + row_index * sender->mapping->method.params_count;
}

static void batch_clear(struct merit_sender_batch *batch)
{
	batch->rows_count = 0;
	merit_buffer_clear(&batch->params);
	merit_buffer_clear(&batch->places);
	merit_buffer_clear(&batch->lines);
	if (batch->bulk != NULL)
		merit_client_bulk_clear(batch->bulk);
}

static void batch_free(struct merit_sender_batch *batch)
{
	free(batch->rows);
	merit_buffer_free(&batch->params);
	merit_buffer_free(&batch->places);
	merit_buffer_free(&batch->lines);
	merit_client_bulk_close(batch->bulk);
}

/* ---- Rows of a bulk ---- */

/* Makes the batch's bulk after the mapping; what all rows say alike stands in the one at hand. */
static enum merit_status bulk_make(const struct merit_sender *sender, struct merit_sender_batch *batch,
                                   const struct merit_call_text *call, const struct merit_place *places)
{
	const struct merit_method *method = &sender->mapping->method;
	const char *columns[MERIT_PARAMETERS_MAX + 2] = { "id" };
	size_t columns_count = 1;

	for (size_t i = 0; i < method->params_count; i++) {
		if (merit_mapping_is_column(sender->mapping, i))
			columns[columns_count++] = method->params[i].name;
	}
	enum merit_status status = merit_client_bulk_open(method->name, columns, &batch->bulk);
	for (size_t i = 0; status == MERIT_OK && i < method->params_count; i++) {
		if (merit_mapping_is_common(sender->mapping, i) && places[i].size > 0)
			status = merit_client_bulk_set(batch->bulk, method->params[i].name,
			                               merit_client_json(call->params + places[i].start,
			                                                 places[i].size));
	}
	return status;
}

/* "<base>:<attempt>" with its NUL; how many bytes without. */
static size_t id_make(const struct merit_sender_row *row, char id_out[MERIT_ID_SIZE_MAX + 1])
{
	size_t size = strlen(row->base);

	static_assert(MERIT_ATTEMPTS_MAX < 100 && MERIT_ROW_BASE_SIZE_MAX + 3 == MERIT_ID_SIZE_MAX, "two digits fit");
	assert(row->attempt <= MERIT_ATTEMPTS_MAX);
	memcpy(id_out, row->base, size);
	id_out[size++] = ':';
	if (row->attempt >= 10)
		id_out[size++] = (char)('0' + row->attempt / 10);
	id_out[size++] = (char)('0' + row->attempt % 10);
	id_out[size] = '\0';
	return size;
}

static enum merit_status bulk_add(const struct merit_sender *sender, struct merit_sender_batch *batch,
                                  const struct merit_sender_row *row, const struct merit_call_text *call,
                                  const struct merit_place *places)
{
	struct merit_client_cell cells[MERIT_PARAMETERS_MAX + 1];
	char id[MERIT_ID_SIZE_MAX + 1];
	size_t cells_count = 0;

	if (batch->bulk == NULL) {
		enum merit_status status = bulk_make(sender, batch, call, places);
		if (status != MERIT_OK)
			return status;
	}
	cells[cells_count++] = merit_client_bytes(id, id_make(row, id));
	for (size_t i = 0; i < sender->mapping->method.params_count; i++) {
		if (!merit_mapping_is_column(sender->mapping, i))
			continue;
		cells[cells_count++] = places[i].size == 0 ? merit_client_absent()
		                                           : merit_client_json(call->params + places[i].start,
		                                                               places[i].size);
	}
	/* A row's lines are in the order of its parameters already, so one cell may bring them all. */
	cells[0].line = call->lines;
	cells[0].line_size = call->lines_size;
	return merit_client_bulk_add(batch->bulk, cells);
}

/* ---- Answers ---- */

static void row_answered(struct merit_sender *sender, struct merit_sender_batch *batch, size_t row_index)
{
	struct merit_sender_row *row = &batch->rows[row_index];
	struct merit_client_outcome outcome;
	char id[MERIT_ID_SIZE_MAX + 1];

	merit_client_bulk_outcome(batch->bulk, row_index, &outcome);
	/* Without a seq nothing was decided, now or before: an id conflict, say. */
	bool is_before = outcome.has_seq && outcome.seq < sender->start_size;
	if (outcome.status == MERIT_OK) {
		merit_tally_accepted(sender->tally, is_before);
		return;
	}
	const struct merit_call_text call = row_text(batch, row);
	if (sender->is_retrying && is_before && row->attempt < MERIT_ATTEMPTS_MAX) {
		row->attempt++;
		row_keep(sender, &sender->again, row, &call, row_places(sender, batch, row_index));
		return;
	}
	(void)id_make(row, id);
	merit_tally_refused(sender->tally, is_before, row->line, id, &call, &outcome);
}

/* Every row of an answered batch has its outcome; the batch may be filled again. */
static void outcomes_take(struct merit_sender *sender, struct merit_sender_batch *batch)
{
	for (size_t i = 0; i < batch->rows_count; i++)
		row_answered(sender, batch, i);
	batch_clear(batch);
	sender->spare[sender->spare_count++] = batch;
	merit_tally_progress(sender->tally, false);
}

/* Rows are left without an outcome, which must not look like rows refused: whatever ended it, the same command, once
 * that is mended, goes on from here. */
static enum merit_exit stopped(const struct merit_sender_batch *batch)
{
	merit_complain("stopped before line %llu; the same command goes on from there, nothing is posted twice",
	               (unsigned long long)batch->rows[0].line);
	return MERIT_EXIT_UNREACHABLE;
}

/* The batch refused as a whole: sent again when that may help, in *again_out; else the import ends here. */
static enum merit_exit message_refused(struct merit_sender *sender, const struct merit_sender_batch *batch,
                                       const struct merit_client_bulk_answer *answer, int64_t *waited_ms,
                                       bool *again_out)
{
	*again_out = merit_status_passes(answer->status) && *waited_ms < sender->session->deadline_ms;
	if (*again_out) {
		merit_session_pause(waited_ms);
		return MERIT_EXIT_DONE;
	}
	merit_complain_status(sender->mapping->method.name, answer->status);
	if (answer->row_index < batch->rows_count && answer->field_size > 0)
		merit_complain("see the parameter %.*s of line %llu", (int)answer->field_size, answer->field,
		               (unsigned long long)batch->rows[answer->row_index].line);
	return stopped(batch);
}

static enum merit_exit submit(struct merit_sender *sender, struct merit_sender_batch *batch)
{
	enum merit_status status = merit_client_bulk_submit(sender->session->client, batch->bulk);

	if (status == MERIT_OK) {
		sender->flying[sender->flying_count++] = batch;
		return MERIT_EXIT_DONE;
	}
	merit_complain_status(sender->mapping->method.name, status);
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
	struct merit_client_bulk_answer answer;

	*again_out = false;
	enum merit_status status = merit_client_bulk_wait(sender->session->client, batch->bulk, &answer);
	if (status != MERIT_OK) {
		merit_complain_status(sender->mapping->method.name, status);
		return stopped(batch);
	}
	return answer.status == MERIT_OK ? MERIT_EXIT_DONE
	                                 : message_refused(sender, batch, &answer, waited_ms, again_out);
}

/* Waits for the oldest batch until its answer holds its outcomes, which are not taken yet. */
static enum merit_exit receive(struct merit_sender *sender, struct merit_sender_batch **batch_out)
{
	int64_t waited_ms = 0;
	bool is_again = true;
	enum merit_exit end = MERIT_EXIT_DONE;

	while (end == MERIT_EXIT_DONE && is_again) {
		*batch_out = oldest_take(sender);
		end = answer_take(sender, *batch_out, &waited_ms, &is_again);
		if (end == MERIT_EXIT_DONE && is_again)
			end = submit(sender, *batch_out);
	}
	return end;
}

/* ---- The sender ---- */

/* Sends the batch at hand. Where an answer has to come first, it is taken behind: meanwhile the ledger has work. */
static enum merit_exit current_send(struct merit_sender *sender)
{
	struct merit_sender_batch *answered = NULL;
	enum merit_exit end = MERIT_EXIT_DONE;

	if (sender->current->rows_count == 0)
		return end;
	if (sender->flying_count == sender->flying_max)
		end = receive(sender, &answered);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = submit(sender, sender->current);
	if (answered != NULL)
		outcomes_take(sender, answered);
	if (end == MERIT_EXIT_DONE)
		sender->current = sender->spare[--sender->spare_count];
	return end;
}

static enum merit_exit add(struct merit_sender *sender, const struct merit_sender_row *row,
                           const struct merit_call_text *call, const struct merit_place *places)
{
	enum merit_exit end = MERIT_EXIT_DONE;

	if (sender->current->rows_count == sender->rows_max)
		end = current_send(sender);
	if (end != MERIT_EXIT_DONE)
		return end;
	enum merit_status status = bulk_add(sender, sender->current, row, call, places);
	if (status == MERIT_TOO_LARGE && sender->current->rows_count > 0) { /* The message is full: into the next. */
		end = current_send(sender);
		if (end != MERIT_EXIT_DONE)
			return end;
		status = bulk_add(sender, sender->current, row, call, places);
	}
	if (status == MERIT_OK) {
		row_keep(sender, sender->current, row, call, places);
		return MERIT_EXIT_DONE;
	}
	merit_complain("line %llu: %s: %s", (unsigned long long)row->line, merit_status_word(status),
	               merit_status_text(status));
	return MERIT_EXIT_UNREACHABLE;
}

enum merit_exit merit_sender_add(struct merit_sender *sender, uint64_t line, const char *base,
                                 const struct merit_call_text *call, const struct merit_place *places)
{
	struct merit_sender_row row = { .line = line, .attempt = 1 };
	size_t base_size = strlen(base);

	assert(base_size <= MERIT_ROW_BASE_SIZE_MAX);
	memcpy(row.base, base, base_size + 1);
	return add(sender, &row, call, places);
}

static enum merit_exit drain(struct merit_sender *sender)
{
	struct merit_sender_batch *answered;
	enum merit_exit end = current_send(sender);

	while (end == MERIT_EXIT_DONE && sender->flying_count > 0) {
		end = receive(sender, &answered);
		if (end == MERIT_EXIT_DONE)
			outcomes_take(sender, answered);
	}
	return end;
}

enum merit_exit merit_sender_finish(struct merit_sender *sender)
{
	enum merit_exit end = drain(sender);

	while (end == MERIT_EXIT_DONE && sender->again.rows_count > 0) {
		struct merit_sender_batch again = sender->again;
		sender->again = (struct merit_sender_batch){ 0 };
		for (size_t i = 0; end == MERIT_EXIT_DONE && i < again.rows_count; i++) {
			const struct merit_call_text call = row_text(&again, &again.rows[i]);
			end = add(sender, &again.rows[i], &call, row_places(sender, &again, i));
		}
		batch_free(&again);
		if (end == MERIT_EXIT_DONE)
			end = drain(sender);
	}
	return end;
}

enum merit_exit merit_sender_open(struct merit_sender *sender, struct merit_session *session, struct merit_tally *tally,
                                  const struct merit_mapping *mapping, size_t rows_max, size_t flying_max,
                                  bool is_retrying)
{
	struct merit_answer answer;

	assert(flying_max >= 1 && flying_max <= MERIT_CLIENT_IN_FLIGHT_MAX);
	*sender = (struct merit_sender){ .session = session,
		                         .tally = tally,
		                         .mapping = mapping,
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
