/* show.c - see show.h. */
#include "cli/show.h"

#include <string.h>

#include "cli/money.h"
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

void merit_show_subject_put(struct merit_buffer *out, const cJSON *row)
{
	static const char *const names[] = { "reference", "order", "settlement", "bank_reference" };
	int64_t entry;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = merit_show_text(row, names[i]);
		if (text == NULL)
			continue;
		merit_buffer_put_text(out, text);
		return;
	}
	if (merit_json_integer(merit_json_member(row, "entry"), &entry))
		merit_buffer_put_format(out, "entry %lld", (long long)entry);
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
	static const char *const names[] = { "time", "entry_time", "created", "added", "placed", "shipped" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
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

void merit_show_member_put(struct merit_buffer *out, const cJSON *member, int32_t offset_minutes)
{
	char text[MERIT_TIME_TEXT_SIZE];
	int64_t integer;

	if (!merit_json_integer(member, &integer) || integer < 0 || integer > MERIT_TIME_MS_MAX ||
	    !is_time_name(member->string)) {
		merit_show_scalar_put(out, member);
		return;
	}
	merit_time_format(integer, offset_minutes, text);
	merit_buffer_put_text(out, text);
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

/* A column for every member that any row has; numbers that count something stand to the right. */
static void columns_put(struct merit_table *table, const cJSON *list)
{
	int64_t integer;

	for (const cJSON *row = list->child; row != NULL; row = row->next) {
		for (const cJSON *member = row->child; member != NULL; member = member->next) {
			size_t i = 0;
			while (i < table->columns_count && strcmp(table->headings[i], member->string) != 0)
				i++;
			if (i == table->columns_count && i < MERIT_TABLE_COLUMNS_MAX)
				merit_table_column(table, member->string);
			if (i < table->columns_count && merit_json_integer(member, &integer))
				table->right[i] = !is_time_name(member->string);
		}
	}
}

/* The rows of a list of objects under their members' names. */
static void table_show(FILE *file, const cJSON *list, int32_t offset_minutes)
{
	struct merit_table table = { 0 };

	columns_put(&table, list);
	for (const cJSON *row = list->child; row != NULL; row = row->next) {
		for (size_t i = 0; i < table.columns_count; i++)
			cell_put(&table, merit_json_member(row, table.headings[i]), table.headings[i], offset_minutes);
	}
	if (table.columns_count > 0)
		merit_table_print(&table, file, false);
	merit_table_free(&table);
}

static void name_show(FILE *file, const char *name)
{
	fputc('\n', file);
	merit_print_plain(file, name);
	fputs(":\n", file);
}

/* ---- Postings: [account,unit,[[campaign,last day,amount,line],...]], the line for orders alone; money has no day ---- */

static bool is_postings(const cJSON *node)
{
	return node->string != NULL && strcmp(node->string, "postings") == 0 && cJSON_IsArray(node) &&
	       cJSON_IsArray(node->child);
}

static void scalar_cell(struct merit_table *table, const cJSON *node)
{
	struct merit_buffer text = { 0 };
	int64_t integer;

	if (node == NULL)
		merit_buffer_put_text(&text, "");
	else if (merit_json_integer(node, &integer))
		merit_put_thousands(&text, integer);
	else
		merit_show_scalar_put(&text, node);
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void amount_cell(struct merit_table *table, const cJSON *amount, const cJSON *unit)
{
	struct merit_buffer text = { 0 };
	int64_t minor;

	if (!cJSON_IsString(unit) || strcmp(unit->valuestring, "points") == 0 || !merit_json_integer(amount, &minor)) {
		scalar_cell(table, amount);
		return;
	}
	merit_money_put(&text, minor, unit->valuestring, false);
	merit_table_text(table, merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void posting_put(struct merit_table *table, const cJSON *posting)
{
	const cJSON *lots = cJSON_GetArrayItem(posting, 2);

	for (const cJSON *lot = lots == NULL ? NULL : lots->child; lot != NULL; lot = lot->next) {
		scalar_cell(table, cJSON_GetArrayItem(posting, 0));
		scalar_cell(table, cJSON_GetArrayItem(posting, 1));
		scalar_cell(table, cJSON_GetArrayItem(lot, 0));
		scalar_cell(table, cJSON_GetArrayItem(lot, 1));
		scalar_cell(table, cJSON_GetArrayItem(lot, 3));
		amount_cell(table, cJSON_GetArrayItem(lot, 2), cJSON_GetArrayItem(posting, 1));
	}
}

void merit_show_postings(FILE *file, const char *name, const cJSON *postings)
{
	static const char *const headings[] = { "account", "unit", "campaign", "last_day", ">line", ">amount" };
	struct merit_table table = { 0 };

	name_show(file, name);
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		merit_table_column(&table, headings[i]);
	for (const cJSON *posting = postings->child; posting != NULL; posting = posting->next)
		posting_put(&table, posting);
	merit_table_print(&table, file, false);
	merit_table_free(&table);
}

/* ---- Objects ---- */

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
		} else if (!is_table(member) && !is_postings(member)) {
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
			name_show(file, member->string);
			table_show(file, member, offset_minutes);
		} else if (is_postings(member)) {
			merit_show_postings(file, member->string, member);
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
