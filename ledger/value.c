/* value.c - see value.h: JSON to values, values to JSON, and the table of types. */
#include "ledger/value.h"

#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/json.h"
#include "ledger/operation.h"
#include "ledger/text.h"

static const struct merit_parameter place_columns[PLACE_LINE_COLUMNS] = {
	[PLACE_LINE_ITEM] = { "item", MERIT_TYPE_NAME, true, "which item" },
	[PLACE_LINE_VERSION] = { "version", MERIT_TYPE_VERSION, true, "the version that was shown" },
	[PLACE_LINE_POINTS] = { "points", MERIT_TYPE_POINTS, true, "the price of a piece that was shown" },
	[PLACE_LINE_QUANTITY] = { "quantity", MERIT_TYPE_QUANTITY, true, "how many" },
};

static const struct merit_parameter line_columns[LINE_COLUMNS] = {
	[LINE_LINE] = { "line", MERIT_TYPE_LINE, true, "place in the order, from 0" },
	[LINE_QUANTITY] = { "quantity", MERIT_TYPE_QUANTITY, true, "how many" },
};

static const struct merit_parameter multiplier_columns[MULTIPLIER_COLUMNS] = {
	[MULTIPLIER_TIER] = { "tier", MERIT_TYPE_NAME, false, "for members of this tier" },
	[MULTIPLIER_TAG] = { "tag", MERIT_TYPE_NAME, false, "for members with this tag" },
	[MULTIPLIER_BASIS_POINTS] = { "basis_points", MERIT_TYPE_BASIS, true, "10000 = once" },
};

static const struct merit_parameter class_columns[CLASS_COLUMNS] = {
	[CLASS_CLASS] = { "class", MERIT_TYPE_RECON_CLASS, true, "which class" },
	[CLASS_COUNT] = { "count", MERIT_TYPE_NUMBER, true, "how many findings" },
	[CLASS_THEIRS] = { "theirs", MERIT_TYPE_BALANCE, true, "the sum of the file's amounts" },
	[CLASS_OURS] = { "ours", MERIT_TYPE_BALANCE, true, "and of the ledger's" },
};

static const struct merit_parameter total_columns[TOTAL_COLUMNS] = {
	[TOTAL_UNIT] = { "unit", MERIT_TYPE_REFERENCE, true, "points, or a currency" },
	[TOTAL_DEBIT] = { "debit", MERIT_TYPE_BALANCE, true, "of the trial balance; credit is as much" },
	[TOTAL_OPENING] = { "opening", MERIT_TYPE_BALANCE, true, "the liability before the month" },
	[TOTAL_CLOSING] = { "closing", MERIT_TYPE_BALANCE, true, "and behind it" },
};

static const struct merit_parameter report_columns[REPORT_COLUMNS] = {
	[REPORT_REPORT] = { "report", MERIT_TYPE_NAME, true, "its name" },
	[REPORT_HASH] = { "hash", MERIT_TYPE_HASH, true, "of its bytes as CSV" },
	[REPORT_ROWS] = { "rows", MERIT_TYPE_NUMBER, true, "of it" },
};

static const struct merit_parameter code_columns[CODE_COLUMNS] = {
	[CODE_LINE] = { "line", MERIT_TYPE_LINE, true, "place in the order, from 0" },
	[CODE_CODE] = { "code", MERIT_TYPE_HASH, true, "the code's commitment" },
};

#define X(name, kind, min, max, words, about) { #name, MERIT_KIND_##kind, min, max, words, about, NULL, 0 },
static const struct merit_type_row plain_rows[MERIT_TYPE_COUNT] = { MERIT_TYPE_MAP(X) };
#undef X

/* Rows with columns: the lists. */
#define LIST(name, max, about, columns) [MERIT_TYPE_##name] = { #name, MERIT_KIND_LIST, 1, max, NULL, about, columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct merit_type_row list_rows[MERIT_TYPE_COUNT] = {
	LIST(PLACE_LINES, MERIT_ORDER_LINES_MAX, "lines of an order", place_columns),
	LIST(LINES, MERIT_ORDER_LINES_MAX, "lines and how many of each", line_columns),
	LIST(MULTIPLIERS, MERIT_MULTIPLIERS_MAX, "multipliers: a tier or a tag, and its basis points", multiplier_columns),
	LIST(CLASSES, 11, "classes: how many findings, and their sums", class_columns),
	LIST(TOTALS, MERIT_CLOSE_TOTALS_MAX, "totals of the books by unit", total_columns),
	LIST(REPORTS, MERIT_CLOSE_REPORTS_MAX, "reports and their hashes", report_columns),
	LIST(CODES, MERIT_ORDER_CODES_MAX, "codes and the lines they are for", code_columns),
};
#undef LIST

const struct merit_type_row *merit_type_row(enum merit_type type)
{
	return list_rows[type].columns != NULL ? &list_rows[type] : &plain_rows[type];
}

struct merit_text merit_type_word(enum merit_type type, int64_t place)
{
	const char *word = merit_type_row(type)->words;

	for (; place > 0; place--)
		word += strcspn(word, "|") + 1;
	return (struct merit_text){ word, strcspn(word, "|") };
}

struct merit_value merit_type_word_value(enum merit_type type, int64_t place)
{
	return (struct merit_value){ .present = true, .integer = place, .text = merit_type_word(type, place) };
}

bool merit_text_equal(struct merit_text a, struct merit_text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int merit_text_order(struct merit_text a, struct merit_text b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size == 0 ? 0 : memcmp(a.data, b.data, size); /* the data of an empty text may be NULL */

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

struct merit_text merit_text_of(const char *text)
{
	return (struct merit_text){ text, strlen(text) };
}

bool merit_text_keep(struct merit_arena *arena, struct merit_text text, struct merit_text *kept_out)
{
	const char *copy = text.size == 0 ? "" : merit_arena_copy(arena, text.data, text.size);

	*kept_out = (struct merit_text){ copy, text.size };
	return copy != NULL;
}

/* ---- Reading ---- */

static bool is_hex(struct merit_text text, int64_t bytes)
{
	if ((int64_t)text.size != bytes * 2)
		return false;
	return strspn(text.data, "0123456789abcdef") == text.size;
}

static bool is_base64url(struct merit_text text, const struct merit_type_row *row)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return (int64_t)text.size >= row->min && (int64_t)text.size <= row->max && strspn(text.data, letters) == text.size;
}

/* The place of text in "a|b|c", or -1. */
static int word_index(const char *words, struct merit_text text)
{
	for (int place = 0;; place++) {
		size_t size = strcspn(words, "|");
		if (size == text.size && memcmp(words, text.data, size) == 0)
			return place;
		if (words[size] == '\0')
			return -1;
		words += size + 1;
	}
}

static enum merit_status list_read(const cJSON *node, const struct merit_type_row *row, struct merit_arena *arena,
				   struct merit_value *value, const char **field_out)
{
	size_t count = 0;

	if (!cJSON_IsArray(node))
		return MERIT_BAD_PARAMS;
	for (const cJSON *child = node->child; child != NULL; child = child->next)
		count++;
	if ((int64_t)count < row->min || (int64_t)count > row->max)
		return MERIT_BAD_PARAMS;
	value->cells = merit_arena_allocate(arena, count * row->column_count * sizeof(*value->cells));
	if (value->cells == NULL)
		return MERIT_NO_MEMORY;
	value->row_count = count;
	struct merit_value *cells = value->cells;
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		if (!cJSON_IsObject(child))
			return MERIT_BAD_PARAMS;
		enum merit_status status =
			merit_values_read(child, row->columns, row->column_count, false, arena, cells, field_out);
		if (status != MERIT_OK)
			return status;
		cells += row->column_count;
	}
	return MERIT_OK;
}

static enum merit_status call_part_read(const cJSON *node, const struct merit_parameter *parameters, size_t count,
					struct merit_arena *arena, struct merit_value **values_out, const char **field_out)
{
	if (!cJSON_IsObject(node))
		return MERIT_BAD_PARAMS;
	*values_out = merit_arena_allocate(arena, (count + 1) * sizeof(**values_out));
	if (*values_out == NULL)
		return MERIT_NO_MEMORY;
	return merit_values_read(node, parameters, count, false, arena, *values_out, field_out);
}

/* {"method":name,"params":{...}} of a proposable operation, without an id; with its "result" where the type has one. */
static enum merit_status call_read(const cJSON *node, bool is_done, struct merit_arena *arena, struct merit_value *value,
				   const char **field_out)
{
	const char *name;
	size_t size;

	if (!cJSON_IsObject(node) || cJSON_GetArraySize(node) != (is_done ? 3 : 2) ||
	    !merit_json_text(merit_json_member(node, "method"), &name, &size))
		return MERIT_BAD_PARAMS;
	const struct merit_operation *call = merit_operation_named(name, size);
	if (call == NULL || !call->proposable)
		return MERIT_BAD_PARAMS;
	value->call = call;
	enum merit_status status = call_part_read(merit_json_member(node, "params"), call->params, call->params_count, arena,
						  &value->cells, field_out);
	if (status == MERIT_OK && is_done)
		status = call_part_read(merit_json_member(node, "result"), call->results, call->results_count, arena,
					&value->results, field_out);
	return status;
}

static bool text_fits(enum merit_type type, const struct merit_type_row *row, struct merit_value *value)
{
	struct merit_text text = value->text;

	switch (row->kind) {
	case MERIT_KIND_ID:
		if (type == MERIT_TYPE_CURRENCY)
			return merit_text_is_currency(text.data, text.size);
		return merit_text_is_id(text.data, text.size, (size_t)row->max);
	case MERIT_KIND_TEXT:
		if (type == MERIT_TYPE_ORIGIN)
			return merit_text_is_origin(text.data, text.size, (size_t)row->max);
		return merit_text_is_printable(text.data, text.size, (size_t)row->max);
	case MERIT_KIND_HEX:
		return is_hex(text, row->max);
	case MERIT_KIND_BASE64:
		return is_base64url(text, row);
	case MERIT_KIND_WORD:
		value->integer = word_index(row->words, text);
		return value->integer >= 0;
	case MERIT_KIND_DAY: {
		int32_t day;
		if (!merit_day_parse(text.data, text.size, &day))
			return false;
		value->integer = day;
		return true;
	}
	case MERIT_KIND_MONTH: {
		int32_t day;
		if (!merit_month_parse(text.data, text.size, &day))
			return false;
		value->integer = day;
		return true;
	}
	default:
		return false;
	}
}

static enum merit_status value_read(const cJSON *node, enum merit_type type, struct merit_arena *arena,
				    struct merit_value *value, const char **field_out)
{
	const struct merit_type_row *row = merit_type_row(type);

	value->present = true;
	switch (row->kind) {
	case MERIT_KIND_INTEGER:
		if (!merit_json_integer(node, &value->integer) || value->integer < row->min || value->integer > row->max)
			return MERIT_BAD_PARAMS;
		return MERIT_OK;
	case MERIT_KIND_FLAG:
		value->integer = cJSON_IsTrue(node);
		return cJSON_IsBool(node) ? MERIT_OK : MERIT_BAD_PARAMS;
	case MERIT_KIND_LIST:
		return list_read(node, row, arena, value, field_out);
	case MERIT_KIND_CALL:
		return call_read(node, row->max == 1, arena, value, field_out);
	case MERIT_KIND_CALLS:
		return MERIT_BAD_PARAMS; /* Only the message itself holds calls: request.c spreads them out. */
	default:
		if (!merit_json_text(node, &value->text.data, &value->text.size) || !text_fits(type, row, value))
			return MERIT_BAD_PARAMS;
		return MERIT_OK;
	}
}

/* The parameter of this name. Callers mostly send the table's order, so the search starts where the last one ended. */
static size_t parameter_index(const struct merit_parameter *parameters, size_t count, size_t hint, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		size_t index = (hint + i) % count;
		if (strcmp(parameters[index].name, name) == 0)
			return index;
	}
	return count;
}

enum merit_status merit_values_read(const struct cJSON *object, const struct merit_parameter *parameters, size_t count,
				    bool skip_id, struct merit_arena *arena, struct merit_value *values,
				    const char **field_out)
{
	size_t hint = 0;

	memset(values, 0, count * sizeof(*values));
	for (const cJSON *child = object == NULL ? NULL : object->child; child != NULL; child = child->next) {
		if (skip_id && strcmp(child->string, "id") == 0)
			continue;
		size_t index = parameter_index(parameters, count, hint, child->string);
		*field_out = child->string;
		if (index == count)
			return MERIT_BAD_PARAMS;
		const char *inner = child->string;
		enum merit_status status = value_read(child, parameters[index].type, arena, &values[index], &inner);
		if (status != MERIT_OK) {
			*field_out = inner;
			return status;
		}
		hint = index + 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (parameters[i].required && !values[i].present) {
			*field_out = parameters[i].name;
			return MERIT_BAD_PARAMS;
		}
	}
	return MERIT_OK;
}

/* ---- Printing ---- */

static void value_put(struct merit_buffer *out, enum merit_type type, const struct merit_value *value)
{
	const struct merit_type_row *row = merit_type_row(type);
	char day[MERIT_DAY_TEXT_SIZE];

	switch (row->kind) {
	case MERIT_KIND_INTEGER:
		merit_buffer_put_integer(out, value->integer);
		break;
	case MERIT_KIND_FLAG:
		merit_buffer_put_text(out, value->integer ? "true" : "false");
		break;
	case MERIT_KIND_DAY:
		merit_day_format((int32_t)value->integer, day);
		merit_buffer_put_json(out, day, sizeof(day) - 1);
		break;
	case MERIT_KIND_MONTH:
		merit_day_format((int32_t)value->integer, day);
		merit_buffer_put_json(out, day, MERIT_MONTH_TEXT_SIZE - 1);
		break;
	case MERIT_KIND_LIST:
		merit_buffer_put_char(out, '[');
		for (size_t i = 0; i < value->row_count; i++) {
			merit_buffer_put_comma(out);
			merit_values_put(out, row->columns, row->column_count, value->cells + i * row->column_count);
		}
		merit_buffer_put_char(out, ']');
		break;
	case MERIT_KIND_CALL:
		merit_buffer_put_format(out, "{\"method\":\"%s\",\"params\":", value->call->name);
		merit_values_put(out, value->call->params, value->call->params_count, value->cells);
		if (row->max == 1) {
			merit_buffer_put_key(out, "result");
			merit_values_put(out, value->call->results, value->call->results_count, value->results);
		}
		merit_buffer_put_char(out, '}');
		break;
	default:
		merit_buffer_put_json(out, value->text.data, value->text.size);
		break;
	}
}

void merit_values_put(struct merit_buffer *out, const struct merit_parameter *parameters, size_t count,
		      const struct merit_value *values)
{
	merit_buffer_put_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (!values[i].present)
			continue;
		merit_buffer_put_key(out, parameters[i].name);
		value_put(out, parameters[i].type, &values[i]);
	}
	merit_buffer_put_char(out, '}');
}

/* ---- Comparing ---- */

static bool value_equal(enum merit_type type, const struct merit_value *a, const struct merit_value *b)
{
	const struct merit_type_row *row = merit_type_row(type);

	if (a->present != b->present)
		return false;
	if (!a->present)
		return true;
	switch (row->kind) {
	case MERIT_KIND_INTEGER:
	case MERIT_KIND_FLAG:
	case MERIT_KIND_DAY:
	case MERIT_KIND_MONTH:
	case MERIT_KIND_WORD:
		return a->integer == b->integer;
	case MERIT_KIND_LIST:
		if (a->row_count != b->row_count)
			return false;
		for (size_t i = 0; i < a->row_count; i++) {
			size_t at = i * row->column_count;
			if (merit_values_compare(row->columns, row->column_count, a->cells + at, b->cells + at) !=
			    row->column_count)
				return false;
		}
		return true;
	case MERIT_KIND_CALL:
		return a->call == b->call && merit_values_compare(a->call->params, a->call->params_count, a->cells,
								  b->cells) == a->call->params_count;
	default:
		return merit_text_equal(a->text, b->text);
	}
}

size_t merit_values_compare(const struct merit_parameter *parameters, size_t count, const struct merit_value *a,
			    const struct merit_value *b)
{
	for (size_t i = 0; i < count; i++) {
		if (!value_equal(parameters[i].type, &a[i], &b[i]))
			return i;
	}
	return count;
}
