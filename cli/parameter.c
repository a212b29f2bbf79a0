/* parameter.c - see parameter.h. */
#include "cli/parameter.h"

#include <string.h>

#include "cli/output.h"
#include "ledger/calendar.h"
#include "ledger/json.h"
#include "ledger/json_pull.h"

/* ---- Methods ---- */

static struct merit_method method_of_operation(const struct merit_operation *operation)
{
	return (struct merit_method){ operation->name, operation, NULL, operation->params, operation->params_count };
}

static struct merit_method method_of_query(const struct merit_query *query)
{
	return (struct merit_method){ query->name, NULL, query, query->params, query->params_count };
}

bool merit_method_find(const char *name, struct merit_method *method_out)
{
	const struct merit_operation *operation = merit_operation_named(name, strlen(name));
	const struct merit_query *query = merit_query_named(name, strlen(name));

	if (operation != NULL)
		*method_out = method_of_operation(operation);
	else if (query != NULL)
		*method_out = method_of_query(query);
	return operation != NULL || query != NULL;
}

bool merit_method_at(size_t index, struct merit_method *method_out)
{
	size_t operations_count = 0;

	while (merit_operation_at(operations_count) != NULL)
		operations_count++;
	if (index < operations_count) {
		*method_out = method_of_operation(merit_operation_at(index));
		return true;
	}
	const struct merit_query *query = merit_query_at(index - operations_count);
	if (query == NULL)
		return false;
	*method_out = method_of_query(query);
	return true;
}

const struct merit_parameter *merit_method_parameter(const struct merit_method *method, const char *name, size_t size)
{
	for (size_t i = 0; i < method->params_count; i++) {
		if (strlen(method->params[i].name) == size && memcmp(method->params[i].name, name, size) == 0)
			return &method->params[i];
	}
	return NULL;
}

/* ---- Texts ---- */

bool merit_integer_parse(const char *text, int64_t *value_out)
{
	bool is_negative = *text == '-';
	int64_t value = 0;

	text += *text == '-' || *text == '+';
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (*text - '0');
		if (value > MERIT_AMOUNT_MAX)
			return false;
	}
	*value_out = is_negative ? -value : value;
	return true;
}

bool merit_offset_parse(const char *text, int32_t *offset_minutes_out)
{
	if (strcmp(text, "Z") == 0) {
		*offset_minutes_out = 0;
		return true;
	}
	if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
		return false;
	for (size_t i = 1; i < 6; i++) {
		if (i != 3 && (text[i] < '0' || text[i] > '9'))
			return false;
	}
	int32_t hours = (text[1] - '0') * 10 + (text[2] - '0');
	int32_t minutes = (text[4] - '0') * 10 + (text[5] - '0');
	if (hours > 23 || minutes > 59)
		return false;
	*offset_minutes_out = (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
	return true;
}

/* "2026-11-21 10:00", with T or a space and with or without seconds, as RFC 3339 in UTC; then the zone is taken off. */
static bool local_time_parse(const char *text, int32_t offset_minutes, int64_t *time_ms_out)
{
	char utc[MERIT_TIME_TEXT_SIZE];
	size_t size = strlen(text);
	int64_t time_ms;

	if (size < strlen("2026-11-21 10:00") || size > strlen("2026-11-21 10:00:00.000") ||
	    (text[10] != ' ' && text[10] != 'T'))
		return false;
	int printed = snprintf(utc, sizeof(utc), "%.10sT%s%sZ", text, text + 11, size == 16 ? ":00" : "");
	if (printed < 0 || (size_t)printed >= sizeof(utc) || !merit_time_parse(utc, (size_t)printed, &time_ms))
		return false;
	*time_ms_out = time_ms - offset_minutes * 60000LL;
	return true;
}

bool merit_moment_parse(const char *text, int32_t offset_minutes, int64_t *time_ms_out)
{
	int32_t day;

	if (merit_integer_parse(text, time_ms_out) || merit_time_parse(text, strlen(text), time_ms_out))
		return true;
	if (offset_minutes == MERIT_OFFSET_UNKNOWN)
		return false;
	if (merit_day_parse(text, strlen(text), &day)) {
		*time_ms_out = merit_day_start_ms(day, offset_minutes);
		return true;
	}
	return local_time_parse(text, offset_minutes, time_ms_out);
}

static bool integer_put(struct merit_buffer *out, enum merit_type type, const char *text, int32_t offset_minutes)
{
	const struct merit_type_row *row = merit_type_row(type);
	int64_t value = 0;
	int32_t minutes = 0;
	bool is_read;

	if (type == MERIT_TYPE_TIME)
		is_read = merit_moment_parse(text, offset_minutes, &value);
	else if (type == MERIT_TYPE_OFFSET && merit_offset_parse(text, &minutes)) {
		value = minutes;
		is_read = true;
	} else
		is_read = merit_integer_parse(text, &value);
	if (!is_read || value < row->min || value > row->max)
		return false;
	merit_buffer_put_integer(out, value);
	return true;
}

static bool flag_put(struct merit_buffer *out, const char *text)
{
	bool is_true = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "1") == 0;
	bool is_false = strcmp(text, "false") == 0 || strcmp(text, "no") == 0 || strcmp(text, "0") == 0;

	if (is_true || is_false)
		merit_buffer_put_text(out, is_true ? "true" : "false");
	return is_true || is_false;
}

static bool json_put(struct merit_buffer *out, const char *text)
{
	cJSON *tree;

	if (merit_json_read(text, strlen(text), &tree) != MERIT_OK)
		return false;
	merit_json_free(tree);
	merit_buffer_put_text(out, text);
	return true;
}

const char *merit_parameter_json_form(const struct merit_parameter *parameter)
{
	const struct merit_type_row *type = merit_type_row(parameter->type);

	return type->kind == MERIT_KIND_WORD ? type->words : type->about;
}

const char *merit_parameter_form(const struct merit_parameter *parameter)
{
	if (parameter->type == MERIT_TYPE_TIME)
		return "write 2026-11-20, 2026-11-20 10:00 or 2026-11-20T10:00:00+08:00";
	if (parameter->type == MERIT_TYPE_DAY)
		return "write 2026-11-20";
	if (parameter->type == MERIT_TYPE_COMMITMENT)
		return "the private text itself, or @FILE; up to 2048 bytes of UTF-8";
	return merit_parameter_json_form(parameter);
}

bool merit_parameter_put(struct merit_buffer *out, const struct merit_parameter *parameter, const char *text,
                         int32_t offset_minutes)
{
	switch (merit_type_row(parameter->type)->kind) {
	case MERIT_KIND_INTEGER: return integer_put(out, parameter->type, text, offset_minutes);
	case MERIT_KIND_FLAG: return flag_put(out, text);
	case MERIT_KIND_LIST:
	case MERIT_KIND_CALL:
	case MERIT_KIND_CALLS: return json_put(out, text);
	default: merit_buffer_put_json(out, text, strlen(text)); return true;
	}
}

enum merit_status merit_method_check(const struct merit_method *method, const char *params, size_t size,
                                     struct merit_arena *arena, const struct merit_parameter **parameter_out)
{
	struct merit_json_pull pull = merit_json_pull_begin(params, size, arena);
	struct merit_value values[MERIT_PARAMETERS_MAX] = { 0 };
	const char *field = NULL;

	*parameter_out = NULL;
	enum merit_status status =
		merit_values_pull(&pull, method->params, method->params_count, NULL, values, &field);
	if (status != MERIT_OK && field != NULL)
		*parameter_out = merit_method_parameter(method, field, strlen(field));
	return status == MERIT_OK ? merit_json_pull_end(&pull) : status;
}
