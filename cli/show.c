/* show.c - see show.h. */
#include "cli/show.h"

#include <string.h>

#include "cli/parameter.h"
#include "ledger/calendar.h"

/* ---- JSON as it came ---- */

void merit_json_put(struct merit_buffer *out, const cJSON *node)
{
	int64_t integer;

	if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
		merit_buffer_put_char(out, cJSON_IsObject(node) ? '{' : '[');
		for (const cJSON *child = node->child; child != NULL; child = child->next) {
			if (child != node->child)
				merit_buffer_put_char(out, ',');
			if (cJSON_IsObject(node)) {
				merit_buffer_put_json(out, child->string, strlen(child->string));
				merit_buffer_put_char(out, ':');
			}
			merit_json_put(out, child);
		}
		merit_buffer_put_char(out, cJSON_IsObject(node) ? '}' : ']');
	} else if (cJSON_IsString(node)) {
		merit_buffer_put_json(out, node->valuestring, strlen(node->valuestring));
	} else if (merit_json_integer(node, &integer)) {
		merit_buffer_put_integer(out, integer);
	} else {
		merit_buffer_put_text(out, cJSON_IsTrue(node) ? "true" : cJSON_IsFalse(node) ? "false" : "null");
	}
}

void merit_json_print(FILE *file, const cJSON *node)
{
	struct merit_buffer text = { 0 };

	merit_json_put(&text, node);
	merit_buffer_put_char(&text, '\n');
	merit_buffer_need(&text);
	fwrite(text.data, 1, text.size, file);
	merit_buffer_free(&text);
}

/* ---- For people ---- */

void merit_show_scalar_put(struct merit_buffer *out, const cJSON *node)
{
	if (cJSON_IsString(node))
		merit_buffer_put_text(out, node->valuestring);
	else if (node == NULL || cJSON_IsNull(node) || (cJSON_IsArray(node) && node->child == NULL))
		merit_buffer_put_char(out, '-');
	else
		merit_json_put(out, node);
}

int64_t merit_show_integer(const cJSON *object, const char *name)
{
	int64_t value;

	return merit_json_integer(merit_json_member(object, name), &value) ? value : 0;
}

const char *merit_show_text(const cJSON *object, const char *name)
{
	const char *text;
	size_t size;

	return merit_json_text(merit_json_member(object, name), &text, &size) ? text : NULL;
}

static bool list_has_time(const struct merit_parameter *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].type == MERIT_TYPE_TIME && strcmp(list[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool is_time_name(const char *name)
{
	const struct merit_operation *operation;

	/* What reads answer with; parameters and results say it by their type. */
	if (strcmp(name, "time") == 0 || strcmp(name, "placed") == 0 || strcmp(name, "shipped") == 0)
		return true;
	for (size_t i = 0; (operation = merit_operation_at(i)) != NULL; i++) {
		if (list_has_time(operation->params, operation->params_count, name) ||
		    list_has_time(operation->results, operation->results_count, name))
			return true;
	}
	return false;
}

/* Numbers of these names are names themselves: without separators, and to the left in lines. */
static bool is_number_name(const char *name)
{
	return strcmp(name, "seq") == 0 || strcmp(name, "entry") == 0 || strcmp(name, "size") == 0 ||
	       strcmp(name, "next") == 0 || strcmp(name, "request") == 0 || strcmp(name, "index") == 0;
}

static void cell_put(struct merit_table *table, const cJSON *node, const char *name, int32_t offset_minutes)
{
	struct merit_buffer text = { 0 };
	int64_t integer;

	if (merit_json_integer(node, &integer) && is_time_name(name)) {
		merit_table_time(table, integer, offset_minutes);
		return;
	}
	if (merit_json_integer(node, &integer) && !is_number_name(name))
		merit_put_thousands(&text, integer);
	else
		merit_show_scalar_put(&text, node);
	merit_buffer_need(&text);
	merit_table_cell(table, text.data, text.size);
	merit_buffer_free(&text);
}

static bool is_table(const cJSON *node)
{
	return cJSON_IsArray(node) && cJSON_IsObject(node->child);
}

/* The rows of a list of objects under the names of the first one's members. */
static void table_show(FILE *file, const cJSON *list, int32_t offset_minutes)
{
	static const char *const right_headings[] = {
		">amount", ">points", ">quantity", ">available", ">held", ">line"
	};
	struct merit_table table = { 0 };

	for (const cJSON *member = list->child->child; member != NULL; member = member->next) {
		const char *heading = member->string;
		for (size_t i = 0; i < sizeof(right_headings) / sizeof(right_headings[0]); i++) {
			if (strcmp(member->string, right_headings[i] + 1) == 0)
				heading = right_headings[i];
		}
		if (table.columns_count < MERIT_TABLE_COLUMNS_MAX)
			merit_table_column(&table, heading);
	}
	for (const cJSON *row = list->child; row != NULL; row = row->next) {
		for (size_t i = 0; i < table.columns_count; i++)
			cell_put(&table, merit_json_member(row, table.headings[i]), table.headings[i], offset_minutes);
	}
	if (table.columns_count > 0)
		merit_table_print(&table, file, false);
	merit_table_free(&table);
}

/* The scalars of an object, and of the objects in it, as lines. */
static void lines_put(struct merit_table *table, struct merit_buffer *path, const cJSON *object, int32_t offset_minutes)
{
	size_t path_size = path->size;

	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		path->size = path_size;
		merit_buffer_put_text(path, member->string);
		if (cJSON_IsObject(member)) {
			merit_buffer_put_char(path, '.');
			lines_put(table, path, member, offset_minutes);
		} else if (!is_table(member)) {
			merit_table_text(table, merit_buffer_text(path));
			cell_put(table, member, member->string, offset_minutes);
		}
	}
	path->size = path_size;
}

static void tables_show(FILE *file, const cJSON *object, int32_t offset_minutes)
{
	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		if (cJSON_IsObject(member)) {
			tables_show(file, member, offset_minutes);
		} else if (is_table(member)) {
			fprintf(file, "\n%s:\n", member->string);
			table_show(file, member, offset_minutes);
		}
	}
}

void merit_show(FILE *file, const cJSON *node, int32_t offset_minutes)
{
	struct merit_table table = { 0 };
	struct merit_buffer path = { 0 };

	if (is_table(node)) {
		table_show(file, node, offset_minutes);
	} else if (!cJSON_IsObject(node)) {
		merit_json_print(file, node);
	} else {
		merit_table_column(&table, "name");
		merit_table_column(&table, "value");
		lines_put(&table, &path, node, offset_minutes);
		merit_table_print(&table, file, true);
		tables_show(file, node, offset_minutes);
	}
	merit_buffer_free(&path);
	merit_table_free(&table);
}
