/* request.c - see request.h. A message is read in one pass over its bytes, straight into its calls.
 *
 * Of several faults the first is to be named, as request.h orders them: but a fault of the JSON far behind comes before
 * that of a call, and a call's id before its parameters, wherever they stand. So the pass that reads good messages,
 * which are nearly all, does not try: whatever it meets, it gives up, and the message is read once more, carefully: its
 * JSON first and as a whole, then its calls are counted, then each is looked at in the order of the faults. Both passes
 * are this same code; what is_careful changes is the order. */
#include "ledger/request_inner.h"

#include <string.h>

#include "ledger/json.h"
#include "ledger/text.h"

#define FIRST_ROOM 64 /* rows made for a batch at once; their number doubles */

/* Where the values of a JSON-RPC call's members begin, or of a call's inside atomic, which has method and params only.
 * NULL where absent. */
struct members {
	const char *version, *id, *method, *params;
	bool is_read; /* params were read at once into their rows */
};

enum merit_status merit_request_fault(struct merit_request_reader *reader, enum merit_status status, const char *field)
{
	reader->request->bad_field = field;
	return status;
}

enum merit_status merit_request_name_fault(struct merit_request_reader *reader, enum merit_status status,
					   struct merit_text name)
{
	const char *field = merit_arena_copy(reader->arena, name.data, name.size);

	return field == NULL ? MERIT_NO_MEMORY : merit_request_fault(reader, status, field);
}

struct merit_json_pull merit_request_place(const struct merit_json_pull *pull, const char *at)
{
	struct merit_json_pull place = *pull;

	place.at = at;
	return place;
}

/* ---- Rows ---- */

static enum merit_status grow(struct merit_request_reader *reader)
{
	struct merit_request *request = reader->request;
	size_t room = request->is_batch || reader->calls_room > 0 ? FIRST_ROOM : 1;

	if (room < 2 * reader->calls_room)
		room = 2 * reader->calls_room;
	struct merit_call *calls = merit_arena_allocate(reader->arena, room * sizeof(*calls));
	if (calls == NULL)
		return MERIT_NO_MEMORY;
	if (request->calls_count > 0)
		memcpy(calls, request->calls, request->calls_count * sizeof(*calls));
	request->calls = calls;
	reader->calls_room = room;
	return MERIT_OK;
}

enum merit_status merit_request_row(struct merit_request_reader *reader, struct merit_call **call_out)
{
	struct merit_request *request = reader->request;

	if (request->calls_count == MERIT_CALLS_MAX)
		return MERIT_TOO_MANY_CALLS;
	if (request->calls_count == reader->calls_room) {
		enum merit_status status = grow(reader);
		if (status != MERIT_OK)
			return status;
	}
	*call_out = &request->calls[request->calls_count];
	return MERIT_OK;
}

/* ---- Members ---- */

/* The value of a member of the object at this place; its at is NULL when there is none. */
static struct merit_json_pull find_member(struct merit_json_pull pull, const char *name)
{
	return merit_json_pull_find(&pull, name) ? pull : merit_request_place(&pull, NULL);
}

static bool text_at(const struct merit_json_pull *pull, const char *at, struct merit_text *text_out)
{
	struct merit_json_pull place = merit_request_place(pull, at);

	return at != NULL && merit_json_pull_text(&place, text_out);
}

static const char **member_named(struct members *members, struct merit_text key, bool is_inner)
{
	if (MERIT_TEXT_IS(key, "method"))
		return &members->method;
	if (MERIT_TEXT_IS(key, "params"))
		return &members->params;
	if (!is_inner && MERIT_TEXT_IS(key, "id"))
		return &members->id;
	if (!is_inner && MERIT_TEXT_IS(key, "jsonrpc"))
		return &members->version;
	return NULL;
}

static enum merit_status read_body(struct merit_request_reader *reader, const struct merit_json_pull *pull,
				   const struct members *members, struct merit_json_pull *params, bool is_inner);

/* Finds the members of the object that comes next. Params behind their method are read at once; others are stepped over
 * and read later, since only the method says what they are. */
static enum merit_status read_members(struct merit_request_reader *reader, struct merit_json_pull *pull, bool is_inner,
				      struct members *members)
{
	struct merit_text key;

	if (!merit_json_pull_open(pull, '{'))
		return merit_request_fault(reader, MERIT_BAD_REQUEST, NULL);
	while (merit_json_pull_key(pull, &key)) {
		const char **member = member_named(members, key, is_inner);
		if (member == NULL || *member != NULL)
			return merit_request_name_fault(reader, MERIT_BAD_REQUEST, key);
		*member = pull->at;
		if (member != &members->params || members->method == NULL || reader->is_careful) {
			merit_json_pull_skip(pull);
			continue;
		}
		enum merit_status status = read_body(reader, pull, members, pull, is_inner);
		if (status != MERIT_OK)
			return status;
		members->is_read = true;
	}
	return MERIT_OK;
}

/* What read_members stepped over. */
static enum merit_status read_rest(struct merit_request_reader *reader, const struct merit_json_pull *pull,
				   const struct members *members, bool is_inner)
{
	struct merit_json_pull params = merit_request_place(pull, members->params);

	if (members->is_read)
		return MERIT_OK;
	return read_body(reader, pull, members, members->params == NULL ? NULL : &params, is_inner);
}

/* ---- Calls ---- */

/* The JSON-RPC id as JSON again: the bytes as they came, unless they hold what can be said shorter. An id of null, or
 * none, asks for no answer; nothing here goes unanswered. */
static enum merit_status read_correlation(struct merit_request_reader *reader, struct merit_json_pull id,
					  struct merit_text *correlation_out)
{
	const char *start = id.at;
	struct merit_text text;
	int64_t integer;

	if (start != NULL && merit_json_pull_integer(&id, &integer)) {
		struct merit_text bytes = { start, (size_t)(id.at - start) };
		*correlation_out = integer == 0 ? MERIT_TEXT("0") : bytes; /* It may be -0. */
		return MERIT_OK;
	}
	if (start == NULL || !merit_json_pull_text(&id, &text) || text.size > MERIT_TEXT_SIZE_MAX)
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "id");
	if (text.data == start + 1) { /* borrowed: no escapes */
		*correlation_out = (struct merit_text){ start, text.size + 2 };
		return MERIT_OK;
	}
	struct merit_buffer json = { 0 };
	merit_buffer_put_json(&json, text.data, text.size);
	const char *copy = json.bad ? NULL : merit_arena_copy(reader->arena, json.data, json.size);
	*correlation_out = (struct merit_text){ copy, json.size };
	merit_buffer_free(&json);
	return copy == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

enum merit_status merit_request_method(struct merit_request_reader *reader, struct merit_text name,
				       const struct merit_operation **operation_out,
				       const struct merit_query **query_out)
{
	const struct merit_operation *operation = reader->latest;

	*query_out = NULL;
	if (operation == NULL || operation->name_size != name.size ||
	    memcmp(operation->name, name.data, name.size) != 0)
		operation = merit_operation_named(name.data, name.size);
	if (operation != NULL && operation->may == MERIT_MAY_NOBODY)
		return MERIT_UNKNOWN_METHOD; /* A ledger's birth is no method. */
	*operation_out = operation;
	if (operation != NULL)
		reader->latest = operation;
	else
		*query_out = merit_query_named(name.data, name.size);
	return operation == NULL && *query_out == NULL ? MERIT_UNKNOWN_METHOD : MERIT_OK;
}

static bool is_good_id(struct merit_text id)
{
	return id.data != NULL && merit_text_is_id(id.data, id.size, MERIT_ID_SIZE_MAX);
}

/* A write's own id, which is a parameter of none of the operations, and looked at before those. */
static enum merit_status check_id(struct merit_request_reader *reader, const struct merit_json_pull *params)
{
	struct merit_text id;

	if (params != NULL && text_at(params, find_member(*params, "id").at, &id) && is_good_id(id))
		return MERIT_OK;
	return merit_request_fault(reader, MERIT_BAD_PARAMS, "id");
}

/* The values of a call, from params or, without any, from nothing. */
static enum merit_status read_values(struct merit_request_reader *reader, struct merit_json_pull *params,
				     struct merit_call *call)
{
	const struct merit_parameter *parameters =
		call->operation != NULL ? call->operation->params : call->query->params;
	size_t count = call->operation != NULL ? call->operation->params_count : call->query->params_count;
	const char *field = NULL;

	call->values = merit_arena_allocate(reader->arena, (count + 1) * sizeof(*call->values));
	if (call->values == NULL)
		return MERIT_NO_MEMORY;
	if (params != NULL) {
		struct merit_text *id = call->operation != NULL ? &call->id : NULL;
		enum merit_status status = merit_values_pull(params, parameters, count, id, call->values, &field);
		return status == MERIT_OK ? MERIT_OK : merit_request_fault(reader, status, field);
	}
	size_t missing = merit_values_missing(parameters, count, call->values);
	return missing == count ? MERIT_OK : merit_request_fault(reader, MERIT_BAD_PARAMS, parameters[missing].name);
}

/* Reads a call that holds no others into the next row. */
static enum merit_status read_call(struct merit_request_reader *reader, struct merit_text method,
				   struct merit_json_pull *params)
{
	struct merit_call *call;
	enum merit_status status = merit_request_row(reader, &call);

	if (status == MERIT_OK)
		status = merit_request_method(reader, method, &call->operation, &call->query);
	if (status != MERIT_OK)
		return status;
	if (params != NULL && merit_json_pull_next(params) != '{')
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "params");
	bool is_write = call->operation != NULL;
	*(is_write ? &reader->has_write : &reader->has_read) = true;
	if (is_write && reader->is_careful)
		status = check_id(reader, params);
	if (status == MERIT_OK)
		status = read_values(reader, params, call);
	if (status != MERIT_OK)
		return status;
	if (is_write && !is_good_id(call->id))
		return merit_request_fault(reader, MERIT_BAD_PARAMS, "id");
	reader->request->calls_count++;
	return MERIT_OK;
}

/* ---- Atomic groups ---- */

/* How many calls the params of an atomic group hold: {"calls":[...]} and nothing else. 0 when they are not so. */
static size_t atomic_count(struct merit_json_pull pull)
{
	struct merit_text key;

	if (!merit_json_pull_open(&pull, '{') || !merit_json_pull_key(&pull, &key) || !MERIT_TEXT_IS(key, "calls"))
		return 0;
	size_t count = merit_json_pull_count(&pull);
	return merit_json_pull_skip(&pull) && !merit_json_pull_key(&pull, &key) ? count : 0;
}

static enum merit_status read_atomic(struct merit_request_reader *reader, struct merit_json_pull *params)
{
	struct merit_request *request = reader->request;
	size_t first = request->calls_count;
	struct merit_text key;

	reader->has_write = true; /* A read in a group mixes, even one that is alone there. */
	if (params == NULL || (reader->is_careful && atomic_count(*params) == 0) ||
	    !merit_json_pull_open(params, '{') || !merit_json_pull_key(params, &key) || !MERIT_TEXT_IS(key, "calls") ||
	    !merit_json_pull_open(params, '['))
		return merit_request_fault(reader, MERIT_BAD_PARAMS, "calls");
	while (merit_json_pull_item(params)) {
		struct members members = { 0 };
		enum merit_status status = read_members(reader, params, true, &members);
		if (status == MERIT_OK)
			status = read_rest(reader, params, &members, true);
		if (status != MERIT_OK)
			return status;
	}
	if (request->calls_count == first || merit_json_pull_key(params, &key))
		return merit_request_fault(reader, MERIT_BAD_PARAMS, "calls");
	for (size_t i = first; i < request->calls_count; i++) {
		request->calls[i].group_index = (uint32_t)(i - first);
		request->calls[i].group_count = (uint32_t)(request->calls_count - first);
	}
	return MERIT_OK;
}

/* The method of the members at this place, with params, which may be NULL. */
static enum merit_status read_body(struct merit_request_reader *reader, const struct merit_json_pull *pull,
				   const struct members *members, struct merit_json_pull *params, bool is_inner)
{
	struct merit_text method;

	if (!text_at(pull, members->method, &method))
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "method");
	bool is_atomic = MERIT_TEXT_IS(method, MERIT_METHOD_ATOMIC);
	if (!is_atomic && !MERIT_TEXT_IS(method, MERIT_METHOD_BULK))
		return read_call(reader, method, params);
	if (is_inner)
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "method");
	return is_atomic ? read_atomic(reader, params) : merit_request_bulk(reader, params);
}

/* ---- Messages ---- */

/* The correlation is read first, so that whatever else is wrong can be told to who asked. */
static enum merit_status find_correlation(struct merit_request_reader *reader, const struct merit_json_pull *pull)
{
	struct merit_request *request = reader->request;
	struct merit_text correlation;

	request->bad_correlation = MERIT_TEXT("null");
	if (merit_json_pull_next(pull) != '{')
		return MERIT_BAD_REQUEST;
	enum merit_status status = read_correlation(reader, find_member(*pull, "id"), &correlation);
	if (status == MERIT_OK)
		request->bad_correlation = correlation;
	return status;
}

/* One JSON-RPC call, and the rows it becomes. */
static enum merit_status read_element(struct merit_request_reader *reader, struct merit_json_pull *pull)
{
	struct merit_request *request = reader->request;
	size_t first = request->calls_count;
	struct merit_text version, correlation;
	struct members members = { 0 };
	enum merit_status status = reader->is_careful ? find_correlation(reader, pull) : MERIT_OK;

	if (status == MERIT_OK)
		status = read_members(reader, pull, false, &members);
	if (status == MERIT_OK)
		status = read_correlation(reader, merit_request_place(pull, members.id), &correlation);
	if (status != MERIT_OK)
		return status;
	if (!text_at(pull, members.version, &version) || !MERIT_TEXT_IS(version, "2.0"))
		return merit_request_fault(reader, MERIT_BAD_REQUEST, "jsonrpc");
	status = read_rest(reader, pull, &members, false);
	for (size_t i = first; i < request->calls_count; i++)
		request->calls[i].correlation = correlation;
	return status;
}

/* Rows that the element at this place will need, looking no closer than that. */
static size_t element_rows(const struct merit_json_pull *pull)
{
	struct merit_json_pull params = find_member(*pull, "params");
	struct merit_text method;
	size_t count = 0;

	if (params.at != NULL && text_at(pull, find_member(*pull, "method").at, &method)) {
		if (MERIT_TEXT_IS(method, MERIT_METHOD_ATOMIC))
			count = atomic_count(params);
		else if (MERIT_TEXT_IS(method, MERIT_METHOD_BULK))
			count = merit_request_bulk_count(params);
	}
	return count == 0 ? 1 : count;
}

/* Whether there are more calls than a message may hold, before any of them is looked at. */
static enum merit_status count_rows(struct merit_request_reader *reader, struct merit_json_pull pull)
{
	size_t count = 0;

	if (!reader->request->is_batch) {
		count = element_rows(&pull);
	} else if (merit_json_pull_open(&pull, '[')) {
		while (merit_json_pull_item(&pull)) {
			count += element_rows(&pull);
			merit_json_pull_skip(&pull);
		}
	}
	if (count <= MERIT_CALLS_MAX)
		return MERIT_OK;
	reader->request->bad_call = MERIT_CALLS_MAX;
	return MERIT_TOO_MANY_CALLS;
}

static enum merit_status read_elements(struct merit_request_reader *reader, struct merit_json_pull *pull)
{
	struct merit_request *request = reader->request;
	enum merit_status status = MERIT_OK;

	if (!request->is_batch) {
		if (merit_json_pull_next(pull) != '{')
			return MERIT_BAD_REQUEST;
		status = read_element(reader, pull);
	} else if (merit_json_pull_open(pull, '[')) {
		bool has_any = false;
		while (status == MERIT_OK && merit_json_pull_item(pull)) {
			status = read_element(reader, pull);
			has_any = true;
		}
		if (!has_any)
			return MERIT_BAD_REQUEST;
	}
	if (status != MERIT_OK)
		request->bad_call = request->calls_count;
	return status;
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

enum merit_status merit_request_pass(struct merit_request *request, struct merit_arena *arena, bool is_careful)
{
	struct merit_request_reader reader = { .request = request, .arena = arena, .is_careful = is_careful };
	struct merit_text json = request->envelope.json;
	struct merit_json_pull pull = merit_json_pull_begin(json.data, json.size, arena);

	*request = (struct merit_request){ .envelope = request->envelope, .bytes = request->bytes,
		                           .is_batch = merit_json_pull_next(&pull) == '[',
					   .bad_correlation = MERIT_TEXT("null") };
	enum merit_status status = is_careful ? count_rows(&reader, pull) : MERIT_OK;
	if (status == MERIT_OK)
		status = read_elements(&reader, &pull);
	if (status == MERIT_OK)
		status = merit_json_pull_end(&pull);
	if (status != MERIT_OK)
		return status;
	if (reader.has_read && reader.has_write)
		return mixed(request);
	request->is_write = reader.has_write;
	return MERIT_OK;
}

/* What is wrong with the bytes, whatever they say. */
static enum merit_status check_json(struct merit_text json, struct merit_arena *arena)
{
	cJSON *unused;

	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(json.data, json.size, &unused);
	merit_json_arena_end();
	return status;
}

enum merit_status merit_request_read(struct merit_request *request, struct merit_arena *arena)
{
	enum merit_status status = merit_request_pass(request, arena, false);

	if (status != MERIT_OK) {
		status = check_json(request->envelope.json, arena);
		if (status == MERIT_OK)
			status = merit_request_pass(request, arena, true);
		else
			*request = (struct merit_request){ .envelope = request->envelope, .bytes = request->bytes,
			                                   .bad_correlation = MERIT_TEXT("null") };
	}
	if (status != MERIT_OK)
		return status;
	request->bad_correlation = (struct merit_text){ 0 };
	if (request->is_write)
		merit_sha256(request->bytes.data, request->bytes.size, request->hash.bytes);
	return MERIT_OK;
}
