/* request_bulk.c - see request.h: many calls of one method as rows of a table, each read straight into its call.
 *
 *   {"method":"earn","params":{"campaign":"c1"},"columns":["id","member"],"rows":[["a","m1"],["b","m2"]]}
 *
 * Rows that come last, as they mostly do, are read where they stand. Otherwise they are stepped over first. */
#include "ledger/request_inner.h"

#include <string.h>

#include "ledger/text.h"

#define COLUMNS_MAX (MERIT_PARAMETERS_MAX + 1) /* every parameter, and the id */

/* Where the values of a bulk's members begin; NULL where absent. */
struct members {
	const char *method, *params, *columns, *rows, *detail;
};

/* What all rows share. */
struct table {
	const struct merit_operation *operation;
	struct merit_value *common;  /* after operation->params; present where params names them */
	size_t columns[COLUMNS_MAX]; /* the parameter in this column; params_count for the id */
	size_t columns_count;
	bool is_detailed;
};

static enum merit_status bad(struct merit_request_reader *reader, const char *field)
{
	return merit_request_fault(reader, MERIT_BAD_PARAMS, field);
}

/* ---- Before the rows ---- */

static enum merit_status read_method(struct merit_request_reader *reader, const struct merit_json_pull *pull,
                                     const struct members *members, struct table *table)
{
	struct merit_json_pull place = merit_request_place(pull, members->method);
	const struct merit_query *query;
	struct merit_text method;

	if (members->method == NULL || !merit_json_pull_text(&place, &method))
		return bad(reader, "method");
	if (MERIT_TEXT_IS(method, MERIT_METHOD_ATOMIC) || MERIT_TEXT_IS(method, MERIT_METHOD_BULK))
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "method");
	enum merit_status status = merit_request_method(reader, method, &table->operation, &query);
	if (status == MERIT_OK && query != NULL)
		return merit_request_fault(reader, MERIT_MIXED_BATCH, NULL);
	return status;
}

/* The parameters that are the same in all rows. */
static enum merit_status read_common(struct merit_request_reader *reader, const struct merit_json_pull *pull,
                                     const struct members *members, struct table *table)
{
	struct merit_json_pull place = merit_request_place(pull, members->params);
	const struct merit_operation *operation = table->operation;
	const char *field = "params";

	table->common = merit_arena_allocate(reader->arena, (operation->params_count + 1) * sizeof(*table->common));
	if (table->common == NULL)
		return MERIT_NO_MEMORY;
	if (members->params == NULL)
		return MERIT_OK;
	enum merit_status status =
		merit_values_pull_some(&place, operation->params, operation->params_count, NULL, table->common, &field);
	return status == MERIT_OK ? MERIT_OK : merit_request_fault(reader, status, field);
}

/* One column: a parameter that is not common, or the id, and none twice. */
static enum merit_status add_column(struct merit_request_reader *reader, struct table *table, struct merit_text name)
{
	const struct merit_operation *operation = table->operation;
	size_t count = operation->params_count, index = count;

	if (!MERIT_TEXT_IS(name, "id")) {
		index = merit_parameter_index(operation->params, count, 0, name);
		if (index == count || table->common[index].present)
			return merit_request_name_fault(reader, MERIT_BAD_PARAMS, name);
	}
	for (size_t i = 0; i < table->columns_count; i++) {
		if (table->columns[i] == index)
			return merit_request_name_fault(reader, MERIT_BAD_PARAMS, name);
	}
	table->columns[table->columns_count++] = index; /* None twice: so it cannot be full. */
	return MERIT_OK;
}

static enum merit_status read_columns(struct merit_request_reader *reader, const struct merit_json_pull *pull,
                                      const struct members *members, struct table *table)
{
	struct merit_json_pull place = merit_request_place(pull, members->columns);
	struct merit_text name;

	if (members->columns == NULL || !merit_json_pull_open(&place, '['))
		return bad(reader, "columns");
	while (merit_json_pull_item(&place)) {
		if (!merit_json_pull_text(&place, &name))
			return bad(reader, "columns");
		enum merit_status status = add_column(reader, table, name);
		if (status != MERIT_OK)
			return status;
	}
	for (size_t i = 0; i < table->columns_count; i++) {
		if (table->columns[i] == table->operation->params_count)
			return MERIT_OK;
	}
	return bad(reader, "id");
}

static enum merit_status read_table(struct merit_request_reader *reader, const struct merit_json_pull *pull,
                                    const struct members *members, struct table *table)
{
	struct merit_json_pull place = merit_request_place(pull, members->detail);

	if (members->detail != NULL && !merit_json_pull_flag(&place, &table->is_detailed))
		return bad(reader, "detail");
	enum merit_status status = read_method(reader, pull, members, table);
	if (status == MERIT_OK)
		status = read_common(reader, pull, members, table);
	if (status == MERIT_OK)
		status = read_columns(reader, pull, members, table);
	return status;
}

/* ---- Rows ---- */

/* The values of a row; null is none. */
static enum merit_status read_cells(struct merit_request_reader *reader, struct merit_json_pull *pull,
                                    const struct table *table, struct merit_call *call)
{
	const struct merit_parameter *params = table->operation->params;

	for (size_t i = 0; i < table->columns_count; i++) {
		size_t index = table->columns[i];
		enum merit_status status = MERIT_OK;
		if (!merit_json_pull_item(pull))
			return bad(reader, "rows");
		if (merit_json_pull_null(pull))
			continue;
		if (index == table->operation->params_count) {
			if (!merit_json_pull_text(pull, &call->id))
				return bad(reader, "id");
			continue;
		}
		const char *field = params[index].name;
		status = merit_value_pull(pull, params[index].type, &call->values[index], &field);
		if (status != MERIT_OK)
			return merit_request_fault(reader, status, field);
	}
	return merit_json_pull_item(pull) ? bad(reader, "rows") : MERIT_OK;
}

static enum merit_status read_row(struct merit_request_reader *reader, struct merit_json_pull *pull,
                                  const struct table *table)
{
	const struct merit_operation *operation = table->operation;
	size_t count = operation->params_count;
	struct merit_call *call;
	enum merit_status status = merit_request_row(reader, &call);

	if (status != MERIT_OK)
		return status;
	if (!merit_json_pull_open(pull, '['))
		return bad(reader, "rows");
	call->operation = operation;
	call->is_detailed = table->is_detailed;
	call->values = merit_arena_take(reader->arena, (count + 1) * sizeof(*call->values));
	if (call->values == NULL)
		return MERIT_NO_MEMORY;
	memcpy(call->values, table->common, count * sizeof(*call->values));
	status = read_cells(reader, pull, table, call);
	if (status != MERIT_OK)
		return status;
	if (call->id.data == NULL || !merit_text_is_id(call->id.data, call->id.size, MERIT_ID_SIZE_MAX))
		return bad(reader, "id");
	size_t missing = merit_values_missing(operation->params, count, call->values);
	if (missing < count)
		return bad(reader, operation->params[missing].name);
	reader->request->calls_count++;
	return MERIT_OK;
}

static enum merit_status read_rows(struct merit_request_reader *reader, struct merit_json_pull *pull,
                                   const struct members *members)
{
	struct merit_request *request = reader->request;
	size_t first = request->calls_count;
	struct table table = { .columns_count = 0 };
	enum merit_status status = read_table(reader, pull, members, &table);

	if (status != MERIT_OK)
		return status;
	if (!merit_json_pull_open(pull, '['))
		return bad(reader, "rows");
	while (merit_json_pull_item(pull)) {
		status = read_row(reader, pull, &table);
		if (status != MERIT_OK)
			return status;
	}
	if (request->calls_count == first)
		return bad(reader, "rows");
	for (size_t i = first; i < request->calls_count; i++) {
		request->calls[i].bulk_index = (uint32_t)(i - first);
		request->calls[i].bulk_count = (uint32_t)(request->calls_count - first);
	}
	return MERIT_OK;
}

/* ---- The bulk ---- */

static const char **member_named(struct members *members, struct merit_text key)
{
	if (MERIT_TEXT_IS(key, "method"))
		return &members->method;
	if (MERIT_TEXT_IS(key, "params"))
		return &members->params;
	if (MERIT_TEXT_IS(key, "columns"))
		return &members->columns;
	if (MERIT_TEXT_IS(key, "rows"))
		return &members->rows;
	if (MERIT_TEXT_IS(key, "detail"))
		return &members->detail;
	return NULL;
}

enum merit_status merit_request_bulk(struct merit_request_reader *reader, struct merit_json_pull *pull)
{
	struct members members = { 0 };
	struct merit_text key;
	bool is_read = false;

	reader->has_write = true;
	reader->request->has_bulk = true;
	if (pull == NULL)
		return bad(reader, "method");
	if (!merit_json_pull_open(pull, '{'))
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "params");
	while (merit_json_pull_key(pull, &key)) {
		const char **member = member_named(&members, key);
		if (member == NULL || *member != NULL)
			return merit_request_name_fault(reader, MERIT_BAD_PARAMS, key);
		if (is_read)
			return bad(reader, NULL); /* It would have been needed: to be read carefully. */
		*member = pull->at;
		bool is_ready = members.method != NULL && members.columns != NULL && !reader->is_careful;
		if (member != &members.rows || !is_ready) {
			merit_json_pull_skip(pull);
			continue;
		}
		enum merit_status status = read_rows(reader, pull, &members);
		if (status != MERIT_OK)
			return status;
		is_read = true;
	}
	if (is_read)
		return MERIT_OK;
	struct merit_json_pull rows = merit_request_place(pull, members.rows);
	if (members.rows == NULL)
		rows.at = rows.end; /* What is wrong in front of them comes first; then they are missing. */
	return read_rows(reader, &rows, &members);
}

size_t merit_request_bulk_count(struct merit_json_pull pull)
{
	return merit_json_pull_find(&pull, "rows") ? merit_json_pull_count(&pull) : 0;
}
