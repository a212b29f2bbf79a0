/* value_put.c - see value.h: values to JSON, as they stand in entries. */
#include "ledger/value.h"

#include "ledger/calendar.h"
#include "ledger/operation.h"

/* The room a member takes but for a list or a call: its name, its text escaped or a number or day, quotes and so on. */
static size_t member_room(enum merit_kind kind, size_t name_size, const struct merit_value *value)
{
	size_t room = name_size + 32;

	switch (kind) {
	case MERIT_KIND_TEXT: return room + value->text.size * MERIT_PEN_ESCAPE_SIZE;
	case MERIT_KIND_ID:
	case MERIT_KIND_WORD:
	case MERIT_KIND_HEX:
	case MERIT_KIND_BASE64: return room + value->text.size;
	default: return room;
	}
}

static char *quoted(char *at, struct merit_text text)
{
	at = merit_pen_char(at, '"');
	at = merit_pen_bytes(at, text.data, text.size);
	return merit_pen_char(at, '"');
}

/* A month is how its first day begins. */
static char *day_put(char *at, int64_t day, size_t size)
{
	char *text = merit_pen_char(at, '"');

	merit_day_put(text, (int32_t)day);
	return merit_pen_char(text + size, '"');
}

/* Only free text needs escapes: the shape check lets no other have a character that does. */
static char *plain_put(char *at, enum merit_kind kind, const struct merit_value *value)
{
	switch (kind) {
	case MERIT_KIND_INTEGER: return merit_pen_integer(at, value->integer);
	case MERIT_KIND_FLAG: return value->integer ? merit_pen_literal(at, "true") : merit_pen_literal(at, "false");
	case MERIT_KIND_DAY: return day_put(at, value->integer, MERIT_DAY_TEXT_SIZE - 1);
	case MERIT_KIND_MONTH: return day_put(at, value->integer, MERIT_MONTH_TEXT_SIZE - 1);
	case MERIT_KIND_TEXT:
		at = merit_pen_escaped(merit_pen_char(at, '"'), value->text.data, value->text.size);
		return merit_pen_char(at, '"');
	default: return quoted(at, value->text);
	}
}

static void list_put(struct merit_buffer *out, const struct merit_type_row *row, const struct merit_value *value)
{
	merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < value->row_count; i++) {
		if (i > 0)
			merit_buffer_put_char(out, ',');
		merit_values_put(out, row->columns, row->column_count, value->cells + i * row->column_count);
	}
	merit_buffer_put_char(out, ']');
}

static void call_put(struct merit_buffer *out, const struct merit_type_row *row, const struct merit_value *value)
{
	merit_buffer_put_text(out, "{\"method\":\"");
	merit_buffer_put(out, value->call->name, value->call->name_size);
	merit_buffer_put_text(out, "\",\"params\":");
	merit_values_put(out, value->call->params, value->call->params_count, value->cells);
	if (row->max == 1) {
		merit_buffer_put_text(out, ",\"result\":");
		merit_values_put(out, value->call->results, value->call->results_count, value->results);
	}
	merit_buffer_put_char(out, '}');
}

/* "name":value, with a comma before it or the brace that opens the object. */
static void member_put(struct merit_buffer *out, char before, const struct merit_parameter *parameter,
                       const struct merit_value *value)
{
	const struct merit_type_row *row = merit_type_row(parameter->type);
	size_t name_size = strlen(parameter->name);
	char *at = merit_buffer_begin(out, member_room(row->kind, name_size, value));

	if (at == NULL)
		return;
	at = merit_pen_char(merit_pen_char(at, before), '"');
	at = merit_pen_bytes(at, parameter->name, name_size);
	at = merit_pen_literal(at, "\":");
	if (row->kind != MERIT_KIND_LIST && row->kind != MERIT_KIND_CALL) {
		merit_buffer_end(out, plain_put(at, row->kind, value));
		return;
	}
	merit_buffer_end(out, at);
	if (row->kind == MERIT_KIND_LIST)
		list_put(out, row, value);
	else
		call_put(out, row, value);
}

void merit_values_put(struct merit_buffer *out, const struct merit_parameter *parameters, size_t count,
                      const struct merit_value *values)
{
	char before = '{';

	for (size_t i = 0; i < count; i++) {
		if (!values[i].present)
			continue;
		member_put(out, before, &parameters[i], &values[i]);
		before = ',';
	}
	if (before == '{')
		merit_buffer_put_char(out, '{');
	merit_buffer_put_char(out, '}');
}
