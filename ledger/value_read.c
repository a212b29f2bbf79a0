/* value_read.c - see value.h: JSON to values, straight from its bytes. */
#include "ledger/value.h"

#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/json_pull.h"
#include "ledger/operation.h"
#include "ledger/text.h"

/* ---- Texts ---- */

static bool is_base64url(struct merit_text text, const struct merit_type_row *row)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	if ((int64_t)text.size < row->min || (int64_t)text.size > row->max)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (memchr(letters, text.data[i], sizeof(letters) - 1) == NULL)
			return false;
	}
	return true;
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

static bool text_fits(enum merit_type type, const struct merit_type_row *row, struct merit_value *value)
{
	struct merit_text text = value->text;
	int32_t day;

	switch (row->kind) {
	case MERIT_KIND_ID:
		if (type == MERIT_TYPE_CURRENCY)
			return merit_text_is_currency(text.data, text.size);
		return merit_text_is_id(text.data, text.size, (size_t)row->max);
	case MERIT_KIND_TEXT:
		if (type == MERIT_TYPE_ORIGIN)
			return merit_text_is_origin(text.data, text.size, (size_t)row->max);
		return merit_text_is_printable(text.data, text.size, (size_t)row->max);
	case MERIT_KIND_HEX: return text.size == 2 * (size_t)row->max && merit_text_is_hex(text.data, text.size);
	case MERIT_KIND_BASE64: return is_base64url(text, row);
	case MERIT_KIND_WORD: value->integer = word_index(row->words, text); return value->integer >= 0;
	case MERIT_KIND_DAY:
		if (!merit_day_parse(text.data, text.size, &day))
			return false;
		value->integer = day;
		return true;
	case MERIT_KIND_MONTH:
		if (!merit_month_parse(text.data, text.size, &day))
			return false;
		value->integer = day;
		return true;
	default: return false;
	}
}

/* ---- Values ---- */

/* Why a value could not be taken. */
static enum merit_status refusal(const struct merit_json_pull *pull)
{
	return pull->fault == MERIT_NO_MEMORY ? MERIT_NO_MEMORY : MERIT_BAD_PARAMS;
}

static enum merit_status list_pull(struct merit_json_pull *pull, const struct merit_type_row *row,
                                   struct merit_value *value, const char **field_out)
{
	size_t count = merit_json_pull_count(pull);

	if ((int64_t)count < row->min || (int64_t)count > row->max)
		return MERIT_BAD_PARAMS;
	value->cells = merit_arena_allocate(pull->arena, count * row->column_count * sizeof(*value->cells));
	if (value->cells == NULL)
		return MERIT_NO_MEMORY;
	value->row_count = count;
	if (!merit_json_pull_open(pull, '['))
		return MERIT_BAD_PARAMS;
	for (size_t i = 0; merit_json_pull_item(pull); i++) {
		assert(i < count);
		struct merit_value *cells = value->cells + i * row->column_count;
		enum merit_status status =
			merit_values_pull(pull, row->columns, row->column_count, NULL, cells, field_out);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

/* The params or result of a call inside a call; *place is where its value begins, its at NULL when there is none. */
static enum merit_status call_part_pull(struct merit_json_pull *place, const struct merit_parameter *parameters,
                                        size_t count, struct merit_value **values_out, const char **field_out)
{
	if (place->at == NULL)
		return MERIT_BAD_PARAMS;
	*values_out = merit_arena_allocate(place->arena, (count + 1) * sizeof(**values_out));
	if (*values_out == NULL)
		return MERIT_NO_MEMORY;
	return merit_values_pull(place, parameters, count, NULL, *values_out, field_out);
}

/* {"method":name,"params":{...}} of a proposable operation, without an id; with its "result" where the type has one.
 * The method says how to read the other two, and may stand behind them: they are stepped over first. */
static enum merit_status call_pull(struct merit_json_pull *pull, bool is_done, struct merit_value *value,
                                   const char **field_out)
{
	struct merit_json_pull params = { .at = NULL }, result = { .at = NULL };
	struct merit_text key, method = { NULL, 0 };

	if (!merit_json_pull_open(pull, '{'))
		return MERIT_BAD_PARAMS;
	while (merit_json_pull_key(pull, &key)) {
		struct merit_json_pull place = *pull;
		if (MERIT_TEXT_IS(key, "method") && method.data == NULL) {
			if (!merit_json_pull_text(pull, &method))
				return refusal(pull);
			continue;
		}
		if (MERIT_TEXT_IS(key, "params") && params.at == NULL)
			params = place;
		else if (is_done && MERIT_TEXT_IS(key, "result") && result.at == NULL)
			result = place;
		else
			return MERIT_BAD_PARAMS;
		merit_json_pull_skip(pull);
	}
	value->call = method.data == NULL ? NULL : merit_operation_named(method.data, method.size);
	if (value->call == NULL || !value->call->proposable)
		return refusal(pull);
	const struct merit_operation *call = value->call;
	enum merit_status status = call_part_pull(&params, call->params, call->params_count, &value->cells, field_out);
	if (status == MERIT_OK && is_done)
		status = call_part_pull(&result, call->results, call->results_count, &value->results, field_out);
	return status;
}

enum merit_status merit_value_pull(struct merit_json_pull *pull, enum merit_type type, struct merit_value *value,
                                   const char **field_out)
{
	const struct merit_type_row *row = merit_type_row(type);
	bool flag = false;

	value->present = true;
	switch (row->kind) {
	case MERIT_KIND_INTEGER:
		if (!merit_json_pull_integer(pull, &value->integer) || value->integer < row->min ||
		    value->integer > row->max)
			return MERIT_BAD_PARAMS;
		return MERIT_OK;
	case MERIT_KIND_FLAG:
		if (!merit_json_pull_flag(pull, &flag))
			return MERIT_BAD_PARAMS;
		value->integer = flag;
		return MERIT_OK;
	case MERIT_KIND_LIST: return list_pull(pull, row, value, field_out);
	case MERIT_KIND_CALL: return call_pull(pull, row->max == 1, value, field_out);
	case MERIT_KIND_CALLS:
		return MERIT_BAD_PARAMS; /* Only the message itself holds calls: request.c spreads them out. */
	default:
		if (!merit_json_pull_text(pull, &value->text))
			return refusal(pull);
		return text_fits(type, row, value) ? MERIT_OK : MERIT_BAD_PARAMS;
	}
}

/* ---- Objects ---- */

static bool is_named(const struct merit_parameter *parameter, struct merit_text name)
{
	size_t i = 0;

	while (i < name.size && parameter->name[i] == name.data[i]) /* Names are short: a call costs more. */
		i++;
	return i == name.size && parameter->name[i] == '\0';
}

size_t merit_parameter_index(const struct merit_parameter *parameters, size_t count, size_t hint,
                             struct merit_text name)
{
	for (size_t i = hint; i < count; i++) {
		if (is_named(&parameters[i], name))
			return i;
	}
	for (size_t i = 0; i < hint && i < count; i++) {
		if (is_named(&parameters[i], name))
			return i;
	}
	return count;
}

size_t merit_values_missing(const struct merit_parameter *parameters, size_t count, const struct merit_value *values)
{
	size_t index = 0;

	while (index < count && (!parameters[index].required || values[index].present))
		index++;
	return index;
}

/* A parameter named by the caller, at fault: the name lives as long as the arena. */
static enum merit_status name_fault(struct merit_json_pull *pull, struct merit_text name, const char **field_out)
{
	*field_out = merit_arena_copy(pull->arena, name.data, name.size);
	return *field_out == NULL ? MERIT_NO_MEMORY : MERIT_BAD_PARAMS;
}

/* The members of the object; the required ones are not asked for. */
static enum merit_status members_pull(struct merit_json_pull *pull, const struct merit_parameter *parameters,
                                      size_t count, struct merit_text *id_out, struct merit_value *values,
                                      const char **field_out)
{
	struct merit_text key;
	size_t next = 0; /* Callers mostly send the table's order: the next key is looked for behind the last. */

	while (merit_json_pull_key(pull, &key)) {
		if (id_out != NULL && id_out->data == NULL && MERIT_TEXT_IS(key, "id")) {
			if (!merit_json_pull_text(pull, id_out))
				return name_fault(pull, key, field_out);
			continue;
		}
		size_t index = merit_parameter_index(parameters, count, next, key);
		if (index == count || values[index].present)
			return name_fault(pull, key, field_out);
		const char *field = parameters[index].name;
		enum merit_status status = merit_value_pull(pull, parameters[index].type, &values[index], &field);
		if (status != MERIT_OK) {
			*field_out = field;
			return status;
		}
		next = index + 1;
	}
	return pull->is_broken ? refusal(pull) : MERIT_OK;
}

enum merit_status merit_values_pull_some(struct merit_json_pull *pull, const struct merit_parameter *parameters,
                                         size_t count, struct merit_text *id_out, struct merit_value *values,
                                         const char **field_out)
{
	if (!merit_json_pull_open(pull, '{'))
		return MERIT_BAD_PARAMS;
	return members_pull(pull, parameters, count, id_out, values, field_out);
}

enum merit_status merit_values_pull(struct merit_json_pull *pull, const struct merit_parameter *parameters,
                                    size_t count, struct merit_text *id_out, struct merit_value *values,
                                    const char **field_out)
{
	enum merit_status status = merit_values_pull_some(pull, parameters, count, id_out, values, field_out);

	if (status != MERIT_OK)
		return status;
	size_t missing = merit_values_missing(parameters, count, values);
	if (missing == count)
		return MERIT_OK;
	*field_out = parameters[missing].name;
	return MERIT_BAD_PARAMS;
}
