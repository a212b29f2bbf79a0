/* discover_test.c
 * Goal    the OpenRPC document is strict JSON and says of every method what the tables say.
 * Method  the document is read back and held against both tables, row by row, and against itself: every $ref leads
 *         somewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ledger/json.h"
#include "ledger/query.h"
#include "rpc/discover.h"
#include "ledger/reply.h"

static struct merit_buffer text;
static cJSON *document;

static int set_up(void **state)
{
	(void)state;
	merit_discover_put(&text, "merit.example/ledger1");
	return !text.bad && merit_json_read(text.data, text.size, &document) == MERIT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	merit_json_free(document);
	merit_buffer_free(&text);
	return 0;
}

static const char *member_text(const cJSON *object, const char *name)
{
	const cJSON *member = merit_json_member(object, name);

	assert_true(cJSON_IsString(member));
	return member->valuestring;
}

/* The node of a list whose name is this. NULL without one; two fail the test. */
static const cJSON *named(const cJSON *list, const char *name)
{
	const cJSON *found = NULL;

	assert_true(cJSON_IsArray(list));
	for (const cJSON *node = list->child; node != NULL; node = node->next) {
		if (strcmp(member_text(node, "name"), name) != 0)
			continue;
		assert_null(found);
		found = node;
	}
	return found;
}

static const cJSON *method_named(const char *name)
{
	const cJSON *method = named(merit_json_member(document, "methods"), name);

	if (method == NULL)
		print_error("no method %s\n", name);
	assert_non_null(method);
	return method;
}

static void the_document_has_what_openrpc_asks_for(void **state)
{
	const cJSON *info = merit_json_member(document, "info");

	(void)state;
	assert_string_equal(member_text(document, "openrpc"), "1.3.2");
	assert_string_equal(member_text(info, "title"), "merit");
	assert_true(strlen(member_text(info, "version")) > 0);
	assert_string_equal(member_text(info, "x-merit-origin"), "merit.example/ledger1");
	const cJSON *methods = merit_json_member(document, "methods");
	for (const cJSON *method = methods->child; method != NULL; method = method->next) {
		const cJSON *result = merit_json_member(method, "result");
		assert_true(strlen(member_text(method, "summary")) > 0);
		assert_string_equal(member_text(method, "paramStructure"), "by-name");
		assert_true(strlen(member_text(result, "name")) > 0);
		assert_true(cJSON_IsObject(merit_json_member(result, "schema")));
	}
}

/* The list has every parameter, in the table's order, and extra_count more in front. */
static void assert_params(const cJSON *method, const struct merit_parameter *params, size_t count, size_t extra_count)
{
	const cJSON *list = merit_json_member(method, "params");

	assert_int_equal(cJSON_GetArraySize(list), count + extra_count);
	const cJSON *node = list->child;
	for (size_t i = 0; i < extra_count; i++)
		node = node->next;
	for (size_t i = 0; i < count; i++, node = node->next) {
		char reference[64];
		snprintf(reference, sizeof(reference), "#/components/schemas/%s", merit_type_row(params[i].type)->name);
		assert_string_equal(member_text(node, "name"), params[i].name);
		assert_int_equal(cJSON_IsTrue(merit_json_member(node, "required")), params[i].required);
		assert_string_equal(member_text(merit_json_member(node, "schema"), "$ref"), reference);
	}
}

static void assert_roles(const cJSON *method, unsigned may)
{
	const cJSON *roles = merit_json_member(method, "x-merit-roles");
	unsigned got = 0;

	for (const cJSON *node = roles->child; node != NULL; node = node->next) {
		for (unsigned role = 0; role < MERIT_ROLE_COUNT; role++) {
			if (strcmp(node->valuestring, merit_role_word((enum merit_role)role)) == 0)
				got |= 1u << role;
		}
	}
	assert_int_equal(got, may);
}

static size_t operations_count(void)
{
	size_t count = 0;

	while (merit_operation_at(count) != NULL)
		count++;
	return count;
}

static size_t callable_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < operations_count(); i++)
		count += merit_operation_is_callable(merit_operation_at(i));
	return count;
}

static void every_operation_one_can_call_is_listed_with_its_parameters_and_roles(void **state)
{
	(void)state;
	assert_true(callable_count() > 0);
	assert_true(callable_count() < operations_count());
	for (size_t i = 0; i < operations_count(); i++) {
		const struct merit_operation *operation = merit_operation_at(i);
		if (!merit_operation_is_callable(operation))
			continue;
		const cJSON *method = method_named(operation->name);
		const cJSON *id = merit_json_member(method, "params")->child;
		assert_string_equal(member_text(id, "name"), "id");
		assert_true(cJSON_IsTrue(merit_json_member(id, "required")));
		assert_params(method, operation->params, operation->params_count, 1);
		assert_roles(method, operation->may);
		assert_true(cJSON_IsTrue(merit_json_member(method, "x-merit-write")));
	}
}

static void every_query_is_listed_with_its_parameters_and_roles(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct merit_query *query; (query = merit_query_at(count)) != NULL; count++) {
		const cJSON *method = method_named(query->name);
		assert_params(method, query->params, query->params_count, 0);
		assert_roles(method, query->may);
		assert_true(cJSON_IsFalse(merit_json_member(method, "x-merit-write")));
		assert_int_equal(cJSON_IsTrue(merit_json_member(method, "x-merit-public")), query->is_public);
	}
	assert_true(count > 0);
	assert_int_equal(cJSON_GetArraySize(merit_json_member(document, "methods")), callable_count() + count + 2);
	method_named("atomic");
	method_named("bulk");
}

static void every_type_and_every_status_is_described(void **state)
{
	const cJSON *components = merit_json_member(document, "components");
	const cJSON *types = merit_json_member(components, "schemas");
	const cJSON *errors = merit_json_member(components, "errors");
	enum merit_status status;
	unsigned count = 0;
	int64_t code;

	(void)state;
	for (enum merit_type type = 0; type < MERIT_TYPE_COUNT; type++)
		assert_true(cJSON_IsObject(merit_json_member(types, merit_type_row(type)->name)));
	for (; merit_status_at(count, &status); count++) {
		const cJSON *error = merit_json_member(errors, merit_status_word(status));
		if (status == MERIT_OK) {
			assert_null(error);
			continue;
		}
		assert_true(merit_json_integer(merit_json_member(error, "code"), &code));
		assert_int_equal(code, merit_reply_code(status));
		assert_string_equal(member_text(error, "message"), merit_status_text(status));
		assert_string_equal(member_text(merit_json_member(error, "data"), "status"), merit_status_word(status));
	}
	assert_int_equal(cJSON_GetArraySize(types), MERIT_TYPE_COUNT);
	assert_int_equal(cJSON_GetArraySize(errors), count - 1);
}

/* What an operation gives back stands under result, as the table has it. */
static void a_write_answers_with_the_results_of_its_operation(void **state)
{
	(void)state;
	for (size_t i = 0; i < operations_count(); i++) {
		const struct merit_operation *operation = merit_operation_at(i);
		if (!merit_operation_is_callable(operation))
			continue;
		const cJSON *outcome = merit_json_member(method_named(operation->name), "result");
		const cJSON *properties = merit_json_member(merit_json_member(outcome, "schema"), "properties");
		const cJSON *result = merit_json_member(properties, "result");
		if (operation->results_count == 0) {
			assert_null(result);
			continue;
		}
		const cJSON *node = merit_json_member(result, "properties")->child;
		for (size_t j = 0; j < operation->results_count; j++, node = node->next)
			assert_string_equal(node->string, operation->results[j].name);
		assert_null(node);
	}
}

/* "#/components/schemas/NAME" leads to a member of the document. */
static void assert_reference(const char *reference)
{
	char path[128];
	const cJSON *node = document;

	assert_memory_equal(reference, "#/", 2);
	snprintf(path, sizeof(path), "%s", reference + 2);
	for (char *part = path, *slash; part != NULL; part = slash) {
		slash = strchr(part, '/');
		if (slash != NULL)
			*slash++ = '\0';
		node = merit_json_member(node, part);
		if (node == NULL)
			print_error("%s leads nowhere\n", reference);
		assert_non_null(node);
	}
}

static size_t follow_references(const cJSON *node)
{
	size_t count = 0;

	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		if (child->string != NULL && strcmp(child->string, "$ref") == 0) {
			assert_reference(child->valuestring);
			count++;
		}
		count += follow_references(child);
	}
	return count;
}

static void every_reference_leads_somewhere(void **state)
{
	(void)state;
	assert_true(follow_references(document) > operations_count());
}

/* One schema of each kind, spelled out. */
static const struct { const char *type, *want; } schemas[] = {
	{ "WAIT", "\"type\":\"integer\",\"minimum\":0,\"maximum\":30000}" },
	{ "POINTS", "\"type\":\"integer\",\"minimum\":-9007199254740991,\"maximum\":9007199254740991}" },
	{ "FLAG", "\"type\":\"boolean\"}" },
	{ "NAME", "\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._:-]{1,32}$\"}" },
	{ "CURRENCY", "\"type\":\"string\",\"pattern\":\"^[A-Z]{3,3}$\"}" },
	{ "TEXT", "\"type\":\"string\",\"minLength\":1,\"maxLength\":200}" },
	{ "ROUND", "\"type\":\"string\",\"enum\":[\"none\",\"month\",\"quarter\",\"year\"]}" },
	{ "DAY", "\"type\":\"string\",\"format\":\"date\"}" },
	{ "PERIOD", "\"type\":\"string\",\"pattern\":\"^[0-9]{4}-(0[1-9]|1[0-2])$\"}" },
	{ "HASH", "\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64,64}$\"}" },
	{ "PUBLIC", "\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{43,43}$\"}" },
	{ "LINES", "\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"type\":\"object\",\"properties\":"
		   "{\"line\":{\"$ref\":\"#/components/schemas/LINE\"},"
		   "\"quantity\":{\"$ref\":\"#/components/schemas/QUANTITY\"}},"
		   "\"required\":[\"line\",\"quantity\"],\"additionalProperties\":false}}" },
};

static void a_schema_says_what_the_shape_check_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		char start[64];
		snprintf(start, sizeof(start), "\"%s\":{\"description\":", schemas[i].type);
		const char *at = memmem(text.data, text.size, start, strlen(start));
		assert_non_null(at);
		at = strstr(at, "\"type\"");
		assert_non_null(at);
		if (strncmp(at, schemas[i].want, strlen(schemas[i].want)) != 0)
			print_error("%s: %.80s\n", schemas[i].type, at);
		assert_memory_equal(at, schemas[i].want, strlen(schemas[i].want));
	}
}

static void memory_that_runs_out_shows_in_the_buffer(void **state)
{
	struct merit_buffer bad = { .bad = true };

	(void)state;
	merit_discover_put(&bad, "merit.example/ledger1");
	assert_true(bad.bad);
	assert_null(bad.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_has_what_openrpc_asks_for),
		cmocka_unit_test(every_operation_one_can_call_is_listed_with_its_parameters_and_roles),
		cmocka_unit_test(every_query_is_listed_with_its_parameters_and_roles),
		cmocka_unit_test(every_type_and_every_status_is_described),
		cmocka_unit_test(a_write_answers_with_the_results_of_its_operation),
		cmocka_unit_test(every_reference_leads_somewhere),
		cmocka_unit_test(a_schema_says_what_the_shape_check_does),
		cmocka_unit_test(memory_that_runs_out_shows_in_the_buffer),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
