/* request_fuzz.c - any bytes as a message, from its envelope to the values of its calls.
 * Holds   a request that is read is all reads or all writes, its calls are complete, its groups and bulks whole; one
 *         that is refused says where; values print as JSON that reads back to the same bytes. What the quick pass takes is
 *         strict JSON by the tree's reader too, and the careful pass finds the same calls in it. */
#include "ledger/request_inner.h"

#include <assert.h>
#include <string.h>

#include "ledger/json.h"
#include "ledger/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_values(struct merit_buffer *out, const struct merit_call *call, const struct merit_value *values)
{
	if (call->operation != NULL)
		merit_values_put(out, call->operation->params, call->operation->params_count, values);
	else
		merit_values_put(out, call->query->params, call->query->params_count, values);
	assert(!out->bad);
}

/* Prints, reads and prints again. */
static void check_values(const struct merit_call *call, struct merit_arena *arena)
{
	bool is_write = call->operation != NULL;
	const struct merit_parameter *params = is_write ? call->operation->params : call->query->params;
	size_t count = is_write ? call->operation->params_count : call->query->params_count;
	struct merit_value *values = merit_arena_allocate(arena, (count + 1) * sizeof(*values));
	struct merit_buffer first = { 0 }, second = { 0 };
	const char *field;

	assert(values != NULL);
	print_values(&first, call, call->values);
	struct merit_json_pull pull = merit_json_pull_begin(first.data, first.size, arena);
	enum merit_status status = merit_values_pull(&pull, params, count, NULL, values, &field);
	assert(status == MERIT_OK);
	status = merit_json_pull_end(&pull);
	assert(status == MERIT_OK);
	assert(merit_values_compare(params, count, call->values, values) == count);
	print_values(&second, call, values);
	assert(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
	merit_buffer_free(&first);
	merit_buffer_free(&second);
}

static void check_call(const struct merit_request *request, size_t index, struct merit_arena *arena)
{
	const struct merit_call *call = &request->calls[index];

	assert((call->operation != NULL) == request->is_write);
	assert((call->query != NULL) == !request->is_write);
	assert(call->correlation.size > 0);
	if (request->is_write)
		assert(merit_text_is_id(call->id.data, call->id.size, MERIT_ID_SIZE_MAX));
	if (call->group_count > 0) {
		assert(call->group_index < call->group_count && index >= call->group_index);
		assert(index - call->group_index + call->group_count <= request->calls_count);
	}
	if (call->bulk_count > 0) {
		assert(call->bulk_index < call->bulk_count && index >= call->bulk_index && call->group_count == 0);
		assert(index - call->bulk_index + call->bulk_count <= request->calls_count);
		assert(call->operation == request->calls[index - call->bulk_index].operation);
	}
	check_values(call, arena);
}

static void check_same_call(const struct merit_call *a, const struct merit_call *b)
{
	assert(a->operation == b->operation && a->query == b->query);
	const struct merit_parameter *params = a->operation != NULL ? a->operation->params : a->query->params;
	size_t count = a->operation != NULL ? a->operation->params_count : a->query->params_count;
	assert(merit_text_equal(a->correlation, b->correlation) && merit_text_equal(a->id, b->id));
	assert(a->group_index == b->group_index && a->group_count == b->group_count);
	assert(a->bulk_index == b->bulk_index && a->bulk_count == b->bulk_count && a->is_detailed == b->is_detailed);
	assert(merit_values_compare(params, count, a->values, b->values) == count);
}

/* The quick pass by itself, beside the two others. */
static void check_passes(struct merit_request quick, struct merit_arena *arena)
{
	struct merit_text json = quick.envelope.json;
	struct merit_request careful = quick;
	cJSON *unused;

	enum merit_status status = merit_request_pass(&quick, arena, false);
	merit_json_arena_begin(arena);
	enum merit_status json_status = merit_json_read(json.data, json.size, &unused);
	merit_json_arena_end();
	if (json_status != MERIT_OK) {
		assert(status != MERIT_OK);
		return;
	}
	enum merit_status careful_status = merit_request_pass(&careful, arena, true);
	assert(status != MERIT_OK || careful_status == MERIT_OK);
	if (status != MERIT_OK)
		return; /* A fault, or a bulk whose rows are not the last. */
	assert(quick.is_write == careful.is_write && quick.is_batch == careful.is_batch);
	assert(quick.calls_count == careful.calls_count);
	for (size_t i = 0; i < quick.calls_count; i++)
		check_same_call(&quick.calls[i], &careful.calls[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_arena arena = { 0 };
	struct merit_request request = { 0 };
	const char *message = (const char *)data;

	if (merit_envelope_read(message, size, &arena, &request.envelope) == MERIT_OK) {
		struct merit_text json = request.envelope.json;
		request.bytes = (struct merit_text){ message, (size_t)(json.data - message) + json.size };
		check_passes(request, &arena);
		enum merit_status status = merit_request_read(&request, &arena);
		if (status == MERIT_OK) {
			assert(request.calls_count > 0 && request.calls_count <= MERIT_CALLS_MAX);
			for (size_t i = 0; i < request.calls_count; i++)
				check_call(&request, i, &arena);
		} else {
			assert(request.bad_correlation.size > 0 && request.bad_call <= MERIT_CALLS_MAX);
		}
	}
	merit_arena_free(&arena);
	return 0;
}
