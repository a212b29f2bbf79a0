/* json_fuzz.c - any bytes into the strict JSON reader.
 * Holds   it never reads outside its input; a tree it gives out has only integers, texts and keys a request may have;
 *         and the tree printed and read again is the same tree. */
#include "ledger/json.h"

#include <assert.h>
#include <string.h>

#include "ledger/buffer.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_buffer printed = { 0 }, again = { 0 };
	cJSON *root = NULL;

	if (merit_json_read((const char *)data, size, &root) != MERIT_OK) {
		assert(root == NULL);
		return 0;
	}
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
