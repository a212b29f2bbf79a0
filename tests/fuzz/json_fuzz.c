/* json_fuzz.c - any bytes into the strict JSON reader.
 * Holds   it never reads outside its input; a tree it gives out has only integers, texts and keys a request may have;
 *         the tree printed and read again is the same tree; and a pull over the bytes meets what the tree holds. */
#include "ledger/json.h"

#include <assert.h>
#include <string.h>

#include "ledger/buffer.h"
#include "ledger/json_pull.h"
#include "ledger/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The tree as JSON again, every node checked on the way. depth counts the open arrays and objects. */
static void put_node(struct merit_buffer *out, const cJSON *node, unsigned depth);

static void put_children(struct merit_buffer *out, const cJSON *node, unsigned depth)
{
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		merit_buffer_put_comma(out);
		if (cJSON_IsObject(node)) {
			/* The first of its name is the only one. */
			assert(merit_json_member(node, child->string) == child);
			merit_buffer_put_json(out, child->string, strlen(child->string));
			merit_buffer_put_char(out, ':');
		}
		put_node(out, child, depth);
	}
}

static void put_node(struct merit_buffer *out, const cJSON *node, unsigned depth)
{
	int64_t value;
	const char *text;
	size_t size;

	assert(depth <= MERIT_JSON_DEPTH_MAX);
	if (merit_json_integer(node, &value)) {
		assert(value >= -MERIT_AMOUNT_MAX && value <= MERIT_AMOUNT_MAX);
		merit_buffer_put_integer(out, value);
	} else if (merit_json_text(node, &text, &size)) {
		merit_buffer_put_json(out, text, size);
	} else if (cJSON_IsArray(node) || cJSON_IsObject(node)) {
		merit_buffer_put_char(out, cJSON_IsObject(node) ? '{' : '[');
		put_children(out, node, depth + 1);
		merit_buffer_put_char(out, cJSON_IsObject(node) ? '}' : ']');
	} else {
		assert(cJSON_IsBool(node) || cJSON_IsNull(node));
		merit_buffer_put_text(out, cJSON_IsNull(node) ? "null" : cJSON_IsTrue(node) ? "true" : "false");
	}
}

/* Whether the value that comes next is node's. */
static void check_pull(struct merit_json_pull *pull, const cJSON *node);

static void check_text(struct merit_text text, const char *want)
{
	assert(text.size == strlen(want) && memcmp(text.data, want, text.size) == 0);
}

static void check_children(struct merit_json_pull *pull, const cJSON *node)
{
	struct merit_text key;

	if (cJSON_IsArray(node)) {
		size_t count = merit_json_pull_count(pull);
		assert(count == (size_t)cJSON_GetArraySize(node));
	}
	bool is_open = merit_json_pull_open(pull, cJSON_IsObject(node) ? '{' : '[');
	assert(is_open);
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		bool has_more = cJSON_IsObject(node) ? merit_json_pull_key(pull, &key) : merit_json_pull_item(pull);
		assert(has_more);
		if (cJSON_IsObject(node))
			check_text(key, child->string);
		check_pull(pull, child);
	}
	bool has_more = cJSON_IsObject(node) ? merit_json_pull_key(pull, &key) : merit_json_pull_item(pull);
	assert(!has_more);
}

static void check_pull(struct merit_json_pull *pull, const cJSON *node)
{
	int64_t want = 0, integer = 1;
	struct merit_text text;
	bool flag = false;
	bool is_text = merit_json_pull_text(pull, &text);
	bool is_integer = !is_text && merit_json_pull_integer(pull, &integer);
	bool is_flag = !is_text && !is_integer && merit_json_pull_flag(pull, &flag);

	assert(is_text == cJSON_IsString(node) && is_integer == cJSON_IsNumber(node) && is_flag == cJSON_IsBool(node));
	if (is_text)
		check_text(text, node->valuestring);
	else if (is_integer)
		assert(merit_json_integer(node, &want) && integer == want);
	else if (is_flag)
		assert(flag == cJSON_IsTrue(node));
	else if (cJSON_IsNull(node)) {
		bool is_null = merit_json_pull_null(pull);
		assert(is_null);
	} else {
		check_children(pull, node);
	}
}

static void check_bytes(const uint8_t *data, size_t size, const cJSON *root)
{
	struct merit_arena arena = { 0 };
	struct merit_json_pull pull = merit_json_pull_begin((const char *)data, size, &arena);

	check_pull(&pull, root);
	enum merit_status status = merit_json_pull_end(&pull);
	assert(status == MERIT_OK);
	merit_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_buffer printed = { 0 }, again = { 0 };
	cJSON *root = NULL;

	if (merit_json_read((const char *)data, size, &root) != MERIT_OK) {
		assert(root == NULL);
		return 0;
	}
	check_bytes(data, size, root);
	put_node(&printed, root, 0);
	merit_json_free(root);
	enum merit_status status = merit_json_read(printed.data, printed.size, &root);
	assert(status == MERIT_OK);
	put_node(&again, root, 0);
	assert(again.size == printed.size && memcmp(again.data, printed.data, again.size) == 0);
	merit_json_free(root);
	merit_buffer_free(&printed);
	merit_buffer_free(&again);
	return 0;
}
