/* json.c - see json.h. First the bytes, then the keys of the tree, then the calls. */
#include "ledger/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "ledger/json_pull.h"
#include "ledger/limits.h"

#define FEW_KEYS 16 /* up to here comparing all pairs beats sorting */

static enum merit_status check_bytes(const char *bytes, size_t size)
{
	struct merit_json_pull pull = merit_json_pull_begin(bytes, size, NULL);

	merit_json_pull_skip(&pull);
	return merit_json_pull_end(&pull);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, equal keys are neighbours: an object of 100,000 keys must not cost 5,000,000,000 comparisons. */
static enum merit_status check_many_keys(const cJSON *object, size_t count)
{
	const char **keys = malloc(count * sizeof(*keys));
	size_t used = 0;

	if (keys == NULL)
		return MERIT_NO_MEMORY;
	for (const cJSON *member = object->child; member != NULL; member = member->next)
		keys[used++] = member->string;
	assert(used == count);
	qsort(keys, count, sizeof(*keys), compare_keys);
	enum merit_status status = MERIT_OK;
	for (size_t i = 1; i < count && status == MERIT_OK; i++) {
		if (strcmp(keys[i - 1], keys[i]) == 0)
			status = MERIT_DUPLICATE_KEY;
	}
	free(keys);
	return status;
}

static enum merit_status check_few_keys(const cJSON *object)
{
	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		for (const cJSON *other = member->next; other != NULL; other = other->next) {
			if (strcmp(member->string, other->string) == 0)
				return MERIT_DUPLICATE_KEY;
		}
	}
	return MERIT_OK;
}

/* Every object in node. The bytes have been checked for depth, so this never calls itself far. */
static enum merit_status check_keys(const cJSON *node)
{
	enum merit_status status = MERIT_OK;
	size_t count = 0;

	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		count++;
		if (child->child != NULL)
			status = check_keys(child);
		if (status != MERIT_OK)
			return status;
	}
	if (!cJSON_IsObject(node))
		return MERIT_OK;
	return count > FEW_KEYS ? check_many_keys(node, count) : check_few_keys(node);
}

enum merit_status merit_json_read(const char *bytes, size_t size, cJSON **root_out)
{
	enum merit_status status = check_bytes(bytes, size);

	if (status != MERIT_OK)
		return status;
	cJSON *root = cJSON_ParseWithLength(bytes, size);
	if (root == NULL)
		return MERIT_NO_MEMORY; /* cJSON reads all that passed the check. */
	status = check_keys(root);
	if (status != MERIT_OK) {
		merit_json_free(root);
		return status;
	}
	*root_out = root;
	return MERIT_OK;
}

cJSON *merit_json_member(const cJSON *object, const char *name)
{
	if (!cJSON_IsObject(object))
		return NULL;
	for (cJSON *member = object->child; member != NULL; member = member->next) {
		if (strcmp(member->string, name) == 0)
			return member;
	}
	return NULL;
}

bool merit_json_integer(const cJSON *node, int64_t *value_out)
{
	if (!cJSON_IsNumber(node))
		return false;
	/* cJSON keeps a double: within +-(2^53 - 1), which the check assured, it holds every integer exactly. */
	assert(node->valuedouble >= (double)-MERIT_AMOUNT_MAX && node->valuedouble <= (double)MERIT_AMOUNT_MAX);
	*value_out = (int64_t)node->valuedouble;
	return true;
}

bool merit_json_text(const cJSON *node, const char **text_out, size_t *size_out)
{
	if (!cJSON_IsString(node))
		return false;
	*text_out = node->valuestring;
	*size_out = strlen(node->valuestring); /* U+0000 was refused, so the NUL is the end. */
	return true;
}

static thread_local struct merit_arena *current_arena;

static void *allocate(size_t size)
{
	return current_arena != NULL ? merit_arena_allocate(current_arena, size) : malloc(size);
}

static void release(void *piece)
{
	if (current_arena == NULL)
		free(piece);
}

static void set_hooks(void)
{
	cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = release };

	cJSON_InitHooks(&hooks);
}

void merit_json_arena_begin(struct merit_arena *arena)
{
	static once_flag once = ONCE_FLAG_INIT;

	assert(current_arena == NULL);
	call_once(&once, set_hooks);
	current_arena = arena;
}

void merit_json_arena_end(void)
{
	assert(current_arena != NULL);
	current_arena = NULL;
}

void merit_json_free(cJSON *root)
{
	if (current_arena == NULL)
		cJSON_Delete(root);
}
