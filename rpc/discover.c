/* discover.c - see discover.h. First statuses, then schemas of types, then methods, then the document around them. */
#include "rpc/discover.h"

#include <string.h>

#include "ledger/query.h"
#include "ledger/reply.h"

/* What every write has besides its operation's parameters. */
static const struct merit_parameter id_parameter = {
	"id", MERIT_TYPE_ID, true, "chosen by the caller, used once for ever"
};

/* ---- JSON by pieces ---- */

static void put_flag_member(struct merit_buffer *out, const char *name, bool flag)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_text(out, flag ? "true" : "false");
}

static void put_open(struct merit_buffer *out, const char *name, char bracket)
{
	merit_buffer_put_key(out, name);
	merit_buffer_put_char(out, bracket);
}

static void put_close(struct merit_buffer *out, char bracket)
{
	merit_buffer_put_char(out, bracket);
}

static void put_item_open(struct merit_buffer *out)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
}

static void put_item_text(struct merit_buffer *out, const char *text)
{
	merit_buffer_put_comma(out);
	merit_buffer_put_json(out, text, strlen(text));
}

static void put_reference(struct merit_buffer *out, const char *group, const char *name)
{
	merit_buffer_put_format(out, "{\"$ref\":\"#/components/%s/%s\"}", group, name);
}

/* ---- Statuses ---- */

/* Every status but that of success, as the JSON-RPC error it arrives as. */
static void put_statuses(struct merit_buffer *out)
{
	enum merit_status status;

	put_open(out, "errors", '{');
	for (unsigned place = 0; merit_status_at(place, &status); place++) {
		if (status == MERIT_OK)
			continue;
		put_open(out, merit_status_word(status), '{');
		merit_buffer_put_integer_member(out, "code", merit_reply_code(status));
		merit_buffer_put_text_member(out, "message", merit_status_text(status));
		put_open(out, "data", '{');
		merit_buffer_put_text_member(out, "status", merit_status_word(status));
		merit_buffer_put_integer_member(out, "number", status);
		put_close(out, '}');
		put_close(out, '}');
	}
	put_close(out, '}');
}

/* ---- Schemas ---- */

static void put_pattern(struct merit_buffer *out, const char *letters, int64_t min, int64_t max)
{
	merit_buffer_put_text_member(out, "type", "string");
	merit_buffer_put_key(out, "pattern");
	merit_buffer_put_format(out, "\"^%s{%d,%d}$\"", letters, (int)min, (int)max);
}

static void put_words(struct merit_buffer *out, const char *words)
{
	merit_buffer_put_text_member(out, "type", "string");
	put_open(out, "enum", '[');
	while (*words != '\0') {
		size_t size = strcspn(words, "|");
		merit_buffer_put_comma(out);
		merit_buffer_put_json(out, words, size);
		words += size + (words[size] == '|');
	}
	put_close(out, ']');
}

static void put_property(struct merit_buffer *out, const char *name, enum merit_type type)
{
	merit_buffer_put_key(out, name);
	put_reference(out, "schemas", merit_type_row(type)->name);
}

/* An object with these members and no others. */
static void put_properties(struct merit_buffer *out, const struct merit_parameter *params, size_t count)
{
	merit_buffer_put_text_member(out, "type", "object");
	put_open(out, "properties", '{');
	for (size_t i = 0; i < count; i++)
		put_property(out, params[i].name, params[i].type);
	put_close(out, '}');
	put_open(out, "required", '[');
	for (size_t i = 0; i < count; i++) {
		if (params[i].required)
			put_item_text(out, params[i].name);
	}
	put_close(out, ']');
	put_flag_member(out, "additionalProperties", false);
}

/* {"method","params"}, as atomic and proposals hold them. */
static void put_inner_call(struct merit_buffer *out)
{
	merit_buffer_put_text_member(out, "type", "object");
	merit_buffer_put_text(out, ",\"properties\":{\"method\":{\"type\":\"string\"},"
				   "\"params\":{\"type\":\"object\"}},\"required\":[\"method\",\"params\"],"
				   "\"additionalProperties\":false");
}

static void put_array_limits(struct merit_buffer *out, const struct merit_type_row *row)
{
	merit_buffer_put_text_member(out, "type", "array");
	merit_buffer_put_integer_member(out, "minItems", row->min);
	merit_buffer_put_integer_member(out, "maxItems", row->max);
}

static void put_schema_members(struct merit_buffer *out, enum merit_type type, const struct merit_type_row *row)
{
	switch (row->kind) {
	case MERIT_KIND_INTEGER:
		merit_buffer_put_text_member(out, "type", "integer");
		merit_buffer_put_integer_member(out, "minimum", row->min);
		merit_buffer_put_integer_member(out, "maximum", row->max);
		break;
	case MERIT_KIND_FLAG:
		merit_buffer_put_text_member(out, "type", "boolean");
		break;
	case MERIT_KIND_ID:
		put_pattern(out, type == MERIT_TYPE_CURRENCY ? "[A-Z]" : "[A-Za-z0-9._:-]", row->min, row->max);
		break;
	case MERIT_KIND_TEXT:
		merit_buffer_put_text_member(out, "type", "string");
		merit_buffer_put_integer_member(out, "minLength", row->min);
		merit_buffer_put_integer_member(out, "maxLength", row->max); /* characters: never more than bytes */
		break;
	case MERIT_KIND_WORD:
		put_words(out, row->words);
		break;
	case MERIT_KIND_DAY:
		merit_buffer_put_text_member(out, "type", "string");
		merit_buffer_put_text_member(out, "format", "date");
		break;
	case MERIT_KIND_MONTH:
		merit_buffer_put_text_member(out, "type", "string");
		merit_buffer_put_text_member(out, "pattern", "^[0-9]{4}-(0[1-9]|1[0-2])$");
		break;
	case MERIT_KIND_HEX:
		put_pattern(out, "[0-9a-f]", 2 * row->min, 2 * row->max);
		break;
	case MERIT_KIND_BASE64:
		put_pattern(out, "[A-Za-z0-9_-]", row->min, row->max);
		break;
	case MERIT_KIND_LIST:
		put_array_limits(out, row);
		put_open(out, "items", '{');
		put_properties(out, row->columns, row->column_count);
		put_close(out, '}');
		break;
	case MERIT_KIND_CALL:
		put_inner_call(out);
		break;
	case MERIT_KIND_CALLS:
		put_array_limits(out, row);
		put_open(out, "items", '{');
		put_inner_call(out);
		put_close(out, '}');
		break;
	}
}

static void put_schemas(struct merit_buffer *out)
{
	put_open(out, "schemas", '{');
	for (enum merit_type type = 0; type < MERIT_TYPE_COUNT; type++) {
		const struct merit_type_row *row = merit_type_row(type);
		put_open(out, row->name, '{');
		merit_buffer_put_text_member(out, "description", row->about);
		put_schema_members(out, type, row);
		put_close(out, '}');
	}
	put_close(out, '}');
}

/* ---- Methods ---- */

static void put_parameter(struct merit_buffer *out, const struct merit_parameter *parameter)
{
	put_item_open(out);
	merit_buffer_put_text_member(out, "name", parameter->name);
	merit_buffer_put_text_member(out, "summary", parameter->about);
	put_flag_member(out, "required", parameter->required);
	merit_buffer_put_key(out, "schema");
	put_reference(out, "schemas", merit_type_row(parameter->type)->name);
	put_close(out, '}');
}

static void put_roles(struct merit_buffer *out, unsigned may)
{
	put_open(out, "x-merit-roles", '[');
	for (unsigned role = 0; role < MERIT_ROLE_COUNT; role++) {
		if (may >> role & 1u)
			put_item_text(out, merit_role_word((enum merit_role)role));
	}
	put_close(out, ']');
}

/* What every method has in front: leaves params open. */
static void put_method_open(struct merit_buffer *out, const char *name, const char *about)
{
	put_item_open(out);
	merit_buffer_put_text_member(out, "name", name);
	merit_buffer_put_text_member(out, "summary", about);
	merit_buffer_put_text_member(out, "paramStructure", "by-name");
	put_open(out, "params", '[');
}

/* Ends params and leaves the result's schema open. */
static void put_result_open(struct merit_buffer *out, const char *name)
{
	put_close(out, ']');
	put_open(out, "result", '{');
	merit_buffer_put_text_member(out, "name", name);
	put_open(out, "schema", '{');
}

static void put_result_close(struct merit_buffer *out)
{
	put_close(out, '}');
	put_close(out, '}');
}

static void put_errors(struct merit_buffer *out, const enum merit_status *statuses, size_t count)
{
	put_open(out, "errors", '[');
	for (size_t i = 0; i < count; i++) {
		merit_buffer_put_comma(out);
		put_reference(out, "errors", merit_status_word(statuses[i]));
	}
	put_close(out, ']');
}

static void put_read_errors(struct merit_buffer *out)
{
	static const enum merit_status statuses[] = { MERIT_BAD_PARAMS, MERIT_NOT_PERMITTED, MERIT_BUSY,
						      MERIT_NOT_FOUND };

	put_errors(out, statuses, sizeof(statuses) / sizeof(statuses[0]));
}

/* What an accepted write answers; one that is refused is an error whose data has the same members and the reasons. */
static void put_outcome(struct merit_buffer *out, const struct merit_operation *operation)
{
	merit_buffer_put_text_member(out, "type", "object");
	put_open(out, "properties", '{');
	put_open(out, "status", '{');
	merit_buffer_put_text_member(out, "const", merit_status_word(MERIT_OK));
	put_close(out, '}');
	put_property(out, "seq", MERIT_TYPE_SEQ);
	put_property(out, "time", MERIT_TYPE_TIME);
	put_property(out, "day", MERIT_TYPE_DAY);
	put_property(out, "id", MERIT_TYPE_ID);
	if (operation->results_count > 0) {
		put_open(out, "result", '{');
		put_properties(out, operation->results, operation->results_count);
		put_close(out, '}');
	}
	put_open(out, "balances", '{');
	merit_buffer_put_text_member(out, "type", "object");
	merit_buffer_put_text(out, ",\"additionalProperties\":{\"type\":\"integer\"}");
	put_close(out, '}');
	put_close(out, '}');
	merit_buffer_put_text(out, ",\"required\":[\"status\",\"seq\",\"time\",\"day\",\"id\"]");
}

/* What every write says behind what its result is. */
static void put_write_rest(struct merit_buffer *out, unsigned may)
{
	static const enum merit_status statuses[] = { MERIT_NOT_SIGNED, MERIT_BAD_PARAMS, MERIT_NOT_PERMITTED,
						      MERIT_BUSY, MERIT_ID_CONFLICT, MERIT_GROUP_CONFLICT };

	put_result_close(out);
	put_errors(out, statuses, sizeof(statuses) / sizeof(statuses[0]));
	put_roles(out, may);
	put_flag_member(out, "x-merit-write", true);
}

static void put_operation(struct merit_buffer *out, const struct merit_operation *operation)
{
	put_method_open(out, operation->name, operation->about);
	put_parameter(out, &id_parameter);
	for (size_t i = 0; i < operation->params_count; i++)
		put_parameter(out, &operation->params[i]);
	put_result_open(out, "outcome");
	put_outcome(out, operation);
	put_write_rest(out, operation->may);
	put_flag_member(out, "x-merit-proposable", operation->proposable);
	put_close(out, '}');
}

static void put_query(struct merit_buffer *out, const struct merit_query *query)
{
	put_method_open(out, query->name, query->about);
	for (size_t i = 0; i < query->params_count; i++)
		put_parameter(out, &query->params[i]);
	put_result_open(out, "answer"); /* Any JSON value: the table says nothing closer. */
	put_result_close(out);
	put_read_errors(out);
	put_roles(out, query->may);
	put_flag_member(out, "x-merit-write", false);
	put_flag_member(out, "x-merit-public", query->is_public);
	put_close(out, '}');
}

/* One of the two methods that are in no table, since they are no operations but brackets around some. */
static void put_atomic(struct merit_buffer *out)
{
	static const struct merit_parameter calls = { "calls", MERIT_TYPE_CALLS, true, "carried out in this order" };

	put_method_open(out, "atomic", "all of these calls, or none");
	put_parameter(out, &calls);
	put_result_open(out, "outcomes");
	merit_buffer_put_text(out, "\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\"},"
				   "\"calls\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}");
	put_write_rest(out, MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM));
	put_close(out, '}');
}

#define QUOTED_VALUE(value) #value
#define QUOTED(macro)       QUOTED_VALUE(macro)

/* The parameters of a bulk, whose schemas stand with them: they are no types of values. */
static const struct {
	const char *name, *about;
	bool required;
	const char *schema;
} bulk_parameters[] = {
	{ "method", "of all rows; a write", true, "{\"type\":\"string\"}" },
	{ "params", "parameters that are the same in all rows", false, "{\"type\":\"object\"}" },
	{ "columns", "id, and the rows' other parameters", true,
	  "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true,\"contains\":{\"const\":\"id\"}}" },
	{ "rows", "a value for each column, or null; carried out in this order", true,
	  "{\"type\":\"array\",\"items\":{\"type\":\"array\"},\"minItems\":1,"
	  "\"maxItems\":" QUOTED(MERIT_CALLS_MAX) "}" },
	{ "detail", "whole outcomes, as of single calls; false when absent", false, "{\"type\":\"boolean\"}" },
};

/* The other one: a table whose rows are calls of one method. */
static void put_bulk(struct merit_buffer *out)
{
	put_method_open(out, "bulk", "calls of one method as rows of a table, each with its own id and outcome");
	for (size_t i = 0; i < sizeof(bulk_parameters) / sizeof(bulk_parameters[0]); i++) {
		put_item_open(out);
		merit_buffer_put_text_member(out, "name", bulk_parameters[i].name);
		merit_buffer_put_text_member(out, "summary", bulk_parameters[i].about);
		put_flag_member(out, "required", bulk_parameters[i].required);
		merit_buffer_put_key(out, "schema");
		merit_buffer_put_text(out, bulk_parameters[i].schema);
		put_close(out, '}');
	}
	put_result_open(out, "outcomes");
	merit_buffer_put_text(out, "\"type\":\"object\",\"properties\":{\"outcomes\":{\"type\":\"array\"},"
				   "\"accepted\":{\"type\":\"integer\"},\"refused\":{\"type\":\"integer\"},"
				   "\"failed\":{\"type\":\"integer\"}},"
				   "\"required\":[\"outcomes\",\"accepted\",\"refused\",\"failed\"]");
	put_write_rest(out, MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM));
	put_close(out, '}');
}

static void put_methods(struct merit_buffer *out)
{
	const struct merit_operation *operation;
	const struct merit_query *query;

	put_open(out, "methods", '[');
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		if (merit_operation_is_callable(operation))
			put_operation(out, operation);
	}
	put_atomic(out);
	put_bulk(out);
	for (size_t i = 0; (query = merit_query_at(i)) != NULL; i++)
		put_query(out, query);
	put_close(out, ']');
}

/* ---- The document ---- */

void merit_discover_put(struct merit_buffer *out, const char *origin)
{
	merit_buffer_put_char(out, '{');
	merit_buffer_put_text_member(out, "openrpc", "1.3.2");
	put_open(out, "info", '{');
	merit_buffer_put_text_member(out, "title", "merit");
	merit_buffer_put_text_member(out, "description",
	                             "A points ledger. A write is signed, carries an id, and has one outcome.");
	merit_buffer_put_text_member(out, "version", MERIT_VERSION);
	merit_buffer_put_text_member(out, "x-merit-origin", origin);
	put_close(out, '}');
	put_methods(out);
	put_open(out, "components", '{');
	put_schemas(out);
	put_statuses(out);
	put_close(out, '}');
	put_close(out, '}');
}
