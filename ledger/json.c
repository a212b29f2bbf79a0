/* json.c - see json.h. First the scan of the bytes, then the keys of the tree, then the calls. */
#include "ledger/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "ledger/limits.h"
#include "ledger/text.h"

#define FEW_KEYS 16 /* up to here comparing all pairs beats sorting */

/* A walk over the bytes. The scan_ functions consume what they name, or return false: the text is not JSON from there,
 * or was left where it became too deep. */
struct scan {
	const char *at, *end;
	unsigned depth;          /* arrays and objects open at this place */
	bool is_left;            /* too deep: the rest is not looked at */
	enum merit_status fault; /* of JSON that is well-formed, the first in MERIT_STATUS_MAP met so far */
};

static bool scan_value(struct scan *scan);

static void note_fault(struct scan *scan, enum merit_status fault)
{
	if (scan->fault == MERIT_OK || fault < scan->fault) /* These rows' numbers rise in order of precedence. */
		scan->fault = fault;
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
		scan->at++;
}

/* Steps over byte when it is the next one. */
static bool take(struct scan *scan, char byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

static bool take_behind_space(struct scan *scan, char byte)
{
	skip_space(scan);
	return take(scan, byte);
}

static bool scan_literal(struct scan *scan, const char *literal)
{
	size_t size = strlen(literal);

	if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, literal, size) != 0)
		return false;
	scan->at += size;
	return true;
}

/* One digit or more; how many in *count_out, and their value, meaningless beyond 18 digits, in *value_out. */
static bool scan_digits(struct scan *scan, size_t *count_out, uint64_t *value_out)
{
	const char *start = scan->at;
	uint64_t value = 0;

	for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++)
		value = value * 10 + (uint64_t)(*scan->at - '0');
	*count_out = (size_t)(scan->at - start);
	*value_out = value;
	return *count_out > 0;
}

static bool scan_number(struct scan *scan)
{
	size_t count, unused_count;
	uint64_t value, unused_value;
	bool is_integer = true;

	take(scan, '-');
	if (!scan_digits(scan, &count, &value))
		return false;
	if (count > 1 && scan->at[-(ptrdiff_t)count] == '0')
		return false;
	if (take(scan, '.')) {
		is_integer = false;
		if (!scan_digits(scan, &unused_count, &unused_value))
			return false;
	}
	if (take(scan, 'e') || take(scan, 'E')) {
		is_integer = false;
		if (!take(scan, '-'))
			take(scan, '+');
		if (!scan_digits(scan, &unused_count, &unused_value))
			return false;
	}
	if (!is_integer)
		note_fault(scan, MERIT_NOT_INTEGER);
	else if (count > 16 || value > MERIT_AMOUNT_MAX) /* 2^53 - 1 has 16 digits. */
		note_fault(scan, MERIT_NUMBER_RANGE);
	return true;
}

static bool scan_hex4(struct scan *scan, uint32_t *unit_out)
{
	uint32_t unit = 0;

	if (scan->end - scan->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char byte = *scan->at++;
		char lower = (char)(byte | 0x20);
		if (byte >= '0' && byte <= '9')
			unit = unit << 4 | (uint32_t)(byte - '0');
		else if (lower >= 'a' && lower <= 'f')
			unit = unit << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return false;
	}
	*unit_out = unit;
	return true;
}

/* What follows \u: four hex digits, and for the first half of a surrogate pair an escape with the second. */
static bool scan_unicode_escape(struct scan *scan)
{
	uint32_t unit, second;

	if (!scan_hex4(scan, &unit))
		return false;
	if (unit == 0)
		note_fault(scan, MERIT_NUL_IN_TEXT);
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	if (unit >= 0xDC00)
		return false;
	return scan_literal(scan, "\\u") && scan_hex4(scan, &second) && second >= 0xDC00 && second <= 0xDFFF;
}

static bool scan_escape(struct scan *scan)
{
	if (scan->at == scan->end)
		return false;
	char byte = *scan->at++;
	if (byte == 'u')
		return scan_unicode_escape(scan);
	return byte != '\0' && strchr("\"\\/bfnrt", byte) != NULL;
}

static bool scan_text(struct scan *scan)
{
	if (!take(scan, '"'))
		return false;
	while (scan->at < scan->end) {
		unsigned char byte = (unsigned char)*scan->at;
		if (byte >= 0x80) {
			uint32_t point;
			size_t size = merit_text_first(scan->at, (size_t)(scan->end - scan->at), &point);
			if (size == 0)
				return false;
			scan->at += size;
			continue;
		}
		scan->at++;
		if (byte == '"')
			return true;
		if (byte < 0x20 || (byte == '\\' && !scan_escape(scan)))
			return false;
	}
	return false;
}

static bool scan_member(struct scan *scan)
{
	skip_space(scan);
	return scan_text(scan) && take_behind_space(scan, ':') && scan_value(scan);
}

/* The items of an array or the members of an object, from its opening to its closing bracket. */
static bool scan_list(struct scan *scan, char close, bool (*scan_item)(struct scan *))
{
	if (scan->depth == MERIT_JSON_DEPTH_MAX) {
		note_fault(scan, MERIT_TOO_DEEP);
		scan->is_left = true;
		return false;
	}
	scan->depth++;
	scan->at++;
	if (!take_behind_space(scan, close)) {
		do {
			if (!scan_item(scan))
				return false;
		} while (take_behind_space(scan, ','));
		if (!take(scan, close))
			return false;
	}
	scan->depth--;
	return true;
}

/* Calls itself through scan_list, never deeper than MERIT_JSON_DEPTH_MAX. */
static bool scan_value(struct scan *scan)
{
	skip_space(scan);
	if (scan->at == scan->end)
		return false;
	switch (*scan->at) {
	case '{': return scan_list(scan, '}', scan_member);
	case '[': return scan_list(scan, ']', scan_value);
	case '"': return scan_text(scan);
	case 't': return scan_literal(scan, "true");
	case 'f': return scan_literal(scan, "false");
	case 'n': return scan_literal(scan, "null");
	default: return scan_number(scan);
	}
}

static enum merit_status check_bytes(const char *bytes, size_t size)
{
	struct scan scan = { .at = bytes, .end = bytes + size };
	bool is_json = scan_value(&scan);

	if (scan.is_left)
		return scan.fault;
	skip_space(&scan);
	if (!is_json || scan.at != scan.end)
		return MERIT_BAD_JSON;
	return scan.fault;
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

/* Every object in node. The scan has bounded how deep this calls itself. */
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
		return MERIT_NO_MEMORY; /* cJSON reads all that passed the scan. */
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
	/* cJSON keeps a double: within +-(2^53 - 1), which the scan assured, it holds every integer exactly. */
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
