/* request.c - see request.h. The bytes become a tree, the tree is counted, and each call is read into its row. */
#include "ledger/request.h"

#include <string.h>

#include "ledger/json.h"
#include "ledger/text.h"

/* The method that is in no table: it holds calls and is none itself. */
#define ATOMIC "atomic"

/* What the reading of one message needs besides the request it fills. */
struct reader {
	struct merit_request *request;
	struct merit_arena *arena;
	struct merit_buffer correlation; /* where a JSON-RPC id is printed before it is copied */
	bool has_read, has_write;
};

/* The members of a JSON-RPC call, or of a call inside atomic, which has method and params only. NULL where absent. */
struct members {
	const cJSON *version, *id, *method, *params;
};

/* Says which member or parameter is at fault. Where, the row being read says already. */
static enum merit_status fault(struct reader *reader, enum merit_status status, const char *field)
{
	reader->request->bad_field = field;
	return status;
}

static bool text_is(const cJSON *node, const char *literal)
{
	return cJSON_IsString(node) && strcmp(node->valuestring, literal) == 0;
}

/* Sorts an object's members by name. BAD_REQUEST for any other; merit_json_read has refused doubles. */
static enum merit_status read_members(struct reader *reader, const cJSON *object, bool is_inner,
				      struct members *members_out)
{
	struct members members = { 0 };

	if (!cJSON_IsObject(object))
		return fault(reader, MERIT_BAD_REQUEST, NULL);
	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		if (strcmp(member->string, "method") == 0)
			members.method = member;
		else if (strcmp(member->string, "params") == 0)
			members.params = member;
		else if (!is_inner && strcmp(member->string, "id") == 0)
			members.id = member;
		else if (!is_inner && strcmp(member->string, "jsonrpc") == 0)
			members.version = member;
		else
			return fault(reader, MERIT_BAD_REQUEST, member->string);
	}
	*members_out = members;
	return MERIT_OK;
}

/* The JSON-RPC id as JSON again. An id of null, or none, asks for no answer; nothing here goes unanswered. */
static enum merit_status read_correlation(struct reader *reader, const cJSON *id, struct merit_text *correlation_out)
{
	const char *text;
	size_t size;
	int64_t integer;

	merit_buffer_clear(&reader->correlation);
	if (merit_json_integer(id, &integer))
		merit_buffer_put_integer(&reader->correlation, integer);
	else if (merit_json_text(id, &text, &size) && size <= MERIT_TEXT_SIZE_MAX)
		merit_buffer_put_json(&reader->correlation, text, size);
	else
		return fault(reader, MERIT_BAD_REQUEST, "id");
	if (reader->correlation.bad)
		return MERIT_NO_MEMORY;
	size = reader->correlation.size;
	text = merit_arena_copy(reader->arena, reader->correlation.data, size);
	if (text == NULL)
		return MERIT_NO_MEMORY;
	*correlation_out = (struct merit_text){ text, size };
	return MERIT_OK;
}

/* A write's own id, which is a parameter of none of the operations. */
static enum merit_status read_id(struct reader *reader, const cJSON *params, struct merit_text *id_out)
{
	struct merit_text id;

	if (!merit_json_text(merit_json_member(params, "id"), &id.data, &id.size) ||
	    !merit_text_is_id(id.data, id.size, MERIT_ID_SIZE_MAX))
		return fault(reader, MERIT_BAD_PARAMS, "id");
	*id_out = id;
	return MERIT_OK;
}

/* Finds the method in one of the two tables. */
static enum merit_status read_method(struct reader *reader, const cJSON *method, struct merit_call *call)
{
	struct merit_text name;

	if (!merit_json_text(method, &name.data, &name.size))
		return fault(reader, MERIT_BAD_REQUEST, "method");
	call->operation = merit_operation_named(name.data, name.size);
	if (call->operation != NULL && call->operation->may == MERIT_MAY_NOBODY)
		return MERIT_UNKNOWN_METHOD; /* A ledger's birth is no method. */
	if (call->operation == NULL)
		call->query = merit_query_named(name.data, name.size);
	return call->operation == NULL && call->query == NULL ? MERIT_UNKNOWN_METHOD : MERIT_OK;
}

/* Reads the method and params of a call that is not atomic into the next row. */
static enum merit_status read_call(struct reader *reader, const struct members *members, struct merit_call *call)
{
	const char *field = NULL;

	enum merit_status status = read_method(reader, members->method, call);
	if (status != MERIT_OK)
		return status;
	if (members->params != NULL && !cJSON_IsObject(members->params))
		return fault(reader, MERIT_BAD_REQUEST, "params");
	bool is_write = call->operation != NULL;
	*(is_write ? &reader->has_write : &reader->has_read) = true;
	if (is_write)
		status = read_id(reader, members->params, &call->id);
	if (status != MERIT_OK)
		return status;
	const struct merit_parameter *params = is_write ? call->operation->params : call->query->params;
	size_t count = is_write ? call->operation->params_count : call->query->params_count;
	call->values = merit_arena_allocate(reader->arena, (count + 1) * sizeof(*call->values));
	if (call->values == NULL)
		return MERIT_NO_MEMORY;
	status = merit_values_read(members->params, params, count, is_write, reader->arena, call->values, &field);
	if (status != MERIT_OK)
		return fault(reader, status, field);
	reader->request->calls_count++;
	return MERIT_OK;
}

/* The calls of an atomic group: params is {"calls":[...]} and nothing else. NULL when it is not. */
static const cJSON *atomic_calls(const cJSON *params)
{
	const cJSON *calls = cJSON_IsObject(params) ? params->child : NULL;

	if (calls == NULL || calls->next != NULL || strcmp(calls->string, "calls") != 0)
		return NULL;
	return cJSON_IsArray(calls) && calls->child != NULL ? calls : NULL;
}

static enum merit_status read_atomic(struct reader *reader, const cJSON *params, struct merit_text correlation)
{
	struct merit_request *request = reader->request;
	const cJSON *calls = atomic_calls(params);
	uint32_t index = 0;

	if (calls == NULL)
		return fault(reader, MERIT_BAD_PARAMS, "calls");
	uint32_t count = (uint32_t)cJSON_GetArraySize(calls);
	reader->has_write = true; /* A read in a group mixes, even one that is alone there. */
	for (const cJSON *inner = calls->child; inner != NULL; inner = inner->next) {
		struct members members;
		enum merit_status status = read_members(reader, inner, true, &members);
		if (status != MERIT_OK)
			return status;
		if (text_is(members.method, ATOMIC))
			return fault(reader, MERIT_BAD_REQUEST, "method");
		struct merit_call *call = &request->calls[request->calls_count];
		call->correlation = correlation;
		call->group_index = index++;
		call->group_count = count;
		status = read_call(reader, &members, call);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

/* One JSON-RPC call. The correlation is read first, so that whatever else is wrong can be told to who asked. */
static enum merit_status read_element(struct reader *reader, const cJSON *element)
{
	struct merit_request *request = reader->request;
	struct merit_text correlation;
	struct members members;

	request->bad_correlation = MERIT_TEXT("null");
	if (!cJSON_IsObject(element))
		return MERIT_BAD_REQUEST;
	enum merit_status status = read_correlation(reader, merit_json_member(element, "id"), &correlation);
	if (status != MERIT_OK)
		return status;
	request->bad_correlation = correlation;
	status = read_members(reader, element, false, &members);
	if (status != MERIT_OK)
		return status;
	if (!text_is(members.version, "2.0"))
		return fault(reader, MERIT_BAD_REQUEST, "jsonrpc");
	if (text_is(members.method, ATOMIC))
		return read_atomic(reader, members.params, correlation);
	struct merit_call *call = &request->calls[request->calls_count];
	call->correlation = correlation;
	return read_call(reader, &members, call);
}

/* Rows that an element will need, looking no closer than that. */
static size_t element_rows(const cJSON *element)
{
	if (!text_is(merit_json_member(element, "method"), ATOMIC))
		return 1;
	const cJSON *calls = atomic_calls(merit_json_member(element, "params"));
	return calls == NULL ? 1 : (size_t)cJSON_GetArraySize(calls);
}

static enum merit_status make_rows(struct reader *reader, const cJSON *first, size_t *count_out)
{
	size_t count = 0;

	for (const cJSON *element = first; element != NULL; element = element->next)
		count += element_rows(element);
	if (count > MERIT_CALLS_MAX) {
		reader->request->bad_call = MERIT_CALLS_MAX;
		return MERIT_TOO_MANY_CALLS;
	}
	reader->request->calls = merit_arena_allocate(reader->arena, count * sizeof(*reader->request->calls));
	*count_out = count;
	return reader->request->calls == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

static enum merit_status read_elements(struct reader *reader, const cJSON *first)
{
	struct merit_request *request = reader->request;
	size_t count;

	enum merit_status status = make_rows(reader, first, &count);
	if (status != MERIT_OK)
		return status;
	for (const cJSON *element = first; element != NULL && status == MERIT_OK; element = element->next)
		status = read_element(reader, element);
	if (status != MERIT_OK) {
		request->bad_call = request->calls_count;
		return status;
	}
	return MERIT_OK;
}

/* The first call whose kind is not that of the message's first one. */
static enum merit_status mixed(struct merit_request *request)
{
	const struct merit_call *calls = request->calls;
	size_t index = 0;

	while (index < request->calls_count && (calls[index].operation == NULL) == (calls[0].operation == NULL))
		index++;
	if (index == request->calls_count)
		index = 0; /* Nothing but reads, in an atomic group. */
	request->bad_call = index;
	request->bad_correlation = calls[index].correlation;
	return MERIT_MIXED_BATCH;
}

static enum merit_status read_root(struct reader *reader, const cJSON *root)
{
	struct merit_request *request = reader->request;

	request->is_batch = cJSON_IsArray(root);
	const cJSON *first = request->is_batch ? root->child : root;
	if (first == NULL || (!request->is_batch && !cJSON_IsObject(root)))
		return MERIT_BAD_REQUEST;
	enum merit_status status = read_elements(reader, first);
	if (status != MERIT_OK)
		return status;
	if (reader->has_read && reader->has_write)
		return mixed(request);
	request->is_write = reader->has_write;
	request->bad_correlation = (struct merit_text){ 0 };
	if (request->is_write)
		merit_sha256(request->bytes.data, request->bytes.size, request->hash.bytes);
	return MERIT_OK;
}

enum merit_status merit_request_read(struct merit_request *request, struct merit_arena *arena)
{
	struct reader reader = { .request = request, .arena = arena };
	cJSON *root;

	*request = (struct merit_request){ .envelope = request->envelope, .bytes = request->bytes,
					   .bad_correlation = MERIT_TEXT("null") };
	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(request->envelope.json.data, request->envelope.json.size, &root);
	merit_json_arena_end();
	if (status != MERIT_OK)
		return status;
	status = read_root(&reader, root);
	merit_buffer_free(&reader.correlation);
	return status;
}
