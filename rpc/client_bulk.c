/* client_bulk.c - see client.h: a bulk as it comes together row by row, and its way through a client.
 *
 * The JSON is kept as it will be sent, but for the brackets at its end: so a row is printed once, where it stays. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/text.h"
#include "rpc/client_inner.h"

#define ENDING "]}}" /* of rows, params, and the call */

static_assert(MERIT_CLIENT_ROWS_MAX == MERIT_CALLS_MAX, "what a ledger takes");

/* ---- Names ---- */

/* The place of a name among count of them, in the order given; count when it is none. */
static size_t name_index(const struct merit_client_bulk *bulk, const char *name)
{
	const char *at = bulk->names.data;
	size_t index = 0;

	for (; index < bulk->names_count && strcmp(at, name) != 0; index++)
		at += strlen(at) + 1;
	return index;
}

static enum merit_status name_take(struct merit_client_bulk *bulk, const char *name)
{
	if (!merit_text_is_id(name, strlen(name), MERIT_NAME_SIZE_MAX) ||
	    bulk->names_count == MERIT_CLIENT_COLUMNS_MAX || name_index(bulk, name) < bulk->names_count)
		return MERIT_BAD_PARAMS;
	merit_buffer_put(&bulk->names, name, strlen(name) + 1);
	bulk->names_count++;
	return bulk->names.bad ? MERIT_NO_MEMORY : MERIT_OK;
}

/* ---- Opening ---- */

static enum merit_status columns_take(struct merit_client_bulk *bulk, const char *const *columns)
{
	enum merit_status status = MERIT_OK;

	merit_buffer_put_text(&bulk->json, ",\"columns\":[");
	for (; status == MERIT_OK && columns[bulk->columns_count] != NULL; bulk->columns_count++) {
		const char *name = columns[bulk->columns_count];
		merit_buffer_put_comma(&bulk->json);
		merit_buffer_put_json(&bulk->json, name, strlen(name));
		status = name_take(bulk, name);
	}
	merit_buffer_put_char(&bulk->json, ']');
	if (status != MERIT_OK)
		return status;
	bulk->id_index = name_index(bulk, "id");
	return bulk->id_index < bulk->columns_count ? MERIT_OK : MERIT_BAD_PARAMS;
}

enum merit_status merit_client_bulk_open(const char *method, const char *const *columns,
                                         struct merit_client_bulk **bulk_out)
{
	if (!merit_text_is_id(method, strlen(method), MERIT_NAME_SIZE_MAX))
		return MERIT_BAD_PARAMS;
	struct merit_client_bulk *bulk = calloc(1, sizeof(*bulk));
	if (bulk == NULL)
		return MERIT_NO_MEMORY;
	merit_buffer_put_text(&bulk->json, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"bulk\",\"params\":{\"method\":");
	merit_buffer_put_json(&bulk->json, method, strlen(method));
	enum merit_status status = columns_take(bulk, columns);
	if (status == MERIT_OK && bulk->json.bad)
		status = MERIT_NO_MEMORY;
	if (status != MERIT_OK) {
		merit_client_bulk_close(bulk);
		return status;
	}
	*bulk_out = bulk;
	return MERIT_OK;
}

void merit_client_bulk_close(struct merit_client_bulk *bulk)
{
	if (bulk == NULL)
		return;
	merit_buffer_free(&bulk->json);
	merit_buffer_free(&bulk->lines);
	merit_buffer_free(&bulk->names);
	merit_buffer_free(&bulk->answer);
	free(bulk);
}

/* ---- Cells ---- */

/* JSON can say it, and a text of the ledger holds it. */
static bool is_text(const char *text, size_t size)
{
	size_t at = 0, used = 1;
	uint32_t point;

	while (at < size && used > 0) {
		unsigned char byte = (unsigned char)text[at];
		if (byte > 0 && byte < 0x80) { /* ASCII, as nearly all of it is. */
			at++;
			continue;
		}
		used = byte == 0 ? 0 : merit_text_first(text + at, size - at, &point);
		at += used;
	}
	return used > 0;
}

static bool cell_is_good(const struct merit_client_cell *cell)
{
	switch (cell->kind) {
	case MERIT_CLIENT_ABSENT: return true;
	case MERIT_CLIENT_TEXT: return is_text(cell->text, cell->size);
	case MERIT_CLIENT_INTEGER: return cell->integer >= -MERIT_AMOUNT_MAX && cell->integer <= MERIT_AMOUNT_MAX;
	case MERIT_CLIENT_JSON: return cell->size > 0;
	}
	return false;
}

static void cell_put(struct merit_client_bulk *bulk, const struct merit_client_cell *cell)
{
	switch (cell->kind) {
	case MERIT_CLIENT_ABSENT: merit_buffer_put_text(&bulk->json, "null"); break;
	case MERIT_CLIENT_TEXT: merit_buffer_put_json(&bulk->json, cell->text, cell->size); break;
	case MERIT_CLIENT_INTEGER: merit_buffer_put_integer(&bulk->json, cell->integer); break;
	case MERIT_CLIENT_JSON: merit_buffer_put(&bulk->json, cell->text, cell->size); break;
	}
	if (cell->line_size == 0)
		return;
	if (bulk->lines.size > 0)
		merit_buffer_put_char(&bulk->lines, '\n');
	merit_buffer_put(&bulk->lines, cell->line, cell->line_size);
}

/* Forgets what stands behind size, and that memory ran out for it: the next attempt may find some. */
static void cut(struct merit_buffer *buffer, size_t size)
{
	buffer->size = size;
	buffer->bad = false;
}

enum merit_status merit_client_bulk_set(struct merit_client_bulk *bulk, const char *name, struct merit_client_cell cell)
{
	size_t json_size = bulk->json.size, names_size = bulk->names.size, names_count = bulk->names_count;

	if (bulk->rows_count > 0)
		return MERIT_BUSY;
	if (!cell_is_good(&cell) || cell.kind == MERIT_CLIENT_ABSENT || cell.line_size > 0)
		return MERIT_BAD_PARAMS;
	bool is_first = bulk->names_count == bulk->columns_count;
	enum merit_status status = name_take(bulk, name);
	if (status == MERIT_OK) {
		if (is_first)
			merit_buffer_put_text(&bulk->json, ",\"params\":{");
		merit_buffer_put_key(&bulk->json, name);
		cell_put(bulk, &cell);
	}
	if (status == MERIT_OK && !bulk->json.bad)
		return MERIT_OK;
	cut(&bulk->json, json_size);
	cut(&bulk->names, names_size);
	bulk->names_count = names_count;
	return status == MERIT_OK ? MERIT_NO_MEMORY : status;
}

enum merit_status merit_client_bulk_detail(struct merit_client_bulk *bulk)
{
	if (bulk->rows_count > 0)
		return MERIT_BUSY;
	bulk->is_detailed = true;
	return MERIT_OK;
}

/* ---- Rows ---- */

/* What stands between the common parameters and the first row. */
static void rows_begin(struct merit_client_bulk *bulk)
{
	bulk->head_size = bulk->json.size;
	if (bulk->names_count > bulk->columns_count)
		merit_buffer_put_char(&bulk->json, '}');
	if (bulk->is_detailed)
		merit_buffer_put_text(&bulk->json, ",\"detail\":true");
	merit_buffer_put_text(&bulk->json, ",\"rows\":[");
}

/* Whether there is room for the rows, their lines with a line feed in front, and the longest envelope. */
static bool message_fits(const struct merit_client_bulk *bulk)
{
	size_t lines_size = bulk->lines.size > 0 ? 1 + bulk->lines.size : 0;

	return bulk->json.size + strlen(ENDING) + lines_size <= MERIT_MESSAGE_SIZE_MAX - MERIT_ENVELOPE_SIZE_MAX;
}

static bool row_is_good(const struct merit_client_bulk *bulk, const struct merit_client_cell *cells)
{
	const struct merit_client_cell *id = &cells[bulk->id_index];

	if (id->kind != MERIT_CLIENT_TEXT || !merit_text_is_id(id->text, id->size, MERIT_ID_SIZE_MAX))
		return false;
	for (size_t i = 0; i < bulk->columns_count; i++) {
		if (!cell_is_good(&cells[i]))
			return false;
	}
	return true;
}

static void row_put(struct merit_client_bulk *bulk, const struct merit_client_cell *cells)
{
	if (bulk->rows_count == 0)
		rows_begin(bulk);
	else
		merit_buffer_put_char(&bulk->json, ',');
	for (size_t i = 0; i < bulk->columns_count; i++) {
		merit_buffer_put_char(&bulk->json, i == 0 ? '[' : ',');
		cell_put(bulk, &cells[i]);
	}
	merit_buffer_put_char(&bulk->json, ']');
}

enum merit_status merit_client_bulk_add(struct merit_client_bulk *bulk, const struct merit_client_cell *cells)
{
	size_t json_size = bulk->json.size, lines_size = bulk->lines.size;

	if (!row_is_good(bulk, cells))
		return MERIT_BAD_PARAMS;
	if (bulk->rows_count == MERIT_CLIENT_ROWS_MAX)
		return MERIT_TOO_LARGE;
	row_put(bulk, cells);
	bool is_bad = bulk->json.bad || bulk->lines.bad;
	if (is_bad || !message_fits(bulk)) {
		cut(&bulk->json, json_size);
		cut(&bulk->lines, lines_size);
		return is_bad ? MERIT_NO_MEMORY : MERIT_TOO_LARGE;
	}
	bulk->rows_count++;
	return MERIT_OK;
}

size_t merit_client_bulk_rows(const struct merit_client_bulk *bulk)
{
	return bulk->rows_count;
}

void merit_client_bulk_clear(struct merit_client_bulk *bulk)
{
	if (bulk->rows_count > 0)
		bulk->json.size = bulk->head_size;
	bulk->rows_count = 0;
	bulk->outcomes_count = 0;
	merit_buffer_clear(&bulk->lines);
}

/* ---- Through a client ---- */

enum merit_status merit_client_bulk_submit(struct merit_client *client, struct merit_client_bulk *bulk)
{
	size_t size = bulk->json.size;

	if (bulk->rows_count == 0)
		return MERIT_BAD_PARAMS;
	bulk->outcomes_count = 0;
	merit_buffer_put_text(&bulk->json, ENDING);
	enum merit_status status = MERIT_NO_MEMORY;
	if (!bulk->json.bad)
		status = merit_inner_submit(client, bulk->json.data, bulk->json.size, bulk->lines.data,
		                            bulk->lines.size, bulk);
	cut(&bulk->json, size);
	return status;
}

enum merit_status merit_client_bulk_wait(struct merit_client *client, struct merit_client_bulk *bulk,
                                         struct merit_client_bulk_answer *answer_out)
{
	struct merit_client_reply reply;

	if (merit_inner_oldest_bulk(client) != bulk)
		return MERIT_NOT_FOUND;
	enum merit_status status = merit_client_wait(client, &reply);
	return status == MERIT_OK ? merit_inner_answer_read(bulk, reply.json, reply.json_size, answer_out) : status;
}

enum merit_status merit_client_bulk_call(struct merit_client *client, struct merit_client_bulk *bulk,
                                         struct merit_client_bulk_answer *answer_out)
{
	if (merit_client_in_flight(client) > 0)
		return MERIT_BUSY;
	enum merit_status status = merit_client_bulk_submit(client, bulk);
	return status == MERIT_OK ? merit_client_bulk_wait(client, bulk, answer_out) : status;
}
