/* mapping.c - see mapping.h. */
#include "cli/mapping.h"

#include <string.h>

#include "cli/output.h"
#include "ledger/text.h"

/* ---- Reading the options ---- */

/* The parameter in front of '=' as its place, and what follows. False, with the reason printed. */
static bool assignment_split(const struct merit_mapping *mapping, const char *option, const char *text,
                             size_t *index_out, const char **value_out)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals == text) {
		merit_complain("--%s %s: write --%s PARAMETER=...", option, text, option);
		return false;
	}
	const struct merit_parameter *parameter =
		merit_method_parameter(&mapping->method, text, (size_t)(equals - text));
	if (parameter == NULL) {
		merit_complain("--%s %s: %s has no such parameter; merit methods %s lists them", option, text,
		               mapping->method.name, mapping->method.name);
		return false;
	}
	*index_out = (size_t)(parameter - mapping->method.params);
	*value_out = equals + 1;
	return true;
}

/* A row's number in what it says: one more row in front, and every row behind it would be posted again as another. */
static bool has_number(const struct merit_template *template, const char *text)
{
	for (size_t i = 0; i < template->pieces_count; i++) {
		if (!template->pieces[i].is_column || !merit_template_is_number(&template->pieces[i]))
			continue;
		merit_complain("--map %s: the row's number {#} changes when a row is put in front; only --id takes it",
		               text);
		return true;
	}
	return false;
}

bool merit_mapping_map(struct merit_mapping *mapping, const char *text)
{
	const char *value, *why;
	size_t index;

	if (!assignment_split(mapping, "map", text, &index, &value))
		return false;
	struct merit_mapping_source *source = &mapping->sources[index];
	*source = (struct merit_mapping_source){ .is_set = true };
	mapping->has_map = true;
	if (value[strcspn(value, "{}")] == '\0') {
		source->template = merit_template_of_column(value);
		return !has_number(&source->template, text);
	}
	if (!merit_template_parse(value, &source->template, &why)) {
		merit_complain("--map %s: %s", text, why);
		return false;
	}
	return !has_number(&source->template, text);
}

bool merit_mapping_set(struct merit_mapping *mapping, const char *text)
{
	const char *value;
	size_t index;

	if (!assignment_split(mapping, "set", text, &index, &value))
		return false;
	mapping->sources[index] = (struct merit_mapping_source){ .is_set = true, .literal = value };
	return true;
}

bool merit_mapping_add_where(struct merit_mapping *mapping, const char *text)
{
	const char *equals = strchr(text, '=');
	bool is_not = equals != NULL && equals > text && equals[-1] == '!';

	if (equals == NULL || equals - is_not == text) {
		merit_complain("--where %s: write COLUMN=VALUE,VALUE or COLUMN!=VALUE", text);
		return false;
	}
	if (mapping->where_count == MERIT_MAPPING_WHERE_MAX) {
		merit_complain("more than %d conditions", MERIT_MAPPING_WHERE_MAX);
		return false;
	}
	mapping->where[mapping->where_count++] =
		(struct merit_mapping_where){ text, (size_t)(equals - is_not - text), is_not, equals + 1 };
	return true;
}

bool merit_mapping_id(struct merit_mapping *mapping, const char *text)
{
	const char *why;

	mapping->has_id = true;
	if (merit_template_parse(text, &mapping->id, &why))
		return true;
	merit_complain("--id %s: %s", text, why);
	return false;
}

/* ---- Once all are taken ---- */

/* One column whose name holds what other files put between columns. */
static const char *delimiter_hint(const struct merit_rows *rows)
{
	if (rows->format != MERIT_ROWS_CSV || rows->names_count != 1)
		return "";
	if (strchr(rows->names.data, ';') != NULL)
		return ", all in one; try --delimiter ';'";
	return strchr(rows->names.data, '\t') != NULL ? ", all in one; try --delimiter tab" : "";
}

static bool columns_exist(const struct merit_template *template, const struct merit_rows *rows)
{
	for (size_t i = 0; i < template->pieces_count; i++) {
		const struct merit_template_piece *piece = &template->pieces[i];
		if (piece->is_column && !merit_template_is_number(piece) &&
		    !merit_rows_has_column(rows, piece->text, piece->size)) {
			merit_complain("%s has no column \"%.*s\"; its first line names those it has%s", rows->path,
			               (int)piece->size, piece->text, delimiter_hint(rows));
			return false;
		}
	}
	return true;
}

static void columns_map_themselves(struct merit_mapping *mapping, const struct merit_rows *rows)
{
	for (size_t i = 0; i < mapping->method.params_count; i++) {
		const char *name = mapping->method.params[i].name;
		if (!mapping->sources[i].is_set && merit_rows_has_column(rows, name, strlen(name)))
			mapping->sources[i] =
				(struct merit_mapping_source){ true, NULL, merit_template_of_column(name) };
	}
}

bool merit_mapping_finish(struct merit_mapping *mapping, const struct merit_rows *rows)
{
	if (!mapping->has_map)
		columns_map_themselves(mapping, rows);
	for (size_t i = 0; i < mapping->method.params_count; i++) {
		const struct merit_parameter *parameter = &mapping->method.params[i];
		if (mapping->sources[i].is_set && !columns_exist(&mapping->sources[i].template, rows))
			return false;
		if (!mapping->sources[i].is_set && parameter->required) {
			merit_complain("nothing gives the parameter %s (%s); add --map %s=COLUMN or --set %s=VALUE%s",
			               parameter->name, parameter->about, parameter->name, parameter->name,
			               delimiter_hint(rows));
			return false;
		}
	}
	for (size_t i = 0; i < mapping->where_count; i++) {
		const struct merit_mapping_where *where = &mapping->where[i];
		if (!merit_rows_has_column(rows, where->column, where->column_size)) {
			merit_complain("--where %s: %s has no such column", where->column, rows->path);
			return false;
		}
	}
	return !mapping->has_id || columns_exist(&mapping->id, rows);
}

/* The salt of a private text follows from the whole row, so its commitment is never that of another. */
bool merit_mapping_is_common(const struct merit_mapping *mapping, size_t index)
{
	const struct merit_mapping_source *source = &mapping->sources[index];

	return source->is_set && source->literal != NULL && !merit_parameter_is_private(&mapping->method.params[index]);
}

bool merit_mapping_is_column(const struct merit_mapping *mapping, size_t index)
{
	return mapping->sources[index].is_set && !merit_mapping_is_common(mapping, index);
}

/* ---- One row ---- */

/* Whether text is one of the values between commas. */
static bool is_listed(const char *values, const char *text)
{
	size_t text_size = strlen(text);

	for (;;) {
		size_t size = strcspn(values, ",");
		if (size == text_size && memcmp(values, text, size) == 0)
			return true;
		if (values[size] == '\0')
			return false;
		values += size + 1;
	}
}

bool merit_mapping_keeps(const struct merit_mapping *mapping, struct merit_rows *rows)
{
	for (size_t i = 0; i < mapping->where_count; i++) {
		const struct merit_mapping_where *where = &mapping->where[i];
		const char *field = merit_rows_field(rows, where->column, where->column_size);
		if (is_listed(where->values, field == NULL ? "" : field) == where->is_not)
			return false;
	}
	return true;
}

/* False with the fault's parameter, why and value set. */
static bool fault_set(struct merit_row_fault *fault, const char *parameter, const char *why, const char *value)
{
	fault->parameter = parameter;
	fault->why = why;
	snprintf(fault->value, sizeof(fault->value), "%s", value);
	for (char *at = fault->value; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20)
			*at = '?';
	}
	return false;
}

/* The text of one parameter's source into mapping->text. */
static bool source_text(struct merit_mapping *mapping, const struct merit_mapping_source *source,
                        struct merit_rows *rows, struct merit_row_fault *fault)
{
	const struct merit_template *template = &source->template;

	merit_buffer_clear(&mapping->text);
	if (source->literal != NULL) {
		merit_buffer_put_text(&mapping->text, source->literal);
		return true;
	}
	if (template->pieces_count == 1 && template->pieces[0].is_column) {
		fault->column = template->pieces[0].text;
		fault->column_size = template->pieces[0].size;
		/* A member that is absent is like an empty field: required parameters are missed by the shape check. */
		if (rows->format == MERIT_ROWS_JSON &&
		    merit_rows_field(rows, fault->column, fault->column_size) == NULL)
			return true;
	}
	return merit_template_put(&mapping->text, template, rows, &fault->why, &fault->column, &fault->column_size);
}

/* A private text; a fault does not show it. */
static bool private_put(struct merit_mapping *mapping, const struct merit_parameter *parameter,
                        struct merit_buffer *out, struct merit_buffer *lines, struct merit_row_fault *fault)
{
	const char *why = "private text needs a ledger to be sent to";

	if (mapping->client != NULL)
		why = merit_private_conceal(mapping->client, &mapping->method, parameter, &mapping->text, out, lines);
	return why == NULL || fault_set(fault, parameter->name, why, "(not shown)");
}

static bool value_put(struct merit_mapping *mapping, size_t index, struct merit_rows *rows, struct merit_buffer *out,
                      struct merit_buffer *lines, struct merit_row_fault *fault)
{
	const struct merit_parameter *parameter = &mapping->method.params[index];

	if (!source_text(mapping, &mapping->sources[index], rows, fault))
		return fault_set(fault, parameter->name, fault->why, "");
	const char *text = merit_buffer_text(&mapping->text);
	if (*text == '\0') {
		if (!parameter->required)
			return true;
		return fault_set(fault, parameter->name, "is empty and must not be", "");
	}
	if (merit_parameter_is_private(parameter))
		return private_put(mapping, parameter, out, lines, fault);
	merit_buffer_put_key(out, parameter->name);
	if (!merit_parameter_put(out, parameter, text, mapping->offset_minutes))
		return fault_set(fault, parameter->name, merit_parameter_form(parameter), text);
	return true;
}

/* One malformed row would refuse its whole batch. */
static bool shape_fits(struct merit_mapping *mapping, const char *json, size_t size, struct merit_row_fault *fault)
{
	const struct merit_parameter *parameter;

	merit_arena_reset(&mapping->arena);
	enum merit_status status = merit_method_check(&mapping->method, json, size, &mapping->arena, &parameter);
	if (status == MERIT_OK)
		return true;
	if (parameter == NULL)
		return fault_set(fault, NULL, merit_status_text(status), "");
	return fault_set(fault, parameter->name, merit_parameter_form(parameter), "");
}

/* What the column at fault holds, for the complaint. */
static void fault_value_set(struct merit_row_fault *fault, struct merit_rows *rows)
{
	const char *field = fault->column == NULL ? NULL : merit_rows_field(rows, fault->column, fault->column_size);

	if (field != NULL && fault->value[0] == '\0')
		fault_set(fault, fault->parameter, fault->why, field);
}

/* The column a parameter came from, where it is one. */
static void fault_column_set(const struct merit_mapping *mapping, struct merit_row_fault *fault)
{
	for (size_t i = 0; fault->parameter != NULL && i < mapping->method.params_count; i++) {
		const struct merit_template *template = &mapping->sources[i].template;
		if (mapping->method.params[i].name != fault->parameter || template->pieces_count == 0)
			continue;
		for (size_t j = 0; fault->column == NULL && j < template->pieces_count; j++) {
			if (template->pieces[j].is_column) {
				fault->column = template->pieces[j].text;
				fault->column_size = template->pieces[j].size;
			}
		}
	}
}

/* The place of the value behind "name": that was put from start on, if one was. */
static struct merit_place place_of(const char *name, const struct merit_buffer *out, size_t start)
{
	size_t behind_key = start + (start > 1) + strlen(name) + strlen("\"\":"); /* A comma follows all but the '{'. */

	if (out->size == start)
		return (struct merit_place){ 0 };
	return (struct merit_place){ (uint32_t)behind_key, (uint32_t)(out->size - behind_key) };
}

bool merit_mapping_params(struct merit_mapping *mapping, struct merit_rows *rows, struct merit_buffer *out,
                          struct merit_buffer *lines, struct merit_row_fault *fault_out)
{
	bool is_good = true;

	*fault_out = (struct merit_row_fault){ 0 };
	merit_buffer_put_char(out, '{');
	for (size_t i = 0; is_good && i < mapping->method.params_count; i++) {
		size_t start = out->size;
		fault_out->column = NULL;
		if (mapping->sources[i].is_set)
			is_good = value_put(mapping, i, rows, out, lines, fault_out);
		mapping->places[i] = place_of(mapping->method.params[i].name, out, start);
	}
	merit_buffer_put_char(out, '}');
	merit_buffer_need(out);
	merit_buffer_need(lines);
	if (is_good) {
		fault_out->column = NULL;
		is_good = shape_fits(mapping, out->data, out->size, fault_out);
		if (!is_good) {
			fault_column_set(mapping, fault_out);
			fault_value_set(fault_out, rows);
		}
	}
	if (!is_good) {
		merit_buffer_clear(out);
		merit_buffer_clear(lines);
	}
	return is_good;
}

bool merit_mapping_id_put(struct merit_mapping *mapping, struct merit_rows *rows, struct merit_buffer *out,
                          struct merit_row_fault *fault_out)
{
	size_t start = out->size;

	*fault_out = (struct merit_row_fault){ .parameter = "id" };
	if (!merit_template_put(out, &mapping->id, rows, &fault_out->why, &fault_out->column, &fault_out->column_size))
		return false;
	const char *text = merit_buffer_text(out) + start;
	if (merit_text_is_id(text, strlen(text), MERIT_ID_SIZE_MAX - sizeof(":99") + 1))
		return true;
	fault_set(fault_out, "id", "an id is 1-61 of [A-Za-z0-9._:-]", text);
	out->size = start;
	return false;
}

void merit_mapping_free(struct merit_mapping *mapping)
{
	merit_arena_free(&mapping->arena);
	merit_buffer_free(&mapping->text);
}
